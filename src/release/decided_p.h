/* decided_p.h: for tests: an office that has decided in every way. */
#pragma once

#include "fixture_p.h"

static inline enum err
office_approve_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_approve(job, in, out, why);
}

/* Six decisions: the node's identity and indicators 1 to 4 of one order (as it
 * is, as a copy, held, denied), the approval of the held one, and its hold. */
enum { OFFICE_DECIDED = 6, OFFICE_OF_ONE_ORDER = 5 };

/* Returns the order. */
static inline struct str
office_open_decided(struct office *o)
{
	static const char *const labels[] = { "", "copy", "check", "never" };
	bool released = false;

	office_open(o);
	office_pack(o, 1, "nothing", "deny");
	for (unsigned i = 0; i < COUNTOF(labels); i++)
		office_import(o, i + 1, 1, labels[i]);
	const struct release_sent sent = office_send(o, 1, COUNTOF(labels));
	assert_int_equal(sent.held, 1);
	const struct release_verdict v = {
		.order_id = sent.order_id,
		.ordinal = 3,
		.account = S("kiran"),
		.role = S("officer"),
		.bytes_hash =
		    office_hash(o, "SELECT preview_hash FROM release_item WHERE state = 'held'"),
	};
	WORKS(o, office_try(o, office_approve_job, &v, &released));
	assert_true(released);
	office_settle(o);
	return sent.order_id;
}
