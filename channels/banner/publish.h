/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes a board to its folder, each file replaced in one step: first what is pointed to, then what
 * points. A lock file keeps several processes apart.
 *
 *   FOLDER/.state.json  what is on the board (for us)    FOLDER/cap/ID.xml
 *   FOLDER/banner.html  index.html  banner.json  feed.atom
 */
#pragma once

#include "base/err.h"
#include "channels/banner/cap.h"
#include "channels/banner/page.h"

/* Makes the folder and cap/ below it. */
int publish_prepare(const char *folder, struct err *e);
/* Returns the lock's descriptor (publish_unlock() closes it) or a negative errno with *e. Waits for
 * the other process. */
int publish_lock(const char *folder, struct err *e);
void publish_unlock(int lock);

/* Reads the board; an absent state is an empty board. On an error *e says what was lost, and the
 * board holds what could be read. */
int publish_load(const char *folder, struct board *board, struct err *e);

/* Everything, with the CAP message of id first (NULL: none). 0: all is on the disk. */
int publish_all(const char *folder, const struct board *board, const char *id,
	const struct page_context *context, const struct cap_author *author, struct err *e);
/* Removes CAP files whose broadcasts are no longer on the board. */
void publish_clean(const char *folder, const struct board *board);
