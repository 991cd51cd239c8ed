#include "audit.h"
#include "fixture_p.h"

/* A column that was changed behind the program's back, and what names it. */
/* clang-format off */
static const struct flipped_row {
	const char *name;
	const char *sql;
	const char *code;
	const char *what;
} flipped_table[] = {
	{ "nothing", "UPDATE release_item SET changed_at = changed_at", "", "" },
	{ "an object's bytes",
	  "UPDATE object SET" FLIPPED("raw") "WHERE shard_key IN (SELECT shard_key FROM collection WHERE kind = 'local')",
	  "object", "its bytes are not those that were stored" },
	{ "a row that no leaf releases",
	  "UPDATE object SET object_id = 'indicator--ffffffff-0000-4000-8000-000000000000'"
	  " WHERE object_id LIKE 'indicator--%1' AND shard_key IN"
	  " (SELECT shard_key FROM collection WHERE kind = 'released')",
	  "object", "bytes that no leaf releases" },
	{ "released bytes",
	  "UPDATE release_item SET" FLIPPED("bytes"),
	  "object", "the released bytes are not those" },
	{ "source", "UPDATE release_item SET source_id = 'indicator--x' WHERE source_id LIKE 'indicator%1'",
	  "decision", "source, facts or explanation" },
	{ "version", "UPDATE release_item SET version = 'x' WHERE source_id LIKE 'indicator%1'",
	  "decision", "source, facts or explanation" },
	{ "facts", "UPDATE release_item SET facts = '{}' WHERE source_id LIKE 'indicator%1'",
	  "decision", "source, facts or explanation" },
	{ "decision", "UPDATE release_item SET decision = '{}' WHERE source_id LIKE 'indicator%1'",
	  "decision", "source, facts or explanation" },
	{ "nonce", "UPDATE release_item SET nonce = preview_hash WHERE source_id LIKE 'indicator%1'",
	  "decision", "source, facts or explanation" },
	{ "a shorter nonce", "UPDATE release_item SET nonce = CAST('x' AS {blob}) WHERE source_id LIKE 'indicator%1'",
	  "decision", "its nonce has the wrong length" },
	{ "outcome", "UPDATE release_item SET outcome = 'DENY' WHERE source_id LIKE 'indicator%1'",
	  "decision", "the outcome is not that of the record" },
	{ "recipient", "UPDATE release_item SET recipient = 'JP:NCO' WHERE source_id LIKE 'indicator%1'",
	  "decision", "the recipient is not that of the record" },
	{ "leaf", "UPDATE release_item SET leaf = 77 WHERE source_id LIKE 'indicator%1'",
	  "decision", "the ledger has no record of it" },
	{ "a row that is gone", "DELETE FROM release_item WHERE source_id LIKE 'indicator%1'",
	  "decision", "records a decision that is gone" },
	{ "a denial that is gone", "DELETE FROM release_item WHERE source_id LIKE 'indicator%2'",
	  "decision", "records a decision that is gone" },
	{ "inputs", "UPDATE release_item SET inputs = nonce WHERE source_id LIKE 'indicator%1'",
	  "decision", "source, facts or explanation" },
	{ "a rule pack", "UPDATE rule_pack SET body = CAST(replace(body, 'deny', 'hold') AS {blob})",
	  "rule", "its words are not those that were stored" },
	{ "an agreement's envelope",
	  "UPDATE agreement SET envelope = CAST(replace(envelope, 'keyid', 'kexid') AS {blob})",
	  "agreement", "no leaf says that this envelope was added" },
	{ "an agreement's hash", "UPDATE agreement SET hash = (SELECT MAX(preview_hash) FROM release_item)",
	  "agreement", "its words are not those that were stored" },
	{ "a statement",
	  "UPDATE agreement_statement SET envelope = CAST(replace(envelope, 'sig', 'gis') AS {blob})",
	  "agreement", "a statement about an agreement has no leaf" },
	{ "a source policy",
	  "UPDATE source_policy SET envelope = CAST(replace(envelope, 'sig', 'gis') AS {blob})",
	  "source", "no leaf says that this source policy was set" },
};
/* clang-format on */

static bool
is_named(const struct audit_report *r, const char *code, const char *what)
{
	size_t n = r->problems < AUDIT_PROBLEMS_MAX ? r->problems : AUDIT_PROBLEMS_MAX;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(r->problem[i].code, code) == 0 &&
		    strstr(r->problem[i].what, what) != NULL)
			return true;
	}
	return false;
}

static void
check_flipped(void **state)
{
	const struct flipped_row *row = *state;
	CLEANUP(office_closep) struct office o;
	char folder[160];

	office_open(&o);
	office_pack(&o, 1, "nothing", "deny");
	office_import(&o, 1, 1, "");
	office_import(&o, 2, 1, "never");
	(void)office_send(&o, 1, 2);
	office_state(&o, STATEMENT_SUSPEND, "CI");
	WORKS(&o, realm_source_set(o.realm,
	              S("{\"type\":\"torana-source-policy\",\"format\":1,\"source\":\"feed\","
	                "\"version\":1,\"marking\":\"CLEAR\",\"reason\":\"published\"}"),
	              S("kiran"), &o.why));
	office_sql(&o, row->sql);
	struct release_audit *audit = arena_make(o.arena, struct release_audit, 1);
	(void)snprintf(folder, sizeof(folder), "%s/demo", o.folder);
	WORKS(&o, release_audit(folder, NULL, 0, o.arena, audit, &o.why));
	assert_int_equal(audit->decisions >= 1 + NODE, true);
	if (row->code[0] == '\0' && audit->report.problems > 0)
		fail_msg("%s", audit->report.problem[0].what);
	if (row->code[0] != '\0' && !is_named(&audit->report, row->code, row->what))
		fail_msg("%zu problems, first: %s", audit->report.problems,
		    audit->report.problem[0].what);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, flipped_table, check_flipped);
	return cases_run("release_audit", &list, argc, argv);
}
