#include "cxx_p.h"
#include "number_p.h"

enum {
	POINT_MAX = 21, /* the point stands at most behind this many digits */
	ZEROS_MAX = 6,  /* and at most this many zeros stand between it and the first */
};

/* A number taken apart: 0.DIGITS times ten to the point. */
struct decimal {
	bool minus;
	char digit[JSON_DIGITS_MAX];
	int len;
	int point;
};

/* Takes "-1.234e+56" apart. */
static struct decimal
take_apart(double n)
{
	char text[JSON_DIGITS_MAX];
	struct decimal d = { 0 };
	size_t len = json_cxx_digits(n, text);
	size_t i = 0;
	int exponent = 0;

	if (text[0] == '-') {
		d.minus = true;
		i++;
	}
	for (; i < len && text[i] != 'e'; i++)
		if (text[i] != '.')
			d.digit[d.len++] = text[i];
	assert(len - i >= 3);
	bool negative = text[i + 1] == '-';
	for (i += 2; i < len; i++)
		exponent = exponent * 10 + (text[i] - '0');
	d.point = (negative ? -exponent : exponent) + 1;
	return d;
}

static void
put_digits(struct buf *out, const struct decimal *d, int from, int to)
{
	buf_put(out, (struct str){ d->digit + from, (size_t)(to - from) });
}

static void
put_zeros(struct buf *out, int n)
{
	while (n-- > 0)
		buf_putc(out, '0');
}

static void
put_exponential(struct buf *out, const struct decimal *d)
{
	put_digits(out, d, 0, 1);
	if (d->len > 1) {
		buf_putc(out, '.');
		put_digits(out, d, 1, d->len);
	}
	buf_printf(out, "e%+d", d->point - 1);
}

void
json_number_put(struct buf *out, double n)
{
	if (n == 0) { /* and -0 */
		buf_putc(out, '0');
		return;
	}
	struct decimal d = take_apart(n);
	if (d.minus)
		buf_putc(out, '-');
	if (d.point > POINT_MAX || d.point <= -ZEROS_MAX) {
		put_exponential(out, &d);
	} else if (d.point <= 0) {
		buf_put(out, S("0."));
		put_zeros(out, -d.point);
		put_digits(out, &d, 0, d.len);
	} else if (d.point >= d.len) {
		put_digits(out, &d, 0, d.len);
		put_zeros(out, d.point - d.len);
	} else {
		put_digits(out, &d, 0, d.point);
		buf_putc(out, '.');
		put_digits(out, &d, d.point, d.len);
	}
}
