/* Signing in and out. */
#include "codec.h"
#include "credentials_p.h"
#include "handlers_p.h"
#include "random.h"

static enum err
print_session(const struct api *api, const struct http_request *req, struct http_response *ret)
{
	const struct http_principal *who = &req->principal;
	struct json_writer w = api_answer(ret);

	json_begin_object(&w);
	api_put_text(&w, "account", who->id);
	api_put_text(&w, "display", who->name);
	api_put_text(&w, "organisation", api_organisation(api, req));
	api_begin_array(&w, "roles");
	for (uint32_t bit = ROLE_ANALYST; bit <= ROLE_GUEST; bit <<= 1) {
		if ((who->roles & bit) != 0)
			json_put_str(&w, str_of(api_role_name((enum role)bit)));
	}
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

enum err
api_get_session(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	(void)why;
	return print_session(ctx, req, ret);
}

/* A page of another origin may not sign its reader in under an account of its choice. */
static enum err
check_own_page(const struct http_request *req, struct why *why)
{
	struct str fetch = http_header(req, "sec-fetch-site");

	if (fetch.ptr == NULL || str_is(fetch, "same-origin") || str_is(fetch, "none"))
		return OK;
	return fail(why, ERR_FORBIDDEN, "http.csrf",
	    "the sign-in was asked for by a page of another origin");
}

struct new_session {
	struct session session;
	time_us now;
};

static enum err
put_session(struct db *db, void *arg, struct why *why)
{
	struct new_session *n = arg;

	TRY(store_sessions_delete(db, S(""), n->now, why));
	return store_session_put(db, &n->session, why);
}

static void
set_cookie(struct http_request *req, struct http_response *ret, struct str token, int max_age)
{
	http_add(ret, "Set-Cookie",
	    arena_printf(req->arena,
	        SESSION_COOKIE "=" STR_FMT
	                       "; Path=/; Max-Age=%d; Secure; HttpOnly; SameSite=Strict",
	        STR_ARG(token), max_age));
}

enum err
api_post_session(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct api *api = ctx;
	struct session_body body;
	struct account *account = NULL;
	uint8_t bytes[SESSION_TOKEN_BYTES];
	time_us now = clock_wall(realm_clock(api->realm));

	TRY(check_own_page(req, why));
	TRY(api_read_session(req->arena, req->body, &body, why));
	struct sign_in in = { body.account, body.password, body.code };
	TRY(api_verify(api, req, &in, &account, why));
	assert(account != NULL);
	random_bytes(bytes, sizeof(bytes));
	struct str token = base64_text(req->arena, BASE64_URL, bytes, sizeof(bytes));
	struct new_session fresh = {
		.session = {
			.token = api_token_hash(token),
			.account = account->name,
			.kind = S("session"),
			.scopes = S(""),
			.expires_at = now + SESSION_IDLE_S * US_PER_S,
			.created_at = now,
		},
		.now = now,
	};
	TRY(realm_write(api->realm, put_session, &fresh, why));
	set_cookie(req, ret, token, SESSION_LIFE_S);
	req->principal.id = account->name;
	req->principal.name = account->display;
	req->principal.roles = api_roles_of(account->roles);
	req->principal.data = account;
	return print_session(api, req, ret);
}

static enum err
delete_session(struct db *db, void *arg, struct why *why)
{
	return store_session_delete(db, arg, why);
}

enum err
api_delete_session(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct str token = http_cookie(req, SESSION_COOKIE);
	struct hash hash = api_token_hash(token);

	if (req->principal.proof == HTTP_COOKIE)
		TRY(realm_write(api->realm, delete_session, &hash, why));
	set_cookie(req, ret, S(""), 0);
	return api_done(ret, 204);
}
