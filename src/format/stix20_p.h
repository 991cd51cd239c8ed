/* stix20_p.h: the parts of the conversion (private to format). */
#pragma once

#include "json_writer.h"
#include "stix.h"
#include "stix20.h"

enum act {
	ACT_RENAME,  /* is called `to` */
	ACT_COPY,    /* is called `to`, and stays under its name: bars look at labels */
	ACT_KEEP,    /* has no successor */
	ACT_SPLIT,   /* words of the vocabulary of `to` move there, others stay */
	ACT_WORD,    /* in the list, the word `from` is written `to` */
	ACT_LISTS,   /* each value of the dictionary is a list */
	ACT_PATTERN, /* a pattern of STIX 2.0 */
	ACT_OBJECTS, /* the container of observed-data */
};

/* What became of one property of an object or extension. */
struct fact {
	const char *in; /* type of the object, name of the extension, or ANY_OBSERVABLE */
	const char *property;
	enum act act;
	const char *to;
	const char *from;
};
#define ANY_OBSERVABLE "@observable"

/* A property that STIX 2.1 requires and STIX 2.0 does not know. */
struct addition {
	const char *in;
	const char *property;
	const char *json;
	const char *reason;
};

extern const struct addition stix20_additions[];
extern const size_t stix20_additions_len;

/* NULL: nothing became of it. */
const struct fact *stix20_fact(struct str in, struct str property);
bool stix20_defines(struct str type);
/* The name of a hash algorithm in STIX 2.1. */
struct str stix20_hash_name(struct str name);

/* Of one object or part: each observable repeats them all, and a handful is usual. */
enum { MARKS_MAX = 256 };

/* One part of observed-data. */
struct part {
	struct str key;
	const struct json *tree;
	struct str type;
	char id[STIX_ID_MAX]; /* empty: not known yet */
	bool again;           /* the same object as an earlier part */
};

struct convert {
	struct arena *arena;
	const struct json *root;
	struct str type;
	struct str id;
	struct buf pointer;        /* of the value that is written */
	const struct json *labels; /* of the object; NULL: none */
	const struct fact *copy;   /* of the labels of this type, when they are copied */
	const struct fact *split;  /* of the labels of this type, when they are split */
	const bool *word;          /* for each label: whether it is in the vocabulary */
	bool raises;               /* a granular marking marks the container */
	struct str marks;          /* object_marking_refs of all that comes out, or empty */
	struct part *part;         /* in the order of the container */
	struct part **by_key;      /* the same, sorted */
	size_t parts;
	bool in_part; /* names of parts become ids */
	bool quiet;   /* nothing is noted */
	struct stix20_change *change;
	size_t changes, changes_more;
};

PRINTF(3, 4)
void stix20_note(struct convert *c, enum stix20_what what, const char *fmt, ...);
/* The same at the member of this name. */
PRINTF(4, 5)
void stix20_note_at(struct convert *c, struct str member, enum stix20_what what, const char *fmt,
    ...);

/* One member of an object or extension `in`, under its new name.
 * owner: the object that it is a member of. */
void stix20_member(struct convert *c, struct json_writer *w, struct str in,
    const struct json *owner, const struct json *member);

/* ---- stix20_marks.c ---- */

/* Refuses more than MARKS_MAX: ERR_LIMIT (stix20.marks). */
enum err stix20_many_marks(struct why *why);

/* Finds the marks of the object; those of the container of observed-data count
 * for the whole. */
enum err stix20_read_marks(struct convert *c, struct why *why);
/* Writes nothing when there is nothing to write. */
void stix20_granular_marks(struct convert *c, struct json_writer *w);

/* ---- stix20_observed.c ---- */

enum err stix20_read_parts(struct convert *c, const struct json *objects, struct why *why);
/* The id of the part with this key; ptr is NULL when there is none. */
struct str stix20_part_id(const struct convert *c, struct str key);
void stix20_object_refs(struct convert *c, struct json_writer *w);
/* One object for each part. */
enum err stix20_make_parts(struct convert *c, struct stix20 *ret, struct why *why);

/* ---- stix20_pattern.c ---- */

/* Appends the pattern as STIX 2.1 writes it; what changed is noted. */
void stix20_pattern(struct convert *c, struct str pattern, struct buf *out);
