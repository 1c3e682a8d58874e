/* SPDX-License-Identifier: Apache-2.0
 *
 * The cursor over an audience. It is never expanded: a delivery keeps the position of the last
 * target taken - recipients.seq for a list, an index for fixed targets - and a claim reads on from
 * there.
 */
#include "store/store_private.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

enum { MUNICIPALITY_DIGITS = 5 };

/* True when the blank separated words hold this one. */
static bool has_word(const char *words, const char *word, size_t size)
{
	for (const char *p = words; *p;) {
		size_t length = strcspn(p, " \t");
		if (length == size && memcmp(p, word, size) == 0) {
			return true;
		}
		p += length;
		p += strspn(p, " \t");
	}
	return false;
}

static bool is_blank(const char *words)
{
	return words[strspn(words, " \t")] == '\0';
}

/* How much of an area's code the recipient is listed under; 0: nothing. A district's code begins
 * with its municipality's, and who is listed under the whole hears of a part. */
static size_t listed_size(const char *words, const char *code)
{
	size_t size = strlen(code);
	if (has_word(words, code, size)) {
		return size;
	}
	bool district =
		size > MUNICIPALITY_DIGITS && strspn(code, "0123456789") >= MUNICIPALITY_DIGITS;
	return district && has_word(words, code, MUNICIPALITY_DIGITS) ? MUNICIPALITY_DIGITS : 0;
}

/* What of a recipient's areas the delivery is about: *area. False: nothing. A recipient or a
 * delivery without areas stands for all. */
static bool match_areas(const char *words, const json_t *areas, const char **area, size_t *size)
{
	words += strspn(words, " \t");
	*area = words;
	*size = strcspn(words, " \t");
	if (*size == 0 || json_array_size(areas) == 0) {
		return true;
	}
	size_t i;
	json_t *one;
	json_array_foreach(areas, i, one)
	{
		const char *code = json_string_value(one);
		size_t listed = code ? listed_size(words, code) : 0;
		if (listed > 0) {
			*area = code;
			*size = listed;
			return true;
		}
	}
	return false;
}

enum {
	COLUMN_SEQ,
	COLUMN_ID,
	COLUMN_ADDRESS,
	COLUMN_LANG,
	COLUMN_CATEGORIES,
	COLUMN_AREAS,
	COLUMN_REMOVED
};

struct filter {
	const char *category;
	json_t *areas;
};

static bool filter_fits(
	const struct filter *f, sqlite3_stmt *q, const char **area, size_t *area_size)
{
	if (sqlite3_column_int(q, COLUMN_REMOVED) != 0) {
		return false;
	}
	const char *categories = store_text(q, COLUMN_CATEGORIES);
	if (f->category[0] != '\0' && !is_blank(categories) &&
		!has_word(categories, f->category, strlen(f->category))) {
		return false;
	}
	return match_areas(store_text(q, COLUMN_AREAS), f->areas, area, area_size);
}

static const char *copy(struct pool *pool, sqlite3_stmt *q, int column)
{
	const char *text = store_text(q, column);
	return text[0] ? pool_copy(pool, text, (size_t)sqlite3_column_bytes(q, column)) : "";
}

static struct store_target read_target(
	struct pool *pool, sqlite3_stmt *q, const char *area, size_t area_size)
{
	return (struct store_target){
		.id = copy(pool, q, COLUMN_ID),
		.address = copy(pool, q, COLUMN_ADDRESS),
		.lang = copy(pool, q, COLUMN_LANG),
		.area = area_size ? pool_copy(pool, area, area_size) : "",
	};
}

static void page_add(struct audience_page *page, int64_t position, struct store_target target)
{
	page->positions[page->count] = position;
	page->targets[page->count] = target;
	page->count++;
}

/* max 0: counts, over all that is left. */
static int list_next(struct store *s, const struct delivery *d, const struct filter *f, size_t max,
	struct pool *pool, struct audience_page *page, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_AUDIENCE_NEXT, e, "ti", d->audience_list, d->position);
	int rc = q ? 1 : e->code;
	size_t scanned = 0;
	while (rc == 1 && (rc = store_step(s, q, e)) == 1) {
		/* One row past the last one taken tells whether that was all. */
		if (max > 0 && (page->count == max || scanned == AUDIENCE_SCAN_MAX)) {
			store_done(q);
			return 0;
		}
		scanned++;
		page->position = sqlite3_column_int64(q, COLUMN_SEQ);
		const char *area;
		size_t area_size;
		if (!filter_fits(f, q, &area, &area_size)) {
			continue;
		}
		if (max > 0) {
			page_add(page, page->position, read_target(pool, q, area, area_size));
		} else {
			page->count++;
		}
	}
	page->exhausted = rc == 0;
	return rc;
}

static void fixed_next(const json_t *names, const struct delivery *d, size_t max, struct pool *pool,
	struct audience_page *page)
{
	size_t all = json_array_size(names);
	size_t i = (size_t)d->position;
	if (max == 0) {
		page->count = all > i ? all - i : 0;
		i = all;
	}
	for (; i < all && page->count < max; i++) {
		/* Position 1 is the first: 0 is "none taken yet". */
		const char *name = json_string_value(json_array_get(names, i));
		page_add(page, (int64_t)i + 1,
			(struct store_target){.id = pool_copy_text(pool, name ? name : ""),
				.address = "",
				.lang = "",
				.area = ""});
	}
	page->position = (int64_t)i;
	page->exhausted = i >= all;
}

static json_t *read_array(const char *text, struct err *e)
{
	json_t *array = json_read(text, strlen(text), e);
	if (array && !json_is_array(array)) {
		json_decref(array);
		array = NULL;
		(void)err_set(e, -EIO, "not a JSON array");
	}
	if (!array) {
		e->code = -EIO;
		(void)err_prefix(e, "a delivery's audience is damaged: ");
	}
	return array;
}

int audience_next(struct store *s, const struct delivery *d, size_t max, struct pool *pool,
	struct audience_page *page, struct err *e)
{
	*page = (struct audience_page){.position = d->position};
	if (max > 0) {
		page->targets = pool_take(pool, max * sizeof(*page->targets));
		page->positions = pool_take(pool, max * sizeof(*page->positions));
	}
	bool fixed = d->audience_list[0] == '\0';
	json_t *array = read_array(fixed ? d->targets : d->areas, e);
	if (!array) {
		return e->code;
	}
	int rc = 0;
	if (fixed) {
		fixed_next(array, d, max, pool, page);
	} else {
		const struct filter f = {.category = d->category, .areas = array};
		rc = list_next(s, d, &f, max, pool, page, e);
	}
	json_decref(array);
	return rc;
}

static int list_at(struct store *s, const json_t *areas, int64_t position, struct pool *pool,
	struct store_target *target, struct err *e)
{
	sqlite3_stmt *q = store_query(s, SQL_AUDIENCE_AT, e, "i", position);
	int rc = q ? store_step(s, q, e) : e->code;
	if (rc == 1) {
		const char *area = "";
		size_t area_size = 0;
		(void)match_areas(store_text(q, COLUMN_AREAS), areas, &area, &area_size);
		*target = read_target(pool, q, area, area_size);
		store_done(q);
	} else if (rc == 0) {
		/* Someone edited the file by hand. Nothing taken may vanish from the record. */
		*target = (struct store_target){.address = "", .lang = "", .area = ""};
		target->id = pool_printf(pool, "#%lld", (long long)position);
	}
	return rc < 0 ? rc : 0;
}

int audience_at(struct store *s, const struct delivery *d, const int64_t *positions, size_t count,
	struct pool *pool, struct store_target *targets, struct err *e)
{
	bool fixed = d->audience_list[0] == '\0';
	json_t *array = read_array(fixed ? d->targets : d->areas, e);
	int rc = array ? 0 : e->code;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (fixed) {
			const char *name =
				json_string_value(json_array_get(array, (size_t)positions[i] - 1));
			targets[i] =
				(struct store_target){.id = pool_copy_text(pool, name ? name : ""),
					.address = "",
					.lang = "",
					.area = ""};
		} else {
			rc = list_at(s, array, positions[i], pool, &targets[i], e);
		}
	}
	json_decref(array);
	return rc;
}

const unsigned char *positions_encode(
	struct pool *pool, const int64_t *positions, size_t count, size_t *size)
{
	unsigned char *bytes = pool_take(pool, count * 10 + 1);
	size_t used = 0;
	uint64_t last = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t step = (uint64_t)positions[i] - last;
		last = (uint64_t)positions[i];
		for (; step >= 0x80; step >>= 7) {
			bytes[used++] = (unsigned char)(step | 0x80);
		}
		bytes[used++] = (unsigned char)step;
	}
	*size = used;
	return bytes;
}

size_t positions_decode(const unsigned char *bytes, size_t size, int64_t *positions, size_t max)
{
	size_t count = 0;
	uint64_t last = 0;
	uint64_t step = 0;
	unsigned shift = 0;
	for (size_t i = 0; i < size && count < max; i++) {
		if (shift < 64) {
			step |= (uint64_t)(bytes[i] & 0x7F) << shift;
		}
		shift += 7;
		if (!(bytes[i] & 0x80)) {
			last += step;
			positions[count++] = (int64_t)last;
			step = 0;
			shift = 0;
		}
	}
	return count;
}
