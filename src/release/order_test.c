#include "fixture_p.h"

struct preview {
	const struct agreement_decisions *all;
	struct agreement_request request;
};

static enum err
preview_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct preview *p = out;

	return release_preview(job, in, &p->all, &p->request, why);
}

static struct preview
preview(struct office *o, const struct release_ask *ask)
{
	struct preview p = { 0 };

	WORKS(o, office_try(o, preview_job, ask, &p));
	return p;
}

static const struct agreement_decision *
about(const struct agreement_decisions *all, struct office *o, unsigned n)
{
	const struct agreement_decision *d = agreement_decision_about(all, office_indicator(o, n));

	assert_non_null(d);
	return d;
}

/* ---- what an order writes ---- */

/* Counts everything that an order may write. */
static int64_t
written(struct office *o)
{
	return office_count(o, "SELECT (SELECT COUNT(*) FROM release_order)"
	                       " + (SELECT COUNT(*) FROM release_item)"
	                       " + (SELECT COUNT(*) FROM ledger_leaf)"
	                       " + (SELECT COUNT(*) FROM ledger_record)"
	                       " + (SELECT COUNT(*) FROM event) + (SELECT COUNT(*) FROM object)"
	                       " + (SELECT COUNT(*) FROM collection)");
}

static void
check_preview_writes_links(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "copy");
	struct release_send send = office_order(&o, 1, 2);
	int64_t before = written(&o);
	struct preview first = preview(&o, &send.ask);
	assert_int_equal(written(&o), before);
	assert_true(office_count(&o, "SELECT COUNT(*) FROM copy_link") >= 2);
	assert_int_equal(about(first.all, &o, 1)->outcome, OUTCOME_ALLOW);
	assert_int_equal(about(first.all, &o, 2)->outcome, OUTCOME_ALLOW_WITH_REDACTION);

	/* Looking again shows the same bytes. */
	int64_t links = office_count(&o, "SELECT COUNT(*) FROM copy_link");
	struct preview second = preview(&o, &send.ask);
	assert_true(str_eq(about(first.all, &o, 2)->bytes, about(second.all, &o, 2)->bytes));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM copy_link"), links);
}

static void
check_send(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "check");
	office_import(&o, 3, 1, "never");
	struct release_sent sent = office_send(&o, 1, 3);
	assert_int_equal(sent.released, 1 + NODE);
	assert_int_equal(sent.held, 1);
	assert_int_equal(sent.denied, 1);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_string_equal(office_item_state(&o, 2), "held");
	assert_string_equal(office_item_state(&o, 3), "denied");
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	assert_true(str_is(office_text(&o, "SELECT state FROM release_order"), "waiting"));
	/* Denials, too, are records of the leaf. */
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_record"), 3 + NODE);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM event WHERE name = 'release.sent'"),
	    1);
}

static void
check_changed_bytes(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	struct preview p = preview(&o, &send.ask);
	struct hash seen = hash_of(about(p.all, &o, 1)->bytes);
	send.expect = &seen;
	send.expected = 1;

	/* A newer version came between looking and sending. */
	office_import(&o, 1, 2, "");
	int64_t before = written(&o);
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_CONFLICT, "release.changed");
	assert_non_null(strstr(o.why.text, "preview again"));
	assert_int_equal(written(&o), before);

	send.expected = 2;
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_INVALID, "release.expected");
	p = preview(&o, &send.ask);
	seen = hash_of(about(p.all, &o, 1)->bytes);
	send.expected = 1;
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(sent.released, 1 + NODE);
}

static void
check_twice_in_one_order(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	o.id[send.ask.ids++] = o.id[0];
	struct preview p = preview(&o, &send.ask);
	struct hash seen = hash_of(about(p.all, &o, 1)->bytes);
	struct hash expect[] = { seen, seen };
	send.expect = expect;
	send.expected = 2;
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_int_equal(sent.released, 1 + NODE);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 1 + NODE);
}

/* ---- what is refused ---- */

static void
ask_stranger(struct release_send *s)
{
	s->ask.to = S("US:CISA");
}
static void
ask_party(struct release_send *s)
{
	s->ask.to = S("JP");
}
static void
ask_own_party(struct release_send *s)
{
	s->ask.to = S("IN:BANK");
}
static void
ask_purpose(struct release_send *s)
{
	s->ask.purpose = S("curiosity");
}
static void
ask_nothing(struct release_send *s)
{
	s->ask.ids = 0;
}
static void
ask_too_much(struct release_send *s)
{
	s->ask.ids = SELECTION_MAX + 1;
}
static void
ask_missing(struct release_send *s)
{
	static const struct str id = { "indicator--ffffffff-0000-4000-8000-000000000000", 47 };

	s->ask.id = &id;
}
static void
ask_late(struct release_send *s)
{
	s->ask.copy_time -= (PREVIEW_VALID_S + 1) * US_PER_S;
}
static void
ask_early(struct release_send *s)
{
	s->ask.copy_time += US_PER_S;
}

/* clang-format off */
static const struct refused_row {
	const char *name;
	void (*change)(struct release_send *);
	enum err err;
	const char *code;
} refused_table[] = {
	{ "an unknown recipient",      ask_stranger,  ERR_INVALID,   "release.recipient" },
	{ "a party, no organisation",  ask_party,     ERR_INVALID,   "release.recipient" },
	{ "an organisation of ours",   ask_own_party, ERR_INVALID,   "release.recipient" },
	{ "an unknown purpose",        ask_purpose,   ERR_INVALID,   "release.purpose" },
	{ "no object",                 ask_nothing,   ERR_INVALID,   "release.empty" },
	{ "more than one order takes", ask_too_much,  ERR_LIMIT,     "release.selection" },
	{ "a missing object",          ask_missing,   ERR_NOT_FOUND, "store.object" },
	{ "a preview of another hour", ask_late,      ERR_CONFLICT,  "release.preview-old" },
	{ "a preview of tomorrow",     ask_early,     ERR_CONFLICT,  "release.preview-old" },
};
/* clang-format on */

static void
check_refused(void **state)
{
	const struct refused_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	office_open(&o);
	office_import(&o, 1, 1, "");
	struct release_send send = office_order(&o, 1, 1);
	int64_t before = written(&o);
	row->change(&send);
	REFUSES(&o, office_try_send(&o, &send, &sent), row->err, row->code);
	assert_int_equal(written(&o), before);
}

/* An object of another organisation of our party decides ties; it does not leave by us. */
static void
check_other_owner(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_sql(&o, "UPDATE object SET owner = 'IN:BANK' WHERE object_id LIKE 'indicator--%'");
	struct release_send send = office_order(&o, 1, 1);
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_NOT_FOUND, "store.object");
}

/* Nothing is in force: all is denied, and that is recorded. */
static void
check_not_in_force(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "check");
	office_state(&o, STATEMENT_SUSPEND, "all");
	struct release_sent sent = office_send(&o, 1, 2);
	assert_int_equal(sent.denied, 2 + NODE);
	for (unsigned n = 1; n <= 2; n++) {
		const struct agreement_decision *d = about(sent.decisions, &o, n);

		assert_int_equal(d->outcome, OUTCOME_DENY);
		assert_true(str_is(d->code[0], "A-NOTINFORCE"));
	}
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_record"), 2 + NODE);
	assert_int_equal(office_count(&o, SHOWN "'%'"), 0);
}

/* The area alone: its own code. */
static void
check_area_suspended(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_state(&o, STATEMENT_SUSPEND, "CI");
	struct release_send send = office_order(&o, 1, 1);
	send.ask.area = S("CI");
	WORKS(&o, office_try_send(&o, &send, &sent));
	assert_true(str_is(about(sent.decisions, &o, 1)->code[0], "A-AREA-SUSPENDED"));
	assert_int_equal(office_send(&o, 1, 1).released, 1 + NODE);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_preview_writes_links);
	CASE(&list, check_send);
	CASE(&list, check_changed_bytes);
	CASE(&list, check_twice_in_one_order);
	CASES(&list, refused_table, check_refused);
	CASE(&list, check_other_owner);
	CASE(&list, check_not_in_force);
	CASE(&list, check_area_suspended);
	return cases_run("order", &list, argc, argv);
}
