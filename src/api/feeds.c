/* Feeds: servers of others that are read. */
#include "codec.h"
#include "handlers_p.h"
#include "notes_p.h"
#include "room.h"

static void
print_progress(struct json_writer *w, const struct feed *f)
{
	api_put_time(w, "reached", f->reached);
	api_put_time(w, "asked_at", f->asked_at);
	api_put_time(w, "polled_at", f->polled_at);
	api_put_time(w, "good_at", f->good_at);
	api_put_time(w, "next_at", f->next_at);
	api_put_flag(w, "pending", f->unfinished || f->asked_at > f->polled_at);
	api_put_i64(w, "failures", f->failures);
	api_put_text(w, "problem", f->problem);
	api_put_i64(w, "new", f->got);
	api_put_i64(w, "refused", f->refused);
	api_put_i64(w, "held_bytes", f->held_bytes);
	api_put_i64(w, "room_bytes", ROOM_BYTES_FEED);
}

/* All but the secret: it is told to nobody. */
static void
print_feed(struct json_writer *w, const struct feed *f)
{
	char pin[HASH_HEX + 1] = "";

	if (f->pin.len == HASH_BYTES)
		hex_text(f->pin.ptr, HASH_BYTES, pin);
	json_begin_object(w);
	api_put_text(w, "name", f->name);
	api_put_text(w, "url", f->url);
	api_put_text(w, "api_root", f->api_root);
	api_put_text(w, "collection", f->collection);
	api_put_text(w, "types", f->types);
	api_put_text(w, "source", f->source);
	api_put_text(w, "login", str_of(feed_login_name(f->login)));
	api_put_text(w, "user", f->account);
	api_put_flag(w, "own_authority", f->authority.len > 0);
	api_put_text(w, "pin", str_of(pin));
	api_put_i64(w, "every", f->every_s);
	api_put_text(w, "added_by", f->added_by);
	api_put_time(w, "added_at", f->added_at);
	print_progress(w, f);
	json_end_object(w);
}

enum err
api_get_feeds(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	const struct compartment of = api_compartment(api, req);
	struct feed_list list;

	TRY(db_pool_take(realm_readers(api->realm), &lease, why));
	TRY(feed_rows(lease.db, &of, req->arena, &list, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_begin_array(&w, "feeds");
	for (size_t i = 0; i < list.len; i++)
		print_feed(&w, &list.feed[i]);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}

/* ---- adding ---- */

/* Longer than other texts: tokens, certificates. */
static enum err
read_long(const struct json *root, const char *name, struct str *ret, struct why *why)
{
	const struct json *v = json_get(root, str_of(name));

	*ret = json_str(v);
	if (v == NULL)
		*ret = S("");
	else if (v->type != JSON_STRING || ret->len > FEED_PEM_MAX ||
	         memchr(ret->ptr, '\0', ret->len) != NULL)
		return fail(why, ERR_INVALID, "api.value",
		    "%s must be a text of at most %d bytes without NUL", name, FEED_PEM_MAX);
	return OK;
}

static enum err
two_logins(struct why *why)
{
	return fail(why, ERR_INVALID, "feed.login",
	    "a feed has one way to sign in: user and password, a token, or a certificate and its "
	    "key");
}

static enum err
read_login(const struct json *root, struct feed *f, struct why *why)
{
	struct str password, token, key;

	TRY(api_read_text(root, "user", false, &f->account, why));
	TRY(read_long(root, "password", &password, why));
	TRY(read_long(root, "token", &token, why));
	TRY(read_long(root, "certificate", &f->certificate, why));
	TRY(read_long(root, "key", &key, why));
	const bool basic = f->account.len > 0 || password.len > 0;
	const bool certificate = f->certificate.len > 0 || key.len > 0;
	if (basic + (token.len > 0) + certificate > 1)
		return two_logins(why);
	if (basic)
		f->login = FEED_BASIC;
	else if (certificate)
		f->login = FEED_CERTIFICATE;
	else if (token.len > 0)
		f->login = FEED_BEARER;
	f->secret = basic ? password : certificate ? key : token;
	return OK;
}

static enum err
read_pin(struct arena *a, const struct json *root, struct feed *f, struct why *why)
{
	struct str text;
	struct hash hash;

	TRY(api_read_text(root, "pin", false, &text, why));
	if (text.len == 0)
		return OK;
	if (!hash_parse(text, &hash))
		return fail(why, ERR_INVALID, "feed.pin",
		    "a pin is the SHA-256 of the server's public key, 64 hex digits");
	f->pin = arena_str(a, hash_str(&hash));
	return OK;
}

static enum err
read_feed(struct arena *a, struct str text, struct feed *f, struct why *why)
{
	const struct json *root = NULL;
	uint64_t every = FEED_EVERY_S;

	TRY(api_read_object(a, text,
	    "name url api_root collection types source user password token certificate key "
	    "authority pin every",
	    &root, why));
	TRY(api_read_text(root, "name", true, &f->name, why));
	TRY(api_read_text(root, "url", true, &f->url, why));
	TRY(api_read_text(root, "api_root", false, &f->api_root, why));
	TRY(api_read_text(root, "collection", true, &f->collection, why));
	TRY(api_read_text(root, "types", false, &f->types, why));
	TRY(api_read_text(root, "source", false, &f->source, why));
	TRY(read_long(root, "authority", &f->authority, why));
	if (json_get(root, S("every")) != NULL)
		TRY(api_read_number(root, "every", FEED_EVERY_MAX_S, &every, why));
	f->every_s = (int64_t)every;
	TRY(read_pin(a, root, f, why));
	return read_login(root, f, why);
}

/* As who asks is known elsewhere: the owner of the machine has no account. */
static struct str
who(const struct http_request *req)
{
	return req->principal.id.len > 0 ? req->principal.id : S("control");
}

enum err
api_post_feed(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	struct feed f = {
		.owner = api_organisation(api, req),
		.enclave = api_enclave(api, req),
		.added_by = who(req),
	};

	struct api_notes notes = { .len = 0 };

	TRY(read_feed(req->arena, req->body, &f, why));
	for (struct str rest = f.types; rest.len > 0;)
		TRY(api_note_type(req->arena, str_split(&rest, ','), &notes, why));
	TRY(feed_add(api->realm, &f, req->arena, why));
	feeds_wake(api->feeds);
	realm_changed(api->realm);
	return api_answer_noted(ret, "name", f.name, &notes);
}

/* ---- one feed ---- */

static struct feed_place
place_of(const struct api *api, const struct http_request *req)
{
	return (struct feed_place){
		.of = api_compartment(api, req),
		.name = http_param(req, "name"),
		.account = who(req),
	};
}

/* A node that serves has a worker, which is woken; else one turn is done here. */
enum err
api_poll_feed(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct feed_place at = place_of(api, req);
	struct feed_turn turn = { 0 };

	TRY(api_read_nothing(req->arena, req->body, why));
	if (api->feeds != NULL) {
		TRY(feed_ask(api->realm, &at, why));
		feeds_wake(api->feeds);
		return api_done(ret, 202);
	}
	TRY(feed_poll(api->realm, &at, &turn, why));
	struct json_writer w = api_answer(ret);
	json_begin_object(&w);
	api_put_u64(&w, "pages", turn.pages);
	api_put_u64(&w, "new", turn.got);
	api_put_u64(&w, "same", turn.same);
	api_put_u64(&w, "refused", turn.refused);
	api_put_flag(&w, "more", turn.more);
	json_end_object(&w);
	return OK;
}

enum err
api_delete_feed(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct api *api = ctx;
	const struct feed_place at = place_of(api, req);

	TRY(feed_remove(api->realm, &at, req->arena, why));
	realm_changed(api->realm);
	return api_done(ret, 204);
}
