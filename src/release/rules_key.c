#include "rules_key.h"

#include "codec.h"
#include "dsse.h"
#include "json.h"
#include "json_writer.h"
#include "rules_key_p.h"
#include "store.h"

enum { STATEMENT_MAX = 4 * KIB };

/* ---- the keys of a realm ---- */

/* "HEX UNTIL": one that was replaced. */
static bool
read_past(struct str text, struct rules_key_past *ret)
{
	struct str until = text;
	struct str hex = str_split(&until, ' ');

	return hex_parse(hex, ret->key.byte, VERIFY_KEY_BYTES) && until.ptr != NULL &&
	       time_parse(until, &ret->until);
}

static enum err
bad_setting(struct why *why, const char *name)
{
	return fail(why, ERR_TAMPERED, "pack.key",
	    "the setting %s holds no public key of %d digits", name, 2 * VERIFY_KEY_BYTES);
}

static enum err
load_past(struct db *db, struct arena *a, struct rules_keys *ret, struct why *why)
{
	struct str list = { 0 };
	enum err err = store_setting_get(db, S("rules-keys-past"), a, &list, why);

	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	while (list.len > 0) {
		if (ret->past == RULES_KEYS_MAX ||
		    !read_past(str_split(&list, '\n'), &ret->old[ret->past]))
			return bad_setting(why, "rules-keys-past");
		ret->past++;
	}
	return OK;
}

enum err
rules_keys_load(struct db *db, struct arena *a, struct rules_keys *ret, struct why *why)
{
	struct str hex = { 0 };

	*ret = (struct rules_keys){ 0 };
	TRY(store_setting_get(db, S("rules-key"), a, &hex, why));
	if (!hex_parse(hex, ret->now.byte, VERIFY_KEY_BYTES))
		return bad_setting(why, "rules-key");
	return load_past(db, a, ret, why);
}

static enum err
put_past(struct db *db, struct arena *a, const struct rules_keys *keys, time_us at, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(STATEMENT_MAX * 2);
	char hex[2 * VERIFY_KEY_BYTES + 1], until[TIME_TEXT_MAX];

	for (size_t i = 0; i <= keys->past; i++) {
		bool last = i == keys->past;

		hex_text((last ? &keys->now : &keys->old[i].key)->byte, VERIFY_KEY_BYTES, hex);
		time_text(last ? at : keys->old[i].until, until);
		buf_printf(&out, "%s%s %s", i > 0 ? "\n" : "", hex, until);
	}
	TRY(buf_check(&out, "the list of rules keys", why));
	return store_setting_put(db, S("rules-keys-past"), arena_str(a, buf_str(&out)), why);
}

enum err
rules_keys_replace(struct db *db, struct arena *a, const struct rules_keys *keys,
    const struct verify_key *next, time_us at, struct why *why)
{
	char hex[2 * VERIFY_KEY_BYTES + 1];

	TRY(put_past(db, a, keys, at, why));
	hex_text(next->byte, VERIFY_KEY_BYTES, hex);
	return store_setting_put(db, S("rules-key"), str_of(hex), why);
}

enum err
rules_keys_open(struct arena *a, const struct rules_keys *keys, struct str envelope,
    time_us added_at, struct rules_opened *ret, struct why *why)
{
	struct str text;

	*ret = (struct rules_opened){ 0 };
	enum err err = rule_pack_open(a, envelope, &keys->now, &ret->pack, &text, why);
	/* The newest first: of what a key signed, only what was active by then counts. */
	for (size_t i = keys->past; err == ERR_TAMPERED && i-- > 0;) {
		if (added_at > keys->old[i].until)
			continue;
		err = rule_pack_open(a, envelope, &keys->old[i].key, &ret->pack, &text, why);
		ret->earlier = err == OK;
	}
	return err;
}

/* ---- statements ---- */

enum err
rules_key_write(struct arena *a, struct str realm, const struct sign_key *old,
    const struct sign_key *next, struct buf *out, struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(STATEMENT_MAX);
	struct json_writer w = json_writer(&text);
	const struct verify_key key = sign_key_public(next);
	struct dsse e = { .payload_type = S(RULES_KEY_TYPE) };
	char hex[2 * VERIFY_KEY_BYTES + 1];

	hex_text(key.byte, VERIFY_KEY_BYTES, hex);
	json_begin_object(&w);
	json_put_u64(json_key(&w, S("format")), 1);
	json_put_str(json_key(&w, S("key")), str_of(hex));
	json_put_str(json_key(&w, S("realm")), realm);
	json_put_str(json_key(&w, S("type")), S("torana-rules-key"));
	json_end_object(&w);
	TRY(buf_check(&text, "the statement", why));
	e.payload = buf_str(&text);
	TRY(dsse_sign(&e, next, a, why));
	if (old != NULL)
		TRY(dsse_sign(&e, old, a, why));
	return dsse_write(&e, out, why);
}

static enum err
bad_statement(struct why *why, const char *what)
{
	return fail(why, ERR_INVALID, "rules-key.statement",
	    "this is no statement about a rules key: %s", what);
}

static enum err
read_statement(struct arena *a, struct str payload, struct str *ret_realm, struct verify_key *ret,
    struct why *why)
{
	const struct json_limits limits = { .bytes_max = STATEMENT_MAX };
	const struct json *tree = NULL;
	struct str type = { 0 }, key = { 0 };
	uint64_t format = 0;

	TRY(json_parse(a, payload, &limits, &tree, why));
	if (!json_get_str(tree, S("type"), &type) || !str_is(type, "torana-rules-key") ||
	    !json_get_u64(tree, S("format"), &format) || format != 1)
		return bad_statement(why, "its type is not torana-rules-key, format 1");
	if (!json_get_str(tree, S("realm"), ret_realm))
		return bad_statement(why, "it names no realm");
	if (!json_get_str(tree, S("key"), &key) || !hex_parse(key, ret->byte, VERIFY_KEY_BYTES))
		return bad_statement(why, "its key is not 64 hexadecimal digits");
	return OK;
}

static bool
is_known(const struct rules_keys *keys, const struct verify_key *key)
{
	for (size_t i = 0; i < keys->past; i++) {
		if (verify_key_eq(&keys->old[i].key, key))
			return true;
	}
	return verify_key_eq(&keys->now, key);
}

enum err
rules_key_read(struct arena *a, struct str envelope, const struct rules_keys *keys,
    struct str realm, struct rules_key_wish *ret, struct why *why)
{
	struct dsse *e = arena_make(a, struct dsse, 1);
	struct dsse_verdict verdict = { 0 };
	struct str found = { 0 };

	if (e == NULL)
		return fail(why, ERR_LIMIT, "rules-key.memory", "no memory is left");
	TRY(dsse_parse(a, envelope, e, why));
	if (!str_is(e->payload_type, RULES_KEY_TYPE))
		return bad_statement(why, "it is signed as something else");
	TRY(read_statement(a, e->payload, &found, &ret->next, why));
	if (!str_eq(found, realm))
		return fail(why, ERR_FORBIDDEN, "rules-key.realm",
		    "the statement is for the realm " STR_FMT ", and this is " STR_FMT,
		    STR_ARG(found), STR_ARG(realm));
	if (is_known(keys, &ret->next))
		return fail(why, ERR_CONFLICT, "rules-key.known",
		    "this key signs the rules now, or was replaced before: make a new one");
	if (keys->past == RULES_KEYS_MAX)
		return fail(why, ERR_LIMIT, "rules-key.many", "%d keys were replaced already",
		    RULES_KEYS_MAX);
	const struct verify_key both[] = { ret->next, keys->now };
	if (dsse_verify(e, both, COUNTOF(both), &verdict, NULL) != OK || !verdict.by[0])
		return fail(why, ERR_TAMPERED, "rules-key.unproved",
		    "the new key did not sign the statement over these bytes");
	ret->by_old = verdict.by[1];
	return OK;
}
