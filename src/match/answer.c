/* From a probe that passed the filter to an occurrence: nothing is believed
 * before the texts were compared. */
#include "match_p.h"

enum { NOT_FOUND = -1 };

static int
compare_address(const struct match_scanner *s, const struct probe *p, const struct record *r)
{
	struct str text = { s->text + p->at, p->len };
	uint8_t addr[16];
	uint32_t host;
	size_t bytes = p->type == PROBE_IPV4 ? 4 : 16;
	const uint8_t *from = addr;

	if (r->kind != (p->type == PROBE_IPV4 ? PATTERN_IPV4 : PATTERN_IPV6) || r->bits != p->sub ||
	    r->value_len != bytes)
		return NOT_FOUND;
	if (p->type == PROBE_IPV4 && normal_ipv4(text, &host)) {
		for (int i = 0; i < 4; i++)
			addr[i] = (uint8_t)(host >> (24 - 8 * i));
	} else if (normal_ipv6(text, addr)) {
		from = addr + 16 - bytes;
	} else {
		return NOT_FOUND;
	}
	uint8_t masked[16];
	memcpy(masked, from, bytes);
	normal_mask(masked, bytes, p->sub);
	if (memcmp(masked, r->bytes, bytes) != 0)
		return NOT_FOUND;
	return p->sub == 8 * bytes ? MATCH_EXACT : MATCH_CIDR;
}

static int
compare_domain(const struct match_scanner *s, const struct probe *p, const struct record *r,
    struct found *found)
{
	struct str text = { s->text + p->at, p->len };

	if (r->kind != PATTERN_DOMAIN || !str_eq_nocase(text, record_value(r)))
		return NOT_FOUND;
	size_t start = window_name_start(s, p->at);
	found->at = (uint32_t)start;
	found->len = p->len + (p->at - found->at);
	return start == p->at ? MATCH_EXACT : MATCH_SUBDOMAIN;
}

static int
compare_idna(const struct match_scanner *s, const struct probe *p, const struct record *r)
{
	struct str raw = { s->text + p->at, p->len };
	char ascii[DOMAIN_MAX + 1 + 8];
	size_t len;

	if (r->kind != PATTERN_DOMAIN || !normal_idna(raw, ascii, &len) || p->sub > len)
		return NOT_FOUND;
	if (!str_eq_nocase((struct str){ ascii + p->sub, len - p->sub }, record_value(r)))
		return NOT_FOUND;
	return p->sub == 0 ? MATCH_EXACT : MATCH_SUBDOMAIN;
}

/* The indicator is the start of the URL up to the segment's end, and slashes. */
static int
compare_url(struct match_scanner *s, const struct probe *p, const struct record *r)
{
	struct str raw = { s->text + p->at, p->len };
	struct str value = record_value(r);
	struct str url = { s->answered.text, normal_url(raw, s->answered.text) };

	if (r->kind != PATTERN_URL || value.len < p->sub || !str_starts(url, value))
		return NOT_FOUND;
	for (size_t i = p->sub; i < value.len; i++) {
		if (value.ptr[i] != '/')
			return NOT_FOUND;
	}
	return value.len == url.len ? MATCH_EXACT : MATCH_PREFIX;
}

static int
compare_email(const struct match_scanner *s, const struct probe *p, const struct record *r)
{
	struct str text = { s->text + p->at, p->len }, domain = text;
	struct str value = record_value(r), value_domain = value;
	struct str local = str_split(&domain, '@');

	if (r->kind != PATTERN_EMAIL || !str_eq(local, str_split(&value_domain, '@')) ||
	    !str_eq_nocase(domain, value_domain))
		return NOT_FOUND;
	return MATCH_EXACT;
}

static int
compare_hash(const struct match_scanner *s, const struct probe *p, const struct record *r)
{
	struct str text = { s->text + p->at, p->len };

	if (r->kind < PATTERN_MD5 || !str_eq_nocase(text, record_value(r)))
		return NOT_FOUND;
	return MATCH_EXACT;
}

static int
compare(struct match_scanner *s, const struct probe *p, const struct record *r, struct found *found)
{
	switch ((enum probe_type)p->type) {
	case PROBE_IPV4:
	case PROBE_IPV6: return compare_address(s, p, r);
	case PROBE_DOMAIN: return compare_domain(s, p, r, found);
	case PROBE_IDNA: return compare_idna(s, p, r);
	case PROBE_URL: return compare_url(s, p, r);
	case PROBE_EMAIL: return compare_email(s, p, r);
	case PROBE_HASH: return compare_hash(s, p, r);
	}
	return NOT_FOUND;
}

/* Words of other scripts go on beyond names and addresses of e-mail. */
static bool
stands_alone(const struct match_scanner *s, const struct probe *p, const struct found *f)
{
	if (p->type == PROBE_URL || p->type == PROBE_IDNA)
		return true;
	return !window_is_joined(s, f->at, f->at + f->len);
}

static void
answer(struct match_scanner *s, const struct probe *p, uint32_t ref)
{
	const struct record *r = index_record(s->index, ref);
	struct found found = { .at = p->at, .len = p->len, .ref = ref };

	if (r == NULL)
		return;
	int how = compare(s, p, r, &found);
	if (how == NOT_FOUND || !stands_alone(s, p, &found))
		return;
	found.how = (uint32_t)how;
	buf_put(&s->found, (struct str){ (const char *)&found, sizeof(found) });
}

void
ring_drain(struct match_scanner *s)
{
	const struct match_index *index = s->index;
	size_t len = s->engine->sieve(index, s->ring, s->ring_len);

	s->ring_len = 0;
	for (size_t i = 0; i < len; i++) {
		const struct probe *p = &s->ring[i];
		size_t slot = key_slot(p->key, index->table_slots);

		/* A full circle only in a table that is not ours. */
		for (size_t n = 0; n < index->table_slots && index->table[slot] != 0; n++) {
			if ((uint32_t)index->table[slot] == (uint32_t)p->key)
				answer(s, p, (uint32_t)(index->table[slot] >> 32));
			slot = slot + 1 == index->table_slots ? 0 : slot + 1;
		}
	}
}
