/* SPDX-License-Identifier: Apache-2.0
 *
 * A small world for the rules: two towns by the sea, three channels, a rule tree, and a store in
 * memory that applies decisions as the hub does.
 */
#pragma once

#include "rules/rules.h"

struct world;

struct world *world_new(void);
void world_free(struct world *w);
struct config *world_config(struct world *w);
/* Gives a town (0, 1) an outline, "lat,lon lat,lon ...". */
void world_outline(struct world *w, size_t municipality, const char *polygon);

/* 2026-11-20T14:00:00+09:00 plus minutes. */
struct wall_time world_at(int minutes);

/* Judges at `now` and applies the result. Both are the world's. The alert is kept by the world too.
 */
const struct rules_decision *world_take(struct world *w, struct alert *a, struct wall_time now);
/* The same, 30 seconds after the alert was issued. */
const struct rules_decision *world_take_fresh(struct world *w, struct alert *a);

/* NULL: no row. */
const struct state_row *world_row(
	struct world *w, enum alert_status status, const char *municipality, const char *slot);
bool world_in_force(struct world *w, const char *municipality, const char *slot);
/* Rows in force, sorted: "07204 tsunami tsunami.warning 51\n...". The caller frees. */
char *world_picture(struct world *w, enum alert_status status);

bool world_traced(const struct rules_decision *d, const char *part);
bool world_sends(const struct rules_decision *d, size_t broadcast, const char *channel);

/* An actual JMX issue at minutes, with digest, series type + "/" + key. */
struct alert *world_alert(const char *type, const char *key, int minutes);
/* Adds an item with one area. */
struct alert_item *world_item(struct alert *a, const char *kind, const char *code,
	enum severity severity, int level, const char *system, const char *area);

/* VTSE41 about the coast of both towns, of the earthquake WORLD_QUAKE. */
struct alert *world_tsunami(
	int minutes, const char *kind, const char *code, enum severity severity);

#define WORLD_QUAKE "20261120135500"
#define IWAKI	    "07204"
#define NARAHA	    "07542"
