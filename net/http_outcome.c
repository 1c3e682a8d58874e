/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_outcome.h"

#include <stddef.h>

struct status_row {
	int status;
	enum outcome_class class;
	enum outcome_scope scope;
	enum outcome_reason reason;
};

/* The first row of a status wins; others fall under their hundred below. A 500, 502 or 504 comes
 * from a handler or a gateway that may have acted first. */
static const struct status_row statuses[] = {
	{401, OUTCOME_PERMANENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH},
	{403, OUTCOME_PERMANENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH},
	{408, OUTCOME_TRANSIENT, OUTCOME_SCOPE_DESTINATION, OUTCOME_REASON_TIMEOUT},
	{413, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_CONTENT},
	{422, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_CONTENT},
	{425, OUTCOME_TRANSIENT, OUTCOME_SCOPE_DESTINATION, OUTCOME_REASON_RATE},
	{429, OUTCOME_TRANSIENT, OUTCOME_SCOPE_DESTINATION, OUTCOME_REASON_RATE},
	{500, OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED},
	{502, OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED},
	{503, OUTCOME_TRANSIENT, OUTCOME_SCOPE_DESTINATION, OUTCOME_REASON_REFUSED},
	{504, OUTCOME_UNKNOWN, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TIMEOUT},
};

static void judge_status(int status, struct outcome *out)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (statuses[i].status == status) {
			out->class = statuses[i].class;
			out->scope = statuses[i].scope;
			out->reason = statuses[i].reason;
			return;
		}
	}
	if (status >= 200 && status < 300) {
		out->class = OUTCOME_DELIVERED;
	} else if (status < 500) {
		/* Redirects are not followed: a hijacked one must not receive the message. */
		out->class = OUTCOME_PERMANENT;
		out->reason = OUTCOME_REASON_REFUSED;
	} else {
		out->class = OUTCOME_UNKNOWN;
		out->reason = OUTCOME_REASON_PROTOCOL;
	}
}

static const enum outcome_reason end_reasons[] = {
	[HTTP_END_COMPLETE] = OUTCOME_REASON_NONE,
	[HTTP_END_UNREACHABLE] = OUTCOME_REASON_UNREACHABLE,
	[HTTP_END_TLS] = OUTCOME_REASON_AUTH,
	[HTTP_END_TIMEOUT] = OUTCOME_REASON_TIMEOUT,
	[HTTP_END_BROKEN] = OUTCOME_REASON_PROTOCOL,
	[HTTP_END_LOCAL] = OUTCOME_REASON_CONFIG,
};

void http_judge(const struct http_exchange *x, struct outcome *out)
{
	*out = (struct outcome){
		.class = OUTCOME_UNKNOWN,
		.code = x->status,
		.retry_after_s = x->retry_after_s,
		.duration_ms = x->duration_ms,
	};
	outcome_set_text(out, x->text ? x->text : "");
	if (x->end == HTTP_END_LOCAL && x->request_bytes == 0) {
		out->class = OUTCOME_PERMANENT;
		out->scope = OUTCOME_SCOPE_CHANNEL;
		out->reason = OUTCOME_REASON_CONFIG;
	} else if (x->status >= 200) {
		/* A status line decides even when the body broke off: the remote had answered. */
		judge_status(x->status, out);
	} else if (x->request_bytes == 0) {
		out->class = OUTCOME_TRANSIENT;
		out->scope = OUTCOME_SCOPE_DESTINATION;
		out->reason = end_reasons[x->end];
	} else {
		/* Also after a 1xx: that was not yet an answer. */
		out->class = OUTCOME_UNKNOWN;
		out->reason = x->end == HTTP_END_TIMEOUT ? OUTCOME_REASON_TIMEOUT
							 : OUTCOME_REASON_PROTOCOL;
	}
}
