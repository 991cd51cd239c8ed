#include <stdlib.h>
#include <uninorm.h>

#include "text_p.h"

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

bool
text_nfc(struct arena *a, struct str text, struct str *ret)
{
	size_t len = 0;

	*ret = text;
	if (is_ascii(text))
		return true;
	uint8_t *form = u8_normalize(UNINORM_NFC, (const uint8_t *)text.ptr, text.len, NULL, &len);
	if (form == NULL)
		return false;
	*ret = arena_str(a, (struct str){ (const char *)form, len });
	free(form);
	return ret->ptr != NULL;
}

bool
text_of_bytes(struct arena *a, struct str bytes, struct str *ret)
{
	char *text = arena_make(a, char, 2 * bytes.len + 1);
	size_t len = 0;

	if (text == NULL)
		return false;
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];

		if (c >= 0x80)
			text[len++] = (char)(0xC0U | c >> 6);
		text[len++] = (char)(c >= 0x80 ? 0x80U | (c & 0x3FU) : c);
	}
	*ret = (struct str){ text, len };
	return true;
}

/* Bytes of the character at i. */
static size_t
character(struct str s, size_t i)
{
	size_t len = 1;

	while (i + len < s.len && ((unsigned char)s.ptr[i + len] & 0xC0) == 0x80)
		len++;
	return len;
}

/* When a character does not fit, only the last % can take one more: what the
 * earlier ones took was the least that they could. */
bool
text_like(struct str text, struct str like)
{
	size_t t = 0, l = 0;
	size_t again_t = 0, again_l = SIZE_MAX; /* the last % and what it has taken */

	while (t < text.len) {
		if (l < like.len && like.ptr[l] == '%') {
			again_l = ++l;
			again_t = t;
		} else if (l < like.len && like.ptr[l] == '_') {
			t += character(text, t);
			l++;
		} else if (l < like.len && like.ptr[l] == text.ptr[t]) {
			t++;
			l++;
		} else if (again_l != SIZE_MAX) {
			again_t += character(text, again_t);
			t = again_t;
			l = again_l;
		} else {
			return false;
		}
	}
	while (l < like.len && like.ptr[l] == '%')
		l++;
	return l == like.len;
}
