#include "search_p.h"
#include "values_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first line is a value, the rest is text around it: put together they are
 * found whenever the value is one; alone the text never harms. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(values_free) struct values v = values_new(a);
	CLEANUP(buf_free) struct buf text = buf_new(64 * MIB);
	struct str rest = { (const char *)data, size };
	struct str value = str_split(&rest, '\n');
	struct searcher *s;
	bool is_value;

	values_add(&v, value);
	is_value = v.len > 0;
	values_add_name(&v, value);
	values_add_addresses(&v, value, true);
	if (v.full)
		return 0;
	s = searcher_new(a, v.needle, v.len);
	buf_put(&text, rest);
	buf_putc(&text, ' ');
	buf_put(&text, value);
	if (is_value && search_text(s, buf_str(&text)) == NULL)
		__builtin_trap();
	(void)search_text(s, rest);
	searcher_free(s);
	return 0;
}
