#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"

enum {
	/* An import of a gigabyte and its answer. */
	ARENA_MAX = 2047 * MIB,
	PASSWORD_MAX = 1024,
};

/* clang-format off */
static const struct {
	const struct cli_command *commands;
	const size_t *count;
} tables[] = {
	{ node_commands,      &node_commands_count },
	{ peer_commands,      &peer_commands_count },
	{ feed_commands,      &feed_commands_count },
	{ account_commands,   &account_commands_count },
	{ agreement_commands, &agreement_commands_count },
	{ pack_commands,      &pack_commands_count },
	{ source_commands,    &source_commands_count },
	{ collection_commands, &collection_commands_count },
	{ object_commands,    &object_commands_count },
	{ release_commands,   &release_commands_count },
	{ recall_commands,    &recall_commands_count },
	{ standing_commands,  &standing_commands_count },
	{ person_commands,    &person_commands_count },
	{ consent_commands,   &consent_commands_count },
	{ disclosure_commands, &disclosure_commands_count },
	{ internal_commands,  &internal_commands_count },
	{ scan_commands,      &scan_commands_count },
	{ pattern_commands,   &pattern_commands_count },
	{ audit_commands,     &audit_commands_count },
};
static const struct cli_option common[] = {
	{ "dir",           "DIR",  "folder of the node (or $TORANA_DIR)" },
	{ "as",            "NAME", "account that acts (or $TORANA_ACCOUNT)" },
	{ "password-file", "FILE", "its password (or $TORANA_PASSWORD_FILE)" },
	{ "json",          NULL,   "print JSON for machines" },
	{ "help",          NULL,   "print this text" },
	{ "code",          "CODE", "of its authenticator, when it has one (or $TORANA_CODE)" },
	{ "token-file",    "FILE", "a token, in the stead of --as (or $TORANA_TOKEN_FILE)" },
};
/* clang-format on */

/* ---- help ---- */

static void
print_usage(const struct cli_command *cmd)
{
	(void)printf("torana %s%s%s%s%s", cmd->noun, cmd->verb[0] != '\0' ? " " : "", cmd->verb,
	    cmd->args[0] != '\0' ? " " : "", cmd->args);
}

static void
print_option(const struct cli_option *o)
{
	char left[64];

	(void)snprintf(left, sizeof(left), "--%s%s%s", o->name, o->value != NULL ? " " : "",
	    o->value != NULL ? o->value : "");
	(void)printf("  %-26s %s\n", left, o->help);
}

static int
print_command_help(const struct cli_command *cmd)
{
	print_usage(cmd);
	(void)printf("\n  %s\n\n", cmd->summary);
	for (size_t i = 0; i < cmd->options_len; i++)
		print_option(&cmd->options[i]);
	for (size_t i = 0; i < COUNTOF(common); i++)
		print_option(&common[i]);
	(void)printf("\nExample:\n  %s\n", cmd->example);
	return EXIT_FINE;
}

static int
print_help(const char *noun)
{
	(void)printf("usage: torana NOUN VERB [--dir DIR] [--json] ...\n\n");
	for (size_t t = 0; t < COUNTOF(tables); t++) {
		for (size_t i = 0; i < *tables[t].count; i++) {
			const struct cli_command *cmd = &tables[t].commands[i];
			char name[64];

			if (noun != NULL && strcmp(noun, cmd->noun) != 0)
				continue;
			(void)snprintf(name, sizeof(name), "%s %s", cmd->noun, cmd->verb);
			(void)printf("  %-20s %s\n", name, cmd->summary);
		}
	}
	(void)printf("\n`torana NOUN VERB --help` shows options and an example.\n");
	return EXIT_FINE;
}

/* ---- finding ---- */

static const struct cli_command *
find_command(const char *noun, const char *verb, bool *ret_noun)
{
	for (size_t t = 0; t < COUNTOF(tables); t++) {
		for (size_t i = 0; i < *tables[t].count; i++) {
			const struct cli_command *cmd = &tables[t].commands[i];

			if (strcmp(cmd->noun, noun) != 0)
				continue;
			*ret_noun = true;
			if (cmd->verb[0] == '\0' || (verb != NULL && strcmp(cmd->verb, verb) == 0))
				return cmd;
		}
	}
	return NULL;
}

static int
no_such(const char *noun, const char *verb, bool has_noun)
{
	if (!has_noun)
		(void)fprintf(stderr, "torana: no such command: %s; `torana --help` lists them\n",
		    noun);
	else
		(void)fprintf(stderr, "torana: %s has no verb %s; `torana %s --help` lists them\n",
		    noun, verb != NULL ? verb : "(none was given)", noun);
	return EXIT_USAGE;
}

/* ---- options ---- */

struct given {
	const char *common[COUNTOF(common)];
};

/* The place where the value of an option goes; NULL when there is no such option. */
static const char **
place_of(struct cli *c, struct given *g, struct str name, bool *ret_switch)
{
	for (size_t i = 0; i < COUNTOF(common); i++) {
		if (str_is(name, common[i].name)) {
			*ret_switch = common[i].value == NULL;
			return &g->common[i];
		}
	}
	for (size_t i = 0; i < c->command->options_len; i++) {
		if (str_is(name, c->command->options[i].name)) {
			*ret_switch = c->command->options[i].value == NULL;
			return &c->option[i];
		}
	}
	return NULL;
}

/* Takes one option at argv[at]; returns how many words it used, or 0 after printing an error. */
static int
take_option(struct cli *c, struct given *g, char **argv, int left)
{
	struct str name = str_of(argv[0] + 2);
	struct str value = name;
	bool is_switch = false;

	name = str_split(&value, '=');
	const char **place = place_of(c, g, name, &is_switch);
	if (place == NULL) {
		(void)fprintf(stderr,
		    "torana: no such option: --" STR_FMT "; `torana %s%s%s --help` lists them\n",
		    STR_ARG(name), c->command->noun, *c->command->verb == '\0' ? "" : " ",
		    c->command->verb);
		return 0;
	}
	if (is_switch && value.ptr == NULL) {
		*place = "";
		return 1;
	}
	if (value.ptr != NULL) {
		*place = value.ptr;
		return 1;
	}
	if (left < 2) {
		(void)fprintf(stderr, "torana: --" STR_FMT " wants a value\n", STR_ARG(name));
		return 0;
	}
	*place = argv[1];
	return 2;
}

static int
take_arguments(struct cli *c, struct given *g, int argc, char **argv)
{
	bool only_args = false;

	for (int i = 0; i < argc;) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
			i++;
		} else if (!only_args && strncmp(argv[i], "--", 2) == 0) {
			int used = take_option(c, g, argv + i, argc - i);
			if (used == 0)
				return EXIT_USAGE;
			i += used;
		} else if (c->args == CLI_ARGS_MAX) {
			(void)fprintf(stderr, "torana: more than %d arguments\n", CLI_ARGS_MAX);
			return EXIT_USAGE;
		} else {
			c->arg[c->args++] = argv[i++];
		}
	}
	return EXIT_FINE;
}

static const char *
or_environment(const char *given, const char *name)
{
	const char *value = given != NULL ? given : getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static int
take_token(struct cli *c, const char *file)
{
	struct why why = { 0 };
	enum err err = cli_read(c, file, PASSWORD_MAX, &c->token, &why);

	if (err != OK)
		return cli_fail(&why, err);
	c->token = str_trim(c->token);
	return EXIT_FINE;
}

static int
take_identity(struct cli *c, const struct given *g)
{
	const char *account = or_environment(g->common[1], "TORANA_ACCOUNT");
	const char *file = or_environment(g->common[2], "TORANA_PASSWORD_FILE");
	const char *code = or_environment(g->common[5], "TORANA_CODE");
	const char *token = or_environment(g->common[6], "TORANA_TOKEN_FILE");
	struct why why = { 0 };

	c->dir = or_environment(g->common[0], "TORANA_DIR");
	if (c->dir == NULL)
		c->dir = ".";
	c->json = g->common[3] != NULL;
	if (code != NULL)
		c->code = str_of(code);
	if (account == NULL && token != NULL)
		return take_token(c, token);
	if (account == NULL)
		return EXIT_FINE;
	if (file == NULL) {
		(void)fprintf(stderr, "torana: --as %s needs --password-file FILE\n", account);
		return EXIT_USAGE;
	}
	c->account = str_of(account);
	enum err err = cli_read(c, file, PASSWORD_MAX, &c->password, &why);
	if (err != OK)
		return cli_fail(&why, err);
	c->password = str_trim(c->password);
	return EXIT_FINE;
}

static int
run_command(struct cli *c, int argc, char **argv)
{
	struct given g = { 0 };
	int exit_code = take_arguments(c, &g, argc, argv);

	if (exit_code != EXIT_FINE)
		return exit_code;
	if (g.common[4] != NULL)
		return print_command_help(c->command);
	if (c->args < c->command->min || c->args > c->command->max) {
		(void)fprintf(stderr, "torana: usage: torana %s %s %s\n  for example: %s\n",
		    c->command->noun, c->command->verb, c->command->args, c->command->example);
		return EXIT_USAGE;
	}
	exit_code = take_identity(c, &g);
	return exit_code != EXIT_FINE ? exit_code : c->command->run(c);
}

int
main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct cli *c = arena_make(arena, struct cli, 1);
	const char *noun = argc > 1 ? argv[1] : "--help";
	const char *verb = argc > 2 && strncmp(argv[2], "--", 2) != 0 ? argv[2] : NULL;
	bool has_noun = false;

	heap_keep();
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (strcmp(noun, "--help") == 0 || strcmp(noun, "help") == 0)
		return print_help(NULL);
	if (strcmp(noun, "--version") == 0) {
		(void)printf("torana 0.1.0\n");
		return EXIT_FINE;
	}
	c->arena = arena;
	c->command = find_command(noun, verb, &has_noun);
	if (c->command == NULL && has_noun && verb == NULL && argc > 2)
		return print_help(noun);
	if (c->command == NULL)
		return no_such(noun, verb, has_noun);
	int skip = c->command->verb[0] == '\0' ? 2 : 3;
	return run_command(c, argc - skip, argv + skip);
}
