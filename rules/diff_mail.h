/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails of the J-Alert receiver. They name no event and no series, so what belongs together is
 * found by hazard, stage, words and time (docs/feeds/jalert-mail.md):
 *
 * civil.missile/<id>   one missile: launch opens it, later stages join the newest
 * civil.terror/<id>    the other civil kinds: later mails join the one in force
 * tsunami              the row all sources share
 * eew/<id>             what happens and is over: a row for each
 * weather.rain/mail    what stays in force: one row beside that of JMA's telegrams
 *
 * seen/jalert-mail/<hazard>/<stage or action> keeps the words and the time of the last one.
 */
#pragma once

#include "rules/rules_private.h"

/* For issue, update, release and info of one municipality. */
void diff_mail_view(struct judgement *j, struct view *view);
/* For cancel. */
void diff_mail_cancel(struct judgement *j);

/* The row is one of the receiver's mails. */
bool diff_mail_wrote(const struct state_row *row);

/* A telegram of another source tells what the receiver's mail has told moments before: the event is
 * taken back, the telegram's row goes on with the mail's thread, and the mail's row ends. From then
 * on that source decides. */
void diff_mail_taken_over(struct judgement *j, struct effect *e);
