#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "fold_p.h"

enum {
	FORM_MAX = 128, /* bytes: the longest compatibility form has 18 characters */
	HIRAGANA_FIRST = 0x3041,
	HIRAGANA_LAST = 0x3096,
	HIRAGANA_TO_KATAKANA = 0x60,
	/* Unified ideographs are letters without case or compatibility form. */
	IDEOGRAPH_FIRST = 0x3400,
	IDEOGRAPH_LAST = 0x9fff,
	HEXAGRAM_FIRST = 0x4dc0, /* but for these signs among them */
	HEXAGRAM_LAST = 0x4dff,
	/* Syllables are taken apart by arithmetic (Unicode Standard, section 3.12). */
	HANGUL_FIRST = 0xac00,
	HANGUL_LAST = 0xd7a3,
	HANGUL_LEAD = 0x1100,
	HANGUL_VOWEL = 0x1161,
	HANGUL_TAIL = 0x11a7,
	HANGUL_TAILS = 28,
	HANGUL_VOWELS = 21,
	PRIVATE_FIRST = 0xe000,
	PRIVATE_LAST = 0xf8ff,
};

/* What a character is to a reader of names. */
enum kind { KIND_NOTHING, KIND_SEPARATOR, KIND_LETTER, KIND_DIGIT };

struct folded
folded_new(size_t max)
{
	return (struct folded){ .text = buf_new(max), .edge = buf_new(max) };
}

void
folded_free(struct folded *f)
{
	buf_free(&f->text);
	buf_free(&f->edge);
}

static enum kind
kind_of(ucs4_t c)
{
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Nd))
		return KIND_DIGIT;
	if (uc_is_general_category_withtable(c,
	        UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_Mc))
		return KIND_LETTER;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me |
	                                            UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cc))
		return KIND_NOTHING;
	return KIND_SEPARATOR;
}

/* clang-format off */
/* Characters, folded, that a reader takes for a Latin letter, in their order. */
static const struct lookalike {
	ucs4_t c;
	char letter;
} lookalikes[] = {
	{ 0x00f0, 'd' }, { 0x00f8, 'o' }, { 0x0111, 'd' }, { 0x0127, 'h' }, { 0x0131, 'i' }, { 0x0142, 'l' },
	{ 0x0167, 't' }, { 0x0180, 'b' }, { 0x0237, 'j' }, { 0x0251, 'a' }, { 0x0261, 'g' }, { 0x0262, 'g' },
	{ 0x0268, 'i' }, { 0x0269, 'i' }, { 0x026a, 'i' }, { 0x0274, 'n' }, { 0x0280, 'r' }, { 0x028f, 'y' },
	{ 0x0299, 'b' }, { 0x029c, 'h' }, { 0x029f, 'l' },
	/* Greek */
	{ 0x03b1, 'a' }, { 0x03b2, 'b' }, { 0x03b3, 'y' }, { 0x03b5, 'e' }, { 0x03b7, 'n' }, { 0x03b9, 'i' },
	{ 0x03ba, 'k' }, { 0x03bd, 'v' }, { 0x03bf, 'o' }, { 0x03c1, 'p' }, { 0x03c4, 't' }, { 0x03c5, 'u' },
	{ 0x03c7, 'x' }, { 0x03f3, 'j' },
	/* Cyrillic */
	{ 0x0430, 'a' }, { 0x0432, 'b' }, { 0x0435, 'e' }, { 0x043a, 'k' }, { 0x043c, 'm' }, { 0x043d, 'h' },
	{ 0x043e, 'o' }, { 0x0440, 'p' }, { 0x0441, 'c' }, { 0x0442, 't' }, { 0x0443, 'y' }, { 0x0445, 'x' },
	{ 0x0455, 's' }, { 0x0456, 'i' }, { 0x0458, 'j' }, { 0x0475, 'v' }, { 0x04ae, 'y' }, { 0x04af, 'y' },
	{ 0x04bb, 'h' }, { 0x04cf, 'l' }, { 0x0501, 'd' }, { 0x051b, 'q' }, { 0x051d, 'w' },
	/* small capitals */
	{ 0x1d00, 'a' }, { 0x1d04, 'c' }, { 0x1d05, 'd' }, { 0x1d07, 'e' }, { 0x1d0a, 'j' }, { 0x1d0b, 'k' },
	{ 0x1d0d, 'm' }, { 0x1d0f, 'o' }, { 0x1d18, 'p' }, { 0x1d1b, 't' }, { 0x1d1c, 'u' }, { 0x1d20, 'v' },
	{ 0x1d21, 'w' }, { 0x1d22, 'z' }, { 0xa730, 'f' }, { 0xa731, 's' },
};
/* Alphabets among the signs. */
static const ucs4_t sign_alphabets[] = { 0x1f150, 0x1f170, 0x1f1e6 };
/* clang-format on */

static ucs4_t
latin_for(ucs4_t c)
{
	size_t low = 0, high = COUNTOF(lookalikes);

	for (size_t i = 0; i < COUNTOF(sign_alphabets); i++) {
		if (c >= sign_alphabets[i] && c - sign_alphabets[i] < 26)
			return 'a' + (c - sign_alphabets[i]);
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (lookalikes[mid].c == c)
			return (ucs4_t)lookalikes[mid].letter;
		if (lookalikes[mid].c < c)
			low = mid + 1;
		else
			high = mid;
	}
	return c;
}

/* The state between two characters. */
struct folding {
	struct folded *out;
	enum kind last; /* of the last character kept; KIND_NOTHING at the start */
	bool apart;     /* a separator came since */
};

static void
end_run(struct folding *s)
{
	struct buf *edge = &s->out->edge;

	if (edge->len > 0)
		edge->ptr[edge->len - 1] |= FOLD_END;
}

static void
keep(struct folding *s, struct str bytes, enum kind kind)
{
	bool edge = s->apart || kind != s->last;

	if (edge)
		end_run(s);
	buf_put(&s->out->text, bytes);
	for (size_t i = 0; i < bytes.len; i++)
		buf_putc(&s->out->edge, i == 0 && edge ? FOLD_START : 0);
	s->last = kind;
	s->apart = false;
}

static void
keep_character(struct folding *s, ucs4_t c)
{
	uint8_t bytes[8];
	enum kind kind;

	if (c >= 0x80)
		c = latin_for(c);
	kind = kind_of(c);
	if (kind == KIND_SEPARATOR)
		s->apart = true;
	if (kind == KIND_SEPARATOR || kind == KIND_NOTHING)
		return;
	if (kind == KIND_DIGIT)
		c = (ucs4_t)('0' + uc_decimal_value(c));
	else if (c >= HIRAGANA_FIRST && c <= HIRAGANA_LAST)
		c += HIRAGANA_TO_KATAKANA;
	int len = u8_uctomb(bytes, c, sizeof(bytes));
	if (len > 0)
		keep(s, (struct str){ (const char *)bytes, (size_t)len }, kind);
}

static void
keep_letter(struct folding *s, ucs4_t c)
{
	uint8_t bytes[8];
	int len = u8_uctomb(bytes, c, sizeof(bytes));

	if (len > 0)
		keep(s, (struct str){ (const char *)bytes, (size_t)len }, KIND_LETTER);
}

static void
fold_hangul(struct folding *s, ucs4_t c)
{
	ucs4_t at = c - HANGUL_FIRST, tail = at % HANGUL_TAILS;

	keep_letter(s, HANGUL_LEAD + at / (HANGUL_TAILS * HANGUL_VOWELS));
	keep_letter(s, HANGUL_VOWEL + at / HANGUL_TAILS % HANGUL_VOWELS);
	if (tail > 0)
		keep_letter(s, HANGUL_TAIL + tail);
}

/* The large blocks, without a look into tables.  Returns whether it was one. */
static bool
fold_block(struct folding *s, ucs4_t c, const uint8_t *at, size_t len)
{
	if (c >= HANGUL_FIRST && c <= HANGUL_LAST)
		fold_hangul(s, c);
	else if (c >= PRIVATE_FIRST && c <= PRIVATE_LAST)
		s->apart = true;
	else if (c >= IDEOGRAPH_FIRST && c <= IDEOGRAPH_LAST &&
	         (c < HEXAGRAM_FIRST || c > HEXAGRAM_LAST))
		keep(s, (struct str){ (const char *)at, len }, KIND_LETTER);
	else
		return false;
	return true;
}

/* Each character by itself: context only orders marks, which are dropped. */
static void
fold_wide(struct folding *s, ucs4_t c, const uint8_t *at, size_t len)
{
	if (fold_block(s, c, at, len))
		return;

	uint8_t form[FORM_MAX];
	size_t form_len = sizeof(form);
	uint8_t *got = u8_casefold(at, len, NULL, UNINORM_NFKD, form, &form_len);

	if (got == NULL)
		return;
	for (size_t i = 0; i < form_len;) {
		int step = u8_mbtoucr(&c, got + i, form_len - i);

		if (step <= 0)
			break;
		keep_character(s, c);
		i += (size_t)step;
	}
	if (got != form)
		heap_free(got);
}

/* How many of the bytes at the start are ASCII. */
static size_t
ascii_run(const uint8_t *at, size_t len)
{
	size_t n = 0;

	while (n < len && at[n] < 0x80)
		n++;
	return n;
}

/* What an ASCII byte is, and its letter in small. */
static enum kind
ascii_kind(uint8_t *c)
{
	if (*c >= 'A' && *c <= 'Z')
		*c |= 0x20;
	if (*c >= 'a' && *c <= 'z')
		return KIND_LETTER;
	if (*c >= '0' && *c <= '9')
		return KIND_DIGIT;
	return *c == '\0' ? KIND_NOTHING : KIND_SEPARATOR;
}

/* Most of what is read is ASCII: one pass, with room made beforehand. */
static void
fold_ascii(struct folding *s, const uint8_t *at, size_t len)
{
	struct buf *text = &s->out->text, *edge = &s->out->edge;
	char *letter = buf_reserve(text, len), *mark = buf_reserve(edge, len);
	size_t n = 0;

	if (letter == NULL || mark == NULL)
		return;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = at[i];
		enum kind kind = ascii_kind(&c);

		if (kind <= KIND_SEPARATOR) {
			s->apart = s->apart || kind == KIND_SEPARATOR;
			continue;
		}
		bool new_run = s->apart || kind != s->last;
		if (new_run && edge->len + n > 0)
			mark[(ptrdiff_t)n - 1] |= FOLD_END;
		letter[n] = (char)c;
		mark[n++] = new_run ? FOLD_START : 0;
		s->last = kind;
		s->apart = false;
	}
	text->len += n;
	edge->len += n;
}

void
fold(struct str text, struct folded *f)
{
	struct folding s = { .out = f };
	const uint8_t *at = (const uint8_t *)text.ptr;

	buf_clear(&f->text);
	buf_clear(&f->edge);
	for (size_t i = 0; i < text.len;) {
		ucs4_t c = 0;
		size_t ascii = ascii_run(at + i, text.len - i);

		if (ascii > 0) {
			fold_ascii(&s, at + i, ascii);
			i += ascii;
			continue;
		}
		int step = u8_mbtoucr(&c, at + i, text.len - i);
		if (step > 0)
			fold_wide(&s, c, at + i, (size_t)step);
		else
			s.apart = true;
		i += step > 0 ? (size_t)step : 1;
	}
	end_run(&s);
	f->full = f->text.full || f->edge.full;
}

size_t
fold_characters(struct str folded)
{
	size_t n = 0;

	for (size_t i = 0; i < folded.len; i++)
		n += ((unsigned char)folded.ptr[i] & 0xc0) != 0x80;
	return n;
}
