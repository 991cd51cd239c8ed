#include "exchange.h"

#include "account.h"
#include "log.h"
#include "partners_p.h"
#include "purge.h"
#include "tls_key.h"

/* The identity of the node goes with what it releases first. */
#define FIRST(n) ((n) + 1)

#define GREEN_OBJECTS "SELECT COUNT(*) FROM object WHERE type = 'indicator' AND withdrawn_at = 0"

/* ---- what two nodes know, to see that nothing changes ---- */

static const char *const counts[] = {
	"SELECT COUNT(*) FROM object",
	"SELECT n_leaves FROM ledger_head",
	"SELECT COUNT(*) FROM ledger_checkpoint",
	"SELECT COUNT(*) FROM ledger_cosignature",
	"SELECT COUNT(*) FROM witnessed",
	"SELECT COUNT(*) FROM event",
	"SELECT COUNT(*) FROM receipt",
	"SELECT COALESCE(MAX(at), 0) FROM pull",
	"SELECT COUNT(*) FROM pull",
	"SELECT COALESCE(MAX(at), 0) FROM ledger_cosignature",
};
struct snapshot {
	int64_t count[NODES_MAX][COUNTOF(counts)];
};

static struct snapshot
take_snapshot(struct node *const *nodes, size_t n)
{
	struct snapshot s = { 0 };

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < COUNTOF(counts); k++)
			s.count[i][k] = node_count(nodes[i], counts[k]);
	}
	return s;
}

static void
good_rounds(struct node *const *nodes, size_t n, int rounds)
{
	for (int r = 0; r < rounds; r++) {
		for (size_t i = 0; i < n; i++)
			(void)node_good_round(nodes[i]);
	}
}

/* After a few rounds nobody writes anything any more (law 6). */
static void
assert_peace(struct node *const *nodes, size_t n)
{
	good_rounds(nodes, n, 3);
	struct snapshot before = take_snapshot(nodes, n);

	good_rounds(nodes, n, 3);
	struct snapshot after = take_snapshot(nodes, n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < COUNTOF(counts); k++) {
			if (before.count[i][k] != after.count[i][k])
				fail_msg("%s: %s was %" PRId64 ", is %" PRId64, nodes[i]->name,
				    counts[k], before.count[i][k], after.count[i][k]);
		}
	}
}

/* A request of one node at another's peer listener. */
static unsigned
status_of(struct node *from, struct node *to, const char *target, struct str *ret_body)
{
	char base[64], cert[256], key[256];
	CLEANUP(http_client_freep) struct http_client *client = NULL;
	struct http_client_config config = { .base = base, .cert_file = cert, .key_file = key };
	struct http_call call = { .target = str_of(target) };
	struct http_answer answer;
	struct why why = { 0 };
	char pem[16 * KIB];
	struct hash pin;

	(void)snprintf(base, sizeof(base), "https://127.0.0.1:%u", http_server_port(to->server));
	(void)snprintf(cert, sizeof(cert), "%s/tls/peer.crt", realm_folder(from->realm));
	(void)snprintf(key, sizeof(key), "%s/tls/peer.key", realm_folder(from->realm));
	node_need(tls_pin_of_pem(node_file(to, "tls/peer.crt", pem, sizeof(pem)), &pin, &why),
	    &why);
	config.pin = pin.byte;
	node_need(http_client_new(&config, &client, &why), &why);
	node_need(http_client_call(client, &call, &answer, &why), &why);
	if (ret_body != NULL)
		*ret_body = arena_str(from->arena, answer.body);
	return answer.status;
}

/* ---- two ---- */

static void
strangers_and_partners_without_agreement(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");
	struct str body;

	(void)state;
	assert_int_equal(status_of(jp, in, "/in-jp/collections/", NULL), 401);
	node_meet(in, jp);
	assert_int_equal(status_of(jp, in, "/in-jp/collections/", &body), 403);
	assert_true(str_find(body, S("no agreement")) != SIZE_MAX);
	assert_int_equal(status_of(jp, in, "/exchange/v1/agreements", &body), 200);
	assert_true(str_is(body, "{\"agreements\":[]}"));
	assert_int_equal(status_of(jp, in, "/log/tile/entries/000.p/1", NULL), 403);
	assert_int_equal(status_of(jp, in, "/log/tile/../../keys/log.key", NULL), 404);
	assert_int_equal(status_of(jp, in, "/exchange/v1/proofs/local", NULL), 404);
	assert_int_equal(status_of(jp, in, "/exchange/v1/witnessed?origin=in.example/demo", NULL),
	    404);
}

/* Byte for byte what was released. */
static void
assert_same_bytes(struct node *in, struct node *jp, unsigned count)
{
	for (unsigned i = 1; i <= count; i++) {
		CLEANUP(db_pool_give) struct db_lease left = { 0 };
		CLEANUP(db_pool_give) struct db_lease right = { 0 };
		struct stored ours, theirs;
		struct why why = { 0 };

		node_need(db_pool_take(realm_readers(in->realm), &left, &why), &why);
		node_need(db_pool_take(realm_readers(jp->realm), &right, &why), &why);
		struct str id = node_indicator_id(in, i);
		node_need(store_latest(left.db, in->arena, id, &ours, &why), &why);
		node_need(store_latest(right.db, jp->arena, id, &theirs, &why), &why);
		assert_true(str_eq(ours.raw, theirs.raw));
		assert_true(str_is(theirs.provenance.giver, "IN:CERT"));
		assert_true(str_is(theirs.provenance.owner, "JP:CERT"));
		assert_true(str_is(theirs.provenance.received_under, "IN-JP"));
	}
}

static enum err
recall_job(struct db *db, void *arg, struct why *why)
{
	struct node *n = arg;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(n->realm);
	struct str id;
	const struct release_recall recall = {
		.source_id = node_indicator_id(n, 1),
		.to = S("JP:CERT"),
		.account = S("officer"),
		.reason = S("a mistake"),
	};
	const struct release_job job = {
		.db = db,
		.arena = n->arena,
		.ledger = realm_ledger(n->realm),
		.gate = gate_of(gate),
		.at = clock_wall(&clock_system),
	};

	return release_recall(&job, &recall, &id, why);
}

static void
suspend(struct node *n, const char *id)
{
	struct why why = { 0 };
	struct str envelope;
	const struct statement_wish wish = {
		.agreement = str_of(id),
		.verb = STATEMENT_SUSPEND,
		.scope = S("all"),
		.reason = S("a test"),
	};

	node_need(realm_statement_make(n->realm, &wish, n->arena, &envelope, &why), &why);
}

static void
two_exchange(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");
	struct node *const both[] = { in, jp };
	struct exchange_round round;
	struct why why = { 0 };

	(void)state;
	node_meet_both(in, jp);
	node_agree(in, jp);
	good_rounds(both, 2, 1);
	assert_int_equal(status_of(jp, in, "/in-jp/collections/", NULL), 200);

	/* Import is not release. */
	node_import(in, 5);
	good_rounds(both, 2, 1);
	assert_int_equal(node_count(jp, GREEN_OBJECTS), 0);

	assert_int_equal(node_release(in, jp, 1, 3), FIRST(3));
	round = node_good_round(jp);
	assert_int_equal(round.received, FIRST(3));
	assert_int_equal(round.refused, 0);
	assert_int_equal(round.receipts, FIRST(3));
	assert_same_bytes(in, jp, 3);
	assert_int_equal(node_count(in, "SELECT COUNT(*) FROM release_item WHERE received_at > 0"),
	    FIRST(3));
	assert_peace(both, 2);
	assert_int_equal(node_count(in, "SELECT MAX(size) FROM ledger_cosignature"),
	    node_count(in, "SELECT n_leaves FROM ledger_head"));
	assert_int_equal(node_count(jp, "SELECT MAX(size) FROM ledger_cosignature"),
	    node_count(jp, "SELECT n_leaves FROM ledger_head"));

	/* Recall: taken out there before it is answered. */
	node_need(realm_write(in->realm, recall_job, in, &why), &why);
	node_need(realm_settle(in->realm, &why), &why);
	round = node_good_round(in);
	assert_int_equal(round.recalls_answered, 1);
	assert_int_equal(node_count(jp, GREEN_OBJECTS), 2);
	assert_int_equal(
	    node_count(in,
	        "SELECT COUNT(*) FROM recall WHERE state = 'answered' AND answer = 'removed'"),
	    1);
	assert_peace(both, 2);

	/* Released again, it is shown again. */
	assert_int_equal(node_release(in, jp, 1, 1), 1);
	good_rounds(both, 2, 1);
	assert_int_equal(node_count(jp, GREEN_OBJECTS), 3);

	/* The door closes at once on the side that said so, and soon on the other. */
	suspend(jp, "IN-JP");
	assert_int_equal(status_of(in, jp, "/in-jp/collections/", NULL), 403);
	good_rounds(both, 2, 1);
	assert_int_equal(status_of(jp, in, "/in-jp/collections/", NULL), 403);
	assert_int_equal(node_release(in, jp, 4, 5), 0);
	assert_peace(both, 2);
	assert_int_equal(node_count(jp, GREEN_OBJECTS), 3);
}

static enum err
sql_job(struct db *db, void *arg, struct why *why)
{
	return db_exec(db, arg, NULL, 0, NULL, why);
}

static void
change(struct node *n, const char *sql)
{
	struct why why = { 0 };

	node_need(realm_write(n->realm, sql_job, (void *)(uintptr_t)sql, &why), &why);
	node_need(realm_gate_reload(n->realm, &why), &why);
}

/* While what rested on a consent is taken back nobody reads, and what partners give
 * comes in all the same; nothing is lost. */
static void
shut_while_closing(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");

	(void)state;
	node_meet_both(in, jp);
	node_agree(in, jp);
	node_import(in, 1);
	node_import(jp, 1);
	assert_int_equal(node_release(in, jp, 1, 1), FIRST(1));
	assert_int_equal(node_release(jp, in, 1, 1), FIRST(1));
	change(in,
	    "INSERT INTO consent (id, identity, scope, recipient, valid_until, withdrawn_at,"
	    " added_at, actor, owner, closing) VALUES ('c', 'i', 'name', '', 9, 1, 0, 'leela',"
	    " 'IN:CERT-IN', 1)");
	assert_int_equal(status_of(jp, in, "/in-jp/collections/", NULL), 503);
	(void)node_round(jp);
	assert_int_equal(node_count(jp, "SELECT COUNT(*) FROM receipt"), 0);
	assert_int_equal(node_good_round(in).received, FIRST(1));
	change(in, "UPDATE consent SET closing = 0");
	assert_int_equal(status_of(jp, in, "/in-jp/collections/", NULL), 200);
	assert_int_equal(node_good_round(jp).received, FIRST(1));
}

/* As if all that is here had gone to a third one. */
#define RELEASED_BEFORE                                                                           \
	"INSERT INTO release_item (order_id, ordinal, agreement, recipient, owner, source_id, "   \
	"version, state, outcome, preview_hash, leaving_id, bytes, copied, copy_modified, "       \
	"decision, facts, rules_hash, nonce, approvals_needed, reason, leaf, place, changed_at, " \
	"received_at, receipt, decided_epoch, valid_until) SELECT 'o', date_added, 'A', "         \
	"'KR:KISA', owner, object_id, version, 'released', 'ALLOW', raw_hash, object_id, '', 0, " \
	"0, '', '', '', '', '', '', -1, 0, 1, 0, '', 0, 9000000000000000 FROM object "            \
	"WHERE type = 'indicator' OR type = 'identity'"

/* What we hold as our own is replaced by nobody: other bytes are refused, the
 * same are nothing new. */
static void
own_objects_stay(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");
	struct node *const both[] = { in, jp };
	struct why why = { 0 };
	struct stored kept;

	(void)state;
	node_meet_both(in, jp);
	node_agree(in, jp);
	node_import(in, 3);
	node_import_as(jp, in, 1, "203.0.113.1");
	node_import_as(jp, in, 2, "192.0.2.66");
	/* Ours was released before: what comes under its id makes nobody decide that again. */
	change(jp, RELEASED_BEFORE);
	assert_int_equal(node_release(in, jp, 1, 3), FIRST(3));
	struct exchange_round round = node_good_round(jp);
	assert_int_equal(round.received, FIRST(1));
	assert_int_equal(round.refused, 1);
	assert_int_equal(node_count(in, "SELECT COUNT(*) FROM release_item WHERE receipt LIKE"
	                                " '%we hold an object of our own under this id%refused%'"),
	    1);
	assert_int_equal(node_count(jp, "SELECT COUNT(*) FROM object WHERE giver <> ''"), FIRST(1));
	assert_int_equal(node_count(jp, "SELECT COUNT(*) FROM object_conflict"), 0);
	assert_int_equal(node_count(jp, "SELECT COUNT(*) FROM release_item WHERE order_id = 'o'"
	                                " AND valid_until > 0"),
	    3);
	change(jp, "DELETE FROM release_item WHERE order_id = 'o'");
	{
		CLEANUP(db_pool_give) struct db_lease lease = { 0 };
		node_need(db_pool_take(realm_readers(jp->realm), &lease, &why), &why);
		node_need(store_latest(lease.db, jp->arena, node_indicator_id(in, 2), &kept, &why),
		    &why);
		assert_true(str_find(kept.raw, S("192.0.2.66")) != SIZE_MAX);
	}
	assert_peace(both, 2);
}

/* ---- a recipient purges what it received ---- */

static enum err
purge_job(struct db *db, void *arg, struct why *why)
{
	struct node *jp = ((struct node **)arg)[0], *in = ((struct node **)arg)[1];
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(jp->realm);
	const struct realm_identity *us = realm_identity(jp->realm);
	const struct account legal = {
		.name = S("leela"),
		.display = S("leela"),
		.organisation = us->organisation,
		.enclaves = us->enclave,
		.roles = S("legal"),
	};
	const struct release_job job = {
		.db = db,
		.arena = jp->arena,
		.ledger = realm_ledger(jp->realm),
		.gate = gate_of(gate),
		.at = clock_wall(realm_clock(jp->realm)),
	};
	const struct release_purge purge = {
		.id = node_indicator_id(in, 1),
		.of = { us->organisation, us->enclave },
		.account = legal.name,
		.reason = S("the case is closed"),
	};
	size_t gone = 0;

	TRY(store_account_create(db, &legal, why));
	return release_purge(&job, &purge, &gone, why);
}

/* The giver is told, with a leaf; what it holds itself stays. */
static void
a_purge_is_told(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");
	struct node *const both[] = { in, jp };
	struct node *arg[] = { jp, in };
	struct why why = { 0 };

	(void)state;
	node_meet_both(in, jp);
	node_agree(in, jp);
	node_import(in, 2);
	assert_int_equal(node_release(in, jp, 1, 2), FIRST(2));
	(void)node_good_round(jp);
	node_need(realm_write(jp->realm, purge_job, arg, &why), &why);
	node_need(realm_settle(jp->realm, &why), &why);
	assert_int_equal(node_count(jp, GREEN_OBJECTS), 1);
	assert_int_equal(node_good_round(jp).receipts, 1);
	assert_int_equal(node_count(in, "SELECT COUNT(*) FROM release_item WHERE receipt LIKE"
	                                " '%\"purged\"%'"),
	    1);
	assert_int_equal(node_count(jp, "SELECT COUNT(*) FROM receipt WHERE LENGTH(proof) = 0"), 1);
	assert_int_equal(node_count(in, "SELECT COUNT(*) FROM object WHERE LENGTH(raw) = 0"), 0);
	assert_peace(both, 2);
	assert_int_equal(node_count(jp, GREEN_OBJECTS), 1);
}

/* Pages of more objects than one holds, and a restart between them. */
static void
many_pages(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");
	struct node *const both[] = { in, jp };

	(void)state;
	node_meet_both(in, jp);
	node_agree(in, jp);
	node_import(in, 600);
	assert_int_equal(node_release(in, jp, 1, 600), FIRST(600));
	struct exchange_round round = node_good_round(jp);
	assert_int_equal(round.received, FIRST(600));
	assert_int_equal(round.receipts, FIRST(600));
	node_close(jp);
	node_open(jp, 0);
	assert_int_equal(node_good_round(jp).received, 0);
	assert_int_equal(node_count(jp, GREEN_OBJECTS), 600);
	(void)both;
}

/* ---- three ---- */

static void
ring_of_three(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");
	CLEANUP(node_freep) struct node *kr = node_new("KR");
	struct node *const ring[] = { in, jp, kr };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		node_meet_both(ring[i], ring[(i + 1) % 3]);
		node_import(ring[i], 4);
	}
	for (size_t i = 0; i < 3; i++)
		node_agree(ring[i], ring[(i + 1) % 3]);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(node_release(ring[i], ring[(i + 1) % 3], 1, 4), FIRST(4));
	assert_peace(ring, 3);
	for (size_t i = 0; i < 3; i++)
		/* Imported, released, received. */
		assert_int_equal(node_count(ring[i], GREEN_OBJECTS), 4 + 4 + 4);
}

/* ---- threads ---- */

static bool
wait_for(const struct node *n, const char *sql, int64_t want)
{
	for (int i = 0; i < 500; i++) {
		if (node_count(n, sql) == want)
			return true;
		(void)usleep(20'000);
	}
	return false;
}

static void
workers_bring_it(void **state)
{
	CLEANUP(node_freep) struct node *in = node_new("IN");
	CLEANUP(node_freep) struct node *jp = node_new("JP");
	struct why why = { 0 };

	(void)state;
	node_meet_both(in, jp);
	node_agree(in, jp);
	node_import(in, 2);
	node_need(exchange_start(in->exchange, &why), &why);
	node_need(exchange_start(jp->exchange, &why), &why);
	assert_int_equal(node_release(in, jp, 1, 2), FIRST(2));
	exchange_wake(jp->exchange);
	assert_true(wait_for(jp, GREEN_OBJECTS, 2));
	assert_true(
	    wait_for(in, "SELECT COUNT(*) FROM release_item WHERE received_at > 0", FIRST(2)));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	log_set_level(LOG_WARNING);
	CASE(&cases, strangers_and_partners_without_agreement);
	CASE(&cases, two_exchange);
	CASE(&cases, shut_while_closing);
	CASE(&cases, own_objects_stay);
	CASE(&cases, a_purge_is_told);
	CASE(&cases, many_pages);
	CASE(&cases, ring_of_three);
	CASE(&cases, workers_bring_it);
	return cases_run("exchange", &cases, argc, argv);
}
