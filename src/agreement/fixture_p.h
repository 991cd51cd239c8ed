/* fixture_p.h: a small world for the tests of this module: the shipped
 * agreement signed by two invented keys, and items made from JSON. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "agreement.h"
#include "dsse.h"
#include "jcs.h"
#include "json_writer.h"

enum { WORLD_ITEMS = 256, WORLD_PARTIES = 3 };

#define AT_NOON    "2026-11-20T09:00:00Z"
#define REDACTION  "identity--00000000-0000-4000-8000-00000000f00d"
#define MARKED(id) "\"object_marking_refs\":[\"marking-definition--" id "\"]"
#define CLEAR      MARKED("94868c89-83c2-464b-929b-a1a8aa3c8487")
#define GREEN      MARKED("bab4a63c-aed9-4cf5-a766-dfca5abac2bb")
#define AMBER      MARKED("55d920b0-5e8b-4f79-9ee9-91f868d9b421")
#define STRICT     MARKED("939a9414-2ddd-4d32-a0cd-375ea402b003")
#define RED        MARKED("e828b379-4e03-4974-9ac4-e53a884c97c1")
#define AMBER1     MARKED("f88d31f6-486f-44da-b317-01333bde0b82")
#define WHITE1     MARKED("613f2e26-407d-48c7-9eca-b8e91df99dc9")
#define UUID(n)    "00000000-0000-4000-8000-00000000" n
#define TIMES      "\"created\":\"2026-11-19T07:31:42.123Z\",\"modified\":\"2026-11-19T07:31:42.123Z\""
#define HEAD(type, n) \
	"{\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type "--" UUID(n) "\"," TIMES

struct world {
	struct arena *a;
	struct sign_key *key[WORLD_PARTIES]; /* IN, JP, and one more of some agreements */
	struct str agreement;                /* the filled text */
	struct standing standing;
	struct agreement_request request;
	struct agreement_item item[WORLD_ITEMS];
	const struct agreement_decisions *got;
};

static inline struct str
world_file(struct arena *a, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", AGREEMENT_SHARE, name);
	return cases_file(a, path);
}

/* The text with the first `from` replaced, in the arena. */
static inline struct str
replaced(struct arena *a, struct str text, const char *from, const char *to)
{
	CLEANUP(buf_free) struct buf out = buf_new(DOCUMENT_BYTES_MAX);
	size_t at = str_find(text, str_of(from));

	if (at == SIZE_MAX)
		fail_msg("\"%s\" is not in the document", from);
	buf_put(&out, str_sub(text, 0, at));
	buf_put(&out, str_of(to));
	buf_put(&out, str_sub(text, at + strlen(from), SIZE_MAX));
	return arena_str(a, buf_str(&out));
}

/* An envelope over the text, signed by those of the two keys that are asked for. */
static inline struct str
world_sign(struct world *w, struct str text, const char *type, unsigned mask)
{
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	struct dsse *dsse = arena_make(w->a, struct dsse, 1);

	dsse->payload = text;
	dsse->payload_type = str_of(type);
	for (unsigned i = 0; i < WORLD_PARTIES; i++) {
		if ((mask >> i & 1) != 0)
			assert_int_equal(dsse_sign(dsse, w->key[i], w->a, NULL), OK);
	}
	assert_int_equal(dsse_write(dsse, &out, NULL), OK);
	return arena_str(w->a, buf_str(&out));
}

static inline void
world_state(struct world *w, enum statement_verb verb, const char *scope, unsigned party)
{
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);
	struct statement s = { .agreement = w->standing.agreement->hash,
		.verb = verb,
		.scope = str_of(scope),
		.party = w->standing.agreement->party[party].code,
		.at = w->request.at,
		.serial = w->standing.serial[party] + 1 };

	assert_int_equal(statement_write(&s, &text, NULL), OK);
	assert_int_equal(standing_apply(w->a, &w->standing,
	                     world_sign(w, arena_str(w->a, buf_str(&text)), STATEMENT_PAYLOAD_TYPE,
	                         1u << party),
	                     NULL),
	    OK);
}

static inline void
world_pack(struct world *w, const char *file)
{
	struct why why = { 0 };

	if (rule_pack_parse(w->a, world_file(w->a, file), &w->request.pack[w->request.packs],
	        &why) != OK)
		fail_msg("%s: %s at %s", file, why.text, why.where);
	w->request.packs++;
}

/* A world under an agreement among the first of IN, JP and LK. */
static inline struct world
world_under(const char *path, size_t parties)
{
	static const struct party_binding bound[WORLD_PARTIES] = {
		{ { "IN", 2 }, { "in.example", 10 }, { "identity--" UUID("0001"), 46 }, { { 0 } } },
		{ { "JP", 2 }, { "jp.example", 10 }, { "identity--" UUID("0002"), 46 }, { { 0 } } },
		{ { "LK", 2 }, { "lk.example", 10 }, { "identity--" UUID("0003"), 46 }, { { 0 } } },
	};
	struct world w = { .a = arena_new(512 * MIB) };
	CLEANUP(buf_free) struct buf text = buf_new(DOCUMENT_BYTES_MAX);
	struct party_binding binding[WORLD_PARTIES];
	struct why why = { 0 };

	for (uint8_t i = 0; i < parties; i++) {
		uint8_t seed[SIGN_SEED_BYTES] = { [0] = (uint8_t)(i + 1) };

		w.key[i] = sign_key_from_seed(seed);
		binding[i] = bound[i];
		binding[i].key = sign_key_public(w.key[i]);
	}
	if (agreement_fill(w.a, cases_file(w.a, path), binding, parties, &text, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
	w.agreement = arena_str(w.a, buf_str(&text));
	if (standing_open(w.a,
	        world_sign(&w, w.agreement, AGREEMENT_PAYLOAD_TYPE, (1u << parties) - 1),
	        &w.standing, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
	w.request = (struct agreement_request){ .realm = S("demo"),
		.order_realm = S("demo"),
		.from = S("IN:CERT-IN"),
		.to = S("JP:JPCERT"),
		.channel = CHANNEL_OFFICER,
		.purpose = S("incident-response"),
		.redaction_identity = S(REDACTION),
		.recipient_verified = true };
	assert_true(time_parse(S(AT_NOON), &w.request.at));
	w.request.copy_time = w.request.at;
	return w;
}

static inline struct world
world_new(void)
{
	return world_under(AGREEMENT_SHARE "/agreements/india-japan.json", 2);
}

/* The agreement with another text at a place of it, signed again. */
static inline void
world_splice(struct world *w, struct str at, const char *text)
{
	struct str head = { w->agreement.ptr, (size_t)(at.ptr - w->agreement.ptr) };
	struct why why = { 0 };

	w->agreement = arena_printf(w->a, STR_FMT "%s" STR_FMT, STR_ARG(head), text,
	    STR_ARG(str_sub(w->agreement, head.len + at.len, SIZE_MAX)));
	w->standing = (struct standing){ 0 };
	if (standing_open(w->a,
	        world_sign(w, w->agreement, AGREEMENT_PAYLOAD_TYPE, w->key[2] == NULL ? 3 : 7),
	        &w->standing, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
}

static inline const struct json *
world_member(struct world *w, const char *name)
{
	const struct json *tree = NULL;

	assert_int_equal(json_parse(w->a, w->agreement, NULL, &tree, NULL), OK);
	tree = json_get(tree, str_of(name));
	if (tree == NULL)
		fail_msg("the agreement has no %s", name);
	return tree;
}

/* One more category, before all others. */
static inline void
world_category(struct world *w, const char *row)
{
	struct str list = world_member(w, "data_categories")->raw;

	world_splice(w, str_sub(list, 0, 1), arena_cstr(w->a, arena_printf(w->a, "[%s,", row)));
}

/* Another ruling in place of that of a category. */
static inline void
world_ruling(struct world *w, const char *category, const char *ruling)
{
	const struct json *list = world_member(w, "data_categories");

	for (const struct json *v = list->first; v != NULL; v = v->next) {
		if (!str_is(json_str(json_get(v, S("code"))), category))
			continue;
		world_splice(w, json_get(v, S("ruling"))->raw,
		    arena_cstr(w->a, arena_printf(w->a, "\"%s\"", ruling)));
		return;
	}
	fail_msg("the agreement has no category %s", category);
}

/* How two classes of personal data are treated. */
static inline void
world_method(struct world *w, const char *class, const char *other, const char *method)
{
	world_splice(w, world_member(w, "personal_data")->raw,
	    arena_cstr(w->a,
	        arena_printf(w->a,
	            "{\"clause\":\"5\",\"redactions\":[{\"class\":\"%s\",\"method\":\"%s\"},"
	            "{\"class\":\"%s\",\"method\":\"%s\"}]}",
	            class, method, other, method)));
}

static inline void
world_free(struct world *w)
{
	for (size_t i = 0; i < WORLD_PARTIES; i++)
		sign_key_free(w->key[i]);
	arena_free(w->a);
}

/* Adds an object; the item may be changed before the decision. */
static inline struct agreement_item *
world_add(struct world *w, struct str text)
{
	struct agreement_item *item = &w->item[w->request.items];
	const struct json *tree;
	struct why why = { 0 };

	assert_true(w->request.items < WORLD_ITEMS);
	text = arena_str(w->a, text);
	if (json_parse(w->a, text, NULL, &tree, &why) != OK ||
	    stix_scan(tree, &item->object, &why) != OK)
		fail_msg("%s in %.*s", why.text, STR_ARG(text));
	item->selected = true;
	item->version = item->object.modified;
	item->originator = S("IN:CERT-IN");
	item->copy_id = arena_printf(w->a, STR_FMT "--00000000-0000-4000-a000-%012zu",
	    STR_ARG(item->object.type), w->request.items + 1);
	w->request.items++;
	return item;
}

static inline int
world_order(const void *a, const void *b)
{
	const struct agreement_item *x = a, *y = b;
	int order = str_cmp(x->object.id, y->object.id);

	return order != 0 ? order : str_cmp(x->copy_id, y->copy_id); /* as they were added */
}

/* Decides; pointers to items are void afterwards. */
static inline void
world_decide(struct world *w)
{
	struct why why = { 0 };

	qsort(w->item, w->request.items, sizeof(w->item[0]), world_order);
	w->request.item = w->item;
	w->request.standing = &w->standing;
	if (agreement_decide(w->a, &w->request, &w->got, &why) != OK)
		fail_msg("%s", why.text);
}

/* The decision about the object whose identifier ends in this. */
static inline const struct agreement_decision *
world_about(const struct world *w, const char *id)
{
	for (size_t i = 0; i < w->got->len; i++) {
		if (str_ends(w->got->decision[i].item->object.id, str_of(id)))
			return &w->got->decision[i];
	}
	fail_msg("no decision about %s", id);
	return NULL;
}

/* "M-STRICT O-ORCON": codes with blanks between. */
static inline const char *
world_codes(const struct world *w, const struct agreement_decision *d)
{
	CLEANUP(buf_free) struct buf text = buf_new(4 * KIB);

	for (size_t i = 0; i < d->codes; i++)
		buf_printf(&text, "%s" STR_FMT, i == 0 ? "" : " ", STR_ARG(d->code[i]));
	return arena_cstr(w->a, buf_str(&text));
}

/* The English sentences of a list, one after the other. */
static inline struct str
world_text(const struct world *w, const struct lines *lines)
{
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);

	for (size_t i = 0; i < lines->len; i++) {
		buf_put(&text, i == 0 ? S("") : S(" "));
		line_say(&text, &lines->line[i]);
	}
	return arena_str(w->a, buf_str(&text));
}

/* Whether one line of the list says exactly this, in English. */
static inline bool
world_says(const struct lines *lines, struct str sentence)
{
	CLEANUP(buf_free) struct buf text = buf_new(64 * KIB);

	for (size_t i = 0; i < lines->len; i++) {
		buf_clear(&text);
		line_say(&text, &lines->line[i]);
		if (str_eq(buf_str(&text), sentence))
			return true;
	}
	return false;
}

/* That the stored facts lead to the same outcome and codes. */
static inline void
world_replay(struct world *w, const struct agreement_decision *d)
{
	struct judgement j;
	struct why why = { 0 };
	const struct documents documents = {
		.agreement = w->standing.agreement,
		.packs = w->request.packs,
		.pack = w->request.pack,
	};

	if (agreement_judge(w->a, d->facts, &documents, &j, &why) != OK)
		fail_msg("%s at %s", why.text, why.where);
	assert_int_equal(j.outcome, d->outcome);
	assert_int_equal(j.codes, d->codes);
	for (size_t i = 0; i < j.codes; i++)
		assert_true(str_eq(j.code[i], d->code[i]));
	assert_int_equal(j.approvals, d->approvals);
}
