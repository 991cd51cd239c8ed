/* Partners that lie, drip or break off. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "partners_p.h"

/* The identity of the node goes with what it releases first. */
#define FIRST(n) ((n) + 1)

#define RECEIVED     "SELECT COUNT(*) FROM object WHERE giver <> ''"
#define EVENTS(name) "SELECT COUNT(*) FROM event WHERE name = '" name "'"

/* Two that have agreed; IN has released indicators 1 to 3 and JP pulls. */
struct two {
	struct node *in, *jp;
};

static void
two_open(struct two *t)
{
	t->in = node_new("IN");
	t->jp = node_new("JP");
	node_meet_both(t->in, t->jp);
	node_agree(t->in, t->jp);
	node_import(t->in, 6);
}

static void
two_closep(struct two *t)
{
	node_freep(&t->in);
	node_freep(&t->jp);
}

/* ---- lies about a page ---- */

static const struct lie_case {
	const char *name;
	enum lie lie;
	size_t received, refused; /* while it lies */
	size_t then;              /* received when it tells the truth again */
	const char *problem;      /* part of it */
	const char *reason;       /* part of what a receipt says */
} lie_cases[] = {
	{ "the truth", LIE_NONE, FIRST(3), 0, 0, "", NULL },
	{ "other bytes", LIE_BYTES, FIRST(0), 3, 0, "",
	    "its bytes are not those that were released" },
	{ "no proofs", LIE_NO_PROOFS, 0, FIRST(3), 0, "", NULL },
	{ "a changed record", LIE_PROOF, FIRST(2), 1, 0, "", NULL },
	{ "a cursor that stays", LIE_ENDLESS, 0, 0, FIRST(3),
	    "which is not after the one before it", NULL },
	{ "empty pages without end", LIE_EMPTY_MORE, 0, 0, FIRST(3),
	    "X-TAXII-Date-Added-Last is no timestamp: \"\"", NULL },
	{ "a cursor that is none", LIE_CURSOR, 0, 0, FIRST(3),
	    "X-TAXII-Date-Added-Last is no timestamp: \"yesterday\"", NULL },
	{ "a broken envelope", LIE_TRUNCATED, 0, 0, FIRST(3), "in.example: ", NULL },
	{ "more objects than asked for", LIE_TOO_MANY, 0, 0, FIRST(3), "objects where at most 256",
	    NULL },
	{ "thousands of collections", LIE_COLLECTIONS, 0, 0, FIRST(3), "or more than 64", NULL },
	{ "out of order", LIE_REFUSE, 0, 0, FIRST(3),
	    "in.example answers 503 at /in-jp/collections/: out of order", NULL },
};

static void
check_lie(void **state)
{
	const struct lie_case *c = *state;
	CLEANUP(two_closep) struct two t = { 0 };

	two_open(&t);
	assert_int_equal(node_release(t.in, t.jp, 1, 3), FIRST(3));
	t.in->lie = c->lie;
	struct exchange_round round = node_round(t.jp);
	if (str_find(str_of(round.problem), str_of(c->problem)) == SIZE_MAX)
		fail_msg("the problem is: %s", round.problem);
	assert_int_equal(round.problem[0] == '\0', c->problem[0] == '\0');
	assert_int_equal(round.received, c->received);
	assert_int_equal(round.refused, c->refused);
	assert_int_equal(node_count(t.jp, RECEIVED), c->received);
	assert_int_equal(node_count(t.jp, EVENTS("exchange.refused")), c->refused > 0);
	if (c->reason != NULL)
		assert_int_equal(node_count(t.in, "SELECT COUNT(*) FROM release_item"
		                                  " WHERE receipt LIKE '%not those that%refused%'"),
		    c->refused);
	/* A complaint is written down once, however often it is met. */
	int64_t events = node_count(t.jp, "SELECT COUNT(*) FROM event");
	(void)node_round(t.jp);
	assert_int_equal(node_count(t.jp, "SELECT COUNT(*) FROM event"), events);

	t.in->lie = LIE_NONE;
	assert_int_equal(node_good_round(t.jp).received, c->then);
	assert_int_equal(node_count(t.jp, "SELECT COUNT(*) FROM pull WHERE problem <> ''"), 0);
}

/* ---- somebody else answers ---- */

static void
another_certificate(void **state)
{
	CLEANUP(two_closep) struct two t = { 0 };

	(void)state;
	two_open(&t);
	assert_int_equal(node_release(t.in, t.jp, 1, 3), FIRST(3));
	uint16_t port = http_server_port(t.in->server);
	http_server_stop(t.in->server);
	node_listen(t.in, port, "people");
	struct exchange_round round = node_round(t.jp);
	assert_int_equal(round.unreachable, 1);
	assert_int_equal(round.received, 0);
	assert_true(str_find(str_of(round.problem), S("in.example: ")) == 0);
	assert_int_equal(node_count(t.jp, EVENTS("exchange.peer-problem")), 1);
	http_server_stop(t.in->server);
	node_listen(t.in, port, "peer");
	assert_int_equal(node_good_round(t.jp).received, FIRST(3));
}

/* ---- a heap of drafts ---- */

/* An agreement of IN and JP under another id and version, signed by JP alone. */
static struct str
draft(struct two *t, const char *id, unsigned version)
{
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	const struct party_binding bindings[] = { node_binding(t->in), node_binding(t->jp) };
	struct str rest = node_agreement_text(t->jp->arena, t->in, t->jp), envelope = { 0 };
	struct str old = S("\"id\":\"IN-JP\",\"version\":1,");
	struct why why = { 0 };
	size_t at = str_find(rest, old);

	assert_true(at != SIZE_MAX);
	struct str whole = arena_printf(t->jp->arena,
	    STR_FMT "\"id\":\"%s\",\"version\":%u," STR_FMT, STR_ARG(str_sub(rest, 0, at)), id,
	    version, STR_ARG(str_sub(rest, at + old.len, rest.len)));
	node_need(agreement_fill(t->jp->arena, whole, bindings, 2, &text, &why), &why);
	node_need(realm_agreement_make(t->jp->realm, buf_str(&text), t->jp->arena, &envelope, &why),
	    &why);
	return envelope;
}

/* clang-format off */
static const struct draft_step {
	const char *id;
	unsigned version;
	const char *code; /* NULL: taken */
} draft_steps[] = {
	{ "IN-JP", 2, NULL },               /* beside version 1, which is in force */
	{ "IN-JP", 2, NULL },               /* again: nothing new */
	{ "IN-JP", 3, "exchange.draft" },
	{ "B",     5, NULL },
	{ "B",     4, "exchange.older" },
	{ "C",     1, NULL },
	{ "D",     1, "exchange.drafts" },
};
/* clang-format on */

static void
many_drafts(void **state)
{
	CLEANUP(two_closep) struct two t = { 0 };
	struct peer jp = { .name = S("jp.example"), .party = S("JP") };

	(void)state;
	two_open(&t);
	memcpy(jp.agreement_key, node_binding(t.jp).key.byte, sizeof(jp.agreement_key));
	for (size_t i = 0; i < COUNTOF(draft_steps); i++) {
		const struct draft_step *step = &draft_steps[i];
		const struct deed_offer offer = {
			.peer = &jp,
			.envelope = draft(&t, step->id, step->version),
			.posted = true,
		};
		struct why why = { 0 };
		enum err err = deed_take(t.in->realm, &offer, t.in->arena, &why);

		if (step->code == NULL)
			node_need(err, &why);
		else if (err == OK || strcmp(why.code, step->code) != 0)
			fail_msg("step %zu: %s %s", i, err_name(err), why.text);
	}
	assert_int_equal(node_count(t.in, "SELECT COUNT(*) FROM agreement"), 4);
}

/* ---- another history ---- */

/* The same keys go on from an old copy of the folder. */
static void
put_back(struct node *n, const char *copy)
{
	uint16_t port = http_server_port(n->server);

	node_close(n);
	assert_in_range(snprintf(n->folder, sizeof(n->folder), "%s", copy), 1,
	    sizeof(n->folder) - 1);
	node_open(n, port);
}

static void
copy_folder(struct node *n, char *ret, size_t size)
{
	uint16_t port = http_server_port(n->server);
	int status = -1;

	node_close(n);
	(void)snprintf(ret, size, "%s-copy", n->folder);
	pid_t child = fork();
	if (child == 0) {
		(void)execlp("cp", "cp", "-a", n->folder, ret, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	node_open(n, port);
}

static void
forked_log(void **state)
{
	CLEANUP(two_closep) struct two t = { 0 };
	char first[128], copy[160];

	(void)state;
	two_open(&t);
	copy_folder(t.in, copy, sizeof(copy));
	assert_int_equal(node_release(t.in, t.jp, 1, 2), FIRST(2));
	assert_int_equal(node_good_round(t.jp).received, FIRST(2));
	memcpy(first, t.in->folder, sizeof(first));

	put_back(t.in, copy);
	assert_int_equal(node_release(t.in, t.jp, 3, 4), FIRST(2));
	struct exchange_round round = node_round(t.jp);
	if (str_find(str_of(round.problem), S("does not continue the one we cosigned")) == SIZE_MAX)
		fail_msg("the problem is: %s", round.problem);
	assert_int_equal(round.received, 0);
	assert_int_equal(node_count(t.jp, RECEIVED), FIRST(2));
	assert_true(node_count(t.jp, EVENTS("exchange.equivocation")) > 0);
	assert_true(node_round(t.in).problem[0] != '\0');

	/* The true history goes on as if nothing had been. */
	put_back(t.in, first);
	assert_int_equal(node_release(t.in, t.jp, 5, 5), 1);
	assert_int_equal(node_good_round(t.jp).received, 1);
	(void)nftw(copy, node_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- nobody answers ---- */

static int
silent_socket(uint16_t port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* IN takes connections and says nothing; KR is served meanwhile. */
static void
others_are_served(void **state)
{
	CLEANUP(two_closep) struct two t = { 0 };
	CLEANUP(node_freep) struct node *kr = node_new("KR");
	struct why why = { 0 };
	bool arrived = false;

	(void)state;
	two_open(&t);
	node_meet_both(kr, t.jp);
	node_agree(kr, t.jp);
	node_import(kr, 2);
	uint16_t port = http_server_port(t.in->server);
	http_server_stop(t.in->server);
	t.in->server = NULL;
	int fd = silent_socket(port);

	node_need(exchange_start(t.jp->exchange, &why), &why);
	assert_int_equal(node_release(kr, t.jp, 1, 2), FIRST(2));
	for (int i = 0; i < 250 && !arrived; i++) {
		(void)usleep(20'000);
		arrived = node_count(t.jp, RECEIVED) == FIRST(2);
	}
	assert_true(arrived);
	close(fd);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	log_set_level(LOG_ERROR);
	CASES(&cases, lie_cases, check_lie);
	CASE(&cases, another_certificate);
	CASE(&cases, many_drafts);
	CASE(&cases, forked_log);
	CASE(&cases, others_are_served);
	return cases_run("liar", &cases, argc, argv);
}
