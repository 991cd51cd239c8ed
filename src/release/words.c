#include "words_p.h"

enum { FILLS = 3, TEXT_MAX = 16 * MIB }; /* an explanation is at most 8 MiB */

/* A text with holes. */
struct frame {
	struct str text;
	size_t holes;
	struct {
		size_t at;
		size_t fill;
	} hole[WORDS_HOLES_MAX];
};

struct kind {
	struct frame facts, decision;
	size_t uses;
};

struct words_kinds {
	struct arena *a;
	size_t len, last; /* last: objects of a type follow each other, and are alike */
	struct kind kind[WORDS_KINDS_MAX];
};

struct words_kinds *
words_kinds_new(struct arena *a)
{
	struct words_kinds *kinds = arena_make(a, struct words_kinds, 1);

	if (kinds != NULL)
		kinds->a = a;
	return kinds;
}

static void
fills_of(const struct words *w, struct str ret[FILLS])
{
	ret[0] = w->source_id;
	ret[1] = w->version;
	ret[2] = w->leaving_id;
}

/* ---- whether a text is a frame, filled ---- */

static bool
takes(struct str *rest, struct str part)
{
	if (!str_starts(*rest, part))
		return false;
	*rest = str_sub(*rest, part.len, SIZE_MAX);
	return true;
}

static bool
fits(const struct frame *f, struct str text, const struct str fill[FILLS])
{
	size_t done = 0;

	for (size_t i = 0; i < f->holes; i++) {
		if (!takes(&text, str_sub(f->text, done, f->hole[i].at - done)) ||
		    !takes(&text, fill[f->hole[i].fill]))
			return false;
		done = f->hole[i].at + 1;
	}
	return str_eq(text, str_sub(f->text, done, SIZE_MAX));
}

/* ---- making a frame ---- */

/* Where the first of the fills stands in a text, and which; SIZE_MAX: nowhere. */
static size_t
first_fill(struct str text, const struct str fill[FILLS], size_t *ret)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < FILLS; i++) {
		size_t at = fill[i].len == 0 ? SIZE_MAX : str_find(text, fill[i]);

		if (at < first) {
			first = at;
			*ret = i;
		}
	}
	return first;
}

static void
put_frame(struct str text, const struct str fill[FILLS], struct buf *out, struct frame *ret)
{
	for (ret->holes = 0; ret->holes < WORDS_HOLES_MAX; ret->holes++) {
		size_t which = 0, at = first_fill(text, fill, &which);

		if (at == SIZE_MAX)
			break;
		buf_put(out, str_sub(text, 0, at));
		ret->hole[ret->holes].at = out->len;
		ret->hole[ret->holes].fill = which;
		buf_putc(out, (char)(which + 1));
		text = str_sub(text, at + fill[which].len, SIZE_MAX);
	}
	buf_put(out, text);
}

/* Bytes that stand for holes are no part of JSON; who gave us the text is not asked. */
static bool
has_hole(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 1 && text.ptr[i] <= FILLS)
			return true;
	}
	return false;
}

static enum err
make_frame(struct arena *a, struct str text, const struct str fill[FILLS], struct frame *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(TEXT_MAX);

	put_frame(text, fill, &out, ret);
	TRY(buf_check(&out, "a decision", why));
	ret->text = arena_str(a, buf_str(&out));
	if (ret->text.ptr == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	return OK;
}

/* ---- the face ---- */

static bool
is_kind(const struct kind *k, const struct words *w, const struct str fill[FILLS])
{
	return fits(&k->decision, w->decision, fill) && fits(&k->facts, w->facts, fill);
}

/* From 1; 0: it is a new one. */
static size_t
find_kind(const struct words_kinds *kinds, const struct words *w, const struct str fill[FILLS])
{
	if (kinds->last != 0 && is_kind(&kinds->kind[kinds->last - 1], w, fill))
		return kinds->last;
	for (size_t i = 0; i < kinds->len; i++) {
		if (is_kind(&kinds->kind[i], w, fill))
			return i + 1;
	}
	return 0;
}

enum err
words_take(struct words_kinds *kinds, const struct words *w, size_t *ret, struct why *why)
{
	struct str fill[FILLS];
	struct kind *k = NULL;

	fills_of(w, fill);
	*ret = find_kind(kinds, w, fill);
	if (*ret != 0) {
		kinds->kind[*ret - 1].uses++;
		kinds->last = *ret;
		return OK;
	}
	if (kinds->len == WORDS_KINDS_MAX || has_hole(w->facts) || has_hole(w->decision))
		return OK;
	k = &kinds->kind[kinds->len];
	TRY(make_frame(kinds->a, w->facts, fill, &k->facts, why));
	TRY(make_frame(kinds->a, w->decision, fill, &k->decision, why));
	if (!fits(&k->facts, w->facts, fill) || !fits(&k->decision, w->decision, fill))
		return OK;
	k->uses = 1;
	*ret = ++kinds->len;
	return OK;
}

size_t
words_shared(const struct words_kinds *kinds, size_t kind)
{
	return kind > 0 && kinds->kind[kind - 1].uses >= WORDS_SHARED_MIN ? kind : 0;
}

static const char insert_words[] =
    "INSERT INTO decision_words (order_id, ordinal, facts, decision) VALUES ($1, $2, $3, $4)";

enum err
words_write(const struct words_kinds *kinds, struct db *db, struct str order_id, struct why *why)
{
	for (size_t i = 1; i <= kinds->len; i++) {
		const struct kind *k = &kinds->kind[i - 1];

		if (words_shared(kinds, i) != 0)
			TRY(db_run(db, why, insert_words, DB_T(order_id), DB_I((int64_t)i),
			    DB_T(k->facts.text), DB_T(k->decision.text)));
	}
	return OK;
}
