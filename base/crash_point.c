/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crash_point.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

void crash_point_passed(const char *name);

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
	if (++passed == target) {
		(void)raise(SIGKILL);
	}
}
