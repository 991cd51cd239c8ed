/* fuzz_replay.c: runs a fuzz target over saved inputs, so that every past
 * finding is an ordinary test.  Arguments are files or folders of files. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { INPUT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *buf = malloc(INPUT_MAX);

	if (f == NULL || buf == NULL) {
		perror(path);
		free(buf);
		if (f != NULL)
			(void)fclose(f);
		return 1;
	}
	size_t n = fread(buf, 1, INPUT_MAX, f);
	(void)fclose(f);
	(void)LLVMFuzzerTestOneInput(buf, n);
	free(buf);
	return 0;
}

static int
replay_folder(const char *path, size_t *ran)
{
	DIR *dir = opendir(path);
	char file[4096];
	int bad = 0;

	if (dir == NULL) {
		perror(path);
		return 1;
	}
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		bad |= replay_file(file);
		(*ran)++;
	}
	closedir(dir);
	return bad;
}

int
main(int argc, char **argv)
{
	size_t ran = 0;
	int bad = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			bad |= replay_folder(argv[i], &ran);
		} else {
			bad |= replay_file(argv[i]);
			ran++;
		}
	}
	if (ran == 0)
		fprintf(stderr, "no inputs: nothing was tested\n");
	return bad != 0 || ran == 0;
}
