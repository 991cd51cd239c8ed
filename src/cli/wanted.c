/* Which objects an order on the command line is about. */
#include <stdio.h>
#include <stdlib.h>

#include "wanted_p.h"

enum { BUNDLE_BYTES_MAX = 256 * MIB }; /* what an import takes */

static int
id_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void
sort_wanted(struct wanted *w)
{
	size_t n = 0;

	qsort(w->id, w->len, sizeof(*w->id), id_order);
	for (size_t i = 0; i < w->len; i++) {
		if (n == 0 || !str_eq(w->id[n - 1], w->id[i]))
			w->id[n++] = w->id[i];
	}
	w->len = n;
}

static enum err
read_bundle(struct cli *c, const char *path, const struct json **ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(cli_read_json(c, path, BUNDLE_BYTES_MAX, &root, why));
	*ret = json_get(root, S("objects"));
	if (!json_is(*ret, JSON_ARRAY))
		return fail(why, ERR_INVALID, "cli.bundle",
		    "%s is no STIX bundle: it has no list \"objects\"", path);
	return OK;
}

enum err
wanted_collect(struct cli *c, struct wanted *ret, struct why *why)
{
	const char *path = cli_option(c, "bundle");
	const struct json *list = NULL;

	if (path != NULL)
		TRY(read_bundle(c, path, &list, why));
	ret->id = arena_make(c->arena, struct str, c->args + (list == NULL ? 0 : list->len) + 1);
	if (ret->id == NULL)
		return fail(why, ERR_LIMIT, "cli.memory", "there are too many objects");
	for (size_t i = 0; i < c->args; i++)
		ret->id[ret->len++] = str_of(c->arg[i]);
	for (const struct json *o = list == NULL ? NULL : list->first; o != NULL; o = o->next) {
		if (json_str(json_get(o, S("id"))).len > 0)
			ret->id[ret->len++] = json_str(json_get(o, S("id")));
	}
	if (ret->len == 0)
		return fail(why, ERR_USAGE, "cli.empty",
		    "name the objects: identifiers, or --bundle FILE");
	sort_wanted(ret);
	return OK;
}

void
wanted_print_counts(const char *title, const struct json *list, const char *member)
{
	struct {
		struct str word;
		size_t n;
	} seen[8] = { 0 };
	size_t kinds = 0;

	for (const struct json *d = list == NULL ? NULL : list->first; d != NULL; d = d->next) {
		struct str word = json_str(json_get(d, str_of(member)));
		size_t i = 0;

		while (i < kinds && !str_eq(seen[i].word, word))
			i++;
		if (i == COUNTOF(seen))
			continue;
		kinds += i == kinds;
		seen[i].word = word;
		seen[i].n++;
	}
	(void)fprintf(stderr, "%s", title);
	for (size_t i = 0; i < kinds; i++)
		(void)fprintf(stderr, "%s %zu " STR_FMT, i == 0 ? "" : ",", seen[i].n,
		    STR_ARG(seen[i].word));
	(void)fprintf(stderr, "\n");
}

void
wanted_print_left_out(const struct json *preview)
{
	static const char *const halves[] = { "technique", "victim" };
	const struct json *left = json_get(preview, S("left_out"));

	for (size_t i = 0; i < COUNTOF(halves); i++) {
		size_t n = 0;

		for (const struct json *v = left == NULL ? NULL : left->first; v != NULL;
		     v = v->next)
			n += str_is(json_str(json_get(v, S("half"))), halves[i]);
		if (n > 0)
			(void)printf("left out: %zu of the %s half (--with %s or all)\n", n,
			    halves[i], halves[i]);
	}
}
