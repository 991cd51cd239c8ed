/* Who may call what, how one signs in, and what a broken request is told. */
#include "api.h"

#include "credentials_p.h"
#include "world_p.h"

/* clang-format off */

/* ---- every route and every role ---- */

/* Letters of those who may call: Analyst, Officer, aPprover, Legal, policY,
 * Defence liaison, aUditor, adMinistrator, Guest, control Socket; '*' is everybody.
 * Copied from the table in docs/api.md by hand, on purpose. */
static const struct access_case {
	const char *name; /* method and path */
	const char *who;
} access_cases[] = {
	{ "GET /api/v1/node",                             "*" },
	{ "GET /api/v1/routes",                           "AOPLYDUS" },
	{ "POST /api/v1/session",                         "*" },
	{ "GET /api/v1/session",                          "AOPLYDUMGS" },
	{ "DELETE /api/v1/session",                       "AOPLYDUMGS" },
	{ "GET /api/v1/accounts",                         "MS" },
	{ "POST /api/v1/accounts",                        "MS" },
	{ "POST /api/v1/accounts/{name}/confirm",         "MS" },
	{ "PATCH /api/v1/accounts/{name}",                "MS" },
	{ "POST /api/v1/accounts/{name}/password",        "AOPLYDUMGS" },
	{ "DELETE /api/v1/accounts/{name}/totp",          "AOPLYDUMGS" },
	{ "POST /api/v1/totp",                            "AOPLYDUMGS" },
	{ "POST /api/v1/totp/confirm",                    "AOPLYDUMGS" },
	{ "GET /api/v1/tokens",                           "AOPLYDUMGS" },
	{ "POST /api/v1/tokens",                          "AOPLYDUMGS" },
	{ "DELETE /api/v1/tokens/{id}",                   "AOPLYDUMGS" },
	{ "GET /api/v1/collections",                      "MS" },
	{ "POST /api/v1/collections",                     "MS" },
	{ "DELETE /api/v1/collections/{id}",              "MS" },
	{ "POST /api/v1/collections/{id}/access",         "MS" },
	{ "GET /api/v1/invitation",                       "MS" },
	{ "GET /api/v1/peers",                            "AOPLYDUS" },
	{ "POST /api/v1/peers",                           "MS" },
	{ "POST /api/v1/sync",                            "AOMS" },
	{ "GET /api/v1/agreements",                       "AOPLYDUS" },
	{ "GET /api/v1/agreements/{id}",                  "AOPLYDUS" },
	{ "POST /api/v1/agreements",                      "MS" },
	{ "POST /api/v1/agreements/make",                 "MS" },
	{ "POST /api/v1/agreements/{id}/sign",            "MS" },
	{ "POST /api/v1/agreements/{id}/{verb}",          "MS" },
	{ "GET /api/v1/packs",                            "AOPLYDUS" },
	{ "GET /api/v1/packs/{id}",                       "AOPLYDUS" },
	{ "POST /api/v1/packs",                           "MS" },
	{ "POST /api/v1/rules-key",                       "MS" },
	{ "POST /api/v1/packs/test",                      "AOPLYDUS" },
	{ "GET /api/v1/sources",                          "AOPLYDUS" },
	{ "POST /api/v1/sources",                         "PLYD" },
	{ "GET /api/v1/feeds",                            "AOPLYDUS" },
	{ "POST /api/v1/feeds",                           "MS" },
	{ "POST /api/v1/feeds/{name}/poll",               "AOMS" },
	{ "DELETE /api/v1/feeds/{name}",                  "MS" },
	{ "POST /api/v1/patterns/check",                  "AOPLYDUS" },
	{ "POST /api/v1/import",                          "AOS" },
	{ "GET /api/v1/conflicts",                        "AOPLYDUS" },
	{ "GET /api/v1/objects",                          "AOPLYDUS" },
	{ "GET /api/v1/objects/{id}",                     "AOPLYDUS" },
	{ "GET /api/v1/objects/{id}/conflicts",           "AOPLYDUS" },
	{ "POST /api/v1/objects/{id}/choose",             "O" },
	{ "POST /api/v1/objects/{id}/purge",              "L" },
	{ "POST /api/v1/preview",                         "AOS" },
	{ "GET /api/v1/explain",                          "AOPLYDUS" },
	{ "POST /api/v1/orders",                          "O" },
	{ "GET /api/v1/approvals",                            "AOPLYDUS" },
	{ "POST /api/v1/approvals/{order}/{ordinal}/approve", "PLYD" },
	{ "POST /api/v1/approvals/{order}/{ordinal}/refuse",  "PLYD" },
	{ "GET /api/v1/persons",                          "AOPLYDUS" },
	{ "POST /api/v1/persons",                         "MS" },
	{ "POST /api/v1/persons/{fingerprint}/verify",    "PLYD" },
	{ "POST /api/v1/persons/{fingerprint}/revoke",    "MS" },
	{ "POST /api/v1/cards",                           "MS" },
	{ "GET /api/v1/envelopes",                        "AOPLYDUS" },
	{ "GET /api/v1/envelopes/{order}/{ordinal}",      "AOPLYDUS" },
	{ "POST /api/v1/envelopes/{order}/{ordinal}/receipt", "O" },
	{ "GET /api/v1/reviews",                          "AOPLYDUS" },
	{ "POST /api/v1/reviews/{order}",                 "PLYD" },
	{ "GET /api/v1/releases",                         "AOPLYDUS" },
	{ "GET /api/v1/decisions",                        "OPLYDU" },
	{ "GET /api/v1/decisions/{leaf}/{place}",         "OPLYDU" },
	{ "GET /api/v1/standing-orders",                  "AOPLYDUS" },
	{ "POST /api/v1/standing-orders",                 "O" },
	{ "POST /api/v1/standing-orders/{id}/approve",    "PLYD" },
	{ "POST /api/v1/standing-orders/{id}/stop",       "OPLYD" },
	{ "GET /api/v1/recalls",                          "AOPLYDUS" },
	{ "POST /api/v1/recalls",                         "O" },
	{ "GET /api/v1/disclosures",                      "AOPLYDUS" },
	{ "GET /api/v1/disclosures/dossier",              "OPLYDU" },
	{ "GET /api/v1/consents",                         "AOPLYDUS" },
	{ "POST /api/v1/consents",                        "L" },
	{ "POST /api/v1/consents/{id}/withdraw",          "L" },
	{ "GET /api/v1/internal-releases",                "AOPLYDUS" },
	{ "POST /api/v1/internal-releases",               "O" },
	{ "POST /api/v1/internal-releases/{id}/approve",  "P" },
	{ "POST /api/v1/internal-releases/{id}/withdraw", "OP" },
	{ "POST /api/v1/hits",                            "AOS" },
	{ "POST /api/v1/sightings",                       "AOS" },
	{ "GET /api/v1/proofs/{leaf}/{place}",            "AOPLYDUS" },
	{ "GET /api/v1/events",                           "AOPLYDUMS" },
};

static const struct {
	char letter;
	const char *role;
} people[] = {
	{ 'A', "analyst" }, { 'O', "officer" }, { 'P', "approver" }, { 'L', "legal" }, { 'Y', "policy" },
	{ 'D', "defence-liaison" }, { 'U', "auditor" }, { 'M', "administrator" },
	{ 'G', "guest" },
};
/* clang-format on */

/* One world for the rows that change nothing: an account takes 0.1 s to make. */
static struct world shared;

static void
begin_shared(void)
{
	if (shared.realm != NULL)
		return;
	world_begin(&shared, "IN");
	for (size_t i = 0; i < COUNTOF(people); i++)
		add_account(&shared, people[i].role, people[i].role);
}

static void
expect_access(const struct caller *who, const struct access_case *c, bool may, const char *name)
{
	struct str target = str_of(c->name);
	struct str method = str_split(&target, ' ');
	struct world_ask ask = {
		.who = who,
		.method = str_is(method, "GET")     ? "GET"
		          : str_is(method, "POST")  ? "POST"
		          : str_is(method, "PATCH") ? "PATCH"
		                                    : "DELETE",
		.target = target,
		.head_only = true,
	};
	unsigned refused = name == NULL ? 401 : 403;
	unsigned status = world_ask(&shared, &ask).status;

	if (status != (may ? 0 : refused))
		fail_msg("%s as %s: %u", c->name, name == NULL ? "nobody" : name, status);
}

/* A path with braces in it stands for itself: any text fits {id}. */
static struct access_case
without_braces(const struct access_case *c)
{
	char *path = arena_cstr(shared.arena, str_of(c->name));

	for (char *p = path; *p != '\0'; p++) {
		if (*p == '{' || *p == '}')
			*p = 'x';
	}
	return (struct access_case){ path, c->who };
}

static void
check_access(void **state)
{
	begin_shared();
	struct access_case c = without_braces(*state);
	bool all = strchr(c.who, '*') != NULL;

	expect_access(NOBODY, &c, all, NULL);
	expect_access(SOCKET, &c, all || strchr(c.who, 'S') != NULL, "socket");
	for (size_t i = 0; i < COUNTOF(people); i++)
		expect_access(AS(people[i].role), &c,
		    all || strchr(c.who, people[i].letter) != NULL, people[i].role);
}

static void
check_every_route_is_here(void **state)
{
	(void)state;
	assert_int_equal(COUNTOF(access_cases), api_routes_count);
	for (size_t i = 0; i < api_routes_count; i++) {
		char name[128];

		(void)snprintf(name, sizeof(name), "%s %s", http_method_name(api_routes[i].method),
		    api_routes[i].path);
		assert_string_equal(name, access_cases[i].name);
	}
}

/* ---- broken requests ---- */

#define H64 "0000000000000000000000000000000000000000000000000000000000000000"

/* clang-format off */
static const struct body_case {
	const char *name;
	const char *as; /* NULL: the control socket */
	const char *target;
	const char *body;
	unsigned status;
	const char *code;
	const char *message;
} body_cases[] = {
	{ "a choice that is no hash", "officer", "/api/v1/objects/x/choose", "{\"version\":\"v\",\"content\":\"x\",\"reason\":\"y\"}",
	  400, "api.value",  "content must be the SHA-256 of its bytes, 64 hex digits" },
	{ "a choice of nothing",      "officer", "/api/v1/objects/x/choose", "{\"version\":\"v\",\"content\":\"" H64 "\",\"reason\":\"y\"}",
	  404, "store.choice-unknown", NULL },
	{ "no body",                  "officer", "/api/v1/recalls", "",
	  400, "api.body",   "the request needs a JSON object with: id to reason" },
	{ "not JSON",                 "officer", "/api/v1/recalls", "{",
	  400, "json.cut", NULL },
	{ "a list",                   "officer", "/api/v1/recalls", "[]",
	  400, "api.body",   "the request needs a JSON object with id to reason; this is a array" },
	{ "a foreign member",         "officer", "/api/v1/recalls", "{\"id\":\"a\",\"to\":\"b\",\"reason\":\"c\",\"owner\":\"x\"}",
	  400, "api.member", "the request has no member \"owner\"; it may have: id to reason" },
	{ "a member missing",         "officer", "/api/v1/recalls", "{\"id\":\"a\",\"to\":\"b\"}",
	  400, "api.member", "the request lacks the member \"reason\"" },
	{ "a number for a text",      "officer", "/api/v1/recalls", "{\"id\":1,\"to\":\"b\",\"reason\":\"c\"}",
	  400, "api.value",  "id must be a text of 1 to 4096 bytes without NUL" },
	{ "a text with NUL",          "officer", "/api/v1/recalls", "{\"id\":\"a\\u0000\",\"to\":\"b\",\"reason\":\"c\"}",
	  400, "api.value",  "id must be a text of 1 to 4096 bytes without NUL" },
	{ "an empty reason",          "officer", "/api/v1/recalls", "{\"id\":\"a\",\"to\":\"b\",\"reason\":\"\"}",
	  400, "api.value",  "reason must be a text of 1 to 4096 bytes without NUL" },
	{ "a member twice",           "officer", "/api/v1/recalls", "{\"id\":\"a\",\"id\":\"b\"}",
	  400, "json.duplicate", NULL },
	{ "scopes set by the caller", NULL, "/api/v1/accounts", "{\"name\":\"a\",\"display\":\"A\",\"roles\":[],\"password\":\"longenough\",\"scopes\":\"admin\"}",
	  400, "api.member", "the request has no member \"scopes\"; it may have: name display roles password organisation enclaves" },
	{ "an account of a partner",  NULL, "/api/v1/accounts", "{\"name\":\"a\",\"display\":\"A\",\"roles\":[],\"password\":\"longenough\",\"organisation\":\"JP:NCO\"}",
	  400, "account.organisation", "JP:NCO is no organisation of IN; write IN:NAME" },
	{ "a wildcard for an enclave", NULL, "/api/v1/accounts", "{\"name\":\"a\",\"display\":\"A\",\"roles\":[],\"password\":\"longenough\",\"enclaves\":[\"%\"]}",
	  400, "enclave.name", NULL },
	{ "a short password",         NULL, "/api/v1/accounts", "{\"name\":\"a\",\"display\":\"A\",\"roles\":[],\"password\":\"short\"}",
	  400, "api.value",  "password must be at least 8 characters long" },
	{ "a role that is none",      NULL, "/api/v1/accounts", "{\"name\":\"a\",\"display\":\"A\",\"roles\":[\"king\"],\"password\":\"longenough\"}",
	  400, "account.roles", NULL },
	{ "administrator and officer", NULL, "/api/v1/accounts", "{\"name\":\"a\",\"display\":\"A\",\"roles\":[\"administrator\",\"officer\"],\"password\":\"longenough\"}",
	  400, "account.roles", "an account is not administrator and officer at once: who makes accounts neither gives nor approves orders; make two accounts for two people" },
	{ "roles as a text",          NULL, "/api/v1/accounts", "{\"name\":\"a\",\"display\":\"A\",\"roles\":\"officer\",\"password\":\"longenough\"}",
	  400, "api.value",  "roles must be a list of texts" },
	{ "an account twice",         NULL, "/api/v1/accounts", "{\"name\":\"officer\",\"display\":\"A\",\"roles\":[],\"password\":\"longenough\"}",
	  409, "account.exists", NULL },
	{ "an order without ids",     "officer", "/api/v1/orders", "{\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"ids\":[],\"at\":\"2026-11-22T03:04:05Z\",\"expect\":{}}",
	  400, "api.value",  "ids must be a list with at least one identifier" },
	{ "an order without hashes",  "officer", "/api/v1/orders", "{\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"ids\":[\"a\"],\"at\":\"2026-11-22T03:04:05Z\",\"expect\":{}}",
	  400, "api.expect", "0 of 1 objects have a hash: give each that of its previewed bytes, and name no object twice" },
	{ "a hash for nothing",       "officer", "/api/v1/orders", "{\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"ids\":[\"a\"],\"at\":\"2026-11-22T03:04:05Z\",\"expect\":{\"b\":\"" H64 "\"}}",
	  400, "api.expect", "b has a hash but is not among the ids" },
	{ "a hash that is none",      "officer", "/api/v1/orders", "{\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"ids\":[\"a\"],\"at\":\"2026-11-22T03:04:05Z\",\"expect\":{\"a\":\"00\"}}",
	  400, "api.value",  "expect must be an object of SHA-256 values by identifier" },
	{ "an id twice",              "officer", "/api/v1/orders", "{\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"ids\":[\"a\",\"a\"],\"at\":\"2026-11-22T03:04:05Z\",\"expect\":{\"a\":\"" H64 "\"}}",
	  400, "api.expect", NULL },
	{ "a time that is none",      "officer", "/api/v1/orders", "{\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"ids\":[\"a\"],\"at\":\"yesterday\",\"expect\":{}}",
	  400, "api.value",  "at must be a time like 2026-11-22T03:04:05.123456Z" },
	{ "nobody to send to",        "officer", "/api/v1/preview", "{\"to\":\"JP:JPCERT\",\"purpose\":\"p\",\"ids\":[\"a\"]}",
	  400, "release.recipient", "JP:JPCERT is no organisation of any agreement we hold" },
	{ "a half that is none",      "officer", "/api/v1/preview", "{\"to\":\"a\",\"purpose\":\"p\",\"ids\":[\"a\"],\"with\":\"both\"}",
	  400, "api.value",  "with must be technique, victim or all" },
	{ "an order of a half",       "officer", "/api/v1/orders", "{\"to\":\"a\",\"purpose\":\"p\",\"ids\":[\"a\"],\"with\":\"all\"}",
	  400, "api.member", NULL },
	{ "a channel that is none",   "officer", "/api/v1/preview", "{\"to\":\"a\",\"purpose\":\"p\",\"ids\":[\"a\"],\"channel\":\"pigeon\"}",
	  400, "api.value",  "channel must be auto, officer or person" },
	{ "refusal without a reason", "approver", "/api/v1/approvals/x/0/refuse", "{\"role\":\"officer\",\"bytes_sha256\":\"" H64 "\"}",
	  400, "api.member", "the request lacks the member \"reason\"" },
	{ "no such hold",             "approver", "/api/v1/approvals/x/0/approve", "{\"role\":\"officer\",\"bytes_sha256\":\"" H64 "\"}",
	  404, "release.no-item", NULL },
	{ "an ordinal that is none",  "approver", "/api/v1/approvals/x/first/approve", "{\"role\":\"officer\",\"bytes_sha256\":\"" H64 "\"}",
	  404, "release.no-item", NULL },
	{ "a standing order for ever","officer", "/api/v1/standing-orders", "{\"to\":\"a\",\"purpose\":\"p\",\"categories\":[\"c\"],\"ceiling\":\"GREEN\",\"days\":367}",
	  400, "api.value",  "days must be a whole number from 1 to 366" },
	{ "a ceiling that is none",   "officer", "/api/v1/standing-orders", "{\"to\":\"a\",\"purpose\":\"p\",\"categories\":[\"c\"],\"ceiling\":\"PINK\",\"days\":3}",
	  400, "api.value",  "ceiling must be CLEAR, GREEN, AMBER, AMBER+STRICT or RED" },
	{ "a match that is none",     "analyst", "/api/v1/hits", "{\"source\":\"s\",\"hits\":[{\"indicator\":\"indicator--6b1f0d3e-3c53-4bd5-9f1e-3d2f4b8f1c11\",\"match\":\"nearly\"}]}",
	  400, "api.value",  "match \"nearly\" is none of exact, subdomain, cidr, prefix" },
	{ "a hit with an address",    "analyst", "/api/v1/hits", "{\"source\":\"s\",\"hits\":[{\"indicator\":\"i\",\"match\":\"exact\",\"ip\":\"192.0.2.1\"}]}",
	  400, "api.member", "hit 0: the request has no member \"ip\"; it may have: indicator match at n" },
	{ "a sighting backwards",     "analyst", "/api/v1/sightings", "{\"indicator\":\"i\",\"count\":1,\"first\":\"2026-11-22T03:00:00Z\",\"last\":\"2026-11-22T02:00:00Z\"}",
	  400, "api.value",  "last must be no earlier than first" },
	{ "a sighting of nothing",    "analyst", "/api/v1/sightings", "{\"indicator\":\"i\",\"count\":1,\"first\":\"2026-11-22T03:00:00Z\",\"last\":\"2026-11-22T04:00:00Z\"}",
	  404, "api.object", "there is no object i" },
	{ "no sighting at all",       "analyst", "/api/v1/sightings", "{\"indicator\":\"i\",\"count\":0,\"first\":\"2026-11-22T03:00:00Z\",\"last\":\"2026-11-22T04:00:00Z\"}",
	  400, "api.value",  "count must be a whole number from 1 to 999999999" },
	{ "import without a name",    "analyst", "/api/v1/import", "{}",
	  400, "api.query",  "the query lacks source=" },
	{ "import of nothing",        "analyst", "/api/v1/import?source=x", "{}",
	  400, NULL, NULL },
	{ "import from an unknown source", "analyst", "/api/v1/import?source=x&named=feed", "{}",
	  404, "source.unknown", NULL },
	{ "a source policy for RED",  "approver", "/api/v1/sources", "{\"type\":\"torana-source-policy\",\"format\":1,\"source\":\"a\",\"version\":1,\"marking\":\"RED\",\"reason\":\"r\"}",
	  400, "source.marking", NULL },
	{ "an unknown verb",          NULL, "/api/v1/agreements/X/forget", "{\"scope\":\"all\",\"reason\":\"r\"}",
	  404, "api.verb",   "there is no verb forget; write suspend, resume, terminate, approve, enact, renew, lapse, succeed, dispute or settle" },
	{ "no such agreement",        NULL, "/api/v1/agreements/X/suspend", "{\"scope\":\"all\",\"reason\":\"r\"}",
	  404, "agreement.none", NULL },
	{ "signing with a wish",      NULL, "/api/v1/agreements/X/sign", "{\"key\":\"mine\"}",
	  400, "api.body",   "the request takes no body, or {}" },
	{ "a template and more",      NULL, "/api/v1/agreements/make", "{\"template\":{},\"key\":\"mine\"}",
	  400, "api.member", "the request has no member \"key\"; it may have: template" },
	{ "not an envelope",          NULL, "/api/v1/agreements", "{}",
	  400, NULL, NULL },
	{ "not a pack",               NULL, "/api/v1/packs", "{}",
	  400, NULL, NULL },
	{ "no invitation",            NULL, "/api/v1/peers", "{\"invitation\":\"x\",\"fingerprint\":\"y\"}",
	  400, "api.value",  "invitation must be a JSON object" },
};
/* clang-format on */

static void
check_body(void **state)
{
	const struct body_case *c = *state;

	begin_shared();
	const struct caller *who = c->as == NULL ? SOCKET : AS(c->as);
	struct answer a = call(&shared, who, "POST", c->target, str_of(c->body));
	if (c->code == NULL) {
		expect_status(a, c->status);
		return;
	}
	expect_error(a, c->status, c->code);
	if (c->message != NULL) {
		struct str got = json_str(json_get(json_get(a.json, S("error")), S("message")));

		assert_string_equal(arena_cstr(shared.arena, got), c->message);
	}
}

/* clang-format off */
static const struct query_case {
	const char *name;
	const char *target;
	unsigned status;
	const char *code;
} query_cases[] = {
	{ "a limit above the bound",  "/api/v1/objects?limit=501",  400, "api.query" },
	{ "a limit that is no number", "/api/v1/objects?limit=-1",  400, "api.query" },
	{ "a limit twice",            "/api/v1/objects?limit=1&limit=2", 400, "http.query-twice" },
	{ "explain without an id",    "/api/v1/explain?to=a&purpose=b", 400, "api.query" },
	{ "explain at no time",       "/api/v1/explain?id=i&to=a&purpose=b&at=now", 400, "api.query" },
	{ "no conflict of no object", "/api/v1/objects/nothing/conflicts", 404, "store.object" },
	{ "a long list of conflicts", "/api/v1/conflicts?limit=501", 400, "api.query" },
	{ "no such object",           "/api/v1/objects/nothing",    404, "api.object" },
	{ "no such leaf",             "/api/v1/proofs/99/0",        404, NULL },
	{ "a leaf that is no number", "/api/v1/proofs/first/0",     404, "api.proof" },
	{ "events from no number",    "/api/v1/events?after=x",     400, "api.query" },
	{ "nothing here",             "/api/v1/nothing",            404, "http.not-found" },
};
/* clang-format on */

static void
check_query(void **state)
{
	const struct query_case *c = *state;

	begin_shared();
	struct answer a = get(&shared, AS("officer"), c->target);
	if (c->code == NULL)
		expect_status(a, c->status);
	else
		expect_error(a, c->status, c->code);
}

static void
check_wrong_method(void **state)
{
	(void)state;
	begin_shared();
	expect_error(call(&shared, AS("officer"), "DELETE", "/api/v1/objects", S("")), 405,
	    "http.method");
}

/* ---- signing in ---- */

static struct str
sign_in_body(struct world *w, const char *account, const char *password)
{
	return arena_printf(w->arena, "{\"account\":\"%s\",\"password\":\"%s\"}", account,
	    password);
}

static struct answer
sign_in(struct world *w, const char *account, const char *password)
{
	return call(w, NOBODY, "POST", "/api/v1/session", sign_in_body(w, account, password));
}

static const char *
cookie_of(struct world *w, struct answer a)
{
	struct str text = a.cookie;

	(void)str_split(&text, '=');
	return arena_cstr(w->arena, str_split(&text, ';'));
}

static void
check_sign_in(void **state)
{
	CLEANUP(world_end) struct world w;

	(void)state;
	world_begin(&w, "IN");
	add_account(&w, "meera", "officer");
	struct answer a = sign_in(&w, "meera", WORLD_PASSWORD);
	expect_status(a, 200);
	assert_true(str_is(a.body,
	    "{\"account\":\"meera\",\"display\":\"Test meera\",\"organisation\":\"IN:CERT-IN\","
	    "\"roles\":[\"officer\"]}"));
	assert_true(
	    str_ends(a.cookie, S("; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict")));
	const char *cookie = cookie_of(&w, a);
	assert_int_equal(strlen(cookie), 43);
	struct caller reader = { .cookie = cookie };
	struct caller page = { .cookie = cookie, .own_page = true };

	expect_status(get(&w, &reader, "/api/v1/session"), 200);
	expect_error(call(&w, &reader, "DELETE", "/api/v1/session", S("")), 403, "http.csrf");
	expect_error(call(&w, &reader, "POST", "/api/v1/preview", S("{}")), 403, "http.csrf");
	a = call(&w, &page, "DELETE", "/api/v1/session", S(""));
	expect_status(a, 204);
	assert_true(str_starts(a.cookie, S("torana_session=; Path=/; Max-Age=0;")));
	expect_status(get(&w, &reader, "/api/v1/session"), 401);
}

/* A session ends when it is not used, and at the end of its life; a cookie that
 * is over does not stand in the way of signing in. */
static void
check_session_life(void **state)
{
	CLEANUP(world_end) struct world w;

	(void)state;
	world_begin(&w, "IN");
	add_account(&w, "meera", "officer");
	struct caller reader = { .cookie = cookie_of(&w, sign_in(&w, "meera", WORLD_PASSWORD)) };
	time_us begin = w.clock.fixed;
	while (w.clock.fixed + 29 * US_PER_MIN < begin + 12 * US_PER_H) {
		w.clock.fixed += 29 * US_PER_MIN;
		expect_status(get(&w, &reader, "/api/v1/session"), 200);
	}
	w.clock.fixed = begin + 12 * US_PER_H;
	expect_status(get(&w, &reader, "/api/v1/session"), 401);

	reader.cookie = cookie_of(&w, sign_in(&w, "meera", WORLD_PASSWORD));
	w.clock.fixed += 30 * US_PER_MIN;
	expect_status(get(&w, &reader, "/api/v1/session"), 401);
	expect_status(call(&w, &reader, "POST", "/api/v1/session",
	                  sign_in_body(&w, "meera", WORLD_PASSWORD)),
	    200);
}

/* Who guesses locks his own address out, and no other. */
static void
check_lock(void **state)
{
	CLEANUP(world_end) struct world w;

	(void)state;
	world_begin(&w, "IN");
	add_account(&w, "meera", "officer");
	struct answer unknown = sign_in(&w, "nobody", "wrong");
	expect_error(unknown, 401, "session.wrong");
	expect_status(get(&w, AS("meera"), "/api/v1/session"), 200);
	w.remote = "192.0.2.66";
	for (int i = 0; i < TRIES_FAILURES_MAX; i++) {
		struct answer a = sign_in(&w, "meera", "wrong");
		assert_int_equal(a.status, 401);
		assert_true(str_eq(a.body, unknown.body));
	}
	/* Locked, also for the right password. */
	for (int i = 0; i < 2; i++)
		expect_error(sign_in(&w, "meera", WORLD_PASSWORD), 401, "session.wrong");
	w.remote = "192.0.2.1";
	expect_status(sign_in(&w, "meera", WORLD_PASSWORD), 200);
	w.remote = "192.0.2.66";
	expect_error(sign_in(&w, "meera", WORLD_PASSWORD), 401, "session.wrong");
	w.clock.fixed += TRIES_LOCK_MIN_S * US_PER_S;
	expect_status(sign_in(&w, "meera", WORLD_PASSWORD), 200);
}

/* A crowd locks the account, but not for what was right a moment ago and comes
 * from where it came. */
static void
check_lock_of_account(void **state)
{
	CLEANUP(world_end) struct world w;
	char stranger[32];

	(void)state;
	world_begin(&w, "IN");
	add_account(&w, "meera", "officer");
	w.remote = "192.0.2.1";
	expect_status(get(&w, AS("meera"), "/api/v1/session"), 200);
	for (int i = 0; i < ACCOUNT_FAILURES_MAX; i++) {
		(void)snprintf(stranger, sizeof(stranger), "198.51.100.%d", i);
		w.remote = stranger;
		expect_error(sign_in(&w, "meera", "wrong"), 401, "session.wrong");
	}
	w.remote = "192.0.2.1";
	expect_status(get(&w, AS("meera"), "/api/v1/session"), 200);
	expect_error(sign_in(&w, "meera", "wrong"), 401, "session.wrong");
	/* Asked twice: what was refused is not kept as right. */
	w.remote = "192.0.2.2";
	for (int i = 0; i < 2; i++)
		expect_error(sign_in(&w, "meera", WORLD_PASSWORD), 401, "session.wrong");
	w.remote = "192.0.2.1";
	w.clock.fixed += VERIFIED_FOR_S * US_PER_S;
	expect_error(get(&w, AS("meera"), "/api/v1/session"), 401, "session.wrong");
	w.clock.fixed += ACCOUNT_LOCK_S * US_PER_S;
	expect_status(get(&w, AS("meera"), "/api/v1/session"), 200);
}

static void
check_sign_in_from_elsewhere(void **state)
{
	CLEANUP(world_end) struct world w;
	struct http_request req = { 0 };
	CLEANUP(http_response_done) struct http_response resp = { 0 };

	(void)state;
	world_begin(&w, "IN");
	add_account(&w, "meera", "officer");
	req.target = S("/api/v1/session");
	req.arena = w.arena;
	world_header(&req, "Sec-Fetch-Site", S("cross-site"));
	assert_true(http_site_head(&w.site, &req, S("POST"), &resp));
	req.body = sign_in_body(&w, "meera", WORLD_PASSWORD);
	http_site_run(&w.site, &req, &resp);
	assert_int_equal(resp.status, 403);
	assert_int_equal(resp.added_len, 0);
}

static void
check_credentials(void **state)
{
	begin_shared();

	(void)state;
	expect_error(get(&shared, &(struct caller){ .account = "officer", .password = "wrong" },
	                 "/api/v1/objects"),
	    401, "session.wrong");
	expect_error(get(&shared, &(struct caller){ .bearer = "nothing" }, "/api/v1/objects"), 401,
	    "session.token");
	expect_status(get(&shared, &(struct caller){ .cookie = "nothing" }, "/api/v1/node"), 200);
	/* On the control socket credentials make the caller that account. */
	struct caller both = { .account = "officer", .socket = true };
	expect_status(get(&shared, &both, "/api/v1/objects"), 200);
	expect_error(get(&shared, &both, "/api/v1/accounts"), 403, "http.scope");
}

/* Passwords cost memory and time: a crowd is told to come back. */
static void
check_crowd(void **state)
{
	(void)state;
	begin_shared();
	shared.api.verifying = PASSWORDS_AT_ONCE;
	expect_error(sign_in(&shared, "officer", "another"), 503, "session.busy");
	shared.api.verifying = 0;
}

int
main(int argc, char **argv)
{
	static struct cases cases;

	log_set_level(LOG_ERROR); /* refusals are what is tested */
	CASES(&cases, access_cases, check_access);
	CASE(&cases, check_every_route_is_here);
	CASES(&cases, body_cases, check_body);
	CASES(&cases, query_cases, check_query);
	CASE(&cases, check_wrong_method);
	CASE(&cases, check_sign_in);
	CASE(&cases, check_session_life);
	CASE(&cases, check_lock);
	CASE(&cases, check_lock_of_account);
	CASE(&cases, check_sign_in_from_elsewhere);
	CASE(&cases, check_credentials);
	CASE(&cases, check_crowd);
	int failed = cases_run("api", &cases, argc, argv);
	if (shared.realm != NULL)
		world_end(&shared);
	return failed;
}
