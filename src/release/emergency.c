/* How urgent an order is, and what it asks to pass over. */
#include "emergency_p.h"
#include "record_p.h"

/* Where the agreement gives no timer: five working days for what is not urgent,
 * otherwise the time after which an answer would be none. */
static const uint64_t hold_minutes[] = {
	[URGENCY_ROUTINE] = ORDER_DAYS * 24 * 60,
	[URGENCY_PRIORITY] = 24 * 60,
	[URGENCY_IMMEDIATE] = 4 * 60,
	[URGENCY_FLASH] = 60,
};

/* What the agreement gives for the level, in any case of its name; 0: nothing. */
static uint64_t
agreed_minutes(const struct agreement *g, enum urgency urgency)
{
	for (size_t i = 0; g != NULL && i < g->urgency.levels; i++) {
		if (str_eq_nocase(g->urgency.level[i].code, str_of(urgency_name(urgency))))
			return g->urgency.level[i].hold_minutes;
	}
	return 0;
}

time_us
emergency_hold_until(const struct agreement *g, enum urgency urgency, time_us at)
{
	uint64_t minutes = agreed_minutes(g, urgency);

	if (minutes == 0)
		minutes = hold_minutes[urgency];
	if (minutes > HOLD_DAYS_MAX * 24 * 60)
		minutes = HOLD_DAYS_MAX * 24 * 60;
	return at + (time_us)minutes * 60 * US_PER_S;
}

bool
emergency_is(const struct release_ask *ask)
{
	return ask->harm != HARM_NONE || ask->break_glass.len > 0;
}

enum err
emergency_check(const struct release_ask *ask, struct why *why)
{
	if (emergency_is(ask) && str_trim(ask->reason).len == 0)
		return fail(why, ERR_INVALID, "release.emergency",
		    "an emergency carries a reason; give one");
	return OK;
}

void
emergency_put(struct agreement_request *r, const struct release_ask *ask)
{
	r->urgency = ask->urgency;
	r->harm = ask->harm;
	if (ask->break_glass.len == 0)
		return;
	r->break_glass = (struct break_glass){ .by = ask->by, .condition = ask->break_glass };
}

void
emergency_read(const struct db_rows *rows, size_t at, struct arena *a, struct release_ask *ask)
{
	/* What the table holds was parsed before it was written. */
	if (!urgency_parse(db_col_text(rows, at), &ask->urgency))
		ask->urgency = URGENCY_ROUTINE;
	if (!harm_parse(db_col_text(rows, at + 1), &ask->harm))
		ask->harm = HARM_NONE;
	ask->break_glass = arena_str(a, db_col_text(rows, at + 2));
	ask->by = arena_str(a, db_col_text(rows, at + 3));
}

/* An attempt stands in the log also when all of it was refused. */
enum err
emergency_record(const struct release_job *job, const struct release_ask *ask,
    const struct release_sent *sent, struct why *why)
{
	if (!emergency_is(ask))
		return OK;
	const bool refused = sent->released + sent->held == 0;
	const struct record_pair pairs[] = {
		{ "type", refused ? S("emergency-refused") : S("emergency") },
		{ "order", sent->order_id },
		{ "account", ask->by },
		{ "to", ask->to },
		{ "asked", ask->asked },
		{ "urgency", str_of(urgency_name(ask->urgency)) },
		{ "harm", str_of(harm_name(ask->harm)) },
		{ "break_glass", ask->break_glass },
		{ "reason", ask->reason },
	};
	TRY(record_append(job, "order", pairs, COUNTOF(pairs), why));
	if (refused)
		return record_event(job, "release.emergency-refused", sent->order_id, S(""), why);
	return record_event(job, "release.emergency", sent->order_id, S(""), why);
}
