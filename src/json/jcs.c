#include "jcs.h"

#include <stdlib.h>

#include "cxx_p.h"
#include "json_writer.h"

enum {
	/* An integer of up to this many digits is a double and its own shortest form. */
	PLAIN_DIGITS = 15,
	/* Up to here members are put in order one by one, which is quickest for the few that
	 * an object has. */
	FEW_MEMBERS = 24,
};

/* UTF-8 sorts by code point.  UTF-16 differs in one thing: U+E000 to U+FFFF
 * (lead bytes EE, EF) come behind everything beyond (F0 to F4). */
static int
utf16_weight(char c)
{
	int u = (unsigned char)c;

	return u == 0xEE || u == 0xEF ? u + 0x10 : u;
}

int
jcs_key_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < len; i++)
		if (a.ptr[i] != b.ptr[i])
			return utf16_weight(a.ptr[i]) - utf16_weight(b.ptr[i]);
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static int
member_order(const void *left, const void *right)
{
	const struct json *a = *(const struct json *const *)left;
	const struct json *b = *(const struct json *const *)right;

	return jcs_key_cmp(a->key, b->key);
}

void
jcs_sort(const struct json **member, size_t n)
{
	if (n > FEW_MEMBERS) {
		qsort(member, n, sizeof(const struct json *), member_order);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		const struct json *m = member[i];
		size_t at = i;

		for (; at > 0 && jcs_key_cmp(member[at - 1]->key, m->key) > 0; at--)
			member[at] = member[at - 1];
		member[at] = m;
	}
}

static bool
is_plain_integer(struct str token)
{
	size_t from = token.ptr[0] == '-' ? 1 : 0;

	if (token.len - from > PLAIN_DIGITS || (from == 1 && token.ptr[1] == '0'))
		return false;
	for (size_t i = from; i < token.len; i++)
		if (token.ptr[i] < '0' || token.ptr[i] > '9')
			return false;
	return true;
}

static enum err
write_number(struct json_writer *w, const struct json *v, struct why *why)
{
	double n;

	if (is_plain_integer(v->text)) {
		json_put_raw(w, v->text);
		return OK;
	}
	if (!json_double(v, &n))
		return fail(why, ERR_INVALID, "jcs.number",
		    STR_FMT " is beyond the range of a double", STR_ARG(v->text));
	json_put_double(w, n);
	return OK;
}

static enum err write_value(struct json_writer *w, const struct json *v, struct why *why);

static enum err
write_member(struct json_writer *w, const struct json *member, struct why *why)
{
	return write_value(json_key(w, member->key), member, why);
}

static bool
is_sorted(const struct json *object)
{
	for (const struct json *m = object->first; m != NULL && m->next != NULL; m = m->next)
		if (jcs_key_cmp(m->key, m->next->key) > 0)
			return false;
	return true;
}

static enum err
write_unsorted(struct json_writer *w, const struct json *object, struct why *why)
{
	CLEANUP(heap_freep)
	const struct json **member = heap_new(sizeof(void *), object->len);
	size_t n = 0;

	for (const struct json *m = object->first; m != NULL; m = m->next)
		member[n++] = m;
	jcs_sort(member, n);
	for (size_t i = 0; i < n; i++)
		TRY(write_member(w, member[i], why));
	return OK;
}

static enum err
write_object(struct json_writer *w, const struct json *v, struct why *why)
{
	json_begin_object(w);
	if (!is_sorted(v))
		TRY(write_unsorted(w, v, why));
	else
		for (const struct json *m = v->first; m != NULL; m = m->next)
			TRY(write_member(w, m, why));
	json_end_object(w);
	return OK;
}

static enum err
write_array(struct json_writer *w, const struct json *v, struct why *why)
{
	json_begin_array(w);
	for (const struct json *e = v->first; e != NULL; e = e->next)
		TRY(write_value(w, e, why));
	json_end_array(w);
	return OK;
}

/* Recurses at most JSON_DEPTH_MAX deep, since json_parse() built v. */
static enum err
write_value(struct json_writer *w, const struct json *v, struct why *why)
{
	switch (v->type) {
	case JSON_OBJECT: return write_object(w, v, why);
	case JSON_ARRAY: return write_array(w, v, why);
	case JSON_NUMBER: return write_number(w, v, why);
	case JSON_STRING:
		/* Without an escape the quoted bytes are canonical as they stand. */
		if (v->raw.len == v->text.len + 2)
			json_put_raw(w, v->raw);
		else
			json_put_str(w, v->text);
		return OK;
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE: json_put_tree(w, v); return OK;
	}
	assert(false && "not an enum json_type");
	return ERR_INVALID;
}

enum err
jcs_write(const struct json *v, struct buf *out, struct why *why)
{
	struct json_writer w = json_writer(out);

	TRY(write_value(&w, v, why));
	return buf_check(out, "the canonical form", why);
}
