#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"
#include "object_check_p.h"

enum { IMPORT_MAX = 256 * MIB }; /* as the API takes */

static uint64_t
number(const struct json *answer, const char *name)
{
	uint64_t n = 0;

	(void)json_get_u64(answer, str_of(name), &n);
	return n;
}

static void
print_problems(const struct json *answer)
{
	static const struct cli_column columns[] = {
		{ "INDEX", "index", 8 },
		{ "ID", "id", 60 },
		{ "PLACE", "pointer", 40 },
		{ "RULE", "rule", 10 },
		{ "LEVEL", "level", 8 },
		{ "WHAT IS WRONG", "message", WHY_TEXT_MAX },
	};
	const struct json *problems = json_get(answer, S("problems"));

	if (problems != NULL && problems->len > 0)
		cli_table(problems, columns, COUNTOF(columns));
}

/* What was done to make STIX 2.1 of objects of STIX 2.0: never silently. */
static void
print_changes(const struct json *answer)
{
	static const struct cli_column columns[] = {
		{ "INDEX", "index", 8 },
		{ "ID", "id", 60 },
		{ "WHAT", "what", 8 },
		{ "PLACE", "pointer", 40 },
		{ "HOW", "message", WHY_TEXT_MAX },
	};
	const struct json *changes = json_get(answer, S("changes"));

	if (changes == NULL || changes->len == 0)
		return;
	(void)printf("%" PRIu64 " converted from STIX 2.0, %" PRIu64
	             " observables made of their parts:\n",
	    number(answer, "converted"), number(answer, "made"));
	cli_table(changes, columns, COUNTOF(columns));
	if (number(answer, "changes_more") > 0)
		(void)printf("and %" PRIu64 " changes more: torana object original ID\n",
		    number(answer, "changes_more"));
}

static const struct cli_option import_options[] = {
	{ "source", "NAME", "the source it comes from: its policy speaks for what has no marking" },
	{ "warnings", NULL, "list what is stored and yet not as the standard has it, too" },
};

static int
run_import(struct cli *c)
{
	const char *named = cli_option(c, "source");
	const struct json *answer = NULL;
	bool json = c->json;

	/* The exit code depends on the answer: it is printed here. */
	c->json = false;
	struct str target = arena_printf(c->arena, "/api/v1/import?source=" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	if (named != NULL)
		target = arena_printf(c->arena, STR_FMT "&named=" STR_FMT, STR_ARG(target),
		    STR_ARG(cli_encode(c, str_of(named))));
	if (cli_option(c, "warnings") != NULL)
		target = arena_printf(c->arena, STR_FMT "&warnings=true", STR_ARG(target));
	int code = cli_post_file(c, c->arg[0], IMPORT_MAX, target, &answer);
	if (answer == NULL)
		return code;
	if (json) {
		(void)printf(STR_FMT "\n", STR_ARG(answer->raw));
	} else {
		(void)printf("%" PRIu64 " read, %" PRIu64 " new, %" PRIu64 " same, %" PRIu64
		             " refused\n",
		    number(answer, "read"), number(answer, "new"), number(answer, "same"),
		    number(answer, "refused"));
		if (number(answer, "differing") > 0)
			(void)printf("%" PRIu64 " had other content than their version here, see "
			             "torana object conflicts\n",
			    number(answer, "differing"));
		print_problems(answer);
		print_changes(answer);
	}
	return number(answer, "refused") > 0 ? EXIT_WRONG : EXIT_FINE;
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "ID", "id", 60 },
		{ "TLP", "tlp", 13 },
		{ "CONFIDENCE", "confidence_word", 10 },
		{ "FROM", "giver", 20 },
		{ "NAME", "name", 60 },
	};

	return cli_list(c, S("/api/v1/objects?limit=500"), "objects", columns, COUNTOF(columns));
}

static int
run_show(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/objects/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);

	if (answer != NULL) {
		cli_page(json_str(json_get(answer, S("raw"))));
		(void)printf("\n");
	}
	return code;
}

static int
run_original(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/objects/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	bool json = c->json;

	c->json = false;
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);
	if (answer == NULL)
		return code;
	const struct json *conversion = json_get(answer, S("conversion"));
	if (conversion == NULL) {
		struct why why = { 0 };

		return cli_fail(&why,
		    fail(&why, ERR_NOT_FOUND, "object.as-it-came",
		        "%s was not converted: \"torana object show\" prints what came",
		        c->arg[0]));
	}
	if (json)
		(void)printf(STR_FMT, STR_ARG(conversion->raw));
	else
		cli_page(json_str(json_get(conversion, S("original"))));
	(void)printf("\n");
	return code;
}

static int
run_conflicts(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "ID", "id", 60 },
		{ "VERSION", "version", 30 },
		{ "OUTCOME", "outcome", 10 },
		{ "FROM", "giver", 20 },
		{ "SEEN", "seen", 8 },
		{ "LAST", "last", 30 },
		{ "CHOSEN BY", "chosen.by", 20 },
	};

	return cli_list(c, S("/api/v1/conflicts?limit=500"), "conflicts", columns,
	    COUNTOF(columns));
}

/* Nothing for an empty one. */
static void
print_member(const char *before, const struct json *of, const char *name)
{
	struct str text = json_str(json_get(of, str_of(name)));

	if (text.len == 0)
		return;
	(void)printf("%s", before);
	cli_text(text);
}

static void
print_content(const struct json *content)
{
	static const struct cli_column columns[] = {
		{ "PLACE", "pointer", 50 },
		{ "SERVED", "served", 60 },
		{ "OTHER", "other", 60 },
	};
	const struct json *changes = json_get(content, S("changes"));

	print_member("version ", content, "version");
	print_member("\n  served ", content, "served_sha256");
	print_member(" from ", content, "served_giver");
	print_member("\n  other  ", content, "other_sha256");
	print_member(" from ", content, "giver");
	print_member(" (", content, "outcome");
	(void)printf("), seen %" PRIu64 " times\n", number(content, "seen"));
	if (changes != NULL && changes->len > 0)
		cli_table(changes, columns, COUNTOF(columns));
	if (number(content, "changes_more") > 0)
		(void)printf("and %" PRIu64 " more\n", number(content, "changes_more"));
}

static void
print_choices(const struct json *choices)
{
	static const struct cli_column columns[] = {
		{ "VERSION", "version", 30 },
		{ "SERVED SINCE", "at", 30 },
		{ "CHOSEN BY", "by", 20 },
		{ "CONTENT", "sha256", 64 },
		{ "WHY", "reason", 80 },
	};

	if (choices != NULL && choices->len > 0)
		cli_table(choices, columns, COUNTOF(columns));
}

static int
run_diff(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/objects/" STR_FMT "/conflicts",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);
	const struct json *list = json_get(answer, S("conflicts"));

	if (answer == NULL || list == NULL)
		return code;
	if (!c->json && list->len == 0)
		(void)printf("each of its versions has one content\n");
	for (const struct json *v = list->first; v != NULL && !c->json; v = v->next)
		print_content(v);
	if (!c->json)
		print_choices(json_get(answer, S("choices")));
	return list->len > 0 ? EXIT_WRONG : EXIT_FINE;
}

static const struct cli_option reason_options[] = {
	{ "reason", "TEXT", "why, for the record" },
};

static int
run_choose(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const char *reason = cli_need(c, "reason");
	const struct json *answer = NULL;

	if (reason == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("version")), str_of(c->arg[1]));
	json_put_str(json_key(&w, S("content")), str_of(c->arg[2]));
	json_put_str(json_key(&w, S("reason")), str_of(reason));
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/objects/" STR_FMT "/choose",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "POST", target, buf_str(&body) }, &answer);
	if (code == EXIT_FINE && !c->json)
		(void)printf("this content is served from now on; the other is kept beside it\n");
	return code;
}

static int
run_purge(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const char *reason = cli_need(c, "reason");
	const struct json *answer = NULL;

	if (reason == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("reason")), str_of(reason));
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/objects/" STR_FMT "/purge",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "POST", target, buf_str(&body) }, &answer);
	if (answer != NULL)
		(void)printf("%" PRIu64 " versions and released copies are gone; tombstones stay\n",
		    number(answer, "gone"));
	return code;
}

/* clang-format off */
const struct cli_command object_commands[] = {
	{ "object", "check", "FILE", 1, 1, NULL, 0, object_check,
	  "what is wrong with the STIX objects of a file, by rule and place; nothing is stored (exit 1: one would be rejected)",
	  "torana object check --json bundle.json" },
	{ "object", "choose", "ID VERSION CONTENT", 3, 3, reason_options, COUNTOF(reason_options), run_choose,
	  "serve another content of a version: the one with this SHA-256, as torana object diff prints it",
	  "torana object choose indicator--... 2026-11-20T02:21:30Z 9f86d081... --reason 'the vendor confirmed it' --as meera --password-file FILE" },
	{ "object", "conflicts", "", 0, 0, NULL, 0, run_conflicts,
	  "versions of which several contents came, the last seen first", "torana object conflicts --as meera --password-file FILE" },
	{ "object", "diff", "ID", 1, 1, NULL, 0, run_diff,
	  "in what other contents of its versions differ from what is served (exit 1: there are some)",
	  "torana object diff indicator--... --as meera --password-file FILE" },
	{ "object", "id", "FILE", 1, 1, NULL, 0, object_id,
	  "the deterministic id of an observable", "torana object id address.json" },
	{ "object", "import", "FILE", 1, 1, import_options, COUNTOF(import_options), run_import,
	  "store the STIX objects of a bundle; nothing leaves by this (exit 1: some were refused)",
	  "torana object import incident.json --as meera --password-file FILE" },
	{ "object", "list", "", 0, 0, NULL, 0, run_list,
	  "the newest objects", "torana object list --as meera --password-file FILE" },
	{ "object", "original", "ID", 1, 1, NULL, 0, run_original,
	  "the bytes that came, of an object that was converted from STIX 2.0 (--json: with what changed)",
	  "torana object original indicator--... --as meera --password-file FILE" },
	{ "object", "purge", "ID", 1, 1, reason_options, COUNTOF(reason_options), run_purge,
	  "take an object out for good; its tombstone stays in the log",
	  "torana object purge indicator--... --reason 'court order 4/2027'" },
	{ "object", "show", "ID", 1, 1, NULL, 0, run_show,
	  "the exact bytes of an object", "torana object show indicator--... --as meera --password-file FILE" },
};
/* clang-format on */
const size_t object_commands_count = COUNTOF(object_commands);
