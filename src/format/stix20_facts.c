/* What differs between STIX 2.0 and STIX 2.1, as far as an object has to change.
 *
 * Source: STIX 2.0, parts 1, 2, 4 and 5; STIX 2.1, sections 3 to 6, 9 and 10. */
#include "stix20_p.h"

/* clang-format off */
static const struct fact facts[] = {
	/* ---- domain objects: labels that got a name of their own ---- */
	{ "identity",     "labels",  ACT_COPY,   .to = "roles" },
	{ "indicator",    "labels",  ACT_SPLIT,  .to = "indicator_types" },
	{ "malware",      "labels",  ACT_SPLIT,  .to = "malware_types" },
	{ "report",       "labels",  ACT_SPLIT,  .to = "report_types" },
	{ "threat-actor", "labels",  ACT_SPLIT,  .to = "threat_actor_types" },
	{ "tool",         "labels",  ACT_SPLIT,  .to = "tool_types" },
	{ "identity",     "sectors", ACT_WORD,   .to = "defense", .from = "defence" },
	{ "indicator",    "pattern", .act = ACT_PATTERN },
	{ "observed-data", "objects", .act = ACT_OBJECTS },

	/* ---- observables ---- */
	/* The name in the drafts of STIX 2.0, which some programs write. */
	{ ANY_OBSERVABLE, "extended_properties", ACT_RENAME, .to = "extensions" },
	{ "directory", "created",  ACT_RENAME, .to = "ctime" },
	{ "directory", "modified", ACT_RENAME, .to = "mtime" },
	{ "directory", "accessed", ACT_RENAME, .to = "atime" },
	{ "email-message", "additional_header_fields", .act = ACT_LISTS },
	{ "file", "created",  ACT_RENAME, .to = "ctime" },
	{ "file", "modified", ACT_RENAME, .to = "mtime" },
	{ "file", "accessed", ACT_RENAME, .to = "atime" },
	{ "file", "is_encrypted",         .act = ACT_KEEP },
	{ "file", "encryption_algorithm", .act = ACT_KEEP },
	{ "file", "decryption_key",       .act = ACT_KEEP },
	/* As the Python library for STIX 2.0 spells it. */
	{ "network-traffic", "encapsulates_by_ref", ACT_RENAME, .to = "encapsulated_by_ref" },
	{ "process", "created",    ACT_RENAME, .to = "created_time" },
	{ "process", "binary_ref", ACT_RENAME, .to = "image_ref" },
	{ "process", "name",       .act = ACT_KEEP },
	{ "process", "arguments",  .act = ACT_KEEP },
	{ "user-account", "password_last_changed", ACT_RENAME, .to = "credential_last_changed" },
	{ "windows-registry-key", "modified", ACT_RENAME, .to = "modified_time" },

	/* ---- extensions of observables ---- */
	{ "archive-ext",      "version",                     .act = ACT_KEEP },
	{ "http-request-ext", "request_header",              .act = ACT_LISTS },
	{ "raster-image-ext", "image_compression_algorithm", .act = ACT_KEEP },
	{ "socket-ext",       "protocol_family",             .act = ACT_KEEP },
};

const struct addition stix20_additions[] = {
	{ "indicator", "pattern_type", "\"stix\"", "STIX 2.0 knows only its own patterns" },
	{ "malware",   "is_family",    "true", "assumed: STIX 2.0 does not tell a family from one sample" },
};
const size_t stix20_additions_len = COUNTOF(stix20_additions);

static const char *const types[] = {
	"attack-pattern", "campaign", "course-of-action", "identity", "indicator",
	"intrusion-set", "malware", "marking-definition", "observed-data", "relationship",
	"report", "sighting", "threat-actor", "tool", "vulnerability",
};

static const char *const hash_names[][2] = {
	{ "ssdeep", "SSDEEP" },
};
/* clang-format on */

const struct fact *
stix20_fact(struct str in, struct str property)
{
	bool observable = stix_class_of(in) == STIX_SCO;

	for (size_t i = 0; i < COUNTOF(facts); i++) {
		bool here = str_is(in, facts[i].in) ||
		            (observable && str_is(S(ANY_OBSERVABLE), facts[i].in));

		if (here && str_is(property, facts[i].property))
			return &facts[i];
	}
	return NULL;
}

bool
stix20_defines(struct str type)
{
	for (size_t i = 0; i < COUNTOF(types); i++) {
		if (str_is(type, types[i]))
			return true;
	}
	return false;
}

struct str
stix20_hash_name(struct str name)
{
	for (size_t i = 0; i < COUNTOF(hash_names); i++) {
		if (str_is(name, hash_names[i][0]))
			return str_of(hash_names[i][1]);
	}
	return name;
}
