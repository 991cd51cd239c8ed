/* STIX patterns: what can be said about one before anybody keeps it. */
#include "handlers_p.h"
#include "pattern.h"
#include "type_name.h"

enum err
api_check_pattern(void *ctx, struct http_request *req, struct http_response *ret, struct why *why)
{
	const struct json *root = NULL;
	struct str text;

	(void)ctx;
	TRY(api_read_object(req->arena, req->body, "pattern", &root, why));
	TRY(api_read_text(root, "pattern", true, &text, why));
	struct json_writer w = api_answer(ret);
	(void)pattern_check(text, type_name_check_observable, &w);
	return OK;
}
