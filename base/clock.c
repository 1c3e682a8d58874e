/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;
	if (clock_gettime(id, &ts) != 0) {
		return 0;
	}
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t machine_wall_ms(void *data)
{
	(void)data;
	return read_clock(CLOCK_REALTIME);
}

static int64_t machine_mono_ms(void *data)
{
	(void)data;
	return read_clock(CLOCK_BOOTTIME);
}

static const struct clock_source machine = {
	.wall_ms = machine_wall_ms,
	.mono_ms = machine_mono_ms,
	.data = NULL,
};

static const struct clock_source *current = &machine;

void clock_set_source(const struct clock_source *source)
{
	current = source ? source : &machine;
}

struct wall_time clock_wall_now(void)
{
	return (struct wall_time){.ms = current->wall_ms(current->data)};
}

struct mono_time clock_mono_now(void)
{
	return (struct mono_time){.ms = current->mono_ms(current->data)};
}

struct mono_time mono_time_add(struct mono_time t, int64_t ms)
{
	int64_t sum;
	if (__builtin_add_overflow(t.ms, ms, &sum)) {
		sum = ms > 0 ? INT64_MAX : INT64_MIN;
	}
	return (struct mono_time){.ms = sum};
}

int64_t mono_time_left_ms(struct mono_time t)
{
	struct mono_time now = clock_mono_now();
	int64_t left;
	if (__builtin_sub_overflow(t.ms, now.ms, &left)) {
		left = INT64_MAX;
	}
	return left;
}

/* Days since 1970-01-01 of a proleptic Gregorian date. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

struct scanner {
	const char *at;
	const char *end;
};

static int take_digits(struct scanner *s, int count, int *value)
{
	int sum = 0;
	for (int i = 0; i < count; i++) {
		if (s->at == s->end || *s->at < '0' || *s->at > '9') {
			return -EINVAL;
		}
		sum = sum * 10 + (*s->at++ - '0');
	}
	*value = sum;
	return 0;
}

static int take_char(struct scanner *s, char c)
{
	if (s->at == s->end || *s->at != c) {
		return -EINVAL;
	}
	s->at++;
	return 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static int take_offset(struct scanner *s, int *minutes)
{
	if (s->at < s->end && *s->at == 'Z') {
		s->at++;
		*minutes = 0;
		return 0;
	}
	if (s->at == s->end || (*s->at != '+' && *s->at != '-')) {
		return -EINVAL;
	}
	int sign = *s->at++ == '-' ? -1 : 1;
	int hours = 0;
	int mins = 0;
	if (take_digits(s, 2, &hours) || take_char(s, ':') || take_digits(s, 2, &mins)) {
		return -EINVAL;
	}
	if (mins > 59 || hours * 60 + mins > 14 * 60) {
		return -EINVAL;
	}
	*minutes = sign * (hours * 60 + mins);
	return 0;
}

int wall_time_parse(const char *text, size_t size, struct wall_time *out, int *offset_minutes)
{
	struct scanner s = {.at = text, .end = text + size};
	while (s.at < s.end && strchr(" \t\r\n", *s.at)) {
		s.at++;
	}
	while (s.end > s.at && strchr(" \t\r\n", s.end[-1])) {
		s.end--;
	}
	int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0, ms = 0;
	if (take_digits(&s, 4, &year) || take_char(&s, '-') || take_digits(&s, 2, &month) ||
		take_char(&s, '-') || take_digits(&s, 2, &day) || take_char(&s, 'T') ||
		take_digits(&s, 2, &hour) || take_char(&s, ':') || take_digits(&s, 2, &minute) ||
		take_char(&s, ':') || take_digits(&s, 2, &second)) {
		return -EINVAL;
	}
	if (s.at < s.end && *s.at == '.') {
		s.at++;
		int weight = 100;
		const char *first = s.at;
		for (; s.at < s.end && *s.at >= '0' && *s.at <= '9'; s.at++, weight /= 10) {
			ms += (*s.at - '0') * weight;
		}
		if (s.at == first) {
			return -EINVAL;
		}
	}
	if (take_offset(&s, &offset) || s.at != s.end) {
		return -EINVAL;
	}
	bool midnight_24 = hour == 24 && minute == 0 && second == 0;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
		(hour > 23 && !midnight_24) || minute > 59 || second > 60) {
		return -EINVAL;
	}
	int64_t seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 +
			  second - (int64_t)offset * 60;
	*out = (struct wall_time){.ms = seconds * 1000 + ms};
	if (offset_minutes) {
		*offset_minutes = offset;
	}
	return 0;
}

const char *wall_time_format(struct wall_time t, int offset_minutes, char out[WALL_TIME_TEXT_SIZE])
{
	/* Years 0001 to 9999 are what the format can say. */
	if (t.ms < -62135596800000 || t.ms > 253402214400000) {
		out[0] = '\0';
		return out;
	}
	int64_t local = t.ms + (int64_t)offset_minutes * 60000;
	int64_t days = local / 86400000;
	int64_t rest = local % 86400000;
	if (rest < 0) {
		rest += 86400000;
		days--;
	}
	int64_t year;
	int month, day;
	civil_from_days(days, &year, &month, &day);
	char fraction[8] = "";
	if (rest % 1000 != 0) {
		(void)snprintf(fraction, sizeof(fraction), ".%03d", (int)(rest % 1000));
	}
	int absolute = offset_minutes < 0 ? -offset_minutes : offset_minutes;
	(void)snprintf(out, WALL_TIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d",
		(int)year, month, day, (int)(rest / 3600000), (int)(rest / 60000 % 60),
		(int)(rest / 1000 % 60), fraction, offset_minutes < 0 ? '-' : '+',
		absolute / 60 % 100, absolute % 60);
	return out;
}
