/* SPDX-License-Identifier: Apache-2.0
 *
 * JMA's code tables as far as the decoder judges by them. Codes are compared without leading
 * zeros: tables and telegrams pad differently.
 */
#pragma once

#include "schemas/kinds.h"

#include <stdbool.h>

struct jmx_code {
	const char *code;
	const char *kind; /* name in kinds.h */
	enum severity severity;
	int level; /* 警戒レベル相当, 0 none */
};

bool jmx_code_equal(const char *a, const char *b);

/* Each returns NULL for a code it does not know. */
const struct jmx_code *jmx_weather_code(const char *code); /* 警報等情報要素／気象警報・注意報 */
const struct jmx_code *jmx_tsunami_code(const char *code); /* without 50, 60, 00: see below */
const struct jmx_code *jmx_flood_code(const char *code);   /* without 10 解除 */
const struct jmx_code *jmx_volcano_code(const char *code); /* 01-05, 11-15, 21-49 */
const struct jmx_code *jmx_flash_tag(const char *tag);	   /* VPBS50 情報タグ */

/* True for tsunami codes by which something ends: 50, 60, 00, 72, 73. */
bool jmx_tsunami_ends(const char *code);

/* 警戒レベル of a 危険度 code (51 -> 5, 22 -> 2); 0 when it has none. */
int jmx_significancy_level(const char *code);
enum severity jmx_level_severity(int level);

/* Rank of a seismic intensity, "0" 0, "1" 1 ... "5-" 5, "5+" 6, ... "7" 9; -1 when it is none. */
int jmx_intensity_rank(const char *intensity);
enum severity jmx_intensity_severity(int rank);
enum { JMX_INTENSITY_5_LOWER = 5, JMX_INTENSITY_6_LOWER = 7 };
