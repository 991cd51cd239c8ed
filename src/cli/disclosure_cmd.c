#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "disk.h"
#include "dossier.h"
#include "dossier_html.h"
#include "hash.h"

static const struct cli_option list_options[] = {
	{ "about", "ORG", "identity--UUID, or the exact name of an identity here" },
};

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "AT", "at", 20 },
		{ "TO", "to", 16 },
		{ "AS", "as", 8 },
		{ "TIE", "tie", 6 },
		{ "CLAUSE", "clause", 8 },
		{ "STATE", "state", 10 },
		{ "RECALL", "answer", 10 },
		{ "OBJECT", "source_id", 60 },
	};
	const char *about = cli_need(c, "about");

	if (about == NULL)
		return EXIT_USAGE;
	struct str target = arena_printf(c->arena, "/api/v1/disclosures?about=" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(about))));
	return cli_list(c, target, "disclosures", columns, COUNTOF(columns));
}

/* ---- the dossier ---- */

enum { PAGE_MAX = 64 * MIB }; /* a dossier of DSSE_PAYLOAD_MAX, escaped, in words */

static const struct cli_option dossier_options[] = {
	{ "about", "ORG", "identity--UUID, or the exact name of an identity here" },
	{ "out", "FILE", "the signed document (DSSE); a new file" },
	{ "html", "FILE", "the same to read and to print; a new file" },
	{ "lang", "LANG", "of the page: en, hi or ja" },
};

/* A new file, for us alone: what is in it is about somebody. */
static enum err
write_new(const char *path, struct str bytes, struct why *why)
{
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char text[128];

	if (fd < 0)
		return fail(why, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "dossier.file", "%s: %s",
		    path, strerror_r(errno, text, sizeof(text)));
	if (!fd_write(fd, bytes) || fsync(fd) != 0)
		return fail(why, ERR_IO, "dossier.file", "%s cannot be written", path);
	return OK;
}

static enum err
make_page(struct cli *c, struct str envelope, const char *lang, struct buf *out, struct why *why)
{
	struct messages words = { 0 };
	struct dossier_page page = { .words = &words, .lang = str_of(lang) };
	char hex[HASH_HEX + 1];
	struct dsse e;

	TRY(message_open(c->arena, page.lang, &words, why));
	TRY(dsse_parse(c->arena, envelope, &e, why));
	TRY(json_parse(c->arena, e.payload, NULL, &page.dossier, why));
	struct hash hash = hash_of(e.payload);
	hash_text(&hash, hex);
	page.hash = str_of(hex);
	page.key = e.signatures > 0 ? e.signature[0].keyid : S("");
	return dossier_html(&page, out, why);
}

static enum err
write_dossier(struct cli *c, struct str envelope, struct why *why)
{
	CLEANUP(buf_free) struct buf page = buf_new(PAGE_MAX);
	const char *html = cli_option(c, "html"), *lang = cli_option(c, "lang");

	if (html != NULL)
		TRY(make_page(c, envelope, lang == NULL ? "en" : lang, &page, why));
	TRY(write_new(cli_option(c, "out"), envelope, why));
	return html == NULL ? OK : write_new(html, buf_str(&page), why);
}

static int
run_dossier(struct cli *c)
{
	const char *about = cli_need(c, "about");
	struct why why = { 0 };
	struct str envelope = { 0 };

	if (about == NULL || cli_need(c, "out") == NULL)
		return EXIT_USAGE;
	struct str target = arena_printf(c->arena, "/api/v1/disclosures/dossier?about=" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(about))));
	int code = cli_fetch(c, &(struct cli_request){ "GET", target, S("") }, &envelope);
	if (code != EXIT_FINE)
		return code;
	enum err err = write_dossier(c, envelope, &why);
	return err == OK ? EXIT_FINE : cli_fail(&why, err);
}

/* ---- one that somebody else made ---- */

static const struct cli_option verify_options[] = {
	{ "key", "KEY", "the log key by which you know the node: verifier key, or SHA-256" },
	{ "html", "FILE", "the dossier to read and to print; a new file" },
	{ "lang", "LANG", "of the page: en, hi or ja" },
};

static uint64_t
count(const struct json *dossier, const char *name)
{
	const struct json *list = json_get(dossier, str_of(name));

	return list != NULL ? list->len : 0;
}

static void
print_dossier(const struct json *dossier)
{
	static const char *const shown[] = { "node", "origin", "made_at", "about", "name" };

	for (size_t i = 0; i < COUNTOF(shown); i++) {
		(void)printf("%-12s ", shown[i]);
		cli_text(json_str(json_get(dossier, str_of(shown[i]))));
		(void)printf("\n");
	}
	(void)printf("disclosures  %" PRIu64 "\nsignature    good\n",
	    count(dossier, "disclosures"));
}

static enum err
verify_dossier(struct cli *c, struct why *why)
{
	CLEANUP(buf_free) struct buf page = buf_new(PAGE_MAX);
	const char *html = cli_option(c, "html"), *lang = cli_option(c, "lang");
	const struct json *dossier = NULL;
	struct str envelope;
	struct dsse e;

	TRY(cli_read(c, c->arg[0], DSSE_BYTES_MAX, &envelope, why));
	TRY(dossier_open(c->arena, envelope, str_of(cli_option(c, "key")), &e, &dossier, why));
	if (html != NULL) {
		TRY(make_page(c, envelope, lang == NULL ? "en" : lang, &page, why));
		TRY(write_new(html, buf_str(&page), why));
	}
	if (c->json)
		(void)printf(STR_FMT "\n", STR_ARG(e.payload));
	else
		print_dossier(dossier);
	return OK;
}

static int
run_verify(struct cli *c)
{
	struct why why = { 0 };

	if (cli_need(c, "key") == NULL)
		return EXIT_USAGE;
	enum err err = verify_dossier(c, &why);
	return err == OK ? EXIT_FINE : cli_fail(&why, err);
}

/* clang-format off */
const struct cli_command disclosure_commands[] = {
	{ "disclosure", "list", "", 0, 0, list_options, COUNTOF(list_options), run_list,
	  "what left about an organisation: to whom, when, as what, under which clause",
	  "torana disclosure list --about 'Power Plant 7' --json" },
	{ "disclosure", "dossier", "", 0, 0, dossier_options, COUNTOF(dossier_options), run_dossier,
	  "all that was shared about an organisation: one signed file, and a page to print",
	  "torana disclosure dossier --about 'Power Plant 7' --out p7.json --html p7.html --lang hi" },
	{ "disclosure", "verify", "FILE", 1, 1, verify_options, COUNTOF(verify_options), run_verify,
	  "whether a dossier is what the node signed; needs neither the node nor an account (exit 1: it is not)",
	  "torana disclosure verify p7.json --key in.example/real+a1b2c3d4+AbCd..." },
};
/* clang-format on */
const size_t disclosure_commands_count = COUNTOF(disclosure_commands);
