/* release_cmd_p.h: the verbs of `torana release` that have files of their own
 * (private to cli): decision_cmd.c, hold_cmd.c. */
#pragma once

#include "cli.h"
#include "message_p.h"

/* decision_cmd.c: one decision in its lines, and those that were made. */
enum { EXPLAIN_OPTIONS = 4, DECISIONS_OPTIONS = 8 };
extern const struct cli_option explain_options[EXPLAIN_OPTIONS];
extern const struct cli_option decisions_options[DECISIONS_OPTIONS];
/* The table of a preview and what its selection leaves out; returns the exit code. */
int print_preview(struct cli *c, const struct json *answer);
int run_explain(struct cli *c);
int run_decisions(struct cli *c);
int run_decision(struct cli *c);

/* hold_cmd.c: what waits, and the reviews of emergencies.  --reason is of a refusal. */
enum { VERDICT_OPTIONS = 3, REVIEW_OPTIONS = 2 };
extern const struct cli_option verdict_options[VERDICT_OPTIONS];
extern const struct cli_option review_options[REVIEW_OPTIONS];
int run_holds(struct cli *c);
int run_verdict(struct cli *c);
int run_reviews(struct cli *c);
int run_review(struct cli *c);
