#include "source_policy.h"

#include "document_p.h"
#include "stix.h"

enum { VERSION_MAX = 1'000'000 }; /* counted by hand */

static enum err
read_source(const struct doc *d, struct str *ret)
{
	TRY(doc_text(d, "source", DOC_REQUIRED, ret));
	bool plain = ret->len <= SOURCE_NAME_MAX;
	for (size_t i = 0; i < ret->len; i++) {
		char c = ret->ptr[i];
		plain &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
	}
	if (plain)
		return OK;
	return doc_fail(d, ERR_INVALID, "source.name",
	    "source \"" STR_FMT "\" is no name of at most %d letters a-z, digits and '-'",
	    STR_ARG(*ret), SOURCE_NAME_MAX);
}

static enum err
read_marking(const struct doc *d, enum tlp *ret)
{
	struct str name;

	TRY(doc_text(d, "marking", DOC_REQUIRED, &name));
	if (tlp_parse(name, ret) && *ret != TLP_NONE && *ret != TLP_RED)
		return OK;
	return doc_fail(d, ERR_INVALID, "source.marking",
	    "marking \"" STR_FMT "\" is not CLEAR, GREEN, AMBER or AMBER+STRICT", STR_ARG(name));
}

static const char *const same_names[] = {
	[SOURCE_KEEP] = "keep",
	[SOURCE_NEWEST] = "newest",
	[SOURCE_REFUSE] = "refuse",
};

const char *
source_same_name(enum source_same same)
{
	return same_names[same];
}

static enum err
read_same_version(const struct doc *d, enum source_same *ret)
{
	struct str name;

	*ret = SOURCE_KEEP;
	TRY(doc_text(d, "same_version", DOC_OPTIONAL, &name));
	for (size_t i = 0; i < COUNTOF(same_names); i++) {
		if (str_is(name, same_names[i]))
			*ret = (enum source_same)i;
	}
	if (name.len == 0 || str_is(name, same_names[*ret]))
		return OK;
	return doc_fail(d, ERR_INVALID, "source.same-version",
	    "same_version \"" STR_FMT "\" is not keep, newest or refuse", STR_ARG(name));
}

enum err
source_policy_parse(struct arena *a, struct str text, const struct source_policy **ret,
    struct why *why)
{
	struct doc d = { .a = a, .why = why };
	struct source_policy *p = arena_make(a, struct source_policy, 1);

	if (p == NULL)
		return fail(why, ERR_LIMIT, "document.memory", "no memory is left");
	TRY(document_parse(a, text, &d.v, why));
	TRY(document_open(&d, "torana-source-policy"));
	TRY(doc_members(&d,
	    "type format source version marking reason same_version creators types"));
	TRY(read_source(&d, &p->source));
	TRY(doc_number(&d, "version", VERSION_MAX, DOC_REQUIRED, &p->version));
	TRY(read_marking(&d, &p->marking));
	TRY(doc_text(&d, "reason", DOC_REQUIRED, &p->reason));
	TRY(read_same_version(&d, &p->same_version));
	TRY(doc_texts(&d, "creators", &p->creators));
	if (p->creators != NULL && p->creators->len > CREATORS_MAX)
		return doc_fail(&d, ERR_LIMIT, "source.creators", "more than %d creators",
		    CREATORS_MAX);
	TRY(doc_texts(&d, "types", &p->types));
	p->hash = hash_of(text);
	*ret = p;
	return OK;
}

bool
source_policy_covers(const struct source_policy *p, const struct stix_object *o)
{
	return (p->types == NULL || texts_have(p->types, o->type)) &&
	       (p->creators == NULL || texts_have(p->creators, o->created_by));
}
