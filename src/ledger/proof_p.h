/* proof_p.h: the parts of a proof, as prove.c writes and verify.c reads them. */
#pragma once

#include "base.h"
#include "batch.h"
#include "merkle.h"

enum {
	/* Record, entry and note at their largest, in base64 or escaped. */
	PROOF_BYTES_MAX = 512 * KIB,
};

struct proof {
	struct str record;
	struct batch_proof batch;
	struct str entry;
	uint64_t leaf;
	struct merkle_proof path;
	struct str checkpoint; /* a whole note */
};
