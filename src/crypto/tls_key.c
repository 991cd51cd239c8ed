#include "tls_key.h"

#include <time.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "file_p.h"
#include "random.h"

enum {
	SERIAL_BYTES = 16, /* RFC 5280, section 4.1.2.2: at most 20 */
	X509_VERSION = 3,
	PEM_TEXT_MAX = 8 * KIB, /* a certificate of ours has less than 2 KiB */
};

/* Clocks of partners differ: a new certificate must not lie in their future. */
#define BACKDATE_US US_PER_H

static void
key_closep(gnutls_x509_privkey_t *key)
{
	if (*key != NULL)
		gnutls_x509_privkey_deinit(*key);
}

static void
cert_closep(gnutls_x509_crt_t *cert)
{
	if (*cert != NULL)
		gnutls_x509_crt_deinit(*cert);
}

static void
pubkey_closep(gnutls_pubkey_t *key)
{
	if (*key != NULL)
		gnutls_pubkey_deinit(*key);
}

static void
buf_wipep(struct buf *b)
{
	if (b->ptr != NULL)
		secret_wipe(b->ptr, b->cap);
	buf_free(b);
}

static enum err
check(int result, const char *doing, struct why *why)
{
	if (result < 0)
		return fail(why, ERR_IO, "tls.library", "%s: %s", doing, gnutls_strerror(result));
	return OK;
}

/* Letters, digits, hyphens inside labels of 1 to 63 bytes. */
static bool
is_host_name(struct str name)
{
	if (name.len == 0 || name.len > TLS_NAME_BYTES_MAX)
		return false;
	while (name.ptr != NULL) {
		struct str label = str_split(&name, '.');
		if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' ||
		    label.ptr[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++) {
			char c = label.ptr[i];
			if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			    !(c >= '0' && c <= '9') && c != '-')
				return false;
		}
	}
	return true;
}

static enum err
check_wish(const struct tls_wish *wish, struct why *why)
{
	if (wish->dns_count == 0)
		return fail(why, ERR_INVALID, "tls.names", "a certificate needs a host name");
	if (wish->dns_count > TLS_NAMES_MAX)
		return fail(why, ERR_LIMIT, "tls.names", "a certificate has %d host names at most",
		    TLS_NAMES_MAX);
	for (size_t i = 0; i < wish->dns_count; i++) {
		if (!is_host_name(wish->dns[i]))
			return fail(why, ERR_INVALID, "tls.name",
			    "\"%.*s\" is not a host name: letters, digits and hyphens between dots",
			    STR_ARG(wish->dns[i]));
	}
	if (wish->days == 0)
		return fail(why, ERR_INVALID, "tls.days",
		    "a certificate is valid for a day at least");
	if (wish->days > TLS_DAYS_MAX)
		return fail(why, ERR_LIMIT, "tls.days",
		    "a certificate is valid for %d days at most", TLS_DAYS_MAX);
	return OK;
}

static enum err
put_names(gnutls_x509_crt_t cert, const struct tls_wish *wish, struct why *why)
{
	static const uint8_t ipv4_loopback[4] = { 127, 0, 0, 1 };
	static const uint8_t ipv6_loopback[16] = { [15] = 1 };
	/* RFC 5280 bounds a common name to 64 bytes; the full names stand below. */
	struct str subject = str_sub(wish->dns[0], 0, 64);

	TRY(check(gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, subject.ptr,
	              (unsigned)subject.len),
	    "naming the certificate", why));
	for (size_t i = 0; i < wish->dns_count; i++)
		TRY(check(gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_DNSNAME,
		              wish->dns[i].ptr, (unsigned)wish->dns[i].len, GNUTLS_FSAN_APPEND),
		    "naming the certificate", why));
	TRY(check(gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_IPADDRESS, ipv4_loopback,
	              sizeof(ipv4_loopback), GNUTLS_FSAN_APPEND),
	    "naming the certificate", why));
	return check(gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_IPADDRESS, ipv6_loopback,
	                 sizeof(ipv6_loopback), GNUTLS_FSAN_APPEND),
	    "naming the certificate", why);
}

static enum err
put_terms(gnutls_x509_crt_t cert, const struct tls_wish *wish, struct why *why)
{
	const char doing[] = "setting the terms of the certificate";
	uint8_t serial[SERIAL_BYTES];
	time_t from = (time_t)((wish->now - BACKDATE_US) / US_PER_S);
	time_t until = (time_t)((wish->now + wish->days * US_PER_DAY) / US_PER_S);

	random_bytes(serial, sizeof(serial));
	/* A positive number without a leading zero byte. */
	serial[0] = (serial[0] & 0x3f) | 0x40;
	TRY(check(gnutls_x509_crt_set_version(cert, X509_VERSION), doing, why));
	TRY(check(gnutls_x509_crt_set_serial(cert, serial, sizeof(serial)), doing, why));
	TRY(check(gnutls_x509_crt_set_activation_time(cert, from), doing, why));
	TRY(check(gnutls_x509_crt_set_expiration_time(cert, until), doing, why));
	TRY(check(gnutls_x509_crt_set_basic_constraints(cert, 0, -1), doing, why));
	TRY(check(gnutls_x509_crt_set_key_usage(cert, GNUTLS_KEY_DIGITAL_SIGNATURE), doing, why));
	/* A peer is a server towards one partner and a client towards the same. */
	TRY(check(gnutls_x509_crt_set_key_purpose_oid(cert, GNUTLS_KP_TLS_WWW_SERVER, 0), doing,
	    why));
	return check(gnutls_x509_crt_set_key_purpose_oid(cert, GNUTLS_KP_TLS_WWW_CLIENT, 0), doing,
	    why);
}

static enum err
export_pem(gnutls_x509_crt_t cert, gnutls_x509_privkey_t key, struct buf *ret_cert,
    struct buf *ret_key, struct why *why)
{
	struct {
		char byte[PEM_TEXT_MAX];
	} pem;
	size_t len = sizeof(pem.byte);

	TRY(check(gnutls_x509_crt_export(cert, GNUTLS_X509_FMT_PEM, pem.byte, &len),
	    "writing the certificate", why));
	buf_put(ret_cert, (struct str){ pem.byte, len });

	len = sizeof(pem.byte);
	enum err err = check(gnutls_x509_privkey_export_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL,
	                         GNUTLS_PKCS_PLAIN, pem.byte, &len),
	    "writing the key", why);
	if (err == OK)
		buf_put(ret_key, (struct str){ pem.byte, len });
	secret_wipe(&pem, sizeof(pem));
	TRY(err);
	TRY(buf_check(ret_cert, "certificate", why));
	return buf_check(ret_key, "key of the certificate", why);
}

enum err
tls_key_make(const struct tls_wish *wish, struct buf *ret_cert, struct buf *ret_key,
    struct why *why)
{
	CLEANUP(key_closep) gnutls_x509_privkey_t key = NULL;
	CLEANUP(cert_closep) gnutls_x509_crt_t cert = NULL;

	TRY(check_wish(wish, why));
	TRY(check(gnutls_x509_privkey_init(&key), "making a key", why));
	TRY(check(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
	              GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
	    "making a key", why));
	TRY(check(gnutls_x509_crt_init(&cert), "making a certificate", why));
	TRY(check(gnutls_x509_crt_set_key(cert, key), "making a certificate", why));
	TRY(put_terms(cert, wish, why));
	TRY(put_names(cert, wish, why));
	TRY(check(gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0),
	    "signing the certificate", why));
	return export_pem(cert, key, ret_cert, ret_key, why);
}

enum err
tls_key_save(const struct tls_wish *wish, const char *cert_path, const char *key_path,
    struct why *why)
{
	CLEANUP(buf_free) struct buf cert = buf_new(PEM_TEXT_MAX);
	CLEANUP(buf_wipep) struct buf key = buf_new(PEM_TEXT_MAX);

	TRY(tls_key_make(wish, &cert, &key, why));
	TRY(file_create(key_path, 0600, buf_str(&key), why));
	enum err err = file_create(cert_path, 0644, buf_str(&cert), why);
	/* Both or neither: a key without its certificate is of no use. */
	if (err != OK)
		(void)unlink(key_path);
	return err;
}

static enum err
pin_of(struct str bytes, gnutls_x509_crt_fmt_t format, struct hash *ret, struct why *why)
{
	CLEANUP(cert_closep) gnutls_x509_crt_t cert = NULL;
	CLEANUP(pubkey_closep) gnutls_pubkey_t key = NULL;
	gnutls_datum_t spki = { 0 };

	if (bytes.len > TLS_PEM_MAX)
		return fail(why, ERR_LIMIT, "tls.long",
		    "the certificate has %zu bytes; %d are allowed", bytes.len, TLS_PEM_MAX);
	TRY(check(gnutls_x509_crt_init(&cert), "reading a certificate", why));
	TRY(check(gnutls_pubkey_init(&key), "reading a certificate", why));

	const gnutls_datum_t text = { (unsigned char *)(uintptr_t)bytes.ptr, (unsigned)bytes.len };
	int result = gnutls_x509_crt_import(cert, &text, format);
	if (result >= 0)
		result = gnutls_pubkey_import_x509(key, cert, 0);
	if (result >= 0)
		result = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &spki);
	if (result < 0)
		return fail(why, ERR_INVALID, "tls.certificate", "this is no certificate in %s: %s",
		    format == GNUTLS_X509_FMT_PEM ? "PEM" : "DER", gnutls_strerror(result));
	*ret = hash_of((struct str){ (const char *)spki.data, spki.size });
	gnutls_free(spki.data);
	return OK;
}

enum err
tls_pin_of_pem(struct str pem, struct hash *ret, struct why *why)
{
	return pin_of(pem, GNUTLS_X509_FMT_PEM, ret, why);
}

enum err
tls_pin_of_der(struct str der, struct hash *ret, struct why *why)
{
	return pin_of(der, GNUTLS_X509_FMT_DER, ret, why);
}
