/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/atom/names.h"

#include <stdlib.h>
#include <string.h>

/* Issued office by office. All other types may concern everybody, whoever issues them: rivers cross
 * prefectures, and Osaka writes for Tokyo when Tokyo cannot. */
static const char *const office_types[] = {
	"VPWW", "VPOA", "VPHW", "VPNO", "VPFD", "VPFW", "VXWW", NULL};

static const char never[] = "VPWS50";

static bool take_part(const char **at, const char *set, char end, char *out, size_t capacity)
{
	size_t size = strspn(*at, set);
	if (size == 0 || size >= capacity || (*at)[size] != end) {
		return false;
	}
	memcpy(out, *at, size);
	out[size] = '\0';
	*at += size + 1;
	return true;
}

bool jma_name_parse(const char *path, struct jma_name *out)
{
	static const char digits[] = "0123456789";
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	char number[10];
	const char *slash = strrchr(path, '/');
	const char *at = slash ? slash + 1 : path;
	bool good = take_part(&at, digits, '_', out->stamp, sizeof(out->stamp)) &&
		    strlen(out->stamp) == 14 &&
		    take_part(&at, digits, '_', number, sizeof(number)) &&
		    take_part(&at, letters, '_', out->type, sizeof(out->type)) &&
		    take_part(&at, letters, '.', out->office, sizeof(out->office)) &&
		    strcmp(at, "xml") == 0;
	out->number = good ? (int)strtol(number, NULL, 10) : 0;
	return good;
}

static bool matches(const char *pattern, const char *type)
{
	size_t size = strlen(pattern);
	return size > 0 && pattern[size - 1] == '*' ? strncmp(pattern, type, size - 1) == 0
						    : strcmp(pattern, type) == 0;
}

static bool is_of_offices(const char *type)
{
	for (size_t i = 0; office_types[i]; i++) {
		if (strncmp(office_types[i], type, strlen(office_types[i])) == 0) {
			return true;
		}
	}
	return false;
}

bool jma_name_wanted(
	const struct jma_name *name, const struct text_list *types, const struct text_list *offices)
{
	bool wanted = types->count == 0;
	if (strcmp(name->type, never) == 0) {
		return false;
	}
	for (size_t i = 0; i < types->count && !wanted; i++) {
		wanted = matches(types->list[i], name->type);
	}
	if (wanted && offices->count > 0 && is_of_offices(name->type)) {
		return text_list_has(offices, name->office);
	}
	return wanted;
}
