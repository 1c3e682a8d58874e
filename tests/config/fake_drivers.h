/* SPDX-License-Identifier: Apache-2.0
 *
 * Drivers that exist only as option rows, so that the configuration is tested without channels.
 */
#pragma once

#include "config/config.h"

/* mail (every type of row), banner (single), sms, areamail, exec; nothing else. */
extern const struct config_drivers fake_drivers;
/* Any name, any options. */
extern const struct config_drivers lenient_drivers;
