#include "indicators.h"

#include "json.h"
#include "pattern.h"
#include "random.h"
#include "store.h"

enum { SCRATCH_MAX = 64 * MIB }; /* one indicator, its tree and its pattern */

struct building {
	struct match_builder *builder;
	struct arena *scratch;
	struct indicators_count count;
	time_us now;
};

static enum err
add_atoms(struct building *b, struct str pattern, struct str id, struct why *why)
{
	const struct pattern *p = NULL;
	struct pattern_atoms atoms = { 0 };
	struct why reason = { 0 };
	bool any = false;

	if (pattern_parse(b->scratch, pattern, &p, &reason) != OK ||
	    pattern_equalities(p, b->scratch, &atoms, &reason) != OK) {
		b->count.left_out++;
		return OK;
	}
	for (size_t i = 0; i < atoms.len; i++) {
		enum err err =
		    match_builder_add(b->builder, atoms.atom[i].kind, atoms.atom[i].value, id, why);

		/* A value that is none (a domain without a dot) hits nothing. */
		if (err != OK && err != ERR_INVALID)
			return err;
		any |= err == OK;
	}
	b->count.indexed += any;
	b->count.left_out += !any || atoms.left_out > 0;
	return OK;
}

static enum err
add_indicator(void *arg, struct str id, struct str raw, struct why *why)
{
	struct building *b = arg;
	const struct json *tree = NULL;
	struct str type = { 0 }, pattern = { 0 }, until = { 0 };
	time_us end = TIME_NEVER;

	arena_clear(b->scratch);
	b->count.objects++;
	TRY(json_parse(b->scratch, raw, NULL, &tree, why));
	if (json_get_str(tree, S("valid_until"), &until) && time_parse(until, &end) &&
	    end <= b->now) {
		b->count.expired++;
		return OK;
	}
	if (!json_get_str(tree, S("pattern_type"), &type) || !str_is(type, "stix") ||
	    !json_get_str(tree, S("pattern"), &pattern)) {
		b->count.left_out++;
		return OK;
	}
	return add_atoms(b, pattern, id, why);
}

enum err
indicators_index(struct realm *r, const struct compartment *of, struct match_index **ret,
    struct indicators_count *ret_count, struct why *why)
{
	CLEANUP(match_builder_freep) struct match_builder *builder = NULL;
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	struct building b = { .scratch = scratch, .now = clock_wall(realm_clock(r)) };
	uint64_t seed = 0;

	random_bytes(&seed, sizeof(seed));
	builder = match_builder_new(seed);
	b.builder = builder;
	TRY(db_pool_take(realm_readers(r), &lease, why));
	const struct store_visit visit = { S("indicator"), of, add_indicator, &b };
	TRY(store_each_latest(lease.db, &visit, why));
	TRY(match_builder_finish(&builder, ret, why));
	*ret_count = b.count;
	return OK;
}
