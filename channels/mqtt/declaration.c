/* SPDX-License-Identifier: Apache-2.0
 *
 * Option rows of the driver `mqtt`. Constant data: linked into the hub and the CLI.
 */
#include "base/json.h"
#include "channels/registry.h"
#include "net/broker_options.h"

#include <errno.h>
#include <string.h>

static const struct option_row pattern_rows[] = {
	{.key = "on_s",
		.type = OPTION_INT,
		.fallback = "0",
		.min = 0,
		.max = 600,
		.help = "Seconds the siren sounds."},
	{.key = "off_s",
		.type = OPTION_INT,
		.fallback = "0",
		.min = 0,
		.max = 600,
		.help = "Seconds of silence after it."},
	{.key = "repeat",
		.type = OPTION_INT,
		.fallback = "1",
		.min = 0,
		.max = 100,
		.help = "How often; 0: this kind sounds no siren."},
	{.key = "phrase",
		.type = OPTION_TEXT,
		.help = "Identifier of a sound stored in the devices, instead of a rhythm."},
	{0},
};

static const struct option_row rows[] = {
	{.key = "brokers",
		.type = OPTION_LIST,
		.required = true,
		.rows = broker_option_rows,
		.help = "Brokers in the order they are tried."},
	{.key = "live_key",
		.type = OPTION_SECRET,
		.required = true,
		.help = "Ed25519 private key (PEM) that signs live orders."},
	{.key = "drill_key",
		.type = OPTION_SECRET,
		.help = "Another Ed25519 private key, for drills; without it drills are refused."},
	{.key = "live_kid",
		.type = OPTION_TEXT,
		.help = "Name of the live key in the devices; default: 16 digits of its digest."},
	{.key = "drill_kid", .type = OPTION_TEXT, .help = "Name of the drill key, likewise."},
	{.key = "addressing",
		.type = OPTION_CHOICE,
		.choices = "area device",
		.fallback = "area",
		.help = "One order for each area, or one for each device."},
	{.key = "patterns",
		.type = OPTION_MAP,
		.rows = pattern_rows,
		.help = "Sirens by kind (\"tsunami.warning\", \"civil.*\"); they go before the "
			"defaults of the law."},
	{.key = "release_sirens",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Whether a release (解除) sounds \"<hazard>.release\" before the words."},
	{.key = "languages",
		.type = OPTION_TEXTS,
		.help = "Languages spoken and shown, in this order; default: the targets' own."},
	{.key = "order_ttl",
		.type = OPTION_DURATION,
		.fallback = "5m",
		.min = 10000,
		.max = 3600000,
		.help = "A device that gets an order later than this stays silent."},
	{.key = "inflight",
		.type = OPTION_INT,
		.fallback = "64",
		.min = 20,
		.max = 100,
		.help = "Orders published and not yet acknowledged by the broker."},
	{.key = "stagger",
		.type = OPTION_DURATION,
		.fallback = "0s",
		.min = 0,
		.max = 120000,
		.help = "Each device starts its slot number times this later, against echoes."},
	{.key = "client_id",
		.type = OPTION_TEXT,
		.help = "MQTT client identifier; default: hansho-<site>-<channel>."},
	{.key = "keepalive",
		.type = OPTION_DURATION,
		.fallback = "30s",
		.min = 5000,
		.max = 600000,
		.help = "MQTT keep-alive interval."},
	{.key = "connect_timeout",
		.type = OPTION_DURATION,
		.fallback = "5s",
		.min = 200,
		.max = 60000,
		.help = "How long one broker may take to answer before the next."},
	{.key = "qos",
		.type = OPTION_RETIRED,
		.help = "orders always go with QoS 1: QoS 0 would only mean \"given to the local "
			"system\""},
	{.key = "retain",
		.type = OPTION_RETIRED,
		.help = "orders are never retained: a retained order sounds again after every "
			"restart"},
	{0},
};

static int check(const json_t *options, const char **key, struct err *e)
{
	*key = "brokers";
	int rc = broker_options_check(json_object_get(options, "brokers"), e);
	if (rc != 0) {
		return rc;
	}
	*key = "drill_key";
	const char *drill_key = json_text(options, "drill_key", "");
	if (drill_key[0] && strcmp(drill_key, json_text(options, "live_key", "")) == 0) {
		return err_set(e, -EINVAL,
			"drills need a key of their own: with one key a drill could be replayed as "
			"live");
	}
	*key = "drill_kid";
	const char *drill_kid = json_text(options, "drill_kid", "");
	if (drill_kid[0] && strcmp(drill_kid, json_text(options, "live_kid", "")) == 0) {
		return err_set(e, -EINVAL, "live_kid and drill_kid must differ");
	}
	*key = NULL;
	return 0;
}

const struct channel_declaration channel_mqtt = {
	.interface = CHANNEL_INTERFACE,
	.name = "mqtt",
	.summary = "signed siren orders over MQTT 5",
	.delivered = "an MQTT broker took the order; sounded is only what a device confirmed",
	.options = rows,
	.check = check,
	.batch_max = 1000,
	.audience = "recipients",
	.reports_each_target = true,
	.idempotent = true,
	.confirms = true,
	.withdraws = true,
};
