#include "portable.h"

#include "db_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A portable text splits into portable statements, and what an engine gets of
 * it has no word in braces left. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const words[DB_WORDS] = { "max", "min", "x", "" };
	struct str sql = { (const char *)data, size };
	struct str rest = sql;
	struct str one;
	size_t in_parts = 0;

	bool portable = db_check_portable(sql, NULL) == OK;
	while (db_next_statement(&rest, &one)) {
		in_parts += one.len;
		assert(!portable || db_check_portable(one, NULL) == OK);
	}
	assert(in_parts <= size);

	struct buf b = buf_new(size + 1);
	db_put_words(&b, sql, words);
	assert(!b.full && b.len <= size);
	struct buf again = buf_new(size + 1);
	db_put_words(&again, buf_str(&b), words);
	assert(!portable || str_eq(buf_str(&again), buf_str(&b)));
	buf_free(&again);
	buf_free(&b);
	return 0;
}
