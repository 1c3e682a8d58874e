/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recording.h"

#include "base/file.h"
#include "base/mem.h"
#include "cli/telegram.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDEX "index.tsv"

enum { INDEX_LIMIT = 16 * 1024 * 1024 };

/* One file while the folder is read. */
struct found {
	struct recorded recorded;
	struct wall_time sent;
};

struct folder {
	const struct telegram_reader *reader;
	const char *path;
	struct found *list;
	size_t count;
	size_t capacity;
};

/* ---- which files ---- */

static bool ends_in(const char *name, const char *ending)
{
	size_t size = strlen(name);
	size_t end = strlen(ending);
	return size >= end && strcmp(name + size - end, ending) == 0;
}

static int is_telegram(const struct dirent *entry)
{
	const char *name = entry->d_name;
	bool note = ends_in(name, ".md") || ends_in(name, ".txt") || ends_in(name, ".tsv");
	return name[0] != '.' && !note && entry->d_type != DT_DIR;
}

static void add_file(struct folder *f, const char *name)
{
	mem_grow((void **)&f->list, &f->capacity, f->count, sizeof(*f->list));
	size_t folder = strlen(f->path);
	size_t size = folder + strlen(name) + 2;
	char *path = mem_new(size);
	(void)snprintf(path, size, "%s/%s", f->path, name);
	f->list[f->count++] = (struct found){
		.recorded = {.path = path, .name = path + folder + 1, .arrived = WALL_TIME_NONE},
		.sent = WALL_TIME_NONE};
}

static int list_files(struct folder *f, struct err *e)
{
	struct dirent **entries = NULL;
	int count = scandir(f->path, &entries, is_telegram, alphasort);
	if (count < 0) {
		return err_set(e, -errno, "%s: %s", f->path, strerror(errno));
	}
	for (int i = 0; i < count; i++) {
		add_file(f, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

/* ---- when they came ---- */

static struct found *find_file(struct folder *f, const char *name, size_t size)
{
	for (size_t i = 0; i < f->count; i++) {
		const char *other = f->list[i].recorded.name;
		if (strlen(other) == size && memcmp(other, name, size) == 0) {
			return &f->list[i];
		}
	}
	return NULL;
}

static int read_line(struct folder *f, const char *line, size_t size, int number, struct err *e)
{
	const char *tab = memchr(line, '\t', size);
	if (size == 0 || line[0] == '#') {
		return 0;
	}
	size_t name = tab ? (size_t)(tab - line) : size;
	struct wall_time arrived;
	if (!tab || wall_time_parse(tab + 1, size - name - 1, &arrived, NULL)) {
		return number == 1 ? 0
				   : err_set(e, -EINVAL,
					     "%s/" INDEX ":%d: expected a file, a tab and a time "
					     "like 2026-11-20T14:30:00+09:00",
					     f->path, number);
	}
	struct found *file = find_file(f, line, name);
	if (!file) {
		return err_set(e, -ENOENT, "%s/" INDEX ":%d: there is no telegram %.*s", f->path,
			number, (int)name, line);
	}
	file->recorded.arrived = arrived;
	return 0;
}

static int read_index(struct folder *f, struct err *e)
{
	char path[4096];
	char *text = NULL;
	size_t size = 0;
	(void)snprintf(path, sizeof(path), "%s/" INDEX, f->path);
	int rc = file_read(path, INDEX_LIMIT, &text, &size, e);
	if (rc == -ENOENT) {
		*e = (struct err){0};
		return 0;
	}
	int number = 1;
	for (const char *at = text; rc == 0 && at < text + size; number++) {
		const char *end = memchr(at, '\n', (size_t)(text + size - at));
		end = end ? end : text + size;
		size_t line = (size_t)(end - at);
		line -= line > 0 && at[line - 1] == '\r';
		rc = read_line(f, at, line, number, e);
		at = end + 1;
	}
	free(text);
	return rc;
}

/* Fourteen digits, a T allowed after the eighth. The rest of the name, or NULL. */
static const char *leading_digits(const char *name, char out[15])
{
	size_t count = 0;
	while (count < 14 && (isdigit((unsigned char)*name) || (count == 8 && *name == 'T'))) {
		if (*name != 'T') {
			out[count++] = *name;
		}
		name++;
	}
	out[count] = '\0';
	return count == 14 ? name : NULL;
}

static int64_t apart(struct wall_time a, struct wall_time b)
{
	return a.ms > b.ms ? a.ms - b.ms : b.ms - a.ms;
}

static struct wall_time time_of_name(const char *name, struct wall_time sent)
{
	char d[15];
	char text[32];
	struct wall_time utc;
	const char *rest = leading_digits(name, d);
	if (!rest) {
		return WALL_TIME_NONE;
	}
	(void)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, d + 8,
		d + 10, d + 12);
	if (wall_time_parse(text, strlen(text), &utc, NULL)) {
		return WALL_TIME_NONE;
	}
	struct wall_time japan = {.ms = utc.ms - CLOCK_JST_OFFSET_MINUTES * INT64_C(60000)};
	bool says_utc = *rest == 'Z';
	if (says_utc || wall_time_is_none(sent)) {
		return utc;
	}
	return apart(japan, sent) < apart(utc, sent) ? japan : utc;
}

static struct wall_time time_of_sending(const struct decoded *decoded)
{
	for (size_t i = 0; i < decoded->count; i++) {
		const struct alert *alert = decoded->parts[i].alert;
		if (alert) {
			return wall_time_is_none(alert->sent) ? alert->issued : alert->sent;
		}
	}
	return WALL_TIME_NONE;
}

static void settle_times(struct folder *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct found *file = &f->list[i];
		struct decoded decoded;
		struct decode_refusal refusal;
		(void)telegram_read(f->reader, file->recorded.path, &decoded, &refusal);
		file->sent = time_of_sending(&decoded);
		decoded_clear(&decoded);
		if (wall_time_is_none(file->recorded.arrived)) {
			file->recorded.arrived = time_of_name(file->recorded.name, file->sent);
		}
		if (wall_time_is_none(file->recorded.arrived)) {
			file->recorded.arrived = file->sent;
		}
	}
}

/* An unknown time stands last. */
static int compare_times(struct wall_time a, struct wall_time b)
{
	int64_t x = wall_time_is_none(a) ? INT64_MAX : a.ms;
	int64_t y = wall_time_is_none(b) ? INT64_MAX : b.ms;
	return (x > y) - (x < y);
}

static int by_arrival(const void *a, const void *b)
{
	const struct found *x = a;
	const struct found *y = b;
	int order = compare_times(x->recorded.arrived, y->recorded.arrived);
	order = order ? order : compare_times(x->sent, y->sent);
	return order ? order : strcmp(x->recorded.name, y->recorded.name);
}

static int read_recording(const struct telegram_reader *reader, const char *folder,
	struct recording *out, struct err *e)
{
	struct folder f = {.reader = reader, .path = folder};
	*out = (struct recording){0};
	int rc = list_files(&f, e);
	rc = rc ? rc : read_index(&f, e);
	if (rc == 0) {
		settle_times(&f);
		if (f.count > 0) {
			qsort(f.list, f.count, sizeof(*f.list), by_arrival);
		}
	}
	for (size_t i = 0; i < f.count; i++) {
		mem_grow((void **)&out->list, &out->capacity, out->count, sizeof(*out->list));
		out->list[out->count++] = f.list[i].recorded;
	}
	free(f.list);
	return rc;
}

int recording_open(const struct cli *cli, const struct telegram_reader *reader, const char *folder,
	struct recording *out)
{
	struct err e = {0};
	if (read_recording(reader, folder, out, &e)) {
		return cli_fail(cli, CLI_BAD_INPUT, "%s", e.text);
	}
	if (out->count == 0) {
		return cli_fail(cli, CLI_BAD_INPUT, _("%s: there is no telegram"), folder);
	}
	return CLI_OK;
}

void recording_clear(struct recording *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->list[i].path);
	}
	free(r->list);
	*r = (struct recording){0};
}
