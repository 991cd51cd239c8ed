#include "seal.h"

#include "base.h"
#include "cases.h"

enum { ARENA_MAX = MIB };
#define OF S("authenticator of meera")

/* clang-format off */
static const struct text_row {
	const char *name;
	const char *text;
} text_table[] = {
	{ "nothing",   "" },
	{ "one byte",  "x" },
	{ "a secret",  "12345678901234567890" },
};
/* clang-format on */

static void
check_round(void **state)
{
	const struct text_row *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct str text = str_of(row->text), one = { 0 }, two = { 0 }, back = { 0 };

	assert_int_equal(seal_make(a, key, OF, text, &one, NULL), OK);
	assert_int_equal(seal_make(a, key, OF, text, &two, NULL), OK);
	assert_int_equal(one.len, text.len + SEAL_EXTRA_BYTES);
	assert_false(str_eq(one, two)); /* equal secrets look different */
	if (text.len > 1)
		assert_true(str_find(one, text) == SIZE_MAX);
	assert_int_equal(seal_open(a, key, OF, one, &back, NULL), OK);
	assert_true(str_eq(back, text));
	assert_int_equal(seal_open(a, key, OF, two, &back, NULL), OK);
	assert_true(str_eq(back, text));
}

static void
check_refused(void **)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	CLEANUP(sign_key_freep) struct sign_key *other = sign_key_new();
	struct str sealed = { 0 }, back = { 0 };

	assert_int_equal(seal_make(a, key, OF, S("12345678901234567890"), &sealed, NULL), OK);
	assert_int_equal(seal_open(a, other, OF, sealed, &back, NULL), ERR_TAMPERED);
	assert_int_equal(seal_open(a, key, S("authenticator of arjun"), sealed, &back, NULL),
	    ERR_TAMPERED);
	assert_int_equal(seal_open(a, key, S(""), sealed, &back, NULL), ERR_TAMPERED);
	for (size_t i = 0; i < sealed.len; i++) {
		char *bent = arena_cstr(a, sealed);

		memcpy(bent, sealed.ptr, sealed.len);
		bent[i] = (char)(bent[i] ^ 1);
		assert_int_equal(seal_open(a, key, OF, (struct str){ bent, sealed.len }, &back,
		                     NULL),
		    ERR_TAMPERED);
	}
	for (size_t len = 0; len < sealed.len; len++)
		assert_int_equal(seal_open(a, key, OF, str_sub(sealed, 0, len), &back, NULL),
		    ERR_TAMPERED);
	assert_null(back.ptr);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, text_table, check_round);
	CASE(&list, check_refused);
	return cases_run("seal", &list, argc, argv);
}
