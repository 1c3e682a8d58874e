/* SPDX-License-Identifier: Apache-2.0
 *
 * For tests: prints one signed order made to measure, good or bad.
 *   siren_forge PRIVATE.pem KID id=b.1/sirens/99201 seq=5 iat=0 exp=60 area=99201 drill=0
 *               siren=tsunami.warning text=words tamper=0
 * iat and exp are seconds from now; seq 0 is the clock's milliseconds; area= and device= address.
 */
#include "channels/mqtt/siren_order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *value_of(int argc, char **argv, const char *key, const char *fallback)
{
	size_t size = strlen(key);
	for (int i = 3; i < argc; i++) {
		if (strncmp(argv[i], key, size) == 0 && argv[i][size] == '=') {
			return argv[i] + size + 1;
		}
	}
	return fallback;
}

static int64_t number_of(int argc, char **argv, const char *key, const char *fallback)
{
	return strtoll(value_of(argc, argv, key, fallback), NULL, 10);
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct siren_key *key = NULL;
	if (argc < 3 || siren_key_load_private(argv[1], argv[2], &key, &e)) {
		(void)fprintf(stderr, "siren_forge: %s\n", argc < 3 ? "usage" : e.text);
		return 2;
	}
	int64_t now = clock_wall_now().ms;
	int64_t seq = number_of(argc, argv, "seq", "0");
	const char *area = value_of(argc, argv, "area", "");
	const char *device = value_of(argc, argv, "device", "");
	const struct siren_step step = {.on_ms = 5000, .off_ms = 6000};
	const struct siren_text text = {
		.lang = "ja", .text = value_of(argc, argv, "text", "試験"), .phrase = ""};
	const struct siren_order order = {
		.id = value_of(argc, argv, "id", "b.1/sirens/99201"),
		.seq = seq ? seq : now,
		.iat = {.ms = now + number_of(argc, argv, "iat", "0") * 1000},
		.exp = {.ms = now + number_of(argc, argv, "exp", "60") * 1000},
		.areas = &area,
		.area_count = area[0] ? 1 : 0,
		.targets = &device,
		.target_count = device[0] ? 1 : 0,
		.siren = value_of(argc, argv, "siren", "tsunami.warning"),
		.pattern = &step,
		.step_count = 1,
		.repeat = 2,
		.speak = &text,
		.speak_count = text.text[0] ? 1 : 0,
		.drill = number_of(argc, argv, "drill", "0") != 0,
	};
	struct buf jws;
	buf_init(&jws, SIREN_ORDER_BYTES);
	if (siren_order_sign(&order, key, &jws)) {
		return 1;
	}
	if (number_of(argc, argv, "tamper", "0")) {
		/* One character in the middle of the payload. */
		jws.data[40] = jws.data[40] == 'A' ? 'B' : 'A';
	}
	(void)printf("%s", buf_text(&jws));
	buf_clear(&jws);
	siren_key_free(key);
	return 0;
}
