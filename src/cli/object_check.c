/* torana object check and torana object id: what can be said of objects without
 * storing them. */
#include <stdio.h>

#include "buf.h"
#include "object_check_p.h"
#include "stix.h"
#include "stix1.h"

enum {
	CHECK_MAX = 256 * MIB,       /* as an import */
	REST_ARENA_MAX = 64 * MIB,   /* everything of a bundle but its objects */
	OBJECT_ARENA_MAX = 64 * MIB, /* of one object's canonical form */
	REPORT_MAX = 256 * MIB, /* STIX_PROBLEMS_MAX for each of a million objects would be more */
};

struct checking {
	struct cli *c;
	struct arena *arena; /* of one object */
	struct buf out;
	struct json_writer w;
	struct stix_report *report;
	size_t read, rejected, warned;
	bool single; /* the top is no bundle and no list of objects */
};

struct finding {
	size_t index; /* among the objects; SIZE_MAX: the bundle itself */
	struct str id;
	const char *pointer;
	const char *rule;
	enum stix_level level;
	const char *message;
};

static const char *const level_names[] = {
	[STIX_NOTE] = "note",
	[STIX_WARNING] = "warn",
	[STIX_ERROR] = "reject",
};

static void
put_json(struct checking *k, const struct finding *f)
{
	json_begin_object(&k->w);
	if (f->index == SIZE_MAX)
		json_put_null(json_key(&k->w, S("index")));
	else
		json_put_u64(json_key(&k->w, S("index")), f->index);
	json_put_str(json_key(&k->w, S("id")), f->id);
	json_put_str(json_key(&k->w, S("pointer")), str_of(f->pointer));
	json_put_str(json_key(&k->w, S("rule")), str_of(f->rule));
	json_put_str(json_key(&k->w, S("level")), str_of(level_names[f->level]));
	json_put_str(json_key(&k->w, S("message")), str_of(f->message));
	json_end_object(&k->w);
}

/* "tool--...: /name: is required (SI-050)" behind its level. */
static void
print_text(const struct finding *f)
{
	(void)printf("%-6s ", level_names[f->level]);
	cli_text(f->id.len > 0 ? f->id : S("(no id)"));
	(void)printf(": ");
	cli_text(str_of(f->pointer));
	(void)printf("%s", f->pointer[0] != '\0' ? ": " : "");
	cli_text(str_of(f->message));
	(void)printf(" (%s)\n", f->rule);
}

static void
found(struct checking *k, const struct finding *f)
{
	if (k->c->json)
		put_json(k, f);
	else
		print_text(f);
}

static struct str
id_of(const struct json *tree)
{
	return json_str(json_get(tree, S("id")));
}

/* ---- one object ---- */

static void
found_why(struct checking *k, size_t index, const struct json *tree, const struct why *why)
{
	k->rejected++;
	found(k, &(struct finding){
	             .index = index,
	             .id = id_of(tree),
	             .pointer = why->where,
	             .rule = why->code,
	             .level = STIX_ERROR,
	             .message = why->text,
	         });
}

static void
found_report(struct checking *k, size_t index, struct str id)
{
	const struct stix_report *r = k->report;
	char more[64];

	k->rejected += r->errors > 0;
	k->warned += r->errors == 0 && r->warnings > 0;
	for (size_t i = 0; i < r->len; i++) {
		const struct stix_problem *p = &r->problem[i];

		found(k, &(struct finding){ index, id, p->pointer, p->rule, p->level, p->message });
	}
	if (r->more == 0)
		return;
	(void)snprintf(more, sizeof(more), "and %zu problems more", r->more);
	found(k, &(struct finding){ index, id, "", "", STIX_NOTE, more });
}

static void
check_tree(struct checking *k, size_t index, const struct json *tree)
{
	struct stix_object o;
	struct stix_hashes hashes;
	struct why why = { 0 };

	k->read++;
	arena_clear(k->arena);
	if (str_is(json_str(json_get(tree, S("type"))), "bundle")) {
		(void)fail(&why, ERR_INVALID, "SI-053", "a bundle holds no other bundle");
		found_why(k, index, tree, &why);
		return;
	}
	if (stix_scan(tree, &o, &why) != OK) {
		found_why(k, index, tree, &why);
		return;
	}
	stix_validate(&o, k->report);
	found_report(k, index, o.id);
	if (k->report->errors == 0 && stix_hash(&o, k->arena, &hashes, &why) != OK)
		found_why(k, index, tree, &why);
}

static enum err
check_element(void *arg, size_t index, const struct json *tree, struct why *why)
{
	(void)why;
	check_tree(arg, index, tree);
	return OK;
}

/* ---- what is around the objects ---- */

/* A bundle has a type, an id and objects; it is not stored, so nothing in it is lost. */
static void
check_bundle(struct checking *k, const struct json *rest, size_t elements)
{
	struct finding f = { .index = SIZE_MAX, .id = id_of(rest), .rule = "SI-053" };

	f.pointer = "/id";
	f.level = STIX_WARNING;
	f.message = "a bundle has an id such as bundle--5d0092c5-5f74-4287-9642-33f4c354e56d";
	if (!stix_id_is(f.id) || !str_is(stix_id_type(f.id), "bundle"))
		found(k, &f);
	f.pointer = "/spec_version";
	f.message = "is of STIX 2.0: \"torana object import\" converts its objects, and says what "
	            "changed";
	if (json_get(rest, S("spec_version")) != NULL)
		found(k, &f);
	f.pointer = "/objects";
	f.level = STIX_NOTE;
	f.message = "there are no objects in the bundle";
	if (elements == 0)
		found(k, &f);
}

static enum err
check_top(void *arg, const struct json *rest, size_t elements, struct why *why)
{
	struct checking *k = arg;
	struct str type;

	(void)why;
	if (json_get_str(rest, S("type"), &type) && !str_is(type, "bundle")) {
		k->single = true;
		return ERR_INVALID;
	}
	if (type.ptr != NULL)
		check_bundle(k, rest, elements);
	return OK;
}

/* One object, or an array of objects. */
static enum err
check_loose(struct checking *k, struct str text, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(JSON_ELEMENT_BYTES_MAX);
	const struct json *tree = NULL;
	size_t index = 0;

	TRY(json_parse(a, text, NULL, &tree, why));
	if (!json_is(tree, JSON_ARRAY)) {
		check_tree(k, 0, tree);
		return OK;
	}
	for (const struct json *v = tree->first; v != NULL; v = v->next)
		check_tree(k, index++, v);
	return OK;
}

static enum err
check_text(struct checking *k, struct str text, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(REST_ARENA_MAX);
	const struct json_each each = {
		.member = S("objects"),
		.rest = check_top,
		.element = check_element,
		.arg = k,
	};

	TRY(stix1_refuse(text, why));
	if (str_starts(str_trim(text), S("[")))
		return check_loose(k, text, why);
	enum err err = json_each_in(a, text, NULL, &each, why);
	return k->single ? check_loose(k, text, why) : err;
}

static int
answer(struct checking *k, enum err err, struct why *why)
{
	bool valid = err == OK && k->rejected == 0;

	/* What is no JSON is a finding of the whole text. */
	if (err != OK)
		found(k, &(struct finding){ SIZE_MAX, S(""), why->where, "SI-001", STIX_ERROR,
		             why->text });
	if (k->c->json) {
		json_end_array(&k->w);
		json_put_bool(json_key(&k->w, S("valid")), valid);
		json_put_u64(json_key(&k->w, S("read")), k->read);
		json_end_object(&k->w);
		err = buf_check(&k->out, "the list of problems", why);
		if (err != OK)
			return cli_fail(why, err);
		(void)printf(STR_FMT "\n", STR_ARG(buf_str(&k->out)));
	} else {
		(void)printf("%zu objects, %zu rejected, %zu with warnings\n", k->read, k->rejected,
		    k->warned);
	}
	return valid ? EXIT_FINE : EXIT_WRONG;
}

int
object_check(struct cli *c)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(OBJECT_ARENA_MAX);
	CLEANUP(heap_freep) struct stix_report *report = heap_new(sizeof(*report), 1);
	struct checking k = { .c = c, .arena = a, .out = buf_new(REPORT_MAX), .report = report };
	struct str text;
	struct why why = { 0 };
	enum err err = cli_read(c, c->arg[0], CHECK_MAX, &text, &why);

	if (err != OK)
		return cli_fail(&why, err);
	k.w = json_writer(&k.out);
	json_begin_object(&k.w);
	json_begin_array(json_key(&k.w, S("problems")));
	int code = answer(&k, check_text(&k, text, &why), &why);
	buf_free(&k.out);
	return code;
}

/* ---- identifiers ---- */

static enum err
print_id(struct cli *c, const struct json *object, struct why *why)
{
	char id[STIX_ID_MAX];
	struct str type = json_str(json_get(object, S("type")));

	TRY(stix_observable_id(object, c->arena, id, why));
	if (id[0] == '\0')
		return fail(why, ERR_NOT_FOUND, "object.no-id",
		    "nothing in this " STR_FMT " identifies it: its id is random (UUID version 4)",
		    STR_ARG(type));
	if (c->json)
		(void)printf("{\"id\":\"%s\"}\n", id);
	else
		(void)printf("%s\n", id);
	return OK;
}

int
object_id(struct cli *c)
{
	const struct json *tree = NULL;
	struct str text;
	struct why why = { 0 };
	enum err err = cli_read(c, c->arg[0], JSON_ELEMENT_BYTES_MAX, &text, &why);

	if (err == OK)
		err = json_parse(c->arena, text, NULL, &tree, &why);
	if (err == OK && !json_is(tree, JSON_OBJECT))
		err = fail(&why, ERR_INVALID, "object.one", "give one observable, not %s",
		    json_type_name(tree));
	if (err == OK)
		err = print_id(c, tree, &why);
	return err == OK ? EXIT_FINE : cli_fail(&why, err);
}
