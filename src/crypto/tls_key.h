/* tls_key.h: the certificate by which a node is known, and pins of others.
 *
 * A node's certificate is self-signed: partners pin the SHA-256 of its public
 * key (SPKI) and trust no authority.  ECDSA P-256, since browsers refuse
 * Ed25519.
 *
 * Source: RFC 5280; RFC 7469, section 2.4 for the pin. */
#pragma once

#include "base.h"
#include "buf.h"
#include "clock.h"
#include "hash.h"

enum {
	TLS_NAMES_MAX = 16,       /* DNS names of one node */
	TLS_NAME_BYTES_MAX = 253, /* RFC 1035, section 2.3.4 */
	TLS_DAYS_MAX = 3660,      /* ten years: pinned keys are changed by hand */
	TLS_PEM_MAX = 64 * KIB,   /* a chain of several certificates */
};

/* What a certificate shall say.  It always names 127.0.0.1 and ::1 beside. */
struct tls_wish {
	const struct str *dns; /* host names in ASCII; the first is the subject */
	size_t dns_count;
	time_us now; /* valid from an hour before */
	unsigned days;
};

/* Makes a key and its certificate as PEM texts; the caller wipes the key.
 *
 * ERR_INVALID   no name, a name that is no host name, or no day
 * ERR_LIMIT     more names or days than allowed, or a buffer is full
 * ERR_IO        the library cannot make it; why has its words */
enum err tls_key_make(const struct tls_wish *wish, struct buf *ret_cert, struct buf *ret_key,
    struct why *why);

/* The same written to two new files, the key with mode 0600, the certificate
 * with 0644.  Also ERR_CONFLICT when one of them exists. */
enum err tls_key_save(const struct tls_wish *wish, const char *cert_path, const char *key_path,
    struct why *why);

/* The pin of the first certificate in a PEM text.
 *
 * ERR_INVALID   no certificate there
 * ERR_LIMIT     longer than TLS_PEM_MAX */
enum err tls_pin_of_pem(struct str pem, struct hash *ret, struct why *why);

/* The pin of a certificate in DER, as a handshake delivers it; errors alike. */
enum err tls_pin_of_der(struct str der, struct hash *ret, struct why *why);
