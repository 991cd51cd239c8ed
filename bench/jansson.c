/* jansson FILE   has jansson read the text into its tree: the yardstick of bench/parse.c
 *
 * A program of its own, as both libraries begin their names with json_. */
#include <jansson.h>

#include "bench.h"

enum { RUNS = 5 };

static size_t
pass(struct str text)
{
	json_error_t error;
	json_t *tree = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);

	if (tree == NULL)
		bench_die("jansson", error.text);
	size_t objects = json_array_size(json_object_get(tree, "objects"));
	json_decref(tree);
	return objects;
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		bench_die("usage", "jansson FILE");
	struct str text = bench_map(argv[1]);
	size_t objects = pass(text); /* pays for the pages of the heap */
	double begun_s = bench_cpu_s();
	for (int i = 0; i < RUNS; i++)
		objects = pass(text);
	(void)printf("{\"cpu_s\": %.6f, \"objects\": %zu, \"bytes\": %zu}\n",
	    (bench_cpu_s() - begun_s) / RUNS, objects, text.len);
	return 0;
}
