/* agreement.h: the gate.  May these objects go to this recipient, as what, why?
 *
 * agreement_decide() is pure: it reads no clock, no file, no database and no
 * random source; the same inputs give the same bytes.  It first draws a fact
 * vector from each object (markings, categories, predicates: no content),
 * then judges the facts alone (agreement_judge), then redacts.  So a decision
 * can be judged again from its stored facts after the content is gone.
 *
 * The strictest of originator's marking, agreement, packs and consent wins;
 * unknown means no.  Stages follow docs/agreement.md; reason codes stand in
 * codes.h. */
#pragma once

#include "document.h"
#include "line.h"
#include "pack.h"
#include "standing.h"
#include "stix.h"

enum outcome {
	OUTCOME_ALLOW,
	OUTCOME_ALLOW_WITH_REDACTION,
	OUTCOME_HOLD,
	OUTCOME_DENY,
	OUTCOME_ROUTE,
};
const char *outcome_name(enum outcome o); /* "ALLOW_WITH_REDACTION" */
bool outcome_parse(struct str name, enum outcome *ret);

/* How soon the recipient is to act; the agreement says what each means in hours. */
enum urgency { URGENCY_ROUTINE, URGENCY_PRIORITY, URGENCY_IMMEDIATE, URGENCY_FLASH };
const char *urgency_name(enum urgency u); /* "flash" */
bool urgency_parse(struct str name, enum urgency *ret);

/* What waiting would do.  Only a danger to life and limb is a case of its own. */
enum harm { HARM_NONE, HARM_IMMINENT_SAFETY };
const char *harm_name(enum harm h); /* "none", "imminent-safety" */
bool harm_parse(struct str name, enum harm *ret);

/* What becomes of a selection of which one object is denied. */
enum bundle_mode {
	BUNDLE_PARTIAL, /* the others go */
	BUNDLE_STRICT,  /* none goes, nor before all may */
};

/* A wish to pass over a refusal in an emergency.  At most it turns a refusal
 * into a HOLD; some refusals it never touches.  What is asked for in this way
 * waits for two officers, also where one would have been enough. */
struct break_glass {
	struct str by;        /* officer who asked; empty: nobody did */
	struct str condition; /* code of one of the agreement's conditions */
};

/* What became of that wish; a refusal is to be logged, too. */
enum glass { GLASS_WHOLE, GLASS_BROKEN, GLASS_REFUSED };

/* How the recipient knows an object: what a reference to it may say. */
enum delivered { DELIVERED_NOTHING, DELIVERED_ORIGINAL, DELIVERED_COPY };

/* One object of the selection, or of its surroundings. */
struct agreement_item {
	struct stix_object object;
	struct str version;        /* stix_version_key() */
	bool selected;             /* asked for; otherwise context: decides ties, never leaves */
	struct str originator;     /* organisation that made it, "IN:CERT-IN"; empty: unknown */
	struct str giver;          /* organisation that gave it to us; empty: our own */
	struct str path;           /* organisations it went through, separated by ' ' */
	struct str received_under; /* agreement id; empty: our own */
	bool own_observation;
	bool disputed; /* another content of this version has markings that this one has not */
	enum tlp default_tlp; /* of a signed source policy; TLP_NONE: there is none */
	size_t source;        /* that policy: its place in the request's list and 1; 0: none */
	struct str copy_id;   /* identifier a redacted copy of it has or would have */
	time_us
	    copy_created; /* `created` of the copy, to the second; 0: copy_time of the request */
	time_us copy_modified;    /* of this version's copy; 0: copy_time of the request */
	enum delivered delivered; /* to this recipient, before this decision */
	bool approved;            /* the approvals that its hold asks for are all there */
	uint64_t persons;         /* people whose data it holds, as counted by us; 0: not counted */
};

/* What stands for a value: see pseudonym.h. */
struct pseudonym {
	struct str id;      /* of the source */
	struct str pointer; /* of the value in it; empty: of the whole object */
	struct str token;   /* "p-" and 32 hex digits */
};

enum consent_scope { CONSENT_TECHNIQUE, CONSENT_NAME, CONSENT_PERSONAL };

struct consent {
	struct str identity; /* STIX identity that consented */
	enum consent_scope scope;
	struct str to; /* party or organisation; empty: any */
	time_us until;
	bool withdrawn;
};

/* A source policy that supplies a marking, as it is cited. */
struct source_cited {
	struct str name; /* "attack" */
	uint64_t version;
	struct hash hash;
};

struct agreement_request {
	time_us at;             /* the instant at which rules are asked */
	time_us copy_time;      /* of the order: time of new copies, cut to the second */
	struct str realm;       /* of this node: "real", "exercise", "demo" */
	struct str order_realm; /* of the order; must be equal */
	struct str from;        /* releasing organisation */
	struct str to;          /* recipient organisation; "PUBLIC" is none */
	struct str asked;       /* whom the order names, when `to` took over from it; else empty */
	enum channel channel;
	struct str purpose;
	struct str area;
	struct str redaction_identity; /* created_by_ref of copies: public name of the node */
	bool recipient_verified; /* its node key was checked by two people (K-KEY otherwise) */
	time_us
	    recipient_key_until; /* first instant at which that key is no longer good; 0: none */
	struct str person_key; /* channel person: fingerprint of the named person's key, checked */
	uint64_t poc_failed; /* checks of the recipient's contact that failed, one after another */
	enum urgency urgency;
	enum harm harm;
	struct break_glass break_glass;
	struct str legal_basis; /* code of the ground that is cited; empty: none is */
	enum bundle_mode mode;
	const struct standing *standing;
	size_t packs;
	const struct rule_pack *pack[PACKS_MAX];
	size_t publishers; /* identities that stand behind public sources: no victims */
	const struct str *publisher;
	size_t sources; /* policies that items of the request name */
	const struct source_cited *source;
	size_t consents;
	const struct consent *consent;
	size_t pseudonyms; /* sorted by id, then pointer: agreement_pseudonyms() */
	const struct pseudonym *pseudonym;
	size_t items; /* sorted by object.id; behind each, other versions that are held of it */
	const struct agreement_item *item;
};

enum {
	CODES_MAX = 12,
	RULES_CITED_MAX = 16,
	LINES_MAX = 12,
	CHANGES_MAX = 64,
	BUNDLE_REASONS_MAX = 16, /* the others are counted as one */
};

/* A rule that had a part in the outcome. */
struct rule_cited {
	struct str id;      /* "category:victim.identity", "IN-09", "source:attack" */
	struct str version; /* "IJ-MODEL v1", "in v1", "attack v2" */
	struct hash hash;
	bool private_text; /* of a national pack, a source policy: never shown to the partner */
};

/* What a redaction changed, for the page that shows both side by side. */
struct redaction_change {
	struct str pointer; /* in the original */
	struct str code;    /* reason code */
	struct str method;  /* "drop", "mask", "generalise", "pseudonym", "count", "replace",
	                     * "rewrite-reference" */
};

struct agreement_decision {
	const struct agreement_item *item;
	const struct bundle *bundle; /* of all that were decided together */
	enum outcome outcome;
	size_t codes;
	struct str code[CODES_MAX]; /* own side's reason codes, most weighty first */
	size_t shared_codes;
	struct str shared_code[CODES_MAX]; /* what the partner may see */
	struct str clause;                 /* "6,5" */
	struct lines what, why, conditions;
	struct lines would_change; /* computed: the judge was asked again with one input changed */
	struct lines advice;       /* of rules that do not decide yet; for our side only */
	size_t obligations;
	struct str obligation[LINES_MAX];
	size_t approvals; /* what a HOLD waits for */
	struct str approval[APPROVERS_MAX];
	struct str route;      /* of ROUTE: "person", "mla", "classified"; else empty */
	uint64_t review_hours; /* of an emergency: a review falls due so long after; else 0 */
	enum glass glass;
	struct str pap; /* "RED": what its markings let the recipient do; empty: nothing is said */
	struct iep iep; /* the same in the words of IEP 2.0, joined */
	size_t rules;
	struct rule_cited rule[RULES_CITED_MAX];
	size_t changes;
	const struct redaction_change *change; /* at most CHANGES_MAX */
	struct str leaving_id; /* own id, or the copy's; empty when nothing leaves */
	struct str bytes;      /* what would leave (also of a HOLD); empty on DENY and ROUTE */
	struct hash bytes_hash;
	struct str facts;    /* fact vector, JCS */
	time_us valid_until; /* decide again then */
};

/* What becomes of a selection.  Who stays of itself is counted by its weightiest
 * code; who stays only because another does, is stopped. */
struct bundle {
	enum bundle_mode mode;
	size_t selected, leaving, waiting, staying, stopped;
	size_t reasons;
	struct bundle_reason {
		struct str code, shared; /* shared: empty when the partner may see none */
		size_t n;
	} reason[BUNDLE_REASONS_MAX];
	struct lines said;   /* empty: nothing was left out, or there was nothing else */
	struct lines shared; /* to the partner: counts and codes that may be told */
};

struct agreement_decisions {
	size_t len; /* one per selected item, in their order */
	const struct agreement_decision *decision;
	const struct bundle *bundle;
	struct hash inputs;     /* over everything the decisions depend on */
	struct str inputs_text; /* that has this hash (request.h) */
};

/* Decides the whole selection.  The result lives in the arena and slices the
 * inputs.
 *
 * ERR_INVALID  items out of order or doubled; ERR_LIMIT  the arena is full.
 * What may not leave is a decision, never an error. */
enum err agreement_decide(struct arena *a, const struct agreement_request *request,
    const struct agreement_decisions **ret, struct why *why);

/* The documents under which facts are judged. */
struct documents {
	const struct agreement *agreement; /* NULL: there is none */
	size_t packs;
	const struct rule_pack *const *pack;
};

/* The outcome that a stored fact vector leads to under the same documents:
 * replay after the content is gone.  Whether the agreement was open is a fact:
 * a later suspension changes nothing.
 * ERR_INVALID   no fact vector, or of another engine version
 * ERR_CONFLICT  the facts were drawn under other documents */
struct judgement {
	enum outcome outcome;
	size_t codes;
	struct str code[CODES_MAX];
	size_t approvals;
	struct str approval[APPROVERS_MAX];
	struct str route;
	uint64_t review_hours;
	enum glass glass;
};
enum err agreement_judge(struct arena *a, struct str facts, const struct documents *documents,
    struct judgement *ret, struct why *why);

/* Whether an object, or a definition of a marking, bears a mark of classification
 * in plain sight: in its labels, a marking statement, or at the head of a text;
 * or one of those that an agreement names (NULL: none is asked). */
bool agreement_is_classified(const struct json *tree, const struct agreement *g);

/* Called for each identifier that stands in a text of the object, with an empty
 * property: the gate asks what it means as of a reference. */
void agreement_each_named(const struct stix_object *o, stix_ref_fn *fn, void *arg);

/* The decision about an object; NULL when there is none. */
const struct agreement_decision *agreement_decision_about(const struct agreement_decisions *all,
    struct str id);

/* For whom a decision is written. */
enum decision_form {
	DECISION_SHOWN,   /* our own people: with all sentences, in English */
	DECISION_STORED,  /* the record: codes and values, no sentence */
	DECISION_PARTNER, /* without rules, codes and advice of national packs */
};

/* The decision as JSON, in the one form that the command line, the API and
 * dossiers share: {"id","version","recipient","purpose","area","outcome",
 * "codes","clause","what","bundle","why","conditions","would_change","advice",
 * "obligations","approvals","changes","rules","leaving_id","bytes"}, and where
 * they are given "asked","legal_basis","strict","contact_failed"; the members
 * from "what" to "advice" are lists of lines (line.h).  Clauses of a model
 * agreement carry "model": true and are shown as "model text, not the
 * Memorandum". */
void agreement_decision_write(struct json_writer *w, const struct agreement_request *request,
    const struct agreement_decision *d, enum decision_form form);

/* A stored decision shown, whole or one member of it (with its key): lines get
 * their sentence, all else stays as it was stored. */
void agreement_decision_show(struct json_writer *w, const struct json *stored);
void agreement_decision_show_member(struct json_writer *w, const struct json *member);

/* What became of a selection, for our own people: {"mode","selected","leaving",
 * "waiting","staying","stopped","reasons":[{"code","count"}],"said":[line]}. */
void agreement_bundle_write(struct json_writer *w, const struct bundle *bundle);
