/* Any bytes as a table of cases for a pack: tried, or refused with a reason
 * that can be shown.  The same table gives the same answers, a case is about a
 * rule that the pack has, and what failed is counted. */
#include "pack_cases.h"

#include <stdlib.h>

enum { FUZZ_ARENA_MAX = 512 * MIB };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define RULE(id, when, ruling)                                                              \
	"{\"id\":\"" id "\",\"kind\":\"release\",\"certainty\":\"H\",\"enabled\":true,"     \
	"\"text\":\"t\",\"source\":\"s\",\"from\":\"2026-01-01T00:00:00Z\",\"when\":{" when \
	"},\"reason\":\"C-CONTROLLED\",\"shared\":\"C-CONTROLLED\"," ruling "}"
static const char pack_text[] =
    "{\"type\":\"torana-rule-pack\",\"format\":1,\"id\":\"fuzz\",\"version\":1,\"sector\":\"fuzz\","
    "\"owner\":\"o\",\"review_on\":\"2027-04-01T00:00:00Z\",\"rules\":[" RULE("F-1",
        "\"labels\":[\"keep\"]", "\"ruling\":\"deny\"") "," RULE("F-2", "\"labels\":[\"wait\"]",
        "\"ruling\":\"hold\",\"approvals\":[\"policy\"]") "," RULE("F-3", "\"persons_over\":2",
        "\"ruling\":\"redact\",\"redact\":[{\"pointer\":\"/name\",\"method\":\"drop\"}]") "]}";

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static bool
run(struct arena *a, struct str text, struct pack_cases *ret)
{
	const struct rule_pack *pack = NULL;
	struct why why = { 0 };

	need(rule_pack_parse(a, str_of(pack_text), &pack, &why) == OK);
	enum err err = pack_cases_run(a, pack, text, ret, &why);
	need(err == OK || err == ERR_INVALID || err == ERR_LIMIT);
	need(err == OK || (why.code != NULL && why.text[0] != '\0'));
	return err == OK;
}

static void
check(const struct pack_cases *one, const struct pack_cases *two)
{
	size_t failed = 0;

	need(one->len <= PACK_CASES_MAX && one->len == two->len && one->failed == two->failed);
	for (size_t i = 0; i < one->len; i++) {
		const struct pack_case *c = &one->at[i];

		need(str_is(c->rule, "F-1") || str_is(c->rule, "F-2") || str_is(c->rule, "F-3"));
		need(c->found.len > 0 && str_eq(c->found, two->at[i].found));
		need(c->passed == two->at[i].passed);
		need(pack_cases_show(one, c->rule, c->holds));
		failed += !c->passed;
	}
	need(failed == one->failed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(FUZZ_ARENA_MAX);
	CLEANUP(arena_freep) struct arena *b = arena_new(FUZZ_ARENA_MAX);
	struct str text = { (const char *)data, len };
	struct pack_cases one, two;
	bool good = run(a, text, &one);

	need(run(b, text, &two) == good);
	if (good)
		check(&one, &two);
	return 0;
}
