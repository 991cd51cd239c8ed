/* fuzz_json.h: a mutator for targets that read JSON.
 *
 * Bytes changed at random are rarely JSON, and what is no JSON ends at the reader.
 * This one changes the tree: it drops a value, gives it twice, puts another value of
 * the same text in its place or an odd one, and renames a member.  One time in four
 * libFuzzer's own mutator has its way.  Included by a target; outside of a build for
 * fuzzing it is nothing. */
#pragma once

#ifdef TORANA_FUZZING

#include <stdlib.h>

#include "json.h"
#include "json_writer.h"

/* libFuzzer's own mutator: changes size bytes in place, returns how many there are now. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Called by libFuzzer instead of its own; the same bytes and seed give the same. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

enum { FUZZ_JSON_ARENA = 64 * MIB, FUZZ_JSON_NODES = 65'536 };
enum fuzz_json_deed { FUZZ_DROP, FUZZ_TWICE, FUZZ_OTHER, FUZZ_ODD, FUZZ_NAME, FUZZ_DEEDS };

struct fuzz_json {
	const struct json *node[FUZZ_JSON_NODES];
	size_t len;
	const struct json *at;    /* what is changed */
	const struct json *other; /* a value or a name from elsewhere */
	enum fuzz_json_deed deed;
	unsigned seed;
};

static inline void
fuzz_json_collect(struct fuzz_json *f, const struct json *v)
{
	if (f->len == FUZZ_JSON_NODES)
		return;
	f->node[f->len++] = v;
	for (const struct json *c = v->first; c != NULL; c = c->next)
		fuzz_json_collect(f, c);
}

static inline struct str
fuzz_json_odd(unsigned seed)
{
	static const char *const odd[] = { "null", "true", "0", "-1", "1e400", "\"\"", "[]", "{}",
		"\"\\u0000\"", "9007199254740993", "[[]]", "\"2017-01-01T00:00:00Z\"",
		"{\"a\":1}" };

	return str_of(odd[seed % COUNTOF(odd)]);
}

static void fuzz_json_put(const struct fuzz_json *f, struct json_writer *w, const struct json *v);

static inline void
fuzz_json_inside(const struct fuzz_json *f, struct json_writer *w, const struct json *v)
{
	bool object = v->type == JSON_OBJECT;

	if (object)
		json_begin_object(w);
	else
		json_begin_array(w);
	for (const struct json *c = v->first; c != NULL; c = c->next) {
		bool here = c == f->at;

		if (here && f->deed == FUZZ_DROP)
			continue;
		if (here && f->deed == FUZZ_TWICE && !object)
			fuzz_json_put(f, w, c);
		if (object)
			(void)json_key(w, here && f->deed == FUZZ_NAME ? f->other->key : c->key);
		fuzz_json_put(f, w, c);
	}
	if (object)
		json_end_object(w);
	else
		json_end_array(w);
}

static inline void
fuzz_json_put(const struct fuzz_json *f, struct json_writer *w, const struct json *v)
{
	if (v == f->at && f->deed == FUZZ_OTHER)
		json_put_raw(w, f->other->raw);
	else if (v == f->at && f->deed == FUZZ_ODD)
		json_put_raw(w, fuzz_json_odd(f->seed));
	else if (v->type == JSON_OBJECT || v->type == JSON_ARRAY)
		fuzz_json_inside(f, w, v);
	else
		json_put_raw(w, v->raw);
}

static inline size_t
fuzz_json_change(struct fuzz_json *f, const struct json *tree, uint8_t *data, size_t max_size)
{
	struct buf out = buf_new(max_size);
	struct json_writer w = json_writer(&out);
	size_t len = 0;

	fuzz_json_collect(f, tree);
	f->at = f->node[(f->seed >> 8) % f->len];
	f->other = f->node[(f->seed >> 16) % f->len];
	f->deed = (enum fuzz_json_deed)(f->seed % FUZZ_DEEDS);
	fuzz_json_put(f, &w, tree);
	if (!out.full && out.len > 0) {
		memcpy(data, out.ptr, out.len);
		len = out.len;
	}
	buf_free(&out);
	return len;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static struct fuzz_json f;
	struct arena *a = arena_new(FUZZ_JSON_ARENA);
	const struct json *tree = NULL;
	size_t len = 0;

	f.len = 0;
	f.seed = seed;
	if (seed % 4 != 0 &&
	    json_parse(a, (struct str){ (const char *)data, size }, NULL, &tree, NULL) == OK)
		len = fuzz_json_change(&f, tree, data, max_size);
	arena_free(a);
	return len > 0 ? len : LLVMFuzzerMutate(data, size, max_size);
}

#endif
