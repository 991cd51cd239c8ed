/* document.h: an agreement as data that people sign.  Rule packs: pack.h.
 *
 * It is JSON produced in JCS form.  A parsed document is immutable, lives in
 * the arena it was parsed into and slices the text, which the caller keeps.
 * Nothing here says whether it is in force: see standing.h.
 *
 * The shape is described for people in docs/agreement.md. */
#pragma once

#include "base.h"
#include "clock.h"
#include "document_terms.h"
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
	AREAS_MAX = 32,
	PURPOSES_MAX = 32,
	APPROVERS_MAX = 4, /* different approvals one release may need */
	CLAUSES_MAX = 256,
	ROWS_OF_BLOCK_MAX = 256, /* rows of any other list of a block */
	DOCUMENT_BYTES_MAX = 4 * 1024 * 1024,
};

/* A clause is cited by its number; what we wrote ourselves is model text. */
struct clause {
	struct str number; /* "3a" */
	struct str text;
	struct str source; /* of a clause that is not ours: where it stands */
	bool model;        /* shown as "model text, not the Memorandum" */
};

/* The State's own act behind the agreement: not our file, but named by its hash. */
struct instrument {
	struct str title;
	struct hash text_hash; /* of the signed text */
	time_us date;
	bool binding; /* under international law */
	struct str reference;
	struct str evidence; /* file name of a detached CMS signature; may be empty */
	struct hash evidence_hash;
};

struct organisation {
	struct str code;                 /* "JP:JPCERT" */
	struct str name;                 /* in the language of record */
	bool state_body;                 /* an organ of the State: IN-14 answers differently */
	struct str identity;             /* STIX identity that speaks for it; may be empty */
	const struct json *successor_of; /* codes it took over from: a record, never a rename */
};

/* A person who may sign for a party, and by what authority. */
struct delegate {
	struct str name;
	struct str office;
	struct str authority; /* the act that empowers: shown, not judged */
	struct hash authority_hash;
	bool has_authority_hash;
	time_us from;
	time_us until; /* TIME_NEVER: no end */
};

/* A key that only verifies what was signed before it ended. */
struct former_key {
	struct verify_key key;
	time_us until;
};

struct party {
	struct str code; /* "JP" */
	struct str name;
	struct str node;                 /* public name of its node, and of its log */
	struct verify_key agreement_key; /* signs agreements and their states */
	struct str authority;            /* competent authority; may be empty */
	struct str successor_of;         /* code of the party it takes over from; may be empty */
	enum membership membership;
	const struct json *areas;    /* codes; NULL: all (never NULL for MEMBERSHIP_PROJECT) */
	const struct json *projects; /* names, for people */
	time_us until;               /* of its accession; TIME_NEVER: with the agreement */
	size_t organisations;
	const struct organisation *organisation;
	size_t delegates;
	const struct delegate *delegate;
	size_t former_keys;
	const struct former_key *former_key;
};

/* What a party's own law asked for, done before the signature. */
struct domestic_approval {
	struct str party;
	struct str act;
	struct str reference;
	time_us date;
};

enum renewal { RENEWAL_NONE, RENEWAL_EXPRESS, RENEWAL_AUTO };

/* How a party's own approval is known. */
enum approval_by {
	APPROVAL_BY_SIGNATURE, /* its signature is the proof */
	APPROVAL_BY_RECORD,    /* lifecycle.approvals, or a signed statement "approve" */
};

struct lifecycle {
	time_us review_on; /* TIME_NEVER: none */
	enum approval_by approval_by;
	enum renewal renewal;
	uint64_t notice_days; /* before the end, to stop an automatic renewal */
	uint64_t term_days;   /* of one automatic renewal */
	size_t approvals;
	const struct domestic_approval *approval;
};

struct area {
	struct str code;
	struct str clause;
	struct str name;
	struct str lead_party; /* may be empty */
	bool suspended;        /* closed by the document itself */
};

struct purpose {
	struct str code;
	struct str clause;
	struct str name;
	const struct json *may;      /* sentences */
	const struct json *must_not; /* sentences; NULL: the agreement's clause alone */
};

struct matrix_row {
	enum risk risk;
	const struct json *categories; /* codes; NULL: any */
	unsigned needs;                /* enum approval_need; 0: none */
};

/* Which objects a category or a rule is about.  All that is given must hold.
 * Lists are alternatives; an empty list says nothing. */
struct selector {
	const struct json *types;     /* ["indicator"] STIX types */
	const struct json *has;       /* ["/x_cii"] JSON pointers, one of which is present */
	const struct json *equals;    /* {"/identity_class": ["class"]} */
	const struct json *labels;    /* ["cii-*"] labels, in any case; "*" at the end: any rest */
	const struct json *facts;     /* ["victim"] names of predicates, one of which holds */
	const struct json *not_facts; /* none of which may hold */
	uint64_t fact_bits;           /* the same two, as bits of enum predicate */
	uint64_t not_fact_bits;
	const struct json *to;   /* ["state-body", "private-body", "JP", "JP:NCO"] recipients */
	const struct json *from; /* the same of the releasing organisation */
	const struct json *purposes;
	const struct json *not_purposes; /* any other purpose, also one that nobody knows */
	const struct json *areas;
	const struct json *basis;     /* the release cites one of these legal bases */
	const struct json *not_basis; /* it cites none of these */
	uint64_t persons_over;        /* it tells of more persons than this; 0: not asked */
};

/* One place that a category or rule takes out of an object. */
struct redaction {
	struct str pointer; /* "/x_files"; a "*" is every element or member there */
	enum method method;
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
	enum risk risk;                     /* RISK_NORMAL when not given */
	size_t redactions;                  /* of RULING_REDACT; 0: all that may be prose goes */
	const struct redaction *redaction;
};

struct agreement {
	struct str id; /* "IJ-MODEL" */
	uint64_t version;
	struct str title;    /* language of record */
	struct str language; /* of record, "en" */
	bool model;          /* clauses are ours: shown as "model text, not the Memorandum" */
	struct hash hash;    /* of the exact bytes */
	bool has_text_hash;
	struct hash text_hash; /* of the text for people that this document encodes */
	bool supersedes;       /* an earlier version, named below */
	uint64_t superseded_version;
	struct hash superseded_hash;
	size_t instruments;
	const struct instrument *instrument;
	size_t clauses;
	const struct clause *clause;
	time_us in_force_from;
	time_us expires_on;
	struct lifecycle lifecycle;
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
	struct marking_terms marking;
	struct personal_terms personal;
	struct third_party_terms third_party;
	struct classified_terms classified;
	struct export_terms export_control;
	const struct json *obligations; /* list of {code, text, tlp?, categories?} */
	size_t obligation_rows;
	const struct obligation *obligation; /* the same, read */
	size_t legal_bases;
	const struct legal_basis *legal_basis;
	uint64_t retention_days;
	enum on_expiry on_expiry;
	size_t retention_rows;
	const struct retention_row *retention_row;
	uint64_t ack_hours;
	size_t ieps;
	const struct iep_ref *iep;
	size_t channels;
	const struct channel_terms *channel;
	size_t contacts;
	const struct contact *contact;
	struct urgency_terms urgency;
	bool has_matrix;
	size_t matrix_rows;
	const struct matrix_row *matrix_row;
	struct break_glass_terms break_glass;
	struct joint_action_terms joint_action;
	struct exercise_terms exercise;
	struct accession_terms accession;
	struct suspension_terms suspension;
	struct dispute_terms dispute;
	struct records_terms records;
	size_t taxonomies;
	const struct taxonomy *taxonomy;
	size_t annexes;
	const struct annex *annex;
	const struct json *json; /* the whole document */
};

/* ERR_INVALID with the JSON pointer of what is missing, unknown, doubled or
 * contradictory (a clause or an area that does not exist, a type that is no
 * string, a key held twice); ERR_LIMIT when a bound above is passed. */
enum err agreement_parse(struct arena *a, struct str text, const struct agreement **ret,
    struct why *why);

/* What is refused of a document that is not in force yet, and is read of one that is.
 * ERR_INVALID agreement.on-expiry */
enum err agreement_check_new(const struct agreement *g, struct why *why);

/* What is shown wherever a clause of ours is: people must not take it for the States' words. */
#define MODEL_NOTICE "model text, not the Memorandum"

/* Whether any clause of the agreement is model text. */
bool agreement_is_model(const struct agreement *g);

/* Whether one of the clauses of a citation ("3b", "3c,7") is model text; one
 * that is not there is, too. */
bool agreement_cites_model(const struct agreement *g, struct str citation);

/* The clause with this number; NULL when there is none. */
const struct clause *agreement_clause(const struct agreement *g, struct str number);
const struct category *agreement_category(const struct agreement *g, struct str code);
const struct area *agreement_area(const struct agreement *g, struct str code);

/* Who must agree to what is held (enum approval_need; 0: nobody): the rows of the
 * matrix that fit, joined.  Without a matrix NEED_ONE; where no row fits,
 * NEED_TWO. */
unsigned agreement_needs(const struct agreement *g, struct str category, enum risk risk);

/* How personal data of a class is treated; METHOD_DROP when nothing is said. */
enum method agreement_method(const struct agreement *g, struct str data_class);

/* Whether personal data of a class ("email", "account", "message", "person") may go
 * at all, consent or not; not where nothing is said.  Other classes are not personal. */
bool agreement_allows_class(const struct agreement *g, struct str data_class);

/* Whether the grounds on which this party may give personal data hold this one, in
 * force at an instant; also where the agreement asks that party for none. */
bool agreement_is_ground(const struct agreement *g, struct str code, struct str party, time_us at);

/* Whether GREEN may go to this organisation: it is of the named community. */
bool agreement_in_community(const struct agreement *g, struct str organisation);

/* Whether a legal basis is one of this party, or international, and in force. */
bool basis_in_force(const struct legal_basis *b, struct str party, time_us at);

/* Whether a legal basis is there and in force for this party at an instant. */
bool agreement_has_basis(const struct agreement *g, struct str code, struct str party, time_us at);

/* Whether the agreement lets this party give or get something in an area at an
 * instant: its membership, its areas and its accession's end. */
bool party_may(const struct party *p, struct str area, time_us at);

/* The organisation that took over from this code; NULL: nobody did. */
const struct organisation *agreement_successor(const struct agreement *g, struct str code,
    const struct party **ret_party);

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
