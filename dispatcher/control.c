/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/control.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/mem.h"
#include "dispatcher/hub.h"
#include "dispatcher/rights.h"
#include "dispatcher/verbs.h"

#include <errno.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	MAX_CLIENTS = 64,
	MAX_CLIENTS_OF_USER = 32,
	MAX_STRANGERS = 8,		     /* connections of users without a role, all together */
	SHORT_LINE = 64 * 1024,		     /* only an administrator's import is longer */
	ANSWER_QUEUE_LIMIT = 1024 * 1024,    /* a client that does not read is not asked for more */
	WATCH_QUEUE_LIMIT = 8 * 1024 * 1024, /* a watcher that does not read is let go */
	WAIT_LIMIT_MS = 3600 * 1000,
};

struct client {
	struct control *control;
	struct client *next;
	struct jsonl_link *link;
	struct person person;
	bool watching;
	/* A `wait` under way: until the alert is settled. */
	char *wait_alert;
	int64_t wait_confirmed;
	struct event *wait_timer;
};

struct control {
	struct hub *hub;
	struct evconnlistener *listener;
	struct client *clients;
	size_t client_count;
};

static const struct {
	int code;
	const char *name;
} error_names[] = {
	{-ENOENT, "not_found"},
	{-EINVAL, "invalid"},
	{-EPERM, "refused"},
	{-EACCES, "not_permitted"},
	{-EBADMSG, "tampered"},
	{-ETIMEDOUT, "timeout"},
	{-ENOSPC, "unavailable"},
	{-EBUSY, "unavailable"},
	{-EIO, "unavailable"},
};

static const char *error_name(int code)
{
	for (size_t i = 0; i < sizeof(error_names) / sizeof(error_names[0]); i++) {
		if (error_names[i].code == code) {
			return error_names[i].name;
		}
	}
	return "failed";
}

static void send_answer(struct client *c, json_t *line)
{
	jsonl_link_send(c->link, line);
	json_decref(line);
	if (jsonl_link_queued(c->link) > ANSWER_QUEUE_LIMIT) {
		jsonl_link_pause(c->link, true);
	}
}

static void on_drained(struct jsonl_link *link, void *data)
{
	(void)data;
	jsonl_link_pause(link, false);
}

static void answer_error(struct client *c, int code, const char *text)
{
	json_t *line = json_object();
	json_put_flag(line, "ok", false);
	json_put_text(line, "code", error_name(code));
	json_put_text(line, "text", text);
	send_answer(c, line);
}

static void answer(struct client *c, json_t *result)
{
	send_answer(c, json_pack("{s:b,s:o*}", "ok", 1, "result", result));
}

/* ---- wait ---- */

static void end_wait(struct client *c)
{
	free(c->wait_alert);
	c->wait_alert = NULL;
	(void)event_del(c->wait_timer);
}

/* Answers when the alert is settled, or at once when it cannot be known. */
static void try_wait(struct client *c)
{
	struct err e = {0};
	struct store *store = c->control->hub->store;
	bool settled = false;
	int rc = store_is_settled(store, c->wait_alert, c->wait_confirmed, &settled, &e);
	if (rc == 0 && !settled) {
		return;
	}
	json_t *shown = rc ? NULL : store_show(store, c->wait_alert, &e);
	if (!shown) {
		answer_error(c, e.code, e.text);
	} else {
		answer(c, shown);
	}
	end_wait(c);
}

static void on_wait_over(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct client *c = data;
	answer_error(c, -ETIMEDOUT, "not settled in the time given");
	end_wait(c);
}

static void start_wait(struct client *c, const json_t *request)
{
	struct err e = {0};
	const char *id;
	if (json_need_text(request, "id", &id, &e)) {
		answer_error(c, e.code, e.text);
		return;
	}
	if (c->wait_alert) {
		answer_error(c, -EINVAL, "this connection waits already");
		return;
	}
	int64_t ms = json_int(request, "timeout_ms", 60000);
	ms = ms < 1 ? 1 : ms > WAIT_LIMIT_MS ? WAIT_LIMIT_MS : ms;
	c->wait_alert = mem_copy_text(id);
	c->wait_confirmed = json_int(request, "confirmed", 0);
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
	(void)event_add(c->wait_timer, &tv);
	try_wait(c);
}

/* ---- requests ---- */

static void run_verb(struct client *c, const char *op, const json_t *request)
{
	const struct verb *verb = verb_find(op);
	struct err e = {0};
	if (!verb) {
		(void)err_set(&e, -EINVAL, "unknown verb \"%.60s\"", op);
		answer_error(c, e.code, e.text);
		return;
	}
	if (c->person.role < verb->role) {
		(void)err_set(&e, -EACCES,
			"%s is %s; \"%s\" needs the role %s (see `roles` in the configuration)",
			c->person.name, role_name(c->person.role), op, role_name(verb->role));
		log_warning("not permitted", "who=%s op=%s", LOG_TEXT(c->person.name), op);
		answer_error(c, e.code, e.text);
		return;
	}
	struct verb_call call = {.hub = c->control->hub, .person = &c->person, .args = request};
	json_t *result = NULL;
	if (verb->run(&call, &result, &e) || !result) {
		answer_error(c, e.code, e.text);
	} else {
		answer(c, result);
	}
}

static void on_message(struct jsonl_link *link, json_t *message, size_t size, void *data)
{
	(void)link;
	(void)size;
	struct client *c = data;
	const char *op = json_text(message, "op", "");
	bool viewer = c->person.role >= ROLE_VIEWER;
	if (strcmp(op, "watch") == 0 && viewer) {
		c->watching = true;
		answer(c, json_object());
	} else if (strcmp(op, "wait") == 0 && viewer) {
		start_wait(c, message);
	} else if (!viewer) {
		answer_error(c, -EACCES, "you have no role in this hub's configuration");
	} else {
		run_verb(c, op, message);
	}
}

static void client_free(struct client *c)
{
	struct client **at = &c->control->clients;
	while (*at != c) {
		at = &(*at)->next;
	}
	*at = c->next;
	c->control->client_count--;
	jsonl_link_free(c->link);
	event_free(c->wait_timer);
	free(c->wait_alert);
	free(c);
}

static void on_closed(struct jsonl_link *link, const struct err *e, void *data)
{
	(void)link;
	struct client *c = data;
	if (e->code == -EPROTO) {
		log_warning("control client spoke nonsense", "who=%s reason=%s",
			LOG_TEXT(c->person.name), LOG_TEXT(e->text));
	}
	client_free(c);
}

/* Every user of the machine may connect: none of them may take all the places. */
static bool has_room(const struct control *control, const struct person *person)
{
	size_t alike = 0;
	for (const struct client *c = control->clients; c; c = c->next) {
		alike += person->role == ROLE_NONE ? c->person.role == ROLE_NONE
						   : c->person.uid == person->uid;
	}
	return alike < (person->role == ROLE_NONE ? MAX_STRANGERS : MAX_CLIENTS_OF_USER);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
	int size, void *data)
{
	(void)listener;
	(void)address;
	(void)size;
	struct control *control = data;
	struct ucred peer;
	socklen_t peer_size = sizeof(peer);
	if (control->client_count >= MAX_CLIENTS ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size) != 0) {
		(void)close(fd);
		return;
	}
	struct person person;
	rights_identify(control->hub->config, peer.uid, peer.gid, &person);
	if (!has_room(control, &person)) {
		log_warning("too many connections", "who=%s", LOG_TEXT(person.name));
		(void)close(fd);
		return;
	}
	struct client *c = mem_new(sizeof(*c));
	c->control = control;
	c->person = person;
	struct jsonl_handler handler = {
		.message = on_message, .closed = on_closed, .drained = on_drained, .data = c};
	size_t limit = person.role >= ROLE_ADMIN ? (size_t)JSONL_LINE_LIMIT : (size_t)SHORT_LINE;
	c->link = jsonl_link_new(control->hub->base, fd, limit, &handler);
	c->wait_timer = evtimer_new(control->hub->base, on_wait_over, c);
	c->next = control->clients;
	control->clients = c;
	control->client_count++;
}

/* A socket file left by a hub that was killed is no obstacle; one that answers is. */
static int clear_old_socket(const struct sockaddr_un *address, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return err_set(e, -errno, "socket: %s", strerror(errno));
	}
	int rc = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	(void)close(fd);
	if (rc == 0) {
		return err_set(e, -EADDRINUSE, "%s: another hub answers there", address->sun_path);
	}
	if (unlink(address->sun_path) != 0 && errno != ENOENT) {
		return err_set(e, -errno, "%s: %s", address->sun_path, strerror(errno));
	}
	return 0;
}

int control_new(struct hub *hub, struct control **out, struct err *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = hub->config->control_path;
	if (strlen(path) >= sizeof(address.sun_path)) {
		return err_set(e, -ENAMETOOLONG, "control socket %s: the path is too long", path);
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	int rc = clear_old_socket(&address, e);
	if (rc) {
		return rc;
	}
	struct control *c = mem_new(sizeof(*c));
	c->hub = hub;
	mode_t old = umask(0111); /* who may do what is decided by user, not by file mode */
	c->listener = evconnlistener_new_bind(hub->base, on_accept, c,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 16, (struct sockaddr *)&address,
		sizeof(address));
	int saved = errno;
	(void)umask(old);
	if (!c->listener) {
		free(c);
		return err_set(e, -saved, "control socket %s: %s", path, strerror(saved));
	}
	*out = c;
	return 0;
}

void control_free(struct control *c)
{
	if (!c) {
		return;
	}
	while (c->clients) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
		client_free(c->clients);
	}
	evconnlistener_free(c->listener);
	(void)unlink(c->hub->config->control_path);
	free(c);
}

void control_tell(struct control *c, const json_t *event)
{
	for (struct client *at = c->clients; at; at = at->next) {
		if (!at->watching) {
			continue;
		}
		if (jsonl_link_queued(at->link) > WATCH_QUEUE_LIMIT) {
			log_warning("watcher let go", "who=%s reason=\"it does not read\"",
				LOG_TEXT(at->person.name));
			/* Its end is read from the loop: the caller may be inside its request. */
			at->watching = false;
			(void)shutdown(jsonl_link_fd(at->link), SHUT_RDWR);
			continue;
		}
		jsonl_link_send(at->link, event);
	}
}

void control_settle(struct control *c)
{
	for (struct client *at = c->clients; at; at = at->next) {
		if (at->wait_alert) {
			try_wait(at);
		}
	}
}
