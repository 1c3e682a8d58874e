/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crash_point.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void crash_point_passed(const char *name);

/* O_EXCL: of several processes at the point at the same time one dies. */
static bool may_die(void)
{
	const char *once = getenv("HANSHO_CRASH_ONCE");
	if (!once) {
		return true;
	}
	int fd = open(once, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		return false;
	}
	(void)close(fd);
	return true;
}

void crash_point_passed(const char *name)
{
	static long passed;
	const char *wanted = getenv("HANSHO_CRASH_AT");
	if (!wanted) {
		return;
	}
	size_t size = strcspn(wanted, ":");
	if (strlen(name) != size || strncmp(name, wanted, size) != 0) {
		return;
	}
	long target = wanted[size] == ':' ? strtol(wanted + size + 1, NULL, 10) : 1;
	if (++passed >= target && may_die()) {
		(void)raise(SIGKILL);
	}
}
