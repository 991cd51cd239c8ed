#include <stdio.h>

#include "buf.h"
#include "cli.h"

static const struct cli_option show_options[] = {
	{ "to", "PARTY:ORG", "organisation of our own party" },
	{ "enclave", "NAME", "enclave of it" },
	{ "reason", "TEXT", "why it needs the object, for the record" },
};

static int
run_show(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;

	if (cli_need(c, "to") == NULL || cli_need(c, "enclave") == NULL ||
	    cli_need(c, "reason") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("id")), str_of(c->arg[0]));
	cli_put(c, &w, "to");
	cli_put(c, &w, "enclave");
	cli_put(c, &w, "reason");
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/internal-releases"), buf_str(&body) },
	    &answer);
	if (answer != NULL) {
		cli_text(json_str(json_get(answer, S("showing_id"))));
		(void)printf("%s\n", str_is(json_str(json_get(answer, S("state"))), "waiting")
		                         ? " waits for an approver (torana internal approve)"
		                         : "");
	}
	return code;
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "SHOWING", "showing_id", 36 },
		{ "", "direction", 8 },
		{ "STATE", "state", 9 },
		{ "OWNER", "owner", 16 },
		{ "ENCLAVE", "enclave", 12 },
		{ "TO", "to", 16 },
		{ "ENCLAVE", "to_enclave", 12 },
		{ "OBJECT", "object_id", 60 },
		{ "REASON", "reason", 40 },
	};

	return cli_list(c, S("/api/v1/internal-releases"), "showings", columns, COUNTOF(columns));
}

static int
change(struct cli *c, const char *verb, struct str body)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/internal-releases/" STR_FMT "/%s",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))), verb);

	return cli_call(c, &(struct cli_request){ "POST", target, body }, &answer);
}

static int
run_approve(struct cli *c)
{
	return change(c, "approve", S("{}"));
}

static const struct cli_option withdraw_options[] = {
	{ "reason", "TEXT", "why, for the record" },
};

static int
run_withdraw(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);

	if (cli_need(c, "reason") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	cli_put(c, &w, "reason");
	json_end_object(&w);
	return change(c, "withdraw", buf_str(&body));
}

/* clang-format off */
const struct cli_command internal_commands[] = {
	{ "internal", "approve", "SHOWING", 1, 1, NULL, 0, run_approve,
	  "let another compartment see what an officer wants to show it",
	  "torana internal approve SHOWING --as kiran" },
	{ "internal", "list", "", 0, 0, NULL, 0, run_list,
	  "what compartments of our party show each other", "torana internal list --as meera" },
	{ "internal", "show", "ID", 1, 1, show_options, COUNTOF(show_options), run_show,
	  "show an object to another organisation or enclave of our party",
	  "torana internal show indicator--... --to IN:NCIIPC --enclave main --reason 'power sector'"
	  " --as meera" },
	{ "internal", "withdraw", "SHOWING", 1, 1, withdraw_options, COUNTOF(withdraw_options), run_withdraw,
	  "show it no longer, from now on", "torana internal withdraw SHOWING --reason 'case closed'" },
};
/* clang-format on */
const size_t internal_commands_count = COUNTOF(internal_commands);
