/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_drivers.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

static const struct option_row relay_rows[] = {
	{.key = "name", .type = OPTION_TEXT, .required = true, .help = "Name."},
	{.key = "weight", .type = OPTION_INT, .fallback = "1", .max = 9, .help = "Weight."},
	{0},
};

static const struct option_row mail_rows[] = {
	{.key = "host", .type = OPTION_TEXT, .required = true, .help = "Relay."},
	{.key = "port",
		.type = OPTION_INT,
		.fallback = "25",
		.min = 1,
		.max = 65535,
		.help = "TCP port."},
	{.key = "greet", .type = OPTION_FLAG, .fallback = "true", .help = "Greet."},
	{.key = "timeout",
		.type = OPTION_DURATION,
		.fallback = "60s",
		.min = 1000,
		.max = 600000,
		.help = "Limit."},
	{.key = "body_max", .type = OPTION_SIZE, .fallback = "64KiB", .help = "Size."},
	{.key = "tls",
		.type = OPTION_CHOICE,
		.choices = "required off",
		.fallback = "required",
		.help = "TLS."},
	{.key = "ca_file", .type = OPTION_FILE, .help = "Authorities."},
	{.key = "password_file", .type = OPTION_SECRET, .help = "Password."},
	{.key = "tags", .type = OPTION_TEXTS, .fallback = "[a, \"no\"]", .help = "Tags."},
	{.key = "relays", .type = OPTION_LIST, .rows = relay_rows, .help = "More relays."},
	{.key = "main", .type = OPTION_TABLE, .rows = relay_rows, .help = "Main relay."},
	{.key = "by_class",
		.type = OPTION_MAP,
		.rows = relay_rows,
		.choices = "gold silver",
		.help = "By class."},
	{.key = "extra", .type = OPTION_ANY, .help = "Anything."},
	{.key = "smtp_password",
		.type = OPTION_RETIRED,
		.help = "write the password into a file and name it in password_file"},
	{0},
};

static int check_mail(const json_t *options, const char **key, struct err *e)
{
	*key = "port";
	if (json_int(options, "port", 0) == 465) {
		return err_set(e, -EINVAL, "465 is not spoken");
	}
	return 0;
}

static const struct option_row no_rows[] = {{0}};

static const struct config_driver drivers[] = {
	{"mail", mail_rows, check_mail, 500, "recipients"},
	{"banner", no_rows, NULL, 1, "single"},
	{"sms", no_rows, NULL, 100, "recipients"},
	{"areamail", no_rows, NULL, 4, "targets"},
	{"exec", NULL, NULL, 100, "targets"},
};

static const struct config_driver *find(const char *name, void *data)
{
	(void)data;
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (strcmp(drivers[i].name, name) == 0) {
			return &drivers[i];
		}
	}
	return NULL;
}

static const struct config_driver *find_any(const char *name, void *data)
{
	static const struct config_driver any = {"any", NULL, NULL, 1000, "targets"};
	(void)data;
	return name[0] ? &any : NULL;
}

const struct config_drivers fake_drivers = {.find = find};
const struct config_drivers lenient_drivers = {.find = find_any, .find_fetch = find_any};
