#include "codec.h"
#include "request_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A request is what it was read into: nothing gets lost. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str body = { (const char *)data, size };
	CLEANUP(buf_free) struct buf again = buf_new(size + KIB);
	struct witness_request request;

	if (witness_request_parse(body, &request, NULL) != OK)
		return 0;
	buf_printf(&again, "old %" PRIu64 "\n", request.old_size);
	for (size_t i = 0; i < request.proof.len; i++) {
		base64_put(&again, BASE64_STD, request.proof.node[i].byte, HASH_BYTES);
		buf_putc(&again, '\n');
	}
	buf_putc(&again, '\n');
	buf_put(&again, request.note);
	if (!str_eq(buf_str(&again), body))
		__builtin_trap();
	return 0;
}
