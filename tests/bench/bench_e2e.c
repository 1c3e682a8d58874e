/* SPDX-License-Identifier: Apache-2.0
 *
 * One alert in, three receipts out: feeds a hub and is itself siren, web receiver and mail server,
 * so that one clock in one thread takes every time. It knows both answers, "OK" of the floor and
 * {"accepted": ...} of ours, so that both sides of a ratio are measured by the same instrument.
 *
 * bench_e2e FEED_PORT WEB_PORT MAIL_PORT BROKER_PORT TOPIC COUNT WINDOW GAP_MS BODY_FILE
 *
 * Port 0: no such receipt is waited for. WINDOW alerts are under way at once; GAP_MS passes after
 * one is complete before the next begins. Every @@ID@@ of the body becomes ALRTnnnnnn. A receipt
 * that does not show its token (a mail in base64) counts for the oldest alert still without one.
 * Prints one JSON object; exit 1 when a receipt is missing after 20 s of silence.
 */
#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <mosquitto.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIREN, WEB, MAIL, WAYS, TOKEN_SIZE = 10, SILENCE_S = 20, BODY_MAX = 1 << 20 };

static const char *const way_names[WAYS] = {"siren", "web", "mail"};

struct alert {
	double sent;
	double answered;
	double got[WAYS];
	int repeats;
};

struct bench {
	struct event_base *base;
	struct mosquitto *siren;
	struct event *siren_read;
	struct event *next_timer;
	struct event *silence;
	int feed_port;
	bool wanted[WAYS];
	const char *topic;
	char *body;
	size_t count;
	size_t window;
	int gap_ms;
	struct alert *alerts;
	size_t sent;
	size_t complete;
	size_t refused;
	size_t oldest[WAYS];
	size_t unplaced;
	double begun;
	double ended;
};

struct feed {
	struct bench *bench;
	size_t number;
};

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	(void)fprintf(stderr, "bench_e2e: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void send_next(struct bench *b);

static void check_complete(struct bench *b, struct alert *a)
{
	bool all = a->answered > 0;
	for (size_t way = 0; way < WAYS; way++) {
		all = all && (!b->wanted[way] || a->got[way] > 0);
	}
	if (!all) {
		return;
	}
	b->ended = seconds();
	if (++b->complete == b->count) {
		(void)event_base_loopbreak(b->base);
	} else if (b->gap_ms > 0) {
		struct timeval gap = {.tv_usec = b->gap_ms * 1000};
		(void)event_add(b->next_timer, &gap);
	} else {
		send_next(b);
	}
}

/* ---- receipts ---- */

static bool read_token(const char *data, size_t size, size_t *number)
{
	const char *at = memmem(data, size, "ALRT", 4);
	if (!at || at + TOKEN_SIZE > data + size) {
		return false;
	}
	char digits[TOKEN_SIZE] = "";
	memcpy(digits, at + 4, TOKEN_SIZE - 4);
	*number = strtoul(digits, NULL, 10);
	return true;
}

static void take_receipt(struct bench *b, size_t way, const char *data, size_t size)
{
	size_t number;
	if (!read_token(data, size, &number)) {
		while (b->oldest[way] < b->sent && b->alerts[b->oldest[way]].got[way] > 0) {
			b->oldest[way]++;
		}
		number = b->oldest[way];
		b->unplaced++;
	}
	if (number >= b->sent) {
		return;
	}
	struct alert *a = &b->alerts[number];
	if (a->got[way] > 0) {
		a->repeats++;
		return;
	}
	a->got[way] = seconds();
	struct timeval limit = {.tv_sec = SILENCE_S};
	(void)event_add(b->silence, &limit);
	check_complete(b, a);
}

/* The order's text is inside the signed payload, base64url; padding and quotes end it. */
static size_t decode_base64url(const char *in, size_t size, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0;
	int have = 0;
	size_t made = 0;
	for (size_t i = 0; i < size; i++) {
		const char *digit = in[i] ? strchr(digits, in[i]) : NULL;
		if (!digit) {
			break;
		}
		bits = bits << 6 | (unsigned)(digit - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[made++] = (char)(bits >> have & 0xFF);
		}
	}
	return made;
}

static void on_order(struct mosquitto *m, void *data, const struct mosquitto_message *message)
{
	(void)m;
	const char *text = message->payload;
	size_t size = (size_t)message->payloadlen;
	const char *payload = memmem(text, size, "\"payload\":\"", 11);
	if (!payload) {
		take_receipt(data, SIREN, text, size);
		return;
	}
	payload += 11;
	char *order = mem_new(size);
	size_t order_size = decode_base64url(payload, (size_t)(text + size - payload), order);
	take_receipt(data, SIREN, order, order_size);
	free(order);
}

static void on_siren_readable(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	struct bench *b = data;
	if (mosquitto_loop_read(b->siren, 1) != MOSQ_ERR_SUCCESS) {
		fail("the broker closed");
	}
	/* What a callback sends is only queued. */
	while (mosquitto_want_write(b->siren)) {
		(void)mosquitto_loop_write(b->siren, 1);
	}
}

static void on_subscribed(struct mosquitto *m, void *data, int id, int count, const int *qos)
{
	(void)m, (void)id, (void)count, (void)qos;
	struct bench *b = data;
	send_next(b);
}

static void on_connected(struct mosquitto *m, void *data, int rc)
{
	struct bench *b = data;
	if (rc || mosquitto_subscribe(m, NULL, b->topic, 1)) {
		fail("cannot subscribe");
	}
}

static void start_siren(struct bench *b, int port)
{
	(void)mosquitto_lib_init();
	b->siren = mosquitto_new(NULL, true, b);
	(void)mosquitto_int_option(b->siren, MOSQ_OPT_TCP_NODELAY, 1);
	mosquitto_connect_callback_set(b->siren, on_connected);
	mosquitto_subscribe_callback_set(b->siren, on_subscribed);
	mosquitto_message_callback_set(b->siren, on_order);
	if (mosquitto_connect(b->siren, "127.0.0.1", port, 600)) {
		fail("no broker");
	}
	b->siren_read = event_new(
		b->base, mosquitto_socket(b->siren), EV_READ | EV_PERSIST, on_siren_readable, b);
	(void)event_add(b->siren_read, NULL);
}

/* ---- the web receiver ---- */

static void on_peer_event(struct bufferevent *stream, short what, void *data)
{
	(void)data;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
		bufferevent_free(stream);
	}
}

static void on_web(struct bufferevent *stream, void *data)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	struct evbuffer *in = bufferevent_get_input(stream);
	for (;;) {
		struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
		if (end.pos < 0) {
			return;
		}
		size_t head = (size_t)end.pos + 4;
		char *text = (char *)evbuffer_pullup(in, -1);
		char *copy = mem_copy(text, head);
		copy[head - 1] = '\0';
		const char *length = strcasestr(copy, "\ncontent-length:");
		size_t whole = head + (length ? strtoul(length + 16, NULL, 10) : 0);
		free(copy);
		if (evbuffer_get_length(in) < whole) {
			return;
		}
		take_receipt(data, WEB, text + head, whole - head);
		(void)evbuffer_drain(in, whole);
		(void)bufferevent_write(stream, answer, sizeof(answer) - 1);
	}
}

/* ---- the mail server ---- */

static void say(struct bufferevent *stream, const char *line)
{
	(void)bufferevent_write(stream, line, strlen(line));
}

static bool take_command(struct bufferevent *stream, struct evbuffer *in)
{
	size_t size;
	char *line = evbuffer_readln(in, &size, EVBUFFER_EOL_CRLF);
	if (!line) {
		return false;
	}
	if (strncasecmp(line, "EHLO", 4) == 0) {
		say(stream, "250-bench\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n"
			    "250 8BITMIME\r\n");
	} else if (strncasecmp(line, "DATA", 4) == 0) {
		say(stream, "354 go on\r\n");
		bufferevent_setwatermark(stream, EV_READ, 5, 0); /* marks "inside a message" */
	} else {
		say(stream, strncasecmp(line, "QUIT", 4) == 0 ? "221 2.0.0 bye\r\n"
							      : "250 2.0.0 ok\r\n");
	}
	free(line);
	return true;
}

static bool take_mail(struct bench *b, struct bufferevent *stream, struct evbuffer *in)
{
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n.\r\n", 5, NULL);
	if (end.pos < 0) {
		return false;
	}
	take_receipt(b, MAIL, (const char *)evbuffer_pullup(in, end.pos), (size_t)end.pos);
	(void)evbuffer_drain(in, (size_t)end.pos + 5);
	bufferevent_setwatermark(stream, EV_READ, 0, 0);
	say(stream, "250 2.0.0 taken\r\n");
	return true;
}

static void on_mail(struct bufferevent *stream, void *data)
{
	struct evbuffer *in = bufferevent_get_input(stream);
	for (bool more = true; more;) {
		size_t low = 0;
		(void)bufferevent_getwatermark(stream, EV_READ, &low, NULL);
		more = low > 0 ? take_mail(data, stream, in) : take_command(stream, in);
	}
}

static void set_nodelay(int fd)
{
	int one = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static struct bufferevent *new_stream(struct bench *b, int fd, bufferevent_data_cb read)
{
	set_nodelay(fd);
	(void)evutil_make_socket_nonblocking(fd);
	struct bufferevent *stream = bufferevent_socket_new(b->base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(stream, read, NULL, on_peer_event, b);
	(void)bufferevent_enable(stream, EV_READ | EV_WRITE);
	return stream;
}

static void on_web_connection(
	struct evconnlistener *l, int fd, struct sockaddr *from, int size, void *data)
{
	(void)l, (void)from, (void)size;
	(void)new_stream(data, fd, on_web);
}

static void on_mail_connection(
	struct evconnlistener *l, int fd, struct sockaddr *from, int size, void *data)
{
	(void)l, (void)from, (void)size;
	say(new_stream(data, fd, on_mail), "220 bench ESMTP\r\n");
}

static void listen_on(struct bench *b, int port, evconnlistener_cb taken)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!evconnlistener_new_bind(b->base, taken, b,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC, 512,
		    (struct sockaddr *)&at, sizeof(at))) {
		fail("cannot listen");
	}
}

/* ---- the feed ---- */

static void end_feed(struct feed *f, struct bufferevent *stream, bool taken)
{
	struct bench *b = f->bench;
	struct alert *a = &b->alerts[f->number];
	bufferevent_free(stream);
	free(f);
	a->answered = seconds();
	b->refused += !taken;
	check_complete(b, a);
}

static void on_answer(struct bufferevent *stream, void *data)
{
	size_t size;
	char *line = evbuffer_readln(bufferevent_get_input(stream), &size, EVBUFFER_EOL_LF);
	if (!line) {
		return;
	}
	bool taken = strncmp(line, "OK", 2) == 0 || strstr(line, "\"accepted\"");
	if (!taken) {
		(void)fprintf(stderr, "bench_e2e: answer: %s\n", line);
	}
	free(line);
	end_feed(data, stream, taken);
}

static void on_feed_event(struct bufferevent *stream, short what, void *data)
{
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
		end_feed(data, stream, false);
	}
}

static size_t make_body(const struct bench *b, size_t number, char *out)
{
	char token[TOKEN_SIZE + 16];
	(void)snprintf(token, sizeof(token), "ALRT%06zu", number);
	size_t at = 0;
	const char *from = b->body;
	for (const char *mark; (mark = strstr(from, "@@ID@@")) != NULL; from = mark + 6) {
		memcpy(out + at, from, (size_t)(mark - from));
		at += (size_t)(mark - from);
		memcpy(out + at, token, TOKEN_SIZE);
		at += TOKEN_SIZE;
	}
	size_t rest = strlen(from);
	memcpy(out + at, from, rest);
	return at + rest;
}

/* The floor listens only after it has found its peers, which are ours: the first call waits. */
static int connect_feed(const struct bench *b)
{
	const struct timespec pause = {.tv_nsec = 10000000};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b->feed_port)};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int left = b->sent == 0 ? 500 : 1; left > 0; left--) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0) {
			set_nodelay(fd);
			return fd;
		}
		(void)close(fd);
		(void)nanosleep(&pause, NULL);
	}
	fail("cannot connect to the feed");
	return -1;
}

/* Connecting comes before the clock starts: the time runs from the last byte of the alert. */
static void send_one(struct bench *b)
{
	static char text[2 * BODY_MAX];
	size_t number = b->sent;
	size_t size = make_body(b, number, text);
	int fd = connect_feed(b);
	b->sent++;
	b->alerts[number].sent = seconds();
	for (size_t at = 0; at < size;) {
		ssize_t wrote = send(fd, text + at, size - at, MSG_NOSIGNAL);
		if (wrote <= 0) {
			fail("cannot write to the feed");
		}
		at += (size_t)wrote;
	}
	(void)shutdown(fd, SHUT_WR);
	(void)evutil_make_socket_nonblocking(fd);
	struct feed *f = mem_new(sizeof(*f));
	*f = (struct feed){.bench = b, .number = number};
	struct bufferevent *stream = bufferevent_socket_new(b->base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(stream, on_answer, NULL, on_feed_event, f);
	(void)bufferevent_enable(stream, EV_READ);
}

static void send_next(struct bench *b)
{
	if (b->begun == 0) {
		b->begun = seconds();
	}
	while (b->sent < b->count && b->sent - b->complete < b->window) {
		send_one(b);
	}
}

static void on_next(int fd, short what, void *data)
{
	(void)fd, (void)what;
	send_next(data);
}

static void on_silence(int fd, short what, void *data)
{
	(void)fd, (void)what;
	struct bench *b = data;
	(void)event_base_loopbreak(b->base);
}

/* ---- the result ---- */

static int compare(const void *x, const void *y)
{
	double a = *(const double *)x;
	double b = *(const double *)y;
	return (a > b) - (a < b);
}

static void print_times(const char *name, double *values, size_t count)
{
	if (count == 0) {
		return;
	}
	qsort(values, count, sizeof(*values), compare);
	printf(",\"%s\":{\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,\"count\":%zu}", name,
		values[count / 2] * 1e6, values[(count - 1) * 99 / 100] * 1e6,
		values[count - 1] * 1e6, count);
}

static void print_result(const struct bench *b)
{
	double *values = mem_new_array(b->count, sizeof(*values));
	double span = b->ended - b->begun;
	size_t repeats = 0;
	for (size_t i = 0; i < b->sent; i++) {
		repeats += (size_t)b->alerts[i].repeats;
	}
	printf("{\"sent\":%zu,\"complete\":%zu,\"refused\":%zu,\"repeats\":%zu,\"unplaced\":%zu,"
	       "\"span_s\":%.4f,\"rate\":%.1f",
		b->sent, b->complete, b->refused, repeats, b->unplaced, span,
		span > 0 ? (double)b->complete / span : 0.0);
	for (size_t way = 0; way <= WAYS; way++) {
		size_t n = 0;
		for (size_t i = 0; i < b->sent; i++) {
			const struct alert *a = &b->alerts[i];
			double at = way < WAYS ? a->got[way] : a->answered;
			if (at > 0) {
				values[n++] = at - a->sent;
			}
		}
		print_times(way < WAYS ? way_names[way] : "answer", values, n);
	}
	printf("}\n");
	free(values);
}

static int read_number(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

int main(int argc, char **argv)
{
	if (argc != 10) {
		(void)fprintf(stderr, "usage: bench_e2e FEED_PORT WEB_PORT MAIL_PORT BROKER_PORT "
				      "TOPIC COUNT WINDOW GAP_MS BODY_FILE\n");
		return 2;
	}
	struct bench b = {
		.base = event_base_new(),
		.feed_port = read_number(argv[1]),
		.wanted = {true, read_number(argv[2]) > 0, read_number(argv[3]) > 0},
		.topic = argv[5],
		.count = strtoul(argv[6], NULL, 10),
		.window = strtoul(argv[7], NULL, 10),
		.gap_ms = read_number(argv[8]),
		.body = mem_new(BODY_MAX),
	};
	FILE *f = fopen(argv[9], "re");
	if (!f || fread(b.body, 1, BODY_MAX - 1, f) == 0) {
		fail(argv[9]);
	}
	(void)fclose(f);
	b.alerts = mem_new_array(b.count, sizeof(*b.alerts));
	b.next_timer = evtimer_new(b.base, on_next, &b);
	b.silence = evtimer_new(b.base, on_silence, &b);
	if (b.wanted[WEB]) {
		listen_on(&b, read_number(argv[2]), on_web_connection);
	}
	if (b.wanted[MAIL]) {
		listen_on(&b, read_number(argv[3]), on_mail_connection);
	}
	struct timeval limit = {.tv_sec = SILENCE_S};
	(void)event_add(b.silence, &limit);
	start_siren(&b, read_number(argv[4]));
	(void)event_base_dispatch(b.base);
	print_result(&b);
	return b.complete == b.count ? 0 : 1;
}
