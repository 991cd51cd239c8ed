#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#endif

#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
/* Eight is the granule of the sanitizer; a red zone of two granules stands
 * behind each piece, so that reading past its end is found. */
enum { ALIGN_MIN = 8, RED_ZONE = 16 };
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { ALIGN_MIN = 1, RED_ZONE = 0 };
#endif

/* A small request costs one small block; a large one few system calls. */
enum { STEP_MIN = 16 * KIB, STEP_MAX = MIB };

struct block {
	struct block *next;
	size_t cap;
	size_t used; /* red zones and alignment included */
	_Alignas(max_align_t) char byte[];
};

struct arena {
	size_t limit;
	size_t handed; /* bytes that callers asked for */
	size_t step;   /* size of the next ordinary block */
	struct block *head;
};

static struct block *
block_new(size_t cap)
{
	struct block *b = malloc(sizeof(*b) + cap);

	if (b == NULL)
		abort();
	b->next = NULL;
	b->cap = cap;
	b->used = 0;
	POISON(b->byte, cap);
	return b;
}

static void
block_free_all(struct block *b)
{
	while (b != NULL) {
		struct block *next = b->next;
		UNPOISON(b->byte, b->cap);
		free(b);
		b = next;
	}
}

/* A piece of b at an address that is a multiple of align, or NULL. */
static void *
block_take(struct block *b, size_t bytes, size_t align)
{
	uintptr_t at = (uintptr_t)b->byte + b->used;
	size_t from = b->used + (size_t)(-at & (align - 1));

	if (from > b->cap || bytes + RED_ZONE > b->cap - from)
		return NULL;
	b->used = from + bytes + RED_ZONE;
	UNPOISON(b->byte + from, bytes);
	return b->byte + from;
}

/* A block with room for need bytes.  One larger than a step goes behind the
 * head, whose rest stays in use. */
static struct block *
arena_grow(struct arena *a, size_t need)
{
	if (need > a->step && a->head != NULL) {
		struct block *large = block_new(need);
		large->next = a->head->next;
		a->head->next = large;
		return large;
	}
	struct block *b = block_new(need > a->step ? need : a->step);
	b->next = a->head;
	a->head = b;
	a->step = a->step < STEP_MAX ? a->step * 2 : STEP_MAX;
	return b;
}

struct arena *
arena_new(size_t limit)
{
	struct arena *a = heap_new(sizeof(*a), 1);

	/* Room for the red zone and the alignment of the largest piece. */
	assert(limit <= SIZE_MAX / 2);
	a->limit = limit;
	a->step = STEP_MIN;
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	block_free_all(a->head);
	heap_free(a);
}

void
arena_clear(struct arena *a)
{
	a->handed = 0;
	if (a->head == NULL)
		return;
	block_free_all(a->head->next);
	a->head->next = NULL;
	a->head->used = 0;
	POISON(a->head->byte, a->head->cap);
}

size_t
arena_used(const struct arena *a)
{
	return a->handed;
}

/* Memory that the caller fills: as it was. */
static void *
arena_take(struct arena *a, size_t bytes, size_t align)
{
	if (bytes > a->limit - a->handed)
		return NULL;
	align = align < ALIGN_MIN ? ALIGN_MIN : align;
	void *p = a->head == NULL ? NULL : block_take(a->head, bytes, align);
	if (p == NULL)
		p = block_take(arena_grow(a, bytes + align + RED_ZONE), bytes, align);
	a->handed += bytes;
	return p;
}

void *
arena_alloc(struct arena *a, size_t size, size_t align, size_t count)
{
	size_t bytes;

	assert(align > 0 && align <= STEP_MIN && (align & (align - 1)) == 0);
	if (__builtin_mul_overflow(size, count, &bytes))
		return NULL;
	void *p = arena_take(a, bytes, align);
	return p == NULL ? NULL : memset(p, 0, bytes);
}

struct str
arena_str(struct arena *a, struct str s)
{
	if (s.len == 0)
		return s.ptr == NULL ? s : S("");
	char *copy = arena_take(a, s.len, 1);
	if (copy == NULL)
		return (struct str){ NULL, 0 };
	memcpy(copy, s.ptr, s.len);
	return (struct str){ copy, s.len };
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *copy = s.len == SIZE_MAX ? NULL : arena_alloc(a, 1, 1, s.len + 1);

	if (copy != NULL && s.len > 0)
		memcpy(copy, s.ptr, s.len);
	return copy;
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(len >= 0);
	char *text = arena_alloc(a, 1, 1, (size_t)len + 1);
	if (text == NULL)
		return (struct str){ NULL, 0 };
	va_start(ap, fmt);
	(void)vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return (struct str){ text, (size_t)len };
}
