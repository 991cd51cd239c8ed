/* What must hold before an object of a partner is stored (docs/protocol.md). */
#include <stdarg.h>
#include <stdio.h>

#include "exchange_p.h"

enum {
	ORGANISATION_MAX = 80, /* bytes of "PARTY:NAME" */
	WAY_MAX = 1024,        /* a dozen organisations: more is a ring that does not end */
};

PRINTF(4, 5)
static enum err
refuse(struct arena *a, struct arrival *ret, struct why *why, const char *fmt, ...)
{
	char text[WHY_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ret->problem = arena_str(a, str_of(text));
	if (ret->problem.ptr == NULL)
		return fail(why, ERR_LIMIT, "exchange.memory", "the partner's page is too large");
	return OK;
}

static struct str
text_at(const struct json *record, const char *pointer)
{
	return json_str(json_at(record, str_of(pointer)));
}

/* The agreement that the record names is the one in force here. */
static enum err
check_agreement(const struct verifier *v, const struct json *record, struct arena *a,
    struct arrival *ret, const struct standing **ret_standing, struct why *why)
{
	struct why closed = { 0 };
	struct hash hash;
	uint64_t version = 0;
	struct str id = text_at(record, "/agreement/id");

	if (reach_agreement(v->gate, v->peer->party, id, v->at, ret_standing, &closed) != OK)
		return refuse(a, ret, why, "%s", closed.text);
	const struct agreement *g = (*ret_standing)->agreement;
	if (!str_eq(g->id, id) || !json_u64(json_at(record, S("/agreement/version")), &version) ||
	    version != g->version || !hash_parse(text_at(record, "/agreement/hash"), &hash) ||
	    !hash_eq(&hash, &g->hash))
		return refuse(a, ret, why,
		    "it was released under other words than those of " STR_FMT " version %" PRIu64
		    " in force here",
		    STR_ARG(g->id), g->version);
	struct standing_reason reason;
	if (!standing_in_force(*ret_standing, text_at(record, "/area"), v->at, &reason))
		return refuse(a, ret, why, "%s", reason.text);
	ret->agreement = g->id;
	return OK;
}

static enum err
check_ends(const struct verifier *v, const struct json *record, const struct standing *s,
    struct arena *a, struct arrival *ret, struct why *why)
{
	const struct party *giver = NULL, *taker = NULL;

	ret->from = text_at(record, "/from");
	ret->to = text_at(record, "/to");
	(void)agreement_organisation(s->agreement, ret->from, &giver);
	(void)agreement_organisation(s->agreement, ret->to, &taker);
	if (giver == NULL || !str_eq(giver->code, v->peer->party))
		return refuse(a, ret, why,
		    "the record names " STR_FMT " as its giver, which is none of " STR_FMT,
		    STR_ARG(ret->from), STR_ARG(v->peer->party));
	if (taker == NULL || !str_eq(taker->code, v->gate->party))
		return refuse(a, ret, why, "it was released to " STR_FMT ", which is none of ours",
		    STR_ARG(ret->to));
	if (!str_eq(text_at(record, "/realm"), v->gate->realm))
		return refuse(a, ret, why, "it is of another realm than " STR_FMT,
		    STR_ARG(v->gate->realm));
	return OK;
}

/* Whether an organisation is one of this party. */
static bool
is_of(struct str organisation, struct str party)
{
	return str_eq(str_split(&organisation, ':'), party);
}

/* Where it came from before the giver: nothing comes back to whom it went through. */
static enum err
check_way(const struct verifier *v, const struct json *record, struct arena *a, struct arrival *ret,
    struct why *why)
{
	struct str path = text_at(record, "/path"), rest = path;

	ret->originator = text_at(record, "/originator");
	if (ret->originator.len == 0 || ret->originator.len > ORGANISATION_MAX ||
	    path.len > WAY_MAX)
		return refuse(a, ret, why, "the record does not say who made it");
	if (is_of(ret->originator, v->gate->party))
		return refuse(a, ret, why, "we made it ourselves");
	while (rest.len > 0) {
		if (is_of(str_split(&rest, ' '), v->gate->party))
			return refuse(a, ret, why, "it went through us already");
	}
	ret->path = path.len == 0
	                ? ret->from
	                : arena_printf(a, STR_FMT " " STR_FMT, STR_ARG(path), STR_ARG(ret->from));
	return OK;
}

static enum err
check_bytes(const struct page_object *o, const struct json *record, struct arena *a,
    struct arrival *ret, struct why *why)
{
	struct hash promised;

	if (!str_is(text_at(record, "/type"), "release"))
		return refuse(a, ret, why, "the record is of no release");
	if (!str_eq(text_at(record, "/bytes/id"), o->stix.id))
		return refuse(a, ret, why, "the proof is of another object");
	if (!hash_parse(text_at(record, "/bytes/sha256"), &promised) ||
	    !hash_eq(&promised, &o->hashes.raw))
		return refuse(a, ret, why, "its bytes are not those that were released");
	return OK;
}

/* The rules of STIX that one object can break. */
static enum err
check_stix(const struct page_object *o, struct arena *a, struct arrival *ret, struct why *why)
{
	struct stix_report *report = arena_make(a, struct stix_report, 1);

	if (report == NULL)
		return fail(why, ERR_LIMIT, "exchange.memory", "the partner's page is too large");
	stix_validate(&o->stix, report);
	for (size_t i = 0; i < report->len; i++) {
		const struct stix_problem *p = &report->problem[i];

		if (p->level == STIX_ERROR)
			return refuse(a, ret, why, "%s at %s: %s", p->rule, p->pointer, p->message);
	}
	return OK;
}

static enum err
check_record(const struct verifier *v, const struct page_object *o, struct str text,
    struct arena *a, struct arrival *ret, struct why *why)
{
	const struct json *record = NULL;
	const struct standing *standing = NULL;

	if (json_parse(a, text, NULL, &record, why) != OK)
		return refuse(a, ret, why, "the record is no JSON");
	TRY(check_agreement(v, record, a, ret, &standing, why));
	if (ret->problem.len == 0)
		TRY(check_ends(v, record, standing, a, ret, why));
	if (ret->problem.len == 0)
		TRY(check_way(v, record, a, ret, why));
	if (ret->problem.len == 0)
		TRY(check_bytes(o, record, a, ret, why));
	if (ret->problem.len == 0)
		TRY(check_stix(o, a, ret, why));
	return OK;
}

enum err
arrival_check(const struct verifier *v, const struct page_object *o, struct arena *a,
    struct arrival *ret, struct why *why)
{
	struct ledger_proved proved;
	struct why bad = { 0 };

	*ret = (struct arrival){ .object = o, .problem = o->problem };
	if (o->problem.len > 0)
		return OK;
	if (o->proof.len == 0)
		return refuse(a, ret, why, "it came without a proof");
	enum err err = ledger_proof_verify(a, o->proof, v->log_key, NULL, &proved, &bad);
	if (err == ERR_LIMIT)
		return fail(why, ERR_LIMIT, bad.code, "%s", bad.text);
	if (err != OK)
		return refuse(a, ret, why, "its proof does not hold: %s", bad.text);
	ret->proved = true;
	ret->leaf = proved.leaf;
	ret->place = proved.place;
	ret->head = proved.head;
	ret->checkpoint = proved.checkpoint;
	return check_record(v, o, proved.record, a, ret, why);
}
