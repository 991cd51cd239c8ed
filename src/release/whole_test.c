#include "whole.h"

#include "fixture_p.h"

#define OBJECT(type, n, more)                                                                    \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type                         \
	"--00000000-0000-4000-8000-0000000000" n                                                 \
	"\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\"," \
	"\"object_marking_refs\":[\"" GREEN "\"]," more "}"
#define ID(type, n) type "--00000000-0000-4000-8000-0000000000" n
#define OURS        "\"created_by_ref\":\"" ID("identity", "01") "\","
#define THEIRS      "\"created_by_ref\":\"" ID("identity", "02") "\","
#define LINK(n, whose, how, from, to)                                        \
	OBJECT("relationship", n,                                            \
	    whose "\"relationship_type\":\"" how "\",\"source_ref\":\"" from \
	          "\",\"target_ref\":\"" to "\"")
#define INDICATOR(n)                                              \
	OBJECT("indicator", n,                                    \
	    OURS "\"pattern\":\"[ipv4-addr:value = '203.0.113." n \
	         "']\",\"pattern_type\":\"stix\","                \
	         "\"valid_from\":\"2026-01-01T00:00:00Z\"")

/* The incident (11) used malware (21) that an indicator (31) finds, and hit a
 * hospital (41) at a place (42).  An encyclopaedia (02) speaks of the malware's
 * technique (22); another incident (12) hit the hospital, too, with other
 * malware (23).  A report (13) holds incident, hospital and a note (51). */
/* clang-format off */
static const char *const world[] = {
	OBJECT("identity", "01", "\"name\":\"CERT-IN\",\"identity_class\":\"organization\""),
	OBJECT("identity", "02", "\"name\":\"Encyclopaedia\",\"identity_class\":\"organization\""),
	OBJECT("incident", "11", OURS "\"name\":\"Outage\""),
	OBJECT("incident", "12", OURS "\"name\":\"Another\""),
	OBJECT("report", "13", OURS "\"name\":\"Report\",\"published\":\"2026-01-01T00:00:00Z\","
		"\"object_refs\":[\"" ID("incident", "11") "\",\"" ID("identity", "41") "\",\"" ID("note", "51") "\"]"),
	OBJECT("malware", "21", OURS "\"name\":\"Ghost\",\"is_family\":true"),
	OBJECT("attack-pattern", "22", THEIRS "\"name\":\"Phishing\""),
	OBJECT("malware", "23", OURS "\"name\":\"Other\",\"is_family\":true"),
	INDICATOR("31"),
	OBJECT("identity", "41", OURS "\"name\":\"City Hospital\",\"identity_class\":\"organization\""),
	OBJECT("location", "42", OURS "\"region\":\"southern-asia\""),
	OBJECT("note", "51", OURS "\"content\":\"a text\",\"object_refs\":[\"" ID("malware", "21") "\"]"),
	LINK("61", OURS, "related-to", ID("incident", "11"), ID("malware", "21")),
	LINK("62", OURS, "indicates", ID("indicator", "31"), ID("malware", "21")),
	LINK("63", OURS, "targets", ID("incident", "11"), ID("identity", "41")),
	LINK("64", OURS, "located-at", ID("identity", "41"), ID("location", "42")),
	LINK("65", THEIRS, "uses", ID("malware", "21"), ID("attack-pattern", "22")),
	LINK("66", OURS, "targets", ID("incident", "12"), ID("identity", "41")),
	LINK("67", OURS, "related-to", ID("incident", "12"), ID("malware", "23")),
	LINK("68", OURS, "related-to", ID("incident", "11"), ID("location", "42")),
};
/* clang-format on */

static void
open_world(struct office *o)
{
	office_open(o);
	for (size_t i = 0; i < COUNTOF(world); i++)
		office_import_text(o, str_of(world[i]), S("IN:CERT-IN"));
}

static enum err
choose_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_choose(job, in, out, why);
}

/* Ends of the identifiers, in the order of their numbers. */
static int
by_end(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(str_sub(*x, x->len - 2, 2), str_sub(*y, y->len - 2, 2));
}

static const char *
ends(struct office *o, struct str *id, size_t n)
{
	CLEANUP(buf_free) struct buf out = buf_new(4 * KIB);

	qsort(id, n, sizeof(*id), by_end);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s" STR_FMT, i == 0 ? "" : " ",
		    STR_ARG(str_sub(id[i], id[i].len - 2, 2)));
	return n == 0 ? "" : arena_cstr(o->arena, buf_str(&out));
}

/* clang-format off */
static const struct choice_case {
	const char *name;
	const char *id[2];
	enum release_with with;
	const char *want, *left; /* ends of identifiers */
} choice_cases[] = {
	{ "an incident goes with its technique",    { ID("incident", "11") }, WITH_TECHNIQUE,
	  "11 21 31 51 61 62", "41 42 63 68" },
	{ "its victim when that is asked for",      { ID("incident", "11") }, WITH_VICTIM,
	  "11 41 42 63 68", "21 31 51 61 62" },
	{ "all of it when that is asked for",       { ID("incident", "11") }, WITH_ALL,
	  "11 21 31 41 42 51 61 62 63 68", "" },
	{ "who is named goes along",                { ID("incident", "11"), ID("identity", "41") }, WITH_TECHNIQUE,
	  "11 21 31 41 51 61 62", "42 63 68" },
	{ "another incident is another decision",   { ID("incident", "12") }, WITH_ALL,
	  "12 23 41 66 67", "" },
	{ "a report brings what it holds",          { ID("report", "13") }, WITH_TECHNIQUE,
	  "11 13 21 31 51 61 62", "41" },
	{ "an indicator is no whole",               { ID("indicator", "31") }, WITH_ALL, "31", "" },
	{ "a victim by itself is no whole",         { ID("identity", "41") }, WITH_TECHNIQUE, "41", "" },
};
/* clang-format on */

static struct release_ask
ask_of(struct office *o, const struct choice_case *c)
{
	struct release_ask ask = office_order(o, 1, 1).ask;

	ask.with = c->with;
	ask.ids = 0;
	for (size_t i = 0; i < COUNTOF(c->id) && c->id[i] != NULL; i++)
		o->id[ask.ids++] = str_of(c->id[i]);
	return ask;
}

static void
check_choice(void **state)
{
	const struct choice_case *c = *state;
	CLEANUP(office_closep) struct office o;
	struct release_choice choice;
	struct str id[64];

	open_world(&o);
	const struct release_ask in = ask_of(&o, c);
	WORKS(&o, office_try(&o, choose_job, &in, &choice));
	assert_true(choice.ids < COUNTOF(id) && choice.left < COUNTOF(id));
	/* What was named stands first, as it was named. */
	assert_true(str_is(choice.id[0], c->id[0]));
	memcpy(id, choice.id, choice.ids * sizeof(*id));
	assert_string_equal(ends(&o, id, choice.ids), c->want);
	for (size_t i = 0; i < choice.left; i++)
		id[i] = choice.left_out[i].id;
	assert_string_equal(ends(&o, id, choice.left), c->left);
	for (size_t i = 0; i < choice.left; i++)
		assert_int_equal(choice.left_out[i].half,
		    c->with == WITH_VICTIM ? HALF_TECHNIQUE : HALF_VICTIM);
}

/* What another compartment holds does not hang on our incident. */
static void
check_elsewhere(void **)
{
	CLEANUP(office_closep) struct office o;
	struct release_choice choice;
	struct str id[64];

	open_world(&o);
	office_sql(&o, "UPDATE object SET enclave = 'defence' WHERE object_id LIKE 'malware--%'");
	const struct release_ask in = ask_of(&o, &choice_cases[0]);
	WORKS(&o, office_try(&o, choose_job, &in, &choice));
	memcpy(id, choice.id, choice.ids * sizeof(*id));
	assert_string_equal(ends(&o, id, choice.ids), "11 61");
	office_sql(&o, "UPDATE object SET enclave = 'defence' WHERE object_id LIKE 'incident--%'");
	REFUSES(&o, office_try(&o, choose_job, &in, &choice), ERR_NOT_FOUND, "store.object");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, choice_cases, check_choice);
	CASE(&list, check_elsewhere);
	return cases_run("whole", &list, argc, argv);
}
