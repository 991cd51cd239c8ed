#include "stix1.h"

/* A package names its namespaces in its first element, an export its header
 * among its first members. */
enum { LOOKED_AT_MAX = 64 * KIB };

static const char *const signs_xml[] = { "http://stix.mitre.org/", "STIX_Package", "stix:" };
static const char *const signs_json[] = { "\"stix_header\"", "\"STIX_Package\"",
	"http://stix.mitre.org/", "\"ttps\"" };

static bool
has_sign(struct str head, const char *const *sign, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (str_find(head, str_of(sign[i])) != SIZE_MAX)
			return true;
	}
	return false;
}

static enum err
refuse(struct why *why)
{
	return fail(why, ERR_INVALID, "import.stix1",
	    "is STIX 1, which is not read here: convert it with the elevator of OASIS "
	    "(\"pip install stix2-elevator\", \"stix2_elevator FILE\") and import what it writes");
}

enum err
stix1_refuse(struct str text, struct why *why)
{
	struct str head = str_sub(text, 0, LOOKED_AT_MAX);

	if (str_starts(head, S("\xEF\xBB\xBF")))
		head = str_sub(head, 3, SIZE_MAX);
	head = str_trim(head);
	if (str_starts(head, S("<"))) {
		if (has_sign(head, signs_xml, COUNTOF(signs_xml)))
			return refuse(why);
		return fail(why, ERR_INVALID, "import.xml",
		    "is XML: STIX 2 is JSON; give a bundle, an envelope or one object");
	}
	/* Every object of STIX 2 has a type, an export of STIX 1 none. */
	if (str_starts(head, S("{")) && str_find(head, S("\"type\"")) == SIZE_MAX &&
	    has_sign(head, signs_json, COUNTOF(signs_json)))
		return refuse(why);
	return OK;
}
