/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/listener.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128, REST_MS = 100 };

struct listener {
	struct feed *feed;
	struct listener_handler handler;
	struct evconnlistener *socket;
	struct event *rest; /* ends the pause after an accept that failed */
	char address[108];
	int port;
};

static void on_accept(
	struct evconnlistener *socket, int fd, struct sockaddr *peer, int size, void *data)
{
	(void)socket;
	(void)size;
	struct listener *l = data;
	l->handler.accepted(l->feed, fd, peer, l->handler.data);
}

/* Out of descriptors: the connection stays in the queue, so trying at once would only spin. */
static void on_accept_error(struct evconnlistener *socket, void *data)
{
	struct listener *l = data;
	log_error("accept failed", "feed=%s error=%s", l->feed->name, LOG_TEXT(strerror(errno)));
	(void)evconnlistener_disable(socket);
	const struct timeval pause = {.tv_usec = REST_MS * 1000};
	(void)event_add(l->rest, &pause);
}

static void on_rested(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct listener *l = data;
	(void)evconnlistener_enable(l->socket);
}

static struct listener *wrap(
	struct event_base *base, struct feed *feed, int fd, const struct listener_handler *handler)
{
	struct listener *l = mem_new(sizeof(*l));
	l->feed = feed;
	l->handler = *handler;
	l->rest = evtimer_new(base, on_rested, l);
	l->socket = evconnlistener_new(
		base, on_accept, l, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
	if (!l->rest || !l->socket) {
		abort();
	}
	evconnlistener_set_error_cb(l->socket, on_accept_error);
	return l;
}

/* Removes a socket that nobody serves any more. */
static int clear_stale(const struct sockaddr_un *address, struct err *e)
{
	struct stat st;
	if (lstat(address->sun_path, &st) != 0) {
		return 0; /* bind() will say what is wrong with the folder */
	}
	if (!S_ISSOCK(st.st_mode)) {
		return err_set(e, -EEXIST, "%s is there and no socket", address->sun_path);
	}
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		int code = errno;
		return err_set(e, -code, "socket: %s", strerror(code));
	}
	int rc = connect(fd, (const void *)address, sizeof(*address));
	int code = errno;
	(void)close(fd);
	if (rc == 0 || code == EAGAIN) {
		return err_set(
			e, -EADDRINUSE, "%s is served by another process", address->sun_path);
	}
	return unlink(address->sun_path) == 0 ? 0 : -errno;
}

static int bind_unix(const struct sockaddr_un *address, int *out, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		int code = errno;
		return err_set(e, -code, "socket: %s", strerror(code));
	}
	mode_t before = umask(0117); /* 0660: owner and group */
	int rc = bind(fd, (const void *)address, sizeof(*address));
	int code = errno;
	(void)umask(before);
	if (rc != 0) {
		(void)close(fd);
		return err_set(e, -code, "%s: %s", address->sun_path, strerror(code));
	}
	*out = fd;
	return 0;
}

int listener_open_unix(struct event_base *base, struct feed *feed,
	const struct listener_handler *handler, struct listener **out, struct err *e)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t size = strlen(feed->unix_path);
	if (size >= sizeof(address.sun_path)) {
		return err_set(e, -ENAMETOOLONG, "%s: a socket's path has at most %zu bytes",
			feed->unix_path, sizeof(address.sun_path) - 1);
	}
	memcpy(address.sun_path, feed->unix_path, size + 1);
	int fd = -1;
	int rc = clear_stale(&address, e);
	rc = rc ? rc : bind_unix(&address, &fd, e);
	if (rc) {
		return rc;
	}
	*out = wrap(base, feed, fd, handler);
	(void)snprintf((*out)->address, sizeof((*out)->address), "%s", address.sun_path);
	return 0;
}

static int bind_tcp(
	const struct addrinfo *info, const char *host, int port, int *out, struct err *e)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int code = errno;
	if (fd >= 0) {
		(void)evutil_make_listen_socket_reuseable(fd);
		if (bind(fd, info->ai_addr, info->ai_addrlen) == 0) {
			*out = fd;
			return 0;
		}
		code = errno;
		(void)close(fd);
	}
	return err_set(e, -code, "%s port %d: %s", host, port, strerror(code));
}

static void note_address(struct listener *l, int fd)
{
	struct sockaddr_storage bound = {0};
	socklen_t size = sizeof(bound);
	char port[16] = "0";
	(void)getsockname(fd, (void *)&bound, &size);
	(void)getnameinfo((const void *)&bound, size, l->address, sizeof(l->address), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	l->port = (int)strtol(port, NULL, 10);
}

int listener_open_tcp(struct event_base *base, struct feed *feed, const char *host, int port,
	const struct listener_handler *handler, struct listener **out, struct err *e)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	char service[16];
	struct addrinfo *info = NULL;
	(void)snprintf(service, sizeof(service), "%d", port);
	int rc = getaddrinfo(host, service, &hints, &info);
	if (rc != 0) {
		return err_set(e, -EINVAL, "%s: %s", host, gai_strerror(rc));
	}
	int fd = -1;
	rc = bind_tcp(info, host, port, &fd, e);
	freeaddrinfo(info);
	if (rc) {
		return rc;
	}
	*out = wrap(base, feed, fd, handler);
	note_address(*out, fd);
	return 0;
}

void listener_free(struct listener *l)
{
	if (!l) {
		return;
	}
	if (l->port == 0) {
		(void)unlink(l->address);
	}
	evconnlistener_free(l->socket);
	event_free(l->rest);
	free(l);
}

json_t *listener_describe(const struct listener *l, const char *feed, const char *kind)
{
	json_t *object = json_object();
	json_put_text(object, "feed", feed);
	json_put_text(object, "kind", kind);
	json_put_text(object, "address", l->address);
	json_put_int(object, "port", l->port);
	return object;
}

json_t *listener_describe_own(const struct listener *l)
{
	return listener_describe(l, l->feed->name, l->port ? "tcp" : "unix");
}
