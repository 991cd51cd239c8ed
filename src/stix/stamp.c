#include "stamp_p.h"

enum { SECONDS_LEN = 19 }; /* of YYYY-MM-DDTHH:MM:SS */

struct str
stamp_trim(struct str stamp)
{
	assert(stamp.len > SECONDS_LEN);
	stamp.len--;
	if (stamp.len == SECONDS_LEN)
		return stamp;
	while (stamp.ptr[stamp.len - 1] == '0')
		stamp.len--;
	if (stamp.ptr[stamp.len - 1] == '.')
		stamp.len--;
	return stamp;
}

int
stamp_cmp(struct str a, struct str b)
{
	return str_cmp(stamp_trim(a), stamp_trim(b));
}

size_t
stamp_digits(struct str stamp)
{
	assert(stamp.len > SECONDS_LEN);
	return stamp.len - 1 == SECONDS_LEN ? 0 : stamp.len - 1 - SECONDS_LEN - 1;
}
