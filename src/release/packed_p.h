/* packed_p.h: for tests: audit packs that are made, read and looked into. */
#pragma once

#include "audit_pack.h"
#include "codec.h"
#include "decided_p.h"

enum { FILE_MAX = 64 * MIB };

static inline const char *
pack_path(struct office *o, const char *name)
{
	return arena_cstr(o->arena, arena_printf(o->arena, "%s/%s", o->folder, name));
}

static inline struct audit_pack_wish
wish(void)
{
	struct audit_pack_wish w = {
		.of = { S("IN:CERT-IN"), S("main") },
		.content = true,
	};

	assert_true(time_parse(S(OFFICE_NOW), &w.at));
	return w;
}

static inline struct audit_pack_made
make(struct office *o, const struct audit_pack_wish *w, const char *name)
{
	struct audit_pack_made made;

	WORKS(o, audit_pack_make(o->realm, w, pack_path(o, name), &made, &o->why));
	return made;
}

static inline struct str
file_of(struct office *o, const char *name)
{
	return cases_file(o->arena, pack_path(o, name));
}

static inline void
write_file(struct office *o, const char *name, struct str bytes)
{
	FILE *f = fopen(pack_path(o, name), "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
}

static inline bool
holds(struct str file, struct str needle)
{
	return needle.len > 0 && str_find(file, needle) != SIZE_MAX;
}

struct opened {
	struct audit_pack pack;
	struct audit_report *report;
};

static inline void
opened_done(struct opened *x)
{
	audit_pack_close(&x->pack);
}

static inline enum err
try_open(struct office *o, const char *name, const char *key, struct opened *ret)
{
	o->why = (struct why){ 0 };
	ret->report = arena_make(o->arena, struct audit_report, 1);
	return audit_pack_open(pack_path(o, name), str_of(key), o->arena, &ret->pack, ret->report,
	    &o->why);
}

static inline struct release_audit *
audit_of(struct office *o, const struct audit_pack *p)
{
	struct release_audit *ret = arena_make(o->arena, struct release_audit, 1);
	char folder[160];

	(void)snprintf(folder, sizeof(folder), "%s/demo", o->folder);
	if (p != NULL)
		WORKS(o, audit_pack_verify(p, NULL, 0, o->arena, ret, &o->why));
	else
		WORKS(o, release_audit(folder, NULL, 0, o->arena, ret, &o->why));
	if (p != NULL && ret->report.problems > 0)
		o->why = (struct why){ 0 };
	return ret;
}
