/* What a guest may do with single collections, and what it learns by trying. */
#include "access.h"
#include "bench_p.h"
#include "uuid.h"

#define KNOWN_ID "indicator--00000000-0000-4000-8000-0000000000b1"
#define NEW_ID   "indicator--00000000-0000-4000-8000-0000000000b2"
#define NO_ID    "indicator--00000000-0000-4000-8000-0000000000b3" /* never posted */
#define AT       "2020-01-01T00:00:00.000Z"
#define THING(id, name)                                                                        \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" id "\",\"created\":\"" AT \
	"\",\"modified\":\"" AT "\",\"name\":\"" name                                          \
	"\",\"pattern\":\"[ipv4-addr:value = '198.51.100.7']\",\"pattern_type\":\"stix\","     \
	"\"valid_from\":\"2020-01-01T00:00:00Z\"}"
#define IP(id)                                                          \
	"{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"" id \
	"\",\"value\":\"198.51.100.3\"}"
#define IP_ID       "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"
#define ENVELOPE(x) "{\"objects\":[" x "]}"

#define BOX    "/local/collections/" BENCH_LOCAL "/"
#define GIVEN  "/local/collections/" BENCH_GIVEN "/"
#define VAULT  "/local/collections/" BENCH_VAULT "/"
#define NOBODY "/local/collections/99999999-9999-4999-8999-000000000000/"

/* ---- who has what ---- */

static const struct {
	const char *account;
	bool can_read, can_write;
} guests[] = {
	{ "guest-rw", true, true },
	{ "guest-w", false, true },
	{ "guest-r", true, false },
	{ "guest-s", false, false },
};

static enum err
give_job(struct db *db, void *arg, struct why *why)
{
	/* What is received, and what lies in another enclave, is given to all in vain. */
	static const char *const vain[] = { BENCH_GIVEN, BENCH_VAULT, BENCH_OTHER, BENCH_SENT };
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	struct access row = { .by = S("root1"), .at = 1 };
	struct collection c;

	(void)arg;
	TRY(store_collection_find(db, a, S(BENCH_LOCAL), &c, why));
	for (size_t i = 0; i < COUNTOF(guests); i++) {
		row.shard_key = c.shard_key;
		row.account = str_of(guests[i].account);
		row.can_read = guests[i].can_read;
		row.can_write = guests[i].can_write;
		TRY(store_access_put(db, &row, why));
	}
	row = (struct access){ .account = S(ACCESS_ALL), .can_read = true, .can_write = true };
	for (size_t i = 0; i < COUNTOF(vain); i++) {
		TRY(store_collection_find(db, a, str_of(vain[i]), &c, why));
		row.shard_key = c.shard_key;
		TRY(store_access_put(db, &row, why));
	}
	return OK;
}

static void
ask(const char *account, const char *method, const char *target, const char *body, struct arena *a,
    struct http_response *ret)
{
	struct bench_call call = {
		.method = method,
		.target = target,
		.account = account,
		.type = body[0] == '\0' ? NULL : BENCH_TAXII,
		.body = str_of(body),
	};

	bench_ask(&call, a, ret);
}

/* ---- rights ---- */

/* clang-format off */
static const struct right_case {
	const char *name, *method, *target, *body;
	unsigned rw, w, r, s, none, staff; /* status for each */
	const char *code;                  /* of every 403 */
} right_cases[] = {
	{ "the collection", "GET", BOX, "", 200, 200, 200, 200, 404, 200, NULL },
	{ "by its alias", "GET", "/local/collections/lab/", "", 200, 200, 200, 200, 404, 200, NULL },
	{ "objects", "GET", BOX "objects/", "", 200, 403, 200, 404, 404, 200, "taxii.write-only" },
	{ "objects, by a query that is none", "GET", BOX "objects/?limit=x", "", 400, 403, 400, 404, 404, 400, "taxii.write-only" },
	{ "objects, by an id that is here", "GET", BOX "objects/?match[id]=" KNOWN_ID, "", 200, 403, 200, 404, 404, 200, "taxii.write-only" },
	{ "manifest", "GET", BOX "manifest/", "", 200, 403, 200, 404, 404, 200, "taxii.write-only" },
	{ "one object", "GET", BOX "objects/" KNOWN_ID "/", "", 200, 403, 200, 404, 404, 200, "taxii.write-only" },
	{ "one that is not here", "GET", BOX "objects/" NO_ID "/", "", 404, 403, 404, 404, 404, 404, "taxii.write-only" },
	{ "its versions", "GET", BOX "objects/" KNOWN_ID "/versions/", "", 200, 403, 200, 404, 404, 200, "taxii.write-only" },
	{ "versions of nothing", "GET", BOX "objects/" NO_ID "/versions/", "", 404, 403, 404, 404, 404, 404, "taxii.write-only" },
	{ "posting", "POST", BOX "objects/", ENVELOPE(THING(KNOWN_ID, "known")), 202, 202, 403, 404, 404, 202, "taxii.read-only" },
	{ "deleting what is not here", "DELETE", BOX "objects/" NO_ID "/", "", 404, 403, 403, 404, 404, 404, NULL },
	{ "received: the collection", "GET", GIVEN, "", 404, 404, 404, 404, 404, 200, NULL },
	{ "received: objects", "GET", GIVEN "objects/", "", 404, 404, 404, 404, 404, 200, NULL },
	{ "received: posting", "POST", GIVEN "objects/", ENVELOPE(THING(KNOWN_ID, "known")), 404, 404, 404, 404, 404, 403, "taxii.read-only" },
	{ "another enclave: the collection", "GET", VAULT, "", 404, 404, 404, 404, 404, 404, NULL },
	{ "another enclave: objects", "GET", VAULT "objects/", "", 404, 404, 404, 404, 404, 404, NULL },
	{ "another enclave: posting", "POST", VAULT "objects/", ENVELOPE(THING(KNOWN_ID, "known")), 404, 404, 404, 404, 404, 404, NULL },
	{ "another enclave: deleting", "DELETE", VAULT "objects/" KNOWN_ID "/", "", 404, 404, 404, 404, 404, 404, NULL },
	{ "another organisation's", "GET", "/local/collections/" BENCH_OTHER "/objects/", "", 404, 404, 404, 404, 404, 404, NULL },
	{ "released", "GET", "/local/collections/" BENCH_SENT "/objects/", "", 404, 404, 404, 404, 404, 404, NULL },
	{ "nothing", "GET", NOBODY "objects/", "", 404, 404, 404, 404, 404, 404, NULL },
};
/* clang-format on */

static void
check_right(void **state)
{
	const struct right_case *c = *state;
	const struct {
		const char *account;
		unsigned status;
	} callers[] = {
		{ "guest-rw", c->rw },
		{ "guest-w", c->w },
		{ "guest-r", c->r },
		{ "guest-s", c->s },
		{ "guest-none", c->none },
		{ "analyst", c->staff },
	};

	for (size_t i = 0; i < COUNTOF(callers); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
		CLEANUP(http_response_done) struct http_response resp = { 0 };

		ask(callers[i].account, c->method, c->target, c->body, a, &resp);
		if (resp.status != callers[i].status)
			fail_msg("%s: %u " STR_FMT, callers[i].account, resp.status,
			    STR_ARG(resp.body));
		if (resp.status == 403 && c->code != NULL)
			assert_true(str_find(resp.body, str_of(c->code)) != SIZE_MAX);
		for (size_t n = 0; n < resp.added_len && resp.status >= 400; n++)
			assert_false(str_is(resp.added[n].name, "ETag"));
	}
}

static void
check_flags(void **)
{
	for (size_t i = 0; i < COUNTOF(guests); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
		CLEANUP(http_response_done) struct http_response resp = { 0 };
		struct str flags = arena_printf(a, "\"can_read\":%s,\"can_write\":%s",
		    guests[i].can_read ? "true" : "false", guests[i].can_write ? "true" : "false");

		ask(guests[i].account, "GET", "/local/collections/", "", a, &resp);
		size_t at = str_find(resp.body, S("can_read"));
		assert_true(at != SIZE_MAX && str_find(resp.body, flags) == at - 1);
		/* One and no other. */
		struct str rest = str_sub(resp.body, at + 1, resp.body.len);
		assert_true(str_find(rest, S("can_read")) == SIZE_MAX);
	}
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	ask("guest-none", "GET", "/local/collections/", "", a, &resp);
	assert_true(str_is(resp.body, "{}"));
}

/* ---- a box that tells nothing ---- */

enum { ID_AT = sizeof("{\"id\":\"") - 1, BEHIND_ID = ID_AT + UUID_TEXT + sizeof("\",") - 1 };

static struct str
post(const char *account, const char *body, struct arena *a)
{
	CLEANUP(http_response_done) struct http_response resp = { 0 };

	ask(account, "POST", BOX "objects/", body, a, &resp);
	assert_int_equal(resp.status, 202);
	return arena_str(a, str_sub(resp.body, BEHIND_ID, resp.body.len));
}

static struct str
with_new_id(struct arena *a, struct str answer)
{
	size_t at = str_find(answer, S(KNOWN_ID));

	assert_true(at != SIZE_MAX);
	return arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(str_sub(answer, 0, at)), NEW_ID,
	    STR_ARG(str_sub(answer, at + sizeof(KNOWN_ID) - 1, answer.len)));
}

/* What is new, what is here, and what contradicts what is here: one answer. */
static void
check_posting_tells_nothing(void **)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);

	(void)post("analyst", ENVELOPE(THING(KNOWN_ID, "known")), a);
	struct str known = post("guest-w", ENVELOPE(THING(KNOWN_ID, "known")), a);
	struct str other = post("guest-w", ENVELOPE(THING(KNOWN_ID, "another")), a);
	struct str fresh = post("guest-w", ENVELOPE(THING(NEW_ID, "known")), a);
	assert_true(str_eq(known, other));
	assert_true(str_eq(with_new_id(a, known), fresh));
	assert_true(str_find(fresh, S("\"success_count\":1")) != SIZE_MAX);

	struct str first = post("guest-w", ENVELOPE(IP(IP_ID)), a);
	assert_true(str_eq(first, post("guest-w", ENVELOPE(IP(IP_ID)), a)));

	/* Who may read is told, as always. */
	struct str told = post("guest-rw", ENVELOPE(THING(KNOWN_ID, "another")), a);
	assert_true(str_find(told, S("is here, and another handed it in")) != SIZE_MAX);
	/* What the bytes themselves say is told to everybody. */
	struct str broken =
	    post("guest-w", ENVELOPE("{\"type\":\"identity\",\"id\":\"identity--x\"}"), a);
	assert_true(str_find(broken, S("\"failure_count\":1")) != SIZE_MAX);
}

struct looking {
	struct arena *arena;
	struct stored ours, guests;
	int64_t events;
};

static enum err
look_job(struct db *db, void *arg, struct why *why)
{
	static const char count[] =
	    "SELECT COUNT(*) FROM event WHERE name = 'collection.refused' AND owner = 'IN:LAB'"
	    " AND enclave = 'main' AND subject = $1 AND detail LIKE '%guest-w%store.giver%'";
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct looking *l = arg;

	TRY(store_latest(db, l->arena, S(KNOWN_ID), &l->ours, why));
	TRY(store_latest(db, l->arena, S(NEW_ID), &l->guests, why));
	TRY(db_select_one(db, &rows, why, count, DB_T(S(KNOWN_ID))));
	l->events = db_col_i64(&rows, 0);
	return OK;
}

/* Our own people learn what the guest does not, and whose it is. */
static void
check_ours_stays_ours(void **)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct looking l = { .arena = a };
	struct why why = { 0 };

	bench_need(realm_write(bench.realm, look_job, &l, &why), &why);
	assert_true(str_is(l.ours.raw, THING(KNOWN_ID, "known")));
	assert_true(str_is(l.ours.provenance.giver, ""));
	assert_true(str_is(l.guests.provenance.giver, "guest:guest-w"));
	assert_true(str_is(l.guests.provenance.originator, "guest:guest-w"));
	assert_true(str_is(l.guests.provenance.owner, "IN:LAB"));
	assert_int_equal(l.events, 1);
}

/* ---- what a guest does not say ---- */

#define MARK_ID "marking-definition--00000000-0000-4000-8000-0000000000c1"
#define MARK                                                                          \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" MARK_ID \
	"\",\"created\":\"" AT                                                        \
	"\",\"definition_type\":\"statement\",\"definition\":{\"statement\":\"x\"}}"
#define WORDS                                                                          \
	"{\"type\":\"language-content\",\"spec_version\":\"2.1\",\"id\":"              \
	"\"language-content--00000000-0000-4000-8000-0000000000c2\",\"created\":\"" AT \
	"\",\"modified\":\"" AT "\",\"object_ref\":\"" KNOWN_ID                        \
	"\",\"contents\":{\"de\":{\"name\":\"x\"}}}"
#define SHAPE                                                                                 \
	"{\"type\":\"extension-definition\",\"spec_version\":\"2.1\",\"id\":"                 \
	"\"extension-definition--00000000-0000-4000-8000-0000000000c3\",\"created\":\"" AT    \
	"\",\"modified\":\"" AT "\",\"created_by_ref\":"                                      \
	"\"identity--00000000-0000-4000-8000-0000000000c4\",\"name\":\"x\",\"schema\":\"x\"," \
	"\"version\":\"1.0.0\",\"extension_types\":[\"property-extension\"]}"
#define CLEAR                                                                                 \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":"                   \
	"\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\",\"created\":"           \
	"\"2022-10-01T00:00:00.000Z\",\"name\":\"TLP:CLEAR\",\"extensions\":{"                \
	"\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"extension_type\":" \
	"\"property-extension\",\"tlp_2_0\":\"clear\"}}}"

/* clang-format off */
static const struct said_case {
	const char *name, *account, *object;
	bool taken;
} said_cases[] = {
	{ "a marking by a guest who may not read", "guest-w", MARK, false },
	{ "a marking by a guest who may", "guest-rw", MARK, false },
	{ "a translation by a guest", "guest-w", WORDS, false },
	{ "an extension by a guest", "guest-w", SHAPE, false },
	{ "a predefined marking by a guest", "guest-w", CLEAR, true },
	{ "a translation by our own", "analyst", WORDS, true },
	{ "an extension by our own", "analyst", SHAPE, true },
	{ "a marking by our own", "analyst", MARK, true },
	{ "a marking that is here by a guest who may not read", "guest-w", MARK, false },
};
/* clang-format on */

static void
check_said(void **state)
{
	const struct said_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct str answer =
	    post(c->account, arena_cstr(a, arena_printf(a, "{\"objects\":[%s]}", c->object)), a);
	bool taken = str_find(answer, S("\"success_count\":1")) != SIZE_MAX;

	if (taken != c->taken)
		fail_msg(STR_FMT, STR_ARG(answer));
	if (!c->taken)
		assert_true(str_find(answer, S("a guest posts no definitions")) != SIZE_MAX);
}

/* A status is its poster's, also among guests. */
static void
check_status(void **)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 }, mine = { 0 }, others = { 0 };

	ask("guest-w", "POST", BOX "objects/", ENVELOPE(THING(NEW_ID, "known")), a, &resp);
	const char *target = arena_cstr(a, arena_printf(a, "/local/status/" STR_FMT "/",
	                                       STR_ARG(str_sub(resp.body, ID_AT, UUID_TEXT))));
	ask("guest-w", "GET", target, "", a, &mine);
	assert_int_equal(mine.status, 200);
	assert_true(str_eq(mine.body, resp.body));
	ask("guest-rw", "GET", target, "", a, &others);
	assert_int_equal(others.status, 404);
}

int
main(int argc, char **argv)
{
	static struct cases list;
	struct why why = { 0 };

	bench_begin();
	bench_need(realm_write(bench.realm, give_job, NULL, &why), &why);
	CASE(&list, check_posting_tells_nothing);
	CASE(&list, check_ours_stays_ours);
	CASES(&list, said_cases, check_said);
	CASES(&list, right_cases, check_right);
	CASE(&list, check_flags);
	CASE(&list, check_status);
	int failed = cases_run("taxii_access", &list, argc, argv);
	bench_end();
	return failed;
}
