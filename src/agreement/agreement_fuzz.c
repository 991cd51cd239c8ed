#include "agreement.h"

#include <stdlib.h>

#include "json_writer.h"
#include "lint.h"
#include "pack_look.h"
#include "standing_p.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything but what is RED or unmarked may go, so that nothing else hides a
 * mistake with markings. */
static const char open_agreement[] =
    "{\"type\":\"torana-agreement\",\"format\":1,\"header\":{\"id\":\"F\",\"version\":1,"
    "\"language_of_record\":\"en\",\"title\":{\"en\":\"t\"}},\"lifecycle\":{\"in_force_from\":"
    "\"2026-01-01T00:00:00Z\",\"expires_on\":\"2031-01-01T00:00:00Z\"},\"parties\":[{\"code\":\"IN\","
    "\"name\":\"I\",\"node\":\"i\",\"agreement_key\":"
    "\"0101010101010101010101010101010101010101010101010101010101010101\",\"organisations\":["
    "{\"code\":\"IN:A\",\"name\":\"A\",\"kind\":\"state-body\"}]},{\"code\":\"JP\",\"name\":\"J\","
    "\"node\":\"j\",\"agreement_key\":"
    "\"0202020202020202020202020202020202020202020202020202020202020202\",\"organisations\":["
    "{\"code\":\"JP:B\",\"name\":\"B\",\"kind\":\"private-body\"}]}],\"clauses\":{\"1\":\"c\"},"
    "\"areas\":[],\"purposes\":[{\"code\":\"p\",\"clause\":\"1\"}],\"marking_policy\":{\"clause\":\"1\","
    "\"unmarked\":\"deny\",\"ceiling_by_channel\":{\"auto\":\"RED\",\"officer\":\"RED\",\"person\":"
    "\"RED\"}},\"identity_protection\":{\"clause\":\"1\"},\"personal_data\":{\"clause\":\"1\"},"
    "\"third_party\":{\"clause\":\"1\",\"originator_control\":true},\"suspension\":{\"clause\":\"1\"},"
    "\"dispute\":{\"clause\":\"1\",\"steps\":[],\"interim_freeze\":true},"
    "\"exercise_realm\":{\"clause\":\"1\"},\"retention\":{\"clause\":\"1\",\"days\":1},"
    "\"data_categories\":[{\"code\":\"any\",\"clause\":\"1\",\"when\":{\"types\":[\"indicator\","
    "\"malware\",\"identity\",\"report\",\"observed-data\",\"ipv4-addr\",\"relationship\",\"note\","
    "\"incident\",\"marking-definition\",\"sighting\",\"url\",\"email-addr\",\"language-content\"]},"
    "\"ruling\":\"allow\",\"max_tlp\":\"RED\"}]}";

/* What the linter calls readable the reader reads, and the other way round. */
static void
check_lint(struct arena *a, struct str text)
{
	const struct agreement *g;
	struct lint lint;

	if (agreement_lint(a, text, INT64_C(1'795'262'400'000'000), &lint, NULL) != OK)
		return;
	if (lint.agreement == NULL && lint.errors == 0)
		__builtin_trap();
	if (agreement_parse(a, text, &g, NULL) == OK && lint.agreement == NULL)
		__builtin_trap();
}

/* Said once by each party: what is closed has a holder, and nothing opens that another closed. */
static void
check_statement(struct arena *a, const struct statement *s)
{
	struct standing standing = { .signed_by = 2, .signed_mask = 3 };

	if (agreement_parse(a, str_of(open_agreement), &standing.agreement, NULL) != OK)
		__builtin_trap();
	for (size_t i = 0; i < 2; i++)
		(void)!standing_state_apply(&standing, s, i, NULL);
	for (size_t i = 0; i < standing.suspended_areas; i++) {
		if (standing.suspended_area_mask[i] == 0)
			__builtin_trap();
	}
	for (size_t i = 0; standing.disputes == 0 && i < CATEGORIES_MAX; i++) {
		if (standing.closed_category_mask[i] >> DISPUTE_SHIFT != 0)
			__builtin_trap();
	}
	if (standing_end(&standing) < standing.agreement->expires_on && s->verb != STATEMENT_LAPSE)
		__builtin_trap();
	for (size_t i = 0; i < standing.successions; i++) {
		if (str_eq(standing.succession[i].old, standing.succession[i].next) ||
		    standing_resolve(&standing, standing.succession[i].old, TIME_NEVER).len == 0)
			__builtin_trap();
	}
}

/* Reads like any document, and says nothing about what it cannot. */
static void
read_documents(struct arena *a, struct str text)
{
	const struct agreement *g;
	const struct rule_pack *pack;
	struct statement s;
	struct standing standing;

	(void)!agreement_parse(a, text, &g, NULL);
	if (rule_pack_parse(a, text, &pack, NULL) == OK && pack_lint(a, pack, 0) == NULL)
		__builtin_trap();
	(void)!standing_open(a, text, &standing, NULL);
	if (statement_parse(a, text, &s, NULL) == OK)
		check_statement(a, &s);
	check_lint(a, text);
}

/* ---- what never happens, read from the input without the gate's help ---- */

static const struct stix_object *
find_item(void *arg, struct str id)
{
	const struct agreement_request *r = arg;

	for (size_t i = 0; i < r->items; i++) {
		if (str_eq(r->item[i].object.id, id))
			return &r->item[i].object;
	}
	return NULL;
}

/* Whether a marking forbids it: none at all, one that nobody understands, RED
 * on the whole, or more than the channel carries. */
static bool
is_barred_by_marking(const struct agreement_request *r, const struct stix_object *o)
{
	struct stix_object whole = *o;
	struct marking_set all;
	enum tlp ceiling = r->standing->agreement->ceiling[r->channel];

	marking_collect(&whole, find_item, (void *)(uintptr_t)r, &all);
	if (all.unknown > 0)
		return true;
	if (all.tlp == TLP_NONE)
		return o->class != STIX_MARKING;
	if (all.tlp <= ceiling)
		return all.tlp == TLP_RED;
	/* Parts above the ceiling may be taken out of what is marked itself. */
	return !all.granular || json_get(o->json, S("object_marking_refs")) == NULL;
}

static bool
names_type(const struct selector *s, struct str type)
{
	for (const struct json *v = s->types == NULL ? NULL : s->types->first; v != NULL;
	     v = v->next) {
		if (str_eq(v->text, type))
			return true;
	}
	return false;
}

/* A condition that asks for nothing but types. */
static bool
is_plain(const struct selector *s)
{
	return s->types != NULL && s->has == NULL && s->equals == NULL && s->facts == NULL &&
	       s->not_facts == NULL && s->to == NULL && s->purposes == NULL && s->areas == NULL;
}

/* Whether no category names the type, or one or a rule plainly denies it. */
static bool
is_barred_by_rule(const struct agreement_request *r, struct str type)
{
	const struct agreement *g = r->standing->agreement;
	bool named = false, denied = false;

	for (size_t i = 0; i < g->categories; i++) {
		const struct category *c = &g->category[i];

		named = named || names_type(&c->when, type);
		denied = denied || (c->ruling == RULING_DENY && is_plain(&c->when) &&
		                       names_type(&c->when, type));
	}
	for (size_t p = 0; p < r->packs; p++) {
		for (size_t i = 0; i < r->pack[p]->rules; i++) {
			const struct rule *rule = &r->pack[p]->rule[i];

			denied = denied ||
			         (rule->enabled && rule->from <= r->at && r->at < rule->until &&
			             rule->ruling == RULING_DENY && r->pack[p]->party.len == 0 &&
			             is_plain(&rule->when) && names_type(&rule->when, type));
		}
	}
	return !named || denied;
}

/* A mailbox that says enough to be told from every other: nobody consents here. */
static bool
is_telling_mailbox(const struct stix_object *o, struct str *ret)
{
	enum { LETTERS_MIN = 16 };
	size_t letters = 0;

	*ret = json_str(json_get(o->json, S("value")));
	if (!str_is(o->type, "email-addr") || str_find(*ret, S("@")) == SIZE_MAX)
		return false;
	for (size_t i = 0; i < ret->len; i++) {
		char c = (char)(ret->ptr[i] | 0x20);

		letters += c >= 'a' && c <= 'z';
		if ((unsigned char)ret->ptr[i] <= ' ' || (unsigned char)ret->ptr[i] > '~')
			return false;
	}
	return letters >= LETTERS_MIN && ret->len < 256;
}

static void
check_told(const struct agreement_request *r, const struct agreement_decision *d)
{
	for (size_t i = 0; i < r->items; i++) {
		struct str mailbox;

		if (is_telling_mailbox(&r->item[i].object, &mailbox) &&
		    str_find(d->bytes, mailbox) != SIZE_MAX)
			__builtin_trap();
	}
}

static void
check_decision(struct arena *a, const struct agreement_request *r,
    const struct agreement_decision *d)
{
	CLEANUP(buf_free) struct buf out = buf_new(64 * MIB);
	struct json_writer w = json_writer(&out);
	const struct stix_object *o = &d->item->object;
	const struct json *tree;
	bool leaves = d->outcome != OUTCOME_DENY && d->outcome != OUTCOME_ROUTE;
	const struct documents documents = { .agreement = r->standing->agreement,
		.packs = r->packs,
		.pack = r->pack };
	struct judgement j;

	if (leaves != (d->bytes.len > 0))
		__builtin_trap();
	if (leaves && (is_barred_by_marking(r, o) || is_barred_by_rule(r, o->type)))
		__builtin_trap();
	if (leaves)
		check_told(r, d);
	if (leaves && json_parse(a, d->bytes, NULL, &tree, NULL) != OK)
		__builtin_trap();
	if (agreement_judge(a, d->facts, &documents, &j, NULL) != OK || j.outcome != d->outcome)
		__builtin_trap();
	agreement_decision_write(&w, r, d, false);
	if (!out.full && json_parse(a, buf_str(&out), NULL, &tree, NULL) != OK)
		__builtin_trap();
}

static int
item_order(const void *a, const void *b)
{
	const struct agreement_item *x = a, *y = b;

	return str_cmp(x->object.id, y->object.id);
}

/* The items of a text: its lines, each an object; of equal ids the first. */
static size_t
read_items(struct arena *a, struct str text, struct agreement_item *item, size_t max)
{
	size_t n = 0, kept = 0;

	while (text.ptr != NULL && n < max) {
		struct str line = str_trim(str_split(&text, '\n'));
		const struct json *tree;

		if (json_parse(a, line, NULL, &tree, NULL) != OK ||
		    stix_scan(tree, &item[n].object, NULL) != OK)
			continue;
		item[n].selected = line.len % 5 != 0;
		item[n].copy_id = arena_printf(a, STR_FMT "--00000000-0000-4000-a000-%012zu",
		    STR_ARG(item[n].object.type), n);
		n++;
	}
	qsort(item, n, sizeof(item[0]), item_order);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !str_eq(item[kept - 1].object.id, item[i].object.id))
			item[kept++] = item[i];
	}
	return kept;
}

/* Lines that are an agreement or packs stand in for the open agreement. */
static void
read_rules(struct arena *a, struct str text, struct standing *s, struct agreement_request *r)
{
	while (text.ptr != NULL) {
		struct str line = str_trim(str_split(&text, '\n'));
		const struct agreement *g;

		if (str_find(line, S("\"torana-agreement\"")) != SIZE_MAX &&
		    agreement_parse(a, line, &g, NULL) == OK && g->in_force_from <= r->at &&
		    r->at < g->expires_on)
			s->agreement = g;
		if (str_find(line, S("\"torana-rule-pack\"")) != SIZE_MAX && r->packs < PACKS_MAX &&
		    rule_pack_parse(a, line, &r->pack[r->packs], NULL) == OK)
			r->packs++;
	}
}

static void
decide(struct arena *a, struct str text)
{
	enum { ITEMS = 16 };
	struct agreement_item *item = arena_make(a, struct agreement_item, ITEMS);
	struct standing standing = { .signed_by = 2, .signed_mask = 3 };
	struct agreement_request r = { .realm = S("demo"),
		.order_realm = S("demo"),
		.from = S("IN:A"),
		.to = S("JP:B"),
		.channel = CHANNEL_OFFICER,
		.purpose = S("p"),
		.recipient_verified = true,
		.redaction_identity = S("identity--00000000-0000-4000-8000-00000000f00d"),
		.standing = &standing,
		.item = item };
	const struct agreement_decisions *got;

	if (agreement_parse(a, str_of(open_agreement), &standing.agreement, NULL) != OK)
		__builtin_trap();
	if (!time_parse(S("2026-11-20T09:00:00Z"), &r.at))
		__builtin_trap();
	r.copy_time = r.at;
	read_rules(a, text, &standing, &r);
	r.items = read_items(a, text, item, ITEMS);
	if (agreement_decide(a, &r, &got, NULL) != OK)
		return;
	for (size_t i = 0; i < got->len; i++)
		check_decision(a, &r, &got->decision[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(256 * MIB);
	struct str text = { (const char *)data, size };

	read_documents(a, text);
	decide(a, text);
	return 0;
}
