/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds words that say "this is only a test", so that a mislabelled test under an actual status is
 * held for staff.
 */
#pragma once

#include <stdbool.h>

/* The word found in a text of free prose, or NULL. "This is not a test" and 訓練ではありません do
 * not count. */
const char *cap_test_word(const char *text);
/* The same for an event name or headline, where also "exercise" and "drill" are clear; in prose,
 * "exercise caution" is not a drill. */
const char *cap_test_word_in_title(const char *text);
