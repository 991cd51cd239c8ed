/* bench.h: what the measuring programs share: CPU clocks, files, one way to end.
 *
 * They are run by bench/run, print one JSON object and end with 1 on any error:
 * there is nobody to recover for. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base.h"

__attribute__((noreturn)) static inline void
bench_die(const char *what, const char *detail)
{
	(void)fprintf(stderr, "%s: %s\n", what, detail);
	exit(1);
}

static inline void
bench_need(enum err err, const struct why *why)
{
	if (err != OK)
		bench_die(err_name(err), why->text);
}

/* User and system time of this process so far. */
static inline double
bench_cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The most memory that this process ever held (VmHWM). */
static inline uint64_t
bench_peak_bytes(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	unsigned long long kib = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "VmHWM: %llu", &kib) == 1)
			break;
	}
	if (f != NULL)
		(void)fclose(f);
	return kib * KIB;
}

/* A whole file, mapped. */
static inline struct str
bench_map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		bench_die(path, "cannot be opened");
	char *text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (text == MAP_FAILED)
		bench_die(path, "cannot be mapped");
	(void)close(fd);
	return (struct str){ text, (size_t)st.st_size };
}
