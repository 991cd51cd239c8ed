#include "document_p.h"
#include "selector_p.h"

enum { PACK_VERSION_MAX = 1'000'000 }; /* versions are counted by hand */

static enum err
read_rule(const struct doc *d, struct rule_pack *pack)
{
	struct rule *r = &pack->rule[pack->rules];

	TRY(doc_members(d,
	    "id text certainty enabled from until when ruling reason shared approvals redact"));
	TRY(doc_text(d, "id", DOC_REQUIRED, &r->id));
	TRY(doc_text(d, "text", DOC_REQUIRED, &r->text));
	TRY(doc_flag(d, "enabled", DOC_REQUIRED, &r->enabled));
	TRY(doc_time(d, "from", DOC_REQUIRED, &r->from));
	r->until = TIME_NEVER;
	TRY(doc_time(d, "until", DOC_OPTIONAL, &r->until));
	if (r->until <= r->from)
		return doc_fail(d, ERR_INVALID, "document.period", "until must lie after from");
	TRY(selector_read(d, NULL, &r->when));
	TRY(ruling_read(d, &r->ruling));
	if (r->ruling == RULING_ALLOW)
		return doc_fail(d, ERR_INVALID, "document.ruling",
		    "a rule of a pack only restricts: its ruling cannot be \"allow\"");
	TRY(redactions_read(d, r->ruling, &r->redactions, &r->redaction));
	TRY(doc_text(d, "reason", DOC_REQUIRED, &r->reason));
	TRY(doc_text(d, "shared", DOC_REQUIRED, &r->shared));
	if (str_starts(r->shared, S("N-")))
		return doc_fail(d, ERR_INVALID, "document.shared",
		    "the shared code is seen by the partner and cannot begin with N-");
	TRY(approvals_read(d, r->ruling, &r->approvals, r->approval));
	for (size_t i = 0; i < pack->rules; i++) {
		if (str_eq(pack->rule[i].id, r->id))
			return doc_fail(d, ERR_INVALID, "document.twice",
			    "the rule \"" STR_FMT "\" is there twice", STR_ARG(r->id));
	}
	pack->rules++;
	return OK;
}

static enum err
read_rules(const struct doc *d, struct rule_pack *pack)
{
	struct doc list;
	size_t i = 0;

	TRY(doc_get(d, "rules", JSON_ARRAY, DOC_REQUIRED, &list));
	if (list.v->len > RULES_MAX)
		return doc_fail(&list, ERR_LIMIT, "document.count", "holds more than %d rules",
		    RULES_MAX);
	for (const struct json *v = list.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&list, v, i++);

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(read_rule(&e, pack));
	}
	return OK;
}

enum err
rule_pack_parse(struct arena *a, struct str text, const struct rule_pack **ret, struct why *why)
{
	struct doc d = { .a = a, .why = why };
	struct rule_pack *pack = arena_make(a, struct rule_pack, 1);

	if (pack == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(document_parse(a, text, &d.v, why));
	TRY(document_open(&d, "torana-rule-pack"));
	TRY(doc_members(&d, "type format id version party owner review_on rules notice"));
	TRY(doc_text(&d, "id", DOC_REQUIRED, &pack->id));
	TRY(doc_number(&d, "version", PACK_VERSION_MAX, DOC_REQUIRED, &pack->version));
	TRY(doc_text(&d, "party", DOC_OPTIONAL, &pack->party));
	TRY(read_rules(&d, pack));
	pack->hash = hash_of(text);
	*ret = pack;
	return OK;
}
