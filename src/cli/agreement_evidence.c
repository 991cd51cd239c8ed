/* agreement evidence: a State's own signature over the text of an instrument.
 * It reads files alone; no node is asked, and nothing opens because of it. */
#include <stdio.h>

#include "agreement_evidence_p.h"
#include "buf.h"
#include "cms.h"
#include "json_writer.h"
#include "lint.h"

enum {
	TEXT_MAX = 64 * MIB, /* a treaty with its annexes as pictures */
	DOCUMENT_MAX = 8 * MIB,
	ANSWER_MAX = 256 * KIB, /* names of all signers */
};

const struct cli_option agreement_evidence_options[4] = {
	{ "text", "FILE", "the text of the instrument, exactly as it was signed" },
	{ "ca", "FILE", "certificates of the State's PKI that you trust for this, PEM" },
	{ "agreement", "FILE", "the agreement whose instrument names both files" },
	{ "at", "TIME", "when all certificates must be valid; without it: now" },
};

/* What the files say. */
struct evidence {
	struct str signature, text;
	struct hash signature_hash, text_hash;
	const struct agreement *agreement;   /* NULL: none was given */
	const struct instrument *instrument; /* of it */
	struct cms_signers signers;
};

/* The instrument that names these very files. */
static enum err
find_instrument(struct cli *c, struct evidence *e, time_us at, struct why *why)
{
	const char *path = cli_option(c, "agreement");
	struct str document = { 0 };
	struct lint lint = { 0 };

	if (path == NULL)
		return OK;
	TRY(cli_read(c, path, DOCUMENT_MAX, &document, why));
	TRY(cli_in_file(path, agreement_lint(c->arena, document, at, &lint, why), why));
	if (lint.agreement == NULL)
		return fail(why, ERR_INVALID, "evidence.agreement",
		    "%s cannot be read as an agreement; torana agreement lint says why", path);
	e->agreement = lint.agreement;
	for (size_t i = 0; i < e->agreement->instruments; i++) {
		const struct instrument *in = &e->agreement->instrument[i];

		if (in->evidence.len > 0 && hash_eq(&in->evidence_hash, &e->signature_hash) &&
		    hash_eq(&in->text_hash, &e->text_hash))
			e->instrument = in;
	}
	if (e->instrument == NULL)
		return fail(why, ERR_FORBIDDEN, "evidence.instrument",
		    "no instrument of " STR_FMT " names this signature and this text by their "
		    "hashes",
		    STR_ARG(e->agreement->id));
	return OK;
}

static enum err
verify(struct cli *c, struct evidence *e, struct why *why)
{
	const char *at = cli_option(c, "at");
	struct cms_ask ask = { .at = clock_wall(&clock_system) };

	if (at != NULL && !time_parse(str_of(at), &ask.at))
		return fail(why, ERR_INVALID, "evidence.at",
		    "\"%s\" is no time like 2026-05-01T00:00:00Z", at);
	TRY(cli_read(c, c->arg[0], CMS_BYTES_MAX, &e->signature, why));
	TRY(cli_read(c, cli_option(c, "text"), TEXT_MAX, &e->text, why));
	TRY(cli_read(c, cli_option(c, "ca"), CMS_BYTES_MAX, &ask.ca, why));
	e->signature_hash = hash_of(e->signature);
	e->text_hash = hash_of(e->text);
	ask.signature = e->signature;
	ask.text = e->text;
	TRY(cms_verify(c->arena, &ask, &e->signers, why));
	return find_instrument(c, e, ask.at, why);
}

/* ---- telling ---- */

static void
put_time(struct json_writer *w, const char *name, time_us at)
{
	char text[TIME_TEXT_MAX];

	time_text_s(at, text);
	if (at == 0)
		json_put_null(json_key(w, str_of(name)));
	else
		json_put_str(json_key(w, str_of(name)), str_of(text));
}

static void
put_hash(struct json_writer *w, const char *name, const struct hash *h)
{
	char text[HASH_HEX + 1];

	hash_text(h, text);
	json_put_str(json_key(w, str_of(name)), str_of(text));
}

static void
write_evidence(struct json_writer *w, const struct evidence *e)
{
	json_begin_object(w);
	put_hash(w, "evidence_sha256", &e->signature_hash);
	put_hash(w, "text_sha256", &e->text_hash);
	json_begin_array(json_key(w, S("signers")));
	for (size_t i = 0; i < e->signers.len; i++) {
		const struct cms_signer *s = &e->signers.signer[i];

		json_begin_object(w);
		json_put_str(json_key(w, S("subject")), s->subject);
		json_put_str(json_key(w, S("ca")), s->ca);
		put_time(w, "valid_from", s->from);
		put_time(w, "valid_until", s->until);
		put_time(w, "signed_at", s->signed_at);
		json_end_object(w);
	}
	json_end_array(w);
	if (e->instrument != NULL) {
		json_put_str(json_key(w, S("agreement")), e->agreement->id);
		json_put_str(json_key(w, S("instrument")), e->instrument->title);
	}
	json_end_object(w);
}

static void
print_line(const char *name, struct str value)
{
	(void)printf("%-14s", name);
	cli_text(value);
	(void)printf("\n");
}

static void
print_evidence(const struct evidence *e)
{
	char text[TIME_TEXT_MAX];

	if (e->instrument != NULL)
		print_line("instrument", e->instrument->title);
	for (size_t i = 0; i < e->signers.len; i++) {
		const struct cms_signer *s = &e->signers.signer[i];

		print_line("signed by", s->subject);
		time_text_s(s->from, text);
		print_line("  valid from", str_of(text));
		time_text_s(s->until, text);
		print_line("  valid until", str_of(text));
		print_line("  CA", s->ca);
		time_text_s(s->signed_at, text);
		if (s->signed_at != 0)
			print_line("  says it was", str_of(text));
	}
	(void)printf("These bytes were signed. Whether a certificate was revoked was not asked; "
	             "no door opens because of this.\n");
}

int
agreement_evidence(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(ANSWER_MAX);
	struct json_writer w = json_writer(&out);
	struct evidence *e = arena_make(c->arena, struct evidence, 1);
	struct why why = { 0 };
	enum err err;

	if (cli_need(c, "text") == NULL || cli_need(c, "ca") == NULL)
		return EXIT_USAGE;
	err = e == NULL ? fail(&why, ERR_LIMIT, "evidence.memory", "no memory is left")
	                : verify(c, e, &why);
	if (err != OK)
		return cli_fail(&why, err);
	write_evidence(&w, e);
	if (c->json)
		(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	else
		print_evidence(e);
	return EXIT_FINE;
}
