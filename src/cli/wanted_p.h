/* wanted_p.h: the objects of an order, from the command line and from a bundle
 * (private to cli). */
#pragma once

#include "cli.h"

/* Their identifiers, sorted, each once. */
struct wanted {
	struct str *id;
	size_t len;
};

/* The arguments, and all objects of the file of --bundle.
 * ERR_USAGE none is named; ERR_INVALID the file is no bundle; ERR_LIMIT; ERR_IO */
enum err wanted_collect(struct cli *c, struct wanted *ret, struct why *why);

/* Says on standard error how many of a list have which word as a member. */
void wanted_print_counts(const char *title, const struct json *list, const char *member);

/* Prints what hangs on an incident and is not in the preview. */
void wanted_print_left_out(const struct json *preview);
