#include <stdio.h>

#include "base.h"
#include "cases.h"
#include "rate_p.h"

#define AT INT64_C(1'000'000'000)

static void
check_burst_then_pace(void **)
{
	struct taxii_rate *rate = taxii_rate_new(60);

	for (int i = 0; i < 60; i++)
		assert_int_equal(taxii_rate_wait(rate, S("a"), AT), 0);
	assert_int_equal(taxii_rate_wait(rate, S("a"), AT), US_PER_S);
	/* Asking again costs nothing. */
	assert_int_equal(taxii_rate_wait(rate, S("a"), AT + US_PER_S / 2), US_PER_S / 2);
	assert_int_equal(taxii_rate_wait(rate, S("a"), AT + US_PER_S), 0);
	assert_int_equal(taxii_rate_wait(rate, S("a"), AT + US_PER_S), US_PER_S);
	/* Another is another, and silence gives the minute back. */
	assert_int_equal(taxii_rate_wait(rate, S("b"), AT), 0);
	for (int i = 0; i < 60; i++)
		assert_int_equal(taxii_rate_wait(rate, S("a"), AT + 3 * US_PER_MIN), 0);
	assert_int_not_equal(taxii_rate_wait(rate, S("a"), AT + 3 * US_PER_MIN), 0);
	taxii_rate_free(rate);
}

/* More callers than places: each is served, as if it were the first time. */
static void
check_many_callers(void **)
{
	struct taxii_rate *rate = taxii_rate_new(1);
	char name[16];

	for (int i = 0; i < 100'000; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(taxii_rate_wait(rate, str_of(name), AT), 0);
	}
	taxii_rate_free(rate);
	taxii_rate_free(NULL);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_burst_then_pace);
	CASE(&list, check_many_callers);
	return cases_run("taxii_rate", &list, argc, argv);
}
