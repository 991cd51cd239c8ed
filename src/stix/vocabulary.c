/* vocabulary.c: the open and closed vocabularies of STIX 2.1.
 *
 * Source: STIX 2.1, section 10. */
#include "relationship_p.h"
#include "vocabulary_p.h"

#define WORDS(id, title) \
	const struct words words_##id = { .name = (title), .word = (id), .len = COUNTOF(id) }

/* clang-format off */
/* ---- closed: no other value is valid ---- */

static const char *const encryption_algorithm[] = {
	"AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated",
};
WORDS(encryption_algorithm, "encryption-algorithm-enum");

static const char *const extension_type[] = {
	"new-sdo", "new-sco", "new-sro", "property-extension", "toplevel-property-extension",
};
WORDS(extension_type, "extension-type-enum");

static const char *const network_socket_address_family[] = {
	"AF_UNSPEC", "AF_INET", "AF_IPX", "AF_APPLETALK", "AF_NETBIOS", "AF_INET6", "AF_IRDA",
	"AF_BTH",
};
WORDS(network_socket_address_family, "network-socket-address-family-enum");

static const char *const network_socket_type[] = {
	"SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET",
};
WORDS(network_socket_type, "network-socket-type-enum");

static const char *const opinion[] = {
	"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree",
};
WORDS(opinion, "opinion-enum");

static const char *const windows_integrity_level[] = {
	"low", "medium", "high", "system",
};
WORDS(windows_integrity_level, "windows-integrity-level-enum");

static const char *const windows_registry_datatype[] = {
	"REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD",
	"REG_DWORD_BIG_ENDIAN", "REG_DWORD_LITTLE_ENDIAN", "REG_LINK", "REG_MULTI_SZ",
	"REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTION", "REG_RESOURCE_REQUIREMENTS_LIST",
	"REG_QWORD", "REG_INVALID_TYPE",
};
WORDS(windows_registry_datatype, "windows-registry-datatype-enum");

static const char *const windows_service_start_type[] = {
	"SERVICE_AUTO_START", "SERVICE_BOOT_START", "SERVICE_DEMAND_START", "SERVICE_DISABLED",
	"SERVICE_SYSTEM_ALERT",
};
WORDS(windows_service_start_type, "windows-service-start-type-enum");

static const char *const windows_service_status[] = {
	"SERVICE_CONTINUE_PENDING", "SERVICE_PAUSE_PENDING", "SERVICE_PAUSED",
	"SERVICE_RUNNING", "SERVICE_START_PENDING", "SERVICE_STOP_PENDING", "SERVICE_STOPPED",
};
WORDS(windows_service_status, "windows-service-status-enum");

static const char *const windows_service_type[] = {
	"SERVICE_KERNEL_DRIVER", "SERVICE_FILE_SYSTEM_DRIVER", "SERVICE_WIN32_OWN_PROCESS",
	"SERVICE_WIN32_SHARE_PROCESS",
};
WORDS(windows_service_type, "windows-service-type-enum");

static const char *const spec_version[] = {
	"2.1",
};
WORDS(spec_version, "the versions of STIX");

/* ---- open: any other value draws a warning ---- */

static const char *const account_type[] = {
	"facebook", "ldap", "nis", "openid", "radius", "skype", "tacacs", "twitter", "unix",
	"windows-local", "windows-domain",
};
WORDS(account_type, "account-type-ov");

static const char *const attack_motivation[] = {
	"accidental", "coercion", "dominance", "ideology", "notoriety", "organizational-gain",
	"personal-gain", "personal-satisfaction", "revenge", "unpredictable",
};
WORDS(attack_motivation, "attack-motivation-ov");

static const char *const attack_resource_level[] = {
	"individual", "club", "contest", "team", "organization", "government",
};
WORDS(attack_resource_level, "attack-resource-level-ov");

static const char *const grouping_context[] = {
	"suspicious-activity", "malware-analysis", "unspecified",
};
WORDS(grouping_context, "grouping-context-ov");

static const char *const hash_algorithm[] = {
	"MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH",
};
WORDS(hash_algorithm, "hash-algorithm-ov");

static const char *const identity_class[] = {
	"individual", "group", "system", "organization", "class", "unknown",
};
WORDS(identity_class, "identity-class-ov");

static const char *const implementation_language[] = {
	"applescript", "bash", "c", "c++", "c#", "go", "java", "javascript", "lua",
	"objective-c", "perl", "php", "powershell", "python", "ruby", "rust", "scala", "swift",
	"typescript", "visual-basic", "x86-32", "x86-64",
};
WORDS(implementation_language, "implementation-language-ov");

static const char *const indicator_type[] = {
	"anomalous-activity", "anonymization", "benign", "compromised", "malicious-activity",
	"attribution", "unknown",
};
WORDS(indicator_type, "indicator-type-ov");

static const char *const industry_sector[] = {
	"agriculture", "aerospace", "automotive", "chemical", "commercial", "communications",
	"construction", "defense", "education", "energy", "entertainment", "financial-services",
	"government", "emergency-services", "government-local", "government-national",
	"government-public-services", "government-regional", "healthcare",
	"hospitality-leisure", "infrastructure", "dams", "nuclear", "water", "insurance",
	"legal", "manufacturing", "mining", "non-profit", "pharmaceuticals", "retail",
	"technology", "telecommunications", "transportation", "utilities",
};
WORDS(industry_sector, "industry-sector-ov");

static const char *const infrastructure_type[] = {
	"amplification", "anonymization", "botnet", "command-and-control", "control-system",
	"exfiltration", "firewall", "hosting-malware", "hosting-target-lists", "phishing",
	"reconnaissance", "routers-switches", "staging", "workstation", "unknown",
};
WORDS(infrastructure_type, "infrastructure-type-ov");

static const char *const malware_capabilities[] = {
	"accesses-remote-machines", "anti-debugging", "anti-disassembly", "anti-emulation",
	"anti-memory-forensics", "anti-sandbox", "anti-vm", "captures-input-peripherals",
	"captures-output-peripherals", "captures-system-state-data",
	"cleans-traces-of-infection", "commits-fraud", "communicates-with-c2",
	"compromises-data-availability", "compromises-data-integrity",
	"compromises-system-availability", "controls-local-machine",
	"degrades-security-software", "degrades-system-updates", "determines-c2-server",
	"emails-spam", "escalates-privileges", "evades-av", "exfiltrates-data",
	"fingerprints-host", "hides-artifacts", "hides-executing-code", "infects-files",
	"infects-remote-machines", "installs-other-components", "persists-after-system-reboot",
	"prevents-artifact-access", "prevents-artifact-deletion", "probes-network-environment",
	"self-modifies", "steals-authentication-credentials",
	"violates-system-operational-integrity",
};
WORDS(malware_capabilities, "malware-capabilities-ov");

static const char *const malware_result[] = {
	"malicious", "suspicious", "benign", "unknown",
};
WORDS(malware_result, "malware-result-ov");

static const char *const malware_type[] = {
	"adware", "backdoor", "bot", "bootkit", "ddos", "downloader", "dropper", "exploit-kit",
	"keylogger", "ransomware", "remote-access-trojan", "resource-exploitation",
	"rogue-security-software", "rootkit", "screen-capture", "spyware", "trojan", "unknown",
	"virus", "webshell", "wiper", "worm",
};
WORDS(malware_type, "malware-type-ov");

static const char *const marking_type[] = {
	"statement", "tlp",
};
WORDS(marking_type, "the marking types");

static const char *const pattern_type[] = {
	"stix", "pcre", "sigma", "snort", "suricata", "yara",
};
WORDS(pattern_type, "pattern-type-ov");

static const char *const processor_architecture[] = {
	"alpha", "arm", "ia-64", "mips", "powerpc", "sparc", "x86", "x86-64",
};
WORDS(processor_architecture, "processor-architecture-ov");

static const char *const region[] = {
	"africa", "eastern-africa", "middle-africa", "northern-africa", "southern-africa",
	"western-africa", "americas", "caribbean", "central-america", "latin-america-caribbean",
	"northern-america", "south-america", "asia", "central-asia", "eastern-asia",
	"southern-asia", "south-eastern-asia", "western-asia", "europe", "eastern-europe",
	"northern-europe", "southern-europe", "western-europe", "oceania", "antarctica",
	"australia-new-zealand", "melanesia", "micronesia", "polynesia",
};
WORDS(region, "region-ov");

static const char *const report_type[] = {
	"attack-pattern", "campaign", "identity", "incident", "indicator", "intrusion-set",
	"malware", "observed-data", "threat-actor", "threat-report", "tool", "vulnerability",
};
WORDS(report_type, "report-type-ov");

static const char *const threat_actor_role[] = {
	"agent", "director", "independent", "infrastructure-architect",
	"infrastructure-operator", "malware-author", "sponsor",
};
WORDS(threat_actor_role, "threat-actor-role-ov");

static const char *const threat_actor_sophistication[] = {
	"none", "minimal", "intermediate", "advanced", "expert", "innovator", "strategic",
};
WORDS(threat_actor_sophistication, "threat-actor-sophistication-ov");

static const char *const threat_actor_type[] = {
	"activist", "competitor", "crime-syndicate", "criminal", "hacker", "insider-accidental",
	"insider-disgruntled", "nation-state", "private-sector", "sensationalist", "spy",
	"terrorist", "unknown",
};
WORDS(threat_actor_type, "threat-actor-type-ov");

static const char *const tool_type[] = {
	"denial-of-service", "exploitation", "information-gathering", "network-capture",
	"credential-exploitation", "remote-access", "vulnerability-scanning", "unknown",
};
WORDS(tool_type, "tool-type-ov");

static const char *const windows_pebinary_type[] = {
	"dll", "exe", "sys",
};
WORDS(windows_pebinary_type, "windows-pebinary-type-ov");
/* clang-format on */

/* ---- looking one up ---- */

static bool
words_have(const struct words *words, struct str value)
{
	for (size_t i = 0; i < words->len; i++) {
		if (str_is(value, words->word[i]))
			return true;
	}
	return false;
}

static bool
property_has(const struct property *p, struct str value)
{
	if (p->kind == KIND_HASHES)
		return words_have(&words_hash_algorithm, value);
	return (p->kind == KIND_WORD || p->kind == KIND_CHOICE) && words_have(p->words, value);
}

static bool
types_have(const struct stix_type *type, size_t types, struct str property, struct str value)
{
	for (size_t i = 0; i < types; i++) {
		for (size_t j = 0; j < type[i].shape.len; j++) {
			const struct property *p = &type[i].shape.property[j];

			if ((property.len == 0 || str_eq(p->name, property)) &&
			    property_has(p, value))
				return true;
		}
	}
	return false;
}

bool
stix_vocabulary_has(struct str property, struct str value)
{
	if (str_is(property, "relationship_type"))
		return relationship_is_type(value);
	return types_have(model_domain, model_domain_len, property, value) ||
	       types_have(model_observables, model_observables_len, property, value);
}

/* ---- confidence ---- */

/* clang-format off */
/* Source: STIX 2.1, appendix A, the scale None / Low / Med / High. */
static const struct {
	int64_t most;
	const char *word;
} confidence_scale[] = {
	{ 0, "None" },
	{ 29, "Low" },
	{ 69, "Med" },
	{ 100, "High" },
};
/* clang-format on */

const char *
stix_confidence_word(int64_t confidence)
{
	for (size_t i = 0; confidence >= 0 && i < COUNTOF(confidence_scale); i++) {
		if (confidence <= confidence_scale[i].most)
			return confidence_scale[i].word;
	}
	return "";
}
