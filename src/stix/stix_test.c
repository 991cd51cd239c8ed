#include "stix.h"

#include "example_p.h"

/* clang-format off */
#define TOOL(more) "{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\"" more "}"

/* ---- the header of an object ---- */

static const struct scan_case {
	const char *name;
	const char *text;
	const char *code;
	const char *where;
	const char *why;
} scan_cases[] = {
	{ "a list", "[]", "stix.no-object", "", "a STIX object is a JSON object, found array" },
	{ "a string", "\"x\"", "stix.no-object", "", "a STIX object is a JSON object, found string" },
	{ "no type", "{\"id\":\"tool--" EXAMPLE_UUID "\"}", "stix.type-missing", "", "a STIX object needs a type" },
	{ "type that is a number", "{\"type\":1}", "stix.type", "/type",
	  "a type has 3 to 250 lower-case letters, digits and single hyphens" },
	{ "type with a capital", "{\"type\":\"Tool\"}", "stix.type", "/type",
	  "a type has 3 to 250 lower-case letters, digits and single hyphens" },
	{ "type with two hyphens", "{\"type\":\"x--tool\"}", "stix.type", "/type",
	  "a type has 3 to 250 lower-case letters, digits and single hyphens" },
	{ "type that is too short", "{\"type\":\"ab\"}", "stix.type", "/type",
	  "a type has 3 to 250 lower-case letters, digits and single hyphens" },
	{ "a bundle", "{\"type\":\"bundle\",\"id\":\"bundle--" EXAMPLE_UUID "\"}", "stix.bundle", "/type",
	  "a bundle is no object of its own: its members are" },
	{ "no id", "{\"type\":\"tool\"}", "stix.id-missing", "", "a STIX object needs an id" },
	{ "id that is a number", "{\"type\":\"tool\",\"id\":7}", "stix.id", "/id",
	  "an id is the type, two hyphens and a UUID of version 1 to 5" },
	{ "id without a UUID", "{\"type\":\"tool\",\"id\":\"tool--7\"}", "stix.id", "/id",
	  "an id is the type, two hyphens and a UUID of version 1 to 5" },
	{ "id of another type", "{\"type\":\"tool\",\"id\":\"report--" EXAMPLE_UUID "\"}", "stix.id-type", "/id",
	  "the id must begin with the type tool" },
	{ "created on no day", TOOL(",\"created\":\"2026-02-30T00:00:00Z\""), "stix.timestamp", "/created",
	  "a timestamp is an existing day and time written YYYY-MM-DDTHH:MM:SS.sssZ" },
	{ "modified that is a number", TOOL(",\"modified\":1"), "stix.timestamp", "/modified",
	  "a timestamp is an existing day and time written YYYY-MM-DDTHH:MM:SS.sssZ" },
	{ "modified with an offset", TOOL(",\"modified\":\"2026-02-03T00:00:00+01:00\""), "stix.timestamp", "/modified",
	  "a timestamp is an existing day and time written YYYY-MM-DDTHH:MM:SS.sssZ" },
	{ "modified with 59 digits", TOOL(",\"modified\":\"2026-02-03T00:00:00."
	  "12345678901234567890123456789012345678901234567890123456789Z\""), "stix.timestamp-digits", "/modified",
	  "a version has at most 58 digits after the second" },
	{ "the least", TOOL(""), NULL, "", "" },
	{ "modified with 58 digits", TOOL(",\"modified\":\"2026-02-03T00:00:00."
	  "1234567890123456789012345678901234567890123456789012345678Z\""), NULL, "", "" },
};

static void
check_scan(void **state)
{
	const struct scan_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = { 0 };
	struct why why = { 0 };
	enum err err = stix_scan(example_json(a, str_of(row->text)), &o, &why);

	assert_int_equal(err, row->code == NULL ? OK : ERR_INVALID);
	assert_string_equal(why.text, row->why);
	assert_string_equal(why.where, row->where);
	if (row->code != NULL)
		assert_string_equal(why.code, row->code);
}

static void
scan_reads_the_header(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	const char *text = TOOL(",\"created\":\"1970-01-01T00:00:01.000Z\",\"modified\":\"1970-01-01T00:00:02.5Z\","
	    "\"spec_version\":\"2.0\",\"revoked\":true,\"created_by_ref\":\"identity--" EXAMPLE_UUID "\"");
	struct stix_object o = example_object(a, str_of(text));

	assert_true(str_is(o.raw, text));
	assert_true(str_is(o.id, "tool--" EXAMPLE_UUID));
	assert_true(str_is(o.type, "tool"));
	assert_int_equal(o.class, STIX_SDO);
	assert_true(str_is(o.spec_version, "2.0"));
	assert_true(str_is(o.created, "1970-01-01T00:00:01.000Z"));
	assert_true(str_is(o.modified, "1970-01-01T00:00:02.5Z"));
	assert_true(o.created_us == US_PER_S && o.modified_us == 2 * US_PER_S + US_PER_S / 2);
	assert_true(str_is(o.created_by, "identity--" EXAMPLE_UUID));
	assert_true(o.revoked);

	o = example_object(a, S(TOOL("")));
	assert_true(str_is(o.spec_version, "2.1"));
	assert_true(o.created.len == 0 && o.modified.len == 0 && o.created_by.len == 0 && !o.revoked);
}

/* ---- identifiers ---- */

static const struct id_case {
	const char *name;
	const char *id;
	const char *type; /* "" when it is no identifier */
} id_cases[] = {
	{ "version 4", "tool--" EXAMPLE_UUID, "tool" },
	{ "version 1", "x-a-b--00000000-0000-1000-8000-000000000000", "x-a-b" },
	{ "version 5, capitals", "file--ABCDEF00-0000-5000-A000-000000000000", "file" },
	{ "version 0", "tool--00000000-0000-0000-8000-000000000000", "" },
	{ "version 6", "tool--00000000-0000-6000-8000-000000000000", "" },
	{ "variant of Microsoft", "tool--00000000-0000-4000-c000-000000000000", "" },
	{ "a letter that is no digit", "tool--0000000g-0000-4000-8000-000000000000", "" },
	{ "hyphen in the wrong place", "tool--000000000-000-4000-8000-000000000000", "" },
	{ "one hyphen", "tool-00000000-0000-4000-8000-000000000000", "" },
	{ "three hyphens", "tool---00000000-0000-4000-8000-000000000000", "" },
	{ "no type in front", "--00000000-0000-4000-8000-000000000000", "" },
	{ "underscore in the type", "my_tool--00000000-0000-4000-8000-000000000000", "" },
	{ "digit in front", "7tool--00000000-0000-4000-8000-000000000000", "" },
	{ "something behind", "tool--00000000-0000-4000-8000-000000000000 ", "" },
	{ "empty", "", "" },
};

static void
check_id(void **state)
{
	const struct id_case *row = *state;

	assert_int_equal(stix_id_is(str_of(row->id)), row->type[0] != '\0');
	assert_true(str_is(stix_id_type(str_of(row->id)), row->type));
}

static const struct class_case {
	const char *name;
	const char *type;
	enum stix_class class;
} class_cases[] = {
	{ "first domain object", "attack-pattern", STIX_SDO },
	{ "last domain object", "vulnerability", STIX_SDO },
	{ "sighting", "sighting", STIX_SRO },
	{ "relationship", "relationship", STIX_SRO },
	{ "first observable", "artifact", STIX_SCO },
	{ "last observable", "x509-certificate", STIX_SCO },
	{ "windows-registry-key", "windows-registry-key", STIX_SCO },
	{ "marking-definition", "marking-definition", STIX_MARKING },
	{ "extension-definition", "extension-definition", STIX_EXTENSION },
	{ "language-content", "language-content", STIX_LANGUAGE },
	{ "custom", "x-mitre-tactic", STIX_CUSTOM },
	{ "prefix of a name", "malware-", STIX_CUSTOM },
	{ "no name", "", STIX_CUSTOM },
};

static void
check_class(void **state)
{
	const struct class_case *row = *state;

	assert_int_equal(stix_class_of(str_of(row->type)), row->class);
}

/* ---- hashes: the digests are of sha256sum over the forms written by hand ---- */

static void
hashes_of_the_three_forms(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a, S("{\"type\":\"tool\", \"id\":\"tool--" EXAMPLE_UUID
	    "\", \"revoked\":false, \"modified\":\"2026-01-02T03:04:05.100Z\", \"created\":\"2026-01-02T03:04:05.000Z\"}"));
	struct stix_hashes h;
	char hex[HASH_HEX + 1];

	assert_int_equal(stix_hash(&o, a, &h, NULL), OK);
	hash_text(&h.raw, hex);
	assert_string_equal(hex, "bebfa4047fbade86b405de90e6617b7d736770991597bff738def29a5d9a7beb");
	hash_text(&h.jcs, hex);
	assert_string_equal(hex, "b7234d8aef60a85015a890400d030dbc3d7ea5b14e3a83899f26fde8ddd0a694");
	hash_text(&h.normalised, hex);
	assert_string_equal(hex, "dd793f21bd7fb1945fdf555e8c6fee96e38a5552567a71e08b11a8189c233335");
}

static const struct same_case {
	const char *name;
	bool same;
	const char *a, *b;
} same_cases[] = {
	{ "order of the members", true, TOOL(",\"name\":\"a\",\"x_b\":1"), "{\"x_b\":1,\"name\":\"a\",\"id\":\"tool--" EXAMPLE_UUID "\",\"type\":\"tool\"}" },
	{ "escapes", true, TOOL(",\"name\":\"\\u0061/\""), TOOL(",\"name\":\"a\\/\"") },
	{ "numbers", true, TOOL(",\"x_n\":10"), TOOL(",\"x_n\":1.0e1") },
	{ "revoked is false", true, TOOL(""), TOOL(",\"revoked\":false") },
	{ "revoked is true", false, TOOL(""), TOOL(",\"revoked\":true") },
	{ "English", true, TOOL(""), TOOL(",\"lang\":\"en\"") },
	{ "Hindi", false, TOOL(""), TOOL(",\"lang\":\"hi\"") },
	{ "spec_version of a domain object", false, TOOL(""), TOOL(",\"spec_version\":\"2.1\"") },
	{ "summary of a tool", false, TOOL(""), TOOL(",\"summary\":false") },
	{ "default in a nested object", false, TOOL(",\"x_a\":{\"b\":1}"), TOOL(",\"x_a\":{\"b\":1,\"revoked\":false}") },
	{ "trailing zeros", true, TOOL(",\"created\":\"2026-01-01T00:00:00.120Z\""), TOOL(",\"created\":\"2026-01-01T00:00:00.12Z\"") },
	{ "no fraction", true, TOOL(",\"created\":\"2026-01-01T00:00:00.000Z\""), TOOL(",\"created\":\"2026-01-01T00:00:00Z\"") },
	{ "another instant", false, TOOL(",\"created\":\"2026-01-01T00:00:00.12Z\""), TOOL(",\"created\":\"2026-01-01T00:00:00.121Z\"") },
	{ "time in a name", false, TOOL(",\"name\":\"2026-01-01T00:00:00.0Z\""), TOOL(",\"name\":\"2026-01-01T00:00:00Z\"") },
	{ "time of a custom property", false, TOOL(",\"x_at\":\"2026-01-01T00:00:00.0Z\""), TOOL(",\"x_at\":\"2026-01-01T00:00:00Z\"") },
	{ "defaults first and last", true, TOOL(",\"a_a\":1,\"revoked\":false,\"lang\":\"en\""), TOOL(",\"a_a\":1") },
	{ "only what differs", true, "{\"lang\":\"en\",\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\"}", TOOL("") },
	{ "observable's defaults", true,
	  "{\"type\":\"url\",\"id\":\"url--" EXAMPLE_UUID "\",\"value\":\"a:b\"}",
	  "{\"type\":\"url\",\"id\":\"url--" EXAMPLE_UUID "\",\"value\":\"a:b\",\"defanged\":false,\"spec_version\":\"2.1\"}" },
	{ "sighting's summary", true,
	  "{\"type\":\"sighting\",\"id\":\"sighting--" EXAMPLE_UUID "\"}",
	  "{\"type\":\"sighting\",\"id\":\"sighting--" EXAMPLE_UUID "\",\"summary\":false}" },
	{ "time in a part", true,
	  "{\"type\":\"x509-certificate\",\"id\":\"x509-certificate--" EXAMPLE_UUID "\",\"x509_v3_extensions\":"
	  "{\"private_key_usage_period_not_before\":\"2026-01-01T00:00:00.10Z\",\"key_usage\":\"x\"},\"version\":\"1\"}",
	  "{\"type\":\"x509-certificate\",\"id\":\"x509-certificate--" EXAMPLE_UUID "\",\"version\":\"1\",\"x509_v3_extensions\":"
	  "{\"key_usage\":\"x\",\"private_key_usage_period_not_before\":\"2026-01-01T00:00:00.1Z\"}}" },
	{ "time in a container", true,
	  "{\"type\":\"observed-data\",\"id\":\"observed-data--" EXAMPLE_UUID "\",\"objects\":{\"0\":"
	  "{\"type\":\"file\",\"ctime\":\"2026-01-01T00:00:00.00Z\",\"name\":\"a\"},\"1\":{\"type\":\"x-own\"}}}",
	  "{\"type\":\"observed-data\",\"id\":\"observed-data--" EXAMPLE_UUID "\",\"objects\":{\"0\":"
	  "{\"type\":\"file\",\"name\":\"a\",\"ctime\":\"2026-01-01T00:00:00Z\"},\"1\":{\"type\":\"x-own\"}}}" },
	{ "extensions are looked into", true,
	  "{\"type\":\"file\",\"id\":\"file--" EXAMPLE_UUID "\",\"extensions\":{\"pdf-ext\":{\"version\":\"1\"},\"x-ext\":{\"b\":1,\"a\":2}},\"mtime\":\"2026-01-01T00:00:00.0Z\"}",
	  "{\"type\":\"file\",\"id\":\"file--" EXAMPLE_UUID "\",\"mtime\":\"2026-01-01T00:00:00Z\",\"extensions\":{\"x-ext\":{\"a\":2,\"b\":1},\"pdf-ext\":{\"version\":\"1\"}}}" },
};

static void
check_same(void **state)
{
	const struct same_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object one = example_object(a, str_of(row->a));
	struct stix_object two = example_object(a, str_of(row->b));
	struct stix_hashes h, g;

	assert_int_equal(stix_hash(&one, a, &h, NULL), OK);
	assert_int_equal(stix_hash(&two, a, &g, NULL), OK);
	assert_int_equal(hash_eq(&h.normalised, &g.normalised), row->same);
}

static void
number_without_a_canonical_form(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a, S(TOOL(",\"x_n\":1e400")));
	struct stix_hashes h;

	assert_int_equal(stix_hash(&o, a, &h, NULL), ERR_INVALID);
}

static void
hash_without_memory(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(arena_freep) struct arena *small = arena_new(8);
	struct stix_object o = example_object(a, S(TOOL("")));
	struct stix_hashes h;
	struct why why = { 0 };

	assert_int_equal(stix_hash(&o, small, &h, &why), ERR_LIMIT);
	assert_string_equal(why.code, "stix.hash-memory");
	assert_string_equal(why.text, "no memory is left to put 2 members in order");
}

/* ---- keys of versions ---- */

static const struct key_case {
	const char *name;
	const char *text;
	const char *key;
} key_cases[] = {
	{ "modified", TOOL(",\"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":\"2026-01-02T03:04:05.120Z\""), "2026-01-02T03:04:05.12Z" },
	{ "created", TOOL(",\"created\":\"2020-01-01T00:00:00.000Z\""), "2020-01-01T00:00:00Z" },
	{ "nanoseconds", TOOL(",\"modified\":\"2026-01-02T03:04:05.000000001Z\""), "2026-01-02T03:04:05.000000001Z" },
	{ "the longest", TOOL(",\"modified\":\"2026-01-02T03:04:05.0000000000000000000000000000000000000000000000000000000001Z\""),
	  "2026-01-02T03:04:05.0000000000000000000000000000000000000000000000000000000001Z" },
	/* sha256sum of {"id":"url--...","type":"url","value":"a:b"} */
	{ "observable", "{\"type\":\"url\",\"id\":\"url--" EXAMPLE_UUID "\",\"value\":\"a:b\",\"spec_version\":\"2.1\"}", "=e033d1214a1f6870e7a12345ceb8b954" },
};

static void
check_key(void **state)
{
	const struct key_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a, str_of(row->text));
	struct stix_hashes h;
	char key[STIX_KEY_MAX];

	assert_int_equal(stix_hash(&o, a, &h, NULL), OK);
	stix_version_key(&o, &h, key);
	assert_string_equal(key, row->key);
}

static void
version_of_a_timestamp(void **)
{
	static const char *const rows[][2] = {
		{ "2026-01-02T03:04:05.120Z", "2026-01-02T03:04:05.12Z" },
		{ "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z" },
		{ "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z" },
		{ "2026-01-02", "2026-01-02" },
		{ "=e033d1214a1f6870e7a12345ceb8b954", "=e033d1214a1f6870e7a12345ceb8b954" },
		{ "", "" },
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);

	for (size_t i = 0; i < COUNTOF(rows); i++)
		assert_true(str_is(stix_version_of(a, str_of(rows[i][0])), rows[i][1]));
}

/* ---- references and texts ---- */

static const char walked[] =
    TOOL(",\"created_by_ref\":\"i1\",\"object_marking_refs\":[\"m1\",7,\"m2\"],"
    "\"granular_markings\":[{\"selectors\":[\"name\"],\"marking_ref\":\"m3\"}],"
    "\"extensions\":{\"a/b~c\":{\"deep_refs\":[[\"x1\"]],\"other_ref\":{\"name\":\"n\"},\"ref\":\"no\"}}");

struct seen {
	size_t len, stop;
	char text[1024];
};

static bool
note(void *arg, struct str text, struct str name, struct str pointer)
{
	struct seen *s = arg;

	(void)snprintf(s->text + strlen(s->text), sizeof(s->text) - strlen(s->text),
	    STR_FMT " " STR_FMT " " STR_FMT "\n", STR_ARG(pointer), STR_ARG(name), STR_ARG(text));
	return ++s->len != s->stop;
}

static void
references_at_any_depth(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct stix_object o = example_object(a, str_of(walked));
	struct seen all = { 0 }, two = { .stop = 2 };

	stix_each_ref(&o, note, &all);
	assert_string_equal(all.text,
	    "/created_by_ref created_by_ref i1\n"
	    "/object_marking_refs/0 object_marking_refs m1\n"
	    "/object_marking_refs/2 object_marking_refs m2\n"
	    "/granular_markings/0/marking_ref marking_ref m3\n"
	    "/extensions/a~1b~0c/deep_refs/0/0 deep_refs x1\n");
	stix_each_ref(&o, note, &two);
	assert_int_equal(two.len, 2);
}

static void
texts_at_any_depth(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct seen all = { 0 }, one = { .stop = 1 }, lone = { 0 };

	stix_each_text(example_json(a, S("{\"a\":\"x\",\"b\":[\"y\",{\"c\":\"z\"}],\"d\":1}")), note, &all);
	assert_string_equal(all.text, "/a a x\n/b/0 b y\n/b/1/c c z\n");
	stix_each_text(example_json(a, str_of(walked)), note, &one);
	assert_int_equal(one.len, 1);
	stix_each_text(example_json(a, S("\"t\"")), note, &lone);
	assert_string_equal(lone.text, "  t\n");
}
/* clang-format on */

/* clang-format off */
static const struct word_case {
	const char *property, *value;
	bool has;
} word_cases[] = {
	{ "capabilities", "anti-vm", true }, { "capabilities", "blackout of the ring main", false },
	{ "capabilities", "wiper", false }, { "malware_types", "wiper", true },
	{ "opinion", "agree", true }, { "sectors", "legal", true }, { "hashes", "SHA-256", true },
	{ "hashes", "surat", false }, { "relationship_type", "targets", true },
	{ "relationship_type", "duplicate-of", true }, { "relationship_type", "hits-surat", false },
	{ "name", "wiper", false }, { "", "wiper", true }, { "", "surat", false },
};

static void
vocabularies_have_their_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(word_cases); i++) {
		const struct word_case *c = &word_cases[i];

		if (stix_vocabulary_has(str_of(c->property), str_of(c->value)) != c->has)
			fail_msg("%s: %s", c->property, c->value);
	}
}
/* clang-format on */

/* SI-025 */
static void
confidence_in_words(void **)
{
	static const struct {
		int64_t confidence;
		const char *word;
	} rows[] = { { INT64_MIN, "" }, { -1, "" }, { 0, "None" }, { 1, "Low" }, { 29, "Low" },
		{ 30, "Med" }, { 69, "Med" }, { 70, "High" }, { 100, "High" }, { 101, "" } };

	for (size_t i = 0; i < COUNTOF(rows); i++)
		assert_string_equal(stix_confidence_word(rows[i].confidence), rows[i].word);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, scan_cases, check_scan);
	CASE(&cases, scan_reads_the_header);
	CASES(&cases, id_cases, check_id);
	CASES(&cases, class_cases, check_class);
	CASE(&cases, hashes_of_the_three_forms);
	CASES(&cases, same_cases, check_same);
	CASE(&cases, number_without_a_canonical_form);
	CASE(&cases, hash_without_memory);
	CASES(&cases, key_cases, check_key);
	CASE(&cases, version_of_a_timestamp);
	CASE(&cases, references_at_any_depth);
	CASE(&cases, texts_at_any_depth);
	CASE(&cases, vocabularies_have_their_words);
	CASE(&cases, confidence_in_words);
	return cases_run("stix", &cases, argc, argv);
}
