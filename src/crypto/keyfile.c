#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "disk.h"
#include "file_p.h"
#include "random.h"
#include "sign_p.h"

#define MAGIC "torana-key"

/* The type byte of the only kind of key there is: Ed25519. */
#define TYPE_ED25519 "01"

/* clang-format off */
static const char *const role_names[KEY_ROLES] = {
	[KEY_LOG]       = "log",
	[KEY_WITNESS]   = "witness",
	[KEY_AGREEMENT] = "agreement",
	[KEY_RULES]     = "rules",
	[KEY_APPROVER]  = "approver",
	[KEY_ADVISORY]  = "advisory",
	[KEY_PSEUDONYM] = "pseudonym",
	[KEY_SEAL]      = "seal",
	[KEY_PERSON]    = "person",
};
/* clang-format on */

/* A text with a secret in it, wiped when it leaves scope. */
struct secret_text {
	char text[KEYFILE_BYTES_MAX];
};

static void
secret_text_wipep(struct secret_text *s)
{
	secret_wipe(s, sizeof(*s));
}

struct seed {
	uint8_t byte[SIGN_SEED_BYTES];
};

static void
seed_wipep(struct seed *s)
{
	secret_wipe(s, sizeof(*s));
}

const char *
key_role_name(enum key_role role)
{
	assert((unsigned)role < KEY_ROLES);
	return role_names[role];
}

bool
key_role_parse(struct str name, enum key_role *ret)
{
	for (unsigned i = 0; i < KEY_ROLES; i++) {
		if (str_is(name, role_names[i])) {
			*ret = (enum key_role)i;
			return true;
		}
	}
	return false;
}

static bool
is_realm(struct str realm)
{
	for (size_t i = 0; i < realm.len; i++) {
		if (realm.ptr[i] < 'a' || realm.ptr[i] > 'z')
			return false;
	}
	return realm.len > 0 && realm.len <= KEYFILE_REALM_MAX;
}

enum err
keyfile_save(const char *path, enum key_role role, struct str realm, const struct sign_key *key,
    struct why *why)
{
	CLEANUP(secret_text_wipep) struct secret_text line = { 0 };
	CLEANUP(secret_text_wipep) struct secret_text secret = { 0 };
	CLEANUP(seed_wipep) struct seed seed = { 0 };
	char public[2 * VERIFY_KEY_BYTES + 1];

	if (!is_realm(realm))
		return fail(why, ERR_INVALID, "keyfile.realm",
		    "a realm is named by 1 to %d letters a-z, not \"%.*s\"", KEYFILE_REALM_MAX,
		    STR_ARG(realm));
	struct verify_key verify = sign_key_public(key);
	hex_text(verify.byte, VERIFY_KEY_BYTES, public);
	sign_key_seed(key, seed.byte);
	hex_text(seed.byte, SIGN_SEED_BYTES, secret.text);

	int len = snprintf(line.text, sizeof(line.text), MAGIC " " TYPE_ED25519 " %s %.*s %s %s\n",
	    key_role_name(role), STR_ARG(realm), public, secret.text);
	assert(len > 0 && len < KEYFILE_BYTES_MAX);
	return file_create(path, 0600, (struct str){ line.text, (size_t)len }, why);
}

static enum err
malformed(struct why *why)
{
	return fail(why, ERR_INVALID, "keyfile.form",
	    "this is no key file of Torana: it has one line \"" MAGIC
	    " TYPE ROLE REALM PUBLIC SEED\"");
}

/* Role and realm are checked before the secret is looked at. */
static enum err
check_purpose(struct str role_name, enum key_role role, struct str found, struct str realm,
    struct why *why)
{
	enum key_role found_role = KEY_LOG;

	if (!key_role_parse(role_name, &found_role) || !is_realm(found))
		return malformed(why);
	if (found_role != role)
		return fail(why, ERR_FORBIDDEN, "keyfile.role",
		    "this is the key of the role %s, not %s", key_role_name(found_role),
		    key_role_name(role));
	if (!str_eq(found, realm))
		return fail(why, ERR_FORBIDDEN, "keyfile.other-realm",
		    "this is a key of the realm %.*s, not %.*s", STR_ARG(found), STR_ARG(realm));
	return OK;
}

enum err
keyfile_parse(struct str line, enum key_role role, struct str realm, struct sign_key **ret,
    struct why *why)
{
	if (line.len == 0 || line.len > KEYFILE_BYTES_MAX || line.ptr[line.len - 1] != '\n')
		return malformed(why);

	struct str rest = str_sub(line, 0, line.len - 1);
	if (!str_is(str_split(&rest, ' '), MAGIC))
		return malformed(why);
	struct str type = str_split(&rest, ' ');
	struct str role_name = str_split(&rest, ' ');
	struct str found_realm = str_split(&rest, ' ');
	struct str public_hex = str_split(&rest, ' ');
	if (rest.ptr == NULL)
		return malformed(why);
	if (!str_is(type, TYPE_ED25519))
		return fail(why, ERR_INVALID, "keyfile.type",
		    "the key is of a type that this version does not know; it knows " TYPE_ED25519
		    " (Ed25519)");
	TRY(check_purpose(role_name, role, found_realm, realm, why));

	CLEANUP(seed_wipep) struct seed seed = { 0 };
	struct verify_key public;
	if (!hex_parse(public_hex, public.byte, VERIFY_KEY_BYTES) ||
	    !hex_parse(rest, seed.byte, SIGN_SEED_BYTES))
		return malformed(why);

	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_from_seed(seed.byte);
	struct verify_key made = sign_key_public(key);
	if (!verify_key_eq(&made, &public))
		return fail(why, ERR_TAMPERED, "keyfile.damaged",
		    "the file is damaged: its public key does not belong to its secret");
	*ret = key;
	key = NULL;
	return OK;
}

static enum err
check_owner(int fd, const char *path, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail(why, ERR_IO, "keyfile.io", "%s cannot be examined", path);
	if (!S_ISREG(st.st_mode))
		return fail(why, ERR_FORBIDDEN, "keyfile.kind", "%s is not a plain file", path);
	if (st.st_uid != geteuid())
		return fail(why, ERR_FORBIDDEN, "keyfile.owner",
		    "%s belongs to user %u; it must belong to the user that runs this program, %u",
		    path, st.st_uid, geteuid());
	if ((st.st_mode & 077) != 0)
		return fail(why, ERR_FORBIDDEN, "keyfile.mode",
		    "%s can be reached by others than its owner: set its mode to 0600", path);
	return OK;
}

/* The whole file, or as much of it as shows that it is too long. */
static enum err
read_all(int fd, const char *path, struct secret_text *ret, size_t *ret_len, struct why *why)
{
	size_t len = 0;

	while (len < sizeof(ret->text)) {
		ssize_t n = read(fd, ret->text + len, sizeof(ret->text) - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(why, ERR_IO, "keyfile.io", "%s cannot be read", path);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return OK;
}

static enum err
load(const char *path, enum key_role role, struct str realm, struct sign_key **ret, struct why *why)
{
	CLEANUP(secret_text_wipep) struct secret_text line = { 0 };
	size_t len = 0;

	/* O_NONBLOCK: a pipe of this name must not hold us up. */
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return fail(why, ERR_NOT_FOUND, "keyfile.missing", "there is no key file %s", path);
	if (fd < 0 && errno == ELOOP)
		return fail(why, ERR_FORBIDDEN, "keyfile.kind", "%s is not a plain file", path);
	if (fd < 0)
		return fail(why, ERR_IO, "keyfile.io", "%s cannot be opened", path);
	TRY(check_owner(fd, path, why));
	TRY(read_all(fd, path, &line, &len, why));
	return keyfile_parse((struct str){ line.text, len }, role, realm, ret, why);
}

enum err
keyfile_load(const char *path, enum key_role role, struct str realm, struct sign_key **ret,
    struct why *why)
{
	enum err err = load(path, role, realm, ret, why);

	if (err != OK)
		why_where(why, "%s", path);
	return err;
}
