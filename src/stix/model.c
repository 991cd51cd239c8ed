/* Finding a type, an extension or a property by its name. */
#include "model_p.h"

static const struct stix_type *
find_type(const struct stix_type *type, size_t len, struct str name)
{
	size_t low = 0;

	while (low < len) {
		size_t middle = low + (len - low) / 2;
		int order = str_cmp(name, type[middle].shape.name);

		if (order == 0)
			return &type[middle];
		if (order < 0)
			len = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct stix_type *
model_type(struct str name)
{
	const struct stix_type *type = find_type(model_domain, model_domain_len, name);

	return type != NULL ? type : find_type(model_observables, model_observables_len, name);
}

const struct extension *
model_extension(struct str name)
{
	for (size_t i = 0; i < model_extensions_len; i++) {
		if (str_eq(model_extensions[i].shape.name, name))
			return &model_extensions[i];
	}
	return NULL;
}

const struct property *
shape_property(const struct shape *shape, struct str name)
{
	for (size_t i = 0; i < shape->len; i++) {
		if (str_eq(shape->property[i].name, name))
			return &shape->property[i];
	}
	return NULL;
}

const struct common *
model_common_property(struct str name)
{
	for (size_t i = 0; i < model_common_len; i++) {
		if (str_eq(model_common[i].property.name, name))
			return &model_common[i];
	}
	return NULL;
}

/* Whether the extensions declare the type by this definition, or by any when key is empty. */
static bool
is_declared(const struct json *extensions, struct str key)
{
	if (!json_is(extensions, JSON_OBJECT))
		return false;
	if (key.len > 0)
		return json_get(extensions, key) != NULL;
	for (const struct json *e = extensions->first; e != NULL; e = e->next) {
		if (str_is(json_str(json_get(e, S("extension_type"))), "new-sdo"))
			return true;
	}
	return false;
}

const struct shape *
model_draft_object(struct str type, const struct json *extensions)
{
	for (size_t i = 0; i < model_drafts_len; i++) {
		const struct draft *d = &model_drafts[i];

		if (d->object && str_eq(d->host, type) && is_declared(extensions, d->key))
			return &d->shape;
	}
	return NULL;
}

/* The draft calls an impact's extension by its category, its examples by the
 * category and "-impact". */
const struct shape *
model_draft_extension(struct str host, struct str key)
{
	const struct str tail = S("-impact");
	struct str category = str_ends(key, tail) ? str_sub(key, 0, key.len - tail.len) : key;

	for (size_t i = 0; i < model_drafts_len; i++) {
		const struct draft *d = &model_drafts[i];

		if (!d->object && str_eq(d->host, host) &&
		    (str_eq(d->key, key) || str_eq(d->key, category)))
			return &d->shape;
	}
	return NULL;
}
