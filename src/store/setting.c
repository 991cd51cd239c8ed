/* Settings and events: facts about the realm, and what happened in it. */
#include "store.h"
#include "stored_p.h"

static const char put_setting[] = "INSERT INTO setting (name, value) VALUES ($1, $2) "
                                  "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char get_setting[] = "SELECT value FROM setting WHERE name = $1";

enum err
store_setting_put(struct db *db, struct str name, struct str value, struct why *why)
{
	return db_run(db, why, put_setting, DB_T(name), DB_T(value));
}

enum err
store_setting_get(struct db *db, struct str name, struct arena *a, struct str *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, get_setting, DB_T(name)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return fail(why, ERR_NOT_FOUND, "store.setting",
		    "there is no setting \"" STR_FMT "\"", STR_ARG(name));
	struct str value = arena_str(a, db_col_text(&rows, 0));
	if (value.ptr == NULL && db_col_text(&rows, 0).len > 0)
		return stored_full(why);
	*ret = value;
	return OK;
}

/* ---- events ---- */

static const char add_event[] =
    "INSERT INTO event (ordinal, at, name, owner, subject, detail, enclave) VALUES "
    "((SELECT {max}(COALESCE(MAX(ordinal), 0) + 1, $1) FROM event), $1, $2, $3, $4, $5, $6)";
static const char list_events[] =
    "SELECT e.ordinal, e.at, e.name, e.owner, e.subject, e.detail, e.enclave FROM event e "
    "WHERE e.ordinal > $1 AND (e.owner = '' OR " COMPARTMENT_HAS("e", "$2",
        "$3") ") "
              "ORDER BY e.ordinal LIMIT $4";

enum err
store_event(struct db *db, const struct event *event, struct why *why)
{
	return db_run(db, why, add_event, DB_I(event->at), DB_T(event->name), DB_T(event->owner),
	    DB_T(event->subject), DB_T(event->detail), DB_T(event->enclave));
}

static struct event
read_event(const struct db_rows *rows, struct arena *a)
{
	return (struct event){
		.ordinal = db_col_i64(rows, 0),
		.at = db_col_i64(rows, 1),
		.name = arena_str(a, db_col_text(rows, 2)),
		.owner = arena_str(a, db_col_text(rows, 3)),
		.subject = arena_str(a, db_col_text(rows, 4)),
		.detail = arena_str(a, db_col_text(rows, 5)),
		.enclave = arena_str(a, db_col_text(rows, 6)),
	};
}

enum err
store_events(struct db *db, struct arena *a, const struct event_query *q, struct event_list *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	size_t len = 0;
	bool has = false;

	assert(q->limit <= EVENTS_MAX);
	struct event *list = arena_make(a, struct event, q->limit + 1);
	if (list == NULL)
		return stored_full(why);
	TRY(db_select(db, &rows, why, list_events, DB_I(q->after), DB_T(q->of->organisation),
	    DB_T(q->of->enclaves), DB_I((int64_t)q->limit)));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		list[len] = read_event(&rows, a);
		if (list[len++].detail.ptr == NULL && db_col_text(&rows, 5).len > 0)
			return stored_full(why);
	}
	*ret = (struct event_list){ list, len };
	return OK;
}
