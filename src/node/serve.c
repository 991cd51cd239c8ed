#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "acknowledge.h"
#include "consent.h"
#include "derive.h"
#include "exchange.h"
#include "http_server.h"
#include "log.h"
#include "node.h"
#include "retain.h"
#include "site_p.h"

enum {
	PATH_BYTES = 4096,
	PEM_BYTES = 64 * KIB,
	/* How often standing orders look for work and timers run out. */
	TIMER_MS = 1000,
	TIMER_ARENA_MAX = 512 * MIB,
	/* How long queries are filled before the timer looks at what else is due. */
	DERIVE_MS = 500,
	/* Retention is counted in days. */
	RETAIN_EVERY_S = 600,
};

/* Everything that runs while a node serves. */
struct node {
	struct node_config config;
	struct realm *realm;
	struct exchange *exchange;
	struct feeds *feeds;
	struct node_site people_site, peer_site, control_site;
	struct http_server *people, *peer, *control;
	char people_url[300], peer_url[300];
	pthread_t timer;
	bool timer_runs;
	pthread_mutex_t timer_lock;
	pthread_cond_t timer_wake;
	bool stopping;
	time_us retained_at; /* when nothing was left whose retention had ended */
};

/* ---- standing orders, expiry, references ---- */

struct tick {
	struct node *node;
	struct arena *arena;
	const struct gate *gate;
	size_t released;
	struct release_tightened tightened, shown;
	struct release_retained retained;
	struct consent_closing closing;
	bool deriving; /* queries have more to look at */
};

static struct release_job
tick_job(const struct tick *t, struct db *db)
{
	return (struct release_job){
		.db = db,
		.arena = t->arena,
		.ledger = realm_ledger(t->node->realm),
		.gate = t->gate,
		.at = clock_wall(realm_clock(t->node->realm)),
	};
}

static enum err
tighten_step(struct db *db, void *arg, struct why *why)
{
	struct tick *t = arg;
	const struct release_job job = tick_job(t, db);

	TRY(store_refs_catch_up(db, why));
	return release_tighten(&job, &t->tightened, why);
}

static enum err
showings_step(struct db *db, void *arg, struct why *why)
{
	struct tick *t = arg;
	const struct release_job job = tick_job(t, db);

	return release_showings_again(&job, &t->shown, why);
}

static enum err
standing_step(struct db *db, void *arg, struct why *why)
{
	struct tick *t = arg;
	const struct release_job job = tick_job(t, db);

	TRY(store_refs_catch_up(db, why));
	return release_standing_run(&job, &t->released, why);
}

static enum err
acknowledge_step(struct db *db, void *arg, struct why *why)
{
	const struct release_job job = tick_job(arg, db);

	return release_acknowledge(&job, why);
}

static enum err
retain_step(struct db *db, void *arg, struct why *why)
{
	struct tick *t = arg;
	const struct release_job job = tick_job(t, db);

	if (job.at - t->node->retained_at < RETAIN_EVERY_S * US_PER_S)
		return OK;
	TRY(release_retain(&job, &t->retained, why));
	if (!t->retained.more)
		t->node->retained_at = job.at;
	return OK;
}

static enum err
close_job(struct db *db, void *arg, struct why *why)
{
	struct tick *t = arg;
	const struct release_job job = tick_job(t, db);

	return release_consent_close(&job, S(""), &t->closing, why);
}

static enum err
derive_step(struct db *db, void *arg, struct why *why)
{
	struct tick *t = arg;

	return store_derive_step(db, clock_wall(realm_clock(t->node->realm)), &t->deriving, why);
}

static bool
is_stopping(struct node *n)
{
	pthread_mutex_lock(&n->timer_lock);
	bool stopping = n->stopping;
	pthread_mutex_unlock(&n->timer_lock);
	return stopping;
}

/* The withdrawal of a consent that a crash or an error cut short: the gate stays
 * shut to partners until all that rested on it is closed. */
static enum err
close_consents(struct node *n, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(TIMER_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(n->realm);
	struct tick t = { .node = n, .arena = a, .gate = gate_of(gate) };

	if (!t.gate->closing)
		return OK;
	for (t.closing.more = true; t.closing.more && !is_stopping(n);) {
		arena_clear(a);
		TRY(realm_write(n->realm, close_job, &t, why));
	}
	TRY(realm_gate_reload(n->realm, why));
	return realm_settle(n->realm, why);
}

/* What the timer does, the strictest first.  Each step is a transaction of its own: one that
 * cannot be done keeps no other from acting. */
static const struct step {
	const char *name;
	db_job_fn *run;
} steps[] = {
	{ "tighten", tighten_step },
	{ "showings", showings_step },
	{ "standing orders", standing_step },
	{ "acknowledgements", acknowledge_step },
	{ "retention", retain_step },
};

static void
tick_failed(const char *step, const struct why *why)
{
	log_event(LOG_ERROR, "node.timer", LOG_STR("step", str_of(step)), LOG_WHY(why));
}

/* What queries have still to look at, in transactions between which others come to write;
 * then the timer has other things to do. */
static void
derive(struct tick *t)
{
	const struct clock *clock = realm_clock(t->node->realm);
	time_us until = clock_monotonic(clock) + (DERIVE_MS * US_PER_S) / 1000;
	struct why why = { 0 };

	do {
		if (realm_write(t->node->realm, derive_step, t, &why) != OK) {
			tick_failed("queries", &why);
			t->deriving = false;
		}
	} while (t->deriving && !is_stopping(t->node) && clock_monotonic(clock) < until);
}

/* Returns whether there is more to do at once. */
static bool
tick(struct node *n)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(TIMER_ARENA_MAX);
	struct why why = { 0 };

	if (close_consents(n, &why) != OK)
		tick_failed("consents", &why);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(n->realm);
	struct tick t = { .node = n, .arena = a, .gate = gate_of(gate) };
	for (size_t i = 0; i < COUNTOF(steps); i++) {
		why = (struct why){ 0 };
		arena_clear(a);
		if (realm_write(n->realm, steps[i].run, &t, &why) != OK)
			tick_failed(steps[i].name, &why);
	}
	bool acted = t.released + t.tightened.closed + t.shown.closed + t.retained.gone > 0;
	if (acted && realm_settle(n->realm, &why) != OK)
		tick_failed("checkpoint", &why);
	derive(&t);
	return t.deriving;
}

static void
wait_for_tick(struct node *n)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += TIMER_MS / 1000;
	pthread_cond_timedwait(&n->timer_wake, &n->timer_lock, &until);
}

static void *
run_timer(void *arg)
{
	struct node *n = arg;

	pthread_mutex_lock(&n->timer_lock);
	while (!n->stopping) {
		pthread_mutex_unlock(&n->timer_lock);
		bool more = tick(n);
		pthread_mutex_lock(&n->timer_lock);
		if (!n->stopping && !more)
			wait_for_tick(n);
	}
	pthread_mutex_unlock(&n->timer_lock);
	return NULL;
}

static enum err
start_timer(struct node *n, struct why *why)
{
	if (pthread_create(&n->timer, NULL, run_timer, n) != 0)
		return fail(why, ERR_IO, "node.thread", "the system gives no thread");
	n->timer_runs = true;
	return OK;
}

static void
stop_timer(struct node *n)
{
	if (!n->timer_runs)
		return;
	pthread_mutex_lock(&n->timer_lock);
	n->stopping = true;
	pthread_cond_signal(&n->timer_wake);
	pthread_mutex_unlock(&n->timer_lock);
	pthread_join(n->timer, NULL);
}

/* ---- listeners ---- */

static enum err
read_pem(const char *folder, const char *name, char *ret, struct why *why)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s/tls/%s", folder, name);
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return fail(why, ERR_IO, "node.tls", "cannot read %s", path);
	size_t n = fread(ret, 1, PEM_BYTES - 1, f);
	(void)fclose(f);
	ret[n] = '\0';
	return OK;
}

static enum err
listen_tls(struct node *n, struct http_server_config *c, const char *name, struct http_server **ret,
    struct why *why)
{
	char cert[PEM_BYTES], key[PEM_BYTES], file[64];

	(void)snprintf(file, sizeof(file), "%s.crt", name);
	TRY(read_pem(realm_folder(n->realm), file, cert, why));
	(void)snprintf(file, sizeof(file), "%s.key", name);
	TRY(read_pem(realm_folder(n->realm), file, key, why));
	c->cert_pem = cert;
	c->key_pem = key;
	c->limits = http_limits_preset();
	c->clock = realm_clock(n->realm);
	enum err err = http_server_start(c, ret, why);
	explicit_bzero(key, sizeof(key));
	c->cert_pem = c->key_pem = NULL; /* copied */
	return err;
}

/* The address that is announced has the port that was taken. */
static void
name_url(char *ret, size_t size, const char *wish, const char *address, uint16_t port)
{
	if (wish[0] == '\0')
		(void)snprintf(ret, size, "https://%s:%u", address, (unsigned)port);
	else if (wish != ret)
		(void)snprintf(ret, size, "%s", wish);
}

static enum err
start_people(struct node *n, struct why *why)
{
	struct http_server_config c = {
		.kind = HTTP_PEOPLE,
		.address = n->config.people_address,
		.port = n->config.people_port,
		.site = &n->people_site.site,
	};

	node_people_site(&n->people_site, n->realm, n->exchange, n->people_url);
	n->people_site.api.feeds = n->feeds;
	n->people_site.taxii.kept = taxii_kept_new();
	n->people_site.taxii.gzip = n->config.people_gzip != 0;
	n->people_site.taxii.rate = taxii_rate_new(n->config.people_requests);
	TRY(listen_tls(n, &c, "people", &n->people, why));
	name_url(n->people_url, sizeof(n->people_url), n->config.base_url, n->config.people_address,
	    http_server_port(n->people));
	return OK;
}

/* Where partners reach us, as they were told; it may not be where we listen. */
static enum err
announced_url(struct realm *r, char *ret, size_t size, struct why *why)
{
	enum { URL_ARENA_MAX = 64 * KIB };
	CLEANUP(arena_freep) struct arena *a = arena_new(URL_ARENA_MAX);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct str url = { 0 };

	TRY(db_pool_take(realm_readers(r), &lease, why));
	TRY(store_setting_get(lease.db, S("peer-url"), a, &url, why));
	while (url.len > 0 && url.ptr[url.len - 1] == '/')
		url.len--;
	(void)snprintf(ret, size, STR_FMT, STR_ARG(url));
	return OK;
}

static enum err
start_peer(struct node *n, struct why *why)
{
	struct http_server_config c = {
		.kind = HTTP_PEER,
		.address = n->config.peer_address,
		.port = n->config.peer_port,
		.site = &n->peer_site.site,
	};

	node_peer_site(&n->peer_site, n->realm, n->peer_url);
	n->peer_site.taxii.kept = taxii_kept_new();
	n->peer_site.taxii.rate = taxii_rate_new(n->config.peer_requests);
	TRY(listen_tls(n, &c, "peer", &n->peer, why));
	TRY(announced_url(n->realm, n->peer_url, sizeof(n->peer_url), why));
	name_url(n->peer_url, sizeof(n->peer_url), n->peer_url, n->config.peer_address,
	    http_server_port(n->peer));
	return OK;
}

static enum err
start_control(struct node *n, struct why *why)
{
	char path[PATH_BYTES];
	struct http_server_config c = {
		.kind = HTTP_CONTROL,
		.socket_path = path,
		.limits = http_limits_preset(),
		.clock = realm_clock(n->realm),
		.site = &n->control_site.site,
	};

	(void)snprintf(path, sizeof(path), "%s/control.sock", realm_folder(n->realm));
	node_control_site(&n->control_site, n->realm, n->exchange);
	n->control_site.api.feeds = n->feeds;
	return http_server_start(&c, &n->control, why);
}

static void
on_change(void *arg)
{
	struct node *n = arg;

	if (n->people != NULL)
		http_server_wake(n->people);
	if (n->control != NULL)
		http_server_wake(n->control);
	exchange_wake(n->exchange);
}

/* ---- the node ---- */

static enum err
start(struct node *n, const char *dir, struct why *why)
{
	struct realm_options options = { .clock = &clock_system };
	struct exchange_config exchange = { .every_ms = n->config.exchange_every_ms };

	TRY(realm_open(dir, n->config.realm, &options, &n->realm, why));
	exchange.realm = n->realm;
	TRY(exchange_new(&exchange, &n->exchange, why));
	n->feeds = feeds_new(n->realm);
	TRY(start_people(n, why));
	TRY(start_peer(n, why));
	TRY(start_control(n, why));
	realm_listen(n->realm, on_change, n);
	TRY(exchange_start(n->exchange, why));
	TRY(feeds_start(n->feeds, why));
	return start_timer(n, why);
}

/* Listeners first: what they ask for is still there while they end. */
static void
stop(struct node *n)
{
	stop_timer(n);
	http_server_stop(n->people);
	http_server_stop(n->peer);
	http_server_stop(n->control);
	n->people = n->control = NULL;
	taxii_kept_free(n->people_site.taxii.kept);
	taxii_rate_free(n->people_site.taxii.rate);
	taxii_kept_free(n->peer_site.taxii.kept);
	taxii_rate_free(n->peer_site.taxii.rate);
	feeds_free(n->feeds);
	exchange_free(n->exchange);
	realm_close(n->realm);
	pthread_mutex_destroy(&n->timer_lock);
	pthread_cond_destroy(&n->timer_wake);
}

static void
wait_for_signal(void)
{
	sigset_t set;
	int which = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	(void)sigwait(&set, &which);
}

/* Before any thread starts, so that all threads leave these signals alone. */
static void
block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

enum err
node_serve(const char *dir, const struct node_config *config, struct why *why)
{
	struct node *n = heap_new(sizeof(*n), 1);

	n->config = *config;
	pthread_mutex_init(&n->timer_lock, NULL);
	pthread_cond_init(&n->timer_wake, NULL);
	log_set_level((enum log_level)config->log_level);
	(void)umask(0077);
	block_signals();
	enum err err = start(n, dir, why);
	if (err == OK) {
		(void)printf("ready people=%u peer=%u\n", (unsigned)http_server_port(n->people),
		    (unsigned)http_server_port(n->peer));
		(void)fflush(stdout);
		log_event(LOG_NOTICE, "node.ready", LOG_STR("realm", str_of(config->realm)),
		    LOG_STR("people", str_of(n->people_url)));
		wait_for_signal();
		log_event(LOG_NOTICE, "node.stop", LOG_STR("realm", str_of(config->realm)));
	}
	stop(n);
	heap_free(n);
	return err;
}
