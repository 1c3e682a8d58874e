/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/fetch/dmdata/message.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { INFLATE_GZIP = 16 + MAX_WBITS };

static enum dmdata_type type_of(const char *name)
{
	static const struct {
		const char *name;
		enum dmdata_type type;
	} types[] = {
		{"start", DMDATA_START},
		{"ping", DMDATA_PING},
		{"pong", DMDATA_PONG},
		{"data", DMDATA_DATA},
		{"error", DMDATA_ERROR},
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, name) == 0) {
			return types[i].type;
		}
	}
	return DMDATA_OTHER;
}

static bool is_id(const char *text)
{
	size_t size = strlen(text);
	return size > 0 && size < DMDATA_ID_SIZE && strspn(text, "0123456789abcdefABCDEF") == size;
}

static int read_data(struct dmdata_message *m, struct err *e)
{
	const char *id = json_text(m->object, "id", "");
	if (!is_id(id)) {
		return err_set(e, -EBADMSG, "data: the id is no row of hexadecimal digits");
	}
	memcpy(m->id, id, strlen(id) + 1);
	m->head_type = json_text(json_object_get(m->object, "head"), "type", "");
	m->is_xml = strcmp(json_text(m->object, "format", ""), "xml") == 0;
	m->compression = json_text(m->object, "compression", "");
	m->encoding = json_text(m->object, "encoding", "");
	m->body = json_text(m->object, "body", "");
	return 0;
}

int dmdata_message_read(const char *text, size_t size, struct dmdata_message *out, struct err *e)
{
	*out = (struct dmdata_message){.ping_id = "",
		.head_type = "",
		.compression = "",
		.encoding = "",
		.body = "",
		.text = "",
		.socket_id = -1};
	if (size > DMDATA_MESSAGE_BYTES_MAX) {
		return err_set(e, -EBADMSG, "a message of %zu bytes", size);
	}
	out->object = json_read(text, size, e);
	if (!json_is_object(out->object)) {
		return err_set(e, -EBADMSG, "a message that is no JSON object");
	}
	const json_t *o = out->object;
	out->type = type_of(json_text(o, "type", ""));
	out->ping_id = json_text(o, "pingId", "");
	out->text = json_text(o, "error", "");
	out->code = (int)json_int(o, "code", 0);
	out->close = json_flag(o, "close", false);
	out->socket_id = json_int(o, "socketId", -1);
	return out->type == DMDATA_DATA ? read_data(out, e) : 0;
}

void dmdata_message_clear(struct dmdata_message *m)
{
	json_decref(m->object);
	m->object = NULL;
}

/* ---- bodies ---- */

/* The bytes, with room for a zero behind them; the caller frees. NULL and *e with its code. */
static unsigned char *decode(const struct dmdata_message *m, size_t *size, struct err *e)
{
	size_t length = strlen(m->body);
	unsigned char *bytes = mem_new(length + 1);
	*size = length;
	if (strcmp(m->encoding, "utf-8") == 0) {
		memcpy(bytes, m->body, length);
		return bytes;
	}
	if (strcmp(m->encoding, "base64") != 0) {
		(void)err_set(
			e, -ENOTSUP, "%s: encoding \"%.32s\" is not known", m->id, m->encoding);
	} else if (base64_decode(m->body, length, bytes, size) != 0) {
		(void)err_set(e, -EBADMSG, "%s: the body is no base64", m->id);
	} else {
		return bytes;
	}
	free(bytes);
	return NULL;
}

/* Grows with what comes out, never with what the head of the file claims. */
static int inflate_all(z_stream *z, char **out, size_t *size)
{
	size_t capacity = 64 * 1024;
	char *text = mem_new(capacity + 1);
	int rc = Z_OK;
	*size = 0;
	while (rc == Z_OK && *size < DMDATA_BODY_BYTES_MAX) {
		if (*size == capacity) {
			capacity *= 2;
			text = mem_resize(text, capacity + 1);
		}
		z->next_out = (unsigned char *)text + *size;
		z->avail_out = (unsigned int)(capacity - *size);
		rc = inflate(z, Z_NO_FLUSH);
		*size = capacity - z->avail_out;
	}
	*out = text;
	return rc;
}

static int gunzip(const struct dmdata_message *m, unsigned char *bytes, size_t packed, char **xml,
	size_t *size, struct err *e)
{
	z_stream z = {.next_in = bytes, .avail_in = (unsigned int)packed};
	if (inflateInit2(&z, INFLATE_GZIP) != Z_OK) {
		return err_set(e, -ENOMEM, "zlib cannot start");
	}
	int rc = inflate_all(&z, xml, size);
	inflateEnd(&z);
	if (rc == Z_STREAM_END) {
		(*xml)[*size] = '\0';
		return 0;
	}
	free(*xml);
	*xml = NULL;
	if (*size >= DMDATA_BODY_BYTES_MAX) {
		return err_set(e, -EMSGSIZE, "%s: unpacks to more than %d bytes", m->id,
			DMDATA_BODY_BYTES_MAX);
	}
	return err_set(e, -EBADMSG, "%s: the packed body is damaged", m->id);
}

int dmdata_unpack(const struct dmdata_message *m, char **xml, size_t *size, struct err *e)
{
	size_t packed = 0;
	unsigned char *bytes = decode(m, &packed, e);
	int rc = 0;
	if (!bytes) {
		return e->code;
	}
	if (m->compression[0] == '\0') {
		bytes[packed] = '\0';
		*xml = (char *)bytes;
		*size = packed;
		return 0;
	}
	if (strcmp(m->compression, "gzip") == 0) {
		rc = gunzip(m, bytes, packed, xml, size, e);
	} else {
		rc = err_set(e, -ENOTSUP, "%s: compression \"%.32s\" is not known", m->id,
			m->compression);
	}
	free(bytes);
	return rc;
}

/* ---- the list, the ticket ---- */

static int read_answer(const char *text, size_t size, json_t **object, struct err *e)
{
	*object = json_read(text, size, e);
	if (!json_is_object(*object)) {
		return err_set(e, -EBADMSG, "the answer is no JSON object");
	}
	if (strcmp(json_text(*object, "status", ""), "ok") != 0) {
		const json_t *error = json_object_get(*object, "error");
		return err_set(e, -EPROTO, "the service says: %.200s (%d)",
			json_text(error, "message", "nothing"), (int)json_int(error, "code", 0));
	}
	return 0;
}

int dmdata_list_read(const char *text, size_t size, struct dmdata_list *out, struct err *e)
{
	*out = (struct dmdata_list){.next_page = "", .next_polling = ""};
	int rc = read_answer(text, size, &out->object, e);
	if (rc != 0) {
		return rc;
	}
	out->items = json_object_get(out->object, "items");
	if (!json_is_array(out->items)) {
		return err_set(e, -EBADMSG, "the list has no items");
	}
	out->next_page = json_text(out->object, "nextToken", "");
	out->next_polling = json_text(out->object, "nextPooling", "");
	return 0;
}

void dmdata_list_clear(struct dmdata_list *l)
{
	json_decref(l->object);
	l->object = NULL;
}

const char *dmdata_item_id(const json_t *item)
{
	const char *id = json_text(item, "id", "");
	bool xml = strcmp(json_text(item, "format", ""), "xml") == 0;
	return xml && is_id(id) ? id : NULL;
}

const char *dmdata_ticket(const json_t *object, struct err *e)
{
	const char *url = json_text(json_object_get(object, "websocket"), "url", "");
	if (strncmp(url, "wss://", 6) != 0 && strncmp(url, "ws://", 5) != 0) {
		(void)err_set(e, -EBADMSG, "the answer to Socket Start has no websocket.url");
		return NULL;
	}
	return url;
}
