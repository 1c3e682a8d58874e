/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables a language is made of, parted by what they are about. A kind's words stand in one
 * part; the last part may have rows for "*".
 */
#pragma once

#include "rules/words.h"

extern const struct words_stage words_ja_stages[];
extern const struct words_stage words_en_stages[];

extern const struct words_part words_ja_earth;
extern const struct words_part words_ja_weather;
extern const struct words_part words_ja_town;

extern const struct words_earth words_ja_telling;

extern const struct words_part words_en_earth;
extern const struct words_part words_en_weather;
extern const struct words_part words_en_town;
extern const struct words_earth words_en_telling;
