/* marking.h: markings that limit where an object may go.
 *
 * TLP 1.x and 2.0 are known by identifier and by content; a copy of one of the
 * nine predefined definitions that says something else is an error (SI-066).
 * Sources: STIX 2.1, section 7.2.1.4; FIRST TLP 2.0 and IEP 2.0; OASIS extensions
 * for both. */
#pragma once

#include "stix.h"

/* From least to most restrictive; comparing with < is meant. */
enum tlp {
	TLP_NONE, /* carries no TLP marking */
	TLP_CLEAR,
	TLP_GREEN,
	TLP_AMBER,
	TLP_AMBER_STRICT,
	TLP_RED,
};

enum marking_kind {
	MARKING_TLP1,
	MARKING_TLP2,
	MARKING_PAP,
	MARKING_STATEMENT,
	MARKING_IEP,
	MARKING_UNKNOWN, /* kept and shown; the gate denies */
};

/* What a policy of FIRST's Information Exchange Policy 2.0 says.  Every statement
 * has values from least to most restrictive; rank 0 is a statement not made. */
enum { IEP_STATEMENTS = 5 };
struct iep {
	uint8_t rank[IEP_STATEMENTS];
};
const char *iep_statement(size_t statement);            /* "permitted_actions" */
const char *iep_value(size_t statement, unsigned rank); /* "must-not"; NULL: no such rank */

struct marking {
	enum marking_kind kind;
	enum tlp tlp;   /* of MARKING_TLP1 and MARKING_TLP2; of MARKING_IEP maybe */
	struct str pap; /* of MARKING_PAP: "RED", "AMBER", "GREEN", "CLEAR" */
	struct iep iep; /* of MARKING_IEP */
};

/* "CLEAR", "AMBER+STRICT", ...; "none". */
const char *tlp_name(enum tlp tlp);
bool tlp_parse(struct str name, enum tlp *ret); /* the names above, either case; WHITE is CLEAR */

/* One of the nine predefined identifiers of TLP, or one of the five of PAP. */
bool marking_by_id(struct str id, struct marking *ret);

/* The predefined definition with this level of TLP 2.0, as an identifier. */
struct str marking_tlp2_id(enum tlp tlp);

/* What a marking-definition object says.  ERR_INVALID: it claims to be a TLP but is none of
 * the nine (id, created, level must agree), or has the id of a PAP and not its level. */
enum err marking_of(const struct stix_object *o, struct marking *ret, struct why *why);

/* The bytes of the nine predefined definitions, so that a reference to one
 * always resolves. */
struct marking_builtin {
	struct str id;
	struct str bytes;
};
extern const struct marking_builtin marking_builtins[];
extern const size_t marking_builtins_count;

/* Finds a definition that the caller holds by its identifier; NULL when it has none. */
typedef const struct stix_object *marking_lookup_fn(void *arg, struct str id);

/* The union of all markings of one object, granular ones included. */
struct marking_set {
	enum tlp tlp;        /* most restrictive over the object and all its parts */
	bool tlp1;           /* at least one TLP came in its 1.x form */
	enum tlp tlp1_level; /* the most restrictive of those */
	struct iep iep;      /* of each statement the most restrictive value */
	struct str pap;      /* most restrictive; empty when none */
	size_t statements;   /* statement markings: kept, they restrict nothing */
	size_t unknown;      /* definitions that are unknown or not to be found */
	struct str first_unknown;
	bool granular; /* some marking covers only parts */
};

/* Reads object_marking_refs and granular_markings.  What cannot be understood,
 * a reference that is no string for instance, counts as unknown.  lookup may
 * be NULL: then only the predefined definitions are known. */
void marking_collect(const struct stix_object *o, marking_lookup_fn *lookup, void *arg,
    struct marking_set *ret);

/* Whether an object carries every marking that another content of it carries, on the
 * whole; of parts alone only when both mark the same parts. */
bool marking_covers(const struct stix_object *o, const struct stix_object *other);

/* Whether a granular selector is well-formed and names something present
 * (SI-062).  Returns the value it selects, or NULL. */
const struct json *marking_select(const struct json *root, struct str selector);
