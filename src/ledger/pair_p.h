/* pair_p.h: two nodes for the tests of this module; jp grows a log, in witnesses
 * it. */
#pragma once

#include "fixture_p.h"

struct pair {
	struct fixture jp, in;
};

static inline void
pair_open(struct pair *p)
{
	fixture_open_as(&p->jp, "jp.example/real", 1);
	fixture_open_as(&p->in, "in.example/real", 3);
}

static inline void
pair_closep(struct pair *p)
{
	fixture_closep(&p->jp);
	fixture_closep(&p->in);
}

static inline struct str
pair_request_from(struct pair *p, uint64_t old_size)
{
	struct str request = { 0 };

	WORKS(&p->jp, ledger_witness_request(p->jp.ledger, p->jp.db, old_size, p->jp.arena,
	                  &request, &p->jp.why));
	return request;
}

static inline struct witness_answer
pair_ask(struct pair *p, struct str request)
{
	const struct witness_ask ask = { &p->jp.log_key, request, clock_wall(&p->in.clock) };
	struct witness_answer answer = { 0 };

	WORKS(&p->in,
	    ledger_witness(p->in.ledger, p->in.db, &ask, p->in.arena, &answer, &p->in.why));
	return answer;
}

static inline void
pair_grow(struct pair *p, size_t leaves)
{
	for (size_t i = 0; i < leaves; i++)
		fixture_append(&p->jp);
	fixture_publish(&p->jp);
}

/* Cosigned up to here. */
static inline void
pair_cosign(struct pair *p, uint64_t old_size)
{
	struct witness_answer answer = pair_ask(p, pair_request_from(p, old_size));

	assert_int_equal(answer.status, 200);
	const struct ledger_cosignature c = {
		.witness = &p->in.witness_key,
		.size = answer.size,
		.lines = answer.text,
		.at = FIXTURE_AT,
	};
	WORKS(&p->jp, ledger_cosigned(p->jp.ledger, p->jp.db, &c, &p->jp.why));
}

/* Starts the log of jp again with other leaves and the same key. */
static inline void
pair_rewrite(struct pair *p, size_t leaves)
{
	static const char *const all[] = { "DELETE FROM ledger_checkpoint",
		"DELETE FROM ledger_leaf", "DELETE FROM ledger_record", "DELETE FROM ledger_head",
		"DELETE FROM ledger_cosignature" };

	for (size_t i = 0; i < COUNTOF(all); i++)
		WORKS(&p->jp, db_run(p->jp.db, &p->jp.why, all[i]));
	files_remove(p->jp.folder, "log/checkpoint");
	fixture_stop(&p->jp);
	fixture_connect(&p->jp);
	WORKS(&p->jp, fixture_start(&p->jp));
	fixture_batch(&p->jp, 1);
	pair_grow(p, leaves - 1);
}
