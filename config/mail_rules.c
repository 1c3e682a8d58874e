/* SPDX-License-Identifier: Apache-2.0
 *
 * The file a feed's `mail_rules` names: what the mails of a J-Alert receiver mean. Its rows, and
 * what no row can know alone. Every mistake is told with its place in that file.
 */
#include "base/file.h"
#include "base/json.h"
#include "config/config_private.h"
#include "config/fault.h"
#include "config/mail_pattern.h"
#include "config/option_schema.h"

#include <stdlib.h>
#include <string.h>

enum { RULES_BYTES_MAX = 1024 * 1024 };

#define HOUR_MS (60LL * 60 * 1000)

static const struct option_row when_rows[] = {
	{.key = "from",
		.type = OPTION_TEXTS,
		.help = "Addresses, or @domains, of the From line or the envelope; one suffices."},
	{.key = "subject", .type = OPTION_TEXTS, .help = "Texts in the subject; one suffices."},
	{.key = "body", .type = OPTION_TEXTS, .help = "Texts in the body; one suffices."},
	{.key = "text", .type = OPTION_TEXTS, .help = "Texts in subject or body; one suffices."},
	{.key = "subject_regex",
		.type = OPTION_TEXT,
		.help = "POSIX extended regular expression found in the subject."},
	{.key = "body_regex", .type = OPTION_TEXT, .help = "The same in the body."},
	{.key = "not", .type = OPTION_TEXTS, .help = "Texts neither subject nor body may have."},
	{0},
};

static const struct option_row extract_rows[] = {
	{.key = "time",
		.type = OPTION_TEXT,
		.help = "Regular expression; its first group is the time told, \"14時5分\"."},
	{.key = "place",
		.type = OPTION_TEXT,
		.help = "Its first group is the place: of the launch, the fall, the passage."},
	{.key = "value",
		.type = OPTION_TEXT,
		.help = "Its first group is the value: an intensity, a height."},
	{.key = "text",
		.type = OPTION_TEXT,
		.help = "Its first group is what residents are told; default: words by kind."},
	{0},
};

static const struct option_row status_rows[] = {
	{.key = "when",
		.type = OPTION_TABLE,
		.rows = when_rows,
		.required = true,
		.help = "All that is given must hold."},
	{.key = "status",
		.type = OPTION_CHOICE,
		.choices = "actual exercise test",
		.required = true,
		.help = "Status of such a mail."},
	{0},
};

static const struct option_row rule_rows[] = {
	{.key = "name",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Shown with every mail it matches."},
	{.key = "when",
		.type = OPTION_TABLE,
		.rows = when_rows,
		.required = true,
		.help = "All that is given must hold."},
	{.key = "kind",
		.type = OPTION_TEXT,
		.required = true,
		.help = "Kind of alert, \"civil.missile\"."},
	{.key = "stage",
		.type = OPTION_CHOICE,
		.choices = "launch take_shelter fell passed outside_waters",
		.help = "Link of a missile's chain."},
	{.key = "severity",
		.type = OPTION_CHOICE,
		.choices = "unknown minor moderate severe extreme",
		.required = true,
		.help = "CAP's word."},
	{.key = "level",
		.type = OPTION_INT,
		.fallback = "0",
		.min = 0,
		.max = 5,
		.help = "警戒レベル相当."},
	{.key = "status",
		.type = OPTION_CHOICE,
		.choices = "actual exercise test",
		.help = "Default: by `statuses`."},
	{.key = "action",
		.type = OPTION_CHOICE,
		.choices = "issue update release cancel info",
		.fallback = "issue",
		.help = "release: is over; cancel: was never true."},
	{.key = "areas", .type = OPTION_TEXTS, .help = "Municipality codes; default: all of ours."},
	{.key = "extract",
		.type = OPTION_TABLE,
		.rows = extract_rows,
		.fallback = "{}",
		.help = "What is taken out of the mail."},
	{0},
};

static const struct option_row file_rows[] = {
	{.key = "repeat_window",
		.type = OPTION_DURATION,
		.fallback = "3m",
		.min = 0,
		.max = HOUR_MS,
		.help = "The same words within this time are the same mail sent again."},
	{.key = "statuses",
		.type = OPTION_LIST,
		.rows = status_rows,
		.fallback = "[]",
		.help = "Tried in order; without a match: actual."},
	{.key = "rules",
		.type = OPTION_LIST,
		.rows = rule_rows,
		.required = true,
		.help = "Tried in order; the first that matches serves."},
	{0},
};

/* One reading of such a file. */
struct rules_file {
	const struct config_source *s;
	const char *file;
	const struct yaml_node *root;
};

static void rules_fault(
	const struct rules_file *f, const char *path, const char *format, const char *text)
{
	const struct yaml_node *node = yaml_follow(f->root, path);
	config_fault_add(f->s->faults, f->file, node->line, node->column, path, format, text);
}

static const char *join(const struct rules_file *f, const char *path, const char *key)
{
	return pool_printf(f->s->faults->pool, "%s.%s", path, key);
}

/* groups: how many the expression must have. */
static void check_pattern(const struct rules_file *f, const json_t *table, const char *path,
	const char *key, size_t groups)
{
	const char *text = json_text(table, key, NULL);
	regex_t pattern;
	struct err e = {0};
	if (!text) {
		return;
	}
	if (mail_pattern_compile(text, &pattern, &e)) {
		rules_fault(f, join(f, path, key), "%s", e.text);
		return;
	}
	if (pattern.re_nsub < groups) {
		rules_fault(f, join(f, path, key), "%s",
			"expected a group: put what is wanted in ( and )");
	}
	regfree(&pattern);
}

static void check_when(const struct rules_file *f, const json_t *when, const char *path)
{
	static const char *const wanted[] = {
		"from", "subject", "body", "text", "subject_regex", "body_regex"};
	bool any = false;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const json_t *value = json_object_get(when, wanted[i]);
		any = any || json_is_string(value) || json_array_size(value) > 0;
	}
	if (when && !any) {
		rules_fault(f, path, "%s",
			"this matches every mail: say what must be in the subject or the body");
	}
	check_pattern(f, when, path, "subject_regex", 0);
	check_pattern(f, when, path, "body_regex", 0);
}

static void check_kind(const struct rules_file *f, const json_t *rule, const char *path)
{
	const char *name = json_text(rule, "kind", NULL);
	const char *best = NULL;
	size_t distance = SIZE_MAX;
	size_t count;
	const struct kind *table = kind_table(&count);
	if (!name) {
		return;
	}
	if (json_object_get(rule, "stage") && strcmp(name, "civil.missile") != 0) {
		rules_fault(
			f, join(f, path, "stage"), "only civil.missile has stages, not %s", name);
	}
	if (kind_find(name)) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		option_nearest(name, table[i].name, &best, &distance);
	}
	rules_fault(f, join(f, path, "kind"), "%s",
		best ? pool_printf(f->s->faults->pool,
			       "no kind of alert is called \"%s\"; did you mean \"%s\"?", name,
			       best)
		     : pool_printf(f->s->faults->pool, "no kind of alert is called \"%s\"", name));
}

static void check_areas(const struct rules_file *f, const json_t *rule, const char *path)
{
	size_t i;
	json_t *area;
	bool known = f->s->config->municipality_count > 0;
	json_array_foreach(json_object_get(rule, "areas"), i, area)
	{
		const char *code = json_string_value(area);
		if (known && !config_municipality(f->s->config, code)) {
			rules_fault(f, pool_printf(f->s->faults->pool, "%s.areas[%zu]", path, i),
				"\"%s\" is none of the municipalities of the configuration", code);
		}
	}
}

static void check_name(
	const struct rules_file *f, const json_t *rules, size_t index, const char *path)
{
	const char *name = json_text(json_array_get(rules, index), "name", "");
	for (size_t i = 0; i < index && name[0]; i++) {
		if (strcmp(json_text(json_array_get(rules, i), "name", ""), name) == 0) {
			rules_fault(
				f, join(f, path, "name"), "two rules have the name \"%s\"", name);
			return;
		}
	}
}

static void check_rules(const struct rules_file *f, const json_t *whole)
{
	static const char *const extracts[] = {"time", "place", "value", "text"};
	const json_t *rules = json_object_get(whole, "rules");
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(whole, "statuses"), i, one)
	{
		check_when(f, json_object_get(one, "when"),
			pool_printf(f->s->faults->pool, "statuses[%zu].when", i));
	}
	json_array_foreach(rules, i, one)
	{
		const char *path = pool_printf(f->s->faults->pool, "rules[%zu]", i);
		const json_t *extract = json_object_get(one, "extract");
		check_name(f, rules, i, path);
		check_when(f, json_object_get(one, "when"), join(f, path, "when"));
		check_kind(f, one, path);
		check_areas(f, one, path);
		for (size_t k = 0; k < sizeof(extracts) / sizeof(extracts[0]); k++) {
			check_pattern(f, extract, join(f, path, "extract"), extracts[k], 1);
		}
	}
	if (rules && json_array_size(rules) == 0) {
		rules_fault(f, "rules", "%s", "at least one rule is needed");
	}
}

static json_t *read_text(
	const struct config_source *s, const char *file, const char *text, size_t size)
{
	struct rules_file f = {.s = s, .file = pool_copy_text(s->faults->pool, file)};
	f.root = yaml_read(s->faults->pool, f.file, text, size, s->faults);
	if (!f.root) {
		return NULL;
	}
	const struct option_reader reader = {
		.file = f.file,
		.folder = s->folder,
		.secrets_folder = s->folder,
		.faults = s->faults,
	};
	json_t *whole = option_read_table(&reader, file_rows, f.root, "");
	check_rules(&f, whole);
	return whole;
}

json_t *config_read_mail_rules(const struct config_source *s, const char *file, const char *path)
{
	struct err e = {0};
	char *text = NULL;
	size_t size = 0;
	if (file_read(file, RULES_BYTES_MAX, &text, &size, &e)) {
		source_fault(s, path, "%s", e.text);
		return NULL;
	}
	json_t *whole = read_text(s, file, text, size);
	free(text);
	return whole;
}

json_t *config_mail_rules_text(
	const char *file, const char *text, size_t size, struct config_faults *faults)
{
	struct config nothing = {0};
	const struct config_source s = {.config = &nothing, .folder = "/", .faults = faults};
	json_t *whole = read_text(&s, file, text, size);
	if (faults->count > 0) {
		json_decref(whole);
		return NULL;
	}
	return whole;
}

json_t *config_mail_rules_schema(void)
{
	json_t *defs = json_object();
	json_t *schema = option_schema_table(file_rows, defs);
	json_put_text(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_put_text(schema, "$id", "https://hansho.invalid/schemas/mail-rules.schema.json");
	json_put_text(schema, "title", "Mail rules of a feed");
	json_put_text(schema, "$comment",
		"Generated from the option tables; tests/config fails when it is out of date.");
	json_decref(defs);
	return schema;
}
