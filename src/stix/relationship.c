/* The relationships that the specification, or the incident core extension, names between two
 * types.
 *
 * Source: STIX 2.1, the relationship tables of sections 4 and 6, and section 3.7; Incident Core
 * Extension, version 2.0 (OASIS CTI common objects), sections 2.1 to 2.4. */
#include "model_p.h"
#include "relationship_p.h"

/* clang-format off */
static const struct named {
	struct str source;
	struct str type;
	const char *targets; /* as in struct property */
} named[] = {
	{ NAME("attack-pattern"), NAME("delivers"),          "malware" },
	{ NAME("attack-pattern"), NAME("targets"),           "identity location vulnerability" },
	{ NAME("attack-pattern"), NAME("uses"),              "malware tool" },
	{ NAME("campaign"), NAME("attributed-to"),           "intrusion-set threat-actor" },
	{ NAME("campaign"), NAME("compromises"),             "infrastructure" },
	{ NAME("campaign"), NAME("originates-from"),         "location" },
	{ NAME("campaign"), NAME("targets"),                 "identity location vulnerability" },
	{ NAME("campaign"), NAME("uses"),                    "attack-pattern infrastructure malware tool" },
	{ NAME("course-of-action"), NAME("investigates"),    "indicator" },
	{ NAME("course-of-action"), NAME("mitigates"),       "attack-pattern indicator malware tool vulnerability" },
	{ NAME("course-of-action"), NAME("remediates"),      "malware vulnerability" },
	{ NAME("domain-name"), NAME("resolves-to"),          "domain-name ipv4-addr ipv6-addr" },
	{ NAME("identity"), NAME("located-at"),              "location" },
	{ NAME("indicator"), NAME("based-on"),               "observed-data" },
	{ NAME("indicator"), NAME("indicates"),
	  "attack-pattern campaign infrastructure intrusion-set malware threat-actor tool" },
	{ NAME("infrastructure"), NAME("communicates-with"), "infrastructure ipv4-addr ipv6-addr domain-name url" },
	{ NAME("infrastructure"), NAME("consists-of"),       "infrastructure observed-data @sco" },
	{ NAME("infrastructure"), NAME("controls"),          "infrastructure malware" },
	{ NAME("infrastructure"), NAME("delivers"),          "malware" },
	{ NAME("infrastructure"), NAME("has"),               "vulnerability" },
	{ NAME("infrastructure"), NAME("hosts"),             "malware tool" },
	{ NAME("infrastructure"), NAME("located-at"),        "location" },
	{ NAME("infrastructure"), NAME("uses"),              "infrastructure" },
	{ NAME("intrusion-set"), NAME("attributed-to"),      "threat-actor" },
	{ NAME("intrusion-set"), NAME("compromises"),        "infrastructure" },
	{ NAME("intrusion-set"), NAME("hosts"),              "infrastructure" },
	{ NAME("intrusion-set"), NAME("originates-from"),    "location" },
	{ NAME("intrusion-set"), NAME("owns"),               "infrastructure" },
	{ NAME("intrusion-set"), NAME("targets"),            "identity location vulnerability" },
	{ NAME("intrusion-set"), NAME("uses"),               "attack-pattern infrastructure malware tool" },
	{ NAME("ipv4-addr"), NAME("belongs-to"),             "autonomous-system" },
	{ NAME("ipv4-addr"), NAME("resolves-to"),            "mac-addr" },
	{ NAME("ipv6-addr"), NAME("belongs-to"),             "autonomous-system" },
	{ NAME("ipv6-addr"), NAME("resolves-to"),            "mac-addr" },
	{ NAME("malware"), NAME("authored-by"),              "intrusion-set threat-actor" },
	{ NAME("malware"), NAME("beacons-to"),               "infrastructure" },
	{ NAME("malware"), NAME("communicates-with"),        "domain-name ipv4-addr ipv6-addr url" },
	{ NAME("malware"), NAME("controls"),                 "malware" },
	{ NAME("malware"), NAME("downloads"),                "file malware tool" },
	{ NAME("malware"), NAME("drops"),                    "file malware tool" },
	{ NAME("malware"), NAME("exfiltrates-to"),           "infrastructure" },
	{ NAME("malware"), NAME("exploits"),                 "vulnerability" },
	{ NAME("malware"), NAME("originates-from"),          "location" },
	{ NAME("malware"), NAME("targets"),                  "identity infrastructure location vulnerability" },
	{ NAME("malware"), NAME("uses"),                     "attack-pattern infrastructure malware tool" },
	{ NAME("malware"), NAME("variant-of"),               "malware" },
	{ NAME("malware-analysis"), NAME("av-analysis-of"),  "malware" },
	{ NAME("malware-analysis"), NAME("characterizes"),   "malware" },
	{ NAME("malware-analysis"), NAME("dynamic-analysis-of"), "malware" },
	{ NAME("malware-analysis"), NAME("static-analysis-of"), "malware" },
	{ NAME("threat-actor"), NAME("attributed-to"),       "identity" },
	{ NAME("threat-actor"), NAME("compromises"),         "infrastructure" },
	{ NAME("threat-actor"), NAME("hosts"),               "infrastructure" },
	{ NAME("threat-actor"), NAME("impersonates"),        "identity" },
	{ NAME("threat-actor"), NAME("located-at"),          "location" },
	{ NAME("threat-actor"), NAME("owns"),                "infrastructure" },
	{ NAME("threat-actor"), NAME("targets"),             "identity location vulnerability" },
	{ NAME("threat-actor"), NAME("uses"),                "attack-pattern infrastructure malware tool" },
	{ NAME("tool"), NAME("delivers"),                    "malware" },
	{ NAME("tool"), NAME("drops"),                       "malware" },
	{ NAME("tool"), NAME("has"),                         "vulnerability" },
	{ NAME("tool"), NAME("targets"),                     "identity infrastructure location vulnerability" },
	{ NAME("tool"), NAME("uses"),                        "infrastructure" },

	/* ---- the incident core extension ---- */
	{ NAME("campaign"), NAME("associated-with"),         "incident" },
	{ NAME("event"), NAME("impacts"),                    "infrastructure @sco" },
	{ NAME("event"), NAME("led-to"),                     "event" },
	{ NAME("event"), NAME("located-at"),                 "location" },
	{ NAME("identity"), NAME("assigned"),                "task" },
	{ NAME("identity"), NAME("contact-for"),             "incident task" },
	{ NAME("identity"), NAME("participated-in"),         "task" },
	{ NAME("identity"), NAME("performed"),               "task" },
	{ NAME("incident"), NAME("attributed-to"),           "intrusion-set threat-actor" },
	{ NAME("incident"), NAME("impacts"),                 "identity infrastructure" },
	{ NAME("incident"), NAME("led-to"),                  "incident" },
	{ NAME("incident"), NAME("located-at"),              "location" },
	{ NAME("incident"), NAME("targets"),                 "identity infrastructure" },
	{ NAME("indicator"), NAME("based-on"),               "event" },
	{ NAME("indicator"), NAME("detected"),               "incident" },
	{ NAME("malware"), NAME("performed"),                "event" },
	{ NAME("task"), NAME("blocks"),                      "event" },
	{ NAME("task"), NAME("causes"),                      "event" },
	{ NAME("task"), NAME("creates"),                     "indicator" },
	{ NAME("task"), NAME("detects"),                     "event" },
	{ NAME("task"), NAME("impacts"),                     "infrastructure @sco" },
	{ NAME("task"), NAME("located-at"),                  "location" },
	{ NAME("task"), NAME("uses"),                        "course-of-action" },
	{ NAME("tool"), NAME("performed"),                   "event task" },
};
/* clang-format on */

/* Whether a type is one of "@sdo" or "@sco"; a custom one may be either. */
static bool
is_of_group(struct str group, struct str type)
{
	enum stix_class class = stix_class_of(type);

	return class == STIX_CUSTOM || class == (str_is(group, "@sdo") ? STIX_SDO : STIX_SCO);
}

bool
relationship_is_target(const char *targets, struct str type)
{
	struct str rest = str_of(targets);

	if (str_is(type, "bundle"))
		return false;
	while (rest.ptr != NULL) {
		struct str target = str_split(&rest, ' ');

		if (str_eq(target, type) || (target.ptr[0] == '@' && is_of_group(target, type)))
			return true;
	}
	return false;
}

bool
relationship_is_of_incidents(struct str type)
{
	return str_is(type, "incident") || str_is(type, "event") || str_is(type, "impact") ||
	       str_is(type, "task");
}

bool
relationship_is_foreign(struct str type)
{
	return stix_class_of(type) == STIX_CUSTOM && !relationship_is_of_incidents(type);
}

bool
relationship_is_type(struct str type)
{
	for (size_t i = 0; i < COUNTOF(named); i++) {
		if (str_eq(type, named[i].type))
			return true;
	}
	return str_is(type, "related-to") || str_is(type, "derived-from") ||
	       str_is(type, "duplicate-of");
}

bool
relationship_is_named(struct str type, struct str source, struct str target)
{
	if (str_is(type, "related-to"))
		return true;
	if (str_is(type, "derived-from") || str_is(type, "duplicate-of"))
		return str_eq(source, target);
	for (size_t i = 0; i < COUNTOF(named); i++) {
		if (str_eq(type, named[i].type) && str_eq(source, named[i].source) &&
		    relationship_is_target(named[i].targets, target))
			return true;
	}
	return false;
}
