/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/metrics.h"

#include "base/mem.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_TIME };

struct metric_name {
	const char *name;
	enum metric_type type;
	const char *help;
};

static const struct metric_name names[] = {
	{"hansho_alerts_total", METRIC_COUNTER, "Telegrams by feed and answer."},
	{"hansho_defects_total", METRIC_COUNTER,
		"What was odd about accepted alerts, by feed and code."},
	{"hansho_decisions_total", METRIC_COUNTER, "What the rules made of accepted alerts."},
	{"hansho_outcomes_total", METRIC_COUNTER, "Target outcomes by channel and class."},
	{"hansho_receipts_total", METRIC_COUNTER, "Receipts by channel and state."},
	{"hansho_agent_crashes_total", METRIC_COUNTER, "Driver processes that died unasked."},
	{"hansho_driver_faults_total", METRIC_COUNTER, "Protocol breaches of drivers."},
	{"hansho_store_failures_total", METRIC_COUNTER,
		"Transactions that could not be committed."},
	{"hansho_commits_total", METRIC_COUNTER, "Transactions committed."},
	{"hansho_accept_seconds", METRIC_TIME, "From the last byte of a telegram to its commit."},
	{"hansho_batch_seconds", METRIC_TIME, "From handing a batch to an agent to its end."},
	{"hansho_first_delivery_seconds", METRIC_TIME,
		"From the last byte of a telegram to the first delivered target of a channel."},
	{"hansho_agents", METRIC_GAUGE, "Agents by channel and state."},
	{"hansho_breaker_open", METRIC_GAUGE, "1 while a channel's breaker is open."},
	{"hansho_queue_targets", METRIC_GAUGE, "Targets waiting, unknown and failed."},
	{"hansho_feed_alive", METRIC_GAUGE, "1 while a feed is known to live."},
	{"hansho_hazard_known", METRIC_GAUGE,
		"1 while it is known whether a hazard is announced; 0: nobody can say."},
	{"hansho_alarms_open", METRIC_GAUGE, "Alarms to staff that are open."},
	{"hansho_feed_age_seconds", METRIC_GAUGE, "Since the last message of a feed."},
};

enum { NAME_COUNT = sizeof(names) / sizeof(names[0]) };

/* Upper bounds in milliseconds; the last bucket is +Inf. */
static const int64_t bounds_ms[] = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 30000};
enum { BOUND_COUNT = sizeof(bounds_ms) / sizeof(bounds_ms[0]) };

struct series {
	struct series *next;
	char *labels;
	uint64_t count;
	int64_t value;
	uint64_t sum_ms;
	uint64_t buckets[BOUND_COUNT];
};

struct metrics {
	struct series *series[NAME_COUNT];
};

struct metrics *metrics_new(void)
{
	return mem_new(sizeof(struct metrics));
}

void metrics_free(struct metrics *m)
{
	if (!m) {
		return;
	}
	for (size_t i = 0; i < NAME_COUNT; i++) {
		struct series *next;
		for (struct series *s = m->series[i]; s; s = next) {
			next = s->next;
			free(s->labels);
			free(s);
		}
	}
	free(m);
}

static size_t index_of(const char *name)
{
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (strcmp(names[i].name, name) == 0) {
			return i;
		}
	}
	assert(0 && "metric is not in the table");
	return 0;
}

static struct series *find(struct metrics *m, const char *name, const char *labels)
{
	struct series **at = &m->series[index_of(name)];
	for (; *at; at = &(*at)->next) {
		if (strcmp((*at)->labels, labels) == 0) {
			return *at;
		}
	}
	*at = mem_new(sizeof(**at));
	(*at)->labels = mem_copy_text(labels);
	return *at;
}

void metrics_count(struct metrics *m, const char *name, const char *labels, uint64_t add)
{
	find(m, name, labels)->count += add;
}

void metrics_gauge(struct metrics *m, const char *name, const char *labels, int64_t value)
{
	find(m, name, labels)->value = value;
}

void metrics_time(struct metrics *m, const char *name, const char *labels, int64_t ms)
{
	struct series *s = find(m, name, labels);
	if (ms < 0) {
		ms = 0; /* the wall clock was set back */
	}
	s->count++;
	s->sum_ms += (uint64_t)ms;
	for (size_t i = 0; i < BOUND_COUNT; i++) {
		s->buckets[i] += ms <= bounds_ms[i];
	}
}

uint64_t metrics_value(const struct metrics *m, const char *name, const char *labels)
{
	for (const struct series *s = m->series[index_of(name)]; s; s = s->next) {
		if (strcmp(s->labels, labels) == 0) {
			return names[index_of(name)].type == METRIC_GAUGE ? (uint64_t)s->value
									  : s->count;
		}
	}
	return 0;
}

static void write_time(const struct series *s, const char *name, struct buf *out)
{
	const char *comma = s->labels[0] ? "," : "";
	for (size_t i = 0; i < BOUND_COUNT; i++) {
		(void)buf_addf(out, "%s_bucket{%s%sle=\"%g\"} %llu\n", name, s->labels, comma,
			(double)bounds_ms[i] / 1000.0, (unsigned long long)s->buckets[i]);
	}
	(void)buf_addf(out, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", name, s->labels, comma,
		(unsigned long long)s->count);
	const char *open = s->labels[0] ? "{" : "";
	const char *close = s->labels[0] ? "}" : "";
	(void)buf_addf(out, "%s_sum%s%s%s %g\n%s_count%s%s%s %llu\n", name, open, s->labels, close,
		(double)s->sum_ms / 1000.0, name, open, s->labels, close,
		(unsigned long long)s->count);
}

void metrics_write(const struct metrics *m, struct buf *out)
{
	static const char *const types[] = {[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_TIME] = "histogram"};
	for (size_t i = 0; i < NAME_COUNT; i++) {
		(void)buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", names[i].name, names[i].help,
			names[i].name, types[names[i].type]);
		for (const struct series *s = m->series[i]; s; s = s->next) {
			const char *open = s->labels[0] ? "{" : "";
			const char *close = s->labels[0] ? "}" : "";
			switch (names[i].type) {
			case METRIC_COUNTER:
				(void)buf_addf(out, "%s%s%s%s %llu\n", names[i].name, open,
					s->labels, close, (unsigned long long)s->count);
				break;
			case METRIC_GAUGE:
				(void)buf_addf(out, "%s%s%s%s %lld\n", names[i].name, open,
					s->labels, close, (long long)s->value);
				break;
			case METRIC_TIME:
				write_time(s, names[i].name, out);
				break;
			}
		}
	}
}
