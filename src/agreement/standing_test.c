#include "standing.h"

#include "cases.h"
#include "codec.h"
#include "fixture_p.h"

/* ---- signatures ---- */

static void
check_signatures(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct standing s;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(w.standing.signed_by, 2);
	assert_int_equal(w.standing.signed_mask, 3);
	assert_int_equal(standing_open(w.a, world_sign(&w, w.agreement, AGREEMENT_PAYLOAD_TYPE, 2),
	                     &s, &why),
	    OK);
	assert_int_equal(s.signed_by, 1);
	assert_int_equal(s.signed_mask, 2);
	assert_int_equal(standing_open(w.a, world_sign(&w, w.agreement, "text/plain", 3), &s, &why),
	    ERR_INVALID);
	assert_string_equal(why.text,
	    "the envelope holds \"text/plain\", where "
	    "\"application/vnd.torana.agreement+json;version=1\" is wanted");
	assert_null(s.agreement);
	assert_int_equal(standing_open(w.a, S("{}"), &s, &why), ERR_INVALID);
}

/* Signatures of one text over another. */
static void
check_moved_signature(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	struct dsse dsse;
	struct standing s;
	struct why why = { 0 };
	struct str other = arena_str(w.a, w.agreement);

	(void)state;
	((char *)(uintptr_t)other.ptr)[str_find(other, S("180 days"))] = '9';
	assert_int_equal(dsse_parse(w.a, world_sign(&w, w.agreement, AGREEMENT_PAYLOAD_TYPE, 3),
	                     &dsse, &why),
	    OK);
	dsse.payload = other;
	assert_int_equal(dsse_write(&dsse, &out, &why), OK);
	assert_int_equal(standing_open(w.a, buf_str(&out), &s, &why), ERR_TAMPERED);
	assert_string_equal(why.text, "the signature of IN does not fit these bytes");
}

/* ---- statements ---- */

static struct statement
statement(const struct world *w, enum statement_verb verb, const char *scope, const char *party,
    uint64_t serial)
{
	return (struct statement){ .agreement = w->standing.agreement->hash,
		.verb = verb,
		.scope = str_of(scope),
		.party = str_of(party),
		.at = w->request.at,
		.serial = serial };
}

static enum err
say(struct world *w, const struct statement *s, unsigned signers, struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);

	assert_int_equal(statement_write(s, &text, NULL), OK);
	return standing_apply(w->a, &w->standing,
	    world_sign(w, arena_str(w->a, buf_str(&text)), STATEMENT_PAYLOAD_TYPE, signers), why);
}

/* clang-format off */
/* One after the other, on one standing. */
static const struct step {
	const char *name;
	enum statement_verb verb;
	const char *scope, *party;
	uint64_t serial;
	unsigned signers;
	enum err want;
	const char *why;
	const char *closed;    /* code for the area CI afterwards; NULL: open */
	const char *all_closed;/* for no area */
} steps[] = {
	{ "signed by the other", STATEMENT_SUSPEND, "CI", "IN", 1, 2, ERR_FORBIDDEN, "the statement is not signed by IN, which it names", NULL, NULL },
	{ "nobody's", STATEMENT_SUSPEND, "CI", "US", 1, 3, ERR_FORBIDDEN, "\"US\" is no party of the agreement", NULL, NULL },
	{ "an area that is none", STATEMENT_SUSPEND, "MOON", "IN", 1, 1, ERR_INVALID,
	  "the scope \"MOON\" is neither \"all\" nor an area of the agreement that can be closed by itself, nor such a category, written category:CODE", NULL, NULL },
	{ "a category that is none", STATEMENT_SUSPEND, "category:moon", "IN", 1, 1, ERR_INVALID, NULL, NULL, NULL },
	{ "an end of an area", STATEMENT_LAPSE, "CI", "IN", 1, 1, ERR_INVALID, NULL, NULL, NULL },
	{ "an approval of nothing", STATEMENT_APPROVE, "all", "IN", 1, 1, ERR_INVALID, "to approve, the statement must name the approval as its act", NULL, NULL },
	{ "a notice where nothing renews itself", STATEMENT_LAPSE, "all", "IN", 1, 1, ERR_FORBIDDEN,
	  "the agreement does not renew itself: it ends on its day", NULL, NULL },
	{ "a renewal to no day", STATEMENT_RENEW, "all", "IN", 1, 1, ERR_INVALID, "a renewal is said before the end, and names a later one as until", NULL, NULL },
	{ "IN closes an area", STATEMENT_SUSPEND, "CI", "IN", 1, 1, OK, "", "A-AREA-SUSPENDED", NULL },
	{ "the same again", STATEMENT_SUSPEND, "CI", "IN", 1, 1, ERR_CONFLICT, "serial 1 of IN is not above the last one, 1", "A-AREA-SUSPENDED", NULL },
	{ "JP cannot open it", STATEMENT_RESUME, "CI", "JP", 1, 2, ERR_FORBIDDEN, "only a party that suspended \"CI\" can resume it", "A-AREA-SUSPENDED", NULL },
	{ "JP closes it as well", STATEMENT_SUSPEND, "CI", "JP", 1, 2, OK, "", "A-AREA-SUSPENDED", NULL },
	{ "IN opens its side", STATEMENT_RESUME, "CI", "IN", 2, 1, OK, "", "A-AREA-SUSPENDED", NULL },
	{ "JP opens the other", STATEMENT_RESUME, "CI", "JP", 2, 2, OK, "", NULL, NULL },
	{ "JP closes all", STATEMENT_SUSPEND, "all", "JP", 3, 2, OK, "", "A-NOTINFORCE", "A-NOTINFORCE" },
	{ "IN closes all", STATEMENT_SUSPEND, "all", "IN", 3, 1, OK, "", "A-NOTINFORCE", "A-NOTINFORCE" },
	{ "JP opens all", STATEMENT_RESUME, "all", "JP", 4, 2, OK, "", "A-NOTINFORCE", "A-NOTINFORCE" },
	{ "IN opens all", STATEMENT_RESUME, "all", "IN", 4, 1, OK, "", NULL, NULL },
	{ "half an end", STATEMENT_TERMINATE, "CI", "IN", 5, 1, ERR_INVALID, NULL, NULL, NULL },
	{ "IN ends it", STATEMENT_TERMINATE, "all", "IN", 5, 1, OK, "", "A-NOTINFORCE", "A-NOTINFORCE" },
	{ "an end stays", STATEMENT_RESUME, "all", "IN", 6, 1, ERR_FORBIDDEN, NULL, "A-NOTINFORCE", "A-NOTINFORCE" },
};
/* clang-format on */

static void
check_closed(const struct world *w, const char *area, const char *code)
{
	struct standing_reason reason = { 0 };
	bool open = standing_in_force(&w->standing, str_of(area), w->request.at, &reason);

	assert_int_equal(open, code == NULL);
	if (code != NULL)
		assert_string_equal(reason.code, code);
}

static void
check_steps(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	uint64_t epoch = 0;

	(void)state;
	for (size_t i = 0; i < COUNTOF(steps); i++) {
		struct statement s =
		    statement(&w, steps[i].verb, steps[i].scope, steps[i].party, steps[i].serial);
		struct why why = { 0 };
		enum err got = say(&w, &s, steps[i].signers, &why);

		if (got != steps[i].want)
			fail_msg("%s: %s %s", steps[i].name, err_name(got), why.text);
		if (steps[i].why != NULL)
			assert_string_equal(why.text, steps[i].why);
		epoch += got == OK;
		assert_int_equal(w.standing.epoch, epoch);
		check_closed(&w, "CI", steps[i].closed);
		check_closed(&w, "", steps[i].all_closed);
	}
}

/* ---- disputes ---- */

static struct statement
about(struct statement s, const char *act)
{
	s.act = str_of(act);
	return s;
}

/* A dispute freezes its scope until the one who opened it settles it. */
static void
check_dispute(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct why why = { 0 };
	struct statement s = statement(&w, STATEMENT_DISPUTE, "INFO", "IN", 1);

	(void)state;
	assert_int_equal(say(&w, &s, 1, &why), ERR_INVALID);
	assert_string_equal(why.text,
	    "to dispute, the statement must name what is in dispute as its act");
	s = about(s, "order 4f1c");
	assert_int_equal(say(&w, &s, 2, &why), ERR_FORBIDDEN); /* signed by the other */
	assert_int_equal(say(&w, &s, 1, &why), OK);
	check_closed(&w, "INFO", "A-AREA-SUSPENDED");
	check_closed(&w, "CI", NULL);
	assert_int_equal(w.standing.disputes, 1);
	assert_true(str_is(w.standing.dispute[0].about, "order 4f1c"));
	s = about(statement(&w, STATEMENT_DISPUTE, "INFO", "IN", 2), "again");
	assert_int_equal(say(&w, &s, 1, &why), ERR_CONFLICT);
	/* The other can neither settle nor resume it, nor the opener resume it. */
	s = statement(&w, STATEMENT_SETTLE, "INFO", "JP", 1);
	assert_int_equal(say(&w, &s, 2, &why), ERR_FORBIDDEN);
	s = statement(&w, STATEMENT_RESUME, "INFO", "JP", 1);
	assert_int_equal(say(&w, &s, 2, &why), ERR_FORBIDDEN);
	s = statement(&w, STATEMENT_RESUME, "INFO", "IN", 2);
	assert_int_equal(say(&w, &s, 1, &why), ERR_FORBIDDEN);
	s = statement(&w, STATEMENT_SETTLE, "INFO", "IN", 2);
	assert_int_equal(say(&w, &s, 1, &why), OK);
	check_closed(&w, "INFO", NULL);
	assert_int_equal(w.standing.disputes, 0);
	s = statement(&w, STATEMENT_SETTLE, "INFO", "IN", 3);
	assert_int_equal(say(&w, &s, 1, &why), ERR_FORBIDDEN);
}

/* What both suspend and dispute opens when all four hands are off. */
static void
check_dispute_and_suspension(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct why why = { 0 };
	const struct statement steps_in_order[] = {
		statement(&w, STATEMENT_SUSPEND, "all", "IN", 1),
		about(statement(&w, STATEMENT_DISPUTE, "all", "IN", 2), "x"),
		about(statement(&w, STATEMENT_DISPUTE, "all", "JP", 1), "y"),
		statement(&w, STATEMENT_RESUME, "all", "IN", 3),
		statement(&w, STATEMENT_SETTLE, "all", "JP", 2),
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(steps_in_order); i++) {
		unsigned signer = str_is(steps_in_order[i].party, "IN") ? 1 : 2;

		if (say(&w, &steps_in_order[i], signer, &why) != OK)
			fail_msg("%zu: %s", i, why.text);
		check_closed(&w, "", "A-NOTINFORCE");
	}
	assert_true(str_is(w.standing.suspended_by, "IN"));
	struct statement last = statement(&w, STATEMENT_SETTLE, "all", "IN", 4);
	assert_int_equal(say(&w, &last, 1, &why), OK);
	check_closed(&w, "", NULL);
}

static void
check_other_agreement(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct statement s = statement(&w, STATEMENT_SUSPEND, "all", "IN", 1);
	struct why why = { 0 };

	(void)state;
	s.agreement.byte[0] ^= 1;
	assert_int_equal(say(&w, &s, 1, &why), ERR_CONFLICT);
	assert_string_equal(why.text,
	    "the statement is about another agreement or another version");
}

static void
check_statement(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB), jcs = buf_new(64 * KIB);
	struct statement s = { .verb = STATEMENT_RESUME,
		.scope = S("CI"),
		.party = S("JP"),
		.at = 1,
		.serial = 7,
		.reason = S("\"quoted\"") },
	                 back;
	const struct json *tree;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(statement_write(&s, &text, NULL), OK);
	assert_int_equal(json_parse(a, buf_str(&text), NULL, &tree, NULL), OK);
	assert_int_equal(jcs_write(tree, &jcs, NULL), OK);
	assert_true(str_eq(buf_str(&jcs), buf_str(&text)));
	assert_int_equal(statement_parse(a, buf_str(&text), &back, &why), OK);
	assert_int_equal(back.verb, s.verb);
	assert_true(str_eq(back.reason, s.reason));
	assert_int_equal(back.at, s.at);
	assert_int_equal(back.serial, s.serial);
	assert_int_equal(statement_parse(a, S("{\"type\":\"x\"}"), &back, &why), ERR_INVALID);
}

/* ---- life: approvals, delegates, terms, successors ---- */

/* The shipped agreement with one thing changed, signed by both. */
static void
reopen(struct world *w, const char *from, const char *to)
{
	struct str text = replaced(w->a, w->agreement, from, to);
	struct why why = { 0 };

	if (standing_open(w->a, world_sign(w, text, AGREEMENT_PAYLOAD_TYPE, 3), &w->standing,
	        &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
}

static enum err
speak(struct world *w, enum statement_verb verb, unsigned party, const struct statement *more,
    struct why *why)
{
	struct statement s = *more;

	s.agreement = w->standing.agreement->hash;
	s.verb = verb;
	s.party = w->standing.agreement->party[party].code;
	s.serial = w->standing.serial[party] + 1;
	s.at = s.at == 0 ? w->request.at : s.at;
	s.scope = s.scope.len == 0 ? S("all") : s.scope;
	return say(w, &s, 1u << party, why);
}

/* A category, too; and without a freeze it is only written down. */
static void
check_dispute_without_freeze(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct why why = { 0 };
	struct statement s =
	    about(statement(&w, STATEMENT_DISPUTE, "category:indicator", "IN", 1), "x");

	(void)state;
	assert_int_equal(say(&w, &s, 1, &why), OK);
	assert_true(w.standing.closed_categories != 0);
	reopen(&w, "\"interim_freeze\":true", "\"interim_freeze\":false");
	s.agreement = w.standing.agreement->hash;
	assert_int_equal(say(&w, &s, 1, &why), OK);
	assert_int_equal(w.standing.closed_categories, 0);
	assert_int_equal(w.standing.disputes, 1);
	s = statement(&w, STATEMENT_SETTLE, "category:indicator", "IN", 2);
	assert_int_equal(say(&w, &s, 1, &why), OK);
	reopen(&w, "\"dispute\":", "\"x_dispute\":");
	s = about(statement(&w, STATEMENT_DISPUTE, "all", "IN", 1), "x");
	assert_int_equal(say(&w, &s, 1, &why), ERR_FORBIDDEN);
}

static void
check_approvals(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct statement act = { .act = S("Cabinet decision of 1 May") };
	struct standing_reason reason = { 0 };
	struct why why = { 0 };

	(void)state;
	reopen(&w, "\"approval_by\":\"signature\"", "\"approval_by\":\"record\"");
	assert_false(standing_in_force(&w.standing, S(""), w.request.at, &reason));
	assert_string_equal(reason.text, "The own approval of 0 of 2 parties is on record.");
	assert_int_equal(speak(&w, STATEMENT_APPROVE, 0, &act, &why), OK);
	assert_false(standing_in_force(&w.standing, S(""), w.request.at, &reason));
	assert_int_equal(speak(&w, STATEMENT_APPROVE, 0, &act, &why),
	    OK); /* again: no second party */
	assert_false(standing_in_force(&w.standing, S(""), w.request.at, &reason));
	assert_int_equal(speak(&w, STATEMENT_APPROVE, 1, &act, &why), OK);
	assert_true(standing_in_force(&w.standing, S(""), w.request.at, &reason));
}

static void
check_delegates(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct statement who = { .act = S("A. Rao") };
	struct why why = { 0 };

	(void)state;
	reopen(&w, "\"name\":\"India\"",
	    "\"delegates\":[{\"name\":\"A. Rao\",\"office\":\"o\",\"authority\":\"letter 7\","
	    "\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"2027-01-01T00:00:00Z\"}],"
	    "\"name\":\"India\"");
	assert_int_equal(speak(&w, STATEMENT_ENACT, 1, &who, &why), ERR_FORBIDDEN);
	who.at = w.standing.agreement->party[0].delegate[0].until;
	assert_int_equal(speak(&w, STATEMENT_ENACT, 0, &who, &why), ERR_FORBIDDEN);
	assert_string_equal(why.text,
	    "\"A. Rao\" is no delegate of IN with authority at that time");
	who.at = 0;
	assert_int_equal(speak(&w, STATEMENT_ENACT, 0, &who, &why), OK);
	assert_true(str_is(w.standing.enacted_by[0], "A. Rao"));
	assert_true(str_is(w.standing.enacted_under[0], "letter 7"));
	assert_int_equal(w.standing.enacted_by[1].len, 0);
}

static void
check_renewal(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	time_us end = w.standing.agreement->expires_on, day = INT64_C(86'400'000'000);
	struct statement longer = { .until = end + 365 * day },
	                 shorter = { .until = end + 30 * day };
	struct statement late = { .until = end + 900 * day, .at = end + 400 * day };
	struct why why = { 0 };

	(void)state;
	assert_int_equal(standing_end(&w.standing), end);
	assert_int_equal(speak(&w, STATEMENT_RENEW, 0, &longer, &why), OK);
	assert_int_equal(standing_end(&w.standing), end); /* one party alone renews nothing */
	assert_int_equal(speak(&w, STATEMENT_RENEW, 1, &shorter, &why), OK);
	assert_int_equal(standing_end(&w.standing), end + 30 * day);
	assert_int_equal(standing_next_change(&w.standing, end), end + 30 * day);
	assert_int_equal(speak(&w, STATEMENT_RENEW, 1, &late, &why), ERR_INVALID);
	assert_int_equal(speak(&w, STATEMENT_LAPSE, 1, &shorter, &why), ERR_FORBIDDEN);

	reopen(&w, "\"mode\":\"express\",", "\"mode\":\"auto\",\"term_days\":365,");
	assert_int_equal(standing_end(&w.standing), TIME_NEVER);
	assert_int_equal(speak(&w, STATEMENT_RENEW, 0, &longer, &why), ERR_FORBIDDEN);
	late.at = end - 179 * day; /* one day too late for this term */
	assert_int_equal(speak(&w, STATEMENT_LAPSE, 0, &late, &why), OK);
	assert_int_equal(standing_end(&w.standing), end + 365 * day);
	late.at = end - 200 * day; /* the first notice stands */
	assert_int_equal(speak(&w, STATEMENT_LAPSE, 1, &late, &why), OK);
	assert_int_equal(standing_end(&w.standing), end + 365 * day);
}

static const char *
means(const struct world *w, const char *code)
{
	return arena_cstr(w->a, standing_resolve(&w->standing, str_of(code), w->request.at));
}

static void
check_succession(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct statement s = { .scope = S("JP:NCO"), .act = S("JP:JPCERT") };
	struct why why = { 0 };

	(void)state;
	assert_string_equal(means(&w, "JP:NISC"), "JP:NCO");
	assert_string_equal(means(&w, "JP:JPCERT"), "JP:JPCERT");
	assert_string_equal(means(&w, "JP:OTHER"), "");
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 0, &s, &why),
	    ERR_INVALID); /* not IN's to say */
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 1, &s, &why), OK);
	assert_string_equal(means(&w, "JP:JPCERT"), "JP:NCO");
	s = (struct statement){ .scope = S("JP:JPCERT"), .act = S("JP:NCO") };
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 1, &s, &why), ERR_CONFLICT); /* no circle */
}

/* One after the other, of which the document says one and statements the others. */
static void
check_chain(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct statement s = { .scope = S("JP:NCO"), .act = S("JP:OLD") };
	struct why why = { 0 };

	(void)state;
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 1, &s, &why), OK);
	s = (struct statement){ .scope = S("JP:JPCERT"), .act = S("JP:NCO") };
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 1, &s, &why), OK);
	assert_string_equal(means(&w, "JP:OLD"), "JP:JPCERT");
	assert_string_equal(means(&w, "JP:NISC"), "JP:JPCERT");
	assert_string_equal(means(&w, "JP:NCO"), "JP:JPCERT");
	assert_string_equal(means(&w, "JP:JPCERT"), "JP:JPCERT");
	/* Nobody takes over from one that is gone, nor does one that is gone. */
	s = (struct statement){ .scope = S("JP:JPCERT"), .act = S("JP:OLD") };
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 1, &s, &why), ERR_CONFLICT);
	s = (struct statement){ .scope = S("JP:NCO"), .act = S("JP:JPCERT") };
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 1, &s, &why), ERR_CONFLICT);
}

/* A succession acts from the instant of its statement on. */
static void
check_later(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct statement s = { .scope = S("JP:NCO"), .act = S("JP:JPCERT") };
	struct why why = { 0 };

	(void)state;
	s.at = w.request.at + 1;
	assert_int_equal(speak(&w, STATEMENT_SUCCEED, 1, &s, &why), OK);
	assert_string_equal(means(&w, "JP:JPCERT"), "JP:JPCERT");
	assert_int_equal(standing_next_change(&w.standing, w.request.at), s.at);
	w.request.at = s.at;
	assert_string_equal(means(&w, "JP:JPCERT"), "JP:NCO");
	assert_int_not_equal(standing_next_change(&w.standing, w.request.at), s.at);
}

static void
check_category(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct statement s = { .scope = S("category:indicator") };
	struct why why = { 0 };

	(void)state;
	assert_int_equal(speak(&w, STATEMENT_SUSPEND, 0, &s, &why), OK);
	assert_int_equal(speak(&w, STATEMENT_SUSPEND, 1, &s, &why), OK);
	assert_int_equal(speak(&w, STATEMENT_RESUME, 0, &s, &why), OK);
	assert_true(w.standing.closed_categories != 0);
	world_add(&w,
	    str_of(HEAD("indicator",
	        "0101") ",\"name\":\"n\",\"pattern\":\"[ipv4-addr:value = "
	                "'198.51.100.7']\",\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T00:00:00Z\"," GREEN
	                "}"));
	world_add(&w,
	    str_of(HEAD("malware", "0102") ",\"name\":\"m\",\"is_family\":false," GREEN "}"));
	world_decide(&w);
	assert_int_equal(world_about(&w, "0101")->outcome, OUTCOME_DENY);
	assert_string_equal(world_codes(&w, world_about(&w, "0101")), "A-AREA-SUSPENDED");
	world_replay(&w, world_about(&w, "0101"));
	assert_int_equal(world_about(&w, "0102")->outcome, OUTCOME_ALLOW);
	assert_int_equal(speak(&w, STATEMENT_RESUME, 0, &s, &why), ERR_FORBIDDEN);
	assert_int_equal(speak(&w, STATEMENT_RESUME, 1, &s, &why), OK);
	assert_int_equal(w.standing.closed_categories, 0);
}

/* An area that the document closes, and a party that is bound to one area. */
static void
check_membership(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct statement s = { .scope = S("CAP") };
	struct standing_ask ask = { S("IN"), S("JP:JPCERT"), S("CI"), w.request.at };
	struct standing_reason reason = { 0 };
	struct why why = { 0 };

	(void)state;
	assert_true(standing_lets(&w.standing, &ask, &reason));
	reopen(&w, "\"code\":\"CAP\",", "\"code\":\"CAP\",\"status\":\"suspended\",");
	check_closed(&w, "CAP", "A-AREA-SUSPENDED");
	assert_int_equal(speak(&w, STATEMENT_RESUME, 0, &s, &why), ERR_FORBIDDEN);
	reopen(&w, "\"name\":\"Japan\"",
	    "\"areas\":[\"CAP\"],\"class\":\"project\",\"name\":\"Japan\"");
	assert_false(standing_lets(&w.standing, &ask, &reason));
	assert_string_equal(reason.code, "A-SCOPE");
	ask.area = S("");
	assert_false(standing_lets(&w.standing, &ask, &reason));
	ask.area = S("CAP");
	assert_true(standing_lets(&w.standing, &ask, &reason));
	reopen(&w, "\"name\":\"Japan\"", "\"class\":\"observer\",\"name\":\"Japan\"");
	assert_false(standing_lets(&w.standing, &ask, &reason));
	ask.to = S("US:CISA");
	assert_false(standing_lets(&w.standing, &ask, &reason));
}

/* A key that has ended verifies and says nothing new. */
static void
check_former_key(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	char key[2 * VERIFY_KEY_BYTES + 1], now[256], before[512];
	struct verify_key jp = sign_key_public(w.key[1]);
	struct statement s = { .scope = S("all") };
	struct why why = { 0 };

	(void)state;
	hex_text(jp.byte, VERIFY_KEY_BYTES, key);
	(void)snprintf(now, sizeof(now), "\"agreement_key\":\"%s\"", key);
	(void)snprintf(before, sizeof(before),
	    "\"agreement_key\":\"%064d\",\"former_keys\":[{\"key\":\"%s\",\"until\":"
	    "\"2026-06-01T00:00:00Z\"}]",
	    9, key);
	reopen(&w, now, before);
	assert_int_equal(w.standing.signed_mask, 1);
	assert_int_equal(speak(&w, STATEMENT_SUSPEND, 1, &s, &why), ERR_FORBIDDEN);
	assert_string_equal(why.text,
	    "the statement is signed with a key of JP that has ended: it only verifies");
}

/* ---- by time alone ---- */

static void
check_period(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement *g = w.standing.agreement;
	struct standing_reason reason = { 0 };

	(void)state;
	assert_false(standing_in_force(&w.standing, S(""), g->in_force_from - 1, &reason));
	assert_string_equal(reason.text, "The agreement comes into force on 2026-01-01T00:00:00Z.");
	assert_true(standing_in_force(&w.standing, S(""), g->in_force_from, &reason));
	assert_true(standing_in_force(&w.standing, S(""), g->expires_on - 1, &reason));
	assert_false(standing_in_force(&w.standing, S(""), g->expires_on, &reason));
	assert_string_equal(reason.text, "The agreement expired on 2031-01-01T00:00:00Z.");
	assert_int_equal(standing_next_change(&w.standing, 0), g->in_force_from);
	assert_int_equal(standing_next_change(&w.standing, g->in_force_from), g->expires_on);
	assert_int_equal(standing_next_change(&w.standing, g->expires_on), TIME_NEVER);
	w.standing.signed_by = 1;
	assert_false(standing_in_force(&w.standing, S(""), w.request.at, &reason));
	assert_string_equal(reason.text, "The agreement is signed by 1 of 2 parties.");
	assert_false(standing_in_force(NULL, S(""), w.request.at, &reason));
	assert_string_equal(reason.text, "There is no agreement.");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_signatures);
	CASE(&cases, check_moved_signature);
	CASE(&cases, check_steps);
	CASE(&cases, check_other_agreement);
	CASE(&cases, check_statement);
	CASE(&cases, check_dispute);
	CASE(&cases, check_dispute_and_suspension);
	CASE(&cases, check_dispute_without_freeze);
	CASE(&cases, check_approvals);
	CASE(&cases, check_delegates);
	CASE(&cases, check_renewal);
	CASE(&cases, check_succession);
	CASE(&cases, check_chain);
	CASE(&cases, check_later);
	CASE(&cases, check_category);
	CASE(&cases, check_membership);
	CASE(&cases, check_former_key);
	CASE(&cases, check_period);
	return cases_run("standing", &cases, argc, argv);
}
