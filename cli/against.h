/* SPDX-License-Identifier: Apache-2.0
 *
 * A recorded day under two configurations: what a change would have done.
 */
#pragma once

#include "cli/cli.h"
#include "config/config.h"

/* Judges the telegrams of folder under `before` and under `after`, each on a state of its own, and
 * prints how many broadcasts each would have sent and which differ. An exit code. */
int against_folder(struct cli *cli, const struct config *before, const struct config *after,
	const char *folder);
