/* match_naive.h: for tests: what match.h says, in the slowest words: every
 * indicator at every place of the text.  Normal forms are the module's own;
 * where a value begins and ends is decided here anew. */
#pragma once

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "match_p.h"

enum { NAIVE_MAX = 32 };

struct naive {
	size_t len;
	struct normal *value[NAIVE_MAX]; /* on the heap; the id is the place here */
};

static inline void
naive_done(struct naive *n)
{
	for (size_t i = 0; i < n->len; i++)
		heap_free(n->value[i]);
}

/* A hit, as the scanner and the naive search both write it. */
struct naive_hit {
	size_t line, column, len, id;
	int how;
	int kind;
};

struct naive_hits {
	size_t line; /* being searched, 1-based */
	struct buf hits;
};

/* Notes one occurrence of the value with number i. */
static inline void
naive_put(struct naive_hits *out, const struct naive *n, size_t i, size_t at, struct str found,
    int how)
{
	struct naive_hit hit = { .line = out->line,
		.column = at + 1,
		.len = found.len,
		.id = i,
		.how = how,
		.kind = (int)n->value[i]->kind };

	buf_put(&out->hits, (struct str){ (const char *)&hit, sizeof(hit) });
}

static inline bool
naive_is(struct str text, size_t at, const char *set)
{
	return at < text.len && text.ptr[at] != '\0' && strchr(set, text.ptr[at]) != NULL;
}

#define NAIVE_HEX   "0123456789abcdefABCDEF"
#define NAIVE_ALNUM "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAIVE_HOST  NAIVE_ALNUM ".-_"

/* Whether a letter of another script stands before at or at end. */
static inline bool
naive_is_joined(struct str text, size_t at, size_t end)
{
	size_t lead = at;

	if (end < text.len && (uint8_t)text.ptr[end] >= 0xC3 && (uint8_t)text.ptr[end] <= 0xE1)
		return true;
	do {
		if (lead == 0)
			return false;
		lead--;
	} while (at - lead < 4 && ((uint8_t)text.ptr[lead] & 0xC0) == 0x80);
	return (uint8_t)text.ptr[lead] >= 0xC3 && (uint8_t)text.ptr[lead] <= 0xE1;
}

/* The run of set around at, in [*from, *to). */
static inline void
naive_run(struct str text, size_t at, const char *set, size_t *from, size_t *to)
{
	*from = *to = at;
	while (*from > 0 && naive_is(text, *from - 1, set))
		--*from;
	while (naive_is(text, *to, set))
		++*to;
}

static inline void
naive_trim(struct str text, size_t *from, size_t *to)
{
	while (*from < *to && naive_is(text, *from, ".-"))
		++*from;
	while (*from < *to && naive_is(text, *to - 1, ".-"))
		--*to;
}

static inline void
naive_domain(struct naive_hits *out, const struct naive *n, size_t i, struct str text)
{
	struct str name = { n->value[i]->text, n->value[i]->len };

	for (size_t at = 0; at + name.len <= text.len; at++) {
		size_t from, to;

		if (!str_eq_nocase(str_sub(text, at, name.len), name))
			continue;
		naive_run(text, at, NAIVE_HOST, &from, &to);
		bool local = naive_is(text, to, "@");
		naive_trim(text, &from, &to);
		if (local || to != at + name.len || to - from > DOMAIN_MAX)
			continue;
		if (at != from && text.ptr[at - 1] != '.')
			continue;
		size_t start = at;
		while (start > from && !(text.ptr[start] == '.' && text.ptr[start - 1] == '.'))
			start--;
		while (start < at && naive_is(text, start, ".-"))
			start++;
		if (!naive_is_joined(text, start, to))
			naive_put(out, n, i, start, str_sub(text, start, to - start),
			    start == at ? MATCH_EXACT : MATCH_SUBDOMAIN);
	}
}

static inline bool
naive_inside(const struct normal *net, const uint8_t *addr)
{
	for (unsigned bit = 0; bit < net->bits; bit++) {
		uint8_t differ = addr[bit / 8] ^ (uint8_t)net->text[bit / 8];

		if ((differ >> (7 - bit % 8) & 1) != 0)
			return false;
	}
	return true;
}

/* Notes an address of the line if it lies in the network with number i. */
static inline void
naive_address(struct naive_hits *out, const struct naive *n, size_t i, struct str text, size_t from,
    size_t to, const uint8_t *addr)
{
	const struct normal *net = n->value[i];

	if (!naive_inside(net, addr) || naive_is_joined(text, from, to))
		return;
	naive_put(out, n, i, from, str_sub(text, from, to - from),
	    net->bits == 8 * net->len ? MATCH_EXACT : MATCH_CIDR);
}

static inline void
naive_ipv4(struct naive_hits *out, const struct naive *n, size_t i, struct str text)
{
	for (size_t at = 0; at < text.len; at++) {
		size_t from, to, end;
		char copy[16] = { 0 };
		uint8_t addr[4];

		naive_run(text, at, NAIVE_HOST, &from, &to);
		if (from != at || to == from)
			continue;
		end = to;
		naive_trim(text, &from, &to);
		if (to - from < sizeof(copy)) {
			memcpy(copy, text.ptr + from, to - from);
			if (inet_pton(AF_INET, copy, addr) == 1)
				naive_address(out, n, i, text, from, to, addr);
		}
		at = end;
	}
}

static inline void
naive_ipv6(struct naive_hits *out, const struct naive *n, size_t i, struct str text)
{
	for (size_t at = 0; at < text.len; at++) {
		size_t from, to, end;
		char copy[46] = { 0 };
		uint8_t addr[16];

		naive_run(text, at, NAIVE_HEX ":.", &from, &to);
		if (from != at || to == from)
			continue;
		size_t run = from;
		end = to;
		bool label = to - from > 2 && text.ptr[from] == ':' && text.ptr[from + 1] != ':';
		from += label;
		while (to - from > 2 && (text.ptr[to - 1] == '.' ||
		                            (text.ptr[to - 1] == ':' && text.ptr[to - 2] != ':')))
			to--;
		at = end;
		if (end - run > sizeof(copy) + 1 || to - from < 3 || to - from >= sizeof(copy) ||
		    naive_is(text, to, NAIVE_ALNUM) ||
		    (!label && from > 0 && naive_is(text, from - 1, NAIVE_ALNUM)))
			continue;
		memcpy(copy, text.ptr + from, to - from);
		if (inet_pton(AF_INET6, copy, addr) != 1)
			continue;
		bool mapped = normal_is_mapped(addr);
		if (!mapped && n->value[i]->kind == PATTERN_IPV6)
			naive_address(out, n, i, text, from, to, addr);
		if (mapped && n->value[i]->kind == PATTERN_IPV4 && strchr(copy, '.') == NULL)
			naive_address(out, n, i, text, from, to, addr + 12);
	}
}

static inline void
naive_hash(struct naive_hits *out, const struct naive *n, size_t i, struct str text)
{
	struct str hash = { n->value[i]->text, n->value[i]->len };

	for (size_t at = 0; at + hash.len <= text.len; at++) {
		size_t end = at + hash.len;
		bool alone = !(at > 0 && naive_is(text, at - 1, NAIVE_ALNUM)) &&
		             !naive_is(text, end, NAIVE_ALNUM) && !naive_is_joined(text, at, end);

		if (alone && str_eq_nocase(str_sub(text, at, hash.len), hash))
			naive_put(out, n, i, at, str_sub(text, at, hash.len), MATCH_EXACT);
	}
}

static inline void
naive_email(struct naive_hits *out, const struct naive *n, size_t i, struct str text)
{
	struct str domain = { n->value[i]->text, n->value[i]->len };
	struct str local = str_split(&domain, '@');

	for (size_t at = 0; at < text.len; at++) {
		size_t from = at, to, start;

		if (text.ptr[at] != '@')
			continue;
		naive_run(text, at + 1, NAIVE_HOST, &start, &to);
		while (to > at + 1 && naive_is(text, to - 1, ".-"))
			to--;
		while (from > 0 && naive_is(text, from - 1, NAIVE_ALNUM "._%+-"))
			from--;
		while (from < at && naive_is(text, from, ".-"))
			from++;
		if (str_eq(str_sub(text, from, at - from), local) &&
		    str_eq_nocase(str_sub(text, at + 1, to - at - 1), domain) &&
		    !naive_is_joined(text, from, to))
			naive_put(out, n, i, from, str_sub(text, from, to - from), MATCH_EXACT);
	}
}

/* Appends every hit on one line but those of URLs and raw UTF-8 names. */
static inline void
naive_scan(struct naive_hits *out, const struct naive *n, struct str line)
{
	for (size_t i = 0; i < n->len; i++) {
		switch (n->value[i]->kind) {
		case PATTERN_IPV4:
			naive_ipv4(out, n, i, line);
			naive_ipv6(out, n, i, line);
			break;
		case PATTERN_IPV6: naive_ipv6(out, n, i, line); break;
		case PATTERN_DOMAIN: naive_domain(out, n, i, line); break;
		case PATTERN_EMAIL: naive_email(out, n, i, line); break;
		case PATTERN_URL: break;
		case PATTERN_MD5:
		case PATTERN_SHA1:
		case PATTERN_SHA256:
		case PATTERN_SHA512: naive_hash(out, n, i, line); break;
		}
	}
}

/* ---- three ways must agree ---- */

static inline enum err
naive_note(void *arg, const struct match_hit *hit, struct why *why)
{
	uint64_t id = 0;
	struct naive_hit note = { .line = hit->line,
		.column = hit->column,
		.len = hit->found.len,
		.how = (int)hit->how,
		.kind = (int)hit->kind };

	(void)why;
	(void)str_to_u64(hit->indicator, NAIVE_MAX, &id);
	note.id = id;
	buf_put(arg, (struct str){ (const char *)&note, sizeof(note) });
	return OK;
}

static inline int
naive_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct naive_hit));
}

static inline bool
naive_equal(struct buf *a, struct buf *b)
{
	const size_t size = sizeof(struct naive_hit);

	if (a->len == 0 || b->len == 0)
		return a->len == b->len;
	qsort(a->ptr, a->len / size, size, naive_order);
	qsort(b->ptr, b->len / size, size, naive_order);
	return str_eq(buf_str(a), buf_str(b));
}

/* Keeps the hits that the naive search finds, too. */
static inline void
naive_filter(struct buf *hits, struct str text)
{
	struct naive_hit *hit = (struct naive_hit *)(void *)hits->ptr;
	size_t kept = 0;

	for (size_t i = 0; i < hits->len / sizeof(*hit); i++) {
		struct str rest = text, line = text;
		bool high = false;

		for (size_t k = 0; k < hit[i].line; k++)
			line = str_split(&rest, '\n');
		assert(line.ptr != NULL);
		for (size_t k = 0; k < hit[i].len; k++)
			high = high || (line.ptr[hit[i].column - 1 + k] & 0x80) != 0;
		if (!high && hit[i].kind != PATTERN_URL)
			hit[kept++] = hit[i];
	}
	hits->len = kept * sizeof(*hit);
}

static inline void
naive_scan_by(const struct match_index *index, struct str text, bool portable, struct buf *ret)
{
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, naive_note, ret);

	if (portable)
		match_scanner_portable(s);
	if (match_scan(s, text, NULL) != OK)
		__builtin_trap();
}

/* Makes an index of the lines of values, as far as they are any. */
static inline struct match_index *
naive_index(struct naive *n, struct str values)
{
	struct match_builder *b = match_builder_new(1);
	struct match_index *index = NULL;
	char id[8] = "";

	while (values.ptr != NULL && n->len < NAIVE_MAX) {
		struct str value = str_split(&values, '\n');
		struct normal *normal = heap_new(sizeof(*normal), 1);
		struct str id_text = { id, (size_t)snprintf(id, sizeof(id), "%zu", n->len) };

		if (normal_make_text(value, normal, NULL) == OK &&
		    match_builder_add_text(b, value, id_text, NULL) == OK)
			n->value[n->len++] = normal;
		else
			heap_free(normal);
	}
	if (match_builder_finish(&b, &index, NULL) != OK)
		__builtin_trap();
	return index;
}

/* Whether both engines and the naive search find the same in the text. */
static inline bool
naive_agree(struct str values, struct str text)
{
	struct naive n = { 0 };
	struct match_index *index = naive_index(&n, values);
	struct buf best = buf_new(64 * MIB), portable = buf_new(64 * MIB);
	struct naive_hits naive = { .hits = buf_new(64 * MIB) };
	struct str rest = text;

	naive_scan_by(index, text, false, &best);
	naive_scan_by(index, text, true, &portable);
	bool same = str_eq(buf_str(&best), buf_str(&portable));
	while (rest.ptr != NULL) {
		naive.line++;
		naive_scan(&naive, &n, str_split(&rest, '\n'));
	}
	naive_filter(&best, text);
	same = same && naive_equal(&best, &naive.hits);
	buf_free(&best);
	buf_free(&portable);
	buf_free(&naive.hits);
	match_index_free(index);
	naive_done(&n);
	return same;
}
