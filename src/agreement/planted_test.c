#include "agreement.h"
#include "cases.h"
#include "codec.h"
#include "fixture_p.h"

/* ---- many bundles with planted values ---- */

enum { BUNDLES = 150, OBJECTS = 24, PLANTS_MAX = 64 };

/* splitmix64: the same bundles on every machine. */
struct dice {
	uint64_t state;
};

static uint64_t
roll(struct dice *d, uint64_t below)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % below;
}

/* What must not be told: of the victim, its staff and its hosts. */
static const char *const secrets[] = {
	"Gujarat Vidyut Vitran",
	"Gujarat Vidyut Vitran Ltd",
	"GVVLX",
	"गुजरात विद्युत वितरण",
	"グジャラート配電",
	"soc@gvv-grid.example",
	"k.patel@gvv-grid.example",
	"gvv-grid.example",
	"scada-gw.gvv-grid.example",
	"Kiran Patel",
	"192.0.2.77",
	("identity--" UUID("0010")),
};

static void
each_byte(struct buf *out, struct str s, const char *fmt)
{
	for (size_t i = 0; i < s.len; i++) {
		char hex[8];

		(void)snprintf(hex, sizeof(hex), "%02x", (unsigned char)s.ptr[i]);
		buf_put(out, str_of(fmt));
		buf_put(out, str_of(hex));
	}
}

/* Something between the characters of ASCII text. */
static void
between(struct buf *out, struct str s, const char *separator)
{
	for (size_t i = 0; i < s.len; i++) {
		buf_putc(out, s.ptr[i]);
		if (i + 1 < s.len && (unsigned char)s.ptr[i] < 0x80 &&
		    (unsigned char)s.ptr[i + 1] < 0x80)
			buf_put(out, str_of(separator));
	}
}

static void
upper(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		buf_putc(out, c);
	}
}

/* Full-width forms of ASCII letters: U+FF01 to U+FF5E. */
static void
wide(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned c = (unsigned char)s.ptr[i];

		if (c > 0x20 && c < 0x7f) {
			unsigned u = c - 0x20 + 0xff00;

			buf_putc(out, (char)(0xe0 | u >> 12));
			buf_putc(out, (char)(0x80 | (u >> 6 & 0x3f)));
			buf_putc(out, (char)(0x80 | (u & 0x3f)));
		} else {
			buf_putc(out, (char)c);
		}
	}
}

static void
defang(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_put(out, s.ptr[i] == '.'   ? S("[.]")
		             : s.ptr[i] == '@' ? S(" (at) ")
		                               : str_sub(s, i, 1));
}

static void
utf16_base64(struct buf *out, struct str s)
{
	CLEANUP(buf_free) struct buf units = buf_new(KIB);

	for (size_t i = 0; i < s.len; i++) {
		buf_putc(&units, s.ptr[i]);
		buf_putc(&units, '\0');
	}
	base64_put(out, BASE64_STD, units.ptr, units.len);
}

static void
unit_escapes(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < 0x80)
			buf_printf(out, "\\u%04x", (unsigned)(unsigned char)s.ptr[i]);
		else
			buf_putc(out, s.ptr[i]);
	}
}

static void
entities(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < 0x80)
			buf_printf(out, "&#%u;", (unsigned)(unsigned char)s.ptr[i]);
		else
			buf_putc(out, s.ptr[i]);
	}
}

enum { VARIANTS = 17 };

static void
put_variant(struct buf *out, struct str s, unsigned variant)
{
	CLEANUP(buf_free) struct buf inner = buf_new(64 * KIB);

	switch (variant) {
	case 0: buf_put(out, s); break;
	case 1: upper(out, s); break;
	case 2: wide(out, s); break;
	case 3: between(out, s, "-"); break;
	case 4: between(out, s, "\xe2\x80\x8b"); break; /* U+200B */
	case 5: between(out, s, " "); break;
	case 6: each_byte(out, s, "%"); break;
	case 7: each_byte(out, s, "\\x"); break;
	case 8: each_byte(out, s, ""); break;
	case 9: each_byte(out, s, " "); break;
	case 10: each_byte(out, s, "="); break;
	case 11: base64_put(out, BASE64_STD, s.ptr, s.len); break;
	case 12:
		buf_put(&inner, S("user="));
		buf_put(&inner, s);
		base64_put(out, BASE64_URL, inner.ptr, inner.len);
		break;
	case 13: defang(out, s); break;
	case 14: utf16_base64(out, s); break;
	case 15: unit_escapes(out, s); break;
	default: entities(out, s); break;
	}
}

struct plant {
	struct str text; /* as planted */
	unsigned variant;
	const char *secret;
};

struct garden {
	struct world *w;
	struct dice *dice;
	size_t plants;
	struct plant plant[PLANTS_MAX];
};

/* A text that may hold a secret in some form. */
static struct str
some_text(struct garden *g, bool plant)
{
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);
	struct plant *p = &g->plant[g->plants];

	buf_put(&text, S("ordinary words "));
	if (plant && roll(g->dice, 3) == 0 && g->plants < PLANTS_MAX) {
		CLEANUP(buf_free) struct buf form = buf_new(64 * KIB);

		p->secret = secrets[roll(g->dice, COUNTOF(secrets))];
		p->variant = (unsigned)roll(g->dice, VARIANTS);
		/* UTF-16 of the test is made of ASCII alone. */
		if (p->variant == 14 && (unsigned char)p->secret[0] >= 0x80)
			p->variant = 11;
		put_variant(&form, str_of(p->secret), p->variant);
		p->text = arena_str(g->w->a, buf_str(&form));
		buf_put(&text, p->text);
		g->plants++;
	}
	buf_put(&text, S(" more"));
	return arena_str(g->w->a, buf_str(&text));
}

static const char *const types[] = { "malware", "indicator", "incident", "report", "note",
	"observed-data", "relationship", "sighting", "campaign", "tool", "file", "url", "identity",
	"grouping" };

static struct str
some_id(struct garden *g, const char *type, size_t n)
{
	return arena_printf(g->w->a, "%s--00000000-0000-4000-8000-0000000002%02zu", type, n);
}

static struct str
other_id(struct garden *g, const size_t type_of[OBJECTS])
{
	size_t n = roll(g->dice, OBJECTS + 2);

	if (n == OBJECTS)
		return S("identity--" UUID("0010"));
	if (n == OBJECTS + 1)
		return S("email-addr--" UUID("0020"));
	return some_id(g, types[type_of[n]], n);
}

static void
put_refs(struct garden *g, struct json_writer *w, const char *name, const size_t type_of[OBJECTS])
{
	json_begin_array(json_key(w, str_of(name)));
	for (size_t i = 0; i < 1 + roll(g->dice, 3); i++)
		json_put_str(w, other_id(g, type_of));
	json_end_array(w);
}

static void
put_specific(struct garden *g, struct json_writer *w, const char *type,
    const size_t type_of[OBJECTS])
{
	if (strcmp(type, "indicator") == 0) {
		json_put_str(json_key(w, S("pattern")), some_text(g, roll(g->dice, 4) == 0));
		json_put_str(json_key(w, S("pattern_type")), S("stix"));
		json_put_str(json_key(w, S("valid_from")), S("2026-11-19T07:31:42.123Z"));
	} else if (strcmp(type, "relationship") == 0) {
		json_put_str(json_key(w, S("relationship_type")), S("related-to"));
		json_put_str(json_key(w, S("source_ref")), other_id(g, type_of));
		json_put_str(json_key(w, S("target_ref")), other_id(g, type_of));
	} else if (strcmp(type, "sighting") == 0) {
		json_put_str(json_key(w, S("sighting_of_ref")), other_id(g, type_of));
		put_refs(g, w, "where_sighted_refs", type_of);
	} else if (strcmp(type, "report") == 0 || strcmp(type, "note") == 0 ||
	           strcmp(type, "observed-data") == 0 || strcmp(type, "grouping") == 0) {
		put_refs(g, w, "object_refs", type_of);
	} else if (strcmp(type, "url") == 0) {
		json_put_str(json_key(w, S("value")), some_text(g, true));
	} else if (strcmp(type, "identity") == 0) {
		json_put_str(json_key(w, S("identity_class")), S("class"));
	}
}

static void
put_random(struct garden *g, size_t n, const size_t type_of[OBJECTS])
{
	CLEANUP(buf_free) struct buf out = buf_new(MIB);
	struct json_writer w = json_writer(&out);
	const char *type = types[type_of[n]];

	json_begin_object(&w);
	json_put_str(json_key(&w, S("type")), str_of(type));
	json_put_str(json_key(&w, S("spec_version")), S("2.1"));
	json_put_str(json_key(&w, S("id")), some_id(g, type, n));
	json_put_str(json_key(&w, S("created")), S("2026-11-19T07:31:42.123Z"));
	json_put_str(json_key(&w, S("modified")), S("2026-11-19T07:31:42.123Z"));
	json_put_str(json_key(&w, S("name")), some_text(g, true));
	json_put_str(json_key(&w, S("description")), some_text(g, true));
	json_put_str(json_key(&w, S("content")), some_text(g, true));
	json_begin_array(json_key(&w, S("labels")));
	json_put_str(&w, some_text(g, true));
	json_put_str(&w, S("plain"));
	json_end_array(&w);
	json_begin_object(json_key(&w, S("x_custom")));
	json_put_str(json_key(&w, some_text(g, true)), some_text(g, true));
	json_end_object(&w);
	json_begin_array(json_key(&w, S("external_references")));
	json_begin_object(&w);
	json_put_str(json_key(&w, S("source_name")), S("cve"));
	json_put_str(json_key(&w, S("url")), some_text(g, true));
	json_end_object(&w);
	json_end_array(&w);
	put_specific(g, &w, type, type_of);
	json_begin_array(json_key(&w, S("object_marking_refs")));
	json_put_str(&w, marking_tlp2_id((enum tlp)(TLP_CLEAR + roll(g->dice, 5))));
	json_end_array(&w);
	json_end_object(&w);
	world_add(g->w, buf_str(&out))->selected = roll(g->dice, 8) != 0;
}

/* ---- what may not be found in leaving bytes ---- */

struct checking {
	struct garden *g;
	const struct agreement_decision *d;
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
	const struct checking *c = arg;

	(void)property;
	if (!leaves_under(c->g->w, id))
		fail_msg(STR_FMT " of " STR_FMT " dangles: " STR_FMT, STR_ARG(pointer),
		    STR_ARG(c->d->item->object.id), STR_ARG(id));
	return true;
}

/* A secret may stand nowhere, neither as planted nor as it is. */
static bool
check_text(void *arg, struct str text, struct str key, struct str pointer)
{
	const struct checking *c = arg;

	(void)key;
	for (size_t i = 0; i < c->g->plants; i++) {
		if (str_find(text, c->g->plant[i].text) != SIZE_MAX)
			fail_msg("\"%s\" as variant %u is told at " STR_FMT " of " STR_FMT,
			    c->g->plant[i].secret, c->g->plant[i].variant, STR_ARG(pointer),
			    STR_ARG(c->d->bytes));
	}
	return true;
}

static void
check_leaving(struct garden *g, const struct agreement_decision *d)
{
	struct checking c = { .g = g, .d = d };
	struct stix_object o;
	const struct json *tree;

	assert_int_equal(json_parse(g->w->a, d->bytes, NULL, &tree, NULL), OK);
	assert_int_equal(stix_scan(tree, &o, NULL), OK);
	assert_true(str_eq(o.id, d->leaving_id));
	stix_each_ref(&o, check_reference, &c);
	stix_each_text(tree, check_text, &c);
	for (size_t i = 0; i < COUNTOF(secrets); i++)
		assert_int_equal(str_find(d->bytes, str_of(secrets[i])), SIZE_MAX);
	for (size_t i = 0; i < g->plants; i++) {
		/* names of members */
		assert_int_equal(str_find(d->bytes, g->plant[i].text), SIZE_MAX);
	}
	/* No identifier of anything that leaves under another one, or stays. */
	for (size_t i = 0; i < g->w->request.items; i++) {
		struct str id = g->w->item[i].object.id;

		if (!leaves_under(g->w, id) && !str_eq(id, d->leaving_id))
			assert_int_equal(str_find(d->bytes, id), SIZE_MAX);
	}
}

static size_t
check_bundle(uint64_t seed)
{
	CLEANUP(world_free) struct world w = world_new();
	struct dice dice = { .state = seed };
	struct garden *g = arena_make(w.a, struct garden, 1);
	size_t type_of[OBJECTS], left = 0;

	*g = (struct garden){ .w = &w, .dice = &dice };
	world_add(&w,
	    S(HEAD("identity",
	        "0010") ",\"name\":\"Gujarat Vidyut Vitran Ltd\",\"identity_class\":\"organization\","
	                "\"contact_information\":\"soc@gvv-grid.example\",\"x_aliases\":[\"GVVLX\",\"गुजरात विद्युत वितरण\",\"グジャラート配電\"]," AMBER
	                "}"));
	world_add(&w,
	    S("{\"type\":\"email-addr\",\"id\":\"email-addr--" UUID(
	        "0020") "\",\"value\":\"k.patel@gvv-grid.example\",\"display_name\":\"Kiran Patel\"," AMBER
	                "}"));
	world_add(&w, S("{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--" UUID(
	                  "0021") "\",\"value\":\"192.0.2.77\"," AMBER "}"));
	world_add(&w,
	    S(HEAD("relationship", "0022") ",\"relationship_type\":\"related-to\",\"source_ref\":\"ipv4-addr--" UUID(
	        "0021") "\",\"target_ref\":\"identity--" UUID("0010") "\"," AMBER "}"));
	for (size_t i = 0; i < OBJECTS; i++)
		type_of[i] = roll(&dice, COUNTOF(types));
	for (size_t i = 0; i < OBJECTS; i++)
		put_random(g, i, type_of);
	world_decide(&w);
	for (size_t i = 0; i < w.got->len; i++) {
		if (w.got->decision[i].bytes.len == 0)
			continue;
		check_leaving(g, &w.got->decision[i]);
		left++;
	}
	return left;
}

static void
check_bundles(void **state)
{
	size_t left = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= BUNDLES; seed++)
		left += check_bundle(seed);
	/* The gate is not simply shut. */
	assert_true(left > 2 * BUNDLES);
}
int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_bundles);
	return cases_run("planted", &cases, argc, argv);
}
