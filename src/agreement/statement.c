#include "document_p.h"
#include "json_writer.h"
#include "standing.h"

static const char *const verbs[] = {
	[STATEMENT_SUSPEND] = "suspend",
	[STATEMENT_RESUME] = "resume",
	[STATEMENT_TERMINATE] = "terminate",
};

/* Members in the order of their names, so that the text is canonical. */
enum err
statement_write(const struct statement *s, struct buf *out, struct why *why)
{
	struct json_writer w = json_writer(out);
	char hash[HASH_HEX + 1], at[TIME_TEXT_MAX];

	hash_text(&s->agreement, hash);
	time_text(s->at, at);
	json_begin_object(&w);
	json_put_str(json_key(&w, S("agreement")), str_of(hash));
	json_put_str(json_key(&w, S("at")), str_of(at));
	json_put_u64(json_key(&w, S("format")), 1);
	json_put_str(json_key(&w, S("party")), s->party);
	json_put_str(json_key(&w, S("reason")), s->reason);
	json_put_str(json_key(&w, S("scope")), s->scope);
	json_put_u64(json_key(&w, S("serial")), s->serial);
	json_put_str(json_key(&w, S("type")), S("torana-agreement-statement"));
	json_put_str(json_key(&w, S("verb")), str_of(verbs[s->verb]));
	json_end_object(&w);
	return buf_check(out, "the statement", why);
}

static enum err
read_verb(const struct doc *d, enum statement_verb *ret)
{
	struct str verb;

	TRY(doc_text(d, "verb", DOC_REQUIRED, &verb));
	for (size_t i = 0; i < COUNTOF(verbs); i++) {
		if (str_is(verb, verbs[i])) {
			*ret = (enum statement_verb)i;
			return OK;
		}
	}
	return doc_fail(d, ERR_INVALID, "standing.verb",
	    "the verb \"" STR_FMT "\" is not suspend, resume or terminate", STR_ARG(verb));
}

enum err
statement_parse(struct arena *a, struct str text, struct statement *ret, struct why *why)
{
	struct doc d = { .a = a, .why = why };
	struct str hash;

	*ret = (struct statement){ 0 };
	TRY(document_parse(a, text, &d.v, why));
	TRY(document_open(&d, "torana-agreement-statement"));
	TRY(doc_members(&d, "agreement at format party reason scope serial type verb"));
	TRY(doc_text(&d, "agreement", DOC_REQUIRED, &hash));
	if (!hash_parse(hash, &ret->agreement))
		return doc_fail(&d, ERR_INVALID, "standing.hash",
		    "agreement must be the SHA-256 of the agreement's bytes in hex");
	TRY(read_verb(&d, &ret->verb));
	TRY(doc_text(&d, "scope", DOC_REQUIRED, &ret->scope));
	TRY(doc_text(&d, "party", DOC_REQUIRED, &ret->party));
	TRY(doc_time(&d, "at", DOC_REQUIRED, &ret->at));
	TRY(doc_number(&d, "serial", JSON_INTEGER_MAX, DOC_REQUIRED, &ret->serial));
	return doc_text(&d, "reason", DOC_OPTIONAL, &ret->reason);
}
