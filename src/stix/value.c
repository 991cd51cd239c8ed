/* Whether one value is of its kind. */
#include "format_p.h"
#include "name_p.h"
#include "relationship_p.h"
#include "stamp_p.h"
#include "validate_p.h"
#include "vocabulary_p.h"

bool
check_is_string(struct check *c, const struct place *at, const struct json *v)
{
	if (v->type != JSON_STRING)
		problem(c, at, STIX_ERROR, "SI-003", "must be a string, found %s",
		    json_type_name(v));
	return v->type == JSON_STRING;
}

bool
check_is_object(struct check *c, const struct place *at, const struct json *v)
{
	if (v->type != JSON_OBJECT)
		problem(c, at, STIX_ERROR, "SI-003", "must be an object, found %s",
		    json_type_name(v));
	else if (v->first == NULL)
		problem(c, at, STIX_ERROR, "SI-002", "may not be an empty object: leave it out");
	return v->type == JSON_OBJECT && v->first != NULL;
}

/* Recursion is bounded by JSON_DEPTH_MAX. */
static void
check_inside(struct check *c, const struct place *at, const struct json *v, enum stix_level level)
{
	size_t index = 0;

	if (v->type == JSON_NULL)
		problem(c, at, level, "SI-002", "may not be null: leave it out");
	if (v->type == JSON_ARRAY && v->first == NULL)
		problem(c, at, level, "SI-002", "may not be an empty list: leave it out");
	if (v->type == JSON_OBJECT && v->first == NULL)
		problem(c, at, level, "SI-002", "may not be an empty object: leave it out");
	if (v->type != JSON_ARRAY && v->type != JSON_OBJECT)
		return;
	for (const struct json *child = v->first; child != NULL; child = child->next) {
		struct place inside =
		    v->type == JSON_OBJECT ? place_member(at, child) : place_element(at, index++);

		check_inside(c, &inside, child, STIX_WARNING);
	}
}

void
check_free(struct check *c, const struct place *at, const struct json *v)
{
	check_inside(c, at, v, STIX_ERROR);
}

/* ---- numbers ---- */

static void
check_integer(struct check *c, const struct place *at, const struct range *range,
    const struct json *v)
{
	int64_t n;

	if (!json_i64(v, &n))
		problem(c, at, STIX_ERROR, "SI-004",
		    "must be a whole number within +-(2^53 - 1), without a fraction or exponent");
	else if (n < range->min || n > range->max)
		problem(c, at, STIX_ERROR, "SI-050", "must lie between %" PRId64 " and %" PRId64,
		    range->min, range->max);
}

static void
check_float(struct check *c, const struct place *at, const struct range *range,
    const struct json *v)
{
	double n;

	if (!json_double(v, &n))
		problem(c, at, STIX_ERROR, "SI-004", "must be a number that a double can hold");
	else if (n < (double)range->min || n > (double)range->max)
		problem(c, at, STIX_ERROR, "SI-050", "must lie between %" PRId64 " and %" PRId64,
		    range->min, range->max);
}

/* ---- texts ---- */

static bool
has_word(const struct words *words, struct str text)
{
	for (size_t i = 0; i < words->len; i++) {
		if (str_is(text, words->word[i]))
			return true;
	}
	return false;
}

static void
check_word(struct check *c, const struct place *at, const struct property *p, const struct json *v)
{
	if (!check_is_string(c, at, v) || has_word(p->words, v->text))
		return;
	if (p->kind == KIND_CHOICE)
		problem(c, at, STIX_ERROR, str_is(p->name, "spec_version") ? "SI-021" : "SI-015",
		    "\"" STR_FMT "\" is not in %s", STR_ARG(str_sub(v->text, 0, NAME_MAX)),
		    p->words->name);
	else
		problem(c, at, STIX_WARNING, "SI-015",
		    "\"" STR_FMT "\" is not in %s, which is open to other words",
		    STR_ARG(str_sub(v->text, 0, NAME_MAX)), p->words->name);
}

static void
check_timestamp(struct check *c, const struct place *at, const struct property *p,
    const struct json *v)
{
	enum { VERSION_DIGITS = 3 };
	time_us us;

	if (!check_is_string(c, at, v))
		return;
	if (!time_parse(v->text, &us))
		problem(c, at, STIX_ERROR, "SI-007",
		    "must be an existing day and time written YYYY-MM-DDTHH:MM:SS.sssZ");
	else if ((str_is(p->name, "created") || str_is(p->name, "modified")) &&
	         stamp_digits(v->text) < VERSION_DIGITS)
		problem(c, at, STIX_WARNING, "SI-008",
		    "should have at least three digits after the second");
}

static void
check_encoded(struct check *c, const struct place *at, enum kind kind, const struct json *v)
{
	if (!check_is_string(c, at, v))
		return;
	if (kind == KIND_HEX && !format_is_hex(v->text))
		problem(c, at, STIX_ERROR, "SI-005",
		    "must be an even number of lower-case hex digits");
	if (kind == KIND_BINARY && !format_is_base64(v->text))
		problem(c, at, STIX_ERROR, "SI-006", "must be base64 with padding");
}

static void
check_format(struct check *c, const struct place *at, const struct format *f, const struct json *v)
{
	if (check_is_string(c, at, v) && !f->is(v->text))
		problem(c, at, f->level, f->rule, "%s be %s",
		    f->level == STIX_ERROR ? "must" : "should", f->name);
}

/* ---- references ---- */

/* What stands before the first two hyphens. */
static struct str
claimed_type(struct str ref)
{
	size_t at = str_find(ref, S("--"));

	return at == SIZE_MAX ? S("") : str_sub(ref, 0, at);
}

/* In an observable a UUID that is none, cut short for instance, is a warning:
 * what can be read of the object still is. */
static struct str
identified_type(struct check *c, const struct place *at, struct str ref)
{
	struct str type = stix_id_type(ref);

	if (type.len > 0)
		return type;

	struct str claimed = claimed_type(ref);
	bool known = c->class == STIX_SCO && stix_class_of(claimed) == STIX_SCO;
	problem(c, at, known ? STIX_WARNING : STIX_ERROR, "SI-011",
	    "must be an identifier: a type, two hyphens and a UUID");
	return known ? claimed : (struct str){ 0 };
}

/* The type of the object that a key of the container names. */
static struct str
contained_type(struct check *c, const struct place *at, struct str key)
{
	struct str type = { 0 };

	if (!work(c, c->container->len))
		return type;

	const struct json *object = json_get(c->container, key);
	if (object == NULL)
		problem(c, at, STIX_ERROR, "SI-052",
		    "must be the key of an object in the same container");
	(void)json_get_str(object, S("type"), &type);
	return type;
}

static void
check_ref(struct check *c, const struct place *at, const struct property *p, const struct json *v)
{
	if (!check_is_string(c, at, v))
		return;

	struct str type =
	    c->container == NULL ? identified_type(c, at, v->text) : contained_type(c, at, v->text);
	if (str_is(type, "bundle"))
		problem(c, at, STIX_ERROR, "SI-051", "may not refer to a bundle");
	if (type.len == 0 || p->targets == NULL || str_is(type, "bundle") ||
	    relationship_is_target(p->targets, type))
		return;
	problem(c, at, (p->flags & LENIENT) != 0 ? STIX_WARNING : STIX_ERROR, "SI-051",
	    "refers to an object of type " STR_FMT ", and %s to: %s", STR_ARG(type),
	    (p->flags & LENIENT) != 0 ? "should" : "must", p->targets);
}

/* ---- objects ---- */

static bool
is_dictionary_key(struct str key)
{
	for (size_t i = 0; i < key.len; i++) {
		char k = key.ptr[i];

		if (!(k >= 'a' && k <= 'z') && !(k >= 'A' && k <= 'Z') && !(k >= '0' && k <= '9') &&
		    k != '_' && k != '-')
			return false;
	}
	return key.len > 0 && key.len <= NAME_MAX;
}

static void
check_dictionary(struct check *c, const struct place *at, const struct json *v)
{
	if (!check_is_object(c, at, v))
		return;
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		struct place inside = place_member(at, m);

		if (!is_dictionary_key(m->key))
			problem(c, &inside, STIX_ERROR, "SI-009",
			    "a key has 1 to 250 ASCII letters, digits, hyphens and underscores");
		check_free(c, &inside, m);
	}
}

static void
check_hashes(struct check *c, const struct place *at, const struct json *v)
{
	if (!check_is_object(c, at, v))
		return;
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		struct place inside = place_member(at, m);

		if (!is_dictionary_key(m->key) || m->key.len < NAME_MIN)
			problem(c, &inside, STIX_ERROR, "SI-012",
			    "the name of a hash has 3 to 250 ASCII letters, digits, hyphens and "
			    "underscores");
		else if (!has_word(&words_hash_algorithm, m->key))
			problem(c, &inside, STIX_WARNING, "SI-012",
			    "\"" STR_FMT
			    "\" is not in hash-algorithm-ov, which is open to other words",
			    STR_ARG(m->key));
		if (check_is_string(c, &inside, m) && !format_is_digest(m->key, m->text))
			problem(c, &inside, STIX_ERROR, "SI-012",
			    "is not what " STR_FMT
			    " yields: its length or its characters are wrong",
			    STR_ARG(str_sub(m->key, 0, NAME_MAX)));
	}
}

/* Texts, and lists and objects of texts.  Recursion is bounded by
 * JSON_DEPTH_MAX. */
static void
check_translated(struct check *c, const struct place *at, const struct json *v)
{
	size_t index = 0;

	if (v->type != JSON_STRING && v->type != JSON_ARRAY && v->type != JSON_OBJECT)
		problem(c, at, STIX_ERROR, "SI-101",
		    "a translation is a string, a list or an object, found %s", json_type_name(v));
	if (v->type != JSON_ARRAY && v->type != JSON_OBJECT)
		return;
	for (const struct json *child = v->first; child != NULL; child = child->next) {
		struct place inside =
		    v->type == JSON_OBJECT ? place_member(at, child) : place_element(at, index++);

		check_translated(c, &inside, child);
	}
}

static void
check_translations(struct check *c, const struct place *at, const struct json *v)
{
	if (!check_is_object(c, at, v))
		return;
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		struct place inside = place_member(at, m);

		if (!format_language.is(m->key))
			problem(c, &inside, STIX_ERROR, "SI-101", "the key must be %s",
			    format_language.name);
		if (check_is_object(c, &inside, m))
			check_translated(c, &inside, m);
	}
}

static void
check_container(struct check *c, const struct place *at, const struct json *v)
{
	struct check inner = *c;

	if (!check_is_object(c, at, v))
		return;
	inner.container = v;
	inner.class = STIX_SCO;
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		struct place inside = place_member(at, m);

		if (!check_is_object(&inner, &inside, m))
			continue;
		inner.root = m;
		inner.type = (struct str){ 0 };
		(void)json_get_str(m, S("type"), &inner.type);
		inner.declared = extension_declared(json_get(m, S("extensions")));
		check_object(&inner, &inside, m);
	}
	c->work = inner.work;
	c->undeclared = inner.undeclared;
	c->undeclared_first = inner.undeclared_first;
}

static void
check_part(struct check *c, const struct place *at, const struct shape *shape, const struct json *v)
{
	if (!check_is_object(c, at, v))
		return;
	check_shape(c, at, shape, v);
	check_part_rules(c, at, shape->name, v);
}

static void
check_value(struct check *c, const struct place *at, const struct property *p, const struct json *v)
{
	switch (p->kind) {
	case KIND_STRING: (void)check_is_string(c, at, v); break;
	case KIND_WORD:
	case KIND_CHOICE: check_word(c, at, p, v); break;
	case KIND_INTEGER: check_integer(c, at, p->range, v); break;
	case KIND_FLOAT: check_float(c, at, p->range, v); break;
	case KIND_BOOLEAN:
		if (v->type != JSON_TRUE && v->type != JSON_FALSE)
			problem(c, at, STIX_ERROR, "SI-003", "must be true or false, found %s",
			    json_type_name(v));
		break;
	case KIND_TIMESTAMP: check_timestamp(c, at, p, v); break;
	case KIND_REF: check_ref(c, at, p, v); break;
	case KIND_HEX:
	case KIND_BINARY: check_encoded(c, at, p->kind, v); break;
	case KIND_HASHES: check_hashes(c, at, v); break;
	case KIND_DICTIONARY: check_dictionary(c, at, v); break;
	case KIND_PART: check_part(c, at, p->shape, v); break;
	case KIND_EXTENSIONS: check_extensions(c, at, v); break;
	case KIND_CONTAINER: check_container(c, at, v); break;
	case KIND_TRANSLATIONS: check_translations(c, at, v); break;
	case KIND_FORMAT: check_format(c, at, p->format, v); break;
	case KIND_OBJECT:
		if (check_is_object(c, at, v))
			check_free(c, at, v);
		break;
	case KIND_RESERVED:
		problem(c, at, STIX_ERROR, "SI-023",
		    "is reserved: no object may have this property");
		break;
	}
}

void
check_property(struct check *c, const struct place *at, const struct property *p,
    const struct json *v)
{
	size_t index = 0;

	if (v->type == JSON_NULL) {
		problem(c, at, STIX_ERROR, "SI-002", "may not be null: leave it out");
	} else if ((p->flags & LIST) == 0) {
		check_value(c, at, p, v);
	} else if (v->type != JSON_ARRAY) {
		problem(c, at, STIX_ERROR, "SI-003", "must be a list, found %s", json_type_name(v));
	} else if (v->first == NULL) {
		problem(c, at, STIX_ERROR, "SI-002", "may not be an empty list: leave it out");
	} else {
		for (const struct json *e = v->first; e != NULL; e = e->next) {
			struct place inside = place_element(at, index++);

			check_value(c, &inside, p, e);
		}
	}
}
