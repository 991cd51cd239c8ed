#include "asked_p.h"
#include "bodies_p.h"
#include "consent.h"

enum need { REQUIRED, OPTIONAL };

/* ---- one member ---- */

static bool
is_among(struct str name, const char *names)
{
	struct str rest = str_of(names);

	while (rest.ptr != NULL) {
		if (str_eq(str_split(&rest, ' '), name))
			return true;
	}
	return false;
}

/* The object, none of whose members is outside the list. */
static enum err
check_members(const struct json *object, const char *names, struct why *why)
{
	for (const struct json *m = object->first; m != NULL; m = m->next) {
		if (!is_among(m->key, names))
			return fail(why, ERR_INVALID, "api.member",
			    "the request has no member \"" STR_FMT "\"; it may have: %s",
			    STR_ARG(m->key), names);
	}
	return OK;
}

static enum err
read_object(struct arena *a, struct str text, const char *names, const struct json **ret,
    struct why *why)
{
	const struct json *root = NULL;

	if (text.len == 0)
		return fail(why, ERR_INVALID, "api.body",
		    "the request needs a JSON object with: %s", names);
	TRY(json_parse(a, text, NULL, &root, why));
	if (root->type != JSON_OBJECT)
		return fail(why, ERR_INVALID, "api.body",
		    "the request needs a JSON object with %s; this is a %s", names,
		    json_type_name(root));
	TRY(check_members(root, names, why));
	*ret = root;
	return OK;
}

static enum err
bad(struct why *why, const char *name, const char *right)
{
	enum err err = fail(why, ERR_INVALID, "api.value", "%s must be %s", name, right);

	why_where(why, "/%s", name);
	return err;
}

/* NULL in *ret when an optional one is missing. */
static enum err
find(const struct json *object, const char *name, enum need need, const struct json **ret,
    struct why *why)
{
	*ret = json_get(object, str_of(name));
	if (*ret != NULL || need == OPTIONAL)
		return OK;
	return fail(why, ERR_INVALID, "api.member", "the request lacks the member \"%s\"", name);
}

/* A text that a database takes: not empty, not endless, without NUL. */
static bool
is_text(const struct json *v)
{
	struct str s = json_str(v);

	return json_is(v, JSON_STRING) && s.len > 0 && s.len <= BODY_TEXT_MAX &&
	       memchr(s.ptr, '\0', s.len) == NULL;
}

/* A missing optional text is empty. */
static enum err
read_text(const struct json *object, const char *name, enum need need, struct str *ret,
    struct why *why)
{
	const struct json *v = NULL;

	*ret = S("");
	TRY(find(object, name, need, &v, why));
	if (v == NULL || (need == OPTIONAL && json_is(v, JSON_STRING) && json_str(v).len == 0))
		return OK;
	if (!is_text(v))
		return bad(why, name, "a text of 1 to 4096 bytes without NUL");
	*ret = json_str(v);
	return OK;
}

/* A list of texts. */
struct texts {
	size_t len;
	struct str *item;
};

static enum err
read_texts(struct arena *a, const struct json *object, const char *name, size_t max,
    struct texts *ret, struct why *why)
{
	const struct json *v = NULL;

	TRY(find(object, name, REQUIRED, &v, why));
	if (!json_is(v, JSON_ARRAY))
		return bad(why, name, "a list of texts");
	if (v->len > max)
		return fail(why, ERR_LIMIT, "api.list", "%s has %" PRIu32 " elements; at most %zu",
		    name, v->len, max);
	*ret = (struct texts){ .item = arena_make(a, struct str, (size_t)v->len + 1) };
	if (ret->item == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	for (const struct json *e = v->first; e != NULL; e = e->next) {
		if (!is_text(e))
			return bad(why, name, "a list of texts of 1 to 4096 bytes without NUL");
		ret->item[ret->len++] = json_str(e);
	}
	return OK;
}

/* A short list of names, joined by blanks; a missing optional one is empty. */
static enum err
read_words(struct arena *a, const struct json *object, const char *name, enum need need,
    struct str *ret, struct why *why)
{
	struct texts words = { 0 };

	*ret = S("");
	if (need == OPTIONAL && json_get(object, str_of(name)) == NULL)
		return OK;
	TRY(read_texts(a, object, name, BODY_WORDS_MAX, &words, why));
	for (size_t i = 0; i < words.len; i++)
		*ret = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(*ret), i > 0 ? " " : "",
		    STR_ARG(words.item[i]));
	return OK;
}

static enum err
read_number(const struct json *object, const char *name, uint64_t max, uint64_t *ret,
    struct why *why)
{
	const struct json *v = NULL;
	uint64_t n = 0;

	TRY(find(object, name, REQUIRED, &v, why));
	if (!json_u64(v, &n) || n == 0 || n > max) {
		enum err err = fail(why, ERR_INVALID, "api.value",
		    "%s must be a whole number from 1 to %" PRIu64, name, max);
		why_where(why, "/%s", name);
		return err;
	}
	*ret = n;
	return OK;
}

static enum err
read_time(const struct json *object, const char *name, enum need need, time_us *ret,
    struct why *why)
{
	const struct json *v = NULL;

	*ret = 0;
	TRY(find(object, name, need, &v, why));
	if (v == NULL)
		return OK;
	if (!json_is(v, JSON_STRING) || !time_parse(json_str(v), ret) || *ret <= 0)
		return bad(why, name, "a time like 2026-11-22T03:04:05.123456Z");
	return OK;
}

static enum err
read_hash(const struct json *object, const char *name, struct hash *ret, struct why *why)
{
	const struct json *v = NULL;

	TRY(find(object, name, REQUIRED, &v, why));
	if (!json_is(v, JSON_STRING) || !hash_parse(json_str(v), ret))
		return bad(why, name, "a SHA-256 in 64 hex digits");
	return OK;
}

static enum err
read_inner_object(const struct json *object, const char *name, const struct json **ret,
    struct why *why)
{
	TRY(find(object, name, REQUIRED, ret, why));
	return json_is(*ret, JSON_OBJECT) ? OK : bad(why, name, "a JSON object");
}

enum err
api_read_object(struct arena *a, struct str text, const char *names, const struct json **ret,
    struct why *why)
{
	return read_object(a, text, names, ret, why);
}

enum err
api_read_text(const struct json *object, const char *name, bool needed, struct str *ret,
    struct why *why)
{
	return read_text(object, name, needed ? REQUIRED : OPTIONAL, ret, why);
}

enum err
api_read_words(struct arena *a, const struct json *object, const char *name, bool needed,
    struct str *ret, struct why *why)
{
	return read_words(a, object, name, needed ? REQUIRED : OPTIONAL, ret, why);
}

enum err
api_read_number(const struct json *object, const char *name, uint64_t max, uint64_t *ret,
    struct why *why)
{
	return read_number(object, name, max, ret, why);
}

/* ---- people ---- */

enum err
api_read_session(struct arena *a, struct str text, struct session_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "account password code", &root, why));
	TRY(read_text(root, "account", REQUIRED, &ret->account, why));
	TRY(read_text(root, "code", OPTIONAL, &ret->code, why));
	return read_text(root, "password", REQUIRED, &ret->password, why);
}

enum err
api_read_account(struct arena *a, struct str text, struct account_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "name display roles password organisation enclaves", &root, why));
	TRY(read_text(root, "name", REQUIRED, &ret->name, why));
	TRY(read_text(root, "display", REQUIRED, &ret->display, why));
	TRY(read_text(root, "password", REQUIRED, &ret->password, why));
	TRY(read_words(a, root, "roles", REQUIRED, &ret->roles, why));
	TRY(read_text(root, "organisation", OPTIONAL, &ret->organisation, why));
	TRY(read_words(a, root, "enclaves", OPTIONAL, &ret->enclaves, why));
	if (ret->password.len < BODY_PASSWORD_MIN)
		return bad(why, "password", "at least 8 characters long");
	return OK;
}

/* ---- partners ---- */

enum err
api_read_peer(struct arena *a, struct str text, struct peer_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "invitation fingerprint", &root, why));
	TRY(read_inner_object(root, "invitation", &ret->invitation, why));
	return read_text(root, "fingerprint", REQUIRED, &ret->fingerprint, why);
}

/* A document has members of its own, which agreement_parse() checks. */
enum err
api_read_document(struct arena *a, struct str text, struct document_body *ret, struct why *why)
{
	const struct json *root = NULL;

	if (text.len == 0)
		return fail(why, ERR_INVALID, "api.body",
		    "the request needs an agreement, or {\"template\": an agreement to fill in}");
	TRY(json_parse(a, text, NULL, &root, why));
	if (root->type != JSON_OBJECT)
		return fail(why, ERR_INVALID, "api.body",
		    "the request needs a JSON object; this is a %s", json_type_name(root));
	ret->is_template = json_get(root, S("template")) != NULL;
	ret->document = root;
	if (!ret->is_template)
		return OK;
	TRY(check_members(root, "template", why));
	return read_inner_object(root, "template", &ret->document, why);
}

enum err
api_read_statement(struct arena *a, struct str text, struct statement_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "scope reason act authority until", &root, why));
	TRY(read_text(root, "scope", REQUIRED, &ret->scope, why));
	TRY(read_text(root, "act", OPTIONAL, &ret->act, why));
	TRY(read_text(root, "authority", OPTIONAL, &ret->authority, why));
	TRY(read_time(root, "until", OPTIONAL, &ret->until, why));
	return read_text(root, "reason", REQUIRED, &ret->reason, why);
}

/* ---- releases ---- */

/* What api_read_claims() reads. */
#define CLAIMS "urgency harm break_glass reason legal_basis contact strict persons"

static enum err
read_channel(const struct json *root, enum channel *ret, struct why *why)
{
	struct str name = { 0 };

	TRY(read_text(root, "channel", OPTIONAL, &name, why));
	*ret = str_is(name, "auto")     ? CHANNEL_AUTO
	       : str_is(name, "person") ? CHANNEL_PERSON
	                                : CHANNEL_OFFICER;
	if (*ret == CHANNEL_OFFICER && name.len > 0 && !str_is(name, "officer"))
		return bad(why, "channel", "auto, officer or person");
	return OK;
}

static enum err
read_ask(struct arena *a, const struct json *root, struct release_ask *ret, struct why *why)
{
	struct texts ids = { 0 };

	TRY(read_text(root, "to", REQUIRED, &ret->to, why));
	TRY(read_text(root, "purpose", REQUIRED, &ret->purpose, why));
	TRY(read_text(root, "area", OPTIONAL, &ret->area, why));
	TRY(api_read_claims(a, root, ret, why));
	TRY(read_text(root, "person", OPTIONAL, &ret->person, why));
	TRY(read_texts(a, root, "ids", SELECTION_MAX, &ids, why));
	ret->ids = ids.len;
	ret->id = ids.item;
	return ret->ids > 0 ? OK : bad(why, "ids", "a list with at least one identifier");
}

enum err
api_read_preview(struct arena *a, struct str text, struct preview_body *ret, struct why *why)
{
	const struct json *root = NULL;
	struct str with = { 0 };

	*ret = (struct preview_body){ 0 };
	TRY(read_object(a, text, "to purpose area channel person ids with brief " CLAIMS, &root,
	    why));
	TRY(read_channel(root, &ret->ask.channel, why));
	TRY(read_text(root, "with", OPTIONAL, &with, why));
	if (with.len > 0 && !release_with_parse(with, &ret->ask.with))
		return bad(why, "with", "technique, victim or all");
	if (json_get(root, S("brief")) != NULL && !json_get_bool(root, S("brief"), &ret->brief))
		return bad(why, "brief", "true or false");
	return read_ask(a, root, &ret->ask, why);
}

static enum err
read_expected(struct arena *a, const struct json *root, struct str also, struct order_body *ret,
    struct why *why)
{
	const struct json *expect = NULL;
	bool *seen = arena_make(a, bool, ret->ask.ids);
	struct asked *asked = asked_sort(a, &ret->ask);
	size_t n = 0;

	ret->expect = arena_make(a, struct hash, ret->ask.ids);
	if (seen == NULL || asked == NULL || ret->expect == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	TRY(read_inner_object(root, "expect", &expect, why));
	if (expect->len > ret->ask.ids + 1)
		return fail(why, ERR_LIMIT, "api.list", "%" PRIu32 " hashes for %zu objects",
		    expect->len, ret->ask.ids);
	for (const struct json *m = expect->first; m != NULL; m = m->next) {
		size_t at = asked_place(asked, ret->ask.ids, m->key);

		if (at == SIZE_MAX && str_eq(m->key, also))
			continue;
		if (at == SIZE_MAX)
			return fail(why, ERR_INVALID, "api.expect",
			    STR_FMT " has a hash but is not among the ids", STR_ARG(m->key));
		if (!hash_parse(json_str(m), &ret->expect[at]))
			return bad(why, "expect", "an object of SHA-256 values by identifier");
		n += !seen[at];
		seen[at] = true;
	}
	if (n != ret->ask.ids)
		return fail(why, ERR_INVALID, "api.expect",
		    "%zu of %zu objects have a hash: give each that of its previewed bytes, and "
		    "name no object twice",
		    n, ret->ask.ids);
	return OK;
}

enum err
api_read_order(struct arena *a, struct str text, struct str also, struct order_body *ret,
    struct why *why)
{
	const struct json *root = NULL;

	*ret = (struct order_body){ .ask.channel = CHANNEL_OFFICER };
	TRY(read_object(a, text, "to recipient purpose area channel person ids at expect " CLAIMS,
	    &root, why));
	TRY(read_channel(root, &ret->ask.channel, why));
	if (ret->ask.channel == CHANNEL_AUTO)
		return bad(why, "channel", "officer or person: nobody looks at what is automatic");
	TRY(read_ask(a, root, &ret->ask, why));
	TRY(read_text(root, "recipient", OPTIONAL, &ret->recipient, why));
	TRY(read_time(root, "at", REQUIRED, &ret->ask.copy_time, why));
	return read_expected(a, root, also, ret, why);
}

enum err
api_read_approval(struct arena *a, struct str text, struct verdict_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "role bytes_sha256", &root, why));
	TRY(read_text(root, "role", REQUIRED, &ret->role, why));
	ret->reason = S("");
	return read_hash(root, "bytes_sha256", &ret->bytes_hash, why);
}

enum err
api_read_refusal(struct arena *a, struct str text, struct verdict_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "role bytes_sha256 reason", &root, why));
	TRY(read_text(root, "role", REQUIRED, &ret->role, why));
	TRY(read_text(root, "reason", REQUIRED, &ret->reason, why));
	return read_hash(root, "bytes_sha256", &ret->bytes_hash, why);
}

enum err
api_read_review(struct arena *a, struct str text, struct review_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "finding text", &root, why));
	TRY(read_text(root, "finding", REQUIRED, &ret->finding, why));
	return read_text(root, "text", REQUIRED, &ret->text, why);
}

enum err
api_read_standing(struct arena *a, struct str text, struct standing_body *ret, struct why *why)
{
	const struct json *root = NULL;
	struct texts categories = { 0 };
	struct str ceiling = { 0 }, with = { 0 };

	ret->with = WITH_TECHNIQUE;
	TRY(read_object(a, text, "to purpose area categories ceiling days with", &root, why));
	TRY(read_text(root, "to", REQUIRED, &ret->to, why));
	TRY(read_text(root, "purpose", REQUIRED, &ret->purpose, why));
	TRY(read_text(root, "area", OPTIONAL, &ret->area, why));
	TRY(read_texts(a, root, "categories", CATEGORIES_MAX, &categories, why));
	ret->categories = categories.len;
	ret->category = categories.item;
	TRY(read_text(root, "ceiling", REQUIRED, &ceiling, why));
	TRY(read_text(root, "with", OPTIONAL, &with, why));
	if (with.len > 0 && !release_with_parse(with, &ret->with))
		return bad(why, "with", "technique, victim or all");
	if (!tlp_parse(ceiling, &ret->ceiling))
		return bad(why, "ceiling", "CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	return read_number(root, "days", PERSON_CARD_DAYS_MAX, &ret->days, why);
}

enum err
api_read_reason(struct arena *a, struct str text, struct str *ret, struct why *why)
{
	const struct json *root = NULL;

	*ret = S("");
	if (text.len == 0)
		return OK;
	TRY(read_object(a, text, "reason", &root, why));
	return read_text(root, "reason", OPTIONAL, ret, why);
}

enum err
api_read_nothing(struct arena *a, struct str text, struct why *why)
{
	const struct json *root = NULL;

	if (text.len == 0)
		return OK;
	TRY(json_parse(a, text, NULL, &root, why));
	if (root->type == JSON_OBJECT && root->len == 0)
		return OK;
	return fail(why, ERR_INVALID, "api.body", "the request takes no body, or {}");
}

enum err
api_read_recall(struct arena *a, struct str text, struct recall_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "id to reason", &root, why));
	TRY(read_text(root, "id", REQUIRED, &ret->id, why));
	TRY(read_text(root, "to", REQUIRED, &ret->to, why));
	return read_text(root, "reason", REQUIRED, &ret->reason, why);
}

enum err
api_read_consent(struct arena *a, struct str text, struct consent_new *ret, struct why *why)
{
	const struct json *root = NULL;
	struct str scope;

	TRY(read_object(a, text, "identity scope to until evidence", &root, why));
	TRY(read_text(root, "identity", REQUIRED, &ret->identity, why));
	TRY(read_text(root, "scope", REQUIRED, &scope, why));
	if (!consent_scope_parse(scope, &ret->scope))
		return bad(why, "scope", "technique, name or personal");
	TRY(read_text(root, "to", OPTIONAL, &ret->to, why));
	TRY(read_time(root, "until", REQUIRED, &ret->until, why));
	return read_text(root, "evidence", REQUIRED, &ret->evidence, why);
}

/* ---- what was seen ---- */

static enum err
read_hit(const struct json *v, struct hit_body *ret, struct why *why)
{
	ret->n = 1;
	if (v->type != JSON_OBJECT)
		return bad(why, "hits", "a list of objects");
	TRY(check_members(v, "indicator match at n", why));
	TRY(read_text(v, "indicator", REQUIRED, &ret->indicator, why));
	TRY(read_text(v, "match", REQUIRED, &ret->match, why));
	TRY(read_time(v, "at", OPTIONAL, &ret->at, why));
	if (json_get(v, S("n")) == NULL)
		return OK;
	return read_number(v, "n", BODY_COUNT_MAX, &ret->n, why);
}

enum err
api_read_hits(struct arena *a, struct str text, struct hits_body *ret, struct why *why)
{
	const struct json *root = NULL, *hits = NULL;

	TRY(read_object(a, text, "source hits", &root, why));
	TRY(read_text(root, "source", REQUIRED, &ret->source, why));
	TRY(find(root, "hits", REQUIRED, &hits, why));
	if (!json_is(hits, JSON_ARRAY))
		return bad(why, "hits", "a list of objects");
	if (hits->len > BODY_HITS_MAX)
		return fail(why, ERR_LIMIT, "api.list", "hits has %" PRIu32 " elements; at most %d",
		    hits->len, BODY_HITS_MAX);
	ret->hit = arena_make(a, struct hit_body, (size_t)hits->len + 1);
	if (ret->hit == NULL)
		return fail(why, ERR_LIMIT, "api.memory", "the request is too large");
	ret->len = 0;
	for (const struct json *h = hits->first; h != NULL; h = h->next) {
		enum err err = read_hit(h, &ret->hit[ret->len], why);
		if (err != OK) {
			why_prefix(why, "hit %zu", ret->len);
			return err;
		}
		ret->len++;
	}
	return OK;
}

enum err
api_read_sighting(struct arena *a, struct str text, struct sighting_body *ret, struct why *why)
{
	const struct json *root = NULL;

	TRY(read_object(a, text, "indicator count first last", &root, why));
	TRY(read_text(root, "indicator", REQUIRED, &ret->indicator, why));
	TRY(read_number(root, "count", BODY_COUNT_MAX, &ret->count, why));
	TRY(read_time(root, "first", REQUIRED, &ret->first, why));
	TRY(read_time(root, "last", REQUIRED, &ret->last, why));
	return ret->last >= ret->first ? OK : bad(why, "last", "no earlier than first");
}
