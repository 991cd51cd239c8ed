#include <sys/mman.h>

#include "buf.h"
#include "key_p.h"
#include "match_p.h"

enum {
	BLOOM_BITS = 12, /* per value: one false answer in 200 */
	AHEAD = 16,      /* values between prefetch and use */
	SLOTS_NUM = 4,   /* slots per value: 4/3, so that runs stay short */
	SLOTS_DEN = 3,
	LARGE_PAGE = 2 * MIB,
};
#define STORE_MAX ((size_t)UINT32_MAX * REF_BYTES)

struct match_builder {
	struct image_header head;
	struct buf image;   /* header and records; the other sections are added at the end */
	struct buf entries; /* struct entry */
	uint64_t start[PATTERN_KINDS];
	uint64_t *nets24;      /* NULL before the first IPv4 value */
	uint32_t net24[AHEAD]; /* single ones to be set, while their words are fetched */
	size_t nets24_len;     /* ever put there */
	struct normal scratch;
};

struct match_builder *
match_builder_new(uint64_t seed)
{
	struct match_builder *b = heap_new(sizeof(*b), 1);

	b->head.seed = seed;
	b->image = buf_new(STORE_MAX);
	b->entries = buf_new(STORE_MAX);
	for (unsigned kind = 0; kind < PATTERN_KINDS; kind++)
		b->start[kind] = key_start(seed, kind);
	(void)buf_reserve(&b->image, sizeof(b->head));
	memset(b->image.ptr, 0, sizeof(b->head));
	b->image.len = sizeof(b->head);
	return b;
}

void
match_builder_free(struct match_builder *b)
{
	if (b == NULL)
		return;
	buf_free(&b->image);
	buf_free(&b->entries);
	heap_free(b->nets24);
	heap_free(b);
}

/* Also notes how many labels the names have. */
static uint64_t
domain_key(struct match_builder *b, const struct normal *n)
{
	uint64_t key = b->start[PATTERN_DOMAIN];
	unsigned labels = 1;

	for (size_t end = n->len;; labels++) {
		size_t start = label_start(n->dots.word, 0, end);

		key = key_part(key, n->text + start, end - start, KEY_FOLD);
		if (start == 0)
			break;
		end = start - 1;
	}
	b->head.labels |= UINT64_C(1) << (labels < 63 ? labels : 63);
	return key;
}

static void
set_net24(struct match_builder *b, uint32_t net)
{
	b->nets24[net / 64] |= UINT64_C(1) << (net % 64);
}

/* Sets the bits of the /24 networks that a network touches. */
static void
note_ipv4(struct match_builder *b, uint32_t addr, unsigned bits)
{
	uint32_t first = addr >> 8, count = bits >= 24 ? 1 : UINT32_C(1) << (24 - bits);

	if (b->nets24 == NULL)
		b->nets24 = heap_new(1, NETS24_BYTES);
	b->head.nets4 |= UINT64_C(1) << bits;
	if (count == 1) {
		uint32_t *place = &b->net24[b->nets24_len % AHEAD];

		if (b->nets24_len++ >= AHEAD)
			set_net24(b, *place);
		*place = first;
		__builtin_prefetch(&b->nets24[first / 64], 1);
		return;
	}
	for (uint32_t i = first; i < first + count && count < 64; i++)
		set_net24(b, i);
	if (count >= 64) /* then both ends lie on whole words */
		memset(&b->nets24[first / 64], 0xFF, count / 8);
}

/* The key of b->scratch; notes in the header what probes are worth while. */
static uint64_t
value_key(struct match_builder *b)
{
	const struct normal *n = &b->scratch;
	struct str text = { n->text, n->len };

	b->head.kinds |= UINT64_C(1) << n->kind;
	switch (n->kind) {
	case PATTERN_IPV4: {
		const uint8_t *a = (const uint8_t *)n->text;
		uint32_t addr =
		    (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
		note_ipv4(b, addr, n->bits);
		return key_ipv4(b->start[n->kind], addr, n->bits);
	}
	case PATTERN_IPV6:
		b->head.nets6[n->bits / 64] |= UINT64_C(1) << (n->bits % 64);
		return key_ipv6(b->start[n->kind], (const uint8_t *)n->text, n->bits);
	case PATTERN_DOMAIN: return domain_key(b, n);
	case PATTERN_URL: return key_url(b->start[n->kind], text);
	case PATTERN_EMAIL: {
		struct str domain = text, local = str_split(&domain, '@');
		return key_email(b->start[n->kind], local, domain);
	}
	case PATTERN_MD5:
	case PATTERN_SHA1:
	case PATTERN_SHA256:
	case PATTERN_SHA512: break;
	}
	return key_hash(b->start[n->kind], n->text, n->len);
}

/* In steps of BYTES_PAD: behind both texts is room for a whole one. */
static void
copy_text(char *to, const char *from, size_t len)
{
	for (size_t i = 0; i < len; i += BYTES_PAD)
		memcpy(to + i, from + i, BYTES_PAD);
}

/* Adds what is in b->scratch. */
static enum err
add(struct match_builder *b, struct str id, struct why *why)
{
	const struct normal *n = &b->scratch;
	bool same = str_eq(id, (struct str){ n->text, n->len });
	size_t id_len = same ? 0 : id.len;
	size_t used = RECORD_HEAD + n->len + id_len;
	char *to = buf_reserve(&b->image, used + BYTES_PAD);
	char *slot = buf_reserve(&b->entries, sizeof(struct entry));

	if (to == NULL || slot == NULL)
		return fail(why, ERR_LIMIT, "match.size", "the index would pass %zu bytes",
		    STORE_MAX);
	struct entry entry = { .key = value_key(b), .ref = (uint32_t)(b->image.len / REF_BYTES) };
	*(struct record *)(void *)to = (struct record){ .value_len = (uint16_t)n->len,
		.id_len = same ? ID_IS_VALUE : (uint16_t)id.len,
		.kind = (uint8_t)n->kind,
		.bits = (uint8_t)n->bits };
	copy_text(to + RECORD_HEAD, n->text, n->len);
	if (!same)
		memcpy(to + RECORD_HEAD + n->len, id.ptr, id_len);
	memset(to + used, 0, REF_BYTES);
	memcpy(slot, &entry, sizeof(entry));
	b->image.len += (used + REF_BYTES - 1) / REF_BYTES * REF_BYTES;
	b->entries.len += sizeof(entry);
	return OK;
}

static enum err
check_id(struct str id, struct why *why)
{
	if (id.len > MATCH_ID_MAX)
		return fail(why, ERR_LIMIT, "match.id",
		    "the indicator id has %zu bytes; %d are the most", id.len, MATCH_ID_MAX);
	return OK;
}

enum err
match_builder_add(struct match_builder *b, enum pattern_kind kind, struct str value, struct str id,
    struct why *why)
{
	TRY(check_id(id, why));
	TRY(normal_make(kind, value, &b->scratch, why));
	return add(b, id, why);
}

enum err
match_builder_add_text(struct match_builder *b, struct str value, struct str id, struct why *why)
{
	TRY(check_id(id, why));
	TRY(normal_make_text(value, &b->scratch, why));
	return add(b, id, why);
}

/* Where the sections go behind the records. */
static void
plan(struct match_builder *b)
{
	struct image_header *h = &b->head;
	uint64_t values = b->entries.len / sizeof(struct entry);
	uint64_t slots = values * SLOTS_NUM / SLOTS_DEN + 1;
	uint64_t blocks = values * BLOOM_BITS / (32 * BLOOM_WORDS) + 1;
	uint64_t at = (b->image.len + 63) / 64 * 64;

	memcpy(h->magic, image_magic, sizeof(h->magic));
	h->version = IMAGE_VERSION;
	h->order = IMAGE_ORDER;
	h->store = (struct section){ sizeof(*h), b->image.len - sizeof(*h) };
	h->bloom = (struct section){ at, blocks * 4 * BLOOM_WORDS };
	at += (h->bloom.bytes + 63) / 64 * 64;
	h->nets24 = (struct section){ at, b->nets24 == NULL ? 0 : NETS24_BYTES };
	at += h->nets24.bytes;
	h->table = (struct section){ at, slots * 8 };
	h->bytes = at + h->table.bytes;
}

static struct record *
record_of(struct match_builder *b, uint32_t ref)
{
	return (struct record *)(void *)(b->image.ptr + (size_t)ref * REF_BYTES);
}

static bool
same_value(const struct record *a, const struct record *b)
{
	return a->kind == b->kind && a->bits == b->bits && str_eq(record_value(a), record_value(b));
}

/* Puts one entry into the table; the records of one value are chained there. */
static void
insert(struct match_builder *b, uint64_t *table, uint64_t slots, const struct entry *e)
{
	struct record *r = record_of(b, e->ref);
	size_t i = key_slot(e->key, slots);

	for (; table[i] != 0; i = i + 1 == slots ? 0 : i + 1) {
		if ((uint32_t)table[i] != (uint32_t)e->key)
			continue;
		uint32_t before = (uint32_t)(table[i] >> 32);
		const struct record *other = record_of(b, before);
		if (!same_value(r, other))
			continue;
		if (str_eq(record_id(r), record_id(other)))
			return;
		r->next = before;
		table[i] = (uint64_t)e->ref << 32 | (uint32_t)e->key;
		b->head.pairs++;
		return;
	}
	table[i] = (uint64_t)e->ref << 32 | (uint32_t)e->key;
	b->head.values++;
	b->head.pairs++;
}

static void
fill(struct match_builder *b)
{
	const struct entry *entry = (const struct entry *)(const void *)b->entries.ptr;
	size_t n = b->entries.len / sizeof(*entry);
	uint64_t *table = (uint64_t *)(void *)(b->image.ptr + b->head.table.at);
	uint64_t slots = b->head.table.bytes / 8;

	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			__builtin_prefetch(&table[key_slot(entry[i + AHEAD].key, slots)], 1);
		insert(b, table, slots, &entry[i]);
	}
	engine_best()->bloom((uint32_t(*)[BLOOM_WORDS])(void *)(b->image.ptr + b->head.bloom.at),
	    b->head.bloom.bytes / (4 * BLOOM_WORDS), entry, n);
}

/* Filter and table are read at random: with large pages few of the places have
 * to be looked up.  A wish: the system may not have any. */
static void
want_large_pages(char *p, size_t len)
{
	size_t skip = (size_t)(-(uintptr_t)p & (LARGE_PAGE - 1));

	if (len > skip + LARGE_PAGE)
		(void)madvise(p + skip, (len - skip) & ~(size_t)(LARGE_PAGE - 1), MADV_HUGEPAGE);
}

static enum err
finish(struct match_builder *b, struct match_index **ret, struct why *why)
{
	plan(b);
	size_t more = b->head.bytes - b->image.len;
	char *to = b->head.table.bytes / 8 > UINT32_MAX ? NULL : buf_reserve(&b->image, more);
	if (to == NULL)
		return fail(why, ERR_LIMIT, "match.size", "the index would pass %zu bytes",
		    STORE_MAX);
	want_large_pages(to, more);
	memset(to, 0, more);
	for (size_t i = 0; i < AHEAD && i < b->nets24_len; i++)
		set_net24(b, b->net24[i]);
	if (b->nets24 != NULL)
		memcpy(b->image.ptr + b->head.nets24.at, b->nets24, NETS24_BYTES);
	fill(b);
	b->image.len = b->head.bytes;
	memcpy(b->image.ptr, &b->head, sizeof(b->head));

	struct match_index *index = heap_new(sizeof(*index), 1);
	index->built = b->image;
	index->bytes = b->image.len;
	b->image = (struct buf){ 0 };
	bool sound = index_attach(index, index->built.ptr, index->bytes);
	assert(sound);
	*ret = index;
	return OK;
}

enum err
match_builder_finish(struct match_builder **b, struct match_index **ret, struct why *why)
{
	CLEANUP(match_builder_freep) struct match_builder *mine = *b;

	*b = NULL;
	return finish(mine, ret, why);
}
