/* SPDX-License-Identifier: Apache-2.0
 *
 *   away ── start() ──> probing ── TCP open ──> connecting ── CONNACK 0 ──> ready
 *    ^                     │                        │                        │
 *    └── drop(): refused, timeout, lost, destroyed ─┴────────────────────────┘
 *
 * Probing exists because the library's only connect call that can ask for a session expiry waits
 * for TCP as long as the kernel likes (minutes): we see first, without waiting, that the port
 * answers. Sessions that are not kept skip it.
 *
 * Runs in the driver process (one session) and in the device simulator (one per connection).
 * Never: a handle that outlives its session.
 */
#include "net/broker.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/mqtt_outcome.h"

#include <assert.h>
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	NAME_SIZE = 320,
	PAUSE_FIRST_MS = 250,
	PAUSE_LAST_MS = 15000,
	RECEIVE_MAXIMUM = 200, /* a broker keeps the rest of a burst in its queue */
	READS_AT_ONCE = 32,    /* then the owner has its turn: an order must not wait for acks */
	STEP_MS = 1000,	       /* the library wants its housekeeping once a second */
};

enum state { AWAY, PROBING, CONNECTING, READY };

struct broker {
	struct broker_settings settings;
	struct mosquitto *handle; /* NULL exactly when AWAY */
	struct addrinfo *found;	  /* while PROBING, as the next two */
	struct addrinfo *next;
	int probe_fd;
	enum state state;
	bool lost;	     /* set by callbacks; the handle cannot be destroyed inside them */
	size_t current;	     /* address of the session or attempt */
	size_t unsubscribed; /* SUBACKs still to come */
	size_t taken;	     /* packets the callbacks have seen */
	char name[NAME_SIZE];
	struct outcome fault;
	struct mono_time give_up; /* of an attempt */
	struct mono_time next_try;
	int64_t pause_ms;
	struct mono_time heard;
};

/* ---- callbacks ---- */

static void subscribe_all(struct broker *b)
{
	const struct broker_settings *s = &b->settings;
	b->unsubscribed = s->subscription_count;
	for (size_t i = 0; i < s->subscription_count; i++) {
		int rc = mosquitto_subscribe_v5(b->handle, NULL, s->subscriptions[i], 1,
			MQTT_SUB_OPT_RETAIN_AS_PUBLISHED, NULL);
		if (rc != MOSQ_ERR_SUCCESS) {
			mqtt_outcome_of_no_connection(mosquitto_strerror(rc), &b->fault);
			b->lost = true;
		}
	}
}

static void on_connect(struct mosquitto *handle, void *data, int reason, int flags,
	const mosquitto_property *props)
{
	(void)handle;
	(void)flags;
	(void)props;
	struct broker *b = data;
	b->heard = clock_mono_now();
	b->taken++;
	if (reason != 0) {
		mqtt_outcome_of_connack(reason, &b->fault);
		b->lost = true;
		return;
	}
	b->state = READY;
	b->pause_ms = 0;
	b->fault = (struct outcome){0};
	subscribe_all(b);
}

static void on_disconnect(
	struct mosquitto *handle, void *data, int reason, const mosquitto_property *props)
{
	(void)handle;
	(void)props;
	struct broker *b = data;
	if (!b->lost) {
		char why[128];
		(void)snprintf(why, sizeof(why), "connection lost: %s",
			reason >= 0x80 ? mosquitto_reason_string(reason)
				       : mosquitto_strerror(reason));
		mqtt_outcome_of_no_connection(why, &b->fault);
	}
	b->lost = true;
}

static void on_puback(
	struct mosquitto *handle, void *data, int mid, int reason, const mosquitto_property *props)
{
	(void)handle;
	(void)props;
	struct broker *b = data;
	b->heard = clock_mono_now();
	b->taken++;
	if (b->settings.acknowledged) {
		b->settings.acknowledged(mid, reason, b->settings.data);
	}
}

static void on_suback(struct mosquitto *handle, void *data, int mid, int count, const int *granted,
	const mosquitto_property *props)
{
	(void)handle;
	(void)props;
	struct broker *b = data;
	for (int i = 0; i < count; i++) {
		if (granted[i] >= 0x80) {
			log_warning("subscription refused", "broker=%s mid=%d reason=0x%02x",
				b->name, mid, (unsigned)granted[i]);
		}
	}
	if (b->unsubscribed > 0) {
		b->unsubscribed--;
	}
}

static void on_message(struct mosquitto *handle, void *data,
	const struct mosquitto_message *message, const mosquitto_property *props)
{
	(void)handle;
	(void)props;
	struct broker *b = data;
	b->heard = clock_mono_now();
	b->taken++;
	const struct broker_message copy = {
		.topic = message->topic,
		.payload = message->payload ? message->payload : "",
		.size = message->payloadlen > 0 ? (size_t)message->payloadlen : 0,
		.retained = message->retain,
	};
	b->settings.message(&copy, b->settings.data);
}

/* ---- session ---- */

static void end_probe(struct broker *b)
{
	if (b->probe_fd >= 0) {
		(void)close(b->probe_fd);
		b->probe_fd = -1;
	}
	if (b->found) {
		freeaddrinfo(b->found);
		b->found = b->next = NULL;
	}
}

static void destroy_handle(struct broker *b)
{
	end_probe(b);
	if (b->handle) {
		mosquitto_destroy(b->handle);
		b->handle = NULL;
	}
	b->state = AWAY;
	b->lost = false;
	b->unsubscribed = 0;
}

/* After a failure: the next address, or a growing pause when all have been tried. */
static void drop(struct broker *b, bool advance)
{
	destroy_handle(b);
	if (!advance) {
		b->current = 0;
	} else if (++b->current >= b->settings.address_count) {
		b->current = 0;
		b->pause_ms = b->pause_ms ? b->pause_ms * 2 : PAUSE_FIRST_MS;
		b->pause_ms = b->pause_ms > PAUSE_LAST_MS ? PAUSE_LAST_MS : b->pause_ms;
		b->next_try = mono_time_add(clock_mono_now(), b->pause_ms);
	}
}

static int set_will(struct broker *b)
{
	const struct broker_settings *s = &b->settings;
	if (!s->will_topic || s->will_topic[0] == '\0') {
		return MOSQ_ERR_SUCCESS;
	}
	mosquitto_property *props = NULL;
	int rc = mosquitto_property_add_int32(
		&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, s->will_expiry_s);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_will_set_v5(b->handle, s->will_topic, (int)strlen(s->will_payload),
			s->will_payload, 1, true, props);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		mosquitto_property_free_all(&props); /* otherwise the handle owns it */
	}
	return rc;
}

static int prepare_handle(struct broker *b, const struct broker_address *to)
{
	struct mosquitto *handle = b->handle;
	mosquitto_connect_v5_callback_set(handle, on_connect);
	mosquitto_disconnect_v5_callback_set(handle, on_disconnect);
	mosquitto_publish_v5_callback_set(handle, on_puback);
	mosquitto_subscribe_v5_callback_set(handle, on_suback);
	mosquitto_message_v5_callback_set(handle, on_message);
	int rc = mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, RECEIVE_MAXIMUM);
	}
	if (rc == MOSQ_ERR_SUCCESS && to->username[0]) {
		rc = mosquitto_username_pw_set(
			handle, to->username, to->password[0] ? to->password : NULL);
	}
	if (rc == MOSQ_ERR_SUCCESS && to->ca_file[0]) {
		rc = mosquitto_tls_set(handle, to->ca_file, NULL,
			to->cert_file[0] ? to->cert_file : NULL,
			to->key_file[0] ? to->key_file : NULL, NULL);
	}
	return rc == MOSQ_ERR_SUCCESS ? set_will(b) : rc;
}

static void blame(struct broker *b, const char *why)
{
	char text[NAME_SIZE + 128];
	(void)snprintf(text, sizeof(text), "%s: %s", b->name, why);
	mqtt_outcome_of_no_connection(text, &b->fault);
}

static const char *library_text(int rc)
{
	return rc == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(rc);
}

static int connect_handle(struct broker *b)
{
	const struct broker_settings *s = &b->settings;
	const struct broker_address *to = &s->addresses[b->current];
	b->state = CONNECTING;
	errno = 0;
	if (!s->keep_session) {
		return mosquitto_connect_bind_async(
			b->handle, to->host, to->port, s->keepalive_s, NULL);
	}
	mosquitto_property *props = NULL;
	int rc = mosquitto_property_add_int32(
		&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, s->session_expiry_s);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_property_add_int16(
			&props, MQTT_PROP_RECEIVE_MAXIMUM, RECEIVE_MAXIMUM);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_connect_bind_v5(
			b->handle, to->host, to->port, s->keepalive_s, NULL, props);
	}
	mosquitto_property_free_all(&props);
	return rc;
}

/* Goes on to the next address of the name. MOSQ_ERR_SUCCESS: one is being tried. */
static int probe_next(struct broker *b)
{
	if (b->probe_fd >= 0) {
		(void)close(b->probe_fd);
		b->probe_fd = -1;
	}
	for (struct addrinfo *at = b->next; at; at = at->ai_next) {
		int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd >= 0 &&
			(connect(fd, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS)) {
			b->probe_fd = fd;
			b->next = at->ai_next;
			return MOSQ_ERR_SUCCESS;
		}
		if (fd >= 0) {
			(void)close(fd);
		}
	}
	return MOSQ_ERR_ERRNO;
}

static int probe(struct broker *b)
{
	const struct broker_address *to = &b->settings.addresses[b->current];
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	char port[16];
	(void)snprintf(port, sizeof(port), "%d", to->port);
	b->state = PROBING;
	/* Looking up a name may block as long as the resolver does; addresses do not. */
	if (getaddrinfo(to->host, port, &hints, &b->found) != 0) {
		b->found = NULL;
		return MOSQ_ERR_EAI;
	}
	b->next = b->found;
	return probe_next(b);
}

/* Starts an attempt at the current address. */
static int start(struct broker *b)
{
	assert(b->state == AWAY);
	const struct broker_address *to = &b->settings.addresses[b->current];
	(void)snprintf(b->name, sizeof(b->name), "%s:%d", to->host, to->port);
	b->handle = mosquitto_new(b->settings.client_id, !b->settings.keep_session, b);
	if (!b->handle) {
		abort(); /* memory, or a client identifier that is not UTF-8: checked at open */
	}
	b->give_up = mono_time_add(clock_mono_now(), b->settings.connect_timeout_ms);
	int rc = prepare_handle(b, to);
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = b->settings.keep_session ? probe(b) : connect_handle(b);
	}
	if (rc != MOSQ_ERR_SUCCESS) {
		blame(b, library_text(rc));
		drop(b, true);
		return -ENOTCONN;
	}
	return 0;
}

static int work_probe(struct broker *b, short revents)
{
	if (!(revents & (POLLOUT | POLLHUP | POLLERR))) {
		return MOSQ_ERR_SUCCESS;
	}
	int fault = 0;
	socklen_t size = sizeof(fault);
	(void)getsockopt(b->probe_fd, SOL_SOCKET, SO_ERROR, &fault, &size);
	if (fault != 0) {
		int rc = probe_next(b);
		errno = fault;
		return rc;
	}
	end_probe(b);
	return connect_handle(b);
}

/* The library reads a packet at a time: goes on while each brings one, instead of polling between
 * them. */
static int read_packets(struct broker *b)
{
	int rc = MOSQ_ERR_SUCCESS;
	size_t before = b->taken - 1;
	for (int i = 0; i < READS_AT_ONCE && b->taken != before && !b->lost; i++) {
		before = b->taken;
		rc = mosquitto_loop_read(b->handle, 1);
		if (rc != MOSQ_ERR_SUCCESS) {
			break;
		}
	}
	return rc;
}

static int work_library(struct broker *b, short revents)
{
	int rc = MOSQ_ERR_SUCCESS;
	broker_gather(b, true); /* a PUBACK for each packet, and what the callbacks publish */
	errno = 0;
	if (revents & (POLLIN | POLLHUP | POLLERR)) {
		rc = read_packets(b);
	}
	if (rc == MOSQ_ERR_SUCCESS && !b->lost &&
		((revents & POLLOUT) || mosquitto_want_write(b->handle))) {
		rc = mosquitto_loop_write(b->handle, 1);
	}
	if (rc == MOSQ_ERR_SUCCESS && !b->lost) {
		rc = mosquitto_loop_misc(b->handle);
	}
	int fault = errno;
	broker_gather(b, false);
	errno = fault;
	return rc;
}

/* Moves the session on; drops it when it turns out to be over. */
static int work(struct broker *b, short revents)
{
	int rc = b->state == PROBING ? work_probe(b, revents) : work_library(b, revents);
	if (rc != MOSQ_ERR_SUCCESS && !b->lost) {
		blame(b, library_text(rc));
		b->lost = true;
	}
	if (!b->lost && b->state != READY && mono_time_left_ms(b->give_up) <= 0) {
		blame(b, b->state == PROBING ? "does not answer" : "no CONNACK in time");
		b->lost = true;
	}
	if (b->lost) {
		/* A session that was good starts over at the first broker; a failed try goes on. */
		drop(b, b->state != READY);
		return -ENOTCONN;
	}
	return 0;
}

/* ---- public ---- */

static size_t library_users;

struct broker *broker_new(const struct broker_settings *settings)
{
	if (library_users++ == 0) {
		(void)mosquitto_lib_init();
	}
	struct broker *b = mem_new(sizeof(*b));
	b->settings = *settings;
	b->probe_fd = -1;
	b->heard = clock_mono_now();
	b->next_try = b->heard;
	return b;
}

void broker_free(struct broker *b)
{
	if (!b) {
		return;
	}
	if (b->state == READY) {
		(void)mosquitto_disconnect_v5(b->handle, MQTT_RC_NORMAL_DISCONNECTION, NULL);
	}
	destroy_handle(b);
	free(b);
	if (--library_users == 0) {
		(void)mosquitto_lib_cleanup();
	}
}

bool broker_ready(const struct broker *b)
{
	return b->state == READY && !b->lost;
}

bool broker_subscribed(const struct broker *b)
{
	return broker_ready(b) && b->unsubscribed == 0;
}

const char *broker_name(const struct broker *b)
{
	return b->name;
}

const struct outcome *broker_fault(const struct broker *b)
{
	return &b->fault;
}

int broker_wait(struct broker *b, int timeout_ms)
{
	if (b->state == AWAY) {
		return -ENOTCONN;
	}
	struct pollfd p = {.fd = broker_fd(b), .events = broker_events(b)};
	int got = poll(&p, 1, timeout_ms < STEP_MS ? timeout_ms : STEP_MS);
	return work(b, got > 0 ? p.revents : 0);
}

static int left(struct mono_time until)
{
	int64_t ms = mono_time_left_ms(until);
	return ms < 0 ? 0 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

int broker_connect(struct broker *b, struct mono_time until)
{
	size_t tries = 0;
	while (!broker_ready(b)) {
		if (left(until) == 0 || (b->state == AWAY && tries == b->settings.address_count)) {
			if (b->state != AWAY) {
				blame(b, "no CONNACK by the deadline");
				drop(b, true);
			}
			return -ENOTCONN;
		}
		if (b->state == AWAY) {
			tries++;
			(void)start(b);
			continue;
		}
		(void)broker_wait(b, left(until));
	}
	return 0;
}

int broker_publish(struct broker *b, const char *topic, const void *payload, size_t size,
	bool retain, uint32_t expiry_s, int *mid)
{
	if (!broker_ready(b)) {
		return -ENOTCONN;
	}
	mosquitto_property *props = NULL;
	int rc = MOSQ_ERR_SUCCESS;
	if (expiry_s > 0) {
		rc = mosquitto_property_add_int32(
			&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, expiry_s);
	}
	if (rc == MOSQ_ERR_SUCCESS) {
		rc = mosquitto_publish_v5(
			b->handle, mid, topic, (int)size, payload, 1, retain, props);
	}
	mosquitto_property_free_all(&props);
	if (rc != MOSQ_ERR_SUCCESS) {
		mqtt_outcome_of_no_connection(mosquitto_strerror(rc), &b->fault);
		b->lost = true; /* the next wait drops it: this may run inside a callback */
		return -EIO;
	}
	return 0;
}

void broker_gather(struct broker *b, bool more)
{
	int value = more ? 1 : 0;
	int fd = b->handle ? mosquitto_socket(b->handle) : -1;
	if (fd >= 0) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_CORK, &value, sizeof(value));
	}
}

void broker_drop(struct broker *b, const char *why)
{
	mqtt_outcome_of_no_connection(why, &b->fault);
	drop(b, false);
}

int broker_fd(const struct broker *b)
{
	if (b->state == PROBING) {
		return b->probe_fd;
	}
	return b->handle ? mosquitto_socket(b->handle) : -1;
}

short broker_events(const struct broker *b)
{
	bool write = b->handle && (b->state == PROBING || b->state == CONNECTING ||
					  mosquitto_want_write(b->handle));
	return (short)(POLLIN | (write ? POLLOUT : 0));
}

void broker_service(struct broker *b, short revents)
{
	if (b->state != AWAY) {
		(void)work(b, revents);
	} else if (mono_time_left_ms(b->next_try) <= 0) {
		(void)start(b);
	}
}

int64_t broker_quiet_ms(const struct broker *b)
{
	return -mono_time_left_ms(b->heard);
}
