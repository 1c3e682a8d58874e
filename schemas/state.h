/* SPDX-License-Identifier: Apache-2.0
 *
 * What is in force: one row per (status, municipality, slot). The slot is the hazard, with the
 * thing it is about where there are several: "tsunami", "weather.rain", "flood.river/180000001",
 * "volcano/312", "eew/20261120143000". Rows of different status never meet.
 */
#pragma once

#include "base/clock.h"
#include "schemas/kinds.h"

#include <stdbool.h>

struct state_row {
	enum alert_status status;
	const char *municipality; /* 5 digits */
	const char *slot;
	bool in_force; /* false: released, kept so that an older telegram cannot bring it back */
	const struct kind *kind;
	enum severity severity;
	int level;
	const char *code;
	const char *name;
	const char *value;
	const char *source; /* full-state telegrams replace all rows of their source:
			       "VPWW55/福井地方気象台" */
	const char *series;
	const char *event;	 /* JMX EventID or CAP incident; "" */
	struct wall_time issued; /* of the telegram that wrote the row; older ones change nothing */
	struct wall_time sent;
	struct wall_time expires;
	const char *thread; /* of the broadcasts about it */
	const char *alert;  /* id of the alert that wrote the row */
};
