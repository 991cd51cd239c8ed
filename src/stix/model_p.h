/* model_p.h: the properties that STIX 2.1 defines, as tables (private to stix).
 *
 * A shape names the properties of one kind of JSON object: an object type, a
 * part of one, or a predefined extension.  Everything here is constant.
 *
 * Source: STIX 2.1, sections 3 to 7 and 10. */
#pragma once

#include "stix.h"

/* clang-format off */
/* Rows of the tables: name, flags, and what the kind asks for. */
#define NAME(s)             { "" s, sizeof(s) - 1 }
#define PROPERTY(n, k, f)   .name = NAME(n), .kind = (k), .flags = (f)
#define STRING(n, f)        { PROPERTY(n, KIND_STRING, f) }
#define BOOLEAN(n, f)       { PROPERTY(n, KIND_BOOLEAN, f) }
#define TIMESTAMP(n, f)     { PROPERTY(n, KIND_TIMESTAMP, f) }
#define HEX(n, f)           { PROPERTY(n, KIND_HEX, f) }
#define BINARY(n, f)        { PROPERTY(n, KIND_BINARY, f) }
#define HASHES(n, f)        { PROPERTY(n, KIND_HASHES, f) }
#define DICTIONARY(n, f)    { PROPERTY(n, KIND_DICTIONARY, f) }
#define OTHER(n, f, k)      { PROPERTY(n, k, f) }
#define WORD(n, f, w)       { PROPERTY(n, KIND_WORD, f), { .words = &(w) } }
#define CHOICE(n, f, w)     { PROPERTY(n, KIND_CHOICE, f), { .words = &(w) } }
#define INTEGER(n, f, r)    { PROPERTY(n, KIND_INTEGER, f), { .range = &(r) } }
#define FLOAT(n, f, r)      { PROPERTY(n, KIND_FLOAT, f), { .range = &(r) } }
#define REF(n, f, t)        { PROPERTY(n, KIND_REF, f), { .targets = (t) } }
#define FORMAT(n, f, x)     { PROPERTY(n, KIND_FORMAT, f), { .format = &(x) } }
#define PART(n, f, s)       { PROPERTY(n, KIND_PART, f), { .shape = &(s) } }
#define SHAPE(n, list)      { .name = NAME(n), .property = list, .len = COUNTOF(list) }
#define SHAPE_SOME(n, list) { .name = NAME(n), .property = list, .len = COUNTOF(list), .some = true }
/* clang-format on */

/* What a value must look like. */
enum kind {
	KIND_STRING,  /* any text */
	KIND_WORD,    /* open vocabulary: other words draw a warning */
	KIND_CHOICE,  /* closed vocabulary */
	KIND_INTEGER, /* within range */
	KIND_FLOAT,   /* within range */
	KIND_BOOLEAN,
	KIND_TIMESTAMP,
	KIND_REF, /* identifier, of one of the target types */
	KIND_HEX,
	KIND_BINARY,
	KIND_HASHES,
	KIND_DICTIONARY, /* names that the producer chose */
	KIND_PART,       /* an object of a given shape */
	KIND_EXTENSIONS,
	KIND_CONTAINER, /* observed-data.objects, deprecated */
	KIND_TRANSLATIONS,
	KIND_FORMAT,   /* text that a function recognises */
	KIND_OBJECT,   /* any object that is not empty */
	KIND_RESERVED, /* a name that may not be used */
};

enum {
	REQUIRED = 1,
	LIST = 2,        /* a list of the kind */
	IDENTIFYING = 4, /* contributes to an observable's identifier */
	EXPECTED = 8,    /* required, but its absence draws a warning only */
	DEPRECATED = 32, /* its presence draws a note */
	LENIENT = 16,    /* a reference to another type draws a warning only */
};

struct words {
	const char *name; /* "region-ov" */
	const char *const *word;
	size_t len;
};

/* What a text in a certain format looks like. */
struct format {
	const char *name; /* with its article: "an IPv4 address or CIDR block" */
	bool (*is)(struct str text);
	enum stix_level level; /* of a text that is not */
	const char *rule;
};

struct range {
	int64_t min, max;
};

struct shape;

struct property {
	struct str name;
	enum kind kind;
	unsigned flags;
	union {
		const struct words *words;   /* KIND_WORD, KIND_CHOICE */
		const struct format *format; /* KIND_FORMAT */
		const struct range *range;   /* KIND_INTEGER, KIND_FLOAT */
		const struct shape *shape;   /* KIND_PART */
		const char *targets;         /* KIND_REF: type names, @sdo and @sco; NULL: any */
	};
};

struct shape {
	struct str name;
	const struct property *property;
	size_t len;
	bool some; /* at least one of its own properties must be present */
};

struct stix_type {
	enum stix_class class;
	struct shape shape;
};

/* A predefined extension of an observable. */
struct extension {
	struct str host; /* type of the object that may carry it */
	struct shape shape;
};

/* A type or an extension that is defined outside of STIX 2.1: what breaks it draws a warning. */
struct draft {
	struct str host; /* type of the object */
	/* Key in its extensions; of a type: the one that declares it, or empty when any
	 * definition of a new type does. */
	struct str key;
	struct shape shape;
	bool object; /* the shape is the object's, not the extension's */
};

/* How a class of objects uses a common property. */
struct common {
	struct property property;
	char use[STIX_CUSTOM +
	         1]; /* by class: R required, O optional, W does not apply, E must be absent */
};

extern const struct common model_common[];
extern const size_t model_common_len;

extern const struct stix_type model_domain[], model_observables[];
extern const size_t model_domain_len, model_observables_len;

extern const struct extension model_extensions[];
extern const size_t model_extensions_len;

extern const struct draft model_drafts[];
extern const size_t model_drafts_len;

/* NULL when no draft is known. */
const struct shape *model_draft_object(struct str type, const struct json *extensions);
const struct shape *model_draft_extension(struct str host, struct str key);

/* NULL when the specification defines none of that name. */
const struct stix_type *model_type(struct str name);
const struct extension *model_extension(struct str name);
const struct property *shape_property(const struct shape *shape, struct str name);
const struct common *model_common_property(struct str name);
