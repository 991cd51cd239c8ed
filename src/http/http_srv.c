#include "http_srv.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>

#include "random.h"

enum {
	RDATA_HOST = 6, /* behind priority, weight and port */
	LABEL_MAX = 63,
	DNS_PORT = 53,
	WAIT_S = 2, /* the second turn waits as long again for each resolver */
	TURNS = 2,
	RESOLVERS_MAX = 2,
};

/* ---- names ---- */

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Labels of letters, digits and hyphens, at least two. */
static bool
is_host(struct str host)
{
	struct str rest = host;
	size_t labels = 0;

	if (host.len == 0 || host.len > HTTP_SRV_HOST_MAX)
		return false;
	while (rest.ptr != NULL) {
		struct str label = str_split(&rest, '.');

		if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' ||
		    label.ptr[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++) {
			if (!is_host_char(label.ptr[i]))
				return false;
		}
		labels++;
	}
	return labels > 1;
}

static void
lower(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
	}
}

/* ---- reading an answer ---- */

static enum err
broken(struct why *why)
{
	return fail(why, ERR_INVALID, "http.srv",
	    "the resolver's answer is broken: ask another, or write the server's address");
}

static uint16_t
number_at(const unsigned char *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* *ret_none: the domain says that it does not offer the service. */
static enum err
read_record(ns_msg *msg, const ns_rr *rr, struct http_srv *ret, bool *ret_none, struct why *why)
{
	const unsigned char *data = ns_rr_rdata(*rr);
	char host[NS_MAXDNAME];

	if (ns_rr_rdlen(*rr) <= RDATA_HOST)
		return broken(why);
	int used =
	    dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), data + RDATA_HOST, host, sizeof(host));
	if (used < 0 || used > ns_rr_rdlen(*rr) - RDATA_HOST)
		return broken(why);
	*ret_none = host[0] == '\0';
	if (*ret_none)
		return OK;
	lower(host);
	*ret = (struct http_srv){ number_at(data), number_at(data + 2), number_at(data + 4), "" };
	if (!is_host(str_of(host)) || ret->port == 0)
		return fail(why, ERR_INVALID, "http.srv",
		    "a record of the domain names no host and port: its operator has to mend it");
	memcpy(ret->host, host, strlen(host) + 1);
	return OK;
}

static enum err
none(struct why *why)
{
	return fail(why, ERR_NOT_FOUND, "http.srv",
	    "the domain names no such server: ask its operator for the address");
}

/* Whoever answers may keep a connection open for as long as it likes. */
static enum err
cut(struct why *why)
{
	return fail(why, ERR_INVALID, "http.srv",
	    "the resolver's answer is cut, and none over a connection is asked for: ask the "
	    "domain's operator for the address");
}

enum err
http_srv_read(struct str answer, struct http_srv_list *ret, struct why *why)
{
	ns_msg msg;
	ns_rr rr;

	*ret = (struct http_srv_list){ 0 };
	if (answer.len == 0 || answer.len > HTTP_SRV_ANSWER_MAX ||
	    ns_initparse((const unsigned char *)answer.ptr, (int)answer.len, &msg) != 0)
		return broken(why);
	if (ns_msg_getflag(msg, ns_f_tc) != 0)
		return cut(why);
	for (int i = 0; i < ns_msg_count(msg, ns_s_an); i++) {
		struct http_srv one;
		bool not_offered = false;

		if (ns_parserr(&msg, ns_s_an, i, &rr) != 0)
			return broken(why);
		if (ns_rr_type(rr) != ns_t_srv || ns_rr_class(rr) != ns_c_in)
			continue;
		TRY(read_record(&msg, &rr, &one, &not_offered, why));
		if (not_offered)
			return none(why);
		if (ret->len == HTTP_SRV_MAX)
			ret->more++;
		else
			ret->server[ret->len++] = one;
	}
	return ret->len == 0 ? none(why) : OK;
}

/* ---- the order ---- */

/* Those without weight first in their priority: a draw of 0 falls on them. */
static int
srv_cmp(const void *a, const void *b)
{
	const struct http_srv *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return (x->weight != 0) - (y->weight != 0);
}

/* The next of those from `from` to `end` goes to the front of them. */
static void
draw(struct http_srv *server, size_t from, size_t end, http_srv_random_fn *random, void *arg)
{
	uint32_t sum = 0, reached = 0;
	size_t at = from;

	for (size_t i = from; i < end; i++)
		sum += server[i].weight;
	uint32_t drawn = random(arg, sum);
	for (size_t i = from; i < end; i++) {
		at = i;
		reached += server[i].weight;
		if (reached >= drawn)
			break;
	}
	struct http_srv chosen = server[at];
	memmove(&server[from + 1], &server[from], (at - from) * sizeof(chosen));
	server[from] = chosen;
}

void
http_srv_order(struct http_srv_list *list, http_srv_random_fn *random, void *arg)
{
	struct http_srv *server = list->server;

	qsort(server, list->len, sizeof(server[0]), srv_cmp);
	for (size_t from = 0; from < list->len; from++) {
		size_t end = from + 1;

		while (end < list->len && server[end].priority == server[from].priority)
			end++;
		if (end - from > 1)
			draw(server, from, end, random, arg);
	}
}

/* ---- asking ---- */

static uint32_t
by_chance(void *, uint32_t max)
{
	uint32_t n;

	random_bytes(&n, sizeof(n));
	return n % (max + 1);
}

static void
close_state(struct __res_state *state)
{
	res_nclose(state);
}

/* "127.0.0.1" or "127.0.0.1:5353". */
static enum err
use_resolver(struct __res_state *state, struct str resolver, struct why *why)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct str port = resolver, host = str_split(&port, ':');
	char text[INET_ADDRSTRLEN] = "";
	uint64_t number = DNS_PORT;

	if (host.len < sizeof(text) && host.len > 0)
		memcpy(text, host.ptr, host.len);
	if (inet_pton(AF_INET, text, &at.sin_addr) != 1 ||
	    (port.ptr != NULL && (!str_to_u64(port, UINT16_MAX, &number) || number == 0)))
		return fail(why, ERR_USAGE, "http.srv",
		    "a resolver is an IPv4 address, with or without a port: 192.0.2.1:53");
	at.sin_port = htons((uint16_t)number);
	state->nscount = 1;
	state->nsaddr_list[0] = at;
	return OK;
}

/* answer: what came, if anything did. */
static enum err
no_answer(const struct __res_state *state, const unsigned char *answer, struct why *why)
{
	HEADER header;

	memcpy(&header, answer, sizeof(header));
	if (header.tc)
		return cut(why);
	if (state->res_h_errno == HOST_NOT_FOUND || state->res_h_errno == NO_DATA)
		return none(why);
	return fail(why, ERR_IO, "http.srv",
	    "no resolver answers: look at /etc/resolv.conf, or name one");
}

static enum err
ask(struct __res_state *state, const char *name, struct http_srv_list *ret, struct why *why)
{
	unsigned char answer[HTTP_SRV_ANSWER_MAX] = { 0 };
	int len = res_nquery(state, name, ns_c_in, ns_t_srv, answer, sizeof(answer));

	if (len < 0)
		return no_answer(state, answer, why);
	if ((size_t)len > sizeof(answer))
		return broken(why);
	return http_srv_read((struct str){ (const char *)answer, (size_t)len }, ret, why);
}

enum err
http_srv_ask(const char *service, struct str domain, struct str resolver, struct http_srv_list *ret,
    struct why *why)
{
	CLEANUP(close_state) struct __res_state state = { 0 };
	char name[HTTP_SRV_HOST_MAX + LABEL_MAX];

	int len = snprintf(name, sizeof(name), "%s." STR_FMT, service, STR_ARG(domain));
	lower(name);
	if (len < 0 || (size_t)len > HTTP_SRV_HOST_MAX ||
	    !is_host(str_of(name + strlen(service) + 1)))
		return fail(why, ERR_USAGE, "http.srv",
		    "\"" STR_FMT "\" is no domain: write a name such as example.net, in its ASCII "
		    "form",
		    STR_ARG(domain));
	if (res_ninit(&state) != 0)
		return fail(why, ERR_IO, "http.srv", "the system's resolver cannot be used");
	if (resolver.len > 0)
		TRY(use_resolver(&state, resolver, why));
	state.nscount = state.nscount > RESOLVERS_MAX ? RESOLVERS_MAX : state.nscount;
	state.retrans = WAIT_S;
	state.retry = TURNS;
	/* Over a connection the resolver's library waits without an end; packets are larger. */
	state.options |= RES_IGNTC | RES_USE_EDNS0;
	enum err err = ask(&state, name, ret, why);
	if (err == OK)
		http_srv_order(ret, by_chance, NULL);
	else
		why_where(why, "the SRV records of %s", name);
	return err;
}
