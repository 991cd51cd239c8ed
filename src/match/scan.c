#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "match_p.h"

enum {
	CUT_NEAR = 4 * KIB, /* how far back a long line is searched for a place to cut it */
	MAP_WORDS = BUFFER_BYTES / 64 + 2,
	/* A window has at most a value every four bytes, in some hundred networks. */
	FOUND_BYTES_MAX = INT_MAX,
};

static const char *const how_names[] = {
	[MATCH_EXACT] = "exact",
	[MATCH_SUBDOMAIN] = "subdomain",
	[MATCH_CIDR] = "cidr",
	[MATCH_PREFIX] = "prefix",
};

const char *
match_how_name(enum match_how how)
{
	assert((size_t)how < COUNTOF(how_names));
	return how_names[how];
}

struct match_scanner *
match_scanner_new(const struct match_index *index, match_hit_fn *on_hit, void *arg)
{
	struct match_scanner *s = heap_new(sizeof(*s), 1);

	s->index = index;
	s->engine = engine_best();
	s->on_hit = on_hit;
	s->arg = arg;
	s->line = 1;
	s->found = buf_new(FOUND_BYTES_MAX);
	s->buffer = heap_new(1, BUFFER_BYTES + PAD_BYTES);
	s->map_words = heap_new(sizeof(uint64_t), (size_t)MAPS * MAP_WORDS);
	uint64_t **const maps[MAPS] = { &s->maps.host, &s->maps.dot, &s->maps.hex, &s->maps.colon,
		&s->maps.at, &s->maps.url, &s->maps.high, &s->maps.ipv6 };
	for (size_t i = 0; i < MAPS; i++)
		*maps[i] = s->map_words + i * MAP_WORDS;
	return s;
}

void
match_scanner_free(struct match_scanner *s)
{
	if (s == NULL)
		return;
	buf_free(&s->found);
	heap_free(s->map_words);
	heap_free(s->buffer);
	heap_free(s);
}

void
match_scanner_portable(struct match_scanner *s)
{
	s->engine = &engine_portable;
}

struct match_totals
match_scanner_totals(const struct match_scanner *s)
{
	return s->totals;
}

/* ---- hits ---- */

static int
order(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return (x->ref > y->ref) - (x->ref < y->ref);
}

/* Where the walk over the hits of a window stands. */
struct place {
	uint64_t line;
	size_t start;    /* of the line in the window */
	uint64_t before; /* bytes of the line before start */
};

static void
move_to(const struct match_scanner *s, struct place *place, size_t at)
{
	const char *feed;

	while ((feed = memchr(s->text + place->start, '\n', at - place->start)) != NULL) {
		place->line++;
		place->start = (size_t)(feed + 1 - s->text);
		place->before = 0;
	}
}

/* Calls back for every indicator of the value. */
static enum err
report(struct match_scanner *s, const struct place *place, const struct found *f, struct why *why)
{
	struct match_hit hit = {
		.source = s->source,
		.line = place->line,
		.column = place->before + (f->at - place->start) + 1,
		.found = { s->text + f->at, f->len },
		.how = (enum match_how)f->how,
	};
	const struct record *r;

	for (uint32_t ref = f->ref; (r = index_record(s->index, ref)) != NULL; ref = r->next) {
		hit.kind = (enum pattern_kind)r->kind;
		hit.indicator = record_id(r);
		s->totals.hits++;
		TRY(s->on_hit(s->arg, &hit, why));
	}
	return OK;
}

static enum err
report_all(struct match_scanner *s, struct why *why)
{
	struct found *found = (struct found *)(void *)s->found.ptr;
	size_t len = s->found.len / sizeof(*found);
	struct place place = { .line = s->line, .before = s->line_before };

	if (len == 0)
		return OK;
	qsort(found, len, sizeof(*found), order);
	for (size_t i = 0; i < len; i++) {
		move_to(s, &place, found[i].at);
		TRY(report(s, &place, &found[i], why));
	}
	return OK;
}

/* ---- windows ---- */

/* Scans whole lines or a piece of one; PAD_BYTES behind them are readable. */
static enum err
scan_window(struct match_scanner *s, const char *text, size_t len, struct why *why)
{
	s->text = text;
	s->len = len;
	buf_clear(&s->found);
	size_t feeds = s->engine->classify(text, len, &s->maps);
	window_probe(s);
	enum err err = report_all(s, why);

	const char *last = feeds == 0 ? NULL : memrchr(text, '\n', len);
	s->line += feeds;
	s->line_before = last == NULL ? s->line_before + len : (size_t)(text + len - 1 - last);
	s->totals.lines += feeds;
	s->totals.bytes += len;
	return err;
}

/* A last line without line feed. */
static void
end_line(struct match_scanner *s)
{
	if (s->line_before == 0)
		return;
	s->line_before = 0;
	s->line++;
	s->totals.lines++;
}

/* Where to cut a line that is too long: behind a byte that parts values. */
static size_t
cut_place(const char *p, size_t len)
{
	for (size_t i = len; i > len - CUT_NEAR; i--) {
		if (p[i - 1] != '\0' && strchr(" \t\"',;|", p[i - 1]) != NULL)
			return i;
	}
	return len;
}

/* How much of the text makes the next window; 0 if more must be read first. */
static size_t
next_window(struct match_scanner *s, const char *p, size_t len, bool at_end)
{
	size_t near = len < WINDOW_BYTES ? len : WINDOW_BYTES;
	const char *feed = near == 0 ? NULL : memrchr(p, '\n', near);

	if (feed == NULL && len > near) {
		size_t far = len < MATCH_LINE_MAX ? len : MATCH_LINE_MAX;
		feed = memchr(p + near, '\n', far - near);
	}
	if (feed != NULL)
		return (size_t)(feed + 1 - p);
	if (len < MATCH_LINE_MAX)
		return at_end ? len : 0;
	s->totals.cut += s->line_before == 0;
	return cut_place(p, MATCH_LINE_MAX);
}

enum err
match_scan(struct match_scanner *s, struct str block, struct why *why)
{
	while (block.len > 0) {
		size_t n = next_window(s, block.ptr, block.len, true);

		memcpy(s->buffer, block.ptr, n);
		memset(s->buffer + n, '\n', PAD_BYTES);
		block = str_sub(block, n, SIZE_MAX);
		TRY(scan_window(s, s->buffer, n, why));
	}
	end_line(s);
	return OK;
}

/* Reads until the buffer has something new or the file ends. */
static enum err
read_more(struct match_scanner *s, int fd, size_t *len, bool *at_end, struct why *why)
{
	size_t room = BUFFER_BYTES - *len;
	ssize_t n;

	do {
		n = read(fd, s->buffer + *len, room < READ_BYTES ? room : READ_BYTES);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(why, ERR_IO, "match.read", "\"" STR_FMT "\" cannot be read: %s",
		    STR_ARG(s->source), strerror(errno));
	*at_end = n == 0;
	*len += (size_t)n;
	memset(s->buffer + *len, '\n', PAD_BYTES);
	return OK;
}

/* Scans what is complete in the buffer and moves the rest to its start. */
static enum err
scan_buffer(struct match_scanner *s, size_t *len, bool at_end, struct why *why)
{
	size_t done = 0, n;

	while (done < *len && (n = next_window(s, s->buffer + done, *len - done, at_end)) > 0) {
		TRY(scan_window(s, s->buffer + done, n, why));
		done += n;
	}
	*len -= done;
	memmove(s->buffer, s->buffer + done, *len);
	return OK;
}

enum err
match_scan_fd(struct match_scanner *s, int fd, struct str source, struct why *why)
{
	bool at_end = false;
	size_t len = 0;

	s->source = source;
	s->line = 1;
	s->line_before = 0;
	while (!at_end) {
		TRY(read_more(s, fd, &len, &at_end, why));
		TRY(scan_buffer(s, &len, at_end, why));
	}
	end_line(s);
	return OK;
}
