/* The worked examples: examples/ holds an agreement and rows, each a request,
 * objects and what is to become of them.  One row is one test.
 *
 * "terms" are blocks that stand in the agreement instead of its own.
 *
 * Short forms of the rows: "report--b7" is an identifier whose UUID ends in b7,
 * "tlp" is a marking, and times that are always the same are left out. */
#include "agreement.h"
#include "cases.h"
#include "fixture_p.h"

enum { ROWS_MAX = 128, OBJECT_MAX = 64 * KIB, PRINTED_MAX = MIB };

struct row {
	char name[128];
	const struct json *json;
};

static struct row rows[ROWS_MAX];

/* ---- building ---- */

/* "report--b7" with its UUID; other texts as they are. */
static struct str
long_id(struct arena *a, struct str text)
{
	size_t at = str_find(text, S("--"));

	if (at == SIZE_MAX || text.len - at > 8 || text.len - at <= 2)
		return text;
	for (size_t i = at + 2; i < text.len; i++) {
		if (strchr("0123456789abcdef", text.ptr[i]) == NULL)
			return text;
	}
	struct str tail = str_sub(text, at + 2, SIZE_MAX);
	return arena_printf(a, STR_FMT "--00000000-0000-4000-8000-%.*s" STR_FMT,
	    STR_ARG(str_sub(text, 0, at)), (int)(12 - tail.len), "000000000000", STR_ARG(tail));
}

/* Recursion is bounded by the depth of the rows. */
static void
put(struct json_writer *w, struct arena *a, const struct json *v)
{
	switch (v->type) {
	case JSON_STRING: json_put_str(w, long_id(a, v->text)); break;
	case JSON_OBJECT:
		json_begin_object(w);
		for (const struct json *m = v->first; m != NULL; m = m->next)
			put(json_key(w, m->key), a, m);
		json_end_object(w);
		break;
	case JSON_ARRAY:
		json_begin_array(w);
		for (const struct json *m = v->first; m != NULL; m = m->next)
			put(w, a, m);
		json_end_array(w);
		break;
	case JSON_NULL:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NUMBER: json_put_raw(w, v->raw); break;
	}
}

static void
put_markings(struct json_writer *w, struct arena *a, const struct json *item)
{
	const struct json *also = json_get(item, S("markings"));
	struct str tlp = json_str(json_get(item, S("tlp")));
	enum tlp level = TLP_NONE;

	if (tlp.len == 0 && also == NULL)
		return;
	json_begin_array(json_key(w, S("object_marking_refs")));
	while (tlp.ptr != NULL && tlp.len > 0) {
		assert_true(tlp_parse(str_split(&tlp, ' '), &level));
		json_put_str(w, marking_tlp2_id(level));
	}
	for (const struct json *v = also == NULL ? NULL : also->first; v != NULL; v = v->next)
		json_put_str(w, long_id(a, v->text));
	json_end_array(w);
}

static struct str
object_text(struct arena *a, const struct json *item)
{
	CLEANUP(buf_free) struct buf out = buf_new(OBJECT_MAX);
	struct json_writer w = json_writer(&out);
	const struct json *object = json_get(item, S("object"));
	enum stix_class class = stix_class_of(json_str(json_get(object, S("type"))));

	json_begin_object(&w);
	json_put_str(json_key(&w, S("spec_version")), S("2.1"));
	if (class != STIX_SCO && json_get(object, S("created")) == NULL)
		json_put_str(json_key(&w, S("created")), S("2026-11-19T07:31:42.123Z"));
	if (class != STIX_SCO && class != STIX_MARKING)
		json_put_str(json_key(&w, S("modified")), S("2026-11-19T07:31:42.123Z"));
	for (const struct json *m = object->first; m != NULL; m = m->next)
		put(json_key(&w, m->key), a, m);
	put_markings(&w, a, item);
	json_end_object(&w);
	return arena_str(a, buf_str(&out));
}

static bool
flag(const struct json *v, const char *name)
{
	return json_is(json_get(v, str_of(name)), JSON_TRUE);
}

static uint64_t
number(const struct json *v, const char *name)
{
	uint64_t n = 0;

	(void)json_u64(json_get(v, str_of(name)), &n);
	return n;
}

/* The text, or this one when the row leaves it out. */
static struct str
text_or(const struct json *v, const char *name, const char *preset)
{
	const struct json *m = json_get(v, str_of(name));

	return m == NULL ? str_of(preset) : json_str(m);
}

static void
add_item(struct world *w, const struct json *json)
{
	struct agreement_item *item = world_add(w, object_text(w->a, json));
	struct str source = text_or(json, "default", "none");

	item->selected = !flag(json, "context");
	item->originator = text_or(json, "originator", "IN:CERT-IN");
	item->giver = text_or(json, "giver", "");
	item->path = text_or(json, "path", "");
	item->received_under = text_or(json, "under", "");
	item->own_observation = flag(json, "own");
	item->approved = flag(json, "approved");
	item->persons = number(json, "persons");
	assert_true(tlp_parse(source, &item->default_tlp));
	if (item->object.class == STIX_SCO || item->object.class == STIX_MARKING)
		item->version = S("");
}

static time_us
time_or(const struct json *v, const char *name, time_us preset)
{
	struct str text = text_or(v, name, "");
	time_us at = preset;

	if (text.len > 0)
		assert_true(time_parse(text, &at));
	return at;
}

static void
fill_request(struct agreement_request *r, const struct json *json)
{
	const struct json *glass = json_get(json, S("glass"));
	struct str channel = text_or(json, "channel", "officer");

	r->from = text_or(json, "from", "IN:CERT-IN");
	r->to = text_or(json, "to", "JP:JPCERT");
	r->purpose = text_or(json, "purpose", "incident-response");
	r->area = text_or(json, "area", "INFO");
	r->at = time_or(json, "at", r->at);
	r->order_realm = text_or(json, "order_realm", "demo");
	r->channel = str_is(channel, "auto")     ? CHANNEL_AUTO
	             : str_is(channel, "person") ? CHANNEL_PERSON
	                                         : CHANNEL_OFFICER;
	r->recipient_verified = !flag(json, "unverified");
	r->recipient_key_until = time_or(json, "key_until", 0);
	r->person_key = text_or(json, "person", "");
	r->poc_failed = number(json, "poc_failed");
	assert_true(urgency_parse(text_or(json, "urgency", "routine"), &r->urgency));
	assert_true(harm_parse(text_or(json, "harm", "none"), &r->harm));
	r->break_glass = (struct break_glass){ .by = text_or(glass, "by", ""),
		.condition = text_or(glass, "condition", "") };
	r->legal_basis = text_or(json, "basis", "");
	r->mode = flag(json, "strict") ? BUNDLE_STRICT : BUNDLE_PARTIAL;
}

static void
add_consents(struct world *w, const struct json *list)
{
	static const char *const scopes[] = { "technique", "name", "personal" };
	struct consent *c = arena_make(w->a, struct consent, list == NULL ? 1 : list->len);
	size_t n = 0;

	w->request.consent = c;
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		struct str scope = text_or(v, "scope", "");
		size_t i = 0;

		while (i + 1 < COUNTOF(scopes) && !str_is(scope, scopes[i]))
			i++;
		assert_true(str_is(scope, scopes[i]));
		c[n++] = (struct consent){ .identity = long_id(w->a, text_or(v, "by", "")),
			.scope = (enum consent_scope)i,
			.to = text_or(v, "to", ""),
			.until = time_or(v, "until", TIME_NEVER),
			.withdrawn = flag(v, "withdrawn") };
	}
	w->request.consents = n;
}

/* Other blocks in place of those of the agreement, or beside them. */
static void
change_terms(struct world *w, const struct json *terms)
{
	const struct json *tree = NULL, *old;

	for (const struct json *v = terms == NULL ? NULL : terms->first; v != NULL; v = v->next) {
		assert_int_equal(json_parse(w->a, w->agreement, NULL, &tree, NULL), OK);
		old = json_get(tree, v->key);
		if (old != NULL)
			world_splice(w, old->raw, arena_cstr(w->a, v->raw));
		else
			world_splice(w, str_sub(w->agreement, 0, 1),
			    arena_cstr(w->a, arena_printf(w->a, "{\"" STR_FMT "\":" STR_FMT ",",
			                         STR_ARG(v->key), STR_ARG(v->raw))));
	}
}

static void
build(struct world *w, const struct json *row)
{
	const struct json *packs = json_get(row, S("packs"));
	struct str suspend = text_or(row, "suspend", "");
	char name[64];

	change_terms(w, json_get(row, S("terms")));
	fill_request(&w->request, json_get(row, S("request")));
	for (const struct json *v = packs == NULL ? NULL : packs->first; v != NULL; v = v->next) {
		(void)snprintf(name, sizeof(name), "packs/" STR_FMT ".json", STR_ARG(v->text));
		world_pack(w, name);
	}
	add_consents(w, json_get(row, S("consents")));
	if (suspend.len > 0)
		world_state(w, STATEMENT_SUSPEND, arena_cstr(w->a, suspend), 0);
	for (const struct json *v = json_get(row, S("items"))->first; v != NULL; v = v->next)
		add_item(w, v);
}

/* ---- comparing ---- */

static const char *
joined(struct arena *a, const struct str *text, size_t n)
{
	CLEANUP(buf_free) struct buf out = buf_new(4 * KIB);

	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s" STR_FMT, i == 0 ? "" : " ", STR_ARG(text[i]));
	return arena_cstr(a, buf_str(&out));
}

static void
check_text(const struct json *want, const char *name, const char *got)
{
	struct str text = text_or(want, name, "");

	if (json_get(want, str_of(name)) != NULL && !str_is(text, got))
		fail_msg("%s: \"%s\", not \"" STR_FMT "\"", name, got, STR_ARG(text));
}

static void
check_lines(const struct json *want, const char *name, const struct lines *lines)
{
	const struct json *list = json_get(want, str_of(name));

	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if (!world_says(lines, v->text))
			fail_msg("%s: \"" STR_FMT "\" is missing", name, STR_ARG(v->text));
	}
	if (list != NULL && list->first == NULL && lines->len > 0)
		fail_msg("%s: %s is not wanted", name, line_name(lines->line[0].code));
}

static void
check_bytes(const struct json *want, const char *name, struct str bytes, bool present)
{
	const struct json *list = json_get(want, str_of(name));

	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if ((str_find(bytes, v->text) != SIZE_MAX) != present)
			fail_msg("\"" STR_FMT "\" is %sin " STR_FMT, STR_ARG(v->text),
			    present ? "not " : "", STR_ARG(bytes));
	}
}

/* What the partner is shown, as JSON. */
static struct str
partner_page(struct world *w, const struct agreement_decision *d)
{
	CLEANUP(buf_free) struct buf out = buf_new(PRINTED_MAX);
	struct json_writer writer = json_writer(&out);

	agreement_decision_write(&writer, &w->request, d, DECISION_PARTNER);
	return arena_str(w->a, buf_str(&out));
}

static void
check_decision(struct world *w, const struct json *want)
{
	struct str id = long_id(w->a, text_or(want, "id", ""));
	const struct agreement_decision *d = agreement_decision_about(w->got, id);

	if (d == NULL) {
		fail_msg("no decision about " STR_FMT, STR_ARG(id));
		return;
	}
	if (!str_is(text_or(want, "outcome", ""), outcome_name(d->outcome)))
		fail_msg(STR_FMT ": %s, " STR_FMT, STR_ARG(id), outcome_name(d->outcome),
		    STR_ARG(world_text(w, &d->why)));
	check_text(want, "codes", joined(w->a, d->code, d->codes));
	check_text(want, "shared", joined(w->a, d->shared_code, d->shared_codes));
	check_text(want, "approvals", joined(w->a, d->approval, d->approvals));
	check_text(want, "clause", arena_cstr(w->a, d->clause));
	check_text(want, "route", arena_cstr(w->a, d->route));
	check_lines(want, "would", &d->would_change);
	check_lines(want, "conditions", &d->conditions);
	check_lines(want, "bundle", &d->bundle->said);
	check_lines(want, "advice", &d->advice);
	check_lines(want, "reasons", &d->why);
	check_bytes(want, "absent", d->bytes, false);
	check_bytes(want, "contains", d->bytes, true);
	check_bytes(want, "partner_absent", partner_page(w, d), false);
	assert_int_equal(d->review_hours, number(want, "review_hours"));
	if (json_get(want, S("why")) != NULL)
		assert_true(str_find(world_text(w, &d->why), text_or(want, "why", "")) != SIZE_MAX);
	if (flag(want, "new_id"))
		assert_false(str_eq(d->leaving_id, d->item->object.id));
	if (json_get(want, S("glass")) != NULL)
		assert_int_equal(d->glass,
		    str_is(text_or(want, "glass", ""), "broken") ? GLASS_BROKEN : GLASS_REFUSED);
	world_replay(w, d);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	CLEANUP(world_free) struct world w = world_under(AGREEMENT_EXAMPLES "/agreement.json", 3);

	build(&w, row->json);
	world_decide(&w);
	for (const struct json *v = json_get(row->json, S("want"))->first; v != NULL; v = v->next)
		check_decision(&w, v);
}

/* ---- the files ---- */

static size_t
read_rows(struct arena *a, const char *path, size_t n)
{
	const struct json *list;
	struct why why = { 0 };

	if (json_parse(a, cases_file(a, path), NULL, &list, &why) != OK) {
		(void)fprintf(stderr, "%s: %s at %s\n", path, why.text, why.where);
		exit(1);
	}
	for (const struct json *v = list->first; v != NULL && n < ROWS_MAX; v = v->next, n++) {
		(void)snprintf(rows[n].name, sizeof(rows[n].name), STR_FMT,
		    STR_ARG(json_str(json_get(v, S("name")))));
		rows[n].json = v;
	}
	return n;
}

int
main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	struct cases cases = { 0 };
	size_t n;

	n = read_rows(a, AGREEMENT_EXAMPLES "/worked.json", 0);
	n = read_rows(a, AGREEMENT_EXAMPLES "/edges.json", n);
	n = read_rows(a, AGREEMENT_EXAMPLES "/terms.json", n);
	for (size_t i = 0; i < n; i++)
		cases_add(&cases, rows[i].name, check_row, &rows[i]);
	return cases_run("examples", &cases, argc, argv);
}
