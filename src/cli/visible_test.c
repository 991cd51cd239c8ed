#include "base.h"
#include "cases.h"
#include "visible_p.h"

#define ESC "\x1b"

/* clang-format off */
static const struct visible_case {
	const char *name, *text, *line, *page;
} visible_cases[] = {
	{ "plain text",                     "Plant 7", "Plant 7", "Plant 7" },
	{ "nothing",                        "", "", "" },
	{ "Hindi with its joiners",         "क्‍ष र्‌य", "क्‍ष र्‌य", "क्‍ष र्‌य" },
	{ "Japanese with a variant",        "葛󠄀城 株式会社", "葛󠄀城 株式会社", "葛󠄀城 株式会社" },
	{ "a coloured word",                ESC "[31mred", "\\u001b[31mred", "\\u001b[31mred" },
	{ "a title of the terminal, in C1", "\xc2\x9d" "0;owned\xc2\x9c", "\\u009d0;owned\\u009c", "\\u009d0;owned\\u009c" },
	{ "C1 as a byte of its own",        "\x9b" "2J", "\\x9b2J", "\\x9b2J" },
	{ "an override of direction",       "\u202egnp.exe", "\\u202egnp.exe", "\\u202egnp.exe" },
	{ "an isolate",                     "a\u2067b\u2069", "a\\u2067b\\u2069", "a\\u2067b\\u2069" },
	{ "marks of direction",             "a\u200eb\u200fc\u061cd", "a\\u200eb\\u200fc\\u061cd", "a\\u200eb\\u200fc\\u061cd" },
	{ "separators of lines",            "a\u2028b\u2029c", "a\\u2028b\\u2029c", "a\\u2028b\\u2029c" },
	{ "a forged line",                  "x\n  outcome      ALLOW", "x\\u000a  outcome      ALLOW", "x\n  outcome      ALLOW" },
	{ "a line written over",            "DENY\rALLOW", "DENY\\u000dALLOW", "DENY\\u000dALLOW" },
	{ "a tab",                          "a\tb", "a\\u0009b", "a\tb" },
	{ "letters that are not seen",      "a\u200bb\u2060c\ufeffd\u00ade", "a\\u200bb\\u2060c\\ufeffd\\u00ade", "a\\u200bb\\u2060c\\ufeffd\\u00ade" },
	{ "fillers",                        "\u3164\uffa0\u115f", "\\u3164\\uffa0\\u115f", "\\u3164\\uffa0\\u115f" },
	{ "a word in tags",                 "a\U000e0061\U000e007f", "a\\U000e0061\\U000e007f", "a\\U000e0061\\U000e007f" },
	{ "an overlong escape",             "\xc0\x9b", "\\xc0\\x9b", "\\xc0\\x9b" },
	{ "cut in the middle",              "a\xe2\x80", "a\\xe2\\x80", "a\\xe2\\x80" },
};

static const struct cut_case {
	const char *name, *text;
	int max;
	const char *want;
} cut_cases[] = {
	{ "as long as it may be",      "abc",          3, "abc" },
	{ "longer",                    "abcd",         3, "abc…" },
	{ "letters of several bytes",  "日本語の",      3, "日本語…" },
	{ "what is shown counts",      "\u202eab",     6, "\\u202e…" },
	{ "nothing fits",              "ab",           0, "…" },
};
/* clang-format on */

static void
check_visible(void **state)
{
	const struct visible_case *c = *state;
	CLEANUP(buf_free) struct buf line = buf_new(KIB), page = buf_new(KIB);

	visible_put(&line, str_of(c->text));
	visible_put_lines(&page, str_of(c->text));
	if (!str_is(buf_str(&line), c->line) || !str_is(buf_str(&page), c->page))
		fail_msg("\"" STR_FMT "\" and \"" STR_FMT "\"", STR_ARG(buf_str(&line)),
		    STR_ARG(buf_str(&page)));
}

static void
check_cut(void **state)
{
	const struct cut_case *c = *state;
	CLEANUP(buf_free) struct buf out = buf_new(KIB);

	visible_put_cut(&out, str_of(c->text), c->max);
	if (!str_is(buf_str(&out), c->want))
		fail_msg("\"" STR_FMT "\"", STR_ARG(buf_str(&out)));
	assert_true(visible_width(buf_str(&out)) <= c->max + 1);
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, visible_cases, check_visible);
	CASES(&cases, cut_cases, check_cut);
	return cases_run("visible", &cases, argc, argv);
}
