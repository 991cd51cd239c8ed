/* document_terms.h: the terms of an agreement, block by block.
 *
 * Included by document.h.  A block that the document leaves out has
 * given = false and the strictest presets, which are named at each field. */
#pragma once

#include "base.h"
#include "clock.h"
#include "hash.h"
#include "json.h"
#include "marking.h"

/* What no emergency opens: the floor of every break_glass.never_overrides. */
#define BREAK_GLASS_NEVER "classified cii red acd-origin realm"

/* A party that acceded later may be bound to areas, or only watch. */
enum membership { MEMBERSHIP_MEMBER, MEMBERSHIP_PROJECT, MEMBERSHIP_OBSERVER };

enum risk { RISK_LOW, RISK_NORMAL, RISK_HIGH, RISKS };

/* Who must agree to a release; bits. */
enum approval_need {
	NEED_ONE = 1 << 0, /* one officer who is not the proposer */
	NEED_TWO = 1 << 1, /* two officers, neither of whom is the proposer */
	NEED_LEGAL = 1 << 2,
	NEED_POLICY = 1 << 3,
	NEED_DEFENCE = 1 << 4, /* defence liaison */
};

struct marking_terms {
	bool unmarked_is_strict; /* AMBER+STRICT; preset: unmarked is denied */
	const struct json
	    *community;    /* organisations or parties for GREEN; NULL: all of the agreement */
	enum tlp tlp1[4];  /* what WHITE, GREEN, AMBER, RED of TLP 1.x count as */
	bool pap_required; /* preset false: an object without PAP is not refused */
};

/* How a value is taken out. */
enum method { METHOD_DROP, METHOD_MASK, METHOD_GENERALISE, METHOD_PSEUDONYM, METHOD_COUNT };

struct redaction_row {
	struct str data_class; /* "email", "account", "phone", "person" */
	enum method method;
};

struct grounds_row {
	struct str party;
	const struct json *grounds; /* codes of legal_bases */
};

struct personal_terms {
	struct str definition_ref;
	const struct json *allowed_classes; /* NULL: none */
	size_t redactions;
	const struct redaction_row *redaction;
	size_t grounds;
	const struct grounds_row *ground;
	uint64_t threshold_persons; /* from so many on a legal officer decides; preset 1 */
	uint64_t retention_days;    /* preset: retention.days */
};

/* Whether something may be passed on; ask: with the originator's consent. */
enum onward { ONWARD_DENY, ONWARD_ASK, ONWARD_ALLOW };

struct third_party_terms {
	enum onward same_country_gov;
	enum onward sector_members;
	enum onward publication; /* "public" */
	enum onward other_agreements;
	struct str consent_channel; /* code of a channel; may be empty */
	bool reuse_own_observation; /* preset false */
};

struct classified_terms {
	bool given;
	struct str clause;
	const struct json *marks; /* counted as marks of classification, beside the built-in ones */
	struct str route;         /* where such things belong; may be empty */
};

struct export_terms {
	bool given;
	struct str clause;
	const struct json *classes;       /* labels */
	const struct json *free_purposes; /* codes; NULL: none */
};

struct obligation {
	struct str code;
	struct str text;
	struct str clause; /* may be empty */
	struct str kind;   /* "encrypt-at-rest", "purge"...; may be empty */
	struct str value;  /* of the kind: days, hours, a PAP */
	const struct json *tlp;
	const struct json *categories;
	const struct json *purposes;
};

struct legal_basis {
	struct str code;
	struct str party; /* empty: international */
	struct str citation;
	time_us from;                  /* TIME_NEVER: not in force, cannot be cited */
	time_us until;                 /* TIME_NEVER: no end */
	const struct json *applies_to; /* codes of categories, purposes or areas; NULL: any */
};

/* Only the first is carried out.  A new document that asks for another is refused; one
 * that was signed before that was so is read, and what expires under it is deleted. */
enum on_expiry { EXPIRY_DELETE, EXPIRY_RETURN, EXPIRY_ANONYMISE };

struct retention_row {
	struct str category;
	uint64_t days;
	enum on_expiry on_expiry;
};

/* An IEP 2.0 policy that travels with what is released. */
struct iep_ref {
	struct str id;
	struct str name;
	struct str url;
	struct hash hash;
	bool has_hash;
};

struct channel_terms {
	struct str code;
	struct str name;
	struct str clause;
	struct str security; /* "mutual-tls", "sealed-envelope", "courier" */
	enum tlp max_tlp;    /* preset CLEAR */
};

struct contact {
	struct str party;
	struct str organisation; /* may be empty */
	struct str role;         /* "duty", "legal", "policy", "technical" */
	struct str name;
	struct str reach;
	struct str hours; /* "24x7" */
	const struct json *languages;
};

struct urgency_level {
	struct str code;      /* "FLASH" */
	uint64_t ack_minutes; /* until the other side has to answer */
	uint64_t
	    hold_minutes; /* until what is held here expires or goes to the next; 0: not said */
};

struct urgency_terms {
	bool given;
	struct str clause;
	size_t levels;
	const struct urgency_level *level;
	/* Imminent harm to people: goes through a suspension, with technique data alone. */
	struct str harm_clause;     /* "12.4"; empty: there is no such path */
	unsigned harm_needs;        /* enum approval_need; never 0 */
	uint64_t harm_review_hours; /* preset 24 */
};

struct break_glass_terms {
	bool given; /* preset: there is no breaking of glass */
	struct str clause;
	const struct json *conditions;
	uint64_t officers; /* at least 2 */
	const struct json *roles;
	const struct json *never_overrides; /* holds all of BREAK_GLASS_NEVER */
	uint64_t review_hours;
};

struct joint_action_terms {
	bool given;
	struct str clause;
	const struct json *verbs;
	struct str jurisdiction;
	unsigned needs; /* preset NEED_TWO */
};

struct exercise_terms {
	struct str realm_id; /* may be empty */
	struct str keys;     /* "disjoint" */
	time_us from;
	time_us until; /* TIME_NEVER: no end */
	const struct json *partners;
};

struct accession_terms {
	bool given; /* preset: nobody may accede */
	struct str clause;
	const struct json *who_may;
	const struct json *areas, *cases, *projects;
	enum membership membership;
	struct str vote; /* "unanimous" */
	uint64_t exit_days;
};

struct suspension_terms {
	bool areas, categories; /* what can be closed by itself; preset: both */
	uint64_t
	    notice_hours; /* preset 0: at once.  A notice is a courtesy: the door closes at once */
	bool pending_cancelled;      /* preset false: what waits is held */
	const struct json *survival; /* duties that stay; NULL: all */
};

struct dispute_step {
	struct str step;
	uint64_t days;
};

struct dispute_terms {
	bool given;
	struct str clause;
	size_t steps;
	const struct dispute_step *step;
	bool interim_freeze;
};

struct records_terms {
	bool given;
	struct str clause;
	uint64_t log_days; /* preset: 3650 */
	struct str audit_rights;
	uint64_t statistics_cell; /* smallest count that is told; preset 5 */
};

struct taxonomy {
	struct str id;
	struct str version;
	struct hash hash;
	bool has_hash;
};

struct annex {
	struct str code;
	uint64_t version;
	struct str title;
	struct hash text_hash;
	bool has_text_hash;
	time_us date;
	struct str changes; /* what it amends, for people */
};
