#include "utf8.h"
#include "visible_p.h"

static void
put_number(struct buf *out, uint32_t c)
{
	buf_printf(out, c > 0xFFFF ? "\\U%08" PRIx32 : "\\u%04" PRIx32, c);
}

static void
put_all(struct buf *out, struct str text, bool lines)
{
	while (text.len > 0) {
		uint32_t c = 0;
		size_t n = utf8_next(text, &c);
		bool stays = lines && (c == '\n' || c == '\t');

		if (n == 0)
			buf_printf(out, "\\x%02x", (unsigned char)text.ptr[0]);
		else if (utf8_is_control(c) && !stays)
			put_number(out, c);
		else
			buf_put(out, str_sub(text, 0, n));
		text = str_sub(text, n == 0 ? 1 : n, SIZE_MAX);
	}
}

void
visible_put(struct buf *out, struct str text)
{
	put_all(out, text, false);
}

void
visible_put_lines(struct buf *out, struct str text)
{
	put_all(out, text, true);
}

/* Continuation bytes have no width. */
static bool
is_start(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

int
visible_width(struct str text)
{
	int n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += is_start(text.ptr[i]);
	return n;
}

void
visible_put_cut(struct buf *out, struct str text, int max)
{
	enum { NUMBER_MAX = sizeof("\\U0010ffff"), UTF8_MAX = 4 };
	CLEANUP(buf_free)
	struct buf all = buf_new(text.len * NUMBER_MAX + NUMBER_MAX);
	size_t n = 0;

	/* So many bytes hold one character more than is shown. */
	visible_put(&all, str_sub(text, 0, UTF8_MAX * ((size_t)max + 1)));
	for (int shown = 0; n < all.len; n++) {
		if (is_start(all.ptr[n]) && shown++ == max)
			break;
	}
	buf_put(out, str_sub(buf_str(&all), 0, n));
	if (n < all.len)
		buf_put(out, S("…"));
}
