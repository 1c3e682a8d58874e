/* SPDX-License-Identifier: Apache-2.0
 *
 * What fetch programs are sent: messages and lists of DMDATA.JP, payloads of gauges. The first byte
 * chooses the reader. Whatever the bytes, reading ends, and what is said to be good is within its
 * limits.
 */
#include "ingest/fetch/dmdata/message.h"
#include "ingest/fetch/sensor/reading.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_message(const char *text, size_t size)
{
	struct dmdata_message m;
	struct err e = {0};
	char *xml = NULL;
	size_t unpacked;
	if (dmdata_message_read(text, size, &m, &e) == 0 && m.type == DMDATA_DATA &&
		dmdata_unpack(&m, &xml, &unpacked, &e) == 0) {
		if (unpacked > DMDATA_BODY_BYTES_MAX || xml[unpacked] != '\0' || m.id[0] == '\0' ||
			strpbrk(m.id, "/.%")) {
			abort();
		}
		free(xml);
	}
	dmdata_message_clear(&m);
}

static void read_list(const char *text, size_t size)
{
	struct dmdata_list list;
	struct err e = {0};
	if (dmdata_list_read(text, size, &list, &e) == 0) {
		for (size_t i = 0; i < json_array_size(list.items); i++) {
			const char *id = dmdata_item_id(json_array_get(list.items, i));
			if (id && strpbrk(id, "/.%")) {
				abort();
			}
		}
	}
	dmdata_list_clear(&list);
}

static void read_payload(const struct reading_form *form, const char *text, size_t size)
{
	double value;
	struct wall_time at;
	struct err e = {0};
	if (reading_parse(form, text, size, &value, &at, &e) == 0 && !isfinite(value)) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct reading_form bare = {"", ""};
	static const struct reading_form inside = {"/a/0/v~1", "/t"};
	if (size == 0) {
		return 0;
	}
	const char *text = (const char *)data + 1;
	switch (data[0]) {
	case 'm':
		read_message(text, size - 1);
		break;
	case 'l':
		read_list(text, size - 1);
		break;
	case 'b':
		read_payload(&bare, text, size - 1);
		break;
	default:
		read_payload(&inside, text, size - 1);
		break;
	}
	return 0;
}
