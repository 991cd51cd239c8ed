#include "gather_p.h"
#include "marking.h"
#include "uuid_make.h"

/* The items found so far, sorted by identifier. */
struct gathering {
	const struct release_job *job;
	const struct release_ask *ask;
	int64_t as_of_leaf;
	struct str agreement;         /* id */
	struct agreement_item **item; /* sorted by identifier */
	size_t len;
	size_t max;
	struct why *why;
	enum err err; /* of a callback that has no other way to say it */
};

/* Where id stands, or would stand. */
static size_t
place_of(const struct gathering *g, struct str id, bool *ret_found)
{
	size_t low = 0, high = g->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(g->item[mid]->object.id, id);

		if (order == 0) {
			*ret_found = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*ret_found = false;
	return low;
}

static const char list_ways[] =
    "SELECT giver, originator, path, received_under FROM object"
    " WHERE object_id = $1 AND giver <> '' ORDER BY shard_key, date_added LIMIT $2";

/* Whoever gave it to us once stays its giver, also when it was imported again
 * or was recalled: each way it came by counts. */
static enum err
add_ways(struct gathering *g, struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct arena *a = g->job->arena;
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, list_ways, DB_T(item->object.id), DB_I(WAYS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (item->giver.len == 0) {
			item->giver = arena_str(a, db_col_text(&rows, 0));
			item->originator = arena_str(a, db_col_text(&rows, 1));
			item->received_under = arena_str(a, db_col_text(&rows, 3));
		}
		item->path = arena_printf(a, STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
		    STR_ARG(item->path), STR_ARG(db_col_text(&rows, 2)),
		    STR_ARG(db_col_text(&rows, 0)), STR_ARG(db_col_text(&rows, 1)));
	}
}

static enum err
load_item(struct gathering *g, struct str id, bool selected, struct agreement_item **ret,
    struct why *why)
{
	struct stored stored;
	const struct json *tree = NULL;
	struct agreement_item *item = arena_make(g->job->arena, struct agreement_item, 1);

	if (item == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	TRY(store_latest_of(g->job->db, g->job->arena, id,
	    selected ? g->job->gate->organisation : S(""), &stored, why));
	TRY(json_parse(g->job->arena, stored.raw, NULL, &tree, why));
	TRY(stix_scan(tree, &item->object, why));
	item->version = stored.version;
	item->originator = stored.provenance.originator;
	item->giver = stored.provenance.giver;
	item->path = stored.provenance.path;
	item->received_under = stored.provenance.received_under;
	TRY(add_ways(g, item, why));
	*ret = item;
	return OK;
}

/* Adds the object unless it is there; one that we do not have is passed over,
 * unless it is asked for by name.  Only our own organisation's may be asked for:
 * what another of our party owns decides ties and never leaves by us. */
static enum err
add_item(struct gathering *g, struct str id, bool selected, struct why *why)
{
	bool found = false;
	size_t at = place_of(g, id, &found);
	struct agreement_item *item = NULL;

	if (found) {
		g->item[at]->selected |= selected;
		return OK;
	}
	if (g->len == g->max)
		return fail(why, ERR_LIMIT, "release.selection",
		    "more than %zu objects hang together; release fewer at a time", g->max);
	enum err err = load_item(g, id, selected, &item, why);
	if (err == ERR_NOT_FOUND && !selected)
		return OK;
	if (err != OK)
		return err;
	item->selected = selected;
	memmove(&g->item[at + 1], &g->item[at], (g->len - at) * sizeof(struct agreement_item *));
	g->item[at] = item;
	g->len++;
	return OK;
}

static bool
add_target(void *arg, struct str id, struct str property, struct str pointer)
{
	struct gathering *g = arg;
	struct marking known;

	(void)property;
	(void)pointer;
	if (marking_by_id(id, &known))
		return true;
	g->err = add_item(g, id, false, g->why);
	return g->err == OK;
}

/* Adds what the items refer to. */
static enum err
add_targets(struct gathering *g, struct agreement_item *const *from, size_t n, struct why *why)
{
	g->why = why;
	g->err = OK;
	for (size_t i = 0; i < n; i++) {
		stix_each_ref(&from[i]->object, add_target, g);
		TRY(g->err);
	}
	return OK;
}

static const char list_referrers[] =
    "SELECT DISTINCT r.source FROM object_ref r WHERE r.target = $1 AND EXISTS"
    " (SELECT 1 FROM object o WHERE o.object_id = r.source AND o.latest = 1"
    " AND o.giver IN ('', $2)) ORDER BY r.source LIMIT $3";

/* Whom everybody knows ties nothing together. */
static bool
is_public(const struct gathering *g, struct str id)
{
	return str_eq(id, g->job->gate->redaction_identity);
}

/* Our own objects that refer to one, and those of its giver: what others
 * received and said about it ties nothing of ours. */
static enum err
add_referrers_of(struct gathering *g, const struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct str *id = arena_make(g->job->arena, struct str, REFERRERS_MAX);
	bool has = false;
	size_t n = 0;

	if (id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	TRY(db_select(g->job->db, &rows, why, list_referrers, DB_T(item->object.id),
	    DB_T(item->giver), DB_I(REFERRERS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		id[n++] = arena_str(g->job->arena, db_col_text(&rows, 0));
	}
	db_rows_endp(&rows);
	if (n == REFERRERS_MAX)
		return fail(why, ERR_LIMIT, "release.hub",
		    "%d or more objects refer to " STR_FMT "; its ties cannot be judged",
		    REFERRERS_MAX, STR_ARG(item->object.id));
	for (size_t i = 0; i < n; i++)
		TRY(add_item(g, id[i], false, why));
	return OK;
}

static enum err
add_referrers(struct gathering *g, struct agreement_item *const *from, size_t n, struct why *why)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_public(g, from[i]->object.id))
			TRY(add_referrers_of(g, from[i], why));
	}
	return OK;
}

/* ---- who must not be named ---- */

struct needles {
	struct gathering *g;
	struct str *id;
	size_t len;
};

static enum err
note_needle(void *arg, struct str id, struct str raw, struct why *why)
{
	struct needles *n = arg;

	(void)raw;
	if (n->len == NEEDLES_MAX)
		return fail(why, ERR_LIMIT, "release.needles",
		    "more than %d identities and mailboxes are here to be looked for", NEEDLES_MAX);
	n->id[n->len++] = arena_str(n->g->job->arena, id);
	return OK;
}

/* Every identity and mailbox that we hold: its name may stand in the text of
 * an object that does not refer to it. */
static enum err
add_needles(struct gathering *g, struct why *why)
{
	static const char *const types[] = { "identity", "email-addr", "user-account" };
	struct needles n = { .g = g, .id = arena_make(g->job->arena, struct str, NEEDLES_MAX) };

	if (n.id == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	for (size_t i = 0; i < COUNTOF(types); i++)
		TRY(store_each_latest(g->job->db, str_of(types[i]), note_needle, &n, why));
	for (size_t i = 0; i < n.len; i++)
		TRY(add_item(g, n.id[i], false, why));
	return OK;
}

/* A copy of the list as it stands: adding moves the original. */
static enum err
snapshot(struct gathering *g, struct agreement_item ***ret, size_t *ret_len, struct why *why)
{
	struct agreement_item **copy =
	    arena_make(g->job->arena, struct agreement_item *, g->len + 1);

	if (copy == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	memcpy(copy, g->item, g->len * sizeof(struct agreement_item *));
	*ret = copy;
	*ret_len = g->len;
	return OK;
}

/* Selected objects, what they name and what names them, and what those name:
 * an identity at the other end of a relationship is two steps away. */
static enum err
add_surroundings(struct gathering *g, struct why *why)
{
	struct agreement_item **seen = NULL;
	size_t n = 0;

	TRY(store_refs_catch_up(g->job->db, why));
	TRY(snapshot(g, &seen, &n, why));
	TRY(add_targets(g, seen, n, why));
	TRY(add_referrers(g, seen, n, why));
	TRY(snapshot(g, &seen, &n, why));
	return add_targets(g, seen, n, why);
}

/* ---- copies, and what the recipient has ---- */

static const char find_link[] =
    "SELECT copy_id, created_at FROM copy_link WHERE agreement = $1 AND source_id = $2";
static const char make_link[] =
    "INSERT INTO copy_link (agreement, source_id, copy_id, created_at) VALUES ($1, $2, $3, 0)";

static enum err
link_copy(struct gathering *g, struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, find_link, DB_T(g->agreement),
	    DB_T(item->object.id)));
	TRY(db_next(&rows, &has, why));
	if (has) {
		item->copy_id = arena_str(g->job->arena, db_col_text(&rows, 0));
		item->copy_created = db_col_i64(&rows, 1);
		return OK;
	}

	struct uuid fresh = uuid_v4();
	char text[UUID_TEXT + 1];
	uuid_text(&fresh, text);
	item->copy_id =
	    arena_printf(g->job->arena, STR_FMT "--%s", STR_ARG(item->object.type), text);
	return db_run(g->job->db, why, make_link, DB_T(g->agreement), DB_T(item->object.id),
	    DB_T(item->copy_id));
}

static const char find_delivered[] =
    "SELECT copied, version, copy_modified FROM release_item"
    " WHERE source_id = $1 AND recipient = $2 AND agreement = $3"
    " AND state IN ('released', 'paused') AND leaf <= $4 ORDER BY leaf DESC, place DESC LIMIT 1";

static enum err
find_what_was_delivered(struct gathering *g, struct agreement_item *item, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(g->job->db, &rows, why, find_delivered, DB_T(item->object.id),
	    DB_T(g->ask->to), DB_T(g->agreement), DB_I(g->as_of_leaf)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	item->delivered = db_col_i64(&rows, 0) != 0 ? DELIVERED_COPY : DELIVERED_ORIGINAL;
	if (item->delivered == DELIVERED_COPY && str_eq(db_col_text(&rows, 1), item->version))
		item->copy_modified = db_col_i64(&rows, 2);
	return OK;
}

/* Whether the recipient's party gave it to us: it knows the object by this identifier. */
static bool
is_from_recipient(const struct gathering *g, const struct agreement_item *item)
{
	struct str theirs = g->ask->to, giver = item->giver;

	return item->giver.len > 0 && str_eq(str_split(&giver, ':'), str_split(&theirs, ':'));
}

static enum err
complete_items(struct gathering *g, struct why *why)
{
	for (size_t i = 0; i < g->len; i++) {
		struct agreement_item *item = g->item[i];

		TRY(find_what_was_delivered(g, item, why));
		if (is_from_recipient(g, item))
			item->delivered = DELIVERED_ORIGINAL;
		if (item->selected || item->delivered == DELIVERED_COPY)
			TRY(link_copy(g, item, why));
	}
	return OK;
}

/* ---- consents ---- */

static const char list_consents[] =
    "SELECT identity, scope, recipient, valid_until, withdrawn_at FROM consent ORDER BY id LIMIT 4096";

static enum err
load_consents(struct db *db, struct arena *a, struct agreement_request *r, struct why *why)
{
	enum { CONSENTS_MAX = 4096 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct consent *list = arena_make(a, struct consent, CONSENTS_MAX);
	bool has = false;

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	TRY(db_query(db, list_consents, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		struct str scope = db_col_text(&rows, 1);
		list[r->consents++] = (struct consent){
			.identity = arena_str(a, db_col_text(&rows, 0)),
			.scope = str_is(scope, "name")       ? CONSENT_NAME
			         : str_is(scope, "personal") ? CONSENT_PERSONAL
			                                     : CONSENT_TECHNIQUE,
			.to = arena_str(a, db_col_text(&rows, 2)),
			.until = db_col_i64(&rows, 3),
			.withdrawn = db_col_i64(&rows, 4) != 0,
		};
	}
	r->consent = list;
	return OK;
}

/* ---- the request ---- */

bool
gather_has_purpose(const struct agreement *in, struct str code)
{
	for (size_t i = 0; i < in->purposes; i++) {
		if (str_eq(in->purpose[i].code, code))
			return true;
	}
	return false;
}

static enum err
check_recipient(const struct gate *g, const struct release_ask *ask, const struct agreement *in,
    struct why *why)
{
	const struct party *party = NULL;

	if (agreement_organisation(in, ask->to, &party) == NULL)
		return fail(why, ERR_INVALID, "release.recipient",
		    STR_FMT " is no organisation of " STR_FMT "; write PARTY:ORGANISATION",
		    STR_ARG(ask->to), STR_ARG(in->id));
	if (str_eq(party->code, g->party))
		return fail(why, ERR_INVALID, "release.recipient",
		    STR_FMT " is an organisation of our own party: that is access, not release",
		    STR_ARG(ask->to));
	if (!gather_has_purpose(in, ask->purpose))
		return fail(why, ERR_INVALID, "release.purpose",
		    STR_FMT " is no purpose of " STR_FMT, STR_ARG(ask->purpose), STR_ARG(in->id));
	return OK;
}

/* The agreement of an order; of a new one that with the recipient which is in
 * force, or any with it. */
static const struct standing *
agreement_for(const struct gather *in)
{
	const struct gate *g = in->job->gate;
	const struct standing *found = NULL;

	for (size_t i = 0; i < g->agreements; i++) {
		const struct standing *s = g->standing[i];
		struct standing_reason reason;

		if (agreement_organisation(s->agreement, in->ask->to, NULL) == NULL ||
		    (in->agreement.len > 0 && !str_eq(in->agreement, s->agreement->id)))
			continue;
		if (s->signed_by == s->agreement->parties &&
		    standing_in_force(s, in->ask->area, in->job->at, &reason))
			return s;
		/* A draft of one party changes nothing. */
		if (found == NULL || (found->signed_by < found->agreement->parties &&
		                         s->signed_by == s->agreement->parties))
			found = s;
	}
	return found;
}

static const char peer_verified[] = "SELECT verified_at FROM peer WHERE party = $1";

static enum err
is_recipient_verified(struct db *db, const struct standing *s, struct str to, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	const struct party *party = NULL;
	bool has = false;

	(void)agreement_organisation(s->agreement, to, &party);
	TRY(db_select(db, &rows, why, peer_verified, DB_T(party->code)));
	TRY(db_next(&rows, &has, why));
	*ret = has && db_col_i64(&rows, 0) != 0;
	return OK;
}

static enum err
fill_items(struct gathering *g, struct agreement_request *r, struct why *why)
{
	struct agreement_item *flat = arena_make(g->job->arena, struct agreement_item, g->len + 1);

	if (flat == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	for (size_t i = 0; i < g->len; i++)
		flat[i] = *g->item[i];
	r->item = flat;
	r->items = g->len;
	return OK;
}

/* The identity in whose name copies are made goes along until the recipient has it. */
static enum err
add_redaction_identity(struct gathering *g, struct why *why)
{
	struct agreement_item probe = { .object.id = g->job->gate->redaction_identity };

	TRY(find_what_was_delivered(g, &probe, why));
	return add_item(g, g->job->gate->redaction_identity, probe.delivered == DELIVERED_NOTHING,
	    why);
}

static enum err
gather_items(const struct gather *in, struct str agreement, struct agreement_request *r,
    struct why *why)
{
	struct gathering all = {
		.job = in->job,
		.ask = in->ask,
		.as_of_leaf = in->as_of_leaf,
		.agreement = agreement,
		.max = SELECTION_MAX + CONTEXT_MAX,
	};

	all.item = arena_make(in->job->arena, struct agreement_item *, all.max + 1);
	if (all.item == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	for (size_t i = 0; i < in->ask->ids; i++)
		TRY(add_item(&all, in->ask->id[i], true, why));
	TRY(add_redaction_identity(&all, why));
	TRY(add_surroundings(&all, why));
	TRY(add_needles(&all, why));
	TRY(complete_items(&all, why));
	return fill_items(&all, r, why);
}

static enum err
check_ask(const struct release_ask *ask, struct why *why)
{
	if (ask->ids == 0)
		return fail(why, ERR_INVALID, "release.empty", "no object was named");
	if (ask->ids > SELECTION_MAX)
		return fail(why, ERR_LIMIT, "release.selection",
		    "%zu objects in one order; at most %d", ask->ids, SELECTION_MAX);
	return OK;
}

enum err
gather_request(const struct gather *in, struct agreement_request *ret, struct why *why)
{
	const struct gate *g = in->job->gate;
	const struct release_ask *ask = in->ask;
	const struct standing *standing = agreement_for(in);
	struct agreement_request r = {
		.at = in->job->at,
		.copy_time = ask->copy_time - ask->copy_time % US_PER_S,
		.realm = g->realm,
		.order_realm = g->realm,
		.from = g->organisation,
		.to = ask->to,
		.channel = ask->channel,
		.purpose = ask->purpose,
		.area = ask->area,
		.redaction_identity = g->redaction_identity,
		.standing = standing,
		.packs = g->packs,
	};

	TRY(check_ask(ask, why));
	if (standing == NULL)
		return fail(why, ERR_INVALID, "release.recipient",
		    STR_FMT " is no organisation of any agreement we hold", STR_ARG(ask->to));
	TRY(check_recipient(g, ask, standing->agreement, why));
	if (r.area.len == 0)
		r.area = standing->agreement->area[0].code;
	memcpy(r.pack, g->pack, sizeof(r.pack));
	TRY(is_recipient_verified(in->job->db, standing, ask->to, &r.recipient_verified, why));
	TRY(gather_items(in, standing->agreement->id, &r, why));
	TRY(load_consents(in->job->db, in->job->arena, &r, why));
	*ret = r;
	return OK;
}

static const char find_bytes[] =
    "SELECT preview_hash FROM release_item WHERE source_id = $1 AND recipient = $2"
    " AND agreement = $3 AND state = 'released' ORDER BY leaf DESC, place DESC LIMIT 1";

/* Whether the copy has other bytes than the one delivered under its version. */
static enum err
is_changed_copy(struct db *db, const struct agreement_request *r,
    const struct agreement_decision *d, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = false;
	if (d->item->copy_modified == 0 || d->item->copy_modified == r->copy_time ||
	    d->bytes.len == 0)
		return OK;
	TRY(db_select(db, &rows, why, find_bytes, DB_T(d->item->object.id), DB_T(r->to),
	    DB_T(r->standing->agreement->id)));
	TRY(db_next(&rows, &has, why));
	struct hash hash = hash_of(d->bytes);
	*ret = has && !str_eq(db_col_blob(&rows, 0), hash_str(&hash));
	return OK;
}

enum err
gather_decide(const struct release_job *job, struct agreement_request *request,
    const struct agreement_decisions **ret, struct why *why)
{
	const struct agreement_decisions *all = NULL;
	struct agreement_item *item = (struct agreement_item *)(uintptr_t)request->item;
	bool again = false;

	TRY(agreement_decide(job->arena, request, &all, why));
	for (size_t i = 0; i < all->len; i++) {
		bool changed = false;

		TRY(is_changed_copy(job->db, request, &all->decision[i], &changed, why));
		if (changed)
			item[all->decision[i].item - request->item].copy_modified = 0;
		again |= changed;
	}
	if (again)
		TRY(agreement_decide(job->arena, request, &all, why));
	*ret = all;
	return OK;
}
