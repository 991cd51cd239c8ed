/* The fact vector as JSON, and back. */
#include "json_writer.h"
#include "judge_p.h"
#include "read_p.h"

enum { FACTS_BYTES_MAX = 256 * KIB }; /* every code of every document, and room */

static const char *const channels[] = {
	[CHANNEL_AUTO] = "auto",
	[CHANNEL_OFFICER] = "officer",
	[CHANNEL_PERSON] = "person",
};

static const char *const remains[] = {
	[REMAINS_ORIGINAL] = "original",
	[REMAINS_COPY] = "copy",
	[REMAINS_LOST] = "lost",
	[REMAINS_EMPTY] = "empty",
	[REMAINS_LEAK] = "leak",
};

/* ---- writing: members in the order of their names, which makes it canonical ---- */

static void
write_document(struct json_writer *w, struct str id, const struct hash *hash)
{
	char text[HASH_HEX + 1];

	hash_text(hash, text);
	json_put_str(json_key(w, S("hash")), str_of(text));
	json_put_str(json_key(w, S("id")), id);
}

static void
write_packs(struct json_writer *w, const struct facts *f, const struct documents *documents)
{
	json_begin_array(json_key(w, S("packs")));
	for (size_t p = 0; p < f->packs; p++) {
		const struct pack_facts *pack = &f->pack[p];

		json_begin_object(w);
		write_document(w, pack->id, &pack->hash);
		json_begin_array(json_key(w, S("rules")));
		for (size_t i = 0; i < documents->pack[p]->rules; i++) {
			if ((pack->touched[i / 64] >> i % 64 & 1) != 0)
				json_put_str(w, documents->pack[p]->rule[i].id);
		}
		json_end_array(w);
		json_put_u64(json_key(w, S("version")), pack->version);
		json_end_object(w);
	}
	json_end_array(w);
}

static void
write_lists(struct json_writer *w, const struct facts *f, const struct documents *documents)
{
	const struct agreement *g = documents->agreement;

	json_begin_array(json_key(w, S("categories")));
	for (size_t i = 0; g != NULL && i < g->categories; i++) {
		if ((f->categories >> i & 1) != 0)
			json_put_str(w, g->category[i].code);
	}
	json_end_array(w);
	json_put_str(json_key(w, S("channel")), str_of(channels[f->channel]));
	json_put_str(json_key(w, S("closed")), f->closed);
	json_begin_array(json_key(w, S("closed_categories")));
	for (size_t i = 0; g != NULL && i < g->categories; i++) {
		if ((f->closed_categories >> i & 1) != 0)
			json_put_str(w, g->category[i].code);
	}
	json_end_array(w);
	json_put_u64(json_key(w, S("engine")), FACTS_ENGINE);
	json_begin_array(json_key(w, S("facts")));
	for (size_t p = 0; p < PREDICATES_DRAWN; p++) {
		if ((f->drawn >> p & 1) != 0)
			json_put_str(w, str_of(predicate_name((enum predicate)p)));
	}
	json_end_array(w);
}

static void
write_marking(struct json_writer *w, const struct facts *f)
{
	json_begin_object(json_key(w, S("marking")));
	json_put_str(json_key(w, S("default")), str_of(tlp_name(f->default_tlp)));
	json_begin_object(json_key(w, S("iep")));
	for (size_t i = 0; i < IEP_STATEMENTS; i++) {
		const char *value = iep_value(i, f->iep.rank[i]);

		if (value != NULL)
			json_put_str(json_key(w, str_of(iep_statement(i))), str_of(value));
	}
	json_end_object(w);
	json_put_str(json_key(w, S("pap")), f->pap);
	if (f->source.name.len > 0) {
		json_begin_object(json_key(w, S("source")));
		write_document(w, f->source.name, &f->source.hash);
		json_put_u64(json_key(w, S("version")), f->source.version);
		json_end_object(w);
	}
	json_put_str(json_key(w, S("tlp")), str_of(tlp_name(f->tlp)));
	json_put_bool(json_key(w, S("tlp1")), f->tlp1);
	json_put_u64(json_key(w, S("unknown")), f->unknown);
	json_end_object(w);
}

static void
write_object(struct json_writer *w, const struct facts *f)
{
	json_begin_object(json_key(w, S("object")));
	json_put_str(json_key(w, S("id")), f->id);
	json_put_str(json_key(w, S("type")), f->type);
	json_put_str(json_key(w, S("version")), f->version);
	json_end_object(w);
}

static void
write_origin(struct json_writer *w, const struct facts *f)
{
	json_put_str(json_key(w, S("order_realm")), f->order_realm);
	json_begin_object(json_key(w, S("origin")));
	json_put_str(json_key(w, S("giver")), f->giver);
	json_put_str(json_key(w, S("originator")), f->originator);
	json_put_bool(json_key(w, S("own_observation")), f->own_observation);
	json_put_str(json_key(w, S("path")), f->path);
	json_put_str(json_key(w, S("received_under")), f->received_under);
	json_end_object(w);
}

/* What comes before the object's name, and what after it. */
static void
write_before(struct json_writer *w, const struct facts *f, const struct documents *documents)
{
	char at[TIME_TEXT_MAX];

	time_text(f->at, at);
	json_begin_object(w);
	json_begin_object(json_key(w, S("agreement")));
	write_document(w, f->agreement_id, &f->agreement_hash);
	json_put_u64(json_key(w, S("version")), f->agreement_version);
	json_end_object(w);
	json_put_bool(json_key(w, S("approved")), f->approved);
	json_put_str(json_key(w, S("area")), f->area);
	json_put_str(json_key(w, S("at")), str_of(at));
	json_put_str(json_key(w, S("break_glass")), f->broken_glass);
	write_lists(w, f, documents);
	json_put_str(json_key(w, S("from")), f->from);
	json_put_str(json_key(w, S("harm")), str_of(harm_name(f->harm)));
	time_text(f->key_until, at);
	json_put_str(json_key(w, S("key_until")), str_of(at));
	json_put_str(json_key(w, S("legal_basis")), f->legal_basis);
	write_marking(w, f);
}

static void
write_after(struct json_writer *w, const struct facts *f, const struct documents *documents)
{
	write_origin(w, f);
	write_packs(w, f, documents);
	json_put_bool(json_key(w, S("person")), f->person);
	json_put_u64(json_key(w, S("persons")), f->persons);
	json_put_u64(json_key(w, S("poc_failed")), f->poc_failed);
	json_put_str(json_key(w, S("purpose")), f->purpose);
	json_put_str(json_key(w, S("realm")), f->realm);
	json_put_str(json_key(w, S("remains")), str_of(remains[f->remains]));
	json_put_bool(json_key(w, S("stopped")), f->stopped);
	json_put_bool(json_key(w, S("strict")), f->strict);
	json_put_str(json_key(w, S("to")), f->to);
	json_put_str(json_key(w, S("urgency")), str_of(urgency_name(f->urgency)));
	json_put_bool(json_key(w, S("verified")), f->verified);
	json_put_bool(json_key(w, S("waits")), f->waits);
	json_end_object(w);
}

struct facts_frame
facts_frame(struct arena *a, const struct facts *f, const struct documents *documents)
{
	CLEANUP(buf_free) struct buf out = buf_new(FACTS_BYTES_MAX);
	struct json_writer w = json_writer(&out);
	struct facts_frame frame = { 0 };

	write_before(&w, f, documents);
	size_t before = out.len;
	write_after(&w, f, documents);
	struct str text = { 0 };
	if (!out.full)
		text = arena_str(a, buf_str(&out));
	if (text.ptr != NULL) {
		frame.before = str_sub(text, 0, before);
		frame.after = str_sub(text, before, SIZE_MAX);
	}
	return frame;
}

struct str
facts_text(struct arena *a, const struct facts *f, const struct facts_frame *frame,
    struct buf *scratch)
{
	struct json_writer w = { .out = scratch, .comma = true };
	char *at;

	buf_clear(scratch);
	write_object(&w, f);
	struct str object = buf_str(scratch);
	size_t len = frame->before.len + object.len + frame->after.len;
	if (frame->before.ptr == NULL || scratch->full || (at = arena_alloc(a, 1, 1, len)) == NULL)
		return (struct str){ 0 };
	memcpy(at, frame->before.ptr, frame->before.len);
	memcpy(at + frame->before.len, object.ptr, object.len);
	memcpy(at + frame->before.len + object.len, frame->after.ptr, frame->after.len);
	return (struct str){ at, len };
}

/* ---- reading ---- */

/* A text that may hold anything, unlike those of documents. */
static enum err
read_text(const struct doc *d, const char *name, struct str *ret)
{
	struct doc m;

	TRY(doc_get(d, name, JSON_STRING, DOC_REQUIRED, &m));
	*ret = m.v->text;
	return OK;
}

/* The place of a text in a table. */
static enum err
read_word(const struct doc *d, const char *name, const char *const *words, size_t n, size_t *ret)
{
	struct str text;

	TRY(read_text(d, name, &text));
	for (*ret = 0; *ret < n; ++*ret) {
		if (str_is(text, words[*ret]))
			return OK;
	}
	return doc_fail(d, ERR_INVALID, "facts.word", "%s cannot be \"" STR_FMT "\"", name,
	    STR_ARG(text));
}

static enum err
read_tlp(const struct doc *d, const char *name, enum tlp *ret)
{
	struct str text;

	TRY(read_text(d, name, &text));
	if (!tlp_parse(text, ret))
		return doc_fail(d, ERR_INVALID, "facts.word", "\"" STR_FMT "\" is no TLP level",
		    STR_ARG(text));
	return OK;
}

static enum err
read_iep(const struct doc *marking, struct iep *ret)
{
	struct doc iep;

	TRY(doc_get(marking, "iep", JSON_OBJECT, DOC_REQUIRED, &iep));
	for (size_t i = 0; i < IEP_STATEMENTS; i++) {
		const struct json *v = json_get(iep.v, str_of(iep_statement(i)));
		uint8_t rank = 1;

		if (v == NULL)
			continue;
		while (iep_value(i, rank) != NULL && !str_is(json_str(v), iep_value(i, rank)))
			rank++;
		if (iep_value(i, rank) == NULL)
			return doc_fail(&iep, ERR_INVALID, "facts.word", "no such value of %s",
			    iep_statement(i));
		ret->rank[i] = rank;
	}
	return OK;
}

/* What was drawn before policies were cited has none. */
static enum err
read_source(const struct doc *marking, struct source_cited *ret)
{
	struct doc source;
	struct str hash;

	TRY(doc_get(marking, "source", JSON_OBJECT, DOC_OPTIONAL, &source));
	if (source.v == NULL)
		return OK;
	TRY(read_text(&source, "id", &ret->name));
	TRY(read_text(&source, "hash", &hash));
	if (!hash_parse(hash, &ret->hash))
		return doc_fail(&source, ERR_INVALID, "facts.word", "hash is no SHA-256");
	return doc_number(&source, "version", JSON_INTEGER_MAX, DOC_REQUIRED, &ret->version);
}

static enum err
read_object_facts(const struct doc *d, struct facts *f)
{
	struct doc m;

	TRY(doc_get(d, "marking", JSON_OBJECT, DOC_REQUIRED, &m));
	TRY(read_tlp(&m, "default", &f->default_tlp));
	TRY(read_iep(&m, &f->iep));
	TRY(read_source(&m, &f->source));
	TRY(read_tlp(&m, "tlp", &f->tlp));
	TRY(read_text(&m, "pap", &f->pap));
	TRY(doc_flag(&m, "tlp1", DOC_REQUIRED, &f->tlp1));
	TRY(doc_number(&m, "unknown", JSON_INTEGER_MAX, DOC_REQUIRED, &f->unknown));
	TRY(doc_get(d, "object", JSON_OBJECT, DOC_REQUIRED, &m));
	TRY(read_text(&m, "id", &f->id));
	TRY(read_text(&m, "type", &f->type));
	TRY(read_text(&m, "version", &f->version));
	TRY(doc_get(d, "origin", JSON_OBJECT, DOC_REQUIRED, &m));
	TRY(read_text(&m, "giver", &f->giver));
	TRY(read_text(&m, "originator", &f->originator));
	TRY(doc_flag(&m, "own_observation", DOC_REQUIRED, &f->own_observation));
	TRY(read_text(&m, "path", &f->path));
	return read_text(&m, "received_under", &f->received_under);
}

/* What an emergency, a person and a contact have to do with it. */
static enum err
read_case(const struct doc *d, struct facts *f)
{
	struct str text;

	TRY(read_text(d, "break_glass", &f->broken_glass));
	TRY(read_text(d, "harm", &text));
	if (!harm_parse(text, &f->harm))
		return doc_fail(d, ERR_INVALID, "facts.word", "there is no harm \"" STR_FMT "\"",
		    STR_ARG(text));
	TRY(read_text(d, "urgency", &text));
	if (!urgency_parse(text, &f->urgency))
		return doc_fail(d, ERR_INVALID, "facts.word", "there is no urgency \"" STR_FMT "\"",
		    STR_ARG(text));
	TRY(doc_time(d, "key_until", DOC_REQUIRED, &f->key_until));
	TRY(read_text(d, "legal_basis", &f->legal_basis));
	TRY(doc_flag(d, "person", DOC_REQUIRED, &f->person));
	TRY(doc_number(d, "persons", JSON_INTEGER_MAX, DOC_REQUIRED, &f->persons));
	TRY(doc_number(d, "poc_failed", JSON_INTEGER_MAX, DOC_REQUIRED, &f->poc_failed));
	TRY(doc_flag(d, "stopped", DOC_REQUIRED, &f->stopped));
	TRY(doc_flag(d, "strict", DOC_REQUIRED, &f->strict));
	return doc_flag(d, "waits", DOC_REQUIRED, &f->waits);
}

static enum err
read_request_facts(const struct doc *d, struct facts *f)
{
	size_t word;

	TRY(doc_flag(d, "approved", DOC_REQUIRED, &f->approved));
	TRY(read_text(d, "area", &f->area));
	TRY(doc_time(d, "at", DOC_REQUIRED, &f->at));
	TRY(read_word(d, "channel", channels, COUNTOF(channels), &word));
	f->channel = (enum channel)word;
	TRY(read_text(d, "closed", &f->closed));
	TRY(read_text(d, "from", &f->from));
	TRY(read_text(d, "order_realm", &f->order_realm));
	TRY(read_text(d, "purpose", &f->purpose));
	TRY(read_text(d, "realm", &f->realm));
	TRY(read_word(d, "remains", remains, COUNTOF(remains), &word));
	f->remains = (enum remains)word;
	TRY(read_text(d, "to", &f->to));
	return doc_flag(d, "verified", DOC_REQUIRED, &f->verified);
}

static enum err
read_predicates(const struct doc *d, struct facts *f)
{
	const struct json *list;

	if (json_is(json_get(d->v, S("facts")), JSON_ARRAY) &&
	    json_get(d->v, S("facts"))->first == NULL)
		return OK;
	TRY(doc_texts(d, "facts", &list));
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		enum predicate p = predicate_find(v->text);

		if (p >= PREDICATES_DRAWN)
			return doc_fail(d, ERR_INVALID, "facts.predicate",
			    "\"" STR_FMT "\" is not drawn from content", STR_ARG(v->text));
		facts_set(f, p, true);
	}
	return OK;
}

/* That the facts were drawn under this very document. */
static enum err
check_document(const struct doc *d, struct str id, const struct hash *hash)
{
	struct str text;
	struct hash h;

	TRY(read_text(d, "hash", &text));
	if (!hash_parse(text, &h) || !hash_eq(&h, hash))
		return doc_fail(d, ERR_CONFLICT, "facts.document",
		    "the facts were drawn under another version of " STR_FMT, STR_ARG(id));
	return OK;
}

static enum err
read_categories(const struct doc *d, const struct agreement *g, struct facts *f)
{
	struct doc m;

	TRY(doc_get(d, "agreement", JSON_OBJECT, DOC_REQUIRED, &m));
	TRY(check_document(&m, g->id, &g->hash));
	f->agreement_id = g->id;
	f->agreement_version = g->version;
	f->agreement_hash = g->hash;
	TRY(doc_get(d, "categories", JSON_ARRAY, DOC_REQUIRED, &m));
	for (size_t i = 0; i < g->categories; i++) {
		if (texts_have(m.v, g->category[i].code))
			f->categories |= UINT64_C(1) << i;
	}
	TRY(doc_get(d, "closed_categories", JSON_ARRAY, DOC_OPTIONAL, &m));
	for (size_t i = 0; i < g->categories; i++) {
		if (texts_have(m.v, g->category[i].code))
			f->closed_categories |= UINT64_C(1) << i;
	}
	return OK;
}

static enum err
read_packs(const struct doc *d, const struct documents *documents, struct facts *f)
{
	struct doc list;
	size_t p = 0;

	TRY(doc_get(d, "packs", JSON_ARRAY, DOC_REQUIRED, &list));
	if (list.v->len != documents->packs)
		return doc_fail(&list, ERR_CONFLICT, "facts.document",
		    "the facts were drawn under %" PRIu32 " rule packs, not %zu", list.v->len,
		    documents->packs);
	for (const struct json *v = list.v->first; v != NULL; v = v->next, p++) {
		const struct rule_pack *pack = documents->pack[p];
		struct doc e = doc_element(&list, v, p);
		const struct json *rules = json_get(v, S("rules"));

		TRY(check_document(&e, pack->id, &pack->hash));
		f->pack[p].id = pack->id;
		f->pack[p].version = pack->version;
		f->pack[p].hash = pack->hash;
		for (size_t i = 0; i < pack->rules; i++) {
			if (json_is(rules, JSON_ARRAY) && texts_have(rules, pack->rule[i].id))
				f->pack[p].touched[i / 64] |= UINT64_C(1) << i % 64;
		}
	}
	f->packs = documents->packs;
	return OK;
}

enum err
facts_read(struct arena *a, struct str text, const struct documents *documents, struct facts *ret,
    struct why *why)
{
	const struct json_limits limits = { .bytes_max = FACTS_BYTES_MAX, .depth_max = 8 };
	struct doc d = { .a = a, .why = why };
	uint64_t engine = 0;

	*ret = (struct facts){ 0 };
	TRY(json_parse(a, text, &limits, &d.v, why));
	if (d.v->type != JSON_OBJECT)
		return doc_fail(&d, ERR_INVALID, "facts.none", "a fact vector is an object");
	TRY(doc_number(&d, "engine", JSON_INTEGER_MAX, DOC_REQUIRED, &engine));
	if (engine != FACTS_ENGINE)
		return doc_fail(&d, ERR_INVALID, "facts.engine",
		    "the facts were drawn by engine %" PRIu64 ", and this is engine %d", engine,
		    FACTS_ENGINE);
	TRY(read_object_facts(&d, ret));
	TRY(read_request_facts(&d, ret));
	TRY(read_case(&d, ret));
	TRY(read_predicates(&d, ret));
	if (documents->agreement != NULL)
		TRY(read_categories(&d, documents->agreement, ret));
	return read_packs(&d, documents, ret);
}

enum err
agreement_judge(struct arena *a, struct str facts, const struct documents *documents,
    struct judgement *ret, struct why *why)
{
	struct facts *f = arena_make(a, struct facts, 1);
	struct verdict *v = arena_make(a, struct verdict, 1);

	assert(documents->packs <= PACKS_MAX);
	if (f == NULL || v == NULL)
		return fail(why, ERR_LIMIT, "facts.memory", "no memory is left");
	TRY(facts_read(a, facts, documents, f, why));
	judge(f, documents, v);
	*ret = (struct judgement){
		.outcome = verdict_outcome(v),
		.approvals = v->approvals,
		.route = v->route,
		.review_hours = v->review_hours,
		.glass = v->glass,
	};
	ret->codes = verdict_codes(v, false, ret->code);
	memcpy(ret->approval, v->approval, sizeof(ret->approval));
	return OK;
}
