/* SPDX-License-Identifier: Apache-2.0
 *
 * Tab-separated tables, read where they lie in the program: they are asked a few times at start
 * and by hand, so no index is kept.
 */
#include "config/codes.h"

#include "schemas/areas.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 10 };

extern const unsigned char codes_municipalities_bytes[];
extern const unsigned char codes_areas_bytes[];
extern const unsigned char codes_offices_bytes[];

enum town_column {
	TOWN_CODE,
	TOWN_NAME,
	TOWN_READING,
	TOWN_PREFECTURE,
	TOWN_COAST,
	TOWN_WEATHER,
	TOWN_SEISMIC,
	TOWN_SEISMIC_AREA,
	TOWN_PARENTS,
	TOWN_TSUNAMI,
};

enum area_column { AREA_SYSTEM, AREA_CODE, AREA_NAME, AREA_PREFECTURES };

struct field {
	const char *text;
	size_t size;
};

/* One line at *at -> fields; moves *at on. false at the end. Comment lines are passed over. */
static bool next_line(const char **at, struct field fields[COLUMNS_MAX])
{
	while (**at == '#') {
		*at += strcspn(*at, "\n");
		*at += **at == '\n';
	}
	if (**at == '\0') {
		return false;
	}
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		fields[i] = (struct field){.text = *at, .size = strcspn(*at, "\t\n")};
		*at += fields[i].size;
		if (**at == '\t') {
			(*at)++;
		}
	}
	*at += strcspn(*at, "\n");
	*at += **at == '\n';
	return true;
}

static bool field_is(struct field f, const char *text, size_t size)
{
	return f.size == size && memcmp(f.text, text, size) == 0;
}

static bool field_has_word(struct field f, const char *word)
{
	size_t size = strlen(word);
	for (size_t i = 0; i < f.size;) {
		size_t end = i;
		while (end < f.size && f.text[end] != ' ') {
			end++;
		}
		if (end - i == size && memcmp(f.text + i, word, size) == 0) {
			return true;
		}
		i = end + 1;
	}
	return false;
}

static struct text_list field_list(struct pool *pool, struct field f)
{
	struct text_list out = {0};
	if (f.size == 0) {
		return out;
	}
	out.list = pool_take(pool, (f.size + 1) * sizeof(*out.list) / 2);
	for (size_t i = 0; i < f.size;) {
		size_t end = i;
		while (end < f.size && f.text[end] != ' ') {
			end++;
		}
		out.list[out.count++] = pool_copy(pool, f.text + i, end - i);
		i = end + 1;
	}
	return out;
}

static struct text_list offices_of(struct pool *pool, const struct text_list *parents)
{
	struct text_list out = {.list = pool_take(pool, (parents->count + 1) * sizeof(char *))};
	const char *at = (const char *)codes_offices_bytes;
	struct field f[COLUMNS_MAX];
	while (next_line(&at, f)) {
		for (size_t i = 0; i < parents->count; i++) {
			if (field_is(f[0], parents->list[i], strlen(parents->list[i]))) {
				out.list[out.count++] = pool_copy(pool, f[1].text, f[1].size);
			}
		}
	}
	return out;
}

/* The sixth digit: 11 minus the weighted sum (6 5 4 3 2) modulo 11, last digit of it. */
static bool check_digit_fits(const char *code)
{
	int sum = 0;
	for (int i = 0; i < 5; i++) {
		sum += (code[i] - '0') * (6 - i);
	}
	return (11 - sum % 11) % 10 == code[5] - '0';
}

/* "いわき市" or "福島県いわき市". */
static bool name_fits(const struct field *f, const char *query, size_t size)
{
	struct field prefecture = f[TOWN_PREFECTURE];
	if (field_is(f[TOWN_NAME], query, size)) {
		return true;
	}
	return size == prefecture.size + f[TOWN_NAME].size &&
	       memcmp(query, prefecture.text, prefecture.size) == 0 &&
	       field_is(f[TOWN_NAME], query + prefecture.size, size - prefecture.size);
}

/* Nankai: the thirty prefectures with designated municipalities since 2025-07-01 (Cabinet Office,
 * 723 municipalities). Hokkaido: the seven that the bulletin asks to prepare (182 municipalities).
 */
struct text_list code_promotion(struct pool *pool, const char *code)
{
	static const struct {
		const char *name;
		const char *prefectures;
	} areas[] = {
		{"nankai",
			"08 12 13 14 19 20 21 22 23 24 25 26 27 28 29 30 33 34 35 36 37 38 39 40 "
			"42 43 44 45 46 47"},
		{"hokkaido", "01 02 03 04 07 08 12"},
	};
	struct text_list list = {
		.list = pool_take(pool, sizeof(areas) / sizeof(areas[0]) * sizeof(*list.list))};
	if (strlen(code) < 2) {
		return list;
	}
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		for (const char *p = areas[i].prefectures; *p; p += p[2] ? 3 : 2) {
			if (strncmp(p, code, 2) == 0) {
				list.list[list.count++] = areas[i].name;
				break;
			}
		}
	}
	return list;
}

static void fill_town(
	struct pool *pool, const struct field *f, struct municipality *out, enum code_coast *coast)
{
	*out = (struct municipality){
		.code = pool_copy(pool, f[TOWN_CODE].text, f[TOWN_CODE].size),
		.name = pool_copy(pool, f[TOWN_NAME].text, f[TOWN_NAME].size),
		.reading = pool_copy(pool, f[TOWN_READING].text, f[TOWN_READING].size),
		.prefecture = pool_copy(pool, f[TOWN_PREFECTURE].text, f[TOWN_PREFECTURE].size),
		.weather = field_list(pool, f[TOWN_WEATHER]),
		.seismic = field_list(pool, f[TOWN_SEISMIC]),
		.seismic_area = field_list(pool, f[TOWN_SEISMIC_AREA]),
		.tsunami = field_list(pool, f[TOWN_TSUNAMI]),
		.parents = field_list(pool, f[TOWN_PARENTS]),
	};
	out->offices = offices_of(pool, &out->parents);
	out->promotion = code_promotion(pool, out->code);
	if (coast) {
		*coast = f[TOWN_COAST].text[0] == '2'	? CODE_COAST_SEA
			 : f[TOWN_COAST].text[0] == '1' ? CODE_COAST_PERHAPS
							: CODE_COAST_NONE;
	}
}

int code_town(struct pool *pool, const char *query, struct municipality *out,
	enum code_coast *coast, struct err *e)
{
	size_t size = strlen(query);
	bool digits = strspn(query, "0123456789") == size && (size == 5 || size == 6);
	if (digits && size == 6 && !check_digit_fits(query)) {
		return err_set(e, -EINVAL,
			"%s: the sixth digit does not fit the first five; one of them is wrong",
			query);
	}
	size_t found = 0;
	const char *at = (const char *)codes_municipalities_bytes;
	struct field f[COLUMNS_MAX];
	while (next_line(&at, f)) {
		if (digits ? !field_is(f[TOWN_CODE], query, 5) : !name_fits(f, query, size)) {
			continue;
		}
		if (found++ > 0) {
			return err_set(e, -EEXIST,
				"%s is the name of several municipalities (%s%s and others): put "
				"the "
				"prefecture in front, or give the code",
				query, out->prefecture, out->name);
		}
		fill_town(pool, f, out, coast);
	}
	if (found == 0) {
		return err_set(e, -ENOENT,
			"%s is not in the shipped tables: give a municipality code of 5 or 6 "
			"digits "
			"or its whole name",
			query);
	}
	return 0;
}

const char *code_name(struct pool *pool, const char *system, const char *code)
{
	const char *at = (const char *)codes_areas_bytes;
	struct field f[COLUMNS_MAX];
	while (next_line(&at, f)) {
		if (field_is(f[AREA_CODE], code, strlen(code)) &&
			field_is(f[AREA_SYSTEM], system, strlen(system))) {
			return pool_copy(pool, f[AREA_NAME].text, f[AREA_NAME].size);
		}
	}
	return NULL;
}

void code_each(struct pool *pool, const char *system, const char *prefecture,
	void (*each)(void *data, const char *code, const char *name), void *data)
{
	const char *at = (const char *)codes_areas_bytes;
	struct field f[COLUMNS_MAX];
	while (next_line(&at, f)) {
		if (field_is(f[AREA_SYSTEM], system, strlen(system)) &&
			field_has_word(f[AREA_PREFECTURES], prefecture)) {
			each(data, pool_copy(pool, f[AREA_CODE].text, f[AREA_CODE].size),
				pool_copy(pool, f[AREA_NAME].text, f[AREA_NAME].size));
		}
	}
}
