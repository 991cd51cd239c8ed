/* Who is asking, and which collections exist for them. */
#include "taxii_p.h"
#include "uuid.h"

enum err
taxii_full(struct why *why)
{
	return fail(why, ERR_LIMIT, "taxii.memory", "the answer is larger than one request may be");
}

enum err
taxii_nothing(struct why *why)
{
	return fail(why, ERR_NOT_FOUND, "taxii.not-found", "there is nothing here for you");
}

enum err
visit_root(const struct standing *standing, struct arena *a, struct str *ret, struct why *why)
{
	if (standing == NULL) {
		*ret = S("local");
		return OK;
	}
	struct str id = standing->agreement->id;
	char *lower = arena_cstr(a, id);
	if (lower == NULL)
		return taxii_full(why);
	for (char *c = lower; *c != '\0'; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	*ret = (struct str){ lower, id.len };
	return OK;
}

enum err
visit_begin(void *face, struct http_request *req, struct visit *ret, struct why *why)
{
	const struct taxii *t = face;
	struct str root = { 0 };

	ret->face = t;
	ret->req = req;
	TRY(t->reach(t->reach_ctx, req, http_param(req, "root"), &ret->reach, why));
	TRY(visit_root(ret->reach.standing, req->arena, &root, why));
	if (!str_eq(root, http_param(req, "root")))
		return taxii_nothing(why);
	TRY(db_pool_take(realm_readers(t->realm), &ret->lease, why));
	return ret->reach.is_guest
	           ? store_access_of(ret->lease.db, req->arena, req->principal.id, &ret->given, why)
	           : OK;
}

void
visit_endp(struct visit *v)
{
	db_pool_give(&v->lease);
	if (v->reach.gate != NULL)
		realm_gate_give(v->reach.gate);
}

/* ---- which collections ---- */

/* Is it for an organisation of the peer's party, under the agreement of the root? */
static bool
is_released_to(const struct taxii_reach *reach, const struct collection *c)
{
	const struct agreement *agreement = reach->standing->agreement;
	const struct party *party = NULL;

	return c->kind == COLLECTION_RELEASED && str_eq(c->agreement, agreement->id) &&
	       agreement_organisation(agreement, c->recipient, &party) != NULL &&
	       str_eq(party->code, reach->party);
}

/* The staff of a compartment has all of it, as far as roles and token go. */
static struct visit_rights
rights_of_staff(const struct visit *v)
{
	uint32_t scopes = v->req->principal.scopes;
	bool read = (scopes & HTTP_SCOPE_BIT(SCOPE_READ)) != 0;
	bool write = (scopes & HTTP_SCOPE_BIT(SCOPE_WRITE)) != 0;

	return (struct visit_rights){ read || write, read, write };
}

/* A guest has what it was given, and what partners gave us is for none. */
static struct visit_rights
rights_of_guest(const struct visit *v, const struct collection *c)
{
	for (size_t i = 0; i < v->given.len; i++) {
		const struct access *row = &v->given.row[i];

		if (row->shard_key == c->shard_key && c->kind != COLLECTION_RECEIVED)
			return (struct visit_rights){ true, row->can_read, row->can_write };
	}
	return (struct visit_rights){ 0 };
}

struct visit_rights
visit_rights(const struct visit *v, const struct collection *c)
{
	const struct taxii_reach *reach = &v->reach;

	if (reach->is_peer) {
		bool released = is_released_to(reach, c);
		return (struct visit_rights){ released, released, false };
	}
	if (c->kind == COLLECTION_RELEASED || !compartment_has(&reach->of, c->owner, c->enclave))
		return (struct visit_rights){ 0 };
	struct visit_rights r = reach->is_guest ? rights_of_guest(v, c) : rights_of_staff(v);
	r.write = r.write && c->kind == COLLECTION_LOCAL && c->can_write;
	return r;
}

enum err
visit_collections(const struct visit *v, struct collection **ret, size_t *ret_len, struct why *why)
{
	struct collection *list = NULL;
	size_t all = 0, len = 0;

	TRY(store_collections(v->lease.db, v->req->arena, &list, &all, why));
	for (size_t i = 0; i < all; i++) {
		if (visit_rights(v, &list[i]).see)
			list[len++] = list[i];
	}
	*ret = list;
	*ret_len = len;
	return OK;
}

/* Others may have a collection of this alias too. */
static enum err
find_alias(const struct visit *v, struct str alias, struct collection *ret, struct why *why)
{
	struct collection *list = NULL;
	size_t len = 0;

	TRY(visit_collections(v, &list, &len, why));
	for (size_t i = 0; i < len; i++) {
		if (str_eq(list[i].alias, alias)) {
			*ret = list[i];
			return OK;
		}
	}
	return taxii_nothing(why);
}

enum err
visit_collection(const struct visit *v, struct collection *ret, struct why *why)
{
	struct str id = http_param(v->req, "id");
	struct uuid uuid;

	if (!uuid_parse(id, &uuid))
		return find_alias(v, id, ret, why);
	enum err err = store_collection_find(v->lease.db, v->req->arena, id, ret, why);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err == ERR_NOT_FOUND || !str_eq(ret->id, id) || !visit_rights(v, ret).see)
		return taxii_nothing(why);
	return OK;
}

enum err
visit_readable(const struct visit *v, struct collection *ret, struct why *why)
{
	TRY(visit_collection(v, ret, why));
	const struct visit_rights rights = visit_rights(v, ret);
	if (rights.read)
		return OK;
	return rights.write ? fail(why, ERR_FORBIDDEN, "taxii.write-only",
	                          "this collection can be written, not read")
	                    : taxii_nothing(why);
}
