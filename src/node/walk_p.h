/* walk_p.h: for tests: a node with people in three compartments, and every
 * route of every listener called as each of them. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* clang-format off */
#include "account.h"
#include "base.h"
#include "cases.h"
#include "log.h"
#include "peer.h"
#include "site_p.h"
#include "store.h"
/* clang-format on */

enum {
	WALK_PATH_MAX = 256,
	WALK_ARENA_MAX = 1024 * MIB,
	WALK_TEXT_MAX = 4 * KIB,
	WALK_PLACES = 3,
	WALK_NOWHERE = 9, /* a place of things that nobody has */
	WALK_ROLES = 9,
	WALK_ADMINISTRATOR = 7, /* its place among them */
	WALK_PEOPLE_MAX = 64,
};

/* Compartments of the party; the node releases for the first. */
static const struct walk_place {
	const char *organisation, *enclave;
} walk_places[WALK_PLACES] = {
	{ "IN:CERT-IN", "main" },
	{ "IN:CERT-IN", "defence" },
	{ "IN:NCIIPC", "main" },
};

/* What a role may, written down here a second time. */
#define WALK_BIT    HTTP_SCOPE_BIT
#define WALK_READER (WALK_BIT(SCOPE_READ) | WALK_BIT(SCOPE_COLLECTIONS))
static const struct walk_role {
	const char *name;
	uint32_t bit;
	uint32_t scopes;
} walk_roles[WALK_ROLES] = {
	{ "analyst", ROLE_ANALYST, WALK_READER | WALK_BIT(SCOPE_WRITE) },
	{ "officer", ROLE_OFFICER, WALK_READER | WALK_BIT(SCOPE_WRITE) },
	{ "approver", ROLE_APPROVER, WALK_READER | WALK_BIT(SCOPE_APPROVE) },
	{ "legal", ROLE_LEGAL, WALK_READER | WALK_BIT(SCOPE_APPROVE) },
	{ "policy", ROLE_POLICY, WALK_READER | WALK_BIT(SCOPE_APPROVE) },
	{ "defence-liaison", ROLE_DEFENCE, WALK_READER | WALK_BIT(SCOPE_APPROVE) },
	{ "auditor", ROLE_AUDITOR, WALK_READER },
	{ "administrator", ROLE_ADMINISTRATOR, WALK_BIT(SCOPE_ADMIN) },
	{ "guest", ROLE_GUEST, WALK_BIT(SCOPE_COLLECTIONS) },
};
static_assert(ROLE_GUEST == 1 << (WALK_ROLES - 1), "walk every role");

enum walk_kind { WALK_PERSON, WALK_NOBODY, WALK_PEER, WALK_STRANGER };

struct walk_caller {
	char name[64]; /* of the account */
	enum walk_kind kind;
	size_t place; /* WALK_NOWHERE: none */
	const char *roles;
};

enum walk_listener { WALK_AT_PEOPLE, WALK_AT_CONTROL, WALK_AT_PEER, WALK_LISTENERS };

struct walk {
	char folder[WALK_PATH_MAX];
	struct clock clock;
	struct realm *realm;
	struct node_site site[WALK_LISTENERS];
	struct arena *arena; /* of one request and its answer */
	size_t callers;
	struct walk_caller caller[WALK_PEOPLE_MAX];
};

#define WALK_MUST(call)                                                          \
	do {                                                                     \
		struct why why = { 0 };                                          \
		enum err err_ = (call);                                          \
		if (err_ != OK)                                                  \
			fail_msg("%s: %s: %s", #call, err_name(err_), why.text); \
	} while (0)

static const uint8_t walk_pin[HASH_BYTES] = { 7 };
static const uint8_t walk_other_pin[HASH_BYTES] = { 8 };

/* ---- names of planted things: a place's digit stands in each ---- */

enum walk_thing {
	WALK_OBJECT,
	WALK_ORDER,
	WALK_COLLECTION,
	WALK_STATUS,
	WALK_RECALL,
	WALK_SHOWING,
};

static inline struct str
walk_uuid(struct arena *a, size_t place, enum walk_thing thing)
{
	return arena_printf(a, "5ec2e7%zu0-0000-4000-8000-00000000000%d", place, (int)thing);
}

/* Of a person's card. */
static inline struct str
walk_card(struct arena *a, size_t place)
{
	return arena_printf(a, "5ec2e7%zu%057d", place, 0);
}

static inline struct str
walk_object(struct arena *a, size_t place)
{
	return arena_printf(a, "indicator--" STR_FMT, STR_ARG(walk_uuid(a, place, WALK_OBJECT)));
}

/* ---- the people ---- */

static inline void
walk_add(struct walk *w, enum walk_kind kind, size_t place, const char *roles, const char *tail)
{
	struct walk_caller *c = &w->caller[w->callers++];

	assert_true(w->callers < WALK_PEOPLE_MAX);
	*c = (struct walk_caller){ .kind = kind, .place = place, .roles = roles };
	(void)snprintf(c->name, sizeof(c->name), "secret-%zu-%s", place, tail);
}

static inline void
walk_cast(struct walk *w)
{
	static const char most[] = "analyst officer approver legal policy defence-liaison auditor";

	for (size_t p = 0; p < WALK_PLACES; p++) {
		for (size_t i = 0; i < WALK_ROLES; i++)
			walk_add(w, WALK_PERSON, p, walk_roles[i].name, walk_roles[i].name);
		walk_add(w, WALK_PERSON, p, "", "none");
		walk_add(w, WALK_PERSON, p, most, "most");
		walk_add(w, WALK_PERSON, p, "administrator analyst auditor", "head");
	}
	walk_add(w, WALK_NOBODY, WALK_NOWHERE, "", "nobody");
	walk_add(w, WALK_PEER, WALK_NOWHERE, "", "peer");
	walk_add(w, WALK_STRANGER, WALK_NOWHERE, "", "stranger");
}

static inline enum err
walk_enrol(struct db *db, void *arg, struct why *why)
{
	struct walk *w = arg;

	for (size_t i = 0; i < w->callers; i++) {
		const struct walk_caller *c = &w->caller[i];
		struct account account = { .name = str_of(c->name), .roles = str_of(c->roles) };
		struct session token = {
			.token = hash_of(str_of(c->name)), /* its token is its name */
			.account = account.name,
			.kind = S("token"),
			.expires_at = TIME_NEVER,
		};

		if (c->kind != WALK_PERSON)
			continue;
		account.display = account.name;
		account.organisation = str_of(walk_places[c->place].organisation);
		account.enclaves = str_of(walk_places[c->place].enclave);
		TRY(store_account_create(db, &account, why));
		TRY(store_session_put(db, &token, why));
	}
	const struct peer peer = {
		.name = S("jp.example"),
		.party = S("JP"),
		.kind = S("torana"),
		.url = S("https://127.0.0.1:1"),
		.tls_pin = { { 7 } },
		.log_key = S("none"),
		.witness_key = S("none"),
		.identity = S("identity--00000000-0000-4000-8000-000000000001"),
		.verified_at = 1,
	};
	TRY(store_peer_put(db, &peer, why));
	return store_peer_verified(db, peer.name, 1, why);
}

/* ---- the node ---- */

static inline int
walk_unlink(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void
walk_end(struct walk *w)
{
	realm_close(w->realm);
	arena_free(w->arena);
	(void)nftw(w->folder, walk_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
walk_begin(struct walk *w)
{
	const char *tmp = getenv("TMPDIR");
	struct realm_init init = {
		.identity = {
			.realm = S("demo"),
			.name = S("in.example"),
			.party = S("IN"),
			.organisation = str_of(walk_places[0].organisation),
			.enclave = str_of(walk_places[0].enclave),
			.display = S("CERT-In (test)"),
		},
		.peer_url = S("https://node.example:8441"),
	};
	time_us now = 0;

	log_set_level(LOG_ERROR); /* each refusal is a line otherwise */
	assert_true(time_parse(S("2026-11-22T03:04:05.123456Z"), &now));
	*w = (struct walk){ .clock = clock_fixed(now), .arena = arena_new(WALK_ARENA_MAX) };
	init.clock = &w->clock;
	(void)snprintf(w->folder, sizeof(w->folder), "%s/torana-walk-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(w->folder));
	WALK_MUST(realm_init(w->folder, &init, &why));
	const struct realm_options options = { .clock = &w->clock };
	WALK_MUST(realm_open(w->folder, "demo", &options, &w->realm, &why));
	node_people_site(&w->site[WALK_AT_PEOPLE], w->realm, NULL, "https://node.example");
	node_control_site(&w->site[WALK_AT_CONTROL], w->realm, NULL);
	node_peer_site(&w->site[WALK_AT_PEER], w->realm, "https://node.example");
	walk_cast(w);
	WALK_MUST(realm_write(w->realm, walk_enrol, w, &why));
}

/* ---- asking ---- */

struct walk_ask {
	enum walk_listener at;
	const struct walk_caller *who;
	const struct http_route *route; /* whose method is used */
	struct str target;
	struct str body;
};

struct walk_answer {
	unsigned status;
	bool ran; /* the handler was reached */
	struct str body;
};

static inline void
walk_header(struct http_request *req, const char *name, struct str value)
{
	req->headers[req->headers_len++] = (struct http_pair){ str_of(name), value };
}

/* The answer lives in the arena of the walk, which the caller clears. */
static inline struct walk_answer
walk_ask(struct walk *w, const struct walk_ask *ask)
{
	static const enum http_listener listeners[] = { HTTP_PEOPLE, HTTP_CONTROL, HTTP_PEER };
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	const struct walk_caller *who = ask->who;
	struct walk_answer answer = { 0 };
	struct http_request req = {
		.listener = listeners[ask->at],
		.target = ask->target,
		.remote = S("192.0.2.1"),
		.id = S("test"),
		.at = clock_wall(&w->clock),
		.arena = w->arena,
	};
	bool api = str_starts(ask->target, S("/api/")) || str_starts(ask->target, S("/exchange/"));

	if (who->kind == WALK_PERSON)
		walk_header(&req, "Authorization", arena_printf(w->arena, "Bearer %s", who->name));
	if (who->kind == WALK_PEER)
		req.spki = walk_pin;
	if (who->kind == WALK_STRANGER)
		req.spki = walk_other_pin;
	walk_header(&req, "Accept",
	    api ? S("application/json") : S("application/taxii+json;version=2.1"));
	walk_header(&req, "Content-Type",
	    api ? S("application/json") : S("application/taxii+json;version=2.1"));
	const struct http_site *site = &w->site[ask->at].site;
	answer.ran =
	    http_site_head(site, &req, str_of(http_method_name(ask->route->method)), &resp);
	if (answer.ran) {
		req.body = ask->body;
		req.woken_last = true;
		http_site_run(site, &req, &resp);
	}
	answer.status = resp.status == 0 ? 200 : resp.status;
	answer.body = arena_str(w->arena, resp.body.len > 0 ? resp.body : buf_str(&resp.buf));
	if (answer.body.ptr == NULL)
		answer.body = S("");
	return answer;
}

/* ---- targets ---- */

/* What stands for a name of a pattern, at a place. */
static inline struct str
walk_value(struct walk *w, const struct http_route *route, struct str name, size_t place)
{
	bool taxii = strstr(route->path, "/collections/{id}") != NULL;

	if (str_is(name, "root"))
		return S("local");
	if (str_is(name, "verb"))
		return S("suspend");
	if (str_is(name, "*tile"))
		return S("0/000.p/1");
	if (str_is(name, "ordinal") || str_is(name, "place"))
		return S("0");
	if (str_is(name, "leaf"))
		return arena_printf(w->arena, "%zu", 1000 + place);
	if (str_is(name, "fingerprint"))
		return walk_card(w->arena, place);
	if (str_is(name, "order"))
		return walk_uuid(w->arena, place, WALK_ORDER);
	if (str_is(name, "status"))
		return walk_uuid(w->arena, place, WALK_STATUS);
	if (str_is(name, "collection") || (taxii && str_is(name, "id")))
		return walk_uuid(w->arena, place, WALK_COLLECTION);
	if (str_is(name, "name") || str_is(name, "account"))
		return arena_printf(w->arena, "secret-%zu-most", place);
	if (str_is(name, "id") && strstr(route->path, "orders") != NULL)
		return walk_uuid(w->arena, place, WALK_ORDER);
	if (strstr(route->path, "internal-releases") != NULL)
		return walk_uuid(w->arena, place, WALK_SHOWING);
	return walk_object(w->arena, place);
}

static inline struct str
walk_target(struct walk *w, const struct http_route *route, size_t place)
{
	CLEANUP(buf_free) struct buf out = buf_new(WALK_TEXT_MAX);
	struct str rest = str_of(route->path);

	while (rest.len > 0) {
		size_t brace = str_find(rest, S("{"));
		size_t end = str_find(rest, S("}"));

		if (brace == SIZE_MAX)
			brace = rest.len;
		buf_put(&out, str_sub(rest, 0, brace));
		if (brace == rest.len)
			break;
		buf_put(&out,
		    walk_value(w, route, str_sub(rest, brace + 1, end - brace - 1), place));
		rest = str_sub(rest, end + 1, SIZE_MAX);
	}
	return arena_str(w->arena, buf_str(&out));
}
