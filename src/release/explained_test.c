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

int
main(int argc, char **argv)
{
	struct cases list = { 0 };

	CASE(&list, check_kept_answers);
	return cases_run("explained", &list, argc, argv);
}
