#include "id_use.h"

#include <stdio.h>

#include "base.h"
#include "cases.h"

/* SI-034 */

#define UUID_1 "11111111-1111-4111-8111-111111111111"
#define UUID_2 "22222222-2222-4222-8222-222222222222"
#define BY_1   "identity--33333333-3333-4333-8333-333333333333"
#define BY_2   "identity--44444444-4444-4444-8444-444444444444"

enum { ROWS_MAX = 4 };

/* clang-format off */
static const struct use_case {
	const char *name;
	struct { const char *type, *uuid, *by; } object[ROWS_MAX];
	const char *want; /* "index id other" of each */
} use_cases[] = {
	{ "nothing", { { NULL, NULL, NULL } }, "" },
	{ "two types", { { "tool", UUID_1, BY_1 }, { "malware", UUID_1, BY_1 } }, "1 malware--" UUID_1 " tool;" },
	{ "two producers", { { "tool", UUID_1, BY_1 }, { "malware", UUID_1, BY_2 } }, "" },
	{ "two UUIDs", { { "tool", UUID_1, BY_1 }, { "malware", UUID_2, BY_1 } }, "" },
	{ "two versions", { { "tool", UUID_1, BY_1 }, { "tool", UUID_1, BY_1 } }, "" },
	{ "nobody made them", { { "tool", UUID_1, "" }, { "malware", UUID_1, "" } }, "" },
	{ "somebody who is none", { { "tool", UUID_1, "me" }, { "malware", UUID_1, "me" } }, "" },
	{ "others between", { { "tool", UUID_2, BY_1 }, { "tool", UUID_1, BY_1 }, { "tool", UUID_1, BY_2 }, { "report", UUID_1, BY_1 } }, "3 report--" UUID_1 " tool;" },
	{ "three types", { { "tool", UUID_1, BY_1 }, { "malware", UUID_1, BY_1 }, { "tool", UUID_1, BY_1 }, { "report", UUID_1, BY_1 } }, "1 malware--" UUID_1 " tool;3 report--" UUID_1 " tool;" },
};
/* clang-format on */

static void
found(void *arg, size_t index, struct str id, const char *message)
{
	static const char begin[] = "its creator used this UUID for an object of type ";
	char *text = arg;
	size_t len = strlen(text);

	assert_true(str_starts(str_of(message), str_of(begin)));
	struct str other = str_of(message + sizeof(begin) - 1);
	(void)snprintf(text + len, 512 - len, "%zu " STR_FMT " " STR_FMT ";", index, STR_ARG(id),
	    STR_ARG(str_sub(other, 0, str_find(other, S(":")))));
}

static void
check_use(void **state)
{
	const struct use_case *row = *state;
	CLEANUP(id_use_freep) struct id_use *u = id_use_new();
	char text[512] = "", id[STIX_ID_MAX];

	/* Twice: what was told is forgotten. */
	for (size_t turn = 0; turn < 2; turn++) {
		text[0] = '\0';
		for (size_t i = 0; i < ROWS_MAX && row->object[i].type != NULL; i++) {
			(void)snprintf(id, sizeof(id), "%s--%s", row->object[i].type,
			    row->object[i].uuid);
			const struct stix_object o = {
				.id = str_of(id),
				.type = str_of(row->object[i].type),
				.created_by = str_of(row->object[i].by),
			};
			id_use_note(u, &o, i);
		}
		id_use_each(u, found, text);
		assert_string_equal(text, row->want);
	}
}

/* The first room, and the most types. */
static void
check_many(void **)
{
	enum { MANY = 5000 };
	CLEANUP(id_use_freep) struct id_use *u = id_use_new();
	char text[512] = "", id[STIX_ID_MAX], type[32];

	id_use_each(NULL, found, text);
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(type, sizeof(type), "x-%u", i % (ID_USE_TYPES_MAX + 7));
		(void)snprintf(id, sizeof(id), "%s--%08x-1111-4111-8111-111111111111", type, i);
		const struct stix_object o = { .id = str_of(id),
			.type = str_of(type),
			.created_by = S(BY_1) };

		id_use_note(u, &o, i);
	}
	const struct stix_object o = { .id = S("x-5--00000003-1111-4111-8111-111111111111"),
		.type = S("x-5"),
		.created_by = S(BY_1) };
	id_use_note(u, &o, MANY);
	id_use_each(u, found, text);
	assert_string_equal(text, "5000 x-5--00000003-1111-4111-8111-111111111111 x-3;");
}

int
main(int argc, char **argv)
{
	static struct cases list;

	CASES(&list, use_cases, check_use);
	CASE(&list, check_many);
	return cases_run("id_use", &list, argc, argv);
}
