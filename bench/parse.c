/* parse FILE   reads every object of a bundle and holds it against all rules of STIX
 *
 * Prints the CPU time of RUNS passes over a text that is in memory; the first
 * pass, which pays for the pages of the heap, is not counted. */
#include "bench.h"
#include "json.h"
#include "stix.h"

enum {
	RUNS = 5,
	ARENA_MAX = 1024 * MIB,
};

struct counts {
	uint64_t objects, refused;
};

static enum err
validate(void *arg, size_t index, const struct json *element, struct why *why)
{
	static struct stix_report report;
	struct counts *counts = arg;
	struct stix_object object;

	(void)index;
	TRY(stix_scan(element, &object, why));
	stix_validate(&object, &report);
	counts->objects++;
	counts->refused += report.errors > 0;
	return OK;
}

static void
pass(struct str text, struct counts *counts)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct json_each each = { .member = S("objects"), .element = validate, .arg = counts };
	struct why why = { 0 };

	*counts = (struct counts){ 0 };
	bench_need(json_each_in(a, text, NULL, &each, &why), &why);
}

int
main(int argc, char **argv)
{
	struct counts counts = { 0 };

	if (argc != 2)
		bench_die("usage", "parse FILE");
	struct str text = bench_map(argv[1]);
	pass(text, &counts);
	double begun_s = bench_cpu_s();
	for (int i = 0; i < RUNS; i++)
		pass(text, &counts);
	(void)printf("{\"cpu_s\": %.6f, \"objects\": %" PRIu64 ", \"refused\": %" PRIu64
	             ", \"bytes\": %zu}\n",
	    (bench_cpu_s() - begun_s) / RUNS, counts.objects, counts.refused, text.len);
	return 0;
}
