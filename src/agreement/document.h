/* document.h: an agreement and a rule pack as data that people sign.
 *
 * Both are JSON produced in JCS form.  A parsed document is immutable, lives in
 * the arena it was parsed into and slices the text, which the caller keeps.
 * Nothing here says whether it is in force: see standing.h.
 *
 * The shape is described for people in docs/agreement.md. */
#pragma once

#include "base.h"
#include "clock.h"
#include "hash.h"
#include "json.h"
#include "marking.h"
#include "sign.h"

/* What a rule asks for, from least to most restrictive; the greatest wins. */
enum ruling {
	RULING_ALLOW,
	RULING_REDACT,
	RULING_HOLD,
	RULING_DENY,
};

enum channel {
	CHANNEL_AUTO,    /* a standing order, no person looks */
	CHANNEL_OFFICER, /* a person sends */
	CHANNEL_PERSON,  /* sealed to one named person's key; never node to node */
	CHANNELS,
};

enum {
	PARTIES_MAX = 16,       /* an agreement among more needs another design of signatures */
	ORGANISATIONS_MAX = 64, /* per party */
	CATEGORIES_MAX = 64,    /* bits of one uint64_t in the fact vector */
	RULES_MAX = 128,        /* per pack; all are tried for every object */
	AREAS_MAX = 32,
	PURPOSES_MAX = 32,
	APPROVERS_MAX = 4, /* different approvals one release may need */
	PACKS_MAX = 8,     /* international, two national, sectors */
	DOCUMENT_BYTES_MAX = 4 * 1024 * 1024,
};

struct organisation {
	struct str code;     /* "JP:JPCERT" */
	struct str name;     /* in the language of record */
	bool state_body;     /* an organ of the State: IN-14 answers differently */
	struct str identity; /* STIX identity that speaks for it; may be empty */
};

struct party {
	struct str code; /* "JP" */
	struct str name;
	struct str node;                 /* public name of its node, and of its log */
	struct verify_key agreement_key; /* signs agreements and their states */
	size_t organisations;
	const struct organisation *organisation;
};

struct area {
	struct str code;
	struct str clause;
	struct str name;
};

struct purpose {
	struct str code;
	struct str clause;
};

/* Which objects a category or a rule is about.  All that is given must hold.
 * Lists are alternatives; an empty list says nothing. */
struct selector {
	const struct json *types;     /* ["indicator"] STIX types */
	const struct json *has;       /* ["/x_cii"] JSON pointers, one of which is present */
	const struct json *equals;    /* {"/identity_class": ["class"]} */
	const struct json *facts;     /* ["victim"] names of predicates, one of which holds */
	const struct json *not_facts; /* none of which may hold */
	const struct json *to; /* ["state-body", "private-body", "JP", "JP:NCO"] recipients */
	const struct json *purposes;
	const struct json *areas;
};

struct category {
	struct str code; /* "indicator.network" */
	struct str clause;
	struct selector when;
	enum ruling ruling;
	enum tlp max_tlp;
	struct str reason; /* reason code when the ruling is not allow */
	size_t approvals;
	struct str approval[APPROVERS_MAX]; /* "officer", "legal", "policy", "defence-liaison" */
};

struct agreement {
	struct str id; /* "IJ-MODEL" */
	uint64_t version;
	struct str title; /* language of record */
	bool model;       /* clauses are ours: shown as "model text, not the Memorandum" */
	struct hash hash; /* of the exact bytes */
	time_us in_force_from;
	time_us expires_on;
	size_t parties;
	struct party party[PARTIES_MAX];
	size_t areas;
	struct area area[AREAS_MAX];
	size_t purposes;
	struct purpose purpose[PURPOSES_MAX];
	size_t categories;
	struct category category[CATEGORIES_MAX];
	enum tlp ceiling[CHANNELS];
	struct str marking_clause; /* "3a" */
	struct str red_clause;     /* "3b"; like the next two the marking clause when not given */
	struct str strict_clause;  /* "3c" */
	struct str unknown_clause; /* "3d" */
	struct str originator_clause; /* "7" */
	struct str identity_clause;   /* "6" */
	struct str personal_clause;   /* "5" */
	struct str suspension_clause; /* "12" */
	struct str realm_clause;      /* "13" */
	bool withhold_victim;
	bool withhold_reporter;
	bool withhold_analyst;
	const struct json *obligations; /* list of {code, text, tlp?, categories?} */
	uint64_t retention_days;
	uint64_t ack_hours;
	const struct json *json; /* the whole document */
};

/* One rule of a national or sector pack. */
struct rule {
	struct str id; /* "IN-09" */
	struct selector when;
	enum ruling ruling;
	struct str reason; /* "N-IN-R13": our side's code */
	struct str shared; /* "V-VICTIM": the code the partner sees */
	struct str text;   /* shown to our side only */
	bool enabled;      /* a rule whose law is unclear ships disabled and says so */
	time_us from;      /* in force, half-open */
	time_us until;     /* TIME_NEVER: no end */
	size_t approvals;
	struct str approval[APPROVERS_MAX];
};

struct rule_pack {
	struct str id; /* "in" */
	uint64_t version;
	struct str party; /* whose law; empty: international */
	struct hash hash; /* of the exact bytes */
	size_t rules;
	struct rule rule[RULES_MAX];
};

/* ERR_INVALID with the JSON pointer of what is missing, unknown, doubled or
 * contradictory (a clause or an area that does not exist, a type that is no
 * string, a key held twice); ERR_LIMIT when a bound above is passed. */
enum err agreement_parse(struct arena *a, struct str text, const struct agreement **ret,
    struct why *why);
enum err rule_pack_parse(struct arena *a, struct str text, const struct rule_pack **ret,
    struct why *why);

/* "JP:JPCERT" in the agreement; NULL when it is no organisation of a party.
 * ret_party may be NULL. */
const struct organisation *agreement_organisation(const struct agreement *g, struct str code,
    const struct party **ret_party);
const struct party *agreement_party(const struct agreement *g, struct str code);

/* Whether "JP:JPCERT" is of the party "JP", by its name alone. */
bool organisation_is_of(struct str organisation, struct str party);

/* Fills a template (parties with an empty "node" and "agreement_key") with the
 * names and keys of the parties' invitations, in JCS form, appended to out.
 * ERR_INVALID: no such party in the template, or it is filled already. */
struct party_binding {
	struct str party;
	struct str node;
	struct str identity; /* STIX identity of the first organisation */
	struct verify_key key;
};
enum err agreement_fill(struct arena *a, struct str template_text,
    const struct party_binding *bindings, size_t n, struct buf *out, struct why *why);
