/* A decision as JSON. */
#include "agreement.h"
#include "json_writer.h"

static void
put_list(struct json_writer *w, struct str name, const struct str *text, size_t n)
{
	json_begin_array(json_key(w, name));
	for (size_t i = 0; i < n; i++)
		json_put_str(w, text[i]);
	json_end_array(w);
}

/* ---- lines ---- */

/* The members that are lists of lines. */
static const char *const lists[] = { "what", "bundle", "why", "conditions", "would_change",
	"advice" };

static void
put_lines(struct json_writer *w, struct str name, const struct lines *lines,
    enum decision_form form)
{
	json_key(w, name);
	if (form == DECISION_STORED)
		lines_write(w, lines);
	else
		lines_show(w, lines);
}

/* What the partner may read: the sentences of shared codes, no rule of ours. */
static void
put_shared_why(struct json_writer *w, const struct agreement_decision *d)
{
	struct line line[CODES_MAX];

	for (size_t i = 0; i < d->shared_codes; i++)
		line[i] = (struct line){ WHY_REASON, { d->shared_code[i], d->shared_code[i] } };
	lines_show(json_key(w, S("why")), &(struct lines){ d->shared_codes, line, { 0 } });
}

static void
put_explanation(struct json_writer *w, const struct agreement_decision *d, enum decision_form form)
{
	const struct lines none = { 0 };
	bool ours = form != DECISION_PARTNER;

	put_lines(w, S("what"), &d->what, form);
	put_lines(w, S("bundle"), ours ? &d->bundle->said : &d->bundle->shared, form);
	if (ours)
		put_lines(w, S("why"), &d->why, form);
	else
		put_shared_why(w, d);
	put_lines(w, S("conditions"), &d->conditions, form);
	put_lines(w, S("would_change"), ours ? &d->would_change : &none, form);
	put_lines(w, S("advice"), ours ? &d->advice : &none, form);
}

void
agreement_decision_show_member(struct json_writer *w, const struct json *member)
{
	bool said = false;

	for (size_t i = 0; i < COUNTOF(lists); i++)
		said = said || str_is(member->key, lists[i]);
	json_key(w, member->key);
	if (!said) {
		json_put_raw(w, member->raw);
	} else if (member->type == JSON_ARRAY) {
		lines_show_stored(w, member);
	} else { /* one sentence, as decisions were stored once */
		json_begin_array(w);
		json_put_raw(w, member->raw);
		json_end_array(w);
	}
}

void
agreement_decision_show(struct json_writer *w, const struct json *stored)
{
	json_begin_object(w);
	for (const struct json *v = stored->first; v != NULL; v = v->next)
		agreement_decision_show_member(w, v);
	json_end_object(w);
}

/* ---- the decision ---- */

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
    const struct agreement_decision *d, enum decision_form form)
{
	const struct agreement *g = request->standing == NULL ? NULL : request->standing->agreement;
	bool for_partner = form == DECISION_PARTNER;

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
	put_explanation(w, d, form);
	put_list(w, S("obligations"), d->obligation, d->obligations);
	put_list(w, S("approvals"), d->approval, d->approvals);
	if (!for_partner)
		put_changes(w, d);
	put_rules(w, request, d, for_partner);
	json_put_str(json_key(w, S("leaving_id")), d->leaving_id);
	json_put_str(json_key(w, S("bytes")), d->bytes);
	json_end_object(w);
}
