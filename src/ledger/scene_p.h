/* scene_p.h: a log that was witnessed, for the tests of the audit. */
#pragma once

#include "pair_p.h"

/* jp has nine leaves, two of them batches of three records, under checkpoints
 * of 4 and 9 leaves; in has cosigned both and keeps them. */
struct scene {
	struct pair p;
	struct audit_request request;
	struct audit_report *report;
};

static inline void
scene_keep_head(struct scene *s)
{
	struct merkle_head head;

	WORKS(&s->p.in, ledger_witnessed(s->p.in.db, S("jp.example/real"), s->p.in.arena, &head,
	                    &s->request.head[s->request.heads], &s->p.in.why));
	s->request.heads++;
}

static inline void
scene_open(struct scene *s)
{
	*s = (struct scene){ .report = heap_new(sizeof(*s->report), 1) };
	pair_open(&s->p);
	fixture_append(&s->p.jp);
	assert_int_equal(fixture_batch(&s->p.jp, 3), 1);
	pair_grow(&s->p, 2);
	pair_cosign(&s->p, 0);
	scene_keep_head(s);
	assert_int_equal(fixture_batch(&s->p.jp, 3), 4);
	pair_grow(&s->p, 4);
	pair_cosign(&s->p, 4);
	scene_keep_head(s);
}

static inline void
scene_closep(struct scene *s)
{
	heap_free(s->report);
	pair_closep(&s->p);
}

static inline void
scene_audit(struct scene *s, bool with_heads)
{
	size_t heads = s->request.heads;

	s->request.db = s->p.jp.db;
	s->request.folder = s->p.jp.folder;
	s->request.origin = S("jp.example/real");
	s->request.log_key = s->p.jp.log_key;
	s->request.witness_keys = 1;
	s->request.witness_key[0] = s->p.in.witness_key;
	s->request.heads = with_heads ? heads : 0;
	WORKS(&s->p.jp, ledger_audit(&s->request, s->report, &s->p.jp.why));
	s->request.heads = heads;
}

static inline void
scene_show(const struct audit_report *r)
{
	for (size_t i = 0; i < r->problems && i < AUDIT_PROBLEMS_MAX; i++)
		print_message("%s: %s\n", r->problem[i].code, r->problem[i].what);
}

/* Exactly one problem, of this code and with this text. */
static inline void
scene_expect(const struct audit_report *r, const char *code, const char *what)
{
	if (r->problems != 1 || strcmp(r->problem[0].code, code) != 0 ||
	    strcmp(r->problem[0].what, what) != 0) {
		scene_show(r);
		fail_msg("wanted alone: %s: %s", code, what);
	}
}

static inline bool
scene_has(const struct audit_report *r, const char *code, const char *part)
{
	for (size_t i = 0; i < r->problems && i < AUDIT_PROBLEMS_MAX; i++) {
		if (strcmp(r->problem[i].code, code) == 0 &&
		    strstr(r->problem[i].what, part) != NULL)
			return true;
	}
	return false;
}

static inline void
scene_expect_among(const struct audit_report *r, const char *code, const char *part)
{
	if (!scene_has(r, code, part)) {
		scene_show(r);
		fail_msg("wanted: %s: ...%s...", code, part);
	}
}

static inline void
scene_change(struct scene *s, const char *sql)
{
	WORKS(&s->p.jp, db_run(s->p.jp.db, &s->p.jp.why, sql));
}
