/* The rules of the linter: one function each, in a table. */
#include "lint_p.h"
#include "read_p.h"
#include "stix.h"

#define DAY_US (INT64_C(86'400'000'000))

/* ---- dates and life ---- */

static void
lint_life(struct linting *l)
{
	const struct agreement *g = l->g;

	if (g->lifecycle.review_on != TIME_NEVER && g->lifecycle.review_on >= g->expires_on)
		lint_find(l, LINT_WARNING, "review-late", S("/lifecycle/review_on"),
		    "The review falls due after the agreement has ended.");
	if (l->at >= g->expires_on)
		lint_find(l, LINT_WARNING, "expired", S("/lifecycle/expires_on"),
		    "The agreement has ended already.");
	if (g->version > 1 && !g->supersedes)
		lint_find(l, LINT_WARNING, "supersedes-missing", S("/header"),
		    "Version %" PRIu64 " does not name the version that it supersedes.",
		    g->version);
	if (g->lifecycle.renewal == RENEWAL_AUTO &&
	    g->lifecycle.notice_days > g->lifecycle.term_days)
		lint_find(l, LINT_WARNING, "notice-too-long", S("/lifecycle/renewal"),
		    "The notice is longer than the term: a renewal could never be stopped in time.");
}

static void
lint_parties(struct linting *l)
{
	for (size_t i = 0; i < l->g->parties; i++) {
		const struct party *p = &l->g->party[i];
		bool contact = false, able = p->delegates == 0;

		for (size_t k = 0; k < l->g->contacts; k++)
			contact |= str_eq(l->g->contact[k].party, p->code);
		for (size_t k = 0; k < p->delegates; k++)
			able |= p->delegate[k].from <= l->at && l->at < p->delegate[k].until;
		if (l->g->contacts > 0 && !contact)
			lint_find(l, LINT_WARNING, "party-without-contact",
			    lint_at(l, "/parties/%zu", i), STR_FMT " names nobody to call.",
			    STR_ARG(p->code));
		if (!able)
			lint_find(l, LINT_WARNING, "delegates-ended",
			    lint_at(l, "/parties/%zu/delegates", i),
			    "No delegate of " STR_FMT " has authority at this time.",
			    STR_ARG(p->code));
		if (p->until <= l->g->in_force_from)
			lint_find(l, LINT_ERROR, "accession-over",
			    lint_at(l, "/parties/%zu/until", i),
			    "The accession of " STR_FMT " ends before the agreement begins.",
			    STR_ARG(p->code));
	}
}

static void
lint_areas(struct linting *l)
{
	for (size_t i = 0; i < l->g->areas; i++) {
		if (l->g->area[i].lead_party.len == 0)
			lint_find(l, LINT_WARNING, "area-without-lead", lint_at(l, "/areas/%zu", i),
			    "No party leads the area " STR_FMT ".", STR_ARG(l->g->area[i].code));
	}
}

/* ---- purposes and categories ---- */

static bool
allows(const struct category *c, const struct json *list, struct str code)
{
	return c->ruling != RULING_DENY && c->when.types != NULL &&
	       (list == NULL || texts_have(list, code));
}

static void
lint_purposes(struct linting *l)
{
	const struct agreement *g = l->g;

	for (size_t i = 0; i < g->purposes; i++) {
		bool used = false;

		for (size_t k = 0; k < g->categories; k++)
			used |= allows(&g->category[k], g->category[k].when.purposes,
			    g->purpose[i].code);
		if (!used)
			lint_find(l, LINT_WARNING, "purpose-unused", lint_at(l, "/purposes/%zu", i),
			    "No category allows anything for the purpose " STR_FMT ".",
			    STR_ARG(g->purpose[i].code));
		if (g->purpose[i].must_not == NULL)
			lint_find(l, LINT_NOTE, "purpose-without-limit",
			    lint_at(l, "/purposes/%zu", i),
			    "The purpose " STR_FMT " says nothing that it must not serve.",
			    STR_ARG(g->purpose[i].code));
	}
}

/* Whether a row of the matrix is about what this category holds. */
static bool
has_row(const struct agreement *g, const struct category *c)
{
	for (size_t i = 0; i < g->matrix_rows; i++) {
		const struct matrix_row *row = &g->matrix_row[i];

		if (row->risk == c->risk &&
		    (row->categories == NULL || texts_have(row->categories, c->code)))
			return true;
	}
	return false;
}

static void
lint_categories(struct linting *l)
{
	const struct agreement *g = l->g;

	for (size_t i = 0; i < g->categories; i++) {
		const struct category *c = &g->category[i];
		const struct json *when =
		    json_get(json_nth(json_get(g->json, S("data_categories")), i), S("when"));

		if (c->ruling == RULING_HOLD && g->has_matrix && !has_row(g, c))
			lint_find(l, LINT_WARNING, "category-without-row",
			    lint_at(l, "/data_categories/%zu", i),
			    "The category " STR_FMT
			    " is held, and no row of approvals_matrix says who agrees: two "
			    "officers are asked.",
			    STR_ARG(c->code));
		if (c->ruling != RULING_DENY && c->max_tlp > g->ceiling[CHANNEL_OFFICER] &&
		    c->max_tlp > g->ceiling[CHANNEL_PERSON])
			lint_find(l, LINT_WARNING, "category-over-ceiling",
			    lint_at(l, "/data_categories/%zu/max_tlp", i), "No channel carries %s.",
			    tlp_name(c->max_tlp));
		for (size_t k = 0; k < i; k++) {
			const struct json *other =
			    json_get(json_nth(json_get(g->json, S("data_categories")), k),
			        S("when"));

			if (str_eq(when->raw, other->raw) && g->category[k].ruling != c->ruling)
				lint_find(l, LINT_WARNING, "category-contradiction",
				    lint_at(l, "/data_categories/%zu", i),
				    "The categories " STR_FMT " and " STR_FMT
				    " are about the same things and rule differently: the stricter "
				    "one counts.",
				    STR_ARG(g->category[k].code), STR_ARG(c->code));
		}
	}
}

/* Types of STIX 2.1 that are shared: what no category names is always denied. */
static const char *const shared_types[] = {
	"attack-pattern",
	"campaign",
	"course-of-action",
	"grouping",
	"identity",
	"incident",
	"indicator",
	"infrastructure",
	"intrusion-set",
	"location",
	"malware",
	"malware-analysis",
	"note",
	"observed-data",
	"opinion",
	"report",
	"threat-actor",
	"tool",
	"vulnerability",
	"relationship",
	"sighting",
	"artifact",
	"autonomous-system",
	"directory",
	"domain-name",
	"email-addr",
	"email-message",
	"file",
	"ipv4-addr",
	"ipv6-addr",
	"mac-addr",
	"mutex",
	"network-traffic",
	"process",
	"software",
	"url",
	"user-account",
	"windows-registry-key",
	"x509-certificate",
	"marking-definition",
	"language-content",
};

static void
lint_types(struct linting *l)
{
	for (size_t t = 0; t < COUNTOF(shared_types); t++) {
		bool named = false;

		for (size_t i = 0; i < l->g->categories; i++)
			named |= texts_have(l->g->category[i].when.types, str_of(shared_types[t]));
		if (!named)
			lint_find(l, LINT_WARNING, "type-without-category", S("/data_categories"),
			    "No category has a rule for the type %s: each such object is denied.",
			    shared_types[t]);
	}
}

/* ---- references ---- */

/* What a list of codes may name. */
enum target { TARGET_CATEGORY = 1, TARGET_PURPOSE = 2, TARGET_AREA = 4 };

static bool
knows(const struct agreement *g, struct str code, unsigned targets)
{
	if ((targets & TARGET_CATEGORY) != 0 && agreement_category(g, code) != NULL)
		return true;
	if ((targets & TARGET_AREA) != 0 && agreement_area(g, code) != NULL)
		return true;
	for (size_t i = 0; (targets & TARGET_PURPOSE) != 0 && i < g->purposes; i++) {
		if (str_eq(g->purpose[i].code, code))
			return true;
	}
	return false;
}

static void
check_codes(struct linting *l, const struct json *list, unsigned targets, const char *rule,
    struct str pointer)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if (!knows(l->g, v->text, targets))
			lint_find(l, LINT_ERROR, rule, pointer,
			    "\"" STR_FMT "\" is not defined in this agreement.", STR_ARG(v->text));
	}
}

/* Read, because agreements in force may say it, and carried out as "delete". */
static void
lint_expiry(struct linting *l)
{
	static const char text[] =
	    "What has expired is deleted: this program neither gives back nor anonymises. Such an "
	    "agreement is neither stored nor signed anew.";

	if (l->g->on_expiry != EXPIRY_DELETE)
		lint_find(l, LINT_ERROR, "retention-expiry", S("/retention/on_expiry"), "%s", text);
	for (size_t i = 0; i < l->g->retention_rows; i++) {
		if (l->g->retention_row[i].on_expiry != EXPIRY_DELETE)
			lint_find(l, LINT_ERROR, "retention-expiry",
			    lint_at(l, "/retention/rows/%zu/on_expiry", i), "%s", text);
	}
}

static void
lint_references(struct linting *l)
{
	const struct agreement *g = l->g;

	for (size_t i = 0; i < g->matrix_rows; i++)
		check_codes(l, g->matrix_row[i].categories, TARGET_CATEGORY, "matrix-category",
		    lint_at(l, "/approvals_matrix/rows/%zu/categories", i));
	for (size_t i = 0; i < g->obligation_rows; i++) {
		check_codes(l, g->obligation[i].categories, TARGET_CATEGORY, "obligation-category",
		    lint_at(l, "/obligations/%zu/categories", i));
		check_codes(l, g->obligation[i].purposes, TARGET_PURPOSE, "obligation-purpose",
		    lint_at(l, "/obligations/%zu/purposes", i));
	}
	for (size_t i = 0; i < g->retention_rows; i++) {
		if (!knows(g, g->retention_row[i].category, TARGET_CATEGORY))
			lint_find(l, LINT_ERROR, "retention-category",
			    lint_at(l, "/retention/rows/%zu/category", i),
			    "\"" STR_FMT "\" is not defined in this agreement.",
			    STR_ARG(g->retention_row[i].category));
		if (g->retention_row[i].days > g->retention_days)
			lint_find(l, LINT_WARNING, "retention-longer",
			    lint_at(l, "/retention/rows/%zu/days", i),
			    "The row is longer than the agreement's %" PRIu64
			    " days, which count: the shorter period wins.",
			    g->retention_days);
	}
	check_codes(l, g->export_control.free_purposes, TARGET_PURPOSE, "export-purpose",
	    S("/export_control/free_purposes"));
	check_codes(l, g->accession.areas, TARGET_AREA, "accession-area",
	    S("/accession/scope/areas"));
	for (size_t i = 0; i < g->legal_bases; i++)
		check_codes(l, g->legal_basis[i].applies_to,
		    TARGET_CATEGORY | TARGET_PURPOSE | TARGET_AREA, "basis-target",
		    lint_at(l, "/legal_bases/%zu/applies_to", i));
}

/* ---- legal bases ---- */

static const struct legal_basis *
find_basis(const struct agreement *g, struct str code, struct str party)
{
	for (size_t i = 0; i < g->legal_bases; i++) {
		const struct legal_basis *b = &g->legal_basis[i];

		if (str_eq(b->code, code) && (b->party.len == 0 || str_eq(b->party, party)))
			return b;
	}
	return NULL;
}

static void
lint_bases(struct linting *l)
{
	const struct agreement *g = l->g;

	for (size_t i = 0; i < g->personal.grounds; i++) {
		const struct grounds_row *row = &g->personal.ground[i];
		struct str at = lint_at(l, "/personal_data/grounds_by_party/%zu/grounds", i);

		for (const struct json *v = row->grounds->first; v != NULL; v = v->next) {
			if (find_basis(g, v->text, row->party) == NULL)
				lint_find(l, LINT_ERROR, "basis-missing", at,
				    STR_FMT " cites \"" STR_FMT
				            "\", which is none of its legal_bases.",
				    STR_ARG(row->party), STR_ARG(v->text));
			else if (!agreement_has_basis(g, v->text, row->party, l->at))
				lint_find(l, LINT_ERROR, "basis-not-in-force", at,
				    STR_FMT " cites \"" STR_FMT
				            "\", which is not in force at this time.",
				    STR_ARG(row->party), STR_ARG(v->text));
		}
	}
}

/* ---- markings, people, channels ---- */

static void
lint_ceilings(struct linting *l)
{
	const struct agreement *g = l->g;

	if (g->ceiling[CHANNEL_AUTO] > g->ceiling[CHANNEL_OFFICER])
		lint_find(l, LINT_WARNING, "ceiling-order", S("/marking_policy/ceiling_by_channel"),
		    "Standing orders may carry more than an officer who looks at each object.");
	if (g->ceiling[CHANNEL_AUTO] == TLP_RED || g->ceiling[CHANNEL_OFFICER] == TLP_RED)
		lint_find(l, LINT_WARNING, "ceiling-red", S("/marking_policy/ceiling_by_channel"),
		    "TLP:RED never goes from node to node, whatever the ceiling says.");
}

/* Classes of personal data; "victim" is an organisation, and has its own consent. */
static bool is_personal_class(struct str class)
{
	static const char *const classes[] = { "account", "email", "message", "person" };

	for (size_t i = 0; i < COUNTOF(classes); i++) {
		if (str_is(class, classes[i]))
			return true;
	}
	return false;
}

static void
lint_classes(struct linting *l)
{
	const struct personal_terms *p = &l->g->personal;
	const struct json *v = p->allowed_classes == NULL ? NULL : p->allowed_classes->first;

	for (; v != NULL; v = v->next) {
		if (!is_personal_class(v->text))
			lint_find(l, LINT_ERROR, "class-unknown",
			    S("/personal_data/allowed_classes"),
			    "\"" STR_FMT "\" is none of: account email message person.",
			    STR_ARG(v->text));
	}
	for (size_t i = 0; i < p->redactions; i++) {
		struct str class = p->redaction[i].data_class;

		if (!is_personal_class(class) && !str_is(class, "victim"))
			lint_find(l, LINT_ERROR, "class-unknown",
			    lint_at(l, "/personal_data/redactions/%zu/class", i),
			    "\"" STR_FMT "\" is none of: account email message person victim.",
			    STR_ARG(class));
	}
}

/* Who joined later stands under the block that says who may join, and as what. */
static bool
is_within(const struct json *list, const struct json *scope)
{
	for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
		if (scope != NULL && !texts_have(scope, v->text))
			return false;
	}
	return true;
}

static void
lint_accession(struct linting *l)
{
	const struct accession_terms *a = &l->g->accession;

	for (size_t i = 0; i < l->g->parties; i++) {
		const struct party *p = &l->g->party[i];
		struct str at = lint_at(l, "/parties/%zu", i);

		if (p->membership == MEMBERSHIP_MEMBER)
			continue;
		if (!a->given)
			lint_find(l, LINT_ERROR, "accession-missing", at,
			    STR_FMT " has joined, and no block says who may: accession is missing.",
			    STR_ARG(p->code));
		else if (a->membership != p->membership)
			lint_find(l, LINT_ERROR, "accession-class", at,
			    STR_FMT " has joined as another class than accession lets anybody.",
			    STR_ARG(p->code));
		else if (!is_within(p->areas, a->areas) || !is_within(p->projects, a->projects))
			lint_find(l, LINT_ERROR, "accession-scope", at,
			    STR_FMT " has an area or project that is outside of accession's scope.",
			    STR_ARG(p->code));
	}
}

static void
lint_channels(struct linting *l)
{
	const struct agreement *g = l->g;
	bool found = g->third_party.consent_channel.len == 0;

	for (size_t i = 0; i < g->channels; i++)
		found |= str_eq(g->channel[i].code, g->third_party.consent_channel);
	if (!found)
		lint_find(l, LINT_ERROR, "channel-missing", S("/third_party/consent_channel"),
		    "There is no channel \"" STR_FMT "\" in channels.",
		    STR_ARG(g->third_party.consent_channel));
}

/* ---- what was left out ---- */

static void
lint_blocks(struct linting *l)
{
	/* clang-format off */
	static const struct { const char *name, *preset; } blocks[] = {
		{ "accession", "nobody accedes to the agreement" },
		{ "acknowledgement", "the partner need not acknowledge" },
		{ "annexes", "it was never amended" },
		{ "approvals_matrix", "one officer approves what is held" },
		{ "break_glass", "no glass is broken in an emergency" },
		{ "channels", "no channel but the nodes is agreed" },
		{ "classified", "the built-in marks of classification are all that is known" },
		{ "contacts", "nobody is named who can be called" },
		{ "dispute", "no steps are agreed for a dispute" },
		{ "export_control", "no class of technology is named" },
		{ "iep_refs", "no IEP policy travels with what is released" },
		{ "joint_action", "nothing is done together" },
		{ "legal_bases", "no legal basis can be cited" },
		{ "obligations", "the recipient is told no duties" },
		{ "records", "logs are kept for 3650 days, and counts below 5 are not told" },
		{ "taxonomies", "no vocabulary is agreed" },
		{ "urgency", "there are no timers, and no path for imminent harm" },
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNTOF(blocks); i++) {
		if (json_get(l->g->json, str_of(blocks[i].name)) == NULL)
			lint_find(l, LINT_NOTE, "block-missing", S("/"), "%s is left out: %s.",
			    blocks[i].name, blocks[i].preset);
	}
}

void
lint_rules(struct linting *l)
{
	static void (*const rules[])(struct linting * l) = {
		lint_life,
		lint_parties,
		lint_areas,
		lint_purposes,
		lint_categories,
		lint_types,
		lint_expiry,
		lint_references,
		lint_bases,
		lint_ceilings,
		lint_classes,
		lint_accession,
		lint_channels,
		lint_blocks,
	};

	for (size_t i = 0; i < COUNTOF(rules); i++)
		rules[i](l);
}
