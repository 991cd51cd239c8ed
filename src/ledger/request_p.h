/* request_p.h: the body of an add-checkpoint request.
 *
 * "old N", up to 63 hashes in base64, an empty line, a checkpoint.
 *
 * Source: C2SP tlog-witness. */
#pragma once

#include "base.h"
#include "merkle.h"

struct witness_request {
	uint64_t old_size;
	struct merkle_proof proof;
	struct str note; /* slices the body */
};

/* ERR_INVALID: not of this form. */
enum err witness_request_parse(struct str body, struct witness_request *ret, struct why *why);
