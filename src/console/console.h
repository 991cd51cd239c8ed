/* console.h: the web page of the node, embedded in the binary.
 *
 * Plain HTML, CSS and JavaScript modules without a build chain; served from the
 * table only. Content-Security-Policy allows nothing but our own files. */
#pragma once

#include "base.h"
#include "http.h"

extern const struct http_route console_routes[];
extern const size_t console_routes_count;

/* A message catalogue of share/lang ("en", "hi", "ja"); ptr is NULL: there is none. */
struct str console_catalogue(struct str lang);
