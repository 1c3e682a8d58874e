/* SPDX-License-Identifier: Apache-2.0
 *
 * A child gets exactly what it is given: no secret in the environment, no open file.
 */
#include "base/proc.h"
#include "tests/cmocka_all.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t read_end(int fd, char *out, size_t capacity)
{
	size_t size = 0;
	ssize_t got;
	while (size < capacity - 1 && (got = read(fd, out + size, capacity - 1 - size)) > 0) {
		size += (size_t)got;
	}
	out[size] = '\0';
	return size;
}

static void run_shell(const char *script, char *out, size_t capacity, int *status)
{
	struct err e = {0};
	int fds[2];
	pid_t pid;
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	struct proc_spec spec = {
		.argv = argv, .stdin_fd = -1, .stdout_fd = fds[1], .stderr_fd = -1, .link_fd = -1};
	assert_int_equal(proc_start(&spec, &pid, &e), 0);
	(void)close(fds[1]);
	(void)read_end(fds[0], out, capacity);
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, status, 0), pid);
}

static void test_environment_is_cut(void **state)
{
	(void)state;
	char out[4096];
	int status;
	(void)setenv("MAIL_PASSWORD", "s3cret", 1);
	(void)setenv("HANSHO_TEST_KEPT", "yes", 1);
	run_shell("env", out, sizeof(out), &status);
	assert_int_equal(status, 0);
	assert_null(strstr(out, "s3cret"));
	assert_non_null(strstr(out, "HANSHO_TEST_KEPT=yes"));
}

static void test_no_descriptor_leaks(void **state)
{
	(void)state;
	char out[4096];
	int status;
	int leak = open("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */
	run_shell("ls /proc/self/fd | wc -l", out, sizeof(out), &status);
	(void)close(leak);
	/* 0, 1, 2 and the one that ls reads the folder with. */
	assert_int_equal(strtol(out, NULL, 10), 4);
}

static void test_link_is_descriptor_three(void **state)
{
	(void)state;
	struct err e = {0};
	int fds[2];
	pid_t pid;
	char out[64];
	const char *argv[] = {"/bin/sh", "-c", "echo hello >&3", NULL};
	assert_int_equal(proc_socket_pair(fds, &e), 0);
	struct proc_spec spec = {
		.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .link_fd = fds[1]};
	assert_int_equal(proc_start(&spec, &pid, &e), 0);
	(void)close(fds[1]);
	(void)read_end(fds[0], out, sizeof(out));
	assert_string_equal(out, "hello\n");
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)close(fds[0]);
}

static void test_missing_program_is_status_127(void **state)
{
	(void)state;
	struct err e = {0};
	pid_t pid;
	int status;
	char text[64];
	const char *argv[] = {"/nonexistent/program", NULL};
	struct proc_spec spec = {
		.argv = argv, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .link_fd = -1};
	assert_int_equal(proc_start(&spec, &pid, &e), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_string_equal(proc_status_text(status, text, sizeof(text)), "exit 127");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_environment_is_cut),
		cmocka_unit_test(test_no_descriptor_leaks),
		cmocka_unit_test(test_link_is_descriptor_three),
		cmocka_unit_test(test_missing_program_is_status_127),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
