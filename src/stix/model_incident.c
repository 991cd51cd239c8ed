/* The incident core extension: what an incident may say beside its name, and the
 * types event, impact and task.
 *
 * It is a draft whose examples differ from its text, and its first version has the
 * same identifier as its second: what breaks it draws a warning.  Its relationships stand in
 * relationship.c, its conditions in rules_incident.c.
 *
 * Source: Incident Core Extension, version 2.0 (OASIS CTI common objects). */
#include "model_p.h"
#include "vocabulary_p.h"

#define WORDS(id, title) \
	static const struct words words_##id = { .name = (title), .word = (id), .len = COUNTOF(id) }

static const struct range percent_range = { 0, 100 };
static const struct range positive_range = { 0, JSON_INTEGER_MAX };
static const struct range any_range = { -JSON_INTEGER_MAX, JSON_INTEGER_MAX };

/* clang-format off */
/* ---- closed vocabularies ---- */

static const char *const condition[] = { "optional", "required", "unknown" };
WORDS(condition, "activity-condition-enum");

static const char *const transition[] = { "completion", "failure", "success", "unknown" };
WORDS(transition, "activity-transition-enum");

static const char *const event_status[] = { "ongoing", "occurred", "not-occurred", "pending", "undetermined" };
WORDS(event_status, "event-status-enum");

static const char *const loss[] = { "confirmed-loss", "contained", "exploited-loss", "none", "suspected-loss" };
WORDS(loss, "incident-confidentiality-loss-enum");

static const char *const determination[] = { "blocked", "confirmed", "failed-attempt", "false-positive", "low-value", "suspected" };
WORDS(determination, "incident-determination-enum");

static const char *const alteration[] = {
	"potential-destruction", "potential-modification", "partial-destruction", "partial-modification",
	"full-destruction", "full-modification", "none",
};
WORDS(alteration, "integrity-alteration-enum");

static const char *const physical_damage[] = { "damaged-functional", "damaged-nonfunctional", "destruction", "none", "unknown" };
WORDS(physical_damage, "physical-impact-enum");

static const char *const recoverability[] = { "extended", "not-applicable", "not-recoverable", "regular", "supplemented" };
WORDS(recoverability, "recoverability-enum");

static const char *const task_outcome[] = { "cancelled", "failed", "ongoing", "pending", "successful", "unknown" };
WORDS(task_outcome, "task-outcome-enum");

static const char *const fidelity[] = { "day", "hour", "minute", "month", "second", "year" };
WORDS(fidelity, "timestamp-fidelity-enum");

static const char *const traces[] = { "accountability-lost", "partial-accountability", "provable-accountability" };
WORDS(traces, "traceability-enum");

/* ---- open vocabularies ---- */

static const char *const investigation[] = { "closed", "new", "open" };
WORDS(investigation, "incident-investigation-ov");

static const char *const detection[] = {
	"automated-tool", "commercial-solution", "external-notification", "human-review",
	"message-from-attacker", "propriety-solution", "system-outage", "user-reporting",
};
WORDS(detection, "detection-methods-ov");

static const char *const external[] = {
	"economic", "emergency-services", "foreign-relations", "national-security",
	"public-confidence", "public-health", "public-safety",
};
WORDS(external, "external-impact-ov");

static const char *const information[] = {
	"classified-material", "communication", "credentials-admin", "credentials-user", "financial",
	"legal", "payment", "phi", "pii", "proprietary", "system",
};
WORDS(information, "information-type-ov");

static const char *const money[] = {
	"asset-and-fraud", "brand-damage", "business-disruption", "competitive-advantage",
	"legal-and-regulatory", "operating-costs", "ransom-demand", "ransom-payment",
	"response-and-recovery", "uncategorized",
};
WORDS(money, "monetary-impact-type-ov");

static const char *const state_change[] = { "caused", "contributed-to", "input", "mitigated", "output", "resolved" };
WORDS(state_change, "state-change-type-ov");

static const char *const task_type[] = {
	"administrative", "attribution", "containment", "declared", "detected", "eradication",
	"escalated", "exercised-control", "external-intelligence", "external-outreach",
	"external-support", "implemented-control", "investigation", "negotiation",
	"playbook-execution", "playbook-step-execution", "ransom-payment", "recovery", "reported",
	"routine-updates", "victim-notification",
};
WORDS(task_type, "task-type-ov");

static const char *const asset[] = {
	"building-doors", "building-windows", "buildings", "computers-mobile", "computers-personal",
	"computers-server", "environment", "ics-actuator", "ics-engineering-workstation",
	"ics-historian", "ics-hmi", "ics-other", "ics-plc", "ics-safety-system", "ics-sensor",
	"inventory", "network-device", "private-infrastructure", "public-infrastructure",
	"security-containers", "vehicles",
};
WORDS(asset, "asset-type-ov");

static const char *const entity[] = {
	"computers-mobile", "computers-personal", "computers-server", "customer",
	"customer-individual", "customer-organization", "domain-controller", "employee", "group",
	"ics-actuator", "ics-engineering-workstation", "ics-historian", "ics-hmi", "ics-other",
	"ics-plc", "ics-safety-system", "ics-sensor", "individual", "network-device",
	"organization", "system", "vehicles",
};
const struct words words_entity_type = { .name = "entity-type-ov", .word = entity, .len = COUNTOF(entity) };

static const char *const event_type[] = {
	"aggregation-information-phishing-schemes", "benign", "blocked", "brute-force-attempt",
	"c&c-server-hosting", "compromised-system", "confirmed", "connection-malware-port",
	"connection-malware-system", "content-forbidden-by-law", "control-system-bypass",
	"copyrighted-content", "data-exfiltration", "deferred", "deletion-information",
	"denial-of-service", "destruction", "dictionary-attack-attempt", "discarded",
	"disruption-data-transmission", "dissemination-malware-email",
	"dissemination-phishing-emails", "dns-cache-poisoning", "dns-local-resolver-hijacking",
	"dns-rebinding", "dns-server-compromise", "dns-spoofing-registered",
	"dns-spoofing-unregistered", "dns-stub-resolver-hijacking", "dns-zone-transfer",
	"domain-name-compromise", "duplicate", "email-flooding", "equipment-loss",
	"equipment-theft", "exploit", "exploit-attempt", "exploit-framework-exhausting-resources",
	"exploit-tool-exhausting-resources", "failed", "file-inclusion", "file-inclusion-attempt",
	"hosting-malware-webpage", "hosting-phishing-sites", "illegitimate-use-name",
	"illegitimate-use-resources", "infected-by-known-malware", "insufficient-data",
	"known-malware", "lame-delegations", "major", "misconfiguration",
	"modification-information", "natural", "negotiation", "network-scanning", "no-apt",
	"packet-flood", "password-cracking-attempt", "policy-violation", "ransomware",
	"ransomware-payment", "refuted", "scan-probe", "silently-discarded", "spam",
	"sql-injection", "sql-injection-attempt", "successful", "supply-chain-customer",
	"supply-chain-vendor", "system-probe", "theft-access-credentials", "unattributed",
	"unauthorized-access-information", "unauthorized-access-system", "unauthorized-equipment",
	"unauthorized-release", "unauthorized-use", "undetermined", "unintentional", "unknown-apt",
	"unspecified", "vandalism", "wiretapping", "worm-spreading", "xss", "xss-attempt",
};
WORDS(event_type, "event-type-ov");

/* ---- parts ---- */

static const struct property event_step_properties[] = {
	REF("event_ref", REQUIRED, "event"),
	CHOICE("condition_type", REQUIRED, words_condition),
	CHOICE("transition_type", REQUIRED, words_transition),
};
static const struct shape event_step = SHAPE("event-sequence-entry", event_step_properties);

static const struct property event_entry_properties[] = {
	REF("event_ref", REQUIRED, "event"),
	PART("next_steps", LIST, event_step),
	BOOLEAN("sequence_start", 0),
};
static const struct shape event_entry = SHAPE("event-entry", event_entry_properties);

static const struct property task_step_properties[] = {
	REF("task_ref", REQUIRED, "task"),
	CHOICE("condition_type", REQUIRED, words_condition),
	CHOICE("transition_type", REQUIRED, words_transition),
};
static const struct shape task_step = SHAPE("task-sequence-entry", task_step_properties);

static const struct property task_entry_properties[] = {
	REF("task_ref", REQUIRED, "task"),
	PART("next_steps", LIST, task_step),
	BOOLEAN("sequence_start", 0),
};
static const struct shape task_entry = SHAPE("task-entry", task_entry_properties);

static const struct property score_properties[] = {
	STRING("name", REQUIRED),
	FLOAT("value", REQUIRED, any_range),
	STRING("description", 0),
};
static const struct shape score = SHAPE("incident-score", score_properties);

static const struct property change_properties[] = {
	WORD("state_change_type", REQUIRED, words_state_change),
	REF("initial_ref", 0, NULL),
	REF("result_ref", 0, NULL),
};
static const struct shape change = SHAPE("state-change", change_properties);

/* ---- the incident and the types beside it ---- */

static const struct property incident_core[] = {
	CHOICE("extension_type", REQUIRED, words_extension_type),
	CHOICE("determination", REQUIRED, words_determination),
	WORD("investigation_status", REQUIRED, words_investigation),
	INTEGER("criticality", 0, percent_range),
	WORD("detection_methods", LIST, words_detection),
	PART("events", LIST, event_entry),
	REF("impact_refs", LIST, "impact"),
	DICTIONARY("impacted_entity_counts", 0),
	WORD("incident_types", LIST, words_event_type),
	CHOICE("recoverability", 0, words_recoverability),
	PART("scores", LIST, score),
	PART("tasks", LIST, task_entry),
};

static const struct property event[] = {
	CHOICE("status", REQUIRED, words_event_status),
	PART("changed_objects", LIST, change),
	STRING("description", 0),
	TIMESTAMP("end_time", 0),
	CHOICE("end_time_fidelity", 0, words_fidelity),
	WORD("event_types", LIST, words_event_type),
	STRING("goal", 0),
	STRING("name", 0),
	REF("sighting_refs", LIST, "sighting"),
	TIMESTAMP("start_time", 0),
	CHOICE("start_time_fidelity", 0, words_fidelity),
	PART("subevents", LIST, event_entry),
};

static const struct property impact[] = {
	STRING("impact_category", REQUIRED),
	INTEGER("criticality", 0, percent_range),
	STRING("description", 0),
	TIMESTAMP("end_time", 0),
	CHOICE("end_time_fidelity", 0, words_fidelity),
	DICTIONARY("impacted_entity_counts", 0),
	REF("impacted_refs", LIST, NULL),
	CHOICE("recoverability", 0, words_recoverability),
	TIMESTAMP("start_time", 0),
	CHOICE("start_time_fidelity", 0, words_fidelity),
	REF("superseded_by_ref", 0, "impact"),
};

static const struct property task[] = {
	CHOICE("outcome", REQUIRED, words_task_outcome),
	PART("changed_objects", LIST, change),
	WORD("task_types", LIST, words_task_type),
	STRING("description", 0),
	TIMESTAMP("end_time", 0),
	CHOICE("end_time_fidelity", 0, words_fidelity),
	STRING("error", 0),
	DICTIONARY("impacted_entity_counts", 0),
	STRING("name", 0),
	INTEGER("priority", 0, percent_range),
	TIMESTAMP("start_time", 0),
	CHOICE("start_time_fidelity", 0, words_fidelity),
	PART("subtasks", LIST, task_entry),
};

/* ---- categories of impacts ---- */

static const struct property availability[] = {
	INTEGER("availability_impact", REQUIRED, percent_range),
};

static const struct property confidentiality[] = {
	CHOICE("loss_type", REQUIRED, words_loss),
	WORD("information_type", 0, words_information),
	INTEGER("record_count", 0, positive_range),
	INTEGER("record_size", 0, positive_range),
};

static const struct property elsewhere[] = {
	WORD("impact_type", REQUIRED, words_external),
};

static const struct property integrity[] = {
	CHOICE("alteration", REQUIRED, words_alteration),
	WORD("information_type", 0, words_information),
	INTEGER("record_count", 0, positive_range),
	INTEGER("record_size", 0, positive_range),
};

static const struct property monetary[] = {
	WORD("variety", REQUIRED, words_money),
	FLOAT("conversion_rate", 0, positive_range),
	TIMESTAMP("conversion_time", 0),
	STRING("currency", 0),
	STRING("currency_actual", 0),
	FLOAT("max_amount", 0, positive_range),
	FLOAT("min_amount", 0, positive_range),
};

static const struct property physical[] = {
	CHOICE("impact_type", REQUIRED, words_physical_damage),
	WORD("asset_type", 0, words_asset),
};

static const struct property traceability[] = {
	CHOICE("traceability_impact", REQUIRED, words_traces),
};

#define CORE   NAME("extension-definition--ef765651-680c-498d-9894-99799f2fa126")
#define EVENT  NAME("extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e")
#define IMPACT NAME("extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9")

const struct draft model_drafts[] = {
	{ NAME("incident"), CORE, SHAPE("incident-core", incident_core), .object = false },
	{ NAME("event"), EVENT, SHAPE("event", event), .object = true },
	{ NAME("impact"), IMPACT, SHAPE("impact", impact), .object = true },
	/* The draft gives this type no definition of its own. */
	{ NAME("task"), NAME(""), SHAPE("task", task), .object = true },
	{ NAME("impact"), NAME("availability"), SHAPE("availability", availability), .object = false },
	{ NAME("impact"), NAME("confidentiality"), SHAPE("confidentiality", confidentiality), .object = false },
	{ NAME("impact"), NAME("external"), SHAPE("external", elsewhere), .object = false },
	{ NAME("impact"), NAME("integrity"), SHAPE("integrity", integrity), .object = false },
	{ NAME("impact"), NAME("monetary"), SHAPE("monetary", monetary), .object = false },
	{ NAME("impact"), NAME("physical"), SHAPE("physical", physical), .object = false },
	{ NAME("impact"), NAME("traceability"), SHAPE("traceability", traceability), .object = false },
};
const size_t model_drafts_len = COUNTOF(model_drafts);
/* clang-format on */
