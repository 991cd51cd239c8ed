#include "audit_pack.h"

#include <stdlib.h>

#include "audit_pack_p.h"
#include "pack_tables_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 64 * MIB };

/* A container is accepted in one form only: read and written again it is the
 * same bytes, and so nothing hides in it. */
static void
check_form(struct arena *a, struct str file)
{
	CLEANUP(buf_free) struct buf again = buf_new(file.len + USTAR_END);
	struct audit_pack_parts parts;
	struct ustar_part part;
	size_t at = 0;
	bool has = true;

	if (audit_pack_parts(a, file, &parts, NULL) != OK)
		return;
	while (has) {
		if (ustar_next(file, AUDIT_PACK_PART_MAX, &at, &part, &has, NULL) != OK)
			abort();
		if (has && !ustar_name_is(part.name))
			abort();
		if (has)
			ustar_put(part.name, part.bytes, &again);
	}
	ustar_put_end(&again);
	if (!str_eq(buf_str(&again), file))
		abort();
}

/* A row that is read and written again is read as the same row. */
static void
check_row(struct arena *a, const struct pack_table *t, struct str line)
{
	CLEANUP(buf_free) struct buf out = buf_new(8 * line.len + 4 * KIB);
	struct db_value value[PACK_COLUMNS_MAX], again[PACK_COLUMNS_MAX];
	size_t n = 0, m = 0;

	if (pack_row_read(a, t, line, value, &n, NULL) != OK)
		return;
	pack_row_write(t, value, &out);
	if (out.full)
		return;
	if (pack_row_read(a, t, buf_str(&out), again, &m, NULL) != OK || n != m)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (value[i].type != again[i].type || value[i].i != again[i].i ||
		    !str_eq(value[i].s, again[i].s))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct str text = { (const char *)data, size };
	struct audit_pack_manifest m;

	check_form(a, text);
	if (audit_pack_manifest(a, text, &m, NULL) == OK && m.parts->len > AUDIT_PACK_PARTS_MAX)
		abort();
	if (size > 0)
		check_row(a, &pack_tables[data[0] % pack_tables_count], str_sub(text, 1, SIZE_MAX));
	return 0;
}
