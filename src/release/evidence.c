#include "evidence_p.h"
#include "standing.h"

static const char list_agreements[] = "SELECT hash, envelope FROM agreement ORDER BY id, version";
static const char list_packs[] = "SELECT hash, body FROM rule_pack ORDER BY id, version";
static const char list_shards[] = "SELECT shard_key FROM collection ORDER BY shard_key LIMIT $1";
static const char find_object[] =
    "SELECT raw FROM object WHERE shard_key = $1 AND object_id = $2 AND raw_hash = $3";

/* ---- reading all documents ---- */

typedef enum err take_fn(struct evidence *e, struct str hash, struct str body, struct why *why);

static enum err
each_document(struct evidence *e, const char *sql, take_fn *take, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_query(e->db, sql, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str hash = arena_str(e->arena, db_col_blob(&rows, 0));
		struct str body = arena_str(e->arena, db_col_blob(&rows, 1));

		if (body.ptr == NULL || e->agreements == EVIDENCE_DOCUMENTS_MAX ||
		    e->packs == EVIDENCE_DOCUMENTS_MAX)
			return fail(why, ERR_LIMIT, "evidence.documents",
			    "there are more than %d versions of agreements or rule packs",
			    EVIDENCE_DOCUMENTS_MAX);
		TRY(take(e, hash, body, why));
	}
}

static enum err
take_agreement(struct evidence *e, struct str hash, struct str envelope, struct why *why)
{
	struct standing *s = arena_make(e->arena, struct standing, 1);

	if (s == NULL)
		return fail(why, ERR_LIMIT, "evidence.memory", "no memory is left");
	if (standing_open(e->arena, envelope, s, NULL) == OK &&
	    str_eq(hash_str(&s->agreement->hash), hash))
		e->agreement[e->agreements++] = s->agreement;
	return OK;
}

static enum err
take_pack(struct evidence *e, struct str hash, struct str body, struct why *why)
{
	const struct rule_pack *pack = NULL;

	(void)why;
	if (rule_pack_parse(e->arena, body, &pack, NULL) == OK &&
	    str_eq(hash_str(&pack->hash), hash))
		e->pack[e->packs++] = pack;
	return OK;
}

static enum err
read_shards(struct evidence *e, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(e->db, &rows, why, list_shards, DB_I(COLLECTIONS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		e->shard[e->shards++] = db_col_i64(&rows, 0);
	}
}

enum err
evidence_open(struct evidence *e, struct why *why)
{
	TRY(each_document(e, list_agreements, take_agreement, why));
	TRY(each_document(e, list_packs, take_pack, why));
	return read_shards(e, why);
}

/* ---- finding ---- */

enum err
evidence_agreement(const struct evidence *e, const struct hash *hash, const struct agreement **ret,
    struct why *why)
{
	for (size_t i = 0; i < e->agreements; i++) {
		*ret = e->agreement[i];
		if (hash_eq(&(*ret)->hash, hash))
			return OK;
	}
	return fail(why, ERR_NOT_FOUND, "evidence.agreement",
	    "the version of the agreement is not here");
}

enum err
evidence_pack(const struct evidence *e, const struct hash *hash, const struct rule_pack **ret,
    struct why *why)
{
	for (size_t i = 0; i < e->packs; i++) {
		*ret = e->pack[i];
		if (hash_eq(&(*ret)->hash, hash))
			return OK;
	}
	return fail(why, ERR_NOT_FOUND, "evidence.pack", "the version of a rule pack is not here");
}

static enum err
hash_member(const struct json *of, struct hash *ret, struct why *why)
{
	if (!hash_parse(json_str(json_get(of, S("hash"))), ret))
		return fail(why, ERR_INVALID, "evidence.facts", "this is no fact vector");
	return OK;
}

enum err
evidence_documents(const struct evidence *e, const struct json *facts, struct documents *ret,
    const struct rule_pack *pack[PACKS_MAX], struct why *why)
{
	const struct json *list = json_get(facts, S("packs"));
	struct hash hash;

	*ret = (struct documents){ .pack = pack };
	TRY(hash_member(json_get(facts, S("agreement")), &hash, why));
	TRY(evidence_agreement(e, &hash, &ret->agreement, why));
	if (!json_is(list, JSON_ARRAY) || list->len > PACKS_MAX)
		return fail(why, ERR_INVALID, "evidence.facts", "this is no fact vector");
	for (const struct json *v = list->first; v != NULL; v = v->next) {
		TRY(hash_member(v, &hash, why));
		TRY(evidence_pack(e, &hash, &pack[ret->packs++], why));
	}
	return OK;
}

/* ---- as the source of requests ---- */

static enum err
source_object(void *arg, struct str id, const struct hash *hash, struct str *ret, struct why *why)
{
	const struct evidence *e = arg;

	for (size_t i = 0; i < e->shards; i++) {
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
		bool has = false;

		TRY(db_select(e->db, &rows, why, find_object, DB_I(e->shard[i]), DB_T(id),
		    DB_B(hash_str(hash))));
		TRY(db_next(&rows, &has, why));
		if (!has || db_col_blob(&rows, 0).len == 0)
			continue;
		*ret = arena_str(e->bytes, db_col_blob(&rows, 0));
		if (ret->ptr == NULL)
			return fail(why, ERR_LIMIT, "evidence.memory", "no memory is left");
		return OK;
	}
	return fail(why, ERR_NOT_FOUND, "evidence.object",
	    "the bytes of " STR_FMT " are not here any more", STR_ARG(id));
}

static enum err
source_agreement(void *arg, const struct hash *hash, const struct agreement **ret, struct why *why)
{
	return evidence_agreement(arg, hash, ret, why);
}

static enum err
source_pack(void *arg, const struct hash *hash, const struct rule_pack **ret, struct why *why)
{
	return evidence_pack(arg, hash, ret, why);
}

struct request_source
evidence_source(struct evidence *e)
{
	return (struct request_source){ e, source_object, source_agreement, source_pack };
}
