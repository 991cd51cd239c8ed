/* The extensions property: predefined ones, defined ones and foreign ones. */
#include "validate_p.h"
#include "vocabulary_p.h"

static bool
is_definition(struct str key)
{
	return str_is(stix_id_type(key), "extension-definition");
}

struct declared
extension_declared(const struct json *extensions)
{
	struct declared d = { 0 };

	if (!json_is(extensions, JSON_OBJECT))
		return d;
	for (const struct json *e = extensions->first; e != NULL; e = e->next) {
		struct str type;

		if (!json_get_str(e, S("extension_type"), &type))
			continue;
		d.sdo = d.sdo || str_is(type, "new-sdo");
		d.sro = d.sro || str_is(type, "new-sro");
		d.sco = d.sco || str_is(type, "new-sco");
		d.toplevel = d.toplevel || str_is(type, "toplevel-property-extension");
	}
	return d;
}

static void
check_predefined(struct check *c, const struct place *at, const struct extension *known,
    const struct json *v)
{
	if (!str_eq(c->type, known->host))
		problem(c, at, STIX_ERROR, "SI-091", "extends objects of type " STR_FMT " only",
		    STR_ARG(known->host));
	check_shape(c, at, &known->shape, v);
	check_part_rules(c, at, known->shape.name, v);
}

/* An extension that some extension-definition defines. */
static void
check_defined(struct check *c, const struct place *at, const struct json *v)
{
	static const struct property type_property =
	    CHOICE("extension_type", REQUIRED, words_extension_type);
	const struct json *type = json_get(v, type_property.name);

	if (type == NULL) {
		problem(c, at, STIX_ERROR, "SI-091", "needs an extension_type");
		return;
	}

	struct place inside = place_member(at, type);
	check_property(c, &inside, &type_property, type);
	if (json_is(type, JSON_STRING) && str_is(type->text, "property-extension") && v->len == 1)
		problem(c, at, STIX_ERROR, "SI-091",
		    "a property-extension needs at least one property of its own");
	const struct shape *draft = model_draft_extension(c->type, v->key);
	if (draft != NULL) {
		check_draft(c, at, draft, v);
		return;
	}
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		struct place member = place_member(at, m);

		if (m != type)
			check_free(c, &member, m);
	}
}

static void
check_foreign(struct check *c, const struct place *at, const struct json *v)
{
	problem(c, at, STIX_WARNING, "SI-095",
	    "is no predefined extension; others should be named by an extension-definition");
	check_free(c, at, v);
}

void
check_extensions(struct check *c, const struct place *at, const struct json *v)
{
	if (!check_is_object(c, at, v))
		return;
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		struct place inside = place_member(at, e);
		const struct extension *known = model_extension(e->key);

		if (!check_is_object(c, &inside, e))
			continue;
		if (known != NULL)
			check_predefined(c, &inside, known, e);
		else if (is_definition(e->key))
			check_defined(c, &inside, e);
		else if (model_draft_extension(c->type, e->key) != NULL)
			check_draft(c, &inside, model_draft_extension(c->type, e->key), e);
		else
			check_foreign(c, &inside, e);
	}
}
