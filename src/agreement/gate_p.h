/* gate_p.h: one selection on its way through the gate (private to agreement).
 *
 *   gate_open      checks the request, links the items
 *   gate_tie       which items are withheld, which are tied to those
 *   gate_search    the withheld values, and who mentions one
 *   gate_draw      facts of each selected item
 *   gate_settle    which item leaves as what, until nothing changes any more */
#pragma once

#include "judge_p.h"
#include "search_p.h"

/* What leaves of an item.  It only ever goes down this list. */
enum form { FORM_ORIGINAL, FORM_COPY, FORM_NONE };

/* One reference of an item, or an identifier that stands in one of its texts. */
struct edge {
	struct str id;
	struct str property; /* empty: in a text */
	size_t target;       /* index of the item it means; SIZE_MAX when that is none of them */
};

struct piece {
	const struct agreement_item *item;
	size_t edges;
	const struct edge *edge;
	bool withheld;               /* an identity, mailbox or account that is not told */
	bool tied;                   /* to one of those */
	bool about_identity;         /* observed data that a relationship calls an identity's */
	bool mentions;               /* holds a withheld value */
	bool cleaned;                /* its texts go: tied or mentioning */
	const struct piece *subject; /* the withheld identity it is tied to, or NULL */
	struct marking_set marking;
	struct facts *facts; /* of a selected item */
	bool held;           /* approvals are or were asked for */
	enum form form;
	struct str bytes; /* of the copy */
	size_t changes;
	struct redaction_change *change; /* CHANGES_MAX */
};

struct gate {
	struct arena *a;
	struct why *why;
	const struct agreement_request *r;
	struct documents documents;
	const struct organisation *to;
	const struct party *to_party;
	size_t pieces;
	struct piece *piece;
	struct searcher *searcher;
};

enum err gate_memory(const struct gate *gate);

/* The piece of an item; NULL when there is none with this identifier. */
struct piece *gate_find(const struct gate *gate, struct str id);

/* A reference that carries a marking: it stays, and ties nothing. */
bool is_marking_ref(struct str property);

/* Whether an active consent of this identity covers the recipient. */
bool gate_consents(const struct gate *gate, struct str identity, enum consent_scope scope);

/* Whether the recipient itself gave us the item: it knows it by this very
 * identifier, and nothing in it is news to it. */
bool gate_is_recipients(const struct gate *gate, const struct piece *p);

/* Whether the identifier is one that the signed agreement itself names. */
bool gate_is_public(const struct gate *gate, struct str id);
bool gate_is_organisation(const struct gate *gate, const struct stix_object *o);

enum err gate_open(struct gate *gate);
enum err gate_tie(struct gate *gate);
enum err gate_search(struct gate *gate);
enum err gate_draw(struct gate *gate);
enum err gate_settle(struct gate *gate);

/* How a reference to `id` is to be written: empty when the recipient does not
 * and will not have what it means. */
struct str gate_resolve(const struct gate *gate, struct str id, struct str property);

/* Builds the bytes of p's copy; *ret says what became of it. */
enum err gate_redact(struct gate *gate, struct piece *p, enum remains *ret);

/* What a text would tell that may not be told: a withheld value, or the
 * identifier of something that does not leave under it. */
bool gate_leaks(struct gate *gate, const struct piece *p, struct str bytes);

/* The marks of classification that an object carries in plain sight. */
bool is_classified(const struct gate *gate, const struct stix_object *o);

/* Needles of everything that is withheld. */
enum err gate_withhold(struct gate *gate, struct needle **ret, size_t *ret_len);

/* Whether one of the texts of a tree, references aside, holds a withheld value. */
bool gate_mentions(struct gate *gate, const struct json *tree);
