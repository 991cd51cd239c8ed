/* Requests: from libmicrohttpd's callbacks to a site and back. */
#include <gnutls/gnutls.h>

#include "hash.h"
#include "http_lines_p.h"
#include "http_server_p.h"
#include "log.h"
#include "tls_key.h"

enum {
	/* A refused body is read and dropped up to here, because a caller that
	 * still sends does not see an answer.  Dropping costs less than taking,
	 * and the deadline of the body stands. */
	DROP_MAX = 32 * MIB,
	/* A body's memory that a connection keeps for its next request. */
	KEEP_MAX = 256 * KIB,
	/* Made ready for a body of a known length.  It costs addresses, not memory,
	 * until bytes come; a larger body grows in steps from here. */
	READY_MAX = 4 * MIB,
};

/* ---- the head ---- */

/* The certificate is the connection's, so it is read once. */
static void
read_certificate(struct http_conn *conn)
{
	gnutls_session_t tls =
	    MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
	unsigned n = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(tls, &n);
	struct hash pin;

	if (chain == NULL || n == 0)
		return;
	if (tls_pin_of_der((struct str){ (const char *)chain[0].data, chain[0].size }, &pin,
	        NULL) != OK)
		return;
	memcpy(conn->spki, pin.byte, sizeof(conn->spki));
	conn->has_spki = true;
}

/* Called by libmicrohttpd with the target as it was sent, before it cuts it. */
void *
http_serve_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	struct http_conn *conn = http_conn_of(mhd);

	(void)cls;
	conn->stage = STAGE_IDLE;
	conn->req.target = arena_str(conn->arena, str_of(target));
	return conn;
}

static enum MHD_Result
add_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value,
    size_t value_len)
{
	struct http_request *req = cls;

	(void)kind;
	if (req->headers_len == HTTP_HEADERS_MAX)
		return MHD_NO;
	req->headers[req->headers_len++] = (struct http_pair){
		.name = { name, name_len },
		.value = str_trim((struct str){ value == NULL ? "" : value, value_len }),
	};
	return MHD_YES;
}

static void
fill_request(struct http_conn *conn)
{
	static const char digits[] = "0123456789abcdef";
	struct http_server *server = conn->server;
	struct http_request *req = &conn->req;
	uint64_t n = atomic_fetch_add(&server->next_id, 1);

	for (int i = 15; i >= 0; i--, n >>= 4)
		conn->id[i] = digits[n & 15];
	req->listener = server->kind;
	req->id = (struct str){ conn->id, 16 };
	req->remote = str_of(conn->remote);
	req->at = clock_wall(server->clock);
	req->arena = conn->arena;
	req->woken_last = false;
	req->body = (struct str){ 0 };
	req->params_len = req->query_len = req->segments_len = req->headers_len = 0;
	if (server->kind == HTTP_PEER && !conn->has_spki)
		read_certificate(conn);
	req->spki = conn->has_spki ? conn->spki : NULL;
}

/* ---- the answer ---- */

static void
add(struct MHD_Response *r, const char *name, const char *value)
{
	(void)MHD_add_response_header(r, name, value);
}

static void
add_headers(struct MHD_Response *r, struct http_conn *conn)
{
	const struct http_response *resp = &conn->resp;

	if (conn->last)
		add(r, "Connection", "close");
	add(r, "X-Content-Type-Options", "nosniff");
	add(r, "X-Request-Id", conn->id);
	if (!resp->cache)
		add(r, "Cache-Control", "no-store");
	if (conn->server->kind == HTTP_PEOPLE)
		add(r, "Strict-Transport-Security", "max-age=31536000");
	if (resp->type.len > 0)
		add(r, "Content-Type", arena_cstr(conn->arena, resp->type));
	for (size_t i = 0; i < resp->added_len; i++) {
		const struct http_pair *pair = &resp->added[i];
		const char *value = arena_cstr(conn->arena, pair->value);

		if (value != NULL)
			add(r, arena_cstr(conn->arena, pair->name), value);
	}
}

/* The bytes stay where they are until http_serve_done(). */
static enum MHD_Result
send_answer(struct http_conn *conn)
{
	struct str body = conn->resp.body;
	struct MHD_Response *r = MHD_create_response_from_buffer(body.len,
	    body.len == 0 ? NULL : (void *)(uintptr_t)body.ptr, MHD_RESPMEM_PERSISTENT);

	if (r == NULL)
		return MHD_NO;
	add_headers(r, conn);
	conn->stage = STAGE_ANSWERED;
	http_conn_deadline(conn, conn->server->limits.answer_ms);
	atomic_fetch_add(&conn->server->requests, 1);

	enum MHD_Result sent = MHD_queue_response(conn->mhd, conn->resp.status, r);
	MHD_destroy_response(r);
	return sent;
}

static enum MHD_Result
run(struct http_conn *conn, bool last)
{
	for (;;) {
		uint64_t seen = atomic_load(&conn->server->wakes);

		http_conn_deadline(conn, conn->server->limits.answer_ms);
		conn->req.woken_last = last;
		http_site_run(conn->server->site, &conn->req, &conn->resp);
		time_us park_us = conn->resp.park_us;
		if (park_us <= 0 || last)
			return send_answer(conn);

		http_response_done(&conn->resp);
		conn->stage = STAGE_PARKED;
		if (http_conn_park(conn, park_us, seen))
			return MHD_YES;
		/* News came meanwhile: look again; or there is no room to wait. */
		last = atomic_load(&conn->server->wakes) == seen;
	}
}

/* ---- the stages ---- */

static bool
body_follows(const struct http_request *req)
{
	struct str length = http_header(req, "content-length");

	return http_header(req, "transfer-encoding").ptr != NULL ||
	       (length.len > 0 && !str_is(length, "0"));
}

/* Who says its length in two ways is read otherwise by a proxy in front of us: what
 * follows is no request, whatever the answer is (RFC 9112, section 6.3). */
static bool
ends_somewhere(const struct http_request *req)
{
	return http_header_count(req, "content-length") +
	           http_header_count(req, "transfer-encoding") >
	       1;
}

/* What is refused before the site looks at it; ret_status is untouched otherwise. */
static enum err
check_headers(const struct http_request *req, int lines, unsigned *ret_status, struct why *why)
{
	if (lines > HTTP_HEADERS_MAX || req->target.ptr == NULL) {
		*ret_status = 431;
		return fail(why, ERR_LIMIT, "http.headers", "a request may have %d header lines",
		    HTTP_HEADERS_MAX);
	}
	if (!http_header_names_good(req)) {
		*ret_status = 400;
		return fail(why, ERR_INVALID, "http.header-name",
		    "a header line begins with its name and a colon, without a blank between");
	}
	struct str coding = http_header(req, "transfer-encoding");
	if (coding.ptr != NULL && !str_eq_nocase(coding, S("chunked"))) {
		*ret_status = 501;
		return fail(why, ERR_INVALID, "http.coding",
		    "the only transfer coding that is known here is chunked");
	}
	if (http_header_count(req, "host") > 1) {
		*ret_status = 400;
		return fail(why, ERR_INVALID, "http.host", "a request names one host, not two");
	}
	return OK;
}

/* When the first bytes come: who announces a body and sends none takes no room.  The announced
 * length was compared with the route's bound. */
static void
ready_body(struct http_conn *conn)
{
	uint64_t bytes = 0;

	if (str_to_u64(http_header(&conn->req, "content-length"), conn->body.max, &bytes))
		(void)buf_reserve(&conn->body, bytes < READY_MAX ? (size_t)bytes : READY_MAX);
}

static enum MHD_Result
begin(struct http_conn *conn, const char *method)
{
	struct http_request *req = &conn->req;
	const struct http_site *site = conn->server->site;
	struct why why = { 0 };
	unsigned status = 0;

	fill_request(conn);
	int n = MHD_get_connection_values_n(conn->mhd, MHD_HEADER_KIND, add_header, req);
	conn->last = ends_somewhere(req);
	if (check_headers(req, n, &status, &why) != OK) {
		conn->last = true;
		req->route = NULL;
		req->path = (struct str){ 0 };
		http_site_fault(site, req, status, &why, &conn->resp);
		return send_answer(conn);
	}

	if (http_site_head(site, req, str_of(method), &conn->resp)) {
		conn->stage = STAGE_BODY;
		conn->body.max = req->route->body_max;
	} else if (body_follows(req) && http_header(req, "expect").ptr != NULL) {
		/* Who waits for "100 Continue" has sent nothing yet.  An answer at
		 * this point ends the connection. */
		return send_answer(conn);
	} else {
		conn->stage = STAGE_DROP;
	}
	http_conn_deadline(conn, conn->server->limits.body_ms);
	return MHD_YES;
}

static enum MHD_Result
take_body(struct http_conn *conn, struct str data)
{
	struct why why = { 0 };

	if (conn->stage == STAGE_BODY) {
		if (conn->body.len == 0)
			ready_body(conn);
		buf_put(&conn->body, data);
		if (!conn->body.full)
			return MHD_YES;
		(void)fail(&why, ERR_LIMIT, "http.body", "the body may have %zu bytes",
		    conn->body.max);
		http_site_fault(conn->server->site, &conn->req, 413, &why, &conn->resp);
		conn->stage = STAGE_DROP;
	}
	conn->dropped += data.len;
	return conn->dropped > DROP_MAX ? MHD_NO : MHD_YES;
}

enum MHD_Result /* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's signature */
http_serve(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
    const char *version, const char *data, size_t *data_len, void **context)
{
	struct http_conn *conn = *context;

	(void)cls;
	(void)mhd;
	(void)url;
	(void)version;
	if (conn->stage == STAGE_IDLE)
		return begin(conn, method);
	if (*data_len > 0) {
		struct str piece = { data, *data_len };
		*data_len = 0;
		return take_body(conn, piece);
	}
	switch (conn->stage) {
	case STAGE_BODY: conn->req.body = buf_str(&conn->body); return run(conn, false);
	case STAGE_PARKED: {
		bool last = clock_monotonic(conn->server->clock) >= conn->wake_at;
		return run(conn, last);
	}
	case STAGE_DROP: return send_answer(conn);
	case STAGE_IDLE:
	case STAGE_ANSWERED: break;
	}
	return MHD_NO;
}

void
http_serve_done(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_RequestTerminationCode why)
{
	struct http_conn *conn = *context;

	(void)cls;
	(void)mhd;
	(void)why;
	http_response_done(&conn->resp);
	arena_clear(conn->arena);
	if (conn->body.cap > KEEP_MAX)
		buf_free(&conn->body);
	else
		buf_clear(&conn->body);
	conn->dropped = 0;
	conn->stage = STAGE_IDLE;
	http_conn_deadline(conn, conn->server->limits.idle_ms);
}
