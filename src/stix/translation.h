/* translation.h: whether the version that a language-content names can be (SI-100).
 *
 * It is refused only where its object is known, and not by that version.  One from before the
 * first version that is known is believed: most servers give newest versions only. */
#pragma once

#include "stix.h"

struct translation {
	struct str of;       /* the object that it translates */
	struct str modified; /* of the version that it names */
	time_us modified_us;
	bool known;                   /* a version of the object was seen */
	bool has_version;             /* that one */
	time_us created_us, first_us; /* of the object, and of the first version that was seen */
};

/* False when it names no version, or none that is one: there is nothing to judge then.  The
 * texts slice the tree. */
bool translation_read(const struct json *tree, struct translation *ret);

/* Takes notice of an object of that id. */
void translation_see(struct translation *t, const struct stix_object *o);

/* Whether the version can be, after what was seen. */
bool translation_fits(const struct translation *t);
