/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-fetch-sensor: readings over MQTT in, alerts of our own gauges out.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "ingest/fetch/fetch.h"
#include "ingest/fetch/sensor/memory.h"
#include "ingest/fetch/sensor/settings.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum {
	TICK_MS = 500,
	CONNECT_MS = 5000,
	SAVE_MS = 60 * 1000,
	HEALTH_SIZE = 240,
	SESSION_S = 3600,
};

struct sensor {
	struct fetch *fetch;
	struct sensor_settings *settings;
	struct sensor_memory memory;
	struct broker *broker;
	struct event *tick;
	struct event *io; /* of the broker's descriptor */
	struct mono_time saved;
	struct wall_time heard; /* the last reading of any gauge */
	TAILQ_HEAD(errand_list, errand) errands;
	char refusal[HEALTH_SIZE]; /* why the hub refuses our notices; "" while it does not */
};

/* A notice on its way. text is the element of memory.pending, which it keeps alive. */
struct errand {
	TAILQ_ENTRY(errand) next;
	struct sensor *sensor;
	json_t *text;
};

static void save(struct sensor *s)
{
	struct err e = {0};
	s->saved = clock_mono_now();
	if (sensor_memory_save(&s->memory, s->settings, &e) != 0) {
		log_error("cannot remember the gauges", "reason=%s", LOG_TEXT(e.text));
	}
}

/* ---- notices ---- */

static void forget_pending(struct sensor *s, const json_t *text)
{
	for (size_t i = 0; i < json_array_size(s->memory.pending); i++) {
		if (json_array_get(s->memory.pending, i) == text) {
			json_array_remove(s->memory.pending, i);
			return;
		}
	}
}

static void drop_errand(struct errand *errand)
{
	TAILQ_REMOVE(&errand->sensor->errands, errand, next);
	json_decref(errand->text);
	free(errand);
}

static void told(void *data, const struct fetch_answer *answer)
{
	struct errand *errand = data;
	struct sensor *s = errand->sensor;
	bool refused = answer->verdict == FETCH_REFUSED;
	if (refused) {
		log_error("the hub refuses a gauge's notice", "code=%s reason=%s",
			LOG_TEXT(answer->code), LOG_TEXT(answer->reason));
	}
	(void)snprintf(s->refusal, sizeof(s->refusal), "%s%.200s",
		refused ? "the hub refuses notices: " : "", refused ? answer->reason : "");
	forget_pending(s, errand->text);
	save(s);
	drop_errand(errand);
}

static void submit(struct sensor *s, json_t *text)
{
	struct errand *errand = mem_new(sizeof(*errand));
	*errand = (struct errand){.sensor = s, .text = json_incref(text)};
	TAILQ_INSERT_TAIL(&s->errands, errand, next);
	fetch_submit(s->fetch, json_string_value(text), json_string_length(text), told, errand);
}

static void tell(struct sensor *s, const struct sensor_gauge *g, enum gauge_change change)
{
	size_t size;
	char *notice = notice_write(&g->gauge, &g->origin, change, &size);
	json_t *text = json_stringn(notice, size);
	free(notice);
	log_info("gauge", "name=%s step=%zu value=%.2f%s", g->rule.name, g->gauge.step,
		g->gauge.value, LOG_TEXT(g->rule.unit));
	json_array_append(s->memory.pending, text);
	save(s);
	submit(s, text);
	json_decref(text);
}

/* ---- readings ---- */

static void refuse(struct sensor_gauge *g, const char *reason)
{
	g->refused++;
	if (g->refused == 1) {
		log_warning("a reading says nothing", "gauge=%s reason=%s", g->rule.name,
			LOG_TEXT(reason));
	}
}

static void read_message(struct sensor *s, struct sensor_gauge *g, const struct broker_message *m)
{
	static const char *const reasons[] = {
		[GAUGE_TAKEN] = "",
		[GAUGE_KNOWN] = "",
		[GAUGE_STALE] = "too old",
		[GAUGE_AHEAD] = "its time is ahead of our clock",
		[GAUGE_IMPLAUSIBLE] = "outside of lowest and highest",
	};
	struct err e = {0};
	double value;
	struct wall_time at;
	struct wall_time now = clock_wall_now();
	if (reading_parse(&g->form, m->payload, m->size, &value, &at, &e) != 0) {
		refuse(g, e.text);
		return;
	}
	if (wall_time_is_none(at) && m->retained) {
		return; /* nobody knows how old it is */
	}
	enum gauge_change change;
	enum gauge_answer answer =
		gauge_read(&g->gauge, value, wall_time_is_none(at) ? now : at, now, &change);
	if (reasons[answer][0]) {
		refuse(g, reasons[answer]);
	} else if (answer == GAUGE_TAKEN) {
		g->refused = 0;
		s->heard = now;
	}
	if (change != GAUGE_SAME) {
		tell(s, g, change);
	}
}

static void on_message(const struct broker_message *m, void *data)
{
	struct sensor *s = data;
	for (size_t i = 0; i < s->settings->gauge_count; i++) {
		if (strcmp(s->settings->gauges[i].topic, m->topic) == 0) {
			read_message(s, &s->settings->gauges[i], m);
		}
	}
}

/* ---- health ---- */

/* Names those that nobody has heard of. Returns how many. */
static size_t name_silent(const struct sensor *s, struct buf *text)
{
	size_t silent = 0;
	struct wall_time now = clock_wall_now();
	for (size_t i = 0; i < s->settings->gauge_count; i++) {
		const struct sensor_gauge *g = &s->settings->gauges[i];
		if (gauge_is_silent(&g->gauge, now)) {
			buf_addf(text, "%s%s%s", silent ? ", " : "no data: ", g->rule.name,
				g->refused > 0 ? " (what it sends says nothing)" : "");
			silent++;
		}
	}
	return silent;
}

static void tell_health(struct sensor *s)
{
	const struct outcome *fault = broker_fault(s->broker);
	struct buf text;
	buf_init(&text, HEALTH_SIZE);
	size_t silent = name_silent(s, &text);
	if (!broker_subscribed(s->broker)) {
		char line[HEALTH_SIZE];
		(void)snprintf(line, sizeof(line), "no broker: %.200s", fault ? fault->text : "");
		fetch_health(s->fetch, FETCH_DOWN, s->heard, line);
	} else if (s->refusal[0]) {
		fetch_health(s->fetch, FETCH_DEGRADED, s->heard, s->refusal);
	} else {
		enum fetch_state state = silent == 0			     ? FETCH_OK
					 : silent < s->settings->gauge_count ? FETCH_DEGRADED
									     : FETCH_DOWN;
		fetch_health(s->fetch, state, s->heard, buf_text(&text));
	}
	buf_clear(&text);
}

/* ---- the broker on our loop ---- */

static void on_io(evutil_socket_t fd, short what, void *data);

/* Made anew each time: an attempt's socket may have the number of the one before it, and then only
 * the kernel knows that it is another. */
static void watch_broker(struct sensor *s)
{
	int fd = broker_fd(s->broker);
	short wanted = fd < 0 ? 0 : broker_events(s->broker);
	short events = (short)((wanted & POLLIN ? EV_READ : 0) | (wanted & POLLOUT ? EV_WRITE : 0));
	if (s->io) {
		event_free(s->io);
		s->io = NULL;
	}
	if (fd >= 0 && events != 0) {
		s->io = event_new(fetch_base(s->fetch), fd, (short)(events | EV_PERSIST), on_io, s);
		event_add(s->io, NULL);
	}
}

static void on_io(evutil_socket_t fd, short what, void *data)
{
	struct sensor *s = data;
	(void)fd;
	short revents = (short)((what & EV_READ ? POLLIN : 0) | (what & EV_WRITE ? POLLOUT : 0));
	bool was_ready = broker_subscribed(s->broker);
	broker_service(s->broker, revents);
	watch_broker(s);
	if (was_ready != broker_subscribed(s->broker)) {
		tell_health(s);
	}
}

static void on_tick(evutil_socket_t fd, short what, void *data)
{
	struct sensor *s = data;
	(void)fd;
	(void)what;
	broker_service(s->broker, 0);
	watch_broker(s);
	tell_health(s);
	if (mono_time_left_ms(mono_time_add(s->saved, SAVE_MS)) <= 0) {
		save(s); /* the sums of windows */
	}
}

/* ---- start and end ---- */

static void submit_pending(struct sensor *s)
{
	size_t i;
	json_t *text;
	json_array_foreach(s->memory.pending, i, text)
	{
		if (json_is_string(text)) {
			submit(s, text);
		}
	}
}

/* What a broker kept while we were away may be an hour old: only readings that say when they were
 * taken may come so late. */
static bool all_bear_times(const struct sensor_settings *settings)
{
	for (size_t i = 0; i < settings->gauge_count; i++) {
		if (settings->gauges[i].form.time[0] == '\0') {
			return false;
		}
	}
	return true;
}

static int open_sensor(struct fetch *f, const json_t *options, void **instance, struct err *e)
{
	struct sensor_settings *settings = NULL;
	int rc = sensor_settings_new(options, fetch_site(f), fetch_feed(f), &settings, e);
	if (rc != 0) {
		return rc;
	}
	struct sensor *s = mem_new(sizeof(*s));
	*s = (struct sensor){.fetch = f,
		.settings = settings,
		.heard = WALL_TIME_NONE,
		.saved = clock_mono_now()};
	TAILQ_INIT(&s->errands);
	struct err damage = {0};
	if (sensor_memory_open(&s->memory, fetch_state_dir(f), settings, &damage) != 0) {
		log_error("the gauges' state is lost", "reason=%s", LOG_TEXT(damage.text));
	}
	const struct broker_settings broker = {
		.addresses = settings->brokers.list,
		.address_count = settings->brokers.count,
		.client_id = settings->client_id,
		.keep_session = all_bear_times(settings),
		.session_expiry_s = SESSION_S,
		.keepalive_s = settings->keepalive_s,
		.connect_timeout_ms = CONNECT_MS,
		.subscriptions = settings->topics,
		.subscription_count = settings->gauge_count,
		.will_topic = "",
		.will_payload = "",
		.message = on_message,
		.data = s,
	};
	s->broker = broker_new(&broker);
	s->tick = event_new(fetch_base(f), -1, EV_PERSIST, on_tick, s);
	const struct timeval every = {.tv_usec = TICK_MS * 1000};
	event_add(s->tick, &every);
	event_active(s->tick, EV_TIMEOUT, 0);
	submit_pending(s);
	*instance = s;
	return 0;
}

static void close_sensor(void *instance)
{
	struct sensor *s = instance;
	struct errand *errand;
	save(s);
	while ((errand = TAILQ_FIRST(&s->errands)) != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
		drop_errand(errand);
	}
	if (s->io) {
		event_free(s->io);
	}
	event_free(s->tick);
	broker_free(s->broker);
	sensor_memory_close(&s->memory);
	sensor_settings_free(s->settings);
	free(s);
}

int main(int argc, char **argv)
{
	const struct fetch_program program = {
		.declaration = &fetch_sensor, .open = open_sensor, .close = close_sensor};
	return fetch_main(argc, argv, &program);
}
