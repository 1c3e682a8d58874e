/* SPDX-License-Identifier: Apache-2.0 */
#include "config/mail_pattern.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 500, REPEAT_MAX = 1000 };

/* Made once; a process has one thread. */
static locale_t utf8_locale(void)
{
	static locale_t made;
	if (made == (locale_t)0) {
		made = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	}
	return made;
}

/* Intervals inside intervals multiply; the library writes each copy out. */
static bool repeats_too_often(const char *text)
{
	long product = 1;
	for (const char *c = text; *c; c++) {
		if (*c == '\\' && c[1]) {
			c++;
		} else if (*c == '{') {
			char *end;
			long most = strtol(c + 1, &end, 10);
			if (*end == ',' && isdigit((unsigned char)end[1])) {
				most = strtol(end + 1, NULL, 10);
			}
			product *= most > 1 ? most : 1;
			if (most > REPEAT_MAX || product > REPEAT_MAX) {
				return true;
			}
		}
	}
	return false;
}

static bool refers_back(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\\' && c[1]) {
			c++;
			if (isdigit((unsigned char)*c)) {
				return true;
			}
		}
	}
	return false;
}

/* U+3000 and U+FF01 to U+FFEF: what NFKC takes out of a text. */
static bool has_width_form(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if ((c[0] == 0xE3 && c[1] == 0x80 && c[2] == 0x80) ||
			(c[0] == 0xEF && (c[1] >= 0xBC && c[1] <= 0xBF))) {
			return true;
		}
	}
	return false;
}

int mail_pattern_compile(const char *text, regex_t *out, struct err *e)
{
	if (strlen(text) > TEXT_MAX) {
		return err_set(e, -EINVAL, "a regular expression may have %d bytes", TEXT_MAX);
	}
	if (refers_back(text)) {
		return err_set(
			e, -EINVAL, "\\1 to \\9 are not taken: matching could take without bound");
	}
	if (repeats_too_often(text)) {
		return err_set(
			e, -EINVAL, "the intervals {n} multiply to more than %d", REPEAT_MAX);
	}
	if (has_width_form(text)) {
		return err_set(e, -EINVAL,
			"full-width letters and half-width kana never match, because mails are "
			"compared after NFKC: write (, ), 0-9, A-Z, full-width kana and an "
			"ordinary blank");
	}
	locale_t utf8 = utf8_locale();
	if (utf8 == (locale_t)0) {
		return err_set(e, -EINVAL, "this system has no locale C.UTF-8");
	}
	locale_t before = uselocale(utf8);
	int rc = regcomp(out, text, REG_EXTENDED);
	if (rc) {
		char why[128];
		(void)regerror(rc, out, why, sizeof(why));
		(void)err_set(e, -EINVAL, "not a POSIX extended regular expression: %s", why);
	}
	(void)uselocale(before);
	return rc ? -EINVAL : 0;
}

bool mail_pattern_find(const regex_t *pattern, const char *text, regmatch_t *matches, size_t count)
{
	locale_t before = uselocale(utf8_locale());
	int rc = regexec(pattern, text, count, matches, 0);
	(void)uselocale(before);
	return rc == 0;
}
