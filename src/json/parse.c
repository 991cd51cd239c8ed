#include <stdlib.h>

#include "lex_p.h"
#include "parse_p.h"

enum {
	POOL_NODES = 32, /* nodes taken from the arena at once: half an object of STIX */
	FEW_NAMES = 32,  /* up to here a name is compared with each before it */
};

/* ---- places ---- */

static void
put_pointer(const struct json_parser *p, struct buf *pointer)
{
	for (uint32_t i = 1; i < p->depth; i++) {
		const struct json *parent = p->frame[i - 1].node;
		if (parent->type == JSON_OBJECT)
			json_pointer_key(pointer, p->frame[i].node->key);
		else
			json_pointer_index(pointer, parent->len - 1);
	}
}

void
json_parser_where(const struct json_parser *p, size_t byte)
{
	CLEANUP(buf_free) struct buf pointer = buf_new(WHY_WHERE_MAX);
	size_t line = 1;

	for (size_t i = 0; i < byte; i++)
		line += p->text.ptr[i] == '\n';
	put_pointer(p, &pointer);
	if (pointer.len > 0)
		why_where(p->why, "line %zu, byte %zu, at " STR_FMT, line, byte,
		    STR_ARG(buf_str(&pointer)));
	else
		why_where(p->why, "line %zu, byte %zu", line, byte);
}

size_t
json_parser_place(const struct json_parser *p)
{
	return p->next < p->index.len ? p->index.at[p->next] : p->text.len;
}

char
json_parser_peek(const struct json_parser *p)
{
	if (p->next == p->index.len)
		return '\0';
	return p->text.ptr[p->index.at[p->next]];
}

enum err
json_parser_unexpected(struct json_parser *p, const char *wanted)
{
	size_t byte = json_parser_place(p);
	struct str got = str_sub(p->text, byte, 1);

	if (got.len == 0)
		return json_parser_at(p, byte,
		    fail(p->why, ERR_INVALID, "json.cut", "%s is expected, but the text ends",
		        wanted));
	if (byte == 0 && str_starts(p->text, S("\xEF\xBB\xBF")))
		return json_parser_at(p, byte,
		    fail(p->why, ERR_INVALID, "json.bom",
		        "the text must not begin with a byte order mark"));
	return json_parser_at(p, byte,
	    fail(p->why, ERR_INVALID, "json.syntax", "%s is expected, not \"" STR_FMT "\"", wanted,
	        STR_ARG(got)));
}

/* ---- nodes and names ---- */

static enum err
arena_is_full(struct json_parser *p)
{
	return json_parser_at(p, json_parser_place(p),
	    fail(p->why, ERR_LIMIT, "json.memory",
	        "the value needs more memory than is set aside for it"));
}

static enum err
new_node(struct json_parser *p, enum json_type type, struct json **ret)
{
	if (p->values == p->limits.values_max)
		return json_parser_at(p, json_parser_place(p),
		    fail(p->why, ERR_LIMIT, "json.values", "the text has more than %u values",
		        p->limits.values_max));
	if (p->pool_len == 0) {
		/* Never more nodes than tokens are left. */
		size_t left = p->index.len - p->next;
		p->pool_len = left < POOL_NODES ? left : POOL_NODES;
		p->pool = arena_make(p->a, struct json, p->pool_len);
	}
	if (p->pool == NULL) {
		p->pool_len = 0;
		return arena_is_full(p);
	}
	p->values++;
	p->pool_len--;
	*ret = p->pool++;
	(*ret)->type = type;
	return OK;
}

static enum err
is_duplicate(struct json_parser *p, const struct json *second)
{
	return json_parser_at(p, (size_t)(second->raw.ptr - p->text.ptr),
	    fail(p->why, ERR_INVALID, "json.duplicate",
	        "the name \"" STR_FMT "\" stands twice in one object", STR_ARG(second->key)));
}

/* One of 64 bits for a name: length and three of its bytes. */
static uint64_t
name_bit(struct str key)
{
	uint64_t mix = key.len;

	if (key.len > 0) {
		mix = mix * 31 + (unsigned char)key.ptr[0];
		mix = mix * 31 + (unsigned char)key.ptr[key.len / 2];
		mix = mix * 31 + (unsigned char)key.ptr[key.len - 1];
	}
	return UINT64_C(1) << (mix * UINT64_C(0x9E37'79B9'7F4A'7C15) >> 58);
}

/* Any order will do that brings equal names together, in the order of the text. */
static int
name_order(const void *left, const void *right)
{
	const struct json *a = *(const struct json *const *)left;
	const struct json *b = *(const struct json *const *)right;

	if (a->key.len != b->key.len)
		return a->key.len < b->key.len ? -1 : 1;
	int order = a->key.len == 0 ? 0 : memcmp(a->key.ptr, b->key.ptr, a->key.len);
	if (order != 0)
		return order;
	return a->raw.ptr < b->raw.ptr ? -1 : 1;
}

/* The names of an object with many of them: sorted, since comparing each with
 * each would let a sender buy minutes with a megabyte. */
static enum err
check_many_names(struct json_parser *p, const struct json *object)
{
	CLEANUP(heap_freep)
	const struct json **member = heap_new(sizeof(void *), object->len);
	size_t n = 0;

	for (const struct json *m = object->first; m != NULL; m = m->next)
		member[n++] = m;
	qsort(member, n, sizeof(void *), name_order);
	for (size_t i = 1; i < n; i++)
		if (str_eq(member[i - 1]->key, member[i]->key))
			return is_duplicate(p, member[i]);
	return OK;
}

/* The name of the newest member of a small object. */
static enum err
check_name(struct json_parser *p, struct json_frame *f, const struct json *node)
{
	uint64_t bit = name_bit(node->key);

	if (f->node->len == p->limits.members_max)
		return json_parser_at(p, (size_t)(node->raw.ptr - p->text.ptr),
		    fail(p->why, ERR_LIMIT, "json.members", "an object has more than %u members",
		        p->limits.members_max));
	if ((f->seen & bit) != 0 && f->node->len < FEW_NAMES)
		for (const struct json *m = f->node->first; m != NULL; m = m->next)
			if (str_eq(m->key, node->key))
				return is_duplicate(p, node);
	f->seen |= bit;
	return OK;
}

enum err
json_parser_add(struct json_parser *p, struct json_frame *f, struct json *node)
{
	if (f->node->type == JSON_OBJECT && !p->checked)
		TRY(check_name(p, f, node));
	if (f->last == NULL)
		f->node->first = node;
	else
		f->last->next = node;
	f->last = node;
	f->node->len++;
	return OK;
}

/* ---- values ---- */

/* The bytes between two quotes, unescaped. */
static enum err
unescape(struct json_parser *p, struct str quoted, struct str *ret)
{
	char *to = arena_alloc(p->a, 1, 1, quoted.len);

	if (to == NULL)
		return arena_is_full(p);
	struct json_unescaped got = json_unescape(quoted, to);
	if (got.wrong != NULL)
		return json_parser_at(p, (size_t)(quoted.ptr - p->text.ptr) + got.bad,
		    fail(p->why, ERR_INVALID, "json.escape", "%s", got.wrong));
	*ret = (struct str){ to, got.len };
	return OK;
}

/* Whether a backslash stands between two places.  Strings are short and mostly
 * plain, so one search serves many of them. */
static bool
has_escape(struct json_parser *p, size_t from, size_t end)
{
	if (from < p->plain_from || from > p->plain_to) {
		const char *found = memchr(p->text.ptr + from, '\\', p->text.len - from);

		p->plain_from = from;
		p->plain_to = found == NULL ? p->text.len : (size_t)(found - p->text.ptr);
	}
	return p->plain_to < end;
}

/* Reads the string at the next token, which is a quote. */
static enum err
read_string(struct json_parser *p, struct str *ret_raw, struct str *ret_text)
{
	size_t from = p->index.at[p->next];
	size_t end = p->index.at[p->next + 1];

	/* Between a closing quote and the next token there are only blanks. */
	while (json_is_blank(p->text.ptr[end - 1]))
		end--;
	assert(end - from >= 2 && p->text.ptr[end - 1] == '"');
	*ret_raw = (struct str){ p->text.ptr + from, end - from };
	*ret_text = (struct str){ p->text.ptr + from + 1, end - from - 2 };
	if (has_escape(p, from, end))
		TRY(unescape(p, *ret_text, ret_text));
	p->next++;
	return OK;
}

/* Whether the run at the next token holds nothing but len bytes and blanks. */
static bool
run_is(const struct json_parser *p, size_t len)
{
	size_t end = p->index.at[p->next + 1];

	for (size_t i = p->index.at[p->next] + len; i < end; i++)
		if (!json_is_blank(p->text.ptr[i]))
			return false;
	return true;
}

static struct str
run_of(const struct json_parser *p)
{
	size_t from = p->index.at[p->next];

	return (struct str){ p->text.ptr + from, p->index.at[p->next + 1] - from };
}

/* Reads a number; a word that is none of JSON's begins like no value. */
static enum err
read_number(struct json_parser *p, struct json **ret)
{
	size_t len = json_number_len(run_of(p));

	if (len == 0 || !run_is(p, len))
		return json_parser_at(p, json_parser_place(p),
		    fail(p->why, ERR_INVALID, "json.number", "\"" STR_FMT "\" is not a number",
		        STR_ARG(str_trim(run_of(p)))));
	TRY(new_node(p, JSON_NUMBER, ret));
	(*ret)->raw = str_sub(run_of(p), 0, len);
	(*ret)->text = (*ret)->raw;
	p->next++;
	return OK;
}

static enum err
read_word(struct json_parser *p, enum json_type type, struct str word, struct json **ret)
{
	if (!str_starts(run_of(p), word) || !run_is(p, word.len))
		return json_parser_unexpected(p, "a value");
	TRY(new_node(p, type, ret));
	(*ret)->raw = str_sub(run_of(p), 0, word.len);
	p->next++;
	return OK;
}

static enum err
open_frame(struct json_parser *p, enum json_type type, struct json **ret)
{
	if (p->depth == p->limits.depth_max)
		return json_parser_at(p, json_parser_place(p),
		    fail(p->why, ERR_LIMIT, "json.depth",
		        "arrays and objects are nested deeper than %u", p->limits.depth_max));
	TRY(new_node(p, type, ret));
	(*ret)->raw = (struct str){ p->text.ptr + json_parser_place(p), 1 };
	p->frame[p->depth++] = (struct json_frame){ .node = *ret };
	p->next++;
	return OK;
}

enum err
json_parser_value(struct json_parser *p, struct json **ret)
{
	char c = json_parser_peek(p);

	switch (c) {
	case '{': return open_frame(p, JSON_OBJECT, ret);
	case '[': return open_frame(p, JSON_ARRAY, ret);
	case 't': return read_word(p, JSON_TRUE, S("true"), ret);
	case 'f': return read_word(p, JSON_FALSE, S("false"), ret);
	case 'n': return read_word(p, JSON_NULL, S("null"), ret);
	case '"':
		TRY(new_node(p, JSON_STRING, ret));
		return read_string(p, &(*ret)->raw, &(*ret)->text);
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return read_number(p, ret);
		return json_parser_unexpected(p, "a value");
	}
}

enum err
json_parser_key(struct json_parser *p, struct str *ret)
{
	struct str raw;

	if (json_parser_peek(p) != '"')
		return json_parser_unexpected(p, "a member name in quotes");
	TRY(read_string(p, &raw, ret));
	if (json_parser_peek(p) != ':')
		return json_parser_unexpected(p, "a colon");
	p->next++;
	return OK;
}

/* ---- the walk ---- */

static enum err
close_frame(struct json_parser *p)
{
	struct json *node = p->frame[p->depth - 1].node;

	node->raw.len = (size_t)(p->text.ptr + json_parser_place(p) + 1 - node->raw.ptr);
	if (node->type == JSON_OBJECT && node->len > FEW_NAMES && !p->checked)
		TRY(check_many_names(p, node));
	p->next++;
	p->depth--;
	return OK;
}

enum err
json_parser_after(struct json_parser *p, uint32_t floor)
{
	while (p->depth > floor) {
		struct json_frame *f = &p->frame[p->depth - 1];
		bool object = f->node->type == JSON_OBJECT;
		char c = json_parser_peek(p);

		if (c == (object ? '}' : ']')) {
			TRY(close_frame(p));
			continue;
		}
		if (f->begun && c != ',')
			return json_parser_unexpected(p, object ? "a comma or }" : "a comma or ]");
		if (f->begun)
			p->next++;
		f->begun = true;
		return OK;
	}
	return OK;
}

/* Reads the next member or element of the top frame, or what it begins with. */
static enum err
read_child(struct json_parser *p)
{
	struct json_frame *f = &p->frame[p->depth - 1];
	struct str key = { 0 };
	struct json *node = NULL;

	if (f->node->type == JSON_OBJECT)
		TRY(json_parser_key(p, &key));
	TRY(json_parser_value(p, &node));
	node->key = key;
	return json_parser_add(p, f, node);
}

enum err
json_parser_tree(struct json_parser *p, struct json **ret)
{
	uint32_t floor = p->depth;
	struct json *root = NULL;

	TRY(json_parser_value(p, &root));
	for (;;) {
		TRY(json_parser_after(p, floor));
		if (p->depth == floor)
			break;
		TRY(read_child(p));
	}
	*ret = root;
	return OK;
}

enum err
json_parser_end(struct json_parser *p)
{
	return p->next == p->index.len ? OK : json_parser_unexpected(p, "the end of the text");
}

/* ---- opening ---- */

static uint32_t
or_default(uint32_t limit, uint32_t fallback)
{
	return limit == 0 ? fallback : limit;
}

static void
set_limits(struct json_parser *p, const struct json_limits *limits)
{
	static const struct json_limits none;
	const struct json_limits *l = limits == NULL ? &none : limits;

	p->limits = (struct json_limits){
		.bytes_max = l->bytes_max == 0 ? JSON_BYTES_MAX : l->bytes_max,
		.depth_max = or_default(l->depth_max, JSON_DEPTH_MAX),
		.members_max = or_default(l->members_max, JSON_MEMBERS_MAX),
		.values_max = or_default(l->values_max, JSON_VALUES_MAX),
	};
	assert(p->limits.depth_max <= JSON_DEPTH_MAX && p->limits.bytes_max <= JSON_BYTES_MAX);
}

enum err
json_parser_open(struct json_parser *p, struct str text, const struct json_limits *limits,
    struct why *why)
{
	p->text = text;
	p->why = why;
	set_limits(p, limits);
	if (text.len > p->limits.bytes_max)
		return fail(why, ERR_LIMIT, "json.bytes", "the text has %zu bytes, more than %zu",
		    text.len, p->limits.bytes_max);
	if (json_index_open(text.ptr, text.len, &p->index))
		return OK;
	struct json_flaw flaw = json_find_flaw(text);
	return json_parser_at(p, flaw.at, fail(why, ERR_INVALID, flaw.code, "%s", flaw.wrong));
}

void
json_parser_close(struct json_parser *p)
{
	json_index_close(&p->index);
}

void
json_parser_use(struct json_parser *p, struct arena *a)
{
	p->a = a;
	p->values = 0;
	p->pool = NULL;
	p->pool_len = 0;
}
