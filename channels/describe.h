/* SPDX-License-Identifier: Apache-2.0
 *
 * A declaration as JSON: what `DRIVER --describe` prints (driver-description.schema.json) and what
 * `ready` says of it.
 */
#pragma once

#include "channels/channel.h"

#include <jansson.h>

/* Both: the caller releases. */
json_t *channel_describe(const struct channel_declaration *d);
json_t *channel_capabilities(const struct channel_declaration *d);
