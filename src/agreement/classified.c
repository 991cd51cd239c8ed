/* Marks of classification in plain sight: in labels, in marking statements,
 * and where a text shows them as a mark.  The agreement may name others.
 *
 * Words that also mean something else ("confidential", "機密性") are no marks. */
#include "gate_p.h"

/* clang-format off */
static const char *const labels[] = { /* a whole label, any case */
	"top secret", "top-secret", "secret", "classified", "noforn",
	"परम गुप्त", "अति गुप्त", "गुप्त", "अति गोपनीय", "गोपनीय",
	"極秘", "特定秘密", "特別防衛秘密", "重要経済安保情報", "機密",
};
static const char *const marks[] = { /* anywhere, as it stands */
	"TOP SECRET", "TOP-SECRET", "SECRET//", "CONFIDENTIAL//", "RESTRICTED//", "//NOFORN", "TS//SI", "TS//SCI", "//REL TO",
	"परम गुप्त", "अति गुप्त", "अति गोपनीय", "特定秘密", "特別防衛秘密", "重要経済安保情報", "極秘",
};
static const char *const leading[] = { /* at the start of a text or line, or in brackets */
	"SECRET", "CLASSIFIED", "गुप्त", "गोपनीय", "機密", "秘",
};
static const char *const brackets[][2] = {
	{ "[", "]" }, { "(", ")" }, { "【", "】" }, { "（", "）" }, { "〔", "〕" }, { "［", "］" }, { "<", ">" },
};
/* clang-format on */

static bool
is_label(struct str text)
{
	for (size_t i = 0; i < COUNTOF(labels); i++) {
		if (str_eq_nocase(str_trim(text), str_of(labels[i])))
			return true;
	}
	return false;
}

/* Whether one of the words stands at the head of a text. */
static bool
begins(struct str text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (words[i][0] == text.ptr[0] && str_starts(text, str_of(words[i])))
			return true;
	}
	return false;
}

/* Whether one of the words that are not of Latin letters stands in a text. */
static bool
has_other_script(struct str text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((uint8_t)words[i][0] >= 0x80 && str_find(text, str_of(words[i])) != SIZE_MAX)
			return true;
	}
	return false;
}

/* What stands in a text; most texts have none of it. */
struct sight {
	bool mark, leading;
};

/* One pass for the words of Latin letters: these are what they begin with. */
static struct sight
look_through(struct str text)
{
	struct sight seen = { 0 };
	bool other_script = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		struct str rest = { text.ptr + i, text.len - i };

		other_script = other_script || (uint8_t)c >= 0x80;
		if (c != 'T' && c != 'S' && c != 'C' && c != 'R' && c != '/')
			continue;
		seen.mark = seen.mark || begins(rest, marks, COUNTOF(marks));
		seen.leading = seen.leading || begins(rest, leading, COUNTOF(leading));
	}
	if (other_script) {
		seen.mark = seen.mark || has_other_script(text, marks, COUNTOF(marks));
		seen.leading = seen.leading || has_other_script(text, leading, COUNTOF(leading));
	}
	return seen;
}

/* Whether a mark stands in brackets somewhere. */
static bool
is_bracketed(struct str text, struct str mark)
{
	for (size_t from = 0; from < text.len;) {
		size_t at = str_find(str_sub(text, from, SIZE_MAX), mark);

		if (at == SIZE_MAX)
			return false;
		at += from;
		for (size_t i = 0; i < COUNTOF(brackets); i++) {
			if (str_ends(str_sub(text, 0, at), str_of(brackets[i][0])) &&
			    str_starts(str_sub(text, at + mark.len, SIZE_MAX),
			        str_of(brackets[i][1])))
				return true;
		}
		from = at + mark.len;
	}
	return false;
}

/* Whether a line is the mark, or begins with it and a colon or stroke. */
static bool
is_heading(struct str line, struct str mark)
{
	line = str_trim(line);
	if (!str_starts(line, mark))
		return false;
	line = str_trim(str_sub(line, mark.len, SIZE_MAX));
	return line.len == 0 || strchr(":/|", line.ptr[0]) != NULL || str_starts(line, S("："));
}

static bool
has_leading(struct str text)
{
	for (size_t i = 0; i < COUNTOF(leading); i++) {
		struct str mark = str_of(leading[i]), rest = text;

		if (is_bracketed(text, mark))
			return true;
		while (rest.ptr != NULL) {
			if (is_heading(str_split(&rest, '\n'), mark))
				return true;
		}
	}
	return false;
}

/* Those of the agreement, anywhere, as they stand. */
static bool
has_agreed_mark(const struct json *agreed, struct str text)
{
	for (const struct json *v = agreed == NULL ? NULL : agreed->first; v != NULL; v = v->next) {
		if (str_find(text, v->text) != SIZE_MAX)
			return true;
	}
	return false;
}

struct looking {
	const struct json *agreed; /* NULL: the agreement names none */
	bool found;
};

static bool
check_text(void *arg, struct str text, struct str key, struct str pointer)
{
	struct looking *l = arg;
	struct sight seen = look_through(text);

	(void)pointer;
	l->found = (str_is(key, "labels") && is_label(text)) || seen.mark ||
	           (seen.leading && has_leading(text)) || has_agreed_mark(l->agreed, text);
	return !l->found;
}

static bool
is_marked(const struct json *tree, const struct json *agreed)
{
	struct looking l = { .agreed = agreed };

	stix_texts(tree, check_text, &l);
	return l.found;
}

bool
agreement_is_classified(const struct json *tree, const struct agreement *g)
{
	return is_marked(tree, g == NULL ? NULL : g->classified.marks);
}

bool
is_classified(const struct gate *gate, const struct stix_object *o)
{
	const struct piece *p = gate_find(gate, o->id);
	const struct agreement *g = gate->documents.agreement;
	const struct json *agreed = g == NULL ? NULL : g->classified.marks;

	if (is_marked(o->json, agreed))
		return true;
	for (size_t i = 0; p != NULL && i < p->edges; i++) {
		const struct edge *e = &p->edge[i];

		const struct piece *q = is_marking_ref(e->property) && e->target != SIZE_MAX
		                            ? &gate->piece[e->target]
		                            : NULL;

		for (; q != NULL; q = piece_next(gate, q)) {
			if (is_marked(q->item->object.json, agreed))
				return true;
		}
	}
	return false;
}
