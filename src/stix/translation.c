#include "translation.h"

#include "stamp_p.h"

bool
translation_read(const struct json *tree, struct translation *ret)
{
	*ret = (struct translation){ 0 };
	return json_get_str(tree, S("object_ref"), &ret->of) &&
	       json_get_str(tree, S("object_modified"), &ret->modified) &&
	       time_parse(ret->modified, &ret->modified_us);
}

void
translation_see(struct translation *t, const struct stix_object *o)
{
	t->has_version =
	    t->has_version || (o->modified.len > 0 && stamp_cmp(o->modified, t->modified) == 0);
	if (!t->known || o->modified_us < t->first_us)
		t->first_us = o->modified_us;
	t->created_us = o->created_us;
	t->known = true;
}

bool
translation_fits(const struct translation *t)
{
	bool older = t->created_us <= t->modified_us && t->modified_us < t->first_us;

	return !t->known || t->has_version || older;
}
