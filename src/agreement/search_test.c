#include "base.h"
#include "cases.h"
#include "search_p.h"
#include "values_p.h"
#include "views_p.h"

/* clang-format off */
static const struct fold_case {
	const char *name;
	const char *text, *want;
} fold_cases[] = {
	{ "case and separators",        "Gujarat-Vidyut_Vitran, Ltd.", "gujaratvidyutvitranltd" },
	{ "full-width letters",         "ＧＶＶ　１２",                 "gvv12" },
	{ "accents",                    "Électricité",                 "electricite" },
	{ "decomposed accents",         "E\xcc\x81lectricite\xcc\x81", "electricite" },
	{ "sharp s",                    "STRAẞE",                      "strasse" },
	{ "zero-width characters",      "a\xe2\x80\x8b" "b\xef\xbb\xbf" "c", "abc" },
	{ "hiragana as katakana",       "さばるまてぃ",                 "サハルマティ" },
	{ "half-width katakana",        "ｻﾊﾞﾙﾏﾃｨ",                     "サハルマティ" },
	{ "digits of another script",   "२०२६",                        "2026" },
	{ "Devanagari",                 "साबरमती ग्रिड",                "साबरमतीगरिड" },
	{ "a broken byte separates",    "ab\xff" "cd",                 "abcd" },
	{ "Hangul, put together",       "한국",                        "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x84\x80\xe1\x85\xae\xe1\x86\xa8" },
	{ "Hangul, taken apart",        "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab" },
	{ "a hexagram is a sign",       "a\xe4\xb7\x80" "b",           "ab" },
	{ "Cyrillic that looks Latin",  "Sа\xd1\x80\xd0\xb5х GVV",      "sapexgvv" },
	{ "Greek that looks Latin",     "\xce\x91\xce\xb1 κατ",         "aakat" },
	{ "letters with a bar or no dot", "grıd Ðist Łøħŧ",              "griddistloht" },
	{ "small capitals",             "ꜱᴀʙᴀʀᴍᴀᴛɪ ɢʀɪᴅ",               "sabarmatigrid" },
	{ "letters among the signs",    "🅢🅐🅱🇬🇻",                         "sabgv" },
	{ "tags and directions",        "a\xf3\xa0\x81\x81" "b\xe2\x80\xae" "c\xe2\x81\xa6" "d", "abcd" },
	{ "Cyrillic of no Latin look",  "шюя",                         "шюя" },
	{ "nothing but signs",          "--..//",                      "" },
};
/* clang-format on */

static void
check_fold(void **state)
{
	const struct fold_case *c = *state;
	CLEANUP(folded_free) struct folded f = folded_new(KIB);

	fold(str_of(c->text), &f);
	if (!str_eq(buf_str(&f.text), str_of(c->want)))
		fail_msg("\"%s\" folds to \"%.*s\"", c->text, STR_ARG(buf_str(&f.text)));
	assert_int_equal(f.text.len, f.edge.len);
}

/* clang-format off */
/* What is looked for: a name, a short name, a mailbox, an address, a phone. */
static const struct search_case {
	const char *name;
	const char *text;
	bool found;
} search_cases[] = {
	{ "as it is",                       "at Gujarat Vidyut Vitran today",  true },
	{ "without its legal form",         "at GUJARAT VIDYUT VITRAN today",  true },
	{ "inside a longer word",           "xgujaratvidyutvitranx",           true },
	{ "one word of the name",           "Gujarat and Vidyut",              false },
	{ "short name as a word",           "the GVVX case",                   true },
	{ "short name with hyphens",        "G-V-V-X",                         true },
	{ "short name at the start of one", "gvvxmail01",                      true },
	{ "short name inside a word",       "xxgvvxyy",                        false },
	{ "mailbox",                        "<K.Patel@GVV-Grid.example>",      true },
	{ "mailbox, defanged",              "k.patel[at]gvv-grid[dot]example", true },
	{ "mailbox, in words",              "k.patel at gvv-grid dot example", true },
	{ "its name alone",                 "user kpatel logged in",           true },
	{ "its domain alone",               "mx.gvv-grid.example",             true },
	{ "label of its domain",            "gvv-grid.test",                   true },
	{ "URL with it",                    "https://portal.gvv-grid.example/x?y", true },
	{ "address",                        "from 192.0.2.77:443",             true },
	{ "address, defanged",              "192[.]0[.]2[.]77",                true },
	{ "a longer number with it",        "1920277120",                      false },
	{ "telephone",                      "call +91-79-5550 0142 now",       true },
	{ "percent",                        "%47%75%6a%61%72%61%74%20Vidyut%20Vitran", true },
	{ "percent, twice",                 "%2547%2575jarat%2520Vidyut%2520Vitran",   true },
	{ "backslash u",                    "\\u0047ujarat Vidyut Vitran",     true },
	{ "entity",                         "&#71;ujarat&#x20;Vidyut Vitran",  true },
	{ "quoted-printable",               "=47ujarat Vidyut=\r\n Vitran",    true },
	{ "base64",                         "R3VqYXJhdCBWaWR5dXQgVml0cmFu",    true },
	{ "base64 after other digits",      "xxR3VqYXJhdCBWaWR5dXQgVml0cmFu",  true },
	{ "base64 over two lines",          "R3VqYXJhdCBWaW\nR5dXQgVml0cmFu",  true },
	{ "hex",                            "47756a617261742056696479757420566974 72616e", true },
	{ "hex with 0x",                    "0x47,0x56,0x56,0x58",             true },
	{ "hex of base64",                  "523356715958 4a6864434257615752356458 516756 6d6c3063 6d4675", true },
	{ "another alphabet",               "गुजरात-विद्युत",                   true },
	{ "kana in the other script",       "ぐじゃらーと配電",                  true },
	{ "named entity",                   "Gujarat&nbsp;Vidyut&nbsp;Vitran", true },
	{ "named entity in a word",         "Guj&aacute;rat Vidyut Vitran",    true },
	{ "named entity without semicolon", "Gujarat&nbspVidyut Vitran",       true },
	{ "escaped markup",                 "Gujarat&lt;br class=x&gt;Vidyut Vitran", true },
	{ "markup",                         "<i>Gujarat</i> <b>Vidyut</b> Vitran", true },
	{ "markup in a word",               "Guja<wbr>rat Vid<span id=a7>yut</span> Vitran", true },
	{ "Markdown emphasis",              "**Gujarat** _Vidyut_ Vitran",     true },
	{ "Markdown link",                  "[Gujarat](http://x.example/y) Vidyut Vitran", true },
	{ "footnote",                       "Gujarat[1] Vidyut[^2] Vitran",    true },
	{ "board code",                     "[b]Gujarat[/b] Vidyut Vitran",    true },
	{ "backslash n",                    "Gujarat\\nVidyut\\tVitran",       true },
	{ "octal",                          "Gujarat\\040\\126idyut Vitran",   true },
	{ "style sheet",                    "\\47 ujarat \\56 idyut Vitran",   true },
	{ "C string",                       "\\x47ujarat\\x20Vidyut Vitran",   true },
	{ "regular expression",             ".*[Gg]ujarat.{0,3}[Vv]idyut[-_]?Vitra[n].*", true },
	{ "regular expression in a pattern", "[url:value MATCHES '.*[Gg]ujarat.{0,3}[Vv]idyut.Vitran']", true },
	{ "regular expression with blanks", "(?i)gujarat\\s+vidyut\\\\W*vitran", true },
	{ "telephone, national",            "079-5550-0142",                   true },
	{ "telephone, international",       "00917955500142",                  true },
	{ "telephone, local",               "ask at 5550 0142",                true },
	{ "a longer number",                "555001420",                       false },
	{ "markup around other words",      "<b>Gujarat</b> and <i>Vidyut</i> [Vitran](x)", false },
	{ "nothing",                        "an ordinary sentence about malware that beacons every eleven minutes", false },
};
/* clang-format on */

static void
check_search(void **state)
{
	const struct search_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	CLEANUP(values_free) struct values v = values_new(a);
	struct searcher *s;
	bool found;

	values_add_name(&v, S("Gujarat Vidyut Vitran Pvt. Ltd."));
	values_add_name(&v, S("GVVX"));
	values_add_name(&v, S("गुजरात विद्युत"));
	values_add_name(&v, S("グジャラート配電株式会社"));
	values_add_addresses(&v, S("Mail k.patel@gvv-grid.example, telephone +91 79 5550 0142"),
	    true);
	values_add(&v, S("192.0.2.77"));
	assert_false(v.full);
	s = searcher_new(a, v.needle, v.len);
	found = search_text(s, str_of(c->text)) != NULL;
	searcher_free(s);
	assert_int_equal(found, c->found);
}

/* clang-format off */
/* What says too little to be looked for. */
static const struct plain_case {
	const char *name;
	void (*add)(struct values *v, struct str value);
	const char *value;
	const char *text;
} plain_cases[] = {
	{ "a common word",            values_add_name,    "Power",             "a power plant" },
	{ "two letters",              values_add_name,    "IT",                "it is" },
	{ "a role's mailbox name",    values_add_mailbox, "info@gmail.com",    "for information" },
	{ "a public mail domain",     values_add_mailbox, "somebody.x@gmail.com", "other@gmail.com" },
	{ "a small number",           values_add,         "123",               "123 times" },
	{ "a domain of a registry",   values_add_host,    "cert.gov.in",       "other.gov.in" },
};
/* clang-format on */

static void
check_plain(void **state)
{
	const struct plain_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * MIB);
	CLEANUP(values_free) struct values v = values_new(a);
	struct searcher *s;
	const struct needle *n;

	c->add(&v, str_of(c->value));
	s = searcher_new(a, v.needle, v.len);
	n = search_text(s, str_of(c->text));
	searcher_free(s);
	if (n != NULL)
		fail_msg("\"%.*s\" was found", STR_ARG(n->text));
}

/* Encodings of encodings end, and count as found where they are too deep. */
static void
check_work(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(values_free) struct values v = values_new(a);
	char *text = arena_alloc(a, 1, 1, MIB);
	struct searcher *s;

	(void)state;
	values_add_name(&v, S("Gujarat Vidyut"));
	s = searcher_new(a, v.needle, v.len);
	memset(text, 'A', MIB);
	assert_null(search_text(s, (struct str){ text, MIB / 16 }));
	memset(text, '%', MIB);
	assert_null(search_text(s, (struct str){ text, MIB }));
	searcher_free(s);
}

/* Each of very many that begin alike is found, and nothing beside them. */
static void
check_many(void **state)
{
	enum { MANY = 3000 };
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * MIB);
	CLEANUP(values_free) struct values v = values_new(a);
	struct searcher *s;

	(void)state;
	for (unsigned i = 0; i < MANY; i++)
		values_add_name(&v, arena_printf(a, "Surat Grid %u Works", 10'000 + i));
	values_add_name(&v, S("Sur"));
	s = searcher_new(a, v.needle, v.len);
	for (unsigned i = 0; i < MANY; i++) {
		const struct needle *n =
		    search_text(s, arena_printf(a, "xSuratGrid%uWorks", 10'000 + i));

		assert_non_null(n);
		assert_true(str_eq(n->text, arena_printf(a, "suratgrid%uworks", 10'000 + i)));
	}
	assert_null(search_text(s, S("xSuratGrid9999Works")));
	assert_null(search_text(s, S("xSuratGrid1000")));
	assert_non_null(search_text(s, S("SuratGrid1000")));

	/* A report with something of everything is not too much. */
	CLEANUP(buf_free) struct buf report = buf_new(MIB);
	while (report.len < 32 * KIB)
		buf_put(&report,
		    S("<p class=\"x\">Beacons to hxxp://bad[.]example/a%20b at noon &amp; [Mm]idnight, "
		      "\\s+ [link](http://x.example/y) \\41 \\x42 47 75 6a 61 72 R3VqYXI=</p>\\n"));
	assert_null(search_text(s, buf_str(&report)));
	searcher_free(s);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, fold_cases, check_fold);
	CASES(&cases, search_cases, check_search);
	CASES(&cases, plain_cases, check_plain);
	CASE(&cases, check_many);
	CASE(&cases, check_work);
	return cases_run("search", &cases, argc, argv);
}
