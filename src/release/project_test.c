#include "fixture_p.h"

static enum err
project_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)in;
	return release_project(job, out, why);
}

static size_t
project(struct office *o)
{
	size_t shown = 0;

	WORKS(o, office_try(o, project_job, NULL, &shown));
	return shown;
}

static struct release_sent
send_only(struct office *o, unsigned first, unsigned last)
{
	struct release_send send = office_order(o, first, last);
	struct release_sent sent = { 0 };

	WORKS(o, office_try_send(o, &send, &sent));
	return sent;
}

static enum err
publish_job(struct db *db, void *arg, struct why *why)
{
	struct office *o = arg;
	uint64_t size = 0;

	return ledger_publish(realm_ledger(o->realm), db, &o->clock, &size, why);
}

static void
publish(struct office *o)
{
	WORKS(o, realm_with_writer(o->realm, publish_job, o, &o->why));
}

static void
check_idempotent(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)send_only(&o, 1, 1);
	assert_int_equal(project(&o), 0); /* no checkpoint covers the leaf */
	assert_int_equal(office_count(&o, SHOWN "'%'"), 0);
	publish(&o);
	assert_int_equal(project(&o), 1 + NODE);
	int64_t added = office_count(&o, "SELECT SUM(date_added) FROM object");
	assert_int_equal(project(&o), 0);

	/* Also when the mark was lost. */
	office_sql(&o, "DELETE FROM watermark WHERE name = 'project'");
	assert_int_equal(project(&o), 1 + NODE);
	assert_int_equal(office_count(&o, "SELECT SUM(date_added) FROM object"), added);
	assert_int_equal(office_count(&o, SHOWN "'%'"), 1 + NODE);
}

/* A damaged byte stays here, and holds up no other. */
static void
check_damaged(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "");
	(void)send_only(&o, 1, 2);
	office_sql(&o, "UPDATE release_item SET" FLIPPED("bytes"));
	publish(&o);
	assert_int_equal(project(&o), 1 + NODE);
	assert_string_equal(office_item_state(&o, 1), "withdrawn");
	assert_string_equal(office_item_state(&o, 2), "released");
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'release.damaged'"),
	    1);
}

/* The order of (leaf, place) is the order of date_added. */
static void
check_order_of_rows(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	for (unsigned n = 1; n <= 6; n++)
		office_import(&o, n, 1, "");
	(void)send_only(&o, 4, 6);
	(void)send_only(&o, 1, 3);
	office_settle(&o);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item a JOIN release_item b"
	                     " ON a.leaf < b.leaf OR (a.leaf = b.leaf AND a.place < b.place)"
	                     " JOIN object x ON x.object_id = a.leaving_id"
	                     " JOIN object y ON y.object_id = b.leaving_id"
	                     " AND y.shard_key = x.shard_key JOIN collection c"
	                     " ON c.shard_key = x.shard_key AND c.kind = 'released'"
	                     " WHERE x.date_added >= y.date_added"),
	    0);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 6);
}

/* Bytes that the recipient has are not fetched again: their receipt is that of
 * the release that brought them. */
static void
check_receipt_of_same_bytes(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	office_import(&o, 1, 1, "");
	(void)office_send(&o, 1, 1);
	(void)office_send(&o, 1, 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE received_at > 0"),
	    0);
	office_receive(&o);
	(void)office_send(&o, 1, 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE received_at = 0"),
	    0);

	/* Other bytes have a receipt of their own to wait for. */
	office_import(&o, 1, 2, "");
	(void)office_send(&o, 1, 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_item WHERE received_at = 0"),
	    1);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_idempotent);
	CASE(&list, check_damaged);
	CASE(&list, check_order_of_rows);
	CASE(&list, check_receipt_of_same_bytes);
	return cases_run("project", &list, argc, argv);
}
