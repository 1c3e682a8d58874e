/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule tree: what is sent where. The first child that matches wins unless it says `continue`;
 * a node without matching children serves itself.
 */
#pragma once

#include "rules/rules_private.h"

struct route {
	const char *rule;	   /* names of the rules that serve, joined by '+'; "" none */
	struct text_list channels; /* in the order of the configuration */
	int priority;		   /* -1: by severity */
	int64_t expires_ms;	   /* 0: by kind */
	bool hold;
	bool matched; /* a rule other than `none` serves it with at least one channel */
	bool refused; /* a rule says `none` */
};

/* For one effect with an event. */
void route_effect(struct judgement *j, const struct effect *e, struct route *out);

/* A rule of the tree names the kind itself, not by a pattern. What is for machines goes nowhere
 * else. */
bool route_names(const struct judgement *j, const struct kind *kind);

/* A rule of the tree names the alert's scope, which is not public. */
bool route_knows_scope(const struct judgement *j);

/* The channel may carry this status at all. */
bool route_channel_open(const struct judgement *j, const struct channel_config *channel);
bool route_same(const struct route *a, const struct route *b);
