/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/decode.h"
static const char *const namespaces[] = {"http://xml.kishou.go.jp/jmaxml1/", NULL};
static int decode(const xmlNode *root, struct alert *a, struct decode_refusal *refusal)
{
	(void)root;
	(void)a;
	return decode_refuse(refusal, "not-handled", 0, "to come");
}
const struct decoder decoder_jmx = {
	.format = "jmx", .root_name = "Report", .decode = decode, .namespaces = namespaces};
