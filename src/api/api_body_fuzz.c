/* Any bytes as the body of any change: read, or refused with a reason that can
 * be shown; what was read keeps its bounds. */
#include <stdlib.h>

#include "bodies_p.h"
#include "consent.h"
#include "internal.h"

enum { FUZZ_ARENA_MAX = 64 * MIB };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* A refusal has a code and a sentence. */
static bool
is_read(enum err err, const struct why *why)
{
	need(err == OK || err == ERR_INVALID || err == ERR_LIMIT);
	need(err == OK || (why->code != NULL && why->text[0] != '\0'));
	return err == OK;
}

static void
need_text(struct str s)
{
	need(s.len > 0 && s.len <= BODY_TEXT_MAX && memchr(s.ptr, '\0', s.len) == NULL &&
	     str_is_utf8(s));
}

static void
try_people(struct arena *a, struct str text)
{
	struct why why = { 0 };
	struct session_body session;
	struct account_body account;

	if (is_read(api_read_session(a, text, &session, &why), &why)) {
		need_text(session.account);
		need_text(session.password);
	}
	if (is_read(api_read_account(a, text, &account, &why), &why)) {
		need_text(account.name);
		need(account.password.len >= BODY_PASSWORD_MIN);
	}
}

static void
try_partners(struct arena *a, struct str text)
{
	struct why why = { 0 };
	struct peer_body peer;
	struct document_body document = { 0 };
	struct statement_body statement;

	if (is_read(api_read_peer(a, text, &peer, &why), &why))
		need(json_is(peer.invitation, JSON_OBJECT));
	if (is_read(api_read_document(a, text, &document, &why), &why))
		need(json_is(document.document, JSON_OBJECT));
	if (is_read(api_read_statement(a, text, &statement, &why), &why))
		need_text(statement.reason);
}

static void
try_releases(struct arena *a, struct str text)
{
	struct why why = { 0 };
	struct preview_body preview;
	struct order_body order;
	struct verdict_body verdict;
	struct standing_body standing;
	struct recall_body recall;
	struct str reason;

	if (is_read(api_read_preview(a, text, &preview, &why), &why))
		need(preview.ask.ids > 0 && preview.ask.ids <= SELECTION_MAX);
	if (is_read(api_read_order(a, text, S("also"), &order, &why), &why))
		need(order.ask.ids > 0 && order.ask.copy_time > 0);
	if (is_read(api_read_approval(a, text, &verdict, &why), &why))
		need(verdict.reason.len == 0);
	if (is_read(api_read_refusal(a, text, &verdict, &why), &why))
		need_text(verdict.reason);
	if (is_read(api_read_standing(a, text, &standing, &why), &why))
		need(standing.days >= 1 && standing.days <= BODY_STANDING_DAYS_MAX);
	if (is_read(api_read_recall(a, text, &recall, &why), &why))
		need_text(recall.reason);
	(void)is_read(api_read_reason(a, text, &reason, &why), &why);
	(void)is_read(api_read_nothing(a, text, &why), &why);
}

static void
try_reviews(struct arena *a, struct str text)
{
	struct why why = { 0 };
	struct review_body review;
	struct consent_new consent = { .account = S("meera") };

	if (is_read(api_read_review(a, text, &review, &why), &why)) {
		need_text(review.finding);
		need_text(review.text);
	}
	if (is_read(api_read_consent(a, text, &consent, &why), &why)) {
		need(str_is(consent.account, "meera"));
		need(consent_scope_name(consent.scope) != NULL);
		need_text(consent.identity);
		need(consent.until > 0);
	}
}

static void
try_showings(struct arena *a, struct str text)
{
	struct why why = { 0 };
	struct internal_show show = { .account = S("meera") };

	if (!is_read(api_read_show(a, text, &show, &why), &why))
		return;
	need(str_is(show.account, "meera"));
	need_text(show.id);
	need_text(show.to);
	need_text(show.enclave);
	need_text(show.reason);
}

static void
try_persons(struct arena *a, struct str text)
{
	struct why why = { 0 };
	struct person_body person;
	struct release_card card = { .account = S("uma") };
	struct str heard, receipt;

	if (is_read(api_read_person(a, text, &person, &why), &why)) {
		need(json_is(person.card, JSON_OBJECT));
		need_text(person.fingerprint);
	}
	if (is_read(api_read_card(a, text, &card, &why), &why)) {
		need(str_is(card.account, "uma") && card.signer == NULL);
		need_text(card.name);
		need(card.days >= 1 && card.days <= PERSON_CARD_DAYS_MAX);
	}
	if (is_read(api_read_heard(a, text, &heard, &why), &why))
		need_text(heard);
	if (is_read(api_read_text_body(a, text, &receipt, &why), &why))
		need_text(receipt);
}

static void
try_what_was_seen(struct arena *a, struct str text)
{
	struct why why = { 0 };
	struct hits_body hits;
	struct sighting_body sighting;

	if (is_read(api_read_hits(a, text, &hits, &why), &why)) {
		need(hits.len <= BODY_HITS_MAX);
		for (size_t i = 0; i < hits.len; i++)
			need(hits.hit[i].n >= 1 && hits.hit[i].n <= BODY_COUNT_MAX);
	}
	if (is_read(api_read_sighting(a, text, &sighting, &why), &why))
		need(sighting.count >= 1 && sighting.first <= sighting.last);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(FUZZ_ARENA_MAX);
	struct str text = { (const char *)data, len };

	try_people(a, text);
	try_partners(a, text);
	try_releases(a, text);
	try_reviews(a, text);
	try_showings(a, text);
	try_persons(a, text);
	try_what_was_seen(a, text);
	return 0;
}
