#include "fingerprint.h"

#include <stdio.h>

#include "words_p.h"

static_assert(FINGERPRINT_WORDS * (FINGERPRINT_WORD_MAX + 1) <= FINGERPRINT_TEXT_MAX, "they fit");

/* Divides the big-endian number by a small one and gives the remainder. */
static unsigned
divide(uint8_t number[HASH_BYTES], unsigned by)
{
	unsigned rest = 0;

	for (size_t i = 0; i < HASH_BYTES; i++) {
		rest = rest << 8 | number[i];
		number[i] = (uint8_t)(rest / by);
		rest %= by;
	}
	return rest;
}

/* The last 60 decimal digits, the highest first, without blanks. */
static void
digits_of(const struct hash *h, char ret[FINGERPRINT_DIGITS])
{
	struct hash number = *h;

	for (size_t i = FINGERPRINT_DIGITS; i-- > 0;)
		ret[i] = (char)('0' + divide(number.byte, 10));
}

void
fingerprint_digits(const struct hash *h, char *ret)
{
	char digit[FINGERPRINT_DIGITS];
	size_t len = 0;

	digits_of(h, digit);
	for (size_t i = 0; i < FINGERPRINT_DIGITS; i++) {
		if (i > 0 && i % FINGERPRINT_GROUP_DIGITS == 0)
			ret[len++] = ' ';
		ret[len++] = digit[i];
	}
	ret[len] = '\0';
}

void
fingerprint_words(const struct hash *h, char *ret)
{
	size_t len = 0;

	for (size_t i = 0; i < FINGERPRINT_WORDS; i++) {
		int n = snprintf(ret + len, FINGERPRINT_TEXT_MAX - len, "%s%s", i == 0 ? "" : " ",
		    word_list[h->byte[i]]);
		assert(n > 0 && (size_t)n < FINGERPRINT_TEXT_MAX - len);
		len += (size_t)n;
	}
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '.' || c == '-';
}

/* Takes the next run without separators; empty at the end. */
static struct str
next_token(struct str *rest)
{
	size_t from = 0;

	while (from < rest->len && is_separator(rest->ptr[from]))
		from++;
	size_t until = from;
	while (until < rest->len && !is_separator(rest->ptr[until]))
		until++;
	struct str token = str_sub(*rest, from, until - from);
	*rest = str_sub(*rest, until, rest->len - until);
	return token;
}

static bool
find_word(struct str token, uint8_t *ret)
{
	for (unsigned i = 0; i < WORDS; i++) {
		if (str_eq_nocase(token, str_of(word_list[i]))) {
			*ret = (uint8_t)i;
			return true;
		}
	}
	return false;
}

static enum err
check_words(const struct hash *h, struct str heard, struct why *why)
{
	size_t count = 0;
	size_t first_wrong = 0;

	for (struct str token = next_token(&heard); token.len > 0; token = next_token(&heard)) {
		uint8_t byte;
		count++;
		if (!find_word(token, &byte))
			return fail(why, ERR_INVALID, "fingerprint.word",
			    "word %zu, \"%.*s\", is not in the list of words", count,
			    STR_ARG(str_sub(token, 0, 32)));
		if (count <= FINGERPRINT_WORDS && byte != h->byte[count - 1] && first_wrong == 0)
			first_wrong = count;
	}
	if (count != FINGERPRINT_WORDS)
		return fail(why, ERR_INVALID, "fingerprint.words",
		    "a fingerprint has %d words, not %zu", FINGERPRINT_WORDS, count);
	if (first_wrong != 0)
		return fail(why, ERR_TAMPERED, "fingerprint.other",
		    "this is another fingerprint: word %zu differs", first_wrong);
	return OK;
}

static enum err
check_digits(const struct hash *h, struct str heard, struct why *why)
{
	char want[FINGERPRINT_DIGITS];
	size_t count = 0;
	size_t first_wrong = 0;

	digits_of(h, want);
	for (size_t i = 0; i < heard.len; i++) {
		char c = heard.ptr[i];
		if (is_separator(c))
			continue;
		if (c < '0' || c > '9')
			return fail(why, ERR_INVALID, "fingerprint.digit",
			    "after %zu digits there is something that is no digit", count);
		if (count < FINGERPRINT_DIGITS && c != want[count] && first_wrong == 0)
			first_wrong = count / FINGERPRINT_GROUP_DIGITS + 1;
		count++;
	}
	if (count != FINGERPRINT_DIGITS)
		return fail(why, ERR_INVALID, "fingerprint.digits",
		    "a fingerprint has %d digits, not %zu", FINGERPRINT_DIGITS, count);
	if (first_wrong != 0)
		return fail(why, ERR_TAMPERED, "fingerprint.other-digits",
		    "this is another fingerprint: group %zu differs", first_wrong);
	return OK;
}

enum err
fingerprint_check(const struct hash *h, struct str heard, struct why *why)
{
	if (heard.len > FINGERPRINT_HEARD_MAX)
		return fail(why, ERR_LIMIT, "fingerprint.long",
		    "the text has %zu bytes; a fingerprint has %d at most", heard.len,
		    FINGERPRINT_HEARD_MAX);

	struct str rest = heard;
	struct str first = next_token(&rest);
	if (first.len > 0 && first.ptr[0] >= '0' && first.ptr[0] <= '9')
		return check_digits(h, heard, why);
	return check_words(h, heard, why);
}
