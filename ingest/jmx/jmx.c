/* SPDX-License-Identifier: Apache-2.0
 *
 * The envelope of a JMX telegram (Control, Head) and the call of its family. Status first, InfoType
 * second, Body third: a cancel may have no Body, and one that has lists what was never true.
 */
#include "ingest/jmx/jmx_private.h"

#include <string.h>

static void read_status(struct jmx *j)
{
	static const struct {
		const char *word;
		enum alert_status status;
	} words[] = {
		{"通常", ALERT_STATUS_ACTUAL},
		{"訓練", ALERT_STATUS_EXERCISE},
		{"試験", ALERT_STATUS_TEST},
	};
	const char *text = xml_child_text(j->pool, j->control, JMX_NS, "Status");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, text) == 0) {
			j->a->status = words[i].status;
			return;
		}
	}
	j->a->status = ALERT_STATUS_TEST;
	jmx_warn(j, "unknown-status", "Status \"%s\" is taken as a test", text);
}

/* Returns the rank of the InfoType within equal serials and times. */
static int read_action(struct jmx *j)
{
	static const struct {
		const char *word;
		enum alert_action action;
		int rank;
	} words[] = {
		{"発表", ALERT_ACTION_ISSUE, 0},
		{"遅延", ALERT_ACTION_ISSUE, 0},
		{"訂正", ALERT_ACTION_CORRECT, 1},
		{"取消", ALERT_ACTION_CANCEL, 2},
	};
	const char *text = xml_child_text(j->pool, j->head, JMX_NS_HEAD, "InfoType");
	j->a->action = ALERT_ACTION_INFO;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, text) == 0) {
			j->a->action = words[i].action;
			if (strcmp(text, "遅延") == 0) {
				jmx_warn(j, "late", "sent late (InfoType 遅延)");
			}
			return words[i].rank;
		}
	}
	jmx_warn(j, "unknown-action", "InfoType \"%s\" is taken as information", text);
	return 0;
}

static struct wall_time read_time(
	struct jmx *j, const xmlNode *parent, const char *ns, const char *name, int *offset_minutes)
{
	struct wall_time t = WALL_TIME_NONE;
	const char *text = xml_child_text(j->pool, parent, ns, name);
	if (text[0] && wall_time_parse(text, strlen(text), &t, offset_minutes) != 0) {
		jmx_warn(j, "bad-time", "%s is \"%s\"", name, text);
		t = WALL_TIME_NONE;
	}
	return t;
}

static int read_times(struct jmx *j, struct decode_refusal *refusal)
{
	struct alert *a = j->a;
	a->sent = read_time(j, j->control, JMX_NS, "DateTime", NULL);
	a->issued = read_time(j, j->head, JMX_NS_HEAD, "ReportDateTime", &a->offset_minutes);
	a->expires = read_time(j, j->head, JMX_NS_HEAD, "ValidDateTime", NULL);
	if (wall_time_is_none(a->issued)) {
		if (wall_time_is_none(a->sent)) {
			return decode_refuse(refusal, "no-identity", (int)xmlGetLineNo(j->head),
				"neither ReportDateTime nor DateTime can be read");
		}
		a->issued = a->sent;
		jmx_warn(j, "missing-issued", "ReportDateTime taken from Control");
	}
	if (wall_time_is_none(a->sent)) {
		a->sent = a->issued;
		jmx_warn(j, "missing-sent", "Control/DateTime taken from Head");
	}
	return 0;
}

static void read_texts(struct jmx *j)
{
	const char *headline = jmx_at(j, j->head, JMX_NS_HEAD, "Headline/Text");
	if (!headline[0]) {
		headline = xml_child_text(j->pool, j->head, JMX_NS_HEAD, "Title");
	}
	alert_add_text(j->a, &j->a->headline, "ja", headline);
}

/* "0141 0149" of every comment. One element may hold several, and blanks of any kind. */
static void read_comment_codes(struct jmx *j, const char *ns)
{
	enum { CODES_LIMIT = 400 };
	const xmlNode *comments = xml_child(j->body, ns, "Comments");
	struct buf codes;
	buf_init(&codes, CODES_LIMIT);
	for (const xmlNode *one = comments ? comments->children : NULL; one; one = one->next) {
		const char *text = xml_child_text(j->pool, one, ns, "Code");
		for (text += strspn(text, " \t\r\n"); *text; text += strspn(text, " \t\r\n")) {
			size_t size = strcspn(text, " \t\r\n");
			(void)buf_addf(
				&codes, "%s%.*s", codes.size > 0 ? " " : "", (int)size, text);
			codes.failed = 0;
			text += size;
		}
	}
	j->a->comments = pool_copy_text(j->pool, codes.size > 0 ? buf_text(&codes) : "");
	buf_clear(&codes);
}

/* The comments that most bodies have at their end, in the namespace of the Body. */
static void read_comments(struct jmx *j)
{
	const char *ns = j->body->ns ? (const char *)j->body->ns->href : NULL;
	read_comment_codes(j, ns);
	jmx_say(&j->description, jmx_at(j, j->body, ns, "Notice"));
	jmx_say(&j->description, jmx_at(j, j->body, ns, "Text"));
	jmx_say(&j->description, jmx_at(j, j->body, ns, "NextAdvisory"));
	jmx_say(&j->description, jmx_at(j, j->body, ns, "Comments/ForecastComment/Text"));
	jmx_say(&j->description, jmx_at(j, j->body, ns, "Comments/FreeFormComment"));
	jmx_say(&j->description, jmx_at(j, j->body, ns, "Comment/Text"));
	jmx_say(&j->instruction, jmx_at(j, j->body, ns, "Comments/WarningComment/Text"));
}

/* 津波予報 and 噴火予報 are what remains after a warning: they do not keep an alert in force. */
static bool is_remainder(const struct kind *kind)
{
	return strcmp(kind->name, "tsunami.forecast") == 0 ||
	       strcmp(kind->name, "volcano.forecast") == 0;
}

static bool all_released(const struct alert *a)
{
	size_t released = 0;
	for (size_t i = 0; i < a->item_count; i++) {
		if (a->items[i].transition == TRANSITION_RELEASED) {
			released++;
		} else if (!is_remainder(a->items[i].kind)) {
			return false;
		}
	}
	return released > 0;
}

static void settle_action(struct jmx *j)
{
	struct alert *a = j->a;
	if (a->action == ALERT_ACTION_CANCEL || a->action == ALERT_ACTION_CORRECT) {
		alert_add_reference(a, a->series, "");
	}
	if (a->action != ALERT_ACTION_ISSUE) {
		return;
	}
	if (all_released(a)) {
		a->action = ALERT_ACTION_RELEASE;
		return;
	}
	size_t zeros = strspn(j->serial, "0");
	const char *serial = j->serial + zeros;
	if (serial[0] && strcmp(serial, "1") != 0) {
		a->action = ALERT_ACTION_UPDATE;
	}
}

static void read_body(struct jmx *j)
{
	if (!j->body) {
		if (j->a->action != ALERT_ACTION_CANCEL) {
			jmx_warn(j, "no-body", "the telegram has no Body");
		}
		return;
	}
	if (j->a->action != ALERT_ACTION_CANCEL) {
		j->type->decode(j);
	}
	read_comments(j);
}

static int decode_into(struct jmx *j, struct decode_refusal *refusal)
{
	read_status(j);
	int rank = read_action(j);
	int rc = read_times(j, refusal);
	if (rc != 0) {
		return rc;
	}
	j->serial = xml_child_text(j->pool, j->head, JMX_NS_HEAD, "Serial");
	jmx_identify(j, rank);
	read_texts(j);
	read_body(j);
	settle_action(j);
	if (j->description.size > 0) {
		alert_add_text(j->a, &j->a->description, "ja", buf_text(&j->description));
	}
	if (j->instruction.size > 0) {
		alert_add_text(j->a, &j->a->instruction, "ja", buf_text(&j->instruction));
	}
	return 0;
}

/* Body is in the family's namespace, not in the root's. */
static const xmlNode *find_body(const xmlNode *root)
{
	return xml_child(root, NULL, "Body");
}

static int refuse_title(const struct jmx *j, struct decode_refusal *refusal)
{
	int line = (int)xmlGetLineNo(j->control);
	if (!j->type) {
		return decode_refuse(refusal, "not-handled", line,
			"no decoder knows the title \"%s\"", j->a->title);
	}
	return decode_refuse(refusal, "not-handled", line,
		"%s \"%s\" carries nothing this hub acts on%s%s", j->type->type, j->a->title,
		j->type->why ? ": " : "", j->type->why ? j->type->why : "");
}

static int decode(const xmlNode *root, struct alert *a, struct decode_refusal *refusal)
{
	struct jmx j = {
		.a = a,
		.pool = a->pool,
		.control = xml_child(root, JMX_NS, "Control"),
		.head = xml_child(root, JMX_NS_HEAD, "Head"),
		.body = find_body(root),
	};
	if (!j.control || !j.head) {
		return decode_refuse(refusal, "no-identity", (int)xmlGetLineNo(root),
			"the Report has no %s", j.control ? "Head" : "Control");
	}
	a->title = xml_child_text(j.pool, j.control, JMX_NS, "Title");
	j.type = jmx_type_find(a->title);
	if (!j.type || !j.type->decode) {
		return refuse_title(&j, refusal);
	}
	a->type = j.type->subtype ? j.type->subtype(&j) : j.type->type;
	a->office = xml_child_text(j.pool, j.control, JMX_NS, "EditorialOffice");
	a->sender = xml_child_text(j.pool, j.control, JMX_NS, "PublishingOffice");
	a->events = xml_child_text(j.pool, j.head, JMX_NS_HEAD, "EventID");
	buf_init(&j.description, JMX_TEXT_LIMIT);
	buf_init(&j.instruction, JMX_TEXT_LIMIT);
	int rc = decode_into(&j, refusal);
	buf_clear(&j.description);
	buf_clear(&j.instruction);
	return rc;
}

static const char *const namespaces[] = {JMX_NS, NULL};

const struct decoder decoder_jmx = {
	.format = "jmx",
	.root_name = "Report",
	.decode = decode,
	.namespaces = namespaces,
};
