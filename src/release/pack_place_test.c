#include "internal.h"
#include "pack_place_p.h"
#include "packed_p.h"
#include "record_p.h"

/* People of another enclave and of another organisation. */
static enum err
others_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	/* clang-format off */
	static const struct {
		const char *name, *organisation, *enclaves;
	} people[] = {
		{ "rao",  "IN:CERT-IN", "defence" },
		{ "bose", "IN:BANK",    "main" },
		{ "dutt", "IN:CERT-IN", "defence main" },
	};
	/* clang-format on */

	(void)in;
	(void)out;
	for (size_t i = 0; i < COUNTOF(people); i++) {
		const struct account account = {
			.name = str_of(people[i].name),
			.display = str_of(people[i].name),
			.organisation = str_of(people[i].organisation),
			.enclaves = str_of(people[i].enclaves),
			.roles = S("officer"),
			.created_at = job->at,
		};
		TRY(store_account_create(job->db, &account, why));
	}
	return OK;
}

/* clang-format off */
static const struct leaf_case {
	const char *name;
	const char *kind;
	const char *account, *owner, *enclave;
	bool others; /* somebody works elsewhere */
	bool given;
} leaf_cases[] = {
	{ "shown by ours",            "internal",      "meera", "IN:CERT-IN", "main",    true,  true },
	{ "shown by another enclave", "internal",      "rao",   "IN:CERT-IN", "defence", true,  false },
	{ "shown by a bank",          "internal",      "bose",  "IN:BANK",    "main",    true,  false },
	{ "shown from nowhere",       "internal",      "meera", "",           "",        true,  false },
	{ "our roles",                "account",       "meera", "",           "",        true,  true },
	{ "roles in both enclaves",   "account",       "dutt",  "",           "",        true,  true },
	{ "another enclave's roles",  "account",       "rao",   "",           "",        true,  false },
	{ "a bank's roles",           "account",       "bose",  "",           "",        true,  false },
	{ "roles of nobody",          "account",       "ghost", "",           "",        true,  false },
	{ "an order",                 "order",         "meera", "",           "",        true,  true },
	{ "a purge among others",     "purge",         "rao",   "",           "",        true,  false },
	{ "a purge among us",         "purge",         "meera", "",           "",        false, true },
	{ "a tombstone among others", "tombstone",     "",      "",           "",        true,  false },
	{ "a tombstone among us",     "tombstone",     "",      "",           "",        false, true },
	{ "a receipt among others",   "receipt",       "",      "",           "",        true,  false },
	{ "a receipt among us",       "receipt",       "",      "",           "",        false, true },
	{ "an answer among others",   "recall-answer", "",      "",           "",        true,  false },
	{ "a kind that nobody knows", "novelty",       "meera", "IN:CERT-IN", "main",    false, false },
};
/* clang-format on */

static enum err
leaf_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct leaf_case *c = in;
	const struct record_pair pairs[] = {
		{ "account", str_of(c->account) },
		{ "enclave", str_of(c->enclave) },
		{ "owner", str_of(c->owner) },
		{ "type", str_of(c->kind) },
	};

	(void)out;
	return record_append(job, c->kind, pairs, COUNTOF(pairs), why);
}

#define PLANTED "indicator--00000000-0000-4000-8000-0000000000ee"

static void
check_leaf(void **state)
{
	const struct leaf_case *c = *state;
	CLEANUP(office_closep) struct office o;
	struct audit_pack_wish w = wish();

	office_open(&o);
	if (c->others)
		WORKS(&o, office_try(&o, others_job, NULL, NULL));
	WORKS(&o, office_try(&o, leaf_job, c, NULL));
	office_sql(&o, "INSERT INTO tombstone (leaf, object_id, version, raw_hash, giver, reason,"
	               " at) VALUES (7, '" PLANTED "', '', CAST('' AS {blob}), '', '', 1)");
	office_settle(&o);
	(void)make(&o, &w, "whole");
	struct str file = file_of(&o, "whole");
	struct str entry = office_text(&o,
	    arena_cstr(o.arena,
	        arena_printf(o.arena,
	            "SELECT CAST(entry AS TEXT) FROM ledger_leaf WHERE kind = '%s'", c->kind)));
	assert_int_equal(holds(file, base64_text(o.arena, BASE64_STD, entry.ptr, entry.len)),
	    c->given);
	assert_int_equal(holds(file, S(PLANTED)), !c->others);
}

static enum err
show_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct str id = { 0 };
	bool waits = false;

	(void)out;
	return release_internal_show(job, in, &id, &waits, why);
}

/* What another enclave shows to a third place is a hash, and the log is whole. */
static void
test_shown_elsewhere(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();

	(void)state;
	(void)office_open_decided(&o);
	WORKS(&o, office_try(&o, others_job, NULL, NULL));
	office_import(&o, 77, 1, "");
	const struct internal_show show = {
		.id = office_indicator(&o, 77),
		.to = S("IN:BANK"),
		.enclave = S("main"),
		.reason = S("the defence enclave alone knows"),
		.account = S("rao"),
	};
	office_sql(&o,
	    "UPDATE object SET enclave = 'defence' WHERE object_id LIKE '%00000000004d'");
	WORKS(&o, office_try(&o, show_job, &show, NULL));
	office_settle(&o);
	const struct audit_pack_made made = make(&o, &w, "ours");
	struct str entry =
	    office_text(&o, "SELECT CAST(entry AS TEXT) FROM ledger_leaf WHERE kind = 'internal'");
	assert_true(holds(entry, show.reason));
	assert_false(
	    holds(file_of(&o, "ours"), base64_text(o.arena, BASE64_STD, entry.ptr, entry.len)));
	assert_int_equal(made.withheld_leaves, 1);
	WORKS(&o, try_open(&o, "ours", made.key, &x));
	const struct release_audit *here = audit_of(&o, &x.pack);
	assert_int_equal(here->report.problems, 0);
	assert_int_equal(here->report.withheld, 1);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, leaf_cases, check_leaf);
	CASE(&list, test_shown_elsewhere);
	return cases_run("pack_place", &list, argc, argv);
}
