/* bench_p.h: a realm in a scratch folder with both listeners' sites, for the
 * tests of this module.
 *
 * The clock stands, so that the entries of a collection are added one
 * microsecond after the other.  Callers are believed: X-Account: NAME on the
 * people's site, X-Peer on the partner's. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base.h"
#include "cases.h"
#include "taxii_p.h"

#define BENCH_NOW   INT64_C(1'795'316'645'000'000) /* 2026-11-22T03:04:05Z */
#define BENCH_LOCAL "11111111-1111-4111-8111-111111111111"
#define BENCH_GIVEN "22222222-2222-4222-8222-222222222222"
#define BENCH_OTHER "33333333-3333-4333-8333-333333333333"
#define BENCH_VAULT "99999999-9999-4999-8999-999999999999" /* another enclave of ours */
#define BENCH_SENT  "44444444-4444-4444-8444-444444444444"
#define BENCH_US    "55555555-5555-4555-8555-555555555555"
#define BENCH_OLD   "66666666-6666-4666-8666-666666666666"
#define BENCH_EMPTY "77777777-7777-4777-8777-777777777777"

#define BENCH_TAXII "application/taxii+json;version=2.1"

struct bench {
	char folder[128];
	struct clock clock;
	struct realm *realm;
	struct taxii people, peer;
	struct http_mount mount[2];
	struct http_site site[2];
	bool closed; /* the partner's door */
	struct agreement agreement;
	struct standing standing;
};
static struct bench bench;

static const struct organisation bench_organisations[] = {
	{ .code = { "JP:JPCERT", 9 } },
	{ .code = { "JP:NCO", 6 } },
};

/* Setting up stands outside of every test, where a failure ends the program. */
static inline void
bench_need(enum err err, const struct why *why)
{
	if (err == OK)
		return;
	(void)fprintf(stderr, "setting up: %s\n", why->text);
	abort();
}

/* ---- who is calling ---- */

static inline enum err
bench_authenticate(void *ctx, struct http_request *req, struct http_principal *ret, struct why *why)
{
	struct str account = http_header(req, "x-account");

	(void)ctx;
	(void)why;
	if (http_header(req, "x-peer").ptr != NULL)
		*ret = (struct http_principal){
			.proof = HTTP_CERT,
			.id = S("jp.example"),
			.scopes = HTTP_SCOPE_BIT(SCOPE_PEER),
		};
	if (account.len == 0)
		return OK;
	*ret = (struct http_principal){ .proof = HTTP_TOKEN, .id = account };
	ret->scopes = HTTP_SCOPE_BIT(SCOPE_COLLECTIONS);
	if (str_starts(account, S("guest")))
		return OK;
	ret->scopes |= HTTP_SCOPE_BIT(SCOPE_READ);
	if (!str_is(account, "reader"))
		ret->scopes |= HTTP_SCOPE_BIT(SCOPE_WRITE);
	if (str_is(account, "admin"))
		ret->scopes |= HTTP_SCOPE_BIT(SCOPE_ADMIN);
	return OK;
}

static inline enum err
bench_people(void *ctx, const struct http_request *req, struct str root, struct taxii_reach *ret,
    struct why *why)
{
	(void)ctx;
	(void)root;
	if (str_is(req->principal.id, "stranger"))
		return (fail)(why, ERR_UNAUTHORIZED, "test.stranger", "sign in with an account");
	*ret = (struct taxii_reach){
		.of = { S("IN:LAB"), S("main") },
		.is_guest = str_starts(req->principal.id, S("guest")),
	};
	return OK;
}

static inline enum err
bench_peer(void *ctx, const struct http_request *req, struct str root, struct taxii_reach *ret,
    struct why *why)
{
	struct bench *b = ctx;

	(void)req;
	(void)root;
	if (b->closed)
		return (fail)(why, ERR_FORBIDDEN, "A-NOTINFORCE", "suspended by JP: clause 12");
	*ret = (struct taxii_reach){
		.is_peer = true,
		.standing = &b->standing,
		.agreements = 1,
		.agreement = { &b->standing },
		.party = S("JP"),
		.gate = realm_gate_take(b->realm),
	};
	return OK;
}

/* ---- the realm ---- */

static const struct collection bench_collections[] = {
	{ .id = { BENCH_LOCAL, 36 },
	    .alias = { "lab", 3 },
	    .kind = COLLECTION_LOCAL,
	    .title = { "Lab", 3 },
	    .owner = { "IN:LAB", 6 },
	    .enclave = { "main", 4 },
	    .can_write = true },
	{ .id = { BENCH_GIVEN, 36 },
	    .alias = { "lab", 3 },
	    .kind = COLLECTION_RECEIVED,
	    .title = { "Given", 5 },
	    .owner = { "IN:LAB", 6 },
	    .enclave = { "main", 4 },
	    .giver = { "JP:NCO", 6 },
	    .can_write = true },
	{ .id = { BENCH_VAULT, 36 },
	    .alias = { "vault", 5 },
	    .kind = COLLECTION_LOCAL,
	    .title = { "Vault", 5 },
	    .owner = { "IN:LAB", 6 },
	    .enclave = { "vault", 5 },
	    .can_write = true },
	{ .id = { BENCH_OTHER, 36 },
	    .alias = { "other", 5 },
	    .kind = COLLECTION_LOCAL,
	    .title = { "Other", 5 },
	    .owner = { "IN:OTHER", 8 },
	    .enclave = { "main", 4 },
	    .can_write = true },
	{ .id = { BENCH_SENT, 36 },
	    .alias = { "JP:JPCERT", 9 },
	    .kind = COLLECTION_RELEASED,
	    .title = { "Sent", 4 },
	    .description = { "To Japan", 8 },
	    .owner = { "IN:LAB", 6 },
	    .enclave = { "main", 4 },
	    .recipient = { "JP:JPCERT", 9 },
	    .agreement = { "IJ-MODEL", 8 } },
	{ .id = { BENCH_US, 36 },
	    .alias = { "US:X", 4 },
	    .kind = COLLECTION_RELEASED,
	    .title = { "US", 2 },
	    .owner = { "IN:LAB", 6 },
	    .enclave = { "main", 4 },
	    .recipient = { "US:X", 4 },
	    .agreement = { "IJ-MODEL", 8 } },
	{ .id = { BENCH_OLD, 36 },
	    .alias = { "JP:JPCERT", 9 },
	    .kind = COLLECTION_RELEASED,
	    .title = { "Old", 3 },
	    .owner = { "IN:LAB", 6 },
	    .enclave = { "main", 4 },
	    .recipient = { "JP:JPCERT", 9 },
	    .agreement = { "OLD", 3 } },
	{ .id = { BENCH_EMPTY, 36 },
	    .alias = { "empty", 5 },
	    .kind = COLLECTION_LOCAL,
	    .title = { "Empty", 5 },
	    .owner = { "IN:LAB", 6 },
	    .enclave = { "main", 4 },
	    .can_write = true },
};

static inline enum err
bench_collect(struct db *db, void *arg, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);

	(void)arg;
	for (size_t i = 0; i < COUNTOF(bench_collections); i++) {
		struct collection c = bench_collections[i];

		TRY(store_collection_ensure(db, a, &c, why));
	}
	return OK;
}

static inline void
bench_sites(struct bench *b)
{
	static const struct {
		const struct http_route *routes;
		const size_t *len;
	} tables[] = {
		{ taxii_people_routes, &taxii_people_routes_count },
		{ taxii_peer_routes, &taxii_peer_routes_count },
	};

	b->people = (struct taxii){
		.realm = b->realm,
		.kept = taxii_kept_new(),
		.base_url = "https://in.example:8441",
		.reach = bench_people,
		.reach_ctx = b,
	};
	b->peer = (struct taxii){
		.realm = b->realm,
		.kept = taxii_kept_new(),
		.base_url = "https://in.example:6514",
		.reach = bench_peer,
		.reach_ctx = b,
	};
	for (size_t i = 0; i < 2; i++) {
		b->mount[i] = (struct http_mount){
			.routes = tables[i].routes,
			.len = *tables[i].len,
			.ctx = i == 0 ? &b->people : &b->peer,
			.check = taxii_check,
			.print_error = taxii_print_error,
			.challenge = "Basic realm=\"torana\"",
		};
		b->site[i] = (struct http_site){
			.mounts = &b->mount[i],
			.len = 1,
			.authenticate = bench_authenticate,
		};
	}
}

static inline void
bench_begin(void)
{
	struct bench *b = &bench;
	const char *tmp = getenv("TMPDIR");
	struct why why = { 0 };

	b->clock = clock_fixed(BENCH_NOW);
	(void)snprintf(b->folder, sizeof(b->folder), "%s/torana-taxii-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(b->folder) == NULL)
		abort();
	struct realm_init init = {
		.identity = {
			.realm = S("demo"),
			.name = S("in.example"),
			.party = S("IN"),
			.organisation = S("IN:CERT-IN"),
			.enclave = S("main"),
			.display = S("CERT-In"),
		},
		.peer_url = S("https://in.example:6514"),
		.clock = &b->clock,
	};
	struct realm_options options = { .clock = &b->clock };
	bench_need(realm_init(b->folder, &init, &why), &why);
	bench_need(realm_open(b->folder, "demo", &options, &b->realm, &why), &why);
	bench_need(realm_write(b->realm, bench_collect, NULL, &why), &why);
	b->agreement = (struct agreement){
		.id = S("IJ-MODEL"),
		.title = S("Model agreement"),
		.parties = 1,
		.party[0] = { .code = S("JP"),
		    .organisations = 2,
		    .organisation = bench_organisations },
	};
	b->standing = (struct standing){ .agreement = &b->agreement };
	bench_sites(b);
}

static inline int
bench_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void
bench_end(void)
{
	enum { OPEN_FOLDERS = 8 };

	taxii_kept_free(bench.people.kept);
	taxii_kept_free(bench.peer.kept);
	realm_close(bench.realm);
	(void)nftw(bench.folder, bench_remove, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

/* ---- objects without a request ---- */

struct bench_put {
	const char *collection;
	struct str text;
};

static inline enum err
bench_put_job(struct db *db, void *arg, struct why *why)
{
	enum { OBJECT_ARENA_MAX = 128 * MIB };
	CLEANUP(arena_freep) struct arena *a = arena_new(OBJECT_ARENA_MAX);
	const struct bench_put *in = arg;
	struct provenance from = { .owner = S("IN:LAB"), .originator = S("IN:LAB") };
	struct collection c;
	const struct json *tree = NULL;
	struct stix_object o;
	struct stix_hashes h;
	enum put_result result;
	int64_t added;

	TRY(store_collection_find(db, a, str_of(in->collection), &c, why));
	TRY(json_parse(a, in->text, NULL, &tree, why));
	TRY(stix_scan(tree, &o, why));
	TRY(stix_hash(&o, a, &h, why));
	struct store_put put = {
		.shard_key = c.shard_key,
		.object = &o,
		.hashes = &h,
		.provenance = &from,
		.now = BENCH_NOW,
	};
	return store_put(db, &put, &result, &added, why);
}

static inline void
bench_put(const char *collection, struct str text)
{
	struct bench_put put = { collection, text };
	struct why why = { 0 };

	bench_need(realm_write(bench.realm, bench_put_job, &put, &why), &why);
}

/* ---- requests ---- */

struct bench_call {
	const char *method, *target;
	const char *account; /* NULL: the partner's node */
	const char *accept;  /* NULL: no such header */
	const char *type;
	struct str body;
};

/* The answer lives until http_response_done() and the end of the arena. */
static inline void
bench_ask(const struct bench_call *call, struct arena *a, struct http_response *ret)
{
	const struct http_site *site = &bench.site[call->account == NULL];
	const char *const headers[][2] = {
		{ "X-Account", call->account },
		{ "X-Peer", call->account == NULL ? "jp.example" : NULL },
		{ "Accept", call->accept },
		{ "Content-Type", call->type },
	};
	struct http_request *req = arena_make(a, struct http_request, 1);

	*req = (struct http_request){
		.arena = a,
		.target = arena_str(a, str_of(call->target)),
		.id = S("0000000000000001"),
		.at = BENCH_NOW,
		.listener = call->account == NULL ? HTTP_PEER : HTTP_PEOPLE,
	};
	for (size_t i = 0; i < COUNTOF(headers); i++) {
		if (headers[i][1] != NULL)
			req->headers[req->headers_len++] = (struct http_pair){
				str_of(headers[i][0]),
				str_of(headers[i][1]),
			};
	}
	if (http_site_head(site, req, str_of(call->method), ret)) {
		req->body = call->body;
		http_site_run(site, req, ret);
	}
}

static inline struct str
bench_added(const struct http_response *resp, const char *name)
{
	for (size_t i = 0; i < resp->added_len; i++) {
		if (str_is(resp->added[i].name, name))
			return resp->added[i].value;
	}
	return (struct str){ 0 };
}

/* Posts as "analyst"; the answer must be 202. */
static inline void
bench_post(const char *collection, struct str body)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	char target[128];
	struct bench_call call = {
		.method = "POST",
		.target = target,
		.account = "analyst",
		.type = BENCH_TAXII,
		.body = body,
	};

	(void)snprintf(target, sizeof(target), "/local/collections/%s/objects/", collection);
	bench_ask(&call, a, &resp);
	if (resp.status == 202 && str_find(resp.body, S("\"failure_count\":0")) != SIZE_MAX)
		return;
	(void)fprintf(stderr, "setting up: " STR_FMT "\n", STR_ARG(resp.body));
	abort();
}
