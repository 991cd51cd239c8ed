#include "base.h"
#include "cases.h"
#include "release.h"

/* Three agreements of IN: with JP; with JP, US and an observer AU; with JP and
 * LK, which is bound to one area until a day. */
struct held {
	struct arena *a;
	struct standing standing[3];
	struct gate gate;
};

static struct str
party(struct arena *a, const char *code, const char *more)
{
	return arena_printf(a,
	    "{\"code\":\"%s\",\"name\":\"%s\",\"node\":\"%s\",\"agreement_key\":\"%02x%02x%060d\",%s"
	    "\"organisations\":[{\"code\":\"%s:A\",\"name\":\"A\",\"kind\":\"state-body\","
	    "\"successor_of\":[\"%s:OLD\"]}]}",
	    code, code, code, (unsigned)code[0], (unsigned)code[1], 0, more, code, code);
}

static void
agree(struct held *h, size_t i, const char *id, struct str parties)
{
	const struct agreement *g;
	struct why why = { 0 };
	struct str text = arena_printf(h->a,
	    "{\"type\":\"torana-agreement\",\"format\":1,\"header\":{\"id\":\"%s\",\"version\":1,"
	    "\"language_of_record\":\"en\",\"title\":{\"en\":\"t\"}},\"lifecycle\":{\"in_force_from\":"
	    "\"2026-01-01T00:00:00Z\",\"expires_on\":\"2031-01-01T00:00:00Z\"},\"parties\":[" STR_FMT
	    "],"
	    "\"clauses\":{\"1\":\"c\"},\"areas\":[{\"code\":\"CI\",\"clause\":\"1\",\"name\":\"n\"},"
	    "{\"code\":\"CAP\",\"clause\":\"1\",\"name\":\"n\"}],\"purposes\":[],\"marking_policy\":"
	    "{\"clause\":\"1\",\"unmarked\":\"deny\",\"ceiling_by_channel\":{\"auto\":\"CLEAR\","
	    "\"officer\":\"CLEAR\",\"person\":\"CLEAR\"}},\"identity_protection\":{\"clause\":\"1\"},"
	    "\"personal_data\":{\"clause\":\"1\"},\"third_party\":{\"clause\":\"1\","
	    "\"originator_control\":true},\"suspension\":{\"clause\":\"1\"},\"exercise_realm\":"
	    "{\"clause\":\"1\"},\"retention\":{\"clause\":\"1\",\"days\":1},\"data_categories\":[]}",
	    id, STR_ARG(parties));

	if (agreement_parse(h->a, text, &g, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
	h->standing[i] = (struct standing){ .agreement = g, .signed_by = g->parties };
	h->gate.standing[h->gate.agreements++] = &h->standing[i];
}

static void
hold(struct held *h)
{
	struct arena *a = h->a;
	struct str in = party(a, "IN", ""), jp = party(a, "JP", "");
	struct str us = party(a, "US", ""), au = party(a, "AU", "\"class\":\"observer\",");
	struct str lk = party(a, "LK",
	    "\"class\":\"project\",\"areas\":[\"CAP\"],\"until\":\"2028-01-01T00:00:00Z\",");

	h->gate.party = S("IN");
	agree(h, 0, "QUAD",
	    arena_printf(a, STR_FMT "," STR_FMT "," STR_FMT "," STR_FMT, STR_ARG(in), STR_ARG(jp),
	        STR_ARG(us), STR_ARG(au)));
	agree(h, 1, "IJ", arena_printf(a, STR_FMT "," STR_FMT, STR_ARG(in), STR_ARG(jp)));
	agree(h, 2, "IJ-LK",
	    arena_printf(a, STR_FMT "," STR_FMT "," STR_FMT, STR_ARG(in), STR_ARG(jp),
	        STR_ARG(lk)));
}

static const struct open_case {
	const char *name;
	const char *to, *area;
	const char *want; /* agreement */
	const char *code; /* or why not */
} open_cases[] = {
	{ "of three the one between two", "JP:A", "CI", "IJ", NULL },
	{ "who is in one only", "US:A", "CI", "QUAD", NULL },
	{ "an observer gets nothing", "AU:A", "CI", NULL, "A-SCOPE" },
	{ "a project in its area", "LK:A", "CAP", "IJ-LK", NULL },
	{ "a project in another area", "LK:A", "CI", NULL, "A-SCOPE" },
	{ "a project in no area", "LK:A", "", NULL, "A-SCOPE" },
	{ "an area that is none", "US:A", "MOON", NULL, "A-SCOPE" },
	{ "ourselves", "IN:A", "CI", NULL, "A-NOTINFORCE" },
	{ "a stranger", "DE:A", "CI", NULL, "A-NOTINFORCE" },
	{ "a code that is gone", "US:OLD", "CI", "QUAD", NULL },
};

static void
check_open(void **state)
{
	const struct open_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct held h = { .a = a };
	const struct standing *got = NULL;
	struct why why = { 0 };
	time_us at;

	hold(&h);
	assert_true(time_parse(S("2026-11-20T12:00:00Z"), &at));
	enum err err = release_gate_open(&h.gate, str_of(c->to), str_of(c->area), at, &got, &why);
	if (c->want == NULL) {
		assert_int_equal(err, ERR_FORBIDDEN);
		assert_string_equal(why.code, c->code);
		return;
	}
	if (err != OK)
		fail_msg("%s", why.text);
	assert_true(str_is(got->agreement->id, c->want));
}

/* What is closed is passed over for what is open; what is over is over. */
static void
check_next(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct held h = { .a = a };
	const struct standing *got = NULL;
	struct why why = { 0 };
	time_us at;

	(void)state;
	hold(&h);
	assert_true(time_parse(S("2026-11-20T12:00:00Z"), &at));
	h.standing[1].terminated = true;
	assert_int_equal(release_gate_open(&h.gate, S("JP:A"), S("CI"), at, &got, &why), OK);
	assert_true(str_is(got->agreement->id, "IJ-LK"));
	h.standing[2].signed_by = 2;
	assert_int_equal(release_gate_open(&h.gate, S("JP:A"), S("CI"), at, &got, &why), OK);
	assert_true(str_is(got->agreement->id, "QUAD"));
	h.standing[2].signed_by = 3;
	assert_true(time_parse(S("2028-01-01T00:00:00Z"), &at));
	assert_int_equal(release_gate_open(&h.gate, S("LK:A"), S("CAP"), at, &got, &why),
	    ERR_FORBIDDEN);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, open_cases, check_open);
	CASE(&cases, check_next);
	return cases_run("gate_open", &cases, argc, argv);
}
