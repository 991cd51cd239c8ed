#include "pack_look.h"

#include "cases.h"
#include "fixture_p.h"

static const struct rule_pack *
pack_of(struct arena *a, const char *review, const char *rules)
{
	const struct rule_pack *pack = NULL;
	struct why why = { 0 };
	struct str text = arena_printf(a,
	    "{\"type\":\"torana-rule-pack\",\"format\":1,\"id\":\"x\",\"version\":1,\"owner\":\"o\","
	    "\"review_on\":\"%s\",\"rules\":[%s]}",
	    review, rules);

	if (rule_pack_parse(a, text, &pack, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
	return pack;
}

#define REVIEW "2027-01-01T00:00:00Z"
#define RULE(certainty, enabled, from, more)                                                    \
	"{\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"" certainty              \
	"\",\"enabled\":" enabled ",\"from\":\"" from "\",\"when\":{\"types\":[\"file\"]}" more \
	"}"
#define DENY ",\"ruling\":\"deny\",\"reason\":\"S-CONTENT\",\"shared\":\"S-CONTENT\""
#define HOLD ",\"ruling\":\"hold\",\"reason\":\"S-CONTENT\",\"shared\":\"S-CONTENT\""
#define PAST "2026-01-01T00:00:00Z"

/* clang-format off */
static const struct lint_case {
	const char *name;
	const char *review;
	const char *rule;
	size_t wrong;
	const char *say; /* the first remark; NULL: there is none */
} lint_cases[] = {
	{ "nothing to say",          REVIEW, RULE("H", "true", PAST, DENY), 0, NULL },
	{ "a review that is overdue", "2026-11-20T09:00:00Z", RULE("H", "true", PAST, DENY), 1,
	  "its review is overdue: look at it, and set a new review_on" },
	{ "a code without a text",   REVIEW, RULE("H", "true", PAST, ",\"ruling\":\"deny\",\"reason\":\"N-IN-X\",\"shared\":\"S-CONTENT\""), 1,
	  "the reason code N-IN-X has no text in this program" },
	{ "an approval of nobody",   REVIEW, RULE("H", "true", PAST, HOLD ",\"approvals\":[\"king\"]"), 1,
	  "nobody can give the approval \"king\"; known are officer, legal, policy, defence-liaison" },
	{ "a rule that has ended",   REVIEW, RULE("H", "true", PAST, ",\"until\":\"2026-02-01T00:00:00Z\"" DENY), 1,
	  "ended on 2026-02-01T00:00:00Z and is still enabled" },
	{ "a rule that is off",      REVIEW, RULE("L", "false", PAST, ",\"why_not\":\"no text was found\"" DENY), 0, "is not enabled: no text was found" },
	{ "a rule of tomorrow",      REVIEW, RULE("H", "true", "2027-05-13T00:00:00Z", DENY), 0, "decides from 2027-05-13T00:00:00Z" },
	{ "a rule that advises",     REVIEW, RULE("H", "true", "2027-05-13T00:00:00Z", ",\"early\":\"advisory\"" DENY), 0,
	  "advises, and decides from 2027-05-13T00:00:00Z" },
	{ "a rule that is not sure", REVIEW, RULE("M", "true", PAST, DENY), 0, "decides, and its certainty is M: confirm it" },
};
/* clang-format on */

static void
check_lint(void **state)
{
	const struct lint_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	const struct pack_remarks *got;
	time_us at;

	assert_true(time_parse(S(AT_NOON), &at));
	got = pack_lint(a, pack_of(a, c->review, c->rule), at);
	assert_int_equal(got->wrong, c->wrong);
	assert_int_equal(got->len, c->say == NULL ? 0 : 1);
	if (c->say != NULL)
		assert_string_equal(arena_cstr(a, got->at[0].say), c->say);
}

/* clang-format off */
static const struct diff_case {
	const char *name;
	const char *before, *after;
	const char *way; /* NULL: no change */
	const char *say;
} diff_cases[] = {
	{ "the same",            RULE("H", "true", PAST, DENY), RULE("H", "true", PAST, DENY), NULL, NULL },
	{ "other blanks", RULE("H", "true", PAST, DENY), RULE("H", "true", PAST, " ,  \"ruling\" : \"deny\",\"shared\":\"S-CONTENT\",\"reason\":\"S-CONTENT\""), NULL, NULL },
	{ "a new rule",          "", RULE("H", "true", PAST, DENY), "stricter", "new" },
	{ "a rule that is gone", RULE("H", "true", PAST, DENY), "", "looser", "gone" },
	{ "a rule that was off and is gone", RULE("L", "false", PAST, ",\"why_not\":\"w\"" DENY), "", "words", "gone" },
	{ "a rule switched on",  RULE("L", "false", PAST, ",\"why_not\":\"w\"" DENY), RULE("H", "true", PAST, DENY), "stricter", "certainty, enabled, no why_not" },
	{ "a rule switched off", RULE("H", "true", PAST, DENY), RULE("H", "false", PAST, ",\"why_not\":\"w\"" DENY), "looser", "enabled, why_not" },
	{ "a milder ruling",     RULE("H", "true", PAST, DENY), RULE("H", "true", PAST, HOLD), "looser", "ruling" },
	{ "a harder ruling",     RULE("H", "true", PAST, HOLD), RULE("H", "true", PAST, DENY), "stricter", "ruling" },
	{ "a later date",        RULE("H", "true", PAST, DENY), RULE("H", "true", "2026-06-01T00:00:00Z", DENY), "looser", "from" },
	{ "another condition",   RULE("H", "true", PAST, DENY), "{\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"H\",\"enabled\":true,\"from\":\"" PAST
	  "\",\"when\":{\"types\":[\"note\"]}" DENY "}", "unclear", "when" },
};
/* clang-format on */

static void
check_diff(void **state)
{
	const struct diff_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	const struct pack_changes *got =
	    pack_diff(a, pack_of(a, REVIEW, c->before), pack_of(a, REVIEW, c->after));

	assert_int_equal(got->len, c->way == NULL ? 0 : 1);
	if (c->way == NULL)
		return;
	assert_string_equal(change_way_name(got->at[0].way), c->way);
	assert_string_equal(arena_cstr(a, got->at[0].say), c->say);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, lint_cases, check_lint);
	CASES(&cases, diff_cases, check_diff);
	return cases_run("pack_look", &cases, argc, argv);
}
