/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration as the command line finds it: -c FILE, HANSHO_CONFIG, /etc/hansho/hansho.yaml,
 * else the built-in defaults.
 */
#pragma once

#include "cli/cli.h"
#include "config/config.h"

/* NULL after printing every fault. The caller frees. */
struct config *load_config(struct cli *cli);

/* The same for one named file, printing faults; *faults receives their number. */
struct config *load_config_file(struct cli *cli, const char *path, size_t *faults);
