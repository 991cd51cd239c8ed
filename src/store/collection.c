/* Collections of a realm. */
#include "store.h"
#include "stored_p.h"
#include "uuid_make.h"

static const char *const kind_names[] = {
	[COLLECTION_LOCAL] = "local",
	[COLLECTION_RECEIVED] = "received",
	[COLLECTION_RELEASED] = "released",
	[COLLECTION_DERIVED] = "derived",
};

#define COLUMNS                                                                       \
	"shard_key, id, alias, kind, title, description, owner, enclave, recipient, " \
	"agreement, giver, can_write"
#define COLUMNS_CHANGED                                                              \
	COLUMNS ", (SELECT h.last_added FROM collection_head h WHERE h.shard_key = " \
	        "collection.shard_key)"

static const char find_equal[] =
    "SELECT " COLUMNS_CHANGED " FROM collection WHERE kind = $1 AND alias = $2 AND recipient = $3 "
    "AND giver = $4 AND agreement = $5 AND owner = $6 AND enclave = $7 "
    "ORDER BY shard_key LIMIT 1";
static const char find_by_name[] =
    "SELECT " COLUMNS_CHANGED " FROM collection WHERE id = $1 OR alias = $1 "
    "ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, shard_key LIMIT 1";
static const char list_all[] =
    "SELECT " COLUMNS_CHANGED " FROM collection ORDER BY shard_key LIMIT $1";
static const char next_key[] =
    "SELECT {max}(COALESCE(MAX(c.shard_key), 0), COALESCE((SELECT MAX(g.shard_key)"
    " FROM collection_gone g), 0)) + 1, COUNT(*) FROM collection c";
static const char add_collection[] = "INSERT INTO collection (" COLUMNS ") "
                                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
static const char add_head[] =
    "INSERT INTO collection_head (shard_key, last_added, n_versions) VALUES ($1, 0, 0)";

static enum err
read_kind(struct str name, enum collection_kind *ret, struct why *why)
{
	for (size_t i = 0; i < COUNTOF(kind_names); i++) {
		if (str_is(name, kind_names[i])) {
			*ret = (enum collection_kind)i;
			return OK;
		}
	}
	return fail(why, ERR_TAMPERED, "store.row",
	    "a collection is of no known kind: \"" STR_FMT "\"", STR_ARG(name));
}

static enum err
read_collection(const struct db_rows *rows, struct arena *a, struct collection *ret,
    struct why *why)
{
	struct collection c = { .shard_key = db_col_i64(rows, 0),
		.can_write = db_col_i64(rows, 11) != 0,
		.changed = db_col_i64(rows, 12) };
	const struct {
		size_t column;
		struct str *text;
	} texts[] = {
		{ 1, &c.id },
		{ 2, &c.alias },
		{ 4, &c.title },
		{ 5, &c.description },
		{ 6, &c.owner },
		{ 7, &c.enclave },
		{ 8, &c.recipient },
		{ 9, &c.agreement },
		{ 10, &c.giver },
	};

	TRY(read_kind(db_col_text(rows, 3), &c.kind, why));
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct str from = db_col_text(rows, texts[i].column);

		*texts[i].text = arena_str(a, from);
		if (from.len > 0 && texts[i].text->ptr == NULL)
			return stored_full(why);
	}
	*ret = c;
	return OK;
}

static enum err
find_existing(struct db *db, struct arena *a, struct collection *c, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(db, &rows, why, find_equal, DB_T(str_of(kind_names[c->kind])), DB_T(c->alias),
	    DB_T(c->recipient), DB_T(c->giver), DB_T(c->agreement), DB_T(c->owner),
	    DB_T(c->enclave)));
	TRY(db_next(&rows, ret, why));
	return *ret ? read_collection(&rows, a, c, why) : OK;
}

static enum err
take_key(struct db *db, int64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_query_one(db, next_key, NULL, 0, &rows, why));
	if (db_col_i64(&rows, 1) >= COLLECTIONS_MAX)
		return fail(why, ERR_LIMIT, "store.collections",
		    "a realm has at most %d collections", COLLECTIONS_MAX);
	*ret = db_col_i64(&rows, 0);
	return OK;
}

static enum err
fresh_id(struct arena *a, struct str *ret, struct why *why)
{
	struct uuid u = uuid_v4();
	char text[UUID_TEXT + 1];

	uuid_text(&u, text);
	*ret = arena_str(a, str_of(text));
	return ret->ptr == NULL ? stored_full(why) : OK;
}

enum err
store_collection_ensure(struct db *db, struct arena *a, struct collection *c, struct why *why)
{
	bool has = false;

	TRY(find_existing(db, a, c, &has, why));
	if (has)
		return OK;
	TRY(take_key(db, &c->shard_key, why));
	if (c->id.len == 0)
		TRY(fresh_id(a, &c->id, why));
	TRY(db_run(db, why, add_collection, DB_I(c->shard_key), DB_T(c->id), DB_T(c->alias),
	    DB_T(str_of(kind_names[c->kind])), DB_T(c->title), DB_T(c->description), DB_T(c->owner),
	    DB_T(c->enclave), DB_T(c->recipient), DB_T(c->agreement), DB_T(c->giver),
	    DB_I(c->can_write)));
	return db_run(db, why, add_head, DB_I(c->shard_key));
}

enum err
store_collection_find(struct db *db, struct arena *a, struct str id_or_alias,
    struct collection *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select_memo(db, &rows, why, find_by_name, DB_T(id_or_alias)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "store.collection",
		    "there is no collection \"" STR_FMT "\"", STR_ARG(id_or_alias));
	return read_collection(&rows, a, ret, why);
}

enum err
store_collections(struct db *db, struct arena *a, struct collection **ret, size_t *ret_len,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct collection *list = arena_make(a, struct collection, COLLECTIONS_MAX);
	size_t len = 0;
	bool has = false;

	if (list == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_all, DB_I(COLLECTIONS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(read_collection(&rows, a, &list[len++], why));
	}
	*ret = list;
	*ret_len = len;
	return OK;
}
