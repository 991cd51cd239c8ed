#include "codec.h"
#include "dsse.h"
#include "hash.h"
#include "note.h"

enum {
	ID_DIGITS = 8,
	TYPED_KEY_BYTES = 1 + VERIFY_KEY_BYTES,
	SCRATCH_BYTES = 512,
	KNOWN_TEXT_MAX = 512, /* of a key that a person gives */
};

static bool
is_name(struct str name)
{
	if (name.len == 0 || name.len > NOTE_NAME_MAX || !str_is_utf8(name))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = (uint8_t)name.ptr[i];
		if (c <= 0x20 || c == 0x7f || c == '+')
			return false;
	}
	return true;
}

static uint32_t
id_of(struct str name, const uint8_t typed[TYPED_KEY_BYTES])
{
	const struct str part[] = { name, S("\n"), { (const char *)typed, TYPED_KEY_BYTES } };
	struct hash h = hash_of_parts(part, COUNTOF(part));

	return (uint32_t)h.byte[0] << 24 | (uint32_t)h.byte[1] << 16 | (uint32_t)h.byte[2] << 8 |
	       h.byte[3];
}

static void
put_type(const struct note_key *key, uint8_t ret[TYPED_KEY_BYTES])
{
	ret[0] = (uint8_t)key->type;
	memcpy(ret + 1, key->key.byte, VERIFY_KEY_BYTES);
}

enum err
note_key_make(struct str name, enum note_type type, const struct verify_key *key,
    struct note_key *ret, struct why *why)
{
	struct note_key made = { .type = type, .key = *key };
	uint8_t typed[TYPED_KEY_BYTES];

	if (!is_name(name))
		return fail(why, ERR_INVALID, "note.name",
		    "the name of a key has 1 to %d bytes and no blanks or plus signs",
		    NOTE_NAME_MAX);
	memcpy(made.name, name.ptr, name.len);
	put_type(&made, typed);
	made.id = id_of(name, typed);
	*ret = made;
	return OK;
}

static enum err
malformed(struct why *why)
{
	return fail(why, ERR_INVALID, "note.key",
	    "this is no verifier key: it reads NAME+ID+BASE64, the ID in eight hex digits");
}

/* The type byte and the key; *ret_id is the id that the text claims. */
static enum err
parse_typed(struct str id, struct str base64, uint8_t ret[TYPED_KEY_BYTES], uint32_t *ret_id,
    struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_BYTES);
	uint8_t byte[ID_DIGITS / 2];
	struct str typed;

	if (base64.len > SCRATCH_BYTES / 2 || !hex_parse(id, byte, sizeof(byte)) ||
	    base64_parse(scratch, BASE64_STD, base64, &typed, NULL) != OK || typed.len == 0)
		return malformed(why);
	uint8_t type = (uint8_t)typed.ptr[0];
	if ((type != NOTE_ED25519 && type != NOTE_COSIGNATURE) || typed.len != TYPED_KEY_BYTES)
		return fail(why, ERR_INVALID, "note.type",
		    "keys of type %u with %zu bytes are unknown; we know 1 (Ed25519) and 4 (cosignature)",
		    type, typed.len - 1);
	memcpy(ret, typed.ptr, TYPED_KEY_BYTES);
	*ret_id =
	    (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
	return OK;
}

enum err
note_key_parse(struct str text, struct note_key *ret, struct why *why)
{
	struct str rest = text;
	struct str name = str_split(&rest, '+');
	struct str id = str_split(&rest, '+');
	uint8_t typed[TYPED_KEY_BYTES] = { 0 };
	struct verify_key key;
	struct note_key made = { 0 };
	uint32_t claimed = 0;

	if (rest.ptr == NULL)
		return malformed(why);
	TRY(parse_typed(id, rest, typed, &claimed, why));
	memcpy(key.byte, typed + 1, VERIFY_KEY_BYTES);
	TRY(note_key_make(name, (enum note_type)typed[0], &key, &made, why));
	if (made.id != claimed)
		return fail(why, ERR_TAMPERED, "note.id",
		    "the verifier key is damaged: its id is %08" PRIx32 ", not %08" PRIx32, made.id,
		    claimed);
	*ret = made;
	return OK;
}

void
note_key_text(const struct note_key *key, char *ret)
{
	CLEANUP(buf_free) struct buf text = buf_new(NOTE_KEY_TEXT_MAX - 1);
	uint8_t typed[TYPED_KEY_BYTES];

	buf_put(&text, str_of(key->name));
	buf_printf(&text, "+%08" PRIx32 "+", key->id);
	put_type(key, typed);
	base64_put(&text, BASE64_STD, typed, sizeof(typed));
	assert(!text.full);
	memcpy(ret, text.ptr, text.len);
	ret[text.len] = '\0';
}

/* The key that somebody knows, as SHA-256 of the public one. */
static enum err
known_hash(struct str known, char ret[HASH_HEX + 1], struct why *why)
{
	struct note_key key;
	struct hash hash;

	if (hash_parse(known, &hash)) {
		hash_text(&hash, ret);
		return OK;
	}
	if (known.len > KNOWN_TEXT_MAX || note_key_parse(known, &key, NULL) != OK)
		return fail(why, ERR_INVALID, "note.known-text",
		    "the key is neither 64 hex digits nor a log's verifier key (NAME+ID+BASE64)");
	dsse_keyid(&key.key, ret);
	return OK;
}

enum err
note_key_known(struct str known, const struct note_key *key, struct why *why)
{
	char want[HASH_HEX + 1], has[HASH_HEX + 1];

	TRY(known_hash(known, want, why));
	dsse_keyid(&key->key, has);
	if (strcmp(want, has) != 0)
		return fail(why, ERR_TAMPERED, "note.known",
		    "it is signed by the key %s, and not by %s", has, want);
	return OK;
}
