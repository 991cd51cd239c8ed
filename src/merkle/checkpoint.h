/* checkpoint.h: the text of a log's claim about itself.
 *
 * Three lines: origin (the log's unique name), size, root in base64.  It is the
 * text of a signed note (note.h).  A log never signs two that are not
 * consistent.
 *
 * Source: C2SP tlog-checkpoint. */
#pragma once

#include "base.h"
#include "buf.h"
#include "merkle.h"

enum { CHECKPOINT_ORIGIN_MAX = 255 };

struct checkpoint {
	struct str origin;
	struct merkle_head head;
	struct str extension; /* further lines, which mean nothing to us */
};

/* Appends the text.  ERR_INVALID when the origin is empty, too long or not a
 * single line; ERR_LIMIT when out is full. */
enum err checkpoint_put(const struct checkpoint *checkpoint, struct buf *out, struct why *why);

/* Reads the text of a note; slices point into it.
 *
 * ERR_INVALID   not of this form
 * ERR_LIMIT     the size is above MERKLE_SIZE_MAX */
enum err checkpoint_parse(struct str text, struct checkpoint *ret, struct why *why);
