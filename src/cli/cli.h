/* cli.h: the command line: `torana NOUN VERB`.
 *
 * A noun has one table of commands in a file of its name; main.c joins the tables.  A
 * command is a client of the API (node_call), whether somebody serves the
 * folder or not; only scan and audit read it themselves, and
 * agreement lint and pattern read their files alone.
 *
 * Exit codes: 0 fine, 1 found something wrong, 2 used wrongly. */
#pragma once

#include "base.h"
#include "json.h"
#include "json_writer.h"

enum { EXIT_FINE = 0, EXIT_WRONG = 1, EXIT_USAGE = 2 };
enum { CLI_OPTIONS_MAX = 16, CLI_ARGS_MAX = 1024 };

struct cli;

struct cli_option {
	const char *name;  /* "to" for --to */
	const char *value; /* "PARTY:ORG"; NULL: a switch */
	const char *help;
};

struct cli_command {
	const char *noun;
	const char *verb; /* "" when the noun is the whole command */
	const char *args; /* "FILE..." */
	size_t min, max;  /* arguments */
	const struct cli_option *options;
	size_t options_len;
	int (*run)(struct cli *c);
	const char *summary; /* one line */
	const char *example; /* a whole command line */
};

/* One run of the program. */
struct cli {
	const char *dir;
	bool json;
	struct str account;
	struct str password;
	struct str code;  /* of its authenticator; empty: none */
	struct str token; /* in the stead of both; empty: none */
	struct arena *arena;
	const struct cli_command *command;
	size_t args;
	const char *arg[CLI_ARGS_MAX];
	const char *option[CLI_OPTIONS_MAX]; /* value of command->options[i]; "" of a switch; NULL:
	                                        not given */
};

/* The tables, one per noun. */
#define CLI_TABLE(name)                                    \
	extern const struct cli_command name##_commands[]; \
	extern const size_t name##_commands_count
CLI_TABLE(node);
CLI_TABLE(peer);
CLI_TABLE(feed);
CLI_TABLE(account);
CLI_TABLE(agreement);
CLI_TABLE(pack);
CLI_TABLE(collection);
CLI_TABLE(object);
CLI_TABLE(release);
CLI_TABLE(recall);
CLI_TABLE(standing);
CLI_TABLE(person);
CLI_TABLE(consent);
CLI_TABLE(disclosure);
CLI_TABLE(internal);
CLI_TABLE(scan);
CLI_TABLE(pattern);
CLI_TABLE(source);
CLI_TABLE(audit);

/* ---- what commands use ---- */

/* The value of --name, or NULL; "" for a switch that was given. */
const char *cli_option(const struct cli *c, const char *name);
/* The same, required: prints what is missing and returns NULL. */
const char *cli_need(const struct cli *c, const char *name);

/* Prints "torana: TEXT" and the place on standard error; returns the exit code for err. */
int cli_fail(const struct why *why, enum err err);

/* A whole file, or standard input for "-", in the arena; bounded by max bytes. */
enum err cli_read(const struct cli *c, const char *path, size_t max, struct str *ret,
    struct why *why);

/* How a person is told of it: the path, or "standard input" for "-". */
const char *cli_file_name(const char *path);

/* err, with the file's name in front of its text. */
enum err cli_in_file(const char *path, enum err err, struct why *why);

/* A file that has to be JSON; the tree's raw slice is its text.  An error names the file. */
enum err cli_read_json(const struct cli *c, const char *path, size_t max, const struct json **ret,
    struct why *why);

/* One request to the API.  *ret is the answer's tree (NULL when it is empty).
 * Returns 0, or the exit code after printing the error.  With --json the
 * answer was printed already and *ret is NULL. */
struct cli_request {
	const char *method;
	struct str target;
	struct str body;
};
int cli_call(struct cli *c, const struct cli_request *request, const struct json **ret);

/* Posts a file as it is.  As cli_call(), and an error in the file names it. */
int cli_post_file(struct cli *c, const char *path, size_t max, struct str target,
    const struct json **ret);

/* As cli_call(), but the answer is a document: *ret is its bytes, and nothing is
 * printed but errors. */
int cli_fetch(struct cli *c, const struct cli_request *request, struct str *ret);

/* Text percent-encoded for a target, in the arena. */
struct str cli_encode(const struct cli *c, struct str text);

/* The notes of an answer, if there are any, on standard error. */
void cli_notes(const struct json *answer);

/* A table on standard output: one row per element of list, one column per member.
 * Cells are shown as cli_text(); long ones end in an ellipsis. */
struct cli_column {
	const char *title;
	const char *member; /* "id", or "log.size": a path of names */
	int width_max;
};
void cli_table(const struct json *list, const struct cli_column *columns, size_t n);

/* A member of a request's body with the value of the option of that name; none without it. */
void cli_put(struct cli *c, struct json_writer *w, const char *name);

/* Asks for a list and prints it: GET target, the list stands under member.
 * Returns the exit code of cli_call(). */
int cli_list(struct cli *c, struct str target, const char *member, const struct cli_column *columns,
    size_t n);

/* Text of strangers on standard output, as one line: characters that a terminal
 * would obey, or that nobody sees, by their number. */
void cli_text(struct str text);

/* The same for bytes with lines of their own. */
void cli_page(struct str text);
