/* Partners' people: cards, and what was sealed for them. */
#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "codec.h"
#include "json_writer.h"
#include "keyfile.h"
#include "person_paper.h"

enum { PERSON_BODY_MAX = 64 * KIB, ENVELOPE_FILE_MAX = 16 * MIB };

static struct str
path_of(struct cli *c, const char *verb)
{
	return arena_printf(c->arena, "/api/v1/persons/" STR_FMT "/%s",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))), verb);
}

/* ---- keys and cards of our own people ---- */

static const struct cli_option key_options[] = {
	{ "realm", "NAME", "real, exercise or demo" },
};

static int
run_key(struct cli *c)
{
	CLEANUP(sign_key_freep) struct sign_key *key = sign_key_new();
	const struct verify_key public = sign_key_public(key);
	const char *realm = cli_need(c, "realm");
	char hex[2 * VERIFY_KEY_BYTES + 1];
	struct why why = { 0 };

	if (realm == NULL)
		return EXIT_USAGE;
	enum err err = keyfile_save(c->arg[0], KEY_PERSON, str_of(realm), key, &why);
	if (err != OK)
		return cli_fail(&why, err);
	hex_text(public.byte, VERIFY_KEY_BYTES, hex);
	(void)printf("%s\n", hex);
	return EXIT_FINE;
}

/* An envelope on standard output, its fingerprint for the telephone beside it. */
static int
print_signed(const struct json *answer)
{
	const struct json *print = json_get(answer, S("fingerprint"));
	const struct json *envelope = json_get(answer, S("envelope"));

	if (envelope != NULL)
		(void)printf(STR_FMT "\n", STR_ARG(envelope->raw));
	(void)fprintf(stderr, "Read this on the telephone:\n  " STR_FMT "\n  " STR_FMT "\n",
	    STR_ARG(json_str(json_get(print, S("words")))),
	    STR_ARG(json_str(json_get(print, S("digits")))));
	return EXIT_FINE;
}

static const struct cli_option card_options[] = {
	{ "key", "HEX", "public key, as torana person key printed it" },
	{ "days", "N", "how long the card is good, at most 366" },
};

static int
run_card(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(PERSON_BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	const char *key = cli_need(c, "key"), *days = cli_need(c, "days");
	uint64_t n = 0;

	if (key == NULL || days == NULL)
		return EXIT_USAGE;
	if (!str_to_u64(str_of(days), UINT32_MAX, &n)) {
		(void)fprintf(stderr, "torana: --days is a number\n");
		return EXIT_USAGE;
	}
	json_begin_object(&w);
	json_put_u64(json_key(&w, S("days")), n);
	json_put_str(json_key(&w, S("key")), str_of(key));
	json_put_str(json_key(&w, S("name")), str_of(c->arg[0]));
	json_end_object(&w);
	int code = cli_call(c, &(struct cli_request){ "POST", S("/api/v1/cards"), buf_str(&body) },
	    &answer);
	return answer == NULL ? code : print_signed(answer);
}

/* ---- partners' people ---- */

static const struct cli_option heard_options[] = {
	{ "fingerprint", "WORDS", "the words or digits that were read to you" },
};

static int
run_add(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(PERSON_BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL, *card = NULL;
	const char *heard = cli_need(c, "fingerprint");
	struct why why = { 0 };

	if (heard == NULL)
		return EXIT_USAGE;
	enum err err = cli_read_json(c, c->arg[0], PERSON_BODY_MAX / 2, &card, &why);
	if (err != OK)
		return cli_fail(&why, err);
	json_begin_object(&w);
	json_put_raw(json_key(&w, S("card")), card->raw);
	json_put_str(json_key(&w, S("fingerprint")), str_of(heard));
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/persons"), buf_str(&body) }, &answer);
	if (answer != NULL)
		(void)printf("card " STR_FMT " waits for a second person to compare it\n",
		    STR_ARG(json_str(json_get(answer, S("fingerprint")))));
	return code;
}

static int
run_verify(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(PERSON_BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	const char *heard = cli_need(c, "fingerprint");

	if (heard == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("fingerprint")), str_of(heard));
	json_end_object(&w);
	return cli_call(c, &(struct cli_request){ "POST", path_of(c, "verify"), buf_str(&body) },
	    &answer);
}

static int
run_revoke(struct cli *c)
{
	const struct json *answer = NULL;

	return cli_call(c, &(struct cli_request){ "POST", path_of(c, "revoke"), S("") }, &answer);
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "NAME", "name", 24 },
		{ "ORGANISATION", "organisation", 16 },
		{ "VERIFIED", "verified_at", 28 },
		{ "EXPIRES", "expires_at", 28 },
		{ "REVOKED", "revoked_at", 28 },
		{ "CARD", "fingerprint", 64 },
	};
	const struct json *answer = NULL;
	int code =
	    cli_call(c, &(struct cli_request){ "GET", S("/api/v1/persons"), S("") }, &answer);

	if (answer != NULL)
		cli_table(json_get(answer, S("items")), columns, COUNTOF(columns));
	return code;
}

/* ---- envelopes ---- */

static int
run_envelopes(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "ORDER", "order_id", 36 },
		{ "ITEM", "ordinal", 6 },
		{ "FOR", "name", 24 },
		{ "OF", "organisation", 16 },
		{ "SEALED", "made_at", 28 },
		{ "RECEIVED", "received_at", 28 },
		{ "ID", "source_id", 60 },
	};
	const struct json *answer = NULL;
	int code =
	    cli_call(c, &(struct cli_request){ "GET", S("/api/v1/envelopes"), S("") }, &answer);

	if (answer != NULL)
		cli_table(json_get(answer, S("items")), columns, COUNTOF(columns));
	return code;
}

static struct str
envelope_path(struct cli *c, const char *rest)
{
	return arena_printf(c->arena, "/api/v1/envelopes/" STR_FMT "/" STR_FMT "%s",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))), STR_ARG(cli_encode(c, str_of(c->arg[1]))),
	    rest);
}

static int
run_envelope(struct cli *c)
{
	const struct json *answer = NULL;
	int code =
	    cli_call(c, &(struct cli_request){ "GET", envelope_path(c, ""), S("") }, &answer);

	if (answer != NULL)
		(void)printf(STR_FMT "\n", STR_ARG(json_get(answer, S("envelope"))->raw));
	return code;
}

static const struct cli_option received_options[] = {
	{ "text", "TEXT", "who confirmed it, and how" },
};

static int
run_received(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(PERSON_BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	const char *text = cli_need(c, "text");

	if (text == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("text")), str_of(text));
	json_end_object(&w);
	return cli_call(c,
	    &(struct cli_request){ "POST", envelope_path(c, "/receipt"), buf_str(&body) }, &answer);
}

static const struct cli_option open_options[] = {
	{ "key", "FILE", "the key file of the person" },
	{ "realm", "NAME", "real, exercise or demo" },
	{ "invitation", "FILE", "the sender's invitation: whose signature is believed" },
};

/* The sender of an invitation, whose fingerprint was compared when it came. */
static enum err
read_sender(struct cli *c, struct person_opening *ret, struct why *why)
{
	const struct json *tree = NULL;
	struct str key = { 0 }, realm = { 0 };

	TRY(cli_read_json(c, cli_option(c, "invitation"), PERSON_BODY_MAX, &tree, why));
	if (!json_get_str(tree, S("agreement_key"), &key) ||
	    !hex_parse(key, ret->sender.byte, VERIFY_KEY_BYTES) ||
	    !json_get_str(tree, S("party"), &ret->party) || !json_get_str(tree, S("realm"), &realm))
		return fail(why, ERR_INVALID, "person.invitation", "this is no invitation");
	if (!str_eq(realm, ret->realm))
		return fail(why, ERR_FORBIDDEN, "person.realm",
		    "the invitation is of the realm " STR_FMT ", not " STR_FMT, STR_ARG(realm),
		    STR_ARG(ret->realm));
	return OK;
}

static enum err
open_envelope(struct cli *c, struct person_opening *by, struct person_envelope *ret,
    struct str *ret_text, struct why *why)
{
	struct str text = { 0 };

	TRY(read_sender(c, by, why));
	TRY(cli_read(c, c->arg[0], ENVELOPE_FILE_MAX, &text, why));
	return person_envelope_open(c->arena, str_trim(text), by, ret, ret_text, why);
}

static int
run_open(struct cli *c)
{
	CLEANUP(sign_key_freep) struct sign_key *key = NULL;
	const char *file = cli_need(c, "key"), *realm = cli_need(c, "realm");
	struct person_envelope envelope;
	struct str text = { 0 };
	char at[TIME_TEXT_MAX];
	struct why why = { 0 };

	if (file == NULL || realm == NULL || cli_need(c, "invitation") == NULL)
		return EXIT_USAGE;
	enum err err = keyfile_load(file, KEY_PERSON, str_of(realm), &key, &why);
	struct person_opening by = { .realm = str_of(realm), .key = key };
	if (err == OK)
		err = open_envelope(c, &by, &envelope, &text, &why);
	if (err != OK)
		return cli_fail(&why, err);
	time_text(envelope.made_at, at);
	(void)fprintf(stderr, "From " STR_FMT " at %s, order " STR_FMT ", item %" PRIu64 "\n",
	    STR_ARG(envelope.from), at, STR_ARG(envelope.order_id), envelope.ordinal);
	(void)fwrite(text.ptr, 1, text.len, stdout);
	return EXIT_FINE;
}

/* clang-format off */
const struct cli_command person_commands[] = {
	{ "person", "key", "FILE", 1, 1, key_options, COUNTOF(key_options), run_key,
	  "make a person's key, on that person's own machine; prints its public half",
	  "torana person key hiroshi.key --realm real" },
	{ "person", "card", "NAME", 1, 1, card_options, COUNTOF(card_options), run_card,
	  "sign a card for one of our people", "torana person card hiroshi --key HEX --days 180" },
	{ "person", "add", "FILE", 1, 1, heard_options, COUNTOF(heard_options), run_add,
	  "take the card of a partner's person", "torana person add hiroshi.card --fingerprint 'acorn river ...'" },
	{ "person", "verify", "CARD", 1, 1, heard_options, COUNTOF(heard_options), run_verify,
	  "compare a card as the second person; not one that you added",
	  "torana person verify CARD --fingerprint 'acorn river ...'" },
	{ "person", "revoke", "CARD", 1, 1, NULL, 0, run_revoke,
	  "seal nothing more for this card", "torana person revoke CARD" },
	{ "person", "list", "", 0, 0, NULL, 0, run_list,
	  "partners' people and their cards", "torana person list" },
	{ "person", "envelopes", "", 0, 0, NULL, 0, run_envelopes,
	  "what was sealed, for whom, and whether it arrived", "torana person envelopes" },
	{ "person", "envelope", "ORDER ITEM", 2, 2, NULL, 0, run_envelope,
	  "print an envelope, to be brought by mail or hand", "torana person envelope ORDER 0 > hiroshi.envelope" },
	{ "person", "received", "ORDER ITEM", 2, 2, received_options, COUNTOF(received_options), run_received,
	  "note that the person has it", "torana person received ORDER 0 --text 'by telephone'" },
	{ "person", "open", "FILE", 1, 1, open_options, COUNTOF(open_options), run_open,
	  "open an envelope, on that person's own machine",
	  "torana person open hiroshi.envelope --key hiroshi.key --realm real --invitation in.invitation" },
};
/* clang-format on */
const size_t person_commands_count = COUNTOF(person_commands);
