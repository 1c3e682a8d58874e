/* SPDX-License-Identifier: Apache-2.0
 *
 * One MQTT 5 session, over libmosquitto, without threads: the owner polls the descriptor. Used by
 * the driver and by the reference device. The rules of docs/siren-device.md for the hub's side:
 *  - nothing is published before CONNACK (the library would keep it and send it later);
 *  - a lost session destroys the library's handle, so that it cannot resend what it still holds;
 *  - several brokers are tried in order, each within its own time limit.
 */
#pragma once

#include "base/clock.h"
#include "schemas/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts are "" where absent, borrowed for the session's life. */
struct broker_address {
	const char *host;
	int port;
	const char *ca_file; /* "": plain */
	const char *cert_file;
	const char *key_file;
	const char *username;
	const char *password;
};

struct broker_message {
	const char *topic;
	const char *payload;
	size_t size;
	bool retained;
};

struct broker_settings {
	const struct broker_address *addresses;
	size_t address_count;
	const char *client_id;
	bool keep_session; /* the broker keeps our subscriptions and messages while we are away */
	uint32_t session_expiry_s;
	int keepalive_s;
	int64_t connect_timeout_ms; /* per broker */
	/* Subscribed with QoS 1 after each CONNACK, with the retained flag as published. */
	const char *const *subscriptions;
	size_t subscription_count;
	const char *will_topic; /* "": no will; published retained */
	const char *will_payload;
	uint32_t will_expiry_s;
	/* Callbacks run inside broker_wait() and broker_service(); they may publish. */
	void (*acknowledged)(int mid, int reason, void *data); /* PUBACK; NULL allowed */
	void (*message)(const struct broker_message *message, void *data);
	void *data;
};

struct broker;

/* settings and all it points to are borrowed. Touches no network. */
struct broker *broker_new(const struct broker_settings *settings);
void broker_free(struct broker *b); /* says goodbye to the broker first; NULL is fine */

/* CONNACK received and the session not lost since. */
bool broker_ready(const struct broker *b);
/* Ready, and every subscription acknowledged. */
bool broker_subscribed(const struct broker *b);
/* Which of the addresses the session (or the attempt) is with, for people: "host:port". */
const char *broker_name(const struct broker *b);
/* Why there is no session; empty text when there never was a try. */
const struct outcome *broker_fault(const struct broker *b);

/* Gets a session by `until` at the latest, trying the brokers in order, at once when there is one.
 * 0, or -ENOTCONN and broker_fault() tells. */
int broker_connect(struct broker *b, struct mono_time until);

/* Publishes with QoS 1 (the only one there is). expiry_s 0: none. 0 and *mid (may be NULL), or
 * -ENOTCONN when there is no session (then surely nothing was sent), or -EIO when the library
 * refused (the session is dropped). */
int broker_publish(struct broker *b, const char *topic, const void *payload, size_t size,
	bool retain, uint32_t expiry_s, int *mid);

/* true: more packets follow at once, the kernel may put them into common segments (it waits 200 ms
 * at most). false: no more; whatever waits leaves now. */
void broker_gather(struct broker *b, bool more);

/* Waits up to timeout_ms for traffic and handles it. 0, or -ENOTCONN when there is no session any
 * more (then broker_fault() tells why). */
int broker_wait(struct broker *b, int timeout_ms);

/* Ends the session without a goodbye: nothing the library still holds will be sent. */
void broker_drop(struct broker *b, const char *why);

/* For an owner that polls itself: descriptor (-1: none) and poll() events wanted; then service.
 * Call it at least once a second. It never blocks longer than a connect attempt's first step, and
 * it starts a new attempt, with growing pauses, when there is no session. */
int broker_fd(const struct broker *b);
short broker_events(const struct broker *b);
void broker_service(struct broker *b, short revents);

/* Milliseconds since anything came from the broker. */
int64_t broker_quiet_ms(const struct broker *b);
