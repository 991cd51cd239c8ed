/* Importing a text: each object by itself, in batches.
 *
 * Parsing, validating and hashing happen before the transaction of a batch, so
 * that other writers wait for nothing but the writing itself. */
#include "conflict.h"
#include "id_use.h"
#include "import_p.h"
#include "marking.h"
#include "put.h"
#include "store.h"
#include "stored_p.h"

/* A batch is small enough that its bytes, and a reader's view of what was
 * there before, stay in the caches; measured: larger ones are not faster. */
enum {
	BATCH_OBJECTS = 1000,
	BATCH_BYTES = 8 * MIB,
	BATCH_ARENA_MAX = 16 * MIB, /* the headers of BATCH_OBJECTS */
	OBJECT_ARENA_MAX = JSON_ELEMENT_BYTES_MAX,
	REST_ARENA_MAX = 64 * MIB, /* everything of a bundle but its objects */
	SOURCE_MAX = 4096,         /* a path */
	/* A problem is at most an id, a pointer and a text: 1,000 of them, escaped. */
	NOTES_ARENA_MAX = 8 * MIB,
	/* Of converting: what one object can become, with the trees; and when what
	 * earlier ones became is given back. */
	CONVERT_ARENA_MAX = 512 * MIB,
	CONVERT_KEPT_MAX = 32 * MIB,
};

/* An object that was read and found good. */
struct prepared {
	uint64_t index;
	struct stix_object object; /* without its tree; texts in the batch's arena */
	struct stix_hashes hashes;
	/* Of a converted one; both live as long as the batch. */
	struct str original;
	const struct import_converted *converted;
	struct str part_of; /* the id of the object that it was a part of, or empty */
};

struct import {
	struct db *db;
	const struct import_request *request;
	struct import_result *result;
	struct import_list list;
	struct provenance provenance;
	struct arena *batch_arena;
	struct arena *object_arena; /* of hashing one object */
	struct arena *convert_arena;
	struct prepared *prepared; /* BATCH_OBJECTS */
	size_t len;
	size_t bytes;
	struct stix_report *report;
	struct id_use *uses; /* NULL: warnings are not wanted */
	struct import_late late;
	struct import_unbegun unbegun;
	bool single; /* the top is no bundle and no envelope */
};

static void
import_done(struct import *im)
{
	arena_free(im->batch_arena);
	arena_free(im->object_arena);
	arena_free(im->convert_arena);
	heap_free(im->prepared);
	heap_free(im->report);
	heap_free(im->late.object);
	id_use_free(im->uses);
}

/* ---- the record of the import ---- */

/* Taken from the clock: the next number says nothing about the imports of others. */
static const char next_import[] = "SELECT {max}(COALESCE(MAX(import_id), 0) + 1, $1) FROM import";
static const char add_import[] =
    "INSERT INTO import (import_id, shard_key, at, actor, source, n_read, n_new, n_same, "
    "n_refused, problems, named) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, '[]', $6)";
static const char count_import[] =
    "UPDATE import SET n_read = $2, n_new = $3, n_same = $4, n_refused = $5 WHERE import_id = $1";
static const char note_import[] = "UPDATE import SET problems = $2 WHERE import_id = $1";

/* File names are bytes; what is no text becomes a sign that it is not. */
static struct str
source_text(struct str source)
{
	bool text = source.len <= SOURCE_MAX && str_is_utf8(source) &&
	            (source.len == 0 || memchr(source.ptr, '\0', source.len) == NULL);

	return text ? source : S("(a name that is no text)");
}

static enum err
next_id(struct db *db, time_us now, int64_t *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, next_import, DB_I(now)));
	*ret = db_col_i64(&rows, 0);
	return OK;
}

/* Refuses an unknown collection before anything is written. */
static enum err
begin_record(struct import *im, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	const struct import_request *r = im->request;
	struct put_head h;

	TRY(db_begin(im->db, &txn, why));
	TRY(put_begin(im->db, r->shard_key, &h, why));
	TRY(next_id(im->db, r->now, &im->result->import_id, why));
	TRY(db_run(im->db, why, add_import, DB_I(im->result->import_id), DB_I(r->shard_key),
	    DB_I(r->now), DB_T(r->actor), DB_T(source_text(r->source)), DB_T(r->named)));
	im->provenance.import_id = im->result->import_id;
	return db_commit(&txn, why);
}

static enum err
count_record(struct import *im, struct why *why)
{
	const struct import_result *r = im->result;

	return db_run(im->db, why, count_import, DB_I(r->import_id), DB_I((int64_t)r->read),
	    DB_I((int64_t)r->new_versions), DB_I((int64_t)r->same), DB_I((int64_t)r->refused));
}

static enum err
end_record(struct import *im, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(NOTES_ARENA_MAX);
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct str problems;

	TRY(import_list_text(im->result, a, &problems, why));
	TRY(db_begin(im->db, &txn, why));
	TRY(count_record(im, why));
	TRY(db_run(im->db, why, note_import, DB_I(im->result->import_id), DB_T(problems)));
	const struct conflict_note differing = {
		.owner = im->provenance.owner,
		.enclave = im->provenance.enclave,
		.id = im->result->differs,
		.differing = im->result->differing,
		.at = im->request->now,
	};
	TRY(store_note_conflicts(im->db, &differing, why));
	return db_commit(&txn, why);
}

/* ---- problems ---- */

static void
refuse(struct import *im, uint64_t index, struct str id, const struct why *why)
{
	struct import_problem p = {
		.index = index,
		.id = id,
		.pointer = str_of(why->where),
		.rule = put_rule(why->code),
		.message = str_of(why->text),
		.level = STIX_ERROR,
	};

	im->result->refused++;
	import_note(&im->list, &p);
}

static void
note_report(struct import *im, uint64_t index, struct str id)
{
	import_note_report(&im->list, im->report, index, id, im->request->warnings);
	if (im->report->errors > 0)
		im->result->refused++;
}

/* ---- writing a batch ---- */

/* Other content of a version that is here: said in any case, whatever became of it. */
static void
note_differing(struct import *im, const struct prepared *p, const struct store_put *put,
    enum put_result result)
{
	struct import_result *r = im->result;
	struct why mine = { 0 };
	bool refused = put->same_version == SAME_REFUSE || put->object->class == STIX_MARKING;

	if (put_aside_why(put, result, &mine) == OK)
		return;
	const struct import_problem said = {
		.index = p->index,
		.id = p->object.id,
		.rule = put_rule(mine.code),
		.message = str_of(mine.text),
		.level = refused ? STIX_ERROR : STIX_WARNING,
	};
	import_note(&im->list, &said);
	if (r->differing++ == 0)
		r->differs = arena_str(im->list.arena, p->object.id);
	if (result == PUT_SERVED)
		r->new_versions++;
	else if (refused)
		r->refused++;
	else
		r->kept++;
}

/* What a converted object was stays beside it, under the version that it became. */
static enum err
keep_prepared(const struct import *im, const struct prepared *p, enum put_result result,
    struct why *why)
{
	char version[STIX_KEY_MAX];

	if (p->part_of.len > 0)
		return import_keep_made(im->db, im->request->shard_key, p->object.id, p->part_of,
		    why);
	if (p->converted == NULL)
		return OK;
	stix_version_key(&p->object, &p->hashes, version);
	const struct import_kept kept = {
		.shard_key = im->request->shard_key,
		.import_id = im->result->import_id,
		.index = p->index,
		.at = im->request->now,
		.id = p->object.id,
		.version = str_of(version),
		.original = p->original,
		.made = &p->hashes.normalised,
		.aside = result == PUT_ASIDE,
		.converted = p->converted,
	};
	return import_keep(im->db, &kept, why);
}

/* SI-042 is told once of a whole text: who begins to read a source late meets it everywhere. */
static void
note_new(struct import *im, const struct put_head *h, const struct prepared *p)
{
	im->result->new_versions++;
	if (!h->first || p->object.modified.len == 0 ||
	    p->object.created_us == p->object.modified_us)
		return;
	if (im->unbegun.len++ > 0)
		return;
	im->unbegun.index = p->index;
	im->unbegun.id = arena_str(im->list.arena, p->object.id);
}

static enum err
put_prepared(struct import *im, struct put_head *h, const struct prepared *p, struct why *why)
{
	struct why mine = { 0 };
	enum put_result result;
	int64_t added = 0;
	const struct store_put put = {
		.shard_key = im->request->shard_key,
		.object = &p->object,
		.hashes = &p->hashes,
		.provenance = &im->provenance,
		.now = im->request->now,
		.named = im->request->named.len > 0,
		/* A person deleted it and a person brings it back; a partner does not. */
		.again = im->provenance.giver.len == 0,
		.same_version =
		    im->request->same_version == SAME_FAIL ? SAME_KEEP : im->request->same_version,
	};

	enum err err = put_judge_translation(h, &p->object, &mine);
	if (err == OK)
		err = put_one(h, &put, &result, &added, &mine);
	if (err == ERR_CONFLICT || err == ERR_INVALID) {
		refuse(im, p->index, p->object.id, &mine);
		return OK;
	}
	if (err != OK) {
		if (why != NULL)
			*why = mine;
		return err;
	}
	if (result == PUT_ASIDE || result == PUT_SERVED)
		note_differing(im, p, &put, result);
	else if (result == PUT_NEW)
		note_new(im, h, p);
	else
		im->result->same++;
	return keep_prepared(im, p, result, why);
}

static enum err
write_batch(struct import *im, struct why *why)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct put_head h;

	TRY(db_begin(im->db, &txn, why));
	TRY(put_begin(im->db, im->request->shard_key, &h, why));
	for (size_t i = 0; i < im->len; i++)
		TRY(put_prepared(im, &h, &im->prepared[i], why));
	TRY(put_end(&h, why));
	TRY(count_record(im, why));
	TRY(db_commit(&txn, why));
	im->len = 0;
	im->bytes = 0;
	arena_clear(im->batch_arena);
	return OK;
}

/* ---- preparing an object ---- */

/* The tree dies with the visit: what is needed of it moves to the batch. */
static bool
keep_header(struct arena *a, struct stix_object *o)
{
	struct str *const texts[] = { &o->id, &o->type, &o->spec_version, &o->created, &o->modified,
		&o->created_by };

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct str copy = arena_str(a, *texts[i]);

		if (copy.ptr == NULL && texts[i]->len > 0)
			return false;
		*texts[i] = copy;
	}
	o->json = NULL;
	return true;
}

/* The id for a message, also of what is no object. */
static struct str
claimed_id(const struct json *tree)
{
	struct str id = json_str(json_get(tree, S("id")));

	return str_sub(id, 0, id.len < STIX_ID_MAX ? id.len : STIX_ID_MAX);
}

/* False: refused, and noted. */
static bool
prepare(struct import *im, uint64_t index, const struct json *tree, struct prepared *ret)
{
	struct why mine = { 0 };

	if (stix_scan(tree, &ret->object, &mine) != OK) {
		refuse(im, index, claimed_id(tree), &mine);
		return false;
	}
	stix_validate(&ret->object, im->report);
	if (im->report->errors > 0 || im->report->warnings > 0)
		note_report(im, index, ret->object.id);
	if (im->report->errors > 0)
		return false;
	if (im->uses != NULL)
		id_use_note(im->uses, &ret->object, index);
	arena_clear(im->object_arena);
	if (stix_hash(&ret->object, im->object_arena, &ret->hashes, &mine) != OK) {
		refuse(im, index, ret->object.id, &mine);
		return false;
	}
	return true;
}

/* Prepares an object, described so far by `with`; *ret_good is false when it was refused. */
static enum err
take(struct import *im, const struct json *tree, const struct prepared *with, bool *ret_good,
    struct why *why)
{
	struct prepared *p = &im->prepared[im->len];

	*p = *with;
	*ret_good = prepare(im, p->index, tree, p);
	if (!*ret_good)
		return OK;
	if (!keep_header(im->batch_arena, &p->object))
		return stored_full(why);
	im->len++;
	im->bytes += p->object.raw.len;
	if (im->len < BATCH_OBJECTS && im->bytes < BATCH_BYTES)
		return OK;
	return write_batch(im, why);
}

/* ---- objects of another format ---- */

/* What was converted lives until its batch is written. */
static enum err
give_back(struct import *im, struct why *why)
{
	if (im->len > 0 && arena_used(im->convert_arena) > CONVERT_KEPT_MAX)
		TRY(write_batch(im, why));
	if (im->len == 0)
		arena_clear(im->convert_arena);
	return OK;
}

static void
note_changes(struct import *im, uint64_t index, struct str id, const struct import_converted *c)
{
	for (size_t i = 0; i < c->changes; i++) {
		struct import_change change = c->change[i];

		change.index = index;
		change.id = id;
		import_note_change(&im->list, &change);
	}
	im->result->changes_more += c->changes_more;
}

/* What comes out goes the road of every object. */
static enum err
take_text(struct import *im, struct str text, const struct prepared *with, bool *ret_good,
    struct why *why)
{
	const struct json *tree = NULL;

	TRY(json_parse(im->convert_arena, text, NULL, &tree, why));
	return take(im, tree, with, ret_good, why);
}

static enum err
take_converted(struct import *im, uint64_t index, const struct json *tree,
    const struct import_converted *c, struct why *why)
{
	struct str id = arena_str(im->convert_arena, claimed_id(tree));
	const struct prepared whole = { .index = index, .original = tree->raw, .converted = c };
	const struct prepared part = { .index = index, .part_of = id };
	bool good = false;

	note_changes(im, index, id, c);
	TRY(take_text(im, c->object, &whole, &good, why));
	if (!good)
		return OK;
	im->result->converted++;
	for (size_t i = 0; i < c->made_len; i++) {
		im->result->made++;
		TRY(take_text(im, c->made[i], &part, &good, why));
	}
	return OK;
}

static enum err
take_late(struct import *im, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(OBJECT_ARENA_MAX);
	bool good = false;

	for (size_t i = 0; i < im->late.len; i++) {
		const struct prepared p = { .index = im->late.object[i].index };
		const struct json *tree = NULL;

		arena_clear(a);
		TRY(json_parse(a, im->late.object[i].raw, NULL, &tree, why));
		TRY(take(im, tree, &p, &good, why));
	}
	return OK;
}

static enum err
import_object(void *arg, size_t index, const struct json *tree, struct why *why)
{
	struct import *im = arg;
	struct import_converted *c = NULL;
	struct why mine = { 0 };
	bool good = false;

	im->result->read++;
	if (import_late_takes(&im->late, index, tree))
		return OK;
	if (im->request->convert != NULL) {
		TRY(give_back(im, why));
		c = arena_make(im->convert_arena, struct import_converted, 1);
		if (c == NULL)
			return stored_full(why);
		if (im->request->convert(tree, im->convert_arena, c, &mine) != OK) {
			refuse(im, index, claimed_id(tree), &mine);
			return OK;
		}
	}
	if (c != NULL && c->object.ptr != NULL)
		return take_converted(im, index, tree, c, why);
	return take(im, tree, &(struct prepared){ .index = index }, &good, why);
}

/* ---- reading the text ---- */

/* What the top object is, once the whole text was read.  An error here ends
 * the visit before the first object. */
static enum err
import_top(void *arg, const struct json *rest, size_t elements, struct why *why)
{
	struct import *im = arg;
	struct str type;

	if (json_get_str(rest, S("type"), &type) && !str_is(type, "bundle")) {
		im->single = true;
		return ERR_INVALID;
	}
	if (elements == 0)
		return fail(why, ERR_INVALID, "import.empty",
		    "there are no objects: give a bundle, an envelope with \"objects\", or one "
		    "STIX object");
	return begin_record(im, why);
}

static enum err
import_single(struct import *im, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(OBJECT_ARENA_MAX);
	const struct json *tree = NULL;

	TRY(json_parse(a, im->request->text, NULL, &tree, why));
	TRY(begin_record(im, why));
	return import_object(im, 0, tree, why);
}

static enum err
import_text(struct import *im, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(REST_ARENA_MAX);
	struct why mine = { 0 };
	const struct json_each each = {
		.member = S("objects"),
		.rest = import_top,
		.element = import_object,
		.arg = im,
	};
	enum err err = json_each_in(a, im->request->text, NULL, &each, &mine);

	/* The deprecated form of observed-data has "objects" that is no list. */
	bool no_list =
	    err == ERR_INVALID && mine.code != NULL && strcmp(mine.code, "json.not-array") == 0;
	if (im->single || no_list)
		return import_single(im, why);
	if (err != OK && why != NULL)
		*why = mine;
	return err;
}

enum err
store_import(struct db *db, struct arena *a, const struct import_request *request,
    struct import_result *ret, struct why *why)
{
	CLEANUP(import_done)
	struct import im = {
		.db = db,
		.request = request,
		.result = ret,
		.list = { .arena = a, .result = ret },
		.provenance = request->provenance,
	};

	assert(!db_in_txn(db));
	*ret = (struct import_result){ 0 };
	if (request->text.len > IMPORT_BYTES_MAX)
		return fail(why, ERR_LIMIT, "import.too-big",
		    "a text of %zu bytes is longer than %d: import it in parts", request->text.len,
		    IMPORT_BYTES_MAX);
	im.batch_arena = arena_new(BATCH_ARENA_MAX);
	im.object_arena = arena_new(OBJECT_ARENA_MAX);
	im.convert_arena = arena_new(CONVERT_ARENA_MAX);
	im.prepared = heap_new(sizeof(im.prepared[0]), BATCH_OBJECTS);
	im.report = heap_new(sizeof(*im.report), 1);
	if (request->warnings)
		im.uses = id_use_new();
	TRY(import_text(&im, why));
	TRY(take_late(&im, why));
	if (im.len > 0)
		TRY(write_batch(&im, why));
	if (request->warnings)
		import_note_text(&im.list, im.uses, &im.unbegun);
	return end_record(&im, why);
}
