#include "translation.h"

#include "base.h"
#include "cases.h"

/* SI-100 */

/* clang-format off */
static const struct fits_case {
	const char *name;
	const char *created;
	const char *versions[3];
	const char *named;
	bool fits;
} fits_cases[] = {
	{ "nothing known", NULL, { NULL }, "2026-01-02T00:00:00Z", true },
	{ "the version", "2026-01-01T00:00:00Z", { "2026-01-01T00:00:00Z" }, "2026-01-01T00:00:00.000Z", true },
	{ "one of three", "2026-01-01T00:00:00Z", { "2026-01-03T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z" }, "2026-01-02T00:00:00Z", true },
	{ "between", "2026-01-01T00:00:00Z", { "2026-01-03T00:00:00Z", "2026-01-01T00:00:00Z" }, "2026-01-02T00:00:00Z", false },
	{ "a nanosecond later", "2026-01-01T00:00:00Z", { "2026-01-01T00:00:00Z" }, "2026-01-01T00:00:00.000000001Z", false },
	{ "behind all", "2026-01-01T00:00:00Z", { "2026-01-01T00:00:00Z" }, "2026-01-02T00:00:00Z", false },
	{ "before the first that was seen", "2026-01-01T00:00:00Z", { "2026-01-03T00:00:00Z" }, "2026-01-02T00:00:00Z", true },
	{ "before it was made", "2026-01-01T00:00:00Z", { "2026-01-03T00:00:00Z" }, "2025-12-31T00:00:00Z", false },
	{ "of what has no versions", NULL, { "" }, "2026-01-02T00:00:00Z", false },
};
/* clang-format on */

static void
check_fits(void **state)
{
	const struct fits_case *row = *state;
	struct translation t = { .modified = str_of(row->named) };

	assert_true(time_parse(t.modified, &t.modified_us));
	for (size_t i = 0; i < COUNTOF(row->versions) && row->versions[i] != NULL; i++) {
		struct stix_object o = { .modified = str_of(row->versions[i]) };

		(void)time_parse(o.modified, &o.modified_us);
		(void)time_parse(str_of(row->created), &o.created_us);
		translation_see(&t, &o);
	}
	assert_int_equal(translation_fits(&t), row->fits);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, fits_cases, check_fits);
	return cases_run("translation", &list, argc, argv);
}
