#include "tls_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gnutls/x509.h>

#include "cases.h"
#include "codec.h"

static const struct str names[] = { { "in.localhost", 12 }, { "localhost", 9 } };

/* 2026-11-22T00:00:00Z. */
#define NOW (INT64_C(1'795'305'600) * US_PER_S)

static struct tls_wish
good_wish(void)
{
	return (struct tls_wish){ names, COUNTOF(names), NOW, 365 };
}

/* The certificate as the library that will serve it reads it. */
static gnutls_x509_crt_t
import(const struct buf *pem)
{
	const gnutls_datum_t text = { (unsigned char *)pem->ptr, (unsigned)pem->len };
	gnutls_x509_crt_t cert;

	assert_int_equal(gnutls_x509_crt_init(&cert), 0);
	assert_int_equal(gnutls_x509_crt_import(cert, &text, GNUTLS_X509_FMT_PEM), 0);
	return cert;
}

static void
check_certificate(void **)
{
	CLEANUP(buf_free) struct buf pem = buf_new(TLS_PEM_MAX);
	CLEANUP(buf_free) struct buf key = buf_new(TLS_PEM_MAX);
	struct tls_wish wish = good_wish();
	static const unsigned char loopback[4] = { 127, 0, 0, 1 };

	assert_int_equal(tls_key_make(&wish, &pem, &key, NULL), OK);
	gnutls_x509_crt_t cert = import(&pem);
	assert_int_equal(gnutls_x509_crt_check_hostname(cert, "in.localhost"), 1);
	assert_int_equal(gnutls_x509_crt_check_hostname(cert, "localhost"), 1);
	assert_int_equal(gnutls_x509_crt_check_hostname(cert, "jp.localhost"), 0);
	assert_int_equal(gnutls_x509_crt_check_ip(cert, loopback, sizeof(loopback), 0), 1);
	assert_int_equal(gnutls_x509_crt_get_pk_algorithm(cert, NULL), GNUTLS_PK_ECDSA);
	assert_int_equal(gnutls_x509_crt_get_activation_time(cert), (NOW - US_PER_H) / US_PER_S);
	assert_int_equal(gnutls_x509_crt_get_expiration_time(cert),
	    (NOW + 365 * US_PER_DAY) / US_PER_S);
	assert_int_equal(gnutls_x509_crt_get_ca_status(cert, NULL), 0);
	gnutls_x509_crt_deinit(cert);
}

static void
check_pin(void **)
{
	CLEANUP(buf_free) struct buf pem = buf_new(TLS_PEM_MAX);
	CLEANUP(buf_free) struct buf key = buf_new(TLS_PEM_MAX);
	struct tls_wish wish = good_wish();
	struct hash from_pem;
	struct hash from_der;
	gnutls_datum_t der;

	assert_int_equal(tls_key_make(&wish, &pem, &key, NULL), OK);
	gnutls_x509_crt_t cert = import(&pem);
	assert_int_equal(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &der), 0);
	assert_int_equal(tls_pin_of_pem(buf_str(&pem), &from_pem, NULL), OK);
	assert_int_equal(tls_pin_of_der((struct str){ (char *)der.data, der.size }, &from_der,
	                     NULL),
	    OK);
	assert_true(hash_eq(&from_pem, &from_der));

	/* The library's own idea of the same. */
	unsigned char id[HASH_BYTES];
	size_t len = sizeof(id);
	assert_int_equal(gnutls_x509_crt_get_key_id(cert, GNUTLS_KEYID_USE_SHA256, id, &len), 0);
	assert_memory_equal(id, from_pem.byte, HASH_BYTES);
	gnutls_free(der.data);
	gnutls_x509_crt_deinit(cert);
}

static void
check_files(void **)
{
	char folder[] = "/tmp/tls-key-test-XXXXXX";
	char cert[64];
	char key[64];
	struct tls_wish wish = good_wish();
	struct why why = { 0 };
	struct stat st;

	assert_non_null(mkdtemp(folder));
	(void)snprintf(cert, sizeof(cert), "%s/node.crt", folder);
	(void)snprintf(key, sizeof(key), "%s/node.key", folder);
	assert_int_equal(tls_key_save(&wish, cert, key, NULL), OK);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(cert, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(tls_key_save(&wish, cert, key, &why), ERR_CONFLICT);
	assert_string_equal(why.code, "file.exists");

	/* Of two files that belong together none stays behind alone. */
	assert_int_equal(unlink(key), 0);
	assert_int_equal(tls_key_save(&wish, cert, key, &why), ERR_CONFLICT);
	assert_int_equal(stat(key, &st), -1);
	assert_int_equal(unlink(cert), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* clang-format off */
static const struct wish_case {
	const char *name;
	const char *dns;
	unsigned days;
	enum err want;
	const char *why;
} wish_cases[] = {
	{ "an empty name", "", 1, ERR_INVALID, "\"\" is not a host name: letters, digits and hyphens between dots" },
	{ "a blank", "a b", 1, ERR_INVALID, "\"a b\" is not a host name: letters, digits and hyphens between dots" },
	{ "a dot at the end", "a.", 1, ERR_INVALID, "\"a.\" is not a host name: letters, digits and hyphens between dots" },
	{ "a hyphen in front", "-a", 1, ERR_INVALID, "\"-a\" is not a host name: letters, digits and hyphens between dots" },
	{ "no day", "a", 0, ERR_INVALID, "a certificate is valid for a day at least" },
	{ "too many days", "a", 3661, ERR_LIMIT, "a certificate is valid for 3660 days at most" },
	{ "a name of one label", "a", 1, OK, "" },
};
/* clang-format on */

static void
check_wish(void **state)
{
	const struct wish_case *c = *state;
	CLEANUP(buf_free) struct buf pem = buf_new(TLS_PEM_MAX);
	CLEANUP(buf_free) struct buf key = buf_new(TLS_PEM_MAX);
	const struct str name = str_of(c->dns);
	struct tls_wish wish = { &name, 1, NOW, c->days };
	struct why why = { 0 };

	assert_int_equal(tls_key_make(&wish, &pem, &key, &why), c->want);
	assert_string_equal(why.text, c->why);
}

static void
check_no_certificate(void **)
{
	static const char longer[TLS_PEM_MAX + 1];
	struct hash h;
	struct why why = { 0 };

	assert_int_equal(tls_pin_of_pem(S("hello"), &h, &why), ERR_INVALID);
	assert_true(str_starts(str_of(why.text), S("this is no certificate in PEM: ")));
	assert_int_equal(tls_pin_of_der(S(""), &h, &why), ERR_INVALID);
	assert_true(str_starts(str_of(why.text), S("this is no certificate in DER: ")));
	assert_int_equal(tls_pin_of_der((struct str){ longer, sizeof(longer) }, &h, NULL),
	    ERR_LIMIT);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, wish_cases, check_wish);
	CASE(&cases, check_certificate);
	CASE(&cases, check_pin);
	CASE(&cases, check_files);
	CASE(&cases, check_no_certificate);
	return cases_run("tls_key", &cases, argc, argv);
}
