/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule trees: every rule must be able to match and to reach somebody, and exercises must not
 * find a way to a channel that is not for them.
 */
#include "config/config_private.h"

#include <stdio.h>
#include <string.h>

struct tree {
	const struct config_source *s;
	bool drill;
	const struct rule **seen; /* all rules so far, for names */
	size_t seen_count;
	size_t seen_capacity;
};

static const char *key_of(const struct tree *t, const char *path, const char *key)
{
	return pool_printf(t->s->faults->pool, "%s.%s", path, key);
}

static bool list_covers(const struct text_list *wide, const struct text_list *narrow)
{
	if (wide->count == 0) {
		return true;
	}
	for (size_t i = 0; i < narrow->count; i++) {
		if (!text_list_has(wide, narrow->list[i])) {
			return false;
		}
	}
	return narrow->count > 0;
}

static bool kinds_match(const struct text_list *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (kind_matches(patterns->list[i], name)) {
			return true;
		}
	}
	return patterns->count == 0;
}

static bool kinds_cover(const struct text_list *wide, const struct text_list *narrow)
{
	size_t count;
	const struct kind *table = kind_table(&count);
	for (size_t i = 0; i < count; i++) {
		if (kinds_match(narrow, table[i].name) && !kinds_match(wide, table[i].name)) {
			return false;
		}
	}
	return true;
}

/* An empty list of municipalities is all of ours. */
static bool towns_cover(
	const struct config *c, const struct text_list *wide, const struct text_list *narrow)
{
	if (list_covers(wide, narrow)) {
		return true;
	}
	for (size_t i = 0; i < c->municipality_count; i++) {
		const char *code = c->municipalities[i].code;
		if ((narrow->count == 0 || text_list_has(narrow, code)) &&
			!text_list_has(wide, code)) {
			return false;
		}
	}
	return true;
}

/* Without scopes of its own a rule has those of the rule above both. */
static bool scopes_cover(const struct rule *earlier, const struct rule *later)
{
	return earlier->scopes.count == 0 ? later->scopes.count == 0
	       : later->scopes.count == 0 ? text_list_has(&earlier->scopes, "public")
					  : list_covers(&earlier->scopes, &later->scopes);
}

/* Whether everything that later takes is taken by earlier already. */
static bool rule_covers(
	const struct config *c, const struct rule *earlier, const struct rule *later)
{
	return !earlier->go_on && earlier->severity_min <= later->severity_min &&
	       earlier->level_min <= later->level_min &&
	       list_covers(&earlier->events, &later->events) &&
	       list_covers(&earlier->formats, &later->formats) && scopes_cover(earlier, later) &&
	       towns_cover(c, &earlier->municipalities, &later->municipalities) &&
	       kinds_cover(&earlier->kinds, &later->kinds);
}

static void check_channel_names(const struct tree *t, const struct rule *rule, const char *path)
{
	const struct config *c = t->s->config;
	for (size_t i = 0; i < rule->channels.count; i++) {
		const char *name = rule->channels.list[i];
		const struct channel_config *channel = config_channel(c, name);
		const char *whole = pool_printf(t->s->faults->pool, "%s.channels[%zu]", path, i);
		const char *best = NULL;
		size_t distance = SIZE_MAX;
		if (channel && t->drill && !channel->drill) {
			source_fault(t->s, whole,
				"channel %s does not carry exercises: give it `drill: true`, or "
				"leave "
				"it out here",
				name);
		}
		if (channel) {
			continue;
		}
		for (size_t j = 0; j < c->channel_count; j++) {
			option_nearest(name, c->channels[j].name, &best, &distance);
		}
		if (best) {
			source_fault(t->s, whole,
				"there is no channel \"%s\"; did you mean \"%s\"?", name, best);
		} else {
			source_fault(t->s, whole, "there is no channel \"%s\"", name);
		}
	}
}

static void check_towns(const struct tree *t, const struct rule *rule, const char *path)
{
	for (size_t i = 0; i < rule->municipalities.count; i++) {
		if (!config_municipality(t->s->config, rule->municipalities.list[i])) {
			source_fault(t->s,
				pool_printf(t->s->faults->pool, "%s.match.municipalities[%zu]",
					path, i),
				"%s is none of the municipalities above",
				rule->municipalities.list[i]);
		}
	}
}

static void check_name(struct tree *t, const struct rule *rule, const char *path)
{
	for (size_t i = 0; i < t->seen_count && rule->name[0]; i++) {
		if (strcmp(t->seen[i]->name, rule->name) == 0) {
			source_fault(t->s, key_of(t, path, "name"),
				"two rules have the name \"%s\"", rule->name);
			break;
		}
	}
	if (t->seen_count < t->seen_capacity) {
		t->seen[t->seen_count++] = rule;
	}
}

static void check_end(const struct tree *t, const struct rule *rule, const char *path, bool reached)
{
	if (rule->none && (rule->channels.count > 0 || rule->child_count > 0)) {
		source_fault(t->s, key_of(t, path, "none"),
			"a rule that sends nothing has neither channels nor children");
	} else if (!rule->none && !reached && rule->child_count == 0) {
		source_fault(t->s, path,
			"the rule \"%s\" reaches no channel: name some, or write `none: true`",
			rule->name);
	}
}

static void check_children(
	struct tree *t, const struct rule *parent, const char *list_path, bool inherited)
{
	for (size_t i = 0; i < parent->child_count; i++) {
		const struct rule *rule = &parent->children[i];
		const char *path = pool_printf(t->s->faults->pool, "%s[%zu]", list_path, i);
		bool reached = inherited || rule->channels.count > 0;
		check_name(t, rule, path);
		check_channel_names(t, rule, path);
		check_towns(t, rule, path);
		check_end(t, rule, path, reached);
		config_check_kinds(t->s, &rule->kinds, key_of(t, path, "match.kinds"));
		for (size_t j = 0; j < i; j++) {
			if (rule_covers(t->s->config, &parent->children[j], rule)) {
				source_fault(t->s, path,
					"the rule \"%s\" never matches: \"%s\" before it takes "
					"everything it could (reorder them, or give that one "
					"`continue: true`)",
					rule->name, parent->children[j].name);
				break;
			}
		}
		check_children(t, rule, key_of(t, path, "children"), reached);
	}
}

static size_t count_rules(const struct rule *rule)
{
	size_t count = rule->child_count;
	for (size_t i = 0; i < rule->child_count; i++) {
		count += count_rules(&rule->children[i]);
	}
	return count;
}

void config_check_rules(const struct config_source *s)
{
	const struct config *c = s->config;
	size_t count = count_rules(&c->live) + count_rules(&c->drill);
	struct tree t = {
		.s = s,
		.seen = pool_take(c->pool, (count + 1) * sizeof(*t.seen)),
		.seen_capacity = count,
	};
	check_children(&t, &c->live, "rules.live", false);
	t.drill = true;
	check_children(&t, &c->drill, "rules.drill", false);
}
