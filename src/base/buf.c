#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CAP_MIN = 64 };

struct buf
buf_new(size_t max)
{
	assert(max < SIZE_MAX / 2);
	return (struct buf){ .max = max };
}

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->ptr);
	*b = (struct buf){ .max = b->max };
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->full = false;
}

/* One byte more than the ceiling is allowed for: buf_printf() needs room for
 * a NUL that is not content. */
static void
grow(struct buf *b, size_t need)
{
	if (need <= b->cap)
		return;
	size_t cap = b->cap * 2;
	if (cap < CAP_MIN)
		cap = CAP_MIN;
	if (cap > b->max + 1)
		cap = b->max + 1;
	if (cap < need)
		cap = need;
	char *ptr = realloc(b->ptr, cap);
	if (ptr == NULL)
		abort();
	b->ptr = ptr;
	b->cap = cap;
}

char *
buf_reserve(struct buf *b, size_t n)
{
	if (b->full || n > b->max - b->len) {
		b->full = true;
		return NULL;
	}
	grow(b, b->len + n + 1);
	return b->ptr + b->len;
}

void
buf_put(struct buf *b, struct str s)
{
	if (s.len == 0)
		return;
	char *at = buf_reserve(b, s.len);
	if (at == NULL)
		return;
	memcpy(at, s.ptr, s.len);
	b->len += s.len;
}

void
buf_putc(struct buf *b, char c)
{
	char *at = buf_reserve(b, 1);

	if (at == NULL)
		return;
	*at = c;
	b->len++;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(len >= 0);
	char *at = buf_reserve(b, (size_t)len);
	if (at == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(at, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

enum err
buf_check(const struct buf *b, const char *what, struct why *why)
{
	if (!b->full)
		return OK;
	return fail(why, ERR_LIMIT, "buf.full", "%s is larger than %zu bytes", what, b->max);
}
