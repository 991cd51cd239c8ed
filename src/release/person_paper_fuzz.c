/* Any bytes as a card, as an envelope, and as what was signed by the sender:
 * read, or refused with a reason; what was read is written as it was. */
#include "person_paper.h"

#include <stdlib.h>

#include "box.h"
#include "dsse.h"

enum { FUZZ_ARENA_MAX = 64 * MIB };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_read(enum err err, const struct why *why)
{
	need(err == OK || (why->code != NULL && why->text[0] != '\0'));
	return err == OK;
}

static void
try_card(struct arena *a, struct str text)
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);
	struct person_card card, again;
	struct why why = { 0 };

	if (!is_read(person_card_read(a, text, &card, &why), &why))
		return;
	need(person_card_write(&card, &out, &why) == OK);
	need(person_card_read(a, buf_str(&out), &again, &why) == OK);
	need(str_eq(card.name, again.name) && str_eq(card.organisation, again.organisation) &&
	     str_eq(card.realm, again.realm) && card.expires_at == again.expires_at &&
	     memcmp(card.key.byte, again.key.byte, VERIFY_KEY_BYTES) == 0);
}

static void
try_envelope(struct arena *a, struct str text)
{
	CLEANUP(buf_free) struct buf out = buf_new(2 * PERSON_ENVELOPE_MAX);
	struct person_envelope e, again;
	struct why why = { 0 };

	if (!is_read(person_envelope_read(a, text, &e, &why), &why))
		return;
	need(person_envelope_write(a, &e, &out, &why) == OK);
	need(person_envelope_read(a, buf_str(&out), &again, &why) == OK);
	need(str_eq(e.box, again.box) && str_eq(e.from, again.from) && str_eq(e.to, again.to) &&
	     str_eq(e.order_id, again.order_id) && e.ordinal == again.ordinal &&
	     str_eq(e.person, again.person) && e.made_at == again.made_at);
}

/* What the sender signed opens only when it holds a box for this key: none of
 * these bytes does. */
static void
try_open(struct arena *a, struct str text)
{
	static const uint8_t seed[32] = { 1 };
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_from_seed(seed);
	const struct person_opening by = { S("demo"), S("IN"), sign_key_public(key), key };
	struct dsse e = { .payload_type = S(PERSON_ENVELOPE_TYPE), .payload = text };
	struct person_envelope envelope;
	struct str opened = { 0 };
	struct why why = { 0 };

	need(person_envelope_open(a, text, &by, &envelope, &opened, &why) != OK);
	if (dsse_sign(&e, key, a, &why) != OK || dsse_write(&e, &out, &why) != OK)
		return;
	need(!is_read(person_envelope_open(a, buf_str(&out), &by, &envelope, &opened, &why), &why));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(FUZZ_ARENA_MAX);
	struct str text = { (const char *)data, len };

	try_card(a, text);
	try_envelope(a, text);
	try_open(a, text);
	return 0;
}
