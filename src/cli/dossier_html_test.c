#include "dossier_html.h"

#include "base.h"
#include "cases.h"
#include "console.h"

enum { TEST_PAGE_MAX = MIB };

#define HEAD                                                                                  \
	"\"type\":\"torana-dossier\",\"version\":1,\"node\":\"in.example\",\"party\":\"IN\"," \
	"\"made_at\":\"2026-11-22T03:04:05.123456Z\",\"realm\":\"demo\",\"about\":\"identity--1\""
#define RELEASE                                                                                                                                                   \
	"{\"at\":\"2026-11-21T01:02:03.000000Z\",\"to\":\"JP:JPCERT\",\"purpose\":\"prevention\","                                                                \
	"\"area\":\"CI\",\"as\":\"copy\",\"tie\":\"tied\",\"source_id\":\"indicator--2\","                                                                        \
	"\"leaving_id\":\"indicator--3\",\"outcome\":\"ALLOW_WITH_REDACTION\","                                                                                   \
	"\"state\":\"recalled\",\"agreement\":\"IJ\",\"clause\":\"6\",\"model\":true,"                                                                            \
	"\"conditions\":[{\"code\":\"condition.review\",\"args\":{\"hours\":\"24\"},\"text\":\"x\"}],\"withheld\":[{\"pointer\":\"/name\",\"code\":\"V-VICTIM\"," \
	"\"method\":\"drop\"}],\"consents\":[],\"leaf\":7,\"place\":1,\"published\":true,"                                                                        \
	"\"cosigned\":false,\"received_at\":null,\"recall\":\"answered\",\"answer\":\"removed\"}"
#define EMPTY "{" HEAD ",\"name\":\"Plant\",\"more\":false,\"disclosures\":[],\"consents\":[]}"
#define ONE                                                                      \
	"{" HEAD ",\"name\":\"Plant\",\"more\":true,\"disclosures\":[" RELEASE   \
	"],\"consents\":[{\"consent_id\":\"c1\",\"scope\":\"name\",\"to\":\"\"," \
	"\"until\":\"2027-01-01T00:00:00Z\",\"withdrawn_at\":\"2026-12-01T00:00:00Z\"}]}"
#define EVIL                                                                                    \
	"{" HEAD                                                                                \
	",\"name\":\"\u202e<script>alert(1)</script>\\\"'&\",\"more\":false,\"disclosures\":[{" \
	"\"source_id\":\"<img src=x onerror=y>\",\"withheld\":[{\"pointer\":\"</style>\"}]}],"  \
	"\"consents\":[]}"

/* clang-format off */
static const struct page_case {
	const char *name, *lang, *dossier;
	const char *has, *lacks;
} page_cases[] = {
	{ "nobody's dossier says so", "en", EMPTY, "Nothing about this organisation had left", "<article>" },
	{ "nobody's in Hindi",        "hi", EMPTY, "<html lang=\"hi\">", "Nothing about" },
	{ "nobody's in Japanese",     "ja", EMPTY, "ありません", "Nothing about" },
	{ "who and when",             "en", ONE,   "2026-11-21 01:02:03 UTC", "T01:02:03" },
	{ "the purpose by name",      "en", ONE,   "Prevention, Critical infrastructure", "prevention," },
	{ "model text is called so",  "en", ONE,   "model text, not the Memorandum", "the Memorandum says" },
	{ "what was withheld",        "en", ONE,   "<li>/name: would tell who was attacked (drop)</li>", ">nothing<" },
	{ "an answer is an answer",   "en", ONE,   "answered: removed", "deleted" },
	{ "where it stands",          "en", ONE,   "record 1 of leaf 7, under a signed checkpoint</dd>", "countersigned" },
	{ "consents",                 "en", ONE,   "c1: name, to any recipient, until 2027-01-01 00:00:00 UTC, withdrawn", "{to}" },
	{ "there are older ones",     "en", ONE,   "Only the newest 1 are listed", "{n}" },
	{ "a name that is markup",    "en", EVIL,  "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;", "<script" },
	{ "a condition in English",   "en", ONE,   "A review within 24 hours.", "condition.review" },
	{ "a condition in Hindi",     "hi", ONE,   "24 घंटों के भीतर समीक्षा।", "within 24" },
	{ "a condition in Japanese",  "ja", ONE,   "24 時間以内に事後審査を行います。", "within 24" },
	{ "a name that turns the line", "en", EVIL, "\\u202e&lt;script", "\xe2\x80\xae" },
	{ "an identifier that is",    "en", EVIL,  "&lt;img src=x onerror=y&gt;", "<img" },
	{ "a pointer that is",        "en", EVIL,  "&lt;/style&gt;:", "</style>:" },
	{ "it loads nothing",         "en", ONE,   "default-src 'none'", "http" "s://" },
};
/* clang-format on */

static enum err
make(struct arena *a, const struct page_case *c, struct buf *out, struct why *why)
{
	struct messages words = { 0 };
	struct dossier_page page = { .words = &words,
		.lang = str_of(c->lang),
		.hash = S("00"),
		.key = S("11") };

	TRY(json_parse(a, str_of(c->dossier), NULL, &page.dossier, why));
	TRY(message_open(a, str_of(c->lang), &words, why));
	return dossier_html(&page, out, why);
}

static void
check_page(void **state)
{
	const struct page_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(TEST_PAGE_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(TEST_PAGE_MAX);
	struct why why = { 0 };

	assert_int_equal(make(a, c, &out, &why), OK);
	if (str_find(buf_str(&out), str_of(c->has)) == SIZE_MAX)
		fail_msg("lacks %s: " STR_FMT, c->has, STR_ARG(buf_str(&out)));
	if (str_find(buf_str(&out), str_of(c->lacks)) != SIZE_MAX)
		fail_msg("has %s", c->lacks);
}

static void
test_no_dossier(void **state)
{
	static const struct page_case none = { .lang = "en", .dossier = "{\"type\":\"x\"}" };
	CLEANUP(arena_freep) struct arena *a = arena_new(TEST_PAGE_MAX);
	CLEANUP(buf_free) struct buf out = buf_new(TEST_PAGE_MAX);
	struct why why = { 0 };

	(void)state;
	assert_int_equal(make(a, &none, &out, &why), ERR_INVALID);
	assert_string_equal(why.code, "page.form");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, page_cases, check_page);
	CASE(&list, test_no_dossier);
	return cases_run("dossier_html", &list, argc, argv);
}
