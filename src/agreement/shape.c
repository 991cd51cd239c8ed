#include <stddef.h>

#include "shape_p.h"

const char *const need_names[] = { "one", "two", "legal", "policy", "defence-liaison" };
const size_t need_names_count = COUNTOF(need_names);

enum err
doc_twice(const struct doc *d, const char *what, struct str code)
{
	return doc_fail(d, ERR_INVALID, "document.twice", "the %s \"" STR_FMT "\" is there twice",
	    what, STR_ARG(code));
}

/* A code of letters, digits and "-._:+". */
static enum err
check_code(const struct doc *d, const char *name, struct str code)
{
	for (size_t i = 0; i < code.len; i++) {
		char c = code.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    strchr("-._:+", c) == NULL)
			return doc_fail(d, ERR_INVALID, "document.code",
			    "the %s \"" STR_FMT "\" may have only letters, digits and -._:+", name,
			    STR_ARG(code));
	}
	if (code.len > CODE_MAX)
		return doc_fail(d, ERR_LIMIT, "document.code", "the %s is longer than %d bytes",
		    name, CODE_MAX);
	return OK;
}

/* ---- one reader per kind ---- */

typedef enum err read_fn(const struct doc *d, const struct field *f, const struct agreement *g,
    char *into);

static enum err
read_own(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	(void)g;
	(void)into;
	if (f->need == DOC_REQUIRED && json_get(d->v, str_of(f->name)) == NULL)
		return doc_fail(d, ERR_INVALID, "document.missing", "the member \"%s\" is missing",
		    f->name);
	return OK;
}

static enum err
read_text(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	struct str text;

	(void)g;
	TRY(doc_text(d, f->name, f->need, &text));
	memcpy(into + f->at, &text, sizeof(text));
	return OK;
}

static enum err
read_code(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	struct str text;

	TRY(read_text(d, f, g, into));
	memcpy(&text, into + f->at, sizeof(text));
	return check_code(d, f->name, text);
}

static enum err
read_texts(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	const struct json *list;

	(void)g;
	TRY(doc_texts(d, f->name, &list));
	if (list == NULL && f->need == DOC_REQUIRED)
		return doc_fail(d, ERR_INVALID, "document.missing", "the member \"%s\" is missing",
		    f->name);
	*(const struct json **)(void *)(into + f->at) = list;
	return OK;
}

static enum err
read_codes(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	const struct json *list;

	TRY(read_texts(d, f, g, into));
	list = *(const struct json **)(void *)(into + f->at);
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
		TRY(check_code(d, f->name, v->text));
	return OK;
}

static enum err
read_number(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	uint64_t n;

	(void)g;
	memcpy(&n, into + f->at, sizeof(n));
	TRY(doc_number(d, f->name, f->max, f->need, &n));
	memcpy(into + f->at, &n, sizeof(n));
	return OK;
}

static enum err
read_flag(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	bool flag;

	(void)g;
	memcpy(&flag, into + f->at, sizeof(flag));
	TRY(doc_flag(d, f->name, f->need, &flag));
	memcpy(into + f->at, &flag, sizeof(flag));
	return OK;
}

static enum err
read_time(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	time_us t;

	(void)g;
	memcpy(&t, into + f->at, sizeof(t));
	TRY(doc_time(d, f->name, f->need, &t));
	memcpy(into + f->at, &t, sizeof(t));
	return OK;
}

static enum err
read_tlp(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	struct str text;
	enum tlp tlp;

	(void)g;
	TRY(doc_text(d, f->name, f->need, &text));
	if (f->need == DOC_OPTIONAL && json_get(d->v, str_of(f->name)) == NULL)
		return OK;
	if (!tlp_parse(text, &tlp) || tlp == TLP_NONE)
		return doc_fail(d, ERR_INVALID, "document.tlp",
		    "%s must be CLEAR, GREEN, AMBER, AMBER+STRICT or RED, not \"" STR_FMT "\"",
		    f->name, STR_ARG(text));
	memcpy(into + f->at, &tlp, sizeof(tlp));
	return OK;
}

static enum err
read_clause(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	struct str number;

	TRY(doc_text(d, f->name, f->need, &number));
	if (f->need == DOC_OPTIONAL && json_get(d->v, str_of(f->name)) == NULL)
		return OK;
	if (agreement_clause(g, number) == NULL)
		return doc_fail(d, ERR_INVALID, "document.clause",
		    "there is no clause \"" STR_FMT "\" in this agreement", STR_ARG(number));
	memcpy(into + f->at, &number, sizeof(number));
	return OK;
}

static enum err
read_hash(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	struct str text;
	struct hash hash;
	const bool given = true;

	(void)g;
	TRY(doc_text(d, f->name, f->need, &text));
	if (f->need == DOC_OPTIONAL && json_get(d->v, str_of(f->name)) == NULL)
		return OK;
	if (!hash_parse(text, &hash))
		return doc_fail(d, ERR_INVALID, "document.hash",
		    "%s must be a SHA-256: %d hex digits in lower case", f->name, HASH_HEX);
	memcpy(into + f->at, &hash, sizeof(hash));
	if (f->given != 0)
		memcpy(into + f->given, &given, sizeof(given));
	return OK;
}

static enum err
read_choice(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	struct str text, rest = str_of(f->choices);

	(void)g;
	TRY(doc_text(d, f->name, f->need, &text));
	if (f->need == DOC_OPTIONAL && json_get(d->v, str_of(f->name)) == NULL)
		return OK;
	for (unsigned i = 0; rest.ptr != NULL; i++) {
		if (!str_eq(str_split(&rest, ' '), text))
			continue;
		memcpy(into + f->at, &i, sizeof(i));
		return OK;
	}
	return doc_fail(d, ERR_INVALID, "document.choice",
	    "%s must be one of: %s; it is \"" STR_FMT "\"", f->name, f->choices, STR_ARG(text));
}

static enum err
read_needs(const struct doc *d, const struct field *f, const struct agreement *g, char *into)
{
	const struct json *list;
	unsigned needs = 0;

	(void)g;
	TRY(doc_texts(d, f->name, &list));
	if (list == NULL && f->need == DOC_OPTIONAL)
		return OK;
	if (list == NULL)
		return doc_fail(d, ERR_INVALID, "document.missing", "the member \"%s\" is missing",
		    f->name);
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		size_t i = 0;

		while (i < COUNTOF(need_names) && !str_is(v->text, need_names[i]))
			i++;
		if (i < COUNTOF(need_names))
			needs |= 1u << i;
		else if (!str_is(v->text, "none") || list->len > 1)
			return doc_fail(d, ERR_INVALID, "document.needs",
			    "%s must be [\"none\"], or some of one, two, legal, policy and "
			    "defence-liaison; there is \"" STR_FMT "\"",
			    f->name, STR_ARG(v->text));
	}
	memcpy(into + f->at, &needs, sizeof(needs));
	return OK;
}

static read_fn *const readers[] = {
	[FIELD_OWN] = read_own,
	[FIELD_CODE] = read_code,
	[FIELD_TEXT] = read_text,
	[FIELD_TEXTS] = read_texts,
	[FIELD_CODES] = read_codes,
	[FIELD_NUMBER] = read_number,
	[FIELD_FLAG] = read_flag,
	[FIELD_TIME] = read_time,
	[FIELD_TLP] = read_tlp,
	[FIELD_CLAUSE] = read_clause,
	[FIELD_HASH] = read_hash,
	[FIELD_CHOICE] = read_choice,
	[FIELD_NEEDS] = read_needs,
};
static_assert(sizeof(enum tlp) == sizeof(unsigned), "choices are written as unsigned");

/* ---- whole objects ---- */

static enum err
check_members(const struct doc *d, const struct shape *s)
{
	CLEANUP(buf_free) struct buf names = buf_new(4 * KIB);

	for (size_t i = 0; i < s->fields; i++)
		buf_printf(&names, "%s%s", i == 0 ? "" : " ", s->field[i].name);
	const char *text = arena_cstr(d->a, buf_str(&names));
	if (text == NULL)
		return doc_fail(d, ERR_LIMIT, "document.memory", "no memory is left");
	return doc_members(d, text);
}

enum err
shape_read(const struct doc *d, const struct shape *s, const struct agreement *g, void *into)
{
	TRY(check_members(d, s));
	for (size_t i = 0; i < s->fields; i++)
		TRY(readers[s->field[i].kind](d, &s->field[i], g, into));
	return OK;
}

enum err
list_read(const struct doc *d, const struct list_shape *l, const struct agreement *g,
    const void **ret, size_t *ret_len)
{
	struct doc list;
	char *out;
	size_t i = 0;

	*ret = NULL;
	*ret_len = 0;
	TRY(doc_get(d, l->name, JSON_ARRAY, DOC_OPTIONAL, &list));
	if (list.v == NULL || list.v->len == 0)
		return OK;
	if (list.v->len > l->max)
		return doc_fail(&list, ERR_LIMIT, "document.count", "holds more than %zu", l->max);
	out = arena_alloc(d->a, l->size, _Alignof(max_align_t), list.v->len);
	if (out == NULL)
		return doc_fail(&list, ERR_LIMIT, "document.memory", "no memory is left");
	for (const struct json *v = list.v->first; v != NULL; v = v->next, i++) {
		struct doc e = doc_element(&list, v, i);
		char *into = out + i * l->size;

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		if (l->preset != NULL)
			memcpy(into, l->preset, l->size);
		else
			memset(into, 0, l->size);
		TRY(shape_read(&e, l->shape, g, into));
		if (l->check != NULL)
			TRY(l->check(&e, g, into));
	}
	*ret = out;
	*ret_len = i;
	return OK;
}
