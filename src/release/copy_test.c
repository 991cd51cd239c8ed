#include "fixture_p.h"
#include "json.h"

static const struct agreement_decision *
send_one(struct office *o, const char *to)
{
	struct release_send send = office_order(o, 1, 1);
	struct release_sent sent = { 0 };

	send.ask.to = str_of(to);
	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	office_wait(o, 60);
	const struct agreement_decision *d =
	    agreement_decision_about(sent.decisions, office_indicator(o, 1));
	assert_int_equal(d->outcome, OUTCOME_ALLOW_WITH_REDACTION);
	return d;
}

static struct str
member(struct office *o, const struct agreement_decision *d, const char *name)
{
	const struct json *tree = NULL;

	WORKS(o, json_parse(o->arena, d->bytes, NULL, &tree, &o->why));
	return json_str(json_get(tree, str_of(name)));
}

/* One identifier for one source; its versions are versions of the copy. */
static void
check_versions(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "copy");
	const struct agreement_decision *first = send_one(&o, "JP:JPCERT");
	office_import(&o, 1, 2, "copy");
	const struct agreement_decision *second = send_one(&o, "JP:JPCERT");
	assert_false(str_eq(first->leaving_id, office_indicator(&o, 1)));
	assert_true(str_starts(first->leaving_id, S("indicator--")));
	assert_true(str_eq(first->leaving_id, second->leaving_id));
	assert_true(str_eq(member(&o, first, "created"), member(&o, second, "created")));
	assert_true(str_cmp(member(&o, first, "modified"), member(&o, second, "modified")) < 0);
	assert_true(str_is(member(&o, first, "created"), "2026-11-22T03:04:06.000Z"));
	assert_true(str_eq(member(&o, first, "created_by_ref"),
	    realm_identity(o.realm)->redaction_identity));
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 2);
}

/* Released twice unchanged: the same bytes, and nothing new to see. */
static void
check_same_bytes(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "copy");
	const struct agreement_decision *first = send_one(&o, "JP:JPCERT");
	const struct agreement_decision *second = send_one(&o, "JP:JPCERT");
	assert_true(str_eq(first->bytes, second->bytes));
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
}

/* Another organisation under the same agreement knows it by the same name. */
static void
check_other_recipient(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "copy");
	const struct agreement_decision *first = send_one(&o, "JP:JPCERT");
	const struct agreement_decision *second = send_one(&o, "JP:NCO");
	assert_true(str_eq(first->leaving_id, second->leaving_id));
}

static enum err
source_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct str *id = in;

	return release_copy_source(job->db, job->arena, *id, out, why);
}

static void
check_source(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct str source = { 0 };

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "copy");
	const struct agreement_decision *d = send_one(&o, "JP:JPCERT");
	WORKS(&o, office_try(&o, source_job, &d->leaving_id, &source));
	assert_true(str_eq(source, office_indicator(&o, 1)));
	assert_int_equal(office_try(&o, source_job, &source, &source), ERR_NOT_FOUND);
}

/* A value that is veiled is the same one under this agreement ever after: also
 * when the node was started again, and for another organisation. */
static void
check_pseudonym(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "veil");
	const struct agreement_decision *first = send_one(&o, "JP:JPCERT");
	struct str name = member(&o, first, "name");
	assert_true(str_starts(name, S("p-")));
	assert_int_equal(str_find(first->bytes, S("Number")), SIZE_MAX);
	name = arena_str(o.arena, name);
	realm_close(o.realm);
	WORKS(&o, realm_open(o.folder, "demo", &(struct realm_options){ .clock = &o.clock },
	              &o.realm, &o.why));
	const struct agreement_decision *second = send_one(&o, "JP:NCO");
	assert_true(str_eq(member(&o, second, "name"), name));
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_versions);
	CASE(&list, check_same_bytes);
	CASE(&list, check_other_recipient);
	CASE(&list, check_source);
	CASE(&list, check_pseudonym);
	return cases_run("copy", &list, argc, argv);
}
