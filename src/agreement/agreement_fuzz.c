#include "agreement.h"

#include <stdlib.h>

#include "json_writer.h"

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
    "\"exercise_realm\":{\"clause\":\"1\"},\"retention\":{\"clause\":\"1\",\"days\":1},"
    "\"data_categories\":[{\"code\":\"any\",\"clause\":\"1\",\"when\":{\"types\":[\"indicator\","
    "\"malware\",\"identity\",\"report\",\"observed-data\",\"ipv4-addr\",\"relationship\",\"note\","
    "\"incident\",\"marking-definition\",\"sighting\",\"url\",\"email-addr\",\"language-content\"]},"
    "\"ruling\":\"allow\",\"max_tlp\":\"RED\"}]}";

/* Reads like any document, and says nothing about what it cannot. */
static void
read_documents(struct arena *a, struct str text)
{
	const struct agreement *g;
	const struct rule_pack *pack;
	struct statement s;
	struct standing standing;

	(void)!agreement_parse(a, text, &g, NULL);
	(void)!rule_pack_parse(a, text, &pack, NULL);
	(void)!statement_parse(a, text, &s, NULL);
	(void)!standing_open(a, text, &standing, NULL);
}

static bool
is_red(const struct json *object)
{
	const struct json *refs = json_get(object, S("object_marking_refs"));

	for (const struct json *v = json_is(refs, JSON_ARRAY) ? refs->first : NULL; v != NULL;
	     v = v->next) {
		if (str_eq(json_str(v), marking_tlp2_id(TLP_RED)))
			return true;
	}
	return false;
}

static bool
is_unmarked(const struct json *object)
{
	return json_get(object, S("object_marking_refs")) == NULL &&
	       json_get(object, S("granular_markings")) == NULL;
}

static void
check_decision(struct arena *a, const struct agreement_request *r,
    const struct agreement_decision *d)
{
	CLEANUP(buf_free) struct buf out = buf_new(64 * MIB);
	struct json_writer w = json_writer(&out);
	const struct json *object = d->item->object.json, *tree;
	bool leaves = d->outcome != OUTCOME_DENY && d->outcome != OUTCOME_ROUTE;
	const struct documents documents = { .agreement = r->standing->agreement };
	struct judgement j;

	if (leaves != (d->bytes.len > 0))
		__builtin_trap();
	if (leaves &&
	    (is_red(object) || (is_unmarked(object) && d->item->object.class != STIX_MARKING)))
		__builtin_trap();
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
