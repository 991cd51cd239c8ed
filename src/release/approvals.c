/* Who must agree to what is held, and who did. */
#include "approvals_p.h"
#include "compartment.h"

/* ---- what is asked for ---- */

static size_t
count_role(const struct needs *n, struct str role)
{
	size_t times = 0;

	for (size_t i = 0; i < n->len; i++)
		times += str_eq(n->role[i], role);
	return times;
}

/* "two" is two officers; "one", "officer" and "approver" are the same.  One who
 * was asked for already is one of the two. */
void
needs_add(struct needs *n, struct str word)
{
	size_t times = str_is(word, "two")     ? 2
	               : str_is(word, "three") ? 3
	               : str_is(word, "four")  ? 4
	                                       : 1;
	bool officer = times > 1 || str_is(word, "one") || str_is(word, "approver");
	struct str role = officer ? S("officer") : word;

	while (role.len > 0 && count_role(n, role) < times && n->len < NEEDS_MAX)
		n->role[n->len++] = role;
}

static void
take_word(struct needs *n, struct str word)
{
	if (word.len > 0 && n->len < NEEDS_MAX)
		n->role[n->len++] = word;
}

void
needs_read(struct str words, struct needs *ret)
{
	*ret = (struct needs){ 0 };
	while (words.ptr != NULL)
		take_word(ret, str_split(&words, ' '));
}

bool
needs_has(const struct needs *n, struct str role)
{
	for (size_t i = 0; i < n->len; i++) {
		if (str_eq(n->role[i], role))
			return true;
	}
	return false;
}

/* One approval fills one place. */
static void
fill_place(struct needs *n, struct str role)
{
	for (size_t i = 0; i < n->len; i++) {
		if (!str_eq(n->role[i], role))
			continue;
		memmove(&n->role[i], &n->role[i + 1], (n->len - i - 1) * sizeof(n->role[0]));
		n->len--;
		return;
	}
}

struct str
needs_text(struct arena *a, const struct needs *n)
{
	struct str all = S("");

	for (size_t i = 0; i < n->len; i++)
		all = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(all), i > 0 ? " " : "",
		    STR_ARG(n->role[i]));
	return all;
}

/* ---- what was given ---- */

/* "officer" is any approver's word, the others are roles of their own. */
static bool
account_holds(struct str roles, struct str role)
{
	struct str wanted = str_is(role, "officer") ? S("approver") : role;

	while (roles.ptr != NULL) {
		if (str_eq(str_split(&roles, ' '), wanted))
			return true;
	}
	return false;
}

/* The account as it is today: who lost the role or left the compartment since
 * has not approved. */
static const char list_approvals[] =
    "SELECT p.account, p.role, p.at, COALESCE(a.roles, ''), COALESCE(a.disabled, 1),"
    " COALESCE(a.organisation, ''), COALESCE(a.enclaves, ''), o.owner, o.enclave"
    " FROM approval p JOIN release_order o ON o.order_id = p.order_id"
    " LEFT JOIN account a ON a.name = p.account"
    " WHERE p.order_id = $1 AND p.ordinal = $2 AND p.verdict = 'approve' AND p.bytes_hash = $3"
    " ORDER BY p.at, p.account LIMIT $4";

enum err
release_approvals(struct db *db, struct arena *a, const struct release_row *row,
    struct release_approvals *ret, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct needs needs;
	bool has = false;

	*ret = (struct release_approvals){ 0 };
	needs_read(row->approvals_needed, &needs);
	TRY(db_select(db, &rows, why, list_approvals, DB_T(row->order_id),
	    DB_I((int64_t)row->ordinal), DB_B(hash_str(&row->bytes_hash)), DB_I(APPROVALS_MAX)));
	for (;;) {
		struct release_approval *p = &ret->item[ret->len];

		TRY(db_next(&rows, &has, why));
		if (!has)
			break;
		p->account = arena_str(a, db_col_text(&rows, 0));
		p->role = arena_str(a, db_col_text(&rows, 1));
		p->at = db_col_i64(&rows, 2);
		const struct compartment of = { db_col_text(&rows, 5), db_col_text(&rows, 6) };
		p->counts = db_col_i64(&rows, 4) == 0 &&
		            compartment_has(&of, db_col_text(&rows, 7), db_col_text(&rows, 8)) &&
		            account_holds(db_col_text(&rows, 3), p->role);
		if (p->counts)
			fill_place(&needs, p->role);
		ret->len++;
	}
	ret->missing = needs_text(a, &needs);
	return OK;
}
