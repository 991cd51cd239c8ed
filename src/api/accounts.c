/* People and tools of our own side. */
#include "account_p.h"
#include "handlers_p.h"
#include "password.h"

enum { ROLES_ENTRY_MAX = 16 * KIB }; /* two names and a list of roles */

static void
print_account(struct json_writer *w, const struct account *account, struct str waiting)
{
	json_begin_object(w);
	api_put_text(w, "name", account->name);
	api_put_text(w, "display", account->display);
	api_put_text(w, "organisation", account->organisation);
	api_put_words(w, "enclaves", account->enclaves);
	api_put_words(w, "roles", account->roles);
	api_put_words(w, "waiting", waiting);
	api_put_flag(w, "disabled", account->disabled);
	api_put_time(w, "locked_until", account->locked_until);
	api_put_time(w, "created_at", account->created_at);
	json_end_object(w);
}

/* Who opens the control socket administers the node (docs/decisions/0015), an
 * administrator the accounts that work in no other compartment than his own. */
bool
api_administers(const struct api *api, const struct http_request *req,
    const struct account *account)
{
	const struct compartment mine = api_compartment(api, req);
	const struct compartment theirs = { account->organisation, account->enclaves };

	return req->principal.proof == HTTP_SOCKET || compartment_holds(&mine, &theirs);
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
		struct account_wish wish = { 0 };

		if (!api_administers(api, req, &list[i]))
			continue;
		enum err err =
		    store_account_wish_find(lease.db, req->arena, list[i].name, &wish, why);
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
		print_account(&w, &list[i], wish.roles);
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* What one administrator may not give alone waits; the rest is there at once. */
struct creation {
	struct account account;
	struct account_wish wish; /* roles empty: nothing waits */
};

static enum err
note_event(struct db *db, const struct api_job *job, const char *name,
    const struct account *account, struct why *why)
{
	const struct compartment of = { account->organisation, account->enclaves };
	const struct event event = {
		.at = job->now,
		.name = str_of(name),
		.owner = account->organisation,
		.enclave = compartment_home(&of),
		.subject = account->name,
	};

	return store_event(db, &event, why);
}

/* Who gave which roles to whom is a leaf: four eyes rest on it. */
enum err
api_log_roles(struct db *db, const struct api_job *job, const struct account_wish *given,
    struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(ROLES_ENTRY_MAX);
	struct json_writer w = json_writer(&out);
	struct ledger_entry entry = { .kind = "account", .at = job->now };
	uint64_t leaf = 0;

	json_begin_object(&w);
	api_put_text(&w, "account", given->name);
	api_put_time(&w, "at", job->now);
	api_put_text(&w, "by", job->req->principal.id);
	api_put_text(&w, "proposer", given->proposer);
	api_put_text(&w, "roles", given->roles);
	api_put_text(&w, "type", S("account"));
	json_end_object(&w);
	TRY(buf_check(&out, "the entry", why));
	entry.bytes = buf_str(&out);
	return ledger_append(realm_ledger(job->api->realm), db, &entry, &leaf, why);
}

static enum err
create_account(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct creation *c = job->in;
	const struct compartment of = { c->account.organisation, c->account.enclaves };
	const struct account_wish now = {
		.name = c->account.name,
		.roles = c->account.roles,
		.proposer = job->req->principal.id,
	};

	int64_t shard_key = 0;

	TRY(store_account_create(db, &c->account, why));
	TRY(api_ensure_local(db, job->arena, &of, &shard_key, why));
	TRY(api_log_roles(db, job, &now, why));
	TRY(note_event(db, job, "account.created", &c->account, why));
	if (c->wish.roles.len == 0)
		return OK;
	TRY(store_account_wish(db, &c->wish, why));
	return note_event(db, job, "account.waiting", &c->account, why);
}

/* The owner of the machine could read and write all of it anyway: decision 15. */
static enum err
split_roles(const struct http_request *req, time_us now, struct creation *c, struct why *why)
{
	struct str all = c->account.roles;

	if (req->principal.proof == HTTP_SOCKET || !store_roles_weighty(all))
		return OK;
	TRY(store_roles_check(all, why));
	c->account.roles = store_roles_light(req->arena, all);
	c->wish = (struct account_wish){
		.name = c->account.name,
		.roles = all,
		.proposer = req->principal.id,
		.at = now,
	};
	return OK;
}

static enum err
check_place(const struct api *api, const struct http_request *req, const struct account *account,
    struct why *why)
{
	struct str party = realm_identity(api->realm)->party;

	if (!organisation_is_of(account->organisation, party))
		return fail(why, ERR_INVALID, "account.organisation",
		    STR_FMT " is no organisation of " STR_FMT "; write " STR_FMT ":NAME",
		    STR_ARG(account->organisation), STR_ARG(party), STR_ARG(party));
	TRY(enclaves_check(account->enclaves, why));
	if (!api_administers(api, req, account))
		return fail(why, ERR_FORBIDDEN, "account.compartment",
		    "an administrator makes accounts in his own organisation and enclaves");
	return OK;
}

enum err
api_post_account(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct account_body body;
	char stored[PASSWORD_TEXT_MAX];

	TRY(api_read_account(req->arena, req->body, &body, why));
	struct creation c = { .account = {
		                  .name = body.name,
		                  .display = body.display,
		                  .organisation = body.organisation,
		                  .enclaves = body.enclaves,
		                  .roles = body.roles,
		              } };
	if (c.account.organisation.len == 0)
		c.account.organisation = api_organisation(api, req);
	if (c.account.enclaves.len == 0)
		c.account.enclaves = api_enclave(api, req);
	TRY(check_place(api, req, &c.account, why));
	TRY(password_hash(body.password, stored, why));
	c.account.password = str_of(stored);
	if (req->principal.proof != HTTP_SOCKET)
		c.account.password_by = req->principal.id;
	struct api_job job = api_job(api, req, &c, NULL);
	c.account.created_at = job.now;
	TRY(split_roles(req, job.now, &c, why));
	job.arena = req->arena;
	TRY(realm_write(api->realm, create_account, &job, why));
	api_settle(api);
	realm_changed(api->realm);
	struct json_writer w = api_answer(ret);
	print_account(&w, &c.account, c.wish.roles);
	return api_done(ret, 201);
}

/* ---- the second administrator ---- */

static enum err
confirm_account(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct str *name = job->in;
	struct account_wish wish;
	struct account account;

	enum err err = store_account_find(db, job->arena, *name, &account, why);
	if (err == ERR_NOT_FOUND || (err == OK && !api_administers(job->api, job->req, &account)))
		return fail(why, ERR_NOT_FOUND, "account.no-wish",
		    "nothing about the account \"" STR_FMT "\" waits for a confirmation",
		    STR_ARG(*name));
	TRY(err);
	TRY(store_account_confirm(db, job->arena, *name, job->req->principal.id, &wish, why));
	TRY(api_log_roles(db, job, &wish, why));
	return note_event(db, job, "account.confirmed", &account, why);
}

enum err
api_confirm_account(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct str name = http_param(req, "name");
	struct api_job job = api_job(api, req, &name, NULL);

	TRY(api_read_nothing(req->arena, req->body, why));
	job.arena = req->arena;
	TRY(realm_write(api->realm, confirm_account, &job, why));
	api_settle(api);
	realm_changed(api->realm);
	return api_done(ret, 204);
}
