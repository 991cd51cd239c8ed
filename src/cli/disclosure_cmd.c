#include <stdio.h>

#include "cli.h"

static const struct cli_option list_options[] = {
	{ "about", "ORG", "identity--UUID, or the exact name of an identity here" },
};

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "AT", "at", 20 },
		{ "TO", "to", 16 },
		{ "AS", "as", 8 },
		{ "TIE", "tie", 6 },
		{ "CLAUSE", "clause", 8 },
		{ "STATE", "state", 10 },
		{ "RECALL", "answer", 10 },
		{ "OBJECT", "source_id", 60 },
	};
	const char *about = cli_need(c, "about");

	if (about == NULL)
		return EXIT_USAGE;
	struct str target = arena_printf(c->arena, "/api/v1/disclosures?about=" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(about))));
	return cli_list(c, target, "disclosures", columns, COUNTOF(columns));
}

/* clang-format off */
const struct cli_command disclosure_commands[] = {
	{ "disclosure", "list", "", 0, 0, list_options, COUNTOF(list_options), run_list,
	  "what left about an organisation: to whom, when, as what, under which clause",
	  "torana disclosure list --about 'Power Plant 7' --json" },
};
/* clang-format on */
const size_t disclosure_commands_count = COUNTOF(disclosure_commands);
