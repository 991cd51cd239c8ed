#include "type_name.h"

#include "cases.h"

#define ONLY_CUSTOM " of STIX 2.1: only custom objects of that type fit"
#define TWENTY      "acme-asset-of-plant-"
#define NO_NAME     " is no name of a type: write 3 to 250 of a-z 0-9 -, a letter first"

/* clang-format off */
static const struct type_case {
	const char *name;
	const char *type;
	bool observable;
	enum err want;
	const char *text;
} type_cases[] = {
	{ "a type", "indicator", false, OK, "" },
	{ "an observable as a type", "ipv4-addr", false, OK, "" },
	{ "a type of the incident core extension", "task", false, OK, "" },
	{ "one that is meant", "x-usb-device", false, OK, "" },
	{ "a letter is missing", "indicatr", false, ERR_NOT_FOUND, "\"indicatr\" is no type" ONLY_CUSTOM "; indicator is near" },
	{ "two letters are wrong", "vulnerabilty-", false, ERR_INVALID, "\"vulnerabilty-\"" NO_NAME },
	{ "an underscore", "attack_pattern", false, ERR_INVALID, "\"attack_pattern\"" NO_NAME },
	{ "the plural", "reports", false, ERR_NOT_FOUND, "\"reports\" is no type" ONLY_CUSTOM "; report is near" },
	{ "of a company", "acme-asset", false, ERR_NOT_FOUND, "\"acme-asset\" is no type" ONLY_CUSTOM },
	{ "a long one", TWENTY TWENTY TWENTY TWENTY TWENTY TWENTY "x", false, ERR_NOT_FOUND,
	  "\"" TWENTY TWENTY TWENTY "acme\" is no type" ONLY_CUSTOM },
	{ "a slip in a short one", "tol", false, ERR_NOT_FOUND, "\"tol\" is no type" ONLY_CUSTOM },
	{ "a bundle is no object", "bundle", false, ERR_NOT_FOUND, "\"bundle\" is no type" ONLY_CUSTOM },
	{ "capitals", "Indicator", false, ERR_INVALID, "\"Indicator\"" NO_NAME },
	{ "two hyphens", "ipv4--addr", false, ERR_INVALID, "\"ipv4--addr\"" NO_NAME },
	{ "nothing", "", false, ERR_INVALID, "\"\"" NO_NAME },
	{ "an observable", "network-traffic", true, OK, "" },
	{ "an observable that is meant", "x-usb-device", true, OK, "" },
	{ "a hyphen is missing", "ipv4addr", true, ERR_NOT_FOUND, "\"ipv4addr\" is no observable" ONLY_CUSTOM "; ipv4-addr is near" },
	{ "half of it", "domain", true, ERR_NOT_FOUND, "\"domain\" is no observable" ONLY_CUSTOM "; domain-name is near" },
	{ "none is near", "indicator", true, ERR_NOT_FOUND, "\"indicator\" is no observable" ONLY_CUSTOM },
};
/* clang-format on */

static void
check_type(void **state)
{
	const struct type_case *c = *state;
	struct why why = { 0 };
	enum err err = c->observable ? type_name_check_observable(str_of(c->type), &why)
	                             : type_name_check(str_of(c->type), &why);

	assert_int_equal(err, c->want);
	assert_string_equal(why.text, c->text);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, type_cases, check_type);
	return cases_run("type_name", &list, argc, argv);
}
