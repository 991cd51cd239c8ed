#include <stdlib.h>

#include "console.h"
#include "message_p.h"

enum { KEY_MAX = 128, VALUES_MAX = 8, ROLES_MAX = KIB };

/* ---- catalogues ---- */

struct str
message_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < COUNTOF(names); i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || value[0] == '\0')
			continue;
		if (str_starts(str_of(value), S("hi")))
			return S("hi");
		return str_starts(str_of(value), S("ja")) ? S("ja") : S("en");
	}
	return S("en");
}

static enum err
open_one(struct arena *a, struct str language, const struct json **ret, struct why *why)
{
	struct str text = console_catalogue(language);

	if (text.ptr == NULL)
		return fail(why, ERR_USAGE, "message.lang",
		    "the languages are en, hi and ja, not " STR_FMT, STR_ARG(language));
	return json_parse(a, text, NULL, ret, why);
}

enum err
message_open(struct arena *a, struct str language, struct messages *ret, struct why *why)
{
	TRY(open_one(a, S("en"), &ret->english, why));
	return open_one(a, language, &ret->chosen, why);
}

struct str
message_of(const struct messages *w, struct str key)
{
	struct str text = { 0 };

	if (!json_get_str(w->chosen, key, &text))
		(void)json_get_str(w->english, key, &text);
	return text;
}

struct str
message_name(const struct messages *w, const char *kind, struct str code)
{
	CLEANUP(buf_free) struct buf key = buf_new(KEY_MAX);

	buf_put(&key, str_of(kind));
	buf_put(&key, code);
	struct str name = key.full ? S("") : message_of(w, buf_str(&key));
	return name.len > 0 ? name : code;
}

/* ---- messages ---- */

static struct str
value_of(struct str name, const struct message_place *place, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(name, place[i].name))
			return place[i].value;
	}
	return S("");
}

void
message_say(const struct messages *w, struct str key, const struct message_place *place, size_t n,
    struct buf *out)
{
	struct str rest = message_of(w, key);

	while (rest.len > 0) {
		size_t open = str_find(rest, S("{"));
		size_t close = str_find(rest, S("}"));

		if (open == SIZE_MAX || close == SIZE_MAX || close < open) {
			buf_put(out, rest);
			return;
		}
		buf_put(out, str_sub(rest, 0, open));
		buf_put(out, value_of(str_sub(rest, open + 1, close - open - 1), place, n));
		rest = str_sub(rest, close + 1, SIZE_MAX);
	}
}

/* ---- lines ---- */

/* "legal, policy", each by its name. */
static void
put_roles(const struct messages *w, struct str roles, struct buf *out)
{
	for (size_t i = 0; roles.ptr != NULL && roles.len > 0; i++) {
		struct str role = str_trim(str_split(&roles, ','));

		buf_put(out, i == 0 ? S("") : S(", "));
		buf_put(out, message_name(w, "role.", role));
	}
}

/* A value that is a word of ours, by its name. */
static struct str
named(const struct messages *w, const struct json *value)
{
	static const struct {
		const char *name, *kind;
	} kinds[] = { { "reason", "reason." }, { "role", "role." }, { "purpose", "purpose." } };

	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		if (str_is(value->key, kinds[i].name))
			return message_name(w, kinds[i].kind, json_str(value));
	}
	return json_str(value);
}

static void
say_coded(const struct messages *w, struct str key, const struct json *args, struct buf *out)
{
	CLEANUP(buf_free) struct buf roles = buf_new(ROLES_MAX);
	struct message_place place[VALUES_MAX];
	size_t n = 0;

	for (const struct json *v = args->first; v != NULL && n < VALUES_MAX; v = v->next) {
		place[n] = (struct message_place){ v->key, named(w, v) };
		if (str_is(v->key, "roles")) {
			put_roles(w, json_str(v), &roles);
			place[n].value = buf_str(&roles);
		}
		n++;
	}
	message_say(w, key, place, n, out);
}

void
message_say_line(const struct messages *w, const struct json *line, struct buf *out)
{
	CLEANUP(buf_free) struct buf key = buf_new(KEY_MAX);
	const struct json *args = json_get(line, S("args"));

	buf_put(&key, S("line."));
	buf_put(&key, json_str(json_get(line, S("code"))));
	if (json_is(args, JSON_OBJECT) && message_of(w, buf_str(&key)).len > 0)
		say_coded(w, buf_str(&key), args, out);
	else
		buf_put(out, json_is(line, JSON_STRING) ? json_str(line)
		                                        : json_str(json_get(line, S("text"))));
}

void
message_say_lines(const struct messages *w, const struct json *list, struct buf *out)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		buf_put(out, v == list->first ? S("") : S(" "));
		message_say_line(w, v, out);
	}
}
