#include "pack_cases.h"

#include "cases.h"
#include "codes.h"
#include "fixture_p.h"

enum { TESTS_ARENA_MAX = 512 * MIB }; /* all shipped packs, and every case decided */

static const char *const packs[] = { "in", "jp", "international", "finance", "power", "telecom",
	"defence", "space" };

/* One row of a shipped table, or one rule that must have rows. */
struct row {
	const struct pack_case *got;
	const struct rule *rule;
	const struct pack_cases *all;
};

static struct arena *arena;

static void
check_case(void **state)
{
	const struct row *r = *state;

	if (!r->got->passed)
		fail_msg("%.*s", STR_ARG(r->got->found));
}

/* A rule that decides is shown to hold and not to hold, and its codes have texts. */
static void
check_rule(void **state)
{
	const struct row *r = *state;

	if (!pack_cases_show(r->all, r->rule->id, true))
		fail_msg("no case shows %.*s to hold", STR_ARG(r->rule->id));
	if (!pack_cases_show(r->all, r->rule->id, false))
		fail_msg("no case shows %.*s not to hold", STR_ARG(r->rule->id));
	assert_string_not_equal(reason_text(r->rule->reason), reason_text(S("no such code")));
	assert_string_not_equal(reason_text(r->rule->shared), reason_text(S("no such code")));
}

static void
add(struct cases *list, const char *pack, struct str name, CMUnitTestFunction check, struct row row)
{
	struct row *kept = arena_make(arena, struct row, 1);

	*kept = row;
	cases_add(list, arena_cstr(arena, arena_printf(arena, "%s: " STR_FMT, pack, STR_ARG(name))),
	    check, kept);
}

static void
add_pack(struct cases *list, const char *name)
{
	char file[256], table[256];
	const struct rule_pack *pack = NULL;
	struct pack_cases *all = arena_make(arena, struct pack_cases, 1);
	struct why why = { 0 };

	(void)snprintf(file, sizeof(file), "packs/%s.json", name);
	(void)snprintf(table, sizeof(table), "packs/cases/%s.json", name);
	if (rule_pack_parse(arena, world_file(arena, file), &pack, &why) != OK ||
	    pack_cases_run(arena, pack, world_file(arena, table), all, &why) != OK) {
		(void)fprintf(stderr, "%s: %s at %s\n", name, why.text, why.where);
		abort();
	}
	for (size_t i = 0; i < all->len; i++)
		add(list, name, all->at[i].name, check_case, (struct row){ .got = &all->at[i] });
	for (size_t i = 0; i < pack->rules; i++) {
		if (pack->rule[i].enabled)
			add(list, name, pack->rule[i].id, check_rule,
			    (struct row){ .rule = &pack->rule[i], .all = all });
	}
}

/* ---- tables that are wrong ---- */

#define CASE_HEAD "{\"type\":\"torana-pack-cases\",\"format\":1,\"pack\":\"in\",\"cases\":["
#define CASE_END                                                                             \
	"\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"at\":\"2026-11-20T09:00:00Z\",\"expect\":" \
	"{\"outcome\":\"ALLOW\"}}]}"

/* clang-format off */
static const struct table_case {
	const char *name;
	const char *text;
	enum err want;
	const char *why;
} table_cases[] = {
	{ "for another pack", "{\"type\":\"torana-pack-cases\",\"format\":1,\"pack\":\"jp\",\"cases\":[]}", ERR_INVALID,
	  "the cases are for the pack \"jp\", not for \"in\"" },
	{ "about a rule that is not there", CASE_HEAD "{\"name\":\"n\",\"rule\":\"IN-99\",\"holds\":true,\"object\":{\"type\":\"note\"}," CASE_END,
	  ERR_INVALID, "the pack has no rule of release \"IN-99\"" },
	{ "about a clock", CASE_HEAD "{\"name\":\"n\",\"rule\":\"IN-01\",\"holds\":true,\"object\":{\"type\":\"note\"}," CASE_END,
	  ERR_INVALID, "the pack has no rule of release \"IN-01\"" },
	{ "without an object", CASE_HEAD "{\"name\":\"n\",\"rule\":\"IN-10\",\"holds\":true," CASE_END, ERR_INVALID, NULL },
	{ "with a member that nobody knows", CASE_HEAD "{\"name\":\"n\",\"unless\":1," CASE_END, ERR_INVALID, NULL },
	{ "with no case", CASE_HEAD "]}", OK, NULL },
	{ "with an object of no type", CASE_HEAD "{\"name\":\"n\",\"rule\":\"IN-10\",\"holds\":true,\"object\":{}," CASE_END, ERR_INVALID, NULL },
};
/* clang-format on */

static void
check_table(void **state)
{
	const struct table_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	const struct rule_pack *pack;
	struct pack_cases all;
	struct why why = { 0 };

	assert_int_equal(rule_pack_parse(a, world_file(a, "packs/in.json"), &pack, NULL), OK);
	enum err got = pack_cases_run(a, pack, str_of(c->text), &all, &why);
	if (got != c->want)
		fail_msg("%s: %s at %s", err_name(got), why.text, why.where);
	if (c->why != NULL)
		assert_string_equal(why.text, c->why);
}

/* A case that is wrong about the pack fails, and says what was found. */
static void
check_wrong_case(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	const struct rule_pack *pack;
	struct pack_cases all;

	(void)state;
	assert_int_equal(rule_pack_parse(a, world_file(a, "packs/in.json"), &pack, NULL), OK);
	assert_int_equal(pack_cases_run(a, pack,
	                     S(CASE_HEAD
	                         "{\"name\":\"n\",\"rule\":\"IN-10\",\"holds\":false,"
	                         "\"object\":{\"type\":\"note\",\"labels\":[\"cii-x\"]}," CASE_END),
	                     &all, NULL),
	    OK);
	assert_int_equal(all.failed, 1);
	assert_true(str_is(all.at[0].found, "DENY N-IN-CII-TOPO, IN-10 holds"));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };
	int code;

	arena = arena_new(TESTS_ARENA_MAX);
	for (size_t i = 0; i < COUNTOF(packs); i++)
		add_pack(&cases, packs[i]);
	CASES(&cases, table_cases, check_table);
	CASE(&cases, check_wrong_case);
	code = cases_run("pack_cases", &cases, argc, argv);
	arena_free(arena);
	return code;
}
