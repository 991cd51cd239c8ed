/* The routes, and what describes the node: discovery, API root, collections. */
#include "taxii.h"

#include <stdlib.h>

#include "derive.h"
#include "taxii_p.h"

/* clang-format off */
#define ROOT       "/{root}/"
#define COLLECTION ROOT "collections/{id}/"
#define OBJECT     COLLECTION "objects/{object}/"

/* What the caller may do with which collection is asked by each handler. */
#define ROUTES(scope) \
	{ HTTP_GET,    "/taxii2/",             scope, 0, 0, taxii_get_discovery, \
	  "the API roots of the caller" }, \
	{ HTTP_GET,    ROOT,                   scope, 0, 0, taxii_get_root, \
	  "what the API root can do" }, \
	{ HTTP_GET,    ROOT "status/{status}/", scope,0, 0, taxii_get_status, \
	  "what became of the objects that were posted" }, \
	{ HTTP_GET,    ROOT "collections/",    scope, 0, 0, taxii_get_collections, \
	  "the collections of the caller" }, \
	{ HTTP_GET,    COLLECTION,             scope, 0, 0, taxii_get_collection, \
	  "one collection" }, \
	{ HTTP_GET,    COLLECTION "manifest/", scope, 0, 0, taxii_get_manifest, \
	  "a page of entries without their objects" }, \
	{ HTTP_GET,    COLLECTION "objects/",  scope, 0, 0, taxii_get_objects, \
	  "a page of objects" }, \
	{ HTTP_POST,   COLLECTION "objects/",  scope, 0, TAXII_BODY_MAX, taxii_post_objects, \
	  "adds objects" }, \
	{ HTTP_GET,    OBJECT,                 scope, 0, 0, taxii_get_object, \
	  "versions of one object" }, \
	{ HTTP_DELETE, OBJECT,                 scope, 0, 0, taxii_delete_object, \
	  "takes versions of one object out" }, \
	{ HTTP_GET,    OBJECT "versions/",     scope, 0, 0, taxii_get_versions, \
	  "the names of an object's versions" }

const struct http_route taxii_people_routes[] = { ROUTES(SCOPE_COLLECTIONS) };
const struct http_route taxii_peer_routes[] = { ROUTES(SCOPE_PEER) };
/* clang-format on */
const size_t taxii_people_routes_count = COUNTOF(taxii_people_routes);
const size_t taxii_peer_routes_count = COUNTOF(taxii_peer_routes);

/* ---- discovery ---- */

static struct str
node_title(const struct realm *realm)
{
	const struct realm_identity *id = realm_identity(realm);

	return id->display.len > 0 ? id->display : id->name;
}

static enum err
root_url(const struct taxii *t, const struct standing *standing, struct arena *a, struct str *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf name = buf_new(KIB);
	struct str root = { 0 };

	TRY(visit_root(standing, a, &root, why));
	http_encode(&name, root);
	*ret = arena_printf(a, "%s/" STR_FMT "/", t->base_url, STR_ARG(buf_str(&name)));
	return ret->ptr == NULL ? taxii_full(why) : OK;
}

/* One for each agreement in force.  A partner without any has no API root, and is
 * not refused. */
static enum err
find_root_urls(const struct taxii *t, struct visit *v, struct str ret[REACH_MAX], size_t *ret_len,
    struct why *why)
{
	struct why closed = { 0 };
	enum err err = t->reach(t->reach_ctx, v->req, S(""), &v->reach, &closed);

	*ret_len = 0;
	if (err == ERR_FORBIDDEN)
		return OK;
	if (err != OK) {
		if (why != NULL)
			*why = closed;
		return err;
	}
	if (!v->reach.is_peer)
		return root_url(t, NULL, v->req->arena, &ret[(*ret_len)++], why);
	for (; *ret_len < v->reach.agreements; ++*ret_len)
		TRY(root_url(t, v->reach.agreement[*ret_len], v->req->arena, &ret[*ret_len], why));
	return OK;
}

enum err
taxii_get_discovery(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { .face = ctx, .req = req };
	const struct taxii *t = ctx;
	struct str url[REACH_MAX] = { 0 };
	size_t urls = 0;

	TRY(find_root_urls(t, &v, url, &urls, why));
	struct json_writer w = taxii_answer(ret);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("title")), node_title(t->realm));
	json_put_str(json_key(&w, S("description")),
	    S("A Torana node: what may be read here is what was released to the caller"));
	if (urls > 0) {
		json_put_str(json_key(&w, S("default")), url[0]);
		json_begin_array(json_key(&w, S("api_roots")));
		for (size_t i = 0; i < urls; i++)
			json_put_str(&w, url[i]);
		json_end_array(&w);
	}
	json_end_object(&w);
	return OK;
}

enum err
taxii_get_root(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };

	TRY(visit_begin(ctx, req, &v, why));
	struct json_writer w = taxii_answer(ret);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("title")),
	    v.reach.is_peer ? v.reach.standing->agreement->title : node_title(v.face->realm));
	json_put_str(json_key(&w, S("description")),
	    v.reach.is_peer ? S("What was released under this agreement")
	                    : S("The collections of the caller's organisation"));
	json_begin_array(json_key(&w, S("versions")));
	json_put_str(&w, S(TAXII_TYPE));
	json_end_array(&w);
	json_put_u64(json_key(&w, S("max_content_length")), TAXII_BODY_MAX);
	json_end_object(&w);
	return OK;
}

/* ---- collections ---- */

/* An alias belongs to the collection that a request by alias would find. */
static bool
owns_alias(const struct collection *c, const struct collection *list, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (list[i].shard_key < c->shard_key && str_eq(list[i].alias, c->alias))
			return false;
	}
	return c->alias.len > 0;
}

struct collection_view {
	const struct visit *visit;
	const struct collection *list; /* all that the caller may know of */
	size_t len;
};

/* Who reads it is told that more is to come than arrives anew. */
static enum err
describe(const struct visit *v, const struct collection *c, bool may_read, struct str *ret,
    struct why *why)
{
	struct derive_filling filling = { 0 };

	*ret = c->description;
	if (c->kind == COLLECTION_DERIVED && may_read)
		TRY(store_derive_filling(v->lease.db, c->shard_key, &filling, why));
	if (filling.filling)
		*ret = arena_printf(v->req->arena,
		    STR_FMT "%s(It is being filled with what was there before it.)",
		    STR_ARG(c->description), c->description.len > 0 ? " " : "");
	return OK;
}

static enum err
put_collection(struct json_writer *w, const struct collection_view *view,
    const struct collection *c, struct why *why)
{
	const struct visit_rights rights = visit_rights(view->visit, c);
	struct str description;

	TRY(describe(view->visit, c, rights.read, &description, why));

	json_begin_object(w);
	json_put_str(json_key(w, S("id")), c->id);
	json_put_str(json_key(w, S("title")), c->title);
	if (description.len > 0)
		json_put_str(json_key(w, S("description")), description);
	if (owns_alias(c, view->list, view->len))
		json_put_str(json_key(w, S("alias")), c->alias);
	json_put_bool(json_key(w, S("can_read")), rights.read);
	json_put_bool(json_key(w, S("can_write")), rights.write);
	json_begin_array(json_key(w, S("media_types")));
	json_put_str(w, S(TAXII_STIX));
	json_end_array(w);
	json_end_object(w);
	return OK;
}

static int
by_id(const void *left, const void *right)
{
	const struct collection *a = left, *b = right;

	return str_cmp(a->id, b->id);
}

enum err
taxii_get_collections(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };
	struct collection *list = NULL;
	size_t len = 0;

	TRY(visit_begin(ctx, req, &v, why));
	TRY(visit_collections(&v, &list, &len, why));
	qsort(list, len, sizeof(list[0]), by_id);
	struct collection_view view = { &v, list, len };
	struct json_writer w = taxii_answer(ret);
	json_begin_object(&w);
	if (len > 0) {
		json_begin_array(json_key(&w, S("collections")));
		for (size_t i = 0; i < len; i++)
			TRY(put_collection(&w, &view, &list[i], why));
		json_end_array(&w);
	}
	json_end_object(&w);
	return OK;
}

enum err
taxii_get_collection(void *ctx, struct http_request *req, struct http_response *ret,
    struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };
	struct collection_view view = { .visit = &v };
	struct collection *list = NULL;
	struct collection c;

	TRY(visit_begin(ctx, req, &v, why));
	TRY(visit_collection(&v, &c, why));
	TRY(visit_collections(&v, &list, &view.len, why));
	view.list = list;
	struct json_writer w = taxii_answer(ret);
	TRY(put_collection(&w, &view, &c, why));
	return OK;
}
