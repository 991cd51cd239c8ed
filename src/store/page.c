/* Pages of a collection.
 *
 * Without filters a page is one range of the primary key.  With filters rows
 * are looked at without their bytes, along that range or, when identifiers or
 * types are asked for, along their index; then the bytes of those that match are
 * fetched. */
#include <stdlib.h>

#include "store.h"
#include "stored_p.h"

#define SHOWN_AFTER "FROM object o WHERE o.shard_key = $1 AND o.date_added > $2 AND "

static const char last_raw[] =
    "SELECT " STORED_COLUMNS_RAW " " SHOWN_AFTER "o.latest = 1 ORDER BY o.date_added LIMIT $3";
static const char all_raw[] = "SELECT " STORED_COLUMNS_RAW " " SHOWN_AFTER
                              "o.withdrawn_at = 0 ORDER BY o.date_added LIMIT $3";
static const char last_only_raw[] =
    "SELECT o.date_added, o.raw " SHOWN_AFTER "o.latest = 1 ORDER BY o.date_added LIMIT $3";
static const char all_only_raw[] =
    "SELECT o.date_added, o.raw " SHOWN_AFTER "o.withdrawn_at = 0 ORDER BY o.date_added LIMIT $3";
static const char last_bare[] = "SELECT " STORED_COLUMNS ", o.latest " SHOWN_AFTER
                                "o.latest = 1 ORDER BY o.date_added LIMIT $3";
static const char all_bare[] = "SELECT " STORED_COLUMNS ", o.latest " SHOWN_AFTER
                               "o.withdrawn_at = 0 ORDER BY o.date_added LIMIT $3";
/* What a derived collection shows is the newest in its source. */
#define DERIVED_FROM                                                                        \
	" FROM derived_entry e CROSS JOIN object o WHERE e.shard_key = $1 AND e.date_added" \
	" > $2 AND o.shard_key = e.base_key AND o.date_added = e.base_added AND o.latest = 1"
#define DERIVED_COLUMNS "SELECT e.shard_key, e.date_added, " STORED_REST
#define BY_DATE         " ORDER BY e.date_added LIMIT $3"
static const char derived_raw[] = DERIVED_COLUMNS ", o.raw" DERIVED_FROM BY_DATE;
static const char derived_only_raw[] = "SELECT e.date_added, o.raw" DERIVED_FROM BY_DATE;
static const char derived_bare[] = DERIVED_COLUMNS ", o.latest" DERIVED_FROM BY_DATE;
/* One value that is asked for, along its index.  + 0: not along the primary key. */
#define FILTERED      "SELECT " STORED_COLUMNS ", o.latest FROM object o WHERE o.shard_key = $1 AND "
#define FILTERED_BARE DERIVED_COLUMNS ", o.latest" DERIVED_FROM " AND "
static const char by_id[] =
    FILTERED "o.date_added + 0 > $2 AND o.object_id = $3 AND o.withdrawn_at = 0"
             " ORDER BY o.date_added + 0";
static const char by_type[] =
    FILTERED "o.date_added > $2 AND o.type = $3 AND o.withdrawn_at = 0 ORDER BY o.date_added";
static const char by_spec[] =
    FILTERED "o.date_added > $2 AND o.spec_version = $3 AND o.spec_version <> '2.1'"
             " AND o.withdrawn_at = 0 ORDER BY o.date_added";
static const char derived_by_id[] = FILTERED_BARE "e.object_id = $3";
static const char derived_by_type[] = FILTERED_BARE "e.type = $3 ORDER BY e.date_added";
static const char derived_by_spec[] =
    FILTERED_BARE "e.spec_version = $3 AND e.spec_version <> '2.1' ORDER BY e.date_added";
static const char last_of_id[] =
    "SELECT " STORED_COLUMNS_RAW " FROM object o WHERE o.shard_key = $1 AND o.object_id = $2 "
    "AND o.date_added + 0 > $3 AND o.latest = 1";
static const char last_of_id_only_raw[] =
    "SELECT o.date_added, o.raw FROM object o WHERE o.shard_key = $1 AND o.object_id = $2 "
    "AND o.date_added + 0 > $3 AND o.latest = 1";
static const char find_older[] =
    "SELECT 1 FROM object WHERE shard_key = $1 AND object_id = $2 AND withdrawn_at = 0 "
    "AND (modified_us < $3 OR (modified_us = $3 AND date_added < $4)) LIMIT 1";
static const char find_raw[] = "SELECT raw FROM object WHERE shard_key = $1 AND date_added = $2";
static const char derived_find_raw[] =
    "SELECT o.raw FROM derived_entry e CROSS JOIN object o WHERE e.shard_key = $1"
    " AND e.date_added = $2 AND o.shard_key = e.base_key AND o.date_added = e.base_added";

enum {
	BARE_LATEST = 20,    /* column behind STORED_COLUMNS */
	ROW_BYTES_MAX = MIB, /* a row without its bytes: identifiers, times, names */
};

/* ---- filters ---- */

struct filter {
	const struct page_query *q;
	bool last, first, all;
	time_us at[FILTER_VALUES_MAX]; /* of q->version with VERSION_TEXT */
};

static enum err
read_filter(const struct page_query *q, struct filter *ret, struct why *why)
{
	*ret = (struct filter){ .q = q, .last = q->versions == 0 };
	for (size_t i = 0; i < q->versions; i++) {
		enum version_filter filter = q->version[i].filter;

		ret->last |= filter == VERSION_LAST;
		ret->first |= filter == VERSION_FIRST;
		ret->all |= filter == VERSION_ALL;
		if (filter == VERSION_TEXT && !time_parse(q->version[i].text, &ret->at[i]))
			return fail(why, ERR_INVALID, "store.version-text",
			    "\"" STR_FMT "\" is no version: write first, last, all or a timestamp",
			    STR_ARG(q->version[i].text));
	}
	return OK;
}

static bool
is_only_last(const struct filter *f)
{
	return f->q->versions == 0 || (f->q->versions == 1 && f->last);
}

/* Whether the rows of one query are the page. */
static bool
is_plain(const struct filter *f)
{
	const struct page_query *q = f->q;

	return q->ids == 0 && q->types == 0 && q->spec_versions == 0 && (f->all || is_only_last(f));
}

/* The most rows that a page needs, and one to see that there is more.  Of each id one
 * version is the last: a page of one object need not clear room for a thousand. */
static size_t
rows_max(const struct filter *f)
{
	const struct page_query *q = f->q;
	bool few = q->ids > 0 && q->ids < q->limit && is_only_last(f);

	return (few ? q->ids : q->limit) + 1;
}

static bool
is_listed(struct str text, const struct str *list, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (str_eq(text, list[i]))
			return true;
	}
	return len == 0;
}

/* Whether its version is given as a timestamp; that of an object without times
 * is the instant at which it was added. */
static bool
is_version_listed(const struct filter *f, const struct stored *o)
{
	struct str at = o->modified.len > 0 ? o->modified : o->created;

	for (size_t i = 0; i < f->q->versions; i++) {
		if (f->q->version[i].filter != VERSION_TEXT)
			continue;
		if (str_starts(o->version, S("=")) ? f->at[i] == o->date_added
		                                   : stored_same_instant(at, f->q->version[i].text))
			return true;
	}
	return false;
}

static enum err
is_first(struct db *db, const struct stored *o, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool older = false;

	TRY(db_select(db, &rows, why, find_older, DB_I(o->shard_key), DB_T(o->id),
	    DB_I(o->modified_us), DB_I(o->date_added)));
	TRY(db_next(&rows, &older, why));
	*ret = !older;
	return OK;
}

/* ---- gathering rows that match ---- */

/* At most limit + 1 rows, the oldest of those that match. */
struct gathering {
	struct db *db;
	struct arena *arena;
	struct arena *scratch; /* the row that is looked at */
	const struct filter *filter;
	struct stored *list; /* room for twice as many */
	size_t len;
	size_t max;
};

static enum err
is_wanted(const struct gathering *g, const struct db_rows *row, const struct stored *o, bool *ret,
    struct why *why)
{
	const struct filter *f = g->filter;

	/* A derived collection has one version of each object: its last and its first. */
	*ret = f->all || (f->last && db_col_i64(row, BARE_LATEST) != 0) ||
	       (f->first && f->q->derived) || is_version_listed(f, o);
	return *ret || !f->first ? OK : is_first(g->db, o, ret, why);
}

/* Takes rows until there are `max` new ones or no more. */
static enum err
take_rows(struct gathering *g, struct db_rows *rows, struct why *why)
{
	const struct page_query *q = g->filter->q;
	size_t end = g->len + g->max;
	bool has = true;

	while (g->len < end) {
		struct stored o;
		bool wanted = false;

		TRY(db_next(rows, &has, why));
		if (!has)
			return OK;
		if (!is_listed(db_col_text(rows, STORED_TYPE), q->type, q->types) ||
		    !is_listed(db_col_text(rows, STORED_SPEC_VERSION), q->spec_version,
		        q->spec_versions))
			continue;
		arena_clear(g->scratch);
		TRY(stored_read(rows, g->scratch, false, &o, why));
		TRY(is_wanted(g, rows, &o, &wanted, why));
		if (wanted)
			TRY(stored_read(rows, g->arena, false, &g->list[g->len++], why));
	}
	return OK;
}

static int
oldest_first(const void *left, const void *right)
{
	const struct stored *a = left, *b = right;

	return (a->date_added > b->date_added) - (a->date_added < b->date_added);
}

/* The oldest of all that was found. */
static void
keep_oldest(struct gathering *g)
{
	qsort(g->list, g->len, sizeof(g->list[0]), oldest_first);
	if (g->len > g->max)
		g->len = g->max;
}

/* Along the index of one property, for each value that is asked for. */
static enum err
take_by_values(struct gathering *g, const char *sql, const struct str *value, size_t len,
    struct why *why)
{
	const struct page_query *q = g->filter->q;

	for (size_t i = 0; i < len; i++) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

		if (i > 0 && is_listed(value[i], value, i))
			continue;
		TRY(db_select(g->db, &rows, why, sql, DB_I(q->shard_key), DB_I(q->added_after),
		    DB_T(value[i])));
		TRY(take_rows(g, &rows, why));
		keep_oldest(g);
	}
	return OK;
}

static const char *
range_sql(const struct filter *f)
{
	if (f->q->derived)
		return derived_bare;
	return is_only_last(f) ? last_bare : all_bare;
}

static enum err
take_by_range(struct gathering *g, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct page_query *q = g->filter->q;

	TRY(db_select(g->db, &rows, why, range_sql(g->filter), DB_I(q->shard_key),
	    DB_I(q->added_after), DB_I(INT64_MAX)));
	return take_rows(g, &rows, why);
}

/* The way on which the fewest rows are looked at. */
static enum err
take_filtered(struct gathering *g, struct why *why)
{
	const struct page_query *q = g->filter->q;

	if (q->ids > 0)
		return take_by_values(g, q->derived ? derived_by_id : by_id, q->id, q->ids, why);
	if (q->spec_versions > 0 && !is_listed(S("2.1"), q->spec_version, q->spec_versions))
		return take_by_values(g, q->derived ? derived_by_spec : by_spec, q->spec_version,
		    q->spec_versions, why);
	if (q->types > 0)
		return take_by_values(g, q->derived ? derived_by_type : by_type, q->type, q->types,
		    why);
	return take_by_range(g, why);
}

static enum err
fill_raw(const struct gathering *g, struct stored *o, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(g->db, &rows, why, g->filter->q->derived ? derived_find_raw : find_raw,
	    DB_I(o->shard_key), DB_I(o->date_added)));
	o->raw = arena_str(g->arena, db_col_blob(&rows, 0));
	return o->raw.ptr == NULL ? stored_full(why) : OK;
}

/* ---- the page ---- */

static enum err
filtered_page(struct gathering *g, struct page *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(ROW_BYTES_MAX);
	CLEANUP(db_txn_endp) struct db_txn one_state = { 0 };
	const struct page_query *q = g->filter->q;

	/* An entry of a derived collection moves; its bytes are to be where it was found. */
	if (!db_in_txn(g->db))
		TRY(db_begin_read(g->db, &one_state, why));
	g->scratch = scratch;
	TRY(take_filtered(g, why));
	ret->object = g->list;
	ret->more = g->len > q->limit;
	ret->len = ret->more ? q->limit : g->len;
	for (size_t i = 0; i < ret->len && !q->without_raw; i++)
		TRY(fill_raw(g, &g->list[i], why));
	return OK;
}

static enum err
read_only_raw(const struct db_rows *rows, struct arena *a, struct stored *ret, struct why *why)
{
	*ret = (struct stored){
		.date_added = db_col_i64(rows, 0),
		.raw = arena_str(a, db_col_blob(rows, 1)),
	};
	return ret->raw.ptr == NULL ? stored_full(why) : OK;
}

static const char *
plain_sql(const struct filter *f)
{
	if (f->q->derived && f->q->only_raw)
		return derived_only_raw;
	if (f->q->derived)
		return f->q->without_raw ? derived_bare : derived_raw;
	if (f->q->only_raw)
		return f->all ? all_only_raw : last_only_raw;
	if (f->q->without_raw)
		return f->all ? all_bare : last_bare;
	return f->all ? all_raw : last_raw;
}

static enum err
plain_page(struct gathering *g, struct page *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct page_query *q = g->filter->q;
	const char *sql = plain_sql(g->filter);
	bool has = false;

	*ret = (struct page){ .object = g->list };
	TRY(db_select(g->db, &rows, why, sql, DB_I(q->shard_key), DB_I(q->added_after),
	    DB_I((int64_t)q->limit + 1)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		ret->more = has && ret->len == q->limit;
		if (!has || ret->more)
			return OK;
		struct stored *o = &ret->object[ret->len++];
		TRY(q->only_raw ? read_only_raw(&rows, g->arena, o, why)
		                : stored_read(&rows, g->arena, !q->without_raw, o, why));
	}
}

/* The last version of one object. */
static bool
is_single(const struct filter *f)
{
	const struct page_query *q = f->q;

	return q->ids == 1 && q->types == 0 && q->spec_versions == 0 && is_only_last(f) &&
	       !q->without_raw;
}

static enum err
single_page(struct gathering *g, struct page *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct page_query *q = g->filter->q;
	bool has = false;

	*ret = (struct page){ .object = g->list };
	TRY(db_select(g->db, &rows, why, q->only_raw ? last_of_id_only_raw : last_of_id,
	    DB_I(q->shard_key), DB_T(q->id[0]), DB_I(q->added_after)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;

	struct stored *o = &ret->object[ret->len++];
	return q->only_raw ? read_only_raw(&rows, g->arena, o, why)
	                   : stored_read(&rows, g->arena, true, o, why);
}

enum err
store_page(struct db *db, struct arena *a, const struct page_query *q, struct page *ret,
    struct why *why)
{
	struct filter filter;
	struct gathering g = { .db = db, .arena = a, .filter = &filter };

	assert(!(q->only_raw && q->without_raw));
	assert(q->limit >= 1 && q->limit <= PAGE_MAX && q->ids <= FILTER_VALUES_MAX &&
	       q->types <= FILTER_VALUES_MAX && q->spec_versions <= FILTER_VALUES_MAX &&
	       q->versions <= FILTER_VALUES_MAX);
	TRY(read_filter(q, &filter, why));
	g.max = rows_max(&filter);
	bool plain = is_plain(&filter);
	g.list = arena_make(a, struct stored, plain ? g.max : 2 * g.max);
	if (g.list == NULL)
		return stored_full(why);
	if (!q->derived && is_single(&filter))
		return single_page(&g, ret, why);
	return plain ? plain_page(&g, ret, why) : filtered_page(&g, ret, why);
}
