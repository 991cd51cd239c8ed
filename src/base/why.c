#include <stdarg.h>
#include <stdio.h>

#include "base.h"
#include "utf8.h"

#undef fail /* of the analyzer */

/* 20 digits and a sign, or the widest %0*x that a message asks for. */
enum { NUMBER_TEXT_MAX = 32 };

/* More of a value is never read.  It is a character more than fits, so that
 * the character at the bound is seen whole. */
enum { VALUE_BYTES_MAX = WHY_TEXT_MAX + 4 };

/* A text in a fixed place.  After the first character that did not fit,
 * nothing follows, so that no message has a hole. */
struct line {
	char *ptr;
	size_t len;
	size_t cap;
	bool cut;
};

/* What stands between a % and its letter. */
struct conversion {
	bool zero;
	int width;
	bool has_precision;
	int precision;
	int longs; /* 0 for int, 1 for long and size_t, 2 for long long */
	char type;
};

/* va_list is an array on some machines: in a struct it can be pointed to. */
struct values {
	va_list ap;
};

static void
put_char(struct line *line, struct str c)
{
	if (line->cut || c.len >= line->cap - line->len) {
		line->cut = true;
		return;
	}
	memcpy(line->ptr + line->len, c.ptr, c.len);
	line->len += c.len;
	line->ptr[line->len] = '\0';
}

/* Appends s as well-formed UTF-8 without control characters: what is neither
 * becomes "?". */
static void
put(struct line *line, struct str s)
{
	while (s.len > 0 && !line->cut) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		bool shown = len > 0 && !utf8_is_control(c);
		len = len == 0 ? 1 : len;
		put_char(line, shown ? str_sub(s, 0, len) : S("?"));
		s = str_sub(s, len, SIZE_MAX);
	}
}

static int
read_number(const char **fmt)
{
	int n = 0;

	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++) {
		n = n * 10 + (**fmt - '0');
		assert(n <= WHY_TEXT_MAX);
	}
	return n;
}

static struct conversion
read_conversion(const char **fmt, struct values *v)
{
	struct conversion c = { .zero = **fmt == '0' };

	c.width = read_number(fmt);
	if (**fmt == '.') {
		(*fmt)++;
		c.has_precision = true;
		if (**fmt == '*') {
			(*fmt)++;
			c.precision = va_arg(v->ap, int);
		} else {
			c.precision = read_number(fmt);
		}
	}
	for (; **fmt == 'l' || **fmt == 'z'; (*fmt)++)
		c.longs++;
	c.type = *(*fmt)++;
	return c;
}

static struct str
convert_text(const struct conversion *c, struct values *v)
{
	const char *text = va_arg(v->ap, const char *);
	size_t max = VALUE_BYTES_MAX;

	if (text == NULL)
		return S("");
	/* A slice beyond INT_MAX arrives here as a negative precision. */
	if (c->has_precision && c->precision >= 0 && c->precision < VALUE_BYTES_MAX)
		max = (size_t)c->precision;
	return (struct str){ text, strnlen(text, max) };
}

static struct str
convert_signed(const struct conversion *c, struct values *v, char *ret)
{
	static_assert(sizeof(long) == sizeof(size_t), "l and z are read alike");
	long long n = c->longs == 0   ? va_arg(v->ap, int)
	              : c->longs == 1 ? va_arg(v->ap, long)
	                              : va_arg(v->ap, long long);

	(void)snprintf(ret, NUMBER_TEXT_MAX, c->zero ? "%0*lld" : "%*lld", c->width, n);
	return str_of(ret);
}

static struct str
convert_unsigned(const struct conversion *c, struct values *v, char *ret)
{
	unsigned long long n = c->longs == 0   ? va_arg(v->ap, unsigned)
	                       : c->longs == 1 ? va_arg(v->ap, unsigned long)
	                                       : va_arg(v->ap, unsigned long long);

	if (c->type == 'x')
		(void)snprintf(ret, NUMBER_TEXT_MAX, c->zero ? "%0*llx" : "%*llx", c->width, n);
	else if (c->type == 'X')
		(void)snprintf(ret, NUMBER_TEXT_MAX, c->zero ? "%0*llX" : "%*llX", c->width, n);
	else
		(void)snprintf(ret, NUMBER_TEXT_MAX, c->zero ? "%0*llu" : "%*llu", c->width, n);
	return str_of(ret);
}

/* The text of one value; ret holds NUMBER_TEXT_MAX bytes for it. */
static struct str
convert(const struct conversion *c, struct values *v, char *ret)
{
	switch (c->type) {
	case 's': return convert_text(c, v);
	case 'c': ret[0] = (char)va_arg(v->ap, int); return (struct str){ ret, 1 };
	case 'd':
	case 'i': return convert_signed(c, v, ret);
	case 'u':
	case 'x':
	case 'X': return convert_unsigned(c, v, ret);
	default: assert(false && "a conversion that base.h does not list"); return S("?");
	}
}

static void
keep_arg(struct why *why, struct str value)
{
	if (why == NULL || why->args == WHY_ARGS_MAX)
		return;
	struct line arg = { .ptr = why->arg[why->args++], .cap = WHY_ARG_BYTES };
	put(&arg, value);
}

/* Appends the formatted text to line, and each value to args->arg. */
static void
compose(struct line *line, struct why *args, const char *fmt, struct values *v)
{
	while (*fmt != '\0') {
		size_t plain = strcspn(fmt, "%");
		put(line, (struct str){ fmt, plain });
		fmt += plain;
		if (*fmt == '\0')
			break;
		fmt++;
		if (*fmt == '%') {
			put(line, S("%"));
			fmt++;
			continue;
		}
		char number[NUMBER_TEXT_MAX];
		struct conversion c = read_conversion(&fmt, v);
		struct str value = convert(&c, v, number);
		put(line, value);
		keep_arg(args, value);
	}
}

enum err
fail(struct why *why, enum err err, const char *code, const char *fmt, ...)
{
	/* Made beside *why, whose old text may be one of the values. */
	struct why made = { .code = code };
	struct line text = { .ptr = made.text, .cap = sizeof(made.text) };
	struct values v;

	assert(err != OK);
	if (why == NULL)
		return err;
	va_start(v.ap, fmt);
	compose(&text, &made, fmt, &v);
	va_end(v.ap);
	*why = made;
	return err;
}

void
why_where(struct why *why, const char *fmt, ...)
{
	char made[WHY_WHERE_MAX] = "";
	struct line where = { .ptr = made, .cap = sizeof(made) };
	struct values v;

	if (why == NULL || why->where[0] != '\0')
		return;
	va_start(v.ap, fmt);
	compose(&where, NULL, fmt, &v);
	va_end(v.ap);
	memcpy(why->where, made, sizeof(made));
}

void
why_prefix(struct why *why, const char *fmt, ...)
{
	char made[WHY_TEXT_MAX] = "";
	struct line text = { .ptr = made, .cap = sizeof(made) };
	struct values v;

	if (why == NULL)
		return;
	va_start(v.ap, fmt);
	compose(&text, NULL, fmt, &v);
	va_end(v.ap);
	put(&text, S(": "));
	put(&text, str_of(why->text));
	memcpy(why->text, made, sizeof(made));
}

const char *
err_name(enum err err)
{
	switch (err) {
	case OK: return "ok";
	case ERR_INVALID: return "invalid";
	case ERR_USAGE: return "usage";
	case ERR_UNAUTHORIZED: return "unauthorized";
	case ERR_FORBIDDEN: return "forbidden";
	case ERR_NOT_FOUND: return "not-found";
	case ERR_CONFLICT: return "conflict";
	case ERR_LIMIT: return "limit";
	case ERR_TAMPERED: return "tampered";
	case ERR_IO: return "io";
	}
	assert(false && "not an enum err");
	return "unknown";
}
