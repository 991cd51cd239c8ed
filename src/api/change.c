/* Changes on their way to the writer, and what follows them. */
#include "api_p.h"
#include "log.h"

struct api_job
api_job(const struct api *api, const struct http_request *req, void *in, void *out)
{
	return (struct api_job){
		.api = api,
		.req = req,
		.now = clock_wall(realm_clock(api->realm)),
		.in = in,
		.out = out,
	};
}

struct release_job
api_release_job(const struct api_job *job, struct db *db)
{
	return (struct release_job){
		.db = db,
		.arena = job->arena,
		.ledger = realm_ledger(job->api->realm),
		.gate = job->gate,
		.at = job->now,
	};
}

void
api_settle(const struct api *api)
{
	struct why why = { 0 };

	if (realm_settle(api->realm, &why) != OK)
		log_event(LOG_ERROR, "api.settle", LOG_WHY(&why));
	realm_changed(api->realm);
}
