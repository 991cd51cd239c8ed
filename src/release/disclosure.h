/* disclosure.h: what was told about somebody: what left that is or is tied to an
 * identity, to whom, when, under which clause, as what.
 *
 * It is read from the decisions and their ties, which outlive the content. */
#pragma once

#include "compartment.h"
#include "release.h"

struct disclosure {
	struct str order_id;
	int64_t ordinal;
	time_us at;       /* of the leaf */
	struct str asked; /* whom the order named, when the recipient took over; else empty */
	struct str source_id, leaving_id, recipient, purpose, area, proposer, agreement;
	struct str outcome, state;
	bool copied;         /* a redacted copy left, not the object */
	bool itself;         /* the identity, not something tied to it */
	struct str decision; /* JSON, without bytes */
	int64_t leaf, place;
	time_us received_at;       /* 0: no receipt */
	struct str recall, answer; /* state and answer of a recall; empty: none was asked */
};

/* Resolves what a person calls an organisation: its STIX identity, or the exact
 * name of one that we hold.  ERR_NOT_FOUND disclosure.unknown; ERR_CONFLICT
 * disclosure.name: more than one has this name. */
enum err release_disclosure_about(struct db *db, struct arena *a, const struct compartment *of,
    struct str text, struct str *ret, struct why *why);

/* What a compartment of ours let go about the identity, newest first; at most
 * ROWS_MAX.  ERR_LIMIT: the arena is full. */
struct disclosure_query {
	struct compartment of;
	struct str identity;
	struct str origin; /* of our log */
};
enum err release_disclosures(struct db *db, struct arena *a, const struct disclosure_query *q,
    struct disclosure **ret, size_t *ret_len, struct why *why);
