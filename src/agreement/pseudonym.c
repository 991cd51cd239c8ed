#include "pseudonym.h"

#include <stdio.h>
#include <stdlib.h>

#include "gate_p.h"
#include "request.h"
#include "selector_p.h"
#include "values_p.h"

struct hash
pseudonym_key(struct str secret, struct str agreement_id)
{
	const struct str parts[] = { S("torana pseudonym key v1"), agreement_id };

	return hash_hmac(secret, parts, COUNTOF(parts));
}

void
pseudonym_text(struct str key, struct str value, char *ret)
{
	CLEANUP(folded_free) struct folded folded = folded_new(VALUE_BYTES_MAX * 4);
	char hex[HASH_HEX + 1];
	struct str name = value;

	if (value.len <= VALUE_BYTES_MAX)
		name = values_bare_name(value, &folded);
	if (name.len == 0 || folded.full)
		name = value;

	const struct str parts[] = { S("torana pseudonym v1"), name };
	struct hash h = hash_hmac(key, parts, COUNTOF(parts));
	hash_text(&h, hex);
	(void)snprintf(ret, PSEUDONYM_TEXT + 1, "p-%.32s", hex);
}

/* ---- the map of a request ---- */

struct mapping {
	struct arena *a;
	const struct agreement_request *r;
	struct str key;
	size_t len, cap;
	struct pseudonym *map;
	bool full;
};

static void
map_value(struct mapping *m, struct str id, struct str pointer, struct str value)
{
	size_t cap = m->cap == 0 ? 64 : 2 * m->cap;
	char text[PSEUDONYM_TEXT + 1];

	if (m->len == m->cap) {
		struct pseudonym *more =
		    cap > PSEUDONYMS_MAX ? NULL : arena_make(m->a, struct pseudonym, cap);

		m->full = m->full || more == NULL;
		if (more == NULL)
			return;
		if (m->len > 0)
			memcpy(more, m->map, m->len * sizeof(*more));
		m->map = more;
		m->cap = cap;
	}
	pseudonym_text(m->key, value, text);
	m->map[m->len] = (struct pseudonym){ .id = id,
		.pointer = arena_str(m->a, pointer),
		.token = arena_str(m->a, str_of(text)) };
	m->full = m->full || m->map[m->len++].token.ptr == NULL;
}

/* What an identity, mailbox or account is known by. */
static struct str
own_value(const struct stix_object *o)
{
	static const char *const names[][2] = { { "identity", "name" }, { "email-addr", "value" },
		{ "user-account", "user_id" }, { "user-account", "account_login" } };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		struct str value = json_str(json_get(o->json, str_of(names[i][1])));

		if (str_is(o->type, names[i][0]) && value.len > 0)
			return value;
	}
	return (struct str){ 0 };
}

static void
map_places(struct mapping *m, const struct stix_object *o, const struct selector *when, size_t n,
    const struct redaction *redaction)
{
	struct places places = { 0 };

	if (n == 0 || !selector_touches(when, o->json, o->type))
		return;
	for (size_t i = 0; i < n; i++) {
		if (redaction[i].method == METHOD_PSEUDONYM)
			(void)places_add(m->a, &places, o->json, &redaction[i], (struct str){ 0 });
	}
	for (size_t i = 0; i < places.len; i++) {
		const struct json *v = places.place[i].value;

		if (v->type == JSON_STRING)
			map_value(m, o->id, places.place[i].pointer, v->text);
	}
	m->full = m->full || places.full;
}

static void
map_item(struct mapping *m, const struct stix_object *o)
{
	const struct agreement *g = m->r->standing->agreement;
	struct str class = redaction_class(o);

	if (class.len > 0 && agreement_method(g, class) == METHOD_PSEUDONYM && own_value(o).len > 0)
		map_value(m, o->id, (struct str){ 0 }, own_value(o));
	for (size_t i = 0; i < g->categories; i++)
		map_places(m, o, &g->category[i].when, g->category[i].redactions,
		    g->category[i].redaction);
	for (size_t p = 0; p < m->r->packs; p++) {
		for (size_t i = 0; i < m->r->pack[p]->rules; i++) {
			const struct rule *rule = &m->r->pack[p]->rule[i];

			map_places(m, o, &rule->when, rule->redactions, rule->redaction);
		}
	}
}

static int
pseudonym_cmp(const void *a, const void *b)
{
	const struct pseudonym *x = a, *y = b;
	int order = str_cmp(x->id, y->id);

	return order != 0 ? order : str_cmp(x->pointer, y->pointer);
}

enum err
agreement_pseudonyms(struct arena *a, struct str secret, const struct agreement_request *r,
    size_t *ret_len, const struct pseudonym **ret, struct why *why)
{
	struct mapping m = { .a = a, .r = r };
	struct hash own;
	size_t kept = 0;

	*ret_len = 0;
	*ret = NULL;
	if (r->standing == NULL || r->standing->agreement == NULL)
		return OK;
	own = pseudonym_key(secret, r->standing->agreement->id);
	m.key = hash_str(&own);
	for (size_t i = 0; i < r->items; i++) {
		if (!agreement_is_other(r, i))
			map_item(&m, &r->item[i].object);
	}
	if (m.full)
		return fail(why, ERR_LIMIT, "agreement.memory",
		    "more than %d pseudonyms are needed, or no memory is left", PSEUDONYMS_MAX);
	if (m.len > 0)
		qsort(m.map, m.len, sizeof(m.map[0]), pseudonym_cmp);
	for (size_t i = 0; i < m.len; i++) {
		if (kept == 0 || pseudonym_cmp(&m.map[kept - 1], &m.map[i]) != 0)
			m.map[kept++] = m.map[i];
	}
	*ret = m.map;
	*ret_len = kept;
	return OK;
}

struct str
gate_pseudonym(const struct gate *gate, struct str id, struct str pointer)
{
	const struct agreement_request *r = gate->r;
	size_t low = 0, high = r->pseudonyms;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct pseudonym want = { .id = id, .pointer = pointer };
		int order = pseudonym_cmp(&r->pseudonym[mid], &want);

		if (order == 0)
			return r->pseudonym[mid].token;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return (struct str){ 0 };
}
