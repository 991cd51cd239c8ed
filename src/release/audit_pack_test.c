#include "audit_pack.h"

#include "audit_pack_p.h"
#include "packed_p.h"
#include "replay.h"

static struct release_replay *
replay_of(struct office *o, const char *folder)
{
	struct release_replay *ret = arena_make(o->arena, struct release_replay, 1);

	WORKS(o, release_replay(folder, 0, ret, &o->why));
	return ret;
}

/* ---- what is in it ---- */

/* The same counts as the folder that it was made from. */
static void
test_whole(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();
	char folder[160];

	(void)state;
	(void)office_open_decided(&o);
	const struct audit_pack_made made = make(&o, &w, "whole");
	WORKS(&o, try_open(&o, "whole", made.key, &x));
	assert_int_equal(x.report->problems, 0);
	const struct release_audit *there = audit_of(&o, NULL), *here = audit_of(&o, &x.pack);
	assert_int_equal(here->report.problems, 0);
	assert_int_equal(here->report.leaves, there->report.leaves);
	assert_int_equal(here->report.records, there->report.records);
	assert_int_equal(here->report.tiles, there->report.tiles);
	assert_int_equal(here->report.checkpoints, there->report.checkpoints);
	assert_int_equal(here->objects, there->objects);
	assert_int_equal(here->decisions, there->decisions);
	assert_int_equal(here->agreements, there->agreements);
	assert_int_equal(here->withheld + here->report.withheld, 0);
	assert_int_equal(made.decisions, OFFICE_DECIDED);
	(void)snprintf(folder, sizeof(folder), "%s/demo", o.folder);
	const struct release_replay *again = replay_of(&o, x.pack.folder);
	assert_int_equal(again->decisions, OFFICE_DECIDED);
	assert_int_equal(again->from_content, replay_of(&o, folder)->from_content);
	assert_int_equal(again->report.problems, 0);
	REFUSES(&o,
	    audit_pack_make(o.realm, &w, pack_path(&o, "whole"), &(struct audit_pack_made){ 0 },
	        &o.why),
	    ERR_CONFLICT, "pack.exists");
}

/* Without content it proves the same from facts, and holds no bytes of objects. */
static void
test_no_content(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();

	(void)state;
	(void)office_open_decided(&o);
	(void)make(&o, &w, "with");
	w.content = false;
	const struct audit_pack_made made = make(&o, &w, "bare");
	WORKS(&o, try_open(&o, "bare", made.key, &x));
	const struct release_audit *here = audit_of(&o, &x.pack);
	assert_int_equal(here->report.problems, 0);
	assert_int_equal(here->decisions, OFFICE_OF_ONE_ORDER);
	assert_int_equal(here->objects, 0);
	const struct release_replay *again = replay_of(&o, x.pack.folder);
	assert_int_equal(again->from_facts, OFFICE_DECIDED);
	assert_int_equal(again->report.problems, 0);
	struct str bytes =
	    base64_text(o.arena, BASE64_STD, "{\"type\":\"indicator\"", 18); /* a row's `raw` */
	assert_true(holds(file_of(&o, "with"), bytes));
	assert_false(holds(file_of(&o, "bare"), bytes));
}

/* Whatever the database and the folder keep secret. */
static void
test_no_secrets(void **state)
{
	static const char *const secrets[] = {
		"SELECT MAX(password) FROM account",
		"SELECT MAX(token_hash) FROM session",
		"SELECT MAX(secret) FROM second_factor",
	};
	static const char *const keys[] = { "log", "witness", "agreement", "approver", "seal" };
	CLEANUP(office_closep) struct office o;
	struct audit_pack_wish w = wish();

	(void)state;
	(void)office_open_decided(&o);
	office_sql(&o, "UPDATE account SET password = '$argon2id$planted'");
	office_sql(&o, "INSERT INTO session (token_hash, account, kind, scopes, expires_at,"
	               " created_at) VALUES (CAST('planted-token' AS {blob}), 'kiran', 'token',"
	               " 'read', 9, 1)");
	office_sql(&o, "INSERT INTO second_factor (account, secret, confirmed_at, last_step,"
	               " added_at) VALUES ('kiran', CAST('planted-secret' AS {blob}), 1, 1, 1)");
	(void)make(&o, &w, "whole");
	struct str file = file_of(&o, "whole");
	for (size_t i = 0; i < COUNTOF(secrets); i++) {
		struct str plain = office_text(&o, secrets[i]);

		if (plain.len == 0)
			plain = arena_printf(o.arena, "planted-%s", i == 1 ? "token" : "secret");
		assert_false(holds(file, plain));
		assert_false(
		    holds(file, base64_text(o.arena, BASE64_STD, plain.ptr, plain.len / 3 * 3)));
	}
	for (size_t i = 0; i < COUNTOF(keys); i++) {
		struct str line = cases_file(o.arena,
		    pack_path(&o,
		        arena_cstr(o.arena, arena_printf(o.arena, "demo/keys/%s.key", keys[i]))));
		struct str seed = { line.ptr + line.len - 65, 64 };
		uint8_t raw[SIGN_SEED_BYTES];

		assert_true(hex_parse(seed, raw, sizeof(raw)));
		assert_false(holds(file, seed));
		assert_false(holds(file, (struct str){ (const char *)raw, sizeof(raw) }));
		assert_false(holds(file, base64_text(o.arena, BASE64_STD, raw, 30)));
	}
}

/* clang-format off */
static const struct part_case {
	const char *name;
	const char *organisation, *enclave, *to, *about;
	int since, until; /* seconds from the order; 0: not asked */
	uint64_t decisions;
	bool withholds;
} part_cases[] = {
	{ "all of it",              "IN:CERT-IN", "main",    "",          "", 0, 0, OFFICE_DECIDED,      false },
	{ "its recipient",          "IN:CERT-IN", "main",    "JP:JPCERT", "", 0, 0, OFFICE_DECIDED,      true },
	{ "a recipient of nothing", "IN:CERT-IN", "main",    "JP:NCO",    "", 0, 0, 0,                   true },
	{ "since the approval",     "IN:CERT-IN", "main",    "",          "", 1, 0, 1,                   true },
	{ "until the approval",     "IN:CERT-IN", "main",    "",          "", 0, 1, OFFICE_OF_ONE_ORDER, true },
	{ "about an identity",      "IN:CERT-IN", "main",    "", "identity--00000000-0000-4000-8000-0000000000bb",
	  0, 0, 0, true },
	{ "another enclave",        "IN:CERT-IN", "defence", "",          "", 0, 0, 0,                   true },
	{ "another organisation",   "IN:NCIIPC",  "main",    "",          "", 0, 0, 0,                   true },
};
/* clang-format on */

/* What is not given stands as its hash: the log is whole all the same. */
static void
check_part(void **state)
{
	const struct part_case *c = *state;
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();

	(void)office_open_decided(&o);
	time_us begun = clock_wall(&o.clock) - 1000000;
	w.of = (struct compartment){ str_of(c->organisation), str_of(c->enclave) };
	w.to = str_of(c->to);
	w.about = str_of(c->about);
	w.since = c->since == 0 ? 0 : begun + (time_us)c->since * 1000000;
	w.until = c->until == 0 ? 0 : begun + (time_us)c->until * 1000000;
	const struct audit_pack_made made = make(&o, &w, "part");
	WORKS(&o, try_open(&o, "part", made.key, &x));
	const struct release_audit *here = audit_of(&o, &x.pack);
	if (here->report.problems > 0)
		fail_msg("%s: %s", here->report.problem[0].code, here->report.problem[0].what);
	assert_int_equal(made.decisions, c->decisions);
	assert_int_equal(here->report.leaves, audit_of(&o, NULL)->report.leaves);
	assert_int_equal(here->report.withheld > 0, c->withholds);
	assert_int_equal(here->report.withheld, made.withheld_leaves);
	const struct release_replay *again = replay_of(&o, x.pack.folder);
	assert_int_equal(again->decisions, c->decisions);
	assert_int_equal(again->from_content, c->decisions);
	assert_int_equal(again->report.problems, 0);
	if (c->decisions == 0) {
		struct str file = file_of(&o, "part");

		assert_false(holds(file, S("indicator--")));
		assert_false(holds(file, S("incident-response\"")));
		assert_false(
		    holds(file, base64_text(o.arena, BASE64_STD, "{\"agreement\":{\"hash", 18)));
	}
}

/* One record of a batch is given, its neighbours stand as hashes. */
static void
test_about(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();

	(void)state;
	(void)office_open_decided(&o);
	office_sql(&o, "INSERT INTO object_ref (target, source, property) SELECT"
	               " 'identity--00000000-0000-4000-8000-0000000000bb', source_id, 'x' FROM"
	               " release_item WHERE source_id LIKE 'indicator%1'");
	w.about = S("identity--00000000-0000-4000-8000-0000000000bb");
	const struct audit_pack_made made = make(&o, &w, "about");
	assert_int_equal(made.decisions, 1);
	assert_int_equal(made.withheld_records, OFFICE_OF_ONE_ORDER - 1);
	WORKS(&o, try_open(&o, "about", made.key, &x));
	const struct release_audit *here = audit_of(&o, &x.pack);
	assert_int_equal(here->report.problems, 0);
	assert_int_equal(here->withheld, OFFICE_OF_ONE_ORDER - 1);
	assert_int_equal(replay_of(&o, x.pack.folder)->from_content, 1);
}

/* Objects of another compartment are named by no input that is given. */
static void
test_elsewhere(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();

	(void)state;
	(void)office_open_decided(&o);
	office_sql(&o, "UPDATE object SET owner = 'IN:NCIIPC' WHERE object_id LIKE 'indicator%4'");
	const struct audit_pack_made made = make(&o, &w, "ours");
	assert_true(made.withheld_inputs > 0);
	WORKS(&o, try_open(&o, "ours", made.key, &x));
	assert_int_equal(audit_of(&o, &x.pack)->report.problems, 0);
	assert_true(replay_of(&o, x.pack.folder)->from_facts >= OFFICE_OF_ONE_ORDER);
}

/* What was wrong in the folder is wrong in the pack. */
/* clang-format off */
static const struct wrong_case {
	const char *name;
	const char *sql;
	const char *code;
} wrong_cases[] = {
	{ "a leaf",      "UPDATE ledger_leaf SET entry = CAST('{}' AS {blob}) WHERE leaf = 0", "leaf" },
	{ "a record",    "UPDATE ledger_record SET record = CAST('{}' AS {blob}) WHERE place = 1", "record" },
	{ "a decision",  "UPDATE release_item SET decision = '{}' WHERE place = 1", "decision" },
	{ "an outcome",  "UPDATE release_item SET outcome = 'DENY' WHERE place = 1", "decision" },
	{ "a row that is gone", "DELETE FROM release_item WHERE place = 1", "" },
	{ "released bytes", "UPDATE release_item SET bytes = CAST('x' AS {blob}) WHERE place = 1", "object" },
	{ "an object",   "UPDATE object SET raw = CAST('x' AS {blob}) WHERE object_id LIKE 'indicator%1'", "object" },
	{ "an agreement", "UPDATE agreement SET envelope = CAST(replace(envelope, 'keyid', 'kexid') AS {blob})",
	  "agreement" },
	{ "a rule pack", "UPDATE rule_pack SET body = CAST(replace(body, 'deny', 'hold') AS {blob})", "rule" },
};
/* clang-format on */

static void
check_wrong(void **state)
{
	const struct wrong_case *c = *state;
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();
	bool named = false;

	(void)office_open_decided(&o);
	office_sql(&o, c->sql);
	const struct audit_pack_made made = make(&o, &w, "wrong");
	WORKS(&o, try_open(&o, "wrong", made.key, &x));
	const struct release_audit *here = audit_of(&o, &x.pack);
	for (size_t i = 0; i < here->report.problems && i < AUDIT_PROBLEMS_MAX; i++)
		named |= strcmp(here->report.problem[i].code, c->code) == 0;
	/* A row that the node lost is a record that it withholds: counted, not hidden. */
	if (c->code[0] == '\0')
		assert_int_equal(here->withheld, 1);
	else
		assert_true(named);
}

/* ---- what somebody made of it ---- */

/* The parts of a good pack, to be put together in another way. */
static struct audit_pack_parts
parts_of(struct office *o, const char *name)
{
	struct audit_pack_parts parts;

	WORKS(o, audit_pack_parts(o->arena, file_of(o, name), &parts, &o->why));
	return parts;
}

static void
put_end(struct buf *out, const struct audit_pack_parts *p)
{
	ustar_put(S(AUDIT_PACK_MANIFEST), p->manifest, out);
	ustar_put_end(out);
}

static bool
is_named(const struct audit_report *r, struct str part, const char *what)
{
	for (size_t i = 0; i < r->problems && i < AUDIT_PROBLEMS_MAX; i++) {
		if (strcmp(r->problem[i].code, "pack") == 0 &&
		    str_starts(str_of(r->problem[i].what), part) &&
		    strstr(r->problem[i].what, what) != NULL)
			return true;
	}
	return false;
}

enum change { FLIPPED_PART, MISSING_PART, ADDED_PART, CHANGES };

/* Each part in turn: a byte flipped, the part left out, one added beside it. */
static void
test_every_part(void **state)
{
	static const char *const what[] = { "not as it was signed", "is missing", "was added" };
	CLEANUP(office_closep) struct office o;
	struct audit_pack_wish w = wish();

	(void)state;
	(void)office_open_decided(&o);
	const struct audit_pack_made made = make(&o, &w, "whole");
	const struct audit_pack_parts parts = parts_of(&o, "whole");
	assert_true(parts.len > 12);
	for (size_t at = 0; at < parts.len * CHANGES; at++) {
		CLEANUP(buf_free) struct buf out = buf_new(FILE_MAX);
		CLEANUP(opened_done) struct opened x = { 0 };
		enum change change = (enum change)(at % CHANGES);
		struct str name = parts.part[at / CHANGES].name;

		if (change == ADDED_PART)
			name = arena_printf(o.arena, STR_FMT ".more", STR_ARG(name));
		for (size_t i = 0; i < parts.len; i++) {
			bool here = i == at / CHANGES;
			char *bytes = arena_cstr(o.arena, parts.part[i].bytes);

			if (here && change == MISSING_PART)
				continue;
			if (here && change == FLIPPED_PART)
				bytes[parts.part[i].bytes.len / 2] ^= 1;
			ustar_put(parts.part[i].name,
			    (struct str){ bytes, parts.part[i].bytes.len }, &out);
			if (here && change == ADDED_PART)
				ustar_put(name, parts.part[i].bytes, &out);
		}
		put_end(&out, &parts);
		write_file(&o, "changed", buf_str(&out));
		WORKS(&o, try_open(&o, "changed", made.key, &x));
		assert_int_equal(x.report->problems, 1);
		assert_true(is_named(x.report, name, what[change]));
		assert_int_equal(x.pack.folder[0], '\0');
	}
}

/* Every byte of headers, padding and end; some of each part. */
static void
test_every_byte(void **state)
{
	enum { STEP = 97 };
	CLEANUP(office_closep) struct office o;
	struct audit_pack_wish w = wish();
	size_t tried = 0;

	(void)state;
	(void)office_open_decided(&o);
	w.content = false;
	const struct audit_pack_made made = make(&o, &w, "whole");
	const struct str file = file_of(&o, "whole");
	char *bytes = arena_cstr(o.arena, file);
	for (size_t i = 0; i < file.len; i += i < (size_t)USTAR_BLOCK ? 1 : STEP, tried++) {
		CLEANUP(opened_done) struct opened x = { 0 };

		bytes[i] ^= 4;
		write_file(&o, "changed", (struct str){ bytes, file.len });
		if (try_open(&o, "changed", made.key, &x) == OK && x.report->problems == 0)
			fail_msg("byte %zu of %zu may be changed", i, file.len);
		bytes[i] ^= 4;
	}
	assert_true(tried > 800);
}

/* clang-format off */
static const struct cut_case {
	const char *name;
	size_t at;   /* bytes that are left; in 1/1000 of the file */
	const char *code;
} cut_cases[] = {
	{ "nothing is left",          0,   "pack.end" },
	{ "in the first header",      1,   "pack.end" },
	{ "in the middle",            500, "pack.end" },
	{ "before the last block",    999, "pack.end" },
};
/* clang-format on */

static void
check_cut(void **state)
{
	const struct cut_case *c = *state;
	CLEANUP(office_closep) struct office o;
	CLEANUP(opened_done) struct opened x = { 0 };
	struct audit_pack_wish w = wish();

	(void)office_open_decided(&o);
	const struct audit_pack_made made = make(&o, &w, "whole");
	struct str file = file_of(&o, "whole");
	size_t len = c->at == 1 ? 100 : c->at == 999 ? file.len - 1 : file.len * c->at / 1000;
	write_file(&o, "cut", str_sub(file, 0, len));
	REFUSES(&o, try_open(&o, "cut", made.key, &x), ERR_INVALID, c->code);
}

/* The key is what the auditor knows, not what the pack says. */
static void
test_key(void **state)
{
	CLEANUP(office_closep) struct office o;
	CLEANUP(office_closep) struct office stranger;
	CLEANUP(opened_done) struct opened x = { 0 };
	CLEANUP(opened_done) struct opened y = { 0 };
	struct audit_pack_wish w = wish();

	(void)state;
	(void)office_open_decided(&o);
	(void)office_open_decided(&stranger);
	const struct audit_pack_made made = make(&o, &w, "whole");
	const struct audit_pack_made other = make(&stranger, &w, "whole");
	REFUSES(&o, try_open(&o, "whole", other.key, &x), ERR_TAMPERED, "note.known");
	REFUSES(&o, try_open(&o, "whole", "kiran", &x), ERR_INVALID, "note.known-text");
	REFUSES(&o, try_open(&o, "none", made.key, &x), ERR_NOT_FOUND, "pack.file");
	/* The verifier key of an invitation does, too. */
	WORKS(&o, try_open(&o, "whole",
	              arena_cstr(o.arena,
	                  office_text(&o, "SELECT value FROM setting WHERE name = 'log-key'")),
	              &x));
	/* The stranger's manifest over our parts. */
	CLEANUP(buf_free) struct buf out = buf_new(FILE_MAX);
	const struct audit_pack_parts parts = parts_of(&o, "whole");
	const struct audit_pack_parts theirs = parts_of(&stranger, "whole");
	for (size_t i = 0; i < parts.len; i++)
		ustar_put(parts.part[i].name, parts.part[i].bytes, &out);
	put_end(&out, &theirs);
	write_file(&o, "mixed", buf_str(&out));
	REFUSES(&o, try_open(&o, "mixed", made.key, &y), ERR_TAMPERED, "note.known");
	WORKS(&o, try_open(&o, "mixed", other.key, &y));
	assert_true(y.report->problems > 0);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, test_whole);
	CASE(&list, test_no_content);
	CASE(&list, test_no_secrets);
	CASES(&list, part_cases, check_part);
	CASE(&list, test_about);
	CASE(&list, test_elsewhere);
	CASES(&list, wrong_cases, check_wrong);
	CASE(&list, test_every_part);
	CASE(&list, test_every_byte);
	CASES(&list, cut_cases, check_cut);
	CASE(&list, test_key);
	return cases_run("audit_pack", &list, argc, argv);
}
