/* gate SHARE OBJECTS EVERY RUNS: a selection of so many mixed objects decided RUNS
 * times; one in EVERY is a victim and the next its incident (0: none).
 *
 * The agreement and both rule packs are the shipped ones, filled and signed
 * with two invented keys.  The clock runs during agreement_decide() alone; the
 * fastest run is printed, and what became of the objects. */
#include "agreement.h"
#include "bench.h"
#include "dsse.h"

enum {
	ARENA_MAX = 1024 * MIB,
	OBJECT_BYTES_MAX = 4096,
};

struct world {
	struct arena *a;
	struct standing standing;
	struct agreement_request request;
	struct agreement_item *item;
	struct buf text;
	uint64_t victims_every;
};

/* ---- the documents ---- */

static struct str
file_of(struct arena *a, const char *folder, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return arena_str(a, bench_map(path));
}

static void
open_agreement(struct world *w, const char *share)
{
	CLEANUP(buf_free) struct buf text = buf_new(DOCUMENT_BYTES_MAX);
	CLEANUP(buf_free) struct buf envelope = buf_new(DSSE_BYTES_MAX);
	struct dsse *dsse = arena_make(w->a, struct dsse, 1);
	struct party_binding binding[2];
	struct sign_key *key[2];
	struct why why = { 0 };

	for (uint8_t i = 0; i < 2; i++) {
		uint8_t seed[SIGN_SEED_BYTES] = { (uint8_t)(i + 1) };

		key[i] = sign_key_from_seed(seed);
		binding[i] = (struct party_binding){ .party = i == 0 ? S("IN") : S("JP"),
			.node = i == 0 ? S("in.example") : S("jp.example"),
			.identity = i == 0 ? S("identity--00000000-0000-4000-8000-0000000000a1")
			                   : S("identity--00000000-0000-4000-8000-0000000000a2"),
			.key = sign_key_public(key[i]) };
	}
	bench_need(agreement_fill(w->a, file_of(w->a, share, "agreements/india-japan.json"),
	               binding, 2, &text, &why),
	    &why);
	dsse->payload = arena_str(w->a, buf_str(&text));
	dsse->payload_type = S(AGREEMENT_PAYLOAD_TYPE);
	for (unsigned i = 0; i < 2; i++) {
		bench_need(dsse_sign(dsse, key[i], w->a, &why), &why);
		sign_key_free(key[i]);
	}
	bench_need(dsse_write(dsse, &envelope, &why), &why);
	bench_need(standing_open(w->a, arena_str(w->a, buf_str(&envelope)), &w->standing, &why),
	    &why);
}

static void
open_pack(struct world *w, const char *share, const char *name)
{
	struct why why = { 0 };

	bench_need(rule_pack_parse(w->a, file_of(w->a, share, name),
	               &w->request.pack[w->request.packs], &why),
	    &why);
	w->request.packs++;
}

/* ---- the objects ---- */

static const char *
marking_of_number(size_t n)
{
	static const enum tlp turns[] = { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_GREEN, TLP_AMBER,
		TLP_GREEN, TLP_AMBER_STRICT, TLP_GREEN, TLP_CLEAR, TLP_RED };
	static char text[128];

	if (n % 67 == 0)
		return "";
	(void)snprintf(text, sizeof(text), ",\"object_marking_refs\":[\"%.*s\"]",
	    STR_ARG(marking_tlp2_id(turns[n % COUNTOF(turns)])));
	return text;
}

static void
begin(struct world *w, const char *type, size_t n)
{
	buf_clear(&w->text);
	buf_printf(&w->text,
	    "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"%s--00000000-0000-4000-8000-%012zx\"",
	    type, type, n);
}

static void
end(struct world *w, size_t n)
{
	struct agreement_item *item = &w->item[w->request.items];
	const struct json *tree;
	struct why why = { 0 };

	buf_printf(&w->text, "%s}", marking_of_number(n));
	bench_need(json_parse(w->a, arena_str(w->a, buf_str(&w->text)), NULL, &tree, &why), &why);
	bench_need(stix_scan(tree, &item->object, &why), &why);
	item->selected = true;
	item->version = item->object.modified;
	item->originator = S("IN:CERT-IN");
	item->copy_id = arena_printf(w->a, STR_FMT "--00000000-0000-4000-a000-%012zx",
	    STR_ARG(item->object.type), n);
	w->request.items++;
}

static void
put_times(struct world *w)
{
	buf_printf(&w->text,
	    ",\"created\":\"2026-11-19T07:31:42.123Z\",\"modified\":\"2026-11-19T07:31:42.123Z\"");
}

static void
add_indicator(struct world *w, size_t n)
{
	begin(w, "indicator", n);
	put_times(w);
	buf_printf(&w->text,
	    ",\"name\":\"Command server %zu\",\"description\":\"Seen while a loader fetched its "
	    "second stage; the host answers on one port only and changes its certificate every week.\","
	    "\"indicator_types\":[\"malicious-activity\"],\"pattern_type\":\"stix\","
	    "\"pattern\":\"[ipv4-addr:value = '198.51.%zu.%zu']\","
	    "\"valid_from\":\"2026-11-19T07:31:42.123Z\"",
	    n, n / 250 % 250, n % 250);
	end(w, n);
}

static void
add_technique(struct world *w, size_t n)
{
	begin(w, "attack-pattern", n);
	put_times(w);
	buf_printf(&w->text,
	    ",\"name\":\"Loader in a service %zu\",\"description\":\"A service is changed so that it "
	    "loads a library from a folder that everybody may write.\",\"kill_chain_phases\":[{"
	    "\"kill_chain_name\":\"mitre-attack\",\"phase_name\":\"persistence\"}]",
	    n);
	end(w, n);
}

static void
add_malware(struct world *w, size_t n)
{
	begin(w, "malware", n);
	put_times(w);
	buf_printf(&w->text,
	    ",\"name\":\"Loader %zu\",\"is_family\":true,\"malware_types\":[\"trojan\"]%s", n,
	    n % 50 == 2 ? ",\"labels\":[\"controlled-unclassified\"]" : "");
	end(w, n);
}

static void
add_relationship(struct world *w, size_t n)
{
	begin(w, "relationship", n);
	put_times(w);
	buf_printf(&w->text,
	    ",\"relationship_type\":\"indicates\","
	    "\"source_ref\":\"indicator--00000000-0000-4000-8000-%012zx\","
	    "\"target_ref\":\"malware--00000000-0000-4000-8000-%012zx\"",
	    n - 3, n - 1);
	end(w, n);
}

static void
add_address(struct world *w, size_t n)
{
	begin(w, "ipv4-addr", n);
	buf_printf(&w->text, ",\"value\":\"203.0.%zu.%zu\"", n / 250 % 250, n % 250);
	end(w, n);
}

static void
add_victim(struct world *w, size_t n)
{
	begin(w, "identity", n);
	put_times(w);
	buf_printf(&w->text,
	    ",\"name\":\"Ganges Valley Hospital %zu\",\"identity_class\":\"organization\","
	    "\"sectors\":[\"healthcare\"]",
	    n);
	end(w, 2);
}

static void
add_incident(struct world *w, size_t n)
{
	begin(w, "incident", n);
	put_times(w);
	buf_printf(&w->text,
	    ",\"name\":\"Ward systems at Ganges Valley Hospital %zu encrypted\","
	    "\"created_by_ref\":\"identity--00000000-0000-4000-8000-%012zx\"",
	    n - 1, n - 1);
	end(w, 2);
}

static void
add_object(struct world *w, size_t n)
{
	static void (*const kinds[])(struct world * w, size_t n) = { add_indicator, add_technique,
		add_malware, add_relationship, add_address };

	if (w->victims_every > 0 && n % w->victims_every == 0)
		add_victim(w, n);
	else if (w->victims_every > 0 && n % w->victims_every == 1)
		add_incident(w, n);
	else
		kinds[n % COUNTOF(kinds)](w, n);
}

static int
item_order(const void *a, const void *b)
{
	const struct agreement_item *x = a, *y = b;

	return str_cmp(x->object.id, y->object.id);
}

static void
make_world(struct world *w, const char *share, size_t objects)
{
	open_agreement(w, share);
	w->item = arena_make(w->a, struct agreement_item, objects);
	if (w->item == NULL)
		bench_die("gate", "no memory");
	w->request = (struct agreement_request){ .realm = S("demo"),
		.order_realm = S("demo"),
		.from = S("IN:CERT-IN"),
		.to = S("JP:JPCERT"),
		.channel = CHANNEL_OFFICER,
		.purpose = S("incident-response"),
		.area = S("INFO"),
		.redaction_identity = S("identity--00000000-0000-4000-8000-0000000000a1"),
		.recipient_verified = true,
		.standing = &w->standing };
	open_pack(w, share, "packs/in.json");
	open_pack(w, share, "packs/jp.json");
	if (!time_parse(S("2026-11-20T09:00:00Z"), &w->request.at))
		bench_die("gate", "no time");
	w->request.copy_time = w->request.at;
	for (size_t n = 0; n < objects; n++)
		add_object(w, n);
	qsort(w->item, w->request.items, sizeof(w->item[0]), item_order);
	w->request.item = w->item;
}

int
main(int argc, char **argv)
{
	struct world w = { .a = arena_new(ARENA_MAX), .text = buf_new(OBJECT_BYTES_MAX) };
	struct arena *scratch = arena_new(ARENA_MAX);
	size_t outcomes[OUTCOME_ROUTE + 1] = { 0 };
	double best_s = 1e9;
	uint64_t objects = 0, runs = 0;
	struct why why = { 0 };

	if (argc != 5 || !str_to_u64(str_of(argv[2]), 1000 * 1000, &objects) ||
	    !str_to_u64(str_of(argv[3]), 1000 * 1000, &w.victims_every) ||
	    !str_to_u64(str_of(argv[4]), 1000, &runs))
		bench_die("usage", "gate SHARE OBJECTS EVERY RUNS");
	make_world(&w, argv[1], objects);
	for (uint64_t i = 0; i < runs; i++) {
		const struct agreement_decisions *got;
		double begun_s = bench_cpu_s();

		bench_need(agreement_decide(scratch, &w.request, &got, &why), &why);
		double spent_s = bench_cpu_s() - begun_s;
		best_s = spent_s < best_s ? spent_s : best_s;
		for (size_t d = 0; i == 0 && d < got->len; d++)
			outcomes[got->decision[d].outcome]++;
		arena_clear(scratch);
	}
	(void)printf("{\"objects\": %zu, \"cpu_s\": %.6f", w.request.items, best_s);
	for (int o = OUTCOME_ALLOW; o <= OUTCOME_ROUTE; o++)
		(void)printf(", \"%s\": %zu", outcome_name((enum outcome)o), outcomes[o]);
	(void)printf("}\n");
	buf_free(&w.text);
	arena_free(scratch);
	arena_free(w.a);
	return 0;
}
