/* fingerprint.h: a SHA-256 fingerprint that two people compare by telephone.
 *
 * digits   the fingerprint as a big-endian number, its last 60 decimal digits
 *          in twelve groups of five.  199 bits: languages do not matter
 * words    its first 16 bytes, one short English word for each.  128 bits
 *
 * An attacker must find a second key for a given fingerprint; both forms put
 * that out of reach.  Nothing shorter is offered. */
#pragma once

#include "base.h"
#include "hash.h"

enum {
	FINGERPRINT_GROUPS = 12,
	FINGERPRINT_GROUP_DIGITS = 5,
	FINGERPRINT_DIGITS = FINGERPRINT_GROUPS * FINGERPRINT_GROUP_DIGITS,
	FINGERPRINT_WORDS = HASH_BYTES / 2,
	FINGERPRINT_WORD_MAX = 7, /* letters of the longest word */
	FINGERPRINT_TEXT_MAX = 128,
	FINGERPRINT_HEARD_MAX = 512, /* bytes somebody may type */
};

/* "01234 56789 …"; ret holds FINGERPRINT_TEXT_MAX bytes. */
void fingerprint_digits(const struct hash *h, char *ret);

/* "acorn river …"; ret holds FINGERPRINT_TEXT_MAX bytes. */
void fingerprint_words(const struct hash *h, char *ret);

/* Compares what was read aloud, in either form, of either case, parted by
 * blanks, commas, dots or hyphens, with our own fingerprint.
 *
 * ERR_INVALID    not a complete form: a word not in the list, or too few or
 *                too many words or digits
 * ERR_LIMIT      longer than FINGERPRINT_HEARD_MAX
 * ERR_TAMPERED   it is another fingerprint; why names the first difference */
enum err fingerprint_check(const struct hash *h, struct str heard, struct why *why);
