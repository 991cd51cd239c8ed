#include "retain.h"

#include <stdio.h>

#include "batch.h"
#include "purge_p.h"
#include "record_p.h"
#include "retention.h"

enum {
	RETAIN_MAX = 64, /* that go in one run: each takes leaves of the log */
	/* Looked at in one run, over all collections and periods: the writer waits. */
	LOOK_MAX = 4096,
	LOOK_BYTES_MAX = 64 * MIB,  /* a second of reading; the last object may be larger */
	KEEP_ARENA_MAX = 256 * MIB, /* the largest object as a tree */
};

/* What a run may still look at. */
struct budget {
	size_t objects, bytes;
};

/* One period of one agreement, and what it ends. */
struct period {
	const struct release_job *job;
	const struct agreement *in;
	uint64_t days;
	time_us until; /* what came until then is that old */
	struct arena *scratch;
	struct budget *left;
	struct release_retained *ret;
	struct why *why;
};

/* The agreement that all have signed; a draft of one party shortens nothing. */
static const struct agreement *
signed_of(const struct gate *gate, struct str id)
{
	for (size_t i = 0; i < gate->agreements; i++) {
		const struct standing *s = gate->standing[i];

		if (str_eq(s->agreement->id, id) && s->signed_by == s->agreement->parties)
			return s->agreement;
	}
	return NULL;
}

static bool
is_spent(const struct period *p)
{
	return p->left->objects == 0 || p->left->bytes == 0;
}

static void
spend(const struct period *p, struct str raw)
{
	p->left->objects--;
	p->left->bytes -= raw.len < p->left->bytes ? raw.len : p->left->bytes;
}

/* ---- how far it was looked at ---- */

static const char find_mark[] = "SELECT done_to FROM watermark WHERE name = $1 AND shard_key = $2";
static const char move_mark[] =
    "INSERT INTO watermark (name, shard_key, done_to) VALUES ($1, $2, $3)"
    " ON CONFLICT (name, shard_key) DO UPDATE SET done_to = excluded.done_to";

/* Another version of the agreement looks at everything anew. */
static struct str
mark_name(const struct period *p, const char *what)
{
	char hash[HASH_HEX + 1];

	hash_text(&p->in->hash, hash);
	return arena_printf(p->job->arena, "retain-%s/%s/%" PRIu64, what, hash, p->days);
}

static enum err
mark_of(const struct period *p, struct str name, int64_t shard_key, int64_t *ret)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(p->job->db, &rows, p->why, find_mark, DB_T(name), DB_I(shard_key)));
	TRY(db_next(&rows, &has, p->why));
	*ret = has ? db_col_i64(&rows, 0) : -1;
	return OK;
}

/* ---- whose time is up ---- */

/* Whether these bytes may be kept no longer than the period. */
static enum err
is_due(const struct period *p, struct str raw, struct str from, struct str to, struct keep *ret,
    bool *ret_due)
{
	const struct json *tree = NULL;
	struct stix_object object;
	const struct keep_ask ask = { &object, from, to };

	*ret = (struct keep){ .days = p->in->retention_days };
	*ret_due = p->days == p->in->retention_days;
	/* Bytes that cannot be read are the audit's: they have the longest period. */
	if (*ret_due || json_parse(p->scratch, raw, NULL, &tree, NULL) != OK ||
	    stix_scan(tree, &object, NULL) != OK)
		return OK;
	TRY(agreement_keep(p->scratch, p->in, &ask, ret, p->why));
	*ret_due = ret->days > 0 && ret->days <= p->days;
	return OK;
}

static struct str
reason_of(const struct period *p, const struct keep *k)
{
	struct str of = k->personal ? S("personal data") : k->category;

	return arena_printf(p->job->arena, "retention: %" PRIu64 " days%s" STR_FMT, k->days,
	    of.len > 0 ? ", " : "", STR_ARG(of));
}

/* ---- what was received ---- */

static const char list_old[] =
    "SELECT object_id, date_added, raw FROM object WHERE shard_key = $1 AND date_added > $2"
    " AND date_added <= $3 ORDER BY date_added LIMIT $4";

static enum err
find_received(const struct period *p, const struct collection *c, int64_t *mark,
    struct purge_versions *ret, size_t *ret_len)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false, due = false;

	TRY(db_select(p->job->db, &rows, p->why, list_old, DB_I(c->shard_key), DB_I(*mark),
	    DB_I(p->until), DB_I((int64_t)p->left->objects)));
	for (*ret_len = 0; *ret_len < RETAIN_MAX && !is_spent(p);) {
		struct keep keep;

		TRY(db_next(&rows, &has, p->why));
		if (!has)
			break;
		spend(p, db_col_blob(&rows, 2));
		arena_clear(p->scratch);
		TRY(is_due(p, db_col_blob(&rows, 2), c->giver, c->owner, &keep, &due));
		*mark = db_col_i64(&rows, 1);
		if (due)
			ret[(*ret_len)++] = (struct purge_versions){
				.shard_key = c->shard_key,
				.id = arena_str(p->job->arena, db_col_text(&rows, 0)),
				.until = *mark,
				.reason = reason_of(p, &keep),
			};
	}
	p->ret->more |= is_spent(p) || *ret_len == RETAIN_MAX;
	return OK;
}

static enum err
retain_received(const struct period *p, const struct collection *c)
{
	struct str name = mark_name(p, "received");
	struct purge_versions list[RETAIN_MAX];
	int64_t mark = -1, before = -1;
	size_t n = 0;

	TRY(mark_of(p, name, c->shard_key, &before));
	mark = before;
	TRY(find_received(p, c, &mark, list, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(purge_object(p->job, &list[i], &p->ret->gone, p->why));
		TRY(record_event(p->job, "object.purged", list[i].id, S(""), p->why));
	}
	return mark == before ? OK
	                      : db_run(p->job->db, p->why, move_mark, DB_T(name),
	                            DB_I(c->shard_key), DB_I(mark));
}

/* ---- what lies ready ---- */

/* The mark is a place in the log, so that it gets on inside of a leaf. */
static const char list_old_released[] =
    "SELECT i.order_id, i.ordinal, i.recipient, i.leaving_id, i.leaf, i.place, i.state, i.bytes"
    " FROM release_item i JOIN ledger_leaf l ON l.log = $1 AND l.leaf = i.leaf"
    " WHERE i.owner = $2 AND i.agreement = $3 AND l.at <= $4"
    " AND (i.leaf > $5 OR (i.leaf = $5 AND i.place > $6))"
    " AND LENGTH(i.bytes) > 0 ORDER BY i.leaf, i.place LIMIT $7";

struct places {
	int64_t mark; /* the last one that need not be looked at again */
	bool waits;   /* something up to here is held: come back */
	size_t len;   /* that go */
	struct purge_item item[RETAIN_MAX];
};

static enum err
look_at(const struct period *p, const struct db_rows *rows, struct places *l)
{
	struct arena *a = p->job->arena;
	struct keep keep;
	bool due = false;

	if (str_is(db_col_text(rows, 6), "held")) {
		l->waits = true;
		return OK;
	}
	arena_clear(p->scratch);
	TRY(is_due(p, db_col_blob(rows, 7), p->job->gate->organisation, db_col_text(rows, 2), &keep,
	    &due));
	if (due)
		l->item[l->len++] = (struct purge_item){
			.order_id = arena_str(a, db_col_text(rows, 0)),
			.ordinal = db_col_i64(rows, 1),
			.recipient = arena_str(a, db_col_text(rows, 2)),
			.leaving_id = arena_str(a, db_col_text(rows, 3)),
		};
	if (!l->waits)
		l->mark = db_col_i64(rows, 4) * BATCH_RECORDS_MAX + db_col_i64(rows, 5);
	return OK;
}

static enum err
find_released(const struct period *p, struct places *l)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = true;

	TRY(db_select(p->job->db, &rows, p->why, list_old_released,
	    DB_T(ledger_origin(p->job->ledger)), DB_T(p->job->gate->organisation), DB_T(p->in->id),
	    DB_I(p->until), DB_I(l->mark < 0 ? -1 : l->mark / BATCH_RECORDS_MAX),
	    DB_I(l->mark < 0 ? -1 : l->mark % BATCH_RECORDS_MAX), DB_I((int64_t)p->left->objects)));
	while (l->len < RETAIN_MAX && !is_spent(p)) {
		TRY(db_next(&rows, &has, p->why));
		if (!has)
			break;
		spend(p, db_col_blob(&rows, 7));
		TRY(look_at(p, &rows, l));
	}
	p->ret->more |= is_spent(p) || l->len == RETAIN_MAX;
	return OK;
}

static enum err
retain_released(const struct period *p)
{
	struct str name = mark_name(p, "places");
	struct places l = { 0 };
	int64_t before = -1;

	TRY(mark_of(p, name, 0, &before));
	l.mark = before;
	TRY(find_released(p, &l));
	for (size_t i = 0; i < l.len; i++)
		TRY(purge_released(p->job, &l.item[i], p->why));
	p->ret->gone += l.len;
	return l.mark == before
	           ? OK
	           : db_run(p->job->db, p->why, move_mark, DB_T(name), DB_I(0), DB_I(l.mark));
}

/* ---- events ---- */

/* Events are numbered by their time; the newest stays, so that numbers only rise. */
static const char forget_events[] =
    "DELETE FROM event WHERE ordinal IN (SELECT ordinal FROM event WHERE ordinal < $1"
    " AND ordinal < (SELECT MAX(ordinal) FROM event) ORDER BY ordinal LIMIT $2)";

/* Kept for the longest of what the agreements say; leaves of the log never go. */
static enum err
retain_events(const struct release_job *job, struct release_retained *ret, struct why *why)
{
	uint64_t days = 0;
	int64_t gone = 0;

	for (size_t i = 0; i < job->gate->agreements; i++) {
		const struct agreement *g = job->gate->standing[i]->agreement;

		if (signed_of(job->gate, g->id) == g && g->records.log_days > days)
			days = g->records.log_days;
	}
	if (days == 0)
		return OK;
	TRY(db_exec(job->db,
	    DB_SQL(forget_events, DB_I(job->at - (time_us)days * US_PER_DAY), DB_I(LOOK_MAX)),
	    &gone, why));
	ret->more |= gone == LOOK_MAX;
	return OK;
}

/* ---- all of it ---- */

/* Every period of an agreement; c: of a collection, NULL: of what lies ready. */
static enum err
each_period(struct period *p, const struct collection *c)
{
	uint64_t days[PERIODS_MAX];
	size_t n = agreement_periods(p->in, days);

	for (size_t i = 0; i < n && p->ret->gone < RETAIN_MAX && !is_spent(p); i++) {
		p->days = days[i];
		p->until = p->job->at - (time_us)days[i] * US_PER_DAY;
		TRY(c != NULL ? retain_received(p, c) : retain_released(p));
	}
	p->ret->more |= p->ret->gone >= RETAIN_MAX || is_spent(p);
	return OK;
}

enum err
release_retain(const struct release_job *job, struct release_retained *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(KEEP_ARENA_MAX);
	struct budget left = { LOOK_MAX, LOOK_BYTES_MAX };
	struct period p = { .job = job, .scratch = scratch, .left = &left, .ret = ret, .why = why };
	struct collection *all = NULL;
	size_t n = 0;

	*ret = (struct release_retained){ 0 };
	TRY(store_collections(job->db, job->arena, &all, &n, why));
	for (size_t i = 0; i < n; i++) {
		p.in = signed_of(job->gate, all[i].agreement);
		if (p.in != NULL && all[i].kind == COLLECTION_RECEIVED)
			TRY(each_period(&p, &all[i]));
	}
	for (size_t i = 0; i < job->gate->agreements; i++) {
		p.in = signed_of(job->gate, job->gate->standing[i]->agreement->id);
		if (p.in == job->gate->standing[i]->agreement)
			TRY(each_period(&p, NULL));
	}
	return retain_events(job, ret, why);
}
