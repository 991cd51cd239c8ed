/* Agreements and statements about them, both ways. */
#include "dsse.h"
#include "exchange_p.h"
#include "json_writer.h"
#include "log.h"

/* ---- what is held here ---- */

static const char find_envelope[] = "SELECT envelope FROM agreement WHERE hash = $1";
static const char find_statements[] =
    "SELECT envelope FROM agreement_statement WHERE agreement_hash = $1 ORDER BY ordinal LIMIT $2";

static enum err
arena_full(struct why *why)
{
	return fail(why, ERR_LIMIT, "exchange.memory", "the agreements are too large");
}

static enum err
read_statements(struct db *db, struct arena *a, struct deed_entry *e, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	e->statement = arena_make(a, struct str, STATEMENTS_MAX);
	if (e->statement == NULL)
		return arena_full(why);
	TRY(db_select(db, &rows, why, find_statements, DB_B(hash_str(&e->document)),
	    DB_I(STATEMENTS_MAX)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct str copy = arena_str(a, db_col_blob(&rows, 0));

		if (copy.ptr == NULL)
			return arena_full(why);
		e->statement[e->statements++] = copy;
	}
}

static enum err
read_entry(struct db *db, struct arena *a, struct deed_entry *e, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_select_one(db, &rows, why, find_envelope, DB_B(hash_str(&e->document))));
	e->envelope = arena_str(a, db_col_blob(&rows, 0));
	if (e->envelope.ptr == NULL)
		return arena_full(why);
	return read_statements(db, a, e, why);
}

enum err
deeds_of(struct db *db, struct arena *a, const struct gate *g, struct str party,
    struct deed_list *ret, struct why *why)
{
	*ret = (struct deed_list){ .entry = arena_make(a, struct deed_entry, g->agreements + 1) };
	if (ret->entry == NULL)
		return arena_full(why);
	for (size_t i = 0; i < g->agreements; i++) {
		const struct agreement *in = g->standing[i]->agreement;

		if (agreement_party(in, party) == NULL)
			continue;
		struct deed_entry *e = &ret->entry[ret->len++];
		e->document = in->hash;
		TRY(read_entry(db, a, e, why));
	}
	return OK;
}

/* ---- taking one ---- */

static enum err
not_theirs(struct why *why, const struct peer *p, const char *what)
{
	return fail(why, ERR_FORBIDDEN, "exchange.not-yours",
	    "%s must be signed by " STR_FMT ", who brings it", what, STR_ARG(p->party));
}

/* Whether the party signed with the key that its invitation introduced. */
static bool
is_signed_by(const struct standing *s, const struct peer *p)
{
	for (size_t i = 0; i < s->agreement->parties; i++) {
		const struct party *party = &s->agreement->party[i];

		if (str_eq(party->code, p->party))
			return (s->signed_mask & (UINT32_C(1) << i)) != 0 &&
			       memcmp(party->agreement_key.byte, p->agreement_key,
			           PEER_KEY_BYTES) == 0;
	}
	return false;
}

static bool
is_draft(const struct standing *s)
{
	return s->signed_by < s->agreement->parties;
}

static bool
is_held(const struct gate *g, const struct hash *document)
{
	for (size_t i = 0; i < g->agreements; i++) {
		if (hash_eq(&g->standing[i]->agreement->hash, document))
			return true;
	}
	return false;
}

/* One that is held here: does it stand in the way of another version? */
static enum err
check_version(const struct standing *s, const struct agreement *offered, struct why *why)
{
	const struct agreement *held = s->agreement;

	if (!str_eq(held->id, offered->id))
		return OK;
	if (held->version >= offered->version)
		return fail(why, ERR_CONFLICT, "exchange.older",
		    STR_FMT " is here in version %" PRIu64 " already", STR_ARG(held->id),
		    held->version);
	if (is_draft(s))
		return fail(why, ERR_CONFLICT, "exchange.draft",
		    "version %" PRIu64 " of " STR_FMT " waits for a signature: that comes first",
		    held->version, STR_ARG(held->id));
	return OK;
}

/* A partner may bring a new document as long as there is room for it in the
 * gate, which all partners share, and few of it wait for our signature. */
static enum err
check_room(const struct gate *g, const struct peer *peer, const struct agreement *offered,
    struct why *why)
{
	size_t drafts = 0;

	if (is_held(g, &offered->hash))
		return OK;
	for (size_t i = 0; i < g->agreements; i++) {
		TRY(check_version(g->standing[i], offered, why));
		drafts += is_draft(g->standing[i]) &&
		          agreement_party(g->standing[i]->agreement, peer->party) != NULL;
	}
	if (drafts >= DRAFTS_MAX)
		return fail(why, ERR_LIMIT, "exchange.drafts",
		    "%d agreements with " STR_FMT " wait for a signature: those come first",
		    DRAFTS_MAX, STR_ARG(peer->party));
	if (g->agreements >= AGREEMENTS_TAKEN_MAX)
		return fail(why, ERR_LIMIT, "exchange.agreements",
		    "%zu agreements are held here; a partner cannot add another", g->agreements);
	return OK;
}

static enum err
take_agreement(struct realm *r, const struct deed_offer *offer, struct arena *a, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(r);
	struct standing s = { 0 };

	TRY(standing_open(a, offer->envelope, &s, why));
	if (agreement_party(s.agreement, realm_identity(r)->party) == NULL)
		return fail(why, ERR_FORBIDDEN, "agreement.stranger",
		    STR_FMT " is no party of " STR_FMT, STR_ARG(realm_identity(r)->party),
		    STR_ARG(s.agreement->id));
	if (!is_signed_by(&s, offer->peer))
		return not_theirs(why, offer->peer, "an agreement");
	TRY(check_room(gate_of(gate), offer->peer, s.agreement, why));
	return realm_agreement_add(r, offer->envelope, why);
}

static const struct standing *
standing_of(const struct gate *g, const struct hash *document)
{
	for (size_t i = 0; i < g->agreements; i++) {
		if (hash_eq(&g->standing[i]->agreement->hash, document))
			return g->standing[i];
	}
	return NULL;
}

static enum err
take_statement(struct realm *r, const struct deed_offer *offer, struct str payload, struct arena *a,
    struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(r);
	struct statement s;

	TRY(statement_parse(a, payload, &s, why));
	const struct standing *about = standing_of(gate_of(gate), &s.agreement);
	if (about == NULL || agreement_party(about->agreement, offer->peer->party) == NULL)
		return fail(why, ERR_NOT_FOUND, "agreement.none",
		    "the statement is about an agreement that is not here");
	if (offer->posted && !str_eq(s.party, offer->peer->party))
		return not_theirs(why, offer->peer, "a statement");
	if (about->epoch >= STATEMENTS_MAX)
		return fail(why, ERR_LIMIT, "exchange.statements",
		    "%d statements about " STR_FMT " are held here; make a new agreement",
		    STATEMENTS_MAX, STR_ARG(about->agreement->id));
	return realm_statement_add(r, offer->envelope, why);
}

enum err
deed_take(struct realm *r, const struct deed_offer *offer, struct arena *a, struct why *why)
{
	struct dsse e = { 0 };
	enum err err;

	TRY(dsse_parse(a, offer->envelope, &e, why));
	if (str_eq(e.payload_type, S(AGREEMENT_PAYLOAD_TYPE)))
		err = take_agreement(r, offer, a, why);
	else if (str_eq(e.payload_type, S(STATEMENT_PAYLOAD_TYPE)))
		err = take_statement(r, offer, e.payload, a, why);
	else
		return fail(why, ERR_INVALID, "exchange.envelope",
		    "an envelope here holds an agreement or a statement, not " STR_FMT,
		    STR_ARG(e.payload_type));
	if (err == OK)
		log_event(LOG_NOTICE, "exchange.agreement", LOG_STR("peer", offer->peer->name),
		    LOG_STR("kind", e.payload_type));
	return err;
}

/* ---- what the partner holds ---- */

/* What both of us hold of one document. */
struct pair {
	const struct deed_entry *ours;
	const struct deed_entry *theirs;
};

static enum err
read_theirs_entry(const struct json *v, struct arena *a, struct deed_entry *ret, struct why *why)
{
	const struct json *envelope = json_get(v, S("envelope"));
	const struct json *list = json_get(v, S("statements"));
	struct dsse e = { 0 };

	if (!json_is(envelope, JSON_OBJECT) || !json_is(list, JSON_ARRAY) ||
	    list->len > STATEMENTS_MAX)
		return fail(why, ERR_INVALID, "exchange.agreements",
		    "an agreement of the partner's list has no envelope, or too many statements");
	ret->envelope = envelope->raw;
	TRY(dsse_parse(a, ret->envelope, &e, why));
	ret->document = hash_of(e.payload);
	ret->statement = arena_make(a, struct str, (size_t)list->len + 1);
	if (ret->statement == NULL)
		return arena_full(why);
	for (const struct json *s = list->first; s != NULL; s = s->next)
		ret->statement[ret->statements++] = s->raw;
	return OK;
}

static enum err
read_theirs(struct talk *t, struct arena *a, struct deed_list *ret, struct why *why)
{
	const struct json *tree = NULL;
	const struct talk_ask ask = { .target = S("/exchange/v1/agreements") };

	TRY(talk_json(t, &ask, a, &tree, why));
	const struct json *list = json_get(tree, S("agreements"));
	if (!json_is(list, JSON_ARRAY) || list->len > COUNTOF(((struct gate *)0)->standing))
		return fail(why, ERR_INVALID, "exchange.agreements",
		    STR_FMT " lists no agreements, or too many", STR_ARG(t->peer->name));
	*ret = (struct deed_list){ .entry = arena_make(a, struct deed_entry, list->len + 1) };
	if (ret->entry == NULL)
		return arena_full(why);
	for (const struct json *v = list->first; v != NULL; v = v->next)
		TRY(read_theirs_entry(v, a, &ret->entry[ret->len++], why));
	return OK;
}

/* ---- the difference ---- */

static const struct deed_entry *
entry_of(const struct deed_list *list, const struct hash *document)
{
	for (size_t i = 0; i < list->len; i++) {
		if (hash_eq(&list->entry[i].document, document))
			return &list->entry[i];
	}
	return NULL;
}

/* Whether `from` has a signature that `to` lacks; to may be NULL. */
static enum err
has_more(struct arena *a, const struct deed_entry *from, const struct deed_entry *to, bool *ret,
    struct why *why)
{
	struct dsse one = { 0 }, other = { 0 };

	*ret = to == NULL;
	if (to == NULL || str_eq(from->envelope, to->envelope))
		return OK;
	TRY(dsse_parse(a, from->envelope, &one, why));
	TRY(dsse_parse(a, to->envelope, &other, why));
	for (size_t i = 0; i < one.signatures && !*ret; i++) {
		bool known = false;

		for (size_t k = 0; k < other.signatures; k++)
			known |= memcmp(&one.signature[i].signature, &other.signature[k].signature,
			             SIGNATURE_BYTES) == 0;
		*ret = !known;
	}
	return OK;
}

static bool
has_statement(const struct deed_entry *e, struct str envelope)
{
	for (size_t i = 0; e != NULL && i < e->statements; i++) {
		if (str_eq(e->statement[i], envelope))
			return true;
	}
	return false;
}

static enum err
take_news(struct talk *t, const struct pair *p, struct arena *a, struct why *why)
{
	struct deed_offer offer = { .peer = t->peer, .envelope = p->theirs->envelope };
	bool news = false;

	TRY(has_more(a, p->theirs, p->ours, &news, why));
	if (news) {
		TRY(deed_take(t->realm, &offer, a, why));
		t->count->agreements++;
	}
	for (size_t i = 0; i < p->theirs->statements; i++) {
		if (has_statement(p->ours, p->theirs->statement[i]))
			continue;
		offer.envelope = p->theirs->statement[i];
		TRY(deed_take(t->realm, &offer, a, why));
		t->count->agreements++;
	}
	return OK;
}

static enum err
post(struct talk *t, struct str envelope, struct arena *a, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX + KIB);
	struct json_writer w = json_writer(&out);
	struct talk_answer answer;
	struct talk_ask ask = {
		.method = HTTP_POST,
		.target = S("/exchange/v1/agreements"),
		.answer_max = 64 * KIB,
	};

	json_begin_object(&w);
	json_put_raw(json_key(&w, S("envelope")), envelope);
	json_end_object(&w);
	TRY(buf_check(&out, "an agreement", why));
	ask.body = buf_str(&out);
	TRY(talk_ok(t, &ask, a, &answer, why));
	t->count->agreements++;
	return OK;
}

/* A statement is brought by the party that made it, and by no other. */
static bool
is_our_statement(struct talk *t, struct str envelope, struct arena *a)
{
	struct dsse e = { 0 };
	struct statement s;

	return dsse_parse(a, envelope, &e, NULL) == OK &&
	       statement_parse(a, e.payload, &s, NULL) == OK &&
	       str_eq(s.party, realm_identity(t->realm)->party);
}

static bool
is_signed_by_us(struct talk *t, struct str envelope, struct arena *a)
{
	struct standing s = { 0 };

	if (standing_open(a, envelope, &s, NULL) != OK)
		return false;
	for (size_t i = 0; i < s.agreement->parties; i++) {
		if (str_eq(s.agreement->party[i].code, realm_identity(t->realm)->party))
			return (s.signed_mask & (UINT32_C(1) << i)) != 0;
	}
	return false;
}

static enum err
give_news(struct talk *t, const struct pair *p, struct arena *a, struct why *why)
{
	bool news = false;

	TRY(has_more(a, p->ours, p->theirs, &news, why));
	if (news && is_signed_by_us(t, p->ours->envelope, a))
		TRY(post(t, p->ours->envelope, a, why));
	for (size_t i = 0; i < p->ours->statements; i++) {
		if (!has_statement(p->theirs, p->ours->statement[i]) &&
		    is_our_statement(t, p->ours->statement[i], a))
			TRY(post(t, p->ours->statement[i], a, why));
	}
	return OK;
}

static enum err
read_ours(struct talk *t, struct arena *a, struct deed_list *ret, struct why *why)
{
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(t->realm);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };

	TRY(db_pool_take(realm_readers(t->realm), &lease, why));
	return deeds_of(lease.db, a, gate_of(gate), t->peer->party, ret, why);
}

enum err
talk_agreements(struct talk *t, struct arena *a, struct why *why)
{
	struct deed_list ours = { 0 }, theirs = { 0 };
	enum err result = OK;

	TRY(read_ours(t, a, &ours, why));
	TRY(read_theirs(t, a, &theirs, why));
	for (size_t i = 0; i < theirs.len; i++) {
		const struct pair p = { entry_of(&ours, &theirs.entry[i].document),
			&theirs.entry[i] };
		enum err err = take_news(t, &p, a, why);

		result = err == OK ? result : err;
	}
	for (size_t i = 0; i < ours.len; i++) {
		const struct pair p = { &ours.entry[i],
			entry_of(&theirs, &ours.entry[i].document) };
		enum err err = give_news(t, &p, a, why);

		result = err == OK ? result : err;
	}
	return result;
}
