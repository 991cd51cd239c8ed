/* The hash over everything that a run of the gate depends on. */
#include "explain_p.h"

/* Each value with its length in front, so that no two lists of values run
 * together into the same bytes. */
static void
add_str(struct hasher *h, struct str s)
{
	uint64_t len = s.len;

	for (int i = 0; i < 8; i++) {
		char byte = (char)(len >> 8 * i & 0xff);

		hasher_add(h, (struct str){ &byte, 1 });
	}
	hasher_add(h, s);
}

static void
add_number(struct hasher *h, int64_t n)
{
	char text[32];
	size_t len = 0;
	uint64_t u = (uint64_t)n;

	for (int i = 0; i < 8; i++)
		text[len++] = (char)(u >> 8 * i & 0xff);
	hasher_add(h, (struct str){ text, len });
}

static void
add_item(struct hasher *h, const struct agreement_item *item)
{
	add_str(h, item->object.id);
	add_str(h, item->version);
	add_str(h, item->object.raw);
	add_number(h, item->selected);
	add_str(h, item->originator);
	add_str(h, item->giver);
	add_str(h, item->path);
	add_str(h, item->received_under);
	add_number(h, item->own_observation);
	add_number(h, item->default_tlp);
	add_str(h, item->copy_id);
	add_number(h, item->copy_created);
	add_number(h, item->copy_modified);
	add_number(h, item->delivered);
	add_number(h, item->approved);
	add_number(h, (int64_t)item->persons);
}

static void
add_consent(struct hasher *h, const struct consent *c)
{
	add_str(h, c->identity);
	add_number(h, c->scope);
	add_str(h, c->to);
	add_number(h, c->until);
	add_number(h, c->withdrawn);
}

static void
add_standing(struct hasher *h, const struct standing *s)
{
	if (s == NULL || s->agreement == NULL) {
		add_number(h, 0);
		return;
	}
	add_str(h, hash_str(&s->agreement->hash));
	add_number(h, s->signed_mask);
	add_number(h, s->terminated);
	add_number(h, s->suspended_mask);
	add_number(h, (int64_t)s->suspended_areas);
	for (size_t i = 0; i < s->suspended_areas; i++)
		add_str(h, s->suspended_area[i]);
}

static void
add_request(struct hasher *h, const struct agreement_request *r)
{
	add_number(h, FACTS_ENGINE);
	add_number(h, r->at);
	add_number(h, r->copy_time);
	add_str(h, r->realm);
	add_str(h, r->order_realm);
	add_str(h, r->from);
	add_str(h, r->to);
	add_number(h, r->channel);
	add_str(h, r->purpose);
	add_str(h, r->area);
	add_str(h, r->redaction_identity);
	add_number(h, r->recipient_verified);
	add_number(h, r->recipient_key_until);
	add_str(h, r->person_key);
	add_number(h, (int64_t)r->poc_failed);
	add_number(h, r->urgency);
	add_number(h, r->harm);
	add_str(h, r->break_glass.by);
	add_number(h, r->break_glass.two_officers);
	add_str(h, r->break_glass.condition);
	add_str(h, r->legal_basis);
	add_number(h, r->mode);
}

struct hash
decision_inputs(const struct gate *gate)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new();
	const struct agreement_request *r = gate->r;

	add_request(h, r);
	add_standing(h, r->standing);
	add_number(h, (int64_t)r->packs);
	for (size_t i = 0; i < r->packs; i++)
		add_str(h, hash_str(&r->pack[i]->hash));
	add_number(h, (int64_t)r->consents);
	for (size_t i = 0; i < r->consents; i++)
		add_consent(h, &r->consent[i]);
	add_number(h, (int64_t)r->items);
	for (size_t i = 0; i < r->items; i++)
		add_item(h, &r->item[i]);
	return hasher_take(h);
}
