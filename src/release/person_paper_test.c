#include "person_paper.h"

#include "base.h"
#include "box.h"
#include "cases.h"
#include "dsse.h"

enum { ARENA_MAX = 64 * MIB };
#define TEXT_IN_IT "{\"type\":\"report\"}"
#define CARD_PRINT "ab5ec2e7ab5ec2e7ab5ec2e7ab5ec2e7ab5ec2e7ab5ec2e7ab5ec2e7ab5ec2e7"

/* What lies between sender and person, to be spoilt. */
struct post {
	struct arena *a;
	struct sign_key *sender, *person, *stranger;
	struct person_envelope paper;
	const struct sign_key *signer; /* of the envelope */
	const char *type;
	struct person_opening by;
	struct str text; /* signed */
};

static void
post_done(struct post *p)
{
	arena_free(p->a);
	sign_key_free(p->sender);
	sign_key_free(p->person);
	sign_key_free(p->stranger);
}

static void
post_begin(struct post *p)
{
	struct verify_key to;

	*p = (struct post){ .a = arena_new(ARENA_MAX),
		.sender = sign_key_new(),
		.person = sign_key_new(),
		.stranger = sign_key_new(),
		.type = PERSON_ENVELOPE_TYPE };
	to = sign_key_public(p->person);
	p->signer = p->sender;
	p->paper = (struct person_envelope){
		.realm = S("demo"),
		.from = S("IN:CERT-IN"),
		.to = S("JP:JPCERT"),
		.order_id = S("11111111-1111-4111-8111-111111111111"),
		.ordinal = 3,
		.person = S(CARD_PRINT),
		.made_at = 1'000'000,
	};
	p->by =
	    (struct person_opening){ S("demo"), S("IN"), sign_key_public(p->sender), p->person };
	assert_int_equal(box_seal(p->a, &to, S(TEXT_IN_IT), &p->paper.box, NULL), OK);
}

static void
post_sign(struct post *p)
{
	CLEANUP(buf_free) struct buf body = buf_new(PERSON_ENVELOPE_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	struct dsse e = { .payload_type = str_of(p->type) };

	assert_int_equal(person_envelope_write(p->a, &p->paper, &body, NULL), OK);
	e.payload = buf_str(&body);
	assert_int_equal(dsse_sign(&e, p->signer, p->a, NULL), OK);
	assert_int_equal(dsse_write(&e, &out, NULL), OK);
	p->text = arena_str(p->a, buf_str(&out));
}

static enum err
post_open(struct post *p, struct why *why)
{
	struct person_envelope e;
	struct str text = { 0 };
	enum err err = person_envelope_open(p->a, p->text, &p->by, &e, &text, why);

	if (err != OK) {
		assert_null(text.ptr);
		return err;
	}
	assert_true(str_is(text, TEXT_IN_IT));
	assert_true(str_eq(e.order_id, p->paper.order_id));
	assert_int_equal(e.ordinal, 3);
	assert_int_equal(e.made_at, 1'000'000);
	return OK;
}

/* It opens, and a second time the same way: order and item say that it was seen. */
static void
check_open(void **)
{
	CLEANUP(post_done) struct post p;

	post_begin(&p);
	post_sign(&p);
	assert_int_equal(post_open(&p, NULL), OK);
	assert_int_equal(post_open(&p, NULL), OK);
}

static void
stranger_signs(struct post *p)
{
	p->signer = p->stranger;
}
static void
other_type(struct post *p)
{
	p->type = PERSON_CARD_TYPE;
}
static void
other_realm(struct post *p)
{
	p->paper.realm = S("exercise");
}
static void
other_party(struct post *p)
{
	p->paper.from = S("LK:CERT");
}
static void
other_key(struct post *p)
{
	p->by.key = p->stranger;
}
static void
other_box(struct post *p)
{
	const struct verify_key to = sign_key_public(p->stranger);

	assert_int_equal(box_seal(p->a, &to, S("x"), &p->paper.box, NULL), OK);
}
static void
empty_box(struct post *p)
{
	p->paper.box = S("");
}
static void
no_card(struct post *p)
{
	p->paper.person = S("ab");
}
static void
no_order(struct post *p)
{
	p->paper.order_id = S("");
}

/* clang-format off */
static const struct bad_row {
	const char *name;
	void (*change)(struct post *);
	enum err err;
	const char *code;
} bad_table[] = {
	{ "a stranger signed it",              stranger_signs, ERR_TAMPERED,  "dsse.stranger" },
	{ "it is signed as something else",    other_type,     ERR_INVALID,   "person.envelope" },
	{ "it was sealed in another realm",    other_realm,    ERR_FORBIDDEN, "person.realm" },
	{ "it names another party than signs", other_party,    ERR_TAMPERED,  "person.party" },
	{ "another person opens it",           other_key,      ERR_TAMPERED,  "box.open" },
	{ "another box lies in it",            other_box,      ERR_TAMPERED,  "box.open" },
	{ "nothing lies in it",                empty_box,      ERR_TAMPERED,  "box.open" },
	{ "it names no card",                  no_card,        ERR_INVALID,   "person.envelope" },
	{ "it names no order",                 no_order,       ERR_INVALID,   "person.envelope" },
};
/* clang-format on */

static void
check_bad(void **state)
{
	const struct bad_row *row = *state;
	CLEANUP(post_done) struct post p;
	struct why why = { 0 };

	post_begin(&p);
	row->change(&p);
	post_sign(&p);
	assert_int_equal(post_open(&p, &why), row->err);
	assert_string_equal(why.code, row->code);
}

/* No byte of what is signed can be another: payload, type, signature. */
static void
check_altered(void **)
{
	CLEANUP(post_done) struct post p;
	struct dsse e = { 0 };
	size_t tried = 0;

	post_begin(&p);
	post_sign(&p);
	assert_int_equal(dsse_parse(p.a, p.text, &e, NULL), OK);
	struct str payload = e.payload, good = p.text;
	for (size_t i = 0; i < payload.len; i += 3, tried++) {
		CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
		char *bent = arena_cstr(p.a, payload);

		bent[i] = (char)(bent[i] ^ 1);
		e.payload = (struct str){ bent, payload.len };
		assert_int_equal(dsse_write(&e, &out, NULL), OK);
		p.text = buf_str(&out);
		assert_int_equal(post_open(&p, NULL), ERR_TAMPERED);
	}
	assert_true(tried > 100);
	p.text = good;
	assert_int_equal(post_open(&p, NULL), OK);
}

/* ---- cards ---- */

#define CARD(name, organisation, realm, key, expires)                                         \
	"{\"expires\":\"" expires "\",\"format\":1,\"key\":\"" key "\",\"name\":\"" name      \
	"\",\"organisation\":\"" organisation "\",\"realm\":\"" realm "\",\"type\":\"torana-" \
	"card\"}"
#define TEN   "1234567890"
#define FIFTY TEN TEN TEN TEN TEN

/* clang-format off */
static const struct card_row {
	const char *name;
	const char *text;
	bool good;
} card_table[] = {
	{ "a card",                CARD("h", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), true },
	{ "no name",               CARD("", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a name of 200 bytes",   CARD(FIFTY FIFTY FIFTY FIFTY, "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), true },
	{ "a name of 201 bytes",   CARD("x" FIFTY FIFTY FIFTY FIFTY, "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a name of two lines",   CARD("h\\nk", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a name for a terminal", CARD("h\\u001b[2J", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a name in Japanese",    CARD("\\u6d69", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), true },
	{ "a name with C1",        CARD("h\\u009b2J", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "its first",             CARD("h\\u0080", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "what follows its last", CARD("h\\u00a0", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), true },
	{ "a name turned around",  CARD("h\\u202ek", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a name that isolates",  CARD("h\\u2066k", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a mark at its end",     CARD("h\\u200f", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "an Arabic mark",        CARD("\\u061ch", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a line separator",      CARD("h\\u2028k", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "a dash",                CARD("h\\u2014k", "JP:J", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), true },
	{ "an organisation with C1", CARD("h", "JP:J\\u009b", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "no organisation",       CARD("h", "", "demo", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "no realm",              CARD("h", "JP:J", "", CARD_PRINT, "2027-01-01T00:00:00Z"), false },
	{ "half a key",            CARD("h", "JP:J", "demo", "abcd", "2027-01-01T00:00:00Z"), false },
	{ "no end",                CARD("h", "JP:J", "demo", CARD_PRINT, "soon"), false },
	{ "a later format",        "{\"format\":2,\"type\":\"torana-card\"}", false },
	{ "a list",                "[]", false },
	{ "nothing",               "", false },
};
/* clang-format on */

static void
check_card(void **state)
{
	const struct card_row *row = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct person_card card;
	struct why why = { 0 };
	enum err err = person_card_read(a, str_of(row->text), &card, &why);

	assert_int_equal(err == OK, row->good);
	if (!row->good)
		assert_int_equal(err, ERR_INVALID);
}

/* What can be sealed can be signed and fetched. */
static void
check_too_large(void **)
{
	CLEANUP(post_done) struct post p;
	CLEANUP(buf_free) struct buf out = buf_new(PERSON_ENVELOPE_MAX);

	post_begin(&p);
	p.paper.box =
	    (struct str){ arena_make(p.a, char, PERSON_ENVELOPE_MAX), PERSON_ENVELOPE_MAX };
	assert_non_null(p.paper.box.ptr);
	assert_int_equal(person_envelope_write(p.a, &p.paper, &out, NULL), ERR_LIMIT);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_open);
	CASES(&list, bad_table, check_bad);
	CASE(&list, check_altered);
	CASES(&list, card_table, check_card);
	CASE(&list, check_too_large);
	return cases_run("person_paper", &list, argc, argv);
}
