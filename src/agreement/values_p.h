/* values_p.h: collecting withheld values as needles (private to agreement).
 *
 * A value is withheld whole: a name, never its single words.  What is too short
 * or too common to point at anybody is no value. */
#pragma once

#include "search_p.h"

enum {
	VALUES_MAX = 65'536,    /* of one selection; more is ERR_LIMIT */
	VALUE_BYTES_MAX = 1024, /* longer is a text: only addresses in it are values */
};

struct values {
	struct arena *a;
	struct str code; /* reason code of what is added now */
	struct needle *needle;
	size_t len;
	size_t cap;
	bool full; /* arena or VALUES_MAX */
	struct folded folded;
};

struct values values_new(struct arena *a);
void values_free(struct values *v);

/* A value as it is. */
void values_add(struct values *v, struct str value);

/* A name folded and without its legal form; it slices f. */
struct str values_bare_name(struct str name, struct folded *f);

/* A name: also without its legal form, and the parts in and outside brackets. */
void values_add_name(struct values *v, struct str name);

/* An address: mailbox, its name, its domain; a host and the domain it
 * belongs to; a URL and its host.  Their computed identifiers, too. */
void values_add_mailbox(struct values *v, struct str mailbox);
void values_add_host(struct values *v, struct str host);
void values_add_url(struct values *v, struct str url);

/* Every mailbox, host (when hosts is set), URL and telephone number in a text. */
void values_add_addresses(struct values *v, struct str text, bool hosts);

/* An identifier: its UUID. */
void values_add_id(struct values *v, struct str id);
