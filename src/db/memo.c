#include "memo_p.h"

/* Fibonacci hashing, as for statements. */
static uint64_t
mix(uint64_t hash, uint64_t more)
{
	return (hash ^ more) * UINT64_C(0x9e37'79b9'7f4a'7c15);
}

static uint64_t
mix_text(uint64_t hash, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		hash = mix(hash, (unsigned char)s.ptr[i]);
	return hash;
}

static size_t
slot_of(const struct memo_ask *ask)
{
	uint64_t hash = mix(0, (uint64_t)(uintptr_t)ask->sql);

	for (size_t i = 0; i < ask->n; i++)
		hash = mix_text(mix(hash, (uint64_t)ask->args[i].i), ask->args[i].s);
	static_assert(MEMO_SLOTS == 1 << 6, "the shift below takes 6 bits");
	return hash >> (64 - 6);
}

static bool
value_eq(const struct db_value *a, const struct db_value *b)
{
	return a->type == b->type && a->i == b->i && str_eq(a->s, b->s);
}

static bool
is_same(const struct memo *old, const struct memo_ask *ask)
{
	if (old->sql != ask->sql || old->changes != ask->changes || old->args != ask->n)
		return false;
	for (size_t i = 0; i < ask->n; i++) {
		if (!value_eq(&old->arg[i], &ask->args[i]))
			return false;
	}
	return true;
}

struct memo *
memo_find(const struct memory *m, const struct memo_ask *ask)
{
	struct memo *old = ask->n > MEMO_ARGUMENTS_MAX ? NULL : m->slot[slot_of(ask)];

	return old != NULL && !old->held && is_same(old, ask) ? old : NULL;
}

/* A copy of v whose bytes lie behind *used of `room`; false when they do not fit. */
static bool
copy_value(const struct db_value *v, char *room, size_t max, size_t *used, struct db_value *ret)
{
	if (v->s.len > max - *used)
		return false;
	*ret = *v;
	if (v->s.len > 0)
		memcpy(room + *used, v->s.ptr, v->s.len);
	ret->s.ptr = room + *used;
	*used += v->s.len;
	return true;
}

static struct db_value
column_of(const struct db_rows *row, size_t at)
{
	switch (db_col_type(row, at)) {
	case DB_INT: return DB_I(db_col_i64(row, at));
	case DB_TEXT: return DB_T(db_col_text(row, at));
	case DB_BLOB: return DB_B(db_col_blob(row, at));
	case DB_NULL: break;
	}
	return DB_N;
}

static bool
fill(struct memo *to, const struct memo_ask *ask, const struct db_rows *row, size_t columns)
{
	size_t key = 0, bytes = 0;

	for (size_t i = 0; i < ask->n; i++) {
		if (!copy_value(&ask->args[i], to->key, MEMO_KEY_MAX, &key, &to->arg[i]))
			return false;
	}
	for (size_t i = 0; to->has && i < columns; i++) {
		struct db_value v = column_of(row, i);

		if (!copy_value(&v, to->bytes, MEMO_BYTES_MAX, &bytes, &to->column[i]))
			return false;
	}
	return true;
}

void
memo_keep(struct memory *m, const struct memo_ask *ask, bool has, const struct db_rows *row,
    size_t columns)
{
	if (ask->n > MEMO_ARGUMENTS_MAX || columns > MEMO_COLUMNS_MAX)
		return;

	struct memo **slot = &m->slot[slot_of(ask)];
	if (*slot == NULL)
		*slot = heap_new(sizeof(**slot), 1);
	if ((*slot)->held)
		return;
	(*slot)->has = has;
	(*slot)->args = ask->n;
	(*slot)->changes = ask->changes;
	(*slot)->sql = fill(*slot, ask, row, columns) ? ask->sql : NULL;
}

void
memory_free(struct memory *m)
{
	for (size_t i = 0; i < MEMO_SLOTS; i++)
		heap_free(m->slot[i]);
}
