/* Conditions between the properties of an incident, an event, an impact and a task, as the
 * incident core extension has them.  All of them draw warnings: it is a draft.
 *
 * Source: Incident Core Extension, version 2.0 (OASIS CTI common objects), sections 2 and 3. */
#include "stamp_p.h"
#include "validate_p.h"
#include "vocabulary_p.h"

/* ---- times, counts and categories ---- */

static void
check_end(struct check *c, const struct place *at, const struct json *v)
{
	struct str start, end;
	time_us us;

	if (json_get_str(v, S("start_time"), &start) && json_get_str(v, S("end_time"), &end) &&
	    time_parse(start, &us) && time_parse(end, &us))
		check_need(c, at, stamp_cmp(start, end) < 0,
		    "end_time must be later than start_time");
}

static bool
fits_count(const struct json *value)
{
	uint64_t n;

	return json_u64(value, &n);
}

static bool
is_entity(struct str name)
{
	for (size_t i = 0; i < words_entity_type.len; i++) {
		if (str_is(name, words_entity_type.word[i]))
			return true;
	}
	return false;
}

static void
check_counts(struct check *c, const struct place *at, const struct json *v)
{
	const struct json *counts = json_get(v, S("impacted_entity_counts"));
	const struct place list = { .up = at, .key = S("impacted_entity_counts") };

	check_values(c, at, v, list.key, fits_count, "must be a number of entities, 0 or more");
	if (!json_is(counts, JSON_OBJECT))
		return;
	for (const struct json *m = counts->first; m != NULL; m = m->next) {
		struct place inside = place_member(&list, m);

		if (!is_entity(m->key))
			problem(c, &inside, STIX_WARNING, "SI-015",
			    "is not in %s, which is open to other words", words_entity_type.name);
	}
}

/* Its extension is called by its category, in the examples with "-impact" behind it. */
static void
check_category(struct check *c, const struct place *at, const struct json *v)
{
	const struct json *extensions = json_get(v, S("extensions"));
	struct str category;
	bool found = false;

	if (!json_get_str(v, S("impact_category"), &category))
		return;
	for (const struct json *e = json_is(extensions, JSON_OBJECT) ? extensions->first : NULL;
	     e != NULL; e = e->next)
		found =
		    found || (str_starts(e->key, category) &&
		                 (e->key.len == category.len ||
		                     str_is(str_sub(e->key, category.len, SIZE_MAX), "-impact")));
	check_need(c, at, found, "needs an extension that is called by its impact_category");
}

static void
check_superseded(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, !has(v, "superseded_by_ref") || has(v, "end_time"),
	    "what is superseded needs an end_time");
}

/* ---- what changed ---- */

static void
check_change(struct check *c, const struct place *at, const struct json *v)
{
	struct str type = { 0 }, initial = { 0 }, result = { 0 };

	(void)json_get_str(v, S("state_change_type"), &type);
	bool begins = json_get_str(v, S("initial_ref"), &initial);
	bool ends = json_get_str(v, S("result_ref"), &result);
	check_need(c, at, begins || ends, "needs an initial_ref or a result_ref");
	check_need(c, at, !begins || !ends || str_eq(stix_id_type(initial), stix_id_type(result)),
	    "initial_ref and result_ref must be of one type");
	check_need(c, at, !str_is(type, "input") || begins, "an input needs an initial_ref");
	check_need(c, at, !str_is(type, "output") || ends, "an output needs a result_ref");
}

/* ---- sequences ---- */

struct entries {
	const struct json *list;
	struct str ref; /* the member that names what an entry is */
	size_t cost;    /* of looking for one */
};

static bool
is_entry(const struct json *entries, struct str name, struct str id)
{
	for (const struct json *e = entries->first; e != NULL; e = e->next) {
		if (str_eq(json_str(json_get(e, name)), id))
			return true;
	}
	return false;
}

/* What is_entry() may cost: it passes the members of each entry. */
static size_t
cost_of(const struct json *entries)
{
	size_t cost = entries->len;

	for (const struct json *e = entries->first; e != NULL; e = e->next)
		cost += e->len;
	return cost;
}

/* The steps of one entry lead to entries of the same list. */
static void
check_steps(struct check *c, const struct place *at, const struct entries *of,
    const struct json *steps)
{
	const struct place list = { .up = at, .key = S("next_steps") };
	size_t index = 0;

	for (const struct json *s = steps->first; s != NULL; s = s->next) {
		struct place inside = place_element(&list, index++);
		struct str id;

		if (!work(c, of->cost))
			return;
		if (json_get_str(s, of->ref, &id) && !is_entry(of->list, of->ref, id))
			problem(c, &inside, STIX_ERROR, "SI-051",
			    "leads to what is no entry of this list");
	}
}

static void
check_sequence(struct check *c, const struct place *at, const struct json *v, const char *member,
    const char *ref)
{
	const struct json *entries = json_get(v, str_of(member));
	const struct place list = { .up = at, .key = str_of(member) };
	size_t index = 0;
	bool starts = false;

	if (!json_is(entries, JSON_ARRAY) || entries->len == 0)
		return;
	const struct entries of = { entries, str_of(ref), cost_of(entries) };
	for (const struct json *e = entries->first; e != NULL; e = e->next) {
		struct place inside = place_element(&list, index++);
		const struct json *steps = json_get(e, S("next_steps"));

		/* Left out, it is true. */
		starts = starts || !json_is(json_get(e, S("sequence_start")), JSON_FALSE);
		if (json_is(steps, JSON_ARRAY))
			check_steps(c, &inside, &of, steps);
	}
	check_need(c, &list, starts, "needs an entry whose sequence_start is true");
}

static void
check_incident_core(struct check *c, const struct place *at, const struct json *v)
{
	check_sequence(c, at, v, "events", "event_ref");
	check_sequence(c, at, v, "tasks", "task_ref");
	check_counts(c, at, v);
}

static void
check_event(struct check *c, const struct place *at, const struct json *v)
{
	check_sequence(c, at, v, "subevents", "event_ref");
	check_end(c, at, v);
}

static void
check_task(struct check *c, const struct place *at, const struct json *v)
{
	check_sequence(c, at, v, "subtasks", "task_ref");
	check_counts(c, at, v);
}

static void
check_impact(struct check *c, const struct place *at, const struct json *v)
{
	check_end(c, at, v);
	check_counts(c, at, v);
	check_category(c, at, v);
	check_superseded(c, at, v);
}

/* ---- categories of impacts ---- */

/* What was hit is named unless nothing was. */
static void
check_named(struct check *c, const struct place *at, const struct json *v, const char *what,
    const char *named)
{
	struct str text;

	if (json_get_str(v, str_of(what), &text) && !str_is(text, "none") && !has(v, named))
		problem(c, at, STIX_ERROR, "SI-050", "needs %s, as %s is not none", named, what);
}

static void
check_confidentiality(struct check *c, const struct place *at, const struct json *v)
{
	check_named(c, at, v, "loss_type", "information_type");
}

static void
check_integrity(struct check *c, const struct place *at, const struct json *v)
{
	check_named(c, at, v, "alteration", "information_type");
}

static void
check_physical(struct check *c, const struct place *at, const struct json *v)
{
	check_named(c, at, v, "impact_type", "asset_type");
}

static void
check_monetary(struct check *c, const struct place *at, const struct json *v)
{
	check_need(c, at, has(v, "min_amount") == has(v, "max_amount"),
	    "min_amount and max_amount come together");
	check_need(c, at, !has(v, "min_amount") || has(v, "currency"),
	    "an amount needs a currency");
	check_need(c, at, !has(v, "currency_actual") || has(v, "currency"),
	    "currency_actual needs a currency");
	check_need(c, at, has(v, "conversion_rate") == has(v, "currency_actual"),
	    "conversion_rate and currency_actual come together");
	check_need(c, at, !has(v, "conversion_rate") || has(v, "conversion_time"),
	    "conversion_rate needs a conversion_time");
}

const struct rule incident_rules[] = {
	{ NAME("confidentiality"), check_confidentiality },
	{ NAME("event"), check_event },
	{ NAME("impact"), check_impact },
	{ NAME("incident-core"), check_incident_core },
	{ NAME("integrity"), check_integrity },
	{ NAME("monetary"), check_monetary },
	{ NAME("physical"), check_physical },
	{ NAME("state-change"), check_change },
	{ NAME("task"), check_task },
};
const size_t incident_rules_len = COUNTOF(incident_rules);
