#include "clock.h"

#include <stdio.h>
#include <time.h>

/* The Gregorian calendar repeats after 400 years. */
enum { DAYS_1 = 365, DAYS_4 = 1461, DAYS_100 = 36524, DAYS_400 = 146097 };
enum { DAYS_BEFORE_1970 = 719162 }; /* from 0001-01-01 */

/* What the four digits of a year can say: 0001-01-01 to 9999-12-31. */
#define TIME_MIN (INT64_C(-62135596800) * US_PER_S)
#define TIME_MAX (INT64_C(253402300800) * US_PER_S - 1)

enum { MONTHS = 12 };

/* Days of a common year before each month, and in all. */
static const int days_before[MONTHS + 1] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334,
	365 };

struct day {
	int year, month, day; /* each from 1 */
};

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of the year before a month; month 13 gives the whole year. */
static int
days_to_month(int year, int month)
{
	return days_before[month - 1] + (month > 2 && is_leap(year));
}

static int
days_in_month(int year, int month)
{
	return days_to_month(year, month + 1) - days_to_month(year, month);
}

/* Days since 0001-01-01. */
static int
days_from_day(const struct day *d)
{
	int past = d->year - 1;

	return past * DAYS_1 + past / 4 - past / 100 + past / 400 +
	       days_to_month(d->year, d->month) + d->day - 1;
}

static struct day
day_from_days(int days)
{
	int years = days / DAYS_400 * 400;

	/* The last day of a leap year would begin a fifth year, or century. */
	days %= DAYS_400;
	int centuries = days / DAYS_100 < 3 ? days / DAYS_100 : 3;
	days -= centuries * DAYS_100;
	years += centuries * 100 + days / DAYS_4 * 4;
	days %= DAYS_4;
	int single = days / DAYS_1 < 3 ? days / DAYS_1 : 3;
	days -= single * DAYS_1;

	struct day d = { .year = years + single + 1, .month = 1 };
	while (days >= days_to_month(d.year, d.month + 1))
		d.month++;
	d.day = days - days_to_month(d.year, d.month) + 1;
	return d;
}

static time_us
us_from_timespec(const struct timespec *t)
{
	return (time_us)t->tv_sec * US_PER_S + t->tv_nsec / 1000;
}

static time_us
system_wall(const struct clock *c)
{
	struct timespec t;

	(void)c;
	clock_gettime(CLOCK_REALTIME, &t);
	return us_from_timespec(&t);
}

static time_us
system_monotonic(const struct clock *c)
{
	struct timespec t;

	(void)c;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return us_from_timespec(&t);
}

static time_us
fixed_time(const struct clock *c)
{
	return c->fixed;
}

const struct clock clock_system = { .wall = system_wall, .monotonic = system_monotonic };

struct clock
clock_fixed(time_us at)
{
	return (struct clock){ .wall = fixed_time, .monotonic = fixed_time, .fixed = at };
}

/* Writes n as `width` digits, with zeros in front. */
static char *
put_digits(char *at, int64_t n, size_t width)
{
	for (size_t i = width; i > 0; i--, n /= 10)
		at[i - 1] = (char)('0' + n % 10);
	return at + width;
}

/* Up to and with the seconds, without the Z; the rest of a second in *ret_us. */
static char *
put_seconds(char *at, time_us when, time_us *ret_us)
{
	when = when < TIME_MIN ? TIME_MIN : when > TIME_MAX ? TIME_MAX : when;
	time_us since = when - TIME_MIN;
	struct day d = day_from_days((int)(since / US_PER_DAY));

	at = put_digits(at, d.year, 4);
	*at++ = '-';
	at = put_digits(at, d.month, 2);
	*at++ = '-';
	at = put_digits(at, d.day, 2);
	*at++ = 'T';
	at = put_digits(at, since % US_PER_DAY / US_PER_H, 2);
	*at++ = ':';
	at = put_digits(at, since % US_PER_H / US_PER_MIN, 2);
	*at++ = ':';
	at = put_digits(at, since % US_PER_MIN / US_PER_S, 2);
	*ret_us = since % US_PER_S;
	return at;
}

void
time_text(time_us at, char *ret)
{
	time_us us;

	ret = put_seconds(ret, at, &us);
	*ret++ = '.';
	ret = put_digits(ret, us, 6);
	memcpy(ret, "Z", 2);
}

void
time_text_s(time_us at, char *ret)
{
	time_us us;

	memcpy(put_seconds(ret, at, &us), "Z", 2);
}

/* Takes `width` digits and the byte `after` off *text; '\0' stands for none. */
static bool
take_digits(struct str *text, size_t width, char after, int *ret)
{
	size_t len = width + (after != '\0');
	int n = 0;

	if (text->len < len)
		return false;
	for (size_t i = 0; i < width; i++) {
		if (text->ptr[i] < '0' || text->ptr[i] > '9')
			return false;
		n = n * 10 + (text->ptr[i] - '0');
	}
	if (after != '\0' && text->ptr[width] != after)
		return false;
	*text = str_sub(*text, len, SIZE_MAX);
	*ret = n;
	return true;
}

static bool
take_day(struct str *text, struct day *ret)
{
	if (!take_digits(text, 4, '-', &ret->year) || !take_digits(text, 2, '-', &ret->month) ||
	    !take_digits(text, 2, 'T', &ret->day))
		return false;
	return ret->year >= 1 && ret->month >= 1 && ret->month <= MONTHS && ret->day >= 1 &&
	       ret->day <= days_in_month(ret->year, ret->month);
}

/* ".5" is 500,000; nothing is 0; a point without a digit is wrong. */
static bool
take_fraction(struct str *text, time_us *ret)
{
	time_us place = US_PER_S / 10;
	time_us us = 0;
	size_t i = 1;

	if (text->len == 0 || text->ptr[0] != '.') {
		*ret = 0;
		return true;
	}
	for (; i < text->len && text->ptr[i] >= '0' && text->ptr[i] <= '9'; i++, place /= 10)
		us += (text->ptr[i] - '0') * place;
	*text = str_sub(*text, i, SIZE_MAX);
	*ret = us;
	return i > 1;
}

bool
time_parse(struct str text, time_us *ret)
{
	struct day d;
	int hour, minute, second;
	time_us us;

	if (!take_day(&text, &d) || !take_digits(&text, 2, ':', &hour) ||
	    !take_digits(&text, 2, ':', &minute) || !take_digits(&text, 2, '\0', &second) ||
	    !take_fraction(&text, &us) || !str_is(text, "Z"))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ret = (time_us)(days_from_day(&d) - DAYS_BEFORE_1970) * US_PER_DAY + hour * US_PER_H +
	       minute * US_PER_MIN + second * US_PER_S + us;
	return true;
}
