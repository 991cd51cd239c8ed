#include <stdio.h>

#include "audit_pack_p.h"
#include "base.h"
#include "cases.h"
#include "ustar_p.h"

enum { FILE_MAX = 64 * MIB };

/* Headers that nobody of ours writes. */
/* clang-format off */
static const struct header_case {
	const char *name;
	const char *part;  /* name in the header; "" a good one */
	size_t at;         /* offset of a byte that is changed */
	char to;
	const char *code;
} header_cases[] = {
	{ "a path upwards",         "../../etc/passwd",  0, '.', "pack.name" },
	{ "a path upwards, later",  "rows/../../x",      0, 'r', "pack.name" },
	{ "a path from the root",   "/etc/passwd",       0, '/', "pack.name" },
	{ "a hidden file",          "rows/.x",           0, 'r', "pack.name" },
	{ "an empty folder name",   "rows//x",           0, 'r', "pack.name" },
	{ "a capital letter",       "Rows/x",            0, 'R', "pack.name" },
	{ "a link",                 "",                156, '2', "pack.header" },
	{ "a folder",               "",                156, '5', "pack.header" },
	{ "an extended header",     "",                156, 'x', "pack.header" },
	{ "another mode",           "",                106, '7', "pack.header" },
	{ "a checksum of others",   "",                150, '7', "pack.header" },
	{ "a prefix of the name",   "",                345, 'x', "pack.header" },
	{ "a size with a letter",   "",                130, 'x', "pack.header" },
	{ "a size beyond bounds",   "",                124, '7', "pack.size" },
};
/* clang-format on */

static void
check_header(void **state)
{
	static const char content[] = { 'a', 'b', 'c' };
	const struct header_case *c = *state;
	char file[4 * USTAR_BLOCK] = { 0 };
	struct ustar_part part;
	struct why why = { 0 };
	size_t at = 0;
	bool has = false;

	ustar_header(S("rows/peer/000001.ndjson"), 3, file);
	if (c->part[0] != '\0') {
		memset(file, 0, 100);
		(void)snprintf(file, 100, "%s", c->part);
	}
	file[c->at] = c->to;
	if (strcmp(c->code, "pack.size") == 0)
		ustar_header(S("rows/peer/000001.ndjson"), AUDIT_PACK_PART_MAX + 1ULL, file);
	memcpy(file + USTAR_BLOCK, content, sizeof(content));
	enum err err = ustar_next((struct str){ file, sizeof(file) }, AUDIT_PACK_PART_MAX, &at,
	    &part, &has, &why);
	assert_true(err != OK);
	assert_string_equal(why.code, c->code);
}

/* The same name twice: which of them was meant? */
static void
test_twice(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(FILE_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(FILE_MAX);
	struct audit_pack_parts parts;
	struct why why = { 0 };

	(void)state;
	ustar_put(S("rows/peer/000001.ndjson"), S("a"), &out);
	ustar_put(S("rows/peer/000001.ndjson"), S("b"), &out);
	ustar_put(S(AUDIT_PACK_MANIFEST), S("{}"), &out);
	ustar_put_end(&out);
	assert_int_equal(audit_pack_parts(a, buf_str(&out), &parts, &why), ERR_INVALID);
	assert_string_equal(why.code, "pack.twice");
}

/* What is written is read as it was, and the names in their order. */
static void
test_again(void **state)
{
	static const char *const names[] = { "log/checkpoint", "rows/a/000001.ndjson", "z" };
	CLEANUP(buf_free) struct buf out = buf_new(FILE_MAX);
	struct ustar_part part;
	size_t at = 0;
	bool has = false;

	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++)
		ustar_put(str_of(names[i]), str_of(names[i]), &out);
	ustar_put_end(&out);
	assert_int_equal(out.len % USTAR_BLOCK, 0);
	for (size_t i = 0; i < COUNTOF(names); i++) {
		assert_int_equal(ustar_next(buf_str(&out), FILE_MAX, &at, &part, &has, NULL), OK);
		assert_true(has && str_is(part.name, names[i]) && str_is(part.bytes, names[i]));
	}
	assert_int_equal(ustar_next(buf_str(&out), FILE_MAX, &at, &part, &has, NULL), OK);
	assert_false(has);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, header_cases, check_header);
	CASE(&list, test_twice);
	CASE(&list, test_again);
	return cases_run("ustar", &list, argc, argv);
}
