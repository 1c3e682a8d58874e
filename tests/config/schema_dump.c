/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-schema-dump: prints the JSON Schema of hansho.yaml with the options of every driver in the
 * tree, as schemas/config.schema.json holds it. `hansho-schema-dump > schemas/config.schema.json`
 * after a change of option rows; `hansho-schema-dump mail-rules > schemas/mail-rules.schema.json`.
 */
#include "schema_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	bool mail = argc > 1 && strcmp(argv[1], "mail-rules") == 0;
	char *text = mail ? mail_rules_schema_text() : schema_text();
	(void)puts(text);
	free(text);
	return fflush(stdout) == 0 ? 0 : 1;
}
