/* stages_p.h: the stages of a judgement, in their order (private to agreement). */
#pragma once

#include "judge_p.h"

struct judging {
	const struct facts *f;
	const struct agreement *g;
	const struct documents *documents;
	const struct organisation *to;
	const struct party *to_party;
	const struct party *from_party;
	struct verdict *v;
};

/* Returns false when what follows has no meaning any more: only the last stage,
 * the record, is left then. */
typedef bool stage_fn(struct judging *j);

struct stage {
	const char *name;
	stage_fn *run;
};

extern const struct stage stages[];
extern const size_t stages_count;

/* Adds what a stage found; a finding of the gate itself, which both sides may see. */
void find(struct judging *j, const struct finding *finding);
void find_own(struct judging *j, enum effect effect, const char *code, struct str clause);

/* Adds approvals that are waited for; needs are bits of enum need. */
void find_approval(struct judging *j, struct str approval);
void find_needs(struct judging *j, unsigned needs);

/* The approvals are all there: what they were asked for is lifted. */
void lift_holds(struct verdict *v);

/* Whether an officer asks, under a condition that the agreement knows, to pass
 * over what can be passed over. */
bool is_glass_broken(const struct judging *j);

/* A purpose that courts have a channel of their own for. */
bool is_evidence(struct str purpose);

/* The part of stage 3 for what is published. */
bool check_publication(struct judging *j);

static inline bool
is_public(const struct facts *f)
{
	return str_is(f->to, "PUBLIC");
}

stage_fn stage_bars;
stage_fn stage_originator;
stage_fn stage_marking;
stage_fn stage_terms;
stage_fn stage_packs;
stage_fn stage_redaction;
stage_fn stage_obligations;
stage_fn stage_approvals;
