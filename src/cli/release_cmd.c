#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "cli.h"
#include "release_cmd_p.h"
#include "wanted_p.h"

enum {
	BODY_MAX = 16 * MIB,  /* an order of 32,768 objects with their hashes */
	ROWS_SHOWN_MAX = 64,  /* of an order: the rest is counted */
	LOOKED_AT_MAX = 4096, /* of a preview, with all their bytes */
};

static const struct cli_option ask_options[] = {
	{ "to", "PARTY:ORG", "recipient organisation, like JP:JPCERT" },
	{ "purpose", "CODE", "purpose of the agreement, like incident-response" },
	{ "area", "CODE", "area of the agreement; without it: its first" },
	{ "with", "HALF", "technique, victim or all: what goes with an incident or report" },
	{ "urgency", "LEVEL",
	    "routine, priority, immediate or flash: how long what is held waits" },
	{ "harm", "KIND", "imminent-safety: people are in danger now" },
	{ "break-glass", "CONDITION", "pass over a refusal, on a condition of the agreement" },
	{ "reason", "TEXT", "why it is an emergency; for the log and the review" },
	{ "bundle", "FILE", "beside the IDs: all objects of this STIX file, which was imported" },
	{ "strict", NULL, "all of it goes, or nothing" },
	{ "legal-basis", "CODE", "the ground that is cited, of the agreement or a rule pack" },
	{ "contact", "WORD", "failed or answered: what the recipient's contact did when called" },
	{ "persons", "ID=N", "how many people an object tells of; several separated by blanks" },
	{ "person", "CARD", "fingerprint of the card of the person it is sealed for" },
};
enum { SEND_OPTIONS = COUNTOF(ask_options) - 1 }; /* --person is of `release person` alone */

/* ---- asking ---- */

/* What is no number goes along as it is: the node says what is wrong. */
static void
put_counts(struct cli *c, struct json_writer *w)
{
	const char *counts = cli_option(c, "persons");
	struct str rest = str_of(counts == NULL ? "" : counts);

	if (counts == NULL)
		return;
	json_begin_object(json_key(w, S("persons")));
	while (rest.ptr != NULL) {
		struct str n = str_split(&rest, ' '), id = str_split(&n, '=');
		uint64_t persons = 0;

		json_key(w, id);
		if (str_to_u64(n, UINT32_MAX, &persons))
			json_put_u64(w, persons);
		else
			json_put_str(w, n);
	}
	json_end_object(w);
}

/* An option under the name of its member. */
static void
put_as(struct cli *c, struct json_writer *w, const char *option, const char *member)
{
	const char *value = cli_option(c, option);

	if (value != NULL)
		json_put_str(json_key(w, str_of(member)), str_of(value));
}

static void
put_claims(struct cli *c, struct json_writer *w)
{
	put_as(c, w, "break-glass", "break_glass");
	cli_put(c, w, "contact");
	cli_put(c, w, "harm");
	put_as(c, w, "legal-basis", "legal_basis");
	put_counts(c, w);
	if (cli_option(c, "strict") != NULL)
		json_put_bool(json_key(w, S("strict")), true);
	if (strcmp(c->command->verb, "person") == 0) {
		json_put_str(json_key(w, S("channel")), S("person"));
		cli_put(c, w, "person");
	}
	cli_put(c, w, "reason");
	cli_put(c, w, "urgency");
}

static void
put_ids(const struct wanted *wanted, struct json_writer *w)
{
	json_begin_array(json_key(w, S("ids")));
	for (size_t i = 0; i < wanted->len; i++)
		json_put_str(w, wanted->id[i]);
	json_end_array(w);
}

static struct str
ask_body(struct cli *c, const struct wanted *wanted, bool brief)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);

	json_begin_object(&w);
	cli_put(c, &w, "area");
	if (brief)
		json_put_bool(json_key(&w, S("brief")), true);
	put_claims(c, &w);
	put_ids(wanted, &w);
	cli_put(c, &w, "purpose");
	cli_put(c, &w, "to");
	cli_put(c, &w, "with");
	json_end_object(&w);
	return arena_str(c->arena, buf_str(&body));
}

static int
run_preview(struct cli *c)
{
	const struct json *answer = NULL;
	struct wanted wanted = { 0 };
	struct why why = { 0 };

	if (cli_need(c, "to") == NULL || cli_need(c, "purpose") == NULL)
		return EXIT_USAGE;
	enum err err = wanted_collect(c, &wanted, &why);
	if (err != OK)
		return cli_fail(&why, err);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/preview"),
	        ask_body(c, &wanted, wanted.len > LOOKED_AT_MAX) },
	    &answer);
	if (answer != NULL) {
		code = print_preview(c, answer);
		wanted_print_left_out(answer);
	}
	return code;
}

/* ---- sending: what was previewed, at its time, with its hashes ---- */

static struct str
order_body(struct cli *c, const struct json *preview)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *list = json_get(preview, S("decisions"));

	json_begin_object(&w);
	cli_put(c, &w, "area");
	json_put_str(json_key(&w, S("at")), json_str(json_get(preview, S("at"))));
	json_begin_object(json_key(&w, S("expect")));
	for (const struct json *d = list == NULL ? NULL : list->first; d != NULL; d = d->next)
		json_put_str(json_key(&w, json_str(json_get(d, S("id")))),
		    json_str(json_get(d, S("bytes_sha256"))));
	json_end_object(&w);
	put_claims(c, &w);
	json_put_raw(json_key(&w, S("ids")), json_get(preview, S("ids"))->raw);
	cli_put(c, &w, "purpose");
	json_put_str(json_key(&w, S("recipient")), json_str(json_get(preview, S("recipient"))));
	cli_put(c, &w, "to");
	json_end_object(&w);
	return arena_str(c->arena, buf_str(&body));
}

static void
print_sent(const struct json *answer)
{
	static const struct cli_column columns[] = {
		{ "STATE", "state", 12 },
		{ "OUTCOME", "outcome", 22 },
		{ "ID", "id", 60 },
	};
	const struct json *list = json_get(answer, S("decisions"));

	(void)printf("order " STR_FMT "\n", STR_ARG(json_str(json_get(answer, S("order_id")))));
	if (list != NULL && list->len > ROWS_SHOWN_MAX)
		wanted_print_counts("sent:", list, "state");
	else
		cli_table(list, columns, COUNTOF(columns));
}

static int
send_wanted(struct cli *c, const struct wanted *wanted)
{
	const struct json *preview = NULL, *answer = NULL;
	bool json = c->json, many = wanted->len > ROWS_SHOWN_MAX;

	if (many)
		(void)fprintf(stderr, "looking at %zu objects\n", wanted->len);
	c->json = false;
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/preview"), ask_body(c, wanted, true) },
	    &preview);
	if (preview == NULL)
		return code;
	if (many)
		wanted_print_counts("previewed:", json_get(preview, S("decisions")), "outcome");
	if (!json)
		wanted_print_left_out(preview);
	c->json = json;
	code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/orders"), order_body(c, preview) }, &answer);
	if (answer != NULL)
		print_sent(answer);
	return code;
}

static int
run_send(struct cli *c)
{
	struct wanted wanted = { 0 };
	struct why why = { 0 };

	if (cli_need(c, "to") == NULL || cli_need(c, "purpose") == NULL)
		return EXIT_USAGE;
	enum err err = wanted_collect(c, &wanted, &why);
	return err != OK ? cli_fail(&why, err) : send_wanted(c, &wanted);
}

static int
run_person(struct cli *c)
{
	return cli_need(c, "person") == NULL ? EXIT_USAGE : run_send(c);
}

static const struct cli_option list_options[] = {
	{ "id", "ID", "only those of this object" },
};

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "STATE", "state", 10 },
		{ "TO", "recipient", 16 },
		{ "ORDERED", "asked", 16 },
		{ "LEAF", "leaf", 8 },
		{ "COSIGNED", "cosigned", 9 },
		{ "RECEIVED", "received", 28 },
		{ "ANSWER", "acknowledgement", 12 },
		{ "ID", "source_id", 60 },
	};
	const char *id = cli_option(c, "id");
	struct str target = S("/api/v1/releases");

	if (id != NULL)
		target = arena_printf(c->arena, "/api/v1/releases?id=" STR_FMT,
		    STR_ARG(cli_encode(c, str_of(id))));
	return cli_list(c, target, "items", columns, COUNTOF(columns));
}

/* clang-format off */
const struct cli_command release_commands[] = {
	{ "release", "preview", "[ID...]", 0, CLI_ARGS_MAX, ask_options, SEND_OPTIONS, run_preview,
	  "what would leave, as what, and why; changes nothing",
	  "torana release preview indicator--... --to JP:JPCERT --purpose incident-response" },
	{ "release", "explain", "ID", 1, 1, explain_options, EXPLAIN_OPTIONS, run_explain,
	  "one decision in four lines, with the exact bytes in --json",
	  "torana release explain --json indicator--... --to JP:JPCERT --purpose incident-response" },
	{ "release", "send", "[ID...]", 0, CLI_ARGS_MAX, ask_options, SEND_OPTIONS, run_send,
	  "order the release of what a preview shows",
	  "torana release send indicator--... --to JP:JPCERT --purpose incident-response" },
	{ "release", "person", "[ID...]", 0, CLI_ARGS_MAX, ask_options, COUNTOF(ask_options), run_person,
	  "seal objects for one person of a partner: the only way for TLP:RED",
	  "torana release person report--... --to JP:JPCERT --purpose incident-response --person CARD" },
	{ "release", "holds", "", 0, 0, NULL, 0, run_holds,
	  "what waits for an approval", "torana release holds" },
	{ "release", "approve", "ORDER ITEM", 2, 2, verdict_options, VERDICT_OPTIONS - 1, run_verdict,
	  "approve what waits, bound to its bytes; not what you proposed",
	  "torana release approve ORDER 3 --role legal --bytes SHA256" },
	{ "release", "refuse", "ORDER ITEM", 2, 2, verdict_options, VERDICT_OPTIONS, run_verdict,
	  "refuse what waits, with a reason",
	  "torana release refuse ORDER 3 --role legal --bytes SHA256 --reason 'names a plant'" },
	{ "release", "reviews", "", 0, 0, NULL, 0, run_reviews,
	  "emergencies and their reviews, those that are due first", "torana release reviews" },
	{ "release", "review", "ORDER", 1, 1, review_options, REVIEW_OPTIONS, run_review,
	  "review an emergency; not one in which you took part",
	  "torana release review ORDER --finding justified --text 'the device was stopped in time'" },
	{ "release", "list", "", 0, 0, list_options, COUNTOF(list_options), run_list,
	  "what was released, held, denied, and how far it came", "torana release list" },
	{ "release", "decisions", "", 0, 0, decisions_options, DECISIONS_OPTIONS, run_decisions,
	  "what was decided, newest first, with outcome, clause and codes",
	  "torana release decisions --to JP:JPCERT --outcome DENY --as kiran" },
	{ "release", "decision", "LEAF PLACE", 2, 2, NULL, 0, run_decision,
	  "one decision with its rules and hashes, made again to compare",
	  "torana release decision 17 3 --as kiran" },
};
/* clang-format on */
const size_t release_commands_count = COUNTOF(release_commands);
