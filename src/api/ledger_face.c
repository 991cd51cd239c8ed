/* What our log can prove. */
#include "handlers_p.h"

static const char find_owner[] =
    "SELECT owner FROM release_item WHERE leaf = $1 AND place = $2 LIMIT 1";

/* The record of another organisation of our party is not shown. */
static enum err
check_owner(struct db *db, struct str owner, uint64_t leaf, uint64_t place, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_owner, DB_I((int64_t)leaf), DB_I((int64_t)place)));
	TRY(db_next(&rows, &has, why));
	if (has && !str_eq(db_col_text(&rows, 0), owner))
		return fail(why, ERR_NOT_FOUND, "api.proof",
		    "there is no record %" PRIu64 " in leaf %" PRIu64, place, leaf);
	return OK;
}

enum err
api_get_proof(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct str proof = { 0 };
	uint64_t leaf = 0, place = 0;

	if (!str_to_u64(http_param(req, "leaf"), INT64_MAX, &leaf) ||
	    !str_to_u64(http_param(req, "place"), UINT32_MAX, &place))
		return fail(why, ERR_NOT_FOUND, "api.proof", "leaf and place are numbers");
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(check_owner(lease.db, api_organisation(api, req), leaf, place, why));
	const struct ledger_place at = { leaf, (uint32_t)place };
	TRY(ledger_prove(realm_ledger(api->realm), lease.db, &at, req->arena, &proof, why));
	buf_put(http_body(ret, "application/json"), proof);
	return OK;
}
