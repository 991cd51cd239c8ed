/* agreed_p.h: for tests: two nodes that know each other and have an agreement
 * in force; the one of India has people and has imported an incident. */
#pragma once

#include "world_p.h"

#define OFFICER  AS("meera")
#define SECOND   AS("arjun") /* officer and approver at once */
#define APPROVER AS("kiran")

static inline struct str
raw_member(struct answer a, const char *name)
{
	const struct json *v = json_get(a.json, str_of(name));

	assert_non_null(v);
	return v->raw;
}

static inline struct str
text_member(const struct json *object, const char *name)
{
	const struct json *v = json_get(object, str_of(name));

	if (!json_is(v, JSON_STRING))
		fail_msg("no text %s in " STR_FMT, name,
		    STR_ARG(object == NULL ? S("nothing") : object->raw));
	return json_str(v);
}

static inline struct str
peer_body_of(struct world *w, struct answer invitation, const char *form)
{
	const struct json *fingerprint = json_get(invitation.json, S("fingerprint"));

	return arena_printf(w->arena,
	    "{\"fingerprint\":\"" STR_FMT "\",\"invitation\":" STR_FMT "}",
	    STR_ARG(text_member(fingerprint, form)), STR_ARG(raw_member(invitation, "invitation")));
}

static inline void
introduce(struct world *in, struct world *jp)
{
	struct answer ours = get(in, SOCKET, "/api/v1/invitation");
	struct answer theirs = get(jp, SOCKET, "/api/v1/invitation");

	expect_status(ours, 200);
	expect_status(theirs, 200);
	struct str wrong =
	    arena_printf(in->arena, "{\"fingerprint\":\"" STR_FMT "\",\"invitation\":" STR_FMT "}",
	        STR_ARG(text_member(json_get(ours.json, S("fingerprint")), "words")),
	        STR_ARG(raw_member(theirs, "invitation")));
	expect_status(call(in, SOCKET, "POST", "/api/v1/peers", wrong), 422);
	assert_int_equal(json_get(get(in, SOCKET, "/api/v1/peers").json, S("peers"))->len, 0);
	expect_status(call(in, SOCKET, "POST", "/api/v1/peers", peer_body_of(in, theirs, "words")),
	    201);
	expect_status(call(jp, SOCKET, "POST", "/api/v1/peers", peer_body_of(jp, ours, "digits")),
	    201);
}

static inline const struct json *
first_agreement(struct world *w)
{
	struct answer a = get(w, SOCKET, "/api/v1/agreements");

	expect_status(a, 200);
	return json_get(a.json, S("agreements"))->first;
}

static inline void
expect_open(struct world *w, bool open, const char *reason)
{
	const struct json *g = first_agreement(w);
	bool got = !open;

	assert_true(json_get_bool(g, S("open"), &got));
	if (got != open || !str_is(text_member(g, "reason"), reason))
		fail_msg(STR_FMT, STR_ARG(g->raw));
}

static inline void
agree(struct world *in, struct world *jp)
{
	struct str template = cases_file(in->arena, API_SHARE "/agreements/india-japan.json");
	struct str body = arena_printf(in->arena, "{\"template\":" STR_FMT "}", STR_ARG(template));
	struct answer a = call(in, SOCKET, "POST", "/api/v1/agreements/make", body);

	expect_status(a, 200);
	expect_open(in, false, "A-NOTINFORCE");
	expect_status(call(jp, SOCKET, "POST", "/api/v1/agreements", a.body), 201);
	a = call(jp, SOCKET, "POST", "/api/v1/agreements/IJ-MODEL/sign", S("{}"));
	expect_status(a, 200);
	expect_status(call(in, SOCKET, "POST", "/api/v1/agreements", a.body), 201);
	expect_open(in, true, "");
	assert_int_equal(json_get(first_agreement(in), S("signed_by"))->len, 2);
	assert_int_equal(json_get(first_agreement(in), S("parties"))->len, 2);
}

static inline void
import_incident(struct world *w)
{
	struct str bundle = cases_file(w->arena, API_SHARE "/demo/incident.json");
	struct answer a = call(w, OFFICER, "POST", "/api/v1/import?source=incident.json", bundle);
	uint64_t read = 0, fresh = 0, again = 0;

	expect_status(a, 200);
	assert_true(json_get_u64(a.json, S("read"), &read));
	assert_true(json_get_u64(a.json, S("new"), &fresh));
	assert_true(read > 50 && fresh > 50);
	a = call(w, OFFICER, "POST", "/api/v1/import?source=incident.json", bundle);
	expect_status(a, 200);
	assert_true(json_get_u64(a.json, S("new"), &fresh));
	assert_true(json_get_u64(a.json, S("same"), &again));
	assert_int_equal(fresh, 0);
	assert_true(again > 50);
}

struct pair {
	struct world in, jp;
};

static inline void
pair_end(struct pair *p)
{
	world_end(&p->in);
	world_end(&p->jp);
}

static inline void
pair_begin(struct pair *p)
{
	world_begin(&p->in, "IN");
	world_begin(&p->jp, "JP");
	add_account(&p->in, "meera", "officer");
	add_account(&p->in, "arjun", "officer\",\"approver");
	add_account(&p->in, "kiran", "approver");
	add_account(&p->in, "leela", "legal");
	introduce(&p->in, &p->jp);
	agree(&p->in, &p->jp);
	import_incident(&p->in);
}
