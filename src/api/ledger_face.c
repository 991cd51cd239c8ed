/* What our log can prove. */
#include "handlers_p.h"

static const char find_owner[] =
    "SELECT o.owner, o.enclave FROM release_item i JOIN release_order o ON o.order_id = i.order_id"
    " WHERE i.leaf = $1 AND i.place = $2 LIMIT 1";

/* One text for what is missing and for what is elsewhere. */
static enum err
no_record(const struct ledger_place *at, struct why *why)
{
	return fail(why, ERR_NOT_FOUND, "api.proof",
	    "there is no record %" PRIu32 " in leaf %" PRIu64, at->place, at->leaf);
}

/* A record of another compartment does not exist; one whose item was purged is
 * that of the compartment for which this node releases. */
static enum err
check_owner(const struct api *api, struct db *db, const struct http_request *req,
    const struct ledger_place *at, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct compartment of = api_compartment(api, req);
	struct str owner = realm_identity(api->realm)->organisation;
	struct str enclave = realm_identity(api->realm)->enclave;
	bool has = false;

	TRY(db_select(db, &rows, why, find_owner, DB_I((int64_t)at->leaf), DB_I(at->place)));
	TRY(db_next(&rows, &has, why));
	if (has) {
		owner = db_col_text(&rows, 0);
		enclave = db_col_text(&rows, 1);
	}
	return compartment_has(&of, owner, enclave) ? OK : no_record(at, why);
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
	const struct ledger_place at = { leaf, (uint32_t)place };
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(check_owner(api, lease.db, req, &at, why));
	enum err err =
	    ledger_prove(realm_ledger(api->realm), lease.db, &at, req->arena, &proof, why);
	if (err == ERR_NOT_FOUND)
		return no_record(&at, why);
	TRY(err);
	buf_put(http_body(ret, "application/json"), proof);
	return OK;
}
