#include "exchange_p.h"

/* An envelope while it is being read. */
struct reading {
	struct arena *arena;
	struct pulled_page *page;
};

static enum err
arena_full(struct why *why)
{
	return fail(why, ERR_LIMIT, "exchange.memory", "the partner's page is too large");
}

static enum err
take_rest(void *arg, const struct json *rest, size_t elements, struct why *why)
{
	struct reading *r = arg;

	if (elements > PULL_PAGE)
		return fail(why, ERR_LIMIT, "exchange.page",
		    "the page has %zu objects where at most %d were asked for", elements,
		    PULL_PAGE);
	(void)json_get_bool(rest, S("more"), &r->page->more);
	r->page->object = arena_make(r->arena, struct page_object, elements + 1);
	return r->page->object == NULL ? arena_full(why) : OK;
}

static enum err
take_element(void *arg, size_t index, const struct json *element, struct why *why)
{
	struct reading *r = arg;

	(void)why;
	r->page->object[index].raw = element->raw;
	r->page->len = index + 1;
	return OK;
}

/* What cannot be read is refused by itself: the others go on. */
static enum err
read_object(struct page_object *o, struct arena *a, struct why *why)
{
	struct why bad = { 0 };
	const struct json *tree = NULL;
	enum err err = json_parse(a, o->raw, NULL, &tree, &bad);

	if (err == OK)
		err = stix_scan(tree, &o->stix, &bad);
	if (err == OK)
		err = stix_hash(&o->stix, a, &o->hashes, &bad);
	if (err == ERR_LIMIT)
		return arena_full(why);
	if (err != OK) {
		o->stix = (struct stix_object){ 0 };
		o->problem = arena_str(a, str_of(bad.text));
		return OK;
	}
	stix_version_key(&o->stix, &o->hashes, o->version);
	return OK;
}

static enum err
read_cursor(const struct page_text *text, struct pulled_page *page, struct why *why)
{
	page->last = text->added_after;
	if (page->len == 0 && !page->more)
		return OK;
	if (!time_parse(text->added_last, &page->last))
		return fail(why, ERR_INVALID, "exchange.cursor",
		    "X-TAXII-Date-Added-Last is no timestamp: \"" STR_FMT "\"",
		    STR_ARG(text->added_last));
	if (page->last <= text->added_after)
		return fail(why, ERR_INVALID, "exchange.endless",
		    "the page ends at " STR_FMT ", which is not after the one before it",
		    STR_ARG(text->added_last));
	return OK;
}

enum err
page_read(struct arena *a, const struct page_text *text, struct pulled_page *ret, struct why *why)
{
	struct reading reading = { .arena = a, .page = ret };
	const struct json_each each = {
		.member = S("objects"),
		.rest = take_rest,
		.element = take_element,
		.arg = &reading,
	};

	*ret = (struct pulled_page){ 0 };
	TRY(json_each_in(a, text->envelope, NULL, &each, why));
	TRY(read_cursor(text, ret, why));
	for (size_t i = 0; i < ret->len; i++)
		TRY(read_object(&ret->object[i], a, why));
	return OK;
}

/* Proofs stand in the order of the objects; what came or went between the two
 * requests is passed over. */
static const struct json *
find_proof(const struct json *from, const struct page_object *o)
{
	for (const struct json *v = from; v != NULL; v = v->next) {
		if (str_eq(json_str(json_get(v, S("id"))), o->stix.id) &&
		    str_is(json_str(json_get(v, S("version"))), o->version))
			return v;
	}
	return NULL;
}

enum err
page_proofs(struct arena *a, struct str text, struct pulled_page *page, struct why *why)
{
	const struct json *tree = NULL;

	TRY(json_parse(a, text, NULL, &tree, why));
	const struct json *list = json_get(tree, S("proofs"));
	if (!json_is(list, JSON_ARRAY))
		return fail(why, ERR_INVALID, "exchange.proofs",
		    "the answer has no list of proofs, but %s", json_type_name(list));
	const struct json *next = list->first;
	for (size_t i = 0; i < page->len; i++) {
		const struct json *found = NULL;
		const struct json *proof;

		if (page->object[i].problem.len == 0)
			found = find_proof(next, &page->object[i]);
		if (found == NULL)
			continue;
		proof = json_get(found, S("proof"));
		if (json_is(proof, JSON_OBJECT))
			page->object[i].proof = proof->raw;
		next = found->next;
	}
	return OK;
}
