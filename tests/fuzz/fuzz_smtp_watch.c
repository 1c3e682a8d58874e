/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a hostile relay, cut into reads: first byte of each record says who speaks and how
 * long the piece is. Whatever comes, glued and authenticated need their command first. The same
 * bytes are tried as a mail address.
 */
#include "channels/mail/address.h"
#include "channels/mail/smtp_watch.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_address(const uint8_t *data, size_t size)
{
	char out[ADDRESS_SIZE];
	const char *why;
	char *text = calloc(1, size + 1);
	memcpy(text, data, size);
	if (address_form(text, out, &why) == 0) {
		assert(!strpbrk(out, " \t\r\n<>") && strchr(out, '@') && strlen(out) > 2);
	} else {
		assert(why);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_watch w = {0};
	bool asked_tls = false;
	bool asked_login = false;
	for (size_t at = 0; at < size;) {
		size_t length = data[at] & 0x7fU;
		bool writing = (data[at] & 0x80U) != 0;
		at++;
		length = length < size - at ? length : size - at;
		if (writing) {
			smtp_watch_written(&w, (const char *)data + at, length);
			asked_tls = asked_tls || w.awaited == SMTP_AWAITED_STARTTLS;
			asked_login = asked_login || w.awaited == SMTP_AWAITED_AUTH;
		} else {
			size_t sensible = smtp_watch_read(&w, (const char *)data + at, length);
			assert(sensible <= length);
			if (sensible < length) {
				break;
			}
		}
		at += length;
	}
	assert(!w.glued || w.tls);
	assert(!w.tls || asked_tls);
	assert(!w.authenticated || asked_login);
	assert(memchr(w.last_text, '\0', sizeof(w.last_text)));
	try_address(data, size);
	return 0;
}
