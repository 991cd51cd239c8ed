#include "fresh_p.h"
#include "store.h"

#define IND(number, modified, more)                                                     \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\","                             \
	"\"id\":\"indicator--0000000" number "-0000-4000-8000-000000000000\","          \
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"" modified "\","       \
	"\"pattern\":\"[ipv4-addr:value = '198.51.100.7']\",\"pattern_type\":\"stix\"," \
	"\"valid_from\":\"2026-01-01T00:00:00Z\"" more "}"
#define M1 "2026-01-01T00:00:00.000Z"
#define M2 "2026-01-02T00:00:00.000Z"
#define BUNDLE(o)                                                                                      \
	"{\"type\":\"bundle\",\"id\":\"bundle--6f1a5a3e-7a0e-4b8e-9a43-0d4b8e3f2a10\",\"objects\":[" o \
	"]}"
#define BROKEN "{\"type\":\"indicator\",\"id\":\"indicator--0\"}"
#define OBSERVED                                                                        \
	"{\"type\":\"observed-data\",\"spec_version\":\"2.1\","                         \
	"\"id\":\"observed-data--66666666-6666-4666-8666-666666666666\","               \
	"\"created\":\"" M1 "\",\"modified\":\"" M1 "\",\"first_observed\":\"" M1 "\"," \
	"\"last_observed\":\"" M1 "\",\"number_observed\":1,"                           \
	"\"objects\":{\"0\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"}}}"

static struct import_request
request_of(const struct fresh *f, struct str text)
{
	return (struct import_request){
		.text = text,
		.source = S("file.json"),
		.actor = S("asha"),
		.shard_key = f->local.shard_key,
		.now = FRESH_NOW,
		.provenance = { .owner = S("IN:CERT-IN"), .enclave = S("soc") },
	};
}

/* ---- one text ---- */

/* clang-format off */
static const struct import_case {
	const char *name;
	const char *text;
	uint64_t read, added, same, refused;
	uint64_t index; /* of the first problem */
	const char *rule, *pointer, *message;
} import_cases[] = {
	{ "a bundle", BUNDLE(IND("1", M1, "") "," IND("2", M1, "")), 2, 2, 0, 0, 0, NULL, NULL, NULL },
	{ "an envelope", "{\"objects\":[" IND("1", M1, "") "]}", 1, 1, 0, 0, 0, NULL, NULL, NULL },
	{ "one object", IND("1", M1, ""), 1, 1, 0, 0, 0, NULL, NULL, NULL },
	{ "one object with objects of its own", OBSERVED, 1, 1, 0, 0, 0, NULL, NULL, NULL },
	{ "objects before the type", "{\"objects\":[" IND("1", M1, "") "],\"type\":\"bundle\"}", 1, 1, 0, 0, 0, NULL, NULL, NULL },
	{ "an object twice", BUNDLE(IND("1", M1, "") "," IND("1", M1, ",\"lang\":\"en\"")), 2, 1, 1, 0, 0, NULL, NULL, NULL },
	{ "two versions", BUNDLE(IND("1", M2, "") "," IND("1", M1, "")), 2, 2, 0, 0, 0, NULL, NULL, NULL },
	{ "a broken one between", BUNDLE(IND("1", M1, "") "," BROKEN "," IND("2", M1, "")), 3, 2, 0, 1, 1, "SI-011", "/id", "an id is the type" },
	{ "no object at all", BUNDLE("7," IND("2", M1, "")), 2, 1, 0, 1, 0, "SI-001", "", "a STIX object is a JSON object" },
	/* SI-053 */
	{ "a bundle inside", BUNDLE("{\"type\":\"bundle\",\"id\":\"bundle--1\"}," IND("2", M1, "")), 2, 1, 0, 1, 0, "SI-053", "/type", "a bundle is no object of its own" },
	{ "an invalid one", BUNDLE(IND("1", M1, ",\"confidence\":101") "," IND("2", M1, "")), 2, 1, 0, 1, 0, "SI-", "/confidence", "100" },
	{ "no canonical form", BUNDLE(IND("1", M1, ",\"x_n\":1e999")), 1, 0, 0, 1, 0, "SI-004", "", "double" },
};
/* clang-format on */

static int64_t
count_of(struct db *db, const char *sql)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	assert_int_equal(db_query_one(db, sql, NULL, 0, &rows, NULL), OK);
	return db_col_i64(&rows, 0);
}

static void
check_problem(const struct import_case *c, const struct import_result *r)
{
	const struct import_problem *p = r->problem;

	assert_int_equal(r->problems, 1);
	assert_int_equal(p->index, c->index);
	assert_true(str_starts(p->rule, str_of(c->rule)));
	assert_true(str_starts(p->pointer, str_of(c->pointer)));
	assert_true(str_find(p->message, str_of(c->message)) != SIZE_MAX);
}

static void
check_import(void **state)
{
	const struct import_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request = request_of(&f, str_of(c->text));
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.read, c->read);
	assert_int_equal(r.new_versions, c->added);
	assert_int_equal(r.same, c->same);
	assert_int_equal(r.refused, c->refused);
	if (c->refused > 0)
		check_problem(c, &r);
	int64_t first = r.import_id;
	assert_int_equal(count_of(f.db, "SELECT COUNT(*) FROM object o JOIN import i"
	                                " ON i.import_id = o.import_id"),
	    c->added);
	assert_int_equal(count_of(f.db, "SELECT n_versions FROM collection_head"), c->added);
	assert_int_equal(count_of(f.db, "SELECT n_refused FROM import"), c->refused);

	/* Once more: nothing changes. */
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.import_id, first + 1);
	assert_int_equal(r.new_versions, 0);
	assert_int_equal(r.same, c->added + c->same);
	assert_int_equal(count_of(f.db, "SELECT COUNT(*) FROM object"), c->added);
}

/* ---- texts of which nothing is stored ---- */

/* clang-format off */
static const struct refused_case {
	const char *name;
	const char *text;
	const char *code, *why;
} refused_cases[] = {
	{ "nothing", "", "json.", "" },
	{ "cut off", "{\"type\":\"bundle\",\"objects\":[" IND("1", M1, "") ",", "json.", "" },
	{ "broken behind the objects", "{\"objects\":[" IND("1", M1, "") "],\"x\":}", "json.", "" },
	{ "a list", "[" IND("1", M1, "") "]", "json.", "" },
	{ "an empty bundle", BUNDLE(""), "import.empty", "there are no objects: give a bundle" },
	{ "a bundle without objects", "{\"type\":\"bundle\"}", "import.empty", "there are no objects" },
	{ "an empty object", "{}", "import.empty", "there are no objects" },
};
/* clang-format on */

static void
check_refused(void **state)
{
	const struct refused_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request = request_of(&f, str_of(c->text));
	assert_int_equal(store_import(f.db, f.arena, &request, &r, &why), ERR_INVALID);
	assert_true(str_starts(str_of(why.code), str_of(c->code)));
	assert_true(str_starts(str_of(why.text), str_of(c->why)));
	assert_int_equal(count_of(f.db, "SELECT COUNT(*) FROM object"), 0);
	assert_int_equal(count_of(f.db, "SELECT COUNT(*) FROM import"), 0);
}

static void
check_unknown_collection(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request = request_of(&f, S(BUNDLE(IND("1", M1, ""))));
	request.shard_key = 9;
	assert_int_equal(store_import(f.db, f.arena, &request, &r, &why), ERR_NOT_FOUND);
	assert_string_equal(why.text, "there is no collection number 9");
	assert_int_equal(count_of(f.db, "SELECT COUNT(*) FROM import"), 0);
}

static void
check_too_big(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request =
	    request_of(&f, (struct str){ "{}", (size_t)IMPORT_BYTES_MAX + 1 });
	assert_int_equal(store_import(f.db, f.arena, &request, &r, &why), ERR_LIMIT);
	assert_string_equal(why.code, "import.too-big");
}

/* A name of bytes that are no text, and a recorded list of problems. */
static void
check_record(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request = request_of(&f, S(BUNDLE(BROKEN)));
	request.source = S("caf\xe9");
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	fresh_ok(db_query_one(f.db, "SELECT source, actor, problems FROM import", NULL, 0, &rows,
	             &why),
	    &why);
	assert_true(str_is(db_col_text(&rows, 0), "(a name that is no text)"));
	assert_true(str_is(db_col_text(&rows, 1), "asha"));
	assert_true(str_starts(db_col_text(&rows, 2),
	    S("[{\"index\":0,\"id\":\"indicator--0\",\"pointer\":\"/id\",\"rule\":\"SI-011\"")));
}

/* ---- more than a batch, and more problems than the list holds ---- */

static void
check_many(void **)
{
	enum { GOOD = 2500, BAD = IMPORT_PROBLEMS_MAX + 7 };
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	CLEANUP(buf_free) struct buf b = buf_new(16 * MIB);
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	buf_put(&b, S("{\"objects\":["));
	for (unsigned i = 0; i < GOOD; i++) {
		buf_put(&b, fresh_indicator(f.arena, i, M1, ""));
		buf_putc(&b, ',');
	}
	for (unsigned i = 0; i < BAD; i++)
		buf_put(&b, i + 1 == BAD ? S("0]}") : S("0,"));
	struct import_request request = request_of(&f, buf_str(&b));
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.read, GOOD + BAD);
	assert_int_equal(r.new_versions, GOOD);
	assert_int_equal(r.refused, BAD);
	assert_int_equal(r.problems, IMPORT_PROBLEMS_MAX);
	assert_int_equal(r.problems_more, 7);
	assert_int_equal(r.problem[0].index, GOOD);
	assert_int_equal(count_of(f.db, "SELECT COUNT(DISTINCT date_added) FROM object"), GOOD);
	assert_int_equal(count_of(f.db, "SELECT last_added FROM collection_head"),
	    FRESH_NOW + GOOD);
	assert_int_equal(count_of(f.db, "SELECT n_new FROM import"), GOOD);
}

/* SI-046: other content of a version is told whatever the policy, and counted apart. */
/* clang-format off */
static const struct differing_case {
	const char *name;
	enum same_version policy;
	uint64_t added, kept, refused;
} differing_cases[] = {
	{ "without a policy", SAME_FAIL, 1, 1, 0 },
	{ "keep the first", SAME_KEEP, 1, 1, 0 },
	{ "serve the newest", SAME_NEWEST, 2, 0, 0 },
	{ "refuse", SAME_REFUSE, 1, 0, 1 },
};
/* clang-format on */

static void
check_differing(void **state)
{
	const struct differing_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request =
	    request_of(&f, S(BUNDLE(IND("1", M1, "") "," IND("1", M1, ",\"name\":\"x\""))));
	request.same_version = c->policy;
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.new_versions, c->added);
	assert_int_equal(r.kept, c->kept);
	assert_int_equal(r.refused, c->refused);
	assert_int_equal(r.differing, 1);
	assert_true(str_starts(r.differs, S("indicator--")));
	assert_int_equal(r.problems, 1);
	assert_true(str_is(r.problem[0].rule, "SI-046"));
	assert_int_equal(r.problem[0].index, 1);
	assert_int_not_equal(str_find(r.problem[0].message, S("is here with other content")),
	    SIZE_MAX);
	assert_int_equal(count_of(f.db, "SELECT COUNT(*) FROM object"), 2);
	assert_int_equal(count_of(f.db, "SELECT COUNT(*) FROM object WHERE latest = 1"), 1);
}

static void
check_warnings(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request =
	    request_of(&f, S(BUNDLE(IND("1", M1, ",\"indicator_types\":[\"oddity\"]"))));
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.problems, 0);
	request.warnings = true;
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.refused, 0);
	assert_int_equal(r.problems, 1);
	assert_true(str_starts(r.problem[0].pointer, S("/indicator_types")));
}

/* ---- SI-100: translations are judged by what is here, and by what comes with them ---- */

#define LANG(version)                                                                \
	"{\"type\":\"language-content\",\"spec_version\":\"2.1\","                   \
	"\"id\":\"language-content--77777777-7777-4777-8777-777777777777\","         \
	"\"created\":\"" M1 "\",\"modified\":\"" M1 "\","                            \
	"\"object_ref\":\"indicator--00000001-0000-4000-8000-000000000000\"" version \
	",\"contents\":{\"ja\":{\"name\":\"x\"}}}"
#define OF(version) ",\"object_modified\":\"" version "\""
#define DIGITS_90 \
	"123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
#define M3 "2026-01-03T00:00:00.000Z"

/* clang-format off */
static const struct translation_case {
	const char *name;
	const char *before; /* NULL: nothing is here */
	const char *text;
	uint64_t refused;
} translation_cases[] = {
	{ "of an object that is not here", NULL, BUNDLE(LANG(OF(M2))), 0 },
	{ "of a version that is here", BUNDLE(IND("1", M2, "")), BUNDLE(LANG(OF("2026-01-02T00:00:00Z"))), 0 },
	{ "of an earlier version that is here", BUNDLE(IND("1", M1, "") "," IND("1", M2, "")), BUNDLE(LANG(OF(M1))), 0 },
	{ "of no version", BUNDLE(IND("1", M2, "")), BUNDLE(LANG("")), 0 },
	{ "of a version that is not there", BUNDLE(IND("1", M1, "")), BUNDLE(LANG(OF(M2))), 1 },
	{ "of a version between two", BUNDLE(IND("1", M1, "") "," IND("1", M3, "")), BUNDLE(LANG(OF(M2))), 1 },
	{ "of a version before the object was made", BUNDLE(IND("1", M2, "")), BUNDLE(LANG(OF("2025-12-31T00:00:00.000Z"))), 1 },
	/* Whoever began to read late has no earlier versions. */
	{ "of a version before the first that came", BUNDLE(IND("1", M3, "")), BUNDLE(LANG(OF(M2))), 0 },
	{ "before its object", NULL, BUNDLE(LANG(OF(M1)) "," IND("1", M1, "")), 0 },
	{ "before its version", BUNDLE(IND("1", M1, "")), BUNDLE(LANG(OF(M2)) "," IND("1", M2, "")), 0 },
	{ "before an object without its version", NULL, BUNDLE(LANG(OF(M2)) "," IND("1", M1, "")), 1 },
	{ "of a version that is too long", BUNDLE(IND("1", M1, "")), BUNDLE(LANG(OF("2026-01-02T00:00:00." DIGITS_90 "Z"))), 1 },
	{ "by itself", BUNDLE(IND("1", M1, "")), LANG(OF(M2)), 1 },
};
/* clang-format on */

static void
check_translation(void **state)
{
	const struct translation_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request = request_of(&f, str_of(c->before));
	if (c->before != NULL)
		fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	request.text = str_of(c->text);
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.refused, c->refused);
	assert_int_equal(r.new_versions, r.read - c->refused);
	if (c->refused == 0)
		return;
	assert_true(str_is(r.problem[0].rule, "SI-100"));
	assert_int_equal(r.problem[0].level, STIX_ERROR);
	assert_true(
	    str_is(r.problem[0].id, "language-content--77777777-7777-4777-8777-777777777777"));
	assert_int_equal(r.problem[0].index, 0);
}

/* ---- SI-034, SI-042: what the whole text shows, for who asks for warnings ---- */

#define OWNED(type, modified)                                                    \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\","                       \
	"\"id\":\"" type "--88888888-8888-4888-8888-888888888888\","             \
	"\"created_by_ref\":\"identity--99999999-9999-4999-8999-999999999999\"," \
	"\"created\":\"" M1 "\",\"modified\":\"" modified "\",\"name\":\"x\"}"

/* clang-format off */
static const struct whole_case {
	const char *name;
	const char *text;
	const char *rule; /* NULL: nothing to say */
	uint64_t index;
} whole_cases[] = {
	{ "one type", BUNDLE(OWNED("tool", M1)), NULL, 0 },
	{ "two types", BUNDLE(OWNED("tool", M1) "," OWNED("campaign", M1)), "SI-034", 1 },
	{ "a first version", BUNDLE(IND("1", M1, "") "," IND("1", M2, "")), NULL, 0 },
	{ "no first version", BUNDLE(IND("1", M1, "") "," IND("2", M2, "") "," IND("3", M2, "")), "SI-042", 1 },
};
/* clang-format on */

static void
check_whole(void **state)
{
	const struct whole_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct import_result r;
	struct why why = { 0 };

	fresh_begin(&f);
	struct import_request request = request_of(&f, str_of(c->text));
	request.warnings = true;
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.refused, 0);
	assert_int_equal(r.problems, c->rule != NULL);
	if (c->rule == NULL)
		return;
	assert_true(str_is(r.problem[0].rule, c->rule));
	assert_int_equal(r.problem[0].index, c->index);
	assert_int_equal(r.problem[0].level, STIX_WARNING);
	/* It is here now: nothing is new about it. */
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.problems, strcmp(c->rule, "SI-034") == 0);
	request.warnings = false;
	fresh_ok(store_import(f.db, f.arena, &request, &r, &why), &why);
	assert_int_equal(r.problems, 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, import_cases, check_import);
	CASES(&list, refused_cases, check_refused);
	CASE(&list, check_unknown_collection);
	CASE(&list, check_too_big);
	CASE(&list, check_record);
	CASE(&list, check_many);
	CASE(&list, check_warnings);
	CASES(&list, differing_cases, check_differing);
	CASES(&list, translation_cases, check_translation);
	CASES(&list, whole_cases, check_whole);
	return cases_run("import", &list, argc, argv);
}
