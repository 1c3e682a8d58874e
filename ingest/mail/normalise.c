/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/mail/normalise.h"

#include <ctype.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

static bool is_blank(char c)
{
	return isspace((unsigned char)c) || iscntrl((unsigned char)c);
}

char *mail_normalise(struct pool *pool, const char *text)
{
	gchar *composed = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);
	const char *from = composed ? composed : "";
	char *out = pool_take(pool, strlen(from) + 1);
	char *to = out;
	while (*from) {
		if (!is_blank(*from)) {
			*to++ = *from++;
			continue;
		}
		while (*from && is_blank(*from)) {
			from++;
		}
		bool between_latin = to > out && *from && (unsigned char)to[-1] < 0x80 &&
				     (unsigned char)*from < 0x80;
		if (between_latin) {
			*to++ = ' ';
		}
	}
	*to = '\0';
	g_free(composed);
	return out;
}
