/* Defining queries, and what they have still to look at: in steps, each of which is one
 * transaction, so that nobody waits for a million objects. */
#include "derive.h"
#include "derive_p.h"
#include "stored_p.h"

/* ---- what lay there before ---- */

static const char list_before[] =
    "SELECT object_id, date_added, latest FROM object WHERE shard_key = $1"
    " AND date_added > $2 AND date_added <= $3 ORDER BY date_added LIMIT $4";
static const char find_fill[] = "SELECT shard_key, base_key, done_to, until_at FROM collection_fill"
                                " ORDER BY shard_key, base_key LIMIT 1";
static const char find_fill_of[] =
    "SELECT shard_key, base_key, done_to, until_at FROM collection_fill WHERE shard_key = $1"
    " ORDER BY base_key LIMIT 1";
static const char mark_fill[] =
    "UPDATE collection_fill SET done_to = $3 WHERE shard_key = $1 AND base_key = $2";
static const char end_fill[] = "DELETE FROM collection_fill WHERE shard_key = $1 AND base_key = $2";

struct fill {
	bool found;
	int64_t shard_key, base_key;
	time_us done_to, until;
};

/* The first of a collection, or of all with shard_key 0. */
static enum err
read_fill(struct db *db, int64_t shard_key, struct fill *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	*ret = (struct fill){ 0 };
	TRY(shard_key == 0 ? db_query(db, find_fill, NULL, 0, &rows, why)
	                   : db_select(db, &rows, why, find_fill_of, DB_I(shard_key)));
	TRY(db_next(&rows, &ret->found, why));
	if (!ret->found)
		return OK;
	ret->shard_key = db_col_i64(&rows, 0);
	ret->base_key = db_col_i64(&rows, 1);
	ret->done_to = db_col_i64(&rows, 2);
	ret->until = db_col_i64(&rows, 3);
	return OK;
}

/* Identifiers, each with the place in its list behind it. */
struct listed {
	size_t len;
	bool end; /* nothing comes behind them */
	struct {
		struct str id;
		time_us added;
		bool latest;
	} row[DERIVE_AT_ONCE];
};

static enum err
list_fill(struct db *db, struct arena *a, const struct fill *f, struct listed *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	ret->len = 0;
	TRY(db_select(db, &rows, why, list_before, DB_I(f->base_key), DB_I(f->done_to),
	    DB_I(f->until), DB_I(DERIVE_AT_ONCE)));
	while (ret->len < DERIVE_AT_ONCE) {
		TRY(db_next(&rows, &has, why));
		ret->end = !has;
		if (!has)
			return OK;
		struct str id = arena_str(a, db_col_text(&rows, 0));
		if (id.ptr == NULL)
			return stored_full(why);
		ret->row[ret->len].id = id;
		ret->row[ret->len].added = db_col_i64(&rows, 1);
		ret->row[ret->len++].latest = db_col_i64(&rows, 2) != 0;
	}
	return OK;
}

static bool
has_done_enough(const struct deriving *d)
{
	return d->objects >= DERIVE_STEP_OBJECTS || d->bytes >= DERIVE_STEP_BYTES;
}

/* Rows that are no object's newest are passed by: they are looked at, too. */
static enum err
fill_listed(struct deriving *d, struct fill *f, const struct listed *l, struct why *why)
{
	for (size_t i = 0; i < l->len && !has_done_enough(d); i++) {
		if (l->row[i].latest)
			TRY(derive_one(d, l->row[i].id, why));
		else
			d->objects++;
		f->done_to = l->row[i].added;
	}
	return OK;
}

static enum err
fill_step(struct deriving *d, struct fill *f, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(DERIVE_IDS_ARENA);
	struct listed l = { 0 };

	d->again = true;
	while (!l.end && !has_done_enough(d)) {
		arena_clear(a);
		TRY(list_fill(d->db, a, f, &l, why));
		TRY(fill_listed(d, f, &l, why));
	}
	if (l.end && (l.len == 0 || l.row[l.len - 1].added == f->done_to))
		return db_run(d->db, why, end_fill, DB_I(f->shard_key), DB_I(f->base_key));
	return db_run(d->db, why, mark_fill, DB_I(f->shard_key), DB_I(f->base_key),
	    DB_I(f->done_to));
}

/* ---- definitions that came or went ---- */

static const char is_used[] =
    "SELECT 1 FROM derived_marking WHERE shard_key = $1 AND marking_id = $2 LIMIT 1";
static const char note_again[] =
    "INSERT INTO derived_again (shard_key, marking_id, done_to, once_more) VALUES ($1, $2, '', 0)"
    " ON CONFLICT (shard_key, marking_id) DO UPDATE SET once_more = 1";
static const char find_again[] = "SELECT marking_id, done_to, once_more FROM derived_again"
                                 " WHERE shard_key = $1 ORDER BY marking_id LIMIT 1";
static const char find_any_again[] =
    "SELECT shard_key FROM derived_again ORDER BY shard_key LIMIT 1";
static const char list_under[] =
    "SELECT object_id FROM derived_marking WHERE shard_key = $1 AND marking_id = $2"
    " AND object_id > $3 ORDER BY object_id LIMIT $4";
static const char mark_again[] = "UPDATE derived_again SET done_to = $3, once_more = $4"
                                 " WHERE shard_key = $1 AND marking_id = $2";
static const char end_again[] =
    "DELETE FROM derived_again WHERE shard_key = $1 AND marking_id = $2";

enum err
derive_note_marking(struct deriving *d, struct str id, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool used = false;

	if (d->query.tlp == TLP_NONE)
		return OK;
	TRY(db_select(d->db, &rows, why, is_used, DB_I(d->shard_key), DB_T(id)));
	TRY(db_next(&rows, &used, why));
	return used ? db_run(d->db, why, note_again, DB_I(d->shard_key), DB_T(id)) : OK;
}

struct again {
	bool found;
	struct str marking, done_to;
	bool once_more;
};

static enum err
read_again(const struct deriving *d, struct arena *a, struct again *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	*ret = (struct again){ 0 };
	TRY(db_select(d->db, &rows, why, find_again, DB_I(d->shard_key)));
	TRY(db_next(&rows, &ret->found, why));
	if (!ret->found)
		return OK;
	ret->marking = arena_str(a, db_col_text(&rows, 0));
	ret->done_to = arena_str(a, db_col_text(&rows, 1));
	ret->once_more = db_col_i64(&rows, 2) != 0;
	bool full = ret->marking.ptr == NULL || ret->done_to.len < db_col_text(&rows, 1).len;
	return full ? stored_full(why) : OK;
}

static enum err
list_again(const struct deriving *d, struct arena *a, const struct again *g, struct listed *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	ret->len = 0;
	TRY(db_select(d->db, &rows, why, list_under, DB_I(d->shard_key), DB_T(g->marking),
	    DB_T(g->done_to), DB_I(DERIVE_AT_ONCE)));
	while (ret->len < DERIVE_AT_ONCE) {
		TRY(db_next(&rows, &has, why));
		ret->end = !has;
		if (!has)
			return OK;
		struct str id = arena_str(a, db_col_text(&rows, 0));
		if (id.ptr == NULL)
			return stored_full(why);
		ret->row[ret->len++].id = id;
	}
	return OK;
}

/* A definition that changes again and again lets each pass come to its end. */
static enum err
again_listed(struct deriving *d, struct again *g, const struct listed *l, struct why *why)
{
	size_t i = 0;

	for (; i < l->len && !has_done_enough(d); i++) {
		TRY(derive_one(d, l->row[i].id, why));
		g->done_to = l->row[i].id;
	}
	if (l->end && i == l->len && !g->once_more)
		return db_run(d->db, why, end_again, DB_I(d->shard_key), DB_T(g->marking));
	if (l->end && i == l->len) {
		g->done_to = S("");
		g->once_more = false;
	}
	return db_run(d->db, why, mark_again, DB_I(d->shard_key), DB_T(g->marking),
	    DB_T(g->done_to), DB_I(g->once_more));
}

enum err
derive_markings_step(struct deriving *d, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(DERIVE_IDS_ARENA);
	struct again g = { .found = d->query.tlp != TLP_NONE };
	struct listed l = { 0 };

	d->again = true;
	d->objects = 0;
	d->bytes = 0;
	while (g.found && !has_done_enough(d)) {
		arena_clear(a);
		TRY(read_again(d, a, &g, why));
		if (!g.found)
			return OK;
		TRY(list_again(d, a, &g, &l, why));
		TRY(again_listed(d, &g, &l, why));
		d->objects++; /* one that nothing stands under is work, too */
	}
	return OK;
}

/* ---- what is left of one that was removed ---- */

enum { GONE_AT_ONCE = 1024 }; /* entries; objects whose definitions are kept */

static const char find_gone[] = "SELECT shard_key FROM collection_gone ORDER BY shard_key LIMIT 1";
static const char end_gone[] = "DELETE FROM collection_gone WHERE shard_key = $1";
static const char end_entries[] =
    "DELETE FROM derived_entry WHERE shard_key = $1 AND date_added <= (SELECT MAX(x.date_added)"
    " FROM (SELECT e.date_added FROM derived_entry e WHERE e.shard_key = $1"
    " ORDER BY e.date_added LIMIT $2) x)";
static const char end_kept[] =
    "DELETE FROM derived_marking WHERE shard_key = $1 AND object_id <= (SELECT MAX(x.object_id)"
    " FROM (SELECT m.object_id FROM derived_marking m WHERE m.shard_key = $1"
    " ORDER BY m.object_id LIMIT $2) x)";

static enum err
gone_step(struct db *db, int64_t shard_key, struct why *why)
{
	static const char *const parts[] = { end_entries, end_kept };
	int64_t changed = 0;

	for (size_t i = 0; i < COUNTOF(parts) && changed == 0; i++)
		TRY(db_exec(db, DB_SQL(parts[i], DB_I(shard_key), DB_I(GONE_AT_ONCE)), &changed,
		    why));
	return changed > 0 ? OK : db_run(db, why, end_gone, DB_I(shard_key));
}

/* ---- the steps ---- */

/* The first number that a statement finds; 0: none. */
static enum err
find_any(struct db *db, const char *sql, int64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_query(db, sql, NULL, 0, &rows, why));
	TRY(db_next(&rows, &has, why));
	*ret = has ? db_col_i64(&rows, 0) : 0;
	return OK;
}

enum err
store_derive_step(struct db *db, time_us now, bool *ret_more, struct why *why)
{
	CLEANUP(deriving_endp) struct deriving d = { 0 };
	struct fill fill = { 0 };
	int64_t again = 0, gone = 0;

	TRY(find_any(db, find_any_again, &again, why));
	if (again == 0)
		TRY(read_fill(db, 0, &fill, why));
	if (again == 0 && !fill.found)
		TRY(find_any(db, find_gone, &gone, why));
	*ret_more = again != 0 || fill.found || gone != 0;
	if (!*ret_more)
		return OK;
	if (gone != 0)
		return gone_step(db, gone, why);
	TRY(deriving_begin(db, again != 0 ? again : fill.shard_key, &d, why));
	d.now = now;
	TRY(again != 0 ? derive_markings_step(&d, why) : fill_step(&d, &fill, why));
	return deriving_finish(&d, why);
}

enum err
store_derive_filling(struct db *db, int64_t shard_key, struct derive_filling *ret, struct why *why)
{
	struct fill fill;

	TRY(read_fill(db, shard_key, &fill, why));
	*ret = (struct derive_filling){ fill.found, fill.done_to, fill.until };
	return OK;
}

/* ---- defining ---- */

static const char add_query[] =
    "INSERT INTO collection_query (shard_key, query, added_by, at) VALUES ($1, $2, $3, $4)";
static const char find_query[] = "SELECT query FROM collection_query WHERE shard_key = $1";
static const char add_source[] =
    "INSERT INTO collection_source (base_key, shard_key) VALUES ($1, $2)";
static const char add_fill[] =
    "INSERT INTO collection_fill (shard_key, base_key, done_to, until_at)"
    " SELECT $1, h.shard_key, 0, h.last_added FROM collection_head h WHERE h.shard_key = $2";

static enum err
tie(struct db *db, const struct derive_define *define, struct why *why)
{
	for (size_t i = 0; i < define->sources; i++) {
		int64_t others[DERIVE_OF_ONE_MAX];
		size_t len = 0;

		TRY(derive_list_of(db, define->source[i], others, &len, why));
		if (len == DERIVE_OF_ONE_MAX)
			return fail(why, ERR_LIMIT, "collection.sources",
			    "%d queries look into one collection already: remove one",
			    DERIVE_OF_ONE_MAX);
		TRY(db_run(db, why, add_source, DB_I(define->source[i]),
		    DB_I(define->collection->shard_key)));
		TRY(db_run(db, why, add_fill, DB_I(define->collection->shard_key),
		    DB_I(define->source[i])));
	}
	return OK;
}

/* What is small is whole at once. */
static enum err
begin_filling(struct db *db, const struct derive_define *define, struct why *why)
{
	CLEANUP(deriving_endp) struct deriving d = { 0 };
	struct fill fill = { .found = true };

	TRY(deriving_begin(db, define->collection->shard_key, &d, why));
	d.now = define->now;
	while (!has_done_enough(&d)) {
		TRY(read_fill(db, d.shard_key, &fill, why));
		if (!fill.found)
			break;
		TRY(fill_step(&d, &fill, why));
	}
	return deriving_finish(&d, why);
}

enum err
store_derive_define(struct db *db, struct arena *a, const struct derive_define *define,
    struct why *why)
{
	struct collection *c = define->collection;
	struct derive_query query;

	assert(c->kind == COLLECTION_DERIVED && !c->can_write);
	TRY(derive_query_read(a, define->query, &query, why));
	if (define->sources == 0 || define->sources > DERIVE_SOURCES_MAX)
		return fail(why, ERR_LIMIT, "collection.sources",
		    "a query looks into 1 to %d collections", DERIVE_SOURCES_MAX);
	TRY(store_collection_ensure(db, a, c, why));
	TRY(db_run(db, why, add_query, DB_I(c->shard_key), DB_T(define->query), DB_T(define->by),
	    DB_I(define->now)));
	TRY(tie(db, define, why));
	return begin_filling(db, define, why);
}

enum err
store_derive_query(struct db *db, struct arena *a, int64_t shard_key, struct str *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = S("");
	TRY(db_select(db, &rows, why, find_query, DB_I(shard_key)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	*ret = arena_str(a, db_col_text(&rows, 0));
	return ret->ptr == NULL ? stored_full(why) : OK;
}

/* Nobody sees it from now on; a small one leaves nothing. */
enum err
store_derive_remove(struct db *db, int64_t shard_key, struct why *why)
{
	static const char *const statements[] = {
		"DELETE FROM derived_again WHERE shard_key = $1",
		"DELETE FROM collection_fill WHERE shard_key = $1",
		"DELETE FROM collection_source WHERE shard_key = $1",
		"DELETE FROM collection_query WHERE shard_key = $1",
		"DELETE FROM collection_access WHERE shard_key = $1",
		"DELETE FROM collection_head WHERE shard_key = $1",
		"DELETE FROM watermark WHERE shard_key = $1", /* the number is given again */
		"DELETE FROM collection WHERE shard_key = $1 AND kind = 'derived'",
		"INSERT INTO collection_gone (shard_key) VALUES ($1)",
	};

	for (size_t i = 0; i < COUNTOF(statements); i++)
		TRY(db_run(db, why, statements[i], DB_I(shard_key)));
	for (size_t i = 0; i < 3; i++) /* entries, definitions, the end */
		TRY(gone_step(db, shard_key, why));
	return OK;
}
