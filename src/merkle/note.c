#include "note.h"

#include "codec.h"

/* U+2014 and a blank. */
#define DASH "\xe2\x80\x94 "

enum {
	ID_BYTES = 4,
	TIME_BYTES = 8,
	STATEMENT_MAX = NOTE_BYTES_MAX + 64, /* a text with a time in front */
};

/* ---- what a key signs ---- */

/* The bytes a signature of this type is over. */
static struct buf
statement(enum note_type type, struct str text, uint64_t at_s)
{
	struct buf b = buf_new(STATEMENT_MAX);

	if (type == NOTE_COSIGNATURE)
		buf_printf(&b, "cosignature/v1\ntime %" PRIu64 "\n", at_s);
	buf_put(&b, text);
	return b;
}

static enum err
check_text(struct str text, struct why *why)
{
	if (text.len > NOTE_BYTES_MAX)
		return fail(why, ERR_LIMIT, "note.long", "the note has %zu bytes; %d are allowed",
		    text.len, NOTE_BYTES_MAX);
	if (text.len == 0 || text.ptr[text.len - 1] != '\n')
		return fail(why, ERR_INVALID, "note.text",
		    "the text of a note ends with a newline");
	if (!str_is_utf8(text))
		return fail(why, ERR_INVALID, "note.utf8", "a note is written in UTF-8");
	for (size_t i = 0; i < text.len; i++) {
		if ((uint8_t)text.ptr[i] < 0x20 && text.ptr[i] != '\n')
			return fail(why, ERR_INVALID, "note.control",
			    "byte %zu of the note is a control character", i);
	}
	return OK;
}

static void
put_be(uint64_t value, unsigned len, uint8_t *ret)
{
	for (unsigned i = 0; i < len; i++)
		ret[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

static uint64_t
get_be(struct str bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.len; i++)
		value = value << 8 | (uint8_t)bytes.ptr[i];
	return value;
}

enum err
note_sign(const struct note_key *key, const struct sign_key *secret, struct str text, uint64_t at_s,
    struct buf *out, struct why *why)
{
	struct verify_key public = sign_key_public(secret);
	uint8_t bytes[ID_BYTES + TIME_BYTES + SIGNATURE_BYTES];
	size_t len = ID_BYTES;

	TRY(check_text(text, why));
	if (!verify_key_eq(&public, &key->key))
		return fail(why, ERR_INVALID, "note.secret", "the secret is not that of the key %s",
		    key->name);

	CLEANUP(buf_free) struct buf signed_text = statement(key->type, text, at_s);
	TRY(buf_check(&signed_text, "note", why));
	struct signature signature = sign_make(secret, buf_str(&signed_text));
	put_be(key->id, ID_BYTES, bytes);
	if (key->type == NOTE_COSIGNATURE) {
		put_be(at_s, TIME_BYTES, bytes + len);
		len += TIME_BYTES;
	}
	memcpy(bytes + len, signature.byte, SIGNATURE_BYTES);
	len += SIGNATURE_BYTES;

	buf_put(out, S(DASH));
	buf_put(out, str_of(key->name));
	buf_putc(out, ' ');
	base64_put(out, BASE64_STD, bytes, len);
	buf_putc(out, '\n');
	return buf_check(out, "note", why);
}

/* ---- reading ---- */

static enum err
parse_line(struct arena *arena, struct str line, struct note_signature *ret, struct why *why)
{
	struct str bytes;

	if (!str_starts(line, S(DASH)))
		return fail(why, ERR_INVALID, "note.line",
		    "a signature line begins with a dash (U+2014)");
	struct str rest = str_sub(line, sizeof(DASH) - 1, line.len);
	struct str name = str_split(&rest, ' ');
	if (name.len == 0 || name.len > NOTE_NAME_MAX || rest.ptr == NULL)
		return fail(why, ERR_INVALID, "note.line",
		    "a signature line has the name of a key and its signature in base64");
	TRY(base64_parse(arena, BASE64_STD, rest, &bytes, why));
	if (bytes.len <= ID_BYTES)
		return fail(why, ERR_INVALID, "note.short",
		    "the signature of %.*s has only %zu bytes", STR_ARG(name), bytes.len);
	*ret = (struct note_signature){ name, (uint32_t)get_be(str_sub(bytes, 0, ID_BYTES)),
		str_sub(bytes, ID_BYTES, bytes.len) };
	return OK;
}

enum err
note_parse_lines(struct arena *arena, struct str text, struct str lines, struct note *ret,
    struct why *why)
{
	struct note note = { .text = text };

	TRY(check_text(text, why));
	TRY(check_text(lines, why));
	struct str rest = str_sub(lines, 0, lines.len - 1);
	while (rest.ptr != NULL) {
		if (note.signatures == NOTE_SIGNATURES_MAX)
			return fail(why, ERR_LIMIT, "note.signatures",
			    "a note has %d signatures at most", NOTE_SIGNATURES_MAX);
		enum err err = parse_line(arena, str_split(&rest, '\n'),
		    &note.signature[note.signatures], why);
		note.signatures++;
		if (err != OK) {
			why_where(why, "signature line %zu", note.signatures);
			return err;
		}
	}
	*ret = note;
	return OK;
}

/* Where the last empty line is: texts may have empty lines of their own. */
static size_t
find_split(struct str bytes)
{
	for (size_t i = bytes.len; i-- > 1;) {
		if (bytes.ptr[i] == '\n' && bytes.ptr[i - 1] == '\n')
			return i;
	}
	return SIZE_MAX;
}

enum err
note_parse(struct arena *arena, struct str bytes, struct note *ret, struct why *why)
{
	TRY(check_text(bytes, why));

	size_t split = find_split(bytes);
	if (split == SIZE_MAX || split + 1 == bytes.len)
		return fail(why, ERR_INVALID, "note.unsigned",
		    "a note has an empty line and at least one signature after its text");
	return note_parse_lines(arena, str_sub(bytes, 0, split),
	    str_sub(bytes, split + 1, bytes.len), ret, why);
}

/* ---- verifying ---- */

static enum err
verify_one(struct str text, const struct note_signature *signature, const struct note_key *key,
    struct note_verdict *verdict, struct why *why)
{
	size_t time_bytes = key->type == NOTE_COSIGNATURE ? TIME_BYTES : 0;
	struct signature made;

	if (signature->bytes.len != time_bytes + SIGNATURE_BYTES)
		return fail(why, ERR_TAMPERED, "note.length",
		    "the signature of %s has %zu bytes, not %zu", key->name, signature->bytes.len,
		    time_bytes + SIGNATURE_BYTES);
	uint64_t at_s = get_be(str_sub(signature->bytes, 0, time_bytes));
	memcpy(made.byte, signature->bytes.ptr + time_bytes, SIGNATURE_BYTES);

	CLEANUP(buf_free) struct buf signed_text = statement(key->type, text, at_s);
	TRY(buf_check(&signed_text, "note", why));
	enum err err = sign_verify(&key->key, buf_str(&signed_text), &made, why);
	if (err != OK) {
		why_prefix(why, "%s", key->name);
		return err;
	}
	verdict->is_signed = true;
	if (at_s > verdict->at_s)
		verdict->at_s = at_s;
	return OK;
}

enum err
note_verify(const struct note *note, const struct note_key *key, size_t keys,
    struct note_verdict *ret, struct why *why)
{
	struct note_verdict verdict[NOTE_KEYS_MAX] = { 0 };

	assert(keys <= NOTE_KEYS_MAX);
	for (size_t i = 0; i < note->signatures; i++) {
		const struct note_signature *signature = &note->signature[i];
		for (size_t k = 0; k < keys; k++) {
			if (key[k].id == signature->id && str_is(signature->name, key[k].name))
				TRY(verify_one(note->text, signature, &key[k], &verdict[k], why));
		}
	}
	memcpy(ret, verdict, keys * sizeof(*ret));
	return OK;
}
