/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The generated schema, indented, without a final newline. The caller frees. */
char *schema_text(void);
/* The same of a file of mail rules. */
char *mail_rules_schema_text(void);
