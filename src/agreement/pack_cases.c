#include "pack_cases.h"

#include "document_p.h"
#include "json_writer.h"

enum { CASE_BYTES_MAX = 256 * KIB }; /* an object, or the agreement of the cases */

/* Everybody is on one of two sides, and everything may go.  The types that may
 * go and the organisations are written in the two gaps. */
static const char agreement_head[] =
    "{\"type\":\"torana-agreement\",\"format\":1,\"header\":{\"id\":\"PACK-CASES\",\"version\":1,"
    "\"language_of_record\":\"en\",\"title\":{\"en\":\"Everything may go\"}},\"lifecycle\":"
    "{\"in_force_from\":\"1900-01-01T00:00:00Z\",\"expires_on\":\"2199-01-01T00:00:00Z\"},"
    "\"clauses\":{\"1\":\"Everything may go.\"},\"areas\":[],\"marking_policy\":{\"clause\":\"1\","
    "\"unmarked\":\"deny\",\"ceiling_by_channel\":{\"auto\":\"RED\",\"officer\":\"RED\",\"person\":"
    "\"RED\"}},\"identity_protection\":{\"clause\":\"1\",\"victim\":\"tell\",\"reporter\":\"tell\","
    "\"analyst\":\"tell\"},\"personal_data\":{\"clause\":\"1\"},\"third_party\":{\"clause\":\"1\","
    "\"originator_control\":true},\"suspension\":{\"clause\":\"1\"},\"exercise_realm\":{\"clause\":"
    "\"1\"},\"retention\":{\"clause\":\"1\",\"days\":1},\"parties\":[";
static const char standard_organisations[] =
    "{\"code\":\"IN\",\"name\":\"India\",\"node\":\"in\",\"agreement_key\":"
    "\"0101010101010101010101010101010101010101010101010101010101010101\",\"organisations\":["
    "{\"code\":\"IN:CERT-IN\",\"name\":\"CERT-In\",\"kind\":\"state-body\"},"
    "{\"code\":\"IN:BANK\",\"name\":\"A bank\",\"kind\":\"private-body\"}]},"
    "{\"code\":\"JP\",\"name\":\"Japan\",\"node\":\"jp\",\"agreement_key\":"
    "\"0202020202020202020202020202020202020202020202020202020202020202\",\"organisations\":["
    "{\"code\":\"JP:JPCERT\",\"name\":\"JPCERT/CC\",\"kind\":\"private-body\"},"
    "{\"code\":\"JP:NCO\",\"name\":\"NCO\",\"kind\":\"state-body\"}]}";

/* One run: the file, and what its cases share. */
struct trial {
	struct arena *a;
	struct why *why;
	const struct rule_pack *pack;
	struct doc cases;
	struct standing standing;
};

/* ---- the agreement of the cases ---- */

/* A table without cases has a type, too: the agreement needs one. */
static void
put_types(struct buf *out, const struct doc *cases)
{
	buf_put(out, S("\"note\""));
	for (const struct json *v = cases->v->first; v != NULL; v = v->next) {
		struct str type = json_str(json_get(json_get(v, S("object")), S("type")));
		struct json_writer w = json_writer(out);

		if (type.len == 0)
			continue;
		buf_putc(out, ',');
		json_put_str(&w, type);
	}
}

/* A purpose is there once; the agreement refuses it twice. */
static void
put_purposes(struct buf *out, const struct doc *cases)
{
	bool first = true;

	for (const struct json *v = cases->v->first; v != NULL; v = v->next) {
		struct str purpose = json_str(json_get(v, S("purpose")));
		bool seen = purpose.len == 0;

		for (const struct json *e = cases->v->first; e != v; e = e->next)
			seen = seen || str_eq(json_str(json_get(e, S("purpose"))), purpose);
		if (seen)
			continue;
		buf_printf(out, "%s{\"clause\":\"1\",\"code\":", first ? "" : ",");
		struct json_writer w = json_writer(out);
		json_put_str(&w, purpose);
		buf_putc(out, '}');
		first = false;
	}
}

static enum err
agree(struct trial *t)
{
	CLEANUP(buf_free) struct buf out = buf_new(CASE_BYTES_MAX);
	const struct agreement *g = NULL;

	buf_put(&out, str_of(agreement_head));
	buf_put(&out, str_of(standard_organisations));
	buf_put(&out, S("],\"purposes\":["));
	put_purposes(&out, &t->cases);
	buf_put(&out, S("],\"data_categories\":[{\"code\":\"all\",\"clause\":\"1\",\"ruling\":"
	                "\"allow\",\"max_tlp\":\"RED\",\"when\":{\"types\":["));
	put_types(&out, &t->cases);
	buf_put(&out, S("]}}]}"));
	struct str text = arena_str(t->a, buf_str(&out));

	if (text.ptr == NULL)
		return fail(t->why, ERR_LIMIT, "cases.memory", "the cases are too many");
	TRY(agreement_parse(t->a, text, &g, t->why));
	t->standing = (struct standing){ .agreement = g,
		.signed_by = g->parties,
		.signed_mask = (UINT32_C(1) << g->parties) - 1 };
	return OK;
}

/* ---- one case ---- */

static void
put_default(struct json_writer *w, const struct json *object, struct str name, struct str value)
{
	if (json_get(object, name) == NULL)
		json_put_str(json_key(w, name), value);
}

/* The object, with what every STIX object needs and a case leaves out. */
static enum err
complete(struct trial *t, const struct doc *object, struct agreement_item *ret)
{
	CLEANUP(buf_free) struct buf out = buf_new(CASE_BYTES_MAX);
	struct json_writer w = json_writer(&out);
	const struct json *tree = NULL;
	struct str type;

	TRY(doc_text(object, "type", DOC_REQUIRED, &type));
	json_begin_object(&w);
	put_default(&w, object->v, S("id"),
	    arena_printf(t->a, STR_FMT "--00000000-0000-4000-8000-000000000001", STR_ARG(type)));
	put_default(&w, object->v, S("spec_version"), S("2.1"));
	put_default(&w, object->v, S("created"), S("2026-01-01T00:00:00.000Z"));
	put_default(&w, object->v, S("modified"), S("2026-01-01T00:00:00.000Z"));
	if (json_get(object->v, S("object_marking_refs")) == NULL) {
		json_begin_array(json_key(&w, S("object_marking_refs")));
		json_put_str(&w, marking_tlp2_id(TLP_CLEAR));
		json_end_array(&w);
	}
	for (const struct json *v = object->v->first; v != NULL; v = v->next)
		json_put_raw(json_key(&w, v->key), v->raw);
	json_end_object(&w);
	struct str text = arena_str(t->a, buf_str(&out));
	if (text.ptr == NULL)
		return doc_fail(object, ERR_LIMIT, "cases.object", "the object is too large");
	TRY(json_parse(t->a, text, NULL, &tree, t->why));
	enum err err = stix_scan(tree, &ret->object, t->why);
	if (err != OK)
		return doc_fail(object, err, "cases.object", "this is no STIX object");
	ret->version = ret->object.modified;
	ret->selected = true;
	ret->copy_id =
	    arena_printf(t->a, STR_FMT "--00000000-0000-4000-a000-000000000001", STR_ARG(type));
	return OK;
}

static enum err
read_request(const struct doc *d, struct agreement_request *r)
{
	r->from = S("IN:CERT-IN");
	if (json_get(d->v, S("from")) != NULL)
		TRY(doc_text(d, "from", DOC_REQUIRED, &r->from));
	TRY(doc_text(d, "to", DOC_REQUIRED, &r->to));
	TRY(doc_text(d, "purpose", DOC_REQUIRED, &r->purpose));
	TRY(doc_text(d, "basis", DOC_OPTIONAL, &r->legal_basis));
	TRY(doc_time(d, "at", DOC_REQUIRED, &r->at));
	r->copy_time = r->at;
	r->realm = r->order_realm = S("demo");
	r->channel = CHANNEL_OFFICER;
	r->recipient_verified = true;
	r->redaction_identity = S("identity--00000000-0000-4000-8000-00000000f00d");
	return OK;
}

static bool
is_cited(const struct agreement_decision *d, const struct rule_pack *pack, struct str rule)
{
	for (size_t i = 0; i < d->rules; i++) {
		if (str_eq(d->rule[i].id, rule) && hash_eq(&d->rule[i].hash, &pack->hash))
			return true;
	}
	return false;
}

static struct str
describe(struct trial *t, const struct agreement_decision *d, bool cited, struct str rule)
{
	struct str text = arena_printf(t->a, "%s", outcome_name(d->outcome));

	for (size_t i = 0; i < d->codes; i++)
		text = arena_printf(t->a, STR_FMT " " STR_FMT, STR_ARG(text), STR_ARG(d->code[i]));
	return arena_printf(t->a, STR_FMT ", " STR_FMT " %s", STR_ARG(text), STR_ARG(rule),
	    cited ? "holds" : "does not hold");
}

static bool
has_code(const struct agreement_decision *d, struct str code)
{
	for (size_t i = 0; i < d->codes; i++) {
		if (str_eq(d->code[i], code))
			return true;
	}
	return code.len == 0;
}

/* What the case expects: {"outcome", "code"}. */
static enum err
compare(struct trial *t, const struct doc *d, const struct agreement_decision *got,
    struct pack_case *ret)
{
	struct doc expect;
	struct str outcome, code;
	enum outcome want;
	bool cited = is_cited(got, t->pack, ret->rule);

	TRY(doc_get(d, "expect", JSON_OBJECT, DOC_REQUIRED, &expect));
	TRY(doc_members(&expect, "outcome code"));
	TRY(doc_text(&expect, "outcome", DOC_REQUIRED, &outcome));
	TRY(doc_text(&expect, "code", DOC_OPTIONAL, &code));
	if (!outcome_parse(outcome, &want))
		return doc_fail(&expect, ERR_INVALID, "cases.outcome",
		    "\"" STR_FMT "\" is no outcome", STR_ARG(outcome));
	ret->passed = got->outcome == want && has_code(got, code) && cited == ret->holds;
	ret->found = describe(t, got, cited, ret->rule);
	return OK;
}

static bool
has_rule(const struct rule_pack *pack, struct str id)
{
	for (size_t i = 0; i < pack->rules; i++) {
		if (str_eq(pack->rule[i].id, id))
			return true;
	}
	return false;
}

static enum err
run_case(struct trial *t, const struct doc *d, struct pack_case *ret)
{
	struct agreement_item item = { 0 };
	struct agreement_request r = { .standing = &t->standing,
		.packs = 1,
		.pack = { t->pack },
		.items = 1,
		.item = &item };
	const struct agreement_decisions *got = NULL;
	struct doc object;

	TRY(doc_members(d, "name rule holds object from to purpose basis at persons expect"));
	TRY(doc_text(d, "name", DOC_REQUIRED, &ret->name));
	TRY(doc_text(d, "rule", DOC_REQUIRED, &ret->rule));
	TRY(doc_flag(d, "holds", DOC_REQUIRED, &ret->holds));
	if (!has_rule(t->pack, ret->rule))
		return doc_fail(d, ERR_INVALID, "cases.rule",
		    "the pack has no rule of release \"" STR_FMT "\"", STR_ARG(ret->rule));
	TRY(read_request(d, &r));
	TRY(doc_get(d, "object", JSON_OBJECT, DOC_REQUIRED, &object));
	TRY(complete(t, &object, &item));
	TRY(doc_number(d, "persons", JSON_INTEGER_MAX, DOC_OPTIONAL, &item.persons));
	item.originator = r.from;
	TRY(agreement_decide(t->a, &r, &got, t->why));
	return compare(t, d, &got->decision[0], ret);
}

/* ---- the whole ---- */

static enum err
open_cases(struct trial *t, struct str text)
{
	struct doc d = { .a = t->a, .why = t->why };
	struct str id;

	TRY(document_parse(t->a, text, &d.v, t->why));
	TRY(document_open(&d, "torana-pack-cases"));
	TRY(doc_members(&d, "type format pack cases"));
	TRY(doc_text(&d, "pack", DOC_REQUIRED, &id));
	if (!str_eq(id, t->pack->id))
		return doc_fail(&d, ERR_INVALID, "cases.pack",
		    "the cases are for the pack \"" STR_FMT "\", not for \"" STR_FMT "\"",
		    STR_ARG(id), STR_ARG(t->pack->id));
	TRY(doc_get(&d, "cases", JSON_ARRAY, DOC_REQUIRED, &t->cases));
	if (t->cases.v->len > PACK_CASES_MAX)
		return doc_fail(&t->cases, ERR_LIMIT, "cases.count", "holds more than %d cases",
		    PACK_CASES_MAX);
	return agree(t);
}

enum err
pack_cases_run(struct arena *a, const struct rule_pack *pack, struct str text,
    struct pack_cases *ret, struct why *why)
{
	struct trial *t = arena_make(a, struct trial, 1);
	struct pack_case *out = arena_make(a, struct pack_case, PACK_CASES_MAX);

	*ret = (struct pack_cases){ .at = out };
	if (t == NULL || out == NULL)
		return fail(why, ERR_LIMIT, "cases.memory", "no memory is left");
	*t = (struct trial){ .a = a, .why = why, .pack = pack };
	TRY(open_cases(t, text));
	const struct json *v = t->cases.v == NULL ? NULL : t->cases.v->first;
	for (; v != NULL; v = v->next) {
		struct doc e = doc_element(&t->cases, v, ret->len);

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(run_case(t, &e, &out[ret->len]));
		ret->failed += !out[ret->len++].passed;
	}
	return OK;
}

bool
pack_cases_show(const struct pack_cases *cases, struct str rule, bool holds)
{
	for (size_t i = 0; i < cases->len; i++) {
		if (str_eq(cases->at[i].rule, rule) && cases->at[i].holds == holds)
			return true;
	}
	return false;
}
