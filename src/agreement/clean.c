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

void
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

/* "Incident, sector energy", or what the agreement lets one tell of the victim. */
static void
add_subject(const struct copying *c, struct buf *out)
{
	const struct piece *subject = c->p->subject;
	const struct json *list =
	    subject == NULL ? NULL : json_get(subject->item->object.json, S("sectors"));

	if (!str_is(c->p->item->object.type, "incident") || subject == NULL)
		return;
	if (subject->method == METHOD_GENERALISE || subject->method == METHOD_PSEUDONYM) {
		buf_put(out, S(": "));
		put_class(c->gate, subject, out);
		return;
	}
	for (const struct json *v = json_is(list, JSON_ARRAY) ? list->first : NULL; v != NULL;
	     v = v->next) {
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
	add_subject(c, &name);
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

/* ---- other members ---- */

/* clang-format off */
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

static void
put_list(struct copying *c, const struct json *m)
{
	size_t good = 0;

	for (const struct json *v = m->first; v != NULL; v = v->next)
		good += is_kept_value(c, m->key, v);
	if (good < m->len)
		note_change(c, m->key, "V-VICTIM", "drop");
	if (good == 0)
		return;
	json_begin_array(json_key(&c->w, m->key));
	for (const struct json *v = m->first; v != NULL; v = v->next) {
		if (!is_kept_value(c, m->key, v))
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
	if (str_is(m->key, "name"))
		put_name(c, m);
	else if (str_is(m->key, "external_references") && m->type == JSON_ARRAY)
		put_external_references(c, m);
	else if (str_is(m->key, "kill_chain_phases") && m->type == JSON_ARRAY)
		put_kill_chain_phases(c, m);
	else if (str_is(m->key, "hashes") && m->type == JSON_OBJECT)
		put_hashes(c, m);
	else if (is_kept_property(m->key) && m->type == JSON_ARRAY)
		put_list(c, m);
	else if (is_reference(m) || is_kept_value(c, m->key, m))
		(void)put_member(c, m);
	else
		put_instead(c, m);
}
