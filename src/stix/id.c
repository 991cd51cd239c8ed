/* Identifiers and type names. */
#include "model_p.h"
#include "name_p.h"
#include "stix.h"
#include "uuid.h"

enum { SUFFIX = 2 + UUID_TEXT }; /* "--" and the UUID */

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name(struct str name)
{
	return name.len >= NAME_MIN && name.len <= NAME_MAX && is_lower(name.ptr[0]);
}

bool
name_is_type(struct str name)
{
	bool hyphen = false;

	if (!is_name(name))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		bool plain = is_lower(name.ptr[i]) || is_digit(name.ptr[i]);

		if (!plain && (hyphen || name.ptr[i] != '-'))
			return false;
		hyphen = !plain;
	}
	return !hyphen;
}

bool
name_is_property(struct str name)
{
	if (!is_name(name))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!is_lower(c) && !is_digit(c) && c != '_')
			return false;
	}
	return true;
}

/* Without a branch for each digit: every reference is looked at this way. */
static bool
is_hex(const char *text, size_t len)
{
	bool hex = true;

	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned char)text[i] - (unsigned)'0';
		unsigned letter = ((unsigned char)text[i] | 0x20U) - (unsigned)'a';

		hex &= (digit < 10) | (letter < 6);
	}
	return hex;
}

/* UUIDs are read in either case: RFC 4122 asks for lower case of writers only. */
static bool
is_uuid(const char *text)
{
	enum { VERSION_AT = 14, VARIANT_AT = 19 };

	return text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' &&
	       is_hex(text, 8) && is_hex(text + 9, 4) && is_hex(text + 14, 4) &&
	       is_hex(text + 19, 4) && is_hex(text + 24, 12) && text[VERSION_AT] >= '1' &&
	       text[VERSION_AT] <= '5' && strchr("89abAB", text[VARIANT_AT]) != NULL;
}

/* The length of the type when id is an identifier, else 0. */
static size_t
type_len(struct str id)
{
	if (id.len <= SUFFIX || memcmp(id.ptr + id.len - SUFFIX, "--", 2) != 0 ||
	    !is_uuid(id.ptr + id.len - UUID_TEXT) || !name_is_type(str_sub(id, 0, id.len - SUFFIX)))
		return 0;
	return id.len - SUFFIX;
}

bool
stix_id_is(struct str id)
{
	return type_len(id) > 0;
}

struct str
stix_id_type(struct str id)
{
	return str_sub(id, 0, type_len(id));
}

int
id_version(struct str id)
{
	return id.ptr[id.len - UUID_TEXT + 14] - '0';
}

enum stix_class
stix_class_of(struct str type)
{
	const struct stix_type *known = model_type(type);

	return known == NULL ? STIX_CUSTOM : known->class;
}
