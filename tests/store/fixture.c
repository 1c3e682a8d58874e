/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/store/fixture.h"

#include "base/json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALERT "a000000000000001"

void fixture_must(struct fixture *f, int rc, const char *what)
{
	if (rc < 0) {
		(void)fprintf(stderr, "%s: %d %s\n", what, rc, f->e.text);
		abort();
	}
}

static void open_store(struct fixture *f)
{
	const struct store_settings settings = {.path = f->path, .busy_timeout_ms = 50};
	fixture_must(f, store_open(&settings, &f->store, &f->e), "open");
}

void fixture_open(struct fixture *f)
{
	*f = (struct fixture){.folder = "/tmp/hansho-store-XXXXXX"};
	if (!mkdtemp(f->folder)) {
		perror("mkdtemp");
		abort();
	}
	(void)snprintf(f->path, sizeof(f->path), "%s/hansho.db", f->folder);
	open_store(f);
	fixture_begin(f);
	fixture_add_alert(f, 1);
	fixture_commit(f);
}

void fixture_reopen(struct fixture *f)
{
	store_close(f->store);
	open_store(f);
}

void fixture_close(struct fixture *f)
{
	store_close(f->store);
	DIR *folder = opendir(f->folder);
	struct dirent *entry;
	while (folder && (entry = readdir(folder))) {
		(void)unlinkat(dirfd(folder), entry->d_name, 0);
	}
	(void)closedir(folder);
	(void)rmdir(f->folder);
}

void fixture_begin(struct fixture *f)
{
	fixture_must(f, store_begin(f->store, &f->e), "begin");
}

void fixture_commit(struct fixture *f)
{
	fixture_must(f, store_commit(f->store, &f->e), "commit");
}

void fixture_add_alert(struct fixture *f, unsigned number)
{
	struct alert *alert = alert_new();
	char id[ALERT_ID_SIZE];
	(void)snprintf(id, sizeof(id), "a%015x", number);
	(void)snprintf(alert->digest, sizeof(alert->digest), "%s%048x", id, number);
	alert->status = ALERT_STATUS_ACTUAL;
	alert->type = "VTSE41";
	alert->title = "津波警報・注意報・予報a";
	alert->issued = at_ms(-5000);
	const struct store_alert row = {
		.id = id,
		.alert = alert,
		.json = "{\"type\":\"VTSE41\"}",
		.feed = "jalert",
		.received = at_ms(0),
		.raw = "<Report/>",
		.raw_size = 9,
		.verdict = "acted",
		.reason = "tsunami warning for our coast",
		.trace = "[\"rule tsunami matched\"]",
	};
	fixture_must(f, store_add_alert(f->store, &row, &f->e), "alert");
	alert_free(alert);
}

void fixture_add_broadcast(struct fixture *f, int n)
{
	struct broadcast *b = broadcast_new();
	char id[64];
	(void)snprintf(id, sizeof(id), ALERT ".%d", n);
	struct broadcast_text text = {.lang = "ja",
		.title = "津波警報",
		.brief = "津波警報",
		.body = "逃げて",
		.speech = ""};
	b->id = id;
	b->alert = ALERT;
	b->thread = "tsunami/1";
	b->status = ALERT_STATUS_ACTUAL;
	b->kind = kind_find("tsunami.warning");
	b->event = EVENT_ISSUED;
	b->severity = SEVERITY_EXTREME;
	b->update = n;
	b->issued = at_ms(0);
	b->expires = at_ms(3600000);
	struct alert_area area = {.system = AREA_MUNICIPALITY,
		.code = "07204",
		.name = "いわき市",
		.polygon = "",
		.circle = ""};
	b->areas = &area;
	b->area_count = 1;
	b->texts = &text;
	b->text_count = 1;
	json_t *object = broadcast_to_json(b);
	char *json = json_dumps(object, JSON_COMPACT);
	fixture_must(
		f, store_add_broadcast(f->store, b, json, false, "", at_ms(0), &f->e), "broadcast");
	free(json);
	json_decref(object);
	broadcast_free(b);
}

void fixture_add_people(struct fixture *f, const char *list, int count)
{
	for (int i = 0; i < count; i++) {
		char id[32];
		char address[64];
		(void)snprintf(id, sizeof(id), "p%06d", i);
		(void)snprintf(address, sizeof(address), "person%06d@example.jp", i);
		const struct store_recipient r = {.id = id,
			.address = address,
			.lang = "ja",
			.name = "",
			.categories = "",
			.areas = ""};
		fixture_must(f, store_put_recipient(f->store, list, &r, &f->e), "recipient");
	}
}

struct store_delivery fixture_delivery(const char *broadcast)
{
	return (struct store_delivery){
		.broadcast = broadcast,
		.channel = "mail",
		.priority = 5,
		.expires = at_ms(3600000),
		.audience_list = "",
		.category = "",
	};
}

void fixture_add_delivery(struct fixture *f, const struct store_delivery *d)
{
	fixture_must(f, store_add_delivery(f->store, d, at_ms(0), &f->e), "delivery");
}

struct store_batch fixture_claim(struct fixture *f, size_t max, int64_t now_ms)
{
	struct store_batch b;
	fixture_must(
		f, store_claim(f->store, "mail", max, "mail/1", at_ms(now_ms), &b, &f->e), "claim");
	return b;
}

static struct outcome outcome_of(enum outcome_class class)
{
	struct outcome o = {.class = class};
	if (class != OUTCOME_DELIVERED) {
		o.reason = OUTCOME_REASON_REFUSED;
		outcome_set_text(&o, "try again");
	}
	return o;
}

void fixture_conclude(struct fixture *f, const struct store_batch *b, size_t index,
	enum outcome_class class, int64_t now_ms)
{
	const struct outcome o = outcome_of(class);
	fixture_must(f,
		store_conclude(
			f->store, b, index, &o, at_ms(now_ms + 10000), false, at_ms(now_ms), &f->e),
		"conclude");
}

void fixture_conclude_rest(struct fixture *f, const struct store_batch *b, enum outcome_class class,
	bool crashed, int64_t now_ms)
{
	const struct outcome o = outcome_of(class);
	fixture_must(f,
		store_conclude_rest(f->store, b, NULL, &o, at_ms(now_ms + 10000), crashed,
			at_ms(now_ms), &f->e),
		"conclude rest");
}

static json_t *show_delivery(struct fixture *f, const char *delivery, json_t **page)
{
	*page = store_show(f->store, delivery, &f->e);
	fixture_must(f, *page ? 0 : f->e.code, "show");
	return json_array_get(
		json_object_get(
			json_array_get(json_object_get(*page, "broadcasts"), 0), "deliveries"),
		0);
}

int64_t fixture_count(struct fixture *f, const char *delivery, const char *counter)
{
	json_t *page;
	int64_t value = json_int(show_delivery(f, delivery, &page), counter, INT64_MIN);
	json_decref(page);
	return value;
}

const char *fixture_state(struct fixture *f, const char *delivery)
{
	static char state[32];
	json_t *page;
	(void)snprintf(state, sizeof(state), "%s",
		json_text(show_delivery(f, delivery, &page), "state", "none"));
	json_decref(page);
	return state;
}
