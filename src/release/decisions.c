#include "approvals_p.h"
#include "decisions_p.h"
#include "random.h"
#include "request.h"
#include "words_p.h"

static const char insert_item[] =
    "INSERT INTO release_item (order_id, ordinal, agreement, recipient, owner, source_id, version,"
    " state, outcome, preview_hash, leaving_id, bytes, copied, copy_modified, decision, facts,"
    " rules_hash, nonce, approvals_needed, reason, leaf, place, changed_at,"
    " received_at, receipt, decided_epoch, valid_until, inputs, words, persons)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
    " $19, '', $20, $21, $22, 0, '', $23, $24, $25, $26, $27)";

/* The row of a copy's first order fixes when the copy was created. */
static const char date_link[] = "UPDATE copy_link SET created_at = $3"
                                " WHERE agreement = $1 AND source_id = $2 AND created_at = 0";

static enum record_type
type_of(const struct agreement_decision *d)
{
	switch (d->outcome) {
	case OUTCOME_ALLOW:
	case OUTCOME_ALLOW_WITH_REDACTION: return RECORD_RELEASE;
	case OUTCOME_HOLD: return RECORD_HOLD;
	case OUTCOME_DENY:
	case OUTCOME_ROUTE: return RECORD_DENIAL;
	}
	return RECORD_DENIAL;
}

/* What is sealed for a person never stands in a collection. */
static const char *
state_of(enum record_type type, enum channel channel)
{
	/* clang-format off */
	switch (type) {
	case RECORD_RELEASE: return channel == CHANNEL_PERSON ? "sealed" : "released";
	case RECORD_HOLD:    return "held";
	case RECORD_DENIAL:  return "denied";
	}
	/* clang-format on */
	return "denied";
}

static bool
is_copy(const struct agreement_decision *d)
{
	return d->leaving_id.len > 0 && !str_eq(d->leaving_id, d->item->object.id);
}

/* One word for each person who must agree. */
static struct str
join_approvals(struct arena *a, const struct agreement_decision *d)
{
	struct needs needs = { 0 };

	for (size_t i = 0; i < d->approvals; i++)
		needs_add(&needs, d->approval[i]);
	return needs_text(a, &needs);
}

static time_us
copy_modified(const struct agreement_request *r, const struct agreement_decision *d)
{
	if (!is_copy(d))
		return 0;
	return d->item->copy_modified != 0 ? d->item->copy_modified : r->copy_time;
}

static const char keep_inputs[] = "INSERT INTO decision_inputs (hash, body, added_at)"
                                  " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

/* The text that the decisions can be made from again. */
static enum err
write_inputs(const struct release_job *job, const struct agreement_decisions *all, struct why *why)
{
	return db_run(job->db, why, keep_inputs, DB_B(hash_str(&all->inputs)),
	    DB_B(all->inputs_text), DB_I(job->at));
}

/* One decision on its way into the database. */
struct row {
	uint64_t ordinal;
	struct record record;
	struct str bytes; /* of the record */
	uint64_t leaf, place;
	size_t words; /* its kind */
};

static enum err
make_row(const struct decisions_in *in, const struct hash *inputs,
    const struct agreement_decision *d, struct row *ret, struct why *why)
{
	ret->record = (struct record){
		.type = type_of(d),
		.request = in->request,
		.decision = d,
		.order_id = in->order_id,
		.inputs = *inputs,
		.bytes_hash = d->bytes_hash,
	};
	random_bytes(ret->record.nonce, RECORD_NONCE_BYTES);
	TRY(record_decision(in->job->arena, in->request, d, &ret->record.decision_json, why));
	return record_write(in->job->arena, &ret->record, &ret->bytes, why);
}

static enum err
take_words(struct words_kinds *kinds, struct row *row, struct why *why)
{
	const struct agreement_decision *d = row->record.decision;
	const struct words words = {
		.facts = d->facts,
		.decision = row->record.decision_json,
		.source_id = d->item->object.id,
		.version = d->item->version,
		.leaving_id = d->leaving_id,
	};

	return words_take(kinds, &words, &row->words, why);
}

static enum err
insert_row(const struct decisions_in *in, const struct row *row, const struct hash *rules,
    struct why *why)
{
	bool own = row->words == 0;
	const struct agreement_decision *d = row->record.decision;
	const struct agreement_request *r = in->request;
	struct str nonce = { (const char *)row->record.nonce, RECORD_NONCE_BYTES };
	struct str agreement = r->standing->agreement->id;

	if (is_copy(d))
		TRY(db_run(in->job->db, why, date_link, DB_T(agreement), DB_T(d->item->object.id),
		    DB_I(r->copy_time)));
	return db_run(in->job->db, why, insert_item, DB_T(in->order_id),
	    DB_I((int64_t)row->ordinal), DB_T(agreement), DB_T(r->to),
	    DB_T(in->job->gate->organisation), DB_T(d->item->object.id), DB_T(d->item->version),
	    DB_T(str_of(state_of(row->record.type, r->channel))),
	    DB_T(str_of(outcome_name(d->outcome))), DB_B(hash_str(&row->record.bytes_hash)),
	    DB_T(d->leaving_id), DB_B(d->bytes), DB_I(is_copy(d)), DB_I(copy_modified(r, d)),
	    DB_T(own ? row->record.decision_json : S("")), DB_T(own ? d->facts : S("")),
	    DB_B(hash_str(rules)), DB_B(nonce), DB_T(join_approvals(in->job->arena, d)),
	    DB_I((int64_t)row->leaf), DB_I((int64_t)row->place), DB_I(r->at),
	    DB_I((int64_t)in->job->gate->epoch), DB_I(d->valid_until),
	    DB_B(hash_str(&row->record.inputs)), DB_I((int64_t)row->words),
	    DB_I((int64_t)d->item->persons));
}

static enum err
append_batch(const struct decisions_in *in, struct row *rows, size_t n, struct why *why)
{
	struct str *record = arena_make(in->job->arena, struct str, n);
	struct ledger_batch batch = { .record = record, .records = n, .at = in->job->at };
	uint64_t leaf = 0;

	if (record == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	for (size_t i = 0; i < n; i++)
		record[i] = rows[i].bytes;
	TRY(record_head(in->job->arena, in->request, in->order_id, &batch.head, why));
	TRY(ledger_append_batch(in->job->ledger, in->job->db, &batch, &leaf, why));
	for (size_t i = 0; i < n; i++) {
		rows[i].leaf = leaf;
		rows[i].place = i;
	}
	return OK;
}

/* As many batches as it takes, one leaf after the other. */
static enum err
append_batches(const struct decisions_in *in, struct row *rows, size_t n, struct why *why)
{
	for (size_t at = 0; at < n; at += BATCH_RECORDS_MAX) {
		size_t left = n - at;

		TRY(append_batch(in, &rows[at], left < BATCH_RECORDS_MAX ? left : BATCH_RECORDS_MAX,
		    why));
	}
	return OK;
}

enum err
decisions_write(const struct decisions_in *in, const struct agreement_decisions *all,
    struct release_sent *ret, struct why *why)
{
	struct row *rows = arena_make(in->job->arena, struct row, all->len + 1);
	struct words_kinds *kinds = words_kinds_new(in->job->arena);
	struct hash rules = record_rules(in->request);

	if (rows == NULL || kinds == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	*ret = (struct release_sent){ .order_id = in->order_id, .decisions = all };
	TRY(write_inputs(in->job, all, why));
	for (size_t i = 0; i < all->len; i++) {
		rows[i].ordinal = i;
		TRY(make_row(in, &all->inputs, &all->decision[i], &rows[i], why));
		TRY(take_words(kinds, &rows[i], why));
	}
	TRY(append_batches(in, rows, all->len, why));
	TRY(words_write(kinds, in->job->db, in->order_id, why));
	ret->leaf = rows[0].leaf;
	ret->last_leaf = rows[all->len - 1].leaf;
	for (size_t i = 0; i < all->len; i++) {
		rows[i].words = words_shared(kinds, rows[i].words);
		TRY(insert_row(in, &rows[i], &rules, why));
		ret->released += rows[i].record.type == RECORD_RELEASE;
		ret->held += rows[i].record.type == RECORD_HOLD;
		ret->denied += rows[i].record.type == RECORD_DENIAL;
	}
	return OK;
}

static const char keep_hold[] =
    "INSERT INTO decision_past (leaf, place, order_id, ordinal, agreement, recipient, owner,"
    " source_id, version, outcome, preview_hash, leaving_id, decision, facts, nonce, inputs)"
    " SELECT i.leaf, i.place, i.order_id, i.ordinal, i.agreement, i.recipient, i.owner,"
    " i.source_id, i.version, i.outcome, i.preview_hash, i.leaving_id, " WORDS_OF("decision",
        "i") ", " WORDS_OF("facts",
        "i") ", i.nonce, i.inputs FROM release_item i"
             " WHERE i.order_id = $1 AND i.ordinal = $2 AND i.state = 'held'";
static const char release_held[] =
    "UPDATE release_item SET state = $12, outcome = $3, decision = $4, facts = $5,"
    " nonce = $6, leaf = $7, place = $13, changed_at = $8, decided_epoch = $9, valid_until = $10,"
    " inputs = $11, words = 0 WHERE order_id = $1 AND ordinal = $2 AND state = 'held'";
static const char set_last[] = "UPDATE release_order SET last_leaf = $2 WHERE order_id = $1";

static enum err
show_released(const struct decisions_in *in, const struct row *row, struct why *why)
{
	const struct agreement_decision *d = row->record.decision;
	struct str nonce = { (const char *)row->record.nonce, RECORD_NONCE_BYTES };
	int64_t changed = 0;

	TRY(db_run(in->job->db, why, keep_hold, DB_T(in->order_id), DB_I((int64_t)row->ordinal)));
	TRY(db_exec(in->job->db,
	    DB_SQL(release_held, DB_T(in->order_id), DB_I((int64_t)row->ordinal),
	        DB_T(str_of(outcome_name(d->outcome))), DB_T(row->record.decision_json),
	        DB_T(d->facts), DB_B(nonce), DB_I((int64_t)row->leaf), DB_I(in->request->at),
	        DB_I((int64_t)in->job->gate->epoch), DB_I(d->valid_until),
	        DB_B(hash_str(&row->record.inputs)),
	        DB_T(str_of(state_of(row->record.type, in->request->channel))),
	        DB_I((int64_t)row->place)),
	    &changed, why));
	if (changed != 1)
		return fail(why, ERR_CONFLICT, "release.not-held", "the item is not held any more");
	return OK;
}

enum err
decisions_release_held(const struct decisions_in *in, const struct agreement_decisions *all,
    const struct decisions_held *list, size_t n, struct why *why)
{
	struct row *rows = arena_make(in->job->arena, struct row, n);

	if (rows == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	TRY(write_inputs(in->job, all, why));
	for (size_t i = 0; i < n; i++) {
		rows[i].ordinal = list[i].ordinal;
		TRY(make_row(in, &all->inputs, list[i].decision, &rows[i], why));
		assert(rows[i].record.type == RECORD_RELEASE);
	}
	TRY(append_batches(in, rows, n, why));
	for (size_t i = 0; i < n; i++)
		TRY(show_released(in, &rows[i], why));
	/* What went together was counted on together. */
	return n == 1 ? OK
	              : db_run(in->job->db, why, set_last, DB_T(in->order_id),
	                    DB_I((int64_t)rows[n - 1].leaf));
}
