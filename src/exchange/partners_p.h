/* partners_p.h: nodes in scratch folders that talk over real TLS, for the tests
 * of this module.
 *
 * The face that partners pull from is a small one of our own, so that it can
 * also lie. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base.h"
#include "cases.h"
#include "exchange_p.h"
#include "fingerprint.h"
#include "http_client.h"
#include "http_server.h"
#include "json_writer.h"

enum { NODES_MAX = 3, NODE_ARENA_MAX = 64 * MIB };

/* What a node says that is not so. */
enum lie {
	LIE_NONE,
	LIE_BYTES,       /* an object is not the one that was released */
	LIE_NO_PROOFS,   /* the list of proofs is empty */
	LIE_PROOF,       /* the record in a proof is another */
	LIE_ENDLESS,     /* the cursor does not advance */
	LIE_EMPTY_MORE,  /* an empty page, and more */
	LIE_CURSOR,      /* the cursor is no timestamp */
	LIE_TRUNCATED,   /* the envelope breaks off */
	LIE_TOO_MANY,    /* more objects than were asked for */
	LIE_COLLECTIONS, /* thousands of collections */
	LIE_REFUSE,      /* 500 everywhere */
};

struct node {
	const char *party; /* "IN" */
	char name[32], organisation[32];
	char folder[128];
	struct arena *arena;
	struct realm *realm;
	struct http_mount mount[2];
	struct http_site site;
	struct http_server *server;
	struct exchange *exchange;
	enum lie lie;
};

static inline void
node_need(enum err err, const struct why *why)
{
	if (err != OK)
		fail_msg("%s: %s %s", err_name(err), why->text, why->where);
}

/* ---- the face that partners pull from ---- */

static inline enum err
node_reach(struct node *n, struct http_request *req, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(n->realm);
	const struct standing *s = NULL;

	if (n->lie == LIE_REFUSE)
		return (fail)(why, ERR_IO, "test.refused", "out of order");
	const struct peer_ask ask = { caller_of(req), S(""), clock_wall(&clock_system) };
	return exchange_peer_reach(gate_of(gate), &ask, &s, why);
}

static inline enum err
node_collections(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct node *n = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct collection *all = NULL;
	size_t len = 0;

	TRY(node_reach(n, req, why));
	TRY(db_pool_take(realm_readers(n->realm), &lease, why));
	TRY(store_collections(lease.db, req->arena, &all, &len, why));
	struct json_writer w = json_writer(http_body(ret, "application/taxii+json;version=2.1"));
	json_begin_object(&w);
	json_begin_array(json_key(&w, S("collections")));
	for (size_t i = 0; i < (n->lie == LIE_COLLECTIONS ? 5000 : len); i++) {
		const struct collection *c = &all[i % len];

		if (n->lie != LIE_COLLECTIONS &&
		    (c->kind != COLLECTION_RELEASED ||
		        !organisation_is_of(c->recipient, caller_of(req)->party) ||
		        !str_eq_nocase(c->agreement, http_param(req, "root"))))
			continue;
		json_begin_object(&w);
		json_put_str(json_key(&w, S("id")), c->id);
		json_put_bool(json_key(&w, S("can_read")), true);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

static inline enum err
node_page(struct node *n, struct db *db, struct http_request *req, struct page *ret,
    struct why *why)
{
	struct collection c;
	struct str after, limit;
	uint64_t max = 0;
	struct page_query q = { .versions = 1, .version = { { .filter = VERSION_ALL } } };

	(void)n;
	TRY(http_query_one(req, "added_after", &after, why));
	TRY(http_query_one(req, "limit", &limit, why));
	if (after.ptr != NULL && !time_parse(after, &q.added_after))
		return (fail)(why, ERR_INVALID, "test.after", "added_after");
	if (!str_to_u64(limit, PAGE_MAX, &max))
		return (fail)(why, ERR_INVALID, "test.limit", "limit");
	TRY(store_collection_find(db, req->arena, http_param(req, "id"), &c, why));
	q.limit = (size_t)max;
	q.shard_key = c.shard_key;
	return store_page(db, req->arena, &q, ret, why);
}

static inline void
node_put_objects(struct node *n, const struct page *page, struct http_request *req,
    struct json_writer *w)
{
	for (size_t i = 0; i < page->len; i++) {
		struct str raw = page->object[i].raw;
		size_t at = str_find(raw, S("203.0.113."));

		if (n->lie == LIE_BYTES && at != SIZE_MAX)
			raw = arena_printf(req->arena, "%.*s198.51.100%.*s", (int)at, raw.ptr,
			    (int)(raw.len - at - 9), raw.ptr + at + 9);
		for (int k = 0; k < (n->lie == LIE_TOO_MANY ? 2 * PULL_PAGE : 1); k++)
			json_put_raw(w, raw);
	}
}

static inline enum err
node_objects(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct node *n = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct page page;
	char text[TIME_TEXT_MAX] = "";

	TRY(node_reach(n, req, why));
	TRY(db_pool_take(realm_readers(n->realm), &lease, why));
	TRY(node_page(n, lease.db, req, &page, why));
	if (n->lie == LIE_EMPTY_MORE)
		page.len = 0;
	struct buf *body = http_body(ret, "application/taxii+json;version=2.1");
	struct json_writer w = json_writer(body);
	json_begin_object(&w);
	if (page.more || n->lie == LIE_EMPTY_MORE || n->lie == LIE_ENDLESS)
		json_put_bool(json_key(&w, S("more")), true);
	if (page.len > 0) {
		time_text(n->lie == LIE_ENDLESS ? 0 : page.object[page.len - 1].date_added, text);
		json_begin_array(json_key(&w, S("objects")));
		node_put_objects(n, &page, req, &w);
		json_end_array(&w);
		http_add(ret, "X-TAXII-Date-Added-Last",
		    n->lie == LIE_CURSOR ? S("yesterday") : arena_str(req->arena, str_of(text)));
	}
	json_end_object(&w);
	if (n->lie == LIE_TRUNCATED && body->len > 1)
		body->len /= 2;
	return OK;
}

/* The true proofs, or others. */
static inline enum err
node_proofs(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct node *n = ctx;
	const char *record = "\"record\":\"eyJ"; /* '{"' in base64 begins like this */

	if (n->lie == LIE_NO_PROOFS) {
		ret->body = S("{\"more\":false,\"proofs\":[]}");
		ret->type = S("application/json");
		return OK;
	}
	TRY(face_proofs(n->realm, req, ret, why));
	size_t at = str_find(buf_str(&ret->buf), str_of(record));
	if (n->lie == LIE_PROOF && at != SIZE_MAX)
		ret->buf.ptr[at + 40] = ret->buf.ptr[at + 40] == 'A' ? 'B' : 'A';
	return OK;
}

/* clang-format off */
static const struct http_route node_routes[] = {
	{ HTTP_GET, "/{root}/collections/",              SCOPE_PEER, 0, 0, node_collections, "" },
	{ HTTP_GET, "/{root}/collections/{id}/objects/", SCOPE_PEER, 0, 0, node_objects,     "" },
	{ HTTP_GET, "/exchange/v1/proofs/{collection}",  SCOPE_PEER, 0, 0, node_proofs,      "" },
};
/* clang-format on */

/* ---- nodes ---- */

static inline struct str
node_file(const struct node *n, const char *path, char *ret, size_t size)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "%s/%s", realm_folder(n->realm), path);
	FILE *file = fopen(full, "re");
	assert_non_null(file);
	size_t len = fread(ret, 1, size - 1, file);
	(void)fclose(file);
	ret[len] = '\0';
	return (struct str){ ret, len };
}

static inline enum err
node_put_url(struct db *db, void *arg, struct why *why)
{
	const struct node *n = arg;
	char url[64];

	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u", http_server_port(n->server));
	return store_setting_put(db, S("peer-url"), str_of(url), why);
}

/* Listens with the certificate of a listener, "peer" or another. */
static inline void
node_listen(struct node *n, uint16_t port, const char *keys)
{
	struct why why = { 0 };
	char cert[16 * KIB], key[16 * KIB], cert_path[32], key_path[32];

	(void)snprintf(cert_path, sizeof(cert_path), "tls/%s.crt", keys);
	(void)snprintf(key_path, sizeof(key_path), "tls/%s.key", keys);
	n->mount[0] =
	    (struct http_mount){ .routes = node_routes, .len = COUNTOF(node_routes), .ctx = n };
	n->mount[1] = (struct http_mount){ .routes = exchange_routes,
		.len = exchange_routes_count,
		.ctx = n->realm };
	n->site = (struct http_site){ .mounts = n->mount,
		.len = 2,
		.authenticate = exchange_authenticate,
		.ctx = n->realm };
	(void)node_file(n, cert_path, cert, sizeof(cert));
	(void)node_file(n, key_path, key, sizeof(key));
	const struct http_server_config config = {
		.kind = HTTP_PEER,
		.address = "127.0.0.1",
		.port = port,
		.cert_pem = cert,
		.key_pem = key,
		.threads = 2,
		.limits = http_limits_preset(),
		.site = &n->site,
		.clock = &clock_system,
	};
	node_need(http_server_start(&config, &n->server, &why), &why);
}

static inline void
node_open(struct node *n, uint16_t port)
{
	struct why why = { 0 };
	const struct realm_options options = { .clock = &clock_system };

	node_need(realm_open(n->folder, "demo", &options, &n->realm, &why), &why);
	node_listen(n, port, "peer");
	node_need(realm_write(n->realm, node_put_url, n, &why), &why);
	const struct exchange_config config = { .realm = n->realm, .every_ms = 100 };
	node_need(exchange_new(&config, &n->exchange, &why), &why);
}

static inline struct node *
node_new(const char *party)
{
	struct node *n = heap_new(sizeof(*n), 1);
	struct why why = { 0 };

	n->party = party;
	n->arena = arena_new(NODE_ARENA_MAX);
	(void)snprintf(n->name, sizeof(n->name), "%c%c.example", party[0] | 0x20, party[1] | 0x20);
	(void)snprintf(n->organisation, sizeof(n->organisation), "%s:CERT", party);
	(void)snprintf(n->folder, sizeof(n->folder), "/tmp/exchange-test-XXXXXX");
	assert_non_null(mkdtemp(n->folder));
	const struct realm_init init = {
		.identity = {
			.realm = S("demo"),
			.name = str_of(n->name),
			.party = str_of(party),
			.organisation = str_of(n->organisation),
			.enclave = S("main"),
			.display = str_of(n->organisation),
		},
		.peer_url = S("https://127.0.0.1:1"),
		.clock = &clock_system,
	};
	node_need(realm_init(n->folder, &init, &why), &why);
	node_open(n, 0);
	return n;
}

static inline void
node_close(struct node *n)
{
	exchange_free(n->exchange);
	http_server_stop(n->server);
	realm_close(n->realm);
	n->exchange = NULL;
	n->server = NULL;
	n->realm = NULL;
}

static inline int
node_unlink(const char *path, const struct stat *, int, struct FTW *)
{
	return remove(path);
}

static inline void
node_freep(struct node **n)
{
	if (*n == NULL)
		return;
	node_close(*n);
	(void)nftw((*n)->folder, node_unlink, 16, FTW_DEPTH | FTW_PHYS);
	arena_free((*n)->arena);
	heap_free(*n);
}

/* ---- what happens between them ---- */

/* a takes b's invitation after its words were read back. */
static inline void
node_meet(struct node *a, struct node *b)
{
	struct why why = { 0 };
	char words[FINGERPRINT_TEXT_MAX];
	struct str invitation;
	struct peer peer;

	node_need(invitation_make(b->realm, b->arena, &invitation, &why), &why);
	struct hash fingerprint = invitation_fingerprint(invitation);
	fingerprint_words(&fingerprint, words);
	node_need(invitation_accept(a->realm, invitation, str_of(words), &peer, a->arena, &why),
	    &why);
}

static inline void
node_meet_both(struct node *a, struct node *b)
{
	node_meet(a, b);
	node_meet(b, a);
}

#define NODE_CATEGORY(types)                                             \
	"{\"code\":\"all\",\"clause\":\"1\",\"when\":{\"types\":[" types \
	"]},\"ruling\":\"allow\",\"max_tlp\":\"AMBER\"}"
#define NODE_PARTY(code)                                                                     \
	"{\"code\":\"" code "\",\"name\":\"" code "\",\"node\":\"\",\"agreement_key\":\"\"," \
	"\"organisations\":[{\"code\":\"" code ":CERT\",\"name\":\"CERT\","                  \
	"\"kind\":\"private-body\",\"identity\":\"\"}]}"

static inline struct str
node_agreement_text(struct arena *a, const struct node *x, const struct node *y)
{
	return arena_printf(a,
	    "{\"type\":\"torana-agreement\",\"format\":1,\"model\":true,\"header\":{\"id\":\"%s-%s\","
	    "\"version\":1,\"language_of_record\":\"en\",\"title\":{\"en\":\"Test\"}},"
	    "\"lifecycle\":{\"in_force_from\":\"2020-01-01T00:00:00Z\","
	    "\"expires_on\":\"2090-01-01T00:00:00Z\"},\"parties\":[" NODE_PARTY("%s") "," NODE_PARTY(
	        "%s") "],\"clauses\":{\"1\":\"All of it.\"},"
	              "\"areas\":[{\"code\":\"INFO\",\"clause\":\"1\",\"name\":\"Information\"}],"
	              "\"purposes\":[{\"code\":\"incident-response\",\"clause\":\"1\"}],"
	              "\"marking_policy\":{\"clause\":\"1\",\"unmarked\":\"deny\",\"ceiling_by_channel\":"
	              "{\"auto\":\"GREEN\",\"officer\":\"AMBER+STRICT\",\"person\":\"RED\"}},"
	              "\"identity_protection\":{\"clause\":\"1\",\"victim\":\"withhold\",\"reporter\":\"tell\",\"analyst\":\"tell\"},"
	              "\"personal_data\":{\"clause\":\"1\"},\"third_party\":{\"clause\":\"1\","
	              "\"originator_control\":true},\"suspension\":{\"clause\":\"1\"},"
	              "\"exercise_realm\":{\"clause\":\"1\"},\"retention\":{\"clause\":\"1\",\"days\":180},"
	              "\"data_categories\":[" NODE_CATEGORY(
	                  "\"indicator\",\"identity\",\"sighting\"") "],"
	                                                             "\"obligations\":[]}",
	    x->party, y->party, x->party, x->party, x->party, y->party, y->party, y->party);
}

static inline struct party_binding
node_binding(const struct node *n)
{
	struct why why = { 0 };
	const struct sign_key *key = NULL;

	node_need(realm_key(n->realm, KEY_AGREEMENT, &key, &why), &why);
	return (struct party_binding){
		.party = str_of(n->party),
		.node = str_of(n->name),
		.identity = realm_identity(n->realm)->redaction_identity,
		.key = sign_key_public(key),
	};
}

/* x makes and signs the agreement between the two; returns its id. */
static inline struct str
node_propose(struct node *x, struct node *y)
{
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	struct why why = { 0 };
	struct str envelope;
	const struct party_binding bindings[] = { node_binding(x), node_binding(y) };

	node_need(agreement_fill(x->arena, node_agreement_text(x->arena, x, y), bindings, 2, &text,
	              &why),
	    &why);
	node_need(realm_agreement_make(x->realm, buf_str(&text), x->arena, &envelope, &why), &why);
	return arena_printf(x->arena, "%s-%s", x->party, y->party);
}

static inline struct exchange_round
node_round(struct node *n)
{
	struct exchange_round round;
	struct why why = { 0 };

	node_need(exchange_round(n->exchange, &round, &why), &why);
	return round;
}

/* A round that nobody complains about. */
static inline struct exchange_round
node_good_round(struct node *n)
{
	struct exchange_round round = node_round(n);

	assert_string_equal(round.problem, "");
	return round;
}

/* Both signatures, brought by rounds. */
static inline void
node_agree(struct node *x, struct node *y)
{
	struct why why = { 0 };
	struct str envelope, id = node_propose(x, y);

	(void)node_good_round(x);
	node_need(realm_agreement_sign(y->realm, id, y->arena, &envelope, &why), &why);
	(void)node_good_round(y);
}

/* ---- objects ---- */

static inline struct str
node_indicator_id(const struct node *n, unsigned i)
{
	return arena_printf(n->arena, "indicator--%02x%02x0000-0000-4000-8000-%012x",
	    (unsigned)n->party[0], (unsigned)n->party[1], i);
}

static inline enum err
node_import_job(struct db *db, void *arg, struct why *why)
{
	struct node *n = ((void **)arg)[0];
	const struct str *text = ((void **)arg)[1];
	struct collection local;
	struct import_result result;

	TRY(store_collection_find(db, n->arena, S("local"), &local, why));
	const struct import_request request = {
		.text = *text,
		.source = S("test"),
		.actor = S("test"),
		.shard_key = local.shard_key,
		.provenance = {
			.owner = str_of(n->organisation),
			.enclave = S("main"),
			.originator = str_of(n->organisation),
		},
		.now = clock_wall(&clock_system),
	};
	TRY(store_import(db, n->arena, &request, &result, why));
	assert_int_equal(result.refused, 0);
	return OK;
}

static inline void
node_import_text(struct node *n, struct str text)
{
	struct why why = { 0 };
	void *job[] = { n, &text };

	node_need(realm_with_writer(n->realm, node_import_job, job, &why), &why);
}

static inline void
node_put_indicator(struct buf *text, struct str id, const char *address)
{
	buf_printf(text,
	    "{ \"type\": \"indicator\", \"spec_version\": \"2.1\", \"id\": \"%.*s\","
	    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	    "\"indicator_types\":[\"malicious-activity\"],"
	    "\"pattern\":\"[ipv4-addr:value = '%s']\",\"pattern_type\":\"stix\","
	    "\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":"
	    "[\"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb\"]}",
	    STR_ARG(id), address);
}

/* Indicators 1 to count, GREEN. */
static inline void
node_import(struct node *n, unsigned count)
{
	CLEANUP(buf_free) struct buf text = buf_new(16 * MIB);
	char address[32];

	buf_put(&text,
	    S("{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000000\","
	      "\"objects\":["));
	for (unsigned i = 1; i <= count; i++) {
		(void)snprintf(address, sizeof(address), "203.0.113.%u", i % 250);
		buf_put(&text, i > 1 ? S(",") : S(""));
		node_put_indicator(&text, node_indicator_id(n, i), address);
	}
	buf_put(&text, S("]}"));
	node_import_text(n, buf_str(&text));
}

/* The i-th indicator of another node as an object of n's own. */
static inline void
node_import_as(struct node *n, const struct node *other, unsigned i, const char *address)
{
	CLEANUP(buf_free) struct buf text = buf_new(MIB);

	node_put_indicator(&text, node_indicator_id(other, i), address);
	node_import_text(n, buf_str(&text));
}

struct node_send {
	struct node *from;
	struct release_send send;
	struct release_sent sent;
};

static inline enum err
node_send_job(struct db *db, void *arg, struct why *why)
{
	struct node_send *s = arg;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(s->from->realm);
	const struct release_job job = {
		.db = db,
		.arena = s->from->arena,
		.ledger = realm_ledger(s->from->realm),
		.gate = gate_of(gate),
		.at = clock_wall(&clock_system),
	};

	return release_send(&job, &s->send, &s->sent, why);
}

/* Releases indicators first to last; returns how many were released. */
static inline size_t
node_release(struct node *from, struct node *to, unsigned first, unsigned last)
{
	struct str *id = arena_make(from->arena, struct str, last - first + 1);
	struct why why = { 0 };
	time_us now = clock_wall(&clock_system);
	struct node_send s = {
		.from = from,
		.send = {
			.ask = {
				.to = str_of(to->organisation),
				.purpose = S("incident-response"),
				.area = S("INFO"),
				.channel = CHANNEL_OFFICER,
				.ids = last - first + 1,
				.id = id,
				.copy_time = now,
			},
			.proposer = S("officer"),
		},
	};

	for (unsigned i = first; i <= last; i++)
		id[i - first] = node_indicator_id(from, i);
	node_need(realm_write(from->realm, node_send_job, &s, &why), &why);
	node_need(realm_settle(from->realm, &why), &why);
	return s.sent.released;
}

/* ---- looking ---- */

static inline int64_t
node_count(const struct node *n, const char *sql)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	node_need(db_pool_take(realm_readers(n->realm), &lease, &why), &why);
	node_need(db_query_one(lease.db, sql, NULL, 0, &rows, &why), &why);
	return db_col_i64(&rows, 0);
}
