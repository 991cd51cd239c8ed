#include <stdlib.h>

#include "claims_p.h"
#include "consent.h"
#include "gather_p.h"
#include "person_p.h"
#include "pseudonym.h"
#include "selection_p.h"
#include "source_p.h"

/* ---- the request ---- */

/* An item, or another version of it, which stands behind it. */
struct row {
	const struct agreement_item *item;
	bool other;
};

static int
by_id(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = str_cmp(x->item->object.id, y->item->object.id);

	if (order == 0)
		order = (int)x->other - (int)y->other;
	return order != 0 ? order : str_cmp(x->item->object.raw, y->item->object.raw);
}

static enum err
fill_items(struct gathering *g, struct agreement_request *r, struct why *why)
{
	struct agreement_item *flat;
	struct row *row;
	size_t n = g->len;

	for (size_t i = 0; i < g->len; i++) {
		for (const struct version_held *v = g->others[i]; v != NULL; v = v->next)
			n++;
	}
	flat = arena_make(g->job->arena, struct agreement_item, n + 1);
	row = arena_make(g->job->arena, struct row, n + 1);
	if (flat == NULL || row == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	n = 0;
	for (size_t i = 0; i < g->len; i++) {
		row[n++] = (struct row){ g->item[i], false };
		for (const struct version_held *v = g->others[i]; v != NULL; v = v->next)
			row[n++] = (struct row){ v->item, true };
	}
	qsort(row, n, sizeof(*row), by_id);
	for (size_t i = 0; i < n; i++)
		flat[i] = *row[i].item;
	r->item = flat;
	r->items = n;
	r->source = g->cited;
	r->sources = g->sources;
	return OK;
}

/* The identity in whose name copies are made goes along until the recipient has it. */
static enum err
add_redaction_identity(struct gathering *g, struct why *why)
{
	struct agreement_item probe = { .object.id = g->job->gate->redaction_identity };

	/* An envelope is for one person's eyes: nothing goes along with what was asked for. */
	if (g->ask->channel == CHANNEL_PERSON)
		return selection_add(g, g->job->gate->redaction_identity, false, why);
	TRY(selection_find_delivered(g, &probe, why));
	return selection_add(g, g->job->gate->redaction_identity,
	    probe.delivered == DELIVERED_NOTHING, why);
}

static enum err
know(struct id_set *known, struct str id, struct why *why)
{
	return id.len == 0 || id_set_find(known, id) != SIZE_MAX ? OK : id_set_add(known, id, why);
}

static enum err
add_known(struct gathering *g, const struct agreement_request *r, struct why *why)
{
	const struct agreement *in = r->standing->agreement;

	TRY(know(&g->known, r->redaction_identity, why));
	for (size_t i = 0; i < r->publishers; i++)
		TRY(know(&g->known, r->publisher[i], why));
	for (size_t i = 0; i < in->parties; i++) {
		for (size_t j = 0; j < in->party[i].organisations; j++)
			TRY(know(&g->known, in->party[i].organisation[j].identity, why));
	}
	return OK;
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* In the order of their identifiers, which is that of the indexes. */
static enum err
add_asked(struct gathering *g, struct why *why)
{
	struct str *id = arena_make(g->job->arena, struct str, g->ask->ids + 1);

	if (id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	memcpy(id, g->ask->id, g->ask->ids * sizeof(*id));
	qsort(id, g->ask->ids, sizeof(*id), by_text);
	for (size_t i = 0; i < g->ask->ids; i++)
		TRY(selection_add(g, id[i], true, why));
	return OK;
}

static enum err
count_persons(struct gathering *g, struct why *why)
{
	for (size_t i = 0; i < g->ask->counts; i++) {
		size_t at = id_set_find(&g->ids, g->ask->count[i].id);

		if (at == SIZE_MAX)
			return fail(why, ERR_INVALID, "release.persons",
			    "people of " STR_FMT " were counted, which is not asked for",
			    STR_ARG(g->ask->count[i].id));
		g->item[at]->persons = g->ask->count[i].persons;
	}
	return OK;
}

static enum err
gather_items(const struct gather *in, const struct release_ask *ask, struct agreement_request *r,
    struct why *why)
{
	struct gathering all = {
		.job = in->job,
		.ask = ask,
		.as_of_leaf = in->as_of_leaf,
		.agreement = r->standing->agreement->id,
		.ids.a = in->job->arena,
		.followed.a = in->job->arena,
		.known.a = in->job->arena,
	};

	TRY(add_known(&all, r, why));
	TRY(add_asked(&all, why));
	TRY(count_persons(&all, why));
	TRY(add_redaction_identity(&all, why));
	TRY(selection_add_surroundings(&all, why));
	TRY(selection_add_needles(&all, why));
	TRY(selection_complete(&all, why));
	return fill_items(&all, r, why);
}

static enum err
check_ask(const struct release_ask *ask, struct why *why)
{
	if (ask->ids == 0)
		return fail(why, ERR_INVALID, "release.empty", "no object was named");
	if (ask->ids > SELECTION_MAX)
		return fail(why, ERR_LIMIT, "release.selection",
		    "%zu objects in one order; at most %d", ask->ids, SELECTION_MAX);
	return OK;
}

/* The order, with the one who took over from whom it names. */
static struct release_ask
name_recipient(const struct gather *in, const struct standing *s)
{
	struct release_ask ask = *in->ask;

	if (s == NULL)
		return ask;
	ask.to = gather_recipient(in, s);
	if (!str_eq(ask.to, in->ask->to))
		ask.asked = in->ask->to;
	return ask;
}

/* Two keys are in play then: the node's, which signed the card, and the card's. */
static enum err
put_person(const struct gather *in, const struct release_ask *ask, struct agreement_request *r,
    struct why *why)
{
	struct release_person person;

	TRY(person_find_good(in->job, ask->person, ask->to, &person, why));
	r->person_key = person.fingerprint;
	if (r->recipient_key_until == 0 || person.expires_at < r->recipient_key_until)
		r->recipient_key_until = person.expires_at;
	return OK;
}

enum err
gather_request(const struct gather *in, struct agreement_request *ret, struct why *why)
{
	const struct gate *g = in->job->gate;
	const struct standing *standing = gather_agreement(in);
	const struct release_ask named = name_recipient(in, standing), *ask = &named;
	struct agreement_request r = {
		.at = in->job->at,
		.copy_time = ask->copy_time - ask->copy_time % US_PER_S,
		.realm = g->realm,
		.order_realm = g->realm,
		.from = g->organisation,
		.to = ask->to,
		.asked = ask->asked,
		.channel = ask->channel,
		.purpose = ask->purpose,
		.area = ask->area,
		.redaction_identity = g->redaction_identity,
		.standing = standing,
		.packs = g->packs,
	};

	TRY(check_ask(ask, why));
	if (standing == NULL)
		return fail(why, ERR_INVALID, "release.recipient",
		    STR_FMT " is no organisation of any agreement we hold", STR_ARG(ask->to));
	TRY(gather_check_recipient(g, ask, standing->agreement, why));
	if (r.area.len == 0)
		r.area = standing->agreement->area[0].code;
	memcpy(r.pack, g->pack, sizeof(r.pack));
	TRY(claims_put(in->job, ask, in->as_of_leaf == GATHER_NOW, &r, why));
	TRY(gather_find_key(in->job->db, &r, why));
	if (ask->channel == CHANNEL_PERSON)
		TRY(put_person(in, ask, &r, why));
	TRY(source_publishers(in->job, &r, why));
	TRY(gather_items(in, ask, &r, why));
	TRY(release_consents_active(in->job->db, in->job->arena, g->organisation, in->job->at, &r,
	    why));
	if (g->pseudonym_secret.len > 0)
		TRY(agreement_pseudonyms(in->job->arena, g->pseudonym_secret, &r, &r.pseudonyms,
		    &r.pseudonym, why));
	*ret = r;
	return OK;
}

static const char find_bytes[] =
    "SELECT preview_hash FROM release_item WHERE source_id = $1 AND recipient = $2"
    " AND agreement = $3 AND state = 'released' ORDER BY leaf DESC, place DESC LIMIT 1";

/* Whether the copy has other bytes than the one delivered under its version. */
static enum err
is_changed_copy(struct db *db, const struct agreement_request *r,
    const struct agreement_decision *d, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = false;
	if (d->item->copy_modified == 0 || d->item->copy_modified == r->copy_time ||
	    d->bytes.len == 0)
		return OK;
	TRY(db_select(db, &rows, why, find_bytes, DB_T(d->item->object.id), DB_T(r->to),
	    DB_T(r->standing->agreement->id)));
	TRY(db_next(&rows, &has, why));
	*ret = has && !str_eq(db_col_blob(&rows, 0), hash_str(&d->bytes_hash));
	return OK;
}

enum err
gather_decide(const struct release_job *job, struct agreement_request *request,
    const struct agreement_decisions **ret, struct why *why)
{
	const struct agreement_decisions *all = NULL;
	struct agreement_item *item = (struct agreement_item *)(uintptr_t)request->item;
	bool again = false;

	TRY(agreement_decide(job->arena, request, &all, why));
	for (size_t i = 0; i < all->len; i++) {
		bool changed = false;

		TRY(is_changed_copy(job->db, request, &all->decision[i], &changed, why));
		if (changed)
			item[all->decision[i].item - request->item].copy_modified = 0;
		again |= changed;
	}
	if (again)
		TRY(agreement_decide(job->arena, request, &all, why));
	*ret = all;
	return OK;
}
