#include "pack_trial.h"

#include "channel_p.h"
#include "claims_p.h"
#include "decisions_p.h"
#include "gather_p.h"
#include "pack_swap.h"
#include "words_p.h"

enum {
	CHUNK = 128,                  /* decisions between two other writers */
	CHUNK_ARENA_MAX = 1024 * MIB, /* one decision with its surroundings; emptied after each */
};

struct past {
	struct str order_id;
	int64_t ordinal;
	struct str source_id, version, recipient, purpose, area, agreement, state, facts;
	enum outcome outcome;
	struct str needed; /* approvals, separated by ' ' */
	struct release_ask claims;
	uint64_t persons; /* as counted by the officer; 0: not counted */
	enum channel channel;
	struct str person; /* fingerprint of the card; empty: sealed for nobody */
	time_us copy_time;
	int64_t leaf; /* what the recipient had until then was counted on */
};

/* One trial, over all its chunks. */
struct trying {
	struct realm *realm;
	const struct pack_trial_ask *ask;
	struct arena *kept;
	struct pack_trial *out;
	int64_t next_leaf, next_place; /* the chunk goes on below these */
	bool done;
};

static const char list_past[] =
    "SELECT i.order_id, i.ordinal, i.source_id, i.version, i.recipient, o.purpose, o.area,"
    " i.agreement, i.state, " WORDS_OF("facts",
        "i") ", i.outcome, i.approvals_needed, o.channel, o.copy_time, i.leaf,"
             " i.place, o.person, i.persons, " ORDER_SEEN ", " ORDER_CLAIMS
             " FROM release_item i JOIN release_order o ON o.order_id = i.order_id"
             " WHERE " COMPARTMENT_HAS("o", "$1",
                 "$2") " AND i.changed_at >= $3"
                       " AND (i.leaf < $4 OR (i.leaf = $4 AND i.place < $5))"
                       " ORDER BY i.leaf DESC, i.place DESC LIMIT $6";

static enum err
read_past(const struct trying *t, const struct release_job *job, struct past *ret, size_t *ret_len,
    struct trying *next, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = job->arena;
	bool has = false;

	TRY(db_select(job->db, &rows, why, list_past, DB_T(t->ask->of.organisation),
	    DB_T(t->ask->of.enclaves), DB_I(t->ask->since), DB_I(t->next_leaf), DB_I(t->next_place),
	    DB_I(CHUNK)));
	for (*ret_len = 0;; ++*ret_len) {
		struct past *p = &ret[*ret_len];

		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		*p = (struct past){
			.order_id = arena_str(a, db_col_text(&rows, 0)),
			.ordinal = db_col_i64(&rows, 1),
			.source_id = arena_str(a, db_col_text(&rows, 2)),
			.version = arena_str(a, db_col_text(&rows, 3)),
			.recipient = arena_str(a, db_col_text(&rows, 4)),
			.purpose = arena_str(a, db_col_text(&rows, 5)),
			.area = arena_str(a, db_col_text(&rows, 6)),
			.agreement = arena_str(a, db_col_text(&rows, 7)),
			.state = arena_str(a, db_col_text(&rows, 8)),
			.facts = arena_str(a, db_col_text(&rows, 9)),
			.needed = arena_str(a, db_col_text(&rows, 11)),
			.channel = channel_read(db_col_text(&rows, 12)),
			.person = arena_str(a, db_col_text(&rows, 16)),
			.copy_time = db_col_i64(&rows, 13),
			.persons = (uint64_t)db_col_i64(&rows, 17),
			.leaf = db_col_i64(&rows, 18),
		};
		if (!outcome_parse(db_col_text(&rows, 10), &p->outcome))
			p->outcome = OUTCOME_DENY;
		next->next_leaf = db_col_i64(&rows, 14);
		next->next_place = db_col_i64(&rows, 15);
		claims_read(&rows, 19, a, &p->claims);
	}
}

/* ---- one decision, twice ---- */

static struct judgement
judgement_of(const struct agreement_decision *d)
{
	struct judgement j = { .outcome = d->outcome,
		.codes = d->codes,
		.approvals = d->approvals };

	memcpy(j.code, d->code, sizeof(j.code));
	memcpy(j.approval, d->approval, sizeof(j.approval));
	return j;
}

/* What was decided then: the answer of the time, with what it waited for. */
static struct judgement
judgement_then(const struct past *p)
{
	struct judgement j = { .outcome = p->outcome };
	struct str rest = p->needed;

	if (p->needed.len > 0)
		j.outcome = OUTCOME_HOLD; /* also when it was approved since */
	while (rest.len > 0 && j.approvals < APPROVERS_MAX)
		j.approval[j.approvals++] = str_split(&rest, ' ');
	return j;
}

/* The active packs with the one on trial in its place. */
static enum err
swap_packs(const struct trying *t, size_t *len, const struct rule_pack *pack[PACKS_MAX],
    struct why *why)
{
	size_t i = 0;

	if (t->ask->pack == NULL)
		return OK;
	while (i < *len && !str_eq(pack[i]->id, t->ask->pack->id))
		i++;
	if (i == PACKS_MAX)
		return fail(why, ERR_LIMIT, "pack.many", "%d other rule packs are active",
		    PACKS_MAX);
	pack[i] = t->ask->pack;
	if (i == *len)
		++*len;
	return OK;
}

static enum err
from_content(const struct trying *t, const struct release_job *job, const struct past *p,
    struct judgement ret[2], struct why *why)
{
	struct release_ask ask = p->claims;
	const struct release_count count = { p->source_id, p->persons };
	struct gather in = {
		.job = job,
		.ask = &ask,
		.agreement = p->agreement,
		.as_of_leaf = p->leaf,
	};
	struct agreement_request request;
	const struct agreement_decisions *all = NULL;

	ask.to = p->recipient;
	ask.purpose = p->purpose;
	ask.area = p->area;
	ask.channel = p->channel;
	ask.person = p->person;
	ask.ids = 1;
	ask.id = &p->source_id;
	ask.copy_time = p->copy_time;
	ask.mode = BUNDLE_PARTIAL; /* it is asked about alone */
	ask.counts = 1;
	ask.count = &count;
	TRY(gather_request(&in, &request, why));
	request.poc_failed = 0; /* of today */
	struct agreement_item *item = (struct agreement_item *)(uintptr_t)request.item;
	for (size_t i = 0; i < request.items; i++) {
		item[i].selected = str_eq(item[i].object.id, p->source_id);
		item[i].approved = false;
		if (item[i].selected && !str_eq(item[i].version, p->version))
			return fail(why, ERR_NOT_FOUND, "trial.version",
			    "another version is here now");
	}
	TRY(agreement_decide(job->arena, &request, &all, why));
	ret[0] = judgement_of(&all->decision[0]);
	TRY(swap_packs(t, &request.packs, request.pack, why));
	TRY(agreement_decide(job->arena, &request, &all, why));
	ret[1] = judgement_of(&all->decision[0]);
	return OK;
}

static const struct agreement *
agreement_of(const struct gate *g, struct str id)
{
	for (size_t i = 0; i < g->agreements; i++) {
		if (str_eq(g->standing[i]->agreement->id, id))
			return g->standing[i]->agreement;
	}
	return NULL;
}

static enum err
from_facts(const struct trying *t, const struct release_job *job, const struct past *p,
    struct judgement ret[2], struct why *why)
{
	const struct gate *g = job->gate;
	const struct rule_pack *pack[PACKS_MAX];
	struct documents before = { .agreement = agreement_of(g, p->agreement),
		.packs = g->packs,
		.pack = g->pack };
	struct documents after = { .agreement = before.agreement, .packs = g->packs, .pack = pack };
	const struct pack_swap swap = { &before, &after, t->ask->at };
	struct swapped swapped = { 0 };

	memcpy(pack, g->pack, sizeof(pack));
	TRY(swap_packs(t, &after.packs, pack, why));
	TRY(agreement_judge_swapped(job->arena, p->facts, &swap, &swapped, why));
	if (!swapped.known)
		return fail(why, ERR_NOT_FOUND, "trial.facts", "the facts do not say it");
	ret[0] = swapped.before;
	ret[1] = swapped.after;
	return OK;
}

/* ---- what came of it ---- */

static struct str
codes_of(struct arena *a, const struct judgement *j)
{
	struct str all = S("");

	for (size_t i = 0; i < j->codes; i++)
		all = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(all), i > 0 ? " " : "",
		    STR_ARG(j->code[i]));
	return all;
}

static void
add_shift(const struct trying *t, const struct past *p, const struct judgement j[2], int way)
{
	struct pack_trial *out = t->out;
	struct arena *a = t->kept;

	out->stricter += way > 0;
	out->looser += way < 0;
	if (way == 0 || out->shifts == PACK_SHIFTS_MAX)
		return;
	out->shift[out->shifts++] = (struct pack_shift){
		.order_id = arena_str(a, p->order_id),
		.ordinal = p->ordinal,
		.source_id = arena_str(a, p->source_id),
		.version = arena_str(a, p->version),
		.recipient = arena_str(a, p->recipient),
		.state = arena_str(a, p->state),
		.before = j[0].outcome,
		.after = j[1].outcome,
		.codes = codes_of(a, &j[1]),
		.way = way,
	};
}

/* A decision that cannot be made any more is counted, and none is guessed. */
static bool
is_gone(enum err err)
{
	return err == ERR_NOT_FOUND || err == ERR_INVALID || err == ERR_CONFLICT;
}

static enum err
try_one(const struct trying *t, const struct release_job *job, const struct past *p,
    struct why *why)
{
	struct judgement j[2];
	enum err err = from_content(t, job, p, j, why);

	t->out->decisions++;
	if (err == OK) {
		t->out->from_content++;
	} else if (is_gone(err)) {
		err = from_facts(t, job, p, j, why);
		if (is_gone(err))
			t->out->not_known++;
		else
			t->out->from_facts += err == OK;
	}
	if (err != OK)
		return is_gone(err) ? OK : err;
	if (t->ask->pack == NULL)
		j[0] = judgement_then(p);
	add_shift(t, p, j, judgement_cmp(&j[1], &j[0]));
	return OK;
}

/* In a transaction that is never committed: gathering makes links for copies. */
static enum err
try_chunk(struct db *db, void *arg, struct why *why)
{
	struct trying *t = arg;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(t->realm);
	CLEANUP(arena_freep) struct arena *list = arena_new(CHUNK_ARENA_MAX);
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct past *past = arena_make(list, struct past, CHUNK + 1);
	struct release_job job = { .db = db,
		.arena = list,
		.ledger = realm_ledger(t->realm),
		.gate = gate_of(gate),
		.at = t->ask->at };
	size_t n = 0;

	if (past == NULL)
		return fail(why, ERR_LIMIT, "trial.memory", "no memory is left");
	TRY(db_begin(db, &txn, why));
	TRY(read_past(t, &job, past, &n, t, why));
	for (size_t i = 0; i < n; i++) {
		CLEANUP(arena_freep) struct arena *scratch = arena_new(CHUNK_ARENA_MAX);

		job.arena = scratch;
		TRY(try_one(t, &job, &past[i], why));
	}
	t->done = n < CHUNK;
	return OK;
}

enum err
realm_pack_trial(struct realm *r, const struct pack_trial_ask *ask, struct arena *a,
    struct pack_trial *ret, struct why *why)
{
	struct trying t = { .realm = r, .ask = ask, .kept = a, .out = ret, .next_leaf = INT64_MAX };

	*ret = (struct pack_trial){ 0 };
	while (!t.done && ret->decisions < PACK_TRIAL_MAX)
		TRY(realm_with_writer(r, try_chunk, &t, why));
	ret->more = !t.done;
	return OK;
}
