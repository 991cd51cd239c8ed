#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"

enum { INVITATION_MAX = 64 * KIB };

static int
run_invite(struct cli *c)
{
	const struct json *answer = NULL;
	int code =
	    cli_call(c, &(struct cli_request){ "GET", S("/api/v1/invitation"), S("") }, &answer);

	if (answer == NULL)
		return code;
	const struct json *print = json_get(answer, S("fingerprint"));
	const struct json *invitation = json_get(answer, S("invitation"));
	if (invitation != NULL)
		(void)printf(STR_FMT "\n", STR_ARG(invitation->raw));
	(void)fprintf(stderr,
	    "Read this to your partner on the telephone:\n  " STR_FMT "\n  " STR_FMT "\n",
	    STR_ARG(json_str(json_get(print, S("words")))),
	    STR_ARG(json_str(json_get(print, S("digits")))));
	return code;
}

static const struct cli_option add_options[] = {
	{ "fingerprint", "WORDS", "the words or digits that the partner read to you" },
};

static int
run_add(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(2 * INVITATION_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL, *invitation = NULL;
	struct why why = { 0 };
	const char *heard = cli_need(c, "fingerprint");

	if (heard == NULL)
		return EXIT_USAGE;
	enum err err = cli_read_json(c, c->arg[0], INVITATION_MAX, &invitation, &why);
	if (err != OK)
		return cli_fail(&why, err);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("fingerprint")), str_of(heard));
	json_put_raw(json_key(&w, S("invitation")), invitation->raw);
	json_end_object(&w);
	int code = cli_call(c, &(struct cli_request){ "POST", S("/api/v1/peers"), buf_str(&body) },
	    &answer);
	if (answer != NULL)
		(void)printf("peer added\n");
	return code;
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "NAME", "name", 40 },
		{ "PARTY", "party", 8 },
		{ "URL", "url", 60 },
		{ "VERIFIED", "verified_at", 28 },
	};

	return cli_list(c, S("/api/v1/peers"), "peers", columns, COUNTOF(columns));
}

/* clang-format off */
const struct cli_command peer_commands[] = {
	{ "peer", "invite", "", 0, 0, NULL, 0, run_invite,
	  "print this node's invitation, and its fingerprint to read aloud",
	  "torana peer invite > in.invitation" },
	{ "peer", "add", "FILE", 1, 1, add_options, COUNTOF(add_options), run_add,
	  "add a partner's node from its invitation",
	  "torana peer add jp.invitation --fingerprint 'acorn river ...'" },
	{ "peer", "list", "", 0, 0, NULL, 0, run_list,
	  "the partners' nodes", "torana peer list" },
};
/* clang-format on */
const size_t peer_commands_count = COUNTOF(peer_commands);
