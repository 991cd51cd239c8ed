/* Objects by identifier, and lists of them for people. */
#include <stdlib.h>

#include "store.h"
#include "stored_p.h"
#include "versions.h"

static const char find_latest[] =
    "SELECT " STORED_COLUMNS_RANK " FROM object o "
    "JOIN collection c ON c.shard_key = o.shard_key "
    "WHERE o.object_id = $1 AND o.latest = 1 AND c.kind <> 'released' "
    "AND ($2 = '' OR " COMPARTMENT_SEES("o", "$2", "$3") ")";
static const char find_own[] = "SELECT " STORED_COLUMNS_RANK " FROM object o "
                               "JOIN collection c ON c.shard_key = o.shard_key "
                               "WHERE o.object_id = $1 AND o.latest = 1 AND c.kind <> 'released' "
                               "AND " COMPARTMENT_HAS("o", "$2", "$3");
static const char find_earlier[] =
    "SELECT " STORED_COLUMNS_RANK " FROM collection c CROSS JOIN object o "
    "WHERE c.kind <> 'released' AND o.shard_key = c.shard_key AND o.object_id = $1 "
    "AND o.latest = 0 AND o.withdrawn_at = 0 ORDER BY o.shard_key, o.date_added";
/* CROSS: SQLite then looks into each collection, instead of at every object. */
static const char list_versions[] =
    "SELECT " STORED_COLUMNS_RAW " FROM collection c CROSS JOIN object o "
    "WHERE c.kind <> 'released' AND o.shard_key = c.shard_key AND o.object_id = $1 "
    "AND " COMPARTMENT_SEES("o", "$2", "$3") " AND " STORED_IS_VERSION(
        "o") " "
             "ORDER BY o.modified_us DESC, o.date_added DESC LIMIT $4";

/* The better rank stands before, whatever date others wrote into theirs; of equal
 * ones that of the collection made first. */
static bool
is_before(const struct stored *a, const struct stored *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->modified_us != b->modified_us)
		return a->modified_us > b->modified_us;
	int version = str_cmp(a->version, b->version);
	return version != 0 ? version > 0 : a->shard_key < b->shard_key;
}

/* The first of the rows.  Nearly always it is the only one: that is not worth
 * the engine's sorting. */
static enum err
read_one(struct db_rows *rows, struct arena *a, struct str id, struct stored *ret, struct why *why)
{
	struct stored best = { 0 };
	bool has = false, found = false;

	for (;;) {
		struct stored next;

		TRY(db_next(rows, &has, why));
		if (!has)
			break;
		TRY(stored_read(rows, a, true, &next, why));
		next.rank = (enum rank)db_col_i64(rows, STORED_RANK);
		if (!found || is_before(&next, &best))
			best = next;
		found = true;
	}
	if (!found)
		return fail(why, ERR_NOT_FOUND, "store.object", "there is no object " STR_FMT,
		    STR_ARG(id));
	*ret = best;
	return OK;
}

static enum err
find(struct db *db, struct arena *a, struct str id, const struct compartment *of,
    struct stored *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, find_latest, DB_T(id), DB_T(of->organisation),
	    DB_T(of->enclaves)));
	return read_one(&rows, a, id, ret, why);
}

enum err
store_latest(struct db *db, struct arena *a, struct str id, struct stored *ret, struct why *why)
{
	const struct compartment all = { .organisation = S(""), .enclaves = S("") };

	return find(db, a, id, &all, ret, why);
}

static bool
is_of(const struct compartment *of, const struct stored *s)
{
	return compartment_has(of, s->provenance.owner, s->provenance.enclave);
}

/* A list that is added to. */
struct rows_read {
	struct arena *a;
	struct stored_list list;
	size_t cap;
};

static enum err
append_row(struct rows_read *r, const struct stored *row, struct why *why)
{
	if (r->list.len == r->cap) {
		size_t cap = r->cap == 0 ? 4 : 2 * r->cap;
		struct stored *more = arena_make(r->a, struct stored, cap);

		if (more == NULL)
			return stored_full(why);
		if (r->list.len > 0)
			memcpy(more, r->list.object, r->list.len * sizeof(*more));
		r->list.object = more;
		r->cap = cap;
	}
	r->list.object[r->list.len++] = *row;
	return OK;
}

/* Puts the last row at its place.  There are few: one of each collection. */
static void
sort_last(struct stored_list *io, const struct compartment *of)
{
	assert(io->object != NULL && io->len > 0);
	struct stored *list = io->object, last = list[io->len - 1];
	const struct stored *row = &last;
	size_t at = io->len - 1;

	for (; at > 0; at--) {
		bool ours = is_of(of, row), other_ours = is_of(of, &list[at - 1]);

		if (ours != other_ours ? other_ours : !is_before(row, &list[at - 1]))
			break;
		list[at] = list[at - 1];
	}
	list[at] = last;
}

/* Adds the rows of a statement: sorted for a compartment, or as they come. */
static enum err
add_rows(struct rows_read *r, struct db_rows *rows, const struct compartment *of, struct why *why)
{
	bool has = false;

	for (;;) {
		struct stored row;

		TRY(db_next(rows, &has, why));
		if (!has)
			return OK;
		TRY(stored_read(rows, r->a, true, &row, why));
		row.rank = (enum rank)db_col_i64(rows, STORED_RANK);
		TRY(append_row(r, &row, why));
		if (of != NULL)
			sort_last(&r->list, of);
	}
}

enum err
store_latest_rows(struct db *db, struct arena *a, struct str id, const struct compartment *of,
    struct stored_list *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	CLEANUP(db_rows_endp) struct db_rows earlier = { 0 };
	struct rows_read r = { .a = a };

	TRY(db_select(db, &rows, why, find_latest, DB_T(id), DB_T(S("")), DB_T(S(""))));
	TRY(add_rows(&r, &rows, of, why));
	if (r.list.len == 0)
		return fail(why, ERR_NOT_FOUND, "store.object", "there is no object " STR_FMT,
		    STR_ARG(id));
	if (stix_class_of(stix_id_type(id)) == STIX_SCO) {
		TRY(db_select(db, &earlier, why, find_earlier, DB_T(id)));
		TRY(add_rows(&r, &earlier, NULL, why));
	}
	*ret = r.list;
	return OK;
}

/* Without an organisation one sees nothing: empty means all to the statement. */
enum err
store_latest_of(struct db *db, struct arena *a, struct str id, const struct compartment *of,
    struct stored *ret, struct why *why)
{
	assert(of->organisation.len > 0);
	return find(db, a, id, of, ret, why);
}

enum err
store_latest_own(struct db *db, struct arena *a, struct str id, const struct compartment *of,
    struct stored *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, find_own, DB_T(id), DB_T(of->organisation),
	    DB_T(of->enclaves)));
	return read_one(&rows, a, id, ret, why);
}

static void
reverse(struct stored *list, size_t len)
{
	for (size_t i = 0; i < len / 2; i++) {
		struct stored o = list[i];

		list[i] = list[len - 1 - i];
		list[len - 1 - i] = o;
	}
}

/* Reads the rest of the rows behind the len that are in the list. */
static enum err
read_rows(struct db_rows *rows, struct arena *a, bool with_raw, struct stored *list, size_t *len,
    struct why *why)
{
	bool has = false;

	for (;;) {
		TRY(db_next(rows, &has, why));
		if (!has)
			return OK;
		TRY(stored_read(rows, a, with_raw, &list[(*len)++], why));
	}
}

enum err
store_versions(struct db *db, struct arena *a, struct str id, const struct compartment *of,
    struct stored_list *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct stored *list = arena_make(a, struct stored, VERSIONS_MAX);
	size_t len = 0;

	if (list == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_versions, DB_T(id), DB_T(of->organisation),
	    DB_T(of->enclaves), DB_I(VERSIONS_MAX)));
	TRY(read_rows(&rows, a, true, list, &len, why));
	reverse(list, len);
	*ret = (struct stored_list){ list, len };
	return OK;
}

/* ---- a list for people ---- */

static const char list_collections[] =
    "SELECT shard_key FROM collection WHERE kind <> 'released' ORDER BY shard_key";
static const char list_newest[] =
    "SELECT " STORED_COLUMNS " FROM object o "
    "WHERE o.shard_key = $1 AND o.latest = 1 AND " COMPARTMENT_SEES("o", "$2",
        "$3") " "
              "AND o.date_added > $4 ORDER BY o.date_added DESC LIMIT $5";

static int
newest_first(const void *left, const void *right)
{
	const struct stored *a = left, *b = right;

	if (a->date_added != b->date_added)
		return a->date_added < b->date_added ? 1 : -1;
	return (a->shard_key > b->shard_key) - (a->shard_key < b->shard_key);
}

/* The newest objects found so far: sorted, with room for as many again. */
struct listing {
	struct db *db;
	struct arena *arena;
	const struct compartment *of;
	size_t limit;
	struct stored *list;
	size_t len;
};

/* Adds those of one collection that are newer than the oldest in a full list. */
static enum err
list_one(struct listing *l, int64_t shard_key, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool full = l->len == l->limit;
	time_us after = full && l->len > 0 ? l->list[l->len - 1].date_added : 0;

	TRY(db_select(l->db, &rows, why, list_newest, DB_I(shard_key), DB_T(l->of->organisation),
	    DB_T(l->of->enclaves), DB_I(after), DB_I((int64_t)l->limit)));
	TRY(read_rows(&rows, l->arena, false, l->list, &l->len, why));
	qsort(l->list, l->len, sizeof(l->list[0]), newest_first);
	if (l->len > l->limit)
		l->len = l->limit;
	return OK;
}

enum err
store_list(struct db *db, struct arena *a, const struct compartment *of, size_t limit,
    struct page *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct listing l = { .db = db, .arena = a, .of = of, .limit = limit };
	bool has = false;

	assert(limit <= LIST_MAX);
	l.list = arena_make(a, struct stored, 2 * limit + 1);
	if (l.list == NULL)
		return stored_full(why);
	TRY(db_query(db, list_collections, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(list_one(&l, db_col_i64(&rows, 0), why));
	}
	*ret = (struct page){ .object = l.list, .len = l.len };
	return OK;
}
