/* SPDX-License-Identifier: Apache-2.0
 *
 * Which telegrams are worth fetching, by the name of JMA's files:
 * YYYYMMDDhhmmss_N_TYPE_OFFICE.xml (reference: JMA PULL). A name of any other form is never
 * filtered: fail towards alerting. Pure.
 */
#pragma once

#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

struct jma_name {
	char stamp[15];
	int number; /* telegrams of one second differ in it */
	char type[16];
	char office[16];
};

/* The last segment of a URL or path; false when it is no such name. */
bool jma_name_parse(const char *path, struct jma_name *out);

/* types: exact or with a star at the end ("VXSE*"); empty: all. offices: 6 digits; empty: all; they
 * bind only types that are issued per prefecture, so that no national telegram is filtered away.
 * VPWS50, which lists the state of the whole country every few minutes, is never wanted. */
bool jma_name_wanted(const struct jma_name *name, const struct text_list *types,
	const struct text_list *offices);
