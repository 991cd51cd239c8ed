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

enum err
gate_withhold(struct gate *gate, struct needle **ret, size_t *ret_len)
{
	CLEANUP(values_free) struct values v = values_new(gate->a);

	for (size_t i = 0; i < gate->pieces; i++) {
		const struct piece *p = &gate->piece[i];
		const struct stix_object *o = &p->item->object;
		bool identity = str_is(o->type, "identity");

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

struct scanning {
	struct searcher *searcher;
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

	(void)pointer;
	if (!is_ref_name(key))
		s->found = search_text(s->searcher, text) != NULL;
	return !s->found;
}

/* Names of members and numbers, which no text walk visits.  Recursion is
 * bounded by JSON_DEPTH_MAX. */
static bool
scan_names(struct searcher *s, const struct json *v)
{
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		if (v->type == JSON_OBJECT && search_text(s, m->key) != NULL)
			return true;
		if (m->type == JSON_NUMBER && search_text(s, m->text) != NULL)
			return true;
		if ((m->type == JSON_ARRAY || m->type == JSON_OBJECT) && scan_names(s, m))
			return true;
	}
	return false;
}

/* A list whose elements together say what none of them says alone. */
static bool
scan_lists(struct gate *gate, const struct json *v)
{
	bool texts = v->type == JSON_ARRAY && json_is(v->first, JSON_STRING) && v->len > 1;

	if (texts && !is_ref_name(v->key) && search_text(gate->searcher, v->raw) != NULL)
		return true;
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		if ((m->type == JSON_ARRAY || m->type == JSON_OBJECT) && scan_lists(gate, m))
			return true;
	}
	return false;
}

/* ---- texts that together say what none of them says ---- */

enum {
	JOINED_BYTES_MAX = MIB,
	JOINED_PART = 512, /* of each end of a text: further inside it is not at a seam */
};

static bool
join_text(void *arg, struct str text, struct str key, struct str pointer)
{
	struct buf *joined = arg;
	time_us at;

	(void)pointer;
	if (is_ref_name(key) || stix_id_is(text) || time_parse(text, &at))
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
scan_joined(struct searcher *s, const struct json *tree)
{
	CLEANUP(buf_free) struct buf text = buf_new(JOINED_BYTES_MAX);

	stix_each_text(tree, join_text, &text);
	return search_joined(s, buf_str(&text)) != NULL;
}

bool
gate_mentions(struct gate *gate, const struct json *tree)
{
	struct scanning s = { .searcher = gate->searcher };

	stix_each_text(tree, scan_text, &s);
	return s.found || scan_names(gate->searcher, tree) || scan_lists(gate, tree) ||
	       scan_joined(gate->searcher, tree);
}

enum err
gate_search(struct gate *gate)
{
	struct needle *needle = NULL;
	size_t n = 0;

	TRY(gate_withhold(gate, &needle, &n));
	gate->searcher = searcher_new(gate->a, needle, n);
	if (gate->searcher == NULL)
		return gate_memory(gate);
	for (size_t i = 0; n > 0 && i < gate->pieces; i++) {
		struct piece *p = &gate->piece[i];

		if (p->item->selected && !p->withheld)
			p->mentions = gate_mentions(gate, p->item->object.json);
	}
	for (size_t i = 0; i < gate->pieces; i++)
		gate->piece[i].cleaned = gate->piece[i].tied || gate->piece[i].mentions;
	return OK;
}
