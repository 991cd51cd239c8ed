/* views_p.h: what a text may be an encoding of (private to agreement).
 *
 * Decoders here are lenient where those of base/ are strict: what some reader
 * would decode must be found. */
#pragma once

#include "buf.h"

static inline bool
view_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One character as UTF-8; nothing for what is no character. */
void view_put_character(struct buf *out, uint32_t c);

/* Percent, \x \u \U \n \123, %u, entities and quoted-printable, all in one
 * pass.  Returns whether anything was decoded. */
bool view_unescape(struct str text, struct buf *out);

/* "\53 abc", as in style sheets: other digits than those of \123. */
bool view_unstyle(struct str text, struct buf *out);

/* Without tags, addresses of links, and what makes a regular expression of a
 * text: classes (their first letter stays), repetitions, "\s", "(?i)". */
bool view_strip(struct str text, struct buf *out);

/* "(at)", "[dot]", " at ", "hxxp". */
bool view_refang(struct str text, struct buf *out);

/* The next run of base64 digits (either alphabet, line ends inside) or of hex
 * pairs at or after *at, which moves behind it; empty when there is none. */
struct str view_base64_run(struct str text, size_t *at);
struct str view_hex_run(struct str text, size_t *at);

/* Decodes a run beginning at its skip-th digit. */
void view_base64(struct str run, size_t skip, struct buf *out);
void view_hex(struct str run, size_t skip, struct buf *out);

/* UTF-16 as UTF-8; little- or big-endian. */
void view_utf16(struct str bytes, bool big, struct buf *out);
