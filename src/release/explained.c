#include "explained_p.h"
#include "marking.h"

struct explaining {
	struct db *db;
	const struct stored *of;
	struct why *why;
	enum err err;
	bool explained;
};

static bool
look_marking(void *arg, struct str id, struct str property, struct str pointer)
{
	struct explaining *x = arg;
	struct marking known;
	bool explains = false;

	(void)pointer;
	if ((!str_is(property, "object_marking_refs") && !str_is(property, "marking_ref")) ||
	    marking_by_id(id, &known))
		return true;
	x->err = store_explains(x->db, x->of, id, &explains, x->why);
	x->explained = x->explained && explains;
	return x->err == OK;
}

enum err
explained_markings(struct db *db, const struct stored *of, const struct stix_object *o, bool *ret,
    struct why *why)
{
	struct explaining x = { .db = db, .of = of, .why = why, .explained = true };

	stix_refs(o, look_marking, &x);
	*ret = x.explained;
	return x.err;
}
