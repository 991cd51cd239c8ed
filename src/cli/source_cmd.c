#include <stdio.h>

#include "cli.h"

enum { POLICY_MAX = 64 * KIB }; /* as the API takes */

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "SOURCE", "source", 30 },
		{ "VERSION", "version", 8 },
		{ "MARKING", "marking", 13 },
		{ "REASON", "reason", 100 },
	};

	return cli_list(c, S("/api/v1/sources"), "sources", columns, COUNTOF(columns));
}

static int
run_set(struct cli *c)
{
	const struct json *answer = NULL;
	int code = cli_post_file(c, c->arg[0], POLICY_MAX, S("/api/v1/sources"), &answer);

	if (code == EXIT_FINE && !c->json)
		(void)printf("in force\n");
	return code;
}

/* clang-format off */
const struct cli_command source_commands[] = {
	{ "source", "list", "", 0, 0, NULL, 0, run_list,
	  "source policies in force", "torana source list --as meera --password-file FILE" },
	{ "source", "set", "POLICY", 1, 1, NULL, 0, run_set,
	  "sign what the unmarked objects of a source count as", "torana source set attack.json --as arjun --password-file FILE" },
};
/* clang-format on */
const size_t source_commands_count = COUNTOF(source_commands);
