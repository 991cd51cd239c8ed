/* torana object check and torana object id: what can be said of objects without
 * storing them. */
#include <stdio.h>

#include "buf.h"
#include "id_use.h"
#include "object_check_p.h"
#include "stix.h"
#include "stix1.h"
#include "translations_p.h"

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
	struct id_use *uses;
	struct translations *translations;
	size_t read, rejected, warned;
	size_t more; /* problems beyond STIX_PROBLEMS_MAX of an object */
	bool single; /* the top is no bundle and no list of objects */
};

struct finding {
	size_t index; /* among the objects; SIZE_MAX: the bundle itself */
	struct str id;
	const char *pointer;
	struct str rule;
	enum stix_level level;
	const char *message;
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
	json_put_str(json_key(&k->w, S("rule")), f->rule);
	json_put_str(json_key(&k->w, S("level")), str_of(stix_level_name(f->level)));
	json_put_str(json_key(&k->w, S("message")), str_of(f->message));
	json_end_object(&k->w);
}

/* "tool--...: /name: is required (SI-050)" behind its level. */
static void
print_text(const struct finding *f)
{
	(void)printf("%-6s ", stix_level_name(f->level));
	cli_text(f->id.len > 0 ? f->id : S("(no id)"));
	(void)printf(": ");
	cli_text(str_of(f->pointer));
	(void)printf("%s", f->pointer[0] != '\0' ? ": " : "");
	cli_text(str_of(f->message));
	(void)printf(" (" STR_FMT ")\n", STR_ARG(f->rule));
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

static bool
is_no_list(const struct why *why)
{
	return strcmp(why->code, "json.not-array") == 0;
}

/* What is not read is no JSON object, or not of this version. */
static struct str
rule_of(const struct why *why)
{
	struct str rule = stix_rule(why->code);

	if (strcmp(why->code, "import.stix1") == 0)
		return S("SI-021");
	return rule.len > 0 ? rule : S("SI-001");
}

static void
found_why(struct checking *k, size_t index, const struct json *tree, const struct why *why)
{
	k->rejected++;
	found(k, &(struct finding){
	             .index = index,
	             .id = id_of(tree),
	             .pointer = why->where,
	             .rule = rule_of(why),
	             .level = STIX_ERROR,
	             .message = why->text,
	         });
}

static void
found_report(struct checking *k, size_t index, struct str id)
{
	const struct stix_report *r = k->report;
	k->rejected += r->errors > 0;
	k->warned += r->errors == 0 && r->warnings > 0;
	for (size_t i = 0; i < r->len; i++) {
		const struct stix_problem *p = &r->problem[i];

		found(k, &(struct finding){ index, id, p->pointer, str_of(p->rule), p->level,
		             p->message });
	}
	k->more += r->more;
}

static void
check_tree(struct checking *k, size_t index, const struct json *tree)
{
	struct stix_object o;
	struct stix_hashes hashes;
	struct why why = { 0 };

	k->read++;
	arena_clear(k->arena);
	if (stix_scan(tree, &o, &why) != OK) {
		found_why(k, index, tree, &why);
		return;
	}
	stix_validate(&o, k->report);
	found_report(k, index, o.id);
	id_use_note(k->uses, &o, index);
	translations_note(k->translations, &o, index);
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

/* An envelope has objects, and says whether there are more: whatever else has no type is
 * an object that lacks it. */
static bool
is_envelope(const struct json *rest)
{
	for (const struct json *m = rest->first; m != NULL; m = m->next) {
		if (!str_is(m->key, "more") && !str_is(m->key, "next"))
			return false;
	}
	return true;
}

/* A bundle has a type, an id and objects; it is not stored, so nothing in it is lost. */
static void
check_bundle(struct checking *k, const struct json *rest)
{
	struct finding f = { .index = SIZE_MAX, .id = id_of(rest), .rule = S("SI-053") };

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
}

static void
check_not_empty(struct checking *k, const struct json *rest, size_t elements)
{
	const struct finding f = {
		.index = SIZE_MAX,
		.id = id_of(rest),
		.pointer = "/objects",
		.rule = S("SI-053"),
		.level = STIX_NOTE,
		.message = "there are no objects here",
	};

	if (elements == 0)
		found(k, &f);
}

static enum err
check_top(void *arg, const struct json *rest, size_t elements, struct why *why)
{
	struct checking *k = arg;
	struct str type;

	(void)why;
	bool typed = json_get_str(rest, S("type"), &type);
	if (typed ? !str_is(type, "bundle") : elements == 0 && !is_envelope(rest)) {
		k->single = true;
		return ERR_INVALID;
	}
	if (typed)
		check_bundle(k, rest);
	check_not_empty(k, rest, elements);
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

/* The deprecated form of observed-data has "objects" that is no list. */
static bool
has_own_objects(struct str text, const struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(JSON_ELEMENT_BYTES_MAX);
	const struct json *tree = NULL;
	struct str type;

	return is_no_list(why) && json_parse(a, text, NULL, &tree, NULL) == OK &&
	       json_get_str(tree, S("type"), &type) && !str_is(type, "bundle");
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

	struct why mine = { 0 };

	TRY(stix1_refuse(text, why));
	if (str_starts(str_trim(text), S("[")))
		return check_loose(k, text, why);
	enum err err = json_each_in(a, text, NULL, &each, &mine);
	if (k->single || (err != OK && has_own_objects(text, &mine)))
		return check_loose(k, text, why);
	if (err != OK)
		*why = mine;
	return err;
}

/* A reader says "line 3, byte 57, at /objects/0": the place in the text goes behind the
 * message, what is left is a pointer. */
static void
found_text(struct checking *k, const struct why *why)
{
	const struct str where = str_of(why->where), mark = S(", at ");
	char message[WHY_TEXT_MAX + WHY_WHERE_MAX];
	size_t at = str_find(where, mark);
	bool place = str_starts(where, S("line "));
	struct str line = str_sub(where, 0, at);
	const char *pointer = why->where + (at == SIZE_MAX ? where.len : at + mark.len);

	if (place)
		(void)snprintf(message, sizeof(message), "%s (%s: " STR_FMT ")", why->text,
		    cli_file_name(k->c->arg[0]), STR_ARG(line));
	else
		(void)snprintf(message, sizeof(message), "%s", why->text);
	/* Reading one member, the reader is not in it yet. */
	if (is_no_list(why))
		pointer = "/objects";
	found(k, &(struct finding){
	             .index = SIZE_MAX,
	             .pointer = place ? pointer : why->where,
	             .rule = rule_of(why),
	             .level = STIX_ERROR,
	             .message = message,
	         });
}

static void
found_use(void *arg, size_t index, struct str id, const char *message)
{
	found(arg, &(struct finding){ index, id, "/id", S("SI-034"), STIX_WARNING, message });
}

/* ---- translations, against the versions of the same text ---- */

static void
see_tree(struct checking *k, const struct json *tree)
{
	struct stix_object o;

	if (stix_scan(tree, &o, NULL) == OK)
		translations_see(k->translations, &o);
}

static enum err
see_element(void *arg, size_t index, const struct json *tree, struct why *why)
{
	(void)index;
	(void)why;
	see_tree(arg, tree);
	return OK;
}

static void
found_translation(void *arg, size_t index, struct str id)
{
	struct checking *k = arg;
	const struct finding f = {
		.index = index,
		.id = id,
		.pointer = "/object_modified",
		.rule = S("SI-100"),
		.level = STIX_ERROR,
		.message =
		    "the object is here without this version: name one that is there, or none",
	};

	k->rejected++;
	found(k, &f);
}

/* What was read once is good: it is read once more to see the versions. */
static enum err
check_translations(struct checking *k, struct str text, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(REST_ARENA_MAX);
	const struct json_each each = { .member = S("objects"), .element = see_element, .arg = k };
	const struct json *tree = NULL;

	if (!translations_wait(k->translations) || k->single)
		return OK;
	if (str_starts(str_trim(text), S("["))) {
		TRY(json_parse(a, text, NULL, &tree, why));
		for (const struct json *v = tree->first; v != NULL; v = v->next)
			see_tree(k, v);
	} else {
		TRY(json_each_in(a, text, NULL, &each, why));
	}
	translations_each(k->translations, found_translation, k);
	return OK;
}

static int
answer(struct checking *k, enum err err, struct why *why)
{
	bool valid = err == OK && k->rejected == 0;

	id_use_each(k->uses, found_use, k);
	/* What is no JSON is a finding of the whole text. */
	if (err != OK)
		found_text(k, why);
	if (k->c->json) {
		json_end_array(&k->w);
		json_put_bool(json_key(&k->w, S("valid")), valid);
		json_put_u64(json_key(&k->w, S("read")), k->read);
		json_put_u64(json_key(&k->w, S("problems_more")), k->more);
		json_end_object(&k->w);
		err = buf_check(&k->out, "the list of problems", why);
		if (err != OK)
			return cli_fail(why, err);
		(void)printf(STR_FMT "\n", STR_ARG(buf_str(&k->out)));
	} else {
		if (k->more > 0)
			(void)printf("and %zu problems more\n", k->more);
		if (err != OK)
			(void)printf("%zu objects were checked: the text cannot be read\n",
			    k->read);
		else
			(void)printf("%zu objects, %zu rejected, %zu with warnings\n", k->read,
			    k->rejected, k->warned);
	}
	return valid ? EXIT_FINE : EXIT_WRONG;
}

/* What there is to check.  Whatever is wrong with the file itself is a wrong use: nothing
 * was found out about objects. */
static enum err
read_file(const struct cli *c, size_t max, struct str *ret, struct why *why)
{
	const char *path = c->arg[0];
	enum err err = cli_read(c, path, max, ret, why);

	if (err == ERR_LIMIT)
		return fail(why, ERR_USAGE, "object.big",
		    "%s is larger than %zu MiB: give its objects in several files", path,
		    max / MIB);
	if (err == OK && str_trim(*ret).len == 0)
		return fail(why, ERR_USAGE, "object.empty",
		    "%s is empty: give a bundle, an envelope with \"objects\", a list of objects, "
		    "or one object",
		    cli_file_name(path));
	return err == OK ? OK : ERR_USAGE;
}

int
object_check(struct cli *c)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(OBJECT_ARENA_MAX);
	CLEANUP(heap_freep) struct stix_report *report = heap_new(sizeof(*report), 1);
	CLEANUP(id_use_freep) struct id_use *uses = id_use_new();
	CLEANUP(translations_freep) struct translations *translations = translations_new();
	struct checking k = { .c = c,
		.uses = uses,
		.translations = translations,
		.arena = a,
		.out = buf_new(REPORT_MAX),
		.report = report };
	struct str text;
	struct why why = { 0 };
	enum err err = read_file(c, CHECK_MAX, &text, &why);

	if (err != OK)
		return cli_fail(&why, err);
	k.w = json_writer(&k.out);
	json_begin_object(&k.w);
	json_begin_array(json_key(&k.w, S("problems")));
	err = check_text(&k, text, &why);
	if (err == OK)
		err = check_translations(&k, text, &why);
	int code = answer(&k, err, &why);
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
	enum err err = read_file(c, JSON_ELEMENT_BYTES_MAX, &text, &why);

	if (err == OK)
		err = cli_in_file(c->arg[0], json_parse(c->arena, text, NULL, &tree, &why), &why);
	if (err == OK && !json_is(tree, JSON_OBJECT))
		err = fail(&why, ERR_INVALID, "object.one", "give one observable, not %s",
		    json_type_name(tree));
	if (err == OK)
		err = print_id(c, tree, &why);
	return err == OK ? EXIT_FINE : cli_fail(&why, err);
}
