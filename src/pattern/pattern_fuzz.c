#include "pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any text may arrive as a pattern: the parser answers within its memory, an
 * error names a place, and every atom is a value with a known kind. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * MIB);
	struct str text = { (const char *)data, size };
	const struct pattern *p;
	struct pattern_atoms atoms;
	struct why why = { 0 };
	enum err err = pattern_parse(a, text, &p, &why);

	if (err != OK) {
		if (why.text[0] == '\0' || (err != ERR_INVALID && err != ERR_LIMIT))
			__builtin_trap();
		return 0;
	}
	err = pattern_equalities(p, a, &atoms, &why);
	if (err != OK)
		return 0;
	if (atoms.len == 0 || (atoms.left_out > 0) != (atoms.reason[0] != '\0'))
		__builtin_trap();
	for (size_t i = 0; i < atoms.len; i++) {
		if (pattern_kind_name(atoms.atom[i].kind) == NULL || atoms.atom[i].value.len == 0)
			__builtin_trap();
	}
	return 0;
}
