#include <stdlib.h>

#include "base.h"
#include "cases.h"
#include "message_p.h"

#define LINE(code, args) "{\"code\":\"" code "\",\"args\":{" args "},\"text\":\"as it was\"}"

/* clang-format off */
static const struct line_case {
	const char *name, *lang, *line, *want;
} line_cases[] = {
	{ "a sentence",                     "en", LINE("would.resume", ""), "The area is resumed." },
	{ "in Hindi",                       "hi", LINE("would.resume", ""), "क्षेत्र फिर से चालू हो।" },
	{ "in Japanese",                    "ja", LINE("would.resume", ""), "分野の停止が解除されること。" },
	{ "a purpose by its name",          "en", LINE("would.purpose", "\"purpose\":\"prevention\""), "The purpose is Prevention." },
	{ "one that has no name",           "en", LINE("would.purpose", "\"purpose\":\"x\""), "The purpose is x." },
	{ "roles by their names",           "en", LINE("what.hold", "\"roles\":\"legal, defence-liaison\""), "It waits for approval: legal, defence liaison." },
	{ "a reason as a sentence",         "en", LINE("why.clause", "\"found\":\"V-VICTIM\",\"clause\":\"6\",\"reason\":\"V-VICTIM\""),
	  "V-VICTIM (clause 6): It would tell who was attacked." },
	{ "a value that looks like a place", "en", LINE("would.recipient", "\"to\":\"{to}\""), "The recipient is {to}." },
	{ "a value that is missing",        "en", LINE("would.recipient", ""), "The recipient is ." },
	{ "a code of another program",      "hi", LINE("would.fly", "\"wings\":\"2\""), "as it was" },
	{ "a code that is another key",     "en", LINE("", ""), "as it was" },
	{ "a text of an old decision",      "ja", "\"Keep.\"", "Keep." },
	{ "args that are none",             "en", "{\"code\":\"what.deny\",\"args\":[],\"text\":\"It stays\"}", "It stays" },
	{ "nothing at all",                 "en", "7", "" },
};

static const struct language_case {
	const char *name, *all, *messages, *lang, *want;
} language_cases[] = {
	{ "none is English",          "",            "",            "",            "en" },
	{ "Hindi",                    "",            "",            "hi_IN.UTF-8", "hi" },
	{ "Japanese",                 "",            "",            "ja_JP.UTF-8", "ja" },
	{ "one that we do not have",  "",            "",            "fr_FR.UTF-8", "en" },
	{ "messages before the rest", "",            "ja_JP.UTF-8", "hi_IN.UTF-8", "ja" },
	{ "all before everything",    "C.UTF-8",     "ja_JP.UTF-8", "hi_IN.UTF-8", "en" },
};
/* clang-format on */

static void
check_line(void **state)
{
	const struct line_case *c = *state;
	CLEANUP(arena_freep) struct arena *a = arena_new(8 * MIB);
	CLEANUP(buf_free) struct buf out = buf_new(KIB);
	const struct json *line = NULL;
	struct messages words = { 0 };
	struct why why = { 0 };

	if (message_open(a, str_of(c->lang), &words, &why) != OK ||
	    json_parse(a, str_of(c->line), NULL, &line, &why) != OK)
		fail_msg("%s", why.text);
	message_say_line(&words, line, &out);
	if (!str_is(buf_str(&out), c->want))
		fail_msg("\"" STR_FMT "\"", STR_ARG(buf_str(&out)));
}

static void
check_language(void **state)
{
	const struct language_case *c = *state;

	(void)setenv("LC_ALL", c->all, 1);
	(void)setenv("LC_MESSAGES", c->messages, 1);
	(void)setenv("LANG", c->lang, 1);
	assert_true(str_is(message_language(), c->want));
}

static void
check_unknown(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 * MIB);
	struct messages words = { 0 };
	struct why why = { 0 };

	(void)state;
	assert_int_equal(message_open(a, S("fr"), &words, &why), ERR_USAGE);
	assert_string_equal(why.code, "message.lang");
}

int
main(int argc, char **argv)
{
	struct cases cases = { 0 };

	CASES(&cases, line_cases, check_line);
	CASES(&cases, language_cases, check_language);
	CASE(&cases, check_unknown);
	return cases_run("message", &cases, argc, argv);
}
