#include "audit.h"

#include <stdio.h>

#include "agreement.h"
#include "audit_pack.h"
#include "dsse.h"
#include "json.h"
#include "peer.h"
#include "realm_p.h"
#include "record_p.h"
#include "store.h"
#include "words_p.h"

/* A pass over one kind of row. */
struct audit {
	struct db *db;
	struct arena *scratch; /* cleared after each row */
	struct release_audit *out;
	const struct audit_pack *pack; /* NULL: a folder, whole */
};

/* Whether released bytes are here at all. */
static bool
has_content(const struct audit *x)
{
	return x->pack == NULL || x->pack->content;
}

static bool
is_hash_of(struct str hash, struct str bytes)
{
	struct hash now = hash_of(bytes);

	return str_eq(hash, hash_str(&now));
}

static enum err
each_row(struct audit *x, const char *sql,
    enum err (*look)(struct audit *, struct db_rows *, struct why *), struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_query(x->db, sql, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		TRY(look(x, &rows, why));
		arena_clear(x->scratch);
	}
}

/* ---- objects ---- */

static const char all_objects[] = "SELECT object_id, version, raw, raw_hash, jcs_hash FROM object";

static enum err
look_at_object(struct audit *x, struct db_rows *rows, struct why *why)
{
	struct str id = db_col_text(rows, 0);
	struct str raw = db_col_blob(rows, 2);

	(void)why;
	x->out->objects++;
	if (!is_hash_of(db_col_blob(rows, 3), raw))
		audit_problem_add(&x->out->report, "object",
		    STR_FMT " version " STR_FMT ": its bytes are not those that were stored",
		    STR_ARG(id), STR_ARG(db_col_text(rows, 1)));
	return OK;
}

/* What a partner can read must have been released: a row without a leaf does not exist. */
static const char unreleased[] =
    "SELECT o.object_id, o.raw_hash FROM object o JOIN collection c ON c.shard_key = o.shard_key"
    " WHERE c.kind = 'released' AND NOT EXISTS (SELECT 1 FROM release_item i"
    " WHERE i.leaving_id = o.object_id AND i.preview_hash = o.raw_hash"
    " AND i.recipient = c.recipient AND i.leaf >= 0)";

static enum err
look_at_unreleased(struct audit *x, struct db_rows *rows, struct why *why)
{
	(void)why;
	audit_problem_add(&x->out->report, "object",
	    STR_FMT " stands in a partner's collection with bytes that no leaf releases",
	    STR_ARG(db_col_text(rows, 0)));
	return OK;
}

/* ---- decisions ---- */

static const char all_items[] =
    "SELECT i.order_id, i.ordinal, i.source_id, i.version, i.state, i.outcome, i.preview_hash,"
    " i.bytes, " WORDS_OF("decision", "i") ", " WORDS_OF("facts",
        "i") ", i.nonce, r.record, i.leaf, i.place, i.leaving_id, i.recipient,"
             " i.inputs, LENGTH(r.salt), s.entry, COALESCE(o.asked, '')"
             " FROM release_item i LEFT JOIN release_order o ON o.order_id = i.order_id"
             " LEFT JOIN ledger_record r ON r.leaf = i.leaf AND r.place = i.place"
             " LEFT JOIN tombstone_record t ON t.leaf = i.leaf AND t.place = i.place"
             " LEFT JOIN ledger_leaf s ON s.log = r.log AND s.leaf = t.said"
             " ORDER BY i.leaf, i.place";

static void
wrong_decision(struct audit *x, const struct db_rows *rows, const char *what)
{
	audit_problem_add(&x->out->report, "decision",
	    "item " STR_FMT "/%" PRIi64 " (leaf %" PRIi64 ", place %" PRIi64 "): %s",
	    STR_ARG(db_col_text(rows, 0)), db_col_i64(rows, 1), db_col_i64(rows, 12),
	    db_col_i64(rows, 13), what);
}

/* The row against the record that the ledger commits to. */
static void
compare_record(struct audit *x, const struct db_rows *rows, const struct json *record)
{
	struct str nonce = db_col_blob(rows, 10);
	struct str text = { 0 };
	struct hash bytes = hash_of(db_col_blob(rows, 7));
	char hex[HASH_HEX + 1];

	if (!has_content(x) && db_col_blob(rows, 6).len == HASH_BYTES)
		memcpy(bytes.byte, db_col_blob(rows, 6).ptr, HASH_BYTES);
	if (nonce.len != RECORD_NONCE_BYTES) {
		wrong_decision(x, rows, "its nonce has the wrong length");
		return;
	}
	const struct record_secret secret = {
		.nonce = nonce,
		.source_id = db_col_text(rows, 2),
		.version = db_col_text(rows, 3),
		.facts = db_col_text(rows, 9),
		.decision_json = db_col_text(rows, 8),
		.inputs = db_col_blob(rows, 16),
	};
	struct hash private = record_private(&secret);
	hash_text(&private, hex);
	if (!json_get_str(record, S("private"), &text) || !str_is(text, hex))
		wrong_decision(x, rows, "source, facts or explanation are not those of the record");
	if (!json_get_str(record, S("outcome"), &text) || !str_eq(text, db_col_text(rows, 5)))
		wrong_decision(x, rows, "the outcome is not that of the record");
	if (!json_get_str(record, S("to"), &text) || !str_eq(text, db_col_text(rows, 15)))
		wrong_decision(x, rows, "the recipient is not that of the record");
	if (!str_eq(json_str(json_get(record, S("asked"))), db_col_text(rows, 19)))
		wrong_decision(x, rows, "the order names another than the record does");
	hash_text(&bytes, hex);
	if (db_col_i64(rows, 17) > 0 &&
	    json_get_str(json_get(record, S("bytes")), S("sha256"), &text) && !str_is(text, hex))
		audit_problem_add(&x->out->report, "object",
		    STR_FMT ": the released bytes are not those of the record",
		    STR_ARG(db_col_text(rows, 14)));
}

static bool
is_number(const struct json *of, struct str name, int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIi64, n);
	return str_is(json_str(json_get(of, name)), text);
}

/* A record that was purged: a leaf says so, of this very record, and binds what
 * is left; content and record go together. */
static void
look_at_purged(struct audit *x, const struct db_rows *rows)
{
	const struct json *said = NULL;
	struct str text = { 0 }, record = db_col_blob(rows, 11);
	struct hash hash = { 0 };
	char hex[HASH_HEX + 1];

	x->out->purged++;
	if (db_col_blob(rows, 7).len > 0)
		wrong_decision(x, rows, "its record was purged, and its bytes were not");
	if (record.len != HASH_BYTES || db_col_type(rows, 18) == DB_NULL ||
	    json_parse(x->scratch, db_col_blob(rows, 18), NULL, &said, NULL) != OK) {
		wrong_decision(x, rows, "its record was purged, and no leaf says so");
		return;
	}
	memcpy(hash.byte, record.ptr, HASH_BYTES);
	hash_text(&hash, hex);
	if (!json_get_str(said, S("type"), &text) || !str_is(text, "tombstone-record") ||
	    !json_get_str(said, S("record"), &text) || !str_is(text, hex) ||
	    !is_number(said, S("leaf"), db_col_i64(rows, 12)) ||
	    !is_number(said, S("place"), db_col_i64(rows, 13)))
		wrong_decision(x, rows, "its tombstone is that of another record");
	compare_record(x, rows, said);
}

static enum err
look_at_item(struct audit *x, struct db_rows *rows, struct why *why)
{
	const struct json *record = NULL;
	struct why bad = { 0 };

	(void)why;
	x->out->decisions++;
	if (db_col_type(rows, 11) != DB_NULL && db_col_i64(rows, 17) == 0) {
		look_at_purged(x, rows);
		return OK;
	}
	if (has_content(x) && !is_hash_of(db_col_blob(rows, 6), db_col_blob(rows, 7)))
		audit_problem_add(&x->out->report, "object",
		    STR_FMT ": the released bytes are not those that were previewed",
		    STR_ARG(db_col_text(rows, 14)));
	if (db_col_type(rows, 11) == DB_NULL)
		wrong_decision(x, rows, "the ledger has no record of it");
	else if (json_parse(x->scratch, db_col_blob(rows, 11), NULL, &record, &bad) != OK)
		wrong_decision(x, rows, "its record is not readable");
	else
		compare_record(x, rows, record);
	return OK;
}

/* A record whose row was taken away. */
static const char lost_items[] =
    "SELECT r.leaf, r.place, LENGTH(r.salt) FROM ledger_record r WHERE NOT EXISTS"
    " (SELECT 1 FROM release_item i WHERE i.leaf = r.leaf AND i.place = r.place) AND NOT EXISTS"
    " (SELECT 1 FROM decision_past p WHERE p.leaf = r.leaf AND p.place = r.place)";

static enum err
look_at_lost(struct audit *x, struct db_rows *rows, struct why *why)
{
	(void)why;
	if (x->pack != NULL && db_col_i64(rows, 2) == 0) {
		x->out->withheld++;
		return OK;
	}
	audit_problem_add(&x->out->report, "decision",
	    "leaf %" PRIi64 ", place %" PRIi64 " records a decision that is gone",
	    db_col_i64(rows, 0), db_col_i64(rows, 1));
	return OK;
}

/* ---- what was received ---- */

/* What a receipt says that we have, and have not: a purge leaves a tombstone. */
static const char lost_objects[] =
    "SELECT r.object_id, r.version, r.peer FROM receipt r WHERE r.problem = ''"
    " AND NOT EXISTS (SELECT 1 FROM object o WHERE o.object_id = r.object_id"
    " AND o.raw_hash = r.bytes_hash) AND NOT EXISTS (SELECT 1 FROM tombstone t"
    " JOIN ledger_leaf l ON l.leaf = t.leaf AND l.kind = 'tombstone'"
    " WHERE t.object_id = r.object_id AND t.raw_hash = r.bytes_hash)";

static enum err
look_at_lost_object(struct audit *x, struct db_rows *rows, struct why *why)
{
	(void)why;
	audit_problem_add(&x->out->report, "object",
	    STR_FMT " version " STR_FMT " was received from " STR_FMT
	            " and is gone without a tombstone",
	    STR_ARG(db_col_text(rows, 0)), STR_ARG(db_col_text(rows, 1)),
	    STR_ARG(db_col_text(rows, 2)));
	return OK;
}

/* ---- agreements ---- */

static const char all_agreements[] = "SELECT id, version, hash, envelope FROM agreement";
static const char logged_envelopes[] =
    "SELECT entry FROM ledger_leaf WHERE kind IN ('agreement', 'statement', 'source')";
static const char all_statements[] =
    "SELECT s.envelope, a.envelope FROM agreement_statement s"
    " JOIN agreement a ON a.hash = s.agreement_hash ORDER BY s.agreement_hash, s.ordinal";

/* Whether the ledger says that this envelope was added. */
static enum err
is_logged(struct audit *x, struct str envelope, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct hash hash = hash_of(envelope);
	char hex[HASH_HEX + 1];
	bool has = false;

	hash_text(&hash, hex);
	*ret = false;
	TRY(db_query(x->db, logged_envelopes, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (str_find(db_col_blob(&rows, 0), str_of(hex)) != SIZE_MAX)
			*ret = true;
	}
}

static enum err
look_at_agreement(struct audit *x, struct db_rows *rows, struct why *why)
{
	struct standing s = { 0 };
	struct why bad = { 0 };
	struct str id = db_col_text(rows, 0);
	struct str envelope = db_col_blob(rows, 3);
	bool logged = false;

	x->out->agreements++;
	TRY(is_logged(x, envelope, &logged, why));
	if (!logged)
		audit_problem_add(&x->out->report, "agreement",
		    STR_FMT ": no leaf says that this envelope was added", STR_ARG(id));
	if (standing_open(x->scratch, envelope, &s, &bad) != OK)
		audit_problem_add(&x->out->report, "agreement", STR_FMT ": %s", STR_ARG(id),
		    bad.text);
	else if (!str_eq(hash_str(&s.agreement->hash), db_col_blob(rows, 2)))
		audit_problem_add(&x->out->report, "agreement",
		    STR_FMT ": its words are not those that were stored", STR_ARG(id));
	return OK;
}

static enum err
look_at_statement(struct audit *x, struct db_rows *rows, struct why *why)
{
	bool logged = false;

	TRY(is_logged(x, db_col_blob(rows, 0), &logged, why));
	if (!logged)
		audit_problem_add(&x->out->report, "agreement",
		    "a statement about an agreement has no leaf");
	return OK;
}

static const char all_sources[] = "SELECT envelope, source FROM source_policy";

static enum err
look_at_source(struct audit *x, struct db_rows *rows, struct why *why)
{
	bool logged = false;

	TRY(is_logged(x, db_col_blob(rows, 0), &logged, why));
	if (!logged)
		audit_problem_add(&x->out->report, "source",
		    STR_FMT ": no leaf says that this source policy was set",
		    STR_ARG(db_col_text(rows, 1)));
	return OK;
}

/* ---- rule packs ---- */

static const char all_packs[] = "SELECT id, version, hash, body FROM rule_pack";

static enum err
look_at_pack(struct audit *x, struct db_rows *rows, struct why *why)
{
	(void)why;
	if (!is_hash_of(db_col_blob(rows, 2), db_col_blob(rows, 3)))
		audit_problem_add(&x->out->report, "rule",
		    "rule pack " STR_FMT " version %" PRIi64 ": its words are not those that were "
		    "stored",
		    STR_ARG(db_col_text(rows, 0)), db_col_i64(rows, 1));
	return OK;
}

/* ---- the whole ---- */

static enum err
log_request(struct db *db, const char *folder, struct arena *a, struct audit_request *ret,
    struct release_audit *out, struct why *why)
{
	struct str text = { 0 };
	struct peer *peer = NULL;
	size_t peers = 0;

	ret->db = db;
	ret->folder = folder;
	TRY(store_setting_get(db, S("origin"), a, &out->origin, why));
	TRY(store_setting_get(db, S("log-key"), a, &text, why));
	TRY(note_key_parse(text, &ret->log_key, why));
	ret->origin = out->origin;
	TRY(store_peers(db, a, &peer, &peers, why));
	for (size_t i = 0; i < peers && ret->witness_keys < COUNTOF(ret->witness_key); i++)
		TRY(note_key_parse(peer[i].witness_key, &ret->witness_key[ret->witness_keys++],
		    why));
	return OK;
}

/* What of the folder refers to the log. */
static enum err
look_at_all(struct audit *x, struct why *why)
{
	TRY(each_row(x, all_objects, look_at_object, why));
	TRY(each_row(x, unreleased, look_at_unreleased, why));
	TRY(each_row(x, all_items, look_at_item, why));
	TRY(each_row(x, lost_items, look_at_lost, why));
	TRY(each_row(x, lost_objects, look_at_lost_object, why));
	TRY(each_row(x, all_agreements, look_at_agreement, why));
	TRY(each_row(x, all_packs, look_at_pack, why));
	TRY(each_row(x, all_statements, look_at_statement, why));
	return each_row(x, all_sources, look_at_source, why);
}

struct heads {
	const struct str *note;
	size_t len;
};

static enum err
audit_folder(struct audit *x, const char *folder, const struct heads *heads, struct arena *a,
    struct why *why)
{
	enum { SCRATCH_MAX = 128 * MIB }; /* one row, parsed */
	CLEANUP(db_closep) struct db *db = NULL;
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
	char path[REALM_PATH_MAX];
	struct db_config config = { .place = path, .read_only = true };
	struct audit_request *request = arena_make(a, struct audit_request, 1);

	if (request == NULL)
		return fail(why, ERR_LIMIT, "audit.memory", "no memory is left");
	TRY(realm_path(folder, "store.db", path, why));
	TRY(db_open(&config, &db, why));
	x->db = db;
	x->scratch = scratch;
	request->part = x->pack != NULL;
	TRY(log_request(db, folder, a, request, x->out, why));
	request->heads = heads->len < COUNTOF(request->head) ? heads->len : COUNTOF(request->head);
	for (size_t i = 0; i < request->heads; i++)
		request->head[i] = heads->note[i];
	TRY(ledger_audit(request, &x->out->report, why));
	return look_at_all(x, why);
}

enum err
release_audit(const char *folder, const struct str *head, size_t heads, struct arena *a,
    struct release_audit *ret, struct why *why)
{
	struct audit x = { .out = ret };

	return audit_folder(&x, folder, &(struct heads){ head, heads }, a, why);
}

enum err
audit_pack_verify(const struct audit_pack *p, const struct str *head, size_t heads, struct arena *a,
    struct release_audit *ret, struct why *why)
{
	struct audit x = { .out = ret, .pack = p };

	return audit_folder(&x, p->folder, &(struct heads){ head, heads }, a, why);
}

static const char list_heads[] =
    "SELECT note, cosignature FROM (SELECT size, note, cosignature FROM witnessed WHERE log = $1"
    " ORDER BY size DESC LIMIT $2) AS newest ORDER BY size";

enum err
release_audit_heads(struct db *db, struct arena *a, struct str origin, struct str **ret,
    size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = arena_make(a, struct str, AUDIT_HEADS_MAX);
	*ret_len = 0;
	TRY(db_select(db, &rows, why, list_heads, DB_T(origin), DB_I(AUDIT_HEADS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		(*ret)[(*ret_len)++] = arena_printf(a, STR_FMT STR_FMT,
		    STR_ARG(db_col_blob(&rows, 0)), STR_ARG(db_col_text(&rows, 1)));
	}
}
