#include <stdio.h>

#include "channel_p.h"
#include "json_writer.h"
#include "record_p.h"
#include "uuid_make.h"

enum {
	RECORD_MAX = 16 * KIB,  /* ids, codes and hashes; no content */
	DECISION_MAX = 8 * MIB, /* a decision in words, without the leaving bytes */
	HASH_TEXT_MAX = HASH_HEX + 1,
};

const char *
record_type_name(enum record_type t)
{
	/* clang-format off */
	switch (t) {
	case RECORD_RELEASE: return "release";
	case RECORD_HOLD:    return "hold";
	case RECORD_DENIAL:  return "denial";
	}
	/* clang-format on */
	return "denial";
}

struct hash
record_private(const struct record_secret *s)
{
	const struct str parts[] = {
		s->nonce,
		s->source_id,
		S("\n"),
		s->version,
		S("\n"),
		s->facts,
		S("\n"),
		s->decision_json,
		S("\n"),
		s->inputs,
	};
	return hash_of_parts(parts, COUNTOF(parts));
}

struct hash
record_rules(const struct agreement_request *r)
{
	struct str part[2 + PACKS_MAX];
	char statements[sizeof("18446744073709551615")];
	size_t n = 0;

	(void)snprintf(statements, sizeof(statements), "%" PRIu64, r->standing->epoch);
	part[n++] = hash_str(&r->standing->agreement->hash);
	part[n++] = str_of(statements);
	for (size_t i = 0; i < r->packs; i++)
		part[n++] = hash_str(&r->pack[i]->hash);
	return hash_of_parts(part, n);
}

static void
put_hash(struct json_writer *w, struct str key, const struct hash *h)
{
	char text[HASH_TEXT_MAX];

	hash_text(h, text);
	json_put_str(json_key(w, key), str_of(text));
}

static void
put_time(struct json_writer *w, struct str key, time_us at)
{
	char text[TIME_TEXT_MAX];

	time_text(at, text);
	json_put_str(json_key(w, key), str_of(text));
}

static void
put_agreement(struct json_writer *w, const struct agreement *g)
{
	json_begin_object(json_key(w, S("agreement")));
	put_hash(w, S("hash"), &g->hash);
	json_put_str(json_key(w, S("id")), g->id);
	json_put_u64(json_key(w, S("version")), g->version);
	json_end_object(w);
}

static enum err
take(struct arena *a, const struct buf *b, struct str *ret, struct why *why)
{
	TRY(buf_check(b, "a ledger record", why));
	*ret = arena_str(a, buf_str(b));
	if (ret->ptr == NULL)
		return fail(why, ERR_LIMIT, "release.memory", "the order is too large");
	return OK;
}

static void
put_bytes(struct json_writer *w, const struct record *r)
{
	json_begin_object(json_key(w, S("bytes")));
	if (r->decision->bytes.len > 0) {
		json_put_str(json_key(w, S("id")), r->decision->leaving_id);
		put_hash(w, S("sha256"), &r->bytes_hash);
	}
	json_end_object(w);
}

/* An object that leaves as it came to us says where it came from; what we made,
 * copies among it, is ours. */
static bool
is_as_it_came(const struct agreement_decision *d)
{
	return d->item->giver.len > 0 && str_eq(d->leaving_id, d->item->object.id);
}

static struct str
originator_of(const struct agreement_request *r, const struct agreement_decision *d)
{
	return is_as_it_came(d) && d->item->originator.len > 0 ? d->item->originator : r->from;
}

/* The code as it was ordered, when somebody took over from that organisation. */
static void
put_asked(struct json_writer *w, const struct agreement_request *r)
{
	if (r->asked.len > 0)
		json_put_str(json_key(w, S("asked")), r->asked);
}

enum err
record_write(struct arena *a, const struct record *r, struct str *ret, struct why *why)
{
	const struct agreement_request *q = r->request;
	const struct agreement_decision *d = r->decision;
	CLEANUP(buf_free) struct buf out = buf_new(RECORD_MAX);
	struct json_writer w = json_writer(&out);
	const struct record_secret secret = {
		.nonce = { (const char *)r->nonce, RECORD_NONCE_BYTES },
		.source_id = d->item->object.id,
		.version = d->item->version,
		.facts = d->facts,
		.decision_json = r->decision_json,
		.inputs = hash_str(&r->inputs),
	};
	struct hash private = record_private(&secret);

	/* Members in their order: this is JCS form. */
	json_begin_object(&w);
	put_agreement(&w, q->standing->agreement);
	json_put_str(json_key(&w, S("area")), q->area);
	put_asked(&w, q);
	put_time(&w, S("at"), q->at);
	put_bytes(&w, r);
	json_put_str(json_key(&w, S("channel")), str_of(channel_name(q->channel)));
	json_begin_array(json_key(&w, S("codes")));
	for (size_t i = 0; i < d->shared_codes; i++)
		json_put_str(&w, d->shared_code[i]);
	json_end_array(&w);
	json_put_str(json_key(&w, S("from")), q->from);
	json_put_str(json_key(&w, S("order")), r->order_id);
	json_put_str(json_key(&w, S("originator")), originator_of(q, d));
	json_put_str(json_key(&w, S("outcome")), str_of(outcome_name(d->outcome)));
	json_put_str(json_key(&w, S("path")), is_as_it_came(d) ? d->item->path : S(""));
	if (q->person_key.len > 0)
		json_put_str(json_key(&w, S("person")), q->person_key);
	put_hash(&w, S("private"), &private);
	json_put_str(json_key(&w, S("purpose")), q->purpose);
	json_put_str(json_key(&w, S("realm")), q->realm);
	json_put_str(json_key(&w, S("to")), q->to);
	json_put_str(json_key(&w, S("type")), str_of(record_type_name(r->type)));
	json_end_object(&w);
	return take(a, &out, ret, why);
}

enum err
record_head(struct arena *a, const struct agreement_request *r, struct str order_id,
    struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(RECORD_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_object(&w);
	put_agreement(&w, r->standing->agreement);
	put_asked(&w, r);
	json_put_str(json_key(&w, S("from")), r->from);
	json_put_str(json_key(&w, S("order")), order_id);
	json_put_str(json_key(&w, S("to")), r->to);
	json_end_object(&w);
	return take(a, &out, ret, why);
}

enum err
record_decision(struct arena *a, const struct agreement_request *r,
    const struct agreement_decision *d, struct str *ret, struct why *why)
{
	CLEANUP(buf_free) struct buf out = buf_new(DECISION_MAX);
	struct json_writer w = json_writer(&out);
	struct agreement_decision bare = *d;

	bare.bytes = S("");
	agreement_decision_write(&w, r, &bare, DECISION_STORED);
	return take(a, &out, ret, why);
}

static int
pair_cmp(const struct record_pair *a, const struct record_pair *b)
{
	return str_cmp(str_of(a->name), str_of(b->name));
}

/* The pairs are few: insertion keeps them in JCS order. */
static size_t
sort_pairs(const struct record_pair *pairs, size_t n, struct record_pair *sorted, size_t max)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = len;

		if (pairs[i].value.len == 0)
			continue;
		assert(len < max);
		while (at > 0 && pair_cmp(&sorted[at - 1], &pairs[i]) > 0) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = pairs[i];
		len++;
	}
	return len;
}

static enum err
write_entry(const struct release_job *job, const struct record_pair *pairs, size_t n,
    struct str *ret, struct why *why)
{
	enum { PAIRS_MAX = 16 };
	struct record_pair all[PAIRS_MAX], sorted[PAIRS_MAX];
	char time[TIME_TEXT_MAX];
	CLEANUP(buf_free) struct buf out = buf_new(RECORD_MAX);
	struct json_writer w = json_writer(&out);

	assert(n < PAIRS_MAX);
	time_text(job->at, time);
	memcpy(all, pairs, n * sizeof(*pairs));
	all[n] = (struct record_pair){ "at", str_of(time) };
	size_t len = sort_pairs(all, n + 1, sorted, PAIRS_MAX);

	json_begin_object(&w);
	for (size_t i = 0; i < len; i++)
		json_put_str(json_key(&w, str_of(sorted[i].name)), sorted[i].value);
	json_end_object(&w);
	return take(job->arena, &out, ret, why);
}

enum err
record_append_at(const struct release_job *job, const char *kind, const struct record_pair *pairs,
    size_t n, uint64_t *ret_leaf, struct why *why)
{
	struct ledger_entry entry = { .kind = kind, .at = job->at };

	TRY(write_entry(job, pairs, n, &entry.bytes, why));
	return ledger_append(job->ledger, job->db, &entry, ret_leaf, why);
}

enum err
record_append(const struct release_job *job, const char *kind, const struct record_pair *pairs,
    size_t n, struct why *why)
{
	uint64_t leaf = 0;

	return record_append_at(job, kind, pairs, n, &leaf, why);
}

enum err
record_event(const struct release_job *job, const char *name, struct str subject, struct str detail,
    struct why *why)
{
	const struct event event = {
		.at = job->at,
		.name = str_of(name),
		.owner = job->gate->organisation,
		.enclave = job->gate->enclave,
		.subject = subject,
		.detail = detail,
	};

	return store_event(job->db, &event, why);
}

struct str
record_id_new(struct arena *a)
{
	struct uuid id = uuid_v4();
	char text[UUID_TEXT + 1];

	uuid_text(&id, text);
	return arena_str(a, str_of(text));
}
