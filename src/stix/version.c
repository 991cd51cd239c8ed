/* The three hashes of an object and the name of its version. */
#include <stdlib.h>

#include "codec.h"
#include "jcs.h"
#include "model_p.h"
#include "order_p.h"
#include "stamp_p.h"
#include "stix.h"

/* Of a canonical form to its text: a number of four bytes (1e20) may become
 * 21, so that this is an upper bound. */
enum { GROWTH_MAX = 6 };

/* Hex digits of the hash that name the version of what has no time. */
enum { KEY_DIGITS = 32 };

/* The canonical form and, from the first member on in which they differ, the
 * normalised one. */
struct forms {
	const struct stix_object *object;
	struct arena *arena;
	struct buf jcs;
	struct buf normal;
	bool differ;
};

static void
forms_done(struct forms *f)
{
	buf_free(&f->jcs);
	buf_free(&f->normal);
}

/* What the members of an object mean. */
struct scope {
	enum kind of;              /* KIND_PART, KIND_EXTENSIONS or KIND_CONTAINER */
	const struct shape *shape; /* of a KIND_PART; NULL when unknown */
	bool common;               /* the common properties are among them */
	bool root;
};

const struct json **
order_members(struct arena *a, const struct json *object)
{
	const struct json **member = arena_make(a, const struct json *, object->len + 1);
	size_t n = 0;

	if (member == NULL)
		return NULL;
	for (const struct json *m = object->first; m != NULL; m = m->next)
		member[n++] = m;
	jcs_sort(member, n);
	return member;
}

/* ---- what a member is in the normalised form ---- */

bool
order_is_default(const struct stix_object *o, const struct json *member)
{
	if (member->type == JSON_FALSE)
		return str_is(member->key, "revoked") || str_is(member->key, "defanged") ||
		       (str_is(member->key, "summary") && str_is(o->type, "sighting"));
	if (member->type == JSON_STRING)
		return (str_is(member->text, "en") && str_is(member->key, "lang")) ||
		       (str_is(member->text, "2.1") && str_is(member->key, "spec_version") &&
		           o->class == STIX_SCO);
	return false;
}

static const struct property *
member_property(const struct scope *scope, struct str name)
{
	const struct property *found = NULL;

	if (scope->shape != NULL)
		found = shape_property(scope->shape, name);
	if (found == NULL && scope->common) {
		const struct common *common = model_common_property(name);

		found = common == NULL ? NULL : &common->property;
	}
	return found;
}

/* Written with zeros that say nothing: looks first at what is seen at once. */
static bool
is_padded_time(const struct scope *scope, const struct json *member)
{
	struct str text = member->text;
	time_us at;

	if (member->type != JSON_STRING || text.len < 2 || text.ptr[text.len - 1] != 'Z' ||
	    text.ptr[text.len - 2] != '0' || memchr(text.ptr, '.', text.len) == NULL)
		return false;

	const struct property *p = member_property(scope, member->key);
	return p != NULL && p->kind == KIND_TIMESTAMP && (p->flags & LIST) == 0 &&
	       time_parse(text, &at);
}

static struct scope
scope_of_type(struct str type)
{
	const struct stix_type *known = model_type(type);

	return (struct scope){ .of = KIND_PART,
		.shape = known == NULL ? NULL : &known->shape,
		.common = true };
}

/* The scope inside a member that may hold timestamps. */
static bool
enter(const struct scope *scope, const struct json *member, struct scope *ret)
{
	if (member->type != JSON_OBJECT)
		return false;
	if (scope->of == KIND_EXTENSIONS) {
		const struct extension *known = model_extension(member->key);

		*ret = (struct scope){ .of = KIND_PART,
			.shape = known == NULL ? NULL : &known->shape };
		return known != NULL;
	}
	if (scope->of == KIND_CONTAINER) {
		struct str type = { 0 };

		*ret = scope_of_type(json_get_str(member, S("type"), &type) ? type : S(""));
		return true;
	}

	const struct property *p = member_property(scope, member->key);
	bool inside =
	    p != NULL && (p->flags & LIST) == 0 &&
	    (p->kind == KIND_PART || p->kind == KIND_EXTENSIONS || p->kind == KIND_CONTAINER);
	if (inside)
		*ret = (struct scope){ .of = p->kind,
			.shape = p->kind == KIND_PART ? p->shape : NULL };
	return inside;
}

/* ---- writing ---- */

/* From here on the two forms are no longer the same. */
static void
part_ways(struct forms *f, size_t shared)
{
	if (!f->differ) {
		(void)buf_reserve(&f->normal, f->object->raw.len); /* saves growing in steps */
		buf_put(&f->normal, str_sub(buf_str(&f->jcs), 0, shared));
	}
	f->differ = true;
}

/* A name that is a slice of the text held no escape, and then needs none. */
static bool
is_plain(const struct forms *f, struct str key)
{
	uintptr_t text = (uintptr_t)f->object->raw.ptr, at = (uintptr_t)key.ptr;

	return at >= text && at < text + f->object->raw.len;
}

static void
put_comma(struct buf *b)
{
	if (b->len > 0 && b->ptr[b->len - 1] != '{')
		buf_putc(b, ',');
}

static void
write_key(const struct forms *f, struct buf *b, struct str key, struct why *why)
{
	const struct json name = { .type = JSON_STRING, .text = key };

	if (is_plain(f, key)) {
		buf_put(b, (struct str){ key.ptr - 1, key.len + 2 }); /* with its quotes */
		buf_putc(b, ':');
		return;
	}
	/* A full buffer is found at the end; a name has no other fault. */
	if (jcs_write(&name, b, why) == OK)
		buf_putc(b, ':');
}

static enum err write_object(struct forms *f, const struct json *object, const struct scope *scope,
    struct why *why);

/* Writes a member whose value is the same in both forms, but for the zeros of a time. */
static enum err
write_leaf(struct forms *f, const struct json *member, const struct scope *scope, struct why *why)
{
	put_comma(&f->jcs);
	size_t from = f->jcs.len;
	write_key(f, &f->jcs, member->key, why);
	size_t value = f->jcs.len;
	TRY(jcs_write(member, &f->jcs, why));
	bool padded = is_padded_time(scope, member);

	if (padded && !f->differ) {
		part_ways(f, value);
	} else if (f->differ) {
		put_comma(&f->normal);
		buf_put(&f->normal,
		    str_sub(buf_str(&f->jcs), from, (padded ? value : f->jcs.len) - from));
	}
	if (padded) {
		struct str trimmed = stamp_trim(member->text);

		buf_printf(&f->normal, "\"" STR_FMT "Z\"", STR_ARG(trimmed));
	}
	return OK;
}

static enum err
write_member(struct forms *f, const struct json *member, const struct scope *scope, struct why *why)
{
	struct scope inside;

	if (scope->root && order_is_default(f->object, member)) {
		part_ways(f, f->jcs.len);
		put_comma(&f->jcs);
		write_key(f, &f->jcs, member->key, why);
		return jcs_write(member, &f->jcs, why);
	}
	if (!enter(scope, member, &inside))
		return write_leaf(f, member, scope, why);

	put_comma(&f->jcs);
	write_key(f, &f->jcs, member->key, why);
	if (f->differ) {
		put_comma(&f->normal);
		write_key(f, &f->normal, member->key, why);
	}
	return write_object(f, member, &inside, why);
}

/* Recursion ends with the shapes: an extension inside an object inside the
 * container of an observed-data object is the deepest. */
static enum err
write_object(struct forms *f, const struct json *object, const struct scope *scope, struct why *why)
{
	const struct json **member = order_members(f->arena, object);

	if (member == NULL)
		return fail(why, ERR_LIMIT, "stix.hash-memory",
		    "no memory is left to put %" PRIu32 " members in order", object->len);
	buf_putc(&f->jcs, '{');
	if (f->differ)
		buf_putc(&f->normal, '{');
	for (size_t i = 0; i < object->len; i++)
		TRY(write_member(f, member[i], scope, why));
	buf_putc(&f->jcs, '}');
	if (f->differ)
		buf_putc(&f->normal, '}');
	return OK;
}

enum err
stix_hash(const struct stix_object *o, struct arena *a, struct stix_hashes *ret, struct why *why)
{
	size_t max = o->raw.len * GROWTH_MAX;
	CLEANUP(forms_done) struct forms f = { .object = o, .arena = a };
	struct scope scope = scope_of_type(o->type);

	f.jcs = buf_new(max);
	f.normal = buf_new(max);
	scope.root = true;
	(void)buf_reserve(&f.jcs, o->raw.len); /* saves growing in steps */
	TRY(write_object(&f, o->json, &scope, why));
	TRY(buf_check(&f.jcs, "the canonical form", why));
	TRY(buf_check(&f.normal, "the normalised form", why));

	struct str jcs = buf_str(&f.jcs);
	ret->raw = hash_of(o->raw);
	ret->jcs = str_eq(jcs, o->raw) ? ret->raw : hash_of(jcs);
	ret->normalised = f.differ ? hash_of(buf_str(&f.normal)) : ret->jcs;
	return OK;
}

void
stix_version_key(const struct stix_object *o, const struct stix_hashes *h, char *ret)
{
	struct str at = o->modified.len > 0 ? o->modified : o->created;

	if (o->class == STIX_SCO || at.len == 0) {
		ret[0] = '=';
		hex_text(h->normalised.byte, KEY_DIGITS / 2, ret + 1);
		return;
	}
	at = stamp_trim(at);
	assert(at.len + 2 <= STIX_KEY_MAX);
	memcpy(ret, at.ptr, at.len);
	memcpy(ret + at.len, "Z", 2);
}

struct str
stix_version_of(struct arena *a, struct str text)
{
	time_us at;

	if (!time_parse(text, &at))
		return text;
	return arena_printf(a, STR_FMT "Z", STR_ARG(stamp_trim(text)));
}
