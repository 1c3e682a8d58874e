/* SPDX-License-Identifier: Apache-2.0
 *
 * A feed that is fetched: which program, with which options, into which socket.
 */
#include "base/json.h"
#include "config/config_private.h"

void config_build_fetch(const struct config_source *s, const json_t *feed, const char *path,
	struct feed_config *out)
{
	struct pool *pool = s->config->pool;
	const json_t *fetch = json_object_get(feed, "fetch");
	out->fetch = (struct fetch_config){.program = source_text(s, fetch, "program")};
	if (!out->fetch.program[0]) {
		return;
	}
	if (out->name[0] == '.') {
		source_fault(s, pool_printf(pool, "%s.name", path),
			"the name of a feed that is fetched is a folder's too and must not begin "
			"with "
			"\".\"");
	}
	/* The program speaks to a socket like everybody else; nobody else needs to know this one.
	 */
	if (!out->unix_path[0] && out->name[0]) {
		out->unix_path = source_socket_path(s, pool_printf(pool, "%s.name", path),
			pool_printf(pool, "fetch-%s.sock", out->name));
	}
	const char *table = pool_printf(pool, "%s.fetch", path);
	const struct config_driver *program =
		s->drivers->find_fetch
			? s->drivers->find_fetch(out->fetch.program, s->drivers->data)
			: NULL;
	if (!program) {
		source_fault(s, pool_printf(pool, "%s.program", table),
			"there is no fetch program \"%s\"", out->fetch.program);
		out->fetch.options = json_object();
		return;
	}
	out->fetch.options = source_options(s, program, table);
}
