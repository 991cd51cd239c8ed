/* scan INDICATORS LOG: a list of one value a line, made into an index; then the
 * log is scanned.  What `grep -F -f INDICATORS LOG` does, with a hit a line. */
#include "bench.h"
#include "match.h"

enum { SEED = 42 };

static struct match_index *
build(struct str list)
{
	struct match_builder *b = match_builder_new(SEED);
	struct match_index *index = NULL;
	struct why why = { 0 };

	while (list.ptr != NULL && list.len > 0) {
		struct str value = str_split(&list, '\n');

		bench_need(match_builder_add_text(b, value, value, &why), &why);
	}
	bench_need(match_builder_finish(&b, &index, &why), &why);
	return index;
}

static enum err
on_hit(void *arg, const struct match_hit *hit, struct why *why)
{
	(void)arg;
	(void)why;
	(void)printf("%" PRIu64 ":%" PRIu64 "\t%s\t" STR_FMT "\n", hit->line, hit->column,
	    match_how_name(hit->how), STR_ARG(hit->indicator));
	return OK;
}

int
main(int argc, char **argv)
{
	struct why why = { 0 };

	if (argc != 3)
		bench_die("usage", "scan INDICATORS LOG");
	struct match_index *index = build(bench_map(argv[1]));
	double built_s = bench_cpu_s();
	struct match_scanner *scanner = match_scanner_new(index, on_hit, NULL);
	int fd = open(argv[2], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		bench_die(argv[2], "cannot be opened");
	bench_need(match_scan_fd(scanner, fd, str_of(argv[2]), &why), &why);
	(void)close(fd);
	struct match_totals t = match_scanner_totals(scanner);
	(void)fprintf(stderr,
	    "{\"build_s\": %.6f, \"scan_s\": %.6f, \"lines\": %" PRIu64 ", \"hits\": %" PRIu64
	    ", \"bytes\": %" PRIu64 ", \"values\": %" PRIu64 "}\n",
	    built_s, bench_cpu_s() - built_s, t.lines, t.hits, t.bytes,
	    match_index_size(index).values);
	match_scanner_free(scanner);
	match_index_free(index);
	return 0;
}
