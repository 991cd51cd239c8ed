#include "channel_p.h"
#include "claims_p.h"
#include "decisions_p.h"
#include "emergency_p.h"
#include "gather_p.h"
#include "json_writer.h"
#include "person_p.h"
#include "release.h"

enum { SCOPE_TEXT_MAX = 16 * MIB }; /* SELECTION_MAX identifiers */

enum err
release_preview(const struct release_job *job, const struct release_ask *ask,
    const struct agreement_decisions **ret, struct agreement_request *ret_request, struct why *why)
{
	struct gather in = { .job = job, .ask = ask, .as_of_leaf = GATHER_NOW };

	if (ask->copy_time > job->at || job->at - ask->copy_time > PREVIEW_VALID_S * US_PER_S)
		return fail(why, ERR_CONFLICT, "release.preview-old",
		    "the preview is older than %d minutes; preview again", PREVIEW_VALID_S / 60);
	TRY(emergency_check(ask, why));
	TRY(gather_request(&in, ret_request, why));
	TRY(claims_check(ask, ret_request, why));
	return gather_decide(job, ret_request, ret, why);
}

/* A partner that says who took over, between preview and order, sends nothing elsewhere. */
static enum err
check_recipient(const struct release_send *send, struct str to, struct why *why)
{
	struct str seen = send->recipient.len > 0 ? send->recipient : send->ask.to;

	if (!str_eq(seen, to))
		return fail(why, ERR_CONFLICT, "release.successor",
		    "the order would go to " STR_FMT ", which took over from " STR_FMT
		    "; preview again, and name it",
		    STR_ARG(to), STR_ARG(send->ask.to));
	return OK;
}

/* The bytes that leave are those that were previewed. */
static enum err
check_expected(const struct release_send *send, const struct agreement_decisions *all,
    struct why *why)
{
	if (send->expected == 0)
		return OK;
	if (send->expected != send->ask.ids)
		return fail(why, ERR_INVALID, "release.expected",
		    "%zu hashes for %zu objects; give one for each", send->expected, send->ask.ids);
	for (size_t i = 0; i < send->expected; i++) {
		const struct agreement_decision *d = agreement_decision_about(all, send->ask.id[i]);

		if (!hash_eq(&d->bytes_hash, &send->expect[i]))
			return fail(why, ERR_CONFLICT, "release.changed",
			    STR_FMT
			    " would leave with other bytes than were previewed; preview again",
			    STR_ARG(send->ask.id[i]));
	}
	return OK;
}

static const char insert_order[] =
    "INSERT INTO release_order (order_id, kind, state, agreement, recipient, purpose, area,"
    " channel, scope, owner, enclave, proposer, approver, created_at, copy_time, starts_at,"
    " expires_at, urgency, harm, break_glass, emergency, review_hours,"
    " standing_order, person, asked, last_leaf, strict, legal_basis, contact)"
    " VALUES ($1, 'one-off', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, $13, $12, $14,"
    " $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)";

static enum err
scope_of(struct arena *a, const struct release_ask *ask, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(SCOPE_TEXT_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_object(&w);
	json_begin_array(json_key(&w, S("ids")));
	for (size_t i = 0; i < ask->ids; i++)
		json_put_str(&w, ask->id[i]);
	json_end_array(&w);
	json_end_object(&w);
	TRY(buf_check(&out, "the order's list of objects", why));
	*ret = arena_str(a, buf_str(&out));
	return OK;
}

/* The longest that one of the decisions asks for; 0: none does. */
static uint64_t
review_hours(const struct agreement_decisions *all)
{
	uint64_t hours = 0;

	for (size_t i = 0; i < all->len; i++) {
		if (all->decision[i].review_hours > hours)
			hours = all->decision[i].review_hours;
	}
	return hours;
}

enum err
order_insert(const struct decisions_in *in, const struct release_ask *ask, struct str proposer,
    const struct release_sent *sent, struct why *why)
{
	const struct agreement_request *r = in->request;
	struct str scope = { 0 };

	TRY(scope_of(in->job->arena, ask, &scope, why));
	return db_run(in->job->db, why, insert_order, DB_T(in->order_id),
	    DB_T(sent->held > 0 ? S("waiting") : S("done")), DB_T(r->standing->agreement->id),
	    DB_T(r->to), DB_T(r->purpose), DB_T(r->area), DB_T(str_of(channel_name(r->channel))),
	    DB_T(scope), DB_T(in->job->gate->organisation), DB_T(in->job->gate->enclave),
	    DB_T(proposer), DB_I(r->at), DB_I(r->copy_time),
	    DB_I(emergency_hold_until(r->standing->agreement, r->urgency, r->at)),
	    DB_T(str_of(urgency_name(r->urgency))), DB_T(str_of(harm_name(r->harm))),
	    DB_T(ask->break_glass), DB_T(ask->reason), DB_I((int64_t)review_hours(sent->decisions)),
	    DB_T(in->standing_order), DB_T(ask->person), DB_T(r->asked),
	    DB_I((int64_t)sent->last_leaf), DB_I(r->mode == BUNDLE_STRICT), DB_T(r->legal_basis),
	    DB_T(str_of(contact_name(ask->contact))));
}

/* What was released on the channel "person", in its envelopes. */
static enum err
seal_all(const struct decisions_in *in, const struct agreement_decisions *all, struct why *why)
{
	const struct envelope_in out = { in->job, in->request, in->order_id };

	for (size_t i = 0; i < all->len && in->request->channel == CHANNEL_PERSON; i++) {
		const struct agreement_decision *d = &all->decision[i];

		if (d->outcome == OUTCOME_ALLOW || d->outcome == OUTCOME_ALLOW_WITH_REDACTION)
			TRY(envelope_put(&out, i, d, why));
	}
	return OK;
}

enum err
release_send(const struct release_job *job, const struct release_send *send,
    struct release_sent *ret, struct why *why)
{
	const struct agreement_decisions *all = NULL;
	struct agreement_request request;
	struct release_ask ask = send->ask;

	ask.by = send->proposer;
	TRY(release_preview(job, &ask, &all, &request, why));
	TRY(check_recipient(send, request.to, why));
	TRY(check_expected(send, all, why));
	struct decisions_in in = {
		.job = job,
		.request = &request,
		.order_id = record_id_new(job->arena),
	};
	TRY(decisions_write(&in, all, ret, why));
	TRY(order_insert(&in, &ask, send->proposer, ret, why));
	TRY(seal_all(&in, all, why));
	/* Leaves of their own name both, too. */
	ask.to = request.to;
	ask.asked = request.asked;
	TRY(emergency_record(job, &ask, ret, why));
	TRY(claims_record(job, &ask, in.order_id, why));
	return record_event(job, "release.sent", in.order_id,
	    arena_printf(job->arena,
	        "{\"denied\":%zu,\"held\":%zu,\"released\":%zu,\"to\":\"" STR_FMT "\"}",
	        ret->denied, ret->held, ret->released, STR_ARG(request.to)),
	    why);
}
