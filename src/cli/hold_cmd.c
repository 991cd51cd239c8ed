/* What waits for an approval, and the reviews that emergencies owe. */
#include <stdio.h>

#include "buf.h"
#include "json_writer.h"
#include "release_cmd_p.h"

/* ---- the hold queue ---- */

int
run_holds(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "ORDER", "order_id", 36 },
		{ "ITEM", "ordinal", 6 },
		{ "MISSING", "missing", 30 },
		{ "UNTIL", "expires_at", 28 },
		{ "PROPOSER", "proposer", 16 },
		{ "TO", "recipient", 16 },
		{ "STRICT", "strict", 6 },
		{ "BASIS", "legal_basis", 16 },
		{ "CHANNEL", "channel", 8 },
		{ "PERSON", "person_name", 24 },
		{ "CARD", "person", 64 },
		{ "ID", "id", 60 },
		{ "BYTES", "bytes_sha256", 64 },
	};

	return cli_list(c, S("/api/v1/approvals"), "items", columns, COUNTOF(columns));
}

const struct cli_option verdict_options[] = {
	{ "role", "ROLE", "the approval that is given: officer, legal, policy, defence-liaison" },
	{ "bytes", "SHA256", "hash of the bytes that were looked at" },
	{ "reason", "TEXT", "of a refusal" },
};

int
run_verdict(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	const char *role = cli_need(c, "role");
	const char *bytes = cli_need(c, "bytes");

	if (role == NULL || bytes == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("bytes_sha256")), str_of(bytes));
	cli_put(c, &w, "reason");
	json_put_str(json_key(&w, S("role")), str_of(role));
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/approvals/" STR_FMT "/" STR_FMT "/%s",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))), STR_ARG(cli_encode(c, str_of(c->arg[1]))),
	    c->command->verb);
	int code = cli_call(c, &(struct cli_request){ "POST", target, buf_str(&body) }, &answer);
	if (answer != NULL) {
		bool released = false;

		(void)json_get_bool(answer, S("released"), &released);
		(void)printf("%s\n",
		    released ? "approved and released" : "approved; another approval is needed");
	}
	return code;
}

/* ---- the reviews that emergencies owe ---- */

int
run_reviews(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "STATE", "state", 8 },
		{ "DUE", "due_at", 28 },
		{ "ORDER", "order_id", 36 },
		{ "TO", "recipient", 16 },
		{ "PROPOSER", "proposer", 16 },
		{ "HARM", "harm", 16 },
		{ "GLASS", "break_glass", 20 },
		{ "CONTACT", "contact", 8 },
		{ "REASON", "reason", 60 },
	};

	return cli_list(c, S("/api/v1/reviews"), "items", columns, COUNTOF(columns));
}

const struct cli_option review_options[] = {
	{ "finding", "WORD", "justified or not-justified" },
	{ "text", "TEXT", "what the review found" },
};

int
run_review(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;

	if (cli_need(c, "finding") == NULL || cli_need(c, "text") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	cli_put(c, &w, "finding");
	cli_put(c, &w, "text");
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/reviews/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	return cli_call(c, &(struct cli_request){ "POST", target, buf_str(&body) }, &answer);
}
