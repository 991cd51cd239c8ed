/* torana feed find: where a domain says that its TAXII server is.
 *
 * DNS vouches for nothing, so this command only shows: a person compares the host with what its
 * operator said, and names it to `feed add`.  Nothing is looked up later. */
#include <stdio.h>

#include "buf.h"
#include "feed_find_p.h"
#include "http_srv.h"

enum {
	HTTPS_PORT = 443,
	FOUND_MAX = 64 * KIB, /* HTTP_SRV_MAX servers */
};

/* The discovery of a server, in the arena. */
static struct str
url_of(struct cli *c, const struct http_srv *s)
{
	if (s->port == HTTPS_PORT)
		return arena_printf(c->arena, "https://%s/taxii2/", s->host);
	return arena_printf(c->arena, "https://%s:%u/taxii2/", s->host, s->port);
}

static int
print_json(struct cli *c, const struct http_srv_list *list)
{
	CLEANUP(buf_free) struct buf out = buf_new(FOUND_MAX);
	struct json_writer w = json_writer(&out);

	json_begin_object(&w);
	json_begin_array(json_key(&w, S("servers")));
	for (size_t i = 0; i < list->len; i++) {
		const struct http_srv *s = &list->server[i];

		json_begin_object(&w);
		json_put_str(json_key(&w, S("url")), url_of(c, s));
		json_put_u64(json_key(&w, S("priority")), s->priority);
		json_put_u64(json_key(&w, S("weight")), s->weight);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_put_u64(json_key(&w, S("servers_more")), list->more);
	json_end_object(&w);
	(void)printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	return EXIT_FINE;
}

static int
print_text(struct cli *c, const struct http_srv_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct http_srv *s = &list->server[i];

		(void)printf(STR_FMT "  priority %u, weight %u\n", STR_ARG(url_of(c, s)),
		    s->priority, s->weight);
	}
	if (list->more > 0)
		(void)printf("and %zu more\n", list->more);
	(void)printf("Nobody signed this: compare the host with what its operator told you, then\n"
	             "torana feed add NAME --url URL --collection ID\n");
	return EXIT_FINE;
}

int
cli_feed_find(struct cli *c)
{
	const char *resolver = cli_option(c, "resolver");
	struct http_srv_list list;
	struct why why = { 0 };
	enum err err = http_srv_ask("_taxii2._tcp", str_of(c->arg[0]),
	    str_of(resolver == NULL ? "" : resolver), &list, &why);

	if (err != OK)
		return cli_fail(&why, err);
	return c->json ? print_json(c, &list) : print_text(c, &list);
}
