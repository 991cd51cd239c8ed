/* Who may say what a marking means: the same answer whatever was asked before. */
#include "explained_p.h"
#include "fixture_p.h"

#define HINT "marking-definition--00000000-0000-4000-8000-0000000000aa"

enum { OBJECTS = 4 };

/* Indicator n, and who gave it; the marking is defined by JP:JPCERT. */
static const struct given_case {
	const char *giver;
	bool explained;
} given[OBJECTS] = {
	{ "", false },
	{ "JP:JPCERT", true },
	{ "JP:NCO", false },
	{ "JP:JPCERT", true },
};

static void
open_given(struct office *o)
{
	office_open(o);
	for (unsigned n = 0; n < OBJECTS; n++)
		office_import_marked(o, n + 1, 1, "", GREEN "\",\"" HINT);
	office_import_text(o,
	    S("{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"" HINT "\","
	      "\"created\":\"2026-01-01T00:00:00.000Z\",\"definition_type\":\"statement\","
	      "\"definition\":{\"statement\":\"for all\"}}"),
	    S("IN:CERT-IN"));
	office_sql(o, "UPDATE object SET giver = 'JP:JPCERT' WHERE object_id = '" HINT "'");
	for (unsigned n = 0; n < OBJECTS; n++) {
		struct str sql = arena_printf(o->arena,
		    "UPDATE object SET giver = '%s' WHERE object_id = '" STR_FMT "'",
		    given[n].giver, STR_ARG(office_indicator(o, n + 1)));

		office_sql(o, arena_cstr(o->arena, sql));
	}
}

struct asked {
	struct office *office;
	struct explained_memo memo;
	unsigned n;
	bool explained;
};

static enum err
ask_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct asked *asked = out;
	struct stored stored;
	struct stix_object object;
	const struct json *tree = NULL;

	(void)in;
	TRY(store_latest(job->db, job->arena, office_indicator(asked->office, asked->n), &stored,
	    why));
	TRY(json_parse(job->arena, stored.raw, NULL, &tree, why));
	TRY(stix_scan(tree, &object, why));
	return explained_markings(job->db, &asked->memo, &stored, &object, &asked->explained, why);
}

static void
ask(struct asked *asked, unsigned i)
{
	asked->n = i + 1;
	WORKS(asked->office, office_try(asked->office, ask_job, NULL, asked));
	assert_int_equal(asked->explained, given[i].explained);
}

/* Each after each, so that every answer that is kept meets every question. */
static void
check_kept_answers(void **)
{
	CLEANUP(office_closep) struct office o;

	open_given(&o);
	for (unsigned i = 0; i < OBJECTS * OBJECTS; i++) {
		struct asked asked = { .office = &o };

		ask(&asked, i / OBJECTS);
		ask(&asked, i % OBJECTS);
	}
}

/* ---- too many of them ---- */

enum { MANY_BYTES = MIB };

/* Indicator n under GREEN and len markings, of the whole or of a part each; and what they mean, if
 * anybody says so. */
static void
import_under(struct office *o, unsigned n, unsigned len, bool parts, bool said)
{
	CLEANUP(buf_free) struct buf text = buf_new(MANY_BYTES), marks = buf_new(MANY_BYTES);

	buf_printf(&text, "%s",
	    "{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000001\","
	    "\"objects\":[");
	for (unsigned i = 1; i <= len; i++) {
		struct str id = arena_printf(o->arena,
		    "marking-definition--00000000-0000-4000-8000-%012x", n * 0x1000 + i);

		if (parts)
			buf_printf(&marks,
			    "%s{\"marking_ref\":\"" STR_FMT "\",\"selectors\":[\"pattern\"]}",
			    i > 1 ? "," : "", STR_ARG(id));
		else
			buf_printf(&marks, ",\"" STR_FMT "\"", STR_ARG(id));
		if (said)
			buf_printf(&text,
			    "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","
			    "\"id\":\"" STR_FMT "\",\"created\":\"2026-01-01T00:00:00.000Z\","
			    "\"definition_type\":\"statement\","
			    "\"definition\":{\"statement\":\"for all\"}},",
			    STR_ARG(id));
	}
	buf_printf(&text,
	    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
	    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	    "\"indicator_types\":[\"malicious-activity\"],"
	    "\"pattern\":\"[ipv4-addr:value = '203.0.113.1']\",\"pattern_type\":\"stix\","
	    "\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":[\"" GREEN "\"" STR_FMT
	    "]%s" STR_FMT "%s}]}",
	    STR_ARG(office_indicator(o, n)), STR_ARG(parts ? S("") : buf_str(&marks)),
	    parts ? ",\"granular_markings\":[" : "", STR_ARG(parts ? buf_str(&marks) : S("")),
	    parts ? "]" : "");
	WORKS(o, buf_check(&text, "the bundle", &o->why));
	office_import_text(o, buf_str(&text), S("IN:CERT-IN"));
}

/* clang-format off */
static const struct many_case {
	const char *name;
	unsigned len;
	bool parts, said;
	bool explained;
} many_cases[] = {
	{ "as many as are asked for",      EXPLAINED_ASKED_MAX,     false, true,  true },
	{ "of as many parts",              EXPLAINED_ASKED_MAX,     true,  true,  true },
	{ "as many, unknown to all",       EXPLAINED_ASKED_MAX,     true,  false, true },
	{ "one more",                      EXPLAINED_ASKED_MAX + 1, false, true,  false },
	{ "one more of a part",            EXPLAINED_ASKED_MAX + 1, true,  true,  false },
	{ "one more that nobody explains", EXPLAINED_ASKED_MAX + 1, true,  false, false },
};
/* clang-format on */

/* An object with more markings than are asked for is stored and denied by itself. */
static void
check_many(void **state)
{
	const struct many_case *c = *state;
	CLEANUP(office_closep) struct office o;
	struct asked asked = { .office = &o, .n = 1 };

	office_open(&o);
	import_under(&o, 1, c->len, c->parts, c->said);
	office_import(&o, 2, 1, "");
	WORKS(&o, office_try(&o, ask_job, NULL, &asked));
	assert_int_equal(asked.explained, c->explained);
	office_send(&o, 1, 2);
	assert_string_equal(office_item_state(&o, 1),
	    c->explained && c->said ? "released" : "denied");
	assert_string_equal(office_item_state(&o, 2), "released");
}

int
main(int argc, char **argv)
{
	struct cases list = { 0 };

	CASE(&list, check_kept_answers);
	CASES(&list, many_cases, check_many);
	return cases_run("explained", &list, argc, argv);
}
