/* The rules of an agreement: areas, purposes, categories, who approves, what is owed. */
#include <stddef.h>

#include "document_p.h"
#include "selector_p.h"
#include "shape_p.h"

/* clang-format off */
static const struct field area_fields[] = {
	{ .name = "code",       .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = offsetof(struct area, code) },
	{ .name = "clause",     .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = offsetof(struct area, clause) },
	{ .name = "name",       .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = offsetof(struct area, name) },
	{ .name = "lead_party", .kind = FIELD_CODE, .at = offsetof(struct area, lead_party) },
	{ .name = "status",     .kind = FIELD_OWN },
};
static const struct field purpose_fields[] = {
	{ .name = "code",     .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = offsetof(struct purpose, code) },
	{ .name = "clause",   .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = offsetof(struct purpose, clause) },
	{ .name = "name",     .kind = FIELD_TEXT, .at = offsetof(struct purpose, name) },
	{ .name = "may",      .kind = FIELD_TEXTS, .at = offsetof(struct purpose, may) },
	{ .name = "must_not", .kind = FIELD_TEXTS, .at = offsetof(struct purpose, must_not) },
};
#define OF(member) offsetof(struct category, member)
static const struct field category_fields[] = {
	{ .name = "code",      .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "clause",    .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(clause) },
	{ .name = "when",      .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "ruling",    .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "reason",    .kind = FIELD_TEXT, .at = OF(reason) },
	{ .name = "max_tlp",   .kind = FIELD_TLP,    .need = DOC_REQUIRED, .at = OF(max_tlp) },
	{ .name = "approvals", .kind = FIELD_OWN },
	{ .name = "redact",    .kind = FIELD_OWN },
	{ .name = "risk",      .kind = FIELD_CHOICE, .at = OF(risk), .choices = "low normal high" },
};
#undef OF
#define OF(member) offsetof(struct obligation, member)
static const struct field obligation_fields[] = {
	{ .name = "code",       .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "text",       .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = OF(text) },
	{ .name = "clause",     .kind = FIELD_CLAUSE, .at = OF(clause) },
	{ .name = "kind",       .kind = FIELD_CODE, .at = OF(kind) },
	{ .name = "value",      .kind = FIELD_TEXT, .at = OF(value) },
	{ .name = "tlp",        .kind = FIELD_TEXTS, .at = OF(tlp) },
	{ .name = "categories", .kind = FIELD_TEXTS, .at = OF(categories) },
	{ .name = "purposes",   .kind = FIELD_TEXTS, .at = OF(purposes) },
};
#undef OF
static const struct field matrix_fields[] = {
	{ .name = "clause", .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = 0 },
	{ .name = "rows",   .kind = FIELD_OWN,    .need = DOC_REQUIRED },
};
#define OF(member) offsetof(struct matrix_row, member)
static const struct field matrix_row_fields[] = {
	{ .name = "risk",       .kind = FIELD_CHOICE, .need = DOC_REQUIRED, .at = OF(risk), .choices = "low normal high" },
	{ .name = "categories", .kind = FIELD_CODES, .at = OF(categories) },
	{ .name = "needs",      .kind = FIELD_NEEDS,  .need = DOC_REQUIRED, .at = OF(needs) },
};
#undef OF
#define OF(member) offsetof(struct retention_row, member)
static const struct field retention_fields[] = {
	{ .name = "clause",    .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = OF(category) },
	{ .name = "days",      .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(days), .max = DAYS_MAX },
	{ .name = "on_expiry", .kind = FIELD_CHOICE, .at = OF(on_expiry), .choices = "delete return anonymise" },
	{ .name = "rows",      .kind = FIELD_OWN },
};
static const struct field retention_row_fields[] = {
	{ .name = "category",  .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(category) },
	{ .name = "days",      .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = OF(days), .max = DAYS_MAX },
	{ .name = "on_expiry", .kind = FIELD_CHOICE, .at = OF(on_expiry), .choices = "delete return anonymise" },
};
#undef OF
static const struct field acknowledgement_fields[] = {
	{ .name = "clause", .kind = FIELD_CLAUSE, .need = DOC_REQUIRED, .at = offsetof(struct retention_row, category) },
	{ .name = "hours",  .kind = FIELD_NUMBER, .need = DOC_REQUIRED, .at = offsetof(struct retention_row, days), .max = HOURS_MAX },
};
/* clang-format on */
const struct shape area_shape = { "area", area_fields, COUNTOF(area_fields) };
const struct shape purpose_shape = { "purpose", purpose_fields, COUNTOF(purpose_fields) };
const struct shape category_shape = { "category", category_fields, COUNTOF(category_fields) };
const struct shape obligation_shape = { "obligation", obligation_fields,
	COUNTOF(obligation_fields) };
const struct shape matrix_shape = { "approvals_matrix", matrix_fields, COUNTOF(matrix_fields) };
const struct shape matrix_row_shape = { "matrix_row", matrix_row_fields,
	COUNTOF(matrix_row_fields) };
const struct shape retention_shape = { "retention", retention_fields, COUNTOF(retention_fields) };
const struct shape retention_row_shape = { "retention_row", retention_row_fields,
	COUNTOF(retention_row_fields) };
const struct shape acknowledgement_shape = { "acknowledgement", acknowledgement_fields,
	COUNTOF(acknowledgement_fields) };

/* Calls read() for every element, which must be an object. */
static enum err
each_object(const struct doc *d, const char *name, size_t max, struct agreement *g,
    enum err (*read)(const struct doc *d, struct agreement *g))
{
	struct doc list;
	size_t i = 0;

	TRY(doc_get(d, name, JSON_ARRAY, DOC_REQUIRED, &list));
	if (list.v->len > max)
		return doc_fail(&list, ERR_LIMIT, "document.count", "holds more than %zu", max);
	for (const struct json *v = list.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&list, v, i++);

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(read(&e, g));
	}
	return OK;
}

static enum err
read_area(const struct doc *d, struct agreement *g)
{
	struct area *area = &g->area[g->areas];
	struct str status;

	TRY(shape_read(d, &area_shape, g, area));
	if (agreement_area(g, area->code) != NULL)
		return doc_twice(d, "area", area->code);
	if (str_is(area->code, "all"))
		return doc_fail(d, ERR_INVALID, "document.area",
		    "\"all\" means the whole agreement and cannot be an area");
	if (area->lead_party.len > 0 && agreement_party(g, area->lead_party) == NULL)
		return doc_fail(d, ERR_INVALID, "document.reference",
		    "the lead party \"" STR_FMT "\" is no party of this agreement",
		    STR_ARG(area->lead_party));
	TRY(doc_text(d, "status", DOC_OPTIONAL, &status));
	if (status.len > 0 && !str_is(status, "active") && !str_is(status, "suspended"))
		return doc_fail(d, ERR_INVALID, "document.choice",
		    "status must be one of: active suspended; it is \"" STR_FMT "\"",
		    STR_ARG(status));
	area->suspended = str_is(status, "suspended");
	g->areas++;
	return OK;
}

static enum err
read_purpose(const struct doc *d, struct agreement *g)
{
	struct purpose *purpose = &g->purpose[g->purposes];

	TRY(shape_read(d, &purpose_shape, g, purpose));
	for (size_t i = 0; i < g->purposes; i++) {
		if (str_eq(g->purpose[i].code, purpose->code))
			return doc_twice(d, "purpose", purpose->code);
	}
	g->purposes++;
	return OK;
}

static enum err
read_category(const struct doc *d, struct agreement *g)
{
	struct category *c = &g->category[g->categories];

	c->risk = RISK_NORMAL;
	TRY(shape_read(d, &category_shape, g, c));
	TRY(selector_read(d, g, &c->when));
	TRY(ruling_read(d, &c->ruling));
	if (c->reason.len == 0 && c->ruling != RULING_ALLOW)
		return doc_fail(d, ERR_INVALID, "document.missing",
		    "the member \"reason\" is missing");
	TRY(approvals_read(d, c->ruling, &c->approvals, c->approval));
	TRY(redactions_read(d, c->ruling, &c->redactions, &c->redaction));
	if (agreement_category(g, c->code) != NULL)
		return doc_twice(d, "category", c->code);
	g->categories++;
	return OK;
}

/* Areas that a party is bound to must be there. */
static enum err
check_party_areas(const struct doc *d, const struct agreement *g)
{
	for (size_t i = 0; i < g->parties; i++) {
		const struct json *list = g->party[i].areas;

		for (const struct json *v = list == NULL ? NULL : list->first; v != NULL;
		     v = v->next) {
			if (agreement_area(g, v->text) == NULL)
				return doc_fail(d, ERR_INVALID, "document.reference",
				    "the area \"" STR_FMT "\" of the party " STR_FMT
				    " is not defined in this agreement",
				    STR_ARG(v->text), STR_ARG(g->party[i].code));
		}
	}
	return OK;
}

static enum err
read_matrix(const struct doc *d, struct agreement *g)
{
	static const struct list_shape rows = { "rows", &matrix_row_shape, ROWS_OF_BLOCK_MAX,
		sizeof(struct matrix_row), NULL, NULL };
	struct doc block;
	struct str clause;
	const void *list;

	TRY(doc_get(d, "approvals_matrix", JSON_OBJECT, DOC_OPTIONAL, &block));
	if (block.v == NULL)
		return OK;
	TRY(shape_read(&block, &matrix_shape, g, &clause));
	TRY(list_read(&block, &rows, g, &list, &g->matrix_rows));
	g->matrix_row = list;
	g->has_matrix = true;
	return OK;
}

/* ---- what the recipient owes ---- */

static enum err
read_obligations(const struct doc *d, struct agreement *g)
{
	static const struct list_shape obligations = { "obligations", &obligation_shape,
		ROWS_OF_BLOCK_MAX, sizeof(struct obligation), NULL, NULL };
	const void *list;

	TRY(list_read(d, &obligations, g, &list, &g->obligation_rows));
	g->obligation = list;
	g->obligations = json_get(d->v, S("obligations"));
	return OK;
}

static enum err
read_periods(const struct doc *d, struct agreement *g)
{
	static const struct list_shape rows = { "rows", &retention_row_shape, CATEGORIES_MAX,
		sizeof(struct retention_row), NULL, NULL };
	struct retention_row block = { 0 };
	struct doc m;
	const void *list;

	TRY(doc_get(d, "retention", JSON_OBJECT, DOC_REQUIRED, &m));
	TRY(shape_read(&m, &retention_shape, g, &block));
	g->retention_days = block.days;
	g->on_expiry = block.on_expiry;
	TRY(list_read(&m, &rows, g, &list, &g->retention_rows));
	g->retention_row = list;
	TRY(doc_get(d, "acknowledgement", JSON_OBJECT, DOC_OPTIONAL, &m));
	if (m.v == NULL)
		return OK;
	TRY(shape_read(&m, &acknowledgement_shape, g, &block));
	g->ack_hours = block.days;
	return OK;
}

static enum err
check_on_expiry(enum on_expiry then, struct str of, struct why *why)
{
	if (then == EXPIRY_DELETE)
		return OK;
	return fail(why, ERR_INVALID, "agreement.on-expiry",
	    "on_expiry of the retention (" STR_FMT ") must be \"delete\": this program neither "
	    "gives back nor anonymises what has expired, it takes it out and keeps a tombstone",
	    STR_ARG(of));
}

enum err
agreement_check_new(const struct agreement *g, struct why *why)
{
	TRY(check_on_expiry(g->on_expiry, S("all"), why));
	for (size_t i = 0; i < g->retention_rows; i++)
		TRY(check_on_expiry(g->retention_row[i].on_expiry, g->retention_row[i].category,
		    why));
	return OK;
}

enum err
document_read_rules(const struct doc *d, struct agreement *g)
{
	TRY(each_object(d, "areas", AREAS_MAX, g, read_area));
	TRY(check_party_areas(d, g));
	TRY(each_object(d, "purposes", PURPOSES_MAX, g, read_purpose));
	TRY(each_object(d, "data_categories", CATEGORIES_MAX, g, read_category));
	TRY(read_matrix(d, g));
	TRY(read_periods(d, g));
	return read_obligations(d, g);
}
