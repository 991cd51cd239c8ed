/* How the parties work together: time, channels, emergencies, suspension, records. */
#include "document_terms.h"

#include <stddef.h>

#include "document_p.h"
#include "shape_p.h"

/* clang-format off */
#define OF(member) offsetof(struct legal_basis, member)
static const struct field basis_fields[] = {
	{ .name = "code",           .kind = FIELD_CODE,  .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "party",          .kind = FIELD_CODE, .at = OF(party) },
	{ .name = "citation",       .kind = FIELD_TEXT,  .need = DOC_REQUIRED, .at = OF(citation) },
	{ .name = "in_force_from",  .kind = FIELD_TIME, .at = OF(from) },
	{ .name = "in_force_until", .kind = FIELD_TIME, .at = OF(until) },
	{ .name = "applies_to",     .kind = FIELD_CODES, .at = OF(applies_to) },
};
#undef OF
#define OF(member) offsetof(struct iep_ref, member)
static const struct field iep_fields[] = {
	{ .name = "id",   .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(id) },
	{ .name = "name", .kind = FIELD_TEXT, .at = OF(name) },
	{ .name = "url",  .kind = FIELD_TEXT, .at = OF(url) },
	{ .name = "hash", .kind = FIELD_HASH, .at = OF(hash), .given = OF(has_hash) },
};
#undef OF
#define OF(member) offsetof(struct channel_terms, member)
static const struct field channel_fields[] = {
	{ .name = "code",     .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "name",     .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = OF(name) },
	{ .name = "clause",   .kind = FIELD_CLAUSE, .at = OF(clause) },
	{ .name = "security", .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = OF(security) },
	{ .name = "max_tlp",  .kind = FIELD_TLP, .at = OF(max_tlp) },
};
#undef OF
#define OF(member) offsetof(struct contact, member)
static const struct field contact_fields[] = {
	{ .name = "party",        .kind = FIELD_CODE,  .need = DOC_REQUIRED, .at = OF(party) },
	{ .name = "organisation", .kind = FIELD_CODE, .at = OF(organisation) },
	{ .name = "role",         .kind = FIELD_CODE,  .need = DOC_REQUIRED, .at = OF(role) },
	{ .name = "name",         .kind = FIELD_TEXT,  .need = DOC_REQUIRED, .at = OF(name) },
	{ .name = "reach",        .kind = FIELD_TEXT,  .need = DOC_REQUIRED, .at = OF(reach) },
	{ .name = "hours",        .kind = FIELD_TEXT, .at = OF(hours) },
	{ .name = "languages",    .kind = FIELD_TEXTS, .at = OF(languages) },
};
#undef OF
#define OF(member) offsetof(struct urgency_terms, member)
static const struct field urgency_fields[] = {
	{ .name = "clause",        .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(clause) },
	{ .name = "levels",        .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "imminent_harm", .kind = FIELD_OWN },
};
static const struct field harm_fields[] = {
	{ .name = "clause",       .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(harm_clause) },
	{ .name = "needs",        .kind = FIELD_NEEDS,  .need = DOC_REQUIRED, .at = OF(harm_needs) },
	{ .name = "review_hours", .kind = FIELD_NUMBER, .at = OF(harm_review_hours), .max = HOURS_MAX },
};
#undef OF
#define OF(member) offsetof(struct urgency_level, member)
static const struct field urgency_level_fields[] = {
	{ .name = "code",         .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "ack_minutes",  .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(ack_minutes), .max = HOURS_MAX * 60 },
	{ .name = "hold_minutes", .kind = FIELD_NUMBER, .at = OF(hold_minutes), .max = HOURS_MAX * 60 },
};
#undef OF
#define OF(member) offsetof(struct break_glass_terms, member)
static const struct field break_glass_fields[] = {
	{ .name = "clause",          .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(clause) },
	{ .name = "conditions",      .kind = FIELD_TEXTS,  .need = DOC_REQUIRED, .at = OF(conditions) },
	{ .name = "officers",        .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(officers), .max = APPROVERS_MAX },
	{ .name = "roles",           .kind = FIELD_CODES, .at = OF(roles) },
	{ .name = "never_overrides", .kind = FIELD_CODES,  .need = DOC_REQUIRED, .at = OF(never_overrides) },
	{ .name = "review_hours",    .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(review_hours), .max = HOURS_MAX },
};
#undef OF
#define OF(member) offsetof(struct joint_action_terms, member)
static const struct field joint_fields[] = {
	{ .name = "clause",       .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(clause) },
	{ .name = "verbs",        .kind = FIELD_CODES,  .need = DOC_REQUIRED, .at = OF(verbs) },
	{ .name = "jurisdiction", .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = OF(jurisdiction) },
	{ .name = "needs",        .kind = FIELD_NEEDS, .at = OF(needs) },
};
#undef OF
#define OF(member) offsetof(struct agreement, member)
static const struct field exercise_fields[] = {
	{ .name = "clause",   .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(realm_clause) },
	{ .name = "realm_id", .kind = FIELD_CODE, .at = OF(exercise.realm_id) },
	{ .name = "keys",     .kind = FIELD_TEXT, .at = OF(exercise.keys) },
	{ .name = "from",     .kind = FIELD_TIME, .at = OF(exercise.from) },
	{ .name = "until",    .kind = FIELD_TIME, .at = OF(exercise.until) },
	{ .name = "partners", .kind = FIELD_CODES, .at = OF(exercise.partners) },
};
static const struct field suspension_fields[] = {
	{ .name = "clause",            .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(suspension_clause) },
	{ .name = "by_whom",           .kind = FIELD_OWN },
	{ .name = "scope",             .kind = FIELD_OWN },
	{ .name = "notice_hours",      .kind = FIELD_NUMBER, .at = OF(suspension.notice_hours), .max = HOURS_MAX },
	{ .name = "effect_on_pending", .kind = FIELD_OWN },
	{ .name = "survival",          .kind = FIELD_CODES, .at = OF(suspension.survival) },
};
#undef OF
#define OF(member) offsetof(struct accession_terms, member)
static const struct field accession_fields[] = {
	{ .name = "clause",    .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(clause) },
	{ .name = "who_may",   .kind = FIELD_TEXTS,  .need = DOC_REQUIRED, .at = OF(who_may) },
	{ .name = "scope",     .kind = FIELD_OWN },
	{ .name = "class",     .kind = FIELD_CHOICE, .need = DOC_REQUIRED, .at = OF(membership), .choices = "member project observer" },
	{ .name = "vote",      .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "exit_days", .kind = FIELD_NUMBER, .at = OF(exit_days), .max = DAYS_MAX },
};
static const struct field accession_scope_fields[] = {
	{ .name = "areas",    .kind = FIELD_CODES, .at = OF(areas) },
	{ .name = "cases",    .kind = FIELD_TEXTS, .at = OF(cases) },
	{ .name = "projects", .kind = FIELD_TEXTS, .at = OF(projects) },
};
#undef OF
#define OF(member) offsetof(struct dispute_terms, member)
static const struct field dispute_fields[] = {
	{ .name = "clause",         .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(clause) },
	{ .name = "steps",          .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "interim_freeze", .kind = FIELD_FLAG, .at = OF(interim_freeze) },
};
#undef OF
static const struct field dispute_step_fields[] = {
	{ .name = "step", .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = offsetof(struct dispute_step, step) },
	{ .name = "days", .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = offsetof(struct dispute_step, days), .max = DAYS_MAX },
};
#define OF(member) offsetof(struct records_terms, member)
static const struct field records_fields[] = {
	{ .name = "clause",          .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(clause) },
	{ .name = "log_days",        .kind = FIELD_NUMBER, .at = OF(log_days), .max = DAYS_MAX },
	{ .name = "audit_rights",    .kind = FIELD_TEXT, .at = OF(audit_rights) },
	{ .name = "statistics_cell", .kind = FIELD_NUMBER, .at = OF(statistics_cell), .max = UINT16_MAX },
};
#undef OF
#define OF(member) offsetof(struct taxonomy, member)
static const struct field taxonomy_fields[] = {
	{ .name = "id",      .kind = FIELD_CODE, .need = DOC_REQUIRED, .at = OF(id) },
	{ .name = "version", .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(version) },
	{ .name = "hash",    .kind = FIELD_HASH, .at = OF(hash), .given = OF(has_hash) },
};
#undef OF
#define OF(member) offsetof(struct annex, member)
static const struct field annex_fields[] = {
	{ .name = "code",      .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "version",   .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(version), .max = DOCUMENT_VERSION_MAX },
	{ .name = "title",     .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = OF(title) },
	{ .name = "text_hash", .kind = FIELD_HASH, .at = OF(text_hash), .given = OF(has_text_hash) },
	{ .name = "date",      .kind = FIELD_TIME,   .need = DOC_REQUIRED, .at = OF(date) },
	{ .name = "changes",   .kind = FIELD_TEXT, .at = OF(changes) },
};
#undef OF
/* clang-format on */
const struct shape basis_shape = { "legal_basis", basis_fields, COUNTOF(basis_fields) };
const struct shape iep_shape = { "iep_ref", iep_fields, COUNTOF(iep_fields) };
const struct shape channel_shape = { "channel", channel_fields, COUNTOF(channel_fields) };
const struct shape contact_shape = { "contact", contact_fields, COUNTOF(contact_fields) };
const struct shape urgency_shape = { "urgency", urgency_fields, COUNTOF(urgency_fields) };
const struct shape harm_shape = { "imminent_harm", harm_fields, COUNTOF(harm_fields) };
const struct shape urgency_level_shape = { "urgency_level", urgency_level_fields,
	COUNTOF(urgency_level_fields) };
const struct shape break_glass_shape = { "break_glass", break_glass_fields,
	COUNTOF(break_glass_fields) };
const struct shape joint_shape = { "joint_action", joint_fields, COUNTOF(joint_fields) };
const struct shape exercise_shape = { "exercise_realm", exercise_fields, COUNTOF(exercise_fields) };
const struct shape suspension_shape = { "suspension", suspension_fields,
	COUNTOF(suspension_fields) };
const struct shape accession_shape = { "accession", accession_fields, COUNTOF(accession_fields) };
const struct shape accession_scope_shape = { "accession_scope", accession_scope_fields,
	COUNTOF(accession_scope_fields) };
const struct shape dispute_shape = { "dispute", dispute_fields, COUNTOF(dispute_fields) };
const struct shape dispute_step_shape = { "dispute_step", dispute_step_fields,
	COUNTOF(dispute_step_fields) };
const struct shape records_shape = { "records", records_fields, COUNTOF(records_fields) };
const struct shape taxonomy_shape = { "taxonomy", taxonomy_fields, COUNTOF(taxonomy_fields) };
const struct shape annex_shape = { "annex", annex_fields, COUNTOF(annex_fields) };

/* ---- blocks ---- */

/* Reads a block that may be absent; ret->v is NULL then. */
static enum err
read_block(const struct doc *d, const char *name, const struct shape *s, struct agreement *g,
    void *into)
{
	struct doc block;

	TRY(doc_get(d, name, JSON_OBJECT, DOC_OPTIONAL, &block));
	return block.v == NULL ? OK : shape_read(&block, s, g, into);
}

static bool
has_block(const struct doc *d, const char *name)
{
	return json_get(d->v, str_of(name)) != NULL;
}

static enum err
read_urgency(const struct doc *d, struct agreement *g)
{
	static const struct list_shape levels = { "levels", &urgency_level_shape, ROWS_OF_BLOCK_MAX,
		sizeof(struct urgency_level), NULL, NULL };
	struct urgency_terms *u = &g->urgency;
	struct doc block;
	const void *list;

	u->harm_review_hours = 24;
	u->given = has_block(d, "urgency");
	TRY(read_block(d, "urgency", &urgency_shape, g, u));
	if (!u->given)
		return OK;
	TRY(doc_get(d, "urgency", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(list_read(&block, &levels, g, &list, &u->levels));
	u->level = list;
	TRY(read_block(&block, "imminent_harm", &harm_shape, g, u));
	if (u->harm_clause.len > 0 && u->harm_needs == 0)
		return doc_fail(&block, ERR_INVALID, "document.harm",
		    "imminent harm needs somebody who agrees: needs cannot be none");
	return OK;
}

static enum err
read_break_glass(const struct doc *d, struct agreement *g)
{
	struct break_glass_terms *b = &g->break_glass;
	struct str never = S(BREAK_GLASS_NEVER);
	struct doc block;

	b->given = has_block(d, "break_glass");
	TRY(read_block(d, "break_glass", &break_glass_shape, g, b));
	if (!b->given)
		return OK;
	TRY(doc_get(d, "break_glass", JSON_OBJECT, DOC_REQUIRED, &block));
	if (b->officers < 2)
		return doc_fail(&block, ERR_INVALID, "document.floor",
		    "glass is broken by at least two officers");
	while (never.ptr != NULL) {
		struct str what = str_split(&never, ' ');

		if (!texts_have(b->never_overrides, what))
			return doc_fail(&block, ERR_INVALID, "document.floor",
			    "never_overrides must hold \"" STR_FMT
			    "\": no emergency opens that door",
			    STR_ARG(what));
	}
	return OK;
}

static enum err
read_exercise(const struct doc *d, struct agreement *g)
{
	struct doc block;

	g->exercise.until = TIME_NEVER;
	TRY(doc_get(d, "exercise_realm", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(shape_read(&block, &exercise_shape, g, g));
	if (g->exercise.until <= g->exercise.from)
		return doc_fail(&block, ERR_INVALID, "document.period",
		    "until must lie after from");
	if (g->exercise.keys.len > 0 && !str_is(g->exercise.keys, "disjoint"))
		return doc_fail(&block, ERR_INVALID, "document.floor",
		    "keys must be \"disjoint\": an exercise has keys of its own");
	return OK;
}

static enum err
read_accession(const struct doc *d, struct agreement *g)
{
	struct doc block;

	g->accession.given = has_block(d, "accession");
	if (!g->accession.given)
		return OK;
	TRY(read_block(d, "accession", &accession_shape, g, &g->accession));
	TRY(doc_get(d, "accession", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(doc_text(&block, "vote", DOC_REQUIRED, &g->accession.vote));
	if (!str_is(g->accession.vote, "unanimous"))
		return doc_fail(&block, ERR_INVALID, "document.floor",
		    "vote must be \"unanimous\": nobody is given a partner whom it did not choose");
	return read_block(&block, "scope", &accession_scope_shape, g, &g->accession);
}

static enum err
read_suspension_scope(const struct doc *block, struct suspension_terms *s)
{
	const struct json *scope;

	TRY(doc_texts(block, "scope", &scope));
	for (const struct json *v = scope == NULL ? NULL : scope->first; v != NULL; v = v->next) {
		if (!str_is(v->text, "all") && !str_is(v->text, "area") &&
		    !str_is(v->text, "category"))
			return doc_fail(block, ERR_INVALID, "document.choice",
			    "scope holds some of: all area category; there is \"" STR_FMT "\"",
			    STR_ARG(v->text));
	}
	if (scope != NULL && !texts_have(scope, S("all")))
		return doc_fail(block, ERR_INVALID, "document.floor",
		    "scope must hold \"all\": each party can close its own door");
	s->areas = scope == NULL || texts_have(scope, S("area"));
	s->categories = scope == NULL || texts_have(scope, S("category"));
	return OK;
}

static enum err
read_suspension(const struct doc *d, struct agreement *g)
{
	struct doc block;
	struct str text;

	TRY(doc_get(d, "suspension", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(shape_read(&block, &suspension_shape, g, g));
	TRY(doc_text(&block, "by_whom", DOC_OPTIONAL, &text));
	if (text.len > 0 && !str_is(text, "any-party"))
		return doc_fail(&block, ERR_INVALID, "document.floor",
		    "by_whom must be \"any-party\": each party can close its own door");
	TRY(doc_text(&block, "effect_on_pending", DOC_OPTIONAL, &text));
	if (text.len > 0 && !str_is(text, "hold") && !str_is(text, "cancel"))
		return doc_fail(&block, ERR_INVALID, "document.choice",
		    "effect_on_pending must be one of: hold cancel; it is \"" STR_FMT "\"",
		    STR_ARG(text));
	g->suspension.pending_cancelled = str_is(text, "cancel");
	return read_suspension_scope(&block, &g->suspension);
}

static enum err
read_dispute(const struct doc *d, struct agreement *g)
{
	static const struct list_shape steps = { "steps", &dispute_step_shape, ROWS_OF_BLOCK_MAX,
		sizeof(struct dispute_step), NULL, NULL };
	struct doc block;
	const void *list;

	g->dispute.given = has_block(d, "dispute");
	TRY(read_block(d, "dispute", &dispute_shape, g, &g->dispute));
	if (!g->dispute.given)
		return OK;
	TRY(doc_get(d, "dispute", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(list_read(&block, &steps, g, &list, &g->dispute.steps));
	g->dispute.step = list;
	return OK;
}

/* ---- lists ---- */

static enum err
check_basis(const struct doc *d, const struct agreement *g, void *element)
{
	const struct legal_basis *b = element;

	if (b->party.len > 0 && agreement_party(g, b->party) == NULL)
		return doc_fail(d, ERR_INVALID, "document.reference",
		    "\"" STR_FMT "\" is no party of this agreement", STR_ARG(b->party));
	if (b->from != TIME_NEVER && b->until <= b->from)
		return doc_fail(d, ERR_INVALID, "document.period",
		    "in_force_until must lie after in_force_from");
	return OK;
}

static enum err
check_contact(const struct doc *d, const struct agreement *g, void *element)
{
	const struct contact *c = element;

	if (agreement_party(g, c->party) == NULL ||
	    (c->organisation.len > 0 && !organisation_is_of(c->organisation, c->party)))
		return doc_fail(d, ERR_INVALID, "document.reference",
		    "a contact is of a party of this agreement, and of one of its organisations");
	return OK;
}

static enum err
read_lists(const struct doc *d, struct agreement *g)
{
	static const struct legal_basis basis = { .from = TIME_NEVER, .until = TIME_NEVER };
	static const struct channel_terms channel = { .max_tlp = TLP_CLEAR };
	/* clang-format off */
	static const struct list_shape
	    bases = { "legal_bases", &basis_shape, ROWS_OF_BLOCK_MAX, sizeof(struct legal_basis), &basis, check_basis },
	    ieps = { "iep_refs", &iep_shape, ROWS_OF_BLOCK_MAX, sizeof(struct iep_ref), NULL, NULL },
	    channels = { "channels", &channel_shape, ROWS_OF_BLOCK_MAX, sizeof(struct channel_terms), &channel, NULL },
	    contacts = { "contacts", &contact_shape, ROWS_OF_BLOCK_MAX, sizeof(struct contact), NULL, check_contact },
	    taxonomies = { "taxonomies", &taxonomy_shape, ROWS_OF_BLOCK_MAX, sizeof(struct taxonomy), NULL, NULL },
	    annexes = { "annexes", &annex_shape, ROWS_OF_BLOCK_MAX, sizeof(struct annex), NULL, NULL };
	/* clang-format on */
	const void *list;

	TRY(list_read(d, &bases, g, &list, &g->legal_bases));
	g->legal_basis = list;
	TRY(list_read(d, &ieps, g, &list, &g->ieps));
	g->iep = list;
	TRY(list_read(d, &channels, g, &list, &g->channels));
	g->channel = list;
	TRY(list_read(d, &contacts, g, &list, &g->contacts));
	g->contact = list;
	TRY(list_read(d, &taxonomies, g, &list, &g->taxonomies));
	g->taxonomy = list;
	TRY(list_read(d, &annexes, g, &list, &g->annexes));
	g->annex = list;
	return OK;
}

enum err
document_read_terms(const struct doc *d, struct agreement *g)
{
	TRY(read_lists(d, g));
	TRY(read_urgency(d, g));
	TRY(read_break_glass(d, g));
	g->joint_action.given = has_block(d, "joint_action");
	g->joint_action.needs = NEED_TWO;
	TRY(read_block(d, "joint_action", &joint_shape, g, &g->joint_action));
	TRY(read_exercise(d, g));
	TRY(read_accession(d, g));
	TRY(read_suspension(d, g));
	TRY(read_dispute(d, g));
	g->records = (struct records_terms){ .given = has_block(d, "records"),
		.log_days = 3650,
		.statistics_cell = 5 };
	return read_block(d, "records", &records_shape, g, &g->records);
}
