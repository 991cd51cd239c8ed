#include "stored_p.h"

enum err
stored_full(struct why *why)
{
	return fail(why, ERR_LIMIT, "store.memory",
	    "the answer is larger than one request may be: ask for less at a time");
}

enum err
stored_damaged(struct why *why)
{
	return fail(why, ERR_TAMPERED, "store.row",
	    "a stored object has a damaged row: restore the database from a backup");
}

/* The texts of a row lie in one piece of the arena: one call instead of twelve. */
struct copy {
	char *at;
};

static struct str
copy_text(struct copy *c, struct str s)
{
	struct str mine = { c->at, s.len };

	if (s.len > 0)
		memcpy(c->at, s.ptr, s.len);
	c->at += s.len;
	return mine;
}

enum err
stored_hash(struct str bytes, struct hash *ret, struct why *why)
{
	if (bytes.len != HASH_BYTES)
		return fail(why, ERR_TAMPERED, "store.row",
		    "a stored hash has %zu bytes instead of %d: restore the database from a backup",
		    bytes.len, HASH_BYTES);
	memcpy(ret->byte, bytes.ptr, HASH_BYTES);
	return OK;
}

enum err
stored_read(const struct db_rows *rows, struct arena *a, bool with_raw, struct stored *ret,
    struct why *why)
{
	struct stored o = { .shard_key = db_col_i64(rows, 0),
		.date_added = db_col_i64(rows, 1),
		.modified_us = db_col_i64(rows, 8),
		.revoked = db_col_i64(rows, 9) != 0,
		.withdrawn_at = db_col_i64(rows, 19) };
	const struct {
		size_t column;
		struct str *text;
	} texts[] = {
		{ 2, &o.id },
		{ 3, &o.version },
		{ 4, &o.type },
		{ 5, &o.spec_version },
		{ 6, &o.created },
		{ 7, &o.modified },
		{ 12, &o.provenance.owner },
		{ 13, &o.provenance.enclave },
		{ 14, &o.provenance.originator },
		{ 15, &o.provenance.giver },
		{ 16, &o.provenance.path },
		{ 17, &o.provenance.received_under },
	};
	struct str from[COUNTOF(texts)];
	struct str raw = with_raw ? db_col_blob(rows, 20) : (struct str){ 0 };
	size_t len = raw.len;

	TRY(stored_hash(db_col_blob(rows, 10), &o.raw_hash, why));
	TRY(stored_hash(db_col_blob(rows, 11), &o.normal_hash, why));
	o.provenance.import_id = db_col_i64(rows, 18);
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		from[i] = db_col_text(rows, texts[i].column);
		len += from[i].len;
	}
	struct copy c = { .at = arena_alloc(a, 1, 1, len + 1) };
	if (c.at == NULL)
		return stored_full(why);
	for (size_t i = 0; i < COUNTOF(texts); i++)
		*texts[i].text = copy_text(&c, from[i]);
	o.raw = copy_text(&c, raw);
	*ret = o;
	return OK;
}

/* ---- versions ---- */

struct str
stored_sortable(struct str version)
{
	return str_ends(version, S("Z")) ? str_sub(version, 0, version.len - 1) : version;
}

/* Zeros at the end of a fraction say nothing. */
static struct str
trim_fraction(struct str s)
{
	s = stored_sortable(s);
	if (str_find(s, S(".")) == SIZE_MAX)
		return s;
	while (s.len > 0 && s.ptr[s.len - 1] == '0')
		s.len--;
	if (s.len > 0 && s.ptr[s.len - 1] == '.')
		s.len--;
	return s;
}

bool
stored_same_instant(struct str a, struct str b)
{
	return str_eq(trim_fraction(a), trim_fraction(b));
}
