#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit_pack_p.h"
#include "batch.h"
#include "disclosure.h"
#include "disk.h"
#include "dsse.h"
#include "json_writer.h"
#include "pack_place_p.h"
#include "pack_tables_p.h"
#include "store.h"

enum {
	MANIFEST_MAX = DSSE_PAYLOAD_MAX,
	HASHES_MAX = 512 * MIB,   /* sixteen million objects, each by its hash */
	SCRATCH_MAX = 1024 * MIB, /* the inputs of one order, parsed */
};

struct packer {
	const struct audit_pack_wish *wish;
	struct audit_pack_made *made;
	struct db *db;
	struct arena *scratch;
	struct str origin;
	struct str about;
	bool whole; /* neither range nor recipient nor identity were asked for */
	bool own;   /* of the compartment for which this node releases */
	bool alone; /* and there is no other */
	int fd;
	const char *path;
	struct buf part; /* lines that were not written yet */
	const struct pack_table *table;
	unsigned number;   /* of the table's next part */
	struct buf list;   /* of parts, for the manifest */
	struct buf wanted; /* hashes of objects that go along, sorted before objects are read */
	struct buf own_objects; /* hashes of ours, sorted; empty unless there are others' */
	struct buf elsewhere;   /* hashes of others' */
	size_t shards;
	int64_t shard[COLLECTIONS_MAX]; /* collections that go along */
};

static void
packer_done(struct packer *p)
{
	buf_free(&p->part);
	buf_free(&p->list);
	buf_free(&p->wanted);
	buf_free(&p->own_objects);
	buf_free(&p->elsewhere);
	arena_free(p->scratch);
	if (p->fd >= 0)
		(void)close(p->fd);
}

/* ---- parts ---- */

static enum err
put(struct packer *p, struct str bytes, struct why *why)
{
	if (!fd_write(p->fd, bytes))
		return fail(why, ERR_IO, "pack.disk", "%s: cannot be written", p->path);
	return OK;
}

static enum err
put_part(struct packer *p, struct str name, struct str bytes, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(AUDIT_PACK_PART_MAX + 2 * USTAR_BLOCK);

	if (bytes.len > AUDIT_PACK_PART_MAX || p->made->parts == AUDIT_PACK_PARTS_MAX)
		return fail(why, ERR_LIMIT, "pack.parts",
		    "the pack has more than %d parts, or " STR_FMT " is too large: ask for less",
		    AUDIT_PACK_PARTS_MAX, STR_ARG(name));
	p->made->parts++;
	ustar_put(name, bytes, &out);
	return put(p, buf_str(&out), why);
}

static enum err
add_part(struct packer *p, struct str name, struct str bytes, struct why *why)
{
	struct json_writer w = { .out = &p->list, .comma = p->list.len > 0 };
	struct hash hash = hash_of(bytes);
	char hex[HASH_HEX + 1];

	hash_text(&hash, hex);
	json_begin_object(&w);
	json_put_u64(json_key(&w, S("bytes")), bytes.len);
	json_put_str(json_key(&w, S("name")), name);
	json_put_str(json_key(&w, S("sha256")), str_of(hex));
	json_end_object(&w);
	TRY(buf_check(&p->list, "the list of parts", why));
	return put_part(p, name, bytes, why);
}

/* Ends the part of the table that is being filled. */
static enum err
end_part(struct packer *p, struct why *why)
{
	char name[USTAR_NAME_MAX + 1];

	if (p->part.len == 0)
		return OK;
	TRY(buf_check(&p->part, p->table->name, why));
	(void)snprintf(name, sizeof(name), "rows/%s/%06u.ndjson", p->table->name, p->number++);
	TRY(add_part(p, str_of(name), buf_str(&p->part), why));
	buf_clear(&p->part);
	return OK;
}

static enum err
add_log_file(void *arg, struct str path, struct str bytes, struct why *why)
{
	if (!ustar_name_is(path))
		return fail(why, ERR_INVALID, "pack.log", "the file " STR_FMT " is none of a log",
		    STR_ARG(path));
	return add_part(arg, path, bytes, why);
}

/* ---- hashes of objects ---- */

static int
compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_BYTES);
}

static void
sort_hashes(struct buf *b)
{
	if (b->len > 0)
		qsort(b->ptr, b->len / HASH_BYTES, HASH_BYTES, compare_hashes);
}

static bool
has_hash(const struct buf *sorted, struct str hash)
{
	return hash.len == HASH_BYTES && sorted->len > 0 &&
	       bsearch(hash.ptr, sorted->ptr, sorted->len / HASH_BYTES, HASH_BYTES,
	           compare_hashes) != NULL;
}

static enum err
read_hashes(struct packer *p, const char *sql, struct buf *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(p->db, &rows, why, sql, DB_T(p->wish->of.organisation),
	    DB_T(p->wish->of.enclaves)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		if (db_col_blob(&rows, 0).len == HASH_BYTES)
			buf_put(ret, db_col_blob(&rows, 0));
	}
	sort_hashes(ret);
	return buf_check(ret, "the list of objects", why);
}

static const char list_elsewhere[] =
    "SELECT w.raw_hash FROM object w WHERE NOT " COMPARTMENT_HAS("w", "$1", "$2");
static const char list_own[] =
    "SELECT w.raw_hash FROM object w WHERE " COMPARTMENT_HAS("w", "$1", "$2");

static enum err
find_elsewhere(struct packer *p, struct why *why)
{
	TRY(read_hashes(p, list_elsewhere, &p->elsewhere, why));
	return p->elsewhere.len == 0 ? OK : read_hashes(p, list_own, &p->own_objects, why);
}

/* Whether the inputs name only objects of ours; then these are wanted. */
static enum err
want_inputs(struct packer *p, struct str body, bool *ret_ours, struct why *why)
{
	const struct json *tree = NULL;

	*ret_ours = true;
	if (p->elsewhere.len == 0 && p->whole)
		return OK;
	arena_clear(p->scratch);
	TRY(json_parse(p->scratch, body, NULL, &tree, why));
	const struct json *items = json_get(tree, S("items"));
	for (const struct json *v = items == NULL ? NULL : items->first; v != NULL; v = v->next) {
		struct hash hash;

		if (!hash_parse(json_str(json_get(v, S("raw"))), &hash))
			continue;
		if (has_hash(&p->elsewhere, hash_str(&hash)) &&
		    !has_hash(&p->own_objects, hash_str(&hash)))
			*ret_ours = false;
		buf_put(&p->wanted, hash_str(&hash));
	}
	return buf_check(&p->wanted, "the list of objects", why);
}

/* ---- rows ---- */

enum { LEAF_AT = 2, LEAF_KIND = 3, LEAF_ENTRY = 4, RECORD_SALT = 3, RECORD_BYTES = 4, GIVEN = 5 };

enum { GIVEN_BY_PLACE = 2 };

static enum err
is_given(struct packer *p, const struct db_rows *rows, const struct db_value *value, bool *ret,
    struct why *why)
{
	const struct pack_leaf leaf = { value[LEAF_KIND].s, value[LEAF_ENTRY].s };
	int64_t given = db_col_i64(rows, GIVEN);

	*ret = given != 0;
	if (given != GIVEN_BY_PLACE)
		return OK;
	arena_clear(p->scratch);
	return pack_leaf_is_of(p->db, p->scratch, &p->wish->of, &leaf, ret, why);
}

static enum err
withhold_leaf(struct packer *p, const struct db_rows *rows, struct db_value *value,
    struct hash *ret, struct why *why)
{
	bool given = false;

	p->made->leaves++;
	TRY(is_given(p, rows, value, &given, why));
	if (given)
		return OK;
	p->made->withheld_leaves++;
	*ret = merkle_leaf(value[LEAF_ENTRY].s);
	value[LEAF_AT].i = 0;
	value[LEAF_KIND].s = S(LEDGER_WITHHELD);
	value[LEAF_ENTRY].s = (struct str){ (const char *)ret->byte, HASH_BYTES };
	return OK;
}

static void
withhold_record(struct packer *p, const struct db_rows *rows, struct db_value *value,
    struct hash *ret)
{
	struct batch_salt salt;

	p->made->records++;
	if (db_col_i64(rows, GIVEN) != 0 || value[RECORD_SALT].s.len != sizeof(salt.byte))
		return; /* given, or purged: a hash already */
	p->made->withheld_records++;
	memcpy(salt.byte, value[RECORD_SALT].s.ptr, sizeof(salt.byte));
	*ret = batch_leaf(&salt, value[RECORD_BYTES].s);
	value[RECORD_SALT].s = S("");
	value[RECORD_BYTES].s = hash_str(ret);
}

enum { ITEM_BYTES = 17, SHARD_KEY = 0, COLLECTION_KIND = 3, OBJECT_HASH = 10 };

/* Of a part of the log only what decisions were made from: a collection that lies
 * ready for a partner would show what else left. */
static bool
take_collection(struct packer *p, const struct db_value *value)
{
	if (!p->whole && str_is(value[COLLECTION_KIND].s, "released"))
		return false;
	if (p->shards < COLLECTIONS_MAX)
		p->shard[p->shards++] = value[SHARD_KEY].i;
	return true;
}

static bool
take_object(const struct packer *p, const struct db_value *value)
{
	if (p->whole)
		return true;
	for (size_t i = 0; i < p->shards; i++) {
		if (p->shard[i] == value[SHARD_KEY].i)
			return has_hash(&p->wanted, value[OBJECT_HASH].s);
	}
	return false;
}

static enum err
change_row(struct packer *p, const struct db_rows *rows, struct db_value *value, bool *ret_take,
    struct hash *hash, struct why *why)
{
	struct str table = str_of(p->table->name);

	*ret_take = true;
	if (str_is(table, "ledger_leaf")) {
		TRY(withhold_leaf(p, rows, value, hash, why));
	} else if (str_is(table, "ledger_record")) {
		withhold_record(p, rows, value, hash);
	} else if (str_is(table, "release_item")) {
		p->made->decisions++;
		if (!p->wish->content)
			value[ITEM_BYTES].s = S("");
	} else if (str_is(table, "decision_past")) {
		p->made->decisions++;
	} else if (str_is(table, "decision_inputs")) {
		TRY(want_inputs(p, value[1].s, ret_take, why));
		p->made->withheld_inputs += !*ret_take;
	} else if (str_is(table, "collection")) {
		*ret_take = take_collection(p, value);
	} else if (str_is(table, "object")) {
		*ret_take = take_object(p, value);
	}
	return OK;
}

static enum pack_leaves
leaves_of(const struct packer *p)
{
	if (!p->own || p->wish->to.len > 0 || p->about.len > 0)
		return PACK_LEAVES_COMMON;
	return p->alone ? PACK_LEAVES_ALL : PACK_LEAVES_OWN;
}

static enum err
start_rows(struct packer *p, struct db_rows *rows, struct why *why)
{
	const struct audit_pack_wish *q = p->wish;
	const char *sql = p->table->select;
	time_us until = q->until == 0 ? TIME_NEVER : q->until;

	switch (p->table->args) {
	case PACK_ARGS_NONE: return db_query(p->db, sql, NULL, 0, rows, why);
	case PACK_ARGS_LOG: return db_select(p->db, rows, why, sql, DB_T(p->origin));
	case PACK_ARGS_OF:
		return db_select(p->db, rows, why, sql, DB_T(q->of.organisation),
		    DB_T(q->of.enclaves));
	case PACK_ARGS_GIVEN:
		return db_select(p->db, rows, why, sql, DB_T(p->origin), DB_T(q->of.organisation),
		    DB_T(q->of.enclaves), DB_I(q->since), DB_I(until), DB_T(q->to), DB_T(p->about));
	case PACK_ARGS_LEAF:
		return db_select(p->db, rows, why, sql, DB_T(p->origin), DB_T(q->of.organisation),
		    DB_T(q->of.enclaves), DB_I(q->since), DB_I(until), DB_T(q->to), DB_T(p->about),
		    DB_I(leaves_of(p)));
	}
	return OK;
}

static enum err
add_rows(struct packer *p, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct db_value value[PACK_COLUMNS_MAX];
	struct hash hash;
	bool has = false, take = false;
	size_t n = 0;

	p->number = 1;
	TRY(start_rows(p, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return end_part(p, why);
		pack_row_get(p->table, &rows, value, &n);
		TRY(change_row(p, &rows, value, &take, &hash, why));
		if (take)
			pack_row_write(p->table, value, &p->part);
		if (p->part.len >= AUDIT_PACK_PART_FILL)
			TRY(end_part(p, why));
	}
}

static enum err
add_tables(struct packer *p, struct why *why)
{
	TRY(find_elsewhere(p, why));
	TRY(pack_is_alone(p->db, &p->wish->of, &p->alone, why));
	p->alone &= p->own;
	for (size_t i = 0; i < pack_tables_count; i++) {
		p->table = &pack_tables[i];
		if (p->table->when != PACK_ALWAYS && !p->wish->content)
			continue;
		if (p->table->when == PACK_ALL && (!p->whole || !p->alone))
			continue;
		if (str_is(str_of(p->table->name), "object"))
			sort_hashes(&p->wanted);
		TRY(add_rows(p, why));
	}
	return OK;
}

/* ---- the manifest ---- */

static void
put_instant(struct json_writer *w, const char *name, time_us at)
{
	char text[TIME_TEXT_MAX];

	json_key(w, str_of(name));
	if (at == 0) {
		json_put_str(w, S(""));
		return;
	}
	time_text(at, text);
	json_put_str(w, str_of(text));
}

static void
put_counts(struct json_writer *w, const struct audit_pack_made *made)
{
	json_begin_object(json_key(w, S("counts")));
	json_put_u64(json_key(w, S("decisions")), made->decisions);
	json_put_u64(json_key(w, S("leaves")), made->leaves);
	json_put_u64(json_key(w, S("records")), made->records);
	json_put_u64(json_key(w, S("withheld_inputs")), made->withheld_inputs);
	json_put_u64(json_key(w, S("withheld_leaves")), made->withheld_leaves);
	json_put_u64(json_key(w, S("withheld_records")), made->withheld_records);
	json_end_object(w);
}

static enum err
write_manifest(struct packer *p, const struct realm_identity *id, struct str log_key,
    struct buf *out, struct why *why)
{
	const struct audit_pack_wish *q = p->wish;
	struct json_writer w = json_writer(out);

	json_begin_object(&w);
	json_put_str(json_key(&w, S("about")), p->about);
	json_put_bool(json_key(&w, S("content")), q->content);
	put_counts(&w, p->made);
	json_put_str(json_key(&w, S("enclaves")), q->of.enclaves);
	json_put_str(json_key(&w, S("log_key")), log_key);
	put_instant(&w, "made_at", q->at);
	json_put_str(json_key(&w, S("node")), id->name);
	json_put_str(json_key(&w, S("organisation")), q->of.organisation);
	json_put_str(json_key(&w, S("origin")), p->origin);
	json_begin_array(json_key(&w, S("parts")));
	json_put_raw(&w, buf_str(&p->list));
	json_end_array(&w);
	json_put_str(json_key(&w, S("party")), id->party);
	json_put_str(json_key(&w, S("realm")), id->realm);
	put_instant(&w, "since", q->since);
	json_put_str(json_key(&w, S("to")), q->to);
	json_put_str(json_key(&w, S("type")), S("torana-audit-pack"));
	put_instant(&w, "until", q->until);
	json_put_u64(json_key(&w, S("version")), 1);
	json_end_object(&w);
	return buf_check(out, "the manifest", why);
}

static enum err
add_manifest(struct packer *p, struct realm *r, struct why *why)
{
	CLEANUP(buf_free) struct buf payload = buf_new(MANIFEST_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	CLEANUP(arena_freep) struct arena *a = arena_new(DSSE_BYTES_MAX);
	struct dsse envelope = { .payload_type = S(AUDIT_PACK_TYPE) };
	const struct sign_key *key = NULL;
	struct str log_key = { 0 };

	TRY(store_setting_get(p->db, S("log-key"), a, &log_key, why));
	TRY(write_manifest(p, realm_identity(r), log_key, &payload, why));
	TRY(realm_key(r, KEY_LOG, &key, why));
	envelope.payload = buf_str(&payload);
	TRY(dsse_sign(&envelope, key, a, why));
	TRY(dsse_write(&envelope, &out, why));
	struct verify_key public = sign_key_public(key);
	dsse_keyid(&public, p->made->key);
	TRY(put_part(p, S(AUDIT_PACK_MANIFEST), buf_str(&out), why));
	buf_clear(&payload);
	ustar_put_end(&payload);
	return put(p, buf_str(&payload), why);
}

/* ---- the whole ---- */

static enum err
open_file(struct packer *p, struct why *why)
{
	char text[128];

	p->fd = open(p->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (p->fd >= 0)
		return OK;
	if (errno == EEXIST)
		return fail(why, ERR_CONFLICT, "pack.exists", "%s is there already", p->path);
	return fail(why, ERR_IO, "pack.disk", "%s: %s", p->path,
	    strerror_r(errno, text, sizeof(text)));
}

static enum err
fill(struct packer *p, struct realm *r, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };

	/* The files first: the database is never behind them. */
	TRY(ledger_each_file(realm_folder(r), add_log_file, p, why));
	TRY(db_begin_read(p->db, &txn, why));
	TRY(add_tables(p, why));
	TRY(add_manifest(p, r, why));
	if (fsync(p->fd) != 0)
		return fail(why, ERR_IO, "pack.disk", "%s: cannot be written", p->path);
	return OK;
}

static enum err
find_about(struct packer *p, struct arena *a, struct why *why)
{
	p->about = S("");
	if (p->wish->about.len == 0)
		return OK;
	return release_disclosure_about(p->db, a, &p->wish->of, p->wish->about, &p->about, why);
}

enum err
audit_pack_make(struct realm *r, const struct audit_pack_wish *wish, const char *path,
    struct audit_pack_made *ret, struct why *why)
{
	const struct realm_identity *id = realm_identity(r);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(packer_done)
	struct packer p = {
		.wish = wish,
		.made = ret,
		.scratch = arena_new(SCRATCH_MAX),
		.origin = id->origin,
		.whole = wish->since == 0 && wish->until == 0 && wish->about.len == 0 &&
		         wish->to.len == 0,
		.own = compartment_has(&wish->of, id->organisation, id->enclave),
		.fd = -1,
		.path = path,
		.part = buf_new(AUDIT_PACK_PART_MAX),
		.list = buf_new(MANIFEST_MAX),
		.wanted = buf_new(HASHES_MAX),
		.own_objects = buf_new(HASHES_MAX),
		.elsewhere = buf_new(HASHES_MAX),
	};

	*ret = (struct audit_pack_made){ 0 };
	if (wish->until != 0 && wish->until <= wish->since)
		return fail(why, ERR_INVALID, "pack.range", "until must be after since");
	TRY(db_pool_take(realm_readers(r), &lease, why));
	p.db = lease.db;
	TRY(find_about(&p, a, why));
	TRY(open_file(&p, why));
	enum err err = fill(&p, r, why);
	if (err != OK)
		(void)unlink(path);
	return err;
}
