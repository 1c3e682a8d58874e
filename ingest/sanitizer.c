/* SPDX-License-Identifier: Apache-2.0
 *
 * Sanitizer builds only. The leak check looks into the process with ptrace, which the sandbox
 * denies; the decoders' own tests look for leaks instead.
 */
const char *__lsan_default_options(void); /* the sanitizer's name for it */

const char *__lsan_default_options(void)
{
	return "detect_leaks=0";
}
