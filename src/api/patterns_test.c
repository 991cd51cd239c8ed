/* What the API says of patterns, and that it says as much of hostile ones. */
#include "log.h"
#include "world_p.h"

/* clang-format off */
static const struct verdict_case {
	const char *name;
	const char *body;
	int status;
	const char *has; /* a part of the answer */
} verdict_cases[] = {
	{ "a pattern", "{\"pattern\":\"[ipv4-addr:value='198.51.100.1']\"}", 200,
	  "\"pattern\":\"[ipv4-addr:value = '198.51.100.1']\",\"level\":1,\"remarks\":[],"
	  "\"indexed\":[{\"kind\":\"ipv4\",\"value\":\"198.51.100.1\"}]" },
	{ "an error and its place", "{\"pattern\":\"[file:size = ]\"}", 200,
	  "{\"valid\":false,\"line\":1,\"column\":14,\"code\":\"pattern.syntax\",\"message\":" },
	{ "what can hardly be meant", "{\"pattern\":\"[file:size = 1 AND url:value = 'x']\"}", 200,
	  "\"remarks\":[{\"code\":\"pattern.never\"" },
	{ "what cannot run", "{\"pattern\":\"[url:value MATCHES '(?=a)']\"}", 200,
	  "\"remarks\":[{\"code\":\"pattern.regex\"" },
	{ "a type that is not known", "{\"pattern\":\"[ipv4addr:value='198.51.100.1' OR ipv4addr:value='198.51.100.2']\"}", 200,
	  "\"remarks\":[{\"code\":\"stix.type\",\"message\":\"\\\"ipv4addr\\\" is no observable of STIX 2.1: "
	  "only custom objects of that type fit; ipv4-addr is near\"}]" },
	{ "a type that nobody can have", "{\"pattern\":\"[IPv4:value='198.51.100.1']\"}", 200,
	  "\"remarks\":[{\"code\":\"stix.type-name\"" },
	{ "a custom observable", "{\"pattern\":\"[x-usb-device:serial='1']\"}", 200, "\"remarks\":[]," },
	{ "repetitions of repetitions", "{\"pattern\":\"[url:value MATCHES '((a{900}){900}){900}']\"}", 200,
	  "\"remarks\":[{\"code\":\"pattern.regex-size\"" },
	{ "nothing", "{}", 400, "\"code\":\"api.member\"" },
	{ "a member more", "{\"pattern\":\"x\",\"store\":true}", 400, "\"code\":\"api.member\"" },
};
/* clang-format on */

static struct world w;

static void
check_verdict(void **state)
{
	const struct verdict_case *c = *state;
	struct answer a =
	    call(&w, AS("officer"), "POST", "/api/v1/patterns/check", str_of(c->body));

	expect_status(a, (unsigned)c->status);
	if (str_find(a.body, str_of(c->has)) == SIZE_MAX)
		fail_msg("%s is not in " STR_FMT, c->has, STR_ARG(a.body));
}

int
main(int argc, char **argv)
{
	static struct cases list;

	log_set_level(LOG_ERROR);
	world_begin(&w, "IN");
	add_account(&w, "officer", "officer");
	CASES(&list, verdict_cases, check_verdict);
	int ret = cases_run("patterns", &list, argc, argv);
	world_end(&w);
	return ret;
}
