#include "dsse.h"

#include "codec.h"
#include "hash.h"
#include "json.h"
#include "json_writer.h"

/* "DSSEv1", two lengths and the blanks between them. */
enum { PAE_EXTRA = 64 };

void
dsse_pae(struct str payload_type, struct str payload, struct buf *out)
{
	buf_printf(out, "DSSEv1 %zu ", payload_type.len);
	buf_put(out, payload_type);
	buf_printf(out, " %zu ", payload.len);
	buf_put(out, payload);
}

void
dsse_keyid(const struct verify_key *key, char *ret)
{
	struct hash h = hash_of((struct str){ (const char *)key->byte, VERIFY_KEY_BYTES });

	hash_text(&h, ret);
}

/* What the envelope's signatures are over. */
static enum err
signed_bytes(const struct dsse *envelope, struct buf *ret, struct why *why)
{
	if (envelope->payload_type.len == 0 || envelope->payload_type.len > DSSE_TYPE_MAX)
		return fail(why, ERR_INVALID, "dsse.type",
		    "a payload type has 1 to %d bytes, not %zu", DSSE_TYPE_MAX,
		    envelope->payload_type.len);
	if (envelope->payload.len > DSSE_PAYLOAD_MAX)
		return fail(why, ERR_LIMIT, "dsse.payload",
		    "the payload has %zu bytes; %d are allowed", envelope->payload.len,
		    DSSE_PAYLOAD_MAX);
	*ret = buf_new(envelope->payload.len + envelope->payload_type.len + PAE_EXTRA);
	dsse_pae(envelope->payload_type, envelope->payload, ret);
	return buf_check(ret, "signed bytes", why);
}

enum err
dsse_sign(struct dsse *envelope, const struct sign_key *key, struct arena *arena, struct why *why)
{
	CLEANUP(buf_free) struct buf pae = { 0 };
	struct verify_key public = sign_key_public(key);
	char keyid[HASH_HEX + 1];

	TRY(signed_bytes(envelope, &pae, why));
	dsse_keyid(&public, keyid);

	/* The same key signs the same bytes in the same way. */
	struct signature made = sign_make(key, buf_str(&pae));
	for (size_t i = 0; i < envelope->signatures; i++) {
		if (memcmp(&envelope->signature[i].signature, &made, sizeof(made)) == 0)
			return fail(why, ERR_CONFLICT, "dsse.signed",
			    "the key %s has signed this envelope already", keyid);
	}
	if (envelope->signatures == DSSE_SIGNATURES_MAX)
		return fail(why, ERR_LIMIT, "dsse.signatures",
		    "an envelope holds %d signatures at most", DSSE_SIGNATURES_MAX);

	struct str kept = arena_str(arena, str_of(keyid));
	if (kept.ptr == NULL)
		return fail(why, ERR_LIMIT, "dsse.memory",
		    "no memory is left for another signature");
	envelope->signature[envelope->signatures++] = (struct dsse_signature){ kept, made };
	return OK;
}

static enum err
put_base64(struct json_writer *w, struct str bytes, struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(DSSE_BYTES_MAX);

	base64_put(&text, BASE64_STD, bytes.ptr, bytes.len);
	TRY(buf_check(&text, "envelope", why));
	json_put_str(w, buf_str(&text));
	return OK;
}

static enum err
put_signature(struct json_writer *w, const struct dsse_signature *signature, struct why *why)
{
	json_begin_object(w);
	json_put_str(json_key(w, S("keyid")), signature->keyid);
	TRY(put_base64(json_key(w, S("sig")),
	    (struct str){ (const char *)signature->signature.byte, SIGNATURE_BYTES }, why));
	json_end_object(w);
	return OK;
}

enum err
dsse_write(const struct dsse *envelope, struct buf *out, struct why *why)
{
	struct json_writer w = json_writer(out);

	json_begin_object(&w);
	TRY(put_base64(json_key(&w, S("payload")), envelope->payload, why));
	json_put_str(json_key(&w, S("payloadType")), envelope->payload_type);
	json_begin_array(json_key(&w, S("signatures")));
	for (size_t i = 0; i < envelope->signatures; i++)
		TRY(put_signature(&w, &envelope->signature[i], why));
	json_end_array(&w);
	json_end_object(&w);
	return buf_check(out, "envelope", why);
}

/* A member in base64 of either alphabet, as the standard lets writers choose. */
static enum err
get_bytes(struct arena *arena, const struct json *object, const char *name, struct str *ret,
    struct why *why)
{
	struct str text;

	if (!json_get_str(object, str_of(name), &text))
		return fail(why, ERR_INVALID, "dsse.member", "the member \"%s\" must be a string",
		    name);

	bool is_url = text.len % 4 != 0 || str_find(text, S("-")) != SIZE_MAX ||
	              str_find(text, S("_")) != SIZE_MAX;
	enum err err = base64_parse(arena, is_url ? BASE64_URL : BASE64_STD, text, ret, why);
	if (err != OK)
		why_prefix(why, "%s", name);
	return err;
}

static enum err
parse_signature(struct arena *arena, const struct json *object, struct dsse_signature *ret,
    struct why *why)
{
	struct str bytes = { 0 };
	const struct json *keyid = json_get(object, S("keyid"));

	if (!json_is(object, JSON_OBJECT))
		return fail(why, ERR_INVALID, "dsse.signature",
		    "a signature must be an object, not %s", json_type_name(object));
	if (keyid != NULL && !json_is(keyid, JSON_STRING))
		return fail(why, ERR_INVALID, "dsse.member", "the member \"%s\" must be a string",
		    "keyid");
	ret->keyid = keyid == NULL ? S("") : json_str(keyid);
	if (ret->keyid.len > DSSE_KEYID_MAX)
		return fail(why, ERR_LIMIT, "dsse.keyid",
		    "the key id has %zu bytes; %d are allowed", ret->keyid.len, DSSE_KEYID_MAX);
	TRY(get_bytes(arena, object, "sig", &bytes, why));
	if (bytes.len != SIGNATURE_BYTES)
		return fail(why, ERR_INVALID, "dsse.sig", "a signature has %d bytes, not %zu",
		    SIGNATURE_BYTES, bytes.len);
	memcpy(ret->signature.byte, bytes.ptr, SIGNATURE_BYTES);
	return OK;
}

static enum err
parse_signatures(struct arena *arena, const struct json *list, struct dsse *ret, struct why *why)
{
	if (!json_is(list, JSON_ARRAY) || list->len == 0)
		return fail(why, ERR_INVALID, "dsse.unsigned",
		    "the member \"signatures\" must be an array with at least one signature");
	if (list->len > DSSE_SIGNATURES_MAX)
		return fail(why, ERR_LIMIT, "dsse.signatures",
		    "an envelope holds %d signatures at most", DSSE_SIGNATURES_MAX);
	for (const struct json *one = list->first; one != NULL; one = one->next) {
		enum err err = parse_signature(arena, one, &ret->signature[ret->signatures], why);
		if (err != OK) {
			why_where(why, "/signatures/%zu", ret->signatures);
			return err;
		}
		ret->signatures++;
	}
	return OK;
}

enum err
dsse_parse(struct arena *arena, struct str json, struct dsse *ret, struct why *why)
{
	const struct json_limits limits = { .bytes_max = DSSE_BYTES_MAX, .depth_max = 8 };
	const struct json *top;
	struct dsse read = { 0 };

	/* Strings of the tree may slice the text, which need not outlive the call. */
	struct str text = arena_str(arena, json);
	if (text.ptr == NULL && json.len > 0)
		return fail(why, ERR_LIMIT, "dsse.memory", "no memory is left for the envelope");
	TRY(json_parse(arena, text, &limits, &top, why));
	if (!json_is(top, JSON_OBJECT))
		return fail(why, ERR_INVALID, "dsse.form", "an envelope is an object, not %s",
		    json_type_name(top));
	if (!json_get_str(top, S("payloadType"), &read.payload_type) ||
	    read.payload_type.len == 0 || read.payload_type.len > DSSE_TYPE_MAX)
		return fail(why, ERR_INVALID, "dsse.type",
		    "the member \"payloadType\" must be a string of 1 to %d bytes", DSSE_TYPE_MAX);
	TRY(get_bytes(arena, top, "payload", &read.payload, why));
	if (read.payload.len > DSSE_PAYLOAD_MAX)
		return fail(why, ERR_LIMIT, "dsse.payload",
		    "the payload has %zu bytes; %d are allowed", read.payload.len,
		    DSSE_PAYLOAD_MAX);
	TRY(parse_signatures(arena, json_get(top, S("signatures")), &read, why));
	*ret = read;
	return OK;
}

static bool
is_repeated(const struct verify_key *key, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (verify_key_eq(&key[i], &key[index]))
			return true;
	}
	return false;
}

/* One verification: what is tried, with which keys, and what came out. */
struct trial {
	struct str pae;
	const struct verify_key *key;
	size_t keys;
	size_t work; /* bytes hashed so far */
	struct dsse_verdict verdict;
};

/* Tries the keys that the signature's hint names, or all others; *ret tells
 * whether one of them made it. */
static enum err
try_keys(struct trial *t, const struct dsse_signature *signature, bool hinted, bool *ret,
    struct why *why)
{
	*ret = false;
	for (size_t i = 0; i < t->keys && !*ret; i++) {
		char keyid[HASH_HEX + 1];
		dsse_keyid(&t->key[i], keyid);
		if (str_is(signature->keyid, keyid) != hinted || t->verdict.by[i] ||
		    is_repeated(t->key, i))
			continue;
		if (t->pae.len > DSSE_WORK_MAX - t->work)
			return fail(why, ERR_LIMIT, "dsse.work",
			    "too many signatures that no known key made: verifying would hash more "
			    "than %d MiB",
			    DSSE_WORK_MAX / MIB);
		t->work += t->pae.len;
		if (sign_verify(&t->key[i], t->pae, &signature->signature, NULL) == OK) {
			t->verdict.by[i] = true;
			t->verdict.distinct++;
			*ret = true;
		}
	}
	return OK;
}

enum err
dsse_verify(const struct dsse *envelope, const struct verify_key *key, size_t keys,
    struct dsse_verdict *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf pae = { 0 };

	if (keys > DSSE_KEYS_MAX)
		return fail(why, ERR_LIMIT, "dsse.keys",
		    "an envelope is verified against %d keys at most, not %zu", DSSE_KEYS_MAX,
		    keys);
	TRY(signed_bytes(envelope, &pae, why));

	struct trial trial = { .pae = buf_str(&pae), .key = key, .keys = keys };
	for (size_t i = 0; i < envelope->signatures; i++) {
		bool found;
		TRY(try_keys(&trial, &envelope->signature[i], true, &found, why));
		if (!found)
			TRY(try_keys(&trial, &envelope->signature[i], false, &found, why));
	}
	if (trial.verdict.distinct == 0)
		return fail(why, ERR_TAMPERED, "dsse.stranger",
		    "none of the %zu known keys signed this envelope", keys);
	*ret = trial.verdict;
	return OK;
}
