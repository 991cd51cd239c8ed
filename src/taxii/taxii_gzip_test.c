/* Who asks for a compressed page, and that it is the same page. */
#define ZLIB_CONST
#include <zlib.h>

#include "bench_p.h"
#include "taxii_p.h"

/* clang-format off */
static const struct wants_case {
	const char *name, *accepted;
	bool wants;
} wants_cases[] = {
	{ "it", "gzip", true },
	{ "it in capitals", "GZip", true },
	{ "its old name", "x-gzip", true },
	{ "among others", "br, gzip;q=0.5 , deflate", true },
	{ "anything", "*", true },
	{ "the least of it", "gzip;q=0.001", true },
	{ "blanks in the weight", "gzip ; q=0.5", true },
	{ "it as much as nothing", "gzip, identity", true },
	{ "anything but it", "*, gzip;q=0", false },
	{ "not it", "gzip;q=0", false },
	{ "not it, in many digits", "gzip;q=0.000", false },
	{ "not anything", "*;q=0", false },
	{ "rather nothing", "gzip;q=0.5, identity;q=0.9", false },
	{ "others", "br, deflate, zstd", false },
	{ "what begins like it", "gzip2", false },
	{ "nothing", "", false },
	{ "identity", "identity", false },
	{ "a weight of letters", "gzip;q=x", false },
	{ "a weight above all", "gzip;q=2", false },
	{ "no list", "gzip;q=0.5;;;\"", false },
	{ "a good element and a broken one", "gzip, /", false },
};
/* clang-format on */

static void
check_wants(void **state)
{
	const struct wants_case *c = *state;

	assert_int_equal(taxii_wants_gzip(str_of(c->accepted)), c->wants);
}

static struct str
unpacked(struct arena *a, struct str packed)
{
	enum { PAGE_MAX_BYTES = MIB };
	z_stream z = { 0 };
	char *to = arena_alloc(a, PAGE_MAX_BYTES, 1, 1);

	assert_non_null(to);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (z_const Bytef *)packed.ptr;
	z.avail_in = (uInt)packed.len;
	z.next_out = (Bytef *)to;
	z.avail_out = PAGE_MAX_BYTES;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	struct str out = { to, z.total_out };
	assert_int_equal(inflateEnd(&z), Z_OK);
	return out;
}

static void
check_round_trip(void **)
{
	static const size_t lengths[] = { 0, 1, KIB - 1, KIB, 100 * KIB };

	for (size_t i = 0; i < COUNTOF(lengths); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(4 * MIB);
		CLEANUP(http_response_done) struct http_response resp = { 0 };
		struct buf *body = http_body(&resp, BENCH_TAXII);

		while (body->len < lengths[i])
			buf_put(body, str_sub(S("0123456789abc"), 0, lengths[i] - body->len));
		struct str plain = arena_str(a, buf_str(body));
		assert_int_equal(taxii_gzip(&resp), lengths[i] >= KIB);
		if (lengths[i] >= KIB) {
			assert_true(resp.buf.len < lengths[i]);
			assert_true(str_eq(unpacked(a, buf_str(&resp.buf)), plain));
		}
	}
}

/* What would be longer is sent as it is. */
static void
check_noise(void **)
{
	CLEANUP(http_response_done) struct http_response resp = { 0 };
	struct buf *body = http_body(&resp, BENCH_TAXII);
	uint32_t state = 1;

	for (size_t i = 0; i < 4 * KIB; i++) {
		char c;

		state = state * 1664525U + 1013904223U;
		c = (char)(state >> 24);
		buf_put(body, (struct str){ &c, 1 });
	}
	assert_false(taxii_gzip(&resp));
	assert_int_equal(resp.buf.len, 4 * KIB);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, wants_cases, check_wants);
	CASE(&list, check_round_trip);
	CASE(&list, check_noise);
	return cases_run("taxii_gzip", &list, argc, argv);
}
