/* dossier_p.h: what a list of disclosures and a dossier share. */
#pragma once

#include "api_p.h"
#include "disclosure.h"

/* The members of one disclosure, without braces.  Its decision is JSON. */
enum err api_print_disclosure(struct json_writer *w, struct arena *a, const struct disclosure *d,
    struct why *why);
