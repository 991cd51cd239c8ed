/* Every route of every listener, as every kind of caller.
 *
 * The tables of routes are walked, not a list in this file: a route that is new
 * is walked from its first day.  Who may call is computed from the row and from
 * a second list of what roles may.  Things are planted in each compartment; what
 * others read is the same bytes before and after, and asking for what is
 * elsewhere is the same as asking for what does not exist. */
#include "walk_plant_p.h"

/* ---- who may ---- */

/* Scopes at a listener; 0 with *ret_anonymous: no credentials that count there. */
static uint32_t
scopes_of(const struct walk_caller *who, enum walk_listener at, bool *ret_anonymous)
{
	uint32_t scopes = HTTP_SCOPE_BIT(SCOPE_SESSION);
	struct str rest = str_of(who->roles);

	*ret_anonymous = false;
	if (at == WALK_AT_PEER) {
		*ret_anonymous = who->kind != WALK_PEER;
		return who->kind == WALK_PEER ? HTTP_SCOPE_BIT(SCOPE_PEER) : 0;
	}
	if (who->kind != WALK_PERSON) {
		/* Who opens the control socket administers and reads. */
		*ret_anonymous = at != WALK_AT_CONTROL;
		return at != WALK_AT_CONTROL
		           ? 0
		           : scopes | walk_roles[0].scopes | walk_roles[WALK_ADMINISTRATOR].scopes;
	}
	while (rest.len > 0) {
		struct str role = str_split(&rest, ' ');

		for (size_t i = 0; i < WALK_ROLES; i++)
			scopes |= str_is(role, walk_roles[i].name) ? walk_roles[i].scopes : 0;
	}
	return str_of(who->roles).len > 0 ? scopes : 0;
}

static uint32_t
roles_of(const struct walk_caller *who)
{
	struct str rest = str_of(who->kind == WALK_PERSON ? who->roles : "analyst administrator");
	uint32_t bits = 0;

	while (rest.len > 0) {
		struct str role = str_split(&rest, ' ');

		for (size_t i = 0; i < WALK_ROLES; i++)
			bits |= str_is(role, walk_roles[i].name) ? walk_roles[i].bit : 0;
	}
	return bits;
}

/* 0: may; else the status of the refusal. */
static unsigned
refusal_of(const struct walk_ask *ask)
{
	const struct http_route *r = ask->route;
	bool anonymous = false;
	uint32_t scopes = scopes_of(ask->who, ask->at, &anonymous);

	if (ask->who->kind == WALK_STRANGER && ask->at == WALK_AT_PEER)
		return 401; /* what it presents is wrong, whatever it asks for */
	if (r->scope == SCOPE_PUBLIC)
		return 0;
	if (anonymous)
		return 401;
	if ((scopes & HTTP_SCOPE_BIT(r->scope)) == 0)
		return 403;
	return r->roles != 0 && (r->roles & roles_of(ask->who)) == 0 ? 403 : 0;
}

static bool
is_refused(const struct walk_answer *a)
{
	static const char *const codes[] = { "http.unauthorized", "http.scope", "http.role",
		"exchange.stranger" };

	for (size_t i = 0; i < COUNTOF(codes); i++) {
		if (!a->ran && str_find(a->body, str_of(codes[i])) != SIZE_MAX)
			return true;
	}
	return false;
}

static void
check_one(struct walk *w, const struct walk_ask *ask, bool *io_exercised)
{
	const struct walk_answer a = walk_ask(w, ask);
	unsigned refusal = refusal_of(ask);
	const char *who = ask->who->name;

	if (a.status >= 500)
		fail_msg("%s: " STR_FMT ": %u " STR_FMT, who, STR_ARG(ask->target), a.status,
		    STR_ARG(a.body));
	if (refusal == 0 && is_refused(&a))
		fail_msg("%s may, and is refused: %s " STR_FMT ": " STR_FMT, who,
		    http_method_name(ask->route->method), STR_ARG(ask->target), STR_ARG(a.body));
	if (refusal != 0 && (a.ran || !is_refused(&a) || a.status != refusal))
		fail_msg("%s may not (%u), and gets %u: %s " STR_FMT ": " STR_FMT, who, refusal,
		    a.status, http_method_name(ask->route->method), STR_ARG(ask->target),
		    STR_ARG(a.body));
	*io_exercised |= refusal == 0;
}

/* The owner of the control socket is who comes without credentials. */
static bool
comes_here(const struct walk_caller *who, enum walk_listener at)
{
	return at != WALK_AT_CONTROL || who->kind == WALK_PERSON || who->kind == WALK_NOBODY;
}

static void
walk_route(struct walk *w, enum walk_listener at, const struct http_route *route)
{
	bool exercised = false;

	for (size_t i = 0; i < w->callers; i++) {
		const struct walk_caller *who = &w->caller[i];

		if (!comes_here(who, at))
			continue;
		arena_clear(w->arena);
		const struct walk_ask ask = {
			.at = at,
			.who = who,
			.route = route,
			.target = walk_target(w, route, who->place),
			.body = route->body_max > 0 ? S("{}") : S(""),
		};
		check_one(w, &ask, &exercised);
	}
	if (!exercised)
		fail_msg("no caller exercised %s %s", http_method_name(route->method), route->path);
}

typedef void route_fn(struct walk *w, enum walk_listener at, const struct http_route *route);

static size_t
each_route(struct walk *w, route_fn *fn)
{
	size_t n = 0;

	for (enum walk_listener at = 0; at < WALK_LISTENERS; at++) {
		const struct http_site *site = &w->site[at].site;

		for (size_t m = 0; m < site->len; m++) {
			for (size_t i = 0; i < site->mounts[m].len; i++, n++)
				fn(w, at, &site->mounts[m].routes[i]);
		}
	}
	return n;
}

static void
check_scopes(void **)
{
	CLEANUP(walk_end) struct walk w = { 0 };

	walk_begin(&w);
	assert_true(each_route(&w, walk_route) > 100);
}

/* ---- reading, before and after ---- */

/* Behind a target: what routes may be asked about, at a place. */
static struct str
query_of(struct arena *a, size_t variant, size_t place)
{
	struct str object = walk_object(a, place);

	switch (variant) {
	case 0: return S("");
	case 1:
		return arena_printf(a, "?id=" STR_FMT "&to=JP:JPCERT&purpose=incident-response",
		    STR_ARG(object));
	case 2: return arena_printf(a, "?account=secret-%zu-most", place);
	case 3: return arena_printf(a, "?match[id]=" STR_FMT, STR_ARG(object));
	case 4: return S("?after=0&limit=500");
	default: return arena_printf(a, "?about=%s", walk_places[place % WALK_PLACES].organisation);
	}
}
enum { QUERIES = 6 };

static bool
reads_much(const struct walk_caller *who)
{
	struct str name = str_of(who->name);

	return who->kind != WALK_PERSON || str_find(name, S("-most")) != SIZE_MAX ||
	       str_find(name, S("-head")) != SIZE_MAX;
}

/* A log of digests of all answers, in their order. */
struct reading {
	const struct walk_caller *who;
	size_t place;
	bool again; /* compare, instead of keeping */
	size_t n;
	struct hash digest[16384];
};
static struct reading reading;

static void
read_route(struct walk *w, enum walk_listener at, const struct http_route *route)
{
	bool owner = at == WALK_AT_CONTROL && reading.who->kind == WALK_NOBODY;

	/* The control socket belongs to the node's compartment, and administers all. */
	if (route->method != HTTP_GET || !comes_here(reading.who, at) ||
	    (owner && (reading.place != 0 || strstr(route->path, "/api/v1/collections") != NULL)))
		return;
	for (size_t q = 0; q < QUERIES; q++) {
		arena_clear(w->arena);
		size_t place = reading.who->place == WALK_NOWHERE ? 0 : reading.who->place;
		struct str target = walk_target(w, route, place);
		struct str query = query_of(w->arena, q, place);
		const struct walk_ask ask = {
			.at = at,
			.who = reading.who,
			.route = route,
			.target = arena_printf(w->arena, STR_FMT STR_FMT, STR_ARG(target),
			    STR_ARG(query)),
		};
		const struct walk_answer a = walk_ask(w, &ask);
		const struct str parts[] = { S("."), a.body };

		assert_true(reading.n < COUNTOF(reading.digest));
		struct hash now = hash_of_parts(parts, COUNTOF(parts));
		if (!reading.again)
			reading.digest[reading.n] = now;
		else if (!hash_eq(&reading.digest[reading.n], &now))
			fail_msg("%s sees what is planted elsewhere: " STR_FMT ": " STR_FMT,
			    reading.who->name, STR_ARG(ask.target), STR_ARG(a.body));
		reading.n++;
	}
}

static void
read_all(struct walk *w, size_t place, bool again)
{
	reading.place = place;
	reading.again = again;
	reading.n = 0;
	for (size_t i = 0; i < w->callers; i++) {
		reading.who = &w->caller[i];
		if (reads_much(reading.who) &&
		    (reading.who->place == place || reading.who->place == WALK_NOWHERE))
			(void)each_route(w, read_route);
	}
	assert_true(reading.n > 500);
}

/* clang-format off */
static const struct place_case {
	const char *name;
	size_t place;
} unmoved_cases[] = {
	{ "what the releasing compartment reads",  0 },
	{ "what another enclave reads",            1 },
	{ "what another organisation reads",       2 },
};
/* clang-format on */

/* No body changes, and so no count, when things are planted elsewhere. */
static void
check_unmoved(void **state)
{
	const struct place_case *c = *state;
	CLEANUP(walk_end) struct walk w = { 0 };

	walk_begin(&w);
	plant(&w, c->place, true);
	read_all(&w, c->place, false); /* what a first look changes, it has changed */
	read_all(&w, c->place, false);
	for (size_t p = 0; p < WALK_PLACES; p++) {
		if (p != c->place)
			plant(&w, p, true);
	}
	read_all(&w, c->place, true);
	reading = (struct reading){ 0 };
}

/* ---- asking for what is elsewhere ---- */

/* What routes take, about things of a place. */
/* The other content of the object of a place. */
static struct str
choice_of(struct arena *a, size_t place)
{
	struct hash content = hash_of(planted_other(a, place, walk_object(a, place)));
	char hex[HASH_HEX + 1];

	hash_text(&content, hex);
	return arena_printf(a,
	    "{\"version\":\"2026-02-0%zuT00:00:00Z\",\"content\":\"%s\",\"reason\":\"x\"}",
	    place + 1, hex);
}

static struct str
body_of(struct arena *a, size_t variant, size_t place)
{
	static const char zero[] =
	    "0000000000000000000000000000000000000000000000000000000000000000";
	struct str object = walk_object(a, place);

	switch (variant) {
	case 0: return S("{}");
	case 1:
		return arena_printf(a,
		    "{\"id\":\"" STR_FMT "\",\"to\":\"JP:JPCERT\",\"reason\":\"x\"}",
		    STR_ARG(object));
	case 2:
		return arena_printf(a,
		    "{\"to\":\"JP:JPCERT\",\"purpose\":\"incident-response\",\"ids\":[\"" STR_FMT
		    "\"]}",
		    STR_ARG(object));
	case 3:
		return arena_printf(a,
		    "{\"to\":\"JP:JPCERT\",\"purpose\":\"incident-response\",\"ids\":[\"" STR_FMT
		    "\"],\"at\":\"2026-11-22T03:04:05Z\",\"expect\":{\"" STR_FMT "\":\"%s\"}}",
		    STR_ARG(object), STR_ARG(object), zero);
	case 4:
		return arena_printf(a,
		    "{\"indicator\":\"" STR_FMT "\",\"count\":1,\"first\":\"2026-11-22T01:00:00Z\","
		    "\"last\":\"2026-11-22T02:00:00Z\"}",
		    STR_ARG(object));
	case 5: return arena_printf(a, "{\"role\":\"officer\",\"bytes_sha256\":\"%s\"}", zero);
	case 6:
		return arena_printf(a,
		    "{\"role\":\"officer\",\"bytes_sha256\":\"%s\",\"reason\":\"x\"}", zero);
	case 7: return S("{\"reason\":\"x\"}");
	case 8: return S("{\"password\":\"a new password\"}");
	case 9: return S("{\"fingerprint\":\"acorn\"}");
	case 10: return S("{\"text\":\"by telephone\"}");
	case 11:
		return arena_printf(a,
		    "{\"to\":\"JP:JPCERT\",\"purpose\":\"incident-response\",\"ids\":[\"" STR_FMT
		    "\"],\"channel\":\"person\",\"person\":\"" STR_FMT "\"}",
		    STR_ARG(object), STR_ARG(walk_card(a, place)));
	case 12:
		return arena_printf(a,
		    "{\"id\":\"" STR_FMT "\",\"to\":\"IN:NCIIPC\",\"enclave\":\"main\","
		    "\"reason\":\"x\"}",
		    STR_ARG(object));
	case 13:
		return arena_printf(a, "{\"account\":\"secret-%zu-guest\",\"rights\":[\"read\"]}",
		    place);
	case 14: return choice_of(a, place);
	default: return S("{\"roles\":[\"analyst\"]}");
	}
}
enum { BODIES = 16 };

/* The answer with the names of one place in the stead of another's. */
static struct str
renamed(struct arena *a, struct str body, size_t from)
{
	static const char *const marks[] = { "secret-", "5ec2e7", "leaf 100" };
	char *copy = arena_cstr(a, body);

	assert_non_null(copy);
	for (size_t i = 0; i < COUNTOF(marks); i++) {
		struct str mark = arena_printf(a, "%s%zu", marks[i], from);
		struct str rest = { copy, body.len };

		for (;;) {
			size_t at = str_find(rest, mark);

			if (at == SIZE_MAX)
				break;
			copy[(size_t)(rest.ptr - copy) + at + mark.len - 1] =
			    (char)('0' + WALK_NOWHERE);
			rest = str_sub(rest, at + mark.len, SIZE_MAX);
		}
	}
	return (struct str){ copy, body.len };
}

struct probe {
	enum walk_listener at;
	const struct walk_caller *who;
	const struct http_route *route;
	size_t variant;
};

static struct walk_answer
ask_about(struct walk *w, const struct probe *p, size_t place)
{
	struct str target = walk_target(w, p->route, place);
	struct walk_ask ask = { .at = p->at, .who = p->who, .route = p->route, .target = target };

	if (p->route->method == HTTP_GET)
		ask.target = arena_printf(w->arena, STR_FMT STR_FMT, STR_ARG(target),
		    STR_ARG(query_of(w->arena, p->variant, place)));
	else if (p->route->body_max > 0)
		ask.body = body_of(w->arena, p->variant, place);
	return walk_ask(w, &ask);
}

static void
probe(struct walk *w, const struct probe *p, size_t place)
{
	arena_clear(w->arena);
	const struct walk_answer there = ask_about(w, p, place);
	const struct walk_answer nowhere = ask_about(w, p, WALK_NOWHERE);
	struct str body = renamed(w->arena, there.body, place);
	struct str nothing = renamed(w->arena, nowhere.body, place);

	if (there.status != nowhere.status || !str_eq(body, nothing))
		fail_msg("%s learns of place %zu: %s %s (%zu): %u " STR_FMT
		         ", but of nothing: %u " STR_FMT,
		    p->who->name, place, http_method_name(p->route->method), p->route->path,
		    p->variant, there.status, STR_ARG(there.body), nowhere.status,
		    STR_ARG(nowhere.body));
}

static const struct walk_caller *prober;

static void
probe_route(struct walk *w, enum walk_listener at, const struct http_route *route)
{
	size_t variants = route->method == HTTP_GET ? 4 : route->body_max > 0 ? BODIES : 1;
	/* Who opens the control socket administers the accounts and collections of all. */
	bool everybodys =
	    at == WALK_AT_CONTROL && prober->kind == WALK_NOBODY &&
	    (strstr(route->path, "/collections") != NULL ||
	        strstr(route->path, "/accounts") != NULL || strstr(route->path, "/tokens") != NULL);

	if (!comes_here(prober, at) || everybodys || strstr(route->path, "/sync") != NULL)
		return;
	for (size_t v = 0; v < variants; v++) {
		const struct probe p = { at, prober, route, v };

		for (size_t place = 0; place < WALK_PLACES; place++) {
			/* The control socket belongs to the node's compartment. */
			bool own = place == prober->place || (place == 0 && at == WALK_AT_CONTROL &&
			                                         prober->kind == WALK_NOBODY);

			if (!own)
				probe(w, &p, place);
		}
	}
}

/* What is elsewhere is the same as what does not exist, whatever is asked. */
static void
check_elsewhere(void **)
{
	CLEANUP(walk_end) struct walk w = { 0 };

	walk_begin(&w);
	for (size_t p = 0; p < WALK_PLACES; p++)
		plant(&w, p, false);
	for (size_t i = 0; i < w.callers; i++) {
		prober = &w.caller[i];
		if (reads_much(prober))
			(void)each_route(&w, probe_route);
	}
}

/* A copy of what others hold is new: nobody is told that they do. */
static void
check_same_id(void **)
{
	CLEANUP(walk_end) struct walk w = { 0 };
	static const struct http_route post = { .method = HTTP_POST };

	walk_begin(&w);
	plant(&w, 1, false);
	for (size_t i = 0; i < w.callers; i++) {
		struct walk_ask ask = {
			.at = WALK_AT_PEOPLE,
			.who = &w.caller[i],
			.route = &post,
			.target = S("/api/v1/import?source=x"),
		};

		if (!str_is(str_of(ask.who->name), "secret-0-most"))
			continue;
		arena_clear(w.arena);
		ask.body = planted_bundle(w.arena, 0, walk_object(w.arena, 1));
		const struct walk_answer a = walk_ask(&w, &ask);
		assert_int_equal(a.status, 200);
		assert_true(str_find(a.body, S("\"new\":2,\"same\":0,\"refused\":0")) != SIZE_MAX);
		return;
	}
	fail_msg("nobody imported");
}

/* ---- what is shown ---- */

static struct walk_answer
ask_as(struct walk *w, const char *name, enum http_method method, struct str target,
    struct str body)
{
	const struct http_route route = { .method = method };

	for (size_t i = 0; i < w->callers; i++) {
		const struct walk_ask ask = {
			.at = WALK_AT_PEOPLE,
			.who = &w->caller[i],
			.route = &route,
			.target = target,
			.body = body,
		};

		if (str_is(str_of(w->caller[i].name), name))
			return walk_ask(w, &ask);
	}
	fail_msg("nobody is called %s", name);
	return (struct walk_answer){ 0 };
}

static bool
tells(struct walk *w, const char *target, const char *what)
{
	const struct walk_answer a = ask_as(w, "secret-1-most", HTTP_GET, str_of(target), S(""));

	return a.status == 200 && str_find(a.body, str_of(what)) != SIZE_MAX;
}

#define SHOWN_ID "indicator--5ec2e700-0000-4000-8000-000000000000"

static unsigned
post_as(struct walk *w, const char *name, const char *target, const char *body)
{
	return ask_as(w, name, HTTP_POST, str_of(target), str_of(body)).status;
}

/* The owner's place 0 shows its object to place 1: the object, and not what hangs on it. */
static void
check_showing(void **)
{
	static const char target[] = "/api/v1/objects/" SHOWN_ID;
	static const char body[] =
	    "{\"id\":\"" SHOWN_ID "\",\"to\":\"IN:CERT-IN\",\"enclave\":\"defence\","
	    "\"reason\":\"x\"}";
	static const char out[] = "/api/v1/internal-releases";
	CLEANUP(walk_end) struct walk w = { 0 };

	walk_begin(&w);
	plant(&w, 0, false);
	plant(&w, 1, false);
	/* The other's own sighting of it is counted from the start. */
	assert_int_equal(ask_as(&w, "secret-1-most", HTTP_GET, str_of(target), S("")).status, 404);
	assert_int_equal(post_as(&w, "secret-1-most", out, body), 404);
	assert_int_equal(post_as(&w, "secret-0-analyst", out, body), 403);
	assert_int_equal(post_as(&w, "secret-0-administrator", out, body), 403);
	assert_int_equal(post_as(&w, "secret-0-officer", out, body), 201);
	assert_true(tells(&w, target, "secret-0.example"));
	assert_true(tells(&w, "/api/v1/objects", SHOWN_ID));
	/* Neither its sighting (3) nor its order, its hits (5 of 10) or how it came. */
	assert_true(tells(&w, target, "\"releases\":[]"));
	assert_true(tells(&w, target, "\"hits\":5"));
	assert_false(tells(&w, target, "\"count\":3"));
	assert_true(tells(&w, target, "\"count\":4"));
	assert_true(tells(&w, target, "\"import_id\":0"));
	assert_true(tells(&w, out, "\"direction\":\"shown-by\""));
	assert_false(tells(&w, out, "secret-0"));
	assert_int_equal(post_as(&w, "secret-1-most", "/api/v1/objects/" SHOWN_ID "/purge",
	                     "{\"reason\":\"x\"}"),
	    403);
	assert_int_equal(ask_as(&w, "secret-2-most", HTTP_GET, str_of(target), S("")).status, 404);
	const struct walk_answer list = ask_as(&w, "secret-0-most", HTTP_GET, str_of(out), S(""));
	size_t at = str_find(list.body, S("\"showing_id\":\""));
	assert_true(at != SIZE_MAX);
	const char *end = arena_cstr(w.arena,
	    arena_printf(w.arena, "%s/%.36s/withdraw", out, list.body.ptr + at + 14));
	assert_int_equal(post_as(&w, "secret-1-most", end, "{\"reason\":\"x\"}"), 404);
	assert_int_equal(post_as(&w, "secret-0-approver", end, "{\"reason\":\"x\"}"), 204);
	assert_int_equal(ask_as(&w, "secret-1-most", HTTP_GET, str_of(target), S("")).status, 404);
	assert_false(tells(&w, out, "shown-by"));
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_scopes);
	CASES(&list, unmoved_cases, check_unmoved);
	CASE(&list, check_elsewhere);
	CASE(&list, check_same_id);
	CASE(&list, check_showing);
	return cases_run("walk", &list, argc, argv);
}
