#include <stdio.h>

#include "buf.h"
#include "cli.h"

enum { BODY_MAX = 16 * KIB };

static int
run_list(struct cli *c)
{
	static const struct cli_column columns[] = {
		{ "ALIAS", "alias", 24 },
		{ "ID", "id", 36 },
		{ "OWNER", "owner", 20 },
		{ "ENCLAVE", "enclave", 16 },
		{ "TITLE", "title", 60 },
	};

	return cli_list(c, S("/api/v1/collections"), "collections", columns, COUNTOF(columns));
}

/* ---- one ---- */

static void
print_member(const struct json *collection, const char *member)
{
	(void)printf("%-12s ", member);
	cli_text(json_str(json_get(collection, str_of(member))));
	(void)printf("\n");
}

static bool
is_true(const struct json *row, const char *member)
{
	return json_is(json_get(row, str_of(member)), JSON_TRUE);
}

static void
print_one(const struct json *collection)
{
	static const char *const members[] = { "id", "alias", "title", "description", "owner",
		"enclave" };
	const struct json *access = json_get(collection, S("access"));
	const struct json *query = json_get(collection, S("query"));
	const struct json *filling = json_get(collection, S("filling"));

	for (size_t i = 0; i < COUNTOF(members); i++)
		print_member(collection, members[i]);
	if (json_is(query, JSON_OBJECT)) {
		(void)printf("%-12s ", "query");
		cli_text(query->raw);
		(void)printf("\n");
	}
	if (json_is(filling, JSON_OBJECT)) {
		(void)printf("%-12s with what was added before ", "filling");
		cli_text(json_str(json_get(filling, S("until"))));
		(void)printf(", done to ");
		cli_text(json_str(json_get(filling, S("done_to"))));
		(void)printf("\n");
	}
	for (const struct json *row = access->first; row != NULL; row = row->next) {
		bool can_read = is_true(row, "can_read"), can_write = is_true(row, "can_write");

		(void)printf("%-12s ", row == access->first ? "access" : "");
		cli_text(json_str(json_get(row, S("account"))));
		(void)printf(":%s%s%s, by ", can_read ? " read" : "", can_write ? " write" : "",
		    can_read || can_write ? "" : " see");
		cli_text(json_str(json_get(row, S("by"))));
		(void)printf("\n");
	}
}

static int
run_show(struct cli *c)
{
	const struct json *answer = NULL;
	struct why why = { 0 };
	bool json = c->json;

	if (json)
		return cli_fail(&why, (fail)(&why, ERR_USAGE, "collection.json",
		                          "torana collection list --json has all of it"));
	int code =
	    cli_call(c, &(struct cli_request){ "GET", S("/api/v1/collections"), S("") }, &answer);
	if (answer == NULL)
		return code;
	for (const struct json *e = json_get(answer, S("collections"))->first; e != NULL;
	     e = e->next) {
		if (!str_is(json_str(json_get(e, S("id"))), c->arg[0]) &&
		    !str_is(json_str(json_get(e, S("alias"))), c->arg[0]))
			continue;
		print_one(e);
		return code;
	}
	return cli_fail(&why, (fail)(&why, ERR_NOT_FOUND, "collection.unknown",
	                          "there is no collection \"%s\" of our own", c->arg[0]));
}

/* ---- changing ---- */

static const struct cli_option add_options[] = {
	{ "title", "TEXT", "by which people know it" },
	{ "description", "TEXT", "what belongs into it" },
	{ "organisation", "PARTY:ORG", "whose it is; without it: ours" },
	{ "enclave", "NAME", "enclave that it belongs to; without it: the first of the caller's" },
};

static int
make(struct cli *c, const char *query)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;

	if (cli_need(c, "title") == NULL)
		return EXIT_USAGE;
	json_begin_object(&w);
	json_put_str(json_key(&w, S("alias")), str_of(c->arg[0]));
	for (size_t i = 0; i < COUNTOF(add_options); i++)
		cli_put(c, &w, add_options[i].name);
	if (query != NULL)
		json_put_raw(json_key(&w, S("query")), str_of(query));
	json_end_object(&w);
	int code = cli_call(c,
	    &(struct cli_request){ "POST", S("/api/v1/collections"), buf_str(&body) }, &answer);
	if (answer != NULL) {
		cli_text(json_str(json_get(answer, S("id"))));
		(void)printf("\n");
		cli_notes(answer);
	}
	return code;
}

static int
run_add(struct cli *c)
{
	return make(c, NULL);
}

static const struct cli_option define_options[] = {
	{ "query", "JSON", "what it shows; see torana-collection(1)" },
	{ "title", "TEXT", "by which people know it" },
	{ "description", "TEXT", "what belongs into it" },
	{ "organisation", "PARTY:ORG", "whose it is; without it: ours" },
	{ "enclave", "NAME", "enclave that it belongs to; without it: the first of the caller's" },
};

/* Put into the body as it is: what is no JSON would be told as an error of the whole. */
static int
run_define(struct cli *c)
{
	const char *query = cli_need(c, "query");
	const struct json *tree = NULL;
	struct why why = { 0 };

	if (query == NULL)
		return EXIT_USAGE;
	enum err err = json_parse(c->arena, str_of(query), NULL, &tree, &why);
	return err == OK ? make(c, query) : cli_fail(&why, err);
}

static int
run_remove(struct cli *c)
{
	const struct json *answer = NULL;
	struct str target = arena_printf(c->arena, "/api/v1/collections/" STR_FMT,
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));

	return cli_call(c, &(struct cli_request){ "DELETE", target, S("") }, &answer);
}

static const struct cli_option access_options[] = {
	{ "account", "NAME", "guest who gets it; * is every guest without a line of its own" },
	{ "rights", "RIGHTS", "read, write, \"read write\", see, or none to take it away" },
};

static int
run_access(struct cli *c)
{
	CLEANUP(buf_free) struct buf body = buf_new(BODY_MAX);
	struct json_writer w = json_writer(&body);
	const struct json *answer = NULL;
	const char *account = cli_need(c, "account");
	const char *rights = cli_need(c, "rights");

	if (account == NULL || rights == NULL)
		return EXIT_USAGE;
	struct str rest = str_of(rights);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("account")), str_of(account));
	json_begin_array(json_key(&w, S("rights")));
	while (rest.ptr != NULL && !str_is(str_of(rights), "none"))
		json_put_str(&w, str_split(&rest, ' '));
	json_end_array(&w);
	json_end_object(&w);
	struct str target = arena_printf(c->arena, "/api/v1/collections/" STR_FMT "/access",
	    STR_ARG(cli_encode(c, str_of(c->arg[0]))));
	return cli_call(c, &(struct cli_request){ "POST", target, buf_str(&body) }, &answer);
}

/* clang-format off */
const struct cli_command collection_commands[] = {
	{ "collection", "access", "NAME", 1, 1, access_options, COUNTOF(access_options), run_access,
	  "say what a guest may do with a collection",
	  "torana collection access dropbox --account acme --rights write" },
	{ "collection", "add", "NAME", 1, 1, add_options, COUNTOF(add_options), run_add,
	  "make a collection of our own",
	  "torana collection add dropbox --title 'Reports of constituents' --enclave box" },
	{ "collection", "define", "NAME", 1, 1, define_options, COUNTOF(define_options), run_define,
	  "make a collection that a query defines",
	  "torana collection define energy --title Energy --query '{\"from\":[\"local\"],\"labels\":[\"energy\"]}'" },
	{ "collection", "list", "", 0, 0, NULL, 0, run_list,
	  "collections of our own", "torana collection list" },
	{ "collection", "remove", "NAME", 1, 1, NULL, 0, run_remove,
	  "remove a collection that a query defines", "torana collection remove energy" },
	{ "collection", "show", "NAME", 1, 1, NULL, 0, run_show,
	  "one of them, and who has access to it", "torana collection show dropbox" },
};
/* clang-format on */
const size_t collection_commands_count = COUNTOF(collection_commands);
