#include <stdio.h>

#include "codec.h"
#include "exchange_p.h"
#include "fingerprint.h"
#include "http_client.h"
#include "jcs.h"
#include "json_writer.h"
#include "log.h"
#include "tls_key.h"

#define INVITATION_TYPE S("torana-invitation")

enum {
	INVITATION_FORMAT = 1,
	INVITATION_BYTES_MAX = 16 * KIB, /* names and keys: some 900 bytes */
	NAME_BYTES_MAX = 200,            /* as realm_init() admits */
	URL_BYTES_MAX = 512,
	PATH_BYTES_MAX = 4096,
};

/* ---- making ---- */

static enum err
own_pin(struct realm *r, char *ret_hex, struct why *why)
{
	char path[PATH_BYTES_MAX], pem[TLS_PEM_MAX];
	struct hash pin;

	if (snprintf(path, sizeof(path), "%s/tls/peer.crt", realm_folder(r)) >= (int)sizeof(path))
		return fail(why, ERR_INVALID, "exchange.path", "the path of the realm is too long");
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return fail(why, ERR_IO, "exchange.certificate", "cannot read %s", path);
	size_t len = fread(pem, 1, sizeof(pem), file);
	(void)fclose(file);
	TRY(tls_pin_of_pem((struct str){ pem, len }, &pin, why));
	hash_text(&pin, ret_hex);
	return OK;
}

/* What an invitation says of us beside the realm's identity. */
struct own_facts {
	char agreement_key[2 * VERIFY_KEY_BYTES + 1];
	char pin[HASH_HEX + 1];
	char log_key[NOTE_KEY_TEXT_MAX];
	char witness_key[NOTE_KEY_TEXT_MAX];
	struct str url;
};

static enum err
read_facts(struct realm *r, struct arena *a, struct own_facts *ret, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct sign_key *key = NULL;
	struct note_key log_key, witness_key;

	TRY(realm_key(r, KEY_AGREEMENT, &key, why));
	struct verify_key public = sign_key_public(key);
	hex_text(public.byte, VERIFY_KEY_BYTES, ret->agreement_key);
	TRY(own_pin(r, ret->pin, why));
	if (!ledger_log_key(realm_ledger(r), &log_key) ||
	    !ledger_witness_key(realm_ledger(r), &witness_key))
		return fail(why, ERR_FORBIDDEN, "realm.read-only",
		    "the realm is opened without its keys");
	note_key_text(&log_key, ret->log_key);
	note_key_text(&witness_key, ret->witness_key);
	TRY(db_pool_take(realm_readers(r), &lease, why));
	return store_setting_get(lease.db, S("peer-url"), a, &ret->url, why);
}

enum err
invitation_make(struct realm *r, struct arena *a, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(INVITATION_BYTES_MAX);
	struct json_writer w = json_writer(&out);
	const struct realm_identity *id = realm_identity(r);
	struct own_facts facts;

	TRY(read_facts(r, a, &facts, why));
	/* Members in their order: this is JCS form. */
	json_begin_object(&w);
	json_put_str(json_key(&w, S("agreement_key")), str_of(facts.agreement_key));
	json_put_u64(json_key(&w, S("format")), INVITATION_FORMAT);
	json_put_str(json_key(&w, S("identity")), id->redaction_identity);
	json_put_str(json_key(&w, S("log_key")), str_of(facts.log_key));
	json_put_str(json_key(&w, S("name")), id->name);
	json_put_str(json_key(&w, S("organisation")), id->organisation);
	json_put_str(json_key(&w, S("party")), id->party);
	json_put_str(json_key(&w, S("realm")), id->realm);
	json_put_str(json_key(&w, S("tls_pin")), str_of(facts.pin));
	json_put_str(json_key(&w, S("type")), INVITATION_TYPE);
	json_put_str(json_key(&w, S("url")), facts.url);
	json_put_str(json_key(&w, S("witness_key")), str_of(facts.witness_key));
	json_end_object(&w);
	TRY(buf_check(&out, "the invitation", why));
	*ret = arena_str(a, buf_str(&out));
	if (ret->ptr == NULL)
		return fail(why, ERR_LIMIT, "exchange.memory", "no room for the invitation");
	return OK;
}

struct hash
invitation_fingerprint(struct str invitation)
{
	return hash_of(invitation);
}

/* ---- reading ---- */

static enum err
bad_member(struct why *why, const char *name, const char *due)
{
	enum err err = fail(why, ERR_INVALID, "invitation.member",
	    "this is no invitation: %s must be %s", name, due);

	why_where(why, "/%s", name);
	return err;
}

/* A code or name: capitals, digits, letters and the signs that names have. */
static bool
is_name(struct str s, const char *signs)
{
	if (s.len == 0 || s.len > NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		        (c != '\0' && strchr(signs, c) != NULL)))
			return false;
	}
	return true;
}

/* "https://host:port" and nothing behind it. */
static bool
is_base_url(struct str url)
{
	CLEANUP(http_client_freep) struct http_client *client = NULL;
	char text[URL_BYTES_MAX + 1] = "";
	const struct http_client_config config = { .base = text };

	if (!str_starts(url, S("https://")) || url.len > URL_BYTES_MAX)
		return false;
	for (size_t i = S("https://").len; i < url.len; i++) {
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || strchr("/?#@\\", url.ptr[i]) != NULL)
			return false;
	}
	memcpy(text, url.ptr, url.len);
	return http_client_new(&config, &client, NULL) == OK;
}

static enum err
check_canonical(const struct json *tree, struct str text, struct why *why)
{
	CLEANUP(buf_free) struct buf canonical = buf_new(INVITATION_BYTES_MAX);

	TRY(jcs_write(tree, &canonical, why));
	if (!str_eq(buf_str(&canonical), text))
		return fail(why, ERR_INVALID, "invitation.form",
		    "the invitation is not in its canonical form; use the file as it was made");
	return OK;
}

static enum err
read_names(const struct json *tree, struct peer *ret, struct str *ret_realm, struct why *why)
{
	uint64_t format = 0;
	struct str type = { 0 }, organisation = { 0 };

	if (!json_get_str(tree, S("type"), &type) || !str_eq(type, INVITATION_TYPE))
		return bad_member(why, "type", "\"torana-invitation\"");
	if (!json_get_u64(tree, S("format"), &format) || format != INVITATION_FORMAT)
		return bad_member(why, "format", "1");
	if (!json_get_str(tree, S("name"), &ret->name) || !is_name(ret->name, "-."))
		return bad_member(why, "name", "the public name of a node, like jp.example");
	if (!json_get_str(tree, S("party"), &ret->party) || !is_name(ret->party, "-"))
		return bad_member(why, "party", "the code of a party, like JP");
	if (!json_get_str(tree, S("organisation"), &organisation) || !is_name(organisation, "-:") ||
	    !organisation_is_of(organisation, ret->party))
		return bad_member(why, "organisation", "an organisation of the party");
	if (!json_get_str(tree, S("identity"), &ret->identity) || !stix_id_is(ret->identity) ||
	    !str_is(stix_id_type(ret->identity), "identity"))
		return bad_member(why, "identity", "the identifier of a STIX identity");
	if (!json_get_str(tree, S("realm"), ret_realm) || !is_name(*ret_realm, ""))
		return bad_member(why, "realm", "real, exercise or demo");
	if (!json_get_str(tree, S("url"), &ret->url) || !is_base_url(ret->url))
		return bad_member(why, "url", "https:// with a host, and nothing behind it");
	return OK;
}

static enum err
read_keys(const struct json *tree, struct str realm, struct arena *a, struct peer *ret,
    struct why *why)
{
	struct note_key log_key, witness_key;
	struct str text = { 0 };
	struct str origin =
	    arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(ret->name), STR_ARG(realm));

	if (!json_get_str(tree, S("agreement_key"), &text) ||
	    !hex_parse(text, ret->agreement_key, PEER_KEY_BYTES))
		return bad_member(why, "agreement_key", "a public key in 64 hex digits");
	if (!json_get_str(tree, S("tls_pin"), &text) || !hash_parse(text, &ret->tls_pin))
		return bad_member(why, "tls_pin", "a SHA-256 in 64 hex digits");
	if (!json_get_str(tree, S("log_key"), &ret->log_key) ||
	    note_key_parse(ret->log_key, &log_key, NULL) != OK || log_key.type != NOTE_ED25519 ||
	    !str_is(origin, log_key.name))
		return bad_member(why, "log_key", "the verifier key of the log NAME/REALM");
	if (!json_get_str(tree, S("witness_key"), &ret->witness_key) ||
	    note_key_parse(ret->witness_key, &witness_key, NULL) != OK ||
	    witness_key.type != NOTE_COSIGNATURE)
		return bad_member(why, "witness_key", "the verifier key of a witness");
	return OK;
}

enum err
invitation_read(struct arena *a, struct str text, struct peer *ret, struct str *ret_realm,
    struct why *why)
{
	const struct json *tree = NULL;
	const struct json_limits limits = { .bytes_max = INVITATION_BYTES_MAX };

	TRY(json_parse(a, text, &limits, &tree, why));
	if (!json_is(tree, JSON_OBJECT))
		return fail(why, ERR_INVALID, "invitation.member",
		    "this is no invitation: it is %s, not an object", json_type_name(tree));
	*ret = (struct peer){ .kind = S("torana"), .invitation = text };
	TRY(read_names(tree, ret, ret_realm, why));
	TRY(read_keys(tree, *ret_realm, a, ret, why));
	return check_canonical(tree, text, why);
}

/* ---- accepting ---- */

struct acceptance {
	const struct peer *peer;
	struct realm *realm;
};

static enum err
store_peer(struct db *db, void *arg, struct why *why)
{
	const struct acceptance *job = arg;

	TRY(store_peer_put(db, job->peer, why));
	TRY(store_peer_verified(db, job->peer->name, job->peer->verified_at, why));
	return note_event(db, job->realm, "peer.added", job->peer->name, S(""), why);
}

static enum err
check_ours(struct realm *r, const struct peer *peer, struct str realm, struct why *why)
{
	const struct realm_identity *id = realm_identity(r);

	if (!str_eq(realm, id->realm))
		return fail(why, ERR_INVALID, "invitation.realm",
		    "the invitation is for the realm " STR_FMT ", and this is " STR_FMT
		    ": nothing crosses between realms",
		    STR_ARG(realm), STR_ARG(id->realm));
	if (str_eq(peer->name, id->name) || str_eq(peer->party, id->party))
		return fail(why, ERR_INVALID, "invitation.own",
		    "this invitation is of our own party " STR_FMT
		    "; accept the partner's, and give ours to the partner",
		    STR_ARG(peer->party));
	return OK;
}

enum err
invitation_accept(struct realm *r, struct str invitation, struct str heard, struct peer *ret,
    struct arena *a, struct why *why)
{
	struct hash fingerprint = invitation_fingerprint(invitation);
	struct str text = arena_str(a, invitation), realm = { 0 };
	struct peer peer;
	time_us now = clock_wall(realm_clock(r));
	struct acceptance job = { .peer = &peer, .realm = r };

	if (invitation.len > INVITATION_BYTES_MAX || text.ptr == NULL)
		return fail(why, ERR_LIMIT, "invitation.size", "an invitation has at most %d bytes",
		    INVITATION_BYTES_MAX);
	TRY(invitation_read(a, text, &peer, &realm, why));
	TRY(check_ours(r, &peer, realm, why));
	TRY(fingerprint_check(&fingerprint, heard, why));
	peer.verified_at = peer.added_at = now;
	TRY(realm_write(r, store_peer, &job, why));
	log_event(LOG_NOTICE, "exchange.peer-added", LOG_STR("peer", peer.name),
	    LOG_STR("party", peer.party), LOG_STR("url", peer.url));
	realm_changed(r);
	*ret = peer;
	return OK;
}
