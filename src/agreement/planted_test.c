#include "agreement.h"
#include "cases.h"
#include "garden_p.h"
#include "pseudonym.h"

enum {
	BUNDLES = 100, /* of `make test`; TORANA_BUNDLES asks for another number */
	BUNDLES_MAX = 1'000'000,
	READ_DEPTH = 2, /* encodings inside each other that the reader here takes off */
	RUN_MIN = 6,    /* digits of base64 or hex: less holds no secret */
};

/* ---- a reader of its own: it shares nothing with the search ---- */

/* Letters and digits in lower case; full-width ones, too; marks and U+200B go. */
static void
plain(struct str s, struct buf *out)
{
	const unsigned char *b = (const unsigned char *)s.ptr;

	for (size_t i = 0; i < s.len; i++) {
		unsigned c = b[i];

		if (c == 0xcc || (c == 0xcd && i + 1 < s.len && b[i + 1] < 0xb0)) {
			i++;
			continue;
		}
		if (c == 0xe2 && i + 2 < s.len && b[i + 1] == 0x80) {
			i += 2;
			continue;
		}
		if (c == 0xef && i + 2 < s.len && (b[i + 1] == 0xbc || b[i + 1] == 0xbd)) {
			c = ((b[i + 1] & 3u) << 6 | (b[i + 2] & 0x3fu)) + 0x20;
			i += 2;
		}
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
			buf_putc(out, (char)c);
	}
}

/* What is looked for, in that form. */
struct wanted {
	size_t len;
	const char *secret[COUNTOF(secrets) + COUNTOF(placed_secrets) + IDS_COMPUTED];
	struct str plain[COUNTOF(secrets) + COUNTOF(placed_secrets) + IDS_COMPUTED];
};

static void
want(struct arena *a, struct wanted *w, const char *secret)
{
	CLEANUP(buf_free) struct buf s = buf_new(KIB);

	plain(str_of(secret), &s);
	w->secret[w->len] = secret;
	w->plain[w->len++] = arena_str(a, buf_str(&s));
}

/* The first of them that the text holds as it is; NULL: none. */
static const char *
has_plain(struct str text, const struct wanted *w)
{
	CLEANUP(buf_free) struct buf t = buf_new(4 * MIB);

	plain(text, &t);
	for (size_t i = 0; i < w->len; i++) {
		if (str_find(buf_str(&t), w->plain[i]) != SIZE_MAX)
			return w->secret[i];
	}
	return NULL;
}

/* "%67", "\x67", "=67", "\u0067", "&#103;", "<b></b>" */
static void
unescape(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.len;) {
		char copy[8] = { 0 };
		unsigned c;
		int n = 0;

		memcpy(copy, s.ptr + i, s.len - i < 7 ? s.len - i : 7);
		/* NOLINTBEGIN(cert-err34-c): at most three digits, and %n says that they were read
		 */
		if (sscanf(copy, "&#%3u;%n", &c, &n) == 1 && n > 0) {
			buf_putc(out, (char)c);
			i += (size_t)n;
		} else if (sscanf(copy, "\\u00%2x%n", &c, &n) == 1 && n == 6) {
			buf_putc(out, (char)c);
			i += 6;
		} else if (sscanf(copy, "\\x%2x%n", &c, &n) == 1 && n == 4) {
			buf_putc(out, (char)c);
			i += 4;
		} else if ((copy[0] == '%' || copy[0] == '=') &&
		           sscanf(copy + 1, "%2x%n", &c, &n) == 1 && n == 2) {
			buf_putc(out, (char)c);
			i += 3;
		} else if (memcmp(copy, "<b></b>", 7) == 0) {
			i += 7;
		} else {
			buf_putc(out, s.ptr[i++]);
		}
		/* NOLINTEND(cert-err34-c) */
	}
}

static const char *tells(struct str text, const struct wanted *w, int depth);

static int
digit64(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at;

	if (c == '-' || c == '_')
		return c == '-' ? 62 : 63;
	at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

/* Every run of base64 digits, from each of its first four. */
static const char *
tells_in_base64(struct str s, const struct wanted *w, int depth)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t end = i;

		while (end < s.len && digit64(s.ptr[end]) >= 0)
			end++;
		for (size_t skip = 0; end - i >= RUN_MIN && skip < 4; skip++) {
			CLEANUP(buf_free) struct buf out = buf_new(4 * MIB);
			uint32_t bits = 0;

			for (size_t k = i + skip, n = 1; k < end; k++, n++) {
				bits = bits << 6 | (uint32_t)digit64(s.ptr[k]);
				if (n % 4 != 1)
					buf_putc(&out, (char)(bits >> (6 - 2 * ((n - 1) % 4))));
			}
			const char *told = tells(buf_str(&out), w, depth - 1);
			if (told != NULL)
				return told;
		}
		i = end;
	}
	return NULL;
}

/* All hex digits that stand together, or in pairs with one sign between. */
static const char *
tells_in_hex(struct str s, const struct wanted *w, int depth)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		CLEANUP(buf_free) struct buf out = buf_new(4 * MIB);
		size_t at = i;

		while (
		    at + 1 < s.len && hex_digit(s.ptr[at]) >= 0 && hex_digit(s.ptr[at + 1]) >= 0) {
			buf_putc(&out,
			    (char)(hex_digit(s.ptr[at]) << 4 | hex_digit(s.ptr[at + 1])));
			at += 2;
			at += at < s.len && s.ptr[at] == ' ';
		}
		if (2 * out.len < RUN_MIN)
			continue;
		const char *told = tells(buf_str(&out), w, depth - 1);
		if (told != NULL)
			return told;
		if (i > 0 && hex_digit(s.ptr[i - 1]) >= 0)
			i = at; /* both alignments were looked at */
	}
	return NULL;
}

/* Recursion is bounded by READ_DEPTH. */
static const char *
tells(struct str text, const struct wanted *w, int depth)
{
	CLEANUP(buf_free) struct buf out = buf_new(4 * MIB);
	const char *told = has_plain(text, w);

	if (told != NULL || depth == 0)
		return told;
	unescape(text, &out);
	told = has_plain(buf_str(&out), w);
	if (told == NULL)
		told = tells_in_base64(text, w, depth);
	return told == NULL ? tells_in_hex(text, w, depth) : told;
}

/* Names, and identifiers computed from withheld values. */
static struct wanted
all_wanted(const struct garden *g)
{
	struct wanted w = { 0 };

	for (size_t i = 0; i < COUNTOF(secrets); i++)
		want(g->w->a, &w, secrets[i]);
	for (size_t i = 0; i < COUNTOF(placed_secrets); i++)
		want(g->w->a, &w, placed_secrets[i]);
	for (size_t i = 0; i < IDS_COMPUTED; i++)
		want(g->w->a, &w,
		    arena_cstr(g->w->a, str_sub(g->computed[i], g->computed[i].len - 36, 36)));
	return w;
}

/* The first secret that the bytes tell, or NULL. */
static const char *
told_by(const struct garden *g, const struct wanted *w, struct str bytes)
{
	for (size_t i = 0; i < g->plants; i++) {
		if (str_find(bytes, g->plant[i].text) != SIZE_MAX)
			return g->plant[i].secret;
	}
	return tells(bytes, w, READ_DEPTH);
}

/* ---- references ---- */

struct checking {
	const struct garden *g;
	struct str dangling;
};

static bool
leaves_under(const struct world *w, struct str id)
{
	struct marking m;

	if (str_is(id, REDACTION) || marking_by_id(id, &m) || str_is(id, "identity--" UUID("0001")))
		return true;
	for (size_t i = 0; i < w->got->len; i++) {
		if (w->got->decision[i].outcome <= OUTCOME_ALLOW_WITH_REDACTION &&
		    str_eq(w->got->decision[i].leaving_id, id))
			return true;
	}
	return false;
}

static bool
check_reference(void *arg, struct str id, struct str property, struct str pointer)
{
	struct checking *c = arg;

	(void)property, (void)pointer;
	if (c->dangling.len == 0 && !leaves_under(c->g->w, id))
		c->dangling = id;
	return true;
}

/* An identifier that the bytes name and that nothing leaves under. */
static struct str
dangling_in(const struct garden *g, struct str bytes, struct str own)
{
	struct checking c = { .g = g };
	struct stix_object o;
	const struct json *tree;

	assert_int_equal(json_parse(g->w->a, bytes, NULL, &tree, NULL), OK);
	assert_int_equal(stix_scan(tree, &o, NULL), OK);
	stix_each_ref(&o, check_reference, &c);
	for (size_t i = 0; c.dangling.len == 0 && i < g->w->request.items; i++) {
		struct str id = g->w->item[i].object.id;

		if (!leaves_under(g->w, id) && !str_eq(id, own) && str_find(bytes, id) != SIZE_MAX)
			c.dangling = id;
	}
	return c.dangling;
}

/* ---- one bundle ---- */

static struct garden *
bundle(struct world *w, struct dice *dice)
{
	struct garden *g = arena_make(w->a, struct garden, 1);

	amend(w, (unsigned)roll(dice, TREATMENTS));
	*g = (struct garden){ .w = w, .dice = dice };
	grow_garden(g);
	qsort(w->item, w->request.items, sizeof(w->item[0]), world_order);
	w->request.item = w->item;
	w->request.standing = &w->standing;
	assert_int_equal(agreement_pseudonyms(w->a, S("of the test"), &w->request,
	                     &w->request.pseudonyms, &w->request.pseudonym, NULL),
	    OK);
	return g;
}

/* Objects that leave. */
static size_t
check_bundle(uint64_t seed)
{
	CLEANUP(world_free) struct world w = world_new();
	struct dice dice = { .state = seed };
	struct garden *g = bundle(&w, &dice);
	const struct wanted wanted = all_wanted(g);
	size_t left = 0;

	world_decide(&w);
	for (size_t i = 0; i < w.got->len; i++) {
		const struct agreement_decision *d = &w.got->decision[i];
		const char *told;
		struct str dangling;

		if (d->bytes.len == 0)
			continue;
		left++;
		told = told_by(g, &wanted, d->bytes);
		if (told != NULL)
			fail_msg("bundle %" PRIu64 ": \"%s\" is told by " STR_FMT, seed, told,
			    STR_ARG(d->bytes));
		dangling = dangling_in(g, d->bytes, d->leaving_id);
		if (dangling.len > 0)
			fail_msg("bundle %" PRIu64 ": " STR_FMT " dangles in " STR_FMT, seed,
			    STR_ARG(dangling), STR_ARG(d->bytes));
	}
	return left;
}

static void
check_bundles(void **state)
{
	const char *asked = getenv("TORANA_BUNDLES");
	uint64_t bundles = BUNDLES;
	size_t left = 0;

	(void)state;
	if (asked != NULL)
		assert_true(str_to_u64(str_of(asked), BUNDLES_MAX, &bundles));
	for (uint64_t seed = 1; seed <= bundles; seed++)
		left += check_bundle(seed);
	/* The gate is not simply shut. */
	assert_true(left > 2 * bundles);
}

/* ---- the test can fail ---- */

/* Whatever is planted is found where nothing was taken out. */
static void
check_reader(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);

	(void)state;
	for (size_t i = 0; i < COUNTOF(secrets); i++) {
		struct wanted w = { 0 };

		want(a, &w, secrets[i]);
		for (unsigned v = 0; v < VARIANTS; v++) {
			CLEANUP(buf_free) struct buf form = buf_new(64 * KIB);

			if (v == 14 && (unsigned char)secrets[i][0] >= 0x80)
				continue;
			buf_put(&form, S("words "));
			put_variant(&form, str_of(secrets[i]), v);
			buf_put(&form, S(" words"));
			/* "(at)" and what is encoded in UTF-16 is found as planted. */
			if (v != 13 && v != 18 && tells(buf_str(&form), &w, READ_DEPTH) == NULL)
				fail_msg("\"%s\" is not found as variant %u: " STR_FMT, secrets[i],
				    v, STR_ARG(buf_str(&form)));
		}
	}
}

/* A gate that looks away is found out: here everybody consents to be named. */
static void
check_sabotage(void **state)
{
	size_t told = 0, dangling = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		CLEANUP(world_free) struct world w = world_new();
		struct dice dice = { .state = seed };
		struct garden *g = bundle(&w, &dice);
		struct consent consent[] = {
			{ .identity = S("identity--" UUID("0010")),
			    .scope = CONSENT_NAME,
			    .until = TIME_NEVER },
			{ .identity = g->computed[0],
			    .scope = CONSENT_PERSONAL,
			    .until = TIME_NEVER },
		};

		const struct wanted wanted = all_wanted(g);

		w.request.consent = consent;
		w.request.consents = COUNTOF(consent);
		world_decide(&w);
		for (size_t i = 0; i < w.got->len; i++) {
			const struct agreement_decision *d = &w.got->decision[i];
			struct str source = d->item->object.raw;

			told += d->bytes.len > 0 && told_by(g, &wanted, d->bytes) != NULL;
			dangling += dangling_in(g, source, d->item->object.id).len > 0;
		}
	}
	assert_true(told > 20);
	assert_true(dangling > 20);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_reader);
	CASE(&cases, check_sabotage);
	CASE(&cases, check_bundles);
	return cases_run("planted", &cases, argc, argv);
}
