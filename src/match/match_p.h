/* match_p.h: the image of an index, and what its makers and readers share. */
#pragma once

#include "buf.h"
#include "key_p.h"
#include "match.h"

/* Words of text are read as numbers, and an index is not carried elsewhere. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "match/ needs a little-endian machine");

/* ---- bytes ---- */

enum { BYTES_PAD = 16 }; /* so many are copied at once */

enum byte_class {
	BYTE_DIGIT = 0x01,
	BYTE_HEX = 0x02,    /* a to f, either case */
	BYTE_LETTER = 0x04, /* the other letters */
	BYTE_DOT = 0x08,
	BYTE_DASH = 0x10, /* '-' and '_' */
	BYTE_MAIL = 0x20, /* '%' and '+' */
	BYTE_MARK = 0x40, /* ':', '/' and '@' */
	BYTE_OTHER = 0x80,
	BYTE_ALNUM = BYTE_DIGIT | BYTE_HEX | BYTE_LETTER,
	BYTE_HOST = BYTE_ALNUM | BYTE_DOT | BYTE_DASH,
	BYTE_LOCAL = BYTE_HOST | BYTE_MAIL, /* before '@' */
};
extern const uint8_t byte_classes[256];

static inline unsigned
byte_class(char c)
{
	return byte_classes[(unsigned char)c];
}

static inline bool
byte_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
byte_is_alnum(char c)
{
	return (byte_class(c) & BYTE_ALNUM) != 0;
}

/* ASCII only. */
static inline char
byte_lower(char c)
{
	return (char)(c | (c >= 'A' && c <= 'Z') << 5);
}

/* ---- normal forms ---- */

enum { DOMAIN_MAX = 253, EMAIL_LOCAL_MAX = 64, SCHEME_MAX = 16 };

/* Which bytes of a name are dots: a bit per byte, and a word that may be
 * touched when bits are written across the end. */
struct dots {
	uint64_t word[DOMAIN_MAX / 64 + 2];
};

/* The start of the label that ends at end, not before from. */
static inline size_t
label_start(const uint64_t *dot, size_t from, size_t end)
{
	size_t w = end / 64;
	uint64_t dots = dot[w] & ((UINT64_C(1) << (end % 64)) - 1);

	while (dots == 0 && 64 * w > from)
		dots = dot[--w];
	size_t start = dots == 0 ? 0 : 64 * w + 64 - (size_t)__builtin_clzll(dots);
	return start < from ? from : start;
}

/* A value in the form in which it is compared.
 *
 *   text   IPv4, IPv6: 4 or 16 bytes as on the wire, masked to bits; others:
 *          text, BYTES_PAD bytes behind it are readable
 *   dots   of domains only */
struct normal {
	enum pattern_kind kind;
	unsigned bits; /* of the network, of addresses only */
	size_t len;
	struct dots dots;
	char text[MATCH_VALUE_MAX + DOMAIN_MAX + BYTES_PAD];
};

/* ERR_INVALID, ERR_LIMIT: as match_builder_add(). */
enum err normal_make(enum pattern_kind kind, struct str value, struct normal *ret, struct why *why);

/* The same for a value of the kind that it looks like.
 *
 * ERR_INVALID, ERR_LIMIT: as match_builder_add_text(). */
enum err normal_make_text(struct str value, struct normal *ret, struct why *why);

/* A dotted quad without leading zeros, in host order. */
bool normal_ipv4(struct str text, uint32_t *ret);

static inline uint32_t
ipv4_mask(unsigned bits)
{
	return bits == 0 ? 0 : UINT32_MAX << (32 - bits);
}
bool normal_ipv6(struct str text, uint8_t ret[16]);

/* Whether addr is ::ffff:0:0/96, which stands for the IPv4 address. */
bool normal_is_mapped(const uint8_t addr[16]);
void normal_mask(uint8_t *addr, size_t bytes, unsigned bits);

/* The ASCII form of a name with other letters; false if it has none.  ret
 * holds DOMAIN_MAX + 1 + KEY_PAD bytes. */
bool normal_idna(struct str name, char *ret, size_t *ret_len);

/* The normal form of a URL that was found in a line or given as a value:
 * scheme://host[:port]/path[?query]; "\/" counts as "/".  The length, or 0 if
 * it is no URL or longer than MATCH_VALUE_MAX.  ret holds that and BYTES_PAD,
 * which walking needs, too. */
size_t normal_url(struct str url, char *ret);

/* Reads a normal form from its start, one path segment after the other.
 *
 *   key     of everything up to end; slashes between segments do not count
 *   end     of the segment, or of the query
 *   query   the last part was the query: the key is that of the whole */
struct url_walk {
	uint64_t key;
	size_t end;
	bool query;
};
struct url_walk url_first(uint64_t start, struct str url);

/* false at the end of the URL. */
bool url_next(struct str url, struct url_walk *w);

/* The key of a whole URL. */
uint64_t key_url(uint64_t start, struct str url);

/* ---- the image ---- */

enum { IMAGE_VERSION = 1, IMAGE_ORDER = 0x01020304, BLOOM_WORDS = 8, REF_BYTES = 8 };
enum { NETS24_BYTES = (1 << 24) / 8 };

struct section {
	uint64_t at; /* bytes from the start of the image */
	uint64_t bytes;
};

/* Fields are in the order of the machine; IMAGE_ORDER tells another one.
 *
 *   checksum   of the whole image, itself taken as 0
 *   labels     bit n: there is a domain of n labels; bit 63: of 63 or more
 *   nets4      bit n: there is an IPv4 network of n bits (64 words suffice)
 *   store      records
 *   table      uint64: low half the key's low half, high half the record's
 *              place in units of REF_BYTES; 0 is empty; linear probing
 *   bloom      blocks of BLOOM_WORDS uint32
 *   nets24     bit per IPv4 /24 that holds an address or lies in a network */
struct image_header {
	char magic[8];
	uint32_t version;
	uint32_t order;
	uint64_t bytes;
	uint64_t checksum;
	uint64_t seed;
	uint64_t values;
	uint64_t pairs;
	uint64_t kinds; /* bit per kind */
	uint64_t labels;
	uint64_t nets4;
	uint64_t nets6[3];
	struct section store, table, bloom, nets24;
};

/* The value of one indicator.  Its length is a multiple of REF_BYTES.
 *
 *   next     the record before it with the same value, 0: none; always lower
 *   id_len   or ID_IS_VALUE: the id is the value's text, as in plain lists
 *   bytes    the value, then the id */
struct record {
	uint32_t next;
	uint16_t value_len;
	uint16_t id_len;
	uint8_t kind;
	uint8_t bits;
	char bytes[];
};
enum { RECORD_HEAD = offsetof(struct record, bytes), ID_IS_VALUE = UINT16_MAX };

struct match_index {
	const struct image_header *head;
	const char *image;
	size_t bytes;
	bool mapped; /* else image is built.ptr */
	struct buf built;
	const uint64_t *table;
	const uint32_t (*bloom)[BLOOM_WORDS];
	const uint64_t *nets24;
	uint64_t table_slots;
	uint64_t bloom_blocks;
	uint64_t start[PATTERN_KINDS]; /* key_start() of each kind */
};

extern const char image_magic[8];
uint64_t image_checksum(const char *image, size_t bytes);

/* Sets the fields of index from its image; false if that has no sound layout. */
bool index_attach(struct match_index *index, const char *image, size_t bytes);

/* The record at ref, or NULL where none can be. */
const struct record *index_record(const struct match_index *index, uint32_t ref);

static inline struct str
record_value(const struct record *r)
{
	return (struct str){ r->bytes, r->value_len };
}

/* What the id takes behind the value. */
static inline size_t
record_id_len(const struct record *r)
{
	return r->id_len == ID_IS_VALUE ? 0 : r->id_len;
}

static inline struct str
record_id(const struct record *r)
{
	if (r->id_len == ID_IS_VALUE)
		return record_value(r);
	return (struct str){ r->bytes + r->value_len, r->id_len };
}

/* The block of a key in the filter and its slot in the table come from
 * different bits. */
static inline size_t
key_block(uint64_t key, uint64_t blocks)
{
	return (size_t)(((key >> 32) * blocks) >> 32);
}

static inline size_t
key_slot(uint64_t key, uint64_t slots)
{
	return (size_t)((((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) * slots) >> 32);
}

/* Multipliers of the eight bits of a key within its block: odd, random. */
/* clang-format off */
#define BLOOM_SALTS { 0x7C8B2D4Fu, 0x5A1E93C5u, 0xB1D6F38Bu, 0x93E57A21u, \
		      0xC9A34E6Du, 0x64F1B8D3u, 0xE2579C1Bu, 0x3F8D6A97u }
/* clang-format on */

/* ---- characters of a window ---- */

/* One bit per byte, from the window's first on; the words end with a zero word. */
struct maps {
	uint64_t *host; /* letters, digits, '.', '-', '_' */
	uint64_t *dot;
	uint64_t *hex; /* 0-9, a-f, A-F */
	uint64_t *colon;
	uint64_t *at;   /* '@' */
	uint64_t *url;  /* ':' before '/' or '\' */
	uint64_t *high; /* 0x80 and above */
	uint64_t *ipv6; /* hex, dot or colon; filled by the walk over colons */
};
enum { MAPS = 8 };

/* Fills the maps for len bytes and counts line feeds.  64 bytes behind the end
 * must be readable; what they are makes no difference. */
typedef size_t classify_fn(const char *text, size_t len, struct maps *maps);
classify_fn classify_portable;

/* ---- scanning ---- */

/* What a probe's key was made of. */
enum probe_type {
	PROBE_IPV4,   /* sub: bits of the network */
	PROBE_IPV6,   /* sub: bits of the network */
	PROBE_DOMAIN, /* the text is a suffix of the name in the line */
	PROBE_IDNA,   /* sub: where the suffix begins in the ASCII form */
	PROBE_URL,    /* sub: where the segment ends in the normal form */
	PROBE_EMAIL,
	PROBE_HASH,
};

/* A question to the index: is this text of the window, or the part of it that
 * sub tells, an indicator? */
struct probe {
	uint64_t key;
	uint32_t at;
	uint32_t len;
	uint32_t sub;
	uint32_t type; /* enum probe_type */
};

/* Moves the probes whose keys may be in the index to the front and returns
 * their number. */
typedef size_t sieve_fn(const struct match_index *index, struct probe *probe, size_t len);
sieve_fn sieve_portable;

/* What goes into filter and table when all values are known. */
struct [[gnu::packed]] entry {
	uint64_t key;
	uint32_t ref;
};

/* Sets the bits of n keys in the filter. */
typedef void bloom_fn(uint32_t (*bloom)[BLOOM_WORDS], uint64_t blocks, const struct entry *entry,
    size_t n);
bloom_fn bloom_portable;

/* What this processor does best; both give the same results. */
struct engine {
	classify_fn *classify;
	sieve_fn *sieve;
	bloom_fn *bloom;
};
extern const struct engine engine_portable;
const struct engine *engine_best(void);

enum { RING = 64, QUADS = 32 };

/* An IPv4 address whose /24 is being fetched. */
struct quad {
	uint32_t addr;
	uint32_t at;
	uint32_t len;
};

/* An occurrence that was compared with its record. */
struct found {
	uint32_t at;
	uint32_t len;
	uint32_t how; /* enum match_how */
	uint32_t ref;
};

struct match_scanner {
	const struct match_index *index;
	const struct engine *engine;
	match_hit_fn *on_hit;
	void *arg;
	struct match_totals totals;
	struct str source;
	uint64_t line;        /* of the next window's first byte, 1-based */
	uint64_t line_before; /* bytes of that line before the window */

	/* The window: whole lines, or a piece of a long one.  64 bytes behind
	 * its end are readable. */
	const char *text;
	size_t len;
	struct maps maps;
	struct probe ring[RING];
	size_t ring_len;
	struct quad quad[QUADS];
	size_t quads;
	struct buf found; /* struct found */

	uint64_t *map_words;
	char *buffer;        /* BUFFER_BYTES and padding */
	struct normal asked; /* the URL being probed */
	struct normal answered;
};

enum {
	WINDOW_BYTES = 32 * KIB, /* text and maps stay in the first cache */
	READ_BYTES = 256 * KIB,
	BUFFER_BYTES = MATCH_LINE_MAX + READ_BYTES,
	PAD_BYTES = 64,
};

/* Finds every value of the window and asks the index for it. */
void window_probe(struct match_scanner *s);

/* The name of which the suffix at `at` is a part: its start. */
size_t window_name_start(const struct match_scanner *s, size_t at);

/* Whether the word goes on before or behind the text, in another script. */
bool window_is_joined(const struct match_scanner *s, size_t at, size_t end);

/* Asks what is in the ring, and keeps what was found. */
void ring_drain(struct match_scanner *s);

/* Uses the portable engine: for tests. */
void match_scanner_portable(struct match_scanner *s);

static inline void
ring_push(struct match_scanner *s, struct probe p)
{
	__builtin_prefetch(s->index->bloom[key_block(p.key, s->index->bloom_blocks)]);
	s->ring[s->ring_len++] = p;
	if (s->ring_len == RING)
		ring_drain(s);
}
