#include "stix20.h"

#include <time.h>

#include "buf.h"
#include "cases.h"
#include "stix.h"
#include "stix1.h"

enum { ARENA_MAX = 64 * MIB };

/* clang-format off */
#define UUID "44af6c39-c09b-49c5-9de2-394224b04982"
#define TIMES "\"created\":\"2017-01-01T00:00:00.000Z\",\"modified\":\"2017-01-01T00:00:00.000Z\""
#define HEAD(type) "{\"type\":\"" type "\",\"id\":\"" type "--" UUID "\"," TIMES
#define HEAD_21(type) "{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type "--" UUID "\"," TIMES
#define ADDED_VERSION "added /spec_version is 2.1\n"
#define SEEN ",\"first_observed\":\"2017-01-01T00:00:00Z\",\"last_observed\":\"2017-01-01T00:00:00Z\",\"number_observed\":1"
#define OBSERVED(objects) HEAD("observed-data") SEEN ",\"objects\":{" objects "}}"
#define PATTERN(text) HEAD("indicator") ",\"pattern\":\"" text "\",\"pattern_type\":\"stix\"}"
#define PATTERN_21(text) HEAD_21("indicator") ",\"pattern\":\"" text "\",\"pattern_type\":\"stix\"}"
#define RED "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
#define AMBER "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
/* As the Python library for STIX 2.1 makes it. */
#define IP_ID "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4" /* 198.51.100.3 */

static const struct object_case {
	const char *name;
	const char *text;
	const char *object;
	const char *changes;
} object_cases[] = {
	{ "an object that needs nothing but its version", HEAD("campaign") ",\"name\":\"x\"}", HEAD_21("campaign") ",\"name\":\"x\"}", ADDED_VERSION },
	{ "an object that says 2.0", "{\"type\":\"campaign\",\"spec_version\":\"2.0\",\"id\":\"campaign--" UUID "\"," TIMES "}", HEAD_21("campaign") "}", "changed /spec_version is 2.1\n" },
	{ "labels that are words", HEAD("tool") ",\"name\":\"x\",\"labels\":[\"remote-access\",\"exploitation\"]}", HEAD_21("tool") ",\"name\":\"x\",\"tool_types\":[\"remote-access\",\"exploitation\"]}", ADDED_VERSION "moved /labels is called tool_types\n" },
	{ "labels of both kinds", HEAD("report") ",\"labels\":[\"own\",\"threat-report\"]}", HEAD_21("report") ",\"report_types\":[\"threat-report\"],\"labels\":[\"own\"]}", ADDED_VERSION "moved /labels 1 words of the vocabulary stand in report_types; 1 others stay labels\n" },
	{ "labels of no vocabulary", HEAD("threat-actor") ",\"labels\":[\"own\"]}", HEAD_21("threat-actor") ",\"labels\":[\"own\"]}", ADDED_VERSION "kept /labels has no word of the vocabulary of threat_actor_types: stays labels\n" },
	{ "labels that are no list", HEAD("tool") ",\"labels\":\"exploitation\"}", HEAD_21("tool") ",\"labels\":\"exploitation\"}", ADDED_VERSION "kept /labels is left as it is\n" },
	{ "labels of what has no vocabulary", HEAD("campaign") ",\"labels\":[\"own\"]}", HEAD_21("campaign") ",\"labels\":[\"own\"]}", ADDED_VERSION },
	{ "labels beside their successor", HEAD("tool") ",\"labels\":[\"exploitation\"],\"tool_types\":[\"unknown\"]}", HEAD_21("tool") ",\"labels\":[\"exploitation\"],\"tool_types\":[\"unknown\"]}", ADDED_VERSION "kept /labels is left as it is\n" },
	{ "roles of an identity", HEAD("identity") ",\"name\":\"x\",\"labels\":[\"CEO\"],\"sectors\":[\"defence\",\"energy\"]}", HEAD_21("identity") ",\"name\":\"x\",\"labels\":[\"CEO\"],\"roles\":[\"CEO\"],\"sectors\":[\"defense\",\"energy\"]}", ADDED_VERSION "moved /labels is called roles, and stays beside it\nchanged /sectors/0 is written \"defense\"\n" },
	{ "malware", HEAD("malware") ",\"name\":\"x\",\"labels\":[\"worm\"]}", HEAD_21("malware") ",\"name\":\"x\",\"malware_types\":[\"worm\"],\"is_family\":true}", ADDED_VERSION "moved /labels is called malware_types\nadded /is_family is true (assumed: STIX 2.0 does not tell a family from one sample)\n" },
	{ "an indicator", HEAD("indicator") ",\"labels\":[\"benign\"],\"pattern\":\"[a:b = 1]\"}", HEAD_21("indicator") ",\"indicator_types\":[\"benign\"],\"pattern\":\"[a:b = 1]\",\"pattern_type\":\"stix\"}", ADDED_VERSION "moved /labels is called indicator_types\nadded /pattern_type is \"stix\" (STIX 2.0 knows only its own patterns)\n" },
	{ "a marking", "{\"type\":\"marking-definition\",\"id\":\"" RED "\",\"created\":\"2017-01-20T00:00:00.000Z\",\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"red\"}}", "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" RED "\",\"created\":\"2017-01-20T00:00:00.000Z\",\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"red\"}}", ADDED_VERSION },
	{ "custom properties, numbers and texts stay as they are", HEAD("x-own") ",\"x_a\":[1.50,{\"b\":-0}],\"name\":\"\\u00e4\"}", HEAD_21("x-own") ",\"x_a\":[1.50,{\"b\":-0}],\"name\":\"\\u00e4\"}", ADDED_VERSION },
	{ "a hash in a reference", HEAD("campaign") ",\"external_references\":[{\"source_name\":\"x\",\"hashes\":{\"ssdeep\":\"3:a:b\"}}]}", HEAD_21("campaign") ",\"external_references\":[{\"source_name\":\"x\",\"hashes\":{\"SSDEEP\":\"3:a:b\"}}]}", ADDED_VERSION "changed /external_references/0/hashes/ssdeep is called SSDEEP\n" },

	/* ---- markings follow what they mark ---- */
	{ "a marking of a label", HEAD("tool") ",\"labels\":[\"own\",\"exploitation\",\"other\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"labels.[1]\",\"labels.[2]\",\"name\"]}]}", HEAD_21("tool") ",\"tool_types\":[\"exploitation\"],\"labels\":[\"own\",\"other\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"tool_types.[0]\",\"labels.[1]\",\"name\"]}]}", ADDED_VERSION "moved /labels 1 words of the vocabulary stand in tool_types; 2 others stay labels\nchanged /granular_markings selectors of labels follow them\n" },
	{ "a marking of all labels", HEAD("tool") ",\"labels\":[\"own\",\"exploitation\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"labels\"]}]}", HEAD_21("tool") ",\"tool_types\":[\"exploitation\"],\"labels\":[\"own\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"tool_types\",\"labels\"]}]}", ADDED_VERSION "moved /labels 1 words of the vocabulary stand in tool_types; 1 others stay labels\nchanged /granular_markings selectors of labels follow them\n" },
	{ "a marking of a role", HEAD("identity") ",\"labels\":[\"a\",\"b\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"labels.[1]\"]}]}", HEAD_21("identity") ",\"labels\":[\"a\",\"b\"],\"roles\":[\"a\",\"b\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"labels.[1]\",\"roles.[1]\"]}]}", ADDED_VERSION "moved /labels is called roles, and stays beside it\nchanged /granular_markings selectors of labels follow them\n" },
	{ "a marking of a label that is not there stays broken", HEAD("tool") ",\"labels\":[\"exploitation\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"labels.[1]\"]}]}", HEAD_21("tool") ",\"tool_types\":[\"exploitation\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"labels.[1]\"]}]}", ADDED_VERSION "moved /labels is called tool_types\nchanged /granular_markings selectors of labels follow them\n" },

	/* ---- patterns ---- */
	{ "pattern: nothing changes", PATTERN("[file:hashes.'SHA-256' = 'x' AND file:name = 'created: START \\\\'']"), PATTERN_21("[file:hashes.'SHA-256' = 'x' AND file:name = 'created: START \\\\'']"), ADDED_VERSION },
	{ "pattern: times", PATTERN("[a:b = 1] START '2017-01-01T00:00:00Z' STOP '2018-01-01T00:00:00Z'"), PATTERN_21("[a:b = 1] START t'2017-01-01T00:00:00Z' STOP t'2018-01-01T00:00:00Z'"), ADDED_VERSION "changed /pattern the times of START and STOP are timestamps\n" },
	{ "pattern: times that are timestamps", PATTERN("[a:b = t'2017-01-01T00:00:00Z'] START t'2017-01-01T00:00:00Z' STOP t'2018-01-01T00:00:00Z'"), PATTERN_21("[a:b = t'2017-01-01T00:00:00Z'] START t'2017-01-01T00:00:00Z' STOP t'2018-01-01T00:00:00Z'"), ADDED_VERSION },
	{ "pattern: renamed properties", PATTERN("[process:binary_ref.name = 'x' AND process:'created' > t'2017-01-01T00:00:00Z']"), PATTERN_21("[process:image_ref.name = 'x' AND process:'created_time' > t'2017-01-01T00:00:00Z']"), ADDED_VERSION "changed /pattern binary_ref is called image_ref\nchanged /pattern created is called created_time\n" },
	{ "pattern: hashes", PATTERN("[file:hashes.ssdeep = 'x' OR file:hashes.SHA-256 = 'y' OR file:extensions.'windows-pebinary-ext'.sections[0].hashes.'ssdeep' = 'z']"), PATTERN_21("[file:hashes.SSDEEP = 'x' OR file:hashes.'SHA-256' = 'y' OR file:extensions.'windows-pebinary-ext'.sections[0].hashes.'SSDEEP' = 'z']"), ADDED_VERSION "changed /pattern ssdeep is called SSDEEP\nchanged /pattern SHA-256 stands in quotes\nchanged /pattern ssdeep is called SSDEEP\n" },
	{ "pattern: what only converted observables have", PATTERN("[process:name = 'x' AND file:extensions.'archive-ext'.version = '1']"), PATTERN_21("[process:name = 'x' AND file:extensions.'archive-ext'.version = '1']"), ADDED_VERSION "kept /pattern asks for name, which only converted observables have\nkept /pattern asks for version, which only converted observables have\n" },
	{ "pattern: behind a reference", PATTERN("[network-traffic:src_ref.created = 1]"), PATTERN_21("[network-traffic:src_ref.created = 1]"), ADDED_VERSION "kept /pattern created stands behind a reference and was not changed: see whether STIX 2.1 calls it otherwise\n" },
	{ "pattern: a property of that name elsewhere", PATTERN("[x-own:created = 1 AND x-own:a.created = 1]"), PATTERN_21("[x-own:created = 1 AND x-own:a.created = 1]"), ADDED_VERSION },
	{ "pattern: broken ones come out as they are", PATTERN("[file:created'x' START 'a' file:[ 'b"), PATTERN_21("[file:ctime'x' START t'a' file:[ 'b"), ADDED_VERSION "changed /pattern created is called ctime\nchanged /pattern the times of START and STOP are timestamps\n" },

	/* ---- observed data ---- */
	{ "observed data", OBSERVED("\"0\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"}"), HEAD_21("observed-data") SEEN ",\"object_refs\":[\"" IP_ID "\"]}\n"
	  "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID "\",\"value\":\"198.51.100.3\"}",
	  ADDED_VERSION "moved /objects 1 observables are objects of their own: object_refs\nmade /objects/0 is " IP_ID "\n" },
	{ "the same twice is named once", OBSERVED("\"a\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"},\"b\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"}"), HEAD_21("observed-data") SEEN ",\"object_refs\":[\"" IP_ID "\"]}\n"
	  "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID "\",\"value\":\"198.51.100.3\"}\n{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID "\",\"value\":\"198.51.100.3\"}",
	  ADDED_VERSION "moved /objects 2 observables are objects of their own: object_refs\nmade /objects/a is " IP_ID "\nmade /objects/b is " IP_ID "\n" },
	{ "an empty container", OBSERVED(""), HEAD_21("observed-data") SEEN ",\"objects\":{}}", ADDED_VERSION "kept /objects is left as it is\n" },
	{ "references beside the container", HEAD("observed-data") ",\"object_refs\":[],\"objects\":{\"0\":{\"type\":\"url\",\"value\":\"x:y\"}}}", HEAD_21("observed-data") ",\"object_refs\":[],\"objects\":{\"0\":{\"type\":\"url\",\"value\":\"x:y\"}}}", ADDED_VERSION "kept /objects is left as it is\n" },
	{ "markings of the whole go with each part", HEAD("observed-data") ",\"object_marking_refs\":[\"" AMBER "\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"objects.0.value\",\"number_observed\"]},{\"marking_ref\":\"" RED "\",\"selectors\":[\"objects\"]}],\"number_observed\":1,\"objects\":{\"0\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"}}}",
	  HEAD_21("observed-data") ",\"object_marking_refs\":[\"" AMBER "\",\"" RED "\"],\"granular_markings\":[{\"marking_ref\":\"" RED "\",\"selectors\":[\"number_observed\"]}],\"number_observed\":1,\"object_refs\":[\"" IP_ID "\"]}\n"
	  "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID "\",\"value\":\"198.51.100.3\",\"object_marking_refs\":[\"" AMBER "\",\"" RED "\"]}",
	  ADDED_VERSION "moved /granular_markings what marked a place in objects marks the whole object, and each observable made of it\nmoved /objects 1 observables are objects of their own: object_refs\nmade /objects/0 is " IP_ID "\n" },
	{ "a marking of a part stays with it", HEAD("observed-data") ",\"object_marking_refs\":[\"" AMBER "\"],\"objects\":{\"0\":{\"type\":\"ipv4-addr\",\"object_marking_refs\":[\"" RED "\",\"" AMBER "\"],\"value\":\"198.51.100.3\"}}}",
	  HEAD_21("observed-data") ",\"object_marking_refs\":[\"" AMBER "\"],\"object_refs\":[\"" IP_ID "\"]}\n"
	  "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID "\",\"value\":\"198.51.100.3\",\"object_marking_refs\":[\"" AMBER "\",\"" RED "\"]}",
	  ADDED_VERSION "moved /objects 1 observables are objects of their own: object_refs\nmade /objects/0 is " IP_ID "\nkept /objects/0/object_marking_refs marks this observable\n" },
	{ "a part that alone is marked", OBSERVED("\"0\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\",\"object_marking_refs\":[\"" RED "\"]}"),
	  HEAD_21("observed-data") SEEN ",\"object_refs\":[\"" IP_ID "\"]}\n"
	  "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID "\",\"value\":\"198.51.100.3\",\"object_marking_refs\":[\"" RED "\"]}",
	  ADDED_VERSION "moved /objects 1 observables are objects of their own: object_refs\nmade /objects/0 is " IP_ID "\nkept /objects/0/object_marking_refs marks this observable\n" },
	{ "an identifier that is none", OBSERVED("\"0\":{\"type\":\"ipv4-addr\",\"id\":\"x\",\"value\":\"198.51.100.3\"}"), HEAD_21("observed-data") SEEN ",\"object_refs\":[\"" IP_ID "\"]}\n"
	  "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID "\",\"value\":\"198.51.100.3\"}",
	  ADDED_VERSION "moved /objects 1 observables are objects of their own: object_refs\nmade /objects/0 is " IP_ID "\nchanged /objects/0/id is no identifier of it\n" },
	{ "a part's own id stays", OBSERVED("\"0\":{\"type\":\"url\",\"id\":\"url--" UUID "\",\"value\":\"x:y\"}"), HEAD_21("observed-data") SEEN ",\"object_refs\":[\"url--" UUID "\"]}\n{\"type\":\"url\",\"spec_version\":\"2.1\",\"id\":\"url--" UUID "\",\"value\":\"x:y\"}", ADDED_VERSION "moved /objects 1 observables are objects of their own: object_refs\nmade /objects/0 is url--" UUID "\n" },
};
/* clang-format on */

static void
put_changes(struct buf *out, const struct stix20 *s)
{
	for (size_t i = 0; i < s->changes; i++) {
		const struct stix20_change *c = &s->change[i];

		buf_printf(out, "%s " STR_FMT " " STR_FMT "\n", stix20_what_name(c->what),
		    STR_ARG(c->pointer), STR_ARG(c->message));
	}
}

static struct stix20
converted(struct arena *a, const char *text)
{
	struct why why = { 0 };
	struct stix20 s;
	const struct json *tree = NULL;

	assert_int_equal(json_parse(a, str_of(text), NULL, &tree, &why), OK);
	assert_true(stix20_is(tree));
	if (stix20_convert(tree, a, &s, &why) != OK)
		fail_msg("%s", why.text);
	return s;
}

static void
check_object(void **state)
{
	const struct object_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(MIB), changes = buf_new(MIB);
	struct stix20 s = converted(a, c->text);

	buf_put(&out, s.object);
	for (size_t i = 0; i < s.made_len; i++) {
		buf_putc(&out, '\n');
		buf_put(&out, s.made[i]);
	}
	buf_putc(&out, '\0');
	assert_string_equal(out.ptr, c->object);
	put_changes(&changes, &s);
	buf_putc(&changes, '\0');
	assert_string_equal(changes.ptr, c->changes);
	assert_int_equal(s.changes_more, 0);

	/* Converting twice is converting once. */
	const struct json *again = NULL;
	assert_int_equal(json_parse(a, s.object, NULL, &again, NULL), OK);
	assert_false(stix20_is(again));
}

/* ---- parts of observed data ---- */

/* clang-format off */
/* part is the want-th of what is made; $0, $1, ... stand for the ids of the others. */
static const struct part_case {
	const char *name;
	const char *objects;
	size_t part;
	const char *want;
} part_cases[] = {
	{ "a file", "\"0\":{\"type\":\"file\",\"name\":\"x\",\"created\":\"2017-01-01T00:00:00Z\",\"modified\":\"2017-01-01T00:00:00Z\",\"accessed\":\"2017-01-01T00:00:00Z\",\"is_encrypted\":true,\"hashes\":{\"ssdeep\":\"3:a:b\"},\"extensions\":{\"archive-ext\":{\"version\":\"1\",\"contains_refs\":[\"1\"]}}},\"1\":{\"type\":\"file\",\"name\":\"y\"}", 0,
	  ",\"name\":\"x\",\"ctime\":\"2017-01-01T00:00:00Z\",\"mtime\":\"2017-01-01T00:00:00Z\",\"atime\":\"2017-01-01T00:00:00Z\",\"is_encrypted\":true,\"hashes\":{\"SSDEEP\":\"3:a:b\"},\"extensions\":{\"archive-ext\":{\"version\":\"1\",\"contains_refs\":[\"$1\"]}}}" },
	{ "a process", "\"0\":{\"type\":\"process\",\"pid\":1,\"name\":\"x\",\"arguments\":[\"-a\"],\"created\":\"2017-01-01T00:00:00Z\",\"binary_ref\":\"1\",\"child_refs\":[\"2\"]},\"1\":{\"type\":\"file\",\"name\":\"x\"},\"2\":{\"type\":\"process\",\"pid\":2}", 0,
	  ",\"pid\":1,\"name\":\"x\",\"arguments\":[\"-a\"],\"created_time\":\"2017-01-01T00:00:00Z\",\"image_ref\":\"$1\",\"child_refs\":[\"$2\"]}" },
	{ "traffic", "\"0\":{\"type\":\"network-traffic\",\"src_ref\":\"1\",\"protocols\":[\"tcp\"],\"extensions\":{\"http-request-ext\":{\"request_method\":\"get\",\"request_value\":\"/\",\"request_header\":{\"Host\":\"x\",\"Via\":[\"a\",\"b\"]},\"message_body_data_ref\":\"2\"}}},\"1\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"},\"2\":{\"type\":\"artifact\",\"payload_bin\":\"YQ==\"}", 0,
	  ",\"src_ref\":\"" IP_ID "\",\"protocols\":[\"tcp\"],\"extensions\":{\"http-request-ext\":{\"request_method\":\"get\",\"request_value\":\"/\",\"request_header\":{\"Host\":[\"x\"],\"Via\":[\"a\",\"b\"]},\"message_body_data_ref\":\"$2\"}}}" },
	{ "a message", "\"0\":{\"type\":\"email-message\",\"is_multipart\":true,\"from_ref\":\"1\",\"additional_header_fields\":{\"X-A\":\"b\"},\"body_multipart\":[{\"body_raw_ref\":\"2\"}]},\"1\":{\"type\":\"email-addr\",\"value\":\"a@example.com\"},\"2\":{\"type\":\"artifact\",\"payload_bin\":\"YQ==\"}", 0,
	  ",\"is_multipart\":true,\"from_ref\":\"$1\",\"additional_header_fields\":{\"X-A\":[\"b\"]},\"body_multipart\":[{\"body_raw_ref\":\"$2\"}]}" },
	{ "a registry key", "\"0\":{\"type\":\"windows-registry-key\",\"key\":\"HKEY_LOCAL_MACHINE\\\\a\",\"modified\":\"2017-01-01T00:00:00Z\",\"values\":[{\"name\":\"Foo\",\"data\":\"qwerty\",\"data_type\":\"REG_SZ\"}]}", 0,
	  ",\"key\":\"HKEY_LOCAL_MACHINE\\\\a\",\"modified_time\":\"2017-01-01T00:00:00Z\",\"values\":[{\"name\":\"Foo\",\"data\":\"qwerty\",\"data_type\":\"REG_SZ\"}]}" },
	{ "an account", "\"0\":{\"type\":\"user-account\",\"user_id\":\"1\",\"password_last_changed\":\"2017-01-01T00:00:00Z\",\"extended_properties\":{\"unix-account-ext\":{\"gid\":1}}}", 0,
	  ",\"user_id\":\"1\",\"credential_last_changed\":\"2017-01-01T00:00:00Z\",\"extensions\":{\"unix-account-ext\":{\"gid\":1}}}" },
	{ "a domain and its address refer to each other", "\"0\":{\"type\":\"domain-name\",\"value\":\"example.com\",\"resolves_to_refs\":[\"1\"]},\"1\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\",\"belongs_to_refs\":[\"2\"]},\"2\":{\"type\":\"autonomous-system\",\"number\":1}", 1,
	  ",\"value\":\"198.51.100.3\",\"belongs_to_refs\":[\"$2\"]}" },
	{ "a renamed property whose new name is taken", "\"0\":{\"type\":\"file\",\"name\":\"x\",\"created\":1,\"ctime\":\"2017-01-01T00:00:00Z\"}", 0,
	  ",\"name\":\"x\",\"created\":1,\"ctime\":\"2017-01-01T00:00:00Z\"}" },
	{ "a reference to nothing stays broken", "\"0\":{\"type\":\"process\",\"pid\":1,\"binary_ref\":\"9\"}", 0, ",\"pid\":1,\"image_ref\":\"9\"}" },
	{ "a part of an own type", "\"0\":{\"type\":\"x-own\",\"x_ref\":\"0\"}", 0, ",\"x_ref\":\"$0\"}" },
	{ "a circle of what identifies", "\"0\":{\"type\":\"network-traffic\",\"protocols\":[\"tcp\"],\"src_ref\":\"1\"},\"1\":{\"type\":\"network-traffic\",\"protocols\":[\"tcp\"],\"src_ref\":\"0\"}", 1, ",\"protocols\":[\"tcp\"],\"src_ref\":\"$0\"}" },
};
/* clang-format on */

/* The id of the i-th part, after checking that it is the one that it has to be. */
static struct str
part_id(struct arena *a, const struct stix20 *s, size_t i)
{
	char want[STIX_ID_MAX];
	const struct json *tree = NULL;

	assert_true(i < s->made_len);
	assert_int_equal(json_parse(a, s->made[i], NULL, &tree, NULL), OK);
	struct str id = json_str(json_get(tree, S("id")));
	assert_true(stix_id_is(id));
	/* Circles have no deterministic id; all else has, or is random by the book. */
	if (stix_observable_id(tree, a, want, NULL) == OK && want[0] != '\0' &&
	    id.ptr[id.len - 22] == '5')
		assert_true(str_is(id, want));
	return id;
}

static void
check_part(void **state)
{
	const struct part_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf want = buf_new(MIB);
	struct str text =
	    arena_printf(a, HEAD("observed-data") SEEN ",\"objects\":{%s}}", c->objects);
	struct stix20 s = converted(a, arena_cstr(a, text));

	struct str id = part_id(a, &s, c->part);
	buf_printf(&want,
	    "{\"type\":\"" STR_FMT "\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\"",
	    STR_ARG(stix_id_type(id)), STR_ARG(id));
	for (const char *p = c->want; *p != '\0'; p++) {
		if (*p == '$')
			buf_put(&want, part_id(a, &s, (size_t)(*++p - '0')));
		else
			buf_putc(&want, *p);
	}
	if (!str_eq(s.made[c->part], buf_str(&want)))
		fail_msg("made " STR_FMT "\nnot  " STR_FMT, STR_ARG(s.made[c->part]),
		    STR_ARG(buf_str(&want)));
	struct stix20 again = converted(a, arena_cstr(a, text));
	assert_true(str_eq(again.made[c->part], s.made[c->part]));
	assert_true(str_eq(again.object, s.object));
}

/* ---- what is refused ---- */

/* clang-format off */
static const struct refused_case {
	const char *name;
	const char *objects;
	const char *where;
	const char *why;
} refused_cases[] = {
	{ "a part that is a text", "\"a\":\"x\"", "/objects/a", "is no observable: it has no type" },
	{ "a part without a type", "\"a\":{\"value\":\"x\"}", "/objects/a", "is no observable: it has no type" },
	{ "a part whose markings are no list", "\"a\":{\"type\":\"url\",\"value\":\"x:y\",\"object_marking_refs\":\"RED\"}", "/objects/a", "its object_marking_refs is no list of identifiers" },
	{ "a part with a marking that is none", "\"a\":{\"type\":\"url\",\"value\":\"x:y\",\"object_marking_refs\":[1]}", "/objects/a", "its object_marking_refs is no list of identifiers" },
	{ "a part with an empty type", "\"a\":{\"type\":\"\"}", "/objects/a", "a type has 3 to 250 lower-case letters, digits and hyphens" },
	{ "a type that ends in the middle", "\"a\":{\"type\":\"url\\u0000\"}", "/objects/a", "a type has 3 to 250 lower-case letters, digits and hyphens" },
};

static const struct is_case {
	const char *name;
	const char *text;
	bool want;
} is_cases[] = {
	{ "an object of STIX 2.0", HEAD("tool") "}", true },
	{ "an object of STIX 2.1", HEAD_21("tool") "}", false },
	{ "an observable", "{\"type\":\"url\",\"id\":\"url--" UUID "\",\"value\":\"x:y\"}", false },
	{ "an observable with a time", HEAD("url") "}", false },
	{ "a type that came with STIX 2.1", HEAD("grouping") "}", false },
	{ "an own type", HEAD("x-own") "}", true },
	{ "a bundle", "{\"type\":\"bundle\",\"created\":\"x\"}", false },
	{ "another version", "{\"type\":\"tool\",\"spec_version\":\"3.0\",\"created\":\"x\"}", false },
	{ "no object", "[]", false },
	{ "no type", "{\"created\":\"x\"}", false },
};

static const struct stix1_case {
	const char *name;
	const char *text;
	const char *code;
} stix1_cases[] = {
	{ "a package", "<stix:STIX_Package xmlns:stix=\"http://stix.mitre.org/stix-1\">", "import.stix1" },
	{ "a package behind a declaration", "\xEF\xBB\xBF\n<?xml version=\"1.0\"?>\n<!-- x --><STIX_Package>", "import.stix1" },
	{ "other XML", "<rss></rss>", "import.xml" },
	{ "an export", "{\"id\":\"example:Package-1\",\"version\":\"1.2\",\"stix_header\":{\"title\":\"x\"}}", "import.stix1" },
	{ "a bundle that tells of it", "{\"type\":\"bundle\",\"objects\":[{\"type\":\"note\",\"content\":\"\\\"stix_header\\\" http://stix.mitre.org/\"}]}", NULL },
	{ "an envelope", "{\"objects\":[]}", NULL },
	{ "nothing", "", NULL },
};
/* clang-format on */

static void
check_refused(void **state)
{
	const struct refused_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct str text = arena_printf(a, HEAD("observed-data") ",\"objects\":{%s}}", c->objects);
	const struct json *tree = NULL;
	struct why why = { 0 };
	struct stix20 s;

	assert_int_equal(json_parse(a, text, NULL, &tree, NULL), OK);
	assert_int_equal(stix20_convert(tree, a, &s, &why), ERR_INVALID);
	assert_string_equal(why.text, c->why);
	assert_string_equal(why.where, c->where);
}

static void
check_is(void **state)
{
	const struct is_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	const struct json *tree = NULL;

	assert_int_equal(json_parse(a, str_of(c->text), NULL, &tree, NULL), OK);
	assert_int_equal(stix20_is(tree), c->want);
}

static void
check_stix1(void **state)
{
	const struct stix1_case *c = *state;
	struct why why = { 0 };

	assert_int_equal(stix1_refuse(str_of(c->text), &why), c->code == NULL ? OK : ERR_INVALID);
	if (c->code != NULL)
		assert_string_equal(why.code, c->code);
}

static void
too_many_markings_are_refused(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	const struct json *tree = NULL;
	struct why why = { 0 };
	struct stix20 s;

	(void)state;
	buf_put(&text, S(HEAD("tool") ",\"object_marking_refs\":[\"a\""));
	for (int i = 0; i < 256; i++)
		buf_put(&text, S(",\"a\""));
	buf_put(&text, S("]}"));
	assert_int_equal(json_parse(a, buf_str(&text), NULL, &tree, NULL), OK);
	assert_int_equal(stix20_convert(tree, a, &s, &why), ERR_LIMIT);
	assert_string_equal(why.code, "stix20.marks");
}

/* Of one part: each is looked for among the others. */
static void
too_many_markings_of_a_part_are_refused(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	const struct json *tree = NULL;
	struct why why = { 0 };
	struct stix20 s;

	(void)state;
	buf_put(&text,
	    S(HEAD("observed-data") ",\"objects\":{\"0\":{\"type\":\"mutex\",\"name\":\"0\","
	                            "\"object_marking_refs\":[\"a\""));
	for (int i = 0; i < 256; i++)
		buf_printf(&text, ",\"a%d\"", i);
	buf_put(&text, S("]}}}"));
	assert_int_equal(json_parse(a, buf_str(&text), NULL, &tree, NULL), OK);
	assert_int_equal(stix20_convert(tree, a, &s, &why), ERR_LIMIT);
	assert_string_equal(why.code, "stix20.marks");
}

enum { SELECTORS = 200'000, MEMBERS = 65'000 };

/* Selectors of labels that stand behind many members: the labels are looked for once. */
static void
many_selectors_end(void **state)
{
	static const char *const types[] = { "identity", "indicator" };
	clock_t begun = clock();

	(void)state;
	for (size_t t = 0; t < COUNTOF(types); t++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(256 * MIB);
		CLEANUP(buf_free) struct buf text = buf_new(8 * MIB);
		const struct json *tree = NULL;
		struct stix20 s;

		buf_printf(&text, "{\"type\":\"%s\",\"created\":\"2026-01-01T00:00:00Z\"",
		    types[t]);
		for (int i = 0; i < MEMBERS; i++)
			buf_printf(&text, ",\"x%d\":1", i);
		buf_put(&text,
		    S(",\"labels\":[\"benign\",\"x\"],"
		      "\"granular_markings\":[{\"lang\":\"en\",\"selectors\":[\"labels\""));
		for (int i = 0; i < SELECTORS; i++)
			buf_put(&text, S(",\"labels\""));
		buf_put(&text, S("]}]}"));
		assert_int_equal(json_parse(a, buf_str(&text), NULL, &tree, NULL), OK);
		assert_int_equal(stix20_convert(tree, a, &s, NULL), OK);
	}
	assert_true(clock() - begun < 10 * CLOCKS_PER_SEC);
}

/* One more than fit, and as many as fit, which are named in the order in which they stood. */
static void
too_many_parts_are_refused(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(16 * ARENA_MAX);
		CLEANUP(buf_free) struct buf text = buf_new(4 * MIB);
		const struct json *tree = NULL;
		struct why why = { 0 };
		struct stix20 s;

		buf_put(&text, S(HEAD("observed-data") ",\"objects\":{"));
		for (int i = 0; i < STIX20_PARTS_MAX + more; i++)
			buf_printf(&text, "%s\"%d\":{\"type\":\"mutex\",\"name\":\"%d\"}",
			    i > 0 ? "," : "", i, i);
		buf_put(&text, S("}}"));
		assert_int_equal(json_parse(a, buf_str(&text), NULL, &tree, NULL), OK);
		assert_int_equal(stix20_convert(tree, a, &s, &why), more ? ERR_LIMIT : OK);
		if (more == 0)
			assert_int_equal(s.made_len, STIX20_PARTS_MAX);
		else
			assert_string_equal(why.code, "stix20.parts");
	}
}

/* 256 markings for each of 10,000 parts would be 200 MB. */
static void
repeated_markings_are_bounded(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * ARENA_MAX);
	CLEANUP(buf_free) struct buf text = buf_new(8 * MIB);
	const struct json *tree = NULL;
	struct stix20 s;

	(void)state;
	buf_put(&text, S(HEAD("observed-data") ",\"object_marking_refs\":[\"" RED "\""));
	for (int i = 0; i < 255; i++)
		buf_put(&text, S(",\"" RED "\""));
	buf_put(&text, S("],\"objects\":{"));
	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "%s\"%d\":{\"type\":\"mutex\",\"name\":\"%d\"}", i > 0 ? "," : "",
		    i, i);
	buf_put(&text, S("}}"));
	assert_int_equal(json_parse(a, buf_str(&text), NULL, &tree, NULL), OK);
	assert_int_equal(stix20_convert(tree, a, &s, NULL), ERR_LIMIT);
}

int
main(int argc, char **argv)
{
	struct cases list = { 0 };

	CASES(&list, object_cases, check_object);
	CASES(&list, part_cases, check_part);
	CASES(&list, refused_cases, check_refused);
	CASES(&list, is_cases, check_is);
	CASES(&list, stix1_cases, check_stix1);
	CASE(&list, too_many_markings_are_refused);
	CASE(&list, too_many_markings_of_a_part_are_refused);
	CASE(&list, many_selectors_end);
	CASE(&list, too_many_parts_are_refused);
	CASE(&list, repeated_markings_are_bounded);
	return cases_run("stix20", &list, argc, argv);
}
