/* The header of an object: what must hold before it can be stored. */
#include "model_p.h"
#include "name_p.h"
#include "stamp_p.h"
#include "stix.h"

/* So that every version has a key of STIX_KEY_MAX bytes: 20 before the
 * fraction, the Z and the zero byte after it. */
enum { FRACTION_MAX = STIX_KEY_MAX - 22 };

/* The members that the header is made of. */
struct header {
	const struct json *type, *id, *spec_version, *created, *modified, *created_by, *revoked;
};

static void
read_member(const struct json *member, struct header *ret)
{
	const struct {
		struct str name;
		const struct json **slot;
	} wanted[] = {
		{ S("type"), &ret->type },
		{ S("id"), &ret->id },
		{ S("spec_version"), &ret->spec_version },
		{ S("created"), &ret->created },
		{ S("modified"), &ret->modified },
		{ S("created_by_ref"), &ret->created_by },
		{ S("revoked"), &ret->revoked },
	};

	for (size_t i = 0; i < COUNTOF(wanted); i++) {
		if (str_eq(member->key, wanted[i].name))
			*wanted[i].slot = member;
	}
}

/* clang-format off */
static const struct {
	struct str code; /* ends in a point: of all that begin so */
	struct str rule;
} rules[] = {
	{ NAME("stix.no-object"),        NAME("SI-001") },
	{ NAME("stix.type-missing"),     NAME("SI-050") },
	{ NAME("stix.type"),             NAME("SI-010") },
	{ NAME("stix.bundle"),           NAME("SI-053") },
	{ NAME("stix.id-missing"),       NAME("SI-050") },
	{ NAME("stix.id"),               NAME("SI-011") },
	{ NAME("stix.id-type"),          NAME("SI-011") },
	{ NAME("stix.timestamp"),        NAME("SI-007") },
	{ NAME("stix.timestamp-digits"), NAME("SI-007") },
	{ NAME("stix.hash-memory"),      NAME("SI-039") },
	{ NAME("jcs."),                  NAME("SI-004") },
	{ NAME("json."),                 NAME("SI-001") },
};
/* clang-format on */

struct str
stix_rule(const char *code)
{
	struct str of = str_of(code);

	for (size_t i = 0; i < COUNTOF(rules); i++) {
		if (str_eq(of, rules[i].code) ||
		    (str_ends(rules[i].code, S(".")) && str_starts(of, rules[i].code)))
			return rules[i].rule;
	}
	return S("");
}

static enum err
invalid(struct why *why, const char *where, const char *code, const char *text)
{
	enum err err = fail(why, ERR_INVALID, code, "%s", text);

	why_where(why, "%s", where);
	return err;
}

static enum err
scan_type(const struct json *type, struct why *why)
{
	if (type == NULL)
		return invalid(why, "", "stix.type-missing", "a STIX object needs a type");
	if (!json_is(type, JSON_STRING) || !name_is_type(type->text))
		return invalid(why, "/type", "stix.type",
		    "a type has 3 to 250 lower-case letters, digits and single hyphens");
	if (str_is(type->text, "bundle"))
		return invalid(why, "/type", "stix.bundle",
		    "a bundle is no object of its own: its members are");
	return OK;
}

static enum err
scan_id(const struct json *id, struct str type, struct why *why)
{
	if (id == NULL)
		return invalid(why, "", "stix.id-missing", "a STIX object needs an id");

	struct str prefix = stix_id_type(json_str(id));
	if (prefix.len == 0)
		return invalid(why, "/id", "stix.id",
		    "an id is the type, two hyphens and a UUID of version 1 to 5");
	if (!str_eq(prefix, type)) {
		enum err err = fail(why, ERR_INVALID, "stix.id-type",
		    "the id must begin with the type " STR_FMT, STR_ARG(type));

		why_where(why, "/id");
		return err;
	}
	return OK;
}

static enum err
scan_time(const struct json *v, const char *where, struct str *ret, time_us *ret_us,
    struct why *why)
{
	if (v == NULL)
		return OK;
	if (!json_is(v, JSON_STRING) || !time_parse(v->text, ret_us))
		return invalid(why, where, "stix.timestamp",
		    "a timestamp is an existing day and time written YYYY-MM-DDTHH:MM:SS.sssZ");
	if (stamp_digits(v->text) > FRACTION_MAX) {
		enum err err = fail(why, ERR_INVALID, "stix.timestamp-digits",
		    "a version has at most %d digits after the second", (int)FRACTION_MAX);

		why_where(why, "%s", where);
		return err;
	}
	*ret = v->text;
	return OK;
}

enum err
stix_scan(const struct json *tree, struct stix_object *ret, struct why *why)
{
	struct header h = { 0 };
	struct stix_object o = { .json = tree, .raw = tree->raw, .spec_version = S("2.1") };

	if (tree->type != JSON_OBJECT)
		return fail(why, ERR_INVALID, "stix.no-object",
		    "a STIX object is a JSON object, found %s", json_type_name(tree));
	for (const struct json *m = tree->first; m != NULL; m = m->next)
		read_member(m, &h);

	TRY(scan_type(h.type, why));
	TRY(scan_id(h.id, h.type->text, why));
	TRY(scan_time(h.created, "/created", &o.created, &o.created_us, why));
	TRY(scan_time(h.modified, "/modified", &o.modified, &o.modified_us, why));

	o.type = h.type->text;
	o.id = h.id->text;
	o.class = stix_class_of(o.type);
	if (json_is(h.spec_version, JSON_STRING))
		o.spec_version = h.spec_version->text;
	if (json_is(h.created_by, JSON_STRING))
		o.created_by = h.created_by->text;
	o.revoked = json_is(h.revoked, JSON_TRUE);
	*ret = o;
	return OK;
}
