/* Does the log that a partner shows in a proof continue the log we cosigned? */
#include "codec.h"
#include "exchange_p.h"
#include "log.h"
#include "tile.h"

enum {
	/* Hashes of the longest proof, and a checkpoint. */
	REQUEST_MAX = MERKLE_PROOF_MAX * 45 + NOTE_BYTES_MAX + 64,
	TILE_BYTES = TILE_WIDTH * HASH_BYTES,
	/* We cosigned something newer between reading and asking: once more. */
	RACES_MAX = 3,
};

/* ---- the partner's tiles as a source of hashes ---- */

struct tile_fetch {
	struct talk *talk;
	struct arena *arena;
};

static enum err
fetch_tile(struct tile_fetch *f, const struct tile *tile, struct talk_answer *ret, struct why *why)
{
	char path[TILE_PATH_MAX];

	tile_path(tile, path);
	const struct talk_ask ask = {
		.target = arena_printf(f->arena, "/log/%s", path),
		.accept = "application/octet-stream",
		.answer_max = TILE_BYTES,
	};
	return talk_ok(f->talk, &ask, f->arena, ret, why);
}

/* A partial tile may be gone when the complete one is there. */
static enum err
read_tile(void *ctx, const struct tile *tile, struct hash *ret, struct why *why)
{
	struct tile_fetch *f = ctx;
	struct tile whole = *tile;
	struct talk_answer answer;
	enum err err = fetch_tile(f, tile, &answer, why);

	if (err == ERR_NOT_FOUND && tile->width < TILE_WIDTH) {
		whole.width = TILE_WIDTH;
		err = fetch_tile(f, &whole, &answer, why);
		answer.body = str_sub(answer.body, 0, (size_t)tile->width * HASH_BYTES);
	}
	return err == OK ? tile_parse(answer.body, tile->width, ret, why) : err;
}

static enum err
prove(struct talk *t, struct arena *a, uint64_t from, uint64_t to, struct merkle_proof *ret,
    struct why *why)
{
	struct tile_fetch fetch = { .talk = t, .arena = a };
	struct tile_source *tiles = arena_make(a, struct tile_source, 1);

	*ret = (struct merkle_proof){ 0 };
	if (from == 0 || from == to)
		return OK;
	if (tiles == NULL)
		return fail(why, ERR_LIMIT, "exchange.memory", "no room for a tile");
	*tiles = (struct tile_source){ .read = read_tile, .ctx = &fetch, .size = to };
	struct merkle_source source = tile_source_of(tiles);
	return merkle_prove_consistency(&source, from, to, ret, why);
}

/* ---- cosigning what a proof showed ---- */

struct witness_job {
	struct talk *talk;
	struct arena *arena;
	struct str request;
	struct witness_answer answer;
};

static enum err
run_witness(struct db *db, void *arg, struct why *why)
{
	struct witness_job *job = arg;
	struct realm *r = job->talk->realm;

	const struct witness_ask ask = {
		.log_key = &job->talk->log_key,
		.request = job->request,
		.at = clock_wall(realm_clock(r)),
	};

	return ledger_witness(realm_ledger(r), db, &ask, job->arena, &job->answer, why);
}

/* As if the partner had asked us to cosign this checkpoint: check, store and
 * keep of evidence are one place for both roads. */
static enum err
witness(struct witness_job *job, struct str checkpoint, uint64_t old_size,
    const struct merkle_proof *proof, struct why *why)
{
	CLEANUP(buf_free) struct buf body = buf_new(REQUEST_MAX);

	buf_printf(&body, "old %" PRIu64 "\n", old_size);
	for (size_t i = 0; i < proof->len; i++) {
		base64_put(&body, BASE64_STD, proof->node[i].byte, HASH_BYTES);
		buf_putc(&body, '\n');
	}
	buf_putc(&body, '\n');
	buf_put(&body, checkpoint);
	TRY(buf_check(&body, "a checkpoint", why));
	job->request = buf_str(&body);
	return realm_with_writer(job->talk->realm, run_witness, job, why);
}

static enum err
read_witnessed(struct talk *t, struct arena *a, struct merkle_head *ret, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct str note;

	TRY(db_pool_take(realm_readers(t->realm), &lease, why));
	return ledger_witnessed(lease.db, str_of(t->log_key.name), a, ret, &note, why);
}

static enum err
contradicts(struct talk *t, const struct merkle_head *head, struct str detail, struct why *why)
{
	enum err err = fail(why, ERR_TAMPERED, "exchange.equivocation",
	    "the log of " STR_FMT " with %" PRIu64
	    " leaves does not continue the one we cosigned: " STR_FMT,
	    STR_ARG(t->peer->name), head->size, STR_ARG(str_trim(detail)));

	log_event(LOG_ERROR, "exchange.equivocation", LOG_STR("peer", t->peer->name),
	    LOG_STR("why", str_trim(detail)));
	TRY(event_write(t->realm, "exchange.equivocation", t->peer->name, S(""), NULL));
	return err;
}

/* An older head than the last: what we cosigned must continue it. */
static enum err
check_older(struct talk *t, const struct merkle_head *shown, const struct merkle_head *known,
    struct arena *a, struct why *why)
{
	struct merkle_proof proof;
	struct why reason = { 0 };

	TRY(prove(t, a, shown->size, known->size, &proof, why));
	if (merkle_verify_consistency(shown, known, &proof, &reason) != OK)
		return contradicts(t, shown, str_of(reason.text), why);
	return OK;
}

enum err
talk_vouch(struct talk *t, const struct arrival *shown, struct merkle_head *io_last,
    struct arena *a, struct why *why)
{
	if (merkle_head_eq(&shown->head, io_last))
		return OK;
	for (int i = 0; i < RACES_MAX; i++) {
		struct merkle_head known;
		struct merkle_proof proof;
		struct witness_job job = { .talk = t, .arena = a };

		TRY(read_witnessed(t, a, &known, why));
		if (merkle_head_eq(&shown->head, &known)) {
			*io_last = known;
			return OK;
		}
		if (shown->head.size < known.size) {
			TRY(check_older(t, &shown->head, &known, a, why));
			*io_last = shown->head;
			return OK;
		}
		TRY(prove(t, a, known.size, shown->head.size, &proof, why));
		TRY(witness(&job, shown->checkpoint, known.size, &proof, why));
		if (job.answer.status == 200) {
			*io_last = shown->head;
			return OK;
		}
		if (job.answer.status != 409)
			return contradicts(t, &shown->head, job.answer.text, why);
	}
	return fail(why, ERR_CONFLICT, "exchange.race",
	    "the log of " STR_FMT " grows faster than it can be checked", STR_ARG(t->peer->name));
}
