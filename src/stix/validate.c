/* Walking an object along the tables of the model. */
#include <stdarg.h>
#include <stdio.h>

#include "name_p.h"
#include "observable_p.h"
#include "stix.h"
#include "validate_p.h"

/* What looking things up inside one object may cost, in steps from value to
 * value: a tenth of a second, of which a large object needs a thousandth. */
enum { WORK_MAX = 100'000'000 };

enum { UUID_V4 = 4, UUID_V5 = 5 };

/* ---- reporting ---- */

void
place_text(const struct place *at, char *ret)
{
	enum { SHOWN_MAX = JSON_DEPTH_MAX };
	const struct place *path[SHOWN_MAX];
	size_t n = 0;

	CLEANUP(buf_free) struct buf text = buf_new(WHY_WHERE_MAX - 1);
	for (; at != NULL && n < SHOWN_MAX; at = at->up)
		path[n++] = at;
	while (n-- > 0) {
		if (path[n]->key.ptr != NULL)
			json_pointer_key(&text, path[n]->key);
		else
			json_pointer_index(&text, path[n]->index);
	}
	if (text.len > 0)
		memcpy(ret, text.ptr, text.len);
	ret[text.len] = '\0';
}

const char *
stix_level_name(enum stix_level level)
{
	static const char *const names[] = {
		[STIX_NOTE] = "note",
		[STIX_WARNING] = "warn",
		[STIX_ERROR] = "reject",
	};

	return names[level];
}

void
problem(struct check *c, const struct place *at, enum stix_level level, const char *rule,
    const char *fmt, ...)
{
	struct stix_report *r = c->report;
	va_list args;

	if (c->draft && level == STIX_ERROR)
		level = STIX_WARNING;
	r->errors += level == STIX_ERROR;
	r->warnings += level == STIX_WARNING;
	r->notes += level == STIX_NOTE;
	/* The first error has its place, whatever was said before it. */
	bool full = r->len == STIX_PROBLEMS_MAX;
	r->more += full;
	if (full && (level != STIX_ERROR || r->errors > 1))
		return;
	struct stix_problem *p = &r->problem[full ? r->len - 1 : r->len++];
	p->level = level;
	p->rule = rule;
	place_text(at, p->pointer);
	va_start(args, fmt);
	(void)vsnprintf(p->message, sizeof(p->message), fmt, args);
	va_end(args);
}

bool
work(struct check *c, size_t steps)
{
	bool had = c->work <= WORK_MAX;

	bool draft = c->draft;

	c->work += steps;
	/* What is not looked at from now on may break more than a draft. */
	c->draft = false;
	if (had && c->work > WORK_MAX)
		problem(c, NULL, STIX_ERROR, "SI-052",
		    "has more references and selectors than this program is willing to resolve");
	c->draft = draft;
	return c->work <= WORK_MAX;
}

/* An object without its version is one of STIX 2.0, which has none. */
static void
missing(struct check *c, const struct place *at, const struct property *p)
{
	if (str_is(p->name, "spec_version") && c->root->type == JSON_OBJECT &&
	    json_get(c->root, S("created")) != NULL) {
		problem(c, at, STIX_ERROR, "SI-050",
		    "spec_version is required; if this is an object of STIX 2.0, \"torana object "
		    "import\" converts it and says what changed");
		return;
	}
	problem(c, at, (p->flags & EXPECTED) == 0 ? STIX_ERROR : STIX_WARNING, "SI-050",
	    STR_FMT " is required", STR_ARG(p->name));
}

/* ---- members ---- */

void
check_custom(struct check *c, const struct place *at, const struct json *member)
{
	struct place inside = place_member(at, member);

	/* Published sets of data name properties of known types with capitals. */
	if (!name_is_property(member->key))
		problem(c, &inside, model_type(c->type) == NULL ? STIX_ERROR : STIX_WARNING,
		    "SI-010",
		    "the name of a property has 3 to 250 lower-case letters, digits and "
		    "underscores, and begins with a letter");
	if (!c->declared.toplevel && c->undeclared++ == 0)
		c->undeclared_first = member->key;
	check_free(c, &inside, member);
}

/* Which properties of a shape an object has; bit i for the i-th. */
typedef uint64_t seen_set;

static void
check_complete(struct check *c, const struct place *at, const struct shape *shape, seen_set seen,
    bool extended)
{
	for (size_t i = 0; i < shape->len; i++) {
		const struct property *p = &shape->property[i];

		if ((p->flags & (REQUIRED | EXPECTED)) != 0 && (seen >> i & 1) == 0)
			missing(c, at, p);
	}
	if (shape->some && seen == 0 && !extended)
		problem(c, at, STIX_ERROR, "SI-050",
		    "has none of the properties that " STR_FMT " defines: at least one is required",
		    STR_ARG(shape->name));
}

/* Checks a member that the shape defines; false when it defines none such. */
static bool
check_own(struct check *c, const struct place *at, const struct shape *shape,
    const struct json *member, seen_set *seen)
{
	const struct property *p = shape == NULL ? NULL : shape_property(shape, member->key);
	struct place inside = place_member(at, member);

	if (p == NULL)
		return false;
	*seen |= (seen_set)1 << (p - shape->property);
	if ((p->flags & DEPRECATED) != 0)
		problem(c, &inside, STIX_NOTE, "SI-050", "is deprecated since STIX 2.1");
	check_property(c, &inside, p, member);
	return true;
}

void
check_shape(struct check *c, const struct place *at, const struct shape *shape,
    const struct json *v)
{
	seen_set seen = 0;

	assert(shape->len <= 64);
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		if (!check_own(c, at, shape, m, &seen))
			check_custom(c, at, m);
	}
	check_complete(c, at, shape, seen, false);
}

void
check_draft(struct check *c, const struct place *at, const struct shape *shape,
    const struct json *v)
{
	seen_set seen = 0;

	c->draft = true;
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		struct place inside = place_member(at, m);

		if (!check_own(c, at, shape, m, &seen))
			check_free(c, &inside, m);
	}
	check_complete(c, at, shape, seen, false);
	check_part_rules(c, at, shape->name, v);
	c->draft = false;
}

static bool
check_common(struct check *c, const struct place *at, const struct json *member, seen_set *seen)
{
	const struct common *common = model_common_property(member->key);
	struct place inside = place_member(at, member);

	if (common == NULL)
		return false;
	*seen |= (seen_set)1 << (common - model_common);
	switch (common->use[c->class]) {
	case 'E':
		problem(c, &inside, STIX_ERROR, "SI-020", "does not apply to this type of object");
		break;
	case 'W':
		problem(c, &inside, STIX_WARNING, "SI-020",
		    "does not apply to this type of object");
		check_property(c, &inside, &common->property, member);
		break;
	default: check_property(c, &inside, &common->property, member); break;
	}
	return true;
}

void
check_object(struct check *c, const struct place *at, const struct json *v)
{
	const struct stix_type *type = model_type(c->type);
	const struct json *extensions = json_get(v, S("extensions"));
	const struct shape *shape =
	    type == NULL ? model_draft_object(c->type, extensions) : &type->shape;
	seen_set own = 0, common = 0;
	bool extended = extensions != NULL;

	for (const struct json *m = v->first; m != NULL; m = m->next) {
		c->draft = type == NULL;
		bool known = check_own(c, at, shape, m, &own);
		c->draft = false;
		if (!known && !check_common(c, at, m, &common))
			check_custom(c, at, m);
	}
	if (c->type.len == 0)
		problem(c, at, STIX_ERROR, "SI-050", "type is required");
	c->draft = type == NULL;
	if (shape != NULL)
		check_complete(c, at, shape, own, extended);
	if (type == NULL && shape != NULL)
		check_part_rules(c, at, shape->name, v);
	c->draft = false;
	for (size_t i = 0; i < model_common_len; i++) {
		if (model_common[i].use[c->class] == 'R' && (common >> i & 1) == 0)
			missing(c, at, &model_common[i].property);
	}
	check_rules(c, at, c->type, v);
}

/* ---- identifiers ---- */

static void
check_observable_id(struct check *c, const struct stix_object *o)
{
	struct json node[OBSERVABLE_NODES];
	char id[STIX_ID_MAX];
	const struct place at = { .key = S("id") };

	if (observable_id(o->json, node, id, NULL) != OK)
		return;
	if (id[0] == '\0' && id_version(o->id) != UUID_V4)
		problem(c, &at, STIX_ERROR, "SI-033",
		    "must have a random UUID (version 4): nothing in the object identifies it");
	else if (id[0] != '\0' && id_version(o->id) != UUID_V5)
		problem(c, &at, STIX_WARNING, "SI-032", "should be the deterministic id %s", id);
	else if (id[0] != '\0' && !str_eq_nocase(str_of(id), o->id))
		problem(c, &at, STIX_WARNING, "SI-032",
		    "is not the deterministic id %s: it comes from another namespace or content",
		    id);
}

static void
check_id(struct check *c, const struct stix_object *o)
{
	const struct place at = { .key = S("id") };
	struct str uuid = str_sub(o->id, o->type.len, SIZE_MAX);

	for (size_t i = 0; i < uuid.len; i++) {
		if (uuid.ptr[i] >= 'A' && uuid.ptr[i] <= 'F') {
			problem(c, &at, STIX_WARNING, "SI-011", "should be written in lower case");
			break;
		}
	}
	if (o->class == STIX_SCO)
		check_observable_id(c, o);
	else if (c->class != STIX_SCO && observable_space_has(o->json, o->id))
		problem(c, &at, STIX_WARNING, "SI-031",
		    "was made in the namespace of observables, and this is none");
	else if (c->class != STIX_SCO && id_version(o->id) != UUID_V4)
		problem(c, &at, STIX_WARNING, "SI-030", "should have a random UUID (version 4)");
}

/* ---- the whole ---- */

/* Which rules an object of a type that the specification lacks follows. */
static enum stix_class
effective_class(const struct stix_object *o, const struct declared *d)
{
	if (o->class != STIX_CUSTOM)
		return o->class;
	if (d->sro)
		return STIX_SRO;
	if (d->sdo)
		return STIX_SDO;
	return d->sco || (o->created.len == 0 && o->modified.len == 0) ? STIX_SCO : STIX_SDO;
}

static void
check_declared(struct check *c, const struct stix_object *o)
{
	const struct place type = { .key = S("type") };

	if (o->class == STIX_CUSTOM) {
		if (!c->declared.sdo && !c->declared.sro && !c->declared.sco)
			problem(c, &type, STIX_WARNING, "SI-095",
			    "is no type of STIX 2.1, and no extension of the object declares it");
	} else if (c->undeclared > 0) {
		problem(c, NULL, STIX_WARNING, "SI-094",
		    "no extension declares %zu of the properties, the first being " STR_FMT,
		    c->undeclared, STR_ARG(str_sub(c->undeclared_first, 0, NAME_MAX)));
	}
}

void
stix_validate(const struct stix_object *o, struct stix_report *ret)
{
	struct check c = { .root = o->json, .type = o->type, .report = ret };

	ret->errors = ret->warnings = ret->notes = ret->len = ret->more = 0;
	c.declared = extension_declared(json_get(o->json, S("extensions")));
	c.class = effective_class(o, &c.declared);
	check_object(&c, NULL, o->json);
	check_id(&c, o);
	check_declared(&c, o);
}
