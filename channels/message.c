/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/message.h"

#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A member that may be absent but not of another type. */
static int optional_text(const json_t *object, const char *key, const char **out, struct err *e)
{
	const json_t *value = json_object_get(object, key);
	if (!value) {
		*out = "";
		return 0;
	}
	return json_need_text(object, key, out, e);
}

static int read_target(const json_t *one, struct channel_target *to, struct err *e)
{
	if (json_need_text(one, "id", &to->id, e) || json_need_text(one, "key", &to->key, e) ||
		optional_text(one, "address", &to->address, e) ||
		optional_text(one, "lang", &to->lang, e) ||
		optional_text(one, "area", &to->area, e)) {
		return -EINVAL;
	}
	if (to->id[0] == '\0' || strcmp(to->id, "rest") == 0) {
		return err_set(e, -EINVAL, "member \"id\": \"\" and \"rest\" name no target");
	}
	return 0;
}

static int read_targets(const json_t *list, struct channel_message *out, struct err *e)
{
	if (!json_is_array(list) || json_array_size(list) == 0) {
		return err_set(e, -EINVAL, "member \"targets\" must be a list that is not empty");
	}
	size_t count = json_array_size(list);
	out->targets = mem_new_array(count, sizeof(*out->targets));
	for (size_t i = 0; i < count; i++) {
		if (read_target(json_array_get(list, i), &out->targets[i], e)) {
			return err_prefix(e, "targets[%zu]", i);
		}
	}
	out->batch.targets = out->targets;
	out->batch.count = count;
	return 0;
}

int channel_message_read(const json_t *message, struct channel_message *out, struct err *e)
{
	*out = (struct channel_message){0};
	int64_t attempt = 0;
	int64_t deadline_ms = 0;
	int rc = json_need_text(message, "delivery", &out->batch.delivery, e);
	rc = rc ? rc : json_need_int(message, "attempt", &attempt, e);
	rc = rc ? rc : json_need_int(message, "deadline_ms", &deadline_ms, e);
	if (rc == 0 && (attempt < 1 || attempt > INT_MAX)) {
		rc = err_set(e, -EINVAL, "member \"attempt\" must be 1 or more");
	}
	if (rc == 0) {
		out->batch.attempt = (int)attempt;
		out->batch.deadline = mono_time_add(clock_mono_now(), deadline_ms);
		rc = read_targets(json_object_get(message, "targets"), out, e);
	}
	if (rc == 0) {
		out->broadcast = broadcast_from_json(json_object_get(message, "broadcast"), e);
		out->batch.broadcast = out->broadcast;
		rc = out->broadcast ? 0 : -EINVAL;
	}
	if (rc) {
		channel_message_clear(out);
	}
	return rc;
}

void channel_message_clear(struct channel_message *m)
{
	broadcast_free(m->broadcast);
	free(m->targets);
	*m = (struct channel_message){0};
}
