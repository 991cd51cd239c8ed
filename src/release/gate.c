#include "binding_p.h"
#include "dsse.h"
#include "realm.h"
#include "release.h"
#include "rules_key.h"

enum { EPOCH_OF_VERSION = 4096 }; /* more than the statements that one version may have */

static const char list_agreements[] =
    "SELECT hash, envelope, id, version FROM agreement ORDER BY id, version DESC";
static const char list_statements[] =
    "SELECT envelope FROM agreement_statement WHERE agreement_hash = $1 ORDER BY ordinal";
static const char list_packs[] =
    "SELECT envelope, added_at FROM rule_pack WHERE active = 1 ORDER BY id";

/* One that does not apply may be the one that suspends. */
static enum err
apply_statements(struct db *db, struct arena *a, struct str hash, struct standing *s,
    struct why *ret_bad, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, list_statements, DB_B(hash)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		if (standing_apply(a, s, arena_str(a, db_col_blob(&rows, 0)), ret_bad) != OK)
			break;
	}
	return OK;
}

/* The newest version of each agreement that all have signed; an older one is superseded.  So
 * is what is older than one that does not open: it must not come back. */
static bool
is_superseded(const struct gate *g, struct str id)
{
	for (size_t i = 0; i < g->agreements; i++) {
		if (str_eq(g->standing[i]->agreement->id, id) &&
		    g->standing[i]->signed_by == g->standing[i]->agreement->parties)
			return true;
	}
	for (size_t i = 0; i < g->unopened; i++) {
		if (str_eq(g->unopened_agreement[i].id, id))
			return true;
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

/* *ret_bad says why it does not open, if it does not; nothing else of the node waits for it. */
static enum err
open_agreement(struct db *db, struct arena *a, const struct db_rows *rows, struct standing *ret,
    struct why *ret_bad, struct why *why)
{
	struct str hash = arena_str(a, db_col_blob(rows, 0));
	struct str envelope = arena_str(a, db_col_blob(rows, 1));

	if ((hash.ptr == NULL && db_col_blob(rows, 0).len > 0) ||
	    (envelope.ptr == NULL && db_col_blob(rows, 1).len > 0))
		return fail(why, ERR_LIMIT, "gate.memory", "the agreements are too large");
	if (standing_open(a, envelope, ret, ret_bad) != OK)
		return OK;
	if (!str_eq(ret->agreement->id, db_col_text(rows, 2)) ||
	    ret->agreement->version != (uint64_t)db_col_i64(rows, 3)) {
		(void)!fail(ret_bad, ERR_TAMPERED, "gate.agreement",
		    "it is stored under another name or version");
		return OK;
	}
	TRY(apply_statements(db, a, hash, ret, ret_bad, why));
	if (ret_bad->code != NULL)
		return OK;
	enum err err = binding_check(db, a, ret->agreement, ret_bad);
	if (err != OK && err != ERR_TAMPERED) {
		if (why != NULL)
			*why = *ret_bad;
		return err;
	}
	return OK;
}

/* A draft was in force for nobody.  Whether one that cannot be read was a draft, nobody
 * knows.  The epoch is above that of all statements it may have had. */
static enum err
set_aside(struct gate *g, const struct standing *s, const struct gate_unopened *u, struct why *why)
{
	if (s->agreement != NULL && is_draft(s))
		return OK;
	if (g->unopened == COUNTOF(g->unopened_agreement))
		return fail(why, ERR_TAMPERED, "gate.agreements",
		    "more than %zu agreements that are stored cannot be opened",
		    COUNTOF(g->unopened_agreement));
	g->unopened_agreement[g->unopened] = *u;
	if (s->agreement != NULL)
		g->unopened_agreement[g->unopened].id = s->agreement->id;
	g->unopened++;
	g->epoch += (u->version + 1) * EPOCH_OF_VERSION;
	return OK;
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
		const struct gate_unopened u = {
			.id = arena_str(a, db_col_text(&rows, 2)),
			.version = (uint64_t)db_col_i64(&rows, 3),
		};
		struct why bad = { 0 };

		if (s == NULL)
			return fail(why, ERR_LIMIT, "gate.memory", "the agreements are too large");
		if (is_superseded(g, u.id))
			continue;
		TRY(open_agreement(db, a, &rows, s, &bad, why));
		if (bad.code != NULL)
			TRY(set_aside(g, s, &u, why));
		else
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
