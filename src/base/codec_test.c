#include "codec.h"

#include "cases.h"

/* clang-format off */
static const struct same_case {
	const char *name;
	enum base64_kind kind;
	struct str bytes;
	const char *text;
} same_cases[] = {
	{ "nothing",                     BASE64_STD, { "", 0 },             "" },
	{ "nothing, for addresses",      BASE64_URL, { "", 0 },             "" },
	{ "one byte",                    BASE64_STD, { "t", 1 },            "dA==" },
	{ "two bytes",                   BASE64_STD, { "to", 2 },           "dG8=" },
	{ "three bytes",                 BASE64_STD, { "tor", 3 },          "dG9y" },
	{ "four bytes",                  BASE64_STD, { "tora", 4 },         "dG9yYQ==" },
	{ "one byte, for addresses",     BASE64_URL, { "t", 1 },            "dA" },
	{ "two bytes, for addresses",    BASE64_URL, { "to", 2 },           "dG8" },
	{ "four bytes, for addresses",   BASE64_URL, { "tora", 4 },         "dG9yYQ" },
	{ "the last digits",             BASE64_STD, { "\xfb\xff\xfe", 3 }, "+//+" },
	{ "the last, for addresses",     BASE64_URL, { "\xfb\xff\xfe", 3 }, "-__-" },
	{ "zero bytes",                  BASE64_STD, { "\0\0\0", 3 },       "AAAA" },
};

static const struct bad_case {
	const char *name;
	enum base64_kind kind;
	const char *text;
	const char *code, *why, *where;
} bad_cases[] = {
	{ "no padding", BASE64_STD, "dA", "base64.length",
	  "base64 has 2 characters; with its padding it has a multiple of four", "" },
	{ "half the padding", BASE64_STD, "dA=", "base64.length",
	  "base64 has 3 characters; with its padding it has a multiple of four", "" },
	{ "one digit", BASE64_URL, "d", "base64.length",
	  "base64 of 1 characters does not end on a whole byte", "" },
	{ "five digits", BASE64_URL, "dG9yY", "base64.length",
	  "base64 of 5 characters does not end on a whole byte", "" },
	{ "padding for addresses", BASE64_URL, "dA==", "base64.alphabet",
	  "'=' is not a digit of base64url", "byte 2" },
	{ "digits for addresses", BASE64_STD, "-__-", "base64.alphabet",
	  "'-' is not a digit of base64", "byte 0" },
	{ "common digits in an address", BASE64_URL, "dG9+", "base64.alphabet",
	  "'+' is not a digit of base64url", "byte 3" },
	{ "line end", BASE64_STD, "dG9y\ndA=", "base64.alphabet",
	  "'?' is not a digit of base64", "byte 4" },
	{ "blank", BASE64_STD, "d A=", "base64.alphabet",
	  "' ' is not a digit of base64", "byte 1" },
	{ "padding inside", BASE64_STD, "dA==dG9y", "base64.alphabet",
	  "'=' is not a digit of base64", "byte 2" },
	{ "three of padding", BASE64_STD, "d===", "base64.alphabet",
	  "'=' is not a digit of base64", "byte 1" },
	{ "only padding", BASE64_STD, "====", "base64.alphabet",
	  "'=' is not a digit of base64", "byte 0" },
	{ "a byte above ASCII", BASE64_STD, "dG\xC3\xA4", "base64.alphabet",
	  "'?' is not a digit of base64", "byte 2" },
	{ "four spare bits", BASE64_STD, "dB==", "base64.bits",
	  "the last digit 'B' has bits that belong to no byte; they must be zero", "" },
	{ "two spare bits", BASE64_STD, "dG9=", "base64.bits",
	  "the last digit '9' has bits that belong to no byte; they must be zero", "" },
	{ "spare bits, for addresses", BASE64_URL, "dB", "base64.bits",
	  "the last digit 'B' has bits that belong to no byte; they must be zero", "" },
};

static const struct hex_case {
	const char *name;
	const char *text;
	bool ok;
	const char *want;
} hex_cases[] = {
	{ "lower case",      "00ff7fa9", true,  "00ff7fa9" },
	{ "upper case",      "00FF7FA9", true,  "00ff7fa9" },
	{ "too short",       "00ff7f",   false, NULL },
	{ "odd",             "00ff7fa",  false, NULL },
	{ "too long",        "00ff7fa900", false, NULL },
	{ "g",               "00ff7fag", false, NULL },
	{ "a blank",         "00ff7fa ", false, NULL },
	{ "prefix",          "0x00ff7f", false, NULL },
	{ "colon after 9",   "00ff7fa:", false, NULL },
	{ "at before A",     "00ff7fa@", false, NULL },
	{ "empty",           "",         false, NULL },
};
/* clang-format on */

static void
check_same(void **state)
{
	const struct same_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(KIB);
	CLEANUP(buf_free) struct buf b = buf_new(KIB);
	struct str bytes = { 0 };

	base64_put(&b, c->kind, c->bytes.ptr, c->bytes.len);
	assert_true(str_is(buf_str(&b), c->text));
	assert_true(str_is(base64_text(a, c->kind, c->bytes.ptr, c->bytes.len), c->text));
	assert_int_equal(base64_parse(a, c->kind, str_of(c->text), &bytes, NULL), OK);
	assert_non_null(bytes.ptr);
	assert_true(str_eq(bytes, c->bytes));
}

static void
check_bad(void **state)
{
	const struct bad_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(KIB);
	struct str bytes = { 0 };
	struct why why = { 0 };

	assert_int_equal(base64_parse(a, c->kind, str_of(c->text), &bytes, &why), ERR_INVALID);
	assert_string_equal(why.code, c->code);
	assert_string_equal(why.text, c->why);
	assert_string_equal(why.where, c->where);
	assert_null(bytes.ptr);
	assert_int_equal(arena_used(a), 0);
}

static void
check_hex(void **state)
{
	const struct hex_case *c = *state;
	uint8_t bytes[4] = { 0xEE, 0xEE, 0xEE, 0xEE };
	char text[2 * sizeof(bytes) + 1];

	assert_int_equal(hex_parse(str_of(c->text), bytes, sizeof(bytes)), c->ok);
	hex_text(bytes, sizeof(bytes), text);
	assert_string_equal(text, c->ok ? c->want : "eeeeeeee");
}

static void
every_byte_comes_back(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	uint8_t bytes[256], back[256];
	char text[2 * sizeof(bytes) + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	hex_text(bytes, sizeof(bytes), text);
	assert_true(hex_parse(str_of(text), back, sizeof(back)));
	assert_memory_equal(bytes, back, sizeof(bytes));
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct str digits = base64_text(a, BASE64_URL, bytes, len);
		struct str got = { 0 };
		assert_int_equal(base64_parse(a, BASE64_URL, digits, &got, NULL), OK);
		assert_true(str_eq(got, (struct str){ (const char *)bytes, len }));
	}
}

static void
keeps_to_the_ceilings(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(5);
	CLEANUP(buf_free) struct buf b = buf_new(7);
	struct str bytes = { 0 };
	struct why why = { 0 };

	(void)state;
	assert_int_equal(base64_parse(a, BASE64_STD, S("AAAAAAAA"), &bytes, &why), ERR_LIMIT);
	assert_string_equal(why.code, "base64.size");
	assert_string_equal(why.text, "6 bytes of base64 are more than this request may use");
	assert_null(bytes.ptr);
	assert_null(base64_text(a, BASE64_STD, "tora", 4).ptr);
	base64_put(&b, BASE64_STD, "tora", 4);
	assert_true(b.full);
	assert_int_equal(b.len, 0);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, same_cases, check_same);
	CASES(&cases, bad_cases, check_bad);
	CASES(&cases, hex_cases, check_hex);
	CASE(&cases, every_byte_comes_back);
	CASE(&cases, keeps_to_the_ceilings);
	return cases_run("codec", &cases, argc, argv);
}
