/* SPDX-License-Identifier: Apache-2.0
 *
 * The drivers in the tree, by declaration only: constant data, no delivery library.
 */
#pragma once

#include "channels/channel.h"
#include "config/config.h"

/* Each is defined in channels/<name>/declaration.c. */
extern const struct channel_declaration channel_areamail;
extern const struct channel_declaration channel_banner;
extern const struct channel_declaration channel_exec;
extern const struct channel_declaration channel_fake;
extern const struct channel_declaration channel_mail;
extern const struct channel_declaration channel_mqtt;
extern const struct channel_declaration channel_sms;
extern const struct channel_declaration channel_social;

/* NULL-terminated list of all of them. */
extern const struct channel_declaration *const channel_registry[];

const struct channel_declaration *channel_registry_find(const char *name);

/* For config_load(). */
extern const struct config_drivers channel_registry_drivers;
