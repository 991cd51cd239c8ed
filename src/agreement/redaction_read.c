#include "places_p.h"
#include "selector_p.h"

/* What every copy has in its own way, or cannot be without. */
static bool
is_fixed(struct str pointer)
{
	static const char *const fixed[] = { "/type", "/spec_version", "/id", "/created",
		"/modified", "/created_by_ref", "/object_marking_refs", "/granular_markings" };

	for (size_t i = 0; i < COUNTOF(fixed); i++) {
		struct str f = str_of(fixed[i]);

		if (str_starts(pointer, f) && (pointer.len == f.len || pointer.ptr[f.len] == '/'))
			return true;
	}
	return false;
}

static enum err
read_method(const struct doc *d, enum method *ret)
{
	struct str name;

	TRY(doc_text(d, "method", DOC_REQUIRED, &name));
	for (int m = METHOD_DROP; m <= METHOD_COUNT; m++) {
		if (str_is(name, method_name((enum method)m))) {
			*ret = (enum method)m;
			return OK;
		}
	}
	return doc_fail(d, ERR_INVALID, "document.choice",
	    "method must be one of: drop mask generalise pseudonym count; it is \"" STR_FMT "\"",
	    STR_ARG(name));
}

static enum err
read_redaction(const struct doc *d, struct redaction *ret)
{
	if (d->v->type != JSON_OBJECT)
		return doc_fail(d, ERR_INVALID, "document.type", "must be an object");
	TRY(doc_members(d, "pointer method"));
	TRY(doc_text(d, "pointer", DOC_REQUIRED, &ret->pointer));
	if (ret->pointer.len < 2 || ret->pointer.ptr[0] != '/' || is_fixed(ret->pointer))
		return doc_fail(d, ERR_INVALID, "document.pointer",
		    "\"" STR_FMT "\" is no JSON pointer to something that can be taken out",
		    STR_ARG(ret->pointer));
	return read_method(d, &ret->method);
}

enum err
redactions_read(const struct doc *d, enum ruling ruling, size_t *ret_len,
    const struct redaction **ret)
{
	struct redaction *row;
	struct doc list;
	size_t n = 0;

	*ret_len = 0;
	*ret = NULL;
	TRY(doc_get(d, "redact", JSON_ARRAY, DOC_OPTIONAL, &list));
	if (list.v == NULL)
		return OK;
	if (ruling != RULING_REDACT || list.v->len == 0)
		return doc_fail(&list, ERR_INVALID, "document.redact",
		    "only the ruling \"redact\" says what goes, and it names at least one place");
	if (list.v->len > REDACTIONS_MAX)
		return doc_fail(&list, ERR_LIMIT, "document.count", "holds more than %d places",
		    REDACTIONS_MAX);
	row = arena_make(d->a, struct redaction, list.v->len);
	if (row == NULL)
		return doc_fail(&list, ERR_LIMIT, "document.memory", "no memory is left");
	for (const struct json *v = list.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&list, v, n);

		TRY(read_redaction(&e, &row[n++]));
	}
	*ret_len = n;
	*ret = row;
	return OK;
}
