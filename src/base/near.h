/* near.h: how far one word is from another, for messages that name the word that was meant. */
#pragma once

#include "base.h"

enum { NEAR_MAX = 64 }; /* bytes of each word that are compared; of names that people type */

/* Bytes to change, add or take away to make one out of the other (Levenshtein). */
size_t near_distance(struct str a, struct str b);
