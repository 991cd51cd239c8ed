/* document_p.h: what reading an agreement and a pack share (private to agreement). */
#pragma once

#include "document.h"
#include "read_p.h"

/* The JSON of a document, within the bounds of documents. */
enum err document_parse(struct arena *a, struct str text, const struct json **ret, struct why *why);

/* That it says this type and a format that this program reads. */
enum err document_open(const struct doc *d, const char *type);

/* The members of an agreement, separated by ' '. */
extern const char document_blocks[];
