#include "bench_p.h"
#include "uuid.h"

#define A_ID  "identity--00000000-0000-4000-8000-00000000000a"
#define IP_ID "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"

#define WRITTEN "2020-01-01T00:00:00.000Z"
#define IDENTITY(name)                                                              \
	"{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" A_ID "\","      \
	"\"created\":\"" WRITTEN "\",\"modified\":\"" WRITTEN "\",\"name\":\"" name \
	"\",\"identity_class\":\"organization\"}"
#define A       IDENTITY("one")
#define OTHER_A IDENTITY("another")
#define IP                                                                 \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" IP_ID \
	"\",\"value\":\"198.51.100.3\"}"
#define B_ID "tool--00000000-0000-4000-8000-00000000000b"
#define B                                                                  \
	"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"" B_ID "\"," \
	"\"created\":\"" WRITTEN "\",\"modified\":\"" WRITTEN "\",\"name\":\"b\"}"
#define LANG_ID(n) "language-content--00000000-0000-4000-8000-00000000000" n
#define LANG(n, of, version)                                                                   \
	"{\"type\":\"language-content\",\"spec_version\":\"2.1\",\"id\":\"" LANG_ID(           \
	    n) "\","                                                                           \
	       "\"created\":\"" WRITTEN "\",\"modified\":\"" WRITTEN "\",\"object_ref\":\"" of \
	       "\","                                                                           \
	       "\"object_modified\":\"" version "\",\"contents\":{\"ja\":{\"name\":\"x\"}}}"
#define ENVELOPE(x) "{\"objects\":[" x "]}"

#define NOW "2026-11-22T03:04:05.000000Z"

/* The status without its id, which is random. */
#define COMPLETE(total, ok, list_ok, bad, list_bad)                                         \
	"\"status\":\"complete\",\"request_timestamp\":\"" NOW "\",\"total_count\":" #total \
	",\"success_count\":" #ok list_ok ",\"failure_count\":" #bad list_bad               \
	",\"pending_count\":0}"
#define SUCCESSES(x)      ",\"successes\":[" x "]"
#define FAILURES(x)       ",\"failures\":[" x "]"
#define DONE(id, version) "{\"id\":\"" id "\",\"version\":\"" version "\"}"
#define SAID(id, version, text) \
	"{\"id\":\"" id "\",\"version\":\"" version "\",\"message\":\"" text "\"}"

/* clang-format off */
/* Rows are in their order: later ones find what earlier ones stored. */
static const struct post_case {
	const char *name, *body;
	const char *want; /* behind the id */
} post_cases[] = {
	{ "a new object", ENVELOPE(A), COMPLETE(1, 1, SUCCESSES(DONE(A_ID, WRITTEN)), 0, "") },
	{ "the same object again", ENVELOPE(A),
	  COMPLETE(1, 1, SUCCESSES(SAID(A_ID, WRITTEN, "it is here already")), 0, "") },
	{ "an observable is known by when it was added", ENVELOPE(IP),
	  COMPLETE(1, 1, SUCCESSES(DONE(IP_ID, "2026-11-22T03:04:05.000002Z")), 0, "") },
	{ "the same observable twice in one envelope", ENVELOPE(IP "," IP),
	  COMPLETE(2, 2, SUCCESSES(SAID(IP_ID, "2026-11-22T03:04:05.000002Z", "it is here already") ","
	    SAID(IP_ID, "2026-11-22T03:04:05.000002Z", "it is here already")), 0, "") },
	{ "the same version with other content", ENVELOPE(OTHER_A "," IP),
	  COMPLETE(2, 1, SUCCESSES(SAID(IP_ID, "2026-11-22T03:04:05.000002Z", "it is here already")), 1,
	    FAILURES(SAID(A_ID, WRITTEN, "version " WRITTEN " of " A_ID " is here with other content: that one is served, and the first others are kept beside it; a changed object needs a later modified"))) },
	{ "an object that breaks a rule", ENVELOPE("{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" A_ID "\","
	    "\"created\":\"" WRITTEN "\",\"modified\":\"" WRITTEN "\"}"),
	  COMPLETE(1, 0, "", 1, FAILURES(SAID(A_ID, WRITTEN, "SI-050: name is required"))) },
	{ "an object without times", ENVELOPE("{\"type\":\"identity\",\"id\":\"identity--x\"}"),
	  COMPLETE(1, 0, "", 1, FAILURES(SAID("identity--x", NOW, "/id: an id is the type, two hyphens and a UUID of version 1 to 5"))) },
	{ "a bundle among the objects", ENVELOPE("{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[" A "]}"),
	  COMPLETE(1, 0, "", 1, FAILURES(SAID("bundle--1", NOW,
	    "a bundle is not stored: post the objects that are in it"))) },
	{ "a bundle in place of an envelope", "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[" A "]}",
	  COMPLETE(1, 1, SUCCESSES(SAID(A_ID, WRITTEN, "it is here already")), 0, "") },
	{ "a property of somebody's own on the envelope", "{\"x_test\":1,\"objects\":[" A "]}",
	  COMPLETE(1, 1, SUCCESSES(SAID(A_ID, WRITTEN, "it is here already")), 0, "") },
	/* SI-100: behind its object, wherever it stands. */
	{ "a translation before its object", ENVELOPE(LANG("3", B_ID, WRITTEN) "," B),
	  COMPLETE(2, 2, SUCCESSES(DONE(LANG_ID("3"), WRITTEN) "," DONE(B_ID, WRITTEN)), 0, "") },
	{ "a translation of a version that is not there", ENVELOPE(LANG("4", A_ID, "2020-01-02T00:00:00Z")),
	  COMPLETE(1, 0, "", 1, FAILURES(SAID(LANG_ID("4"), WRITTEN,
	    A_ID " has no version of 2020-01-02T00:00:00Z: a translation names one that is there, or leaves object_modified out"))) },
};
/* clang-format on */

enum { ID_AT = sizeof("{\"id\":\"") - 1, BEHIND_ID = ID_AT + UUID_TEXT + sizeof("\",") - 1 };

static void
check_same(struct str got, const char *want)
{
	if (want != NULL && !str_is(got, want))
		fail_msg("got  " STR_FMT "\nwant %s", STR_ARG(got), want);
}

static void
ask_status(struct str id, const char *account, const char *root, unsigned status, struct str want)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	char target[128];
	struct bench_call call = { .method = "GET", .target = target, .account = account };

	(void)snprintf(target, sizeof(target), "/%s/status/" STR_FMT "/", root, STR_ARG(id));
	bench_ask(&call, a, &resp);
	assert_int_equal(resp.status, status);
	assert_true(status != 200 || str_eq(resp.body, want));
}

static void
check_post(void **state)
{
	const struct post_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct bench_call call = {
		.method = "POST",
		.target = "/local/collections/lab/objects/",
		.account = "analyst",
		.type = BENCH_TAXII,
		.body = str_of(c->body),
	};

	bench_ask(&call, a, &resp);
	assert_int_equal(resp.status, 202);
	check_same(str_sub(resp.body, BEHIND_ID, resp.body.len), c->want);

	struct str id = str_sub(resp.body, ID_AT, UUID_TEXT);
	ask_status(id, "analyst", "local", 200, resp.body);
	ask_status(id, "admin", "local", 404, S(""));
	ask_status(id, "somebody", "local", 404, S(""));
	ask_status(id, NULL, "ij-model", 404, S(""));
}

/* ---- what is refused as a whole ---- */

#define ERROR(title, text, code, status, details)                        \
	"{\"title\":\"" title "\",\"description\":\"" text "\","         \
	"\"error_id\":\"0000000000000001\",\"error_code\":\"" code "\"," \
	"\"http_status\":\"" #status "\"" details "}"
#define BAD(text, code, details) ERROR("Unprocessable content", text, code, 422, details)
#define NOTHING                  ERROR("Not found", "there is nothing here for you", "taxii.not-found", 404, "")
#define READ_ONLY \
	ERROR("Not allowed", "this collection can be read, not written", "taxii.read-only", 403, "")

#define LOCAL "/local/collections/" BENCH_LOCAL "/objects/"

/* clang-format off */
static const struct refused_case {
	const char *name, *method, *account, *target, *body;
	unsigned status;
	const char *want;
} refused_cases[] = {
	{ "no JSON", "POST", "analyst", LOCAL, "{\"objects\":[", 422, NULL },
	{ "no UTF-8", "POST", "analyst", LOCAL, "{\"objects\":[\"\xff\"]}", 422, NULL },
	{ "a name twice", "POST", "analyst", LOCAL, "{\"objects\":[],\"objects\":[]}", 422, NULL },
	{ "nothing", "POST", "analyst", LOCAL, "", 422, NULL },
	{ "a list", "POST", "analyst", LOCAL, "[]", 422, BAD(
	  "the body is no envelope with objects: post {\\\"objects\\\": [...]}", "taxii.envelope", "") },
	{ "an envelope of nothing", "POST", "analyst", LOCAL, "{}", 422, NULL },
	{ "an empty envelope", "POST", "analyst", LOCAL, ENVELOPE(""), 422, NULL },
	{ "objects that are none", "POST", "analyst", LOCAL, "{\"objects\":{}}", 422, NULL },
	{ "an element without a name", "POST", "analyst", LOCAL, ENVELOPE(A ",{\"type\":\"identity\"}"), 422, BAD(
	  "nothing was stored: an element of objects is no STIX object with an id", "taxii.no-id",
	  ",\"details\":{\"where\":\"/objects/1\"}") },
	{ "an element that is a number", "POST", "analyst", LOCAL, ENVELOPE("1"), 422, NULL },

	{ "a collection of received objects", "POST", "analyst", "/local/collections/" BENCH_GIVEN "/objects/",
	  ENVELOPE(A), 403, READ_ONLY },
	{ "another enclave's", "POST", "analyst", "/local/collections/" BENCH_VAULT "/objects/", ENVELOPE(A), 404, NOTHING },
	{ "another organisation's", "POST", "analyst", "/local/collections/" BENCH_OTHER "/objects/", ENVELOPE(A), 404, NOTHING },
	{ "without the scope to write", "POST", "reader", LOCAL, ENVELOPE(A), 403, READ_ONLY },
	{ "from the partner", "POST", NULL, "/ij-model/collections/" BENCH_SENT "/objects/", ENVELOPE(A), 403, READ_ONLY },
	{ "from the partner into the local", "POST", NULL, "/ij-model/collections/" BENCH_LOCAL "/objects/", ENVELOPE(A), 404, NOTHING },

	{ "deleting what is not here", "DELETE", "analyst", LOCAL "tool--00000000-0000-4000-8000-000000000009/", "", 404, NOTHING },
	{ "deleting a version that is not here", "DELETE", "analyst", LOCAL "tool--00000000-0000-4000-8000-000000000009/?match%5Bversion%5D=1999-01-01T00:00:00Z", "", 404, NOTHING },
	{ "deleting whom the gate must not name", "DELETE", "analyst", LOCAL A_ID "/", "", 403, ERROR("Not allowed",
	  "the gate must not forget objects of this type: torana object purge takes them out", "taxii.delete", 403, "") },
	{ "deleting without the scope to write", "DELETE", "reader", LOCAL A_ID "/", "", 403, READ_ONLY },
	{ "deleting what was received", "DELETE", "analyst", "/local/collections/" BENCH_GIVEN "/objects/" A_ID "/", "", 403, READ_ONLY },
	{ "deleting another organisation's", "DELETE", "analyst", "/local/collections/" BENCH_OTHER "/objects/" A_ID "/", "", 404, NOTHING },
	{ "the partner deletes", "DELETE", NULL, "/ij-model/collections/" BENCH_SENT "/objects/" A_ID "/", "", 403, NULL },
	{ "putting", "PUT", "analyst", LOCAL, "", 405, ERROR("No such method here",
	  "this path does not have that method; Allow names those it has", "http.method", 405, "") },
};
/* clang-format on */

static void
check_refused(void **state)
{
	const struct refused_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct bench_call call = {
		.method = c->method,
		.target = c->target,
		.account = c->account,
		.type = BENCH_TAXII,
		.body = str_of(c->body),
	};

	bench_ask(&call, a, &resp);
	check_same(resp.body, c->want);
	assert_int_equal(resp.status, c->status);
	assert_true(str_is(resp.type, BENCH_TAXII));
}

static void
an_envelope_has_a_bound(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	CLEANUP(buf_free) struct buf body = buf_new(MIB);
	struct bench_call call = {
		.method = "POST",
		.target = LOCAL,
		.account = "analyst",
		.type = BENCH_TAXII,
	};

	(void)state;
	buf_put(&body, S("{\"objects\":[{}"));
	for (int i = 0; i < TAXII_POST_MAX; i++)
		buf_put(&body, S(",{}"));
	buf_put(&body, S("]}"));
	call.body = buf_str(&body);
	bench_ask(&call, a, &resp);
	assert_int_equal(resp.status, 422);
	check_same(resp.body, BAD("an envelope may hold 10000 objects: post them in parts",
	                          "taxii.objects-many", ""));
}

int
main(int argc, char **argv)
{
	static struct cases list;

	bench_begin();
	CASES(&list, post_cases, check_post);
	CASES(&list, refused_cases, check_refused);
	CASE(&list, an_envelope_has_a_bound);
	int failed = cases_run("taxii_post", &list, argc, argv);
	bench_end();
	return failed;
}
