/* What was sealed for one person. */
#include "box.h"
#include "person_p.h"
#include "record_p.h"

static const char insert_envelope[] =
    "INSERT INTO envelope (order_id, ordinal, owner, enclave, person, hash, body, made_at,"
    " received_at, receipt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')";

enum err
envelope_put(const struct envelope_in *in, uint64_t ordinal, const struct agreement_decision *d,
    struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(PERSON_ENVELOPE_MAX);
	const struct release_job *job = in->job;
	struct person_envelope paper = {
		.realm = job->gate->realm,
		.from = in->request->from,
		.to = in->request->to,
		.order_id = in->order_id,
		.ordinal = ordinal,
		.made_at = job->at,
	};
	struct release_person to;

	/* Between order and approval the card may have been revoked. */
	TRY(person_find_good(job, in->request->person_key, in->request->to, &to, why));
	paper.person = to.fingerprint;
	TRY(box_seal(job->arena, &to.key, d->bytes, &paper.box, why));
	TRY(person_envelope_write(job->arena, &paper, &out, why));
	struct hash hash = hash_of(buf_str(&out));
	TRY(db_run(job->db, why, insert_envelope, DB_T(in->order_id), DB_I((int64_t)ordinal),
	    DB_T(job->gate->organisation), DB_T(job->gate->enclave), DB_T(to.fingerprint),
	    DB_B(hash_str(&hash)), DB_B(buf_str(&out)), DB_I(job->at)));
	return record_event(job, "envelope.sealed", d->item->object.id, S(""), why);
}

/* ---- reading ---- */

/* clang-format off */
static const char list_envelopes[] =
    "SELECT e.order_id, e.ordinal, e.person, p.name, p.organisation, i.source_id, e.made_at,"
    " e.received_at, e.receipt, e.body FROM envelope e"
    " JOIN release_item i ON i.order_id = e.order_id AND i.ordinal = e.ordinal"
    " JOIN person p ON p.owner = e.owner AND p.enclave = e.enclave AND p.fingerprint = e.person"
    " WHERE " COMPARTMENT_HAS("e", "$1", "$2")
    " AND ($3 = '' OR (e.order_id = $3 AND e.ordinal = $4))"
    " ORDER BY e.made_at DESC, e.order_id, e.ordinal LIMIT $5";
/* clang-format on */

enum err
release_envelopes(struct db *db, struct arena *a, const struct release_envelope_query *q,
    struct release_envelope **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct release_envelope *list = arena_make(a, struct release_envelope, ROWS_MAX);
	bool has = false;
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
	TRY(db_select(db, &rows, why, list_envelopes, DB_T(q->of.organisation),
	    DB_T(q->of.enclaves), DB_T(q->order_id), DB_I((int64_t)q->ordinal), DB_I(ROWS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		list[n++] = (struct release_envelope){
			.order_id = arena_str(a, db_col_text(&rows, 0)),
			.ordinal = (uint64_t)db_col_i64(&rows, 1),
			.person = arena_str(a, db_col_text(&rows, 2)),
			.name = arena_str(a, db_col_text(&rows, 3)),
			.organisation = arena_str(a, db_col_text(&rows, 4)),
			.source_id = arena_str(a, db_col_text(&rows, 5)),
			.made_at = db_col_i64(&rows, 6),
			.received_at = db_col_i64(&rows, 7),
			.receipt = arena_str(a, db_col_text(&rows, 8)),
			.body = q->order_id.len > 0 ? arena_str(a, db_col_blob(&rows, 9)) : S(""),
		};
	}
	*ret = list;
	*ret_len = n;
	return OK;
}

/* The agreement that the order was given under, in force for its area and recipient. */
static const char find_order[] =
    "SELECT agreement, area, recipient FROM release_order WHERE order_id = $1";

static enum err
check_open(const struct release_job *job, const struct release_envelope *e, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct gate *g = job->gate;
	struct standing_reason reason = { .code = "A-NOTINFORCE" };

	TRY(db_select_one(job->db, &rows, why, find_order, DB_T(e->order_id)));
	const struct standing_ask ask = {
		.from = g->party,
		.to = db_col_text(&rows, 2),
		.area = db_col_text(&rows, 1),
		.at = job->at,
	};
	for (size_t i = 0; i < g->agreements; i++) {
		const struct standing *s = g->standing[i];

		if (str_eq(s->agreement->id, db_col_text(&rows, 0)) &&
		    standing_lets(s, &ask, &reason))
			return OK;
	}
	return fail(why, ERR_CONFLICT, "envelope.closed",
	    "nothing goes to " STR_FMT " under the agreement of the order now: %s",
	    STR_ARG(e->organisation), reason.code);
}

enum err
release_envelope_check(const struct release_job *job, const struct release_envelope *e,
    struct why *why)
{
	struct release_person person;
	struct why reason = { 0 };
	enum err err = person_find_good(job, e->person, e->organisation, &person, &reason);

	if (err == ERR_INVALID)
		return fail(why, ERR_CONFLICT, "envelope.closed",
		    "%s; give a new order, to a good card", reason.text);
	if (err != OK && why != NULL)
		*why = reason;
	return err != OK ? err : check_open(job, e, why);
}

static const char set_receipt[] = "UPDATE envelope SET received_at = $3, receipt = $4"
                                  " WHERE order_id = $1 AND ordinal = $2";

enum err
release_envelope_received(const struct release_job *job, const struct release_envelope_receipt *r,
    struct why *why)
{
	const struct release_envelope_query q = {
		{ job->gate->organisation, job->gate->enclave },
		r->order_id,
		r->ordinal,
	};
	struct release_envelope *list = NULL;
	size_t n = 0;

	if (str_trim(r->text).len == 0)
		return fail(why, ERR_INVALID, "envelope.receipt",
		    "a receipt says who confirmed it, and how");
	TRY(release_envelopes(job->db, job->arena, &q, &list, &n, why));
	if (n == 0)
		return fail(why, ERR_NOT_FOUND, "envelope.unknown", "there is no such envelope");
	if (list[0].received_at != 0)
		return fail(why, ERR_CONFLICT, "envelope.received", "its receipt is noted already");
	TRY(db_run(job->db, why, set_receipt, DB_T(r->order_id), DB_I((int64_t)r->ordinal),
	    DB_I(job->at), DB_T(r->text)));
	const struct record_pair pairs[] = {
		{ "type", S("envelope-received") },
		{ "order", r->order_id },
		{ "ordinal", arena_printf(job->arena, "%" PRIu64, r->ordinal) },
		{ "person", list[0].person },
		{ "account", r->account },
		{ "reason", r->text },
	};
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "envelope.received", list[0].source_id, S(""), why);
}
