#include <stdio.h>

#include "agreement_evidence_p.h"
#include "agreement_show_p.h"
#include "buf.h"
#include "cli.h"
#include "json_writer.h"
#include "lint.h"

enum { DOCUMENT_MAX = 8 * MIB };

static int
send_file(struct cli *c, const char *target, const char *said)
{
	const struct json *answer = NULL;
	int code = cli_post_file(c, c->arg[0], DOCUMENT_MAX, str_of(target), &answer);

	if (code == EXIT_FINE && !c->json)
		(void)printf("%s\n", said);
	return code;
}

/* Prints the envelope that came back: it goes to the partner. */
static int
print_envelope(struct cli *c, struct str target, struct str body)
{
	const struct json *answer = NULL;
	int code = cli_call(c, &(struct cli_request){ "POST", target, body }, &answer);

	if (answer != NULL)
		(void)printf(STR_FMT "\n", STR_ARG(answer->raw));
	return code;
}

static int
run_make(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(2 * DOCUMENT_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *template = NULL;
	struct why why = { 0 };
	enum err err = cli_read_json(c, c->arg[0], DOCUMENT_MAX, &template, &why);

	if (err != OK)
		return cli_fail(&why, err);
	json_begin_object(&w);
	json_put_raw(json_key(&w, S("template")), template->raw);
	json_end_object(&w);
	return print_envelope(c, S("/api/v1/agreements/make"), buf_str(&body));
}

/* ---- lint: reads the file alone, no node is asked ---- */

static void
write_lint(struct json_writer *w, const struct lint *lint)
{
	json_begin_object(w);
	json_put_u64(json_key(w, S("errors")), lint->errors);
	json_begin_array(json_key(w, S("findings")));
	for (size_t i = 0; i < lint->findings; i++) {
		const struct lint_finding *f = &lint->finding[i];

		json_begin_object(w);
		json_put_str(json_key(w, S("pointer")), f->pointer);
		json_put_str(json_key(w, S("rule")), f->rule);
		json_put_str(json_key(w, S("severity")), str_of(lint_severity_name(f->severity)));
		json_put_str(json_key(w, S("text")), f->text);
		json_end_object(w);
	}
	json_end_array(w);
	if (lint->agreement != NULL) {
		json_put_str(json_key(w, S("id")), lint->agreement->id);
		json_put_bool(json_key(w, S("model")), agreement_is_model(lint->agreement));
		if (agreement_is_model(lint->agreement))
			json_put_str(json_key(w, S("notice")), S(MODEL_NOTICE));
		json_put_u64(json_key(w, S("version")), lint->agreement->version);
	}
	json_put_u64(json_key(w, S("warnings")), lint->warnings);
	json_end_object(w);
}

static void
print_lint(const struct lint *lint)
{
	for (size_t i = 0; i < lint->findings; i++) {
		const struct lint_finding *f = &lint->finding[i];

		(void)printf("%-7s  ", lint_severity_name(f->severity));
		cli_text(f->pointer);
		(void)printf("  ");
		cli_text(f->rule);
		(void)printf("\n         ");
		cli_text(f->text);
		(void)printf("\n");
	}
	if (lint->agreement != NULL && agreement_is_model(lint->agreement))
		(void)printf("%s\n", MODEL_NOTICE);
	(void)printf("%zu errors, %zu warnings, %zu notes\n", lint->errors, lint->warnings,
	    lint->findings - lint->errors - lint->warnings);
}

static int
run_lint(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(DOCUMENT_MAX);
	struct json_writer w = json_writer(&out);
	struct str text = { 0 };
	struct why why = { 0 };
	struct lint lint;
	enum err err = cli_read(c, c->arg[0], DOCUMENT_MAX, &text, &why);

	if (err == OK)
		err = cli_in_file(c->arg[0],
		    agreement_lint(c->arena, text, clock_wall(&clock_system), &lint, &why), &why);
	if (err != OK)
		return cli_fail(&why, err);
	write_lint(&w, &lint);
	if (c->json)
		(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	else
		print_lint(&lint);
	return lint.errors + lint.warnings > 0 ? EXIT_WRONG : EXIT_FINE;
}

static int
run_add(struct cli *c)
{
	return send_file(c, "/api/v1/agreements", "added");
}

static int
run_sign(struct cli *c)
{
	struct str target = arena_printf(c->arena, "/api/v1/agreements/" STR_FMT "/sign",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));

	return print_envelope(c, target, S("{}"));
}

static const struct cli_option state_options[] = {
	{ "scope", "SCOPE", "an area of the agreement, or category:CODE; without it: all" },
	{ "reason", "TEXT", "why, for the partner" },
};
static const struct cli_option act_options[] = {
	{ "act", "TEXT", "the approval; of enact: the delegate" },
	{ "reason", "TEXT", "why, for the partner" },
};
static const struct cli_option renew_options[] = {
	{ "until", "TIME", "the new end, 2036-01-01T00:00:00Z" },
	{ "reason", "TEXT", "why, for the partner" },
};
static const struct cli_option lapse_options[] = {
	{ "reason", "TEXT", "why, for the partner" },
};
static const struct cli_option dispute_options[] = {
	{ "act", "TEXT", "what is in dispute: an order, a clause, a duty" },
	{ "scope", "SCOPE", "an area of the agreement, or category:CODE; without it: all" },
	{ "reason", "TEXT", "why, for the partner" },
};
static const struct cli_option succeed_options[] = {
	{ "act", "ORG", "the organisation that is gone" },
	{ "scope", "ORG", "the organisation that took over" },
	{ "reason", "TEXT", "why, for the partner" },
};

static bool
has_option(const struct cli *c, const char *name)
{
	for (size_t i = 0; i < c->command->options_len; i++) {
		if (strcmp(c->command->options[i].name, name) == 0)
			return true;
	}
	return false;
}

/* All options must be given, but for the scope of what can be about all. */
static bool
is_needed(const struct cli *c, const char *name)
{
	return has_option(c, name) &&
	       (strcmp(name, "scope") != 0 || strcmp(c->command->verb, "succeed") == 0);
}

static int
run_state(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(64 * KIB);
	struct json_writer w = json_writer(&body);
	static const char *const members[] = { "act", "reason", "scope", "until" };

	json_begin_object(&w);
	for (size_t i = 0; i < COUNTOF(members); i++) {
		bool is_scope = strcmp(members[i], "scope") == 0;
		const char *value = NULL;

		if (is_needed(c, members[i])) {
			value = cli_need(c, members[i]);
			if (value == NULL)
				return EXIT_USAGE;
		} else if (is_scope) {
			value = has_option(c, "scope") ? cli_option(c, "scope") : NULL;
			value = value == NULL ? "all" : value;
		}
		if (value != NULL)
			json_put_str(json_key(&w, str_of(members[i])), str_of(value));
	}
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/agreements/" STR_FMT "/%s",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))), c->command->verb);
	return print_envelope(c, target, buf_str(&body));
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "AGREEMENT", "id", 24 },
		{ "VERSION", "version", 8 },
		{ "OPEN", "open", 6 },
		{ "SIGNED BY", "signed_by", 30 },
		{ "WHY NOT", "reason", 80 },
	};

	return cli_list(c, S("/api/v1/agreements"), "agreements", columns, COUNTOF(columns));
}

/* clang-format off */
const struct cli_command agreement_commands[] = {
	{ "agreement", "make", "TEMPLATE", 1, 1, NULL, 0, run_make,
	  "fill a model agreement with the peers' names and keys, sign it, print the envelope",
	  "torana agreement make share/agreements/india-japan.json > ij.envelope" },
	{ "agreement", "add", "ENVELOPE", 1, 1, NULL, 0, run_add,
	  "add a signed agreement, or a statement about one, that a partner sent",
	  "torana agreement add ij.envelope" },
	{ "agreement", "lint", "FILE", 1, 1, NULL, 0, run_lint,
	  "say what is missing or contradictory in an agreement, a template or an envelope",
	  "torana agreement lint share/agreements/india-japan.json" },
	{ "agreement", "evidence", "SIGNATURE", 1, 1, agreement_evidence_options,
	  COUNTOF(agreement_evidence_options), agreement_evidence,
	  "verify a State's detached CMS signature over the text of an instrument, offline",
	  "torana agreement evidence moc.p7s --text moc.pdf --ca cca-india.pem --agreement ij.envelope" },
	{ "agreement", "sign", "ID", 1, 1, NULL, 0, run_sign,
	  "sign an agreement that is here for our party, print the envelope",
	  "torana agreement sign IJ-MODEL" },
	{ "agreement", "list", "", 0, 0, NULL, 0, run_list,
	  "the agreements, who signed them, whether they are open", "torana agreement list" },
	{ "agreement", "show", "ID", 1, 1, NULL, 0, agreement_show,
	  "what an agreement says: instruments, contacts, channels, periods, clauses",
	  "torana agreement show IJ-MODEL" },
	{ "agreement", "suspend", "ID", 1, 1, state_options, COUNTOF(state_options), run_state,
	  "close an agreement, or one area of it, at once",
	  "torana agreement suspend IJ-MODEL --reason 'consultation'" },
	{ "agreement", "resume", "ID", 1, 1, state_options, COUNTOF(state_options), run_state,
	  "open again what we suspended", "torana agreement resume IJ-MODEL --reason 'done'" },
	{ "agreement", "terminate", "ID", 1, 1, state_options, COUNTOF(state_options), run_state,
	  "end an agreement for good", "torana agreement terminate IJ-MODEL --reason 'notice of 1 May'" },
	{ "agreement", "approve", "ID", 1, 1, act_options, COUNTOF(act_options), run_state,
	  "record that what our own law asked for was done",
	  "torana agreement approve IJ-MODEL --act 'Cabinet decision' --reason 'done today'" },
	{ "agreement", "enact", "ID", 1, 1, act_options, COUNTOF(act_options), run_state,
	  "record which delegate of ours signed",
	  "torana agreement enact IJ-MODEL --act 'A. Rao' --reason 'signed today'" },
	{ "agreement", "renew", "ID", 1, 1, renew_options, COUNTOF(renew_options), run_state,
	  "agree to a new end", "torana agreement renew IJ-MODEL --until 2036-01-01T00:00:00Z --reason 'five years more'" },
	{ "agreement", "lapse", "ID", 1, 1, lapse_options, COUNTOF(lapse_options), run_state,
	  "give notice that an automatic renewal is not wanted", "torana agreement lapse IJ-MODEL --reason 'notice'" },
	{ "agreement", "succeed", "ID", 1, 1, succeed_options, COUNTOF(succeed_options), run_state,
	  "record that one of our organisations took over from another",
	  "torana agreement succeed IJ-MODEL --act JP:NISC --scope JP:NCO --reason 'reorganised'" },
	{ "agreement", "dispute", "ID", 1, 1, dispute_options, COUNTOF(dispute_options), run_state,
	  "open a dispute: its scope is frozen at once where the agreement says so",
	  "torana agreement dispute IJ-MODEL --act 'order 4f1c' --scope INFO --reason 'consultation'" },
	{ "agreement", "settle", "ID", 1, 1, state_options, COUNTOF(state_options), run_state,
	  "say that a dispute that we opened is over",
	  "torana agreement settle IJ-MODEL --scope INFO --reason 'agreed on 1 May'" },
};
/* clang-format on */
const size_t agreement_commands_count = COUNTOF(agreement_commands);
