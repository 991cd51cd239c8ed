#include "keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "cases.h"

/* A folder of its own, removed with the files that the tests make in it. */
struct folder {
	char path[64];
	char file[96];
};

static struct folder
folder_new(void)
{
	struct folder f = { .path = "/tmp/keyfile-test-XXXXXX" };

	assert_non_null(mkdtemp(f.path));
	(void)snprintf(f.file, sizeof(f.file), "%s/log.key", f.path);
	return f;
}

static void
folder_removep(const struct folder *f)
{
	(void)unlink(f->file);
	assert_int_equal(rmdir(f->path), 0);
}

static void
write_file(const char *path, struct str bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void
check_round_trip(void **)
{
	CLEANUP(folder_removep) struct folder f = folder_new();
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	CLEANUP(sign_key_freep) struct sign_key *back = NULL;
	struct stat st;

	assert_int_equal(keyfile_save(f.file, KEY_LOG, S("real"), key, NULL), OK);
	assert_int_equal(stat(f.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &back, NULL), OK);
	struct verify_key a = sign_key_public(key);
	struct verify_key b = sign_key_public(back);
	assert_true(verify_key_eq(&a, &b));
}

static void
check_purpose(void **)
{
	CLEANUP(folder_removep) struct folder f = folder_new();
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct sign_key *back = NULL;
	struct why why = { 0 };

	assert_int_equal(keyfile_save(f.file, KEY_LOG, S("exercise"), key, NULL), OK);
	assert_int_equal(keyfile_load(f.file, KEY_WITNESS, S("exercise"), &back, &why),
	    ERR_FORBIDDEN);
	assert_string_equal(why.text, "this is the key of the role log, not witness");
	assert_string_equal(why.where, f.file);
	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &back, &why), ERR_FORBIDDEN);
	assert_string_equal(why.text, "this is a key of the realm exercise, not real");
	assert_null(back);
}

static void
check_never_overwritten(void **)
{
	CLEANUP(folder_removep) struct folder f = folder_new();
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	CLEANUP(sign_key_freep) struct sign_key *other = sign_key_new();
	CLEANUP(sign_key_freep) struct sign_key *back = NULL;
	struct why why = { 0 };

	assert_int_equal(keyfile_save(f.file, KEY_LOG, S("real"), key, NULL), OK);
	assert_int_equal(keyfile_save(f.file, KEY_LOG, S("real"), other, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "file.exists");
	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &back, NULL), OK);
	struct verify_key a = sign_key_public(key);
	struct verify_key b = sign_key_public(back);
	assert_true(verify_key_eq(&a, &b));
}

static void
check_open_to_others(void **)
{
	CLEANUP(folder_removep) struct folder f = folder_new();
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct sign_key *back = NULL;
	struct why why = { 0 };

	assert_int_equal(keyfile_save(f.file, KEY_LOG, S("real"), key, NULL), OK);
	for (mode_t mode = 1; mode < 0100; mode <<= 1) {
		assert_int_equal(chmod(f.file, 0600 | mode), 0);
		assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &back, &why),
		    ERR_FORBIDDEN);
		assert_string_equal(why.code, "keyfile.mode");
	}
	assert_null(back);
}

static void
check_kinds(void **)
{
	CLEANUP(folder_removep) struct folder f = folder_new();
	struct sign_key *back = NULL;
	struct why why = { 0 };

	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &back, &why), ERR_NOT_FOUND);
	assert_string_equal(why.code, "keyfile.missing");
	assert_int_equal(keyfile_load(f.path, KEY_LOG, S("real"), &back, &why), ERR_FORBIDDEN);
	assert_string_equal(why.code, "keyfile.kind");
	assert_int_equal(symlink("/dev/null", f.file), 0);
	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &back, &why), ERR_FORBIDDEN);
	assert_string_equal(why.code, "keyfile.kind");
	assert_int_equal(unlink(f.file), 0);
	assert_int_equal(mkfifo(f.file, 0600), 0);
	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &back, &why), ERR_FORBIDDEN);
	assert_string_equal(why.code, "keyfile.kind");
}

static void
check_bad_realm(void **)
{
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct why why = { 0 };

	assert_int_equal(keyfile_save("unused", KEY_LOG, S("Real"), key, &why), ERR_INVALID);
	assert_string_equal(why.text, "a realm is named by 1 to 16 letters a-z, not \"Real\"");
	assert_int_equal(keyfile_save("unused", KEY_LOG, S(""), key, NULL), ERR_INVALID);
}

static void
check_no_folder(void **)
{
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	struct why why = { 0 };

	assert_int_equal(keyfile_save("/nonexistent/x.key", KEY_LOG, S("real"), key, &why), ERR_IO);
	assert_string_equal(why.text, "/nonexistent/x.key: creating: No such file or directory");
}

/* clang-format off */
/* The key is that of the seed 00 01 … 1f. */
#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define PUBLIC "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define FORM "this is no key file of Torana: it has one line \"torana-key TYPE ROLE REALM PUBLIC SEED\""
static const struct line_case {
	const char *name;
	const char *line;
	enum err want;
	const char *why;
} line_cases[] = {
	{ "a good line", "torana-key 01 log real " PUBLIC " " SEED "\n", OK, "" },
	{ "nothing", "", ERR_INVALID, FORM },
	{ "no newline", "torana-key 01 log real " PUBLIC " " SEED, ERR_INVALID, FORM },
	{ "another file", "-----BEGIN PRIVATE KEY-----\n", ERR_INVALID, FORM },
	{ "two blanks", "torana-key 01 log  real " PUBLIC " " SEED "\n", ERR_INVALID, FORM },
	{ "something behind", "torana-key 01 log real " PUBLIC " " SEED " \n", ERR_INVALID, FORM },
	{ "a second line", "torana-key 01 log real " PUBLIC " " SEED "\n\n", ERR_INVALID, FORM },
	{ "an unknown role", "torana-key 01 cook real " PUBLIC " " SEED "\n", ERR_INVALID, FORM },
	{ "a short seed", "torana-key 01 log real " PUBLIC " 00\n", ERR_INVALID, FORM },
	{ "a later type", "torana-key 06 log real " PUBLIC " " SEED "\n", ERR_INVALID,
	  "the key is of a type that this version does not know; it knows 01 (Ed25519)" },
	{ "a damaged seed", "torana-key 01 log real " PUBLIC " f" "00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" "\n",
	  ERR_TAMPERED, "the file is damaged: its public key does not belong to its secret" },
	{ "another role", "torana-key 01 approver real " PUBLIC " " SEED "\n", ERR_FORBIDDEN,
	  "this is the key of the role approver, not log" },
	{ "another realm", "torana-key 01 log demo " PUBLIC " " SEED "\n", ERR_FORBIDDEN,
	  "this is a key of the realm demo, not real" },
};
/* clang-format on */

static void
check_line(void **state)
{
	const struct line_case *c = *state;
	CLEANUP(sign_key_freep) struct sign_key *key = NULL;
	struct why why = { 0 };

	assert_int_equal(keyfile_parse(str_of(c->line), KEY_LOG, S("real"), &key, &why), c->want);
	assert_string_equal(why.text, c->why);
}

static void
check_line_in_file(void **state)
{
	const struct line_case *c = *state;
	CLEANUP(folder_removep) struct folder f = folder_new();
	CLEANUP(sign_key_freep) struct sign_key *key = NULL;

	write_file(f.file, str_of(c->line));
	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &key, NULL), c->want);
}

static void
check_too_long(void **)
{
	CLEANUP(folder_removep) struct folder f = folder_new();
	struct sign_key *key = NULL;
	static char bytes[10000];

	memset(bytes, '\n', sizeof(bytes));
	write_file(f.file, (struct str){ bytes, sizeof(bytes) });
	assert_int_equal(keyfile_load(f.file, KEY_LOG, S("real"), &key, NULL), ERR_INVALID);
}

static void
check_role_names(void **)
{
	for (unsigned i = 0; i < KEY_ROLES; i++) {
		enum key_role back;
		assert_true(key_role_parse(str_of(key_role_name((enum key_role)i)), &back));
		assert_int_equal(back, i);
	}
	enum key_role unused;
	assert_false(key_role_parse(S(""), &unused));
	assert_false(key_role_parse(S("LOG"), &unused));
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, line_cases, check_line);
	CASES(&cases, line_cases, check_line_in_file);
	CASE(&cases, check_round_trip);
	CASE(&cases, check_purpose);
	CASE(&cases, check_never_overwritten);
	CASE(&cases, check_open_to_others);
	CASE(&cases, check_kinds);
	CASE(&cases, check_bad_realm);
	CASE(&cases, check_no_folder);
	CASE(&cases, check_too_long);
	CASE(&cases, check_role_names);
	return cases_run("keyfile", &cases, argc, argv);
}
