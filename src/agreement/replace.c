/* What stands for a value that a category or rule takes out. */
#include <arpa/inet.h>

#include "redact_p.h"

#define MASK "[withheld]"

enum {
	ADDRESS_MAX = 46, /* letters of an IPv6 address (RFC 4291) and the end */
	IPV4_KEPT = 3,    /* bytes of the network that stays: /24 */
	IPV6_KEPT = 6,    /* /48 */
};

/* ---- less detail ---- */

static bool
put_network(struct str text, int family, size_t bytes, size_t kept, struct buf *out)
{
	char in[ADDRESS_MAX], name[ADDRESS_MAX];
	uint8_t address[16];

	if (text.len >= sizeof(in))
		return false;
	memcpy(in, text.ptr, text.len);
	in[text.len] = '\0';
	if (inet_pton(family, in, address) != 1)
		return false;
	memset(address + kept, 0, bytes - kept);
	if (inet_ntop(family, address, name, sizeof(name)) == NULL)
		return false;
	buf_printf(out, "%s/%zu", name, 8 * kept);
	return true;
}

/* The day it lies in. */
static bool
put_day(struct str text, struct buf *out)
{
	char day[TIME_TEXT_MAX];
	time_us at;

	if (!time_parse(text, &at) || at < 0)
		return false;
	time_text_s(at - at % (24 * US_PER_H), day);
	buf_put(out, str_of(day));
	return true;
}

/* Returns whether the text has a coarser form. */
static bool
put_coarser_text(struct str key, struct str text, const struct copying *c, struct buf *out)
{
	if (put_day(text, out) || put_network(text, AF_INET, 4, IPV4_KEPT, out) ||
	    put_network(text, AF_INET6, 16, IPV6_KEPT, out))
		return true;
	if (!str_is(key, "name"))
		return false;
	generic_name(c->p->item->object.type, out);
	return true;
}

/* 412 is 400: the first digit stays. */
static bool
put_coarser_number(const struct json *v, struct json_writer *w)
{
	uint64_t n, unit = 1;

	if (!json_u64(v, &n))
		return false;
	while (n / unit >= 10)
		unit *= 10;
	json_put_u64(w, n / unit * unit);
	return true;
}

static bool
put_coarser(struct copying *c, struct str key, const struct json *v, struct json_writer *w)
{
	CLEANUP(buf_free) struct buf text = buf_new(KIB);

	if (v->type == JSON_NUMBER)
		return put_coarser_number(v, w);
	if (v->type != JSON_STRING || !put_coarser_text(key, v->text, c, &text))
		return false;
	json_put_str(w, buf_str(&text));
	return true;
}

/* ---- other methods ---- */

static bool
put_mask(const struct json *v, struct json_writer *w)
{
	bool texts = v->type == JSON_ARRAY && json_is(v->first, JSON_STRING);

	if (v->type != JSON_STRING && !texts)
		return false;
	if (texts)
		json_begin_array(w);
	json_put_str(w, S(MASK));
	if (texts)
		json_end_array(w);
	return true;
}

static bool
put_pseudonym(const struct copying *c, const struct place *place, struct json_writer *w)
{
	struct str token = gate_pseudonym(c->gate, c->p->item->object.id, place->pointer);

	if (place->value->type != JSON_STRING || token.len == 0)
		return false;
	json_put_str(w, token);
	return true;
}

/* A reference is another's identifier: nothing can stand for it. */
static bool
is_reference_name(struct str key)
{
	return str_ends(key, S("_ref")) || str_ends(key, S("_refs"));
}

bool
put_replacement(struct copying *c, struct str key, const struct place *place, struct json_writer *w)
{
	if (is_reference_name(key))
		return false;
	switch (place->method) {
	case METHOD_MASK: return put_mask(place->value, w);
	case METHOD_GENERALISE: return put_coarser(c, key, place->value, w);
	case METHOD_PSEUDONYM: return put_pseudonym(c, place, w);
	case METHOD_DROP:
	case METHOD_COUNT: break;
	}
	return false;
}

/* A count that is too small could be counted back to one of them. */
bool
is_count_told(const struct copying *c, uint64_t n)
{
	const struct agreement *g = c->gate->documents.agreement;

	return g != NULL && n > 0 && n >= g->records.statistics_cell;
}

/* "x_files" as "x_files_count": of a list its elements, of an object its members. */
static bool
put_count(struct copying *c, const struct json *m)
{
	CLEANUP(buf_free) struct buf name = buf_new(KIB);
	size_t n = 0;

	if (!str_starts(m->key, S("x_")))
		buf_put(&name, S("x_"));
	buf_put(&name, m->key);
	buf_put(&name, S("_count"));
	if (name.full)
		return false;
	for (const struct json *e = m->first; e != NULL; e = e->next)
		n++;
	if (m->type != JSON_ARRAY && m->type != JSON_OBJECT)
		n = 1;
	if (!is_count_told(c, n))
		return false;
	json_put_u64(json_key(&c->w, buf_str(&name)), n);
	return true;
}

bool
put_place(struct copying *c, const struct json *m, const struct place *place)
{
	CLEANUP(buf_free) struct buf value = buf_new(64 * KIB);
	struct json_writer w = json_writer(&value);
	bool put = false;

	if (place->method == METHOD_COUNT) {
		put = put_count(c, m);
	} else if (put_replacement(c, m->key, place, &w) && !value.full) {
		json_put_raw(json_key(&c->w, m->key), buf_str(&value));
		put = true;
	}
	note_change_of(c, m->key, place->code, put ? method_name(place->method) : "drop");
	return put;
}
