/* SPDX-License-Identifier: Apache-2.0
 *
 * The two halves of the agent share this: agent.c waits and starts, agent_frames.c speaks and keeps
 * count of what each target of the batch in hand has had.
 */
#pragma once

#include "base/jsonl.h"
#include "channels/channel.h"

struct target_state {
	bool marked;
	bool concluded;
};

struct agent {
	const struct channel_driver *driver;
	struct jsonl_stream *stream;
	void *instance;
	int signal_fd;
	bool link_lost;			   /* the hub no longer reads: nothing new is begun */
	const struct channel_batch *batch; /* in hand; NULL while waiting */
	struct target_state *states;	   /* of the batch in hand */
	size_t states_capacity;
	size_t concluded;
	size_t supplied; /* outcomes the driver forgot, since start */
};

/* Steals frame; a lost link is noted in agent->link_lost. */
void agent_send(struct agent *agent, json_t *frame);
/* An outcome frame for target ("rest": all) without any bookkeeping. */
void agent_send_outcome(struct agent *agent, const char *delivery, const char *target,
	const struct outcome *outcome);
/* Begins and ends a batch; the end supplies the outcomes the driver forgot. batch is borrowed until
 * the end. */
void agent_batch_begin(struct agent *agent, const struct channel_batch *batch);
void agent_batch_end(struct agent *agent);
