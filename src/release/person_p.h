/* person_p.h: envelopes for partners' people (private to release). */
#pragma once

#include "person.h"

/* The person that something may be sealed to: verified by a second account,
 * neither revoked (nor another card with its key) nor expired, of the recipient
 * organisation.
 *
 * ERR_INVALID release.person   none such, or not (any more) good; why says what */
enum err person_find_good(const struct release_job *job, struct str fingerprint, struct str to,
    struct release_person *ret, struct why *why);

/* Seals what was released to the person of the request, beside its row. */
struct envelope_in {
	const struct release_job *job;
	const struct agreement_request *request;
	struct str order_id;
};
enum err envelope_put(const struct envelope_in *in, uint64_t ordinal,
    const struct agreement_decision *d, struct why *why);
