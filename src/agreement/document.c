/* The agreement as a whole: its header, its clauses, its parties, its life. */
#include "document.h"

#include <stddef.h>

#include "codec.h"
#include "document_p.h"
#include "selector_p.h"
#include "shape_p.h"

/* ---- header ---- */

#define OF(member) offsetof(struct agreement, member)

/* clang-format off */
static const struct field header_fields[] = {
	{ .name = "id",                 .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(id) },
	{ .name = "version",            .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(version), .max = DOCUMENT_VERSION_MAX },
	{ .name = "language_of_record", .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = OF(language) },
	{ .name = "title",              .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "notice",             .kind = FIELD_OWN },
	{ .name = "text_hash",          .kind = FIELD_HASH, .at = OF(text_hash), .given = OF(has_text_hash) },
	{ .name = "supersedes",         .kind = FIELD_OWN },
	{ .name = "instruments",        .kind = FIELD_OWN },
};
static const struct field supersedes_fields[] = {
	{ .name = "version", .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(superseded_version), .max = DOCUMENT_VERSION_MAX },
	{ .name = "hash",    .kind = FIELD_HASH,   .need = DOC_REQUIRED, .at = OF(superseded_hash), .given = OF(supersedes) },
};
#undef OF
#define OF(member) offsetof(struct instrument, member)
static const struct field instrument_fields[] = {
	{ .name = "title",     .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(title) },
	{ .name = "text_hash", .kind = FIELD_HASH, .need = DOC_REQUIRED, .at = OF(text_hash) },
	{ .name = "date",      .kind = FIELD_TIME, .need = DOC_REQUIRED, .at = OF(date) },
	{ .name = "binding",   .kind = FIELD_FLAG, .need = DOC_REQUIRED, .at = OF(binding) },
	{ .name = "reference", .kind = FIELD_TEXT, .at = OF(reference) },
	{ .name = "evidence",  .kind = FIELD_OWN },
};
static const struct field evidence_fields[] = { /* a detached CMS signature of a national PKI */
	{ .name = "name", .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(evidence) },
	{ .name = "hash", .kind = FIELD_HASH, .need = DOC_REQUIRED, .at = OF(evidence_hash) },
};
#undef OF
#define OF(member) offsetof(struct clause, member)
static const struct field clause_fields[] = {
	{ .name = "text",   .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(text) },
	{ .name = "source", .kind = FIELD_TEXT, .at = OF(source) },
	{ .name = "model",  .kind = FIELD_FLAG, .at = OF(model) },
};
#undef OF
#define OF(member) offsetof(struct lifecycle, member)
static const struct field lifecycle_fields[] = {
	{ .name = "in_force_from", .kind = FIELD_OWN,  .need = DOC_REQUIRED },
	{ .name = "expires_on",    .kind = FIELD_OWN,  .need = DOC_REQUIRED },
	{ .name = "review_on",     .kind = FIELD_TIME, .at = OF(review_on) },
	{ .name = "approval_by",   .kind = FIELD_CHOICE, .at = OF(approval_by), .choices = "signature record" },
	{ .name = "approvals",     .kind = FIELD_OWN },
	{ .name = "renewal",       .kind = FIELD_OWN },
};
static const struct field renewal_fields[] = {
	{ .name = "mode",        .kind = FIELD_CHOICE, .need = DOC_REQUIRED, .at = OF(renewal), .choices = "none express auto" },
	{ .name = "notice_days", .kind = FIELD_NUMBER, .at = OF(notice_days), .max = DAYS_MAX },
	{ .name = "term_days",   .kind = FIELD_NUMBER, .at = OF(term_days), .max = DAYS_MAX },
};
#undef OF
#define OF(member) offsetof(struct domestic_approval, member)
static const struct field domestic_approval_fields[] = {
	{ .name = "party",     .kind = FIELD_CODE, .need = DOC_REQUIRED, .at = OF(party) },
	{ .name = "act",       .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(act) },
	{ .name = "reference", .kind = FIELD_TEXT, .at = OF(reference) },
	{ .name = "date",      .kind = FIELD_TIME, .need = DOC_REQUIRED, .at = OF(date) },
};
#undef OF
/* clang-format on */
const struct shape header_shape = { "header", header_fields, COUNTOF(header_fields) };
const struct shape supersedes_shape = { "supersedes", supersedes_fields,
	COUNTOF(supersedes_fields) };
const struct shape instrument_shape = { "instrument", instrument_fields,
	COUNTOF(instrument_fields) };
const struct shape evidence_shape = { "evidence", evidence_fields, COUNTOF(evidence_fields) };
const struct shape clause_shape = { "clause", clause_fields, COUNTOF(clause_fields) };
const struct shape lifecycle_shape = { "lifecycle", lifecycle_fields, COUNTOF(lifecycle_fields) };
const struct shape renewal_shape = { "renewal", renewal_fields, COUNTOF(renewal_fields) };
const struct shape domestic_approval_shape = { "domestic_approval", domestic_approval_fields,
	COUNTOF(domestic_approval_fields) };

static enum err
check_instrument(const struct doc *d, const struct agreement *g, void *element)
{
	struct doc evidence;

	TRY(doc_get(d, "evidence", JSON_OBJECT, DOC_OPTIONAL, &evidence));
	return evidence.v == NULL ? OK : shape_read(&evidence, &evidence_shape, g, element);
}

static enum err
read_supersedes(const struct doc *header, struct agreement *g)
{
	struct doc d;

	TRY(doc_get(header, "supersedes", JSON_OBJECT, DOC_OPTIONAL, &d));
	if (d.v == NULL)
		return OK;
	TRY(shape_read(&d, &supersedes_shape, g, g));
	if (g->superseded_version >= g->version)
		return doc_fail(&d, ERR_INVALID, "document.supersedes",
		    "version %" PRIu64 " cannot supersede version %" PRIu64, g->version,
		    g->superseded_version);
	return OK;
}

enum err
document_read_header(const struct doc *d, struct agreement *g)
{
	static const struct list_shape instruments = { "instruments", &instrument_shape,
		ROWS_OF_BLOCK_MAX, sizeof(struct instrument), NULL, check_instrument };
	struct doc header, title;
	const void *list;

	TRY(doc_get(d, "header", JSON_OBJECT, DOC_REQUIRED, &header));
	TRY(shape_read(&header, &header_shape, g, g));
	TRY(doc_get(&header, "title", JSON_OBJECT, DOC_REQUIRED, &title));
	if (!json_get_str(title.v, g->language, &g->title))
		return doc_fail(&title, ERR_INVALID, "document.title",
		    "there is no title in the language of record, \"" STR_FMT "\"",
		    STR_ARG(g->language));
	TRY(read_supersedes(&header, g));
	TRY(list_read(&header, &instruments, g, &list, &g->instruments));
	g->instrument = list;
	return OK;
}

/* ---- clauses ---- */

/* A clause is its text, or an object that also says whose text it is. */
static enum err
read_clause(const struct doc *d, const struct agreement *g, struct clause *ret)
{
	*ret = (struct clause){ .number = d->v->key, .model = g->model };
	if (d->v->type == JSON_STRING) {
		ret->text = d->v->text;
		return OK;
	}
	if (d->v->type != JSON_OBJECT)
		return doc_fail(d, ERR_INVALID, "document.type",
		    "the clause \"" STR_FMT "\" must be a text, or an object with a text",
		    STR_ARG(d->v->key));
	return shape_read(d, &clause_shape, g, ret);
}

static enum err
read_clauses(const struct doc *d, struct agreement *g)
{
	struct doc list;
	struct clause *out;

	TRY(doc_get(d, "clauses", JSON_OBJECT, DOC_REQUIRED, &list));
	if (list.v->len > CLAUSES_MAX)
		return doc_fail(&list, ERR_LIMIT, "document.count", "holds more than %d",
		    CLAUSES_MAX);
	out = arena_make(d->a, struct clause, list.v->len + 1);
	if (out == NULL)
		return doc_fail(&list, ERR_LIMIT, "document.memory", "no memory is left");
	for (const struct json *v = list.v->first; v != NULL; v = v->next)
		TRY(read_clause(&(struct doc){ .v = v, .a = d->a, .why = d->why, .at = "/clauses" },
		    g, &out[g->clauses++]));
	g->clause = out;
	return OK;
}

/* ---- lifecycle ---- */

static enum err
read_renewal(const struct doc *life, struct agreement *g)
{
	struct doc d;

	TRY(doc_get(life, "renewal", JSON_OBJECT, DOC_OPTIONAL, &d));
	if (d.v == NULL)
		return OK;
	TRY(shape_read(&d, &renewal_shape, g, &g->lifecycle));
	if (g->lifecycle.renewal == RENEWAL_AUTO && g->lifecycle.term_days == 0)
		return doc_fail(&d, ERR_INVALID, "document.renewal",
		    "an automatic renewal needs term_days, the days of one term");
	return OK;
}

static enum err
check_approval(const struct doc *d, const struct agreement *g, void *element)
{
	const struct domestic_approval *a = element;

	if (agreement_party(g, a->party) == NULL)
		return doc_fail(d, ERR_INVALID, "document.reference",
		    "\"" STR_FMT "\" is no party of this agreement", STR_ARG(a->party));
	return OK;
}

static enum err
read_lifecycle(const struct doc *d, struct agreement *g)
{
	static const struct list_shape approvals = { "approvals", &domestic_approval_shape,
		PARTIES_MAX, sizeof(struct domestic_approval), NULL, check_approval };
	struct doc life;
	const void *list;

	g->lifecycle.review_on = TIME_NEVER;
	TRY(doc_get(d, "lifecycle", JSON_OBJECT, DOC_REQUIRED, &life));
	TRY(shape_read(&life, &lifecycle_shape, g, &g->lifecycle));
	TRY(doc_time(&life, "in_force_from", DOC_REQUIRED, &g->in_force_from));
	TRY(doc_time(&life, "expires_on", DOC_REQUIRED, &g->expires_on));
	if (g->expires_on <= g->in_force_from)
		return doc_fail(&life, ERR_INVALID, "document.lifecycle",
		    "expires_on must lie after in_force_from");
	TRY(read_renewal(&life, g));
	TRY(list_read(&life, &approvals, g, &list, &g->lifecycle.approvals));
	g->lifecycle.approval = list;
	return OK;
}

/* ---- the whole ---- */

/* Members of an agreement. */
const char document_blocks[] =
    "type format model header lifecycle parties clauses areas purposes marking_policy "
    "identity_protection personal_data third_party suspension exercise_realm retention "
    "acknowledgement data_categories obligations classified export_control iep_refs "
    "legal_bases channels contacts urgency approvals_matrix break_glass joint_action "
    "accession dispute records taxonomies annexes";

enum err
document_open(const struct doc *d, const char *type)
{
	struct str text;
	uint64_t format = 0;

	if (d->v->type != JSON_OBJECT)
		return doc_fail(d, ERR_INVALID, "document.type", "must be an object");
	TRY(doc_text(d, "type", DOC_REQUIRED, &text));
	if (!str_is(text, type))
		return doc_fail(d, ERR_INVALID, "document.type",
		    "the type is \"" STR_FMT "\", where \"%s\" is wanted", STR_ARG(text), type);
	TRY(doc_number(d, "format", UINT32_MAX, DOC_REQUIRED, &format));
	if (format != 1)
		return doc_fail(d, ERR_INVALID, "document.format",
		    "format %" PRIu64 " is newer than this program, which reads format 1", format);
	return OK;
}

static enum err
read_agreement(const struct doc *d, struct agreement *g)
{
	TRY(document_open(d, "torana-agreement"));
	TRY(doc_members(d, document_blocks));
	g->model = true;
	TRY(doc_flag(d, "model", DOC_OPTIONAL, &g->model));
	TRY(read_clauses(d, g));
	TRY(document_read_header(d, g));
	TRY(document_read_parties(d, g));
	TRY(read_lifecycle(d, g));
	TRY(document_read_rules(d, g));
	TRY(document_read_policies(d, g));
	return document_read_terms(d, g);
}

enum err
document_parse(struct arena *a, struct str text, const struct json **ret, struct why *why)
{
	const struct json_limits limits = { .bytes_max = DOCUMENT_BYTES_MAX, .depth_max = 32 };

	return json_parse(a, text, &limits, ret, why);
}

enum err
agreement_parse(struct arena *a, struct str text, const struct agreement **ret, struct why *why)
{
	struct doc d = { .a = a, .why = why };
	struct agreement *g = arena_make(a, struct agreement, 1);

	if (g == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(document_parse(a, text, &d.v, why));
	g->json = d.v;
	g->hash = hash_of(text);
	TRY(read_agreement(&d, g));
	*ret = g;
	return OK;
}
