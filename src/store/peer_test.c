#include "peer.h"

#include "fresh_p.h"

static struct peer
peer_of(const char *name, const char *party, const char *pin, const char *log_key)
{
	return (struct peer){
		.name = str_of(name),
		.party = str_of(party),
		.kind = S("torana"),
		.url = S("https://jp.example:8443"),
		.tls_pin = hash_of(str_of(pin)),
		.log_key = str_of(log_key),
		.witness_key = S("w"),
		.agreement_key = { 7 },
		.identity = S("identity--44444444-4444-4444-8444-444444444444"),
		.invitation = S("{\"type\":\"invitation\"}"),
		.added_at = FRESH_NOW,
	};
}

/* clang-format off */
static const struct second_case {
	const char *name;
	const char *node, *party, *pin, *log_key;
	enum err want;
} second_cases[] = {
	{ "the same", "jp.example", "JP", "p", "k", OK },
	{ "another party", "us.example", "US", "q", "k", OK },
	{ "another key", "jp.example", "JP", "p", "l", ERR_CONFLICT },
	{ "another pin", "jp.example", "JP", "q", "k", ERR_CONFLICT },
	{ "the party's second node", "two.example", "JP", "q", "k", ERR_CONFLICT },
	{ "a stolen pin", "us.example", "US", "p", "k", ERR_CONFLICT },
};
/* clang-format on */

static void
check_second(void **state)
{
	const struct second_case *c = *state;
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct peer first = peer_of("jp.example", "JP", "p", "k");
	struct peer second = peer_of(c->node, c->party, c->pin, c->log_key), *all;
	struct why why = { 0 };
	size_t n;

	fresh_begin(&f);
	fresh_ok(store_peer_put(f.db, &first, &why), &why);
	second.added_at++;
	assert_int_equal(store_peer_put(f.db, &second, &why), c->want);
	if (c->want != OK) {
		assert_string_equal(why.code, "store.peer");
		assert_true(str_starts(str_of(why.text),
		    S("jp.example of JP is known with other keys or another address")));
	}
	fresh_ok(store_peers(f.db, f.arena, &all, &n, &why), &why);
	assert_int_equal(n, str_eq(first.name, second.name) || c->want != OK ? 1 : 2);
	assert_true(str_is(all[0].name, "jp.example") && str_is(all[0].log_key, "k"));
}

static void
check_find(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct peer p = peer_of("jp.example", "JP", "p", "k"), found;
	struct hash other = hash_of(S("q"));
	struct why why = { 0 };

	fresh_begin(&f);
	assert_int_equal(store_peer_find(f.db, f.arena, S("jp.example"), &found, &why),
	    ERR_NOT_FOUND);
	assert_string_equal(why.text, "there is no such peer: accept its invitation first");
	fresh_ok(store_peer_put(f.db, &p, &why), &why);
	fresh_ok(store_peer_find(f.db, f.arena, S("jp.example"), &found, &why), &why);
	assert_true(hash_eq(&found.tls_pin, &p.tls_pin));
	assert_memory_equal(found.agreement_key, p.agreement_key, PEER_KEY_BYTES);
	assert_true(str_eq(found.invitation, p.invitation));
	assert_true(str_eq(found.identity, p.identity));
	assert_int_equal(found.verified_at, 0);
	fresh_ok(store_peer_by_pin(f.db, f.arena, &p.tls_pin, &found, &why), &why);
	fresh_ok(store_peer_by_party(f.db, f.arena, S("JP"), &found, &why), &why);
	assert_int_equal(store_peer_by_pin(f.db, f.arena, &other, &found, &why), ERR_NOT_FOUND);
	assert_int_equal(store_peer_by_party(f.db, f.arena, S("US"), &found, &why), ERR_NOT_FOUND);
}

static void
check_verified(void **)
{
	CLEANUP(fresh_endp) struct fresh f = { 0 };
	struct peer p = peer_of("jp.example", "JP", "p", "k"), found;
	struct why why = { 0 };

	fresh_begin(&f);
	fresh_ok(store_peer_put(f.db, &p, &why), &why);
	fresh_ok(store_peer_verified(f.db, p.name, FRESH_NOW, &why), &why);
	fresh_ok(store_peer_verified(f.db, p.name, FRESH_NOW + 5, &why), &why);
	fresh_ok(store_peer_find(f.db, f.arena, p.name, &found, &why), &why);
	assert_int_equal(found.verified_at, FRESH_NOW);
	assert_int_equal(store_peer_verified(f.db, S("x"), FRESH_NOW, &why), ERR_NOT_FOUND);
	assert_string_equal(why.text, "there is no peer \"x\"");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, second_cases, check_second);
	CASE(&list, check_find);
	CASE(&list, check_verified);
	return cases_run("peer", &list, argc, argv);
}
