#include "fingerprint.h"

#include <ctype.h>

#include "cases.h"
#include "words_p.h"

/* Of "abc"; the digits are its remainder by 10^60, computed elsewhere. */
#define ABC_DIGITS "36652 38349 28142 26366 01048 83695 01651 43774 62985 82971 68170 89965"
#define ABC_WORDS \
	"pigeon jaguar blossom pumpkin lobster address satchel valley doctor doctor dinner tadpole giant otter candle canoe"

static void
check_forms(void **)
{
	struct hash h = hash_of(S("abc"));
	char text[FINGERPRINT_TEXT_MAX];

	fingerprint_digits(&h, text);
	assert_string_equal(text, ABC_DIGITS);
	fingerprint_words(&h, text);
	assert_string_equal(text, ABC_WORDS);
}

static void
check_list(void **)
{
	for (size_t i = 0; i < WORDS; i++) {
		size_t len = strlen(word_list[i]);
		assert_in_range(len, 3, FINGERPRINT_WORD_MAX);
		assert_int_equal(strspn(word_list[i], "abcdefghijklmnopqrstuvwxyz"), len);
		if (i > 0)
			assert_true(strcmp(word_list[i - 1], word_list[i]) < 0);
	}
}

/* Every single wrong word or digit is noticed and named. */
static void
check_each_place(void **)
{
	struct hash h = hash_of(S("abc"));
	char text[FINGERPRINT_TEXT_MAX];
	struct why why = { 0 };

	for (size_t i = 0; i < FINGERPRINT_WORDS; i++) {
		struct hash other = h;
		other.byte[i] ^= 0x80;
		fingerprint_words(&other, text);
		assert_int_equal(fingerprint_check(&h, str_of(text), &why), ERR_TAMPERED);
		assert_string_equal(why.code, "fingerprint.other");
	}
	fingerprint_digits(&h, text);
	for (size_t i = 0; text[i] != '\0'; i++) {
		char kept = text[i];
		if (kept == ' ')
			continue;
		text[i] = (char)('0' + (kept - '0' + 1) % 10);
		assert_int_equal(fingerprint_check(&h, str_of(text), &why), ERR_TAMPERED);
		assert_string_equal(why.code, "fingerprint.other-digits");
		text[i] = kept;
	}
}

static void
check_case(void **)
{
	struct hash h = hash_of(S("abc"));
	char text[FINGERPRINT_TEXT_MAX];

	fingerprint_words(&h, text);
	for (size_t i = 0; text[i] != '\0'; i++)
		text[i] = (char)(text[i] == ' ' ? '-' : toupper((unsigned char)text[i]));
	assert_int_equal(fingerprint_check(&h, str_of(text), NULL), OK);
}

/* clang-format off */
static const struct heard_case {
	const char *name;
	const char *heard;
	enum err want;
	const char *why;
} heard_cases[] = {
	{ "the words", ABC_WORDS, OK, "" },
	{ "the digits", ABC_DIGITS, OK, "" },
	{ "blanks around", "\n  " ABC_WORDS " .\n", OK, "" },
	{ "nothing", "", ERR_INVALID, "a fingerprint has 16 words, not 0" },
	{ "a word too many", ABC_WORDS " acorn", ERR_INVALID, "a fingerprint has 16 words, not 17" },
	{ "a digit too few", "0123", ERR_INVALID, "a fingerprint has 60 digits, not 4" },
	{ "a digit too many", ABC_DIGITS "0", ERR_INVALID, "a fingerprint has 60 digits, not 61" },
	{ "a word of no list", "acorn xylophone", ERR_INVALID, "word 2, \"xylophone\", is not in the list of words" },
	{ "words after digits", "12 acorn", ERR_INVALID, "after 2 digits there is something that is no digit" },
	{ "another fingerprint",
	  "acorn acorn acorn acorn acorn acorn acorn acorn acorn acorn acorn acorn acorn acorn acorn acorn",
	  ERR_TAMPERED, "this is another fingerprint: word 1 differs" },
};
/* clang-format on */

static void
check_heard(void **state)
{
	const struct heard_case *c = *state;
	struct hash h = hash_of(S("abc"));
	struct why why = { 0 };

	assert_int_equal(fingerprint_check(&h, str_of(c->heard), &why), c->want);
	assert_string_equal(why.text, c->why);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, heard_cases, check_heard);
	CASE(&cases, check_forms);
	CASE(&cases, check_list);
	CASE(&cases, check_each_place);
	CASE(&cases, check_case);
	return cases_run("fingerprint", &cases, argc, argv);
}
