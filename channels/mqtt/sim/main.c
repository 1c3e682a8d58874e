/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-siren-sim: sirens that follow docs/siren-device.md, up to 10,000 in one process. The
 * reference for makers: device.c decides and plays, window.c refuses replays, memory.c remembers;
 * this file is the wiring. Connection k serves the devices k, k + K, k + 2K, ...
 */
#include "base/json.h"
#include "base/log.h"
#include "channels/mqtt/sim/memory.h"
#include "channels/mqtt/sim/opened.h"
#include "channels/mqtt/sim/options.h"
#include "channels/mqtt/sim/report.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_DATA = 65, TURN_MS = 1000, SPEECH_MS_PER_BYTE = 60 };

struct connection {
	struct sim *sim;
	struct broker *broker;
	size_t number;
	char client_id[SIREN_NAME_MAX + 1];
	char will_topic[SIREN_TOPIC_SIZE];
	const char **subscriptions;
	size_t subscription_count;
	bool online; /* the devices have said so in this session */
};

struct sim {
	struct sim_options options;
	struct siren_device *devices;
	struct connection *connections;
	struct pollfd *fds; /* one per connection, then the signals and the report */
	struct siren_opener opener;
	struct siren_memory *memory;
	struct report *report;
	struct siren_teller teller;
	struct mono_time turn_at; /* the next thing a device has to do */
	bool ready;
};

static struct connection *connection_of(struct sim *sim, const struct siren_device *d)
{
	return &sim->connections[(size_t)(d - sim->devices) % sim->options.connections];
}

/* ---- device to hub ---- */

static void publish(struct sim *sim, const struct siren_device *d, const char *branch,
	json_t *message, bool retain, uint32_t expiry_s)
{
	char topic[SIREN_TOPIC_SIZE];
	char at[WALL_TIME_TEXT_SIZE];
	json_put_text(
		message, "at", wall_time_format(clock_wall_now(), CLOCK_JST_OFFSET_MINUTES, at));
	json_put_text(message, "power", "ac");
	json_put_int(message, "volume", 80);
	char *text = json_to_text(message);
	json_decref(message);
	if (siren_topic(topic, sim->options.site, branch, d->id) == 0) {
		(void)broker_publish(connection_of(sim, d)->broker, topic, text, strlen(text),
			retain, expiry_s, NULL);
	}
	free(text);
}

static void acknowledge(struct sim *sim, const struct siren_device *d, const char *order_id,
	const char *state, const char *reason)
{
	enum { ACK_EXPIRY_S = 3600 };
	json_t *ack = json_object();
	json_put_text(ack, "id", order_id);
	json_put_text(ack, "state", state);
	json_put_text(ack, "reason", reason);
	publish(sim, d, "ack", ack, false, ACK_EXPIRY_S);
}

static void tell(struct siren_device *d, const char *order_id, const char *state,
	const char *reason, const char *words, void *data)
{
	struct sim *sim = data;
	report_step(sim->report, d->id, order_id, state, reason, words);
	acknowledge(sim, d, order_id, state, reason);
}

/* Only says more about an order that is on disk already, so nobody waits for the disk. */
static void write_progress(
	struct siren_device *d, bool drill, uint64_t hash, enum siren_progress progress, void *data)
{
	struct sim *sim = data;
	const struct siren_seen seen = {.id = hash, .progress = progress};
	if (siren_memory_add(sim->memory, d, drill, seen)) {
		log_error("memory cannot be written", "device=%s", d->id);
	}
}

static void heartbeat(struct sim *sim, struct siren_device *d)
{
	json_t *state = json_object();
	json_t *kids = json_array();
	for (size_t i = 0; i < sim->options.trust_count; i++) {
		(void)json_array_append_new(
			kids, json_string(siren_key_kid(sim->options.trust[i].key)));
	}
	json_put_text(state, "state", "online");
	json_put_text(state, "area", d->area);
	json_put_int(state, "battery_percent", 100);
	json_put_int(state, "seq", d->windows[0].highest);
	json_put_text(state, "firmware", "hansho-siren-sim/" HANSHO_VERSION);
	json_put(state, "kids", kids);
	publish(sim, d, "state", state, true, (uint32_t)(sim->options.heartbeat_ms * 3 / 1000));
	d->heartbeat_at = mono_time_add(clock_mono_now(), sim->options.heartbeat_ms);
}

/* ---- hub to device ---- */

/* One message for the devices of one connection. */
struct incoming {
	const struct broker_message *message;
	const char *area; /* NULL: for device only */
	const char *device;
	enum siren_refusal refusal;	 /* of the message as such */
	const struct siren_order *order; /* NULL when refused */
	const char *id;			 /* "" unless the signature is good */
	uint64_t hash;
	int64_t length_ms;
	char words[512];
};

static bool is_for(const struct incoming *in, const struct siren_device *d)
{
	return !d->dead &&
	       (in->area ? strcmp(in->area, d->area) == 0 : strcmp(in->device, d->id) == 0);
}

/* "tsunami.warning 5s/6s x2: 津波警報が…" */
static void describe(struct incoming *in)
{
	const struct siren_order *o = in->order;
	const struct siren_text *text = o->show_count ? o->show : o->speak_count ? o->speak : NULL;
	char rhythm[64] = "";
	if (o->step_count > 0) {
		(void)snprintf(rhythm, sizeof(rhythm), " %" PRId64 "s/%" PRId64 "s x%d",
			o->pattern[0].on_ms / 1000, o->pattern[0].off_ms / 1000, o->repeat);
	}
	int size = snprintf(in->words, sizeof(in->words), "%s%s%s%s%s", o->drill ? "[drill] " : "",
		o->siren, rhythm, o->siren[0] && text ? ": " : "", text ? text->text : "");
	if (size < 0 || (size_t)size >= sizeof(in->words)) {
		in->words[utf8_cut(in->words, sizeof(in->words) - 1, sizeof(in->words) - 2)] = '\0';
	}
}

static int64_t length_of(const struct sim *sim, const struct siren_order *o)
{
	if (sim->options.sound_ms >= 0) {
		return sim->options.sound_ms;
	}
	int64_t ms = siren_order_sound_ms(o);
	for (size_t i = 0; i < o->speak_count; i++) {
		ms += (int64_t)strlen(o->speak[i].text) * SPEECH_MS_PER_BYTE;
	}
	return ms;
}

/* What is not signed by a key of ours gets an answer under no order's name, or a forger could write
 * "refused" into the record of an order that sounded. What is signed but forbidden is named, unless
 * this device has really obeyed an order of that name. */
static void refuse_message(struct sim *sim, struct siren_device *d, const struct incoming *in)
{
	bool known = siren_window_has(&d->windows[0], in->hash) ||
		     siren_window_has(&d->windows[1], in->hash);
	tell(d, known ? "" : in->id, "refused", siren_refusal_name(in->refusal), "", sim);
}

static void remember(struct sim *sim, const struct siren_device *d, const struct incoming *in)
{
	const struct siren_order *o = in->order;
	struct siren_seen seen = {.id = in->hash, .seq = o->seq, .progress = SIREN_RECEIVED};
	int rc = siren_memory_add(sim->memory, d, o->drill, seen);
	for (size_t i = 0; i < o->stop_count; i++) {
		seen.id = siren_window_id(o->stop[i]);
		seen.progress = SIREN_NOT_OBEYED;
		rc |= siren_memory_add(sim->memory, d, o->drill, seen);
	}
	if (rc) {
		log_error("memory cannot be written", "device=%s", d->id);
	}
}

/* A repeat never sounds; its answer is what became of the order, for a hub that has lost the first
 * answers. */
static void answer_repeat(struct sim *sim, struct siren_device *d, const struct incoming *in)
{
	const char *seen = siren_refusal_name(SIREN_SEEN);
	enum siren_progress progress =
		siren_window_progress(&d->windows[in->order->drill], in->hash);
	report_step(sim->report, d->id, in->order->id, "refused", seen, in->words);
	acknowledge(
		sim, d, in->order->id, progress ? siren_progress_name(progress) : "refused", seen);
}

static void answer(
	struct sim *sim, struct siren_device *d, const struct incoming *in, struct wall_time now)
{
	if (!in->order) {
		refuse_message(sim, d, in);
		return;
	}
	enum siren_refusal refusal =
		siren_device_judge(d, in->order, in->hash, in->message->retained, now);
	if (refusal == SIREN_SEEN) {
		answer_repeat(sim, d, in);
	} else if (refusal) {
		tell(d, in->order->id, "refused", siren_refusal_name(refusal), in->words, sim);
	} else {
		siren_device_obey(d, in->order, in->hash, in->length_ms, in->words, &sim->teller);
	}
}

/* First all decide and write down, then one sync, then all obey. */
static void hand_out(struct sim *sim, struct connection *c, const struct incoming *in)
{
	struct wall_time now = clock_wall_now();
	size_t step = sim->options.connections;
	for (size_t i = c->number; i < sim->options.count; i += step) {
		struct siren_device *d = &sim->devices[i];
		if (is_for(in, d) && in->order &&
			siren_device_judge(d, in->order, in->hash, in->message->retained, now) ==
				SIREN_ACCEPTED) {
			remember(sim, d, in);
		}
	}
	if (siren_memory_sync(sim->memory)) {
		log_error("memory cannot be written", "connection=%zu", c->number);
	}
	for (size_t i = c->number; i < sim->options.count; i += step) {
		struct siren_device *d = &sim->devices[i];
		if (is_for(in, d)) {
			answer(sim, d, in, now);
		}
	}
	sim->turn_at = clock_mono_now();
}

static void on_message(const struct broker_message *message, void *data)
{
	struct connection *c = data;
	struct sim *sim = c->sim;
	struct incoming in = {
		.message = message,
		.area = siren_topic_name(message->topic, sim->options.site, "order/area"),
		.device = siren_topic_name(message->topic, sim->options.site, "order/device"),
	};
	if ((!in.area && !in.device) || message->size == 0) {
		return; /* nothing at all is how a retained message is removed */
	}
	const struct siren_opened *opened =
		siren_opener_open(&sim->opener, message->payload, message->size);
	in.refusal = opened->refusal;
	in.order = opened->order;
	in.id = opened->id;
	in.hash = opened->hash;
	if (in.order) {
		in.length_ms = length_of(sim, in.order);
		describe(&in);
	}
	hand_out(sim, c, &in);
}

/* ---- connections ---- */

static void add_subscription(struct connection *c, const char *branch, const char *name)
{
	char topic[SIREN_TOPIC_SIZE];
	if (siren_topic(topic, c->sim->options.site, branch, name)) {
		return;
	}
	for (size_t i = 0; i < c->subscription_count; i++) {
		if (strcmp(c->subscriptions[i], topic) == 0) {
			return;
		}
	}
	c->subscriptions[c->subscription_count++] = pool_copy_text(c->sim->options.pool, topic);
}

static void open_connection(struct sim *sim, size_t number)
{
	const struct sim_options *o = &sim->options;
	struct connection *c = &sim->connections[number];
	size_t served = (o->count - number + o->connections - 1) / o->connections;
	*c = (struct connection){.sim = sim, .number = number};
	/* The first device's name, so that an ACL by client works for one device a connection. */
	(void)snprintf(c->client_id, sizeof(c->client_id), "%s", sim->devices[number].id);
	(void)siren_topic(c->will_topic, o->site, "state", sim->devices[number].id);
	c->subscriptions = pool_take(o->pool, served * 2 * sizeof(*c->subscriptions));
	for (size_t i = number; i < o->count; i += o->connections) {
		add_subscription(c, "order/area", sim->devices[i].area);
		add_subscription(c, "order/device", sim->devices[i].id);
	}
	const struct broker_settings settings = {
		.addresses = o->brokers,
		.address_count = o->broker_count,
		.client_id = c->client_id,
		.keepalive_s = (int)(o->heartbeat_ms / 1000 < 10 ? 10 : o->heartbeat_ms / 1000),
		.connect_timeout_ms = 10000,
		.subscriptions = c->subscriptions,
		.subscription_count = c->subscription_count,
		.will_topic = c->will_topic,
		.will_payload = "{\"state\":\"offline\"}",
		.will_expiry_s = 86400,
		.message = on_message,
		.data = c,
	};
	c->broker = broker_new(&settings);
}

static void make_devices(struct sim *sim)
{
	const struct sim_options *o = &sim->options;
	sim->devices = mem_new_array(o->count, sizeof(*sim->devices));
	for (size_t i = 0; i < o->count; i++) {
		struct siren_device *d = &sim->devices[i];
		char number[32];
		(void)snprintf(d->id, sizeof(d->id), "%.*s%02u", SIREN_NAME_MAX - 6, o->prefix,
			(unsigned)(i + 1) % 100000u);
		(void)snprintf(number, sizeof(number), ",%zu,", i + 1);
		d->area = o->areas[i % o->area_count];
		d->slot = (int64_t)i % o->slots;
		d->dead = strstr(o->silent, number) != NULL;
	}
}

/* ---- the loop ---- */

/* Everything a device has to do by itself; finds when the next thing is due. */
static void turn(struct sim *sim)
{
	int64_t next_ms = TURN_MS;
	for (size_t i = 0; i < sim->options.count; i++) {
		struct siren_device *d = &sim->devices[i];
		int64_t due_ms = siren_device_turn(d, &sim->teller);
		next_ms = due_ms < next_ms ? due_ms : next_ms;
		if (connection_of(sim, d)->online && mono_time_left_ms(d->heartbeat_at) <= 0) {
			heartbeat(sim, d);
		}
	}
	sim->turn_at = mono_time_add(clock_mono_now(), next_ms < 1 ? 1 : next_ms);
}

static void check_online(struct sim *sim)
{
	size_t online = 0;
	for (size_t k = 0; k < sim->options.connections; k++) {
		struct connection *c = &sim->connections[k];
		bool now = broker_subscribed(c->broker);
		for (size_t i = k; now && !c->online && i < sim->options.count;
			i += sim->options.connections) {
			heartbeat(sim, &sim->devices[i]);
		}
		c->online = now;
		online += now;
	}
	if (!sim->ready && online == sim->options.connections) {
		sim->ready = true;
		report_ready(
			sim->report, sim->options.count, broker_name(sim->connections[0].broker));
	}
}

/* false: told to end. */
static bool step(struct sim *sim)
{
	size_t count = sim->options.connections;
	for (size_t k = 0; k < count; k++) {
		struct broker *b = sim->connections[k].broker;
		sim->fds[k].fd = broker_fd(b);
		sim->fds[k].events = broker_events(b);
	}
	int64_t left_ms = mono_time_left_ms(sim->turn_at);
	report_flush(sim->report);
	if (siren_memory_flush(sim->memory)) {
		log_error("memory cannot be written", "devices=%zu", sim->options.count);
	}
	sim->fds[count + 1] = (struct pollfd){.fd = report_fd(sim->report), .events = POLLOUT};
	int got = poll(sim->fds, count + 2, left_ms < 0 ? 0 : (int)left_ms);
	if (got > 0 && sim->fds[count].revents) {
		return false;
	}
	bool due = mono_time_left_ms(sim->turn_at) <= 0;
	for (size_t k = 0; k < count; k++) {
		if (due || (got > 0 && sim->fds[k].revents)) {
			broker_service(
				sim->connections[k].broker, got > 0 ? sim->fds[k].revents : 0);
		}
	}
	check_online(sim);
	if (due) {
		turn(sim);
	}
	return true;
}

static int watch_signals(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	(void)sigaction(SIGPIPE, &ignore, NULL);
	sigset_t stop;
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTERM);
	(void)sigaddset(&stop, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &stop, NULL);
	return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* One descriptor a connection and a few more. */
static void raise_file_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int run(struct sim *sim, struct err *e)
{
	const struct sim_options *o = &sim->options;
	raise_file_limit();
	sim->opener = (struct siren_opener){.trust = o->trust, .trust_count = o->trust_count};
	make_devices(sim);
	sim->teller = (struct siren_teller){.tell = tell, .reached = write_progress, .data = sim};
	int rc = o->memory_path[0] ? siren_memory_open(o->memory_path, sim->devices, o->count,
					     &sim->memory, e)
				   : 0;
	rc = rc ? rc : report_open(o->report_path, o->json, &sim->report, e);
	if (rc) {
		return rc;
	}
	sim->connections = mem_new_array(o->connections, sizeof(*sim->connections));
	sim->fds = mem_new_array(o->connections + 2, sizeof(*sim->fds));
	for (size_t k = 0; k < o->connections; k++) {
		open_connection(sim, k);
	}
	sim->fds[o->connections] = (struct pollfd){.fd = watch_signals(), .events = POLLIN};
	sim->turn_at = clock_mono_now();
	while (step(sim)) {
		/* until a signal */
	}
	(void)close(sim->fds[o->connections].fd);
	return 0;
}

static void clear(struct sim *sim)
{
	for (size_t k = 0; sim->connections && k < sim->options.connections; k++) {
		broker_free(sim->connections[k].broker);
	}
	siren_opener_clear(&sim->opener);
	report_close(sim->report);
	siren_memory_close(sim->memory);
	for (size_t i = 0; sim->devices && i < sim->options.count; i++) {
		siren_device_clear(&sim->devices[i]);
	}
	free(sim->connections);
	free(sim->fds);
	free(sim->devices);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	log_open("siren-sim", LOG_LEVEL_INFO);
	if (argc == 4 && strcmp(argv[1], "--make-key") == 0) {
		if (siren_key_make(argv[2], argv[3], &e)) {
			(void)fprintf(stderr, "hansho-siren-sim: %s\n", e.text);
			return EXIT_DATA;
		}
		return EXIT_SUCCESS;
	}
	struct sim sim = {0};
	int rc = sim_options_read(argc, argv, &sim.options, &e);
	if (rc == 0) {
		rc = run(&sim, &e);
		clear(&sim);
	}
	sim_options_clear(&sim.options);
	if (rc == 1) {
		(void)fputs(sim_usage, stdout);
		return EXIT_SUCCESS;
	}
	if (rc) {
		(void)fprintf(stderr, "hansho-siren-sim: %s\n", e.text);
		return EXIT_USAGE;
	}
	return EXIT_SUCCESS;
}
