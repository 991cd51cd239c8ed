/* message_p.h: messages in the language of the reader (private to cli).
 *
 * The catalogues are those of the console.  What the chosen one lacks is taken
 * from the English one. */
#pragma once

#include "base.h"
#include "buf.h"
#include "json.h"

struct messages {
	const struct json *english;
	const struct json *chosen;
};

/* A value of a message's {name}. */
struct message_place {
	struct str name;
	struct str value;
};

/* The language of the environment (LC_ALL, LC_MESSAGES, LANG): "hi", "ja", else "en". */
struct str message_language(void);

/* ERR_USAGE  message.lang: there is no catalogue of that language; ERR_LIMIT  no memory is left */
enum err message_open(struct arena *a, struct str language, struct messages *ret, struct why *why);

/* The text of a key; empty: no catalogue has it. */
struct str message_of(const struct messages *w, struct str key);

/* "purpose." and a code: its name; without one the code. */
struct str message_name(const struct messages *w, const char *kind, struct str code);

/* Appends a message with its places filled; a place that is not given is empty. */
void message_say(const struct messages *w, struct str key, const struct message_place *place,
    size_t n, struct buf *out);

/* Appends a line of an explanation ({"code","args","text"}), or a text as it is. */
void message_say_line(const struct messages *w, const struct json *line, struct buf *out);

/* The same for a list: one after the other. */
void message_say_lines(const struct messages *w, const struct json *list, struct buf *out);
