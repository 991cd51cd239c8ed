/* parse_p.h: the reader at work: a walk over the structural index that checks
 * the grammar, the names and the limits, and leaves a tree in an arena.
 *
 * It does not recurse: the open arrays and objects stand in frame[]. */
#pragma once

#include "base.h"
#include "cxx_p.h"
#include "json.h"

struct json_frame {
	struct json *node; /* an array or object that is not closed yet */
	struct json *last; /* its newest child */
	uint64_t seen;     /* one bit for a hash of each name: a quick "new" */
	bool begun;        /* a child precedes, so that a comma must */
};

struct json_parser {
	struct arena *a;
	struct str text;
	struct json_limits limits;
	struct why *why;
	struct json_index index;
	size_t next; /* position in the index */
	uint32_t values;
	uint32_t depth;
	bool checked; /* the text was read before: its names are known to differ */
	/* Between these two places of the text stands no backslash. */
	size_t plain_from, plain_to;
	struct json_frame frame[JSON_DEPTH_MAX];
	struct json *pool; /* nodes taken from the arena but not used yet */
	size_t pool_len;
};

/* ERR_INVALID: the text cannot be indexed.  ERR_LIMIT: it is too long. */
enum err json_parser_open(struct json_parser *p, struct str text, const struct json_limits *limits,
    struct why *why);
void json_parser_close(struct json_parser *p);

/* From here nodes come out of this arena, and values are counted anew. */
void json_parser_use(struct json_parser *p, struct arena *a);

/* Where the next token starts (the length of the text: nowhere), and its first
 * byte (NUL). */
size_t json_parser_place(const struct json_parser *p);
char json_parser_peek(const struct json_parser *p);

/* What a token should have been: "a comma or }".  ERR_INVALID. */
enum err json_parser_unexpected(struct json_parser *p, const char *wanted);

/* Adds the place of a byte to p->why: "line 3, byte 57, at /objects/0", the
 * pointer being that of the innermost open array or object. */
void json_parser_where(const struct json_parser *p, size_t byte);

/* The same, and returns err. */
static inline enum err
json_parser_at(const struct json_parser *p, size_t byte, enum err err)
{
	json_parser_where(p, byte);
	return err;
}

/* Reads a scalar, or opens an array or object, which becomes the top frame. */
enum err json_parser_value(struct json_parser *p, struct json **ret);

/* Reads a member name and its colon. */
enum err json_parser_key(struct json_parser *p, struct str *ret);

/* Makes node the next child of frame f. */
enum err json_parser_add(struct json_parser *p, struct json_frame *f, struct json *node);

/* Behind a value or an opening: closes the frames above `floor` that end here,
 * and passes the comma before the next child, if there is one. */
enum err json_parser_after(struct json_parser *p, uint32_t floor);

/* Reads a whole value that belongs to no frame. */
enum err json_parser_tree(struct json_parser *p, struct json **ret);

/* Nothing but the value was in the text. */
enum err json_parser_end(struct json_parser *p);
