/* handlers_p.h: one handler for each row of the table in routes.c.  ctx is the
 * struct api. */
#pragma once

#include "api_p.h"
#include "bodies_p.h"

http_handler api_get_node, api_get_routes;
http_handler api_post_session, api_get_session, api_delete_session;
http_handler api_get_accounts, api_post_account, api_confirm_account, api_patch_account;
http_handler api_post_password, api_post_totp, api_confirm_totp, api_delete_totp;
http_handler api_get_tokens, api_post_token, api_delete_token;
http_handler api_get_collections, api_post_collection, api_post_access, api_delete_collection;
http_handler api_get_invitation, api_get_peers, api_post_peer, api_post_sync;
http_handler api_get_agreements, api_get_agreement, api_post_agreement, api_make_agreement,
    api_sign_agreement;
http_handler api_post_statement, api_get_packs, api_get_pack, api_post_pack, api_test_pack;
http_handler api_post_rules_key;
http_handler api_get_sources, api_post_source, api_check_pattern;
http_handler api_get_feeds, api_post_feed, api_poll_feed, api_delete_feed;
http_handler api_post_import, api_get_objects, api_get_object;
http_handler api_get_conflicts, api_get_object_conflicts, api_choose_content;
http_handler api_post_preview, api_get_explain;
http_handler api_post_order, api_get_releases;
http_handler api_get_decisions, api_get_decision;
http_handler api_get_holds, api_approve_hold, api_refuse_hold;
http_handler api_get_persons, api_post_person, api_verify_person, api_revoke_person;
http_handler api_post_card, api_get_envelopes, api_get_envelope, api_post_receipt;
http_handler api_get_reviews, api_post_review;
http_handler api_get_standing, api_post_standing, api_approve_standing, api_stop_standing;
http_handler api_get_recalls, api_post_recall;
http_handler api_get_disclosures, api_get_dossier, api_purge_object;
http_handler api_get_consents, api_post_consent, api_withdraw_consent;
http_handler api_get_showings, api_post_showing, api_approve_showing, api_withdraw_showing;
http_handler api_post_hits, api_post_sighting;
http_handler api_get_proof, api_get_events;
