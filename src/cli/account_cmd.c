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
	const struct json *answer = NULL;
	int code =
	    cli_call(c, &(struct cli_request){ "GET", S("/api/v1/accounts"), S("") }, &answer);

	if (answer != NULL)
		cli_table(json_get(answer, S("accounts")), columns, COUNTOF(columns));
	return code;
}

static int
run_confirm(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/accounts/" STR_FMT "/confirm",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));

	return cli_call(c, &(struct cli_request){ "POST", target, S("") }, &answer);
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
};
/* clang-format on */
const size_t account_commands_count = COUNTOF(account_commands);
