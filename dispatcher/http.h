/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /metrics (Prometheus text) and GET /healthz (200 ok or degraded, 503 down; JSON body), on
 * loopback.
 */
#pragma once

#include "base/err.h"

struct http;
struct hub;

/* *out is NULL when the configuration has it off. */
int http_new(struct hub *hub, struct http **out, struct err *e);
void http_free(struct http *h);
int http_port(const struct http *h);
