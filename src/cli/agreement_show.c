/* agreement show: what people look up in an agreement. */
#include <stdio.h>

#include "agreement_show_p.h"

/* A block of the document as a table. */
struct block {
	const char *title;
	const char *in,
	    *list; /* member of the document, and of that; NULL: the member is the list */
	size_t columns;
	struct cli_column column[6];
};

/* clang-format off */
static const struct block blocks[] = {
	{ "Instruments", "header", "instruments", 6, { { "TITLE", "title", 40 }, { "DATE", "date", 20 },
	    { "BINDING", "binding", 7 }, { "REFERENCE", "reference", 30 }, { "EVIDENCE", "evidence.name", 30 },
	    { "TEXT HASH", "text_hash", 64 } } },
	{ "Contacts", "contacts", NULL, 6, { { "PARTY", "party", 8 }, { "ORGANISATION", "organisation", 24 },
	    { "ROLE", "role", 12 }, { "NAME", "name", 30 }, { "REACH", "reach", 30 }, { "HOURS", "hours", 20 } } },
	{ "Channels", "channels", NULL, 4, { { "CHANNEL", "code", 16 }, { "NAME", "name", 30 },
	    { "SECURITY", "security", 40 }, { "HIGHEST TLP", "max_tlp", 12 } } },
	{ "Urgency", "urgency", "levels", 3, { { "LEVEL", "code", 12 }, { "ANSWER (MIN)", "ack_minutes", 12 },
	    { "HELD (MIN)", "hold_minutes", 12 } } },
	{ "Retention by category", "retention", "rows", 3, { { "CATEGORY", "category", 30 }, { "DAYS", "days", 8 },
	    { "THEN", "on_expiry", 10 } } },
	{ "Dispute", "dispute", "steps", 2, { { "STEP", "step", 30 }, { "DAYS", "days", 8 } } },
	{ "Taxonomies", "taxonomies", NULL, 2, { { "TAXONOMY", "id", 20 }, { "VERSION", "version", 20 } } },
	{ "Annexes", "annexes", NULL, 4, { { "ANNEX", "code", 12 }, { "VERSION", "version", 8 },
	    { "TITLE", "title", 40 }, { "DATE", "date", 20 } } },
};
/* clang-format on */

static void
print_block(const struct json *document, const struct block *b)
{
	const struct json *list = json_get(document, str_of(b->in));

	if (b->list != NULL)
		list = json_get(list, str_of(b->list));
	if (!json_is(list, JSON_ARRAY) || list->first == NULL)
		return;
	(void)printf("\n%s\n", b->title);
	cli_table(list, b->column, b->columns);
}

/* A clause is its text, or {text, model}. */
static void
print_clause(const struct json *clause, bool all_model, struct str notice)
{
	bool model = all_model;
	const struct json *text =
	    json_is(clause, JSON_OBJECT) ? json_get(clause, S("text")) : clause;

	if (json_is(clause, JSON_OBJECT))
		(void)json_get_bool(clause, S("model"), &model);
	cli_text(clause->key);
	(void)printf("  ");
	cli_text(json_str(text));
	if (model) {
		(void)printf(" (");
		cli_text(notice);
		(void)printf(")");
	}
	(void)printf("\n");
}

static void
print_clauses(const struct json *answer, const struct json *document)
{
	const struct json *clauses = json_get(document, S("clauses"));
	struct str notice = json_str(json_get(answer, S("notice")));
	bool model = false;

	(void)json_get_bool(document, S("model"), &model);
	(void)printf("\nClauses\n");
	for (const struct json *v = clauses == NULL ? NULL : clauses->first; v != NULL; v = v->next)
		print_clause(v, model, notice);
}

/* What is in dispute, and the days of its steps. */
static void
print_disputes(const struct json *answer)
{
	static const struct cli_column columns[] = { { "SCOPE", "scope", 24 },
		{ "OPENED BY", "party", 10 }, { "ON", "at", 28 }, { "FROZEN", "frozen", 7 },
		{ "ABOUT", "about", 60 } };
	static const struct cli_column steps[] = { { "STEP", "step", 30 }, { "DUE BY", "by", 28 } };
	const struct json *list = json_get(answer, S("disputes"));

	if (!json_is(list, JSON_ARRAY) || list->first == NULL)
		return;
	(void)printf("\nIn dispute\n");
	cli_table(list, columns, COUNTOF(columns));
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		(void)printf("\n");
		cli_text(json_str(json_get(v, S("about"))));
		(void)printf("\n");
		cli_table(json_get(v, S("steps")), steps, COUNTOF(steps));
	}
}

int
agreement_show(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/agreements/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);

	if (answer == NULL)
		return code;
	const struct json *document = json_get(answer, S("document"));
	cli_text(json_str(json_get(answer, S("title"))));
	(void)printf("\n");
	cli_text(json_str(json_get(answer, S("id"))));
	(void)printf(" version " STR_FMT ", " STR_FMT "\n",
	    STR_ARG(json_get(answer, S("version"))->raw),
	    STR_ARG(json_str(json_get(answer, S("hash")))));
	print_disputes(answer);
	for (size_t i = 0; i < COUNTOF(blocks); i++)
		print_block(document, &blocks[i]);
	print_clauses(answer, document);
	return code;
}
