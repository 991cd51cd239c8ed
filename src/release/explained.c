#include "explained_p.h"
#include "marking.h"

struct explaining {
	struct db *db;
	struct explained_memo *memo;
	const struct stored *of;
	size_t asked; /* of the store */
	struct why *why;
	enum err err;
	bool explained;
};

/* Who speaks for an object is told by its giver and by where it lies. */
static enum err
ask(struct explaining *x, struct str marking, bool *ret)
{
	struct explained_memo *m = x->memo;
	struct str giver = x->of->provenance.giver;

	for (size_t i = 0; i < EXPLAINED_KEPT; i++) {
		const struct explained_answer *a = &m->kept[i];

		if (a->shard_key == x->of->shard_key && str_eq(a->marking, marking) &&
		    str_eq(a->giver, giver)) {
			*ret = a->explains;
			return OK;
		}
	}
	*ret = false;
	if (x->asked++ == EXPLAINED_ASKED_MAX)
		return OK;
	TRY(store_explains(x->db, x->of, marking, ret, x->why));
	m->kept[m->next] =
	    (struct explained_answer){ x->of->shard_key, giver, marking, .explains = *ret };
	m->next = (m->next + 1) % EXPLAINED_KEPT;
	return OK;
}

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
	x->err = ask(x, id, &explains);
	x->explained = explains;
	return x->err == OK && explains;
}

enum err
explained_markings(struct db *db, struct explained_memo *memo, const struct stored *of,
    const struct stix_object *o, bool *ret, struct why *why)
{
	struct explaining x = { .db = db, .memo = memo, .of = of, .why = why, .explained = true };

	stix_refs(o, look_marking, &x);
	*ret = x.explained;
	return x.err;
}
