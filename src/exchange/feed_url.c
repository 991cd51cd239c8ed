/* Addresses of servers, and of the API roots that they name. */
#include "feed_p.h"

#define SCHEME "https://"

static enum err
bad_url(struct why *why, struct str text, const char *what)
{
	return fail(why, ERR_INVALID, "feed.url",
	    "\"" STR_FMT "\" %s: it would be right as https://taxii.example/taxii2/", STR_ARG(text),
	    what);
}

static enum err
no_memory(struct why *why)
{
	return fail(why, ERR_LIMIT, "feed.memory", "the answer of the server is too large");
}

static bool
is_visible(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || strchr("\"<>\\^`{|}", s.ptr[i]) != NULL)
			return false;
	}
	return true;
}

/* "." and "..", also when their dots are written in percent. */
static bool
is_dots(struct str segment)
{
	size_t dots = 0;

	for (size_t i = 0; i < segment.len; dots++) {
		if (segment.ptr[i] == '.')
			i++;
		else if (str_eq_nocase(str_sub(segment, i, 3), S("%2e")))
			i += 3;
		else
			return false;
	}
	return dots == 1 || dots == 2;
}

/* A path without empty segments, dots, and slashes in disguise. */
static const char *
path_problem(struct str path)
{
	struct str rest = str_sub(path, 1, path.len);

	while (rest.ptr != NULL && rest.len > 0) {
		struct str segment = str_split(&rest, '/');

		if (segment.len == 0)
			return "has an empty part in its path";
		if (is_dots(segment))
			return "leaves its path by dots";
		if (str_find(segment, S("%2f")) != SIZE_MAX ||
		    str_find(segment, S("%2F")) != SIZE_MAX)
			return "has a slash in disguise in its path";
	}
	return NULL;
}

static enum err
read_path(struct arena *a, struct str text, struct str path, struct str *ret, struct why *why)
{
	struct str whole = path.len == 0 ? S("/taxii2/") : path;
	const char *problem = path_problem(whole);

	if (problem != NULL)
		return bad_url(why, text, problem);
	*ret = arena_printf(a, STR_FMT "%s", STR_ARG(whole),
	    whole.ptr[whole.len - 1] == '/' ? "" : "/");
	return ret->ptr == NULL ? no_memory(why) : OK;
}

static enum err
read_host(struct arena *a, struct str host, struct str *ret, struct why *why)
{
	static const char port[] = ":443";

	if (str_ends(host, str_of(port)))
		host = str_sub(host, 0, host.len - strlen(port));
	char *low = arena_cstr(a, host);
	if (low == NULL)
		return no_memory(why);
	for (size_t i = 0; i < host.len; i++) {
		if (low[i] >= 'A' && low[i] <= 'Z')
			low[i] = (char)(low[i] - 'A' + 'a');
	}
	*ret = arena_printf(a, SCHEME "%s", low);
	return ret->ptr == NULL ? no_memory(why) : OK;
}

enum err
feed_url_read(struct arena *a, struct str text, struct feed_url *ret, struct why *why)
{
	size_t scheme = strlen(SCHEME);

	if (text.len > FEED_URL_MAX || !is_visible(text))
		return bad_url(why, str_sub(text, 0, text.len < 64 ? text.len : 64),
		    "is too long, or holds what no address holds");
	if (!str_eq_nocase(str_sub(text, 0, scheme), S(SCHEME)))
		return bad_url(why, text, "is not https");
	struct str rest = str_sub(text, scheme, text.len);
	struct str path = rest;
	struct str host = str_split(&path, '/');

	path = path.ptr == NULL ? S("") : str_sub(rest, host.len, rest.len);
	if (host.len == 0)
		return bad_url(why, text, "names no host");
	if (memchr(rest.ptr, '@', host.len) != NULL)
		return bad_url(why, text, "holds a user: give it by itself");
	if (memchr(rest.ptr, '?', rest.len) != NULL || memchr(rest.ptr, '#', rest.len) != NULL)
		return bad_url(why, text, "has a query or a fragment");
	TRY(read_host(a, host, &ret->base, why));
	return read_path(a, text, path, &ret->path, why);
}

/* Whether a scheme stands before the first slash. */
static bool
has_scheme(struct str text)
{
	struct str rest = text;
	struct str first = str_split(&rest, '/');

	return first.len > 0 && memchr(first.ptr, ':', first.len) != NULL;
}

enum err
feed_url_below(struct arena *a, const struct feed_url *at, struct str text, struct feed_url *ret,
    struct why *why)
{
	struct str whole = text;

	if (text.len == 0 || text.len > FEED_URL_MAX || !is_visible(text) ||
	    str_starts(text, S("//")))
		return bad_url(why, str_sub(text, 0, text.len < 64 ? text.len : 64),
		    "is no API root");
	if (text.ptr[0] == '/')
		whole = arena_printf(a, STR_FMT STR_FMT, STR_ARG(at->base), STR_ARG(text));
	else if (!has_scheme(text))
		whole = arena_printf(a, STR_FMT STR_FMT STR_FMT, STR_ARG(at->base),
		    STR_ARG(at->path), STR_ARG(text));
	if (whole.ptr == NULL)
		return no_memory(why);
	TRY(feed_url_read(a, whole, ret, why));
	if (!str_eq(ret->base, at->base))
		return fail(why, ERR_FORBIDDEN, "feed.other-host",
		    "the server sends us to " STR_FMT ": our credentials do not go to another "
		    "host; if that is right, give the API root by itself",
		    STR_ARG(ret->base));
	return OK;
}
