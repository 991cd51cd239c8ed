#include "handlers_p.h"

enum {
	NAME_BODY = 4 * KIB,  /* a name and a password */
	TEXT_BODY = 64 * KIB, /* an invitation, a verdict, a reason */
	LIST_BODY = 16 * MIB, /* SELECTION_MAX identifiers with their hashes, BODY_HITS_MAX hits */
	DOCUMENT_BODY = 8 * MIB, /* an agreement of DOCUMENT_BYTES_MAX in its envelope */
	IMPORT_BODY = 256 * MIB, /* five times the largest public bundle */
};

enum {
	APPROVERS = ROLE_APPROVER | ROLE_LEGAL | ROLE_POLICY | ROLE_DEFENCE,
	STOPPERS = ROLE_OFFICER | APPROVERS, /* to stop is always the safe side */
	/* Those who answer for decisions, and those who look into them. */
	ANSWERERS = ROLE_OFFICER | APPROVERS | ROLE_AUDITOR,
	/* All but guests: what happened in a compartment is not theirs. */
	STAFF = ANSWERERS | ROLE_ANALYST | ROLE_ADMINISTRATOR,
	SYNCERS = ROLE_ANALYST | ROLE_OFFICER | ROLE_ADMINISTRATOR,
};

/* docs/api.md says the same for people, share/openapi.json for programs. */
/* clang-format off */
const struct http_route api_routes[] = {
	{ HTTP_GET,    "/api/v1/node",                            SCOPE_PUBLIC,  0, 0,
	  api_get_node,         "what this node is, its log and its agreements" },
	{ HTTP_GET,    "/api/v1/routes",                          SCOPE_READ,    0, 0,
	  api_get_routes,       "this table" },
	{ HTTP_POST,   "/api/v1/session",                         SCOPE_PUBLIC,  0, NAME_BODY,
	  api_post_session,     "sign in: sets the cookie" },
	{ HTTP_GET,    "/api/v1/session",                         SCOPE_SESSION, 0, 0,
	  api_get_session,      "who is signed in" },
	{ HTTP_DELETE, "/api/v1/session",                         SCOPE_SESSION, 0, 0,
	  api_delete_session,   "sign out" },
	{ HTTP_GET,    "/api/v1/accounts",                        SCOPE_ADMIN,   0, 0,
	  api_get_accounts,     "people and tools of our side" },
	{ HTTP_POST,   "/api/v1/accounts",                        SCOPE_ADMIN,   0, NAME_BODY,
	  api_post_account,     "add an account" },
	{ HTTP_POST,   "/api/v1/accounts/{name}/confirm",         SCOPE_ADMIN,   0, 0,
	  api_confirm_account,  "give an account the roles that another administrator asked for" },
	{ HTTP_PATCH,  "/api/v1/accounts/{name}",                 SCOPE_ADMIN,   0, NAME_BODY,
	  api_patch_account,    "roles of an account, and whether it may come in" },
	{ HTTP_POST,   "/api/v1/accounts/{name}/password",        SCOPE_SESSION, 0, NAME_BODY,
	  api_post_password,    "a new password; ends other sessions" },
	{ HTTP_DELETE, "/api/v1/accounts/{name}/totp",            SCOPE_SESSION, 0, 0,
	  api_delete_totp,      "take the authenticator off" },
	{ HTTP_POST,   "/api/v1/totp",                            SCOPE_SESSION, 0, NAME_BODY,
	  api_post_totp,        "a secret for the caller's authenticator, shown once" },
	{ HTTP_POST,   "/api/v1/totp/confirm",                    SCOPE_SESSION, 0, NAME_BODY,
	  api_confirm_totp,     "the first code: from now on one is asked for" },
	{ HTTP_GET,    "/api/v1/tokens",                          SCOPE_SESSION, 0, 0,
	  api_get_tokens,       "tokens of an account" },
	{ HTTP_POST,   "/api/v1/tokens",                          SCOPE_SESSION, 0, NAME_BODY,
	  api_post_token,       "a token with some of the caller's scopes, shown once" },
	{ HTTP_DELETE, "/api/v1/tokens/{id}",                     SCOPE_SESSION, 0, 0,
	  api_delete_token,     "revoke a token" },
	{ HTTP_GET,    "/api/v1/collections",                     SCOPE_ADMIN,   0, 0,
	  api_get_collections,  "collections of our own, and who has access to them" },
	{ HTTP_POST,   "/api/v1/collections",                     SCOPE_ADMIN,   0, NAME_BODY,
	  api_post_collection,  "make a collection of our own, or define one by a query" },
	{ HTTP_DELETE, "/api/v1/collections/{id}",                SCOPE_ADMIN,   0, 0,
	  api_delete_collection, "remove a collection that a query defines" },
	{ HTTP_POST,   "/api/v1/collections/{id}/access",         SCOPE_ADMIN,   0, NAME_BODY,
	  api_post_access,      "say what a guest may do with a collection" },
	{ HTTP_GET,    "/api/v1/invitation",                      SCOPE_ADMIN,   0, 0,
	  api_get_invitation,   "what a partner needs to add this node" },
	{ HTTP_GET,    "/api/v1/peers",                           SCOPE_READ,    0, 0,
	  api_get_peers,        "nodes of our partners" },
	{ HTTP_POST,   "/api/v1/peers",                           SCOPE_ADMIN,   0, TEXT_BODY,
	  api_post_peer,        "add a partner's node after its fingerprint was read back" },
	{ HTTP_POST,   "/api/v1/sync",                            SCOPE_SESSION, SYNCERS, NAME_BODY,
	  api_post_sync,        "work with the partners now" },
	{ HTTP_GET,    "/api/v1/agreements",                      SCOPE_READ,    0, 0,
	  api_get_agreements,   "agreements and whether they are in force" },
	{ HTTP_GET,    "/api/v1/agreements/{id}",                 SCOPE_READ,    0, 0,
	  api_get_agreement,    "the whole document of an agreement" },
	{ HTTP_POST,   "/api/v1/agreements",                      SCOPE_ADMIN,   0, DOCUMENT_BODY,
	  api_post_agreement,   "take a signed agreement or a statement about one" },
	{ HTTP_POST,   "/api/v1/agreements/make",                 SCOPE_ADMIN,   0, DOCUMENT_BODY,
	  api_make_agreement,   "fill in, sign and store an agreement" },
	{ HTTP_POST,   "/api/v1/agreements/{id}/sign",            SCOPE_ADMIN,   0, NAME_BODY,
	  api_sign_agreement,   "sign a stored agreement for our party" },
	{ HTTP_POST,   "/api/v1/agreements/{id}/{verb}",          SCOPE_ADMIN,   0, TEXT_BODY,
	  api_post_statement,   "suspend, resume, terminate, approve, enact, renew, lapse, succeed, dispute or settle" },
	{ HTTP_GET,    "/api/v1/packs",                           SCOPE_READ,    0, 0,
	  api_get_packs,        "rule packs that are active" },
	{ HTTP_GET,    "/api/v1/packs/{id}",                      SCOPE_READ,    0, 0,
	  api_get_pack,         "an active rule pack, whole" },
	{ HTTP_POST,   "/api/v1/packs",                           SCOPE_ADMIN,   0, DOCUMENT_BODY,
	  api_post_pack,        "store and activate a signed rule pack" },
	{ HTTP_POST,   "/api/v1/rules-key",                       SCOPE_ADMIN,   0, TEXT_BODY,
	  api_post_rules_key,   "put another key in the stead of the one that signs rule packs" },
	{ HTTP_POST,   "/api/v1/packs/test",                      SCOPE_READ,    0, DOCUMENT_BODY,
	  api_test_pack,        "what a rule pack would have decided otherwise" },
	{ HTTP_GET,    "/api/v1/sources",                         SCOPE_READ,    0, 0,
	  api_get_sources,      "source policies in force" },
	{ HTTP_POST,   "/api/v1/sources",                         SCOPE_APPROVE, APPROVERS, TEXT_BODY,
	  api_post_source,      "sign a source policy and put it in force" },
	{ HTTP_GET,    "/api/v1/feeds",                           SCOPE_READ,    0, 0,
	  api_get_feeds,        "servers of others that are read" },
	{ HTTP_POST,   "/api/v1/feeds",                           SCOPE_ADMIN,   0, TEXT_BODY,
	  api_post_feed,        "read a TAXII 2.1 server from now on" },
	{ HTTP_POST,   "/api/v1/feeds/{name}/poll",               SCOPE_SESSION, SYNCERS, NAME_BODY,
	  api_poll_feed,        "read a feed now" },
	{ HTTP_DELETE, "/api/v1/feeds/{name}",                    SCOPE_ADMIN,   0, 0,
	  api_delete_feed,      "read a feed no more; what it brought stays" },
	{ HTTP_POST,   "/api/v1/patterns/check",                  SCOPE_READ,    0, TEXT_BODY,
	  api_check_pattern,    "whether a text is a STIX pattern, and what can hardly be meant" },
	{ HTTP_POST,   "/api/v1/import",                          SCOPE_WRITE,   0, IMPORT_BODY,
	  api_post_import,      "validate and store objects; nothing leaves" },
	{ HTTP_GET,    "/api/v1/conflicts",                       SCOPE_READ,    0, 0,
	  api_get_conflicts,    "versions of which several contents came" },
	{ HTTP_GET,    "/api/v1/objects",                         SCOPE_READ,    0, 0,
	  api_get_objects,      "what we have, newest first" },
	{ HTTP_GET,    "/api/v1/objects/{id}",                    SCOPE_READ,    0, 0,
	  api_get_object,       "one object with versions, releases and sightings" },
	{ HTTP_GET,    "/api/v1/objects/{id}/conflicts",          SCOPE_READ,    0, 0,
	  api_get_object_conflicts, "other contents of its versions, and in what they differ" },
	{ HTTP_POST,   "/api/v1/objects/{id}/choose",             SCOPE_WRITE,   ROLE_OFFICER, TEXT_BODY,
	  api_choose_content,   "say which content of a version is served" },
	{ HTTP_POST,   "/api/v1/objects/{id}/purge",              SCOPE_APPROVE, ROLE_LEGAL, TEXT_BODY,
	  api_purge_object,     "take an object out for good; a tombstone stays" },
	{ HTTP_POST,   "/api/v1/preview",                         SCOPE_WRITE,   0, LIST_BODY,
	  api_post_preview,     "what would leave, and why" },
	{ HTTP_GET,    "/api/v1/explain",                         SCOPE_READ,    0, 0,
	  api_get_explain,      "the decision about one object" },
	{ HTTP_POST,   "/api/v1/orders",                          SCOPE_WRITE,   ROLE_OFFICER, LIST_BODY,
	  api_post_order,       "send what was previewed" },
	{ HTTP_GET,    "/api/v1/approvals",                           SCOPE_READ,    0, 0,
	  api_get_holds,        "what waits for approval" },
	{ HTTP_POST,   "/api/v1/approvals/{order}/{ordinal}/approve", SCOPE_APPROVE, APPROVERS, NAME_BODY,
	  api_approve_hold,     "approve the bytes that were looked at" },
	{ HTTP_POST,   "/api/v1/approvals/{order}/{ordinal}/refuse",  SCOPE_APPROVE, APPROVERS, TEXT_BODY,
	  api_refuse_hold,      "refuse, with a reason" },
	{ HTTP_GET,    "/api/v1/persons",                         SCOPE_READ,    0, 0,
	  api_get_persons,      "partners' people, to whom something may be sealed" },
	{ HTTP_POST,   "/api/v1/persons",                         SCOPE_ADMIN,   0, TEXT_BODY,
	  api_post_person,      "take a person's card after its fingerprint was read back" },
	{ HTTP_POST,   "/api/v1/persons/{fingerprint}/verify",    SCOPE_APPROVE, APPROVERS, NAME_BODY,
	  api_verify_person,    "compare a card as the second person" },
	{ HTTP_POST,   "/api/v1/persons/{fingerprint}/revoke",    SCOPE_ADMIN,   0, NAME_BODY,
	  api_revoke_person,    "seal nothing more for a card" },
	{ HTTP_POST,   "/api/v1/cards",                           SCOPE_ADMIN,   0, NAME_BODY,
	  api_post_card,        "sign a card for one of our people" },
	{ HTTP_GET,    "/api/v1/envelopes",                       SCOPE_READ,    0, 0,
	  api_get_envelopes,    "what was sealed for partners' people" },
	{ HTTP_GET,    "/api/v1/envelopes/{order}/{ordinal}",     SCOPE_READ,    0, 0,
	  api_get_envelope,     "an envelope, signed, to be brought by mail or hand" },
	{ HTTP_POST,   "/api/v1/envelopes/{order}/{ordinal}/receipt", SCOPE_WRITE, ROLE_OFFICER, TEXT_BODY,
	  api_post_receipt,     "note that the person has it" },
	{ HTTP_GET,    "/api/v1/reviews",                         SCOPE_READ,    0, 0,
	  api_get_reviews,      "emergencies, and their reviews that are due" },
	{ HTTP_POST,   "/api/v1/reviews/{order}",                 SCOPE_APPROVE, APPROVERS, TEXT_BODY,
	  api_post_review,      "review an emergency" },
	{ HTTP_GET,    "/api/v1/releases",                        SCOPE_READ,    0, 0,
	  api_get_releases,     "what became of orders" },
	{ HTTP_GET,    "/api/v1/decisions",                       SCOPE_READ,    ANSWERERS, 0,
	  api_get_decisions,    "what was decided, newest first" },
	{ HTTP_GET,    "/api/v1/decisions/{leaf}/{place}",        SCOPE_READ,    ANSWERERS, 0,
	  api_get_decision,     "one decision with all that it was made from" },
	{ HTTP_GET,    "/api/v1/standing-orders",                 SCOPE_READ,    0, 0,
	  api_get_standing,     "orders that act by themselves" },
	{ HTTP_POST,   "/api/v1/standing-orders",                 SCOPE_WRITE,   ROLE_OFFICER, TEXT_BODY,
	  api_post_standing,    "propose one" },
	{ HTTP_POST,   "/api/v1/standing-orders/{id}/approve",    SCOPE_APPROVE, APPROVERS, TEXT_BODY,
	  api_approve_standing, "let it begin after its delay" },
	{ HTTP_POST,   "/api/v1/standing-orders/{id}/stop",       SCOPE_READ,    STOPPERS, TEXT_BODY,
	  api_stop_standing,    "stop it" },
	{ HTTP_GET,    "/api/v1/recalls",                         SCOPE_READ,    0, 0,
	  api_get_recalls,      "requests to take something out again, and their answers" },
	{ HTTP_POST,   "/api/v1/recalls",                         SCOPE_WRITE,   ROLE_OFFICER, TEXT_BODY,
	  api_post_recall,      "ask a recipient to take an object out again" },
	{ HTTP_GET,    "/api/v1/disclosures",                     SCOPE_READ,    0, 0,
	  api_get_disclosures,  "what left about an organisation" },
	{ HTTP_GET,    "/api/v1/disclosures/dossier",             SCOPE_READ,    ANSWERERS, 0,
	  api_get_dossier,      "the same as one document, signed" },
	{ HTTP_GET,    "/api/v1/consents",                        SCOPE_READ,    0, 0,
	  api_get_consents,     "who agreed that what may be told about him" },
	{ HTTP_POST,   "/api/v1/consents",                        SCOPE_APPROVE, ROLE_LEGAL, TEXT_BODY,
	  api_post_consent,     "write a consent down" },
	{ HTTP_POST,   "/api/v1/consents/{id}/withdraw",          SCOPE_APPROVE, ROLE_LEGAL, TEXT_BODY,
	  api_withdraw_consent, "end a consent now, and ask back what rested on it" },
	{ HTTP_GET,    "/api/v1/internal-releases",               SCOPE_READ,    0, 0,
	  api_get_showings,     "what compartments of our party show each other" },
	{ HTTP_POST,   "/api/v1/internal-releases",               SCOPE_WRITE,   ROLE_OFFICER, TEXT_BODY,
	  api_post_showing,     "show an object to another compartment" },
	{ HTTP_POST,   "/api/v1/internal-releases/{id}/approve",  SCOPE_APPROVE, ROLE_APPROVER, NAME_BODY,
	  api_approve_showing,  "the second person's word" },
	{ HTTP_POST,   "/api/v1/internal-releases/{id}/withdraw", SCOPE_READ,    ROLE_OFFICER | ROLE_APPROVER, TEXT_BODY,
	  api_withdraw_showing, "show it no longer" },
	{ HTTP_POST,   "/api/v1/hits",                            SCOPE_WRITE,   0, LIST_BODY,
	  api_post_hits,        "count where indicators matched" },
	{ HTTP_POST,   "/api/v1/sightings",                       SCOPE_WRITE,   0, TEXT_BODY,
	  api_post_sighting,    "make a sighting of an indicator" },
	{ HTTP_GET,    "/api/v1/proofs/{leaf}/{place}",           SCOPE_READ,    0, 0,
	  api_get_proof,        "the proof of one record of our log" },
	{ HTTP_GET,    "/api/v1/events",                          SCOPE_SESSION, STAFF, 0,
	  api_get_events,       "what happened, waiting for the next" },
};
/* clang-format on */
const size_t api_routes_count = COUNTOF(api_routes);

static void
print_route(struct json_writer *w, const struct http_route *route)
{
	json_begin_object(w);
	api_put_text(w, "method", str_of(http_method_name(route->method)));
	api_put_text(w, "path", str_of(route->path));
	api_put_text(w, "scope", str_of(http_scope_name(route->scope)));
	api_begin_array(w, "roles");
	for (uint32_t bit = ROLE_ANALYST; bit <= ROLE_GUEST; bit <<= 1) {
		if ((route->roles & bit) != 0)
			json_put_str(w, str_of(api_role_name((enum role)bit)));
	}
	json_end_array(w);
	api_put_u64(w, "body_max", route->body_max);
	api_put_text(w, "summary", str_of(route->summary));
	json_end_object(w);
}

enum err
api_get_routes(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	struct json_writer w = api_answer(ret);

	(void)ctx;
	(void)req;
	(void)why;
	json_begin_object(&w);
	api_begin_array(&w, "routes");
	for (size_t i = 0; i < api_routes_count; i++)
		print_route(&w, &api_routes[i]);
	json_end_array(&w);
	json_end_object(&w);
	return OK;
}
