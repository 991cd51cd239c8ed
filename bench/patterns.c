/* patterns PATTERNS OBSERVED   looks for every pattern of a file (one a line) in observed data
 *
 * Reading the patterns and compiling them is counted, reading the observed data
 * is not: neither is it in the yardstick, bench/matcher.py. */
#include "bench.h"
#include "json.h"
#include "pattern.h"

enum {
	DATA_ARENA_MAX = 1024 * MIB,
	PATTERN_ARENA_MAX = 256 * MIB,
};

static const struct pattern_data *
read_observed(struct arena *a, const char *path)
{
	const struct json *root = NULL;
	const struct pattern_data *data = NULL;
	struct why why = { 0 };

	bench_need(json_parse(a, bench_map(path), NULL, &root, &why), &why);
	bench_need(pattern_data_read(a, root, &data, &why), &why);
	return data;
}

static bool
matches(struct arena *a, struct str text, const struct pattern_data *data)
{
	const struct pattern *pattern = NULL;
	struct pattern_program *program = NULL;
	struct pattern_match match = { 0 };
	struct why why = { 0 };

	arena_clear(a);
	bench_need(pattern_parse(a, text, &pattern, &why), &why);
	bench_need(pattern_compile(a, pattern, &program, &why), &why);
	bench_need(pattern_run(program, data, a, &match, &why), &why);
	pattern_program_free(program);
	return match.matches;
}

int
main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *data_arena = arena_new(DATA_ARENA_MAX);
	CLEANUP(arena_freep) struct arena *a = arena_new(PATTERN_ARENA_MAX);
	uint64_t patterns = 0, found = 0;

	if (argc != 3)
		bench_die("usage", "patterns PATTERNS OBSERVED");
	const struct pattern_data *data = read_observed(data_arena, argv[2]);
	struct str text = bench_map(argv[1]);
	double begun_s = bench_cpu_s();
	while (text.ptr != NULL && text.len > 0) {
		found += matches(a, str_split(&text, '\n'), data);
		patterns++;
	}
	(void)printf("{\"cpu_s\": %.6f, \"patterns\": %" PRIu64 ", \"matched\": %" PRIu64 "}\n",
	    bench_cpu_s() - begun_s, patterns, found);
	return 0;
}
