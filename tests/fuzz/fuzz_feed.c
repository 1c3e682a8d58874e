/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as an Atom or RSS document: entries that each lead somewhere, or an error that says
 * why; and what a link says as the name of a telegram.
 */
#include "ingest/fetch/atom/names.h"
#include "ingest/fetch/atom/reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_document doc;
	struct err e = {0};
	if (feed_document_read(data, size, &doc, &e) != 0) {
		if (!e.text[0] || doc.list || doc.pool) {
			abort();
		}
		return 0;
	}
	for (size_t i = 0; i < doc.count; i++) {
		const struct feed_entry *entry = &doc.list[i];
		struct jma_name name;
		bool embedded = entry->embedded != NULL;
		if (embedded == (entry->link[0] != '\0') ||
			(embedded && entry->embedded_size == 0)) {
			abort();
		}
		if (jma_name_parse(entry->link, &name) && strlen(name.stamp) != 14) {
			abort();
		}
	}
	feed_document_clear(&doc);
	return 0;
}
