/* validate_p.h: what the parts of the validation share (private to stix). */
#pragma once

#include "model_p.h"

/* A place in the tree, kept on the stack of the walk and written out only
 * when there is a problem. */
struct place {
	const struct place *up; /* NULL: directly in the object */
	struct str key;         /* ptr is NULL in a list */
	size_t index;
};

/* What the extensions of an object declare. */
struct declared {
	bool sdo, sro, sco, toplevel;
};

struct check {
	const struct json *root;
	struct str type;
	struct stix_report *report;
	enum stix_class class; /* that its rules follow; never STIX_CUSTOM */
	struct declared declared;
	bool draft;                   /* what is wrong breaks a draft: a warning */
	const struct json *container; /* references are keys of it; NULL: identifiers */
	size_t work;                  /* steps spent on looking things up */
	size_t undeclared;            /* properties that nobody defines */
	struct str undeclared_first;
};

static inline struct place
place_member(const struct place *up, const struct json *member)
{
	return (struct place){ .up = up, .key = member->key };
}

static inline struct place
place_element(const struct place *up, size_t index)
{
	return (struct place){ .up = up, .index = index };
}

/* The JSON pointer; ret holds WHY_WHERE_MAX bytes, longer ones are cut. */
void place_text(const struct place *at, char *ret);

PRINTF(5, 6)
void problem(struct check *c, const struct place *at, enum stix_level level, const char *rule,
    const char *fmt, ...);

/* Whether `steps` more may be spent; one error is reported when they may not. */
bool work(struct check *c, size_t steps);

/* ---- value.c ---- */

/* One property of the specification, list or not. */
void check_property(struct check *c, const struct place *at, const struct property *p,
    const struct json *v);

/* What must hold of any value: it is not null, no empty list and no empty
 * object.  Further inside, where the producer's own structures begin, that is
 * a warning: MITRE's bundles have empty lists there. */
void check_free(struct check *c, const struct place *at, const struct json *v);

/* The members of a part, an extension or an object: the rest goes to check_custom(). */
void check_shape(struct check *c, const struct place *at, const struct shape *shape,
    const struct json *v);

/* The same along a draft: what breaks it draws a warning, what it does not have is left alone. */
void check_draft(struct check *c, const struct place *at, const struct shape *shape,
    const struct json *v);

/* A property that the specification does not define. */
void check_custom(struct check *c, const struct place *at, const struct json *member);

/* Wants a JSON object that is not empty. */
bool check_is_object(struct check *c, const struct place *at, const struct json *v);
bool check_is_string(struct check *c, const struct place *at, const struct json *v);

/* ---- extension.c ---- */

struct declared extension_declared(const struct json *extensions);
void check_extensions(struct check *c, const struct place *at, const struct json *v);

/* ---- validate.c ---- */

/* An object: the common properties, those of its type, and its rules. */
void check_object(struct check *c, const struct place *at, const struct json *v);

/* ---- rules.c ---- */

/* Conditions between the properties of an object of this type. */
void check_rules(struct check *c, const struct place *at, struct str type, const struct json *v);

/* A condition of one type or shape. */
typedef void rule_fn(struct check *c, const struct place *at, const struct json *v);
struct rule {
	struct str of; /* type of an object, name of a shape */
	rule_fn *fn;
};

/* One error with this text when it does not hold. */
void check_need(struct check *c, const struct place *at, bool holds, const char *text);

/* What the values of the dictionary `name` of v must be. */
void check_values(struct check *c, const struct place *at, const struct json *v, struct str name,
    bool (*fits)(const struct json *value), const char *text);

static inline bool
has(const struct json *v, const char *name)
{
	return json_get(v, str_of(name)) != NULL;
}

/* rules_incident.c: of the shapes of the incident core extension. */
extern const struct rule incident_rules[];
extern const size_t incident_rules_len;

/* The same for a part, an external reference for instance. */
void check_part_rules(struct check *c, const struct place *at, struct str shape,
    const struct json *v);
