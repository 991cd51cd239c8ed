#include "log.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "disk.h"
#include "utf8.h"

/* A line up to PIPE_BUF is written in one piece, so that the lines of two
 * threads or processes do not mix.  A value takes a quarter of it at most. */
enum { LINE_BYTES = PIPE_BUF, VALUE_BYTES = PIPE_BUF / 4 };

#define CUT_MARK " cut=true\n"

static _Atomic enum log_level max_level = LOG_NOTICE;

static const char *const level_name[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_NOTICE] = "notice",
	[LOG_DEBUG] = "debug",
};

/* The character of len bytes at c, or with len 0 the byte, as it is shown
 * between quotes. */
static void
put_escaped(struct buf *line, const char *c, size_t len, uint32_t code)
{
	if (len == 0)
		buf_printf(line, "\\x%02x", (unsigned)(uint8_t)*c);
	else if (code == '"' || code == '\\')
		buf_printf(line, "\\%c", *c);
	else if (code == '\n')
		buf_put(line, S("\\n"));
	else if (utf8_is_control(code))
		buf_printf(line, "\\u%04x", code);
	else
		buf_put(line, (struct str){ c, len });
}

static void
put_quoted(struct buf *line, struct str s)
{
	size_t end = line->len + VALUE_BYTES;

	buf_putc(line, '"');
	while (s.len > 0 && line->len < end && !line->full) {
		uint32_t code = 0;
		size_t len = utf8_next(s, &code);
		put_escaped(line, s.ptr, len, code);
		s = str_sub(s, len == 0 ? 1 : len, SIZE_MAX);
	}
	if (s.len > 0)
		buf_put(line, S("..."));
	buf_putc(line, '"');
}

static void
put_field(struct buf *line, const struct log_field *f)
{
	buf_printf(line, " %s=", f->key);
	if (f->is_text)
		put_quoted(line, f->text);
	else
		buf_printf(line, "%" PRIu64, f->number);
}

void
log_set_level(enum log_level level)
{
	max_level = level;
}

void
log_emit(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	CLEANUP(buf_free) struct buf line = buf_new(LINE_BYTES - sizeof(CUT_MARK));
	char ts[TIME_TEXT_MAX];
	size_t whole;

	if (level > max_level)
		return;
	time_text(clock_wall(&clock_system), ts);
	buf_printf(&line, "ts=%s level=%s event=%s", ts, level_name[level], event);
	whole = line.len;
	for (size_t i = 0; i < n && !line.full; i++) {
		put_field(&line, &fields[i]);
		whole = line.full ? whole : line.len;
	}
	bool cut = line.full;
	line.full = false;
	line.len = whole;
	line.max = LINE_BYTES;
	buf_put(&line, cut ? S(CUT_MARK) : S("\n"));
	/* A log that cannot be written has nobody left to tell. */
	(void)fd_write(STDERR_FILENO, buf_str(&line));
}
