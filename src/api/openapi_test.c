/* share/openapi.json tells programs what the table of routes decides. */
#include "api.h"
#include "world_p.h"

enum { OPENAPI_ARENA_MAX = 32 * MIB };

static struct world files; /* only its arena is used */
static const struct json *paths;

static void
read_paths(void)
{
	const struct json *root = NULL;

	if (paths != NULL)
		return;
	files.arena = arena_new(OPENAPI_ARENA_MAX);
	struct str text = cases_file(files.arena, API_SHARE "/openapi.json");
	MUST(json_parse(files.arena, text, NULL, &root, WHY));
	paths = json_get(root, S("paths"));
	assert_true(json_is(paths, JSON_OBJECT));
}

static const struct json *
operation_of(const struct http_route *route)
{
	const struct json *path = json_get(paths, str_of(route->path));

	/* clang-format off */
	switch (route->method) {
	case HTTP_GET:    return json_get(path, S("get"));
	case HTTP_POST:   return json_get(path, S("post"));
	case HTTP_PUT:    return json_get(path, S("put"));
	case HTTP_PATCH:  return json_get(path, S("patch"));
	case HTTP_DELETE: return json_get(path, S("delete"));
	case HTTP_METHODS: break;
	}
	/* clang-format on */
	return NULL;
}

static size_t
count_parameters(const struct json *operation, const char *in)
{
	const struct json *list = json_get(operation, S("parameters"));
	size_t n = 0;

	for (const struct json *p = list == NULL ? NULL : list->first; p != NULL; p = p->next)
		n += str_is(json_str(json_get(p, S("in"))), in);
	return n;
}

static void
check_route(const struct http_route *route)
{
	const struct json *operation = operation_of(route);
	size_t braces = 0;

	if (operation == NULL)
		fail_msg("no %s %s", http_method_name(route->method), route->path);
	struct str scope = arena_printf(files.arena, "Scope: %s.", http_scope_name(route->scope));
	struct str text = json_str(json_get(operation, S("description")));
	if (!str_starts(text, scope))
		fail_msg("%s: \"" STR_FMT "\" and not " STR_FMT, route->path, STR_ARG(text),
		    STR_ARG(scope));
	if ((route->roles != 0) != (str_find(text, S(" Roles: ")) != SIZE_MAX))
		fail_msg("%s: roles", route->path);
	if ((route->body_max != 0) != (json_get(operation, S("requestBody")) != NULL))
		fail_msg("%s: requestBody", route->path);
	for (const char *p = route->path; *p != '\0'; p++)
		braces += *p == '{';
	assert_int_equal(count_parameters(operation, "path"), braces);
}

static void
check_routes_are_described(void **state)
{
	(void)state;
	read_paths();
	for (size_t i = 0; i < api_routes_count; i++)
		check_route(&api_routes[i]);
}

static void
check_nothing_else_is(void **state)
{
	size_t operations = 0;

	(void)state;
	read_paths();
	for (const struct json *path = paths->first; path != NULL; path = path->next)
		operations += path->len;
	assert_int_equal(operations, api_routes_count);
}

int
main(int argc, char **argv)
{
	static struct cases cases;

	CASE(&cases, check_routes_are_described);
	CASE(&cases, check_nothing_else_is);
	int failed = cases_run("openapi", &cases, argc, argv);
	arena_free(files.arena);
	return failed;
}
