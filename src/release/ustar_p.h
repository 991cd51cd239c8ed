/* ustar_p.h: the container of an audit pack (private to release): a tar file in
 * the one form that we write, so that every byte of it is either a part's or
 * known beforehand.
 *
 * Plain files only, names of a-z 0-9 . _ - in folders, no owner, no time, mode
 * 0644.  `tar -tvf` and `tar -xf` read it.
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format". */
#pragma once

#include "base.h"
#include "buf.h"

enum {
	USTAR_BLOCK = 512,
	USTAR_NAME_MAX = 99, /* of the field; the prefix field stays empty */
	USTAR_END = 2 * USTAR_BLOCK,
};
#define USTAR_SIZE_MAX 077777777777ULL /* eleven octal digits */

/* Whether a name is one that a pack may have: relative, without "..". */
bool ustar_name_is(struct str name);

/* The header of a part.  The name is a good one, the size at most
 * USTAR_SIZE_MAX. */
void ustar_header(struct str name, uint64_t size, char ret[USTAR_BLOCK]);

/* Appends a part: its header, its bytes, what fills its last block. */
void ustar_put(struct str name, struct str bytes, struct buf *out);

/* Appends what ends a file. */
void ustar_put_end(struct buf *out);

struct ustar_part {
	struct str name, bytes; /* slices of the file */
};

/* Reads the part that begins at *io_at, and moves it behind.  *ret_has is false
 * at the end of the file.
 *
 * ERR_INVALID   pack.header   the header is not in our form, or was changed
 *               pack.name     the name is none that a pack may have
 *               pack.end      the file ends too early, or something follows its end
 *               pack.padding  something stands between two parts
 * ERR_LIMIT     pack.size     the part says that it is larger than max */
enum err ustar_next(struct str file, size_t max, size_t *io_at, struct ustar_part *ret,
    bool *ret_has, struct why *why);
