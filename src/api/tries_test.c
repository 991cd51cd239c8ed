#include "tries.h"

#include "cases.h"

#define NOW (US_PER_DAY)

/* clang-format off */
static const struct lock_case {
	const char *name;
	int failures;
	time_us want; /* seconds of the lock after the last of them */
} lock_cases[] = {
	{ "the first", 1, 0 },
	{ "four", 4, 0 },
	{ "five", 5, 60 },
	{ "six", 6, 120 },
	{ "ten", 10, 1920 },
	{ "eleven", 11, 3600 },
	{ "a hundred", 100, 3600 },
};
/* clang-format on */

static void
fail_often(struct tries *t, const struct tries_from *from, int n)
{
	for (int i = 1; i <= n; i++)
		assert_int_equal(tries_failed(t, from, NOW), i >= TRIES_FAILURES_MAX);
}

static void
check_lock(void **state)
{
	const struct lock_case *c = *state;
	const struct tries_from from = { S("meera"), S("192.0.2.1") };
	struct tries t = { 0 };

	fail_often(&t, &from, c->failures);
	assert_int_equal(tries_locked(&t, &from, NOW), c->want > 0);
	if (c->want > 0)
		assert_true(tries_locked(&t, &from, NOW + c->want * US_PER_S - 1));
	assert_false(tries_locked(&t, &from, NOW + c->want * US_PER_S));
	tries_passed(&t, &from);
	assert_false(tries_locked(&t, &from, NOW));
	assert_false(tries_failed(&t, &from, NOW));
}

/* clang-format off */
static const struct from_case {
	const char *name;
	const char *locked, *account, *remote;
	bool want;
} from_cases[] = {
	{ "the same",           "192.0.2.1",     "meera", "192.0.2.1",     true },
	{ "another account",    "192.0.2.1",     "arjun", "192.0.2.1",     false },
	{ "another address",    "192.0.2.1",     "meera", "192.0.2.2",     false },
	{ "the control socket", "192.0.2.1",     "meera", "",              false },
	{ "of one network",     "2001:db8::1",   "meera", "2001:db8::2:3", true },
	{ "of another network", "2001:db8::1",   "meera", "2001:db8:0:1::1", false },
	{ "no address",         "an address that is none and longer than any that there is", "meera", "another", false },
};
/* clang-format on */

static void
check_from(void **state)
{
	const struct from_case *c = *state;
	const struct tries_from locked = { S("meera"), str_of(c->locked) };
	const struct tries_from from = { str_of(c->account), str_of(c->remote) };
	struct tries t = { 0 };

	fail_often(&t, &locked, TRIES_FAILURES_MAX);
	assert_int_equal(tries_locked(&t, &from, NOW), c->want);
}

/* The one that rested longest makes room. */
static void
check_full(void **state)
{
	struct tries t = { 0 };
	char name[TRIES_MAX + 1] = { 0 };
	struct tries_from from = { .remote = S("192.0.2.1") };

	(void)state;
	for (size_t i = 0; i <= TRIES_MAX; i++) {
		from.account = (struct str){ name, i };
		for (int n = 0; n < TRIES_FAILURES_MAX; n++)
			(void)tries_failed(&t, &from, NOW + (time_us)i);
	}
	assert_true(tries_locked(&t, &from, NOW));
	from.account.len = 1;
	assert_true(tries_locked(&t, &from, NOW));
	from.account.len = 0;
	assert_false(tries_locked(&t, &from, NOW));
}

int
main(int argc, char **argv)
{
	static struct cases cases;

	CASES(&cases, lock_cases, check_lock);
	CASES(&cases, from_cases, check_from);
	CASE(&cases, check_full);
	return cases_run("tries", &cases, argc, argv);
}
