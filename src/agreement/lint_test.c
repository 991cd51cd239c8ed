#include "lint.h"

#include "base.h"
#include "cases.h"
#include "document_p.h"
#include "fixture_p.h"
#include "shape_p.h"

/* Everything that was found: "severity rule pointer", one per line. */
static const char *
told(struct arena *a, const struct lint *lint, enum lint_severity least)
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);

	for (size_t i = 0; i < lint->findings; i++) {
		const struct lint_finding *f = &lint->finding[i];

		if (f->severity >= least)
			buf_printf(&out, "%s%s " STR_FMT " " STR_FMT, out.len == 0 ? "" : "\n",
			    lint_severity_name(f->severity), STR_ARG(f->rule), STR_ARG(f->pointer));
	}
	return arena_cstr(a, buf_str(&out));
}

static struct lint
linted(struct arena *a, struct str text)
{
	struct lint lint;
	struct why why = { 0 };
	time_us at;

	assert_true(time_parse(S(AT_NOON), &at));
	if (agreement_lint(a, text, at, &lint, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
	return lint;
}

/* What we ship has nothing to tell but that its parties are open. */
static const struct shipped_case {
	const char *name;
	const char *want;
} shipped_cases[] = {
	{ "agreements/india-japan.json", "note party-open /parties/0\nnote party-open /parties/1\n"
	                                 "note block-missing /" },
	{ "agreements/quad.json", "note party-open /parties/0\nnote party-open /parties/1\n"
	                          "note party-open /parties/2\nnote party-open /parties/3\n"
	                          "note block-missing /" },
	{ "agreements/project-accession.json",
	    "note party-open /parties/0\nnote party-open /parties/1\n"
	    "note party-open /parties/2\nnote block-missing /" },
};

static void
check_shipped(void **state)
{
	const struct shipped_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct lint lint = linted(a, world_file(a, c->name));

	assert_string_equal(told(a, &lint, LINT_NOTE), c->want);
	assert_non_null(lint.agreement);
}

/* clang-format off */
/* The filled agreement (JCS: no blanks) with one thing changed. */
static const struct finding_case {
	const char *name;
	const char *from, *to;
	const char *want; /* warnings and errors */
} finding_cases[] = {
	{ "as it is", "\"format\":1", "\"format\":1", "" },
	{ "two clauses that are not there", "\"strict_clause\":\"3c\"", "\"strict_clause\":\"3x\",\"x_a\":{\"clause\":\"zz\"}",
	  "error clause-missing /marking_policy/strict_clause" },
	{ "a clause that nothing rests on", "\"clauses\":{", "\"clauses\":{\"0\":\"Friendship.\",", "warning clause-unused /clauses/0" },
	{ "an end before the start", "2031-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "error document.lifecycle /lifecycle" },
	{ "a review after the end", "\"review_on\":\"2028", "\"review_on\":\"2038", "warning review-late /lifecycle/review_on" },
	{ "an end that has come", "\"expires_on\":\"2031", "\"expires_on\":\"2026",
	  "error document.lifecycle /lifecycle" },
	{ "a later version of nothing", "\"version\":1},\"identity", "\"version\":2},\"identity", "warning supersedes-missing /header" },
	{ "a notice longer than the term", "\"mode\":\"express\",", "\"mode\":\"auto\",\"term_days\":100,",
	  "warning notice-too-long /lifecycle/renewal" },
	{ "an area that nobody leads", "\"lead_party\":\"IN\",\"name\":\"Threat information\"", "\"name\":\"Threat information\"",
	  "warning area-without-lead /areas/1" },
	{ "a category held without a row", "{\"needs\":[\"one\"],\"risk\":\"normal\"},", "", "warning category-without-row /data_categories/15" },
	{ "two categories that contradict each other", "\"data_categories\":[", "\"data_categories\":[{\"clause\":\"2\",\"code\":\"other\",\"max_tlp\":\"GREEN\","
	  "\"reason\":\"D-CATEGORY\",\"ruling\":\"deny\",\"when\":{\"types\":[\"indicator\"]}},", "warning category-contradiction /data_categories/8" },
	{ "a type that no category names", "\"mutex\",", "", "warning type-without-category /data_categories" },
	{ "a row for a category that is not there", "\"categories\":[\"attribution\"]", "\"categories\":[\"attributions\"]",
	  "warning category-without-row /data_categories/9\nerror matrix-category /approvals_matrix/rows/4/categories" },
	{ "a period for a category that is not there", "\"category\":\"personal.released\"", "\"category\":\"personal\"", "error retention-category /retention/rows/0/category" },
	{ "a period longer than the whole", "\"days\":90,\"on_expiry\"", "\"days\":900,\"on_expiry\"", "warning retention-longer /retention/rows/1/days" },
	{ "a duty for a category that is not there", "\"obligations\":[{", "\"obligations\":[{\"categories\":[\"x\"],\"purposes\":[\"y\"],",
	  "error obligation-category /obligations/0/categories\nerror obligation-purpose /obligations/0/purposes" },
	{ "a free purpose that is not there", "\"free_purposes\":[", "\"free_purposes\":[\"fun\",", "error export-purpose /export_control/free_purposes" },
	{ "a basis for nothing known", "\"applies_to\":[", "\"applies_to\":[\"x\",", "error basis-target /legal_bases/0/applies_to" },
	{ "a basis that is not there", "\"grounds\":[\"JP-CONSENT\"]", "\"grounds\":[\"IN-CERT-FUNCTION\"]",
	  "error basis-missing /personal_data/grounds_by_party/1/grounds" },
	{ "a basis that is not in force", "\"grounds\":[\"JP-CONSENT\"]", "\"grounds\":[\"UNCC\"]",
	  "error basis-not-in-force /personal_data/grounds_by_party/1/grounds" },
	{ "a standing order above the officer", "\"auto\":\"GREEN\",\"officer\":\"AMBER+STRICT\"", "\"auto\":\"AMBER+STRICT\",\"officer\":\"AMBER\"",
	  "warning ceiling-order /marking_policy/ceiling_by_channel" },
	{ "RED from node to node", "\"officer\":\"AMBER+STRICT\"", "\"officer\":\"RED\"", "warning ceiling-red /marking_policy/ceiling_by_channel" },
	{ "classes that nobody knows", "\"allowed_classes\":[\"account\",", "\"redactions\":[{\"class\":\"mail\",\"method\":\"drop\"}],\"allowed_classes\":[\"victim\",",
	  "error class-unknown /personal_data/allowed_classes\nerror class-unknown /personal_data/redactions/0/class" },
	{ "who joined as what nobody may", "\"name\":\"Japan\"", "\"name\":\"Japan\",\"class\":\"observer\"", "error accession-class /parties/1" },
	{ "who joined in more than anybody may", "\"name\":\"Japan\"", "\"name\":\"Japan\",\"class\":\"project\",\"areas\":[\"CI\",\"INFO\"]", "error accession-scope /parties/1" },
	{ "what has expired and is to be given back", "\"on_expiry\":\"delete\"", "\"on_expiry\":\"return\"", "error retention-expiry /retention/on_expiry" },
	{ "or kept in another form", "\"days\":90,\"on_expiry\":\"delete\"", "\"days\":90,\"on_expiry\":\"anonymise\"", "error retention-expiry /retention/rows/1/on_expiry" },
	{ "a channel that is not there", "\"consent_channel\":\"node\"", "\"consent_channel\":\"fax\"", "error channel-missing /third_party/consent_channel" },
	{ "a delegate of the past", "\"name\":\"Japan\"", "\"name\":\"Japan\",\"delegates\":[{\"name\":\"n\",\"office\":\"o\",\"authority\":\"a\","
	  "\"from\":\"2020-01-01T00:00:00Z\",\"until\":\"2021-01-01T00:00:00Z\"}]", "warning delegates-ended /parties/1/delegates" },
	{ "an accession that is over", "\"name\":\"Japan\"", "\"name\":\"Japan\",\"until\":\"2025-01-01T00:00:00Z\"", "error accession-over /parties/1/until" },
	{ "a member that nobody knows", "\"format\":1", "\"format\":1,\"surprise\":1", "error document.unknown /surprise" },
};
/* clang-format on */

static void
check_finding(void **state)
{
	const struct finding_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();
	struct lint lint = linted(w.a, replaced(w.a, w.agreement, c->from, c->to));

	assert_string_equal(told(w.a, &lint, LINT_WARNING), c->want);
}

/* What the agreement above is too rich for. */
static const char small[] =
    "{\"type\":\"torana-agreement\",\"format\":1,\"header\":{\"id\":\"S\",\"version\":1,"
    "\"language_of_record\":\"en\",\"title\":{\"en\":\"t\"}},\"lifecycle\":{\"in_force_from\":"
    "\"2026-01-01T00:00:00Z\",\"expires_on\":\"2026-02-01T00:00:00Z\"},\"parties\":[{\"code\":\"IN\","
    "\"name\":\"I\",\"node\":\"\",\"agreement_key\":\"\",\"organisations\":[{\"code\":\"IN:A\","
    "\"name\":\"A\",\"kind\":\"state-body\"}]},{\"code\":\"JP\",\"name\":\"J\",\"node\":\"\","
    "\"agreement_key\":\"\",\"organisations\":[{\"code\":\"JP:B\",\"name\":\"B\",\"kind\":"
    "\"private-body\"}]}],\"clauses\":{\"1\":\"c\"},\"areas\":[],\"purposes\":["
    "{\"code\":\"p\",\"clause\":\"1\",\"must_not\":[\"x\"]},{\"code\":\"q\",\"clause\":\"1\"}],"
    "\"marking_policy\":{\"clause\":\"1\",\"unmarked\":\"deny\",\"ceiling_by_channel\":{\"auto\":"
    "\"GREEN\",\"officer\":\"GREEN\",\"person\":\"GREEN\"}},\"identity_protection\":{\"clause\":"
    "\"1\"},\"personal_data\":{\"clause\":\"1\"},\"third_party\":{\"clause\":\"1\","
    "\"originator_control\":true},\"suspension\":{\"clause\":\"1\"},\"exercise_realm\":{\"clause\":"
    "\"1\"},\"retention\":{\"clause\":\"1\",\"days\":1},\"data_categories\":[{\"code\":\"any\","
    "\"clause\":\"1\",\"when\":{\"types\":[\"indicator\"],\"purposes\":[\"p\"]},\"ruling\":\"allow\","
    "\"max_tlp\":\"RED\"}]}";

static bool
has_finding(const struct lint *lint, const char *rule, const char *pointer)
{
	for (size_t i = 0; i < lint->findings; i++) {
		if (str_is(lint->finding[i].rule, rule) &&
		    str_is(lint->finding[i].pointer, pointer))
			return true;
	}
	return false;
}

static void
check_small(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct lint lint = linted(a, str_of(small));

	(void)state;
	assert_non_null(lint.agreement);
	assert_true(has_finding(&lint, "party-open", "/parties/1"));
	assert_true(has_finding(&lint, "expired", "/lifecycle/expires_on"));
	assert_true(has_finding(&lint, "purpose-unused", "/purposes/1"));
	assert_false(has_finding(&lint, "purpose-unused", "/purposes/0"));
	assert_true(has_finding(&lint, "purpose-without-limit", "/purposes/1"));
	assert_true(has_finding(&lint, "category-over-ceiling", "/data_categories/0/max_tlp"));
	assert_true(has_finding(&lint, "type-without-category", "/data_categories"));
	assert_true(has_finding(&lint, "block-missing", "/"));
}

/* The agreement of the worked examples has a third party, and no block for it. */
static void
check_accession_missing(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct lint lint = linted(a, cases_file(a, AGREEMENT_EXAMPLES "/agreement.json"));

	(void)state;
	assert_true(has_finding(&lint, "accession-missing", "/parties/2"));
	assert_false(has_finding(&lint, "accession-missing", "/parties/1"));
}

static void
check_signatures(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const char *stranger = "\"agreement_key\":\"";
	struct lint lint = linted(w.a, world_sign(&w, w.agreement, AGREEMENT_PAYLOAD_TYPE, 3));

	(void)state;
	assert_string_equal(told(w.a, &lint, LINT_WARNING), "");
	lint = linted(w.a, world_sign(&w, w.agreement, AGREEMENT_PAYLOAD_TYPE, 1));
	assert_string_equal(told(w.a, &lint, LINT_WARNING), "warning party-unsigned /parties/1");

	/* the key of the document is another one than that which signed */
	struct str other = replaced(w.a, w.agreement, stranger, "\"x_was\":\"");
	other = replaced(w.a, other, "\"x_was\"",
	    "\"agreement_key\":\"0303030303030303030303030303030303030303030303030303030303030303\","
	    "\"x_was\"");
	lint = linted(w.a, world_sign(&w, other, AGREEMENT_PAYLOAD_TYPE, 3));
	assert_string_equal(told(w.a, &lint, LINT_WARNING),
	    "warning party-unsigned /parties/0\nerror key-stranger /signatures/0");
}

static void
check_no_json(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct lint lint;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(agreement_lint(a, S("{"), 0, &lint, &why), ERR_INVALID);
	assert_int_equal(agreement_lint(a, S("{\"payloadType\":1}"), 0, &lint, &why), ERR_INVALID);
	lint = linted(a, S("[]"));
	assert_int_equal(lint.errors, 1);
	assert_null(lint.agreement);
}

/* ---- the published schema says what the reader reads ---- */

static void
check_schema(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	const struct json *schema, *defs, *blocks;
	struct why why = { 0 };

	(void)state;
	if (json_parse(a, world_file(a, "schema/agreement.schema.json"), NULL, &schema, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
	defs = json_get(schema, S("$defs"));
	for (size_t i = 0; i < agreement_shapes_count; i++) {
		const struct shape *s = agreement_shapes[i];
		const struct json *def = json_get(defs, str_of(s->name));
		const struct json *properties = json_get(def, S("properties"));
		const struct json *required = json_get(def, S("required"));

		if (properties == NULL) {
			fail_msg("the schema has no %s", s->name);
			return;
		}
		assert_int_equal(properties->len, s->fields);
		for (size_t f = 0; f < s->fields; f++) {
			struct str name = str_of(s->field[f].name);

			if (json_get(properties, name) == NULL ||
			    texts_have(required, name) != (s->field[f].need == DOC_REQUIRED))
				fail_msg("%s of %s is missing in the schema, or not required alike",
				    s->field[f].name, s->name);
		}
	}
	blocks = json_get(schema, S("properties"));
	struct str rest = str_of(document_blocks);
	size_t n = 0;
	for (; rest.ptr != NULL; n++)
		assert_non_null(json_get(blocks, str_split(&rest, ' ')));
	assert_int_equal(blocks->len, n);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, shipped_cases, check_shipped);
	CASES(&cases, finding_cases, check_finding);
	CASE(&cases, check_small);
	CASE(&cases, check_accession_missing);
	CASE(&cases, check_signatures);
	CASE(&cases, check_no_json);
	CASE(&cases, check_schema);
	return cases_run("lint", &cases, argc, argv);
}
