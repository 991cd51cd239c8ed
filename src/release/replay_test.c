#include "replay.h"

#include "decided_p.h"
#include "verified_p.h"

/* clang-format off */
#define OF_1 " WHERE source_id LIKE 'indicator%1'"
static const struct replay_row {
	const char *name;
	const char *sql;
	uint64_t content, facts, never;
	const char *code; /* of a problem; "" none */
	const char *what;
} replay_table[] = {
	{ "as it was", "UPDATE object SET withdrawn_at = withdrawn_at", OFFICE_DECIDED, 0, 0, "", "" },
	{ "content is gone", "UPDATE object SET raw = CAST('' AS {blob}) WHERE object_id LIKE 'indicator%1'",
	  1, OFFICE_OF_ONE_ORDER, 0, "", "" },
	{ "all content is gone", "DELETE FROM object", 0, OFFICE_DECIDED, 0, "", "" },
	{ "inputs were not kept", "DELETE FROM decision_inputs", 0, OFFICE_DECIDED, 0, "", "" },
	{ "a row of before inputs were kept", "UPDATE release_item SET inputs = CAST('' AS {blob})" OF_1,
	  OFFICE_DECIDED - 1, 1, 0, "facts", "not those of the record" },
	{ "the rules are gone", "DELETE FROM rule_pack", 0, 0, OFFICE_DECIDED, "", "" },
	{ "the agreement is gone", "DELETE FROM agreement", 0, 0, OFFICE_DECIDED, "", "" },
	{ "an older engine's facts",
	  "UPDATE release_item SET facts = replace(facts, '\"engine\":', '\"engine\":9')" OF_1,
	  OFFICE_DECIDED - 1, 0, 1, "facts", "not those of the record" },
	{ "swapped rules",
	  "UPDATE rule_pack SET body = CAST(replace(body, 'deny', 'hold') AS {blob})",
	  0, 0, OFFICE_DECIDED, "", "" },
	{ "swapped rules under their own hash",
	  "UPDATE rule_pack SET hash = (SELECT MAX(preview_hash) FROM release_item)",
	  0, 0, OFFICE_DECIDED, "", "" },
	{ "outcome rewritten", "UPDATE release_item SET outcome = 'ALLOW' WHERE source_id LIKE 'indicator%4'",
	  OFFICE_DECIDED, 0, 0, "replay", "the outcome is another" },
	{ "outcome rewritten in both places",
	  "UPDATE release_item SET outcome = 'ALLOW', decision = replace(decision, 'DENY', 'ALLOW')"
	  " WHERE source_id LIKE 'indicator%4'",
	  OFFICE_DECIDED, 0, 0, "replay", "the outcome is another" },
	{ "reasons rewritten",
	  "UPDATE release_item SET decision = replace(decision, 'V-VICTIM', 'D-CATEGORY')"
	  " WHERE source_id LIKE 'indicator%2'",
	  OFFICE_DECIDED, 0, 0, "replay", "the reasons are others" },
	{ "explanation rewritten",
	  "UPDATE release_item SET decision = replace(decision, '\"why\":[', '\"why\":[\"Because.\",')" OF_1,
	  OFFICE_DECIDED, 0, 0, "facts", "not those of the record" },
	{ "facts rewritten",
	  "UPDATE release_item SET facts = replace(facts, 'GREEN', 'CLEAR')" OF_1,
	  OFFICE_DECIDED, 0, 0, "replay", "the facts are others" },
	{ "facts of another decision",
	  "UPDATE release_item SET facts = (SELECT facts FROM release_item WHERE source_id LIKE 'indicator%2')" OF_1,
	  OFFICE_DECIDED, 0, 0, "facts", "those of another decision" },
	{ "facts of another agreement",
	  "UPDATE release_item SET agreement = 'XY'" OF_1, OFFICE_DECIDED, 0, 0, "facts", "those of another decision" },
	{ "bytes of another decision",
	  "UPDATE release_item SET preview_hash = nonce" OF_1, OFFICE_DECIDED, 0, 0, "replay", "other bytes would leave" },
	{ "inputs altered",
	  "UPDATE decision_inputs SET body = CAST(replace(body, 'incident-response', 'prevention') AS {blob})",
	  0, OFFICE_DECIDED, 0, "inputs", "not the one that was kept" },
	{ "inputs of another decision",
	  "UPDATE release_item SET inputs = (SELECT MAX(p.inputs) FROM release_item p WHERE p.source_id LIKE 'indicator%3')" OF_1,
	  OFFICE_DECIDED, 0, 0, "replay", "there is no decision about this object" },
	{ "a record that is gone", "DELETE FROM ledger_record WHERE place = 1",
	  OFFICE_DECIDED, 0, 0, "facts", "the ledger has no record" },
	{ "a hold that was rewritten", "UPDATE decision_past SET outcome = 'DENY'",
	  OFFICE_DECIDED, 0, 0, "replay", "the outcome is another" },
};
/* clang-format on */

static void
check_replay(void **state)
{
	const struct replay_row *row = *state;
	CLEANUP(office_closep) struct office o;

	(void)office_open_decided(&o);
	office_sql(&o, row->sql);
	const struct release_replay *r = office_replay(&o, 0);
	size_t found = 0;

	for (size_t i = 0; i < r->report.problems; i++) {
		if (strcmp(r->report.problem[i].code, row->code) == 0 &&
		    strstr(r->report.problem[i].what, row->what) != NULL)
			found++;
	}
	if ((row->code[0] == '\0') != (r->report.problems == 0) ||
	    (row->code[0] != '\0' && found == 0))
		fail_msg("%zu problems, first: %s %s", r->report.problems,
		    r->report.problem[0].code, r->report.problem[0].what);
	assert_int_equal(r->decisions, OFFICE_DECIDED);
	assert_int_equal(r->from_content, row->content);
	assert_int_equal(r->from_facts, row->facts);
	assert_int_equal(r->not_replayable, row->never);
	assert_int_equal(r->gaps, row->never);
}

static void
test_since(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	(void)office_open_decided(&o);
	assert_int_equal(office_replay(&o, clock_wall(&o.clock))->decisions, 1);
	assert_int_equal(office_replay(&o, clock_wall(&o.clock) + 1)->decisions, 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, replay_table, check_replay);
	CASE(&list, test_since);
	return cases_run("replay", &list, argc, argv);
}
