/* What stays of an object whose texts may not be told. */
#include "redact_p.h"
#include "search_p.h"

/* clang-format off */
/* Catalogues whose numbers name weaknesses and techniques, never a victim. */
static const char *const catalogues[] = { "cve", "cwe", "capec", "mitre-attack", "mitre-ics-attack", "mitre-mobile-attack" };
/* Published kill chains, and the phases of all of them. */
static const char *const kill_chains[] = {
	"lockheed-martin-cyber-kill-chain", "mitre-attack", "mitre-ics-attack", "mitre-mobile-attack",
};
static const char *const phases[] = {
	"actions-on-objective", "actions-on-objectives", "collection", "command-and-control", "credential-access",
	"defense-evasion", "delivery", "discovery", "evasion", "execution", "exfiltration", "exploitation", "impact",
	"impair-process-control", "inhibit-response-function", "initial-access", "installation", "lateral-movement",
	"network-effects", "persistence", "privilege-escalation", "reconnaissance", "remote-service-effects",
	"resource-development", "weaponization",
};
static const char *const protocols[] = {
	"bacnet", "dhcp", "dnp3", "dns", "ethernet", "ftp", "http", "https", "icmp", "imap", "ipv4", "ipv6", "iso-tsap",
	"kerberos", "ldap", "modbus", "mqtt", "ntp", "opc-ua", "pop3", "rdp", "s7comm", "sip", "smb", "smtp", "snmp",
	"ssh", "ssl", "tcp", "telnet", "tftp", "tls", "udp", "vnc",
};
/* clang-format on */

static bool
is_in(struct str text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(text, list[i]))
			return true;
	}
	return false;
}
#define IS_IN(text, list) is_in((text), (list), COUNTOF(list))

/* ---- names ---- */

/* "course-of-action" as "Course of action". */
static void
generic_name(struct str type, struct buf *out)
{
	for (size_t i = 0; i < type.len; i++) {
		char c = type.ptr[i];

		if (c == '-')
			c = ' ';
		else if (i == 0 && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		buf_putc(out, c);
	}
}

static void
add_sector(const struct piece *p, struct buf *out)
{
	const struct json *list =
	    p->subject == NULL ? NULL : json_get(p->subject->item->object.json, S("sectors"));

	if (!str_is(p->item->object.type, "incident") || !json_is(list, JSON_ARRAY))
		return;
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (v->type == JSON_STRING && stix_vocabulary_has(S("sectors"), v->text)) {
			buf_put(out, S(", sector "));
			buf_put(out, v->text);
			return;
		}
	}
}

static size_t
digits_at(struct str text, size_t from)
{
	size_t n = 0;

	while (from + n < text.len && text.ptr[from + n] >= '0' && text.ptr[from + n] <= '9')
		n++;
	return n;
}

/* T1059 or T1059.001 */
static bool
is_technique(struct str text)
{
	if (!str_starts(text, S("T")) || digits_at(text, 1) != 4)
		return false;
	return text.len == 5 || (text.len == 9 && text.ptr[5] == '.' && digits_at(text, 6) == 3);
}

/* The number of a weakness or technique in a public catalogue is a name that
 * tells nothing. */
static bool
is_catalogue_number(struct str text)
{
	enum { NUMBER_MAX = 24 }; /* more digits are a message */
	size_t digits;

	if (text.len > NUMBER_MAX)
		return false;
	if (str_starts(text, S("CVE-"))) { /* CVE-2026-12345 */
		digits = digits_at(text, 9);
		return digits_at(text, 4) == 4 && text.ptr[8] == '-' && digits >= 4 &&
		       9 + digits == text.len;
	}
	if (str_starts(text, S("CWE-")) || str_starts(text, S("CAPEC-"))) {
		size_t start = str_find(text, S("-")) + 1;

		digits = digits_at(text, start);
		return digits > 0 && start + digits == text.len;
	}
	return is_technique(text);
}

static void
put_name(struct copying *c, const struct json *m)
{
	CLEANUP(buf_free) struct buf name = buf_new(KIB);

	if (json_is(m, JSON_STRING) && is_catalogue_number(m->text)) {
		json_put_str(json_key(&c->w, m->key), m->text);
		return;
	}
	if (c->p->item->object.class == STIX_SCO) {
		note_change(c, m->key, "V-VICTIM", "drop");
		return;
	}
	generic_name(c->p->item->object.type, &name);
	add_sector(c->p, &name);
	json_put_str(json_key(&c->w, m->key), buf_str(&name));
	note_change(c, m->key, "V-VICTIM", "generalise");
}

/* ---- lists of which a part stays ---- */

static bool
is_catalogue_entry(const struct json *v)
{
	return IS_IN(json_str(json_get(v, S("source_name"))), catalogues) &&
	       is_catalogue_number(json_str(json_get(v, S("external_id"))));
}

static void
put_external_references(struct copying *c, const struct json *m)
{
	size_t good = 0;

	for (const struct json *v = m->first; v != NULL; v = v->next)
		good += is_catalogue_entry(v);
	note_change(c, m->key, "V-VICTIM", "drop");
	if (good == 0)
		return;
	json_begin_array(json_key(&c->w, m->key));
	for (const struct json *v = m->first; v != NULL; v = v->next) {
		if (!is_catalogue_entry(v))
			continue;
		json_begin_object(&c->w);
		json_put_str(json_key(&c->w, S("source_name")),
		    json_str(json_get(v, S("source_name"))));
		json_put_str(json_key(&c->w, S("external_id")),
		    json_str(json_get(v, S("external_id"))));
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static bool
is_public_phase(const struct json *v)
{
	return IS_IN(json_str(json_get(v, S("kill_chain_name"))), kill_chains) &&
	       IS_IN(json_str(json_get(v, S("phase_name"))), phases);
}

static void
put_kill_chain_phases(struct copying *c, const struct json *m)
{
	size_t good = 0;

	for (const struct json *v = m->first; v != NULL; v = v->next)
		good += is_public_phase(v);
	if (good < m->len)
		note_change(c, m->key, "V-VICTIM", "drop");
	if (good == 0)
		return;
	json_begin_array(json_key(&c->w, m->key));
	for (const struct json *v = m->first; v != NULL; v = v->next) {
		if (!is_public_phase(v))
			continue;
		json_begin_object(&c->w);
		json_put_str(json_key(&c->w, S("kill_chain_name")),
		    json_str(json_get(v, S("kill_chain_name"))));
		json_put_str(json_key(&c->w, S("phase_name")),
		    json_str(json_get(v, S("phase_name"))));
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static bool
is_hex_text(const struct json *v)
{
	for (size_t i = 0; v->type == JSON_STRING && i < v->text.len; i++) {
		if (strchr("0123456789abcdefABCDEF", v->text.ptr[i]) == NULL)
			return false;
	}
	return v->type == JSON_STRING && v->text.len > 0;
}

static bool
is_plain_hash(const struct json *m)
{
	return stix_vocabulary_has(S("hashes"), m->key) && is_hex_text(m);
}

static void
put_hashes(struct copying *c, const struct json *m)
{
	size_t good = 0, members = 0;

	for (const struct json *v = m->first; v != NULL; v = v->next, members++)
		good += is_plain_hash(v);
	if (good < members)
		note_change(c, m->key, "V-VICTIM", "drop");
	if (good == 0)
		return;
	json_begin_object(json_key(&c->w, m->key));
	for (const struct json *v = m->first; v != NULL; v = v->next) {
		if (is_plain_hash(v))
			json_put_str(json_key(&c->w, v->key), v->text);
	}
	json_end_object(&c->w);
}

/* ---- values that cannot be prose ---- */

static bool
is_boolean(const struct copying *c, struct str property, const struct json *v)
{
	(void)c, (void)property;
	return v->type == JSON_TRUE || v->type == JSON_FALSE;
}

static bool
is_number(const struct copying *c, struct str property, const struct json *v)
{
	(void)c, (void)property;
	return v->type == JSON_NUMBER;
}

static bool
is_time(const struct copying *c, struct str property, const struct json *v)
{
	time_us at;

	(void)c, (void)property;
	return v->type == JSON_STRING && time_parse(v->text, &at);
}

static bool
is_word(const struct copying *c, struct str property, const struct json *v)
{
	(void)c;
	return v->type == JSON_STRING && stix_vocabulary_has(property, v->text);
}

/* Labels are free words: those that some vocabulary has stay. */
static bool
is_label(const struct copying *c, struct str property, const struct json *v)
{
	(void)property;
	return v->type == JSON_STRING && stix_vocabulary_has((struct str){ 0 }, v->text) &&
	       search_text(c->gate->searcher, v->text) == NULL;
}

static bool
is_protocol(const struct copying *c, struct str property, const struct json *v)
{
	(void)c, (void)property;
	return v->type == JSON_STRING && IS_IN(v->text, protocols);
}

static bool
is_hex(const struct copying *c, struct str property, const struct json *v)
{
	(void)c, (void)property;
	return is_hex_text(v);
}

/* "IN", "hi", "pt-BR" */
static bool
is_locale(const struct copying *c, struct str property, const struct json *v)
{
	(void)c, (void)property;
	if (v->type != JSON_STRING || (v->text.len != 2 && v->text.len != 5))
		return false;
	for (size_t i = 0; i < v->text.len; i++) {
		char letter = (char)(v->text.ptr[i] | 0x20);

		if (i == 2 ? v->text.ptr[i] != '-' : letter < 'a' || letter > 'z')
			return false;
	}
	return true;
}

/* "2.1", "4.3.0" */
static bool
is_version(const struct copying *c, struct str property, const struct json *v)
{
	enum { VERSION_MAX = 12 };

	(void)c, (void)property;
	if (v->type != JSON_STRING || v->text.len > VERSION_MAX)
		return false;
	for (size_t i = 0; i < v->text.len; i++) {
		if (strchr("0123456789.", v->text.ptr[i]) == NULL)
			return false;
	}
	return true;
}

static bool
is_type(const struct copying *c, struct str property, const struct json *v)
{
	(void)property;
	return v->type == JSON_STRING && str_eq(v->text, c->p->item->object.type);
}

/* What a machine looks for. */
static bool
is_pattern(const struct copying *c, struct str property, const struct json *v)
{
	(void)property;
	return v->type == JSON_STRING && str_is(c->p->item->object.type, "indicator");
}

/* What was observed: an address, a URL. */
static bool
is_observed(const struct copying *c, struct str property, const struct json *v)
{
	(void)property;
	return v->type == JSON_STRING && c->p->item->object.class == STIX_SCO;
}

/* clang-format off */
/* What stays.  All else is dropped: prose, and whatever this program does not know. */
static const struct kept {
	const char *property;
	bool (*keeps)(const struct copying *c, struct str property, const struct json *v);
} kept[] = {
	/* common */
	{ "type", is_type }, { "spec_version", is_version }, { "revoked", is_boolean }, { "confidence", is_number },
	{ "lang", is_locale }, { "labels", is_label },
	/* domain objects */
	{ "architecture_execution_envs", is_word }, { "capabilities", is_word }, { "context", is_word },
	{ "country", is_locale }, { "first_observed", is_time }, { "first_seen", is_time }, { "identity_class", is_word },
	{ "implementation_languages", is_word }, { "indicator_types", is_word }, { "infrastructure_types", is_word },
	{ "is_family", is_boolean }, { "last_observed", is_time }, { "last_seen", is_time }, { "malware_types", is_word },
	{ "number_observed", is_number }, { "opinion", is_word }, { "pattern", is_pattern }, { "pattern_type", is_word },
	{ "pattern_version", is_version }, { "primary_motivation", is_word }, { "published", is_time },
	{ "region", is_word }, { "report_types", is_word }, { "resource_level", is_word }, { "result", is_word },
	{ "secondary_motivations", is_word }, { "sectors", is_word }, { "sophistication", is_word },
	{ "threat_actor_types", is_word }, { "tool_types", is_word }, { "valid_from", is_time }, { "valid_until", is_time },
	/* links */
	{ "count", is_number }, { "relationship_type", is_word }, { "start_time", is_time }, { "stop_time", is_time },
	{ "summary", is_boolean },
	/* observables */
	{ "dst_byte_count", is_number }, { "dst_packets", is_number }, { "dst_port", is_number }, { "end", is_time },
	{ "is_active", is_boolean }, { "magic_number_hex", is_hex }, { "number", is_number }, { "protocols", is_protocol },
	{ "size", is_number }, { "src_byte_count", is_number }, { "src_packets", is_number }, { "src_port", is_number },
	{ "start", is_time }, { "value", is_observed },
};
static const char *const references[] = {
	"analysis_sco_refs", "bcc_refs", "belongs_to_ref", "belongs_to_refs", "body_raw_ref", "cc_refs", "child_refs",
	"contains_refs", "content_ref", "creator_user_ref", "dst_payload_ref", "dst_ref", "encapsulated_by_ref",
	"encapsulates_refs", "from_ref", "host_vm_ref", "image_ref", "installed_software_refs", "object_ref",
	"object_refs", "observed_data_refs", "opened_connection_refs", "operating_system_ref",
	"operating_system_refs", "parent_directory_ref", "parent_ref", "raw_email_ref", "resolves_to_refs",
	"sample_ref", "sample_refs", "sender_ref", "service_dll_refs", "sighting_of_ref", "source_ref",
	"src_payload_ref", "src_ref", "target_ref", "to_refs", "where_sighted_refs",
};
/* What a required text becomes when it does not stay. */
static const struct instead {
	const char *property;
	const char *value;
} insteads[] = {
	{ "relationship_type", "related-to" },
	{ "product", "anonymized" }, /* the specification's word for it */
};
/* clang-format on */

static const struct kept *
kept_as(struct str property)
{
	for (size_t i = 0; i < COUNTOF(kept); i++) {
		if (str_is(property, kept[i].property))
			return &kept[i];
	}
	return NULL;
}

static void
put_list(struct copying *c, const struct json *m, const struct kept *k)
{
	size_t good = 0;

	for (const struct json *v = m->first; v != NULL; v = v->next)
		good += k->keeps(c, m->key, v);
	if (good < m->len)
		note_change(c, m->key, "V-VICTIM", "drop");
	if (good == 0)
		return;
	json_begin_array(json_key(&c->w, m->key));
	for (const struct json *v = m->first; v != NULL; v = v->next) {
		if (!k->keeps(c, m->key, v))
			continue;
		if (v->type == JSON_STRING)
			json_put_str(&c->w, v->text);
		else
			json_put_raw(&c->w, v->raw);
	}
	json_end_array(&c->w);
}

static void
put_instead(struct copying *c, const struct json *m)
{
	for (size_t i = 0; i < COUNTOF(insteads); i++) {
		if (!str_is(m->key, insteads[i].property))
			continue;
		json_put_str(json_key(&c->w, m->key), str_of(insteads[i].value));
		note_change(c, m->key, "V-VICTIM", "generalise");
		return;
	}
	note_change(c, m->key, "V-VICTIM", "drop");
}

/* A reference that the specification knows: another's name may be prose. */
static bool
is_reference(const struct json *m)
{
	return IS_IN(m->key, references) &&
	       m->type == (str_ends(m->key, S("_ref")) ? JSON_STRING : JSON_ARRAY);
}

void
put_cleaned(struct copying *c, const struct json *m)
{
	const struct kept *k = kept_as(m->key);

	if (str_is(m->key, "name"))
		put_name(c, m);
	else if (str_is(m->key, "external_references") && m->type == JSON_ARRAY)
		put_external_references(c, m);
	else if (str_is(m->key, "kill_chain_phases") && m->type == JSON_ARRAY)
		put_kill_chain_phases(c, m);
	else if (str_is(m->key, "hashes") && m->type == JSON_OBJECT)
		put_hashes(c, m);
	else if (k != NULL && m->type == JSON_ARRAY)
		put_list(c, m, k);
	else if (is_reference(m) || (k != NULL && k->keeps(c, m->key, m)))
		(void)put_member(c, m);
	else
		put_instead(c, m);
}

/* ---- markings ---- */

/* Whether a marking of parts still means the same parts: all are there, and
 * none is an element of a list, whose places may have changed. */
static bool
still_selects(const struct copying *c, const struct json *granular)
{
	const struct json *selectors = json_get(granular, S("selectors"));

	if (!json_is(selectors, JSON_ARRAY) || c->p->cleaned)
		return false;
	for (const struct json *v = selectors->first; v != NULL; v = v->next) {
		if (v->type != JSON_STRING || str_find(v->text, S("[")) != SIZE_MAX ||
		    str_find(v->text, S("_ref")) != SIZE_MAX ||
		    marking_select(c->p->item->object.json, v->text) == NULL)
			return false;
	}
	return true;
}

static void
put_object_markings(struct copying *c, const struct json *refs, const struct json *granular)
{
	json_begin_array(json_key(&c->w, S("object_marking_refs")));
	for (const struct json *v = json_is(refs, JSON_ARRAY) ? refs->first : NULL; v != NULL;
	     v = v->next)
		json_put_tree(&c->w, v);
	for (const struct json *v = json_is(granular, JSON_ARRAY) ? granular->first : NULL;
	     v != NULL; v = v->next) {
		struct str id = json_str(json_get(v, S("marking_ref")));

		if (id.len > 0 && !still_selects(c, v))
			json_put_str(&c->w, id);
	}
	json_end_array(&c->w);
}

void
put_markings(struct copying *c)
{
	const struct json *object = c->p->item->object.json;
	const struct json *refs = json_get(object, S("object_marking_refs"));
	const struct json *granular = json_get(object, S("granular_markings"));
	size_t moved = 0, stay = 0;

	for (const struct json *v = json_is(granular, JSON_ARRAY) ? granular->first : NULL;
	     v != NULL; v = v->next) {
		stay += still_selects(c, v);
		moved += !still_selects(c, v) && json_get(v, S("marking_ref")) != NULL;
	}
	if (refs != NULL || moved > 0)
		put_object_markings(c, refs, granular);
	if (granular != NULL)
		note_change(c, S("granular_markings"), "D-LEAKREF", "replace");
	if (stay == 0)
		return;
	json_begin_array(json_key(&c->w, S("granular_markings")));
	for (const struct json *v = granular->first; v != NULL; v = v->next) {
		if (still_selects(c, v))
			json_put_tree(&c->w, v);
	}
	json_end_array(&c->w);
}
