/* claims_p.h: what an officer says beside the objects of an order: whether all
 * go or none, by which ground, what the recipient's contact did, how many people
 * an object tells of (private to release). */
#pragma once

#include "release.h"

/* Columns of the order o from which claims_read() reads. */
#define ORDER_CLAIMS \
	"o.urgency, o.harm, o.break_glass, o.proposer, o.legal_basis, o.contact, o.strict"
enum { ORDER_CLAIMS_N = 7 };

/* The order's, from the columns ORDER_CLAIMS that begin at `at`. */
void claims_read(const struct db_rows *rows, size_t at, struct arena *a, struct release_ask *ask);

/* Of a new order.
 * ERR_INVALID  release.basis: neither the agreement nor a pack knows the ground
 *              release.contact: without a reason, or a failure that is not urgent */
enum err claims_check(const struct release_ask *ask, const struct agreement_request *r,
    struct why *why);

/* The request's members, from the order; fresh: it is none that was given before,
 * so that what it says of the contact stands in no row yet. */
enum err claims_put(const struct release_job *job, const struct release_ask *ask, bool fresh,
    struct agreement_request *r, struct why *why);

/* A leaf that says what the contact did, when the order says so. */
enum err claims_record(const struct release_job *job, const struct release_ask *ask,
    struct str order_id, struct why *why);
