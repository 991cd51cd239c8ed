#include "replay.h"

#include "evidence_p.h"
#include "json.h"
#include "past.h"
#include "realm_p.h"
#include "record_p.h"
#include "words_p.h"

enum {
	REPLAY_ROW_MAX = 64 * MIB,        /* one decision, parsed */
	REPLAY_BATCH_MAX = 1024 * MIB,    /* an order of SELECTION_MAX with its surroundings */
	REPLAY_DOCUMENTS_MAX = 512 * MIB, /* all documents of a realm */
};

/* One stored decision. */
struct past {
	int64_t leaf, place;
	struct str source_id, version, recipient, agreement, outcome;
	struct str bytes_hash, inputs, facts, decision, nonce;
	struct str record; /* ptr is NULL: the ledger has none */
};

struct replay {
	struct db *db;
	struct str origin;
	struct evidence *evidence;
	struct arena *row;   /* cleared after each decision */
	struct arena *batch; /* of the decisions that share their inputs */
	struct release_replay *out;
	bool decided; /* the inputs below were tried */
	char inputs[HASH_BYTES];
	struct agreement_request request;
	const struct agreement_decisions *again; /* NULL: not from content */
	struct why gone;                         /* why not */
};

static void
problem(struct replay *x, const struct past *p, const char *code, const char *what)
{
	audit_problem_add(&x->out->report, code, "leaf %" PRIi64 ", place %" PRIi64 ": %s", p->leaf,
	    p->place, what);
}

static void
gap(struct replay *x, const struct past *p, const struct why *why)
{
	struct release_replay *out = x->out;

	out->not_replayable++;
	if (out->gaps < REPLAY_GAPS_MAX) {
		struct replay_gap *g = &out->gap[out->gaps];

		g->leaf = p->leaf;
		g->place = p->place;
		memcpy(g->what, why->text, sizeof(g->what));
	}
	out->gaps++;
}

/* ---- from content ---- */

static enum err
decide_again(struct replay *x, const struct past *p, struct why *why)
{
	const struct request_source source = evidence_source(x->evidence);
	struct str text = { 0 };

	TRY(release_past_inputs(x->db, x->batch, p->inputs, &text, why));
	TRY(agreement_request_read(x->batch, text, &source, &x->request, why));
	return agreement_decide(x->batch, &x->request, &x->again, why);
}

/* Decisions of one order share their inputs and follow each other. */
static enum err
decide_once(struct replay *x, const struct past *p, struct why *why)
{
	if (x->decided && str_eq(p->inputs, (struct str){ x->inputs, HASH_BYTES }))
		return OK;
	arena_clear(x->batch);
	x->again = NULL;
	x->gone = (struct why){ 0 };
	x->decided = p->inputs.len == HASH_BYTES;
	if (!x->decided)
		return OK; /* made before inputs were kept */
	memcpy(x->inputs, p->inputs.ptr, HASH_BYTES);

	enum err err = decide_again(x, p, &x->gone);
	if (err == OK)
		return OK;
	x->again = NULL;
	if (err == ERR_TAMPERED)
		problem(x, p, "inputs", x->gone.text);
	if (err == ERR_IO && why != NULL)
		*why = x->gone;
	return err == ERR_IO ? err : OK;
}

static bool
is_same_hash(struct str hash, struct str bytes)
{
	struct hash now = hash_of(bytes);

	return str_eq(hash, hash_str(&now));
}

static void
compare_again(struct replay *x, const struct past *p)
{
	const struct agreement_decision *d = agreement_decision_about(x->again, p->source_id);

	if (d == NULL || !str_eq(d->item->version, p->version))
		problem(x, p, "replay", "decided again, there is no decision about this object");
	else if (!str_is(p->outcome, outcome_name(d->outcome)))
		problem(x, p, "replay", "decided again from content, the outcome is another");
	else if (!str_eq(d->facts, p->facts))
		problem(x, p, "replay", "drawn again from content, the facts are others");
	else if (!is_same_hash(p->bytes_hash, d->bytes))
		problem(x, p, "replay", "decided again from content, other bytes would leave");
}

/* ---- from facts ---- */

/* That a list of the stored decision holds just these words. */
static bool
is_list(const struct json *list, const struct str *word, size_t n)
{
	size_t i = 0;

	if (!json_is(list, JSON_ARRAY) || list->len != n)
		return false;
	for (const struct json *v = list->first; v != NULL; v = v->next, i++) {
		if (!str_eq(json_str(v), word[i]))
			return false;
	}
	return true;
}

static void
compare_judged(struct replay *x, const struct past *p, const struct judgement *j)
{
	const struct json *decision = NULL;

	if (json_parse(x->row, p->decision, NULL, &decision, NULL) != OK)
		problem(x, p, "replay", "its decision is not readable");
	else if (!str_is(p->outcome, outcome_name(j->outcome)) ||
	         !str_eq(json_str(json_get(decision, S("outcome"))), p->outcome))
		problem(x, p, "replay", "judged again from its facts, the outcome is another");
	else if (!is_list(json_get(decision, S("codes")), j->code, j->codes))
		problem(x, p, "replay", "judged again from its facts, the reasons are others");
	else if (!is_list(json_get(decision, S("approvals")), j->approval, j->approvals))
		problem(x, p, "replay", "judged again from its facts, other approvals are needed");
}

static bool
is_member(const struct json *facts, struct str object, struct str name, struct str value)
{
	return str_eq(json_str(json_get(object.len > 0 ? json_get(facts, object) : facts, name)),
	    value);
}

/* The facts are about the object, recipient and agreement of the row. */
static bool
are_of_row(const struct json *facts, const struct past *p)
{
	return is_member(facts, S("object"), S("id"), p->source_id) &&
	       is_member(facts, S("object"), S("version"), p->version) &&
	       is_member(facts, S("agreement"), S("id"), p->agreement) &&
	       is_member(facts, S(""), S("to"), p->recipient);
}

/* What the record commits to, or the tombstone of a purged one: another row's
 * facts do not fit. */
static bool
are_of_record(struct replay *x, const struct past *p)
{
	const struct record_secret secret = {
		.nonce = p->nonce,
		.source_id = p->source_id,
		.version = p->version,
		.facts = p->facts,
		.decision_json = p->decision,
		.inputs = p->inputs,
	};
	const struct json *record = NULL;
	struct hash private = record_private(&secret);
	char hex[HASH_HEX + 1];

	hash_text(&private, hex);
	return json_parse(x->row, p->record, NULL, &record, NULL) == OK &&
	       str_is(json_str(json_get(record, S("private"))), hex);
}

static enum err
judge_again(struct replay *x, const struct past *p, struct judgement *ret, struct why *why)
{
	const struct rule_pack *pack[PACKS_MAX];
	const struct json *facts = NULL;
	struct documents documents;

	TRY(json_parse(x->row, p->facts, NULL, &facts, why));
	if (!are_of_row(facts, p))
		problem(x, p, "facts", "its facts are those of another decision");
	TRY(evidence_documents(x->evidence, facts, &documents, pack, why));
	return agreement_judge(x->row, p->facts, &documents, ret, why);
}

/* ---- the whole ---- */

static enum err
look_at(struct replay *x, const struct past *p, struct why *why)
{
	struct judgement judged;
	struct why reason = { 0 };

	x->out->decisions++;
	if (p->record.ptr == NULL)
		problem(x, p, "facts", "the ledger has no record of it");
	else if (!are_of_record(x, p))
		problem(x, p, "facts", "its facts or its words are not those of the record");
	TRY(decide_once(x, p, why));
	enum err err = judge_again(x, p, &judged, &reason);

	if (err != OK) {
		gap(x, p, &reason);
		return OK;
	}
	compare_judged(x, p, &judged);
	if (x->again == NULL) {
		x->out->from_facts++;
		return OK;
	}
	x->out->from_content++;
	compare_again(x, p);
	return OK;
}

/* clang-format off */
#define PAST_ROWS                                                                                 \
	"SELECT d.leaf, d.place, d.source_id, d.version, d.recipient, d.agreement, d.outcome,"    \
	" d.preview_hash, d.inputs, d.facts, d.decision, d.nonce,"                                \
	" CASE WHEN LENGTH(r.salt) = 0 THEN s.entry ELSE r.record END FROM"                       \
	" (SELECT i.leaf, i.place, i.source_id, i.version, i.recipient, i.agreement, i.outcome,"  \
	" i.preview_hash, i.inputs, " WORDS_OF("facts", "i") " AS facts, "                        \
	WORDS_OF("decision", "i") " AS decision, i.nonce FROM release_item i UNION ALL"           \
	" SELECT leaf, place, source_id, version, recipient, agreement, outcome, preview_hash,"   \
	" inputs, facts, decision, nonce FROM decision_past) AS d"                                \
	" LEFT JOIN ledger_leaf l ON l.log = $1 AND l.leaf = d.leaf"                              \
	" LEFT JOIN ledger_record r ON r.log = $1 AND r.leaf = d.leaf AND r.place = d.place"      \
	" LEFT JOIN tombstone_record t ON t.leaf = d.leaf AND t.place = d.place"                  \
	" LEFT JOIN ledger_leaf s ON s.log = $1 AND s.leaf = t.said"
/* clang-format on */

static const char list_past[] =
    PAST_ROWS " WHERE COALESCE(l.at, $2) >= $2 ORDER BY d.leaf, d.place";
static const char one_past[] = PAST_ROWS " WHERE d.leaf = $2 AND d.place = $3";

static struct past
read_past(const struct db_rows *rows)
{
	const struct str none = { 0 };

	return (struct past){
		.leaf = db_col_i64(rows, 0),
		.place = db_col_i64(rows, 1),
		.source_id = db_col_text(rows, 2),
		.version = db_col_text(rows, 3),
		.recipient = db_col_text(rows, 4),
		.agreement = db_col_text(rows, 5),
		.outcome = db_col_text(rows, 6),
		.bytes_hash = db_col_blob(rows, 7),
		.inputs = db_col_blob(rows, 8),
		.facts = db_col_text(rows, 9),
		.decision = db_col_text(rows, 10),
		.nonce = db_col_blob(rows, 11),
		.record = db_col_type(rows, 12) == DB_NULL ? none : db_col_blob(rows, 12),
	};
}

static enum err
replay_rows(struct replay *x, struct db_rows *rows, struct why *why)
{
	bool has = false;

	for (;;) {
		TRY(db_next(rows, &has, why));
		if (!has)
			return OK;
		const struct past p = read_past(rows);

		TRY(look_at(x, &p, why));
		arena_clear(x->row);
	}
}

static enum err
replay_all(struct replay *x, time_us since, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(x->db, &rows, why, list_past, DB_T(x->origin), DB_I(since)));
	return replay_rows(x, &rows, why);
}

static enum err
replay_one(struct replay *x, const struct ledger_place *at, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select(x->db, &rows, why, one_past, DB_T(x->origin), DB_I((int64_t)at->leaf),
	    DB_I(at->place)));
	return replay_rows(x, &rows, why);
}

/* at NULL: all since an instant. */
static enum err
replay(struct db *db, const struct ledger_place *at, time_us since, struct release_replay *ret,
    struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(REPLAY_DOCUMENTS_MAX);
	CLEANUP(arena_freep) struct arena *row = arena_new(REPLAY_ROW_MAX);
	CLEANUP(arena_freep) struct arena *batch = arena_new(REPLAY_BATCH_MAX);
	struct evidence *e = arena_make(a, struct evidence, 1);

	*ret = (struct release_replay){ 0 };
	*e = (struct evidence){ .db = db, .arena = a, .bytes = batch };
	TRY(evidence_open(e, why));
	struct replay x = { .db = db, .evidence = e, .row = row, .batch = batch, .out = ret };
	TRY(store_setting_get(db, S("origin"), a, &x.origin, why));
	return at == NULL ? replay_all(&x, since, why) : replay_one(&x, at, why);
}

enum err
release_replay(const char *folder, time_us since, struct release_replay *ret, struct why *why)
{
	CLEANUP(db_closep) struct db *db = NULL;
	char path[REALM_PATH_MAX];
	struct db_config config = { .place = path, .read_only = true };

	TRY(realm_path(folder, "store.db", path, why));
	TRY(db_open(&config, &db, why));
	return replay(db, NULL, since, ret, why);
}

enum err
release_replay_one(struct db *db, const struct ledger_place *at, struct release_replay *ret,
    struct why *why)
{
	return replay(db, at, 0, ret, why);
}
