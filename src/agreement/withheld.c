/* What of withheld objects must not be told: names, addresses, identifiers. */
#include "gate_p.h"
#include "values_p.h"

/* Properties of an identity that describe it in words everybody uses. */
static bool
says_nothing(struct str property)
{
	static const char *const names[] = { "type", "spec_version", "id", "created", "modified",
		"created_by_ref", "revoked", "labels", "confidence", "lang", "object_marking_refs",
		"granular_markings", "roles", "identity_class", "sectors", "extension_type",
		"marking_ref", "source_name", "defanged", "is_multipart", "is_disabled" };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (str_is(property, names[i]))
			return true;
	}
	return false;
}

static bool
is_prose(struct str property)
{
	return str_is(property, "description") || str_is(property, "body");
}

static bool
add_identity_text(void *arg, struct str text, struct str key, struct str pointer)
{
	struct values *v = arg;
	time_us time;

	(void)pointer;
	if (says_nothing(key) || time_parse(text, &time))
		return true;
	if (stix_id_is(text)) {
		values_add_id(v, text);
		return true;
	}
	if (!is_prose(key))
		values_add_name(v, text);
	values_add_addresses(v, text, !is_prose(key));
	return true;
}

static void
add_identity(struct values *v, const struct json *object)
{
	for (const struct json *m = object->first; m != NULL; m = m->next) {
		if (says_nothing(m->key))
			continue;
		if (m->type == JSON_STRING)
			(void)add_identity_text(v, m->text, m->key, (struct str){ 0 });
		else if (m->type == JSON_NUMBER)
			values_add(v, m->text);
		else if (m->type == JSON_ARRAY || m->type == JSON_OBJECT)
			stix_each_text(m, add_identity_text, v);
	}
}

/* clang-format off */
/* Where an observable says which one it is. */
static const struct telling {
	const char *type;
	const char *property;
	void (*add)(struct values *v, struct str value);
} tellings[] = {
	{ "email-addr",    "value",         values_add_mailbox },
	{ "email-addr",    "display_name",  values_add_name },
	{ "user-account",  "user_id",       values_add },
	{ "user-account",  "account_login", values_add },
	{ "user-account",  "display_name",  values_add_name },
	{ "email-message", "subject",       values_add },
	{ "email-message", "message_id",    values_add },
	{ "ipv4-addr",     "value",         values_add },
	{ "ipv6-addr",     "value",         values_add },
	{ "mac-addr",      "value",         values_add },
	{ "domain-name",   "value",         values_add_host },
	{ "url",           "value",         values_add_url },
	{ "file",          "name",          values_add },
	{ "directory",     "path",          values_add },
	{ "process",       "command_line",  values_add },
	{ "process",       "cwd",           values_add },
	{ "artifact",      "url",           values_add_url },
	{ "mutex",         "name",          values_add },
	{ "x509-certificate", "serial_number", values_add },
	{ "x509-certificate", "subject",    values_add },
	{ "windows-registry-key", "key",    values_add },
};
/* clang-format on */

static bool
add_custom_text(void *arg, struct str text, struct str key, struct str pointer)
{
	(void)pointer;
	if (!says_nothing(key))
		values_add(arg, text);
	return true;
}

static void
add_observable(struct values *v, const struct stix_object *o)
{
	char id[STIX_ID_MAX];
	const struct json *m;

	for (size_t i = 0; i < COUNTOF(tellings); i++) {
		const struct telling *t = &tellings[i];

		if (str_is(o->type, t->type) &&
		    json_is(m = json_get(o->json, str_of(t->property)), JSON_STRING))
			t->add(v, m->text);
	}
	for (m = o->json->first; m != NULL; m = m->next) {
		if (m->type == JSON_STRING && str_starts(m->key, S("x_")))
			values_add_name(v, m->text);
		else if ((m->type == JSON_ARRAY || m->type == JSON_OBJECT) &&
		         (str_starts(m->key, S("x_")) || str_is(m->key, "hashes") ||
		             str_is(m->key, "additional_header_fields")))
			stix_each_text(m, add_custom_text, v);
	}
	if (stix_observable_id(o->json, v->a, id, NULL) == OK)
		values_add_id(v, str_of(id));
}

/* Words that everybody uses, times and identifiers point at nobody. */
static bool
add_placed_text(void *arg, struct str text, struct str key, struct str pointer)
{
	struct values *v = arg;
	time_us time;

	(void)key, (void)pointer;
	if (time_parse(text, &time) || stix_id_is(text) ||
	    stix_vocabulary_has((struct str){ 0 }, text))
		return true;
	values_add_name(v, text);
	values_add_addresses(v, text, false);
	return true;
}

/* What a category or rule takes out is withheld wherever it stands. */
static void
add_places(struct values *v, const struct places *places)
{
	for (size_t i = 0; i < places->len; i++) {
		const struct json *value = places->place[i].value;

		v->code = places->place[i].code;
		if (value->type == JSON_STRING)
			(void)add_placed_text(v, value->text, value->key, (struct str){ 0 });
		else
			stix_each_text(value, add_placed_text, v);
	}
}

enum err
gate_withhold(struct gate *gate, struct needle **ret, size_t *ret_len)
{
	CLEANUP(values_free) struct values v = values_new(gate->a);

	for (size_t i = 0; i < gate->pieces; i++) {
		const struct piece *p = &gate->piece[i];
		const struct stix_object *o = &p->item->object;
		bool identity = str_is(o->type, "identity");

		add_places(&v, &p->places);
		if (!p->withheld && !(p->tied && o->class == STIX_SCO))
			continue;
		v.code = identity || !p->withheld ? S("V-VICTIM") : S("D-CATEGORY");
		values_add_id(&v, o->id);
		if (identity)
			add_identity(&v, o->json);
		else
			add_observable(&v, o);
	}
	if (v.full)
		return gate_memory(gate);
	*ret = v.needle;
	*ret_len = v.len;
	return OK;
}

/* ---- who mentions one ---- */

enum { ELEMENTS_BYTES_MAX = 64 * MIB }; /* as the largest object */

struct scanning {
	struct searcher *searcher;
	const struct places *places; /* where to look away; never NULL */
	bool found;
};

static bool
is_ref_name(struct str name)
{
	return str_ends(name, S("_ref")) || str_ends(name, S("_refs"));
}

static bool
scan_text(void *arg, struct str text, struct str key, struct str pointer)
{
	struct scanning *s = arg;

	if (!is_ref_name(key) && !places_cover(s->places, pointer))
		s->found = search_text(s->searcher, text) != NULL;
	return !s->found;
}

/* Names of members and numbers, which no text walk visits.  Recursion is
 * bounded by JSON_DEPTH_MAX. */
static bool
scan_names(const struct scanning *s, const struct json *v)
{
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		if (places_find(s->places, m) != NULL)
			continue;
		if (v->type == JSON_OBJECT && search_text(s->searcher, m->key) != NULL)
			return true;
		if (m->type == JSON_NUMBER && search_text(s->searcher, m->text) != NULL)
			return true;
		if ((m->type == JSON_ARRAY || m->type == JSON_OBJECT) && scan_names(s, m))
			return true;
	}
	return false;
}

/* The elements of one list as they are written, but for those taken out. */
static bool
scan_elements(const struct scanning *s, const struct json *list)
{
	CLEANUP(buf_free) struct buf rest = buf_new(ELEMENTS_BYTES_MAX);
	bool whole = true;

	for (const struct json *e = list->first; e != NULL; e = e->next) {
		if (places_find(s->places, e) != NULL) {
			whole = false;
			continue;
		}
		buf_put(&rest, e->raw);
		buf_putc(&rest, ',');
	}
	return search_text(s->searcher, whole ? list->raw : buf_str(&rest)) != NULL;
}

/* A list whose elements together say what none of them says alone. */
static bool
scan_lists(const struct scanning *s, const struct json *v)
{
	bool texts = v->type == JSON_ARRAY && json_is(v->first, JSON_STRING) && v->len > 1;

	if (texts && !is_ref_name(v->key) && scan_elements(s, v))
		return true;
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		if ((m->type == JSON_ARRAY || m->type == JSON_OBJECT) &&
		    places_find(s->places, m) == NULL && scan_lists(s, m))
			return true;
	}
	return false;
}

/* ---- texts that together say what none of them says ---- */

enum {
	JOINED_BYTES_MAX = MIB,
	JOINED_PART = 512, /* of each end of a text: further inside it is not at a seam */
};

struct joining {
	struct buf *text;
	const struct places *places;
};

static bool
join_text(void *arg, struct str text, struct str key, struct str pointer)
{
	const struct joining *j = arg;
	struct buf *joined = j->text;
	time_us at;

	if (is_ref_name(key) || places_cover(j->places, pointer) || stix_id_is(text) ||
	    time_parse(text, &at))
		return true;
	if (text.len > 2 * JOINED_PART) {
		buf_put(joined, str_sub(text, 0, JOINED_PART));
		buf_putc(joined, ' ');
		text = str_sub(text, text.len - JOINED_PART, JOINED_PART);
	}
	buf_put(joined, text);
	buf_putc(joined, ' ');
	return !joined->full;
}

static bool
scan_joined(const struct scanning *s, const struct json *tree)
{
	CLEANUP(buf_free) struct buf text = buf_new(JOINED_BYTES_MAX);
	struct joining j = { .text = &text, .places = s->places };

	stix_each_text(tree, join_text, &j);
	return search_joined(s->searcher, buf_str(&text)) != NULL;
}

bool
gate_mentions(struct gate *gate, const struct json *tree, const struct places *places)
{
	static const struct places none = { 0 };
	struct scanning s = { .searcher = gate->searcher,
		.places = places == NULL ? &none : places };

	stix_each_text(tree, scan_text, &s);
	return s.found || scan_names(&s, tree) || scan_lists(&s, tree) || scan_joined(&s, tree);
}

static enum err
search_all(struct gate *gate)
{
	struct needle *needle = NULL;
	size_t n = 0;

	TRY(gate_withhold(gate, &needle, &n));
	searcher_free(gate->searcher);
	gate->searcher = searcher_new(gate->a, needle, n);
	if (gate->searcher == NULL)
		return gate_memory(gate);
	for (size_t i = 0; n > 0 && i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		if (p->item->selected && !p->withheld && !p->mentions)
			p->mentions = gate_mentions(gate, p->item->object.json, &p->places);
	}
	for (size_t i = 0; i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		p->cleaned = p->cleaned || p->tied || p->mentions;
	}
	return OK;
}

enum err
gate_search(struct gate *gate)
{
	return search_all(gate);
}

enum err
gate_search_again(struct gate *gate)
{
	TRY(search_all(gate));
	for (size_t i = 0; i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		if (p->facts != NULL)
			facts_set(p->facts, IS_MENTIONING, p->mentions);
	}
	return OK;
}
