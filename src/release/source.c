#include "source_p.h"

static const char name_of[] = "SELECT named FROM import WHERE import_id = $1";

static enum err
read_name(const struct release_job *job, struct source_memo *memo, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, name_of, DB_I(memo->import_id)));
	TRY(db_next(&rows, &has, why));
	memo->named = has ? arena_str(job->arena, db_col_text(&rows, 0)) : S("");
	return OK;
}

enum err
source_of(const struct release_job *job, const struct agreement_item *item, int64_t import_id,
    struct source_memo *memo, const struct source_policy **ret, struct why *why)
{
	const struct gate *g = job->gate;

	*ret = NULL;
	if (g->sources == 0 || item->giver.len > 0 || import_id == 0)
		return OK;
	if (memo->import_id != import_id) {
		memo->import_id = import_id;
		TRY(read_name(job, memo, why));
	}
	for (size_t i = 0; i < g->sources; i++) {
		const struct source_policy *p = g->source[i];

		if (str_eq(p->source, memo->named) && source_policy_covers(p, &item->object))
			*ret = p;
	}
	return OK;
}

enum err
source_publishers(const struct release_job *job, struct agreement_request *r, struct why *why)
{
	struct str *list = arena_make(job->arena, struct str, PUBLISHERS_MAX);

	if (list == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the selection is too large");
	for (size_t i = 0; i < job->gate->sources; i++) {
		const struct json *creators = job->gate->source[i]->creators;

		for (const struct json *v = creators == NULL ? NULL : creators->first; v != NULL;
		     v = v->next)
			list[r->publishers++] = v->text;
	}
	r->publisher = list;
	return OK;
}

/* ---- several contents of a version ---- */

static enum same_version
same_of(const struct source_policy *p)
{
	switch (p->same_version) {
	case SOURCE_KEEP: return SAME_KEEP;
	case SOURCE_NEWEST: return SAME_NEWEST;
	case SOURCE_REFUSE: return SAME_REFUSE;
	}
	return SAME_KEEP;
}

enum same_version
release_same_version(const struct gate *g, struct str source)
{
	for (size_t i = 0; i < g->sources; i++) {
		if (str_eq(g->source[i]->source, source))
			return same_of(g->source[i]);
	}
	return SAME_KEEP;
}

enum same_version
release_same_version_of(const struct gate *g, struct str organisation)
{
	char name[SOURCE_NAME_MAX];

	if (organisation.len > sizeof(name))
		return SAME_KEEP;
	for (size_t i = 0; i < organisation.len; i++) {
		char c = organisation.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		name[i] = '-';
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			name[i] = c;
	}
	return release_same_version(g, (struct str){ name, organisation.len });
}
