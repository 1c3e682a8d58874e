/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Lines as an agent reads them: whatever the bytes, reading ends, and every message is an
 * object within the line limit.
 */
#include "base/jsonl.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { LINE_LIMIT = 4096 };
	int fd = memfd_create("jsonl", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0) {
		abort();
	}
	struct jsonl_stream *stream = jsonl_stream_new(fd, -1, LINE_LIMIT);
	for (size_t lines = 0;; lines++) {
		struct err e = {0};
		json_t *message = NULL;
		int rc = jsonl_stream_read(stream, 0, &message, &e);
		if (lines > size || (rc == 1) != (message != NULL)) {
			abort();
		}
		if (rc != 1) {
			if (rc < 0 && e.text[0] == '\0') {
				abort();
			}
			break;
		}
		if (!json_is_object(message)) {
			abort();
		}
		json_decref(message);
	}
	jsonl_stream_free(stream);
	(void)close(fd);
	return 0;
}
