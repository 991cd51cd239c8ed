/* What an officer says beside the objects of an order. */
#include "bodies_p.h"

static enum err
bad_value(struct why *why, const char *name, const char *right)
{
	enum err err = fail(why, ERR_INVALID, "api.value", "%s must be %s", name, right);

	why_where(why, "/%s", name);
	return err;
}

/* How urgent it is, and what it asks to pass over. */
static enum err
read_emergency(const struct json *root, struct release_ask *ret, struct why *why)
{
	struct str urgency = { 0 }, harm = { 0 };

	TRY(api_read_text(root, "urgency", false, &urgency, why));
	TRY(api_read_text(root, "harm", false, &harm, why));
	TRY(api_read_text(root, "break_glass", false, &ret->break_glass, why));
	TRY(api_read_text(root, "reason", false, &ret->reason, why));
	if (urgency.len > 0 && !urgency_parse(urgency, &ret->urgency))
		return bad_value(why, "urgency", "routine, priority, immediate or flash");
	if (harm.len > 0 && !harm_parse(harm, &ret->harm))
		return bad_value(why, "harm", "none or imminent-safety");
	return OK;
}

/* {"ID": number}: whether each is asked for is the gate's question. */
static enum err
read_counts(struct arena *a, const struct json *root, struct release_ask *ret, struct why *why)
{
	const struct json *v = json_get(root, S("persons"));
	struct release_count *count;

	if (v == NULL)
		return OK;
	if (v->type != JSON_OBJECT)
		return bad_value(why, "persons", "an object of numbers by identifier");
	if (v->len > SELECTION_MAX)
		return fail(why, ERR_LIMIT, "api.list", "%" PRIu32 " counts; at most %d", v->len,
		    SELECTION_MAX);
	ret->count = count = arena_make(a, struct release_count, (size_t)v->len + 1);
	if (count == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	for (const struct json *m = v->first; m != NULL; m = m->next) {
		uint64_t n = 0;

		if (!json_u64(m, &n) || n > BODY_COUNT_MAX)
			return bad_value(why, "persons", "an object of numbers up to 999,999,999");
		count[ret->counts++] = (struct release_count){ m->key, n };
	}
	return OK;
}

enum err
api_read_claims(struct arena *a, const struct json *root, struct release_ask *ret, struct why *why)
{
	struct str contact = { 0 };
	bool strict = false;

	TRY(read_emergency(root, ret, why));
	TRY(api_read_text(root, "legal_basis", false, &ret->legal_basis, why));
	TRY(api_read_text(root, "contact", false, &contact, why));
	if (!contact_parse(contact, &ret->contact))
		return bad_value(why, "contact", "failed or answered");
	if (json_get(root, S("strict")) != NULL && !json_get_bool(root, S("strict"), &strict))
		return bad_value(why, "strict", "true or false");
	ret->mode = strict ? BUNDLE_STRICT : BUNDLE_PARTIAL;
	return read_counts(a, root, ret, why);
}
