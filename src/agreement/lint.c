#include "lint.h"

#include <stdarg.h>
#include <stdio.h>

#include "codec.h"
#include "document_p.h"
#include "dsse.h"
#include "lint_p.h"

const char *
lint_severity_name(enum lint_severity severity)
{
	static const char *const names[] = {
		[LINT_NOTE] = "note",
		[LINT_WARNING] = "warning",
		[LINT_ERROR] = "error",
	};

	return names[severity];
}

void
lint_find(struct linting *l, enum lint_severity severity, const char *rule, struct str pointer,
    const char *fmt, ...)
{
	char text[WHY_TEXT_MAX];
	va_list args;

	l->lint->errors += severity == LINT_ERROR;
	l->lint->warnings += severity == LINT_WARNING;
	if (l->lint->findings == LINT_FINDINGS_MAX)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	l->finding[l->lint->findings++] = (struct lint_finding){
		.severity = severity,
		.rule = str_of(rule),
		.pointer = pointer,
		.text = arena_str(l->a, str_of(text)),
	};
}

struct str
lint_at(struct linting *l, const char *fmt, ...)
{
	char text[WHY_WHERE_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return arena_str(l->a, str_of(text));
}

/* ---- clauses: looked for in the tree, so that all of them are told at once ---- */

struct citing {
	struct linting *l;
	const struct json *clauses;
	bool *cited; /* of each clause, in their order */
};

static void
cite(struct citing *c, struct str number, struct str pointer)
{
	size_t i = 0;

	for (const struct json *v = c->clauses->first; v != NULL; v = v->next, i++) {
		if (!str_eq(v->key, number))
			continue;
		c->cited[i] = true;
		return;
	}
	lint_find(c->l, LINT_ERROR, "clause-missing", pointer,
	    "There is no clause \"" STR_FMT "\" in this agreement.", STR_ARG(number));
}

enum { CITE_DEPTH_MAX = 8 }; /* blocks, rows, and what a row holds */

static void
cite_all(struct citing *c, const struct json *v, struct str at, unsigned depth)
{
	size_t i = 0;

	if (depth == CITE_DEPTH_MAX)
		return;
	for (const struct json *m = v->first; m != NULL; m = m->next, i++) {
		struct str here =
		    v->type == JSON_ARRAY
		        ? lint_at(c->l, STR_FMT "/%zu", STR_ARG(at), i)
		        : lint_at(c->l, STR_FMT "/" STR_FMT, STR_ARG(at), STR_ARG(m->key));

		if (m->type == JSON_STRING &&
		    (str_is(m->key, "clause") || str_ends(m->key, S("_clause"))))
			cite(c, m->text, here);
		else if (m != c->clauses && (m->type == JSON_ARRAY || m->type == JSON_OBJECT) &&
		         !str_starts(m->key, S("x_")))
			cite_all(c, m, here, depth + 1);
	}
}

/* "12" is used by what cites "12.4" or "12a". */
static bool
is_parent_of_cited(const struct citing *c, struct str number)
{
	size_t i = 0;

	for (const struct json *v = c->clauses->first; v != NULL; v = v->next, i++) {
		if (c->cited[i] && v->key.len > number.len && str_starts(v->key, number) &&
		    !(v->key.ptr[number.len] >= '0' && v->key.ptr[number.len] <= '9'))
			return true;
	}
	return false;
}

static enum err
lint_clauses(struct linting *l, struct why *why)
{
	struct citing c = { .l = l, .clauses = json_get(l->json, S("clauses")) };
	size_t i = 0;

	if (!json_is(c.clauses, JSON_OBJECT))
		return OK; /* the parser says so */
	c.cited = arena_make(l->a, bool, c.clauses->len + 1);
	if (c.cited == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	cite_all(&c, l->json, S(""), 0);
	for (const struct json *v = c.clauses->first; v != NULL; v = v->next, i++) {
		if (!c.cited[i] && !is_parent_of_cited(&c, v->key))
			lint_find(l, LINT_WARNING, "clause-unused",
			    lint_at(l, "/clauses/" STR_FMT, STR_ARG(v->key)),
			    "No block rests on clause " STR_FMT
			    ": the program does nothing for it.",
			    STR_ARG(v->key));
	}
	return OK;
}

/* ---- templates and envelopes ---- */

/* Gives the open places of a template a name and a key of their own. */
static enum err
fill_open(struct linting *l, struct str *text, struct why *why)
{
	struct party_binding binding[PARTIES_MAX];
	CLEANUP(buf_free) struct buf out = buf_new(DOCUMENT_BYTES_MAX);
	const struct json *parties = json_get(l->json, S("parties"));
	size_t n = 0, i = 0;

	for (const struct json *p = json_is(parties, JSON_ARRAY) ? parties->first : NULL;
	     p != NULL && n < PARTIES_MAX; p = p->next, i++) {
		const struct json *node = json_get(p, S("node")),
		                  *key = json_get(p, S("agreement_key"));

		if (!json_is(node, JSON_STRING) || node->text.len > 0 ||
		    !json_is(key, JSON_STRING) || key->text.len > 0)
			continue;
		binding[n] = (struct party_binding){
			.party = json_str(json_get(p, S("code"))),
			.node = lint_at(l, "party-%zu.invalid", i),
			.identity = S("identity--00000000-0000-4000-8000-000000000000"),
			.key.byte = { (uint8_t)(i + 1) },
		};
		n++;
		lint_find(l, LINT_NOTE, "party-open", lint_at(l, "/parties/%zu", i),
		    "Node and key are open: this is a template, to be filled from the party's "
		    "invitation.");
	}
	if (n == 0 || agreement_fill(l->a, *text, binding, n, &out, NULL) != OK)
		return OK; /* what is wrong with it the parser says */
	*text = arena_str(l->a, buf_str(&out));
	return text->ptr != NULL ? OK
	                         : fail(why, ERR_LIMIT, "document.memory", "no memory is left");
}

static bool
is_former(const struct agreement *g, struct str keyid)
{
	char id[HASH_HEX + 1];

	for (size_t i = 0; i < g->parties; i++) {
		for (size_t k = 0; k < g->party[i].former_keys; k++) {
			dsse_keyid(&g->party[i].former_key[k].key, id);
			if (str_is(keyid, id))
				return true;
		}
	}
	return false;
}

/* Whose signatures stand under it. */
static void
lint_signatures(struct linting *l, const struct dsse *e)
{
	const struct agreement *g = l->g;
	bool by_party[DSSE_SIGNATURES_MAX] = { false };

	for (size_t i = 0; i < g->parties; i++) {
		struct dsse_verdict verdict;
		char id[HASH_HEX + 1];
		bool valid = dsse_verify(e, &g->party[i].agreement_key, 1, &verdict, NULL) == OK;

		dsse_keyid(&g->party[i].agreement_key, id);
		for (size_t s = 0; s < e->signatures; s++)
			by_party[s] |= str_is(e->signature[s].keyid, id);
		if (!valid)
			lint_find(l, LINT_WARNING, "party-unsigned", lint_at(l, "/parties/%zu", i),
			    STR_FMT " has not signed these bytes.", STR_ARG(g->party[i].code));
	}
	for (size_t s = 0; s < e->signatures; s++) {
		if (by_party[s])
			continue;
		if (is_former(g, e->signature[s].keyid))
			lint_find(l, LINT_ERROR, "key-former", lint_at(l, "/signatures/%zu", s),
			    "The key of this signature has ended: it verifies old documents and "
			    "signs no new one.");
		else
			lint_find(l, LINT_ERROR, "key-stranger", lint_at(l, "/signatures/%zu", s),
			    "The key of this signature is held by no party of the agreement.");
	}
}

/* ---- the whole ---- */

static bool
found(const struct linting *l, const char *rule)
{
	for (size_t i = 0; i < l->lint->findings; i++) {
		if (str_is(l->finding[i].rule, rule))
			return true;
	}
	return false;
}

/* What the parser refuses is a finding, unless it was told already. */
static void
lint_parse(struct linting *l, struct str text)
{
	struct why why = { 0 };

	if (agreement_parse(l->a, text, &l->g, &why) == OK)
		return;
	l->g = NULL;
	if (strcmp(why.code, "document.clause") == 0 && found(l, "clause-missing"))
		return;
	lint_find(l, LINT_ERROR, arena_cstr(l->a, str_of(why.code)),
	    arena_str(l->a, str_of(why.where)), "%s.", why.text);
}

enum err
agreement_lint(struct arena *a, struct str text, time_us at, struct lint *ret, struct why *why)
{
	struct dsse *e = arena_make(a, struct dsse, 1);
	struct linting l = { .a = a, .at = at, .lint = ret };

	*ret = (struct lint){ 0 };
	l.finding = arena_make(a, struct lint_finding, LINT_FINDINGS_MAX);
	if (e == NULL || l.finding == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(document_parse(a, text, &l.json, why));
	if (json_get(l.json, S("payloadType")) != NULL) {
		TRY(dsse_parse(a, text, e, why));
		text = e->payload;
		TRY(document_parse(a, text, &l.json, why));
	}
	ret->finding = l.finding;
	TRY(lint_clauses(&l, why));
	TRY(fill_open(&l, &text, why));
	lint_parse(&l, text);
	ret->agreement = l.g;
	if (l.g == NULL)
		return OK;
	if (e->signatures > 0)
		lint_signatures(&l, e);
	lint_rules(&l);
	return OK;
}
