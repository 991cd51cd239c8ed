/* fixture_p.h: for the tests of this module: a realm of the party IN in a
 * scratch folder, with people, a verified partner JP and an agreement in force.
 *
 * What becomes of an indicator is said by its label:
 *   none     leaves as it is                copy   leaves as a redacted copy
 *   check    waits for an officer           two    waits for an officer and a lawyer
 *   never    is denied */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "account.h"
#include "base.h"
#include "cases.h"
#include "dsse.h"
#include "peer.h"
#include "realm.h"

enum { OFFICE_ARENA_MAX = 512 * MIB }; /* all answers of one test */

struct office {
	char folder[128];
	struct clock clock; /* stands until a test moves it */
	struct arena *arena;
	struct realm *realm;
	struct sign_key *partner; /* signs agreements for JP */
	struct str id[24];        /* of the last selection */
	struct why why;
};

#define WORKS(o, call)                                                                          \
	do {                                                                                    \
		enum err works_ = (call);                                                       \
		if (works_ != OK)                                                               \
			fail_msg("%s: %s %s", err_name(works_), (o)->why.text, (o)->why.where); \
	} while (0)
/* That the call fails in this way, and what it says. */
#define REFUSES(o, call, err, code_)                         \
	do {                                                 \
		(o)->why = (struct why){ 0 };                \
		assert_int_equal((call), (err));             \
		assert_string_equal((o)->why.code, (code_)); \
	} while (0)

#define OFFICE_NOW "2026-11-22T03:04:05.123456Z"

/* ---- work ---- */

typedef enum err office_fn(const struct release_job *job, const void *in, void *out,
    struct why *why);
struct office_work {
	struct office *office;
	office_fn *fn;
	const void *in;
	void *out;
};

static inline enum err
office_run(struct db *db, void *arg, struct why *why)
{
	const struct office_work *w = arg;
	struct office *o = w->office;
	CLEANUP(realm_gate_givep) struct gate_ref *gate = realm_gate_take(o->realm);
	const struct release_job job = {
		.db = db,
		.arena = o->arena,
		.ledger = realm_ledger(o->realm),
		.gate = gate_of(gate),
		.at = clock_wall(&o->clock),
	};

	return w->fn(&job, w->in, w->out, why);
}

/* Runs a job in the writer's transaction. */
static inline enum err
office_try(struct office *o, office_fn *fn, const void *in, void *out)
{
	struct office_work work = { o, fn, in, out };

	return realm_write(o->realm, office_run, &work, &o->why);
}

static inline void
office_settle(struct office *o)
{
	WORKS(o, realm_settle(o->realm, &o->why));
}

static inline enum err
office_sql_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)out;
	return db_exec(job->db, in, NULL, 0, NULL, why);
}

/* Changes the database behind the program's back. */
static inline void
office_sql(struct office *o, const char *sql)
{
	WORKS(o, office_try(o, office_sql_job, sql, NULL));
}

static inline struct str
office_text(struct office *o, const char *sql)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, db_query_one(lease.db, sql, NULL, 0, &rows, &o->why));
	return arena_str(o->arena, db_col_text(&rows, 0));
}

static inline struct hash
office_hash(struct office *o, const char *sql)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };
	struct hash ret;

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, db_query_one(lease.db, sql, NULL, 0, &rows, &o->why));
	assert_int_equal(db_col_blob(&rows, 0).len, HASH_BYTES);
	memcpy(ret.byte, db_col_blob(&rows, 0).ptr, HASH_BYTES);
	return ret;
}

/* SQL that changes what a column of bytes says about indicator 1. */
#define FLIPPED(column) \
	" " column " = CAST(replace(" column ", '203.0.113.1''', '203.0.113.9''') AS {blob}) "

static inline int64_t
office_count(struct office *o, const char *sql)
{
	CLEANUP(db_pool_give) struct db_lease lease = { 0 };
	CLEANUP(db_rows_endp) struct db_rows rows = { 0 };

	WORKS(o, db_pool_take(realm_readers(o->realm), &lease, &o->why));
	WORKS(o, db_query_one(lease.db, sql, NULL, 0, &rows, &o->why));
	return db_col_i64(&rows, 0);
}

/* Rows that the partner would see. */
#define SHOWN                                                                          \
	"SELECT COUNT(*) FROM object o JOIN collection c ON c.shard_key = o.shard_key" \
	" WHERE c.kind = 'released' AND o.withdrawn_at = 0 AND o.object_id LIKE "

static inline void
office_wait(struct office *o, int64_t seconds)
{
	o->clock.fixed += seconds * US_PER_S;
}

/* ---- people, partner, agreement ---- */

static inline enum err
office_people(const struct release_job *job, const void *in, void *out, struct why *why)
{
	/* clang-format off */
	static const struct {
		const char *name, *roles;
	} people[] = {
		{ "meera", "officer" },
		{ "kiran", "approver" },
		{ "arjun", "officer approver" },
		{ "leela", "legal" },
		{ "uma",   "approver legal" },
	};
	/* clang-format on */

	(void)in;
	(void)out;
	for (size_t i = 0; i < COUNTOF(people); i++) {
		const struct account account = {
			.name = str_of(people[i].name),
			.display = str_of(people[i].name),
			.organisation = S("IN:CERT-IN"),
			.enclaves = S("main"),
			.roles = str_of(people[i].roles),
			.created_at = job->at,
		};
		TRY(store_account_create(job->db, &account, why));
	}
	return OK;
}

static inline enum err
office_partner(const struct release_job *job, const void *in, void *out, struct why *why)
{
	const struct office *o = in;
	struct verify_key key = sign_key_public(o->partner);
	struct note_key log, witness;
	char log_text[NOTE_KEY_TEXT_MAX], witness_text[NOTE_KEY_TEXT_MAX];

	TRY(note_key_make(S("jp.example/demo"), NOTE_ED25519, &key, &log, why));
	TRY(note_key_make(S("jp.example"), NOTE_COSIGNATURE, &key, &witness, why));
	note_key_text(&log, log_text);
	note_key_text(&witness, witness_text);
	struct peer peer = {
		.name = S("jp.example"),
		.party = S("JP"),
		.kind = S("torana"),
		.url = S("https://jp.example:8441"),
		.log_key = str_of(log_text),
		.witness_key = str_of(witness_text),
		.identity = S("identity--00000000-0000-4000-8000-00000000000f"),
		.invitation = S("{}"),
		.added_at = job->at,
	};

	(void)out;
	memcpy(peer.agreement_key, key.byte, sizeof(peer.agreement_key));
	TRY(store_peer_put(job->db, &peer, why));
	return store_peer_verified(job->db, peer.name, job->at, why);
}

#define OFFICE_PARTY(code, first, second)                                                    \
	"{\"code\":\"" code "\",\"name\":\"" code "\",\"node\":\"\",\"agreement_key\":\"\"," \
	"\"organisations\":[{\"code\":\"" code ":" first "\",\"name\":\"" first              \
	"\",\"kind\":\"private-body\",\"identity\":\"\"},{\"code\":\"" code ":" second       \
	"\",\"name\":\"" second "\",\"kind\":\"state-body\",\"identity\":\"\"}]}"
#define OFFICE_CATEGORY(code, when, ruling)                                             \
	"{\"code\":\"" code "\",\"clause\":\"1\",\"max_tlp\":\"AMBER\",\"when\":{" when \
	"},\"ruling\":" ruling "}"
#define OFFICE_RED                                                          \
	"{\"code\":\"red\",\"clause\":\"1\",\"max_tlp\":\"RED\",\"when\":{" \
	"\"types\":[\"tool\"]},\"ruling\":\"allow\"},"
#define OFFICE_LABEL(label) "\"equals\":{\"/labels\":[\"" label "\"]}"

static inline struct str
office_agreement_text(void)
{
	return S(
	    "{\"type\":\"torana-agreement\",\"format\":1,\"model\":true,\"header\":{"
	    "\"id\":\"IJ\",\"version\":1,\"language_of_record\":\"en\",\"title\":{\"en\":\"T\"}},"
	    "\"lifecycle\":{\"in_force_from\":\"2020-01-01T00:00:00Z\","
	    "\"expires_on\":\"2090-01-01T00:00:00Z\"},\"parties\":[" OFFICE_PARTY("IN", "CERT-IN",
	        "BANK") "," OFFICE_PARTY("JP", "JPCERT",
	        "NCO") "],\"clauses\":{\"1\":\"All of it.\"},\"areas\":["
	               "{\"code\":\"CI\",\"clause\":\"1\",\"name\":\"Infrastructure\"},"
	               "{\"code\":\"INFO\",\"clause\":\"1\",\"name\":\"Information\"}],"
	               "\"purposes\":[{\"code\":\"incident-response\",\"clause\":\"1\"}],"
	               "\"marking_policy\":{\"clause\":\"1\",\"unmarked\":\"deny\",\"ceiling_by_channel\":"
	               "{\"auto\":\"GREEN\",\"officer\":\"AMBER\",\"person\":\"RED\"}},"
	               "\"identity_protection\":{\"clause\":\"1\",\"victim\":\"withhold\","
	               "\"reporter\":\"tell\",\"analyst\":\"tell\"},\"personal_data\":{\"clause\":\"1\"},"
	               "\"third_party\":{\"clause\":\"1\",\"originator_control\":true},"
	               "\"suspension\":{\"clause\":\"1\"},\"exercise_realm\":{\"clause\":\"1\"},"
	               "\"retention\":{\"clause\":\"1\",\"days\":180},\"obligations\":[],"
	               "\"data_categories\":[" OFFICE_RED OFFICE_CATEGORY("node",
	                   "\"types\":[\"identity\"]",
	                   "\"allow\"") "," OFFICE_CATEGORY("plain", "\"types\":[\"indicator\"]",
	                   "\"allow\"") "," OFFICE_CATEGORY("malware", "\"types\":[\"malware\"]",
	                   "\"allow\"") "," OFFICE_CATEGORY("ties", "\"types\":[\"relationship\"]",
	                   "\"allow\"") "," OFFICE_CATEGORY("copy", OFFICE_LABEL("copy"),
	                   "\"redact\",\"reason\":\"V-VICTIM\"") "," OFFICE_CATEGORY("veil",
	                   OFFICE_LABEL("veil"),
	                   "\"redact\",\"reason\":\"V-VICTIM\",\"redact\":[{\"pointer\":\"/name\",\"method\":\"pseudonym\"}]") "," OFFICE_CATEGORY("check",
	                   OFFICE_LABEL("check"),
	                   "\"hold\",\"reason\":\"B-CONSENT\",\"approvals\":[\"officer\"]") "," OFFICE_CATEGORY("two",
	                   OFFICE_LABEL("two"),
	                   "\"hold\",\"reason\":\"B-CONSENT\",\"approvals\":[\"officer\",\"legal\"]") "," OFFICE_CATEGORY("never",
	                   OFFICE_LABEL("never"), "\"deny\",\"reason\":\"D-CATEGORY\"") "]}");
}

/* The envelope of a text that only we have signed. */
static inline struct str
office_draft(struct office *o, struct str template_text)
{
	CLEANUP(buf_free) struct buf text = buf_new(MIB);
	const struct sign_key *own = NULL;
	struct str envelope;

	WORKS(o, realm_key(o->realm, KEY_AGREEMENT, &own, &o->why));
	const struct party_binding bindings[] = {
		{ S("IN"), S("in.example"), realm_identity(o->realm)->redaction_identity,
		    sign_key_public(own) },
		{ S("JP"), S("jp.example"), S("identity--00000000-0000-4000-8000-00000000000f"),
		    sign_key_public(o->partner) },
	};
	WORKS(o, agreement_fill(o->arena, template_text, bindings, 2, &text, &o->why));
	WORKS(o, realm_agreement_make(o->realm, buf_str(&text), o->arena, &envelope, &o->why));
	return envelope;
}

static inline void
office_countersign(struct office *o, struct str envelope)
{
	CLEANUP(buf_free) struct buf both = buf_new(DSSE_BYTES_MAX);
	struct dsse e = { 0 };

	WORKS(o, dsse_parse(o->arena, envelope, &e, &o->why));
	WORKS(o, dsse_sign(&e, o->partner, o->arena, &o->why));
	WORKS(o, dsse_write(&e, &both, &o->why));
	WORKS(o, realm_agreement_add(o->realm, buf_str(&both), &o->why));
}

/* Both parties sign a text, and it is in force. */
static inline void
office_agree_on(struct office *o, struct str template_text)
{
	office_countersign(o, office_draft(o, template_text));
}

static inline void
office_agree(struct office *o)
{
	office_agree_on(o, office_agreement_text());
}

/* The text with the first `from` replaced. */
static inline struct str
office_replaced(struct office *o, struct str text, const char *from, const char *to)
{
	size_t at = str_find(text, str_of(from));

	if (at == SIZE_MAX)
		fail_msg("\"%s\" is not in the text", from);
	return arena_printf(o->arena, STR_FMT "%s" STR_FMT, STR_ARG(str_sub(text, 0, at)), to,
	    STR_ARG(str_sub(text, at + strlen(from), SIZE_MAX)));
}

static inline void
office_open(struct office *o)
{
	const char *tmp = getenv("TMPDIR");
	time_us now = 0;

	assert_true(time_parse(S(OFFICE_NOW), &now));
	*o = (struct office){ .clock = clock_fixed(now), .arena = arena_new(OFFICE_ARENA_MAX) };
	o->partner = sign_key_new();
	(void)snprintf(o->folder, sizeof(o->folder), "%s/torana-release-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(o->folder));
	const struct realm_init init = {
		.identity = {
			.realm = S("demo"),
			.name = S("in.example"),
			.party = S("IN"),
			.organisation = S("IN:CERT-IN"),
			.enclave = S("main"),
			.display = S("CERT-In (test)"),
		},
		.peer_url = S("https://in.example:8441"),
		.clock = &o->clock,
	};
	WORKS(o, realm_init(o->folder, &init, &o->why));
	WORKS(o, realm_open(o->folder, "demo", &(struct realm_options){ .clock = &o->clock },
	             &o->realm, &o->why));
	WORKS(o, office_try(o, office_people, NULL, NULL));
	WORKS(o, office_try(o, office_partner, o, NULL));
	office_agree(o);
	office_wait(o, 1);
}

static inline int
office_unlink(const char *path, const struct stat *, int, struct FTW *)
{
	return remove(path);
}

static inline void
office_closep(struct office *o)
{
	realm_close(o->realm);
	sign_key_free(o->partner);
	arena_free(o->arena);
	(void)nftw(o->folder, office_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* Says something about the agreement: scope "all" or an area. */
static inline void
office_state(struct office *o, enum statement_verb verb, const char *scope)
{
	const struct statement_wish wish = { .agreement = S("IJ"),
		.verb = verb,
		.scope = str_of(scope),
		.reason = S("a test") };
	struct str envelope;

	WORKS(o, realm_statement_make(o->realm, &wish, o->arena, &envelope, &o->why));
}

/* A pack's envelope, signed by our rules key. */
static inline struct str
office_pack_sign(struct office *o, struct str text)
{
	CLEANUP(buf_free) struct buf out = buf_new(DSSE_BYTES_MAX);
	const struct sign_key *key = NULL;

	WORKS(o, realm_key(o->realm, KEY_RULES, &key, &o->why));
	WORKS(o, rule_pack_sign(o->arena, text, key, &out, &o->why));
	return arena_str(o->arena, buf_str(&out));
}

/* A rule pack with one rule: what carries this label gets this ruling. */
static inline struct str
office_pack_text(struct office *o, unsigned version, const char *label, const char *ruling)
{
	return arena_printf(o->arena,
	    "{\"type\":\"torana-rule-pack\",\"format\":1,\"id\":\"in\",\"version\":%u,"
	    "\"party\":\"IN\",\"owner\":\"Test\",\"review_on\":\"2027-05-01T00:00:00Z\","
	    "\"rules\":[{\"id\":\"IN-1\",\"text\":\"A test.\",\"source\":\"A test\",\"certainty\":\"H\","
	    "\"enabled\":true,\"from\":\"2014-01-16T00:00:00Z\",\"when\":{\"equals\":{\"/labels\":[\"%s\"]}},"
	    "\"ruling\":\"%s\",\"reason\":\"N-IN-R13\",\"shared\":\"D-CATEGORY\"}]}",
	    version, label, ruling);
}

static inline void
office_pack(struct office *o, unsigned version, const char *label, const char *ruling)
{
	struct str text = office_pack_text(o, version, label, ruling);

	WORKS(o, realm_pack_activate(o->realm, office_pack_sign(o, text), &o->why));
}

/* ---- objects ---- */

static inline struct str
office_indicator(struct office *o, unsigned n)
{
	return arena_printf(o->arena, "indicator--00000000-0000-4000-8000-%012x", n);
}

static inline enum err
office_import_job(struct db *db, void *arg, struct why *why)
{
	struct office *o = ((void **)arg)[0];
	const struct str *text = ((void **)arg)[1];
	const struct str *owner = ((void **)arg)[2];
	struct collection local;
	struct import_result result;

	TRY(store_collection_find(db, o->arena, S("local"), &local, why));
	const struct import_request request = {
		.text = *text,
		.source = S("test"),
		.actor = S("test"),
		.shard_key = local.shard_key,
		.provenance = { .owner = *owner, .enclave = S("main"), .originator = *owner },
		.now = clock_wall(&o->clock),
	};
	TRY(store_import(db, o->arena, &request, &result, why));
	if (result.refused > 0)
		fail_msg(STR_FMT, STR_ARG(result.problem[0].message));
	return OK;
}

static inline void
office_import_text(struct office *o, struct str text, struct str owner)
{
	void *job[] = { o, &text, &owner };

	WORKS(o, realm_with_writer(o->realm, office_import_job, job, &o->why));
}

#define GREEN "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
#define AMBER "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"

/* Indicator n in a version (1 to 9), with a label or "", under a marking. */
static inline void
office_import_marked(struct office *o, unsigned n, unsigned version, const char *label,
    const char *marking)
{
	struct str labels =
	    label[0] == '\0' ? S("") : arena_printf(o->arena, ",\"labels\":[\"%s\"]", label);

	office_import_text(o,
	    arena_printf(o->arena,
	        "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"" STR_FMT "\","
	        "\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:0%u.000Z\","
	        "\"indicator_types\":[\"malicious-activity\"],\"name\":\"Number %u.%u\","
	        "\"pattern\":\"[ipv4-addr:value = '203.0.113.%u']\",\"pattern_type\":\"stix\","
	        "\"valid_from\":\"2026-01-01T00:00:00Z\",\"object_marking_refs\":[\"%s\"]" STR_FMT
	        "}",
	        STR_ARG(office_indicator(o, n)), version, n, version, n % 250, marking,
	        STR_ARG(labels)),
	    S("IN:CERT-IN"));
}

static inline void
office_import(struct office *o, unsigned n, unsigned version, const char *label)
{
	office_import_marked(o, n, version, label, GREEN);
}

/* ---- orders ---- */

/* The node's own identity goes along with the first order, as its first item. */
enum { NODE = 1 };

/* An order by meera to JP:JPCERT for indicators first to last, on a fresh preview. */
static inline struct release_send
office_order(struct office *o, unsigned first, unsigned last)
{
	struct release_send send = {
		.ask = {
			.to = S("JP:JPCERT"),
			.purpose = S("incident-response"),
			.area = S("INFO"),
			.channel = CHANNEL_OFFICER,
			.id = o->id,
			.copy_time = clock_wall(&o->clock),
		},
		.proposer = S("meera"),
	};

	assert_true(last - first < COUNTOF(o->id));
	for (unsigned n = first; n <= last; n++)
		o->id[send.ask.ids++] = office_indicator(o, n);
	return send;
}

static inline enum err
office_send_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	return release_send(job, in, out, why);
}

static inline enum err
office_try_send(struct office *o, const struct release_send *send, struct release_sent *ret)
{
	return office_try(o, office_send_job, send, ret);
}

/* Sends and shows; one second passes, so that orders follow each other. */
static inline struct release_sent
office_send(struct office *o, unsigned first, unsigned last)
{
	struct release_send send = office_order(o, first, last);
	struct release_sent sent = { 0 };

	WORKS(o, office_try_send(o, &send, &sent));
	office_settle(o);
	office_wait(o, 1);
	return sent;
}

/* The partner's receipt for all that it is shown. */
static inline void
office_receive(struct office *o)
{
	office_sql(o,
	    "UPDATE release_item SET received_at = 1, receipt = '{\"state\":\"received\"}'"
	    " WHERE state = 'released' AND received_at = 0");
}

static inline enum err
office_tighten_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)in;
	return release_tighten(job, out, why);
}

static inline enum err
office_showings_job(const struct release_job *job, const void *in, void *out, struct why *why)
{
	(void)in;
	return release_showings_again(job, out, why);
}

/* How many showings inside the party ended. */
static inline size_t
office_showings_again(struct office *o)
{
	struct release_tightened done = { 0 };

	WORKS(o, office_try(o, office_showings_job, NULL, &done));
	return done.closed;
}

static inline struct release_tightened
office_tighten(struct office *o)
{
	struct release_tightened done = { 0 };

	WORKS(o, office_try(o, office_tighten_job, NULL, &done));
	office_settle(o);
	return done;
}

/* The state of the newest item of indicator n. */
static inline const char *
office_item_state(struct office *o, unsigned n)
{
	struct str id = office_indicator(o, n);

	return arena_cstr(o->arena,
	    office_text(o, arena_cstr(o->arena,
	                       arena_printf(o->arena,
	                           "SELECT state FROM release_item WHERE source_id = '" STR_FMT
	                           "' ORDER BY leaf DESC, place DESC LIMIT 1",
	                           STR_ARG(id)))));
}
