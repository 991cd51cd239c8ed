#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "http_client.h"
#include "node.h"
#include "visible_p.h"

const char *
cli_option(const struct cli *c, const char *name)
{
	for (size_t i = 0; i < c->command->options_len; i++) {
		if (strcmp(c->command->options[i].name, name) == 0)
			return c->option[i];
	}
	return NULL;
}

const char *
cli_need(const struct cli *c, const char *name)
{
	const char *value = cli_option(c, name);

	if (value == NULL)
		(void)fprintf(stderr, "torana: --%s is missing; for example: %s\n", name,
		    c->command->example);
	return value;
}

int
cli_fail(const struct why *why, enum err err)
{
	(void)fprintf(stderr, "torana: %s\n", why->text);
	if (why->where[0] != '\0')
		(void)fprintf(stderr, "  at %s\n", why->where);
	return err == ERR_USAGE ? EXIT_USAGE : EXIT_WRONG;
}

/* ---- files ---- */

static enum err
read_all(FILE *f, const char *path, size_t max, struct buf *out, struct why *why)
{
	for (;;) {
		char *room = buf_reserve(out, 64 * KIB);
		if (room == NULL)
			return fail(why, ERR_LIMIT, "cli.file", "%s is larger than %zu bytes", path,
			    max);
		size_t n = fread(room, 1, 64 * KIB, f);
		out->len += n;
		if (n == 0)
			break;
	}
	if (ferror(f) && errno == EISDIR)
		return fail(why, ERR_INVALID, "cli.file", "%s is a folder: name a file", path);
	if (ferror(f))
		return fail(why, ERR_IO, "cli.file", "cannot read %s", path);
	if (out->len > max)
		return fail(why, ERR_LIMIT, "cli.file", "%s is larger than %zu bytes", path, max);
	return OK;
}

static enum err
cannot_open(const char *path, struct why *why)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return fail(why, ERR_NOT_FOUND, "cli.file",
		    "there is no file %s: name one, or - for standard input", path);
	return fail(why, ERR_NOT_FOUND, "cli.file",
	    "cannot open %s: it must be a file that you may read", path);
}

enum err
cli_read(const struct cli *c, const char *path, size_t max, struct str *ret, struct why *why)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(path, "re");
	/* The last reservation is never filled: room for it beyond the bound. */
	CLEANUP(buf_free) struct buf out = buf_new(max + 64 * KIB);

	if (f == NULL)
		return cannot_open(path, why);
	enum err err = read_all(f, path, max, &out, why);
	if (!is_stdin)
		(void)fclose(f);
	if (err != OK)
		return err;
	*ret = arena_str(c->arena, buf_str(&out));
	return OK;
}

const char *
cli_file_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

enum err
cli_in_file(const char *path, enum err err, struct why *why)
{
	if (err != OK)
		why_prefix(why, "%s", cli_file_name(path));
	return err;
}

enum err
cli_read_json(const struct cli *c, const char *path, size_t max, const struct json **ret,
    struct why *why)
{
	struct str text = { 0 };

	TRY(cli_read(c, path, max, &text, why));
	return cli_in_file(path, json_parse(c->arena, text, NULL, ret, why), why);
}

/* ---- the API ---- */

struct str
cli_encode(const struct cli *c, struct str text)
{
	CLEANUP(buf_free) struct buf out = buf_new(64 * KIB);

	http_encode(&out, text);
	return arena_str(c->arena, buf_str(&out));
}

enum { ERROR_MAX = 64 * KIB }; /* a message and a place, each byte as a number */

/* The message of an error answer; file is what was sent, or NULL. */
static int
print_error(const struct cli *c, const struct json *answer, unsigned status, const char *file)
{
	const struct json *e = json_get(answer, S("error"));
	struct str text = { 0 }, where = { 0 };

	if (!json_get_str(e, S("message"), &text)) {
		(void)fprintf(stderr, "torana: the node answered with status %u\n", status);
		return EXIT_WRONG;
	}
	CLEANUP(buf_free) struct buf shown = buf_new(ERROR_MAX);
	bool placed = json_get_str(e, S("where"), &where) && where.len > 0;
	buf_put(&shown, S("torana: "));
	if (placed && file != NULL) {
		visible_put(&shown, str_of(cli_file_name(file)));
		buf_put(&shown, S(": "));
	}
	visible_put(&shown, text);
	struct str code = json_str(json_get(e, S("code")));
	if (c->account.len == 0 && (str_is(code, "http.scope") || str_is(code, "http.role")))
		buf_put(&shown, S("; --as says who asks"));
	if (placed) {
		buf_put(&shown, S("\n  at "));
		visible_put(&shown, where);
	}
	(void)fprintf(stderr, STR_FMT "\n", STR_ARG(buf_str(&shown)));
	return EXIT_WRONG;
}

/* *ret is the tree of the answer, *ret_body its bytes. */
static int
ask(struct cli *c, const struct cli_request *request, const char *file, const struct json **ret,
    struct str *ret_body)
{
	struct node_call call = {
		.method = request->method,
		.target = request->target,
		.body = request->body,
		.account = c->account,
		.password = c->password,
		.code = c->code,
		.token = c->token,
	};
	struct node_answer answer = { 0 };
	struct why why = { 0 };

	*ret = NULL;
	enum err err = node_call(c->dir, &call, c->arena, &answer, &why);
	if (err != OK)
		return cli_fail(&why, err);
	if (answer.body.len > 0) {
		err = json_parse(c->arena, answer.body, NULL, ret, &why);
		if (err != OK)
			return cli_fail(&why, err);
	}
	if (answer.status >= 400)
		return print_error(c, *ret, answer.status, file);
	*ret_body = answer.body;
	return EXIT_FINE;
}

static int
call(struct cli *c, const struct cli_request *request, const char *file, const struct json **ret)
{
	struct str body = { 0 };
	int code = ask(c, request, file, ret, &body);

	if (code == EXIT_FINE && c->json)
		(void)printf(STR_FMT "%s", STR_ARG(body), body.len > 0 ? "\n" : "");
	if (code != EXIT_FINE || c->json)
		*ret = NULL;
	return code;
}

int
cli_call(struct cli *c, const struct cli_request *request, const struct json **ret)
{
	return call(c, request, NULL, ret);
}

int
cli_post_file(struct cli *c, const char *path, size_t max, struct str target,
    const struct json **ret)
{
	struct str text = { 0 };
	struct why why = { 0 };
	enum err err = cli_read(c, path, max, &text, &why);

	*ret = NULL;
	if (err != OK)
		return cli_fail(&why, err);
	return call(c, &(struct cli_request){ "POST", target, text }, path, ret);
}

int
cli_fetch(struct cli *c, const struct cli_request *request, struct str *ret)
{
	const struct json *tree = NULL;

	return ask(c, request, NULL, &tree, ret);
}

void
cli_notes(const struct json *answer)
{
	CLEANUP(buf_free) struct buf shown = buf_new(ERROR_MAX);
	const struct json *list = json_get(answer, S("notes"));

	for (const struct json *n = list == NULL ? NULL : list->first; n != NULL; n = n->next) {
		buf_clear(&shown);
		visible_put(&shown, json_str(n));
		(void)fprintf(stderr, "note: " STR_FMT "\n", STR_ARG(buf_str(&shown)));
	}
}

/* ---- tables ---- */

enum {
	COLUMNS_MAX = 16,
	CELL_MAX = 64 * KIB,  /* of a cell as it is shown */
	TEXT_MAX = 512 * MIB, /* an object of the largest size, each byte as a number */
};

/* The value at a path of member names; NULL when there is none. */
static const struct json *
member_at(const struct json *row, const char *path)
{
	struct str rest = str_of(path);

	while (rest.ptr != NULL && row != NULL)
		row = json_get(row, str_split(&rest, '.'));
	return row;
}

static void
cell_text(const struct json *v, int max, struct buf *ret)
{
	buf_clear(ret);
	if (v != NULL && v->type != JSON_NULL)
		visible_put_cut(ret, json_str(v).ptr != NULL ? json_str(v) : v->raw, max);
}

static void
print_cell(struct str text, int width, bool last)
{
	(void)printf(STR_FMT, STR_ARG(text));
	if (!last)
		(void)printf("%*s", width - visible_width(text) + 2, "");
}

void
cli_table(const struct json *list, const struct cli_column *columns, size_t n)
{
	int width[COLUMNS_MAX];
	CLEANUP(buf_free) struct buf cell = buf_new(CELL_MAX);

	assert(n <= COLUMNS_MAX);
	for (size_t k = 0; k < n; k++) {
		width[k] = visible_width(str_of(columns[k].title));
		for (const struct json *row = list == NULL ? NULL : list->first; row != NULL;
		     row = row->next) {
			cell_text(member_at(row, columns[k].member), columns[k].width_max, &cell);
			int w = visible_width(buf_str(&cell));
			width[k] = w > width[k] ? w : width[k];
		}
		print_cell(str_of(columns[k].title), width[k], k + 1 == n);
	}
	(void)printf("\n");
	for (const struct json *row = list == NULL ? NULL : list->first; row != NULL;
	     row = row->next) {
		for (size_t k = 0; k < n; k++) {
			cell_text(member_at(row, columns[k].member), columns[k].width_max, &cell);
			print_cell(buf_str(&cell), width[k], k + 1 == n);
		}
		(void)printf("\n");
	}
}

void
cli_put(struct cli *c, struct json_writer *w, const char *name)
{
	const char *value = cli_option(c, name);

	if (value != NULL)
		json_put_str(json_key(w, str_of(name)), str_of(value));
}

int
cli_list(struct cli *c, struct str target, const char *member, const struct cli_column *columns,
    size_t n)
{
	const struct json *answer = NULL;
	int code = cli_call(c, &(struct cli_request){ "GET", target, S("") }, &answer);

	if (answer != NULL)
		cli_table(json_get(answer, str_of(member)), columns, n);
	return code;
}

static void
print_bytes(const struct buf *b)
{
	(void)fwrite(b->len > 0 ? b->ptr : "", 1, b->len, stdout);
}

void
cli_text(struct str text)
{
	CLEANUP(buf_free) struct buf out = buf_new(TEXT_MAX);

	visible_put(&out, text);
	print_bytes(&out);
}

void
cli_page(struct str text)
{
	CLEANUP(buf_free) struct buf out = buf_new(TEXT_MAX);

	visible_put_lines(&out, text);
	print_bytes(&out);
}
