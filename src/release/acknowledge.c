#include "acknowledge.h"

#include "record_p.h"

enum { ACKNOWLEDGE_MAX = 256 }; /* of each kind in one run: the writer waits */

time_us
acknowledge_within(const struct agreement *g, enum urgency urgency)
{
	time_us within = (time_us)g->ack_hours * US_PER_H;

	for (size_t i = 0; i < g->urgency.levels; i++) {
		const struct urgency_level *level = &g->urgency.level[i];
		time_us minutes = (time_us)level->ack_minutes * US_PER_MIN;

		if (str_eq_nocase(level->code, str_of(urgency_name(urgency))) && minutes > 0 &&
		    (within == 0 || minutes < within))
			within = minutes;
	}
	return within;
}

const char *
acknowledge_state(const struct release_row *row, time_us at)
{
	if (row->acknowledge_by == 0)
		return "";
	if (row->received_at > 0)
		return row->received_at <= row->acknowledge_by ? "acknowledged" : "late";
	return at < row->acknowledge_by ? "waiting" : "overdue";
}

/* ---- what was released since ---- */

/* How far the log was looked at: for what was released, and for our own receipts. */
#define MARK_THEIRS "acknowledge"
#define MARK_OURS   "acknowledge-ours"
static const char find_mark[] = "SELECT done_to FROM watermark WHERE name = $1 AND shard_key = 0";
static const char move_mark[] =
    "INSERT INTO watermark (name, shard_key, done_to) VALUES ($1, 0, $2)"
    " ON CONFLICT (name, shard_key) DO UPDATE SET done_to = excluded.done_to";
static const char list_new[] =
    "SELECT DISTINCT i.leaf, i.order_id, l.at, i.agreement, o.urgency FROM release_item i"
    " JOIN release_order o ON o.order_id = i.order_id"
    " JOIN ledger_leaf l ON l.log = $1 AND l.leaf = i.leaf"
    " WHERE i.leaf > $2 AND i.state = 'released' AND i.owner = $3 AND o.channel <> 'person'"
    " ORDER BY i.leaf, i.order_id LIMIT $4";
static const char put_owed[] =
    "INSERT INTO acknowledgement (subject, direction, leaf, owner, state, due_at)"
    " VALUES ($1, $2, $3, $4, 'open', $5) ON CONFLICT DO NOTHING";

struct owed {
	struct str subject; /* an order, or a peer */
	bool ours;          /* we owe it */
	int64_t leaf;
	time_us due_at;
};

static const struct agreement *
agreement_of(const struct gate *gate, struct str id)
{
	for (size_t i = 0; i < gate->agreements; i++) {
		if (str_eq(gate->standing[i]->agreement->id, id))
			return gate->standing[i]->agreement;
	}
	return NULL;
}

static time_us
due_at(const struct release_job *job, const struct db_rows *rows)
{
	const struct agreement *g = agreement_of(job->gate, db_col_text(rows, 3));
	enum urgency urgency = URGENCY_ROUTINE;
	time_us within;

	/* What the table holds was parsed before it was written. */
	if (!urgency_parse(db_col_text(rows, 4), &urgency))
		urgency = URGENCY_ROUTINE;
	within = g == NULL ? 0 : acknowledge_within(g, urgency);
	return within == 0 ? 0 : db_col_i64(rows, 2) + within;
}

static enum err
list_released(const struct release_job *job, int64_t *mark, struct owed *ret, size_t *ret_len,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, list_new, DB_T(ledger_origin(job->ledger)), DB_I(*mark),
	    DB_T(job->gate->organisation), DB_I(ACKNOWLEDGE_MAX)));
	for (*ret_len = 0;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		const struct owed o = {
			.subject = arena_str(job->arena, db_col_text(&rows, 1)),
			.leaf = db_col_i64(&rows, 0),
			.due_at = due_at(job, &rows),
		};
		*mark = o.leaf;
		if (o.due_at > 0)
			ret[(*ret_len)++] = o;
	}
}

static enum err
read_mark(const struct release_job *job, const char *name, int64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, find_mark, DB_T(str_of(name))));
	TRY(db_next(&rows, &has, why));
	*ret = has ? db_col_i64(&rows, 0) : -1;
	return OK;
}

static enum err
put_all(const struct release_job *job, const struct owed *list, size_t n, struct why *why)
{
	for (size_t i = 0; i < n; i++)
		TRY(db_run(job->db, why, put_owed, DB_T(list[i].subject),
		    DB_T(list[i].ours ? S("ours") : S("theirs")), DB_I(list[i].leaf),
		    DB_T(job->gate->organisation), DB_I(list[i].due_at)));
	return OK;
}

static enum err
note_released(const struct release_job *job, struct owed *list, struct why *why)
{
	int64_t before = -1, mark = -1;
	size_t n = 0;

	TRY(read_mark(job, MARK_THEIRS, &before, why));
	mark = before;
	TRY(list_released(job, &mark, list, &n, why));
	TRY(put_all(job, list, n, why));
	return mark == before ? OK
	                      : db_run(job->db, why, move_mark, DB_T(S(MARK_THEIRS)), DB_I(mark));
}

/* ---- what we owe ---- */

static const char next_receipt[] = "SELECT own_leaf FROM receipt WHERE acked = 0 AND own_leaf > $1"
                                   " ORDER BY own_leaf LIMIT 1";
/* The leaf of a page has one peer; that of a tombstone all who gave the object. */
static const char list_owed[] =
    "SELECT DISTINCT r.peer, l.at, p.party FROM receipt r"
    " JOIN ledger_leaf l ON l.log = $1 AND l.leaf = r.own_leaf JOIN peer p ON p.name = r.peer"
    " WHERE r.acked = 0 AND r.own_leaf = $2 ORDER BY r.peer LIMIT $3";

/* How urgent it was the giver alone knows: the time for all counts, the
 * shortest of the agreements with that party. */
static time_us
owed_within(const struct gate *gate, struct str party)
{
	time_us least = 0;

	for (size_t i = 0; i < gate->agreements; i++) {
		const struct agreement *g = gate->standing[i]->agreement;
		time_us within = (time_us)g->ack_hours * US_PER_H;

		if (agreement_party(g, party) != NULL && within > 0 &&
		    (least == 0 || within < least))
			least = within;
	}
	return least;
}

static enum err
note_leaf(const struct release_job *job, int64_t leaf, struct owed *list, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;
	size_t n = 0;

	TRY(db_select(job->db, &rows, why, list_owed, DB_T(ledger_origin(job->ledger)), DB_I(leaf),
	    DB_I(ACKNOWLEDGE_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		const time_us within = owed_within(job->gate, db_col_text(&rows, 2));
		if (within == 0)
			continue;
		list[n++] = (struct owed){
			.subject = arena_str(job->arena, db_col_text(&rows, 0)),
			.ours = true,
			.leaf = leaf,
			.due_at = db_col_i64(&rows, 1) + within,
		};
	}
	db_rows_endp(&rows);
	return put_all(job, list, n, why);
}

/* Each receipt of ours is met once, whoever it is for: a partner that never takes
 * its own costs nothing, and hides nobody's. */
static enum err
note_receipts(const struct release_job *job, struct owed *list, struct why *why)
{
	int64_t before = -1, mark = -1;

	TRY(read_mark(job, MARK_OURS, &before, why));
	mark = before;
	for (size_t i = 0; i < ACKNOWLEDGE_MAX; i++) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		bool has = false;

		TRY(db_select(job->db, &rows, why, next_receipt, DB_I(mark)));
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		mark = db_col_i64(&rows, 0);
		db_rows_endp(&rows);
		TRY(note_leaf(job, mark, list, why));
	}
	return mark == before ? OK
	                      : db_run(job->db, why, move_mark, DB_T(S(MARK_OURS)), DB_I(mark));
}

/* ---- what is due ---- */

static enum err
note_overdue(const struct release_job *job, const struct owed *o, struct why *why)
{
	const struct record_pair pairs[] = {
		{ "type", S("acknowledgement-overdue") },
		{ o->ours ? "peer" : "order", o->subject },
	};

	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "acknowledgement.overdue", o->subject,
	    o->ours ? S("{\"whose\":\"ours\"}") : S("{\"whose\":\"theirs\"}"), why);
}

static const char list_due[] =
    "SELECT subject, leaf, direction FROM acknowledgement WHERE state = 'open' AND owner = $1"
    " AND due_at <= $2 ORDER BY due_at, subject, leaf LIMIT $3";
static const char count_missing[] =
    "SELECT COUNT(*) FROM release_item WHERE order_id = $1 AND leaf = $2 AND state = 'released'"
    " AND received_at = 0";
static const char count_ours[] =
    "SELECT COUNT(*) FROM receipt WHERE peer = $1 AND own_leaf = $2 AND acked = 0";
static const char set_state[] = "UPDATE acknowledgement SET state = $4 WHERE subject = $1"
                                " AND direction = $2 AND leaf = $3";

/* What was withdrawn or recalled since needs no answer, and of what was purged another leaf
 * tells. */
static enum err
end_one(const struct release_job *job, const struct owed *o, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, o->ours ? count_ours : count_missing,
	    DB_T(o->subject), DB_I(o->leaf)));
	const bool missing = db_col_i64(&rows, 0) > 0;
	db_rows_endp(&rows);
	TRY(db_run(job->db, why, set_state, DB_T(o->subject),
	    DB_T(o->ours ? S("ours") : S("theirs")), DB_I(o->leaf),
	    DB_T(missing ? S("overdue") : S("done"))));
	return missing ? note_overdue(job, o, why) : OK;
}

static enum err
end_due(const struct release_job *job, struct owed *list, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;
	size_t n = 0;

	TRY(db_select(job->db, &rows, why, list_due, DB_T(job->gate->organisation), DB_I(job->at),
	    DB_I(ACKNOWLEDGE_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		list[n++] = (struct owed){
			.subject = arena_str(job->arena, db_col_text(&rows, 0)),
			.leaf = db_col_i64(&rows, 1),
			.ours = str_is(db_col_text(&rows, 2), "ours"),
		};
	}
	db_rows_endp(&rows);
	for (size_t i = 0; i < n; i++)
		TRY(end_one(job, &list[i], why));
	return OK;
}

enum err
release_acknowledge(const struct release_job *job, struct why *why)
{
	struct owed *list = arena_make(job->arena, struct owed, ACKNOWLEDGE_MAX);

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory for acknowledgements");
	TRY(note_released(job, list, why));
	TRY(note_receipts(job, list, why));
	return end_due(job, list, why);
}
