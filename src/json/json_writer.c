#include "json_writer.h"

#include <math.h>

#include "number_p.h"

enum { UTF8_MAX = 4 };

/* Before each value and each name. */
static void
separate(struct json_writer *w)
{
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
}

static void
begin(struct json_writer *w, char c)
{
	separate(w);
	buf_putc(w->out, c);
	w->comma = false;
	w->depth++;
}

static void
end(struct json_writer *w, char c)
{
	assert(w->depth > 0);
	buf_putc(w->out, c);
	w->comma = true;
	w->depth--;
}

void
json_begin_object(struct json_writer *w)
{
	begin(w, '{');
}

void
json_end_object(struct json_writer *w)
{
	end(w, '}');
}

void
json_begin_array(struct json_writer *w)
{
	begin(w, '[');
}

void
json_end_array(struct json_writer *w)
{
	end(w, ']');
}

/* Whether c stands for itself in a string without a look at its neighbours. */
static bool
is_plain(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0x20 && u < 0x80 && c != '"' && c != '\\';
}

/* Whether eight bytes are plain.  Each term sets the top bit of a byte that is no ASCII, a control
 * character, a quote, a backslash; only such a byte borrows from the next. */
static bool
is_plain_word(const char *at)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
	return ((word | (word - ones * 0x20) | (quote - ones) | (slash - ones)) & tops) == 0;
}

/* Bytes that s begins with and that stand for themselves. */
static size_t
plain_len(struct str s)
{
	size_t i = 0;

	while (s.len - i >= sizeof(uint64_t) && is_plain_word(s.ptr + i))
		i += sizeof(uint64_t);
	while (i < s.len && is_plain(s.ptr[i]))
		i++;
	return i;
}

static void
put_escape(struct buf *out, char c)
{
	switch (c) {
	case '"': buf_put(out, S("\\\"")); break;
	case '\\': buf_put(out, S("\\\\")); break;
	case '\b': buf_put(out, S("\\b")); break;
	case '\f': buf_put(out, S("\\f")); break;
	case '\n': buf_put(out, S("\\n")); break;
	case '\r': buf_put(out, S("\\r")); break;
	case '\t': buf_put(out, S("\\t")); break;
	default: buf_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

/* Bytes of the well-formed character that s begins with, or 0. */
static size_t
utf8_len(struct str s)
{
	for (size_t n = 2; n <= UTF8_MAX && n <= s.len; n++)
		if (str_is_utf8((struct str){ s.ptr, n }))
			return n;
	return 0;
}

/* Puts what needs a look at each character. */
static void
put_escaped(struct buf *out, struct str s)
{
	bool utf8 = str_is_utf8(s);
	size_t done = 0;

	for (size_t i = 0;;) {
		i += plain_len(str_sub(s, i, SIZE_MAX));
		if (i == s.len)
			break;
		char c = s.ptr[i];
		bool high = (unsigned char)c >= 0x80;
		size_t len = high && !utf8 ? utf8_len(str_sub(s, i, UTF8_MAX)) : 1;
		if (len > 0 && high) {
			i += len;
			continue;
		}
		buf_put(out, str_sub(s, done, i - done));
		if (len == 0)
			buf_put(out, S("\xEF\xBF\xBD"));
		else
			put_escape(out, c);
		done = ++i;
	}
	buf_put(out, str_sub(s, done, SIZE_MAX));
}

static void
put_quoted(struct buf *out, struct str s)
{
	char *at = buf_reserve(out, s.len + 2);
	size_t plain = plain_len(s);

	if (at == NULL)
		return;
	*at++ = '"';
	if (plain > 0)
		memcpy(at, s.ptr, plain);
	out->len += 1 + plain;
	if (plain < s.len)
		put_escaped(out, str_sub(s, plain, SIZE_MAX));
	buf_putc(out, '"');
}

struct json_writer *
json_key(struct json_writer *w, struct str name)
{
	separate(w);
	put_quoted(w->out, name);
	buf_putc(w->out, ':');
	w->comma = false;
	return w;
}

void
json_put_str(struct json_writer *w, struct str s)
{
	separate(w);
	put_quoted(w->out, s);
}

void
json_put_i64(struct json_writer *w, int64_t n)
{
	separate(w);
	buf_printf(w->out, "%" PRId64, n);
}

void
json_put_u64(struct json_writer *w, uint64_t n)
{
	char text[20]; /* digits of UINT64_MAX */
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	separate(w);
	buf_put(w->out, (struct str){ text + at, sizeof(text) - at });
}

void
json_put_double(struct json_writer *w, double n)
{
	assert(isfinite(n));
	separate(w);
	json_number_put(w->out, n);
}

void
json_put_bool(struct json_writer *w, bool b)
{
	json_put_raw(w, b ? S("true") : S("false"));
}

void
json_put_null(struct json_writer *w)
{
	json_put_raw(w, S("null"));
}

void
json_put_raw(struct json_writer *w, struct str json)
{
	separate(w);
	buf_put(w->out, json);
}

static void
put_value(struct json_writer *w, const struct json *v)
{
	switch (v->type) {
	case JSON_OBJECT: json_begin_object(w); break;
	case JSON_ARRAY: json_begin_array(w); break;
	/* Without an escape in it, a string is written as it was read. */
	case JSON_STRING:
		if (v->text.ptr == v->raw.ptr + 1)
			json_put_raw(w, v->raw);
		else
			json_put_str(w, v->text);
		break;
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
	case JSON_NUMBER: json_put_raw(w, v->raw); break;
	}
}

/* Recurses at most JSON_DEPTH_MAX deep, since json_parse() built v. */
void
json_put_tree(struct json_writer *w, const struct json *v)
{
	put_value(w, v);
	for (const struct json *c = v->first; c != NULL; c = c->next) {
		if (v->type == JSON_OBJECT)
			json_key(w, c->key);
		json_put_tree(w, c);
	}
	if (v->type == JSON_OBJECT)
		json_end_object(w);
	if (v->type == JSON_ARRAY)
		json_end_array(w);
}
