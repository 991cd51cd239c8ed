#include "buf.h"

#include "cases.h"

static void
holds_what_was_put(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_new(KIB);

	(void)state;
	assert_null(b.ptr);
	buf_put(&b, S("a"));
	buf_put(&b, (struct str){ NULL, 0 });
	buf_putc(&b, '\0');
	buf_printf(&b, "%s=%d", "n", 12);
	assert_true(str_eq(buf_str(&b), S("a\0n=12")));
	assert_int_equal(buf_check(&b, "the answer", NULL), OK);
}

static void
grows_to_its_ceiling(void **state)
{
	enum { MAX = 100 * KIB + 1 };
	CLEANUP(buf_free) struct buf b = buf_new(MAX);

	(void)state;
	for (size_t i = 0; i < MAX; i++)
		buf_putc(&b, (char)(i % 127));
	assert_int_equal(b.len, MAX);
	assert_false(b.full);
	for (size_t i = 0; i < MAX; i++)
		assert_int_equal(b.ptr[i], i % 127);
	buf_putc(&b, 'x');
	assert_true(b.full);
	assert_int_equal(b.len, MAX);
}

/* What follows the first loss is dropped too, even if it would fit. */
static void
drops_whole_pieces(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_new(5);
	struct why why = { 0 };

	(void)state;
	buf_put(&b, S("abc"));
	buf_put(&b, S("def"));
	buf_put(&b, S("g"));
	buf_putc(&b, 'h');
	buf_printf(&b, "%d", 1);
	assert_null(buf_reserve(&b, 0));
	assert_true(str_is(buf_str(&b), "abc"));
	assert_int_equal(buf_check(&b, "the answer", &why), ERR_LIMIT);
	assert_string_equal(why.code, "buf.full");
	assert_string_equal(why.text, "the answer is larger than 5 bytes");
}

static void
prints_up_to_the_last_byte(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_new(5);

	(void)state;
	buf_printf(&b, "%s", "12345");
	assert_true(str_is(buf_str(&b), "12345"));
	assert_false(b.full);
	buf_clear(&b);
	buf_printf(&b, "%s", "123456");
	assert_true(b.full);
	assert_int_equal(b.len, 0);
}

static void
reserves_room(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_new(1000);

	(void)state;
	assert_non_null(buf_reserve(&b, 0));
	char *at = buf_reserve(&b, 1000);
	assert_non_null(at);
	memset(at, 'r', 1000);
	b.len += 1000;
	assert_non_null(buf_reserve(&b, 0));
	assert_null(buf_reserve(&b, 1));
	buf_clear(&b);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_true(b.full);
}

static void
is_reusable_after_clear(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_new(3);

	(void)state;
	buf_put(&b, S("abcd"));
	assert_true(b.full);
	buf_clear(&b);
	buf_put(&b, S("abc"));
	assert_true(str_is(buf_str(&b), "abc"));
	buf_free(&b);
	assert_null(b.ptr);
	buf_put(&b, S("abc"));
	assert_true(str_is(buf_str(&b), "abc"));
}

static void
without_a_ceiling_holds_nothing(void **state)
{
	CLEANUP(buf_free) struct buf b = { 0 };

	(void)state;
	buf_putc(&b, 'x');
	assert_true(b.full);
	buf_free(NULL);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, holds_what_was_put);
	CASE(&cases, grows_to_its_ceiling);
	CASE(&cases, drops_whole_pieces);
	CASE(&cases, prints_up_to_the_last_byte);
	CASE(&cases, reserves_room);
	CASE(&cases, is_reusable_after_clear);
	CASE(&cases, without_a_ceiling_holds_nothing);
	return cases_run("buf", &cases, argc, argv);
}
