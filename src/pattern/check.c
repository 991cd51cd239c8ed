/* check.c: everything that can be said about a text that wants to be a pattern. */
#include "pattern_p.h"

enum {
	CHECK_ARENA_MAX = 64 * MIB, /* a pattern of PATTERN_TEXT_MAX, its tree and program */
	PRINTED_MAX = 4 * PATTERN_TEXT_MAX, /* each quote and backslash takes two bytes */
};

/* A number behind the word, or null. */
static void
put_number(struct json_writer *w, const char *key, struct str where, struct str word)
{
	size_t at = str_find(where, word);
	struct str rest = at == SIZE_MAX ? S("") : str_sub(where, at + word.len, SIZE_MAX);
	uint64_t n;

	if (str_to_u64(str_split(&rest, ','), UINT32_MAX, &n))
		json_put_u64(json_key(w, str_of(key)), n);
	else
		json_put_null(json_key(w, str_of(key)));
}

static void
put_sentence(struct json_writer *w, const char *code, const char *message)
{
	json_put_str(json_key(w, S("code")), str_of(code));
	json_put_str(json_key(w, S("message")), str_of(message));
}

static void
put_verdict(struct json_writer *w, bool valid, const struct why *why)
{
	json_put_bool(json_key(w, S("valid")), valid);
	/* lex_where() wrote it. */
	put_number(w, "line", str_of(why->where), S("line "));
	put_number(w, "column", str_of(why->where), S("column "));
	put_sentence(w, valid ? "" : why->code, why->text);
}

static void
put_remark(struct json_writer *w, const char *code, const char *message)
{
	json_begin_object(w);
	put_sentence(w, code, message);
	json_end_object(w);
}

/* The first types that are not known, each once. */
struct strangers {
	struct json_writer *w;
	pattern_type_fn *known;
	struct str type[PATTERN_REMARKS_MAX];
	size_t len;
};

static void
put_stranger(struct strangers *s, struct str type)
{
	struct why why = { 0 };

	if (s->len == PATTERN_REMARKS_MAX)
		return;
	for (size_t i = 0; i < s->len; i++) {
		if (str_eq(s->type[i], type))
			return;
	}
	if (s->known(type, &why) == OK)
		return;
	s->type[s->len++] = type;
	put_remark(s->w, why.code, why.text);
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static void
put_strangers(struct strangers *s, const struct node *n)
{
	if (n->kind == NODE_TEST)
		put_stranger(s, n->test.type);
	for (const struct node *part = n->child; part != NULL; part = part->next)
		put_strangers(s, part);
}

static void
put_remarks(struct json_writer *w, struct arena *a, const struct pattern *p, pattern_type_fn *known)
{
	struct strangers strangers = { .w = w, .known = known };
	struct pattern_remark remark[PATTERN_REMARKS_MAX];
	size_t len = pattern_remarks(p, remark);
	struct why why = { 0 };

	json_begin_array(json_key(w, S("remarks")));
	for (size_t i = 0; i < len; i++)
		put_remark(w, remark[i].code, remark[i].text);
	put_strangers(&strangers, p->root);
	if (pattern_judge(a, p, &why) != OK)
		put_remark(w, why.code, why.text);
	json_end_array(w);
}

static void
put_indexed(struct json_writer *w, struct arena *a, const struct pattern *p)
{
	struct pattern_atoms atoms = { 0 };

	json_begin_array(json_key(w, S("indexed")));
	if (pattern_equalities(p, a, &atoms, NULL) != OK)
		atoms.len = 0;
	for (size_t i = 0; i < atoms.len; i++) {
		json_begin_object(w);
		json_put_str(json_key(w, S("kind")), str_of(pattern_kind_name(atoms.atom[i].kind)));
		json_put_str(json_key(w, S("value")), atoms.atom[i].value);
		json_end_object(w);
	}
	json_end_array(w);
}

bool
pattern_check(struct str text, pattern_type_fn *known, struct json_writer *w)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(CHECK_ARENA_MAX);
	CLEANUP(buf_free) struct buf printed = buf_new(PRINTED_MAX);
	const struct pattern *p = NULL;
	struct why why = { 0 };
	bool valid = pattern_parse(a, text, &p, &why) == OK;

	json_begin_object(w);
	put_verdict(w, valid, &why);
	if (valid) {
		pattern_print(p, &printed);
		json_put_str(json_key(w, S("pattern")), buf_str(&printed));
		json_put_u64(json_key(w, S("level")), pattern_level(p));
		put_remarks(w, a, p, known);
		put_indexed(w, a, p);
	}
	json_end_object(w);
	return valid;
}
