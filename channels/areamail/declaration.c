/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "channels/registry.h"

#include <errno.h>

static const struct option_row carrier[] = {
	{
		.key = "url",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Where the carrier takes the message. https, except towards this machine.",
	},
	{
		.key = "token_file",
		.type = OPTION_SECRET,
		.help = "File with a bearer token, when the carrier wants one.",
	},
	{
		.key = "cert_file",
		.type = OPTION_FILE,
		.help = "Client certificate, when the carrier wants one.",
	},
	{
		.key = "key_file",
		.type = OPTION_SECRET,
		.help = "Its private key.",
	},
	{
		.key = "ca_file",
		.type = OPTION_FILE,
		.help = "Certificates to trust instead of the system's.",
	},
	{
		.key = "template",
		.type = OPTION_FILE,
		.help = "XML template of this carrier; without it CAP 1.2 in an EDXL-DE envelope "
			"is sent.",
	},
	{
		.key = "subject_max",
		.type = OPTION_INT,
		.fallback = "15",
		.min = 5,
		.max = 100,
		.help = "Characters of the subject, drill mark included.",
	},
	{
		.key = "body_max",
		.type = OPTION_INT,
		.fallback = "200",
		.min = 50,
		.max = 1000,
		.help = "Characters of the body, drill mark included; a newline counts two.",
	},
	{
		.key = "cap_per_hour",
		.type = OPTION_INT,
		.fallback = "10",
		.min = 1,
		.max = 60,
		.help = "Messages an hour to this carrier; what is of severity extreme is never "
			"held back.",
	},
	{0},
};

static const struct option_row options[] = {
	{
		.key = "carriers",
		.type = OPTION_MAP,
		.required = true,
		.rows = carrier,
		.help = "One table a carrier; the channel's targets name those that are used.",
	},
	{
		.key = "municipality_code",
		.type = OPTION_TEXT,
		.required = true,
		.help = "The municipality whose area is addressed (5 or 6 digits): area mail knows "
			"nothing "
			"finer.",
	},
	{
		.key = "sender",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Sender identifier agreed with the carriers.",
	},
	{
		.key = "connect_timeout",
		.type = OPTION_DURATION,
		.fallback = "5s",
		.min = 100,
		.max = 60000,
		.help = "How long connecting may take.",
	},
	{
		.key = "timeout",
		.type = OPTION_DURATION,
		.fallback = "20s",
		.min = 100,
		.max = 120000,
		.help = "How long one request may take.",
	},
	{0},
};

static int check(const json_t *given, const char **key, struct err *e)
{
	if (json_object_size(json_object_get(given, "carriers")) == 0) {
		*key = "carriers";
		return err_set(e, -EINVAL, "at least one carrier is needed");
	}
	return 0;
}

const struct channel_declaration channel_areamail = {
	.interface = CHANNEL_INTERFACE,
	.name = "areamail",
	.summary = "Area mail (cell broadcast) to each carrier, with its own outcome",
	.delivered = "the carrier answered that it has taken the message",
	.options = options,
	.check = check,
	.batch_max = 16,
	.audience = "targets",
	.reports_each_target = true,
	.idempotent = false,
	.confirms = false,
	.withdraws = false,
};
