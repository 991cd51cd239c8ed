#include "ledger.h"

#include <sys/wait.h>

#include "fixture_p.h"

/* ---- appending ---- */

static void
test_append_publish(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	uint64_t size = 7;

	fixture_open(&f);
	assert_false(fixture_has(&f, "log/checkpoint"));
	assert_int_equal(fixture_publish(&f), 0);
	assert_int_equal(fixture_append(&f), 0);
	assert_int_equal(fixture_append(&f), 1);
	WORKS(&f, ledger_published(f.db, S("jp.example/real"), &size, &f.why));
	assert_int_equal(size, 0);
	assert_int_equal(fixture_publish(&f), 2);
	WORKS(&f, ledger_published(f.db, S("jp.example/real"), &size, &f.why));
	assert_int_equal(size, 2);
	assert_true(fixture_has(&f, "log/tile/0/000.p/2"));

	struct str note = { 0 };
	WORKS(&f, ledger_checkpoint(f.db, S("jp.example/real"), f.arena, &note, &f.why));
	assert_true(str_eq(note, fixture_read(&f, "log/checkpoint")));
	assert_true(str_starts(note, S("jp.example/real\n2\n")));
}

static void
test_signed_once(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	struct str first = fixture_read(&f, "log/checkpoint");
	f.clock = clock_fixed(FIXTURE_AT + US_PER_H);
	assert_int_equal(fixture_publish(&f), 1);
	assert_true(str_eq(first, fixture_read(&f, "log/checkpoint")));
}

static void
test_rolled_back_leaves_no_trace(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	uint64_t leaf = 0;

	fixture_open(&f);
	fixture_append(&f);
	{
		CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
		WORKS(&f, db_begin(f.db, &txn, &f.why));
		const struct ledger_entry entry = {
			.kind = "order",
			.bytes = S("{\"at\":\"\",\"type\":\"x\"}"),
			.at = FIXTURE_AT,
		};
		WORKS(&f, ledger_append(f.ledger, f.db, &entry, &leaf, &f.why));
		assert_int_equal(leaf, 1);
	}
	assert_int_equal(fixture_append(&f), 1);
	assert_int_equal(fixture_publish(&f), 2);
}

/* clang-format off */
static const struct entry_row {
	const char *name;
	const char *entry;
	enum err err;
	const char *text;
} entry_rows[] = {
	{ "an entry that is good", "{\"at\":\"a\",\"type\":\"x\"}", OK, "" },
	{ "an entry that is no JSON", "at: a", ERR_INVALID, NULL },
	{ "an entry that is a list", "[]", ERR_INVALID,
	  "an entry of the log is a JSON object, not array" },
	{ "an entry without a type", "{\"at\":\"a\"}", ERR_INVALID,
	  "an entry of the log has the texts \"type\" and \"at\"" },
	{ "an entry with blanks", "{\"at\":\"a\", \"type\":\"x\"}", ERR_INVALID,
	  "an entry of the log is in canonical form (JCS); this one is not" },
	{ "an entry in another order", "{\"type\":\"x\",\"at\":\"a\"}", ERR_INVALID,
	  "an entry of the log is in canonical form (JCS); this one is not" },
};
/* clang-format on */

static void
check_entry(void **state)
{
	const struct entry_row *row = *state;
	CLEANUP(fixture_closep) struct fixture f;
	uint64_t leaf = 0;

	fixture_open(&f);
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	WORKS(&f, db_begin(f.db, &txn, &f.why));
	f.why = (struct why){ 0 };
	const struct ledger_entry entry = { "x", str_of(row->entry), FIXTURE_AT };
	assert_int_equal(ledger_append(f.ledger, f.db, &entry, &leaf, &f.why), row->err);
	if (row->text != NULL)
		assert_string_equal(f.why.text, row->text);
}

static void
test_entry_too_large(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	CLEANUP(heap_freep) char *large = heap_new(1, TILE_ENTRY_MAX + 1);
	uint64_t leaf = 0;

	fixture_open(&f);
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	WORKS(&f, db_begin(f.db, &txn, &f.why));
	memset(large, ' ', TILE_ENTRY_MAX + 1);
	const struct ledger_entry entry = { "x", { large, TILE_ENTRY_MAX + 1 }, FIXTURE_AT };
	assert_int_equal(ledger_append(f.ledger, f.db, &entry, &leaf, &f.why), ERR_LIMIT);
	assert_string_equal(f.why.text, "the entry has 65536 bytes; a leaf takes 65535 at most");
}

static void
test_batch_bounds(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	const struct str empty = S("");
	uint64_t leaf = 0;

	fixture_open(&f);
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	WORKS(&f, db_begin(f.db, &txn, &f.why));
	struct ledger_batch batch = { S("{}"), &empty, 0, FIXTURE_AT };
	assert_int_equal(ledger_append_batch(f.ledger, f.db, &batch, &leaf, &f.why), ERR_INVALID);
	assert_string_equal(f.why.text, "a batch has 1 to 4096 records, not 0");
	batch.records = BATCH_RECORDS_MAX + 1;
	assert_int_equal(ledger_append_batch(f.ledger, f.db, &batch, &leaf, &f.why), ERR_LIMIT);
	batch.records = 1;
	assert_int_equal(ledger_append_batch(f.ledger, f.db, &batch, &leaf, &f.why), ERR_INVALID);
	assert_string_equal(f.why.text,
	    "record 0 of the batch has 0 bytes; 1 to 65536 are possible");
}

static void
test_no_log(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	uint64_t size = 0;

	fixture_open(&f);
	WORKS(&f, db_run(f.db, &f.why, "DELETE FROM ledger_head"));
	assert_int_equal(ledger_publish(f.ledger, f.db, &f.clock, &size, &f.why), ERR_NOT_FOUND);
	assert_string_equal(f.why.text, "the database has no log of the name jp.example/real");
}

static void
test_bad_origin(void **state)
{
	(void)state;
	struct ledger *l = NULL;
	struct why why = { 0 };
	const struct ledger_config config = { .folder = "/", .origin = S("two words") };

	assert_int_equal(ledger_open(&config, &l, &why), ERR_INVALID);
	assert_null(l);
}

static void
test_key_names(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	assert_string_equal(f.log_key.name, "jp.example/real");
	assert_string_equal(f.witness_key.name, "jp.example");
	assert_int_equal(f.witness_key.type, NOTE_COSIGNATURE);

	CLEANUP(ledger_closep) struct ledger *reader = NULL;
	const struct ledger_config config = { .folder = f.folder, .origin = S("jp.example/real") };
	struct note_key key;
	uint64_t size = 0;
	WORKS(&f, ledger_open(&config, &reader, &f.why));
	assert_false(ledger_log_key(reader, &key));
	assert_false(ledger_witness_key(reader, &key));
	fixture_append(&f);
	assert_int_equal(ledger_publish(reader, f.db, &f.clock, &size, &f.why), ERR_FORBIDDEN);
}

/* ---- crashes ---- */

/* As if the program had died before it wrote the disk. */
static void
crash_before_disk(struct fixture *f, struct str old_checkpoint)
{
	fixture_stop(f);
	fixture_connect(f);
	if (old_checkpoint.len > 0)
		fixture_write(f, "log/checkpoint", old_checkpoint);
	else
		files_remove(f->folder, "log/checkpoint");
}

static void
test_crash_first_publish(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	struct str checkpoint = fixture_read(&f, "log/checkpoint");
	crash_before_disk(&f, S(""));
	files_remove(f.folder, "log/tile/0/000.p/1");
	WORKS(&f, fixture_start(&f));
	assert_true(str_eq(checkpoint, fixture_read(&f, "log/checkpoint")));
	assert_true(fixture_has(&f, "log/tile/0/000.p/1"));
}

static void
test_crash_later(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	for (size_t i = 0; i < 255; i++)
		fixture_append(&f);
	fixture_publish(&f);
	struct str old = fixture_read(&f, "log/checkpoint");
	struct str partial = fixture_read(&f, "log/tile/0/000.p/255");
	for (size_t i = 0; i < 258; i++)
		fixture_append(&f);
	fixture_publish(&f);
	struct str new = fixture_read(&f, "log/checkpoint");
	assert_false(fixture_has(&f, "log/tile/0/000.p/255"));
	struct str upper = fixture_read(&f, "log/tile/1/000.p/2");

	/* The tile of level 1 and the checkpoint were not written any more. */
	crash_before_disk(&f, old);
	fixture_write(&f, "log/tile/0/000.p/255", partial);
	files_remove(f.folder, "log/tile/1/000.p/2");
	files_remove(f.folder, "log/tile/0/002.p/1");
	WORKS(&f, fixture_start(&f));
	assert_true(str_eq(new, fixture_read(&f, "log/checkpoint")));
	assert_true(str_eq(upper, fixture_read(&f, "log/tile/1/000.p/2")));
	assert_true(fixture_has(&f, "log/tile/0/002.p/1"));
	assert_false(fixture_has(&f, "log/tile/0/000.p/255"));
}

/* clang-format off */
static const struct crash_row {
	const char *name;
	const char *place; /* the pass of a CRASH_POINT at which a child dies */
} crash_rows[] = {
	{ "dies after signing", "ledger.signed:1" },
	{ "dies after the first tile", "ledger.tile:1" },
	{ "dies after the second tile", "ledger.tile:2" },
	{ "dies before log/checkpoint", "ledger.tiles:1" },
	{ "dies after log/checkpoint", "ledger.published:1" },
};
/* clang-format on */

static void
publish_and_die(struct fixture *f, const char *place)
{
	int status = 0;

	fixture_stop(f);
	pid_t child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		setenv("TORANA_CRASH", place, 1);
		fixture_connect(f);
		WORKS(f, fixture_start(f));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
#ifdef TORANA_CRASH_POINTS
	assert_true(WIFSIGNALED(status));
#endif
}

static void
check_crash(void **state)
{
	const struct crash_row *row = *state;
	CLEANUP(fixture_closep) struct fixture f;
	CLEANUP(heap_freep) struct audit_report *report = heap_new(sizeof(*report), 1);
	struct audit_request request = { .origin = S("jp.example/real") };

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	for (size_t i = 0; i < 257; i++)
		fixture_append(&f);
	publish_and_die(&f, row->place);

	fixture_connect(&f);
	WORKS(&f, fixture_start(&f));
	assert_true(str_starts(fixture_read(&f, "log/checkpoint"), S("jp.example/real\n258\n")));
	request.db = f.db;
	request.folder = f.folder;
	request.log_key = f.log_key;
	WORKS(&f, ledger_audit(&request, report, &f.why));
	assert_int_equal(report->problems, 0);
	assert_int_equal(report->checkpoints, 2);
	assert_int_equal(report->tiles, 3);
}

static void
test_crash_before_signing(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	fixture_append(&f);
	fixture_stop(&f);
	fixture_connect(&f);
	WORKS(&f, fixture_start(&f));
	assert_true(str_starts(fixture_read(&f, "log/checkpoint"), S("jp.example/real\n2\n")));
}

/* A damaged old tile would lead to a wrong tile above it: all are made anew. */
static void
test_damaged_tile_heals(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	for (size_t i = 0; i < 256; i++)
		fixture_append(&f);
	fixture_publish(&f);
	struct str good = fixture_read(&f, "log/tile/0/000");
	fixture_flip(&f, "log/tile/0/000", 1000);
	for (size_t i = 0; i < 256; i++)
		fixture_append(&f);
	assert_int_equal(fixture_publish(&f), 512);
	assert_true(str_eq(good, fixture_read(&f, "log/tile/0/000")));
}

/* An older database under a newer folder. */
static void
test_rolled_back(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	fixture_stop(&f);
	struct str old = fixture_read(&f, "store.db");
	fixture_connect(&f);
	WORKS(&f, fixture_start(&f));
	fixture_append(&f);
	fixture_publish(&f);
	fixture_stop(&f);

	files_remove(f.folder, "store.db-wal");
	fixture_write(&f, "store.db", old);
	fixture_connect(&f);
	assert_int_equal(fixture_start(&f), ERR_TAMPERED);
	assert_string_equal(f.why.code, "ledger.rolled-back");
	assert_non_null(strstr(f.why.text, "a signed head of 2 leaves that is not one of the"));
}

/* ... which grew again by other leaves: neither is a part of the other. */
static void
test_forked(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	struct str one = fixture_read(&f, "log/checkpoint");
	fixture_append(&f);
	fixture_publish(&f);
	struct str two = fixture_read(&f, "log/checkpoint");

	/* The same size, another root. */
	WORKS(&f, db_run(f.db, &f.why, "DELETE FROM ledger_checkpoint"));
	WORKS(&f, db_run(f.db, &f.why, "DELETE FROM ledger_leaf"));
	WORKS(&f, db_run(f.db, &f.why, "DELETE FROM ledger_head"));
	files_remove(f.folder, "log/checkpoint");
	fixture_stop(&f);
	fixture_connect(&f);
	WORKS(&f, fixture_start(&f));
	fixture_batch(&f, 1);
	fixture_append(&f);
	fixture_publish(&f);
	const struct str older[] = { two, one };
	for (size_t i = 0; i < COUNTOF(older); i++) {
		fixture_stop(&f);
		fixture_connect(&f);
		fixture_write(&f, "log/checkpoint", older[i]);
		assert_int_equal(fixture_start(&f), ERR_TAMPERED);
		assert_string_equal(f.why.code, "ledger.rolled-back");
	}
}

static void
test_damaged_checkpoint_file(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	fixture_flip(&f, "log/checkpoint", 30);
	fixture_stop(&f);
	fixture_connect(&f);
	assert_int_equal(fixture_start(&f), ERR_TAMPERED);
	assert_string_equal(f.why.code, "ledger.file");
}

/* What is wrong is found before it is signed. */
static void
test_changed_before_signing(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;
	uint64_t size = 0;

	fixture_open(&f);
	fixture_append(&f);
	fixture_publish(&f);
	fixture_append(&f);
	WORKS(&f, db_run(f.db, &f.why, "UPDATE ledger_leaf SET entry = $1 WHERE leaf = 1",
	              DB_B(S("{\"at\":\"x\",\"type\":\"order\"}"))));
	assert_int_equal(ledger_publish(f.ledger, f.db, &f.clock, &size, &f.why), ERR_TAMPERED);
	assert_string_equal(f.why.text,
	    "leaves from 1 on are not those that were appended (2 in the database, 2 in its "
	    "head): nothing was signed");
	WORKS(&f, ledger_published(f.db, S("jp.example/real"), &size, &f.why));
	assert_int_equal(size, 1);
}

static void
test_truncated(void **state)
{
	(void)state;
	CLEANUP(fixture_closep) struct fixture f;

	fixture_open(&f);
	fixture_append(&f);
	fixture_append(&f);
	fixture_publish(&f);
	WORKS(&f, db_run(f.db, &f.why, "DELETE FROM ledger_leaf WHERE leaf = 1"));
	fixture_stop(&f);
	fixture_connect(&f);
	assert_int_equal(fixture_start(&f), ERR_TAMPERED);
	assert_string_equal(f.why.text,
	    "the log jp.example/real has 2 leaves by its head, and its last leaf is 0");
}

int
main(int argc, char **argv)
{
	struct cases all = { 0 };

	CASE(&all, test_append_publish);
	CASE(&all, test_signed_once);
	CASE(&all, test_rolled_back_leaves_no_trace);
	CASES(&all, entry_rows, check_entry);
	CASE(&all, test_entry_too_large);
	CASE(&all, test_batch_bounds);
	CASE(&all, test_no_log);
	CASE(&all, test_bad_origin);
	CASE(&all, test_key_names);
	CASE(&all, test_crash_first_publish);
	CASE(&all, test_crash_later);
	CASES(&all, crash_rows, check_crash);
	CASE(&all, test_crash_before_signing);
	CASE(&all, test_damaged_tile_heals);
	CASE(&all, test_rolled_back);
	CASE(&all, test_forked);
	CASE(&all, test_damaged_checkpoint_file);
	CASE(&all, test_changed_before_signing);
	CASE(&all, test_truncated);
	return cases_run("ledger", &all, argc, argv);
}
