#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void
cases_add(struct cases *list, const char *name, CMUnitTestFunction check, const void *row)
{
	assert_in_range(list->len, 0, CASES_MAX - 1);
	list->test[list->len++] = (struct CMUnitTest){
		.name = name,
		.test_func = check,
		.initial_state = (void *)(uintptr_t)row,
	};
}

int
cases_run(const char *group, struct cases *list, int argc, char **argv)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests(group, list->test, list->len, NULL, NULL);
}

const char *
cases_conformance(const char *sub, char *ret)
{
	const char *root = getenv("TORANA_CONFORMANCE");
	struct stat st;

	if (root == NULL || root[0] == '\0')
		return NULL;
	snprintf(ret, 4096, "%s/%s", root, sub);
	return stat(ret, &st) == 0 ? ret : NULL;
}

struct str
cases_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st = { 0 };

	if (f == NULL || fstat(fileno(f), &st) != 0) {
		fail_msg("cannot read %s", path);
		return S("");
	}
	char *bytes = arena_make(a, char, (size_t)st.st_size + 1);
	assert_non_null(bytes);
	size_t len = fread(bytes, 1, (size_t)st.st_size, f);
	bytes[len] = '\0';
	(void)fclose(f);
	assert_int_equal(len, st.st_size);
	return (struct str){ bytes, len };
}
