/* SPDX-License-Identifier: Apache-2.0
 *
 * Unix users and groups -> roles. The hub's own user and root are admin.
 */
#pragma once

#include "config/config.h"

#include <stdbool.h>
#include <sys/types.h>

/* Each role may do what the ones before it may. */
enum role { ROLE_NONE, ROLE_VIEWER, ROLE_REPORTER, ROLE_OPERATOR, ROLE_APPROVER, ROLE_ADMIN };

enum { RIGHTS_NAME_SIZE = 64 };

struct person {
	uid_t uid;
	enum role role;
	char name[RIGHTS_NAME_SIZE]; /* user name, or "uid 1234" */
};

const char *role_name(enum role role);

/* Looks the peer's user and groups up. Never fails: an unknown user has no role. */
void rights_identify(const struct config *config, uid_t uid, gid_t gid, struct person *out);
