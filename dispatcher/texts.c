/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatcher/texts.h"

#include "base/json.h"
#include "base/mem.h"
#include "schemas/broadcast.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* Some seconds of a flood, or the few a town has under way on a bad day. */
enum { KEPT_COUNT = 64, KEPT_BYTES = 2 * 1024 * 1024 };

struct kept {
	TAILQ_ENTRY(kept) next;
	char *broadcast;
	struct outgoing_text whole;
	struct outgoing_text codes; /* without shapes; json NULL: there are none in it */
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
	t->bytes -= k->whole.size + k->codes.size;
	free(k->broadcast);
	free(k->whole.json);
	free(k->codes.json);
	free(k);
}

void texts_forget(struct texts *t)
{
	while (!TAILQ_EMPTY(&t->list)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
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

static struct kept *keep(struct texts *t, const char *broadcast, char *json, json_t *object)
{
	struct kept *k = mem_new(sizeof(*k));
	bool drill = strcmp(json_text(object, "status", ""), "exercise") == 0;
	k->broadcast = mem_copy_text(broadcast);
	k->whole = (struct outgoing_text){.json = json, .size = strlen(json), .drill = drill};
	if (broadcast_json_drop_shapes(object)) {
		char *codes = json_to_text(object);
		k->codes = (struct outgoing_text){
			.json = codes, .size = strlen(codes), .drill = drill};
	}
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed has left the list. */
	TAILQ_INSERT_HEAD(&t->list, k, next);
	t->count++;
	t->bytes += k->whole.size + k->codes.size;
	while (t->count > 1 && (t->count > KEPT_COUNT || t->bytes > KEPT_BYTES)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it leaves the list there. */
		drop(t, TAILQ_LAST(&t->list, kept_list));
	}
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the last is never the only one. */
	return k;
}

void texts_put(struct texts *t, const char *broadcast, char *json, json_t *object)
{
	(void)keep(t, broadcast, json, object);
}

static struct kept *find(struct texts *t, const char *broadcast)
{
	struct kept *k;
	TAILQ_FOREACH(k, &t->list, next)
	{
		if (strcmp(k->broadcast, broadcast) == 0) {
			TAILQ_REMOVE(&t->list, k, next);
			TAILQ_INSERT_HEAD(&t->list, k, next);
			return k;
		}
	}
	return NULL;
}

/* The text of the store once more: after a restart, or a long time. */
static struct kept *load(struct texts *t, const char *broadcast, struct err *e)
{
	char *json = store_broadcast_json(t->store, broadcast, e);
	json_t *object = json ? json_read(json, strlen(json), e) : NULL;
	if (!object) {
		free(json);
		return NULL;
	}
	struct kept *k = keep(t, broadcast, json, object);
	json_decref(object);
	return k;
}

const struct outgoing_text *texts_get(
	struct texts *t, const char *broadcast, bool shapes, struct err *e)
{
	struct kept *k = find(t, broadcast);
	k = k ? k : load(t, broadcast, e);
	if (!k) {
		return NULL;
	}
	return shapes || !k->codes.json ? &k->whole : &k->codes;
}
