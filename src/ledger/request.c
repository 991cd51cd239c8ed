#include "codec.h"
#include "request_p.h"

enum {
	HASH_LINE = 44,      /* letters of 32 bytes in base64 */
	SCRATCH_BYTES = 256, /* decoding one takes no more */
};

static enum err
parse_old(struct str line, uint64_t *ret, struct why *why)
{
	const struct str word = S("old ");

	if (!str_starts(line, word) ||
	    !str_to_u64(str_sub(line, word.len, line.len), MERKLE_SIZE_MAX, ret))
		return fail(why, ERR_INVALID, "witness.old",
		    "line 1 of the request is \"old\" and a decimal number without leading zeros");
	return OK;
}

static enum err
parse_hash(struct str line, struct merkle_proof *proof, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_BYTES);
	struct str bytes;

	if (proof->len == MERKLE_PROOF_MAX)
		return fail(why, ERR_INVALID, "witness.long",
		    "a consistency proof has %d hashes at most", MERKLE_PROOF_MAX);
	if (line.len != HASH_LINE || base64_parse(scratch, BASE64_STD, line, &bytes, NULL) != OK ||
	    bytes.len != HASH_BYTES)
		return fail(why, ERR_INVALID, "witness.hash",
		    "line %zu of the request is not a hash of 32 bytes in base64", proof->len + 2);
	memcpy(proof->node[proof->len++].byte, bytes.ptr, HASH_BYTES);
	return OK;
}

enum err
witness_request_parse(struct str body, struct witness_request *ret, struct why *why)
{
	struct witness_request request = { 0 };
	struct str rest = body;

	TRY(parse_old(str_split(&rest, '\n'), &request.old_size, why));
	for (;;) {
		struct str line = str_split(&rest, '\n');
		if (rest.ptr == NULL)
			return fail(why, ERR_INVALID, "witness.short",
			    "the request has no empty line before its checkpoint");
		if (line.len == 0)
			break;
		TRY(parse_hash(line, &request.proof, why));
	}
	request.note = rest;
	*ret = request;
	return OK;
}
