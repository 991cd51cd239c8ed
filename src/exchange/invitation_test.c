#include "partners_p.h"

static struct node *nodes[2];

static struct str
invitation_of(struct node *n)
{
	struct why why = { 0 };
	struct str text;

	node_need(invitation_make(n->realm, n->arena, &text, &why), &why);
	return text;
}

static struct str
words_of(struct node *n, struct str invitation, bool digits)
{
	char text[FINGERPRINT_TEXT_MAX];
	struct hash h = invitation_fingerprint(invitation);

	if (digits)
		fingerprint_digits(&h, text);
	else
		fingerprint_words(&h, text);
	return arena_str(n->arena, str_of(text));
}

static void
says_who_we_are(void **state)
{
	struct str text = invitation_of(nodes[1]);
	const struct json *tree = NULL;

	(void)state;
	assert_int_equal(json_parse(nodes[1]->arena, text, NULL, &tree, NULL), OK);
	assert_int_equal(tree->len, 12);
	assert_true(str_is(json_str(json_get(tree, S("name"))), "jp.example"));
	assert_true(str_is(json_str(json_get(tree, S("party"))), "JP"));
	assert_true(str_is(json_str(json_get(tree, S("realm"))), "demo"));
	assert_true(str_eq(text, invitation_of(nodes[1])));
}

static void
wrong_fingerprint_stores_nothing(void **state)
{
	struct str text = invitation_of(nodes[1]);
	struct str other = words_of(nodes[0], invitation_of(nodes[0]), false);
	struct why why = { 0 };
	struct peer peer;

	(void)state;
	assert_int_equal(invitation_accept(nodes[0]->realm, text, other, &peer, nodes[0]->arena,
	                     &why),
	    ERR_TAMPERED);
	assert_int_equal(node_count(nodes[0], "SELECT COUNT(*) FROM peer"), 0);
}

static const struct edit_case {
	const char *name;
	const char *from, *to;
	enum err want;
	const char *why;
} edit_cases[] = {
	{ "plain address", "https://", "http://", ERR_INVALID,
	    "this is no invitation: url must be https:// with a host, and nothing behind it" },
	{ "address with a path", "https://127.0.0.1", "https://127.0.0.1/x", ERR_INVALID,
	    "this is no invitation: url must be https:// with a host, and nothing behind it" },
	{ "another realm", "\"realm\":\"demo\"", "\"realm\":\"real\"", ERR_INVALID,
	    "this is no invitation: log_key must be the verifier key of the log NAME/REALM" },
	{ "blanks", "{\"agreement_key", "{ \"agreement_key", ERR_INVALID,
	    "the invitation is not in its canonical form; use the file as it was made" },
	{ "another format", "\"format\":1", "\"format\":2", ERR_INVALID,
	    "this is no invitation: format must be 1" },
	{ "foreign organisation", "\"JP:CERT\"", "\"US:CERT\"", ERR_INVALID,
	    "this is no invitation: organisation must be an organisation of the party" },
	{ "short pin", "\"tls_pin\":\"", "\"tls_pin\":\"0", ERR_INVALID,
	    "this is no invitation: tls_pin must be a SHA-256 in 64 hex digits" },
	{ "no object", "{", "[{", ERR_INVALID, NULL },
};

static void
check_edit(void **state)
{
	const struct edit_case *c = *state;
	struct str text = invitation_of(nodes[1]);
	size_t at = str_find(text, str_of(c->from));
	struct why why = { 0 };
	struct peer peer;

	assert_true(at != SIZE_MAX);
	text = arena_printf(nodes[0]->arena, "%.*s%s%.*s", (int)at, text.ptr, c->to,
	    (int)(text.len - at - strlen(c->from)), text.ptr + at + strlen(c->from));
	assert_int_equal(invitation_accept(nodes[0]->realm, text, words_of(nodes[0], text, false),
	                     &peer, nodes[0]->arena, &why),
	    c->want);
	if (c->why != NULL)
		assert_string_equal(why.text, c->why);
	assert_int_equal(node_count(nodes[0], "SELECT COUNT(*) FROM peer"), 0);
}

static void
own_invitation_is_refused(void **state)
{
	struct str text = invitation_of(nodes[0]);
	struct why why = { 0 };
	struct peer peer;

	(void)state;
	assert_int_equal(invitation_accept(nodes[0]->realm, text, words_of(nodes[0], text, false),
	                     &peer, nodes[0]->arena, &why),
	    ERR_INVALID);
	assert_string_equal(why.code, "invitation.own");
}

/* Last: from here on the peer is there. */
static void
read_back_adds_the_peer(void **state)
{
	struct str text = invitation_of(nodes[1]);
	struct why why = { 0 };
	struct peer peer;

	(void)state;
	for (int i = 0; i < 2; i++) {
		node_need(invitation_accept(nodes[0]->realm, text, words_of(nodes[0], text, i == 1),
		              &peer, nodes[0]->arena, &why),
		    &why);
		assert_true(str_is(peer.name, "jp.example"));
		assert_true(str_eq(peer.invitation, text));
	}
	assert_int_equal(node_count(nodes[0], "SELECT COUNT(*) FROM peer WHERE verified_at > 0"),
	    1);
}

static void
other_keys_of_a_party_are_refused(void **state)
{
	CLEANUP(node_freep) struct node *again = node_new("JP");
	struct str text = invitation_of(again);
	struct why why = { 0 };
	struct peer peer;

	(void)state;
	assert_int_equal(invitation_accept(nodes[0]->realm, text, words_of(nodes[0], text, false),
	                     &peer, nodes[0]->arena, &why),
	    ERR_CONFLICT);
	assert_int_equal(node_count(nodes[0], "SELECT COUNT(*) FROM peer"), 1);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	nodes[0] = node_new("IN");
	nodes[1] = node_new("JP");
	CASE(&cases, says_who_we_are);
	CASE(&cases, wrong_fingerprint_stores_nothing);
	CASES(&cases, edit_cases, check_edit);
	CASE(&cases, own_invitation_is_refused);
	CASE(&cases, read_back_adds_the_peer);
	CASE(&cases, other_keys_of_a_party_are_refused);
	int failed = cases_run("invitation", &cases, argc, argv);
	node_freep(&nodes[0]);
	node_freep(&nodes[1]);
	return failed;
}
