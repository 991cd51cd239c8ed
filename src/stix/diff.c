#include "diff.h"

#include "jcs.h"
#include "order_p.h"
#include "stamp_p.h"
#include "validate_p.h"

struct compared {
	const struct stix_object *before, *after;
	struct arena *arena;
	struct stix_diff *out;
};

static void
note(struct compared *c, const struct place *at, const struct json *before,
    const struct json *after)
{
	struct stix_diff *d = c->out;

	if (d->len == STIX_CHANGES_MAX) {
		d->more++;
		return;
	}
	struct stix_change *x = &d->change[d->len++];
	place_text(at, x->pointer);
	x->before = before == NULL ? S("") : before->raw;
	x->after = after == NULL ? S("") : after->raw;
}

static bool
is_same_instant(struct str a, struct str b)
{
	time_us x, y;

	return time_parse(a, &x) && time_parse(b, &y) && str_eq(stamp_trim(a), stamp_trim(b));
}

/* 1.0 and 1 are one number. */
static bool
is_same_number(const struct json *a, const struct json *b)
{
	CLEANUP(buf_free) struct buf x = buf_new(KIB);
	CLEANUP(buf_free) struct buf y = buf_new(KIB);

	return jcs_write(a, &x, NULL) == OK && jcs_write(b, &y, NULL) == OK &&
	       str_eq(buf_str(&x), buf_str(&y));
}

static enum err compare(struct compared *c, const struct place *at, const struct json *a,
    const struct json *b, struct why *why);

/* A member that only one of the two has: the one before, or the one after. */
static void
compare_lone(struct compared *c, const struct place *at, const struct json *member, bool before)
{
	struct place inside = place_member(at, member);

	if (at != NULL || !order_is_default(before ? c->before : c->after, member))
		note(c, &inside, before ? member : NULL, before ? NULL : member);
}

static enum err
compare_objects(struct compared *c, const struct place *at, const struct json *a,
    const struct json *b, struct why *why)
{
	const struct json **x = order_members(c->arena, a), **y = order_members(c->arena, b);
	size_t i = 0, j = 0;

	if (x == NULL || y == NULL)
		return fail(why, ERR_LIMIT, "stix.diff-memory",
		    "no memory is left to compare the members of %s",
		    at == NULL ? "the object" : "a part");
	while (i < a->len || j < b->len) {
		int order = 0;

		if (i == a->len)
			order = 1;
		else if (j == b->len)
			order = -1;
		else
			order = jcs_key_cmp(x[i]->key, y[j]->key);
		if (order < 0) {
			compare_lone(c, at, x[i++], true);
		} else if (order > 0) {
			compare_lone(c, at, y[j++], false);
		} else {
			struct place inside = place_member(at, x[i]);

			TRY(compare(c, &inside, x[i++], y[j++], why));
		}
	}
	return OK;
}

static enum err
compare_lists(struct compared *c, const struct place *at, const struct json *a,
    const struct json *b, struct why *why)
{
	const struct json *x = a->first, *y = b->first;

	for (size_t i = 0; x != NULL || y != NULL; i++) {
		struct place inside = place_element(at, i);

		if (x != NULL && y != NULL)
			TRY(compare(c, &inside, x, y, why));
		else
			note(c, &inside, x, y);
		x = x == NULL ? NULL : x->next;
		y = y == NULL ? NULL : y->next;
	}
	return OK;
}

/* Recursion ends with the parser's JSON_DEPTH_MAX. */
static enum err
compare(struct compared *c, const struct place *at, const struct json *a, const struct json *b,
    struct why *why)
{
	bool same = a->type == b->type;

	if (str_eq(a->raw, b->raw))
		return OK;
	if (same && a->type == JSON_OBJECT)
		return compare_objects(c, at, a, b, why);
	if (same && a->type == JSON_ARRAY)
		return compare_lists(c, at, a, b, why);
	if (same && a->type == JSON_STRING)
		same = str_eq(a->text, b->text) || is_same_instant(a->text, b->text);
	else if (same && a->type == JSON_NUMBER)
		same = is_same_number(a, b);
	if (!same)
		note(c, at, a, b);
	return OK;
}

enum err
stix_diff(const struct stix_object *before, const struct stix_object *after, struct arena *a,
    struct stix_diff *ret, struct why *why)
{
	struct compared c = { before, after, a, ret };

	ret->len = ret->more = 0;
	return compare(&c, NULL, before->json, after->json, why);
}
