/* visible_p.h: text of strangers, before it is shown (private to cli).
 *
 * What would move the cursor of a terminal, turn the direction of a line, end it
 * or hide in it is written by its number: "\u202e".  Hindi and Japanese are
 * printed as they are. */
#pragma once

#include "base.h"
#include "buf.h"

/* Appends the text; a byte that is no UTF-8 becomes "\x9b". */
void visible_put(struct buf *out, struct str text);

/* The same for bytes that are shown as a page: new lines and tabs stay. */
void visible_put_lines(struct buf *out, struct str text);

/* What a terminal shows of a text, as far as columns go: characters. */
int visible_width(struct str text);

/* The first `max` characters of a text, and an ellipsis where more follow. */
void visible_put_cut(struct buf *out, struct str text, int max);
