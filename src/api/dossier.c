/* The dossier: all that was shared about somebody, as one document that this
 * node signs. */
#include "dossier.h"

#include "consent.h"
#include "dossier_p.h"
#include "handlers_p.h"

/* What the dossier is made of. */
struct dossier {
	const struct api *api;
	struct arena *arena;
	struct db *db;
	struct disclosure_query query;
	time_us now;
	size_t n;
	struct disclosure *list;
	struct consent_rows consents;
	struct api_log log;
};

static enum err
gather(struct dossier *d, struct why *why)
{
	const struct compartment *of = &d->query.of;

	TRY(api_log_read(d->api, d->db, d->arena, &d->log, why));
	TRY(release_disclosures(d->db, d->arena, &d->query, &d->list, &d->n, why));
	return release_consents(d->db, d->arena, of, d->query.identity, &d->consents, why);
}

/* The name that we hold of the identity; without one its identifier. */
static struct str
name_of(const struct dossier *d)
{
	const struct json *tree = NULL;
	struct stored stored;
	struct str name = { 0 };

	if (store_latest_own(d->db, d->arena, d->query.identity, &d->query.of, &stored, NULL) !=
	        OK ||
	    json_parse(d->arena, stored.raw, NULL, &tree, NULL) != OK ||
	    !json_get_str(tree, S("name"), &name))
		return d->query.identity;
	return name;
}

static bool
was_in_force(const struct consent_row *c, const struct disclosure *d)
{
	return c->added_at <= d->at && d->at < c->until &&
	       (c->withdrawn_at == 0 || d->at < c->withdrawn_at) &&
	       (c->to.len == 0 || str_eq(c->to, d->recipient) ||
	           organisation_is_of(d->recipient, c->to));
}

/* Consents that were in force then, for this recipient. */
static void
put_consents_then(struct json_writer *w, const struct dossier *x, const struct disclosure *d)
{
	api_begin_array(w, "consents");
	for (size_t i = 0; i < x->consents.len; i++) {
		if (was_in_force(&x->consents.row[i], d))
			json_put_str(w, x->consents.row[i].id);
	}
	json_end_array(w);
}

static bool
is_cosigned(const struct api_log *log, const struct disclosure *d)
{
	for (size_t i = 0; i < log->peers; i++) {
		if (organisation_is_of(d->recipient, log->peer[i].party))
			return d->leaf >= 0 && (uint64_t)d->leaf < log->peer[i].size;
	}
	return false;
}

/* What was taken out of the copy: where, why, how. */
static enum err
put_withheld(struct json_writer *w, struct arena *a, const struct disclosure *d, struct why *why)
{
	const struct json *tree = NULL;

	TRY(json_parse(a, d->decision, NULL, &tree, why));
	const struct json *changes = json_get(tree, S("changes"));
	json_key(w, S("withheld"));
	if (json_is(changes, JSON_ARRAY))
		json_put_raw(w, changes->raw);
	else
		json_put_raw(w, S("[]"));
	return OK;
}

static enum err
put_release(struct json_writer *w, const struct dossier *x, const struct disclosure *d,
    struct why *why)
{
	bool published = d->leaf >= 0 && (uint64_t)d->leaf < x->log.published;

	json_begin_object(w);
	TRY(api_print_disclosure(w, x->arena, d, why));
	api_put_text(w, "agreement", d->agreement);
	TRY(put_withheld(w, x->arena, d, why));
	put_consents_then(w, x, d);
	api_put_flag(w, "published", published);
	api_put_flag(w, "cosigned", is_cosigned(&x->log, d));
	json_end_object(w);
	return OK;
}

static void
put_consent(struct json_writer *w, const struct consent_row *c)
{
	json_begin_object(w);
	api_put_text(w, "consent_id", c->id);
	api_put_text(w, "scope", c->scope);
	api_put_text(w, "to", c->to);
	api_put_time(w, "added_at", c->added_at);
	api_put_time(w, "until", c->until);
	api_put_time(w, "withdrawn_at", c->withdrawn_at);
	json_end_object(w);
}

static enum err
write_dossier(struct dossier *x, struct buf *out, struct why *why)
{
	const struct realm_identity *id = realm_identity(x->api->realm);
	struct json_writer w = json_writer(out);
	struct str log_key = { 0 };

	TRY(store_setting_get(x->db, S("log-key"), x->arena, &log_key, why));
	json_begin_object(&w);
	api_put_text(&w, "type", S("torana-dossier"));
	api_put_u64(&w, "version", 1);
	api_put_text(&w, "node", id->name);
	api_put_text(&w, "party", id->party);
	api_put_text(&w, "organisation", x->query.of.organisation);
	api_put_text(&w, "realm", id->realm);
	api_put_text(&w, "origin", id->origin);
	api_put_text(&w, "log_key", log_key);
	api_put_time(&w, "made_at", x->now);
	api_put_text(&w, "about", x->query.identity);
	api_put_text(&w, "name", name_of(x));
	api_put_flag(&w, "more", x->n == ROWS_MAX);
	api_begin_array(&w, "disclosures");
	for (size_t i = 0; i < x->n; i++)
		TRY(put_release(&w, x, &x->list[i], why));
	json_end_array(&w);
	api_begin_array(&w, "consents");
	for (size_t i = 0; i < x->consents.len; i++)
		put_consent(&w, &x->consents.row[i]);
	json_end_array(&w);
	json_end_object(&w);
	return buf_check(out, "the dossier", why);
}

/* Signed with the log's key: the same by which its leaves are believed. */
static enum err
sign_dossier(const struct api *api, struct arena *a, struct str payload, struct http_response *ret,
    struct why *why)
{
	struct dsse envelope = { .payload_type = S(DOSSIER_TYPE), .payload = payload };
	const struct sign_key *key = NULL;

	TRY(realm_key(api->realm, KEY_LOG, &key, why));
	TRY(dsse_sign(&envelope, key, a, why));
	return dsse_write(&envelope, http_body(ret, "application/json"), why);
}

enum err
api_get_dossier(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(arena_freep) struct arena *a = arena_new(API_ARENA_MAX);
	CLEANUP(buf_free) struct buf payload = buf_new(DSSE_PAYLOAD_MAX);
	struct dossier *x = arena_make(a, struct dossier, 1);
	struct str about = { 0 };

	if (x == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "no memory is left");
	*x = (struct dossier){
		.api = api,
		.arena = a,
		.now = clock_wall(realm_clock(api->realm)),
		.query = { .of = api_compartment(api, req),
		    .origin = realm_identity(api->realm)->origin },
	};
	TRY(api_query_text(req, "about", true, &about, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	x->db = lease.db;
	TRY(release_disclosure_about(lease.db, a, &x->query.of, about, &x->query.identity, why));
	TRY(gather(x, why));
	TRY(write_dossier(x, &payload, why));
	return sign_dossier(api, a, buf_str(&payload), ret, why);
}
