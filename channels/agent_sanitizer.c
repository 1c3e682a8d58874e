/* SPDX-License-Identifier: Apache-2.0
 *
 * Only in builds with AddressSanitizer: its leak checker wants ptrace at exit, which the sandbox
 * denies, and then it ends the driver with status 1. Leaks are found by the C tests, which run
 * outside the sandbox. The name is the sanitizer's, hence the underscores.
 */
const char *__lsan_default_options(void);

const char *__lsan_default_options(void)
{
	return "detect_leaks=0";
}
