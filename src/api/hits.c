/* Where indicators matched: counted by the hour, without what was matched. */
#include "handlers_p.h"
#include "match.h"

static const char add_hit[] = "INSERT INTO hit (indicator, owner, enclave, hour, kind, n, source)"
                              " VALUES ($1, $2, $3, $4, $5, $6, $7)"
                              " ON CONFLICT (indicator, owner, enclave, hour, kind, source)"
                              " DO UPDATE SET n = hit.n + excluded.n";

static enum err
check_hit(const struct hit_body *hit, struct why *why)
{
	if (!stix_id_is(hit->indicator))
		return fail(why, ERR_INVALID, "api.value",
		    "indicator \"" STR_FMT "\" is no STIX identifier", STR_ARG(hit->indicator));
	for (int how = MATCH_EXACT; how <= MATCH_PREFIX; how++) {
		if (str_is(hit->match, match_how_name((enum match_how)how)))
			return OK;
	}
	return fail(why, ERR_INVALID, "api.value",
	    "match \"" STR_FMT "\" is none of exact, subdomain, cidr, prefix", STR_ARG(hit->match));
}

static enum err
store_hits(struct db *db, void *arg, struct why *why)
{
	struct api_job *job = arg;
	const struct hits_body *body = job->in;
	struct str owner = api_organisation(job->api, job->req);
	struct str enclave = api_enclave(job->api, job->req);
	uint64_t *counted = job->out;

	*counted = 0;
	for (size_t i = 0; i < body->len; i++) {
		const struct hit_body *hit = &body->hit[i];
		time_us at = hit->at != 0 ? hit->at : job->now;

		TRY(db_run(db, why, add_hit, DB_T(hit->indicator), DB_T(owner), DB_T(enclave),
		    DB_I(at - at % US_PER_H), DB_T(hit->match), DB_I((int64_t)hit->n),
		    DB_T(body->source)));
		*counted += hit->n;
	}
	const struct event event = {
		.at = job->now,
		.name = S("match.hits"),
		.owner = owner,
		.enclave = enclave,
		.subject = body->source,
		.detail = arena_printf(job->req->arena, "{\"counted\":%" PRIu64 "}", *counted),
	};
	return store_event(db, &event, why);
}

enum err
api_post_hits(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct hits_body body;
	uint64_t counted = 0;

	TRY(api_read_hits(req->arena, req->body, &body, why));
	for (size_t i = 0; i < body.len; i++) {
		enum err err = check_hit(&body.hit[i], why);
		if (err != OK) {
			why_where(why, "/hits/%zu", i);
			return err;
		}
	}
	struct api_job job = api_job(api, req, &body, &counted);
	TRY(realm_write(api->realm, store_hits, &job, why));
	realm_changed(api->realm);
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_u64(&w, "counted", counted);
	json_end_object(&w);
	return OK;
}
