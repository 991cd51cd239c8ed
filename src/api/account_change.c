/* What changes about an account: its password, its roles, its authenticator,
 * and whether it may come in at all. */
#include "account_p.h"
#include "codec.h"
#include "credentials_p.h"
#include "factor_p.h"
#include "handlers_p.h"
#include "password.h"
#include "random.h"
#include "totp.h"

/* ---- whose ---- */

/* One text for an account that is not there and for one of another compartment. */
static enum err
unknown(struct str name, struct why *why)
{
	return fail(why, ERR_NOT_FOUND, "account.unknown", "there is no account \"" STR_FMT "\"",
	    STR_ARG(name));
}

enum err
api_find_target(const struct api *api, const struct http_request *req, struct str name,
    struct account_target *ret, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	bool admin = (req->principal.scopes & HTTP_SCOPE_BIT(SCOPE_ADMIN)) != 0;

	*ret = (struct account_target){ .self = str_eq(name, req->principal.id) };
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	enum err err = store_account_find(lease.db, req->arena, name, &ret->account, why);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err == ERR_NOT_FOUND ||
	    !(ret->self || (admin && api_administers(api, req, &ret->account))))
		return unknown(name, why);
	return OK;
}

enum err
api_need_person(const struct http_request *req, struct why *why)
{
	if (req->principal.data == NULL)
		return fail(why, ERR_FORBIDDEN, "account.self",
		    "this belongs to an account: say which with --as");
	if (http_bearer(req).ptr != NULL)
		return fail(why, ERR_FORBIDDEN, "account.token",
		    "a token does not change what proves an account: sign in with the password");
	return OK;
}

enum err
api_note_account(struct db *db, const struct api_job *job, const struct account *account,
    const char *what, struct why *why)
{
	const struct compartment of = { account->organisation, account->enclaves };
	struct str by = job->req->principal.id;
	const struct event event = {
		.at = job->now,
		.name = S("account.changed"),
		.owner = account->organisation,
		.enclave = compartment_home(&of),
		.subject = account->name,
		.detail = arena_printf(job->req->arena, "{\"by\":\"" STR_FMT "\",\"what\":\"%s\"}",
		    STR_ARG(by.len > 0 ? by : S("control")), what),
	};

	return store_event(db, &event, why);
}

/* ---- password ---- */

struct new_password {
	const struct account_target *target;
	struct str stored;
	struct hash session; /* that goes on */
};

/* Whoever sets another's password can sign in as that account: what one
 * administrator may not give alone waits for a second, as if it were new. */
static enum err
suspend_weighty(struct db *db, const struct api_job *job, const struct account *account,
    struct why *why)
{
	const struct account_wish all = {
		.name = account->name,
		.roles = account->roles,
		.proposer = job->req->principal.id,
		.at = job->now,
	};
	const struct account_wish light = {
		.name = account->name,
		.roles = store_roles_light(job->req->arena, account->roles),
		.proposer = all.proposer,
	};

	if (!store_roles_weighty(account->roles))
		return OK;
	TRY(store_account_wish(db, &all, why));
	TRY(store_account_roles(db, light.name, light.roles, why));
	TRY(api_log_roles(db, job, &light, why));
	return api_note_account(db, job, account, "roles wait", why);
}

/* Who had the old one is out; when somebody else sets it, tools are, too. */
static enum err
write_password(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct new_password *new = job->in;
	bool lent = !new->target->self && job->req->principal.proof != HTTP_SOCKET;
	struct account account;

	/* Its roles may have changed while the password was hashed. */
	TRY(store_account_find(db, job->req->arena, new->target->account.name, &account, why));
	account.password = new->stored;
	account.password_by = lent ? job->req->principal.id : S("");
	TRY(store_account_password(db, &account, why));
	TRY(new->target->self ? store_sessions_end(db, account.name, &new->session, why)
	                      : store_sessions_delete(db, account.name, 0, why));
	TRY(api_note_account(db, job, &account, "password", why));
	return lent ? suspend_weighty(db, job, &account, why) : OK;
}

/* The owner proves it once more: an unattended screen changes nothing. */
static enum err
check_old(struct api *api, struct http_request *req, const struct account_target *target,
    const struct json *root, struct str password, struct why *why)
{
	struct sign_in in = { .account = target->account.name };
	struct account *same = NULL;

	if (!target->self)
		return OK;
	TRY(api_need_person(req, why));
	TRY(api_read_text(root, "old", true, &in.password, why));
	if (str_eq(in.password, password))
		return fail(why, ERR_INVALID, "account.same-password",
		    "the new password is the old one: who knew it would go on knowing it");
	TRY(api_read_text(root, "code", false, &in.code, why));
	return api_verify(api, req, &in, &same, why);
}

enum err
api_post_password(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct api *api = ctx;
	const struct json *root = NULL;
	struct account_target target;
	struct str password = { 0 };
	char stored[PASSWORD_TEXT_MAX];

	TRY(api_find_target(api, req, http_param(req, "name"), &target, why));
	TRY(api_read_object(req->arena, req->body, "password old code", &root, why));
	TRY(api_read_text(root, "password", true, &password, why));
	if (password.len < BODY_PASSWORD_MIN)
		return fail(why, ERR_INVALID, "api.value",
		    "password must be at least %d bytes long", BODY_PASSWORD_MIN);
	TRY(check_old(api, req, &target, root, password, why));
	TRY(password_hash(password, stored, why));
	struct new_password new = {
		.target = &target,
		.stored = str_of(stored),
		.session = api_token_hash(http_cookie(req, SESSION_COOKIE)),
	};
	struct api_job job = api_job(api, req, &new, NULL);
	TRY(realm_write(api->realm, write_password, &job, why));
	api_settle(api);
	realm_changed(api->realm);
	return api_done(ret, 204);
}

/* ---- roles, locks ---- */

struct account_patch {
	const struct account *account;
	struct str roles; /* ptr NULL: as they are */
	int disabled;     /* 0, 1; -1: as it is */
	bool unlock;
};

/* Roles that weigh wait for a second administrator; the owner of the machine
 * gives them alone (docs/decisions/0015). */
static enum err
write_roles(struct db *db, const struct api_job *job, const struct account_patch *p,
    struct why *why)
{
	const struct account_wish given = {
		.name = p->account->name,
		.roles = p->roles,
		.proposer = job->req->principal.id,
		.at = job->now,
	};

	TRY(store_roles_check(p->roles, why));
	if (job->req->principal.proof != HTTP_SOCKET && store_roles_weighty(p->roles)) {
		TRY(store_account_wish(db, &given, why));
		return api_note_account(db, job, p->account, "roles wait", why);
	}
	TRY(store_account_roles(db, given.name, p->roles, why));
	TRY(api_log_roles(db, job, &given, why));
	return api_note_account(db, job, p->account, "roles", why);
}

static enum err
write_patch(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct account_patch *p = job->in;
	struct str name = p->account->name;

	if (p->roles.ptr != NULL)
		TRY(write_roles(db, job, p, why));
	if (p->disabled >= 0) {
		TRY(store_account_disable(db, name, p->disabled == 1, why));
		TRY(api_note_account(db, job, p->account, p->disabled == 1 ? "disabled" : "enabled",
		    why));
	}
	if (p->unlock) {
		TRY(store_account_unlock(db, name, why));
		TRY(api_note_account(db, job, p->account, "unlocked", why));
	}
	return OK;
}

static enum err
read_flag(const struct json *root, const char *name, int *ret, struct why *why)
{
	const struct json *v = json_get(root, str_of(name));

	*ret = -1;
	if (v == NULL)
		return OK;
	if (!json_is(v, JSON_TRUE) && !json_is(v, JSON_FALSE))
		return fail(why, ERR_INVALID, "api.value", "%s must be true or false", name);
	*ret = json_is(v, JSON_TRUE);
	return OK;
}

static enum err
read_patch(struct http_request *req, struct account_patch *ret, struct why *why)
{
	const struct json *root = NULL;
	int locked = -1;

	TRY(api_read_object(req->arena, req->body, "disabled locked roles", &root, why));
	if (json_get(root, S("roles")) != NULL)
		TRY(api_read_words(req->arena, root, "roles", true, &ret->roles, why));
	TRY(read_flag(root, "disabled", &ret->disabled, why));
	TRY(read_flag(root, "locked", &locked, why));
	ret->unlock = locked == 0;
	if (locked == 1)
		return fail(why, ERR_INVALID, "api.value",
		    "locked can be made false; to close an account, make disabled true");
	if (ret->roles.ptr == NULL && ret->disabled < 0 && !ret->unlock)
		return fail(why, ERR_INVALID, "api.member",
		    "the request changes nothing: it may have disabled, locked, roles");
	return OK;
}

enum err
api_patch_account(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct api *api = ctx;
	struct account_target target;
	struct account_patch patch = { .account = &target.account };
	struct api_job job = api_job(api, req, &patch, NULL);

	TRY(api_find_target(api, req, http_param(req, "name"), &target, why));
	TRY(read_patch(req, &patch, why));
	TRY(realm_write(api->realm, write_patch, &job, why));
	api_settle(api);
	realm_changed(api->realm);
	return api_done(ret, 204);
}

/* ---- authenticator ---- */

struct new_factor {
	const struct account *account;
	struct str secret;
};

static enum err
write_factor(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct new_factor *new = job->in;

	return store_factor_put(db, new->account->name, new->secret, job->now, why);
}

/* The secret is shown once, and is not asked for before a code proves that it arrived. */
enum err
api_post_totp(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct json *root = NULL;
	uint8_t secret[TOTP_SECRET_BYTES];
	char text[TOTP_SECRET_TEXT];

	TRY(api_need_person(req, why));
	TRY(api_read_object(req->arena, req->body, "", &root, why));
	random_bytes(secret, sizeof(secret));
	struct new_factor new = {
		.account = req->principal.data,
		.secret = { (const char *)secret, sizeof(secret) },
	};
	struct api_job job = api_job(api, req, &new, NULL);
	TRY(api_factor_seal(api, req->arena, new.account->name, new.secret, &new.secret, why));
	TRY(realm_write(api->realm, write_factor, &job, why));
	totp_secret_text(secret, text);
	struct str node = realm_identity(api->realm)->name;
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_text(&w, "secret", str_of(text));
	api_put_text(&w, "uri",
	    arena_printf(req->arena,
	        "otpauth://totp/" STR_FMT ":" STR_FMT "?secret=%s&issuer=" STR_FMT, STR_ARG(node),
	        STR_ARG(new.account->name), text, STR_ARG(node)));
	json_end_object(&w);
	ret->status = 201;
	return OK;
}

struct confirmation {
	const struct account *account;
	struct open_factor factor;
	int64_t step;
};

static enum err
write_confirmation(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct confirmation *c = job->in;

	TRY(api_factor_use(db, c->account->name, &c->factor, c->step, job->now, why));
	return api_note_account(db, job, c->account, "authenticator", why);
}

enum err
api_confirm_totp(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct confirmation c = { .account = req->principal.data };
	struct api_job job = api_job(api, req, &c, NULL);
	const struct json *root = NULL;
	struct str code = { 0 };

	TRY(api_need_person(req, why));
	TRY(api_read_object(req->arena, req->body, "code", &root, why));
	TRY(api_read_text(root, "code", true, &code, why));
	TRY(api_factor_find(api, req->arena, c.account->name, &c.factor, why));
	if (c.factor.stored.confirmed)
		return fail(why, ERR_CONFLICT, "factor.there",
		    "the authenticator is in use already");
	if (!totp_fits(c.factor.secret, code, job.now, c.factor.stored.last_step, &c.step))
		return fail(why, ERR_INVALID, "factor.code",
		    "this is not the code of now: are the clocks right?");
	TRY(realm_write(api->realm, write_confirmation, &job, why));
	realm_changed(api->realm);
	return api_done(ret, 204);
}

static enum err
write_off(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct account *account = job->in;
	bool had = false;

	TRY(store_factor_delete(db, account->name, &had, why));
	return had ? api_note_account(db, job, account, "authenticator off", why) : OK;
}

/* The owner, or the administration when the authenticator is lost. */
enum err
api_delete_totp(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct account_target target;
	struct api_job job = api_job(api, req, &target.account, NULL);

	TRY(api_find_target(api, req, http_param(req, "name"), &target, why));
	if (target.self)
		TRY(api_need_person(req, why));
	TRY(realm_write(api->realm, write_off, &job, why));
	realm_changed(api->realm);
	return api_done(ret, 204);
}
