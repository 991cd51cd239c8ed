/* internal_fixture_p.h: a party of several compartments, for tests of showing. */
#pragma once

#include "fixture_p.h"
#include "internal.h"

/* ---- a party of three compartments ---- */

static inline enum err
people_job(const struct release_job *job, const void *, void *, struct why *why)
{
	/* clang-format off */
	static const struct {
		const char *name, *roles, *organisation, *enclaves;
	} people[] = {
		{ "rao",   "officer analyst", "IN:CERT-IN", "defence" },
		{ "bose",  "officer",         "IN:BANK",    "main" },
		{ "gita",  "approver",        "IN:BANK",    "main" },
		{ "both",  "officer",         "IN:CERT-IN", "main defence" },
		{ "admin", "administrator",   "IN:CERT-IN", "main" },
		{ "nair",  "officer",         "IN:NCIIPC",  "main" },
		{ "gone",  "officer",         "IN:CERT-IN", "main" },
		{ "left",  "officer",         "IN:CERT-IN", "closed" },
		{ "anil",  "analyst",         "IN:CERT-IN", "main" },
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNTOF(people); i++) {
		const struct account account = {
			.name = str_of(people[i].name),
			.display = str_of(people[i].name),
			.organisation = str_of(people[i].organisation),
			.enclaves = str_of(people[i].enclaves),
			.roles = str_of(people[i].roles),
			.created_at = job->at,
		};
		TRY(store_account_create(job->db, &account, why));
	}
	TRY(store_account_disable(job->db, S("gone"), true, why));
	return store_account_disable(job->db, S("left"), true, why);
}

static const struct compartment bank = { { "IN:BANK", 7 }, { "main", 4 } };
static const struct compartment defence = { { "IN:CERT-IN", 10 }, { "defence", 7 } };
static const struct compartment empty = { { "IN:BANK", 7 }, { "defence", 7 } };
static const struct compartment own = { { "IN:CERT-IN", 10 }, { "main", 4 } };

/* Indicator 1 is GREEN, 2 AMBER. */
static inline void
open_party(struct office *o)
{
	office_open(o);
	WORKS(o, office_try(o, people_job, NULL, NULL));
	office_import(o, 1, 1, "");
	office_import_marked(o, 2, 1, "", AMBER);
}

struct shown {
	struct str id;
	bool waits;
};

static inline enum err
show_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	struct shown *ret = out;

	return release_internal_show(job, in, &ret->id, &ret->waits, why);
}

static inline enum err
approve_job(const struct release_job *job, const void *in, void *, struct why *why)
{
	return release_internal_approve(job, in, why);
}

static inline enum err
withdraw_job(const struct release_job *job, const void *in, void *, struct why *why)
{
	return release_internal_withdraw(job, in, why);
}

static inline struct internal_show
wish(struct office *o, unsigned n, const struct compartment *to)
{
	return (struct internal_show){
		.id = office_indicator(o, n),
		.to = to->organisation,
		.enclave = to->enclaves,
		.reason = S("their sector is hit"),
		.account = S("meera"),
	};
}

static inline struct shown
show(struct office *o, unsigned n, const struct compartment *to)
{
	const struct internal_show s = wish(o, n, to);
	struct shown ret = { 0 };

	WORKS(o, office_try(o, show_job, &s, &ret));
	return ret;
}

static inline struct internal_step
step(struct str id, const char *account)
{
	return (struct internal_step){ id, str_of(account), S("no longer needed") };
}

/* Whether a compartment reads the indicator: by its name, in the list, among its versions. */
static inline bool
sees(struct office *o, const struct compartment *of, unsigned n)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct str id = office_indicator(o, n);
	struct stored_list versions;
	struct stored stored;
	struct page list;
	bool listed = false;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	bool found = store_latest_of(lease.db, o->arena, id, of, &stored, NULL) == OK;
	WORKS(o, store_list(lease.db, o->arena, of, 100, &list, &o->why));
	for (size_t i = 0; i < list.len; i++)
		listed = listed || str_eq(list.object[i].id, id);
	WORKS(o, store_versions(lease.db, o->arena, id, of, &versions, &o->why));
	assert_int_equal(found, listed);
	assert_int_equal(found, versions.len > 0);
	return found;
}

static inline size_t
events_of(struct office *o, const struct compartment *of, const char *name)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct event_query query = { of, 0, EVENTS_MAX };
	struct event_list list;
	size_t n = 0;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, store_events(lease.db, o->arena, &query, &list, &o->why));
	for (size_t i = 0; i < list.len; i++)
		n += str_is(list.event[i].name, name);
	return n;
}

static inline struct internal_rows
rows_of(struct office *o, const struct compartment *of)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct internal_rows rows;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, release_internal_rows(lease.db, o->arena, of, &rows, &o->why));
	return rows;
}
