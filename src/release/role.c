#include "compartment.h"
#include "role_p.h"

static const char find_account[] =
    "SELECT roles, organisation, enclaves FROM account WHERE name = $1 AND disabled = 0";

static bool
has_word(struct str words, struct str word)
{
	while (words.ptr != NULL) {
		if (str_eq(str_split(&words, ' '), word))
			return true;
	}
	return false;
}

enum err
role_check(const struct release_job *job, struct str account, struct str role, struct why *why)
{
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct compartment of = { 0 };
	bool has = false;

	TRY(db_select(job->db, &rows, why, find_account, DB_T(account)));
	TRY(db_next(&rows, &has, why));
	if (has)
		of = (struct compartment){ db_col_text(&rows, 1), db_col_text(&rows, 2) };
	if (!has || !compartment_has(&of, job->gate->organisation, job->gate->enclave) ||
	    !has_word(db_col_text(&rows, 0), role))
		return fail(why, ERR_FORBIDDEN, "release.role",
		    STR_FMT " does not hold the role " STR_FMT, STR_ARG(account), STR_ARG(role));
	return OK;
}
