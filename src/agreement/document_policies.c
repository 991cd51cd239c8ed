/* What may be told to whom: markings, persons, identities, third parties, secrets. */
#include <stddef.h>

#include "document_p.h"
#include "shape_p.h"

/* clang-format off */
static const struct field ceiling_fields[] = {
	{ .name = "auto",    .kind = FIELD_TLP, .need = DOC_REQUIRED, .at = CHANNEL_AUTO * sizeof(enum tlp) },
	{ .name = "officer", .kind = FIELD_TLP, .need = DOC_REQUIRED, .at = CHANNEL_OFFICER * sizeof(enum tlp) },
	{ .name = "person",  .kind = FIELD_TLP, .need = DOC_REQUIRED, .at = CHANNEL_PERSON * sizeof(enum tlp) },
};
static const struct field tlp1_fields[] = {
	{ .name = "WHITE", .kind = FIELD_TLP, .at = 0 * sizeof(enum tlp) },
	{ .name = "GREEN", .kind = FIELD_TLP, .at = 1 * sizeof(enum tlp) },
	{ .name = "AMBER", .kind = FIELD_TLP, .at = 2 * sizeof(enum tlp) },
	{ .name = "RED",   .kind = FIELD_TLP, .at = 3 * sizeof(enum tlp) },
};
static const struct field community_fields[] = {
	{ .name = "GREEN", .kind = FIELD_CODES, .need = DOC_REQUIRED, .at = offsetof(struct marking_terms, community) },
};
#define OF(member) offsetof(struct agreement, member)
static const struct field marking_fields[] = {
	{ .name = "clause",               .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(marking_clause) },
	{ .name = "red_clause",           .kind = FIELD_CLAUSE, .at = OF(red_clause) },
	{ .name = "strict_clause",        .kind = FIELD_CLAUSE, .at = OF(strict_clause) },
	{ .name = "unknown_clause",       .kind = FIELD_CLAUSE, .at = OF(unknown_clause) },
	{ .name = "unmarked",             .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "unknown",              .kind = FIELD_OWN },
	{ .name = "ceiling_by_channel",   .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "community_definition", .kind = FIELD_OWN },
	{ .name = "tlp1_map",             .kind = FIELD_OWN },
	{ .name = "pap_required",         .kind = FIELD_FLAG, .at = OF(marking.pap_required) },
};
static const struct field personal_fields[] = {
	{ .name = "clause",            .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(personal_clause) },
	{ .name = "definition_ref",    .kind = FIELD_TEXT, .at = OF(personal.definition_ref) },
	{ .name = "allowed_classes",   .kind = FIELD_CODES, .at = OF(personal.allowed_classes) },
	{ .name = "redactions",        .kind = FIELD_OWN },
	{ .name = "grounds_by_party",  .kind = FIELD_OWN },
	{ .name = "threshold_persons", .kind = FIELD_NUMBER, .at = OF(personal.threshold_persons), .max = UINT32_MAX },
	{ .name = "retention_days",    .kind = FIELD_NUMBER, .at = OF(personal.retention_days), .max = DAYS_MAX },
};
static const struct field redaction_fields[] = {
	{ .name = "class",  .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = offsetof(struct redaction_row, data_class) },
	{ .name = "method", .kind = FIELD_CHOICE, .need = DOC_REQUIRED, .at = offsetof(struct redaction_row, method),
	  .choices = "drop mask generalise pseudonym count" },
};
static const struct field grounds_fields[] = {
	{ .name = "party",   .kind = FIELD_CODE,  .need = DOC_REQUIRED, .at = offsetof(struct grounds_row, party) },
	{ .name = "grounds", .kind = FIELD_CODES, .need = DOC_REQUIRED, .at = offsetof(struct grounds_row, grounds) },
};
static const struct field identity_fields[] = {
	{ .name = "clause",   .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(identity_clause) },
	{ .name = "victim",   .kind = FIELD_OWN },
	{ .name = "reporter", .kind = FIELD_OWN },
	{ .name = "analyst",  .kind = FIELD_OWN },
};
static const struct field third_party_fields[] = {
	{ .name = "clause",                .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(originator_clause) },
	{ .name = "originator_control",    .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "onward",                .kind = FIELD_OWN },
	{ .name = "consent_channel",       .kind = FIELD_CODE, .at = OF(third_party.consent_channel) },
	{ .name = "reuse_own_observation", .kind = FIELD_FLAG, .at = OF(third_party.reuse_own_observation) },
};
static const struct field classified_fields[] = {
	{ .name = "clause", .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(classified.clause) },
	{ .name = "bar",    .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "marks",  .kind = FIELD_TEXTS, .at = OF(classified.marks) },
	{ .name = "route",  .kind = FIELD_TEXT, .at = OF(classified.route) },
};
static const struct field export_fields[] = {
	{ .name = "clause",        .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(export_control.clause) },
	{ .name = "classes",       .kind = FIELD_TEXTS,  .need = DOC_REQUIRED, .at = OF(export_control.classes) },
	{ .name = "free_purposes", .kind = FIELD_CODES, .at = OF(export_control.free_purposes) },
};
#undef OF
#define OF(member) offsetof(struct third_party_terms, member)
static const struct field onward_fields[] = {
	{ .name = "same_country_gov", .kind = FIELD_CHOICE, .at = OF(same_country_gov), .choices = "deny ask allow" },
	{ .name = "sector_members",   .kind = FIELD_CHOICE, .at = OF(sector_members),   .choices = "deny ask allow" },
	{ .name = "public",           .kind = FIELD_CHOICE, .at = OF(publication),      .choices = "deny ask allow" },
	{ .name = "other_agreements", .kind = FIELD_CHOICE, .at = OF(other_agreements), .choices = "deny ask" },
};
#undef OF
/* clang-format on */
const struct shape ceiling_shape = { "ceiling", ceiling_fields, COUNTOF(ceiling_fields) };
const struct shape tlp1_shape = { "tlp1_map", tlp1_fields, COUNTOF(tlp1_fields) };
const struct shape community_shape = { "community", community_fields, COUNTOF(community_fields) };
const struct shape marking_shape = { "marking_policy", marking_fields, COUNTOF(marking_fields) };
const struct shape personal_shape = { "personal_data", personal_fields, COUNTOF(personal_fields) };
const struct shape redaction_shape = { "redaction", redaction_fields, COUNTOF(redaction_fields) };
const struct shape grounds_shape = { "grounds", grounds_fields, COUNTOF(grounds_fields) };
const struct shape identity_shape = { "identity_protection", identity_fields,
	COUNTOF(identity_fields) };
const struct shape third_party_shape = { "third_party", third_party_fields,
	COUNTOF(third_party_fields) };
const struct shape onward_shape = { "onward", onward_fields, COUNTOF(onward_fields) };
const struct shape classified_shape = { "classified", classified_fields,
	COUNTOF(classified_fields) };
const struct shape export_shape = { "export_control", export_fields, COUNTOF(export_fields) };

/* ---- markings ---- */

/* A mapping may raise a level of TLP 1.x, never lower it. */
static enum err
read_tlp1(const struct doc *policy, struct agreement *g)
{
	static const enum tlp least[] = { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_RED };
	struct doc map;

	memcpy(g->marking.tlp1, least, sizeof(least));
	TRY(doc_get(policy, "tlp1_map", JSON_OBJECT, DOC_OPTIONAL, &map));
	if (map.v == NULL)
		return OK;
	TRY(shape_read(&map, &tlp1_shape, g, g->marking.tlp1));
	for (size_t i = 0; i < COUNTOF(least); i++) {
		if (g->marking.tlp1[i] < least[i])
			return doc_fail(&map, ERR_INVALID, "document.tlp1",
			    "%s of TLP 1.x cannot count as less than %s", tlp1_fields[i].name,
			    tlp_name(least[i]));
	}
	return OK;
}

static enum err
read_community(const struct doc *policy, struct agreement *g)
{
	struct doc d;

	TRY(doc_get(policy, "community_definition", JSON_OBJECT, DOC_OPTIONAL, &d));
	if (d.v == NULL)
		return OK;
	TRY(shape_read(&d, &community_shape, g, &g->marking));
	for (const struct json *v = g->marking.community->first; v != NULL; v = v->next) {
		if (agreement_party(g, v->text) == NULL &&
		    agreement_organisation(g, v->text, NULL) == NULL)
			return doc_fail(&d, ERR_INVALID, "document.reference",
			    "\"" STR_FMT "\" is neither a party nor an organisation of this "
			    "agreement",
			    STR_ARG(v->text));
	}
	return OK;
}

static enum err
read_marking_policy(const struct doc *d, struct agreement *g)
{
	struct doc policy, ceiling;
	struct str unmarked, unknown;

	TRY(doc_get(d, "marking_policy", JSON_OBJECT, DOC_REQUIRED, &policy));
	TRY(shape_read(&policy, &marking_shape, g, g));
	if (g->red_clause.len == 0)
		g->red_clause = g->marking_clause;
	if (g->strict_clause.len == 0)
		g->strict_clause = g->marking_clause;
	if (g->unknown_clause.len == 0)
		g->unknown_clause = g->marking_clause;
	TRY(doc_text(&policy, "unmarked", DOC_REQUIRED, &unmarked));
	if (!str_is(unmarked, "deny") && !str_is(unmarked, "AMBER+STRICT"))
		return doc_fail(&policy, ERR_INVALID, "document.unmarked",
		    "unmarked must be \"deny\" or \"AMBER+STRICT\": no marking never means free");
	g->marking.unmarked_is_strict = str_is(unmarked, "AMBER+STRICT");
	TRY(doc_text(&policy, "unknown", DOC_OPTIONAL, &unknown));
	if (unknown.len > 0 && !str_is(unknown, "deny"))
		return doc_fail(&policy, ERR_INVALID, "document.unmarked",
		    "unknown must be \"deny\": a marking that nobody understands is not shared");
	TRY(doc_get(&policy, "ceiling_by_channel", JSON_OBJECT, DOC_REQUIRED, &ceiling));
	TRY(shape_read(&ceiling, &ceiling_shape, g, g->ceiling));
	TRY(read_tlp1(&policy, g));
	return read_community(&policy, g);
}

/* ---- people ---- */

static enum err
check_grounds(const struct doc *d, const struct agreement *g, void *element)
{
	const struct grounds_row *row = element;

	if (agreement_party(g, row->party) == NULL)
		return doc_fail(d, ERR_INVALID, "document.reference",
		    "\"" STR_FMT "\" is no party of this agreement", STR_ARG(row->party));
	return OK;
}

static enum err
check_redaction(const struct doc *d, const struct agreement *g, void *element)
{
	const struct redaction_row *row = element;
	const struct json *list = json_get(json_get(g->json, S("personal_data")), S("redactions"));
	size_t same = 0;

	for (const struct json *v = list->first; v != NULL; v = v->next)
		same += str_eq(json_str(json_get(v, S("class"))), row->data_class);
	return same > 1 ? doc_twice(d, "class", row->data_class) : OK;
}

static enum err
read_personal_data(const struct doc *d, struct agreement *g)
{
	static const struct list_shape redactions = { "redactions", &redaction_shape,
		ROWS_OF_BLOCK_MAX, sizeof(struct redaction_row), NULL, check_redaction };
	static const struct list_shape grounds = { "grounds_by_party", &grounds_shape, PARTIES_MAX,
		sizeof(struct grounds_row), NULL, check_grounds };
	struct doc block;
	const void *list;

	g->personal.threshold_persons = 1;
	g->personal.retention_days = g->retention_days;
	TRY(doc_get(d, "personal_data", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(shape_read(&block, &personal_shape, g, g));
	TRY(list_read(&block, &redactions, g, &list, &g->personal.redactions));
	g->personal.redaction = list;
	TRY(list_read(&block, &grounds, g, &list, &g->personal.grounds));
	g->personal.ground = list;
	return OK;
}

static enum err
read_withhold(const struct doc *d, const char *name, bool *ret)
{
	struct str text;

	TRY(doc_text(d, name, DOC_OPTIONAL, &text));
	if (text.len > 0 && !str_is(text, "withhold") && !str_is(text, "tell"))
		return doc_fail(d, ERR_INVALID, "document.withhold",
		    "%s is \"withhold\" or \"tell\", not \"" STR_FMT "\"", name, STR_ARG(text));
	*ret = !str_is(text, "tell");
	return OK;
}

static enum err
read_identity_protection(const struct doc *d, struct agreement *g)
{
	struct doc block;

	TRY(doc_get(d, "identity_protection", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(shape_read(&block, &identity_shape, g, g));
	TRY(read_withhold(&block, "victim", &g->withhold_victim));
	TRY(read_withhold(&block, "reporter", &g->withhold_reporter));
	return read_withhold(&block, "analyst", &g->withhold_analyst);
}

/* ---- what belongs to others, and what belongs elsewhere ---- */

/* A flag that is there so that people read it; it has one value. */
static enum err
read_true(const struct doc *d, const char *name, const char *why)
{
	bool flag = false;

	TRY(doc_flag(d, name, DOC_REQUIRED, &flag));
	if (!flag)
		return doc_fail(d, ERR_INVALID, "document.floor", "%s must be true: %s", name, why);
	return OK;
}

static enum err
read_third_party(const struct doc *d, struct agreement *g)
{
	struct doc block, onward;

	TRY(doc_get(d, "third_party", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(shape_read(&block, &third_party_shape, g, g));
	TRY(read_true(&block, "originator_control",
	    "nothing goes onward without its originator's word"));
	TRY(doc_get(&block, "onward", JSON_OBJECT, DOC_OPTIONAL, &onward));
	return onward.v == NULL ? OK : shape_read(&onward, &onward_shape, g, &g->third_party);
}

static enum err
read_classified(const struct doc *d, struct agreement *g)
{
	struct doc block;

	TRY(doc_get(d, "classified", JSON_OBJECT, DOC_OPTIONAL, &block));
	if (block.v == NULL)
		return OK;
	g->classified.given = true;
	TRY(shape_read(&block, &classified_shape, g, g));
	return read_true(&block, "bar", "classified matters have their own channels");
}

static enum err
read_export_control(const struct doc *d, struct agreement *g)
{
	struct doc block;

	TRY(doc_get(d, "export_control", JSON_OBJECT, DOC_OPTIONAL, &block));
	if (block.v == NULL)
		return OK;
	g->export_control.given = true;
	return shape_read(&block, &export_shape, g, g);
}

enum err
document_read_policies(const struct doc *d, struct agreement *g)
{
	TRY(read_marking_policy(d, g));
	TRY(read_identity_protection(d, g));
	TRY(read_personal_data(d, g));
	TRY(read_third_party(d, g));
	TRY(read_classified(d, g));
	return read_export_control(d, g);
}
