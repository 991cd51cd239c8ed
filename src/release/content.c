#include "content.h"

#include "json_writer.h"
#include "record_p.h"

enum { DETAIL_MAX = KIB }; /* an account and a version, escaped */

static enum err
tell(const struct release_job *job, const struct content_choice *c, struct str enclave,
    struct why *why)
{
	CLEANUP(buf_free) struct buf detail = buf_new(DETAIL_MAX);
	struct json_writer w = json_writer(&detail);

	json_begin_object(&w);
	json_put_str(json_key(&w, S("by")), c->account);
	json_put_str(json_key(&w, S("version")), c->version);
	json_end_object(&w);
	TRY(buf_check(&detail, "the event of a choice", why));
	const struct event event = {
		.at = job->at,
		.name = S("object.chosen"),
		.owner = c->of.organisation,
		.enclave = enclave,
		.subject = c->id,
		.detail = buf_str(&detail),
	};
	return store_event(job->db, &event, why);
}

static enum err
log_choice(const struct release_job *job, const struct content_choice *c, struct str enclave,
    struct why *why)
{
	char hex[HASH_HEX + 1];

	hash_text(&c->content, hex);
	const struct record_pair pairs[] = {
		{ "type", S("choice") },
		{ "account", c->account },
		{ "enclave", enclave },
		{ "owner", c->of.organisation },
		{ "object", c->id },
		{ "reason", c->reason },
		{ "sha256", str_of(hex) },
		{ "version", c->version },
	};
	return record_append(job, "choice", pairs, COUNTOF(pairs), why);
}

enum err
release_choose_content(const struct release_job *job, const struct content_choice *c,
    struct why *why)
{
	struct content_choice choice = *c;
	struct choice_places places;

	choice.at = job->at;
	TRY(store_choose(job->db, &choice, &places, why));
	for (size_t i = 0; i < places.len; i++) {
		TRY(log_choice(job, c, places.enclave[i], why));
		TRY(tell(job, c, places.enclave[i], why));
	}
	return OK;
}
