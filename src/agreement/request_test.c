#include "request.h"

#include "cases.h"
#include "fixture_p.h"

static const char incident[] = HEAD("incident", "0101") ",\"name\":\"Breach\"," AMBER "}";
static const char victim[] =
    HEAD("identity", "0102") ",\"name\":\"City Hospital\","
                             "\"identity_class\":\"organization\"," AMBER "}";

static void
fill(struct world *w)
{
	static const struct consent consent = { .identity = { "identity--" UUID("0102"), 46 },
		.scope = CONSENT_NAME,
		.to = { "JP", 2 },
		.until = TIME_NEVER };
	static const struct pseudonym pseudonym = { .id = { "identity--" UUID("0102"), 46 },
		.pointer = { "/name", 5 },
		.token = { "p-77", 4 } };

	world_pack(w, "packs/in.json");
	world_add(w, str_of(incident));
	struct agreement_item *hospital = world_add(w, str_of(victim));
	hospital->selected = false;
	hospital->delivered = DELIVERED_COPY;
	hospital->copy_created = 1'000'000;
	w->request.consent = &consent;
	w->request.consents = 1;
	w->request.pseudonyms = 1;
	w->request.pseudonym = &pseudonym;
	w->request.area = S("INFO");
	world_state(w, STATEMENT_SUSPEND, "CI", 0);
	world_decide(w);
}

/* ---- a source that has what the world has ---- */

static enum err
find_object(void *arg, struct str id, const struct hash *h, struct str *ret, struct why *why)
{
	const struct world *w = arg;

	(void)h;
	for (size_t i = 0; i < w->request.items; i++) {
		*ret = w->item[i].object.raw;
		if (str_eq(w->item[i].object.id, id))
			return OK;
	}
	return (fail)(why, ERR_NOT_FOUND, "test.gone", "purged");
}

static enum err
find_agreement(void *arg, const struct hash *h, const struct agreement **ret, struct why *why)
{
	const struct world *w = arg;

	(void)h;
	(void)why;
	*ret = w->standing.agreement;
	return OK;
}

static enum err
find_pack(void *arg, const struct hash *h, const struct rule_pack **ret, struct why *why)
{
	const struct world *w = arg;

	(void)h;
	(void)why;
	*ret = w->request.pack[0];
	return OK;
}

static struct request_source
source_of(struct world *w)
{
	return (struct request_source){ w, find_object, find_agreement, find_pack };
}

static void
test_round(void **state)
{
	struct world w = world_new();
	struct agreement_request read;
	const struct agreement_decisions *again;
	struct why why = { 0 };
	struct str text;

	(void)state;
	fill(&w);
	const struct request_source source = source_of(&w);
	assert_int_equal(agreement_request_write(w.a, &w.request, &text, &why), OK);
	struct hash hash = hash_of(text);
	assert_true(hash_eq(&hash, &w.got->inputs));
	if (agreement_request_read(w.a, text, &source, &read, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(read.consent[0].until, TIME_NEVER);
	assert_int_equal(read.standing->suspended_areas, 1);
	assert_int_equal(agreement_decide(w.a, &read, &again, &why), OK);
	assert_true(hash_eq(&again->inputs, &w.got->inputs));
	assert_int_equal(again->len, w.got->len);
	assert_true(str_eq(again->decision[0].facts, w.got->decision[0].facts));
	assert_true(str_eq(again->decision[0].bytes, w.got->decision[0].bytes));
	world_free(&w);
}

/* ---- every input counts ---- */

static void
in_at(struct world *w)
{
	w->request.at++;
}
static void
in_copy_time(struct world *w)
{
	w->request.copy_time++;
}
static void
in_realm(struct world *w)
{
	w->request.realm = S("real");
}
static void
in_order_realm(struct world *w)
{
	w->request.order_realm = S("real");
}
static void
in_from(struct world *w)
{
	w->request.from = S("IN:NCIIPC");
}
static void
in_to(struct world *w)
{
	w->request.to = S("JP:NCO");
}
static void
in_channel(struct world *w)
{
	w->request.channel = CHANNEL_AUTO;
}
static void
in_purpose(struct world *w)
{
	w->request.purpose = S("prevention");
}
static void
in_area(struct world *w)
{
	w->request.area = S("CI");
}
static void
in_verified(struct world *w)
{
	w->request.recipient_verified = false;
}
static void
in_redaction(struct world *w)
{
	w->request.redaction_identity = S("identity--x");
}
static void
in_terminated(struct world *w)
{
	w->standing.terminated = true;
}
static void
in_signed(struct world *w)
{
	w->standing.signed_mask = 1;
}
static void
in_suspended(struct world *w)
{
	w->standing.suspended_mask = 1;
}
static void
in_open(struct world *w)
{
	w->standing.suspended_areas = 0;
}
static void
in_packs(struct world *w)
{
	w->request.packs = 0;
}
static void
in_consents(struct world *w)
{
	w->request.consents = 0;
}
static void
in_items(struct world *w)
{
	w->request.items = 1;
}
static void
in_version(struct world *w)
{
	w->item[0].version = S("x");
}
static void
in_selected(struct world *w)
{
	w->item[1].selected = !w->item[1].selected;
}
static void
in_originator(struct world *w)
{
	w->item[0].originator = S("x");
}
static void
in_giver(struct world *w)
{
	w->item[0].giver = S("x");
}
static void
in_path(struct world *w)
{
	w->item[0].path = S("x");
}
static void
in_under(struct world *w)
{
	w->item[0].received_under = S("x");
}
static void
in_own(struct world *w)
{
	w->item[0].own_observation = true;
}
static void
in_disputed(struct world *w)
{
	w->item[0].disputed = true;
}
static void
in_default(struct world *w)
{
	w->item[0].default_tlp = TLP_RED;
}
static void
in_source(struct world *w)
{
	static const struct source_cited cited = { .name = { "attack", 6 }, .version = 2 };

	w->request.source = &cited;
	w->request.sources = 1;
	w->item[0].source = 1;
}
static void
in_copy_id(struct world *w)
{
	w->item[0].copy_id = S("x");
}
static void
in_created(struct world *w)
{
	w->item[0].copy_created = 5;
}
static void
in_modified(struct world *w)
{
	w->item[0].copy_modified = 5;
}
static void
in_delivered(struct world *w)
{
	w->item[0].delivered = DELIVERED_ORIGINAL;
}
static void
in_approved(struct world *w)
{
	w->item[0].approved = true;
}
static void
in_raw(struct world *w)
{
	w->item[0].object.raw = S("{}");
}

static void
in_persons(struct world *w)
{
	w->item[0].persons = 3;
}
static void
in_key_until(struct world *w)
{
	w->request.recipient_key_until = 5;
}
static void
in_person_key(struct world *w)
{
	w->request.person_key = S("x");
}
static void
in_poc(struct world *w)
{
	w->request.poc_failed = 2;
}
static void
in_urgency(struct world *w)
{
	w->request.urgency = URGENCY_FLASH;
}
static void
in_harm(struct world *w)
{
	w->request.harm = HARM_IMMINENT_SAFETY;
}
static void
in_glass(struct world *w)
{
	w->request.break_glass.by = S("meera");
}
static void
in_condition(struct world *w)
{
	w->request.break_glass.condition = S("x");
}
static void
in_basis(struct world *w)
{
	w->request.legal_basis = S("x");
}
static void
in_mode(struct world *w)
{
	w->request.mode = BUNDLE_STRICT;
}
static void
in_pseudonyms(struct world *w)
{
	static const struct pseudonym map[] = { { .id = { "identity--" UUID("0102"), 46 },
	    .token = { "p-00", 4 } } };

	w->request.pseudonyms = 1;
	w->request.pseudonym = map;
}

/* clang-format off */
static const struct input_row {
	const char *name;
	void (*change)(struct world *w);
} input_table[] = {
	{ "at", in_at }, { "copy time", in_copy_time }, { "realm", in_realm },
	{ "order realm", in_order_realm }, { "from", in_from }, { "to", in_to },
	{ "channel", in_channel }, { "purpose", in_purpose }, { "area", in_area },
	{ "verified", in_verified }, { "redaction identity", in_redaction },
	{ "terminated", in_terminated }, { "signed by", in_signed },
	{ "suspended", in_suspended }, { "an area that is open", in_open },
	{ "packs", in_packs }, { "consents", in_consents }, { "items", in_items },
	{ "version", in_version }, { "selected", in_selected }, { "originator", in_originator },
	{ "giver", in_giver }, { "path", in_path }, { "received under", in_under },
	{ "own observation", in_own }, { "disputed", in_disputed }, { "default TLP", in_default }, { "source", in_source },
	{ "copy id", in_copy_id },
	{ "created", in_created }, { "modified", in_modified }, { "delivered", in_delivered },
	{ "approved", in_approved }, { "bytes", in_raw },
	{ "persons", in_persons }, { "end of the key", in_key_until }, { "person's key", in_person_key },
	{ "failed checks", in_poc }, { "urgency", in_urgency }, { "harm", in_harm },
	{ "break-glass", in_glass }, { "condition", in_condition },
	{ "legal basis", in_basis }, { "mode", in_mode },
	{ "pseudonyms", in_pseudonyms },
};
/* clang-format on */

static void
check_input(void **state)
{
	const struct input_row *row = *state;
	struct world w = world_new();
	struct why why = { 0 };
	struct str before, after;

	fill(&w);
	assert_int_equal(agreement_request_write(w.a, &w.request, &before, &why), OK);
	row->change(&w);
	assert_int_equal(agreement_request_write(w.a, &w.request, &after, &why), OK);
	assert_false(str_eq(before, after));
	world_free(&w);
}

/* ---- texts that are none ---- */

/* clang-format off */
static const struct bad_row {
	const char *name;
	const char *find, *put; /* the first place is replaced */
	enum err err;
	const char *code;
} bad_table[] = {
	{ "no JSON", "{", "", ERR_INVALID, "json.syntax" },
	{ "another engine", "\"engine\":", "\"engine\":9", ERR_INVALID, "request.engine" },
	{ "a number that is none", "\"at\":\"1", "\"at\":\"x", ERR_INVALID, "request.member" },
	{ "a number above its bound", "\"channel\":\"1\"", "\"channel\":\"9\"", ERR_INVALID, "request.member" },
	{ "a source that is not listed", "\"version\":\"2026", "\"source\":\"1\",\"version\":\"2026", ERR_INVALID, "request.member" },
	{ "a number as JSON number", "\"channel\":\"1\"", "\"channel\":1", ERR_INVALID, "request.member" },
	{ "a text that is a list", "\"to\":\"JP:JPCERT\"", "\"to\":[]", ERR_INVALID, "request.member" },
	{ "no items", "\"items\"", "\"itemz\"", ERR_INVALID, "request.member" },
	{ "an input that nobody knows", "\"realm\"", "\"weather\":\"x\",\"realm\"", ERR_INVALID, "request.other" },
	{ "members in another order", "\"realm\":\"demo\",\"order_realm\":\"demo\"",
	  "\"order_realm\":\"demo\",\"realm\":\"demo\"", ERR_INVALID, "request.other" },
	{ "bytes of another object", "\"raw\":\"", "\"raw\":\"00", ERR_INVALID, "request.member" },
	{ "another version of the agreement", "\"agreement\":\"",
	  "\"agreement\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"x\":\"",
	  ERR_TAMPERED, "request.agreement" },
	{ "another rule pack", "\"hash\":\"",
	  "\"hash\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"x\":\"",
	  ERR_TAMPERED, "request.pack" },
	{ "other bytes of an object", "\"raw\":\"",
	  "\"raw\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"x\":\"",
	  ERR_TAMPERED, "request.object" },
	{ "an object that is gone", "\"id\":\"identity", "\"id\":\"identitx", ERR_NOT_FOUND, "test.gone" },
};
/* clang-format on */

static void
check_bad(void **state)
{
	const struct bad_row *row = *state;
	struct world w = world_new();
	struct agreement_request read;
	struct why why = { 0 };
	struct str text, head, tail;

	fill(&w);
	const struct request_source source = source_of(&w);
	assert_int_equal(agreement_request_write(w.a, &w.request, &text, &why), OK);
	size_t at = str_find(text, str_of(row->find));
	assert_true(at != SIZE_MAX);
	head = str_sub(text, 0, at);
	tail = str_sub(text, at + strlen(row->find), SIZE_MAX);
	text = arena_printf(w.a, STR_FMT "%s" STR_FMT, STR_ARG(head), row->put, STR_ARG(tail));
	enum err err = agreement_request_read(w.a, text, &source, &read, &why);
	if (err != row->err || strcmp(why.code, row->code) != 0)
		fail_msg("%s %s: %s", err_name(err), why.code, why.text);
	world_free(&w);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, test_round);
	CASES(&list, input_table, check_input);
	CASES(&list, bad_table, check_bad);
	return cases_run("request", &list, argc, argv);
}
