/* selector_p.h: which objects a category or a rule is about (private to agreement).
 *
 * A selector has two halves.  The content half (types, has, equals, labels) needs
 * the object and is drawn into the fact vector; the other half (facts, persons,
 * sender, recipient, purpose, area) is judged from facts alone. */
#pragma once

#include "document.h"
#include "read_p.h"

/* Reads "when" of d.  g may be NULL (a pack names codes of any agreement).
 * ERR_INVALID: an unknown member, predicate, purpose or area, or no condition. */
enum err selector_read(const struct doc *d, const struct agreement *g, struct selector *ret);

/* Whether the content half holds for an object. */
bool selector_touches(const struct selector *s, const struct json *object, struct str type);

/* The member "redact" of a category or rule: [{"pointer","method"}].
 * ERR_INVALID: no list of such, or the ruling is not "redact"; ERR_LIMIT: more
 * than REDACTIONS_MAX. */
enum { REDACTIONS_MAX = 32 }; /* of one category or rule: each is looked for in every object */
enum err redactions_read(const struct doc *d, enum ruling ruling, size_t *ret_len,
    const struct redaction **ret);

/* "allow", "redact", "hold", "deny". */
enum err ruling_read(const struct doc *d, enum ruling *ret);
enum err approvals_read(const struct doc *d, enum ruling ruling, size_t *ret_len,
    struct str ret[APPROVERS_MAX]);
