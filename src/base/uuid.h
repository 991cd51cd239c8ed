/* uuid.h: UUIDs as 16 bytes and as lower-case text (RFC 4122). */
#pragma once

#include "base.h"

enum { UUID_BYTES = 16, UUID_TEXT = 36 };

struct uuid {
	uint8_t byte[UUID_BYTES];
};

/* Reads 8-4-4-4-12 lower-case hex digits with variant 10xx, version 1 to 5. */
bool uuid_parse(struct str text, struct uuid *ret);

/* ret holds UUID_TEXT + 1 bytes. */
void uuid_text(const struct uuid *u, char *ret);

/* Sets version and variant over 16 bytes that the caller made: random ones
 * for version 4, the head of a SHA-1 for version 5. */
struct uuid uuid_from_bytes(const uint8_t byte[UUID_BYTES], int version);
