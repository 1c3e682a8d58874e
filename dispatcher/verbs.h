/* SPDX-License-Identifier: Apache-2.0
 *
 * What staff can ask of the hub: one row per verb. Adding a verb is adding a row.
 */
#pragma once

#include "base/err.h"
#include "dispatcher/rights.h"

#include <jansson.h>

struct hub;

struct verb_call {
	struct hub *hub;
	const struct person *person;
	const json_t *args; /* the request object */
};

struct verb {
	const char *op;
	enum role role; /* at least */
	/* 0 and *result (owned by the caller), or a negative errno: -ENOENT no such thing, -EINVAL
	 * bad arguments, -EPERM against the rules, others are the store's. */
	int (*run)(const struct verb_call *call, json_t **result, struct err *e);
};

const struct verb *verb_find(const char *op);
/* NULL-op-terminated table, for documentation tests. */
extern const struct verb verb_table[];
