#include "predicate_p.h"
#include "selector_p.h"

enum { PERSONS_MAX = 1'000'000'000 }; /* more than any party has inhabitants to tell of */

static enum err
check_predicates(const struct doc *d, const char *name, const struct json *list, uint64_t *ret_bits)
{
	struct doc m;
	size_t i = 0;

	if (list == NULL)
		return OK;
	TRY(doc_get(d, name, JSON_ARRAY, DOC_REQUIRED, &m));
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&m, v, i++);
		enum predicate p = predicate_find(v->text);

		if (p == PREDICATES)
			return doc_fail(&e, ERR_INVALID, "document.predicate",
			    "\"" STR_FMT "\" is not the name of a fact", STR_ARG(v->text));
		*ret_bits |= UINT64_C(1) << p;
	}
	return OK;
}

static enum err
check_pointers(const struct doc *d, const struct json *list)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		struct str pointer = list->type == JSON_OBJECT ? v->key : v->text;

		if (pointer.len < 2 || pointer.ptr[0] != '/')
			return doc_fail(d, ERR_INVALID, "document.pointer",
			    "\"" STR_FMT "\" is no JSON pointer: one begins with /",
			    STR_ARG(pointer));
	}
	return OK;
}

static enum err
read_equals(const struct doc *d, struct selector *ret)
{
	struct doc equals;

	TRY(doc_get(d, "equals", JSON_OBJECT, DOC_OPTIONAL, &equals));
	ret->equals = equals.v;
	if (equals.v == NULL)
		return OK;
	TRY(check_pointers(&equals, equals.v));
	for (const struct json *v = equals.v->first; v != NULL; v = v->next) {
		const struct json *list;
		const char *name = arena_cstr(d->a, v->key);

		if (name == NULL)
			return doc_fail(&equals, ERR_LIMIT, "document.memory", "no memory is left");
		TRY(doc_texts(&equals, name, &list));
	}
	return OK;
}

static bool
knows_area(const struct agreement *g, struct str code)
{
	for (size_t i = 0; i < g->areas; i++) {
		if (str_eq(g->area[i].code, code))
			return true;
	}
	return false;
}

static bool
knows_purpose(const struct agreement *g, struct str code)
{
	for (size_t i = 0; i < g->purposes; i++) {
		if (str_eq(g->purpose[i].code, code))
			return true;
	}
	return false;
}

static bool
knows_recipient(const struct agreement *g, struct str code)
{
	return str_is(code, "state-body") || str_is(code, "private-body") ||
	       agreement_party(g, code) != NULL || agreement_organisation(g, code, NULL) != NULL;
}

/* That every text of the list is a code of the agreement. */
static enum err
check_codes(const struct doc *d, const struct agreement *g, const struct json *list,
    bool (*knows)(const struct agreement *g, struct str code))
{
	for (const struct json *v = list == NULL || g == NULL ? NULL : list->first; v != NULL;
	     v = v->next) {
		if (!knows(g, v->text))
			return doc_fail(d, ERR_INVALID, "document.reference",
			    "\"" STR_FMT "\" is not defined in this agreement", STR_ARG(v->text));
	}
	return OK;
}

/* Of whom, to whom, for what, for how many. */
static enum err
read_request_half(const struct doc *when, const struct agreement *g, struct selector *ret)
{
	TRY(doc_number(when, "persons_over", PERSONS_MAX, DOC_OPTIONAL, &ret->persons_over));
	TRY(doc_texts(when, "from", &ret->from));
	TRY(check_codes(when, g, ret->from, knows_recipient));
	TRY(doc_texts(when, "to", &ret->to));
	TRY(check_codes(when, g, ret->to, knows_recipient));
	TRY(doc_texts(when, "purposes", &ret->purposes));
	TRY(check_codes(when, g, ret->purposes, knows_purpose));
	TRY(doc_texts(when, "not_purposes", &ret->not_purposes));
	TRY(check_codes(when, g, ret->not_purposes, knows_purpose));
	TRY(doc_texts(when, "basis", &ret->basis));
	TRY(doc_texts(when, "not_basis", &ret->not_basis));
	TRY(doc_texts(when, "areas", &ret->areas));
	return check_codes(when, g, ret->areas, knows_area);
}

enum err
selector_read(const struct doc *d, const struct agreement *g, struct selector *ret)
{
	struct doc when;

	*ret = (struct selector){ 0 };
	TRY(doc_get(d, "when", JSON_OBJECT, DOC_REQUIRED, &when));
	TRY(doc_members(&when,
	    "types has equals labels facts not_facts persons_over from to purposes not_purposes areas basis not_basis"));
	if (when.v->first == NULL)
		return doc_fail(&when, ERR_INVALID, "document.empty",
		    "must hold a condition: a rule for everything is not meant");
	TRY(doc_texts(&when, "types", &ret->types));
	TRY(doc_texts(&when, "has", &ret->has));
	TRY(check_pointers(&when, ret->has));
	TRY(read_equals(&when, ret));
	TRY(doc_texts(&when, "labels", &ret->labels));
	TRY(doc_texts(&when, "facts", &ret->facts));
	TRY(check_predicates(&when, "facts", ret->facts, &ret->fact_bits));
	TRY(doc_texts(&when, "not_facts", &ret->not_facts));
	TRY(check_predicates(&when, "not_facts", ret->not_facts, &ret->not_fact_bits));
	return read_request_half(&when, g, ret);
}

/* A value equals one of the texts, or it is a list that holds one of them. */
static bool
is_one_of(const struct json *v, const struct json *texts)
{
	if (json_is(v, JSON_STRING))
		return texts_have(texts, v->text);
	if (!json_is(v, JSON_ARRAY))
		return false;
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		if (e->type == JSON_STRING && texts_have(texts, e->text))
			return true;
	}
	return false;
}

static bool
has_one(const struct json *pointers, const struct json *object)
{
	for (const struct json *p = pointers->first; p != NULL; p = p->next) {
		if (json_at(object, p->text) != NULL)
			return true;
	}
	return false;
}

/* Whether a label is the one asked for, in any case; "cii-*" asks for a beginning. */
static bool
is_label(struct str label, struct str asked)
{
	label = str_trim(label);
	if (asked.len > 0 && asked.ptr[asked.len - 1] == '*') {
		asked = str_sub(asked, 0, asked.len - 1);
		label = str_sub(label, 0, asked.len);
	}
	return str_eq_nocase(label, asked);
}

static bool
has_label(const struct json *asked, const struct json *object)
{
	const struct json *labels = json_get(object, S("labels"));

	if (!json_is(labels, JSON_ARRAY))
		return false;
	for (const struct json *v = labels->first; v != NULL; v = v->next) {
		for (const struct json *a = asked->first; a != NULL; a = a->next) {
			if (v->type == JSON_STRING && is_label(v->text, a->text))
				return true;
		}
	}
	return false;
}

bool
selector_touches(const struct selector *s, const struct json *object, struct str type)
{
	if (s->types != NULL && !texts_have(s->types, type))
		return false;
	if (s->has != NULL && !has_one(s->has, object))
		return false;
	if (s->labels != NULL && !has_label(s->labels, object))
		return false;
	for (const struct json *e = s->equals == NULL ? NULL : s->equals->first; e != NULL;
	     e = e->next) {
		if (!is_one_of(json_at(object, e->key), e))
			return false;
	}
	return true;
}

enum err
ruling_read(const struct doc *d, enum ruling *ret)
{
	static const char *const names[] = {
		[RULING_ALLOW] = "allow",
		[RULING_REDACT] = "redact",
		[RULING_HOLD] = "hold",
		[RULING_DENY] = "deny",
	};
	struct str name;

	TRY(doc_text(d, "ruling", DOC_REQUIRED, &name));
	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (str_is(name, names[i])) {
			*ret = (enum ruling)i;
			return OK;
		}
	}
	return doc_fail(d, ERR_INVALID, "document.ruling",
	    "the ruling \"" STR_FMT "\" is not allow, redact, hold or deny", STR_ARG(name));
}

enum err
approvals_read(const struct doc *d, enum ruling ruling, size_t *ret_len,
    struct str ret[APPROVERS_MAX])
{
	const struct json *list;

	*ret_len = 0;
	TRY(doc_texts(d, "approvals", &list));
	if (list != NULL && ruling != RULING_HOLD)
		return doc_fail(d, ERR_INVALID, "document.approvals",
		    "only what is held can wait for approvals");
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if (*ret_len == APPROVERS_MAX)
			return doc_fail(d, ERR_LIMIT, "document.approvals",
			    "at most %d approvals can be asked for", APPROVERS_MAX);
		ret[(*ret_len)++] = v->text;
	}
	if (*ret_len == 0 && ruling == RULING_HOLD)
		ret[(*ret_len)++] = S("officer");
	return OK;
}
