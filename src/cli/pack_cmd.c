#include <stdio.h>

#include "buf.h"
#include "cli.h"
#include "json_writer.h"
#include "keyfile.h"
#include "node.h"
#include "pack.h"

enum { PACK_FILE_MAX = 16 * MIB, KEY_PATH_MAX = 4096 };

/* ---- signing ---- */

static const struct cli_option sign_options[] = {
	{ "key", "FILE", "the rules key, when it is not kept with the node" },
};

static enum err
sign_pack(struct cli *c, struct buf *out, struct why *why)
{
	CLEANUP(sign_key_freep) struct sign_key *key = NULL;
	struct node_config config;
	char path[KEY_PATH_MAX];
	const char *given = cli_option(c, "key");
	struct str text = { 0 };

	TRY(cli_read(c, c->arg[0], PACK_FILE_MAX, &text, why));
	TRY(node_config_read(c->dir, &config, why));
	(void)snprintf(path, sizeof(path), "%s/%s/keys/%s.key", c->dir, config.realm,
	    key_role_name(KEY_RULES));
	TRY(keyfile_load(given != NULL ? given : path, KEY_RULES, str_of(config.realm), &key, why));
	return rule_pack_sign(c->arena, text, key, out, why);
}

static int
run_sign(struct cli *c)
{
	CLEANUP(buf_free) struct buf out = buf_new(PACK_FILE_MAX);
	struct why why = { 0 };
	enum err err = sign_pack(c, &out, &why);

	if (err != OK)
		return cli_fail(&why, err);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	return EXIT_FINE;
}

/* ---- at the node ---- */

static int
run_activate(struct cli *c)
{
	struct str text = { 0 };
	struct why why = { 0 };
	const struct json *answer = NULL;
	enum err err = cli_read(c, c->arg[0], PACK_FILE_MAX, &text, &why);

	if (err != OK)
		return cli_fail(&why, err);
	int code = cli_call(c, &(struct cli_request){ "POST", S("/api/v1/packs"), text }, &answer);
	if (code == EXIT_FINE && !c->json)
		(void)printf("active\n");
	return code;
}

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "PACK", "id", 24 },
		{ "VERSION", "version", 8 },
		{ "PARTY", "party", 8 },
		{ "SECTOR", "sector", 12 },
		{ "RULES", "rules", 8 },
		{ "REVIEW ON", "review_on", 20 },
		{ "HASH", "hash", 64 },
	};
	const struct json *answer = NULL;
	int code = cli_call(c, &(struct cli_request){ "GET", S("/api/v1/packs"), S("") }, &answer);

	if (answer != NULL)
		cli_table(json_get(answer, S("packs")), columns, COUNTOF(columns));
	return code;
}

static int
run_show(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "RULE", "id", 16 },
		{ "KIND", "kind", 8 },
		{ "SURE", "certainty", 8 },
		{ "ON", "enabled", 6 },
		{ "RULING", "ruling", 7 },
		{ "CODE", "reason", 14 },
		{ "FROM", "from", 20 },
		{ "TEXT", "text", 80 },
	};
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/packs/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);

	if (answer != NULL)
		cli_table(json_get(json_get(answer, S("document")), S("rules")), columns,
		    COUNTOF(columns));
	return code;
}

/* clang-format off */
const struct cli_command pack_commands[] = {
	{ "pack", "sign", "FILE", 1, 1, sign_options, COUNTOF(sign_options), run_sign,
	  "sign a rule pack with the party's rules key, print the envelope",
	  "torana pack sign share/packs/in.json > in.signed" },
	{ "pack", "activate", "ENVELOPE", 1, 1, NULL, 0, run_activate,
	  "make a signed rule pack the active one of its name", "torana pack activate in.signed" },
	{ "pack", "list", "", 0, 0, NULL, 0, run_list,
	  "the active rule packs", "torana pack list" },
	{ "pack", "show", "ID", 1, 1, NULL, 0, run_show,
	  "the rules of an active pack", "torana pack show in" },
};
/* clang-format on */
const size_t pack_commands_count = COUNTOF(pack_commands);
