/* Certificates and signatures are made here: a State's CA, one below it, and a stranger's. */
#include "cms.h"

#include <gnutls/abstract.h>
#include <gnutls/pkcs7.h>
#include <gnutls/x509.h>

#include "base.h"
#include "cases.h"

#define TEXT S("The Memorandum, as it was signed.\n")
#define DAY  (24 * 3600)

enum { NOW_S = 1'795'000'000, SHOWN_MAX = 64 * KIB };

struct holder {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t cert;
};

static void
holder_closep(struct holder *h)
{
	gnutls_x509_crt_deinit(h->cert);
	gnutls_x509_privkey_deinit(h->key);
}

/* A certificate, signed by the issuer; NULL: by itself. */
struct wish {
	const char *name;
	const struct holder *issuer;
	bool ca;
	int64_t from, until; /* in days from now */
};

static struct holder
hold(const struct wish *w)
{
	static uint8_t serial = 1;
	struct holder h = { 0 };
	const char *why = NULL;

	assert_int_equal(gnutls_x509_privkey_init(&h.key), 0);
	assert_int_equal(gnutls_x509_privkey_generate(h.key, GNUTLS_PK_ECDSA,
	                     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
	    0);
	assert_int_equal(gnutls_x509_crt_init(&h.cert), 0);
	serial++;
	assert_int_equal(gnutls_x509_crt_set_version(h.cert, 3), 0);
	assert_int_equal(gnutls_x509_crt_set_serial(h.cert, &serial, 1), 0);
	assert_int_equal(gnutls_x509_crt_set_dn(h.cert, w->name, &why), 0);
	assert_int_equal(gnutls_x509_crt_set_key(h.cert, h.key), 0);
	assert_int_equal(gnutls_x509_crt_set_activation_time(h.cert, NOW_S + w->from * DAY), 0);
	assert_int_equal(gnutls_x509_crt_set_expiration_time(h.cert, NOW_S + w->until * DAY), 0);
	assert_int_equal(gnutls_x509_crt_set_basic_constraints(h.cert, w->ca, -1), 0);
	if (w->ca)
		assert_int_equal(gnutls_x509_crt_set_key_usage(h.cert, GNUTLS_KEY_KEY_CERT_SIGN),
		    0);
	assert_int_equal(gnutls_x509_crt_sign2(h.cert, w->issuer == NULL ? h.cert : w->issuer->cert,
	                     w->issuer == NULL ? h.key : w->issuer->key, GNUTLS_DIG_SHA256, 0),
	    0);
	return h;
}

static struct str
pem_of(struct arena *a, const struct holder *h)
{
	gnutls_datum_t out = { 0 };

	assert_int_equal(gnutls_x509_crt_export2(h->cert, GNUTLS_X509_FMT_PEM, &out), 0);
	struct str text = arena_str(a, (struct str){ (const char *)out.data, out.size });
	gnutls_free(out.data);
	return text;
}

/* A detached signature, with the certificate of another that goes along, if any. */
static struct str
signature_of(struct arena *a, const struct holder *h, const struct holder *also, struct str text,
    unsigned flags)
{
	gnutls_pkcs7_t p7;
	gnutls_privkey_t key;
	gnutls_datum_t out = { 0 };
	const gnutls_datum_t data = { (unsigned char *)(uintptr_t)text.ptr, (unsigned)text.len };

	assert_int_equal(gnutls_privkey_init(&key), 0);
	assert_int_equal(gnutls_privkey_import_x509(key, h->key, 0), 0);
	assert_int_equal(gnutls_pkcs7_init(&p7), 0);
	assert_int_equal(gnutls_pkcs7_sign(p7, h->cert, key, &data, NULL, NULL, GNUTLS_DIG_SHA256,
	                     GNUTLS_PKCS7_INCLUDE_TIME | flags),
	    0);
	if (also != NULL)
		assert_int_equal(gnutls_pkcs7_set_crt(p7, also->cert), 0);
	assert_int_equal(gnutls_pkcs7_export2(p7, GNUTLS_X509_FMT_DER, &out), 0);
	struct str made = arena_str(a, (struct str){ (const char *)out.data, out.size });
	gnutls_free(out.data);
	gnutls_pkcs7_deinit(p7);
	gnutls_privkey_deinit(key);
	return made;
}

/* clang-format off */
static const struct row {
	const char *name;
	int64_t ca_until, between_until, from, until; /* in days from now */
	bool between;  /* the signer's certificate rests on one below the CA */
	bool sent;     /* which goes along */
	bool foreign;  /* the CA file is another one */
	bool same_name;/* of the same name */
	bool leaf_issues; /* the one between may issue nothing */
	bool bare;     /* without the signer's certificate */
	const char *text;
	enum err want;
	const char *code;
} table[] = {
	{ .name = "as it should be", .ca_until = 900, .from = -1, .until = 90, .want = OK },
	{ .name = "with one between", .ca_until = 900, .between_until = 300, .from = -1, .until = 90, .between = true, .sent = true, .want = OK },
	{ .name = "one between that is not there", .ca_until = 900, .between_until = 300, .from = -1, .until = 90, .between = true,
	  .want = ERR_FORBIDDEN, .code = "cms.foreign" },
	{ .name = "one between that may issue nothing", .ca_until = 900, .between_until = 300, .from = -1, .until = 90, .between = true, .sent = true,
	  .leaf_issues = true, .want = ERR_FORBIDDEN },
	{ .name = "another text", .ca_until = 900, .from = -1, .until = 90, .text = "The Memorandum, as it was not signed.\n",
	  .want = ERR_TAMPERED, .code = "cms.signature" },
	{ .name = "no text", .ca_until = 900, .from = -1, .until = 90, .text = "", .want = ERR_TAMPERED, .code = "cms.signature" },
	{ .name = "another CA", .ca_until = 900, .from = -1, .until = 90, .foreign = true, .want = ERR_FORBIDDEN, .code = "cms.foreign" },
	{ .name = "another CA of the same name", .ca_until = 900, .from = -1, .until = 90, .foreign = true, .same_name = true, .want = ERR_FORBIDDEN },
	{ .name = "a certificate that has ended", .ca_until = 900, .from = -9, .until = -1, .want = ERR_FORBIDDEN, .code = "cms.time" },
	{ .name = "that ends now", .ca_until = 900, .from = -9, .until = 0, .want = ERR_FORBIDDEN, .code = "cms.time" },
	{ .name = "that begins now", .ca_until = 900, .from = 0, .until = 9, .want = OK },
	{ .name = "that is not valid yet", .ca_until = 900, .from = 1, .until = 9, .want = ERR_FORBIDDEN, .code = "cms.time" },
	{ .name = "a CA that has ended", .ca_until = -1, .from = -9, .until = 90, .want = ERR_FORBIDDEN, .code = "cms.time" },
	{ .name = "one between that has ended", .ca_until = 900, .between_until = -1, .from = -9, .until = 90, .between = true, .sent = true,
	  .want = ERR_FORBIDDEN, .code = "cms.time" },
	{ .name = "without its certificate", .ca_until = 900, .from = -1, .until = 90, .bare = true, .want = ERR_INVALID, .code = "cms.signer" },
};
/* clang-format on */

static void
check_row(void **state)
{
	const struct row *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * MIB);
	CLEANUP(holder_closep)
	struct holder ca =
	    hold(&(struct wish){ "CN=Root CA,C=IN", NULL, true, -900, row->ca_until });
	CLEANUP(holder_closep)
	struct holder other = hold(&(struct wish){
	    row->same_name ? "CN=Root CA,C=IN" : "CN=Other CA,C=XX", NULL, true, -900, 900 });
	CLEANUP(holder_closep)
	struct holder between = hold(
	    &(struct wish){ "CN=Sub CA,C=IN", &ca, !row->leaf_issues, -900, row->between_until });
	CLEANUP(holder_closep)
	struct holder signer = hold(&(struct wish){ "CN=Plenipotentiary,C=IN",
	    row->between ? &between : &ca, false, row->from, row->until });
	struct cms_signers got;
	struct why why = { 0 };
	const struct cms_ask ask = {
		.signature = signature_of(a, &signer, row->sent ? &between : NULL, TEXT,
		    row->bare ? 0 : GNUTLS_PKCS7_INCLUDE_CERT),
		.text = row->text == NULL ? TEXT : str_of(row->text),
		.ca = pem_of(a, row->foreign ? &other : &ca),
		.at = (time_us)NOW_S * US_PER_S,
	};

	enum err err = cms_verify(a, &ask, &got, &why);
	if (err != row->want)
		fail_msg("%s: %s (%s)", err_name(err), why.text, why.code);
	if (row->code != NULL)
		assert_string_equal(why.code, row->code);
	if (err != OK)
		return;
	assert_int_equal(got.len, 1);
	assert_true(str_find(got.signer[0].subject, S("CN=Plenipotentiary")) != SIZE_MAX);
	assert_true(str_find(got.signer[0].ca, S("CN=Root CA")) != SIZE_MAX);
	assert_true(got.signer[0].until == (time_us)(NOW_S + row->until * DAY) * US_PER_S);
	assert_true(got.signer[0].signed_at > 0);
}

/* What is no signature at all, and CA files that are none. */
static void
check_rubbish(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 * MIB);
	CLEANUP(holder_closep)
	struct holder ca = hold(&(struct wish){ "CN=Root CA", NULL, true, -9, 9 });
	struct cms_signers got;
	struct why why = { 0 };
	struct cms_ask ask = { .signature = S("no"), .text = TEXT, .ca = pem_of(a, &ca) };
	char *large = arena_alloc(a, 1, 1, CMS_BYTES_MAX + 1);

	(void)state;
	assert_int_equal(cms_verify(a, &ask, &got, &why), ERR_INVALID);
	ask.signature = S("");
	assert_int_equal(cms_verify(a, &ask, &got, &why), ERR_INVALID);
	memset(large, 'A', CMS_BYTES_MAX + 1);
	ask.signature = (struct str){ large, CMS_BYTES_MAX + 1 };
	assert_int_equal(cms_verify(a, &ask, &got, &why), ERR_LIMIT);
	ask.signature = signature_of(a, &ca, NULL, TEXT, GNUTLS_PKCS7_INCLUDE_CERT);
	ask.ca = S("no certificate");
	assert_int_equal(cms_verify(a, &ask, &got, &why), ERR_INVALID);
	assert_string_equal(why.code, "cms.ca");
	ask.ca = S("");
	assert_int_equal(cms_verify(a, &ask, &got, &why), ERR_INVALID);
}

/* Each byte that is changed breaks it, or changes nothing that is told. */
static void
check_flipped(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	CLEANUP(holder_closep)
	struct holder ca = hold(&(struct wish){ "CN=Root CA", NULL, true, -9, 9 });
	CLEANUP(holder_closep)
	struct holder signer = hold(&(struct wish){ "CN=Plenipotentiary", &ca, false, -9, 9 });
	struct str good = signature_of(a, &signer, NULL, TEXT, GNUTLS_PKCS7_INCLUDE_CERT);
	char *bytes = arena_alloc(a, 1, 1, good.len);
	const struct cms_ask ask = { .signature = { bytes, good.len },
		.text = TEXT,
		.ca = pem_of(a, &ca),
		.at = (time_us)NOW_S * US_PER_S };
	size_t accepted = 0;

	(void)state;
	for (size_t i = 0; i < good.len; i += 3) {
		struct cms_signers got;

		memcpy(bytes, good.ptr, good.len);
		bytes[i] = (char)(bytes[i] ^ 0x20);
		if (cms_verify(a, &ask, &got, NULL) != OK)
			continue;
		accepted++;
		assert_true(str_is(got.signer[0].subject, "CN=Plenipotentiary"));
	}
	assert_true(accepted < good.len / 30);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, table, check_row);
	CASE(&cases, check_rubbish);
	CASE(&cases, check_flipped);
	return cases_run("cms", &cases, argc, argv);
}
