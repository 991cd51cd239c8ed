#include "document.h"

#include "codec.h"
#include "document_p.h"
#include "selector_p.h"

enum {
	CODE_MAX = 64, /* bytes of a code: shown in tables, part of collection names */
	DOCUMENT_VERSION_MAX = 1'000'000, /* versions are counted by hand */
	DAYS_MAX = 36'500,
	HOURS_MAX = 8'760,
};

/* Members of an agreement that people read and the gate does not. */
#define BLOCKS_READ                                                                          \
	"type format model header lifecycle parties clauses areas purposes marking_policy "  \
	"identity_protection personal_data third_party suspension exercise_realm retention " \
	"acknowledgement data_categories obligations"
#define BLOCKS_KEPT                                                                  \
	" classified export_control iep_refs legal_bases channels contacts urgency " \
	"approvals_matrix break_glass joint_action accession dispute records taxonomies annexes"

/* A code of letters, digits and "-._:+". */
static enum err
read_code(const struct doc *d, const char *name, struct str *ret)
{
	TRY(doc_text(d, name, DOC_REQUIRED, ret));
	for (size_t i = 0; i < ret->len; i++) {
		char c = ret->ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    strchr("-._:+", c) == NULL)
			return doc_fail(d, ERR_INVALID, "document.code",
			    "the %s \"" STR_FMT "\" may have only letters, digits and -._:+", name,
			    STR_ARG(*ret));
	}
	if (ret->len > CODE_MAX)
		return doc_fail(d, ERR_LIMIT, "document.code", "the %s is longer than %d bytes",
		    name, CODE_MAX);
	return OK;
}

/* A clause that is named must be one of the agreement's. */
static enum err
read_clause(const struct doc *d, const char *name, const struct json *clauses, struct str *ret)
{
	TRY(doc_text(d, name, DOC_REQUIRED, ret));
	if (json_get(clauses, *ret) == NULL)
		return doc_fail(d, ERR_INVALID, "document.clause",
		    "there is no clause \"" STR_FMT "\" in this agreement", STR_ARG(*ret));
	return OK;
}

static enum err
too_many(const struct doc *d, size_t max)
{
	return doc_fail(d, ERR_LIMIT, "document.count", "holds more than %zu", max);
}

/* ---- header ---- */

static enum err
read_header(const struct doc *d, struct agreement *g)
{
	struct doc header, title;
	struct str language;

	TRY(doc_get(d, "header", JSON_OBJECT, DOC_REQUIRED, &header));
	TRY(doc_members(&header,
	    "id version language_of_record title notice text_hash supersedes instruments"));
	TRY(read_code(&header, "id", &g->id));
	TRY(doc_number(&header, "version", DOCUMENT_VERSION_MAX, DOC_REQUIRED, &g->version));
	TRY(doc_text(&header, "language_of_record", DOC_REQUIRED, &language));
	TRY(doc_get(&header, "title", JSON_OBJECT, DOC_REQUIRED, &title));
	if (!json_get_str(title.v, language, &g->title))
		return doc_fail(&title, ERR_INVALID, "document.title",
		    "there is no title in the language of record, \"" STR_FMT "\"",
		    STR_ARG(language));
	return OK;
}

static enum err
read_lifecycle(const struct doc *d, struct agreement *g)
{
	struct doc life;

	TRY(doc_get(d, "lifecycle", JSON_OBJECT, DOC_REQUIRED, &life));
	TRY(doc_members(&life, "in_force_from expires_on review_on"));
	TRY(doc_time(&life, "in_force_from", DOC_REQUIRED, &g->in_force_from));
	TRY(doc_time(&life, "expires_on", DOC_REQUIRED, &g->expires_on));
	if (g->expires_on <= g->in_force_from)
		return doc_fail(&life, ERR_INVALID, "document.lifecycle",
		    "expires_on must lie after in_force_from");
	return OK;
}

/* ---- parties ---- */

static enum err
read_organisation(const struct doc *d, const struct agreement *g, const struct party *p,
    struct organisation *ret)
{
	struct str kind;

	TRY(doc_members(d, "code name kind identity"));
	TRY(read_code(d, "code", &ret->code));
	TRY(doc_text(d, "name", DOC_REQUIRED, &ret->name));
	TRY(doc_text(d, "kind", DOC_REQUIRED, &kind));
	TRY(doc_text(d, "identity", DOC_OPTIONAL, &ret->identity));
	if (!str_starts(ret->code, p->code) || ret->code.len < p->code.len + 2 ||
	    ret->code.ptr[p->code.len] != ':')
		return doc_fail(d, ERR_INVALID, "document.organisation",
		    "the code \"" STR_FMT "\" must begin with \"" STR_FMT ":\"", STR_ARG(ret->code),
		    STR_ARG(p->code));
	if (!str_is(kind, "state-body") && !str_is(kind, "private-body"))
		return doc_fail(d, ERR_INVALID, "document.kind",
		    "the kind is state-body or private-body, not \"" STR_FMT "\"", STR_ARG(kind));
	if (ret->identity.len > 0 && !str_starts(ret->identity, S("identity--")))
		return doc_fail(d, ERR_INVALID, "document.identity",
		    "the identity must be the id of a STIX identity");
	if (agreement_organisation(g, ret->code, NULL) != NULL)
		return doc_fail(d, ERR_INVALID, "document.twice",
		    "the organisation \"" STR_FMT "\" is there twice", STR_ARG(ret->code));
	ret->state_body = str_is(kind, "state-body");
	return OK;
}

static enum err
read_organisations(const struct doc *d, struct agreement *g, struct party *p)
{
	struct doc list;
	struct organisation *out;
	size_t i = 0;

	TRY(doc_get(d, "organisations", JSON_ARRAY, DOC_REQUIRED, &list));
	if (list.v->len == 0 || list.v->len > ORGANISATIONS_MAX)
		return doc_fail(&list, ERR_LIMIT, "document.count",
		    "a party has 1 to %d organisations", ORGANISATIONS_MAX);
	out = arena_make(d->a, struct organisation, list.v->len);
	if (out == NULL)
		return doc_fail(&list, ERR_LIMIT, "document.memory", "no memory is left");
	p->organisation = out;
	for (const struct json *v = list.v->first; v != NULL; v = v->next, i++) {
		struct doc e = doc_element(&list, v, i);

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(read_organisation(&e, g, p, &out[i]));
		p->organisations = i + 1;
	}
	return OK;
}

static enum err
read_key(const struct doc *d, const struct agreement *g, struct verify_key *ret)
{
	struct str text;

	TRY(doc_text(d, "agreement_key", DOC_REQUIRED, &text));
	if (!hex_parse(text, ret->byte, VERIFY_KEY_BYTES))
		return doc_fail(d, ERR_INVALID, "document.key",
		    "agreement_key must be a public key: %d hex digits", 2 * VERIFY_KEY_BYTES);
	for (size_t i = 0; i + 1 < g->parties; i++) {
		if (verify_key_eq(&g->party[i].agreement_key, ret))
			return doc_fail(d, ERR_INVALID, "document.key-twice",
			    "this key is already the key of " STR_FMT
			    ": each party signs with its own",
			    STR_ARG(g->party[i].code));
	}
	return OK;
}

static enum err
read_party(const struct doc *d, struct agreement *g)
{
	struct party *p = &g->party[g->parties];
	struct str code;

	TRY(doc_members(d, "code name node agreement_key organisations competent_authority"));
	TRY(read_code(d, "code", &code));
	if (agreement_party(g, code) != NULL)
		return doc_fail(d, ERR_INVALID, "document.twice",
		    "the party \"" STR_FMT "\" is there twice", STR_ARG(code));
	p->code = code;
	g->parties++;
	TRY(doc_text(d, "name", DOC_REQUIRED, &p->name));
	TRY(doc_text(d, "node", DOC_REQUIRED, &p->node));
	TRY(read_key(d, g, &p->agreement_key));
	return read_organisations(d, g, p);
}

/* Calls read() for every element, which must be an object. */
static enum err
each_object(const struct doc *d, const char *name, size_t max, struct agreement *g,
    enum err (*read)(const struct doc *d, struct agreement *g))
{
	struct doc list;
	size_t i = 0;

	TRY(doc_get(d, name, JSON_ARRAY, DOC_REQUIRED, &list));
	if (list.v->len > max)
		return too_many(&list, max);
	for (const struct json *v = list.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&list, v, i++);

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(read(&e, g));
	}
	return OK;
}

/* ---- areas, purposes, categories ---- */

static const struct json *
clauses_of(const struct agreement *g)
{
	return json_get(g->json, S("clauses"));
}

static enum err
read_area(const struct doc *d, struct agreement *g)
{
	struct area *area = &g->area[g->areas];

	TRY(doc_members(d, "code clause name"));
	TRY(read_code(d, "code", &area->code));
	TRY(read_clause(d, "clause", clauses_of(g), &area->clause));
	TRY(doc_text(d, "name", DOC_REQUIRED, &area->name));
	for (size_t i = 0; i < g->areas; i++) {
		if (str_eq(g->area[i].code, area->code))
			return doc_fail(d, ERR_INVALID, "document.twice",
			    "the area \"" STR_FMT "\" is there twice", STR_ARG(area->code));
	}
	if (str_is(area->code, "all"))
		return doc_fail(d, ERR_INVALID, "document.area",
		    "\"all\" means the whole agreement and cannot be an area");
	g->areas++;
	return OK;
}

static enum err
read_purpose(const struct doc *d, struct agreement *g)
{
	struct purpose *purpose = &g->purpose[g->purposes];

	TRY(doc_members(d, "code clause name"));
	TRY(read_code(d, "code", &purpose->code));
	TRY(read_clause(d, "clause", clauses_of(g), &purpose->clause));
	for (size_t i = 0; i < g->purposes; i++) {
		if (str_eq(g->purpose[i].code, purpose->code))
			return doc_fail(d, ERR_INVALID, "document.twice",
			    "the purpose \"" STR_FMT "\" is there twice", STR_ARG(purpose->code));
	}
	g->purposes++;
	return OK;
}

static enum err
read_tlp(const struct doc *d, const char *name, enum tlp *ret)
{
	struct str text;

	TRY(doc_text(d, name, DOC_REQUIRED, &text));
	if (!tlp_parse(text, ret) || *ret == TLP_NONE)
		return doc_fail(d, ERR_INVALID, "document.tlp",
		    "%s must be CLEAR, GREEN, AMBER, AMBER+STRICT or RED, not \"" STR_FMT "\"",
		    name, STR_ARG(text));
	return OK;
}

static enum err
read_category(const struct doc *d, struct agreement *g)
{
	struct category *c = &g->category[g->categories];

	TRY(doc_members(d, "code clause when ruling reason max_tlp approvals"));
	TRY(read_code(d, "code", &c->code));
	TRY(read_clause(d, "clause", clauses_of(g), &c->clause));
	TRY(selector_read(d, g, &c->when));
	TRY(ruling_read(d, &c->ruling));
	TRY(doc_text(d, "reason", c->ruling == RULING_ALLOW ? DOC_OPTIONAL : DOC_REQUIRED,
	    &c->reason));
	TRY(read_tlp(d, "max_tlp", &c->max_tlp));
	TRY(approvals_read(d, c->ruling, &c->approvals, c->approval));
	for (size_t i = 0; i < g->categories; i++) {
		if (str_eq(g->category[i].code, c->code))
			return doc_fail(d, ERR_INVALID, "document.twice",
			    "the category \"" STR_FMT "\" is there twice", STR_ARG(c->code));
	}
	g->categories++;
	return OK;
}

/* ---- policies ---- */

static enum err
read_optional_clause(const struct doc *d, const char *name, const struct agreement *g,
    struct str *ret)
{
	if (json_get(d->v, str_of(name)) == NULL) {
		*ret = g->marking_clause;
		return OK;
	}
	return read_clause(d, name, clauses_of(g), ret);
}

static enum err
read_marking_policy(const struct doc *d, struct agreement *g)
{
	struct doc policy, ceiling;
	struct str unmarked;

	TRY(doc_get(d, "marking_policy", JSON_OBJECT, DOC_REQUIRED, &policy));
	TRY(doc_members(&policy,
	    "clause red_clause strict_clause unknown_clause unmarked ceiling_by_channel"));
	TRY(read_clause(&policy, "clause", clauses_of(g), &g->marking_clause));
	TRY(read_optional_clause(&policy, "red_clause", g, &g->red_clause));
	TRY(read_optional_clause(&policy, "strict_clause", g, &g->strict_clause));
	TRY(read_optional_clause(&policy, "unknown_clause", g, &g->unknown_clause));
	TRY(doc_text(&policy, "unmarked", DOC_REQUIRED, &unmarked));
	if (!str_is(unmarked, "deny"))
		return doc_fail(&policy, ERR_INVALID, "document.unmarked",
		    "unmarked must be \"deny\": no marking means not to be shared");
	TRY(doc_get(&policy, "ceiling_by_channel", JSON_OBJECT, DOC_REQUIRED, &ceiling));
	TRY(doc_members(&ceiling, "auto officer person"));
	TRY(read_tlp(&ceiling, "auto", &g->ceiling[CHANNEL_AUTO]));
	TRY(read_tlp(&ceiling, "officer", &g->ceiling[CHANNEL_OFFICER]));
	return read_tlp(&ceiling, "person", &g->ceiling[CHANNEL_PERSON]);
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
	TRY(doc_members(&block, "clause victim reporter analyst"));
	TRY(read_clause(&block, "clause", clauses_of(g), &g->identity_clause));
	TRY(read_withhold(&block, "victim", &g->withhold_victim));
	TRY(read_withhold(&block, "reporter", &g->withhold_reporter));
	return read_withhold(&block, "analyst", &g->withhold_analyst);
}

/* A block that holds little but the clause it stands for. */
static enum err
read_block(const struct doc *d, const char *name, const char *members, const struct agreement *g,
    struct str *ret_clause)
{
	struct doc block;

	TRY(doc_get(d, name, JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(doc_members(&block, members));
	return read_clause(&block, "clause", clauses_of(g), ret_clause);
}

static enum err
read_third_party(const struct doc *d, struct agreement *g)
{
	struct doc block;
	bool control = false;

	TRY(read_block(d, "third_party", "clause originator_control", g, &g->originator_clause));
	TRY(doc_get(d, "third_party", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(doc_flag(&block, "originator_control", DOC_REQUIRED, &control));
	if (!control)
		return doc_fail(&block, ERR_INVALID, "document.originator-control",
		    "originator_control must be true: nothing goes onward without its originator's word");
	return OK;
}

static enum err
read_periods(const struct doc *d, struct agreement *g)
{
	struct doc block;
	struct str clause;

	TRY(read_block(d, "retention", "clause days", g, &clause));
	TRY(doc_get(d, "retention", JSON_OBJECT, DOC_REQUIRED, &block));
	TRY(doc_number(&block, "days", DAYS_MAX, DOC_REQUIRED, &g->retention_days));
	if (json_get(d->v, S("acknowledgement")) == NULL)
		return OK;
	TRY(read_block(d, "acknowledgement", "clause hours", g, &clause));
	TRY(doc_get(d, "acknowledgement", JSON_OBJECT, DOC_REQUIRED, &block));
	return doc_number(&block, "hours", HOURS_MAX, DOC_REQUIRED, &g->ack_hours);
}

static enum err
read_obligations(const struct doc *d, struct agreement *g)
{
	struct doc list;
	size_t i = 0;

	TRY(doc_get(d, "obligations", JSON_ARRAY, DOC_OPTIONAL, &list));
	g->obligations = list.v;
	for (const struct json *v = list.v == NULL ? NULL : list.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&list, v, i++);
		const struct json *texts;
		struct str text;

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(doc_members(&e, "code text tlp categories"));
		TRY(read_code(&e, "code", &text));
		TRY(doc_text(&e, "text", DOC_REQUIRED, &text));
		TRY(doc_texts(&e, "tlp", &texts));
		TRY(doc_texts(&e, "categories", &texts));
	}
	return OK;
}

static enum err
read_policies(const struct doc *d, struct agreement *g)
{
	TRY(read_marking_policy(d, g));
	TRY(read_identity_protection(d, g));
	TRY(read_block(d, "personal_data", "clause", g, &g->personal_clause));
	TRY(read_third_party(d, g));
	TRY(read_block(d, "suspension", "clause", g, &g->suspension_clause));
	TRY(read_block(d, "exercise_realm", "clause", g, &g->realm_clause));
	TRY(read_periods(d, g));
	return read_obligations(d, g);
}

/* ---- the whole ---- */

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
check_clauses(const struct doc *d)
{
	struct doc clauses;

	TRY(doc_get(d, "clauses", JSON_OBJECT, DOC_REQUIRED, &clauses));
	for (const struct json *v = clauses.v->first; v != NULL; v = v->next) {
		if (v->type != JSON_STRING)
			return doc_fail(&clauses, ERR_INVALID, "document.type",
			    "the clause \"" STR_FMT "\" must be a text", STR_ARG(v->key));
	}
	return OK;
}

static enum err
read_agreement(const struct doc *d, struct agreement *g)
{
	TRY(document_open(d, "torana-agreement"));
	TRY(doc_members(d, BLOCKS_READ BLOCKS_KEPT));
	g->model = true;
	TRY(doc_flag(d, "model", DOC_OPTIONAL, &g->model));
	TRY(check_clauses(d));
	TRY(read_header(d, g));
	TRY(read_lifecycle(d, g));
	TRY(each_object(d, "parties", PARTIES_MAX, g, read_party));
	if (g->parties < 2)
		return doc_fail(d, ERR_INVALID, "document.parties",
		    "an agreement has at least two parties");
	TRY(each_object(d, "areas", AREAS_MAX, g, read_area));
	TRY(each_object(d, "purposes", PURPOSES_MAX, g, read_purpose));
	TRY(read_policies(d, g));
	return each_object(d, "data_categories", CATEGORIES_MAX, g, read_category);
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
