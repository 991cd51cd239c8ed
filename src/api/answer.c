/* What handlers print with, and what they read from the query. */
#include "api_p.h"

struct json_writer
api_answer(struct http_response *ret)
{
	return json_writer(http_body(ret, "application/json"));
}

void
api_put_text(struct json_writer *w, const char *name, struct str text)
{
	json_put_str(json_key(w, str_of(name)), text);
}

void
api_put_i64(struct json_writer *w, const char *name, int64_t n)
{
	json_put_i64(json_key(w, str_of(name)), n);
}

void
api_put_u64(struct json_writer *w, const char *name, uint64_t n)
{
	json_put_u64(json_key(w, str_of(name)), n);
}

void
api_put_flag(struct json_writer *w, const char *name, bool flag)
{
	json_put_bool(json_key(w, str_of(name)), flag);
}

void
api_put_time(struct json_writer *w, const char *name, time_us at)
{
	char text[TIME_TEXT_MAX];

	if (at == 0) {
		json_put_null(json_key(w, str_of(name)));
		return;
	}
	time_text(at, text);
	api_put_text(w, name, str_of(text));
}

void
api_put_hash(struct json_writer *w, const char *name, const struct hash *hash)
{
	char text[HASH_HEX + 1];

	hash_text(hash, text);
	api_put_text(w, name, str_of(text));
}

void
api_put_words(struct json_writer *w, const char *name, struct str words)
{
	api_begin_array(w, name);
	while (words.ptr != NULL && words.len > 0)
		json_put_str(w, str_split(&words, ' '));
	json_end_array(w);
}

void
api_put_decision(struct json_writer *w, struct arena *a, struct str stored)
{
	const struct json *tree = NULL;

	json_key(w, S("decision"));
	if (json_parse(a, stored, NULL, &tree, NULL) == OK && tree->type == JSON_OBJECT)
		agreement_decision_show(w, tree);
	else
		json_put_null(w);
}

void
api_begin_object(struct json_writer *w, const char *name)
{
	json_begin_object(json_key(w, str_of(name)));
}

void
api_begin_array(struct json_writer *w, const char *name)
{
	json_begin_array(json_key(w, str_of(name)));
}

enum err
api_done(struct http_response *ret, unsigned status)
{
	ret->status = status;
	return OK;
}

enum err
api_answer_id(struct http_response *ret, unsigned status, const char *name, struct str id)
{
	struct json_writer w = api_answer(ret);

	json_begin_object(&w);
	api_put_text(&w, name, id);
	json_end_object(&w);
	return api_done(ret, status);
}

/* ---- the query ---- */

enum err
api_query_number(const struct http_request *req, const char *name, uint64_t preset, uint64_t max,
    uint64_t *ret, struct why *why)
{
	struct str text = { 0 };

	*ret = preset;
	TRY(http_query_one(req, name, &text, why));
	if (text.ptr == NULL || str_to_u64(text, max, ret))
		return OK;
	return fail(why, ERR_INVALID, "api.query", "%s must be a number up to %" PRIu64, name, max);
}

enum err
api_query_text(const struct http_request *req, const char *name, bool needed, struct str *ret,
    struct why *why)
{
	TRY(http_query_one(req, name, ret, why));
	if (ret->ptr == NULL)
		*ret = S("");
	if (needed && ret->len == 0)
		return fail(why, ERR_INVALID, "api.query", "the query lacks %s=", name);
	return OK;
}
