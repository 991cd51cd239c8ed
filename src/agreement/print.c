/* A decision as JSON. */
#include "agreement.h"
#include "codes.h"
#include "json_writer.h"

static void
put_list(struct json_writer *w, struct str name, const struct str *text, size_t n)
{
	json_begin_array(json_key(w, name));
	for (size_t i = 0; i < n; i++)
		json_put_str(w, text[i]);
	json_end_array(w);
}

/* What the partner may read: the sentences of shared codes, no rule of ours. */
static void
put_shared_why(struct json_writer *w, const struct agreement_decision *d)
{
	CLEANUP(buf_free) struct buf text = buf_new(4 * KIB);

	for (size_t i = 0; i < d->shared_codes; i++) {
		buf_put(&text, i == 0 ? S("") : S(" "));
		buf_put(&text, d->shared_code[i]);
		buf_put(&text, S(": "));
		buf_put(&text, str_of(reason_text(d->shared_code[i])));
	}
	json_put_str(json_key(w, S("why")), buf_str(&text));
}

static void
put_changes(struct json_writer *w, const struct agreement_decision *d)
{
	json_begin_array(json_key(w, S("changes")));
	for (size_t i = 0; i < d->changes; i++) {
		json_begin_object(w);
		json_put_str(json_key(w, S("pointer")), d->change[i].pointer);
		json_put_str(json_key(w, S("code")), d->change[i].code);
		json_put_str(json_key(w, S("method")), d->change[i].method);
		json_end_object(w);
	}
	json_end_array(w);
}

static void
put_rules(struct json_writer *w, const struct agreement_request *request,
    const struct agreement_decision *d, bool for_partner)
{
	const struct agreement *g = request->standing == NULL ? NULL : request->standing->agreement;
	char hash[HASH_HEX + 1];

	json_begin_array(json_key(w, S("rules")));
	for (size_t i = 0; i < d->rules; i++) {
		const struct rule_cited *rule = &d->rule[i];

		if (for_partner && rule->private_text)
			continue;
		hash_text(&rule->hash, hash);
		json_begin_object(w);
		json_put_str(json_key(w, S("id")), rule->id);
		json_put_str(json_key(w, S("version")), rule->version);
		json_put_str(json_key(w, S("hash")), str_of(hash));
		if (g != NULL && agreement_is_model(g) && hash_eq(&rule->hash, &g->hash))
			json_put_bool(json_key(w, S("model")), true);
		json_end_object(w);
	}
	json_end_array(w);
}

void
agreement_decision_write(struct json_writer *w, const struct agreement_request *request,
    const struct agreement_decision *d, bool for_partner)
{
	const struct agreement *g = request->standing == NULL ? NULL : request->standing->agreement;

	json_begin_object(w);
	json_put_str(json_key(w, S("id")), for_partner ? d->leaving_id : d->item->object.id);
	if (!for_partner)
		json_put_str(json_key(w, S("version")), d->item->version);
	json_put_str(json_key(w, S("recipient")), request->to);
	if (request->asked.len > 0)
		json_put_str(json_key(w, S("asked")), request->asked);
	json_put_str(json_key(w, S("purpose")), request->purpose);
	json_put_str(json_key(w, S("area")), request->area);
	if (request->legal_basis.len > 0)
		json_put_str(json_key(w, S("legal_basis")), request->legal_basis);
	if (request->mode == BUNDLE_STRICT)
		json_put_bool(json_key(w, S("strict")), true);
	if (!for_partner && request->poc_failed > 0)
		json_put_u64(json_key(w, S("contact_failed")), request->poc_failed);
	json_put_str(json_key(w, S("outcome")), str_of(outcome_name(d->outcome)));
	put_list(w, S("codes"), for_partner ? d->shared_code : d->code,
	    for_partner ? d->shared_codes : d->codes);
	json_put_str(json_key(w, S("clause")), d->clause);
	if (g != NULL &&
	    (d->clause.len > 0 ? agreement_cites_model(g, d->clause) : agreement_is_model(g)))
		json_put_bool(json_key(w, S("model")), true);
	if (for_partner)
		put_shared_why(w, d);
	else
		json_put_str(json_key(w, S("why")), d->why);
	json_put_str(json_key(w, S("what")), d->what);
	put_list(w, S("conditions"), d->condition, d->conditions);
	put_list(w, S("would_change"), d->would, for_partner ? 0 : d->would_change);
	put_list(w, S("obligations"), d->obligation, d->obligations);
	put_list(w, S("approvals"), d->approval, d->approvals);
	if (!for_partner)
		put_changes(w, d);
	put_rules(w, request, d, for_partner);
	json_put_str(json_key(w, S("leaving_id")), d->leaving_id);
	json_put_str(json_key(w, S("bytes")), d->bytes);
	json_end_object(w);
}
