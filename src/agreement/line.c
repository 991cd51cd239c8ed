#include "line.h"

#include "codes.h"

enum { SENTENCE_MAX = 16 * KIB }; /* a sentence with a rule's text in it */

/* clang-format off */
static const struct sentence {
	const char *name;
	const char *value[LINE_VALUES_MAX];
	const char *text;
} sentences[LINE_CODES] = {
	[WHAT_ALLOW]              = { "what.allow", { 0 }, "It may go as it is." },
	[WHAT_COPY]               = { "what.copy", { "changes" }, "A copy may go, under its own identifier, with {changes} changes." },
	[WHAT_HOLD]               = { "what.hold", { "roles" }, "It waits for approval: {roles}." },
	[WHAT_HOLD_COPY]          = { "what.hold-copy", { "roles" }, "A copy waits for approval: {roles}." },
	[WHAT_WAIT]               = { "what.wait", { 0 }, "It waits for the others of its selection." },
	[WHAT_WAIT_COPY]          = { "what.wait-copy", { 0 }, "A copy waits for the others of its selection." },
	[WHAT_DENY]               = { "what.deny", { 0 }, "It stays." },
	[WHAT_ROUTE]              = { "what.route", { 0 }, "It belongs to another channel." },
	[WHAT_SUCCESSOR]          = { "what.successor", { "asked", "to" }, "The order is to {asked}, from which {to} took over." },
	[BUNDLE_STOPPED]          = { "bundle.stopped", { "selected", "staying", "reasons" }, "Nothing goes: its selection of {selected} was to go whole, and {staying} of it may not leave ({reasons})." },
	[BUNDLE_LEFT_OUT]         = { "bundle.left-out", { "selected", "staying", "reasons" }, "Left out of its selection of {selected}: {staying} ({reasons})." },
	[BUNDLE_TOLD]             = { "bundle.told", { "staying", "reasons" }, "Left out: {staying} ({reasons})." },
	[WHY_COVERED]             = { "why.covered", { 0 }, "Its marking, category and purpose are covered by the agreement." },
	[WHY_REASON]              = { "why.reason", { "found", "reason" }, "{found}: {reason}" },
	[WHY_CLAUSE]              = { "why.clause", { "found", "clause", "reason" }, "{found} (clause {clause}): {reason}" },
	[WHY_RULE]                = { "why.rule", { "found", "rule", "text" }, "{found} ({rule}): {text}" },
	[WHY_SOURCE]              = { "why.source", { "source", "tlp" }, "It carries no marking; by the policy of its source {source} it counts as TLP:{tlp}." },
	[CONDITION_PURPOSE]       = { "condition.purpose", { "purpose" }, "Only for the purpose \"{purpose}\"." },
	[CONDITION_APPROVAL]      = { "condition.approval", { "role" }, "Approval by: {role}." },
	[CONDITION_REVIEW]        = { "condition.review", { "hours" }, "A review within {hours} hours." },
	[CONDITION_OBLIGATION]    = { "condition.obligation", { "obligation", "text" }, "{text}" },
	[CONDITION_PAP]           = { "condition.pap", { "pap" }, "PAP:{pap}" },
	[CONDITION_IEP]           = { "condition.iep", { "statement", "value" }, "IEP {statement}: {value}" },
	[CONDITION_POLICY]        = { "condition.policy", { "policy", "url" }, "IEP policy {policy}: {url}" },
	[WOULD_BE_IN_FORCE]       = { "would.be-in-force", { 0 }, "The agreement is in force." },
	[WOULD_RESUME]            = { "would.resume", { 0 }, "The area is resumed." },
	[WOULD_CHECK_KEY]         = { "would.check-key", { 0 }, "Two people check the key of the recipient's node." },
	[WOULD_RENEW_KEY]         = { "would.renew-key", { 0 }, "The recipient has a new key, checked by two people." },
	[WOULD_ANSWER]            = { "would.answer", { 0 }, "The recipient's point of contact answers a check." },
	[WOULD_NAME_ITSELF]       = { "would.name-itself", { 0 }, "The identity consents to being named." },
	[WOULD_BE_NAMED]          = { "would.be-named", { 0 }, "The one it would tell of consents to being named." },
	[WOULD_CONSENT_PERSONAL]  = { "would.consent-personal", { 0 }, "The person concerned consents to the release of personal data." },
	[WOULD_CONSENT_TECHNIQUE] = { "would.consent-technique", { 0 }, "The originator consents to passing the technique on." },
	[WOULD_EXPLAIN_MARKING]   = { "would.explain-marking", { 0 }, "Its unknown marking is explained by its originator." },
	[WOULD_MARK]              = { "would.mark", { "tlp" }, "Its originator marks it TLP:{tlp}." },
	[WOULD_MARK_OR_LOWER]     = { "would.mark-or-lower", { "tlp" }, "Its originator marks it TLP:{tlp} or lower." },
	[WOULD_APPROVE]           = { "would.approve", { 0 }, "The approvals that are asked for are given." },
	[WOULD_GO_WITH]           = { "would.go-with", { 0 }, "What it refers to goes as well." },
	[WOULD_GO_ALONE]          = { "would.go-alone", { 0 }, "It goes without those of its selection that stay." },
	[WOULD_WAIT_ALONE]        = { "would.wait-alone", { 0 }, "It goes without those of its selection that wait." },
	[WOULD_CITE_NONE]         = { "would.cite-none", { 0 }, "No ground is cited, or one that is in force." },
	[WOULD_CITE]              = { "would.cite", { "ground" }, "The ground {ground} is cited." },
	[WOULD_BE_URGENT]         = { "would.be-urgent", { 0 }, "It is an urgent warning of imminent harm to people." },
	[WOULD_BREAK_GLASS]       = { "would.break-glass", { "condition" }, "Two officers ask in an emergency ({condition})." },
	[WOULD_WAIT]              = { "would.wait", { "at" }, "It is decided again on {at}." },
	[WOULD_BE_OFFICER]        = { "would.be-officer", { 0 }, "An officer sends it, instead of a standing order." },
	[WOULD_SEAL]              = { "would.seal", { 0 }, "It is sealed to the checked key of a named person." },
	[WOULD_RECIPIENT]         = { "would.recipient", { "to" }, "The recipient is {to}." },
	[WOULD_PURPOSE]           = { "would.purpose", { "purpose" }, "The purpose is {purpose}." },
	[WOULD_SEND_PARTS]        = { "would.send-parts", { 0 }, "What it speaks of is sent by itself." },
	[WOULD_SEND_TECHNIQUE]    = { "would.send-technique", { 0 }, "Only the technique is sent: a pattern, a hash, a phase." },
	[WOULD_SEND_SIGHTING]     = { "would.send-sighting", { 0 }, "A sighting is sent instead: its count by the hour and the sector, no address." },
	[WOULD_SEND_SIGHTING_OF]  = { "would.send-sighting-of", { "indicator" }, "A sighting of {indicator} is sent instead: its count by the hour and the sector, no address." },
	[ADVICE_RULE]             = { "advice.rule", { "rule", "found", "from", "text" }, "{rule} ({found}) advises, and decides from {from} on: {text}" },
};
/* clang-format on */

const char *
line_name(enum line_code code)
{
	return sentences[code].name;
}

/* ---- the English sentence ---- */

static void
say_value(struct buf *out, const struct line *line, struct str name)
{
	const struct sentence *s = &sentences[line->code];
	size_t i = 0;

	while (!str_is(name, s->value[i]))
		i++;
	if (str_is(name, "reason"))
		buf_put(out, str_of(reason_text(line->value[i])));
	else
		buf_put(out, line->value[i]);
}

void
line_say(struct buf *out, const struct line *line)
{
	struct str rest = str_of(sentences[line->code].text);

	for (;;) {
		size_t open = str_find(rest, S("{"));
		size_t close = str_find(rest, S("}"));

		if (open == SIZE_MAX) {
			buf_put(out, rest);
			return;
		}
		buf_put(out, str_sub(rest, 0, open));
		say_value(out, line, str_sub(rest, open + 1, close - open - 1));
		rest = str_sub(rest, close + 1, SIZE_MAX);
	}
}

/* ---- lists ---- */

static void
write_line(struct json_writer *w, const struct line *line)
{
	const struct sentence *s = &sentences[line->code];

	json_put_str(json_key(w, S("code")), str_of(s->name));
	json_begin_object(json_key(w, S("args")));
	for (size_t i = 0; i < LINE_VALUES_MAX && s->value[i] != NULL; i++)
		json_put_str(json_key(w, str_of(s->value[i])), line->value[i]);
	json_end_object(w);
}

void
lines_write(struct json_writer *w, const struct lines *lines)
{
	if (lines->json.len > 0) {
		json_put_raw(w, lines->json);
		return;
	}
	json_begin_array(w);
	for (size_t i = 0; i < lines->len; i++) {
		json_begin_object(w);
		write_line(w, &lines->line[i]);
		json_end_object(w);
	}
	json_end_array(w);
}

static void
show_line(struct json_writer *w, const struct line *line)
{
	CLEANUP(buf_free) struct buf text = buf_new(SENTENCE_MAX);

	line_say(&text, line);
	json_begin_object(w);
	write_line(w, line);
	json_put_str(json_key(w, S("text")), buf_str(&text));
	json_end_object(w);
}

void
lines_show(struct json_writer *w, const struct lines *lines)
{
	json_begin_array(w);
	for (size_t i = 0; i < lines->len; i++)
		show_line(w, &lines->line[i]);
	json_end_array(w);
}

/* ---- stored lines ---- */

/* Whether it is a line of this program's: a code of the table, and a text for
 * each of its values. */
static bool
read_line(const struct json *v, struct line *ret)
{
	struct str name = json_str(json_get(v, S("code")));
	const struct json *args = json_get(v, S("args"));

	for (int code = 0; code < LINE_CODES; code++) {
		const struct sentence *s = &sentences[code];

		if (!str_is(name, s->name))
			continue;
		*ret = (struct line){ .code = (enum line_code)code };
		for (size_t i = 0; i < LINE_VALUES_MAX && s->value[i] != NULL; i++) {
			if (!json_get_str(args, str_of(s->value[i]), &ret->value[i]))
				return false;
		}
		return true;
	}
	return false;
}

void
lines_show_stored(struct json_writer *w, const struct json *list)
{
	struct line line;

	json_begin_array(w);
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if (read_line(v, &line))
			show_line(w, &line);
		else
			json_put_raw(w, v->raw);
	}
	json_end_array(w);
}
