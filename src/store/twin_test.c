#include "fresh_p.h"
#include "put.h"

/* Puts the twin of a text into the collection; whether that was possible. */
static bool
put_twin_of(struct fresh *f, const struct collection *c, struct str text)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	const struct json *tree = NULL;
	const struct provenance from = { .owner = S("IN:CERT-IN"), .enclave = S("soc") };
	struct hash hash = hash_of(text);
	struct put_head head;
	struct why why = { 0 };
	bool done = false;

	fresh_ok(json_parse(f->arena, text, NULL, &tree, &why), &why);
	const struct put_twin twin = { json_str(json_get(tree, S("id"))), text, &hash, &from,
		FRESH_NOW };
	fresh_ok(db_begin(f->db, &txn, &why), &why);
	fresh_ok(put_begin(f->db, c->shard_key, &head, &why), &why);
	fresh_ok(put_twin(&head, &twin, &done, &why), &why);
	fresh_ok(put_end(&head, &why), &why);
	fresh_ok(db_commit(&txn, &why), &why);
	return done;
}

static int64_t
count_rows(struct fresh *f, const char *sql)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct why why = { 0 };

	fresh_ok(db_query_one(f->db, sql, NULL, 0, &rows, &why), &why);
	return db_col_i64(&rows, 0);
}

/* Columns of a row that follow from the object's bytes. */
#define BOTH_SAY                                                                                 \
	"SELECT COUNT(*) FROM object a JOIN object b ON a.object_id = b.object_id AND"           \
	" a.version = b.version AND a.type = b.type AND a.spec_version = b.spec_version AND"     \
	" a.created = b.created AND a.modified = b.modified AND a.modified_us = b.modified_us"   \
	" AND a.revoked = b.revoked AND a.raw_hash = b.raw_hash AND a.jcs_hash = b.jcs_hash AND" \
	" a.normal_hash = b.normal_hash AND a.raw = b.raw AND a.latest = 1 AND b.latest = 1"     \
	" AND a.date_added > 0 AND b.date_added > 0 WHERE a.shard_key <> b.shard_key"

#define MARK                                                                      \
	"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","              \
	"\"id\":\"marking-definition--22222222-2222-4222-8222-222222222222\","    \
	"\"created\":\"2026-01-01T00:00:00Z\",\"definition_type\":\"statement\"," \
	"\"definition\":{\"statement\":\"x\"}}"

static void
put(struct fresh *f, struct str text)
{
	enum put_result result;
	struct why why = { 0 };

	fresh_ok(fresh_put(f, f->local.shard_key, text, &result, &why), &why);
}

static void
check_twin(void **)
{
	CLEANUP(fresh_endp) struct fresh f;

	fresh_begin(&f);
	const struct collection to = fresh_collection(&f, "to", COLLECTION_RELEASED, "");
	struct str first = fresh_indicator(f.arena, 1, "2026-01-01T00:00:00Z", "");
	struct str second =
	    fresh_indicator(f.arena, 1, "2026-01-02T00:00:00Z", ",\"revoked\":true");

	assert_false(put_twin_of(&f, &to, first)); /* nobody has the bytes */
	put(&f, first);
	put(&f, second);
	assert_false(put_twin_of(&f, &to, first)); /* they are not the latest any more */
	assert_true(put_twin_of(&f, &to, second));
	assert_int_equal(count_rows(&f, BOTH_SAY), 2);
	assert_int_equal(count_rows(&f, "SELECT n_versions FROM collection_head"
	                                " ORDER BY shard_key DESC LIMIT 1"),
	    1);
	assert_false(put_twin_of(&f, &to, second)); /* it is there: that is looked at closely */
}

/* A marking definition is compared with those of other collections first. */
static void
check_twin_of_marking(void **)
{
	CLEANUP(fresh_endp) struct fresh f;

	fresh_begin(&f);
	const struct collection to = fresh_collection(&f, "to", COLLECTION_RELEASED, "");
	put(&f, S(MARK));
	assert_false(put_twin_of(&f, &to, S(MARK)));
	assert_int_equal(count_rows(&f, "SELECT COUNT(*) FROM object"), 1);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASE(&list, check_twin);
	CASE(&list, check_twin_of_marking);
	return cases_run("twin", &list, argc, argv);
}
