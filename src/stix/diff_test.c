#include "diff.h"

#include "example_p.h"

/* clang-format off */
#define TIMES(more) "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"" more
#define TOOL(more) "{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\"," TIMES(more) "}"
#define SHORT_TOOL "{\"id\":\"tool--" EXAMPLE_UUID "\",\"type\":\"tool\",\"modified\":\"2026-01-01T00:00:00Z\",\"created\":\"2026-01-01T00:00:00.0Z\"}"

/* SI-046: what is no difference is none here.  want: "pointer before after;" */
static const struct diff_case {
	const char *name;
	const char *before, *after;
	const char *want;
} diff_cases[] = {
	{ "the same", TOOL(""), TOOL(""), "" },
	{ "spelt otherwise", TOOL(""), SHORT_TOOL, "" },
	{ "defaults", TOOL(",\"revoked\":false"), TOOL(",\"lang\":\"en\""), "" },
	{ "no default inside", TOOL(",\"x_a\":{\"b\":1}"), TOOL(",\"x_a\":{\"b\":1,\"revoked\":false}"), "/x_a/revoked - false;" },
	{ "an escape", TOOL(",\"name\":\"\\u0061\""), TOOL(",\"name\":\"a\""), "" },
	{ "a number otherwise", TOOL(",\"x_n\":1.0"), TOOL(",\"x_n\":1"), "" },
	{ "another number", TOOL(",\"x_n\":1.5"), TOOL(",\"x_n\":1"), "/x_n 1.5 1;" },
	{ "another text", TOOL(",\"name\":\"a\""), TOOL(",\"name\":\"b\""), "/name \"a\" \"b\";" },
	{ "another type", TOOL(",\"name\":\"1\""), TOOL(",\"name\":1"), "/name \"1\" 1;" },
	{ "added and removed", TOOL(",\"a_b\":1,\"c/d\":2"), TOOL(",\"b_c\":[3]"), "/a_b 1 -;/b_c - [3];/c~1d 2 -;" },
	{ "revoked now", TOOL(",\"revoked\":false"), TOOL(",\"revoked\":true"), "/revoked false true;" },
	{ "in a list", TOOL(",\"labels\":[\"a\",\"b\"]"), TOOL(",\"labels\":[\"a\",\"c\",\"d\"]"), "/labels/1 \"b\" \"c\";/labels/2 - \"d\";" },
	{ "a shorter list", TOOL(",\"labels\":[\"a\",\"b\"]"), TOOL(",\"labels\":[\"a\"]"), "/labels/1 \"b\" -;" },
	{ "deep inside", TOOL(",\"x_a\":{\"b\":[{\"c\":1}]}"), TOOL(",\"x_a\":{\"b\":[{\"c\":2}]}"), "/x_a/b/0/c 1 2;" },
	{ "an instant", TOOL(",\"x_t\":\"2026-01-01T00:00:00.10Z\""), TOOL(",\"x_t\":\"2026-01-01T00:00:00.2Z\""), "/x_t \"2026-01-01T00:00:00.10Z\" \"2026-01-01T00:00:00.2Z\";" },
};
/* clang-format on */

static struct str
shown(struct str value)
{
	return value.len > 0 ? value : S("-");
}

static void
check_diff(void **state)
{
	const struct diff_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(buf_free) struct buf got = buf_new(64 * KIB);
	struct stix_object before = example_object(a, str_of(c->before));
	struct stix_object after = example_object(a, str_of(c->after));
	struct stix_diff *d = arena_make(a, struct stix_diff, 1);

	assert_int_equal(stix_diff(&before, &after, a, d, NULL), OK);
	for (size_t i = 0; i < d->len; i++) {
		struct str was = shown(d->change[i].before), is = shown(d->change[i].after);

		buf_printf(&got, "%s " STR_FMT " " STR_FMT ";", d->change[i].pointer, STR_ARG(was),
		    STR_ARG(is));
	}
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr, c->want);
	assert_int_equal(d->more, 0);
}

static void
check_many(void **state)
{
	enum { MANY = STIX_CHANGES_MAX + 7 };
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);
	struct stix_diff *d = arena_make(a, struct stix_diff, 1);

	(void)state;
	buf_put(&text, S("{\"type\":\"tool\",\"id\":\"tool--" EXAMPLE_UUID "\"," TIMES("")));
	for (unsigned i = 0; i < MANY; i++)
		buf_printf(&text, ",\"x_%03u\":1", i);
	buf_putc(&text, '}');
	struct stix_object before = example_object(a, S(TOOL("")));
	struct stix_object after = example_object(a, buf_str(&text));
	assert_int_equal(stix_diff(&before, &after, a, d, NULL), OK);
	assert_int_equal(d->len, STIX_CHANGES_MAX);
	assert_int_equal(d->more, MANY - STIX_CHANGES_MAX);
}

static void
check_no_memory(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	CLEANUP(arena_freep) struct arena *small = arena_new(16);
	struct stix_diff *d = arena_make(a, struct stix_diff, 1);
	struct stix_object before = example_object(a, S(TOOL("")));
	struct stix_object after = example_object(a, S(TOOL(",\"name\":\"x\"")));
	struct why why = { 0 };

	(void)state;
	assert_int_equal(stix_diff(&before, &after, small, d, &why), ERR_LIMIT);
	assert_string_equal(why.text, "no memory is left to compare the members of the object");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, diff_cases, check_diff);
	CASE(&cases, check_many);
	CASE(&cases, check_no_memory);
	return cases_run("diff", &cases, argc, argv);
}
