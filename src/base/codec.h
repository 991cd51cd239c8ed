/* codec.h: hex and base64 (RFC 4648). */
#pragma once

#include "base.h"
#include "buf.h"

/* 0 to 15 of either case, or -1. */
static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Lower-case; ret holds 2 * len + 1 bytes. */
void hex_text(const void *bytes, size_t len, char *ret);

/* Exactly len bytes from 2 * len digits, either case. */
bool hex_parse(struct str text, void *ret, size_t len);

enum base64_kind { BASE64_STD, BASE64_URL };

/* Appends with padding (BASE64_STD) or without (BASE64_URL). */
void base64_put(struct buf *b, enum base64_kind kind, const void *bytes, size_t len);
struct str base64_text(struct arena *a, enum base64_kind kind, const void *bytes, size_t len);

/* Decodes into the arena.  Strict: alphabet, padding and zero trailing bits.
 * ERR_INVALID, or ERR_LIMIT when the arena is full. */
enum err base64_parse(struct arena *a, enum base64_kind kind, struct str text, struct str *ret,
    struct why *why);
