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
	size_t withheld; /* references to what is only counted */
};

struct copying copying_new(struct gate *gate, struct piece *p);
void copying_done(struct copying *c);

/* An empty key: the whole object. */
void note_change(struct copying *c, struct str key, const char *code, const char *method);
void note_change_of(struct copying *c, struct str key, struct str code, const char *method);

/* Times of the copy, and one to the second. */
time_us copy_created(const struct copying *c);
time_us copy_modified(const struct copying *c);
void put_second(struct json_writer *w, time_us at);

/* "course-of-action" as "Course of action". */
void generic_name(struct str type, struct buf *out);

/* "Health, India": of what class an identity is. */
void put_class(const struct gate *gate, const struct piece *p, struct buf *out);

/* The whole object that leaves in place of a withheld one. */
void put_stand_in(struct copying *c);

/* Whether so small a number may be told: the agreement's smallest cell. */
bool is_count_told(const struct copying *c, uint64_t n);

/* A member at a place that is taken out, and what stands for the value alone.
 * Each returns whether anything was written. */
bool put_place(struct copying *c, const struct json *m, const struct place *place);
bool put_replacement(struct copying *c, struct str key, const struct place *place,
    struct json_writer *w);

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
