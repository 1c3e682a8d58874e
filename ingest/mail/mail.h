/* SPDX-License-Identifier: Apache-2.0
 *
 * A mail of the J-Alert receiver in the town hall -> alert, by the rules of its feed
 * (docs/feeds/jalert-mail.md).
 *
 * - digest: subject and body in normal form, and the time the mail bears. The same mail by two
 * ways, or handed over again after a crash, is one; the same words at another time are another.
 * - events: the words alone, so that the rules can tell a mail sent again from a new launch.
 * - series: all that the receiver says of one hazard; what belongs together is for the rules to
 * say.
 * - of a missile: code is the stage, name the place and value the time, as the text has them.
 * - no item, status test and the warning "mail-unmatched": no rule knows it; staff must read it.
 */
#pragma once

#include "ingest/decode.h"

/* As decode_telegram(); refuses "sender-not-allowed", "no-identity" (no time at all), "empty". */
int mail_decode(const char *bytes, size_t size, const struct decode_policy *policy,
	struct alert **out, struct decode_refusal *refusal);
