/* SPDX-License-Identifier: Apache-2.0
 *
 * The fetch programs in the tree, by declaration only: constant data, no library. The hub includes
 * this header of ingest and no other.
 */
#pragma once

#include "base/err.h"
#include "config/config.h"
#include "config/option.h"

#include <jansson.h>

enum { FETCH_PROTOCOL = 1 };

struct fetch_declaration {
	const char *name;    /* the executable is hansho-fetch-NAME */
	const char *summary; /* one line */
	const struct option_row *options;
	/* May be NULL; see struct config_driver. */
	int (*check)(const json_t *options, const char **key, struct err *e);
};

/* Each is defined in ingest/fetch/<name>/declaration.c. */
extern const struct fetch_declaration fetch_atom;
extern const struct fetch_declaration fetch_dmdata;
extern const struct fetch_declaration fetch_sensor;
extern const struct fetch_declaration fetch_spool;

/* NULL-terminated list of all of them. */
extern const struct fetch_declaration *const fetch_registry[];

const struct fetch_declaration *fetch_registry_find(const char *name);

/* drivers with the fetch programs added: for config_load(). */
struct config_drivers fetch_registry_join(const struct config_drivers *drivers);
