#include "pattern_p.h"

enum {
	FOUND_MAX = 32, /* bytes of the input that an error quotes */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char
peek(const struct lexer *lx, size_t ahead)
{
	size_t i = lx->at + ahead;

	if (i >= lx->text.len)
		return '\0';
	return lx->text.ptr[i];
}

enum err
lex_where(const struct lexer *lx, size_t at, enum err err, struct why *why)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at && i < lx->text.len; i++) {
		unsigned char c = (unsigned char)lx->text.ptr[i];

		if (c == '\n') {
			line++;
			column = 1;
		} else if ((c & 0xC0) != 0x80) {
			column++;
		}
	}
	why_where(why, "line %zu, column %zu", line, column);
	return err;
}

/* The length of the white space at p, 0 if there is none.  Unicode property
 * White_Space, in UTF-8. */
static size_t
space_len(const char *p, size_t len)
{
	/* clang-format off */
	static const char *const wide[] = {
		"\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9",
		"\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
	};
	/* clang-format on */
	struct str rest = { p, len };

	if (len == 0)
		return 0;
	if (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		return 1;
	for (size_t i = 0; i < COUNTOF(wide); i++) {
		if (str_starts(rest, str_of(wide[i])))
			return strlen(wide[i]);
	}
	/* U+2000 to U+200A */
	if (len >= 3 && memcmp(p, "\xE2\x80", 2) == 0 && (unsigned char)p[2] >= 0x80 &&
	    (unsigned char)p[2] <= 0x8A)
		return 3;
	return 0;
}

static enum err
skip_comment(struct lexer *lx, struct why *why)
{
	struct str rest = str_sub(lx->text, lx->at, SIZE_MAX);
	bool block = peek(lx, 1) == '*';
	size_t end = str_find(str_sub(rest, 2, SIZE_MAX), block ? S("*/") : S("\n"));

	if (end != SIZE_MAX) {
		lx->at += 2 + end + (block ? 2 : 1);
		return OK;
	}
	if (block)
		return lex_where(lx, lx->at,
		    fail(why, ERR_INVALID, "pattern.comment", "this comment has no end"), why);
	lx->at = lx->text.len;
	return OK;
}

static enum err
skip_blank(struct lexer *lx, struct why *why)
{
	for (;;) {
		size_t n = space_len(lx->text.ptr + lx->at, lx->text.len - lx->at);

		if (n > 0)
			lx->at += n;
		else if (peek(lx, 0) == '/' && (peek(lx, 1) == '*' || peek(lx, 1) == '/'))
			TRY(skip_comment(lx, why));
		else
			return OK;
	}
}

/* Removes the escapes \' and \\ of a string's inner text. */
static enum err
unescape(struct lexer *lx, struct str inner, struct str *ret, struct why *why)
{
	char *copy = arena_make(lx->a, char, inner.len);
	size_t len = 0;

	if (copy == NULL)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the pattern needs more memory than it may take");
	for (size_t i = 0; i < inner.len; i++) {
		if (inner.ptr[i] == '\\')
			i++; /* quoted() has seen that a character follows */
		copy[len++] = inner.ptr[i];
	}
	*ret = (struct str){ copy, len };
	return OK;
}

/* The text up to the closing quote; lx->at stands behind the opening one. */
static enum err
quoted(struct lexer *lx, struct str *ret, struct why *why)
{
	size_t start = lx->at;
	bool escapes = false;

	for (; lx->at < lx->text.len && peek(lx, 0) != '\''; lx->at++) {
		if (peek(lx, 0) != '\\')
			continue;
		escapes = true;
		if (peek(lx, 1) != '\'' && peek(lx, 1) != '\\')
			return lex_where(lx, lx->at,
			    fail(why, ERR_INVALID, "pattern.escape",
			        "a backslash in a string stands before \\ or ' only"),
			    why);
		lx->at++;
	}
	if (lx->at >= lx->text.len)
		return lex_where(lx, start - 1,
		    fail(why, ERR_INVALID, "pattern.string", "this string has no closing quote"),
		    why);
	*ret = str_sub(lx->text, start, lx->at - start);
	lx->at++;
	return escapes ? unescape(lx, *ret, ret, why) : OK;
}

static bool
is_hex_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char lower = (char)(s.ptr[i] | 0x20);

		if (!is_digit(s.ptr[i]) && (lower < 'a' || lower > 'f'))
			return false;
	}
	return s.len % 2 == 0;
}

/* Padded base64, not empty; line feeds may stand anywhere. */
static bool
is_base64_text(struct str s)
{
	size_t digits = 0, pads = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '\n' || c == '\r')
			continue;
		if (c == '=') {
			pads++;
			continue;
		}
		if (pads > 0 || c == '_' ||
		    !(is_name_start(c) || is_digit(c) || c == '+' || c == '/'))
			return false;
		digits++;
	}
	return digits > 0 && pads <= 2 && (digits + pads) % 4 == 0;
}

static unsigned
two_digits(const char *p)
{
	return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

/* The form of section 2.16 with each number in its range. */
static bool
is_timestamp_text(struct str s)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t end = sizeof(form) - 1;

	if (s.len < end + 1 || s.ptr[s.len - 1] != 'Z')
		return false;
	for (size_t i = 0; i < end; i++) {
		if (form[i] == '0' ? !is_digit(s.ptr[i]) : s.ptr[i] != form[i])
			return false;
	}
	struct str fraction = str_sub(s, end, s.len - 1 - end);
	if (fraction.len == 1 || (fraction.len > 0 && fraction.ptr[0] != '.'))
		return false;
	for (size_t i = 1; i < fraction.len; i++) {
		if (!is_digit(fraction.ptr[i]))
			return false;
	}
	unsigned month = two_digits(s.ptr + 5), day = two_digits(s.ptr + 8);
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && two_digits(s.ptr + 11) <= 23 &&
	       two_digits(s.ptr + 14) <= 59 && two_digits(s.ptr + 17) <= 60;
}

/* A literal with a letter before its quote: t'…', h'…', b'…'. */
static enum err
prefixed(struct lexer *lx, char letter, struct token *ret, struct why *why)
{
	lx->at += 2;
	TRY(quoted(lx, &ret->value, why));
	if (letter == 't') {
		ret->kind = TOKEN_TIMESTAMP;
		if (is_timestamp_text(ret->value))
			return OK;
		return lex_where(lx, ret->at,
		    fail(why, ERR_INVALID, "pattern.timestamp",
		        "not a timestamp like t'2026-01-31T23:59:59Z'"),
		    why);
	}
	if (letter == 'h') {
		ret->kind = TOKEN_HEX;
		if (is_hex_text(ret->value))
			return OK;
		return lex_where(lx, ret->at,
		    fail(why, ERR_INVALID, "pattern.hex", "not an even number of hex digits"), why);
	}
	ret->kind = TOKEN_BINARY;
	if (is_base64_text(ret->value))
		return OK;
	return lex_where(lx, ret->at,
	    fail(why, ERR_INVALID, "pattern.base64", "not base64 with its padding"), why);
}

/* clang-format off */
static const struct keyword {
	const char *text;
	enum token_kind kind;
} keywords[] = {
	{ "AND", TOKEN_AND },           { "OR", TOKEN_OR },
	{ "NOT", TOKEN_NOT },           { "FOLLOWEDBY", TOKEN_FOLLOWEDBY },
	{ "LIKE", TOKEN_LIKE },         { "MATCHES", TOKEN_MATCHES },
	{ "ISSUBSET", TOKEN_ISSUBSET }, { "ISSUPERSET", TOKEN_ISSUPERSET },
	{ "EXISTS", TOKEN_EXISTS },     { "IN", TOKEN_IN },
	{ "START", TOKEN_START },       { "STOP", TOKEN_STOP },
	{ "SECONDS", TOKEN_SECONDS },   { "TIMES", TOKEN_TIMES },
	{ "WITHIN", TOKEN_WITHIN },     { "REPEATS", TOKEN_REPEATS },
	{ "LAST", TOKEN_LAST },         { "true", TOKEN_BOOLEAN },
	{ "false", TOKEN_BOOLEAN },
};

/* The longer of two that begin alike stands first. */
static const struct keyword symbols[] = {
	{ "==", TOKEN_EQ },       { "=", TOKEN_EQ },        { "!=", TOKEN_NE },
	{ "<>", TOKEN_NE },       { "<=", TOKEN_LE },       { "<", TOKEN_LT },
	{ ">=", TOKEN_GE },       { ">", TOKEN_GT },        { "[", TOKEN_LBRACKET },
	{ "]", TOKEN_RBRACKET },  { "(", TOKEN_LPAREN },    { ")", TOKEN_RPAREN },
	{ ":", TOKEN_COLON },     { ".", TOKEN_DOT },       { ",", TOKEN_COMMA },
	{ "*", TOKEN_STAR },
};
/* clang-format on */

/* What people and their word processors put around a string. */
static const char *const other_quotes[] = { "\"", "`", "\u2018", "\u2019", "\u201C", "\u201D" };

static void
word(struct lexer *lx, struct token *ret)
{
	size_t start = lx->at;

	ret->kind = TOKEN_NAME;
	for (; is_name_start(peek(lx, 0)) || is_digit(peek(lx, 0)) || peek(lx, 0) == '-';
	     lx->at++) {
		if (peek(lx, 0) == '-')
			ret->kind = TOKEN_HYPHEN;
	}
	ret->value = str_sub(lx->text, start, lx->at - start);
	for (size_t i = 0; i < COUNTOF(keywords); i++) {
		if (str_is(ret->value, keywords[i].text))
			ret->kind = keywords[i].kind;
	}
}

bool
lex_is_name(struct str text)
{
	struct lexer lx = { .text = text };
	struct token tok = { .kind = TOKEN_END };

	if (text.len > 0 && is_name_start(text.ptr[0]))
		word(&lx, &tok);
	return tok.kind == TOKEN_NAME && lx.at == text.len;
}

/* [+-] digits, or [+-] [digits] '.' digits.  The caller has seen that it is
 * one of both. */
static enum err
number(struct lexer *lx, struct token *ret, struct why *why)
{
	if (!is_digit(peek(lx, 0)) && peek(lx, 0) != '.')
		lx->at++;
	size_t start = lx->at;
	while (is_digit(peek(lx, 0)))
		lx->at++;
	ret->kind = TOKEN_INTEGER;
	if (peek(lx, 0) == '.' && is_digit(peek(lx, 1))) {
		ret->kind = TOKEN_FLOAT;
		for (lx->at++; is_digit(peek(lx, 0)); lx->at++)
			;
	} else if (lx->text.ptr[start] == '0' && lx->at - start > 1) {
		return lex_where(lx, ret->at,
		    fail(why, ERR_INVALID, "pattern.number", "an integer has no leading zero"),
		    why);
	}
	ret->value = str_sub(lx->text, ret->at, lx->at - ret->at);
	return OK;
}

static bool
at_number(const struct lexer *lx)
{
	size_t sign = peek(lx, 0) == '+' || peek(lx, 0) == '-';

	return is_digit(peek(lx, sign)) || (peek(lx, sign) == '.' && is_digit(peek(lx, sign + 1)));
}

static enum err
symbol(struct lexer *lx, struct token *ret, struct why *why)
{
	struct str rest = str_sub(lx->text, lx->at, SIZE_MAX);

	for (size_t i = 0; i < COUNTOF(symbols); i++) {
		if (!str_starts(rest, str_of(symbols[i].text)))
			continue;
		ret->kind = symbols[i].kind;
		ret->value = str_sub(rest, 0, strlen(symbols[i].text));
		lx->at += ret->value.len;
		return OK;
	}
	for (size_t i = 0; i < COUNTOF(other_quotes); i++) {
		if (str_starts(rest, str_of(other_quotes[i])))
			return lex_where(lx, lx->at,
			    fail(why, ERR_INVALID, "pattern.quotes",
			        "a string stands in single quotes, as in 'text', not in %s",
			        other_quotes[i]),
			    why);
	}
	size_t len = 1; /* one character */
	while (len < rest.len && ((unsigned char)rest.ptr[len] & 0xC0) == 0x80)
		len++;
	return lex_where(lx, lx->at,
	    fail(why, ERR_INVALID, "pattern.character", "no part of a pattern begins with \"%.*s\"",
	        (int)len, rest.ptr),
	    why);
}

/* The token whose first byte is c. */
static enum err
token(struct lexer *lx, char c, struct token *ret, struct why *why)
{
	if (c == '\'') {
		lx->at++;
		ret->kind = TOKEN_STRING;
		return quoted(lx, &ret->value, why);
	}
	if ((c == 't' || c == 'h' || c == 'b') && peek(lx, 1) == '\'')
		return prefixed(lx, c, ret, why);
	if (is_name_start(c)) {
		word(lx, ret);
		return OK;
	}
	return at_number(lx) ? number(lx, ret, why) : symbol(lx, ret, why);
}

enum err
lex_next(struct lexer *lx, struct token *ret, struct why *why)
{
	TRY(skip_blank(lx, why));
	*ret = (struct token){ .kind = TOKEN_END, .at = lx->at };
	if (lx->at == lx->text.len)
		return OK;
	TRY(token(lx, peek(lx, 0), ret, why));
	ret->text = str_sub(lx->text, ret->at, lx->at - ret->at);
	if (ret->text.len > FOUND_MAX)
		ret->text.len = FOUND_MAX;
	return OK;
}
