/* judge_p.h: from facts to an outcome (private to agreement).
 *
 * The stages of docs/agreement.md look at the facts one after the other and
 * leave findings; the strictest finding is the outcome. */
#pragma once

#include "buf.h"
#include "facts_p.h"

enum {
	/* Enough for every category and a full pack; the outcome counts findings
	 * that found no place, too. */
	FINDINGS_MAX = 96,
	DUTIES_MAX = 32, /* obligations that bind one object */
};

/* In the order of strictness. */
enum effect {
	EFFECT_ALLOW, /* only cited */
	EFFECT_REDACT,
	EFFECT_HOLD,
	EFFECT_ROUTE,
	EFFECT_DENY,
};

struct finding {
	enum effect effect;
	struct str code;
	struct str shared; /* what the partner may see of it */
	struct str clause;
	struct str say;                  /* key of the sentence, when it is not the code's */
	const struct category *category; /* the rule cited, one of the two or none */
	const struct rule *rule;
	const struct rule_pack *pack;
	bool advises; /* before its date: only told */
};

struct verdict {
	enum effect effect;
	bool held;      /* approvals were asked for, given or not */
	bool overflown; /* a finding found no place: nothing is lifted */
	size_t findings;
	struct finding finding[FINDINGS_MAX];
	size_t approvals;
	struct str approval[APPROVERS_MAX];
	struct str route; /* of the first finding that routes */
	uint64_t review_hours;
	enum glass glass;
	size_t obligations;
	const struct obligation *obligation[DUTIES_MAX];
};

void judge(const struct facts *f, const struct documents *documents, struct verdict *ret);

enum outcome verdict_outcome(const struct verdict *v);

/* The codes of the findings, each once, strictest first; returns their number. */
size_t verdict_codes(const struct verdict *v, bool shared, struct str ret[CODES_MAX]);

/* Whether the part of a selector that needs no content holds; the other part,
 * the type among it, is known to. */
bool selector_holds(const struct selector *s, const struct facts *f,
    const struct documents *documents);

/* Whether it may hold when the predicates of these bits, purpose, area, ground
 * and number of persons are not known. */
bool selector_may_hold(const struct selector *s, const struct facts *f, uint64_t undecided,
    const struct documents *documents);

/* Whether the rules of a pack bind the one who releases. */
bool pack_binds(const struct rule_pack *pack, const struct facts *f,
    const struct documents *documents);

/* The JSON of a vector but for the object's name: objects that are alike share it. */
struct facts_frame {
	struct str before, after; /* ptr is NULL when the arena is full */
};
struct facts_frame facts_frame(struct arena *a, const struct facts *f,
    const struct documents *documents);

/* The JSON of the vector, canonical; ptr is NULL when the arena is full. */
struct str facts_text(struct arena *a, const struct facts *f, const struct facts_frame *frame,
    struct buf *scratch);

/* ERR_INVALID: no fact vector, or of another engine; ERR_CONFLICT: drawn under
 * other documents. */
enum err facts_read(struct arena *a, struct str text, const struct documents *documents,
    struct facts *ret, struct why *why);
