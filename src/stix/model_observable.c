/* Cyber-observables and their predefined extensions. */
#include "format_p.h"
#include "model_p.h"
#include "vocabulary_p.h"

static const struct range any = { -JSON_INTEGER_MAX, JSON_INTEGER_MAX };
static const struct range positive = { 0, JSON_INTEGER_MAX };
static const struct range port = { 0, 65'535 };

/* Ends of a connection. */
#define ENDPOINTS "ipv4-addr ipv6-addr mac-addr domain-name"

/* clang-format off */
/* ---- parts ---- */

static const struct property mime_part_properties[] = {
	STRING("body", 0),
	REF("body_raw_ref", 0, "artifact file"),
	STRING("content_type", 0),
	STRING("content_disposition", 0),
};
static const struct shape mime_part = SHAPE("email-mime-part-type", mime_part_properties);

static const struct property registry_value_properties[] = {
	STRING("name", 0),
	STRING("data", 0),
	CHOICE("data_type", 0, words_windows_registry_datatype),
};
static const struct shape registry_value = SHAPE_SOME("windows-registry-value-type", registry_value_properties);

static const struct property x509_v3_properties[] = {
	STRING("basic_constraints", 0),
	STRING("name_constraints", 0),
	STRING("policy_constraints", 0),
	STRING("key_usage", 0),
	STRING("extended_key_usage", 0),
	STRING("subject_key_identifier", 0),
	STRING("authority_key_identifier", 0),
	STRING("subject_alternative_name", 0),
	STRING("issuer_alternative_name", 0),
	STRING("subject_directory_attributes", 0),
	STRING("crl_distribution_points", 0),
	STRING("inhibit_any_policy", 0),
	TIMESTAMP("private_key_usage_period_not_before", 0),
	TIMESTAMP("private_key_usage_period_not_after", 0),
	STRING("certificate_policies", 0),
	STRING("policy_mappings", 0),
};
static const struct shape x509_v3 = SHAPE("x509-v3-extensions-type", x509_v3_properties);

static const struct property data_stream_properties[] = {
	STRING("name", REQUIRED),
	HASHES("hashes", 0),
	INTEGER("size", 0, positive),
};
static const struct shape data_stream = SHAPE("alternate-data-stream-type", data_stream_properties);

static const struct property pe_optional_properties[] = {
	HEX("magic_hex", 0),
	INTEGER("major_linker_version", 0, any),
	INTEGER("minor_linker_version", 0, any),
	INTEGER("size_of_code", 0, positive),
	INTEGER("size_of_initialized_data", 0, positive),
	INTEGER("size_of_uninitialized_data", 0, positive),
	INTEGER("address_of_entry_point", 0, any),
	INTEGER("base_of_code", 0, any),
	INTEGER("base_of_data", 0, any),
	INTEGER("image_base", 0, any),
	INTEGER("section_alignment", 0, any),
	INTEGER("file_alignment", 0, any),
	INTEGER("major_os_version", 0, any),
	INTEGER("minor_os_version", 0, any),
	INTEGER("major_image_version", 0, any),
	INTEGER("minor_image_version", 0, any),
	INTEGER("major_subsystem_version", 0, any),
	INTEGER("minor_subsystem_version", 0, any),
	HEX("win32_version_value_hex", 0),
	INTEGER("size_of_image", 0, positive),
	INTEGER("size_of_headers", 0, positive),
	HEX("checksum_hex", 0),
	HEX("subsystem_hex", 0),
	HEX("dll_characteristics_hex", 0),
	INTEGER("size_of_stack_reserve", 0, positive),
	INTEGER("size_of_stack_commit", 0, positive),
	INTEGER("size_of_heap_reserve", 0, any),
	INTEGER("size_of_heap_commit", 0, any),
	HEX("loader_flags_hex", 0),
	INTEGER("number_of_rva_and_sizes", 0, any),
	HASHES("hashes", 0),
};
static const struct shape pe_optional = SHAPE_SOME("windows-pe-optional-header-type", pe_optional_properties);

static const struct property pe_section_properties[] = {
	STRING("name", REQUIRED),
	INTEGER("size", 0, positive),
	FLOAT("entropy", 0, any),
	HASHES("hashes", 0),
};
static const struct shape pe_section = SHAPE("windows-pe-section-type", pe_section_properties);

/* ---- observables ---- */

static const struct property artifact[] = {
	FORMAT("mime_type", 0, format_mime),
	BINARY("payload_bin", IDENTIFYING),
	FORMAT("url", 0, format_url),
	HASHES("hashes", IDENTIFYING),
	CHOICE("encryption_algorithm", 0, words_encryption_algorithm),
	STRING("decryption_key", 0),
};

static const struct property autonomous_system[] = {
	INTEGER("number", REQUIRED | IDENTIFYING, positive),
	STRING("name", 0),
	STRING("rir", 0),
};

static const struct property directory[] = {
	STRING("path", REQUIRED | IDENTIFYING),
	FORMAT("path_enc", 0, format_charset),
	TIMESTAMP("ctime", 0),
	TIMESTAMP("mtime", 0),
	TIMESTAMP("atime", 0),
	REF("contains_refs", LIST, "directory file"),
};

static const struct property domain_name[] = {
	FORMAT("value", REQUIRED | IDENTIFYING, format_domain),
	REF("resolves_to_refs", LIST | DEPRECATED, "domain-name ipv4-addr ipv6-addr"),
};

static const struct property email_addr[] = {
	FORMAT("value", REQUIRED | IDENTIFYING, format_email),
	STRING("display_name", 0),
	REF("belongs_to_ref", 0, "user-account"),
};

static const struct property email_message[] = {
	BOOLEAN("is_multipart", REQUIRED),
	TIMESTAMP("date", 0),
	STRING("content_type", 0),
	REF("from_ref", IDENTIFYING, "email-addr"),
	REF("sender_ref", 0, "email-addr"),
	REF("to_refs", LIST, "email-addr"),
	REF("cc_refs", LIST, "email-addr"),
	REF("bcc_refs", LIST, "email-addr"),
	STRING("message_id", 0),
	STRING("subject", IDENTIFYING),
	STRING("received_lines", LIST),
	DICTIONARY("additional_header_fields", 0),
	STRING("body", IDENTIFYING),
	PART("body_multipart", LIST, mime_part),
	REF("raw_email_ref", 0, "artifact"),
};

static const struct property file[] = {
	OTHER("extensions", IDENTIFYING, KIND_EXTENSIONS),
	HASHES("hashes", IDENTIFYING),
	INTEGER("size", 0, positive),
	STRING("name", IDENTIFYING),
	FORMAT("name_enc", 0, format_charset),
	HEX("magic_number_hex", 0),
	FORMAT("mime_type", 0, format_mime),
	TIMESTAMP("ctime", 0),
	TIMESTAMP("mtime", 0),
	TIMESTAMP("atime", 0),
	REF("parent_directory_ref", IDENTIFYING, "directory"),
	REF("contains_refs", LIST, "@sco"),
	REF("content_ref", 0, "artifact"),
};

static const struct property ipv4_addr[] = {
	FORMAT("value", REQUIRED | IDENTIFYING, format_ipv4),
	REF("resolves_to_refs", LIST, "mac-addr"),
	REF("belongs_to_refs", LIST, "autonomous-system"),
};

static const struct property ipv6_addr[] = {
	FORMAT("value", REQUIRED | IDENTIFYING, format_ipv6),
	REF("resolves_to_refs", LIST, "mac-addr"),
	REF("belongs_to_refs", LIST, "autonomous-system"),
};

static const struct property mac_addr[] = {
	FORMAT("value", REQUIRED | IDENTIFYING, format_mac),
};

static const struct property mutex[] = {
	STRING("name", REQUIRED | IDENTIFYING),
};

static const struct property network_traffic[] = {
	OTHER("extensions", IDENTIFYING, KIND_EXTENSIONS),
	TIMESTAMP("start", IDENTIFYING),
	TIMESTAMP("end", IDENTIFYING),
	BOOLEAN("is_active", 0),
	REF("src_ref", IDENTIFYING, ENDPOINTS),
	REF("dst_ref", IDENTIFYING, ENDPOINTS),
	INTEGER("src_port", IDENTIFYING, port),
	INTEGER("dst_port", IDENTIFYING, port),
	STRING("protocols", REQUIRED | LIST | IDENTIFYING),
	INTEGER("src_byte_count", 0, positive),
	INTEGER("dst_byte_count", 0, positive),
	INTEGER("src_packets", 0, positive),
	INTEGER("dst_packets", 0, positive),
	DICTIONARY("ipfix", 0),
	REF("src_payload_ref", 0, "artifact"),
	REF("dst_payload_ref", 0, "artifact"),
	REF("encapsulates_refs", LIST, "network-traffic"),
	REF("encapsulated_by_ref", 0, "network-traffic"),
};

static const struct property process[] = {
	BOOLEAN("is_hidden", 0),
	INTEGER("pid", 0, any),
	TIMESTAMP("created_time", 0),
	STRING("cwd", 0),
	STRING("command_line", 0),
	DICTIONARY("environment_variables", 0),
	REF("opened_connection_refs", LIST, "network-traffic"),
	REF("creator_user_ref", 0, "user-account"),
	REF("image_ref", 0, "file"),
	REF("parent_ref", 0, "process"),
	REF("child_refs", LIST, "process"),
};

static const struct property software[] = {
	STRING("name", REQUIRED | IDENTIFYING),
	FORMAT("cpe", IDENTIFYING, format_cpe),
	STRING("swid", IDENTIFYING),
	FORMAT("languages", LIST, format_language),
	STRING("vendor", IDENTIFYING),
	STRING("version", IDENTIFYING),
};

static const struct property url[] = {
	FORMAT("value", REQUIRED | IDENTIFYING, format_url),
};

static const struct property user_account[] = {
	STRING("user_id", IDENTIFYING),
	STRING("credential", 0),
	STRING("account_login", IDENTIFYING),
	WORD("account_type", IDENTIFYING, words_account_type),
	STRING("display_name", 0),
	BOOLEAN("is_service_account", 0),
	BOOLEAN("is_privileged", 0),
	BOOLEAN("can_escalate_privs", 0),
	BOOLEAN("is_disabled", 0),
	TIMESTAMP("account_created", 0),
	TIMESTAMP("account_expires", 0),
	TIMESTAMP("credential_last_changed", 0),
	TIMESTAMP("account_first_login", 0),
	TIMESTAMP("account_last_login", 0),
};

static const struct property windows_registry_key[] = {
	STRING("key", IDENTIFYING),
	PART("values", LIST | IDENTIFYING, registry_value),
	TIMESTAMP("modified_time", 0),
	REF("creator_user_ref", 0, "user-account"),
	INTEGER("number_of_subkeys", 0, positive),
};

static const struct property x509_certificate[] = {
	BOOLEAN("is_self_signed", 0),
	HASHES("hashes", IDENTIFYING),
	STRING("version", 0),
	STRING("serial_number", IDENTIFYING),
	STRING("signature_algorithm", 0),
	STRING("issuer", 0),
	TIMESTAMP("validity_not_before", 0),
	TIMESTAMP("validity_not_after", 0),
	STRING("subject", 0),
	STRING("subject_public_key_algorithm", 0),
	STRING("subject_public_key_modulus", 0),
	INTEGER("subject_public_key_exponent", 0, positive),
	PART("x509_v3_extensions", 0, x509_v3),
};

/* In the bytewise order of the names. */
const struct stix_type model_observables[] = {
	{ STIX_SCO, SHAPE("artifact", artifact) },
	{ STIX_SCO, SHAPE("autonomous-system", autonomous_system) },
	{ STIX_SCO, SHAPE("directory", directory) },
	{ STIX_SCO, SHAPE("domain-name", domain_name) },
	{ STIX_SCO, SHAPE("email-addr", email_addr) },
	{ STIX_SCO, SHAPE("email-message", email_message) },
	{ STIX_SCO, SHAPE("file", file) },
	{ STIX_SCO, SHAPE("ipv4-addr", ipv4_addr) },
	{ STIX_SCO, SHAPE("ipv6-addr", ipv6_addr) },
	{ STIX_SCO, SHAPE("mac-addr", mac_addr) },
	{ STIX_SCO, SHAPE("mutex", mutex) },
	{ STIX_SCO, SHAPE("network-traffic", network_traffic) },
	{ STIX_SCO, SHAPE_SOME("process", process) },
	{ STIX_SCO, SHAPE("software", software) },
	{ STIX_SCO, SHAPE("url", url) },
	{ STIX_SCO, SHAPE_SOME("user-account", user_account) },
	{ STIX_SCO, SHAPE_SOME("windows-registry-key", windows_registry_key) },
	{ STIX_SCO, SHAPE_SOME("x509-certificate", x509_certificate) },
};
const size_t model_observables_len = COUNTOF(model_observables);

/* ---- predefined extensions ---- */

static const struct property archive[] = {
	REF("contains_refs", REQUIRED | LIST, "directory file"),
	STRING("comment", 0),
};

static const struct property ntfs[] = {
	STRING("sid", 0),
	PART("alternate_data_streams", LIST, data_stream),
};

static const struct property pdf[] = {
	STRING("version", 0),
	BOOLEAN("is_optimized", 0),
	DICTIONARY("document_info_dict", 0),
	STRING("pdfid0", 0),
	STRING("pdfid1", 0),
};

static const struct property raster_image[] = {
	INTEGER("image_height", 0, positive),
	INTEGER("image_width", 0, positive),
	INTEGER("bits_per_pixel", 0, positive),
	DICTIONARY("exif_tags", 0),
};

static const struct property pe_binary[] = {
	WORD("pe_type", REQUIRED, words_windows_pebinary_type),
	STRING("imphash", 0),
	HEX("machine_hex", 0),
	INTEGER("number_of_sections", 0, positive),
	FORMAT("time_date_stamp", 0, format_second),
	HEX("pointer_to_symbol_table_hex", 0),
	INTEGER("number_of_symbols", 0, positive),
	INTEGER("size_of_optional_header", 0, positive),
	HEX("characteristics_hex", 0),
	HASHES("file_header_hashes", 0),
	PART("optional_header", 0, pe_optional),
	PART("sections", LIST, pe_section),
};

static const struct property http_request[] = {
	STRING("request_method", REQUIRED),
	STRING("request_value", REQUIRED),
	STRING("request_version", 0),
	DICTIONARY("request_header", 0),
	INTEGER("message_body_length", 0, positive),
	REF("message_body_data_ref", 0, "artifact"),
};

static const struct property icmp[] = {
	HEX("icmp_type_hex", REQUIRED),
	HEX("icmp_code_hex", REQUIRED),
};

static const struct property socket[] = {
	CHOICE("address_family", REQUIRED, words_network_socket_address_family),
	BOOLEAN("is_blocking", 0),
	BOOLEAN("is_listening", 0),
	DICTIONARY("options", 0),
	CHOICE("socket_type", 0, words_network_socket_type),
	INTEGER("socket_descriptor", 0, positive),
	INTEGER("socket_handle", 0, any),
};

static const struct property tcp[] = {
	HEX("src_flags_hex", 0),
	HEX("dst_flags_hex", 0),
};

static const struct property windows_process[] = {
	BOOLEAN("aslr_enabled", 0),
	BOOLEAN("dep_enabled", 0),
	STRING("priority", 0),
	STRING("owner_sid", 0),
	STRING("window_title", 0),
	DICTIONARY("startup_info", 0),
	CHOICE("integrity_level", 0, words_windows_integrity_level),
};

static const struct property windows_service[] = {
	STRING("service_name", 0),
	STRING("descriptions", LIST),
	STRING("display_name", 0),
	STRING("group_name", 0),
	CHOICE("start_type", 0, words_windows_service_start_type),
	REF("service_dll_refs", LIST, "file"),
	CHOICE("service_type", 0, words_windows_service_type),
	CHOICE("service_status", 0, words_windows_service_status),
};

static const struct property unix_account[] = {
	INTEGER("gid", 0, any),
	STRING("groups", LIST),
	STRING("home_dir", 0),
	STRING("shell", 0),
};

const struct extension model_extensions[] = {
	{ NAME("file"), SHAPE_SOME("archive-ext", archive) },
	{ NAME("file"), SHAPE_SOME("ntfs-ext", ntfs) },
	{ NAME("file"), SHAPE_SOME("pdf-ext", pdf) },
	{ NAME("file"), SHAPE_SOME("raster-image-ext", raster_image) },
	{ NAME("file"), SHAPE_SOME("windows-pebinary-ext", pe_binary) },
	{ NAME("network-traffic"), SHAPE_SOME("http-request-ext", http_request) },
	{ NAME("network-traffic"), SHAPE_SOME("icmp-ext", icmp) },
	{ NAME("network-traffic"), SHAPE_SOME("socket-ext", socket) },
	{ NAME("network-traffic"), SHAPE_SOME("tcp-ext", tcp) },
	{ NAME("process"), SHAPE_SOME("windows-process-ext", windows_process) },
	{ NAME("process"), SHAPE_SOME("windows-service-ext", windows_service) },
	{ NAME("user-account"), SHAPE_SOME("unix-account-ext", unix_account) },
};
const size_t model_extensions_len = COUNTOF(model_extensions);
/* clang-format on */
