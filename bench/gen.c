/* gen attack | indicators N | log BYTES N: the inputs of the benches.
 *
 * Deterministic: the same arguments give the same bytes.  An indicator is a
 * function of its number, so that the log can plant some of the N without a
 * list of them.  Everything is invented; names end in reserved or random
 * letters and no address is looked up. */
#include "bench.h"

/* ---- chance ---- */

struct dice {
	uint64_t state;
};

static uint64_t
roll(struct dice *d)
{
	uint64_t x = d->state += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 32) * UINT64_C(0xD6E8FEB86659FD93);
	x = (x ^ x >> 32) * UINT64_C(0xD6E8FEB86659FD93);
	return x ^ x >> 32;
}

static unsigned
below(struct dice *d, unsigned n)
{
	return (unsigned)((roll(d) >> 32) * n >> 32);
}

/* What is numbered n in this series: the same on every call. */
static struct dice
dice_of(uint64_t series, uint64_t n)
{
	struct dice d = { series * UINT64_C(0xA24BAED4963EE407) ^
		          n * UINT64_C(0x9FB21C651E98DF25) };

	(void)roll(&d);
	return d;
}

/* ---- names, addresses, hashes ---- */

static const char *const syllables[] = { "an", "bel", "cor", "dra", "el", "fin", "gar", "hol", "im",
	"jun", "kar", "lum", "mon", "nor", "ost", "per", "qui", "ran", "sol", "tam", "ul", "ver",
	"wal", "xen", "yar", "zim", "cloud", "node", "shop", "data", "host", "line" };
static const char *const endings[] = { "com", "net", "org", "in", "jp", "info", "co.in", "co.jp",
	"biz", "online", "site", "xyz", "top", "de", "fr", "io" };
static const char *const words[] = { "access", "account", "after", "agent", "archive", "before",
	"binary", "browser", "channel", "client", "command", "config", "control", "create",
	"default", "deliver", "device", "domain", "during", "encoded", "execute", "file", "host",
	"inject", "library", "load", "module", "monitor", "network", "operator", "payload",
	"process", "protocol", "registry", "remote", "script", "server", "service", "session",
	"shell", "system", "task", "that", "the", "through", "token", "traffic", "uses", "value",
	"via", "which", "with" };

static void
put_syllables(char *to, size_t size, struct dice *d, unsigned n)
{
	size_t len = 0;

	for (unsigned i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(to + len, size - len, "%s",
		    syllables[below(d, COUNTOF(syllables))]);
}

static void
make_domain(char *to, size_t size, struct dice *d)
{
	char name[64];

	put_syllables(name, sizeof(name), d, 2 + below(d, 3));
	(void)snprintf(to, size, "%s%x.%s", name, below(d, 1u << 22),
	    endings[below(d, COUNTOF(endings))]);
}

/* Never private, multicast or loopback; even: the first number of networks, so
 * that single addresses lie in none by accident. */
static unsigned
first_number(struct dice *d, bool even)
{
	unsigned n = 12 + 2 * below(d, 56);

	return even ? n : n + 1;
}

static void
make_ipv4(char *to, size_t size, struct dice *d)
{
	(void)snprintf(to, size, "%u.%u.%u.%u", first_number(d, false), below(d, 256),
	    below(d, 256), below(d, 256));
}

static void
make_hex(char *to, struct dice *d, size_t digits)
{
	for (size_t i = 0; i < digits; i++)
		to[i] = "0123456789abcdef"[below(d, 16)];
	to[digits] = '\0';
}

/* ---- indicators ---- */

enum kind { DOMAIN, IPV4, IPV6, NETWORK, URL, SHA256, MD5, KINDS };
enum { TEXT_MAX = 256 };

struct indicator {
	enum kind kind;
	char text[TEXT_MAX];
	char host[TEXT_MAX]; /* of a URL */
	char path[TEXT_MAX];
	uint32_t net; /* of a network */
	unsigned bits;
};

/* Of a hundred indicators. */
static const unsigned shares[KINDS] = { 40, 25, 5, 5, 10, 10, 5 };

static enum kind
pick_kind(struct dice *d)
{
	unsigned n = below(d, 100), kind = 0;

	for (; n >= shares[kind]; kind++)
		n -= shares[kind];
	return (enum kind)kind;
}

static void
make_indicator(struct indicator *x, uint64_t n)
{
	struct dice d = dice_of(1, n);

	x->kind = pick_kind(&d);
	switch (x->kind) {
	case DOMAIN: make_domain(x->text, TEXT_MAX, &d); return;
	case IPV4: make_ipv4(x->text, TEXT_MAX, &d); return;
	case IPV6:
		(void)snprintf(x->text, TEXT_MAX, "2a%02x:%x:%x::%x:%x", below(&d, 256),
		    1 + below(&d, 0xFFFF), 1 + below(&d, 0xFFFF), 1 + below(&d, 0xFFFF),
		    1 + below(&d, 0xFFFF));
		return;
	case NETWORK:
		x->bits = 20 + below(&d, 9);
		x->net = (uint32_t)first_number(&d, true) << 24 | below(&d, 1u << 24);
		x->net &= UINT32_MAX << (32 - x->bits);
		(void)snprintf(x->text, TEXT_MAX, "%u.%u.%u.%u/%u", x->net >> 24,
		    x->net >> 16 & 255, x->net >> 8 & 255, x->net & 255, x->bits);
		return;
	case URL:
		make_domain(x->host, 128, &d);
		(void)snprintf(x->path, 64, "/%s/%x.%s", words[below(&d, COUNTOF(words))],
		    below(&d, 1u << 24), below(&d, 2) ? "php" : "exe");
		(void)snprintf(x->text, TEXT_MAX, "http://%.120s%.60s", x->host, x->path);
		return;
	case SHA256: make_hex(x->text, &d, 64); return;
	case MD5: make_hex(x->text, &d, 32); return;
	case KINDS: break;
	}
}

static void
gen_indicators(uint64_t n)
{
	struct indicator x;

	for (uint64_t i = 0; i < n; i++) {
		make_indicator(&x, i);
		(void)puts(x.text);
	}
}

/* ---- a log ---- */

/* What one line is about; a planted indicator takes the place of one value. */
struct event {
	struct dice dice;
	uint64_t at_ms;
	char client[32], server[64], host[2 * TEXT_MAX], path[TEXT_MAX], sha256[80], md5[40];
};

enum {
	HIT_EVERY = 1000, /* lines for one that has a planted indicator */
	HOT_HOSTS = 5000, /* that seven of eight lines are about */
	ALL_HOSTS = 2'000'000,
};

static void
plant(struct event *e, const struct indicator *x)
{
	static const char *const below_it[] = { "", "www.", "a7.cdn." };

	switch (x->kind) {
	case DOMAIN:
		(void)snprintf(e->host, sizeof(e->host), "%s%s", below_it[below(&e->dice, 3)],
		    x->text);
		return;
	case IPV4:
	case IPV6: (void)snprintf(e->server, sizeof(e->server), "%.60s", x->text); return;
	case NETWORK: {
		uint32_t addr = x->net | below(&e->dice, 1u << (32 - x->bits));
		(void)snprintf(e->server, sizeof(e->server), "%u.%u.%u.%u", addr >> 24,
		    addr >> 16 & 255, addr >> 8 & 255, addr & 255);
		return;
	}
	case URL:
		(void)snprintf(e->host, sizeof(e->host), "%s", x->host);
		(void)snprintf(e->path, sizeof(e->path), "%s", x->path);
		return;
	case SHA256: (void)snprintf(e->sha256, sizeof(e->sha256), "%.64s", x->text); return;
	case MD5: (void)snprintf(e->md5, sizeof(e->md5), "%.32s", x->text); return;
	case KINDS: return;
	}
}

static void
make_event(struct event *e, uint64_t line, uint64_t indicators)
{
	static const char *const prefixes[] = { "www", "api", "cdn", "mail", "static", "img" };

	e->dice = dice_of(2, line);
	e->at_ms = UINT64_C(1'795'316'645'000) + line;
	bool hot = below(&e->dice, 8) != 0;
	struct dice host = dice_of(3, below(&e->dice, hot ? HOT_HOSTS : ALL_HOSTS));
	char name[TEXT_MAX];

	make_domain(name, 128, &host);
	(void)snprintf(e->host, sizeof(e->host), "%s.%s", prefixes[below(&host, COUNTOF(prefixes))],
	    name);
	make_ipv4(e->server, sizeof(e->server), &host);
	(void)snprintf(e->client, sizeof(e->client), "10.%u.%u.%u", below(&e->dice, 64),
	    below(&e->dice, 256), 1 + below(&e->dice, 254));
	(void)snprintf(e->path, sizeof(e->path), "/%s/%s/%x?ref=%u",
	    words[below(&e->dice, COUNTOF(words))], words[below(&e->dice, COUNTOF(words))],
	    below(&e->dice, 1u << 16), below(&e->dice, 100'000));
	make_hex(e->sha256, &e->dice, 64);
	make_hex(e->md5, &e->dice, 32);
	if (indicators > 0 && below(&e->dice, HIT_EVERY) == 0) {
		struct indicator x;

		make_indicator(&x, roll(&e->dice) % indicators);
		plant(e, &x);
	}
}

static const char agent[] =
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

static int
print_firewall(char *to, size_t size, struct event *e)
{
	struct dice *d = &e->dice;

	return snprintf(to, size,
	    "Nov 22 %02u:%02u:%02u gw%u kernel: FORWARD IN=eth1 OUT=eth0 SRC=%s DST=%s LEN=%u "
	    "TOS=0x00 PREC=0x00 TTL=63 ID=%u DF PROTO=TCP SPT=%u DPT=443 WINDOW=64240 RES=0x00 "
	    "SYN URGP=0\n",
	    (unsigned)(e->at_ms / 3'600'000 % 24), (unsigned)(e->at_ms / 60'000 % 60),
	    (unsigned)(e->at_ms / 1000 % 60), below(d, 8), e->client, e->server,
	    40 + below(d, 1400), below(d, 65536), 1024 + below(d, 60000));
}

static int
print_resolver(char *to, size_t size, struct event *e)
{
	struct dice *d = &e->dice;

	return snprintf(to, size,
	    "{\"timestamp\":\"2026-11-22T%02u:%02u:%02u.%03uZ\",\"event\":\"dns\",\"id\":%u,"
	    "\"client\":\"%s\",\"port\":%u,\"resolver\":\"10.0.0.53\",\"query\":\"%s\","
	    "\"type\":\"A\",\"code\":\"NOERROR\",\"answers\":[{\"address\":\"%s\",\"ttl\":%u}],"
	    "\"flags\":{\"rd\":true,\"ra\":true,\"aa\":false,\"tc\":false}}\n",
	    (unsigned)(e->at_ms / 3'600'000 % 24), (unsigned)(e->at_ms / 60'000 % 60),
	    (unsigned)(e->at_ms / 1000 % 60), (unsigned)(e->at_ms % 1000), below(d, 65536),
	    e->client, 1024 + below(d, 60000), e->host, e->server, 60 + below(d, 3600));
}

static int
print_proxy(char *to, size_t size, struct event *e)
{
	struct dice *d = &e->dice;

	return snprintf(to, size,
	    "%llu.%03u %6u %s TCP_MISS/200 %u GET http://%s%s - HIER_DIRECT/%s text/html \"%s\"\n",
	    (unsigned long long)(e->at_ms / 1000), (unsigned)(e->at_ms % 1000), below(d, 4000),
	    e->client, below(d, 100'000), e->host, e->path, e->server, agent);
}

static int
print_web(char *to, size_t size, struct event *e)
{
	struct dice *d = &e->dice;

	return snprintf(to, size,
	    "%s - - [22/Nov/2026:%02u:%02u:%02u +0530] \"GET %s HTTP/1.1\" 200 %u "
	    "\"https://%s/\" \"%s\"\n",
	    e->server, (unsigned)(e->at_ms / 3'600'000 % 24), (unsigned)(e->at_ms / 60'000 % 60),
	    (unsigned)(e->at_ms / 1000 % 60), e->path, below(d, 100'000), e->host, agent);
}

static int
print_mail(char *to, size_t size, struct event *e)
{
	struct dice *d = &e->dice;

	return snprintf(to, size,
	    "Nov 22 %02u:%02u:%02u mx%u postfix/smtpd[%u]: %X: client=%s[%s], "
	    "from=<%s.%s@%s>, to=<desk%u@utility.example>, proto=ESMTP helo=<%s>\n",
	    (unsigned)(e->at_ms / 3'600'000 % 24), (unsigned)(e->at_ms / 60'000 % 60),
	    (unsigned)(e->at_ms / 1000 % 60), below(d, 4), 1000 + below(d, 60000),
	    below(d, 1u << 31), e->host, e->server, syllables[below(d, COUNTOF(syllables))],
	    syllables[below(d, COUNTOF(syllables))], e->host, below(d, 500), e->host);
}

static int
print_endpoint(char *to, size_t size, struct event *e)
{
	struct dice *d = &e->dice;

	return snprintf(to, size,
	    "%llu\tws-%04u\t%s\tprocess_start\tC:\\Program Files\\%s\\%s.exe\t%u\t%u\t%s\t%s\t"
	    "signed=%u\tuser=U%05u\tremote=%s:443\n",
	    (unsigned long long)e->at_ms, below(d, 3000), e->client,
	    words[below(d, COUNTOF(words))], words[below(d, COUNTOF(words))], below(d, 65536),
	    below(d, 65536), e->sha256, e->md5, below(d, 2), below(d, 20000), e->server);
}

static void
gen_log(uint64_t bytes, uint64_t indicators)
{
	static int (*const formats[])(char *, size_t, struct event *) = { print_firewall,
		print_resolver, print_proxy, print_web, print_mail, print_endpoint };
	char text[4 * KIB];
	struct event e;

	for (uint64_t done = 0, line = 0; done < bytes; line++) {
		make_event(&e, line, indicators);
		done += (uint64_t)formats[below(&e.dice, COUNTOF(formats))](text, sizeof(text), &e);
		(void)fputs(text, stdout);
	}
}

/* ---- a bundle of the shape of ATT&CK ---- */

/* How many objects of each type, and how many bytes of description. */
struct share {
	const char *type;
	unsigned n;
	unsigned text;
	const char *more; /* members that the type needs */
};

/* clang-format off */
static const struct share attack[] = {
	{ "relationship",                20050,  240, NULL },
	{ "x-mitre-analytic",             1739, 1250, NULL },
	{ "attack-pattern",                835, 2900, NULL },
	{ "malware",                       696, 1080, "\"is_family\": true" },
	{ "x-mitre-detection-strategy",    691,  260, NULL },
	{ "course-of-action",              268, 1400, NULL },
	{ "intrusion-set",                 187, 2500, NULL },
	{ "x-mitre-data-component",        109, 4000, NULL },
	{ "tool",                           91,  880, NULL },
	{ "campaign",                       52, 1600, NULL },
	{ "x-mitre-data-source",            38,  700, NULL },
	{ "x-mitre-tactic",                 14,  500, NULL },
	{ "identity",                        1,   60, "\"identity_class\": \"organization\"" },
};
/* clang-format on */
enum { ROW_IDENTITY = COUNTOF(attack) - 1, ROW_PATTERN = 2, ROW_MALWARE = 3 };

static void
put_id(const char *member, unsigned row, unsigned n, const char *end)
{
	struct dice d = dice_of(100 + row, n);
	uint64_t high = roll(&d), low = roll(&d);

	(void)printf("            \"%s\": \"%s--%08x-%04x-4%03x-8%03x-%012llx\"%s\n", member,
	    attack[row].type, (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xFFFF),
	    (unsigned)(high & 0xFFF), (unsigned)(low >> 52),
	    (unsigned long long)(low & 0xFFFFFFFFFFFF), end);
}

static void
put_words(struct dice *d, unsigned bytes)
{
	for (unsigned len = 0; len < bytes;) {
		const char *word = words[below(d, COUNTOF(words))];

		(void)printf("%s%s", len == 0 ? "" : " ", word);
		len += (unsigned)strlen(word) + 1;
	}
}

static void
put_references(struct dice *d)
{
	unsigned n = 1 + below(d, 3);

	(void)printf("            \"external_references\": [\n");
	for (unsigned i = 0; i < n; i++) {
		char host[TEXT_MAX];

		make_domain(host, 128, d);
		(void)printf("                {\n                    \"source_name\": \"");
		put_words(d, 20);
		(void)printf("\",\n                    \"description\": \"");
		put_words(d, 110);
		(void)printf("\",\n                    \"url\": \"https://%s/%x/%x\"\n"
		             "                }%s\n",
		    host, below(d, 1u << 20), below(d, 1u << 20), i + 1 < n ? "," : "");
	}
	(void)printf("            ],\n");
}

static void
put_object(unsigned row, unsigned n, bool last)
{
	const struct share *s = &attack[row];
	struct dice d = dice_of(50 + row, n);

	(void)printf("        {\n            \"type\": \"%s\",\n", s->type);
	put_id("id", row, n, ",");
	(void)printf("            \"spec_version\": \"2.1\",\n"
	             "            \"created\": \"20%02u-%02u-%02uT%02u:%02u:%02u.%03uZ\",\n"
	             "            \"modified\": \"2025-%02u-%02uT%02u:%02u:%02u.%03uZ\",\n",
	    17 + below(&d, 8), 1 + below(&d, 12), 1 + below(&d, 28), below(&d, 24), below(&d, 60),
	    below(&d, 60), below(&d, 1000), 1 + below(&d, 12), 1 + below(&d, 28), below(&d, 24),
	    below(&d, 60), below(&d, 60), below(&d, 1000));
	put_id("created_by_ref", ROW_IDENTITY, 0, ",");
	(void)printf("            \"object_marking_refs\": [\n                "
	             "\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"\n"
	             "            ],\n");
	put_references(&d);
	if (row == 0) {
		(void)printf("            \"relationship_type\": \"uses\",\n");
		put_id("source_ref", ROW_MALWARE, below(&d, attack[ROW_MALWARE].n), ",");
		put_id("target_ref", ROW_PATTERN, below(&d, attack[ROW_PATTERN].n), ",");
	} else {
		(void)printf("            \"name\": \"");
		put_words(&d, 20);
		(void)printf("\",\n");
	}
	if (s->more != NULL)
		(void)printf("            %s,\n", s->more);
	(void)printf("            \"description\": \"");
	put_words(&d, s->text / 2 + below(&d, s->text));
	(void)printf("\",\n            \"revoked\": false\n        }%s\n", last ? "" : ",");
}

static void
gen_attack(void)
{
	(void)printf("{\n    \"type\": \"bundle\",\n"
	             "    \"id\": \"bundle--6d2a8f0e-2f0b-4d52-9d3a-0c6f3f1b7a55\",\n"
	             "    \"objects\": [\n");
	for (unsigned row = 0; row < COUNTOF(attack); row++) {
		for (unsigned n = 0; n < attack[row].n; n++)
			put_object(row, n, row == ROW_IDENTITY);
	}
	(void)printf("    ]\n}\n");
}

/* ---- */

static uint64_t
number(const char *text)
{
	uint64_t n = 0;

	if (!str_to_u64(str_of(text), UINT64_MAX, &n))
		bench_die(text, "is no number");
	return n;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "attack") == 0)
		gen_attack();
	else if (argc == 3 && strcmp(argv[1], "indicators") == 0)
		gen_indicators(number(argv[2]));
	else if (argc == 4 && strcmp(argv[1], "log") == 0)
		gen_log(number(argv[2]), number(argv[3]));
	else
		bench_die("usage", "gen attack | indicators N | log BYTES N");
	if (fflush(stdout) != 0)
		bench_die("gen", "the output cannot be written");
	return 0;
}
