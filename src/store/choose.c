/* An officer's choice among the contents of a version. */
#include "conflict.h"
#include "marking.h"
#include "put_p.h"
#include "stored_p.h"

enum {
	CHOOSE_ARENA_MAX = 256 * MIB, /* two objects of JSON_BYTES_MAX parsed */
};

/* ---- where the content lies ---- */

static const char find_aside[] =
    "SELECT k.shard_key, k.date_added, s.date_added, o.enclave FROM object_conflict k "
    "JOIN object o ON o.shard_key = k.shard_key AND o.date_added = k.date_added "
    "JOIN object s ON s.shard_key = k.shard_key AND s.object_id = k.object_id "
    "AND s.version = k.version WHERE " COMPARTMENT_HAS("o", "$1", "$2") " AND " COMPARTMENT_HAS("s",
        "$1", "$2") " AND k.object_id = $3 AND k.version = $4 AND o.raw_hash = $5 "
                    "ORDER BY k.shard_key LIMIT $6";
static const char find_served[] =
    "SELECT 1 FROM object o JOIN collection c ON c.shard_key = o.shard_key WHERE c.kind <> "
    "'released' AND " COMPARTMENT_HAS("o", "$1",
        "$2") " AND o.object_id = $3 AND o.version = $4 AND o.raw_hash = $5 LIMIT 1";

/* Of one collection: the content that is asked for, and the one in whose place it comes. */
struct found {
	int64_t shard_key;
	time_us aside, served;
	struct str enclave;
};

/* Says why there is nothing to choose. */
static enum err
refuse_unknown(struct db *db, const struct content_choice *c, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_served, DB_T(c->of.organisation), DB_T(c->of.enclaves),
	    DB_T(c->id), DB_T(c->version), DB_B(hash_str(&c->content))));
	TRY(db_next(&rows, &has, why));
	if (has)
		return fail(why, ERR_CONFLICT, "store.choice-same",
		    "this content of " STR_FMT " is the one that is served", STR_ARG(c->id));
	return fail(why, ERR_NOT_FOUND, "store.choice-unknown",
	    "no such content is kept beside that version of " STR_FMT
	    ": \"torana object diff\" lists them",
	    STR_ARG(c->id));
}

/* The word of the compartment for an enclave of it. */
static struct str
enclave_of(const struct compartment *of, struct str enclave)
{
	struct str rest = of->enclaves, word = compartment_home(of);

	while (rest.ptr != NULL && !str_eq(word, enclave))
		word = str_split(&rest, ' ');
	return word;
}

static enum err
find_all(struct db *db, const struct content_choice *c, struct found *ret, size_t *ret_len,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_aside, DB_T(c->of.organisation), DB_T(c->of.enclaves),
	    DB_T(c->id), DB_T(c->version), DB_B(hash_str(&c->content)), DB_I(COLLECTIONS_MAX)));
	for (*ret_len = 0;; ++*ret_len) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		ret[*ret_len] = (struct found){ db_col_i64(&rows, 0), db_col_i64(&rows, 1),
			db_col_i64(&rows, 2), enclave_of(&c->of, db_col_text(&rows, 3)) };
	}
}

/* ---- whether it may be served ---- */

static const char read_row[] =
    "SELECT " STORED_COLUMNS_RAW " FROM object o WHERE o.shard_key = $1 AND o.date_added = $2";
static const char find_later[] =
    "SELECT 1 FROM object o WHERE o.shard_key = $1 AND o.object_id = $2 AND o.modified_us > $3 "
    "AND " STORED_IS_VERSION("o") " LIMIT 1";

struct content {
	struct stored row;
	struct stix_object object;
};

static enum err
read_content(struct db *db, struct arena *a, int64_t shard_key, time_us at, struct content *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct json *tree = NULL;

	TRY(db_select_one(db, &rows, why, read_row, DB_I(shard_key), DB_I(at)));
	TRY(stored_read(&rows, a, true, &ret->row, why));
	TRY(json_parse(a, ret->row.raw, NULL, &tree, why));
	return stix_scan(tree, &ret->object, why);
}

static enum err
refuse(const struct content_choice *c, const char *code, const char *text, struct why *why)
{
	return fail(why, ERR_CONFLICT, code, "version " STR_FMT " of " STR_FMT " %s",
	    STR_ARG(c->version), STR_ARG(c->id), text);
}

/* What the contents themselves say, and who gave them. */
static enum err
judge_contents(const struct content_choice *c, const struct content *was, const struct content *is,
    struct why *why)
{
	const char *against = put_stands_against(&was->object, &is->object);

	if (was->object.class == STIX_MARKING)
		return refuse(c, "store.choice-marking",
		    "says what a marking means, and that never changes: give the new one a new id",
		    why);
	if (was->row.withdrawn_at != 0)
		return refuse(c, "store.choice-withdrawn",
		    "was taken out of its collection: nothing of it is served", why);
	if (rank_is_guest(is->row.provenance.giver) && !rank_is_guest(was->row.provenance.giver))
		return refuse(c, "store.choice-guest",
		    "is not a guest's: what a guest handed in is not served in its place", why);
	if (against != NULL && strcmp(against, "revoked") == 0)
		return refuse(c, "store.choice-revoked",
		    "is revoked, and a revocation is not taken back: make a new object", why);
	if (against != NULL)
		return refuse(c, "store.choice-creator",
		    "has another created_by_ref or created in this content: only its creator makes "
		    "versions of it",
		    why);
	return OK;
}

static enum err
judge(struct db *db, const struct content_choice *c, int64_t shard_key, const struct content *was,
    const struct content *is, struct why *why)
{
	bool has = false;

	TRY(judge_contents(c, was, is, why));
	if (is->object.revoked && !was->object.revoked) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

		TRY(db_select(db, &rows, why, find_later, DB_I(shard_key), DB_T(c->id),
		    DB_I(is->row.modified_us)));
		TRY(db_next(&rows, &has, why));
		if (has)
			return refuse(c, "store.choice-later",
			    "has a later one, and a revoked object has none", why);
	}
	TRY(put_is_released(db, shard_key, c->id, c->version, &has, why));
	if (has)
		return refuse(c, "store.choice-released",
		    "was released as it is served: a changed object needs a later modified", why);
	return OK;
}

/* ---- choosing ---- */

static const char add_choice[] =
    "INSERT INTO object_choice (shard_key, date_added, object_id, version, raw_hash, instead_hash, "
    "account, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

static const char say_why[] = "UPDATE object_conflict SET outcome = 'chosen' WHERE shard_key = $1 "
                              "AND object_id = $2 AND version = $3";

static enum err
serve(struct db *db, const struct content_choice *c, const struct found *f,
    const struct content *was, const struct content *is, struct why *why)
{
	struct put_head h;

	TRY(put_begin(db, f->shard_key, &h, why));
	const struct store_put put = {
		.shard_key = f->shard_key,
		.object = &is->object,
		.now = c->at,
	};
	const struct put_known served = {
		.found = true,
		.exact = true,
		.normal_hash = was->row.normal_hash,
		.date_added = f->served,
	};
	struct put_row r = {
		.put = &put,
		.version = c->version,
		.modified_us = is->row.modified_us,
		.date_added = put_next_added(&h, c->at),
		.latest = true,
	};

	TRY(put_serve_instead(&h, &r, &served, f->aside, "chosen", why));
	TRY(db_run(db, why, say_why, DB_I(f->shard_key), DB_T(c->id), DB_T(c->version)));
	TRY(db_run(db, why, add_choice, DB_I(f->shard_key), DB_I(r.date_added), DB_T(c->id),
	    DB_T(c->version), DB_B(hash_str(&is->row.raw_hash)), DB_B(hash_str(&was->row.raw_hash)),
	    DB_T(c->account), DB_T(c->reason), DB_I(c->at)));
	return put_end(&h, why);
}

static enum err
choose_in(struct db *db, const struct content_choice *c, const struct found *f, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(CHOOSE_ARENA_MAX);
	struct content was = { 0 }, is = { 0 };

	TRY(read_content(db, a, f->shard_key, f->served, &was, why));
	TRY(read_content(db, a, f->shard_key, f->aside, &is, why));
	TRY(judge(db, c, f->shard_key, &was, &is, why));
	return serve(db, c, f, &was, &is, why);
}

static void
add_place(struct choice_places *io, struct str enclave)
{
	for (size_t i = 0; i < io->len; i++) {
		if (str_eq(io->enclave[i], enclave))
			return;
	}
	assert(io->len < ENCLAVES_MAX);
	io->enclave[io->len++] = enclave;
}

enum err
store_choose(struct db *db, const struct content_choice *c, struct choice_places *ret,
    struct why *why)
{
	struct found list[COLLECTIONS_MAX];
	size_t n = 0;

	assert(c->of.organisation.len > 0);
	if (str_trim(c->reason).len == 0)
		return fail(why, ERR_INVALID, "store.choice-reason",
		    "a choice carries a reason; give one");
	TRY(find_all(db, c, list, &n, why));
	if (n == 0)
		return refuse_unknown(db, c, why);
	*ret = (struct choice_places){ 0 };
	for (size_t i = 0; i < n; i++) {
		TRY(choose_in(db, c, &list[i], why));
		add_place(ret, list[i].enclave);
	}
	return OK;
}

/* ---- what the gate judges together ---- */

/* Of a version the contents beside it that count: a guest's beside its own alone, and a
 * stranger's not beside what is ours, unless an officer chose between them. */
static const char list_contents[] =
    "SELECT " STORED_COLUMNS_RAW
    ", CASE WHEN COALESCE(i.named, '') = COALESCE(m.named, '') THEN 1 ELSE 0 END "
    "FROM object_conflict k JOIN object o ON o.shard_key = k.shard_key "
    "AND o.date_added = k.date_added LEFT JOIN import i ON i.import_id = o.import_id "
    "LEFT JOIN import m ON m.import_id = $5 WHERE k.shard_key = $1 AND k.object_id = $2 "
    "AND k.version = $3 AND (o.giver = $4 OR (NOT " RANK_IS_GUEST(
        "o") " AND ($4 <> '' OR $6 = 1))) ORDER BY k.date_added";
static const char find_choice[] = "SELECT COUNT(*) FROM object_choice WHERE shard_key = $1 "
                                  "AND object_id = $2 AND version = $3";
enum { COLUMN_NAMED = 21 };

static enum err
was_chosen(struct db *db, const struct stored *of, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, find_choice, DB_I(of->shard_key), DB_T(of->id),
	    DB_T(of->version)));
	*ret = db_col_i64(&rows, 0) > 0;
	return OK;
}

enum err
store_contents(struct db *db, struct arena *a, const struct stored *of, struct content_list *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct provenance *p = &of->provenance;
	bool has = false;

	*ret = (struct content_list){ .content = arena_make(a, struct held, CONTENTS_MAX) };
	if (ret->content == NULL)
		return stored_full(why);
	TRY(was_chosen(db, of, &ret->chosen, why));
	TRY(db_select(db, &rows, why, list_contents, DB_I(of->shard_key), DB_T(of->id),
	    DB_T(of->version), DB_T(p->giver), DB_I(p->import_id), DB_I(ret->chosen)));
	for (;; ret->len++) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (ret->len == CONTENTS_MAX)
			return fail(why, ERR_LIMIT, "store.contents",
			    "more than %d contents of a version of " STR_FMT " are here",
			    CONTENTS_MAX, STR_ARG(of->id));
		struct held *held = &ret->content[ret->len];

		TRY(stored_read(&rows, a, true, &held->row, why));
		held->row.version = of->version;
		held->same_source = db_col_i64(&rows, COLUMN_NAMED) != 0;
	}
}

static bool
is_marked(const struct stix_object *o)
{
	const struct json *refs = json_get(o->json, S("object_marking_refs"));

	return refs != NULL && refs->len > 0;
}

bool
content_disputes(const struct stix_object *served, const struct stix_object *other,
    const struct content_list *beside, size_t i)
{
	if (!marking_covers(served, other))
		return true;
	return beside->chosen && !is_marked(other) &&
	       (is_marked(served) || !beside->content[i].same_source);
}

static const char has_contents[] =
    "SELECT COUNT(*) FROM object_conflict WHERE shard_key = $1 AND object_id = $2";

/* It was read before it was stored. */
static enum err
read_beside(struct arena *a, const struct stored *row, struct stix_object *ret, struct why *why)
{
	const struct json *tree = NULL;
	struct hash is = hash_of(row->raw);

	if (!hash_eq(&is, &row->raw_hash))
		return stored_damaged(why);
	enum err err = json_parse(a, row->raw, NULL, &tree, why);

	if (err == OK)
		err = stix_scan(tree, ret, why);
	return err == OK || err == ERR_LIMIT ? err : stored_damaged(why);
}

static enum err
look_beside(struct db *db, struct arena *a, const struct served_row *row, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct content_list list;
	struct stored of;

	TRY(db_select_one(db, &rows, why, read_row, DB_I(row->shard_key), DB_I(row->date_added)));
	TRY(stored_read(&rows, a, false, &of, why));
	TRY(store_contents(db, a, &of, &list, why));
	for (size_t i = 0; i < list.len; i++) {
		struct stix_object other = { 0 };

		TRY(read_beside(a, &list.content[i].row, &other, why));
		*ret |= content_disputes(row->object, &other, &list, i);
	}
	return OK;
}

enum err
store_is_disputed(struct db *db, struct arena *a, const struct served_row *row, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows known = { 0 };

	*ret = false;
	TRY(db_select_one(db, &known, why, has_contents, DB_I(row->shard_key),
	    DB_T(row->object->id)));
	if (db_col_i64(&known, 0) == 0)
		return OK;
	enum err err = look_beside(db, a, row, ret, why);
	*ret |= err == ERR_LIMIT;
	return err == ERR_LIMIT ? OK : err;
}

/* ---- what was chosen ---- */

static const char list_choices[] =
    "SELECT h.version, h.raw_hash, h.instead_hash, h.account, h.reason, h.at FROM object_choice h "
    "JOIN object o ON o.shard_key = h.shard_key AND o.object_id = h.object_id "
    "AND o.version = h.version WHERE h.object_id = $3 AND " COMPARTMENT_HAS("o", "$1",
        "$2") " ORDER BY h.at DESC, h.shard_key, h.date_added DESC LIMIT $4";

enum err
store_choices(struct db *db, struct arena *a, const struct compartment *of, struct str id,
    struct choice_list *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	assert(of->organisation.len > 0);
	*ret = (struct choice_list){ .choice = arena_make(a, struct chosen, CHOICES_MAX) };
	if (ret->choice == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_choices, DB_T(of->organisation), DB_T(of->enclaves),
	    DB_T(id), DB_I(CHOICES_MAX)));
	for (;; ret->len++) {
		struct chosen *c = &ret->choice[ret->len];

		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(stored_hash(db_col_blob(&rows, 1), &c->content, why));
		TRY(stored_hash(db_col_blob(&rows, 2), &c->instead, why));
		c->version = arena_str(a, db_col_text(&rows, 0));
		c->account = arena_str(a, db_col_text(&rows, 3));
		c->reason = arena_str(a, db_col_text(&rows, 4));
		c->at = db_col_i64(&rows, 5);
		if (c->version.ptr == NULL || c->account.ptr == NULL || c->reason.ptr == NULL)
			return stored_full(why);
	}
}
