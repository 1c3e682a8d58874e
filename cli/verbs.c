/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stddef.h>

const struct cli_verb cli_verbs[] = {
	{"status", "", N_("one screen: feeds, channels, what is in force, what is on its way"),
		run_status},
	{"feeds", "", N_("which feeds are alive, and what is known of each hazard"), run_feeds},
	{"alarms", "[--all] [--limit N]", N_("what staff must look at"), run_alarms},
	{"alerts", "[--limit N]", N_("the newest alerts, one line each"), run_alerts},
	{"show", "ID", N_("one alert, broadcast or delivery from end to end"), run_show},
	{"queue", "[--limit N]", N_("what is not finished yet"), run_queue},
	{"log", "[ID] [--limit N]", N_("the record: who did what, when"), run_log},
	{"devices", "", N_("sirens and other devices, when they were last heard"), run_devices},
	{"ingest", "[--feed NAME | --feed-socket PATH] [--wait] FILE... | --mail",
		N_("hand telegrams to the hub, as a feed does"), run_ingest},
	{"check", "FILE...", N_("decode and validate telegrams, without a hub"), run_check},
	{"explain", "FILE... [--at TIME] [--steps] | --against FOLDER [--baseline OLD]",
		N_("what would follow from telegrams: areas, rule, channels, words"), run_explain},
	{"replay", "FOLDER [--speed N]", N_("judge a recorded day again: what would have gone out"),
		run_replay},
	{"ack", "ALARM|all", N_("take note of an alarm: it is not said again"), run_ack},
	{"retry", "ID", N_("try failed and unknown targets again"), run_retry},
	{"hold", "ID --reason TEXT", N_("stop a broadcast or delivery until it is released"),
		run_hold},
	{"release", "ID", N_("let a held broadcast or delivery go"), run_release},
	{"resolve", "DELIVERY [TARGET] delivered|failed",
		N_("say what became of targets whose outcome is unknown"), run_resolve},
	{"subscribers", "import [--list NAME] [--replace] FILE | export | count",
		N_("the lists of recipients"), run_subscribers},
	{"profile", "CODE|NAME", N_("write the profile of a municipality"), run_profile},
	{"config", "check [FILE]", N_("check a configuration file"), run_config},
	{"verify-log", "", N_("check that the record has not been changed"), run_verify_log},
	{NULL, NULL, NULL, NULL},
};
