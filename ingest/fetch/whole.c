/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/whole.h"

#include "ingest/xml.h"

#include <errno.h>

bool fetch_is_whole(const char *bytes, size_t size)
{
	xmlDoc *doc = NULL;
	struct err e = {0};
	if (size == 0 || bytes[0] == '{') {
		return size > 0;
	}
	int rc = xml_parse(bytes, size, &doc, NULL, &e);
	if (doc) {
		xmlFreeDoc(doc);
	}
	return rc != -EBADMSG; /* what is refused for another reason is whole */
}
