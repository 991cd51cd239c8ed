/* Patterns.  A pattern is copied token by token; what changes is the time of START
 * and STOP, which was a plain string, and the names in object paths that observables
 * changed.  Behind a reference nobody can tell of which type a property is: such a
 * name stays, and is told. */
#include "stix20_p.h"

struct scan {
	struct convert *convert;
	struct str text;
	size_t at;
	struct buf *out;
	bool times; /* START and STOP were changed */
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

static bool
has(const struct scan *s)
{
	return s->at < s->text.len;
}

static bool
next_is(const struct scan *s, char c)
{
	return has(s) && s->text.ptr[s->at] == c;
}

static struct str
take_blanks(struct scan *s)
{
	size_t from = s->at;

	while (
	    has(s) && strchr(" \t\r\n", s->text.ptr[s->at]) != NULL && s->text.ptr[s->at] != '\0')
		s->at++;
	return str_sub(s->text, from, s->at - from);
}

static struct str
take_word(struct scan *s)
{
	size_t from = s->at;

	while (has(s) && is_word(s->text.ptr[s->at]))
		s->at++;
	return str_sub(s->text, from, s->at - from);
}

/* With its quotes; a text without an end goes to the end. */
static struct str
take_string(struct scan *s)
{
	size_t from = s->at++;

	while (has(s)) {
		char c = s->text.ptr[s->at++];

		if (c == '\'')
			break;
		if (c == '\\' && has(s))
			s->at++;
	}
	return str_sub(s->text, from, s->at - from);
}

/* ---- object paths ---- */

/* Where in a path the next name stands. */
struct path {
	struct str in;   /* type or extension that it is a property of; empty: unknown */
	bool extensions; /* it is the name of an extension */
	bool hashes;     /* it is a hash algorithm */
	bool behind;     /* a reference was followed */
};

static bool
is_told_apart(struct str name)
{
	static const char *const changed[] = { "accessed", "binary_ref", "created", "modified",
		"password_last_changed" };

	for (size_t i = 0; i < COUNTOF(changed); i++) {
		if (str_is(name, changed[i]))
			return true;
	}
	return false;
}

static struct str
new_name(struct scan *s, const struct path *p, struct str name)
{
	const struct fact *f = p->in.len > 0 ? stix20_fact(p->in, name) : NULL;

	if (p->hashes)
		return stix20_hash_name(name);
	if (p->behind && is_told_apart(name))
		stix20_note(s->convert, STIX20_KEPT,
		    STR_FMT " stands behind a reference and was not changed: see whether STIX 2.1 "
		            "calls it otherwise",
		    STR_ARG(name));
	if (f != NULL && f->act == ACT_KEEP)
		stix20_note(s->convert, STIX20_KEPT,
		    "asks for " STR_FMT ", which only converted observables have", STR_ARG(name));
	return f != NULL && f->act == ACT_RENAME ? str_of(f->to) : name;
}

static void
step(struct path *p, struct str name)
{
	bool ref = str_ends(name, S("_ref")) || str_ends(name, S("_refs"));

	p->hashes = str_is(name, "hashes");
	if (p->extensions)
		p->in = name;
	else if (str_is(name, "extensions") && stix_class_of(p->in) == STIX_SCO)
		; /* an extension of this type follows */
	else
		p->in = (struct str){ 0 };
	p->extensions = !p->extensions && str_is(name, "extensions");
	p->behind = p->behind || ref;
}

/* A name with a hyphen needs quotes, which programs for STIX 2.0 forgot. */
static void
put_name(struct scan *s, struct str was, struct str name, bool quoted)
{
	bool hyphen = name.len > 0 && memchr(name.ptr, '-', name.len) != NULL;

	if (!str_eq(was, name))
		stix20_note(s->convert, STIX20_CHANGED, STR_FMT " is called " STR_FMT, STR_ARG(was),
		    STR_ARG(name));
	else if (hyphen && !quoted)
		stix20_note(s->convert, STIX20_CHANGED, STR_FMT " stands in quotes", STR_ARG(name));
	if (quoted || hyphen)
		buf_putc(s->out, '\'');
	buf_put(s->out, name);
	if (quoted || hyphen)
		buf_putc(s->out, '\'');
}

static void
copy_name(struct scan *s, struct path *p)
{
	bool quoted = next_is(s, '\'');
	struct str token = quoted ? take_string(s) : take_word(s);
	bool ended = quoted && token.len >= 2 && str_ends(token, S("'"));
	struct str was = ended ? str_sub(token, 1, token.len - 2) : token;

	if (quoted && !ended) {
		buf_put(s->out, token);
		return;
	}
	struct str name = new_name(s, p, was);
	put_name(s, was, name, quoted);
	step(p, name);
}

/* "[3]" or "[*]" and dots, up to the end of the path. */
static void
copy_path(struct scan *s, struct str type)
{
	struct path p = { .in = type };

	for (;;) {
		buf_put(s->out, take_blanks(s));
		copy_name(s, &p);
		while (next_is(s, '[')) {
			while (has(s) && !next_is(s, ']'))
				buf_putc(s->out, s->text.ptr[s->at++]);
			if (has(s))
				buf_putc(s->out, s->text.ptr[s->at++]);
		}
		if (!next_is(s, '.'))
			return;
		buf_putc(s->out, s->text.ptr[s->at++]);
	}
}

/* ---- the whole ---- */

static void
copy_word(struct scan *s)
{
	struct str word = take_word(s);

	buf_put(s->out, word);
	if (next_is(s, '\'')) { /* t'...', h'...', b'...' */
		buf_put(s->out, take_string(s));
		return;
	}
	buf_put(s->out, take_blanks(s));
	if (next_is(s, ':')) {
		buf_putc(s->out, s->text.ptr[s->at++]);
		copy_path(s, word);
		return;
	}
	if (next_is(s, '\'') && (str_is(word, "START") || str_is(word, "STOP"))) {
		buf_putc(s->out, 't');
		s->times = true;
	}
}

void
stix20_pattern(struct convert *c, struct str pattern, struct buf *out)
{
	struct scan s = { .convert = c, .text = pattern, .out = out };

	while (has(&s)) {
		if (next_is(&s, '\''))
			buf_put(out, take_string(&s));
		else if (is_letter(pattern.ptr[s.at]))
			copy_word(&s);
		else
			buf_putc(out, pattern.ptr[s.at++]);
	}
	if (s.times)
		stix20_note(c, STIX20_CHANGED, "the times of START and STOP are timestamps");
}
