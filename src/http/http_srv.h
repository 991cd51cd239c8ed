/* http_srv.h: where a domain says that it runs a service (SRV records, RFC 2782).
 *
 * What a resolver answers is a hint for a person: nothing signs it.  Whoever asks shows it, and
 * connects only where a person then said to. */
#pragma once

#include "base.h"

enum {
	HTTP_SRV_MAX = 16,               /* servers of an answer; further ones are counted */
	HTTP_SRV_HOST_MAX = 253,         /* characters of a host's name */
	HTTP_SRV_ANSWER_MAX = 16 * 1024, /* bytes; 16 servers take some 5 KiB */
};

struct http_srv {
	uint16_t priority, weight, port;
	char host[HTTP_SRV_HOST_MAX + 1]; /* lower case, no point at the end */
};

struct http_srv_list {
	size_t len;
	size_t more; /* that found no room */
	struct http_srv server[HTTP_SRV_MAX];
};

/* Reads the SRV records of an answer, in its order.
 *
 * ERR_INVALID     (http.srv) it is no answer or a cut one, or a record names no host or no port
 * ERR_NOT_FOUND   (http.srv) it has none, or says that the service is not offered */
enum err http_srv_read(struct str answer, struct http_srv_list *ret, struct why *why);

/* A random number of 0 to max. */
typedef uint32_t http_srv_random_fn(void *arg, uint32_t max);

/* Brings them in the order in which they are to be tried: the lowest priority first, and
 * among equals by chance, the likelier the greater the weight. */
void http_srv_order(struct http_srv_list *list, http_srv_random_fn *random, void *arg);

/* Asks for a service of a domain, "_taxii2._tcp" of "example.net", and orders the answer.
 *
 *   resolver   IPv4 address, with or without a port, of who is asked; empty: as the system does
 *
 * It waits some ten seconds at most.  why->where names what was asked for.
 * ERR_USAGE       (http.srv) domain or resolver is none
 * ERR_IO          (http.srv) nobody answers
 * and those of http_srv_read() */
enum err http_srv_ask(const char *service, struct str domain, struct str resolver,
    struct http_srv_list *ret, struct why *why);
