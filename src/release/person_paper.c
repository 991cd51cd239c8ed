#include "person_paper.h"

#include "box.h"
#include "codec.h"
#include "dsse.h"
#include "hash.h"
#include "json.h"
#include "json_writer.h"

static_assert((int)PERSON_ENVELOPE_MAX <= (int)DSSE_PAYLOAD_MAX, "what is sealed can be signed");

/* Characters of UTF-8 that a terminal obeys or that turn the direction of a text. */
static const struct control {
	const char *lead;
	unsigned char from, to; /* of the byte that follows */
} controls[] = {
	{ "", 0x00, 0x1f }, { "", 0x7f, 0x7f }, { "\xc2", 0x80, 0x9f }, /* C1 */
	{ "\xd8", 0x9c, 0x9c },                                         /* U+061C */
	{ "\xe2\x80", 0x8e, 0x8f },                                     /* U+200E, U+200F */
	{ "\xe2\x80", 0xa8, 0xae },                                     /* U+2028 to U+202E */
	{ "\xe2\x81", 0xa6, 0xa9 },                                     /* U+2066 to U+2069 */
};

static bool
starts_with_control(struct str s)
{
	for (size_t i = 0; i < COUNTOF(controls); i++) {
		struct str lead = str_of(controls[i].lead);

		if (s.len <= lead.len || !str_eq(str_sub(s, 0, lead.len), lead))
			continue;
		unsigned char next = (unsigned char)s.ptr[lead.len];
		if (next >= controls[i].from && next <= controls[i].to)
			return true;
	}
	return false;
}

/* It is printed in tables: of one line, and what is read is what stands there. */
static bool
is_name(struct str s)
{
	if (!str_is_utf8(s))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (starts_with_control(str_sub(s, i, SIZE_MAX)))
			return false;
	}
	return s.len > 0 && s.len <= PERSON_NAME_MAX;
}

static bool
get_name(const struct json *tree, struct str name, struct str *ret)
{
	return json_get_str(tree, name, ret) && is_name(*ret);
}

static bool
get_time(const struct json *tree, struct str name, time_us *ret)
{
	struct str text = { 0 };

	return json_get_str(tree, name, &text) && time_parse(text, ret);
}

static bool
has_type(const struct json *tree, const char *type)
{
	struct str found = { 0 };
	uint64_t format = 0;

	return json_get_str(tree, S("type"), &found) && str_is(found, type) &&
	       json_get_u64(tree, S("format"), &format) && format == 1;
}

static void
put_time(struct json_writer *w, struct str name, time_us at)
{
	char text[TIME_TEXT_MAX];

	time_text(at, text);
	json_put_str(json_key(w, name), str_of(text));
}

/* ---- cards ---- */

enum err
person_card_write(const struct person_card *card, struct buf *out, struct why *why)
{
	struct json_writer w = json_writer(out);
	char key[2 * VERIFY_KEY_BYTES + 1];

	if (!is_name(card->name))
		return fail(why, ERR_INVALID, "person.name",
		    "a card has a name of 1 to %d bytes in one line", PERSON_NAME_MAX);
	hex_text(card->key.byte, VERIFY_KEY_BYTES, key);
	json_begin_object(&w);
	put_time(&w, S("expires"), card->expires_at);
	json_put_u64(json_key(&w, S("format")), 1);
	json_put_str(json_key(&w, S("key")), str_of(key));
	json_put_str(json_key(&w, S("name")), card->name);
	json_put_str(json_key(&w, S("organisation")), card->organisation);
	json_put_str(json_key(&w, S("realm")), card->realm);
	json_put_str(json_key(&w, S("type")), S("torana-card"));
	json_end_object(&w);
	return buf_check(out, "the card", why);
}

static enum err
bad_card(struct why *why, const char *what)
{
	return fail(why, ERR_INVALID, "person.card", "this is no card of a person: %s", what);
}

enum err
person_card_read(struct arena *a, struct str text, struct person_card *ret, struct why *why)
{
	const struct json_limits limits = { .bytes_max = PERSON_CARD_MAX };
	const struct json *tree = NULL;
	struct str key = { 0 };

	*ret = (struct person_card){ 0 };
	TRY(json_parse(a, text, &limits, &tree, why));
	if (!has_type(tree, "torana-card"))
		return bad_card(why, "its type is not torana-card, format 1");
	if (!get_name(tree, S("realm"), &ret->realm))
		return bad_card(why, "it names no realm");
	if (!get_name(tree, S("name"), &ret->name))
		return bad_card(why, "it names nobody in one line of at most 200 bytes");
	if (!get_name(tree, S("organisation"), &ret->organisation))
		return bad_card(why, "it names no organisation");
	if (!json_get_str(tree, S("key"), &key) || !hex_parse(key, ret->key.byte, VERIFY_KEY_BYTES))
		return bad_card(why, "its key is not 64 hexadecimal digits");
	if (!get_time(tree, S("expires"), &ret->expires_at))
		return bad_card(why, "it says no time at which it expires");
	return OK;
}

/* ---- envelopes ---- */

enum err
person_envelope_write(struct arena *a, const struct person_envelope *e, struct buf *out,
    struct why *why)
{
	struct json_writer w = json_writer(out);
	struct str sealed = base64_text(a, BASE64_STD, e->box.ptr, e->box.len);

	if (sealed.ptr == NULL)
		return fail(why, ERR_LIMIT, "person.memory", "no memory for the envelope");
	json_begin_object(&w);
	put_time(&w, S("at"), e->made_at);
	json_put_u64(json_key(&w, S("format")), 1);
	json_put_str(json_key(&w, S("from")), e->from);
	json_put_str(json_key(&w, S("order")), e->order_id);
	json_put_u64(json_key(&w, S("ordinal")), e->ordinal);
	json_put_str(json_key(&w, S("person")), e->person);
	json_put_str(json_key(&w, S("realm")), e->realm);
	json_put_str(json_key(&w, S("sealed")), sealed);
	json_put_str(json_key(&w, S("to")), e->to);
	json_put_str(json_key(&w, S("type")), S("torana-envelope"));
	json_end_object(&w);
	TRY(buf_check(out, "the envelope", why));
	if (out->len > PERSON_ENVELOPE_MAX)
		return fail(why, ERR_LIMIT, "person.size",
		    "an envelope has at most %d bytes, and this one would have %zu",
		    PERSON_ENVELOPE_MAX, out->len);
	return OK;
}

static enum err
bad_envelope(struct why *why, const char *what)
{
	return fail(why, ERR_INVALID, "person.envelope", "this is no envelope for a person: %s",
	    what);
}

enum err
person_envelope_read(struct arena *a, struct str text, struct person_envelope *ret, struct why *why)
{
	const struct json_limits limits = { .bytes_max = PERSON_ENVELOPE_MAX };
	const struct json *tree = NULL;
	struct str sealed = { 0 };
	struct hash person;

	*ret = (struct person_envelope){ 0 };
	TRY(json_parse(a, text, &limits, &tree, why));
	if (!has_type(tree, "torana-envelope"))
		return bad_envelope(why, "its type is not torana-envelope, format 1");
	if (!get_name(tree, S("realm"), &ret->realm))
		return bad_envelope(why, "it names no realm");
	if (!get_name(tree, S("from"), &ret->from) || !get_name(tree, S("to"), &ret->to))
		return bad_envelope(why, "it does not say from whom to whom");
	if (!get_name(tree, S("order"), &ret->order_id) ||
	    !json_get_u64(tree, S("ordinal"), &ret->ordinal))
		return bad_envelope(why, "it names no order and item");
	if (!get_name(tree, S("person"), &ret->person) || !hash_parse(ret->person, &person))
		return bad_envelope(why, "it names no card");
	if (!get_time(tree, S("at"), &ret->made_at))
		return bad_envelope(why, "it says no time at which it was sealed");
	if (!json_get_str(tree, S("sealed"), &sealed))
		return bad_envelope(why, "nothing is in it");
	return base64_parse(a, BASE64_STD, sealed, &ret->box, why);
}

enum err
person_envelope_open(struct arena *a, struct str signed_text, const struct person_opening *by,
    struct person_envelope *ret, struct str *ret_text, struct why *why)
{
	struct dsse e = { 0 };
	struct dsse_verdict verdict;

	TRY(dsse_parse(a, signed_text, &e, why));
	if (!str_is(e.payload_type, PERSON_ENVELOPE_TYPE))
		return bad_envelope(why, "it is signed as something else");
	TRY(dsse_verify(&e, &by->sender, 1, &verdict, why));
	TRY(person_envelope_read(a, e.payload, ret, why));
	if (!str_eq(ret->realm, by->realm))
		return fail(why, ERR_FORBIDDEN, "person.realm",
		    "it was sealed in the realm " STR_FMT ", not " STR_FMT, STR_ARG(ret->realm),
		    STR_ARG(by->realm));
	struct str party = ret->from;
	if (!str_eq(str_split(&party, ':'), by->party))
		return fail(why, ERR_TAMPERED, "person.party",
		    "it says that it is from " STR_FMT ", and " STR_FMT " signed it",
		    STR_ARG(ret->from), STR_ARG(by->party));
	return box_open(a, by->key, ret->box, ret_text, why);
}
