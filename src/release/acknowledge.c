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

static const char find_mark[] =
    "SELECT done_to FROM watermark WHERE name = 'acknowledge' AND shard_key = 0";
static const char move_mark[] =
    "INSERT INTO watermark (name, shard_key, done_to) VALUES ('acknowledge', 0, $1)"
    " ON CONFLICT (name, shard_key) DO UPDATE SET done_to = excluded.done_to";
static const char list_new[] =
    "SELECT DISTINCT i.leaf, i.order_id, l.at, i.agreement, o.urgency FROM release_item i"
    " JOIN release_order o ON o.order_id = i.order_id"
    " JOIN ledger_leaf l ON l.log = $1 AND l.leaf = i.leaf"
    " WHERE i.leaf > $2 AND i.state = 'released' AND i.owner = $3 AND o.channel <> 'person'"
    " ORDER BY i.leaf, i.order_id LIMIT $4";
static const char put_owed[] =
    "INSERT INTO acknowledgement (subject, direction, leaf, owner, state, due_at)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

struct owed {
	struct str subject; /* an order, or a peer */
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
read_mark(const struct release_job *job, int64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, find_mark));
	TRY(db_next(&rows, &has, why));
	*ret = has ? db_col_i64(&rows, 0) : -1;
	return OK;
}

static enum err
note_released(const struct release_job *job, struct owed *list, struct why *why)
{
	int64_t before = -1, mark = -1;
	size_t n = 0;

	TRY(read_mark(job, &before, why));
	mark = before;
	TRY(list_released(job, &mark, list, &n, why));
	for (size_t i = 0; i < n; i++)
		TRY(db_run(job->db, why, put_owed, DB_T(list[i].subject), DB_T(S("theirs")),
		    DB_I(list[i].leaf), DB_T(job->gate->organisation), DB_T(S("open")),
		    DB_I(list[i].due_at)));
	return mark == before ? OK : db_run(job->db, why, move_mark, DB_I(mark));
}

/* ---- what is due ---- */

static enum err
note_overdue(const struct release_job *job, struct str subject, struct str whose, struct why *why)
{
	const struct record_pair pairs[] = {
		{ "type", S("acknowledgement-overdue") },
		{ str_is(whose, "ours") ? "peer" : "order", subject },
	};

	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	return record_event(job, "acknowledgement.overdue", subject,
	    arena_printf(job->arena, "{\"whose\":\"" STR_FMT "\"}", STR_ARG(whose)), why);
}

static const char list_due[] =
    "SELECT subject, leaf FROM acknowledgement WHERE state = 'open' AND owner = $1"
    " AND due_at <= $2 ORDER BY due_at, subject, leaf LIMIT $3";
static const char count_missing[] =
    "SELECT COUNT(*) FROM release_item WHERE order_id = $1 AND leaf = $2 AND state = 'released'"
    " AND received_at = 0";
static const char set_state[] = "UPDATE acknowledgement SET state = $3 WHERE subject = $1"
                                " AND direction = 'theirs' AND leaf = $2";

/* What was withdrawn or recalled since needs no answer. */
static enum err
end_one(const struct release_job *job, const struct owed *o, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(job->db, &rows, why, count_missing, DB_T(o->subject), DB_I(o->leaf)));
	const bool missing = db_col_i64(&rows, 0) > 0;
	db_rows_endp(&rows);
	TRY(db_run(job->db, why, set_state, DB_T(o->subject), DB_I(o->leaf),
	    DB_T(missing ? S("overdue") : S("done"))));
	return missing ? note_overdue(job, o->subject, S("theirs"), why) : OK;
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
		};
	}
	db_rows_endp(&rows);
	for (size_t i = 0; i < n; i++)
		TRY(end_one(job, &list[i], why));
	return OK;
}

/* ---- what we owe ---- */

static const char list_owed[] =
    "SELECT r.peer, r.own_leaf, l.at, p.party FROM receipt r"
    " JOIN ledger_leaf l ON l.log = $1 AND l.leaf = r.own_leaf JOIN peer p ON p.name = r.peer"
    " WHERE r.acked = 0 AND r.own_leaf >= 0 AND NOT EXISTS (SELECT 1 FROM acknowledgement a"
    " WHERE a.subject = r.peer AND a.direction = 'ours' AND a.leaf = r.own_leaf)"
    " GROUP BY r.peer, r.own_leaf, l.at, p.party ORDER BY l.at, r.peer LIMIT $2";

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
end_owed(const struct release_job *job, struct owed *list, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;
	size_t n = 0;

	TRY(db_select(job->db, &rows, why, list_owed, DB_T(ledger_origin(job->ledger)),
	    DB_I(ACKNOWLEDGE_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		time_us within = owed_within(job->gate, db_col_text(&rows, 3));
		if (within > 0 && db_col_i64(&rows, 2) + within <= job->at)
			list[n++] = (struct owed){
				.subject = arena_str(job->arena, db_col_text(&rows, 0)),
				.leaf = db_col_i64(&rows, 1),
				.due_at = db_col_i64(&rows, 2) + within,
			};
	}
	db_rows_endp(&rows);
	for (size_t i = 0; i < n; i++) {
		TRY(db_run(job->db, why, put_owed, DB_T(list[i].subject), DB_T(S("ours")),
		    DB_I(list[i].leaf), DB_T(job->gate->organisation), DB_T(S("overdue")),
		    DB_I(list[i].due_at)));
		TRY(note_overdue(job, list[i].subject, S("ours"), why));
	}
	return OK;
}

enum err
release_acknowledge(const struct release_job *job, struct why *why)
{
	struct owed *list = arena_make(job->arena, struct owed, ACKNOWLEDGE_MAX);

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "no memory for acknowledgements");
	TRY(note_released(job, list, why));
	TRY(end_due(job, list, why));
	return end_owed(job, list, why);
}
