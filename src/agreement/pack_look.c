#include "pack_look.h"

#include <stdarg.h>
#include <stdio.h>

#include "codes.h"
#include "jcs.h"

/* ---- looking through one pack ---- */

struct looking {
	struct arena *a;
	time_us at;
	struct pack_remarks *out;
};

PRINTF(4, 5)
static void
remark(struct looking *l, bool wrong, struct str id, const char *fmt, ...)
{
	char text[WHY_TEXT_MAX];
	va_list args;

	if (l->out->len == PACK_REMARKS_MAX)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	l->out->at[l->out->len++] =
	    (struct pack_remark){ .wrong = wrong, .id = id, .say = arena_str(l->a, str_of(text)) };
	l->out->wrong += wrong;
}

static bool
is_code(struct str code)
{
	for (size_t i = 0; i < reasons_count; i++) {
		if (str_is(code, reasons[i].code))
			return true;
	}
	return false;
}

static bool
is_approval(struct str name)
{
	return str_is(name, "officer") || str_is(name, "legal") || str_is(name, "policy") ||
	       str_is(name, "defence-liaison");
}

static void
look_at_dates(struct looking *l, const struct rule *r)
{
	char at[TIME_TEXT_MAX];

	if (!r->enabled) {
		remark(l, false, r->id, "is not enabled: " STR_FMT, STR_ARG(r->why_not));
		return;
	}
	if (r->until <= l->at) {
		time_text_s(r->until, at);
		remark(l, true, r->id, "ended on %s and is still enabled", at);
	}
	if (r->from <= l->at || r->from == TIME_NEVER || r->kind != RULE_RELEASE)
		return;
	time_text_s(r->from, at);
	remark(l, false, r->id, "%s %s",
	    r->early == EARLY_APPLY      ? "is applied already, before its date,"
	    : r->early == EARLY_ADVISORY ? "advises, and decides from"
	                                 : "decides from",
	    at);
}

static void
look_at_rule(struct looking *l, const struct rule *r)
{
	look_at_dates(l, r);
	if (!is_code(r->reason))
		remark(l, true, r->id, "the reason code " STR_FMT " has no text in this program",
		    STR_ARG(r->reason));
	if (!is_code(r->shared))
		remark(l, true, r->id, "the shared code " STR_FMT " has no text in this program",
		    STR_ARG(r->shared));
	for (size_t i = 0; i < r->approvals; i++) {
		if (!is_approval(r->approval[i]))
			remark(l, true, r->id,
			    "nobody can give the approval \"" STR_FMT
			    "\"; known are officer, legal, policy, defence-liaison",
			    STR_ARG(r->approval[i]));
	}
	if (r->enabled && r->certainty == CERTAINTY_MIDDLE)
		remark(l, false, r->id, "decides, and its certainty is M: confirm it");
}

const struct pack_remarks *
pack_lint(struct arena *a, const struct rule_pack *pack, time_us at)
{
	struct looking l = { .a = a, .at = at, .out = arena_make(a, struct pack_remarks, 1) };

	if (l.out == NULL)
		return NULL;
	if (pack->review_on <= at)
		remark(&l, true, (struct str){ 0 },
		    "its review is overdue: look at it, and set a new review_on");
	for (size_t i = 0; i < pack->rules; i++)
		look_at_rule(&l, &pack->rule[i]);
	for (size_t i = 0; i < pack->notes; i++) {
		const struct rule *r = &pack->note[i];

		look_at_dates(&l, r);
		if (r->kind == RULE_CLOCK && r->duration_s < 0)
			remark(&l, false, r->id, "its period is not known: " STR_FMT,
			    STR_ARG(r->banner));
	}
	return l.out;
}

/* ---- two packs ---- */

const char *
change_way_name(enum change_way w)
{
	static const char *const names[] = {
		[CHANGE_WORDS] = "words",
		[CHANGE_STRICTER] = "stricter",
		[CHANGE_LOOSER] = "looser",
		[CHANGE_UNCLEAR] = "unclear",
	};

	return names[w];
}

static const struct rule *
find_in(const struct rule *list, size_t n, struct str id)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].id, id))
			return &list[i];
	}
	return NULL;
}

static const struct rule *
find_rule(const struct rule_pack *pack, struct str id)
{
	const struct rule *r = find_in(pack->rule, pack->rules, id);

	return r != NULL ? r : find_in(pack->note, pack->notes, id);
}

static bool
decides(const struct rule *r)
{
	return r != NULL && r->kind == RULE_RELEASE && r->enabled;
}

/* Whether two values say the same, whatever their blanks and order. */
static bool
is_same(const struct json *x, const struct json *y)
{
	CLEANUP(buf_free) struct buf a = buf_new(DOCUMENT_BYTES_MAX);
	CLEANUP(buf_free) struct buf b = buf_new(DOCUMENT_BYTES_MAX);

	if (x == NULL || y == NULL)
		return x == y;
	return jcs_write(x, &a, NULL) == OK && jcs_write(y, &b, NULL) == OK &&
	       str_eq(buf_str(&a), buf_str(&b));
}

static bool
same_member(const struct rule *a, const struct rule *b, const char *name)
{
	return is_same(json_get(a->json, str_of(name)), json_get(b->json, str_of(name)));
}

/* The way of a rule that decides before and after. */
static enum change_way
way_of(const struct rule *before, const struct rule *after)
{
	static const char *const members[] = { "when", "approvals", "until", "early", "redaction" };
	bool other = false;

	for (size_t i = 0; i < COUNTOF(members); i++)
		other = other || !same_member(before, after, members[i]);
	if (other || (before->ruling != after->ruling && before->from != after->from))
		return CHANGE_UNCLEAR;
	if (before->ruling != after->ruling)
		return after->ruling > before->ruling ? CHANGE_STRICTER : CHANGE_LOOSER;
	if (before->from != after->from)
		return after->from < before->from ? CHANGE_STRICTER : CHANGE_LOOSER;
	return CHANGE_WORDS;
}

/* "when, ruling": the members that differ. */
static struct str
differences(struct arena *a, const struct rule *before, const struct rule *after)
{
	struct str all = S("");

	for (const struct json *v = after->json->first; v != NULL; v = v->next) {
		const struct json *was = json_get(before->json, v->key);

		if (!is_same(was, v))
			all = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(all),
			    all.len > 0 ? ", " : "", STR_ARG(v->key));
	}
	for (const struct json *v = before->json->first; v != NULL; v = v->next) {
		if (json_get(after->json, v->key) == NULL)
			all = arena_printf(a, STR_FMT "%sno " STR_FMT, STR_ARG(all),
			    all.len > 0 ? ", " : "", STR_ARG(v->key));
	}
	return all;
}

static void
compare(struct arena *a, const struct rule *before, const struct rule *after,
    struct pack_changes *out)
{
	const struct rule *r = after != NULL ? after : before;
	/* cppcheck-suppress nullPointerRedundantCheck ; one of the two is there */
	struct pack_change change = { .id = r->id };

	if (before == NULL)
		change.say = S("new");
	else if (after == NULL)
		change.say = S("gone");
	else
		change.say = differences(a, before, after);
	if (change.say.len == 0)
		return;
	if (decides(before) && decides(after))
		change.way = way_of(before, after);
	else if (decides(before))
		change.way = CHANGE_LOOSER;
	else if (decides(after))
		change.way = CHANGE_STRICTER;
	out->at[out->len++] = change;
}

const struct pack_changes *
pack_diff(struct arena *a, const struct rule_pack *before, const struct rule_pack *after)
{
	struct pack_changes *out = arena_make(a, struct pack_changes, 1);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < after->rules; i++)
		compare(a, find_rule(before, after->rule[i].id), &after->rule[i], out);
	for (size_t i = 0; i < after->notes; i++)
		compare(a, find_rule(before, after->note[i].id), &after->note[i], out);
	for (size_t i = 0; i < before->rules; i++) {
		if (find_rule(after, before->rule[i].id) == NULL)
			compare(a, &before->rule[i], NULL, out);
	}
	for (size_t i = 0; i < before->notes; i++) {
		if (find_rule(after, before->note[i].id) == NULL)
			compare(a, &before->note[i], NULL, out);
	}
	return out;
}
