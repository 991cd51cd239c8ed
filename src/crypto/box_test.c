#include "box.h"

#include "base.h"
#include "cases.h"

enum { ARENA_MAX = MIB };

static struct str
seal(struct arena *a, const struct sign_key *key, struct str text)
{
	const struct verify_key public = sign_key_public(key);
	struct str box = { 0 };

	assert_int_equal(box_seal(a, &public, text, &box, NULL), OK);
	return box;
}

/* clang-format off */
static const struct text_row {
	const char *name;
	const char *text;
} text_table[] = {
	{ "nothing",    "" },
	{ "one byte",   "x" },
	{ "an object",  "{\"type\":\"report\",\"name\":\"\xe6\xa9\x8b\"}" },
};
/* clang-format on */

static void
check_round(void **state)
{
	const struct text_row *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct str text = str_of(row->text), back = { 0 };
	struct str box = seal(a, key, text), again = seal(a, key, text);

	assert_int_equal(box.len, text.len + BOX_EXTRA_BYTES);
	assert_false(str_eq(box, again)); /* each has a key of its own */
	assert_int_equal(box_open(a, key, box, &back, NULL), OK);
	assert_true(str_eq(back, text));
}

static void
check_refused(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	CLEANUP(sign_key_freep) struct sign_key *other = sign_key_new();
	struct str box = seal(a, key, S("for one person")), back = { 0 };

	(void)state;
	assert_int_equal(box_open(a, other, box, &back, NULL), ERR_TAMPERED);
	for (size_t i = 0; i < box.len; i++) {
		char *bent = arena_cstr(a, box);

		memcpy(bent, box.ptr, box.len);
		bent[i] = (char)(bent[i] ^ 1);
		assert_int_equal(box_open(a, key, (struct str){ bent, box.len }, &back, NULL),
		    ERR_TAMPERED);
	}
	for (size_t len = 0; len < box.len; len += 7)
		assert_int_equal(box_open(a, key, str_sub(box, 0, len), &back, NULL), ERR_TAMPERED);
	assert_null(back.ptr);
}

/* A key of small order would let anybody open it. */
static void
check_weak_key(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	const struct verify_key zero = { 0 }, one = { { 1 } };
	struct str box = { 0 };

	(void)state;
	assert_int_equal(box_seal(a, &zero, S("x"), &box, NULL), ERR_INVALID);
	assert_int_equal(box_seal(a, &one, S("x"), &box, NULL), ERR_INVALID);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, text_table, check_round);
	CASE(&list, check_refused);
	CASE(&list, check_weak_key);
	return cases_run("box", &list, argc, argv);
}
