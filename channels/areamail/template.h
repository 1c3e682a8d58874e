/* SPDX-License-Identifier: Apache-2.0
 *
 * A carrier's XML from a template: {{name}} is replaced by the value, escaped for XML. No code in
 * templates; an unknown name is a fault of the template, found when it is loaded.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct template_value {
	const char *name;
	const char *value;
};

/* The names a template may use; ends with NULL. */
extern const char *const template_names[];

/* 0, or -EINVAL naming the unknown placeholder and its line. */
int template_check(const char *text, struct err *e);

/* values ends with a NULL name. 0 or -EMSGSIZE. */
int template_fill(const char *text, const struct template_value *values, struct buf *out);
