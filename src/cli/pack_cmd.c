#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"
#include "keyfile.h"
#include "node.h"
#include "pack_cases.h"
#include "pack_look.h"
#include "rules_key.h"

enum {
	PACK_FILE_MAX = 16 * MIB,
	KEY_PATH_MAX = 4096,
	DAYS_MAX = 3660, /* as the API */
};

/* ---- before it is signed: no node is asked ---- */

static enum err
read_pack(struct cli *c, const char *path, const struct rule_pack **ret, struct why *why)
{
	struct str text = { 0 };

	TRY(cli_read(c, path, PACK_FILE_MAX, &text, why));
	return cli_in_file(path, rule_pack_parse(c->arena, text, ret, why), why);
}

/* "wrong  IN-09  ...", or the same as JSON. */
static void
put_row(struct json_writer *w, const char *const *names, const struct str *values, size_t n)
{
	json_begin_object(w);
	for (size_t i = 0; i < n; i++)
		json_put_str(json_key(w, str_of(names[i])), values[i]);
	json_end_object(w);
}

static void
print_row(const struct str *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cli_text(values[i]);
		(void)printf("%s", i + 1 < n ? "  " : "\n");
	}
}

/* Rows of a local command: a table of texts, or {"NAME":[...]}. */
struct rows {
	struct cli *c;
	struct json_writer w;
	const char *const *names;
	size_t n;
};

static void
add_row(struct rows *r, const struct str *values)
{
	if (r->c->json)
		put_row(&r->w, r->names, values, r->n);
	else
		print_row(values, r->n);
}

static struct rows
rows_begin(struct cli *c, struct buf *out, const char *list, const char *const *names, size_t n)
{
	struct rows r = { .c = c, .w = json_writer(out), .names = names, .n = n };

	json_begin_object(&r.w);
	json_begin_array(json_key(&r.w, str_of(list)));
	return r;
}

static void
rows_end(struct rows *r, const struct buf *out)
{
	json_end_array(&r->w);
	json_end_object(&r->w);
	if (r->c->json)
		(void)printf(STR_FMT "\n", STR_ARG(buf_str(out)));
}

static int
run_lint(struct cli *c)
{
	static const char *const names[] = { "level", "id", "say" };
	CLEANUP(buf_free) struct buf out = buf_new(PACK_FILE_MAX);
	const struct rule_pack *pack = NULL;
	struct why why = { 0 };
	enum err err = read_pack(c, c->arg[0], &pack, &why);

	if (err != OK)
		return cli_fail(&why, err);
	const struct pack_remarks *all = pack_lint(c->arena, pack, clock_wall(&clock_system));
	struct rows rows = rows_begin(c, &out, "remarks", names, COUNTOF(names));
	for (size_t i = 0; all != NULL && i < all->len; i++) {
		const struct str values[] = { all->at[i].wrong ? S("wrong") : S("note"),
			all->at[i].id.len > 0 ? all->at[i].id : pack->id, all->at[i].say };

		add_row(&rows, values);
	}
	rows_end(&rows, &out);
	return all == NULL || all->wrong > 0 ? EXIT_WRONG : EXIT_FINE;
}

static int
run_diff(struct cli *c)
{
	static const char *const names[] = { "way", "id", "say" };
	CLEANUP(buf_free) struct buf out = buf_new(PACK_FILE_MAX);
	const struct rule_pack *before = NULL, *after = NULL;
	struct why why = { 0 };
	enum err err = read_pack(c, c->arg[0], &before, &why);

	if (err == OK)
		err = read_pack(c, c->arg[1], &after, &why);
	if (err != OK)
		return cli_fail(&why, err);
	const struct pack_changes *all = pack_diff(c->arena, before, after);
	struct rows rows = rows_begin(c, &out, "changes", names, COUNTOF(names));
	for (size_t i = 0; all != NULL && i < all->len; i++) {
		const struct str values[] = { str_of(change_way_name(all->at[i].way)),
			all->at[i].id, all->at[i].say };

		add_row(&rows, values);
	}
	rows_end(&rows, &out);
	return EXIT_FINE;
}

/* ---- cases ---- */

static void
add_untested(struct rows *rows, const struct rule_pack *pack, const struct pack_cases *all)
{
	for (size_t i = 0; i < pack->rules; i++) {
		const struct rule *r = &pack->rule[i];

		for (int holds = 1; r->enabled && holds >= 0; holds--) {
			const struct str values[] = { S("untested"), r->id,
				holds == 1 ? S("no case shows it to hold")
				           : S("no case shows it not to hold"),
				S("") };

			if (!pack_cases_show(all, r->id, holds == 1))
				add_row(rows, values);
		}
	}
}

static int
test_cases(struct cli *c)
{
	static const char *const names[] = { "result", "rule", "name", "found" };
	CLEANUP(buf_free) struct buf out = buf_new(PACK_FILE_MAX);
	const struct rule_pack *pack = NULL;
	struct pack_cases all = { 0 };
	struct str text = { 0 };
	struct why why = { 0 };
	enum err err = read_pack(c, c->arg[0], &pack, &why);

	if (err == OK)
		err = cli_read(c, c->arg[1], PACK_FILE_MAX, &text, &why);
	if (err == OK)
		err =
		    cli_in_file(c->arg[1], pack_cases_run(c->arena, pack, text, &all, &why), &why);
	if (err != OK)
		return cli_fail(&why, err);
	struct rows rows = rows_begin(c, &out, "cases", names, COUNTOF(names));
	for (size_t i = 0; i < all.len; i++) {
		const struct str values[] = { all.at[i].passed ? S("ok") : S("FAILED"),
			all.at[i].rule, all.at[i].name, all.at[i].found };

		add_row(&rows, values);
	}
	add_untested(&rows, pack, &all);
	rows_end(&rows, &out);
	return all.failed > 0 ? EXIT_WRONG : EXIT_FINE;
}

/* ---- past decisions ---- */

static const struct cli_option test_options[] = {
	{ "against", "90d", "the decisions of the last days, instead of cases" },
	{ "at", "TIME", "with --against: ask as of this instant" },
};

/* "90d": days. */
static bool
read_days(const char *text, uint64_t *ret)
{
	struct str s = str_of(text);

	return str_ends(s, S("d")) && str_to_u64(str_sub(s, 0, s.len - 1), DAYS_MAX, ret);
}

static int
show_trial(struct cli *c, const struct json *answer)
{
	static const struct cli_column columns[] = {
		{ "WAY", "way", 8 },
		{ "OBJECT", "id", 60 },
		{ "TO", "recipient", 16 },
		{ "STATE", "state", 10 },
		{ "NOW", "before", 20 },
		{ "THEN", "after", 20 },
	};
	uint64_t n[5] = { 0 };
	static const char *const names[] = { "decisions", "stricter", "looser", "from_facts",
		"not_known" };

	(void)c;
	for (size_t i = 0; i < COUNTOF(names); i++)
		(void)json_u64(json_get(answer, str_of(names[i])), &n[i]);
	(void)printf("Of %" PRIu64 " decisions, %" PRIu64 " would change: %" PRIu64
	             " stricter, %" PRIu64 " looser. %" PRIu64 " were judged from facts, %" PRIu64
	             " cannot be known. Nothing was activated.\n",
	    n[0], n[1] + n[2], n[1], n[2], n[3], n[4]);
	if (n[1] + n[2] > 0)
		cli_table(json_get(answer, S("changes")), columns, COUNTOF(columns));
	return EXIT_FINE;
}

static int
test_past(struct cli *c, const char *against, struct str pack)
{
	const struct json *answer = NULL;
	const char *at = cli_option(c, "at");
	uint64_t days = 0;

	if (!read_days(against, &days)) {
		(void)fprintf(stderr, "torana: --against is a number of days, like 90d\n");
		return EXIT_USAGE;
	}
	struct str target =
	    arena_printf(c->arena, "/api/v1/packs/test?days=%" PRIu64 "%s" STR_FMT, days,
	        at == NULL ? "" : "&at=", STR_ARG(at == NULL ? S("") : cli_encode(c, str_of(at))));
	int code = cli_call(c, &(struct cli_request){ "POST", target, pack }, &answer);

	return answer == NULL ? code : show_trial(c, answer);
}

static int
run_test(struct cli *c)
{
	const char *against = cli_option(c, "against");
	struct str text = { 0 };
	struct why why = { 0 };

	if ((against == NULL) == (c->args < 2)) {
		(void)fprintf(stderr, "torana: pack test needs a table of cases, or --against\n");
		return EXIT_USAGE;
	}
	if (against == NULL)
		return test_cases(c);
	enum err err = cli_read(c, c->arg[0], PACK_FILE_MAX, &text, &why);
	return err != OK ? cli_fail(&why, err) : test_past(c, against, text);
}

static int
run_candidates(struct cli *c)
{
	const char *against = cli_option(c, "against");

	return test_past(c, against == NULL ? "90d" : against, S(""));
}

/* ---- signing ---- */

static const struct cli_option sign_options[] = {
	{ "key", "FILE", "the rules key, when it is not kept with the node" },
};

static enum err
sign_pack(struct cli *c, struct buf *out, struct why *why)
{
	CLEANUP(sign_key_freep) struct sign_key *key = NULL;
	struct node_config config;
	char path[KEY_PATH_MAX];
	const char *given = cli_option(c, "key");
	struct str text = { 0 };

	TRY(cli_read(c, c->arg[0], PACK_FILE_MAX, &text, why));
	TRY(node_config_read(c->dir, &config, why));
	(void)snprintf(path, sizeof(path), "%s/%s/keys/%s.key", c->dir, config.realm,
	    key_role_name(KEY_RULES));
	TRY(keyfile_load(given != NULL ? given : path, KEY_RULES, str_of(config.realm), &key, why));
	return rule_pack_sign(c->arena, text, key, out, why);
}

static int
run_sign(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(PACK_FILE_MAX);
	struct why why = { 0 };
	enum err err = sign_pack(c, &out, &why);

	if (err != OK)
		return cli_fail(&why, err);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	return EXIT_FINE;
}

static const struct cli_option rekey_options[] = {
	{ "key", "FILE", "the rules key of now, when it is not kept with the node" },
	{ "lost", NULL, "there is none: the owner of the machine brings the statement" },
};

/* The key of now, or none when it is lost. */
static enum err
load_old(struct cli *c, const struct node_config *config, struct sign_key **ret, struct why *why)
{
	char path[KEY_PATH_MAX];
	const char *given = cli_option(c, "key");

	if (cli_option(c, "lost") != NULL)
		return OK;
	(void)snprintf(path, sizeof(path), "%s/%s/keys/%s.key", c->dir, config->realm,
	    key_role_name(KEY_RULES));
	return keyfile_load(given != NULL ? given : path, KEY_RULES, str_of(config->realm), ret,
	    why);
}

static enum err
make_rules_key(struct cli *c, struct buf *out, struct why *why)
{
	CLEANUP(sign_key_freep) struct sign_key *old = NULL;
	CLEANUP(sign_key_freep) struct sign_key *next = sign_key_new();
	struct node_config config;

	TRY(node_config_read(c->dir, &config, why));
	TRY(load_old(c, &config, &old, why));
	TRY(keyfile_save(c->arg[0], KEY_RULES, str_of(config.realm), next, why));
	return rules_key_write(c->arena, str_of(config.realm), old, next, out, why);
}

static int
run_rekey(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(PACK_FILE_MAX);
	struct why why = { 0 };
	enum err err = make_rules_key(c, &out, &why);

	if (err != OK)
		return cli_fail(&why, err);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	return EXIT_FINE;
}

/* ---- at the node ---- */

static int
run_adopt(struct cli *c)
{
	struct str text = { 0 };
	struct why why = { 0 };
	const struct json *answer = NULL;
	enum err err = cli_read(c, c->arg[0], PACK_FILE_MAX, &text, &why);

	if (err != OK)
		return cli_fail(&why, err);
	return cli_call(c, &(struct cli_request){ "POST", S("/api/v1/rules-key"), str_trim(text) },
	    &answer);
}

static int
run_activate(struct cli *c)
{
	const struct json *answer = NULL;
	int code = cli_post_file(c, c->arg[0], PACK_FILE_MAX, S("/api/v1/packs"), &answer);

	if (code == EXIT_FINE && !c->json)
		(void)printf("active\n");
	return code;
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "PACK", "id", 24 },
		{ "VERSION", "version", 8 },
		{ "PARTY", "party", 8 },
		{ "SECTOR", "sector", 12 },
		{ "RULES", "rules", 8 },
		{ "REVIEW ON", "review_on", 20 },
		{ "HASH", "hash", 64 },
	};

	return cli_list(c, S("/api/v1/packs"), "packs", columns, COUNTOF(columns));
}

static int
run_show(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "RULE", "id", 16 },
		{ "KIND", "kind", 8 },
		{ "SURE", "certainty", 8 },
		{ "ON", "enabled", 6 },
		{ "RULING", "ruling", 7 },
		{ "CODE", "reason", 14 },
		{ "FROM", "from", 20 },
		{ "TEXT", "text", 80 },
	};
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/packs/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);

	if (answer != NULL)
		cli_table(json_get(json_get(answer, S("document")), S("rules")), columns,
		    COUNTOF(columns));
	return code;
}

/* clang-format off */
const struct cli_command pack_commands[] = {
	{ "pack", "lint", "FILE", 1, 1, NULL, 0, run_lint,
	  "what is wrong with a rule pack, and what is worth knowing", "torana pack lint share/packs/in.json" },
	{ "pack", "test", "FILE [CASES]", 1, 2, test_options, COUNTOF(test_options), run_test,
	  "try a rule pack on a table of cases, or on past decisions",
	  "torana pack test share/packs/in.json share/packs/cases/in.json" },
	{ "pack", "candidates", "", 0, 0, test_options, COUNTOF(test_options), run_candidates,
	  "what was kept and may go under the active packs, for an officer to send", "torana pack candidates --against 30d" },
	{ "pack", "diff", "BEFORE AFTER", 2, 2, NULL, 0, run_diff,
	  "the rules that differ, and which way", "torana pack diff in-2.json in-3.json" },
	{ "pack", "sign", "FILE", 1, 1, sign_options, COUNTOF(sign_options), run_sign,
	  "sign a rule pack with the party's rules key, print the envelope",
	  "torana pack sign share/packs/in.json > in.signed" },
	{ "pack", "rekey", "FILE", 1, 1, rekey_options, COUNTOF(rekey_options), run_rekey,
	  "make another rules key, print the statement that puts it in place",
	  "torana pack rekey rules-2.key > rules-2.statement" },
	{ "pack", "adopt", "STATEMENT", 1, 1, NULL, 0, run_adopt,
	  "put another rules key in place", "torana pack adopt rules-2.statement" },
	{ "pack", "activate", "ENVELOPE", 1, 1, NULL, 0, run_activate,
	  "make a signed rule pack the active one of its name", "torana pack activate in.signed" },
	{ "pack", "list", "", 0, 0, NULL, 0, run_list,
	  "the active rule packs", "torana pack list" },
	{ "pack", "show", "ID", 1, 1, NULL, 0, run_show,
	  "the rules of an active pack", "torana pack show in" },
};
/* clang-format on */
const size_t pack_commands_count = COUNTOF(pack_commands);
