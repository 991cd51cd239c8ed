#include "base.h"
#include "cases.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define POISONED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define POISONED 1
#endif
#ifdef POISONED
#include <sanitizer/asan_interface.h>
#endif

/* clang-format off */
static const struct align_case {
	const char *name;
	size_t size, align;
} align_cases[] = {
	{ "bytes",                1,       1 },
	{ "pairs",                2,       2 },
	{ "words",                8,       8 },
	{ "widest type",          32,      16 },
	{ "a line of the cache",  100,     64 },
	{ "a page",               4096,    4096 },
	{ "larger than a block",  40000,   16 },
};

static const struct limit_case {
	const char *name;
	size_t limit, size, count;
	bool ok;
} limit_cases[] = {
	{ "the limit itself",         1000,    10,             100,          true },
	{ "one above",                999,     10,             100,          false },
	{ "product wraps to 0",       1000,    SIZE_MAX / 2 + 1, 2,          false },
	{ "product wraps to small",   1000,    SIZE_MAX / 4 + 2, 4,          false },
	{ "largest size",             1000,    SIZE_MAX,       1,            false },
	{ "largest count",            1000,    1,              SIZE_MAX,     false },
	{ "nothing of a full arena",  0,       8,              0,            true },
	{ "no elements",              1000,    8,              0,            true },
};
/* clang-format on */

static void
check_align(void **state)
{
	const struct align_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 * MIB);

	for (size_t i = 0; i < 100; i++) {
		uint8_t *p = arena_alloc(a, c->size, c->align, 1);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % c->align, 0);
		for (size_t k = 0; k < c->size; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xA5, c->size);
		assert_non_null(arena_alloc(a, 1, 1, 1));
	}
	assert_int_equal(arena_used(a), 100 * (c->size + 1));
}

static void
check_limit(void **state)
{
	const struct limit_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(c->limit);
	void *p = arena_alloc(a, c->size, 1, c->count);

	assert_int_equal(p != NULL, c->ok);
	assert_int_equal(arena_used(a), c->ok ? c->size * c->count : 0);
}

static void
refuses_only_what_does_not_fit(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(100);

	(void)state;
	assert_non_null(arena_make(a, char, 60));
	assert_null(arena_make(a, char, 41));
	assert_non_null(arena_make(a, char, 40));
	assert_null(arena_make(a, char, 1));
	assert_int_equal(arena_used(a), 100);
}

static void
pieces_do_not_overlap(void **state)
{
	enum { PIECES = 5000, BYTES = 777 };
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)PIECES * BYTES);
	CLEANUP(heap_freep) uint8_t **piece = heap_new(sizeof(*piece), PIECES);

	(void)state;
	for (size_t i = 0; i < PIECES; i++) {
		piece[i] = arena_make(a, uint8_t, BYTES);
		assert_non_null(piece[i]);
		memset(piece[i], (int)(i % 251), BYTES);
	}
	for (size_t i = 0; i < PIECES; i++) {
		assert_int_equal(piece[i][0], i % 251);
		assert_int_equal(piece[i][BYTES - 1], i % 251);
	}
}

static void
is_zero_again_after_clear(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);

	(void)state;
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < 10; i++) {
			uint64_t *p = arena_make(a, uint64_t, 5000);
			assert_non_null(p);
			assert_int_equal(p[0] | p[2500] | p[4999], 0);
			memset(p, 0xFF, 5000 * sizeof(*p));
		}
		arena_clear(a);
		assert_int_equal(arena_used(a), 0);
	}
	arena_clear(a);
}

static void
copies_text(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(20);
	struct str copy = arena_str(a, S("gateway"));

	(void)state;
	assert_true(str_is(copy, "gateway"));
	assert_int_equal(arena_used(a), 7);
	assert_string_equal(arena_cstr(a, str_sub(copy, 0, 4)), "gate");
	assert_true(str_is(arena_printf(a, "%d%s", 42, "!"), "42!"));
	assert_int_equal(arena_used(a), 16);
	assert_null(arena_str(a, S("12345")).ptr);
	assert_null(arena_cstr(a, S("1234")));
	assert_null(arena_printf(a, "%s", "1234").ptr);
	assert_true(str_is(arena_printf(a, "%s", "123"), "123"));
	assert_null(arena_cstr(a, S("")));
}

static void
nothing_and_absent_stay_different(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1);

	(void)state;
	assert_non_null(arena_str(a, S("")).ptr);
	assert_null(arena_str(a, (struct str){ NULL, 0 }).ptr);
	assert_string_equal(arena_cstr(a, (struct str){ NULL, 0 }), "");
}

static void
free_accepts_nothing(void **state)
{
	CLEANUP(arena_freep) struct arena *unused = arena_new(0);

	(void)state;
	arena_free(NULL);
	arena_clear(unused);
	assert_int_equal(arena_used(unused), 0);
}

static void
red_zones_stand_between_pieces(void **state)
{
	(void)state;
#ifdef POISONED
	CLEANUP(arena_freep) struct arena *a = arena_new(KIB);
	char *first = arena_make(a, char, 5);
	char *second = arena_make(a, char, 8);

	assert_null(__asan_region_is_poisoned(first, 5));
	assert_true(__asan_address_is_poisoned(first + 5));
	assert_true(__asan_address_is_poisoned(second - 1));
	assert_null(__asan_region_is_poisoned(second, 8));
	assert_true(__asan_address_is_poisoned(second + 8));
	arena_clear(a);
	assert_true(__asan_address_is_poisoned(first));
#else
	skip();
#endif
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, align_cases, check_align);
	CASES(&cases, limit_cases, check_limit);
	CASE(&cases, refuses_only_what_does_not_fit);
	CASE(&cases, pieces_do_not_overlap);
	CASE(&cases, is_zero_again_after_clear);
	CASE(&cases, copies_text);
	CASE(&cases, nothing_and_absent_stay_different);
	CASE(&cases, free_accepts_nothing);
	CASE(&cases, red_zones_stand_between_pieces);
	return cases_run("arena", &cases, argc, argv);
}
