/* What proves an account, and how that is changed: with the cases of abuse. */
#include "seal.h"
#include "totp.h"
#include "world_p.h"

#define H64 "0000000000000000000000000000000000000000000000000000000000000000"

static const char now_text[] = "2026-11-22T03:04:05.123456Z";

static const char *
text_of(struct world *w, struct answer a, const char *member)
{
	struct str text = json_str(json_get(a.json, str_of(member)));

	assert_true(text.len > 0);
	return arena_cstr(w->arena, text);
}

/* The code of a secret in base32 at the instant of these tests, so many steps later. */
static const char *
code_at(struct world *w, const char *secret, int64_t later)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t bytes[TOTP_SECRET_BYTES] = { 0 };
	char *code = arena_make(w->arena, char, TOTP_DIGITS + 1);
	time_us now = 0;

	assert_true(time_parse(str_of(now_text), &now));
	for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
		unsigned five = (unsigned)(strchr(letters, secret[bit / 5]) - letters);

		if ((five >> (4 - bit % 5) & 1) != 0)
			bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	}
	totp_code((struct str){ (const char *)bytes, sizeof(bytes) }, totp_step(now) + later, code);
	return code;
}

static struct str
code_body(struct world *w, const char *code)
{
	return arena_printf(w->arena, "{\"code\":\"%s\"}", code);
}

static struct str
sign_in_body(struct world *w, const char *account, const char *password, const char *code)
{
	return arena_printf(w->arena, "{\"account\":\"%s\",\"password\":\"%s\",\"code\":\"%s\"}",
	    account, password, code);
}

static struct answer
sign_in(struct world *w, const char *account, const char *code)
{
	return call(w, NOBODY, "POST", "/api/v1/session",
	    sign_in_body(w, account, WORLD_PASSWORD, code));
}

/* ---- authenticator ---- */

static void
check_totp(void **)
{
	CLEANUP(world_end) struct world w = { 0 };

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	add_account(&w, "arjun", "analyst");
	expect_error(call(&w, SOCKET, "POST", "/api/v1/totp", S("{}")), 403, "account.self");
	struct answer made = call(&w, AS("meera"), "POST", "/api/v1/totp", S("{}"));
	expect_status(made, 201);
	const char *secret = text_of(&w, made, "secret");
	/* Not asked for before the first code has proved that the secret arrived. */
	expect_status(sign_in(&w, "meera", ""), 200);
	expect_error(call(&w, AS("meera"), "POST", "/api/v1/totp/confirm",
	                 code_body(&w, code_at(&w, secret, 3))),
	    400, "factor.code");
	expect_status(call(&w, AS("meera"), "POST", "/api/v1/totp/confirm",
	                  code_body(&w, code_at(&w, secret, 0))),
	    204);
	expect_error(sign_in(&w, "meera", ""), 401, "session.wrong");
	/* The code that confirmed it is used up; the next one is good, once. */
	expect_error(sign_in(&w, "meera", code_at(&w, secret, 0)), 401, "session.wrong");
	expect_status(sign_in(&w, "meera", code_at(&w, secret, 1)), 200);
	expect_error(sign_in(&w, "meera", code_at(&w, secret, 1)), 401, "session.wrong");
	/* A password that was right a moment ago is not enough either. */
	expect_error(get(&w, AS("meera"), "/api/v1/session"), 401, "session.wrong");
	/* Nobody else takes it off, and to others the account is not there. */
	expect_error(call(&w, AS("arjun"), "DELETE", "/api/v1/accounts/meera/totp", S("")), 404,
	    "account.unknown");
	expect_status(call(&w, SOCKET, "DELETE", "/api/v1/accounts/meera/totp", S("")), 204);
	w.remote = "192.0.2.9"; /* the wrong ones closed the other address */
	expect_status(sign_in(&w, "meera", ""), 200);
}

static enum err
run_sql(struct db *db, void *arg, struct why *why)
{
	return db_exec(db, arg, NULL, 0, NULL, why);
}

static struct str
stored_secret(struct world *w, const char *account)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct factor factor;

	MUST(db_pool_take(realm_readers(w->realm), &lease, WHY));
	MUST(store_factor_find(lease.db, w->arena, str_of(account), &factor, WHY));
	return factor.secret;
}

static void
enrol(struct world *w, const char *account, const char **ret_secret)
{
	struct answer made = call(w, AS(account), "POST", "/api/v1/totp", S("{}"));

	expect_status(made, 201);
	*ret_secret = text_of(w, made, "secret");
	expect_status(call(w, AS(account), "POST", "/api/v1/totp/confirm",
	                  code_body(w, code_at(w, *ret_secret, 0))),
	    204);
}

/* What lies in the database makes no codes, and fits no other account. */
static void
check_sealed_secret(void **)
{
	CLEANUP(world_end) struct world w = { 0 };
	const char *meera = NULL, *arjun = NULL;

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	add_account(&w, "arjun", "analyst");
	enrol(&w, "meera", &meera);
	enrol(&w, "arjun", &arjun);
	assert_int_equal(stored_secret(&w, "meera").len, TOTP_SECRET_BYTES + SEAL_EXTRA_BYTES);
	expect_status(sign_in(&w, "meera", code_at(&w, meera, 1)), 200);
	expect_status(sign_in(&w, "arjun", code_at(&w, arjun, 1)), 200);

	/* Meera's row under arjun's name lets neither her codes nor his in. */
	static char mix[] = "UPDATE second_factor SET last_step = 0, secret ="
	                    " (SELECT s.secret FROM second_factor s WHERE s.account = 'meera')";
	MUST(realm_write(w.realm, run_sql, mix, WHY));
	expect_error(sign_in(&w, "arjun", code_at(&w, meera, 1)), 401, "session.wrong");
	expect_error(sign_in(&w, "arjun", code_at(&w, arjun, 1)), 401, "session.wrong");
	expect_error(sign_in(&w, "arjun", ""), 401, "session.wrong");
	expect_status(sign_in(&w, "meera", code_at(&w, meera, 1)), 200);
}

/* What an older version stored still works, and is sealed when a code is taken. */
static void
check_old_secret(void **)
{
	CLEANUP(world_end) struct world w = { 0 };

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	static char plant[] =
	    "INSERT INTO second_factor (account, secret, confirmed_at, last_step, added_at)"
	    " VALUES ('meera', CAST('12345678901234567890' AS {blob}), 1, 0, 1)";
	MUST(realm_write(w.realm, run_sql, plant, WHY));
	static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; /* the same in base32 */
	expect_error(sign_in(&w, "meera", ""), 401, "session.wrong");
	assert_int_equal(stored_secret(&w, "meera").len, TOTP_SECRET_BYTES);
	expect_status(sign_in(&w, "meera", code_at(&w, secret, 0)), 200);
	struct str sealed = stored_secret(&w, "meera");
	assert_int_equal(sealed.len, TOTP_SECRET_BYTES + SEAL_EXTRA_BYTES);
	assert_true(str_find(sealed, S("1234567890")) == SIZE_MAX);
	expect_error(sign_in(&w, "meera", code_at(&w, secret, 0)), 401, "session.wrong");
	expect_status(sign_in(&w, "meera", code_at(&w, secret, 1)), 200);
	assert_true(str_eq(stored_secret(&w, "meera"), sealed));
}

/* A folder that is older than the key gets one; a key that was lost lets nobody in. */
static void
check_seal_key(void **)
{
	CLEANUP(world_end) struct world w = { 0 };
	const struct realm_options options = { .clock = &w.clock };
	const char *secret = NULL;
	char path[512];

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	(void)snprintf(path, sizeof(path), "%s/demo/keys/seal.key", w.folder);
	assert_int_equal(unlink(path), 0);
	enrol(&w, "meera", &secret);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(unlink(path), 0);
	realm_close(w.realm);
	w.realm = NULL;
	MUST(realm_open(w.folder, "demo", &options, &w.realm, WHY));
	w.api.realm = w.realm;
	expect_error(sign_in(&w, "meera", code_at(&w, secret, 1)), 401, "session.wrong");
	expect_status(call(&w, SOCKET, "DELETE", "/api/v1/accounts/meera/totp", S("")), 204);
	w.remote = "192.0.2.9";
	expect_status(sign_in(&w, "meera", ""), 200);
	enrol(&w, "meera", &secret);
	expect_status(sign_in(&w, "meera", code_at(&w, secret, 1)), 200);
}

/* ---- tokens ---- */

#define TOKEN(scopes) S("{\"label\":\"siem\",\"scopes\":" scopes ",\"days\":2}")

/* clang-format off */
static const struct token_case {
	const char *name;
	const char *account; /* NULL: the control socket */
	const char *body;
	unsigned status;
	const char *code;
} token_cases[] = {
	{ "more than the account has", "meera", "{\"label\":\"x\",\"scopes\":[\"read\",\"admin\"],\"days\":1}", 403, "token.scope-more" },
	{ "approving",                 "meera", "{\"label\":\"x\",\"scopes\":[\"approve\"],\"days\":1}",        400, "token.scope" },
	{ "what no scope is called",   "meera", "{\"label\":\"x\",\"scopes\":[\"all\"],\"days\":1}",            400, "token.scope" },
	{ "nothing",                   "meera", "{\"label\":\"x\",\"scopes\":[],\"days\":1}",                   400, "token.scope" },
	{ "for longer than a year",    "meera", "{\"label\":\"x\",\"scopes\":[\"read\"],\"days\":367}",         400, "api.value" },
	{ "for ever",                  "meera", "{\"label\":\"x\",\"scopes\":[\"read\"]}",                      400, "api.member" },
	{ "without an account",        NULL,    "{\"label\":\"x\",\"scopes\":[\"read\"],\"days\":1}",           403, "account.self" },
};
/* clang-format on */

static void
check_token_refused(void **state)
{
	const struct token_case *c = *state;
	CLEANUP(world_end) struct world w = { 0 };

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	expect_error(call(&w, c->account == NULL ? SOCKET : AS(c->account), "POST",
	                 "/api/v1/tokens", str_of(c->body)),
	    c->status, c->code);
}

static void
check_token(void **)
{
	CLEANUP(world_end) struct world w = { 0 };

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	add_account(&w, "arjun", "analyst");
	struct answer made =
	    call(&w, AS("meera"), "POST", "/api/v1/tokens", TOKEN("[\"read\",\"session\"]"));
	expect_status(made, 201);
	const struct caller tool = { .bearer = text_of(&w, made, "token") };
	const char *path = arena_cstr(w.arena,
	    arena_printf(w.arena, "/api/v1/tokens/%s", text_of(&w, made, "id")));
	expect_status(get(&w, &tool, "/api/v1/objects"), 200);
	expect_error(call(&w, &tool, "POST", "/api/v1/import?source=x", S("{}")), 403,
	    "http.scope");
	expect_error(call(&w, &tool, "POST", "/api/v1/tokens", TOKEN("[\"read\"]")), 403,
	    "account.token");
	expect_error(call(&w, &tool, "POST", "/api/v1/accounts/meera/password",
	                 S("{\"password\":\"another one\",\"old\":\"" WORLD_PASSWORD "\"}")),
	    403, "account.token");
	/* The secret is in no list; a stranger's hand reaches it not. */
	struct answer list = get(&w, AS("meera"), "/api/v1/tokens");
	assert_true(str_find(list.body, str_of(tool.bearer)) == SIZE_MAX);
	assert_true(str_find(list.body, S("siem")) != SIZE_MAX);
	expect_error(get(&w, AS("arjun"), "/api/v1/tokens?account=meera"), 404, "account.unknown");
	expect_error(call(&w, AS("arjun"), "DELETE", path, S("")), 404, "token.unknown");
	/* It ends with its account, and does not come back with it. */
	expect_status(call(&w, SOCKET, "PATCH", "/api/v1/accounts/meera", S("{\"disabled\":true}")),
	    204);
	expect_error(get(&w, &tool, "/api/v1/objects"), 401, "session.token");
	expect_status(call(&w, SOCKET, "PATCH", "/api/v1/accounts/meera",
	                  S("{\"disabled\":false}")),
	    204);
	expect_error(get(&w, &tool, "/api/v1/objects"), 401, "session.token");
}

static void
check_token_ends(void **)
{
	CLEANUP(world_end) struct world w = { 0 };

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	struct answer made = call(&w, AS("meera"), "POST", "/api/v1/tokens", TOKEN("[\"read\"]"));
	const struct caller tool = { .bearer = text_of(&w, made, "token") };
	const char *path = arena_cstr(w.arena,
	    arena_printf(w.arena, "/api/v1/tokens/%s", text_of(&w, made, "id")));
	/* With the role goes the scope, also of a token that names it. */
	expect_status(get(&w, &tool, "/api/v1/objects"), 200);
	expect_status(call(&w, SOCKET, "PATCH", "/api/v1/accounts/meera", S("{\"roles\":[]}")),
	    204);
	expect_error(get(&w, &tool, "/api/v1/objects"), 403, "http.scope");
	expect_status(call(&w, SOCKET, "PATCH", "/api/v1/accounts/meera",
	                  S("{\"roles\":[\"auditor\"]}")),
	    204);
	expect_status(get(&w, &tool, "/api/v1/objects"), 200);
	struct clock then = w.clock;
	w.clock = clock_fixed(clock_wall(&then) + 2 * US_PER_DAY);
	expect_error(get(&w, &tool, "/api/v1/objects"), 401, "session.token");
	w.clock = then;
	expect_status(get(&w, &tool, "/api/v1/objects"), 200);
	expect_status(call(&w, AS("meera"), "DELETE", path, S("")), 204);
	expect_error(get(&w, &tool, "/api/v1/objects"), 401, "session.token");
}

/* ---- password ---- */

#define PASSWORDS(from, to) S("{\"old\":\"" from "\",\"password\":\"" to "\"}")

static void
check_password(void **)
{
	CLEANUP(world_end) struct world w = { 0 };
	struct str own = S("{\"password\":\"another one\",\"old\":\"" WORLD_PASSWORD "\"}");

	world_begin(&w, "IN");
	add_account(&w, "meera", "analyst");
	add_account(&w, "arjun", "analyst");
	struct str cookie = sign_in(&w, "meera", "").cookie;
	cookie = str_sub(cookie, str_find(cookie, S("=")) + 1, SIZE_MAX);
	const struct caller screen = { .cookie = arena_cstr(w.arena, str_split(&cookie, ';')) };
	expect_status(get(&w, &screen, "/api/v1/session"), 200);
	expect_error(call(&w, AS("meera"), "POST", "/api/v1/accounts/meera/password",
	                 S("{\"password\":\"another one\"}")),
	    400, "api.member");
	expect_error(call(&w, AS("meera"), "POST", "/api/v1/accounts/meera/password",
	                 S("{\"password\":\"another one\",\"old\":\"a guess\"}")),
	    401, "session.wrong");
	expect_error(call(&w, AS("arjun"), "POST", "/api/v1/accounts/meera/password", own), 404,
	    "account.unknown");
	expect_status(get(&w, &screen, "/api/v1/session"), 200);
	expect_status(call(&w, AS("meera"), "POST", "/api/v1/accounts/meera/password", own), 204);
	expect_error(get(&w, &screen, "/api/v1/session"), 401, "http.unauthorized");
	expect_error(sign_in(&w, "meera", ""), 401, "session.wrong");
	expect_status(call(&w, SOCKET, "POST", "/api/v1/accounts/meera/password",
	                  S("{\"password\":\"" WORLD_PASSWORD "\"}")),
	    204);
	expect_status(sign_in(&w, "meera", ""), 200);
}

/* ---- two administrators ---- */

static struct answer
add_as(struct world *w, const char *who, const char *name, const char *roles)
{
	struct str body = arena_printf(w->arena,
	    "{\"name\":\"%s\",\"display\":\"%s\",\"roles\":[%s],\"password\":\"" WORLD_PASSWORD
	    "\"}",
	    name, name, roles);

	return call(w, AS(who), "POST", "/api/v1/accounts", body);
}

static struct answer
confirm_as(struct world *w, const struct caller *who, const char *name)
{
	return call(w, who, "POST",
	    arena_cstr(w->arena, arena_printf(w->arena, "/api/v1/accounts/%s/confirm", name)),
	    S(""));
}

static bool
may_approve(struct world *w, const char *name)
{
	static const char body[] = "{\"role\":\"officer\",\"bytes_sha256\":\"" H64 "\"}";
	unsigned status =
	    call(w, AS(name), "POST", "/api/v1/approvals/x/0/approve", str_of(body)).status;

	return status != 403;
}

/* The owner takes the account over: no administrator knows its password any
 * more.  (And back to the one that this test signs in with.) */
static void
own_password(struct world *w, const char *name)
{
	const char *path =
	    arena_cstr(w->arena, arena_printf(w->arena, "/api/v1/accounts/%s/password", name));
	const struct caller then = { .account = name, .password = "another one" };

	expect_error(call(w, AS(name), "POST", path, PASSWORDS(WORLD_PASSWORD, WORLD_PASSWORD)),
	    400, "account.same-password");
	expect_status(call(w, AS(name), "POST", path, PASSWORDS(WORLD_PASSWORD, "another one")),
	    204);
	expect_status(call(w, &then, "POST", path, PASSWORDS("another one", WORLD_PASSWORD)), 204);
}

/* One administrator makes neither both pairs of eyes nor a second administrator. */
static void
check_second_administrator(void **state)
{
	struct world w;

	(void)state;
	world_begin(&w, "IN");
	add_account(&w, "root1", "administrator");
	add_account(&w, "root2", "administrator");
	struct answer a = add_as(&w, "root1", "kiran", "\"analyst\",\"approver\"");
	expect_status(a, 201);
	assert_true(str_find(a.body, S("\"roles\":[\"analyst\"]")) != SIZE_MAX);
	assert_true(str_find(a.body, S("\"waiting\":[\"analyst\",\"approver\"]")) != SIZE_MAX);
	assert_false(may_approve(&w, "kiran"));

	/* Neither by himself, nor through an administrator he made, nor by the account. */
	expect_error(confirm_as(&w, AS("root1"), "kiran"), 403, "account.four-eyes");
	expect_status(add_as(&w, "root1", "root3", "\"administrator\""), 201);
	expect_error(confirm_as(&w, AS("root3"), "kiran"), 403, "http.scope");
	expect_error(confirm_as(&w, AS("root3"), "root3"), 403, "http.scope");
	assert_false(may_approve(&w, "kiran"));
	expect_error(add_as(&w, "root1", "both", "\"administrator\",\"approver\""), 400,
	    "account.roles");

	/* Nor while root1 knows the password, whoever asks for the roles. */
	expect_error(confirm_as(&w, AS("root2"), "kiran"), 403, "account.password");
	expect_status(call(&w, AS("root2"), "PATCH", "/api/v1/accounts/kiran",
	                  S("{\"roles\":[\"analyst\",\"approver\"]}")),
	    204);
	expect_error(confirm_as(&w, AS("root1"), "kiran"), 403, "account.password");
	own_password(&w, "kiran");
	expect_status(confirm_as(&w, AS("root1"), "kiran"), 204);
	assert_true(may_approve(&w, "kiran"));
	expect_error(confirm_as(&w, AS("root2"), "kiran"), 404, "account.no-wish");

	/* A new password takes them away until all that has happened again. */
	expect_status(call(&w, AS("root1"), "POST", "/api/v1/accounts/kiran/password",
	                  S("{\"password\":\"" WORLD_PASSWORD "\"}")),
	    204);
	assert_false(may_approve(&w, "kiran"));
	expect_error(confirm_as(&w, AS("root1"), "kiran"), 403, "account.four-eyes");
	expect_error(confirm_as(&w, AS("root2"), "kiran"), 403, "account.password");
	own_password(&w, "kiran");
	expect_error(confirm_as(&w, AS("root1"), "kiran"), 403, "account.four-eyes");
	expect_status(confirm_as(&w, AS("root2"), "kiran"), 204);
	assert_true(may_approve(&w, "kiran"));
	/* The owner of the machine decides alone: decision 15. */
	expect_status(confirm_as(&w, SOCKET, "root3"), 204);
	expect_status(get(&w, AS("root3"), "/api/v1/accounts"), 200);
	expect_error(confirm_as(&w, AS("root3"), "nobody"), 404, "account.no-wish");
	world_end(&w);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	log_set_level(LOG_ERROR);
	CASE(&list, check_totp);
	CASE(&list, check_sealed_secret);
	CASE(&list, check_old_secret);
	CASE(&list, check_seal_key);
	CASES(&list, token_cases, check_token_refused);
	CASE(&list, check_token);
	CASE(&list, check_token_ends);
	CASE(&list, check_password);
	CASE(&list, check_second_administrator);
	return cases_run("account_change", &list, argc, argv);
}
