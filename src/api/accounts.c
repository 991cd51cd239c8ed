/* People and tools of our own side. */
#include "handlers_p.h"
#include "password.h"

static void
print_account(struct json_writer *w, const struct account *account)
{
	json_begin_object(w);
	api_put_text(w, "name", account->name);
	api_put_text(w, "display", account->display);
	api_put_text(w, "organisation", account->organisation);
	api_put_words(w, "roles", account->roles);
	api_put_flag(w, "disabled", account->disabled);
	api_put_time(w, "locked_until", account->locked_until);
	api_put_time(w, "created_at", account->created_at);
	json_end_object(w);
}

enum err
api_get_accounts(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct account *list = NULL;
	size_t n = 0;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(store_accounts(lease.db, req->arena, &list, &n, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "accounts");
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].organisation, api_organisation(api, req)))
			print_account(&w, &list[i]);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

static enum err
create_account(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct account *account = job->in;

	TRY(store_account_create(db, account, why));
	const struct event event = {
		.at = job->now,
		.name = S("account.created"),
		.owner = account->organisation,
		.subject = account->name,
	};
	return store_event(db, &event, why);
}

enum err
api_post_account(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct account_body body;
	char stored[PASSWORD_TEXT_MAX];

	TRY(api_read_account(req->arena, req->body, &body, why));
	TRY(password_hash(body.password, stored, why));
	struct account account = {
		.name = body.name,
		.display = body.display,
		.organisation = api_organisation(api, req),
		.enclave = api_enclave(api, req),
		.roles = body.roles,
		.password = str_of(stored),
	};
	struct api_job job = api_job(api, req, &account, NULL);
	account.created_at = job.now;
	TRY(realm_write(api->realm, create_account, &job, why));
	realm_changed(api->realm);
	struct json_writer w = api_answer(ret);
	print_account(&w, &account);
	return api_done(ret, 201);
}
