/* verified_p.h: for tests: what a verifier says of an office's folder. */
#pragma once

#include "audit.h"
#include "fixture_p.h"
#include "replay.h"

enum { OFFICE_REALM_MAX = 160 };

/* The folder of its realm; ret holds OFFICE_REALM_MAX bytes. */
static inline void
office_realm(const struct office *o, char *ret)
{
	(void)snprintf(ret, OFFICE_REALM_MAX, "%s/demo", o->folder);
}

static inline const struct release_audit *
office_audit(struct office *o)
{
	struct release_audit *ret = arena_make(o->arena, struct release_audit, 1);
	char realm[OFFICE_REALM_MAX];

	office_realm(o, realm);
	WORKS(o, release_audit(realm, NULL, 0, o->arena, ret, &o->why));
	return ret;
}

/* since: only what was decided from then on. */
static inline const struct release_replay *
office_replay(struct office *o, time_us since)
{
	struct release_replay *ret = arena_make(o->arena, struct release_replay, 1);
	char realm[OFFICE_REALM_MAX];

	office_realm(o, realm);
	WORKS(o, release_replay(realm, since, ret, &o->why));
	return ret;
}
