#include "fixture_p.h"
#include "versions.h"

static enum err
propose_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_standing_propose(job, in, out, why);
}

static enum err
agree_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_standing_approve(job, in, why);
}

static enum err
stop_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return release_standing_stop(job, in, why);
}

static enum err
run_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)in;
	return release_standing_run(job, out, why);
}

static const struct str plain[] = { { "plain", 5 }, { "node", 4 } };

static struct standing_order
wish(struct office *o)
{
	return (struct standing_order){
		.to = S("JP:JPCERT"),
		.purpose = S("incident-response"),
		.area = S("INFO"),
		.categories = 1,
		.category = plain,
		.ceiling = TLP_GREEN,
		.proposer = S("meera"),
		.expires_at = clock_wall(&o->clock) + 30 * US_PER_DAY,
	};
}

/* Proposed by meera, agreed by kiran; the delay has passed. */
static struct standing_step
active(struct office *o)
{
	struct standing_order order = wish(o);
	struct standing_step step = { .account = S("kiran"), .reason = S("needed") };

	WORKS(o, office_try(o, propose_job, &order, &step.order_id));
	WORKS(o, office_try(o, agree_job, &step, NULL));
	office_wait(o, STANDING_DELAY_S);
	return step;
}

static size_t
run(struct office *o)
{
	size_t released = 0;

	WORKS(o, office_try(o, run_job, NULL, &released));
	office_settle(o);
	office_wait(o, 1);
	return released;
}

static void
check_life(void **state)
{
	CLEANUP(office_closep) struct office o;
	struct standing_step step = { .account = S("meera") };

	(void)state;
	office_open(&o);
	struct standing_order order = wish(&o);
	WORKS(&o, office_try(&o, propose_job, &order, &step.order_id));
	office_wait(&o, STANDING_DELAY_S);
	office_import(&o, 1, 1, "");
	assert_int_equal(run(&o), 0); /* nobody agreed */

	REFUSES(&o, office_try(&o, agree_job, &step, NULL), ERR_FORBIDDEN, "release.four-eyes");
	step.account = S("kiran");
	WORKS(&o, office_try(&o, agree_job, &step, NULL));
	REFUSES(&o, office_try(&o, agree_job, &step, NULL), ERR_CONFLICT, "standing.state");
	office_wait(&o, STANDING_DELAY_S - 1);
	office_import(&o, 2, 1, "");
	assert_int_equal(run(&o), 0); /* an officer can still stop it */

	/* It never looks back. */
	assert_int_equal(run(&o), 1 + NODE);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	assert_string_equal(office_item_state(&o, 2), "released");
	assert_int_equal(run(&o), 0);
	office_import(&o, 3, 1, "");
	assert_int_equal(run(&o), 1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_order r JOIN release_order s"
	                     " ON s.order_id = r.standing_order AND s.kind = 'standing'"),
	    2);

	WORKS(&o, office_try(&o, stop_job, &step, NULL));
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name LIKE 'standing.%'"),
	    3);
	REFUSES(&o, office_try(&o, stop_job, &step, NULL), ERR_CONFLICT, "standing.state");
	office_import(&o, 4, 1, "");
	assert_int_equal(run(&o), 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM ledger_leaf WHERE kind = 'order'"),
	    3);
}

/* What another collection got late is not passed over. */
static void
check_collections_apart(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	(void)active(&o);
	office_sql(&o, "INSERT INTO collection_head (shard_key, last_added, n_versions)"
	               " SELECT 99, MAX(last_added) + 60000000, 0 FROM collection_head");
	office_import(&o, 1, 1, "");
	assert_int_equal(run(&o), 1 + NODE);
}

/* Neither sent nor named: what the order was not given for. */
static void
check_scope(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	(void)active(&o);
	office_import(&o, 1, 1, "");
	office_import_marked(&o, 2, 1, "", AMBER);
	office_import_text(&o,
	    S("{\"type\":\"malware\",\"spec_version\":\"2.1\","
	      "\"id\":\"malware--00000000-0000-4000-8000-000000000003\","
	      "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	      "\"is_family\":false,\"name\":\"Loader\",\"object_marking_refs\":[\"" GREEN "\"]}"),
	    S("IN:CERT-IN"));
	assert_int_equal(run(&o), 1 + NODE);
	assert_string_equal(office_item_state(&o, 1), "released");
	assert_int_equal(office_count(&o, SHOWN "'malware--%'"), 0);
	assert_int_equal(office_count(&o, SHOWN "'indicator--%'"), 1);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 1 + NODE);
}

static enum err
approve_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_approve(job, in, out, why);
}

static void
check_held_of_a_run(void **state)
{
	CLEANUP(office_closep) struct office o;
	bool released = false;

	(void)state;
	office_open(&o);
	(void)active(&o);
	office_import(&o, 1, 1, "check");
	assert_int_equal(run(&o), NODE);
	assert_string_equal(office_item_state(&o, 1), "held");
	struct release_verdict v = {
		.order_id =
		    office_text(&o, "SELECT order_id FROM release_item WHERE state = 'held'"),
		.ordinal = NODE,
		.account = S("meera"),
		.role = S("officer"),
		.bytes_hash =
		    office_hash(&o, "SELECT preview_hash FROM release_item WHERE state = 'held'"),
	};
	REFUSES(&o, office_try(&o, approve_job, &v, &released), ERR_FORBIDDEN, "release.four-eyes");
	v.account = S("kiran");
	WORKS(&o, office_try(&o, approve_job, &v, &released));
	assert_true(released);
}

static void
check_expiry(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	(void)active(&o);
	office_wait(&o, 30 * 24 * 3600);
	office_import(&o, 1, 1, "");
	assert_int_equal(run(&o), 0);
	(void)office_tighten(&o);
	assert_true(str_is(office_text(&o, "SELECT state FROM release_order"), "expired"));
}

/* clang-format off */
/* What lies there without an officer's doing. */
static const struct unseen_case {
	const char *name;
	const char *sql;
} unseen_cases[] = {
	{ "a guest's", "UPDATE object SET giver = '" RANK_GUEST_GIVER "acme', originator = 'IN:CERT-IN'" },
	/* The address stays when the feed is removed. */
	{ "a feed's", "INSERT INTO feed_address (shard_key, url, api_root, collection) "
	  "SELECT shard_key, '', '', '' FROM collection WHERE alias = 'local'" },
};
/* clang-format on */

static void
check_unseen(void **state)
{
	const struct unseen_case *c = *state;
	CLEANUP(office_closep) struct office o;

	office_open(&o);
	(void)active(&o);
	office_import_marked(&o, 1, 1, "",
	    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487");
	office_sql(&o, c->sql);
	assert_int_equal(run(&o), 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 0);
}

/* One that cannot run any more stops itself, and holds up no other. */
static void
check_blocked(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	(void)active(&o);
	office_sql(&o, "UPDATE release_order SET recipient = 'US:CISA'");
	(void)active(&o);
	office_import(&o, 1, 1, "");
	assert_int_equal(run(&o), 1 + NODE);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_order WHERE state = 'stopped'"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'standing.stopped'"),
	    1);
}

/* ---- what is refused ---- */

static void
no_category(struct standing_order *o)
{
	o->categories = 0;
}
static void
strange_category(struct standing_order *o)
{
	static const struct str strange = { "gossip", 6 };

	o->category = &strange;
}
static void
strange_purpose(struct standing_order *o)
{
	o->purpose = S("curiosity");
}
static void
ended(struct standing_order *o)
{
	o->expires_at = 1;
}
static void
stranger(struct standing_order *o)
{
	o->to = S("US:CISA");
}

/* clang-format off */
static const struct wrong_row {
	const char *name;
	void (*change)(struct standing_order *);
	enum err err;
	const char *code;
} wrong_table[] = {
	{ "without categories",    no_category,      ERR_INVALID,   "standing.categories" },
	{ "an unknown category",   strange_category, ERR_INVALID,   "standing.category" },
	{ "an unknown purpose",    strange_purpose,  ERR_INVALID,   "release.purpose" },
	{ "an end in the past",    ended,            ERR_INVALID,   "standing.expiry" },
	{ "an unknown recipient",  stranger,         ERR_FORBIDDEN, "A-NOTINFORCE" },
};
/* clang-format on */

static void
check_wrong(void **state)
{
	const struct wrong_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct str id = { 0 };

	office_open(&o);
	struct standing_order order = wish(&o);
	row->change(&order);
	REFUSES(&o, office_try(&o, propose_job, &order, &id), row->err, row->code);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_order"), 0);
}

/* While an agreement is suspended nothing is passed over: it is sent afterwards. */
static void
check_suspended(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	(void)active(&o);
	office_state(&o, STATEMENT_SUSPEND, "all");
	office_import(&o, 1, 1, "");
	assert_int_equal(run(&o), 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 0);
	office_state(&o, STATEMENT_RESUME, "all");
	office_state(&o, STATEMENT_SUSPEND, "INFO");
	assert_int_equal(run(&o), 0);
	office_state(&o, STATEMENT_RESUME, "INFO");
	assert_int_equal(run(&o), 1 + NODE);
	assert_string_equal(office_item_state(&o, 1), "released");
}

/* What ends does not come again, not even when a new agreement is made. */
static void
check_terminated(void **state)
{
	CLEANUP(office_closep) struct office o;

	(void)state;
	office_open(&o);
	(void)active(&o);
	office_state(&o, STATEMENT_TERMINATE, "all");
	office_import(&o, 1, 1, "");
	assert_int_equal(run(&o), 0);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM release_order WHERE state = 'stopped'"),
	    1);
	assert_int_equal(office_count(&o,
	                     "SELECT COUNT(*) FROM event WHERE name = 'standing.stopped'"),
	    1);
	assert_int_equal(run(&o), 0);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"), 0);
}

/* An identity is of the victim's half, unless it is one of the agreement's. */
#define VICTIM                                                                                \
	"{\"type\":\"identity\",\"spec_version\":\"2.1\","                                    \
	"\"id\":\"identity--00000000-0000-4000-8000-0000000000aa\","                          \
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"," \
	"\"name\":\"City Hospital\",\"identity_class\":\"organization\","                     \
	"\"object_marking_refs\":[\"" GREEN "\"]}"

/* clang-format off */
static const struct half_row {
	const char *name;
	enum release_with with;
	int64_t technique, victim; /* decisions about each */
} half_table[] = {
	{ "of nothing it is for the technique", WITH_TECHNIQUE, 1, 0 },
	{ "of the victim",                      WITH_VICTIM,    0, 1 },
	{ "of both",                            WITH_ALL,       1, 1 },
};
/* clang-format on */

static void
check_half(void **state)
{
	const struct half_row *row = *state;
	CLEANUP(office_closep) struct office o;
	struct standing_step step = { .account = S("kiran") };

	office_open(&o);
	struct standing_order order = wish(&o);
	order.categories = COUNTOF(plain);
	order.with = row->with;
	WORKS(&o, office_try(&o, propose_job, &order, &step.order_id));
	WORKS(&o, office_try(&o, agree_job, &step, NULL));
	if (row->with == WITH_TECHNIQUE) /* one that was made before halves were named */
		office_sql(&o, "UPDATE release_order SET scope ="
		               " replace(scope, ',\"with\":\"technique\"', '')");
	office_wait(&o, STANDING_DELAY_S);
	office_import(&o, 1, 1, "");
	office_import_text(&o, S(VICTIM), S("IN:CERT-IN"));
	(void)run(&o);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"
	                                  " WHERE source_id LIKE 'indicator--%'"),
	    row->technique);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item"
	                                  " WHERE source_id LIKE '%0000000000aa'"),
	    row->victim);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_life);
	CASE(&list, check_suspended);
	CASE(&list, check_terminated);
	CASES(&list, half_table, check_half);
	CASE(&list, check_collections_apart);
	CASE(&list, check_scope);
	CASE(&list, check_held_of_a_run);
	CASE(&list, check_expiry);
	CASE(&list, check_blocked);
	CASES(&list, unseen_cases, check_unseen);
	CASES(&list, wrong_table, check_wrong);
	return cases_run("standing_order", &list, argc, argv);
}
