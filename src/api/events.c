/* What happened, told while it happens: a long poll. */
#include "handlers_p.h"

enum {
	EVENTS_WAIT_S = 25, /* below the 30 s after which proxies cut a silent request */
	EVENTS_PRESET = 200,
};

static void
print_event(struct json_writer *w, const struct event *e)
{
	json_begin_object(w);
	api_put_i64(w, "ordinal", e->ordinal);
	api_put_time(w, "at", e->at);
	api_put_text(w, "name", e->name);
	api_put_text(w, "subject", e->subject);
	if (e->detail.len > 0)
		json_put_raw(json_key(w, S("detail")), e->detail);
	else
		json_put_null(json_key(w, S("detail")));
	json_end_object(w);
}

/* "last" is where the next question goes on. */
static void
print_events(struct json_writer *w, const struct event_list *list, int64_t after)
{
	json_begin_object(w);
	api_begin_array(w, "events");
	for (size_t i = 0; i < list->len; i++)
		print_event(w, &list->event[i]);
	json_end_array(w);
	api_put_i64(w, "last", list->len > 0 ? list->event[list->len - 1].ordinal : after);
	json_end_object(w);
}

enum err
api_get_events(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct compartment of = api_compartment(api, req);
	struct event_list list;
	uint64_t after = 0, limit = 0;

	TRY(api_query_number(req, "after", 0, INT64_MAX, &after, why));
	TRY(api_query_number(req, "limit", EVENTS_PRESET, EVENTS_MAX, &limit, why));
	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	const struct event_query query = { &of, (int64_t)after, limit };
	TRY(store_events(lease.db, req->arena, &query, &list, why));
	if (list.len == 0 && limit > 0 && !req->woken_last) {
		ret->park_us = EVENTS_WAIT_S * US_PER_S;
		return OK;
	}
	struct json_writer w = api_answer(ret);
	print_events(&w, &list, (int64_t)after);
	return OK;
}
