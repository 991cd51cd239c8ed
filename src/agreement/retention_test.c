#include "retention.h"

#include "cases.h"
#include "fixture_p.h"

/* One agreement: 180 days for all, 30 for personal data, and these rows. */
#define ROW(category, days) "{\"category\":\"" category "\",\"days\":" days "}"
#define ROWS(rows)          "{\"clause\":\"9\",\"days\":180,\"rows\":[" rows "]}"
#define BODY                "," GREEN "}"
#define LABELS(list)        ",\"labels\":[" list "]"

/* clang-format off */
static const struct keep_case {
	const char *name;
	const char *retention;
	const char *object;
	uint64_t days;
	const char *category; /* "personal": that for personal data */
} keep_cases[] = {
	{ "no row fits: the period for all", ROWS(ROW("cii", "10")), HEAD("indicator", "0001") BODY, 180, "" },
	{ "the row of its category", ROWS(ROW("indicator", "90")), HEAD("indicator", "0001") BODY, 90, "indicator" },
	{ "of two categories the shorter", ROWS(ROW("indicator", "90") "," ROW("cii", "10")),
	  HEAD("indicator", "0001") LABELS("\"cii-audit\"") BODY, 10, "cii" },
	{ "of two categories the shorter, named first", ROWS(ROW("cii", "10") "," ROW("indicator", "90")),
	  HEAD("indicator", "0001") LABELS("\"cii-audit\"") BODY, 10, "cii" },
	{ "a row that is longer than the period for all", ROWS(ROW("indicator", "900")), HEAD("indicator", "0001") BODY, 180, "" },
	{ "a category that nobody defined", ROWS(ROW("gossip", "1")), HEAD("indicator", "0001") BODY, 180, "" },
	{ "a type of no category", ROWS(ROW("indicator", "90")), HEAD("x-thing", "0001") BODY, 180, "" },
	{ "a row of no days says nothing", ROWS(ROW("indicator", "0")), HEAD("indicator", "0001") BODY, 180, "" },
	{ "rows alone", "{\"clause\":\"9\",\"days\":0,\"rows\":[" ROW("indicator", "90") "]}",
	  HEAD("indicator", "0001") BODY, 90, "indicator" },
	{ "and what they do not name", "{\"clause\":\"9\",\"days\":0,\"rows\":[" ROW("indicator", "90") "]}",
	  HEAD("malware", "0001") BODY, 0, "" },
	/* what the bytes tell */
	{ "a marking that it has", ROWS(ROW("amber-strict", "7")), HEAD("indicator", "0001") "," STRICT "}", 7, "amber-strict" },
	{ "a marking that it has not", ROWS(ROW("amber-strict", "7")), HEAD("indicator", "0001") BODY, 180, "" },
	{ "a class is no victim", ROWS(ROW("victim.identity", "7")),
	  HEAD("identity", "0009") ",\"name\":\"Energy\",\"identity_class\":\"class\"" BODY, 180, "" },
	{ "an organisation of the agreement is none", ROWS(ROW("victim.identity", "7")),
	  HEAD("identity", "0001") ",\"name\":\"CERT-In\",\"identity_class\":\"organization\"" BODY, 180, "" },
	/* what they do not tell */
	{ "it may be a victim", ROWS(ROW("victim.identity", "7")),
	  HEAD("identity", "0009") ",\"name\":\"Surat Power\",\"identity_class\":\"organization\"" BODY, 7, "victim.identity" },
	{ "it may be tied to one", ROWS(ROW("tied", "7")), HEAD("incident", "0001") ",\"name\":\"A\"" BODY, 7, "tied" },
	{ "no marking: its source may have given one", ROWS(ROW("amber-strict", "7")), HEAD("indicator", "0001") "}", 7, "amber-strict" },
	{ "a marking that nobody here knows", ROWS(ROW("amber-strict", "7")),
	  HEAD("indicator", "0001") ",\"object_marking_refs\":[\"marking-definition--" UUID("dead") "\"]}", 7, "amber-strict" },
	{ "it may have gone for that purpose", ROWS(ROW("exploit", "7")),
	  HEAD("malware", "0001") LABELS("\"exploit\"") BODY, 7, "exploit" },
	/* personal data */
	{ "a mailbox", ROWS(""), "{\"type\":\"email-addr\",\"spec_version\":\"2.1\",\"id\":\"email-addr--" UUID("0001")
	  "\",\"value\":\"a@b.example\"" BODY, 30, "personal" },
	{ "a mailbox under a shorter row", ROWS(ROW("personal.released", "14")),
	  "{\"type\":\"email-addr\",\"spec_version\":\"2.1\",\"id\":\"email-addr--" UUID("0001")
	  "\",\"value\":\"a@b.example\"" BODY, 14, "personal.released" },
	{ "what tells of persons", ROWS(""), HEAD("incident", "0001") ",\"name\":\"A\",\"x_torana_persons\":3" BODY, 30, "personal" },
};
/* clang-format on */

static void
check_keep(void **state)
{
	const struct keep_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();
	struct why why = { 0 };
	struct keep keep = { 0 };

	world_splice(&w, world_member(&w, "retention")->raw, c->retention);
	const struct agreement_item *item = world_add(&w, str_of(c->object));
	const struct keep_ask ask = { &item->object, S("IN:CERT-IN"), S("JP:JPCERT") };
	if (agreement_keep(w.a, w.standing.agreement, &ask, &keep, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(keep.days, c->days);
	assert_string_equal(keep.personal ? "personal" : arena_cstr(w.a, keep.category),
	    c->category);
}

/* To whom it went and from whom it came is known to both sides. */
static void
test_direction(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct keep keep = { 0 };

	(void)state;
	world_category(&w, "{\"code\":\"to.state\",\"clause\":\"9\",\"max_tlp\":\"RED\",\"ruling\":"
	                   "\"allow\",\"when\":{\"types\":[\"indicator\"],\"to\":[\"JP:NCO\"]}}");
	world_splice(&w, world_member(&w, "retention")->raw, ROWS(ROW("to.state", "5")));
	const struct agreement_item *item = world_add(&w, S(HEAD("indicator", "0001") BODY));
	struct keep_ask ask = { &item->object, S("IN:CERT-IN"), S("JP:NCO") };
	assert_int_equal(agreement_keep(w.a, w.standing.agreement, &ask, &keep, NULL), OK);
	assert_int_equal(keep.days, 5);
	ask.to = S("JP:JPCERT");
	assert_int_equal(agreement_keep(w.a, w.standing.agreement, &ask, &keep, NULL), OK);
	assert_int_equal(keep.days, 180);
}

static void
test_periods(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	uint64_t days[PERIODS_MAX];

	(void)state;
	world_splice(&w, world_member(&w, "retention")->raw,
	    ROWS(ROW("cii", "10") "," ROW("indicator", "180") "," ROW("tied",
	        "10") "," ROW("exploit", "0")));
	assert_int_equal(agreement_periods(w.standing.agreement, days), 3);
	assert_int_equal(days[0], 10);
	assert_int_equal(days[1], 180);
	assert_int_equal(days[2], 30);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, keep_cases, check_keep);
	CASE(&list, test_direction);
	CASE(&list, test_periods);
	return cases_run("retention", &list, argc, argv);
}
