/* SPDX-License-Identifier: Apache-2.0
 *
 * One batch: addresses checked, recipients put into messages and messages into sessions, until each
 * target has its outcome or the time is over.
 */
#pragma once

#include "channels/channel.h"
#include "channels/mail/session.h"
#include "channels/mail/settings.h"

void mail_deliver(const struct mail_settings *settings, struct smtp_relay *relay,
	struct agent *agent, const struct channel_batch *batch);
