/* garden_p.h: bundles with planted values, out of a seed (for the test of that
 * name): what must not be told stands in them in many forms. */
#pragma once

#include "agreement.h"
#include "codec.h"
#include "fixture_p.h"

enum { OBJECTS = 24, PLANTS_MAX = 64, IDS_COMPUTED = 4 };

/* splitmix64: the same bundles on every machine. */
struct dice {
	uint64_t state;
};

static inline uint64_t
roll(struct dice *d, uint64_t below)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % below;
}

/* What must not be told: of the victim, its staff, hosts and files. */
static const char *const secrets[] = {
	"Gujarat Vidyut Vitran",
	"Gujarat Vidyut Vitran Ltd",
	"GVVLX",
	"CUST-7741-SURAT",
	"गुजरात विद्युत वितरण",
	"グジャラート配電",
	"soc@gvv-grid.example",
	"k.patel@gvv-grid.example",
	"gvv-grid.example",
	"scada-gw.gvv-grid.example",
	"Kiran Patel",
	"192.0.2.77",
	"ring-main-surat-seven.dwg",
	("identity--" UUID("0010")),
};
/* Planted only where a category or a marking of a part takes it out. */
static const char *const placed_secrets[] = { "Hall Bartholomew", "Falcon Nest Annex" };

static inline void
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
static inline void
between(struct buf *out, struct str s, const char *separator)
{
	for (size_t i = 0; i < s.len; i++) {
		buf_putc(out, s.ptr[i]);
		if (i + 1 < s.len && (unsigned char)s.ptr[i] < 0x80 &&
		    (unsigned char)s.ptr[i + 1] < 0x80)
			buf_put(out, str_of(separator));
	}
}

static inline void
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
static inline void
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

static inline void
defang(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_put(out, s.ptr[i] == '.'   ? S("[.]")
		             : s.ptr[i] == '@' ? S(" (at) ")
		                               : str_sub(s, i, 1));
}

static inline void
utf16_base64(struct buf *out, struct str s)
{
	CLEANUP(buf_free) struct buf units = buf_new(KIB);

	for (size_t i = 0; i < s.len; i++) {
		buf_putc(&units, s.ptr[i]);
		buf_putc(&units, '\0');
	}
	base64_put(out, BASE64_STD, units.ptr, units.len);
}

static inline void
unit_escapes(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < 0x80)
			buf_printf(out, "\\u%04x", (unsigned)(unsigned char)s.ptr[i]);
		else
			buf_putc(out, s.ptr[i]);
	}
}

static inline void
entities(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < 0x80)
			buf_printf(out, "&#%u;", (unsigned)(unsigned char)s.ptr[i]);
		else
			buf_putc(out, s.ptr[i]);
	}
}

/* A mark over every letter: U+0301. */
static inline void
accents(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		buf_putc(out, s.ptr[i]);
		if ((s.ptr[i] | 0x20) >= 'a' && (s.ptr[i] | 0x20) <= 'z')
			buf_put(out, S("\xcc\x81"));
	}
}

static inline void
tags(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		buf_putc(out, s.ptr[i]);
		if (i == s.len / 2 && (unsigned char)s.ptr[i] < 0x80)
			buf_put(out, S("<b></b>"));
	}
}

enum { VARIANTS = 22 };

static inline void
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
	case 16: entities(out, s); break;
	case 17: accents(out, s); break;
	case 18: tags(out, s); break;
	case 19:
		base64_put(&inner, BASE64_STD, s.ptr, s.len);
		base64_put(out, BASE64_STD, inner.ptr, inner.len);
		break;
	case 20:
		each_byte(&inner, s, "%");
		base64_put(out, BASE64_STD, inner.ptr, inner.len);
		break;
	default:
		buf_put(out, S("file_"));
		buf_put(out, s);
		buf_put(out, S(".bak"));
		break;
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
	struct str computed[IDS_COMPUTED]; /* identifiers of withheld values */
	size_t plants;
	struct plant plant[PLANTS_MAX];
};

/* A text that may hold a secret in some form. */
static inline struct str
some_text(struct garden *g, bool plant)
{
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);
	struct plant *p = &g->plant[g->plants];

	buf_put(&text, S("ordinary words "));
	if (plant && roll(g->dice, 24) == 0)
		buf_put(&text, g->computed[roll(g->dice, IDS_COMPUTED)]);
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

static inline struct str
some_id(struct garden *g, const char *type, size_t n)
{
	return arena_printf(g->w->a, "%s--00000000-0000-4000-8000-0000000002%02zu", type, n);
}

static inline struct str
other_id(struct garden *g, const size_t type_of[OBJECTS])
{
	size_t n = roll(g->dice, OBJECTS + 2);

	if (n == OBJECTS)
		return S("identity--" UUID("0010"));
	if (n == OBJECTS + 1)
		return g->computed[0];
	return some_id(g, types[type_of[n]], n);
}

static inline void
put_refs(struct garden *g, struct json_writer *w, const char *name, const size_t type_of[OBJECTS])
{
	json_begin_array(json_key(w, str_of(name)));
	for (size_t i = 0; i < 1 + roll(g->dice, 3); i++)
		json_put_str(w, other_id(g, type_of));
	json_end_array(w);
}

static inline void
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

/* What goes because a category says so, or because the part is RED. */
static inline void
put_placed(struct garden *g, struct json_writer *w, const char *type)
{
	if (strcmp(type, "incident") == 0 || strcmp(type, "malware") == 0)
		json_put_str(json_key(w, S("x_site")), str_of(placed_secrets[0]));
	if (roll(g->dice, 4) != 0)
		return;
	json_put_str(json_key(w, S("x_source")), str_of(placed_secrets[1]));
	json_begin_array(json_key(w, S("granular_markings")));
	json_begin_object(w);
	json_put_str(json_key(w, S("marking_ref")), marking_tlp2_id(TLP_RED));
	json_begin_array(json_key(w, S("selectors")));
	json_put_str(w, S("x_source"));
	json_end_array(w);
	json_end_object(w);
	json_end_array(w);
}

static inline void
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
	put_placed(g, &w, type);
	json_begin_array(json_key(&w, S("object_marking_refs")));
	json_put_str(&w, marking_tlp2_id((enum tlp)(TLP_CLEAR + roll(g->dice, 5))));
	json_end_array(&w);
	json_end_object(&w);
	world_add(g->w, buf_str(&out))->selected = roll(g->dice, 8) != 0;
}

/* ---- the victim, and how the agreement treats it ---- */

#define GARDEN_SCO(type, id, members) \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" id "\"," members "," AMBER "}"

static inline void
add_observable(struct garden *g, size_t n, const char *type, const char *value)
{
	char id[STIX_ID_MAX];

	assert_int_equal(stix_value_id(type, str_of(value), g->w->a, id, NULL), OK);
	g->computed[n] = arena_str(g->w->a, str_of(id));
	world_add(g->w,
	    arena_printf(g->w->a, GARDEN_SCO("%s", "%s", "\"value\":\"%s\"%s"), type, id, value,
	        strcmp(type, "email-addr") == 0 ? ",\"display_name\":\"Kiran Patel\"" : ""));
}

static inline void
tie(struct garden *g, size_t n, struct str id)
{
	world_add(g->w,
	    arena_printf(g->w->a,
	        "{\"type\":\"relationship\",\"spec_version\":\"2.1\",\"id\":\"relationship--" UUID(
	            "003%zu") "\"," TIMES
	                      ",\"relationship_type\":\"related-to\",\"source_ref\":\"" STR_FMT
	                      "\",\"target_ref\":\"identity--" UUID("0010") "\"," AMBER "}",
	        n, STR_ARG(id)));
}

static inline void
plant_victim(struct garden *g)
{
	world_add(g->w,
	    S(HEAD("identity",
	        "0010") ",\"name\":\"Gujarat Vidyut Vitran Ltd\",\"identity_class\":\"organization\","
	                "\"sectors\":[\"energy\"],\"contact_information\":\"soc@gvv-grid.example\","
	                "\"x_code\":\"CUST-7741-SURAT\",\"x_aliases\":[\"GVVLX\",\"गुजरात विद्युत वितरण\",\"グジャラート配電\"]," AMBER
	                "}"));
	add_observable(g, 0, "email-addr", "k.patel@gvv-grid.example");
	add_observable(g, 1, "ipv4-addr", "192.0.2.77");
	add_observable(g, 2, "domain-name", "scada-gw.gvv-grid.example");
	add_observable(g, 3, "url", "https://scada-gw.gvv-grid.example/login");
	world_add(g->w,
	    S(GARDEN_SCO("file", "file--" UUID("0024"), "\"name\":\"ring-main-surat-seven.dwg\"")));
	for (size_t i = 1; i < IDS_COMPUTED; i++)
		tie(g, i, g->computed[i]);
	tie(g, IDS_COMPUTED, S("file--" UUID("0024")));
}

enum { TREATMENTS = 4 };

static inline void
amend(struct world *w, unsigned treatment)
{
	static const char *const methods[] = { NULL, "generalise", "pseudonym", "count" };

	world_category(w,
	    "{\"clause\":\"6\",\"code\":\"site\",\"max_tlp\":\"AMBER+STRICT\",\"reason\":"
	    "\"C-CONTROLLED\",\"redact\":[{\"method\":\"mask\",\"pointer\":\"/x_site\"}],"
	    "\"ruling\":\"redact\",\"when\":{\"types\":[\"incident\",\"malware\"]}}");
	if (methods[treatment] == NULL)
		return;
	world_ruling(w, "victim.identity", "redact");
	world_method(w, "victim", "email", methods[treatment]);
}

static inline void
grow_garden(struct garden *g)
{
	size_t type_of[OBJECTS];

	plant_victim(g);
	for (size_t i = 0; i < OBJECTS; i++)
		type_of[i] = roll(g->dice, COUNTOF(types));
	for (size_t i = 0; i < OBJECTS; i++)
		put_random(g, i, type_of);
}
