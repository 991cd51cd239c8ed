/* facts_p.h: what is known of one object and one request, without content
 * (private to agreement).
 *
 * Everything the judge looks at, beside the documents, is here; the stored
 * fact vector is its JSON. */
#pragma once

#include "agreement.h"
#include "predicate_p.h"

enum {
	FACTS_ENGINE = 5, /* raised when the same facts would be judged otherwise */
	TOUCHED_WORDS = RULES_MAX / 64,
};

struct pack_facts {
	struct str id;
	uint64_t version;
	struct hash hash;
	uint64_t touched[TOUCHED_WORDS]; /* rules whose content half holds */
};

/* What became of the object when its references and texts were taken away. */
enum remains {
	REMAINS_ORIGINAL, /* it may go as it is */
	REMAINS_COPY,     /* it can only go as a copy */
	REMAINS_LOST,     /* a reference that it cannot be without does not go */
	REMAINS_EMPTY,    /* nothing useful is left */
	REMAINS_LEAK,     /* what is left still tells a withheld value */
};

struct facts {
	struct str id;
	struct str version;
	struct str type; /* from here on: what objects that are alike share */
	enum tlp tlp;
	enum tlp default_tlp;
	bool tlp1;
	struct str pap;
	struct iep iep;
	struct source_cited source; /* the policy behind default_tlp; no name: there is none */
	uint64_t unknown;           /* markings that nobody understands */
	struct str originator;
	struct str giver;
	struct str path;
	struct str received_under;
	bool own_observation;
	time_us at;
	struct str realm;
	struct str order_realm;
	struct str from;
	struct str to;
	enum channel channel;
	struct str purpose;
	struct str area;
	bool verified;
	time_us key_until; /* 0: no end */
	bool person;       /* sealed to a named person's checked key */
	uint64_t poc_failed;
	enum urgency urgency;
	enum harm harm;
	struct str broken_glass; /* condition under which an officer asks; empty: nobody does */
	struct str legal_basis;
	bool strict;       /* one that is denied stops all */
	bool stopped;      /* and one is */
	bool waits;        /* and, while none is, one of them is held */
	uint64_t persons;  /* whose data it holds: as told, or as counted in the selection */
	struct str closed; /* code of what keeps the agreement closed; empty: in force */
	bool approved;
	enum remains remains;
	uint32_t drawn;             /* bit p: predicate p holds */
	uint64_t categories;        /* whose content half holds */
	uint64_t closed_categories; /* that a party suspended */
	struct str agreement_id;
	uint64_t agreement_version;
	struct hash agreement_hash;
	size_t packs;
	struct pack_facts pack[PACKS_MAX];
};
static_assert(PREDICATES_DRAWN <= 32, "one bit each");

static inline void
facts_set(struct facts *f, enum predicate p, bool holds)
{
	if (holds)
		f->drawn |= UINT32_C(1) << p;
	else
		f->drawn &= ~(UINT32_C(1) << p);
}

/* What keeps the agreement closed for this request at an instant, or "". */
struct str facts_closed(const struct agreement_request *r, time_us at);

/* The marking that counts: the object's own, or else its source's. */
static inline enum tlp
facts_tlp(const struct facts *f)
{
	return f->tlp == TLP_NONE ? f->default_tlp : f->tlp;
}

/* Whether the marking that counts is one that a source policy supplied. */
static inline bool
is_marked_by_source(const struct facts *f)
{
	return f->tlp == TLP_NONE && f->source.name.len > 0;
}

/* Sealed to a named person's key: it never lies on a node in the open. */
static inline bool
is_to_person(const struct facts *f)
{
	return f->channel == CHANNEL_PERSON && f->person;
}
