#include "match.h"
#include "match_naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096 }; /* the naive search is quadratic */

/* Values, one a line, then an empty line and the text: the fast engine, the
 * portable one and the naive search find the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size < INPUT_MAX ? size : INPUT_MAX };
	size_t gap = str_find(in, S("\n\n"));

	if (gap == SIZE_MAX)
		return 0;
	if (!naive_agree(str_sub(in, 0, gap), str_sub(in, gap + 2, SIZE_MAX)))
		__builtin_trap();
	return 0;
}
