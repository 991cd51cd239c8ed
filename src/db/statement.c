#include "portable.h"
#include "statement_p.h"

static void
stmt_free(struct statements *s, struct db_stmt *stmt)
{
	if (stmt == NULL)
		return;
	s->engine->drop(stmt->prepared);
	heap_free(stmt->sql);
	heap_free(stmt);
}

void
statements_drop(struct statements *s)
{
	for (size_t i = 0; i < STATEMENT_SETS * STATEMENT_WAYS; i++)
		stmt_free(s, s->cache[i / STATEMENT_WAYS][i % STATEMENT_WAYS]);
}

enum err
statement_prepare(struct statements *s, struct str sql, bool hot, struct db_prepared **ret,
    struct why *why)
{
	struct buf text = buf_new(2 * DB_STATEMENT_MAX); /* the words may grow it */

	db_put_words(&text, sql, s->engine->words);
	enum err err = buf_check(&text, "SQL statement", why);
	if (err == OK)
		err = s->engine->prepare(s->conn, buf_str(&text), hot, ret, why);
	buf_free(&text);
	return err;
}

static enum err
stmt_new(struct statements *s, const char *sql, bool own, struct db_stmt **ret, struct why *why)
{
	struct str text = str_of(sql);
	struct db_prepared *prepared = NULL;

	if (text.len > DB_STATEMENT_MAX)
		return fail(why, ERR_LIMIT, "db.too-big",
		    "%s: a statement of %zu bytes is longer than %d", s->place, text.len,
		    DB_STATEMENT_MAX);
	if (!own)
		TRY(db_check_portable(text, why));
	TRY(statement_prepare(s, text, true, &prepared, why));

	struct db_stmt *stmt = heap_new(sizeof(*stmt), 1);
	stmt->sql = heap_cstr(text);
	stmt->key = sql;
	stmt->prepared = prepared;
	s->engine->shape(prepared, &stmt->shape);
	*ret = stmt;
	return OK;
}

static struct db_stmt **
cache_set(struct statements *s, const char *sql)
{
	/* Fibonacci hashing: neighbouring constants go to different sets. */
	uint64_t hash = (uint64_t)(uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15);

	static_assert(STATEMENT_SETS == 1 << 7, "the shift below takes 7 bits");
	return s->cache[hash >> (64 - 7)];
}

/* A place of the set that is empty or idle; NULL when all four are in use. */
static struct db_stmt **
cache_room(struct statements *s, struct db_stmt **set)
{
	for (size_t i = 0; i < STATEMENT_WAYS; i++)
		if (set[i] == NULL)
			return &set[i];
	for (size_t i = 0; i < STATEMENT_WAYS; i++) {
		struct db_stmt **at = &set[s->next_victim++ % STATEMENT_WAYS];
		if (!(*at)->busy)
			return at;
	}
	return NULL;
}

enum err
statement_take(struct statements *s, const char *sql, bool own, struct db_stmt **ret,
    struct why *why)
{
	struct db_stmt **set = cache_set(s, sql);

	for (size_t i = 0; i < STATEMENT_WAYS; i++) {
		struct db_stmt *stmt = set[i];
		/* The text is compared, too: a built one may stand where another stood. */
		if (stmt == NULL || stmt->key != sql || stmt->busy || strcmp(stmt->sql, sql) != 0)
			continue;
		stmt->busy = true;
		*ret = stmt;
		return OK;
	}

	struct db_stmt *stmt = NULL;
	TRY(stmt_new(s, sql, own, &stmt, why));
	struct db_stmt **room = cache_room(s, set);
	if (room != NULL) {
		stmt_free(s, *room);
		*room = stmt;
		stmt->cached = true;
	}
	stmt->busy = true;
	*ret = stmt;
	return OK;
}

void
statement_give(struct statements *s, struct db_stmt *stmt)
{
	s->engine->reset(stmt->prepared);
	stmt->busy = false;
	if (!stmt->cached)
		stmt_free(s, stmt);
}
