/* What agreements say about what is shown inside a party, and when it is asked again. */
#include "content.h"
#include "internal_fixture_p.h"

#define RED "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"

/* The second version of the agreement, with a change; both have signed it. */
static void
agree_with(struct office *o, const char *from, const char *to)
{
	struct str text =
	    office_replaced(o, office_agreement_text(), "\"version\":1", "\"version\":2");

	office_agree_on(o, office_replaced(o, text, from, to));
}

/* What an agreement calls classified is so in every compartment, also when the
 * agreement has ended; and what is shown already ends. */
static void
check_agreed_marks(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	office_import_marked(&o, 3, 1, "MoC-EYES", GREEN);
	(void)show(&o, 3, &bank);
	agree_with(&o, "\"obligations\":[]",
	    "\"classified\":{\"clause\":\"1\",\"bar\":true,\"marks\":[\"MoC-EYES\"]},"
	    "\"obligations\":[]");
	assert_int_equal(office_showings_again(&o), 1);
	assert_false(sees(&o, &bank, 3));
	assert_int_equal(events_of(&o, &bank, "internal.withdrawn"), 1);
	assert_int_equal(office_showings_again(&o), 0);

	const struct internal_show to_bank = wish(&o, 3, &bank), inside = wish(&o, 3, &defence);
	REFUSES(&o, office_try(&o, show_job, &to_bank, &s), ERR_FORBIDDEN, "internal.classified");
	REFUSES(&o, office_try(&o, show_job, &inside, &s), ERR_FORBIDDEN, "internal.classified");
	office_state(&o, STATEMENT_TERMINATE, "all");
	REFUSES(&o, office_try(&o, show_job, &inside, &s), ERR_FORBIDDEN, "internal.classified");
	(void)show(&o, 1, &bank);
	assert_true(sees(&o, &bank, 1));
}

/* GREEN from JPCERT, which the agreement lets the bank have; shown by two. */
static void
show_received(struct office *o)
{
	open_party(o);
	agree_with(o, "\"originator_control\":true}",
	    "\"originator_control\":true,\"onward\":{\"same_country_gov\":\"allow\"}}");
	office_sql(o, "UPDATE object SET giver = 'JP:JPCERT', received_under = 'IJ'"
	              " WHERE object_id LIKE '%000000000001'");
	struct shown s = show(o, 1, &bank);
	assert_true(s.waits);
	const struct internal_step second = step(s.id, "kiran");
	WORKS(o, office_try(o, approve_job, &second, NULL));
	office_import_marked(o, 3, 1, "", GREEN);
	(void)show(o, 3, &bank);
	(void)show(o, 1, &defence);
	assert_int_equal(office_showings_again(o), 0);
	assert_true(sees(o, &bank, 1));
}

/* Its word lets the bank have it, and is a word while it is in force.  What is our
 * own, and what stays in the organisation, does not rest on it. */
static void
check_suspended(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	show_received(&o);
	office_state(&o, STATEMENT_SUSPEND, "all");
	assert_int_equal(office_showings_again(&o), 1);
	assert_false(sees(&o, &bank, 1));
	assert_true(sees(&o, &bank, 3));
	assert_true(sees(&o, &defence, 1));
	const struct internal_show w = wish(&o, 1, &bank);
	REFUSES(&o, office_try(&o, show_job, &w, &s), ERR_FORBIDDEN, "internal.originator");
	office_state(&o, STATEMENT_RESUME, "all");
	(void)office_showings_again(&o);
	assert_false(sees(&o, &bank, 1)); /* somebody looks at it again */
	assert_true(show(&o, 1, &bank).waits);
}

/* The end of an agreement raises no epoch: its time comes. */
static void
check_ended(void **)
{
	CLEANUP(office_closep) struct office o;

	show_received(&o);
	time_us end = 0;
	assert_true(time_parse(S("2090-01-01T00:00:00Z"), &end));
	assert_int_equal(office_count(&o, "SELECT COUNT(*) FROM internal_release"
	                                  " WHERE withdrawn_at = 0 AND valid_until > 0"),
	    3);
	office_wait(&o, (end - clock_wall(&o.clock)) / US_PER_S - 60);
	assert_int_equal(office_showings_again(&o), 0);
	office_wait(&o, 120);
	assert_int_equal(office_showings_again(&o), 1);
	assert_false(sees(&o, &bank, 1));
	assert_true(sees(&o, &bank, 3));
}

/* The newest version goes, and the one before it is the latest again: no command does that,
 * but a row that somebody changes by hand. */
static void
drop_newest(struct office *o)
{
	office_sql(o,
	    "DELETE FROM object WHERE object_id = 'indicator--00000000-0000-4000-8000-000000000003'"
	    " AND giver = '' AND latest = 1");
	office_sql(o,
	    "UPDATE object SET latest = 1"
	    " WHERE object_id = 'indicator--00000000-0000-4000-8000-000000000003' AND giver = ''");
}

/* The abuse: while a newer version hides it, the rules forbid it; then the newer one
 * is deleted. */
static void
check_comes_back(void **)
{
	CLEANUP(office_closep) struct office o;

	open_party(&o);
	office_import_marked(&o, 3, 1, "MoC-EYES", GREEN);
	(void)show(&o, 3, &bank);
	assert_true(sees(&o, &bank, 3));
	office_import_marked(&o, 3, 2, "MoC-EYES", GREEN);
	assert_false(sees(&o, &bank, 3));
	agree_with(&o, "\"obligations\":[]",
	    "\"classified\":{\"clause\":\"1\",\"bar\":true,\"marks\":[\"MoC-EYES\"]},"
	    "\"obligations\":[]");
	assert_int_equal(office_showings_again(&o), 1);
	drop_newest(&o);
	assert_int_equal(office_showings_again(&o), 0);
	assert_false(sees(&o, &bank, 3));

	const struct internal_rows rows = rows_of(&o, &own);
	assert_int_equal(rows.len, 1);
	assert_string_equal(rows.row[0].state, "withdrawn");
	assert_true(
	    str_starts(rows.row[0].withdrawn_why, S("decided again: the object has changed")));
}

/* Under rules that did not change, it is the version that was looked at. */
static void
check_taken_back(void **)
{
	CLEANUP(office_closep) struct office o;

	open_party(&o);
	office_import_marked(&o, 3, 1, "", GREEN);
	(void)show(&o, 3, &bank);
	office_import_marked(&o, 3, 2, "", GREEN);
	assert_int_equal(office_showings_again(&o), 0);
	assert_false(sees(&o, &bank, 3));
	drop_newest(&o);
	assert_true(sees(&o, &bank, 3));
}

/* Another content of its version under a stricter marking ends what is shown. */
static void
check_stricter_content(void **)
{
	CLEANUP(office_closep) struct office o;

	open_party(&o);
	(void)show(&o, 1, &bank);
	(void)show(&o, 1, &defence);
	assert_int_equal(office_showings_again(&o), 0);
	office_import_marked(&o, 1, 1, "", RED);
	assert_int_equal(office_showings_again(&o), 2);
	assert_false(sees(&o, &bank, 1));
	assert_int_equal(office_showings_again(&o), 0);
}

static enum err
choose_job(const struct release_job *job, const void *in, void *, struct why *why)
{
	return release_choose_content(job, in, why);
}

/* No choice of the weaker one shows what the stricter one kept. */
static void
check_weaker_choice(void **)
{
	CLEANUP(office_closep) struct office o;
	struct shown s = { 0 };

	open_party(&o);
	office_import_marked(&o, 3, 1, "", RED);
	office_import_marked(&o, 3, 1, "", GREEN);
	const struct content_choice choice = {
		.of = own,
		.id = office_indicator(&o, 3),
		.version = S("2026-01-01T00:00:01Z"),
		.content = office_hash(&o, "SELECT raw_hash FROM object WHERE version LIKE '%~%'"),
		.account = S("meera"),
		.reason = S("x"),
	};
	WORKS(&o, office_try(&o, choose_job, &choice, NULL));
	const struct internal_show to_bank = wish(&o, 3, &bank);
	REFUSES(&o, office_try(&o, show_job, &to_bank, &s), ERR_FORBIDDEN, "internal.marking");
}

/* Contents that are too many and too large to be judged together end what they lie beside, and
 * nothing else goes on being shown for that. */
static void
check_too_large(void **)
{
	enum { CONTENTS = 10, ZEROS = 800'000 };
	CLEANUP(office_closep) struct office o;
	char *zeros = heap_new(2, ZEROS + 1);

	for (size_t i = 0; i < ZEROS; i++) {
		zeros[2 * i] = ',';
		zeros[2 * i + 1] = '0';
	}
	open_party(&o);
	office_import_marked(&o, 3, 1, "MoC-EYES", GREEN);
	(void)show(&o, 1, &bank);
	(void)show(&o, 3, &bank);
	for (int i = 0; i < CONTENTS; i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
		struct str more = arena_printf(a, "x\"],\"x_n\":[%d%s],\"x_l\":[\"x", i, zeros);
		struct arena *kept = o.arena;

		o.arena = a;
		office_import_marked(&o, 1, 1, more.ptr, GREEN);
		o.arena = kept;
	}
	heap_free(zeros);
	agree_with(&o, "\"obligations\":[]",
	    "\"classified\":{\"clause\":\"1\",\"bar\":true,\"marks\":[\"MoC-EYES\"]},"
	    "\"obligations\":[]");
	assert_int_equal(office_showings_again(&o), 2);
	assert_false(sees(&o, &bank, 1));
	assert_false(sees(&o, &bank, 3));
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_agreed_marks);
	CASE(&list, check_suspended);
	CASE(&list, check_ended);
	CASE(&list, check_comes_back);
	CASE(&list, check_too_large);
	CASE(&list, check_taken_back);
	CASE(&list, check_stricter_content);
	CASE(&list, check_weaker_choice);
	return cases_run("internal_again", &list, argc, argv);
}
