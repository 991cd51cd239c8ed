#include "document_p.h"
#include "json_writer.h"
#include "standing.h"

static const char *const verbs[] = {
	[STATEMENT_SUSPEND] = "suspend",
	[STATEMENT_RESUME] = "resume",
	[STATEMENT_TERMINATE] = "terminate",
	[STATEMENT_APPROVE] = "approve",
	[STATEMENT_ENACT] = "enact",
	[STATEMENT_RENEW] = "renew",
	[STATEMENT_LAPSE] = "lapse",
	[STATEMENT_SUCCEED] = "succeed",
	[STATEMENT_DISPUTE] = "dispute",
	[STATEMENT_SETTLE] = "settle",
};
static_assert(COUNTOF(verbs) == STATEMENT_VERBS, "each verb has its name");

const char *
statement_verb_name(enum statement_verb verb)
{
	return verbs[verb];
}

bool
statement_verb_parse(struct str name, enum statement_verb *ret)
{
	for (size_t i = 0; i < COUNTOF(verbs); i++) {
		if (str_is(name, verbs[i])) {
			*ret = (enum statement_verb)i;
			return true;
		}
	}
	return false;
}

/* Members in the order of their names, so that the text is canonical. */
enum err
statement_write(const struct statement *s, struct buf *out, struct why *why)
{
	struct json_writer w = json_writer(out);
	char hash[HASH_HEX + 1], at[TIME_TEXT_MAX];

	hash_text(&s->agreement, hash);
	time_text(s->at, at);
	json_begin_object(&w);
	if (s->act.len > 0)
		json_put_str(json_key(&w, S("act")), s->act);
	json_put_str(json_key(&w, S("agreement")), str_of(hash));
	json_put_str(json_key(&w, S("at")), str_of(at));
	if (s->authority.len > 0)
		json_put_str(json_key(&w, S("authority")), s->authority);
	json_put_u64(json_key(&w, S("format")), 1);
	json_put_str(json_key(&w, S("party")), s->party);
	json_put_str(json_key(&w, S("reason")), s->reason);
	json_put_str(json_key(&w, S("scope")), s->scope);
	json_put_u64(json_key(&w, S("serial")), s->serial);
	json_put_str(json_key(&w, S("type")), S("torana-agreement-statement"));
	if (s->until != 0) {
		time_text(s->until, at);
		json_put_str(json_key(&w, S("until")), str_of(at));
	}
	json_put_str(json_key(&w, S("verb")), str_of(verbs[s->verb]));
	json_end_object(&w);
	return buf_check(out, "the statement", why);
}

static enum err
read_verb(const struct doc *d, enum statement_verb *ret)
{
	struct str verb;

	TRY(doc_text(d, "verb", DOC_REQUIRED, &verb));
	if (statement_verb_parse(verb, ret))
		return OK;
	return doc_fail(d, ERR_INVALID, "standing.verb",
	    "the verb \"" STR_FMT
	    "\" is not suspend, resume, terminate, approve, enact, renew, lapse, succeed, dispute or settle",
	    STR_ARG(verb));
}

enum err
statement_parse(struct arena *a, struct str text, struct statement *ret, struct why *why)
{
	struct doc d = { .a = a, .why = why };
	struct str hash;

	*ret = (struct statement){ 0 };
	TRY(document_parse(a, text, &d.v, why));
	TRY(document_open(&d, "torana-agreement-statement"));
	TRY(doc_members(&d,
	    "act agreement at authority format party reason scope serial type until verb"));
	TRY(doc_text(&d, "agreement", DOC_REQUIRED, &hash));
	if (!hash_parse(hash, &ret->agreement))
		return doc_fail(&d, ERR_INVALID, "standing.hash",
		    "agreement must be the SHA-256 of the agreement's bytes in hex");
	TRY(read_verb(&d, &ret->verb));
	TRY(doc_text(&d, "scope", DOC_REQUIRED, &ret->scope));
	TRY(doc_text(&d, "party", DOC_REQUIRED, &ret->party));
	TRY(doc_time(&d, "at", DOC_REQUIRED, &ret->at));
	TRY(doc_number(&d, "serial", JSON_INTEGER_MAX, DOC_REQUIRED, &ret->serial));
	TRY(doc_text(&d, "act", DOC_OPTIONAL, &ret->act));
	TRY(doc_text(&d, "authority", DOC_OPTIONAL, &ret->authority));
	TRY(doc_time(&d, "until", DOC_OPTIONAL, &ret->until));
	return doc_text(&d, "reason", DOC_OPTIONAL, &ret->reason);
}
