#include "uuid.h"

#include "codec.h"

/* Bytes in each of the groups between hyphens. */
static const size_t group_bytes[] = { 4, 2, 2, 2, 6 };

enum { VERSION_AT = 6, VARIANT_AT = 8 };

static bool
is_lower_case(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 'A' && text.ptr[i] <= 'F')
			return false;
	}
	return true;
}

bool
uuid_parse(struct str text, struct uuid *ret)
{
	struct uuid u;
	size_t at = 0;

	if (text.len != UUID_TEXT || !is_lower_case(text))
		return false;
	for (size_t i = 0; i < COUNTOF(group_bytes); i++) {
		struct str group = str_split(&text, '-');
		if (!hex_parse(group, u.byte + at, group_bytes[i]))
			return false;
		at += group_bytes[i];
	}
	int version = u.byte[VERSION_AT] >> 4;
	if (text.ptr != NULL || version < 1 || version > 5 || (u.byte[VARIANT_AT] & 0xC0) != 0x80)
		return false;
	*ret = u;
	return true;
}

void
uuid_text(const struct uuid *u, char *ret)
{
	const uint8_t *byte = u->byte;

	for (size_t i = 0; i < COUNTOF(group_bytes); i++) {
		if (i > 0)
			*ret++ = '-';
		hex_text(byte, group_bytes[i], ret);
		ret += 2 * group_bytes[i];
		byte += group_bytes[i];
	}
}

struct uuid
uuid_from_bytes(const uint8_t byte[UUID_BYTES], int version)
{
	struct uuid u;

	assert(version >= 1 && version <= 5);
	memcpy(u.byte, byte, UUID_BYTES);
	u.byte[VERSION_AT] = (uint8_t)((u.byte[VERSION_AT] & 0x0F) | version << 4);
	u.byte[VARIANT_AT] = (uint8_t)((u.byte[VARIANT_AT] & 0x3F) | 0x80);
	return u;
}
