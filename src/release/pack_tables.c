#include "codec.h"
#include "compartment.h"
#include "disclosure_p.h"
#include "json.h"
#include "json_writer.h"
#include "pack_place_p.h"
#include "pack_tables_p.h"
#include "words_p.h"

/* clang-format off */

/* The row d of release_item or decision_past is asked for.  $1 log, $2 and $3
 * compartment, $4 since, $5 until, $6 recipient, $7 identity that it is about. */
#define PACK_GIVEN                                                                                 \
	"(EXISTS (SELECT 1 FROM release_order go WHERE go.order_id = d.order_id AND "              \
	COMPARTMENT_HAS("go", "$2", "$3")                                                          \
	") AND EXISTS (SELECT 1 FROM ledger_leaf gl WHERE gl.log = $1 AND gl.leaf = d.leaf"        \
	" AND gl.at >= $4 AND gl.at < $5) AND ($6 = '' OR d.recipient = $6)"                       \
	" AND ($7 = '' OR " DISCLOSURE_IS_ABOUT("d.source_id", "$7") "))"

#define PACK_BOTH(which)                                                                           \
	"(EXISTS (SELECT 1 FROM release_item d WHERE " which " AND " PACK_GIVEN                    \
	") OR EXISTS (SELECT 1 FROM decision_past d WHERE " which " AND " PACK_GIVEN "))"
#define PACK_GIVEN_LEAF(leaf)      PACK_BOTH("d.leaf = " leaf)
#define PACK_GIVEN_AT(leaf, place) PACK_BOTH("d.leaf = " leaf " AND d.place = " place)

#define DECISION_COLUMNS                                                                           \
	"order_id ordinal# agreement recipient owner source_id version outcome preview_hash*"      \
	" leaving_id decision facts nonce* leaf# place# inputs*"
#define DECISION_SELECT(decision, facts)                                                           \
	"SELECT d.order_id, d.ordinal, d.agreement, d.recipient, d.owner, d.source_id, d.version," \
	" d.outcome, d.preview_hash, d.leaving_id, " decision ", " facts ", d.nonce, d.leaf, d.place," \
	" d.inputs"

const struct pack_table pack_tables[] = {
	{ "setting", "name value", PACK_ARGS_NONE, PACK_ALWAYS,
	  "SELECT name, value FROM setting WHERE name IN ('origin', 'log-key') ORDER BY name" },
	{ "peer", "name party kind url tls_pin* log_key witness_key agreement_key* identity invitation*"
	  " verified_at# added_at#", PACK_ARGS_NONE, PACK_ALWAYS,
	  "SELECT name, party, kind, '', tls_pin, log_key, witness_key, agreement_key, identity,"
	  " CAST('' AS {blob}), verified_at, added_at FROM peer ORDER BY name" },
	{ "agreement", "id version# hash* envelope* added_at#", PACK_ARGS_NONE, PACK_ALWAYS,
	  "SELECT id, version, hash, envelope, added_at FROM agreement ORDER BY id, version" },
	{ "agreement_statement", "agreement_hash* ordinal# envelope* added_at#", PACK_ARGS_NONE,
	  PACK_ALWAYS, "SELECT agreement_hash, ordinal, envelope, added_at FROM agreement_statement"
	  " ORDER BY agreement_hash, ordinal" },
	{ "rule_pack", "id version# hash* body* envelope* active# added_at#", PACK_ARGS_NONE, PACK_ALWAYS,
	  "SELECT id, version, hash, body, envelope, active, added_at FROM rule_pack ORDER BY id, version" },
	{ "source_policy", "source version# hash* envelope* active# added_by added_at#", PACK_ARGS_NONE,
	  PACK_ALWAYS, "SELECT source, version, hash, envelope, active, added_by, added_at"
	  " FROM source_policy ORDER BY source, version" },
	{ "ledger_head", "log n_leaves# frontier*", PACK_ARGS_LOG, PACK_ALWAYS,
	  "SELECT log, n_leaves, frontier FROM ledger_head WHERE log = $1" },
	{ "ledger_checkpoint", "log size# note* at#", PACK_ARGS_LOG, PACK_ALWAYS,
	  "SELECT log, size, note, at FROM ledger_checkpoint WHERE log = $1 ORDER BY size" },
	{ "ledger_cosignature", "log size# witness line at#", PACK_ARGS_LOG, PACK_ALWAYS,
	  "SELECT log, size, witness, line, at FROM ledger_cosignature WHERE log = $1"
	  " ORDER BY size, witness" },
	{ "ledger_leaf", "log leaf# at# kind entry*", PACK_ARGS_LEAF, PACK_ALWAYS,
	  "SELECT l.log, l.leaf, l.at, l.kind, l.entry, CASE WHEN"
	  " l.kind IN (" PACK_KINDS_ALWAYS ") OR " PACK_GIVEN_LEAF("l.leaf")
	  " OR EXISTS (SELECT 1 FROM tombstone_record t WHERE t.said = l.leaf AND "
	  PACK_GIVEN_AT("t.leaf", "t.place") ")"
	  " OR ($8 > 0 AND l.at >= $4 AND l.at < $5 AND (l.kind IN (" PACK_KINDS_OWN ")"
	  " OR ($8 > 1 AND l.kind IN (" PACK_KINDS_ALONE ")))) THEN 1"
	  " WHEN $8 > 0 AND l.at >= $4 AND l.at < $5 AND l.kind IN (" PACK_KINDS_PLACED ") THEN 2"
	  " ELSE 0 END"
	  " FROM ledger_leaf l WHERE l.log = $1 ORDER BY l.leaf" },
	{ "ledger_record", "log leaf# place# salt* record*", PACK_ARGS_GIVEN, PACK_ALWAYS,
	  "SELECT r.log, r.leaf, r.place, r.salt, r.record, CASE WHEN " PACK_GIVEN_AT("r.leaf", "r.place")
	  " THEN 1 ELSE 0 END FROM ledger_record r WHERE r.log = $1 AND " PACK_GIVEN_LEAF("r.leaf")
	  " ORDER BY r.leaf, r.place" },
	{ "release_order", "order_id kind state agreement recipient purpose area channel scope owner enclave"
	  " proposer approver created_at# copy_time# starts_at# expires_at# urgency harm break_glass emergency"
	  " review_hours# person standing_order asked strict# legal_basis contact", PACK_ARGS_GIVEN, PACK_ALWAYS,
	  "SELECT w.order_id, w.kind, w.state, w.agreement, w.recipient, w.purpose, w.area, w.channel, '',"
	  " w.owner, w.enclave, w.proposer, w.approver, w.created_at, w.copy_time, w.starts_at, w.expires_at,"
	  " w.urgency, w.harm, w.break_glass, w.emergency, w.review_hours, w.person, w.standing_order,"
	  " w.asked, w.strict, w.legal_basis, w.contact"
	  " FROM release_order w WHERE " PACK_BOTH("d.order_id = w.order_id") " ORDER BY w.order_id" },
	{ "release_item", DECISION_COLUMNS " state bytes* copied# copy_modified# rules_hash* approvals_needed"
	  " reason changed_at# received_at# receipt decided_epoch# valid_until# persons#", PACK_ARGS_GIVEN, PACK_ALWAYS,
	  DECISION_SELECT(WORDS_OF("decision", "d"), WORDS_OF("facts", "d")) ", d.state, d.bytes, d.copied, d.copy_modified, d.rules_hash, d.approvals_needed,"
	  " d.reason, d.changed_at, d.received_at, d.receipt, d.decided_epoch, d.valid_until,"
	  " d.persons"
	  " FROM release_item d WHERE " PACK_GIVEN " ORDER BY d.leaf, d.place" },
	{ "decision_past", DECISION_COLUMNS, PACK_ARGS_GIVEN, PACK_ALWAYS,
	  DECISION_SELECT("d.decision", "d.facts") " FROM decision_past d WHERE " PACK_GIVEN " ORDER BY d.leaf, d.place" },
	{ "decision_inputs", "hash* body* added_at#", PACK_ARGS_GIVEN, PACK_ALWAYS,
	  "SELECT w.hash, w.body, w.added_at FROM decision_inputs w WHERE w.hash IN"
	  " (SELECT d.inputs FROM release_item d WHERE " PACK_GIVEN ") OR w.hash IN"
	  " (SELECT d.inputs FROM decision_past d WHERE " PACK_GIVEN ") ORDER BY w.hash" },
	{ "approval", "order_id ordinal# account role verdict bytes_hash* reason at#", PACK_ARGS_GIVEN,
	  PACK_ALWAYS, "SELECT w.order_id, w.ordinal, w.account, w.role, w.verdict, w.bytes_hash, w.reason,"
	  " w.at FROM approval w WHERE " PACK_BOTH("d.order_id = w.order_id AND d.ordinal = w.ordinal")
	  " ORDER BY w.order_id, w.ordinal, w.account" },
	{ "tombstone_record", "leaf# place# said#", PACK_ARGS_GIVEN, PACK_ALWAYS,
	  "SELECT w.leaf, w.place, w.said FROM tombstone_record w WHERE " PACK_GIVEN_AT("w.leaf", "w.place")
	  " ORDER BY w.leaf, w.place" },
	{ "tombstone", "leaf# object_id version raw_hash* giver reason at#", PACK_ARGS_NONE, PACK_ALL,
	  "SELECT leaf, object_id, version, raw_hash, giver, reason, at FROM tombstone ORDER BY leaf" },
	{ "receipt", "peer leaf# place# object_id version bytes_hash* proof* own_leaf# acked# problem"
	  " purged_at#", PACK_ARGS_NONE, PACK_ALL,
	  "SELECT peer, leaf, place, object_id, version, bytes_hash, proof, own_leaf, acked, problem,"
	  " purged_at FROM receipt ORDER BY peer, leaf, place" },
	{ "collection", "shard_key# id alias kind title description owner enclave recipient agreement giver"
	  " can_write#", PACK_ARGS_OF, PACK_CONTENT,
	  "SELECT c.shard_key, c.id, c.alias, c.kind, c.title, c.description, c.owner, c.enclave, c.recipient,"
	  " c.agreement, c.giver, c.can_write FROM collection c WHERE " COMPARTMENT_HAS("c", "$1", "$2")
	  " ORDER BY c.shard_key" },
	{ "object", "shard_key# date_added# object_id version type spec_version created modified"
	  " modified_us# revoked# raw_hash* jcs_hash* normal_hash* owner enclave originator giver path"
	  " received_under import_id# withdrawn_at# latest# raw*", PACK_ARGS_OF, PACK_CONTENT,
	  "SELECT w.shard_key, w.date_added, w.object_id, w.version, w.type, w.spec_version, w.created,"
	  " w.modified, w.modified_us, w.revoked, w.raw_hash, w.jcs_hash, w.normal_hash, w.owner, w.enclave,"
	  " w.originator, w.giver, w.path, w.received_under, w.import_id, w.withdrawn_at, w.latest, w.raw"
	  " FROM object w WHERE " COMPARTMENT_HAS("w", "$1", "$2") " ORDER BY w.shard_key, w.date_added" },
};
/* clang-format on */
const size_t pack_tables_count = COUNTOF(pack_tables);

const struct pack_table *
pack_table_of(struct str part)
{
	struct str folder = str_split(&part, '/');
	struct str name = str_split(&part, '/');

	if (!str_is(folder, "rows"))
		return NULL;
	for (size_t i = 0; i < pack_tables_count; i++) {
		if (str_is(name, pack_tables[i].name))
			return &pack_tables[i];
	}
	return NULL;
}

/* ---- columns ---- */

struct column {
	struct str name;
	enum db_type type;
};

static bool
next_column(struct str *rest, struct column *ret)
{
	if (rest->ptr == NULL || rest->len == 0)
		return false;
	struct str word = str_split(rest, ' ');
	char last = word.ptr[word.len - 1];

	ret->type = last == '#' ? DB_INT : last == '*' ? DB_BLOB : DB_TEXT;
	ret->name = ret->type == DB_TEXT ? word : str_sub(word, 0, word.len - 1);
	return true;
}

void
pack_row_get(const struct pack_table *t, const struct db_rows *rows,
    struct db_value ret[PACK_COLUMNS_MAX], size_t *ret_n)
{
	struct str rest = str_of(t->columns);
	struct column c;
	size_t n = 0;

	while (next_column(&rest, &c)) {
		assert(n < PACK_COLUMNS_MAX);
		/* clang-format off */
		switch (c.type) {
		case DB_INT:  ret[n] = DB_I(db_col_i64(rows, n)); break;
		case DB_BLOB: ret[n] = DB_B(db_col_blob(rows, n)); break;
		case DB_TEXT:
		case DB_NULL: ret[n] = DB_T(db_col_text(rows, n)); break;
		}
		/* clang-format on */
		n++;
	}
	*ret_n = n;
}

void
pack_row_write(const struct pack_table *t, const struct db_value *value, struct buf *out)
{
	struct str rest = str_of(t->columns);
	struct json_writer w = json_writer(out);
	struct column c;

	json_begin_object(&w);
	for (size_t i = 0; next_column(&rest, &c); i++) {
		json_key(&w, c.name);
		if (c.type == DB_INT) {
			json_put_i64(&w, value[i].i);
		} else if (c.type == DB_BLOB) {
			CLEANUP(buf_free) struct buf text = buf_new(2 * DB_VALUE_MAX);

			base64_put(&text, BASE64_STD, value[i].s.ptr, value[i].s.len);
			json_put_str(&w, buf_str(&text));
		} else {
			json_put_str(&w, value[i].s);
		}
	}
	json_end_object(&w);
	buf_putc(out, '\n');
}

static enum err
read_cell(struct arena *a, const struct column *c, const struct json *v, struct db_value *ret,
    struct why *why)
{
	*ret = (struct db_value){ .type = c->type, .s = S("") };
	if (v == NULL)
		return OK;
	if (c->type == DB_INT ? !json_i64(v, &ret->i) : !json_is(v, JSON_STRING))
		return fail(why, ERR_INVALID, "pack.row", STR_FMT " is of another type",
		    STR_ARG(c->name));
	if (c->type == DB_BLOB)
		return base64_parse(a, BASE64_STD, json_str(v), &ret->s, why);
	if (c->type == DB_TEXT)
		ret->s = json_str(v);
	return OK;
}

enum err
pack_row_read(struct arena *a, const struct pack_table *t, struct str line,
    struct db_value ret[PACK_COLUMNS_MAX], size_t *ret_n, struct why *why)
{
	static const struct json_limits limits = {
		.bytes_max = AUDIT_PACK_PART_MAX,
		.depth_max = 4,
		.members_max = 2 * PACK_COLUMNS_MAX,
	};
	struct str rest = str_of(t->columns);
	const struct json *tree = NULL;
	struct column c;

	*ret_n = 0;
	TRY(json_parse(a, line, &limits, &tree, why));
	if (!json_is(tree, JSON_OBJECT))
		return fail(why, ERR_INVALID, "pack.row", "a row is a JSON object");
	while (next_column(&rest, &c))
		TRY(read_cell(a, &c, json_get(tree, c.name), &ret[(*ret_n)++], why));
	return OK;
}

void
pack_row_insert(const struct pack_table *t, struct buf *out)
{
	struct str rest = str_of(t->columns);
	struct column c;
	int n = 0;

	buf_printf(out, "INSERT INTO %s (", t->name);
	while (next_column(&rest, &c))
		buf_printf(out, "%s" STR_FMT, n++ == 0 ? "" : ", ", STR_ARG(c.name));
	buf_put(out, S(") VALUES ("));
	for (int i = 1; i <= n; i++)
		buf_printf(out, "%s$%d", i == 1 ? "" : ", ", i);
	buf_put(out, S(")"));
	buf_putc(out, '\0');
}
