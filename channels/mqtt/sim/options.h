/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulator's command line.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "channels/mqtt/siren_order.h"
#include "net/broker.h"

enum { SIM_DEVICES_MAX = 10000, SIM_TRUST_MAX = 16, SIM_BROKERS_MAX = 8, SIM_AREAS_MAX = 256 };

struct sim_options {
	struct pool *pool;
	struct broker_address brokers[SIM_BROKERS_MAX];
	size_t broker_count;
	const char *site;
	const char *prefix;
	size_t count;
	size_t connections;
	const char *areas[SIM_AREAS_MAX];
	size_t area_count;
	struct siren_trusted trust[SIM_TRUST_MAX];
	size_t trust_count;
	const char *silent;	 /* ",1,7,": numbers from 1 */
	const char *report_path; /* "": none, "-": standard output */
	const char *memory_path; /* "": forgets at exit */
	int64_t heartbeat_ms;
	int64_t sound_ms; /* -1: as long as the order says */
	int64_t slots;
	bool json;
};

/* 0; 1 when help was printed; -EINVAL with *e. */
int sim_options_read(int argc, char **argv, struct sim_options *o, struct err *e);
void sim_options_clear(struct sim_options *o);
extern const char sim_usage[];
