/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/sim/memory.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_LIMIT = 1 << 30, LINE_SIZE = 160 };

struct siren_memory {
	FILE *file;
	bool dirty;
};

static struct siren_device *find(struct siren_device *devices, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(devices[i].id, id) == 0) {
			return &devices[i];
		}
	}
	return NULL;
}

/* "siren-01 live 0123456789abcdef 1763596800000 started". A half line at the end is a power cut:
 * the order on it had not been obeyed. */
static int read_line(const char *line, struct siren_device *devices, size_t count)
{
	char id[SIREN_NAME_MAX + 1];
	char role[8];
	char progress[16] = "";
	uint64_t hash = 0;
	int64_t seq = 0;
	/* NOLINTNEXTLINE(cert-err34-c): the simulator wrote these digits itself. */
	if (sscanf(line, "%64s %7s %" SCNx64 " %" SCNd64 " %15s", id, role, &hash, &seq, progress) <
		4) {
		return -EINVAL;
	}
	struct siren_device *d = find(devices, count, id);
	if (d) {
		struct siren_window *w = &d->windows[strcmp(role, "drill") == 0];
		if (seq > 0) { /* otherwise more about an order of an earlier line */
			siren_window_note(w, hash, seq);
		}
		siren_window_reach(w, hash, siren_progress_of_name(progress));
	}
	return 0;
}

static int read_all(const char *path, struct siren_device *devices, size_t count, struct err *e)
{
	char *text = NULL;
	size_t size = 0;
	if (file_read(path, FILE_LIMIT, &text, &size, e)) {
		return e->code == -ENOENT ? 0 : e->code;
	}
	int rc = 0;
	int number = 0;
	char *end;
	for (char *line = text; line && !rc && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		number++;
		if (read_line(line, devices, count)) {
			rc = err_set(
				e, -EINVAL, "%s:%d: not a line of a siren's memory", path, number);
		}
	}
	free(text);
	return rc;
}

static int print_line(const struct siren_device *d, bool drill, const struct siren_seen *seen,
	char *line, size_t size)
{
	return snprintf(line, size, "%s %s %016" PRIx64 " %" PRId64 " %s\n", d->id,
		drill ? "drill" : "live", seen->id, seen->seq, siren_progress_name(seen->progress));
}

static void write_device(const struct siren_device *d, struct buf *out)
{
	char line[LINE_SIZE];
	for (int role = 0; role < 2; role++) {
		const struct siren_window *w = &d->windows[role];
		for (size_t i = 0; i < w->count; i++) {
			(void)print_line(d, role, &w->seen[i], line, sizeof(line));
			(void)buf_add_text(out, line);
		}
	}
}

int siren_memory_open(const char *path, struct siren_device *devices, size_t count,
	struct siren_memory **out, struct err *e)
{
	int rc = read_all(path, devices, count, e);
	if (rc) {
		return rc;
	}
	struct buf text;
	buf_init(&text, FILE_LIMIT);
	for (size_t i = 0; i < count; i++) {
		write_device(&devices[i], &text);
	}
	rc = file_replace(path, buf_text(&text), text.size, 0600, e);
	buf_clear(&text);
	if (rc) {
		return rc;
	}
	FILE *file = fopen(path, "ae");
	if (!file) {
		return err_set(e, -errno, "%s: cannot open: %s", path, strerror(errno));
	}
	struct siren_memory *m = mem_new(sizeof(*m));
	m->file = file;
	*out = m;
	return 0;
}

int siren_memory_add(
	struct siren_memory *m, const struct siren_device *d, bool drill, struct siren_seen seen)
{
	char line[LINE_SIZE];
	if (!m) {
		return 0;
	}
	m->dirty = true;
	(void)print_line(d, drill, &seen, line, sizeof(line));
	return fputs(line, m->file) < 0 ? -EIO : 0;
}

int siren_memory_sync(struct siren_memory *m)
{
	if (!m || !m->dirty) {
		return 0;
	}
	m->dirty = false;
	return fflush(m->file) == 0 && fdatasync(fileno(m->file)) == 0 ? 0 : -EIO;
}

int siren_memory_flush(struct siren_memory *m)
{
	return !m || fflush(m->file) == 0 ? 0 : -EIO;
}

void siren_memory_close(struct siren_memory *m)
{
	if (m) {
		(void)siren_memory_sync(m);
		(void)fclose(m->file);
		free(m);
	}
}
