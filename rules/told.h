/* SPDX-License-Identifier: Apache-2.0
 *
 * What people know of a row in force. A telegram that came too late, or speaks of a test, changes
 * the state while its broadcast waits for staff; so the state may hold what nobody was told.
 */
#pragma once

#include "rules/rules_private.h"

enum told {
	TOLD_ALL,     /* nothing about the row's last change waits for staff */
	TOLD_EARLIER, /* its last change waits; an earlier broadcast went out */
	TOLD_NOTHING, /* no broadcast about the row's municipality in its thread went out */
};

/* row NULL: TOLD_ALL. */
enum told told_of(const struct judgement *j, const struct state_row *row);
