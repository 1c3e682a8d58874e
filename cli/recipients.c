/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho subscribers: import, export and count lists of recipients. An import is all or nothing:
 * every bad line is reported, and with one bad line nothing changes.
 */
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_LIMIT = 512 * 1024 * 1024,
	ROWS_PER_REQUEST = 5000,
	FAULTS_SHOWN = 50,
	EXPORT_LIMIT = 1024 * 1024,
};

/* Columns by their heading; a file without a heading has address, categories, areas, lang, name;
 * of devices id, areas, name. */
static const char *const members[] = {"address", "categories", "areas", "lang", "name", "id"};
enum { MEMBER_COUNT = sizeof(members) / sizeof(members[0]), ADDRESS = 0 };

static const struct {
	const char *heading;
	size_t member;
} headings[] = {
	{"address", 0},
	{"mail", 0},
	{"email", 0},
	{"メールアドレス", 0},
	{"宛先", 0},
	{"phone", 0},
	{"電話番号", 0},
	{"categories", 1},
	{"category", 1},
	{"分類", 1},
	{"areas", 2},
	{"area", 2},
	{"地域", 2},
	{"lang", 3},
	{"language", 3},
	{"言語", 3},
	{"name", 4},
	{"氏名", 4},
	{"名前", 4},
	{"id", 5},
	{"番号", 5},
};

/* What the addresses of a list are. */
enum import_kind { IMPORT_MAIL, IMPORT_PHONES, IMPORT_DEVICES /* ids, not addresses */ };

struct import {
	struct cli *cli;
	const char *file;
	const char *list;
	size_t column[CSV_FIELDS]; /* column -> member, MEMBER_COUNT: ignored */
	size_t columns;
	json_t *rows;
	size_t faults;
	enum import_kind kind;
};

static size_t member_of(const char *heading)
{
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++) {
		if (strcasecmp(headings[i].heading, heading) == 0) {
			return headings[i].member;
		}
	}
	return MEMBER_COUNT;
}

/* true when the record is a heading; then it decides the columns. */
static bool take_heading(struct import *in, const struct csv_record *record)
{
	bool found = false;
	for (size_t i = 0; i < record->count; i++) {
		found |= member_of(record->fields[i]) == ADDRESS ||
			 strcmp(record->fields[i], "id") == 0;
	}
	static const size_t of_people[] = {0, 1, 2, 3, 4};
	static const size_t of_devices[] = {5, 2, 4}; /* id, areas, name */
	bool devices = in->kind == IMPORT_DEVICES;
	const size_t *usual = devices ? of_devices : of_people;
	size_t usual_count = devices ? sizeof(of_devices) / sizeof(of_devices[0])
				     : sizeof(of_people) / sizeof(of_people[0]);
	in->columns = found ? record->count : usual_count;
	for (size_t i = 0; i < in->columns; i++) {
		in->column[i] = found ? member_of(record->fields[i]) : usual[i];
	}
	return found;
}

static void fault(struct import *in, int line, const char *text)
{
	if (in->faults++ < FAULTS_SHOWN) {
		(void)fprintf(stderr, "%s:%d: %s\n", in->file, line, text);
	}
}

static const char *phone_fault(const char *address)
{
	enum { DIGITS_MIN = 3 };
	size_t digits = 0;
	for (const char *c = address; *c; c++) {
		digits += *c >= '0' && *c <= '9';
	}
	bool is_phone = digits >= DIGITS_MIN && address[strspn(address, "+-() 0123456789")] == '\0';
	return is_phone ? NULL : _("this is no telephone number");
}

/* Enough to catch a shifted column; whether the address exists only mail can tell. */
static const char *address_fault(const char *address)
{
	const char *at = strchr(address, '@');
	if (address[0] == '\0') {
		return _("the address is empty");
	}
	for (const char *c = address; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == '<' || *c == '>' || *c == ',' || *c == 0x7F) {
			return _("the address holds a blank, comma, bracket or control character");
		}
	}
	if (!at || at == address || strchr(at + 1, '@') || at[1] == '\0') {
		return _("the address is not of the form name@domain");
	}
	return NULL;
}

static void take_record(struct import *in, const struct csv_record *record, int line)
{
	json_t *row = json_object();
	for (size_t i = 0; i < record->count && i < in->columns; i++) {
		if (in->column[i] < MEMBER_COUNT) {
			json_put_text(row, members[in->column[i]], record->fields[i]);
		}
	}
	const char *address = json_text(row, "address", "");
	bool bare = in->kind == IMPORT_DEVICES;
	if (bare && address[0] == '\0') {
		json_put_text(row, "address", json_text(row, "id", ""));
		address = json_text(row, "address", "");
	}
	if (bare && json_text(row, "id", "")[0] == '\0') {
		json_put_text(row, "id", address); /* a device goes by its id everywhere */
	}
	const char *wrong = bare			? (address[0] ? NULL : _("the id is empty"))
			    : in->kind == IMPORT_PHONES ? phone_fault(address)
							: address_fault(address);
	if (wrong) {
		fault(in, line, wrong);
		json_decref(row);
		return;
	}
	(void)json_array_append_new(in->rows, row);
}

static int read_rows(struct import *in, const char *text)
{
	struct csv_reader reader;
	struct csv_record record;
	struct err e = {0};
	csv_start(&reader, text);
	int rc;
	for (bool first = true; (rc = csv_next(&reader, &record, &e)) == 1; first = false) {
		if (!first || !take_heading(in, &record)) {
			take_record(in, &record, reader.line);
		}
		csv_clear(&record);
	}
	if (rc < 0) {
		(void)fprintf(stderr, "%s: %s\n", in->file, e.text);
		in->faults++;
	}
	if (in->faults > 0) {
		return cli_fail(in->cli, CLI_BAD_INPUT, _("%zu bad lines; nothing was imported"),
			in->faults);
	}
	return CLI_OK;
}

static int send_part(struct control_client *c, const struct import *in, const char *stage,
	json_t *rows, bool replace, int64_t *count)
{
	json_t *request = json_pack(
		"{s:s,s:s,s:s}", "op", "recipients_import", "list", in->list, "stage", stage);
	json_put(request, "rows", rows);
	if (replace) {
		json_put_flag(request, "replace", true);
	}
	json_t *result = NULL;
	int code = client_ask(c, request, &result);
	if (code == CLI_OK) {
		*count = json_int(result, "count", 0);
		json_decref(result);
	}
	return code;
}

static int send_rows(struct import *in, bool replace, int64_t *count)
{
	int code = CLI_OK;
	struct control_client *c = client_open(in->cli, &code);
	if (!c) {
		return code;
	}
	code = send_part(c, in, "begin", NULL, false, count);
	size_t size = json_array_size(in->rows);
	for (size_t at = 0; code == CLI_OK && at < size; at += ROWS_PER_REQUEST) {
		json_t *part = json_array();
		for (size_t i = at; i < size && i < at + ROWS_PER_REQUEST; i++) {
			(void)json_array_append(part, json_array_get(in->rows, i));
		}
		code = send_part(c, in, "rows", part, false, count);
	}
	if (code == CLI_OK) {
		code = send_part(c, in, "end", NULL, replace, count);
	}
	client_close(c);
	return code;
}

static int import_file(
	struct cli *cli, const char *list, bool replace, enum import_kind kind, const char *file)
{
	struct err e = {0};
	char *data = NULL;
	size_t size = 0;
	const char *encoding = "";
	if (file_read(file, FILE_LIMIT, &data, &size, &e)) {
		return cli_fail(cli, CLI_BAD_INPUT, "%s", e.text);
	}
	char *text = csv_to_utf8(data, size, &encoding, &e);
	free(data);
	if (!text) {
		return cli_fail(cli, CLI_BAD_INPUT, "%s: %s", file, e.text);
	}
	struct import in = {
		.cli = cli, .file = file, .list = list, .rows = json_array(), .kind = kind};
	int64_t count = 0;
	int code = read_rows(&in, text);
	free(text);
	if (code == CLI_OK) {
		code = send_rows(&in, replace, &count);
	}
	json_decref(in.rows);
	if (code == CLI_OK && cli->json) {
		cli_print_json(json_pack("{s:s,s:I,s:s}", "list", list, "imported",
			(json_int_t)count, "encoding", encoding));
	} else if (code == CLI_OK) {
		(void)printf(
			_("%lld recipients in list %s (%s)\n"), (long long)count, list, encoding);
	}
	return code;
}

static int export_list(struct cli *cli, const char *list)
{
	int code = CLI_OK;
	struct control_client *c = client_open(cli, &code);
	if (!c) {
		return code;
	}
	char after[512] = "";
	(void)fputs("id,address,categories,areas,lang,name\r\n", stdout);
	for (bool more = true; more && code == CLI_OK;) {
		json_t *rows = NULL;
		code = client_ask(c,
			json_pack("{s:s,s:s,s:s,s:i}", "op", "recipients_list", "list", list,
				"after", after, "limit", ROWS_PER_REQUEST),
			&rows);
		size_t i;
		json_t *row;
		struct buf out;
		buf_init(&out, (size_t)64 * EXPORT_LIMIT);
		json_array_foreach(rows, i, row)
		{
			csv_write(&out, json_text(row, "id", ""), 0);
			csv_write(&out, json_text(row, "address", ""), 0);
			csv_write(&out, json_text(row, "categories", ""), 0);
			csv_write(&out, json_text(row, "areas", ""), 0);
			csv_write(&out, json_text(row, "lang", ""), 0);
			csv_write(&out, json_text(row, "name", ""), 1);
			(void)snprintf(after, sizeof(after), "%s", json_text(row, "id", ""));
		}
		more = json_array_size(rows) == ROWS_PER_REQUEST;
		(void)fwrite(buf_text(&out), 1, out.size, stdout);
		buf_clear(&out);
		json_decref(rows);
	}
	client_close(c);
	return code;
}

static int count_list(struct cli *cli, const char *list)
{
	json_t *result = NULL;
	int code = cli_ask(
		cli, json_pack("{s:s,s:s}", "op", "recipients_count", "list", list), &result);
	if (code == CLI_OK && cli->json) {
		cli_print_json(result);
	} else if (code == CLI_OK) {
		(void)printf("%lld\n", (long long)json_int(result, "count", 0));
		json_decref(result);
	}
	return code;
}

int run_subscribers(struct cli *cli, int argc, char **argv)
{
	const char *list = cli_take_option(&argc, argv, "--list");
	bool replace = cli_take_flag(&argc, argv, "--replace");
	enum import_kind kind = cli_take_flag(&argc, argv, "--devices")	 ? IMPORT_DEVICES
				: cli_take_flag(&argc, argv, "--phones") ? IMPORT_PHONES
									 : IMPORT_MAIL;
	if (argc == 2 && strcmp(argv[0], "import") == 0) {
		return import_file(cli, list ? list : "mail", replace, kind, argv[1]);
	}
	if (argc == 1 && strcmp(argv[0], "export") == 0) {
		return export_list(cli, list ? list : "mail");
	}
	if (argc == 1 && strcmp(argv[0], "count") == 0) {
		return count_list(cli, list ? list : "");
	}
	return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "subscribers",
		"import [--list NAME] [--replace] [--devices | --phones] FILE | "
		"export [--list NAME] | count [--list NAME]");
}
