/* cases.h: one cmocka test per row of a table, named by the row.
 *
 * A failure prints the row's sentence, and one row runs alone:
 * build/src/merkle_test '*seven*'. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* base.h comes before cmocka, which makes fail() a macro. */
/* clang-format off */
#include "base.h"
#include <cmocka.h>
/* clang-format on */

enum { CASES_MAX = 2048 };

struct cases {
	size_t len;
	struct CMUnitTest test[CASES_MAX];
};

/* Adds a test for every row of table.  The first member of a row is its name;
 * check() finds the row in *state. */
#define CASES(list, table, check)                                                   \
	do {                                                                        \
		for (size_t i_ = 0; i_ < sizeof(table) / sizeof((table)[0]); i_++)  \
			cases_add((list), (table)[i_].name, (check), &(table)[i_]); \
	} while (0)

/* Adds one test that has no table. */
#define CASE(list, check) cases_add((list), #check, (check), NULL)

/* What CASES and CASE call; more than CASES_MAX tests end the program. */
void cases_add(struct cases *list, const char *name, CMUnitTestFunction check, const void *row);

/* Runs the tests; argv[1], if given, is a pattern over their names. */
int cases_run(const char *group, struct cases *list, int argc, char **argv);

/* The folder of shared test cases, $TORANA_CONFORMANCE/sub, or NULL when the
 * machine has none: the test then calls skip().  ret holds 4096 bytes. */
const char *cases_conformance(const char *sub, char *ret);

/* A whole file, with a NUL behind it; the test fails when it cannot be read or
 * the arena is full. */
struct str cases_file(struct arena *a, const char *path);
