#include "example_p.h"
#include "stix.h"

/* clang-format off */
#define TIMES "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\""
#define UUID5 "8e2e2d2b-17d4-5cbf-938f-98ee46b3cd3f"
#define CUT_UUID "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd"

/* Objects without their other properties. */
#define SDO(type, more) "{\"type\":\"" type "\",\"id\":\"" type "--" EXAMPLE_UUID "\",\"spec_version\":\"2.1\"," TIMES more "}"
#define SCO(type, more) "{\"type\":\"" type "\",\"id\":\"" type "--" EXAMPLE_UUID "\"" more "}"
#define MARKING(more) "{\"type\":\"marking-definition\",\"id\":\"marking-definition--" EXAMPLE_UUID "\",\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00.000Z\"" more "}"
#define ID(type) "\"" type "--" EXAMPLE_UUID "\""
#define TOOL(more) SDO("tool", ",\"name\":\"x\"" more)
#define FILE_(more) SCO("file", ",\"name\":\"x\"" more)
#define RELATION(type, source, target) SDO("relationship", ",\"relationship_type\":\"" type "\",\"source_ref\":" source ",\"target_ref\":" target)
#define EXTENSION(more) SDO("extension-definition", ",\"created_by_ref\":" ID("identity") ",\"name\":\"x\",\"schema\":\"x\",\"version\":\"1\",\"description\":\"x\"" more)
#define STATEMENT ",\"definition_type\":\"statement\",\"definition\":{\"statement\":\"x\"}"
#define OBSERVED(more) SDO("observed-data", ",\"first_observed\":\"2026-01-01T00:00:00Z\",\"last_observed\":\"2026-01-01T00:00:00Z\",\"number_observed\":1" more)
#define INDICATOR(pattern, type) SDO("indicator", ",\"pattern\":\"" pattern "\",\"pattern_type\":\"" type "\",\"valid_from\":\"2026-01-01T00:00:00Z\"")
#define EXTENSION_KEY "extension-definition--" EXAMPLE_UUID
#define INCIDENT_CORE "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
#define EVENT "extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e"
#define IMPACT "extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9"
#define CORE(more) SDO("incident", ",\"name\":\"x\",\"extensions\":{\"" INCIDENT_CORE "\":{\"extension_type\":\"property-extension\"," more "}}")

#define EVENT_OF(more) SDO("event", ",\"status\":\"occurred\"," more ",\"extensions\":{\"" EVENT "\":{\"extension_type\":\"new-sdo\"}}")
#define IMPACT_OF(category, key, more) SDO("impact", ",\"impact_category\":\"" category "\",\"extensions\":{\"" key "\":{" more "},\"" IMPACT "\":{\"extension_type\":\"new-sdo\"}}")
#define NAMED(type, uuid, name, more) "{\"type\":\"" type "\",\"id\":\"" type "--" uuid "\",\"spec_version\":\"2.1\"," TIMES ",\"name\":\"" name "\"" more "}"
#define SPACE "W SI-031 /id was made in the namespace of observables, and this is none"

/* want is "" when there is nothing to report, or else one problem as
 * "level rule pointer message", the only error if it is an error. */
static const struct problem_case {
	const char *name;
	const char *text;
	const char *want;
} problem_cases[] = {
	/* ---- values ---- */
	{ "nothing wrong", TOOL(""), "" },
	{ "string that is a number", TOOL(",\"description\":1"), "E SI-003 /description must be a string, found number" },
	{ "null", TOOL(",\"description\":null"), "E SI-002 /description may not be null: leave it out" },
	{ "null in a custom property", TOOL(",\"x_a\":null"), "E SI-002 /x_a may not be null: leave it out" },
	{ "empty list", TOOL(",\"aliases\":[]"), "E SI-002 /aliases may not be an empty list: leave it out" },
	{ "empty custom list", TOOL(",\"x_a\":[]"), "E SI-002 /x_a may not be an empty list: leave it out" },
	{ "empty custom object", TOOL(",\"x_a\":{}"), "E SI-002 /x_a may not be an empty object: leave it out" },
	{ "empty list deep inside", TOOL(",\"x_a\":[{\"b\":[]}]"), "W SI-002 /x_a/0/b may not be an empty list: leave it out" },
	{ "no list", TOOL(",\"aliases\":\"x\""), "E SI-003 /aliases must be a list, found string" },
	{ "element of another type", TOOL(",\"aliases\":[\"x\",true]"), "E SI-003 /aliases/1 must be a string, found true" },
	{ "no boolean", TOOL(",\"revoked\":\"false\""), "E SI-003 /revoked must be true or false, found string" },
	{ "no object", TOOL(",\"extensions\":\"x\""), "E SI-003 /extensions must be an object, found string" },
	{ "empty object", TOOL(",\"extensions\":{}"), "E SI-002 /extensions may not be an empty object: leave it out" },
	{ "integer with a fraction", TOOL(",\"confidence\":3.0"), "E SI-004 /confidence must be a whole number within +-(2^53 - 1), without a fraction or exponent" },
	{ "integer beyond 2^53", FILE_(",\"size\":9007199254740992"), "E SI-004 /size must be a whole number within +-(2^53 - 1), without a fraction or exponent" },
	{ "integer out of range", TOOL(",\"confidence\":101"), "E SI-050 /confidence must lie between 0 and 100" },
	{ "negative size", FILE_(",\"size\":-1"), "E SI-050 /size must lie between 0 and 9007199254740991" },
	{ "float that is a string", SDO("location", ",\"latitude\":\"1\",\"longitude\":1"), "E SI-004 /latitude must be a number that a double can hold" },
	{ "float out of range", SDO("location", ",\"latitude\":90.5,\"longitude\":1"), "E SI-050 /latitude must lie between -90 and 90" },
	{ "float that is an integer", SDO("location", ",\"latitude\":-90,\"longitude\":1.5e2"), "" },
	{ "hex in capitals", FILE_(",\"magic_number_hex\":\"FF\""), "E SI-005 /magic_number_hex must be an even number of lower-case hex digits" },
	{ "odd hex", FILE_(",\"magic_number_hex\":\"fff\""), "E SI-005 /magic_number_hex must be an even number of lower-case hex digits" },
	{ "base64 without padding", SCO("artifact", ",\"payload_bin\":\"YQ\""), "E SI-006 /payload_bin must be base64 with padding" },
	{ "base64 with too much padding", SCO("artifact", ",\"payload_bin\":\"Y===\""), "E SI-006 /payload_bin must be base64 with padding" },
	{ "no day", SDO("report", ",\"name\":\"x\",\"object_refs\":[" ID("tool") "],\"published\":\"2026-02-30T00:00:00Z\""), "E SI-007 /published must be an existing day and time written YYYY-MM-DDTHH:MM:SS.sssZ" },
	{ "few digits", "{\"type\":\"tool\",\"id\":" ID("tool") ",\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\"name\":\"x\"}", "W SI-008 /created should have at least three digits after the second" },
	{ "modified before created", "{\"type\":\"tool\",\"id\":" ID("tool") ",\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00.0000001Z\",\"modified\":\"2026-01-01T00:00:00.000Z\",\"name\":\"x\"}", "E SI-040 /modified must be later than or equal to created" },
	{ "closed vocabulary", SDO("opinion", ",\"opinion\":\"maybe\",\"object_refs\":[" ID("tool") "]"), "E SI-015 /opinion \"maybe\" is not in opinion-enum" },
	{ "open vocabulary", TOOL(",\"tool_types\":[\"own\"]"), "W SI-015 /tool_types/0 \"own\" is not in tool-type-ov, which is open to other words" },
	{ "version of STIX", "{\"type\":\"tool\",\"id\":" ID("tool") ",\"spec_version\":\"2.0\"," TIMES ",\"name\":\"x\"}", "E SI-021 /spec_version \"2.0\" is not in the versions of STIX" },
	{ "language", TOOL(",\"lang\":\"e\""), "E SI-016 /lang must be a language tag (RFC 5646)" },
	{ "language with subtags", TOOL(",\"lang\":\"zh-Hant-TW\""), "" },
	{ "private language", TOOL(",\"lang\":\"x-own\""), "" },
	{ "private language without a name", TOOL(",\"lang\":\"x\""), "E SI-016 /lang must be a language tag (RFC 5646)" },
	{ "language with a singleton at the end", TOOL(",\"lang\":\"en-x\""), "E SI-016 /lang must be a language tag (RFC 5646)" },

	/* ---- SI-030, SI-031: the second is what OpenCTI makes of a name, the third the bare text ---- */
	{ "deterministic, of a namespace of its own", NAMED("report", UUID5, "x", ",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":[" ID("tool") "]"), "W SI-030 /id should have a random UUID (version 4)" },
	{ "the namespace of observables", NAMED("tool", "6be0bf9d-ad3a-5b7e-80ee-d3c16c77f43b", " APT x", ""), SPACE },
	{ "the namespace of observables, the bare name", NAMED("tool", "63561d08-a6be-5dd1-93b2-16b6dfd6e7e8", "x", ""), SPACE },
	{ "the namespace of observables, two members", NAMED("identity", "b41a4f6b-4061-5e9b-b601-4f232cd82b3b", "x", ",\"identity_class\":\"group\""), SPACE },
	{ "another name", NAMED("tool", "63561d08-a6be-5dd1-93b2-16b6dfd6e7e8", "y", ""), "W SI-030 /id should have a random UUID (version 4)" },
	/* ---- SI-096, the incident core extension: what breaks a draft draws a warning ---- */
	{ "incident core", CORE("\"investigation_status\":\"open\",\"determination\":\"suspected\",\"criticality\":70,\"events\":[{\"event_ref\":" ID("event") ",\"next_steps\":[{\"event_ref\":" ID("event") ",\"condition_type\":\"optional\",\"transition_type\":\"success\"}]}],\"impact_refs\":[" ID("impact") "],\"impacted_entity_counts\":{\"employee\":7},\"scores\":[{\"name\":\"x\",\"value\":7.5}]"), "" },
	{ "incident core without its status", CORE("\"determination\":\"suspected\""), "W SI-050 /extensions/" INCIDENT_CORE " investigation_status is required" },
	{ "incident core: closed vocabulary", CORE("\"investigation_status\":\"open\",\"determination\":\"perhaps\""), "W SI-015 /extensions/" INCIDENT_CORE "/determination \"perhaps\" is not in incident-determination-enum" },
	{ "incident core: open vocabulary", CORE("\"investigation_status\":\"paused\",\"determination\":\"suspected\""), "W SI-015 /extensions/" INCIDENT_CORE "/investigation_status \"paused\" is not in incident-investigation-ov, which is open to other words" },
	{ "incident core: out of range", CORE("\"investigation_status\":\"open\",\"determination\":\"suspected\",\"criticality\":101"), "W SI-050 /extensions/" INCIDENT_CORE "/criticality must lie between 0 and 100" },
	{ "incident core: a task as impact", CORE("\"investigation_status\":\"open\",\"determination\":\"suspected\",\"impact_refs\":[" ID("task") "]"), "W SI-051 /extensions/" INCIDENT_CORE "/impact_refs/0 refers to an object of type task, and must to: impact" },
	{ "incident core: what its first version had", CORE("\"investigation_status\":\"open\",\"determination\":\"suspected\",\"activity\":[{\"a\":1}]"), "" },
	{ "incident core on another type", TOOL(",\"extensions\":{\"" INCIDENT_CORE "\":{\"extension_type\":\"property-extension\",\"a\":1}}"), "" },
	{ "event", SDO("event", ",\"status\":\"occurred\",\"start_time_fidelity\":\"hour\",\"changed_objects\":[{\"state_change_type\":\"caused\",\"result_ref\":" ID("impact") "}],\"extensions\":{\"" EVENT "\":{\"extension_type\":\"new-sdo\"}}"), "" },
	{ "event without its status", SDO("event", ",\"extensions\":{\"" EVENT "\":{\"extension_type\":\"new-sdo\"}}"), "W SI-050  status is required" },
	{ "event: list that is none", SDO("event", ",\"status\":\"occurred\",\"subevents\":{\"event_ref\":" ID("event") "},\"extensions\":{\"" EVENT "\":{\"extension_type\":\"new-sdo\"}}"), "W SI-003 /subevents must be a list, found object" },
	{ "event of somebody else", SDO("event", ",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"new-sdo\"}}"), "" },
	{ "impact", SDO("impact", ",\"impact_category\":\"monetary\",\"extensions\":{\"monetary\":{\"variety\":\"ransom-payment\",\"min_amount\":7,\"max_amount\":7,\"currency\":\"JPY\"},\"" IMPACT "\":{\"extension_type\":\"new-sdo\"}}"), "" },
	{ "impact as in the examples", SDO("impact", ",\"impact_category\":\"integrity\",\"extensions\":{\"integrity-impact\":{\"alteration\":\"some\",\"information_type\":\"pii\"},\"" IMPACT "\":{\"extension_type\":\"new-sdo\"}}"), "W SI-015 /extensions/integrity-impact/alteration \"some\" is not in integrity-alteration-enum" },
	{ "task", SDO("task", ",\"outcome\":\"done\",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"new-sdo\"}}"), "W SI-015 /outcome \"done\" is not in task-outcome-enum" },

	{ "event of an unknown type", EVENT_OF("\"event_types\":[\"spam\",\"rain\"]"), "W SI-015 /event_types/1 \"rain\" is not in event-type-ov, which is open to other words" },
	{ "incident of an unknown type", CORE("\"investigation_status\":\"open\",\"determination\":\"suspected\",\"incident_types\":[\"rain\"]"), "W SI-015 /extensions/" INCIDENT_CORE "/incident_types/0 \"rain\" is not in event-type-ov, which is open to other words" },
	{ "event that ends before it begins", EVENT_OF("\"start_time\":\"2026-01-02T00:00:00Z\",\"end_time\":\"2026-01-01T00:00:00Z\""), "W SI-050  end_time must be later than start_time" },
	{ "change of nothing", EVENT_OF("\"changed_objects\":[{\"state_change_type\":\"caused\"}]"), "W SI-050 /changed_objects/0 needs an initial_ref or a result_ref" },
	{ "change of one type to another", EVENT_OF("\"changed_objects\":[{\"state_change_type\":\"caused\",\"initial_ref\":" ID("tool") ",\"result_ref\":" ID("impact") "}]"), "W SI-050 /changed_objects/0 initial_ref and result_ref must be of one type" },
	{ "input of nothing", EVENT_OF("\"changed_objects\":[{\"state_change_type\":\"input\",\"result_ref\":" ID("grouping") "}]"), "W SI-050 /changed_objects/0 an input needs an initial_ref" },
	{ "output of nothing", EVENT_OF("\"changed_objects\":[{\"state_change_type\":\"output\",\"initial_ref\":" ID("grouping") "}]"), "W SI-050 /changed_objects/0 an output needs a result_ref" },
	{ "step out of the list", EVENT_OF("\"subevents\":[{\"event_ref\":" ID("event") ",\"next_steps\":[{\"event_ref\":\"event--" UUID5 "\",\"condition_type\":\"optional\",\"transition_type\":\"success\"}]}]"), "W SI-051 /subevents/0/next_steps/0 leads to what is no entry of this list" },
	{ "sequence without a start", EVENT_OF("\"subevents\":[{\"event_ref\":" ID("event") ",\"sequence_start\":false}]"), "W SI-050 /subevents needs an entry whose sequence_start is true" },
	{ "counts of no number", CORE("\"investigation_status\":\"open\",\"determination\":\"suspected\",\"impacted_entity_counts\":{\"employee\":-1}"), "W SI-050 /extensions/" INCIDENT_CORE "/impacted_entity_counts/employee must be a number of entities, 0 or more" },
	{ "counts of something else", CORE("\"investigation_status\":\"open\",\"determination\":\"suspected\",\"impacted_entity_counts\":{\"cat\":1}"), "W SI-015 /extensions/" INCIDENT_CORE "/impacted_entity_counts/cat is not in entity-type-ov, which is open to other words" },
	{ "impact without its category", IMPACT_OF("physical", "monetary", "\"variety\":\"ransom-payment\""), "W SI-050  needs an extension that is called by its impact_category" },
	{ "impact that was superseded", IMPACT_OF("traceability\",\"superseded_by_ref\":\"impact--" EXAMPLE_UUID, "traceability", "\"traceability_impact\":\"accountability-lost\""), "W SI-050  what is superseded needs an end_time" },
	{ "loss of what", IMPACT_OF("confidentiality", "confidentiality", "\"loss_type\":\"contained\""), "W SI-050 /extensions/confidentiality needs information_type, as loss_type is not none" },
	{ "no loss", IMPACT_OF("confidentiality", "confidentiality", "\"loss_type\":\"none\""), "" },
	{ "damage of what", IMPACT_OF("physical", "physical", "\"impact_type\":\"destruction\""), "W SI-050 /extensions/physical needs asset_type, as impact_type is not none" },
	{ "an amount of what", IMPACT_OF("monetary", "monetary", "\"variety\":\"ransom-demand\",\"min_amount\":0,\"max_amount\":7"), "W SI-050 /extensions/monetary an amount needs a currency" },
	{ "half an amount", IMPACT_OF("monetary", "monetary", "\"variety\":\"ransom-demand\",\"max_amount\":7,\"currency\":\"JPY\""), "W SI-050 /extensions/monetary min_amount and max_amount come together" },
	{ "a rate of no time", IMPACT_OF("monetary", "monetary", "\"variety\":\"ransom-demand\",\"conversion_rate\":7,\"currency\":\"JPY\",\"currency_actual\":\"XMR\""), "W SI-050 /extensions/monetary conversion_rate needs a conversion_time" },
	{ "relationship of incidents", RELATION("led-to", ID("incident"), ID("incident")), "" },
	{ "relationship of a task", RELATION("blocks", ID("task"), ID("event")), "" },
	{ "relationship to an observable", RELATION("impacts", ID("event"), ID("ipv4-addr")), "" },
	{ "unusual target of an incident", RELATION("led-to", ID("incident"), ID("malware")), "W SI-050  neither the specification nor the incident core extension names a relationship led-to from incident to malware" },
	{ "unusual source of a task", RELATION("performed", ID("malware"), ID("task")), "W SI-050  neither the specification nor the incident core extension names a relationship performed from malware to task" },
	{ "relationship of a foreign type", RELATION("blocks", ID("task"), ID("x-thing")), "" },

	/* ---- names and members ---- */
	{ "required", SDO("tool", ""), "E SI-050  name is required" },
	{ "required of every object", "{\"type\":\"tool\",\"id\":" ID("tool") ",\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00.000Z\",\"name\":\"x\"}", "E SI-050  modified is required" },
	{ "expected", SDO("malware", ",\"name\":\"x\""), "W SI-050  is_family is required" },
	{ "reserved", TOOL(",\"severity\":\"x\""), "E SI-023 /severity is reserved: no object may have this property" },
	{ "action of a course", SDO("course-of-action", ",\"name\":\"x\",\"action\":\"x\""), "E SI-023 /action is reserved: no object may have this property" },
	{ "must be absent", TOOL(",\"defanged\":true"), "E SI-020 /defanged does not apply to this type of object" },
	{ "does not apply", FILE_(",\"labels\":[\"x\"]"), "W SI-020 /labels does not apply to this type of object" },
	{ "modified of a marking", MARKING(STATEMENT ",\"modified\":\"2026-01-01T00:00:00.000Z\""), "E SI-020 /modified does not apply to this type of object" },
	{ "undeclared properties", TOOL(",\"x_a\":1,\"x_b\":2"), "W SI-094  no extension declares 2 of the properties, the first being x_a" },
	{ "undeclared property of a part", TOOL(",\"kill_chain_phases\":[{\"kill_chain_name\":\"a\",\"phase_name\":\"b\",\"x_own\":1}]"), "W SI-094  no extension declares 1 of the properties, the first being x_own" },
	/* SI-093 */
	{ "an extension that nobody knows", TOOL(",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"property-extension\",\"a_b\":{\"c\":[1]}}}"), "" },
	{ "declared properties", TOOL(",\"rank\":1,\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"toplevel-property-extension\"}}"), "" },
	{ "name of a property", TOOL(",\"x_A\":1"), "W SI-010 /x_A the name of a property has 3 to 250 lower-case letters, digits and underscores, and begins with a letter" },
	{ "name of a property of an own type", SDO("x-own", ",\"9lives\":1"), "E SI-010 /9lives the name of a property has 3 to 250 lower-case letters, digits and underscores, and begins with a letter" },
	{ "own type", SDO("x-own", ""), "W SI-095 /type is no type of STIX 2.1, and no extension of the object declares it" },
	/* SI-092 */
	{ "own type, declared", SDO("x-own", ",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"new-sdo\"}}"), "" },
	{ "own relationship", "{\"type\":\"x-own\",\"id\":" ID("x-own") ",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"new-sro\"}},\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00.000Z\"}", "E SI-050  modified is required" },
	{ "own observable", SCO("x-own", ",\"value\":\"x\",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"new-sco\"}}"), "" },

	/* ---- identifiers and references ---- */
	{ "capitals", "{\"type\":\"tool\",\"id\":\"tool--8E2e2d2b-17d4-4cbf-938f-98ee46b3cd3f\",\"spec_version\":\"2.1\"," TIMES ",\"name\":\"x\"}", "W SI-011 /id should be written in lower case" },
	{ "version 5", "{\"type\":\"tool\",\"id\":\"tool--" UUID5 "\",\"spec_version\":\"2.1\"," TIMES ",\"name\":\"x\"}", "W SI-030 /id should have a random UUID (version 4)" },
	{ "observable with a random id", SCO("ipv4-addr", ",\"value\":\"198.51.100.3\""), "W SI-032 /id should be the deterministic id ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4" },
	{ "observable with another id", "{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--" UUID5 "\",\"value\":\"198.51.100.3\"}", "W SI-032 /id is not the deterministic id ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4: it comes from another namespace or content" },
	{ "observable with its id", "{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4\",\"value\":\"198.51.100.3\"}", "" },
	{ "nothing identifies it", "{\"type\":\"process\",\"id\":\"process--" UUID5 "\",\"pid\":1}", "E SI-033 /id must have a random UUID (version 4): nothing in the object identifies it" },
	{ "no identifier", SDO("grouping", ",\"context\":\"unspecified\",\"object_refs\":[\"x\"]"), "E SI-011 /object_refs/0 must be an identifier: a type, two hyphens and a UUID" },
	{ "cut identifier", SDO("grouping", ",\"context\":\"unspecified\",\"object_refs\":[\"tool--" CUT_UUID "\"]"), "E SI-011 /object_refs/0 must be an identifier: a type, two hyphens and a UUID" },
	{ "cut identifier in an observable", SCO("email-message", ",\"is_multipart\":false,\"from_ref\":\"email-addr--" CUT_UUID "\""), "W SI-011 /from_ref must be an identifier: a type, two hyphens and a UUID" },
	{ "cut identifier of another type", SCO("email-message", ",\"is_multipart\":false,\"from_ref\":\"url--" CUT_UUID "\""), "E SI-051 /from_ref refers to an object of type url, and must to: email-addr" },
	{ "wrong target", TOOL(",\"object_marking_refs\":[" ID("report") "]"), "E SI-051 /object_marking_refs/0 refers to an object of type report, and must to: marking-definition" },
	{ "creator that is no identity", TOOL(",\"created_by_ref\":" ID("source")), "W SI-051 /created_by_ref refers to an object of type source, and should to: identity" },
	{ "a bundle", SDO("grouping", ",\"context\":\"unspecified\",\"object_refs\":[" ID("bundle") "]"), "E SI-051 /object_refs/0 may not refer to a bundle" },
	{ "sighting of an observable", SDO("sighting", ",\"sighting_of_ref\":" ID("file")), "E SI-051 /sighting_of_ref refers to an object of type file, and must to: @sdo" },
	{ "sighting of an own type", SDO("sighting", ",\"sighting_of_ref\":" ID("x-own")), "" },
	{ "marks itself", MARKING(STATEMENT ",\"object_marking_refs\":[" ID("marking-definition") "]"), "E SI-022 /object_marking_refs/0 marks itself" },
	{ "marked twice", TOOL(",\"object_marking_refs\":[" ID("marking-definition") "," ID("marking-definition") "]"), "W SI-060 /object_marking_refs/1 stands in the list twice" },

	/* ---- parts ---- */
	{ "kill chain without a phase", TOOL(",\"kill_chain_phases\":[{\"kill_chain_name\":\"a\"}]"), "E SI-050 /kill_chain_phases/0 phase_name is required" },
	{ "kill chain with a capital", TOOL(",\"kill_chain_phases\":[{\"kill_chain_name\":\"A\",\"phase_name\":\"b\"}]"), "W SI-014 /kill_chain_phases/0/kill_chain_name should be lower-case with hyphens between words" },
	{ "reference to nothing", TOOL(",\"external_references\":[{\"source_name\":\"x\"}]"), "E SI-013 /external_references/0 needs a description, a url or an external_id" },
	{ "url without a scheme", TOOL(",\"external_references\":[{\"source_name\":\"x\",\"url\":\"example.com\"}]"), "E SI-013 /external_references/0/url must be a URL" },
	{ "a CVE", TOOL(",\"external_references\":[{\"source_name\":\"cve\",\"external_id\":\"CVE-2026-0001\"}]"), "" },
	{ "a CVE without its year", TOOL(",\"external_references\":[{\"source_name\":\"cve\",\"external_id\":\"CVE-00000001\"}]"), "E SI-013 /external_references/0 a CVE has the source_name cve and an external_id such as CVE-2026-0001" },
	{ "a CVE in capitals", TOOL(",\"external_references\":[{\"source_name\":\"CVE\",\"external_id\":\"CVE-2026-0001\"}]"), "E SI-013 /external_references/0 a CVE has the source_name cve and an external_id such as CVE-2026-0001" },
	{ "a CAPEC", TOOL(",\"external_references\":[{\"source_name\":\"capec\",\"external_id\":\"CAPEC-463\"}]"), "" },
	{ "a CAPEC without a number", TOOL(",\"external_references\":[{\"source_name\":\"capec\",\"external_id\":\"CAPEC-\"}]"), "E SI-013 /external_references/0 a CAPEC has the source_name capec and an external_id such as CAPEC-1" },
	{ "granular marking of both kinds", TOOL(",\"granular_markings\":[{\"lang\":\"en\",\"marking_ref\":" ID("marking-definition") ",\"selectors\":[\"name\"]}]"), "E SI-061 /granular_markings/0 needs either lang or marking_ref" },
	{ "granular marking of nothing", TOOL(",\"granular_markings\":[{\"lang\":\"en\",\"selectors\":[\"labels\"]}]"), "E SI-062 /granular_markings/0/selectors/0 selects nothing in this object: names and [n] with points between them" },
	/* SI-063 */
	{ "granular marking of an extension", TOOL(",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"property-extension\",\"a_b\":1}},\"granular_markings\":[{\"lang\":\"en\",\"selectors\":[\"extensions." EXTENSION_KEY ".a_b\"]}]"), "" },
	{ "granular marking", TOOL(",\"granular_markings\":[{\"lang\":\"en\",\"selectors\":[\"granular_markings.[0].lang\"]}]"), "" },

	/* ---- hashes and dictionaries ---- */
	{ "name of a hash", FILE_(",\"hashes\":{\"MD\":\"x\"}"), "E SI-012 /hashes/MD the name of a hash has 3 to 250 ASCII letters, digits, hyphens and underscores" },
	{ "own hash", FILE_(",\"hashes\":{\"sha-256\":\"x\"}"), "W SI-012 /hashes/sha-256 \"sha-256\" is not in hash-algorithm-ov, which is open to other words" },
	{ "short MD5", FILE_(",\"hashes\":{\"MD5\":\"00\"}"), "E SI-012 /hashes/MD5 is not what MD5 yields: its length or its characters are wrong" },
	{ "no hex in a SHA-1", FILE_(",\"hashes\":{\"SHA-1\":\"g000000000000000000000000000000000000000\"}"), "E SI-012 /hashes/SHA-1 is not what SHA-1 yields: its length or its characters are wrong" },
	{ "SSDEEP without a size", FILE_(",\"hashes\":{\"SSDEEP\":\"a:b:c\"}"), "E SI-012 /hashes/SSDEEP is not what SSDEEP yields: its length or its characters are wrong" },
	{ "SSDEEP without a second half", FILE_(",\"hashes\":{\"SSDEEP\":\"3:abc\"}"), "E SI-012 /hashes/SSDEEP is not what SSDEEP yields: its length or its characters are wrong" },
	{ "TLSH", FILE_(",\"hashes\":{\"TLSH\":\"T1\"}"), "E SI-012 /hashes/TLSH is not what TLSH yields: its length or its characters are wrong" },
	{ "key of a dictionary", SCO("process", ",\"environment_variables\":{\"a b\":\"x\"}"), "E SI-009 /environment_variables/a b a key has 1 to 250 ASCII letters, digits, hyphens and underscores" },
	{ "header fields", SCO("email-message", ",\"is_multipart\":false,\"additional_header_fields\":{\"X\":\"y\"}"), "E SI-050 /additional_header_fields/X must be a list of strings" },
	{ "request header", SCO("network-traffic", ",\"protocols\":[\"tcp\"],\"src_ref\":" ID("ipv4-addr") ",\"extensions\":{\"http-request-ext\":{\"request_method\":\"get\",\"request_value\":\"/\",\"request_header\":{\"A\":[1]}}}"), "E SI-050 /extensions/http-request-ext/request_header/A must be a list of strings" },
	{ "socket options", SCO("network-traffic", ",\"protocols\":[\"tcp\"],\"src_ref\":" ID("ipv4-addr") ",\"extensions\":{\"socket-ext\":{\"address_family\":\"AF_INET\",\"options\":{\"SO_A\":\"x\"}}}"), "E SI-050 /extensions/socket-ext/options/SO_A must be an integer" },
	{ "ipfix", SCO("network-traffic", ",\"protocols\":[\"tcp\"],\"src_ref\":" ID("ipv4-addr") ",\"ipfix\":{\"a\":1,\"b\":\"x\",\"c\":1.5}"), "E SI-050 /ipfix/c must be an integer or a string" },

	/* ---- extensions ---- */
	{ "extension of another type", SCO("directory", ",\"path\":\"x\",\"extensions\":{\"ntfs-ext\":{\"sid\":\"1\"}}"), "E SI-091 /extensions/ntfs-ext extends objects of type file only" },
	{ "extension without its properties", FILE_(",\"extensions\":{\"ntfs-ext\":{\"x_own\":\"1\"}}"), "E SI-050 /extensions/ntfs-ext has none of the properties that ntfs-ext defines: at least one is required" },
	{ "extension without what it needs", FILE_(",\"extensions\":{\"archive-ext\":{\"comment\":\"x\"}}"), "E SI-050 /extensions/archive-ext contains_refs is required" },
	{ "PE binary of a type alone", FILE_(",\"extensions\":{\"windows-pebinary-ext\":{\"pe_type\":\"exe\"}}"), "E SI-050 /extensions/windows-pebinary-ext needs one more property beside pe_type" },
	{ "PE binary with a fraction", FILE_(",\"extensions\":{\"windows-pebinary-ext\":{\"pe_type\":\"exe\",\"time_date_stamp\":\"2026-01-01T00:00:00.5Z\"}}"), "E SI-008 /extensions/windows-pebinary-ext/time_date_stamp must be a timestamp of whole seconds" },
	{ "defined extension without a type", TOOL(",\"extensions\":{\"" EXTENSION_KEY "\":{\"a_b\":1}}"), "E SI-091 /extensions/" EXTENSION_KEY " needs an extension_type" },
	{ "defined extension of an unknown type", TOOL(",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"x\"}}"), "E SI-015 /extensions/" EXTENSION_KEY "/extension_type \"x\" is not in extension-type-enum" },
	{ "property extension without properties", TOOL(",\"extensions\":{\"" EXTENSION_KEY "\":{\"extension_type\":\"property-extension\"}}"), "E SI-091 /extensions/" EXTENSION_KEY " a property-extension needs at least one property of its own" },
	{ "foreign extension", TOOL(",\"extensions\":{\"x-own-ext\":{\"a_b\":1}}"), "W SI-095 /extensions/x-own-ext is no predefined extension; others should be named by an extension-definition" },

	/* ---- domain objects ---- */
	{ "valid for no time", SDO("indicator", ",\"pattern\":\"[a:b = 1]\",\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\",\"valid_until\":\"2026-01-01T00:00:00.0Z\""), "E SI-050 /valid_until must be later than valid_from" },
	{ "a deprecated property", SCO("domain-name", ",\"value\":\"a.example\",\"resolves_to_refs\":[" ID("ipv4-addr") "]"), "N SI-050 /resolves_to_refs is deprecated since STIX 2.1" },
	{ "a pattern", INDICATOR("[a:b = 1]", "stix"), "" },
	/* SI-111, PT-055 */
	{ "what is no pattern", INDICATOR("[a:b = ]", "stix"), "E SI-110 /pattern is no STIX pattern: \"]\" stands where a constant should, line 1, column 8" },
	/* SI-112 */
	{ "START within validity", INDICATOR("[a:b = 1] START t'2026-01-01T00:00:00.000Z' STOP t'2026-01-02T00:00:00Z'", "stix"), "" },
	{ "START before validity", INDICATOR("[a:b = 1] OR ([a:c = 1] START t'2025-12-31T23:59:59.9Z' STOP t'2026-01-02T00:00:00Z')", "stix"), "W SI-112 /pattern START should not lie before valid_from, 2026-01-01T00:00:00Z" },
	{ "STOP at the end of validity", INDICATOR("[a:b = 1] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'", "stix\",\"valid_until\":\"2026-01-02T00:00:00.0Z"), "" },
	{ "STOP after validity", INDICATOR("[a:b = 1] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00.1Z'", "stix\",\"valid_until\":\"2026-01-02T00:00:00Z"), "W SI-112 /pattern STOP should not lie after valid_until, 2026-01-02T00:00:00Z" },
	{ "a pattern of 2.0", INDICATOR("[a:b = 1] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'", "stix\",\"pattern_version\":\"2.0"), "W SI-110 /pattern is no STIX pattern: \"'2026-01-01T00:00:00Z'\" stands where a timestamp like t'2026-01-31T23:59:59Z' should, line 1, column 17" },
	{ "a pattern that never matches", INDICATOR("[a:b = 1 AND c:d = 2]", "stix"), "W PT-013 /pattern AND joins objects of different types in one bracket: no object is both; use a bracket for each" },
	{ "a rule of another language", INDICATOR("rule x { }", "yara"), "" },
	{ "no pattern", SDO("indicator", ",\"pattern\":\"\",\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\""), "E SI-050 /pattern must be a text that is not empty" },
	{ "location without a place", SDO("location", ",\"name\":\"x\""), "E SI-050  needs a region, a country, or latitude and longitude" },
	{ "latitude alone", SDO("location", ",\"latitude\":1"), "E SI-050  latitude and longitude come together" },
	{ "precision alone", SDO("location", ",\"region\":\"europe\",\"precision\":1"), "E SI-050  precision needs latitude and longitude" },
	{ "country by its name", SDO("location", ",\"country\":\"India\""), "W SI-050 /country should be an ISO 3166-1 code of two capital letters" },
	{ "family without a name", SDO("malware", ",\"is_family\":true"), "E SI-050  a malware family needs a name" },
	{ "analysis without a result", SDO("malware-analysis", ",\"product\":\"x\""), "E SI-050  needs a result or analysis_sco_refs" },
	{ "observed nothing", OBSERVED(""), "E SI-050  needs either object_refs or (deprecated) objects" },
	{ "observed no observable", OBSERVED(",\"object_refs\":[" ID("sighting") "]"), "E SI-050  object_refs needs at least one observable" },
	{ "observed a tool", OBSERVED(",\"object_refs\":[" ID("file") "," ID("tool") "]"), "E SI-051 /object_refs/1 refers to an object of type tool, and must to: @sco relationship sighting" },
	{ "observed a sighting, too", OBSERVED(",\"object_refs\":[" ID("file") "," ID("sighting") "]"), "" },
	{ "container", OBSERVED(",\"objects\":{\"0\":{\"type\":\"file\",\"name\":\"x\",\"parent_directory_ref\":\"1\"},\"1\":{\"type\":\"directory\",\"path\":\"/\"}}"), "" },
	{ "container with a missing key", OBSERVED(",\"objects\":{\"0\":{\"type\":\"file\",\"name\":\"x\",\"parent_directory_ref\":\"1\"}}"), "E SI-052 /objects/0/parent_directory_ref must be the key of an object in the same container" },
	{ "container with another type", OBSERVED(",\"objects\":{\"0\":{\"type\":\"file\",\"name\":\"x\",\"parent_directory_ref\":\"0\"}}"), "E SI-051 /objects/0/parent_directory_ref refers to an object of type file, and must to: directory" },
	{ "container without types", OBSERVED(",\"objects\":{\"0\":{\"name\":\"x\"}}"), "E SI-050 /objects/0 type is required" },
	{ "container of texts", OBSERVED(",\"objects\":{\"0\":\"x\"}"), "E SI-003 /objects/0 must be an object, found string" },

	/* ---- relationships ---- */
	{ "named", RELATION("uses", ID("malware"), ID("tool")), "" },
	{ "to an observable", RELATION("consists-of", ID("infrastructure"), ID("file")), "" },
	{ "of the same type", RELATION("derived-from", ID("tool"), ID("tool")), "" },
	{ "of any type", RELATION("related-to", ID("tool"), ID("file")), "" },
	{ "with an own type", RELATION("likes", ID("x-own"), ID("tool")), "" },
	{ "unnamed", RELATION("uses", ID("tool"), ID("malware")), "W SI-050  the specification names no relationship uses from tool to malware" },
	{ "derived from another type", RELATION("derived-from", ID("tool"), ID("malware")), "W SI-050  the specification names no relationship derived-from from tool to malware" },
	{ "in capitals", RELATION("Uses", ID("malware"), ID("tool")), "E SI-050 /relationship_type must be lower-case letters, digits and hyphens" },
	{ "from a relationship", RELATION("uses", ID("relationship"), ID("tool")), "E SI-051 /source_ref refers to an object of type relationship, and must to: @sdo @sco" },

	/* ---- observables ---- */
	{ "artifact of nothing", SCO("artifact", ""), "E SI-050  needs either payload_bin or url" },
	{ "artifact elsewhere", SCO("artifact", ",\"url\":\"a:b\""), "E SI-050  a url needs hashes of what is there" },
	{ "artifact with a key", SCO("artifact", ",\"payload_bin\":\"YQ==\",\"decryption_key\":\"x\""), "E SI-050  decryption_key needs an encryption_algorithm" },
	{ "media type", SCO("artifact", ",\"payload_bin\":\"YQ==\",\"mime_type\":\"x\""), "W SI-050 /mime_type should be a media type such as text/plain" },
	{ "character set", SCO("directory", ",\"path\":\"x\",\"path_enc\":\"bla.bla\""), "E SI-050 /path_enc must be a character set of the IANA registry" },
	{ "character set in capitals", SCO("directory", ",\"path\":\"x\",\"path_enc\":\"WINDOWS-1252\""), "W SI-032" },
	{ "domain with a path", SCO("domain-name", ",\"value\":\"example.com/x\""), "E SI-050 /value must be a domain name" },
	{ "domain with an empty label", SCO("domain-name", ",\"value\":\"a..b\""), "E SI-050 /value must be a domain name" },
	{ "domain in Hindi", SCO("domain-name", ",\"value\":\"उदाहरण.भारत.\""), "W SI-032" },
	{ "address with a name", SCO("email-addr", ",\"value\":\"A <a@b.c>\""), "E SI-050 /value must be an email address without a display name" },
	{ "address without a domain", SCO("email-addr", ",\"value\":\"a@\""), "E SI-050 /value must be an email address without a display name" },
	{ "multipart with a body", SCO("email-message", ",\"is_multipart\":true,\"body\":\"x\""), "E SI-050  body is for a message that is not multipart" },
	{ "body with parts", SCO("email-message", ",\"is_multipart\":false,\"body_multipart\":[{\"body\":\"x\"}]"), "E SI-050  body_multipart is for a multipart message" },
	{ "empty part", SCO("email-message", ",\"is_multipart\":true,\"body_multipart\":[{\"content_type\":\"x\"}]"), "E SI-050 /body_multipart/0 needs a body or a body_raw_ref" },
	{ "file without a name", SCO("file", ",\"size\":1"), "E SI-050  needs hashes or a name" },
	{ "encoding of no name", SCO("file", ",\"hashes\":{\"own\":\"x\"},\"name_enc\":\"utf-8\""), "E SI-050  name_enc needs a name" },
	{ "IPv4", SCO("ipv4-addr", ",\"value\":\"198.51.100.256\""), "E SI-050 /value must be an IPv4 address or CIDR block" },
	{ "IPv4 block", SCO("ipv4-addr", ",\"value\":\"198.51.100.0/33\""), "E SI-050 /value must be an IPv4 address or CIDR block" },
	{ "IPv4 without bits", SCO("ipv4-addr", ",\"value\":\"198.51.100.0/\""), "E SI-050 /value must be an IPv4 address or CIDR block" },
	{ "IPv6 in IPv4", SCO("ipv6-addr", ",\"value\":\"198.51.100.1\""), "E SI-050 /value must be an IPv6 address or CIDR block" },
	{ "IPv6 block", SCO("ipv6-addr", ",\"value\":\"2001:db8::/32\""), "W SI-032" },
	{ "MAC in capitals", SCO("mac-addr", ",\"value\":\"D2:FB:49:24:37:18\""), "E SI-050 /value must be six lower-case octets with colons" },
	{ "MAC with hyphens", SCO("mac-addr", ",\"value\":\"d2-fb-49-24-37-18\""), "E SI-050 /value must be six lower-case octets with colons" },
	{ "traffic without an end", SCO("network-traffic", ",\"protocols\":[\"tcp\"]"), "E SI-050  needs a src_ref or a dst_ref" },
	{ "traffic that is active and over", SCO("network-traffic", ",\"protocols\":[\"tcp\"],\"src_ref\":" ID("ipv4-addr") ",\"is_active\":true,\"end\":\"2026-01-01T00:00:00Z\""), "E SI-050  is_active must be false after the end" },
	{ "port", SCO("network-traffic", ",\"protocols\":[\"tcp\"],\"src_ref\":" ID("ipv4-addr") ",\"src_port\":65536"), "E SI-050 /src_port must lie between 0 and 65535" },
	{ "process of nothing", SCO("process", ",\"defanged\":true"), "E SI-050  has none of the properties that process defines: at least one is required" },
	{ "process of an extension", SCO("process", ",\"extensions\":{\"windows-process-ext\":{\"priority\":\"x\"}}"), "" },
	{ "CPE", SCO("software", ",\"name\":\"x\",\"cpe\":\"cpe:2.3:a:b\""), "E SI-050 /cpe must be a CPE 2.3 name" },
	{ "CPE with a quoted colon", SCO("software", ",\"name\":\"x\",\"cpe\":\"cpe:2.3:a:b\\\\:c:d:1:*:*:*:*:*:*:*\""), "W SI-032" },
	{ "URL with a blank", SCO("url", ",\"value\":\"http://a b\""), "E SI-050 /value must be a URL" },
	{ "URL without a scheme", SCO("url", ",\"value\":\"/x\""), "E SI-050 /value must be a URL" },
	{ "short hive", SCO("windows-registry-key", ",\"key\":\"hklm\\\\x\""), "E SI-050  key must begin with the full name of the hive, such as HKEY_LOCAL_MACHINE" },
	{ "value of nothing", SCO("windows-registry-key", ",\"key\":\"x\",\"values\":[{\"x_own\":1}]"), "E SI-050 /values/0 has none of the properties that windows-registry-value-type defines: at least one is required" },

	/* ---- meta objects ---- */
	{ "marking of nothing", MARKING(""), "E SI-065  needs definition_type and definition, or an extension" },
	{ "statement without text", MARKING(",\"definition_type\":\"statement\",\"definition\":{\"a\":1}"), "E SI-050  a statement marking is { \"statement\": a string }" },
	{ "own marking", MARKING(",\"definition_type\":\"own\",\"definition\":{\"a\":1}"), "W SI-065  a marking of a type of its own should be made by an extension" },
	{ "own TLP", MARKING(",\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"red\"}"), "E SI-066  a TLP marking is one of the predefined definitions, which marking-definition--" EXAMPLE_UUID " is not" },
	{ "properties of no top level", EXTENSION(",\"extension_types\":[\"new-sdo\"],\"extension_properties\":[\"a_b\"]"), "E SI-090  extension_properties are for a toplevel-property-extension" },
	{ "top level without properties", EXTENSION(",\"extension_types\":[\"toplevel-property-extension\"]"), "W SI-090  extension_properties should list what the extension adds" },
	{ "no description", SDO("extension-definition", ",\"created_by_ref\":" ID("identity") ",\"name\":\"x\",\"schema\":\"x\",\"version\":\"1\",\"extension_types\":[\"new-sdo\"]"), "W SI-090  should have a description" },
	{ "extension of nobody", SDO("extension-definition", ",\"name\":\"x\",\"schema\":\"x\",\"version\":\"1\",\"description\":\"x\",\"extension_types\":[\"new-sdo\"]"), "E SI-050  created_by_ref is required" },
	{ "extended extension", EXTENSION(",\"extension_types\":[\"new-sdo\"],\"extensions\":{\"a\":{\"b\":1}}"), "E SI-020 /extensions does not apply to this type of object" },
	/* SI-102: aliases and a are not there */
	{ "translation", SDO("language-content", ",\"object_ref\":" ID("tool") ",\"contents\":{\"ja\":{\"name\":\"x\",\"aliases\":[\"\",\"y\"],\"a\":{\"b\":\"z\"}}}"), "" },
	{ "translation to no language", SDO("language-content", ",\"object_ref\":" ID("tool") ",\"contents\":{\"español\":{\"name\":\"x\"}}"), "E SI-101 /contents/español the key must be a language tag (RFC 5646)" },
	{ "translation to a number", SDO("language-content", ",\"object_ref\":" ID("tool") ",\"contents\":{\"ja\":{\"name\":[1]}}"), "E SI-101 /contents/ja/name/0 a translation is a string, a list or an object, found number" },
	/* SI-103 */
	{ "language of a translation", SDO("language-content", ",\"object_ref\":" ID("tool") ",\"contents\":{\"ja\":{\"name\":\"x\"}},\"lang\":\"en\""), "E SI-020 /lang does not apply to this type of object" },
};
/* clang-format on */

static char
level_letter(enum stix_level level)
{
	static const char letters[] = {
		[STIX_NOTE] = 'N',
		[STIX_WARNING] = 'W',
		[STIX_ERROR] = 'E',
	};

	return letters[level];
}

static bool
has_problem(const struct stix_report *r, const char *want)
{
	char text[WHY_WHERE_MAX + WHY_TEXT_MAX + 16];
	bool found = false;

	for (size_t i = 0; i < r->len; i++) {
		const struct stix_problem *p = &r->problem[i];

		(void)snprintf(text, sizeof(text), "%c %s %s %s", level_letter(p->level), p->rule,
		    p->pointer, p->message);
		found = found || strncmp(text, want, strlen(want)) == 0;
	}
	return found;
}

static void
print_report(const struct stix_report *r)
{
	for (size_t i = 0; i < r->len; i++)
		print_message("%c %s %s %s\n", level_letter(r->problem[i].level),
		    r->problem[i].rule, r->problem[i].pointer, r->problem[i].message);
}

static void
check_problem(void **state)
{
	const struct problem_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a, str_of(row->text));
	static struct stix_report report;

	stix_validate(&o, &report);
	if (!has_problem(&report, row->want) && row->want[0] != '\0')
		print_report(&report);
	if (row->want[0] == '\0') {
		if (report.errors > 0)
			print_report(&report);
		assert_int_equal(report.errors, 0);
		return;
	}
	assert_true(has_problem(&report, row->want));
	assert_int_equal(report.errors, row->want[0] == 'E' ? 1 : 0);
}

static void
count_beyond_the_report(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	static struct stix_report report;

	buf_put(&text, S("{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\",\"aliases\":["));
	for (size_t i = 0; i < 100; i++)
		buf_put(&text, i == 0 ? S("1") : S(",1"));
	buf_put(&text, S("]}"));
	struct stix_object o = example_object(a, buf_str(&text));
	stix_validate(&o, &report);
	assert_int_equal(report.errors, 100 + 4);
	assert_int_equal(report.len, STIX_PROBLEMS_MAX);
	assert_int_equal(report.more,
	    report.errors + report.warnings + report.notes - STIX_PROBLEMS_MAX);
}

static void
long_pointer_is_cut(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	static struct stix_report report;

	buf_put(&text, S("{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\",\"x_"));
	for (size_t i = 0; i < 1000; i++)
		buf_putc(&text, 'a');
	buf_put(&text, S("\":null}"));
	struct stix_object o = example_object(a, buf_str(&text));
	stix_validate(&o, &report);
	assert_true(report.errors > 0);
}

/* So many warnings that the error behind them would not be listed. */
static void
error_behind_warnings(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);
	static struct stix_report report;

	buf_put(&text, S("{\"tool_types\":[\"a\""));
	for (size_t i = 0; i < STIX_PROBLEMS_MAX; i++)
		buf_put(&text, S(",\"a\""));
	buf_put(&text, S("],\"type\":\"tool\",\"id\":" ID("tool") ",\"spec_version\":\"2.1\"," TIMES
	                                                          ",\"name\":1,\"aliases\":[1]}"));
	struct stix_object o = example_object(a, buf_str(&text));
	stix_validate(&o, &report);
	assert_int_equal(report.errors, 2);
	assert_int_equal(report.len, STIX_PROBLEMS_MAX);
	assert_true(has_problem(&report, "E SI-003 /name must be a string"));
}

/* An object that asks for more look-ups than it is worth. */
static void
lookups_are_bounded(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(buf_free) struct buf text = buf_new(4 * MIB);
	static struct stix_report report;

	buf_put(&text,
	    S("{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID
	      "\",\"name\":\"x\",\"spec_version\":\"2.1\","
	      "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	      "\"granular_markings\":[{\"lang\":\"en\",\"selectors\":[\"name\""));
	for (size_t i = 0; i < 20'000; i++)
		buf_put(&text, S(",\"name\""));
	buf_put(&text, S("]}]}"));
	struct stix_object o = example_object(a, buf_str(&text));
	stix_validate(&o, &report);
	assert_int_equal(report.errors, 1);
	assert_true(has_problem(&report,
	    "E SI-052  has more references and selectors than this program is willing to resolve"));
}

/* The steps of a draft, too: each of them passes all members of the entries. */
static void
steps_are_bounded(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(buf_free) struct buf text = buf_new(4 * MIB);
	static struct stix_report report;

	buf_put(&text,
	    S("{\"type\":\"event\",\"id\":" ID("event") ",\"spec_version\":\"2.1\"," TIMES
	                                                ",\"subevents\":[{\"next_steps\":[{}"));
	for (size_t i = 0; i < 5000; i++)
		buf_put(&text, S(",{\"event_ref\":" ID("event") "}"));
	buf_put(&text, S("]"));
	for (size_t i = 0; i < 50'000; i++)
		buf_printf(&text, ",\"a%zu\":1", i);
	buf_put(&text, S("}],\"status\":\"occurred\",\"extensions\":{\"" EVENT
	                 "\":{\"extension_type\":\"new-sdo\"}}}"));
	struct stix_object o = example_object(a, buf_str(&text));
	stix_validate(&o, &report);
	assert_true(has_problem(&report,
	    "E SI-052  has more references and selectors than this program is willing to resolve"));
}

/* ---- shared cases ---- */

/* Rows whose verdict is not ours, and why. */
static const struct exception {
	size_t from, to; /* lines counted from 0, both included */
	const char *reason;
} exceptions[] = {
	{ 65, 65, "well-formed language tag; the registry is not looked up" },
	{ 69, 70, "names inside a pattern: patterns are judged by their own module" },
	{ 72, 72, "names inside a pattern: patterns are judged by their own module" },
	{ 80, 80, "names inside a pattern: patterns are judged by their own module" },
	{ 89, 89, "created_by_ref is required by the interoperability profile only" },
	{ 128, 129, "content other than TLP under the identifier of TLP:GREEN (SI-066)" },
	{ 132, 134, "content other than TLP under the identifier of TLP:GREEN (SI-066)" },
	{ 240, 240, "STIX 2.0" },
	{ 242, 243, "STIX 2.0" },
	{ 246, 248, "STIX 2.0" },
	{ 252, 254, "STIX 2.0" },
	{ 256, 256, "STIX 2.0" },
	{ 258, 259, "STIX 2.0" },
	{ 261, 262, "STIX 2.0" },
};

static bool
is_exception(size_t row)
{
	for (size_t i = 0; i < COUNTOF(exceptions); i++) {
		if (row >= exceptions[i].from && row <= exceptions[i].to)
			return true;
	}
	return false;
}

static bool
is_accepted(const struct json *v)
{
	static struct stix_report report;
	struct stix_object o;

	if (stix_scan(v, &o, NULL) != OK)
		return false;
	stix_validate(&o, &report);
	return report.errors == 0;
}

struct tally {
	size_t rows, wrong;
};

static void
check_line(size_t line, struct str text, void *arg)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	const struct json *row = example_json(a, text), *instance = json_get(row, S("instance"));
	const struct json *objects = json_get(instance, S("objects"));
	bool want = json_is(json_get(row, S("valid_must")), JSON_TRUE), got = true;
	struct tally *tally = arg;

	if (str_is(json_str(json_get(instance, S("type"))), "bundle")) {
		for (const struct json *o = objects->first; o != NULL; o = o->next)
			got = got && is_accepted(o);
	} else {
		got = is_accepted(instance);
	}
	tally->rows++;
	/* An exception that is none any longer has to leave the list. */
	if ((got != want) != is_exception(line)) {
		tally->wrong++;
		print_message("row %zu: accepted %d, expected %d\n", line, got, want);
	}
}

static void
shared_instances(void **state)
{
	(void)state;
	struct tally tally = { 0 };

	example_lines("stix/stix-instance.jsonl", check_line, &tally);
	assert_true(tally.rows > 0);
	assert_int_equal(tally.wrong, 0);
}

int
main(int argc, char **argv)
{
	static struct cases cases;

	CASES(&cases, problem_cases, check_problem);
	CASE(&cases, count_beyond_the_report);
	CASE(&cases, error_behind_warnings);
	CASE(&cases, long_pointer_is_cut);
	CASE(&cases, lookups_are_bounded);
	CASE(&cases, steps_are_bounded);
	CASE(&cases, shared_instances);
	return cases_run("validate", &cases, argc, argv);
}
