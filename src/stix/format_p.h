/* format_p.h: texts that must look a certain way (private to stix). */
#pragma once

#include "model_p.h"

extern const struct format format_charset;
extern const struct format format_country;
extern const struct format format_cpe;
extern const struct format format_domain;
extern const struct format format_email;
extern const struct format format_ipv4;
extern const struct format format_ipv6;
extern const struct format format_language;
extern const struct format format_link;
extern const struct format format_mac;
extern const struct format format_mime;
extern const struct format format_phase;
extern const struct format format_relationship_type;
extern const struct format format_second;
extern const struct format format_some_text;
extern const struct format format_url;

/* An even number of lower-case hex digits. */
bool format_is_hex(struct str text);

/* Base64 with padding. */
bool format_is_base64(struct str text);

/* Whether a digest has the form of its algorithm; true for unknown ones. */
bool format_is_digest(struct str algorithm, struct str digest);
