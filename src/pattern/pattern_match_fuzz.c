#include "pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATTERN_MOST = 4 * KIB, MEMORY = 16 * MIB };

/* A pattern, a line feed, observed data.  Whatever they are, a run ends with an answer
 * or an error that says why, and binds observations only when it matches; a
 * pattern that was printed is the same pattern. */
static void
print_again(struct arena *a, const struct pattern *p)
{
	CLEANUP(buf_free) struct buf once = buf_new(MIB);
	CLEANUP(buf_free) struct buf twice = buf_new(MIB);
	const struct pattern *again;
	struct why why = { 0 };

	pattern_print(p, &once);
	enum err err = pattern_parse(a, buf_str(&once), &again, &why);
	if (err == ERR_LIMIT)
		return; /* it has parentheses that the original did without */
	if (err != OK)
		__builtin_trap();
	pattern_print(again, &twice);
	if (!str_eq(buf_str(&once), buf_str(&twice)))
		__builtin_trap();
}

static void
run(struct arena *a, const struct pattern *p, struct str text)
{
	const struct json *root;
	const struct pattern_data *observed;
	struct pattern_program *program = NULL;
	struct pattern_match match;
	struct why why = { 0 };

	if (json_parse(a, text, NULL, &root, NULL) != OK ||
	    pattern_data_read(a, root, &observed, NULL) != OK)
		return;
	if (pattern_compile(a, p, &program, &why) != OK) {
		if (why.text[0] == '\0')
			__builtin_trap();
		return;
	}
	enum err err = pattern_run(program, observed, a, &match, &why);
	if ((err != OK && (err != ERR_LIMIT || why.text[0] == '\0')) ||
	    (err == OK && match.matches != (match.len > 0)))
		__builtin_trap();
	pattern_program_free(program);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY);
	struct str text = { (const char *)data, size };
	struct str first = str_split(&text, '\n');
	const struct pattern *p;

	if (first.len > PATTERN_MOST || pattern_parse(a, first, &p, NULL) != OK)
		return 0;
	print_again(a, p);
	if (text.ptr != NULL)
		run(a, p, text);
	return 0;
}
