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

/* Returns false when what follows has no meaning any more. */
typedef bool stage_fn(struct judging *j);

struct stage {
	const char *name;
	stage_fn *run;
};

extern const struct stage stages[];
extern const size_t stages_count;

/* Adds what a stage found. */
void find(struct judging *j, const struct finding *finding);

/* Adds an approval that is waited for. */
void find_approval(struct judging *j, struct str approval);

stage_fn stage_categories;
stage_fn stage_packs;
