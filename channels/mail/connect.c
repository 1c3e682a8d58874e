/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/connect.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The symbol itself has no argument for it. */
static struct connect_guard *current;

void connect_guard_set(struct connect_guard *guard)
{
	current = guard;
	if (guard) {
		guard->fd = -1;
		guard->timed_out = false;
	}
}

void connect_guard_break(struct connect_guard *guard)
{
	if (guard->fd >= 0) {
		guard->broken = true; /* what is on its way may still come in after this */
		(void)shutdown(guard->fd, SHUT_RDWR);
	}
}

void connect_guard_quick_ack(const struct connect_guard *guard)
{
	int on = 1;
	if (guard->fd >= 0) {
		(void)setsockopt(guard->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
	}
}

static int plain_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	return (int)syscall(SYS_connect, fd, address, size);
}

static bool is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof(in));
		return (ntohl(in.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
	}
	struct sockaddr_in6 in6;
	memcpy(&in6, address, sizeof(in6));
	return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

static bool is_guarded(int fd, const struct sockaddr *address, socklen_t size)
{
	int type = 0;
	socklen_t type_size = sizeof(type);
	return current && size >= (socklen_t)sizeof(struct sockaddr_in) &&
	       (address->sa_family == AF_INET ||
		       (address->sa_family == AF_INET6 &&
			       size >= (socklen_t)sizeof(struct sockaddr_in6))) &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM;
}

/* 0, or -1 with errno, once the connection stands or the limit strikes. */
static int wait_connected(int fd)
{
	struct mono_time end = mono_time_add(clock_mono_now(), current->limit_ms);
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int ready;
	do {
		int64_t left = current->limit_ms > 0 ? mono_time_left_ms(end) : -1;
		ready = poll(&p, 1, current->limit_ms > 0 && left < 0 ? 0 : (int)left);
	} while (ready < 0 && errno == EINTR);
	if (ready == 0) {
		current->timed_out = true;
		errno = ETIMEDOUT;
		return -1;
	}
	int code = 0;
	socklen_t size = sizeof(code);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) {
		return -1;
	}
	errno = code;
	return code == 0 ? 0 : -1;
}

static int guarded_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	int on = 1;
	if (current->loopback_only && !is_loopback(address)) {
		errno = EACCES;
		return -1;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
		return -1;
	}
	int rc = plain_connect(fd, address, size);
	if (rc != 0 && errno == EINPROGRESS) {
		rc = wait_connected(fd);
	}
	int code = errno;
	(void)fcntl(fd, F_SETFL, flags);
	if (rc == 0) {
		current->fd = fd;
		current->broken = false;
	}
	errno = code;
	return rc;
}

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
	const struct sockaddr *to = address.__sockaddr__;
	return is_guarded(fd, to, size) ? guarded_connect(fd, to, size)
					: plain_connect(fd, to, size);
}

/* No more bytes will come: the stream has ended, or failed. */
static bool is_at_end(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	const struct timespec limit = {
		.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};
	int ready = ppoll(fds, count, timeout_ms < 0 ? NULL : &limit, NULL);
	if (ready <= 0 || !current || current->fd < 0) {
		return ready;
	}
	int code = errno;
	bool writable = false;
	for (nfds_t i = 0; i < count; i++) {
		writable = writable || (fds[i].fd == current->fd && (fds[i].revents & POLLOUT));
	}
	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].fd != current->fd || !(fds[i].revents & POLLIN)) {
			continue;
		}
		if (writable) {
			fds[i].revents = (short)(fds[i].revents & ~POLLIN);
		} else if (current->broken || is_at_end(fds[i].fd)) {
			fds[i].revents = (short)((fds[i].revents & ~POLLIN) | POLLHUP);
		}
	}
	errno = code;
	return ready;
}
