/* Adding objects, and the status that says what became of each. */
#include "conflict.h"
#include "marking.h"
#include "put.h"
#include "taxii_p.h"
#include "uuid_make.h"

enum {
	/* TAXII_POST_MAX entries with long messages; what one answer may hold. */
	STATUS_BYTES_MAX = HTTP_RESPONSE_MAX,
};

/* One element of the envelope. */
struct posted {
	struct stix_object object;
	struct stix_hashes hashes;
	struct str id;
	struct str version;
	struct str message;
	bool failed;
};

struct post {
	struct visit *visit;
	struct collection collection;
	struct str giver; /* of what a guest posts */
	bool blind;       /* who posts may not read: the status says only what the bytes say */
	struct posted *list;
	size_t len;
	size_t failures;
	size_t added; /* objects that were not here before */
	bool full;    /* our people know that a bound is reached */
	enum same_version same_version;
	struct put_head head; /* while they are stored */
	struct conflict_note differing;
	char id[UUID_TEXT + 1];
	time_us now;
	struct buf status; /* as JSON */
};

static void
post_endp(struct post *p)
{
	buf_free(&p->status);
}

enum err
taxii_may_post(struct visit *v, struct collection *ret, struct why *why)
{
	TRY(visit_collection(v, ret, why));
	const struct visit_rights rights = visit_rights(v, ret);
	if (rights.write)
		return OK;
	return rights.read ? fail(why, ERR_FORBIDDEN, "taxii.read-only",
	                         "this collection can be read, not written")
	                   : taxii_nothing(why);
}

enum err
taxii_may_delete(struct visit *v, struct collection *ret, struct why *why)
{
	TRY(visit_readable(v, ret, why));
	return taxii_may_post(v, ret, why);
}

/* ---- reading the envelope ---- */

static enum err
unprocessable(struct http_response *ret, struct why *why, const char *code, const char *text)
{
	ret->status = 422;
	return fail(why, ERR_INVALID, code, "%s", text);
}

/* Element by element, each must at least have a name to be reported by. */
static enum err
read_names(struct post *p, const struct json *objects, struct http_response *ret, struct why *why)
{
	struct posted *o = p->list;

	for (const struct json *e = objects->first; e != NULL; e = e->next, o++) {
		o->object.json = e;
		if (json_get_str(e, S("id"), &o->id) && o->id.len > 0)
			continue;
		ret->status = 422;
		enum err err = fail(why, ERR_INVALID, "taxii.no-id",
		    "nothing was stored: an element of objects is no STIX object with an id");
		why_where(why, "/objects/%zu", (size_t)(o - p->list));
		return err;
	}
	return OK;
}

/* Other members mean nothing to us: a bundle, which some clients post, is an
 * envelope with a type and an id. */
static enum err
read_envelope(struct post *p, struct http_response *ret, struct why *why)
{
	struct arena *a = p->visit->req->arena;
	const struct json *tree = NULL;

	enum err err = json_parse(a, p->visit->req->body, NULL, &tree, why);
	if (err != OK) {
		ret->status = err == ERR_INVALID ? 422 : 0;
		return err;
	}
	const struct json *objects = json_get(tree, S("objects"));
	if (!json_is(objects, JSON_ARRAY) || objects->len == 0)
		return unprocessable(ret, why, "taxii.envelope",
		    "the body is no envelope with objects: post {\"objects\": [...]}");
	if (objects->len > TAXII_POST_MAX)
		return unprocessable(ret, why, "taxii.objects-many",
		    "an envelope may hold 10000 objects: post them in parts");
	p->len = objects->len;
	p->list = arena_make(a, struct posted, p->len);
	if (p->list == NULL)
		return taxii_full(why);
	return read_names(p, objects, ret, why);
}

/* ---- validation ---- */

static void
refuse(struct post *p, struct posted *o, struct str message)
{
	o->failed = true;
	o->message = message;
	p->failures++;
}

/* The version an object is reported under: what it says, if that is an instant. */
static struct str
version_of(const struct post *p, const struct posted *o)
{
	struct str text;
	time_us at;

	if (o->version.len > 0)
		return o->version;

	if (json_get_str(o->object.json, S("modified"), &text) && time_parse(text, &at))
		return text;
	if (json_get_str(o->object.json, S("created"), &text) && time_parse(text, &at))
		return text;
	return taxii_time(p->visit->req->arena, p->now);
}

/* Between a place, which may be the object itself, and what is wrong there. */
static const char *
colon(const char *place)
{
	return place[0] == '\0' ? "" : ": ";
}

/* What says how objects of others are to be read is not for guests to say.  Predefined markings
 * say what they always say. */
static bool
explains_others(const struct stix_object *o)
{
	struct marking known;

	if (o->class == STIX_MARKING)
		return !marking_by_id(o->id, &known);
	return str_is(o->type, "extension-definition") || str_is(o->type, "language-content");
}

static void
check_object(struct post *p, struct posted *o, struct stix_report *report)
{
	struct arena *a = p->visit->req->arena;
	struct why why = { 0 };
	struct str type;

	if (json_get_str(o->object.json, S("type"), &type) && str_is(type, "bundle")) {
		refuse(p, o, S("a bundle is not stored: post the objects that are in it"));
		return;
	}
	if (stix_scan(o->object.json, &o->object, &why) != OK ||
	    stix_hash(&o->object, a, &o->hashes, &why) != OK) {
		refuse(p, o, arena_printf(a, "%s%s%s", why.where, colon(why.where), why.text));
		return;
	}
	if (p->visit->reach.is_guest && explains_others(&o->object)) {
		refuse(p, o,
		    S("a guest posts no definitions of markings or extensions and no "
		      "translations: ask those who gave you the account to add it"));
		return;
	}
	stix_validate(&o->object, report);
	for (size_t i = 0; i < report->len; i++) {
		const struct stix_problem *problem = &report->problem[i];

		if (problem->level == STIX_ERROR) {
			refuse(p, o,
			    arena_printf(a, "%s: %s%s%s", problem->rule, problem->pointer,
			        colon(problem->pointer), problem->message));
			return;
		}
	}
}

static enum err
check_objects(struct post *p, struct why *why)
{
	struct stix_report *report = arena_make(p->visit->req->arena, struct stix_report, 1);

	if (report == NULL)
		return taxii_full(why);
	for (size_t i = 0; i < p->len; i++)
		check_object(p, &p->list[i], report);
	return OK;
}

/* ---- storing ---- */

static const char add_status[] =
    "INSERT INTO taxii_status (id, at, account, body) VALUES ($1, $2, $3, $4)";
static const char forget_statuses[] = "DELETE FROM taxii_status WHERE at < $1";

/* What a guest hands in is not our own: it stands behind our own versions, and the gate
 * takes it for somebody else's. */
static struct provenance
provenance_of(const struct post *p)
{
	struct provenance from = {
		.owner = p->collection.owner,
		.enclave = p->collection.enclave,
		.originator = p->collection.owner,
	};

	if (p->visit->reach.is_guest) {
		from.giver = p->giver;
		from.originator = p->giver;
	}
	return from;
}

/* That a bound is reached tells of nobody's objects but of how many there are. */
static bool
is_full(const struct why *refused)
{
	return strcmp(refused->code, "store.names") == 0 ||
	       strcmp(refused->code, "store.room") == 0;
}

static enum err
tell_people(struct db *db, const struct post *p, const struct posted *o, const struct why *refused,
    struct why *why)
{
	const struct event event = {
		.at = p->now,
		.name = S("collection.refused"),
		.owner = p->collection.owner,
		.enclave = p->collection.enclave,
		.subject = o->id,
		.detail = arena_printf(p->visit->req->arena,
		    "{\"account\":\"" STR_FMT "\",\"code\":\"%s\"}",
		    STR_ARG(p->visit->req->principal.id), refused->code),
	};

	return store_event(db, &event, why);
}

/* What stands against an object in what is here.  Who may not read does not learn it: our own
 * people do.  Of a bound all learn, our people once in a post. */
static enum err
refuse_known(struct db *db, struct post *p, struct posted *o, const struct why *refused,
    struct why *why)
{
	bool full = is_full(refused);

	if (full || !p->blind)
		refuse(p, o, arena_str(p->visit->req->arena, str_of(refused->text)));
	if (full ? p->full : !p->blind)
		return OK;
	p->full |= full;
	return tell_people(db, p, o, refused, why);
}

/* The version is here with other content: the officers are told, and the poster who may read. */
static enum err
note_differing(struct db *db, struct post *p, struct posted *o, const struct store_put *put,
    enum put_result result, struct why *why)
{
	struct why said = { 0 };

	if (put_aside_why(put, result, &said) == OK)
		return OK;
	if (p->differing.differing++ == 0)
		p->differing.id = o->id;
	if (result == PUT_ASIDE)
		return refuse_known(db, p, o, &said, why);
	if (!p->blind)
		o->message = arena_str(p->visit->req->arena, str_of(said.text));
	return OK;
}

static enum err
store_object(struct db *db, struct post *p, struct posted *o, struct why *why)
{
	const struct provenance from = provenance_of(p);
	const struct store_put put = {
		.shard_key = p->collection.shard_key,
		.object = &o->object,
		.hashes = &o->hashes,
		.provenance = &from,
		.now = p->now,
		.again = true, /* deleted, and posted anew */
		.same_version = p->same_version,
	};
	struct arena *a = p->visit->req->arena;
	struct why refused = { 0 };
	enum put_result result = PUT_SAME;
	time_us date_added = 0;

	enum err err = put_judge_translation(&p->head, &o->object, &refused);
	if (err == OK)
		err = put_one(&p->head, &put, &result, &date_added, &refused);
	bool ours = err != OK && str_starts(str_of(refused.code), S("store."));
	if (ours && err == ERR_CONFLICT)
		return refuse_known(db, p, o, &refused, why);
	if (ours && err == ERR_INVALID) {
		refuse(p, o, arena_str(a, str_of(refused.text)));
		return OK;
	}
	if (err != OK) {
		*why = refused;
		return err;
	}
	p->added += result == PUT_NEW || result == PUT_SERVED;
	if (result == PUT_ASIDE || result == PUT_SERVED)
		TRY(note_differing(db, p, o, &put, result, why));
	if (o->object.class != STIX_SCO)
		o->version = o->object.modified;
	if (p->blind)
		return OK;
	if (o->object.class == STIX_SCO)
		o->version = taxii_time(a, date_added);
	if (result == PUT_SAME)
		o->message = S("it is here already");
	return OK;
}

/* ---- the status ---- */

static void
put_list(struct json_writer *w, const struct post *p, const char *member, bool failed)
{
	json_begin_array(json_key(w, str_of(member)));
	for (size_t i = 0; i < p->len; i++) {
		const struct posted *o = &p->list[i];

		if (o->failed != failed)
			continue;
		json_begin_object(w);
		json_put_str(json_key(w, S("id")), o->id);
		json_put_str(json_key(w, S("version")), version_of(p, o));
		if (o->message.len > 0)
			json_put_str(json_key(w, S("message")), o->message);
		json_end_object(w);
	}
	json_end_array(w);
}

static enum err
write_status(struct post *p, struct why *why)
{
	struct json_writer w = json_writer(&p->status);

	json_begin_object(&w);
	json_put_str(json_key(&w, S("id")), str_of(p->id));
	json_put_str(json_key(&w, S("status")), S("complete"));
	json_put_str(json_key(&w, S("request_timestamp")),
	    taxii_time(p->visit->req->arena, p->visit->req->at));
	json_put_u64(json_key(&w, S("total_count")), p->len);
	json_put_u64(json_key(&w, S("success_count")), p->len - p->failures);
	if (p->failures < p->len)
		put_list(&w, p, "successes", false);
	json_put_u64(json_key(&w, S("failure_count")), p->failures);
	if (p->failures > 0)
		put_list(&w, p, "failures", true);
	json_put_u64(json_key(&w, S("pending_count")), 0);
	json_end_object(&w);
	return buf_check(&p->status, "the status", why);
}

/* A translation is judged by what came together with it. */
static enum err
store_those(struct db *db, struct post *p, bool translations, struct why *why)
{
	for (size_t i = 0; i < p->len; i++) {
		struct posted *o = &p->list[i];

		if (!o->failed && (o->object.class == STIX_LANGUAGE) == translations)
			TRY(store_object(db, p, o, why));
	}
	return OK;
}

/* Objects and status become durable together. */
static enum err
store_all(struct db *db, void *arg, struct why *why)
{
	struct post *p = arg;

	TRY(put_begin(db, p->collection.shard_key, &p->head, why));
	TRY(store_those(db, p, false, why));
	TRY(store_those(db, p, true, why));
	TRY(put_end(&p->head, why));
	p->differing.owner = p->collection.owner;
	p->differing.enclave = p->collection.enclave;
	p->differing.at = p->now;
	TRY(store_note_conflicts(db, &p->differing, why));
	TRY(write_status(p, why));
	TRY(db_run(db, why, forget_statuses, DB_I(p->now - TAXII_STATUS_DAYS * US_PER_DAY)));
	return db_run(db, why, add_status, DB_T(str_of(p->id)), DB_I(p->now),
	    DB_T(p->visit->req->principal.id), DB_T(buf_str(&p->status)));
}

static enum same_version
post_policy(const struct taxii *t)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(t->realm);

	return release_same_version(gate_of(gate), RELEASE_SOURCE_TAXII);
}

enum err
taxii_post_objects(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };
	CLEANUP(post_endp) struct post p = { .visit = &v, .status = buf_new(STATUS_BYTES_MAX) };
	const struct taxii *t = ctx;
	struct uuid id = uuid_v4();

	uuid_text(&id, p.id);
	p.now = clock_wall(realm_clock(t->realm));
	TRY(visit_begin(ctx, req, &v, why));
	TRY(taxii_may_post(&v, &p.collection, why));
	p.blind = !visit_rights(&v, &p.collection).read;
	p.giver = arena_printf(req->arena, RANK_GUEST_GIVER STR_FMT, STR_ARG(req->principal.id));
	TRY(read_envelope(&p, ret, why));
	TRY(check_objects(&p, why));
	p.same_version = post_policy(t);
	db_pool_give(&v.lease); /* waiting for the writer needs no reader */
	TRY(realm_write(t->realm, store_all, &p, why));
	if (p.added > 0)
		realm_changed(t->realm);
	buf_put(http_body(ret, TAXII_TYPE), buf_str(&p.status));
	ret->status = 202;
	return OK;
}

/* ---- asking for it again ---- */

static const char find_status[] = "SELECT account, body FROM taxii_status WHERE id = $1";

enum err
taxii_get_status(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(visit_begin(ctx, req, &v, why));
	TRY(db_select(v.lease.db, &rows, why, find_status, DB_T(http_param(req, "status"))));
	TRY(db_next(&rows, &has, why));
	if (!has || v.reach.is_peer || !str_eq(db_col_text(&rows, 0), req->principal.id))
		return taxii_nothing(why);
	buf_put(http_body(ret, TAXII_TYPE), db_col_text(&rows, 1));
	return OK;
}
