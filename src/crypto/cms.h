/* cms.h: a detached CMS signature (RFC 5652) of a national PKI over a file.
 *
 * It is evidence for people: that a State's own certificate signed the text of
 * its instrument.  It opens no door here; agreements are enacted by the keys of
 * their parties (dsse.h). */
#pragma once

#include "base.h"
#include "clock.h"

enum {
	CMS_BYTES_MAX = 1024 * 1024, /* a signature with its chain has a few KiB */
	CMS_SIGNERS_MAX = 16,
};

struct cms_ask {
	struct str signature; /* DER or PEM */
	struct str text;      /* the exact bytes that were signed */
	struct str ca;        /* certificates that are trusted for this, PEM */
	time_us at;           /* all certificates must be valid then */
};

struct cms_signer {
	struct str subject; /* of the certificate, RFC 4514; a stranger wrote it */
	struct str ca;      /* the one of ask.ca that it rests on */
	time_us from, until;
	time_us signed_at; /* as the signer says; 0: it does not */
};

struct cms_signers {
	size_t len;
	struct cms_signer signer[CMS_SIGNERS_MAX];
};

/* Verifies every signature that is there, each with its chain up to one of the
 * given certificates.  Lists of revoked certificates are not asked.
 *
 * ERR_INVALID    no CMS signature, none in it, no certificate in ca, or the
 *                signer's certificate is not in the file
 * ERR_LIMIT      too large, or too many signers
 * ERR_TAMPERED   it is not a signature of these bytes
 * ERR_FORBIDDEN  a certificate rests on none of ca, is not valid at that time,
 *                or is weak */
enum err cms_verify(struct arena *a, const struct cms_ask *ask, struct cms_signers *ret,
    struct why *why);
