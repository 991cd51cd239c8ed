#include "pattern_p.h"

/* Whether a test, an observation or an AND gives atoms; else why not. */
struct collector {
	struct pattern_atoms *out;
	struct pattern_atom *atom; /* room for every literal of the pattern, and never none */
};

static const char *const kind_names[PATTERN_KINDS] = {
	[PATTERN_IPV4] = "ipv4",
	[PATTERN_IPV6] = "ipv6",
	[PATTERN_DOMAIN] = "domain",
	[PATTERN_URL] = "url",
	[PATTERN_EMAIL] = "email",
	[PATTERN_MD5] = "md5",
	[PATTERN_SHA1] = "sha1",
	[PATTERN_SHA256] = "sha256",
	[PATTERN_SHA512] = "sha512",
};

const char *
pattern_kind_name(enum pattern_kind kind)
{
	assert((size_t)kind < PATTERN_KINDS);
	return kind_names[kind];
}

/* Paths whose value is of one kind, or of a kind that the value shows. */
enum { KIND_BY_VALUE = PATTERN_KINDS };

/* clang-format off */
static const struct path_kind {
	const char *type;
	const char *step[2];
	int kind;
} path_kinds[] = {
	{ "ipv4-addr",       { "value" },               PATTERN_IPV4 },
	{ "ipv6-addr",       { "value" },               PATTERN_IPV6 },
	{ "domain-name",     { "value" },               PATTERN_DOMAIN },
	{ "url",             { "value" },               PATTERN_URL },
	{ "email-addr",      { "value" },               PATTERN_EMAIL },
	{ "email-message",   { "from_ref", "value" },   PATTERN_EMAIL },
	{ "email-message",   { "sender_ref", "value" }, PATTERN_EMAIL },
	{ "network-traffic", { "src_ref", "value" },    KIND_BY_VALUE },
	{ "network-traffic", { "dst_ref", "value" },    KIND_BY_VALUE },
	{ "file",            { "hashes", "MD5" },       PATTERN_MD5 },
	{ "file",            { "hashes", "SHA-1" },     PATTERN_SHA1 },
	{ "file",            { "hashes", "SHA-256" },   PATTERN_SHA256 },
	{ "file",            { "hashes", "SHA-512" },   PATTERN_SHA512 },
};
/* clang-format on */

static bool
path_is(const struct test *t, const struct path_kind *k)
{
	const struct step *s = t->path;

	if (!str_is(t->type, k->type))
		return false;
	for (size_t i = 0; i < COUNTOF(k->step) && k->step[i] != NULL; i++, s = s->next) {
		if (s == NULL || s->kind != STEP_NAME || !str_is(s->text, k->step[i]))
			return false;
	}
	return s == NULL;
}

static const struct path_kind *
path_kind(const struct test *t)
{
	for (size_t i = 0; i < COUNTOF(path_kinds); i++) {
		if (path_is(t, &path_kinds[i]))
			return &path_kinds[i];
	}
	return NULL;
}

static bool
is_dotted_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= '0' && c <= '9') && c != '.' && c != '/')
			return false;
	}
	return s.len > 0;
}

/* An end point of network traffic is an address or a domain. */
static enum pattern_kind
kind_by_value(struct str value)
{
	if (memchr(value.ptr, ':', value.len) != NULL)
		return PATTERN_IPV6;
	return is_dotted_digits(value) ? PATTERN_IPV4 : PATTERN_DOMAIN;
}

static bool
is_network_kind(enum pattern_kind kind)
{
	return kind == PATTERN_IPV4 || kind == PATTERN_IPV6;
}

/* Why a test is no equality of an indexed kind; NULL if it is one. */
static const char *
test_objection(const struct test *t)
{
	const struct path_kind *k = path_kind(t);

	if (t->negated)
		return "a comparison is negated";
	if (t->op != TOKEN_EQ && t->op != TOKEN_IN && t->op != TOKEN_ISSUBSET)
		return "a comparison is not =, IN or ISSUBSET";
	if (k == NULL)
		return "a property is not an address, domain, URL, e-mail address or hash";
	if (t->literal == NULL)
		return "a set is empty";
	for (const struct literal *l = t->literal; l != NULL; l = l->next) {
		if (l->kind != TOKEN_STRING || l->value.len == 0)
			return "a value is not a text";
	}
	if (t->op == TOKEN_ISSUBSET && !is_network_kind((enum pattern_kind)k->kind) &&
	    (k->kind != KIND_BY_VALUE || !is_network_kind(kind_by_value(t->literal->value))))
		return "ISSUBSET is not about addresses";
	return NULL;
}

static void
leave_out(struct collector *c, const char *reason)
{
	if (c->out->left_out++ == 0)
		c->out->reason = reason;
}

static void
collect_test(struct collector *c, const struct test *t)
{
	const struct path_kind *k = path_kind(t);

	for (const struct literal *l = t->literal; l != NULL; l = l->next) {
		c->atom[c->out->len++] = (struct pattern_atom){
			.kind = k->kind == KIND_BY_VALUE ? kind_by_value(l->value)
			                                 : (enum pattern_kind)k->kind,
			.value = l->value,
		};
	}
}

static bool
is_file_hash(const struct node *n)
{
	return n->kind == NODE_TEST && n->test.op == TOKEN_EQ && str_is(n->test.type, "file") &&
	       test_objection(&n->test) == NULL;
}

static void
collect_and(struct collector *c, const struct node *n)
{
	for (const struct node *part = n->child; part != NULL; part = part->next) {
		if (!is_file_hash(part)) {
			leave_out(c,
			    "comparisons are joined by AND and are not all hashes of a file");
			return;
		}
	}
	for (const struct node *part = n->child; part != NULL; part = part->next)
		collect_test(c, &part->test);
}

/* Recursion is bounded by PATTERN_DEPTH_MAX: lists nest by parentheses only. */
static void
collect(struct collector *c, const struct node *n)
{
	if (n->qualifier != NULL) {
		leave_out(c, "a qualifier restricts when or how often");
		return;
	}
	switch (n->kind) {
	case NODE_FOLLOWEDBY:
	case NODE_OBS_AND: leave_out(c, "several observations are needed"); return;
	case NODE_OBS_OR:
	case NODE_OBSERVATION:
	case NODE_OR:
		for (const struct node *part = n->child; part != NULL; part = part->next)
			collect(c, part);
		return;
	case NODE_AND: collect_and(c, n); return;
	case NODE_TEST: break;
	}
	const char *objection = test_objection(&n->test);
	if (objection != NULL)
		leave_out(c, objection);
	else
		collect_test(c, &n->test);
}

enum err
pattern_equalities(const struct pattern *p, struct arena *a, struct pattern_atoms *ret,
    struct why *why)
{
	struct pattern_atoms out = { .reason = "" };
	struct collector c = { .out = &out,
		.atom = arena_make(a, struct pattern_atom, p->literals + 1) };

	if (c.atom == NULL)
		return fail(why, ERR_LIMIT, "pattern.memory",
		    "the pattern needs more memory than it may take");
	collect(&c, p->root);
	out.atom = c.atom;
	if (out.len == 0)
		return fail(why, ERR_NOT_FOUND, "pattern.not-indexed",
		    "the pattern is valid, but no plain value decides it: %s", out.reason);
	*ret = out;
	return OK;
}
