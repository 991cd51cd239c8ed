/* shape_p.h: the members of an object of a document as a table (private to agreement).
 *
 * One table says which members there are, what they may hold and where in a
 * struct they go; the reader, the published JSON Schema and the linter follow
 * it.  What needs more than that is FIELD_OWN and read by hand. */
#pragma once

#include "document.h"
#include "read_p.h"

enum field_kind {
	FIELD_OWN,    /* known here, read by the caller */
	FIELD_CODE,   /* struct str: letters, digits and -._:+ */
	FIELD_TEXT,   /* struct str: one line */
	FIELD_TEXTS,  /* const struct json *: a list of texts */
	FIELD_CODES,  /* const struct json *: a list of codes */
	FIELD_NUMBER, /* uint64_t, up to max */
	FIELD_FLAG,   /* bool */
	FIELD_TIME,   /* time_us */
	FIELD_TLP,    /* enum tlp */
	FIELD_CLAUSE, /* struct str: a clause of the agreement */
	FIELD_HASH,   /* struct hash: SHA-256 in hex; the bool `given` says that it is there */
	FIELD_CHOICE, /* enum: place in choices */
	FIELD_NEEDS,  /* unsigned: bits of enum approval_need */
};

struct field {
	const char *name;
	enum field_kind kind;
	enum doc_need need;
	size_t at;           /* offset in the struct */
	uint64_t max;        /* FIELD_NUMBER */
	const char *choices; /* FIELD_CHOICE, separated by ' ' */
	size_t given;        /* FIELD_HASH: offset of its bool; 0: none */
};

struct shape {
	const char *name; /* of its definition in the JSON Schema */
	const struct field *field;
	size_t fields;
};

/* All shapes of an agreement. */
extern const struct shape *const agreement_shapes[];
extern const size_t agreement_shapes_count;

/* "none", "one", "two", "legal", "policy", "defence-liaison": the words of FIELD_NEEDS. */
extern const char *const need_names[];
extern const size_t need_names_count;

enum {
	CODE_MAX = 64, /* bytes of a code: shown in tables, part of collection names */
	DOCUMENT_VERSION_MAX = 1'000'000, /* versions are counted by hand */
	DAYS_MAX = 36'500,
	HOURS_MAX = 8'760,
};

/* Reads the members of d into the struct `into`; what is absent stays as it is.
 * ERR_INVALID: unknown, missing, of another type, no such clause or choice;
 * ERR_LIMIT: a code too long. */
enum err shape_read(const struct doc *d, const struct shape *s, const struct agreement *g,
    void *into);

/* One list of objects: where it stands, its shape, what an element is before it is read
 * (NULL: zero), and a look at each that was read (NULL: none). */
struct list_shape {
	const char *name;
	const struct shape *shape;
	size_t max, size; /* elements, bytes of one */
	const void *preset;
	enum err (*check)(const struct doc *d, const struct agreement *g, void *element);
};

/* ret: an array of the arena, *ret_len elements; NULL and 0 when the list is absent.
 * ERR_INVALID and ERR_LIMIT as above, or longer than max. */
enum err list_read(const struct doc *d, const struct list_shape *l, const struct agreement *g,
    const void **ret, size_t *ret_len);

/* That a name is not that of an earlier one. */
enum err doc_twice(const struct doc *d, const char *what, struct str code);

/* The parts of an agreement, in the files of their names. */
enum err document_read_header(const struct doc *d, struct agreement *g);
enum err document_read_parties(const struct doc *d, struct agreement *g);
enum err document_read_rules(const struct doc *d, struct agreement *g);
enum err document_read_policies(const struct doc *d, struct agreement *g);
enum err document_read_terms(const struct doc *d, struct agreement *g);

extern const struct shape header_shape, supersedes_shape, instrument_shape, evidence_shape,
    lifecycle_shape, renewal_shape, domestic_approval_shape, clause_shape, party_shape,
    organisation_shape, delegate_shape, former_key_shape, area_shape, purpose_shape, category_shape,
    obligation_shape, matrix_shape, matrix_row_shape, marking_shape, ceiling_shape, community_shape,
    tlp1_shape, personal_shape, redaction_shape, grounds_shape, identity_shape, third_party_shape,
    onward_shape, classified_shape, export_shape, basis_shape, retention_shape, retention_row_shape,
    acknowledgement_shape, iep_shape, channel_shape, contact_shape, urgency_shape,
    urgency_level_shape, harm_shape, break_glass_shape, joint_shape, exercise_shape,
    accession_shape, accession_scope_shape, suspension_shape, dispute_shape, dispute_step_shape,
    records_shape, taxonomy_shape, annex_shape;
