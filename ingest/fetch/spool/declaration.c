/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/spool/spool.h"

static const struct option_row rows[] = {
	{.key = "folder",
		.type = OPTION_FILE,
		.required = true,
		.help = "Where the files are put; done/ and refused/ are made in it."},
	{.key = "max_files",
		.type = OPTION_INT,
		.fallback = "10000",
		.min = 1,
		.max = 100000,
		.help = "Files looked at in one go, in the order of their names."},
	{.key = "max_bytes",
		.type = OPTION_SIZE,
		.fallback = "8MiB",
		.min = 1024,
		.max = 8 * 1024 * 1024,
		.help = "A larger file is refused."},
	{.key = "settle",
		.type = OPTION_DURATION,
		.fallback = "2s",
		.min = 0,
		.max = 60000,
		.help = "How long a file must have been left alone, where the system cannot tell "
			"whether it is still being written."},
	{.key = "rescan",
		.type = OPTION_DURATION,
		.fallback = "30s",
		.min = 50,
		.max = 3600000,
		.help = "The folder is looked through this often even when nothing is reported, as "
			"network folders report nothing."},
	{.key = "keep",
		.type = OPTION_DURATION,
		.fallback = "30d",
		.min = 0,
		.max = 3650LL * 24 * 3600 * 1000,
		.help = "Files in done/ are deleted after this time; 0s keeps them."},
	{0},
};

const struct fetch_declaration fetch_spool = {
	.name = "spool",
	.summary = "takes files that other software puts into a folder",
	.options = rows,
};
