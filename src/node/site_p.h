/* site_p.h: which faces a listener shows. */
#pragma once

#include "api.h"
#include "http.h"
#include "taxii.h"

enum { SITE_MOUNTS_MAX = 8 };

/* A site with what its mounts point at. */
struct node_site {
	struct api api;
	struct taxii taxii;
	struct http_mount mount[SITE_MOUNTS_MAX];
	struct http_site site;
};

/* What people and their tools see: REST, TAXII, console.  base_url is kept. */
void node_people_site(struct node_site *s, struct realm *realm, struct exchange *exchange,
    const char *base_url);
/* What partners' nodes see: TAXII, exchange, log. */
void node_peer_site(struct node_site *s, struct realm *realm, const char *base_url);
/* What the command line sees: REST. */
void node_control_site(struct node_site *s, struct realm *realm, struct exchange *exchange);
