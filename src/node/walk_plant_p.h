/* walk_plant_p.h: for tests: things in each compartment that others must not see. */
#pragma once

#include "walk_p.h"

static const char plant_order[] =
    "INSERT INTO release_order (order_id, kind, state, agreement, recipient, purpose, area,"
    " channel, scope, owner, enclave, proposer, approver, created_at, copy_time, starts_at,"
    " expires_at) VALUES ($1, 'standing', 'active', 'A', 'JP:JPCERT', 'incident-response', 'CI',"
    " 'auto', '{\"categories\":[\"TECH\"],\"ceiling\":\"GREEN\"}', $2, $3, $4, '', 1, 1, 1,"
    " 9000000000000000)";
static const char plant_item[] =
    "INSERT INTO release_item (order_id, ordinal, agreement, recipient, owner, source_id, version,"
    " state, outcome, preview_hash, leaving_id, bytes, copied, copy_modified, decision, facts,"
    " rules_hash, nonce, approvals_needed, reason, leaf, place, changed_at, received_at, receipt,"
    " decided_epoch, valid_until) VALUES ($1, 0, 'A', 'JP:JPCERT', $2, $3, 'v', 'held', 'HOLD',"
    " $4, $3, $4, 0, 0, '{}', '{}', $4, $4, 'officer', $5, $6, 0, 1, 0, '', 0,"
    " 9000000000000000)";
static const char plant_recall[] =
    "INSERT INTO recall (recall_id, direction, peer, object_id, reason, state, answer, asked_at,"
    " answered_at, order_id, ordinal) VALUES ($1, $2, 'jp.example', $3, $4, 'asked', '', 1, 0, $5,"
    " 0)";
static const char plant_hit[] = "INSERT INTO hit (indicator, owner, enclave, hour, kind, n, source)"
                                " VALUES ($1, $2, $3, 0, 'exact', 5, $4)";
static const char plant_status[] =
    "INSERT INTO taxii_status (id, at, account, body) VALUES ($1, 1, $2, $3)";
static const char plant_leaf[] = "INSERT INTO ledger_record (log, leaf, place, salt, record)"
                                 " VALUES ('in.example/demo', $1, 0, $2, $2)";
static const char plant_person[] =
    "INSERT INTO person (owner, enclave, fingerprint, name, organisation, box_key, card, added_by,"
    " added_at, verified_by, verified_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4,"
    " 'JP:JPCERT', $5, $5, $4, 1, $4, 1, 9000000000000000, 0)";
static const char plant_envelope[] =
    "INSERT INTO envelope (order_id, ordinal, owner, enclave, person, hash, body, made_at,"
    " received_at, receipt) VALUES ($1, 0, $2, $3, $4, $5, $5, 1, 0, '')";

/* One that waits, to a compartment in which nobody walks. */
static const char plant_showing[] =
    "INSERT INTO internal_release (release_id, object_id, version, raw_hash, owner, enclave,"
    " to_owner, to_enclave, account, reason, at, shown_at, approver, withdrawn_at, withdrawn_by,"
    " withdrawn_why) VALUES ($1, $2, 'v', $3, $4, $5, 'IN:MINISTRY', 'main', $6, $6, 1, 0, '', 0,"
    " '', '')";

static const char plant_feed[] =
    "INSERT INTO feed (owner, enclave, name, url, api_root, collection, types, source, login,"
    " account, secret, certificate, authority, pin, every_s, shard_key, added_by, added_at, reached,"
    " asked_at, polled_at, good_at, next_at, unfinished, failures, problem, n_new, n_refused)"
    " VALUES ($1, $2, $3, $3, $3, $3, '', $3, 'basic', $3, $4, '', '', $4, 900, $5, $3, 1, 0, 0, 0,"
    " 0, 9000000000000000, 0, 0, $3, 5, 5)";

/* What is planted at one place. */
struct planting {
	struct walk *walk;
	size_t place;
	bool shared; /* its own version of the object of place 0, too */
	struct arena *arena;
	int64_t shard_key;
};

static inline enum err
plant_rows(struct db *db, void *arg, struct why *why)
{
	struct planting *p = arg;
	struct arena *a = p->arena;
	struct str owner = str_of(walk_places[p->place].organisation);
	struct str enclave = str_of(walk_places[p->place].enclave);
	struct str mark = arena_printf(a, "secret-%zu", p->place);
	struct hash hash = hash_of(mark);
	struct str who = arena_printf(a, "secret-%zu-most", p->place);
	struct str order = walk_uuid(a, p->place, WALK_ORDER);
	struct str object = walk_object(a, p->place);
	struct collection c = {
		.id = walk_uuid(a, p->place, WALK_COLLECTION),
		.alias = S("local"),
		.title = mark,
		.description = mark,
		.owner = owner,
		.enclave = enclave,
		.can_write = true,
	};

	TRY(store_collection_ensure(db, a, &c, why));
	p->shard_key = c.shard_key;
	TRY(db_run(db, why, plant_order, DB_T(order), DB_T(owner), DB_T(enclave), DB_T(who)));
	TRY(db_run(db, why, plant_item, DB_T(order), DB_T(owner), DB_T(object),
	    DB_B(hash_str(&hash)), DB_T(mark), DB_I(1000 + (int64_t)p->place)));
	TRY(db_run(db, why, plant_person, DB_T(owner), DB_T(enclave), DB_T(walk_card(a, p->place)),
	    DB_T(mark), DB_B(hash_str(&hash))));
	TRY(db_run(db, why, plant_envelope, DB_T(order), DB_T(owner), DB_T(enclave),
	    DB_T(walk_card(a, p->place)), DB_B(hash_str(&hash))));
	TRY(db_run(db, why, plant_leaf, DB_I(1000 + (int64_t)p->place), DB_B(hash_str(&hash))));
	TRY(db_run(db, why, plant_recall, DB_T(walk_uuid(a, p->place, WALK_RECALL)),
	    DB_T(S("sent")), DB_T(object), DB_T(mark), DB_T(order)));
	TRY(db_run(db, why, plant_recall,
	    DB_T(arena_printf(a, STR_FMT "-in", STR_ARG(walk_uuid(a, p->place, WALK_RECALL)))),
	    DB_T(S("received")), DB_T(object), DB_T(mark), DB_T(S(""))));
	for (size_t i = 0; i < WALK_PLACES; i++)
		TRY(db_run(db, why, plant_hit, DB_T(walk_object(a, i)), DB_T(owner), DB_T(enclave),
		    DB_T(mark)));
	TRY(db_run(db, why, plant_status, DB_T(walk_uuid(a, p->place, WALK_STATUS)), DB_T(who),
	    DB_T(arena_printf(a, "{\"id\":\"" STR_FMT "\"}", STR_ARG(mark)))));
	TRY(db_run(db, why, plant_showing, DB_T(walk_uuid(a, p->place, WALK_SHOWING)), DB_T(object),
	    DB_B(hash_str(&hash)), DB_T(owner), DB_T(enclave), DB_T(mark)));
	TRY(db_run(db, why, plant_feed, DB_T(owner), DB_T(enclave), DB_T(mark),
	    DB_B(hash_str(&hash)), DB_I(p->shard_key)));
	const struct event event = {
		.at = 7,
		.name = S("import.done"),
		.owner = owner,
		.enclave = enclave,
		.subject = mark,
	};
	return store_event(db, &event, why);
}

/* Another content of its own indicator, and what is said of it. */
static inline struct str
planted_other(struct arena *a, size_t place, struct str object)
{
	return arena_printf(a,
	    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
	    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-02-0%zuT00:00:00.000Z\","
	    "\"name\":\"secret-%zu other\",\"pattern\":\"[domain-name:value = 'secret-%zu.example']\","
	    "\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\"}",
	    STR_ARG(object), place + 1, place, place);
}

static const char plant_choice[] =
    "INSERT INTO object_choice (shard_key, date_added, object_id, version, raw_hash, instead_hash,"
    " account, reason, at) SELECT shard_key, date_added, object_id, version, normal_hash,"
    " normal_hash, $1, $1, 1 FROM object_conflict WHERE shard_key = $2";

static inline enum err
plant_choices(struct db *db, void *arg, struct why *why)
{
	const struct planting *p = arg;

	return db_run(db, why, plant_choice, DB_T(arena_printf(p->arena, "secret-%zu", p->place)),
	    DB_I(p->shard_key));
}

/* Its own indicator, its own version of the one at place 0, and a sighting of that. */
static inline struct str
planted_bundle(struct arena *a, size_t place, struct str object)
{
	return arena_printf(a,
	    "{\"type\":\"bundle\",\"id\":\"bundle--5ec2e7%zu0-0000-4000-8000-000000000009\","
	    "\"objects\":["
	    "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
	    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-02-0%zuT00:00:00.000Z\","
	    "\"name\":\"secret-%zu\",\"pattern\":\"[domain-name:value = 'secret-%zu.example']\","
	    "\"pattern_type\":\"stix\",\"valid_from\":\"2026-01-01T00:00:00Z\"},"
	    "{\"type\":\"sighting\",\"spec_version\":\"2.1\","
	    "\"id\":\"sighting--5ec2e7%zu0-0000-4000-8000-00000000000a\","
	    "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
	    "\"sighting_of_ref\":\"" STR_FMT "\",\"count\":%zu}," STR_FMT "]}",
	    place, STR_ARG(object), place + 1, place, place, place, STR_ARG(walk_object(a, 0)),
	    place + 3, STR_ARG(planted_other(a, place, object)));
}

static inline enum err
plant_objects(struct db *db, void *arg, struct why *why)
{
	struct planting *p = arg;
	struct import_result result;
	struct import_request request = {
		.source = arena_printf(p->arena, "secret-%zu", p->place),
		.actor = S("test"),
		.shard_key = p->shard_key,
		.now = 11,
		.provenance = {
			.owner = str_of(walk_places[p->place].organisation),
			.enclave = str_of(walk_places[p->place].enclave),
			.giver = S("JP:NCO"),
		},
	};

	request.text = planted_bundle(p->arena, p->place, walk_object(p->arena, p->place));
	TRY(store_import(db, p->arena, &request, &result, why));
	assert_int_equal(result.new_versions, 2);
	if (p->place == 0 || !p->shared)
		return OK;
	request.provenance.giver = S("KR:KISA");
	request.text = planted_bundle(p->arena, p->place, walk_object(p->arena, 0));
	TRY(store_import(db, p->arena, &request, &result, why));
	assert_int_equal(result.new_versions, 1);
	return OK;
}

static inline enum err
plant_ties(struct db *db, void *arg, struct why *why)
{
	(void)arg;
	return store_refs_catch_up(db, why);
}

static inline void
plant(struct walk *w, size_t place, bool shared)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct planting p = { .walk = w, .place = place, .shared = shared, .arena = a };

	WALK_MUST(realm_write(w->realm, plant_rows, &p, &why));
	WALK_MUST(realm_with_writer(w->realm, plant_objects, &p, &why));
	WALK_MUST(realm_write(w->realm, plant_choices, &p, &why));
	WALK_MUST(realm_write(w->realm, plant_ties, NULL, &why));
}
