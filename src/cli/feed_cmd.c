#include <stdio.h>
#include <time.h>

#include "buf.h"
#include "cli.h"
#include "feed_find_p.h"
#include "json_writer.h"

enum {
	SECRET_MAX = 16 * KIB, /* a key in PEM; as the API takes */
	BODY_MAX = 64 * KIB,
	/* How long `feed poll` waits for a worker, looking so often. */
	WAIT_MS = 600'000,
	LOOK_MS = 250,
};

/* ---- add ---- */

static const struct cli_option add_options[] = {
	{ "url", "URL", "of the server's discovery: https://host/taxii2/" },
	{ "api-root", "URL", "of an API root, in the stead of the one that discovery names" },
	{ "collection", "ID", "UUID or alias of the collection" },
	{ "types", "NAMES", "only objects of these types: indicator,malware" },
	{ "source", "NAME", "source whose policy speaks for what has no marking" },
	{ "every", "TIME", "how often it is read: 90s, 15m, 1h, 1d; without it 15m" },
	{ "user", "NAME", "its account there; needs --login-file" },
	{ "login-file", "FILE", "its password; - reads it from standard input" },
	{ "bearer-file", "FILE", "its token, in the stead of a user; - reads standard input" },
	{ "certificate", "FILE", "its client certificate (PEM); needs --key" },
	{ "key", "FILE", "key of the certificate (PEM)" },
	{ "ca", "FILE", "authorities that vouch for the server (PEM), not those of the system" },
	{ "pin", "HEX", "SHA-256 of the server's public key, in the stead of authorities" },
};

static const struct cli_option find_options[] = {
	{ "resolver", "ADDRESS", "who is asked, 192.0.2.1:53; without it as the system does" },
};

/* A file whose content becomes a member. */
static int
put_file(struct cli *c, struct json_writer *w, const char *option, const char *member)
{
	const char *path = cli_option(c, option);
	struct str text = { 0 };
	struct why why = { 0 };

	if (path == NULL)
		return EXIT_FINE;
	enum err err = cli_read(c, path, SECRET_MAX, &text, &why);
	if (err != OK)
		return cli_fail(&why, err);
	json_put_str(json_key(w, str_of(member)), str_trim(text));
	return EXIT_FINE;
}

/* "15m" in seconds; 0: it is none. */
static uint64_t
seconds_of(struct str text)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86'400 } };
	uint64_t n = 0;

	if (text.len < 2 || !str_to_u64(str_sub(text, 0, text.len - 1), 1'000'000, &n))
		return 0;
	for (size_t i = 0; i < COUNTOF(units); i++) {
		if (text.ptr[text.len - 1] == units[i].unit)
			return n * units[i].seconds;
	}
	return 0;
}

static int
put_every(struct cli *c, struct json_writer *w)
{
	const char *text = cli_option(c, "every");
	uint64_t seconds = text == NULL ? 0 : seconds_of(str_of(text));

	if (text == NULL)
		return EXIT_FINE;
	if (seconds == 0) {
		(void)fprintf(stderr, "torana: --every %s: it would be right as 90s, 15m, 1h, 1d\n",
		    text);
		return EXIT_USAGE;
	}
	json_put_u64(json_key(w, S("every")), seconds);
	return EXIT_FINE;
}

/* The options whose values are members as they are. */
static void
put_texts(struct cli *c, struct json_writer *w)
{
	const char *root = cli_option(c, "api-root");

	json_put_str(json_key(w, S("name")), str_of(c->arg[0]));
	cli_put(c, w, "url");
	cli_put(c, w, "collection");
	cli_put(c, w, "types");
	cli_put(c, w, "source");
	cli_put(c, w, "user");
	cli_put(c, w, "pin");
	if (root != NULL)
		json_put_str(json_key(w, S("api_root")), str_of(root));
}

static int
put_files(struct cli *c, struct json_writer *w)
{
	static const struct {
		const char *option, *member;
	} files[] = {
		{ "login-file", "password" },
		{ "bearer-file", "token" },
		{ "certificate", "certificate" },
		{ "key", "key" },
		{ "ca", "authority" },
	};

	for (size_t i = 0; i < COUNTOF(files); i++) {
		int code = put_file(c, w, files[i].option, files[i].member);

		if (code != EXIT_FINE)
			return code;
	}
	return put_every(c, w);
}

static int
run_add(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;

	if (cli_need(c, "url") == NULL || cli_need(c, "collection") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	put_texts(c, &w);
	int code = put_files(c, &w);
	if (code != EXIT_FINE)
		return code;
	json_end_object(&w);
	code = cli_call(c, &(struct cli_request){ "POST", S("/api/v1/feeds"), buf_str(&body) },
	    &answer);
	if (answer != NULL) {
		(void)printf("feed %s added\n", c->arg[0]);
		cli_notes(answer);
	}
	return code;
}

/* ---- looking ---- */

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "NAME", "name", 32 },
		{ "URL", "url", 50 },
		{ "COLLECTION", "collection", 36 },
		{ "READ", "good_at", 28 },
		{ "NEW", "new", 10 },
		{ "PROBLEM", "problem", 100 },
	};

	return cli_list(c, S("/api/v1/feeds"), "feeds", columns, COUNTOF(columns));
}

/* The feed of the first argument out of the list; NULL after saying that it is
 * not there. */
static const struct json *
find_feed(struct cli *c, int *ret_code)
{
	const struct json *answer = NULL;
	bool json = c->json;

	c->json = false; /* the answer is printed by who asks */
	*ret_code = cli_call(c, &(struct cli_request){ "GET", S("/api/v1/feeds"), S("") }, &answer);
	c->json = json;
	const struct json *list = json_get(answer, S("feeds"));
	for (const struct json *f = list == NULL ? NULL : list->first; f != NULL; f = f->next) {
		if (str_is(json_str(json_get(f, S("name"))), c->arg[0]))
			return f;
	}
	if (*ret_code == EXIT_FINE) {
		(void)fprintf(stderr,
		    "torana: there is no feed %s; `torana feed list` names them\n", c->arg[0]);
		*ret_code = EXIT_WRONG;
	}
	return NULL;
}

static void
print_member(const struct json *m)
{
	struct str value = m->type == JSON_STRING ? json_str(m) : m->raw;

	(void)printf("%-14.*s ", STR_ARG(m->key));
	cli_text(m->type == JSON_NULL ? S("-") : value);
	(void)printf("\n");
}

static int
run_show(struct cli *c)
{
	int code = EXIT_FINE;
	const struct json *f = find_feed(c, &code);

	if (f == NULL)
		return code;
	if (c->json) {
		(void)printf(STR_FMT "\n", STR_ARG(f->raw));
		return EXIT_FINE;
	}
	for (const struct json *m = f->first; m != NULL; m = m->next)
		print_member(m);
	return EXIT_FINE;
}

/* ---- poll ---- */

static struct str
target_of(struct cli *c, const char *tail)
{
	struct str name = cli_encode(c, str_of(c->arg[0]));

	return arena_printf(c->arena, "/api/v1/feeds/" STR_FMT "%s", STR_ARG(name), tail);
}

static void
pause_a_moment(void)
{
	const struct timespec moment = { .tv_nsec = LOOK_MS * 1'000'000L };

	(void)nanosleep(&moment, NULL);
}

/* Until the worker has read it. */
static int
wait_for(struct cli *c)
{
	for (int waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
		bool pending = true;
		int code = EXIT_FINE;
		const struct json *f = find_feed(c, &code);

		if (f == NULL)
			return code;
		struct str problem = json_str(json_get(f, S("problem")));
		if (json_get_bool(f, S("pending"), &pending) && !pending) {
			if (c->json)
				(void)printf(STR_FMT "\n", STR_ARG(f->raw));
			else if (problem.len == 0)
				(void)printf("read: " STR_FMT " versions since it was added\n",
				    STR_ARG(json_get(f, S("new"))->raw));
			else
				(void)fprintf(stderr, "torana: " STR_FMT "\n", STR_ARG(problem));
			return problem.len == 0 ? EXIT_FINE : EXIT_WRONG;
		}
		pause_a_moment();
	}
	(void)fprintf(stderr, "torana: it is still being read; `torana feed show` says how far\n");
	return EXIT_WRONG;
}

static int
run_poll(struct cli *c)
{
	const struct cli_request request = { "POST", target_of(c, "/poll"), S("") };
	const struct json *answer = NULL;
	bool json = c->json, more = true;

	while (more) {
		c->json = false;
		int code = cli_call(c, &request, &answer);
		c->json = json;
		if (code != EXIT_FINE)
			return code;
		if (answer == NULL)
			return wait_for(c);
		more = false;
		(void)json_get_bool(answer, S("more"), &more);
	}
	if (json)
		(void)printf(STR_FMT "\n", STR_ARG(answer->raw));
	else
		(void)printf(STR_FMT " new, " STR_FMT " refused\n",
		    STR_ARG(json_get(answer, S("new"))->raw),
		    STR_ARG(json_get(answer, S("refused"))->raw));
	return EXIT_FINE;
}

static int
run_remove(struct cli *c)
{
	const struct json *answer = NULL;
	int code = cli_call(c, &(struct cli_request){ "DELETE", target_of(c, ""), S("") }, &answer);

	if (code == EXIT_FINE && !c->json)
		(void)printf("feed %s removed; what it brought stays\n", c->arg[0]);
	return code;
}

/* clang-format off */
const struct cli_command feed_commands[] = {
	{ "feed", "add", "NAME", 1, 1, add_options, COUNTOF(add_options), run_add,
	  "read a TAXII 2.1 server of others from now on",
	  "torana feed add cisa --url https://taxii.example/taxii2/ --collection ID --user meera --login-file FILE" },
	{ "feed", "find", "DOMAIN", 1, 1, find_options, COUNTOF(find_options), cli_feed_find,
	  "where a domain says that its TAXII server is", "torana feed find example.net" },
	{ "feed", "list", "", 0, 0, NULL, 0, run_list,
	  "the servers of others that are read", "torana feed list" },
	{ "feed", "show", "NAME", 1, 1, NULL, 0, run_show,
	  "all about one feed, but its secret", "torana feed show cisa" },
	{ "feed", "poll", "NAME", 1, 1, NULL, 0, run_poll,
	  "read a feed now", "torana feed poll cisa" },
	{ "feed", "remove", "NAME", 1, 1, NULL, 0, run_remove,
	  "read a feed no more; what it brought stays", "torana feed remove cisa" },
};
/* clang-format on */
const size_t feed_commands_count = COUNTOF(feed_commands);
