#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"
#include "wanted_p.h"

enum {
	BODY_MAX = 16 * MIB,  /* an order of 32,768 objects with their hashes */
	ROWS_SHOWN_MAX = 64,  /* of an order: the rest is counted */
	LOOKED_AT_MAX = 4096, /* of a preview, with all their bytes */
};

static const struct cli_option explain_options[] = {
	{ "to", "PARTY:ORG", "recipient organisation, like JP:JPCERT" },
	{ "purpose", "CODE", "purpose of the agreement, like incident-response" },
	{ "area", "CODE", "area of the agreement; without it: its first" },
	{ "at", "TIME", "as if asked at this instant, like 2026-11-22T03:00:00Z" },
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

static void
print_lines(const char *title, const struct json *list)
{
	if (list == NULL || list->len == 0)
		return;
	(void)printf("  %s\n", title);
	for (const struct json *line = list->first; line != NULL; line = line->next) {
		(void)printf("    - ");
		cli_text(json_str(line));
		(void)printf("\n");
	}
}

static void
print_line(const char *title, const struct json *text)
{
	(void)printf("  %-12s ", title);
	cli_text(json_str(text));
	(void)printf("\n");
}

static void
print_decision(const struct json *d)
{
	bool model = false;

	(void)json_get_bool(d, S("model"), &model);
	cli_text(json_str(json_get(d, S("id"))));
	(void)printf("\n");
	print_line("outcome", json_get(d, S("outcome")));
	print_line("what", json_get(d, S("what")));
	print_line("why", json_get(d, S("why")));
	print_line("clause", json_get(d, S("clause")));
	if (model)
		(void)printf("  %-12s model text, not the Memorandum\n", "");
	print_lines("conditions", json_get(d, S("conditions")));
	print_lines("what would change it", json_get(d, S("would_change")));
	(void)printf("\n");
}

static int
run_preview(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "OUTCOME", "outcome", 22 },
		{ "HALF", "half", 9 },
		{ "CLAUSE", "clause", 8 },
		{ "CODES", "codes", 30 },
		{ "ID", "id", 60 },
		{ "WHY", "why", 80 },
	};
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
		cli_table(json_get(answer, S("decisions")), columns, COUNTOF(columns));
		wanted_print_left_out(answer);
	}
	return code;
}

static int
run_explain(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/explain?id=" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));

	if (cli_need(c, "to") == NULL || cli_need(c, "purpose") == NULL)
		return EXIT_USAGE;
	for (size_t i = 0; i < COUNTOF(explain_options); i++) {
		const char *value = cli_option(c, explain_options[i].name);

		if (value != NULL)
			target = arena_printf(c->arena, STR_FMT "&%s=" STR_FMT, STR_ARG(target),
			    explain_options[i].name, STR_ARG(cli_encode(c, str_of(value))));
	}
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);
	if (answer != NULL)
		print_decision(answer);
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

/* ---- the hold queue ---- */

static int
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

static const struct cli_option verdict_options[] = {
	{ "role", "ROLE", "the approval that is given: officer, legal, policy, defence-liaison" },
	{ "bytes", "SHA256", "hash of the bytes that were looked at" },
	{ "reason", "TEXT", "of a refusal" },
};

static int
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

static int
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

static const struct cli_option review_options[] = {
	{ "finding", "WORD", "justified or not-justified" },
	{ "text", "TEXT", "what the review found" },
};

static int
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

/* ---- decisions that were made ---- */

static const struct cli_option decisions_options[] = {
	{ "to", "PARTY:ORG", "only those about this recipient" },
	{ "outcome", "WORD", "ALLOW, ALLOW_WITH_REDACTION, HOLD, DENY or ROUTE" },
	{ "order", "ORDER", "only those of this order" },
	{ "id", "ID", "only those about this object" },
	{ "since", "TIME", "made at this instant or later, 2026-11-01T00:00:00Z" },
	{ "until", "TIME", "made before this instant" },
	{ "limit", "N", "at most so many, 1000; without it 100" },
	{ "after", "DECISION", "older than this one: the next page" },
};

static struct str
decisions_target(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(64 * KIB);

	buf_put(&out, S("/api/v1/decisions"));
	for (size_t i = 0, n = 0; i < COUNTOF(decisions_options); i++) {
		if (c->option[i] == NULL)
			continue;
		buf_printf(&out, "%c%s=" STR_FMT, n++ == 0 ? '?' : '&', decisions_options[i].name,
		    STR_ARG(cli_encode(c, str_of(c->option[i]))));
	}
	return arena_str(c->arena, buf_str(&out));
}

static int
run_decisions(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "DECISION", "decision_id", 16 },
		{ "AT", "at", 20 },
		{ "TO", "recipient", 16 },
		{ "OUTCOME", "outcome", 22 },
		{ "STATE", "state", 10 },
		{ "CLAUSE", "clause", 8 },
		{ "CODES", "codes", 30 },
		{ "OBJECT", "source_id", 60 },
	};
	const struct json *answer = NULL;
	struct str next = { 0 };
	int code = cli_call(c, &(struct cli_request){ "GET", decisions_target(c), S("") }, &answer);

	if (answer == NULL)
		return code;
	cli_table(json_get(answer, S("decisions")), columns, COUNTOF(columns));
	if (json_get_str(answer, S("next"), &next))
		(void)printf("older ones: --after " STR_FMT "\n", STR_ARG(next));
	return code;
}

static void
print_hashes(const struct json *d)
{
	const struct json *rules = json_get(json_get(d, S("decision")), S("rules"));

	for (const struct json *r = rules == NULL ? NULL : rules->first; r != NULL; r = r->next) {
		(void)printf("  %-12s ", "rule");
		cli_text(json_str(json_get(r, S("id"))));
		(void)printf(", ");
		cli_text(json_str(json_get(r, S("version"))));
		(void)printf(", ");
		cli_text(json_str(json_get(r, S("hash"))));
		(void)printf("\n");
	}
	print_line("inputs", json_get(d, S("inputs_sha256")));
	print_line("bytes", json_get(d, S("bytes_sha256")));
}

static void
print_words(const struct json *list)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		static const char *const members[] = { "verdict", "role", "account", "at",
			"reason" };

		(void)printf("  %-12s", "word");
		for (size_t i = 0; i < COUNTOF(members); i++) {
			(void)printf(" ");
			cli_text(json_str(json_get(v, str_of(members[i]))));
		}
		(void)printf("\n");
	}
}

static int
run_decision(struct cli *c)
{
	const struct json *d = NULL;
	struct str leaf = str_of(c->arg[0]);
	struct str place = str_of(c->arg[1]);
	struct str target = arena_printf(c->arena, "/api/v1/decisions/" STR_FMT "/" STR_FMT,
	    STR_ARG(cli_encode(c, leaf)), STR_ARG(cli_encode(c, place)));
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &d);
	const struct json *replay = json_get(d, S("replay"));
	bool same = false;

	if (d == NULL)
		return code;
	print_decision(json_get(d, S("decision")));
	print_line("made", json_get(d, S("at")));
	print_line("order", json_get(d, S("order_id")));
	print_line("proposer", json_get(d, S("proposer")));
	print_line("state", json_get(d, S("state")));
	print_words(json_get(d, S("approvals")));
	print_hashes(d);
	(void)json_get_bool(replay, S("same"), &same);
	(void)printf("  %-12s from ", "made again");
	cli_text(json_str(json_get(replay, S("from"))));
	(void)printf(same ? ", the same\n" : ", NOT the same: ");
	if (!same) {
		cli_text(json_str(json_get(replay, S("reason"))));
		(void)printf("\n");
	}
	return code;
}

/* clang-format off */
const struct cli_command release_commands[] = {
	{ "release", "preview", "[ID...]", 0, CLI_ARGS_MAX, ask_options, SEND_OPTIONS, run_preview,
	  "what would leave, as what, and why; changes nothing",
	  "torana release preview indicator--... --to JP:JPCERT --purpose incident-response" },
	{ "release", "explain", "ID", 1, 1, explain_options, COUNTOF(explain_options), run_explain,
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
	{ "release", "approve", "ORDER ITEM", 2, 2, verdict_options, 2, run_verdict,
	  "approve what waits, bound to its bytes; not what you proposed",
	  "torana release approve ORDER 3 --role legal --bytes SHA256" },
	{ "release", "refuse", "ORDER ITEM", 2, 2, verdict_options, COUNTOF(verdict_options), run_verdict,
	  "refuse what waits, with a reason",
	  "torana release refuse ORDER 3 --role legal --bytes SHA256 --reason 'names a plant'" },
	{ "release", "reviews", "", 0, 0, NULL, 0, run_reviews,
	  "emergencies and their reviews, those that are due first", "torana release reviews" },
	{ "release", "review", "ORDER", 1, 1, review_options, COUNTOF(review_options), run_review,
	  "review an emergency; not one in which you took part",
	  "torana release review ORDER --finding justified --text 'the device was stopped in time'" },
	{ "release", "list", "", 0, 0, list_options, COUNTOF(list_options), run_list,
	  "what was released, held, denied, and how far it came", "torana release list" },
	{ "release", "decisions", "", 0, 0, decisions_options, COUNTOF(decisions_options), run_decisions,
	  "what was decided, newest first, with outcome, clause and codes",
	  "torana release decisions --to JP:JPCERT --outcome DENY --as kiran" },
	{ "release", "decision", "LEAF PLACE", 2, 2, NULL, 0, run_decision,
	  "one decision with its rules and hashes, made again to compare",
	  "torana release decision 17 3 --as kiran" },
};
/* clang-format on */
const size_t release_commands_count = COUNTOF(release_commands);
