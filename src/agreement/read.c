#include <stdarg.h>
#include <stdio.h>

#include "read_p.h"

enum err
doc_fail(const struct doc *d, enum err err, const char *code, const char *fmt, ...)
{
	char text[WHY_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	err = fail(d->why, err, code, "%s", text);
	why_where(d->why, "%s", d->at[0] == '\0' ? "/" : d->at);
	return err;
}

static struct doc
child(const struct doc *d, const struct json *v)
{
	return (struct doc){ .v = v, .a = d->a, .why = d->why };
}

static struct doc
member(const struct doc *d, const struct json *v, struct str name)
{
	CLEANUP(buf_free) struct buf pointer = buf_new(WHY_WHERE_MAX - 1);
	struct doc m = child(d, v);

	buf_put(&pointer, str_of(d->at));
	json_pointer_key(&pointer, name);
	if (pointer.len > 0)
		memcpy(m.at, pointer.ptr, pointer.len);
	return m;
}

struct doc
doc_element(const struct doc *list, const struct json *v, size_t index)
{
	struct doc e = child(list, v);

	(void)snprintf(e.at, sizeof(e.at), "%.*s/%zu", WHY_WHERE_MAX - 24, list->at, index);
	return e;
}

static const char *
type_name(enum json_type type)
{
	const struct json v = { .type = type };

	return json_type_name(&v);
}

enum err
doc_get(const struct doc *d, const char *name, enum json_type type, enum doc_need need,
    struct doc *ret)
{
	*ret = member(d, json_get(d->v, str_of(name)), str_of(name));
	if (ret->v == NULL) {
		if (need == DOC_OPTIONAL)
			return OK;
		return doc_fail(d, ERR_INVALID, "document.missing", "the member \"%s\" is missing",
		    name);
	}
	if (ret->v->type != type)
		return doc_fail(ret, ERR_INVALID, "document.type", "must be %s, not %s",
		    type_name(type), json_type_name(ret->v));
	return OK;
}

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return true;
	}
	return false;
}

enum err
doc_text(const struct doc *d, const char *name, enum doc_need need, struct str *ret)
{
	struct doc m;

	TRY(doc_get(d, name, JSON_STRING, need, &m));
	*ret = m.v == NULL ? S("") : m.v->text;
	if (need == DOC_REQUIRED && ret->len == 0)
		return doc_fail(&m, ERR_INVALID, "document.empty", "must not be empty");
	if (has_control(*ret))
		return doc_fail(&m, ERR_INVALID, "document.control",
		    "must be one line without control characters");
	return OK;
}

enum err
doc_number(const struct doc *d, const char *name, uint64_t max, enum doc_need need, uint64_t *ret)
{
	struct doc m;

	TRY(doc_get(d, name, JSON_NUMBER, need, &m));
	if (m.v == NULL)
		return OK;
	if (!json_u64(m.v, ret) || *ret > max)
		return doc_fail(&m, ERR_INVALID, "document.number",
		    "must be a whole number from 0 to %" PRIu64, max);
	return OK;
}

enum err
doc_flag(const struct doc *d, const char *name, enum doc_need need, bool *ret)
{
	const struct json *v = json_get(d->v, str_of(name));
	struct doc m = member(d, v, str_of(name));

	if (v == NULL && need == DOC_OPTIONAL)
		return OK;
	if (v == NULL)
		return doc_fail(d, ERR_INVALID, "document.missing", "the member \"%s\" is missing",
		    name);
	if (!json_bool(v, ret))
		return doc_fail(&m, ERR_INVALID, "document.type", "must be true or false, not %s",
		    json_type_name(v));
	return OK;
}

enum err
doc_time(const struct doc *d, const char *name, enum doc_need need, time_us *ret)
{
	struct doc m;

	TRY(doc_get(d, name, JSON_STRING, need, &m));
	if (m.v != NULL && !time_parse(m.v->text, ret))
		return doc_fail(&m, ERR_INVALID, "document.time",
		    "must be an instant like 2026-01-01T00:00:00Z");
	return OK;
}

static bool
is_named(struct str name, const char *names)
{
	struct str rest = str_of(names);

	while (rest.ptr != NULL) {
		if (str_eq(str_split(&rest, ' '), name))
			return true;
	}
	return str_starts(name, S("x_"));
}

enum err
doc_members(const struct doc *d, const char *names)
{
	for (const struct json *v = d->v->first; v != NULL; v = v->next) {
		struct doc m = member(d, v, v->key);

		if (!is_named(v->key, names))
			return doc_fail(&m, ERR_INVALID, "document.unknown",
			    "this member is not known; known are: %s, and names that begin with x_",
			    names);
	}
	return OK;
}

enum err
doc_texts(const struct doc *d, const char *name, const struct json **ret)
{
	struct doc m;
	size_t i = 0;

	TRY(doc_get(d, name, JSON_ARRAY, DOC_OPTIONAL, &m));
	*ret = m.v;
	if (m.v == NULL)
		return OK;
	if (m.v->first == NULL)
		return doc_fail(&m, ERR_INVALID, "document.empty",
		    "must not be empty: leave it out instead");
	for (const struct json *v = m.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&m, v, i++);

		if (v->type != JSON_STRING || v->text.len == 0)
			return doc_fail(&e, ERR_INVALID, "document.type",
			    "must be a text that is not empty, not %s", json_type_name(v));
	}
	return OK;
}

bool
texts_have(const struct json *list, struct str text)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if (v->type == JSON_STRING && str_eq(v->text, text))
			return true;
	}
	return false;
}
