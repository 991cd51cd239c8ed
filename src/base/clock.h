/* clock.h: time as int64 microseconds since 1970, UTC.
 *
 * Nothing reads a clock by itself: a struct clock is handed in, so that tests
 * and replays can say what time it is. */
#pragma once

#include "base.h"

typedef int64_t time_us;

enum { TIME_TEXT_MAX = 32 };
#define US_PER_S   INT64_C(1'000'000)
#define US_PER_MIN (60 * US_PER_S)
#define US_PER_H   (60 * US_PER_MIN)
#define US_PER_DAY (24 * US_PER_H)
#define TIME_NEVER INT64_MAX

struct clock {
	time_us (*wall)(const struct clock *c);
	time_us (*monotonic)(const struct clock *c);
	time_us fixed; /* for clock_fixed() */
};

/* The machine's clocks. */
extern const struct clock clock_system;

/* A clock that stands at one instant. */
struct clock clock_fixed(time_us at);

static inline time_us
clock_wall(const struct clock *c)
{
	return c->wall(c);
}

static inline time_us
clock_monotonic(const struct clock *c)
{
	return c->monotonic(c);
}

/* "2026-11-22T03:04:05.123456Z", always six digits.  ret holds TIME_TEXT_MAX.
 * An instant outside the years 0001 to 9999 is written as the nearest inside. */
void time_text(time_us at, char *ret);

/* The same cut to the second, "2026-11-22T03:04:05Z". */
void time_text_s(time_us at, char *ret);

/* Reads YYYY-MM-DDTHH:MM:SS[.f...]Z with any number of fraction digits; those
 * after the sixth are dropped.  false: not a timestamp, no such day, year 0000,
 * or second 60: a leap second has no number in time_us that another second does
 * not have, so it could not be written again.
 * Source: STIX 2.1, section 2.16; RFC 3339, section 5.6. */
bool time_parse(struct str text, time_us *ret);
