/* Decides what it reads: a line is a case, a line is an answer.
 *
 * For the reference evaluator in tests/reference, which says about the same
 * case what may not leave.  A case is
 * {"agreement","packs","request","items","consents"}: documents as objects, an
 * item with its "object" and the members of struct agreement_item.  An answer
 * is {"decisions":[{"id","outcome","codes","leaving_id","bytes"}]} or {"error"}. */
#include <stdio.h>
#include <stdlib.h>

#include "agreement.h"
#include "json_writer.h"
#include "pseudonym.h"

enum { CASE_ITEMS_MAX = 512, CASE_CONSENTS_MAX = 32, CASE_BYTES_MAX = 16 * MIB };

struct driven {
	struct arena *a;
	struct standing standing;
	struct agreement_request r;
	struct agreement_item item[CASE_ITEMS_MAX];
	struct consent consent[CASE_CONSENTS_MAX];
};

static struct str
text_of(const struct json *v, const char *name)
{
	struct str text = json_str(json_get(v, str_of(name)));

	return text.ptr == NULL ? S("") : text;
}

static bool
flag_of(const struct json *v, const char *name)
{
	return json_is(json_get(v, str_of(name)), JSON_TRUE);
}

static uint64_t
number_of(const struct json *v, const char *name)
{
	uint64_t n = 0;

	(void)json_get_u64(v, str_of(name), &n);
	return n;
}

static time_us
time_of(const struct json *v, const char *name)
{
	time_us at = 0;

	(void)time_parse(text_of(v, name), &at);
	return at;
}

static enum channel
channel_of(struct str name)
{
	if (str_is(name, "auto"))
		return CHANNEL_AUTO;
	return str_is(name, "person") ? CHANNEL_PERSON : CHANNEL_OFFICER;
}

static void
read_request(struct driven *d, const struct json *v)
{
	struct agreement_request *r = &d->r;
	const struct json *closed = json_get(v, S("suspended_areas"));

	r->at = time_of(v, "at");
	r->copy_time = r->at;
	r->realm = text_of(v, "realm");
	r->order_realm = text_of(v, "order_realm");
	r->from = text_of(v, "from");
	r->to = text_of(v, "to");
	r->channel = channel_of(text_of(v, "channel"));
	r->purpose = text_of(v, "purpose");
	r->area = text_of(v, "area");
	r->redaction_identity = text_of(v, "redaction_identity");
	r->recipient_verified = flag_of(v, "verified");
	r->recipient_key_until = time_of(v, "key_until");
	r->legal_basis = text_of(v, "legal_basis");
	r->poc_failed = number_of(v, "poc_failed");
	r->person_key = text_of(v, "person");
	r->mode = flag_of(v, "strict") ? BUNDLE_STRICT : BUNDLE_PARTIAL;
	d->standing.signed_by = flag_of(v, "signed") ? 2 : 1;
	d->standing.signed_mask = flag_of(v, "signed") ? 3 : 1;
	d->standing.terminated = flag_of(v, "terminated");
	d->standing.suspended = flag_of(v, "suspended");
	d->standing.suspended_mask = flag_of(v, "suspended") ? 1 : 0;
	for (const struct json *a = json_is(closed, JSON_ARRAY) ? closed->first : NULL; a != NULL;
	     a = a->next) {
		d->standing.suspended_area[d->standing.suspended_areas] = a->text;
		d->standing.suspended_area_mask[d->standing.suspended_areas++] = 1;
	}
}

static enum err
read_item(struct driven *d, const struct json *v, struct why *why)
{
	struct agreement_item *item = &d->item[d->r.items];

	if (d->r.items == CASE_ITEMS_MAX)
		return fail(why, ERR_LIMIT, "drive.items", "too many items");
	TRY(stix_scan(json_get(v, S("object")), &item->object, why));
	item->version = item->object.modified;
	item->selected = flag_of(v, "selected");
	item->originator = text_of(v, "originator");
	item->giver = text_of(v, "giver");
	item->path = text_of(v, "path");
	item->received_under = text_of(v, "received_under");
	item->own_observation = flag_of(v, "own_observation");
	(void)tlp_parse(text_of(v, "default_tlp"), &item->default_tlp);
	item->approved = flag_of(v, "approved");
	item->copy_id = arena_printf(d->a, STR_FMT "--00000000-0000-4000-a000-%012zu",
	    STR_ARG(item->object.type), d->r.items + 1);
	if (str_is(text_of(v, "delivered"), "original"))
		item->delivered = DELIVERED_ORIGINAL;
	if (str_is(text_of(v, "delivered"), "copy"))
		item->delivered = DELIVERED_COPY;
	d->r.items++;
	return OK;
}

static int
item_order(const void *a, const void *b)
{
	const struct agreement_item *x = a, *y = b;
	int order = str_cmp(x->object.id, y->object.id);

	return order != 0 ? order : str_cmp(x->copy_id, y->copy_id); /* as they came */
}

static void
read_consents(struct driven *d, const struct json *list)
{
	for (const struct json *v = list == NULL ? NULL : list->first;
	     v != NULL && d->r.consents < CASE_CONSENTS_MAX; v = v->next) {
		struct consent *c = &d->consent[d->r.consents++];
		struct str scope = text_of(v, "scope");

		c->identity = text_of(v, "identity");
		c->scope = str_is(scope, "name")       ? CONSENT_NAME
		           : str_is(scope, "personal") ? CONSENT_PERSONAL
		                                       : CONSENT_TECHNIQUE;
		c->to = text_of(v, "to");
		c->until = time_of(v, "until");
		c->withdrawn = flag_of(v, "withdrawn");
	}
}

static enum err
read_case(struct driven *d, const struct json *v, struct why *why)
{
	const struct json *list;

	TRY(agreement_parse(d->a, json_get(v, S("agreement"))->raw, &d->standing.agreement, why));
	list = json_get(v, S("packs"));
	for (const struct json *p = list == NULL ? NULL : list->first;
	     p != NULL && d->r.packs < PACKS_MAX; p = p->next)
		TRY(rule_pack_parse(d->a, p->raw, &d->r.pack[d->r.packs++], why));
	read_request(d, json_get(v, S("request")));
	list = json_get(v, S("items"));
	for (const struct json *i = list == NULL ? NULL : list->first; i != NULL; i = i->next)
		TRY(read_item(d, i, why));
	read_consents(d, json_get(v, S("consents")));
	qsort(d->item, d->r.items, sizeof(d->item[0]), item_order);
	d->r.item = d->item;
	d->r.consent = d->consent;
	d->r.standing = &d->standing;
	return agreement_pseudonyms(d->a, S("a secret that only tests have"), &d->r,
	    &d->r.pseudonyms, &d->r.pseudonym, why);
}

static void
write_decisions(struct json_writer *w, const struct agreement_decisions *all)
{
	json_begin_array(json_key(w, S("decisions")));
	for (size_t i = 0; i < all->len; i++) {
		const struct agreement_decision *d = &all->decision[i];

		json_begin_object(w);
		json_put_str(json_key(w, S("id")), d->item->object.id);
		json_put_str(json_key(w, S("outcome")), str_of(outcome_name(d->outcome)));
		json_begin_array(json_key(w, S("codes")));
		for (size_t k = 0; k < d->codes; k++)
			json_put_str(w, d->code[k]);
		json_end_array(w);
		json_put_str(json_key(w, S("leaving_id")), d->leaving_id);
		json_put_str(json_key(w, S("bytes")), d->bytes);
		json_end_object(w);
	}
	json_end_array(w);
}

static void
answer(struct str line, struct buf *out)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(512 * MIB);
	struct driven *d = arena_make(a, struct driven, 1);
	const struct agreement_decisions *got = NULL;
	struct json_writer w = json_writer(out);
	const struct json *v = NULL;
	struct why why = { 0 };
	enum err err;

	d->a = a;
	err = json_parse(a, line, NULL, &v, &why);
	if (err == OK)
		err = read_case(d, v, &why);
	if (err == OK)
		err = agreement_decide(a, &d->r, &got, &why);
	json_begin_object(&w);
	if (err == OK)
		write_decisions(&w, got);
	else
		json_put_str(json_key(&w, S("error")), str_of(why.text));
	json_end_object(&w);
}

int
main(void)
{
	CLEANUP(buf_free) struct buf out = buf_new(4 * (size_t)CASE_BYTES_MAX);
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while ((len = getline(&line, &cap, stdin)) > 0) {
		buf_clear(&out);
		answer((struct str){ line, (size_t)len }, &out);
		buf_putc(&out, '\n');
		(void)fwrite(out.ptr, 1, out.len, stdout);
		(void)fflush(stdout);
	}
	heap_free(line);
	return 0;
}
