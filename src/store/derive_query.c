/* Saved queries: how they are written, and what satisfies them. */
#include "derive.h"

static enum err
bad(struct why *why, const char *member, const char *right)
{
	return fail(why, ERR_INVALID, "collection.query", "%s of the query is none: write %s",
	    member, right);
}

static const char members[] = "from types tlp labels since confidence";

static bool
is_member(struct str name)
{
	struct str rest = str_of(members);

	while (rest.ptr != NULL) {
		if (str_eq(str_split(&rest, ' '), name))
			return true;
	}
	return false;
}

/* A list of 1 to max texts, or none where the member is missing. */
static bool
read_words(const struct json *query, const char *member, struct str *ret, size_t max,
    size_t *ret_len)
{
	const struct json *list = json_get(query, str_of(member));

	*ret_len = 0;
	if (list == NULL)
		return true;
	if (!json_is(list, JSON_ARRAY) || list->len == 0 || list->len > max)
		return false;
	for (const struct json *e = list->first; e != NULL; e = e->next) {
		struct str word = json_str(e);

		if (!json_is(e, JSON_STRING) || word.len == 0)
			return false;
		ret[(*ret_len)++] = word;
	}
	return true;
}

static bool
read_tlp(const struct json *query, enum tlp *ret)
{
	struct str text;

	*ret = TLP_NONE;
	if (json_get(query, S("tlp")) == NULL)
		return true;
	return json_get_str(query, S("tlp"), &text) && tlp_parse(text, ret) && *ret != TLP_NONE;
}

static bool
read_since(const struct json *query, time_us *ret)
{
	struct str text;

	*ret = 0;
	if (json_get(query, S("since")) == NULL)
		return true;
	return json_get_str(query, S("since"), &text) && time_parse(text, ret) && *ret > 0;
}

static bool
read_confidence(const struct json *query, int64_t *ret)
{
	*ret = 0;
	if (json_get(query, S("confidence")) == NULL)
		return true;
	return json_get_i64(query, S("confidence"), ret) && *ret >= 1 &&
	       *ret <= DERIVE_CONFIDENCE_MAX;
}

enum err
derive_query_read(struct arena *a, struct str text, struct derive_query *ret, struct why *why)
{
	const struct json *query = NULL;
	struct derive_query q = { 0 };

	if (text.len > DERIVE_QUERY_MAX || json_parse(a, text, NULL, &query, NULL) != OK ||
	    !json_is(query, JSON_OBJECT))
		return bad(why, "the text", "one JSON object, of 8 KiB at most");
	for (const struct json *m = query->first; m != NULL; m = m->next) {
		if (!is_member(m->key))
			return fail(why, ERR_INVALID, "collection.query",
			    "a query has no member \"" STR_FMT "\"; it has %s", STR_ARG(m->key),
			    members);
	}
	if (!read_words(query, "from", q.source, DERIVE_SOURCES_MAX, &q.sources) || q.sources == 0)
		return bad(why, "from", "a list of 1 to 16 collections");
	if (!read_words(query, "types", q.type, DERIVE_WORDS_MAX, &q.types))
		return bad(why, "types", "a list of 1 to 32 types of objects");
	if (!read_words(query, "labels", q.label, DERIVE_WORDS_MAX, &q.labels))
		return bad(why, "labels", "a list of 1 to 32 words");
	if (!read_tlp(query, &q.tlp))
		return bad(why, "tlp", "CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	if (!read_since(query, &q.since))
		return bad(why, "since", "a time such as 2026-01-01T00:00:00Z");
	if (!read_confidence(query, &q.confidence))
		return bad(why, "confidence", "a whole number from 1 to 100");
	*ret = q;
	return OK;
}

/* ---- what satisfies one ---- */

static bool
is_listed(struct str word, const struct str *list, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (str_eq_nocase(list[i], word))
			return true;
	}
	return false;
}

/* A label or a sector. */
static bool
has_label(const struct derive_query *q, const struct json *object)
{
	static const char *const lists[] = { "labels", "sectors" };

	for (size_t i = 0; i < COUNTOF(lists); i++) {
		const struct json *list = json_get(object, str_of(lists[i]));

		if (!json_is(list, JSON_ARRAY))
			continue;
		for (const struct json *e = list->first; e != NULL; e = e->next) {
			if (is_listed(json_str(e), q->label, q->labels))
				return true;
		}
	}
	return false;
}

static bool
is_below(const struct derive_query *q, const struct derive_object *o)
{
	struct marking_set set;

	marking_collect(o->object, o->lookup, o->lookup_arg, &set);
	return set.unknown == 0 && set.tlp != TLP_NONE && set.tlp <= q->tlp;
}

bool
derive_fits(const struct derive_query *q, const struct derive_object *o)
{
	const struct stix_object *object = o->object;
	time_us created = object->created.len > 0 ? object->created_us : o->entered;
	int64_t confidence = 0;

	if (q->types > 0 && !is_listed(object->type, q->type, q->types))
		return false;
	if (q->since > 0 && created < q->since)
		return false;
	if (q->confidence > 0 && (!json_get_i64(object->json, S("confidence"), &confidence) ||
	                             confidence < q->confidence))
		return false;
	if (q->labels > 0 && !has_label(q, object->json))
		return false;
	return q->tlp == TLP_NONE || is_below(q, o);
}
