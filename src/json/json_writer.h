/* json_writer.h: writing compact JSON straight into a buffer.
 *
 * Commas come by themselves; strings are escaped as the canonical form (RFC
 * 8785) escapes them, and a byte that is no UTF-8 becomes U+FFFD, so that the
 * output is JSON whatever the input was.  Passing the ceiling of the buffer
 * shows once, at the end, through buf_check().
 *
 *	struct json_writer w = json_writer(&out);
 *	json_begin_object(&w);
 *	json_put_str(json_key(&w, S("type")), S("bundle"));
 *	json_begin_array(json_key(&w, S("objects")));
 *	json_put_raw(&w, bytes);
 *	json_end_array(&w);
 *	json_end_object(&w);
 *
 * Members stand in the order of the calls; names are not checked for
 * duplicates.  One writer, one thread. */
#pragma once

#include "buf.h"
#include "json.h"

struct json_writer {
	struct buf *out;
	bool comma;     /* a value precedes at this level */
	uint32_t depth; /* open arrays and objects */
};

/* A writer that appends to out, which may already hold something else. */
static inline struct json_writer
json_writer(struct buf *out)
{
	return (struct json_writer){ .out = out };
}

/* Open and close; each begin has its end (asserted by depth). */
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);

/* The name of the next value; returns w, so that both stand on one line. */
struct json_writer *json_key(struct json_writer *w, struct str name);

/* One value each. */
void json_put_str(struct json_writer *w, struct str s);
void json_put_i64(struct json_writer *w, int64_t n);
void json_put_u64(struct json_writer *w, uint64_t n);

/* The shortest digits that read back as n, as ECMAScript writes them.  n is
 * finite. */
void json_put_double(struct json_writer *w, double n);
void json_put_bool(struct json_writer *w, bool b);
void json_put_null(struct json_writer *w);

/* A value that is JSON already, byte for byte: raw of a tree, a stored object. */
void json_put_raw(struct json_writer *w, struct str json);

/* A tree without its blanks; numbers keep their tokens, members their order. */
void json_put_tree(struct json_writer *w, const struct json *v);
