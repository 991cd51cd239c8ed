/* read_p.h: reading the members of a document, each with its place for errors
 * (private to agreement). */
#pragma once

#include "clock.h"
#include "json.h"

/* A value of a document and its JSON pointer. */
struct doc {
	const struct json *v; /* NULL: absent */
	struct arena *a;
	struct why *why;
	char at[WHY_WHERE_MAX];
};

enum doc_need { DOC_OPTIONAL, DOC_REQUIRED };

/* Fails with this place. */
PRINTF(4, 5)
enum err doc_fail(const struct doc *d, enum err err, const char *code, const char *fmt, ...);

/* The member of that type; ret->v is NULL when it is absent and optional.
 * ERR_INVALID: missing or of another type. */
enum err doc_get(const struct doc *d, const char *name, enum json_type type, enum doc_need need,
    struct doc *ret);

/* The index-th element, whose value the caller has walked to. */
struct doc doc_element(const struct doc *list, const struct json *v, size_t index);

/* A text without control characters and not empty, unless it is optional. */
enum err doc_text(const struct doc *d, const char *name, enum doc_need need, struct str *ret);
enum err doc_number(const struct doc *d, const char *name, uint64_t max, enum doc_need need,
    uint64_t *ret);
enum err doc_flag(const struct doc *d, const char *name, enum doc_need need, bool *ret);

/* *ret stays as it is when the member is absent. */
enum err doc_time(const struct doc *d, const char *name, enum doc_need need, time_us *ret);

/* Every member is in names (separated by ' ') or starts with "x_".  A rule that
 * is half understood must not be applied. */
enum err doc_members(const struct doc *d, const char *names);

/* A list of texts; ret is NULL when it is absent. */
enum err doc_texts(const struct doc *d, const char *name, const struct json **ret);

/* Whether a list of texts holds this one; false for NULL. */
bool texts_have(const struct json *list, struct str text);
