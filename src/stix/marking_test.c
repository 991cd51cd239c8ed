#include "marking.h"

#include "example_p.h"

/* clang-format off */
#define TLP2_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
#define WHITE "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
#define GREEN "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"
#define RED1 "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
#define CLEAR2 "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
#define AMBER2 "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
#define STRICT2 "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
#define RED2 "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
#define OWN "marking-definition--" EXAMPLE_UUID
#define DEFINITION(id, more) "{\"type\":\"marking-definition\",\"id\":\"" id "\"," more "}"
#define TLP1_TIME "\"created\":\"2017-01-20T00:00:00.000Z\","
#define TLP2_TIME "\"created\":\"2022-10-01T00:00:00Z\","
#define TLP1(level) "\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"" level "\"}"
#define PAP_RED "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e"
#define PAP_EXT(level) "\"extensions\":{\"extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b\":{\"extension_type\":\"property-extension\",\"pap\":\"" level "\"}}"
#define TLP2(level) "\"extensions\":{\"" TLP2_EXTENSION "\":{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"" level "\"}}"
#define IEP(more) "\"extensions\":{\"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a\":{\"extension_type\":\"property-extension\"" more "}}"
#define STATEMENT(text) "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"" text "\"}"

/* ---- names of levels ---- */

static const struct name_case {
	const char *name;
	bool known;
	enum tlp tlp;
} name_cases[] = {
	{ "CLEAR", true, TLP_CLEAR },
	{ "white", true, TLP_CLEAR },
	{ "Green", true, TLP_GREEN },
	{ "AMBER", true, TLP_AMBER },
	{ "amber+strict", true, TLP_AMBER_STRICT },
	{ "RED", true, TLP_RED },
	{ "none", true, TLP_NONE },
	{ "TLP:RED", false, TLP_NONE },
	{ "AMBER+", false, TLP_NONE },
	{ "", false, TLP_NONE },
};

static void
check_name(void **state)
{
	const struct name_case *row = *state;
	enum tlp tlp = TLP_NONE;

	assert_int_equal(tlp_parse(str_of(row->name), &tlp), row->known);
	assert_int_equal(tlp, row->tlp);
	if (row->known && strcmp(row->name, "white") != 0)
		assert_true(str_eq_nocase(str_of(tlp_name(tlp)), str_of(row->name)));
}

/* ---- the predefined definitions ---- */

/* SI-067, SI-068 */
static void
builtins_say_what_their_id_says(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);

	assert_int_equal(marking_builtins_count, 9);
	for (size_t i = 0; i < marking_builtins_count; i++) {
		struct stix_object o = example_object(a, marking_builtins[i].bytes);
		struct marking by_id, by_content;
		struct stix_hashes h;
		char title[32];

		assert_true(str_eq(o.id, marking_builtins[i].id));
		assert_true(marking_by_id(o.id, &by_id));
		assert_int_equal(marking_of(&o, &by_content, NULL), OK);
		assert_int_equal(by_id.kind, by_content.kind);
		assert_int_equal(by_id.tlp, by_content.tlp);
		assert_int_equal(stix_hash(&o, a, &h, NULL), OK);
		assert_true(hash_eq(&h.raw, &h.jcs));
		(void)snprintf(title, sizeof(title), "TLP:%s", i == 0 ? "WHITE" : tlp_name(by_id.tlp));
		assert_true(str_is(json_str(json_get(o.json, S("name"))), title));
		if (by_id.kind == MARKING_TLP2)
			assert_true(str_eq(marking_tlp2_id(by_id.tlp), o.id));
	}
	assert_int_equal(marking_tlp2_id(TLP_NONE).len, 0);
}

static void
foreign_id_is_not_predefined(void **state)
{
	(void)state;
	struct marking m;

	assert_false(marking_by_id(S(OWN), &m));
	assert_false(marking_by_id(S(""), &m));
}

/* ---- one definition ---- */

static const struct of_case {
	const char *name;
	const char *text;
	enum marking_kind kind;
	enum tlp tlp;
	const char *pap;
	const char *code; /* NULL: accepted */
	const char *why;
} of_cases[] = {
	{ "another name of a TLP 1", DEFINITION(GREEN, TLP1_TIME TLP1("green") ",\"name\":\"x\""), MARKING_TLP1, TLP_GREEN, "", NULL, "" },
	{ "another spelling of the time", DEFINITION(STRICT2, TLP2_TIME TLP2("amber+strict")), MARKING_TLP2, TLP_AMBER_STRICT, "", NULL, "" },
	{ "TLP 1 with an id of its own", DEFINITION(OWN, TLP1_TIME TLP1("red")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-id",
	  "a TLP marking is one of the predefined definitions, which " OWN " is not" },
	{ "TLP 2 with an id of its own", DEFINITION(OWN, TLP2_TIME TLP2("red")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-id",
	  "a TLP marking is one of the predefined definitions, which " OWN " is not" },
	{ "another level", DEFINITION(RED1, TLP1_TIME TLP1("white")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-level",
	  RED1 " is the definition of TLP level red, and must say so" },
	/* SI-070 */
	{ "TLP 2 content under a TLP 1 id", DEFINITION(WHITE, TLP2_TIME TLP2("clear")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-level",
	  WHITE " is the definition of TLP level white, and must say so" },
	{ "both forms", DEFINITION(GREEN, TLP1_TIME TLP1("green") "," TLP2("green")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-level",
	  GREEN " is the definition of TLP level green, and must say so" },
	{ "a statement under a TLP id", DEFINITION(RED2, TLP2_TIME STATEMENT("x")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-level",
	  RED2 " is the definition of TLP level red, and must say so" },
	{ "level that is no string", DEFINITION(RED1, TLP1_TIME "\"definition_type\":\"tlp\",\"definition\":{\"tlp\":1}"), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-level",
	  RED1 " is the definition of TLP level red, and must say so" },
	{ "another time", DEFINITION(RED1, TLP2_TIME TLP1("red")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-created",
	  RED1 " was created at 2017-01-20T00:00:00.000Z, and must say so" },
	{ "no time", DEFINITION(RED2, TLP2("red")), MARKING_UNKNOWN, TLP_NONE, "", "marking.tlp-created",
	  RED2 " was created at 2022-10-01T00:00:00.000Z, and must say so" },
	{ "no marking-definition", "{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\"}", MARKING_UNKNOWN, TLP_NONE, "", "marking.type",
	  "tool--" EXAMPLE_UUID " is no marking-definition" },
	{ "statement", DEFINITION(OWN, STATEMENT("Copyright")), MARKING_STATEMENT, TLP_NONE, "", NULL, "" },
	{ "statement without text", DEFINITION(OWN, "\"definition_type\":\"statement\",\"definition\":{}"), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "PAP in a statement", DEFINITION(OWN, STATEMENT("PAP:RED")), MARKING_PAP, TLP_NONE, "RED", NULL, "" },
	{ "TLP in a statement", DEFINITION(OWN, STATEMENT("tlp:red. Not for anyone.")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "TLP in words", DEFINITION(OWN, STATEMENT(" TLP Red")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "a statement about TLP", DEFINITION(OWN, STATEMENT("See TLP:RED")), MARKING_STATEMENT, TLP_NONE, "", NULL, "" },
	{ "unknown PAP in a statement", DEFINITION(OWN, STATEMENT("pap:BLUE")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "PAP definition", DEFINITION(OWN, "\"definition_type\":\"PAP\",\"definition\":{\"pap\":\"amber\"}"), MARKING_PAP, TLP_NONE, "AMBER", NULL, "" },
	{ "PAP white", DEFINITION(OWN, "\"definition_type\":\"pap\",\"definition\":{\"pap\":\"WHITE\"}"), MARKING_PAP, TLP_NONE, "CLEAR", NULL, "" },
	{ "PAP without a level", DEFINITION(OWN, "\"definition_type\":\"pap\",\"definition\":{}"), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "PAP extension", DEFINITION(OWN, PAP_EXT("amber")), MARKING_PAP, TLP_NONE, "AMBER", NULL, "" },
	{ "PAP extension without a level", DEFINITION(OWN, PAP_EXT("")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "PAP extension with an unknown level", DEFINITION(OWN, PAP_EXT("blue")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "PAP extension beside a statement", DEFINITION(OWN, STATEMENT("x") "," PAP_EXT("red")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "predefined PAP", DEFINITION(PAP_RED, PAP_EXT("red")), MARKING_PAP, TLP_NONE, "RED", NULL, "" },
	{ "predefined PAP of another time", DEFINITION(PAP_RED, TLP1_TIME PAP_EXT("red")), MARKING_PAP, TLP_NONE, "RED", NULL, "" },
	{ "predefined PAP with another level", DEFINITION(PAP_RED, PAP_EXT("clear")), MARKING_UNKNOWN, TLP_NONE, "", "marking.pap-level",
	  PAP_RED " is the definition of PAP level red, and must say so and nothing else" },
	{ "a statement under the id of a PAP", DEFINITION(PAP_RED, STATEMENT("x")), MARKING_UNKNOWN, TLP_NONE, "", "marking.pap-level",
	  PAP_RED " is the definition of PAP level red, and must say so and nothing else" },
	{ "own definition type", DEFINITION(OWN, "\"definition_type\":\"acme\",\"definition\":{\"x\":1}"), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "an IEP policy", DEFINITION(OWN, IEP(",\"iep_version\":\"2.0\",\"name\":\"n\",\"end_date\":null,\"tlp\":\"white\",\"permitted_actions\":\"none\"")), MARKING_IEP, TLP_CLEAR, "", NULL, "" },
	{ "an IEP policy that limits the audience", DEFINITION(OWN, IEP(",\"tlp\":\"red\"")), MARKING_IEP, TLP_RED, "", NULL, "" },
	{ "an IEP policy with an unknown statement", DEFINITION(OWN, IEP(",\"erase_after\":\"1d\"")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "an IEP policy with an unknown value", DEFINITION(OWN, IEP(",\"unmodified_resale\":\"perhaps\"")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "an IEP policy of another version", DEFINITION(OWN, IEP(",\"iep_version\":\"3.0\"")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "an IEP policy beside another extension", DEFINITION(OWN, "\"extensions\":{\"extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a\":{},\"x-ext\":{}}"), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "an IEP policy that claims to be a statement, too", DEFINITION(OWN, STATEMENT("x") "," IEP("")), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "extension beside a statement", DEFINITION(OWN, STATEMENT("x") ",\"extensions\":{\"x-ext\":{\"a\":1}}"), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
	{ "nothing", DEFINITION(OWN, "\"name\":\"x\""), MARKING_UNKNOWN, TLP_NONE, "", NULL, "" },
};

static void
check_of(void **state)
{
	const struct of_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a, str_of(row->text));
	struct marking m = { .kind = MARKING_UNKNOWN };
	struct why why = { 0 };

	assert_int_equal(marking_of(&o, &m, &why), row->code == NULL ? OK : ERR_INVALID);
	assert_int_equal(m.kind, row->kind);
	assert_int_equal(m.tlp, row->tlp);
	assert_true(str_is(m.pap, row->pap));
	assert_string_equal(why.text, row->why);
	if (row->code != NULL)
		assert_string_equal(why.code, row->code);
}

/* ---- all markings of an object ---- */

/* The definitions that the caller of marking_collect() holds. */
#define HELD(n) "marking-definition--00000000-0000-4000-8000-00000000000" n
static const char *const held[] = {
	DEFINITION(HELD("1"), STATEMENT("x")),
	DEFINITION(HELD("2"), STATEMENT("PAP:AMBER")),
	DEFINITION(HELD("3"), STATEMENT("PAP:GREEN")),
	DEFINITION(HELD("4"), "\"definition_type\":\"acme\",\"definition\":{\"x\":1}"),
	DEFINITION(HELD("5"), TLP1_TIME TLP1("red")),
};

struct holder {
	struct stix_object object[COUNTOF(held)];
};

static const struct stix_object *
find_held(void *arg, struct str id)
{
	const struct holder *h = arg;

	for (size_t i = 0; i < COUNTOF(held); i++) {
		if (str_eq(h->object[i].id, id))
			return &h->object[i];
	}
	return NULL;
}

#define REFS(list) "\"object_marking_refs\":[" list "]"
#define PARTS(list) "\"granular_markings\":[" list "]"

static const struct collect_case {
	const char *name;
	const char *members;
	enum tlp tlp;
	bool tlp1;
	const char *pap;
	size_t statements, unknown;
	const char *first_unknown;
	bool granular;
} collect_cases[] = {
	{ "none", "\"name\":\"x\"", TLP_NONE, false, "", 0, 0, "", false },
	{ "the strictest wins", REFS("\"" CLEAR2 "\",\"" STRICT2 "\",\"" AMBER2 "\""), TLP_AMBER_STRICT, false, "", 0, 0, "", false },
	{ "both versions", REFS("\"" WHITE "\",\"" AMBER2 "\""), TLP_AMBER, true, "", 0, 0, "", false },
	{ "a part is stricter", REFS("\"" CLEAR2 "\"") "," PARTS("{\"marking_ref\":\"" RED2 "\",\"selectors\":[\"name\"]}"), TLP_RED, false, "", 0, 0, "", true },
	{ "a part in a language", PARTS("{\"lang\":\"ja\",\"selectors\":[\"name\"]}"), TLP_NONE, false, "", 0, 0, "", false },
	{ "statement and PAP", REFS("\"" HELD("1") "\",\"" HELD("3") "\",\"" HELD("2") "\",\"" HELD("1") "\""), TLP_NONE, false, "AMBER", 2, 0, "", false },
	{ "predefined PAP, not held", REFS("\"" PAP_RED "\",\"" HELD("3") "\""), TLP_NONE, false, "RED", 0, 0, "", false },
	{ "unknown definition", REFS("\"" GREEN "\",\"" HELD("4") "\""), TLP_GREEN, true, "", 0, 1, HELD("4"), false },
	{ "definition that is not held", REFS("\"" OWN "\",\"" HELD("4") "\""), TLP_NONE, false, "", 0, 2, OWN, false },
	{ "false TLP", REFS("\"" HELD("5") "\""), TLP_NONE, false, "", 0, 1, HELD("5"), false },
	{ "a reference that is no string", REFS("7"), TLP_NONE, false, "", 0, 1, "", false },
	{ "no list", "\"object_marking_refs\":\"" CLEAR2 "\"", TLP_NONE, false, "", 0, 1, "", false },
	{ "a part that is no object", PARTS("\"x\""), TLP_NONE, false, "", 0, 1, "", true },
};

static void
check_collect(void **state)
{
	const struct collect_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a,
	    arena_printf(a, "{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\",%s}", row->members));
	struct marking_set set;
	struct holder holder;

	for (size_t i = 0; i < COUNTOF(held); i++)
		holder.object[i] = example_object(a, str_of(held[i]));
	marking_collect(&o, find_held, &holder, &set);
	assert_int_equal(set.tlp, row->tlp);
	assert_int_equal(set.tlp1, row->tlp1);
	assert_true(str_is(set.pap, row->pap));
	assert_int_equal(set.statements, row->statements);
	assert_int_equal(set.unknown, row->unknown);
	assert_true(str_is(set.first_unknown, row->first_unknown));
	assert_int_equal(set.granular, row->granular);
}

static void
collect_without_a_lookup(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a,
	    S("{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\"," REFS("\"" RED2 "\",\"" OWN "\"") "}"));
	struct marking_set set;

	marking_collect(&o, NULL, NULL, &set);
	assert_int_equal(set.tlp, TLP_RED);
	assert_int_equal(set.unknown, 1);
}

/* ---- selectors ---- */

static const struct select_case {
	const char *name;
	const char *selector;
	const char *raw; /* NULL: selects nothing */
} select_cases[] = {
	{ "a property", "name", "\"x\"" },
	{ "an element", "labels.[1]", "\"b\"" },
	{ "below an element", "parts.[0].key", "7" },
	{ "a whole list", "labels", "[\"a\",\"b\"]" },
	{ "an extension", "extensions.ntfs-ext.sid", "\"1\"" },
	{ "empty", "", NULL },
	{ "absent", "other", NULL },
	{ "beyond the end", "labels.[2]", NULL },
	{ "leading zero", "labels.[01]", NULL },
	{ "no number", "labels.[]", NULL },
	{ "negative", "labels.[-1]", NULL },
	{ "index without a point", "labels[0]", NULL },
	{ "root of a JSONPath", "$.name", NULL },
	{ "point at the end", "name.", NULL },
	{ "point at the start", ".name", NULL },
	{ "index into a string", "name.[0]", NULL },
	{ "name in a list", "labels.a", NULL },
	{ "wildcard", "labels.*", NULL },
	{ "index into an object", "extensions.[0]", NULL },
	{ "name with a blank", "a b", NULL },
	{ "number beyond any list", "labels.[99999999999999999999999]", NULL },
};

static void
check_select(void **state)
{
	const struct select_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	const struct json *root = example_json(a, S("{\"name\":\"x\",\"labels\":[\"a\",\"b\"],\"parts\":[{\"key\":7}],"
	    "\"extensions\":{\"ntfs-ext\":{\"sid\":\"1\"},\"[0]\":1},\"a b\":1}"));
	const struct json *v = marking_select(root, str_of(row->selector));

	assert_int_equal(v != NULL, row->raw != NULL);
	if (v != NULL)
		assert_true(str_is(v->raw, row->raw));
}
/* clang-format on */

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, name_cases, check_name);
	CASE(&cases, builtins_say_what_their_id_says);
	CASE(&cases, foreign_id_is_not_predefined);
	CASES(&cases, of_cases, check_of);
	CASES(&cases, collect_cases, check_collect);
	CASE(&cases, collect_without_a_lookup);
	CASES(&cases, select_cases, check_select);
	return cases_run("marking", &cases, argc, argv);
}
