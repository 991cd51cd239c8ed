#include <stdlib.h>
#include <unistr.h>

#include "search_p.h"
#include "views_p.h"

enum {
	PREFIX = 3,            /* bytes of the shortest needle */
	PREFIX_LONG = 6,       /* by which all but the shortest are found */
	UTF16_MIN = 4,         /* bytes: two characters, the shortest needle */
	FILTER_BITS = 1 << 18, /* 32 KiB: few places of a text pass among 20,000 needles */
	JOINED_MIN = 10,       /* bytes: two words, or ten letters */
	DEPTH_MAX = 3,         /* encodings inside each other: percent of base64 of hex */
	/* Reading a text in all its views costs up to 40 times its length; more
	 * than this is an encoding of encodings made to be slow. */
	WORK_FACTOR = 256,
	WORK_SPARE = 256 * KIB,
	VIEW_BYTES_MAX = 128 * MIB, /* of one view; an artifact of 64 MB is the largest text */
	MEMO_SLOTS = 1 << 14,
	MEMO_BYTES = 56, /* words, names of members, dates, identifiers */
};

/* What kind of text a memo is about; the depth is added. */
enum { MEMO_WHOLE = 0, MEMO_BASE64 = 8, MEMO_HEX = 16 };

/* A short text that held nothing, and the work that it took to know.  Names of
 * members, vocabularies and words come again in every object. */
struct memo {
	uint32_t work;
	uint8_t len; /* 0: the slot is free */
	uint8_t how;
	char text[MEMO_BYTES];
};

struct searcher {
	const struct needle **needle; /* sorted by text */
	size_t needles;
	/* Hashes of the first PREFIX bytes of all needles, of those of short ones,
	 * and of the first PREFIX_LONG bytes of the others. */
	uint64_t filter[FILTER_BITS / 64];
	uint64_t filter_short[FILTER_BITS / 64];
	uint64_t filter_long[FILTER_BITS / 64];
	struct needle unreadable;
	size_t work;
	struct memo *memo; /* MEMO_SLOTS */
	bool long_only;    /* in joined texts only what cannot come about by chance */
	/* Scratch: what is decoded at a depth, as UTF-16, and folded. */
	struct buf view[DEPTH_MAX];
	struct buf wide;
	struct folded folded;
};

static unsigned
prefix_hash(const char *at, size_t len)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < len; i++)
		hash = hash << 8 | (uint8_t)at[i];
	/* Fibonacci hashing: the high bits of a product with 2^64 / phi */
	return (unsigned)(hash * 0x9e3779b97f4a7c15u >> 40) % FILTER_BITS;
}

static void
filter_add(uint64_t *filter, unsigned hash)
{
	filter[hash / 64] |= UINT64_C(1) << hash % 64;
}

static bool
filter_has(const uint64_t *filter, unsigned hash)
{
	return (filter[hash / 64] >> hash % 64 & 1) != 0;
}

static int
needle_cmp(const void *a, const void *b)
{
	const struct needle *const *x = a, *const *y = b;

	return str_cmp((*x)->text, (*y)->text);
}

struct searcher *
searcher_new(struct arena *a, const struct needle *needle, size_t n)
{
	struct searcher *s = arena_make(a, struct searcher, 1);

	if (s == NULL || (s->needle = arena_make(a, const struct needle *, n + 1)) == NULL ||
	    (n > 0 && (s->memo = arena_make(a, struct memo, MEMO_SLOTS)) == NULL))
		return NULL;
	s->unreadable.code = S("D-LEAKREF");
	for (size_t i = 0; i < DEPTH_MAX; i++)
		s->view[i] = buf_new(VIEW_BYTES_MAX);
	s->wide = buf_new(VIEW_BYTES_MAX);
	s->folded = folded_new(4 * (size_t)VIEW_BYTES_MAX);
	for (size_t i = 0; i < n; i++) {
		struct str text = needle[i].text;

		if (text.len < PREFIX)
			continue;
		s->needle[s->needles++] = &needle[i];
		filter_add(s->filter, prefix_hash(text.ptr, PREFIX));
		if (text.len < PREFIX_LONG)
			filter_add(s->filter_short, prefix_hash(text.ptr, PREFIX));
		else
			filter_add(s->filter_long, prefix_hash(text.ptr, PREFIX_LONG));
	}
	qsort(s->needle, s->needles, sizeof(struct needle *), needle_cmp);
	return s;
}

void
searcher_free(struct searcher *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < DEPTH_MAX; i++)
		buf_free(&s->view[i]);
	buf_free(&s->wide);
	folded_free(&s->folded);
}

/* ---- one folded text ---- */

static bool
is_placed(const struct searcher *s, const struct needle *n, const struct folded *f, size_t at)
{
	bool start = (f->edge.ptr[at] & FOLD_START) != 0;
	bool end = (f->edge.ptr[at + n->text.len - 1] & FOLD_END) != 0;

	if (s->long_only && (n->place != NEEDLE_ANYWHERE || n->text.len < JOINED_MIN))
		return false;
	switch (n->place) {
	case NEEDLE_ANYWHERE: return true;
	case NEEDLE_AT_EDGE: return start || end;
	case NEEDLE_AT_END: return end;
	case NEEDLE_WHOLE: return start && end;
	}
	return true;
}

/* The first of the needles from `low` to `high`, which all begin with the same
 * `depth` bytes, whose next byte is not below c; one that ends there is below all. */
static size_t
next_byte_bound(const struct searcher *s, size_t low, size_t high, size_t depth, unsigned c)
{
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct str text = s->needle[mid]->text;

		if (text.len <= depth || (unsigned char)text.ptr[depth] < c)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* A needle in the text at this place, the shortest there is.  The range of
 * those that agree with the text shrinks byte by byte. */
static const struct needle *
needle_at(const struct searcher *s, const struct folded *f, size_t at)
{
	size_t low = 0, high = s->needles;

	for (size_t depth = 0; low < high && at + depth < f->text.len; depth++) {
		unsigned c = (unsigned char)f->text.ptr[at + depth];

		low = next_byte_bound(s, low, high, depth, c);
		high = next_byte_bound(s, low, high, depth, c + 1);
		for (size_t i = low; i < high && s->needle[i]->text.len == depth + 1; i++) {
			if (is_placed(s, s->needle[i], f, at))
				return s->needle[i];
		}
	}
	return NULL;
}

static const struct needle *
find_in_folded(const struct searcher *s, const struct folded *f)
{
	if (f->full)
		return &s->unreadable;
	for (size_t at = 0; at + PREFIX <= f->text.len; at++) {
		const char *from = f->text.ptr + at;
		unsigned hash = prefix_hash(from, PREFIX);
		bool hit;

		if (!filter_has(s->filter, hash))
			continue;
		hit = filter_has(s->filter_short, hash);
		if (!hit && at + PREFIX_LONG <= f->text.len)
			hit = filter_has(s->filter_long, prefix_hash(from, PREFIX_LONG));
		if (!hit)
			continue;

		const struct needle *n = needle_at(s, f, at);
		if (n != NULL)
			return n;
	}
	return NULL;
}

/* ---- what was read before ---- */

/* The only place where the memo of this text can be; NULL: it is too long. */
static struct memo *
memo_at(const struct searcher *s, struct str text, unsigned how)
{
	uint64_t hash = how;

	if (text.len == 0 || text.len > MEMO_BYTES)
		return NULL;
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (uint8_t)text.ptr[i]) * 0x100000001b3u; /* FNV-1a */
	return &s->memo[(hash ^ hash >> 29) % MEMO_SLOTS];
}

/* Whether the text is known to hold nothing.  The work is paid again, so that
 * the answer does not depend on what was read before. */
static bool
memo_knows(struct searcher *s, const struct memo *m, struct str text, unsigned how)
{
	if (m == NULL || m->len != text.len || m->how != how || m->work > s->work ||
	    memcmp(m->text, text.ptr, text.len) != 0)
		return false;
	s->work -= m->work;
	return true;
}

static void
memo_keep(struct memo *m, struct str text, unsigned how, size_t work)
{
	if (m == NULL || work > UINT32_MAX)
		return;
	m->work = (uint32_t)work;
	m->len = (uint8_t)text.len;
	m->how = (uint8_t)how;
	memcpy(m->text, text.ptr, text.len);
}

/* ---- all views ---- */

static const struct needle *
find_plain(struct searcher *s, struct str text)
{
	if (text.len > VIEW_BYTES_MAX || text.len > s->work)
		return &s->unreadable;
	s->work -= text.len;
	fold(text, &s->folded);
	return find_in_folded(s, &s->folded);
}

static const struct needle *find_at_depth(struct searcher *s, struct str text, int depth,
    bool bytes);

/* What was decoded out of a text of this depth: bytes, or only other text. */
static const struct needle *
find_in_view(struct searcher *s, int depth, bool bytes)
{
	if (s->view[depth].full)
		return &s->unreadable;
	return find_at_depth(s, buf_str(&s->view[depth]), depth + 1, bytes);
}

static const struct needle *
find_unescaped(struct searcher *s, struct str text, int depth)
{
	const struct needle *n = NULL;

	if (view_unescape(text, &s->view[depth]))
		n = find_in_view(s, depth, true);
	if (n == NULL && view_refang(text, &s->view[depth]))
		n = find_in_view(s, depth, false);
	/* What was decoded from a picture is no markup. */
	if (n != NULL || u8_check((const uint8_t *)text.ptr, text.len) != NULL)
		return n;
	if (view_strip(text, &s->view[depth]))
		n = find_in_view(s, depth, false);
	if (n == NULL && view_unstyle(text, &s->view[depth]))
		n = find_in_view(s, depth, false);
	return n;
}

static const struct needle *
find_in_base64(struct searcher *s, struct str text, int depth)
{
	const struct needle *n = NULL;
	size_t at = 0;

	for (struct str run = view_base64_run(text, &at); n == NULL && run.len > 0;
	     run = view_base64_run(text, &at)) {
		unsigned how = MEMO_BASE64 + (unsigned)depth;
		struct memo *m = memo_at(s, run, how);
		size_t work = s->work;

		if (memo_knows(s, m, run, how))
			continue;
		for (size_t skip = 0; n == NULL && skip < 4; skip++) {
			view_base64(run, skip, &s->view[depth]);
			n = find_in_view(s, depth, true);
		}
		if (n == NULL)
			memo_keep(m, run, how, work - s->work);
	}
	return n;
}

static const struct needle *
find_in_hex(struct searcher *s, struct str text, int depth)
{
	const struct needle *n = NULL;
	size_t at = 0;

	for (struct str run = view_hex_run(text, &at); n == NULL && run.len > 0;
	     run = view_hex_run(text, &at)) {
		unsigned how = MEMO_HEX + (unsigned)depth;
		struct memo *m = memo_at(s, run, how);
		size_t work = s->work;

		if (memo_knows(s, m, run, how))
			continue;
		for (size_t skip = 0; n == NULL && skip < 2; skip++) {
			view_hex(run, skip, &s->view[depth]);
			n = find_in_view(s, depth, true);
		}
		if (n == NULL)
			memo_keep(m, run, how, work - s->work);
	}
	return n;
}

/* What was decoded from bytes may be UTF-16. */
static const struct needle *
find_in_utf16(struct searcher *s, struct str bytes)
{
	const struct needle *n = NULL;

	for (int way = 0; n == NULL && bytes.len >= UTF16_MIN && way < 4; way++) {
		view_utf16(str_sub(bytes, (size_t)(way >> 1), SIZE_MAX), (way & 1) != 0, &s->wide);
		n = s->wide.full ? &s->unreadable : find_plain(s, buf_str(&s->wide));
	}
	return n;
}

/* Recursion is bounded by DEPTH_MAX. */
static const struct needle *
find_at_depth(struct searcher *s, struct str text, int depth, bool bytes)
{
	const struct needle *n = find_plain(s, text);

	if (n == NULL && bytes)
		n = find_in_utf16(s, text);
	if (n != NULL || depth == DEPTH_MAX)
		return n;
	n = find_unescaped(s, text, depth);
	if (n == NULL)
		n = find_in_base64(s, text, depth);
	if (n == NULL)
		n = find_in_hex(s, text, depth);
	return n;
}

const struct needle *
search_text(struct searcher *s, struct str text)
{
	if (s->needles == 0)
		return NULL;
	s->work = WORK_FACTOR * text.len + WORK_SPARE;

	struct memo *m = memo_at(s, text, MEMO_WHOLE);
	size_t work = s->work;

	if (memo_knows(s, m, text, MEMO_WHOLE))
		return NULL;
	const struct needle *n = find_at_depth(s, text, 0, false);
	if (n == NULL)
		memo_keep(m, text, MEMO_WHOLE, work - s->work);
	return n;
}

const struct needle *
search_joined(struct searcher *s, struct str text)
{
	const struct needle *n;

	if (s->needles == 0)
		return NULL;
	s->work = text.len;
	s->long_only = true;
	n = find_plain(s, text);
	s->long_only = false;
	return n;
}
