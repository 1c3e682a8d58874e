/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mail/address.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LOCAL_MAX = 64, ADDRESS_MAX = 254 };

static bool is_atom_char(unsigned char c)
{
	return isalnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_dot_atom(const char *text, size_t size)
{
	bool dot = true; /* a dot may not come first, last or twice */
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '.') {
			if (dot) {
				return false;
			}
			dot = true;
		} else if (is_atom_char((unsigned char)text[i])) {
			dot = false;
		} else {
			return false;
		}
	}
	return !dot;
}

static bool is_loose_local(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] != '.' && !is_atom_char((unsigned char)text[i])) {
			return false;
		}
	}
	return size > 0;
}

static bool is_quoted_local(const char *text, size_t size)
{
	if (size < 3 || text[0] != '"' || text[size - 1] != '"') {
		return false;
	}
	for (size_t i = 1; i + 1 < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>') {
			return false;
		}
	}
	return true;
}

static bool is_domain(const char *text)
{
	size_t size = strlen(text);
	if (size == 0 || text[0] == '.' || text[0] == '-' || text[size - 1] == '.') {
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (!isalnum(c) && c != '-' && (c != '.' || text[i - 1] == '.')) {
			return false;
		}
	}
	return true;
}

static const char *fault_of(const char *address, const char *at)
{
	for (const char *c = address; *c; c++) {
		if ((unsigned char)*c >= 0x80) {
			return "the address is not ASCII, and the relay link cannot carry it";
		}
	}
	if (strlen(address) > ADDRESS_MAX || !at || at == address) {
		return "not a mail address";
	}
	size_t local = (size_t)(at - address);
	if (local > LOCAL_MAX ||
		(!is_loose_local(address, local) && !is_quoted_local(address, local))) {
		return "not a mail address: left of the @";
	}
	return is_domain(at + 1) ? NULL : "not a mail address: right of the @";
}

int address_form(const char *address, char out[ADDRESS_SIZE], const char **why)
{
	const char *at = strrchr(address, '@');
	*why = fault_of(address, at);
	if (*why) {
		return -EINVAL;
	}
	size_t local = (size_t)(at - address);
	bool quote = address[0] != '"' && !is_dot_atom(address, local);
	(void)snprintf(out, ADDRESS_SIZE, "%s%.*s%s%s", quote ? "\"" : "", (int)local, address,
		quote ? "\"" : "", at);
	return 0;
}
