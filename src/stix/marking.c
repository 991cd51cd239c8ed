#include "marking.h"

#include "model_p.h"

/* The extension that carries TLP 2.0 (OASIS). */
#define TLP2_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
/* The extension that carries an IEP 2.0 policy (OASIS). */
#define IEP_EXTENSION "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"
/* The extension that carries a PAP (OASIS, draft). */
#define PAP_EXTENSION "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
#define TLP1_CREATED  "2017-01-20T00:00:00.000Z"
#define TLP2_CREATED  "2022-10-01T00:00:00.000Z"

/* clang-format off */
#define TLP1_BYTES(uuid, level, title)                                                        \
	"{\"created\":\"" TLP1_CREATED "\",\"definition\":{\"tlp\":\"" level "\"},"           \
	"\"definition_type\":\"tlp\",\"id\":\"marking-definition--" uuid "\","                \
	"\"name\":\"TLP:" title "\",\"spec_version\":\"2.1\",\"type\":\"marking-definition\"}"
#define TLP2_BYTES(uuid, level, title)                                                        \
	"{\"created\":\"" TLP2_CREATED "\",\"extensions\":{\"" TLP2_EXTENSION "\":"           \
	"{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"" level "\"}},"             \
	"\"id\":\"marking-definition--" uuid "\",\"name\":\"TLP:" title "\","                 \
	"\"spec_version\":\"2.1\",\"type\":\"marking-definition\"}"
#define BUILTIN(version, uuid, level, title) \
	{ NAME("marking-definition--" uuid), NAME(TLP##version##_BYTES(uuid, level, title)) }
#define PREDEFINED(version, value, text) \
	{ .kind = MARKING_TLP##version, .tlp = (value), .level = NAME(text), .created = NAME(TLP##version##_CREATED) }

const struct marking_builtin marking_builtins[] = {
	BUILTIN(1, "613f2e26-407d-48c7-9eca-b8e91df99dc9", "white", "WHITE"),
	BUILTIN(1, "34098fce-860f-48ae-8e50-ebd3cc5e41da", "green", "GREEN"),
	BUILTIN(1, "f88d31f6-486f-44da-b317-01333bde0b82", "amber", "AMBER"),
	BUILTIN(1, "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red", "RED"),
	BUILTIN(2, "94868c89-83c2-464b-929b-a1a8aa3c8487", "clear", "CLEAR"),
	BUILTIN(2, "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green", "GREEN"),
	BUILTIN(2, "55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber", "AMBER"),
	BUILTIN(2, "939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict", "AMBER+STRICT"),
	BUILTIN(2, "e828b379-4e03-4974-9ac4-e53a884c97c1", "red", "RED"),
};
const size_t marking_builtins_count = COUNTOF(marking_builtins);

/* What the bytes of the builtin at the same place say. */
static const struct predefined {
	enum marking_kind kind;
	enum tlp tlp;
	struct str level;
	struct str created;
} predefined[] = {
	PREDEFINED(1, TLP_CLEAR, "white"),
	PREDEFINED(1, TLP_GREEN, "green"),
	PREDEFINED(1, TLP_AMBER, "amber"),
	PREDEFINED(1, TLP_RED, "red"),
	PREDEFINED(2, TLP_CLEAR, "clear"),
	PREDEFINED(2, TLP_GREEN, "green"),
	PREDEFINED(2, TLP_AMBER, "amber"),
	PREDEFINED(2, TLP_AMBER_STRICT, "amber+strict"),
	PREDEFINED(2, TLP_RED, "red"),
};
/* clang-format on */
static_assert(COUNTOF(predefined) == COUNTOF(marking_builtins), "one row for each definition");

/* The definitions of PAP that everybody may refer to without sending them.  WHITE became
 * CLEAR.  Published copies differ in their time, which is therefore not looked at. */
static const struct {
	struct str id;
	struct str level;
} pap_predefined[] = {
	{ NAME("marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730"), NAME("white") },
	{ NAME("marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92"), NAME("clear") },
	{ NAME("marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9"), NAME("green") },
	{ NAME("marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab"), NAME("amber") },
	{ NAME("marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e"), NAME("red") },
};

static const char *const tlp_names[] = {
	[TLP_NONE] = "none",
	[TLP_CLEAR] = "CLEAR",
	[TLP_GREEN] = "GREEN",
	[TLP_AMBER] = "AMBER",
	[TLP_AMBER_STRICT] = "AMBER+STRICT",
	[TLP_RED] = "RED",
};

/* From least to most restrictive. */
static const struct str pap_levels[] = { NAME("CLEAR"), NAME("GREEN"), NAME("AMBER"), NAME("RED") };

const char *
tlp_name(enum tlp tlp)
{
	return tlp_names[tlp];
}

bool
tlp_parse(struct str name, enum tlp *ret)
{
	if (str_eq_nocase(name, S("WHITE"))) {
		*ret = TLP_CLEAR;
		return true;
	}
	for (size_t i = 0; i < COUNTOF(tlp_names); i++) {
		if (str_eq_nocase(name, str_of(tlp_names[i]))) {
			*ret = (enum tlp)i;
			return true;
		}
	}
	return false;
}

/* ---- one definition ---- */

static const struct predefined *
predefined_by_id(struct str id)
{
	for (size_t i = 0; i < COUNTOF(marking_builtins); i++) {
		if (str_eq(marking_builtins[i].id, id))
			return &predefined[i];
	}
	return NULL;
}

struct str
marking_tlp2_id(enum tlp tlp)
{
	for (size_t i = 0; i < COUNTOF(predefined); i++) {
		if (predefined[i].kind == MARKING_TLP2 && predefined[i].tlp == tlp)
			return marking_builtins[i].id;
	}
	return (struct str){ 0 };
}

/* 0 for the least restrictive level; -1 when there is no such level. */
static int
pap_rank(struct str level)
{
	if (str_eq_nocase(level, S("WHITE")))
		return 0;
	for (size_t i = 0; i < COUNTOF(pap_levels); i++) {
		if (str_eq_nocase(level, pap_levels[i]))
			return (int)i;
	}
	return -1;
}

static struct marking
pap_marking(struct str level)
{
	int rank = pap_rank(level);

	if (rank < 0)
		return (struct marking){ .kind = MARKING_UNKNOWN };
	return (struct marking){ .kind = MARKING_PAP, .pap = pap_levels[rank] };
}

/* The level that this identifier stands for; ptr is NULL when it is none of PAP. */
static struct str
pap_by_id(struct str id)
{
	for (size_t i = 0; i < COUNTOF(pap_predefined); i++) {
		if (str_eq(pap_predefined[i].id, id))
			return pap_predefined[i].level;
	}
	return (struct str){ 0 };
}

bool
marking_by_id(struct str id, struct marking *ret)
{
	const struct predefined *p = predefined_by_id(id);
	struct str pap = pap_by_id(id);

	if (p == NULL && pap.ptr == NULL)
		return false;
	*ret = p == NULL ? pap_marking(pap) : (struct marking){ .kind = p->kind, .tlp = p->tlp };
	return true;
}

/* A TLP level in words: whoever wrote it meant a restriction. */
static bool
is_tlp_in_words(struct str text)
{
	while (text.len > 0 && (unsigned char)text.ptr[0] <= ' ')
		text = str_sub(text, 1, SIZE_MAX);
	text = str_sub(text, 0, 4);
	return str_eq_nocase(text, S("TLP:")) || str_eq_nocase(text, S("TLP "));
}

/* "PAP:RED" is written into a statement by those who have no PAP marking. */
static struct marking
statement_marking(const struct json *definition)
{
	const struct str prefix = S("PAP:");
	struct str text;

	if (!json_get_str(definition, S("statement"), &text) || is_tlp_in_words(text))
		return (struct marking){ .kind = MARKING_UNKNOWN };
	if (str_eq_nocase(str_sub(text, 0, prefix.len), prefix))
		return pap_marking(str_sub(text, prefix.len, SIZE_MAX));
	return (struct marking){ .kind = MARKING_STATEMENT };
}

/* What the content claims to be. */
struct claim {
	struct str definition_type;
	const struct json *definition;
	const struct json *extensions;
	bool tlp1, tlp2;
	struct str level; /* of TLP */
};

static struct claim
claim_of(const struct json *object)
{
	struct claim c = {
		.definition = json_get(object, S("definition")),
		.extensions = json_get(object, S("extensions")),
	};
	const struct json *tlp2 = json_get(c.extensions, S(TLP2_EXTENSION));

	(void)json_get_str(object, S("definition_type"), &c.definition_type);
	c.tlp1 = str_is(c.definition_type, "tlp");
	c.tlp2 = tlp2 != NULL;
	if (c.tlp1)
		(void)json_get_str(c.definition, S("tlp"), &c.level);
	else if (c.tlp2)
		(void)json_get_str(tlp2, S("tlp_2_0"), &c.level);
	return c;
}

/* ---- IEP 2.0 ---- */

enum { IEP_VALUES_MAX = 5 };

/* clang-format off */
/* Values from least to most restrictive. */
static const struct iep_row {
	const char *name;
	const char *value[IEP_VALUES_MAX];
} iep_rows[IEP_STATEMENTS] = {
	{ "encrypt_in_transit", { "may", "must" } },
	{ "permitted_actions", { "externally-visible-direct-actions", "externally-visible-indirect-actions",
	                         "internally-visible-actions", "contact-for-instruction", "none" } },
	{ "affected_party_notifications", { "may", "must-not" } },
	{ "provider_attribution", { "may", "must", "must-not" } },
	{ "unmodified_resale", { "may", "must-not" } },
};
/* What a policy may say beside its statements; times and names restrict nothing. */
static const char *const iep_notes[] = { "extension_type", "iep_id", "name", "description", "start_date", "end_date",
	"external_reference", "external_references" };
/* clang-format on */

const char *
iep_statement(size_t statement)
{
	return iep_rows[statement].name;
}

const char *
iep_value(size_t statement, unsigned rank)
{
	return rank == 0 || rank > IEP_VALUES_MAX ? NULL : iep_rows[statement].value[rank - 1];
}

/* 0 when there is no such value. */
static uint8_t
iep_rank(const struct iep_row *row, struct str value)
{
	for (uint8_t i = 0; i < IEP_VALUES_MAX && row->value[i] != NULL; i++) {
		if (str_eq_nocase(value, str_of(row->value[i])))
			return i + 1;
	}
	return 0;
}

static bool
is_iep_note(struct str name)
{
	for (size_t i = 0; i < COUNTOF(iep_notes); i++) {
		if (str_is(name, iep_notes[i]))
			return true;
	}
	return false;
}

/* One member of a policy; false when it is not understood. */
static bool
read_iep_member(const struct json *m, struct marking *ret)
{
	struct str name = m->key;

	if (is_iep_note(name))
		return true;
	if (m->type != JSON_STRING)
		return false;
	if (str_is(name, "tlp"))
		return tlp_parse(m->text, &ret->tlp) && ret->tlp != TLP_NONE;
	if (str_is(name, "iep_version"))
		return str_is(m->text, "2.0");
	if (str_is(name, "attribution")) /* FIRST's own name for it */
		name = S("provider_attribution");
	for (size_t i = 0; i < IEP_STATEMENTS; i++) {
		uint8_t rank;

		if (!str_is(name, iep_rows[i].name))
			continue;
		rank = iep_rank(&iep_rows[i], m->text);
		if (rank > ret->iep.rank[i])
			ret->iep.rank[i] = rank;
		return rank > 0;
	}
	return false;
}

/* A policy that is half understood is an unknown marking. */
static struct marking
iep_marking(const struct json *policy)
{
	struct marking m = { .kind = MARKING_IEP };

	for (const struct json *v = policy->first; v != NULL; v = v->next) {
		if (!read_iep_member(v, &m))
			return (struct marking){ .kind = MARKING_UNKNOWN };
	}
	return m;
}

/* Whether it is nothing but this extension. */
static bool
is_only(const struct claim *c, struct str extension)
{
	return c->definition_type.len == 0 && c->definition == NULL &&
	       json_is(c->extensions, JSON_OBJECT) && c->extensions->len == 1 &&
	       json_is(json_get(c->extensions, extension), JSON_OBJECT);
}

static struct str
pap_level(const struct claim *c)
{
	const struct json *pap = json_get(c->extensions, S(PAP_EXTENSION));

	return is_only(c, S(PAP_EXTENSION)) ? json_str(json_get(pap, S("pap"))) : (struct str){ 0 };
}

static enum err
check_pap(const struct stix_object *o, const struct claim *c, struct why *why)
{
	struct str level = pap_by_id(o->id);

	if (level.ptr == NULL || str_eq(pap_level(c), level))
		return OK;
	return fail(why, ERR_INVALID, "marking.pap-level",
	    STR_FMT " is the definition of PAP level " STR_FMT ", and must say so and nothing else",
	    STR_ARG(o->id), STR_ARG(level));
}

static enum err
check_tlp(const struct stix_object *o, const struct claim *c, const struct predefined *p,
    struct why *why)
{
	time_us created;

	if (c->tlp1 == c->tlp2 || c->tlp1 != (p->kind == MARKING_TLP1) ||
	    !str_eq(c->level, p->level))
		return fail(why, ERR_INVALID, "marking.tlp-level",
		    STR_FMT " is the definition of TLP level " STR_FMT ", and must say so",
		    STR_ARG(o->id), STR_ARG(p->level));
	if (!time_parse(p->created, &created) || o->created_us != created)
		return fail(why, ERR_INVALID, "marking.tlp-created",
		    STR_FMT " was created at " STR_FMT ", and must say so", STR_ARG(o->id),
		    STR_ARG(p->created));
	return OK;
}

enum err
marking_of(const struct stix_object *o, struct marking *ret, struct why *why)
{
	const struct predefined *p = predefined_by_id(o->id);
	struct claim c = claim_of(o->json);

	if (o->class != STIX_MARKING)
		return fail(why, ERR_INVALID, "marking.type", STR_FMT " is no marking-definition",
		    STR_ARG(o->id));
	if (p == NULL && (c.tlp1 || c.tlp2))
		return fail(why, ERR_INVALID, "marking.tlp-id",
		    "a TLP marking is one of the predefined definitions, which " STR_FMT " is not",
		    STR_ARG(o->id));
	TRY(check_pap(o, &c, why));
	if (p != NULL) {
		TRY(check_tlp(o, &c, p, why));
		*ret = (struct marking){ .kind = p->kind, .tlp = p->tlp };
	} else if (pap_level(&c).len > 0) {
		*ret = pap_marking(pap_level(&c));
	} else if (is_only(&c, S(IEP_EXTENSION))) {
		*ret = iep_marking(json_get(c.extensions, S(IEP_EXTENSION)));
	} else if (c.extensions == NULL && str_is(c.definition_type, "statement")) {
		*ret = statement_marking(c.definition);
	} else if (c.extensions == NULL && str_eq_nocase(c.definition_type, S("pap"))) {
		struct str level = { 0 };

		(void)json_get_str(c.definition, S("pap"), &level);
		*ret = pap_marking(level);
	} else {
		*ret = (struct marking){ .kind = MARKING_UNKNOWN };
	}
	return OK;
}

/* ---- all markings of an object ---- */

struct collector {
	marking_lookup_fn *lookup;
	void *arg;
	struct marking_set *set;
};

/* An unknown marking may forbid anything; an id that is none counts, too. */
static void
add_unknown(struct marking_set *set, struct str id)
{
	if (set->unknown++ == 0)
		set->first_unknown = id;
}

static bool
resolve(const struct collector *c, struct str id, struct marking *ret)
{
	if (marking_by_id(id, ret))
		return true;

	const struct stix_object *found = c->lookup == NULL ? NULL : c->lookup(c->arg, id);
	return found != NULL && marking_of(found, ret, NULL) == OK;
}

static void
add(const struct collector *c, const struct json *ref)
{
	struct marking m = { .kind = MARKING_UNKNOWN };
	struct marking_set *set = c->set;
	struct str id = json_is(ref, JSON_STRING) ? ref->text : (struct str){ 0 };

	if (!resolve(c, id, &m))
		m.kind = MARKING_UNKNOWN;
	switch (m.kind) {
	case MARKING_TLP1:
	case MARKING_TLP2:
		set->tlp1 = set->tlp1 || m.kind == MARKING_TLP1;
		if (m.kind == MARKING_TLP1 && m.tlp > set->tlp1_level)
			set->tlp1_level = m.tlp;
		if (m.tlp > set->tlp)
			set->tlp = m.tlp;
		break;
	case MARKING_IEP:
		if (m.tlp > set->tlp)
			set->tlp = m.tlp;
		for (size_t i = 0; i < IEP_STATEMENTS; i++) {
			if (m.iep.rank[i] > set->iep.rank[i])
				set->iep.rank[i] = m.iep.rank[i];
		}
		break;
	case MARKING_PAP:
		if (pap_rank(m.pap) > pap_rank(set->pap))
			set->pap = m.pap;
		break;
	case MARKING_STATEMENT: set->statements++; break;
	case MARKING_UNKNOWN: add_unknown(set, id); break;
	}
}

static void
add_granular(const struct collector *c, const struct json *marking)
{
	const struct json *ref = json_get(marking, S("marking_ref"));

	/* One that only names a language restricts nothing. */
	if (ref == NULL && json_get(marking, S("lang")) != NULL)
		return;
	c->set->granular = true;
	add(c, ref);
}

/* Calls fn for the elements; what ought to be a list and is none is unknown. */
static void
each_in(const struct collector *c, const struct json *list,
    void (*fn)(const struct collector *c, const struct json *v))
{
	if (list == NULL)
		return;
	if (list->type != JSON_ARRAY) {
		add_unknown(c->set, (struct str){ 0 });
		return;
	}
	for (const struct json *v = list->first; v != NULL; v = v->next)
		fn(c, v);
}

void
marking_collect(const struct stix_object *o, marking_lookup_fn *lookup, void *arg,
    struct marking_set *ret)
{
	struct collector c = { .lookup = lookup, .arg = arg, .set = ret };

	*ret = (struct marking_set){ 0 };
	each_in(&c, json_get(o->json, S("object_marking_refs")), add);
	each_in(&c, json_get(o->json, S("granular_markings")), add_granular);
}

/* ---- selectors ---- */

static bool
is_key(struct str part)
{
	for (size_t i = 0; i < part.len; i++) {
		char c = part.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-')
			return false;
	}
	return part.len > 0;
}

static const struct json *
select_part(const struct json *v, struct str part)
{
	uint64_t index;

	if (v->type == JSON_OBJECT)
		return is_key(part) ? json_get(v, part) : NULL;
	if (v->type != JSON_ARRAY || part.len < 3 || part.ptr[0] != '[' ||
	    part.ptr[part.len - 1] != ']' ||
	    !str_to_u64(str_sub(part, 1, part.len - 2), JSON_VALUES_MAX, &index))
		return NULL;
	return json_nth(v, (size_t)index);
}

const struct json *
marking_select(const struct json *root, struct str selector)
{
	const struct json *v = root;

	if (selector.len == 0)
		return NULL;
	while (v != NULL && selector.ptr != NULL)
		v = select_part(v, str_split(&selector, '.'));
	return v;
}

/* ---- two contents of an object ---- */

enum { COVERED_MAX = 256 }; /* longer lists are compared with nothing: they cover nothing */

static bool
has_marking(const struct stix_object *o, const struct json *ref)
{
	const struct json *refs = json_get(o->json, S("object_marking_refs"));

	if (!json_is(refs, JSON_ARRAY) || !json_is(ref, JSON_STRING))
		return false;
	for (const struct json *r = refs->first; r != NULL; r = r->next) {
		if (json_is(r, JSON_STRING) && str_eq(r->text, ref->text))
			return true;
	}
	return false;
}

/* A list of markings, or of parts with a marking each. */
static bool
covers_list(const struct stix_object *o, const struct json *list, bool parts)
{
	const struct json *mine = json_get(o->json, S("object_marking_refs"));

	if (list == NULL)
		return true;
	if (!json_is(list, JSON_ARRAY) || list->len > COVERED_MAX ||
	    (mine != NULL && mine->len > COVERED_MAX))
		return false;
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		const struct json *ref = parts ? json_get(v, S("marking_ref")) : v;
		bool language = parts && ref == NULL && json_get(v, S("lang")) != NULL;

		if (!language && !has_marking(o, ref))
			return false;
	}
	return true;
}

bool
marking_covers(const struct stix_object *o, const struct stix_object *other)
{
	const struct json *parts = json_get(other->json, S("granular_markings"));
	const struct json *mine = json_get(o->json, S("granular_markings"));

	if (parts != NULL && mine != NULL && str_eq(parts->raw, mine->raw))
		parts = NULL;
	return covers_list(o, json_get(other->json, S("object_marking_refs")), false) &&
	       covers_list(o, parts, true);
}
