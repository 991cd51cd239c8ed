/* notes_p.h: what an answer says beside what was done (private to api). */
#pragma once

#include "api_p.h"

enum { API_NOTES_MAX = 32 }; /* as many as a query has types */

struct api_notes {
	struct str note[API_NOTES_MAX];
	size_t len;
};

/* Notes a type of objects that nobody defines: it is taken, and may be a slip of the pen.
 *
 * ERR_INVALID   (stix.type-name) no object can be of that type */
enum err api_note_type(struct arena *a, struct str type, struct api_notes *notes, struct why *why);

/* As api_answer_id(), with the list "notes". */
enum err api_answer_noted(struct http_response *ret, const char *name, struct str id,
    const struct api_notes *notes);
