/* SPDX-License-Identifier: Apache-2.0
 *
 * The ingest process as a whole: listeners and connections on one side, the link to the hub on the
 * other, and between them the judgement of each message and the way back of its answer.
 */
#pragma once

#include <event2/event.h>

struct ingest;

/* Takes ownership of link_fd. Waits for the hub's hello; then listens. */
struct ingest *ingest_new(struct event_base *base, int link_fd);
void ingest_free(struct ingest *in);

/* Stops listening, answers what is outstanding within two seconds, ends the loop. */
void ingest_stop(struct ingest *in);

/* After the loop: the process's exit status. */
int ingest_status(const struct ingest *in);
