/* stix.h: what Torana knows of a STIX 2.1 object.
 *
 * An object is its bytes; struct stix_object is an index over a parsed tree of
 * them and owns nothing.  Properties that Torana does not know are kept and
 * served as they came.  Rule numbers (SI-...) are those of docs/conformance.md.
 *
 * Source: STIX 2.1 (OASIS Standard, with errata 01). */
#pragma once

#include "base.h"
#include "clock.h"
#include "hash.h"
#include "json.h"

/* Which common-property rules a type follows (STIX 2.1, section 3.1). */
enum stix_class {
	STIX_SDO,       /* domain object: versioned */
	STIX_SRO,       /* relationship, sighting: versioned */
	STIX_SCO,       /* cyber-observable: not versioned */
	STIX_MARKING,   /* marking-definition: not versioned */
	STIX_EXTENSION, /* extension-definition: versioned */
	STIX_LANGUAGE,  /* language-content: versioned */
	STIX_CUSTOM,    /* a type this program does not know */
};

enum { STIX_KEY_MAX = 80 };

struct stix_object {
	const struct json *json;
	struct str raw; /* the exact bytes */
	struct str id;
	struct str type;
	enum stix_class class;
	struct str spec_version; /* "2.1" when the object has none */
	struct str created;      /* text as it came; empty when absent */
	struct str modified;
	time_us created_us; /* 0 when absent */
	time_us modified_us;
	struct str created_by; /* identity id, or empty */
	bool revoked;
};

/* Reads the header of a tree whose raw slice is the object's bytes.
 *
 * ERR_INVALID   not an object; no type, no id, a malformed or foreign id; a
 *               timestamp that is none: what must hold before it can be stored.
 *               why->where is a JSON pointer inside the object. */
enum err stix_scan(const struct json *tree, struct stix_object *ret, struct why *why);

/* The rule behind an error of stix_scan(), of stix_hash() or of reading JSON, by its code:
 * "SI-011"; empty when the code is of none of them. */
struct str stix_rule(const char *code);

/* ---- versions and equality ---- */

struct stix_hashes {
	struct hash raw;        /* of the exact bytes */
	struct hash jcs;        /* of the canonical form (RFC 8785) */
	struct hash normalised; /* of the canonical form without properties that have their default
	                         * value, and with timestamps without trailing zeros (SI-046): equal
	                         * means the same object */
};

/* ERR_INVALID (a number that has no canonical form), ERR_LIMIT. */
enum err stix_hash(const struct stix_object *o, struct arena *a, struct stix_hashes *ret,
    struct why *why);

/* The name of the version in storage: the instant of `modified` (or of
 * `created` where there is none) as text without trailing fraction zeros, so
 * that equal instants give equal keys at any precision; for an observable
 * "=" and the first 32 hex digits of its normalised hash.
 * ret holds STIX_KEY_MAX bytes. */
void stix_version_key(const struct stix_object *o, const struct stix_hashes *h, char *ret);

/* The same of a timestamp as an object bears it: "...30.000Z" is the version "...30Z".
 * What is no timestamp stays as it is. */
struct str stix_version_of(struct arena *a, struct str text);

/* ---- validation ---- */

/* A note tells something worth knowing that nobody has to mend; a warning stays with the
 * object for the officer who handles it; with an error it is not STIX. */
enum stix_level { STIX_NOTE, STIX_WARNING, STIX_ERROR };

/* "note", "warn", "reject". */
const char *stix_level_name(enum stix_level level);

enum { STIX_PROBLEMS_MAX = 64 };

struct stix_problem {
	enum stix_level level;
	const char *rule; /* "SI-007" */
	char pointer[WHY_WHERE_MAX];
	char message[WHY_TEXT_MAX];
};

/* The first STIX_PROBLEMS_MAX problems, the first error in any case among them; `more`
 * counts the rest. */
struct stix_report {
	size_t errors;
	size_t warnings;
	size_t notes;
	size_t len;
	size_t more;
	struct stix_problem problem[STIX_PROBLEMS_MAX];
};

/* Every rule that a single object can break.  An object with errors == 0 is
 * accepted; warnings are shown and kept out of nobody's way.  ret is large and
 * is not cleared: problem[] beyond len is left as it was. */
void stix_validate(const struct stix_object *o, struct stix_report *ret);

/* Whether a vocabulary that the specification gives for the property, in any
 * object, has this value; for "relationship_type" whether a table of
 * relationships names it, for "hashes" whether it is a known algorithm.  With
 * an empty property: whether any of its vocabularies has the value. */
bool stix_vocabulary_has(struct str property, struct str value);

/* A confidence in words, by the scale of STIX 2.1, appendix A, that has None, Low, Med and High;
 * "" for what is none of 0 to 100: nothing was specified. */
const char *stix_confidence_word(int64_t confidence);

/* ---- references ---- */

/* Called for each identifier that the object refers to, at any depth: every
 * *_ref and *_refs property (object_marking_refs and the marking_ref of
 * granular markings among them).
 *
 *   pointer   JSON pointer of the property or list element
 *   property  name of the property that holds it
 * Returns false to stop. */
typedef bool stix_ref_fn(void *arg, struct str id, struct str property, struct str pointer);
void stix_each_ref(const struct stix_object *o, stix_ref_fn *fn, void *arg);

/* Called for each string value of the object at any depth, `key` being its
 * member name (of the list, for an element).  Returns false to stop. */
typedef bool stix_text_fn(void *arg, struct str text, struct str key, struct str pointer);
void stix_each_text(const struct json *tree, stix_text_fn *fn, void *arg);

/* The same two walks without pointers, which cost more than all else: fn gets
 * an empty one. */
void stix_refs(const struct stix_object *o, stix_ref_fn *fn, void *arg);
void stix_texts(const struct json *tree, stix_text_fn *fn, void *arg);

/* ---- identifiers ---- */

enum { STIX_ID_MAX = 300 }; /* type of up to 250 characters, "--", UUID */

/* type--UUID, well-formed (SI-011). */
bool stix_id_is(struct str id);

/* The part before "--"; empty when id is no identifier. */
struct str stix_id_type(struct str id);
enum stix_class stix_class_of(struct str type);

/* The deterministic identifier of an observable (SI-032 to SI-037).
 * ret holds STIX_ID_MAX bytes; empty when the type has none or no contributing
 * property is present (the identifier is then random).
 * ERR_INVALID (no observable), ERR_LIMIT. */
enum err stix_observable_id(const struct json *object, struct arena *a, char *ret, struct why *why);

/* The same for a type whose only contributing property is `value`
 * (domain-name, email-addr, ipv4-addr, ipv6-addr, mac-addr, url), or `name`
 * (mutex).  ret holds STIX_ID_MAX bytes. */
enum err stix_value_id(const char *type, struct str value, struct arena *a, char *ret,
    struct why *why);
