/* Looking something up in an agreement. */
#include "document.h"
#include "shape_p.h"

const struct clause *
agreement_clause(const struct agreement *g, struct str number)
{
	for (size_t i = 0; i < g->clauses; i++) {
		if (str_eq(g->clause[i].number, number))
			return &g->clause[i];
	}
	return NULL;
}

bool
agreement_is_model(const struct agreement *g)
{
	for (size_t i = 0; i < g->clauses; i++) {
		if (g->clause[i].model)
			return true;
	}
	return g->clauses == 0 && g->model;
}

bool
agreement_cites_model(const struct agreement *g, struct str citation)
{
	bool model = false;

	while (citation.ptr != NULL && citation.len > 0) {
		const struct clause *c = agreement_clause(g, str_trim(str_split(&citation, ',')));

		model = model || c == NULL || c->model;
	}
	return model;
}

const struct category *
agreement_category(const struct agreement *g, struct str code)
{
	for (size_t i = 0; i < g->categories; i++) {
		if (str_eq(g->category[i].code, code))
			return &g->category[i];
	}
	return NULL;
}

const struct area *
agreement_area(const struct agreement *g, struct str code)
{
	for (size_t i = 0; i < g->areas; i++) {
		if (str_eq(g->area[i].code, code))
			return &g->area[i];
	}
	return NULL;
}

unsigned
agreement_needs(const struct agreement *g, struct str category, enum risk risk)
{
	unsigned needs = 0;
	bool found = false;

	if (!g->has_matrix)
		return NEED_ONE;
	for (size_t i = 0; i < g->matrix_rows; i++) {
		const struct matrix_row *row = &g->matrix_row[i];

		if (row->risk != risk ||
		    (row->categories != NULL && !texts_have(row->categories, category)))
			continue;
		needs |= row->needs;
		found = true;
	}
	return found ? needs : NEED_TWO;
}

enum method
agreement_method(const struct agreement *g, struct str data_class)
{
	for (size_t i = 0; i < g->personal.redactions; i++) {
		if (str_eq(g->personal.redaction[i].data_class, data_class))
			return g->personal.redaction[i].method;
	}
	return METHOD_DROP;
}

bool
agreement_allows_class(const struct agreement *g, struct str data_class)
{
	static const char *const personal[] = { "email", "account", "message", "person" };

	for (size_t i = 0; i < COUNTOF(personal); i++) {
		if (str_is(data_class, personal[i]))
			return texts_have(g->personal.allowed_classes, data_class);
	}
	return true;
}

bool
agreement_in_community(const struct agreement *g, struct str organisation)
{
	const struct party *party = NULL;

	if (agreement_organisation(g, organisation, &party) == NULL)
		return false;
	return g->marking.community == NULL || texts_have(g->marking.community, organisation) ||
	       texts_have(g->marking.community, party->code);
}

bool
basis_in_force(const struct legal_basis *b, struct str party, time_us at)
{
	return (b->party.len == 0 || str_eq(b->party, party)) && b->from != TIME_NEVER &&
	       b->from <= at && at < b->until;
}

bool
agreement_has_basis(const struct agreement *g, struct str code, struct str party, time_us at)
{
	for (size_t i = 0; i < g->legal_bases; i++) {
		const struct legal_basis *b = &g->legal_basis[i];

		if (str_eq(b->code, code) && basis_in_force(b, party, at))
			return true;
	}
	return false;
}

bool
agreement_is_ground(const struct agreement *g, struct str code, struct str party, time_us at)
{
	bool asked = false, good = false;

	for (size_t i = 0; i < g->personal.grounds; i++) {
		const struct grounds_row *row = &g->personal.ground[i];

		if (!str_eq(row->party, party))
			continue;
		asked = true;
		good = good || texts_have(row->grounds, code);
	}
	return !asked || (good && agreement_has_basis(g, code, party, at));
}

bool
party_may(const struct party *p, struct str area, time_us at)
{
	if (p->membership == MEMBERSHIP_OBSERVER || at >= p->until)
		return false;
	return p->areas == NULL || texts_have(p->areas, area);
}

const struct organisation *
agreement_successor(const struct agreement *g, struct str code, const struct party **ret_party)
{
	for (size_t i = 0; i < g->parties; i++) {
		const struct party *p = &g->party[i];

		for (size_t j = 0; j < p->organisations; j++) {
			if (!texts_have(p->organisation[j].successor_of, code))
				continue;
			if (ret_party != NULL)
				*ret_party = p;
			return &p->organisation[j];
		}
	}
	return NULL;
}

const struct party *
agreement_party(const struct agreement *g, struct str code)
{
	for (size_t i = 0; i < g->parties; i++) {
		if (str_eq(g->party[i].code, code))
			return &g->party[i];
	}
	return NULL;
}

const struct organisation *
agreement_organisation(const struct agreement *g, struct str code, const struct party **ret_party)
{
	for (size_t i = 0; i < g->parties; i++) {
		const struct party *p = &g->party[i];

		for (size_t j = 0; j < p->organisations; j++) {
			if (!str_eq(p->organisation[j].code, code))
				continue;
			if (ret_party != NULL)
				*ret_party = p;
			return &p->organisation[j];
		}
	}
	return NULL;
}

bool
organisation_is_of(struct str organisation, struct str party)
{
	return organisation.len > party.len + 1 && str_starts(organisation, party) &&
	       organisation.ptr[party.len] == ':';
}

/* ---- all shapes, for the schema and the linter ---- */

const struct shape *const agreement_shapes[] = {
	&header_shape,
	&supersedes_shape,
	&instrument_shape,
	&evidence_shape,
	&clause_shape,
	&lifecycle_shape,
	&renewal_shape,
	&domestic_approval_shape,
	&party_shape,
	&organisation_shape,
	&delegate_shape,
	&former_key_shape,
	&area_shape,
	&purpose_shape,
	&category_shape,
	&obligation_shape,
	&matrix_shape,
	&matrix_row_shape,
	&marking_shape,
	&ceiling_shape,
	&community_shape,
	&tlp1_shape,
	&personal_shape,
	&redaction_shape,
	&grounds_shape,
	&identity_shape,
	&third_party_shape,
	&onward_shape,
	&classified_shape,
	&export_shape,
	&basis_shape,
	&retention_shape,
	&retention_row_shape,
	&acknowledgement_shape,
	&iep_shape,
	&channel_shape,
	&contact_shape,
	&urgency_shape,
	&urgency_level_shape,
	&harm_shape,
	&break_glass_shape,
	&joint_shape,
	&exercise_shape,
	&accession_shape,
	&accession_scope_shape,
	&suspension_shape,
	&dispute_shape,
	&dispute_step_shape,
	&records_shape,
	&taxonomy_shape,
	&annex_shape,
};
const size_t agreement_shapes_count = COUNTOF(agreement_shapes);
