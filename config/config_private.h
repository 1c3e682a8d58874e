/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the configuration's reading share: the rows, and where each key stands.
 */
#pragma once

#include "config/config.h"
#include "config/option_read.h"
#include "config/yaml.h"

extern const struct option_row config_rows[];
extern const struct option_row municipality_rows[];

/* One reading: filled by config_load_text(), used by building and checking. */
struct config_source {
	struct config *config;
	const struct config_drivers *drivers;
	const struct yaml_node *root;
	const char *folder; /* absolute */
	struct config_faults *faults;
};

/* A fault at a key path of the main file: the place is looked up in the tree. */
void source_fault(const struct config_source *s, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The checked JSON -> struct config; faults that show only here are added. */
void config_build(struct config_source *s, const json_t *whole);
void config_build_municipalities(struct config_source *s, const json_t *list);
void config_build_channels(struct config_source *s, const json_t *list);

/* "127.0.0.1:4000" -> host and port; a fault at path, and host "", when it is none. */
void source_address(const struct config_source *s, const char *path, const char *text,
	const char **host, int *port);

/* A feed's `tls` and `http`. path is the feed's. */
void config_build_doors(const struct config_source *s, const json_t *feed, const char *path,
	struct feed_config *out);
/* Feeds that share an address must agree about it and differ in their names. */
void config_check_doors(const struct config_source *s);
/* The channels of alarms: there, to staff, and not the public's. */
void config_check_alarms(const struct config_source *s);

/* A feed's `fetch`; out->unix_path is filled in when the feed has none. path is the feed's. */
void config_build_fetch(const struct config_source *s, const json_t *feed, const char *path,
	struct feed_config *out);

/* The `options` below the table at path, by a driver's or program's rows and check. The caller
 * releases. */
json_t *source_options(
	const struct config_source *s, const struct config_driver *driver, const char *path);
/* A socket's path made absolute by run_dir; a fault at path when the kernel would not take it. */
const char *source_socket_path(const struct config_source *s, const char *path, const char *text);

/* Outline and districts of m from its keys. Faults go to fault(data, key, text). */
void config_build_outlines(struct config *c, const json_t *object, struct municipality *m,
	void (*fault)(void *data, const char *key, const char *text), void *data);
void config_free_outlines(struct config *c);

/* What no single row can know: names that must exist, addresses, rules that cannot match. */
void config_check(const struct config_source *s);
void config_check_rules(const struct config_source *s);
/* Patterns that match no kind; path is the list's. */
void config_check_kinds(
	const struct config_source *s, const struct text_list *kinds, const char *path);

/* The checked file of mail rules (mail_rules.c), faults in it told under its own name; NULL when it
 * cannot be read at all. path is that of the key that names it. The caller releases. */
json_t *config_read_mail_rules(const struct config_source *s, const char *file, const char *path);

/* Copies of JSON texts in the config's pool. */
const char *source_text(const struct config_source *s, const json_t *object, const char *key);
struct text_list source_texts(const struct config_source *s, const json_t *object, const char *key);
