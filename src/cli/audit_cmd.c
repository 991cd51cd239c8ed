#include <stdio.h>
#include <unistd.h>

#include "audit.h"
#include "audit_pack.h"
#include "buf.h"
#include "cli.h"
#include "json_writer.h"
#include "node.h"
#include "realm.h"
#include "replay.h"

enum { HEADS_FILE_MAX = 8 * MIB, PATH_BYTES = 4096, ANSWER_MAX = 4 * MIB };

/* The folder of a realm: DIR itself, or the realm that DIR/torana.conf names. */
static enum err
find_folder(const char *dir, char *ret, struct why *why)
{
	struct node_config config;

	(void)snprintf(ret, PATH_BYTES, "%s/store.db", dir);
	if (access(ret, F_OK) == 0) {
		(void)snprintf(ret, PATH_BYTES, "%s", dir);
		return OK;
	}
	TRY(node_config_read(dir, &config, why));
	(void)snprintf(ret, PATH_BYTES, "%s/%s", dir, config.realm);
	return OK;
}

/* Notes parted by a line "---": what `audit heads` writes. */
static enum err
read_heads(struct cli *c, struct str *ret, size_t *ret_len, struct why *why)
{
	const char *path = cli_option(c, "heads");
	struct str text = { 0 };

	*ret_len = 0;
	if (path == NULL)
		return OK;
	TRY(cli_read(c, path, HEADS_FILE_MAX, &text, why));
	while (text.len > 0) {
		size_t end = str_find(text, S("---\n"));
		size_t len = end == SIZE_MAX ? text.len : end;

		if (*ret_len == AUDIT_HEADS_MAX)
			return fail(why, ERR_LIMIT, "audit.heads", "%s has more than %d heads",
			    path, AUDIT_HEADS_MAX);
		if (len > 0)
			ret[(*ret_len)++] = str_sub(text, 0, len);
		text = end == SIZE_MAX ? S("") : str_sub(text, end + 4, SIZE_MAX);
	}
	return OK;
}

/* ---- printing ---- */

static void
print_problems(struct json_writer *w, const struct audit_report *r)
{
	size_t kept = r->problems < AUDIT_PROBLEMS_MAX ? r->problems : AUDIT_PROBLEMS_MAX;

	json_begin_array(json_key(w, S("problems")));
	for (size_t i = 0; i < kept; i++) {
		json_begin_object(w);
		json_put_str(json_key(w, S("code")), str_of(r->problem[i].code));
		json_put_str(json_key(w, S("what")), str_of(r->problem[i].what));
		json_end_object(w);
	}
	json_end_array(w);
}

static void
tell_problems(const struct audit_report *r)
{
	size_t kept = r->problems < AUDIT_PROBLEMS_MAX ? r->problems : AUDIT_PROBLEMS_MAX;

	for (size_t i = 0; i < kept; i++)
		(void)printf("PROBLEM %s: %s\n", r->problem[i].code, r->problem[i].what);
	if (r->problems > kept)
		(void)printf("and %zu more\n", r->problems - kept);
	(void)printf("%s\n", r->problems == 0 ? "ok" : "not ok");
}

/* Of what a pack is. */
static void
print_pack(struct json_writer *w, const struct audit_pack *p, const struct release_audit *a)
{
	char made[TIME_TEXT_MAX];

	time_text(p->made_at, made);
	json_begin_object(json_key(w, S("pack")));
	json_put_str(json_key(w, S("node")), p->node);
	json_put_str(json_key(w, S("made_at")), str_of(made));
	json_put_str(json_key(w, S("organisation")), p->organisation);
	json_put_str(json_key(w, S("enclaves")), p->enclaves);
	json_put_str(json_key(w, S("since")), p->since);
	json_put_str(json_key(w, S("until")), p->until);
	json_put_str(json_key(w, S("about")), p->about);
	json_put_str(json_key(w, S("to")), p->to);
	json_put_bool(json_key(w, S("content")), p->content);
	json_put_u64(json_key(w, S("parts")), p->parts);
	json_put_u64(json_key(w, S("withheld_leaves")), a->report.withheld);
	json_put_u64(json_key(w, S("withheld_records")), a->withheld);
	json_end_object(w);
}

static void
tell_pack(const struct audit_pack *p, const struct release_audit *a)
{
	char made[TIME_TEXT_MAX];

	time_text(p->made_at, made);
	(void)printf("pack of " STR_FMT ", enclaves " STR_FMT ", made by " STR_FMT " at %s\n",
	    STR_ARG(p->organisation), STR_ARG(p->enclaves), STR_ARG(p->node), made);
	(void)printf("  %8" PRIu64 " parts, %s content\n  %8" PRIu64 " leaves and %" PRIu64
	             " records stand as hashes only\n",
	    p->parts, p->content ? "with" : "without", a->report.withheld, a->withheld);
}

static void
print_json(const struct release_audit *a, size_t heads, const struct audit_pack *pack)
{
	CLEANUP(buf_free) struct buf out = buf_new(ANSWER_MAX);
	struct json_writer w = json_writer(&out);
	const struct audit_report *r = &a->report;

	json_begin_object(&w);
	json_put_str(json_key(&w, S("origin")), a->origin);
	json_put_u64(json_key(&w, S("leaves")), r->leaves);
	json_put_u64(json_key(&w, S("records")), r->records);
	json_put_u64(json_key(&w, S("objects")), a->objects);
	json_put_u64(json_key(&w, S("decisions")), a->decisions);
	json_put_u64(json_key(&w, S("purged")), a->purged);
	json_put_u64(json_key(&w, S("agreements")), a->agreements);
	json_put_u64(json_key(&w, S("tiles")), r->tiles);
	json_put_u64(json_key(&w, S("checkpoints")), r->checkpoints);
	json_put_u64(json_key(&w, S("cosignatures")), r->cosignatures);
	json_put_u64(json_key(&w, S("heads")), heads);
	if (pack != NULL)
		print_pack(&w, pack, a);
	json_put_bool(json_key(&w, S("ok")), r->problems == 0);
	print_problems(&w, r);
	json_end_object(&w);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
}

static void
print_text(const struct release_audit *a, size_t heads)
{
	const struct audit_report *r = &a->report;

	(void)printf("log " STR_FMT "\n", STR_ARG(a->origin));
	(void)printf("  %8" PRIu64 " leaves\n  %8" PRIu64 " records\n  %8" PRIu64
	             " objects\n  %8" PRIu64 " decisions\n  %8" PRIu64 " purged\n  %8" PRIu64
	             " agreements\n  %8" PRIu64 " tiles\n  %8" PRIu64 " checkpoints\n  %8" PRIu64
	             " cosignatures\n",
	    r->leaves, r->records, a->objects, a->decisions, a->purged, a->agreements, r->tiles,
	    r->checkpoints, r->cosignatures);
	if (heads == 0)
		(void)printf(
		    "not compared with a partner's copy of the heads (--heads FILE): a log\n"
		    "rewritten with its own key would look whole\n");
	else
		(void)printf("compared with %zu heads that a partner kept\n", heads);
	tell_problems(r);
}

/* ---- opening ---- */

/* A folder, or a pack that was taken apart into one. */
struct source {
	char folder[PATH_BYTES];
	bool is_pack;
	struct audit_pack pack;
	struct audit_report report; /* of the pack itself */
};

static void
source_done(struct source *s)
{
	if (s->is_pack)
		audit_pack_close(&s->pack);
}

static enum err
open_source(struct cli *c, struct source *ret, struct why *why)
{
	const char *file = cli_option(c, "pack"), *key = cli_option(c, "key");

	if (file == NULL)
		return find_folder(c->args > 0 ? c->arg[0] : c->dir, ret->folder, why);
	if (key == NULL)
		return fail(why, ERR_USAGE, "audit.key",
		    "--pack needs --key: the key by which you know the node");
	ret->is_pack = true;
	TRY(audit_pack_open(file, str_of(key), c->arena, &ret->pack, &ret->report, why));
	(void)snprintf(ret->folder, sizeof(ret->folder), "%s", ret->pack.folder);
	return OK;
}

#define PACK_OPTIONS                                                             \
	{ "pack", "FILE", "an audit pack in the stead of a folder" },            \
	{                                                                        \
		"key", "KEY",                                                    \
		    "of a pack: the node's log key as you know it, verifier key" \
		    " or SHA-256"                                                \
	}

static const struct cli_option verify_options[] = {
	{ "heads", "FILE", "a partner's copies of this log's heads (torana audit heads)" },
	PACK_OPTIONS,
};

static enum err
verify_source(struct cli *c, const struct source *s, struct release_audit *ret, size_t *ret_heads,
    struct why *why)
{
	struct str head[AUDIT_HEADS_MAX];

	TRY(read_heads(c, head, ret_heads, why));
	if (!s->is_pack)
		return release_audit(s->folder, head, *ret_heads, c->arena, ret, why);
	ret->origin = s->pack.origin;
	ret->report = s->report;
	if (s->report.problems > 0)
		return OK; /* it is not what was signed: nothing of it is believed */
	return audit_pack_verify(&s->pack, head, *ret_heads, c->arena, ret, why);
}

static int
run_verify(struct cli *c)
{
	struct release_audit *audit = arena_make(c->arena, struct release_audit, 1);
	CLEANUP(source_done) struct source source = { 0 };
	const struct audit_pack *pack = NULL;
	size_t heads = 0;
	struct why why = { 0 };
	enum err err = open_source(c, &source, &why);

	if (err == OK)
		err = verify_source(c, &source, audit, &heads, &why);
	if (err != OK)
		return cli_fail(&why, err);
	pack = source.is_pack ? &source.pack : NULL;
	if (c->json) {
		print_json(audit, heads, pack);
	} else {
		if (pack != NULL)
			tell_pack(pack, audit);
		print_text(audit, heads);
	}
	return audit->report.problems == 0 ? EXIT_FINE : EXIT_WRONG;
}

/* ---- replay ---- */

static const struct cli_option replay_options[] = {
	{ "since", "TIME", "decisions of this instant and later, 2026-11-01T00:00:00Z" },
	PACK_OPTIONS,
};

static void
print_gaps(struct json_writer *w, const struct release_replay *r)
{
	json_begin_array(json_key(w, S("gaps")));
	for (size_t i = 0; i < r->gaps && i < REPLAY_GAPS_MAX; i++) {
		json_begin_object(w);
		json_put_i64(json_key(w, S("leaf")), r->gap[i].leaf);
		json_put_i64(json_key(w, S("place")), r->gap[i].place);
		json_put_str(json_key(w, S("why")), str_of(r->gap[i].what));
		json_end_object(w);
	}
	json_end_array(w);
}

static void
print_replay(const struct release_replay *r)
{
	CLEANUP(buf_free) struct buf out = buf_new(ANSWER_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_object(&w);
	json_put_u64(json_key(&w, S("decisions")), r->decisions);
	json_put_u64(json_key(&w, S("from_content")), r->from_content);
	json_put_u64(json_key(&w, S("from_facts")), r->from_facts);
	json_put_u64(json_key(&w, S("not_replayable")), r->not_replayable);
	print_gaps(&w, r);
	json_put_bool(json_key(&w, S("ok")), r->report.problems == 0);
	print_problems(&w, &r->report);
	json_end_object(&w);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
}

static void
tell_replay(const struct release_replay *r)
{
	(void)printf("  %8" PRIu64 " decisions\n  %8" PRIu64
	             " decided again from content\n  %8" PRIu64
	             " judged again from facts, content has gone\n  %8" PRIu64 " not replayable\n",
	    r->decisions, r->from_content, r->from_facts, r->not_replayable);
	for (size_t i = 0; i < r->gaps && i < REPLAY_GAPS_MAX; i++)
		(void)printf("leaf %" PRIi64 ", place %" PRIi64 ": %s\n", r->gap[i].leaf,
		    r->gap[i].place, r->gap[i].what);
	tell_problems(&r->report);
}

/* The instant behind an option; 0 without it. */
static enum err
option_time(const struct cli *c, const char *name, time_us *ret, struct why *why)
{
	const char *text = cli_option(c, name);

	*ret = 0;
	if (text != NULL && !time_parse(str_of(text), ret))
		return fail(why, ERR_USAGE, "audit.time",
		    "--%s takes an instant like 2026-11-01T00:00:00Z", name);
	return OK;
}

static int
run_replay(struct cli *c)
{
	struct release_replay *replay = arena_make(c->arena, struct release_replay, 1);
	CLEANUP(source_done) struct source source = { 0 };
	time_us from = 0;
	struct why why = { 0 };
	enum err err = option_time(c, "since", &from, &why);

	if (err == OK)
		err = open_source(c, &source, &why);
	if (err == OK && source.report.problems > 0)
		replay->report = source.report;
	else if (err == OK)
		err = release_replay(source.folder, from, replay, &why);
	if (err != OK)
		return cli_fail(&why, err);
	if (c->json)
		print_replay(replay);
	else
		tell_replay(replay);
	return replay->report.problems == 0 ? EXIT_FINE : EXIT_WRONG;
}

/* ---- packing ---- */

static const struct cli_option pack_options[] = {
	{ "since", "TIME", "leaves of this instant and later, 2026-11-01T00:00:00Z" },
	{ "until", "TIME", "leaves before this instant" },
	{ "about", "ORG", "decisions about this identity, or the one of this exact name" },
	{ "to", "PARTY:ORG", "decisions about this recipient" },
	{ "content", NULL, "with the bytes that left and the objects behind them" },
	{ "of", "PARTY:ORG", "the auditor's organisation; without it that of this node" },
	{ "enclaves", "NAMES", "the auditor's enclaves of it; without it that of this node" },
};

static enum err
make_pack(struct cli *c, struct audit_pack_made *ret, struct why *why)
{
	CLEANUP(realm_closep) struct realm *realm = NULL;
	struct realm_options options = { .clock = &clock_system, .read_only = true };
	const char *of = cli_option(c, "of"), *enclaves = cli_option(c, "enclaves");
	const char *about = cli_option(c, "about"), *to = cli_option(c, "to");
	struct audit_pack_wish wish = { .content = cli_option(c, "content") != NULL };
	struct node_config config;

	TRY(option_time(c, "since", &wish.since, why));
	TRY(option_time(c, "until", &wish.until, why));
	TRY(node_config_read(c->dir, &config, why));
	TRY(realm_open(c->dir, config.realm, &options, &realm, why));
	const struct realm_identity *id = realm_identity(realm);
	wish.of = (struct compartment){
		.organisation = of == NULL ? id->organisation : str_of(of),
		.enclaves = enclaves == NULL ? id->enclave : str_of(enclaves),
	};
	TRY(enclaves_check(wish.of.enclaves, why));
	wish.about = str_of(about == NULL ? "" : about);
	wish.to = str_of(to == NULL ? "" : to);
	wish.at = clock_wall(&clock_system);
	return audit_pack_make(realm, &wish, c->arg[0], ret, why);
}

static int
run_pack(struct cli *c)
{
	struct audit_pack_made made;
	struct why why = { 0 };
	enum err err = make_pack(c, &made, &why);

	if (err != OK)
		return cli_fail(&why, err);
	if (c->json) {
		(void)printf("{\"parts\":%" PRIu64 ",\"decisions\":%" PRIu64 ",\"leaves\":%" PRIu64
		             ",\"withheld_leaves\":%" PRIu64 ",\"withheld_records\":%" PRIu64
		             ",\"withheld_inputs\":%" PRIu64 ",\"key\":\"%s\"}\n",
		    made.parts, made.decisions, made.leaves, made.withheld_leaves,
		    made.withheld_records, made.withheld_inputs, made.key);
		return EXIT_FINE;
	}
	(void)printf("%" PRIu64 " decisions, %" PRIu64 " leaves (%" PRIu64
	             " as hashes only) in %" PRIu64 " parts\nkey %s\n",
	    made.decisions, made.leaves, made.withheld_leaves, made.parts, made.key);
	return EXIT_FINE;
}

/* ---- heads ---- */

static const struct cli_option heads_options[] = {
	{ "of", "ORIGIN", "the partner's log, like in.example/demo" },
};

static enum err
print_heads(struct cli *c, const char *origin, struct why *why)
{
	CLEANUP(realm_closep) struct realm *realm = NULL;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct realm_options options = { .clock = &clock_system, .read_only = true };
	struct node_config config;
	struct str *note = NULL;
	size_t n = 0;

	TRY(node_config_read(c->dir, &config, why));
	TRY(realm_open(c->dir, config.realm, &options, &realm, why));
	TRY(db_pool_take(realm_readers(realm), &lease, why));
	TRY(release_audit_heads(lease.db, c->arena, str_of(origin), &note, &n, why));
	if (n == 0)
		return fail(why, ERR_NOT_FOUND, "audit.no-heads", "no head of %s was seen here",
		    origin);
	for (size_t i = 0; i < n; i++)
		(void)printf("%s" STR_FMT, i > 0 ? "---\n" : "", STR_ARG(note[i]));
	return OK;
}

static int
run_heads(struct cli *c)
{
	const char *origin = cli_need(c, "of");
	struct why why = { 0 };

	if (origin == NULL)
		return EXIT_USAGE;
	enum err err = print_heads(c, origin, &why);
	return err == OK ? EXIT_FINE : cli_fail(&why, err);
}

/* clang-format off */
const struct cli_command audit_commands[] = {
	{ "audit", "verify", "[DIR]", 0, 1, verify_options, COUNTOF(verify_options), run_verify,
	  "verify a node's folder or an audit pack, offline, without any secret key",
	  "torana audit verify --json /media/copy --heads in.heads" },
	{ "audit", "replay", "[DIR]", 0, 1, replay_options, COUNTOF(replay_options), run_replay,
	  "decide again what was decided, offline, and compare",
	  "torana audit replay --json --since 2026-11-01T00:00:00Z /media/copy" },
	{ "audit", "pack", "FILE", 1, 1, pack_options, COUNTOF(pack_options), run_pack,
	  "what an auditor takes away: one file, signed, without any secret",
	  "torana audit pack in.tar --since 2026-11-01T00:00:00Z" },
	{ "audit", "heads", "", 0, 0, heads_options, COUNTOF(heads_options), run_heads,
	  "the heads of a partner's log that this node witnessed, for its auditor",
	  "torana audit heads --of in.example/demo > in.heads" },
};
/* clang-format on */
const size_t audit_commands_count = COUNTOF(audit_commands);
