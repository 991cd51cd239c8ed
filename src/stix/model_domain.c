/* Domain objects, relationship objects and meta objects, and what is common to all. */
#include "format_p.h"
#include "model_p.h"
#include "vocabulary_p.h"

static const struct range observed_range = { 1, 999'999'999 };
static const struct range count_range = { 0, 999'999'999 };
static const struct range percent_range = { 0, 100 };
static const struct range latitude_range = { -90, 90 };
static const struct range longitude_range = { -180, 180 };
static const struct range positive_range = { 0, JSON_INTEGER_MAX };

/* clang-format off */
/* ---- parts ---- */

static const struct property kill_chain_phase_properties[] = {
	FORMAT("kill_chain_name", REQUIRED, format_phase),
	FORMAT("phase_name", REQUIRED, format_phase),
};
static const struct shape kill_chain_phase = SHAPE("kill-chain-phase", kill_chain_phase_properties);

static const struct property external_reference_properties[] = {
	STRING("source_name", REQUIRED),
	STRING("description", 0),
	FORMAT("url", 0, format_link),
	HASHES("hashes", 0),
	STRING("external_id", 0),
};
static const struct shape external_reference = SHAPE("external-reference", external_reference_properties);

static const struct property granular_marking_properties[] = {
	FORMAT("lang", 0, format_language),
	REF("marking_ref", 0, "marking-definition"),
	STRING("selectors", REQUIRED | LIST),
};
static const struct shape granular_marking = SHAPE("granular-marking", granular_marking_properties);

/* ---- domain objects ---- */

static const struct property attack_pattern[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	STRING("aliases", LIST),
	PART("kill_chain_phases", LIST, kill_chain_phase),
};

static const struct property campaign[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	STRING("aliases", LIST),
	TIMESTAMP("first_seen", 0),
	TIMESTAMP("last_seen", 0),
	STRING("objective", 0),
};

static const struct property course_of_action[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
};

static const struct property grouping[] = {
	STRING("name", 0),
	STRING("description", 0),
	WORD("context", REQUIRED, words_grouping_context),
	REF("object_refs", REQUIRED | LIST, NULL),
};

static const struct property identity[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	STRING("roles", LIST),
	WORD("identity_class", 0, words_identity_class),
	WORD("sectors", LIST, words_industry_sector),
	STRING("contact_information", 0),
};

static const struct property incident[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
};

static const struct property indicator[] = {
	STRING("name", 0),
	STRING("description", 0),
	WORD("indicator_types", LIST, words_indicator_type),
	FORMAT("pattern", REQUIRED, format_some_text),
	WORD("pattern_type", REQUIRED, words_pattern_type),
	STRING("pattern_version", 0),
	TIMESTAMP("valid_from", REQUIRED),
	TIMESTAMP("valid_until", 0),
	PART("kill_chain_phases", LIST, kill_chain_phase),
};

static const struct property infrastructure[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	WORD("infrastructure_types", LIST, words_infrastructure_type),
	STRING("aliases", LIST),
	PART("kill_chain_phases", LIST, kill_chain_phase),
	TIMESTAMP("first_seen", 0),
	TIMESTAMP("last_seen", 0),
};

static const struct property intrusion_set[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	STRING("aliases", LIST),
	TIMESTAMP("first_seen", 0),
	TIMESTAMP("last_seen", 0),
	STRING("goals", LIST),
	WORD("resource_level", 0, words_attack_resource_level),
	WORD("primary_motivation", 0, words_attack_motivation),
	WORD("secondary_motivations", LIST, words_attack_motivation),
};

static const struct property location[] = {
	STRING("name", 0),
	STRING("description", 0),
	FLOAT("latitude", 0, latitude_range),
	FLOAT("longitude", 0, longitude_range),
	FLOAT("precision", 0, positive_range),
	WORD("region", 0, words_region),
	FORMAT("country", 0, format_country),
	STRING("administrative_area", 0),
	STRING("city", 0),
	STRING("street_address", 0),
	STRING("postal_code", 0),
};

static const struct property malware[] = {
	STRING("name", 0),
	STRING("description", 0),
	WORD("malware_types", LIST, words_malware_type),
	BOOLEAN("is_family", EXPECTED), /* MITRE's files of 2025 lack it */
	STRING("aliases", LIST),
	PART("kill_chain_phases", LIST, kill_chain_phase),
	TIMESTAMP("first_seen", 0),
	TIMESTAMP("last_seen", 0),
	REF("operating_system_refs", LIST, "software"),
	WORD("architecture_execution_envs", LIST, words_processor_architecture),
	WORD("implementation_languages", LIST, words_implementation_language),
	WORD("capabilities", LIST, words_malware_capabilities),
	REF("sample_refs", LIST, "artifact file"),
};

static const struct property malware_analysis[] = {
	STRING("product", REQUIRED),
	STRING("version", 0),
	REF("host_vm_ref", 0, "software"),
	REF("operating_system_ref", 0, "software"),
	REF("installed_software_refs", LIST, "software"),
	STRING("configuration_version", 0),
	STRING("modules", LIST),
	STRING("analysis_engine_version", 0),
	STRING("analysis_definition_version", 0),
	TIMESTAMP("submitted", 0),
	TIMESTAMP("analysis_started", 0),
	TIMESTAMP("analysis_ended", 0),
	STRING("result_name", 0),
	WORD("result", 0, words_malware_result),
	REF("analysis_sco_refs", LIST, "@sco"),
	REF("sample_ref", 0, "artifact file network-traffic"),
};

static const struct property note[] = {
	STRING("abstract", 0),
	STRING("content", REQUIRED),
	STRING("authors", LIST),
	REF("object_refs", REQUIRED | LIST, NULL),
};

static const struct property observed_data[] = {
	TIMESTAMP("first_observed", REQUIRED),
	TIMESTAMP("last_observed", REQUIRED),
	INTEGER("number_observed", REQUIRED, observed_range),
	OTHER("objects", DEPRECATED, KIND_CONTAINER),
	REF("object_refs", LIST, "@sco relationship sighting"),
};

static const struct property opinion[] = {
	STRING("explanation", 0),
	STRING("authors", LIST),
	CHOICE("opinion", REQUIRED, words_opinion),
	REF("object_refs", REQUIRED | LIST, NULL),
};

static const struct property report[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	WORD("report_types", LIST, words_report_type),
	TIMESTAMP("published", REQUIRED),
	REF("object_refs", REQUIRED | LIST, NULL),
};

static const struct property threat_actor[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	WORD("threat_actor_types", LIST, words_threat_actor_type),
	STRING("aliases", LIST),
	TIMESTAMP("first_seen", 0),
	TIMESTAMP("last_seen", 0),
	WORD("roles", LIST, words_threat_actor_role),
	STRING("goals", LIST),
	WORD("sophistication", 0, words_threat_actor_sophistication),
	WORD("resource_level", 0, words_attack_resource_level),
	WORD("primary_motivation", 0, words_attack_motivation),
	WORD("secondary_motivations", LIST, words_attack_motivation),
	WORD("personal_motivations", LIST, words_attack_motivation),
};

static const struct property tool[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	WORD("tool_types", LIST, words_tool_type),
	STRING("aliases", LIST),
	PART("kill_chain_phases", LIST, kill_chain_phase),
	STRING("tool_version", 0),
};

static const struct property vulnerability[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
};

/* ---- relationship objects ---- */

static const struct property relationship[] = {
	FORMAT("relationship_type", REQUIRED, format_relationship_type),
	STRING("description", 0),
	REF("source_ref", REQUIRED, "@sdo @sco"),
	REF("target_ref", REQUIRED, "@sdo @sco"),
	TIMESTAMP("start_time", 0),
	TIMESTAMP("stop_time", 0),
};

static const struct property sighting[] = {
	STRING("description", 0),
	TIMESTAMP("first_seen", 0),
	TIMESTAMP("last_seen", 0),
	INTEGER("count", 0, count_range),
	REF("sighting_of_ref", REQUIRED, "@sdo"),
	REF("observed_data_refs", LIST, "observed-data"),
	REF("where_sighted_refs", LIST, "identity location"),
	BOOLEAN("summary", 0),
};

/* ---- meta objects ---- */

static const struct property language_content[] = {
	REF("object_ref", REQUIRED, NULL),
	TIMESTAMP("object_modified", 0),
	OTHER("contents", REQUIRED, KIND_TRANSLATIONS),
};

static const struct property marking_definition[] = {
	STRING("name", 0),
	WORD("definition_type", 0, words_marking_type),
	OTHER("definition", 0, KIND_OBJECT),
};

static const struct property extension_definition[] = {
	STRING("name", REQUIRED),
	STRING("description", 0),
	STRING("schema", REQUIRED),
	STRING("version", REQUIRED),
	CHOICE("extension_types", REQUIRED | LIST, words_extension_type),
	STRING("extension_properties", LIST),
};

/* In the bytewise order of the names. */
const struct stix_type model_domain[] = {
	{ STIX_SDO, SHAPE("attack-pattern", attack_pattern) },
	{ STIX_SDO, SHAPE("campaign", campaign) },
	{ STIX_SDO, SHAPE("course-of-action", course_of_action) },
	{ STIX_EXTENSION, SHAPE("extension-definition", extension_definition) },
	{ STIX_SDO, SHAPE("grouping", grouping) },
	{ STIX_SDO, SHAPE("identity", identity) },
	{ STIX_SDO, SHAPE("incident", incident) },
	{ STIX_SDO, SHAPE("indicator", indicator) },
	{ STIX_SDO, SHAPE("infrastructure", infrastructure) },
	{ STIX_SDO, SHAPE("intrusion-set", intrusion_set) },
	{ STIX_LANGUAGE, SHAPE("language-content", language_content) },
	{ STIX_SDO, SHAPE("location", location) },
	{ STIX_SDO, SHAPE("malware", malware) },
	{ STIX_SDO, SHAPE("malware-analysis", malware_analysis) },
	{ STIX_MARKING, SHAPE("marking-definition", marking_definition) },
	{ STIX_SDO, SHAPE("note", note) },
	{ STIX_SDO, SHAPE("observed-data", observed_data) },
	{ STIX_SDO, SHAPE("opinion", opinion) },
	{ STIX_SRO, SHAPE("relationship", relationship) },
	{ STIX_SDO, SHAPE("report", report) },
	{ STIX_SRO, SHAPE("sighting", sighting) },
	{ STIX_SDO, SHAPE("threat-actor", threat_actor) },
	{ STIX_SDO, SHAPE("tool", tool) },
	{ STIX_SDO, SHAPE("vulnerability", vulnerability) },
};
const size_t model_domain_len = COUNTOF(model_domain);

/* Who uses them, by class: SDO, SRO, SCO, marking, extension and language. */
const struct common model_common[] = {
	{ STRING("type", 0),                                             "OOOOOO" },
	{ STRING("id", 0),                                               "OOOOOO" },
	{ CHOICE("spec_version", 0, words_spec_version),                 "RRORRR" },
	{ TIMESTAMP("created", 0),                                       "RRWRRR" },
	{ TIMESTAMP("modified", 0),                                      "RRWERR" },
	{ REF("created_by_ref", LENIENT, "identity"),                    "OOWORO" },
	{ REF("object_marking_refs", LIST, "marking-definition"),        "OOOOOO" },
	{ PART("external_references", LIST, external_reference),         "OOWOOO" },
	{ BOOLEAN("revoked", 0),                                         "OOWWOO" },
	{ STRING("labels", LIST),                                        "OOWWOO" },
	{ INTEGER("confidence", 0, percent_range),                       "OOWWWO" },
	{ FORMAT("lang", 0, format_language),                            "OOWWWE" },
	{ PART("granular_markings", LIST, granular_marking),             "OOOOOO" },
	{ BOOLEAN("defanged", 0),                                        "EEOEEE" },
	{ OTHER("extensions", 0, KIND_EXTENSIONS),                       "OOOOEO" },
	/* Reserved by the specification for objects to come. */
	{ OTHER("severity", 0, KIND_RESERVED),                           "OOOOOO" },
	{ OTHER("username", 0, KIND_RESERVED),                           "OOOOOO" },
	{ OTHER("phone_number", 0, KIND_RESERVED),                       "OOOOOO" },
	{ OTHER("action", 0, KIND_RESERVED),                             "OOOOOO" },
};
const size_t model_common_len = COUNTOF(model_common);
/* clang-format on */
