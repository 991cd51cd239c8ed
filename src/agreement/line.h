/* line.h: a line of an explanation: what it says as a code, and of what.
 *
 * Decisions are stored as codes and values, never as sentences: these follow
 * from the code, in the language of whoever reads.  The English ones stand here
 * and, the same, in share/lang/en.json under "line." and the code.  A value that
 * is itself a word of ours (a role, a purpose, a reason) is named there, too. */
#pragma once

#include "base.h"
#include "buf.h"
#include "json.h"
#include "json_writer.h"

enum { LINE_VALUES_MAX = 4 };

enum line_code {
	WHAT_ALLOW,
	WHAT_COPY,
	WHAT_HOLD,
	WHAT_HOLD_COPY,
	WHAT_WAIT,
	WHAT_WAIT_COPY,
	WHAT_DENY,
	WHAT_ROUTE,
	WHAT_SUCCESSOR,
	BUNDLE_STOPPED,
	BUNDLE_LEFT_OUT,
	BUNDLE_TOLD,
	WHY_COVERED,
	WHY_REASON,
	WHY_CLAUSE,
	WHY_RULE,
	WHY_SOURCE,
	CONDITION_PURPOSE,
	CONDITION_APPROVAL,
	CONDITION_REVIEW,
	CONDITION_OBLIGATION,
	CONDITION_PAP,
	CONDITION_IEP,
	CONDITION_POLICY,
	WOULD_BE_IN_FORCE,
	WOULD_RESUME,
	WOULD_CHECK_KEY,
	WOULD_RENEW_KEY,
	WOULD_ANSWER,
	WOULD_NAME_ITSELF,
	WOULD_BE_NAMED,
	WOULD_CONSENT_PERSONAL,
	WOULD_CONSENT_TECHNIQUE,
	WOULD_EXPLAIN_MARKING,
	WOULD_MARK,
	WOULD_MARK_OR_LOWER,
	WOULD_APPROVE,
	WOULD_GO_WITH,
	WOULD_GO_ALONE,
	WOULD_WAIT_ALONE,
	WOULD_CITE_NONE,
	WOULD_CITE,
	WOULD_BE_URGENT,
	WOULD_BREAK_GLASS,
	WOULD_WAIT,
	WOULD_BE_OFFICER,
	WOULD_SEAL,
	WOULD_RECIPIENT,
	WOULD_PURPOSE,
	WOULD_SEND_PARTS,
	WOULD_SEND_TECHNIQUE,
	WOULD_SEND_SIGHTING,
	WOULD_SEND_SIGHTING_OF,
	ADVICE_RULE,
};
enum { LINE_CODES = ADVICE_RULE + 1 };

/* Values in the order of the table in line.c; those of unused places are empty. */
struct line {
	enum line_code code;
	struct str value[LINE_VALUES_MAX];
};

struct lines {
	size_t len;
	const struct line *line;
	struct str json; /* as stored; empty: not written yet */
};

/* "what.allow" */
const char *line_name(enum line_code code);

/* The English sentence, appended. */
void line_say(struct buf *out, const struct line *line);

/* A list as stored: [{"code":"would.purpose","args":{"purpose":"prevention"}}]. */
void lines_write(struct json_writer *w, const struct lines *lines);

/* The same for readers: each with its English sentence as "text". */
void lines_show(struct json_writer *w, const struct lines *lines);

/* A list as stored, shown: what is no line of this program stays as it is. */
void lines_show_stored(struct json_writer *w, const struct json *list);
