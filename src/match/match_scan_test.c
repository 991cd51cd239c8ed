#include <stdio.h>

#include "base.h"
#include "cases.h"
#include "match.h"
#include "match_naive.h"

enum { SEED = 1, OUT_MAX = 4 * MIB };

#define MD5    "0123456789abcdef0123456789abcdef"
#define SHA1   MD5 "01234567"
#define SHA256 MD5 MD5
#define SHA512 SHA256 SHA256

/* One line per hit: line:column how kind id found. */
static enum err
note(void *arg, const struct match_hit *hit, struct why *why)
{
	(void)why;
	buf_printf(arg, "%u:%u %s %s " STR_FMT " " STR_FMT "\n", (unsigned)hit->line,
	    (unsigned)hit->column, match_how_name(hit->how), pattern_kind_name(hit->kind),
	    STR_ARG(hit->indicator), STR_ARG(hit->found));
	return OK;
}

/* An index over blank-separated values; each is its own id. */
static struct match_index *
index_of(const char *values)
{
	struct match_builder *b = match_builder_new(SEED);
	struct match_index *index = NULL;
	struct str rest = str_of(values);
	struct why why = { 0 };

	while (rest.ptr != NULL) {
		struct str value = str_split(&rest, ' ');

		if (value.len > 0 && match_builder_add_text(b, value, value, &why) != OK)
			fail_msg("%s", why.text);
	}
	assert_int_equal(match_builder_finish(&b, &index, &why), OK);
	return index;
}

/* The hits in text by one engine, in got. */
static void
scan_text(const struct match_index *index, struct str text, bool portable, struct buf *got)
{
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, note, got);

	if (portable)
		match_scanner_portable(s);
	assert_int_equal(match_scan(s, text, NULL), OK);
	buf_putc(got, '\0');
}

/* clang-format off */
static const struct scan_case {
	const char *name;
	const char *values;
	const char *text;
	const char *want;
} scan_cases[] = {
	/* IPv4 */
	{ "address", "192.0.2.1", "from 192.0.2.1 to", "1:6 exact ipv4 192.0.2.1 192.0.2.1\n" },
	{ "address at both ends", "192.0.2.1", "192.0.2.1\n192.0.2.1",
	  "1:1 exact ipv4 192.0.2.1 192.0.2.1\n2:1 exact ipv4 192.0.2.1 192.0.2.1\n" },
	{ "digit before", "1.2.3.4", "11.2.3.4", "" },
	{ "digit behind", "1.2.3.4", "1.2.3.45", "" },
	{ "version number", "1.2.3.4", "v 1.2.3.4.5 and 0.1.2.3.4", "" },
	{ "letters around", "1.2.3.4", "v1.2.3.4 1.2.3.4a _1.2.3.4", "" },
	{ "leading zero", "1.2.3.4", "1.2.3.04 01.2.3.4", "" },
	{ "octet above 255", "1.2.3.4", "1.2.3.260", "" },
	{ "full stop behind", "1.2.3.4", "It was 1.2.3.4.", "1:8 exact ipv4 1.2.3.4 1.2.3.4\n" },
	{ "port, path, brackets, JSON", "1.2.3.4", "1.2.3.4:80 /1.2.3.4/ (1.2.3.4) \"1.2.3.4\",",
	  "1:1 exact ipv4 1.2.3.4 1.2.3.4\n1:13 exact ipv4 1.2.3.4 1.2.3.4\n"
	  "1:23 exact ipv4 1.2.3.4 1.2.3.4\n1:33 exact ipv4 1.2.3.4 1.2.3.4\n" },
	{ "network", "198.51.100.0/24", "198.51.100.77 198.51.101.1",
	  "1:1 cidr ipv4 198.51.100.0/24 198.51.100.77\n" },
	{ "nested networks and the address", "198.51.0.0/16 198.51.100.0/24 198.51.100.7",
	  "x=198.51.100.7", "1:3 cidr ipv4 198.51.0.0/16 198.51.100.7\n"
	  "1:3 cidr ipv4 198.51.100.0/24 198.51.100.7\n1:3 exact ipv4 198.51.100.7 198.51.100.7\n" },
	{ "small network", "203.0.113.8/30", "203.0.113.7 203.0.113.8 203.0.113.11 203.0.113.12",
	  "1:13 cidr ipv4 203.0.113.8/30 203.0.113.8\n1:25 cidr ipv4 203.0.113.8/30 203.0.113.11\n" },
	{ "the whole Internet", "0.0.0.0/0", "9.9.9.9", "1:1 cidr ipv4 0.0.0.0/0 9.9.9.9\n" },
	{ "in mapped form", "1.2.3.4", "::ffff:1.2.3.4 ::ffff:102:304",
	  "1:8 exact ipv4 1.2.3.4 1.2.3.4\n1:16 exact ipv4 1.2.3.4 ::ffff:102:304\n" },

	/* IPv6 */
	{ "IPv6", "2001:db8::1", "a 2001:DB8:0:0::1 b", "1:3 exact ipv6 2001:db8::1 2001:DB8:0:0::1\n" },
	{ "IPv6 in brackets", "2001:db8::1", "https://[2001:db8::1]:443/",
	  "1:10 exact ipv6 2001:db8::1 2001:db8::1\n" },
	{ "IPv6 with zone, prefix, full stop, colon", "2001:db8::1",
	  "2001:db8::1%eth0 2001:db8::1/64 2001:db8::1. 2001:db8::1:",
	  "1:1 exact ipv6 2001:db8::1 2001:db8::1\n1:18 exact ipv6 2001:db8::1 2001:db8::1\n"
	  "1:33 exact ipv6 2001:db8::1 2001:db8::1\n1:46 exact ipv6 2001:db8::1 2001:db8::1\n" },
	{ "IPv6 behind a label", "2001:db8::1", "ip:2001:db8::1",
	  "1:4 exact ipv6 2001:db8::1 2001:db8::1\n" },
	{ "IPv6 that ends in zeros", "2001:db8::", "2001:db8::\t", "1:1 exact ipv6 2001:db8:: 2001:db8::\n" },
	{ "IPv6 longer", "2001:db8::1", "2001:db8::12 2001:db8::1:1 12001:db8::1 2001:db8::1g", "" },
	{ "IPv6 network", "2001:db8::/32", "2001:db8:ffff::1 2001:db9::1",
	  "1:1 cidr ipv6 2001:db8::/32 2001:db8:ffff::1\n" },
	{ "IPv6 with eight groups", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6",
	  "1:1 exact ipv6 2001:db8:1:2:3:4:5:6 2001:db8:1:2:3:4:5:6\n" },
	{ "neither time nor MAC address", "::/0", "12:34:56 00:11:22:33:44:55 std::dead::beef", "" },

	/* domains */
	{ "domain", "evil.example", "q=evil.example", "1:3 exact domain evil.example evil.example\n" },
	{ "upper case", "evil.example", "EVIL.Example", "1:1 exact domain evil.example EVIL.Example\n" },
	{ "subdomain", "evil.example", "a.b.evil.example",
	  "1:1 subdomain domain evil.example a.b.evil.example\n" },
	{ "domain and its parent", "evil.example a.evil.example", "b.a.evil.example",
	  "1:1 subdomain domain evil.example b.a.evil.example\n"
	  "1:1 subdomain domain a.evil.example b.a.evil.example\n" },
	{ "longer label", "x.com", "notx.com not-x.com not_x.com", "" },
	{ "longer name", "x.com", "x.com.br x.community x.com-y x.com_y", "" },
	{ "dots at the ends", "x.com", ".x.com. x.com... ..x.com -x.com-",
	  "1:2 exact domain x.com x.com\n1:9 exact domain x.com x.com\n"
	  "1:20 exact domain x.com x.com\n1:27 exact domain x.com x.com\n" },
	{ "empty label", "x.com", "a..x.com", "1:4 exact domain x.com x.com\n" },
	{ "host of a URL", "x.com", "https://www.X.com:8443/p", "1:9 subdomain domain x.com www.X.com\n" },
	{ "path and file name", "x.com", "/var/x.com/log", "1:6 exact domain x.com x.com\n" },
	{ "domain of an e-mail address", "x.com", "a@mail.x.com", "1:3 subdomain domain x.com mail.x.com\n" },
	{ "local part is no domain", "john.doe", "john.doe@x.com", "" },
	{ "one label of many", "d.e", "a.b.c.d.e.f", "" },
	{ "long label", "averyveryverylonglabelindeed.example",
	  "www.averyveryverylonglabelindeed.example averyveryverylonglabelindeee.example",
	  "1:1 subdomain domain averyveryverylonglabelindeed.example "
	  "www.averyveryverylonglabelindeed.example\n" },
	{ "underscore label", "x.com", "_dmarc.x.com", "1:1 subdomain domain x.com _dmarc.x.com\n" },
	{ "same value twice", "x.com X.com.", "x.com",
	  "1:1 exact domain X.com. x.com\n1:1 exact domain x.com x.com\n" },
	{ "raw UTF-8 name", "xn--mnchen-3ya.example", "an M\xC3\xBCnchen.example an",
	  "1:4 exact domain xn--mnchen-3ya.example M\xC3\xBCnchen.example\n" },
	{ "raw UTF-8 below a name", "m\xC3\xBCnchen.example", "www.m\xC3\xBCnchen.example.",
	  "1:1 subdomain domain m\xC3\xBCnchen.example www.m\xC3\xBCnchen.example\n" },
	{ "raw UTF-8 as a part", "x.example", "\xC3\xBC.x.example", "1:4 exact domain x.example x.example\n" },
	{ "accents join words", "x.com", "\xC3\xA9x.com x.com\xC3\xA9", "" },
	{ "Devanagari joins words", "x.com", "\xE0\xA4\x95x.com", "" },
	{ "Japanese does not", "x.com", "\xE9\x80\x9A\xE4\xBF\xA1x.com\xE3\x81\xB8",
	  "1:7 exact domain x.com x.com\n" },
	{ "curly quotes", "x.com", "\xE2\x80\x9Cx.com\xE2\x80\x9D", "1:4 exact domain x.com x.com\n" },

	/* URLs */
	{ "URL", "http://x.com/a?q=1", "GET \"http://x.com/a?q=1\"",
	  "1:6 exact url http://x.com/a?q=1 http://x.com/a?q=1\n" },
	{ "URL with case, port, fragment", "HTTP://X.com:80/A#f", "http://x.COM/A#other",
	  "1:1 exact url HTTP://X.com:80/A#f http://x.COM/A#other\n" },
	{ "URL in JSON", "http://x.com/a/b", "{\"u\":\"http:\\/\\/x.com\\/a\\/b\"}",
	  "1:7 exact url http://x.com/a/b http:\\/\\/x.com\\/a\\/b\n" },
	{ "URL below", "http://x.com/a", "http://x.com/a/b http://x.com/a?x http://x.com/a/",
	  "1:1 prefix url http://x.com/a http://x.com/a/b\n"
	  "1:18 prefix url http://x.com/a http://x.com/a?x\n"
	  "1:35 prefix url http://x.com/a http://x.com/a/\n" },
	{ "URL beside", "http://x.com/a", "http://x.com/ab http://x.com/ http://y.com/a https://x.com/a", "" },
	{ "URL of a host", "http://x.com", "http://x.com http://x.com/a?b http://x.com:81/ http://x.com.br/",
	  "1:1 exact url http://x.com http://x.com\n1:14 prefix url http://x.com http://x.com/a?b\n" },
	{ "folder", "http://x.com/a/", "http://x.com/a http://x.com/a/ http://x.com/a/b",
	  "1:16 exact url http://x.com/a/ http://x.com/a/\n1:32 prefix url http://x.com/a/ http://x.com/a/b\n" },
	{ "query only as a whole", "http://x.com/a?q", "http://x.com/a?q http://x.com/a?qq http://x.com/a?q/b",
	  "1:1 exact url http://x.com/a?q http://x.com/a?q\n" },
	{ "double slash", "http://x.com/a//", "http://x.com/a/ http://x.com/a// http://x.com/a//b",
	  "1:17 exact url http://x.com/a// http://x.com/a//\n1:34 prefix url http://x.com/a// http://x.com/a//b\n" },
	{ "punctuation behind", "http://x.com/a", "(http://x.com/a), http://x.com/a. 'http://x.com/a'",
	  "1:2 exact url http://x.com/a http://x.com/a\n1:19 exact url http://x.com/a http://x.com/a\n"
	  "1:36 exact url http://x.com/a http://x.com/a\n" },
	{ "punctuation that belongs to it", "http://x.com/a_(b)", "see http://x.com/a_(b) there",
	  "1:5 exact url http://x.com/a_(b) http://x.com/a_(b)\n" },
	{ "URL in a URL", "http://x.com/a", "https://good.example/?u=http://x.com/a",
	  "1:25 exact url http://x.com/a http://x.com/a\n" },
	{ "user information", "http://x.com/a", "http://me:pw@x.com/a",
	  "1:1 exact url http://x.com/a http://me:pw@x.com/a\n" },
	{ "IPv6 host", "http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a",
	  "1:1 exact url http://[2001:DB8::1]:8080/a http://[2001:db8::1]:8080/a\n" },
	{ "scheme longer", "http://x.com/a", "shttp://x.com/a", "" },

	/* hashes */
	{ "MD5", MD5, "md5=" MD5 ";", "1:5 exact md5 " MD5 " " MD5 "\n" },
	{ "SHA-1", SHA1, SHA1, "1:1 exact sha1 " SHA1 " " SHA1 "\n" },
	{ "SHA-256 in capitals", SHA256, "0123456789ABCDEF0123456789ABCDEF" MD5,
	  "1:1 exact sha256 " SHA256 " 0123456789ABCDEF0123456789ABCDEF" MD5 "\n" },
	{ "SHA-512", SHA512, SHA512, "1:1 exact sha512 " SHA512 " " SHA512 "\n" },
	{ "hash in a longer run", MD5, MD5 "0 " SHA1 " " SHA256 " x" MD5 " " MD5 "g", "" },
	{ "hash in a file name", MD5, "sample_" MD5 ".bin", "1:8 exact md5 " MD5 " " MD5 "\n" },

	/* e-mail */
	{ "e-mail", "Bad.Guy+x@X.com", "From: <Bad.Guy+x@x.COM>, bad.guy+x@x.com",
	  "1:8 exact email Bad.Guy+x@X.com Bad.Guy+x@x.COM\n" },
	{ "e-mail and its domain", "a@x.com x.com", "a@x.com.",
	  "1:1 exact email a@x.com a@x.com\n1:3 exact domain x.com x.com\n" },
	{ "e-mail longer", "a@x.com", "ba@x.com a@x.com.br a@b@x.com", "" },

	{ "several lines", "x.com 1.2.3.4", "a\n\nx.com\r\n b 1.2.3.4\n",
	  "3:1 exact domain x.com x.com\n4:4 exact ipv4 1.2.3.4 1.2.3.4\n" },
	{ "zero bytes", "x.com", "\x01x.com\x7F", "1:2 exact domain x.com x.com\n" },
	{ "empty index", "", "x.com 1.2.3.4 ::1 a@b.c http://x.com/", "" },
};
/* clang-format on */

static void
check_scan(void **state)
{
	const struct scan_case *c = *state;
	CLEANUP(match_index_freep) struct match_index *index = index_of(c->values);
	CLEANUP(buf_free) struct buf best = buf_new(OUT_MAX);
	CLEANUP(buf_free) struct buf portable = buf_new(OUT_MAX);

	scan_text(index, str_of(c->text), false, &best);
	assert_string_equal(best.ptr, c->want);
	scan_text(index, str_of(c->text), true, &portable);
	assert_string_equal(portable.ptr, c->want);
}

/* Pieces of which hostile lines are made. */
static const char *const pieces[] = { "evil.example", "x.com", ".", "-", "_", "a", "1.2.3.4",
	"198.51.100.", "77", "2001:db8::1", ":", "::", "@", "a@x.com", "/", "http://x.com/a", MD5,
	"0", " ", "\n", "\"", "\xC3\xA9", "\xE6\x97\xA5", "\xE2\x80\x9C", "..", "%", "\\/", "#",
	"?" };

/* The fast engine, the portable one and the naive search on random lines. */
static void
check_random(void **state)
{
	static const char values[] =
	    "1.2.3.4\n198.51.100.0/24\n2001:db8::/32\n::/0\nevil.example\nx.com\n"
	    "a.x.com\na@x.com\nhttp://x.com/a\n" MD5 "\n" MD5 "01234567";
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);
	uint64_t random = 1;

	(void)state;
	for (int round = 0; round < 300; round++) {
		buf_clear(&text);
		for (int i = 0; i < 60; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			buf_put(&text, str_of(pieces[(random >> 33) % COUNTOF(pieces)]));
		}
		if (!naive_agree(str_of(values), buf_str(&text)))
			fail_msg("round %d: " STR_FMT, round, STR_ARG(buf_str(&text)));
	}
}

/* ---- blocks, files, long lines ---- */

static void
put_times(struct buf *b, size_t times, char c)
{
	for (size_t i = 0; i < times; i++)
		buf_putc(b, c);
}

/* Lines of many lengths with a value at both ends, past several windows. */
static void
check_windows(void **state)
{
	CLEANUP(match_index_freep) struct match_index *index = index_of("x.com 1.2.3.4");
	CLEANUP(buf_free) struct buf text = buf_new(16 * MIB);
	CLEANUP(buf_free) struct buf want = buf_new(OUT_MAX);
	CLEANUP(buf_free) struct buf got = buf_new(OUT_MAX);

	(void)state;
	for (size_t line = 1, len = 0; line <= 400; line++, len += 7 * line % 100) {
		buf_put(&text, S("x.com "));
		put_times(&text, len, '-');
		buf_put(&text, S(" 1.2.3.4\n"));
		buf_printf(&want, "%zu:1 exact domain x.com x.com\n", line);
		buf_printf(&want, "%zu:%zu exact ipv4 1.2.3.4 1.2.3.4\n", line, len + 8);
	}
	buf_putc(&want, '\0');
	scan_text(index, buf_str(&text), false, &got);
	assert_string_equal(got.ptr, want.ptr);
}

struct reader {
	FILE *file;
	struct buf text;
};

static void
reader_donep(struct reader *r)
{
	if (r->file != NULL)
		(void)fclose(r->file);
	buf_free(&r->text);
}

/* A file that holds r->text, at its start. */
static int
reader_fd(struct reader *r)
{
	r->file = tmpfile();
	assert_non_null(r->file);
	assert_int_equal(fwrite(r->text.ptr, 1, r->text.len, r->file), r->text.len);
	rewind(r->file);
	return fileno(r->file);
}

static void
check_fd(void **state)
{
	CLEANUP(match_index_freep) struct match_index *index = index_of("x.com");
	CLEANUP(reader_donep) struct reader r = { .text = buf_new(16 * MIB) };
	CLEANUP(buf_free) struct buf got = buf_new(OUT_MAX);
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, note, &got);

	(void)state;
	for (int line = 0; line < 100 * 1000; line++)
		buf_put(&r.text, S("0123456789 no value here\n"));
	buf_put(&r.text, S("here: x.com"));
	assert_int_equal(match_scan_fd(s, reader_fd(&r), S("log"), NULL), OK);
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr, "100001:7 exact domain x.com x.com\n");
	struct match_totals totals = match_scanner_totals(s);
	assert_int_equal(totals.lines, 100001);
	assert_int_equal(totals.bytes, r.text.len);
	assert_int_equal(totals.hits, 1);
	assert_int_equal(totals.cut, 0);
}

/* A line of 3 MiB is scanned in pieces; columns go on and a value near the cut
 * is found, because the cut is made at a blank. */
static void
check_long_line(void **state)
{
	CLEANUP(match_index_freep) struct match_index *index = index_of("x.com");
	CLEANUP(reader_donep) struct reader r = { .text = buf_new(16 * MIB) };
	CLEANUP(buf_free) struct buf got = buf_new(OUT_MAX);
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, note, &got);

	(void)state;
	put_times(&r.text, MATCH_LINE_MAX - 9, '-');
	buf_put(&r.text, S(" aaa.bbb.x.com "));
	put_times(&r.text, 2 * MIB, '=');
	buf_put(&r.text, S(" x.com\nx.com\n"));
	assert_int_equal(match_scan_fd(s, reader_fd(&r), S("log"), NULL), OK);
	buf_putc(&got, '\0');
	assert_string_equal(got.ptr, "1:1048569 subdomain domain x.com aaa.bbb.x.com\n"
	                             "1:3145736 exact domain x.com x.com\n"
	                             "2:1 exact domain x.com x.com\n");
	assert_int_equal(match_scanner_totals(s).lines, 2);
	assert_int_equal(match_scanner_totals(s).cut, 1);
}

static void
check_bad_fd(void **state)
{
	CLEANUP(match_index_freep) struct match_index *index = index_of("x.com");
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, note, NULL);
	struct why why = { 0 };

	(void)state;
	assert_int_equal(match_scan_fd(s, -1, S("log"), &why), ERR_IO);
	assert_string_equal(why.text, "\"log\" cannot be read: Bad file descriptor");
}

static enum err
refuse(void *arg, const struct match_hit *hit, struct why *why)
{
	(void)hit;
	++*(int *)arg;
	return (fail)(why, ERR_IO, "test.full", "no room"); /* not the macro of cmocka */
}

static void
check_stop(void **state)
{
	CLEANUP(match_index_freep) struct match_index *index = index_of("x.com");
	int calls = 0;
	CLEANUP(match_scanner_freep)
	struct match_scanner *s = match_scanner_new(index, refuse, &calls);
	struct why why = { 0 };

	(void)state;
	assert_int_equal(match_scan(s, S("x.com x.com\nx.com"), &why), ERR_IO);
	assert_string_equal(why.text, "no room");
	assert_int_equal(calls, 1);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, scan_cases, check_scan);
	CASE(&cases, check_random);
	CASE(&cases, check_windows);
	CASE(&cases, check_fd);
	CASE(&cases, check_long_line);
	CASE(&cases, check_bad_fd);
	CASE(&cases, check_stop);
	return cases_run("match_scan", &cases, argc, argv);
}
