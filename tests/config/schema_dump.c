/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-schema-dump: prints the JSON Schema of hansho.yaml with the options of every driver in the
 * tree, as schemas/config.schema.json holds it. `hansho-schema-dump > schemas/config.schema.json`
 * after a change of option rows.
 */
#include "schema_text.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *text = schema_text();
	(void)puts(text);
	free(text);
	return fflush(stdout) == 0 ? 0 : 1;
}
