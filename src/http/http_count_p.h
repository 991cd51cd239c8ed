/* http_count_p.h: header lines that may stand once (private to http). */
#pragma once

#include "http.h"

/* How many header lines have this name, in any case. */
size_t http_header_count(const struct http_request *req, const char *name);
