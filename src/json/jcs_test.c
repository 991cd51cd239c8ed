#include "jcs.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "json_writer.h"

enum { ARENA_BYTES = 64 * MIB };

struct canonical {
	const char *name;
	const char *text;
	const char *form;
};

/* clang-format off */
/* SI-039 */
static const struct canonical canonical[] = {
	{ "blanks go", " { \"a\" : [ 1 , 2 ] } ", "{\"a\":[1,2]}" },
	{ "names are sorted at each level", "{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":1,\"y\":2}]}", "{\"a\":[{\"y\":2,\"z\":1}],\"b\":{\"c\":2,\"d\":1}}" },
	{ "a prefix comes first", "{\"ab\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"ab\":1}" },
	{ "capitals come first", "{\"a\":1,\"B\":2,\"1\":3}", "{\"1\":3,\"B\":2,\"a\":1}" },
	{ "UTF-16 order", "{\"\xEE\x80\x80\":1,\"\xF0\x90\x80\x80\":2,\"\xED\x9F\xBF\":3}", "{\"\xED\x9F\xBF\":3,\"\xF0\x90\x80\x80\":2,\"\xEE\x80\x80\":1}" },
	{ "UTF-16 order of escapes", "{\"\\uFB33\":1,\"\\uD83D\\uDE00\":2}", "{\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}" },
	{ "escapes", "\"\\u0008\\u0009\\u000A\\u000C\\u000d\\u0000\\u001F\\u007f\\/\\\"\\\\\\u20ac\"", "\"\\b\\t\\n\\f\\r\\u0000\\u001f\x7F/\\\"\\\\\xE2\x82\xAC\"" },
	{ "words", "[true,false,null]", "[true,false,null]" },
	{ "minus zero", "-0", "0" },
	{ "minus zero, long", "-0.0e5", "0" },
	{ "zero with a huge exponent", "0e999999", "0" },
	{ "15 digits", "-999999999999999", "-999999999999999" },
	{ "2^53", "9007199254740992", "9007199254740992" },
	{ "2^53 + 1", "9007199254740993", "9007199254740992" },
	{ "one as a fraction", "1.0", "1" },
	{ "exponent goes", "1E3", "1000" },
	{ "21 digits", "1e20", "100000000000000000000" },
	{ "22 digits", "1e21", "1e+21" },
	{ "six zeros", "0.000001", "0.000001" },
	{ "seven zeros", "0.0000001", "1e-7" },
	{ "many digits", "333333333.33333329", "333333333.3333333" },
	{ "long integer", "123456789012345678901234567890", "1.2345678901234568e+29" },
	{ "halfway", "1e23", "1e+23" },
	{ "smallest", "5e-324", "5e-324" },
	{ "largest", "1.7976931348623157e308", "1.7976931348623157e+308" },
	{ "smallest normal", "2.2250738585072014e-308", "2.2250738585072014e-308" },
	{ "small fraction", "-0.00012340", "-0.0001234" },
	{ "point inside", "123.4560", "123.456" },
};
/* clang-format on */

static void
has_canonical_form(void **state)
{
	const struct canonical *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf b = buf_new(MIB);
	const struct json *v = NULL;
	struct why why = { 0 };

	assert_int_equal(json_parse(a, str_of(row->text), NULL, &v, &why), OK);
	assert_int_equal(jcs_write(v, &b, &why), OK);
	buf_putc(&b, '\0');
	assert_string_equal(b.ptr, row->form);
}

struct bits {
	const char *name;
	uint64_t bits;
	const char *form;
};

/* Doubles by their bits, at the edges of the format. */
/* clang-format off */
static const struct bits bits[] = {
	{ "zero", 0x0000000000000000, "0" },
	{ "minus zero by bits", 0x8000000000000000, "0" },
	{ "smallest subnormal", 0x0000000000000001, "5e-324" },
	{ "largest subnormal", 0x000fffffffffffff, "2.225073858507201e-308" },
	{ "largest double", 0x7fefffffffffffff, "1.7976931348623157e+308" },
	{ "least double", 0xffefffffffffffff, "-1.7976931348623157e+308" },
	{ "2^53 and up", 0x4340000000000001, "9007199254740994" },
	{ "2^68", 0x4430000000000000, "295147905179352830000" },
	{ "below 1e21", 0x444b1ae4d6e2ef4f, "999999999999999900000" },
	{ "1e21 by bits", 0x444b1ae4d6e2ef50, "1e+21" },
	{ "below 1e-6", 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" },
	{ "1e-6 by bits", 0x3eb0c6f7a0b5ed8d, "0.000001" },
	{ "third", 0x3fd5555555555555, "0.3333333333333333" },
};
/* clang-format on */

static void
reads_back_as_the_same_double(void **state)
{
	const struct bits *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	struct json_writer w = json_writer(&b);
	const struct json *v = NULL;
	double n;
	double back;

	memcpy(&n, &row->bits, sizeof(n));
	json_put_double(&w, n);
	assert_true(str_is(buf_str(&b), row->form));
	assert_int_equal(json_parse(a, buf_str(&b), NULL, &v, NULL), OK);
	assert_true(json_double(v, &back) && back == n);
}

static void
refuses_what_is_no_double(void **state)
{
	static const char *const numbers[] = { "[1e400]", "[-1e309]", "[1e-400]", "[2e-324]" };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	const struct json *v = NULL;
	struct why why = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(numbers); i++) {
		assert_int_equal(json_parse(a, str_of(numbers[i]), NULL, &v, NULL), OK);
		assert_int_equal(jcs_write(v, &b, &why), ERR_INVALID);
		assert_string_equal(why.code, "jcs.number");
	}
	assert_string_equal(why.text, "2e-324 is beyond the range of a double");
}

static void
tells_when_the_buffer_is_full(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf b = buf_new(5);
	const struct json *v = NULL;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(json_parse(a, S("[1,2,3]"), NULL, &v, NULL), OK);
	assert_int_equal(jcs_write(v, &b, &why), ERR_LIMIT);
	assert_string_equal(why.text, "the canonical form is larger than 5 bytes");
}

static struct str
read_file(struct arena *a, const char *folder, const char *name)
{
	struct str path = arena_printf(a, "%s/%s", folder, name);

	return cases_file(a, path.ptr);
}

static void
canonicalises(const char *in, const char *out, const char *name)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_BYTES);
	CLEANUP(buf_free) struct buf b = buf_new(MIB);
	const struct json *v = NULL;

	print_message("%s\n", name);
	assert_int_equal(json_parse(a, read_file(a, in, name), NULL, &v, NULL), OK);
	assert_int_equal(jcs_write(v, &b, NULL), OK);
	assert_true(str_eq(buf_str(&b), read_file(a, out, name)));
}

static void
canonicalises_the_shared_cases(void **state)
{
	char in[4096];
	char out[4096];
	size_t ran = 0;

	(void)state;
	if (cases_conformance("jcs/input", in) == NULL ||
	    cases_conformance("jcs/output", out) == NULL)
		skip();
	DIR *dir = opendir(in);
	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		if (e->d_name[0] == '.')
			continue;
		canonicalises(in, out, e->d_name);
		ran++;
	}
	closedir(dir);
	assert_true(ran > 0);
}

/* Few members and many are put in order in different ways. */
static void
sorts_any_number(void **)
{
	enum { MOST = 99 };
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(buf_free) struct buf text = buf_new(KIB), want = buf_new(KIB), got = buf_new(KIB);
	const struct json *v = NULL;

	for (int n = 1; n <= MOST; n++) {
		buf_clear(&text);
		buf_clear(&want);
		buf_clear(&got);
		arena_clear(a);
		for (int i = 0; i < n; i++) {
			const char *before = i == 0 ? "{" : ",";

			/* 37 has no divisor in common with any n but itself and 74. */
			buf_printf(&text, "%s\"%02d\":0", before,
			    n % 37 == 0 ? n - i : i * 37 % n + 1);
			buf_printf(&want, "%s\"%02d\":0", before, i + 1);
		}
		buf_putc(&text, '}');
		buf_putc(&want, '}');
		assert_int_equal(json_parse(a, buf_str(&text), NULL, &v, NULL), OK);
		assert_int_equal(jcs_write(v, &got, NULL), OK);
		assert_true(str_eq(buf_str(&got), buf_str(&want)));
	}
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, canonical, has_canonical_form);
	CASES(&list, bits, reads_back_as_the_same_double);
	CASE(&list, refuses_what_is_no_double);
	CASE(&list, tells_when_the_buffer_is_full);
	CASE(&list, canonicalises_the_shared_cases);
	CASE(&list, sorts_any_number);
	return cases_run("jcs", &list, argc, argv);
}
