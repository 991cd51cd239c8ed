#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"
#include "pattern.h"
#include "type_name.h"

enum {
	ANSWER_MAX = 16 * MIB,   /* a pattern of the largest size, printed and indexed */
	OBSERVED_MAX = 64 * MIB, /* its tree must fit beside it into a command's arena */
	EXIT_ERROR = 2,          /* of match, whose 1 is an answer */
};

/* The pattern of the command line; "-" reads it from standard input. */
static enum err
read_pattern(struct cli *c, struct str *ret, struct why *why)
{
	*ret = str_of(c->arg[0]);
	if (!str_is(*ret, "-"))
		return OK;
	TRY(cli_read(c, c->arg[0], PATTERN_TEXT_MAX + 1, ret, why));
	*ret = str_trim(*ret);
	return OK;
}

/* ---- check ---- */

static void
print_verdict(const struct json *answer, bool valid)
{
	int64_t line = 1, column = 0;

	if (valid) {
		cli_text(json_str(json_get(answer, S("pattern"))));
		(void)printf("\n");
	} else {
		cli_text(json_str(json_get(answer, S("message"))));
		if (json_get_i64(answer, S("column"), &column) &&
		    json_get_i64(answer, S("line"), &line))
			(void)printf(" (line %" PRId64 ", column %" PRId64 ")", line, column);
		(void)printf("\n");
	}
	const struct json *remarks = json_get(answer, S("remarks"));
	for (const struct json *r = remarks != NULL ? remarks->first : NULL; r != NULL;
	     r = r->next) {
		(void)printf("note: ");
		cli_text(json_str(json_get(r, S("message"))));
		(void)printf("\n");
	}
}

static int
run_check(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(ANSWER_MAX);
	struct json_writer w = json_writer(&out);
	const struct json *answer = NULL;
	struct str text;
	struct why why = { 0 };
	enum err err = read_pattern(c, &text, &why);

	if (err != OK)
		return cli_fail(&why, err);
	bool valid = pattern_check(text, type_name_check_observable, &w);
	err = buf_check(&out, "the answer", &why);
	if (err == OK && c->json)
		(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	else if (err == OK)
		err = json_parse(c->arena, buf_str(&out), NULL, &answer, &why);
	if (err != OK)
		return cli_fail(&why, err);
	if (answer != NULL)
		print_verdict(answer, valid);
	return valid ? EXIT_FINE : EXIT_WRONG;
}

/* ---- match ---- */

static enum err
match_file(struct cli *c, struct str text, struct pattern_match *ret, struct why *why)
{
	const struct pattern *p;
	const struct json *root;
	const struct pattern_data *observed;
	struct pattern_program *program = NULL;

	TRY(pattern_parse(c->arena, text, &p, why));
	TRY(cli_read_json(c, c->arg[1], OBSERVED_MAX, &root, why));
	TRY(cli_in_file(c->arg[1], pattern_data_read(c->arena, root, &observed, why), why));
	TRY(pattern_compile(c->arena, p, &program, why));
	enum err err = pattern_run(program, observed, c->arena, ret, why);
	pattern_program_free(program);
	return err;
}

static void
print_match_json(const struct pattern_match *match)
{
	CLEANUP(buf_free) struct buf out = buf_new(ANSWER_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_object(&w);
	json_put_bool(json_key(&w, S("match")), match->matches);
	json_begin_array(json_key(&w, S("observations")));
	for (size_t i = 0; i < match->len; i++) {
		if (match->observed[i].id.len > 0)
			json_put_str(&w, match->observed[i].id);
		else
			json_put_u64(&w, match->observed[i].place);
	}
	json_end_array(&w);
	json_end_object(&w);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
}

static void
print_match(const struct pattern_match *match)
{
	(void)printf(match->matches ? "match\n" : "no match\n");
	for (size_t i = 0; i < match->len; i++) {
		(void)printf("  ");
		if (match->observed[i].id.len > 0)
			cli_text(match->observed[i].id);
		else
			(void)printf("observation %zu", match->observed[i].place);
		(void)printf("\n");
	}
}

static int
run_match(struct cli *c)
{
	struct pattern_match match = { 0 };
	struct str text;
	struct why why = { 0 };
	enum err err = read_pattern(c, &text, &why);

	if (err == OK)
		err = match_file(c, text, &match, &why);
	if (err != OK) {
		(void)cli_fail(&why, err);
		return EXIT_ERROR;
	}
	if (c->json)
		print_match_json(&match);
	else
		print_match(&match);
	return match.matches ? EXIT_FINE : EXIT_WRONG;
}

/* ---- explain ---- */

static int
run_explain(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(ANSWER_MAX);
	const struct pattern *p;
	struct str text;
	struct why why = { 0 };
	enum err err = read_pattern(c, &text, &why);

	if (err == OK)
		err = pattern_parse(c->arena, text, &p, &why);
	if (err != OK)
		return cli_fail(&why, err);
	pattern_explain(p, &out);
	struct str lines = buf_str(&out);
	while (lines.ptr != NULL) {
		cli_text(str_split(&lines, '\n'));
		(void)printf("\n");
	}
	return EXIT_FINE;
}

/* clang-format off */
const struct cli_command pattern_commands[] = {
	{ "pattern", "check", "PATTERN", 1, 1, NULL, 0, run_check,
	  "whether a text is a STIX pattern, and what can hardly be meant (exit 1: it is none)",
	  "torana pattern check \"[ipv4-addr:value = '198.51.100.1']\"" },
	{ "pattern", "match", "PATTERN FILE", 2, 2, NULL, 0, run_match,
	  "look for a pattern in observed data (exit 0: it matches, 1: it does not, 2: an error)",
	  "torana pattern match \"[file:name LIKE '%.exe'] REPEATS 3 TIMES\" observed.json" },
	{ "pattern", "explain", "PATTERN", 1, 1, NULL, 0, run_explain,
	  "what a pattern looks for, in words", "torana pattern explain \"[EXISTS file:hashes.MD5]\"" },
};
/* clang-format on */
const size_t pattern_commands_count = COUNTOF(pattern_commands);
