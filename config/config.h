/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration of one installation: read from YAML, checked whole, then used read-only.
 * Every text is owned by the config's pool and never NULL ("" where absent).
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "config/option.h"
#include "schemas/kinds.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct text_list {
	const char **list;
	size_t count;
};

struct geo_shape;

/* A part of a municipality (町丁, 学区) with an outline of its own. */
struct district {
	const char *code; /* what recipients and sirens are listed under */
	const char *name;
	struct geo_shape *shape; /* never NULL */
};

/* A municipality's code sets (design: model, "Municipality profile"). */
struct municipality {
	const char *code; /* 5 digits */
	const char *name;
	const char *reading;
	const char *prefecture;
	struct text_list weather;      /* AREA_JMA_CITY */
	struct text_list seismic;      /* AREA_JMA_SEISMIC_CITY */
	struct text_list seismic_area; /* AREA_JMA_SEISMIC_AREA */
	struct text_list tsunami;      /* AREA_JMA_TSUNAMI; empty: no coast */
	struct text_list volcanoes;    /* AREA_JMA_VOLCANO */
	struct text_list rivers;       /* AREA_JMA_RIVER */
	struct text_list parents;      /* AREA_JMA_FORECAST: 6 digits, all levels above */
	struct text_list offices;      /* editorial offices of its weather telegrams */
	struct text_list promotion;    /* AREA_PROMOTION: "nankai", "hokkaido" */
	struct geo_shape *shape;       /* its outline; NULL when unknown */
	struct district *districts;
	size_t district_count;
	bool districts_cover; /* they leave nothing of the municipality out */
};

/* What fetches a feed's telegrams from elsewhere (docs/internals/fetch-program.md). */
struct fetch_config {
	const char *program; /* hansho-fetch-PROGRAM; "": others bring the telegrams */
	json_t *options;     /* the program's own, checked and with defaults filled in; owned */
};

/* An address at which feeds are served over TLS or HTTP. Several feeds may share one: then the
 * client's certificate says which of them it is. */
struct feed_door_config {
	const char *host;	 /* "": none */
	int port;		 /* 0: any free port */
	const char *certificate; /* "": clear text */
	const char *key;
	const char *client_ca;	/* "": no certificate is asked of clients */
	struct text_list names; /* identities of clients that are this feed */
	const char *token_file; /* HTTP: "" none */
};

struct feed_config {
	const char *name;
	const char *unix_path;	  /* "": no Unix socket */
	const char *tcp_host;	  /* "": no TCP listener */
	int tcp_port;		  /* 0 with a host: any free port, reported by `hansho status` */
	struct text_list formats; /* "jmx", "cap", "jalert-mail", "json" */
	struct text_list sources; /* CIDR; empty: any (loopback listeners) */
	enum signature_policy signature;
	struct text_list trusted_certs; /* PEM files */
	bool signature_sha1;		/* SHA-1 still counts */
	struct text_list senders; /* CAP senders, or addresses of mails; empty: any CAP sender */
	json_t *mail_rules;	  /* checked content of the file `mail_rules`; owned; NULL: none */
	int64_t mail_repeat_ms;	  /* its repeat_window */
	int64_t max_bytes;	  /* of one message */
	int64_t max_connections;
	int64_t rate_per_minute;  /* messages; 0: no limit */
	int64_t idle_timeout_ms;  /* a connection that sends nothing */
	int64_t silence_ms;	  /* dead-man timer; 0: none */
	int64_t eew_heartbeat_ms; /* the same for the hourly test of the early warning line */
	struct text_list carries; /* kinds the feed would tell; empty: it vouches for none */
	struct feed_door_config tls;
	struct feed_door_config http;
	struct fetch_config fetch;
};

enum on_unknown { ON_UNKNOWN_RESEND, ON_UNKNOWN_HOLD };

struct channel_config {
	const char *name;
	const char *driver; /* "mail", "mqtt", ... */
	bool enabled;
	bool drill;		     /* may carry exercises */
	int agents;		     /* processes, each with one batch in flight */
	const char *audience_list;   /* recipients list in the store; "": targets below */
	struct text_list targets;    /* fixed targets, e.g. the carriers of area mail */
	struct text_list languages;  /* what the channel sends, in order; default ja */
	struct text_list kinds;	     /* patterns the channel takes; empty: all */
	struct text_list blocked_by; /* BLOCKCHANNEL words that keep an alert off it */
	enum on_unknown on_unknown;  /* below severity severe (severe and extreme always resend
					unless hold_always) */
	bool hold_always;
	int batch_max;		/* targets a batch; never above the driver's own limit */
	int64_t deadline_ms;	/* for one batch */
	int64_t retry_first_ms; /* exponential from here, jittered */
	int64_t retry_max_ms;
	int breaker_faults; /* faults in a row that open the breaker */
	int64_t breaker_ms; /* how long it stays open at first */
	int cap_per_hour;   /* broadcasts; 0: none. Extreme is never capped */
	json_t *options;    /* the driver's own, checked and with defaults filled in; owned */
};

/* A node of the rule tree: the first child that matches wins, unless it says `continue`; a node
 * without matching children serves itself. */
struct rule {
	const char *name;
	struct text_list kinds;		 /* patterns; empty: any */
	struct text_list events;	 /* event_type names; empty: any */
	struct text_list municipalities; /* empty: any of ours */
	struct text_list formats;
	struct text_list scopes; /* CAP; empty: as the rule above, and public at the top */
	enum severity severity_min;
	int level_min;
	struct text_list channels; /* empty: inherited from the parent */
	int priority;		   /* -1: by severity */
	int64_t expires_ms;	   /* 0: by kind */
	bool hold;		   /* needs a member of staff to release it */
	bool none;		   /* matches and sends nothing: an explicit exception */
	bool go_on;		   /* `continue: true` */
	struct rule *children;
	size_t child_count;
};

/* How staff hear of what needs their eyes: a second route, beside the hub's own screens. */
struct alarms_config {
	struct text_list channels; /* empty: status, log and metrics only */
	int64_t repeat_ms;	   /* what still stands is said again; 0: never */
	int64_t gather_ms;	   /* at least this long between two messages */
	bool shared;		   /* the channels may carry public messages too */
};

/* What goes out by itself about one hazard in one place, unless it is extreme or worse than
 * before. */
struct guards_config {
	int cap; /* broadcasts within the window; 0: none */
	int64_t window_ms;
};

struct role_config {
	const char *name; /* viewer, reporter, operator, approver, admin */
	struct text_list users;
	struct text_list groups;
};

struct config {
	struct pool *pool;
	const char *path;      /* of the file; "(embedded)" */
	const char *site;      /* topic and Message-ID part, [a-z0-9-] */
	const char *state_dir; /* store, telegrams, spool */
	const char *run_dir;   /* sockets */
	const char *secrets_dir;
	const char *control_path; /* control socket */
	const char *http_host;	  /* metrics and health; loopback */
	int http_port;		  /* -1: off; 0: any free port */
	const char *log_level;
	struct text_list driver_dirs;
	struct text_list languages; /* of public texts, in order */
	struct municipality *municipalities;
	size_t municipality_count;
	struct feed_config *feeds;
	size_t feed_count;
	struct channel_config *channels;
	size_t channel_count;
	struct rule live; /* roots: match everything, no channels */
	struct rule drill;
	struct alarms_config alarms;
	struct guards_config guards;
	struct role_config *roles;
	size_t role_count;
};

/* One mistake in a file: reported all at once, never only the first. */
struct config_fault {
	const char *file;
	int line;
	int column;
	const char *key;  /* "channels[2].batch_max" */
	const char *text; /* what was expected and what was found */
};

struct config_faults {
	struct pool *pool;
	struct config_fault *list;
	size_t count;
	size_t capacity;
};

void config_faults_init(struct config_faults *faults);
void config_faults_clear(struct config_faults *faults);

/* Where the option rows of a driver come from: the registry of channels, or `--describe`. NULL:
 * unknown driver. check (may be NULL in the result) looks at the filled options as a whole. */
struct config_driver {
	const char *name;
	const struct option_row *rows; /* NULL: any options */
	/* 0, or a negative errno with *key naming the offending option and e->text saying why. */
	int (*check)(const json_t *options, const char **key, struct err *e);
	int batch_max;
	const char *audience; /* default audience: "recipients", "targets" or "single" */
};

struct config_drivers {
	const struct config_driver *(*find)(const char *name, void *data);
	/* The same for fetch programs (name, rows and check count); NULL: there are none. */
	const struct config_driver *(*find_fetch)(const char *name, void *data);
	void *data;
};

/* Reads, checks and fills in one file. NULL when there is any fault; all of them are in faults.
 * path "(embedded)" means text is the content. */
struct config *config_load(
	const char *path, const struct config_drivers *drivers, struct config_faults *faults);
struct config *config_load_text(const char *path, const char *text, size_t size,
	const struct config_drivers *drivers, struct config_faults *faults);
void config_free(struct config *c);

/* Rules for mails alone, for tools and fuzzing: NULL when there is any fault. The areas they name
 * are not looked up. The caller releases. */
json_t *config_mail_rules_text(
	const char *file, const char *text, size_t size, struct config_faults *faults);

/* The built-in configuration, for a hub started without any: one socket, no remote channel; state
 * under ./hansho-run. Its path is "(embedded)". Static; followed by a zero. */
const char *config_embedded(size_t *size);

const struct channel_config *config_channel(const struct config *c, const char *name);
const struct municipality *config_municipality(const struct config *c, const char *code);
bool text_list_has(const struct text_list *list, const char *text);

/* The JSON Schema of a file of mail rules. The caller releases. */
json_t *config_mail_rules_schema(void);

/* The JSON Schema of the whole file, generated from the option tables; both lists of names end with
 * NULL. The caller releases. */
json_t *config_schema(const struct config_drivers *drivers, const char *const *driver_names,
	const char *const *fetch_names);
