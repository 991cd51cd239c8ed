/* Collections of our own, and what guests may do with them. */
#include "access.h"
#include "account_p.h"
#include "derive.h"
#include "handlers_p.h"
#include "notes_p.h"
#include "uuid.h"

enum { ALIAS_MAX = 64 };

/* ---- whose ---- */

static bool
administers(const struct api *api, const struct http_request *req, const struct collection *c)
{
	const struct account theirs = { .organisation = c->owner, .enclaves = c->enclave };

	return (c->kind == COLLECTION_LOCAL || c->kind == COLLECTION_DERIVED) &&
	       api_administers(api, req, &theirs);
}

/* Those of our own that the caller administers. */
static enum err
list_ours(struct db *db, const struct api_job *job, struct collection **ret, size_t *ret_len,
    struct why *why)
{
	struct collection *list = NULL;
	size_t all = 0;

	*ret_len = 0;
	TRY(store_collections(db, job->arena, &list, &all, why));
	for (size_t i = 0; i < all; i++) {
		if (administers(job->api, job->req, &list[i]))
			list[(*ret_len)++] = list[i];
	}
	*ret = list;
	return OK;
}

static enum err
find_ours(struct db *db, const struct api_job *job, struct str name, struct collection *ret,
    struct why *why)
{
	struct collection *list = NULL;
	size_t len = 0, found = 0;

	TRY(list_ours(db, job, &list, &len, why));
	for (size_t i = 0; i < len; i++) {
		if (!str_eq(list[i].id, name) && !str_eq(list[i].alias, name))
			continue;
		*ret = list[i];
		found++;
	}
	if (found > 1)
		return fail(why, ERR_CONFLICT, "collection.ambiguous",
		    "%zu collections are called \"" STR_FMT "\": name the one by its id", found,
		    STR_ARG(name));
	return found == 1 ? OK
	                  : fail(why, ERR_NOT_FOUND, "collection.unknown",
	                        "there is no collection \"" STR_FMT "\" of our own", STR_ARG(name));
}

/* ---- showing ---- */

static enum err
print_access(struct json_writer *w, struct db *db, struct arena *a, const struct collection *c,
    struct why *why)
{
	struct access_list list;

	TRY(store_access_on(db, a, c->shard_key, &list, why));
	api_begin_array(w, "access");
	for (size_t i = 0; i < list.len; i++) {
		const struct access *row = &list.row[i];

		json_begin_object(w);
		api_put_text(w, "account", row->account);
		api_put_flag(w, "can_read", row->can_read);
		api_put_flag(w, "can_write", row->can_write);
		api_put_text(w, "by", row->by);
		api_put_time(w, "at", row->at);
		json_end_object(w);
	}
	json_end_array(w);
	return OK;
}

/* As it was written; null where none defines the collection. */
static enum err
print_query(struct json_writer *w, struct db *db, struct arena *a, const struct collection *c,
    struct why *why)
{
	struct str query = { 0 };

	TRY(store_derive_query(db, a, c->shard_key, &query, why));
	if (query.len > 0)
		json_put_raw(json_key(w, S("query")), query);
	else
		json_put_null(json_key(w, S("query")));
	return OK;
}

/* Of what lay in its sources before it was defined; null once it shows all of that. */
static enum err
print_filling(struct json_writer *w, struct db *db, const struct collection *c, struct why *why)
{
	struct derive_filling filling;

	TRY(store_derive_filling(db, c->shard_key, &filling, why));
	if (!filling.filling) {
		json_put_null(json_key(w, S("filling")));
		return OK;
	}
	json_begin_object(json_key(w, S("filling")));
	api_put_time(w, "done_to", filling.done_to);
	api_put_time(w, "until", filling.until);
	json_end_object(w);
	return OK;
}

static enum err
print_collection(struct json_writer *w, struct db *db, struct arena *a, const struct collection *c,
    struct why *why)
{
	json_begin_object(w);
	api_put_text(w, "id", c->id);
	api_put_text(w, "alias", c->alias);
	api_put_text(w, "title", c->title);
	api_put_text(w, "description", c->description);
	api_put_text(w, "owner", c->owner);
	api_put_text(w, "enclave", c->enclave);
	api_put_flag(w, "can_write", c->can_write);
	TRY(print_query(w, db, a, c, why));
	TRY(print_filling(w, db, c, why));
	TRY(print_access(w, db, a, c, why));
	json_end_object(w);
	return OK;
}

enum err
api_get_collections(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct api_job job = api_job(api, req, NULL, NULL);
	struct collection *list = NULL;
	size_t len = 0;

	job.arena = a;
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(list_ours(lease.db, &job, &list, &len, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "collections");
	for (size_t i = 0; i < len; i++)
		TRY(print_collection(&w, lease.db, a, &list[i], why));
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* ---- making ---- */

static enum err
note_event(struct db *db, const struct api_job *job, const char *name, const struct collection *c,
    struct str detail, struct why *why)
{
	const struct event event = {
		.at = job->now,
		.name = str_of(name),
		.owner = c->owner,
		.enclave = c->enclave,
		.subject = c->alias,
		.detail = detail,
	};

	return store_event(db, &event, why);
}

/* It stands in paths, in the place of an id, and must not look like one. */
static enum err
check_alias(struct str alias, struct why *why)
{
	struct uuid uuid;
	bool good = alias.len >= 1 && alias.len <= ALIAS_MAX && !uuid_parse(alias, &uuid);

	for (size_t i = 0; i < alias.len && good; i++) {
		char c = alias.ptr[i];

		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
	}
	if (!good)
		return fail(why, ERR_INVALID, "collection.alias",
		    "\"" STR_FMT "\" is no name of a collection: write 1 to %d of a-z 0-9 -, and "
		    "no UUID",
		    STR_ARG(alias), ALIAS_MAX);
	return !str_starts(alias, S("feed-"))
	           ? OK
	           : fail(why, ERR_INVALID, "collection.alias",
	                 "\"" STR_FMT "\" would be taken for a feed's: begin otherwise than feed-",
	                 STR_ARG(alias));
}

static enum err
check_new(const struct api *api, const struct http_request *req, const struct collection *c,
    struct why *why)
{
	struct str party = realm_identity(api->realm)->party;

	TRY(check_alias(c->alias, why));
	if (c->title.len == 0)
		return fail(why, ERR_INVALID, "collection.title",
		    "a collection needs a title, by which people know it");
	if (!organisation_is_of(c->owner, party))
		return fail(why, ERR_INVALID, "collection.organisation",
		    STR_FMT " is no organisation of " STR_FMT "; write " STR_FMT ":NAME",
		    STR_ARG(c->owner), STR_ARG(party), STR_ARG(party));
	TRY(enclaves_check(c->enclave, why));
	if (str_find(c->enclave, S(" ")) != SIZE_MAX)
		return fail(why, ERR_INVALID, "collection.enclave",
		    "a collection belongs to one enclave, not to \"" STR_FMT "\"",
		    STR_ARG(c->enclave));
	if (!administers(api, req, c))
		return fail(why, ERR_FORBIDDEN, "collection.compartment",
		    "an administrator makes collections in his own organisation and enclaves");
	return OK;
}

/* What is made, the query that defines it, if one does, and what there is to say of that. */
struct making {
	struct collection collection;
	struct str query;
	struct api_notes notes;
};

/* The local collections that a query names, of the same compartment. */
static enum err
find_source(const struct collection *list, size_t len, const struct collection *of, struct str name,
    int64_t *ret, struct why *why)
{
	for (size_t i = 0; i < len; i++) {
		const struct collection *c = &list[i];

		if (c->kind == COLLECTION_LOCAL && str_eq(c->owner, of->owner) &&
		    str_eq(c->enclave, of->enclave) &&
		    (str_eq(c->id, name) || str_eq(c->alias, name))) {
			*ret = c->shard_key;
			return OK;
		}
	}
	return fail(why, ERR_NOT_FOUND, "collection.source",
	    "there is no collection \"" STR_FMT "\" of our own in that organisation and enclave",
	    STR_ARG(name));
}

static enum err
define_collection(struct db *db, const struct api_job *job, const struct collection *list,
    size_t len, struct why *why)
{
	struct making *m = job->in;
	struct derive_query query;
	int64_t source[DERIVE_SOURCES_MAX];
	const struct derive_define define = {
		.collection = &m->collection,
		.query = m->query,
		.source = source,
		.by = job->req->principal.id,
		.now = job->now,
	};
	struct derive_define with = define;

	TRY(derive_query_read(job->arena, m->query, &query, why));
	for (size_t i = 0; i < query.types; i++)
		TRY(api_note_type(job->arena, query.type[i], &m->notes, why));
	for (size_t i = 0; i < query.sources; i++) {
		int64_t key = 0;
		size_t at = 0;

		TRY(find_source(list, len, &m->collection, query.source[i], &key, why));
		while (at < with.sources && source[at] != key)
			at++;
		if (at == with.sources)
			source[with.sources++] = key;
	}
	return store_derive_define(db, job->arena, &with, why);
}

static enum err
add_collection(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	struct making *m = job->in;
	struct collection *c = &m->collection;
	struct collection *list = NULL;
	size_t len = 0;

	TRY(list_ours(db, job, &list, &len, why));
	for (size_t i = 0; i < len; i++) {
		if (str_eq(list[i].alias, c->alias) && str_eq(list[i].owner, c->owner) &&
		    str_eq(list[i].enclave, c->enclave))
			return fail(why, ERR_CONFLICT, "collection.exists",
			    "there is a collection \"" STR_FMT "\" there already",
			    STR_ARG(c->alias));
	}
	TRY(m->query.len > 0 ? define_collection(db, job, list, len, why)
	                     : store_collection_ensure(db, job->arena, c, why));
	return note_event(db, job, "collection.added", c, S(""), why);
}

static enum err
read_making(struct http_request *req, struct making *ret, struct why *why)
{
	const struct json *root = NULL;
	struct collection *c = &ret->collection;

	TRY(api_read_object(req->arena, req->body,
	    "alias title description organisation enclave query", &root, why));
	TRY(api_read_text(root, "alias", true, &c->alias, why));
	TRY(api_read_text(root, "title", true, &c->title, why));
	TRY(api_read_text(root, "description", false, &c->description, why));
	TRY(api_read_text(root, "organisation", false, &c->owner, why));
	TRY(api_read_text(root, "enclave", false, &c->enclave, why));
	const struct json *query = json_get(root, S("query"));
	if (query != NULL)
		ret->query = query->raw;
	c->kind = query != NULL ? COLLECTION_DERIVED : COLLECTION_LOCAL;
	c->can_write = query == NULL;
	return OK;
}

enum err
api_post_collection(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	struct making m = { 0 };
	struct collection *c = &m.collection;
	struct api_job job = api_job(api, req, &m, NULL);

	job.arena = a;
	TRY(read_making(req, &m, why));
	if (c->owner.len == 0)
		c->owner = api_organisation(api, req);
	if (c->enclave.len == 0)
		c->enclave = api_enclave(api, req);
	TRY(check_new(api, req, c, why));
	TRY(realm_write(api->realm, add_collection, &job, why));
	realm_changed(api->realm);
	return api_answer_noted(ret, "id", c->id, &m.notes);
}

/* ---- taking away ---- */

static enum err
remove_collection(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct str *name = job->in;
	struct collection c;

	TRY(find_ours(db, job, *name, &c, why));
	if (c.kind != COLLECTION_DERIVED)
		return fail(why, ERR_CONFLICT, "collection.holds",
		    "the collection holds objects of its own and stays: what a query defines can be "
		    "removed");
	TRY(store_derive_remove(db, c.shard_key, why));
	return note_event(db, job, "collection.removed", &c, S(""), why);
}

enum err
api_delete_collection(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	const struct api *api = ctx;
	struct str name = http_param(req, "id");
	struct api_job job = api_job(api, req, &name, NULL);

	job.arena = req->arena;
	TRY(realm_write(api->realm, remove_collection, &job, why));
	realm_changed(api->realm);
	return api_done(ret, 204);
}

/* ---- giving access ---- */

struct giving {
	struct str collection; /* id or alias */
	struct access access;
	struct str rights; /* separated by ' '; empty: none any more */
};

static enum err
read_rights(struct giving *g, struct why *why)
{
	for (struct str rest = g->rights; rest.ptr != NULL && rest.len > 0;) {
		struct str right = str_split(&rest, ' ');

		g->access.can_read |= str_is(right, "read");
		g->access.can_write |= str_is(right, "write");
		if (!str_is(right, "read") && !str_is(right, "write") && !str_is(right, "see"))
			return fail(why, ERR_INVALID, "access.rights",
			    "\"" STR_FMT "\" is no right: write read, write, both, or see",
			    STR_ARG(right));
	}
	return OK;
}

/* Rights would change nothing for others: they have all of their compartment. */
static enum err
check_guest(const struct api *api, const struct http_request *req, struct str name,
    struct account *ret, struct why *why)
{
	struct account_target target;

	TRY(api_find_target(api, req, name, &target, why));
	*ret = target.account;
	if (!str_is(ret->roles, "guest"))
		return fail(why, ERR_INVALID, "access.guest",
		    STR_FMT " is no guest: who has another role has all of the compartment",
		    STR_ARG(name));
	return OK;
}

static enum err
give_access(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	struct giving *g = job->in;
	struct collection c;
	int64_t changed = 0;

	TRY(find_ours(db, job, g->collection, &c, why));
	g->access.shard_key = c.shard_key;
	g->access.at = job->now;
	struct str detail =
	    arena_printf(job->arena, "{\"account\":\"" STR_FMT "\",\"rights\":\"" STR_FMT "\"}",
	        STR_ARG(g->access.account), STR_ARG(g->rights));
	if (g->rights.len > 0)
		TRY(store_access_put(db, &g->access, why));
	else
		TRY(store_access_end(db, c.shard_key, g->access.account, &changed, why));
	if (g->rights.len == 0 && changed == 0)
		return fail(why, ERR_NOT_FOUND, "access.none",
		    STR_FMT " has no access to it of its own", STR_ARG(g->access.account));
	return note_event(db, job, "collection.access", &c, detail, why);
}

enum err
api_post_access(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct json *root = NULL;
	struct giving g = { .collection = http_param(req, "id"), .access.by = req->principal.id };
	struct api_job job = api_job(api, req, &g, NULL);
	struct account account;

	job.arena = req->arena;
	TRY(api_read_object(req->arena, req->body, "account rights", &root, why));
	TRY(api_read_text(root, "account", true, &g.access.account, why));
	TRY(api_read_words(req->arena, root, "rights", true, &g.rights, why));
	TRY(read_rights(&g, why));
	if (!str_is(g.access.account, ACCESS_ALL))
		TRY(check_guest(api, req, g.access.account, &account, why));
	TRY(realm_write(api->realm, give_access, &job, why));
	realm_changed(api->realm);
	return api_done(ret, 204);
}
