/* Entries of derived collections, kept in step with their sources. */
#include "derive.h"

#include "conflict.h"
#include "derive_p.h"
#include "marking.h"
#include "stored_p.h"

enum {
	DERIVE_OBJECT_ARENA = 256 * MIB, /* the largest object, parsed, and its markings */
	DERIVE_QUERY_ARENA = MIB,
	/* A definition is a name and a level; a larger one is not read for each object, and
	 * counts as unknown. */
	DERIVE_MARKING_BYTES = 16 * KIB,
	DERIVE_MARKINGS_ARENA = 64 * MIB,
};

/* ---- one derived collection on its way ---- */

static const char take_head[] =
    "UPDATE collection_head SET last_added = last_added WHERE shard_key = $1 RETURNING last_added";
static const char write_head[] = "UPDATE collection_head SET last_added = $2 WHERE shard_key = $1";
static const char list_sources[] = "SELECT base_key FROM collection_source WHERE shard_key = $1"
                                   " ORDER BY base_key LIMIT $2";

static enum err
read_sources(struct deriving *d, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(d->db, &rows, why, list_sources, DB_I(d->shard_key),
	    DB_I(DERIVE_SOURCES_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		d->source[d->sources++] = db_col_i64(&rows, 0);
	}
}

enum err
deriving_begin(struct db *db, int64_t shard_key, struct deriving *ret, struct why *why)
{
	struct str text = { 0 };

	*ret = (struct deriving){
		.db = db,
		.shard_key = shard_key,
		.arena = arena_new(DERIVE_QUERY_ARENA),
		.object = arena_new(DERIVE_OBJECT_ARENA),
		.markings = arena_new(DERIVE_MARKINGS_ARENA),
	};
	TRY(store_derive_query(db, ret->arena, shard_key, &text, why));
	TRY(derive_query_read(ret->arena, text, &ret->query, why));
	TRY(read_sources(ret, why));
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	TRY(db_query_one(db, DB_SQL(take_head, DB_I(shard_key)), &rows, why));
	ret->last_added = db_col_i64(&rows, 0);
	return OK;
}

void
deriving_endp(struct deriving *d)
{
	arena_free(d->arena);
	arena_free(d->object);
	arena_free(d->markings);
}

static const char find_owner[] = "SELECT owner, enclave FROM collection WHERE shard_key = $1";

/* One event for all that were met together. */
static enum err
tell_damage(struct deriving *d, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	if (d->damaged == 0)
		return OK;
	TRY(db_select_one(d->db, &rows, why, find_owner, DB_I(d->shard_key)));
	const struct event event = {
		.at = d->now > d->last_added ? d->now : d->last_added,
		.name = S("object.damaged"),
		.owner = db_col_text(&rows, 0),
		.enclave = db_col_text(&rows, 1),
		.subject = d->damaged_id,
		.detail = arena_printf(d->arena, "{\"damaged\":%zu}", d->damaged),
	};
	return store_event(d->db, &event, why);
}

enum err
deriving_finish(struct deriving *d, struct why *why)
{
	TRY(tell_damage(d, why));
	return d->changed ? db_run(d->db, why, write_head, DB_I(d->shard_key), DB_I(d->last_added))
	                  : OK;
}

/* ---- the newest of one object ---- */

struct newest {
	bool found;
	int64_t base_key;
	time_us base_added;
	int64_t rank;
	time_us modified_us;
	struct str version, type, spec_version;
};

/* Of two sources: the better rank counts, then the newer. */
static bool
is_newer(const struct newest *a, const struct newest *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->modified_us != b->modified_us)
		return a->modified_us > b->modified_us;
	return str_cmp(a->version, b->version) > 0;
}

static const char find_latest[] = "SELECT date_added, modified_us, version, " RANK_OF(
    "o") ", type, spec_version FROM object o"
         " WHERE object_id = $1 AND shard_key = $2 AND latest = 1";
static const char find_raw[] =
    "SELECT raw, raw_hash FROM object WHERE shard_key = $1 AND date_added = $2";

static enum err
look_into(struct deriving *d, int64_t source, struct str id, struct newest *io, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(d->db, &rows, why, find_latest, DB_T(id), DB_I(source)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	struct newest n = {
		.found = true,
		.base_key = source,
		.base_added = db_col_i64(&rows, 0),
		.modified_us = db_col_i64(&rows, 1),
		.rank = db_col_i64(&rows, 3),
		.version = arena_str(d->object, stored_sortable(db_col_text(&rows, 2))),
		.type = arena_str(d->object, db_col_text(&rows, 4)),
		.spec_version = arena_str(d->object, db_col_text(&rows, 5)),
	};
	if (n.version.ptr == NULL || n.type.ptr == NULL ||
	    n.spec_version.len < db_col_text(&rows, 5).len)
		return stored_full(why);
	if (!io->found || is_newer(&n, io))
		*io = n;
	return OK;
}

static enum err
find_newest(struct deriving *d, struct str id, struct newest *ret, struct why *why)
{
	*ret = (struct newest){ 0 };
	for (size_t i = 0; i < d->sources; i++)
		TRY(look_into(d, d->source[i], id, ret, why));
	return OK;
}

/* ret->json is NULL when these are not the bytes that were stored, and when they are more than
 * bytes_max or cannot be read in this room, in which all that may be stored can be. */
static enum err
read_object(struct deriving *d, struct arena *a, const struct newest *n, size_t bytes_max,
    struct stix_object *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct json *tree = NULL;

	*ret = (struct stix_object){ 0 };
	TRY(db_select_one(d->db, &rows, why, find_raw, DB_I(n->base_key), DB_I(n->base_added)));
	struct str stored = db_col_blob(&rows, 0);
	d->bytes += stored.len;
	if (stored.len > bytes_max)
		return OK;
	struct hash is = hash_of(stored);
	struct str raw = arena_str(a, stored);
	if (raw.ptr == NULL || !str_eq(db_col_blob(&rows, 1), hash_str(&is)) ||
	    json_parse(a, raw, NULL, &tree, NULL) != OK || stix_scan(tree, ret, NULL) != OK)
		*ret = (struct stix_object){ 0 };
	return OK;
}

static void
note_damage(struct deriving *d, struct str id)
{
	if (d->damaged++ == 0)
		d->damaged_id = arena_str(d->arena, id);
}

static const struct stix_object *
read_marking(struct deriving *d, struct str id)
{
	struct newest n;
	struct stix_object *o = arena_make(d->markings, struct stix_object, 1);

	if (o == NULL || find_newest(d, id, &n, NULL) != OK || !n.found ||
	    read_object(d, d->markings, &n, DERIVE_MARKING_BYTES, o, NULL) != OK)
		return NULL;
	return o->json != NULL ? o : NULL;
}

/* A definition that is not in a source is unknown, and then nothing under it fits.  Each is
 * read once for many objects: who may write into a source may name a costly one in each. */
static const struct stix_object *
find_marking(void *arg, struct str id)
{
	struct deriving *d = arg;

	if (d->asked >= DERIVE_MARKINGS_MAX || !stix_id_is(id))
		return NULL;
	d->asked_id[d->asked++] = id;
	for (size_t i = 0; i < d->markings_len; i++) {
		if (str_eq(d->marking[i].id, id))
			return d->marking[i].object;
	}
	const struct known_marking known = { arena_str(d->markings, id), read_marking(d, id) };
	if (known.id.ptr != NULL)
		d->marking[d->markings_len++] = known;
	return known.object;
}

/* Of which another content is here under a stricter marking, nobody knows that it is below; nor
 * of which there are more and larger ones than fit.  That keeps nothing else from an answer. */
static enum err
is_undisputed(struct deriving *d, const struct newest *n, const struct stix_object *o, bool *ret,
    struct why *why)
{
	const struct served_row row = { n->base_key, n->base_added, o };
	size_t before = arena_used(d->object);
	bool disputed = false;
	struct why reason = { 0 };

	enum err err = store_is_disputed(d->db, d->object, &row, &disputed, &reason);
	d->bytes += arena_used(d->object) - before;
	*ret = err == OK && !disputed;
	if (err == ERR_TAMPERED && strcmp(reason.code, "store.row") == 0) {
		note_damage(d, o->id);
		return OK;
	}
	if (err == OK || err == ERR_LIMIT)
		return OK;
	if (why != NULL)
		*why = reason;
	return err;
}

static enum err
fits(struct deriving *d, struct str id, const struct newest *n, bool *ret, struct why *why)
{
	struct stix_object object;
	const struct derive_object o = {
		.object = &object,
		.entered = n->base_added,
		.lookup = find_marking,
		.lookup_arg = d,
	};

	*ret = false;
	d->asked = 0;
	if (!n->found)
		return OK;
	TRY(read_object(d, d->object, n, SIZE_MAX, &object, why));
	if (object.json == NULL) {
		note_damage(d, id);
		return OK;
	}
	/* Room for those of one more; what was read of them is used until then. */
	if (d->markings_len > DERIVE_MARKINGS_MAX) {
		d->markings_len = 0;
		arena_clear(d->markings);
	}
	*ret = derive_fits(&d->query, &o);
	if (!*ret || d->query.tlp == TLP_NONE)
		return OK;
	return is_undisputed(d, n, &object, ret, why);
}

/* ---- its entry ---- */

static const char find_entry[] =
    "SELECT base_key, base_added FROM derived_entry WHERE shard_key = $1 AND object_id = $2";
static const char end_entry[] = "DELETE FROM derived_entry WHERE shard_key = $1 AND object_id = $2";
static const char add_entry[] =
    "INSERT INTO derived_entry (shard_key, date_added, object_id, base_key, base_added, type,"
    " spec_version) VALUES ($1, $2, $3, $4, $5, $6, $7)";
static const char end_markings[] =
    "DELETE FROM derived_marking WHERE shard_key = $1 AND object_id = $2";
static const char add_marking[] = "INSERT INTO derived_marking (shard_key, marking_id, object_id)"
                                  " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

struct entry {
	bool found;
	int64_t base_key;
	time_us base_added;
};

static enum err
find_shown(struct deriving *d, struct str id, struct entry *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(d->db, &rows, why, find_entry, DB_I(d->shard_key), DB_T(id)));
	TRY(db_next(&rows, &ret->found, why));
	if (ret->found) {
		ret->base_key = db_col_i64(&rows, 0);
		ret->base_added = db_col_i64(&rows, 1);
	}
	return OK;
}

/* The time at which the source took it in, if nothing came after that. */
static time_us
next_added(const struct deriving *d, const struct newest *n)
{
	time_us at = d->last_added > n->base_added ? d->last_added : n->base_added;

	return (at > d->now ? at : d->now) + 1;
}

/* Keeps what the answer was made by, those that were not to be found above all: when one of
 * them comes or goes, the object is asked about again. */
static enum err
keep_markings(struct deriving *d, struct str id, struct why *why)
{
	if (d->query.tlp == TLP_NONE)
		return OK;
	TRY(db_run(d->db, why, end_markings, DB_I(d->shard_key), DB_T(id)));
	for (size_t i = 0; i < d->asked; i++)
		TRY(db_run(d->db, why, add_marking, DB_I(d->shard_key), DB_T(d->asked_id[i]),
		    DB_T(id)));
	return OK;
}

enum err
derive_one(struct deriving *d, struct str id, struct why *why)
{
	struct newest n;
	struct entry shown = { 0 };
	bool fit = false;

	arena_clear(d->object);
	d->objects++;
	TRY(find_newest(d, id, &n, why));
	TRY(find_shown(d, id, &shown, why));
	bool same = shown.found && n.found && shown.base_key == n.base_key &&
	            shown.base_added == n.base_added;
	/* What lies beside it may be other than it was, and is asked where a TLP is. */
	if (same && !d->again && d->query.tlp == TLP_NONE)
		return OK;
	TRY(fits(d, id, &n, &fit, why));
	TRY(keep_markings(d, id, why));
	if (fit ? same : !shown.found)
		return OK;
	d->changed = true;
	d->last_added = next_added(d, &n);
	if (shown.found)
		TRY(db_run(d->db, why, end_entry, DB_I(d->shard_key), DB_T(id)));
	return fit ? db_run(d->db, why, add_entry, DB_I(d->shard_key), DB_I(d->last_added),
	                 DB_T(id), DB_I(n.base_key), DB_I(n.base_added), DB_T(n.type),
	                 DB_T(n.spec_version))
	           : OK;
}

/* ---- what a source took in ---- */

static const char list_added[] = "SELECT object_id, date_added FROM object WHERE shard_key = $1"
                                 " AND date_added > $2 ORDER BY date_added LIMIT $3";
static const char list_derived[] = "SELECT shard_key FROM collection_source WHERE base_key = $1"
                                   " ORDER BY shard_key LIMIT $2";

struct batch {
	size_t len;
	struct str id[DERIVE_AT_ONCE];
	time_us last;
};

static enum err
read_batch(struct db *db, struct arena *a, int64_t base_key, struct batch *io, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	io->len = 0;
	TRY(db_select(db, &rows, why, list_added, DB_I(base_key), DB_I(io->last),
	    DB_I(DERIVE_AT_ONCE)));
	while (io->len < DERIVE_AT_ONCE) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str id = arena_str(a, db_col_text(&rows, 0));
		if (id.ptr == NULL)
			return stored_full(why);
		io->id[io->len++] = id;
		io->last = db_col_i64(&rows, 1);
	}
	return OK;
}

static enum err
take_id(struct deriving *d, struct str id, struct why *why)
{
	TRY(derive_one(d, id, why));
	return str_is(stix_id_type(id), "marking-definition") ? derive_note_marking(d, id, why)
	                                                      : OK;
}

static enum err
take_added(struct deriving *d, int64_t base_key, time_us after, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(DERIVE_IDS_ARENA);
	struct batch batch = { .last = after };

	do {
		arena_clear(a);
		TRY(read_batch(d->db, a, base_key, &batch, why));
		for (size_t i = 0; i < batch.len; i++)
			TRY(take_id(d, batch.id[i], why));
	} while (batch.len == DERIVE_AT_ONCE);
	d->now = batch.last;
	return derive_markings_step(d, why);
}

enum err
derive_list_of(struct db *db, int64_t base_key, int64_t ret[DERIVE_OF_ONE_MAX], size_t *ret_len,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret_len = 0;
	TRY(db_select(db, &rows, why, list_derived, DB_I(base_key), DB_I(DERIVE_OF_ONE_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[(*ret_len)++] = db_col_i64(&rows, 0);
	}
}

enum err
derive_added(struct db *db, int64_t base_key, time_us after, struct why *why)
{
	int64_t derived[DERIVE_OF_ONE_MAX];
	size_t len = 0;

	TRY(derive_list_of(db, base_key, derived, &len, why));
	for (size_t i = 0; i < len; i++) {
		CLEANUP(deriving_endp) struct deriving d = { 0 };

		TRY(deriving_begin(db, derived[i], &d, why));
		TRY(take_added(&d, base_key, after, why));
		TRY(deriving_finish(&d, why));
	}
	return OK;
}

enum err
derive_changed(struct db *db, int64_t base_key, struct str id, struct why *why)
{
	int64_t derived[DERIVE_OF_ONE_MAX];
	size_t len = 0;

	TRY(derive_list_of(db, base_key, derived, &len, why));
	for (size_t i = 0; i < len; i++) {
		CLEANUP(deriving_endp) struct deriving d = { 0 };

		TRY(deriving_begin(db, derived[i], &d, why));
		TRY(take_id(&d, id, why));
		TRY(derive_markings_step(&d, why));
		TRY(deriving_finish(&d, why));
	}
	return OK;
}
