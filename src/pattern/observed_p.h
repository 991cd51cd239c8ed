/* observed_p.h: observed data, laid out for matching (private to pattern). */
#pragma once

#include "clock.h"
#include "pattern.h"

/* A cyber-observable of one observation.  The same object in two observations
 * stands here twice. */
struct sighted {
	struct str type;
	struct str id; /* identifier, or the local key of a container */
	const struct json *json;
	uint32_t observation;
};

struct observation {
	const struct json *json;
	struct str id; /* empty: it has none */
	size_t place;  /* in the input, from 0 */
	time_us first, last;
	uint64_t count;              /* number_observed, at least 1 */
	const struct sighted *by_id; /* its objects, by identifier */
	size_t len;
};

/* The objects of one type, in the order of their observations. */
struct sighted_type {
	struct str type;
	const struct sighted *const *object;
	size_t len;
};

struct pattern_data {
	const struct observation *observation; /* by first, then by place */
	size_t len;
	const struct sighted_type *type; /* by name */
	size_t types;
};

/* NULL when nothing of that type was observed. */
const struct sighted_type *observed_type(const struct pattern_data *d, struct str type);

/* The object that a reference in observation o names, or NULL: only what the
 * observation lists can be reached (STIX 2.1, section 9.7.3). */
const struct sighted *observed_by_id(const struct observation *o, struct str id);
