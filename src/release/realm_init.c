#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "json_writer.h"
#include "marking.h"
#include "migrate.h"
#include "realm_p.h"
#include "tls_key.h"
#include "uuid_make.h"

enum {
	INIT_ARENA_MAX = 16 * MIB,
	IDENTITY_BYTES_MAX = 16 * KIB,
	/* Pinned keys are changed by hand, on the telephone: five years. */
	TLS_DAYS = 1826,
};

static enum err
make_folder(const char *path, struct why *why)
{
	if (mkdir(path, 0700) == 0)
		return OK;
	if (errno == EEXIST)
		return fail(why, ERR_CONFLICT, "init.exists",
		    "%s is there from an attempt that did not end; remove it", path);
	return fail(why, ERR_IO, "init.folder", "cannot make %s: %s", path, strerrordesc_np(errno));
}

static enum err
make_folders(const char *dir, const char *folder, struct why *why)
{
	static const char *const names[] = { "keys", "tls", "log", "mirror" };
	char path[REALM_PATH_MAX];

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail(why, ERR_IO, "init.folder", "cannot make %s: %s", dir,
		    strerrordesc_np(errno));
	TRY(make_folder(folder, why));
	for (size_t i = 0; i < COUNTOF(names); i++) {
		TRY(realm_path(folder, names[i], path, why));
		TRY(make_folder(path, why));
	}
	return OK;
}

static enum err
make_keys(const char *folder, struct str realm, struct why *why)
{
	for (int role = 0; role < KEY_PERSON; role++) {
		CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
		char name[64], path[REALM_PATH_MAX];

		snprintf(name, sizeof(name), "keys/%s.key", key_role_name((enum key_role)role));
		TRY(realm_path(folder, name, path, why));
		TRY(keyfile_save(path, (enum key_role)role, realm, key, why));
	}
	return OK;
}

/* Two certificates: partners pin one, browsers see the other. */
static enum err
make_certificates(const char *folder, struct str name, const struct clock *clock, struct why *why)
{
	static const char *const listeners[] = { "peer", "people" };
	CLEANUP(arena_freep) struct arena *a = arena_new(INIT_ARENA_MAX);
	struct str first = name;
	struct str label = str_split(&first, '.');
	const struct str dns[] = {
		name,
		S("localhost"),
		arena_printf(a, STR_FMT ".localhost", STR_ARG(label)),
	};
	struct tls_wish wish = {
		.dns = dns,
		.dns_count = COUNTOF(dns),
		.now = clock_wall(clock),
		.days = TLS_DAYS,
	};

	for (size_t i = 0; i < COUNTOF(listeners); i++) {
		char cert_name[32], key_name[32], cert[REALM_PATH_MAX], key[REALM_PATH_MAX];

		snprintf(cert_name, sizeof(cert_name), "tls/%s.crt", listeners[i]);
		snprintf(key_name, sizeof(key_name), "tls/%s.key", listeners[i]);
		TRY(realm_path(folder, cert_name, cert, why));
		TRY(realm_path(folder, key_name, key, why));
		TRY(tls_key_save(&wish, cert, key, why));
	}
	return OK;
}

/* ---- the database ---- */

static struct str
origin_of(struct arena *a, const struct realm_identity *id)
{
	return arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(id->name), STR_ARG(id->realm));
}

/* What others verify our log and our cosignatures with. */
struct log_keys {
	struct str log, witness;
	struct str agreement; /* hex, as agreements have it */
	struct str rules;     /* hex: rule packs are verified with it */
};

static enum err
load_role(const char *folder, enum key_role role, struct str realm, struct sign_key **ret,
    struct why *why)
{
	char name[64], path[REALM_PATH_MAX];

	(void)snprintf(name, sizeof(name), "keys/%s.key", key_role_name(role));
	TRY(realm_path(folder, name, path, why));
	return keyfile_load(path, role, realm, ret, why);
}

static struct str
public_hex(struct arena *a, const struct sign_key *key)
{
	struct verify_key public = sign_key_public(key);
	char hex[2 * VERIFY_KEY_BYTES + 1];

	hex_text(public.byte, VERIFY_KEY_BYTES, hex);
	return arena_str(a, str_of(hex));
}

static enum err
read_log_keys(const char *folder, const struct realm_init *in, struct arena *a,
    struct log_keys *ret, struct why *why)
{
	CLEANUP(sign_key_freep) struct sign_key *log = NULL;
	CLEANUP(sign_key_freep) struct sign_key *witness = NULL;
	CLEANUP(sign_key_freep) struct sign_key *agreement = NULL;
	CLEANUP(sign_key_freep) struct sign_key *rules = NULL;
	CLEANUP(ledger_closep) struct ledger *ledger = NULL;
	struct note_key key;
	char text[NOTE_KEY_TEXT_MAX];

	TRY(load_role(folder, KEY_LOG, in->identity.realm, &log, why));
	TRY(load_role(folder, KEY_WITNESS, in->identity.realm, &witness, why));
	TRY(load_role(folder, KEY_AGREEMENT, in->identity.realm, &agreement, why));
	TRY(load_role(folder, KEY_RULES, in->identity.realm, &rules, why));
	ret->agreement = public_hex(a, agreement);
	ret->rules = public_hex(a, rules);
	struct ledger_config config = {
		.folder = folder,
		.origin = origin_of(a, &in->identity),
		.log_key = log,
		.witness_key = witness,
	};
	TRY(ledger_open(&config, &ledger, why));
	(void)ledger_log_key(ledger, &key);
	note_key_text(&key, text);
	ret->log = arena_str(a, str_of(text));
	(void)ledger_witness_key(ledger, &key);
	note_key_text(&key, text);
	ret->witness = arena_str(a, str_of(text));
	return OK;
}

static enum err
put_settings(struct db *db, const struct realm_init *in, struct str redaction,
    const struct log_keys *keys, struct arena *a, struct why *why)
{
	const struct realm_identity *id = &in->identity;
	const struct {
		struct str name, value;
	} settings[] = {
		{ S("realm"), id->realm },
		{ S("name"), id->name },
		{ S("origin"), origin_of(a, id) },
		{ S("party"), id->party },
		{ S("organisation"), id->organisation },
		{ S("enclave"), id->enclave },
		{ S("display"), id->display },
		{ S("redaction-identity"), redaction },
		{ S("peer-url"), in->peer_url },
		{ S("log-key"), keys->log },
		{ S("witness-key"), keys->witness },
		{ S("agreement-key"), keys->agreement },
		{ S("rules-key"), keys->rules },
	};

	for (size_t i = 0; i < COUNTOF(settings); i++)
		TRY(store_setting_put(db, settings[i].name, settings[i].value, why));
	return OK;
}

/* The identity that speaks for the releasing organisation: public, CLEAR. */
static struct str
identity_bytes(struct arena *a, const struct realm_init *in, struct str id)
{
	CLEANUP(buf_free) struct buf out = buf_new(IDENTITY_BYTES_MAX);
	struct json_writer w = json_writer(&out);
	char seconds[TIME_TEXT_MAX];
	time_us now = clock_wall(in->clock);

	time_text_s(now, seconds);
	struct str stamp = arena_printf(a, "%.19s.000Z", seconds);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("type")), S("identity"));
	json_put_str(json_key(&w, S("spec_version")), S("2.1"));
	json_put_str(json_key(&w, S("id")), id);
	json_put_str(json_key(&w, S("created_by_ref")), id);
	json_put_str(json_key(&w, S("created")), stamp);
	json_put_str(json_key(&w, S("modified")), stamp);
	json_put_str(json_key(&w, S("name")), in->identity.display);
	json_put_str(json_key(&w, S("identity_class")), S("organization"));
	json_begin_array(json_key(&w, S("object_marking_refs")));
	json_put_str(&w, marking_tlp2_id(TLP_CLEAR));
	json_end_array(&w);
	json_end_object(&w);
	return arena_str(a, buf_str(&out));
}

static enum err
put_identity(struct db *db, const struct realm_init *in, struct str id, struct arena *a,
    struct why *why)
{
	struct collection local = {
		.alias = S("local"),
		.kind = COLLECTION_LOCAL,
		.title = S("Own objects"),
		.description = S("What this organisation imported; nothing here has left"),
		.owner = in->identity.organisation,
		.enclave = in->identity.enclave,
		.can_write = true,
	};
	struct import_result result;

	{
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
		TRY(db_begin(db, &txn, why));
		TRY(store_collection_ensure(db, a, &local, why));
		TRY(db_commit(&txn, why));
	}
	struct import_request import = {
		.text = identity_bytes(a, in, id),
		.source = S("init"),
		.actor = S("init"),
		.shard_key = local.shard_key,
		.now = clock_wall(in->clock),
		.provenance = {
			.owner = in->identity.organisation,
			.enclave = in->identity.enclave,
			.originator = in->identity.organisation,
		},
	};
	TRY(store_import(db, a, &import, &result, why));
	if (result.new_versions != 1)
		return fail(why, ERR_INVALID, "init.identity",
		    "the node's identity is not valid STIX: " STR_FMT,
		    STR_ARG(result.problem[0].message));
	return OK;
}

static enum err
make_database(const char *folder, const struct realm_init *in, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(INIT_ARENA_MAX);
	CLEANUP(db_closep) struct db *db = NULL;
	char path[REALM_PATH_MAX], text[UUID_TEXT + 1];
	struct db_config config = { .place = path };
	struct uuid fresh = uuid_v4();
	struct str id = in->identity.redaction_identity;
	struct log_keys keys;

	uuid_text(&fresh, text);
	if (id.len == 0)
		id = arena_printf(a, "identity--%s", text);
	TRY(read_log_keys(folder, in, a, &keys, why));
	TRY(realm_path(folder, "store.db", path, why));
	TRY(db_open(&config, &db, why));
	TRY(db_migrate(db, store_migrations, store_migrations_count, NULL, why));
	{
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
		TRY(db_begin(db, &txn, why));
		TRY(put_settings(db, in, id, &keys, a, why));
		TRY(db_commit(&txn, why));
	}
	return put_identity(db, in, id, a, why);
}

/* ---- what may be written ---- */

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
			return false;
	}
	return s.len > 0 && s.len < 200 && s.ptr[0] != '.' && s.ptr[0] != '-';
}

static bool
is_code(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return s.len > 0 && s.len <= 32;
}

static enum err
check_identity(const struct realm_identity *id, struct why *why)
{
	struct str rest = id->organisation;
	struct str party = str_split(&rest, ':');

	if (!str_is(id->realm, "real") && !str_is(id->realm, "exercise") &&
	    !str_is(id->realm, "demo"))
		return fail(why, ERR_USAGE, "init.realm",
		    "there is no realm " STR_FMT "; write real, exercise or demo",
		    STR_ARG(id->realm));
	if (!is_name(id->name))
		return fail(why, ERR_USAGE, "init.name",
		    "the node's name is a host name in lower case, like in.example; not " STR_FMT,
		    STR_ARG(id->name));
	if (!is_code(id->party) || !str_eq(party, id->party) || rest.ptr == NULL || !is_code(rest))
		return fail(why, ERR_USAGE, "init.organisation",
		    "the organisation is PARTY:NAME in capitals, with its party before the colon, "
		    "like IN:CERT-IN of party IN; not " STR_FMT " of party " STR_FMT,
		    STR_ARG(id->organisation), STR_ARG(id->party));
	return enclaves_check(id->enclave, why);
}

/* A partner takes an invitation with nothing else, and no command changes it later. */
static enum err
check_peer_url(struct str url, struct why *why)
{
	const struct str scheme = S("https://");

	if (url.len == 0)
		return OK;
	if (!str_starts(url, scheme) || url.len == scheme.len)
		return fail(why, ERR_USAGE, "init.peer-url",
		    "partners reach a node by https: write https:// and its host, like "
		    "https://in.example:8441; not " STR_FMT,
		    STR_ARG(url));
	for (size_t i = scheme.len; i < url.len; i++) {
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || strchr("/?#@\\", url.ptr[i]) != NULL)
			return fail(why, ERR_USAGE, "init.peer-url",
			    "nothing stands behind host and port, like https://in.example:8441; not " STR_FMT,
			    STR_ARG(url));
	}
	return OK;
}

static enum err
fill_folder(const char *dir, const char *folder, const struct realm_init *init, struct why *why)
{
	TRY(make_folders(dir, folder, why));
	TRY(make_keys(folder, init->identity.realm, why));
	TRY(make_certificates(folder, init->identity.name, init->clock, why));
	return make_database(folder, init, why);
}

/* Made beside its place and moved there when it is complete. */
enum err
realm_init(const char *dir, const struct realm_init *init, struct why *why)
{
	char realm[KEYFILE_REALM_MAX + 8], folder[REALM_PATH_MAX], fresh[REALM_PATH_MAX];

	TRY(check_identity(&init->identity, why));
	TRY(check_peer_url(init->peer_url, why));
	snprintf(realm, sizeof(realm), STR_FMT, STR_ARG(init->identity.realm));
	TRY(realm_path(dir, realm, folder, why));
	snprintf(realm, sizeof(realm), STR_FMT ".new", STR_ARG(init->identity.realm));
	TRY(realm_path(dir, realm, fresh, why));
	if (access(folder, F_OK) == 0)
		return fail(why, ERR_CONFLICT, "init.exists",
		    "%s exists already; a realm is made once", folder);
	TRY(fill_folder(dir, fresh, init, why));
	if (rename(fresh, folder) != 0)
		return fail(why, ERR_IO, "init.folder", "cannot move %s to %s: %s", fresh, folder,
		    strerrordesc_np(errno));
	return OK;
}
