#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit_pack_p.h"
#include "disk.h"
#include "dsse.h"
#include "json.h"
#include "pack_tables_p.h"
#include "store.h"

enum {
	MANIFEST_ARENA_MAX = 256 * MIB, /* the list of parts, parsed */
	ROW_ARENA_MAX = 512 * MIB,      /* one row of DB_VALUE_MAX, parsed */
	OPEN_FOLDERS = 16,
};

/* ---- the container ---- */

/* Of parts, and of texts: the name stands first. */
static int
compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Sorts them; no name may stand twice. */
static enum err
sort_parts(struct audit_pack_parts *parts, struct why *why)
{
	static_assert(offsetof(struct ustar_part, name) == 0, "compare_names()");
	qsort(parts->part, parts->len, sizeof(*parts->part), compare_names);
	for (size_t i = 1; i < parts->len; i++) {
		if (str_eq(parts->part[i - 1].name, parts->part[i].name))
			return fail(why, ERR_INVALID, "pack.twice",
			    "the part " STR_FMT " stands twice", STR_ARG(parts->part[i].name));
	}
	return OK;
}

enum err
audit_pack_parts(struct arena *a, struct str file, struct audit_pack_parts *ret, struct why *why)
{
	size_t at = 0;
	bool has = false;

	*ret = (struct audit_pack_parts){ .part = arena_make(a, struct ustar_part,
		                              AUDIT_PACK_PARTS_MAX + 1) };
	if (ret->part == NULL)
		return fail(why, ERR_LIMIT, "pack.memory", "no memory is left");
	for (;;) {
		struct ustar_part *p = &ret->part[ret->len];

		TRY(ustar_next(file, AUDIT_PACK_PART_MAX, &at, p, &has, why));
		if (!has)
			break;
		if (ret->len++ == AUDIT_PACK_PARTS_MAX)
			return fail(why, ERR_LIMIT, "pack.parts", "the pack has more than %d parts",
			    AUDIT_PACK_PARTS_MAX);
	}
	if (ret->len == 0 || !str_is(ret->part[ret->len - 1].name, AUDIT_PACK_MANIFEST))
		return fail(why, ERR_INVALID, "pack.manifest", "the last part of a pack is %s",
		    AUDIT_PACK_MANIFEST);
	ret->manifest = ret->part[--ret->len].bytes;
	return sort_parts(ret, why);
}

/* ---- the manifest ---- */

static enum err
bad_manifest(const char *member, struct why *why)
{
	return fail(why, ERR_INVALID, "pack.manifest",
	    "%s: \"%s\" is missing, of another type, or not what a pack has", AUDIT_PACK_MANIFEST,
	    member);
}

static enum err
read_texts(const struct json *tree, struct audit_pack_manifest *ret, struct why *why)
{
	struct audit_pack *p = &ret->head;
	const struct {
		const char *name;
		struct str *ret;
	} members[] = {
		{ "node", &p->node },
		{ "origin", &p->origin },
		{ "organisation", &p->organisation },
		{ "enclaves", &p->enclaves },
		{ "since", &p->since },
		{ "until", &p->until },
		{ "about", &p->about },
		{ "to", &p->to },
		{ "log_key", &ret->log_key },
	};

	for (size_t i = 0; i < COUNTOF(members); i++) {
		if (!json_get_str(tree, str_of(members[i].name), members[i].ret))
			return bad_manifest(members[i].name, why);
	}
	return OK;
}

enum err
audit_pack_manifest(struct arena *a, struct str payload, struct audit_pack_manifest *ret,
    struct why *why)
{
	const struct json *tree = NULL;
	struct str text;
	uint64_t version = 0;

	*ret = (struct audit_pack_manifest){ 0 };
	TRY(json_parse(a, payload, NULL, &tree, why));
	if (!json_get_str(tree, S("type"), &text) || !str_is(text, "torana-audit-pack"))
		return bad_manifest("type", why);
	if (!json_get_u64(tree, S("version"), &version) || version != 1)
		return bad_manifest("version", why);
	if (!json_get_str(tree, S("made_at"), &text) || !time_parse(text, &ret->head.made_at))
		return bad_manifest("made_at", why);
	if (!json_get_bool(tree, S("content"), &ret->head.content))
		return bad_manifest("content", why);
	TRY(read_texts(tree, ret, why));
	ret->parts = json_get(tree, S("parts"));
	if (!json_is(ret->parts, JSON_ARRAY) || ret->parts->len > AUDIT_PACK_PARTS_MAX)
		return bad_manifest("parts", why);
	ret->head.parts = ret->parts->len;
	return OK;
}

static void
compare_part(const struct ustar_part *p, const struct json *said, struct audit_report *report)
{
	struct hash hash, now = hash_of(p->bytes);
	uint64_t bytes = 0;

	if (!json_get_u64(said, S("bytes"), &bytes) || bytes != p->bytes.len ||
	    !hash_parse(json_str(json_get(said, S("sha256"))), &hash) || !hash_eq(&hash, &now))
		audit_problem_add(report, "pack", STR_FMT " is not as it was signed",
		    STR_ARG(p->name));
}

enum err
audit_pack_compare(struct arena *a, const struct audit_pack_parts *parts,
    const struct audit_pack_manifest *m, struct audit_report *report, struct why *why)
{
	struct str *name = arena_make(a, struct str, m->parts->len + 1);
	size_t n = 0;

	if (name == NULL)
		return fail(why, ERR_LIMIT, "pack.memory", "no memory is left");
	for (const struct json *v = m->parts->first; v != NULL; v = v->next) {
		struct str said = json_str(json_get(v, S("name")));
		const struct ustar_part *p =
		    bsearch(&said, parts->part, parts->len, sizeof(*p), compare_names);

		name[n++] = said;
		if (p == NULL)
			audit_problem_add(report, "pack", STR_FMT " is missing", STR_ARG(said));
		else
			compare_part(p, v, report);
	}
	qsort(name, n, sizeof(*name), compare_names);
	for (size_t i = 0; i < parts->len; i++) {
		if (bsearch(&parts->part[i].name, name, n, sizeof(*name), compare_names) == NULL)
			audit_problem_add(report, "pack", STR_FMT " was added",
			    STR_ARG(parts->part[i].name));
	}
	return OK;
}

/* ---- the key ---- */

static enum err
verify(struct arena *a, struct str envelope, struct str key, struct audit_pack_manifest *ret,
    struct why *why)
{
	struct dsse_verdict verdict;
	struct note_key log_key;
	char keyid[HASH_HEX + 1];
	struct dsse e;

	TRY(dsse_parse(a, envelope, &e, why));
	if (!str_is(e.payload_type, AUDIT_PACK_TYPE))
		return bad_manifest("payloadType", why);
	TRY(audit_pack_manifest(a, e.payload, ret, why));
	TRY(note_key_parse(ret->log_key, &log_key, why));
	TRY(note_key_known(key, &log_key, why));
	TRY(dsse_verify(&e, &log_key.key, 1, &verdict, why));
	/* A hint that no signature covers: one that points elsewhere was changed. */
	dsse_keyid(&log_key.key, keyid);
	if (e.signatures != 1 || !str_is(e.signature[0].keyid, keyid))
		return fail(why, ERR_TAMPERED, "pack.key",
		    "the pack does not name the key %s that signed it", keyid);
	return OK;
}

/* ---- taking it apart ---- */

static enum err
insert_lines(struct db *db, const struct pack_table *t, const char *sql, struct str lines,
    struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ROW_ARENA_MAX);
	struct db_value value[PACK_COLUMNS_MAX];
	size_t n = 0;

	while (lines.ptr != NULL && lines.len > 0) {
		struct str line = str_split(&lines, '\n');

		arena_clear(a);
		TRY(pack_row_read(a, t, line, value, &n, why));
		TRY(db_exec(db, sql, value, n, NULL, why));
	}
	return OK;
}

static enum err
insert_table(struct db *db, const struct pack_table *t, const struct audit_pack_parts *parts,
    struct why *why)
{
	CLEANUP(buf_free) struct buf sql = buf_new(PACK_SQL_MAX);

	pack_row_insert(t, &sql);
	TRY(buf_check(&sql, "a statement", why));
	for (size_t i = 0; i < parts->len; i++) {
		if (pack_table_of(parts->part[i].name) == t)
			TRY(insert_lines(db, t, sql.ptr, parts->part[i].bytes, why));
	}
	return OK;
}

/* The log is verified with the key that signed the pack, and no other. */
static enum err
check_log_key(struct db *db, struct str said, struct why *why)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MIB);
	struct str key = { 0 };

	TRY(store_setting_get(db, S("log-key"), a, &key, why));
	if (!str_eq(key, said))
		return fail(why, ERR_TAMPERED, "pack.key",
		    "the log in the pack has another key than the one that signed the pack");
	return OK;
}

static enum err
put_others(struct audit_pack *p, const struct audit_pack_parts *parts, struct why *why)
{
	for (size_t i = 0; i < parts->len; i++) {
		const struct ustar_part *part = &parts->part[i];

		if (pack_table_of(part->name) == NULL)
			TRY(ledger_put_file(p->folder, part->name, part->bytes, why));
	}
	return OK;
}

enum err
audit_pack_unpack(struct audit_pack *p, const struct audit_pack_parts *parts, struct why *why)
{
	CLEANUP(db_closep) struct db *db = NULL;
	CLEANUP(db_txn_endp) struct db_txn txn = { 0 };
	char path[sizeof(p->folder) + 16];
	const struct db_config config = { .place = path };

	(void)snprintf(path, sizeof(path), "%s/store.db", p->folder);
	TRY(db_open(&config, &db, why));
	TRY(db_migrate(db, store_migrations, store_migrations_count, NULL, why));
	TRY(db_begin(db, &txn, why));
	for (size_t i = 0; i < pack_tables_count; i++)
		TRY(insert_table(db, &pack_tables[i], parts, why));
	TRY(db_commit(&txn, why));
	return put_others(p, parts, why);
}

/* ---- the file ---- */

struct mapping {
	int fd;
	struct str bytes;
};

static void
mapping_done(struct mapping *m)
{
	union {
		const char *ptr;
		void *map;
	} u = { m->bytes.ptr };

	if (u.ptr != NULL)
		(void)munmap(u.map, m->bytes.len);
	fd_closep(&m->fd);
}

static enum err
map_file(const char *path, struct mapping *ret, struct why *why)
{
	struct stat st;
	char text[128];

	ret->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (ret->fd < 0)
		return fail(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "pack.file", "%s: %s",
		    path, strerror_r(errno, text, sizeof(text)));
	if (fstat(ret->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return fail(why, ERR_INVALID, "pack.end", "%s is empty, or no plain file", path);
	if ((uint64_t)st.st_size > AUDIT_PACK_BYTES_MAX)
		return fail(why, ERR_LIMIT, "pack.size", "%s is larger than any pack", path);
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, ret->fd, 0);
	if (map == MAP_FAILED)
		return fail(why, ERR_IO, "pack.file", "%s cannot be read", path);
	ret->bytes = (struct str){ map, (size_t)st.st_size };
	return OK;
}

static enum err
make_folder(struct audit_pack *p, struct why *why)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(p->folder, sizeof(p->folder), "%s/torana-pack-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);

	if (n < 0 || (size_t)n >= sizeof(p->folder) || mkdtemp(p->folder) == NULL) {
		p->folder[0] = '\0';
		return fail(why, ERR_IO, "pack.folder", "no folder can be made below TMPDIR");
	}
	return OK;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
audit_pack_close(struct audit_pack *p)
{
	if (p->folder[0] != '\0')
		(void)nftw(p->folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
	p->folder[0] = '\0';
}

static enum err
check_unpacked(const struct audit_pack *p, struct str log_key, struct why *why)
{
	CLEANUP(db_closep) struct db *db = NULL;
	char path[sizeof(p->folder) + 16];
	const struct db_config config = { .place = path, .read_only = true };

	(void)snprintf(path, sizeof(path), "%s/store.db", p->folder);
	TRY(db_open(&config, &db, why));
	return check_log_key(db, log_key, why);
}

static enum err
take_apart(struct audit_pack *p, const struct audit_pack_parts *parts, struct str log_key,
    struct why *why)
{
	TRY(make_folder(p, why));
	enum err err = audit_pack_unpack(p, parts, why);
	if (err == OK)
		err = check_unpacked(p, log_key, why);
	if (err != OK)
		audit_pack_close(p);
	return err;
}

enum err
audit_pack_open(const char *path, struct str key, struct arena *a, struct audit_pack *ret,
    struct audit_report *report, struct why *why)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(MANIFEST_ARENA_MAX);
	CLEANUP(mapping_done) struct mapping file = { .fd = -1 };
	struct audit_pack_parts parts;
	struct audit_pack_manifest m;

	*ret = (struct audit_pack){ 0 };
	TRY(map_file(path, &file, why));
	TRY(audit_pack_parts(scratch, file.bytes, &parts, why));
	TRY(verify(scratch, parts.manifest, key, &m, why));
	TRY(audit_pack_compare(scratch, &parts, &m, report, why));
	*ret = m.head;
	struct str *texts[] = { &ret->node, &ret->origin, &ret->organisation, &ret->enclaves,
		&ret->since, &ret->until, &ret->about, &ret->to };
	for (size_t i = 0; i < COUNTOF(texts); i++)
		*texts[i] = arena_str(a, *texts[i]);
	return report->problems > 0 ? OK : take_apart(ret, &parts, m.log_key, why);
}
