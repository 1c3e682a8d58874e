/* SPDX-License-Identifier: Apache-2.0
 *
 * What a telegram costs between its last byte and the decision: decoding, the diff against what is
 * in force, routing and words; beside libxml2's bare parsing of the same bytes, in turn, in
 * processor time of this process. Two telegrams of one series take turns, so that each is a change.
 *
 *     bench_decode CONFIG ROUNDS TIMES A.xml B.xml
 *
 * Prints one JSON object a round: microseconds per telegram.
 */
#include "base/file.h"
#include "channels/registry.h"
#include "cli/memory_state.h"
#include "config/config.h"
#include "ingest/decode.h"
#include "ingest/xml.h"
#include "rules/rules.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct telegram {
	char *bytes;
	size_t size;
};

static void die(const char *text)
{
	(void)fprintf(stderr, "bench_decode: %s\n", text);
	exit(1);
}

static double cpu_us(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void parse_only(const struct telegram *t)
{
	xmlDoc *doc = xmlReadMemory(t->bytes, (int)t->size, "telegram", NULL,
		XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT);
	if (!doc) {
		die("libxml2 does not read it");
	}
	xmlFreeDoc(doc);
}

static struct alert *decode(const struct telegram *t)
{
	struct alert *alert = NULL;
	struct decode_refusal refusal;
	if (decode_telegram(t->bytes, t->size, NULL, &alert, &refusal)) {
		die(refusal.reason);
	}
	return alert;
}

static void decode_only(const struct telegram *t)
{
	alert_free(decode(t));
}

struct hall {
	struct config *config;
	struct memory_state *memory;
	struct rules_reader reader;
	struct wall_time now; /* moves on, so that each telegram is newer than the one before */
	size_t broadcasts;
};

static void judge(struct hall *h, const struct telegram *t)
{
	struct alert *alert = decode(t);
	h->now.ms += 1000;
	alert->issued = h->now;
	alert->sent = h->now;
	struct rules_decision *d = rules_decide(h->config, alert, &h->reader, h->now);
	h->broadcasts += d->broadcast_count;
	for (size_t i = 0; i < d->change_count; i++) {
		d->changes[i].row.thread = ""; /* the history of a thread is not what is measured */
	}
	size_t told = d->broadcast_count;
	d->broadcast_count = 0;
	memory_state_apply(h->memory, alert, d);
	d->broadcast_count = told;
	rules_decision_free(d);
	alert_free(alert);
}

static struct config *load(const char *path)
{
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load(path, &channel_registry_drivers, &faults);
	if (!c) {
		die(faults.list[0].text);
	}
	config_faults_clear(&faults);
	return c;
}

int main(int argc, char **argv)
{
	struct telegram telegrams[2];
	struct err e = {0};
	if (argc != 6) {
		die("usage: bench_decode CONFIG ROUNDS TIMES A.xml B.xml");
	}
	long rounds = strtol(argv[2], NULL, 10);
	long times = strtol(argv[3], NULL, 10);
	for (size_t i = 0; i < 2; i++) {
		if (file_read(argv[4 + i], XML_SIZE_LIMIT, &telegrams[i].bytes, &telegrams[i].size,
			    &e)) {
			die(e.text);
		}
	}
	xml_setup();
	for (long round = 0; round < rounds; round++) {
		struct hall hall = {.config = load(argv[1]), .memory = memory_state_new()};
		memory_state_reader(hall.memory, &hall.reader);
		hall.now = clock_wall_now();
		double spent[4];
		spent[0] = cpu_us();
		for (long i = 0; i < times; i++) {
			parse_only(&telegrams[i % 2]);
		}
		spent[1] = cpu_us();
		for (long i = 0; i < times; i++) {
			decode_only(&telegrams[i % 2]);
		}
		spent[2] = cpu_us();
		for (long i = 0; i < times; i++) {
			judge(&hall, &telegrams[i % 2]);
		}
		spent[3] = cpu_us();
		if (hall.broadcasts != (size_t)times) {
			die("not every telegram was a change for us");
		}
		(void)printf(
			"{\"bytes\":%zu,\"parse_us\":%.2f,\"decode_us\":%.2f,\"judge_us\":%.2f}\n",
			telegrams[0].size, (spent[1] - spent[0]) / (double)times,
			(spent[2] - spent[1]) / (double)times,
			(spent[3] - spent[2]) / (double)times);
		memory_state_free(hall.memory);
		config_free(hall.config);
	}
	free(telegrams[0].bytes);
	free(telegrams[1].bytes);
	return 0;
}
