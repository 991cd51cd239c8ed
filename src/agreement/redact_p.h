/* redact_p.h: one copy being written (private to agreement). */
#pragma once

#include "gate_p.h"
#include "json_writer.h"

struct copying {
	struct gate *gate;
	struct piece *p;
	struct buf out;
	struct buf pointer; /* of the object that is written now */
	struct json_writer w;
};

void note_change(struct copying *c, struct str key, const char *code, const char *method);

/* A member of an object whose texts may stay: references cleaned, times cut to
 * the hour.  Returns whether anything was written. */
bool put_member(struct copying *c, const struct json *m);

/* A top member of an object that is tied or mentions: only what cannot be prose. */
void put_cleaned(struct copying *c, const struct json *m);

/* What stays of an object whose texts go: members and elements of lists that
 * cannot be prose. */
bool is_kept_property(struct str property);
bool is_kept_value(const struct copying *c, struct str property, const struct json *v);
bool is_hex_text(const struct json *v);

/* All markings: those of parts that are gone, or whose place changed, now mark
 * the whole object. */
void put_markings(struct copying *c);
