#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base.h"
#include "cases.h"
#include "match.h"
#include "match_p.h"

enum { SEED = 7 };

struct dir {
	char path[64];
	char file[96];
};

static void
dir_make(struct dir *d)
{
	(void)snprintf(d->path, sizeof(d->path), "/tmp/match_index_XXXXXX");
	assert_non_null(mkdtemp(d->path));
	(void)snprintf(d->file, sizeof(d->file), "%s/index", d->path);
}

static void
dir_removep(struct dir *d)
{
	unlink(d->file);
	rmdir(d->path);
}

static enum err
count(void *arg, const struct match_hit *hit, struct why *why)
{
	(void)hit;
	(void)why;
	++*(size_t *)arg;
	return OK;
}

static const char *const values[] = { "192.0.2.1", "198.51.100.0/24", "2001:db8::/32", "x.example",
	"http://y.example/a", "a@z.example", "0123456789abcdef0123456789abcdef" };
static const char text[] = "192.0.2.1 198.51.100.9 2001:db8::1 www.x.example http://y.example/a/b "
                           "a@z.example 0123456789ABCDEF0123456789ABCDEF\n";

static struct match_index *
sample(void)
{
	struct match_builder *b = match_builder_new(SEED);
	struct match_index *index;

	for (size_t i = 0; i < COUNTOF(values); i++)
		assert_int_equal(match_builder_add_text(b, str_of(values[i]), S("id"), NULL), OK);
	assert_int_equal(match_builder_finish(&b, &index, NULL), OK);
	return index;
}

static size_t
hits_of(const struct match_index *index)
{
	size_t hits = 0;
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, count, &hits);

	assert_int_equal(match_scan(s, str_of(text), NULL), OK);
	return hits;
}

static void
check_file(void **state)
{
	CLEANUP(dir_removep) struct dir d = { "", "" };
	CLEANUP(match_index_freep) struct match_index *built = sample();
	CLEANUP(match_index_freep) struct match_index *opened = NULL;
	struct why why = { 0 };

	(void)state;
	dir_make(&d);
	assert_int_equal(hits_of(built), COUNTOF(values));
	assert_int_equal(match_index_write(built, d.file, &why), OK);
	assert_int_equal(match_index_write(built, d.file, &why), OK); /* replaces */
	assert_int_equal(match_index_open(d.file, &opened, &why), OK);
	assert_int_equal(hits_of(opened), COUNTOF(values));
	struct match_size size = match_index_size(opened);
	assert_int_equal(size.values, COUNTOF(values));
	assert_int_equal(size.pairs, COUNTOF(values));
	assert_int_equal(size.bytes, match_index_size(built).bytes);
}

static void
check_no_file(void **state)
{
	CLEANUP(dir_removep) struct dir d = { "", "" };
	CLEANUP(match_index_freep) struct match_index *index = sample();
	struct match_index *opened;
	struct why why = { 0 };
	char want[256];

	(void)state;
	dir_make(&d);
	assert_int_equal(match_index_open(d.file, &opened, &why), ERR_IO);
	(void)snprintf(want, sizeof(want), "%s cannot be opened: No such file or directory",
	    d.file);
	assert_string_equal(why.text, want);
	assert_int_equal(match_index_write(index, "/nonexistent/index", &why), ERR_IO);
}

static void
put_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	(void)fclose(f);
}

/* clang-format off */
/* What is written at an offset of a sound file before it is opened. */
static const struct damage_case {
	const char *name;
	size_t at;
	uint64_t value;
	size_t cut;      /* bytes taken off the end */
	const char *why; /* after the file's name */
} damage_cases[] = {
	{ "magic", 0, 1, 0, " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "version", offsetof(struct image_header, version), 2, 0,
	  " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "cut", 0, 0, 64,
	  " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "table behind the end", offsetof(struct image_header, table.at), UINT64_C(1) << 40, 0,
	  " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "huge table", offsetof(struct image_header, table.bytes), UINT64_MAX - 7, 0,
	  " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "no filter", offsetof(struct image_header, bloom.bytes), 0, 0,
	  " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "no bitmap", offsetof(struct image_header, nets24.bytes), 0, 0,
	  " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "odd offset", offsetof(struct image_header, store.at), 1, 0,
	  " is not an indicator index of version 1 of this kind of machine, or it is cut" },
	{ "seed", offsetof(struct image_header, seed), 9, 0,
	  " was damaged: its checksum is wrong; build it again" },
	{ "a record", sizeof(struct image_header), 77, 0,
	  " was damaged: its checksum is wrong; build it again" },
};
/* clang-format on */

static void
check_damage(void **state)
{
	const struct damage_case *c = *state;
	CLEANUP(dir_removep) struct dir d = { "", "" };
	CLEANUP(match_index_freep) struct match_index *index = sample();
	CLEANUP(heap_freep) char *copy = heap_new(1, index->bytes);
	struct match_index *opened = NULL;
	struct why why = { 0 };
	char want[256];

	dir_make(&d);
	memcpy(copy, index->image, index->bytes);
	if (c->cut == 0)
		memcpy(copy + c->at, &c->value, sizeof(c->value));
	put_file(d.file, copy, index->bytes - c->cut);
	assert_int_equal(match_index_open(d.file, &opened, &why), ERR_TAMPERED);
	(void)snprintf(want, sizeof(want), "%s%s", d.file, c->why);
	assert_string_equal(why.text, want);
	assert_null(opened);
}

static void
check_short_file(void **state)
{
	CLEANUP(dir_removep) struct dir d = { "", "" };
	struct match_index *opened;
	struct why why = { 0 };
	char want[256];

	(void)state;
	dir_make(&d);
	put_file(d.file, "TORANAMX", 8);
	assert_int_equal(match_index_open(d.file, &opened, &why), ERR_TAMPERED);
	(void)snprintf(want, sizeof(want), "%s is not an indicator index", d.file);
	assert_string_equal(why.text, want);
}

/* One value under very many ids is found under each, and stays cheap to add. */
static void
check_many_ids(void **state)
{
	enum { IDS = 100 * 1000 };
	struct match_builder *b = match_builder_new(SEED);
	CLEANUP(match_index_freep) struct match_index *index = NULL;
	char id[32];
	size_t hits = 0;

	(void)state;
	for (int i = 0; i < IDS; i++) {
		int len = snprintf(id, sizeof(id), "indicator--%d", i / 2);
		struct str text_id = { id, (size_t)len };

		assert_int_equal(match_builder_add(b, PATTERN_DOMAIN, S("x.com"), text_id, NULL),
		    OK);
	}
	assert_int_equal(match_builder_finish(&b, &index, NULL), OK);
	assert_int_equal(match_index_size(index).values, 1);
	assert_int_equal(match_index_size(index).pairs, IDS / 2);
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, count, &hits);
	assert_int_equal(match_scan(s, S("a.x.com"), NULL), OK);
	assert_int_equal(hits, IDS / 2);
}

/* The filter is the same whatever the processor can do. */
static void
check_bloom(void **state)
{
	enum { BLOCKS = 3, KEYS = 40 };
	uint32_t best[BLOCKS][BLOOM_WORDS] = { 0 }, portable[BLOCKS][BLOOM_WORDS] = { 0 };
	struct entry entry[KEYS];

	(void)state;
	for (uint64_t i = 0; i < KEYS; i++)
		entry[i] = (struct entry){ .key = key_start(SEED, (unsigned)i) };
	engine_best()->bloom(best, BLOCKS, entry, KEYS);
	bloom_portable(portable, BLOCKS, entry, KEYS);
	assert_memory_equal(best, portable, sizeof(best));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_file);
	CASE(&cases, check_no_file);
	CASES(&cases, damage_cases, check_damage);
	CASE(&cases, check_short_file);
	CASE(&cases, check_many_ids);
	CASE(&cases, check_bloom);
	return cases_run("match_index", &cases, argc, argv);
}
