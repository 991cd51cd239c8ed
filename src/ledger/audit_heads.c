#include <stdio.h>

#include "audit_p.h"
#include "files_p.h"
#include "ledger_p.h"

static const char disk_name[] = "log/checkpoint";

static void
add_head(struct audit *a, const struct merkle_head *head, const char *whose)
{
	struct audit_head *added = &a->head[a->heads++];

	added->head = *head;
	(void)snprintf(added->whose, sizeof(added->whose), "%s", whose);
}

/* ---- on disk ---- */

/* Size 0 when there is no good one; the reason is for the report. */
static enum err
read_disk(const struct audit *a, struct merkle_head *ret, struct why *reason, struct why *why)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(LEDGER_NOTES_ARENA);
	CLEANUP(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	struct note note;

	*ret = (struct merkle_head){ 0 };
	*reason = (struct why){ 0 };
	enum err err = files_read(a->request->folder, disk_name, &bytes, why);
	if (err == ERR_IO)
		return err;
	if (err == OK && audit_note(a, arena, buf_str(&bytes), &note, ret, reason) != OK)
		*ret = (struct merkle_head){ 0 };
	if (err == ERR_LIMIT)
		(void)fail(reason, err, "audit.large", "it is larger than any checkpoint");
	return OK;
}

enum err
audit_disk(struct audit *a, struct why *why)
{
	struct why reason;

	TRY(read_disk(a, &a->disk, &reason, why));
	if (reason.text[0] != '\0')
		audit_problem_add(a->report, "checkpoint", "the file %s is damaged: %s", disk_name,
		    reason.text);
	if (a->disk.size > 0)
		add_head(a, &a->disk, disk_name);
	return OK;
}

/* A node that runs may have stored a checkpoint that was on its way to the
 * disk: it is looked at once more. */
static enum err
check_disk(struct audit *a, struct why *why)
{
	struct merkle_head now;
	struct why reason;

	if (a->latest.size > a->disk.size) {
		TRY(read_disk(a, &now, &reason, why));
		if (reason.text[0] == '\0' && now.size < a->latest.size)
			audit_problem_add(a->report, "checkpoint",
			    "the file %s is %s, and the database has a checkpoint of %" PRIu64
			    " leaves: the node writes it when it starts",
			    disk_name, now.size == 0 ? "missing" : "older", a->latest.size);
	}
	if (a->disk.size > a->latest.size)
		audit_problem_add(a->report, "checkpoint",
		    "the file %s is a checkpoint of %" PRIu64 " leaves, and the newest good one in "
		    "the database has %" PRIu64,
		    disk_name, a->disk.size, a->latest.size);
	return OK;
}

/* ---- kept by partners ---- */

/* The last second of the year 9999. */
#define COSIGNED_AT_MAX UINT64_C(253'402'300'799)

/* Names who keeps the copy, out of its cosignatures. */
static enum err
name_keeper(const struct audit_request *request, const struct note *note, char *ret,
    struct why *why)
{
	struct note_verdict verdict[COUNTOF(request->witness_key)];
	char at[TIME_TEXT_MAX];

	(void)snprintf(ret, AUDIT_WHOSE_MAX, "the copy of a partner without a known cosignature");
	TRY(note_verify(note, request->witness_key, request->witness_keys, verdict, why));
	for (size_t i = 0; i < request->witness_keys; i++) {
		uint64_t at_s = verdict[i].at_s;

		if (!verdict[i].is_signed)
			continue;
		at_s = at_s < COSIGNED_AT_MAX ? at_s : COSIGNED_AT_MAX;
		time_text_s((time_us)at_s * US_PER_S, at);
		(void)snprintf(ret, AUDIT_WHOSE_MAX,
		    "the copy of our heads kept by %s, cosigned %s", request->witness_key[i].name,
		    at);
		return OK;
	}
	return OK;
}

static void
read_copy(struct audit *a, struct arena *arena, size_t index)
{
	char whose[AUDIT_WHOSE_MAX];
	struct why reason = { 0 };
	struct merkle_head head;
	struct note note;

	if (audit_note(a, arena, a->request->head[index], &note, &head, &reason) != OK)
		audit_problem_add(a->report, "checkpoint",
		    "head %zu that was given as a partner's copy proves nothing: %s", index,
		    reason.text);
	else if (name_keeper(a->request, &note, whose, &reason) != OK)
		audit_problem_add(a->report, "cosignature",
		    "head %zu that was given as a partner's copy proves nothing: %s", index,
		    reason.text);
	else if (head.size > 0)
		add_head(a, &head, whose);
}

void
audit_heads(struct audit *a)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(LEDGER_NOTES_ARENA);

	for (size_t i = 0; i < a->request->heads; i++) {
		arena_clear(arena);
		read_copy(a, arena, i);
	}
}

/* ---- comparing ---- */

bool
audit_wants(const struct audit *a, uint64_t size)
{
	for (size_t i = 0; i < a->heads; i++) {
		if (a->head[i].head.size == size)
			return true;
	}
	return false;
}

/* The largest size below this one at which a head from elsewhere agreed. */
static uint64_t
agreed_below(const struct audit *a, uint64_t size)
{
	uint64_t agreed = 0;

	for (size_t i = 0; i < a->heads; i++) {
		const struct audit_head *h = &a->head[i];
		if (h->is_good && h->head.size < size && h->head.size > agreed)
			agreed = h->head.size;
	}
	return agreed;
}

void
audit_compare(struct audit *a, const struct merkle_head *ours)
{
	for (size_t i = 0; i < a->heads; i++) {
		struct audit_head *h = &a->head[i];

		if (h->head.size != ours->size)
			continue;
		h->is_good = merkle_head_eq(&h->head, ours);
		if (!h->is_good)
			audit_problem_add(a->report, "rewritten",
			    "found against %s: there the first %" PRIu64 " leaves have another "
			    "signed root than here; one of the leaves %" PRIu64 " to %" PRIu64
			    " was changed afterwards",
			    h->whose, ours->size, agreed_below(a, ours->size), ours->size - 1);
	}
}

enum err
audit_heads_end(struct audit *a, uint64_t leaves, struct why *why)
{
	for (size_t i = 0; i < a->heads; i++) {
		if (a->head[i].head.size > leaves)
			audit_problem_add(a->report, "truncated",
			    "found against %s: there a head of %" PRIu64 " leaves is signed, and "
			    "here are only %" PRIu64 "; the leaves %" PRIu64 " to %" PRIu64
			    " are gone",
			    a->head[i].whose, a->head[i].head.size, leaves, leaves,
			    a->head[i].head.size - 1);
	}
	return check_disk(a, why);
}
