#include "account.h"
#include "console.h"
#include "exchange.h"
#include "site_p.h"

static const char version[] = "0.1.0";

static enum err
people_reach(void *ctx, const struct http_request *req, struct str root, struct taxii_reach *ret,
    struct why *why)
{
	const struct taxii *t = ctx;
	const struct account *account = req->principal.data;

	(void)root;
	if (account == NULL)
		return fail(why, ERR_UNAUTHORIZED, "taxii.account",
		    "sign in with an account to read collections");
	*ret = (struct taxii_reach){
		.of = { account->organisation, account->enclaves },
		.is_guest = (req->principal.roles & ROLE_GUEST) != 0,
		.gate = realm_gate_take(t->realm),
	};
	return OK;
}

static enum err
peer_reach(void *ctx, const struct http_request *req, struct str root, struct taxii_reach *ret,
    struct why *why)
{
	const struct taxii *t = ctx;
	const struct peer *peer = req->principal.data;
	struct gate_ref *gate = NULL;
	const struct standing *standing = NULL;

	if (peer == NULL)
		return fail(why, ERR_UNAUTHORIZED, "taxii.peer", "no known partner's certificate");
	gate = realm_gate_take(t->realm);
	const struct peer_ask ask = { peer, root, req->at };
	enum err err = exchange_peer_reach(gate_of(gate), &ask, &standing, why);
	if (err != OK) {
		realm_gate_give(gate);
		return err;
	}
	*ret = (struct taxii_reach){
		.is_peer = true,
		.standing = standing,
		.party = peer->party,
		.gate = gate,
	};
	ret->agreements =
	    exchange_peer_agreements(gate_of(gate), &ask, ret->agreement, COUNTOF(ret->agreement));
	return OK;
}

static void
add_mount(struct node_site *s, struct http_mount mount)
{
	assert(s->site.len < SITE_MOUNTS_MAX);
	s->mount[s->site.len++] = mount;
	s->site.mounts = s->mount;
}

static void
add_taxii(struct node_site *s, struct realm *realm, const char *base_url, bool is_peer)
{
	s->taxii.realm = realm;
	s->taxii.base_url = base_url;
	s->taxii.reach_ctx = &s->taxii;
	add_mount(s, (struct http_mount){
	                 .prefix = S(""),
	                 .routes = is_peer ? taxii_peer_routes : taxii_people_routes,
	                 .len = is_peer ? taxii_peer_routes_count : taxii_people_routes_count,
	                 .ctx = &s->taxii,
	                 .check = taxii_check,
	                 .print_error = taxii_print_error,
	                 .challenge = "Basic realm=\"torana\"",
	             });
}

static void
add_api(struct node_site *s, struct realm *realm, struct exchange *exchange)
{
	s->api = (struct api){ .realm = realm, .exchange = exchange, .version = version };
	add_mount(s, (struct http_mount){
	                 .prefix = S("/api/v1/"),
	                 .routes = api_routes,
	                 .len = api_routes_count,
	                 .ctx = &s->api,
	             });
	s->site.authenticate = api_authenticate;
	s->site.name_roles = api_name_roles;
	s->site.ctx = &s->api;
}

void
node_people_site(struct node_site *s, struct realm *realm, struct exchange *exchange,
    const char *base_url)
{
	*s = (struct node_site){ .taxii.reach = people_reach };
	add_api(s, realm, exchange);
	add_mount(s, (struct http_mount){
	                 .prefix = S("/"),
	                 .routes = console_routes,
	                 .len = console_routes_count,
	                 /* An unknown path is an API root that does not exist. */
	                 .print_error = taxii_print_error,
	             });
	add_taxii(s, realm, base_url, false);
}

void
node_peer_site(struct node_site *s, struct realm *realm, const char *base_url)
{
	*s = (struct node_site){ .taxii.reach = peer_reach };
	add_mount(s, (struct http_mount){
	                 .prefix = S("/exchange/v1/"),
	                 .routes = exchange_routes,
	                 .len = exchange_routes_count,
	                 .ctx = realm,
	             });
	add_mount(s, (struct http_mount){
	                 .prefix = S("/log/"),
	                 .routes = exchange_routes,
	                 .len = exchange_routes_count,
	                 .ctx = realm,
	             });
	add_taxii(s, realm, base_url, true);
	s->site.authenticate = exchange_authenticate;
	s->site.ctx = realm;
}

void
node_control_site(struct node_site *s, struct realm *realm, struct exchange *exchange)
{
	*s = (struct node_site){ 0 };
	add_api(s, realm, exchange);
}
