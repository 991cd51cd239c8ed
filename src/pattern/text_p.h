/* text_p.h: what LIKE and MATCHES do with text (private to pattern). */
#pragma once

#include "pattern.h"

/* Normalisation form C (Unicode Standard Annex 15); text itself when it is ASCII.
 * false when the arena is full. */
bool text_nfc(struct arena *a, struct str text, struct str *ret);

/* The characters U+0000 to U+00FF that bytes stand for, as UTF-8.
 * false when the arena is full. */
bool text_of_bytes(struct arena *a, struct str bytes, struct str *ret);

/* Whether the whole text is what `like` says: % any run of characters, _ one.
 * Both are well-formed UTF-8.  Time: at most the product of their lengths. */
bool text_like(struct str text, struct str like);
