/* Asking for what was released back. */
#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"

static const struct cli_option recall_options[] = {
	{ "to", "PARTY:ORG", "the organisation it was released to" },
	{ "reason", "TEXT", "why, for the partner" },
};

static int
run_recall(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;

	if (cli_need(c, "to") == NULL || cli_need(c, "reason") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("id")), str_of(c->arg[0]));
	cli_put(c, &w, "reason");
	cli_put(c, &w, "to");
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/recalls"), buf_str(&body) }, &answer);
	if (answer != NULL)
		(void)printf("asked; `torana recall list` shows the answer\n");
	return code;
}

static int
run_recalls(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "STATE", "state", 10 },
		{ "ANSWER", "answer", 10 },
		{ "DIRECTION", "direction", 10 },
		{ "PEER", "peer", 24 },
		{ "OBJECT", "object_id", 60 },
		{ "REASON", "reason", 60 },
	};

	return cli_list(c, S("/api/v1/recalls"), "recalls", columns, COUNTOF(columns));
}

/* clang-format off */
const struct cli_command recall_commands[] = {
	{ "recall", "ask", "ID", 1, 1, recall_options, COUNTOF(recall_options), run_recall,
	  "ask a recipient to take an object out again",
	  "torana recall ask indicator--... --to JP:JPCERT --reason 'false positive'" },
	{ "recall", "list", "", 0, 0, NULL, 0, run_recalls,
	  "recalls and their answers", "torana recall list" },
};
/* clang-format on */
const size_t recall_commands_count = COUNTOF(recall_commands);
