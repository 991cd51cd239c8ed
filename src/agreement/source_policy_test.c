#include "source_policy.h"

#include "cases.h"
#include "stix.h"

#define OPEN "{\"type\":\"torana-source-policy\",\"format\":1,"
#define GOOD \
	OPEN "\"source\":\"attack\",\"version\":2,\"marking\":\"CLEAR\",\"reason\":\"published\""

/* clang-format off */
static const struct parse_case {
	const char *name;
	const char *text;
	enum err want;
	const char *where;
	const char *why;
} parse_cases[] = {
	{ "the shortest one", GOOD "}", OK, "", "" },
	{ "with creators and types", GOOD ",\"creators\":[\"identity--a\"],\"types\":[\"malware\"]}", OK, "", "" },
	{ "a note of one's own", GOOD ",\"x_note\":1}", OK, "", "" },
	{ "an unknown member", GOOD ",\"until\":\"2027\"}", ERR_INVALID, "/until", NULL },
	{ "the newest content", GOOD ",\"same_version\":\"newest\"}", OK, "", "" },
	{ "no such choice", GOOD ",\"same_version\":\"replace\"}", ERR_INVALID, "",
	  "same_version \"replace\" is not keep, newest or refuse" },
	{ "no creators", GOOD ",\"creators\":[]}", ERR_INVALID, "/creators",
	  "must not be empty: leave it out instead" },
	{ "a name with a blank", OPEN "\"source\":\"a b\",\"version\":1,\"marking\":\"CLEAR\",\"reason\":\"r\"}", ERR_INVALID,
	  "", "source \"a b\" is no name of at most 64 letters a-z, digits and '-'" },
	{ "no reason", OPEN "\"source\":\"a\",\"version\":1,\"marking\":\"CLEAR\"}", ERR_INVALID, NULL, NULL },
	{ "RED", OPEN "\"source\":\"a\",\"version\":1,\"marking\":\"RED\",\"reason\":\"r\"}", ERR_INVALID,
	  "", "marking \"RED\" is not CLEAR, GREEN, AMBER or AMBER+STRICT" },
	{ "no such marking", OPEN "\"source\":\"a\",\"version\":1,\"marking\":\"BLUE\",\"reason\":\"r\"}", ERR_INVALID,
	  "", "marking \"BLUE\" is not CLEAR, GREEN, AMBER or AMBER+STRICT" },
	{ "a rule pack", "{\"type\":\"torana-rule-pack\",\"format\":1}", ERR_INVALID, NULL, NULL },
	{ "no JSON", "marking: clear", ERR_INVALID, NULL, NULL },
};

static const struct cover_case {
	const char *name;
	const char *members; /* of the policy */
	const char *type, *creator;
	bool want;
} cover_cases[] = {
	{ "every object of the source", "", "malware", "identity--b", true },
	{ "its creator", ",\"creators\":[\"identity--a\",\"identity--b\"]", "malware", "identity--b", true },
	{ "another creator", ",\"creators\":[\"identity--a\"]", "malware", "identity--b", false },
	{ "no creator", ",\"creators\":[\"identity--a\"]", "malware", "", false },
	{ "its type", ",\"types\":[\"malware\"]", "malware", "", true },
	{ "another type", ",\"types\":[\"tool\"]", "malware", "", false },
	{ "its type by another", ",\"creators\":[\"identity--a\"],\"types\":[\"malware\"]", "malware", "identity--b", false },
};
/* clang-format on */

static void
check_parse(void **state)
{
	const struct parse_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 * MIB);
	const struct source_policy *p = NULL;
	struct why why = { 0 };

	assert_int_equal(source_policy_parse(a, str_of(c->text), &p, &why), c->want);
	if (c->want == OK) {
		assert_true(str_is(p->source, "attack"));
		assert_int_equal(p->version, 2);
		assert_int_equal(p->marking, TLP_CLEAR);
		bool newest = strstr(c->text, "newest") != NULL;
		assert_int_equal(p->same_version, newest ? SOURCE_NEWEST : SOURCE_KEEP);
		assert_string_equal(source_same_name(p->same_version), newest ? "newest" : "keep");
		return;
	}
	if (c->why != NULL)
		assert_string_equal(why.text, c->why);
	if (c->where != NULL && c->where[0] != '\0')
		assert_string_equal(why.where, c->where);
}

static void
check_covers(void **state)
{
	const struct cover_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 * MIB);
	const struct stix_object o = { .type = str_of(c->type), .created_by = str_of(c->creator) };
	const struct source_policy *p = NULL;

	assert_int_equal(source_policy_parse(a, arena_printf(a, GOOD "%s}", c->members), &p, NULL),
	    OK);
	assert_int_equal(source_policy_covers(p, &o), c->want);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, parse_cases, check_parse);
	CASES(&cases, cover_cases, check_covers);
	return cases_run("source_policy", &cases, argc, argv);
}
