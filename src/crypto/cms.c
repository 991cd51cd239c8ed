#include "cms.h"

#include <gnutls/pkcs7.h>
#include <gnutls/x509.h>

enum {
	CHAIN_MAX = 16, /* certificates of one signature */
	CHAIN_STEPS_MAX = 8,
	SERIAL_MAX = 64, /* RFC 5280 allows 20 bytes */
};

/* What is open while one file is verified. */
struct cms {
	struct arena *a;
	const struct cms_ask *ask;
	gnutls_pkcs7_t p7;
	gnutls_x509_trust_list_t trust;
	size_t certs;
	gnutls_x509_crt_t cert[CHAIN_MAX]; /* that came with the signature */
};

static void
cms_closep(struct cms *c)
{
	for (size_t i = 0; i < c->certs; i++)
		gnutls_x509_crt_deinit(c->cert[i]);
	if (c->trust != NULL)
		gnutls_x509_trust_list_deinit(c->trust, 1);
	if (c->p7 != NULL)
		gnutls_pkcs7_deinit(c->p7);
}

static void
datum_freep(gnutls_datum_t *d)
{
	gnutls_free(d->data);
}

static void
info_freep(gnutls_pkcs7_signature_info_st *info)
{
	gnutls_pkcs7_signature_info_deinit(info);
}

static gnutls_datum_t
datum_of(struct str s)
{
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)s.ptr, (unsigned)s.len };
}

static enum err
check(int result, const char *doing, struct why *why)
{
	if (result < 0)
		return fail(why, ERR_INVALID, "cms.form", "%s: %s", doing, gnutls_strerror(result));
	return OK;
}

/* ---- reading ---- */

/* DER, also from PEM: "PKCS7" and "CMS" are both in use as its title. */
static enum err
import(struct cms *c, struct why *why)
{
	CLEANUP(datum_freep) gnutls_datum_t der = { 0 };
	const gnutls_datum_t data = datum_of(c->ask->signature);
	bool pem = str_find(c->ask->signature, S("-----BEGIN")) != SIZE_MAX;

	if (pem)
		TRY(check(gnutls_pem_base64_decode2(NULL, &data, &der), "this is no PEM", why));
	return check(gnutls_pkcs7_import(c->p7, pem ? &der : &data, GNUTLS_X509_FMT_DER),
	    "this is no CMS signature", why);
}

static enum err
read_cert(struct cms *c, unsigned i, struct why *why)
{
	CLEANUP(datum_freep) gnutls_datum_t raw = { 0 };
	gnutls_x509_crt_t *cert = &c->cert[c->certs];

	TRY(check(gnutls_pkcs7_get_crt_raw2(c->p7, i, &raw), "reading a certificate", why));
	TRY(check(gnutls_x509_crt_init(cert), "reading a certificate", why));
	c->certs++;
	return check(gnutls_x509_crt_import(*cert, &raw, GNUTLS_X509_FMT_DER),
	    "reading a certificate", why);
}

static enum err
read_signature(struct cms *c, struct why *why)
{
	int n;

	if (c->ask->signature.len > CMS_BYTES_MAX || c->ask->ca.len > CMS_BYTES_MAX)
		return fail(why, ERR_LIMIT, "cms.size",
		    "a signature and its certificates have at most %d bytes", CMS_BYTES_MAX);
	TRY(check(gnutls_pkcs7_init(&c->p7), "opening", why));
	TRY(import(c, why));
	n = gnutls_pkcs7_get_crt_count(c->p7);
	if (n > CHAIN_MAX)
		return fail(why, ERR_LIMIT, "cms.size", "more than %d certificates", CHAIN_MAX);
	for (int i = 0; i < n; i++)
		TRY(read_cert(c, (unsigned)i, why));
	return OK;
}

static enum err
read_trust(struct cms *c, struct why *why)
{
	const gnutls_datum_t ca = datum_of(c->ask->ca);

	TRY(check(gnutls_x509_trust_list_init(&c->trust, 0), "opening", why));
	if (gnutls_x509_trust_list_add_trust_mem(c->trust, &ca, NULL, GNUTLS_X509_FMT_PEM, 0, 0) <=
	    0)
		return fail(why, ERR_INVALID, "cms.ca",
		    "there is no certificate in the CA file; it holds PEM");
	return OK;
}

/* ---- one signature ---- */

static struct str
name_of(struct cms *c, gnutls_x509_crt_t cert)
{
	CLEANUP(datum_freep) gnutls_datum_t dn = { 0 };

	if (gnutls_x509_crt_get_dn3(cert, &dn, 0) < 0)
		return S("(a name that cannot be read)");
	return arena_str(c->a, (struct str){ (const char *)dn.data, dn.size });
}

static bool
is_signer(gnutls_x509_crt_t cert, const gnutls_pkcs7_signature_info_st *info)
{
	CLEANUP(datum_freep) gnutls_datum_t issuer = { 0 };
	unsigned char serial[SERIAL_MAX], keyid[SERIAL_MAX];
	size_t len = sizeof(serial), keyid_len = sizeof(keyid);

	if (info->issuer_keyid.size > 0)
		return gnutls_x509_crt_get_subject_key_id(cert, keyid, &keyid_len, NULL) == 0 &&
		       keyid_len == info->issuer_keyid.size &&
		       memcmp(keyid, info->issuer_keyid.data, keyid_len) == 0;
	return gnutls_x509_crt_get_serial(cert, serial, &len) == 0 &&
	       gnutls_x509_crt_get_raw_issuer_dn(cert, &issuer) == 0 &&
	       len == info->signer_serial.size && issuer.size == info->issuer_dn.size &&
	       memcmp(serial, info->signer_serial.data, len) == 0 &&
	       memcmp(issuer.data, info->issuer_dn.data, issuer.size) == 0;
}

static enum err
check_time(struct cms *c, gnutls_x509_crt_t cert, struct why *why)
{
	time_us from = (time_us)gnutls_x509_crt_get_activation_time(cert) * US_PER_S;
	time_us until = (time_us)gnutls_x509_crt_get_expiration_time(cert) * US_PER_S;
	char text[TIME_TEXT_MAX];

	if (c->ask->at >= from && c->ask->at < until)
		return OK;
	time_text_s(c->ask->at < from ? from : until, text);
	return fail(why, ERR_FORBIDDEN, "cms.time", "the certificate of " STR_FMT " %s %s",
	    STR_ARG(name_of(c, cert)),
	    c->ask->at < from ? "is not valid before" : "is not valid any more since", text);
}

/* The certificate that issued this one: one of those that are trusted, or one
 * that came along; NULL when there is none.  *ret_trusted says which. */
static gnutls_x509_crt_t
issuer_of(struct cms *c, gnutls_x509_crt_t cert, bool *ret_trusted)
{
	gnutls_x509_crt_t issuer = NULL;

	*ret_trusted = gnutls_x509_trust_list_get_issuer(c->trust, cert, &issuer, 0) == 0;
	for (size_t i = 0; i < c->certs && !*ret_trusted && issuer == NULL; i++) {
		if (c->cert[i] != cert && gnutls_x509_crt_check_issuer(cert, c->cert[i]) != 0)
			issuer = c->cert[i];
	}
	return issuer;
}

/* Every certificate up to the trusted one is valid at that time. */
static enum err
check_chain_times(struct cms *c, gnutls_x509_crt_t cert, struct str *ret_ca, struct why *why)
{
	bool trusted = false;

	for (int i = 0; i < CHAIN_STEPS_MAX && cert != NULL && !trusted; i++) {
		TRY(check_time(c, cert, why));
		cert = issuer_of(c, cert, &trusted);
	}
	if (cert == NULL || !trusted)
		return fail(why, ERR_FORBIDDEN, "cms.foreign",
		    "the chain ends at no certificate of the CA file");
	*ret_ca = name_of(c, cert);
	return check_time(c, cert, why);
}

static enum err
check_chain(struct cms *c, gnutls_x509_crt_t cert, struct why *why)
{
	gnutls_x509_crt_t chain[CHAIN_MAX + 1] = { cert };
	unsigned n = 1, status = 0;

	for (size_t i = 0; i < c->certs; i++) {
		if (c->cert[i] != cert)
			chain[n++] = c->cert[i];
	}
	/* Times are looked at for the instant that is asked about, not for now. */
	int result = gnutls_x509_trust_list_verify_crt2(c->trust, chain, n, NULL, 0,
	    GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS |
	        GNUTLS_VERIFY_ALLOW_UNSORTED_CHAIN,
	    &status, NULL);
	if (result < 0 || (status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0)
		return fail(why, ERR_FORBIDDEN, "cms.foreign",
		    "the certificate of " STR_FMT " rests on none of the CA file",
		    STR_ARG(name_of(c, cert)));
	if (status != 0)
		return fail(why, ERR_FORBIDDEN, "cms.chain",
		    "the certificate of " STR_FMT " is not good: its chain is broken or weak",
		    STR_ARG(name_of(c, cert)));
	return OK;
}

static gnutls_x509_crt_t
find_signer(const struct cms *c, const gnutls_pkcs7_signature_info_st *info)
{
	for (size_t i = 0; i < c->certs; i++) {
		if (is_signer(c->cert[i], info))
			return c->cert[i];
	}
	return NULL;
}

static enum err
verify_one(struct cms *c, unsigned i, struct cms_signer *ret, struct why *why)
{
	CLEANUP(info_freep) gnutls_pkcs7_signature_info_st info = { 0 };
	const gnutls_datum_t text = datum_of(c->ask->text);

	TRY(check(gnutls_pkcs7_get_signature_info(c->p7, i, &info), "reading a signature", why));
	gnutls_x509_crt_t cert = find_signer(c, &info);
	if (cert == NULL)
		return fail(why, ERR_INVALID, "cms.signer",
		    "the certificate of signature %u is not in the file", i + 1);
	TRY(check_chain(c, cert, why));
	if (gnutls_pkcs7_verify_direct(c->p7, cert, i, &text,
	        GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS) < 0)
		return fail(why, ERR_TAMPERED, "cms.signature",
		    "what " STR_FMT " signed are not these bytes", STR_ARG(name_of(c, cert)));
	*ret = (struct cms_signer){
		.subject = name_of(c, cert),
		.from = (time_us)gnutls_x509_crt_get_activation_time(cert) * US_PER_S,
		.until = (time_us)gnutls_x509_crt_get_expiration_time(cert) * US_PER_S,
		.signed_at = info.signing_time > 0 ? (time_us)info.signing_time * US_PER_S : 0,
	};
	return check_chain_times(c, cert, &ret->ca, why);
}

enum err
cms_verify(struct arena *a, const struct cms_ask *ask, struct cms_signers *ret, struct why *why)
{
	CLEANUP(cms_closep) struct cms c = { .a = a, .ask = ask };
	int n;

	*ret = (struct cms_signers){ 0 };
	TRY(read_signature(&c, why));
	TRY(read_trust(&c, why));
	n = gnutls_pkcs7_get_signature_count(c.p7);
	if (n <= 0)
		return fail(why, ERR_INVALID, "cms.none", "there is no signature in it");
	if (n > CMS_SIGNERS_MAX)
		return fail(why, ERR_LIMIT, "cms.size", "more than %d signers", CMS_SIGNERS_MAX);
	for (int i = 0; i < n; i++) {
		TRY(verify_one(&c, (unsigned)i, &ret->signer[i], why));
		ret->len++;
	}
	return OK;
}
