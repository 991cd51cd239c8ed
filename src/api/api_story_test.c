/* The road of objects through the REST face: two parties agree, one imports,
 * looks, sends, approves, recalls. */
#include "agreed_p.h"
#include "api.h"
#include "bodies_p.h"

/* ---- previewing and sending ---- */

static struct str
all_ids(struct world *w)
{
	CLEANUP(buf_free) struct buf ids = buf_new(MIB);
	struct answer a = get(w, OFFICER, "/api/v1/objects?limit=500");

	expect_status(a, 200);
	buf_putc(&ids, '[');
	for (const struct json *o = json_get(a.json, S("objects"))->first; o != NULL; o = o->next)
		buf_printf(&ids, "%s\"" STR_FMT "\"", ids.len > 1 ? "," : "",
		    STR_ARG(text_member(o, "id")));
	buf_putc(&ids, ']');
	return arena_str(w->arena, buf_str(&ids));
}

static struct answer
preview(struct world *w, const char *to, struct str ids)
{
	return call(w, OFFICER, "POST", "/api/v1/preview",
	    arena_printf(w->arena,
	        "{\"to\":\"%s\",\"purpose\":\"incident-response\",\"ids\":" STR_FMT "}", to,
	        STR_ARG(ids)));
}

/* The first decision with this outcome, NULL when there is none. */
static const struct json *
decision_with(struct answer a, const char *outcome)
{
	for (const struct json *d = json_get(a.json, S("decisions"))->first; d != NULL;
	     d = d->next) {
		if (str_is(text_member(d, "outcome"), outcome))
			return d;
	}
	return NULL;
}

static struct str
order_of(struct world *w, struct answer p, const struct json *d, struct str hash)
{
	struct str id = text_member(d, "id");

	return arena_printf(w->arena,
	    "{\"to\":\"" STR_FMT "\",\"purpose\":\"incident-response\",\"ids\":[\"" STR_FMT
	    "\"],\"at\":\"" STR_FMT "\",\"expect\":{\"" STR_FMT "\":\"" STR_FMT "\"}}",
	    STR_ARG(text_member(d, "recipient")), STR_ARG(id), STR_ARG(text_member(p.json, "at")),
	    STR_ARG(id), STR_ARG(hash));
}

static struct answer
send_one(struct world *w, const struct caller *who, struct answer p, const struct json *d)
{
	return call(w, who, "POST", "/api/v1/orders",
	    order_of(w, p, d, text_member(d, "bytes_sha256")));
}

/* A preview of one object alone: what stands beside it in a larger one changes nothing it is bound
 * to. */
static struct answer
preview_one(struct world *w, struct str id)
{
	return preview(w, "JP:JPCERT", arena_printf(w->arena, "[\"" STR_FMT "\"]", STR_ARG(id)));
}

static const struct json *
decision_about(struct answer a, struct str id)
{
	for (const struct json *d = json_get(a.json, S("decisions"))->first; d != NULL;
	     d = d->next) {
		if (str_eq(text_member(d, "id"), id))
			return d;
	}
	fail_msg("no decision about " STR_FMT, STR_ARG(id));
	return NULL;
}

static void
check_decision_members(const struct json *d)
{
	static const char *const names[] = { "id", "version", "recipient", "purpose", "area",
		"outcome", "codes", "clause", "what", "why", "conditions", "would_change",
		"obligations", "approvals", "changes", "rules", "leaving_id", "bytes", "half",
		"bytes_sha256", "original" };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (json_get(d, str_of(names[i])) == NULL)
			fail_msg("a decision without %s", names[i]);
	}
	struct hash hash = hash_of(text_member(d, "bytes"));
	char text[HASH_HEX + 1];
	hash_text(&hash, text);
	assert_true(str_is(text_member(d, "bytes_sha256"), text));
}

static void
check_preview(struct world *w)
{
	struct answer a = preview(w, "JP:JPCERT", all_ids(w));
	struct answer explained;

	expect_status(a, 200);
	for (const struct json *d = json_get(a.json, S("decisions"))->first; d != NULL; d = d->next)
		check_decision_members(d);
	assert_non_null(decision_with(a, "ALLOW"));
	assert_non_null(decision_with(a, "DENY"));
	struct str id = text_member(decision_with(a, "DENY"), "id");
	explained = get(w, OFFICER,
	    arena_cstr(w->arena,
	        arena_printf(w->arena,
	            "/api/v1/explain?id=" STR_FMT "&to=JP:JPCERT&purpose=incident-response",
	            STR_ARG(id))));
	expect_status(explained, 200);
	check_decision_members(explained.json);
	assert_true(str_is(text_member(explained.json, "outcome"), "DENY"));
	/* Looking released nothing. */
	assert_int_equal(json_get(get(w, OFFICER, "/api/v1/releases").json, S("items"))->len, 0);
}

/* The incident of the demonstration, as a whole. */
#define INCIDENT_ID "incident--6fced11d-2bd8-41e6-847a-8387cdde8d51"
#define VICTIM_ID   "identity--6301bbfc-a0c5-454e-8ff9-bb510944fe0c"

static struct answer
preview_whole(struct world *w, const char *with)
{
	return call(w, OFFICER, "POST", "/api/v1/preview",
	    arena_printf(w->arena,
	        "{\"to\":\"JP:JPCERT\",\"purpose\":\"incident-response\",\"ids\":[\"" INCIDENT_ID
	        "\"]%s}",
	        with));
}

/* Whether a list holds the identifier, as a text or as the member of an object. */
static bool
lists(const struct json *list, const char *id)
{
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (str_is(v->type == JSON_OBJECT ? text_member(v, "id") : json_str(v), id))
			return true;
	}
	return false;
}

/* The technique goes by itself, the victim when it is asked for. */
static void
check_halves(struct world *w)
{
	struct answer technique = preview_whole(w, "");
	struct answer victim = preview_whole(w, ",\"with\":\"victim\"");
	struct answer all = preview_whole(w, ",\"with\":\"all\"");
	const struct json *left = json_get(technique.json, S("left_out"));

	expect_status(technique, 200);
	expect_status(victim, 200);
	expect_status(all, 200);
	assert_true(str_is(text_member(technique.json, "with"), "technique"));
	assert_true(json_get(technique.json, S("ids"))->len > 10);
	assert_true(lists(left, VICTIM_ID));
	assert_false(lists(json_get(technique.json, S("ids")), VICTIM_ID));
	assert_true(lists(json_get(victim.json, S("ids")), VICTIM_ID));
	assert_int_equal(json_get(all.json, S("left_out"))->len, 0);
	assert_int_equal(json_get(all.json, S("ids"))->len,
	    json_get(technique.json, S("ids"))->len + left->len);
	for (const struct json *d = json_get(technique.json, S("decisions"))->first; d != NULL;
	     d = d->next)
		assert_true(str_is(text_member(d, "half"), "technique"));
	/* Asking for the victim does not open what the gate keeps shut. */
	assert_true(str_is(text_member(decision_about(victim, S(VICTIM_ID)), "outcome"), "DENY"));
}

/* ---- the steps after sending ---- */

static const char *
decision_target(struct world *w, const struct json *release)
{
	uint64_t leaf = 0, place = 0;

	assert_true(json_get_u64(release, S("leaf"), &leaf));
	assert_true(json_get_u64(release, S("place"), &place));
	return arena_cstr(w->arena,
	    arena_printf(w->arena, "/api/v1/decisions/%" PRIu64 "/%" PRIu64, leaf, place));
}

/* What was decided is found again, whole, and made again with the same answer. */
static void
check_decided(struct world *w, const struct json *release)
{
	struct answer a = get(w, OFFICER, "/api/v1/decisions?limit=1&outcome=ALLOW");
	struct answer all = get(w, OFFICER, "/api/v1/decisions");

	expect_status(a, 200);
	assert_int_equal(json_get(a.json, S("decisions"))->len, 1);
	assert_true(json_get(all.json, S("decisions"))->len >= 1);
	assert_true(json_get(all.json, S("next"))->type == JSON_NULL);
	a = get(w, OFFICER, decision_target(w, release));
	expect_status(a, 200);
	assert_non_null(json_get(json_get(a.json, S("decision")), S("would_change")));
	assert_true(str_is(text_member(a.json, "outcome"), "ALLOW"));
	assert_true(json_is(json_get(a.json, S("facts")), JSON_OBJECT));
	assert_int_equal(text_member(a.json, "inputs_sha256").len, HASH_HEX);
	const struct json *replay = json_get(a.json, S("replay"));
	assert_true(str_is(text_member(replay, "from"), "content"));
	assert_true(json_get(replay, S("same"))->type == JSON_TRUE);
	expect_error(get(w, OFFICER, "/api/v1/decisions/99999/0"), 404, "past.unknown");
	expect_error(get(w, OFFICER, "/api/v1/decisions/x/0"), 404, "api.decision");
	expect_error(get(w, OFFICER, "/api/v1/decisions?after=12"), 400, "api.query");
	expect_error(get(w, OFFICER, "/api/v1/decisions?outcome=MAYBE"), 400, "api.query");
	expect_error(get(w, OFFICER, "/api/v1/decisions?limit=1001"), 400, "api.query");
	expect_error(get(w, OFFICER, "/api/v1/decisions?limit=0"), 400, "api.query");
	expect_error(get(w, OFFICER, "/api/v1/decisions?since=yesterday"), 400, "api.query");
}

static void
check_proof(struct world *w, const struct json *release)
{
	uint64_t leaf = 0, place = 0;
	char target[128];

	assert_true(json_get_u64(release, S("leaf"), &leaf));
	assert_true(json_get_u64(release, S("place"), &place));
	(void)snprintf(target, sizeof(target), "/api/v1/proofs/%" PRIu64 "/%" PRIu64, leaf, place);
	struct answer a = get(w, OFFICER, target);
	expect_status(a, 200);
	assert_non_null(json_get(a.json, S("checkpoint")));
}

static const struct json *
release_of(struct world *w, struct str id)
{
	struct answer a = get(w, OFFICER,
	    arena_cstr(w->arena,
	        arena_printf(w->arena, "/api/v1/releases?id=" STR_FMT, STR_ARG(id))));

	expect_status(a, 200);
	assert_true(json_get(a.json, S("items"))->len > 0);
	return json_get(a.json, S("items"))->first;
}

static void
check_send(struct world *w)
{
	struct answer all = preview(w, "JP:JPCERT", all_ids(w));
	struct str id = text_member(decision_with(all, "ALLOW"), "id");
	struct answer p = preview_one(w, id);
	const struct json *d = decision_about(p, id);
	struct hash other = hash_of(S("other bytes"));
	char text[HASH_HEX + 1];

	hash_text(&other, text);
	struct str changed = order_of(w, p, d, str_of(text));
	expect_error(call(w, OFFICER, "POST", "/api/v1/orders", changed), 409, "release.changed");
	struct answer sent = send_one(w, OFFICER, p, d);
	expect_status(sent, 201);
	const struct json *release = release_of(w, id);
	assert_true(str_is(text_member(release, "state"), "released"));
	assert_true(json_get(release, S("published"))->type == JSON_TRUE);
	assert_true(json_get(release, S("cosigned"))->type == JSON_FALSE);
	assert_true(json_get(release, S("received"))->type == JSON_NULL);
	check_proof(w, release);
	check_decided(w, release);

	struct str recall = arena_printf(w->arena,
	    "{\"id\":\"" STR_FMT "\",\"to\":\"JP:JPCERT\",\"reason\":\"sent in error\"}",
	    STR_ARG(id));
	expect_status(call(w, OFFICER, "POST", "/api/v1/recalls", recall), 201);
	expect_error(call(w, OFFICER, "POST", "/api/v1/recalls", recall), 409, "recall.twice");
	struct answer a = get(w, OFFICER, "/api/v1/recalls");
	assert_int_equal(json_get(a.json, S("recalls"))->len, 1);
	assert_true(str_eq(text_member(json_get(a.json, S("recalls"))->first, "source_id"), id));
}

struct verdict {
	const struct json *item;
	const char *what; /* "approve", "refuse" */
	struct str role;
	struct str hash;
	const char *reason; /* NULL: none given */
};

static struct answer
give(struct world *w, const struct caller *who, const struct verdict *v)
{
	uint64_t ordinal = 0;
	struct str reason =
	    v->reason == NULL ? S("") : arena_printf(w->arena, ",\"reason\":\"%s\"", v->reason);

	assert_true(json_get_u64(v->item, S("ordinal"), &ordinal));
	struct str target = arena_printf(w->arena, "/api/v1/approvals/" STR_FMT "/%" PRIu64 "/%s",
	    STR_ARG(text_member(v->item, "order_id")), ordinal, v->what);
	return call(w, who, "POST", arena_cstr(w->arena, target),
	    arena_printf(w->arena,
	        "{\"role\":\"" STR_FMT "\",\"bytes_sha256\":\"" STR_FMT "\"" STR_FMT "}",
	        STR_ARG(v->role), STR_ARG(v->hash), STR_ARG(reason)));
}

/* Sends something that is held, proposed by one who could approve, too. */
static const struct json *
hold_one(struct world *w, struct str id)
{
	struct answer p = preview_one(w, id);
	struct answer sent = send_one(w, SECOND, p, decision_about(p, id));

	expect_status(sent, 201);
	struct answer a = get(w, APPROVER, "/api/v1/approvals");
	expect_status(a, 200);
	for (const struct json *i = json_get(a.json, S("items"))->first; i != NULL; i = i->next) {
		if (str_eq(text_member(i, "order_id"), text_member(sent.json, "order_id")))
			return i;
	}
	fail_msg("order " STR_FMT " holds nothing", STR_ARG(text_member(sent.json, "order_id")));
	return NULL;
}

static void
check_holds(struct world *w)
{
	struct answer all = preview(w, "JP:JPCERT", all_ids(w));
	const struct json *held = decision_with(all, "HOLD");
	struct hash other = hash_of(S("other bytes"));
	char text[HASH_HEX + 1];

	assert_non_null(held);
	const struct json *item = hold_one(w, text_member(held, "id"));
	struct verdict v = {
		.item = item,
		.what = "approve",
		.role = json_str(json_get(item, S("needed"))->first),
		.hash = text_member(item, "bytes_sha256"),
	};
	hash_text(&other, text);
	assert_int_equal(json_get(item, S("missing"))->len, json_get(item, S("needed"))->len);
	assert_int_equal(json_get(item, S("given"))->len, 0);

	const struct caller *who = str_is(v.role, "legal") ? AS("leela") : APPROVER;
	expect_error(give(w, SECOND, &v), 403, "release.four-eyes");
	struct verdict blind = v;
	blind.hash = str_of(text);
	expect_error(give(w, who, &blind), 409, "release.bytes");
	struct verdict mute = v;
	mute.what = "refuse";
	expect_error(give(w, who, &mute), 400, "api.member");
	struct answer approved = give(w, who, &v);
	expect_status(approved, 200);
	assert_non_null(json_get(approved.json, S("released")));
	expect_status(give(w, who, &v), 409);

	item = hold_one(w, text_member(held, "id"));
	struct verdict no = v;
	no.item = item;
	no.what = "refuse";
	no.reason = "not yet";
	no.hash = text_member(item, "bytes_sha256");
	expect_status(give(w, who, &no), 204);
}

static void
check_objects(struct world *w)
{
	struct answer list = get(w, OFFICER, "/api/v1/objects?limit=3");

	expect_status(list, 200);
	assert_int_equal(json_get(list.json, S("objects"))->len, 3);
	struct str id = text_member(json_get(list.json, S("objects"))->first, "id");
	struct answer one = get(w, OFFICER,
	    arena_cstr(w->arena, arena_printf(w->arena, "/api/v1/objects/" STR_FMT, STR_ARG(id))));
	expect_status(one, 200);
	assert_true(str_eq(text_member(one.json, "id"), id));
	assert_true(str_find(text_member(one.json, "raw"), id) != SIZE_MAX);
	assert_int_equal(json_get(one.json, S("versions"))->len, 1);
	assert_true(
	    str_is(text_member(json_get(one.json, S("provenance")), "owner"), "IN:CERT-IN"));
}

static struct str
some_indicator(struct world *w)
{
	struct answer a = get(w, OFFICER, "/api/v1/objects?limit=500");

	for (const struct json *o = json_get(a.json, S("objects"))->first; o != NULL; o = o->next) {
		if (str_is(text_member(o, "type"), "indicator") &&
		    str_is(text_member(o, "tlp"), "GREEN"))
			return text_member(o, "id");
	}
	fail_msg("no indicator marked GREEN");
	return S("");
}

static void
check_sightings(struct world *w)
{
	struct str id = some_indicator(w);
	struct str hits = arena_printf(w->arena,
	    "{\"source\":\"proxy.log\",\"hits\":[{\"indicator\":\"" STR_FMT
	    "\",\"match\":\"subdomain\",\"n\":2},{\"indicator\":\"" STR_FMT
	    "\",\"match\":\"exact\",\"at\":\"2026-11-22T01:59:59Z\"}]}",
	    STR_ARG(id), STR_ARG(id));
	struct answer a = call(w, OFFICER, "POST", "/api/v1/hits", hits);

	expect_status(a, 200);
	assert_true(str_is(a.body, "{\"counted\":3}"));
	a = call(w, OFFICER, "POST", "/api/v1/sightings",
	    arena_printf(w->arena,
	        "{\"indicator\":\"" STR_FMT "\",\"count\":3,\"first\":\"2026-11-22T01:59:59Z\","
	        "\"last\":\"2026-11-22T03:04:05.678Z\"}",
	        STR_ARG(id)));
	expect_status(a, 201);
	struct str sighting = text_member(a.json, "id");
	a = get(w, OFFICER,
	    arena_cstr(w->arena,
	        arena_printf(w->arena, "/api/v1/objects/" STR_FMT, STR_ARG(sighting))));
	expect_status(a, 200);
	assert_true(str_is(text_member(a.json, "tlp"), "AMBER"));
	struct str raw = text_member(a.json, "raw");
	assert_true(str_find(raw, S("\"first_seen\":\"2026-11-22T01:00:00Z\"")) != SIZE_MAX);
	assert_true(str_find(raw, S("\"last_seen\":\"2026-11-22T03:00:00Z\"")) != SIZE_MAX);
	assert_true(str_find(raw, S("\"created\":\"2026-11-22T03:04:05.123Z\"")) != SIZE_MAX);

	a = get(w, OFFICER,
	    arena_cstr(w->arena, arena_printf(w->arena, "/api/v1/objects/" STR_FMT, STR_ARG(id))));
	uint64_t counted = 0;
	assert_true(json_get_u64(a.json, S("hits"), &counted));
	assert_int_equal(counted, 3);
	const struct json *seen = json_get(a.json, S("sightings"));
	assert_int_equal(seen->len, 1);
	assert_true(str_eq(text_member(seen->first, "id"), sighting));
}

/* The partner saw the copy that it has; only we know what it is a copy of. */
static void
check_sighting_of_copy(struct world *w)
{
	struct answer all = preview(w, "JP:JPCERT", all_ids(w));
	const struct json *d = decision_with(all, "ALLOW_WITH_REDACTION");

	assert_non_null(d);
	struct str id = text_member(d, "id"), copy = text_member(d, "leaving_id");
	assert_false(str_eq(id, copy));
	struct str sighting = arena_printf(w->arena,
	    "{\"type\":\"sighting\",\"spec_version\":\"2.1\",\"id\":"
	    "\"sighting--0c7f1f0e-52b9-4a59-9a5e-6f0c3f0b7a11\",\"created\":"
	    "\"2026-11-22T03:00:00.000Z\",\"modified\":\"2026-11-22T03:00:00.000Z\",\"count\":7,"
	    "\"sighting_of_ref\":\"" STR_FMT "\"}",
	    STR_ARG(copy));
	expect_status(call(w, OFFICER, "POST", "/api/v1/import?source=/srv/in/partner", sighting),
	    200);
	struct answer a = get(w, OFFICER,
	    arena_cstr(w->arena, arena_printf(w->arena, "/api/v1/objects/" STR_FMT, STR_ARG(id))));
	const struct json *seen = json_get(a.json, S("sightings"))->first;
	uint64_t count = 0;
	assert_true(json_get_u64(seen, S("count"), &count));
	assert_int_equal(count, 7);
}

static void
check_standing_orders(struct world *w)
{
	struct answer a = call(w, OFFICER, "POST", "/api/v1/standing-orders",
	    S("{\"to\":\"JP:JPCERT\",\"purpose\":\"incident-response\",\"categories\":"
	      "[\"indicator\"],\"ceiling\":\"GREEN\",\"days\":30}"));

	expect_status(a, 201);
	struct str base = arena_printf(w->arena, "/api/v1/standing-orders/" STR_FMT,
	    STR_ARG(text_member(a.json, "order_id")));
	const char *approve =
	    arena_cstr(w->arena, arena_printf(w->arena, STR_FMT "/approve", STR_ARG(base)));
	const char *stop =
	    arena_cstr(w->arena, arena_printf(w->arena, STR_FMT "/stop", STR_ARG(base)));
	expect_status(call(w, APPROVER, "POST", approve, S("")), 204);
	expect_status(call(w, APPROVER, "POST", approve, S("{}")), 409);
	expect_status(call(w, APPROVER, "POST", stop, S("{\"reason\":\"enough\"}")), 204);
	a = get(w, OFFICER, "/api/v1/standing-orders");
	const struct json *order = json_get(a.json, S("items"))->first;
	assert_true(str_is(text_member(order, "state"), "stopped"));
	assert_true(str_is(text_member(order, "approver"), "kiran"));
	assert_true(str_is(json_str(json_get(order, S("categories"))->first), "indicator"));
}

static void
check_events(struct world *w)
{
	struct answer a = get(w, OFFICER, "/api/v1/events?limit=1000");
	int64_t last = 0;
	char target[64];

	expect_status(a, 200);
	assert_true(json_get(a.json, S("events"))->len > 5);
	/* Of a path only the name of the file. */
	assert_true(str_find(a.body, S("\"import.done\",\"subject\":\"partner\"")) != SIZE_MAX);
	assert_true(str_find(a.body, S("/srv/in")) == SIZE_MAX);
	assert_true(json_get_i64(a.json, S("last"), &last));
	(void)snprintf(target, sizeof(target), "/api/v1/events?after=%" PRId64, last);
	a = get(w, OFFICER, target);
	assert_true(a.parked);
	a = world_ask(w, &(struct world_ask){ .who = OFFICER,
	                     .method = "GET",
	                     .target = str_of(target),
	                     .last = true });
	expect_status(a, 200);
	assert_true(
	    str_eq(a.body, arena_printf(w->arena, "{\"events\":[],\"last\":%" PRId64 "}", last)));
}

static void
check_suspension(struct world *w)
{
	struct answer a = call(w, SOCKET, "POST", "/api/v1/agreements/IJ-MODEL/suspend",
	    S("{\"scope\":\"all\",\"reason\":\"rehearsal\"}"));

	expect_status(a, 200);
	expect_open(w, false, "A-NOTINFORCE");
	a = preview(w, "JP:JPCERT", all_ids(w));
	expect_status(a, 200);
	assert_null(decision_with(a, "ALLOW"));
	assert_null(decision_with(a, "HOLD"));
	expect_status(call(w, SOCKET, "POST", "/api/v1/agreements/IJ-MODEL/resume",
	                  S("{\"scope\":\"all\",\"reason\":\"over\"}")),
	    200);
	expect_open(w, true, "");
}

static void
check_packs(struct world *w)
{
	CLEANUP(buf_free) struct buf envelope = buf_new(8 * MIB);
	struct str pack = cases_file(w->arena, API_SHARE "/packs/in.json");
	const struct sign_key *key = NULL;
	struct answer a = call(w, SOCKET, "POST", "/api/v1/packs", pack);

	expect_status(a, 400);
	assert_int_equal(realm_key(w->realm, KEY_RULES, &key, NULL), OK);
	assert_int_equal(rule_pack_sign(w->arena, pack, key, &envelope, NULL), OK);
	expect_status(call(w, SOCKET, "POST", "/api/v1/packs", buf_str(&envelope)), 201);
	a = get(w, OFFICER, "/api/v1/packs");
	assert_int_equal(json_get(a.json, S("packs"))->len, 1);
	a = get(w, OFFICER, "/api/v1/packs/in");
	expect_status(a, 200);
	assert_true(json_is(json_get(json_get(a.json, S("document")), S("rules")), JSON_ARRAY));
	expect_status(get(w, OFFICER, "/api/v1/packs/none"), 404);
	a = call(w, OFFICER, "POST", "/api/v1/packs/test?days=30", pack);
	expect_status(a, 200);
	assert_true(json_is(json_get(a.json, S("changes")), JSON_ARRAY));
	expect_status(call(w, OFFICER, "POST", "/api/v1/packs/test", S("")), 200);
	expect_status(call(w, OFFICER, "POST", "/api/v1/packs/test?at=soon", pack), 400);
}

static void
check_node(struct world *w)
{
	struct answer a = get(w, NOBODY, "/api/v1/node");

	expect_status(a, 200);
	assert_true(str_is(text_member(a.json, "name"), "in.example"));
	const struct json *log = json_get(a.json, S("log"));
	uint64_t size = 0;
	assert_true(json_get_u64(log, S("size"), &size));
	assert_true(size > 0);
	assert_int_equal(text_member(log, "root").len, HASH_HEX);
	assert_int_equal(json_get(log, S("witnesses"))->len, 1);
	expect_status(get(w, OFFICER, "/api/v1/routes"), 200);
}

/* One pair of nodes for the whole road: each step stands on the one before. */
static void
check_story(void **state)
{
	CLEANUP(pair_end) struct pair p;

	(void)state;
	pair_begin(&p);
	check_packs(&p.in);
	check_preview(&p.in);
	check_halves(&p.in);
	check_send(&p.in);
	check_holds(&p.in);
	check_objects(&p.in);
	check_sightings(&p.in);
	check_sighting_of_copy(&p.in);
	check_standing_orders(&p.in);
	check_events(&p.in);
	check_suspension(&p.in);
	check_node(&p.in);
}

int
main(int argc, char **argv)
{
	static struct cases cases;

	log_set_level(LOG_ERROR); /* refusals are what is tested */
	CASE(&cases, check_story);
	return cases_run("api_story", &cases, argc, argv);
}
