#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <ini.h>

#include "buf.h"
#include "log.h"
#include "near.h"
#include "node.h"

enum {
	PATH_MAX_BYTES = 4096,
	CONFIG_BYTES_MAX = 64 * KIB, /* some twenty lines and their comments */
	REQUESTS_MAX = 10'000'000,   /* in a minute: more than one connection can carry */
};

enum key_kind { KEY_TEXT, KEY_URL, KEY_PORT, KEY_NUMBER };

/* Where a key's value goes. */
struct key_place {
	const char *name;
	enum key_kind kind;
	size_t at;
	size_t size; /* KEY_TEXT, KEY_URL */
	uint32_t min, max;
};

#define AT(field) \
	offsetof(struct node_config, field), sizeof(((struct node_config *)0)->field), 0, 0
#define TEXT_AT(field) KEY_TEXT, AT(field)
#define URL_AT(field)  KEY_URL, AT(field)

/* clang-format off */
const struct node_key node_keys[] = {
	{ "node.realm",         "name",         "the realm that is served: real, exercise or demo",          true },
	{ "people.address",     "address",      "where people and their tools connect",                      true },
	{ "people.port",        "port",         "its port; 0 takes any free one",                            true },
	{ "people.base-url",    "URL",          "how browsers see it; empty: made of address and port",      true },
	{ "people.requests",    "1/minute",     "TAXII requests of one account that are served",             true },
	{ "people.gzip",        "0..1",         "1: TAXII pages are compressed for those who ask for it",    true },
	{ "peer.address",       "address",      "where partners' nodes connect",                             true },
	{ "peer.port",          "port",         "its port; 0 takes any free one",                            true },
	{ "peer.requests",      "1/minute",     "TAXII requests of one partner that are served",             true },
	{ "exchange.every",     "milliseconds", "pause between two rounds with the partners",                true },
	{ "log.level",          "0..3",         "0 errors, 1 warnings, 2 notices, 3 all",                    true },
};
static const struct key_place places[] = {
	{ "node.realm",       TEXT_AT(realm) },
	{ "people.address",   TEXT_AT(people_address) },
	{ "people.port",      KEY_PORT,   offsetof(struct node_config, people_port),       0, 0,   65535 },
	{ "people.base-url",  URL_AT(base_url) },
	{ "people.requests",  KEY_NUMBER, offsetof(struct node_config, people_requests),   0, 60,  REQUESTS_MAX },
	{ "people.gzip",      KEY_NUMBER, offsetof(struct node_config, people_gzip),       0, 0,   1 },
	{ "peer.address",     TEXT_AT(peer_address) },
	{ "peer.port",        KEY_PORT,   offsetof(struct node_config, peer_port),         0, 0,   65535 },
	{ "peer.requests",    KEY_NUMBER, offsetof(struct node_config, peer_requests),     0, 60,  REQUESTS_MAX },
	{ "exchange.every",   KEY_NUMBER, offsetof(struct node_config, exchange_every_ms), 0, 100, 3'600'000 },
	{ "log.level",        KEY_NUMBER, offsetof(struct node_config, log_level),         0, 0,   3 },
};
static const struct node_config presets = {
	.realm = "real",
	.people_address = "127.0.0.1", .people_port = 8440,
	.peer_address = "0.0.0.0",     .peer_port = 8441,
	/* A hundred a second: a page of 1,000 objects each time. */
	.people_requests = 6000,       .peer_requests = 6000,
	.people_gzip = 1,
	.exchange_every_ms = 60'000,
	.log_level = LOG_NOTICE,
};
/* clang-format on */
const size_t node_keys_count = COUNTOF(node_keys);
static_assert(COUNTOF(node_keys) == COUNTOF(places), "every key has a place and a meaning");

/* ---- reading ---- */

static const char *
nearest(const char *name)
{
	const char *best = node_keys[0].name;

	for (size_t i = 1; i < node_keys_count; i++) {
		if (near_distance(str_of(name), str_of(node_keys[i].name)) <
		    near_distance(str_of(name), str_of(best)))
			best = node_keys[i].name;
	}
	return best;
}

static enum err
set_text(const struct key_place *key, const char *value, struct node_config *c, struct why *why)
{
	size_t len = strlen(value);

	if (len >= key->size)
		return fail(why, ERR_INVALID, "config.long", "%s has %zu characters; at most %zu",
		    key->name, len, key->size - 1);
	memcpy((char *)c + key->at, value, len + 1);
	return OK;
}

/* API roots are told under it: TAXII takes no other scheme, no query and no dots,
 * and discovery stands at the root of the authority. */
static enum err
set_url(const struct key_place *key, const char *value, struct node_config *c, struct why *why)
{
	const size_t scheme = sizeof("https://") - 1;

	if (value[0] != '\0' && (strncmp(value, "https://", scheme) != 0 || value[scheme] == '\0' ||
	                            strpbrk(value + scheme, "/?#@\\ ") != NULL))
		return fail(why, ERR_INVALID, "config.url",
		    "%s = %s: it would be right as https://in.example:8440, without a path",
		    key->name, value);
	return set_text(key, value, c, why);
}

static enum err
set_number(const struct key_place *key, const char *value, struct node_config *c, struct why *why)
{
	uint64_t n = 0;

	if (!str_to_u64(str_of(value), key->max, &n) || n < key->min)
		return fail(why, ERR_INVALID, "config.number", "%s = %s: a number from %u to %u",
		    key->name, value, key->min, key->max);
	if (key->kind == KEY_PORT) {
		uint16_t port = (uint16_t)n;
		memcpy((char *)c + key->at, &port, sizeof(port));
	} else {
		uint32_t number = (uint32_t)n;
		memcpy((char *)c + key->at, &number, sizeof(number));
	}
	return OK;
}

static enum err
set_key(const char *name, const char *value, struct node_config *c, struct why *why)
{
	for (size_t i = 0; i < COUNTOF(places); i++) {
		if (strcmp(places[i].name, name) != 0)
			continue;
		if (places[i].kind == KEY_TEXT)
			return set_text(&places[i], value, c, why);
		if (places[i].kind == KEY_URL)
			return set_url(&places[i], value, c, why);
		return set_number(&places[i], value, c, why);
	}
	return fail(why, ERR_INVALID, "config.key", "there is no key %s; the nearest is %s", name,
	    nearest(name));
}

struct reading {
	struct node_config *config;
	struct why *why;
	enum err err;
};

static int
take_line(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *r = arg;
	char key[128];

	if (r->err != OK)
		return 0;
	(void)snprintf(key, sizeof(key), "%s.%s", section, name);
	r->err = set_key(key, value, r->config, r->why);
	return r->err == OK;
}

struct node_config
node_config_preset(void)
{
	return presets;
}

enum err
node_config_read(const char *dir, struct node_config *ret, struct why *why)
{
	char path[PATH_MAX_BYTES];
	struct node_config c = presets;
	struct reading r = { .config = &c, .why = why, .err = OK };

	(void)snprintf(path, sizeof(path), "%s/torana.conf", dir);
	if (access(path, F_OK) == 0) {
		int line = ini_parse(path, take_line, &r);

		if (r.err == OK && line != 0)
			r.err = fail(why, line < 0 ? ERR_IO : ERR_INVALID, "config.syntax",
			    "not a line of the form key = value under a [section]");
		if (r.err != OK) {
			why_where(why, "line %d", line);
			why_prefix(why, "%s", path);
			return r.err;
		}
	}
	*ret = c;
	return OK;
}

/* ---- writing ---- */

static void
put_value(struct buf *out, const struct key_place *key, const struct node_config *c)
{
	const char *at = (const char *)c + key->at;
	uint16_t port;
	uint32_t number;

	switch (key->kind) {
	case KEY_TEXT:
	case KEY_URL: buf_printf(out, "%s", at); break;
	case KEY_PORT:
		memcpy(&port, at, sizeof(port));
		buf_printf(out, "%u", (unsigned)port);
		break;
	case KEY_NUMBER:
		memcpy(&number, at, sizeof(number));
		buf_printf(out, "%u", number);
		break;
	}
}

static void
put_config(struct buf *out, const struct node_config *c)
{
	struct str before = S("");

	for (size_t i = 0; i < node_keys_count; i++) {
		struct str name = str_of(node_keys[i].name);
		struct str section = str_split(&name, '.');

		if (!str_eq(section, before))
			buf_printf(out, "%s[" STR_FMT "]\n", i > 0 ? "\n" : "", STR_ARG(section));
		before = section;
		buf_printf(out, "; %s (%s)\n" STR_FMT " = ", node_keys[i].help, node_keys[i].unit,
		    STR_ARG(name));
		put_value(out, &places[i], c);
		buf_putc(out, '\n');
	}
}

enum err
node_config_write(const char *dir, const struct node_config *config, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(CONFIG_BYTES_MAX);
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "%s/torana.conf", dir);
	put_config(&out, config);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(why, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "config.write",
		    "cannot make %s: %s", path, strerrordesc_np(errno));
	bool whole = write(fd, out.ptr, out.len) == (ssize_t)out.len;
	if (close(fd) != 0 || !whole)
		return fail(why, ERR_IO, "config.write", "cannot write %s", path);
	return OK;
}
