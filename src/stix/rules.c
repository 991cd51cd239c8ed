/* Conditions between the properties of one object. */
#include "marking.h"
#include "pattern.h"
#include "relationship_p.h"
#include "stamp_p.h"
#include "validate_p.h"

/* ---- timestamps that follow each other ---- */

/* clang-format off */
static const struct order {
	struct str type; /* empty: every type */
	struct str earlier;
	struct str later;
	bool strictly;
	const char *rule;
} orders[] = {
	{ { 0 },                 NAME("created"),        NAME("modified"),      false, "SI-040" },
	{ NAME("campaign"),       NAME("first_seen"),     NAME("last_seen"),     false, "SI-050" },
	{ NAME("indicator"),      NAME("valid_from"),     NAME("valid_until"),   true,  "SI-050" },
	{ NAME("infrastructure"), NAME("first_seen"),     NAME("last_seen"),     false, "SI-050" },
	{ NAME("intrusion-set"),  NAME("first_seen"),     NAME("last_seen"),     false, "SI-050" },
	{ NAME("malware"),        NAME("first_seen"),     NAME("last_seen"),     false, "SI-050" },
	{ NAME("network-traffic"), NAME("start"),         NAME("end"),           false, "SI-050" },
	{ NAME("observed-data"),  NAME("first_observed"), NAME("last_observed"), false, "SI-050" },
	{ NAME("relationship"),   NAME("start_time"),     NAME("stop_time"),     true,  "SI-050" },
	{ NAME("sighting"),       NAME("first_seen"),     NAME("last_seen"),     false, "SI-050" },
	{ NAME("threat-actor"),   NAME("first_seen"),     NAME("last_seen"),     false, "SI-050" },
};
/* clang-format on */

static bool
get_time(const struct json *v, struct str name, struct str *ret)
{
	time_us us;

	return json_get_str(v, name, ret) && time_parse(*ret, &us);
}

static void
check_order(struct check *c, const struct place *at, const struct order *o, const struct json *v)
{
	struct str earlier, later;
	struct place inside = { .up = at, .key = o->later };

	if (!get_time(v, o->later, &later) || !get_time(v, o->earlier, &earlier))
		return;
	int order = stamp_cmp(earlier, later);
	if (order > 0 || (order == 0 && o->strictly))
		problem(c, &inside, STIX_ERROR, o->rule, "must be later than %s" STR_FMT,
		    o->strictly ? "" : "or equal to ", STR_ARG(o->earlier));
}

/* ---- helpers ---- */

static bool
is_true(const struct json *v, const char *name)
{
	return json_is(json_get(v, str_of(name)), JSON_TRUE);
}

void
check_need(struct check *c, const struct place *at, bool holds, const char *text)
{
	if (!holds)
		problem(c, at, STIX_ERROR, "SI-050", "%s", text);
}

/* ---- domain objects ---- */

/* The tree of a pattern of PATTERN_TEXT_MAX. */
enum { PATTERN_ARENA_MAX = 64 * MIB };

static void
check_location(struct check *c, const struct place *at, const struct json *v)
{
	bool latitude = has(v, "latitude"), longitude = has(v, "longitude");

	check_need(c, at, has(v, "region") || has(v, "country") || latitude || longitude,
	    "needs a region, a country, or latitude and longitude");
	check_need(c, at, latitude == longitude, "latitude and longitude come together");
	check_need(c, at, !has(v, "precision") || (latitude && longitude),
	    "precision needs latitude and longitude");
}

static void
check_malware(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, !is_true(v, "is_family") || has(v, "name"),
	    "a malware family needs a name");
}

static void
check_malware_analysis(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, has(v, "result") || has(v, "analysis_sco_refs"),
	    "needs a result or analysis_sco_refs");
}

static void
check_observed_data(struct check *c, const struct place *at, const struct json *v)
{
	const struct json *refs = json_get(v, S("object_refs"));
	bool observable = false;

	check_need(c, at, (refs != NULL) != has(v, "objects"),
	    "needs either object_refs or (deprecated) objects");
	if (!json_is(refs, JSON_ARRAY))
		return;
	for (const struct json *r = refs->first; r != NULL; r = r->next)
		observable =
		    observable || relationship_is_target("@sco", stix_id_type(json_str(r)));
	check_need(c, at, observable, "object_refs needs at least one observable");
}

static void
check_relationship(struct check *c, const struct place *at, const struct json *v)
{
	struct str type, source, target;

	if (!json_get_str(v, S("relationship_type"), &type) ||
	    !json_get_str(v, S("source_ref"), &source) ||
	    !json_get_str(v, S("target_ref"), &target))
		return;
	source = stix_id_type(source);
	target = stix_id_type(target);
	if (relationship_is_foreign(source) || relationship_is_foreign(target))
		return;
	if (!relationship_is_named(type, source, target))
		problem(c, at, STIX_WARNING, "SI-050",
		    "%s relationship " STR_FMT " from " STR_FMT " to " STR_FMT,
		    relationship_is_of_incidents(source) || relationship_is_of_incidents(target)
		        ? "neither the specification nor the incident core extension names a"
		        : "the specification names no",
		    STR_ARG(str_sub(type, 0, 64)), STR_ARG(source), STR_ARG(target));
}

/* What a pattern of the language says, whether or not it ever matches. */
static void
check_meaning(struct check *c, const struct place *at, const struct pattern *p)
{
	struct pattern_remark remark[PATTERN_REMARKS_MAX];
	size_t len = pattern_remarks(p, remark);

	for (size_t i = 0; i < len; i++)
		problem(c, at, STIX_WARNING, "PT-013", "%s", remark[i].text);
}

/* When an indicator counts, and what its pattern asks for. */
struct validity {
	struct check *c;
	const struct place *at;
	struct str from, until; /* empty: not given */
};

static bool
check_interval(void *arg, struct str start, struct str stop)
{
	const struct validity *v = arg;
	time_us us;
	bool early = v->from.len > 0 && time_parse(start, &us) && stamp_cmp(start, v->from) < 0;
	bool late = v->until.len > 0 && time_parse(stop, &us) && stamp_cmp(stop, v->until) > 0;

	if (early)
		problem(v->c, v->at, STIX_WARNING, "SI-112",
		    "START should not lie before valid_from, " STR_FMT, STR_ARG(v->from));
	if (late)
		problem(v->c, v->at, STIX_WARNING, "SI-112",
		    "STOP should not lie after valid_until, " STR_FMT, STR_ARG(v->until));
	/* The first that lies outside is enough. */
	return !early && !late;
}

static void
check_validity(struct check *c, const struct place *at, const struct pattern *p,
    const struct json *indicator)
{
	struct validity v = { .c = c, .at = at };

	if (!get_time(indicator, S("valid_from"), &v.from))
		v.from = S("");
	if (!get_time(indicator, S("valid_until"), &v.until))
		v.until = S("");
	pattern_intervals(p, check_interval, &v);
}

/* Patterns of other languages are nobody's here; version 2.0 of ours wrote instants
 * otherwise. */
static void
check_indicator(struct check *c, const struct place *at, const struct json *v)
{
	const struct place inside = { .up = at, .key = S("pattern") };
	struct str text, type, version = { 0 };
	const struct pattern *p = NULL;
	struct why why = { 0 };

	if (!json_get_str(v, S("pattern"), &text) || text.len == 0 ||
	    !json_get_str(v, S("pattern_type"), &type) || !str_is(type, "stix"))
		return;
	(void)json_get_str(v, S("pattern_version"), &version);
	CLEANUP(arena_freep) struct arena *a = arena_new(PATTERN_ARENA_MAX);
	if (pattern_parse(a, text, &p, &why) == OK) {
		check_meaning(c, &inside, p);
		check_validity(c, &inside, p, v);
		return;
	}
	problem(c, &inside, str_is(version, "2.0") ? STIX_WARNING : STIX_ERROR, "SI-110",
	    "is no STIX pattern: %s, %s", why.text, why.where);
}

/* ---- observables ---- */

static void
check_artifact(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, has(v, "payload_bin") != has(v, "url"),
	    "needs either payload_bin or url");
	check_need(c, at, !has(v, "url") || has(v, "hashes"),
	    "a url needs hashes of what is there");
	check_need(c, at, !has(v, "decryption_key") || has(v, "encryption_algorithm"),
	    "decryption_key needs an encryption_algorithm");
}

static void
check_email_message(struct check *c, const struct place *at, const struct json *v)
{
	if (is_true(v, "is_multipart"))
		check_need(c, at, !has(v, "body"), "body is for a message that is not multipart");
	else
		check_need(c, at, !has(v, "body_multipart"),
		    "body_multipart is for a multipart message");
}

static void
check_file(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, has(v, "hashes") || has(v, "name"), "needs hashes or a name");
	check_need(c, at, has(v, "name") || !has(v, "name_enc"), "name_enc needs a name");
}

static void
check_network_traffic(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, has(v, "src_ref") || has(v, "dst_ref"), "needs a src_ref or a dst_ref");
	check_need(c, at, !has(v, "end") || !is_true(v, "is_active"),
	    "is_active must be false after the end");
}

static void
check_registry_key(struct check *c, const struct place *at, const struct json *v)
{
	static const char *const short_hives[] = { "HKLM", "HKCC", "HKCR", "HKCU", "HKU" };
	struct str key;

	if (!json_get_str(v, S("key"), &key))
		return;

	struct str hive = str_split(&key, '\\');
	for (size_t i = 0; i < COUNTOF(short_hives); i++)
		check_need(c, at, !str_eq_nocase(hive, str_of(short_hives[i])),
		    "key must begin with the full name of the hive, such as HKEY_LOCAL_MACHINE");
}

/* ---- meta objects ---- */

static void
check_definition(struct check *c, const struct place *at, const struct json *v, struct str type)
{
	const struct json *definition = json_get(v, S("definition"));

	if (str_is(type, "statement"))
		check_need(c, at, json_str(json_get(definition, S("statement"))).ptr != NULL,
		    "a statement marking is { \"statement\": a string }");
	else if (!str_is(type, "tlp"))
		problem(c, at, STIX_WARNING, "SI-065",
		    "a marking of a type of its own should be made by an extension");
}

static void
check_marking(struct check *c, const struct place *at, const struct json *v)
{
	struct stix_object o;
	struct marking m;
	struct why why = { 0 };
	struct str type;

	if (!has(v, "extensions") && (!has(v, "definition_type") || !has(v, "definition")))
		problem(c, at, STIX_ERROR, "SI-065",
		    "needs definition_type and definition, or an extension");
	if (json_get_str(v, S("definition_type"), &type))
		check_definition(c, at, v, type);
	if (stix_scan(v, &o, NULL) == OK && marking_of(&o, &m, &why) != OK)
		problem(c, at, STIX_ERROR, "SI-066", "%s", why.text);
}

static void
check_extension_definition(struct check *c, const struct place *at, const struct json *v)
{
	const struct json *types = json_get(v, S("extension_types"));
	bool toplevel = false, properties = has(v, "extension_properties");

	if (json_is(types, JSON_ARRAY)) {
		for (const struct json *t = types->first; t != NULL; t = t->next)
			toplevel = toplevel || str_is(json_str(t), "toplevel-property-extension");
	}
	if (properties && !toplevel)
		problem(c, at, STIX_ERROR, "SI-090",
		    "extension_properties are for a toplevel-property-extension");
	if (toplevel && !properties)
		problem(c, at, STIX_WARNING, "SI-090",
		    "extension_properties should list what the extension adds");
	if (!has(v, "description"))
		problem(c, at, STIX_WARNING, "SI-090", "should have a description");
}

/* ---- parts ---- */

/* prefix, then groups of digits with a hyphen between them. */
static bool
is_numbered(struct str text, struct str prefix, size_t groups)
{
	uint64_t n;

	if (!str_starts(text, prefix))
		return false;

	struct str rest = str_sub(text, prefix.len, SIZE_MAX);
	while (rest.ptr != NULL && groups > 0) {
		struct str group = str_split(&rest, '-');

		/* A leading zero is no error in a code. */
		while (group.len > 1 && group.ptr[0] == '0')
			group = str_sub(group, 1, SIZE_MAX);
		if (!str_to_u64(group, UINT64_MAX, &n))
			return false;
		groups--;
	}
	return rest.ptr == NULL && groups == 0;
}

static void
check_external_reference(struct check *c, const struct place *at, const struct json *v)
{
	struct str source = { 0 }, id = { 0 };

	if (!has(v, "description") && !has(v, "url") && !has(v, "external_id"))
		problem(c, at, STIX_ERROR, "SI-013",
		    "needs a description, a url or an external_id");
	(void)json_get_str(v, S("source_name"), &source);
	(void)json_get_str(v, S("external_id"), &id);
	if (str_eq_nocase(source, S("cve")) &&
	    (!str_is(source, "cve") || !is_numbered(id, S("CVE-"), 2) || id.len < 13))
		problem(c, at, STIX_ERROR, "SI-013",
		    "a CVE has the source_name cve and an external_id such as CVE-2026-0001");
	if (str_eq_nocase(source, S("capec")) &&
	    (!str_is(source, "capec") || !is_numbered(id, S("CAPEC-"), 1)))
		problem(c, at, STIX_ERROR, "SI-013",
		    "a CAPEC has the source_name capec and an external_id such as CAPEC-1");
}

/* What a value takes of the text, with its name and the comma: seldom less. */
enum { VALUE_BYTES = 8 };

static void
check_granular_marking(struct check *c, const struct place *at, const struct json *v)
{
	const struct json *selectors = json_get(v, S("selectors"));
	const struct place list = { .up = at, .key = S("selectors") };
	size_t index = 0;

	if (has(v, "lang") == has(v, "marking_ref"))
		problem(c, at, STIX_ERROR, "SI-061", "needs either lang or marking_ref");
	if (!json_is(selectors, JSON_ARRAY))
		return;
	for (const struct json *s = selectors->first; s != NULL; s = s->next) {
		struct place inside = place_element(&list, index++);

		/* Looking one up passes at most the values of the object. */
		if (json_is(s, JSON_STRING) && work(c, c->root->raw.len / VALUE_BYTES) &&
		    marking_select(c->root, s->text) == NULL)
			problem(c, &inside, STIX_ERROR, "SI-062",
			    "selects nothing in this object: names and [n] with points between them");
	}
}

static void
check_mime_part(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, has(v, "body") || has(v, "body_raw_ref"),
	    "needs a body or a body_raw_ref");
}

static void
check_pe_binary(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, v->len > 1 || !has(v, "pe_type"),
	    "needs one more property beside pe_type");
}

void
check_values(struct check *c, const struct place *at, const struct json *v, struct str name,
    bool (*fits)(const struct json *value), const char *text)
{
	const struct json *dictionary = json_get(v, name);
	const struct place list = { .up = at, .key = name };

	if (!json_is(dictionary, JSON_OBJECT))
		return;
	for (const struct json *m = dictionary->first; m != NULL; m = m->next) {
		struct place inside = place_member(&list, m);

		check_need(c, &inside, fits(m), text);
	}
}

static bool
fits_texts(const struct json *value)
{
	if (value->type != JSON_ARRAY)
		return false;
	for (const struct json *e = value->first; e != NULL; e = e->next) {
		if (e->type != JSON_STRING)
			return false;
	}
	return true;
}

static bool
fits_integer(const struct json *value)
{
	int64_t n;

	return json_i64(value, &n);
}

static bool
fits_integer_or_text(const struct json *value)
{
	return value->type == JSON_STRING || fits_integer(value);
}

static void
check_http_request(struct check *c, const struct place *at, const struct json *v)
{
	check_values(c, at, v, S("request_header"), fits_texts, "must be a list of strings");
}

static void
check_socket(struct check *c, const struct place *at, const struct json *v)
{
	check_values(c, at, v, S("options"), fits_integer, "must be an integer");
}

static void
check_header_fields(struct check *c, const struct place *at, const struct json *v)
{
	check_values(c, at, v, S("additional_header_fields"), fits_texts,
	    "must be a list of strings");
}

static void
check_ipfix(struct check *c, const struct place *at, const struct json *v)
{
	check_values(c, at, v, S("ipfix"), fits_integer_or_text, "must be an integer or a string");
}

/* ---- every object ---- */

static void
check_marking_refs(struct check *c, const struct place *at, const struct json *v)
{
	const struct json *refs = json_get(v, S("object_marking_refs"));
	const struct place list = { .up = at, .key = S("object_marking_refs") };
	struct str id = { 0 };
	size_t index = 0;

	(void)json_get_str(v, S("id"), &id);
	if (!json_is(refs, JSON_ARRAY))
		return;
	for (const struct json *r = refs->first; r != NULL; r = r->next) {
		struct place inside = place_element(&list, index);

		if (json_is(r, JSON_STRING) && str_eq(r->text, id))
			problem(c, &inside, STIX_ERROR, "SI-022", "marks itself");
		if (!work(c, index++))
			return;
		for (const struct json *e = refs->first; e != r; e = e->next) {
			if (str_eq(e->text, r->text))
				problem(c, &inside, STIX_WARNING, "SI-060",
				    "stands in the list twice");
		}
	}
}

static const struct rule object_rules[] = {
	{ NAME("artifact"), check_artifact },
	{ NAME("email-message"), check_email_message },
	{ NAME("email-message"), check_header_fields },
	{ NAME("extension-definition"), check_extension_definition },
	{ NAME("file"), check_file },
	{ NAME("indicator"), check_indicator },
	{ NAME("location"), check_location },
	{ NAME("malware"), check_malware },
	{ NAME("malware-analysis"), check_malware_analysis },
	{ NAME("marking-definition"), check_marking },
	{ NAME("network-traffic"), check_network_traffic },
	{ NAME("network-traffic"), check_ipfix },
	{ NAME("observed-data"), check_observed_data },
	{ NAME("relationship"), check_relationship },
	{ NAME("windows-registry-key"), check_registry_key },
};

static const struct rule part_rules[] = {
	{ NAME("email-mime-part-type"), check_mime_part },
	{ NAME("external-reference"), check_external_reference },
	{ NAME("granular-marking"), check_granular_marking },
	{ NAME("http-request-ext"), check_http_request },
	{ NAME("socket-ext"), check_socket },
	{ NAME("windows-pebinary-ext"), check_pe_binary },
};

void
check_rules(struct check *c, const struct place *at, struct str type, const struct json *v)
{
	for (size_t i = 0; i < COUNTOF(orders); i++) {
		if (orders[i].type.len == 0 || str_eq(type, orders[i].type))
			check_order(c, at, &orders[i], v);
	}
	for (size_t i = 0; i < COUNTOF(object_rules); i++) {
		if (str_eq(type, object_rules[i].of))
			object_rules[i].fn(c, at, v);
	}
	check_marking_refs(c, at, v);
}

void
check_part_rules(struct check *c, const struct place *at, struct str shape, const struct json *v)
{
	for (size_t i = 0; i < COUNTOF(part_rules); i++) {
		if (str_eq(shape, part_rules[i].of))
			part_rules[i].fn(c, at, v);
	}
	for (size_t i = 0; i < incident_rules_len; i++) {
		if (str_eq(shape, incident_rules[i].of))
			incident_rules[i].fn(c, at, v);
	}
}
