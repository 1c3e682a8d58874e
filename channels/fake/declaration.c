/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/registry.h"

/* A row fits when all of delivery, target and attempt that it gives fit; the first that fits is
 * used. Nothing fits: delivered. */
static const struct option_row options[] = {
	{
		.key = "script",
		.type = OPTION_FILE,
		.help = "File of JSON lines saying what to do: "
			"{\"target\":…,\"attempt\":…,\"broadcast\":…,\"do\":…}.",
	},
	{
		.key = "rules",
		.type = OPTION_ANY,
		.help = "The same rows as a list in the configuration; tried before the script.",
	},
	{
		.key = "record",
		.type = OPTION_FILE,
		.help = "File to which the key of everything delivered is appended, synced.",
	},
	{
		.key = "mark",
		.type = OPTION_FLAG,
		.fallback = "true",
		.help = "Mark each target at risk before acting.",
	},
	{
		.key = "delay",
		.type = OPTION_DURATION,
		.fallback = "0ms",
		.min = 0,
		.max = 600000,
		.help = "Wait this long before each batch.",
	},
	{
		.key = "health",
		.type = OPTION_CHOICE,
		.fallback = "ok",
		.choices = "ok degraded down",
		.help = "What a probe answers.",
	},
	{0},
};

const struct channel_declaration channel_fake = {
	.interface = CHANNEL_INTERFACE,
	.name = "fake",
	.summary = "Delivers nowhere; fails, hangs, dies and lies on demand, for tests and drills",
	.delivered = "the key stands in the record file; nobody was reached",
	.options = options,
	.batch_max = 500,
	.audience = "targets",
	.reports_each_target = true,
	.idempotent = true,
	.confirms = true,
	.withdraws = true,
	.reads_shapes = true,
};
