/* SPDX-License-Identifier: Apache-2.0
 *
 * What a driver is. A driver links agent_main() and fills in a struct channel_driver; everything
 * it is asked runs on one thread, one batch at a time. It must not work past the deadline, and it
 * must mark a target at risk before the point where the remote may act (docs/driver-guide.md).
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "config/option.h"
#include "schemas/broadcast.h"
#include "schemas/outcome.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { CHANNEL_INTERFACE = 1, CHANNEL_PROTOCOL = 1 };

/* Constant data without any library behind it: linked into the hub and the CLI too. */
struct channel_declaration {
	int interface; /* CHANNEL_INTERFACE */
	const char *name;
	const char *summary;   /* one line */
	const char *delivered; /* what DELIVERED means here, in words for staff */
	const struct option_row *options;
	/* May be NULL; see struct config_driver. */
	int (*check)(const json_t *options, const char **key, struct err *e);
	int batch_max;		  /* targets a batch */
	const char *audience;	  /* "recipients" (list in the store), "targets" (fixed names in the
				     configuration) or "single" (the channel itself) */
	bool reports_each_target; /* outcome per target, not per batch */
	bool idempotent;	  /* resending the same key is harmless at the remote */
	bool confirms;		  /* receipts come back */
	bool withdraws;		  /* `withdraw` does something */
	bool reads_shapes;	  /* polygons and circles; without, they are not sent to it */
	bool gives_way;		  /* very many targets: where the two meet, others go first */
};

struct channel_target {
	const char *id;	     /* the target's name: recipient id, carrier, device */
	const char *key;     /* delivery_key(): stable over retries and crashes */
	const char *address; /* where it goes; "" when the id says it all */
	const char *lang;
	const char *area; /* area code the target belongs to; "" */
};

struct channel_batch {
	const char *delivery; /* "<broadcast id>/<channel>" */
	int attempt;	      /* 1 first */
	const struct broadcast *broadcast;
	struct mono_time deadline;
	const struct channel_target *targets;
	size_t count;
};

struct agent; /* the link to the hub */

/* All pointers are borrowed for the call. */
struct channel_driver {
	const struct channel_declaration *declaration;
	/* options are checked and filled in. Loads keys and templates, touches no network. channel
	 * is the configured name, site the installation's. On failure *e names the option. */
	int (*open)(const json_t *options, const char *channel, const char *site,
		struct agent *agent, void **instance, struct err *e);
	/* Exactly one outcome per target, by agent_outcome() or agent_outcome_rest(); the agent
	 * supplies missing ones (transient without a mark, unknown with). */
	void (*deliver)(void *instance, const struct channel_batch *batch);
	/* Takes back what was delivered under these keys; NULL when withdraws is false. */
	void (*withdraw)(void *instance, const struct channel_batch *batch);
	/* Usable now? state: "ok", "degraded", "down"; NULL: always ok. Bounded by timeout_ms. */
	const char *(*probe)(void *instance, int timeout_ms, char *text, size_t capacity);
	/* A descriptor to watch while idle (-1: none), and what to do when it is readable or once a
	 * second. Both may be NULL. */
	int (*idle_fd)(void *instance);
	void (*idle)(void *instance);
	void (*close)(void *instance); /* safe after a failed open (instance NULL is not passed) */
};

/* Frames to the hub; index counts batch->targets. */
void agent_at_risk(struct agent *agent, const struct channel_batch *batch, size_t index);
/* Marks all targets that have no outcome yet, in one frame. */
void agent_at_risk_rest(struct agent *agent, const struct channel_batch *batch);
void agent_outcome(struct agent *agent, const struct channel_batch *batch, size_t index,
	const struct outcome *outcome);
/* The same outcome for all targets that have none yet, in one frame. */
void agent_outcome_rest(
	struct agent *agent, const struct channel_batch *batch, const struct outcome *outcome);
/* true when the target already has its outcome in this batch. */
bool agent_has_outcome(const struct agent *agent, size_t index);
/* May come at any time, also for batches of an earlier process: delivery and target say which. */
void agent_receipt(struct agent *agent, const char *delivery, const char *target,
	enum receipt_state state, struct wall_time at, const char *detail);
/* Unasked report about a device or the remote (heartbeats): stored by the hub as device state. */
void agent_device(struct agent *agent, const char *device, const json_t *state);

/* The whole main() of a driver: protocol on descriptors 0 and 1, log on 2; `--describe` prints the
 * declaration. Returns the exit status. */
int agent_main(int argc, char **argv, const struct channel_driver *driver);
