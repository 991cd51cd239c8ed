/* Lanes: one for each peer, so that a slow partner delays nobody else. */
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "exchange_p.h"
#include "http_client.h"
#include "log.h"

enum {
	STEP_ARENA_MAX = 64 * MIB, /* agreements of both sides, a page of receipts */
	PEERS_ARENA_MAX = 8 * MIB, /* all peers with their invitations */
	PATH_BYTES_MAX = 4096,
	URL_BYTES_MAX = 1024,
	NAME_BYTES_MAX = 256,
	/* A partner that cannot be reached is asked less and less often; one that
	 * answers wrongly or refuses is soon asked again. */
	BACKOFF_FIRST_MS = 500,
	BACKOFF_LOST_MS = 60'000,
	BACKOFF_REFUSED_MS = 15'000,
	BACKOFF_DOUBLINGS = 10,
};

/* What is kept of one peer between rounds.  The lock is held during a round. */
struct lane {
	struct exchange *x;
	char name[NAME_BYTES_MAX];
	pthread_mutex_t lock;
	struct http_client *client; /* NULL: connect anew */
	char url[URL_BYTES_MAX];    /* that the client talks to */
	struct hash pin;
	unsigned failures; /* rounds in a row */
	bool lost;         /* the last one: nobody answered */
	char problem[WHY_TEXT_MAX];
	pthread_t thread;
	bool has_thread;
};

struct exchange {
	struct realm *realm;
	unsigned every_ms;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t cond;
	uint64_t wakes;
	bool stopping;
	bool started;
	pthread_t keeper;
	size_t lanes;
	struct lane *lane[PEERS_MAX];
};

/* ---- one round with one peer ---- */

static enum err
connect_peer(struct lane *lane, const struct peer *p, struct why *why)
{
	const char *folder = realm_folder(lane->x->realm);
	char cert[PATH_BYTES_MAX], key[PATH_BYTES_MAX];
	struct http_client_config config = {
		.base = lane->url,
		.pin = lane->pin.byte,
		.cert_file = cert,
		.key_file = key,
		.user_agent = "torana",
		.connect_ms = TALK_CONNECT_MS,
		.total_ms = TALK_TOTAL_MS,
	};

	if (lane->client != NULL && str_is(p->url, lane->url) && hash_eq(&p->tls_pin, &lane->pin))
		return OK;
	http_client_free(lane->client);
	lane->client = NULL;
	if (p->url.len >= sizeof(lane->url) ||
	    snprintf(cert, sizeof(cert), "%s/tls/peer.crt", folder) >= (int)sizeof(cert) ||
	    snprintf(key, sizeof(key), "%s/tls/peer.key", folder) >= (int)sizeof(key))
		return fail(why, ERR_INVALID, "exchange.path", "a path or an address is too long");
	(void)snprintf(lane->url, sizeof(lane->url), STR_FMT, STR_ARG(p->url));
	lane->pin = p->tls_pin;
	return http_client_new(&config, &lane->client, why);
}

/* The order matters: what was agreed opens the door, recalls go before new
 * things, and our receipts are leaves that want to be cosigned, too. */
static enum err (*const steps[])(struct talk *t, struct arena *a, struct why *why) = {
	talk_agreements,
	talk_cosign,
	talk_recalls,
	talk_pull,
	talk_receipts,
	talk_cosign,
};

/* Nobody answers, or somebody else does: the other steps would fail as well. */
static bool
is_lost(enum err err, const struct why *why)
{
	return err == ERR_IO || (why->code != NULL && strcmp(why->code, "http.pin") == 0);
}

static enum err
run_steps(struct talk *t, bool *ret_lost, struct why *why)
{
	enum err result = OK;

	for (size_t i = 0; i < COUNTOF(steps); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(STEP_ARENA_MAX);
		struct why bad = { 0 };
		enum err err = steps[i](t, a, &bad);

		if (err == OK)
			continue;
		if (result == OK)
			*why = bad;
		result = result == OK ? err : result;
		*ret_lost = is_lost(err, &bad);
		if (*ret_lost)
			break;
	}
	return result;
}

static enum err
run_talk(struct lane *lane, const struct peer *p, struct exchange_round *count, struct why *why)
{
	struct talk t = { .realm = lane->x->realm, .peer = p, .count = count };

	lane->lost = false;
	TRY(note_key_parse(p->log_key, &t.log_key, why));
	TRY(note_key_parse(p->witness_key, &t.witness_key, why));
	TRY(connect_peer(lane, p, why));
	t.client = lane->client;
	enum err err = run_steps(&t, &lane->lost, why);
	if (lane->lost) {
		http_client_free(lane->client);
		lane->client = NULL;
		count->unreachable++;
	}
	return err;
}

/* The same complaint every few seconds is said once. */
static void
note_problem(struct lane *lane, struct str name, struct why *why)
{
	why_prefix(why, STR_FMT, STR_ARG(name));
	if (strcmp(lane->problem, why->text) == 0)
		return;
	memcpy(lane->problem, why->text, sizeof(lane->problem));
	log_event(LOG_WARNING, "exchange.peer-problem", LOG_STR("peer", name), LOG_WHY(why));
	if (event_write(lane->x->realm, "exchange.peer-problem", name, S(""), NULL) != OK)
		return; /* the log has it */
}

static enum err
run_round(struct lane *lane, const struct peer *p, struct exchange_round *count)
{
	struct why why = { 0 };
	enum err err = run_talk(lane, p, count, &why);

	count->peers++;
	if (err != OK) {
		note_problem(lane, p->name, &why);
		memcpy(count->problem, why.text, sizeof(count->problem));
		lane->failures++;
		return err;
	}
	if (lane->problem[0] != '\0')
		log_event(LOG_NOTICE, "exchange.peer-well", LOG_STR("peer", p->name));
	lane->problem[0] = '\0';
	lane->failures = 0;
	return OK;
}

static void
lane_round(struct lane *lane, const struct peer *p, struct exchange_round *count)
{
	pthread_mutex_lock(&lane->lock);
	if (run_round(lane, p, count) != OK)
		assert(count->problem[0] != '\0');
	pthread_mutex_unlock(&lane->lock);
}

/* ---- lanes ---- */

static struct lane *
lane_of(struct exchange *x, struct str name)
{
	struct lane *lane = NULL;

	pthread_mutex_lock(&x->lock);
	for (size_t i = 0; i < x->lanes && lane == NULL; i++) {
		if (str_is(name, x->lane[i]->name))
			lane = x->lane[i];
	}
	if (lane == NULL && x->lanes < PEERS_MAX && name.len < NAME_BYTES_MAX) {
		lane = heap_new(sizeof(*lane), 1);
		lane->x = x;
		memcpy(lane->name, name.ptr, name.len);
		pthread_mutex_init(&lane->lock, NULL);
		x->lane[x->lanes++] = lane;
	}
	pthread_mutex_unlock(&x->lock);
	return lane;
}

static bool
is_spoken_to(const struct peer *p)
{
	return p->verified_at != 0 && str_is(p->kind, "torana");
}

static enum err
list_peers(struct exchange *x, struct arena *a, struct peer **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	TRY(db_pool_take(realm_readers(x->realm), &lease, why));
	return store_peers(lease.db, a, ret, ret_len, why);
}

/* ---- threads ---- */

/* Waits until it is time, somebody wakes us (when that counts), or the end.
 * false: the end. */
static bool
pause_for(struct exchange *x, unsigned ms, bool wakes_count, uint64_t *io_seen)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1'000'000;
	if (until.tv_nsec >= 1'000'000'000) {
		until.tv_sec++;
		until.tv_nsec -= 1'000'000'000;
	}
	pthread_mutex_lock(&x->lock);
	while (!x->stopping && !(wakes_count && x->wakes != *io_seen)) {
		if (pthread_cond_timedwait(&x->cond, &x->lock, &until) != 0)
			break;
	}
	*io_seen = x->wakes;
	bool goes_on = !x->stopping;
	pthread_mutex_unlock(&x->lock);
	return goes_on;
}

static unsigned
backoff_ms(unsigned failures, bool lost)
{
	unsigned doublings = failures - 1 < BACKOFF_DOUBLINGS ? failures - 1 : BACKOFF_DOUBLINGS;
	unsigned ms = (unsigned)BACKOFF_FIRST_MS << doublings;
	unsigned max = lost ? BACKOFF_LOST_MS : BACKOFF_REFUSED_MS;

	return ms < max ? ms : max;
}

/* Waking does not hurry a partner that cannot be reached. */
static bool
lane_pause(struct lane *lane, uint64_t *io_seen)
{
	struct exchange *x = lane->x;

	pthread_mutex_lock(&lane->lock);
	unsigned failures = lane->failures;
	bool lost = lane->lost;
	pthread_mutex_unlock(&lane->lock);
	if (failures == 0)
		return pause_for(x, x->every_ms, true, io_seen);
	return pause_for(x, backoff_ms(failures, lost), !lost, io_seen);
}

static void
lane_turn(struct lane *lane)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(PEERS_ARENA_MAX);
	struct exchange_round count = { 0 };
	struct peer peer;

	{
		CLEANUP(db_pool_give) struct db_lease lease = { 0 };

		if (db_pool_take(realm_readers(lane->x->realm), &lease, NULL) != OK ||
		    store_peer_find(lease.db, a, str_of(lane->name), &peer, NULL) != OK)
			return;
	}
	if (is_spoken_to(&peer))
		lane_round(lane, &peer, &count);
}

static void *
lane_main(void *arg)
{
	struct lane *lane = arg;
	uint64_t seen = 0;

	do
		lane_turn(lane);
	while (lane_pause(lane, &seen));
	return NULL;
}

/* Starts a lane for every peer that has none. */
static enum err
start_lanes(struct exchange *x, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(PEERS_ARENA_MAX);
	struct peer *peer = NULL;
	size_t n = 0;

	TRY(list_peers(x, a, &peer, &n, why));
	for (size_t i = 0; i < n; i++) {
		struct lane *lane = is_spoken_to(&peer[i]) ? lane_of(x, peer[i].name) : NULL;

		if (lane == NULL || lane->has_thread)
			continue;
		if (pthread_create(&lane->thread, NULL, lane_main, lane) != 0)
			return fail(why, ERR_IO, "exchange.thread", "cannot start a thread");
		lane->has_thread = true; /* only the keeper reads it, and the end */
	}
	return OK;
}

static void *
keeper_main(void *arg)
{
	struct exchange *x = arg;
	uint64_t seen = 0;
	bool goes_on = true;

	while (goes_on) {
		struct why why = { 0 };

		if (start_lanes(x, &why) != OK)
			log_event(LOG_ERROR, "exchange.stuck", LOG_WHY(&why));
		goes_on = pause_for(x, x->every_ms, true, &seen);
	}
	return NULL;
}

/* ---- the worker ---- */

enum err
exchange_new(const struct exchange_config *config, struct exchange **ret, struct why *why)
{
	pthread_condattr_t attr;

	if (config->every_ms == 0)
		return fail(why, ERR_USAGE, "exchange.every", "the pause between rounds is 0 ms");
	struct exchange *x = heap_new(sizeof(*x), 1);
	x->realm = config->realm;
	x->every_ms = config->every_ms;
	pthread_mutex_init(&x->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&x->cond, &attr);
	pthread_condattr_destroy(&attr);
	*ret = x;
	return OK;
}

enum err
exchange_start(struct exchange *x, struct why *why)
{
	assert(!x->started);
	if (pthread_create(&x->keeper, NULL, keeper_main, x) != 0)
		return fail(why, ERR_IO, "exchange.thread", "cannot start a thread");
	x->started = true;
	return OK;
}

void
exchange_wake(struct exchange *x)
{
	pthread_mutex_lock(&x->lock);
	x->wakes++;
	pthread_cond_broadcast(&x->cond);
	pthread_mutex_unlock(&x->lock);
}

void
exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	pthread_mutex_lock(&x->lock);
	x->stopping = true;
	pthread_cond_broadcast(&x->cond);
	pthread_mutex_unlock(&x->lock);
	if (x->started)
		(void)pthread_join(x->keeper, NULL);
	for (size_t i = 0; i < x->lanes; i++) {
		struct lane *lane = x->lane[i];

		if (lane->has_thread)
			(void)pthread_join(lane->thread, NULL);
		http_client_free(lane->client);
		pthread_mutex_destroy(&lane->lock);
		heap_free(lane);
	}
	pthread_cond_destroy(&x->cond);
	pthread_mutex_destroy(&x->lock);
	heap_free(x);
}

enum err
exchange_round(struct exchange *x, struct exchange_round *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(PEERS_ARENA_MAX);
	struct peer *peer = NULL;
	size_t n = 0;

	*ret = (struct exchange_round){ 0 };
	TRY(list_peers(x, a, &peer, &n, why));
	for (size_t i = 0; i < n; i++) {
		struct lane *lane = is_spoken_to(&peer[i]) ? lane_of(x, peer[i].name) : NULL;

		if (lane != NULL)
			lane_round(lane, &peer[i], ret);
	}
	return OK;
}
