/* utf8.h: one character of UTF-8 at a time, and which of them deceive.
 *
 * Source: the Unicode Standard, table 3-7 (well-formed byte sequences). */
#pragma once

#include "base.h"

/* Bytes of the well-formed character at the start of s, its code point in
 * *ret; 0 when there is none (empty, malformed, cut off). */
size_t utf8_next(struct str s, uint32_t *ret);

/* Whether a character could move a terminal's cursor, end a line, turn the
 * direction of the text or stand in it unseen: C0, DEL, C1, line separators,
 * bidirectional marks, joiners of nothing, fillers, annotations, tags.  U+200C
 * and U+200D are none of them (Hindi is written with both), nor are variation
 * selectors (Japanese names are). */
bool utf8_is_control(uint32_t c);
