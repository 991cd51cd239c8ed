/* Partners' people, by the cards that their nodes signed. */
#include "person.h"

#include "dsse.h"
#include "fingerprint.h"
#include "peer.h"
#include "person_p.h"
#include "record_p.h"

enum { PERSONS_MAX = 1000 };

/* Only the party's own node speaks for its people, and only when two people compared its key. */
static enum err
check_signer(const struct release_job *job, const struct dsse *e, struct str organisation,
    struct why *why)
{
	struct str party = organisation;
	struct peer peer;
	struct verify_key key;
	struct dsse_verdict verdict;
	enum err err = store_peer_by_party(job->db, job->arena, str_split(&party, ':'), &peer, why);

	if (err == ERR_NOT_FOUND || (err == OK && peer.verified_at == 0))
		return fail(why, ERR_TAMPERED, "person.signer",
		    STR_FMT " is of no party whose node was verified", STR_ARG(organisation));
	if (err != OK)
		return err;
	memcpy(key.byte, peer.agreement_key, VERIFY_KEY_BYTES);
	return dsse_verify(e, &key, 1, &verdict, why);
}

/* What the signer may not decide. */
static enum err
check_card(const struct release_job *job, const struct person_card *card, struct why *why)
{
	if (!str_eq(card->realm, job->gate->realm))
		return fail(why, ERR_FORBIDDEN, "person.realm",
		    "the card is of the realm " STR_FMT ", and this is " STR_FMT,
		    STR_ARG(card->realm), STR_ARG(job->gate->realm));
	if (card->expires_at <= job->at)
		return fail(why, ERR_INVALID, "person.expired", "the card has expired");
	if (card->expires_at - job->at > PERSON_CARD_DAYS_MAX * US_PER_DAY)
		return fail(why, ERR_INVALID, "person.long",
		    "a card is good for at most %d days; ask for one that ends earlier",
		    PERSON_CARD_DAYS_MAX);
	return OK;
}

/* ---- adding, verifying, revoking ---- */

static const char insert_person[] =
    "INSERT INTO person (fingerprint, name, organisation, box_key, card, owner, added_by,"
    " added_at, verified_by, verified_at, expires_at, revoked_at, enclave)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9, 0, $10) ON CONFLICT DO NOTHING";
static const char set_verified[] = "UPDATE person SET verified_by = $4, verified_at = $5"
                                   " WHERE owner = $1 AND enclave = $2 AND fingerprint = $3";
static const char set_revoked[] = "UPDATE person SET revoked_at = $4"
                                  " WHERE owner = $1 AND enclave = $2 AND fingerprint = $3";
/* clang-format off */
static const char list_persons[] =
    "SELECT p.fingerprint, p.name, p.organisation, p.added_by, p.verified_by, p.box_key,"
    " p.added_at, p.verified_at, p.expires_at, p.revoked_at FROM person p WHERE "
    COMPARTMENT_HAS("p", "$1", "$2") " AND ($3 = '' OR p.fingerprint = $3)"
    " ORDER BY p.organisation, p.name, p.fingerprint LIMIT $4";
/* clang-format on */

static const char find_revoked[] =
    "SELECT 1 FROM person WHERE owner = $1 AND enclave = $2 AND box_key = $3 AND revoked_at <> 0";

static enum err
is_key_revoked(const struct release_job *job, const struct verify_key *key, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct str bytes = { (const char *)key->byte, VERIFY_KEY_BYTES };

	TRY(db_select(job->db, &rows, why, find_revoked, DB_T(job->gate->organisation),
	    DB_T(job->gate->enclave), DB_B(bytes)));
	return db_next(&rows, ret, why);
}

/* A key that is no longer trusted does not come back under another card. */
static enum err
check_key(const struct release_job *job, const struct verify_key *key, struct why *why)
{
	bool revoked = false;

	TRY(is_key_revoked(job, key, &revoked, why));
	if (revoked)
		return fail(why, ERR_CONFLICT, "person.revoked-key",
		    "another card with this key was revoked: ask for a card with a new key");
	return OK;
}

static enum err
log_step(const struct release_job *job, const char *type, struct str fingerprint,
    struct str account, struct why *why)
{
	const struct record_pair pairs[] = {
		{ "type", str_of(type) },
		{ "person", fingerprint },
		{ "account", account },
	};

	return record_append(job, "person", pairs, COUNTOF(pairs), why);
}

enum err
release_person_add(const struct release_job *job, const struct release_person_step *step,
    struct str *ret_fingerprint, struct why *why)
{
	struct person_card card;
	struct dsse e = { 0 };
	char hex[HASH_HEX + 1];
	int64_t added = 0;

	TRY(dsse_parse(job->arena, step->card, &e, why));
	if (!str_is(e.payload_type, PERSON_CARD_TYPE))
		return fail(why, ERR_INVALID, "person.card", "this is signed as something else");
	TRY(person_card_read(job->arena, e.payload, &card, why));
	TRY(check_signer(job, &e, card.organisation, why));
	TRY(check_card(job, &card, why));
	struct hash print = hash_of(e.payload);
	TRY(fingerprint_check(&print, step->heard, why));
	TRY(check_key(job, &card.key, why));
	hash_text(&print, hex);
	*ret_fingerprint = arena_str(job->arena, str_of(hex));
	TRY(db_exec(job->db,
	    DB_SQL(insert_person, DB_T(*ret_fingerprint), DB_T(card.name), DB_T(card.organisation),
	        DB_B(((struct str){ (const char *)card.key.byte, VERIFY_KEY_BYTES })),
	        DB_B(step->card), DB_T(job->gate->organisation), DB_T(step->account), DB_I(job->at),
	        DB_I(card.expires_at), DB_T(job->gate->enclave)),
	    &added, why));
	if (added == 0)
		return fail(why, ERR_CONFLICT, "person.known", "this card is known already");
	TRY(log_step(job, "person-added", *ret_fingerprint, step->account, why));
	return record_event(job, "person.added", *ret_fingerprint, S(""), why);
}

static void
read_person(const struct db_rows *rows, struct arena *a, struct release_person *ret)
{
	struct str *const texts[] = { &ret->fingerprint, &ret->name, &ret->organisation,
		&ret->added_by, &ret->verified_by };
	struct str key = db_col_blob(rows, 5);

	*ret = (struct release_person){ 0 };
	for (size_t i = 0; i < COUNTOF(texts); i++)
		*texts[i] = arena_str(a, db_col_text(rows, i));
	if (key.len == VERIFY_KEY_BYTES)
		memcpy(ret->key.byte, key.ptr, VERIFY_KEY_BYTES);
	ret->added_at = db_col_i64(rows, 6);
	ret->verified_at = db_col_i64(rows, 7);
	ret->expires_at = db_col_i64(rows, 8);
	ret->revoked_at = db_col_i64(rows, 9);
}

enum err
release_persons(struct db *db, struct arena *a, const struct release_person_query *q,
    struct release_person **ret, size_t *ret_len, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct release_person *list = arena_make(a, struct release_person, PERSONS_MAX);
	bool has = false;
	size_t n = 0;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the list is too long");
	TRY(db_select(db, &rows, why, list_persons, DB_T(q->of.organisation), DB_T(q->of.enclaves),
	    DB_T(q->fingerprint), DB_I(PERSONS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		read_person(&rows, a, &list[n++]);
	}
	*ret = list;
	*ret_len = n;
	return OK;
}

static enum err
find(const struct release_job *job, struct str fingerprint, struct release_person *ret,
    struct why *why)
{
	const struct release_person_query q = {
		{ job->gate->organisation, job->gate->enclave },
		fingerprint,
	};
	struct release_person *list = NULL;
	size_t n = 0;

	TRY(release_persons(job->db, job->arena, &q, &list, &n, why));
	if (n == 0 || fingerprint.len == 0)
		return fail(why, ERR_NOT_FOUND, "person.unknown",
		    "there is no person with the card " STR_FMT, STR_ARG(fingerprint));
	*ret = list[0];
	return OK;
}

/* The second of two people who compared it, by telephone, each for himself. */
enum err
release_person_verify(const struct release_job *job, const struct release_person_step *step,
    struct why *why)
{
	struct release_person p;
	struct hash print;

	TRY(find(job, step->fingerprint, &p, why));
	if (p.expires_at <= job->at)
		return fail(why, ERR_CONFLICT, "person.state", "the card has expired");
	if (p.verified_at != 0 || p.revoked_at != 0)
		return fail(why, ERR_CONFLICT, "person.state", "the card is %s already",
		    p.revoked_at != 0 ? "revoked" : "verified");
	TRY(check_key(job, &p.key, why));
	if (str_eq(p.added_by, step->account))
		return fail(why, ERR_FORBIDDEN, "release.four-eyes",
		    STR_FMT " added this card; another person compares it", STR_ARG(step->account));
	if (!hash_parse(p.fingerprint, &print))
		return fail(why, ERR_TAMPERED, "person.row", "a stored fingerprint is none");
	TRY(fingerprint_check(&print, step->heard, why));
	TRY(db_run(job->db, why, set_verified, DB_T(job->gate->organisation),
	    DB_T(job->gate->enclave), DB_T(p.fingerprint), DB_T(step->account), DB_I(job->at)));
	TRY(log_step(job, "person-verified", p.fingerprint, step->account, why));
	return record_event(job, "person.verified", p.fingerprint, S(""), why);
}

enum err
release_person_revoke(const struct release_job *job, const struct release_person_step *step,
    struct why *why)
{
	struct release_person p = { 0 };

	TRY(find(job, step->fingerprint, &p, why));
	if (p.revoked_at != 0)
		return fail(why, ERR_CONFLICT, "person.state", "the card is revoked already");
	TRY(db_run(job->db, why, set_revoked, DB_T(job->gate->organisation),
	    DB_T(job->gate->enclave), DB_T(p.fingerprint), DB_I(job->at)));
	TRY(log_step(job, "person-revoked", p.fingerprint, step->account, why));
	return record_event(job, "person.revoked", p.fingerprint, S(""), why);
}

enum err
person_find_good(const struct release_job *job, struct str fingerprint, struct str to,
    struct release_person *ret, struct why *why)
{
	enum err err = find(job, fingerprint, ret, why);
	const char *wrong = NULL;
	bool revoked = false;

	if (err == OK)
		TRY(is_key_revoked(job, &ret->key, &revoked, why));
	else if (err != ERR_NOT_FOUND)
		return err;
	if (err == ERR_NOT_FOUND)
		wrong = "is not known";
	else if (!str_eq(ret->organisation, to))
		wrong = "is of another organisation";
	else if (ret->revoked_at != 0)
		wrong = "is revoked";
	else if (revoked)
		wrong = "has a key that was revoked with another card";
	else if (ret->verified_at == 0)
		wrong = "was not compared by a second person yet";
	else if (ret->expires_at <= job->at)
		wrong = "has expired";
	if (wrong != NULL)
		return fail(why, ERR_INVALID, "release.person", "the card \"" STR_FMT "\" %s",
		    STR_ARG(fingerprint), wrong);
	return OK;
}

/* ---- our own people ---- */

enum err
release_card_sign(const struct release_job *job, const struct release_card *card, struct str *ret,
    struct why *why)
{
	CLEANUP(buf_free) struct buf text = buf_new(PERSON_CARD_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(2 * PERSON_CARD_MAX + 4 * KIB);
	struct dsse e = { .payload_type = S(PERSON_CARD_TYPE) };
	char hex[HASH_HEX + 1];
	const struct person_card paper = {
		.realm = job->gate->realm,
		.name = card->name,
		.organisation = job->gate->organisation,
		.key = card->key,
		.expires_at = job->at + (time_us)card->days * US_PER_DAY,
	};

	if (card->days == 0 || card->days > PERSON_CARD_DAYS_MAX)
		return fail(why, ERR_INVALID, "person.days", "a card is good for 1 to %d days",
		    PERSON_CARD_DAYS_MAX);
	TRY(person_card_write(&paper, &text, why));
	e.payload = buf_str(&text);
	TRY(dsse_sign(&e, card->signer, job->arena, why));
	TRY(dsse_write(&e, &out, why));
	*ret = arena_str(job->arena, buf_str(&out));
	struct hash print = hash_of(e.payload);
	hash_text(&print, hex);
	return log_step(job, "person-card", str_of(hex), card->account, why);
}
