#include <stdio.h>

#include "import_p.h"
#include "json_writer.h"
#include "stored_p.h"

/* Of the list in the import's row: enough to see what kind of file it was. */
enum { KEPT_MAX = 1000, KEPT_BYTES_MAX = 2 * MIB };

static bool
copy_into(struct arena *a, struct str *text)
{
	struct str copy = arena_str(a, *text);
	bool fits = text->len == 0 || copy.ptr != NULL;

	*text = copy;
	return fits;
}

void
import_note(struct import_list *l, const struct import_problem *p)
{
	struct import_result *r = l->result;
	struct import_problem mine = *p;

	if (r->problem == NULL)
		r->problem = arena_make(l->arena, struct import_problem, IMPORT_PROBLEMS_MAX);
	if (r->problem == NULL || r->problems == IMPORT_PROBLEMS_MAX || r->problems_more > 0 ||
	    !copy_into(l->arena, &mine.id) || !copy_into(l->arena, &mine.pointer) ||
	    !copy_into(l->arena, &mine.rule) || !copy_into(l->arena, &mine.message)) {
		r->problems_more++;
		return;
	}
	r->problem[r->problems++] = mine;
}

void
import_note_report(struct import_list *l, const struct stix_report *r, uint64_t index,
    struct str id, bool warnings)
{
	for (size_t i = 0; i < r->len; i++) {
		const struct stix_problem *found = &r->problem[i];
		struct import_problem p = {
			.index = index,
			.id = id,
			.pointer = str_of(found->pointer),
			.rule = str_of(found->rule),
			.message = str_of(found->message),
			.level = found->level,
		};

		if (found->level == STIX_ERROR || warnings)
			import_note(l, &p);
	}
}

static void
note_use(void *arg, size_t index, struct str id, const char *message)
{
	const struct import_problem p = {
		.index = index,
		.id = id,
		.pointer = S("/id"),
		.rule = S("SI-034"),
		.message = str_of(message),
		.level = STIX_WARNING,
	};

	import_note(arg, &p);
}

void
import_note_text(struct import_list *l, struct id_use *uses, const struct import_unbegun *u)
{
	char message[WHY_TEXT_MAX];

	id_use_each(uses, note_use, l);
	if (u->len == 0)
		return;
	(void)snprintf(message, sizeof(message),
	    "%" PRIu64
	    " objects, this one first, came first in a version that was modified after it "
	    "was created: what they said before is not here",
	    u->len);
	const struct import_problem p = {
		.index = u->index,
		.id = u->id,
		.pointer = S("/modified"),
		.rule = S("SI-042"),
		.message = str_of(message),
		.level = STIX_WARNING,
	};
	import_note(l, &p);
}

bool
import_late_takes(struct import_late *l, uint64_t index, const struct json *tree)
{
	if (!str_is(json_str(json_get(tree, S("type"))), "language-content") ||
	    l->len == IMPORT_LATE_MAX)
		return false;
	if (l->object == NULL)
		l->object = heap_new(sizeof(l->object[0]), IMPORT_LATE_MAX);
	l->object[l->len].index = index;
	l->object[l->len++].raw = tree->raw;
	return true;
}

void
import_note_change(struct import_list *l, const struct import_change *c)
{
	struct import_result *r = l->result;
	struct import_change mine = *c;

	if (r->change == NULL)
		r->change = arena_make(l->arena, struct import_change, IMPORT_PROBLEMS_MAX);
	if (r->change == NULL || r->changes == IMPORT_PROBLEMS_MAX || r->changes_more > 0 ||
	    !copy_into(l->arena, &mine.id) || !copy_into(l->arena, &mine.pointer) ||
	    !copy_into(l->arena, &mine.message)) {
		r->changes_more++;
		return;
	}
	r->change[r->changes++] = mine;
}

enum err
import_list_text(const struct import_result *r, struct arena *a, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(KEPT_BYTES_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_array(&w);
	for (size_t i = 0; i < r->problems && i < KEPT_MAX; i++) {
		const struct import_problem *p = &r->problem[i];

		json_begin_object(&w);
		json_put_u64(json_key(&w, S("index")), p->index);
		json_put_str(json_key(&w, S("id")), p->id);
		json_put_str(json_key(&w, S("pointer")), p->pointer);
		json_put_str(json_key(&w, S("rule")), p->rule);
		json_put_str(json_key(&w, S("level")), str_of(stix_level_name(p->level)));
		json_put_str(json_key(&w, S("message")), p->message);
		json_end_object(&w);
	}
	json_end_array(&w);
	TRY(buf_check(&out, "the list of problems", why));
	*ret = arena_str(a, buf_str(&out));
	return ret->ptr == NULL ? stored_full(why) : OK;
}
