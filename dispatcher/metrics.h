/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters and time histograms in the Prometheus text format (version 0.0.4). A counter is found
 * by name and label text; making it is done on first use.
 */
#pragma once

#include "base/buf.h"

#include <stdint.h>

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* name: one of the table in metrics.c (asserted). labels: `feed="jalert",code="not-xml"` or "". The
 * caller's label values come from the configuration or closed lists, never from outside. */
void metrics_count(struct metrics *m, const char *name, const char *labels, uint64_t add);
void metrics_gauge(struct metrics *m, const char *name, const char *labels, int64_t value);
void metrics_time(struct metrics *m, const char *name, const char *labels, int64_t ms);

uint64_t metrics_value(const struct metrics *m, const char *name, const char *labels);

void metrics_write(const struct metrics *m, struct buf *out);
