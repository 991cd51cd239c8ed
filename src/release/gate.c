#include "binding_p.h"
#include "dsse.h"
#include "realm.h"
#include "release.h"
#include "rules_key.h"

enum { EPOCH_OF_VERSION = 4096 }; /* more than the statements that one version may have */

static const char list_agreements[] =
    "SELECT hash, envelope FROM agreement ORDER BY id, version DESC";
static const char list_statements[] =
    "SELECT envelope FROM agreement_statement WHERE agreement_hash = $1 ORDER BY ordinal";
static const char list_packs[] =
    "SELECT envelope, added_at FROM rule_pack WHERE active = 1 ORDER BY id";

static enum err
apply_statements(struct db *db, struct arena *a, struct str hash, struct standing *s,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, list_statements, DB_B(hash)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		TRY(standing_apply(a, s, arena_str(a, db_col_blob(&rows, 0)), why));
	}
	return OK;
}

/* The newest version of each agreement; an older one is superseded. */
static bool
is_superseded(const struct gate *g, const struct standing *s)
{
	for (size_t i = 0; i < g->agreements; i++) {
		if (str_eq(g->standing[i]->agreement->id, s->agreement->id))
			return g->standing[i]->signed_by == g->standing[i]->agreement->parties;
	}
	return false;
}

static bool
is_draft(const struct standing *s)
{
	return s->signed_by < s->agreement->parties;
}

/* Drafts give way: what is not held is not in force, which is the safe side. */
static void
hold(struct gate *g, const struct standing *s)
{
	size_t at = g->agreements;

	if (at == COUNTOF(g->standing)) {
		if (is_draft(s))
			return;
		for (at = 0; at < g->agreements && !is_draft(g->standing[at]); at++)
			;
		if (at == g->agreements)
			return;
	} else {
		g->agreements++;
	}
	g->standing[at] = s;
	/* A new version has no statements yet: it must not count as few as the last did. */
	if (!is_draft(s))
		g->epoch += s->agreement->version * EPOCH_OF_VERSION + 1 + s->epoch;
}

static enum err
load_agreements(struct db *db, struct arena *a, struct gate *g, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_query(db, list_agreements, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		struct standing *s = arena_make(a, struct standing, 1);
		struct str hash = arena_str(a, db_col_blob(&rows, 0));
		struct str envelope = arena_str(a, db_col_blob(&rows, 1));

		if (s == NULL || envelope.ptr == NULL)
			return fail(why, ERR_LIMIT, "gate.memory", "the agreements are too large");
		TRY(standing_open(a, envelope, s, why));
		TRY(apply_statements(db, a, hash, s, why));
		enum err err = binding_check(db, a, s->agreement, why);
		if (err != OK && err != ERR_TAMPERED)
			return err;
		if (err == ERR_TAMPERED || is_superseded(g, s))
			continue; /* a key was changed by hand since, or a newer one is signed */
		hold(g, s);
	}
	return OK;
}

/* A pack that was changed by hand is no pack: nothing opens without it. */
static enum err
load_packs(struct db *db, struct arena *a, struct gate *g, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct rules_keys keys;
	struct rules_opened opened;
	bool has = false;

	TRY(rules_keys_load(db, a, &keys, why));
	TRY(db_query(db, list_packs, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		if (g->packs == PACKS_MAX)
			return fail(why, ERR_LIMIT, "gate.packs", "more than %d active rule packs",
			    PACKS_MAX);
		TRY(rules_keys_open(a, &keys, arena_str(a, db_col_blob(&rows, 0)),
		    db_col_i64(&rows, 1), &opened, why));
		g->pack[g->packs] = opened.pack;
		g->pack_earlier[g->packs] = opened.earlier;
		g->epoch += g->pack[g->packs++]->version;
	}
	return OK;
}

static const char list_sources[] =
    "SELECT envelope FROM source_policy WHERE active = 1 ORDER BY source";

/* A policy is our party's word: one that our key did not sign is none. */
static enum err
open_source(struct arena *a, struct str envelope, const struct verify_key *own,
    const struct source_policy **ret, struct why *why)
{
	struct dsse e = { 0 };
	struct dsse_verdict verdict;

	TRY(dsse_parse(a, envelope, &e, why));
	if (!str_is(e.payload_type, SOURCE_POLICY_PAYLOAD_TYPE))
		return fail(why, ERR_TAMPERED, "gate.source",
		    "a source policy is stored as \"" STR_FMT "\"", STR_ARG(e.payload_type));
	TRY(dsse_verify(&e, own, 1, &verdict, why));
	if (verdict.distinct == 0)
		return fail(why, ERR_TAMPERED, "gate.source",
		    "a source policy is not signed by our agreement key");
	return source_policy_parse(a, e.payload, ret, why);
}

static enum err
load_sources(struct db *db, struct arena *a, struct gate *g, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct verify_key own;
	bool has = false;

	TRY(binding_own_key(db, a, &own, why));
	TRY(db_query(db, list_sources, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		if (g->sources == SOURCES_MAX)
			return fail(why, ERR_LIMIT, "gate.sources",
			    "more than %d source policies in force", SOURCES_MAX);
		enum err err = open_source(a, arena_str(a, db_col_blob(&rows, 0)), &own,
		    &g->source[g->sources], why);
		if (err == ERR_TAMPERED)
			continue; /* then the unmarked stay, and the audit tells */
		TRY(err);
		g->epoch += g->source[g->sources++]->version;
	}
}

static const char count_withdrawn[] =
    "SELECT COUNT(*), COALESCE(SUM(closing), 0) FROM consent WHERE withdrawn_at > 0";

/* A consent that is withdrawn tightens, and never comes back. */
static enum err
count_withdrawals(struct db *db, struct gate *g, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(db_query_one(db, count_withdrawn, NULL, 0, &rows, why));
	g->epoch += (uint64_t)db_col_i64(&rows, 0);
	g->closing = db_col_i64(&rows, 1) > 0;
	return OK;
}

enum err
release_gate_load(struct db *db, struct arena *a, struct gate *ret, struct why *why)
{
	struct gate g = { 0 };

	TRY(store_setting_get(db, S("realm"), a, &g.realm, why));
	TRY(store_setting_get(db, S("party"), a, &g.party, why));
	TRY(store_setting_get(db, S("organisation"), a, &g.organisation, why));
	TRY(store_setting_get(db, S("enclave"), a, &g.enclave, why));
	TRY(store_setting_get(db, S("redaction-identity"), a, &g.redaction_identity, why));
	TRY(load_agreements(db, a, &g, why));
	TRY(load_packs(db, a, &g, why));
	TRY(load_sources(db, a, &g, why));
	TRY(count_withdrawals(db, &g, why));
	*ret = g;
	return OK;
}

/* An agreement between us and the recipient's party. */
static bool
is_between(const struct standing *s, struct str us, struct str recipient, time_us at)
{
	const struct party *party = NULL;

	recipient = standing_resolve(s, recipient, at);
	return agreement_organisation(s->agreement, recipient, &party) != NULL &&
	       !str_eq(party->code, us) && agreement_party(s->agreement, us) != NULL;
}

bool
gate_fits_better(const struct standing *s, const struct standing *than)
{
	return s->agreement->parties < than->agreement->parties;
}

enum err
release_gate_open(const struct gate *g, struct str recipient, struct str area, time_us at,
    const struct standing **ret, struct why *why)
{
	struct standing_reason reason = { .code = "A-NOTINFORCE" };
	const struct standing *found = NULL;
	bool named = false;

	for (size_t i = 0; i < g->agreements; i++) {
		const struct standing *s = g->standing[i];
		const struct standing_ask ask = { g->party, standing_resolve(s, recipient, at),
			area, at };

		if (!is_between(s, g->party, recipient, at))
			continue;
		named = true;
		if (standing_lets(s, &ask, &reason) &&
		    (found == NULL || gate_fits_better(s, found)))
			found = s;
	}
	if (found != NULL) {
		*ret = found;
		return OK;
	}
	if (!named)
		return fail(why, ERR_FORBIDDEN, "A-NOTINFORCE",
		    "no agreement with " STR_FMT " is held here", STR_ARG(recipient));
	return fail(why, ERR_FORBIDDEN, reason.code, "%s", reason.text);
}
