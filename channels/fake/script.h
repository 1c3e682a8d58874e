/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fake driver is told to do: rows read from JSON, the first that fits a target is used.
 */
#pragma once

#include "base/err.h"

#include <jansson.h>
#include <stdint.h>

enum fake_act {
	FAKE_DELIVERED,
	FAKE_TRANSIENT,
	FAKE_PERMANENT,
	FAKE_UNKNOWN,
	FAKE_FORGET,	      /* no outcome at all */
	FAKE_CRASH,	      /* dies before the mark */
	FAKE_CRASH_MARKED,    /* dies after the mark, nothing delivered */
	FAKE_CRASH_DELIVERED, /* dies after the delivery, before its outcome */
	FAKE_HANG,	      /* until killed, after the mark */
	FAKE_LIE_TWICE,	      /* two outcomes for the target */
	FAKE_LIE_STRANGER,    /* an outcome for a target that is not in the batch */
	FAKE_GARBAGE,	      /* a line that is no JSON, then delivered */
	FAKE_RECEIPTS,	      /* delivered, then `count` receipts */
};

struct fake_row {
	const char *op;	       /* "deliver" or "withdraw" */
	const char *target;    /* "": any */
	const char *broadcast; /* "": any */
	int64_t attempt;       /* 0: any */
	enum fake_act act;
	int64_t ms; /* waits so long first */
	int64_t count;
	int64_t code;
	int64_t retry_after_s;
	const char *text;
	const char *scope;  /* word of outcome_scope */
	const char *reason; /* word of outcome_reason */
	const char *state;  /* word of receipt_state */
};

struct fake_script;

/* rules (a list of rows; may be NULL) come before the lines of text (may be NULL). NULL and *e,
 * with the row's number, when one has an unknown member, word or type. */
struct fake_script *fake_script_new(const json_t *rules, const char *text, struct err *e);
void fake_script_free(struct fake_script *s);

/* Never NULL: without a fitting row it is a plain delivery. Borrowed from the script. */
const struct fake_row *fake_script_find(const struct fake_script *s, const char *op,
	const char *target, const char *broadcast, int attempt);
