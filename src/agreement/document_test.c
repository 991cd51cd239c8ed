#include "document.h"

#include "cases.h"
#include "fixture_p.h"

static void
check_shipped(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	const struct agreement *g = w.standing.agreement;
	const struct party *party = NULL;

	(void)state;
	assert_true(str_is(g->id, "IJ-MODEL"));
	assert_true(g->model);
	assert_int_equal(g->parties, 2);
	assert_int_equal(g->categories, 19);
	assert_true(str_is(g->party[0].node, "in.example"));
	assert_true(str_is(g->party[0].organisation[0].identity, "identity--" UUID("0001")));
	assert_true(g->party[1].organisation[1].state_body);
	assert_int_equal(g->ceiling[CHANNEL_OFFICER], TLP_AMBER_STRICT);
	assert_int_equal(g->retention_days, 180);
	assert_int_equal(g->ack_hours, 24);
	assert_true(str_is(g->red_clause, "3b"));
	assert_non_null(agreement_organisation(g, S("JP:NCO"), &party));
	assert_true(str_is(party->code, "JP"));
	assert_null(agreement_organisation(g, S("JP"), NULL));
	assert_null(agreement_party(g, S("US")));
}

/* clang-format off */
/* A small agreement (JCS: no blanks) with one thing changed. */
static const struct broken_case {
	const char *name;
	const char *from, *to;
	enum err want;
	const char *why;
	const char *where;
} broken_cases[] = {
	{ "another type", "\"type\":\"torana-agreement\"", "\"type\":\"bundle\"", ERR_INVALID,
	  "the type is \"bundle\", where \"torana-agreement\" is wanted", "/" },
	{ "a newer format", "\"format\":1", "\"format\":2", ERR_INVALID, "format 2 is newer than this program, which reads format 1", "/" },
	{ "an unknown block", "\"format\":1", "\"format\":1,\"break_ice\":{}", ERR_INVALID, NULL, "/break_ice" },
	{ "a block of one's own", "\"format\":1", "\"format\":1,\"x_note\":{\"any\":1}", OK, "", "" },
	{ "a block that is kept", "\"format\":1", "\"format\":1,\"legal_bases\":[]", OK, "", "" },
	{ "no header", "\"header\":", "\"x_header\":", ERR_INVALID, "the member \"header\" is missing", "/" },
	{ "no title in the language of record", "\"language_of_record\":\"en\"", "\"language_of_record\":\"fr\"", ERR_INVALID,
	  "there is no title in the language of record, \"fr\"", "/header/title" },
	{ "an instant that is none", "2031-01-01T00:00:00Z", "2031-02-30T00:00:00Z", ERR_INVALID,
	  "must be an instant like 2026-01-01T00:00:00Z", "/lifecycle/expires_on" },
	{ "an end before the start", "2031-01-01T00:00:00Z", "2025-01-01T00:00:00Z", ERR_INVALID,
	  "expires_on must lie after in_force_from", "/lifecycle" },
	{ "a party twice", "\"code\":\"JP\"", "\"code\":\"IN\"", ERR_INVALID, "the party \"IN\" is there twice", "/parties/1" },
	{ "an organisation of another party", "\"code\":\"JP:NCO\"", "\"code\":\"IN:NCO\"", ERR_INVALID,
	  "the code \"IN:NCO\" must begin with \"JP:\"", "/parties/1/organisations/1" },
	{ "an organisation twice", "\"code\":\"JP:NCO\"", "\"code\":\"JP:JPCERT\"", ERR_INVALID,
	  "the organisation \"JP:JPCERT\" is there twice", "/parties/1/organisations/1" },
	{ "a kind of organisation", "\"kind\":\"private-body\"", "\"kind\":\"club\"", ERR_INVALID,
	  "the kind is state-body or private-body, not \"club\"", "/parties/1/organisations/0" },
	{ "no key", "\"agreement_key\":\"", "\"agreement_key\":\"zz", ERR_INVALID, "agreement_key must be a public key: 64 hex digits", "/parties/0" },
	{ "a clause that is not there", "\"clause\":\"17\"", "\"clause\":\"99\"", ERR_INVALID,
	  "there is no clause \"99\" in this agreement", "/data_categories/18" },
	{ "a category twice", "\"code\":\"technique\"", "\"code\":\"indicator\"", ERR_INVALID,
	  "the category \"indicator\" is there twice", "/data_categories/8" },
	{ "an unknown ruling", "\"ruling\":\"redact\"", "\"ruling\":\"maybe\"", ERR_INVALID,
	  "the ruling \"maybe\" is not allow, redact, hold or deny", "/data_categories/14" },
	{ "an unknown TLP", "\"max_tlp\":\"AMBER\"", "\"max_tlp\":\"PINK\"", ERR_INVALID,
	  "max_tlp must be CLEAR, GREEN, AMBER, AMBER+STRICT or RED, not \"PINK\"", "/data_categories/6" },
	{ "a predicate that nobody knows", "\"facts\":[\"tied\"]", "\"facts\":[\"tyed\"]", ERR_INVALID,
	  "\"tyed\" is not the name of a fact", "/data_categories/12/when/facts/0" },
	{ "an unknown condition", "\"when\":{\"types\":[\"indicator\"]}", "\"when\":{\"type\":[\"indicator\"]}", ERR_INVALID, NULL, "/data_categories/7/when/type" },
	{ "no condition", "\"when\":{\"types\":[\"indicator\"]}", "\"when\":{}", ERR_INVALID,
	  "must hold a condition: a rule for everything is not meant", "/data_categories/7/when" },
	{ "a list that is none", "\"when\":{\"types\":[\"indicator\"]}", "\"when\":{\"types\":\"indicator\"}", ERR_INVALID,
	  "must be array, not string", "/data_categories/7/when/types" },
	{ "an element that is no text", "\"when\":{\"types\":[\"indicator\"]}", "\"when\":{\"types\":[1]}", ERR_INVALID,
	  "must be a text that is not empty, not number", "/data_categories/7/when/types/0" },
	{ "a purpose that is not there", "\"purposes\":[\"prevention\"", "\"purposes\":[\"fun\"", ERR_INVALID,
	  "\"fun\" is not defined in this agreement", "/data_categories/18/when" },
	{ "a member of a category that is not understood", "\"code\":\"indicator\"", "\"code\":\"indicator\",\"unless\":[]", ERR_INVALID, NULL, "/data_categories/7/unless" },
	{ "unmarked may not be allowed", "\"unmarked\":\"deny\"", "\"unmarked\":\"allow\"", ERR_INVALID,
	  "unmarked must be \"deny\" or \"AMBER+STRICT\": no marking never means free", "/marking_policy" },
	{ "originator control may not be off", "\"originator_control\":true", "\"originator_control\":false", ERR_INVALID,
	  "originator_control must be true: nothing goes onward without its originator's word", "/third_party" },
	{ "a control character", "\"name\":\"India\"", "\"name\":\"In\\ndia\"", ERR_INVALID,
	  "must be one line without control characters", "/parties/0/name" },
	{ "an area called all", "\"code\":\"CAP\"", "\"code\":\"all\"", ERR_INVALID,
	  "\"all\" means the whole agreement and cannot be an area", "/areas/2" },
};

#define BLOCK(text) "\"format\":1", "\"format\":1," text
#define HASH64 "\"0000000000000000000000000000000000000000000000000000000000000000\""
/* The same with a block more, or a block changed. */
static const struct broken_case block_cases[] = {
	{ "an instrument", "\"id\":\"IJ-MODEL\"", "\"id\":\"IJ-MODEL\",\"instruments\":[{\"title\":\"t\",\"text_hash\":" HASH64
	  ",\"date\":\"2026-01-01T00:00:00Z\",\"binding\":false,\"evidence\":{\"name\":\"t.p7s\",\"hash\":" HASH64 "}}]", OK, "", "" },
	{ "evidence without a hash", "\"id\":\"IJ-MODEL\"", "\"id\":\"IJ-MODEL\",\"instruments\":[{\"title\":\"t\",\"text_hash\":" HASH64
	  ",\"date\":\"2026-01-01T00:00:00Z\",\"binding\":false,\"evidence\":{\"name\":\"t.p7s\"}}]", ERR_INVALID,
	  "the member \"hash\" is missing", "/header/instruments/0/evidence" },
	{ "a hash that is none", "\"id\":\"IJ-MODEL\"", "\"id\":\"IJ-MODEL\",\"text_hash\":\"00\"", ERR_INVALID,
	  "text_hash must be a SHA-256: 64 hex digits in lower case", "/header" },
	{ "a version that supersedes itself", "\"id\":\"IJ-MODEL\"", "\"id\":\"IJ-MODEL\",\"supersedes\":{\"version\":1,\"hash\":" HASH64 "}", ERR_INVALID,
	  "version 1 cannot supersede version 1", "/header/supersedes" },
	{ "an automatic renewal for no time", "\"in_force_from\"", "\"renewal\":{\"mode\":\"auto\"},\"in_force_from\"", ERR_INVALID,
	  "an automatic renewal needs term_days, the days of one term", "/lifecycle/renewal" },
	{ "an approval of a stranger", "\"in_force_from\"", "\"approvals\":[{\"party\":\"US\",\"act\":\"a\",\"date\":\"2026-01-01T00:00:00Z\"}],\"in_force_from\"",
	  ERR_INVALID, "\"US\" is no party of this agreement", "/lifecycle/approvals/0" },
	{ "a successor of one that is still there", "\"code\":\"JP:NCO\"", "\"successor_of\":[\"JP:JPCERT\"],\"code\":\"JP:NCO\"", ERR_INVALID,
	  "\"JP:JPCERT\" is still an organisation, or has two successors", "/parties" },
	{ "a circle of successors", "\"code\":\"JP:NCO\"", "\"successor_of\":[\"JP:NCO\"],\"code\":\"JP:NCO\"", ERR_INVALID,
	  "\"JP:NCO\" is still an organisation, or has two successors", "/parties" },
	{ "a successor", "\"code\":\"JP:NCO\"", "\"successor_of\":[\"JP:NISC\"],\"code\":\"JP:NCO\"", OK, "", "" },
	{ "a project without areas", "\"name\":\"Japan\"", "\"name\":\"Japan\",\"class\":\"project\"", ERR_INVALID,
	  "a party of the class project must name its areas", "/parties/1" },
	{ "a project with an area that is not there", "\"name\":\"Japan\"", "\"name\":\"Japan\",\"class\":\"project\",\"areas\":[\"XX\"]", ERR_INVALID,
	  "the area \"XX\" of the party JP is not defined in this agreement", "/" },
	{ "a delegate whose authority ends before it begins", "\"name\":\"Japan\"", "\"name\":\"Japan\",\"delegates\":[{\"name\":\"n\",\"office\":\"o\","
	  "\"authority\":\"a\",\"from\":\"2026-01-01T00:00:00Z\",\"until\":\"2025-01-01T00:00:00Z\"}]", ERR_INVALID,
	  "until must lie after from", "/parties/1/delegates/0" },
	{ "a lead party that is none", "\"code\":\"CAP\"", "\"code\":\"CAP\",\"lead_party\":\"US\"", ERR_INVALID,
	  "the lead party \"US\" is no party of this agreement", "/areas/2" },
	{ "a matrix that asks for whom nobody knows", BLOCK("\"approvals_matrix\":{\"clause\":\"4\",\"rows\":[{\"risk\":\"high\",\"needs\":[\"minister\"]}]}"), ERR_INVALID,
	  "needs must be [\"none\"], or some of one, two, legal, policy and defence-liaison; there is \"minister\"", "/approvals_matrix/rows/0" },
	{ "a matrix that asks for nobody and somebody", BLOCK("\"approvals_matrix\":{\"clause\":\"4\",\"rows\":[{\"risk\":\"high\",\"needs\":[\"none\",\"two\"]}]}"), ERR_INVALID,
	  "needs must be [\"none\"], or some of one, two, legal, policy and defence-liaison; there is \"none\"", "/approvals_matrix/rows/0" },
	{ "TLP 1.x made weaker", "\"unmarked\":\"deny\"", "\"unmarked\":\"deny\",\"tlp1_map\":{\"AMBER\":\"GREEN\"}", ERR_INVALID,
	  "AMBER of TLP 1.x cannot count as less than AMBER", "/marking_policy/tlp1_map" },
	{ "a community of strangers", "\"unmarked\":\"deny\"", "\"unmarked\":\"deny\",\"community_definition\":{\"GREEN\":[\"US\"]}", ERR_INVALID,
	  "\"US\" is neither a party nor an organisation of this agreement", "/marking_policy/community_definition" },
	{ "a marking that is unknown may not be allowed", "\"unmarked\":\"deny\"", "\"unmarked\":\"deny\",\"unknown\":\"allow\"", ERR_INVALID,
	  "unknown must be \"deny\": a marking that nobody understands is not shared", "/marking_policy" },
	{ "a class that is treated in two ways", "\"personal_data\":{", "\"personal_data\":{\"redactions\":[{\"class\":\"phone\",\"method\":\"drop\"},"
	  "{\"class\":\"phone\",\"method\":\"mask\"}],", ERR_INVALID, "the class \"phone\" is there twice", "/personal_data/redactions/0" },
	{ "other agreements without asking", "\"third_party\":{", "\"third_party\":{\"onward\":{\"other_agreements\":\"allow\"},", ERR_INVALID,
	  "other_agreements must be one of: deny ask; it is \"allow\"", "/third_party/onward" },
	{ "classified without a bar", BLOCK("\"classified\":{\"clause\":\"8\",\"bar\":false}"), ERR_INVALID,
	  "bar must be true: classified matters have their own channels", "/classified" },
	{ "glass broken by one", BLOCK("\"break_glass\":{\"clause\":\"12\",\"conditions\":[\"c\"],\"officers\":1,\"never_overrides\":[\"red\"],\"review_hours\":24}"), ERR_INVALID,
	  "glass is broken by at least two officers", "/break_glass" },
	{ "glass broken over RED", BLOCK("\"break_glass\":{\"clause\":\"12\",\"conditions\":[\"c\"],\"officers\":2,"
	  "\"never_overrides\":[\"classified\",\"cii\",\"acd-origin\",\"realm\"],\"review_hours\":24}"), ERR_INVALID,
	  "never_overrides must hold \"red\": no emergency opens that door", "/break_glass" },
	{ "harm that nobody looks at", BLOCK("\"urgency\":{\"clause\":\"12\",\"levels\":[{\"code\":\"FLASH\",\"ack_minutes\":60}],"
	  "\"imminent_harm\":{\"clause\":\"12\",\"needs\":[\"none\"]}}"), ERR_INVALID,
	  "imminent harm needs somebody who agrees: needs cannot be none", "/urgency" },
	{ "accession by a majority", BLOCK("\"accession\":{\"clause\":\"12\",\"who_may\":[\"any State\"],\"class\":\"member\",\"vote\":\"majority\"}"), ERR_INVALID,
	  "vote must be \"unanimous\": nobody is given a partner whom it did not choose", "/accession" },
	{ "suspension by all together", "\"suspension\":{", "\"suspension\":{\"by_whom\":\"all\",", ERR_INVALID,
	  "by_whom must be \"any-party\": each party can close its own door", "/suspension" },
	{ "exercise keys that are the real ones", "\"exercise_realm\":{", "\"exercise_realm\":{\"keys\":\"shared\",", ERR_INVALID,
	  "keys must be \"disjoint\": an exercise has keys of its own", "/exercise_realm" },
	{ "a basis that ends before it begins", BLOCK("\"legal_bases\":[{\"code\":\"B\",\"citation\":\"c\",\"in_force_from\":\"2026-01-01T00:00:00Z\","
	  "\"in_force_until\":\"2025-01-01T00:00:00Z\"}]"), ERR_INVALID, "in_force_until must lie after in_force_from", "/legal_bases/0" },
	{ "a contact of a stranger", BLOCK("\"contacts\":[{\"party\":\"US\",\"role\":\"duty\",\"name\":\"n\",\"reach\":\"r\"}]"), ERR_INVALID,
	  "a contact is of a party of this agreement, and of one of its organisations", "/contacts/0" },
	{ "an annex", BLOCK("\"annexes\":[{\"code\":\"A\",\"version\":1,\"title\":\"t\",\"date\":\"2026-01-01T00:00:00Z\"}]"), OK, "", "" },
	{ "a taxonomy with a member that nobody knows", BLOCK("\"taxonomies\":[{\"id\":\"rsit\",\"version\":\"1\",\"size\":1}]"), ERR_INVALID, NULL, "/taxonomies/0/size" },
	{ "a clause of the States", "\"17\":", "\"1\":{\"text\":\"t\",\"model\":false,\"source\":\"MoC, paragraph 1\"},\"17\":", OK, "", "" },
	{ "a clause that is a number", "\"17\":", "\"1\":1,\"17\":", ERR_INVALID, "the clause \"1\" must be a text, or an object with a text", "/clauses" },
};
/* clang-format on */

static void
check_broken(void **state)
{
	const struct broken_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	const struct agreement *g;
	struct why why = { 0 };
	struct str thin = world_file(a, "../src/agreement/testdata/thin.json");
	enum err got = agreement_parse(a, replaced(a, thin, c->from, c->to), &g, &why);

	if (got != c->want)
		fail_msg("%s: %s at %s", err_name(got), why.text, why.where);
	if (c->want == OK)
		return;
	if (c->why != NULL)
		assert_string_equal(why.text, c->why);
	assert_string_equal(why.where, c->where);
}

static void
check_template(void **state)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf out = buf_new(DOCUMENT_BYTES_MAX);
	struct party_binding b = { .party = S("US"), .node = S("us.example") };
	struct str template = world_file(w.a, "agreements/india-japan.json");
	const struct agreement *g;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(agreement_parse(w.a, template, &g, &why), ERR_INVALID);
	assert_string_equal(why.where, "/parties/0/node");
	assert_int_equal(agreement_fill(w.a, template, &b, 1, &out, &why), ERR_INVALID);
	assert_string_equal(why.text, "there is no party US in this template");
	b.party = S("IN");
	assert_int_equal(agreement_fill(w.a, w.agreement, &b, 1, &out, &why), ERR_INVALID);
	assert_string_equal(why.text, "the party IN of this template is filled already");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASE(&cases, check_shipped);
	CASES(&cases, broken_cases, check_broken);
	CASES(&cases, block_cases, check_broken);
	CASE(&cases, check_template);
	return cases_run("document", &cases, argc, argv);
}
