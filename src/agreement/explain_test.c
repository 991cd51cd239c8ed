/* What an explanation says to whom: what a selection leaves out, what only
 * advises, which policy marked it; and that what is stored is no sentence. */
#include "agreement.h"
#include "cases.h"
#include "fixture_p.h"

enum { PAGE_MAX = MIB };

#define PATTERN                                                               \
	",\"name\":\"C2\",\"pattern\":\"[ipv4-addr:value = '203.0.113.7']\"," \
	"\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-19T07:31:42.123Z\""
#define MAILBOX                                                                                                          \
	"{\"type\":\"email-addr\",\"spec_version\":\"2.1\",\"id\":\"email-addr--5c0f3a52-0000-5000-8000-000000000020\"," \
	"\"value\":\"k.patel@gvv-grid.example\"," AMBER "}"
#define ADVICE "Personal data is processed on consent"

static void
add_many(struct world *w, const char *more, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text),
		    "{\"type\":\"indicator\",\"spec_version\":\"2.1\","
		    "\"id\":\"indicator--00000000-0000-4000-8000-%012zu\"," TIMES PATTERN "%s}",
		    i, more);
		world_add(w, str_of(text));
	}
}

static struct str
page(struct world *w, const struct agreement_decision *d, enum decision_form form)
{
	CLEANUP(buf_free) struct buf out = buf_new(PAGE_MAX);
	struct json_writer writer = json_writer(&out);

	agreement_decision_write(&writer, &w->request, d, form);
	assert_false(out.full);
	return arena_str(w->a, buf_str(&out));
}

static void
expect(struct str text, const char *part, bool there)
{
	if ((str_find(text, str_of(part)) != SIZE_MAX) != there)
		fail_msg("\"%s\" is %sin " STR_FMT, part, there ? "not " : "", STR_ARG(text));
}

/* ---- what a selection leaves out ---- */

/* clang-format off */
static const struct bundle_case {
	const char *name;
	enum bundle_mode mode;
	size_t clear, red, unmarked, topology;
	const char *ours, *partners; /* NULL: nothing is said */
} bundle_cases[] = {
	{ "all go",                         BUNDLE_PARTIAL, 3, 0, 0, 0, NULL, NULL },
	{ "one by itself",                  BUNDLE_PARTIAL, 0, 1, 0, 0, NULL, NULL },
	{ "counts by reason",               BUNDLE_PARTIAL, 2, 1, 2, 0, "Left out of its selection of 5: 3 (M-RED 1, M-UNKNOWN 2).", NULL },
	{ "a count below the smallest",     BUNDLE_PARTIAL, 1, 4, 0, 0, "Left out of its selection of 5: 4 (M-RED 4).", NULL },
	{ "one that may be told",           BUNDLE_PARTIAL, 1, 5, 0, 0, "Left out of its selection of 6: 5 (M-RED 5).", "Left out: 5 (M-RED 5)." },
	{ "a small one beside it is not",   BUNDLE_PARTIAL, 1, 5, 1, 0, "Left out of its selection of 7: 6 (M-RED 5, M-UNKNOWN 1).", "Left out: 5 (M-RED 5)." },
	{ "national law by its shared code", BUNDLE_PARTIAL, 1, 0, 0, 6, "Left out of its selection of 7: 6 (N-IN-CII-TOPO 6).", "Left out: 6 (C-CONTROLLED 6)." },
	{ "whole, and one may not",         BUNDLE_STRICT,  2, 1, 0, 0, "Nothing goes: its selection of 3 was to go whole, and 1 of it may not leave (M-RED 1).", NULL },
	{ "whole, and many may not",        BUNDLE_STRICT,  1, 6, 0, 0, "Nothing goes: its selection of 7 was to go whole, and 6 of it may not leave (M-RED 6).", NULL },
	{ "whole, and all may",             BUNDLE_STRICT,  3, 0, 0, 0, NULL, NULL },
};
/* clang-format on */

static void
check_counts(const struct world *w, const struct bundle_case *c)
{
	const struct bundle *b = w->got->bundle;
	size_t staying = c->red + c->unmarked + c->topology;
	bool stopped = c->mode == BUNDLE_STRICT && staying > 0;

	assert_int_equal(b->selected, c->clear + staying);
	assert_int_equal(b->staying, staying);
	assert_int_equal(b->waiting, 0);
	assert_int_equal(b->leaving, stopped ? 0 : c->clear);
	assert_int_equal(b->stopped, stopped ? c->clear : 0);
}

static void
check_said(const struct lines *said, const char *want)
{
	assert_int_equal(said->len, want == NULL ? 0 : 1);
	if (want != NULL && !world_says(said, str_of(want)))
		fail_msg("not \"%s\" but " STR_FMT, want, STR_ARG(said->json));
}

static void
check_bundle(void **state)
{
	const struct bundle_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();

	w.request.mode = c->mode;
	world_pack(&w, "packs/in.json");
	/* It goes along with every order, and is no part of what was selected. */
	if (c->mode == BUNDLE_PARTIAL)
		world_add(&w,
		    S("{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" REDACTION
		      "\"," TIMES ",\"name\":\"Node\"," RED "}"));
	/* Only the pack knows this label: the agreement lets it go. */
	add_many(&w, "," CLEAR, 100, c->clear);
	add_many(&w, "," RED, 200, c->red);
	add_many(&w, "", 300, c->unmarked);
	add_many(&w, ",\"labels\":[\"cii-x\"]," CLEAR, 400, c->topology);
	world_decide(&w);
	check_counts(&w, c);
	check_said(&w.got->bundle->said, c->ours);
	check_said(&w.got->bundle->shared, c->partners);
	for (size_t i = 0; i < w.got->len; i++) {
		struct str partner = page(&w, &w.got->decision[i], DECISION_PARTNER);

		expect(partner, "N-IN-", false);
		expect(partner, "its selection of", false);
		expect(page(&w, &w.got->decision[i], DECISION_SHOWN), "its selection of",
		    c->ours != NULL);
	}
}

/* ---- advice ---- */

static void
check_advice(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *d;

	(void)state;
	world_pack(&w, "packs/in.json");
	world_add(&w, S(MAILBOX));
	world_decide(&w);
	d = &w.got->decision[0];
	assert_int_equal(d->advice.len, 1);
	assert_int_equal(d->advice.line[0].code, ADVICE_RULE);
	expect(page(&w, d, DECISION_SHOWN),
	    "IN-13 (N-IN-DPDP) advises, and decides from 2027-05-13", true);
	expect(page(&w, d, DECISION_PARTNER), "IN-13", false);
	expect(page(&w, d, DECISION_PARTNER), ADVICE, false);
	expect(page(&w, d, DECISION_PARTNER), "DPDP", false);
	for (size_t i = 0; i < d->codes; i++)
		assert_false(str_is(d->code[i], "N-IN-DPDP"));
}

static void
check_advice_ends(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement_decision *d;

	(void)state;
	world_pack(&w, "packs/in.json");
	world_add(&w, S(MAILBOX));
	assert_true(time_parse(S("2027-05-13T00:00:00Z"), &w.request.at));
	world_decide(&w);
	d = &w.got->decision[0];
	assert_int_equal(d->advice.len, 0);
	assert_non_null(strstr(world_codes(&w, d), "N-IN-DPDP"));
}

/* ---- the policy of a source ---- */

static const struct source_cited attack = { .name = { "attack", 6 },
	.version = 2,
	.hash = { { 7, 7, 7 } } };

/* clang-format off */
static const struct source_case {
	const char *name, *marking;
	size_t source;
	bool cited;
} source_cases[] = {
	{ "without a marking it is cited", "",          1, true },
	{ "its own marking wins",          "," AMBER,   1, false },
	{ "no policy, no citation",        "," CLEAR,   0, false },
};
/* clang-format on */

static void
check_source(void **state)
{
	const struct source_case *c = *state;
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf text = buf_new(KIB);
	struct agreement_item *item;
	const struct agreement_decision *d;
	struct str ours;

	buf_put(&text, S(HEAD("indicator", "0100") PATTERN));
	buf_put(&text, str_of(c->marking));
	buf_putc(&text, '}');
	item = world_add(&w, buf_str(&text));
	item->source = c->source;
	item->default_tlp = c->source > 0 ? TLP_CLEAR : TLP_NONE;
	w.request.source = &attack;
	w.request.sources = 1;
	world_decide(&w);
	d = &w.got->decision[0];
	assert_int_equal(d->outcome, OUTCOME_ALLOW);
	ours = page(&w, d, DECISION_STORED);
	expect(ours, "{\"id\":\"source:attack\",\"version\":\"attack v2\",\"hash\":\"070707",
	    c->cited);
	assert_int_equal(world_says(&d->why,
	                     S("It carries no marking; by the policy of its source attack it "
	                       "counts as TLP:CLEAR.")),
	    c->cited);
	expect(page(&w, d, DECISION_PARTNER), "attack", false);
	expect(d->facts, "\"source\":{\"hash\":\"070707", c->source > 0);
	world_replay(&w, d);
}

/* ---- stored and shown ---- */

/* Codes and values are stored, and the sentences that follow from them are those
 * that were shown when it was decided. */
static void
check_stored(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf out = buf_new(PAGE_MAX);
	struct json_writer writer = json_writer(&out);
	const struct json *tree = NULL;

	(void)state;
	world_pack(&w, "packs/in.json");
	add_many(&w, "," CLEAR, 100, 1);
	add_many(&w, ",\"labels\":[\"exploit\"]," AMBER, 200, 1);
	add_many(&w, "", 300, 1);
	world_add(&w, S(MAILBOX));
	w.request.purpose = S("prevention");
	world_decide(&w);
	for (size_t i = 0; i < w.got->len; i++) {
		const struct agreement_decision *d = &w.got->decision[i];
		struct str stored = page(&w, d, DECISION_STORED);

		expect(stored, "\"text\":\"It ", false);
		expect(stored, "\"code\":\"what.", true);
		buf_clear(&out);
		writer = json_writer(&out);
		assert_int_equal(json_parse(w.a, stored, NULL, &tree, NULL), OK);
		agreement_decision_show(&writer, tree);
		assert_true(str_eq(buf_str(&out), page(&w, d, DECISION_SHOWN)));
	}
}

/* clang-format off */
static const struct shown_case {
	const char *name, *stored, *shown;
} shown_cases[] = {
	{ "a sentence of an old decision", "{\"what\":\"It stays.\"}", "{\"what\":[\"It stays.\"]}" },
	{ "a line that is known", "{\"what\":[{\"code\":\"what.deny\",\"args\":{}}]}",
	  "{\"what\":[{\"code\":\"what.deny\",\"args\":{},\"text\":\"It stays.\"}]}" },
	{ "a code of a later program", "{\"why\":[{\"code\":\"why.not\",\"args\":{}}]}", "{\"why\":[{\"code\":\"why.not\",\"args\":{}}]}" },
	{ "a value that is missing", "{\"what\":[{\"code\":\"what.hold\",\"args\":{}}]}", "{\"what\":[{\"code\":\"what.hold\",\"args\":{}}]}" },
	{ "a value that looks like a place", "{\"would_change\":[{\"code\":\"would.recipient\",\"args\":{\"to\":\"{to}\"}}]}",
	  "{\"would_change\":[{\"code\":\"would.recipient\",\"args\":{\"to\":\"{to}\"},\"text\":\"The recipient is {to}.\"}]}" },
	{ "all else as it is", "{\"codes\":[\"V-VICTIM\"],\"n\":1.0}", "{\"codes\":[\"V-VICTIM\"],\"n\":1.0}" },
};
/* clang-format on */

static void
check_shown(void **state)
{
	const struct shown_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	CLEANUP(buf_free) struct buf out = buf_new(PAGE_MAX);
	struct json_writer writer = json_writer(&out);
	const struct json *tree = NULL;

	assert_int_equal(json_parse(a, str_of(c->stored), NULL, &tree, NULL), OK);
	agreement_decision_show(&writer, tree);
	if (!str_is(buf_str(&out), c->shown))
		fail_msg(STR_FMT, STR_ARG(buf_str(&out)));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, bundle_cases, check_bundle);
	CASE(&cases, check_advice);
	CASE(&cases, check_advice_ends);
	CASES(&cases, source_cases, check_source);
	CASE(&cases, check_stored);
	CASES(&cases, shown_cases, check_shown);
	return cases_run("explain", &cases, argc, argv);
}
