/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/texts.h"

#include "base/mem.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* Some seconds of a flood, or the few a town has under way on a bad day. */
enum { KEPT_COUNT = 64, KEPT_BYTES = 2 * 1024 * 1024 };

struct kept {
	TAILQ_ENTRY(kept) next;
	char *broadcast;
	struct outgoing_text text;
};

struct texts {
	struct store *store;
	TAILQ_HEAD(kept_list, kept) list; /* last used first */
	size_t count;
	size_t bytes;
};

struct texts *texts_new(struct store *store)
{
	struct texts *t = mem_new(sizeof(*t));
	t->store = store;
	TAILQ_INIT(&t->list);
	return t;
}

static void drop(struct texts *t, struct kept *k)
{
	TAILQ_REMOVE(&t->list, k, next);
	t->count--;
	t->bytes -= k->text.size;
	free(k->broadcast);
	free(k->text.json);
	free(k);
}

void texts_forget(struct texts *t)
{
	while (!TAILQ_EMPTY(&t->list)) {
		drop(t, TAILQ_FIRST(&t->list));
	}
}

void texts_free(struct texts *t)
{
	if (t) {
		texts_forget(t);
		free(t);
	}
}

static const struct outgoing_text *keep(
	struct texts *t, const char *broadcast, char *json, bool drill)
{
	struct kept *k = mem_new(sizeof(*k));
	k->broadcast = mem_copy_text(broadcast);
	k->text = (struct outgoing_text){.json = json, .size = strlen(json), .drill = drill};
	TAILQ_INSERT_HEAD(&t->list, k, next);
	t->count++;
	t->bytes += k->text.size;
	while (t->count > 1 && (t->count > KEPT_COUNT || t->bytes > KEPT_BYTES)) {
		drop(t, TAILQ_LAST(&t->list, kept_list));
	}
	return &k->text;
}

void texts_put(struct texts *t, const char *broadcast, char *json, bool drill)
{
	(void)keep(t, broadcast, json, drill);
}

const struct outgoing_text *texts_get(struct texts *t, const char *broadcast, struct err *e)
{
	struct kept *k;
	TAILQ_FOREACH(k, &t->list, next)
	{
		if (strcmp(k->broadcast, broadcast) == 0) {
			TAILQ_REMOVE(&t->list, k, next);
			TAILQ_INSERT_HEAD(&t->list, k, next);
			return &k->text;
		}
	}
	enum alert_status status = ALERT_STATUS_TEST;
	char *json = store_broadcast_json(t->store, broadcast, &status, e);
	return json ? keep(t, broadcast, json, status == ALERT_STATUS_EXERCISE) : NULL;
}
