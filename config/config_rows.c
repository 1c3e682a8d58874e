/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys of hansho.yaml. hansho.yaml(5) and the JSON Schema are made from these rows; a driver's
 * own rows come with the driver.
 */
#include "config/config_private.h"

#define DAY_MS	(24LL * 60 * 60 * 1000)
#define HOUR_MS (60LL * 60 * 1000)

static const struct option_row http_rows[] = {
	{.key = "listen",
		.type = OPTION_TEXT,
		.fallback = "127.0.0.1:9464",
		.help = "Address and port of metrics and health, on loopback; \"off\" for none."},
	{0},
};

const struct option_row municipality_rows[] = {
	{.key = "profile",
		.type = OPTION_FILE,
		.help = "A file with the keys below, as `hansho profile CODE` writes it; no other "
			"key stands beside it."},
	{.key = "code",
		.type = OPTION_TEXT,
		.help = "Municipality code, 5 digits (the sixth, a check digit, is left out)."},
	{.key = "name",
		.type = OPTION_TEXT,
		.help = "As residents write it; default: from the code tables."},
	{.key = "reading", .type = OPTION_TEXT, .help = "In hiragana; default as above."},
	{.key = "prefecture", .type = OPTION_TEXT, .help = "Default as above."},
	{.key = "weather",
		.type = OPTION_TEXTS,
		.help = "7-digit codes of weather, landslide and volcano telegrams; default: from "
			"the code tables, as are all lists below."},
	{.key = "seismic", .type = OPTION_TEXTS, .help = "7-digit codes of intensity reports."},
	{.key = "seismic_area",
		.type = OPTION_TEXTS,
		.help = "3-digit area of earthquake early warnings and intensity flashes."},
	{.key = "tsunami",
		.type = OPTION_TEXTS,
		.help = "3-digit tsunami forecast areas; [] for a municipality without a coast."},
	{.key = "volcanoes",
		.type = OPTION_TEXTS,
		.help = "3-digit codes of volcanoes all of whose telegrams matter."},
	{.key = "rivers", .type = OPTION_TEXTS, .help = "12-digit codes of river forecast areas."},
	{.key = "parents",
		.type = OPTION_TEXTS,
		.help = "6-digit forecast areas above the municipality."},
	{.key = "offices",
		.type = OPTION_TEXTS,
		.help = "Observatories that write its weather telegrams; their bulletins are "
			"ours."},
	{.key = "promotion_areas",
		.type = OPTION_TEXTS,
		.choices = "nankai hokkaido",
		.help = "Whether bulletins of the Nankai Trough and of Hokkaido-Sanriku concern "
			"the municipality; default: both that any municipality of its prefecture "
			"is designated for. [] for neither."},
	{.key = "polygon",
		.type = OPTION_TEXT,
		.help = "Outline as CAP writes it: \"lat,lon lat,lon ...\"; or `boundary`. Without "
			"an "
			"outline every shape that reaches the prefecture counts as ours."},
	{.key = "boundary",
		.type = OPTION_FILE,
		.help = "GeoJSON file with the outline: all its polygons together, holes left "
			"out."},
	{.key = "districts",
		.type = OPTION_FILE,
		.help = "GeoJSON file with a feature for each district (町丁, 学区): its polygon "
			"and the properties `code` and `name`."},
	{0},
};

static const struct option_row fetch_rows[] = {
	{.key = "program",
		.type = OPTION_TEXT,
		.required = true,
		.help = "What fetches: see the fetch programs below."},
	{.key = "options",
		.type = OPTION_ANY,
		.help = "The program's own keys: see hansho-fetch-NAME --describe."},
	{0},
};

#define DOOR_ROWS                                                                                  \
	{.key = "listen",                                                                          \
		.type = OPTION_TEXT,                                                               \
		.required = true,                                                                  \
		.help = "Address and port, \"192.0.2.10:6514\"; port 0 takes any free one. Feeds " \
			"with the same address share it."},                                        \
		{.key = "certificate",                                                             \
			.type = OPTION_FILE,                                                       \
			.help = "Our certificate and its chain, PEM."},                            \
		{.key = "key",                                                                     \
			.type = OPTION_SECRET,                                                     \
			.help = "Its private key, PEM; nobody else may read the file."},           \
		{.key = "client_ca",                                                               \
			.type = OPTION_FILE,                                                       \
			.help = "Authorities that sign the certificates of senders, PEM."},        \
	{                                                                                          \
		.key = "names", .type = OPTION_TEXTS,                                              \
		.help = "Identities in a sender's certificate (DNS name, mail address, URI or "    \
			"address; without any its common name) that are this feed."                \
	}

static const struct option_row tls_rows[] = {DOOR_ROWS, {0}};

static const struct option_row feed_http_rows[] = {DOOR_ROWS,
	{.key = "token_file",
		.type = OPTION_SECRET,
		.help = "File with the bearer token that a sender must show, one line of at least "
			"16 characters."},
	{0}};

static const struct option_row feed_rows[] = {
	{.key = "name", .type = OPTION_TEXT, .required = true, .help = "Shown by `hansho status`."},
	{.key = "unix", .type = OPTION_TEXT, .help = "Unix socket, relative to run_dir."},
	{.key = "tcp",
		.type = OPTION_TEXT,
		.help = "Address and port, \"127.0.0.1:4000\"; port 0 takes any free one."},
	{.key = "tls",
		.type = OPTION_TABLE,
		.rows = tls_rows,
		.help = "As tcp, over TLS 1.2 or newer; senders show a certificate."},
	{.key = "http",
		.type = OPTION_TABLE,
		.rows = feed_http_rows,
		.help = "POST /v1/alerts: over TLS with certificate and key, else on loopback."},
	{.key = "formats",
		.type = OPTION_TEXTS,
		.fallback = "[jmx, cap, json]",
		.choices = "jmx cap jalert-mail json",
		.help = "Formats taken."},
	{.key = "sources",
		.type = OPTION_TEXTS,
		.help = "Addresses or networks (192.0.2.0/24) that may connect; needed when tcp "
			"is not on loopback."},
	{.key = "senders",
		.type = OPTION_TEXTS,
		.help = "CAP senders taken; without it any. Of mails: addresses, or @domains, one "
			"of which must be that of the From line or of the envelope."},
	{.key = "signature",
		.type = OPTION_CHOICE,
		.choices = "ignore record require",
		.fallback = "record",
		.help = "XML signatures of CAP alerts: not looked at; checked and told with the "
			"alert; "
			"or taken only when somebody of trusted_certs has signed, whatever the "
			"format."},
	{.key = "trusted_certs",
		.type = OPTION_TEXTS,
		.help = "PEM files with the certificates of signers, or of the authorities above "
			"them; relative to this file."},
	{.key = "signature_sha1",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Whether signatures by SHA-1 count: only for authorities that have no "
			"others."},
	{.key = "mail_rules",
		.type = OPTION_FILE,
		.help = "File that says what the mails of the J-Alert receiver mean; needed for "
			"the format jalert-mail."},
	{.key = "max_message",
		.type = OPTION_SIZE,
		.fallback = "8MiB",
		.min = 1024,
		.max = 11 * 1024 * 1024,
		.help = "Size of one telegram."},
	{.key = "max_connections",
		.type = OPTION_INT,
		.fallback = "16",
		.min = 1,
		.max = 1000,
		.help = "Connections at once."},
	{.key = "rate_per_minute",
		.type = OPTION_INT,
		.fallback = "0",
		.min = 0,
		.max = 1000000,
		.help = "Telegrams a minute; 0 is no limit."},
	{.key = "idle_timeout",
		.type = OPTION_DURATION,
		.fallback = "5m",
		.min = 100,
		.max = DAY_MS,
		.help = "A connection that sends nothing this long is closed."},
	{.key = "silence",
		.type = OPTION_DURATION,
		.fallback = "0s",
		.min = 0,
		.max = 30 * DAY_MS,
		.help = "Staff are told when the feed brought nothing this long; 0s never."},
	{.key = "eew_heartbeat",
		.type = OPTION_DURATION,
		.fallback = "0s",
		.min = 0,
		.max = 30 * DAY_MS,
		.help = "The same for the hourly test telegram (VXSE42) of the early warning line: "
			"65m; 0s never."},
	{.key = "carries",
		.type = OPTION_TEXTS,
		.fallback = "[]",
		.help = "Kinds the feed would tell (\"tsunami.*\"). While it is known to live, no "
			"news of them means that there is none."},
	{.key = "fetch",
		.type = OPTION_TABLE,
		.rows = fetch_rows,
		.help = "A program that fetches the feed's telegrams; the feed then needs neither "
			"unix nor tcp."},
	{0},
};

static const struct option_row channel_rows[] = {
	{.key = "name", .type = OPTION_TEXT, .required = true, .help = "What rules call it by."},
	{.key = "driver",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Kind of channel: mail, areamail, sms, mqtt, social, banner, exec or "
			"fake."},
	{.key = "enabled",
		.type = OPTION_FLAG,
		.fallback = "true",
		.help = "false keeps the channel checked but sends nothing."},
	{.key = "drill",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Whether exercises (訓練) may go this way."},
	{.key = "agents",
		.type = OPTION_INT,
		.fallback = "1",
		.min = 1,
		.max = 64,
		.help = "Processes; each has one batch in flight."},
	{.key = "audience",
		.type = OPTION_TEXT,
		.help = "Name of the list of recipients in the store."},
	{.key = "targets", .type = OPTION_TEXTS, .help = "Fixed targets instead of a list."},
	{.key = "languages",
		.type = OPTION_TEXTS,
		.fallback = "[ja]",
		.help = "Languages sent, in this order."},
	{.key = "kinds",
		.type = OPTION_TEXTS,
		.help = "Kinds of alert the channel takes (\"tsunami.*\"); without it all."},
	{.key = "blocked_by",
		.type = OPTION_TEXTS,
		.fallback = "[PUBLIC]",
		.choices = "CMAS NWEM EAS PUBLIC CAPEXCH",
		.help = "A CAP alert whose BLOCKCHANNEL (IPAWS) names one of these does not go by "
			"this channel; [] for a channel that is none of them."},
	{.key = "on_unknown",
		.type = OPTION_CHOICE,
		.choices = "resend hold",
		.help = "When it cannot be known whether the remote took a message: send again, or "
			"ask staff. Default: resend for mail, mqtt, social and banner, hold for "
			"the "
			"rest. Severe and extreme are always sent again."},
	{.key = "hold_always",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Ask staff about severe and extreme too."},
	{.key = "batch_max",
		.type = OPTION_INT,
		.min = 1,
		.max = 100000,
		.help = "Targets a batch; default and limit: the driver's."},
	{.key = "deadline",
		.type = OPTION_DURATION,
		.fallback = "60s",
		.min = 1000,
		.max = HOUR_MS,
		.help = "How long one batch may take before the driver is ended."},
	{.key = "retry_first",
		.type = OPTION_DURATION,
		.fallback = "5s",
		.min = 10,
		.max = HOUR_MS,
		.help = "Wait before the first retry; it doubles each time."},
	{.key = "retry_max",
		.type = OPTION_DURATION,
		.fallback = "5m",
		.min = 10,
		.max = DAY_MS,
		.help = "Longest wait between retries."},
	{.key = "breaker_faults",
		.type = OPTION_INT,
		.fallback = "5",
		.min = 1,
		.max = 1000,
		.help = "Faults in a row after which the channel pauses."},
	{.key = "breaker_time",
		.type = OPTION_DURATION,
		.fallback = "30s",
		.min = 10,
		.max = DAY_MS,
		.help = "First pause; it grows while the fault lasts."},
	{.key = "cap_per_hour",
		.type = OPTION_INT,
		.fallback = "0",
		.min = 0,
		.max = 100000,
		.help = "Broadcasts an hour; what is beyond waits for staff. 0 is no cap; "
			"extreme is never capped."},
	{.key = "options",
		.type = OPTION_ANY,
		.help = "The driver's own keys: see hansho-channel-NAME --describe."},
	{0},
};

static const struct option_row match_rows[] = {
	{.key = "kinds",
		.type = OPTION_TEXTS,
		.help = "Kinds (\"tsunami.warning\", \"tsunami.*\"); without it any."},
	{.key = "events",
		.type = OPTION_TEXTS,
		.choices = "issued raised lowered added released cancelled corrected info",
		.help = "What changed; without it any."},
	{.key = "municipalities",
		.type = OPTION_TEXTS,
		.help = "5-digit codes out of ours; without it any of ours."},
	{.key = "formats",
		.type = OPTION_TEXTS,
		.choices = "jmx cap jalert-mail json",
		.help = "Format the alert came in; without it any."},
	{.key = "scope",
		.type = OPTION_TEXTS,
		.choices = "public restricted private",
		.help = "CAP scope; without it that of the rule above, and public at the top: what "
			"is restricted or private goes only where a rule names it."},
	{.key = "severity",
		.type = OPTION_CHOICE,
		.choices = "unknown minor moderate severe extreme",
		.fallback = "unknown",
		.help = "This severity or worse."},
	{.key = "level",
		.type = OPTION_INT,
		.fallback = "0",
		.min = 0,
		.max = 5,
		.help = "This 警戒レベル相当 or higher."},
	{0},
};

/* The size is written out because the table names itself. */
static const struct option_row rule_rows[10];

static const struct option_row rule_rows[10] = {
	{.key = "name",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Shown with every message it sends."},
	{.key = "match",
		.type = OPTION_TABLE,
		.rows = match_rows,
		.fallback = "{}",
		.help = "All that is given must hold; without it everything matches."},
	{.key = "channels",
		.type = OPTION_TEXTS,
		.help = "Names of channels; without it those of the rule above."},
	{.key = "priority",
		.type = OPTION_INT,
		.min = 0,
		.max = 9,
		.help = "0 goes first; default: by severity."},
	{.key = "expires",
		.type = OPTION_DURATION,
		.min = 1000,
		.max = 30 * DAY_MS,
		.help = "Nothing is sent later than this after the issue; default: by kind."},
	{.key = "hold",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Waits until staff release it."},
	{.key = "none",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Matches and sends nothing."},
	{.key = "continue",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Rules after this one are tried too."},
	{.key = "children",
		.type = OPTION_LIST,
		.rows = rule_rows,
		.help = "Finer rules, tried in order; the first that matches serves."},
	{0},
};

static const struct option_row rules_rows[] = {
	{.key = "live", .type = OPTION_LIST, .rows = rule_rows, .help = "Rules for real alerts."},
	{.key = "drill",
		.type = OPTION_LIST,
		.rows = rule_rows,
		.help = "Rules for exercises; only channels with drill: true."},
	{0},
};

static const struct option_row alarms_rows[] = {
	{.key = "channels",
		.type = OPTION_TEXTS,
		.fallback = "[]",
		.help = "Channels to staff; without any, alarms stand in status, log and metrics "
			"only."},
	{.key = "repeat",
		.type = OPTION_DURATION,
		.fallback = "30m",
		.min = 0,
		.max = 7 * DAY_MS,
		.help = "What still stands and nobody has acknowledged is said again; 0s never."},
	{.key = "gather",
		.type = OPTION_DURATION,
		.fallback = "5m",
		.min = 0,
		.max = DAY_MS,
		.help = "At least this long between two messages: what comes meanwhile is put into "
			"one."},
	{.key = "shared_channels",
		.type = OPTION_FLAG,
		.fallback = "false",
		.help = "Allows channels that rules send public messages to."},
	{0},
};

static const struct option_row guards_rows[] = {
	{.key = "cap",
		.type = OPTION_INT,
		.fallback = "6",
		.min = 0,
		.max = 1000,
		.help = "Broadcasts about one hazard in one place within the window; what is "
			"beyond "
			"waits for staff. Extreme, and what is worse than before, never waits. 0 "
			"is "
			"no cap."},
	{.key = "window",
		.type = OPTION_DURATION,
		.fallback = "1h",
		.min = 1000,
		.max = 7 * DAY_MS,
		.help = "How far back broadcasts are counted."},
	{0},
};

static const struct option_row role_rows[] = {
	{.key = "users", .type = OPTION_TEXTS, .help = "Login names."},
	{.key = "groups", .type = OPTION_TEXTS, .help = "Unix groups."},
	{0},
};

const struct option_row config_rows[] = {
	{.key = "site",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Short name of the installation, a-z, 0-9 and \"-\"; part of topics and "
			"message ids."},
	{.key = "state_dir",
		.type = OPTION_FILE,
		.fallback = "/var/lib/hansho",
		.help = "Folder of the store and the telegrams."},
	{.key = "run_dir",
		.type = OPTION_FILE,
		.fallback = "/run/hansho",
		.help = "Folder of the sockets."},
	{.key = "secrets_dir",
		.type = OPTION_FILE,
		.fallback = ".",
		.help = "Folder that relative paths of secrets start from; default: this file's."},
	{.key = "control_socket",
		.type = OPTION_TEXT,
		.fallback = "control.sock",
		.help = "Socket of the staff's command, relative to run_dir."},
	{.key = "http",
		.type = OPTION_TABLE,
		.rows = http_rows,
		.fallback = "{}",
		.help = "Metrics and health."},
	{.key = "log_level",
		.type = OPTION_CHOICE,
		.choices = "error warning info debug",
		.fallback = "info",
		.help = "How much is logged."},
	{.key = "driver_dirs",
		.type = OPTION_TEXTS,
		.help = "Folders searched for drivers after the hub's own."},
	{.key = "languages",
		.type = OPTION_TEXTS,
		.fallback = "[ja]",
		.help = "Languages of public texts, in this order."},
	{.key = "municipalities",
		.type = OPTION_LIST,
		.rows = municipality_rows,
		.required = true,
		.help = "The municipality or municipalities alerted."},
	{.key = "feeds",
		.type = OPTION_LIST,
		.rows = feed_rows,
		.fallback = "[]",
		.help = "Where telegrams come in."},
	{.key = "channels",
		.type = OPTION_LIST,
		.rows = channel_rows,
		.fallback = "[]",
		.help = "Ways to the residents."},
	{.key = "rules",
		.type = OPTION_TABLE,
		.rows = rules_rows,
		.fallback = "{}",
		.help = "Which alert goes which way."},
	{.key = "alarms",
		.type = OPTION_TABLE,
		.rows = alarms_rows,
		.fallback = "{}",
		.help = "How staff hear of what needs their eyes."},
	{.key = "guards",
		.type = OPTION_TABLE,
		.rows = guards_rows,
		.fallback = "{}",
		.help = "What keeps a source that goes wrong from alerting again and again."},
	{.key = "roles",
		.type = OPTION_MAP,
		.rows = role_rows,
		.choices = "viewer reporter operator approver admin",
		.help = "Who among the staff may do what."},
	{0},
};
