/* One turn at one feed: page after page, as long as it goes on and gets
 * anywhere (TC-013 to TC-015). */
#include "crash.h"
#include "feed_p.h"
#include "log.h"
#include "random.h"
#include "store.h"

enum {
	POLL_ARENA_MAX = 16 * MIB, /* the feed, discovery, root and collection */
	/* Asked for; servers give less when they like. */
	LIMIT_FIRST = 1000,
	LIMIT_MAX = 16'000, /* when one instant fills a page */
	/* Pages that bring nothing that this turn has not seen. */
	DULL_MAX = 3,
	/* Of one turn: the next one goes on where it ended. */
	PAGES_MAX = 10'000,
	TURN_S = 120,
	/* Objects of a turn that are remembered; more are not told from new ones, and
	 * PAGES_MAX and TURN_S end the turn. */
	SEEN_MAX = 1 << 18,
	/* Servers give several objects one instant, or dates of whole seconds: what
	 * shares the last one is asked for once more (TC-015). */
	OVERLAP_US = 1'000'000,
	/* A server that fails is asked less and less often. */
	BACKOFF_FIRST_S = 60,
	BACKOFF_MAX_S = 3600,
	BACKOFF_DOUBLINGS = 6,
};

struct polling {
	struct realm *realm;
	struct feed feed;
	struct feed_turn *turn;
	struct feed_line *line;
	struct arena *arena;
	struct str objects; /* path of the collection's objects */
	size_t limit;
	time_us after;   /* added_after; 0: none */
	struct str next; /* empty: none */
	time_us last;    /* of the page before; 0: none */
	size_t dull;     /* pages in a row without anything new */
	int64_t wait_s;  /* that the server asks for */
	bool gap;        /* one instant holds more than we can ask for */
	uint64_t *seen;  /* hash table; 0: free */
	size_t seen_len;
	time_us until; /* of the monotonic clock */
	const atomic_bool *stop;
};

static time_us
now_of(const struct polling *p)
{
	return clock_wall(realm_clock(p->realm));
}

/* ---- what the turn has seen ---- */

/* Whether it is new.  A table that is full takes all for new. */
static bool
see(struct polling *p, uint64_t key)
{
	if (p->seen_len >= SEEN_MAX / 4 * 3)
		return true;
	for (size_t i = key % SEEN_MAX;; i = (i + 1) % SEEN_MAX) {
		if (p->seen[i] == key)
			return false;
		if (p->seen[i] == 0) {
			p->seen[i] = key;
			p->seen_len++;
			return true;
		}
	}
}

static bool
see_page(struct polling *p, const struct feed_taking *t)
{
	bool any = false;

	for (size_t i = 0; i < t->page->len; i++)
		any |= see(p, t->key[i]);
	return any;
}

/* ---- finding the collection ---- */

static enum err
get(struct polling *p, struct str target, struct feed_got *ret, struct arena *a, struct why *why)
{
	enum err err = feed_line_get(p->line, target, a, now_of(p), ret, why);

	p->wait_s = ret->wait_s;
	return err;
}

/* The API root that discovery prefers, or the first that may be followed. */
static enum err
discover(struct polling *p, const struct feed_url *at, struct feed_url *ret, struct why *why)
{
	struct feed_got got;
	struct feed_discovery found;
	struct why bad = { 0 };

	TRY(get(p, at->path, &got, p->arena, why));
	TRY(feed_discovery_read(p->arena, got.body, &found, why));
	if (found.preferred.len > 0 &&
	    feed_url_below(p->arena, at, found.preferred, ret, &bad) == OK)
		return OK;
	for (size_t i = 0; i < found.roots; i++) {
		if (feed_url_below(p->arena, at, found.root[i], ret, &bad) == OK)
			return OK;
	}
	if (bad.code != NULL)
		return fail(why, ERR_FORBIDDEN, bad.code, "%s", bad.text);
	return fail(why, ERR_NOT_FOUND, "feed.no-root",
	    "the server names no API root to us: give it by itself");
}

static enum err
check_collection(struct polling *p, const struct feed_url *root, struct why *why)
{
	CLEANUP(buf_free) struct buf id = buf_new(4 * KIB);
	struct feed_got got;

	TRY(get(p, root->path, &got, p->arena, why));
	TRY(feed_root_check(p->arena, got.body, why));
	http_encode(&id, p->feed.collection);
	struct str path = arena_printf(p->arena, STR_FMT "collections/" STR_FMT "/",
	    STR_ARG(root->path), STR_ARG(buf_str(&id)));
	TRY(get(p, path, &got, p->arena, why));
	TRY(feed_collection_check(p->arena, got.body, why));
	p->objects = arena_printf(p->arena, STR_FMT "objects/", STR_ARG(path));
	return OK;
}

static enum err
find_collection(struct polling *p, struct why *why)
{
	struct str begin = p->feed.api_root.len > 0 ? p->feed.api_root : p->feed.url;
	struct feed_url at, root;

	TRY(feed_url_read(p->arena, begin, &at, why));
	TRY(feed_line_open(&p->feed, &at, &p->line, why));
	root = at;
	if (p->feed.api_root.len == 0)
		TRY(discover(p, &at, &root, why));
	return check_collection(p, &root, why);
}

/* ---- one page ---- */

static struct str
page_target(const struct polling *p, struct arena *a)
{
	CLEANUP(buf_free) struct buf out = buf_new(16 * KIB);
	char after[TIME_TEXT_MAX];

	buf_printf(&out, STR_FMT "?limit=%zu", STR_ARG(p->objects), p->limit);
	if (p->after > 0) {
		time_text(p->after, after);
		buf_printf(&out, "&added_after=%s", after);
	}
	if (p->feed.types.len > 0)
		buf_printf(&out, "&match%%5Btype%%5D=" STR_FMT, STR_ARG(p->feed.types));
	if (p->next.len > 0) {
		buf_put(&out, S("&next="));
		http_encode(&out, p->next);
	}
	return arena_str(a, buf_str(&out));
}

static enum err
fetch(struct polling *p, struct arena *a, struct feed_page *ret, struct why *why)
{
	struct feed_got got;

	TRY(get(p, page_target(p, a), &got, a, why));
	const struct feed_page_text text = { got.body, got.added_last, now_of(p) };
	TRY(feed_page_read(a, &text, ret, why));
	if (got.added_last.len > 0 && ret->last == 0)
		log_event(LOG_WARNING, "feed.date", LOG_STR("feed", p->feed.name),
		    LOG_STR("date", str_sub(got.added_last, 0, 64)));
	return OK;
}

static enum err
take(struct polling *p, const struct feed_page *page, struct arena *a, struct why *why)
{
	struct feed_taking t = {
		.realm = p->realm,
		.feed = &p->feed,
		.arena = a,
		.page = page,
	};

	TRY(feed_take(&t, why));
	CRASH_POINT("feed");
	struct feed_note note = {
		.feed = &p->feed,
		.reached = page->last,
		.got = (int64_t)t.got,
		.refused = (int64_t)t.refused,
	};
	/* A turn that brought nothing writes nothing here. */
	if (t.got + t.refused > 0 || page->last > p->feed.reached)
		TRY(feed_note_page(p->realm, &note, why));
	if (page->last > p->feed.reached)
		p->feed.reached = page->last;
	p->turn->pages++;
	p->turn->got += t.got;
	p->turn->same += t.same;
	p->turn->refused += t.refused;
	p->dull = see_page(p, &t) ? 0 : p->dull + 1;
	return OK;
}

/* ---- the page after it ---- */

static enum err
endless(const struct polling *p, struct why *why)
{
	return fail(why, ERR_INVALID, "feed.endless",
	    "the server says that more follows, and %zu pages brought nothing new", p->dull);
}

/* Without `next` the date of the last object leads on.  It is asked from just
 * before that date, as the next page may begin in the middle of its instant;
 * where one instant fills a page, with larger ones. */
static enum err
follow_date(struct polling *p, const struct feed_page *page, struct why *why)
{
	if (page->last == 0)
		return fail(why, ERR_INVALID, "feed.no-cursor",
		    "the server says that more follows, and neither by next nor by "
		    "X-TAXII-Date-Added-Last how to ask for it");
	if (page->last < p->last)
		return fail(why, ERR_INVALID, "feed.endless",
		    "the server goes back in time between two pages");
	bool stays = page->last == p->last && p->dull > 0;
	p->last = page->last;
	p->after = page->last - 1;
	if (!stays)
		return OK;
	if (p->limit < LIMIT_MAX) {
		p->limit = p->limit * 4 < LIMIT_MAX ? p->limit * 4 : LIMIT_MAX;
		p->dull = 0;
		return OK;
	}
	p->gap = true;
	p->after = page->last;
	return p->dull > DULL_MAX ? endless(p, why) : OK;
}

static enum err
follow(struct polling *p, const struct feed_page *page, struct why *why)
{
	if (page->next.len == 0)
		return follow_date(p, page, why);
	/* The token may be the same on every page: what it brings counts. */
	if (p->dull > DULL_MAX)
		return endless(p, why);
	heap_free((void *)p->next.ptr);
	p->next = (struct str){ heap_cstr(page->next), page->next.len };
	return OK;
}

/* A page that is too large, or too slow, is asked for in smaller ones. */
static bool
is_too_large(enum err err, const struct why *why)
{
	return err == ERR_LIMIT || (err == ERR_IO && strcmp(why->code, "http.timeout") == 0);
}

static bool
is_over(const struct polling *p)
{
	return p->turn->pages >= PAGES_MAX || clock_monotonic(realm_clock(p->realm)) > p->until ||
	       (p->stop != NULL && atomic_load(p->stop));
}

static enum err
page_step(struct polling *p, bool *ret_more, struct why *why)
{
	for (;;) {
		CLEANUP(arena_freep) struct arena *a = arena_new(FEED_ARENA_MAX);
		struct feed_page page;
		struct why bad = { 0 };
		enum err err = fetch(p, a, &page, &bad);

		if (err != OK && is_too_large(err, &bad) && p->limit > 1 && !is_over(p)) {
			p->limit = p->limit > 8 ? p->limit / 8 : 1;
			continue;
		}
		if (err != OK)
			return fail(why, err, bad.code, "%s", bad.text);
		TRY(take(p, &page, a, why));
		*ret_more = page.more;
		return page.more ? follow(p, &page, why) : OK;
	}
}

static enum err
poll_pages(struct polling *p, struct why *why)
{
	bool more = true;

	TRY(feed_unseal(p->realm, &p->feed, p->arena, why));
	TRY(find_collection(p, why));
	p->after = p->feed.reached > OVERLAP_US ? p->feed.reached - OVERLAP_US : 0;
	while (more) {
		if (is_over(p)) {
			p->turn->more = true;
			return OK;
		}
		TRY(page_step(p, &more, why));
	}
	return OK;
}

/* ---- a turn ---- */

/* Between 3/4 and 5/4, so that those who failed together do not come together. */
static int64_t
jitter(int64_t seconds)
{
	uint32_t any = 0;

	random_bytes(&any, sizeof(any));
	return seconds - seconds / 4 + (int64_t)(any % (uint64_t)(seconds / 2 + 1));
}

static int64_t
pause_s(const struct polling *p, enum err err)
{
	int64_t doublings = p->feed.failures;

	if (err == OK)
		return p->turn->more ? 0 : p->feed.every_s;
	if (doublings > BACKOFF_DOUBLINGS)
		doublings = BACKOFF_DOUBLINGS;
	int64_t wait = (int64_t)BACKOFF_FIRST_S << doublings;
	wait = jitter(wait < BACKOFF_MAX_S ? wait : BACKOFF_MAX_S);
	return wait > p->wait_s ? wait : p->wait_s;
}

static void
report(const struct polling *p, enum err err, const struct why *why)
{
	const struct feed_turn *t = p->turn;

	if (p->gap)
		log_event(LOG_WARNING, "feed.gap", LOG_STR("feed", p->feed.name));
	if (t->got + t->refused > 0 || err != OK || p->feed.problem.len > 0)
		log_event(LOG_NOTICE, "feed.read", LOG_STR("feed", p->feed.name),
		    LOG_U64("pages", t->pages), LOG_U64("new", t->got), LOG_U64("same", t->same),
		    LOG_U64("refused", t->refused));
	if (err != OK)
		log_event(LOG_WARNING, "feed.problem", LOG_STR("feed", p->feed.name), LOG_WHY(why));
}

static void
polling_end(struct polling *p)
{
	feed_line_close(p->line);
	heap_free(p->seen);
	heap_free((void *)p->next.ptr);
}

static enum err
run_turn(struct polling *p, struct why *why)
{
	struct why bad = { 0 };
	enum err err = poll_pages(p, &bad);
	struct feed_end end = {
		.feed = &p->feed,
		.at = now_of(p),
		.unfinished = p->turn->more,
	};

	if (err == OK && p->gap)
		err = fail(&bad, ERR_INVALID, "feed.gap",
		    "one instant of the server holds more objects than can be asked for: some "
		    "are missing");
	end.next_at = end.at + pause_s(p, err) * US_PER_S;
	end.problem = err == OK ? S("") : str_of(bad.text);
	report(p, err, &bad);
	TRY(feed_note_end(p->realm, &end, why));
	p->turn->noted = true;
	return err == OK ? OK : fail(why, err, bad.code, "%s", bad.text);
}

enum err
feed_poll(struct realm *r, const struct feed_place *at, struct feed_turn *ret, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(POLL_ARENA_MAX);
	CLEANUP(polling_end)
	struct polling p = {
		.realm = r,
		.turn = ret,
		.arena = a,
		.limit = LIMIT_FIRST,
		.stop = at->stop,
		.until = clock_monotonic(realm_clock(r)) + TURN_S * US_PER_S,
	};

	*ret = (struct feed_turn){ 0 };
	TRY(feed_find(r, at, a, &p.feed, why));
	p.seen = heap_new(sizeof(*p.seen), SEEN_MAX);
	return run_turn(&p, why);
}
