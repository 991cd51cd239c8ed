/* example_p.h: what the tests of this module share: texts read into objects,
 * and shared cases, one JSON value a line. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "stix.h"

enum { EXAMPLE_ARENA = 16 * MIB, EXAMPLE_PATH = 4096 };

/* The tail of an identifier. */
#define EXAMPLE_UUID "8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"

static inline const struct json *
example_json(struct arena *a, struct str text)
{
	const struct json *v = NULL;
	struct why why = { 0 };
	enum err err = json_parse(a, text, NULL, &v, &why);

	if (err != OK)
		print_message("%s: %s\n", why.where, why.text);
	assert_int_equal(err, OK);
	return v;
}

static inline struct stix_object
example_object(struct arena *a, struct str text)
{
	struct stix_object o = { 0 };
	struct why why = { 0 };
	enum err err = stix_scan(example_json(a, text), &o, &why);

	if (err != OK)
		print_message("%s: %s\n", why.where, why.text);
	assert_int_equal(err, OK);
	return o;
}

/* Calls fn for every line of a file of shared cases; skips the test without. */
static inline void
example_lines(const char *sub, void (*fn)(size_t line, struct str text, void *arg), void *arg)
{
	char path[EXAMPLE_PATH];

	if (cases_conformance(sub, path) == NULL)
		skip();

	CLEANUP(arena_freep) struct arena *a = arena_new(EXAMPLE_ARENA);
	struct str rest = cases_file(a, path);

	for (size_t line = 0; rest.ptr != NULL; line++) {
		struct str text = str_split(&rest, '\n');

		if (text.len > 0)
			fn(line, text, arg);
	}
}
