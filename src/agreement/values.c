#include "stix.h"
#include "uuid.h"
#include "values_p.h"

enum {
	LATIN_MIN = 3,   /* characters: two letters stand in every other word */
	LATIN_SHORT = 4, /* up to here only at the edge of a word */
	OTHER_MIN = 2,   /* an ideograph says as much as a syllable */
	DIGITS_MIN = 4,  /* a year at the least; anything shorter is a count */
	PHONE_DIGITS_MIN = 7,
	PHONE_DIGITS_MAX = 15, /* of a number and its country (E.164) */
	PHONE_TAIL = 8,        /* a number without area, or nearly so */
	LABEL_MIN = 5,         /* of a domain, to stand for itself */
	LABELS_MAX = 127,
	FOLDED_MAX = 4 * KIB,
};

/* clang-format off */
/* Folded; each alone points at nobody. */
static const char *const common[] = {
	"abuse", "accounts", "admin", "administrator", "airport", "bank", "billing", "company", "contact",
	"contacts", "corporation", "customer", "delhi", "electric", "electricity", "email", "energy", "enquiry",
	"example", "finance", "government", "grid", "guest", "gujarat", "health", "healthcare", "help", "helpdesk",
	"hospital", "hostmaster", "india", "industries", "info", "information", "invalid", "japan", "limited",
	"localhost", "mail", "marketing", "ministry", "mumbai", "network", "newdelhi", "noreply", "office",
	"operator", "osaka", "port", "postmaster", "power", "press", "private", "railway", "reception", "root",
	"sales", "security", "service", "services", "sector", "soc", "support", "system", "team", "telecom", "test",
	"tokyo", "true", "false", "unknown", "user", "utilities", "utility", "water", "webmaster", "none",
	"भारत", "जापान", "ダミー", "日本", "東京", "大阪", "電力", "ガス", "銀行", "病院", "インド",
};
/* Legal forms, folded, at either end of a name. */
static const char *const legal[] = {
	"limited", "ltd", "private", "pvt", "corporation", "corp", "incorporated", "inc", "company", "co",
	"llc", "llp", "plc", "kk", "gmbh", "ag", "sa", "株式会社", "有限会社", "合同会社", "株",
	"लमटड", "लिमटड", "परइवट",
};
/* Mail for everybody: the domain tells nothing. */
static const char *const public_domains[] = {
	"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "yahoo.co.jp",
	"yahoo.co.in", "icloud.com", "proton.me", "protonmail.com", "rediffmail.com", "example.com",
	"example.org", "example.net",
};
/* Second labels under which others register. */
static const char *const registries[] = {
	"ac", "ad", "co", "com", "ed", "edu", "firm", "gen", "go", "gov", "gr", "in", "ind", "jp", "lg", "mil",
	"ne", "net", "nic", "or", "org", "res",
};
/* clang-format on */

static bool
is_listed(struct str text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(text, str_of(list[i])))
			return true;
	}
	return false;
}
#define IS_LISTED(text, list) is_listed((text), (list), COUNTOF(list))

struct values
values_new(struct arena *a)
{
	return (struct values){ .a = a, .folded = folded_new(FOLDED_MAX) };
}

void
values_free(struct values *v)
{
	folded_free(&v->folded);
}

/* ---- one value ---- */

/* Whether a folded text says enough to be looked for, and where. */
static bool
place_of(struct str folded, enum needle_place *ret)
{
	size_t n = fold_characters(folded);
	bool latin = n == folded.len;

	*ret = NEEDLE_ANYWHERE;
	if (IS_LISTED(folded, common))
		return false;
	if (str_is_digits(folded)) {
		*ret = NEEDLE_WHOLE;
		return n >= DIGITS_MIN;
	}
	if (latin && n <= LATIN_SHORT)
		*ret = NEEDLE_AT_EDGE;
	return n >= (latin ? LATIN_MIN : OTHER_MIN);
}

static bool
grow(struct values *v)
{
	size_t cap = v->cap == 0 ? 64 : 2 * v->cap;
	struct needle *more;

	if (v->len < v->cap)
		return true;
	more = cap > VALUES_MAX ? NULL : arena_make(v->a, struct needle, cap);
	if (more == NULL) {
		v->full = true;
		return false;
	}
	if (v->len > 0)
		memcpy(more, v->needle, v->len * sizeof(*more));
	v->needle = more;
	v->cap = cap;
	return true;
}

static void
add_folded(struct values *v, struct str folded)
{
	enum needle_place place;

	if (!place_of(folded, &place) || !grow(v))
		return;

	struct str text = arena_str(v->a, folded);
	v->full = v->full || text.ptr == NULL;
	if (text.ptr != NULL)
		v->needle[v->len++] =
		    (struct needle){ .text = text, .place = place, .code = v->code };
}

void
values_add(struct values *v, struct str value)
{
	if (value.len > VALUE_BYTES_MAX)
		return;
	fold(value, &v->folded);
	add_folded(v, buf_str(&v->folded.text));
}

/* ---- names ---- */

/* Length of a legal form at the end of a folded name, where a word begins. */
static size_t
legal_suffix(const struct folded *f, size_t len)
{
	for (size_t i = 0; i < COUNTOF(legal); i++) {
		struct str form = str_of(legal[i]);

		if (len <= form.len || !str_ends((struct str){ f->text.ptr, len }, form))
			continue;
		if ((unsigned char)form.ptr[0] >= 0x80 ||
		    (f->edge.ptr[len - form.len] & FOLD_START) != 0)
			return form.len;
	}
	return 0;
}

static size_t
legal_prefix(const struct folded *f, size_t from)
{
	struct str rest = str_sub(buf_str(&f->text), from, SIZE_MAX);

	for (size_t i = 0; i < COUNTOF(legal); i++) {
		struct str form = str_of(legal[i]);

		if ((unsigned char)form.ptr[0] >= 0x80 && rest.len > form.len &&
		    str_starts(rest, form))
			return form.len;
	}
	return 0;
}

struct str
values_bare_name(struct str name, struct folded *f)
{
	size_t from = 0, len, form;

	fold(name, f);
	len = f->text.len;
	while ((form = legal_suffix(f, len)) > 0)
		len -= form;
	while ((form = legal_prefix(f, from)) > 0 && from + form < len)
		from += form;
	return str_sub(buf_str(&f->text), from, len - from);
}

static void
add_without_legal_form(struct values *v, struct str name)
{
	if (name.len > VALUE_BYTES_MAX)
		return;

	struct str bare = values_bare_name(name, &v->folded);
	if (bare.len < v->folded.text.len)
		add_folded(v, bare);
}

void
values_add_name(struct values *v, struct str name)
{
	/* ASCII brackets, and the full-width ones of U+FF08 and U+FF09 */
	static const struct {
		struct str open, close;
	} brackets[] = {
		{ { "(", 1 }, { ")", 1 } },
		{ { "（", 3 }, { "）", 3 } },
	};

	values_add(v, name);
	add_without_legal_form(v, name);
	for (size_t i = 0; i < COUNTOF(brackets); i++) {
		size_t open = str_find(name, brackets[i].open);
		size_t close = str_find(name, brackets[i].close);

		if (open == SIZE_MAX || close == SIZE_MAX || close < open)
			continue;
		size_t inside = open + brackets[i].open.len;
		values_add(v, str_sub(name, inside, close - inside));
		values_add(v, str_sub(name, 0, open));
		add_without_legal_form(v, str_sub(name, 0, open));
	}
}

/* ---- identifiers ---- */

void
values_add_id(struct values *v, struct str id)
{
	if (id.len >= UUID_TEXT)
		values_add(v, str_sub(id, id.len - UUID_TEXT, UUID_TEXT));
}

/* The identifier that an observable with this value has. */
static void
add_computed_id(struct values *v, const char *type, struct str value)
{
	char id[STIX_ID_MAX], lower[VALUE_BYTES_MAX];

	if (value.len > VALUE_BYTES_MAX)
		return;
	if (stix_value_id(type, value, v->a, id, NULL) == OK)
		values_add_id(v, str_of(id));
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		lower[i] = c;
	}
	if (stix_value_id(type, (struct str){ lower, value.len }, v->a, id, NULL) == OK)
		values_add_id(v, str_of(id));
}

/* ---- addresses ---- */

/* Where the last n labels of a host begin. */
static struct str
last_labels(struct str host, size_t n)
{
	size_t i = host.len;

	while (i > 0) {
		if (host.ptr[i - 1] == '.' && --n == 0)
			break;
		i--;
	}
	return str_sub(host, i, SIZE_MAX);
}

static size_t
count_labels(struct str host)
{
	size_t n = host.len > 0;

	for (size_t i = 0; i < host.len; i++)
		n += host.ptr[i] == '.';
	return n;
}

/* The domain that somebody registered, guessed without a list of suffixes. */
static struct str
registered_domain(struct str host)
{
	size_t labels = count_labels(host);
	struct str two = last_labels(host, 2);

	if (labels <= 2)
		return host;
	return last_labels(host, IS_LISTED(str_split(&two, '.'), registries) ? 3 : 2);
}

static bool
is_ipv4(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '.' && (s.ptr[i] < '0' || s.ptr[i] > '9'))
			return false;
	}
	return s.len > 0;
}

void
values_add_host(struct values *v, struct str host)
{
	size_t labels = count_labels(host);
	struct str domain, rest, label;

	while (host.len > 0 && host.ptr[host.len - 1] == '.')
		host.len--;
	values_add(v, host);
	if (is_ipv4(host) || labels < 2 || labels > LABELS_MAX)
		return;
	domain = registered_domain(host);
	if (IS_LISTED(domain, public_domains))
		return;
	values_add(v, domain);
	rest = domain;
	label = str_split(&rest, '.');
	if (label.len >= LABEL_MIN)
		values_add(v, label);
	add_computed_id(v, "domain-name", host);
	add_computed_id(v, "domain-name", domain);
}

void
values_add_mailbox(struct values *v, struct str mailbox)
{
	struct str rest = mailbox;
	struct str local = str_split(&rest, '@');

	values_add(v, mailbox);
	add_computed_id(v, "email-addr", mailbox);
	if (rest.ptr == NULL)
		return;
	values_add(v, local);
	if (!IS_LISTED(rest, public_domains))
		values_add_host(v, rest);
}

void
values_add_url(struct values *v, struct str url)
{
	size_t at = str_find(url, S("://"));
	struct str host = str_sub(url, at == SIZE_MAX ? 0 : at + 3, SIZE_MAX);

	values_add(v, url);
	add_computed_id(v, "url", url);
	host = str_split(&host, '/');
	size_t user = str_find(host, S("@"));
	if (user != SIZE_MAX)
		host = str_sub(host, user + 1, SIZE_MAX);
	values_add_host(v, str_split(&host, ':'));
}

/* Dots inside, a letter in the last label, no other signs. */
static bool
is_host(struct str s)
{
	size_t dot = SIZE_MAX;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == '.')
			dot = i;
		else if (c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		         !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	return dot != SIZE_MAX && dot > 0 && s.len - dot > 2 &&
	       !(s.ptr[dot + 1] >= '0' && s.ptr[dot + 1] <= '9');
}

static void
add_address(struct values *v, struct str token, bool hosts)
{
	while (token.len > 0 && strchr(".,:;!?", token.ptr[token.len - 1]) != NULL)
		token.len--;
	if (str_find(token, S("://")) != SIZE_MAX) {
		if (hosts)
			values_add_url(v, token);
	} else if (str_find(token, S("@")) != SIZE_MAX) {
		values_add_mailbox(v,
		    str_starts(token, S("mailto:")) ? str_sub(token, 7, SIZE_MAX) : token);
	} else if (hosts && is_host(token)) {
		values_add_host(v, token);
	}
}

/* The digits that stay, whatever is dialled before them. */
static void
add_phone_tail(struct values *v, struct str number)
{
	size_t len = v->len;

	fold(number, &v->folded);
	if (v->folded.text.len <= PHONE_TAIL)
		return;
	add_folded(v,
	    str_sub(buf_str(&v->folded.text), v->folded.text.len - PHONE_TAIL, PHONE_TAIL));
	if (v->len > len)
		v->needle[len].place = NEEDLE_AT_END;
}

static void
add_phones(struct values *v, struct str text)
{
	for (size_t i = 0; i < text.len;) {
		size_t start = i, digits = 0;

		while (i < text.len && strchr("0123456789+-() ./", text.ptr[i]) != NULL)
			digits += text.ptr[i] >= '0' && text.ptr[i] <= '9', i++;
		if (digits >= PHONE_DIGITS_MIN)
			values_add(v, str_sub(text, start, i - start));
		if (digits > PHONE_TAIL && digits <= PHONE_DIGITS_MAX)
			add_phone_tail(v, str_sub(text, start, i - start));
		if (i == start)
			i++;
	}
}

static bool
is_token_end(char c)
{
	return (unsigned char)c <= ' ' || strchr("<>()[]{}\"',;|", c) != NULL;
}

void
values_add_addresses(struct values *v, struct str text, bool hosts)
{
	for (size_t i = 0; i < text.len;) {
		size_t start = i;

		while (i < text.len && !is_token_end(text.ptr[i]))
			i++;
		if (i > start)
			add_address(v, str_sub(text, start, i - start), hosts);
		else
			i++;
	}
	add_phones(v, text);
}
