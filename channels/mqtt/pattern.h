/* SPDX-License-Identifier: Apache-2.0
 *
 * Which siren sounds for which kind. The defaults are those of Japanese law and of the
 * prefectures' flood-fighting rules; every municipality may set its own (they do differ).
 */
#pragma once

#include "base/err.h"
#include "schemas/kinds.h"

#include <jansson.h>
#include <stdbool.h>

struct siren_pattern {
	const char *match; /* kind or prefix ending in '*'; doubles as the pattern's id */
	int on_s;	   /* 0 with a phrase: a stored sound */
	int off_s;
	int repeat;	    /* 0: this kind sounds no siren */
	const char *phrase; /* id of a sound stored in the devices; "" */
};

struct siren_patterns;

/* map: kind pattern -> {on_s, off_s, repeat, phrase}, NULL for the defaults alone. The configured
 * rows go before the defaults. -EINVAL names the row. */
int siren_patterns_new(const json_t *map, struct siren_patterns **out, struct err *e);
void siren_patterns_free(struct siren_patterns *patterns);

/* The pattern of a kind: the exact name before the longest prefix. NULL: no siren. */
const struct siren_pattern *siren_patterns_find(
	const struct siren_patterns *patterns, const char *kind);

/* The pattern for an event of a kind: none unless it is issued, raised or added. A release sounds
 * only "<hazard>.release", and only when release_sirens says so. */
const struct siren_pattern *siren_patterns_for(const struct siren_patterns *patterns,
	const struct kind *kind, enum event_type event, bool release_sirens);
