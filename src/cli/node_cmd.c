#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "log.h"
#include "node.h"
#include "realm.h"

/* ---- init ---- */

static const struct cli_option init_options[] = {
	{ "realm", "REALM", "real, exercise or demo" },
	{ "party", "CODE", "our party, like IN" },
	{ "org", "PARTY:ORG", "our organisation, like IN:CERT-IN" },
	{ "name", "HOST", "public name of the node, fixed for ever, like in.example" },
	{ "enclave", "NAME", "the enclave of our organisation that this node releases for (main)" },
	{ "display", "TEXT", "name of the organisation for people" },
	{ "peer-url", "URL", "where partners reach this node, like https://in.example:8441" },
	{ "identity", "ID", "STIX identity of the organisation, when it has one already" },
	{ "people-port", "PORT", "port for people and their tools (8440)" },
	{ "peer-port", "PORT", "port for partners (8441)" },
	{ "peer-address", "ADDRESS", "where partners may connect (0.0.0.0: anywhere)" },
	{ "every-ms", "N", "pause between two rounds with the partners (60000)" },
};

static enum err
set_port(struct cli *c, const char *option, uint16_t *ret, struct why *why)
{
	const char *text = cli_option(c, option);
	uint64_t n = 0;

	if (text == NULL)
		return OK;
	if (!str_to_u64(str_of(text), 65535, &n))
		return fail(why, ERR_USAGE, "init.port", "--%s %s: a port from 0 to 65535", option,
		    text);
	*ret = (uint16_t)n;
	return OK;
}

static enum err
init_config(struct cli *c, const char *realm, struct why *why)
{
	struct node_config config = node_config_preset();
	const char *every = cli_option(c, "every-ms");
	uint64_t n = 0;

	(void)snprintf(config.realm, sizeof(config.realm), "%s", realm);
	if (cli_option(c, "peer-address") != NULL)
		(void)snprintf(config.peer_address, sizeof(config.peer_address), "%s",
		    cli_option(c, "peer-address"));
	TRY(set_port(c, "people-port", &config.people_port, why));
	TRY(set_port(c, "peer-port", &config.peer_port, why));
	if (every != NULL && (!str_to_u64(str_of(every), 3'600'000, &n) || n < 100))
		return fail(why, ERR_USAGE, "init.every", "--every-ms %s: from 100 to 3600000",
		    every);
	if (every != NULL)
		config.exchange_every_ms = (uint32_t)n;
	enum err err = node_config_write(c->dir, &config, why);
	if (err != ERR_CONFLICT)
		return err;
	(void)fprintf(stderr,
	    "torana: torana.conf is there already and was kept; it names the realm to serve\n");
	return OK;
}

static struct str
option_or(const struct cli *c, const char *name, const char *preset)
{
	const char *value = cli_option(c, name);

	return str_of(value != NULL ? value : preset);
}

static int
run_init(struct cli *c)
{
	static const char *const needed[] = { "realm", "party", "org", "name" };
	struct why why = { 0 };

	for (size_t i = 0; i < COUNTOF(needed); i++) {
		if (cli_need(c, needed[i]) == NULL)
			return EXIT_USAGE;
	}
	struct realm_init init = {
		.identity = {
			.realm = option_or(c, "realm", ""),
			.name = option_or(c, "name", ""),
			.party = option_or(c, "party", ""),
			.organisation = option_or(c, "org", ""),
			.enclave = option_or(c, "enclave", "main"),
			.display = option_or(c, "display", cli_option(c, "org")),
			.redaction_identity = option_or(c, "identity", ""),
		},
		.peer_url = option_or(c, "peer-url", ""),
		.clock = &clock_system,
	};
	enum err err = realm_init(c->dir, &init, &why);
	if (err == OK)
		err = init_config(c, cli_option(c, "realm"), &why);
	if (err != OK)
		return cli_fail(&why, err);
	(void)printf("%s/%s is ready; next: torana account add, torana serve\n", c->dir,
	    cli_option(c, "realm"));
	return EXIT_FINE;
}

/* ---- serve, status ---- */

static int
run_serve(struct cli *c)
{
	struct node_config config;
	struct why why = { 0 };
	enum err err = node_config_read(c->dir, &config, &why);

	if (err == OK)
		err = node_serve(c->dir, &config, &why);
	return err == OK ? EXIT_FINE : cli_fail(&why, err);
}

static int
run_status(struct cli *c)
{
	static const struct cli_column agreements[] = {
		{ "AGREEMENT", "id", 24 },
		{ "VERSION", "version", 8 },
		{ "OPEN", "open", 6 },
		{ "WHY NOT", "reason", 80 },
	};
	const struct json *answer = NULL;
	int code = cli_call(c, &(struct cli_request){ "GET", S("/api/v1/node"), S("") }, &answer);

	if (answer == NULL)
		return code;
	const struct json *log = json_get(answer, S("log"));
	(void)printf("%s of %s, realm %s\nlog %s: %s leaves published\n",
	    arena_cstr(c->arena, json_str(json_get(answer, S("name")))),
	    arena_cstr(c->arena, json_str(json_get(answer, S("organisation")))),
	    arena_cstr(c->arena, json_str(json_get(answer, S("realm")))),
	    arena_cstr(c->arena, json_str(json_get(log, S("origin")))),
	    json_get(log, S("published")) != NULL
	        ? arena_cstr(c->arena, json_get(log, S("published"))->raw)
	        : "0");
	cli_table(json_get(answer, S("agreements")), agreements, COUNTOF(agreements));
	return code;
}

static int
run_sync(struct cli *c)
{
	const struct json *answer = NULL;

	return cli_call(c, &(struct cli_request){ "POST", S("/api/v1/sync"), S("{}") }, &answer);
}

static int
run_routes(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "METHOD", "method", 8 },
		{ "PATH", "path", 60 },
		{ "SCOPE", "scope", 10 },
		{ "BODY MAX", "body_max", 12 },
		{ "WHAT", "summary", 80 },
	};

	return cli_list(c, S("/api/v1/routes"), "routes", columns, COUNTOF(columns));
}

static int
run_config(struct cli *c)
{
	(void)c;
	for (size_t i = 0; i < node_keys_count; i++)
		(void)printf("%-20s %-14s %s%s\n", node_keys[i].name, node_keys[i].unit,
		    node_keys[i].help, node_keys[i].restart_only ? " (at start only)" : "");
	return EXIT_FINE;
}

/* clang-format off */
const struct cli_command node_commands[] = {
	{ "init", "", "", 0, 0, init_options, COUNTOF(init_options), run_init,
	  "make the folder of a node: keys, certificates, database, torana.conf",
	  "torana init --dir /var/lib/torana --realm real --party IN --org IN:CERT-IN --name in.example" },
	{ "serve", "", "", 0, 0, NULL, 0, run_serve,
	  "serve people, partners and the control socket until stopped",
	  "torana serve --dir /var/lib/torana" },
	{ "status", "", "", 0, 0, NULL, 0, run_status,
	  "who this node is, its log, which agreements are open",
	  "torana status --dir /var/lib/torana" },
	{ "sync", "", "", 0, 0, NULL, 0, run_sync,
	  "begin a round with the partners now",
	  "torana sync --dir /var/lib/torana" },
	{ "routes", "", "", 0, 0, NULL, 0, run_routes,
	  "the requests of the REST face and what each requires",
	  "torana routes --dir /var/lib/torana" },
	{ "config", "", "", 0, 0, NULL, 0, run_config,
	  "the keys of torana.conf and what they mean",
	  "torana config" },
};
/* clang-format on */
const size_t node_commands_count = COUNTOF(node_commands);
