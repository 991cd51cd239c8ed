/* Taking over what a partner released to us. */
#include "crash.h"
#include "exchange_p.h"
#include "http_client.h"
#include "log.h"
#include "uuid.h"

#define TAXII "application/taxii+json;version=2.1"

/* Of one page, so that a partner cannot fill the log; the count is said anyway. */
enum { REFUSALS_LOGGED_MAX = 8 };

/* One collection while it is being pulled. */
struct pulling {
	struct talk *talk;
	const struct gate *gate;
	struct str root;       /* of the partner's API */
	struct str collection; /* its UUID */
	size_t limit;          /* objects of a page */
	time_us cursor;
	size_t empty;               /* pages in this round */
	struct merkle_head vouched; /* the last head that was good */
	bool appended;              /* leaves were written: settle */
};

static time_us
now_of(const struct talk *t)
{
	return clock_wall(realm_clock(t->realm));
}

/* ---- one page ---- */

static struct str
page_query(const struct pulling *p, struct arena *a)
{
	char after[TIME_TEXT_MAX];

	if (p->cursor == 0)
		return arena_printf(a, "limit=%zu", p->limit);
	time_text(p->cursor, after);
	return arena_printf(a, "limit=%zu&added_after=%s", p->limit, after);
}

static enum err
fetch_objects(struct pulling *p, struct arena *a, struct pulled_page *ret, struct why *why)
{
	struct str query = page_query(p, a);
	struct talk_answer answer;
	const struct talk_ask ask = {
		.target = arena_printf(a,
		    "/" STR_FMT "/collections/" STR_FMT
		    "/objects/?match%%5Bversion%%5D=all&" STR_FMT,
		    STR_ARG(p->root), STR_ARG(p->collection), STR_ARG(query)),
		.accept = TAXII,
		.answer_max = HTTP_RESPONSE_MAX,
	};

	TRY(talk_ok(p->talk, &ask, a, &answer, why));
	const struct page_text text = {
		.envelope = answer.body,
		.added_last = answer.added_last,
		.added_after = p->cursor,
	};
	return page_read(a, &text, ret, why);
}

static enum err
fetch_proofs(struct pulling *p, struct arena *a, struct pulled_page *page, struct why *why)
{
	struct str query = page_query(p, a);
	struct talk_answer answer;
	const struct talk_ask ask = {
		.target = arena_printf(a, "/exchange/v1/proofs/" STR_FMT "?" STR_FMT,
		    STR_ARG(p->collection), STR_ARG(query)),
	};

	TRY(talk_ok(p->talk, &ask, a, &answer, why));
	return page_proofs(a, answer.body, page, why);
}

static enum err
judge(struct pulling *p, const struct pulled_page *page, struct arena *a, struct arrival **ret,
    struct why *why)
{
	struct arrival *list = arena_make(a, struct arrival, page->len);
	const struct verifier v = {
		.gate = p->gate,
		.peer = p->talk->peer,
		.log_key = &p->talk->log_key,
		.at = now_of(p->talk),
	};

	if (list == NULL)
		return fail(why, ERR_LIMIT, "exchange.memory", "the partner's page is too large");
	for (size_t i = 0; i < page->len; i++) {
		TRY(arrival_check(&v, &page->object[i], a, &list[i], why));
		if (list[i].proved)
			TRY(talk_vouch(p->talk, &list[i], &p->vouched, a, why));
	}
	*ret = list;
	return OK;
}

static void
report(const struct talk *t, const struct intake *in)
{
	for (size_t i = 0, said = 0; i < in->len && said < REFUSALS_LOGGED_MAX; i++) {
		const struct arrival *x = &in->arrival[i];

		if (x->problem.len == 0)
			continue;
		log_event(LOG_WARNING, "exchange.refused", LOG_STR("peer", t->peer->name),
		    LOG_STR("object", x->object->stix.id), LOG_STR("why", x->problem));
		said++;
	}
	log_event(LOG_NOTICE, "exchange.received", LOG_STR("peer", t->peer->name),
	    LOG_U64("new", in->stored), LOG_U64("same", in->same), LOG_U64("refused", in->refused));
	t->count->received += in->stored;
	t->count->same += in->same;
	t->count->refused += in->refused;
}

/* A page may be empty because of what is closed to us, or was taken back: the
 * next round begins before it again. */
static enum err
skip_page(struct pulling *p, const struct pulled_page *page, struct why *why)
{
	p->cursor = page->last;
	if (page->more && ++p->empty > PULL_EMPTY_MAX)
		return fail(why, ERR_INVALID, "exchange.endless",
		    "%zu empty pages say that more follows", p->empty);
	return OK;
}

static enum err
pull_page(struct pulling *p, struct arena *a, bool *ret_more, struct why *why)
{
	struct talk *t = p->talk;
	struct pulled_page page;
	struct intake in = {
		.realm = t->realm,
		.gate = p->gate,
		.peer = t->peer,
		.arena = a,
		.origin = str_of(t->log_key.name),
		.collection = p->collection,
		.fetched_at = now_of(t),
	};

	TRY(fetch_objects(p, a, &page, why));
	*ret_more = page.more;
	if (page.len == 0)
		return skip_page(p, &page, why);
	TRY(fetch_proofs(p, a, &page, why));
	TRY(judge(p, &page, a, &in.arrival, why));
	in.len = page.len;
	in.cursor = page.last;
	CRASH_POINT("receipt");
	TRY(realm_write(t->realm, intake_store, &in, why));
	CRASH_POINT("receipt");
	p->cursor = page.last;
	p->appended |= in.appended;
	report(t, &in);
	return OK;
}

/* ---- one collection ---- */

/* A page that is too large for one answer or for the line is asked for in
 * smaller ones. */
static bool
is_too_large(enum err err, const struct why *why)
{
	return err == ERR_LIMIT || (err == ERR_IO && strcmp(why->code, "http.timeout") == 0);
}

static enum err
pull_some(struct pulling *p, bool *ret_more, struct why *why)
{
	for (;;) {
		CLEANUP(arena_freep) struct arena *a = arena_new(TALK_ARENA_MAX);
		struct why bad = { 0 };
		enum err err = pull_page(p, a, ret_more, &bad);

		if (err == OK)
			return OK;
		if (!is_too_large(err, &bad) || p->limit == 1)
			return fail(why, err, bad.code, "%s", bad.text);
		p->limit = p->limit > 8 ? p->limit / 8 : 1;
	}
}

static enum err
pull_pages(struct pulling *p, struct why *why)
{
	bool more = true;

	p->empty = 0;
	{
		CLEANUP(db_pool_give) struct db_lease lease = { 0 };

		TRY(db_pool_take(realm_readers(p->talk->realm), &lease, why));
		TRY(pull_cursor(lease.db, p->talk->peer->name, p->collection, &p->cursor, why));
	}
	for (size_t i = 0; more && i < PULL_PAGES_MAX; i++)
		TRY(pull_some(p, &more, why));
	return OK;
}

static enum err
pull_collection(struct pulling *p, struct why *why)
{
	struct talk *t = p->talk;
	enum err err = pull_pages(p, why);
	struct str problem = err == OK || why == NULL ? S("") : str_of(why->text);

	TRY(pull_problem(t->realm, t->peer->name, p->collection, problem, err == OK ? why : NULL));
	return err;
}

/* ---- all that is offered ---- */

static enum err
list_collections(struct talk *t, struct str root, struct arena *a, const struct json **ret,
    struct why *why)
{
	const struct json *tree = NULL;
	const struct talk_ask ask = {
		.target = arena_printf(a, "/" STR_FMT "/collections/", STR_ARG(root)),
		.accept = TAXII,
	};

	TRY(talk_json(t, &ask, a, &tree, why));
	*ret = json_get(tree, S("collections"));
	if (*ret == NULL)
		return OK;
	if ((*ret)->type != JSON_ARRAY || (*ret)->len > PULL_COLLECTIONS_MAX)
		return fail(why, ERR_INVALID, "exchange.collections",
		    STR_FMT " lists no collections, or more than %d", STR_ARG(t->peer->name),
		    PULL_COLLECTIONS_MAX);
	return OK;
}

/* The API root of an agreement is its id in lower case, so that no address has
 * to be believed. */
static struct str
root_of(const struct agreement *g, struct arena *a)
{
	CLEANUP(buf_free) struct buf out = buf_new(KIB);
	char *text = arena_cstr(a, g->id);

	for (size_t i = 0; i < g->id.len; i++) {
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] - 'A' + 'a');
	}
	http_encode(&out, str_of(text));
	return arena_str(a, buf_str(&out));
}

/* Each collection by itself: one that fails does not stop the next, unless
 * nobody answers any more. */
static enum err
pull_agreement(struct pulling *p, struct arena *a, struct why *why)
{
	const struct json *list = NULL;
	struct uuid uuid;
	enum err result = OK;

	TRY(list_collections(p->talk, p->root, a, &list, why));
	for (const struct json *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
		bool readable = false;
		struct str id = json_str(json_get(c, S("id")));

		if (!json_get_bool(c, S("can_read"), &readable) || !readable ||
		    !uuid_parse(id, &uuid))
			continue;
		p->collection = id;
		enum err err = pull_collection(p, why);
		if (err == ERR_IO)
			return err;
		if (err != OK)
			result = err;
	}
	return result;
}

static enum err
pull_all(struct talk *t, const struct gate *g, struct arena *a, bool *ret_appended, struct why *why)
{
	enum err result = OK;

	for (size_t i = 0; i < g->agreements; i++) {
		const struct agreement *in = g->standing[i]->agreement;
		const struct standing *open = NULL;
		struct pulling p = { .talk = t, .gate = g, .limit = PULL_PAGE };

		if (reach_agreement(g, t->peer->party, in->id, now_of(t), &open, NULL) != OK ||
		    open != g->standing[i])
			continue;
		p.root = root_of(in, a);
		enum err err = pull_agreement(&p, a, why);
		*ret_appended |= p.appended;
		if (err == ERR_IO)
			return err;
		if (err != OK)
			result = err;
	}
	return result;
}

enum err
talk_pull(struct talk *t, struct arena *a, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(t->realm);
	bool appended = false;
	enum err err = pull_all(t, gate_of(gate), a, &appended, why);

	/* What was stored before something went wrong is published, too. */
	if (appended)
		TRY(realm_settle(t->realm, err == OK ? why : NULL));
	return err;
}
