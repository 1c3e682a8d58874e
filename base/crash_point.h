/* SPDX-License-Identifier: Apache-2.0
 *
 * Named points at which a test can kill the process, to prove that no moment loses anything:
 * HANSHO_CRASH_AT="hub.turn.committed" or "…:3" for the third passage in one process. The
 * environment is inherited, so a process that is started again would die again: with
 * HANSHO_CRASH_ONCE=FILE nobody dies while the file exists, and the point makes the file before it
 * kills. A test that makes the file first arms the point by removing it. Compiled in only with the
 * CMake option HANSHO_CRASH_POINTS; otherwise the macro is nothing.
 */
#pragma once

#ifdef HANSHO_CRASH_POINTS
void crash_point_passed(const char *name);
#define CRASH_POINT(name) crash_point_passed(name)
#else
#define CRASH_POINT(name) ((void)0)
#endif
