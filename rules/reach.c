/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/reach.h"

#include <string.h>

/* Points of all shapes of one judgement; what is beyond cannot be told, and alerts. */
enum { BUDGET_POINTS = 500000 };

/* South, north, west, east of the prefectures 01 to 47: the extreme points that the Geospatial
 * Information Authority lists (都道府県の東西南北端点), at least a tenth of a degree further out.
 */
static const struct geo_box prefectures[] = {
	{41.2, 45.7, 139.2, 149.0}, /* 01 */
	{40.1, 41.7, 139.3, 141.8}, /* 02 */
	{38.6, 40.6, 140.5, 142.2}, /* 03 */
	{37.6, 39.2, 140.1, 141.8}, /* 04 */
	{38.7, 40.7, 139.5, 141.1}, /* 05 */
	{37.6, 39.4, 139.4, 140.8}, /* 06 */
	{36.6, 38.1, 139.0, 141.2}, /* 07 */
	{35.6, 37.1, 139.5, 141.0}, /* 08 */
	{36.1, 37.3, 139.2, 140.4}, /* 09 */
	{35.8, 37.2, 138.2, 139.8}, /* 10 */
	{35.6, 36.4, 138.6, 140.0}, /* 11 */
	{34.7, 36.3, 139.6, 141.0}, /* 12 */
	{20.3, 36.0, 135.9, 154.1}, /* 13 */
	{35.0, 35.8, 138.8, 139.9}, /* 14 */
	{36.6, 38.7, 137.5, 140.0}, /* 15 */
	{36.1, 37.1, 136.6, 137.9}, /* 16 */
	{35.9, 38.0, 136.1, 137.5}, /* 17 */
	{35.2, 36.4, 135.3, 137.0}, /* 18 */
	{35.0, 36.1, 138.0, 139.3}, /* 19 */
	{35.0, 37.2, 137.2, 138.9}, /* 20 */
	{35.0, 36.6, 136.1, 137.8}, /* 21 */
	{34.4, 35.8, 137.3, 139.3}, /* 22 */
	{34.4, 35.6, 136.5, 138.0}, /* 23 */
	{33.6, 35.4, 135.7, 137.1}, /* 24 */
	{34.6, 35.9, 135.6, 136.6}, /* 25 */
	{34.6, 35.9, 134.7, 136.2}, /* 26 */
	{34.1, 35.2, 134.9, 135.9}, /* 27 */
	{34.0, 35.8, 134.1, 135.6}, /* 28 */
	{33.7, 34.9, 135.4, 136.4}, /* 29 */
	{33.3, 34.5, 134.8, 136.2}, /* 30 */
	{34.9, 35.8, 133.0, 134.7}, /* 31 */
	{34.2, 37.4, 131.5, 133.5}, /* 32 */
	{34.1, 35.5, 133.1, 134.6}, /* 33 */
	{33.9, 35.3, 131.9, 133.6}, /* 34 */
	{33.6, 34.9, 130.6, 132.6}, /* 35 */
	{33.4, 34.4, 133.5, 135.0}, /* 36 */
	{33.9, 34.7, 133.3, 134.6}, /* 37 */
	{32.7, 34.5, 131.9, 133.8}, /* 38 */
	{32.6, 34.0, 132.3, 134.5}, /* 39 */
	{32.9, 34.4, 129.8, 131.3}, /* 40 */
	{32.8, 33.8, 129.6, 130.7}, /* 41 */
	{31.8, 34.9, 128.0, 130.5}, /* 42 */
	{31.9, 33.3, 129.8, 131.5}, /* 43 */
	{32.6, 33.9, 130.7, 132.3}, /* 44 */
	{31.2, 33.0, 130.6, 132.0}, /* 45 */
	{26.9, 32.5, 128.2, 131.4}, /* 46 */
	{23.9, 28.0, 122.8, 131.5}, /* 47 */
};

/* By the position of an item in its alert; each has a list by the position of the area. */
struct probes {
	struct geo_probe ***lists; /* pool; lists[i] is NULL until an area of the item is asked */
	size_t points;
};

static struct geo_probe *read_area(struct probes *p, const struct alert_area *area)
{
	if (p->points > BUDGET_POINTS) {
		return geo_probe_polygon("");
	}
	struct geo_probe *probe = area->polygon[0] ? geo_probe_polygon(area->polygon)
						   : geo_probe_circle(area->circle);
	p->points += geo_probe_points(probe);
	return probe;
}

static struct geo_probe *probe_of(
	struct judgement *j, const struct alert_item *item, const struct alert_area *area)
{
	if (!j->probes) {
		j->probes = pool_take(j->pool, sizeof(*j->probes));
		j->probes->lists =
			pool_take(j->pool, j->alert->item_count * sizeof(struct geo_probe **));
	}
	struct geo_probe ***list = &j->probes->lists[item - j->alert->items];
	if (!*list) {
		*list = pool_take(j->pool, item->area_count * sizeof(struct geo_probe *));
	}
	struct geo_probe **probe = &(*list)[area - item->areas];
	if (!*probe) {
		*probe = read_area(j->probes, area);
	}
	return *probe;
}

void reach_clear(struct judgement *j)
{
	for (size_t i = 0; j->probes && i < j->alert->item_count; i++) {
		struct geo_probe **list = j->probes->lists[i];
		for (size_t k = 0; list && k < j->alert->items[i].area_count; k++) {
			geo_probe_free(list[k]);
		}
	}
	j->probes = NULL;
}

static const struct geo_box *prefecture_of(const struct municipality *m)
{
	bool digits =
		m->code[0] >= '0' && m->code[0] <= '4' && m->code[1] >= '0' && m->code[1] <= '9';
	int number = digits ? (m->code[0] - '0') * 10 + (m->code[1] - '0') : 0;
	size_t count = sizeof(prefectures) / sizeof(prefectures[0]);
	return number >= 1 && (size_t)number <= count ? &prefectures[number - 1] : NULL;
}

enum geo_answer reach_municipality(struct judgement *j, const struct alert_item *item,
	const struct alert_area *area, const struct municipality *m)
{
	struct geo_probe *probe = probe_of(j, item, area);
	if (m->shape) {
		return geo_probe_meets(probe, m->shape);
	}
	const struct geo_box *box = geo_probe_box(probe);
	const struct geo_box *prefecture = prefecture_of(m);
	return box && prefecture && !geo_boxes_meet(box, prefecture) ? GEO_APART : GEO_CANNOT_TELL;
}

static bool is_shape(const struct alert_area *area)
{
	return area->polygon[0] || area->circle[0];
}

/* False when the shape cannot be placed. */
static bool mark_districts(
	struct geo_probe *probe, const struct municipality *m, bool *d, size_t *count)
{
	for (size_t i = 0; i < m->district_count; i++) {
		enum geo_answer answer = geo_probe_meets(probe, m->districts[i].shape);
		if (answer == GEO_CANNOT_TELL) {
			return false;
		}
		*count += answer == GEO_MEET && !d[i];
		d[i] = d[i] || answer == GEO_MEET;
	}
	return true;
}

bool reach_districts(
	struct judgement *j, const struct alert_item *item, const struct municipality *m, bool *d)
{
	size_t count = 0;
	if (!m->districts_cover) {
		return false;
	}
	for (size_t i = 0; i < item->area_count; i++) {
		const struct alert_area *area = &item->areas[i];
		bool foreign = strncmp(area->system, AREA_CAP_PREFIX, strlen(AREA_CAP_PREFIX)) == 0;
		if (is_shape(area)) {
			if (!mark_districts(probe_of(j, item, area), m, d, &count)) {
				return false;
			}
		} else if (!foreign) {
			return false; /* a code or a name may mean all of the municipality */
		}
	}
	return count > 0 && count < m->district_count;
}
