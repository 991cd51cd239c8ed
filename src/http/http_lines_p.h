/* http_lines_p.h: header lines that are read in one way only (private to http). */
#pragma once

#include "http.h"

/* How many header lines have this name, in any case. */
size_t http_header_count(const struct http_request *req, const char *name);

/* Whether every line has a name as RFC 9110, section 5.1, has them: no blank before the
 * colon, which one server takes for a part of the name and another does not. */
bool http_header_names_good(const struct http_request *req);
