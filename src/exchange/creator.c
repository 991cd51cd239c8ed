/* Who may make versions of an object: its creator alone (STIX 2.1, section 3.2). */
#include "exchange_p.h"

/* The organisation of some agreement in whose name the identity speaks; empty: none. */
static struct str
organisation_of(const struct gate *g, struct str identity)
{
	for (size_t i = 0; i < g->agreements && identity.len > 0; i++) {
		const struct agreement *in = g->standing[i]->agreement;

		for (size_t j = 0; j < in->parties; j++) {
			for (size_t k = 0; k < in->party[j].organisations; k++) {
				if (str_eq(in->party[j].organisation[k].identity, identity))
					return in->party[j].organisation[k].code;
			}
		}
	}
	return S("");
}

static struct str
party_of(struct str organisation)
{
	return str_split(&organisation, ':');
}

/* The creator of what is here under the identifier.  *ret_found is false also for the
 * same content, which is no new version. */
static enum err
find_creator(struct db *db, struct arena *a, const struct page_object *o, bool *ret_found,
    struct str *ret, struct why *why)
{
	struct stored stored;
	struct stix_object was;
	const struct json *tree = NULL;
	enum err err = store_latest(db, a, o->stix.id, &stored, why);

	*ret_found = false;
	if (err == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	/* Whoever comes first with an identifier is not its creator by that. */
	if (stored.rank > RANK_PARTNER)
		return OK;
	if (hash_eq(&stored.normal_hash, &o->hashes.normalised))
		return OK;
	TRY(json_parse(a, stored.raw, NULL, &tree, why));
	TRY(stix_scan(tree, &was, why));
	*ret = was.created_by;
	*ret_found = true;
	return OK;
}

enum err
arrival_check_creator(const struct gate *g, struct db *db, struct arena *a, struct arrival *x,
    struct why *why)
{
	const struct stix_object *o = &x->object->stix;
	struct str creator = organisation_of(g, o->created_by), party = party_of(creator),
	           was = S("");
	bool found = false;

	if (o->class == STIX_SCO || o->class == STIX_MARKING)
		return OK;
	TRY(find_creator(db, a, x->object, &found, &was, why));
	if (creator.len > 0 && str_eq(party, g->party))
		x->problem = arena_printf(a,
		    "it is created in the name of our " STR_FMT ": only we make versions of it",
		    STR_ARG(creator));
	else if (found && !str_eq(was, o->created_by))
		x->problem =
		    S("it is here with another creator: only its creator makes versions of it");
	else if (found && creator.len > 0 && !str_eq(party, party_of(x->from)) &&
	         !str_eq(party, party_of(x->originator)))
		x->problem = arena_printf(a,
		    STR_FMT " created it, and this version does not come from there: only its "
		            "creator makes versions of it",
		    STR_ARG(creator));
	return OK;
}
