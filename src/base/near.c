#include "near.h"

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
near_distance(struct str a, struct str b)
{
	size_t row[NEAR_MAX + 1];
	size_t m = least(a.len, NEAR_MAX), n = least(b.len, NEAR_MAX);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t up = row[j];

			row[j] = least(least(up, row[j - 1]) + 1,
			    corner + (a.ptr[i - 1] != b.ptr[j - 1]));
			corner = up;
		}
	}
	return row[n];
}
