/* The roles of accounts, and what each may do. */
#include "api_p.h"

#define BIT HTTP_SCOPE_BIT

#define READER (BIT(SCOPE_SESSION) | BIT(SCOPE_COLLECTIONS) | BIT(SCOPE_READ))

/* clang-format off */
static const struct {
	const char *name;
	enum role role;
	uint32_t scopes;
} roles[] = {
	{ "analyst",         ROLE_ANALYST,       READER | BIT(SCOPE_WRITE) },
	{ "officer",         ROLE_OFFICER,       READER | BIT(SCOPE_WRITE) },
	{ "approver",        ROLE_APPROVER,      READER | BIT(SCOPE_APPROVE) },
	{ "legal",           ROLE_LEGAL,         READER | BIT(SCOPE_APPROVE) },
	{ "policy",          ROLE_POLICY,        READER | BIT(SCOPE_APPROVE) },
	{ "defence-liaison", ROLE_DEFENCE,       READER | BIT(SCOPE_APPROVE) },
	{ "auditor",         ROLE_AUDITOR,       READER },
	{ "administrator",   ROLE_ADMINISTRATOR, BIT(SCOPE_SESSION) | BIT(SCOPE_ADMIN) },
	{ "guest",           ROLE_GUEST,         BIT(SCOPE_SESSION) | BIT(SCOPE_COLLECTIONS) },
};
/* clang-format on */

void
api_name_roles(enum http_scope scope, uint32_t among, struct buf *out)
{
	for (size_t i = 0; i < COUNTOF(roles); i++) {
		if ((roles[i].scopes & BIT(scope)) == 0 ||
		    (among != 0 && (among & (uint32_t)roles[i].role) == 0))
			continue;
		buf_put(out, out->len > 0 ? S(", ") : S(""));
		buf_put(out, str_of(roles[i].name));
	}
}

uint32_t
api_roles_of(struct str names)
{
	uint32_t bits = 0;

	while (names.ptr != NULL) {
		struct str name = str_split(&names, ' ');

		for (size_t i = 0; i < COUNTOF(roles); i++) {
			if (str_is(name, roles[i].name))
				bits |= (uint32_t)roles[i].role;
		}
	}
	return bits;
}

uint32_t
api_scopes_of(uint32_t bits)
{
	uint32_t scopes = 0;

	for (size_t i = 0; i < COUNTOF(roles); i++) {
		if ((bits & (uint32_t)roles[i].role) != 0)
			scopes |= roles[i].scopes;
	}
	return scopes;
}

const char *
api_role_name(enum role role)
{
	for (size_t i = 0; i < COUNTOF(roles); i++) {
		if (roles[i].role == role)
			return roles[i].name;
	}
	assert(false && "not a role");
	return "";
}
