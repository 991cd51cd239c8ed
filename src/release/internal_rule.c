/* May an object be shown to another compartment? */
#include "content.h"
#include "explained_p.h"
#include "internal_p.h"
#include "source_p.h"

/* FIRST TLP 2.0: AMBER+STRICT stays in the organisation, AMBER with it and whom
 * it serves, RED with the person it was given to. */
enum internal_answer
internal_judge(const struct internal_facts *f)
{
	if (f->classified)
		return INTERNAL_CLASSIFIED;
	if (f->unknown_marking)
		return INTERNAL_UNKNOWN;
	if (f->tlp == TLP_RED)
		return INTERNAL_RED;
	if (f->within)
		return INTERNAL_SHOW;
	if (f->tlp == TLP_AMBER_STRICT)
		return INTERNAL_STRICT;
	if (f->tlp == TLP_NONE)
		return INTERNAL_UNMARKED;
	if (f->received && f->tlp != TLP_CLEAR && f->onward != ONWARD_ALLOW)
		return INTERNAL_ORIGINATOR;
	if (f->tlp == TLP_AMBER || (f->received && f->tlp != TLP_CLEAR))
		return INTERNAL_SECOND;
	return INTERNAL_SHOW;
}

/* ---- the facts ---- */

/* What one agreement that is signed by all says about an organisation of our own
 * party while it is in force; a draft is the word of nobody, and so is one that
 * has ended or is suspended.  *io_until: when time alone changes that. */
static enum onward
word_of(const struct release_job *job, struct str agreement, struct str to, time_us *io_until)
{
	const struct gate *g = job->gate;
	for (size_t i = 0; i < g->agreements; i++) {
		const struct agreement *in = g->standing[i]->agreement;
		const struct party *party = NULL;
		struct standing_reason reason;
		time_us change;
		const struct organisation *o = NULL;

		if (!str_eq(in->id, agreement) || g->standing[i]->signed_by < in->parties)
			continue;
		change = standing_next_change(g->standing[i], job->at);
		*io_until = change < *io_until ? change : *io_until;
		if (!standing_in_force(g->standing[i], S(""), job->at, &reason))
			return ONWARD_DENY;
		o = agreement_organisation(in, to, &party);
		if (o == NULL || !str_eq(party->code, g->party))
			return ONWARD_DENY;
		return o->state_body ? in->third_party.same_country_gov
		                     : in->third_party.sector_members;
	}
	return ONWARD_DENY;
}

static const char list_ways[] =
    "SELECT DISTINCT received_under FROM object WHERE object_id = $1 AND owner = $2"
    " AND enclave = $3 AND giver <> ''";

/* Each way that it came by counts. */
static enum err
read_ways(const struct release_job *job, const struct stored *o, struct str to,
    struct internal_facts *f, time_us *ret_until, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret_until = TIME_NEVER;
	f->onward = ONWARD_ALLOW;
	TRY(db_select(job->db, &rows, why, list_ways, DB_T(o->id), DB_T(o->provenance.owner),
	    DB_T(o->provenance.enclave)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		enum onward word = word_of(job, db_col_text(&rows, 0), to, ret_until);

		f->received = true;
		if (word < f->onward)
			f->onward = word;
	}
}

/* Whether any of the agreements that all have signed calls it classified, also one
 * that has ended: the duty to keep it outlives the agreement. */
static bool
is_classified(const struct gate *g, const struct json *tree)
{
	bool found = agreement_is_classified(tree, NULL);

	for (size_t i = 0; i < g->agreements && !found; i++) {
		const struct standing *s = g->standing[i];

		found = s->signed_by == s->agreement->parties &&
		        agreement_is_classified(tree, s->agreement);
	}
	return found;
}

/* Definitions of markings, as the owner of the object holds them. */
struct definitions {
	const struct release_job *job;
	struct compartment of;
	size_t asked;    /* of EXPLAINED_ASKED_MAX */
	bool classified; /* one of them says so */
};

static const struct stix_object *
find_definition(void *arg, struct str id)
{
	struct definitions *d = arg;
	struct arena *a = d->job->arena;
	struct stored stored;
	const struct json *tree = NULL;
	struct stix_object *o = arena_make(a, struct stix_object, 1);

	if (o == NULL || d->asked++ >= EXPLAINED_ASKED_MAX ||
	    store_latest_own(d->job->db, a, id, &d->of, &stored, NULL) != OK ||
	    json_parse(a, stored.raw, NULL, &tree, NULL) != OK || stix_scan(tree, o, NULL) != OK)
		return NULL;
	d->classified |= is_classified(d->job->gate, tree);
	return o;
}

/* What lies beside it under the same version counts here as it does at the gate. */
static enum err
read_contents(const struct release_job *job, const struct stored *o,
    const struct stix_object *served, struct internal_facts *f, struct why *why)
{
	struct content_list list;

	TRY(store_contents(job->db, job->arena, o, &list, why));
	for (size_t i = 0; i < list.len; i++) {
		const struct json *tree = NULL;
		struct stix_object other;

		TRY(json_parse(job->arena, list.content[i].row.raw, NULL, &tree, why));
		TRY(stix_scan(tree, &other, why));
		f->unknown_marking |= content_disputes(served, &other, &list, i);
		f->classified |= is_classified(job->gate, tree);
	}
	return OK;
}

static enum err
read_markings(const struct release_job *job, const struct stored *o, struct internal_facts *f,
    struct why *why)
{
	struct definitions definitions = {
		.job = job,
		.of = { o->provenance.owner, o->provenance.enclave },
	};
	struct agreement_item item = { .giver = o->provenance.giver };
	struct source_memo memo = { 0 };
	struct explained_memo answers = { 0 };
	const struct source_policy *policy = NULL;
	const struct json *tree = NULL;
	struct marking_set set;
	bool explained = false;

	TRY(json_parse(job->arena, o->raw, NULL, &tree, why));
	TRY(stix_scan(tree, &item.object, why));
	marking_collect(&item.object, find_definition, &definitions, &set);
	f->tlp = set.tlp;
	TRY(explained_markings(job->db, &answers, o, &item.object, &explained, why));
	f->unknown_marking = set.unknown > 0 || !explained;
	f->classified = definitions.classified || is_classified(job->gate, tree);
	TRY(read_contents(job, o, &item.object, f, why));
	if (set.tlp != TLP_NONE)
		return OK;
	TRY(source_of(job, &item, o->provenance.import_id, &memo, &policy, why));
	if (policy != NULL)
		f->tlp = policy->marking;
	return OK;
}

/* ---- in words ---- */

/* clang-format off */
static const struct {
	const char *code, *text;
} refusals[] = {
	[INTERNAL_CLASSIFIED] = { "internal.classified",
	  "it bears a mark of classification: it belongs in no compartment of this node" },
	[INTERNAL_UNKNOWN] = { "internal.marking",
	  "it has a marking that is not known here, or more markings than are looked up: unknown means no" },
	[INTERNAL_RED] = { "internal.marking",
	  "TLP:RED is for the persons it was given to, and for no other compartment" },
	[INTERNAL_STRICT] = { "internal.marking",
	  "TLP:AMBER+STRICT stays in the organisation; this is another one" },
	[INTERNAL_UNMARKED] = { "internal.marking",
	  "it has no TLP marking: it stays in the organisation until it has one" },
	[INTERNAL_ORIGINATOR] = { "internal.originator",
	  "the agreement under which it came does not let this organisation have it, or is not in force: ask its originator" },
};
/* clang-format on */

enum err
internal_check(const struct release_job *job, const struct stored *o,
    const struct internal_place *to, struct internal_verdict *ret, struct why *why)
{
	struct internal_facts f = {
		.within = str_eq(o->provenance.owner, to->organisation),
	};

	TRY(read_markings(job, o, &f, why));
	TRY(read_ways(job, o, to->organisation, &f, &ret->until, why));
	enum internal_answer answer = internal_judge(&f);
	ret->waits = answer == INTERNAL_SECOND;
	if (answer <= INTERNAL_SECOND)
		return OK;
	return fail(why, ERR_FORBIDDEN, refusals[answer].code, "%s", refusals[answer].text);
}
