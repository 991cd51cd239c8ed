/* Tags, links, what makes a regular expression of a text, and defanged addresses. */
#include "views_p.h"

/* ---- markup and regular expressions: each returns the bytes it read ---- */

enum {
	TAG_MAX = 1024,  /* longer is no tag: somebody wrote "<" */
	CLASS_MAX = 32,  /* of a regular expression */
	REPEAT_MAX = 12, /* "{0,3}" */
};

/* Bytes up to and with `close`, when it comes within max; else 0. */
static size_t
through(struct str s, char close, size_t max)
{
	for (size_t i = 1; i < s.len && i < max; i++) {
		if (s.ptr[i] == close)
			return i + 1;
	}
	return 0;
}

/* <b>, </b>, <!-- -->, <?x?> */
static size_t
skip_tag(struct str s)
{
	if (s.len < 3 || (!view_is_letter(s.ptr[1]) && strchr("/!?", s.ptr[1]) == NULL))
		return 0;
	return through(s, '>', TAG_MAX);
}

/* Bytes of "[Ss]"; what has a bracket or a blank inside is no class. */
static size_t
class_length(struct str s)
{
	size_t len = through(s, ']', CLASS_MAX);

	for (size_t i = 1; i < len; i++) {
		if (s.ptr[i] == '[' || s.ptr[i] == ' ')
			return 0;
	}
	return len;
}

/* The letter that a class stands for: the first; none for a range or "[^x]". */
static void
put_class(struct str inside, struct buf *out)
{
	bool letters = inside.len > 0 && inside.ptr[0] != '^' && inside.ptr[0] != '/';

	for (size_t i = 1; letters && i + 1 < inside.len; i++)
		letters = inside.ptr[i] != '-';
	if (letters && view_is_letter(inside.ptr[0]))
		buf_putc(out, inside.ptr[0]);
}

/* [text](address) gives the text, [Ss] a letter, [1] and [/b] nothing. */
static size_t
read_bracket(struct str s, struct buf *out)
{
	size_t link = through(s, ']', TAG_MAX), len = class_length(s);

	if (link > 0 && link < s.len && s.ptr[link] == '(') {
		size_t address = through(str_sub(s, link, SIZE_MAX), ')', TAG_MAX);

		if (address > 0) {
			buf_put(out, str_sub(s, 1, link - 2));
			return link + address;
		}
	}
	if (len == 0)
		return 0;
	put_class(str_sub(s, 1, len - 2), out);
	return len;
}

/* \s, \W, however often the backslash is doubled */
static size_t
skip_class_escape(struct str s)
{
	size_t i = 0;

	while (i < s.len && s.ptr[i] == '\\')
		i++;
	return i < s.len && strchr("sSwWdDbBAzZ", s.ptr[i]) != NULL && s.ptr[i] != '\0' ? i + 1 : 0;
}

/* (?i) and (?: */
static size_t
skip_group_flags(struct str s)
{
	size_t i = 2;

	if (s.len < 3 || s.ptr[1] != '?')
		return 0;
	while (i < s.len && (view_is_letter(s.ptr[i]) || s.ptr[i] == '-'))
		i++;
	return i < s.len && (s.ptr[i] == ')' || s.ptr[i] == ':') ? i + 1 : 0;
}

static bool
begins_markup(char c)
{
	return c == '<' || c == '[' || c == '{' || c == '(' || c == '\\';
}

bool
view_strip(struct str text, struct buf *out)
{
	size_t from = 0; /* what was not copied yet */
	bool any = false;

	buf_clear(out);
	for (size_t i = 0; i < text.len;) {
		struct str rest = str_sub(text, i, SIZE_MAX);
		size_t read = 0;

		if (!begins_markup(text.ptr[i])) {
			i++;
			continue;
		}
		buf_put(out, str_sub(text, from, i - from));
		from = i;
		switch (text.ptr[i]) {
		case '<': read = skip_tag(rest); break;
		case '[': read = read_bracket(rest, out); break;
		case '{': read = through(rest, '}', REPEAT_MAX); break;
		case '(': read = skip_group_flags(rest); break;
		default: read = skip_class_escape(rest); break;
		}
		any = any || read > 0;
		from += read;
		i += read == 0 ? 1 : read;
	}
	buf_put(out, str_sub(text, from, SIZE_MAX));
	return any;
}

/* ---- defanged forms ---- */

/* clang-format off */
static const struct fang {
	const char *defanged; /* lower case */
	const char *plain;
} fangs[] = {
	{ "(at)",  "@" }, { "[at]",  "@" }, { "{at}",  "@" }, { "<at>",  "@" }, { " at ",  "@" },
	{ "_at_",  "@" }, { "-at-",  "@" }, { "(dot)", "." }, { "[dot]", "." }, { "{dot}", "." },
	{ "<dot>", "." }, { " dot ", "." }, { "_dot_", "." }, { "-dot-", "." }, { "hxxp",  "http" },
};
/* clang-format on */

static const struct fang *
fang_at(struct str rest)
{
	char next = '\0';

	if (rest.len > 1)
		next = rest.ptr[1];

	switch (rest.ptr[0]) { /* none begins otherwise */
	case '(':
	case '[':
	case '{':
	case '<':
	case ' ':
	case '_':
	case '-':
		if (next != 'a' && next != 'A' && next != 'd' && next != 'D')
			return NULL;
		break;
	case 'h':
	case 'H':
		if (next != 'x' && next != 'X')
			return NULL;
		break;
	default: return NULL;
	}
	for (size_t i = 0; i < COUNTOF(fangs); i++) {
		struct str f = str_of(fangs[i].defanged);

		if (str_eq_nocase(str_sub(rest, 0, f.len), f))
			return &fangs[i];
	}
	return NULL;
}

bool
view_refang(struct str text, struct buf *out)
{
	size_t from = 0; /* what was not copied yet */
	bool any = false;

	buf_clear(out);
	for (size_t i = 0; i < text.len;) {
		const struct fang *f = fang_at(str_sub(text, i, SIZE_MAX));

		if (f == NULL) {
			i++;
			continue;
		}
		any = true;
		buf_put(out, str_sub(text, from, i - from));
		buf_put(out, str_of(f->plain));
		/* " at x at " shares its blanks */
		i += strlen(f->defanged) - (f->defanged[0] == ' ' ? 1 : 0);
		from = i;
	}
	if (any)
		buf_put(out, str_sub(text, from, SIZE_MAX));
	return any;
}
