#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"

enum { PASSWORD_MAX = 1024, BODY_MAX = 16 * KIB };

static const struct cli_option add_options[] = {
	{ "roles", "ROLES", "separated by blanks; see torana-account(1) for what each may do" },
	{ "display", "TEXT", "name for people" },
	{ "organisation", "PARTY:ORG", "whose account it is; without it: ours" },
	{ "enclaves", "NAMES", "separated by blanks; what it makes belongs to the first" },
	{ "new-password-file", "FILE", "the account's password; - reads it from standard input" },
};

static void
put_words(struct json_writer *w, const char *name, const char *words)
{
	struct str rest = str_of(words);

	json_begin_array(json_key(w, str_of(name)));
	while (rest.ptr != NULL)
		json_put_str(w, str_split(&rest, ' '));
	json_end_array(w);
}

static int
run_add(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);
	const char *roles = cli_need(c, "roles");
	const char *file = cli_need(c, "new-password-file");
	const char *display = cli_option(c, "display");
	const char *organisation = cli_option(c, "organisation");
	const char *enclaves = cli_option(c, "enclaves");
	struct str password = { 0 };
	struct why why = { 0 };
	const struct json *answer = NULL;

	if (roles == NULL || file == NULL)
		return EXIT_USAGE;
	enum err err = cli_read(c, file, PASSWORD_MAX, &password, &why);
	if (err != OK)
		return cli_fail(&why, err);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("display")), str_of(display != NULL ? display : c->arg[0]));
	json_put_str(json_key(&w, S("name")), str_of(c->arg[0]));
	json_put_str(json_key(&w, S("password")), str_trim(password));
	put_words(&w, "roles", roles);
	if (organisation != NULL)
		json_put_str(json_key(&w, S("organisation")), str_of(organisation));
	if (enclaves != NULL)
		put_words(&w, "enclaves", enclaves);
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/accounts"), buf_str(&body) }, &answer);
	if (answer != NULL)
		(void)printf("account %s added\n", c->arg[0]);
	return code;
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "NAME", "name", 24 },
		{ "DISPLAY", "display", 40 },
		{ "ORGANISATION", "organisation", 24 },
		{ "ENCLAVES", "enclaves", 30 },
		{ "ROLES", "roles", 60 },
		{ "WAITING", "waiting", 40 },
	};

	return cli_list(c, S("/api/v1/accounts"), "accounts", columns, COUNTOF(columns));
}

static int
run_confirm(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/accounts/" STR_FMT "/confirm",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));

	return cli_call(c, &(struct cli_request){ "POST", target, S("") }, &answer);
}

/* ---- one account ---- */

static int
send(struct cli *c, const struct cli_request *request, const char *done)
{
	const struct json *answer = NULL;
	bool json = c->json;

	c->json = false; /* 204: nothing to print */
	int code = cli_call(c, request, &answer);
	c->json = json;
	if (code == EXIT_FINE && !json)
		(void)printf("account %s: %s\n", c->arg[0], done);
	return code;
}

static struct str
account_path(struct cli *c, const char *name, const char *tail)
{
	return arena_printf(c->arena, "/api/v1/accounts/" STR_FMT "%s",
	    STR_ARG(cli_encode(c, str_of(name))), tail);
}

static int
patch(struct cli *c, struct str body, const char *done)
{
	return send(c, &(struct cli_request){ "PATCH", account_path(c, c->arg[0], ""), body },
	    done);
}

static int
run_disable(struct cli *c)
{
	return patch(c, S("{\"disabled\":true}"), "disabled");
}

static int
run_enable(struct cli *c)
{
	return patch(c, S("{\"disabled\":false}"), "enabled");
}

static int
run_unlock(struct cli *c)
{
	return patch(c, S("{\"locked\":false}"), "unlocked");
}

static int
run_role(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);

	json_begin_object(&w);
	put_words(&w, "roles", c->arg[1]);
	json_end_object(&w);
	return patch(c, buf_str(&body), "roles changed");
}

static const struct cli_option password_options[] = {
	{ "new-password-file", "FILE", "the new password; - reads it from standard input" },
};

static int
run_password(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);
	const char *file = cli_need(c, "new-password-file");
	struct str password = { 0 };
	struct why why = { 0 };

	if (file == NULL)
		return EXIT_USAGE;
	enum err err = cli_read(c, file, PASSWORD_MAX, &password, &why);
	if (err != OK)
		return cli_fail(&why, err);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("password")), str_trim(password));
	if (str_is(c->account, c->arg[0]))
		json_put_str(json_key(&w, S("old")), c->password);
	json_end_object(&w);
	const struct cli_request request = { "POST", account_path(c, c->arg[0], "/password"),
		buf_str(&body) };
	return send(c, &request, "password changed");
}

/* ---- tokens ---- */

static const struct cli_option token_options[] = {
	{ "label", "TEXT", "add: what it is for" },
	{ "scopes", "SCOPES",
	    "add: session, read, write, admin, collections; separated by blanks" },
	{ "days", "N", "add: how long it is good; at most 366" },
	{ "account", "NAME", "list, revoke: of another account, for the administration" },
};

static int
add_token(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);
	const char *label = cli_need(c, "label");
	const char *scopes = cli_need(c, "scopes");
	const char *days = cli_need(c, "days");
	const struct json *answer = NULL;
	uint64_t n = 0;

	if (label == NULL || scopes == NULL || days == NULL)
		return EXIT_USAGE;
	if (!str_to_u64(str_of(days), INT32_MAX, &n)) {
		(void)fprintf(stderr, "torana: --days %s: a number up to 366\n", days);
		return EXIT_USAGE;
	}
	json_begin_object(&w);
	json_put_u64(json_key(&w, S("days")), n);
	json_put_str(json_key(&w, S("label")), str_of(label));
	put_words(&w, "scopes", scopes);
	json_end_object(&w);
	int code = cli_call(c, &(struct cli_request){ "POST", S("/api/v1/tokens"), buf_str(&body) },
	    &answer);
	if (answer != NULL)
		(void)printf(STR_FMT "\n", STR_ARG(json_str(json_get(answer, S("token")))));
	return code;
}

static struct str
whose_tokens(struct cli *c, const char *path)
{
	const char *account = cli_option(c, "account");

	if (account == NULL)
		return str_of(path);
	return arena_printf(c->arena, "%s?account=" STR_FMT, path,
	    STR_ARG(cli_encode(c, str_of(account))));
}

static int
list_tokens(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "ID", "id", 16 },
		{ "LABEL", "label", 40 },
		{ "SCOPES", "scopes", 40 },
		{ "EXPIRES", "expires_at", 30 },
	};

	return cli_list(c, whose_tokens(c, "/api/v1/tokens"), "tokens", columns, COUNTOF(columns));
}

static int
revoke_token(struct cli *c)
{
	const struct json *answer = NULL;
	struct str path = arena_printf(c->arena, "/api/v1/tokens/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[1]))));
	const struct cli_request request = { "DELETE", whose_tokens(c, arena_cstr(c->arena, path)),
		S("") };

	return cli_call(c, &request, &answer);
}

static int
run_token(struct cli *c)
{
	if (strcmp(c->arg[0], "add") == 0 && c->args == 1)
		return add_token(c);
	if (strcmp(c->arg[0], "list") == 0 && c->args == 1)
		return list_tokens(c);
	if (strcmp(c->arg[0], "revoke") == 0 && c->args == 2)
		return revoke_token(c);
	(void)fprintf(stderr, "torana: usage: torana account token add|list|revoke [ID]\n");
	return EXIT_USAGE;
}

/* ---- authenticator ---- */

static const struct cli_option totp_options[] = {
	{ "confirm", "CODE", "enrol: the first code, which takes the authenticator into use" },
};

static int
enrol_totp(struct cli *c)
{
	const char *code = cli_option(c, "confirm");
	const struct json *answer = NULL;
	struct cli_request request = { "POST", S("/api/v1/totp"), S("{}") };

	if (code != NULL) {
		CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
		struct json_writer w = json_writer(&body);

		json_begin_object(&w);
		json_put_str(json_key(&w, S("code")), str_of(code));
		json_end_object(&w);
		request = (struct cli_request){ "POST", S("/api/v1/totp/confirm"), buf_str(&body) };
		return cli_call(c, &request, &answer);
	}
	int status = cli_call(c, &request, &answer);
	if (answer != NULL)
		(void)printf(STR_FMT "\n" STR_FMT
		                     "\nnext: torana account totp enrol --confirm CODE\n",
		    STR_ARG(json_str(json_get(answer, S("secret")))),
		    STR_ARG(json_str(json_get(answer, S("uri")))));
	return status;
}

static int
run_totp(struct cli *c)
{
	const struct json *answer = NULL;
	const char *name = c->args == 2 ? c->arg[1] : arena_cstr(c->arena, c->account);

	if (strcmp(c->arg[0], "enrol") == 0 && c->args == 1)
		return enrol_totp(c);
	if (strcmp(c->arg[0], "off") == 0 && name != NULL && name[0] != '\0') {
		const struct cli_request request = { "DELETE", account_path(c, name, "/totp"),
			S("") };
		return cli_call(c, &request, &answer);
	}
	(void)fprintf(stderr, "torana: usage: torana account totp enrol | off [NAME]\n");
	return EXIT_USAGE;
}

/* clang-format off */
const struct cli_command account_commands[] = {
	{ "account", "add", "NAME", 1, 1, add_options, COUNTOF(add_options), run_add,
	  "add a person or a tool of our own side",
	  "torana account add meera --roles 'analyst officer' --new-password-file FILE" },
	{ "account", "confirm", "NAME", 1, 1, NULL, 0, run_confirm,
	  "give an account the roles that another administrator asked for",
	  "torana account confirm kiran" },
	{ "account", "list", "", 0, 0, NULL, 0, run_list,
	  "the accounts and their roles", "torana account list" },
	{ "account", "role", "NAME ROLES", 2, 2, NULL, 0, run_role,
	  "give an account other roles", "torana account role meera 'analyst auditor'" },
	{ "account", "password", "NAME", 1, 1, password_options, COUNTOF(password_options), run_password,
	  "a new password; ends its other sessions",
	  "torana account password meera --new-password-file FILE" },
	{ "account", "disable", "NAME", 1, 1, NULL, 0, run_disable,
	  "close an account and end its sessions and tokens", "torana account disable meera" },
	{ "account", "enable", "NAME", 1, 1, NULL, 0, run_enable,
	  "open an account again", "torana account enable meera" },
	{ "account", "unlock", "NAME", 1, 1, NULL, 0, run_unlock,
	  "forget wrong passwords", "torana account unlock meera" },
	{ "account", "token", "add|list|revoke [ID]", 1, 2, token_options, COUNTOF(token_options), run_token,
	  "tokens for tools: some of an account's scopes, for some days",
	  "torana account token add --label siem --scopes 'read' --days 90" },
	{ "account", "totp", "enrol|off [NAME]", 1, 2, totp_options, COUNTOF(totp_options), run_totp,
	  "an authenticator whose code is asked for at sign-in", "torana account totp enrol" },
};
/* clang-format on */
const size_t account_commands_count = COUNTOF(account_commands);
