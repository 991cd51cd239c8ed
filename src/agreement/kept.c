/* Values that cannot be prose: what of an object may always stay. */
#include "redact_p.h"
#include "search_p.h"

/* clang-format off */
static const char *const protocols[] = {
	"bacnet", "dhcp", "dnp3", "dns", "ethernet", "ftp", "http", "https", "icmp", "imap", "ipv4", "ipv6", "iso-tsap",
	"kerberos", "ldap", "modbus", "mqtt", "ntp", "opc-ua", "pop3", "rdp", "s7comm", "sip", "smb", "smtp", "snmp",
	"ssh", "ssl", "tcp", "telnet", "tftp", "tls", "udp", "vnc",
};
/* clang-format on */

static bool
is_protocol_name(struct str text)
{
	for (size_t i = 0; i < COUNTOF(protocols); i++) {
		if (str_is(text, protocols[i]))
			return true;
	}
	return false;
}

bool
is_hex_text(const struct json *v)
{
	for (size_t i = 0; v->type == JSON_STRING && i < v->text.len; i++) {
		if (strchr("0123456789abcdefABCDEF", v->text.ptr[i]) == NULL)
			return false;
	}
	return v->type == JSON_STRING && v->text.len > 0;
}

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
	return v->type == JSON_STRING && is_protocol_name(v->text);
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

bool
is_kept_property(struct str property)
{
	return kept_as(property) != NULL;
}

bool
is_kept_value(const struct copying *c, struct str property, const struct json *v)
{
	const struct kept *k = kept_as(property);

	return k != NULL && k->keeps(c, property, v);
}
