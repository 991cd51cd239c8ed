#include "json.h"
#include "pack_place_p.h"

/* ---- accounts ---- */

static const char list_places[] = "SELECT organisation, enclaves FROM account";
static const char find_place[] = "SELECT organisation, enclaves FROM account WHERE name = $1";

static struct compartment
read_place(const struct db_rows *rows)
{
	return (struct compartment){ db_col_text(rows, 0), db_col_text(rows, 1) };
}

/* Whether the two have an enclave in common. */
static bool
meets(const struct compartment *of, const struct compartment *place)
{
	struct str rest = of->enclaves;

	while (rest.ptr != NULL) {
		if (compartment_has(place, of->organisation, str_split(&rest, ' ')))
			return true;
	}
	return false;
}

static enum err
all_work_in(struct db *db, const struct compartment *of, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	*ret = true;
	TRY(db_query(db, list_places, NULL, 0, &rows, why));
	for (;;) {
		TRY(db_next(&rows, &has, why));
		if (!has)
			return OK;
		struct compartment place = read_place(&rows);

		*ret &= compartment_holds(of, &place);
	}
}

static enum err
works_in(struct db *db, const struct compartment *of, struct str account, bool *ret,
    struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	bool has = false;

	TRY(db_select(db, &rows, why, find_place, DB_T(account)));
	TRY(db_next(&rows, &has, why));
	if (!has)
		return OK;
	struct compartment place = read_place(&rows);

	*ret = meets(of, &place);
	return OK;
}

/* ---- what there is ---- */

/* clang-format off */
#define ELSEWHERE(table) "EXISTS (SELECT 1 FROM " table " w WHERE NOT " COMPARTMENT_HAS("w", "$1", "$2") ")"
static const char find_elsewhere[] =
    "SELECT CASE WHEN " ELSEWHERE("object") " OR " ELSEWHERE("collection")
    " OR " ELSEWHERE("release_order") " OR " ELSEWHERE("internal_release") " THEN 1 ELSE 0 END";
/* clang-format on */

enum err
pack_is_alone(struct db *db, const struct compartment *of, bool *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	TRY(all_work_in(db, of, ret, why));
	TRY(db_select_one(db, &rows, why, find_elsewhere, DB_T(of->organisation),
	    DB_T(of->enclaves)));
	*ret &= db_col_i64(&rows, 0) == 0;
	return OK;
}

/* ---- a leaf ---- */

enum err
pack_leaf_is_of(struct db *db, struct arena *a, const struct compartment *of,
    const struct pack_leaf *leaf, bool *ret, struct why *why)
{
	const struct json *tree = NULL;

	*ret = false;
	enum err err = json_parse(a, leaf->entry, NULL, &tree, why);
	if (err != OK)
		return err == ERR_LIMIT ? err : OK;
	if (str_is(leaf->kind, "account"))
		return works_in(db, of, json_str(json_get(tree, S("account"))), ret, why);
	*ret = (str_is(leaf->kind, "internal") || str_is(leaf->kind, "choice")) &&
	       compartment_has(of, json_str(json_get(tree, S("owner"))),
	           json_str(json_get(tree, S("enclave"))));
	return OK;
}
