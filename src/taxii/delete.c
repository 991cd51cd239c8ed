/* Taking an object, or versions of it, out of a collection.
 *
 * It is no longer shown and can be posted again; what was released of it stays
 * released, and is asked back by a recall. */
#include "log.h"
#include "query_p.h"
#include "taxii_p.h"

/* What tells of nobody and ties nothing to anybody.  The gate looks for the names in all others,
 * and at their markings and ties: what it must not forget is purged, not deleted. */
static const char *const deletable[] = {
	"attack-pattern",
	"campaign",
	"course-of-action",
	"indicator",
	"infrastructure",
	"intrusion-set",
	"malware",
	"threat-actor",
	"tool",
	"vulnerability",
};

static enum err
check_deletable(struct str id, struct why *why)
{
	struct str type = stix_id_type(id);

	for (size_t i = 0; i < COUNTOF(deletable); i++) {
		if (str_is(type, deletable[i]))
			return OK;
	}
	return fail(why, ERR_FORBIDDEN, "taxii.delete",
	    "the gate must not forget objects of this type: torana object purge takes them out");
}

struct removal {
	struct query query;
	time_us now;
	int64_t changed; /* versions that went */
};

static enum err
remove_versions(struct db *db, void *arg, struct why *why)
{
	struct removal *r = arg;

	return store_withdraw_versions(db, &r->query.page, r->now, &r->changed, why);
}

enum err
taxii_delete_object(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	CLEANUP(visit_endp) struct visit v = { 0 };
	const struct taxii *t = ctx;
	struct removal r = { .now = clock_wall(realm_clock(t->realm)) };
	struct collection c;

	TRY(visit_begin(ctx, req, &v, why));
	TRY(taxii_may_delete(&v, &c, why));
	const struct query_of of = {
		.list = LIST_OBJECT,
		.collection = c.id,
		.shard_key = c.shard_key,
		.object = http_param(req, "object"),
	};
	TRY(query_read(req, &of, &r.query, why));
	TRY(check_deletable(of.object, why));
	db_pool_give(&v.lease); /* waiting for the writer needs no reader */
	TRY(realm_write(t->realm, remove_versions, &r, why));
	if (r.changed == 0)
		return taxii_nothing(why);
	realm_changed(t->realm);
	log_event(LOG_NOTICE, "taxii.deleted", LOG_STR("request", req->id),
	    LOG_STR("caller", req->principal.id), LOG_STR("collection", c.id),
	    LOG_STR("object", of.object), LOG_U64("versions", (uint64_t)r.changed));
	(void)http_body(ret, TAXII_TYPE);
	return OK;
}
