/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a driver process: hello, open, then one batch at a time until the link ends.
 *
 *   start --hello--> open --ready--> waiting <----------------------+
 *                      |               |  deliver/withdraw          |
 *                    fault             v                            |
 *                   (exit 78)       driver works, frames go out ----+
 *                                      missing outcomes supplied
 *
 * Invariants: one thread; every frame is one write(), so that what was written survives SIGKILL;
 * exactly one outcome per target leaves this process; nothing new is begun once the link has ended
 * or SIGTERM has come. Never: more than one batch in hand, a frame about a batch that is over.
 */
#include "base/clock.h"
#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "channels/agent_private.h"
#include "channels/describe.h"
#include "channels/message.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_CONFIG = 78, EXIT_USAGE = 64, EXIT_PROTOCOL = 76, IDLE_MS = 1000 };

/* ---- batches ---- */

static void run_batch(struct agent *agent, const struct channel_batch *batch,
	void (*act)(void *instance, const struct channel_batch *batch))
{
	agent_batch_begin(agent, batch);
	CRASH_POINT("agent.received");
	if (mono_time_left_ms(batch->deadline) <= 0) {
		struct outcome o = {
			.class = OUTCOME_TRANSIENT,
			.reason = OUTCOME_REASON_TIMEOUT,
		};
		outcome_set_text(&o, "the deadline had passed before the batch began");
		agent_outcome_rest(agent, batch, &o);
	} else if (!act) {
		struct outcome o = {
			.class = OUTCOME_PERMANENT,
			.reason = OUTCOME_REASON_CONFIG,
		};
		outcome_set_text(&o, "this channel cannot take back what it delivered");
		agent_outcome_rest(agent, batch, &o);
	} else {
		act(agent->instance, batch);
	}
	agent_batch_end(agent);
	CRASH_POINT("agent.reported");
}

/* A batch that cannot be read was surely not delivered; the hub must not wait for it. */
static void refuse_batch(struct agent *agent, const json_t *message, const struct err *e)
{
	log_error("batch cannot be read", "error=%s", LOG_TEXT(e->text));
	const char *delivery = json_text(message, "delivery", "");
	if (delivery[0] == '\0') {
		return;
	}
	struct outcome o = {.class = OUTCOME_PERMANENT, .reason = OUTCOME_REASON_PROTOCOL};
	outcome_set_text(&o, e->text);
	agent_send_outcome(agent, delivery, "rest", &o);
}

static void on_batch(struct agent *agent, const json_t *message,
	void (*act)(void *instance, const struct channel_batch *batch))
{
	struct err e = {0};
	struct channel_message m;
	if (channel_message_read(message, &m, &e)) {
		refuse_batch(agent, message, &e);
		return;
	}
	run_batch(agent, &m.batch, act);
	channel_message_clear(&m);
}

static void on_deliver(struct agent *agent, const json_t *message)
{
	on_batch(agent, message, agent->driver->deliver);
}

static void on_withdraw(struct agent *agent, const json_t *message)
{
	on_batch(agent, message, agent->driver->withdraw);
}

static void on_probe(struct agent *agent, const json_t *message)
{
	enum { PROBE_DEFAULT_MS = 5000, PROBE_MAX_MS = 60000 };
	int64_t timeout_ms = json_int(message, "timeout_ms", PROBE_DEFAULT_MS);
	char text[OUTCOME_TEXT_SIZE] = "";
	const char *state = "ok";
	if (agent->driver->probe) {
		timeout_ms = timeout_ms < 1 ? 1 : timeout_ms;
		timeout_ms = timeout_ms > PROBE_MAX_MS ? PROBE_MAX_MS : timeout_ms;
		state = agent->driver->probe(agent->instance, (int)timeout_ms, text, sizeof(text));
	}
	json_t *frame = json_object();
	json_put_text(frame, "op", "health");
	json_put_text(frame, "state", state);
	json_put(frame, "text", json_string(text));
	agent_send(agent, frame);
}

static const struct verb {
	const char *op;
	bool begins; /* starts something new: not done when the link has ended */
	void (*run)(struct agent *agent, const json_t *message);
} verbs[] = {
	{"deliver", true, on_deliver},
	{"withdraw", true, on_withdraw},
	{"probe", false, on_probe},
};

/* The hub is at the other end: if it has gone, nobody would record what we do now. */
static bool hub_has_gone(const struct agent *agent)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLRDHUP};
	return agent->link_lost ||
	       (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLRDHUP | POLLERR)));
}

static void dispatch(struct agent *agent, const json_t *message)
{
	const char *op = json_text(message, "op", "");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].op, op) != 0) {
			continue;
		}
		if (verbs[i].begins && hub_has_gone(agent)) {
			log_info("the link has ended, nothing new is begun", "op=%s", op);
			return;
		}
		verbs[i].run(agent, message);
		return;
	}
	log_warning("unknown message ignored", "op=%s", LOG_TEXT(op));
}

/* ---- the loop ---- */

enum wait_result { WAIT_NOTHING, WAIT_INPUT, WAIT_STOP };

static enum wait_result wait_turn(struct agent *agent, struct mono_time *idle_at)
{
	const struct channel_driver *driver = agent->driver;
	int idle_fd = driver->idle_fd && driver->idle ? driver->idle_fd(agent->instance) : -1;
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = agent->signal_fd, .events = POLLIN},
		{.fd = idle_fd, .events = POLLIN},
	};
	bool buffered = jsonl_stream_ready(agent->stream);
	int64_t left = driver->idle ? mono_time_left_ms(*idle_at) : -1;
	if (driver->idle && left < 0) {
		left = 0;
	}
	int ready = poll(fds, 3, buffered ? 0 : (int)left);
	if (ready < 0 && errno != EINTR) {
		return WAIT_STOP;
	}
	if (fds[1].revents) {
		return WAIT_STOP;
	}
	if (driver->idle && (fds[2].revents || mono_time_left_ms(*idle_at) <= 0)) {
		driver->idle(agent->instance);
		*idle_at = mono_time_add(clock_mono_now(), IDLE_MS);
	}
	return buffered || fds[0].revents ? WAIT_INPUT : WAIT_NOTHING;
}

static int run_loop(struct agent *agent)
{
	struct mono_time idle_at = clock_mono_now();
	while (!agent->link_lost) {
		enum wait_result result = wait_turn(agent, &idle_at);
		if (result == WAIT_STOP) {
			return EXIT_SUCCESS;
		}
		if (result == WAIT_NOTHING) {
			continue;
		}
		struct err e = {0};
		json_t *message = NULL;
		int rc = jsonl_stream_read(agent->stream, 0, &message, &e);
		if (rc == 0) {
			return EXIT_SUCCESS;
		}
		if (rc == 1) {
			dispatch(agent, message);
			json_decref(message);
		} else if (rc != -EAGAIN) {
			log_error("link broken", "error=%s", LOG_TEXT(e.text));
			return EXIT_PROTOCOL;
		}
	}
	return EXIT_SUCCESS;
}

/* ---- start ---- */

static void send_fault(struct agent *agent, const char *option, const char *text)
{
	json_t *frame = json_object();
	json_put_text(frame, "op", "fault");
	json_put(frame, "option", json_string(option));
	json_put(frame, "text", json_string(text));
	log_error("configuration cannot work", "option=%s error=%s", LOG_TEXT(option),
		LOG_TEXT(text));
	agent_send(agent, frame);
}

static void send_ready(struct agent *agent)
{
	const struct channel_declaration *d = agent->driver->declaration;
	json_t *frame = json_object();
	json_put_text(frame, "op", "ready");
	json_put_text(frame, "driver", d->name);
	json_put_text(frame, "version", HANSHO_VERSION);
	json_put_int(frame, "batch_max", d->batch_max);
	json_put(frame, "capabilities", channel_capabilities(d));
	agent_send(agent, frame);
}

static int open_driver(struct agent *agent, const json_t *hello)
{
	const struct channel_declaration *d = agent->driver->declaration;
	const json_t *options = json_object_get(hello, "options");
	const char *channel = json_text(hello, "channel", "");
	struct err e = {0};
	if (strcmp(json_text(hello, "op", ""), "hello") != 0 || !json_is_object(options) ||
		channel[0] == '\0') {
		send_fault(agent, "", "the first line must be hello with channel and options");
		return EXIT_CONFIG;
	}
	if (json_int(hello, "protocol", 0) != CHANNEL_PROTOCOL) {
		send_fault(agent, "protocol", "this driver speaks channel protocol 1");
		return EXIT_CONFIG;
	}
	const char *key = "";
	if (d->check && d->check(options, &key, &e)) {
		send_fault(agent, key, e.text);
		return EXIT_CONFIG;
	}
	if (agent->driver->open(
		    options, channel, json_text(hello, "site", ""), agent, &agent->instance, &e)) {
		send_fault(agent, "", e.text);
		return EXIT_CONFIG;
	}
	const struct sandbox_limits limits = {.may_fork = 0};
	if (sandbox_enter(&limits, &e)) {
		log_warning("sandbox not entered", "error=%s", LOG_TEXT(e.text));
	}
	send_ready(agent);
	return 0;
}

static int serve(struct agent *agent)
{
	struct err e = {0};
	json_t *hello = NULL;
	int rc = -EAGAIN;
	while (rc == -EAGAIN) {
		struct pollfd fds[] = {
			{.fd = STDIN_FILENO, .events = POLLIN},
			{.fd = agent->signal_fd, .events = POLLIN},
		};
		if (poll(fds, 2, -1) > 0 && fds[1].revents) {
			return EXIT_SUCCESS;
		}
		rc = jsonl_stream_read(agent->stream, 0, &hello, &e);
	}
	if (rc == 0) {
		return EXIT_SUCCESS;
	}
	if (rc != 1) {
		log_error("no hello", "error=%s", LOG_TEXT(e.text));
		return EXIT_PROTOCOL;
	}
	rc = open_driver(agent, hello);
	json_decref(hello);
	rc = rc ? rc : run_loop(agent);
	if (agent->instance) {
		agent->driver->close(agent->instance);
	}
	return rc;
}

/* SIGTERM is taken between batches only: the hub has its own grace for the batch in hand. */
static int take_signals(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	if (sigaction(SIGPIPE, &ignore, NULL) != 0) {
		return -1;
	}
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	if (sigprocmask(SIG_BLOCK, &stop, NULL) != 0) {
		return -1;
	}
	return signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int describe(const struct channel_declaration *d)
{
	json_t *object = channel_describe(d);
	int rc = json_dumpf(object, stdout, JSON_COMPACT);
	json_decref(object);
	return rc == 0 && putchar('\n') != EOF && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int agent_main(int argc, char **argv, const struct channel_driver *driver)
{
	const struct channel_declaration *d = driver->declaration;
	assert(d->interface == CHANNEL_INTERFACE);
	if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
		return describe(d);
	}
	if (argc != 1) {
		(void)fprintf(stderr, "usage: hansho-channel-%s [--describe]\n", d->name);
		return EXIT_USAGE;
	}
	char program[64];
	(void)snprintf(program, sizeof(program), "channel-%s", d->name);
	enum log_level level = LOG_LEVEL_INFO;
	const char *wanted = getenv("HANSHO_LOG_LEVEL");
	if (wanted) {
		(void)log_level_parse(wanted, &level);
	}
	log_open(program, level);
	struct agent agent = {.driver = driver, .signal_fd = take_signals()};
	if (agent.signal_fd < 0) {
		log_error("signals cannot be set up", "error=%s", LOG_TEXT(strerror(errno)));
		return EXIT_FAILURE;
	}
	agent.stream = jsonl_stream_new(STDIN_FILENO, STDOUT_FILENO, JSONL_LINE_LIMIT);
	int rc = serve(&agent);
	jsonl_stream_free(agent.stream);
	free(agent.states);
	(void)close(agent.signal_fd);
	return rc;
}
