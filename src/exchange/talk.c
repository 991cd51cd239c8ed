#include "exchange_p.h"
#include "http_client.h"
#include "stix.h"

static enum err
arena_full(struct why *why)
{
	return fail(why, ERR_LIMIT, "exchange.memory", "the partner's answer is too large");
}

enum err
talk_call(struct talk *t, const struct talk_ask *ask, struct arena *a, struct talk_answer *ret,
    struct why *why)
{
	struct http_answer answer;
	const struct http_pair headers[] = {
		{ S("Accept"), str_of(ask->accept == NULL ? "application/json" : ask->accept) },
		{ S("Content-Type"), str_of(ask->type == NULL ? "application/json" : ask->type) },
	};
	const struct http_call call = {
		.method = ask->method,
		.target = ask->target,
		.headers = headers,
		.headers_len = ask->body.len > 0 ? 2 : 1,
		.body = ask->body,
		.answer_max = ask->answer_max == 0 ? TALK_ANSWER_MAX : ask->answer_max,
		.total_ms = TALK_TOTAL_MS,
	};

	TRY(http_client_call(t->client, &call, &answer, why));
	*ret = (struct talk_answer){
		.status = answer.status,
		.body = arena_str(a, answer.body),
		.added_last = arena_str(a, http_answer_header(&answer, "X-TAXII-Date-Added-Last")),
	};
	if (answer.body.len > 0 && ret->body.ptr == NULL)
		return arena_full(why);
	return OK;
}

static enum err
err_of_status(unsigned status)
{
	/* clang-format off */
	switch (status) {
	case 401: case 403: return ERR_FORBIDDEN;
	case 404:           return ERR_NOT_FOUND;
	case 409:           return ERR_CONFLICT;
	case 413:           return ERR_LIMIT;
	case 422:           return ERR_TAMPERED;
	default:            return status >= 500 ? ERR_IO : ERR_INVALID;
	}
	/* clang-format on */
}

/* The sentence in an error of ours or of TAXII; empty when there is none. */
static struct str
words_of(struct str body, struct arena *a)
{
	const struct json *tree = NULL;
	struct str text;

	if (json_parse(a, body, NULL, &tree, NULL) != OK)
		return S("");
	text = json_str(json_at(tree, S("/error/message")));
	if (text.len == 0)
		text = json_str(json_at(tree, S("/description")));
	if (text.len == 0)
		text = json_str(json_at(tree, S("/title")));
	return text;
}

enum err
talk_refused(const struct talk *t, const struct talk_ask *ask, const struct talk_answer *answer,
    struct arena *a, struct why *why)
{
	struct str rest = ask->target;
	struct str path = str_split(&rest, '?');
	struct str words = words_of(answer->body, a);

	return fail(why, err_of_status(answer->status), "exchange.answer",
	    STR_FMT " answers %u at " STR_FMT "%s" STR_FMT, STR_ARG(t->peer->name), answer->status,
	    STR_ARG(path), words.len > 0 ? ": " : "", STR_ARG(words));
}

enum err
talk_ok(struct talk *t, const struct talk_ask *ask, struct arena *a, struct talk_answer *ret,
    struct why *why)
{
	TRY(talk_call(t, ask, a, ret, why));
	if (ret->status < 200 || ret->status > 299)
		return talk_refused(t, ask, ret, a, why);
	return OK;
}

enum err
talk_json(struct talk *t, const struct talk_ask *ask, struct arena *a, const struct json **ret,
    struct why *why)
{
	struct talk_answer answer;

	TRY(talk_ok(t, ask, a, &answer, why));
	TRY(json_parse(a, answer.body, NULL, ret, why));
	if (!json_is(*ret, JSON_OBJECT))
		return fail(why, ERR_INVALID, "exchange.answer",
		    STR_FMT " answers with %s where an object is due", STR_ARG(t->peer->name),
		    json_type_name(*ret));
	return OK;
}

/* ---- small things ---- */

enum err
note_event(struct db *db, struct realm *r, const char *name, struct str subject, struct str detail,
    struct why *why)
{
	const struct event event = {
		.at = clock_wall(realm_clock(r)),
		.name = str_of(name),
		.owner = realm_identity(r)->organisation,
		.enclave = realm_identity(r)->enclave,
		.subject = subject,
		.detail = detail,
	};

	return store_event(db, &event, why);
}

/* A partner that misbehaves fills neither disk nor page: the same is noted once
 * in so many events. */
enum { EVENTS_APART = 100 };

struct event_job {
	struct realm *realm;
	const char *name;
	struct str subject;
	struct str detail;
};

/* Among the last events: it was said already. */
static const char find_event[] =
    "SELECT ordinal FROM event WHERE ordinal > (SELECT MAX(ordinal) FROM event) - $3"
    " AND name = $1 AND subject = $2";

static enum err
write_event(struct db *db, void *arg, struct why *why)
{
	const struct event_job *e = arg;
	bool has = false;

	{
		CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

		TRY(db_select(db, &rows, why, find_event, DB_T(str_of(e->name)), DB_T(e->subject),
		    DB_I(EVENTS_APART)));
		TRY(db_next(&rows, &has, why));
	}
	if (has)
		return OK;
	return note_event(db, e->realm, e->name, e->subject, e->detail, why);
}

enum err
event_write(struct realm *r, const char *name, struct str subject, struct str detail,
    struct why *why)
{
	struct event_job e = { r, name, subject, detail };

	return realm_write(r, write_event, &e, why);
}
