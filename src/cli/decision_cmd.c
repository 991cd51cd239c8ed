/* Decisions: one in its lines, and those that were made. */
#include <stdio.h>

#include "buf.h"
#include "json_writer.h"
#include "release_cmd_p.h"
#include "visible_p.h"

const struct cli_option explain_options[] = {
	{ "to", "PARTY:ORG", "recipient organisation, like JP:JPCERT" },
	{ "purpose", "CODE", "purpose of the agreement, like incident-response" },
	{ "area", "CODE", "area of the agreement; without it: its first" },
	{ "at", "TIME", "as if asked at this instant, like 2026-11-22T03:00:00Z" },
};

enum {
	LINE_MAX_BYTES = MIB,   /* the lines of one member, in words */
	PREVIEW_MAX = 64 * MIB, /* a preview of LOOKED_AT_MAX objects, in words */
	COLUMN = 13,            /* where the text of a line begins */
};

/* ---- lines in the reader's language ---- */

static enum err
open_words(struct cli *c, struct messages *ret)
{
	struct why why = { 0 };
	enum err err = message_open(c->arena, message_language(), ret, &why);

	if (err != OK)
		(void)cli_fail(&why, err);
	return err;
}

static void
print_title(struct str title)
{
	int width = visible_width(title);

	(void)printf("  " STR_FMT "%*s", STR_ARG(title), width < COLUMN ? COLUMN - width : 1, "");
}

static void
print_line(const char *title, const struct json *text)
{
	print_title(str_of(title));
	cli_text(json_str(text));
	(void)printf("\n");
}

/* One line beside its title, several below it; none is not shown. */
static void
print_lines(const struct messages *w, const char *title, const struct json *list)
{
	CLEANUP(buf_free) struct buf text = buf_new(LINE_MAX_BYTES);

	if (list == NULL || list->first == NULL)
		return;
	print_title(message_of(w, str_of(title)));
	for (const struct json *line = list->first; line != NULL; line = line->next) {
		buf_clear(&text);
		message_say_line(w, line, &text);
		(void)printf("%s", list->len == 1 ? "" : "\n    - ");
		cli_text(buf_str(&text));
	}
	(void)printf("\n");
}

static void
print_decision(const struct messages *w, const struct json *d)
{
	static const struct {
		const char *title, *member;
	} lines[] = {
		{ "decision.what", "what" },
		{ "decision.bundle", "bundle" },
		{ "decision.why", "why" },
		{ "decision.conditions", "conditions" },
		{ "decision.would-change", "would_change" },
		{ "decision.advice", "advice" },
	};
	bool model = false;

	(void)json_get_bool(d, S("model"), &model);
	cli_text(json_str(json_get(d, S("id"))));
	(void)printf("\n");
	print_line("outcome", json_get(d, S("outcome")));
	print_line("clause", json_get(d, S("clause")));
	if (model) {
		print_title(S(""));
		cli_text(message_of(w, S("agreement.model")));
		(void)printf("\n");
	}
	for (size_t i = 0; i < COUNTOF(lines); i++)
		print_lines(w, lines[i].title, json_get(d, str_of(lines[i].member)));
	(void)printf("\n");
}

/* A row of a preview's table: what has a column, the reasons in words. */
static void
write_row(const struct messages *words, const struct json *d, struct json_writer *w)
{
	static const char *const members[] = { "outcome", "half", "clause", "codes", "id" };
	CLEANUP(buf_free) struct buf text = buf_new(LINE_MAX_BYTES);

	message_say_lines(words, json_get(d, S("why")), &text);
	json_begin_object(w);
	for (size_t i = 0; i < COUNTOF(members); i++) {
		const struct json *v = json_get(d, str_of(members[i]));

		if (v != NULL)
			json_put_raw(json_key(w, str_of(members[i])), v->raw);
	}
	json_put_str(json_key(w, S("why")), buf_str(&text));
	json_end_object(w);
}

static enum err
flatten(struct cli *c, const struct messages *words, const struct json *list,
    const struct json **ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(PREVIEW_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_array(&w);
	for (const struct json *d = list == NULL ? NULL : list->first; d != NULL; d = d->next)
		write_row(words, d, &w);
	json_end_array(&w);
	TRY(buf_check(&out, "the table", why));
	return json_parse(c->arena, arena_str(c->arena, buf_str(&out)), NULL, ret, why);
}

int
print_preview(struct cli *c, const struct json *answer)
{
	static const struct cli_column columns[] = {
		{ "OUTCOME", "outcome", 22 },
		{ "HALF", "half", 9 },
		{ "CLAUSE", "clause", 8 },
		{ "CODES", "codes", 30 },
		{ "ID", "id", 60 },
		{ "WHY", "why", 80 },
	};
	const struct json *rows = NULL;
	struct messages words = { 0 };
	struct why why = { 0 };

	if (open_words(c, &words) != OK)
		return EXIT_WRONG;
	enum err err = flatten(c, &words, json_get(answer, S("decisions")), &rows, &why);
	if (err != OK)
		return cli_fail(&why, err);
	cli_table(rows, columns, COUNTOF(columns));
	print_lines(&words, "decision.bundle", json_get(json_get(answer, S("bundle")), S("said")));
	return EXIT_FINE;
}

/* ---- explaining ---- */

int
run_explain(struct cli *c)
{
	const struct json *answer = NULL;
	struct messages words = { 0 };
	struct str target = arena_printf(c->arena, "/api/v1/explain?id=" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));

	if (cli_need(c, "to") == NULL || cli_need(c, "purpose") == NULL)
		return EXIT_USAGE;
	for (size_t i = 0; i < COUNTOF(explain_options); i++) {
		const char *value = cli_option(c, explain_options[i].name);

		if (value != NULL)
			target = arena_printf(c->arena, STR_FMT "&%s=" STR_FMT, STR_ARG(target),
			    explain_options[i].name, STR_ARG(cli_encode(c, str_of(value))));
	}
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);
	if (answer != NULL && open_words(c, &words) == OK)
		print_decision(&words, answer);
	return code;
}

/* ---- decisions that were made ---- */

const struct cli_option decisions_options[] = {
	{ "to", "PARTY:ORG", "only those about this recipient" },
	{ "outcome", "WORD", "ALLOW, ALLOW_WITH_REDACTION, HOLD, DENY or ROUTE" },
	{ "order", "ORDER", "only those of this order" },
	{ "id", "ID", "only those about this object" },
	{ "since", "TIME", "made at this instant or later, 2026-11-01T00:00:00Z" },
	{ "until", "TIME", "made before this instant" },
	{ "limit", "N", "at most so many, 1000; without it 100" },
	{ "after", "DECISION", "older than this one: the next page" },
};

static struct str
decisions_target(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(64 * KIB);

	buf_put(&out, S("/api/v1/decisions"));
	for (size_t i = 0, n = 0; i < COUNTOF(decisions_options); i++) {
		if (c->option[i] == NULL)
			continue;
		buf_printf(&out, "%c%s=" STR_FMT, n++ == 0 ? '?' : '&', decisions_options[i].name,
		    STR_ARG(cli_encode(c, str_of(c->option[i]))));
	}
	return arena_str(c->arena, buf_str(&out));
}

int
run_decisions(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "DECISION", "decision_id", 16 },
		{ "AT", "at", 20 },
		{ "TO", "recipient", 16 },
		{ "OUTCOME", "outcome", 22 },
		{ "STATE", "state", 10 },
		{ "CLAUSE", "clause", 8 },
		{ "CODES", "codes", 30 },
		{ "OBJECT", "source_id", 60 },
	};
	const struct json *answer = NULL;
	struct str next = { 0 };
	int code = cli_call(c, &(struct cli_request){ "GET", decisions_target(c), S("") }, &answer);

	if (answer == NULL)
		return code;
	cli_table(json_get(answer, S("decisions")), columns, COUNTOF(columns));
	if (json_get_str(answer, S("next"), &next))
		(void)printf("older ones: --after " STR_FMT "\n", STR_ARG(next));
	return code;
}

static void
print_hashes(const struct json *d)
{
	const struct json *rules = json_get(json_get(d, S("decision")), S("rules"));

	for (const struct json *r = rules == NULL ? NULL : rules->first; r != NULL; r = r->next) {
		print_title(S("rule"));
		cli_text(json_str(json_get(r, S("id"))));
		(void)printf(", ");
		cli_text(json_str(json_get(r, S("version"))));
		(void)printf(", ");
		cli_text(json_str(json_get(r, S("hash"))));
		(void)printf("\n");
	}
	print_line("inputs", json_get(d, S("inputs_sha256")));
	print_line("bytes", json_get(d, S("bytes_sha256")));
}

static void
print_words(const struct json *list)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		static const char *const members[] = { "verdict", "role", "account", "at",
			"reason" };

		print_title(S("word"));
		for (size_t i = 0; i < COUNTOF(members); i++) {
			(void)printf("%s", i == 0 ? "" : " ");
			cli_text(json_str(json_get(v, str_of(members[i]))));
		}
		(void)printf("\n");
	}
}

int
run_decision(struct cli *c)
{
	const struct json *d = NULL;
	struct messages words = { 0 };
	struct str leaf = str_of(c->arg[0]);
	struct str place = str_of(c->arg[1]);
	struct str target = arena_printf(c->arena, "/api/v1/decisions/" STR_FMT "/" STR_FMT,
	    STR_ARG(cli_encode(c, leaf)), STR_ARG(cli_encode(c, place)));
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &d);
	const struct json *replay = json_get(d, S("replay"));
	bool same = false;

	if (d == NULL)
		return code;
	if (open_words(c, &words) != OK)
		return EXIT_WRONG;
	print_decision(&words, json_get(d, S("decision")));
	print_line("made", json_get(d, S("at")));
	print_line("order", json_get(d, S("order_id")));
	print_line("proposer", json_get(d, S("proposer")));
	print_line("state", json_get(d, S("state")));
	print_words(json_get(d, S("approvals")));
	print_hashes(d);
	(void)json_get_bool(replay, S("same"), &same);
	print_title(S("made again"));
	(void)printf("from ");
	cli_text(json_str(json_get(replay, S("from"))));
	(void)printf(same ? ", the same\n" : ", NOT the same: ");
	if (!same) {
		cli_text(json_str(json_get(replay, S("reason"))));
		(void)printf("\n");
	}
	return code;
}
