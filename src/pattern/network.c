#include <arpa/inet.h>

#include "network_p.h"

static void
clear_behind(struct network *n)
{
	for (unsigned i = 0; i < n->bytes; i++) {
		unsigned kept = n->prefix > 8 * i ? n->prefix - 8 * i : 0;

		if (kept < 8)
			n->address[i] = (unsigned char)(n->address[i] & ~(0xFFU >> kept));
	}
}

bool
network_parse(struct str text, struct network *ret)
{
	char copy[INET6_ADDRSTRLEN];
	struct str address = str_split(&text, '/');
	uint64_t prefix;

	if (address.len >= sizeof(copy) || memchr(address.ptr, '\0', address.len) != NULL)
		return false;
	memcpy(copy, address.ptr, address.len);
	copy[address.len] = '\0';
	bool wide = memchr(copy, ':', address.len) != NULL;
	*ret = (struct network){ .bytes = wide ? 16 : 4 };
	if (inet_pton(wide ? AF_INET6 : AF_INET, copy, ret->address) != 1)
		return false;
	prefix = 8 * ret->bytes;
	if (text.ptr != NULL && !str_to_u64(text, prefix, &prefix))
		return false;
	ret->prefix = (unsigned)prefix;
	clear_behind(ret);
	return true;
}

bool
network_contains(const struct network *outer, const struct network *inner)
{
	struct network wider = *inner;

	if (outer->bytes != inner->bytes || outer->prefix > inner->prefix)
		return false;
	wider.prefix = outer->prefix;
	clear_behind(&wider);
	return memcmp(wider.address, outer->address, outer->bytes) == 0;
}
