#include "observable.h"

#include "example_p.h"
#include "observable_p.h"

/* clang-format off */
/* SI-035, SI-037, SI-038: identifiers are those of uuid5(namespace, name) over the name in
 * the comment. */
static const struct id_case {
	const char *name;
	const char *object;
	const char *id;
} id_cases[] = {
	/* {"value":"198.51.100.3"}: the example of STIX 2.1, section 6.8 */
	{ "address", "{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"}", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4" },
	/* {"number":15139}: section 6.2 */
	{ "number", "{\"type\":\"autonomous-system\",\"number\":15139,\"name\":\"x\"}", "autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff" },
	/* {"number":15139} */
	{ "number in another form", "{\"type\":\"autonomous-system\",\"number\":1.5139e4}", "autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff" },
	/* SI-036 */
	/* {"hashes":{"MD5":"a"},"name":"n"} */
	{ "MD5 before the others", "{\"type\":\"file\",\"name\":\"n\",\"hashes\":{\"SHA-256\":\"b\",\"AAA\":\"c\",\"MD5\":\"a\"}}", "file--6a581828-446c-5369-8ab3-13a385269b4e" },
	/* {"hashes":{"SHA-512":"b"}} */
	{ "SHA-512 before unknown ones", "{\"type\":\"file\",\"hashes\":{\"AAA\":\"c\",\"SHA-512\":\"b\"}}", "file--835e58d3-f530-515f-b2f7-cbb854b0784b" },
	/* {"hashes":{"AAA":"c"}} */
	{ "the first by name", "{\"type\":\"file\",\"hashes\":{\"ZZZ\":\"b\",\"AAA\":\"c\",\"TLSH\":\"d\"}}", "file--850f45a4-aa31-54d9-9995-2e7fa87d131c" },
	/* {"hashes":{},"name":"n"} */
	{ "no hash in the object", "{\"type\":\"file\",\"hashes\":{},\"name\":\"n\"}", "file--416a4c2a-7c38-59e2-b464-fd3932bd0ccd" },
	/* {"key":"k","values":[{"data":"d","name":"a"}]} */
	{ "lists whole", "{\"type\":\"windows-registry-key\",\"values\":[{\"name\":\"a\",\"data\":\"d\"}],\"key\":\"k\"}", "windows-registry-key--31734d8f-0f93-59fe-85a3-bf59668241f4" },
	/* {"dst_port":2,"dst_ref":"b","end":"t2","extensions":{"x":1},"protocols":["p"],"src_port":1,"src_ref":"a","start":"t1"} */
	{ "all eight of network-traffic",
	  "{\"type\":\"network-traffic\",\"start\":\"t1\",\"end\":\"t2\",\"src_ref\":\"a\",\"dst_ref\":\"b\",\"src_port\":1,"
	  "\"dst_port\":2,\"protocols\":[\"p\"],\"extensions\":{\"x\":1},\"is_active\":true}", "network-traffic--a8345dd4-c4f1-5c0c-8a0c-e992505e8300" },
	{ "nothing that identifies", "{\"type\":\"file\",\"size\":1}", "" },
	{ "process", "{\"type\":\"process\",\"pid\":1,\"command_line\":\"x\"}", "" },
};

static void
check_id(void **state)
{
	const struct id_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	char id[STIX_ID_MAX];

	assert_int_equal(stix_observable_id(example_json(a, str_of(row->object)), a, id, NULL), OK);
	assert_string_equal(id, row->id);
}

static const struct refused_case {
	const char *name;
	const char *object;
	const char *code;
	const char *why;
} refused_cases[] = {
	{ "a domain object", "{\"type\":\"tool\"}", "stix.no-observable", "only an observable that STIX 2.1 defines has a deterministic id" },
	{ "a custom type", "{\"type\":\"x-own\"}", "stix.no-observable", "only an observable that STIX 2.1 defines has a deterministic id" },
	{ "no type", "{\"value\":\"a\"}", "stix.no-observable", "only an observable that STIX 2.1 defines has a deterministic id" },
	{ "a list", "[]", "stix.no-observable", "only an observable that STIX 2.1 defines has a deterministic id" },
	{ "a number without a canonical form", "{\"type\":\"autonomous-system\",\"number\":1e400}", "jcs.number", "1e400 is beyond the range of a double" },
};

static void
check_refused(void **state)
{
	const struct refused_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	char id[STIX_ID_MAX];
	struct why why = { 0 };

	assert_int_equal(stix_observable_id(example_json(a, str_of(row->object)), a, id, &why), ERR_INVALID);
	assert_string_equal(why.code, row->code);
	assert_string_equal(why.text, row->why);
}

static void
no_memory(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(arena_freep) struct arena *small = arena_new(8);
	char id[STIX_ID_MAX];
	struct why why = { 0 };
	const struct json *url = example_json(a, S("{\"type\":\"url\",\"value\":\"a:b\"}"));

	assert_int_equal(stix_observable_id(url, small, id, &why), ERR_LIMIT);
	assert_string_equal(why.text, "no memory is left to compute the id of the observable");
	assert_int_equal(stix_value_id("url", S("a:b"), small, id, &why), ERR_LIMIT);
	assert_string_equal(why.code, "stix.id-memory");
}

/* ---- one text ---- */

static const struct value_case {
	const char *name;
	const char *type;
	const char *value;
	const char *id; /* NULL: refused */
} value_cases[] = {
	{ "address", "ipv4-addr", "198.51.100.3", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4" },
	{ "domain", "domain-name", "example.com", "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7" },
	{ "text that needs escapes", "mutex", "a\"\n", "mutex--5f1a033e-bc1a-5cb4-bd40-cf834c89f7fe" },
	{ "several properties", "file", "x", NULL },
	{ "a number", "autonomous-system", "1", NULL },
	{ "no property", "process", "x", NULL },
	{ "a domain object", "tool", "x", NULL },
	{ "unknown type", "x-own", "x", NULL },
};

static void
check_value(void **state)
{
	const struct value_case *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	char id[STIX_ID_MAX], text[128];
	struct why why = { 0 };
	enum err err = stix_value_id(row->type, str_of(row->value), a, id, &why);

	if (row->id != NULL) {
		assert_int_equal(err, OK);
		assert_string_equal(id, row->id);
		return;
	}
	assert_int_equal(err, ERR_INVALID);
	(void)snprintf(text, sizeof(text), "%s is no observable that one text identifies", row->type);
	assert_string_equal(why.text, text);
	assert_string_equal(why.code, "stix.no-value");
}

/* ---- shared cases ---- */

static void
check_line(size_t line, struct str text, void *arg)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	const struct json *row = example_json(a, text);
	char id[STIX_ID_MAX];
	size_t *rows = arg;

	++*rows;
	assert_int_equal(stix_observable_id(json_get(row, S("object_without_id")), a, id, NULL), OK);
	if (!str_is(json_str(json_get(row, S("expected_id"))), id))
		print_message("row %zu: %s\n", line, id);
	assert_true(str_is(json_str(json_get(row, S("expected_id"))), id));
}

static void
shared_identifiers(void **state)
{
	(void)state;
	size_t rows = 0;

	example_lines("stix/sco-ids.jsonl", check_line, &rows);
	assert_true(rows > 0);
}
/* clang-format on */

/* clang-format off */
static const struct identifies_case {
	const char *name;
	const char *type, *property;
	bool want;
} identifies_cases[] = {
	{ "an address is identified by its value", "ipv4-addr", "value", true },
	{ "and not by what it belongs to", "ipv4-addr", "belongs_to_refs", false },
	{ "traffic by its source", "network-traffic", "src_ref", true },
	{ "nothing of a process", "process", "pid", false },
	{ "nothing of an unknown type", "x-own", "value", false },
};
/* clang-format on */

static void
check_identifies(void **state)
{
	const struct identifies_case *c = *state;

	assert_int_equal(stix_identifies(str_of(c->type), str_of(c->property)), c->want);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, id_cases, check_id);
	CASES(&cases, refused_cases, check_refused);
	CASES(&cases, identifies_cases, check_identifies);
	CASE(&cases, no_memory);
	CASES(&cases, value_cases, check_value);
	CASE(&cases, shared_identifiers);
	return cases_run("observable", &cases, argc, argv);
}
