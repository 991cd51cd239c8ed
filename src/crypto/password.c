#include "password.h"

#include <sodium.h>

#include "sodium_p.h"

static_assert(PASSWORD_TEXT_MAX >= crypto_pwhash_STRBYTES, "room for the library's text");

/* What a login costs: two passes over 64 MiB.  More than RFC 9106 asks of a
 * small machine (section 4), and four at a time fit into a node of 1 GiB. */
#define PASSES       crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY_BYTES crypto_pwhash_MEMLIMIT_INTERACTIVE

/* What a stored text may ask for: room to raise the cost, and a bound on what
 * a text that somebody smuggled into the store can take. */
enum { STORED_KIB_MAX = 1024 * KIB, STORED_PASSES_MAX = 16 };

static enum err
check_len(struct str password, struct why *why)
{
	if (password.len > PASSWORD_BYTES_MAX)
		return fail(why, ERR_LIMIT, "password.long",
		    "the password has %zu bytes; %d are allowed", password.len, PASSWORD_BYTES_MAX);
	return OK;
}

enum err
password_hash(struct str password, char ret[PASSWORD_TEXT_MAX], struct why *why)
{
	char text[crypto_pwhash_STRBYTES];

	if (password.len == 0)
		return fail(why, ERR_INVALID, "password.empty", "the password is empty");
	TRY(check_len(password, why));
	sodium_ready();
	if (crypto_pwhash_str_alg(text, password.ptr, password.len, PASSES, MEMORY_BYTES,
	        crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(why, ERR_IO, "password.memory",
		    "hashing a password needs %d MiB of memory, which are not free",
		    (int)(MEMORY_BYTES / MIB));
	memcpy(ret, text, sizeof(text));
	return OK;
}

/* "m=65536": the number behind a letter. */
static bool
parse_cost(struct str field, const char *prefix, uint64_t max)
{
	uint64_t value;
	size_t len = strlen(prefix);

	return str_starts(field, str_of(prefix)) &&
	       str_to_u64(str_sub(field, len, field.len), max, &value);
}

/* Whether a text reads "$argon2id$v=19$m=…,t=…,p=1$…" within the bounds.  The
 * library checks the rest. */
static bool
is_affordable(struct str stored)
{
	if (stored.len >= crypto_pwhash_STRBYTES || memchr(stored.ptr, '\0', stored.len) != NULL)
		return false;

	const struct str head = S("$argon2id$v=19$");
	if (!str_starts(stored, head))
		return false;
	struct str rest = str_sub(stored, head.len, stored.len);
	struct str costs = str_split(&rest, '$');
	return parse_cost(str_split(&costs, ','), "m=", STORED_KIB_MAX) &&
	       parse_cost(str_split(&costs, ','), "t=", STORED_PASSES_MAX) &&
	       str_is(costs, "p=1") && rest.ptr != NULL;
}

/* The library wants a NUL-terminated text. */
static void
copy_text(struct str stored, char ret[crypto_pwhash_STRBYTES])
{
	memset(ret, 0, crypto_pwhash_STRBYTES);
	memcpy(ret, stored.ptr, stored.len);
}

enum err
password_verify(struct str password, struct str stored, struct why *why)
{
	TRY(check_len(password, why));
	sodium_ready();
	if (stored.len == 0) {
		char unused[PASSWORD_TEXT_MAX];
		TRY(password_hash(S("nobody's password"), unused, why));
		return fail(why, ERR_UNAUTHORIZED, "password.wrong", "the password is wrong");
	}
	if (!is_affordable(stored))
		return fail(why, ERR_INVALID, "password.stored",
		    "the stored password is not Argon2id within the allowed cost");

	char text[crypto_pwhash_STRBYTES];
	copy_text(stored, text);
	if (crypto_pwhash_str_verify(text, password.len == 0 ? "" : password.ptr, password.len) !=
	    0)
		return fail(why, ERR_UNAUTHORIZED, "password.wrong", "the password is wrong");
	return OK;
}

bool
password_is_outdated(struct str stored)
{
	char text[crypto_pwhash_STRBYTES];

	if (stored.len == 0 || !is_affordable(stored))
		return true;
	copy_text(stored, text);
	return crypto_pwhash_str_needs_rehash(text, PASSES, MEMORY_BYTES) != 0;
}
