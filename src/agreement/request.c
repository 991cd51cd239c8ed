/* The inputs of a decision as text, and back.
 *
 * A tape goes over the members of a request in one direction or the other, so
 * that what is written and what is read cannot differ: a new input of the gate
 * is one line here. */
#include "request.h"

#include "explain_p.h"
#include "json_writer.h"
#include "source_policy.h"

struct tape {
	struct json_writer *w; /* writing; NULL: reading */
	const struct json *at; /* reading: the object whose members are meant */
	const struct request_source *source;
	struct hash *raw; /* writing: of each item's bytes, for the caller; may be NULL */
	struct arena *a;
	struct why *why;
	enum err err; /* the first thing that went wrong */
};

/* ---- single values: one that is empty, 0 or false is left out ---- */

static void
wrong(struct tape *t, const char *name)
{
	if (t->err == OK)
		t->err = fail(t->why, ERR_INVALID, "request.member",
		    "\"%s\" is not what the inputs of a decision hold there", name);
}

static void
tape_text(struct tape *t, const char *name, struct str *s)
{
	if (t->w != NULL) {
		if (s->len > 0)
			json_put_str(json_key(t->w, str_of(name)), *s);
		return;
	}
	const struct json *v = json_get(t->at, str_of(name));

	*s = v == NULL ? S("") : v->text;
	if (v != NULL && v->type != JSON_STRING)
		wrong(t, name);
}

/* Instants reach TIME_NEVER, which is above what JSON promises for a number:
 * every number is a text. */
static void
tape_number(struct tape *t, const char *name, uint64_t max, uint64_t *n)
{
	struct str digits = { 0 };
	char room[24];

	if (t->w != NULL) {
		if (*n > 0) {
			CLEANUP(buf_free) struct buf b = buf_new(sizeof(room));

			buf_printf(&b, "%" PRIu64, *n);
			json_put_str(json_key(t->w, str_of(name)), buf_str(&b));
		}
		return;
	}
	*n = 0;
	tape_text(t, name, &digits);
	if (digits.len > 0 && !str_to_u64(digits, max, n))
		wrong(t, name);
}

/* A member of any type of number, at most max. */
#define NUMBER(t, of, member, max)                                   \
	do {                                                         \
		uint64_t n_ = (uint64_t)(of)->member;                \
		tape_number((t), #member, (uint64_t)(max), &n_);     \
		if ((t)->w == NULL)                                  \
			(of)->member = (__typeof__((of)->member))n_; \
	} while (0)
#define FLAG(t, of, member) NUMBER(t, of, member, 1)
#define TEXT(t, of, member) tape_text((t), #member, &(of)->member)
#define TIME(t, of, member) NUMBER(t, of, member, INT64_MAX)

static void
tape_hash(struct tape *t, const char *name, struct hash *h)
{
	struct str digits = { 0 };
	char hex[HASH_HEX + 1];

	if (t->w != NULL) {
		hash_text(h, hex);
		json_put_str(json_key(t->w, str_of(name)), str_of(hex));
		return;
	}
	tape_text(t, name, &digits);
	if (!hash_parse(digits, h))
		wrong(t, name);
}

/* ---- lists ---- */

typedef void each_fn(struct tape *t, void *list, size_t i);

/* A list of objects under a name; ret_list is made of n elements of size bytes. */
struct list {
	const char *name;
	size_t size, max;
	each_fn *each;
};

static void
write_list(struct tape *t, const struct list *l, void *list, size_t n)
{
	json_begin_array(json_key(t->w, str_of(l->name)));
	for (size_t i = 0; i < n; i++) {
		json_begin_object(t->w);
		l->each(t, list, i);
		json_end_object(t->w);
	}
	json_end_array(t->w);
}

static void
read_list(struct tape *t, const struct list *l, void **ret, size_t *ret_len)
{
	const struct json *outer = t->at, *v = json_get(outer, str_of(l->name));
	size_t i = 0;

	*ret = NULL;
	*ret_len = 0;
	if (!json_is(v, JSON_ARRAY) || v->len > l->max) {
		wrong(t, l->name);
		return;
	}
	*ret = arena_alloc(t->a, l->size, _Alignof(max_align_t), v->len + 1);
	if (*ret == NULL) {
		t->err = fail(t->why, ERR_LIMIT, "request.memory", "no memory is left");
		return;
	}
	for (v = v->first; v != NULL && t->err == OK; v = v->next, i++) {
		if (v->type != JSON_OBJECT)
			wrong(t, l->name);
		t->at = v;
		l->each(t, *ret, i);
	}
	t->at = outer;
	*ret_len = i;
}

/* ---- what a request is made of ---- */

static void
scan_object(struct tape *t, struct str id, const struct hash *h, struct stix_object *ret)
{
	const struct json *tree = NULL;
	struct str bytes = { 0 };

	if (t->err == OK)
		t->err = t->source->object(t->source->arg, id, h, &bytes, t->why);
	if (t->err != OK)
		return;
	struct hash got = hash_of(bytes);
	if (!hash_eq(&got, h)) {
		t->err = fail(t->why, ERR_TAMPERED, "request.object",
		    "the bytes of " STR_FMT " are not those of the decision", STR_ARG(id));
		return;
	}
	t->err = json_parse(t->a, bytes, NULL, &tree, t->why);
	if (t->err == OK)
		t->err = stix_scan(tree, ret, t->why);
	if (t->err == OK && !str_eq(ret->id, id))
		wrong(t, "id");
}

static void
each_item(struct tape *t, void *list, size_t i)
{
	struct agreement_item *item = (struct agreement_item *)list + i;
	struct hash h = { 0 };
	struct str id = item->object.id;

	if (t->w != NULL)
		h = hash_of(item->object.raw);
	if (t->raw != NULL)
		t->raw[i] = h;
	tape_text(t, "id", &id);
	tape_hash(t, "raw", &h);
	if (t->w == NULL)
		scan_object(t, id, &h, &item->object);
	TEXT(t, item, version);
	FLAG(t, item, selected);
	TEXT(t, item, originator);
	TEXT(t, item, giver);
	TEXT(t, item, path);
	TEXT(t, item, received_under);
	FLAG(t, item, own_observation);
	FLAG(t, item, disputed);
	NUMBER(t, item, default_tlp, TLP_RED);
	NUMBER(t, item, source, SOURCES_MAX);
	TEXT(t, item, copy_id);
	TIME(t, item, copy_created);
	TIME(t, item, copy_modified);
	NUMBER(t, item, delivered, DELIVERED_COPY);
	FLAG(t, item, approved);
	NUMBER(t, item, persons, UINT64_MAX);
}

static void
each_consent(struct tape *t, void *list, size_t i)
{
	struct consent *c = (struct consent *)list + i;

	TEXT(t, c, identity);
	NUMBER(t, c, scope, CONSENT_PERSONAL);
	TEXT(t, c, to);
	TIME(t, c, until);
	FLAG(t, c, withdrawn);
}

static void
each_pseudonym(struct tape *t, void *list, size_t i)
{
	struct pseudonym *p = (struct pseudonym *)list + i;

	TEXT(t, p, id);
	TEXT(t, p, pointer);
	TEXT(t, p, token);
}

static void
each_pack(struct tape *t, void *list, size_t i)
{
	const struct rule_pack **pack = (const struct rule_pack **)list + i;
	struct hash h = { 0 };

	if (t->w != NULL)
		h = (*pack)->hash;
	tape_hash(t, "hash", &h);
	if (t->w == NULL && t->err == OK)
		t->err = t->source->pack(t->source->arg, &h, pack, t->why);
	if (t->w == NULL && t->err == OK && !hash_eq(&(*pack)->hash, &h))
		t->err = fail(t->why, ERR_TAMPERED, "request.pack",
		    "a rule pack is not that of the decision");
}

static void
each_publisher(struct tape *t, void *list, size_t i)
{
	tape_text(t, "identity", (struct str *)list + i);
}

static void
each_source(struct tape *t, void *list, size_t i)
{
	struct source_cited *s = (struct source_cited *)list + i;

	TEXT(t, s, name);
	NUMBER(t, s, version, UINT64_MAX);
	tape_hash(t, "hash", &s->hash);
}

static void
each_closed(struct tape *t, void *list, size_t i)
{
	tape_text(t, "area", (struct str *)list + i);
}

/* clang-format off */
static const struct list
	items    = { "items",    sizeof(struct agreement_item),   REQUEST_ITEMS_MAX,    each_item },
	consents = { "consents", sizeof(struct consent),          REQUEST_CONSENTS_MAX, each_consent },
	pseudonyms = { "pseudonyms", sizeof(struct pseudonym),     REQUEST_ITEMS_MAX,    each_pseudonym },
	packs    = { "packs",    sizeof(const struct rule_pack *), PACKS_MAX,           each_pack },
	publishers = { "publishers", sizeof(struct str),          PUBLISHERS_MAX,       each_publisher },
	sources  = { "sources",  sizeof(struct source_cited),     SOURCES_MAX,          each_source },
	closed   = { "closed",   sizeof(struct str),              AREAS_MAX,            each_closed };
/* clang-format on */

static void
standing_members(struct tape *t, struct standing *s)
{
	NUMBER(t, s, signed_by, PARTIES_MAX);
	NUMBER(t, s, signed_mask, UINT32_MAX);
	FLAG(t, s, terminated);
	FLAG(t, s, suspended);
	TEXT(t, s, suspended_by);
	NUMBER(t, s, suspended_mask, JSON_INTEGER_MAX);
	NUMBER(t, s, approved_mask, UINT32_MAX);
	NUMBER(t, s, closed_categories, UINT64_MAX);
	TIME(t, s, ends_at);
}

static void
write_standing(struct tape *t, const struct standing *from)
{
	struct standing s = *from;

	json_begin_object(json_key(t->w, S("standing")));
	if (s.agreement != NULL) {
		struct hash h = s.agreement->hash;

		tape_hash(t, "agreement", &h);
	}
	standing_members(t, &s);
	write_list(t, &closed, s.suspended_area, s.suspended_areas);
	json_end_object(t->w);
}

static void
read_agreement(struct tape *t, struct standing *s)
{
	struct hash h = { 0 };

	if (json_get(t->at, S("agreement")) == NULL)
		return;
	tape_hash(t, "agreement", &h);
	if (t->err == OK)
		t->err = t->source->agreement(t->source->arg, &h, &s->agreement, t->why);
	if (t->err == OK && !hash_eq(&s->agreement->hash, &h))
		t->err = fail(t->why, ERR_TAMPERED, "request.agreement",
		    "the agreement is not that of the decision");
}

static void
read_standing(struct tape *t, const struct standing **ret)
{
	struct standing *s = arena_make(t->a, struct standing, 1);
	const struct json *outer = t->at, *v = json_get(outer, S("standing"));
	void *area = NULL;

	*ret = NULL;
	if (v == NULL)
		return;
	if (v->type != JSON_OBJECT || s == NULL) {
		wrong(t, "standing");
		return;
	}
	t->at = v;
	read_agreement(t, s);
	standing_members(t, s);
	read_list(t, &closed, &area, &s->suspended_areas);
	for (size_t i = 0; i < s->suspended_areas; i++)
		s->suspended_area[i] = ((const struct str *)area)[i];
	t->at = outer;
	*ret = s;
}

static void
request_members(struct tape *t, struct agreement_request *r)
{
	TIME(t, r, at);
	TIME(t, r, copy_time);
	TEXT(t, r, realm);
	TEXT(t, r, order_realm);
	TEXT(t, r, from);
	TEXT(t, r, to);
	TEXT(t, r, asked);
	NUMBER(t, r, channel, CHANNELS - 1);
	TEXT(t, r, purpose);
	TEXT(t, r, area);
	TEXT(t, r, redaction_identity);
	FLAG(t, r, recipient_verified);
	TIME(t, r, recipient_key_until);
	TEXT(t, r, person_key);
	NUMBER(t, r, poc_failed, UINT64_MAX);
	NUMBER(t, r, urgency, URGENCY_FLASH);
	NUMBER(t, r, harm, HARM_IMMINENT_SAFETY);
	TEXT(t, r, break_glass.by);
	TEXT(t, r, break_glass.condition);
	TEXT(t, r, legal_basis);
	NUMBER(t, r, mode, BUNDLE_STRICT);
}

/* ---- both ways ---- */

static void
put_request(struct buf *out, const struct agreement_request *from, struct hash *raw)
{
	struct json_writer w = json_writer(out);
	struct tape t = { .w = &w, .raw = raw };
	struct agreement_request r = *from;

	json_begin_object(&w);
	json_put_u64(json_key(&w, S("engine")), FACTS_ENGINE);
	request_members(&t, &r);
	if (r.standing != NULL)
		write_standing(&t, r.standing);
	write_list(&t, &packs, r.pack, r.packs);
	write_list(&t, &publishers, (void *)(uintptr_t)r.publisher, r.publishers);
	if (r.sources > 0)
		write_list(&t, &sources, (void *)(uintptr_t)r.source, r.sources);
	write_list(&t, &consents, (void *)(uintptr_t)r.consent, r.consents);
	write_list(&t, &items, (void *)(uintptr_t)r.item, r.items);
	write_list(&t, &pseudonyms, (void *)(uintptr_t)r.pseudonym, r.pseudonyms);
	json_end_object(&w);
}

static enum err
keep_text(struct arena *a, const struct buf *out, struct str *ret, struct why *why)
{
	TRY(buf_check(out, "the inputs of a decision", why));
	*ret = arena_str(a, buf_str(out));
	if (ret->ptr == NULL)
		return fail(why, ERR_LIMIT, "request.memory", "no memory is left");
	return OK;
}

enum err
agreement_request_write(struct arena *a, const struct agreement_request *r, struct str *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(REQUEST_TEXT_MAX);

	put_request(&out, r, NULL);
	return keep_text(a, &out, ret, why);
}

enum err
decision_inputs(struct gate *gate, struct agreement_decisions *ret)
{
	CLEANUP(buf_free) struct buf out = buf_new(REQUEST_TEXT_MAX);

	gate->raw_hash = arena_make(gate->a, struct hash, gate->r->items + 1);
	if (gate->raw_hash == NULL)
		return gate_memory(gate);
	put_request(&out, gate->r, gate->raw_hash);
	TRY(keep_text(gate->a, &out, &ret->inputs_text, gate->why));
	ret->inputs = hash_of(ret->inputs_text);
	return OK;
}

static void
read_request(struct tape *t, struct agreement_request *ret)
{
	void *list = NULL;

	request_members(t, ret);
	read_standing(t, &ret->standing);
	read_list(t, &packs, &list, &ret->packs);
	for (size_t i = 0; i < ret->packs; i++)
		ret->pack[i] = ((const struct rule_pack *const *)list)[i];
	read_list(t, &publishers, &list, &ret->publishers);
	ret->publisher = list;
	if (json_get(t->at, S("sources")) != NULL) {
		read_list(t, &sources, &list, &ret->sources);
		ret->source = list;
	}
	read_list(t, &consents, &list, &ret->consents);
	ret->consent = list;
	read_list(t, &pseudonyms, &list, &ret->pseudonyms);
	ret->pseudonym = list;
	read_list(t, &items, &list, &ret->items);
	ret->item = list;
	for (size_t i = 0; i < ret->items; i++) {
		if (ret->item[i].source > ret->sources)
			wrong(t, "source");
	}
}

/* What was understood is all that was written. */
static enum err
check_whole(const struct agreement_request *r, struct str text, struct why *why)
{
	CLEANUP(buf_free) struct buf again = buf_new(REQUEST_TEXT_MAX);

	put_request(&again, r, NULL);
	if (again.full || !str_eq(buf_str(&again), text))
		return fail(why, ERR_INVALID, "request.other",
		    "these inputs hold something that this program does not know");
	return OK;
}

enum err
agreement_request_read(struct arena *a, struct str text, const struct request_source *source,
    struct agreement_request *ret, struct why *why)
{
	const struct json_limits limits = { .bytes_max = REQUEST_TEXT_MAX, .depth_max = 8 };
	struct tape t = { .source = source, .a = a, .why = why };
	uint64_t engine = 0;

	*ret = (struct agreement_request){ 0 };
	TRY(json_parse(a, text, &limits, &t.at, why));
	if (!json_get_u64(t.at, S("engine"), &engine) || engine != FACTS_ENGINE)
		return fail(why, ERR_INVALID, "request.engine", "these inputs are not of engine %d",
		    FACTS_ENGINE);
	read_request(&t, ret);
	return t.err == OK ? check_whole(ret, text, why) : t.err;
}
