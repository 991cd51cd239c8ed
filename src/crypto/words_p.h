/* words_p.h: 256 short English words that sound unlike each other. */
#pragma once

enum { WORDS = 256 };

/* In alphabetical order, all of three to seven small letters. */
extern const char *const word_list[WORDS];
