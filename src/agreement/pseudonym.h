/* pseudonym.h: the same unknown victim twice.
 *
 * A pseudonym is an HMAC-SHA-256 over the agreement's id and the value as a
 * reader knows it (folded, a name without its legal form), under a key that
 * only the releasing party has.  Under one agreement equal values have equal
 * pseudonyms; under another agreement they have others; without the key
 * nobody can try names out.
 *
 * agreement_decide() takes the map, not the key: it stays pure, and an audit
 * decides again from the stored map without any secret. */
#pragma once

#include "agreement.h"

enum {
	PSEUDONYM_KEY_BYTES = 32,
	PSEUDONYM_TEXT = 2 + 32, /* "p-" and 128 bits in hex: no two values meet */
	PSEUDONYMS_MAX = 65'536, /* of one request */
};

/* The map that a decision about this request may need: of each withheld
 * identity, mailbox and account, and of each place that a category or rule
 * gives a pseudonym.  Sorted by id, then pointer; lives in the arena.  Empty
 * when the agreement asks for none.
 *
 *   secret   of the releasing party, PSEUDONYM_KEY_BYTES of random
 *
 * ERR_LIMIT  the arena is full, or more than PSEUDONYMS_MAX are needed */
enum err agreement_pseudonyms(struct arena *a, struct str secret, const struct agreement_request *r,
    size_t *ret_len, const struct pseudonym **ret, struct why *why);

/* The key of one agreement, from the party's own secret. */
struct hash pseudonym_key(struct str secret, struct str agreement_id);

/* The pseudonym of one value under such a key; ret holds PSEUDONYM_TEXT + 1 bytes. */
void pseudonym_text(struct str key, struct str value, char *ret);
