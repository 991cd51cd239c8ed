#include <hs/hs.h>
#include <stdlib.h>

#include "buf.h"
#include "regex_p.h"

struct regex {
	hs_database_t *database; /* NULL: the empty expression, which is everywhere */
	hs_scratch_t *scratch;
};

/* ---- how wide an expression is ---- */

/* One group, or the whole. */
struct group {
	size_t places;
	size_t last; /* of the last atom: what a quantifier repeats */
};

struct measure {
	struct str text;
	size_t at;
	size_t depth;
	struct group group[REGEX_GROUPS_MAX + 1];
};

/* A class of characters is several places: UTF-8 spells its members apart.  One that
 * Unicode names, like \p{L}, has hundreds of ranges. */
enum { CLASS_PLACES = 4, NAMED_CLASS_PLACES = 200, PLACES_SATURATED = REGEX_PLACES_MAX + 1 };

static size_t
saturated(size_t places)
{
	return places > PLACES_SATURATED ? PLACES_SATURATED : places;
}

static void
atom(struct measure *m, size_t places)
{
	struct group *g = &m->group[m->depth];

	g->last = places;
	g->places = saturated(g->places + places);
}

/* The end of [...] behind its first bracket. */
static size_t
class_end(struct str text, size_t at)
{
	size_t i = at + (at < text.len && text.ptr[at] == '^');

	if (i < text.len && text.ptr[i] == ']')
		i++;
	for (; i < text.len && text.ptr[i] != ']'; i++) {
		if (text.ptr[i] == '\\')
			i++;
	}
	return i < text.len ? i + 1 : text.len;
}

static void
bracket(struct measure *m)
{
	size_t end = class_end(m->text, m->at);
	struct str inner = str_sub(m->text, m->at, end - m->at);
	bool named = str_find(inner, S("\\p")) != SIZE_MAX || str_find(inner, S("\\P")) != SIZE_MAX;

	m->at = end;
	atom(m, named ? NAMED_CLASS_PLACES : CLASS_PLACES);
}

/* The most times of {n}, {n,} or {n,m} behind the brace; 0 when it is none. */
static size_t
most_times(struct str text)
{
	struct str inner = str_split(&text, '}');
	struct str low = str_split(&inner, ',');
	uint64_t from, to;

	if (text.ptr == NULL || !str_to_u64(low, UINT32_MAX, &from))
		return 0;
	if (inner.ptr == NULL || inner.len == 0)
		return (size_t)from + (inner.ptr != NULL);
	return str_to_u64(inner, UINT32_MAX, &to) ? (size_t)(to > from ? to : from) : 0;
}

static void
repeat(struct measure *m, size_t times)
{
	struct group *g = &m->group[m->depth];

	if (times == 0)
		return; /* no repetition after all, or none of it is left */
	for (size_t i = 1; i < times && g->places < PLACES_SATURATED; i++)
		g->places += g->last + 1;
	g->places = saturated(g->places);
	g->last = saturated(g->last * times);
}

/* What stands behind a backslash: a character, a class, or the name of one in braces. */
static bool
escaped(struct measure *m)
{
	struct str rest = str_sub(m->text, m->at, SIZE_MAX);
	struct str first = str_sub(rest, 0, 1);
	bool named = str_is(first, "p") || str_is(first, "P") || str_is(first, "X");
	size_t end = named && rest.len > 1 && rest.ptr[1] == '{' ? str_find(rest, S("}")) : 0;

	m->at += rest.len > 0 && end != SIZE_MAX ? end + 1 : rest.len;
	atom(m, named ? NAMED_CLASS_PLACES : CLASS_PLACES);
	return !str_is(first, "Q"); /* \Q...\E quotes what is measured as something else */
}

static bool
open_group(struct measure *m)
{
	if (m->depth == REGEX_GROUPS_MAX)
		return false;
	m->group[++m->depth] = (struct group){ 0 };
	return true;
}

/* "(?" and what may stand there: flags, a name, or ":" alone.  What is not measured does not
 * run: comments, flags that let blanks go, looking around. */
static bool
group_head(struct measure *m)
{
	struct str rest = str_sub(m->text, m->at, SIZE_MAX);
	bool flags = true;

	if (str_starts(rest, S("*")))
		return false; /* "(*UCP)" makes each class of hundreds of ranges */
	if (!str_starts(rest, S("?")))
		return open_group(m);
	size_t end = 1;
	for (; end < rest.len && strchr(":)>", rest.ptr[end]) == NULL; end++)
		flags = flags && strchr("ims-", rest.ptr[end]) != NULL;
	if (end == rest.len)
		return false;
	bool named = rest.ptr[end] == '>' && end > 2 && strchr("P<", rest.ptr[1]) != NULL &&
	             memchr(rest.ptr, '=', end) == NULL && memchr(rest.ptr, '!', end) == NULL;
	m->at += end + 1;
	if (rest.ptr[end] == ')')
		return flags; /* it holds for what follows; no group is open */
	return (named || (flags && rest.ptr[end] == ':')) && open_group(m);
}

static void
close_group(struct measure *m)
{
	size_t places = m->group[m->depth].places;

	if (m->depth == 0)
		return; /* no group is open: the engine will say so */
	m->depth--;
	atom(m, places);
}

/* One step; false when groups nest too deep, or when it cannot be measured. */
static bool
measure_next(struct measure *m)
{
	char c = m->text.ptr[m->at++];

	switch (c) {
	case '(': return group_head(m);
	case ')': close_group(m); return true;
	case '[': bracket(m); return true;
	case '\\': return escaped(m);
	case '{': repeat(m, most_times(str_sub(m->text, m->at, SIZE_MAX))); return true;
	case '.': atom(m, CLASS_PLACES); return true;
	default: atom(m, 1); return true;
	}
}

static enum err
check_width(struct str text, size_t *room, struct why *why)
{
	struct measure m = { .text = text };
	bool measured = true;

	if (memchr(text.ptr, '\0', text.len) != NULL)
		return fail(why, ERR_INVALID, "pattern.regex",
		    "the regular expression holds a NUL character; write \\x00");
	while (measured && m.at < text.len && text.len <= REGEX_TEXT_MAX)
		measured = measure_next(&m);
	if (!measured)
		return fail(why, ERR_INVALID, "pattern.regex",
		    "the regular expression cannot run: groups are (...), (?:...), (?i) or named, at "
		    "most %d deep, without comments and without looking around; and \\Q is not known",
		    REGEX_GROUPS_MAX);
	while (m.depth > 0)
		close_group(&m);
	if (text.len <= REGEX_TEXT_MAX && m.group[0].places <= *room) {
		*room -= m.group[0].places;
		return OK;
	}
	return fail(why, ERR_LIMIT, "pattern.regex-size",
	    "the regular expression is too large: write its repetitions shorter, or split it");
}

/* The engine's own word, before it compiles anything. */
static enum err
check_syntax(const char *text, unsigned flags, struct why *why)
{
	hs_expr_info_t *info = NULL;
	hs_compile_error_t *error = NULL;

	if (hs_expression_info(text, flags, &info, &error) == HS_SUCCESS) {
		free(info);
		return OK;
	}
	enum err err = fail(why, ERR_INVALID, "pattern.regex",
	    "the regular expression cannot run: %s", error->message);
	(void)hs_free_compile_error(error);
	return err;
}

/* ---- running ---- */

static unsigned
flags_of(bool bytes)
{
	unsigned flags = HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;

	return bytes ? flags : flags | HS_FLAG_UTF8;
}

enum err
regex_judge(struct str text, bool bytes, size_t *room, struct why *why)
{
	CLEANUP(heap_freep) char *copy = heap_cstr(text);

	TRY(check_width(text, room, why));
	return text.len == 0 ? OK : check_syntax(copy, flags_of(bytes), why);
}

static enum err
compile(struct regex *r, const char *text, unsigned flags, struct why *why)
{
	hs_compile_error_t *error = NULL;

	if (hs_compile(text, flags, HS_MODE_BLOCK, NULL, &r->database, &error) != HS_SUCCESS) {
		enum err err = fail(why, ERR_INVALID, "pattern.regex",
		    "the regular expression cannot run: %s", error->message);

		(void)hs_free_compile_error(error);
		return err;
	}
	if (hs_alloc_scratch(r->database, &r->scratch) != HS_SUCCESS)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the pattern needs more memory than it may take");
	return OK;
}

enum err
regex_new(struct str text, bool bytes, size_t *room, struct regex **ret, struct why *why)
{
	CLEANUP(heap_freep) char *copy = heap_cstr(text);

	TRY(regex_judge(text, bytes, room, why));
	struct regex *r = heap_new(sizeof(*r), 1);
	enum err err = text.len == 0 ? OK : compile(r, copy, flags_of(bytes), why);
	if (err != OK) {
		regex_free(r);
		return err;
	}
	*ret = r;
	return OK;
}

void
regex_free(struct regex *r)
{
	if (r == NULL)
		return;
	(void)hs_free_scratch(r->scratch);
	(void)hs_free_database(r->database);
	heap_free(r);
}

static int
found(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
	bool *ret = arg;

	(void)id;
	(void)from;
	(void)to;
	(void)flags;
	*ret = true;
	return 1; /* enough */
}

bool
regex_find(struct regex *r, struct str text)
{
	bool ret = false;

	if (r->database == NULL)
		return true;
	/* The engine counts in 32 bits; no JSON text is longer. */
	(void)hs_scan(r->database, text.ptr, (unsigned)text.len, 0, r->scratch, found, &ret);
	return ret;
}
