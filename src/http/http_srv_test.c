#include "http_srv.h"

#include <stdio.h>

#include "base.h"
#include "cases.h"

/* TC-005 */

/* An answer with this many records, the name in the question, and the records. */
#define ANSWER_AS(flags, count, records)           \
	"\x12\x34" flags "\0\1\0" count "\0\0\0\0" \
	"\7_taxii2\4_tcp\7example\3net\0\0\x21\0\1" records
#define ANSWER(count, records) ANSWER_AS("\x81\x80", count, records)
#define CUT(count, records)    ANSWER_AS("\x83\x80", count, records)
#define RECORD(len, priority, weight, port, host) \
	"\xC0\x0C\0\x21\0\1\0\0\0\x3C\0" len priority weight port host
#define CNAME     "\xC0\x0C\0\5\0\1\0\0\0\x3C\0\2\xC0\x0C"
#define HTTPS     "\1\xBB"
#define HOST(one) "\1" one "\7example\3net\0"
#define A_HOST    HOST("a")
#define A_LEN     "\x15" /* 6 + 15 */
#define LIT(text)                         \
	{                                 \
		"" text, sizeof(text) - 1 \
	}

/* clang-format off */
static const struct read_case {
	const char *name;
	struct str answer;
	enum err err;
	const char *want; /* "priority weight host:port;" of each */
} read_cases[] = {
	{ "one", LIT(ANSWER("\1", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, A_HOST))), OK, "1 2 a.example.net:443;" },
	{ "capitals", LIT(ANSWER("\1", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, HOST("B")))), OK, "1 2 b.example.net:443;" },
	{ "two", LIT(ANSWER("\2", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, A_HOST) RECORD(A_LEN, "\0\0", "\0\0", "\x20\xFB", HOST("b")))), OK, "1 2 a.example.net:443;0 0 b.example.net:8443;" },
	{ "behind another name", LIT(ANSWER("\2", CNAME RECORD(A_LEN, "\0\1", "\0\2", HTTPS, A_HOST))), OK, "1 2 a.example.net:443;" },
	{ "a name that points back", LIT(ANSWER("\1", RECORD("\x0A", "\0\1", "\0\2", HTTPS, "\1c\xC0\x19"))), OK, "1 2 c.example.net:443;" },
	{ "nothing", LIT(ANSWER("\0", "")), ERR_NOT_FOUND, "" },
	{ "another kind alone", LIT(ANSWER("\1", CNAME)), ERR_NOT_FOUND, "" },
	{ "not offered", LIT(ANSWER("\1", RECORD("\7", "\0\0", "\0\0", "\0\0", "\0"))), ERR_NOT_FOUND, "" },
	{ "no port", LIT(ANSWER("\1", RECORD(A_LEN, "\0\1", "\0\2", "\0\0", A_HOST))), ERR_INVALID, "" },
	{ "no host", LIT(ANSWER("\1", RECORD("\x0B", "\0\1", "\0\2", HTTPS, "\3net\0"))), ERR_INVALID, "" },
	{ "a host with a slash", LIT(ANSWER("\1", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, HOST("/")))), ERR_INVALID, "" },
	{ "a host with a line feed", LIT(ANSWER("\1", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, HOST("\n")))), ERR_INVALID, "" },
	{ "a host that begins with a hyphen", LIT(ANSWER("\1", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, HOST("-")))), ERR_INVALID, "" },
	{ "a name that points at itself", LIT(ANSWER("\1", RECORD("\x08", "\0\1", "\0\2", HTTPS, "\xC0\x3C"))), ERR_INVALID, "" },
	{ "a name beyond its record", LIT(ANSWER("\1", RECORD("\x0A", "\0\1", "\0\2", HTTPS, A_HOST))), ERR_INVALID, "" },
	{ "a record that is cut", LIT(ANSWER("\1", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, "\1a"))), ERR_INVALID, "" },
	{ "fewer records than it says", LIT(ANSWER("\2", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, A_HOST))), ERR_INVALID, "" },
	{ "no room for a host", LIT(ANSWER("\1", RECORD("\4", "\0\1", "\0\2", "", ""))), ERR_INVALID, "" },
	{ "cut behind a record", LIT(CUT("\1", RECORD(A_LEN, "\0\1", "\0\2", HTTPS, A_HOST))), ERR_INVALID, "" },
	{ "cut before all records", LIT(CUT("\0", "")), ERR_INVALID, "" },
	{ "no message", LIT("x"), ERR_INVALID, "" },
	{ "no bytes", { "", 0 }, ERR_INVALID, "" },
};
/* clang-format on */

static void
check_read(void **state)
{
	const struct read_case *row = *state;
	struct http_srv_list list;
	struct why why = { 0 };
	char got[256] = "";

	assert_int_equal(http_srv_read(row->answer, &list, &why), row->err);
	if (row->err != OK) {
		assert_string_equal(why.code, "http.srv");
		return;
	}
	for (size_t i = 0; i < list.len; i++) {
		const struct http_srv *s = &list.server[i];
		size_t len = strlen(got);

		(void)snprintf(got + len, sizeof(got) - len, "%u %u %s:%u;", s->priority, s->weight,
		    s->host, s->port);
	}
	assert_string_equal(got, row->want);
}

static void
check_many(void **)
{
	static const char head[] = ANSWER("\x14", ""),
	                  record[] = RECORD(A_LEN, "\0\1", "\0\2", HTTPS, A_HOST);
	enum { RECORDS = 0x14 };
	char text[sizeof(head) + RECORDS * sizeof(record)];
	size_t len = sizeof(head) - 1;
	struct http_srv_list list;

	memcpy(text, head, len);
	for (size_t i = 0; i < RECORDS; i++, len += sizeof(record) - 1)
		memcpy(text + len, record, sizeof(record) - 1);
	assert_int_equal(http_srv_read((struct str){ text, len }, &list, NULL), OK);
	assert_int_equal(list.len, HTTP_SRV_MAX);
	assert_int_equal(list.more, RECORDS - HTTP_SRV_MAX);
}

/* ---- the order ---- */

static uint32_t
draws(void *arg, uint32_t max)
{
	const uint32_t **next = arg;
	uint32_t drawn = *(*next)++;

	return drawn < max ? drawn : max;
}

/* clang-format off */
static const struct order_case {
	const char *name;
	struct { uint16_t priority, weight; } server[4]; /* named a, b, c, d */
	uint32_t drawn[4];
	const char *want;
} order_cases[] = {
	{ "priorities", { { 3, 0 }, { 1, 0 }, { 2, 0 }, { 0, 0 } }, { 0 }, "dbca" },
	{ "the heavier by a high draw", { { 1, 1 }, { 1, 9 }, { 2, 1 }, { 2, 9 } }, { 5, 5 }, "badc" },
	{ "the lighter by a low draw", { { 1, 1 }, { 1, 9 }, { 2, 1 }, { 2, 9 } }, { 1, 1 }, "abcd" },
	{ "without weight by 0 alone", { { 1, 9 }, { 1, 0 }, { 2, 9 }, { 2, 0 } }, { 0, 1 }, "bacd" },
	{ "one after the other", { { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 } }, { 4, 3, 2 }, "dcba" },
};
/* clang-format on */

static void
check_order(void **state)
{
	const struct order_case *row = *state;
	struct http_srv_list list = { .len = COUNTOF(row->server) };
	const uint32_t *next = row->drawn;
	char got[8] = "";

	for (size_t i = 0; i < list.len; i++) {
		list.server[i] =
		    (struct http_srv){ row->server[i].priority, row->server[i].weight, 443, "" };
		list.server[i].host[0] = (char)('a' + i);
	}
	http_srv_order(&list, draws, &next);
	for (size_t i = 0; i < list.len; i++)
		got[i] = list.server[i].host[0];
	assert_string_equal(got, row->want);
}

/* ---- what is not asked at all ---- */

/* clang-format off */
static const struct ask_case {
	const char *name, *domain, *resolver;
} ask_cases[] = {
	{ "no domain", "", "" },
	{ "a top level alone", "net", "" },
	{ "a point at the end", "example.net.", "" },
	{ "a blank", "exa mple.net", "" },
	{ "a URL", "https://example.net/", "" },
	{ "no ASCII", "ex\xC3\xA4mple.net", "" },
	{ "a label too long", "a123456789a123456789a123456789a123456789a123456789a123456789abcd.net", "" },
	{ "a name as resolver", "example.net", "resolver.example" },
	{ "a port that is none", "example.net", "127.0.0.1:0" },
	{ "an address of another kind", "example.net", "[::1]:53" },
};
/* clang-format on */

static void
check_ask(void **state)
{
	const struct ask_case *row = *state;
	struct http_srv_list list;
	struct why why = { 0 };

	assert_int_equal(http_srv_ask("_taxii2._tcp", str_of(row->domain), str_of(row->resolver),
	                     &list, &why),
	    ERR_USAGE);
	assert_string_equal(why.code, "http.srv");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, read_cases, check_read);
	CASE(&list, check_many);
	CASES(&list, order_cases, check_order);
	CASES(&list, ask_cases, check_ask);
	return cases_run("http_srv", &list, argc, argv);
}
