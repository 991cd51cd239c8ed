#include "type_name.h"

#include "model_p.h"
#include "name_p.h"
#include "near.h"

enum {
	QUOTED_MAX = 64,        /* bytes of a wrong name that a message repeats */
	LETTERS_FOR_A_SLIP = 4, /* so many letters of a name allow for one that is wrong */
};

/* Best so far among the names that were looked at. */
struct nearest {
	struct str name;  /* as it was typed */
	struct str found; /* empty: none */
	size_t distance;
};

/* "domain" for "domain-name" is as far as a slip. */
static void
look_at(struct nearest *n, struct str known)
{
	size_t distance = near_distance(n->name, known);
	bool begins = str_starts(known, n->name) && known.ptr[n->name.len] == '-';

	if (begins && distance > 1)
		distance = 1;
	if (distance >= n->distance)
		return;
	n->found = known;
	n->distance = distance;
}

/* The type that the name was to be; empty when none is near. */
static struct str
nearest(struct str name, bool observable)
{
	/* One wrong letter in a short name, more in a long one. */
	size_t compared = name.len < NEAR_MAX ? name.len : NEAR_MAX;
	struct nearest n = { .name = name, .distance = compared / LETTERS_FOR_A_SLIP + 1 };

	for (size_t i = 0; i < model_observables_len; i++)
		look_at(&n, model_observables[i].shape.name);
	for (size_t i = 0; i < model_domain_len && !observable; i++)
		look_at(&n, model_domain[i].shape.name);
	for (size_t i = 0; i < model_drafts_len && !observable; i++)
		look_at(&n, model_drafts[i].object ? model_drafts[i].host : S("incident"));
	return n.found;
}

static bool
is_draft(struct str name)
{
	for (size_t i = 0; i < model_drafts_len; i++) {
		if (model_drafts[i].object && str_eq(model_drafts[i].host, name))
			return true;
	}
	return false;
}

static enum err
unknown(struct str name, bool observable, struct why *why)
{
	const char *what = observable ? "observable" : "type";
	struct str near = nearest(name, observable);

	if (near.len == 0)
		return fail(why, ERR_NOT_FOUND, "stix.type",
		    "\"" STR_FMT "\" is no %s of STIX 2.1: only custom objects of that type fit",
		    STR_ARG(str_sub(name, 0, QUOTED_MAX)), what);
	return fail(why, ERR_NOT_FOUND, "stix.type",
	    "\"" STR_FMT "\" is no %s of STIX 2.1: only custom objects of that type fit; " STR_FMT
	    " is near",
	    STR_ARG(str_sub(name, 0, QUOTED_MAX)), what, STR_ARG(near));
}

static enum err
check(struct str name, bool observable, struct why *why)
{
	enum stix_class class = stix_class_of(name);
	bool known = observable ? class == STIX_SCO : class != STIX_CUSTOM || is_draft(name);

	if (!name_is_type(name))
		return fail(why, ERR_INVALID, "stix.type-name",
		    "\"" STR_FMT "\" is no name of a type: write %d to %d of a-z 0-9 -, a letter "
		    "first",
		    STR_ARG(str_sub(name, 0, QUOTED_MAX)), NAME_MIN, NAME_MAX);
	return known || str_starts(name, S("x-")) ? OK : unknown(name, observable, why);
}

enum err
type_name_check(struct str name, struct why *why)
{
	return check(name, false, why);
}

enum err
type_name_check_observable(struct str name, struct why *why)
{
	return check(name, true, why);
}
