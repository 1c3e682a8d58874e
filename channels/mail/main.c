/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho-channel-mail: registered mail through an SMTP relay. Sees its own password file and
 * recipients, nothing else of the hub.
 */
#include "base/mem.h"
#include "channels/channel.h"
#include "channels/mail/deliver.h"
#include "channels/mail/message.h"
#include "channels/mail/probe.h"
#include "channels/mail/session.h"
#include "channels/mail/settings.h"
#include "channels/registry.h"

#include <stdlib.h>

struct instance {
	struct mail_settings *settings;
	struct smtp_relay *relay;
	struct agent *agent;
};

static void close_mail(void *data)
{
	struct instance *m = data;
	smtp_relay_free(m->relay);
	mail_settings_free(m->settings);
	free(m);
}

static int open_mail(const json_t *options, const char *channel, const char *site,
	struct agent *agent, void **instance, struct err *e)
{
	(void)channel;
	struct instance *m = mem_new(sizeof(*m));
	m->agent = agent;
	int rc = mail_settings_new(options, site, &m->settings, e);
	rc = rc ? rc : smtp_relay_new(m->settings, &m->relay, e);
	if (rc) {
		close_mail(m);
		return rc;
	}
	mail_message_init();
	*instance = m;
	return 0;
}

static void deliver_mail(void *data, const struct channel_batch *batch)
{
	struct instance *m = data;
	mail_deliver(m->settings, m->relay, m->agent, batch);
}

static const char *probe_mail(void *data, int timeout_ms, char *text, size_t capacity)
{
	struct instance *m = data;
	return relay_probe(m->settings, timeout_ms, text, capacity);
}

int main(int argc, char **argv)
{
	static const struct channel_driver driver = {
		.declaration = &channel_mail,
		.open = open_mail,
		.deliver = deliver_mail,
		.probe = probe_mail,
		.close = close_mail,
	};
	return agent_main(argc, argv, &driver);
}
