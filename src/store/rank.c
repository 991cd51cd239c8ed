/* What is put by whom, in the place of whose: the rank decides, before any date. */
#include "rank.h"

#include <stdio.h>

#include "marking.h"
#include "put_p.h"
#include "stored_p.h"

enum { DETAIL_MAX = 256 }; /* the name of an account and a code */

bool
rank_is_guest(struct str giver)
{
	return str_starts(giver, S(RANK_GUEST_GIVER));
}

/* ---- a guest's ---- */

/* In other collections of the compartment.  Others are not looked into: the refusal would
 * tell what they hold, and there the rank keeps the guest's from counting. */
static const char find_elsewhere[] =
    "SELECT COUNT(*), COALESCE(MAX(CASE WHEN o.normal_hash = $4 THEN 1 ELSE 0 END), 0) "
    "FROM collection me CROSS JOIN collection c CROSS JOIN object o "
    "WHERE me.shard_key = $1 AND c.owner = me.owner AND c.enclave = me.enclave "
    "AND c.shard_key <> me.shard_key AND o.shard_key = c.shard_key AND o.object_id = $2 "
    "AND o.giver <> $3";

static enum err
refuse_other(struct str id, struct why *why)
{
	return fail(why, ERR_CONFLICT, "store.giver",
	    STR_FMT " is here, and another handed it in: a guest makes versions of its own objects",
	    STR_ARG(id));
}

enum err
put_judge_guest(struct put_head *h, const struct put_row *r, const struct put_known *k,
    struct why *why)
{
	const struct stix_object *o = r->put->object;
	const struct hash *content = &r->put->hashes->normalised;
	struct marking known;

	if (o->class == STIX_MARKING && marking_by_id(o->id, &known))
		return OK;
	if (k->found && k->of_other)
		return k->exact && hash_eq(&k->normal_hash, content) ? OK
		                                                     : refuse_other(o->id, why);
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	TRY(db_select_one(h->db, &rows, why, find_elsewhere, DB_I(h->shard_key), DB_T(o->id),
	    DB_T(r->put->provenance->giver), DB_B(hash_str(content))));
	if (db_col_i64(&rows, 0) > 0 && db_col_i64(&rows, 1) == 0)
		return refuse_other(o->id, why);
	return OK;
}

/* ---- in the place of a guest's ---- */

static const char find_guest[] = "SELECT o.giver FROM object o WHERE o.shard_key = $1 "
                                 "AND o.object_id = $2 AND " RANK_IS_GUEST("o") " LIMIT 1";
static const char move_aside[] =
    "UPDATE object SET version = version || '~' || CAST(date_added AS TEXT), withdrawn_at = $3, "
    "latest = 0 WHERE shard_key = $1 AND object_id = $2 AND " RANK_IS_GUEST("object");
static const char forget_contents[] =
    "DELETE FROM object_conflict WHERE shard_key = $1 AND object_id = $2";
static const char forget_choices[] =
    "DELETE FROM object_choice WHERE shard_key = $1 AND object_id = $2";

static enum err
tell_people(struct put_head *h, const struct put_row *r, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct store_put *put = r->put;
	char detail[DETAIL_MAX];

	TRY(db_select_one(h->db, &rows, why, find_guest, DB_I(h->shard_key),
	    DB_T(put->object->id)));
	struct str account = db_col_text(&rows, 0);
	account = str_sub(account, sizeof(RANK_GUEST_GIVER) - 1, account.len);
	(void)snprintf(detail, sizeof(detail),
	    "{\"account\":\"" STR_FMT "\",\"code\":\"store.ousted\"}", STR_ARG(account));
	const struct event event = {
		.at = put->now,
		.name = S("collection.refused"),
		.owner = put->provenance->owner,
		.enclave = put->provenance->enclave,
		.subject = put->object->id,
		.detail = str_of(detail),
	};
	return store_event(h->db, &event, why);
}

/* All versions of it: none may date, end or dispute those that come.  They stay, where no list
 * of versions shows them. */
enum err
put_oust_guest(struct put_head *h, const struct put_row *r, struct put_known *k, struct why *why)
{
	struct str id = r->put->object->id;

	TRY(tell_people(h, r, why));
	TRY(db_run(h->db, why, move_aside, DB_I(h->shard_key), DB_T(id),
	    DB_I(r->put->now > 0 ? r->put->now : 1)));
	TRY(db_run(h->db, why, forget_contents, DB_I(h->shard_key), DB_T(id)));
	TRY(db_run(h->db, why, forget_choices, DB_I(h->shard_key), DB_T(id)));
	*k = (struct put_known){ 0 };
	return OK;
}
