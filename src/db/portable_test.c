#include "portable.h"

#include "cases.h"

/* clang-format off */
static const struct portable_case {
	const char *name;
	const char *sql;
	const char *why; /* NULL: portable; else what the text says */
} portable_cases[] = {
	{ "select",             "SELECT a, max(b) FROM t WHERE c = $1 GROUP BY a", NULL },
	{ "nothing",            "", NULL },
	{ "only a comment",     "-- PRAGMA", NULL },
	{ "two statements",     "DELETE FROM t; DROP TABLE t;", NULL },
	{ "head row",           "UPDATE h SET l = {max}(l, $1) + $2 WHERE k = $3 RETURNING l", NULL },
	{ "table",              "CREATE TABLE t (k BIGINT NOT NULL, b {blob}, PRIMARY KEY (k)) {clustered}", NULL },
	{ "upsert",             "INSERT INTO t (k) VALUES ($1) ON CONFLICT (k) DO UPDATE SET k = excluded.k", NULL },
	{ "word in a string",   "SELECT 'PRAGMA ? now() it''s'", NULL },
	{ "word as a name",     "SELECT \"rowid\" FROM t", NULL },
	{ "word in a comment",  "SELECT 1 /* AUTOINCREMENT ? */ + 1 -- ?", NULL },
	{ "longer word",        "SELECT rowids, nows, updated_at FROM t", NULL },
	{ "replace()",          "SELECT replace(a, 'x', 'y') FROM t", NULL },
	{ "now as a column",    "SELECT now FROM t", NULL },
	{ "identity, a column", "SELECT identity FROM t WHERE identity = $1", NULL },
	{ "aggregate of two",   "SELECT max((a + b)), min(coalesce(a, b)) FROM t", NULL },

	{ "question mark",      "SELECT ?", "\"?\" is not portable SQL: parameters are $1, $2" },
	{ "numbered question",  "SELECT ?1", "\"?\" is not portable SQL" },
	{ "named parameter",    "SELECT :a", "\":\" is not portable SQL" },
	{ "cast of PostgreSQL", "SELECT $1::text", "casts are CAST(x AS t)" },
	{ "parameter zero",     "SELECT $0", "\"$0\" is not portable SQL: parameters are $1 to $64" },
	{ "parameter 65",       "SELECT $65", "parameters are $1 to $64" },
	{ "parameter by name",  "SELECT $a", "parameters are $1 to $64" },
	{ "autoincrement",      "CREATE TABLE t (k BIGINT PRIMARY KEY AUTOINCREMENT)", "take the number from a head row" },
	{ "identity",           "CREATE TABLE t (k BIGINT GENERATED ALWAYS AS IDENTITY)", "take the number from a head row" },
	{ "serial",             "CREATE TABLE t (k serial)", "take the number from a head row" },
	{ "trigger",            "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END", "\"TRIGGER\" is not portable SQL" },
	{ "foreign key",        "CREATE TABLE t (k BIGINT REFERENCES u (k))", "keys do not cross shards" },
	{ "replace into",       "REPLACE INTO t (k) VALUES (1)", "ON CONFLICT DO UPDATE" },
	{ "insert or",          "INSERT OR IGNORE INTO t (k) VALUES (1)", "\"INSERT\" is not portable SQL" },
	{ "a comment between",  "INSERT /* x */ OR IGNORE INTO t (k) VALUES (1)", "\"INSERT\" is not portable SQL" },
	{ "now",                "SELECT now()", "pass the time as a parameter" },
	{ "now with a blank",   "SELECT now ()", "pass the time as a parameter" },
	{ "datetime",           "SELECT DATETIME('now')", "pass the time as a parameter" },
	{ "current_timestamp",  "SELECT CURRENT_TIMESTAMP", "pass the time as a parameter" },
	{ "lateral",            "SELECT 1 FROM t, LATERAL (SELECT 2)", "UNION ALL" },
	{ "for update",         "SELECT 1 FROM t FOR UPDATE", "UPDATE ... RETURNING" },
	{ "natural join",       "SELECT 1 FROM t NATURAL JOIN u", "name the columns" },
	{ "pragma",             "PRAGMA user_version", "settings belong to the engine" },
	{ "rowid",              "SELECT RowId FROM t", "\"RowId\" is not portable SQL" },
	{ "without rowid",      "CREATE TABLE t (k BIGINT PRIMARY KEY) WITHOUT ROWID", "write {clustered}" },
	{ "32 bits",            "CREATE TABLE t (k INTEGER PRIMARY KEY)", "write BIGINT" },
	{ "blob",               "CREATE TABLE t (k BLOB)", "write {blob}" },
	{ "max of two",         "SELECT max(a, b) FROM t", "{max} and {min}" },
	{ "max of two inside",  "SELECT min(1, coalesce(a, b)) FROM t", "{max} and {min}" },
	{ "greatest",           "SELECT greatest(a, b) FROM t", "write {max}" },
	{ "unknown brace",      "SELECT {now}", "\"{now}\" is not portable SQL: the words in braces are" },
	{ "commit",             "DELETE FROM t; COMMIT", "\"COMMIT\" is not portable SQL: a statement begins with SELECT" },
	{ "attach",             "ATTACH 'x' AS y", "a statement begins with SELECT" },
	{ "no word first",      "(SELECT 1)", "a statement begins with a word" },
	{ "open string",        "SELECT 'a", "does not end" },
	{ "open comment",       "SELECT 1 /* a", "does not end" },
	{ "open brace",         "SELECT {max", "does not end" },
	{ "bracketed name",     "SELECT [a]", "names are quoted with" },
	{ "one too many",       "SELECT 1)", "it closes no parenthesis" },
	{ "one too few",        "SELECT (1", "a parenthesis of the statement is not closed" },
	{ "one into the next",  "SELECT (1; DELETE FROM t)", "\";\" is not portable SQL: a parenthesis before it is not closed" },
	{ "deep", "SELECT (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1", "too many parentheses" },
};
/* clang-format on */

static void
check_portable(void **state)
{
	const struct portable_case *c = *state;
	struct why why = { 0 };
	enum err got = db_check_portable(str_of(c->sql), &why);

	assert_int_equal(got, c->why == NULL ? OK : ERR_INVALID);
	if (c->why == NULL)
		return;
	assert_string_equal(why.code, "db.portable");
	if (str_find(str_of(why.text), str_of(c->why)) == SIZE_MAX)
		fail_msg("%s", why.text);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, portable_cases, check_portable);
	return cases_run("portable", &cases, argc, argv);
}
