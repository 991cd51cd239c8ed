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
	return db_pool_take(realm_readers(t->realm), &ret->lease, why);
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

static bool
is_visible(const struct taxii_reach *reach, const struct collection *c)
{
	if (reach->is_peer)
		return is_released_to(reach, c);
	return c->kind != COLLECTION_RELEASED && compartment_has(&reach->of, c->owner, c->enclave);
}

bool
visit_can_write(const struct visit *v, const struct collection *c)
{
	return !v->reach.is_peer && c->kind == COLLECTION_LOCAL && c->can_write &&
	       (v->req->principal.scopes & HTTP_SCOPE_BIT(SCOPE_WRITE)) != 0;
}

enum err
visit_collections(const struct visit *v, struct collection **ret, size_t *ret_len, struct why *why)
{
	struct collection *list = NULL;
	size_t all = 0, len = 0;

	TRY(store_collections(v->lease.db, v->req->arena, &list, &all, why));
	for (size_t i = 0; i < all; i++) {
		if (is_visible(&v->reach, &list[i]))
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
	if (err == ERR_NOT_FOUND || !str_eq(ret->id, id) || !is_visible(&v->reach, ret))
		return taxii_nothing(why);
	return OK;
}
