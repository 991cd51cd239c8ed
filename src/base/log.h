/* log.h: events with a stable dotted name and typed fields.
 *
 * Only edges log (a request handler, a worker, a command); library modules
 * return a struct why.  Secrets have no field type.  The names are listed in
 * docs/events.md. */
#pragma once

#include "base.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

struct log_field {
	const char *key;
	bool is_text;
	uint64_t number;
	struct str text;
};

#define LOG_U64(k, v) ((struct log_field){ .key = (k), .number = (uint64_t)(v) })
#define LOG_STR(k, v) ((struct log_field){ .key = (k), .is_text = true, .text = (v) })
#define LOG_WHY(w)    LOG_STR("why", str_of((w)->text))
#define log_event(level, event, ...)                                          \
	log_emit((level), (event), (const struct log_field[]){ __VA_ARGS__ }, \
	    sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

/* Events above this level are dropped: the one global of the program. */
void log_set_level(enum log_level level);

/* One line on standard error: ts=… level=… event=… key="value".  Quotes,
 * control characters and line ends in values are escaped. */
void log_emit(enum log_level level, const char *event, const struct log_field *fields, size_t n);
