/* fold_p.h: text reduced to what makes it the same to a reader (private to agreement).
 *
 * Letters and digits alone are kept: in one case, in compatibility form,
 * without accents, hiragana as katakana, digits of any script as 0 to 9, what
 * looks like a Latin letter as that letter.
 * Blanks, hyphens, dots, brackets, zero-width characters and all else
 * are dropped, and where they stood is remembered.
 *
 * Source: Unicode Standard annex 15 (NFKD) and full case folding, by libunistring. */
#pragma once

#include "base.h"
#include "buf.h"

enum { FOLD_START = 1, FOLD_END = 2 }; /* of a run of letters, or of digits */

struct folded {
	struct buf text;
	struct buf edge; /* FOLD_START, FOLD_END of each byte of text */
	bool full;       /* larger than the ceiling: what follows is missing */
};

struct folded folded_new(size_t max);
void folded_free(struct folded *f);

/* Replaces what f holds. */
void fold(struct str text, struct folded *f);

/* Characters of well-formed UTF-8. */
size_t fold_characters(struct str folded);
