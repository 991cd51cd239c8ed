/* program_p.h: a pattern made ready to run (private to pattern). */
#pragma once

#include "constant_p.h"
#include "network_p.h"
#include "observed_p.h"
#include "pattern_p.h"
#include "regex_p.h"

/* A test with its constants read. */
struct check {
	const struct test *test;
	enum coding coding; /* of the property that it looks at */
	const struct constant *constant;
	size_t constants;
	struct str like; /* in normalisation form C */
	struct regex *regex;
	bool is_network;
	struct network network;
};

/* What a set of observations must be. */
enum plan_kind {
	PLAN_ONE, /* one that satisfies the leaf */
	PLAN_ALL, /* each child by observations of its own */
	PLAN_ANY, /* one child */
	PLAN_IN_ORDER,
	PLAN_WITHIN,
	PLAN_BETWEEN,
	PLAN_REPEATS,
};

struct plan {
	enum plan_kind kind;
	size_t leaf;    /* of PLAN_ONE */
	uint64_t times; /* of PLAN_REPEATS */
	time_us
	    window; /* of PLAN_WITHIN: the last may begin at most this long after the first ended */
	time_us from, to; /* of PLAN_BETWEEN: both within */
	const struct plan *child;
	const struct plan *next;
};

/* An observation in brackets, or several of which any will do. */
struct leaf {
	const struct node *node; /* NODE_OBSERVATION, or NODE_OBS_OR of such */
	const struct str *type;  /* the types of objects that it asks for, without doubles */
	size_t types;
};

struct pattern_program {
	const struct pattern *pattern;
	struct check *check; /* by the number of the test */
	struct leaf *leaf;
	size_t leaves;
	const struct plan *root;
};

/* What one run may cost, and what it has. */
struct run {
	const struct pattern_program *program;
	const struct pattern_data *data;
	struct arena *scratch; /* cleared after each object */
	uint64_t work;         /* steps that are left */
};

/* Takes n steps off; false when there are none left, and for ever after. */
static inline bool
run_spend(struct run *r, uint64_t n)
{
	if (r->work < n) {
		r->work = 0;
		return false;
	}
	r->work -= n;
	return true;
}

/* Whether the comparison (NODE_OR, NODE_AND, NODE_TEST) is true from this object
 * on.  false also when the work is used up. */
bool test_object(struct run *r, const struct node *comparison, const struct sighted *object);

/* Whether there are observations that satisfy the plan; candidate[leaf] lists
 * those of each leaf in the order of the data.  Those that were bound are
 * marked in bound[], one flag an observation.
 * ERR_LIMIT when that cannot be said within the work of the run. */
struct candidates {
	const uint32_t *observation;
	size_t len;
};
enum err bind_plan(struct run *r, struct arena *a, const struct candidates *candidate, bool *ret,
    bool *bound, struct why *why);
