/* vocabulary_p.h: names of the vocabularies of STIX 2.1 (private to stix).
 *
 * Source: STIX 2.1, section 10. */
#pragma once

#include "model_p.h"

/* Closed: no other value is valid. */
extern const struct words words_encryption_algorithm;
extern const struct words words_extension_type;
extern const struct words words_network_socket_address_family;
extern const struct words words_network_socket_type;
extern const struct words words_opinion;
extern const struct words words_spec_version;
extern const struct words words_windows_integrity_level;
extern const struct words words_windows_registry_datatype;
extern const struct words words_windows_service_start_type;
extern const struct words words_windows_service_status;
extern const struct words words_windows_service_type;

/* Open: any other value draws a warning. */
extern const struct words words_account_type;
extern const struct words words_attack_motivation;
extern const struct words words_attack_resource_level;
extern const struct words words_grouping_context;
extern const struct words words_hash_algorithm;
extern const struct words words_identity_class;
extern const struct words words_implementation_language;
extern const struct words words_indicator_type;
extern const struct words words_industry_sector;
extern const struct words words_infrastructure_type;
extern const struct words words_malware_capabilities;
extern const struct words words_malware_result;
extern const struct words words_malware_type;
extern const struct words words_marking_type;
extern const struct words words_pattern_type;
extern const struct words words_processor_architecture;
extern const struct words words_region;
extern const struct words words_report_type;
extern const struct words words_threat_actor_role;
extern const struct words words_threat_actor_sophistication;
extern const struct words words_threat_actor_type;
extern const struct words words_tool_type;
extern const struct words words_windows_pebinary_type;

/* Open, of the incident core extension: what is counted (model_incident.c). */
extern const struct words words_entity_type;
