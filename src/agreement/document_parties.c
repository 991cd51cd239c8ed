/* The parties of an agreement: their organisations, keys and delegates. */
#include <stddef.h>

#include "codec.h"
#include "shape_p.h"

#define OF(member) offsetof(struct party, member)
/* clang-format off */
static const struct field party_fields[] = {
	{ .name = "code",                .kind = FIELD_CODE, .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "name",                .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(name) },
	{ .name = "node",                .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(node) },
	{ .name = "agreement_key",       .kind = FIELD_OWN,  .need = DOC_REQUIRED },
	{ .name = "organisations",       .kind = FIELD_OWN,  .need = DOC_REQUIRED },
	{ .name = "competent_authority", .kind = FIELD_TEXT, .at = OF(authority) },
	{ .name = "successor_of",        .kind = FIELD_CODE, .at = OF(successor_of) },
	{ .name = "class",               .kind = FIELD_CHOICE, .at = OF(membership), .choices = "member project observer" },
	{ .name = "areas",               .kind = FIELD_CODES, .at = OF(areas) },
	{ .name = "projects",            .kind = FIELD_TEXTS, .at = OF(projects) },
	{ .name = "until",               .kind = FIELD_TIME, .at = OF(until) },
	{ .name = "delegates",           .kind = FIELD_OWN },
	{ .name = "former_keys",         .kind = FIELD_OWN },
};
#undef OF
#define OF(member) offsetof(struct organisation, member)
static const struct field organisation_fields[] = {
	{ .name = "code",         .kind = FIELD_CODE,   .need = DOC_REQUIRED, .at = OF(code) },
	{ .name = "name",         .kind = FIELD_TEXT,   .need = DOC_REQUIRED, .at = OF(name) },
	{ .name = "kind",         .kind = FIELD_OWN,    .need = DOC_REQUIRED },
	{ .name = "identity",     .kind = FIELD_TEXT, .at = OF(identity) },
	{ .name = "successor_of", .kind = FIELD_CODES, .at = OF(successor_of) },
};
#undef OF
#define OF(member) offsetof(struct delegate, member)
static const struct field delegate_fields[] = {
	{ .name = "name",           .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(name) },
	{ .name = "office",         .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(office) },
	{ .name = "authority",      .kind = FIELD_TEXT, .need = DOC_REQUIRED, .at = OF(authority) },
	{ .name = "authority_hash", .kind = FIELD_HASH, .at = OF(authority_hash), .given = OF(has_authority_hash) },
	{ .name = "from",           .kind = FIELD_TIME, .need = DOC_REQUIRED, .at = OF(from) },
	{ .name = "until",          .kind = FIELD_TIME, .at = OF(until) },
};
#undef OF
static const struct field former_key_fields[] = {
	{ .name = "key",   .kind = FIELD_OWN,  .need = DOC_REQUIRED },
	{ .name = "until", .kind = FIELD_TIME, .need = DOC_REQUIRED, .at = offsetof(struct former_key, until) },
};
/* clang-format on */
const struct shape party_shape = { "party", party_fields, COUNTOF(party_fields) };
const struct shape organisation_shape = { "organisation", organisation_fields,
	COUNTOF(organisation_fields) };
const struct shape delegate_shape = { "delegate", delegate_fields, COUNTOF(delegate_fields) };
const struct shape former_key_shape = { "former_key", former_key_fields,
	COUNTOF(former_key_fields) };

static enum err
check_organisation(const struct doc *d, const struct party *p, struct organisation *o)
{
	struct str kind;

	TRY(doc_text(d, "kind", DOC_REQUIRED, &kind));
	if (!organisation_is_of(o->code, p->code))
		return doc_fail(d, ERR_INVALID, "document.organisation",
		    "the code \"" STR_FMT "\" must begin with \"" STR_FMT ":\"", STR_ARG(o->code),
		    STR_ARG(p->code));
	if (!str_is(kind, "state-body") && !str_is(kind, "private-body"))
		return doc_fail(d, ERR_INVALID, "document.kind",
		    "the kind is state-body or private-body, not \"" STR_FMT "\"", STR_ARG(kind));
	if (o->identity.len > 0 && !str_starts(o->identity, S("identity--")))
		return doc_fail(d, ERR_INVALID, "document.identity",
		    "the identity must be the id of a STIX identity");
	o->state_body = str_is(kind, "state-body");
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
		TRY(shape_read(&e, &organisation_shape, g, &out[i]));
		TRY(check_organisation(&e, p, &out[i]));
		if (agreement_organisation(g, out[i].code, NULL) != NULL)
			return doc_twice(&e, "organisation", out[i].code);
		p->organisations = i + 1;
	}
	return OK;
}

static enum err
parse_key(const struct doc *d, const char *name, struct verify_key *ret)
{
	struct str text;

	TRY(doc_text(d, name, DOC_REQUIRED, &text));
	if (!hex_parse(text, ret->byte, VERIFY_KEY_BYTES))
		return doc_fail(d, ERR_INVALID, "document.key",
		    "%s must be a public key: %d hex digits", name, 2 * VERIFY_KEY_BYTES);
	return OK;
}

static enum err
check_former_key(const struct doc *d, const struct agreement *g, void *element)
{
	struct former_key *k = element;

	(void)g;
	return parse_key(d, "key", &k->key);
}

/* No key is held twice, not even as a former one. */
static enum err
check_keys(const struct doc *d, const struct agreement *g, const struct party *p)
{
	for (const struct party *other = g->party; other < g->party + g->parties; other++) {
		if (other != p && verify_key_eq(&other->agreement_key, &p->agreement_key))
			return doc_fail(d, ERR_INVALID, "document.key-twice",
			    "this key is already the key of " STR_FMT
			    ": each party signs with its own",
			    STR_ARG(other->code));
		for (size_t i = 0; i < other->former_keys; i++) {
			if (verify_key_eq(&other->former_key[i].key, &p->agreement_key))
				return doc_fail(d, ERR_INVALID, "document.key-former",
				    "this key is a former key of " STR_FMT ", which only verifies",
				    STR_ARG(other->code));
		}
	}
	return OK;
}

static enum err
check_delegate(const struct doc *d, const struct agreement *g, void *element)
{
	const struct delegate *who = element;

	(void)g;
	if (who->until <= who->from)
		return doc_fail(d, ERR_INVALID, "document.period", "until must lie after from");
	return OK;
}

static enum err
read_party_lists(const struct doc *d, struct agreement *g, struct party *p)
{
	static const struct delegate delegate_preset = { .until = TIME_NEVER };
	static const struct list_shape delegates = { "delegates", &delegate_shape,
		ROWS_OF_BLOCK_MAX, sizeof(struct delegate), &delegate_preset, check_delegate };
	static const struct list_shape former_keys = { "former_keys", &former_key_shape,
		ROWS_OF_BLOCK_MAX, sizeof(struct former_key), NULL, check_former_key };
	const void *list;

	TRY(list_read(d, &delegates, g, &list, &p->delegates));
	p->delegate = list;
	TRY(list_read(d, &former_keys, g, &list, &p->former_keys));
	p->former_key = list;
	return read_organisations(d, g, p);
}

static enum err
read_party(const struct doc *d, struct agreement *g)
{
	struct party *p = &g->party[g->parties];

	p->until = TIME_NEVER;
	TRY(shape_read(d, &party_shape, g, p));
	if (agreement_party(g, p->code) != NULL)
		return doc_twice(d, "party", p->code);
	g->parties++;
	TRY(parse_key(d, "agreement_key", &p->agreement_key));
	if (p->membership == MEMBERSHIP_PROJECT && p->areas == NULL)
		return doc_fail(d, ERR_INVALID, "document.areas",
		    "a party of the class project must name its areas");
	TRY(read_party_lists(d, g, p));
	return check_keys(d, g, p);
}

/* A predecessor is gone: it cannot stand beside the one that took over. */
static enum err
check_successors(const struct doc *d, const struct agreement *g)
{
	for (const struct party *p = g->party; p < g->party + g->parties; p++) {
		if (agreement_party(g, p->successor_of) != NULL)
			return doc_fail(d, ERR_INVALID, "document.successor",
			    STR_FMT " cannot be the successor of " STR_FMT
			            ", which is still a party",
			    STR_ARG(p->code), STR_ARG(p->successor_of));
		for (size_t i = 0; i < p->organisations; i++) {
			const struct json *list = p->organisation[i].successor_of;

			for (const struct json *v = list == NULL ? NULL : list->first; v != NULL;
			     v = v->next) {
				const struct party *other = NULL;
				const struct organisation *next =
				    agreement_successor(g, v->text, &other);

				if (agreement_organisation(g, v->text, NULL) != NULL ||
				    next != &p->organisation[i])
					return doc_fail(d, ERR_INVALID, "document.successor",
					    "\"" STR_FMT
					    "\" is still an organisation, or has two successors",
					    STR_ARG(v->text));
			}
		}
	}
	return OK;
}

enum err
document_read_parties(const struct doc *d, struct agreement *g)
{
	struct doc list;
	size_t i = 0;

	TRY(doc_get(d, "parties", JSON_ARRAY, DOC_REQUIRED, &list));
	if (list.v->len > PARTIES_MAX)
		return doc_fail(&list, ERR_LIMIT, "document.count", "holds more than %d",
		    PARTIES_MAX);
	for (const struct json *v = list.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&list, v, i++);

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(read_party(&e, g));
	}
	if (g->parties < 2)
		return doc_fail(d, ERR_INVALID, "document.parties",
		    "an agreement has at least two parties");
	return check_successors(&list, g);
}
