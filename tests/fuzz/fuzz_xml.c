/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as XML: a document within the caps whose digest can be taken, or an error that says
 * why.
 */
#include "ingest/xml.h"

#include "base/digest.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	xmlDoc *doc = NULL;
	struct err e = {0};
	int line = 0;
	if (xml_parse(data, size, &doc, &line, &e) != 0) {
		if (doc || !e.text[0] || line < 0) {
			abort();
		}
		return 0;
	}
	if (doc->intSubset || doc->extSubset) {
		abort();
	}
	struct pool *pool = pool_new();
	struct digest *d = digest_new();
	char hex[DIGEST_HEX_SIZE];
	const xmlNode *root = xmlDocGetRootElement(doc);
	xml_digest(d, root);
	digest_end_hex(d, hex);
	(void)xml_text(pool, root);
	(void)xml_attribute(pool, root, "type");
	digest_free(d);
	pool_free(pool);
	xmlFreeDoc(doc);
	return 0;
}
