/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/probe.h"

#include "base/clock.h"
#include "channels/mail/connect.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_any(const struct addrinfo *list, struct mono_time end)
{
	int fd = -1;
	for (const struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		int64_t left = mono_time_left_ms(end);
		struct connect_guard guard = {.limit_ms = left > 0 ? (int)left : 1};
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd < 0) {
			continue;
		}
		connect_guard_set(&guard);
		int rc = connect(fd, a->ai_addr, a->ai_addrlen);
		int code = errno;
		connect_guard_set(NULL);
		if (rc != 0) {
			(void)close(fd);
			fd = -1;
			errno = code;
		}
	}
	return fd;
}

/* Reads the first line; its length, 0 when none came in time. */
static size_t read_greeting(int fd, struct mono_time end, char *line, size_t capacity)
{
	size_t size = 0;
	while (size + 1 < capacity && !memchr(line, '\n', size)) {
		int64_t left = mono_time_left_ms(end);
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, left > 0 ? (int)left : 0) <= 0) {
			return 0;
		}
		ssize_t got = recv(fd, line + size, capacity - 1 - size, MSG_DONTWAIT);
		if (got <= 0) {
			return 0;
		}
		size += (size_t)got;
	}
	line[size] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	return size;
}

static const char *judge(int fd, struct mono_time end, char *text, size_t capacity)
{
	char line[256] = "";
	if (read_greeting(fd, end, line, sizeof(line)) == 0) {
		(void)snprintf(text, capacity, "connected, but no greeting came");
		return "down";
	}
	(void)send(fd, "QUIT\r\n", 6, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)snprintf(text, capacity, "%s", line);
	return strncmp(line, "220", 3) == 0 ? "ok" : "down";
}

const char *relay_probe(
	const struct mail_settings *settings, int timeout_ms, char *text, size_t capacity)
{
	struct mono_time end = mono_time_add(clock_mono_now(), timeout_ms);
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	char port[16];
	(void)snprintf(port, sizeof(port), "%d", settings->port);
	int rc = getaddrinfo(settings->host, port, &hints, &list);
	if (rc != 0) {
		(void)snprintf(text, capacity, "%s: %s", settings->host, gai_strerror(rc));
		return "down";
	}
	int fd = connect_any(list, end);
	const char *state = "down";
	if (fd < 0) {
		(void)snprintf(text, capacity, "%s:%d: %s", settings->host, settings->port,
			strerror(errno));
	} else {
		state = judge(fd, end, text, capacity);
		(void)close(fd);
	}
	freeaddrinfo(list);
	return state;
}
