/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/rights.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_GROUPS = 128 };

static const char *const role_names[] = {
	[ROLE_NONE] = "none",
	[ROLE_VIEWER] = "viewer",
	[ROLE_REPORTER] = "reporter",
	[ROLE_OPERATOR] = "operator",
	[ROLE_APPROVER] = "approver",
	[ROLE_ADMIN] = "admin",
};

enum { ROLE_COUNT = sizeof(role_names) / sizeof(role_names[0]) };

const char *role_name(enum role role)
{
	return (size_t)role < ROLE_COUNT ? role_names[role] : "none";
}

static bool in_group(const struct text_list *groups, const gid_t *gids, int count)
{
	for (int i = 0; i < count; i++) {
		const struct group *group = getgrgid(gids[i]);
		if (group && text_list_has(groups, group->gr_name)) {
			return true;
		}
	}
	return false;
}

static enum role role_of(const char *name)
{
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(role_names[i], name) == 0) {
			return (enum role)i;
		}
	}
	return ROLE_NONE;
}

void rights_identify(const struct config *config, uid_t uid, gid_t gid, struct person *out)
{
	*out = (struct person){.uid = uid, .role = ROLE_NONE};
	const struct passwd *user = getpwuid(uid);
	if (user) {
		(void)snprintf(out->name, sizeof(out->name), "%s", user->pw_name);
	} else {
		(void)snprintf(out->name, sizeof(out->name), "uid %u", (unsigned)uid);
	}
	if (uid == 0 || uid == geteuid()) {
		out->role = ROLE_ADMIN;
		return;
	}
	gid_t gids[MAX_GROUPS] = {gid};
	int count = MAX_GROUPS;
	if (!user || getgrouplist(out->name, gid, gids, &count) < 0) {
		count = 1;
	}
	for (size_t i = 0; i < config->role_count; i++) {
		const struct role_config *role = &config->roles[i];
		if (!text_list_has(&role->users, out->name) &&
			!in_group(&role->groups, gids, count)) {
			continue;
		}
		if (role_of(role->name) > out->role) {
			out->role = role_of(role->name);
		}
	}
}
