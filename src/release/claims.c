/* What an officer says beside the objects of an order. */
#include "claims_p.h"
#include "emergency_p.h"
#include "record_p.h"

static const char *const contacts[] = {
	[CONTACT_NOT_TRIED] = "",
	[CONTACT_FAILED] = "failed",
	[CONTACT_ANSWERED] = "answered",
};

const char *
contact_name(enum contact_check c)
{
	return contacts[c];
}

bool
contact_parse(struct str name, enum contact_check *ret)
{
	for (size_t i = 0; i < COUNTOF(contacts); i++) {
		if (str_is(name, contacts[i])) {
			*ret = (enum contact_check)i;
			return true;
		}
	}
	return false;
}

/* ---- the row of an order ---- */

void
claims_read(const struct db_rows *rows, size_t at, struct arena *a, struct release_ask *ask)
{
	emergency_read(rows, at, a, ask);
	ask->legal_basis = arena_str(a, db_col_text(rows, at + 4));
	/* What the table holds was parsed before it was written. */
	if (!contact_parse(db_col_text(rows, at + 5), &ask->contact))
		ask->contact = CONTACT_NOT_TRIED;
	ask->mode = db_col_i64(rows, at + 6) != 0 ? BUNDLE_STRICT : BUNDLE_PARTIAL;
}

/* ---- what may be said ---- */

static bool
has_text(const struct json *list, struct str text)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if (str_eq(v->text, text))
			return true;
	}
	return false;
}

/* Whether the agreement lists the ground, or a rule of a pack asks for it. */
static bool
is_known_ground(const struct agreement_request *r, struct str code)
{
	const struct agreement *g = r->standing->agreement;

	for (size_t i = 0; i < g->legal_bases; i++) {
		if (str_eq(g->legal_basis[i].code, code))
			return true;
	}
	for (size_t i = 0; i < r->packs; i++) {
		for (size_t k = 0; k < r->pack[i]->rules; k++) {
			const struct selector *when = &r->pack[i]->rule[k].when;

			if (has_text(when->basis, code) || has_text(when->not_basis, code))
				return true;
		}
	}
	return false;
}

enum err
claims_check(const struct release_ask *ask, const struct agreement_request *r, struct why *why)
{
	if (ask->legal_basis.len > 0 && !is_known_ground(r, ask->legal_basis))
		return fail(why, ERR_INVALID, "release.basis",
		    STR_FMT " is no legal basis of " STR_FMT
		            ", and no rule pack that is active asks for it",
		    STR_ARG(ask->legal_basis), STR_ARG(r->standing->agreement->id));
	if (ask->contact == CONTACT_FAILED && ask->urgency < URGENCY_IMMEDIATE)
		return fail(why, ERR_INVALID, "release.contact",
		    "a contact that does not answer counts when it is called for something "
		    "immediate or flash; say which");
	if (ask->contact != CONTACT_NOT_TRIED && str_trim(ask->reason).len == 0)
		return fail(why, ERR_INVALID, "release.contact",
		    "say as the reason who was called, when and how");
	return OK;
}

/* ---- what a decision gets ---- */

/* Orders that say so, since the last one to which the contact answered. */
static const char count_failed[] =
    "SELECT COUNT(*) FROM release_order o WHERE o.recipient = $1 AND o.owner = $2"
    " AND o.enclave = $3 AND o.contact = 'failed' AND o.created_at > COALESCE("
    "(SELECT MAX(a.created_at) FROM release_order a WHERE a.recipient = $1 AND a.owner = $2"
    " AND a.enclave = $3 AND a.contact = 'answered'), 0)";

static enum err
count_contact(const struct release_job *job, const struct release_ask *ask, bool fresh,
    uint64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	*ret = 0;
	if (fresh && ask->contact == CONTACT_ANSWERED)
		return OK;
	TRY(db_select_one(job->db, &rows, why, count_failed, DB_T(ask->to),
	    DB_T(job->gate->organisation), DB_T(job->gate->enclave)));
	*ret = (uint64_t)db_col_i64(&rows, 0) + (fresh && ask->contact == CONTACT_FAILED);
	return OK;
}

enum err
claims_put(const struct release_job *job, const struct release_ask *ask, bool fresh,
    struct agreement_request *r, struct why *why)
{
	emergency_put(r, ask);
	r->mode = ask->mode;
	r->legal_basis = ask->legal_basis;
	return count_contact(job, ask, fresh, &r->poc_failed, why);
}

enum err
claims_record(const struct release_job *job, const struct release_ask *ask, struct str order_id,
    struct why *why)
{
	const bool failed = ask->contact == CONTACT_FAILED;
	const struct record_pair pairs[] = {
		{ "type", failed ? S("contact-failed") : S("contact-answered") },
		{ "order", order_id },
		{ "account", ask->by },
		{ "to", ask->to },
		{ "asked", ask->asked },
		{ "urgency", str_of(urgency_name(ask->urgency)) },
		{ "reason", ask->reason },
	};

	if (ask->contact == CONTACT_NOT_TRIED)
		return OK;
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	if (failed)
		return record_event(job, "release.contact-failed", order_id, S(""), why);
	return record_event(job, "release.contact-answered", order_id, S(""), why);
}
