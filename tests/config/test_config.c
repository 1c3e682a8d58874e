/* SPDX-License-Identifier: Apache-2.0
 *
 * What a good configuration becomes: defaults, units, paths, the tree of rules, limits of YAML.
 */
#include "tests/cmocka_all.h"

#include "base/json.h"
#include "config/option_read.h"
#include "config/yaml.h"
#include "fake_drivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOWN "site: t\nmunicipalities: [{code: '07204'}]\n"

static struct config *load(const char *text, struct config_faults *faults)
{
	config_faults_init(faults);
	return config_load_text("/etc/town/hansho.yaml", text, strlen(text), &fake_drivers, faults);
}

static struct config *must_load(const char *text)
{
	struct config_faults faults;
	struct config *c = load(text, &faults);
	if (!c) {
		fail_msg("%d:%d: %s: %s", faults.list[0].line, faults.list[0].column,
			faults.list[0].key, faults.list[0].text);
	}
	config_faults_clear(&faults);
	return c;
}

static void test_defaults(void **state)
{
	(void)state;
	struct config *c = must_load(TOWN);
	assert_string_equal(c->state_dir, "/var/lib/hansho");
	assert_string_equal(c->run_dir, "/run/hansho");
	assert_string_equal(c->secrets_dir, "/etc/town");
	assert_string_equal(c->control_path, "/run/hansho/control.sock");
	assert_string_equal(c->http_host, "127.0.0.1");
	assert_int_equal(c->http_port, 9464);
	assert_string_equal(c->log_level, "info");
	assert_int_equal(c->languages.count, 1);
	assert_string_equal(c->languages.list[0], "ja");
	assert_int_equal(c->feed_count + c->channel_count + c->live.child_count, 0);
	config_free(c);
}

static void test_municipality_comes_from_the_tables(void **state)
{
	(void)state;
	struct config *c = must_load(TOWN);
	const struct municipality *m = config_municipality(c, "07204");
	assert_non_null(m);
	assert_string_equal(m->name, "いわき市");
	assert_string_equal(m->prefecture, "福島県");
	assert_true(text_list_has(&m->weather, "0720400"));
	assert_true(text_list_has(&m->seismic_area, "251"));
	assert_true(text_list_has(&m->tsunami, "250"));
	assert_true(text_list_has(&m->parents, "070000"));
	assert_true(text_list_has(&m->offices, "福島地方気象台"));
	assert_null(m->shape);
	config_free(c);
}

/* Mito lies in both regions; what the town writes goes before the guess by prefecture. */
static void test_promotion_areas(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t count;
	} rows[] = {
		{"site: t\nmunicipalities: [{code: \"08201\"}]\n", 2},
		{"site: t\nmunicipalities: [{code: \"08201\", promotion_areas: [nankai]}]\n", 1},
		{"site: t\nmunicipalities: [{code: \"08201\", promotion_areas: []}]\n", 0},
		{"site: t\nmunicipalities: [{code: \"08999\", name: 新市}]\n", 2},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct config *c = must_load(rows[i].text);
		assert_int_equal(c->municipalities[0].promotion.count, rows[i].count);
		config_free(c);
	}
}

static void test_what_is_written_goes_before_the_tables(void **state)
{
	(void)state;
	struct config *c = must_load("site: t\nmunicipalities:\n"
				     "  - {code: '07204', name: 磐城市, tsunami: []}\n"
				     "  - {code: '99201', name: 半鐘市, weather: ['9920100']}\n");
	assert_string_equal(c->municipalities[0].name, "磐城市");
	assert_int_equal(c->municipalities[0].tsunami.count, 0);
	assert_int_equal(c->municipalities[0].weather.count, 1);
	assert_string_equal(c->municipalities[1].weather.list[0], "9920100");
	assert_string_equal(c->municipalities[1].reading, "");
	config_free(c);
}

static void test_profile_file(void **state)
{
	(void)state;
	const char *text = "site: t\nmunicipalities: [{profile: good.yaml}]\n";
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load_text(SOURCE_DIR "/tests/config/bad/profiles/x.yaml", text,
		strlen(text), &fake_drivers, &faults);
	assert_non_null(c);
	assert_string_equal(c->municipalities[0].name, "いわき市");
	config_free(c);
	config_faults_clear(&faults);
}

static void test_outline_and_districts(void **state)
{
	(void)state;
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c =
		config_load(SOURCE_DIR "/tests/config/outlines.yaml", &fake_drivers, &faults);
	assert_non_null(c);
	const struct municipality *m = config_municipality(c, "07204");
	assert_non_null(m->shape);
	assert_int_equal(m->district_count, 2);
	assert_string_equal(m->districts[1].code, "07204-2");
	assert_string_equal(m->districts[1].name, "小名浜");
	assert_true(m->districts_cover);
	assert_non_null(config_municipality(c, "07542")->shape);
	assert_false(config_municipality(c, "07542")->districts_cover);
	config_free(c);
	config_faults_clear(&faults);
}

static void test_feeds(void **state)
{
	(void)state;
	struct config *c =
		must_load(TOWN "run_dir: run\nfeeds:\n"
			       "  - {name: a, unix: a.sock}\n"
			       "  - {name: b, tcp: 'localhost:0', formats: [cap]}\n"
			       "  - {name: c, tcp: '[::1]:4000', max_message: 64KiB,\n"
			       "     idle_timeout: 250ms, silence: 1h}\n"
			       "  - {name: d, tcp: '0.0.0.0:1', sources: [10.0.0.0/8]}\n");
	assert_int_equal(c->feed_count, 4);
	assert_string_equal(c->feeds[0].unix_path, "/etc/town/run/a.sock");
	assert_string_equal(c->feeds[0].tcp_host, "");
	assert_int_equal(c->feeds[0].formats.count, 3);
	assert_int_equal(c->feeds[0].max_bytes, 8 * 1024 * 1024);
	assert_int_equal(c->feeds[0].max_connections, 16);
	assert_int_equal(c->feeds[0].idle_timeout_ms, 300000);
	assert_int_equal(c->feeds[0].silence_ms, 0);
	assert_string_equal(c->feeds[1].tcp_host, "127.0.0.1");
	assert_int_equal(c->feeds[1].tcp_port, 0);
	assert_string_equal(c->feeds[2].tcp_host, "::1");
	assert_int_equal(c->feeds[2].max_bytes, 65536);
	assert_int_equal(c->feeds[2].idle_timeout_ms, 250);
	assert_int_equal(c->feeds[2].silence_ms, 3600000);
	assert_string_equal(c->feeds[3].sources.list[0], "10.0.0.0/8");
	config_free(c);
}

static void test_channel_defaults(void **state)
{
	(void)state;
	struct config *c = must_load(
		TOWN "channels:\n  - {name: m, driver: mail, audience: all, options: {host: h}}\n");
	const struct channel_config *m = config_channel(c, "m");
	assert_non_null(m);
	assert_true(m->enabled);
	assert_false(m->drill || m->hold_always);
	assert_int_equal(m->agents, 1);
	assert_string_equal(m->languages.list[0], "ja");
	assert_int_equal(m->batch_max, 500);
	assert_int_equal(m->deadline_ms, 60000);
	assert_int_equal(m->retry_first_ms, 5000);
	assert_int_equal(m->retry_max_ms, 300000);
	assert_int_equal(m->breaker_faults, 5);
	assert_int_equal(m->breaker_ms, 30000);
	assert_int_equal(m->cap_per_hour, 0);
	config_free(c);
}

static void test_on_unknown_by_driver(void **state)
{
	(void)state;
	struct config *c =
		must_load(TOWN "channels:\n"
			       "  - {name: a, driver: mail, audience: x, options: {host: h}}\n"
			       "  - {name: b, driver: banner}\n"
			       "  - {name: c, driver: areamail, targets: [docomo]}\n"
			       "  - {name: d, driver: sms, audience: x}\n"
			       "  - {name: e, driver: exec}\n"
			       "  - {name: f, driver: sms, audience: x, on_unknown: resend}\n");
	const enum on_unknown want[] = {ON_UNKNOWN_RESEND, ON_UNKNOWN_RESEND, ON_UNKNOWN_HOLD,
		ON_UNKNOWN_HOLD, ON_UNKNOWN_HOLD, ON_UNKNOWN_RESEND};
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		assert_int_equal(c->channels[i].on_unknown, want[i]);
	}
	config_free(c);
}

static void test_driver_options_are_filled_in(void **state)
{
	(void)state;
	struct config *c = must_load(TOWN
		"secrets_dir: keys\nchannels:\n"
		"  - name: m\n    driver: mail\n    audience: x\n    options:\n"
		"      {host: no, timeout: 5m, ca_file: ca.pem, password_file: ./pw,\n"
		"       relays: [{name: r}], main: {name: '08'}, by_class: {gold: {name: g}},\n"
		"       extra: {a: 1, b: 08, c: no, d: true, e: '1', f: [~, 1.5]}}\n");
	json_t *want = json_pack("{s:s,s:i,s:b,s:i,s:i,s:s,s:s,s:s,s:[s,s],s:[{s:s,s:i}],s:{s:s,s:"
				 "i},s:{s:{s:s,s:i}},s:o}",
		"host", "no", "port", 25, "greet", 1, "timeout", 300000, "body_max", 65536, "tls",
		"required", "ca_file", "/etc/town/ca.pem", "password_file", "/etc/town/keys/pw",
		"tags", "a", "no", "relays", "name", "r", "weight", 1, "main", "name", "08",
		"weight", 1, "by_class", "gold", "name", "g", "weight", 1, "extra",
		json_pack("{s:i,s:s,s:s,s:b,s:s,s:[n,f]}", "a", 1, "b", "08", "c", "no", "d", 1,
			"e", "1", "f", 1.5));
	assert_non_null(want);
	if (!json_equal(want, c->channels[0].options)) {
		char *text = json_dumps(c->channels[0].options, 0);
		fail_msg("%s", text);
	}
	json_decref(want);
	config_free(c);
}

static void test_rules(void **state)
{
	(void)state;
	struct config *c = must_load(
		TOWN "channels:\n  - {name: m, driver: mail, audience: x, options: {host: h}}\n"
		     "rules:\n  live:\n    - name: a\n      channels: [m]\n      priority: 0\n"
		     "      expires: 3m\n      hold: true\n      continue: true\n"
		     "      match: {kinds: ['tsunami.*'], severity: severe, level: 4,\n"
		     "              events: [issued], municipalities: ['07204'], formats: [cap]}\n"
		     "      children:\n        - {name: b}\n"
		     "    - {name: c, none: true}\n");
	assert_int_equal(c->live.child_count, 2);
	assert_int_equal(c->drill.child_count, 0);
	const struct rule *a = &c->live.children[0];
	assert_string_equal(a->name, "a");
	assert_string_equal(a->kinds.list[0], "tsunami.*");
	assert_int_equal(a->severity_min, SEVERITY_SEVERE);
	assert_int_equal(a->level_min, 4);
	assert_int_equal(a->priority, 0);
	assert_int_equal(a->expires_ms, 180000);
	assert_true(a->hold && a->go_on && !a->none);
	assert_int_equal(a->child_count, 1);
	assert_int_equal(a->children[0].priority, -1);
	assert_int_equal(a->children[0].severity_min, SEVERITY_UNKNOWN);
	assert_true(c->live.children[1].none);
	config_free(c);
}

static void test_embedded(void **state)
{
	(void)state;
	size_t size;
	const char *text = config_embedded(&size);
	struct config_faults faults;
	config_faults_init(&faults);
	struct config *c = config_load_text("(embedded)", text, size, &fake_drivers, &faults);
	assert_non_null(c);
	assert_string_equal(c->path, "(embedded)");
	assert_string_equal(c->site, "demo");
	assert_int_equal(c->channel_count, 0);
	assert_int_equal(c->http_port, -1);
	assert_string_equal(c->feeds[0].name, "local");
	assert_int_equal(c->run_dir[0], '/');
	config_free(c);
	config_faults_clear(&faults);
}

static void test_file_that_is_not_there(void **state)
{
	(void)state;
	struct config_faults faults;
	config_faults_init(&faults);
	assert_null(config_load("/nonexistent/hansho.yaml", &fake_drivers, &faults));
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].file, "/nonexistent/hansho.yaml");
	config_faults_clear(&faults);
}

static void test_units(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} rows[] = {{"250ms", 250}, {"30s", 30000}, {"5m", 300000}, {"1h", 3600000},
		{"2d", 172800000}, {"0", 0}, {"30", -1}, {"5 m", -1}, {"05s", -1}, {"-1s", -1},
		{"1.5h", -1}, {"99999999999999999999s", -1}, {"9223372036854775807h", -1}, {"", -1},
		{"s", -1}, {"1H", -1}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t ms = -1;
		int rc = option_parse_duration(rows[i].text, &ms);
		if ((rc == 0) != (rows[i].ms >= 0) || (rc == 0 && ms != rows[i].ms)) {
			fail_msg("\"%s\": %d, %lld", rows[i].text, rc, (long long)ms);
		}
	}
	int64_t bytes;
	assert_int_equal(option_parse_size("8MiB", &bytes), 0);
	assert_int_equal(bytes, 8388608);
	assert_int_not_equal(option_parse_size("8MB", &bytes), 0);
}

/* Depth, size and number of faults have ends. */
static void test_limits(void **state)
{
	(void)state;
	struct config_faults faults;
	char deep[512];
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	deep[200] = '\0';
	assert_null(load(deep, &faults));
	assert_string_equal(faults.list[0].text, "lists and tables are nested too deeply");
	config_faults_clear(&faults);

	size_t size = YAML_BYTES_MAX + 1;
	char *big = malloc(size + 1);
	memset(big, '#', size);
	big[size] = '\0';
	assert_null(load(big, &faults));
	assert_string_equal(faults.list[0].text, "the file is larger than 4 MiB");
	config_faults_clear(&faults);

	size_t used = 0;
	for (int i = 0; i < 1000; i++) {
		used += (size_t)snprintf(big + used, size - used, "k%d: 1\n", i);
	}
	assert_null(load(big, &faults));
	assert_int_equal(faults.count, 201);
	config_faults_clear(&faults);
	free(big);
}

static const struct option_row node_rows[4];

static const struct option_row node_rows[4] = {
	{.key = "name", .type = OPTION_TEXT, .required = true, .help = "Name."},
	{.key = "wait",
		.type = OPTION_DURATION,
		.fallback = "5s",
		.min = 1,
		.max = 9000,
		.help = "Wait."},
	{.key = "below", .type = OPTION_LIST, .rows = node_rows, .help = "Finer."},
	{0},
};

/* A table that contains itself comes to an end in both. */
static void test_rows_as_json_and_schema(void **state)
{
	(void)state;
	json_t *list = option_rows_to_json(node_rows);
	json_t *want = json_pack("[{s:s,s:s,s:b,s:s},{s:s,s:s,s:s,s:i,s:i,s:s},{s:s,s:s,s:s}]",
		"key", "name", "type", "text", "required", 1, "help", "Name.", "key", "wait",
		"type", "duration", "default", "5s", "min", 1, "max", 9000, "help", "Wait.", "key",
		"below", "type", "list", "help", "Finer.");
	assert_true(json_equal(list, want));
	json_t *schema = option_rows_to_schema(node_rows);
	const json_t *below = json_object_get(json_object_get(schema, "properties"), "below");
	assert_string_equal(
		json_text(json_object_get(below, "items"), "$ref", ""), "#/$defs/below");
	assert_non_null(json_object_get(json_object_get(schema, "$defs"), "below"));
	assert_false(json_flag(schema, "additionalProperties", true));
	json_decref(schema);
	json_decref(want);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_municipality_comes_from_the_tables),
		cmocka_unit_test(test_promotion_areas),
		cmocka_unit_test(test_what_is_written_goes_before_the_tables),
		cmocka_unit_test(test_profile_file),
		cmocka_unit_test(test_outline_and_districts),
		cmocka_unit_test(test_feeds),
		cmocka_unit_test(test_channel_defaults),
		cmocka_unit_test(test_on_unknown_by_driver),
		cmocka_unit_test(test_driver_options_are_filled_in),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_embedded),
		cmocka_unit_test(test_file_that_is_not_there),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_rows_as_json_and_schema),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
