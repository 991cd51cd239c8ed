#include <stdio.h>

#include "places_p.h"

/* A shape says less than nothing at all, a number less than a shape. */
static int
strictness(enum method m)
{
	static const int of[] = {
		[METHOD_PSEUDONYM] = 0,
		[METHOD_GENERALISE] = 1,
		[METHOD_MASK] = 2,
		[METHOD_COUNT] = 3,
		[METHOD_DROP] = 4,
	};

	return of[m];
}

bool
is_stricter_method(enum method a, enum method b)
{
	return strictness(a) > strictness(b);
}

const char *
method_name(enum method m)
{
	static const char *const names[] = {
		[METHOD_DROP] = "drop",
		[METHOD_MASK] = "mask",
		[METHOD_GENERALISE] = "generalise",
		[METHOD_PSEUDONYM] = "pseudonym",
		[METHOD_COUNT] = "count",
	};

	return names[m];
}

const struct place *
places_find(const struct places *all, const struct json *value)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->place[i].value == value)
			return &all->place[i];
	}
	return NULL;
}

bool
places_cover(const struct places *all, struct str pointer)
{
	for (size_t i = 0; i < all->len; i++) {
		struct str at = all->place[i].pointer;

		if (str_starts(pointer, at) &&
		    (pointer.len == at.len || pointer.ptr[at.len] == '/'))
			return true;
	}
	return false;
}

static bool
grow(struct arena *a, struct places *all)
{
	size_t cap = all->cap == 0 ? 16 : 2 * all->cap;
	struct place *more;

	if (all->len < all->cap)
		return true;
	more = cap > PLACES_MAX ? NULL : arena_make(a, struct place, cap);
	if (more == NULL) {
		all->full = true;
		return false;
	}
	if (all->len > 0)
		memcpy(more, all->place, all->len * sizeof(*more));
	all->place = more;
	all->cap = cap;
	return true;
}

bool
places_add_value(struct arena *a, struct places *all, const struct place *place)
{
	for (size_t i = 0; i < all->len; i++) {
		struct place *old = &all->place[i];

		if (old->value != place->value)
			continue;
		if (!is_stricter_method(place->method, old->method))
			return false;
		old->method = place->method;
		old->code = place->code;
		return true;
	}
	if (!grow(a, all))
		return false;

	struct str pointer = arena_str(a, place->pointer);
	all->full = all->full || (pointer.ptr == NULL && place->pointer.len > 0);
	all->place[all->len] = *place;
	all->place[all->len++].pointer = pointer;
	return true;
}

/* One walk along a pointer. */
struct walk {
	struct arena *a;
	struct places *all;
	const struct redaction *r;
	struct str code;
	struct buf at; /* pointer of the value that is looked at now */
	bool any;
};

static bool
token_is(struct str token, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < token.len; i++, n++) {
		char c = token.ptr[i];

		if (c == '~' && i + 1 < token.len)
			c = token.ptr[++i] == '1' ? '/' : '~';
		if (n >= name.len || name.ptr[n] != c)
			return false;
	}
	return n == name.len;
}

/* rest: the tokens that are left, each behind its "/".  Recursion is bounded
 * by JSON_DEPTH_MAX: each step goes into a value. */
static void
follow(struct walk *w, const struct json *v, struct str rest)
{
	size_t len = w->at.len, index = 0;
	struct str token;

	if (rest.len == 0) {
		const struct place place = { .value = v,
			.pointer = buf_str(&w->at),
			.method = w->r->method,
			.code = w->code };

		w->any = places_add_value(w->a, w->all, &place) || w->any;
		return;
	}
	rest = str_sub(rest, 1, SIZE_MAX);
	token = str_split(&rest, '/');
	if (rest.ptr != NULL) /* the "/" belongs to the next token */
		rest = (struct str){ rest.ptr - 1, rest.len + 1 };
	for (const struct json *m = v->first; m != NULL; m = m->next, index++) {
		char number[24];

		(void)snprintf(number, sizeof(number), "%zu", index);
		struct str name = v->type == JSON_OBJECT ? m->key : str_of(number);
		if (!str_is(token, "*") && !token_is(token, name))
			continue;
		json_pointer_key(&w->at, name);
		follow(w, m, rest);
		w->at.len = len;
	}
}

bool
places_add(struct arena *a, struct places *all, const struct json *object,
    const struct redaction *r, struct str code)
{
	struct walk w = { .a = a, .all = all, .r = r, .code = code, .at = buf_new(64 * KIB) };

	follow(&w, object, r->pointer);
	all->full = all->full || w.at.full;
	buf_free(&w.at);
	return w.any;
}
