/* Pages sent compressed, to who asks for it. */
#define ZLIB_CONST
#include <zlib.h>

#include "taxii_p.h"

enum {
	/* Below that the two headers cost what is saved. */
	GZIP_FROM = KIB,
	/* The fastest: half a page is gone, and the next levels take twice the time for a tenth. */
	GZIP_LEVEL = 1,
	GZIP_WINDOW = 15 + 16, /* 32 KiB, and the frame of gzip instead of zlib's */
	GZIP_MEMORY = 8,       /* zlib's own choice: 128 KiB */
};

/* ---- what is asked for ---- */

/* The weight of a coding: its own, else that of '*', else what stands for silence. */
struct weights {
	unsigned gzip, identity, rest;
	bool has_gzip, has_identity, has_rest;
};

static void
weigh(struct weights *w, const struct http_media *item)
{
	if (str_eq_nocase(item->type, S("gzip")) || str_eq_nocase(item->type, S("x-gzip"))) {
		w->gzip = item->q;
		w->has_gzip = true;
	} else if (str_eq_nocase(item->type, S("identity"))) {
		w->identity = item->q;
		w->has_identity = true;
	} else if (str_is(item->type, "*")) {
		w->rest = item->q;
		w->has_rest = true;
	}
}

/* Source: RFC 9110, 12.5.3. */
bool
taxii_wants_gzip(struct str accepted)
{
	struct weights w = { 0 };
	struct http_media item;
	int more;

	while ((more = http_coding_next(&accepted, &item)) == 1)
		weigh(&w, &item);
	if (more < 0)
		return false;
	unsigned gzip = w.has_gzip ? w.gzip : w.has_rest ? w.rest : 0;
	return gzip > 0 && (!w.has_identity || gzip >= w.identity);
}

/* ---- the answer ---- */

static bool
deflate_all(z_stream *z, struct str from, struct buf *out)
{
	size_t room = deflateBound(z, from.len);
	char *to = buf_reserve(out, room);

	if (to == NULL || room > UINT32_MAX || from.len > UINT32_MAX)
		return false;
	z->next_in = (z_const Bytef *)from.ptr;
	z->avail_in = (uInt)from.len;
	z->next_out = (Bytef *)to;
	z->avail_out = (uInt)room;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return false;
	out->len += room - z->avail_out;
	return true;
}

bool
taxii_gzip(struct http_response *resp)
{
	struct buf out = buf_new(HTTP_RESPONSE_MAX);
	z_stream z = { 0 };

	if (resp->buf.full || resp->buf.len < GZIP_FROM)
		return false;
	bool done = deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
	                Z_DEFAULT_STRATEGY) == Z_OK;
	done = done && deflate_all(&z, buf_str(&resp->buf), &out);
	(void)deflateEnd(&z);
	done = done && out.len < resp->buf.len;
	if (!done) {
		buf_free(&out);
		return false;
	}
	buf_free(&resp->buf);
	resp->buf = out;
	return true;
}
