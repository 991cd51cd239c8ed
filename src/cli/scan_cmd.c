#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "account.h"
#include "buf.h"
#include "cli.h"
#include "indicators.h"
#include "json_writer.h"
#include "node.h"

enum {
	HITS_MAX = 100'000,       /* reported to the node in one run */
	REPORT_MAX = 3 * MIB,     /* as the API takes */
	HIT_LINE_MAX = 256 * KIB, /* a value is at most a line's piece */
};

/* One scan: prints each hit, and keeps what --report will send. */
struct scanning {
	struct cli *c;
	struct buf line;
	struct buf report;
	struct json_writer report_writer;
	size_t hits;
};

static void
print_json(struct scanning *s, const struct match_hit *hit)
{
	struct json_writer w = json_writer(&s->line);

	buf_clear(&s->line);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("file")), hit->source);
	json_put_u64(json_key(&w, S("line")), hit->line);
	json_put_u64(json_key(&w, S("column")), hit->column);
	json_put_str(json_key(&w, S("value")), hit->found);
	json_put_str(json_key(&w, S("match")), str_of(match_how_name(hit->how)));
	json_put_str(json_key(&w, S("kind")), str_of(pattern_kind_name(hit->kind)));
	json_put_str(json_key(&w, S("indicator")), hit->indicator);
	json_end_object(&w);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&s->line)));
}

static void
print_text(const struct match_hit *hit)
{
	cli_text(hit->source);
	(void)printf(":%" PRIu64 ":%" PRIu64 ": ", hit->line, hit->column);
	cli_text(hit->found);
	(void)printf("  %s %s  ", match_how_name(hit->how), pattern_kind_name(hit->kind));
	cli_text(hit->indicator);
	(void)printf("\n");
}

static enum err
on_hit(void *arg, const struct match_hit *hit, struct why *why)
{
	struct scanning *s = arg;

	(void)why;
	s->hits++;
	if (s->c->json)
		print_json(s, hit);
	else
		print_text(hit);
	if (s->hits <= HITS_MAX) {
		struct json_writer *w = &s->report_writer;

		json_begin_object(w);
		json_put_str(json_key(w, S("indicator")), hit->indicator);
		json_put_str(json_key(w, S("match")), str_of(match_how_name(hit->how)));
		json_end_object(w);
	}
	return OK;
}

static enum err
scan_file(struct scanning *s, struct match_scanner *scanner, const char *path, struct why *why)
{
	(void)s;
	if (strcmp(path, "-") == 0)
		return match_scan_fd(scanner, STDIN_FILENO, S("-"), why);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, ERR_NOT_FOUND, "scan.file", "cannot open %s: %s", path,
		    strerrordesc_np(errno));
	enum err err = match_scan_fd(scanner, fd, str_of(path), why);
	(void)close(fd);
	return err;
}

/* Whose indicators: those of the account, or of the organisation and enclave that
 * the node works for. */
static enum err
find_compartment(struct cli *c, struct realm *realm, struct compartment *ret, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct realm_identity *ours = realm_identity(realm);
	struct account account;

	*ret = (struct compartment){ ours->organisation, ours->enclave };
	if (c->account.len == 0)
		return OK;
	TRY(db_pool_take(realm_readers(realm), &lease, why));
	TRY(store_account_find(lease.db, c->arena, c->account, &account, why));
	*ret = (struct compartment){ account.organisation, account.enclaves };
	return OK;
}

static enum err
open_index(struct cli *c, struct match_index **ret, struct why *why)
{
	CLEANUP(realm_closep) struct realm *realm = NULL;
	struct realm_options options = { .clock = &clock_system, .read_only = true };
	struct node_config config;
	struct indicators_count count;
	struct compartment of;

	TRY(node_config_read(c->dir, &config, why));
	TRY(realm_open(c->dir, config.realm, &options, &realm, why));
	TRY(find_compartment(c, realm, &of, why));
	TRY(indicators_index(realm, &of, ret, &count, why));
	(void)fprintf(stderr,
	    "%zu indicators: %zu indexed, %zu expired, %zu need more than one value\n",
	    count.objects, count.indexed, count.expired, count.left_out);
	return OK;
}

static enum err
scan_all(struct scanning *s, const struct match_index *index, struct why *why)
{
	CLEANUP(match_scanner_freep)
	struct match_scanner *scanner = match_scanner_new(index, on_hit, s);

	for (size_t i = 0; i < s->c->args; i++)
		TRY(scan_file(s, scanner, s->c->arg[i], why));
	struct match_totals t = match_scanner_totals(scanner);
	(void)fprintf(stderr, "%" PRIu64 " lines, %" PRIu64 " bytes, %" PRIu64 " hits\n", t.lines,
	    t.bytes, t.hits);
	return OK;
}

static const struct cli_option scan_options[] = {
	{ "report", NULL, "count the hits at the node, as the account given with --as" },
};

static int
send_report(struct cli *c, struct scanning *s)
{
	const struct json *answer = NULL;
	bool json = c->json;

	json_end_array(&s->report_writer);
	json_end_object(&s->report_writer);
	if (s->report.full || s->hits > HITS_MAX) {
		(void)fprintf(stderr, "torana: too many hits to report in one run\n");
		return EXIT_WRONG;
	}
	c->json = false;
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/hits"), buf_str(&s->report) }, &answer);
	c->json = json;
	return code;
}

static int
run_scan(struct cli *c)
{
	CLEANUP(match_index_freep) struct match_index *index = NULL;
	struct scanning s = {
		.c = c,
		.line = buf_new(HIT_LINE_MAX),
		.report = buf_new(REPORT_MAX),
	};
	struct why why = { 0 };

	s.report_writer = json_writer(&s.report);
	json_begin_object(&s.report_writer);
	json_put_str(json_key(&s.report_writer, S("source")), str_of(c->arg[0]));
	json_begin_array(json_key(&s.report_writer, S("hits")));
	enum err err = open_index(c, &index, &why);
	if (err == OK)
		err = scan_all(&s, index, &why);
	int code = err == OK ? EXIT_FINE : cli_fail(&why, err);
	if (code == EXIT_FINE && cli_option(c, "report") != NULL)
		code = send_report(c, &s);
	buf_free(&s.line);
	buf_free(&s.report);
	return code;
}

/* ---- sightings ---- */

static const struct cli_option sighting_options[] = {
	{ "count", "N", "how often it was seen" },
	{ "first", "TIME", "when first; kept to the hour" },
	{ "last", "TIME", "when last; kept to the hour" },
};

static int
run_sighting(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	const char *count = cli_need(c, "count");
	const char *first = cli_need(c, "first");
	const char *last = cli_need(c, "last");
	uint64_t n = 0;

	if (count == NULL || first == NULL || last == NULL)
		return EXIT_USAGE;
	if (!str_to_u64(str_of(count), 999'999'999, &n)) {
		(void)fprintf(stderr, "torana: --count %s: a number up to 999999999\n", count);
		return EXIT_USAGE;
	}
	json_begin_object(&w);
	json_put_u64(json_key(&w, S("count")), n);
	json_put_str(json_key(&w, S("first")), str_of(first));
	json_put_str(json_key(&w, S("indicator")), str_of(c->arg[0]));
	json_put_str(json_key(&w, S("last")), str_of(last));
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/sightings"), buf_str(&body) }, &answer);
	if (answer != NULL)
		(void)printf(STR_FMT "\n", STR_ARG(json_str(json_get(answer, S("id")))));
	return code;
}

/* clang-format off */
const struct cli_command scan_commands[] = {
	{ "scan", "", "FILE...", 1, CLI_ARGS_MAX, scan_options, COUNTOF(scan_options), run_scan,
	  "find the indicators of this node in logs of any format; - is standard input",
	  "torana scan --json /var/log/gateway.log" },
	{ "sighting", "make", "INDICATOR", 1, 1, sighting_options, COUNTOF(sighting_options), run_sighting,
	  "make a STIX sighting: a count by the hour, no address",
	  "torana sighting make indicator--... --count 25 --first 2026-11-22T01:00:00Z --last 2026-11-22T03:00:00Z" },
};
/* clang-format on */
const size_t scan_commands_count = COUNTOF(scan_commands);
