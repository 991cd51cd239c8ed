/* What may be written down as a feed. */
#include "feed_p.h"

enum { COLLECTION_NAME_MAX = 128, TYPES_TEXT_MAX = 512 };

static bool
has_only(struct str s, const char *more)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (c == '\0' || (!letter && strchr(more, c) == NULL))
			return false;
	}
	return s.len > 0;
}

static enum err
check_names(const struct feed *f, struct why *why)
{
	if (f->name.len > FEED_NAME_MAX || !has_only(f->name, "-"))
		return fail(why, ERR_INVALID, "feed.name",
		    "the name of a feed is 1 to %d of a-z 0-9 -", FEED_NAME_MAX);
	for (size_t i = 0; i < f->collection.len; i++) {
		if (f->collection.ptr[i] <= ' ' || f->collection.ptr[i] == 0x7f)
			return fail(why, ERR_INVALID, "feed.collection",
			    "the collection is a UUID or an alias, without blanks");
	}
	if (f->collection.len == 0 || f->collection.len > COLLECTION_NAME_MAX ||
	    memchr(f->collection.ptr, '/', f->collection.len) != NULL ||
	    str_is(f->collection, ".") || str_is(f->collection, ".."))
		return fail(why, ERR_INVALID, "feed.collection",
		    "the collection is a UUID or an alias of 1 to %d bytes", COLLECTION_NAME_MAX);
	if (f->types.len > TYPES_TEXT_MAX || (f->types.len > 0 && !has_only(f->types, "-,")) ||
	    str_find(f->types, S(",,")) != SIZE_MAX || str_starts(f->types, S(",")) ||
	    str_ends(f->types, S(",")))
		return fail(why, ERR_INVALID, "feed.types",
		    "types are names with commas between: indicator,malware");
	return OK;
}

static bool
is_pem(struct str text, const char *kind)
{
	return text.len <= FEED_PEM_MAX && str_find(text, S("-----BEGIN ")) != SIZE_MAX &&
	       str_find(text, str_of(kind)) != SIZE_MAX && memchr(text.ptr, '\0', text.len) == NULL;
}

static enum err
bad_login(struct why *why, const char *what)
{
	return fail(why, ERR_INVALID, "feed.login", "%s", what);
}

/* Of a header: no line end may stand in it. */
static bool
is_header_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
	}
	return s.len > 0 && s.len <= FEED_SECRET_MAX;
}

static enum err
check_login(const struct feed *f, struct why *why)
{
	switch (f->login) {
	case FEED_NONE: break;
	case FEED_BASIC:
		if (f->account.len == 0 || f->secret.len == 0)
			return bad_login(why,
			    "a user and its password belong together: one of them is missing or empty");
		if (!is_header_text(f->account) || !is_header_text(f->secret) ||
		    memchr(f->account.ptr, ':', f->account.len) != NULL)
			return bad_login(why,
			    "a user is without a colon, and has a password of at most 4096 bytes");
		return OK;
	case FEED_BEARER:
		if (!is_header_text(f->secret) || memchr(f->secret.ptr, ' ', f->secret.len) != NULL)
			return bad_login(why, "a token is one word of at most 4096 bytes");
		break;
	case FEED_CERTIFICATE:
		if (!is_pem(f->certificate, "CERTIFICATE-----") ||
		    !is_pem(f->secret, "PRIVATE KEY-----"))
			return bad_login(why, "a certificate and its key are in PEM, 16 KiB each");
		break;
	}
	return f->account.len == 0 ? OK : bad_login(why, "a user needs a password");
}

/* A pin and authorities at once would say two things about the same key. */
static enum err
check_trust(const struct feed *f, struct why *why)
{
	if (f->pin.len != 0 && f->pin.len != HASH_BYTES)
		return fail(why, ERR_INVALID, "feed.pin",
		    "a pin is the SHA-256 of the server's public key, 64 hex digits");
	if (f->pin.len > 0 && f->authority.len > 0)
		return fail(why, ERR_INVALID, "feed.pin",
		    "either the server's key is pinned, or authorities vouch for it");
	if (f->authority.len > 0 && !is_pem(f->authority, "CERTIFICATE-----"))
		return fail(why, ERR_INVALID, "feed.pem",
		    "authorities are certificates in PEM, at most 16 KiB");
	return OK;
}

/* A source without a policy is a slip of the pen: nothing would come of it. */
static enum err
check_source(struct realm *r, const struct feed *f, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(r);
	const struct gate *g = gate_of(gate);

	for (size_t i = 0; i < g->sources; i++) {
		if (str_eq(g->source[i]->source, f->source))
			return OK;
	}
	return f->source.len == 0 ? OK
	                          : fail(why, ERR_NOT_FOUND, "source.unknown",
	                                "no policy of a source \"" STR_FMT
	                                "\" is in force: set one, or add the feed without it",
	                                STR_ARG(f->source));
}

enum err
feed_add(struct realm *r, const struct feed *f, struct arena *a, struct why *why)
{
	struct feed made = *f;
	struct feed_url url;

	TRY(check_names(f, why));
	TRY(feed_url_read(a, f->url, &url, why));
	made.url = arena_printf(a, STR_FMT STR_FMT, STR_ARG(url.base), STR_ARG(url.path));
	if (f->api_root.len > 0) {
		TRY(feed_url_read(a, f->api_root, &url, why));
		made.api_root =
		    arena_printf(a, STR_FMT STR_FMT, STR_ARG(url.base), STR_ARG(url.path));
	}
	TRY(check_login(f, why));
	TRY(check_trust(f, why));
	TRY(check_source(r, f, why));
	if (f->every_s < FEED_EVERY_MIN_S || f->every_s > FEED_EVERY_MAX_S)
		return fail(why, ERR_INVALID, "feed.every",
		    "a feed is read every %d seconds to 7 days", FEED_EVERY_MIN_S);
	return feed_write(r, &made, a, why);
}
