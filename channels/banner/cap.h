/* SPDX-License-Identifier: Apache-2.0
 *
 * A broadcast as a CAP 1.2 message (OASIS CAP-v1.2), for other systems to read.
 */
#pragma once

#include "base/buf.h"
#include "channels/banner/board.h"

struct cap_author {
	const char *sender;    /* CAP sender */
	const char *publisher; /* senderName */
	const char *url;       /* public address of the page; "" */
};

/* Appends the document. board gives the times of the messages it refers to; references to messages
 * it does not know are left out, because CAP cannot name them without their time. 0 or -EMSGSIZE.
 */
int cap_add(struct buf *out, const struct broadcast *b, const struct board *board,
	const struct cap_author *author);

/* File name of a broadcast's message, without folder and ending: only [A-Za-z0-9._-], never a
 * leading dot. out has at least CAP_NAME_SIZE bytes. */
enum { CAP_NAME_SIZE = 128 };
const char *cap_name(const char *id, char out[CAP_NAME_SIZE]);
