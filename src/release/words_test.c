#include "purge.h"
#include "verified_p.h"
#include "words_p.h"

/* ---- frames ---- */

static size_t
take(struct words_kinds *kinds, const char *facts, const char *version)
{
	const struct words w = {
		.facts = str_of(facts),
		.decision = S("{\"id\":\"a--1\",\"as\":\"b--2\"}"),
		.source_id = S("a--1"),
		.version = str_of(version),
		.leaving_id = S("b--2"),
	};
	struct why why = { 0 };
	size_t kind = 0;

	assert_int_equal(words_take(kinds, &w, &kind, &why), OK);
	return kind;
}

/* clang-format off */
static const struct alike_case {
	const char *name;
	const char *facts, *version;
	size_t kind; /* after {"o":"a--1","v":"9"}, version 9, was taken in */
} alike_cases[] = {
	{ "the same",                       "{\"o\":\"a--1\",\"v\":\"9\"}",     "9",  1 },
	{ "another version",                "{\"o\":\"a--1\",\"v\":\"10\"}",    "10", 1 },
	{ "a version that is not its own",  "{\"o\":\"a--1\",\"v\":\"9\"}",     "10", 2 },
	{ "another word",                   "{\"p\":\"a--1\",\"v\":\"9\"}",     "9",  2 },
	{ "something behind it",            "{\"o\":\"a--1\",\"v\":\"9\"} ",    "9",  2 },
	{ "something missing",              "{\"o\":\"a--1\",\"v\":\"9\"",      "9",  2 },
	{ "the byte of a hole",             "{\"o\":\"\x01\",\"v\":\"9\"}",     "9",  0 },
	{ "no version",                     "{\"o\":\"a--1\",\"v\":\"9\"}",     "",   2 },
	{ "the identifier twice",           "{\"o\":\"a--1\",\"v\":\"a--1\"}",  "9",  2 },
};
/* clang-format on */

static void
check_alike(void **state)
{
	const struct alike_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	struct words_kinds *kinds = words_kinds_new(a);

	assert_int_equal(take(kinds, "{\"o\":\"a--1\",\"v\":\"9\"}", "9"), 1);
	assert_int_equal(take(kinds, c->facts, c->version), c->kind);
}

static void
check_shared_by_many(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	struct words_kinds *kinds = words_kinds_new(a);

	(void)state;
	for (size_t i = 0; i < WORDS_SHARED_MIN; i++) {
		assert_int_equal(words_shared(kinds, i == 0 ? 0 : 1), 0);
		assert_int_equal(take(kinds, "{}", "9"), 1);
	}
	assert_int_equal(words_shared(kinds, 1), 1);
	for (size_t i = 1; i < WORDS_KINDS_MAX + 3; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "{\"%zu\":0}", i);
		assert_int_equal(take(kinds, text, "9"), i < WORDS_KINDS_MAX ? i + 1 : 0);
	}
}

/* ---- a node ---- */

enum { PLAIN = 10, COPIES = 9, ALL = PLAIN + COPIES };

/* An order of many: some as they are, some as copies. */
static struct release_sent
open_large(struct office *o)
{
	office_open(o);
	for (unsigned n = 1; n <= ALL; n++)
		office_import(o, n, 1, n <= PLAIN ? "" : "copy");
	return office_send(o, 1, ALL);
}

static struct str
stored(struct office *o, const char *text, struct str id)
{
	struct str sql = arena_printf(o->arena,
	    "SELECT %s FROM release_item i WHERE i.source_id = '" STR_FMT "'", text, STR_ARG(id));

	return office_text(o, arena_cstr(o->arena, sql));
}

static void
check_stored_once(void **state)
{
	CLEANUP(office_closep) struct office o;
	const struct release_sent sent = open_large(&o);

	(void)state;
	assert_int_equal(sent.released, ALL + NODE);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM decision_words"), 2);
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM release_item WHERE words > 0"
	                                  " AND facts = '' AND decision = ''"),
	    ALL);
	for (size_t i = 0; i < sent.decisions->len; i++) {
		const struct agreement_decision *d = &sent.decisions->decision[i];
		struct str id = d->item->object.id;
		struct str decision = stored(&o, WORDS_OF("decision", "i"), id);

		assert_true(str_eq(stored(&o, WORDS_OF("facts", "i"), id), d->facts));
		assert_true(str_find(decision, d->leaving_id) != SIZE_MAX);
	}
	assert_int_equal(office_replay(&o, 0)->from_content, ALL + NODE);
	assert_int_equal(office_replay(&o, 0)->report.problems, 0);
	assert_int_equal(office_audit(&o)->report.problems, 0);
}

static enum err
purge_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_purge(job, in, out, why);
}

/* What is left of a purged object is judged by the words that it shares. */
static void
check_purged(void **state)
{
	CLEANUP(office_closep) struct office o;
	size_t gone = 0;

	(void)state;
	(void)open_large(&o);
	const struct release_purge p = {
		.id = office_indicator(&o, 2),
		.of = { S("IN:CERT-IN"), S("main") },
		.account = S("leela"),
		.reason = S("the court said so"),
	};
	WORKS(&o, office_try(&o, purge_job, &p, &gone));
	office_settle(&o);
	const struct release_replay *r = office_replay(&o, 0);
	assert_int_equal(r->decisions, ALL + NODE);
	assert_int_equal(r->from_facts, ALL + NODE);
	assert_int_equal(r->report.problems, 0);
	assert_int_equal(office_audit(&o)->report.problems, 0);
}

/* clang-format off */
static const struct tampered_case {
	const char *name;
	const char *sql;
} tampered_cases[] = {
	{ "facts that many share", "UPDATE decision_words SET facts = replace(facts, 'GREEN', 'CLEAR')" },
	{ "an explanation that many share",
	  "UPDATE decision_words SET decision = replace(decision, '\"why\":[', '\"why\":[\"Because.\",')" },
	{ "the words of others", "UPDATE release_item SET words = 3 - words WHERE words > 0" },
	{ "a kind that is gone", "DELETE FROM decision_words WHERE ordinal = 2" },
	{ "words of its own beside the shared ones",
	  "UPDATE release_item SET words = 0 WHERE source_id LIKE 'indicator%2'" },
};
/* clang-format on */

static void
check_tampered(void **state)
{
	const struct tampered_case *c = *state;
	CLEANUP(office_closep) struct office o;

	(void)open_large(&o);
	office_sql(&o, c->sql);
	assert_true(office_replay(&o, 0)->report.problems > 0);
	assert_true(office_audit(&o)->report.problems > 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, alike_cases, check_alike);
	CASE(&list, check_shared_by_many);
	CASE(&list, check_stored_once);
	CASE(&list, check_purged);
	CASES(&list, tampered_cases, check_tampered);
	return cases_run("words", &list, argc, argv);
}
