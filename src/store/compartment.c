#include "compartment.h"

static bool
is_listed(struct str enclaves, struct str enclave)
{
	while (enclaves.ptr != NULL) {
		struct str name = str_split(&enclaves, ' ');

		if (name.len > 0 && str_eq(name, enclave))
			return true;
	}
	return false;
}

bool
compartment_has(const struct compartment *c, struct str organisation, struct str enclave)
{
	return c->organisation.len > 0 && str_eq(c->organisation, organisation) &&
	       is_listed(c->enclaves, enclave);
}

bool
compartment_holds(const struct compartment *c, const struct compartment *part)
{
	struct str rest = part->enclaves;

	if (part->enclaves.len == 0)
		return false;
	while (rest.ptr != NULL) {
		if (!compartment_has(c, part->organisation, str_split(&rest, ' ')))
			return false;
	}
	return true;
}

struct str
compartment_home(const struct compartment *c)
{
	struct str rest = c->enclaves;

	return str_split(&rest, ' ');
}

static enum err
check_name(struct str name, struct why *why)
{
	bool good = name.len >= 1 && name.len <= ENCLAVE_NAME_MAX;

	for (size_t i = 0; i < name.len && good; i++) {
		char c = name.ptr[i];

		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
	}
	if (!good)
		return fail(why, ERR_INVALID, "enclave.name",
		    "\"" STR_FMT
		    "\" is no name of an enclave: write 1 to %d of a-z 0-9 -, with one "
		    "blank between two",
		    STR_ARG(name), ENCLAVE_NAME_MAX);
	return OK;
}

enum err
enclaves_check(struct str enclaves, struct why *why)
{
	struct str rest = enclaves;
	size_t n = 0;

	while (rest.ptr != NULL) {
		size_t before = enclaves.len - rest.len;
		struct str name = str_split(&rest, ' ');

		TRY(check_name(name, why));
		if (n > 0 && is_listed(str_sub(enclaves, 0, before - 1), name))
			return fail(why, ERR_INVALID, "enclave.twice",
			    "enclave \"" STR_FMT "\" is given twice", STR_ARG(name));
		n++;
	}
	if (n == 0 || n > ENCLAVES_MAX)
		return fail(why, ERR_INVALID, "enclave.many",
		    "an account works in 1 to %d enclaves, not %zu", ENCLAVES_MAX, n);
	return OK;
}
