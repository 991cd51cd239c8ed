/* portable.h: the part of SQL that all engines understand in the same sense.
 *
 * Every text is checked when it is first prepared, on every engine, so that a
 * statement which only SQLite knows fails on the day it is written.  What is
 * refused, and what to write instead, is a table in portable.c.
 *
 * Source: SQLite 3.40, PostgreSQL 15 and Citus 13. */
#pragma once

#include "base.h"

/* Checks one statement or several with ";" between them.
 *
 * ERR_INVALID db.portable: the text names the word and what to write instead */
enum err db_check_portable(struct str sql, struct why *why);
