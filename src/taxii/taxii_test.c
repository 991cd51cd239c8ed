#include "taxii.h"

#include "bench_p.h"

/* ---- what is stored ---- */

#define A_ID  "identity--00000000-0000-4000-8000-00000000000a"
#define IP_ID "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"
#define MD_ID "marking-definition--00000000-0000-4000-8000-00000000000d"
#define B_ID  "identity--00000000-0000-4000-8000-00000000000b"

#define IDENTITY(id, modified, name)                                              \
	"{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" id "\","      \
	"\"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":\"" modified "\"," \
	"\"name\":\"" name "\",\"identity_class\":\"organization\"}"

#define A1 IDENTITY(A_ID, "2020-01-01T00:00:00.000Z", "one")
#define A2 IDENTITY(A_ID, "2021-01-01T00:00:00.50Z", "two")
/* Blanks, lines and the order of members are those of whoever wrote it. */
#define IP                                                   \
	"{ \"value\": \"198.51.100.3\",\n  \"id\": \"" IP_ID \
	"\",\"spec_version\":\"2.1\", \"type\":\"ipv4-addr\" }"
#define MD                                                                                \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" MD_ID "\"," \
	"\"created\":\"2020-02-02T00:00:00.000Z\",\"definition_type\":\"statement\","     \
	"\"definition\":{\"statement\":\"(c)\"}}"
#define B IDENTITY(B_ID, "2022-01-01T00:00:00.000Z", "\\u00e9")

#define T(n) "2026-11-22T03:04:05.00000" #n "Z"

static const char stored[] = "{\"objects\":[" A1 "," A2 "," IP "," MD "," B "]}";

/* ---- answers ---- */

#define ERROR(title, text, code, status)                                 \
	"{\"title\":\"" title "\",\"description\":\"" text "\","         \
	"\"error_id\":\"0000000000000001\",\"error_code\":\"" code "\"," \
	"\"http_status\":\"" #status "\"}"
#define NOTHING ERROR("Not found", "there is nothing here for you", "taxii.not-found", 404)

#define MEDIA "\"media_types\":[\"application/stix+json;version=2.1\"]"
#define LAB   "{\"id\":\"" BENCH_LOCAL "\",\"title\":\"Lab\",\"alias\":\"lab\",\"can_read\":true,"
#define GIVEN                    \
	"{\"id\":\"" BENCH_GIVEN \
	"\",\"title\":\"Given\",\"can_read\":true,\"can_write\":false," MEDIA "}"
#define SENT                                                                          \
	"{\"id\":\"" BENCH_SENT "\",\"title\":\"Sent\",\"description\":\"To Japan\"," \
	"\"alias\":\"JP:JPCERT\",\"can_read\":true,\"can_write\":false," MEDIA "}"
#define EMPTY(write)                                                           \
	"{\"id\":\"" BENCH_EMPTY "\",\"title\":\"Empty\",\"alias\":\"empty\"," \
	"\"can_read\":true,\"can_write\":" write "," MEDIA "}"

#define ENTRY(id, n, version)                                         \
	"{\"id\":\"" id                                               \
	"\",\"date_added\":\"" T(n) "\",\"version\":\"" version "\"," \
	                            "\"media_type\":\"application/stix+json;version=2.1\"}"

#define LOCAL  "/local/collections/" BENCH_LOCAL "/"
#define SENT_P "/ij-model/collections/" BENCH_SENT "/"

/* clang-format off */
static const struct get_case {
	const char *name, *account, *target;
	unsigned status;
	const char *want;         /* the whole body */
	const char *first, *last; /* X-TAXII-Date-Added-... */
} get_cases[] = {
	{ "discovery for people", "analyst", "/taxii2/", 200,
	  "{\"title\":\"CERT-In\",\"description\":\"A Torana node: what may be read here is what was released to the caller\","
	  "\"default\":\"https://in.example:8441/local/\",\"api_roots\":[\"https://in.example:8441/local/\"]}", NULL, NULL },
	{ "discovery for the partner", NULL, "/taxii2/", 200,
	  "{\"title\":\"CERT-In\",\"description\":\"A Torana node: what may be read here is what was released to the caller\","
	  "\"default\":\"https://in.example:6514/ij-model/\",\"api_roots\":[\"https://in.example:6514/ij-model/\"]}", NULL, NULL },
	{ "discovery for a stranger", "stranger", "/taxii2/", 401,
	  ERROR("Sign in", "sign in with an account", "test.stranger", 401), NULL, NULL },
	{ "root for people", "analyst", "/local/", 200,
	  "{\"title\":\"CERT-In\",\"description\":\"The collections of the caller's organisation\","
	  "\"versions\":[\"application/taxii+json;version=2.1\"],\"max_content_length\":16777216}", NULL, NULL },
	{ "root for the partner", NULL, "/ij-model/", 200,
	  "{\"title\":\"Model agreement\",\"description\":\"What was released under this agreement\","
	  "\"versions\":[\"application/taxii+json;version=2.1\"],\"max_content_length\":16777216}", NULL, NULL },
	{ "root of partners is none for people", "analyst", "/ij-model/", 404, NOTHING, NULL, NULL },
	{ "root of people is none for the partner", NULL, "/local/", 404, NOTHING, NULL, NULL },
	{ "root in capitals", NULL, "/IJ-MODEL/", 404, NOTHING, NULL, NULL },
	{ "no slash at the end", "analyst", "/local", 308, "", NULL, NULL },

	{ "collections of the organisation", "analyst", "/local/collections/", 200,
	  "{\"collections\":[" LAB "\"can_write\":true," MEDIA "}," GIVEN "," EMPTY("true") "]}", NULL, NULL },
	{ "collections without the scope to write", "reader", "/local/collections/", 200,
	  "{\"collections\":[" LAB "\"can_write\":false," MEDIA "}," GIVEN "," EMPTY("false") "]}", NULL, NULL },
	{ "collections released to the partner", NULL, "/ij-model/collections/", 200,
	  "{\"collections\":[" SENT "]}", NULL, NULL },
	{ "one collection", "analyst", "/local/collections/" BENCH_GIVEN "/", 200, GIVEN, NULL, NULL },
	{ "one collection by its alias", "analyst", "/local/collections/empty/", 200, EMPTY("true"), NULL, NULL },
	{ "the partner's by its alias", NULL, "/ij-model/collections/JP:JPCERT/", 200, SENT, NULL, NULL },
	{ "no such collection", "analyst", "/local/collections/99999999-9999-4999-8999-999999999999/", 404, NOTHING, NULL, NULL },
	{ "no such alias", "analyst", "/local/collections/nothing/", 404, NOTHING, NULL, NULL },
	{ "another organisation's", "analyst", "/local/collections/" BENCH_OTHER "/", 404, NOTHING, NULL, NULL },
	{ "another enclave's", "analyst", "/local/collections/" BENCH_VAULT "/", 404, NOTHING, NULL, NULL },
	{ "another enclave's by alias", "analyst", "/local/collections/vault/", 404, NOTHING, NULL, NULL },
	{ "objects of another enclave", "analyst", "/local/collections/" BENCH_VAULT "/objects/", 404, NOTHING, NULL, NULL },
	{ "another organisation's by alias", "analyst", "/local/collections/other/", 404, NOTHING, NULL, NULL },
	{ "released, for people", "analyst", "/local/collections/" BENCH_SENT "/", 404, NOTHING, NULL, NULL },
	{ "local, for the partner", NULL, "/ij-model/collections/" BENCH_LOCAL "/", 404, NOTHING, NULL, NULL },
	{ "local by alias, for the partner", NULL, "/ij-model/collections/lab/", 404, NOTHING, NULL, NULL },
	{ "another party's", NULL, "/ij-model/collections/" BENCH_US "/objects/", 404, NOTHING, NULL, NULL },
	{ "of another agreement", NULL, "/ij-model/collections/" BENCH_OLD "/objects/", 404, NOTHING, NULL, NULL },

	{ "objects, exact bytes", "analyst", LOCAL "objects/", 200,
	  "{\"more\":false,\"objects\":[" A2 "," IP "," MD "," B "]}", T(2), T(5) },
	{ "objects for the partner", NULL, SENT_P "objects/", 200,
	  "{\"more\":false,\"objects\":[" A2 "]}", T(1), T(1) },
	{ "objects of none", "analyst", "/local/collections/empty/objects/", 200, "{\"more\":false}", NULL, NULL },
	{ "objects by type", "analyst", LOCAL "objects/?match[type]=ipv4-addr,marking-definition", 200,
	  "{\"more\":false,\"objects\":[" IP "," MD "]}", T(3), T(4) },
	{ "objects by type, encoded", "analyst", LOCAL "objects/?match%5Btype%5D=ipv4-addr%2Cmarking-definition", 200,
	  "{\"more\":false,\"objects\":[" IP "," MD "]}", T(3), T(4) },
	{ "objects by type and id", "analyst", LOCAL "objects/?match[type]=identity&match[id]=" B_ID "," IP_ID, 200,
	  "{\"more\":false,\"objects\":[" B "]}", T(5), T(5) },
	{ "objects of an unknown id", "analyst", LOCAL "objects/?match[id]=x", 200, "{\"more\":false}", NULL, NULL },
	{ "objects in all versions", "analyst", LOCAL "objects/?match[version]=all&match[type]=identity", 200,
	  "{\"more\":false,\"objects\":[" A1 "," A2 "," B "]}", T(1), T(5) },
	{ "objects in their first version", "analyst", LOCAL "objects/?match[version]=first&match[id]=" A_ID, 200,
	  "{\"more\":false,\"objects\":[" A1 "]}", T(1), T(1) },
	{ "a version by its instant", "analyst", LOCAL "objects/?match[version]=2021-01-01T00:00:00.5Z", 200,
	  "{\"more\":false,\"objects\":[" A2 "]}", T(2), T(2) },
	{ "an observable by when it was added", "analyst", LOCAL "objects/?match[version]=" T(3), 200,
	  "{\"more\":false,\"objects\":[" IP "]}", T(3), T(3) },
	{ "objects of STIX 2.0", "analyst", LOCAL "objects/?match[spec_version]=2.0", 200, "{\"more\":false}", NULL, NULL },
	{ "objects of both STIX versions", "analyst", LOCAL "objects/?match[spec_version]=2.0,2.1&match[type]=ipv4-addr", 200,
	  "{\"more\":false,\"objects\":[" IP "]}", T(3), T(3) },
	{ "objects added after", "analyst", LOCAL "objects/?added_after=" T(3), 200,
	  "{\"more\":false,\"objects\":[" MD "," B "]}", T(4), T(5) },
	{ "objects added after, seven digits", "analyst", LOCAL "objects/?added_after=2026-11-22T03:04:05.0000039Z", 200,
	  "{\"more\":false,\"objects\":[" MD "," B "]}", T(4), T(5) },
	{ "objects added in the future", "analyst", LOCAL "objects/?added_after=9999-01-01T00:00:00Z", 200,
	  "{\"more\":false}", NULL, NULL },
	{ "as many as there are", "analyst", LOCAL "objects/?limit=4", 200,
	  "{\"more\":false,\"objects\":[" A2 "," IP "," MD "," B "]}", T(2), T(5) },
	{ "unknown parameters", "analyst", LOCAL "objects/?match[tlp]=red&x=y&limit=0004&next=&match[type]=ipv4-addr", 200,
	  "{\"more\":false,\"objects\":[" IP "]}", T(3), T(3) },

	{ "manifest", "analyst", LOCAL "manifest/?match[version]=all", 200,
	  "{\"more\":false,\"objects\":[" ENTRY(A_ID, 1, "2020-01-01T00:00:00.000Z") ","
	  ENTRY(A_ID, 2, "2021-01-01T00:00:00.50Z") "," ENTRY(IP_ID, 3, T(3)) ","
	  ENTRY(MD_ID, 4, "2020-02-02T00:00:00.000Z") "," ENTRY(B_ID, 5, "2022-01-01T00:00:00.000Z") "]}", T(1), T(5) },
	{ "manifest of none", "analyst", "/local/collections/empty/manifest/", 200, "{\"more\":false}", NULL, NULL },
	{ "manifest by type", NULL, SENT_P "manifest/?match[type]=malware", 200, "{\"more\":false}", NULL, NULL },

	{ "one object", "analyst", LOCAL "objects/" A_ID "/", 200, "{\"more\":false,\"objects\":[" A2 "]}", T(2), T(2) },
	{ "one object, all versions, type ignored", "analyst", LOCAL "objects/" A_ID "/?match[version]=all&match[type]=x", 200,
	  "{\"more\":false,\"objects\":[" A1 "," A2 "]}", T(1), T(2) },
	{ "one object filtered away", "analyst", LOCAL "objects/" A_ID "/?match[version]=1999-01-01T00:00:00Z", 200,
	  "{\"more\":false}", NULL, NULL },
	{ "no such object", "analyst", LOCAL "objects/identity--00000000-0000-4000-8000-000000000000/", 404, NOTHING, NULL, NULL },
	{ "no such object, filtered", "analyst", LOCAL "objects/x/?match[version]=all", 404, NOTHING, NULL, NULL },
	{ "not released to the partner", NULL, SENT_P "objects/" B_ID "/", 404, NOTHING, NULL, NULL },
	{ "versions", "analyst", LOCAL "objects/" A_ID "/versions/?match[version]=last", 200,
	  "{\"more\":false,\"versions\":[\"2020-01-01T00:00:00.000Z\",\"2021-01-01T00:00:00.50Z\"]}", T(1), T(2) },
	{ "versions of an observable", "analyst", LOCAL "objects/" IP_ID "/versions/", 200,
	  "{\"more\":false,\"versions\":[\"" T(3) "\"]}", T(3), T(3) },
	{ "versions of none", "analyst", LOCAL "objects/x/versions/", 404, NOTHING, NULL, NULL },

	{ "limit of none", "analyst", LOCAL "objects/?limit=0", 400, ERROR("Malformed request",
	  "limit is \\\"0\\\"; it would be right as a whole number from 1 on", "taxii.limit", 400), NULL, NULL },
	{ "limit below none", "analyst", LOCAL "objects/?limit=-1", 400, NULL, NULL, NULL },
	{ "limit with a sign", "analyst", LOCAL "objects/?limit=%2B5", 400, NULL, NULL, NULL },
	{ "limit of letters", "analyst", LOCAL "objects/?limit=1e3", 400, NULL, NULL, NULL },
	{ "limit of nothing", "analyst", LOCAL "manifest/?limit=", 400, NULL, NULL, NULL },
	{ "limit beyond all numbers", "analyst", LOCAL "objects/?limit=9007199254740992", 400, NULL, NULL, NULL },
	{ "limit twice", "analyst", LOCAL "objects/?limit=1&limit=1", 400, ERROR("Malformed request",
	  "the query parameter limit is given more than once", "http.query-twice", 400), NULL, NULL },
	{ "type twice", "analyst", LOCAL "objects/?match[type]=a&match[type]=b", 400, NULL, NULL, NULL },
	{ "added after a day", "analyst", LOCAL "objects/?added_after=2020-01-01", 400, ERROR("Malformed request",
	  "added_after is \\\"2020-01-01\\\"; it would be right as 2026-11-22T03:04:05.123456Z",
	  "taxii.added-after", 400), NULL, NULL },
	{ "added after in lower case", "analyst", LOCAL "objects/?added_after=2020-01-01t00:00:00z", 400, NULL, NULL, NULL },
	{ "added after with an offset", "analyst", LOCAL "objects/?added_after=2020-01-01T00:00:00%2B00:00", 400, NULL, NULL, NULL },
	{ "added after nothing", "analyst", LOCAL "objects/?added_after=", 400, NULL, NULL, NULL },
	{ "empty filter", "analyst", LOCAL "objects/?match[type]=", 400, ERROR("Malformed request",
	  "match[type] holds an empty value or a blank; separate values by single commas", "taxii.filter", 400), NULL, NULL },
	{ "comma at the end", "analyst", LOCAL "objects/?match[id]=a,", 400, NULL, NULL, NULL },
	{ "blank in a filter", "analyst", LOCAL "objects/?match[id]=a,+b", 400, NULL, NULL, NULL },
	{ "a version of no kind", "analyst", LOCAL "objects/?match[version]=newest", 400, ERROR("Malformed request",
	  "match[version] holds \\\"newest\\\", which is none of last, first, all and a timestamp", "taxii.version", 400), NULL, NULL },
	{ "a version twice", "analyst", LOCAL "objects/?match[version]=last,last", 400, ERROR("Malformed request",
	  "match[version] holds \\\"last\\\" twice", "taxii.version-twice", 400), NULL, NULL },
	{ "all and more", "analyst", LOCAL "objects/?match[version]=all,last", 400, ERROR("Malformed request",
	  "match[version] holds \\\"all\\\" and something else; all stands alone", "taxii.version-all", 400), NULL, NULL },
	{ "syntax where it is ignored", "analyst", LOCAL "objects/" A_ID "/versions/?match[version]=newest", 400, NULL, NULL, NULL },
	{ "next of nobody", "analyst", LOCAL "objects/?next=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 400, ERROR("Malformed request",
	  "next is not of this query: give back the one of the page before, with the same filters", "taxii.next", 400), NULL, NULL },
	{ "next too short", "analyst", LOCAL "objects/?next=AA", 400, NULL, NULL, NULL },
	{ "next of other letters", "analyst", LOCAL "objects/?next=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%2B%2F", 400, NULL, NULL, NULL },
	{ "query that is none", "analyst", LOCAL "objects/?match[type]=%ff", 400, NULL, NULL, NULL },
	{ "status that nobody made", "analyst", "/local/status/99999999-9999-4999-8999-999999999999/", 404, NOTHING, NULL, NULL },
	{ "nothing at all", "analyst", "/local/objects/x/y/z/", 404, ERROR("Not found",
	  "there is nothing at this path", "http.not-found", 404), NULL, NULL },
	{ "nobody", "", "/local/collections/", 401, NULL, NULL, NULL },
};
/* clang-format on */

static void
check_date(const struct http_response *resp, const char *name, const char *want)
{
	struct str got = bench_added(resp, name);

	if (want == NULL)
		assert_null(got.ptr);
	else
		assert_true(str_is(got, want));
}

static void
check_body(const struct http_response *resp, const char *want)
{
	if (want == NULL || str_is(resp->body, want))
		return;
	fail_msg("got  " STR_FMT "\nwant %s", STR_ARG(resp->body), want);
}

static void
check_get(void **state)
{
	const struct get_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct bench_call call = { .method = "GET", .target = c->target, .account = c->account };

	bench_ask(&call, a, &resp);
	check_body(&resp, c->want);
	assert_int_equal(resp.status, c->status);
	if (c->status != 308)
		assert_true(str_is(resp.type, BENCH_TAXII));
	check_date(&resp, "X-TAXII-Date-Added-First", c->first);
	check_date(&resp, "X-TAXII-Date-Added-Last", c->last);
}

/* ---- media types ---- */

#define NOT_ACCEPTED                                                                               \
	ERROR("Not available in that media type",                                                  \
	    "the answer would be application/taxii+json;version=2.1, which Accept does not allow", \
	    "taxii.accept", 406)
#define NO_TAXII                                                                                 \
	ERROR("Unsupported media type",                                                          \
	    "the body must be application/taxii+json;version=2.1, and Content-Type must say so", \
	    "taxii.content-type", 415)

/* clang-format off */
static const struct media_case {
	const char *name, *accept, *type; /* type: of a POST, and its status is 202 when all is well */
	unsigned status;
	const char *want;
} media_cases[] = {
	{ "accept our own", "application/taxii+json;version=2.1", NULL, 200, NULL },
	{ "accept without version", "application/taxii+json", NULL, 200, NULL },
	{ "accept nothing said", NULL, NULL, 200, NULL },
	{ "accept all", "*/*", NULL, 200, NULL },
	{ "accept applications", "application/*", NULL, 200, NULL },
	{ "accept with blanks", "application/taxii+json ; version=2.1", NULL, 200, NULL },
	{ "accept in capitals", "APPLICATION/TAXII+JSON;VERSION=2.1", NULL, 200, NULL },
	{ "accept with quotes", "application/taxii+json;version=\"2.1\"", NULL, 200, NULL },
	{ "accept with less weight", "application/taxii+json;version=2.1;q=0.5, text/html", NULL, 200, NULL },
	{ "accept older too", "application/taxii+json;version=2.0, application/taxii+json;version=2.1", NULL, 200, NULL },
	{ "accept objects too", "application/taxii+json;version=2.1,application/stix+json;version=2.1", NULL, 200, NULL },
	{ "accept ours by no weight", "application/taxii+json;version=2.1;q=0, */*", NULL, 406, NOT_ACCEPTED },
	{ "accept JSON", "application/json", NULL, 406, NOT_ACCEPTED },
	{ "accept pages", "text/html", NULL, 406, NOT_ACCEPTED },
	{ "accept only older", "application/taxii+json;version=2.0", NULL, 406, NOT_ACCEPTED },
	{ "accept only newer", "application/taxii+json;version=2.2", NULL, 406, NOT_ACCEPTED },
	{ "accept of the time before", "application/vnd.oasis.taxii+json;version=2.0", NULL, 406, NOT_ACCEPTED },
	{ "accept that is no list", "application", NULL, 406, NOT_ACCEPTED },

	{ "post our own", NULL, "application/taxii+json;version=2.1", 202, NULL },
	{ "post without version", "*/*", "application/taxii+json", 202, NULL },
	{ "post with a character set", NULL, "application/taxii+json; version=2.1; charset=utf-8", 202, NULL },
	{ "post in capitals", NULL, "Application/TAXII+JSON; Version=\"2.1\"", 202, NULL },
	{ "post JSON", NULL, "application/json", 415, NO_TAXII },
	{ "post STIX", NULL, "application/stix+json;version=2.1", 415, NO_TAXII },
	{ "post of another version", NULL, "application/taxii+json;version=2.0", 415, NO_TAXII },
	{ "post anything", NULL, "*/*", 415, NO_TAXII },
	{ "post two types", NULL, "application/taxii+json, text/html", 415, NO_TAXII },
	{ "post nothing said", NULL, "", 415, NO_TAXII },
	{ "post, but accept pages", "text/html", "application/taxii+json", 406, NOT_ACCEPTED },
};
/* clang-format on */

static void
check_media(void **state)
{
	const struct media_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct bench_call call = {
		.method = c->type == NULL ? "GET" : "POST",
		.target = LOCAL "objects/",
		.account = "analyst",
		.accept = c->accept,
		.type = c->type,
		.body = str_of(stored),
	};

	bench_ask(&call, a, &resp);
	check_body(&resp, c->want);
	assert_int_equal(resp.status, c->status);
	assert_true(str_is(resp.type, BENCH_TAXII));
}

/* ---- the partner's door ---- */

static void
a_closed_door_says_why(void **state)
{
	static const char *const targets[] = { "/ij-model/", "/ij-model/collections/", SENT_P,
		SENT_P "objects/", SENT_P "objects/" A_ID "/", "/any/" };

	(void)state;
	bench.closed = true;
	for (size_t i = 0; i < COUNTOF(targets); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
		CLEANUP(http_response_done) struct http_response resp = { 0 };
		struct bench_call call = { .method = "GET", .target = targets[i] };

		bench_ask(&call, a, &resp);
		check_body(&resp,
		    ERROR("Not allowed", "suspended by JP: clause 12", "A-NOTINFORCE", 403));
		assert_int_equal(resp.status, 403);
	}
	bench.closed = false;
}

static void
a_closed_door_can_be_discovered(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct bench_call call = { .method = "GET", .target = "/taxii2/" };

	(void)state;
	bench.closed = true;
	bench_ask(&call, a, &resp);
	bench.closed = false;
	assert_int_equal(resp.status, 200);
	check_body(&resp,
	    "{\"title\":\"CERT-In\",\"description\":\"A Torana node: what may be read here is "
	    "what was released to the caller\"}");
}

static void
errors_inside_are_not_told(void **state)
{
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct http_request req = { .id = S("7") };
	struct why why = { 0 };

	(void)state;
	assert_int_equal((fail)(&why, ERR_IO, "db.io", "/srv/torana/store.db: disk error"), ERR_IO);
	taxii_print_error(NULL, &req, 503, &why, &resp);
	assert_true(str_is(buf_str(&resp.buf),
	    "{\"title\":\"The node has a problem\",\"description\":\"try again later; the log of "
	    "the node has the reason\",\"error_id\":\"7\",\"error_code\":\"db.io\","
	    "\"http_status\":\"503\"}"));
}

/* ---- */

int
main(int argc, char **argv)
{
	static struct cases list;

	bench_begin();
	bench_post(BENCH_LOCAL, str_of(stored));
	bench_put(BENCH_SENT, S(A2));

	CASES(&list, get_cases, check_get);
	CASES(&list, media_cases, check_media);
	CASE(&list, a_closed_door_says_why);
	CASE(&list, a_closed_door_can_be_discovered);
	CASE(&list, errors_inside_are_not_told);
	int failed = cases_run("taxii", &list, argc, argv);
	bench_end();
	return failed;
}
