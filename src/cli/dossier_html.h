/* dossier_html.h: a dossier as a page that is printed: one file without
 * scripts, pictures or addresses.
 *
 * What stands in the dossier comes from objects of strangers: every text is
 * escaped, characters that hide or turn text are shown by their number, and the page's own policy
 * lets a browser load nothing. */
#pragma once

#include "base.h"
#include "buf.h"
#include "json.h"
#include "message_p.h"

struct dossier_page {
	const struct json *dossier; /* the payload */
	const struct messages *words;
	struct str lang; /* "hi" */
	struct str hash; /* SHA-256 of the payload, in hex */
	struct str key;  /* key id of the signature; empty: none */
};

/* ERR_INVALID  page.form   it is no dossier
 * ERR_LIMIT    the page does not fit into out */
enum err dossier_html(const struct dossier_page *p, struct buf *out, struct why *why);
