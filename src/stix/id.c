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

/* UUIDs are read in either case: RFC 4122 asks for lower case of writers only.
 * Without a branch for each digit: every reference is looked at this way. */
static bool
is_uuid(const char *text)
{
	static const char form[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
	enum { VERSION_AT = 14, VARIANT_AT = 19 };
	unsigned char wrong = 0;

	for (size_t i = 0; i < UUID_TEXT; i++) {
		unsigned char c = (unsigned char)text[i];
		unsigned char digit = (unsigned char)(c - '0'), letter = (c | 0x20) - 'a';
		unsigned char hex = (digit < 10) | (letter < 6);

		wrong |= form[i] == '-' ? c ^ '-' : hex ^ 1;
	}
	return wrong == 0 && text[VERSION_AT] >= '1' && text[VERSION_AT] <= '5' &&
	       strchr("89abAB", text[VARIANT_AT]) != NULL;
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
