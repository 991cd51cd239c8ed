/* Orders that act by themselves. */
#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "codec.h"
#include "json_writer.h"

enum { STANDING_BODY_MAX = 64 * KIB };

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "STATE", "state", 8 },
		{ "ORDER", "order_id", 36 },
		{ "TO", "recipient", 16 },
		{ "PURPOSE", "purpose", 20 },
		{ "CATEGORIES", "categories", 40 },
		{ "CEILING", "ceiling", 12 },
		{ "HALF", "with", 9 },
		{ "STARTS", "starts_at", 28 },
		{ "EXPIRES", "expires_at", 28 },
		{ "SENT", "released", 8 },
		{ "HELD", "held", 8 },
		{ "DENIED", "denied", 8 },
	};

	return cli_list(c, S("/api/v1/standing-orders"), "items", columns, COUNTOF(columns));
}

static const struct cli_option propose_options[] = {
	{ "to", "PARTY:ORG", "recipient organisation, like JP:JPCERT" },
	{ "purpose", "CODE", "purpose of the agreement, like prevention" },
	{ "area", "CODE", "area of the agreement; without it: its first" },
	{ "categories", "CODES", "data categories of the agreement, separated by blanks" },
	{ "ceiling", "TLP", "the strictest marking that it sends: CLEAR or GREEN, ..." },
	{ "days", "N", "how long it acts, at most a year" },
	{ "with", "HALF",
	    "technique, victim or all: the half of incidents; without it: technique" },
};

static int
run_propose(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(STANDING_BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	const char *area = cli_option(c, "area");
	uint64_t days = 0;

	static const char *const needed[] = { "to", "purpose", "categories", "ceiling", "days" };
	for (size_t i = 0; i < COUNTOF(needed); i++) {
		if (cli_need(c, needed[i]) == NULL)
			return EXIT_USAGE;
	}
	if (!str_to_u64(str_of(cli_option(c, "days")), UINT32_MAX, &days)) {
		(void)fprintf(stderr, "torana: --days is a number\n");
		return EXIT_USAGE;
	}
	struct str rest = str_of(cli_option(c, "categories"));
	json_begin_object(&w);
	if (area != NULL)
		json_put_str(json_key(&w, S("area")), str_of(area));
	json_begin_array(json_key(&w, S("categories")));
	while (rest.ptr != NULL)
		json_put_str(&w, str_split(&rest, ' '));
	json_end_array(&w);
	json_put_str(json_key(&w, S("ceiling")), str_of(cli_option(c, "ceiling")));
	json_put_u64(json_key(&w, S("days")), days);
	json_put_str(json_key(&w, S("purpose")), str_of(cli_option(c, "purpose")));
	json_put_str(json_key(&w, S("to")), str_of(cli_option(c, "to")));
	cli_put(c, &w, "with");
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/standing-orders"), buf_str(&body) }, &answer);
	if (answer != NULL)
		(void)printf("standing order " STR_FMT " waits for an approver\n",
		    STR_ARG(json_str(json_get(answer, S("order_id")))));
	return code;
}

static const struct cli_option step_options[] = {
	{ "reason", "TEXT", "for the log" },
};

static int
run_step(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(STANDING_BODY_MAX);
	struct json_writer w = json_writer(&body);
	const char *reason = cli_option(c, "reason");
	const struct json *answer = NULL;

	json_begin_object(&w);
	if (reason != NULL)
		json_put_str(json_key(&w, S("reason")), str_of(reason));
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/standing-orders/" STR_FMT "/%s",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))), c->command->verb);
	return cli_call(c, &(struct cli_request){ "POST", target, buf_str(&body) }, &answer);
}

/* clang-format off */
const struct cli_command standing_commands[] = {
	{ "standing", "list", "", 0, 0, NULL, 0, run_list,
	  "orders that act by themselves, and what each did", "torana standing list" },
	{ "standing", "propose", "", 0, 0, propose_options, COUNTOF(propose_options), run_propose,
	  "propose one; it never looks back",
	  "torana standing propose --to JP:JPCERT --purpose prevention --categories indicator.network --ceiling GREEN --days 90" },
	{ "standing", "approve", "ORDER", 1, 1, step_options, COUNTOF(step_options), run_step,
	  "let it begin after its delay; not one that you proposed", "torana standing approve ORDER" },
	{ "standing", "stop", "ORDER", 1, 1, step_options, COUNTOF(step_options), run_step,
	  "stop it, within its delay or later", "torana standing stop ORDER --reason 'too wide'" },
};
/* clang-format on */
const size_t standing_commands_count = COUNTOF(standing_commands);
