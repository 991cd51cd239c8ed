#include "disclosure.h"

#include "fixture_p.h"

#define PLANT "identity--00000000-0000-4000-8000-0000000000bb"
#define TIMES "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\""

static struct disclosure *
about(struct office *o, const char *who, const char *owner, size_t *ret_len)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct disclosure_query q = {
		.of = { str_of(owner), S("main") },
		.origin = ledger_origin(realm_ledger(o->realm)),
	};
	struct disclosure *ret = NULL;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o,
	    release_disclosure_about(lease.db, o->arena, NULL, str_of(who), &q.identity, &o->why));
	WORKS(o, release_disclosures(lease.db, o->arena, &q, &ret, ret_len, &o->why));
	return ret;
}

static void
import_identity(struct office *o, const char *id, const char *name)
{
	office_import_text(o,
	    arena_printf(o->arena,
	        "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"%s\"," TIMES
	        ",\"name\":\"%s\",\"identity_class\":\"organization\","
	        "\"object_marking_refs\":[\"" GREEN "\"]}",
	        id, name),
	    S("IN:CERT-IN"));
}

/* An indicator tied to the plant, which leaves as a copy or is denied, and one
 * that has nothing to do with it. */
static void
open_plant(struct office *o)
{
	office_open(o);
	import_identity(o, PLANT, "Power Plant 7");
	office_import(o, 1, 1, "copy");
	office_import(o, 2, 1, "");
	office_import(o, 3, 1, "never");
	for (unsigned n = 1; n <= 3; n += 2)
		office_import_text(o,
		    arena_printf(o->arena,
		        "{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":"
		        "\"relationship--00000000-0000-4000-8000-%012u\"," TIMES
		        ",\"relationship_type\":\"targets\",\"source_ref\":\"" STR_FMT
		        "\",\"target_ref\":\"" PLANT "\",\"object_marking_refs\":[\"" GREEN "\"]}",
		        n, STR_ARG(office_indicator(o, n))),
		    S("IN:CERT-IN"));
	(void)office_send(o, 1, 3);
}

static void
check_list(struct office *o)
{
	size_t n = 0;
	struct disclosure *d = about(o, "Power Plant 7", "IN:CERT-IN", &n);

	assert_int_equal(n, 1);
	assert_true(str_eq(d[0].source_id, office_indicator(o, 1)));
	assert_false(str_eq(d[0].leaving_id, d[0].source_id));
	assert_true(d[0].copied);
	assert_false(d[0].itself);
	assert_true(str_is(d[0].recipient, "JP:JPCERT"));
	assert_true(str_find(d[0].decision, S("\"clause\":\"1\"")) != SIZE_MAX);
}

static void
test_list(void **state)
{
	CLEANUP(office_closep) struct office o;
	size_t n = 0;

	(void)state;
	open_plant(&o);
	check_list(&o);
	(void)about(&o, PLANT, "IN:CERT-IN", &n);
	assert_int_equal(n, 1);
	/* Another organisation of the party learns nothing, not even that there is something. */
	(void)about(&o, PLANT, "IN:BANK", &n);
	assert_int_equal(n, 0);
	/* The record outlives the content. */
	office_sql(&o, "DELETE FROM object WHERE object_id LIKE 'indicator%'");
	check_list(&o);
}

static void
test_names(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct str id;

	(void)state;
	open_plant(&o);
	import_identity(&o, "identity--00000000-0000-4000-8000-0000000000bc", "Power Plant 7");
	WORKS(&o, db_pool_take(realm_readers(o.realm), &lease, &o.why));
	REFUSES(&o,
	    release_disclosure_about(lease.db, o.arena, NULL, S("Power Plant 8"), &id, &o.why),
	    ERR_NOT_FOUND, "disclosure.unknown");
	REFUSES(&o,
	    release_disclosure_about(lease.db, o.arena, NULL, S("Power Plant 7"), &id, &o.why),
	    ERR_CONFLICT, "disclosure.name");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, test_list);
	CASE(&list, test_names);
	return cases_run("disclosure", &list, argc, argv);
}
