#include "pack.h"

#include "cases.h"
#include "codes.h"
#include "fixture_p.h"

#define PACK                                                                                       \
	"{\"type\":\"torana-rule-pack\",\"format\":1,\"id\":\"x\",\"version\":1,\"party\":\"IN\"," \
	"\"owner\":\"o\",\"review_on\":\"2027-01-01T00:00:00Z\",\"rules\":["
#define BASE \
	"\"id\":\"R-1\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"H\",\"enabled\":true,\"from\":\"2026-01-01T00:00:00Z\""
#define DENY  "\"ruling\":\"deny\",\"reason\":\"N-IN-R13\",\"shared\":\"V-VICTIM\""
#define FILES "\"when\":{\"types\":[\"file\"]}"
#define CLOCK "\"kind\":\"clock\",\"starts\":\"noticed_at\",\"to\":\"x\""

/* clang-format off */
/* One rule, whole or broken. */
static const struct pack_case {
	const char *name;
	const char *rule; /* members of the only rule */
	enum err want;
	const char *why;
	const char *where;
} pack_cases[] = {
	{ "a rule of release", BASE "," FILES "," DENY, OK, "", "" },
	{ "a kind that nobody knows", "\"kind\":\"wish\"," BASE, ERR_INVALID,
	  "kind cannot be \"wish\"; known are: release, clock, duty, pointer", "/rules/0" },
	{ "a rule that allows", BASE "," FILES ",\"ruling\":\"allow\",\"reason\":\"X\",\"shared\":\"X\"", ERR_INVALID,
	  "a rule of a pack only restricts: its ruling cannot be \"allow\"", "/rules/0" },
	{ "no shared code", BASE "," FILES ",\"ruling\":\"deny\",\"reason\":\"X\",\"shared\":\"\"", ERR_INVALID, "must not be empty", "/rules/0/shared" },
	{ "a private code for the partner", BASE "," FILES ",\"ruling\":\"deny\",\"reason\":\"X\",\"shared\":\"N-IN-R13\"", ERR_INVALID,
	  "the shared code is seen by the partner and cannot begin with N-", "/rules/0" },
	{ "neither enabled nor not", "\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"H\"", ERR_INVALID,
	  "the member \"enabled\" is missing", "/rules/0" },
	{ "no source", "\"id\":\"R\",\"text\":\"t\"", ERR_INVALID, "the member \"source\" is missing", "/rules/0" },
	{ "no certainty", "\"id\":\"R\",\"text\":\"t\",\"source\":\"s\"", ERR_INVALID, "the member \"certainty\" is missing", "/rules/0" },
	{ "a certainty that is none", "\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"sure\"", ERR_INVALID,
	  "certainty cannot be \"sure\"; known are: H, M, L, unknown", "/rules/0" },
	{ "enabled on a guess", "\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"L\",\"enabled\":true,\"from\":\"2026-01-01T00:00:00Z\"," FILES "," DENY,
	  ERR_INVALID, "a rule of certainty L cannot be enabled: a lawyer confirms it first", "/rules/0" },
	{ "enabled without a date", "\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"H\",\"enabled\":true,\"from\":null," FILES "," DENY,
	  ERR_INVALID, "a rule without a date cannot be enabled", "/rules/0" },
	{ "disabled without a reason", "\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"L\",\"enabled\":false,\"from\":null," FILES "," DENY,
	  ERR_INVALID, "a rule that is not enabled says why, in why_not", "/rules/0" },
	{ "disabled with a reason", "\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"L\",\"enabled\":false,\"why_not\":\"w\",\"from\":null," FILES "," DENY,
	  OK, "", "" },
	{ "enabled with a reason why not", BASE ",\"why_not\":\"w\"," FILES "," DENY, ERR_INVALID, "an enabled rule has no why_not", "/rules/0" },
	{ "an end before its start", BASE ",\"until\":\"2025-01-01T00:00:00Z\"," FILES "," DENY, ERR_INVALID, "until must lie after from", "/rules/0" },
	{ "approvals of what is denied", BASE "," FILES "," DENY ",\"approvals\":[\"legal\"]", ERR_INVALID,
	  "only what is held can wait for approvals", "/rules/0" },
	{ "a pointer that is none", BASE ",\"when\":{\"equals\":{\"labels\":[\"x\"]}}," DENY, ERR_INVALID,
	  "\"labels\" is no JSON pointer: one begins with /", "/rules/0/when/equals" },
	{ "a condition that nobody knows", BASE ",\"when\":{\"label\":[\"x\"]}," DENY, ERR_INVALID, NULL, "/rules/0/when/label" },
	{ "a number of persons that is none", BASE ",\"when\":{\"persons_over\":-1}," DENY, ERR_INVALID, NULL, "/rules/0/when/persons_over" },
	{ "a clock", BASE "," CLOCK ",\"duration\":\"PT6H\"", OK, "", "" },
	{ "a clock of days and hours", BASE "," CLOCK ",\"duration\":\"P1DT12H\"", OK, "", "" },
	{ "a clock that nobody knows", BASE "," CLOCK ",\"duration\":null,\"banner\":\"set by the ministry\"", OK, "", "" },
	{ "a clock that nobody knows and nobody says so", BASE "," CLOCK ",\"duration\":null", ERR_INVALID, "the member \"banner\" is missing", "/rules/0" },
	{ "a clock without a period", BASE "," CLOCK, ERR_INVALID, "the member \"duration\" is missing", "/rules/0" },
	{ "a clock of months", BASE "," CLOCK ",\"duration\":\"P1M\"", ERR_INVALID,
	  "the duration \"P1M\" is not like PT6H or P30D; one that is not known is null", "/rules/0" },
	{ "a clock of nothing", BASE "," CLOCK ",\"duration\":\"PT0H\"", ERR_INVALID, NULL, "/rules/0" },
	{ "a clock whose units are out of order", BASE "," CLOCK ",\"duration\":\"PT5M6H\"", ERR_INVALID, NULL, "/rules/0" },
	{ "a clock that rules", BASE "," CLOCK ",\"duration\":\"PT6H\"," DENY, ERR_INVALID, NULL, "/rules/0/ruling" },
	{ "a duty", BASE ",\"kind\":\"duty\"", OK, "", "" },
	{ "a pointer", BASE ",\"kind\":\"pointer\",\"route\":\"by the ministry\"", OK, "", "" },
	{ "a pointer to nowhere", BASE ",\"kind\":\"pointer\"", ERR_INVALID, "the member \"route\" is missing", "/rules/0" },
	{ "a rule twice", BASE "," FILES "," DENY "},{" BASE ",\"kind\":\"duty\"", ERR_INVALID, "the rule \"R-1\" is there twice", "/rules/1" },
};
/* clang-format on */

static void
check_pack(void **state)
{
	const struct pack_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	const struct rule_pack *pack;
	struct why why = { 0 };
	struct str text = arena_printf(a, PACK "{%s}]}", c->rule);
	enum err got = rule_pack_parse(a, text, &pack, &why);

	if (got != c->want)
		fail_msg("%s: %s at %s", err_name(got), why.text, why.where);
	if (c->want == OK)
		return;
	if (c->why != NULL)
		assert_string_equal(why.text, c->why);
	assert_string_equal(why.where, c->where);
}

/* clang-format off */
static const struct whole_case {
	const char *name;
	const char *from, *to;
	const char *why;
	const char *where;
} whole_cases[] = {
	{ "an agreement", "torana-rule-pack", "torana-agreement",
	  "the type is \"torana-agreement\", where \"torana-rule-pack\" is wanted", "/" },
	{ "nobody answers for it", "\"owner\"", "\"x_owner\"", "the member \"owner\" is missing", "/" },
	{ "nobody looks at it again", "\"review_on\"", "\"x_review_on\"", "the member \"review_on\" is missing", "/" },
	{ "a newer format", "\"format\": 1", "\"format\": 2", "format 2 is newer than this program, which reads format 1", "/" },
};
/* clang-format on */

static void
check_whole(void **state)
{
	const struct whole_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	const struct rule_pack *pack;
	struct why why = { 0 };
	struct str text = replaced(a, world_file(a, "packs/in.json"), c->from, c->to);

	assert_int_equal(rule_pack_parse(a, text, &pack, &why), ERR_INVALID);
	assert_string_equal(why.text, c->why);
	assert_string_equal(why.where, c->where);
}

static void
check_many_rules(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(buf_free) struct buf out = buf_new(MIB);
	const struct rule_pack *pack;
	struct why why = { 0 };

	(void)state;
	buf_put(&out, S(PACK));
	for (size_t i = 0; i <= RULES_MAX; i++)
		buf_printf(&out, "%s{\"id\":\"R%zu\",%s," FILES "," DENY "}", i == 0 ? "" : ",", i,
		    &BASE[strlen("\"id\":\"R-1\",")]);
	buf_put(&out, S("]}"));
	assert_int_equal(rule_pack_parse(a, buf_str(&out), &pack, &why), ERR_LIMIT);
	assert_string_equal(why.text, "holds more than 128 rules of release");
}

/* Unknown stays unknown: no period is made up, and nothing rests on a guess. */
static void
check_unknown(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	const struct rule_pack *pack;
	bool found = false;

	(void)state;
	assert_int_equal(rule_pack_parse(a, world_file(a, "packs/jp.json"), &pack, NULL), OK);
	for (size_t i = 0; i < pack->notes; i++) {
		if (!str_is(pack->note[i].id, "JP-03"))
			continue;
		found = true;
		assert_int_equal(pack->note[i].duration_s, -1);
		assert_true(pack->note[i].banner.len > 0);
	}
	assert_true(found);
	for (size_t i = 0; i < pack->rules; i++) {
		if (str_is(pack->rule[i].id, "JP-05"))
			assert_false(pack->rule[i].enabled);
	}
}

/* ---- from when a rule is asked ---- */

/* clang-format off */
static const struct early_case {
	const char *name;
	const char *early; /* a member, or nothing */
	const char *at;
	bool asked, advisory;
} early_cases[] = {
	{ "before its date it is not there",       "",                             "2027-05-12T23:59:59.999999Z", false, false },
	{ "from its first instant it decides",     "",                             "2027-05-13T00:00:00Z",        true,  false },
	{ "before its date it may advise",         ",\"early\":\"advisory\"",      "2026-11-20T09:00:00Z",        true,  true },
	{ "what advised decides from its date on", ",\"early\":\"advisory\"",      "2027-05-13T00:00:00Z",        true,  false },
	{ "a party may apply it early",            ",\"early\":\"apply\"",         "2026-11-20T09:00:00Z",        true,  false },
	{ "nothing is asked after its end",        ",\"early\":\"apply\"",         "2030-01-01T00:00:00Z",        false, false },
};
/* clang-format on */

static void
check_early(void **state)
{
	const struct early_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	const struct rule_pack *pack;
	bool advisory = false;
	time_us at;
	struct str text = arena_printf(a,
	    PACK
	    "{\"id\":\"R\",\"text\":\"t\",\"source\":\"s\",\"certainty\":\"H\",\"enabled\":true,"
	    "\"from\":\"2027-05-13T00:00:00Z\",\"until\":\"2030-01-01T00:00:00Z\"%s," FILES "," DENY
	    "}]}",
	    c->early);

	assert_true(time_parse(str_of(c->at), &at));
	assert_int_equal(rule_pack_parse(a, text, &pack, NULL), OK);
	assert_int_equal(rule_is_asked(&pack->rule[0], at, &advisory), c->asked);
	assert_int_equal(advisory && c->asked, c->advisory);
}

/* ---- signed ---- */

static struct str
signed_by(struct world *w, const char *type, unsigned mask)
{
	return world_sign(w, world_file(w->a, "packs/in.json"), type, mask);
}

static void
check_signed(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	struct verify_key key = sign_key_public(w.key[0]);
	const struct rule_pack *pack = NULL;
	struct str text = { 0 };
	struct why why = { 0 };

	(void)state;
	assert_int_equal(rule_pack_open(w.a, signed_by(&w, PACK_PAYLOAD_TYPE, 1), &key, &pack,
	                     &text, &why),
	    OK);
	assert_true(str_is(pack->id, "in"));
	assert_true(str_eq(text, world_file(w.a, "packs/in.json")));
	/* a stranger's key, and an agreement's envelope with the right one */
	assert_int_equal(rule_pack_open(w.a, signed_by(&w, PACK_PAYLOAD_TYPE, 2), &key, &pack,
	                     &text, &why),
	    ERR_TAMPERED);
	assert_string_equal(why.text,
	    "the pack is not signed by this party's rules key over these bytes");
	assert_int_equal(rule_pack_open(w.a, signed_by(&w, AGREEMENT_PAYLOAD_TYPE, 1), &key, &pack,
	                     &text, &why),
	    ERR_INVALID);
	assert_int_equal(rule_pack_open(w.a, world_file(w.a, "packs/in.json"), &key, &pack, &text,
	                     &why),
	    ERR_INVALID);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, pack_cases, check_pack);
	CASES(&cases, whole_cases, check_whole);
	CASE(&cases, check_many_rules);
	CASE(&cases, check_unknown);
	CASES(&cases, early_cases, check_early);
	CASE(&cases, check_signed);
	return cases_run("pack", &cases, argc, argv);
}
