#include <stdio.h>

#include "buf.h"
#include "cli.h"

static const struct cli_option add_options[] = {
	{ "scope", "SCOPE", "technique, name or personal" },
	{ "to", "PARTY[:ORG]", "only to this party or organisation; otherwise to any" },
	{ "until", "TIME", "when it ends, at most ten years from now" },
	{ "evidence", "TEXT", "how the consent was given: a letter, its date, its words" },
};

static int
run_add(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;

	if (cli_need(c, "scope") == NULL || cli_need(c, "until") == NULL ||
	    cli_need(c, "evidence") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("identity")), str_of(c->arg[0]));
	cli_put(c, &w, "scope");
	cli_put(c, &w, "to");
	cli_put(c, &w, "until");
	cli_put(c, &w, "evidence");
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/consents"), buf_str(&body) }, &answer);
	if (answer != NULL) {
		cli_text(json_str(json_get(answer, S("consent_id"))));
		(void)printf("\n");
	}
	return code;
}

static const struct cli_option list_options[] = {
	{ "of", "ID", "only those of this identity" },
};

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "CONSENT", "consent_id", 36 },
		{ "SCOPE", "scope", 9 },
		{ "TO", "to", 16 },
		{ "UNTIL", "until", 20 },
		{ "WITHDRAWN", "withdrawn_at", 20 },
		{ "IDENTITY", "identity", 48 },
		{ "EVIDENCE", "evidence", 60 },
	};
	const char *of = cli_option(c, "of");
	struct str target = S("/api/v1/consents");

	if (of != NULL)
		target = arena_printf(c->arena, "/api/v1/consents?identity=" STR_FMT,
		    STR_ARG(cli_encode(c, str_of(of))));
	return cli_list(c, target, "consents", columns, COUNTOF(columns));
}

static const struct cli_option withdraw_options[] = {
	{ "reason", "TEXT", "why, for the record" },
};

static int
run_withdraw(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	uint64_t closed = 0;

	if (cli_need(c, "reason") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	cli_put(c, &w, "reason");
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/consents/" STR_FMT "/withdraw",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "POST", target, buf_str(&body) }, &answer);
	if (answer != NULL) {
		(void)json_get_u64(answer, S("closed"), &closed);
		(void)printf("withdrawn; %" PRIu64 " releases that rested on it were closed or are "
		             "asked back (torana recall list)\n",
		    closed);
	}
	return code;
}

/* clang-format off */
const struct cli_command consent_commands[] = {
	{ "consent", "add", "IDENTITY", 1, 1, add_options, COUNTOF(add_options), run_add,
	  "write down who agreed that what may be told about him",
	  "torana consent add identity--... --scope name --to JP:JPCERT --until 2027-05-01T00:00:00Z"
	  " --evidence 'letter 12/2026'" },
	{ "consent", "list", "", 0, 0, list_options, COUNTOF(list_options), run_list,
	  "consents, and which were withdrawn", "torana consent list --of identity--..." },
	{ "consent", "withdraw", "CONSENT", 1, 1, withdraw_options, COUNTOF(withdraw_options), run_withdraw,
	  "end a consent now, and ask back what rested on it",
	  "torana consent withdraw CONSENT --reason 'letter 3/2027'" },
};
/* clang-format on */
const size_t consent_commands_count = COUNTOF(consent_commands);
