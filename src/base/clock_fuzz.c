#include "clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A timestamp that is accepted keeps its seconds when it is written again, and
 * what was written reads as the same instant. */
static void
read_and_back(struct str input)
{
	char text[TIME_TEXT_MAX];
	time_us at, back;
	size_t seconds = sizeof("YYYY-MM-DDTHH:MM:SS") - 1;

	if (!time_parse(input, &at))
		return;
	time_text(at, text);
	if (!str_eq(str_sub(input, 0, seconds), str_sub(str_of(text), 0, seconds)))
		__builtin_trap();
	if (!time_parse(str_of(text), &back) || back != at)
		__builtin_trap();
}

/* Any number is an instant that can be written. */
static void
write_and_back(time_us at)
{
	char text[TIME_TEXT_MAX], again[TIME_TEXT_MAX];
	time_us back;

	time_text(at, text);
	if (!time_parse(str_of(text), &back))
		__builtin_trap();
	time_text(back, again);
	if (!str_eq(str_of(text), str_of(again)))
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	time_us at = 0;

	memcpy(&at, data, size < sizeof(at) ? size : sizeof(at));
	write_and_back(at);
	read_and_back((struct str){ (const char *)data, size });
	return 0;
}
