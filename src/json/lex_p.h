/* lex_p.h: the tokens of JSON: numbers, escapes, blanks. */
#pragma once

#include "base.h"

static inline bool
json_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Bytes of the number that s begins with; 0 when it begins with none.
 * Source: RFC 8259, section 6. */
size_t json_number_len(struct str s);

struct json_unescaped {
	size_t len;        /* written */
	const char *wrong; /* NULL: good */
	size_t bad;        /* when wrong is not NULL: offset of the escape that is */
};

/* What the text between two quotes says; to holds from.len bytes, which is
 * always enough.  Source: RFC 8259, section 7; RFC 7493, section 2.1 (no lone
 * surrogates). */
struct json_unescaped json_unescape(struct str from, char *to);

/* The first byte that keeps a text from having a structural index. */
struct json_flaw {
	size_t at;
	const char *code;
	const char *wrong;
};

/* Why json_index_open() refused the text; slow, once per refused text. */
struct json_flaw json_find_flaw(struct str text);
