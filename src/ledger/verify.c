#include "codec.h"
#include "entry_p.h"
#include "json.h"
#include "ledger_p.h"
#include "proof_p.h"
#include "tile.h"

static const struct json_limits limits = {
	.bytes_max = PROOF_BYTES_MAX,
	.depth_max = 4,
	.members_max = 64,
	.values_max = 1024,
};

/* ---- reading ---- */

static enum err
malformed(const char *member, const char *want, struct why *why)
{
	return fail(why, ERR_INVALID, "proof.form", "\"%s\" of a proof is %s", member, want);
}

static enum err
get_base64(struct arena *a, const struct json *proof, const char *member, size_t max,
    struct str *ret, struct why *why)
{
	struct str text;

	if (!json_get_str(proof, str_of(member), &text))
		return malformed(member, "a text in base64", why);
	if (text.len > max / 3 * 4 + 4)
		return fail(why, ERR_LIMIT, "proof.large",
		    "\"%s\" of a proof has %zu bytes at most", member, max);
	enum err err = base64_parse(a, BASE64_STD, text, ret, why);
	if (err != OK)
		why_where(why, "/%s", member);
	return err;
}

static enum err
read_path(struct arena *a, const struct json *proof, struct merkle_proof *ret, struct why *why)
{
	const struct json *path = json_get(proof, S("path"));

	if (!json_is(path, JSON_ARRAY) || path->len > MERKLE_PROOF_MAX)
		return malformed("path", "a list of at most 63 hashes", why);
	for (const struct json *at = path->first; at != NULL; at = at->next) {
		struct str bytes = { 0 };

		if (!json_is(at, JSON_STRING) || at->text.len > 2 * HASH_BYTES ||
		    base64_parse(a, BASE64_STD, at->text, &bytes, NULL) != OK ||
		    bytes.len != HASH_BYTES)
			return malformed("path", "a list of hashes of 32 bytes in base64", why);
		memcpy(ret->node[ret->len++].byte, bytes.ptr, HASH_BYTES);
	}
	return OK;
}

static enum err
read_proof(struct arena *a, struct str text, struct proof *ret, struct why *why)
{
	const struct json *tree = NULL;
	struct str batch;

	TRY(json_parse(a, text, &limits, &tree, why));
	if (!json_is(tree, JSON_OBJECT))
		return fail(why, ERR_INVALID, "proof.form", "a proof is a JSON object, not %s",
		    json_type_name(tree));
	TRY(get_base64(a, tree, "record", LEDGER_RECORD_MAX, &ret->record, why));
	TRY(get_base64(a, tree, "batch", KIB, &batch, why));
	TRY(get_base64(a, tree, "entry", TILE_ENTRY_MAX, &ret->entry, why));
	TRY(batch_proof_parse(batch, &ret->batch, why));
	if (!json_get_u64(tree, S("leaf"), &ret->leaf))
		return malformed("leaf", "the number of a leaf", why);
	TRY(read_path(a, tree, &ret->path, why));
	if (!json_get_str(tree, S("checkpoint"), &ret->checkpoint))
		return malformed("checkpoint", "a signed note", why);
	return OK;
}

/* ---- checking ---- */

static enum err
check_signatures(const struct note *note, const struct note_key *log_key,
    const struct note_key *witness_key, bool *ret_cosigned, struct why *why)
{
	struct note_key key[2] = { *log_key };
	struct note_verdict verdict[2] = { 0 };
	size_t keys = 1;

	if (witness_key != NULL)
		key[keys++] = *witness_key;
	TRY(note_verify(note, key, keys, verdict, why));
	if (!verdict[0].is_signed)
		return fail(why, ERR_TAMPERED, "proof.unsigned",
		    "the checkpoint of the proof carries no signature of %s", log_key->name);
	*ret_cosigned = verdict[1].is_signed;
	return OK;
}

static enum err
check_checkpoint(struct arena *a, const struct proof *p, const struct note_key *log_key,
    const struct note_key *witness_key, struct ledger_proved *ret, struct why *why)
{
	struct checkpoint c;
	struct note note;

	TRY(note_parse(a, p->checkpoint, &note, why));
	TRY(checkpoint_parse(note.text, &c, why));
	if (!str_is(c.origin, log_key->name))
		return fail(why, ERR_TAMPERED, "proof.origin",
		    "the proof is one of the log " STR_FMT ", not of %s", STR_ARG(c.origin),
		    log_key->name);
	TRY(check_signatures(&note, log_key, witness_key, &ret->cosigned, why));
	ret->origin = c.origin;
	ret->head = c.head;
	return OK;
}

/* The record in its batch, the batch's entry in the log. */
static enum err
check_paths(struct arena *a, const struct proof *p, const struct merkle_head *head, struct why *why)
{
	const struct json *record = NULL;
	struct merkle_head batch;
	struct hash leaf = merkle_leaf(p->entry);

	TRY(merkle_verify_inclusion(head, p->leaf, &leaf, &p->path, why));
	TRY(entry_batch(p->entry, &batch, why));
	TRY(batch_verify(&batch, p->record, &p->batch, why));
	TRY(json_parse(a, p->record, NULL, &record, why));
	if (!json_is(record, JSON_OBJECT))
		return fail(why, ERR_INVALID, "proof.record", "a record is a JSON object, not %s",
		    json_type_name(record));
	return OK;
}

enum err
ledger_proof_verify(struct arena *a, struct str proof, const struct note_key *log_key,
    const struct note_key *witness_key, struct ledger_proved *ret, struct why *why)
{
	struct ledger_proved proved = { 0 };
	struct proof p = { 0 };

	TRY(read_proof(a, proof, &p, why));
	TRY(check_checkpoint(a, &p, log_key, witness_key, &proved, why));
	TRY(check_paths(a, &p, &proved.head, why));
	proved.leaf = p.leaf;
	proved.place = p.batch.index;
	proved.record = p.record;
	proved.entry = p.entry;
	proved.checkpoint = p.checkpoint;
	*ret = proved;
	return OK;
}
