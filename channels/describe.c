/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/describe.h"

#include "base/json.h"

json_t *channel_capabilities(const struct channel_declaration *d)
{
	const struct {
		bool has;
		const char *name;
	} rows[] = {
		{d->reports_each_target, "reports_each_target"},
		{d->idempotent, "idempotent"},
		{d->confirms, "confirms"},
		{d->withdraws, "withdraws"},
	};
	json_t *list = json_array();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].has) {
			(void)json_array_append_new(list, json_string(rows[i].name));
		}
	}
	return list;
}

json_t *channel_describe(const struct channel_declaration *d)
{
	json_t *object = json_object();
	json_put_int(object, "interface", d->interface);
	json_put_text(object, "name", d->name);
	json_put_text(object, "summary", d->summary);
	json_put_text(object, "delivered", d->delivered);
	json_put_int(object, "batch_max", d->batch_max);
	json_put_text(object, "audience", d->audience);
	json_put(object, "capabilities", channel_capabilities(d));
	json_put(object, "options", option_rows_to_json(d->options));
	return object;
}
