/* Who makes collections, gives access and defines queries, and what is refused. */
#include "world_p.h"

/* clang-format off */
/* Rows are in their order: later ones find what earlier ones made. */
static const struct change_case {
	const char *name;
	const char *as; /* NULL: the control socket */
	const char *method, *target, *body;
	unsigned status;
	const char *code; /* NULL: any */
} change_cases[] = {
	{ "a box", NULL, "POST", "/api/v1/collections", "{\"alias\":\"box\",\"title\":\"Box\"}", 201, NULL },
	{ "a box twice", NULL, "POST", "/api/v1/collections", "{\"alias\":\"box\",\"title\":\"Box\"}", 409, "collection.exists" },
	{ "called as the one that is there", NULL, "POST", "/api/v1/collections", "{\"alias\":\"local\",\"title\":\"x\"}", 409, "collection.exists" },
	{ "the same name in another enclave", NULL, "POST", "/api/v1/collections", "{\"alias\":\"box\",\"title\":\"Box\",\"enclave\":\"vault\"}", 201, NULL },
	{ "another enclave's, by its administrator", "root1", "POST", "/api/v1/collections", "{\"alias\":\"x\",\"title\":\"x\",\"enclave\":\"vault\"}", 403, "collection.compartment" },
	{ "another organisation's, by its administrator", "root1", "POST", "/api/v1/collections", "{\"alias\":\"x\",\"title\":\"x\",\"organisation\":\"IN:NCIIPC\"}", 403, "collection.compartment" },
	{ "another party's", NULL, "POST", "/api/v1/collections", "{\"alias\":\"x\",\"title\":\"x\",\"organisation\":\"JP:NCO\"}", 400, "collection.organisation" },
	{ "two enclaves", NULL, "POST", "/api/v1/collections", "{\"alias\":\"x\",\"title\":\"x\",\"enclave\":\"main vault\"}", 400, "collection.enclave" },
	{ "an enclave with a wildcard", NULL, "POST", "/api/v1/collections", "{\"alias\":\"x\",\"title\":\"x\",\"enclave\":\"%\"}", 400, "enclave.name" },
	{ "called by a UUID", NULL, "POST", "/api/v1/collections", "{\"alias\":\"91a7b528-80eb-42ed-a74d-c6fbd5a26116\",\"title\":\"x\"}", 400, "collection.alias" },
	{ "called as a feed's", NULL, "POST", "/api/v1/collections", "{\"alias\":\"feed-x\",\"title\":\"x\"}", 400, "collection.alias" },
	{ "a query called as a feed's", NULL, "POST", "/api/v1/collections", "{\"alias\":\"feed-x\",\"title\":\"x\",\"query\":{\"from\":[\"local\"]}}", 400, "collection.alias" },
	{ "called by a path", NULL, "POST", "/api/v1/collections", "{\"alias\":\"a/b\",\"title\":\"x\"}", 400, "collection.alias" },
	{ "without a title", NULL, "POST", "/api/v1/collections", "{\"alias\":\"x\"}", 400, "api.member" },
	{ "by an officer", "officer", "POST", "/api/v1/collections", "{\"alias\":\"x\",\"title\":\"x\"}", 403, "http.scope" },

	{ "writing, where two have the name", NULL, "POST", "/api/v1/collections/box/access", "{\"account\":\"guest\",\"rights\":[\"write\"]}", 409, "collection.ambiguous" },
	{ "where there is one of the name", "root1", "POST", "/api/v1/collections/box/access", "{\"account\":\"guest\",\"rights\":[\"write\"]}", 204, NULL },
	{ "seeing, for all guests", "root1", "POST", "/api/v1/collections/local/access", "{\"account\":\"*\",\"rights\":[\"see\"]}", 204, NULL },
	{ "both, for a guest", "root1", "POST", "/api/v1/collections/local/access", "{\"account\":\"guest\",\"rights\":[\"read\",\"write\"]}", 204, NULL },
	{ "a right that is none", "root1", "POST", "/api/v1/collections/local/access", "{\"account\":\"guest\",\"rights\":[\"delete\"]}", 400, "access.rights" },
	{ "for who has all of it", "root1", "POST", "/api/v1/collections/local/access", "{\"account\":\"officer\",\"rights\":[\"read\"]}", 400, "access.guest" },
	{ "for nobody", "root1", "POST", "/api/v1/collections/local/access", "{\"account\":\"nobody\",\"rights\":[\"read\"]}", 404, "account.unknown" },
	{ "to nothing", "root1", "POST", "/api/v1/collections/nothing/access", "{\"account\":\"guest\",\"rights\":[\"read\"]}", 404, "collection.unknown" },
	{ "none, for a guest", "root1", "POST", "/api/v1/collections/local/access", "{\"account\":\"guest\",\"rights\":[]}", 204, NULL },
	{ "none, once more", "root1", "POST", "/api/v1/collections/local/access", "{\"account\":\"guest\",\"rights\":[]}", 404, "access.none" },
	{ "by the guest itself", "guest", "POST", "/api/v1/collections/local/access", "{\"account\":\"guest\",\"rights\":[\"read\"]}", 403, "http.scope" },

	{ "a query", "root1", "POST", "/api/v1/collections", "{\"alias\":\"energy\",\"title\":\"x\",\"query\":{\"from\":[\"local\"],\"tlp\":\"AMBER\"}}", 201, NULL },
	{ "a query over a query", "root1", "POST", "/api/v1/collections", "{\"alias\":\"more\",\"title\":\"x\",\"query\":{\"from\":[\"energy\"]}}", 404, "collection.source" },
	{ "a query over another enclave", NULL, "POST", "/api/v1/collections", "{\"alias\":\"more\",\"title\":\"x\",\"enclave\":\"vault\",\"query\":{\"from\":[\"local\"]}}", 404, "collection.source" },
	{ "a query that is none", "root1", "POST", "/api/v1/collections", "{\"alias\":\"more\",\"title\":\"x\",\"query\":{\"from\":[\"local\"],\"tlp\":7}}", 400, "collection.query" },
	{ "a query that is a text", "root1", "POST", "/api/v1/collections", "{\"alias\":\"more\",\"title\":\"x\",\"query\":\"all\"}", 400, "collection.query" },
	{ "removing what holds objects", "root1", "DELETE", "/api/v1/collections/local", "", 409, "collection.holds" },
	{ "removing a query", "root1", "DELETE", "/api/v1/collections/energy", "", 204, NULL },
	{ "removing it once more", "root1", "DELETE", "/api/v1/collections/energy", "", 404, "collection.unknown" },
	{ "none of it is left", "root1", "POST", "/api/v1/collections", "{\"alias\":\"energy\",\"title\":\"x\"}", 201, NULL },
};
/* clang-format on */

static struct world w;

static void
check_change(void **state)
{
	const struct change_case *c = *state;
	const struct caller who = { .account = c->as, .socket = c->as == NULL };
	struct answer a = call(&w, &who, c->method, c->target, str_of(c->body));

	if (c->code != NULL)
		expect_error(a, c->status, c->code);
	else
		expect_status(a, c->status);
}

int
main(int argc, char **argv)
{
	static struct cases list;

	log_set_level(LOG_ERROR);
	world_begin(&w, "IN");
	add_account(&w, "officer", "officer");
	add_account(&w, "guest", "guest");
	add_account(&w, "root1", "administrator");
	CASES(&list, change_cases, check_change);
	int ret = cases_run("collections", &list, argc, argv);
	world_end(&w);
	return ret;
}
