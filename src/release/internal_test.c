#include "internal.h"

#include "internal_fixture_p.h"

/* ---- the rule ---- */

/* clang-format off */
static const struct rule_case {
	const char *name;
	struct internal_facts facts;
	enum internal_answer want;
} rule_cases[] = {
	{ "CLEAR to another organisation",        { .tlp = TLP_CLEAR }, INTERNAL_SHOW },
	{ "GREEN to another organisation",        { .tlp = TLP_GREEN }, INTERNAL_SHOW },
	{ "AMBER to another needs a second word", { .tlp = TLP_AMBER }, INTERNAL_SECOND },
	{ "AMBER+STRICT stays inside",            { .tlp = TLP_AMBER_STRICT }, INTERNAL_STRICT },
	{ "RED stays with persons",               { .tlp = TLP_RED }, INTERNAL_RED },
	{ "no marking stays inside",              { .tlp = TLP_NONE }, INTERNAL_UNMARKED },
	{ "AMBER+STRICT to another enclave",      { .within = true, .tlp = TLP_AMBER_STRICT }, INTERNAL_SHOW },
	{ "no marking, to another enclave",       { .within = true, .tlp = TLP_NONE }, INTERNAL_SHOW },
	{ "RED to another enclave",               { .within = true, .tlp = TLP_RED }, INTERNAL_RED },
	{ "an unknown marking beside CLEAR",      { .tlp = TLP_CLEAR, .unknown_marking = true }, INTERNAL_UNKNOWN },
	{ "an unknown marking, another enclave",  { .within = true, .tlp = TLP_GREEN, .unknown_marking = true }, INTERNAL_UNKNOWN },
	{ "classified, marked CLEAR",             { .within = true, .tlp = TLP_CLEAR, .classified = true }, INTERNAL_CLASSIFIED },
	{ "received CLEAR is everybody's",        { .tlp = TLP_CLEAR, .received = true, .onward = ONWARD_DENY }, INTERNAL_SHOW },
	{ "received GREEN, not allowed",          { .tlp = TLP_GREEN, .received = true, .onward = ONWARD_DENY }, INTERNAL_ORIGINATOR },
	{ "received GREEN, to be asked",          { .tlp = TLP_GREEN, .received = true, .onward = ONWARD_ASK }, INTERNAL_ORIGINATOR },
	{ "received GREEN, allowed",              { .tlp = TLP_GREEN, .received = true, .onward = ONWARD_ALLOW }, INTERNAL_SECOND },
	{ "received AMBER, allowed",              { .tlp = TLP_AMBER, .received = true, .onward = ONWARD_ALLOW }, INTERNAL_SECOND },
	{ "received AMBER+STRICT, allowed",       { .tlp = TLP_AMBER_STRICT, .received = true, .onward = ONWARD_ALLOW }, INTERNAL_STRICT },
	{ "received AMBER, another enclave",      { .within = true, .tlp = TLP_AMBER, .received = true, .onward = ONWARD_DENY }, INTERNAL_SHOW },
	{ "received without a marking, allowed",  { .received = true, .onward = ONWARD_ALLOW }, INTERNAL_UNMARKED },
};
/* clang-format on */

static void
check_rule(void **state)
{
	const struct rule_case *c = *state;

	assert_int_equal(internal_judge(&c->facts), c->want);
}

#define LEAVES "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'internal'"

/* ---- showing and withdrawing ---- */

static void
check_shown(void **)
{
	CLEANUP(office_closep) struct office o;

	open_party(&o);
	assert_false(sees(&o, &bank, 1));
	struct shown s = show(&o, 1, &bank);
	assert_false(s.waits);
	assert_true(sees(&o, &bank, 1));
	assert_false(sees(&o, &bank, 2));
	assert_false(sees(&o, &defence, 1));
	assert_int_equal(events_of(&o, &own, "internal.shown"), 1);
	assert_int_equal(events_of(&o, &bank, "internal.shown"), 1);
	assert_int_equal(events_of(&o, &defence, "internal.shown"), 0);
	assert_int_equal(office_count(&o, LEAVES), 1);

	const struct internal_step end = step(s.id, "meera");
	WORKS(&o, office_try(&o, withdraw_job, &end, NULL));
	assert_false(sees(&o, &bank, 1));
	assert_true(sees(&o, &own, 1));
	assert_int_equal(events_of(&o, &bank, "internal.withdrawn"), 1);
	assert_int_equal(office_count(&o, LEAVES), 2);
	REFUSES(&o, office_try(&o, withdraw_job, &end, NULL), ERR_CONFLICT, "internal.state");
	/* It may be shown again. */
	(void)show(&o, 1, &bank);
	assert_true(sees(&o, &bank, 1));
}

#define HINT "marking-definition--00000000-0000-4000-8000-0000000000aa"

/* What a feed says that a marking means does not count for ours: it stays unknown. */
static void
check_explained_by_feed(void **)
{
	CLEANUP(office_closep) struct office o;

	open_party(&o);
	office_import_marked(&o, 3, 1, "", GREEN "\",\"" HINT);
	office_import_marked(&o, 4, 1, "", GREEN "\",\"" HINT);
	const struct internal_show before = wish(&o, 3, &bank), after = wish(&o, 4, &bank);
	struct shown s = { 0 };
	REFUSES(&o, office_try(&o, show_job, &before, &s), ERR_FORBIDDEN, "internal.marking");
	office_import_text(&o,
	    S("{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" HINT "\","
	      "\"created\":\"2026-01-01T00:00:00.000Z\",\"definition_type\":\"statement\","
	      "\"definition\":{\"statement\":\"for all\"}}"),
	    S("IN:CERT-IN"));
	(void)show(&o, 3, &bank);
	assert_true(sees(&o, &bank, 3));
	office_sql(&o, "INSERT INTO collection (shard_key, id, alias, kind, title, description, "
	               "owner, enclave, recipient, agreement, giver, can_write) SELECT 900, 'x', "
	               "'feed-x', kind, title, '', owner, enclave, '', '', '', 0 FROM collection "
	               "WHERE alias = 'local'");
	office_sql(&o, "INSERT INTO feed_address (shard_key, url, api_root, collection)"
	               " VALUES (900, '', '', '')");
	office_sql(&o, "UPDATE object SET shard_key = 900 WHERE object_id = '" HINT "'");
	REFUSES(&o, office_try(&o, show_job, &after, &s), ERR_FORBIDDEN, "internal.marking");
	assert_false(sees(&o, &bank, 4));
}

/* A newer version was looked at by nobody. */
static void
check_newer(void **)
{
	CLEANUP(office_closep) struct office o;

	open_party(&o);
	(void)show(&o, 1, &bank);
	office_import_marked(&o, 1, 2, "", AMBER);
	assert_false(sees(&o, &bank, 1));
	assert_string_equal(rows_of(&o, &own).row[0].state, "outdated");
	assert_int_equal(rows_of(&o, &bank).len, 0);
	struct shown s = show(&o, 1, &bank);
	assert_true(s.waits);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM internal_release WHERE withdrawn_at = 0"),
	    1);
}

static void
check_waits(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s;

	open_party(&o);
	s = show(&o, 2, &bank);
	assert_true(s.waits);
	assert_false(sees(&o, &bank, 2));
	assert_int_equal(rows_of(&o, &bank).len, 0);
	assert_int_equal(events_of(&o, &bank, "internal.waiting"), 0);
	const struct internal_step stranger = step(s.id, "gita"), officer = step(s.id, "meera");
	REFUSES(&o, office_try(&o, approve_job, &stranger, NULL), ERR_NOT_FOUND,
	    "internal.unknown");
	REFUSES(&o, office_try(&o, approve_job, &officer, NULL), ERR_FORBIDDEN, "release.role");
	const struct internal_step second = step(s.id, "kiran");
	WORKS(&o, office_try(&o, approve_job, &second, NULL));
	assert_true(sees(&o, &bank, 2));
	assert_int_equal(events_of(&o, &bank, "internal.shown"), 1);
	REFUSES(&o, office_try(&o, approve_job, &second, NULL), ERR_CONFLICT, "internal.state");
	assert_int_equal(office_count(&o, LEAVES), 2);
}

/* Officer and approver in one person is one person. */
static void
check_four_eyes(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	struct internal_show by_arjun = wish(&o, 2, &bank);
	by_arjun.account = S("arjun");
	WORKS(&o, office_try(&o, show_job, &by_arjun, &s));
	const struct internal_step arjun = step(s.id, "arjun"), kiran = step(s.id, "kiran");
	REFUSES(&o, office_try(&o, approve_job, &arjun, NULL), ERR_FORBIDDEN, "internal.four-eyes");
	office_import_marked(&o, 2, 2, "", AMBER);
	REFUSES(&o, office_try(&o, approve_job, &kiran, NULL), ERR_CONFLICT, "internal.changed");
	assert_false(sees(&o, &bank, 2));
	WORKS(&o, office_try(&o, withdraw_job, &kiran, NULL));
	assert_int_equal(events_of(&o, &bank, "internal.withdrawn"), 0);
}

/* What a reader is told of a showing, and what not. */
static void
check_rows(void **)
{
	CLEANUP(office_closep) struct office o;

	open_party(&o);
	(void)show(&o, 1, &bank);
	struct internal_rows given = rows_of(&o, &own), taken = rows_of(&o, &bank);
	assert_int_equal(given.len, 1);
	assert_true(given.row[0].ours);
	assert_true(str_is(given.row[0].account, "meera"));
	assert_string_equal(given.row[0].state, "shown");
	assert_int_equal(taken.len, 1);
	assert_false(taken.row[0].ours);
	assert_true(str_is(taken.row[0].owner, "IN:CERT-IN"));
	assert_int_equal(taken.row[0].account.len, 0);
	assert_int_equal(taken.row[0].reason.len, 0);
	assert_int_equal(rows_of(&o, &defence).len, 0);
}

/* ---- abuse ---- */

/* clang-format off */
static void by_analyst(struct internal_show *s) { s->account = S("anil"); }
static void by_approver(struct internal_show *s) { s->account = S("kiran"); }
static void by_administrator(struct internal_show *s) { s->account = S("admin"); }
static void by_disabled(struct internal_show *s) { s->account = S("gone"); }
static void by_nobody(struct internal_show *s) { s->account = S("nobody"); }
static void by_stranger(struct internal_show *s) { s->account = S("bose"); s->to = S("IN:NCIIPC"); }
static void by_other_enclave(struct internal_show *s) { s->account = S("rao"); }
static void of_nothing(struct internal_show *s) { s->id = S("indicator--00000000-0000-4000-8000-00000000ffff"); }
static void to_itself(struct internal_show *s) { s->to = S("IN:CERT-IN"); }
static void to_own_second(struct internal_show *s) { s->account = S("both"); s->to = S("IN:CERT-IN"); }
static void to_partner(struct internal_show *s) { s->to = S("JP:JPCERT"); }
static void to_beginning(struct internal_show *s) { s->to = S("IN"); }
static void to_wildcard(struct internal_show *s) { s->to = S("IN:%"); }
static void to_nobody(struct internal_show *s) { s->to = S("IN:NOBODY"); }
static void enclave_unknown(struct internal_show *s) { s->enclave = S("cellar"); }
static void enclave_wildcard(struct internal_show *s) { s->enclave = S("%"); }
static void enclave_wildcard_2(struct internal_show *s) { s->enclave = S("mai_"); }
static void enclave_two(struct internal_show *s) { s->enclave = S("main main2"); }
static void enclave_none(struct internal_show *s) { s->enclave = S(""); }
static void enclave_closed(struct internal_show *s) { s->to = S("IN:CERT-IN"); s->enclave = S("closed"); }
static void without_reason(struct internal_show *s) { s->reason = S("  "); }

static const struct refused_case {
	const char *name;
	void (*change)(struct internal_show *s);
	enum err err;
	const char *code;
} refused_cases[] = {
	{ "an analyst shows",                 by_analyst,         ERR_FORBIDDEN, "release.role" },
	{ "an approver shows",                by_approver,        ERR_FORBIDDEN, "release.role" },
	{ "an administrator shows",           by_administrator,   ERR_FORBIDDEN, "release.role" },
	{ "a closed account shows",           by_disabled,        ERR_FORBIDDEN, "release.role" },
	{ "nobody shows",                     by_nobody,          ERR_FORBIDDEN, "release.role" },
	{ "another organisation's object",    by_stranger,        ERR_NOT_FOUND, "store.object" },
	{ "another enclave's object",         by_other_enclave,   ERR_NOT_FOUND, "store.object" },
	{ "what does not exist",              of_nothing,         ERR_NOT_FOUND, "store.object" },
	{ "to oneself",                       to_itself,          ERR_INVALID,   "internal.self" },
	{ "to oneself, with two enclaves",    to_own_second,      ERR_INVALID,   "internal.self" },
	{ "to another party",                 to_partner,         ERR_INVALID,   "internal.to" },
	{ "to the whole party",               to_beginning,       ERR_INVALID,   "internal.to" },
	{ "a wildcard for an organisation",   to_wildcard,        ERR_INVALID,   "internal.to" },
	{ "to an organisation of nobody",     to_nobody,          ERR_INVALID,   "internal.to" },
	{ "to an unknown enclave",            enclave_unknown,    ERR_INVALID,   "internal.to" },
	{ "a wildcard for an enclave",        enclave_wildcard,   ERR_INVALID,   "enclave.name" },
	{ "another wildcard for an enclave",  enclave_wildcard_2, ERR_INVALID,   "enclave.name" },
	{ "two enclaves in one name",         enclave_two,        ERR_INVALID,   "internal.to" },
	{ "no enclave",                       enclave_none,       ERR_INVALID,   "enclave.name" },
	{ "where only closed accounts work",  enclave_closed,     ERR_INVALID,   "internal.to" },
	{ "without a reason",                 without_reason,     ERR_INVALID,   "internal.reason" },
};
/* clang-format on */

static void
check_refused(void **state)
{
	const struct refused_case *c = *state;
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	struct internal_show w = wish(&o, 1, &bank);
	c->change(&w);
	REFUSES(&o, office_try(&o, show_job, &w, &s), c->err, c->code);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM internal_release"), 0);
	assert_int_equal(office_count(&o, LEAVES), 0);
}

static void
check_twice(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	(void)show(&o, 1, &bank);
	const struct internal_show again = wish(&o, 1, &bank);
	REFUSES(&o, office_try(&o, show_job, &again, &s), ERR_CONFLICT, "internal.twice");
	(void)show(&o, 2, &bank);
	const struct internal_show waiting = wish(&o, 2, &bank);
	REFUSES(&o, office_try(&o, show_job, &waiting, &s), ERR_CONFLICT, "internal.twice");
	/* To another place is another matter. */
	(void)show(&o, 1, &defence);
}

/* Who is shown something cannot give it on, nor end the showing. */
static void
check_onward(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	struct shown first = show(&o, 1, &bank);
	struct internal_show onward = wish(&o, 1, &defence);
	onward.account = S("bose");
	REFUSES(&o, office_try(&o, show_job, &onward, &s), ERR_FORBIDDEN, "internal.onward");
	const struct internal_step end = step(first.id, "bose");
	REFUSES(&o, office_try(&o, withdraw_job, &end, NULL), ERR_NOT_FOUND, "internal.unknown");
	assert_true(sees(&o, &bank, 1));
}

/* What the partner did not sign opens nothing that it gave. */
static void
check_draft(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	struct str two =
	    office_replaced(&o, office_agreement_text(), "\"version\":1", "\"version\":2");
	office_sql(&o, "UPDATE object SET giver = 'JP:JPCERT', received_under = 'IJ'"
	               " WHERE object_id LIKE '%000000000001'");
	const struct internal_show w = wish(&o, 1, &bank);
	REFUSES(&o, office_try(&o, show_job, &w, &s), ERR_FORBIDDEN, "internal.originator");
	two = office_replaced(&o, two, "\"originator_control\":true",
	    "\"originator_control\":true,"
	    "\"onward\":{\"same_country_gov\":\"allow\",\"sector_members\":\"allow\"}");
	struct str draft = office_draft(&o, two);
	WORKS(&o, realm_agreement_add(o.realm, draft, &o.why));
	REFUSES(&o, office_try(&o, show_job, &w, &s), ERR_FORBIDDEN, "internal.originator");
	office_countersign(&o, draft);
	WORKS(&o, office_try(&o, show_job, &w, &s));
	assert_true(s.waits);
}

/* What the bank shows to the compartment that releases does not leave by it. */
static void
check_no_release(void **)
{
	CLEANUP(office_closep) struct office o;
	struct release_sent sent;
	struct shown s = { 0 };

	open_party(&o);
	office_sql(&o, "UPDATE object SET owner = 'IN:BANK' WHERE object_id LIKE 'indicator--%'");
	struct internal_show w = wish(&o, 1, &own);
	w.account = S("bose");
	WORKS(&o, office_try(&o, show_job, &w, &s));
	assert_true(sees(&o, &own, 1));
	const struct release_send send = office_order(&o, 1, 1);
	REFUSES(&o, office_try_send(&o, &send, &sent), ERR_NOT_FOUND, "store.object");
}

/* ---- markings and originators, as they are stored ---- */

#define RED          "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
#define STRICT       "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
#define NOBODY_KNOWS "marking-definition--00000000-0000-4000-8000-0000000000ee"

/* clang-format off */
static const struct marked_case {
	const char *name;
	const char *marking, *label, *giver;
	const struct compartment *to;
	const char *code; /* NULL: it is shown */
} marked_cases[] = {
	{ "RED to another enclave",          RED,    "", "", &defence, "internal.marking" },
	{ "RED to another organisation",     RED,    "", "", &bank,    "internal.marking" },
	{ "STRICT to another enclave",       STRICT, "", "", &defence, NULL },
	{ "STRICT to another organisation",  STRICT, "", "", &bank,    "internal.marking" },
	{ "an unknown marking",              NOBODY_KNOWS, "", "", &defence, "internal.marking" },
	{ "a mark of classification",        GREEN,  "top secret", "", &defence, "internal.classified" },
	{ "RED, where nobody works",         RED,    "", "", &empty,   "internal.marking" },
	{ "unknown, where nobody works",     NOBODY_KNOWS, "", "", &empty, "internal.marking" },
	{ "received GREEN, another enclave", GREEN,  "", "JP:JPCERT", &defence, NULL },
	{ "received GREEN, not allowed",     GREEN,  "", "JP:JPCERT", &bank, "internal.originator" },
	{ "received AMBER, not allowed",     AMBER,  "", "JP:JPCERT", &bank, "internal.originator" },
};
/* clang-format on */

static void
check_marked(void **state)
{
	const struct marked_case *c = *state;
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	office_import_marked(&o, 3, 1, c->label, c->marking);
	if (c->giver[0] != '\0')
		office_sql(&o, "UPDATE object SET giver = 'JP:JPCERT', received_under = 'IJ'"
		               " WHERE object_id LIKE '%000000000003'");
	const struct internal_show w = wish(&o, 3, c->to);
	if (c->code == NULL)
		WORKS(&o, office_try(&o, show_job, &w, &s));
	else
		REFUSES(&o, office_try(&o, show_job, &w, &s), ERR_FORBIDDEN, c->code);
	assert_int_equal(sees(&o, c->to, 3), c->code == NULL);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, rule_cases, check_rule);
	CASE(&list, check_shown);
	CASE(&list, check_explained_by_feed);
	CASE(&list, check_newer);
	CASE(&list, check_waits);
	CASE(&list, check_four_eyes);
	CASE(&list, check_rows);
	CASES(&list, refused_cases, check_refused);
	CASE(&list, check_twice);
	CASE(&list, check_onward);
	CASE(&list, check_draft);
	CASE(&list, check_no_release);
	CASES(&list, marked_cases, check_marked);
	return cases_run("internal", &list, argc, argv);
}
