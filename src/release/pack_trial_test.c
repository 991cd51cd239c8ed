#include "pack_trial.h"

#include "cases.h"
#include "fixture_p.h"

static const struct rule_pack *
pack_for(struct office *o, unsigned version, const char *label, const char *ruling)
{
	const struct rule_pack *pack = NULL;

	WORKS(o,
	    rule_pack_parse(o->arena, office_pack_text(o, version, label, ruling), &pack, &o->why));
	return pack;
}

static const struct pack_trial *
try_pack(struct office *o, const struct rule_pack *pack)
{
	struct pack_trial *out = arena_make(o->arena, struct pack_trial, 1);
	const struct pack_trial_ask ask = { .pack = pack,
		.of = { S("IN:CERT-IN"), S("main") },
		.since = clock_wall(&o->clock) - 90 * 86'400 * US_PER_S,
		.at = clock_wall(&o->clock) };

	WORKS(o, realm_pack_trial(o->realm, &ask, o->arena, out, &o->why));
	return out;
}

/* Everything that a trial could have changed. */
static int64_t
footprint(struct office *o)
{
	return office_count(o, "SELECT (SELECT COUNT(*) FROM copy_link) * 1000000"
	                       " + (SELECT COUNT(*) FROM ledger_leaf) * 10000"
	                       " + (SELECT COUNT(*) FROM release_item) * 100"
	                       " + (SELECT COUNT(*) FROM object)") +
	       office_count(o, "SELECT COUNT(*) FROM release_item WHERE state = 'released'");
}

static void
check_stricter(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "topology");
	office_import(&o, 2, 1, "plain");
	(void)office_send(&o, 1, 2);
	int64_t before = footprint(&o);
	const struct pack_trial *got = try_pack(&o, pack_for(&o, 2, "topology", "deny"));
	assert_int_equal(got->decisions, 3); /* with the identity of the node */
	assert_int_equal(got->from_content, 3);
	assert_int_equal(got->stricter, 1);
	assert_int_equal(got->looser, 0);
	assert_int_equal(got->shifts, 1);
	assert_true(str_eq(got->shift[0].source_id, office_indicator(&o, 1)));
	assert_int_equal(got->shift[0].before, OUTCOME_ALLOW);
	assert_int_equal(got->shift[0].after, OUTCOME_DENY);
	assert_true(str_is(got->shift[0].codes, "N-IN-R13"));
	assert_int_equal(footprint(&o), before);
	/* what is tried is not in force */
	assert_int_equal(office_tighten(&o).closed, 0);
	assert_string_equal(office_item_state(&o, 1), "released");
}

/* A rule that becomes looser names candidates, and releases nothing. */
static void
check_looser(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "topology");
	office_import(&o, 2, 1, "never");
	office_pack(&o, 1, "topology", "deny");
	(void)office_send(&o, 1, 2);
	assert_string_equal(office_item_state(&o, 1), "denied");
	const struct pack_trial *got = try_pack(&o, pack_for(&o, 2, "other", "deny"));
	assert_int_equal(got->looser, 1);
	assert_int_equal(got->stricter, 0);
	assert_int_equal(got->shift[0].after, OUTCOME_ALLOW);
	/* in force: nothing goes by itself, and the candidate is still one */
	office_pack(&o, 2, "other", "deny");
	assert_int_equal(office_tighten(&o).closed, 0);
	office_settle(&o);
	assert_string_equal(office_item_state(&o, 1), "denied");
	assert_int_equal(office_count(&o, SHOWN "'indicator%'"), 0);
	got = try_pack(&o, NULL);
	assert_int_equal(got->looser, 1);
	assert_true(str_eq(got->shift[0].source_id, office_indicator(&o, 1)));
	assert_true(str_is(got->shift[0].state, "denied"));
}

/* An approval that was given does not hide that another would be asked for now. */
static void
check_approvals(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "check");
	(void)office_send(&o, 1, 1);
	office_sql(&o, "UPDATE release_item SET state = 'released' WHERE state = 'held'");
	const struct pack_trial *got =
	    try_pack(&o, pack_for(&o, 2, "check", "hold\",\"approvals\":[\"legal\"],\"x_\":\""));
	assert_int_equal(got->stricter, 1);
	assert_int_equal(got->shift[0].before, OUTCOME_HOLD);
	assert_int_equal(got->shift[0].after, OUTCOME_HOLD);
}

/* When the content is gone, facts answer what they can, and nothing is guessed. */
static void
check_gone(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct rule_pack *pack = NULL;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "topology");
	office_pack(&o, 1, "topology", "deny");
	(void)office_send(&o, 1, 1);
	office_sql(&o, "DELETE FROM object WHERE object_id LIKE 'indicator%'");
	/* the same condition, milder: the facts know whether it held */
	const struct pack_trial *got = try_pack(&o, pack_for(&o, 2, "topology", "redact"));
	assert_int_equal(got->from_facts, 1);
	assert_int_equal(got->looser, 1);
	/* another condition: nobody knows what the labels were */
	got = try_pack(&o, pack_for(&o, 2, "other", "deny"));
	assert_int_equal(got->not_known, 1);
	assert_int_equal(got->looser, 0);
	/* a condition that facts alone answer */
	struct str text = arena_printf(o.arena,
	    "{\"type\":\"torana-rule-pack\",\"format\":1,\"id\":\"more\",\"version\":1,\"owner\":\"o\","
	    "\"review_on\":\"2027-05-01T00:00:00Z\",\"rules\":[{\"id\":\"R\",\"text\":\"t\","
	    "\"source\":\"s\",\"certainty\":\"H\",\"enabled\":true,\"from\":\"2014-01-16T00:00:00Z\","
	    "\"when\":{\"types\":[\"identity\"],\"to\":[\"JP\"]},\"ruling\":\"deny\","
	    "\"reason\":\"S-CONTENT\",\"shared\":\"S-CONTENT\"}]}");
	WORKS(&o, rule_pack_parse(o.arena, text, &pack, &o.why));
	got = try_pack(&o, pack);
	assert_int_equal(got->from_facts, 1);
	assert_int_equal(got->not_known, 0);
	assert_int_equal(got->stricter, 1); /* the node's identity */
}

/* Decisions of another organisation are not looked at, nor older ones. */
static void
check_bounds(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct pack_trial *out;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "topology");
	(void)office_send(&o, 1, 1);
	out = arena_make(o.arena, struct pack_trial, 1);
	struct pack_trial_ask ask = { .pack = pack_for(&o, 2, "topology", "deny"),
		.of = { S("IN:BANK"), S("main") },
		.at = clock_wall(&o.clock) };
	WORKS(&o, realm_pack_trial(o.realm, &ask, o.arena, out, &o.why));
	assert_int_equal(out->decisions, 0);
	ask.of = (struct compartment){ S("IN:CERT-IN"), S("defence") };
	WORKS(&o, realm_pack_trial(o.realm, &ask, o.arena, out, &o.why));
	assert_int_equal(out->decisions, 0);
	office_wait(&o, 100 * 86'400);
	assert_int_equal(try_pack(&o, ask.pack)->decisions, 0);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_stricter);
	CASE(&cases, check_looser);
	CASE(&cases, check_approvals);
	CASE(&cases, check_gone);
	CASE(&cases, check_bounds);
	return cases_run("pack_trial", &cases, argc, argv);
}
