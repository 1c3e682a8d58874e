/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE = 64 };

int number_parse(const char *text, size_t size, double *value)
{
	static const char letters[] = "+-.0123456789eE";
	char number[NUMBER_SIZE];
	if (size == 0 || size >= sizeof(number)) {
		return -EINVAL;
	}
	memcpy(number, text, size);
	number[size] = '\0';
	/* strtod() would also take blanks, "nan", "inf" and "0x10". */
	if (strspn(number, letters) != size) {
		return -EINVAL;
	}
	char *end;
	*value = strtod(number, &end);
	return *end == '\0' && isfinite(*value) ? 0 : -EINVAL;
}
