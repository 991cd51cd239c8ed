/* gate_p.h: one selection on its way through the gate (private to agreement).
 *
 *   gate_open      checks the request, links the items
 *   gate_tie       which items are withheld, which are tied to those
 *   gate_search    the withheld values, and who mentions one
 *   gate_draw      facts of each selected item
 *   gate_settle    which item leaves as what, until nothing changes any more */
#pragma once

#include "judge_p.h"
#include "places_p.h"
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
	struct piece *main; /* itself, or the piece of which this is another version */
	size_t edges;
	const struct edge *edge;
	bool withheld;               /* an identity, mailbox or account that is not told */
	bool tied;                   /* to one of those */
	bool about_identity;         /* observed data that a relationship calls an identity's */
	bool mentions;               /* holds a withheld value */
	bool cleaned;                /* its texts go: tied or mentioning */
	const struct piece *subject; /* the withheld identity it is tied to, or NULL */
	struct marking_set marking;
	enum method method; /* of a withheld one */
	struct str token;   /* its pseudonym */
	bool stands_in;     /* something leaves in its place */
	bool parted;        /* parts above the ceiling are taken out */
	enum tlp kept_tlp;  /* the strictest marking of what is left then */
	struct places places;
	struct str leaving;  /* identifier of what leaves, when it is not copy_id */
	bool redrawn;        /* rules were found that are about what would leave */
	struct facts *facts; /* of a selected item */
	bool held;           /* approvals are or were asked for */
	enum form form;
	struct str bytes; /* of the copy */
	size_t changes;
	struct redaction_change *change; /* CHANGES_MAX */
};

/* Categories and rules that can be about a type: items come sorted by it. */
struct rows {
	struct str type;
	uint64_t categories;
	uint64_t rules[PACKS_MAX][TOUCHED_WORDS];
};

struct alike_room;
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
	size_t persons; /* mailboxes and accounts of the selection: one dump in many parts is one */
	struct rows rows; /* of the type that is drawn now */
	/* The last text of each kind that was drawn: what is equal is one slice, so
	 * that facts can be compared as bytes. */
	struct str last_originator, last_giver, last_path, last_under, last_pap;
	/* The last marking that was referred to, and the item that it is. */
	struct str last_marking;
	size_t last_marking_target;
	struct hash *raw_hash;    /* of each piece's bytes */
	struct alike_room *alike; /* NULL before the first is explained */
	struct buf scratch;       /* of one text */
	time_us until;            /* decide again then */
	/* Sentences that come again with every object, made when first needed. */
	struct str agreement_version, pack_version[PACKS_MAX];
	struct str category_id[CATEGORIES_MAX];
};

enum err gate_memory(const struct gate *gate);

/* The next version of the same object, behind its main piece; NULL: no more. */
static inline const struct piece *
piece_next(const struct gate *gate, const struct piece *p)
{
	const struct piece *next = p + 1;

	return next < gate->piece + gate->pieces && next->main == p->main ? next : NULL;
}

/* The main piece of an object; NULL when there is none with this identifier. */
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

/* The identifier under which a copy leaves. */
static inline struct str
piece_copy_id(const struct piece *p)
{
	return p->leaving.len > 0 ? p->leaving : p->item->copy_id;
}

/* "victim", "person", "email", "account", "message"; empty: never withheld. */
struct str redaction_class(const struct stix_object *o);

/* How the agreement treats the class of a withheld item. */
enum method gate_method(const struct gate *gate, const struct piece *p);

/* What leaves in place of a withheld item, if anything does. */
void gate_choose_stand_in(const struct gate *gate, struct piece *p);

/* Gives a class identity its identifier.  ERR_LIMIT: no memory is left. */
enum err gate_name_class(struct gate *gate, struct piece *p);

/* Takes note of the parts of an item that are marked above the ceiling. */
void gate_part(struct gate *gate, struct piece *p);

/* The pseudonym of a value of an item, out of the request's map; empty: there is none. */
struct str gate_pseudonym(const struct gate *gate, struct str id, struct str pointer);

/* Adds what categories and rules take out of the item.  Returns whether there
 * is more than before. */
bool gate_place(struct gate *gate, struct piece *p, const struct verdict *v);

/* Adds to the facts the rules that are about what would leave.  Returns
 * whether there are more than before. */
bool gate_draw_result(const struct gate *gate, struct piece *p, const struct stix_object *copy);

/* Looks again who mentions a withheld value, after places were added.
 * ERR_LIMIT: no memory is left. */
enum err gate_search_again(struct gate *gate);

enum err gate_open(struct gate *gate);
enum err gate_tie(struct gate *gate);
enum err gate_search(struct gate *gate);
enum err gate_draw(struct gate *gate);
enum err gate_settle(struct gate *gate);

/* How a reference to `id` is to be written: empty when the recipient does not
 * and will not have what it means. */
struct str gate_resolve(const struct gate *gate, struct str id, struct str property);

/* The same for one of an item's references. */
struct str gate_resolve_edge(const struct gate *gate, const struct edge *e);

/* Builds the bytes of p's copy; *ret says what became of it. */
enum err gate_redact(struct gate *gate, struct piece *p, enum remains *ret);

/* What a text would tell that may not be told: a withheld value, or the
 * identifier of something that does not leave under it. */
bool gate_leaks(struct gate *gate, const struct piece *p, struct str bytes);

/* The marks of classification that an object carries in plain sight. */
bool is_classified(const struct gate *gate, const struct stix_object *o);

/* Needles of everything that is withheld. */
enum err gate_withhold(struct gate *gate, struct needle **ret, size_t *ret_len);

/* Whether one of the texts of a tree, references and the places that are
 * taken out aside, holds a withheld value.  places may be NULL. */
bool gate_mentions(struct gate *gate, const struct json *tree, const struct places *places);
