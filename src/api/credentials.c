#include "credentials_p.h"
#include "factor_p.h"
#include "log.h"
#include "password.h"
#include "totp.h"

/* ---- passwords ---- */

/* One answer for an unknown account, a wrong password and a locked account. */
static enum err
refuse(struct why *why)
{
	return fail(why, ERR_UNAUTHORIZED, "session.wrong",
	    "account, password and code do not fit, or the account is locked for a while");
}

/* An account that is not there has an empty password, which takes as long to refuse. */
static enum err
find_account(struct api *api, struct arena *a, struct str name, struct account *ret,
    struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	*ret = (struct account){ 0 };
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	enum err err = store_account_find(lease.db, a, name, ret, why);
	return err == ERR_NOT_FOUND ? OK : err;
}

/* One try to prove who one is. */
struct attempt {
	struct account *account;
	struct verified_claim claim;
	struct tries_from from;
	time_us now; /* by the wall */
	time_us tick;
	bool known; /* this very claim was right a moment ago */
	bool right;
	bool locked; /* the address, or the account for all that is not known */
};

/* Written for an unknown account, too: the disk must not tell the difference.
 * A lock is not prolonged by tries that it refused. */
static enum err
count_failure(struct db *db, void *arg, struct why *why)
{
	const struct attempt *t = arg;
	char at[TIME_TEXT_MAX];
	time_us locked_until = 0;

	time_text(t->now, at);
	TRY(store_setting_put(db, S("sign-in-refused-at"), str_of(at), why));
	if (t->from.account.len == 0 || t->locked)
		return OK;
	TRY(store_account_failed(db, t->from.account, t->now, &locked_until, why));
	if (locked_until != 0)
		log_event(LOG_WARNING, "account.locked", LOG_STR("account", t->from.account));
	return OK;
}

static enum err
forget_failures(struct db *db, void *arg, struct why *why)
{
	const struct attempt *t = arg;

	return store_account_passed(db, t->from.account, why);
}

static enum err
verify_slowly(struct api *api, const struct verified_claim *claim, bool *ret, struct why *why)
{
	bool room = atomic_fetch_add(&api->verifying, 1) < PASSWORDS_AT_ONCE;

	if (room)
		*ret = password_verify(claim->password, claim->stored, NULL) == OK;
	atomic_fetch_sub(&api->verifying, 1);
	if (!room)
		return fail(why, ERR_IO, "session.busy", "many sign in at this moment; try again");
	return OK;
}

/* What was right a moment ago is not asked again, and a lock of the account does
 * not end it: strangers who guess do not stop a tool that is at work.  A lock of
 * its own address does. */
static enum err
judge(struct api *api, struct attempt *t, struct why *why)
{
	const struct account *account = t->account;

	t->known = account->name.len > 0 && verified_has(&api->verified, &t->claim, t->tick);
	t->right = t->known;
	if (!t->known)
		TRY(verify_slowly(api, &t->claim, &t->right, why));
	t->locked = tries_locked(&api->tries, &t->from, t->tick) ||
	            (account->locked_until > t->now && !t->known);
	t->right = t->right && account->name.len > 0 && !account->disabled && !t->locked;
	return OK;
}

/* ---- the second factor ---- */

struct code_use {
	struct str account;
	struct open_factor factor;
	int64_t step;
	time_us now;
};

static enum err
use_code(struct db *db, void *arg, struct why *why)
{
	const struct code_use *use = arg;

	return api_factor_use(db, use->account, &use->factor, use->step, use->now, why);
}

/* A secret that does not open lets nobody in; it is taken off and made anew. */
static enum err
find_factor(struct api *api, struct arena *a, struct attempt *t, struct open_factor *ret,
    struct why *why)
{
	struct why wrong = { 0 };
	enum err err = api_factor_find(api, a, t->account->name, ret, &wrong);

	if (err == ERR_NOT_FOUND)
		return OK;
	if (err == ERR_TAMPERED) {
		log_event(LOG_ERROR, "account.factor", LOG_STR("account", t->account->name),
		    LOG_WHY(&wrong));
		t->right = false;
		return OK;
	}
	if (err != OK && why != NULL)
		*why = wrong;
	return err;
}

/* Also for a password that was right a moment ago: a code is good once. */
static enum err
judge_code(struct api *api, struct http_request *req, struct str code, struct attempt *t,
    struct why *why)
{
	struct code_use use = { .account = t->account->name, .now = t->now };
	const struct open_factor *f = &use.factor;

	if (!t->right)
		return OK;
	TRY(find_factor(api, req->arena, t, &use.factor, why));
	if (!t->right || !f->stored.confirmed)
		return OK;
	t->right = totp_fits(f->secret, code, t->now, f->stored.last_step, &use.step);
	if (!t->right)
		return OK;
	enum err err = realm_write(api->realm, use_code, &use, why);
	t->right = err == OK;
	return err == ERR_UNAUTHORIZED ? OK : err;
}

static enum err
take_wrong(struct api *api, struct attempt *t, struct why *why)
{
	if (t->from.account.len > 0 && !t->locked && tries_failed(&api->tries, &t->from, t->tick))
		log_event(LOG_WARNING, "account.locked", LOG_STR("account", t->from.account),
		    LOG_STR("remote", t->from.remote));
	TRY(realm_write(api->realm, count_failure, t, why));
	return refuse(why);
}

static enum err
take_right(struct api *api, struct attempt *t, struct why *why)
{
	if (t->known)
		return OK;
	verified_keep(&api->verified, &t->claim, t->tick);
	tries_passed(&api->tries, &t->from);
	return t->account->failures == 0 ? OK : realm_write(api->realm, forget_failures, t, why);
}

enum err
api_verify(struct api *api, struct http_request *req, const struct sign_in *in,
    struct account **ret, struct why *why)
{
	struct account *account = arena_make(req->arena, struct account, 1);

	if (account == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	TRY(find_account(api, req->arena, in->account, account, why));
	struct attempt t = {
		.account = account,
		.claim = { account->name, in->password, account->password, req->remote },
		.from = { account->name, req->remote },
		.now = clock_wall(realm_clock(api->realm)),
		.tick = clock_monotonic(realm_clock(api->realm)),
	};
	TRY(judge(api, &t, why));
	TRY(judge_code(api, req, in->code, &t, why));
	if (!t.right)
		return take_wrong(api, &t, why);
	*ret = account;
	return take_right(api, &t, why);
}

/* ---- sessions and tokens ---- */

struct hash
api_token_hash(struct str token)
{
	return hash_of(token);
}

static bool
is_session(const struct session *s)
{
	return str_is(s->kind, "session");
}

static enum err
prolong(struct db *db, void *arg, struct why *why)
{
	struct session *s = arg;

	TRY(store_session_delete(db, &s->token, why));
	return store_session_put(db, s, why);
}

/* A session in use lives on, up to its longest life. */
static enum err
keep_alive(struct api *api, struct session *s, time_us now, struct why *why)
{
	time_us end = s->created_at + SESSION_LIFE_S * US_PER_S;
	time_us idle = now + SESSION_IDLE_S * US_PER_S;

	if (idle < end)
		end = idle;
	if (!is_session(s) || end - s->expires_at < SESSION_STEP_S * US_PER_S)
		return OK;
	s->expires_at = end;
	return realm_write(api->realm, prolong, s, why);
}

/* The account behind a token; *ret_account NULL when there is none. */
static enum err
find_session(struct api *api, struct http_request *req, struct str token, struct session *ret,
    struct account **ret_account, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct account *account = arena_make(req->arena, struct account, 1);
	struct hash hash = api_token_hash(token);
	time_us now = clock_wall(realm_clock(api->realm));

	*ret_account = NULL;
	if (account == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	enum err err = store_session_find(lease.db, req->arena, &hash, now, ret, why);
	if (err == OK)
		err = store_account_find(lease.db, req->arena, ret->account, account, why);
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	db_pool_give(&lease);
	if (account->disabled)
		return OK;
	*ret_account = account;
	return keep_alive(api, ret, now, why);
}

/* ---- who is calling ---- */

static struct http_principal
principal_of(struct account *account, enum http_proof proof)
{
	uint32_t roles = api_roles_of(account->roles);

	return (struct http_principal){
		.proof = proof,
		.id = account->name,
		.name = account->display,
		.roles = roles,
		.scopes = api_scopes_of(roles),
		.data = account,
	};
}

/* Scopes that a token was limited to; none named: all of its account. */
static uint32_t
scopes_named(struct str names)
{
	uint32_t bits = 0;

	if (names.len == 0)
		return UINT32_MAX;
	while (names.ptr != NULL) {
		struct str name = str_split(&names, ' ');

		for (int s = 0; s < HTTP_SCOPES; s++) {
			if (str_is(name, http_scope_name((enum http_scope)s)))
				bits |= HTTP_SCOPE_BIT(s);
		}
	}
	/* To read or write is to know the collections where it can be done. */
	if ((bits & (HTTP_SCOPE_BIT(SCOPE_READ) | HTTP_SCOPE_BIT(SCOPE_WRITE))) != 0)
		bits |= HTTP_SCOPE_BIT(SCOPE_COLLECTIONS);
	return bits;
}

static enum err
by_bearer(struct api *api, struct http_request *req, struct str token, struct http_principal *ret,
    struct why *why)
{
	struct session session = { 0 };
	struct account *account = NULL;

	TRY(find_session(api, req, token, &session, &account, why));
	if (account == NULL || is_session(&session))
		return fail(why, ERR_UNAUTHORIZED, "session.token",
		    "the token is unknown or has expired");
	*ret = principal_of(account, HTTP_TOKEN);
	ret->scopes &= scopes_named(session.scopes);
	return OK;
}

/* An old cookie is like none: its owner must be able to sign in. */
static enum err
by_cookie(struct api *api, struct http_request *req, struct str token, struct http_principal *ret,
    struct why *why)
{
	struct session session = { 0 };
	struct account *account = NULL;

	TRY(find_session(api, req, token, &session, &account, why));
	if (account != NULL && is_session(&session))
		*ret = principal_of(account, HTTP_COOKIE);
	return OK;
}

/* Whoever may open the control socket administers the node, and may read. */
static struct http_principal
owner_of_socket(void)
{
	return (struct http_principal){
		.proof = HTTP_SOCKET,
		.name = S("control socket"),
		.roles = ROLE_ADMINISTRATOR | ROLE_ANALYST,
		.scopes = api_scopes_of(ROLE_ADMINISTRATOR | ROLE_ANALYST),
	};
}

enum err
api_authenticate(void *ctx, struct http_request *req, struct http_principal *ret, struct why *why)
{
	struct api *api = ctx;
	struct account *account = NULL;
	struct sign_in basic = { 0 };
	struct str bearer = http_bearer(req), cookie = http_cookie(req, SESSION_COOKIE);

	*ret = (struct http_principal){ .proof = HTTP_ANONYMOUS, .id = S(""), .name = S("") };
	TRY(http_basic(req, &basic.account, &basic.password, why));
	basic.code = http_header(req, "torana-code");
	if (basic.account.ptr != NULL) {
		TRY(api_verify(api, req, &basic, &account, why));
		assert(account != NULL);
		*ret = principal_of(account, HTTP_TOKEN);
		return OK;
	}
	if (bearer.ptr != NULL)
		return by_bearer(api, req, bearer, ret, why);
	if (req->listener == HTTP_CONTROL) {
		*ret = owner_of_socket();
		return OK;
	}
	return cookie.ptr != NULL ? by_cookie(api, req, cookie, ret, why) : OK;
}

/* ---- the caller, for handlers ---- */

struct str
api_organisation(const struct api *api, const struct http_request *req)
{
	const struct account *account = req->principal.data;

	return account != NULL ? account->organisation : realm_identity(api->realm)->organisation;
}

struct compartment
api_compartment(const struct api *api, const struct http_request *req)
{
	const struct account *account = req->principal.data;
	const struct realm_identity *ours = realm_identity(api->realm);

	if (account == NULL)
		return (struct compartment){ ours->organisation, ours->enclave };
	return (struct compartment){ account->organisation, account->enclaves };
}

struct str
api_enclave(const struct api *api, const struct http_request *req)
{
	const struct compartment of = api_compartment(api, req);

	return compartment_home(&of);
}

enum err
api_check_releaser(const struct api *api, const struct http_request *req, struct why *why)
{
	const struct realm_identity *ours = realm_identity(api->realm);
	const struct compartment of = api_compartment(api, req);

	if (compartment_has(&of, ours->organisation, ours->enclave))
		return OK;
	return fail(why, ERR_FORBIDDEN, "api.organisation",
	    "this node releases for " STR_FMT ", enclave " STR_FMT
	    "; your account belongs to " STR_FMT ", enclave " STR_FMT,
	    STR_ARG(ours->organisation), STR_ARG(ours->enclave), STR_ARG(of.organisation),
	    STR_ARG(of.enclaves));
}
