/* SPDX-License-Identifier: Apache-2.0
 *
 * The pieces both pages are made of.
 */
#pragma once

#include "channels/banner/page.h"

/* How much of each entry is told. */
enum page_detail {
	DETAIL_FULL,	    /* every language, whole text */
	DETAIL_OTHER_BRIEF, /* first language whole, the others in one sentence */
	DETAIL_BRIEF,
	DETAIL_TITLES,
};

extern const char page_style[];	  /* of index.html */
extern const char banner_style[]; /* of the fragment: every name begins with "hansho-" */
extern const char page_script[];  /* works on the element in front of it */

/* "11月20日(金) 14:30" */
enum { PAGE_TIME_SIZE = 64 };
const char *page_time(struct wall_time t, char out[PAGE_TIME_SIZE]);

/* <time> element with both forms. */
void page_add_time(struct buf *out, struct wall_time t);

/* CSS class, picture and words of an entry; the words tell what the colour tells. */
struct page_look {
	const char *name;
	const char *picture; /* SVG path */
	const char *ja;
	const char *en;
};
const struct page_look *page_look_of(const struct board_entry *entry);
void page_add_picture(struct buf *out, const struct page_look *look);

void page_add_entry(struct buf *out, const struct board_entry *entry, enum page_detail detail);
