#include "portable.h"

#include "db_p.h"

/* Open parentheses of one statement; ours have fewer than ten. */
enum { DEPTH_MAX = 64 };

enum token_kind { END, WORD, NAME, STRING, NUMBER, PARAM, BRACE, PUNCT, BROKEN };

struct token {
	enum token_kind kind;
	struct str text;
};

/* clang-format off */
static const char *const word_names[DB_WORDS] = {
	[DB_WORD_MAX] = "{max}",
	[DB_WORD_MIN] = "{min}",
	[DB_WORD_BLOB] = "{blob}",
	[DB_WORD_CLUSTERED] = "{clustered}",
};

/* What a statement may begin with; transactions have functions in db.h. */
static const char *const heads[] = {
	"select", "insert", "update", "delete", "with", "create", "alter", "drop",
};

/* A word, with the one behind it when both are needed, and what to do instead. */
static const struct refusal {
	const char *word;
	const char *next;
	const char *instead;
} refusals[] = {
	{ "autoincrement",     "",       "take the number from a head row" },
	{ "serial",            "",       "take the number from a head row" },
	{ "bigserial",         "",       "take the number from a head row" },
	{ "as",                "identity", "take the number from a head row" },
	{ "nextval",           "",       "take the number from a head row" },
	{ "rowid",             "",       "name a key of your own, or write {clustered}" },
	{ "_rowid_",           "",       "name a key of your own" },
	{ "last_insert_rowid", "",       "write RETURNING" },
	{ "integer",           "",       "write BIGINT: INTEGER has 32 bits elsewhere" },
	{ "int",               "",       "write BIGINT: INT has 32 bits elsewhere" },
	{ "boolean",           "",       "write SMALLINT with 0 and 1" },
	{ "blob",              "",       "write {blob}" },
	{ "bytea",             "",       "write {blob}" },
	{ "timestamptz",       "",       "write BIGINT microseconds" },
	{ "trigger",           "",       "do it in the transaction" },
	{ "references",        "",       "check it in the transaction: keys do not cross shards" },
	{ "replace",           "into",   "write INSERT ... ON CONFLICT DO UPDATE" },
	{ "insert",            "or",     "write INSERT ... ON CONFLICT" },
	{ "for",               "update", "take the head row with UPDATE ... RETURNING" },
	{ "lateral",           "",       "write UNION ALL of the parts" },
	{ "natural",           "",       "name the columns of the join" },
	{ "pragma",            "",       "settings belong to the engine" },
	{ "collate",           "",       "text is compared bytewise" },
	{ "ilike",             "",       "keep a lower-case column and write LIKE" },
	{ "glob",              "",       "write LIKE" },
	{ "ifnull",            "",       "write COALESCE" },
	{ "greatest",          "",       "write {max}" },
	{ "least",             "",       "write {min}" },
	{ "now",               "(",      "pass the time as a parameter" },
	{ "datetime",          "(",      "pass the time as a parameter" },
	{ "strftime",          "(",      "pass the time as a parameter" },
	{ "julianday",         "(",      "pass the time as a parameter" },
	{ "unixepoch",         "(",      "pass the time as a parameter" },
	{ "current_timestamp", "",       "pass the time as a parameter" },
	{ "current_date",      "",       "pass the time as a parameter" },
	{ "current_time",      "",       "pass the time as a parameter" },
	{ "random",            "(",      "pass the value as a parameter" },
};
/* clang-format on */

/* ---- tokens ---- */

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of the run of word bytes that begins at `from`. */
static size_t
word_len(struct str s, size_t from)
{
	size_t at = from;

	while (at < s.len && is_word_byte(s.ptr[at]))
		at++;
	return at - from;
}

/* Blanks and comments; false when a comment does not end. */
static bool
skip_blank(struct str *s)
{
	for (;;) {
		size_t skip = 0;

		while (skip < s->len && strchr(" \t\r\n", s->ptr[skip]) != NULL &&
		       s->ptr[skip] != '\0')
			skip++;
		*s = str_sub(*s, skip, SIZE_MAX);

		const char *end = s->len >= 2 && memcmp(s->ptr, "--", 2) == 0   ? "\n"
		                  : s->len >= 2 && memcmp(s->ptr, "/*", 2) == 0 ? "*/"
		                                                                : NULL;
		if (end == NULL)
			return true;
		size_t at = str_find(str_sub(*s, 2, SIZE_MAX), str_of(end));
		if (at == SIZE_MAX) {
			bool line = end[0] == '\n';
			*s = str_sub(*s, s->len, 0);
			return line;
		}
		*s = str_sub(*s, 2 + at + strlen(end), SIZE_MAX);
	}
}

/* From the first quote to behind the last; doubled quotes stay inside.
 * 0: it does not end. */
static size_t
quoted_len(struct str s)
{
	for (size_t at = 1; at < s.len; at++) {
		if (s.ptr[at] != s.ptr[0])
			continue;
		if (at + 1 < s.len && s.ptr[at + 1] == s.ptr[0])
			at++;
		else
			return at + 1;
	}
	return 0;
}

static struct token
next_token(struct str *rest)
{
	if (!skip_blank(rest))
		return (struct token){ .kind = BROKEN };
	if (rest->len == 0)
		return (struct token){ .kind = END, .text = *rest };

	struct token t = { .kind = PUNCT };
	size_t len = 1;
	char c = rest->ptr[0];
	if (c == '\'' || c == '"') {
		len = quoted_len(*rest);
		t.kind = len == 0 ? BROKEN : c == '"' ? NAME : STRING;
	} else if (c == '$') {
		len = 1 + word_len(*rest, 1);
		t.kind = PARAM;
	} else if (c == '{') {
		size_t close = str_find(*rest, S("}"));
		len = close == SIZE_MAX ? 0 : close + 1;
		t.kind = len == 0 ? BROKEN : BRACE;
	} else if (is_word_byte(c)) {
		len = word_len(*rest, 0);
		t.kind = is_digit(c) ? NUMBER : WORD;
	}
	t.text = str_sub(*rest, 0, len);
	*rest = str_sub(*rest, len, SIZE_MAX);
	return t;
}

static bool
token_is(struct token t, const char *text)
{
	return (t.kind == WORD || t.kind == PUNCT) && str_eq_nocase(t.text, str_of(text));
}

static enum db_word
word_of(struct str brace)
{
	size_t w = 0;

	while (w < DB_WORDS && !str_is(brace, word_names[w]))
		w++;
	return (enum db_word)w;
}

/* ---- the check ---- */

/* Where the check stands in a text. */
struct check {
	bool head;              /* the next token begins a statement */
	size_t depth;           /* open parentheses */
	bool scalar[DEPTH_MAX]; /* this one belongs to max or min */
};

static enum err
refuse(struct token t, const char *instead, struct why *why)
{
	return fail(why, ERR_INVALID, "db.portable", "\"" STR_FMT "\" is not portable SQL: %s",
	    STR_ARG(t.text), instead);
}

static enum err
check_word(struct token t, struct token next, bool head, struct why *why)
{
	bool known = !head;

	for (size_t i = 0; i < COUNTOF(refusals); i++) {
		const struct refusal *r = &refusals[i];
		if (token_is(t, r->word) && (r->next[0] == '\0' || token_is(next, r->next)))
			return refuse(t, r->instead, why);
	}
	for (size_t i = 0; i < COUNTOF(heads) && !known; i++)
		known = token_is(t, heads[i]);
	if (!known)
		return refuse(t,
		    "a statement begins with SELECT, INSERT, UPDATE, DELETE, WITH, "
		    "CREATE, ALTER or DROP",
		    why);
	return OK;
}

static enum err
check_punct(struct check *c, struct token t, struct token before, struct why *why)
{
	switch (t.text.ptr[0]) {
	case '?':
	case ':':
	case '@': return refuse(t, "parameters are $1, $2, ... and casts are CAST(x AS t)", why);
	case '[':
	case ']':
	case '`': return refuse(t, "names are quoted with \"\"", why);
	case '\0':
	case '}': return refuse(t, "it has no meaning here", why);
	case '(':
		if (c->depth == DEPTH_MAX)
			return refuse(t, "too many parentheses inside each other", why);
		c->scalar[c->depth++] = token_is(before, "max") || token_is(before, "min");
		return OK;
	case ')':
		if (c->depth == 0)
			return refuse(t, "it closes no parenthesis", why);
		c->depth--;
		return OK;
	case ',':
		if (c->depth > 0 && c->scalar[c->depth - 1])
			return refuse(t, "max and min of two values are {max} and {min}", why);
		return OK;
	case ';':
		if (c->depth > 0)
			return refuse(t, "a parenthesis before it is not closed", why);
		return OK;
	default: return OK;
	}
}

static enum err
check_param(struct token t, struct why *why)
{
	uint64_t number;

	if (!str_to_u64(str_sub(t.text, 1, SIZE_MAX), DB_ARGS_MAX, &number) || number == 0)
		return refuse(t, "parameters are $1 to $64", why);
	return OK;
}

enum err
db_check_portable(struct str sql, struct why *why)
{
	static_assert(DB_ARGS_MAX == 64, "the text in check_param says so");
	struct check c = { .head = true };
	struct token before = { 0 };
	struct token t = next_token(&sql);

	while (t.kind != END) {
		struct str ahead = sql;
		struct token next = next_token(&ahead);

		if (t.kind == BROKEN)
			return fail(why, ERR_INVALID, "db.portable",
			    "a quote, brace or comment of the statement does not end");
		if (c.head && t.kind != WORD && !token_is(t, ";"))
			return refuse(t, "a statement begins with a word", why);
		if (t.kind == WORD)
			TRY(check_word(t, next, c.head, why));
		else if (t.kind == PUNCT)
			TRY(check_punct(&c, t, before, why));
		else if (t.kind == PARAM)
			TRY(check_param(t, why));
		else if (t.kind == BRACE && word_of(t.text) == DB_WORDS)
			return refuse(t, "the words in braces are {max} {min} {blob} {clustered}",
			    why);
		c.head = token_is(t, ";");
		before = t;
		t = next;
		sql = ahead;
	}
	if (c.depth > 0)
		return fail(why, ERR_INVALID, "db.portable",
		    "a parenthesis of the statement is not closed");
	return OK;
}

/* ---- what the face does with a text ---- */

bool
db_next_statement(struct str *rest, struct str *ret)
{
	struct token t;

	do {
		if (!skip_blank(rest) || rest->len == 0)
			return false;
		struct str all = *rest;
		do
			t = next_token(rest);
		while (t.kind != END && t.kind != BROKEN && !token_is(t, ";"));
		if (t.kind == BROKEN)
			*rest = str_sub(all, all.len, 0);
		*ret = str_sub(all, 0, all.len - rest->len - (token_is(t, ";") ? 1 : 0));
	} while (ret->len == 0);
	return true;
}

void
db_put_words(struct buf *b, struct str sql, const char *const words[DB_WORDS])
{
	struct str rest = sql;
	const char *from = sql.ptr;

	for (;;) {
		struct token t = next_token(&rest);
		if (t.kind == END || t.kind == BROKEN)
			break;
		enum db_word w = t.kind == BRACE ? word_of(t.text) : DB_WORDS;
		if (w == DB_WORDS)
			continue;
		buf_put(b, (struct str){ from, (size_t)(t.text.ptr - from) });
		buf_put(b, str_of(words[w]));
		from = t.text.ptr + t.text.len;
	}
	buf_put(b, (struct str){ from, (size_t)(sql.ptr + sql.len - from) });
}
