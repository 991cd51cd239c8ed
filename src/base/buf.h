/* buf.h: a growing run of bytes with a ceiling.
 *
 * Appending never fails at the call: passing the ceiling sets `full` once and
 * drops what follows, so that a writer checks once at its end. */
#pragma once

#include "base.h"

struct buf {
	char *ptr;
	size_t len;
	size_t cap;
	size_t max; /* bytes; what the content may not pass */
	bool full;  /* something was dropped: the content is not complete */
};

/* An empty buffer; nothing is allocated before the first byte. */
struct buf buf_new(size_t max);
void buf_free(struct buf *b);

/* Empty and reusable; keeps the memory. */
void buf_clear(struct buf *b);
void buf_put(struct buf *b, struct str s);
void buf_putc(struct buf *b, char c);
PRINTF(2, 3) void buf_printf(struct buf *b, const char *fmt, ...);

/* Room for n more bytes at ptr + len, or NULL when the ceiling forbids it.
 * The caller adds to len what it wrote. */
char *buf_reserve(struct buf *b, size_t n);

static inline struct str
buf_str(const struct buf *b)
{
	return (struct str){ b->ptr, b->len };
}

/* OK, or ERR_LIMIT with `what` in the text when something was dropped. */
enum err buf_check(const struct buf *b, const char *what, struct why *why);
