/* cxx_p.h: the C face of the one C++ file, and all that it may be used for:
 * simdjson's structural index, and exact conversion of doubles.
 *
 * The index is the list of the places where something starts: { } [ ] : , the
 * opening quote of each string, and the first byte of every other run.  When
 * it can be made, the text is UTF-8, every string is closed, and no string
 * holds a bare control character.  Everything else is for the reader to check. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { JSON_DIGITS_MAX = 32 };

struct json_index {
	void *owner;
	const uint32_t *at; /* ascending; at[len] is the length of the text */
	size_t len;
};

/* false: the text is empty or breaks one of the rules above; which and where
 * is for the caller to find.  bytes is below 4 GiB.  The text needs no padding. */
bool json_index_open(const char *text, size_t bytes, struct json_index *ret);
void json_index_close(struct json_index *index);

/* The double nearest to a token of the JSON grammar; false when it is too
 * large, or would become 0 without being 0. */
bool json_cxx_double(const char *token, size_t bytes, double *ret);

/* The shortest digits that read back as n, "-1.234e+56"; returns their number.
 * n is finite; ret holds JSON_DIGITS_MAX. */
size_t json_cxx_digits(double n, char *ret);

#ifdef __cplusplus
}
#endif
