/* node.h: the composition of a node: configuration, realm, listeners, workers.
 *
 * Everything is made here and handed down; nothing below reads a configuration
 * file or starts a thread by itself. */
#pragma once

#include "base.h"
#include "clock.h"

struct node_config {
	char realm[32];          /* restart only */
	char people_address[64]; /* restart only */
	uint16_t people_port;
	char peer_address[64];
	uint16_t peer_port;
	char base_url[256]; /* as people's browsers see the people listener; empty: made of address
	                       and port */
	uint32_t people_gzip;                    /* 1: TAXII pages may be compressed */
	uint32_t people_requests, peer_requests; /* TAXII, of one caller in a minute */
	uint32_t exchange_every_ms;
	uint32_t log_level;
};

/* What holds for keys that no file names. */
struct node_config node_config_preset(void);

/* Presets, then DIR/torana.conf over them. ERR_INVALID with file, line and the
 * nearest key name. */
enum err node_config_read(const char *dir, struct node_config *ret, struct why *why);

/* Writes a commented torana.conf into DIR; ERR_CONFLICT when there is one. */
enum err node_config_write(const char *dir, const struct node_config *config, struct why *why);

/* The table of keys, for `torana node config` and docs/config.md. */
struct node_key {
	const char *name;
	const char *unit;
	const char *help;
	bool restart_only;
};
extern const struct node_key node_keys[];
extern const size_t node_keys_count;

/* Serves DIR until SIGINT or SIGTERM. Prints one line "ready people=PORT
 * peer=PORT" on standard output when it listens. */
enum err node_serve(const char *dir, const struct node_config *config, struct why *why);

/* ---- for the command line ---- */

/* One request to the API: over the control socket when somebody serves DIR,
 * else in this process against the realm (same table, same checks). */
struct node_call {
	const char *method;
	struct str target;
	struct str body;
	struct str account; /* Basic credentials; empty: administration */
	struct str password;
	struct str code;  /* of the account's authenticator; empty: none */
	struct str token; /* in the stead of account and password; empty: none */
};
struct node_answer {
	unsigned status;
	struct str body; /* in the arena */
};
enum err node_call(const char *dir, const struct node_call *call, struct arena *a,
    struct node_answer *ret, struct why *why);
