/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/sim/options.h"

#include "base/file.h"
#include "channels/mqtt/topic.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

const char sim_usage[] =
	"usage: hansho-siren-sim --broker HOST:PORT --site NAME --areas CODE[,CODE...]\n"
	"                        --trust [KID=]PUBLIC.pem [options]\n"
	"  --broker HOST:PORT        again for more; tried in order\n"
	"  --ca-file FILE            TLS; --username NAME, --password-file FILE\n"
	"  --trust [KID=]FILE        public key of live orders; again for more\n"
	"  --trust-drill [KID=]FILE  public key of drills\n"
	"  --count N                 devices (1), at most 10000\n"
	"  --prefix TEXT             of their ids (siren-)\n"
	"  --areas A,B               given to the devices in turn\n"
	"  --connections K           MQTT connections (one per device, at most 200)\n"
	"  --heartbeat SECONDS       (30)\n"
	"  --silent I,J              devices that answer nothing, numbered from 1\n"
	"  --slots N                 slot of a device: its number modulo N (1)\n"
	"  --sound-ms N              how long everything sounds, instead of the real time\n"
	"  --state FILE              remember orders over restarts\n"
	"  --report FILE|-           JSON lines of what every device does\n"
	"  --json                    the same on standard output instead of text\n"
	"  --make-key PRIVATE PUBLIC make a key pair and exit\n";

static int number(
	const char *name, const char *text, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	char *end = NULL;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < min || value > max) {
		return err_set(e, -EINVAL, "--%s: a number from %lld to %lld is needed", name,
			(long long)min, (long long)max);
	}
	*out = value;
	return 0;
}

static int add_broker(struct sim_options *o, const char *text, struct err *e)
{
	const char *colon = strrchr(text, ':');
	int64_t port = 0;
	if (!colon || o->broker_count == SIM_BROKERS_MAX) {
		return err_set(
			e, -EINVAL, "--broker: HOST:PORT, at most %d times", SIM_BROKERS_MAX);
	}
	int rc = number("broker", colon + 1, 1, 65535, &port, e);
	o->brokers[o->broker_count++] = (struct broker_address){
		.host = pool_copy(o->pool, text, (size_t)(colon - text)),
		.port = (int)port,
		.ca_file = "",
		.cert_file = "",
		.key_file = "",
		.username = "",
		.password = "",
	};
	return rc;
}

static int add_trust(struct sim_options *o, const char *text, bool drill, struct err *e)
{
	if (o->trust_count == SIM_TRUST_MAX) {
		return err_set(e, -EINVAL, "--trust: at most %d keys", SIM_TRUST_MAX);
	}
	const char *equals = strchr(text, '=');
	const char *kid = equals ? pool_copy(o->pool, text, (size_t)(equals - text)) : "";
	struct siren_key *key = NULL;
	int rc = siren_key_load_public(equals ? equals + 1 : text, kid, &key, e);
	if (rc == 0) {
		o->trust[o->trust_count++] = (struct siren_trusted){.key = key, .drill = drill};
	}
	return rc;
}

static int add_areas(struct sim_options *o, const char *text, struct err *e)
{
	char *rest = pool_copy_text(o->pool, text);
	for (char *area; (area = strsep(&rest, ","));) {
		if (!siren_name_valid(area) || o->area_count == SIM_AREAS_MAX) {
			return err_set(e, -EINVAL, "--areas: codes with commas between them");
		}
		o->areas[o->area_count++] = area;
	}
	return 0;
}

enum option_id {
	OPT_BROKER,
	OPT_SITE,
	OPT_COUNT,
	OPT_PREFIX,
	OPT_AREAS,
	OPT_CONNECTIONS,
	OPT_TRUST,
	OPT_TRUST_DRILL,
	OPT_HEARTBEAT,
	OPT_REPORT,
	OPT_SILENT,
	OPT_SLOTS,
	OPT_SOUND_MS,
	OPT_STATE,
	OPT_JSON,
	OPT_CA_FILE,
	OPT_USERNAME,
	OPT_PASSWORD_FILE,
	OPT_HELP,
};

static const struct option options[] = {
	{"broker", required_argument, NULL, OPT_BROKER},
	{"site", required_argument, NULL, OPT_SITE},
	{"count", required_argument, NULL, OPT_COUNT},
	{"prefix", required_argument, NULL, OPT_PREFIX},
	{"areas", required_argument, NULL, OPT_AREAS},
	{"connections", required_argument, NULL, OPT_CONNECTIONS},
	{"trust", required_argument, NULL, OPT_TRUST},
	{"trust-drill", required_argument, NULL, OPT_TRUST_DRILL},
	{"heartbeat", required_argument, NULL, OPT_HEARTBEAT},
	{"report", required_argument, NULL, OPT_REPORT},
	{"silent", required_argument, NULL, OPT_SILENT},
	{"slots", required_argument, NULL, OPT_SLOTS},
	{"sound-ms", required_argument, NULL, OPT_SOUND_MS},
	{"state", required_argument, NULL, OPT_STATE},
	{"json", no_argument, NULL, OPT_JSON},
	{"ca-file", required_argument, NULL, OPT_CA_FILE},
	{"username", required_argument, NULL, OPT_USERNAME},
	{"password-file", required_argument, NULL, OPT_PASSWORD_FILE},
	{"help", no_argument, NULL, OPT_HELP},
	{0},
};

/* What holds for all brokers alike, as it was given. */
struct login {
	const char *ca_file;
	const char *username;
	const char *password;
};

static int read_password(
	struct sim_options *o, const char *path, struct login *login, struct err *e)
{
	char *secret = NULL;
	int rc = file_read_secret(path, &secret, e);
	if (rc == 0) {
		login->password = pool_copy_text(o->pool, secret);
	}
	free(secret);
	return rc;
}

static int take_number(struct sim_options *o, int id, struct err *e)
{
	int64_t value = 0;
	int rc = 0;
	switch ((enum option_id)id) {
	case OPT_COUNT:
		rc = number("count", optarg, 1, SIM_DEVICES_MAX, &value, e);
		o->count = (size_t)value;
		return rc;
	case OPT_CONNECTIONS:
		rc = number("connections", optarg, 1, SIM_DEVICES_MAX, &value, e);
		o->connections = (size_t)value;
		return rc;
	case OPT_HEARTBEAT:
		rc = number("heartbeat", optarg, 1, 3600, &value, e);
		o->heartbeat_ms = value * 1000;
		return rc;
	case OPT_SLOTS:
		return number("slots", optarg, 1, 100, &o->slots, e);
	case OPT_SOUND_MS:
		return number("sound-ms", optarg, 0, 3600000, &o->sound_ms, e);
	default:
		return err_set(e, -EINVAL, "unknown option; --help lists them");
	}
}

static int take(struct sim_options *o, int id, struct login *login, struct err *e)
{
	switch ((enum option_id)id) {
	case OPT_BROKER:
		return add_broker(o, optarg, e);
	case OPT_AREAS:
		return add_areas(o, optarg, e);
	case OPT_TRUST:
	case OPT_TRUST_DRILL:
		return add_trust(o, optarg, id == OPT_TRUST_DRILL, e);
	case OPT_SITE:
		o->site = optarg;
		return 0;
	case OPT_PREFIX:
		o->prefix = optarg;
		return 0;
	case OPT_REPORT:
		o->report_path = optarg;
		return 0;
	case OPT_STATE:
		o->memory_path = optarg;
		return 0;
	case OPT_SILENT:
		o->silent = pool_printf(o->pool, ",%s,", optarg);
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_CA_FILE:
		login->ca_file = optarg;
		return 0;
	case OPT_USERNAME:
		login->username = optarg;
		return 0;
	case OPT_PASSWORD_FILE:
		return read_password(o, optarg, login, e);
	case OPT_HELP:
		return 1;
	default:
		return take_number(o, id, e);
	}
}

static int complete(struct sim_options *o, const struct login *login, struct err *e)
{
	if (o->broker_count == 0 || o->area_count == 0 || o->trust_count == 0 ||
		!siren_name_valid(o->site) || !siren_name_valid(o->prefix) ||
		strlen(o->prefix) > SIREN_NAME_MAX - 6) {
		return err_set(e, -EINVAL,
			"--broker, --site, --areas and --trust are needed; --help tells more");
	}
	for (size_t i = 0; i < o->broker_count; i++) {
		o->brokers[i].ca_file = login->ca_file;
		o->brokers[i].username = login->username;
		o->brokers[i].password = login->password;
	}
	if (o->connections == 0) {
		o->connections = 200;
	}
	o->connections = o->connections > o->count ? o->count : o->connections;
	return 0;
}

int sim_options_read(int argc, char **argv, struct sim_options *o, struct err *e)
{
	*o = (struct sim_options){
		.pool = pool_new(),
		.site = "",
		.prefix = "siren-",
		.count = 1,
		.silent = "",
		.report_path = "",
		.memory_path = "",
		.heartbeat_ms = 30000,
		.sound_ms = -1,
		.slots = 1,
	};
	struct login login = {.ca_file = "", .username = "", .password = ""};
	int id;
	while ((id = getopt_long(argc, argv, "", options, NULL)) != -1) {
		int rc = take(o, id, &login, e);
		if (rc) {
			return rc;
		}
	}
	return complete(o, &login, e);
}

void sim_options_clear(struct sim_options *o)
{
	for (size_t i = 0; i < o->trust_count; i++) {
		siren_key_free((struct siren_key *)o->trust[i].key);
	}
	pool_free(o->pool);
}
