/* ledger FOLDER LEAVES PROOFS: leaves appended and published, then proved.
 *
 * A leaf is a batch of one record, as releasing a single object makes it.
 * Every GROUP leaves share a commit and a checkpoint, both durable. */
#include "ledger.h"

#include <sys/stat.h>

#include "bench.h"
#include "store.h"

enum {
	GROUP = 256, /* as many jobs as the committer takes into one transaction */
	ARENA_MAX = 64 * MIB,
	SEED_LOG = 1,
	SEED_WITNESS = 2,
	PATH_BYTES = 4096,
};

static struct sign_key *
key_of(uint8_t which)
{
	uint8_t seed[SIGN_SEED_BYTES] = { which };

	return sign_key_from_seed(seed);
}

static double
wall_s(void)
{
	return (double)clock_monotonic(&clock_system) / US_PER_S;
}

static void
append_group(struct ledger *l, struct db *db, uint64_t first)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct why why = { 0 };

	bench_need(db_begin(db, &txn, &why), &why);
	for (uint64_t i = first; i < first + GROUP; i++) {
		char text[256];
		uint64_t leaf = 0;

		(void)snprintf(text, sizeof(text),
		    "{\"codes\":[\"A-ALLOW\"],\"n\":%" PRIu64
		    ",\"object\":\"indicator--00000000-0000-4000-8000-%012" PRIx64
		    "\",\"outcome\":\"release\"}",
		    i, i);
		const struct str record = str_of(text);
		const struct ledger_batch batch = {
			.head = S("{\"order\":\"o-1\"}"),
			.record = &record,
			.records = 1,
			.at = clock_wall(&clock_system),
		};
		bench_need(ledger_append_batch(l, db, &batch, &leaf, &why), &why);
	}
	bench_need(db_commit(&txn, &why), &why);
}

static void
append_all(struct ledger *l, struct db *db, uint64_t leaves)
{
	struct why why = { 0 };
	uint64_t size = 0;
	double cpu_s = bench_cpu_s(), begun_s = wall_s();

	for (uint64_t i = 0; i < leaves; i += GROUP) {
		append_group(l, db, i);
		bench_need(ledger_publish(l, db, &clock_system, &size, &why), &why);
	}
	(void)printf("{\"leaves\": %" PRIu64 ", \"append_cpu_s\": %.6f, \"append_wall_s\": %.6f",
	    size, bench_cpu_s() - cpu_s, wall_s() - begun_s);
}

static void
prove_some(struct ledger *l, struct db *db, uint64_t leaves, uint64_t proofs)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct why why = { 0 };
	struct note_key log_key;
	double make_s = 0, verify_s = 0;

	if (!ledger_log_key(l, &log_key))
		bench_die("ledger", "has no key");
	for (uint64_t i = 0; i < proofs; i++) {
		struct ledger_proved proved;
		struct str proof;
		double begun_s = bench_cpu_s();

		/* A step that is prime to the size: leaves from all over the tree. */
		const struct ledger_place place = { .leaf = i * 7919 % leaves };
		bench_need(ledger_prove(l, db, &place, a, &proof, &why), &why);
		double made_s = bench_cpu_s();
		bench_need(ledger_proof_verify(a, proof, &log_key, NULL, &proved, &why), &why);
		verify_s += bench_cpu_s() - made_s;
		make_s += made_s - begun_s;
		arena_clear(a);
	}
	(void)printf(", \"proofs\": %" PRIu64 ", \"prove_cpu_s\": %.6f, \"verify_cpu_s\": %.6f}\n",
	    proofs, make_s, verify_s);
}

int
main(int argc, char **argv)
{
	CLEANUP(sign_key_freep) struct sign_key *log_key = key_of(SEED_LOG);
	CLEANUP(sign_key_freep) struct sign_key *witness_key = key_of(SEED_WITNESS);
	CLEANUP(ledger_closep) struct ledger *l = NULL;
	CLEANUP(db_closep) struct db *db = NULL;
	struct why why = { 0 };
	char place[PATH_BYTES];
	uint64_t leaves = 0, proofs = 0;

	if (argc != 4 || !str_to_u64(str_of(argv[2]), INT32_MAX, &leaves) || leaves % GROUP != 0 ||
	    !str_to_u64(str_of(argv[3]), INT32_MAX, &proofs))
		bench_die("usage", "ledger FOLDER LEAVES PROOFS; LEAVES is a multiple of 256");
	const struct ledger_config config = { argv[1], S("in.example/bench"), log_key,
		witness_key };
	(void)snprintf(place, sizeof(place), "%s/store.db", argv[1]);
	bench_need(db_open(&(struct db_config){ .place = place }, &db, &why), &why);
	bench_need(db_migrate(db, store_migrations, store_migrations_count, NULL, &why), &why);
	bench_need(ledger_open(&config, &l, &why), &why);
	bench_need(ledger_recover(l, db, &clock_system, &why), &why);
	append_all(l, db, leaves);
	prove_some(l, db, leaves, proofs);
	return 0;
}
