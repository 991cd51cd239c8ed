/* Tokens: how a tool proves which account it works for, and with how little. */
#include "account_p.h"
#include "codec.h"
#include "credentials_p.h"
#include "handlers_p.h"
#include "random.h"

enum {
	TOKEN_DAYS_MAX = 366, /* looked at once a year */
	TOKEN_ID_HEX = 16,    /* of the hash: names it, and opens nothing */
};

/* ---- scopes ---- */

static bool
find_scope(struct str name, enum http_scope *ret)
{
	static const enum http_scope scopes[] = { SCOPE_SESSION, SCOPE_READ, SCOPE_WRITE,
		SCOPE_ADMIN, SCOPE_COLLECTIONS };

	for (size_t i = 0; i < COUNTOF(scopes); i++) {
		*ret = scopes[i];
		if (str_is(name, http_scope_name(scopes[i])))
			return true;
	}
	return false;
}

/* A part of what the account may; approving is for persons. */
static enum err
check_scopes(const struct http_principal *who, struct str names, struct why *why)
{
	struct str rest = names;

	if (names.len == 0)
		return fail(why, ERR_INVALID, "token.scope", "name the scopes of the token");
	while (rest.ptr != NULL) {
		struct str name = str_split(&rest, ' ');
		enum http_scope scope;

		if (!find_scope(name, &scope))
			return fail(why, ERR_INVALID, "token.scope",
			    "\"" STR_FMT "\" is no scope of a token: write session, read, write, "
			    "admin or collections; approving takes a person",
			    STR_ARG(name));
		if ((who->scopes & HTTP_SCOPE_BIT(scope)) == 0)
			return fail(why, ERR_FORBIDDEN, "token.scope-more",
			    "the account itself does not have the scope " STR_FMT, STR_ARG(name));
	}
	return OK;
}

/* ---- making ---- */

static enum err
write_token(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct session *token = job->in;
	struct session *list = NULL;
	size_t n = 0;

	TRY(store_tokens(db, job->req->arena, token->account, &list, &n, why));
	if (n >= TOKENS_MAX)
		return fail(why, ERR_LIMIT, "token.many",
		    "an account has at most %d tokens: revoke one", TOKENS_MAX);
	TRY(store_session_put(db, token, why));
	return api_note_account(db, job, job->req->principal.data, "token added", why);
}

static void
print_token(struct json_writer *w, const struct session *token, struct str text)
{
	char hex[HASH_HEX + 1];

	hash_text(&token->token, hex);
	json_begin_object(w);
	api_put_text(w, "id", (struct str){ hex, TOKEN_ID_HEX });
	api_put_text(w, "label", token->label);
	api_put_words(w, "scopes", token->scopes);
	api_put_time(w, "created_at", token->created_at);
	api_put_time(w, "expires_at", token->expires_at);
	if (text.len > 0)
		api_put_text(w, "token", text);
	json_end_object(w);
}

enum err
api_post_token(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct json *root = NULL;
	struct session token = { .account = req->principal.id, .kind = S("token") };
	struct api_job job = api_job(api, req, &token, NULL);
	uint8_t bytes[SESSION_TOKEN_BYTES];
	uint64_t days = 0;

	TRY(api_need_person(req, why));
	TRY(api_read_object(req->arena, req->body, "label scopes days", &root, why));
	TRY(api_read_text(root, "label", true, &token.label, why));
	TRY(api_read_words(req->arena, root, "scopes", true, &token.scopes, why));
	TRY(api_read_number(root, "days", TOKEN_DAYS_MAX, &days, why));
	TRY(check_scopes(&req->principal, token.scopes, why));
	random_bytes(bytes, sizeof(bytes));
	struct str text = base64_text(req->arena, BASE64_URL, bytes, sizeof(bytes));
	token.token = api_token_hash(text);
	token.created_at = job.now;
	token.expires_at = job.now + (time_us)days * US_PER_DAY;
	TRY(realm_write(api->realm, write_token, &job, why));
	realm_changed(api->realm);
	struct json_writer w = api_answer(ret);
	print_token(&w, &token, text);
	ret->status = 201;
	return OK;
}

/* ---- listing, revoking ---- */

/* Whose tokens: those of ?account=, or of the caller. */
static enum err
find_owner(const struct api *api, const struct http_request *req, struct account_target *ret,
    struct why *why)
{
	struct str name = { 0 };

	*ret = (struct account_target){ 0 };
	TRY(api_query_text(req, "account", false, &name, why));
	if (name.len == 0 && req->principal.data == NULL)
		return api_need_person(req, why);
	return api_find_target(api, req, name.len > 0 ? name : req->principal.id, ret, why);
}

static enum err
list_tokens(const struct api *api, const struct http_request *req, struct session **ret,
    size_t *ret_len, struct account_target *ret_owner, struct why *why)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	TRY(find_owner(api, req, ret_owner, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	return store_tokens(lease.db, req->arena, ret_owner->account.name, ret, ret_len, why);
}

enum err
api_get_tokens(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct account_target owner;
	struct session *list = NULL;
	size_t n = 0;

	TRY(list_tokens(ctx, req, &list, &n, &owner, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "tokens");
	for (size_t i = 0; i < n; i++)
		print_token(&w, &list[i], S(""));
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

struct revocation {
	const struct account *account;
	const struct session *token;
};

static enum err
revoke(struct db *db, void *arg, struct why *why)
{
	const struct api_job *job = arg;
	const struct revocation *r = job->in;

	TRY(store_session_delete(db, &r->token->token, why));
	return api_note_account(db, job, r->account, "token revoked", why);
}

enum err
api_delete_token(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct str id = http_param(req, "id");
	struct account_target owner;
	struct session *list = NULL;
	size_t n = 0;

	TRY(list_tokens(api, req, &list, &n, &owner, why));
	for (size_t i = 0; i < n; i++) {
		char hex[HASH_HEX + 1];

		hash_text(&list[i].token, hex);
		if (!str_eq(id, (struct str){ hex, TOKEN_ID_HEX }))
			continue;
		struct revocation r = { &owner.account, &list[i] };
		struct api_job job = api_job(api, req, &r, NULL);
		TRY(realm_write(api->realm, revoke, &job, why));
		realm_changed(api->realm);
		return api_done(ret, 204);
	}
	return fail(why, ERR_NOT_FOUND, "token.unknown", "there is no token " STR_FMT, STR_ARG(id));
}
