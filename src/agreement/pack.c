#include "pack.h"

#include "document_p.h"
#include "dsse.h"
#include "jcs.h"
#include "selector_p.h"

enum {
	PACK_VERSION_MAX = 1'000'000, /* versions are counted by hand */
	DURATION_DIGITS_MAX = 5,      /* a period of law has less than 100,000 of any unit */
};

/* clang-format off */
static const char *const kinds[] = {
	[RULE_RELEASE] = "release",
	[RULE_CLOCK]   = "clock",
	[RULE_DUTY]    = "duty",
	[RULE_POINTER] = "pointer",
};
static const char *const certainties[] = {
	[CERTAINTY_HIGH]    = "H",
	[CERTAINTY_MIDDLE]  = "M",
	[CERTAINTY_LOW]     = "L",
	[CERTAINTY_UNKNOWN] = "unknown",
};
static const char *const earlies[] = {
	[EARLY_NOTHING]  = "nothing",
	[EARLY_ADVISORY] = "advisory",
	[EARLY_APPLY]    = "apply",
};
/* Members that an entry may have, beside those of every entry. */
static const char *const members[] = {
	[RULE_RELEASE] = " early when ruling reason shared approvals redact",
	[RULE_CLOCK]   = " starts to duration banner",
	[RULE_DUTY]    = "",
	[RULE_POINTER] = " route",
};
/* clang-format on */
#define HEAD_MEMBERS "id kind text source certainty enabled why_not from until"

const char *
rule_kind_name(enum rule_kind k)
{
	return kinds[k];
}

const char *
certainty_name(enum certainty c)
{
	return certainties[c];
}

/* The place of an optional word in a table; *ret stays when the member is absent. */
static enum err
read_word(const struct doc *d, const char *name, const char *const *words, size_t n, size_t *ret)
{
	CLEANUP(buf_free) struct buf known = buf_new(KIB);
	struct str text;

	TRY(doc_text(d, name, DOC_OPTIONAL, &text));
	if (json_get(d->v, str_of(name)) == NULL)
		return OK;
	for (size_t i = 0; i < n; i++) {
		if (str_is(text, words[i])) {
			*ret = i;
			return OK;
		}
		buf_printf(&known, "%s%s", i == 0 ? "" : ", ", words[i]);
	}
	return doc_fail(d, ERR_INVALID, "document.word",
	    "%s cannot be \"" STR_FMT "\"; known are: " STR_FMT, name, STR_ARG(text),
	    STR_ARG(buf_str(&known)));
}

/* A date that is not known is null, not left out. */
static enum err
read_from(const struct doc *d, time_us *ret)
{
	const struct json *v = json_get(d->v, S("from"));

	*ret = TIME_NEVER;
	if (v != NULL && v->type == JSON_NULL)
		return OK;
	return doc_time(d, "from", DOC_REQUIRED, ret);
}

/* What is not sure is not enforced, and says so. */
static enum err
check_enabled(const struct doc *d, const struct rule *h)
{
	if (!h->enabled && h->why_not.len == 0)
		return doc_fail(d, ERR_INVALID, "document.why-not",
		    "a rule that is not enabled says why, in why_not");
	if (h->enabled && h->why_not.len > 0)
		return doc_fail(d, ERR_INVALID, "document.why-not",
		    "an enabled rule has no why_not");
	if (h->enabled && h->kind == RULE_RELEASE && h->certainty > CERTAINTY_MIDDLE)
		return doc_fail(d, ERR_INVALID, "document.certainty",
		    "a rule of certainty %s cannot be enabled: a lawyer confirms it first",
		    certainty_name(h->certainty));
	if (h->enabled && h->kind == RULE_RELEASE && h->from == TIME_NEVER)
		return doc_fail(d, ERR_INVALID, "document.period",
		    "a rule without a date cannot be enabled");
	return OK;
}

static enum err
read_head(const struct doc *d, struct rule *h)
{
	size_t kind = RULE_RELEASE, certainty = 0;

	TRY(read_word(d, "kind", kinds, COUNTOF(kinds), &kind));
	h->kind = (enum rule_kind)kind;
	const char *names =
	    arena_cstr(d->a, arena_printf(d->a, HEAD_MEMBERS "%s", members[h->kind]));
	if (names == NULL)
		return doc_fail(d, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(doc_members(d, names));
	TRY(doc_text(d, "id", DOC_REQUIRED, &h->id));
	TRY(doc_text(d, "text", DOC_REQUIRED, &h->text));
	TRY(doc_text(d, "source", DOC_REQUIRED, &h->source));
	TRY(doc_text(d, "certainty", DOC_REQUIRED, &(struct str){ 0 }));
	TRY(read_word(d, "certainty", certainties, COUNTOF(certainties), &certainty));
	h->certainty = (enum certainty)certainty;
	TRY(doc_flag(d, "enabled", DOC_REQUIRED, &h->enabled));
	TRY(doc_text(d, "why_not", DOC_OPTIONAL, &h->why_not));
	TRY(read_from(d, &h->from));
	h->until = TIME_NEVER;
	TRY(doc_time(d, "until", DOC_OPTIONAL, &h->until));
	if (h->from != TIME_NEVER && h->until <= h->from)
		return doc_fail(d, ERR_INVALID, "document.period", "until must lie after from");
	h->duration_s = -1;
	h->json = d->v;
	return check_enabled(d, h);
}

/* ---- rules of release ---- */

static enum err
read_release(const struct doc *d, struct rule *r)
{
	size_t early = EARLY_NOTHING;

	TRY(read_word(d, "early", earlies, COUNTOF(earlies), &early));
	r->early = (enum early)early;
	TRY(selector_read(d, NULL, &r->when));
	TRY(ruling_read(d, &r->ruling));
	if (r->ruling == RULING_ALLOW)
		return doc_fail(d, ERR_INVALID, "document.ruling",
		    "a rule of a pack only restricts: its ruling cannot be \"allow\"");
	TRY(redactions_read(d, r->ruling, &r->redactions, &r->redaction));
	TRY(doc_text(d, "reason", DOC_REQUIRED, &r->reason));
	TRY(doc_text(d, "shared", DOC_REQUIRED, &r->shared));
	if (str_starts(r->shared, S("N-")))
		return doc_fail(d, ERR_INVALID, "document.shared",
		    "the shared code is seen by the partner and cannot begin with N-");
	TRY(redactions_read(d, r->ruling, &r->redactions, &r->redaction));
	return approvals_read(d, r->ruling, &r->approvals, r->approval);
}

bool
rule_is_asked(const struct rule *r, time_us at, bool *ret_advisory)
{
	bool is_early = at < r->from;

	*ret_advisory = is_early && r->early == EARLY_ADVISORY;
	if (!r->enabled || at >= r->until)
		return false;
	return !is_early || r->early != EARLY_NOTHING;
}

/* ---- clocks, duties, pointers ---- */

/* The number in front of a unit; false when there is none. */
static bool
take_number(struct str *text, int64_t *ret)
{
	size_t n = 0;

	*ret = 0;
	while (
	    n < text->len && n < DURATION_DIGITS_MAX && text->ptr[n] >= '0' && text->ptr[n] <= '9')
		*ret = *ret * 10 + (text->ptr[n++] - '0');
	*text = str_sub(*text, n, SIZE_MAX);
	return n > 0 && text->len > 0;
}

/* "PT6H", "P30D", "P1DT12H": periods whose length is the same on every day. */
static bool
parse_duration(struct str text, int64_t *ret)
{
	static const struct {
		char unit;
		bool time;
		int64_t seconds;
	} units[] = { { 'D', false, 86'400 }, { 'H', true, 3600 }, { 'M', true, 60 } };
	bool time = false;
	size_t next = 0; /* units come in this order, each once */
	int64_t number;

	*ret = 0;
	if (!str_starts(text, S("P")) || text.len < 3)
		return false;
	text = str_sub(text, 1, SIZE_MAX);
	while (text.len > 0) {
		if (!time && text.ptr[0] == 'T') {
			time = true;
			text = str_sub(text, 1, SIZE_MAX);
		}
		if (!take_number(&text, &number))
			return false;
		while (next < COUNTOF(units) && units[next].unit != text.ptr[0])
			next++;
		if (next == COUNTOF(units) || units[next].time != time)
			return false;
		*ret += number * units[next++].seconds;
		text = str_sub(text, 1, SIZE_MAX);
	}
	return *ret > 0;
}

static enum err
read_clock(const struct doc *d, struct rule *n)
{
	const struct json *v = json_get(d->v, S("duration"));
	struct str text;

	TRY(doc_text(d, "starts", DOC_REQUIRED, &n->starts));
	TRY(doc_text(d, "to", DOC_REQUIRED, &n->to));
	if (v != NULL && v->type == JSON_NULL)
		return doc_text(d, "banner", DOC_REQUIRED, &n->banner);
	TRY(doc_text(d, "banner", DOC_OPTIONAL, &n->banner));
	TRY(doc_text(d, "duration", DOC_REQUIRED, &text));
	if (!parse_duration(text, &n->duration_s))
		return doc_fail(d, ERR_INVALID, "document.duration",
		    "the duration \"" STR_FMT
		    "\" is not like PT6H or P30D; one that is not known is null",
		    STR_ARG(text));
	return OK;
}

static enum err
read_note(const struct doc *d, struct rule *n)
{
	if (n->kind == RULE_CLOCK)
		return read_clock(d, n);
	if (n->kind == RULE_POINTER)
		return doc_text(d, "route", DOC_REQUIRED, &n->route);
	return OK;
}

/* ---- the whole ---- */

static enum err
check_unique(const struct doc *d, const struct rule_pack *pack, struct str id)
{
	bool twice = false;

	for (size_t i = 0; i < pack->rules; i++)
		twice = twice || str_eq(pack->rule[i].id, id);
	for (size_t i = 0; i < pack->notes; i++)
		twice = twice || str_eq(pack->note[i].id, id);
	if (twice)
		return doc_fail(d, ERR_INVALID, "document.twice",
		    "the rule \"" STR_FMT "\" is there twice", STR_ARG(id));
	return OK;
}

static enum err
too_many(const struct doc *d, int max, const char *what)
{
	return doc_fail(d, ERR_LIMIT, "document.count", "holds more than %d %s", max, what);
}

static enum err
read_entry(const struct doc *d, struct rule_pack *pack)
{
	struct rule r = { 0 };

	TRY(read_head(d, &r));
	TRY(check_unique(d, pack, r.id));
	if (r.kind == RULE_RELEASE) {
		if (pack->rules == RULES_MAX)
			return too_many(d, RULES_MAX, "rules of release");
		TRY(read_release(d, &r));
		pack->rule[pack->rules++] = r;
		return OK;
	}
	if (pack->notes == NOTES_MAX)
		return too_many(d, NOTES_MAX, "clocks, duties and pointers");
	TRY(read_note(d, &r));
	pack->note[pack->notes++] = r;
	return OK;
}

static enum err
read_entries(const struct doc *d, struct rule_pack *pack)
{
	struct doc list;
	size_t i = 0;

	TRY(doc_get(d, "rules", JSON_ARRAY, DOC_REQUIRED, &list));
	for (const struct json *v = list.v->first; v != NULL; v = v->next) {
		struct doc e = doc_element(&list, v, i++);

		if (v->type != JSON_OBJECT)
			return doc_fail(&e, ERR_INVALID, "document.type", "must be an object");
		TRY(read_entry(&e, pack));
	}
	return OK;
}

enum err
rule_pack_parse(struct arena *a, struct str text, const struct rule_pack **ret, struct why *why)
{
	struct doc d = { .a = a, .why = why };
	struct rule_pack *pack = arena_make(a, struct rule_pack, 1);
	struct str notice;

	if (pack == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(document_parse(a, text, &d.v, why));
	TRY(document_open(&d, "torana-rule-pack"));
	TRY(doc_members(&d, "type format id version party sector owner review_on rules notice"));
	TRY(doc_text(&d, "id", DOC_REQUIRED, &pack->id));
	TRY(doc_number(&d, "version", PACK_VERSION_MAX, DOC_REQUIRED, &pack->version));
	TRY(doc_text(&d, "party", DOC_OPTIONAL, &pack->party));
	TRY(doc_text(&d, "sector", DOC_OPTIONAL, &pack->sector));
	TRY(doc_text(&d, "owner", DOC_REQUIRED, &pack->owner));
	TRY(doc_text(&d, "notice", DOC_OPTIONAL, &notice));
	TRY(doc_time(&d, "review_on", DOC_REQUIRED, &pack->review_on));
	TRY(read_entries(&d, pack));
	pack->json = d.v;
	pack->hash = hash_of(text);
	*ret = pack;
	return OK;
}

enum err
rule_pack_sign(struct arena *a, struct str text, const struct sign_key *key, struct buf *out,
    struct why *why)
{
	CLEANUP(buf_free) struct buf canonical = buf_new(DOCUMENT_BYTES_MAX);
	struct dsse *dsse = arena_make(a, struct dsse, 1);
	const struct rule_pack *pack;

	if (dsse == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(rule_pack_parse(a, text, &pack, why));
	TRY(jcs_write(pack->json, &canonical, why));
	dsse->payload_type = S(PACK_PAYLOAD_TYPE);
	dsse->payload = buf_str(&canonical);
	TRY(dsse_sign(dsse, key, a, why));
	return dsse_write(dsse, out, why);
}

enum err
rule_pack_open(struct arena *a, struct str envelope, const struct verify_key *key,
    const struct rule_pack **ret, struct str *ret_text, struct why *why)
{
	struct dsse *dsse = arena_make(a, struct dsse, 1);
	struct dsse_verdict verdict = { 0 };

	if (dsse == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	if (dsse_parse(a, envelope, dsse, NULL) != OK)
		return fail(why, ERR_INVALID, "pack.envelope",
		    "this is no signed pack: sign it with torana pack sign");
	if (!str_is(dsse->payload_type, PACK_PAYLOAD_TYPE))
		return fail(why, ERR_INVALID, "pack.type",
		    "the envelope holds \"" STR_FMT "\", where \"%s\" is wanted",
		    STR_ARG(dsse->payload_type), PACK_PAYLOAD_TYPE);
	if (dsse_verify(dsse, key, 1, &verdict, NULL) != OK)
		return fail(why, ERR_TAMPERED, "pack.signature",
		    "the pack is not signed by this party's rules key over these bytes");
	*ret_text = dsse->payload;
	return rule_pack_parse(a, dsse->payload, ret, why);
}
