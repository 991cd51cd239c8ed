#include "realm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "crash.h"
#include "migrate.h"
#include "realm_p.h"

enum {
	/* A page of bytes, a decision, an order of SELECTION_MAX: what one job may hold. */
	SETTLE_ARENA_MAX = 1024 * MIB,
	GATE_ARENA_MAX = 64 * MIB, /* all agreements and packs, parsed */
	IDENTITY_ARENA_MAX = 64 * KIB,
	READERS_MAX = 16, /* threads of both listeners and the workers */
};

enum err
realm_path(const char *folder, const char *name, char *ret, struct why *why)
{
	int n = snprintf(ret, REALM_PATH_MAX, "%s/%s", folder, name);

	if (n < 0 || n >= REALM_PATH_MAX)
		return fail(why, ERR_INVALID, "realm.path", "the path %s/%s is too long", folder,
		    name);
	return OK;
}

/* ---- opening ---- */

static enum err
take_lock(struct realm *r, struct why *why)
{
	char path[REALM_PATH_MAX];

	TRY(realm_path(r->folder, "lock", path, why));
	r->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r->lock_fd < 0 && errno == ENOENT)
		return fail(why, ERR_NOT_FOUND, "realm.lock",
		    "there is no node at %s: name its folder with --dir or TORANA_DIR, or make one with torana init",
		    r->folder);
	if (r->lock_fd < 0)
		return fail(why, ERR_IO, "realm.lock", "no realm at %s: %s", r->folder,
		    strerrordesc_np(errno));
	if (flock(r->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return fail(why, ERR_CONFLICT, "realm.locked", "another torana works on %s",
		    r->folder);
	return OK;
}

static enum err
read_identity(struct realm *r, struct db *db, struct why *why)
{
	struct realm_identity *id = &r->identity;
	struct arena *a = r->arena;

	TRY(store_setting_get(db, S("realm"), a, &id->realm, why));
	TRY(store_setting_get(db, S("name"), a, &id->name, why));
	TRY(store_setting_get(db, S("origin"), a, &id->origin, why));
	TRY(store_setting_get(db, S("party"), a, &id->party, why));
	TRY(store_setting_get(db, S("organisation"), a, &id->organisation, why));
	TRY(store_setting_get(db, S("enclave"), a, &id->enclave, why));
	TRY(store_setting_get(db, S("redaction-identity"), a, &id->redaction_identity, why));
	return store_setting_get(db, S("display"), a, &id->display, why);
}

static enum err
open_writer(struct realm *r, const struct db_config *config, struct why *why)
{
	CLEANUP(db_closep) struct db *db = NULL;

	TRY(db_open(config, &db, why));
	TRY(db_migrate(db, store_migrations, store_migrations_count, NULL, why));
	TRY(db_committer_open(db, r->clock, &r->writer, why));
	db = NULL; /* the committer's now */
	return OK;
}

static enum err
open_ledger(struct realm *r, struct why *why)
{
	struct ledger_config config = { .folder = r->folder, .origin = r->identity.origin };

	if (!r->read_only) {
		TRY(realm_key(r, KEY_LOG, &config.log_key, why));
		TRY(realm_key(r, KEY_WITNESS, &config.witness_key, why));
	}
	return ledger_open(&config, &r->ledger, why);
}

static enum err
load_ledger(struct db *db, void *arg, struct why *why)
{
	struct realm *r = arg;

	return ledger_recover(r->ledger, db, r->clock, why);
}

static enum err
open_parts(struct realm *r, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	char path[REALM_PATH_MAX];
	struct db_config config = { .place = path, .read_only = r->read_only };

	TRY(realm_path(r->folder, "store.db", path, why));
	if (!r->read_only) { /* and nobody else writes */
		config.changes = &r->changes;
		TRY(take_lock(r, why));
		TRY(open_writer(r, &config, why));
	}
	TRY(db_pool_open(&config, READERS_MAX, &r->readers, why));
	TRY(db_pool_take(r->readers, &lease, why));
	TRY(read_identity(r, lease.db, why));
	TRY(open_ledger(r, why));
	TRY(realm_gate_reload(r, why));
	if (r->read_only)
		return OK;
	TRY(realm_with_writer(r, load_ledger, r, why));
	return realm_settle(r, why);
}

enum err
realm_open(const char *dir, const char *realm, const struct realm_options *options,
    struct realm **ret, struct why *why)
{
	CLEANUP(realm_closep) struct realm *r = heap_new(sizeof(*r), 1);

	r->clock = options->clock;
	r->read_only = options->read_only;
	r->lock_fd = -1;
	r->arena = arena_new(IDENTITY_ARENA_MAX);
	pthread_mutex_init(&r->key_lock, NULL);
	pthread_mutex_init(&r->gate_lock, NULL);
	pthread_mutex_init(&r->settle_lock, NULL);
	TRY(realm_path(dir, realm, r->folder, why));
	TRY(open_parts(r, why));
	*ret = r;
	r = NULL; /* the caller's now */
	return OK;
}

void
realm_close(struct realm *r)
{
	if (r == NULL)
		return;
	db_committer_close(r->writer);
	db_pool_close(r->readers);
	ledger_close(r->ledger);
	if (r->gate != NULL)
		realm_gate_give(r->gate);
	for (size_t i = 0; i < KEY_ROLES; i++)
		sign_key_free(r->key[i]);
	arena_free(r->arena);
	pthread_mutex_destroy(&r->key_lock);
	pthread_mutex_destroy(&r->gate_lock);
	pthread_mutex_destroy(&r->settle_lock);
	if (r->lock_fd >= 0)
		close(r->lock_fd);
	heap_free(r);
}

/* ---- parts ---- */

const struct realm_identity *
realm_identity(const struct realm *r)
{
	return &r->identity;
}

const char *
realm_folder(const struct realm *r)
{
	return r->folder;
}

const struct clock *
realm_clock(const struct realm *r)
{
	return r->clock;
}

struct ledger *
realm_ledger(const struct realm *r)
{
	return r->ledger;
}

struct db_pool *
realm_readers(const struct realm *r)
{
	return r->readers;
}

static enum err
key_path(const struct realm *r, enum key_role role, char *ret, struct why *why)
{
	char name[64];

	snprintf(name, sizeof(name), "keys/%s.key", key_role_name(role));
	return realm_path(r->folder, name, ret, why);
}

static enum err
load_key(struct realm *r, enum key_role role, struct why *why)
{
	char path[REALM_PATH_MAX];

	if (r->key[role] != NULL)
		return OK;
	TRY(key_path(r, role, path, why));
	return keyfile_load(path, role, r->identity.realm, &r->key[role], why);
}

static enum err
make_key(struct realm *r, enum key_role role, struct why *why)
{
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	char path[REALM_PATH_MAX];

	if (r->read_only)
		return fail(why, ERR_FORBIDDEN, "realm.read-only", "%s is opened for reading only",
		    r->folder);
	TRY(key_path(r, role, path, why));
	TRY(keyfile_save(path, role, r->identity.realm, key, why));
	return load_key(r, role, why);
}

enum err
realm_key(struct realm *r, enum key_role role, const struct sign_key **ret, struct why *why)
{
	pthread_mutex_lock(&r->key_lock);
	enum err err = load_key(r, role, why);
	*ret = r->key[role];
	pthread_mutex_unlock(&r->key_lock);
	return err;
}

enum err
realm_key_ensure(struct realm *r, enum key_role role, const struct sign_key **ret, struct why *why)
{
	pthread_mutex_lock(&r->key_lock);
	enum err err = load_key(r, role, why);
	if (err == ERR_NOT_FOUND)
		err = make_key(r, role, why);
	*ret = r->key[role];
	pthread_mutex_unlock(&r->key_lock);
	return err;
}

/* ---- changing ---- */

enum err
realm_write(struct realm *r, db_job_fn *fn, void *arg, struct why *why)
{
	if (r->writer == NULL)
		return fail(why, ERR_FORBIDDEN, "realm.read-only", "%s is opened for reading only",
		    r->folder);
	return db_submit(r->writer, fn, arg, why);
}

enum err
realm_with_writer(struct realm *r, db_job_fn *fn, void *arg, struct why *why)
{
	if (r->writer == NULL)
		return fail(why, ERR_FORBIDDEN, "realm.read-only", "%s is opened for reading only",
		    r->folder);
	return db_submit_alone(r->writer, fn, arg, why);
}

struct settle {
	struct realm *realm;
	struct arena *arena;
	const struct gate *gate;
	uint64_t before; /* leaves that were visible */
	uint64_t after;
	size_t shown;
};

static enum err
publish(struct db *db, void *arg, struct why *why)
{
	struct settle *s = arg;
	struct ledger *l = s->realm->ledger;

	TRY(ledger_published(db, ledger_origin(l), &s->before, why));
	return ledger_publish(l, db, s->realm->clock, &s->after, why);
}

static enum err
project(struct db *db, void *arg, struct why *why)
{
	struct settle *s = arg;

	const struct release_job job = {
		.db = db,
		.arena = s->arena,
		.ledger = s->realm->ledger,
		.gate = s->gate,
		.at = clock_wall(s->realm->clock),
	};

	return release_project(&job, &s->shown, why);
}

static enum err
settle_locked(struct realm *r, bool *ret_changed, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(SETTLE_ARENA_MAX);
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(r);
	struct settle s = { .realm = r, .arena = a, .gate = gate_of(gate) };

	CRASH_POINT("leaf");
	TRY(realm_with_writer(r, publish, &s, why));
	CRASH_POINT("checkpoint");
	TRY(realm_write(r, project, &s, why));
	CRASH_POINT("project");
	*ret_changed = s.after != s.before || s.shown > 0;
	return OK;
}

enum err
realm_settle(struct realm *r, struct why *why)
{
	bool changed = false;

	pthread_mutex_lock(&r->settle_lock);
	enum err err = settle_locked(r, &changed, why);
	pthread_mutex_unlock(&r->settle_lock);
	if (changed)
		realm_changed(r);
	return err;
}

/* ---- what is in force ---- */

struct gate_ref *
realm_gate_take(struct realm *r)
{
	pthread_mutex_lock(&r->gate_lock);
	struct gate_ref *ref = r->gate;
	__atomic_add_fetch(&ref->holders, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&r->gate_lock);
	return ref;
}

const struct gate *
gate_of(const struct gate_ref *ref)
{
	return &ref->gate;
}

void
realm_gate_give(struct gate_ref *ref)
{
	if (__atomic_sub_fetch(&ref->holders, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	arena_free(ref->arena);
	heap_free(ref);
}

static void
gate_refp(struct gate_ref **ref)
{
	if (*ref != NULL)
		realm_gate_give(*ref);
}

/* What was in force before is the caller's to give back. */
static void
swap_gate(struct realm *r, struct gate_ref **ref)
{
	pthread_mutex_lock(&r->gate_lock);
	struct gate_ref *old = r->gate;
	r->gate = *ref;
	pthread_mutex_unlock(&r->gate_lock);
	*ref = old;
}

/* Who only reads has no keys, and a folder may be older than this one. */
static enum err
load_pseudonym_secret(struct realm *r, struct gate_ref *fresh, struct why *why)
{
	const struct sign_key *key = NULL;
	struct signature mark;
	struct hash secret;
	enum err err;

	if (r->read_only)
		return OK;
	err = realm_key(r, KEY_PSEUDONYM, &key, why);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	mark = sign_make(key, S("torana pseudonym secret v1"));
	secret = hash_of((struct str){ (const char *)mark.byte, sizeof(mark.byte) });
	fresh->gate.pseudonym_secret = arena_str(fresh->arena, hash_str(&secret));
	return OK;
}

/* People hear of what closed itself. */
static enum err
tell_unopened(struct db *db, void *arg, struct why *why)
{
	struct realm *r = arg;
	CLEANUP(realm_gate_givep) struct gate_ref *ref = realm_gate_take(r);
	const struct gate *g = gate_of(ref);
	char detail[64];

	for (size_t i = 0; i < g->unopened; i++) {
		(void)snprintf(detail, sizeof(detail), "{\"version\":%" PRIu64 "}",
		    g->unopened_agreement[i].version);
		const struct event event = {
			.at = clock_wall(r->clock),
			.name = S("agreement.unopened"),
			.owner = g->organisation,
			.enclave = g->enclave,
			.subject = g->unopened_agreement[i].id,
			.detail = str_of(detail),
		};
		TRY(store_event(db, &event, why));
	}
	return OK;
}

enum err
realm_gate_reload(struct realm *r, struct why *why)
{
	CLEANUP(gate_refp) struct gate_ref *fresh = heap_new(sizeof(*fresh), 1);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	fresh->arena = arena_new(GATE_ARENA_MAX);
	fresh->holders = 1;
	TRY(db_pool_take(r->readers, &lease, why));
	TRY(release_gate_load(lease.db, fresh->arena, &fresh->gate, why));
	TRY(load_pseudonym_secret(r, fresh, why));
	const size_t unopened = fresh->gate.unopened;
	swap_gate(r, &fresh);
	const size_t before = fresh == NULL ? 0 : fresh->gate.unopened;
	return r->read_only || unopened <= before ? OK : realm_write(r, tell_unopened, r, why);
}

/* ---- listeners ---- */

void
realm_listen(struct realm *r, realm_changed_fn *fn, void *arg)
{
	assert(r->listeners < REALM_LISTENERS_MAX);
	r->listener[r->listeners++] = (struct listener){ fn, arg };
}

void
realm_changed(struct realm *r)
{
	for (size_t i = 0; i < r->listeners; i++)
		r->listener[i].fn(r->listener[i].arg);
}
