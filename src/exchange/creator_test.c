#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cases.h"
#include "exchange_p.h"

/* SI-047: who may make versions of an object that is here. */

enum { ARENA_MAX = 16 * MIB };

#define WE      "identity--11111111-1111-4111-8111-111111111111"
#define JP      "identity--22222222-2222-4222-8222-222222222222"
#define KR      "identity--33333333-3333-4333-8333-333333333333"
#define OTHER   "identity--44444444-4444-4444-8444-444444444444"
#define BY(who) ",\"created_by_ref\":\"" who "\""
#define IND(at, more)                                                 \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\","           \
	"\"id\":\"indicator--55555555-5555-4555-8555-555555555555\"," \
	"\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"" at "\"" more "}"
#define T1 "2026-01-01T00:00:00.000Z"
#define T2 "2026-01-02T00:00:00.000Z"
#define URL(more)                                                                           \
	"{\"type\":\"url\",\"id\":\"url--55555555-5555-4555-8555-555555555555\",\"value\":" \
	"\"http://a.example/\"" more "}"

/* clang-format off */
static const struct creator_case {
	const char *name;
	const char *here; /* NULL: nothing */
	const char *comes;
	const char *from, *originator;
	const char *problem; /* part of it; NULL: taken */
} creator_cases[] = {
	{ "its first version", NULL, IND(T1, BY(JP)), "JP:JPCERT", "JP:JPCERT", NULL },
	{ "its next version", IND(T1, BY(JP)), IND(T2, BY(JP)), "JP:JPCERT", "JP:JPCERT", NULL },
	{ "in our name", NULL, IND(T1, BY(WE)), "JP:JPCERT", "JP:JPCERT", "created in the name of our IN:CERT-IN" },
	{ "in our name, as ours", NULL, IND(T1, BY(WE)), "JP:JPCERT", "IN:CERT-IN", "created in the name of our IN:CERT-IN" },
	{ "another creator", IND(T1, BY(JP)), IND(T2, BY(OTHER)), "JP:JPCERT", "JP:JPCERT", "it is here with another creator" },
	{ "no creator any more", IND(T1, BY(JP)), IND(T2, ""), "JP:JPCERT", "JP:JPCERT", "it is here with another creator" },
	{ "a creator all at once", IND(T1, ""), IND(T2, BY(JP)), "JP:JPCERT", "JP:JPCERT", "it is here with another creator" },
	{ "an older version by another", IND(T2, BY(JP)), IND(T1, BY(OTHER)), "JP:JPCERT", "JP:JPCERT", "it is here with another creator" },
	{ "relayed for the first time", NULL, IND(T1, BY(KR)), "JP:JPCERT", "JP:JPCERT", NULL },
	{ "relayed, and said whose it is", IND(T1, BY(KR)), IND(T2, BY(KR)), "JP:JPCERT", "KR:KISA", NULL },
	{ "changed by who only passes it on", IND(T1, BY(KR)), IND(T2, BY(KR)), "JP:JPCERT", "JP:JPCERT", "KR:KISA created it" },
	{ "passed on unchanged", IND(T1, BY(KR)), IND("2026-01-01T00:00:00Z", BY(KR)), "JP:JPCERT", "JP:JPCERT", NULL },
	{ "of a stranger, by any partner", IND(T1, BY(OTHER)), IND(T2, BY(OTHER)), "JP:JPCERT", "JP:JPCERT", NULL },
	{ "of nobody", IND(T1, ""), IND(T2, ""), "JP:JPCERT", "JP:JPCERT", NULL },
	{ "an observable has no versions", URL(""), URL(",\"x_note\":1"), "JP:JPCERT", "JP:JPCERT", NULL },
};
/* clang-format on */

static void
need(enum err err, const struct why *why)
{
	if (err != OK)
		fail_msg("%s: %s", why->code, why->text);
}

static void
read_object(struct arena *a, const char *text, struct page_object *ret)
{
	const struct json *tree = NULL;
	struct why why = { 0 };

	*ret = (struct page_object){ .raw = str_of(text) };
	need(json_parse(a, ret->raw, NULL, &tree, &why), &why);
	need(stix_scan(tree, &ret->stix, &why), &why);
	need(stix_hash(&ret->stix, a, &ret->hashes, &why), &why);
}

static void
put_here(struct db *db, struct arena *a, const char *text)
{
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	struct collection c = { .alias = S("in"),
		.kind = COLLECTION_RECEIVED,
		.owner = S("IN:CERT-IN") };
	const struct provenance from = { .owner = S("IN:CERT-IN"), .giver = S("JP:JPCERT") };
	struct page_object o;
	struct why why = { 0 };
	enum put_result result;
	int64_t added = 0;

	read_object(a, text, &o);
	need(db_begin(db, &txn, &why), &why);
	need(store_collection_ensure(db, a, &c, &why), &why);
	const struct store_put put = { .shard_key = c.shard_key,
		.object = &o.stix,
		.hashes = &o.hashes,
		.provenance = &from,
		.now = US_PER_S };
	need(store_put(db, &put, &result, &added, &why), &why);
	need(db_commit(&txn, &why), &why);
}

static void
check_creator(void **state)
{
	const struct creator_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(db_closep) struct db *db = NULL;
	const struct organisation of[] = {
		{ .code = S("IN:CERT-IN"), .identity = S(WE) },
		{ .code = S("JP:JPCERT"), .identity = S(JP) },
		{ .code = S("KR:KISA"), .identity = S(KR) },
	};
	static const char *const party[] = { "IN", "JP", "KR" };
	struct agreement *agreement = arena_make(a, struct agreement, 1);
	assert_non_null(agreement);
	agreement->parties = COUNTOF(party);
	for (size_t i = 0; i < COUNTOF(party); i++) {
		agreement->party[i].code = str_of(party[i]);
		agreement->party[i].organisations = 1;
		agreement->party[i].organisation = &of[i];
	}
	const struct standing standing = { .agreement = agreement };
	const struct gate gate = { .party = S("IN"), .agreements = 1, .standing = { &standing } };
	struct page_object o;
	struct why why = { 0 };

	const char *tmp = getenv("TMPDIR");
	char folder[256];
	(void)snprintf(folder, sizeof(folder), "%s/torana-creator-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(folder));
	need(db_open(&(struct db_config){ .place = arena_printf(a, "%s/x.db%c", folder, '\0').ptr },
	         &db, &why),
	    &why);
	need(db_migrate(db, store_migrations, store_migrations_count, NULL, &why), &why);
	if (c->here != NULL)
		put_here(db, a, c->here);
	read_object(a, c->comes, &o);
	struct arrival x = { .object = &o,
		.from = str_of(c->from),
		.originator = str_of(c->originator) };
	need(arrival_check_creator(&gate, db, a, &x, &why), &why);
	if (c->problem == NULL && x.problem.len > 0)
		fail_msg(STR_FMT, STR_ARG(x.problem));
	if (c->problem != NULL)
		assert_int_not_equal(str_find(x.problem, str_of(c->problem)), SIZE_MAX);
	db_closep(&db);
	db = NULL;
	static const char *const files[] = { "x.db", "x.db-wal", "x.db-shm" };
	for (size_t i = 0; i < COUNTOF(files); i++)
		(void)unlink(arena_printf(a, "%s/%s%c", folder, files[i], '\0').ptr);
	(void)rmdir(folder);
}

int
main(int argc, char **argv)
{
	static struct cases cases;

	CASES(&cases, creator_cases, check_creator);
	return cases_run("creator", &cases, argc, argv);
}
