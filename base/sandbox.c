/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static int set_limit(__rlimit_resource_t what, size_t value, const char *name, struct err *e)
{
	struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
	if (setrlimit(what, &limit) != 0) {
		int code = errno;
		return err_set(e, -code, "sandbox: limit of %s: %s", name, strerror(code));
	}
	return 0;
}

/* None of these has a place in a process that reads telegrams or talks to a relay. */
static const int denied_calls[] = {
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(reboot),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(adjtimex),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(setns),
	SCMP_SYS(unshare),
};

static int filter_calls(int may_fork, struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter) {
		return err_set(e, -ENOMEM, "sandbox: no system-call filter");
	}
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(denied_calls) / sizeof(denied_calls[0]); i++) {
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), denied_calls[i], 0);
	}
	if (rc == 0 && !may_fork) {
		/* execve only: resolver threads of libraries still need clone. */
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(execve), 0);
		rc = rc ? rc
			: seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(execveat), 0);
	}
	rc = rc ? rc : seccomp_load(filter);
	seccomp_release(filter);
	if (rc) {
		return err_set(e, rc, "sandbox: system-call filter: %s", strerror(-rc));
	}
	return 0;
}

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

size_t sandbox_memory(size_t bytes)
{
	return SANITIZED ? 0 : bytes;
}

int sandbox_enter(const struct sandbox_limits *limits, struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		int code = errno;
		return err_set(e, -code, "sandbox: no new privileges: %s", strerror(code));
	}
	int rc = set_limit(RLIMIT_CORE, 0, "core files", e);
	if (rc == 0 && limits->memory_bytes) {
		rc = set_limit(RLIMIT_AS, limits->memory_bytes, "memory", e);
	}
	if (rc == 0 && limits->open_files) {
		rc = set_limit(RLIMIT_NOFILE, limits->open_files, "open files", e);
	}
	return rc ? rc : filter_calls(limits->may_fork, e);
}
